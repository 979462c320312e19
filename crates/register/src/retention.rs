//! How long what rows tell of persons is kept, by type of record, as a dated table (`tables/retention.csv`): the months for
//! which a law asks us to keep it, and those after which it is erased. A request to erase it earlier is granted after the first.

use ceb::Day;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../tables/retention.csv");

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retention {
    /// Of what.
    pub record_type: String,
    /// Months for which it must be kept; 0 = nobody asks for it.
    pub keep_months: u32,
    /// Months after which it is erased.
    pub erase_months: u32,
    /// First day.
    pub valid_from: Day,
    /// Last day; none = open.
    pub valid_to: Option<Day>,
    /// The law, as it is told to whoever asks.
    pub law: String,
    /// Where it is said.
    pub source: String,
    /// Whether the source was seen.
    pub sure: bool,
}

/// All rules.
///
/// # Panics
/// If the built-in table is wrong: a programmer's error, found by the tests.
pub fn all() -> &'static [Retention] {
    static ALL: LazyLock<Vec<Retention>> = LazyLock::new(|| {
        let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
        let rows = reader.records().enumerate().map(|(index, row)| {
            let row = row.ok().and_then(|row| retention(&row));
            row.unwrap_or_else(|| panic!("retention.csv: line {}", index + 2))
        });
        rows.collect()
    });
    &ALL
}

fn retention(row: &csv::StringRecord) -> Option<Retention> {
    let [record_type, keep, erase, from, to, law, source, confidence, _] =
        row.iter().collect::<Vec<&str>>().try_into().ok()?;
    let (keep_months, erase_months) = (keep.parse().ok()?, erase.parse().ok()?);
    Some(Retention {
        record_type: record_type.to_owned(),
        keep_months,
        erase_months: (erase_months >= keep_months).then_some(erase_months)?,
        valid_from: Day::parse(from)?,
        valid_to: if to.is_empty() { None } else { Some(Day::parse(to)?) },
        law: law.to_owned(),
        source: source.to_owned(),
        sure: confidence == "seen",
    })
}

/// The rule of a type on a day.
pub fn of(record_type: &str, day: Day) -> Option<&'static Retention> {
    let holds = |rule: &&Retention| rule.valid_from <= day && rule.valid_to.is_none_or(|last| day <= last);
    all().iter().filter(|rule| rule.record_type == record_type).find(holds)
}

/// The same day some months later, or the last of that month.
pub fn months_after(day: Day, months: u32) -> Day {
    let month = day.year() * 12 + day.month() - 1 + months;
    let (year, month) = (month / 12, month % 12 + 1);
    (0..4).find_map(|less| Day::from_ymd(year, month, day.day_of_month().saturating_sub(less))).unwrap_or(day)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn months_end_where_the_calendar_says() {
        let day = |number: &str| Day::parse(number).unwrap();
        for (from, months, to) in [
            ("20261123", 36, "20291123"),
            ("20240229", 12, "20250228"),
            ("20261231", 2, "20270228"),
            ("20261123", 0, "20261123"),
        ] {
            assert_eq!(months_after(day(from), months), day(to), "{from} {months}");
        }
    }

    #[test]
    fn every_type_has_one_rule_today() {
        let today = Day::parse("20261123").unwrap();
        for record_type in ["declarations", "undeclared"] {
            assert!(of(record_type, today).is_some());
        }
        assert!(of("declarations", Day::parse("20150101").unwrap()).is_none());
    }
}
