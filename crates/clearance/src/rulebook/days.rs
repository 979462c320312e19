//! Static checks of rows that hold between days: days on which two rows of one name hold, days on which none does, rows that hold on
//! no day. They look at what is written alone, so a table that its own reader refuses is checked too. What a row's fields mean
//! belongs to that reader.

use super::checks::{CheckKind, TableFinding, Written};
use super::{RISK_RULES, term};
use ceb::Day;
use std::collections::BTreeMap;

/// How the rows of one name follow one another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Following {
    /// From the first day of the first to the last of the last, on each day one: a code may end.
    Closely,
    /// As closely, and the last is open: something holds on each day to come.
    Always,
    /// What ended may begin again later: a word, a recall, a model.
    Freely,
    /// A row is about one day, its first column of names. No name has two.
    OneDay,
    /// As one day, and there is no year between two without any.
    EachYear,
}

/// Tables whose rows hold between days, what a row is named by (nothing = one row of the table holds at a time), and how they follow.
const TABLES: &[(&str, &[&str], Following)] = &[
    ("calendar.csv", &["day"], Following::EachYear),
    ("countries.csv", &["code"], Following::Closely),
    (COMPARISONS, &["one", "other"], Following::Closely),
    ("credit_dimensions.csv", &["dimension"], Following::Closely),
    ("credit_grades.csv", &["grade"], Following::Closely),
    ("credit_indicators.csv", &["indicator"], Following::Closely),
    ("credit_measures.csv", &["standing", "measure"], Following::Closely),
    ("credit_scales.csv", &["indicator", "at"], Following::Closely),
    ("credit_vetoes.csv", &["veto"], Following::Closely),
    ("currencies.csv", &["code"], Following::Closely),
    ("demand_routes.csv", &["kind", "role"], Following::Closely),
    ("disclosure.csv", &["name"], Following::Always),
    ("districts.csv", &["code"], Following::Closely),
    ("exchange_rates.csv", &["currency"], Following::Closely),
    ("export_duties.csv", &["hs"], Following::Closely),
    ("filing_attributes.csv", &["role", "attribute"], Following::Closely),
    ("filing_requirements.csv", &["role", "group", "licence"], Following::Closely),
    ("filing_reviewers.csv", &["role"], Following::Closely),
    ("inspection_results.csv", &["result"], Following::Closely),
    ("list_editions.csv", &["valid_from"], Following::OneDay),
    ("market_exclusions.csv", &["hs"], Following::Closely),
    ("parameters.csv", &["name"], Following::Always),
    ("parcel_tax.csv", &["heading"], Following::Closely),
    ("parcel_values.csv", &["entry"], Following::Closely),
    ("process_templates.csv", &["process", "step"], Following::Closely),
    ("refund_rates.csv", &["hs"], Following::Closely),
    ("retention.csv", &["record_type"], Following::Always),
    ("risk_brands.csv", &["brand", "hs"], Following::Freely),
    ("risk_goods_words.csv", &["word"], Following::Freely),
    ("risk_models.csv", &["trade"], Following::Freely),
    ("risk_recalls.csv", &["id", "goods", "hs", "brand", "lot"], Following::Freely),
    (RISK_RULES, &["id"], Following::Freely),
    ("risk_words.csv", &["list", "word"], Following::Freely),
    ("sampling_goods.csv", &["hs"], Following::Closely),
    ("services.csv", &["service"], Following::Closely),
    ("signature_algorithms.csv", &["algorithm"], Following::Closely),
    ("tariff.csv", &["hs8"], Following::Closely),
    ("trade_modes.csv", &["code"], Following::Closely),
    ("transport_modes.csv", &["code"], Following::Closely),
    ("units.csv", &["code"], Following::Closely),
];

/// Whichever of two is named first, it is one comparison.
const COMPARISONS: &str = "credit_comparisons.csv";

/// A row by its days.
pub(super) struct DatedRow {
    /// From 1; the header is row 1.
    pub(super) row: usize,
    pub(super) from: Day,
    pub(super) to: Option<Day>,
    /// As it is told: name and days.
    pub(super) value: String,
}

impl DatedRow {
    fn days(&self) -> (Day, Option<Day>) {
        (self.from, self.to)
    }

    /// Whether it ends later than another; open is later than any day.
    fn outlasts(&self, other: &Self) -> bool {
        other.to.is_some_and(|last| self.to.is_none_or(|own| own > last))
    }

    fn found(&self, table: &str, kind: CheckKind, zh: String, en: String) -> TableFinding {
        TableFinding { table: table.to_owned(), row: self.row, kind, value: self.value.clone(), zh, en }
    }
}

/// Every finding about days of one table, if its rows have days.
pub(super) fn of_table(table: &str, written: &Written, found: &mut Vec<TableFinding>) {
    let Some((_, names, following)) = TABLES.iter().find(|(file, ..)| *file == table) else { return };
    let single = matches!(following, Following::OneDay | Following::EachYear);
    let mut rows_by_name = named(written, names, |row| {
        if single {
            let day = Day::parse(written.field(row, names.first()?))?;
            Some((day, Some(day)))
        } else {
            written.days(row)
        }
    });
    if table == COMPARISONS {
        rows_by_name = either_way(rows_by_name);
    }
    for rows in rows_by_name.values() {
        of_name(table, rows, *following, found);
    }
    if *following == Following::EachYear {
        years(table, rows_by_name.values().flatten(), found);
    }
}

