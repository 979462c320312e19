//! `onewindow crash-test`: kills a server under load at random instants, again and again, and audits what is left
//! through the public interface: nothing acknowledged lost, nothing twice, accounts as the client reckons them. Then the rows are
//! verified as `onewindow verify` does, and every decision in them is made again.
//!
//! The client is this process, the server a child that is killed without warning. The reckoning of quota and guarantee
//! below shares no code with the judgement or the ledger: it adds up what the client itself declared.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

mod audit;
mod fleet;
mod lane;

use self::audit::{Counts, audit};
use self::lane::{Lane, Servers, Tokens};
use crate::{Failure, Space};
use clearance::party::Role;
use clearance::sample::{self, Numbers};
use serde_json::json;
use server::clock::Clock;
use server::derive::Derived;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::verify::Report;

/// Arguments of `crash-test`.
#[derive(clap::Args)]
pub struct Arguments {
    /// How often the server is killed.
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// Senders at a time.
    #[arg(long, default_value_t = 8)]
    senders: usize,
    /// Seed of the trades and of the instants.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for the space and the acknowledgements; a temporary one unless named.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// PostgreSQL database, in which an empty space is made: then several servers share it, one of them is killed each round,
    /// and started again.
    #[arg(long, value_name = "URL", env = "ONEWINDOW_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// Servers on the database.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=16))]
    servers: u64,
    /// Shell command that restarts the database, or has a standby take over; without it, and with --restarts, the cluster of $PGDATA is
    /// ended at once and started by `pg_ctl`. Without a database it fills the disk of the folder, and is over when there is room again.
    #[arg(long, value_name = "COMMAND")]
    restart: Option<String>,
    /// How often the database is restarted, spread over the rounds.
    #[arg(long, value_name = "TIMES", requires = "database", conflicts_with = "restart_every")]
    restarts: Option<u32>,
    /// Rounds between two restarts of the database, or two times that the disk is full.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    restart_every: u32,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Rounds between two verifications of the folder.
const VERIFY_EVERY: u32 = 25;
/// Consumers: few, so that their limits are contended.
const PERSONS: u64 = 600;
/// Longest life of a server, milliseconds.
const LONGEST_LIFE: u64 = 500;

/// Ends the cluster of $PGDATA as a power cut would, and starts it again.
const RESTART: &str = "pg_ctl -m immediate -w -l /dev/null restart";

impl Arguments {
    /// The command that restarts the database after this round; none = not after this one. Restarts are spread evenly, the last after
    /// the last round.
    fn restart_after(&self, round: u32) -> Option<&str> {
        let wanted = match self.restarts {
            Some(times) => {
                let before = |round: u32| u64::from(round) * u64::from(times) / u64::from(self.rounds.max(1));
                before(round) > before(round.saturating_sub(1))
            }
            None => self.restart.is_some() && round.is_multiple_of(self.restart_every),
        };
        wanted.then(|| self.restart.as_deref().unwrap_or(RESTART))
    }
}

/// A server of a space, to be started.
fn server(space: &Space) -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::null());
    space.hand_to(&mut command);
    Ok(command)
}

/// Starts a server on the folder; its address, once it listens.
fn start(space: &Space) -> Result<(Child, String), Failure> {
    let mut child = server(space)?.stderr(Stdio::piped()).spawn()?;
    let errors = child.stderr.take().ok_or("no standard error")?;
    let mut said = String::new();
    for line in BufReader::new(errors).lines() {
        let line = line?;
        if let Some(at) = line.find("http://") {
            return Ok((child, line.get(at..).unwrap_or("").trim().to_owned()));
        }
        said.push_str(&line);
    }
    let _ = child.wait();
    Err(format!("the server did not start: {said}").into())
}

fn kill(mut child: Child) -> Result<(), Failure> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// Files the parties and issues tokens, before the first server.
fn prepare(space: &Space) -> Result<Tokens, Failure> {
    let runtime = crate::runtime()?;
    let opened = runtime.block_on(crate::serve::open(space, None))?;
    runtime.block_on(opened.window.file_all(sample::filings(), "crash test"));
    let mut tokens = Tokens::new();
    for filing in sample::filings() {
        let role = filing.roles.first().copied().unwrap_or(Role::Merchant);
        let control = &opened.window.control;
        tokens.insert(
            filing.code.clone(),
            runtime.block_on(control.issue(
                &filing.code,
                role,
                "crash test",
                &[],
                Clock::Real.now(),
                None,
            ))?,
        );
    }
    drop(opened.window);
    let _ = opened.writer.join();
    Ok(tokens)
}

