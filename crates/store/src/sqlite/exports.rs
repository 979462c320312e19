//! States of exports: by key and in lists; memory first, then the index and the row that it names.

use super::store::{Shared, damaged};
use crate::StoreError;
use crate::hasher::KeyHash;
use crate::rows::{EXPORTS, ExportSearch};
use clearance::export::{ExportKey, ExportState, ExportTrade};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Lines of the index that are looked at for a page, at least.
const PAGE: usize = 100;

impl Shared {
    /// The last row of a state of exports.
    pub(super) fn last_export_row(&self, key: &ExportKey) -> Result<Option<u64>, StoreError> {
        let hash = self.memory().hasher.export(key);
        self.last_row(hash)
    }

    /// A state of exports.
    pub(super) fn export(&self, key: &ExportKey) -> Result<Option<ExportState>, StoreError> {
        if let Some(found) = self.memory().exports.get(key) {
            return Ok(Some(found.clone()));
        }
        let Some(sequence) = self.last_export_row(key)? else { return Ok(None) };
        let state = self.states_of(sequence)?.into_iter().find(|state| state.key() == *key);
        let mut state = state.ok_or_else(|| damaged(sequence, "a state of exports was expected here"))?;
        self.open_documents(&mut state)?;
        Ok(Some(state))
    }

    /// The states of exports that a row carries, without their documents.
    fn states_of(&self, sequence: u64) -> Result<Vec<ExportState>, StoreError> {
        let outcome = self.event(sequence)?.and_then(|(_, event)| event.outcome);
        Ok(outcome.map(|outcome| outcome.export.states).unwrap_or_default())
    }

    fn open_documents(&self, state: &mut ExportState) -> Result<(), StoreError> {
        state.documents(&mut |filed| {
            filed.document = self.document(filed.position)?;
            Ok(())
        })
    }

    /// The trade that a row carries.
    fn export_trade_of(&self, sequence: u64) -> Result<Option<Arc<ExportTrade>>, StoreError> {
        for mut state in self.states_of(sequence)? {
            if state.trade().is_some() {
                self.open_documents(&mut state)?;
                return Ok(state.trade().cloned());
            }
        }
        Ok(None)
    }
}

/// Export trades that are asked for, newest first, before the place `after`; with the place from which the next page goes on.
pub(super) fn list(
    shared: &Shared,
    search: &ExportSearch,
    after: Option<u64>,
    limit: usize,
) -> Result<(Vec<Arc<ExportTrade>>, Option<u64>), StoreError> {
    let mut before = after.unwrap_or(u64::MAX);
    // What is merged meanwhile is then found in the index, as it was or newer.
    let (mut recent, parties) = {
        let memory = shared.memory();
        let recent: BTreeMap<u64, Arc<ExportTrade>> =
            memory.exported.range(..before).map(|(place, trade)| (*place, trade.clone())).collect();
        let hash = |code: &clearance::Text| memory.hasher.party::<KeyHash>(code);
        let parties: Option<Vec<KeyHash>> = search.codes().map(|codes| codes.iter().map(hash).collect());
        (recent, parties)
    };
    let mut found = Vec::new();
    loop {
        let wanted = limit.max(PAGE);
        let page = shared.index(|index| index.records(EXPORTS, parties.as_deref(), before, wanted))?;
        // Down to where this page ends, or to the beginning.
        let end = page.last().filter(|_| page.len() == wanted).map_or(0, |(place, _)| *place);
        let mut trades = recent.split_off(&end);
        for (place, sequence) in page {
            if !trades.contains_key(&place) {
                trades.extend(shared.export_trade_of(sequence)?.map(|trade| (place, trade)));
            }
        }
        for (place, trade) in trades.into_iter().rev() {
            if search.finds(&trade) {
                found.push(trade);
                if found.len() == limit {
                    return Ok((found, Some(place)));
                }
            }
        }
        if end == 0 {
            return Ok((found, None));
        }
        before = end;
    }
}
