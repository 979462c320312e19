//! `onewindow counterpart`: another agency, bank or carrier, as a process of its own. It takes what a webhook sends, or asks for what a
//! rule of sharing gives it; checks every signature, tells each event once, answers, and does what its script says: for trying
//! a rule of sharing, and for whoever writes a receiver of his own.
#![expect(clippy::print_stderr, reason = "what happens is told beside the events")]

mod pull;

use crate::{Failure, serve};
use counterpart::{Counterpart, Kind, Script, Scripts, script};
use serde_json::{Value, json};
use server::clock::Clock;
use std::io::Write as _;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a file of scripts is looked at.
const LOOK: Duration = Duration::from_millis(500);

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
    /// Its code at the window: what is addressed to another is refused. Not named, whatever the window signed is taken.
    #[arg(long, value_name = "CODE", conflicts_with = "share")]
    party: Option<String>,
    /// Address of the window, whose keys are asked for.
    #[arg(long, value_name = "URL", required_unless_present = "key")]
    window: Option<String>,
    /// Token for that.
    #[arg(long, env = "ONEWINDOW_TOKEN", hide_env_values = true, default_value = "")]
    token: String,
    /// A public key of the window, hexadecimal, in place of asking; may be repeated.
    #[arg(long, value_parser = key)]
    key: Vec<[u8; 32]>,
    /// Ask for what this rule of sharing gives, in place of being sent it: the rule's id. Each answer's signature is checked.
    #[arg(long, value_name = "ID", requires = "window")]
    share: Option<String>,
    /// With --share: end when everything was had that is there.
    #[arg(long, requires = "share")]
    once: bool,
    /// With --share: from after this cursor on.
    #[arg(long, value_name = "CURSOR", requires = "share", default_value = "")]
    after: String,
    /// Tell marks too, and when each line came: {"at": MILLISECONDS, "event": …}.
    #[arg(long)]
    times: bool,
    /// What it does beside answering, as 'delay 200; outage 5'; the steps are in docs/counterparts.md.
    #[arg(long, value_name = "STEPS", default_value = "")]
    script: Script,
    /// A file of lines NAME: STEPS, obeyed whenever it changes: the last line for this counterpart counts.
    #[arg(long, value_name = "FILE")]
    script_file: Option<PathBuf>,
    /// Milliseconds that it takes for an answer.
    #[arg(long, value_name = "MILLISECONDS")]
    delay: Option<u64>,
    /// It is down for these requests, as 3..10, counted from 0.
    #[arg(long, value_name = "FROM..TO", value_parser = script::requests)]
    outage: Option<Range<u64>>,
    /// It refuses these requests.
    #[arg(long, value_name = "FROM..TO", value_parser = script::requests)]
    refuse: Option<Range<u64>>,
    /// It loses its answers to these requests.
    #[arg(long, value_name = "FROM..TO", value_parser = script::requests)]
    lose: Option<Range<u64>>,
    /// It objects to records that have this text in a field; may be repeated.
    #[arg(long, value_name = "TEXT")]
    object: Vec<String>,
}

impl Arguments {
    /// The script, with what options say besides.
    fn script(&self) -> Script {
        let mut script = self.script.clone();
        if let Some(delay) = self.delay {
            script.delay = Duration::from_millis(delay);
        }
        script.outage = self.outage.clone().or(script.outage);
        script.refuses = self.refuse.clone().or(script.refuses);
        script.loses = self.lose.clone().or(script.loses);
        script.objects.extend(self.object.iter().cloned());
        script
    }
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

/// The keys that a window says it signs with.
fn keys(window: &str, token: &str) -> Result<Vec<[u8; 32]>, Failure> {
    let url = format!("{}/v1/evidence/keys", window.trim_end_matches('/'));
    let told = ureq::get(&url).header("Authorization", &format!("Bearer {token}")).call();
    let text = told.map_err(|error| format!("{url}: {error}"))?.body_mut().read_to_string()?;
    let told: serde_json::Value = serde_json::from_str(&text)?;
    let shown = told["keys"].as_array().into_iter().flatten();
    Ok(shown.map(|shown| key(shown["public"].as_str().unwrap_or_default())).collect::<Result<_, _>>()?)
}

/// Writes a line of what came: an event, or a mark where those are told.
fn tell(times: bool, event: &Value) {
    let mut out = std::io::stdout().lock();
    let line = if times {
        let word = if event["type"] == MARK { "mark" } else { "event" };
        json!({"at": Clock::Real.now().0, word: event}).to_string()
    } else {
        event.to_string()
    };
    // Whoever closed the pipe wants no more.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// The event that is a mark.
const MARK: &str = "onewindow.cursor.v1";

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let known = match &arguments.window {
        Some(window) if arguments.key.is_empty() => keys(window, &arguments.token)?,
        _ => arguments.key.clone(),
    };
    if known.is_empty() {
        return Err("the window has no key yet: ask again when it has published a head".into());
    }
    if let (Some(share), Some(window)) = (&arguments.share, &arguments.window) {
        let asked = pull::Asked { window, token: &arguments.token, share, after: &arguments.after };
        return pull::run(&asked, known, arguments.once, |event| tell(arguments.times, event));
    }
    let times = arguments.times;
    let mut counterpart =
        Counterpart::new(arguments.kind, arguments.script(), known).telling(move |event| tell(times, event));
    if times {
        counterpart = counterpart.with_marks();
    }
    if let Some(party) = &arguments.party {
        counterpart = counterpart.named(party);
    }
    crate::runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
        let stop = serve::stop()?;
        eprintln!("{} listens at http://{}/", arguments.kind.word(), listener.local_addr()?);
        if let Some(file) = arguments.script_file.clone() {
            tokio::spawn(obey(file, arguments.kind, counterpart.clone()));
        }
        axum::serve(listener, counterpart.clone().router()).with_graceful_shutdown(stop).await?;
        let taken = counterpart.taken();
        eprintln!(
            "{} requests; {} envelopes were had before, {} were forged, stale or for another",
            taken.requests, taken.again, taken.refused
        );
        Ok(true)
    })
}

/// Does what the file says, from when it says something of this counterpart.
async fn obey(file: PathBuf, kind: Kind, counterpart: Counterpart) {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
    let (mut known, mut set) = (String::new(), None);
    let mut told = Vec::new();
    loop {
        let text = read(&file);
        // Empty, it is being written, or not there.
        if text != known && !text.is_empty() {
            let (scripts, wrong) = Scripts::read(&text, &names);
            // A slip that stays is told once.
            let slips = wrong.iter().filter(|why| !told.contains(*why));
            slips.for_each(|why| eprintln!("{}: {why}", file.display()));
            told.clone_from(&wrong);
            let wanted = scripts.of(kind.word()).map(|(line, script)| (line, script.clone()));
            if wanted != set {
                let script = wanted.as_ref().map(|(_, script)| script.clone()).unwrap_or_default();
                eprintln!("{} from now on: {script}", kind.word());
                counterpart.set(script);
                set = wanted;
            }
            known = text;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What a file has; one that is not there has nothing.
fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}
