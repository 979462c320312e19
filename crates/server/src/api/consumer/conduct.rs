//! What a consumer's own doing tells, as narrowly as law allows: how many of his disputes of uses of his quota the competent
//! agency refused, because it was he. Nothing else that the window records would be proven against him: it does not learn who
//! lent his quota to whom, nor which parcels were not taken.
//!
//! Off unless a dated parameter says so. It is counted when it is looked at and kept nowhere, looks back so many months and no
//! further, is told to himself and, for a purpose that is recorded, to offices of the whole zone. There is no list of it, no grade,
//! and nothing in a judgement rests on it.

use crate::{Window, all_records};
use clearance::Text;
use clearance::record::Register;
use clearance::rulebook::Calendar;
use serde_json::{Value, json};
use store::{Read, RecordSearch, StoreError};

/// Months that are looked back at, at most, whatever a table says.
const MONTHS: i64 = 36;

/// Of a person by his code; null where it is off.
///
/// # Errors
/// When the store cannot be read.
pub(in crate::api) async fn of(window: &Window, person: &Text) -> Result<Value, StoreError> {
    let today = window.clock.now().day();
    let law = window.reference().current().parameters.on(today);
    if law.consumer_conduct == 0 {
        return Ok(Value::Null);
    }
    let since = Calendar::plus_months(today, -law.consumer_conduct_months.clamp(0, MONTHS));
    let search =
        RecordSearch { register: Register::Dispute, parties: Some(vec![person.clone()]), states: Vec::new() };
    let mut refused = 0u64;
    for record in all_records::of(window, &search).await? {
        // One record has all disputes with a seller, one after the other: each refusal is a version of it.
        let mut at = Some(record);
        while let Some(version) = at.filter(|version| version.changed.day() >= since) {
            refused += u64::from(version.action == "refuse");
            at = match version.previous {
                Some(previous) => window.read.record_at(previous).await?,
                None => None,
            };
        }
    }
    Ok(json!({"disputesRefused": refused, "since": since.to_string()}))
}
