//! The ways in which messages come, each measured in one run: in process and over HTTP, one by one and by the hundred, unsigned and
//! signed. And what each cost by thread, because a thread is a step of the path and nothing finer is told of the processor.
#![expect(clippy::float_arithmetic, reason = "figures for people, not money")]

use super::messages::{Mode, Signed};
use super::report::{Record, Report, rounded, words};
use serde_json::{Value, json};

/// How messages came in one measurement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Way {
    /// Over HTTP, instead of in process.
    pub http: bool,
    /// Documents a message.
    pub batch: u64,
    /// How they were signed; none = not at all.
    pub signed: Option<Signed>,
    /// What was sold.
    pub mode: Mode,
}

/// Signatures in the order of the matrix's columns.
const SIGNED: [Option<Signed>; 3] = [None, Some(Signed::Rsa), Some(Signed::Sm2)];

impl Way {
    /// Every way of the matrix.
    pub fn all(mode: Mode) -> Vec<Self> {
        let doors = [false, true].into_iter().flat_map(|http| [1, 100].map(|batch| (http, batch)));
        doors.flat_map(|(http, batch)| SIGNED.map(|signed| Self { http, batch, signed, mode })).collect()
    }

    /// Through which door.
    pub fn door(self) -> &'static str {
        if self.http { "HTTP" } else { "process" }
    }

    /// The word of the signature.
    pub fn signature(self) -> &'static str {
        self.signed.map_or("no", Signed::word)
    }

    /// Batch, and what is sold where it is not what is usual.
    pub fn batch_words(self) -> String {
        let sold = if self.mode == Mode::Bonded { ", bonded" } else { "" };
        format!("batch {}{sold}", self.batch)
    }

    /// All of it in words.
    pub fn words(self) -> String {
        let door = if self.http { "over HTTP" } else { "in process" };
        let signed = self.signed.map_or(String::new(), |signed| format!(", signed with {}", signed.word()));
        format!("{door}, {}{signed}", self.batch_words())
    }

    /// An object with the way among its members.
    pub fn told(self, mut object: Value) -> Value {
        if let Some(members) = object.as_object_mut() {
            members.insert("http".to_owned(), json!(self.http));
            members.insert("batch".to_owned(), json!(self.batch));
            members.insert("signed".to_owned(), json!(self.signed.map(Signed::word)));
            members.insert("mode".to_owned(), json!(self.mode.word()));
        }
        object
    }
}

/// Of which row of the matrix a measurement is: all that its columns do not differ in.
fn row(record: &Record) -> (&'static str, usize, bool, Way) {
    (record.store, record.point, record.shared.is_some(), Way { signed: None, ..record.way })
}

/// A line for each door, batch and mode, with the rates of each signature.
pub fn rows(report: &Report) -> Vec<Vec<String>> {
    let medians = report.medians();
    let mut rows = vec![words(["store", "over", "batch", "mode", "sharing", "unsigned", "RSA", "SM2"])];
    let mut seen = Vec::new();
    for (record, ..) in &medians {
        if seen.contains(&row(record)) {
            continue;
        }
        seen.push(row(record));
        let way = record.way;
        let sharing = if record.shared.is_some() { "on" } else { "off" };
        let mut line = words([record.store, way.door(), &way.batch.to_string(), way.mode.word(), sharing]);
        for signed in SIGNED {
            let of = |other: &Record| row(other) == row(record) && other.way.signed == signed;
            let rate = medians.iter().find(|(other, ..)| of(other)).map(|(_, rate, ..)| format!("{rate:.0}"));
            line.push(rate.unwrap_or_else(|| "-".to_owned()));
        }
        rows.push(line);
    }
    rows
}

/// The same for programs: each way with its rate, its verdicts and what it cost.
pub fn json(report: &Report) -> Value {
    let medians = report.medians();
    let told = medians.iter().map(|(record, rate, least, most)| {
        let measured = &record.measured;
        let millis = |of: u64| measured.verdict.within(of) as f64 / 1e3;
        record.way.told(json!({
            "store": record.store, "stored": record.stored, "sharing": record.shared.is_some(),
            "declarationsPerSecond": rounded(*rate), "least": rounded(*least), "most": rounded(*most),
            "verdictMillisP50": millis(500_000), "verdictMillisP99": millis(990_000),
            "serverMicrosPerDeclaration": rounded(measured.server_each()),
        }))
    });
    Value::Array(told.collect())
}

/// Processor time a declaration of each thread, of each way.
pub fn threads(report: &Report) -> Vec<Vec<String>> {
    let mut rows = vec![words(["store", "over", "batch", "signed", "mode", "thread", "µs"])];
    for (record, ..) in report.medians() {
        let way = record.way;
        for (thread, micros) in &record.measured.processor {
            let each = *micros as f64 / record.measured.declarations.max(1) as f64;
            rows.push(words([
                record.store,
                way.door(),
                &way.batch.to_string(),
                way.signature(),
                way.mode.word(),
                thread,
                &format!("{each:.1}"),
            ]));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_has_every_way_once() {
        let ways = Way::all(Mode::Direct);
        assert_eq!(ways.len(), 12);
        assert!(ways.iter().enumerate().all(|(at, way)| !ways[..at].contains(way)));
        let words: Vec<String> = ways.iter().map(|way| way.words()).collect();
        assert_eq!(words[0], "in process, batch 1");
        assert_eq!(words[11], "over HTTP, batch 100, signed with sm2");
        let told = ways[11].told(json!({"stored": 7}));
        assert_eq!(told, json!({"stored": 7, "http": true, "batch": 100, "signed": "sm2", "mode": "direct"}));
    }
}
