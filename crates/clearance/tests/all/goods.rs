//! Declared goods against the goods filing of their merchant: what is looked at, what is found, and what is on record of it.

use crate::support::{NOW, Window, arrived, trade, usual_sender};
use ceb::{Day, Decimal, Document};
use clearance::event::{Cause, Event};
use clearance::facts::{Keys, needs};
use clearance::finding::Finding;
use clearance::goods::{Declared, FiledGoods};
use clearance::keys::Position;
use clearance::reason::Reason;
use clearance::record::{RecordKey, Register};
use clearance::sample::Trade;
use std::sync::Arc;

/// A window that looks at the goods of direct purchase so.
pub(crate) fn window(level: u8) -> Window {
    let mut window = Window::without_draws();
    if level > 0 {
        window.parameter("goods_filing_9610,0", &format!("goods_filing_9610,{level}"));
    }
    window
}

fn key(trade: &Trade) -> RecordKey {
    let head = &trade.declaration.head;
    let number = trade.declaration.lines[0].item_no.as_deref().unwrap();
    RecordKey::new(Register::Goods, &format!("{}:{number}", head.ebc_code))
}

pub(crate) fn right(trade: &Trade) -> Declared {
    let line = &trade.declaration.lines[0];
    Declared {
        hs_code: line.gcode.clone(),
        unit: line.unit.clone(),
        origin: line.country.clone(),
        ..Declared::default()
    }
}

/// A trade of one line.
pub(crate) fn single() -> Trade {
    (1..).map(trade).find(|trade| trade.declaration.lines.len() == 1).unwrap()
}

/// Files goods of the trade's line in the window.
pub(crate) fn file(window: &mut Window, trade: &Trade, state: &str, filed: Option<Declared>) {
    let goods =
        FiledGoods { version: 2, position: Position { writer: 0, sequence: 7 }, state: state.into(), filed };
    window.facts.goods.insert(key(trade).id, goods);
}

/// The rule and what it compared; that the zone asks for it is a parameter in doubt, which is named.
fn told(finding: &Finding) -> (Reason, Vec<(&str, &str)>) {
    let all = finding.fields.iter().map(|field| (field.path.as_str(), field.value.as_str()));
    let (named, compared): (Vec<_>, Vec<_>) = all.partition(|(path, _)| *path == "table");
    assert!(finding.uncertain && named.contains(&("table", "parameters.csv goods_filing_9610")), "{named:?}");
    (finding.reason, compared)
}

#[test]
fn what_is_declared_otherwise_than_filed_is_told_with_both_values() {
    let other = |change: fn(&mut Declared)| {
        let mut filed = right(&single());
        change(&mut filed);
        Some(("filed", Some(filed)))
    };
    let trade = single();
    let line = &trade.declaration.lines[0];
    let number = line.item_no.as_deref().unwrap();
    let differs = |field, declared, name, filed| {
        Some((Reason::GoodsFilingDiffers, vec![(field, declared), (name, filed)] as Vec<(&str, &str)>))
    };
    let not_filed = Some((
        Reason::GoodsNotFiled,
        vec![
            ("InventoryList[1].itemNo", number),
            ("InventoryHead.ebcCode", trade.declaration.head.ebc_code.as_str()),
        ],
    ));
    let ended = |state| {
        Some((
            Reason::GoodsFilingNotInForce,
            vec![("InventoryList[1].itemNo", number), ("goods filing", state)] as Vec<(&str, &str)>,
        ))
    };
    // (how far it is looked at, state and content of the filing, what is found, records on record).
    let cases = [
        (0, None, None, 0),
        (0, other(|filed| filed.hs_code = "2106909090".into()), None, 0),
        (0, Some(("revoked", None)), None, 0),
        (1, None, None, 0),
        (1, other(|_| {}), None, 1),
        (
            1,
            other(|filed| filed.hs_code = "9999999999".into()),
            differs("InventoryList[1].gcode", line.gcode.as_str(), "goods filing.hsCode", "9999999999"),
            1,
        ),
        (
            1,
            other(|filed| filed.unit = "035".into()),
            differs("InventoryList[1].unit", "011", "goods filing.unit", "035"),
            1,
        ),
        (
            1,
            other(|filed| filed.origin = "502".into()),
            differs("InventoryList[1].country", line.country.as_str(), "goods filing.origin", "502"),
            1,
        ),
        // A bar code that is not declared is not compared.
        (1, other(|filed| filed.barcode = Some("6900000000001".into())), None, 1),
        (1, Some(("suspended", None)), ended("suspended"), 1),
        (1, Some(("revoked", None)), ended("revoked"), 1),
        (2, Some(("ended", None)), ended("ended"), 1),
        (2, None, not_filed, 0),
        (2, other(|_| {}), None, 1),
    ];
    for (level, filed, expected, records) in cases {
        let mut window = window(level);
        if let Some((state, filed)) = filed.clone() {
            file(&mut window, &trade, state, filed);
        }
        let outcome = window.trade(&trade);
        let found: Vec<_> = outcome.answer.findings.iter().map(told).collect();
        let case = format!("{level} {filed:?}");
        assert_eq!(found, expected.clone().into_iter().collect::<Vec<_>>(), "{case}");
        // A person decides where something was found; otherwise it only waits for its parcel.
        assert_eq!(window.state(&trade), if expected.is_some() { 300 } else { 120 }, "{case}");
        let read: Vec<_> = outcome.read.records.iter().map(|read| (&read.key, read.version)).collect();
        assert_eq!(read, vec![(&key(&trade), 2); records], "{case}");
    }
}

