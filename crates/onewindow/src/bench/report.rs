//! What the bench says: a table for people, one JSON object for programs. Its fields are told in docs/speed.md.
#![expect(clippy::float_arithmetic, reason = "figures for people, not money")]

use super::limits::{self, Step};
use super::matrix::{self, Way};
use super::measure::{Measured, STEPS};
use super::messages::Mode;
use super::physical::Physical;
use super::sharing::Shared;
use serde_json::{Map, Value, json};
use server::histogram::Counted;
use std::fmt::Write;

/// Percentiles that are told: name, and how many of a million.
pub const PERCENTILES: [(&str, u64); 5] =
    [("p50", 500_000), ("p90", 900_000), ("p99", 990_000), ("p999", 999_000), ("max", 1_000_000)];

/// One measurement.
pub struct Record {
    /// Which store.
    pub store: &'static str,
    /// Which point of the curve.
    pub point: usize,
    /// Declarations stored before it.
    pub stored: u64,
    /// How messages came.
    pub way: Way,
    /// Which of the repeated measurements.
    pub repeat: u64,
    /// What was sent to agencies meanwhile; none = nothing.
    pub shared: Option<Shared>,
    /// What it came to.
    pub measured: Measured,
}

impl Record {
    /// Declarations a second.
    pub fn rate(&self) -> f64 {
        self.measured.counted as f64 / self.measured.took.as_secs_f64().max(1e-9)
    }
}

/// A store at a point of the curve.
pub struct Point {
    /// Which store.
    pub store: &'static str,
    /// Which point.
    pub point: usize,
    /// Declarations stored when its measurements began.
    pub stored: u64,
    /// How long it took to open it.
    pub open_millis: u64,
    /// Bytes on disk for each declaration measured at this point, where they can be seen.
    pub disk_bytes: Option<u64>,
}

/// All of a run.
pub struct Report {
    /// How it was asked for.
    pub settings: Value,
    /// Every way was measured.
    pub matrix: bool,
    /// The machine.
    pub machine: Value,
    /// Measurements in the order in which they were made.
    pub records: Vec<Record>,
    /// Stores and points.
    pub points: Vec<Point>,
    /// What the machine can do at most.
    pub limits: Option<Physical>,
}

fn millis(counted: &Counted, of_a_million: u64) -> f64 {
    counted.within(of_a_million) as f64 / 1e3
}

fn percentiles(counted: &Counted) -> Value {
    let mut told: Map<String, Value> = PERCENTILES
        .iter()
        .map(|(name, of_a_million)| ((*name).to_owned(), json!(millis(counted, *of_a_million))))
        .collect();
    told.insert("count".to_owned(), json!(counted.count()));
    Value::Object(told)
}

pub(super) fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

impl Report {
    /// A value for each store, point and way: the median rate of its repeats, with the least and the largest.
    pub fn medians(&self) -> Vec<(&Record, f64, f64, f64)> {
        let mut out: Vec<(&Record, f64, f64, f64)> = Vec::new();
        for record in &self.records {
            let of = |record: &Record| (record.store, record.point, record.way, record.shared.is_some());
            let same = |other: &&Record| of(other) == of(record);
            if out.iter().any(|(known, ..)| same(known)) {
                continue;
            }
            let mut all: Vec<&Record> = self.records.iter().filter(same).collect();
            all.sort_by(|one, other| one.rate().total_cmp(&other.rate()));
            let (Some(first), Some(last)) = (all.first(), all.last()) else { continue };
            // Of an even number the lower one: a figure is of one measurement.
            let middle = all[(all.len() - 1) / 2];
            out.push((middle, middle.rate(), first.rate(), last.rate()));
        }
        out
    }

