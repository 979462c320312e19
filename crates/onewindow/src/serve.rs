//! `onewindow serve`: a space over HTTP, until it is told to stop.

use crate::space::Place;
use crate::{Failure, Space};
use inspection::declaration::Trade;
use server::Window;
use server::clock::Clock;
use server::push::{Client, Patience, Reach};
use server::serving::{self, Settings};
use server::shadow::Loaded;
use server::signing_in::Rates;
use server::window::OpenError;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::postgres::PostgresStore;
use store::{ChosenStore, Control, StoreError};
use tokio::signal::unix::{SignalKind, signal};

/// Arguments of `serve`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    space: Space,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8620")]
    listen: SocketAddr,
    /// Make this a space for trying, where outcomes are scripted and partners played: a new space alone becomes one, and stays
    /// it.
    #[arg(long)]
    sandbox: bool,
    #[command(flatten)]
    operation: Operation,
}

impl Arguments {
    /// Form of the log.
    pub fn log_format(&self) -> LogFormat {
        self.operation.log_format
    }
}

/// Far more than an integrator's line gives, and less than would keep the others waiting: one that runs wild is stopped.
const TOKEN_RATE: u32 = 5_000;
/// A page asks for some things at once; a person does not ask for fifty a second.
const SESSION_RATE: u32 = 50;

