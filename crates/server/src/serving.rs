//! A window served over HTTP, from its opening to its end. It is drained when it is told to stop; a store that failed for
//! want of room or of its database is opened again, as a restart would do it, while readers go on with what they have. Routes are in `api`,
//! how a space is opened is for the caller.

use crate::Window;
use crate::api::Interface;
use crate::beside::Beside;
use crate::push;
use crate::shadow::Loaded;
use crate::signing_in::Rates;
use crate::window::OpenError;
use crate::worker;
use axum::ServiceExt;
use axum::extract::Request;
use axum::response::Response;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use store::StoreError;
use store::sqlite::room::Room;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// How often timers and the disk are looked at.
const EVERY: Duration = Duration::from_secs(1);
/// How long an end waits until what was denied is written down.
const LAST: Duration = Duration::from_secs(1);

/// An open window with its writer.
pub struct Opened {
    /// The window.
    pub window: Window,
    /// Ends when what was handed in is done.
    pub writer: JoinHandle<()>,
    /// Is told when the store failed.
    pub failed: oneshot::Receiver<StoreError>,
}

/// Asks what the disk allows; none where nobody can tell.
pub type Probe = Arc<dyn Fn() -> Option<Room> + Send + Sync>;

/// What an operator may choose.
#[derive(Clone)]
pub struct Settings {
    /// How long an end may take.
    pub drain: Duration,
    /// Bytes that are kept free: with less, nothing is recorded.
    pub least_bytes: u64,
    /// What the disk allows.
    pub probe: Probe,
    /// How often callers may ask.
    pub rates: Rates,
    /// Sends to webhooks, and how patiently.
    pub push: (push::Client, push::Patience),
    /// The model that scores in shadow, and for rules where the rulebook names it; then one that may take its place. None = nothing
    /// is scored.
    pub models: [Option<Loaded>; 2],
    /// The same of exports.
    pub export_models: [Option<Loaded>; 2],
    /// Address of the provider that brings messages to telephones; none = consumers cannot come in.
    pub messages: Option<String>,
}

/// The window had to end, and not because it was told to.
#[derive(thiserror::Error, Debug)]
pub enum Ended {
    /// Its store failed in a way that opening it again does not mend by itself.
    #[error("the store failed: start again, and opening recovers what is durable")]
    Store(#[source] StoreError),
    /// It could not be opened again.
    #[error("the store failed and cannot be opened again")]
    Reopen(#[source] OpenError),
    /// The listener.
    #[error("serve")]
    Listener(#[from] std::io::Error),
}

/// The interface of whatever window is open now.
#[derive(Clone)]
struct Door(Arc<RwLock<Interface>>);

impl Door {
    fn of(window: Window, rates: Rates) -> Self {
        Self(Arc::new(RwLock::new(interface(window, rates))))
    }

    fn open(&self, window: Window, rates: Rates) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = interface(window, rates);
    }

    async fn answered(self, request: Request) -> Result<Response, Infallible> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if !tracing::enabled!(tracing::Level::DEBUG) {
            return Ok(current.answered(request).await);
        }
        let started = Instant::now();
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = current.answered(request).await;
        // Keys of trades stay out of the log: the resource says enough.
        let resource: Vec<&str> = path.split('/').skip(1).take(2).collect();
        tracing::debug!(
            http.method = %method,
            http.resource = %resource.join("/"),
            http.status = response.status().as_u16(),
            duration_us = started.elapsed().as_micros() as u64,
            "request"
        );
        Ok(response)
    }
}

/// Of a window whose callers may ask so often.
fn interface(window: Window, rates: Rates) -> Interface {
    window.gate.limit(rates);
    crate::api::interface(window)
}

/// Serves a window until `stop`. `open_again` opens the space once more, after the writer before has ended.
///
/// # Errors
/// [`Ended`] when it had to end before.
pub async fn serve<Again: Future<Output = Result<Opened, OpenError>>>(
    mut opened: Opened,
    listener: TcpListener,
    settings: Settings,
    stop: impl Future<Output = ()>,
    open_again: impl Fn() -> Again,
) -> Result<(), Ended> {
    let door = Door::of(opened.window.clone(), settings.rates);
    let beside = Beside::begin()?;
    let (close, closing) = oneshot::channel::<()>();
    let closed = async {
        let _ = closing.await;
    };
    let behind = door.clone();
    let service = tower::service_fn(move |request: Request| behind.clone().answered(request));
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(closed);
    let mut serving = tokio::spawn(serving.into_future());
    tokio::pin!(stop);
    loop {
        let tending = tend(&opened.window, &settings, &beside);
        // Readers go on while the store is opened again, and are to be told too.
        let mut watching = JoinSet::new();
        watching.spawn(worker::watch_store(opened.window.clone(), EVERY));
        let error = tokio::select! {
            () = &mut stop => break,
            ended = &mut serving => return Ok(ended.map_err(std::io::Error::other)??),
            Ok(error) = &mut opened.failed => error,
        };
        drop(tending);
        let again = tokio::select! {
            () = &mut stop => break,
            again = reopened(&mut opened, error, &settings, &open_again) => again?,
        };
        door.open(again.window.clone(), settings.rates);
        opened = again;
        tracing::warn!("the store is open again");
    }
    drain(opened, &settings, close, serving).await;
    Ok(())
}

/// What a window needs while it is open. What somebody waits for (timers, the disk, codes to telephones) runs as requests do, what
/// only follows the ledger beside.
fn tend(window: &Window, settings: &Settings, beside: &Beside) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let (probe, least) = (settings.probe.clone(), settings.least_bytes);
    if let Some(room) = probe() {
        window.intake.see(room, least);
    }
    tasks.spawn(worker::watch_room(window.intake.clone(), probe, least, EVERY));
    tasks.spawn(worker::run(window.clone(), EVERY));
    tasks.spawn(crate::traceability::recalls::run(window.clone(), EVERY));
    tasks.spawn(crate::credit::run(window.clone()));
    tasks.spawn(crate::demands::run(window.clone()));
    tasks.spawn(crate::lists_told::run(window.clone()));
    tasks.spawn(crate::book_clocks::run(window.clone()));
    tasks.spawn(crate::transit_clocks::run(window.clone()));
    tasks.spawn(crate::centralised_tax::run(window.clone()));
    tasks.spawn(crate::site_codes::run(window.clone()));
    tasks.spawn(crate::draws::run(window.clone()));
    let beside = beside.handle();
    tasks.spawn_on(crate::evidence::run(window.clone(), EVERY), beside);
    tasks.spawn_on(crate::statistics::run(window.clone(), EVERY), beside);
    tasks.spawn_on(crate::finding::run(window.clone(), EVERY), beside);
    let of_imports = window.shadows.iter().zip(&settings.models);
    let of_exports = window.export_shadows.iter().zip(&settings.export_models);
    for (shadow, model) in of_imports.chain(of_exports) {
        if let Some(model) = model {
            shadow.load(model.clone());
        }
        tasks.spawn_on(crate::shadow::run(window.clone(), shadow.clone(), EVERY), beside);
    }
    tasks.spawn_on(crate::trial::watching::run(window.clone(), EVERY), beside);
    tasks.spawn_on(crate::trial::follow(window.clone()), beside);
    let (client, patience) = settings.push.clone();
    if let Some(url) = &settings.messages {
        window.messenger.connect(client.clone(), url);
        tasks.spawn(crate::notices::run(window.clone()));
    }
    tasks.spawn_on(push::run(window.clone(), client, patience), beside);
    tasks
}

