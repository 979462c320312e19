//! The tax on parcels: what is exempt to the fen, what is over the limit, what the catalogue says, which rate holds on which day,
//! and what is put aside for a person.

use ceb::{Day, Decimal};
use clearance::Rulebook;
use clearance::parcel_tax::{ParcelLine, ParcelOutcome, ParcelTax, assess};

const TODAY: &str = "20261123";
const ABROAD: &str = "502";
const HONG_KONG: &str = "110";
const CNY: &str = "142";

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn line<'a>(heading: &'a str, quantity: &str, value: &str) -> ParcelLine<'a> {
    ParcelLine {
        heading,
        quantity: decimal(quantity),
        value: decimal(value),
        currency: CNY,
        ..ParcelLine::default()
    }
}

fn on(book: &Rulebook, day: &str, country: &str, indivisible: bool, lines: &[ParcelLine<'_>]) -> ParcelTax {
    let law = book.parameters.on(Day::parse(day).unwrap());
    assess(lines, country, indivisible, &book.parcels, &book.rates, &law)
}

fn today(country: &str, indivisible: bool, lines: &[ParcelLine<'_>]) -> ParcelTax {
    on(&Rulebook::builtin(), TODAY, country, indivisible, lines)
}

#[test]
fn up_to_fifty_yuan_of_tax_nothing_is_due_and_a_fen_more_is() {
    for (value, tax, outcome) in [
        ("380.00", 4_940, ParcelOutcome::Exempt),
        // 50.0045 and 50.0058 before they are rounded.
        ("384.65", 5_000, ParcelOutcome::Exempt),
        ("384.66", 5_001, ParcelOutcome::Due),
        ("385.00", 5_005, ParcelOutcome::Due),
    ] {
        let told = today(ABROAD, false, &[line("01", "1", value)]);
        assert_eq!((told.outcome, told.tax), (outcome, Some(tax)), "{value}");
        assert_eq!(told.due, Some(if outcome == ParcelOutcome::Due { tax } else { 0 }), "{value}");
    }
    let told = today(ABROAD, false, &[line("01", "1", "385.00")]);
    assert_eq!(told.arithmetic, ["1: 385.00 × 13% = 50.05", "Σ 385.00 ≤ 1000.00", "Σ 50.05 > 50.00"]);
}

#[test]
fn over_its_limit_a_parcel_is_goods_unless_it_is_one_article_that_cannot_be_parted() {
    for (country, indivisible, quantity, value, outcome) in [
        (ABROAD, false, "1", "1000.00", ParcelOutcome::Due),
        (ABROAD, false, "1", "1000.01", ParcelOutcome::DeclareAsGoods),
        (HONG_KONG, false, "1", "800.00", ParcelOutcome::Due),
        (HONG_KONG, false, "1", "800.01", ParcelOutcome::DeclareAsGoods),
        ("121", false, "1", "800.01", ParcelOutcome::DeclareAsGoods),
        ("143", false, "1", "800.01", ParcelOutcome::DeclareAsGoods),
        (ABROAD, true, "1", "5000.00", ParcelOutcome::Due),
        (HONG_KONG, true, "1", "800.01", ParcelOutcome::Due),
        // Whoever says so of two pieces is not believed.
        (ABROAD, true, "2", "5000.00", ParcelOutcome::DeclareAsGoods),
    ] {
        let told = today(country, indivisible, &[line("06", quantity, value)]);
        assert_eq!(told.outcome, outcome, "{country} {indivisible} {quantity} {value}");
        assert_eq!(told.due.is_some(), outcome == ParcelOutcome::Due);
    }
    let several = [line("06", "1", "600.00"), line("01", "1", "400.01")];
    assert_eq!(today(ABROAD, true, &several).outcome, ParcelOutcome::DeclareAsGoods);
    // What is over the limit is so without its heading.
    let told = today(ABROAD, false, &[line("", "1", "1000.01")]);
    assert_eq!((told.outcome, told.tax), (ParcelOutcome::DeclareAsGoods, None));
}

#[test]
fn each_line_has_the_rate_of_its_heading_and_is_rounded_by_itself() {
    let told = today(ABROAD, false, &[line("01", "3", "300.00"), line("06", "1", "100.00")]);
    let taxes: Vec<Option<i64>> = told.lines.iter().map(|line| line.tax).collect();
    assert_eq!(taxes, [Some(3_900), Some(2_000)]);
    assert_eq!((told.tax, told.due, told.outcome), (Some(5_900), Some(5_900), ParcelOutcome::Due));
    // Half a fen goes up.
    let told = today(ABROAD, false, &[line("01", "1", "0.50"), line("02", "1", "0.23")]);
    let taxes: Vec<Option<i64>> = told.lines.iter().map(|line| line.tax).collect();
    assert_eq!(taxes, [Some(7), Some(12)], "6.5 and 11.5 fen");
}

#[test]
fn the_rate_is_that_of_the_day() {
    let book = Rulebook::builtin();
    for (heading, day, percent) in [
        ("01", "20160407", 10),
        ("01", "20160408", 15),
        ("01", "20190408", 15),
        ("01", "20190409", 13),
        ("06", "20160407", 20),
        ("06", "20160408", 30),
        ("06", "20181031", 30),
        ("06", "20181101", 25),
        ("06", "20190408", 25),
        ("06", "20190409", 20),
        ("02", "20160407", 50),
        ("02", "20160408", 60),
        ("02", "20181101", 60),
        ("02", "20190409", 50),
        ("27-medicine", "20181031", 30),
        ("27-medicine", "20181101", 15),
    ] {
        let told = on(&book, day, ABROAD, false, &[line(heading, "1", "100.00")]);
        assert_eq!(told.lines[0].percent, Some(percent), "{heading} on {day}");
        assert_eq!(told.lines[0].tax, Some(percent * 100), "{heading} on {day}");
    }
}

#[test]
fn the_catalogue_counts_unless_the_price_is_twice_as_much_or_half() {
    for (value, counted) in
        [("200.00", 18_000), ("359.99", 18_000), ("360.00", 36_000), ("90.01", 18_000), ("90.00", 9_000)]
    {
        let of =
            ParcelLine { entry: "milk-powder", net_weight: Some(decimal("0.9")), ..line("", "1", value) };
        let told = today(ABROAD, false, &[of]);
        assert_eq!(told.lines[0].catalogue, Some(18_000));
        assert_eq!((told.lines[0].value, told.value), (Some(counted), Some(counted)), "{value}");
        assert_eq!(told.lines[0].heading, "01", "the entry says what it is");
    }
    let by_piece = ParcelLine { entry: "face-mask-sheet", ..line("09-high", "5", "90.00") };
    let told = today(ABROAD, false, &[by_piece]);
    assert_eq!((told.lines[0].value, told.lines[0].percent), (Some(10_000), Some(50)));
}

#[test]
fn what_cannot_be_reckoned_is_put_aside_and_says_why() {
    let review = |line: ParcelLine<'_>| {
        let told = today(ABROAD, false, &[line]);
        let words: Vec<&str> = told.lines[0].reviews.iter().map(|review| review.word()).collect();
        assert_eq!((told.outcome, told.due), (ParcelOutcome::ManualReview, None));
        words.join(" ")
    };
    assert_eq!(review(ParcelLine { currency: "502", ..line("01", "1", "50.00") }), "no-rate");
    assert_eq!(review(line("", "1", "50.00")), "no-heading");
    // The code does not tell whether cosmetics are of high price.
    assert_eq!(review(ParcelLine { hs: "3304990000", ..line("", "1", "50.00") }), "no-heading");
    assert_eq!(review(ParcelLine { entry: "milk-powder", ..line("", "1", "50.00") }), "no-weight");
    let all = ParcelLine { currency: "502", entry: "coffee", hs: "3304990000", ..line("", "1", "1") };
    assert_eq!(review(ParcelLine { entry: "", ..all }), "no-rate no-heading");
    let told = today(ABROAD, false, &[ParcelLine { hs: "1901100000", ..line("", "1", "50.00") }]);
    assert_eq!((told.lines[0].heading.as_str(), told.outcome), ("01", ParcelOutcome::Exempt));
}

#[test]
fn an_amount_in_another_currency_is_converted_by_the_day() {
    let header = "currency,cny_per_100,valid_from,valid_to,source,note\n";
    let rates = format!("{header}502,712.5,20261101,20261130,sample,\n");
    let book = Rulebook::load(2, &[("exchange_rates.csv".to_owned(), rates)]).unwrap();
    let of = [ParcelLine { currency: "502", ..line("01", "1", "54.00") }];
    let told = on(&book, "20261130", ABROAD, false, &of);
    assert_eq!((told.value, told.due), (Some(38_475), Some(5_002)), "384.75 × 13 % = 50.0175");
    assert_eq!(told.arithmetic[0], "1: 54 [502] = 384.75");
    assert_eq!(on(&book, "20261201", ABROAD, false, &of).outcome, ParcelOutcome::ManualReview);
}

#[test]
fn a_wrong_row_of_the_tables_is_told_with_its_line() {
    let rates = "heading,name_zh,name_en,hs,percent,valid_from,valid_to,source,certainty\n";
    let values = "entry,heading,name_zh,name_en,value_fen,per,valid_from,valid_to,source,certainty\n";
    let food = "01,食品,food,02 03,13,20190409,,sample,memory\n";
    for (file, text) in [
        ("parcel_tax.csv", format!("{rates}01,食品,food,02,130,20190409,,sample,memory\n")),
        ("parcel_tax.csv", format!("{rates}01,食品,food,x,13,20190409,,sample,memory\n")),
        ("parcel_tax.csv", format!("{rates}01,食品,food,02,13,20190409,,,memory\n")),
        ("parcel_values.csv", format!("{values}a,99,甲,a,100,piece,20190409,,sample,memory\n")),
        ("parcel_values.csv", format!("{values}a,01,甲,a,0,piece,20190409,,sample,memory\n")),
        ("parcel_values.csv", format!("{values}a,01,甲,a,100,litre,20190409,,sample,memory\n")),
    ] {
        let faults = Rulebook::load(2, &[(file.to_owned(), text.clone())]).unwrap_err();
        assert!(faults.iter().any(|fault| (fault.file, fault.line) == (file, 2)), "{text}: {faults:?}");
    }
    // Neither one heading nor one code twice on a day.
    for twice in
        ["01,食品,food,04,13,20200101,,sample,memory\n", "02,酒,drinks,03,50,20200101,,sample,memory\n"]
    {
        let text = format!("{rates}{food}{twice}");
        let faults = Rulebook::load(2, &[("parcel_tax.csv".to_owned(), text)]).unwrap_err();
        assert!(
            faults.iter().any(|fault| (fault.file, fault.line) == ("parcel_tax.csv", 3)),
            "{twice}: {faults:?}"
        );
    }
}