    /// The other store's median beside the embedded one's, where both were measured: of the same point and way.
    fn comparison(&self) -> Vec<(&Record, f64)> {
        let medians = self.medians();
        let mut out = Vec::new();
        let silent = |record: &Record| record.shared.is_none();
        for (record, rate, ..) in
            medians.iter().filter(|(record, ..)| record.store == "embedded" && silent(record))
        {
            let other = medians.iter().find(|(other, ..)| {
                other.store != "embedded"
                    && silent(other)
                    && (other.point, other.way) == (record.point, record.way)
            });
            if let Some((_, other, ..)) = other {
                out.push((*record, other / rate));
            }
        }
        out
    }

    /// What sharing costs: rate, and the server's processor time, with it beside those without.
    fn sharing(&self) -> Vec<(&Record, f64, f64)> {
        let medians = self.medians();
        let each = |record: &Record| record.measured.server_each();
        let with = medians.iter().filter(|(record, ..)| record.shared.is_some());
        with.filter_map(|(record, rate, ..)| {
            let of = |record: &Record| (record.store, record.point, record.way);
            let (without, bare, ..) =
                medians.iter().find(|(other, ..)| other.shared.is_none() && of(other) == of(record))?;
            Some((*record, rate / bare, each(record) / each(without).max(1e-9)))
        })
        .collect()
    }

    /// What a book costs: rate, and the server's processor time, of bonded declarations beside those of direct purchase.
    fn modes(&self) -> Vec<(&Record, f64, f64)> {
        let medians = self.medians();
        let each = |record: &Record| record.measured.server_each();
        let bonded = medians.iter().filter(|(record, ..)| record.way.mode == Mode::Bonded);
        bonded
            .filter_map(|(record, rate, ..)| {
                let direct = Way { mode: Mode::Direct, ..record.way };
                let (direct, bare, ..) = medians.iter().find(|(other, ..)| {
                    (other.store, other.point, other.way) == (record.store, record.point, direct)
                        && other.shared.is_some() == record.shared.is_some()
                })?;
                Some((*record, rate / bare, each(record) / each(direct).max(1e-9)))
            })
            .collect()
    }

    fn disk_bytes(&self, record: &Record) -> Option<u64> {
        let of = |point: &&Point| (point.store, point.point) == (record.store, record.point);
        self.points.iter().find(of).and_then(|point| point.disk_bytes)
    }

    /// The steps of the last measurement of each store and batch, beside their bounds.
    fn distances(&self) -> Vec<(&Record, Vec<Step>)> {
        let Some(limits) = &self.limits else { return Vec::new() };
        let medians = self.medians();
        let last = medians.iter().map(|(record, ..)| record.point).max().unwrap_or(0);
        let at_last =
            medians.into_iter().filter(|(record, ..)| record.point == last && record.shared.is_none());
        at_last
            .map(|(record, ..)| {
                let disk = self.disk_bytes(record);
                (record, limits::steps(&record.measured, limits, record.way.http, disk))
            })
            .collect()
    }

    /// One object for programs.
    pub fn json(&self) -> Value {
        let points: Vec<Value> = self
            .points
            .iter()
            .map(|point| {
                json!({
                    "store": point.store, "stored": point.stored, "openMillis": point.open_millis,
                    "diskBytesPerDeclaration": point.disk_bytes,
                })
            })
            .collect();
        let distances: Vec<Value> = self
            .distances()
            .iter()
            .flat_map(|(record, steps)| steps.iter().map(|step| distance(record, step)))
            .collect();
        let compared: Vec<Value> = self
            .comparison()
            .iter()
            .map(|(record, ratio)| {
                record.way.told(json!({"stored": record.stored, "postgresqlToEmbedded": ratio}))
            })
            .collect();
        json!({
            "version": env!("CARGO_PKG_VERSION"), "machine": self.machine, "settings": self.settings,
            "runs": self.records.iter().map(run).collect::<Vec<_>>(), "points": points,
            "compared": compared, "sharing": self.sharing().iter().map(sharing_json).collect::<Vec<_>>(),
            "matrix": if self.matrix { matrix::json(self) } else { Value::Null },
            "modes": self.modes().iter().map(modes_json).collect::<Vec<_>>(), "limits": self.limits.as_ref().map(limits_json), "distances": distances,
        })
    }

