//! Lists of records: memory first, then the index; what memory has is newer.

use super::store::Shared;
use crate::StoreError;
use crate::hasher::KeyHash;
use crate::rows::RecordSearch;
use clearance::Text;
use clearance::record::Record;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Records of the index that are looked at for a page, at least.
const PAGE: usize = 100;

/// Records that are asked for, newest first, before the place `after`; with the place from which the next page goes on.
pub(super) fn list(
    shared: &Shared,
    search: &RecordSearch,
    after: Option<u64>,
    limit: usize,
) -> Result<(Vec<Arc<Record>>, Option<u64>), StoreError> {
    let mut before = after.unwrap_or(u64::MAX);
    let states: Vec<&str> = search.states.iter().map(Text::as_str).collect();
    // What is merged meanwhile is then found in the index, as it was or newer.
    let (mut recent, parties) = {
        let memory = shared.memory();
        let recent: BTreeMap<u64, Arc<Record>> =
            memory.recorded.range(..before).map(|(place, record)| (*place, record.clone())).collect();
        let hash = |code| memory.hasher.party::<KeyHash>(code);
        let parties: Option<Vec<KeyHash>> =
            search.parties.as_ref().map(|codes| codes.iter().map(|code| hash(code.as_str())).collect());
        (recent, parties)
    };
    let mut found = Vec::new();
    loop {
        let wanted = limit.max(PAGE);
        let narrowed = (parties.as_deref(), states.as_slice());
        let page = shared.index(|index| index.records(search.register as u8, narrowed, before, wanted))?;
        // Down to where this page ends, or to the beginning.
        let end = page.last().filter(|_| page.len() == wanted).map_or(0, |(place, _)| *place);
        let mut records = recent.split_off(&end);
        for (place, sequence) in page {
            if !records.contains_key(&place) {
                records.extend(shared.record_of(sequence)?.map(|record| (place, record)));
            }
        }
        for (place, record) in records.into_iter().rev() {
            if search.finds(&record) {
                found.push(record);
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
