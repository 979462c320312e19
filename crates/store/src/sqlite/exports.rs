//! States of exports: by key and in lists; memory first, then the index and the row that it names.

use super::store::{Shared, damaged};
use crate::StoreError;
use crate::hasher::KeyHash;
use crate::rows::{ExportLine, ExportLines, closed_keys};
use clearance::export::{ClosedPeriod, ExportKey, ExportState};
use std::collections::BTreeMap;

/// Lines of the index that are looked at for a page, at least.
const PAGE: usize = 20;

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

    /// The state that stands in a list on a row.
    fn listed_state(&self, sequence: u64, list: u8) -> Result<Option<ExportState>, StoreError> {
        let erasures = &self.ledger.opened.erasures;
        let age = match self.read_exports.find((sequence, list), erasures) {
            Ok(found) => return Ok(Some(found)),
            Err(age) => age,
        };
        let stands = |state: &ExportState| ExportLine::of(state).is_some_and(|line| line.list == list);
        let Some(mut state) = self.states_of(sequence)?.into_iter().find(stands) else { return Ok(None) };
        self.open_documents(&mut state)?;
        self.read_exports.keep((sequence, list), state.clone(), age, erasures);
        Ok(Some(state))
    }
}

/// States that are asked for, newest first, before the place `after`; with the place from which the next page goes on.
pub(super) fn list(
    shared: &Shared,
    asked: &ExportLines<'_>,
    after: Option<u64>,
    limit: usize,
) -> Result<(Vec<ExportState>, Option<u64>), StoreError> {
    let (number, states) = (asked.number(), asked.states());
    let states: Vec<&str> = states.iter().map(String::as_str).collect();
    let mut before = after.unwrap_or(u64::MAX);
    // What is merged meanwhile is then found in the index, as it was or newer.
    let (mut recent, parties) = {
        let memory = shared.memory();
        let recent = memory.exported.range((number, 0)..(number, before));
        let recent: BTreeMap<u64, ExportState> =
            recent.map(|((_, place), (_, state))| (*place, state.clone())).collect();
        let hash = |code: &clearance::Text| memory.hasher.party::<KeyHash>(code);
        let parties: Option<Vec<KeyHash>> = asked.codes().map(|codes| codes.iter().map(hash).collect());
        (recent, parties)
    };
    let mut found = Vec::new();
    loop {
        let wanted = limit.max(PAGE);
        let narrowed = (parties.as_deref(), states.as_slice());
        let page = shared.index(|index| index.records(number, narrowed, before, wanted))?;
        // Down to where this page ends, or to the beginning.
        let end = page.last().filter(|_| page.len() == wanted).map_or(0, |(place, _)| *place);
        let mut states = recent.split_off(&end);
        for (place, sequence) in page {
            if !states.contains_key(&place) {
                states.extend(shared.listed_state(sequence, number)?.map(|state| (place, state)));
            }
        }
        for (place, state) in states.into_iter().rev() {
            if asked.finds(&state) {
                found.push(state);
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

/// The keys of lists that were closed within periods.
pub(super) fn closed(shared: &Shared, periods: &[ClosedPeriod]) -> Result<Vec<ExportKey>, StoreError> {
    let mut keys = Vec::new();
    for period in periods {
        let (found, _) = list(shared, &ExportLines::Closed(period), None, period.most)?;
        keys.extend(found.iter().flat_map(closed_keys));
    }
    Ok(keys)
}
