//! Lists and grades of credit in a judgement: what they change, for whom, and what is on record of it.

use crate::support::{NOW, Window, arrived, trade, usual_sender};
use ceb::{Day, Document};
use clearance::consignment::Lane;
use clearance::event::{Cause, Event};
use clearance::facts::{Keys, needs};
use clearance::keys::{OrderKey, Position, Time};
use clearance::party::CreditGrade;
use clearance::reason::Reason;
use clearance::record::{RecordKey, Register};
use clearance::risk;
use clearance::sample::Trade;
use clearance::standing::{Says, Standing};
use std::sync::Arc;

/// Says of a party, from yesterday on for so many days.
pub(crate) fn stands(window: &mut Window, register: Register, party: &str, standing: &str, days: i64) {
    let day = |days: i64| Time(NOW.0 + days * 86_400_000).day();
    let says = Says { standing: standing.into(), from: day(-1), to: (days > 0).then(|| day(days - 1)) };
    let standing = Standing { version: 3, position: Position { writer: 0, sequence: 9 }, says: Some(says) };
    window.facts.standings.insert(RecordKey::new(register, party), standing);
}

pub(crate) fn seller(trade: &Trade) -> String {
    trade.declaration.head.ebc_code.to_string()
}

/// The lane and the drawn share of a trade in a window.
fn judged(window: &mut Window, trade: &Trade) -> (Lane, u32, Vec<(String, String)>) {
    let outcome = window.trade(trade);
    let key = OrderKey::new(&trade.declaration.head.ebp_code, &trade.declaration.head.order_no);
    let attempt = window.facts.consignments[&key].attempt.clone().unwrap();
    let mut draws = window.outcomes.iter().filter_map(|outcome| outcome.read.draw.as_ref());
    let ratio = draws.next_back().unwrap_or_else(|| panic!("{:?}", outcome.answer)).ratio;
    let standings = attempt.credit.into_iter().flat_map(|credit| credit.standings);
    let standings = standings.map(|(party, standing)| (party.to_string(), standing.to_string()));
    (attempt.lane.unwrap(), ratio, standings.collect())
}

#[test]
fn who_stands_on_the_black_list_is_always_looked_at_and_the_ground_says_so() {
    let (mut window, trade) = (Window::without_draws(), trade(1));
    let usual = judged(&mut Window::without_draws(), &trade);
    assert_eq!((usual.0, usual.2.len()), (Lane::Release, 0));
    stands(&mut window, Register::CreditList, &seller(&trade), "black", 100);
    let (lane, ratio, standings) = judged(&mut window, &trade);
    assert_eq!((lane, ratio), (Lane::Inspection, 1_000_000));
    assert_eq!(standings, [(seller(&trade), "black".to_owned())]);
    let read: Vec<_> = window.outcomes.iter().flat_map(|outcome| &outcome.read.records).collect();
    assert_eq!(read.len(), 1);
    assert_eq!((&read[0].key, read[0].version), (&RecordKey::new(Register::CreditList, &seller(&trade)), 3));
}

#[test]
fn a_list_holds_between_its_days_for_seller_platform_and_declaring_unit() {
    let trade = trade(1);
    let head = &trade.declaration.head;
    for party in [&head.ebc_code, &head.ebp_code, &head.agent_code] {
        let mut window = Window::without_draws();
        stands(&mut window, Register::CreditList, party, "black", 1);
        assert_eq!(judged(&mut window, &trade).0, Lane::Inspection, "today is its last day: {party}");
        let mut window = Window::without_draws();
        stands(&mut window, Register::CreditList, party, "black", 0);
        window.facts.standings.values_mut().for_each(|standing| {
            standing.says.as_mut().unwrap().to = Some(Time(NOW.0 - 86_400_000).day());
        });
        assert_eq!(judged(&mut window, &trade).0, Lane::Release, "yesterday was: {party}");
    }
    // The carrier's list changes nothing of another's goods.
    let mut window = Window::without_draws();
    stands(&mut window, Register::CreditList, &head.logistics_code, "black", 100);
    assert_eq!(judged(&mut window, &trade).0, Lane::Release);
}

