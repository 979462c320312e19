//! Verification of a data folder that nobody has open: every digest and link of the chain, every payload, the versions
//! of every consignment, and balances recomputed from the movements.

use super::folder::Folder;
use super::index::IndexWriter;
use super::ledger_files::{LedgerReader, chain};
use crate::MasterKey;
use crate::StoreError;
use crate::codec;
use crate::rows::Row;
use clearance::keys::{OrderKey, Time};
use ledger::{Account, Balance};
use ring::digest::{SHA256, digest};
use rustc_hash::FxHashMap;
use std::path::Path;

/// What was found.
#[derive(Clone, Default, Debug)]
pub struct Report {
    /// Segments read.
    pub segments: u64,
    /// Rows read.
    pub rows: u64,
    /// Of them, with an erased payload.
    pub erased: u64,
    /// Events among them.
    pub events: u64,
    /// Receipts in them.
    pub receipts: u64,
    /// The last row.
    pub last: u64,
    /// Chain head after it.
    pub head: [u8; 32],
    /// Accounts recomputed.
    pub accounts: u64,
    /// Faults: sequence (0 = none) and what.
    pub faults: Vec<(u64, String)>,
}

/// Verifies a folder. `progress` is told how many rows were read.
///
/// # Errors
/// When the folder is in use or a file cannot be opened at all.
pub fn verify(path: &Path, master_key: &Path, progress: &mut dyn FnMut(u64)) -> Result<Report, StoreError> {
    let folder = Folder::open(path)?;
    let master = MasterKey::load_or_create(master_key, false)?;
    let reader = LedgerReader::open(&folder.path, &master)?;
    let mut report = Report::default();
    let mut state = State::default();
    let mut expected = 1u64;
    let mut head = [0u8; 32];
    let mut last_time = Time(i64::MIN);
    for (segment, first) in reader.segments_of() {
        report.segments += 1;
        let (previous, sealed, (written, writer_head)) = reader.heads(segment)?;
        if previous != head {
            report
                .faults
                .push((first, format!("segment {segment} does not begin with the head of the one before")));
        }
        let mut faults = Vec::new();
        reader.scan_blobs(segment, &mut |sequence, time, kind, blob, stored| {
            if sequence != expected {
                faults.push((expected, format!("missing: the next row is {sequence}")));
            }
            expected = sequence + 1;
            if time < last_time {
                faults.push((sequence, "its time lies before the row before".to_owned()));
            }
            last_time = time;
            if !blob.is_empty() && digest(&SHA256, &blob).as_ref() != stored {
                faults.push((sequence, "its payload is not the one that was committed".to_owned()));
            }
            head = chain(&head, sequence, time, kind, &stored);
            report.rows += 1;
            if report.rows.is_multiple_of(10_000) {
                progress(report.rows);
            }
            if blob.is_empty() {
                report.erased += 1;
            } else if kind >= 16 {
                let opened = reader.keyring.open(&blob).map_err(|error| error.0);
                match opened.and_then(|payload| codec::decode(&payload).map_err(|damage| damage.0)) {
                    Ok(row) => state.row(sequence, row, &mut report),
                    Err(what) => faults.push((sequence, what.to_owned())),
                }
            }
        })?;
        report.faults.append(&mut faults);
        if written + 1 != expected || writer_head != head {
            report.faults.push((written, "the writer's row is not the end of the chain".to_owned()));
        }
        if sealed.is_some_and(|sealed| sealed != head) {
            report.faults.push((written, format!("segment {segment} was sealed with another head")));
        }
    }
    (report.last, report.head) = (expected - 1, head);
    report.accounts = state.balances.len() as u64;
    state.compare(&folder.path, expected - 1, &mut report)?;
    progress(report.rows);
    Ok(report)
}

#[derive(Default)]
struct State {
    versions: FxHashMap<OrderKey, (u32, Time)>,
    balances: FxHashMap<Account, Balance>,
}

impl State {
    fn row(&mut self, sequence: u64, row: Row, report: &mut Report) {
        let Row::Event(event) = row else { return };
        report.events += 1;
        let Some(outcome) = event.outcome else { return };
        report.receipts += outcome.receipts.len() as u64;
        for movement in &outcome.movements {
            let balance = self.balances.entry(movement.account.clone()).or_default();
            if let Err(what) = ledger::apply(balance, movement) {
                report.faults.push((sequence, what));
            }
        }
        if let Some(consignment) = outcome.consignment {
            let (version, last) = self.versions.get(&consignment.key).copied().unwrap_or((0, Time(0)));
            if consignment.version != version + 1 {
                report.faults.push((
                    sequence,
                    format!(
                        "{} has version {} after {version}",
                        consignment.key.order_no, consignment.version
                    ),
                ));
            }
            if consignment.last_time < last {
                report
                    .faults
                    .push((sequence, format!("{}: its receipts run backwards", consignment.key.order_no)));
            }
            self.versions.insert(consignment.key.clone(), (consignment.version, consignment.last_time));
        }
    }

    /// Balances of the index, where it covers the whole ledger, against those recomputed.
    fn compare(&self, folder: &Path, last: u64, report: &mut Report) -> Result<(), StoreError> {
        let writer = IndexWriter::open(folder)?;
        let index = writer.index();
        if index.covered().is_none_or(|(covered, _)| covered != last) {
            return Ok(());
        }
        let found: FxHashMap<Account, Balance> = index.balances()?.into_iter().collect();
        for (account, balance) in &self.balances {
            let other = found.get(account).copied().unwrap_or_default();
            if (other.posted, other.held) != (balance.posted, balance.held) {
                report.faults.push((
                    0,
                    format!(
                        "account {} {} {}: index has {}/{}, the movements give {}/{}",
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
        Ok(())
    }
}