/// Runs the command. Falls short when anything acknowledged was lost, doubled or changed, or a decision comes out otherwise.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let temporary = tempfile::tempdir()?;
    let folder = arguments.folder.clone().unwrap_or_else(|| temporary.path().to_path_buf());
    std::fs::create_dir_all(&folder)?;
    if arguments.database.is_some() {
        return fleet::run(&arguments, &folder);
    }
    let space = Space::folder(folder.join("data"), None);
    let tokens = prepare(&space)?;
    let mut lanes = Vec::new();
    for index in 0..arguments.senders.max(1) {
        lanes.push(Lane::new(arguments.seed, index, &folder)?);
    }
    let bar = indicatif::ProgressBar::new(u64::from(arguments.rounds));
    let mut draw = Numbers::new(arguments.seed, 0xC4A5);
    let mut slowest = Duration::ZERO;
    let mut restarts = 0;
    let mut faults = Vec::new();
    for round in 1..=arguments.rounds {
        if draw.below(10) == 0 {
            kill_early(&space, draw.below(120))?;
        }
        let started = Instant::now();
        let (child, server) = start(&space)?;
        slowest = slowest.max(started.elapsed());
        let life = Duration::from_millis(draw.below(LONGEST_LIFE));
        let fill = arguments.restart_after(round);
        restarts += u32::from(fill.is_some());
        under_load(&mut lanes, &Servers::alone(server.clone()), &tokens, false, || {
            std::thread::sleep(life);
            let filled = fill.map_or(Ok(()), fleet::shell);
            kill(child)?;
            filled
        })?;
        if round.is_multiple_of(VERIFY_EVERY) {
            faults.extend(verify(&space, true)?.0);
        }
        bar.inc(1);
    }
    bar.set_message("auditing");
    let (child, server) = start(&space)?;
    under_load(&mut lanes, &Servers::alone(server.clone()), &tokens, true, || Ok(()))?;
    let audit = audit(&folder, &lanes, &server, &tokens, &mut faults);
    kill(child)?;
    let counts = audit?;
    let (found, derived) = verify(&space, false)?;
    faults.extend(found);
    faults.extend(lanes.iter().flat_map(|lane| lane.faults.iter().cloned()));
    bar.finish_and_clear();
    let totals = Totals { kills: arguments.rounds, restarts, counts, slowest, derived };
    Ok(totals.print(&lanes, &faults, arguments.json))
}

/// What a test came to.
struct Totals {
    kills: u32,
    /// How often the database was restarted, or the disk of the folder was full.
    restarts: u32,
    counts: Counts,
    /// Longest time until a server listened.
    slowest: Duration,
    /// What came of the decisions when they were made again.
    derived: Derived,
}

impl Totals {
    /// Prints it; whether all is well.
    fn print(&self, lanes: &[Lane], faults: &[String], as_json: bool) -> bool {
        let declared: usize = lanes.iter().map(|lane| lane.declared.len()).sum();
        let resent: u64 = lanes.iter().map(|lane| lane.resent).sum();
        let (kills, restarts, slowest) = (self.kills, self.restarts, self.slowest.as_millis() as u64);
        let Counts { acknowledged, stored, answered, lost, doubled, receipts } = self.counts;
        let Derived { events, other_engines, undecided, different, .. } = self.derived;
        if as_json {
            let report = json!({
                "kills": kills, "databaseRestarts": restarts, "messagesAcknowledged": acknowledged, "declarations": declared,
                "resentAtOnce": resent, "receipts": receipts, "slowestStartMillis": slowest, "faults": faults,
                "stored": stored, "answered": answered, "lost": lost, "doubled": doubled,
                "decidedAgain": events, "different": different, "otherEngines": other_engines, "undecided": undecided,
            });
            println!("{report}");
        } else {
            println!(
                "{kills} kills, {restarts} times the database or the disk was in trouble, {declared} declarations, {receipts} receipts, slowest start {slowest} ms, {} faults",
                faults.len()
            );
            println!(
                "messages: {acknowledged} acknowledged, {stored} stored, {answered} answered as at first, {lost} lost, {doubled} doubled"
            );
            println!(
                "{events} decisions made again, {different} different; {other_engines} of other engines, {undecided} undecided"
            );
            faults.iter().take(50).for_each(|fault| println!("{fault}"));
        }
        faults.is_empty()
    }
}

