//! `onewindow agencies`: eight agencies as eight machines, each a process of its own that knows the window by its address, its keys and
//! one token. What customs shares is sent to each as trades come in; afterwards each asks for the same. What each has is held
//! against its rule and against what it was sent, and how long it took is told.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

mod asking;
mod checks;
mod processes;
mod relay;
mod sending;

use crate::demo::agencies::{self as agreed, Agency, CUSTOMS};
use crate::{Failure, Space};
use asking::Api;
use clearance::sample;
use counterpart::Kind;
use indicatif::ProgressBar;
use processes::{Machine, Server};
use relay::Relay;
use sending::Sent;
use serde_json::{Value, json};
use server::clock::Clock;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Arguments of `agencies`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Trades, each with its order, payment, waybill, list and arrival.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    trades: u64,
    /// Trades a second.
    #[arg(long, value_name = "R", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    rate: u64,
    /// Data folder of the zone, not there yet; a temporary one unless named.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Milliseconds within which 99 of 100 records have to be with their agency; unless named, how long it takes is only told.
    #[arg(long, value_name = "MILLIS", value_parser = clap::value_parser!(i64).range(1..))]
    within: Option<i64>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// How long the last of what is shared may take to come.
const PATIENCE: Duration = Duration::from_secs(120);
/// Nothing more comes when nothing came for so long.
const QUIET: Duration = Duration::from_secs(2);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(50);

/// Tokens by the code of their party.
type Tokens = BTreeMap<String, String>;

/// A zone whose parties are filed, with a token for each and a key that signs.
fn prepared(space: &Space) -> Result<Tokens, Failure> {
    let runtime = crate::runtime()?;
    let opened = runtime.block_on(crate::serve::open(space, None))?;
    let tokens = runtime.block_on(async {
        let (window, mut tokens) = (&opened.window, Tokens::new());
        for filings in [sample::filings(), sample::agencies(), sample::partners()] {
            window.file_all(filings.clone(), "agencies").await;
            for filing in filings {
                let role = filing.roles.first().copied().unwrap_or(clearance::party::Role::Agency);
                let issued =
                    window.control.issue(&filing.code, role, "agencies", &[], Clock::Real.now(), None);
                tokens.insert(filing.code.to_string(), issued.await?);
            }
        }
        window.evidence.sender(Clock::Real.now()).await?;
        Ok::<_, Failure>(tokens)
    })?;
    drop(opened.window);
    let _ = opened.writer.join();
    Ok(tokens)
}

/// An agency with its machine.
struct Member {
    agency: &'static Agency,
    machine: Machine,
}

