//! Tax to the fen: the worked examples of the field and the laws of apportioning.

use crate::beside::published;
use ceb::{Day, Decimal, Declaration, DeclarationHead, DeclarationLine};
use clearance::Rulebook;
use clearance::rulebook::{ConsumptionTax, Rate};
use clearance::tax::{Basis, apportion, assess, remaining, with_rates};
use proptest::prelude::*;

/// Dutiable value, duty %, ad-valorem %, specific a litre, litres, VAT %, share % → duty, consumption tax, VAT, all CNY.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
    [&'static str; 3],
);

const CASES: [Case; 22] = [
    ("infant milk", "328", "0", "0", "0", "0", "13", 70, ["0", "0", "29.85"]),
    ("nuts", "100", "0", "0", "0", "0", "9", 70, ["0", "0", "6.3"]),
    ("serum below the threshold", "299", "0", "0", "0", "0", "13", 70, ["0", "0", "27.21"]),
    ("perfume above it", "800", "0", "15", "0", "0", "13", 70, ["0", "98.82", "85.65"]),
    ("wine with freight", "960", "0", "10", "0", "0", "13", 70, ["0", "74.67", "97.07"]),
    ("whisky 0.7 L", "500", "0", "20", "0.912", "0.7", "13", 70, ["0", "88.06", "56.95"]),
    ("beer 12 L", "180", "0", "0", "0.253", "12", "13", 70, ["0", "2.13", "16.66"]),
    ("three lines, first", "214.94", "0", "0", "0", "0", "13", 70, ["0", "0", "19.56"]),
    ("three lines, second", "86.95", "0", "0", "0", "0", "9", 70, ["0", "0", "5.48"]),
    ("three lines, third", "129.61", "0", "0", "0", "0", "13", 70, ["0", "0", "11.79"]),
    ("bag over the limit", "6800", "6", "0", "0", "0", "13", 100, ["408", "0", "937.04"]),
    ("watch over the limit", "12000", "10", "20", "0", "0", "13", 100, ["1200", "3300", "2145"]),
    ("exactly at the limit", "5000", "0", "0", "0", "0", "13", 70, ["0", "0", "455"]),
    ("one fen over it", "5000.01", "1", "0", "0", "0", "13", 100, ["50", "0", "656.5"]),
    ("milk in January 2019", "328", "0", "0", "0", "0", "16", 70, ["0", "0", "36.74"]),
    ("nuts in January 2019", "100", "0", "0", "0", "0", "10", 70, ["0", "0", "7"]),
    ("three cans", "984", "0", "0", "0", "0", "13", 70, ["0", "0", "89.54"]),
    ("two cans after a return", "656", "0", "0", "0", "0", "13", 70, ["0", "0", "59.7"]),
    ("five fen", "0.05", "0", "0", "0", "0", "13", 70, ["0", "0", "0"]),
    ("golf set", "4500", "0", "10", "0", "0", "13", 70, ["0", "350", "455"]),
    ("yellow wine 2.5 L", "100", "0", "0", "0.249", "2.5", "13", 70, ["0", "0.44", "9.16"]),
    ("cosmetics over the limit", "5600", "5", "15", "0", "0", "13", 100, ["280", "1037.65", "899.29"]),
];

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn fen(text: &str) -> i64 {
    decimal(text).fen_half_up().unwrap().0
}

fn rate(text: &str) -> Rate {
    Rate::parse_percent(text).unwrap()
}

#[test]
fn worked_examples_are_exact() {
    for (name, value, duty, ad_valorem, specific, litres, vat, share, expected) in CASES {
        let line = with_rates(
            fen(value),
            rate(duty),
            rate(ad_valorem),
            decimal(specific),
            decimal(litres),
            rate(vat),
            share,
        )
        .unwrap();
        assert_eq!([line.duty, line.consumption_tax, line.vat], expected.map(fen), "{name}");
    }
}

fn line(gnum: u32, hs: &str, total: &str, qty: &str, qty1: &str, unit1: &str) -> DeclarationLine {
    DeclarationLine {
        gnum,
        gcode: hs.into(),
        qty: decimal(qty),
        unit: "011".into(),
        qty1: decimal(qty1),
        unit1: unit1.into(),
        total_price: decimal(total),
        ..DeclarationLine::default()
    }
}

