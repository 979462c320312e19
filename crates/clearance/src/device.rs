//! The device under which an order was placed, where its platform reports one: `[device=…]` in the remark of the order, in the
//! brackets eight to sixty-four letters, digits, `-`, `_` or `.`. It is the platform's own pseudonym, not a number of the
//! machine, and one platform's says nothing of another's. What is not written exactly so is a remark like any other: no order
//! fails for its remark. Leaves hashing to whoever reads messages: the word itself is in no index and on no screen.

use crate::Text;
use ceb::Document;
use std::borrow::Cow;

/// What begins a report.
const BEGINS: &str = "[device=";
/// What ends it.
const ENDS: char = ']';
/// What stands in its place before others.
const HIDDEN: &str = "[device=***]";

/// Keyed hashes of the device of an order and of who ordered.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Device {
    /// Of the platform's reference, with the platform.
    pub reference: Text,
    /// Of the buyer's identity number.
    pub identity: Text,
    /// Of the buyer's telephone.
    pub telephone: Text,
}

impl Device {
    /// That of an order whose platform reports one. `hashed` makes of a sort (`device`, `identity`, `telephone`) and a value what
    /// is kept of it.
    pub fn of(document: &Document, hashed: impl Fn(&str, &str) -> Text) -> Option<Self> {
        let Document::Order(order) = document else { return None };
        let head = &order.head;
        let reference = reference(head.note.as_deref()?)?;
        Some(Self {
            reference: hashed("device", &format!("{}:{reference}", head.ebp_code.trim())),
            identity: hashed("identity", &head.buyer_id_number),
            telephone: hashed("telephone", &head.buyer_telephone),
        })
    }
}

/// The reference that a remark reports; none = it reports none, or more than one.
fn reference(note: &str) -> Option<&str> {
    let (_, rest) = note.split_once(BEGINS)?;
    let (reference, after) = rest.split_once(ENDS)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let written = (8..=64).contains(&reference.len()) && reference.bytes().all(plain);
    (written && !after.contains(BEGINS)).then_some(reference)
}

/// A remark without what it reports, also where that is not written as it should be.
pub(crate) fn hidden(note: &str) -> Cow<'_, str> {
    if !note.contains(BEGINS) {
        return note.into();
    }
    let mut shown = String::with_capacity(note.len());
    let mut rest = note;
    while let Some((before, reported)) = rest.split_once(BEGINS) {
        shown.push_str(before);
        shown.push_str(HIDDEN);
        rest = reported.split_once(ENDS).map_or("", |(_, after)| after);
    }
    shown.push_str(rest);
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_only_as_it_is_to_be_written() {
        for (note, read) in [
            ("[device=3f2a-9c_7.Q1]", Some("3f2a-9c_7.Q1")),
            ("轻放 [device=12345678] 周末送", Some("12345678")),
            ("[device=1234567]", None),
            ("[device=12345678", None),
            ("[Device=12345678]", None),
            ("[device= 12345678]", None),
            ("[device=一二三四五六七八]", None),
            ("[device=12345678][device=87654321]", None),
            ("", None),
        ] {
            assert_eq!(reference(note), read, "{note}");
        }
        let longest = "a".repeat(64);
        assert_eq!(reference(&format!("[device={longest}]")), Some(longest.as_str()));
        assert_eq!(reference(&format!("[device={longest}a]")), None);
    }

    #[test]
    fn what_is_shown_of_a_remark_has_no_report() {
        for (note, shown) in [
            ("轻放", "轻放"),
            ("轻放[device=12345678]周末", "轻放[device=***]周末"),
            ("[device=12][device=12345678]", "[device=***][device=***]"),
            ("轻放[device=12345678", "轻放[device=***]"),
        ] {
            assert_eq!(hidden(note), shown);
        }
    }
}
