//! What takes hours: kills under load, lives on a store that loses commits, previews, conservation of books, fuzzing. One after the
//! other, the next also when one failed, with a summary at the end: what was run, how long it took, and what was left out and why.
//! What each looks for is said where it is.

use crate::disk::Disk;
use crate::pair::Pair;
use crate::program;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long each fuzz target runs, in seconds.
const FUZZED: &str = "-max_total_time=900";

/// What a step needs that may be missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Needs {
    Nothing,
    /// `ONEWINDOW_REQUIRE_POSTGRES` says that there is one.
    Postgres,
    /// The same, whose programs are installed: the step has a primary and a synchronous standby of its own, and this befalls them now and
    /// then (`scripts/postgres-pair`).
    Pair(&'static str),
    /// A disk of its own that is filled now and then (`scripts/small-disk`), which only root can mount.
    Disk,
    /// The nightly toolchain with cargo-fuzz.
    Fuzz,
}

struct Step {
    name: &'static str,
    needs: Needs,
    variables: &'static [(&'static str, &'static str)],
    arguments: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Passed,
    Failed,
    /// And why.
    LeftOut(&'static str),
}

const fn step(
    name: &'static str,
    needs: Needs,
    variables: &'static [(&'static str, &'static str)],
    arguments: &'static [&'static str],
) -> Step {
    Step { name, needs, variables, arguments }
}

/// Tests of the server, optimised.
macro_rules! server_test {
    ($name:literal) => {
        &["test", "--release", "--package", "server", "--test", "all", "--", $name]
    };
}

macro_rules! program_step {
    ($($argument:literal),*) => {
        &["run", "--release", "--quiet", "--package", "onewindow", "--", $($argument),*]
    };
}

/// One of three servers on a database is killed 500 times, and 50 times something befalls the database.
const FLEET: &[&str] = program_step!("crash-test", "--rounds", "500", "--servers", "3", "--restarts", "50");

macro_rules! fuzz {
    ($target:literal) => {
        &["+nightly", "fuzz", "run", $target, "--", FUZZED]
    };
}

/// In this order: what finds most in the least time comes first.
static STEPS: [Step; 14] = [
    step("kill -9, 200 times", Needs::Nothing, &[], program_step!("crash-test", "--rounds", "200")),
    step(
        "kill -9, 100 times, and the disk is full 25 times",
        Needs::Disk,
        &[],
        program_step!("crash-test", "--rounds", "100", "--restart-every", "4"),
    ),
    step(
        "kill -9 of one of three, 500 times, and 50 restarts of the database",
        Needs::Pair("restart"),
        &[],
        FLEET,
    ),
    step("the same, and a standby is promoted 50 times", Needs::Pair("fail-over"), &[], FLEET),
    step("the same, and the database stands still 50 times", Needs::Pair("freeze"), &[], FLEET),
    step("10,000 lives", Needs::Nothing, &[("ONEWINDOW_SEEDS", "10000")], server_test!("simulator")),
    step(
        "1,000 lives on PostgreSQL",
        Needs::Postgres,
        &[("ONEWINDOW_DATABASE_SEEDS", "1000")],
        server_test!("lives_add_up_on_postgres"),
    ),
    step("100,000 previews", Needs::Nothing, &[("ONEWINDOW_TRADES", "100000")], server_test!("preview")),
    step(
        "a million movements of books",
        Needs::Nothing,
        &[],
        program_step!("conservation-test", "--operations", "1000000", "--seed", "7"),
    ),
    step(
        "a million entries of evidence",
        Needs::Nothing,
        &[],
        program_step!("audit", "bench", "--entries", "1000000"),
    ),
    step("fuzz: message", Needs::Fuzz, &[], fuzz!("message")),
    step("fuzz: json", Needs::Fuzz, &[], fuzz!("json")),
    step("fuzz: signature", Needs::Fuzz, &[], fuzz!("signature")),
    step("every way of sending", Needs::Nothing, &[], program_step!("bench", "--matrix", "--physical")),
];