    /// A table for people.
    pub fn table(&self) -> String {
        let mut out = String::new();
        let mut rows = vec![words([
            "store",
            "stored",
            "over",
            "batch",
            "signed",
            "mode",
            "sharing",
            "decl/s",
            "least",
            "most",
            "ack p50",
            "p99",
            "p99.9",
            "verdict p50",
            "p99",
            "server µs",
            "generator µs",
            "refused",
            "held",
            "lost",
        ])];
        for (record, rate, least, most) in self.medians() {
            let measured = &record.measured;
            let each = |micros: u64| micros as f64 / measured.declarations.max(1) as f64;
            rows.push(vec![
                record.store.to_owned(),
                record.stored.to_string(),
                record.way.door().to_owned(),
                record.way.batch.to_string(),
                record.way.signature().to_owned(),
                record.way.mode.word().to_owned(),
                if record.shared.is_some() { "on" } else { "off" }.to_owned(),
                format!("{rate:.0}"),
                format!("{least:.0}"),
                format!("{most:.0}"),
                format!("{:.1}", millis(&measured.acknowledge, 500_000)),
                format!("{:.1}", millis(&measured.acknowledge, 990_000)),
                format!("{:.1}", millis(&measured.acknowledge, 999_000)),
                format!("{:.1}", millis(&measured.verdict, 500_000)),
                format!("{:.1}", millis(&measured.verdict, 990_000)),
                format!("{:.0}", each(measured.server_micros())),
                format!("{:.0}", each(measured.generator_micros())),
                measured.fate.refused.to_string(),
                measured.fate.held.to_string(),
                measured.lost().to_string(),
            ]);
        }
        out.push_str(
            "Latencies in milliseconds; processor time in microseconds a declaration. Of repeats the median.\n\n",
        );
        out.push_str(&aligned(&rows));
        if self.matrix {
            out.push_str("\nDeclarations a second by the way in which messages come\n\n");
            out.push_str(&aligned(&matrix::rows(self)));
        }
        for (record, ratio) in self.comparison() {
            let _ = writeln!(
                out,
                "\nPostgreSQL is at {ratio:.2} of the embedded store: {} stored, {}.",
                record.stored,
                record.way.words()
            );
        }
        for (record, rate, cost) in self.sharing() {
            let shared = record.shared.as_ref();
            let _ = writeln!(
                out,
                "\nWhile sharing the {} store is at {rate:.2} of itself and takes {cost:.2} of the processor's time: {} stored, {}; \
                 {} requests to seven agencies, the last {:.1} s after the last verdict.",
                record.store,
                record.stored,
                record.way.words(),
                shared.map_or(0, |shared| shared.requests),
                shared.map_or(0.0, |shared| shared.behind.as_secs_f64()),
            );
        }
        for (record, rate, cost) in self.modes() {
            let _ = writeln!(
                out,
                "\nBonded declarations are at {rate:.2} of direct purchase and take {cost:.2} of the processor's time: {}, {} stored, {}, sharing {}.",
                record.store,
                record.stored,
                record.way.words(),
                if record.shared.is_some() { "on" } else { "off" },
            );
        }
        out.push_str("\nSteps: microseconds a declaration, and percentiles of one step in milliseconds\n\n");
        out.push_str(&self.steps_table());
        out.push_str("\nProcessor time by thread, microseconds a declaration: a thread is a step, and docs/speed.md says which\n\n");
        out.push_str(&aligned(&matrix::threads(self)));
        let mut rows = vec![words(["store", "stored", "open ms", "disk bytes a declaration"])];
        for point in &self.points {
            rows.push(vec![
                point.store.to_owned(),
                point.stored.to_string(),
                point.open_millis.to_string(),
                point.disk_bytes.map_or("-".to_owned(), |bytes| bytes.to_string()),
            ]);
        }
        out.push('\n');
        out.push_str(&aligned(&rows));
        if let Some(limits) = &self.limits {
            out.push_str("\nWhat this machine can do, measured in the same run\n\n");
            out.push_str(&limits_table(limits));
        }
        for (record, steps) in self.distances() {
            let _ = writeln!(
                out,
                "\nDistance to the limits: {}, {} stored, {}\n",
                record.store,
                record.stored,
                record.way.words()
            );
            out.push_str(&distance_table(&steps));
        }
        out
    }

