//! Photographs of inspections, each kept once by what it is. The window writes them for the officer whose inspection names
//! them; nobody finds them in a list, for whoever may see one is said by the inspection that it belongs to. What is kept of
//! a picture, and what is taken from it first, is `picture`'s.

use crate::moves::Move;
use crate::{Fault, Made, Seen, read, says, stored, written};
use clearance::keys::OrderKey;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};

/// The id is the trade, then SHA-256 of the content: platform, a slash, order number, a slash, hexadecimal.
pub const MOVES: &[Move] = &[Move::window("keep", &[""], "kept")];

/// A photograph as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Photograph {
    /// Code of the platform of the trade.
    pub platform: String,
    /// Number of its order.
    pub order_no: String,
    /// SHA-256 of the content, lower-case hexadecimal.
    pub sha256: String,
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: String,
    /// Base64.
    pub content: String,
}

impl Photograph {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// The key of a photograph of a trade.
pub fn key(order: &OrderKey, sha256: &str) -> RecordKey {
    RecordKey::new(Register::Photograph, &format!("{}/{}/{sha256}", order.platform, order.order_no))
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let photograph: Photograph = read(seen.command.body.as_deref(), faults)?;
    let order = OrderKey::new(&photograph.platform, &photograph.order_no);
    if key(&order, &photograph.sha256) != seen.command.key {
        faults.push(Fault::new("sha256", &photograph.sha256, says::NAMED_PHOTOGRAPH.said()));
    }
    let most = seen.reference.current().parameters.on(seen.now.day()).photograph_bytes;
    if i64::try_from(photograph.content.len() / 4 * 3).unwrap_or(i64::MAX) > most + 2 {
        let length = photograph.content.len().to_string();
        faults.push(Fault::new(
            "content",
            &length,
            says::BYTES_BEFORE_BASE64.with(&[("most", &most.to_string())]),
        ));
    }
    // Whoever is concerned finds it by the inspection, not by the record.
    Some(Made { body: written(&photograph), parties: Vec::new(), filing: None, seed: None })
}
