//! `onewindow counterpart`: the other side of a webhook. It checks every envelope, tells each event once, answers, and
//! does what its script says: for trying a rule of sharing, and for whoever writes a receiver of his own.
#![expect(clippy::print_stderr, reason = "what happens is told beside the events")]

use crate::{Failure, serve};
use counterpart::{Counterpart, Kind, Script};
use std::io::Write as _;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

/// Arguments of `counterpart`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which: customs, tax, foreign-exchange, commerce, market-supervision, police, post, railway, airport, bank,
    /// foreign-window or trade-window.
    #[arg(value_parser = kind)]
    kind: Kind,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8630")]
    listen: SocketAddr,
    /// Address of the window, whose keys are asked for.
    #[arg(long, value_name = "URL", required_unless_present = "key")]
    window: Option<String>,
    /// Token for that.
    #[arg(long, env = "ONEWINDOW_TOKEN", hide_env_values = true, default_value = "")]
    token: String,
    /// A public key of the window, hexadecimal, in place of asking; may be repeated.
    #[arg(long, value_parser = key)]
    key: Vec<[u8; 32]>,
    /// Milliseconds that it takes for an answer.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    delay: u64,
    /// It is down for these requests, as 3..10, counted from 0.
    #[arg(long, value_name = "FROM..TO", value_parser = range)]
    outage: Option<Range<u64>>,
    /// It refuses these requests.
    #[arg(long, value_name = "FROM..TO", value_parser = range)]
    refuse: Option<Range<u64>>,
    /// It loses its answers to these requests.
    #[arg(long, value_name = "FROM..TO", value_parser = range)]
    lose: Option<Range<u64>>,
    /// It objects to records that have this text in a field; may be repeated.
    #[arg(long, value_name = "TEXT")]
    object: Vec<String>,
}

fn kind(word: &str) -> Result<Kind, String> {
    Kind::from_word(word).ok_or_else(|| {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        format!("one of {}", known.join(", "))
    })
}

fn key(text: &str) -> Result<[u8; 32], String> {
    evidence::of_hexadecimal(&text.to_ascii_lowercase())
        .ok_or_else(|| "a public key has 64 hexadecimal digits".to_owned())
}

fn range(text: &str) -> Result<Range<u64>, String> {
    let ends = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    ends.ok_or_else(|| "two numbers, as 3..10".to_owned())
}

/// The keys that a window says it signs with.
fn keys(window: &str, token: &str) -> Result<Vec<[u8; 32]>, Failure> {
    let url = format!("{}/v1/evidence/keys", window.trim_end_matches('/'));
    let told = ureq::get(&url).header("Authorization", &format!("Bearer {token}")).call();
    let text = told.map_err(|error| format!("{url}: {error}"))?.body_mut().read_to_string()?;
    let told: serde_json::Value = serde_json::from_str(&text)?;
    let shown = told["keys"].as_array().into_iter().flatten();
    Ok(shown.map(|shown| key(shown["public"].as_str().unwrap_or_default())).collect::<Result<_, _>>()?)
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let known = match &arguments.window {
        Some(window) if arguments.key.is_empty() => keys(window, &arguments.token)?,
        _ => arguments.key,
    };
    if known.is_empty() {
        return Err("the window has no key yet: ask again when it has published a head".into());
    }
    let script = Script {
        delay: Duration::from_millis(arguments.delay),
        outage: arguments.outage,
        refuses: arguments.refuse,
        loses: arguments.lose,
        objects: arguments.object.into_iter().collect(),
    };
    let counterpart = Counterpart::new(arguments.kind, script, known).telling(|event| {
        let mut out = std::io::stdout().lock();
        // Whoever closed the pipe wants no more.
        let _ = writeln!(out, "{event}").and_then(|()| out.flush());
    });
    crate::runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
        let stop = serve::stop()?;
        eprintln!("{} listens at http://{}/", arguments.kind.word(), listener.local_addr()?);
        axum::serve(listener, counterpart.clone().router()).with_graceful_shutdown(stop).await?;
        let taken = counterpart.taken();
        eprintln!(
            "{} requests; {} envelopes were had before, {} were forged or stale",
            taken.requests, taken.again, taken.refused
        );
        Ok(true)
    })
}
