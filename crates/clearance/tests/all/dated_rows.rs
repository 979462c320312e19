//! Rows of the tariff and of the code tables by day: what changes on a day, what no source says of earlier editions of the list, and
//! rulebooks that were published before such rows had days.

use crate::support::{NOW, Window, trade};
use ceb::{Day, Decimal, Declaration, DeclarationLine};
use clearance::Rulebook;
use clearance::reason::Reason;
use clearance::rulebook::{Absence, Confidence, Membership};
use clearance::tax::assess;
use std::collections::BTreeSet;

fn day(number: u32) -> Day {
    Day::from_number(number).unwrap()
}

pub(crate) fn built_in(name: &str) -> String {
    Rulebook::built_in_tables().into_iter().find(|(file, _)| file == name).unwrap().1
}

pub(crate) fn loaded(name: &str, text: String) -> Result<Rulebook, String> {
    Rulebook::load(2, &[(name.to_owned(), text)]).map_err(|faults| faults[0].what.clone())
}

/// A table as it was published when it had this many columns less, each row once.
pub(crate) fn narrowed(name: &str, columns: usize) -> String {
    let text = built_in(name);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    for (index, row) in rows.iter().enumerate() {
        if rows.get(index + 1).is_none_or(|next| next[0] != row[0]) {
            writer.write_record(row.iter().take(row.len() - columns)).unwrap();
        }
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// One bag over the limit: its duty is what the row of the day says.
fn duty(book: &Rulebook, on: u32) -> i64 {
    let line = DeclarationLine {
        gnum: 1,
        gcode: "4202210000".into(),
        qty: Decimal::ONE,
        qty1: Decimal::ONE,
        unit1: "035".into(),
        total_price: Decimal::from_whole(6_800),
        ..DeclarationLine::default()
    };
    let declaration = Declaration { lines: vec![line], ..Declaration::default() };
    assess(&declaration, &book.parameters.on(day(on)), &book.tariff).unwrap().duty()
}

#[test]
fn duty_and_consumption_tax_change_on_a_day() {
    let text = built_in("tariff.csv");
    let row = text.lines().rfind(|line| line.starts_with("42022100,")).unwrap();
    let mut fields: Vec<String> = row.split(',').map(str::to_owned).collect();
    let last = fields.len() - 18;
    fields[last + 4] = "20".to_owned();
    fields[last + 15] = "20270101".to_owned();
    let ended = row.replacen(",20181101,,", ",20181101,20261231,", 1).replacen(
        ",20160408,,",
        ",20160408,20261231,",
        1,
    );
    assert_ne!(ended, row);
    let changed = text.replacen(row, &format!("{ended}\n{}", fields.join(",")), 1);
    let book = loaded("tariff.csv", changed).unwrap();
    assert_eq!([duty(&book, 20_261_231), duty(&book, 20_270_101)], [40_800, 136_000]);
    let twice = text.replacen(row, &format!("{row}\n{row}"), 1);
    assert_eq!(loaded("tariff.csv", twice).unwrap_err(), "two rows of code 42022100 hold on the same day");
}

#[test]
fn what_no_source_says_of_earlier_days_is_marked() {
    let book = Rulebook::builtin();
    let line = |code: &str, on: u32| book.tariff.line(code, day(on)).unwrap();
    // Duties were read in a tariff of later than the cut of November 2018.
    assert_eq!(line("04021000", 20_181_031).duty_confidence, Confidence::Unsure);
    assert_eq!(line("04021000", 20_181_101).duty_confidence, Confidence::Seen);
    // What was cosmetics before October 2016 was taxed otherwise.
    assert_eq!(line("33030000", 20_160_930).consumption_tax_confidence, Confidence::Unsure);
    assert_eq!(line("33030000", 20_161_001).consumption_tax_confidence, Confidence::Known);
    for line in [20_160_408, 20_181_231, 20_261_123].into_iter().flat_map(|on| book.tariff.on(day(on))) {
        assert!(!line.source.is_empty(), "{}", line.hs8);
    }
}

#[test]
fn an_edition_of_the_tariff_ends_codes_and_begins_others() {
    let book = Rulebook::builtin();
    let codes =
        |on: u32| -> BTreeSet<String> { book.tariff.on(day(on)).map(|line| line.hs8.to_string()).collect() };
    // Within an edition nothing comes and nothing goes.
    let editions = [codes(20_160_408), codes(20_170_101), codes(20_220_101)];
    assert_eq!(editions, [codes(20_161_231), codes(20_211_231), codes(20_261_123)]);
    let [first, before, after] = editions;
    assert!(first.is_subset(&before));
    assert_eq!((first.len(), before.len(), after.len()), (1_195, 1_202, 1_181));
    let ended: Vec<&String> = before.difference(&after).collect();
    let begun: Vec<&String> = after.difference(&before).collect();
    assert_eq!((ended.len(), begun.len()), (50, 29));
    for (codes, others, on) in [(ended, &after, 20_211_231), (begun, &before, 20_220_101)] {
        for code in codes {
            // An edition of the Harmonized System renumbers subheadings, so it takes all of one.
            assert!(others.iter().all(|other| other[..6] != code[..6]), "{code}");
            let line = book.tariff.line(code, day(on)).unwrap();
            assert!(line.source.contains("the day is deduced (unsure)"), "{code}: {}", line.source);
        }
    }
}

#[test]
fn what_stands_for_a_code_that_is_not_in_force_is_of_its_heading() {
    let tariff = Rulebook::builtin().tariff;
    assert_eq!(tariff.absence("0403100000", day(20_220_101)), Absence::Ended(day(20_211_231)));
    assert_eq!(tariff.absence("04032010", day(20_211_231)), Absence::Later(day(20_220_101)));
    assert_eq!(tariff.absence("0403109900", day(20_220_101)), Absence::Never);
    assert_eq!(tariff.absence("04", day(20_220_101)), Absence::Never);
    let near = |code: &str, on: u32| -> Vec<String> {
        tariff.near(code, day(on)).iter().map(|line| line.hs8.to_string()).collect()
    };
    assert_eq!(near("0403100000", 20_220_101), ["04032010", "04032090", "04039000"]);
    assert_eq!(near("0403201000", 20_211_231), ["04031000", "04039000"]);
    // Of the same six digits, where there are some.
    assert_eq!(near("0403909900", 20_220_101), ["04039000"]);
    assert!(near("9999999999", 20_220_101).is_empty() && near("04", 20_220_101).is_empty());
}

#[test]
fn goods_of_a_code_that_an_edition_ended_are_looked_at_with_the_codes_in_force() {
    let mut window = Window::without_draws();
    let mut trade = trade(1);
    trade.declaration.lines[0].gcode = "0403100000".into();
    let outcome = window.trade(&trade);
    assert_eq!(window.state(&trade), 300, "{:?}", outcome.answer);
    let finding = outcome.answer.findings.iter().find(|one| one.reason == Reason::GoodsCodeUnknown).unwrap();
    assert!(finding.uncertain);
    let today = NOW.day().to_string();
    let told = finding.text_zh(None);
    assert!(told.contains(&format!("0403100000，{today}无效，有效期至20211231")), "{told}");
    let fields: Vec<(&str, &str)> =
        finding.fields.iter().map(|field| (field.path.as_str(), field.value.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("InventoryList[1].gcode", "0403100000"),
            ("day", today.as_str()),
            ("table", "tariff.csv valid_to 20211231"),
            ("codes in force", "04032010 04032090 04039000"),
        ]
    );
}

#[test]
fn a_list_is_sure_from_the_edition_of_which_its_source_speaks() {
    let book = Rulebook::builtin();
    let on = |code: &str, on: u32| book.tariff.line(code, day(on)).unwrap().membership(day(on));
    // Beer was added by the edition of 2018.
    assert_eq!(on("22030000", 20_181_231), Membership::NotListed);
    assert_eq!(on("22030000", 20_190_101), Membership::Listed);
    // Read in the first list.
    assert_eq!(on("04029100", 20_160_408), Membership::Listed);
    // Known of the list as it is now; of the editions before no source says it.
    assert_eq!(on("04021000", 20_200_101), Membership::Unsure);
    assert_eq!(on("04021000", 20_220_301), Membership::Listed);
    let text = built_in("tariff.csv");
    let row = text.lines().rfind(|line| line.starts_with("04029100,")).unwrap();
    let ended = row.replacen(",20160408,seen,20160408,,", ",20160408,seen,20160408,20211231,", 1);
    assert_ne!(ended, row);
    let book = loaded("tariff.csv", text.replacen(row, &ended, 1)).unwrap();
    let line = book.tariff.line("04029100", day(20_261_123)).unwrap();
    let membership = [20_211_231, 20_220_101].map(|on| line.membership(day(on)));
    assert_eq!(membership, [Membership::Listed, Membership::NotListed]);
}

#[test]
fn a_code_that_has_ended_is_refused_and_keeps_its_name() {
    let mut window = Window::without_draws();
    let trade = trade(1);
    let country = trade.declaration.head.country.clone();
    window.table("countries.csv", |text| {
        let rows = text.lines().map(|line| match line.starts_with(&format!("{country},")) {
            true => line.replacen(",20160408,", ",20160408,20201231", 1),
            false => line.to_owned(),
        });
        rows.collect::<Vec<_>>().join("\n") + "\n"
    });
    let outcome = window.trade(&trade);
    assert!(
        outcome.answer.findings.iter().any(|one| one.reason == Reason::CodeUnknown),
        "{:?}",
        outcome.answer
    );
    let codes = Rulebook::builtin().codes;
    assert!(codes.countries.holds(&country, NOW.day()) && codes.countries.name(&country).is_some());
    assert!(
        !codes.trade_modes.holds("9710", day(20_200_630)) && codes.trade_modes.holds("9710", day(20_200_701))
    );
}

#[test]
fn rulebooks_of_before_rows_had_days_load_and_hold_on_every_day() {
    let book = loaded("tariff.csv", narrowed("tariff.csv", 5)).unwrap();
    for on in [20_160_101, 20_200_101, 20_261_123] {
        let line = book.tariff.line("04021000", day(on)).unwrap();
        assert_eq!(line.duty_confidence, Confidence::Seen);
    }
    let line = book.tariff.line("04021000", day(20_200_101)).unwrap();
    assert_eq!(line.membership(day(20_200_101)), Membership::Listed, "as it was judged then");
    for name in ["countries", "currencies", "units", "districts", "transport_modes", "trade_modes"] {
        let name = format!("{name}.csv");
        let book = loaded(&name, narrowed(&name, 3)).unwrap();
        assert!(book.codes.countries.holds("502", day(20_261_123)), "{name}");
    }
    let book = loaded("trade_modes.csv", narrowed("trade_modes.csv", 3)).unwrap();
    assert!(book.codes.trade_modes.holds("9710", day(20_100_101)));
    // A table that is neither of the two forms is told so.
    assert_eq!(loaded("units.csv", narrowed("units.csv", 2)).unwrap_err(), "5 fields where 7 are expected");
}
