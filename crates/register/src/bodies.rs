//! Bodies as they are sent and kept: JSON in the form of a register. Leaves to the registers what stands in them.

use crate::{Fault, says};
use clearance::record::Record;

/// The body of a command in its form, or the fault.
pub(crate) fn read<T: serde::de::DeserializeOwned>(body: Option<&str>, faults: &mut Vec<Fault>) -> Option<T> {
    let Some(body) = body else {
        faults.push(Fault::new("body", "", says::BODY_NEEDED.said()));
        return None;
    };
    match serde_json::from_str(body) {
        Ok(read) => Some(read),
        Err(error) => {
            faults.push(Fault::new("body", "", says::NOT_READ.with(&[("error", &error.to_string())])));
            None
        }
    }
}

/// What a record of ours says.
///
/// # Panics
/// If the stored body has not the form that this crate writes.
pub(crate) fn stored<T: serde::de::DeserializeOwned>(record: &Record) -> T {
    match serde_json::from_str(&record.body) {
        Ok(read) => read,
        Err(error) => panic!("record {}: {error}", record.key.id),
    }
}

/// A form as it is stored.
pub(crate) fn written<T: serde::Serialize>(form: &T) -> String {
    match serde_json::to_string(form) {
        Ok(text) => text,
        Err(error) => panic!("a form of text and numbers: {error}"),
    }
}
