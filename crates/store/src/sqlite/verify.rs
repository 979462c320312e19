//! Verification of a data folder that nobody has open: every digest and link of the chain, every payload, the versions
//! of every consignment, and balances recomputed from the movements.

use super::folder::Folder;
use super::index::IndexWriter;
use super::ledger_files::{LedgerReader, place};
use crate::MasterKey;
use crate::StoreError;
use crate::codec;
use crate::verify::{Chain, Kept, Recount, Report};
use clearance::keys::Position;
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
    let mut chain = Chain::new();
    for (segment, first) in reader.segments_of() {
        report.segments += 1;
        let (previous, sealed, (written, writer_head)) = reader.heads(segment)?;
        if previous != chain.head {
            report
                .faults
                .push((first, format!("segment {segment} does not begin with the head of the one before")));
        }
        let mut redactions = reader.redactions(segment)?;
        reader.scan_blobs(segment, &mut |sequence, time, kind, blob, stored| {
            let position = Position { writer: 0, sequence };
            let block =
                place(&blob).filter(|_| kind >= 16).map(|index| (index, reader.block(sequence, index)));
            let kept = match &block {
                Some((index, Ok(block))) if block.holds(usize::from(*index), &stored) => Kept::Whole,
                Some(_) => Kept::Changed,
                None => Kept::alone(&blob, &stored),
            };
            chain.link(position, (time, kind), (kept, &stored), &mut report);
            if report.rows.is_multiple_of(10_000) {
                progress(report.rows);
            }
            let redacted = if blob.is_empty() && kind >= 16 { redactions.remove(&sequence) } else { None };
            if blob.is_empty() && kind >= 16 {
                state.erased(position, redacted.as_deref());
            }
            let blob = redacted.unwrap_or(blob);
            if !blob.is_empty() && kind >= 16 {
                let opened = match &block {
                    Some((index, Ok(block))) => block
                        .payload(usize::from(*index))
                        .map(<[u8]>::to_vec)
                        .ok_or_else(|| "it is not in its block".to_owned()),
                    Some((_, Err(error))) => Err(error.to_string()),
                    None => reader.keyring.open(&blob).map_err(|error| error.0.to_owned()),
                };
                let decoded =
                    opened.and_then(|payload| codec::decode(&payload).map_err(|damage| damage.0.to_owned()));
                match decoded {
                    Ok(row) => state.row(position, row, &mut report),
                    Err(what) => report.faults.push((sequence, what)),
                }
            }
        })?;
        if written + 1 != chain.expected || writer_head != chain.head {
            report.faults.push((written, "the writer's row is not the end of the chain".to_owned()));
        }
        if sealed.is_some_and(|sealed| sealed != chain.head) {
            report.faults.push((written, format!("segment {segment} was sealed with another head")));
        }
    }
    state.account_for_erasures(&mut report);
    (report.last, report.head) = (chain.expected - 1, chain.head);
    report.accounts = state.balances.len() as u64;
    compare(&state, &folder.path, &mut report)?;
    progress(report.rows);
    Ok(report)
}

/// Balances of the index, where it covers the whole ledger, against those recomputed.
fn compare(state: &Recount, folder: &Path, report: &mut Report) -> Result<(), StoreError> {
    let writer = IndexWriter::open(folder)?;
    let index = writer.index();
    if index.covered().is_some_and(|(covered, _)| covered == report.last) {
        state.compare(&index.balances()?.into_iter().collect(), report);
    }
    Ok(())
}
