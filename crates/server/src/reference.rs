//! The reference as the store has it: parties, rulebooks, the seed of the draw, under one version. What is done with it
//! belongs to `clearance`.

use crate::window::{OpenError, loaded};
use clearance::decide::Reference;
use clearance::party::{Entry, Parties};
use std::sync::{Arc, PoisonError, RwLock};
use store::{ChosenRead, Read};

/// Reads it. A space without a first row has no rulebook and no seed yet.
///
/// # Errors
/// [`OpenError`] when the store fails or a published rulebook does not load.
pub async fn read(read: &ChosenRead) -> Result<Reference, OpenError> {
    // What is committed after the version was read is read twice, not missed.
    let version = read.reference().await?;
    let mut parties = Parties::default();
    for row in read.filings().await? {
        parties.file(row.filing);
    }
    for row in read.certificates().await? {
        parties.enter(Entry::Certificate(row.certificate));
    }
    let mut books = Vec::new();
    for row in read.rulebooks().await? {
        books.push(Arc::new(loaded(&row)?));
    }
    let seed = read.seeds().await?.last().map(|row| row.seed);
    Ok(Reference { books, parties: Arc::new(parties), sampling_seed: seed.unwrap_or_default(), version })
}

/// Puts a newer one in the place of the one in force; an older one is not taken.
pub(crate) fn replace(slot: &RwLock<Arc<Reference>>, newer: Reference) {
    let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
    if newer.version > slot.version {
        *slot = Arc::new(newer);
    }
}
