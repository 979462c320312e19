//! The window of the conservation test: in this process, on an embedded store whose commits get lost, stay unknown and fail, asked
//! through its public interface only. Whoever gets no answer has it opened again, and asks again.

use crate::Failure;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample;
use serde_json::{Value, json};
use server::Window;
use server::clock::Clock;
use server::window::OpenError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;
use store::faulty::{Faulty, Rates, is_injected};
use store::sqlite::Options;
use store::{Read, StoreError};
use tower::ServiceExt;

/// 23 November 2026, 10:00 in China: trades of a seed do not depend on the day.
const BEGIN: Time = Time(1_795_399_200_000);
/// How many milliseconds pass between two operations.
const BETWEEN: i64 = 1_000;
/// How often commits go wrong, per thousand.
const RATES: Rates =
    Rates { lost: 30, unknown: 15, unknown_done: 15, failed: 1, failed_done: 1, failed_later: 1 };
/// Times that something is asked again before the window is given up.
const TRIES: usize = 200;
/// Bytes of an answer that are read at most.
const LARGEST: usize = 256 << 20;

/// What was answered.
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Where the next page of a file goes on; empty = this is the last.
    pub after: String,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

struct Opened {
    window: Window,
    router: Router,
    writer: JoinHandle<()>,
}

/// The zone.
pub struct Zone {
    data: PathBuf,
    clock: Clock,
    seed: u64,
    opened: Option<Opened>,
    tokens: BTreeMap<String, String>,
    openings: u64,
    /// Why the store failed, where nobody made that up.
    failure: Arc<OnceLock<String>>,
    /// Times that it was closed in the midst of things and opened again.
    pub crashes: u64,
}

