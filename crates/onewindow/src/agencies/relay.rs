//! Somebody on the way between the window and an agency: passes every envelope on as it came, and keeps the last, so that it can be tried
//! what the agency makes of it when it comes again, or changed.

use super::asking;
use super::processes::Machine;
use crate::Failure;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use exchange::envelope;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;

/// How long an agency has to say something of what it should not say anything of.
const A_MOMENT: Duration = Duration::from_millis(500);
/// Headers of an envelope.
const HEADERS: [&str; 3] = [envelope::ID, envelope::TIMESTAMP, envelope::SIGNATURE];

/// An envelope as it was heard.
#[derive(Clone)]
struct Heard {
    headers: [String; 3],
    body: Vec<u8>,
}

#[derive(Clone)]
struct Passing {
    to: String,
    agent: ureq::Agent,
    heard: Arc<Mutex<Option<Heard>>>,
}

/// Whoever passes on.
pub struct Relay {
    url: String,
    passing: Passing,
}

impl Relay {
    /// Opens one on the way to an address.
    pub fn open(runtime: &Runtime, to: &str) -> Result<Self, Failure> {
        let passing = Passing { to: to.to_owned(), agent: asking::agent(), heard: Arc::default() };
        let router = Router::new().route("/", post(pass)).with_state(passing.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let url = format!("http://{}/", listener.local_addr()?);
        runtime.spawn(axum::serve(listener, router).into_future());
        Ok(Self { url, passing })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Tries what was heard last on the agency: once more as it was, and changed; and on another, for whom it is not. What is taken,
    /// or told twice, is a fault.
    pub fn tried(
        &self,
        machine: &Machine,
        other: &Machine,
        faults: &mut Vec<String>,
    ) -> Vec<(&'static str, u16)> {
        let heard = self.passing.heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(heard) = heard else {
            faults.push("nothing was heard on the way to the tax authority".to_owned());
            return Vec::new();
        };
        let before = machine.count() + other.count();
        let elsewhere = Passing { to: other.address.clone(), ..self.passing.clone() };
        let changed = |change: fn(&mut Heard)| {
            let mut other = heard.clone();
            change(&mut other);
            self.passing.sent(&other).map_or(0, |(status, ..)| status)
        };
        let tried = vec![
            ("that comes again", changed(|_| {})),
            (
                "with a changed byte",
                changed(|heard| heard.body.iter_mut().skip(1).take(1).for_each(|byte| *byte ^= 1)),
            ),
            ("under another id", changed(|heard| heard.headers[0].push('0'))),
            ("of another time", changed(|heard| heard.headers[1] = "1".to_owned())),
            ("without a signature", changed(|heard| heard.headers[2].clear())),
            ("that is for another", elsewhere.sent(&heard).map_or(0, |(status, ..)| status)),
        ];
        std::thread::sleep(A_MOMENT);
        for (index, (what, status)) in tried.iter().enumerate() {
            let expected = if index == 0 { StatusCode::CONFLICT } else { StatusCode::UNAUTHORIZED };
            if *status != expected.as_u16() {
                faults.push(format!("an envelope {what} was answered {status}"));
            }
        }
        if machine.count() + other.count() != before {
            faults
                .push("an envelope that came again, changed or astray was told as if it were new".to_owned());
        }
        tried
    }
}

impl Passing {
    /// Sends an envelope on: status, media type and body of the answer.
    fn sent(&self, heard: &Heard) -> Result<(u16, String, Vec<u8>), ureq::Error> {
        let mut request = self.agent.post(&self.to).header("content-type", "application/json");
        for (name, value) in HEADERS.iter().zip(&heard.headers) {
            request = request.header(*name, value);
        }
        let mut answer = request.send(&heard.body[..])?;
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or("text/plain").to_owned();
        Ok((answer.status().as_u16(), kind, answer.body_mut().read_to_vec()?))
    }
}

async fn pass(State(passing): State<Passing>, headers: HeaderMap, body: Bytes) -> Response {
    let text =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let heard = Heard { headers: HEADERS.map(text), body: body.to_vec() };
    *passing.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(heard.clone());
    let answered = tokio::task::spawn_blocking(move || passing.sent(&heard)).await;
    match answered {
        Ok(Ok((status, kind, body))) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, [(header::CONTENT_TYPE, kind)], body).into_response()
        }
        Ok(Err(_)) | Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}