/// How a window is operated.
#[derive(clap::Args, Clone)]
pub struct Operation {
    /// Seconds that an orderly end may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    drain: u64,
    /// MiB of the disk that are kept free: with less, nothing is recorded until there is more.
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    keep_free: u64,
    /// Requests a second of one token, and twice that at once; 0 = as many as it likes.
    #[arg(long, value_name = "COUNT", default_value_t = TOKEN_RATE)]
    token_rate: u32,
    /// Requests a second of one person's session, and twice that at once; 0 = as many as he likes.
    #[arg(long, value_name = "COUNT", default_value_t = SESSION_RATE)]
    session_rate: u32,
    /// Seconds by which the clocks of those who sign requests may differ, to either side.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    signature_window: u32,
    /// A network inside that webhooks may be in, as 10.8.0.0/16: without, they are in the public Internet, and HTTPS. May be
    /// given more than once.
    #[arg(long, value_name = "NETWORK")]
    pub push_network: Vec<ipnet::IpNet>,
    /// PEM file of the authorities that webhooks' certificates are from; without, the public ones.
    #[arg(long, value_name = "FILE")]
    push_authorities: Option<std::path::PathBuf>,
    /// Address of a message provider: one-time codes and notices for consumers go there, signed as webhooks are, and it brings
    /// them to their telephones. Without it consumers cannot come in.
    #[arg(long, value_name = "URL")]
    pub messages_to: Option<String>,
    /// Address under which everybody reaches this window, as https://window.example: links of traceability codes begin with it.
    /// It is kept; without one, no code can be printed.
    #[arg(long, value_name = "URL", value_parser = public_address)]
    pub public_address: Option<String>,
    /// A model that `risk train` made: it scores what is declared in shadow, and offices see how it does. Rules read its score
    /// only once the rulebook names it (`risk_models.csv`).
    #[arg(long, value_name = "FILE")]
    risk_model: Option<std::path::PathBuf>,
    /// A second model, that may take its place: in shadow beside it.
    #[arg(long, value_name = "FILE", requires = "risk_model")]
    risk_candidate: Option<std::path::PathBuf>,
    /// A model of exports (`risk export --trade export`, `risk train`): it scores lists of exports in shadow. Rules
    /// read its score only once the rulebook names it with the trade `export` (`risk_models.csv`).
    #[arg(long, value_name = "FILE")]
    export_risk_model: Option<std::path::PathBuf>,
    /// A second model of exports, that may take its place: in shadow beside it.
    #[arg(long, value_name = "FILE", requires = "export_risk_model")]
    export_risk_candidate: Option<std::path::PathBuf>,
    /// Form of the log on standard error; how much of it, RUST_LOG says.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// An address without path, query and fragment: what is printed on labels stands for years.
fn public_address(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host.map(|host| host.trim_end_matches('/')) {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => Ok(text.to_owned()),
        _ => Err("https:// and the name of a host, with its port if need be".to_owned()),
    }
}

/// Form of the log.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// An open window with the thread of its writer.
pub struct Opened {
    /// The window.
    pub window: Window,
    /// Ends when the window is dropped and what was handed in is done.
    pub writer: std::thread::JoinHandle<()>,
}

/// Opens a space. A store that fails ends the process at once: restart recovers.
pub async fn open(space: &Space, address: Option<SocketAddr>) -> Result<Opened, Failure> {
    let (window, writer) = opened(space, address, end).await?;
    Ok(Opened { window, writer })
}

fn end(error: StoreError) {
    let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(%error, %source, "the store failed: the process ends, and restart recovers");
    std::process::exit(i32::from(crate::STORE_FAILED));
}

/// Opens a space to be served: a store that fails is told to whoever serves it.
pub async fn open_to_serve(space: &Space, address: SocketAddr) -> Result<serving::Opened, OpenError> {
    let (tell, failed) = tokio::sync::oneshot::channel();
    let (window, writer) = opened(space, Some(address), |error| {
        // Nobody listens any more once the window ends.
        let _ = tell.send(error);
    })
    .await?;
    Ok(serving::Opened { window, writer, failed })
}

async fn opened(
    space: &Space,
    address: Option<SocketAddr>,
    failed: impl FnOnce(StoreError) + Send + 'static,
) -> Result<(Window, std::thread::JoinHandle<()>), OpenError> {
    let place = space
        .place()
        .map_err(|error| StoreError::Failed { operation: "find the space".to_owned(), source: error })?;
    let (store, control) = match place {
        Place::Folder(folder, options) => {
            let (mut store, control) = server::window::embedded(&folder, &options, &mut |_| {})?;
            if let Some(address) = address {
                store.announce(&format!("http://{address}"))?;
            }
            (ChosenStore::Embedded(Box::new(store)), control)
        }
        Place::Database(options) => {
            let control = Control::connect(&options).await?;
            let store = PostgresStore::open(options).await?;
            if let Some(risk) = store.risk().await? {
                tracing::warn!("{risk}");
            }
            (ChosenStore::Database(Box::new(store)), control)
        }
    };
    Window::open(store, control, Clock::Real, failed).await
}

/// The model of a trade in a file, where there is one.
fn model(file: Option<&Path>, trade: Trade) -> Result<Option<Loaded>, Failure> {
    file.map(|file| crate::risk::loaded(file, trade)).transpose()
}

/// Serves a window until `stop`.
pub async fn serve(
    opened: serving::Opened,
    listener: tokio::net::TcpListener,
    space: &Space,
    operation: &Operation,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let address = listener.local_addr()?;
    // The disk of a database is for its own operator to watch.
    let folder = match space.place()? {
        Place::Folder(folder, _) => Some(folder),
        Place::Database(_) => None,
    };
    let tls = store::authorities::client(operation.push_authorities.as_deref())?;
    let client = Client::new(Reach::new(operation.push_network.clone()), &tls)?;
    let settings = Settings {
        drain: Duration::from_secs(operation.drain),
        least_bytes: operation.keep_free.saturating_mul(1 << 20),
        probe: Arc::new(move || store::sqlite::room::room(folder.as_deref()?).ok()),
        rates: Rates {
            token: operation.token_rate,
            session: operation.session_rate,
            signature_seconds: operation.signature_window,
        },
        push: (client, Patience::default()),
        models: [
            model(operation.risk_model.as_deref(), Trade::Import)?,
            model(operation.risk_candidate.as_deref(), Trade::Import)?,
        ],
        export_models: [
            model(operation.export_risk_model.as_deref(), Trade::Export)?,
            model(operation.export_risk_candidate.as_deref(), Trade::Export)?,
        ],
        messages: operation.messages_to.clone(),
    };
    Ok(serving::serve(opened, listener, settings, stop, || open_to_serve(space, address)).await?)
}

/// A signal to end. It is heard from the call on: whoever was told the address may send one at once.
pub fn stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Runs the command.
#[expect(clippy::print_stderr, reason = "the operator reads where it listens")]
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    crate::runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
        let address = listener.local_addr()?;
        let opened = open_to_serve(&arguments.space, address).await?;
        let stop = stop()?;
        if arguments.sandbox {
            opened.window.make_sandbox().await?;
        }
        if let Some(public) = &arguments.operation.public_address {
            opened.window.set_public_address(public).await?;
        }
        if opened.window.is_sandbox() {
            eprintln!("this is a sandbox: lists may script their outcomes, partners are played");
        }
        eprintln!("onewindow serves {} at http://{address}", arguments.space.shown());
        if let Some(notice) = crate::rulebook::notice(opened.window.reference().current()) {
            eprintln!("{notice}");
        }
        serve(opened, listener, &arguments.space, &arguments.operation, stop).await?;
        Ok(true)
    })
}
