//! What a merge writes into the index of feeds, timers and lists. The rest of the merge is in `index`.

use super::index::{Entries, Listed};
use super::runs::{Family, Runs};
use crate::hasher::KeyHash;
use clearance::event::TimerKind;
use clearance::keys::{OrderKey, Time};
use rusqlite::params;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Rows with receipts that a stretch of a feed holds at most.
const STRETCH: usize = 2_000;

/// Each recipient's receipts of the merge, in order, in stretches: a row's receipts are never parted.
pub(super) fn feeds(transaction: &rusqlite::Transaction<'_>, batch: &[Entries]) -> rusqlite::Result<()> {
    let mut feeds: BTreeMap<KeyHash, Vec<(u64, u16)>> = BTreeMap::new();
    for (recipient, sequence, number) in batch.iter().flat_map(|entries| &entries.receipts) {
        feeds.entry(*recipient).or_default().push((*sequence, *number));
    }
    let mut set = transaction.prepare_cached("INSERT OR REPLACE INTO feed VALUES(?1, ?2, ?3)")?;
    for (recipient, mut receipts) in feeds {
        receipts.sort_unstable();
        let mut rest = receipts.as_slice();
        while let Some(cut) = rest.get(..STRETCH.min(rest.len())).and_then(<[_]>::last).map(|last| last.0) {
            let (stretch, later) = rest.split_at(rest.partition_point(|(sequence, _)| *sequence <= cut));
            let mut bytes = Vec::with_capacity(stretch.len() * 10);
            for (sequence, number) in stretch {
                bytes.extend_from_slice(&sequence.to_be_bytes());
                bytes.extend_from_slice(&number.to_be_bytes());
            }
            set.execute(params![recipient, cut as i64, bytes])?;
            rest = later;
        }
    }
    Ok(())
}

/// The receipts of a stretch.
pub(super) fn stretch(bytes: &[u8]) -> impl Iterator<Item = (u64, u16)> + '_ {
    bytes.chunks_exact(10).filter_map(|entry| {
        let (sequence, number) = entry.split_at(8);
        Some((u64::from_be_bytes(sequence.try_into().ok()?), u16::from_be_bytes(number.try_into().ok()?)))
    })
}

/// Timers that run and those that fired.
pub(super) fn timers(transaction: &rusqlite::Transaction<'_>, batch: &[Entries]) -> rusqlite::Result<()> {
    let mut timers: Vec<&(Time, OrderKey, TimerKind, u32)> =
        batch.iter().flat_map(|entries| &entries.timers).collect();
    timers.sort_unstable();
    let mut set = transaction.prepare_cached("INSERT OR IGNORE INTO timer VALUES(?1, ?2, ?3, ?4, ?5)")?;
    let mut drop = transaction.prepare_cached(
        "DELETE FROM timer WHERE due = ?1 AND platform = ?2 AND order_no = ?3 AND kind = ?4 AND attempt = ?5",
    )?;
    for (due, order, kind, attempt) in timers {
        set.execute(params![due.0, order.platform.as_str(), order.order_no.as_str(), *kind as u8, attempt])?;
    }
    for (due, order, kind, attempt) in batch.iter().flat_map(|entries| &entries.fired) {
        drop.execute(params![due.0, order.platform.as_str(), order.order_no.as_str(), *kind as u8, attempt])?;
    }
    Ok(())
}

/// A record keeps the place of its first row in every list.
pub(super) fn records(transaction: &rusqlite::Transaction<'_>, batch: &[Entries]) -> rusqlite::Result<()> {
    let mut set = transaction.prepare_cached(
        "INSERT INTO record VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET state = excluded.state, sequence = excluded.sequence",
    )?;
    let mut party = transaction.prepare_cached("INSERT OR IGNORE INTO record_party VALUES(?1, ?2, ?3)")?;
    for record in batch.iter().flat_map(|entries| &entries.recorded) {
        let created = record.created as i64;
        set.execute(params![created, record.register, record.state.as_str(), record.sequence as i64])?;
        for code in &record.parties {
            party.execute(params![code, record.register, created])?;
        }
    }
    Ok(())
}

/// A consignment keeps the place of its first row in every list; later rows change its line. Returns the places of
/// those that are new.
pub(super) fn lists(
    transaction: &rusqlite::Transaction<'_>,
    batch: &[Entries],
    runs: &Runs,
) -> rusqlite::Result<Vec<(KeyHash, u64)>> {
    // In order of their rows: lines lie by place, and most of them are new.
    let mut latest: FxHashMap<KeyHash, &Listed> = FxHashMap::default();
    for (hash, listed) in batch.iter().flat_map(|entries| &entries.listed) {
        latest.insert(*hash, listed);
    }
    let mut latest: Vec<(KeyHash, &Listed)> = latest.into_iter().collect();
    latest.sort_unstable_by_key(|(_, listed)| listed.summary.position.sequence);
    let mut set = transaction.prepare_cached(
        "INSERT INTO listed VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT DO UPDATE SET state = excluded.state, lane = excluded.lane, customs = excluded.customs, entry = excluded.entry,
             sequence = excluded.sequence, time = excluded.time",
    )?;
    let mut new = Vec::new();
    let mut parties: Vec<(KeyHash, u64)> = Vec::with_capacity(latest.len() * 8);
    for (hash, listed) in latest {
        let summary = &listed.summary;
        let found = runs.find(transaction, Family::Place, hash)?;
        let place = match found.and_then(|place| place.try_into().ok()).map(u64::from_be_bytes) {
            Some(place) => place,
            None => {
                new.push((hash, summary.position.sequence));
                summary.position.sequence
            }
        };
        set.execute(params![
            place as i64,
            hash,
            summary.order.platform.as_str(),
            summary.order.order_no.as_str(),
            summary.state,
            summary.lane,
            summary.customs_code.as_str(),
            summary.invt_no.as_deref(),
            summary.position.sequence as i64,
            summary.time.0
        ])?;
        parties.extend(listed.parties.iter().map(|code| (*code, place)));
    }
    // In order of their keys: those of one party lie side by side, and else each of a consignment's would look up a page of its own.
    parties.sort_unstable();
    let mut party = transaction.prepare_cached("INSERT OR IGNORE INTO listed_party VALUES(?1, ?2)")?;
    for (code, place) in parties {
        party.execute(params![code, place as i64])?;
    }
    Ok(new)
}