fn list(freight: &str, insurance: &str, lines: Vec<DeclarationLine>) -> Declaration {
    Declaration {
        head: Box::new(DeclarationHead {
            freight: decimal(freight),
            insured_fee: decimal(insurance),
            ..DeclarationHead::default()
        }),
        lines,
    }
}

fn on(day: u32) -> clearance::rulebook::Law {
    Rulebook::builtin().parameters.on(Day::from_number(day).unwrap())
}

/// Goods as declared → duty, consumption tax, VAT: name, day, HS code, total price, freight, first quantity and its unit.
type Goods = (
    &'static str,
    u32,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    [&'static str; 3],
);

const GOODS: [Goods; 17] = [
    ("infant milk", 20_261_123, "1901101000", "328", "0", "0.8", "035", ["0", "0", "29.85"]),
    ("nuts", 20_261_123, "0802620000", "100", "0", "1", "035", ["0", "0", "6.3"]),
    ("serum below the threshold", 20_261_123, "3304990000", "299", "0", "0.03", "035", ["0", "0", "27.21"]),
    ("perfume above it", 20_261_123, "3303000000", "800", "0", "0.08", "035", ["0", "98.82", "85.65"]),
    ("wine with freight", 20_261_123, "2204210000", "900", "60", "4.5", "095", ["0", "74.67", "97.07"]),
    ("whisky 0.7 L", 20_261_123, "2208300000", "500", "0", "0.7", "095", ["0", "88.06", "56.95"]),
    ("beer 12 L", 20_261_123, "2203000000", "180", "0", "12", "095", ["0", "2.13", "16.66"]),
    ("bag over the limit", 20_261_123, "4202210000", "6800", "0", "1", "035", ["408", "0", "937.04"]),
    ("watch over the limit", 20_261_123, "9102110000", "12000", "0", "1", "008", ["1200", "3300", "2145"]),
    ("exactly at the limit", 20_261_123, "3304990000", "5000", "0", "1", "035", ["0", "0", "455"]),
    ("one fen over it", 20_261_123, "3304990000", "5000.01", "0", "1", "035", ["50", "0", "656.5"]),
    ("milk in January 2019", 20_190_115, "1901101000", "328", "0", "0.8", "035", ["0", "0", "36.74"]),
    ("nuts in January 2019", 20_190_115, "0802620000", "100", "0", "1", "035", ["0", "0", "7"]),
    ("five fen", 20_261_123, "1901101000", "0.05", "0", "0.8", "035", ["0", "0", "0"]),
    ("golf set", 20_261_123, "9506310000", "4500", "0", "1", "014", ["0", "350", "455"]),
    ("yellow wine 2.5 L", 20_261_123, "2206001000", "100", "0", "2.5", "095", ["0", "0.44", "9.16"]),
    (
        "cosmetics over the limit",
        20_261_123,
        "3304910000",
        "5600",
        "0",
        "0.5",
        "035",
        ["280", "1037.65", "899.29"],
    ),
];

/// The same cases as goods: our own tariff, units and dates give the rates. Three lines, the return and the year's limit
/// have tests of their own.
#[test]
fn the_tariff_gives_the_worked_examples() {
    let book = Rulebook::builtin();
    for (name, day, hs, total, freight, quantity, unit, expected) in GOODS {
        let goods = list(freight, "0", vec![line(1, hs, total, "1", quantity, unit)]);
        let assessment = assess(&goods, &on(day), &book.tariff).unwrap();
        let found = [assessment.duty(), assessment.consumption_tax(), assessment.vat()];
        assert_eq!(found, expected.map(fen), "{name}");
    }
}

/// Rounding once a list instead of per line is a switch: it moves fen, never more than half a fen a line and tax.
#[test]
fn taxes_may_be_rounded_once_a_list() {
    let book = Rulebook::builtin();
    let cans = |count: u32| {
        let lines = (1..=count).map(|gnum| line(gnum, "1901101000", "0.05", "1", "0.8", "035")).collect();
        list("0", "0", lines)
    };
    let per_line = on(20_261_123);
    let mut per_list = per_line.clone();
    per_list.tax_rounding_per_line = 0;
    let total = |count: u32, law| assess(&cans(count), law, &book.tariff).unwrap().total();
    // 0.05 × 13 % × 70 % = 0.455 fen: nothing by itself, and 2.275 fen of five lines together.
    assert_eq!((total(1, &per_line), total(5, &per_line)), (0, 0));
    assert_eq!((total(1, &per_list), total(5, &per_list)), (0, 2));
    let assessment = assess(&cans(5), &per_list, &book.tariff).unwrap();
    assert_eq!(assessment.lines.iter().map(clearance::tax::LineAssessment::total).sum::<i64>(), 2);
}

#[test]
fn freight_and_insurance_are_borne_in_proportion() {
    let book = Rulebook::builtin();
    let declaration = list(
        "30",
        "2",
        vec![
            line(1, "1901101000", "199", "1", "1", "035"),
            line(2, "0802620000", "80.5", "1", "1", "035"),
            line(3, "1901101000", "120", "1", "1", "035"),
        ],
    );
    let assessment = assess(&declaration, &on(20_261_123), &book.tariff).unwrap();
    let dutiable: Vec<i64> = assessment.lines.iter().map(|line| line.dutiable).collect();
    assert_eq!(dutiable, [21494, 8695, 12961]);
    assert_eq!(assessment.total(), 3683);
}

#[test]
fn the_limits_choose_the_basis_and_equality_is_inside() {
    let book = Rulebook::builtin();
    let basis = |total: &str, qty: &str, day: u32| {
        assess(&list("0", "0", vec![line(1, "4202210000", total, qty, "1", "035")]), &on(day), &book.tariff)
            .unwrap()
            .basis
    };
    assert_eq!(basis("5000", "1", 20_261_123), Basis::Within);
    assert_eq!(basis("5000.01", "1", 20_261_123), Basis::OverSingleItem);
    assert_eq!(basis("5000.01", "2", 20_261_123), Basis::OverSeveralItems);
    assert_eq!(basis("2000.01", "2", 20_181_231), Basis::OverSeveralItems, "the limit was 2,000 until 2018");
    assert_eq!(basis("2000.01", "2", 20_190_101), Basis::Within);
}

#[test]
fn rates_follow_the_day() {
    let book = Rulebook::builtin();
    // Of goods of 100.00 within the limits seventy percent are due: of infant milk, and of nuts.
    let vat = |day: u32, hs: &str, quantity: &str| {
        let goods = list("0", "0", vec![line(1, hs, "100", "1", quantity, "035")]);
        assess(&goods, &on(day), &book.tariff).unwrap().vat()
    };
    for (day, standard, reduced, milk, nuts) in [
        (20_160_408, 17, 13, "11.9", "9.1"),
        (20_170_630, 17, 13, "11.9", "9.1"),
        (20_170_701, 17, 11, "11.9", "7.7"),
        (20_180_430, 17, 11, "11.9", "7.7"),
        (20_180_501, 16, 10, "11.2", "7"),
        (20_190_331, 16, 10, "11.2", "7"),
        (20_190_401, 13, 9, "9.1", "6.3"),
        (20_261_123, 13, 9, "9.1", "6.3"),
    ] {
        let law = on(day);
        assert_eq!((law.vat_standard, law.vat_reduced), (standard, reduced), "{day}");
        let due = [vat(day, "1901101000", "0.8"), vat(day, "0802620000", "1")];
        assert_eq!(due, [milk, nuts].map(fen), "{day}");
    }
}

#[test]
fn limits_follow_the_day() {
    for (day, single, annual) in [
        (20_160_408, 200_000, 2_000_000),
        (20_181_231, 200_000, 2_000_000),
        (20_190_101, 500_000, 2_600_000),
        (20_261_123, 500_000, 2_600_000),
    ] {
        let law = on(day);
        assert_eq!((law.single_limit, law.annual_limit), (single, annual), "{day}");
    }
}

/// The tax is on chopsticks of wood that are thrown away; those of bamboo are none of it.
#[test]
fn chopsticks_are_taxed_by_what_they_are_made_of() {
    let book = Rulebook::builtin();
    let tax = |hs: &str| {
        let goods = list("0", "0", vec![line(1, hs, "95", "1", "1", "035")]);
        assess(&goods, &on(20_261_123), &book.tariff).unwrap().consumption_tax()
    };
    // 95.00 × 5 / 95 = 5.00, of which seventy percent.
    assert_eq!([tax("4419901000"), tax("4419121000")], [fen("3.5"), 0]);
}

#[test]
fn high_end_cosmetics_are_told_by_their_price_per_gram() {
    let book = Rulebook::builtin();
    let tax = |total: &str, kilograms: &str| {
        assess(
            &list("0", "0", vec![line(1, "3303000000", total, "1", kilograms, "035")]),
            &on(20_261_123),
            &book.tariff,
        )
        .unwrap()
        .consumption_tax()
    };
    assert_eq!(tax("800", "0.08"), 9882, "10 CNY a gram is high-end");
    assert_eq!(tax("799.99", "0.08"), 0);
}

#[test]
fn a_return_recomputes_what_remains() {
    let book = Rulebook::builtin();
    let declaration = list("0", "0", vec![line(1, "1901101000", "984", "3", "2.4", "035")]);
    let assessment = assess(&declaration, &on(20_261_123), &book.tariff).unwrap();
    let after = remaining(&assessment, &|_| Decimal::ONE).unwrap();
    assert_eq!((assessment.total(), after.total(), assessment.total() - after.total()), (8954, 5970, 2984));
}

#[test]
fn the_published_examples_when_they_lie_beside_the_project() {
    let Some(path) = published("domain/worked_examples.csv") else { return };
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut count = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let tax = match &row[4] {
            "0" => ConsumptionTax::None,
            rule if rule.contains('+') => {
                ConsumptionTax::parse(&format!("compound {}", rule.replace('+', " + "))).unwrap()
            }
            rule if rule.ends_with("/L") => ConsumptionTax::parse(&format!("specific {rule}")).unwrap(),
            rule => ConsumptionTax::parse(&format!("ad-valorem {rule}")).unwrap(),
        };
        let litres = match &row[0] {
            "6" => "0.7",
            "7" => "12",
            "19" => "2.5",
            _ => "0",
        };
        let (ad_valorem, specific) = match tax {
            ConsumptionTax::AdValorem(rate) => (rate, Decimal::ZERO),
            ConsumptionTax::Specific(specific) => (Rate(0), specific),
            ConsumptionTax::Compound(rate, specific) => (rate, specific),
            _ => (Rate(0), Decimal::ZERO),
        };
        let percent = |text: &str| Rate(i64::try_from(decimal(text).units() * 10).unwrap());
        let share = if &row[6] == "yes" { 70 } else { 100 };
        let line = with_rates(
            fen(&row[2]),
            percent(&row[3]),
            ad_valorem,
            specific,
            decimal(litres),
            percent(&row[5]),
            share,
        )
        .unwrap();
        assert_eq!(
            [line.duty, line.consumption_tax, line.vat, line.total()],
            [fen(&row[7]), fen(&row[8]), fen(&row[9]), fen(&row[10])],
            "{row:?}"
        );
        count += 1;
    }
    assert!(count >= 20);
}

proptest! {
    #[test]
    fn shares_add_up_and_are_never_negative(amount in 0i64..10_000_000, values in prop::collection::vec(0i64..10_000_000, 1..99)) {
        let shares = apportion(amount, &values);
        prop_assert_eq!(shares.iter().sum::<i64>(), amount);
        prop_assert!(shares.iter().all(|share| *share >= 0));
    }

    #[test]
    fn extreme_values_are_refused_not_overflowed(units in any::<i128>(), qty in any::<i128>()) {
        let book = Rulebook::builtin();
        let mut one = line(1, "2203000000", "1", "1", "1", "095");
        one.total_price = Decimal::from_units(units);
        one.qty1 = Decimal::from_units(qty);
        let _ = assess(&list("0", "0", vec![one]), &on(20_261_123), &book.tariff);
    }
}
