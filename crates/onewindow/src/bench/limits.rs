//! What bounds each step of the path, and how far from that bound it is: the cost of a step as measured beside the least
//! that this machine could do it with. A floor counts only what cannot be left out: the bytes of the messages scanned
//! once, compressed once, sealed once, the rows appended once.
#![expect(clippy::float_arithmetic, reason = "figures for people, not money")]

use super::measure::Measured;
use super::physical::Physical;

/// A step beside its bound.
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// What it costs, microseconds.
    pub micros: f64,
    /// Of what: a declaration or a commit.
    pub of: &'static str,
    /// What bounds it.
    pub bound: &'static str,
    /// The least it could cost, microseconds; none where no limit was measured.
    pub floor: Option<f64>,
}

impl Step {
    /// How many times its floor it costs.
    pub fn ratio(&self) -> Option<f64> {
        self.floor.filter(|floor| *floor > 0.0).map(|floor| self.micros / floor)
    }
}

fn micros_each(amount: f64, a_second: u64) -> f64 {
    amount * 1e6 / (a_second.max(1)) as f64
}

/// The steps of a measurement, in the order of the path. `disk_bytes` is what a declaration takes on disk, where known.
pub fn steps(measured: &Measured, limits: &Physical, http: bool, disk_bytes: Option<u64>) -> Vec<Step> {
    let declarations = measured.declarations.max(1) as f64;
    let thread = |name: &str| measured.processor.get(name).copied().unwrap_or(0) as f64 / declarations;
    let step = |index: usize| measured.steps.get(index).map_or(0, |step| step.micros()) as f64 / declarations;
    let sent = measured.sent.max(1) as f64;
    let (messages, bytes) = (measured.messages as f64 / sent, measured.message_bytes as f64 / sent);
    let rows = measured.rows as f64 / declarations;
    let commits = measured.commits.max(1) as f64;
    let mut out = Vec::new();
    // A commit waits for the disk once, and for its rows.
    let mut commit_floor = micros_each(1.0, limits.syncs);
    // Reading is counted by the clock: where other programs have the processor, it may seem to be more than all of the
    // server's threads were given, and nothing can be said of the rest.
    let rest = thread(super::SERVER) - step(0);
    if http && rest > 0.0 {
        out.push(Step {
            name: "http",
            micros: rest,
            of: "declaration",
            bound: "processor: requests to an empty handler",
            floor: Some(messages * limits.request_server_nanos as f64 / 1e3),
        });
    }
    out.push(Step {
        name: "parse",
        micros: step(0),
        of: "declaration",
        bound: "processor: bytes of the messages scanned",
        floor: Some(micros_each(bytes, limits.scan_bytes)),
    });
    out.push(Step {
        name: "load",
        micros: step(1),
        of: "declaration",
        bound: "memory and index look-ups",
        floor: None,
    });
    out.push(Step {
        name: "decide",
        micros: step(2),
        of: "declaration",
        bound: "processor: pure computation",
        floor: None,
    });
    if let Some(disk) = disk_bytes {
        let disk = disk as f64;
        let floor = micros_each(bytes, limits.compress_bytes)
            + micros_each(disk, limits.seal_bytes)
            + micros_each(disk, limits.digest_bytes)
            + micros_each(rows, limits.rows);
        commit_floor += floor * declarations / commits;
        out.push(Step {
            name: "ledger",
            micros: thread("ledger") + thread("checkpoint"),
            of: "declaration",
            bound: "processor: compressed, sealed, digested, appended",
            floor: Some(floor),
        });
        out.push(Step {
            name: "index",
            micros: thread("index"),
            of: "declaration",
            bound: "sorted merges beside the path",
            floor: None,
        });
    } else {
        out.push(Step {
            name: "database",
            micros: thread(super::measure::DATABASE),
            of: "declaration",
            bound: "processor of the database, beside the path",
            floor: None,
        });
    }
    // From judged to on disk; the wait for the commit before is in it.
    let reaching: u64 = measured.steps.iter().skip(3).map(|step| step.micros()).sum();
    out.push(Step {
        name: "durable",
        micros: reaching as f64 / commits,
        of: "commit",
        bound: "disk: one sync a commit, and its rows",
        floor: Some(commit_floor),
    });
    out.push(whole(measured, &out));
    out
}

/// All processor time of the serving side beside the sum of the floors.
fn whole(measured: &Measured, steps: &[Step]) -> Step {
    let floor = steps.iter().filter(|step| step.of == "declaration").filter_map(|step| step.floor).sum();
    Step {
        name: "whole",
        micros: measured.server_each(),
        of: "declaration",
        bound: "processor: the sum of the floors above",
        floor: Some(floor),
    }
}