    fn steps_table(&self) -> String {
        let mut rows = vec![words([
            "store", "stored", "over", "batch", "signed", "mode", "step", "µs", "p50", "p99", "p99.9",
        ])];
        for (record, ..) in self.medians().iter().filter(|(record, ..)| record.shared.is_none()) {
            for (name, counted) in STEPS.iter().zip(&record.measured.steps) {
                let each = counted.micros() as f64 / record.measured.declarations.max(1) as f64;
                rows.push(vec![
                    record.store.to_owned(),
                    record.stored.to_string(),
                    record.way.door().to_owned(),
                    record.way.batch.to_string(),
                    record.way.signature().to_owned(),
                    record.way.mode.word().to_owned(),
                    (*name).to_owned(),
                    format!("{each:.1}"),
                    format!("{:.2}", millis(counted, 500_000)),
                    format!("{:.2}", millis(counted, 990_000)),
                    format!("{:.2}", millis(counted, 999_000)),
                ]);
            }
        }
        aligned(&rows)
    }
}

fn run(record: &Record) -> Value {
    let measured = &record.measured;
    let each = |amount: u64| rounded(amount as f64 / measured.declarations.max(1) as f64);
    let steps: Map<String, Value> = STEPS
        .iter()
        .zip(&measured.steps)
        .map(|(name, counted)| {
            let told =
                json!({"microsPerDeclaration": each(counted.micros()), "millis": percentiles(counted)});
            ((*name).to_owned(), told)
        })
        .collect();
    let threads: Map<String, Value> =
        measured.processor.iter().map(|(name, micros)| (name.clone(), json!(each(*micros)))).collect();
    record.way.told(json!({
        "store": record.store, "stored": record.stored, "repeat": record.repeat, "sharing": record.shared.is_some(),
        "seconds": measured.took.as_secs_f64(), "declarationsPerSecond": record.rate(),
        "declarations": measured.sent, "released": measured.fate.released, "held": measured.fate.held,
        "refused": measured.fate.refused, "lost": measured.lost(),
        "acknowledgeMillis": percentiles(&measured.acknowledge), "verdictMillis": percentiles(&measured.verdict),
        "generatorLateMillis": percentiles(&measured.late), "steps": steps,
        "processorMicrosPerDeclaration": {
            "server": each(measured.server_micros()), "generator": each(measured.generator_micros()), "threads": threads,
        },
        "commits": measured.commits, "rowsPerDeclaration": each(measured.rows),
        "messageBytesPerDeclaration": measured.message_bytes / measured.sent.max(1), "peakMemoryMiB": measured.peak_mib,
    }))
}

fn sharing_json((record, rate, cost): &(&Record, f64, f64)) -> Value {
    record.way.told(json!({
        "store": record.store, "stored": record.stored, "rateRatio": rate,
        "processorRatio": cost, "requests": record.shared.map_or(0, |shared| shared.requests),
        "behindMillis": record.shared.map_or(0, |shared| shared.behind.as_millis() as u64),
    }))
}

fn modes_json((record, rate, cost): &(&Record, f64, f64)) -> Value {
    record.way.told(json!({
        "store": record.store, "stored": record.stored, "sharing": record.shared.is_some(),
        "bondedToDirect": rate, "processorRatio": cost,
    }))
}

