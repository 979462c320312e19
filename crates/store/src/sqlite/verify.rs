//! Verification of a data folder that nobody has open: every digest and link of the chain, every payload, the versions
//! of every consignment, and balances recomputed from the movements.

use super::folder::Folder;
use super::index::IndexWriter;
use super::ledger_files::{LedgerReader, chain};
use crate::MasterKey;
use crate::StoreError;
use crate::codec;
use crate::verify::{Recount, Report};
use clearance::keys::{Position, Time};
use ring::digest::{SHA256, digest};
use std::path::Path;

/// Verifies a folder. `progress` is told how many rows were read.
///
/// # Errors
/// When the folder is in use or a file cannot be opened at all.
pub fn verify(path: &Path, master_key: &Path, progress: &mut dyn FnMut(u64)) -> Result<Report, StoreError> {
    let folder = Folder::open(path)?;
    let master = MasterKey::load_or_create(master_key, false)?;
    let reader = LedgerReader::open(&folder.path, &master)?;
    let mut report = Report::default();
    let mut state = Recount::default();
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
                    Ok(row) => state.row(Position { writer: 0, sequence }, row, &mut report),
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
    compare(&state, &folder.path, expected - 1, &mut report)?;
    progress(report.rows);
    Ok(report)
}

/// Balances of the index, where it covers the whole ledger, against those recomputed.
fn compare(state: &Recount, folder: &Path, last: u64, report: &mut Report) -> Result<(), StoreError> {
    let writer = IndexWriter::open(folder)?;
    let index = writer.index();
    if index.covered().is_some_and(|(covered, _)| covered == last) {
        state.compare(&index.balances()?.into_iter().collect(), report);
    }
    Ok(())
}
