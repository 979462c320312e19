//! The last columns of a row that holds between days: from when, until when, and how sure that is.

use super::Confidence;
use ceb::Day;

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

/// Whether a row with these days holds on a day.
pub(super) fn holds(first: Day, last: Option<Day>, day: Day) -> bool {
    first <= day && last.is_none_or(|last| day <= last)
}