/// Whether the disk or the connection, rather than the store, is what failed.
fn may_pass(error: &StoreError, settings: &Settings) -> bool {
    let short =
        (settings.probe)().is_some_and(|room| room.read_only || room.free_bytes < settings.least_bytes);
    error.may_pass() || short
}

/// Waits until the disk has room, then opens the space again. What the failed store had in hand was acknowledged to
/// nobody; what was durable is what opening finds.
async fn reopened<Again: Future<Output = Result<Opened, OpenError>>>(
    opened: &mut Opened,
    error: StoreError,
    settings: &Settings,
    open_again: &impl Fn() -> Again,
) -> Result<Opened, Ended> {
    let intake = &opened.window.intake;
    intake.fail();
    if !may_pass(&error, settings) {
        return Err(Ended::Store(error));
    }
    let source = std::error::Error::source(&error).map(ToString::to_string);
    tracing::error!(%error, source, "the store refused a write: it is opened again when that may help");
    opened.window.pipeline.close();
    while !opened.writer.is_finished() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    loop {
        tokio::time::sleep(EVERY).await;
        if let Some(room) = (settings.probe)() {
            intake.see(room, settings.least_bytes);
        }
        // Closed for the failure alone: the disk has room.
        if intake.closed() != Some(crate::intake::Closed::StoreFailed) {
            continue;
        }
        match open_again().await {
            Ok(again) => return Ok(again),
            Err(OpenError::Store(error)) if may_pass(&error, settings) => {
                tracing::warn!(%error, "the store cannot be opened yet");
            }
            Err(error) => return Err(Ended::Reopen(error)),
        }
    }
}

/// Ends in order: no further work is taken, what was handed in is answered, connections end. What takes longer than it
/// may is cut off: it was not acknowledged.
async fn drain(
    opened: Opened,
    settings: &Settings,
    close: oneshot::Sender<()>,
    mut serving: tokio::task::JoinHandle<std::io::Result<()>>,
) {
    let Opened { window, writer, .. } = opened;
    // What was denied until now; who is denied something from here on has a line of the log.
    let _ = tokio::time::timeout(LAST, crate::denials::write(&window, true)).await;
    let _ = tokio::time::timeout(LAST, crate::traceability::scans::write(&window, true)).await;
    window.intake.drain();
    window.pipeline.close();
    let finish = async {
        while !writer.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let _ = close.send(());
        let _ = (&mut serving).await;
    };
    if tokio::time::timeout(settings.drain, finish).await.is_err() {
        tracing::warn!(
            seconds = settings.drain.as_secs(),
            "the end took too long: what was under way is cut off"
        );
    }
    serving.abort();
}