fn distance(record: &Record, step: &Step) -> Value {
    record.way.told(json!({
        "store": record.store, "stored": record.stored, "step": step.name, "of": step.of,
        "micros": rounded(step.micros), "floorMicros": step.floor.map(rounded),
        "ratio": step.ratio().map(rounded), "bound": step.bound,
    }))
}

fn limits_json(limits: &Physical) -> Value {
    json!({
        "rowBytes": limits.sizes.row_bytes, "rowsPerCommit": limits.sizes.commit_rows,
        "syncsPerSecond": limits.syncs, "scanBytesPerSecond": limits.scan_bytes,
        "parseBytesPerSecond": limits.parse_bytes, "orderBytes": limits.order_bytes,
        "orderParseMicros": rounded(limits.order_nanos as f64 / 1e3), "sha256BytesPerSecond": limits.digest_bytes,
        "aesGcmBytesPerSecond": limits.seal_bytes, "zstdBytesPerSecond": limits.compress_bytes,
        "rowsPerSecond": limits.rows, "rowsPerSecondSynced": limits.rows_synced,
        "emptyRequestsPerSecond": limits.requests, "emptyRequestServerNanos": limits.request_server_nanos,
        "emptyRequestGeneratorNanos": limits.request_generator_nanos,
    })
}

fn limits_table(limits: &Physical) -> String {
    let megabytes = |bytes: u64| format!("{:.0} MB/s", bytes as f64 / 1e6);
    let micros = |nanos: u64| format!("{:.1} µs", nanos as f64 / 1e3);
    let sizes = limits.sizes;
    let line = |name: String, value: String| vec![name, value];
    aligned(&[
        line("syncs of 4 KiB".to_owned(), format!("{} /s", limits.syncs)),
        line("scan of messages".to_owned(), megabytes(limits.scan_bytes)),
        line("messages to documents".to_owned(), megabytes(limits.parse_bytes)),
        line(format!("parse of an order of {} bytes", limits.order_bytes), micros(limits.order_nanos)),
        line("SHA-256".to_owned(), megabytes(limits.digest_bytes)),
        line("AES-256-GCM".to_owned(), megabytes(limits.seal_bytes)),
        line("zstd with a dictionary".to_owned(), megabytes(limits.compress_bytes)),
        line(
            format!("rows of {} bytes, {} a commit", sizes.row_bytes, sizes.commit_rows),
            format!("{} /s", limits.rows),
        ),
        line("the same, synced".to_owned(), format!("{} /s", limits.rows_synced)),
        line("requests to an empty handler".to_owned(), format!("{} /s", limits.requests)),
        line("such a request, server".to_owned(), micros(limits.request_server_nanos)),
        line("such a request, generator".to_owned(), micros(limits.request_generator_nanos)),
    ])
}

fn distance_table(steps: &[Step]) -> String {
    let mut rows = vec![words(["step", "µs", "a", "floor µs", "times", "bound by"])];
    for step in steps {
        rows.push(vec![
            step.name.to_owned(),
            format!("{:.1}", step.micros),
            step.of.to_owned(),
            step.floor.map_or("-".to_owned(), |floor| format!("{floor:.1}")),
            step.ratio().map_or("-".to_owned(), |ratio| format!("{ratio:.1}")),
            step.bound.to_owned(),
        ]);
    }
    aligned(&rows)
}

pub(super) fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Columns of one width; numbers to the right.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let is_number = |column: usize| {
        let last = rows.last().and_then(|row| row.get(column));
        last.is_some_and(|cell| cell == "-" || cell.starts_with(|first: char| first.is_ascii_digit()))
    };
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
            let (before, after) = if is_number(column) { (gap.as_str(), "") } else { ("", gap.as_str()) };
            let _ = write!(line, "{before}{cell}{after}  ");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
