//! What every verification of a ledger has in common: the versions of every consignment, and balances recomputed from the
//! movements. Digests and chains are read by each store in its own way.

use crate::rows::Row;
use crate::sqlite::ledger_files::chain;
use clearance::keys::{OrderKey, Position, Time};
use clearance::record::{Record, RecordKey, Register};
use ledger::{Account, Balance, Movement};
use ring::digest::{SHA256, digest};
use rustc_hash::FxHashMap;

/// What was found.
#[derive(Clone, Default, Debug)]
pub struct Report {
    /// Segments, or writers, read.
    pub segments: u64,
    /// Rows read.
    pub rows: u64,
    /// Of them, with an erased payload, also where a row without what it told of persons took its place.
    pub erased: u64,
    /// Events among them.
    pub events: u64,
    /// Receipts in them.
    pub receipts: u64,
    /// The last row, in a folder.
    pub last: u64,
    /// Chain head after it, in a folder.
    pub head: [u8; 32],
    /// Accounts recomputed.
    pub accounts: u64,
    /// Faults: number of the position (0 = none) and what.
    pub faults: Vec<(u64, String)>,
}

/// What is left of a payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kept {
    /// It was erased.
    Erased,
    /// It is the one that was committed.
    Whole,
    /// It is another, or cannot be read.
    Changed,
}

impl Kept {
    /// Of a row that is sealed alone.
    pub fn alone(blob: &[u8], stored: &[u8]) -> Self {
        match blob {
            [] => Self::Erased,
            blob if digest(&SHA256, blob).as_ref() == stored => Self::Whole,
            _ => Self::Changed,
        }
    }
}

/// A chain as far as it was walked: the same for a folder and for each writer of a database.
pub(crate) struct Chain {
    /// The next sequence.
    pub expected: u64,
    time: Time,
    /// The head after the last row.
    pub head: [u8; 32],
}

impl Chain {
    /// At its beginning.
    pub fn new() -> Self {
        Self { expected: 1, time: Time(i64::MIN), head: [0; 32] }
    }

    /// The next row as it is kept, counted: is it in its place, after the one before, and what was committed?
    pub fn link(
        &mut self,
        position: Position,
        (time, kind): (Time, u8),
        (kept, stored): (Kept, &[u8]),
        report: &mut Report,
    ) {
        if position.sequence != self.expected {
            let missing = Position { sequence: self.expected, ..position };
            report.faults.push((missing.number(), format!("missing: the next row is {}", position.sequence)));
        }
        self.expected = position.sequence + 1;
        if time < self.time {
            report.faults.push((position.number(), "its time lies before the row before".to_owned()));
        }
        self.time = time;
        if kept == Kept::Changed {
            let what = "its payload is not the one that was committed";
            report.faults.push((position.number(), what.to_owned()));
        }
        self.head = chain(&self.head, position.sequence, time, kind, stored);
        report.rows += 1;
        // A key that was wrapped again under another master key is nobody's data.
        report.erased += u64::from(kept == Kept::Erased && kind >= 16);
    }
}

/// What the rows so far give.
#[derive(Default)]
pub(crate) struct Recount {
    versions: FxHashMap<OrderKey, (u32, Time)>,
    records: FxHashMap<RecordKey, (u32, Position)>,
    pub balances: FxHashMap<Account, Balance>,
    /// Erased rows: the digest of what took the payload's place, if something did.
    erased: Vec<(Position, Option<String>)>,
    /// What records of erasures say of rows: digests of what took their place.
    recorded: FxHashMap<u64, Vec<String>>,
}

impl Recount {
    /// One more row, in order of commits.
    pub fn row(&mut self, position: Position, row: Row, report: &mut Report) {
        let event = match row {
            Row::Event(event) => event,
            Row::Record(record) => {
                if record.key.register == Register::Erasure {
                    self.erasure(&record);
                }
                return self.record(position, &record, report);
            }
            _ => return,
        };
        report.events += 1;
        let Some(outcome) = event.outcome else { return };
        report.receipts += outcome.receipts.len() as u64;
        for movement in &outcome.movements {
            self.moved(position, movement, report);
        }
        if let Some(consignment) = outcome.consignment {
            let (version, last) = self.versions.get(&consignment.key).copied().unwrap_or((0, Time(0)));
            if consignment.version != version + 1 {
                report.faults.push((
                    position.number(),
                    format!(
                        "{} has version {} after {version}",
                        consignment.key.order_no, consignment.version
                    ),
                ));
            }
            if consignment.last_time < last {
                report.faults.push((
                    position.number(),
                    format!("{}: its receipts run backwards", consignment.key.order_no),
                ));
            }
            self.versions.insert(consignment.key.clone(), (consignment.version, consignment.last_time));
        }
    }

    /// A row whose payload is gone, and what took its place.
    pub fn erased(&mut self, position: Position, redacted: Option<&[u8]>) {
        self.erased.push((position, redacted.map(crate::redact::digest_of)));
    }

    /// The rows that a record of the register of erasures names.
    fn erasure(&mut self, record: &Record) {
        let body: serde_json::Value = serde_json::from_str(&record.body).unwrap_or_default();
        for row in body["rows"].as_array().into_iter().flatten() {
            if let (Some(position), Some(digest)) = (row[0].as_u64(), row[1].as_str()) {
                self.recorded.entry(position).or_default().push(digest.to_owned());
            }
        }
    }

    /// Every erasure has its record, which names what took the payload's place.
    pub fn account_for_erasures(&self, report: &mut Report) {
        for (position, digest) in &self.erased {
            let known = self.recorded.get(&position.number());
            let named =
                known.is_some_and(|known| digest.as_ref().is_some_and(|digest| known.contains(digest)));
            if !named {
                let what = "its payload is gone, and no record of an erasure names what is in its place";
                report.faults.push((position.number(), what.to_owned()));
            }
        }
    }

    fn moved(&mut self, position: Position, movement: &Movement, report: &mut Report) {
        let balance = self.balances.entry(movement.account.clone()).or_default();
        if let Err(what) = ledger::apply(balance, movement) {
            report.faults.push((position.number(), what));
        }
    }

    /// Each version of a record stands where it says, and names the one before.
    fn record(&mut self, position: Position, record: &Record, report: &mut Report) {
        for charge in &record.charges {
            self.moved(position, &charge.movement, report);
        }
        let before = self.records.insert(record.key.clone(), (record.version, position));
        let (version, last) = before.map_or((0, None), |(version, last)| (version, Some(last)));
        if record.version != version + 1 || record.previous != last || record.last != position {
            let (register, id) = (record.key.register.word(), &record.key.id);
            let what = format!("record {id} of {register} has version {} after {version}", record.version);
            report.faults.push((position.number(), what));
        }
    }

    /// Holds balances against those recomputed.
    pub fn compare(&self, found: &FxHashMap<Account, Balance>, report: &mut Report) {
        report.accounts = self.balances.len() as u64;
        for (account, balance) in &self.balances {
            let other = found.get(account).copied().unwrap_or_default();
            if (other.posted, other.held) != (balance.posted, balance.held) {
                report.faults.push((
                    0,
                    format!(
                        "account {} {} {}: kept as {}/{}, the movements give {}/{}",
                        account.kind.word(),
                        account.owner,
                        account.period,
                        other.posted,
                        other.held,
                        balance.posted,
                        balance.held
                    ),
                ));
            }
        }
    }
}
