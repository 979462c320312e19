//! Counterparts in a box: the systems of other agencies, banks and carriers as the window meets them, one adapter for all:
//! signed batches of events come in, answers go back. What a real counterpart checks in its own books is simulated; that
//! an envelope is checked, taken once and answered as the first time when it comes again, is as a real one does it. A
//! script delays, refuses, objects and fails. Leaves to others: who may have what, and the sending (`server::push`).

pub mod foreign_window;
mod kind;
pub mod messages;
pub mod platform;
pub mod script;
pub mod trade_window;

pub use kind::Kind;
pub use messages::Messages;
pub use platform::Platform;
pub use script::{Script, Scripts};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use exchange::envelope::{self, Envelope, Receiver, Refused};
use serde_json::{Value, json};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// What a counterpart has.
#[derive(Clone, Default, Debug)]
pub struct Taken {
    /// Events in the order in which they came, without marks.
    pub events: Vec<Value>,
    /// The cursor of the last mark, and whether nothing was left then.
    pub mark: Option<(String, bool)>,
    /// Requests that came.
    pub requests: u64,
    /// Events that came, without marks and those that were had before; also of a counterpart that keeps none.
    pub count: u64,
    /// Envelopes that were had before.
    pub again: u64,
    /// Envelopes that were forged, stale or for another.
    pub refused: u64,
}

struct Inner {
    kind: Kind,
    script: Script,
    /// Requests that had come when the script was set: it counts from there.
    since: u64,
    receiver: Receiver,
    taken: Taken,
    /// Events are forgotten once they were told: a counterpart that runs for long keeps none.
    keeps: bool,
    /// Whether marks are told too.
    marks: bool,
}

impl Inner {
    /// Takes an event that was not had before.
    fn take(&mut self, event: &Value, tell: &Tell) {
        self.taken.count += 1;
        tell(event);
        if self.keeps {
            self.taken.events.push(event.clone());
        }
    }
}

/// Is told every event.
type Tell = Arc<dyn Fn(&Value) + Send + Sync>;

/// A counterpart. Cheap to clone.
#[derive(Clone)]
pub struct Counterpart {
    inner: Arc<Mutex<Inner>>,
    tell: Tell,
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

/// Seconds since 1970.
fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Counterpart {
    /// One that believes these keys of a window.
    pub fn new(kind: Kind, script: Script, keys: Vec<[u8; 32]>) -> Self {
        let inner = Inner {
            kind,
            script,
            since: 0,
            receiver: Receiver::new(keys),
            taken: Taken::default(),
            keeps: true,
            marks: false,
        };
        Self { inner: Arc::new(Mutex::new(inner)), tell: Arc::new(|_| {}), clock: Arc::new(seconds) }
    }

    /// One whose code this is: it refuses what is for another. The country's window is called by its exchange id too.
    #[must_use]
    pub fn named(self, code: &str) -> Self {
        let mut inner = self.inner();
        let mut receiver = std::mem::take(&mut inner.receiver).named(&[code]);
        if inner.kind == Kind::TradeWindow {
            receiver = receiver.named(&[trade_window::EXCHANGE_ID]);
        }
        inner.receiver = receiver;
        drop(inner);
        self
    }

    /// Tells every event, and keeps none.
    #[must_use]
    pub fn telling(self, tell: impl Fn(&Value) + Send + Sync + 'static) -> Self {
        self.inner().keeps = false;
        Self { tell: Arc::new(tell), ..self }
    }

    /// Tells marks as it tells events.
    #[must_use]
    pub fn with_marks(self) -> Self {
        self.inner().marks = true;
        self
    }

    /// Does what another script says from now on, and counts requests from 0 again.
    pub fn set(&self, script: Script) {
        let mut inner = self.inner();
        inner.since = inner.taken.requests;
        inner.script = script;
    }

    /// With another clock: seconds since 1970.
    #[must_use]
    pub fn with_clock(self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it has.
    pub fn taken(&self) -> Taken {
        self.inner().taken.clone()
    }

    /// Its interface: `POST /`.
    pub fn router(self) -> Router {
        Router::new().route("/", post(take)).with_state(self)
    }
}

/// What came, as it was enveloped; a header that is not there is empty, and no signature.
fn enveloped<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Envelope<'a> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Envelope {
        id: header(envelope::ID),
        timestamp: header(envelope::TIMESTAMP),
        signature: header(envelope::SIGNATURE),
        body,
    }
}

