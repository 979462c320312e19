//! A provider of messages in a box: what it is sent for a telephone it keeps and tells, in place of a text message. That an
//! envelope is of the window and new is checked as a real one does it.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use exchange::envelope::{Receiver, Refused};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// Is told every message.
type Tell = Arc<dyn Fn(&Value) + Send + Sync>;

/// The provider. Cheap to clone.
#[derive(Clone)]
pub struct Messages {
    receiver: Arc<Mutex<Receiver>>,
    taken: Arc<Mutex<Vec<Value>>>,
    tell: Tell,
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl Messages {
    /// One that believes these keys of a window and tells what it is sent. `clock` = seconds since 1970.
    pub fn new(
        keys: Vec<[u8; 32]>,
        tell: impl Fn(&Value) + Send + Sync + 'static,
        clock: impl Fn() -> i64 + Send + Sync + 'static,
    ) -> Self {
        let receiver = Arc::new(Mutex::new(Receiver::new(keys)));
        Self { receiver, taken: Arc::default(), tell: Arc::new(tell), clock: Arc::new(clock) }
    }

    /// One by the clock of this machine.
    pub fn by_machine(keys: Vec<[u8; 32]>, tell: impl Fn(&Value) + Send + Sync + 'static) -> Self {
        Self::new(keys, tell, super::seconds)
    }

    /// Its interface: `POST /`.
    pub fn router(self) -> Router {
        Router::new().route("/", post(take)).with_state(self)
    }

    /// What it was sent, in order.
    pub fn taken(&self) -> Vec<Value> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn take(State(messages): State<Messages>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let envelope = crate::enveloped(&headers, &body);
    let mut receiver = messages.receiver.lock().unwrap_or_else(PoisonError::into_inner);
    match receiver.accept(&envelope, (messages.clock)()) {
        Ok(()) => {}
        // Its sender did not hear that it was taken.
        Err(Refused::Again) => return StatusCode::OK,
        Err(Refused::Forged | Refused::Stale { .. } | Refused::Elsewhere { .. }) => {
            return StatusCode::UNAUTHORIZED;
        }
    }
    drop(receiver);
    let Ok(message) = serde_json::from_slice::<Value>(&body) else { return StatusCode::BAD_REQUEST };
    (messages.tell)(&message);
    messages.taken.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    StatusCode::OK
}