#[test]
fn the_term_of_a_brand_and_legal_quantities_are_held_to_where_the_law_says_so() {
    let trade = single();
    let line = &trade.declaration.lines[0];
    let day = |number: u32| Day::from_number(number);
    let (qty, qty1) = (line.qty.to_string(), line.qty1.to_string());
    // What the sample declares of its first unit, by piece.
    let per_piece = Decimal::from_units(line.qty1.units() * Decimal::ONE.units() / line.qty.units());
    let more = per_piece.checked_add(Decimal::from_units(1)).unwrap();
    let term = |from, to| Declared { brand: (from, to), ..right(&trade) };
    let factor = |factor| Declared { factors: (Some(factor), None), ..right(&trade) };
    let brand = |name, value| {
        let fields = vec![("InventoryList[1].itemNo", line.item_no.as_deref().unwrap()), (name, value)];
        Some((Reason::BrandNotAuthorised, fields))
    };
    let more_text = more.to_string();
    let quantity = vec![
        ("InventoryList[1].qty1", qty1.as_str()),
        ("InventoryList[1].qty", qty.as_str()),
        ("goods filing.factor1", more_text.as_str()),
    ];
    let other_unit = Declared { unit: "035".into(), ..factor(more) };
    // (whether it is held to, what is filed, what is found first). The day is 2026-11-23.
    let cases = [
        (1, term(day(20_260_101), day(20_261_123)), None),
        (1, term(day(20_261_123), None), None),
        (1, term(None, day(20_261_122)), brand("goods filing.brandTo", "20261122")),
        (1, term(day(20_261_124), None), brand("goods filing.brandFrom", "20261124")),
        (0, term(None, day(20_261_122)), None),
        (1, factor(per_piece), None),
        (1, factor(more), Some((Reason::GoodsQuantityDiffers, quantity))),
        (0, factor(more), None),
        // No second quantity is declared of what has none, and a factor is of the unit that was filed.
        (1, Declared { factors: (None, line.qty2.is_none().then_some(more)), ..right(&trade) }, None),
        (
            1,
            other_unit,
            Some((
                Reason::GoodsFilingDiffers,
                vec![("InventoryList[1].unit", line.unit.as_str()), ("goods filing.unit", "035")],
            )),
        ),
    ];
    for (held, filed, expected) in cases {
        let case = format!("{held} {filed:?}");
        let mut window = window(1);
        if held == 0 {
            window.parameter("goods_filing_terms,1", "goods_filing_terms,0");
        }
        file(&mut window, &trade, "filed", Some(filed));
        let outcome = window.trade(&trade);
        let found: Vec<_> = outcome.answer.findings.iter().map(told).collect();
        assert_eq!(found, expected.clone().into_iter().collect::<Vec<_>>(), "{case}");
        assert_eq!(window.state(&trade), if expected.is_some() { 300 } else { 120 }, "{case}");
    }
}

#[test]
fn a_bar_code_is_compared_where_both_have_one_and_a_missing_number_is_not_filed() {
    let mut trade = single();
    trade.declaration.lines[0].bar_code = Some("6900000000002".into());
    let mut one = window(2);
    file(
        &mut one,
        &trade,
        "filed",
        Some(Declared { barcode: Some("6900000000001".into()), ..right(&trade) }),
    );
    let outcome = one.trade(&trade);
    let expected =
        vec![("InventoryList[1].barCode", "6900000000002"), ("goods filing.barcode", "6900000000001")];
    assert_eq!(told(&outcome.answer.findings[0]), (Reason::GoodsFilingDiffers, expected));
    trade.declaration.lines[0].item_no = Some("  ".into());
    let outcome = window(2).trade(&trade);
    assert_eq!(outcome.answer.findings[0].reason, Reason::GoodsNotFiled);
}

#[test]
fn goods_are_asked_for_only_where_the_law_of_the_day_and_mode_says_so() {
    let trade = single();
    let asked = |window: &Window, trade: &Trade| {
        let document = Document::Declaration(trade.declaration.clone());
        let arrived = Arc::new(arrived(&usual_sender(&document), document));
        let event = Event { position: Position::default(), cause: Cause::Document(arrived), recorded: None };
        let mut keys = Keys::default();
        needs(&event, &window.reference, NOW, &mut keys);
        assert!(keys.records.is_empty(), "nothing is locked");
        // What its buyer said of his quota is looked at besides.
        keys.looked_at.retain(|key| key.register == Register::Goods);
        keys.looked_at
    };
    assert_eq!(asked(&window(0), &trade), []);
    assert_eq!(asked(&window(1), &trade), [key(&trade)]);
    // The other code of the merchant finds the same goods.
    let mut other = trade.clone();
    let filing =
        window(1).reference.parties.find(&trade.declaration.head.ebc_code, NOW.day()).cloned().unwrap();
    other.declaration.head.ebc_code = filing.other_code.unwrap();
    assert_eq!(asked(&window(1), &other), [key(&trade)]);
    let mut bonded = trade.clone();
    bonded.declaration.head.trade_mode = "1210".into();
    assert_eq!(asked(&window(1), &bonded), []);
    let mut later = window(0);
    later.parameter(
        "goods_filing_9610,0,\"0, 1 or 2\",20160408",
        "goods_filing_9610,1,\"0, 1 or 2\",20261124",
    );
    // The first row holds before its first day, too: a day with another value is a row before it.
    assert_eq!(asked(&later, &trade), [key(&trade)]);
    later.table("parameters.csv", |text| {
        format!("{text}goods_filing_9610,0,x,20160408,20261123,样例,known,\n")
    });
    assert_eq!(asked(&later, &trade), []);
}
