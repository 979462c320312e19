//! All records that a search finds, read page by page: for what would be wrong if the oldest were left out in silence.

use crate::Window;
use clearance::record::Record;
use std::sync::Arc;
use store::{Read, RecordSearch, StoreError};

/// Records that are read together.
const AT_ONCE: usize = 500;

/// All of them, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn of(window: &Window, search: &RecordSearch) -> Result<Vec<Arc<Record>>, StoreError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (records, next) = window.read.records(search, after, AT_ONCE).await?;
        found.extend(records);
        after = next;
        if after.is_none() {
            return Ok(found);
        }
    }
}
