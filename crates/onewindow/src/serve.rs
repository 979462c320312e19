//! `onewindow serve`: a space over HTTP, until it is told to stop.

use crate::space::Place;
use crate::{Failure, Space};
use server::Window;
use server::clock::Clock;
use std::net::SocketAddr;
use std::time::Duration;
use store::postgres::PostgresStore;
use store::{ChosenRead, ChosenStore, Control};

/// Arguments of `serve`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    space: Space,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8620")]
    listen: SocketAddr,
}

/// An open window with the thread of its writer.
pub struct Opened {
    /// The window.
    pub window: Window<ChosenRead>,
    /// Ends when the window is dropped and what was handed in is done.
    pub writer: std::thread::JoinHandle<()>,
}

/// Opens a space. A store that fails ends the process at once: restart recovers.
pub async fn open(space: &Space, address: Option<SocketAddr>) -> Result<Opened, Failure> {
    let (store, control) = match space.place()? {
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
    let (window, writer) = Window::open(store, control, Clock::Real, end).await?;
    Ok(Opened { window, writer })
}

fn end(error: store::StoreError) {
    let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    tracing::error!(%error, %source, "the store failed: the process ends, and restart recovers");
    std::process::exit(1);
}

/// Serves a window until a signal.
pub async fn serve(window: Window<ChosenRead>, listener: tokio::net::TcpListener) -> Result<(), Failure> {
    let worker = tokio::spawn(server::worker::run(window.clone(), Duration::from_secs(1)));
    axum::serve(listener, server::api::router(window)).with_graceful_shutdown(stop()).await?;
    worker.abort();
    Ok(())
}

async fn stop() {
    let interrupted = tokio::signal::ctrl_c();
    let mut terminated = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(_) => return,
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}

/// Runs the command.
#[expect(clippy::print_stderr, reason = "the operator reads where it listens")]
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    crate::runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
        let address = listener.local_addr()?;
        let Opened { window, writer } = open(&arguments.space, Some(address)).await?;
        eprintln!("onewindow serves {} at http://{address}", arguments.space.shown());
        if let Some(notice) = crate::rulebook::notice(window.reference().current()) {
            eprintln!("{notice}");
        }
        serve(window, listener).await?;
        // What was acknowledged is durable; what is under way ends in order.
        let _ = tokio::task::spawn_blocking(move || writer.join()).await;
        Ok(true)
    })
}