/// A server that is killed while it opens the folder.
fn kill_early(space: &Space, after: u64) -> Result<(), Failure> {
    let child = server(space)?.stderr(Stdio::null()).spawn()?;
    std::thread::sleep(Duration::from_millis(after));
    kill(child)
}

fn under_load(
    lanes: &mut [Lane],
    servers: &Servers,
    tokens: &Tokens,
    drain: bool,
    meanwhile: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let senders: Vec<_> =
            lanes.iter_mut().map(|lane| scope.spawn(|| lane.send(servers, tokens, &stop, drain))).collect();
        let done = meanwhile();
        if !drain {
            stop.store(true, Ordering::SeqCst);
        }
        for sender in senders {
            sender.join().map_err(|_| "a sender panicked")??;
        }
        done
    })
}

/// What `onewindow verify` says of the space: of its rows alone, or of its decisions too.
fn verify(space: &Space, rows_only: bool) -> Result<(Vec<String>, Derived), Failure> {
    let bar = indicatif::ProgressBar::hidden();
    let (report, derived) = crate::runtime()?.block_on(crate::verify::look(space, rows_only, &bar))?;
    Ok((faults_of(report, &derived), derived))
}

/// Each fault of a row, and each decision that came out otherwise.
fn faults_of(report: Report, derived: &Derived) -> Vec<String> {
    let rows = report.faults.into_iter().map(|(number, what)| format!("verify, row {number}: {what}"));
    let otherwise = |(number, what): &(u64, String)| format!("decided otherwise, row {number}: {what}");
    rows.chain(derived.faults.iter().map(otherwise)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn restarts(words: &str) -> Vec<(u32, String)> {
        let words = std::iter::once("crash-test").chain(words.split_whitespace());
        let arguments = Command::parse_from(words).arguments;
        let after = |round| Some((round, arguments.restart_after(round)?.to_owned()));
        (1..=arguments.rounds).filter_map(after).collect()
    }

    #[test]
    fn restarts_are_spread_over_the_rounds() {
        let rounds = |words: &str| restarts(words).into_iter().map(|(round, _)| round).collect::<Vec<_>>();
        assert!(rounds("--rounds 30").is_empty());
        assert_eq!(rounds("--rounds 30 --database d --restart true"), [10, 20, 30]);
        assert_eq!(rounds("--rounds 8 --database d --restart true --restart-every 4"), [4, 8]);
        // A folder has no database that could be restarted, but a disk that can be filled.
        assert_eq!(rounds("--rounds 30 --restart fill"), [10, 20, 30]);
        assert_eq!(rounds("--rounds 500 --database d --restarts 50").len(), 50);
        assert_eq!(rounds("--rounds 7 --database d --restarts 3"), [3, 5, 7]);
        // More than one a round there is not.
        assert_eq!(rounds("--rounds 2 --database d --restarts 9"), [1, 2]);
        let told = restarts("--rounds 1 --database d --restarts 1");
        assert_eq!(told, [(1, RESTART.to_owned())]);
        assert_eq!(restarts("--rounds 1 --database d --restarts 1 --restart own"), [(1, "own".to_owned())]);
    }

    #[test]
    fn a_decision_that_comes_out_otherwise_is_a_fault() {
        let report = Report { faults: vec![(3, "no chain".to_owned())], ..Report::default() };
        let derived =
            Derived { events: 9, different: 1, faults: vec![(7, "status".to_owned())], ..Derived::default() };
        let told = faults_of(report, &derived);
        assert_eq!(told, ["verify, row 3: no chain", "decided otherwise, row 7: status"]);
        let totals =
            Totals { kills: 1, restarts: 0, counts: Counts::default(), slowest: Duration::ZERO, derived };
        assert!(!totals.print(&[], &told, true));
        assert!(totals.print(&[], &[], true));
    }
}