/// Runs every step, or those whose name has `only` in it; true when none failed.
pub fn run(only: Option<&str>) -> bool {
    let chosen: Vec<&Step> =
        STEPS.iter().filter(|step| only.is_none_or(|only| step.name.contains(only))).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        eprintln!("no step has that in its name; they are: {}", names.join("; "));
        return false;
    }
    let done: Vec<(&str, Outcome, Duration)> = chosen
        .into_iter()
        .map(|step| {
            let started = Instant::now();
            eprintln!("── {}: cargo {}", step.name, step.arguments.join(" "));
            (step.name, take(step), started.elapsed())
        })
        .collect();
    eprint!("{}", summary(&done));
    done.iter().all(|(_, outcome, _)| *outcome != Outcome::Failed)
}

fn take(step: &Step) -> Outcome {
    let mut command = match step.needs {
        Needs::Nothing | Needs::Disk => program(),
        Needs::Postgres | Needs::Pair(_) if std::env::var_os("ONEWINDOW_REQUIRE_POSTGRES").is_none() => {
            return Outcome::LeftOut("ONEWINDOW_REQUIRE_POSTGRES does not say that there is a PostgreSQL");
        }
        Needs::Postgres | Needs::Pair(_) => program(),
        // Which toolchain is asked of rustup's cargo; the one that runs this is of a toolchain already.
        Needs::Fuzz => Command::new("cargo"),
    };
    if step.needs == Needs::Fuzz {
        let there = Command::new("cargo").args(["+nightly", "fuzz", "--version"]).output();
        if !there.is_ok_and(|there| there.status.success()) {
            return Outcome::LeftOut("there is no nightly toolchain with cargo-fuzz");
        }
    }
    command.args(step.arguments).envs(step.variables.iter().copied());
    // Until the step has ended.
    let mut pair = None;
    if let Needs::Pair(order) = step.needs {
        let Some(started) = Pair::start() else { return Outcome::Failed };
        command.args(["--database", &started.address, "--restart", &started.command(order)]);
        pair = Some(started);
    }
    let mut disk = None;
    if step.needs == Needs::Disk {
        let Some(started) = Disk::start() else {
            return Outcome::LeftOut("this system lets us mount no disk");
        };
        command.arg("--folder").arg(&started.folder).args(["--restart", &started.command()]);
        disk = Some(started);
    }
    let passed = command.status().is_ok_and(|status| status.success());
    drop((pair, disk));
    if passed { Outcome::Passed } else { Outcome::Failed }
}

/// A line a step, and one of all.
fn summary(done: &[(&str, Outcome, Duration)]) -> String {
    let width = done.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    let mut out = "\n── nightly\n".to_owned();
    for (name, outcome, took) in done {
        let (hours, minutes, seconds) =
            (took.as_secs() / 3600, took.as_secs() / 60 % 60, took.as_secs() % 60);
        let said = match outcome {
            Outcome::Passed => "passed".to_owned(),
            Outcome::Failed => "FAILED".to_owned(),
            Outcome::LeftOut(why) => format!("left out: {why}"),
        };
        out += &format!("{name:width$}  {hours}:{minutes:02}:{seconds:02}  {said}\n");
    }
    let count = |wanted: fn(&Outcome) -> bool| done.iter().filter(|(_, outcome, _)| wanted(outcome)).count();
    out + &format!(
        "{} passed, {} failed, {} left out\n",
        count(|outcome| *outcome == Outcome::Passed),
        count(|outcome| *outcome == Outcome::Failed),
        count(|outcome| matches!(outcome, Outcome::LeftOut(_)))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_tells_of_every_step() {
        let told = summary(&[
            ("kills", Outcome::Passed, Duration::from_secs(3_725)),
            ("long lives", Outcome::Failed, Duration::from_secs(59)),
            ("fuzz", Outcome::LeftOut("there is none"), Duration::ZERO),
        ]);
        assert_eq!(
            told,
            "\n── nightly\nkills       1:02:05  passed\nlong lives  0:00:59  FAILED\nfuzz        0:00:00  left out: there is none\n1 passed, 1 failed, 1 left out\n"
        );
    }

    #[test]
    fn every_fuzz_target_is_run() {
        let targets =
            std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/fuzz_targets")).unwrap();
        let mut found: Vec<String> = targets
            .map(|target| target.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let fuzzed = STEPS.iter().filter(|step| step.needs == Needs::Fuzz);
        let mut run: Vec<String> = fuzzed.map(|step| step.arguments[3].to_owned()).collect();
        found.sort();
        run.sort();
        assert_eq!(run, found);
    }

    #[test]
    fn nothing_is_run_where_nothing_is_called_so() {
        assert!(!run(Some("no such step")));
    }
}