/// Rows by what they are named by, each name's by its first days.
pub(super) fn named(
    written: &Written,
    names: &[&str],
    days: impl Fn(&[String]) -> Option<(Day, Option<Day>)>,
) -> BTreeMap<String, Vec<DatedRow>> {
    let mut groups: BTreeMap<String, Vec<DatedRow>> = BTreeMap::new();
    for (index, row) in written.rows.iter().enumerate() {
        let Some((from, to)) = days(row) else { continue };
        let name = names.iter().map(|name| written.field(row, name)).collect::<Vec<_>>().join(" ");
        // One that has no name, and one that was written before there was its column, is told by its first field.
        let told = if name.is_empty() { row.first().map_or("", String::as_str) } else { name.as_str() };
        let last = to.map_or_else(String::new, |to| to.to_string());
        let value = format!("{told}: {from}–{last}");
        groups.entry(name).or_default().push(DatedRow { row: index + 2, from, to, value });
    }
    groups.values_mut().for_each(|rows| rows.sort_by_key(|one| (one.from, one.row)));
    groups
}

/// The same rows where `a b` and `b a` are one name.
fn either_way(groups: BTreeMap<String, Vec<DatedRow>>) -> BTreeMap<String, Vec<DatedRow>> {
    let mut joined: BTreeMap<String, Vec<DatedRow>> = BTreeMap::new();
    for (name, rows) in groups {
        let mut words: Vec<&str> = name.split(' ').collect();
        words.sort_unstable();
        joined.entry(words.join(" ")).or_default().extend(rows);
    }
    joined.values_mut().for_each(|rows| rows.sort_by_key(|one| (one.from, one.row)));
    joined
}

fn of_name(table: &str, rows: &[DatedRow], following: Following, found: &mut Vec<TableFinding>) {
    // Of the rows that began before, the one that ends last: who meets any of them meets it, and a gap begins behind it.
    let mut longest: Option<&DatedRow> = None;
    for one in rows {
        if let Some(to) = one.to.filter(|to| *to < one.from) {
            found.push(TableFinding {
                value: format!("valid_from {}, valid_to {to}", one.from),
                ..one.found(
                    table,
                    CheckKind::Backwards,
                    "终止日早于起始日，此行没有一天有效。请改正其中一个日期".to_owned(),
                    "it ends before it begins and holds on no day: correct one of the days".to_owned(),
                )
            });
            continue;
        }
        if let Some(earlier) = longest {
            found.extend(between(table, earlier, one, following));
        }
        if longest.is_none_or(|earlier| one.outlasts(earlier)) {
            longest = Some(one);
        }
    }
    if let Some((last, to)) = longest.and_then(|last| Some((last, last.to?)))
        && following == Following::Always
    {
        let zh = format!("此行到 {to} 为止，其后没有规定。请增加自次日起的一行，或不填终止日");
        let en = format!(
            "it ends on {to} and after that day nothing holds: add a row that begins on the next day, or leave valid_to empty"
        );
        found.push(last.found(table, CheckKind::Gap, zh, en));
    }
}

/// What is wrong between a row and the one that begins later.
fn between(table: &str, earlier: &DatedRow, later: &DatedRow, following: Following) -> Option<TableFinding> {
    let (row, from) = (earlier.row, later.from);
    if term::overlap(earlier.days(), later.days()) {
        let last = if later.outlasts(earlier) { earlier.to } else { later.to };
        let (zh_days, en_days) = match last {
            Some(last) => (format!("自 {from} 至 {last}"), format!("from {from} to {last}")),
            None => (format!("自 {from} 起"), format!("from {from} on")),
        };
        let zh = format!("与第 {row} 行在同一天有效（{zh_days}）。请在前一行填写终止日，或改正起始日");
        let en = format!(
            "it holds on the same days as row {row}, {en_days}: end the row before, or begin this one later"
        );
        return Some(later.found(table, CheckKind::Overlap, zh, en));
    }
    let last = earlier.to.filter(|last| last.next().is_some_and(|next| next < from))?;
    matches!(following, Following::Closely | Following::Always).then(|| {
        let zh = format!("第 {row} 行到 {last} 为止，此行自 {from} 起，其间没有规定。请使两行首尾相接");
        let en = format!(
            "row {row} ends on {last} and this one begins on {from}: between them nothing holds; let one follow the other"
        );
        later.found(table, CheckKind::Gap, zh, en)
    })
}

/// Years between two others of which there is no row: their holidays would be taken for days of work.
fn years<'a>(table: &str, rows: impl Iterator<Item = &'a DatedRow>, found: &mut Vec<TableFinding>) {
    let mut rows: Vec<&DatedRow> = rows.collect();
    rows.sort_by_key(|one| one.from);
    for pair in rows.windows(2) {
        let [earlier, later] = pair else { continue };
        let (first, last) = (earlier.from.year() + 1, later.from.year().saturating_sub(1));
        if first <= last {
            let row = earlier.row;
            let zh = format!("第 {row} 行之后、此行之前，{first} 至 {last} 年没有任何一行。请补齐各年节假日");
            let en = format!(
                "between row {row} and this one the years {first} to {last} have no row: add their holidays"
            );
            found.push(later.found(table, CheckKind::Gap, zh, en));
        }
    }
}
