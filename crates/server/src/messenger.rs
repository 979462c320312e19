//! Messages to the telephones of persons: one-time codes and notices. One adapter: each goes out as a signed envelope to the
//! address of a message provider, as webhooks do, and the provider brings it to the telephone in the language that it knows
//! of its owner. Nothing of a message is logged here.

use crate::Window;
use crate::push::client::Reply;
use crate::push::{Client, signed};
use serde_json::json;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Times a message is tried: a code is soon worth nothing.
const TRIES: u32 = 3;
/// Wait between them, doubled each time.
const WAIT: Duration = Duration::from_secs(1);
/// Media type of a message.
pub const MEDIA_TYPE: &str = "application/json";

/// A message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Its name: sent again, it has the same.
    pub id: String,
    /// `one-time-code`, `quota-use` or `recall`.
    pub kind: &'static str,
    /// The telephone's number.
    pub to: String,
    /// What it says, in Chinese.
    pub zh: String,
    /// What it says, in English.
    pub en: String,
    /// The code in it, where there is one.
    pub code: Option<String>,
}

/// Where messages go, if there is a provider.
#[derive(Clone, Default)]
pub struct Messenger(Arc<RwLock<Option<(Client, String)>>>);

impl Messenger {
    /// From now on messages go to this address.
    pub fn connect(&self, client: Client, url: &str) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((client, url.to_owned()));
    }

    fn target(&self) -> Option<(Client, String)> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether there is a provider.
    pub fn is_there(&self) -> bool {
        self.target().is_some()
    }

    /// Sends a message; false = the provider did not take it.
    pub async fn send(&self, window: &Window, message: &Message) -> bool {
        let Some((client, url)) = self.target() else { return false };
        let body = json!({
            "id": message.id, "type": message.kind, "to": message.to, "code": message.code,
            "text": {"zh": message.zh, "en": message.en},
        });
        let body = body.to_string().into_bytes();
        let mut wait = WAIT;
        for attempt in 1..=TRIES {
            let headers = match signed(window, &message.id, &body).await {
                Ok(headers) => headers,
                Err(error) => {
                    tracing::error!(%error, "a message cannot be signed");
                    return false;
                }
            };
            let headers: Vec<(&str, String)> = headers.into_iter().collect();
            match client.send(&url, MEDIA_TYPE, &headers, body.clone()).await {
                Reply::Taken(_) => return true,
                Reply::Refused(why) => {
                    tracing::warn!(%why, kind = message.kind, "the message provider refuses a message");
                    return false;
                }
                Reply::Gone => return false,
                Reply::Later(why, _) => {
                    tracing::warn!(%why, attempt, kind = message.kind, "a message was not taken yet");
                    if attempt < TRIES {
                        tokio::time::sleep(wait).await;
                        wait *= 2;
                    }
                }
            }
        }
        false
    }
}