impl Zone {
    /// Opens a new one with the sample parties filed.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub async fn begin(folder: &Path, seed: u64) -> Result<Self, Failure> {
        let mut zone = Self {
            data: folder.join("data"),
            clock: Clock::simulated(BEGIN),
            seed,
            opened: None,
            tokens: BTreeMap::new(),
            openings: 0,
            failure: Arc::default(),
            crashes: 0,
        };
        if zone.data.exists() {
            return Err(format!("{} is there already", zone.data.display()).into());
        }
        zone.open().await?;
        let filings = sample::filings();
        while filings.iter().any(|filing| {
            zone.opened.as_ref().is_none_or(|opened| opened.window.filing(&filing.code).is_none())
        }) {
            if zone.has_failed() {
                zone.crash().await?;
            }
            zone.window()?.file_all(filings.clone(), "conservation test").await;
        }
        for filing in filings {
            let role = filing.roles.first().copied().unwrap_or(Role::Merchant);
            let window = zone.window()?;
            let token = window.control.issue(&filing.code, role, "conservation test", &[], BEGIN, None);
            let token = token.await?;
            zone.tokens.insert(filing.code.to_string(), token);
        }
        Ok(zone)
    }

    fn window(&self) -> Result<&Window, Failure> {
        self.opened.as_ref().map(|opened| &opened.window).ok_or_else(|| "the window is not open".into())
    }

    /// Whether its writer ended.
    fn has_failed(&self) -> bool {
        self.opened.as_ref().is_none_or(|opened| opened.writer.is_finished())
    }

    async fn open(&mut self) -> Result<(), Failure> {
        loop {
            self.openings += 1;
            let (store, control) =
                match server::window::embedded(&self.data, &Options::default(), &mut |_| {}) {
                    Ok(opened) => opened,
                    // The writer that failed is not yet gone.
                    Err(StoreError::Locked { .. }) => {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                };
            let store = Faulty::new(store, RATES, self.seed ^ (self.openings << 32));
            let failure = self.failure.clone();
            let failed = move |error: StoreError| {
                if !is_injected(&error) {
                    let _ = failure.set(error.to_string());
                }
            };
            let (window, writer) = match Window::open(store, control, self.clock.clone(), failed).await {
                Ok(opened) => opened,
                // Its first rows failed.
                Err(OpenError::Ended) if self.failure.get().is_none() => continue,
                Err(error) => return Err(error.into()),
            };
            // The draw is always the same: what a seed meets does not depend on the run.
            let drawn = window.reference().sampling_seed.number > 1;
            if drawn || window.draw_with([7; 32], "conservation test").await.is_ok() {
                let router = server::api::router(window.clone());
                self.opened = Some(Opened { window, router, writer });
                return Ok(());
            }
            drop(window);
            let _ = writer.join();
        }
    }

    /// Closes it as it is and opens it again, as after a crash.
    ///
    /// # Errors
    /// When the store failed by itself, or cannot be opened.
    pub async fn crash(&mut self) -> Result<(), Failure> {
        self.crashes += 1;
        self.close();
        match self.failure.get() {
            Some(failure) => Err(failure.as_str().into()),
            None => self.open().await,
        }
    }

    /// Closes it.
    pub fn close(&mut self) {
        if let Some(Opened { window, router, writer }) = self.opened.take() {
            drop(router);
            drop(window);
            let _ = writer.join();
        }
    }

    /// The time of the window.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Time passes.
    pub fn pass(&self) {
        self.clock.set(Time(self.clock.now().0 + BETWEEN));
    }

    async fn once(&self, party: &str, method: &str, path: &str, body: &[u8]) -> Result<Reply, Failure> {
        let opened = self.opened.as_ref().ok_or("the window is not open")?;
        let token = self.tokens.get(party).ok_or("who asks has no token")?;
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("authorization", format!("Bearer {token}"));
        if method == "POST" {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(Body::from(body.to_vec()))?;
        let response = opened.router.clone().oneshot(request).await?;
        let after = response.headers().get("x-after").and_then(|after| after.to_str().ok());
        let (status, after) = (response.status().as_u16(), after.unwrap_or_default().to_owned());
        let bytes = to_bytes(response.into_body(), LARGEST).await?.to_vec();
        Ok(Reply { status, after, bytes })
    }

    /// Asks until it is answered: what is sent again gets its first answer, or is done now.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub async fn ask(
        &mut self,
        party: &str,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Result<Reply, Failure> {
        for _ in 0..TRIES {
            let reply = self.once(party, method, path, body).await?;
            if reply.status != 503 {
                return Ok(reply);
            }
            self.crash().await?;
        }
        Err(format!("{method} {path} is not answered").into())
    }

    /// Reads something.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn get(&mut self, party: &str, path: &str) -> Result<Reply, Failure> {
        let reply = self.ask(party, "GET", path, &[]).await?;
        if reply.status == 200 {
            return Ok(reply);
        }
        Err(format!("GET {path}: {} {}", reply.status, reply.text()).into())
    }

    /// Makes a move on a record, on the version seen; whoever gets no answer looks whether it was made. Status and record.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub async fn act(
        &mut self,
        (party, owner): (&str, &str),
        record: &str,
        (action, version): (&str, u64),
        body: &Value,
    ) -> Result<(u16, Value), Failure> {
        let said = json!({"action": action, "version": version, "note": "样例", "body": body}).to_string();
        let path = format!("/v1/registers/{record}");
        for _ in 0..TRIES {
            let reply = self.once(party, "POST", &format!("{path}/actions"), said.as_bytes()).await?;
            if reply.status != 503 {
                return Ok((reply.status, reply.json()));
            }
            self.crash().await?;
            let known = self.ask(owner, "GET", &path, &[]).await?;
            let known = (known.status == 200).then(|| known.json());
            if let Some(known) = known.filter(|known| known["version"].as_u64() > Some(version)) {
                return Ok((200, known));
            }
        }
        Err(format!("{action} of {record} is not answered").into())
    }

    /// Sends a document; what it was answered. Then everything that follows from it is done.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub async fn send(&mut self, sender: &str, document: ceb::Document) -> Result<Value, Failure> {
        let message = sample::message(sender, vec![document]);
        let bytes = ceb::write(&message, ceb::Style::Prefixed);
        let reply = self.ask(sender, "POST", "/v1/messages", &bytes).await?;
        self.quiet().await?;
        Ok(reply.json()["documents"][0].clone())
    }

    /// Until everything that follows is done.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn quiet(&mut self) -> Result<(), Failure> {
        loop {
            if self.has_failed() {
                self.crash().await?;
            }
            if self.window()?.read.follows(1).await?.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }
}
