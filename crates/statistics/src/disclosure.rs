//! From how many on a cell is told to everybody: dated values of `tables/disclosure.csv`. They judge no trade, so they are no
//! part of a rulebook.

use crate::view::Least;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../../tables/disclosure.csv");

struct Row {
    name: String,
    value: u64,
    from: u32,
    to: u32,
}

fn row(record: &csv::StringRecord) -> Option<Row> {
    let to = record.get(3)?;
    Some(Row {
        name: record.get(0)?.to_owned(),
        value: record.get(1)?.parse().ok()?,
        from: record.get(2)?.parse().ok()?,
        to: if to.is_empty() { u32::MAX } else { to.parse().ok()? },
    })
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        csv::Reader::from_reader(TABLE.as_bytes()).records().filter_map(|record| row(&record.ok()?)).collect()
    })
}

/// What holds on a day (yyyyMMdd). Where nothing does, nothing is told.
pub fn least(day: u32) -> Least {
    let value = |name: &str| {
        let found = rows().iter().find(|row| row.name == name && (row.from..=row.to).contains(&day));
        found.map_or(u64::MAX, |row| row.value)
    };
    Least { merchants: value("merchants"), declarations: value("declarations") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::MERCHANTS;

    #[test]
    fn every_row_reads_and_a_cell_remembers_as_many_merchants_as_are_asked_for() {
        assert_eq!(rows().len(), TABLE.lines().count() - 1);
        assert_eq!(least(20_261_123), Least { merchants: 3, declarations: 10 });
        assert!(rows().iter().all(|row| row.name != "merchants" || row.value <= MERCHANTS as u64));
        assert_eq!(least(20_180_101).merchants, u64::MAX);
    }
}
