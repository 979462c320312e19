//! The last columns of a row that holds between days: from when, until when, and how sure that is.

use super::Confidence;
use ceb::Day;

/// The first day of a row of a table that had no days when it was published: it holds on every day.
pub(super) const ALWAYS: &str = "00010101";

/// The first day on which a row holds.
pub(super) fn first_day(text: &str) -> Result<Day, &'static str> {
    Day::parse(text).ok_or("valid_from is yyyyMMdd")
}

/// The last; empty = open.
pub(super) fn last_day(text: &str) -> Result<Option<Day>, &'static str> {
    if text.is_empty() { Ok(None) } else { Day::parse(text).map(Some).ok_or("valid_to is yyyyMMdd") }
}

/// How sure it is.
pub(super) fn certainty(text: &str) -> Result<Confidence, &'static str> {
    Confidence::from_word(text).ok_or("certainty is seen, known, memory or unsure")
}

/// Whether two terms have a day in common.
pub(super) fn overlap(one: (Day, Option<Day>), other: (Day, Option<Day>)) -> bool {
    one.1.is_none_or(|last| other.0 <= last) && other.1.is_none_or(|last| one.0 <= last)
}

/// Whether a row with these days holds on a day.
pub(super) fn holds(first: Day, last: Option<Day>, day: Day) -> bool {
    first <= day && last.is_none_or(|last| day <= last)
}
