//! Working days: weekends rest, holidays rest, make-up days work. A deadline that falls on a day of rest ends on the
//! next working day.

use super::{TableFault, rows_widened};
use ceb::Day;
use jiff::civil;
use std::collections::BTreeMap;

/// What a calendar of before its rows had a source has in its place.
const SOURCELESS: [&str; 1] = ["published without a source"];

/// The calendar of deadlines.
#[derive(Clone, Default, Debug)]
pub struct Calendar {
    /// Days that differ from the week: true = working.
    exceptions: BTreeMap<Day, bool>,
}

fn date(day: Day) -> civil::Date {
    civil::Date::new(day.year() as i16, day.month() as i8, day.day_of_month() as i8)
        .unwrap_or(civil::Date::MIN)
}

fn day(date: civil::Date) -> Day {
    let (year, month, day) = (date.year(), date.month(), date.day());
    Day::from_ymd(year.unsigned_abs().into(), month.unsigned_abs().into(), day.unsigned_abs().into())
        .unwrap_or_default()
}

impl Calendar {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut calendar = Self::default();
        let header = ["day", "kind", "name", "confidence", "source"];
        rows_widened("calendar.csv", text, (header, &SOURCELESS), faults, |[day, kind, _, _, source]| {
            let day = Day::parse(day).ok_or("day is yyyyMMdd")?;
            if source.is_empty() {
                return Err("a day has a source".to_owned());
            }
            let working = match kind {
                "holiday" => false,
                "working" => true,
                _ => return Err("kind is holiday or working".to_owned()),
            };
            calendar.exceptions.insert(day, working);
            Ok(())
        });
        calendar
    }

    /// Whether agencies work on a day.
    pub fn is_working_day(&self, day: Day) -> bool {
        self.exceptions.get(&day).copied().unwrap_or_else(|| {
            !matches!(date(day).weekday(), civil::Weekday::Saturday | civil::Weekday::Sunday)
        })
    }

    /// The day itself if it is a working day, else the next one.
    pub fn working_day_from(&self, from: Day) -> Day {
        let mut at = from;
        while !self.is_working_day(at) {
            at = Self::plus_days(at, 1);
        }
        at
    }

    /// A day a number of calendar days later.
    pub fn plus_days(from: Day, days: i64) -> Day {
        day(date(from).saturating_add(jiff::Span::new().days(days)))
    }

    /// A day a number of calendar months later, at most the month's end.
    pub fn plus_months(from: Day, months: i64) -> Day {
        day(date(from).saturating_add(jiff::Span::new().months(months)))
    }

    /// A day a number of working days later.
    pub fn plus_working_days(&self, from: Day, days: i64) -> Day {
        (0..days).fold(from, |at, _| self.working_day_from(Self::plus_days(at, 1)))
    }

    /// The last day of a period of `days` after `from`, put off to a working day.
    pub fn deadline(&self, from: Day, days: i64) -> Day {
        self.working_day_from(Self::plus_days(from, days))
    }
}