/// What came of a run.
struct Outcome {
    sent: Sent,
    rows: Vec<Row>,
    /// What was tried with an envelope that was overheard, and the status that came of it.
    tried: Vec<(&'static str, u16)>,
    faults: Vec<String>,
}

/// What an agency has.
struct Row {
    agency: &'static Agency,
    events: usize,
    marks: usize,
    complete: bool,
    /// Records that it got by asking.
    pulled: usize,
    /// From the judgement of each row until the agency had checked and taken it, ascending, in milliseconds.
    millis: Vec<i64>,
}

/// Percentiles that are told, in thousandths.
const PERCENTILES: [(&str, usize); 4] = [("p50", 500), ("p90", 900), ("p99", 990), ("max", 1_000)];

/// The value that so many thousandths stay within.
fn within(sorted: &[i64], thousandths: usize) -> i64 {
    let at = (sorted.len() * thousandths).div_ceil(1_000).max(1) - 1;
    sorted.get(at).or(sorted.last()).copied().unwrap_or_default()
}

/// That records came later than they may.
fn late(sorted: &[i64], allowed: Option<i64>) -> Option<String> {
    let (allowed, took) = (allowed?, within(sorted, 990));
    (took > allowed).then(|| format!("99 of 100 records took up to {took} ms, {allowed} are allowed"))
}

fn percentiles(sorted: &[i64]) -> Value {
    PERCENTILES.iter().map(|(name, at)| ((*name).to_owned(), json!(within(sorted, *at)))).collect()
}

/// Agrees what each is to have, and says where each is to be sent it: over HTTP, each with its own token.
fn agree(api: &Api, tokens: &Tokens, members: &[Member], relay: &Relay) -> Result<(), Failure> {
    let today = Clock::Real.now().day().to_string();
    for Member { agency, machine } in members {
        let rule = agency.rule();
        let own = asking::token(tokens, agency.code)?;
        let proposal = json!({"action": "propose", "body": agency.agreement(&today)});
        api.act(own, "shares", &rule, &proposal)?;
        api.act(asking::token(tokens, CUSTOMS)?, "shares", &rule, &json!({"action": "agree", "version": 1}))?;
        // What goes to the tax authority passes somebody who hears it.
        let url = if agency.kind == Kind::Tax { relay.url() } else { &machine.address };
        let hook = json!({"action": "register", "body": agency.webhook(url, "")});
        api.act(own, "webhooks", &rule, &hook)?;
    }
    Ok(())
}

/// Waits until everybody knows that nothing is left, and nothing more comes.
fn settled(members: &[Member]) -> bool {
    let began = Instant::now();
    let (mut seen, mut quiet) = (0, Instant::now());
    while began.elapsed() < PATIENCE {
        std::thread::sleep(LOOK);
        let now: usize = members.iter().map(|member| member.machine.count()).sum();
        if now != seen {
            (seen, quiet) = (now, Instant::now());
        }
        let all = members.iter().all(|member| member.machine.is_complete());
        if all && quiet.elapsed() > QUIET {
            return true;
        }
    }
    false
}

fn measured(arguments: &Arguments, bar: &ProgressBar) -> Result<Outcome, Failure> {
    let temporary = tempfile::tempdir()?;
    let folder = arguments.data.clone().unwrap_or_else(|| temporary.path().join("data"));
    if folder.exists() {
        return Err(format!("{} is there already: name a folder that is not", folder.display()).into());
    }
    let space = Space::folder(folder, None);
    let tokens = prepared(&space)?;
    let server = Server::start(&space)?;
    let mut members = Vec::new();
    for agency in agreed::eight() {
        let own = asking::token(&tokens, agency.code)?;
        members.push(Member { agency, machine: Machine::start(agency, &server.address, own)? });
    }
    let runtime = crate::runtime()?;
    let tax =
        members.iter().find(|member| member.agency.kind == Kind::Tax).ok_or("there is no tax authority")?;
    let relay = Relay::open(&runtime, &tax.machine.address)?;
    agree(&Api::new(&server.address), &tokens, &members, &relay)?;
    bar.set_length(arguments.trades);
    bar.set_message("trades");
    let sent = sending::send(&server.address, &tokens, (arguments.trades, arguments.rate), bar)?;
    bar.set_message("what is shared comes to its end");
    let mut faults: Vec<String> = sent.faults.clone();
    if !settled(&members) {
        faults.push(format!("after {} seconds not everybody knew that nothing was left", PATIENCE.as_secs()));
    }
    bar.set_message("what each asks for");
    let mut rows = Vec::new();
    for Member { agency, machine } in &members {
        let own = asking::token(&tokens, agency.code)?;
        let asked = processes::asked(agency, &server.address, own, None)?;
        let lines = machine.lines();
        rows.push(checks::held(agency, &lines, asked, &sent, &mut faults));
    }
    // Whoever believes another key believes nothing of it.
    let believes_another = processes::asked(
        tax.agency,
        &server.address,
        asking::token(&tokens, tax.agency.code)?,
        Some(&evidence::hexadecimal(&[9; 32])),
    )?;
    if believes_another.is_some_and(|had| had.events > 0) {
        faults.push("an answer was believed that is not signed with the key that is known".to_owned());
    }
    let other = members.iter().find(|member| member.agency.kind == Kind::Commerce);
    let other = &other.ok_or("there is no second agency")?.machine;
    let tried = relay.tried(&tax.machine, other, &mut faults);
    for Row { agency, millis, .. } in &rows {
        faults.extend(late(millis, arguments.within).map(|fault| format!("{}: {fault}", agency.kind.word())));
    }
    Ok(Outcome { sent, rows, tried, faults })
}

impl Outcome {
    fn all(&self) -> Vec<i64> {
        let mut all: Vec<i64> = self.rows.iter().flat_map(|row| row.millis.iter().copied()).collect();
        all.sort_unstable();
        all
    }