async fn take(State(counterpart): State<Counterpart>, headers: HeaderMap, body: Bytes) -> Response {
    let (script, number) = {
        let mut inner = counterpart.inner();
        inner.taken.requests += 1;
        (inner.script.clone(), inner.taken.requests - 1 - inner.since)
    };
    tokio::time::sleep(script.delay).await;
    let within = |range: &Option<Range<u64>>| range.as_ref().is_some_and(|range| range.contains(&number));
    if within(&script.outage) {
        return (StatusCode::SERVICE_UNAVAILABLE, "out of service").into_response();
    }
    let envelope = enveloped(&headers, &body);
    let accepted = counterpart.inner().receiver.accept(&envelope, (counterpart.clock)());
    let status = match accepted {
        Err(why @ (Refused::Forged | Refused::Stale { .. } | Refused::Elsewhere { .. })) => {
            counterpart.inner().taken.refused += 1;
            return (StatusCode::UNAUTHORIZED, why.to_string()).into_response();
        }
        Err(Refused::Again) => StatusCode::CONFLICT,
        Ok(()) => StatusCode::OK,
    };
    let (window, at) = (counterpart.inner().kind == Kind::TradeWindow, (counterpart.clock)());
    if window {
        return counterpart.receipted(
            &envelope,
            at,
            status,
            &script,
            (within(&script.refuses), within(&script.loses)),
        );
    }
    let batch = match serde_json::from_slice::<Vec<Value>>(&body) {
        Ok(batch) if !within(&script.refuses) => batch,
        refused => {
            counterpart.inner().receiver.forget(envelope.id);
            let why = refused.err().map_or_else(|| "refused".to_owned(), |error| error.to_string());
            return (StatusCode::UNPROCESSABLE_ENTITY, why).into_response();
        }
    };
    let answers = counterpart.answered(&batch, status == StatusCode::CONFLICT, &script);
    if within(&script.loses) {
        return (StatusCode::BAD_GATEWAY, "the answer is lost").into_response();
    }
    (status, [(header::CONTENT_TYPE, "application/json")], json!({ "answers": answers }).to_string())
        .into_response()
}

impl Counterpart {
    /// Takes a message in its envelope, and answers with receipts: the same each time.
    fn receipted(
        &self,
        envelope: &Envelope<'_>,
        at: i64,
        status: StatusCode,
        script: &Script,
        (refuses, loses): (bool, bool),
    ) -> Response {
        let time = clearance::keys::Time(at * 1_000).stamp_millis().to_string();
        let taken = trade_window::take(envelope.body, &time, &script.objects);
        let (event, answer) = match taken {
            Ok(taken) if !refuses => taken,
            other => {
                self.inner().receiver.forget(envelope.id);
                let why = other.err().unwrap_or_else(|| "refused".to_owned());
                return (StatusCode::UNPROCESSABLE_ENTITY, why).into_response();
            }
        };
        let again = status == StatusCode::CONFLICT;
        let mut inner = self.inner();
        inner.taken.again += u64::from(again);
        if !again {
            inner.take(&event, &self.tell);
        }
        if loses {
            return (StatusCode::BAD_GATEWAY, "the answer is lost").into_response();
        }
        (status, [(header::CONTENT_TYPE, "application/xml")], answer).into_response()
    }

    /// Takes a batch that was not had before; the answers are the same each time.
    fn answered(&self, batch: &[Value], again: bool, script: &Script) -> Vec<Value> {
        let mut inner = self.inner();
        inner.taken.again += u64::from(again);
        let mut answers = Vec::with_capacity(batch.len());
        for event in batch {
            if event["type"] == "onewindow.cursor.v1" {
                let mark = &event["data"];
                let cursor = mark["cursor"].as_str().unwrap_or_default().to_owned();
                inner.taken.mark = Some((cursor, mark["complete"] == true));
                if inner.marks && !again {
                    (self.tell)(event);
                }
                continue;
            }
            answers.push(inner.kind.answer(event, script));
            if !again {
                inner.take(event, &self.tell);
            }
        }
        answers
    }
}