#[test]
fn good_credit_is_good_for_ones_own_goods_alone() {
    let trade = trade(1);
    // What customs says of the seller counts for nothing here.
    let drawing = || {
        let mut window = Window::new();
        window.parameter("sampling_factor_a,20,", "sampling_factor_a,100,");
        window
    };
    let plain = judged(&mut drawing(), &trade).1;
    let with = |register: Register, party: &str, standing: &str| {
        let mut window = drawing();
        stands(&mut window, register, party, standing, 100);
        judged(&mut window, &trade)
    };
    let own = with(Register::CreditAssessment, &seller(&trade), "AAA");
    assert_eq!(own.1, plain / 5);
    assert_eq!(own.2, [(seller(&trade), "AAA".to_owned())]);
    let of_platform = with(Register::CreditList, &trade.declaration.head.ebp_code, "red");
    assert_eq!((of_platform.1, of_platform.2), (plain, vec![]));
    let attention = with(Register::CreditList, &trade.declaration.head.ebp_code, "attention");
    assert_eq!(attention.1, (plain * 3).max(50_000));
    // A grade does not make a list good.
    let mut window = drawing();
    stands(&mut window, Register::CreditAssessment, &seller(&trade), "AAA", 100);
    stands(&mut window, Register::CreditList, &seller(&trade), "attention", 100);
    assert_eq!(judged(&mut window, &trade).1, attention.1);
}

#[test]
fn a_list_may_bar_from_declaring() {
    let trade = trade(1);
    let mut window = Window::without_draws();
    window.table("credit_measures.csv", |text| text.replace("black,may_declare,1,", "black,may_declare,0,"));
    stands(&mut window, Register::CreditList, &seller(&trade), "black", 100);
    let outcome = window.trade(&trade);
    assert_eq!(outcome.answer.status, 100, "{}", outcome.answer.info);
    let finding =
        outcome.answer.findings.iter().find(|finding| finding.reason == Reason::CreditBars).unwrap();
    assert_eq!(finding.fields[0].path, "InventoryHead.ebcCode");
    let said = format!("[Code:19028;Desc:企业因信用名单暂停办理[{}：black", seller(&trade));
    assert!(outcome.answer.info.starts_with(&said), "{}", outcome.answer.info);
    // Named by his other code the seller is still the seller.
    let mut other = trade.clone();
    let filing = window.reference.parties.find(&seller(&trade), NOW.day()).unwrap();
    let code = filing.other_code.clone().unwrap();
    (other.order.head.ebc_code, other.declaration.head.ebc_code) = (code.clone(), code.clone());
    let mut window = Window::without_draws();
    window.table("credit_measures.csv", |text| text.replace("black,may_declare,1,", "black,may_declare,0,"));
    stands(&mut window, Register::CreditList, &seller(&trade), "black", 100);
    let outcome = window.trade(&other);
    let finding =
        outcome.answer.findings.iter().find(|finding| finding.reason == Reason::CreditBars).unwrap();
    let field = &finding.fields[0];
    assert_eq!((field.path.as_str(), &field.value), ("InventoryHead.ebcCode", &code));
}

#[test]
fn where_the_law_does_not_obey_credit_nothing_is_looked_at() {
    let trade = trade(1);
    let event = |window: &Window| {
        let document = Document::Declaration(trade.declaration.clone());
        let cause = Cause::Document(Arc::new(arrived(&usual_sender(&document), document.clone())));
        let mut keys = Keys::default();
        let event = Event { position: Position::default(), cause, recorded: None };
        needs(&event, &window.reference, NOW, &mut keys);
        keys.looked_at
            .into_iter()
            .filter(|key| matches!(key.register, Register::CreditList | Register::CreditAssessment))
            .count()
    };
    assert_eq!(event(&Window::without_draws()), 4, "three lists and a grade");
    let mut window = Window::without_draws();
    window.parameter("credit_obeyed,1", "credit_obeyed,0");
    assert_eq!(event(&window), 0);
    stands(&mut window, Register::CreditList, &seller(&trade), "black", 100);
    assert_eq!(judged(&mut window, &trade).0, Lane::Release);
}

#[test]
fn the_stricter_of_two_systems_counts() {
    let law = Window::new().reference.current().parameters.on(Day::parse("20261128").unwrap());
    let credit = |factor: i64, share: i64| clearance::consignment::CreditStanding {
        standings: Vec::new(),
        factor: Some(factor),
        share,
        obeyed: Vec::new(),
    };
    let ratio = |grade, credit: Option<&_>| risk::ratio(&risk::terms(&law, "9610", grade, credit, 100));
    let (standard, best) = (CreditGrade::Standard, CreditGrade::A);
    assert_eq!(ratio(standard, Some(&credit(300, 0))), ratio(standard, None) * 3);
    // Customs trusts, the zone does not: not milder than the zone.
    assert_eq!(ratio(best, Some(&credit(300, 0))), ratio(standard, None) * 3);
    // Both are milder than for all: the milder.
    assert_eq!(ratio(best, Some(&credit(70, 0))), ratio(best, None));
    // A dishonest one stays one.
    assert_eq!(ratio(CreditGrade::D, Some(&credit(20, 0))), ratio(CreditGrade::D, None));
    assert_eq!(ratio(best, Some(&credit(20, 800_000))), 800_000);
}