    fn json(&self, arguments: &Arguments) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "agency": row.agency.kind.word(), "dataset": row.agency.dataset, "fields": row.agency.fields,
                    "events": row.events, "marks": row.marks, "complete": row.complete, "pulled": row.pulled,
                    "millis": percentiles(&row.millis),
                })
            })
            .collect();
        let tried: serde_json::Map<String, Value> =
            self.tried.iter().map(|(what, status)| ((*what).to_owned(), json!(status))).collect();
        json!({
            "trades": arguments.trades, "rate": arguments.rate, "messages": self.sent.messages,
            "sendingMillis": self.sent.took.as_millis() as u64, "agencies": rows, "millis": percentiles(&self.all()),
            "tried": tried, "faults": self.faults,
        })
    }

    fn print(&self, arguments: &Arguments) {
        println!(
            "{} trades in {} messages, {} a second; milliseconds from the judgement until the agency had it:",
            arguments.trades, self.sent.messages, arguments.rate
        );
        println!(
            "{:<20} {:<13} {:>7} {:>7} {:>6} {:>6} {:>6} {:>6}",
            "agency", "dataset", "records", "asked", "p50", "p90", "p99", "max"
        );
        let all = self.all();
        let rows = self.rows.iter().map(|row| {
            (row.agency.kind.word(), row.agency.dataset, row.events, row.pulled, row.millis.as_slice())
        });
        let pulled: usize = self.rows.iter().map(|row| row.pulled).sum();
        for (word, dataset, events, pulled, millis) in
            rows.chain([("all", "", all.len(), pulled, all.as_slice())])
        {
            let [p50, p90, p99, max] = PERCENTILES.map(|(_, at)| within(millis, at));
            println!("{word:<20} {dataset:<13} {events:>7} {pulled:>7} {p50:>6} {p90:>6} {p99:>6} {max:>6}");
        }
        for (what, status) in &self.tried {
            println!("an envelope {what}: {status}");
        }
        self.faults.iter().for_each(|fault| println!("{fault}"));
        println!(
            "{}",
            if self.faults.is_empty() { "each has exactly what it is to have" } else { "NOT as agreed" }
        );
    }
}

/// Runs the command. Falls short when an agency has another record, field or order than was agreed, or believes what it should not.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let style = indicatif::ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} {msg}")?;
    let bar = ProgressBar::new(0).with_style(style);
    let outcome = measured(arguments, &bar);
    bar.finish_and_clear();
    let outcome = outcome?;
    match arguments.json {
        true => println!("{}", outcome.json(arguments)),
        false => outcome.print(arguments),
    }
    Ok(outcome.faults.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_values() {
        let sorted: Vec<i64> = (1..=1_000).collect();
        assert_eq!(PERCENTILES.map(|(_, at)| within(&sorted, at)), [500, 900, 990, 1_000]);
        assert_eq!((within(&[7], 500), within(&[7], 1_000), within(&[], 500)), (7, 7, 0));
    }

    #[test]
    fn who_has_its_records_late_is_told_where_that_was_asked() {
        let sorted: Vec<i64> = (1..=1_000).collect();
        assert_eq!((late(&sorted, None), late(&sorted, Some(990))), (None, None));
        let told = late(&sorted, Some(989)).unwrap();
        assert_eq!(told, "99 of 100 records took up to 990 ms, 989 are allowed");
    }
}
