//! The indicators of `tables/risk_rules.csv`: each hits what it is for, and not what is just short of it.

use crate::support::{NOW, Window, arrived, trade};
use ceb::{Decimal, Declaration, Document, Payment};
use clearance::event::Cause;
use clearance::identity::citizen_check;
use clearance::keys::{OrderKey, Time};
use clearance::risk::RiskFacts;
use std::sync::Arc;

const HOUR: i64 = 3_600_000;

/// A list of one line: pieces at a price in fen, of a buyer, telephone and address with these numbers.
struct List {
    number: u64,
    buyer: u64,
    telephone: u64,
    address: u64,
    pieces: i64,
    fen: i64,
    name: &'static str,
    hs: &'static str,
    merchant: &'static str,
    /// Net grams of a piece.
    grams: i64,
}

const USUAL: List = List {
    number: 0,
    buyer: 1,
    telephone: 1,
    address: 1,
    pieces: 1,
    fen: 10_000,
    name: "样例胶原蛋白粉",
    hs: "2106909090",
    merchant: "5301960201",
    grams: 200,
};

fn identity(born: u32, number: u64) -> String {
    let body = format!("990000{born}{:03}", number % 1000);
    format!("{body}{}", citizen_check(&body).unwrap())
}

impl List {
    fn declaration(&self) -> Declaration {
        let mut declaration = trade(self.number).declaration;
        declaration.lines.truncate(1);
        let head = &mut declaration.head;
        head.ebc_code = self.merchant.into();
        head.ebc_name = if self.merchant == "5301960201" {
            "样例春城海外贸易商"
        } else {
            "样例彩云母婴商贸"
        }
        .into();
        head.buyer_id_number = identity(19_800_101 + (self.buyer % 20) as u32 * 10_000, self.buyer).into();
        head.buyer_telephone = format!("100{:08}", self.telephone).into();
        head.consignee_address = format!("云南省昆明市样例路{}号", self.address).into();
        let net = self.grams * self.pieces;
        head.net_weight = Decimal::from_units(i128::from(net) * 100);
        head.gross_weight = Decimal::from_units(i128::from(net + 120) * 100);
        let line = &mut declaration.lines[0];
        line.gname = self.name.into();
        line.item_name = Some(self.name.into());
        line.gcode = self.hs.into();
        line.qty = Decimal::from_whole(self.pieces);
        line.qty1 = Decimal::from_units(i128::from(net) * 100);
        line.unit1 = "035".into();
        (line.unit2, line.qty2) = (None, None);
        line.price = Decimal::from_fen(self.fen);
        line.total_price = Decimal::from_fen(self.fen * self.pieces);
        declaration
    }
}

/// Ids of the rules that hit a declaration that comes now.
fn hits_of(window: &mut Window, declaration: &Declaration, payment: Option<&Payment>) -> Vec<String> {
    let sender = declaration.head.agent_code.clone();
    let outcome =
        window.run(Cause::Document(Arc::new(arrived(&sender, Document::Declaration(declaration.clone())))));
    let told: Vec<_> = outcome.answer.findings.iter().map(|finding| finding.reason.word()).collect();
    assert!(outcome.answer.status > 0, "{} {told:?}", outcome.answer.status);
    let key = OrderKey::new(&declaration.head.ebp_code, &declaration.head.order_no);
    let attempt = window.facts.consignments[&key].attempt.clone().unwrap();
    let facts =
        RiskFacts { declaration, assessment: attempt.assessment.as_ref(), payment, counts: &attempt.counts };
    let hits = window.reference.current().risk.evaluate(&facts, window.now.day());
    for hit in &hits {
        assert!(!hit.evidence.is_empty(), "{} says nothing", hit.rule);
    }
    hits.into_iter().map(|hit| hit.rule.to_string()).collect()
}

fn declare(window: &mut Window, list: &List) -> Vec<String> {
    window.now = Time(window.now.0 + 60_000);
    let mut declaration = list.declaration();
    declaration.head.app_time = clearance::sample::stamp(window.now);
    hits_of(window, &declaration, None)
}

/// Declares lists by their number from 1; the number of the first that a rule hits.
fn first_hit(rule: &str, most: u64, list: impl Fn(u64) -> List) -> Option<u64> {
    let mut window = Window::new();
    (1..=most).find(|number| {
        let hits = declare(&mut window, &List { number: *number, ..list(*number) });
        hits.iter().any(|hit| hit == rule)
    })
}

/// Whether a rule hits a list that comes alone.
fn alone(rule: &str, change: impl FnOnce(&mut Declaration)) -> bool {
    let mut declaration = List { number: 1, ..USUAL }.declaration();
    change(&mut declaration);
    hits_of(&mut Window::new(), &declaration, None).iter().any(|hit| hit == rule)
}

#[test]
fn a_usual_list_hits_nothing() {
    let mut window = Window::new();
    assert_eq!(declare(&mut window, &List { number: 1, ..USUAL }), Vec::<String>::new());
}

#[test]
fn orders_split_just_below_the_limit_are_seen_at_the_address_and_at_the_telephone() {
    let dear = |number, fen, address, telephone| List {
        buyer: number,
        fen,
        address,
        telephone,
        name: "样例牛皮手提包",
        hs: "4202210000",
        ..USUAL
    };
    let rule = "splitting-below-limit";
    assert_eq!(first_hit(rule, 6, |number| dear(number, 460_000, 1, number)), Some(5), "of one address");
    assert_eq!(first_hit(rule, 6, |number| dear(number, 460_000, number, 1)), Some(5), "of one telephone");
    assert_eq!(first_hit(rule, 8, |number| dear(number, 300_000, 1, number)), None, "far below the limit");
    assert_eq!(
        first_hit(rule, 8, |number| dear(number, 460_000, number, number)),
        None,
        "everybody for himself"
    );
}

#[test]
fn goods_that_add_up_to_trade_at_one_address_are_seen() {
    let of = |number, fen, address| List { buyer: number, telephone: number, fen, address, ..USUAL };
    assert_eq!(first_hit("splitting-goods", 7, |number| of(number, 200_000, 1)), Some(5));
    assert_eq!(first_hit("splitting-goods", 7, |number| of(number, 20_000, 1)), None, "too little for trade");
    assert_eq!(first_hit("splitting-goods", 7, |number| of(number, 200_000, number)), None);
}

#[test]
fn identities_telephones_and_addresses_that_go_together_too_often_are_seen() {
    let of = |buyer, telephone, address| List { buyer, telephone, address, ..USUAL };
    assert_eq!(first_hit("address-identities", 9, |number| of(number, number, 1)), Some(8));
    assert_eq!(first_hit("address-identities", 12, |number| of(number % 7, number % 7, 1)), None);
    assert_eq!(first_hit("identity-telephones", 5, |number| of(1, number, 1)), Some(4));
    assert_eq!(first_hit("identity-telephones", 9, |number| of(1, number % 3, 1)), None);
    assert_eq!(first_hit("identity-addresses", 6, |number| of(1, 1, number)), Some(5));
    assert_eq!(first_hit("identity-addresses", 9, |number| of(1, 1, number % 4)), None);
    assert_eq!(first_hit("identities-of-telephone", 5, |number| of(number, 1, number)), Some(4));
    assert_eq!(first_hit("identities-of-telephone", 9, |number| of(number % 3, 1, number)), None);
}

#[test]
fn a_child_and_somebody_very_old_are_seen_by_their_numbers() {
    let born = |day| {
        move |declaration: &mut Declaration| {
            declaration.head.buyer_id_number = identity(day, 1).into();
        }
    };
    // It is 2026-11-23.
    assert!(alone("buyer-child", born(20_121_124)));
    assert!(!alone("buyer-child", born(20_121_123)), "fourteen today");
    assert!(alone("buyer-very-old", born(19_351_123)));
    assert!(!alone("buyer-very-old", born(19_351_124)), "ninety still");
}

#[test]
fn an_identity_that_was_never_seen_and_then_often_is_told_from_a_good_customer() {
    assert_eq!(first_hit("first-use-burst", 11, |_| USUAL), Some(10));
    let mut window = Window::new();
    declare(&mut window, &List { number: 1, ..USUAL });
    window.now = Time(window.now.0 + 40 * 24 * HOUR);
    for number in 2..=12 {
        let hits = declare(&mut window, &List { number, ..USUAL });
        assert!(!hits.iter().any(|hit| hit == "first-use-burst"), "known for forty days");
    }
}

#[test]
fn another_who_pays_is_seen_where_it_matters() {
    let of = |fen, payer: &str| {
        let declaration = List { number: 1, fen, ..USUAL }.declaration();
        let mut payment = trade(1).payment;
        payment.payer_id_number =
            if payer.is_empty() { declaration.head.buyer_id_number.clone() } else { payer.into() };
        let hits = hits_of(&mut Window::new(), &declaration, Some(&payment));
        hits.iter().any(|hit| hit == "payer-differs")
    };
    let other = identity(19_700_101, 5);
    assert!(of(150_000, &other));
    assert!(!of(150_000, ""), "the buyer himself");
    assert!(!of(50_000, &other), "of little value");
}

/// A list after so many others of the same goods at a price, each of a merchant.
fn after(others: u64, merchant: &'static str, list: List) -> Vec<String> {
    let mut window = Window::new();
    for number in 1..=others {
        let (buyer, telephone, address) = (number, number, number);
        declare(&mut window, &List { number, buyer, telephone, address, merchant, ..USUAL });
    }
    declare(&mut window, &List { number: 900, buyer: 900, telephone: 900, address: 900, ..list })
}

fn has(hits: &[String], rule: &str) -> bool {
    hits.iter().any(|hit| hit == rule)
}

#[test]
fn a_price_far_below_the_market_or_the_own_one_is_seen() {
    let (own, other) = ("5301960201", "5301960202");
    let market = |others, fen| has(&after(others, other, List { fen, ..USUAL }), "price-under-market");
    assert!(market(20, 1_900));
    assert!(!market(20, 2_100), "a fifth is cheap, no more");
    assert!(!market(18, 1_900), "too few to know a market");
    let of_own = |merchant, fen| has(&after(10, merchant, List { fen, ..USUAL }), "price-under-own");
    assert!(of_own(own, 1_900));
    assert!(!of_own(own, 2_100));
    assert!(!of_own(other, 1_900), "another's price is not its own");
}

#[test]
fn a_weight_that_is_none_of_the_goods_is_seen() {
    let weighs = |others, grams, pieces| {
        has(&after(others, "5301960202", List { grams, pieces, ..USUAL }), "weight-against-piece")
    };
    assert!(weighs(20, 90, 1), "half of it is missing");
    assert!(weighs(20, 450, 1), "more is in it");
    assert!(!weighs(20, 120, 1));
    assert!(!weighs(20, 200, 3), "three weigh three times as much");
    assert!(!weighs(18, 90, 1));
}

#[test]
fn a_name_against_its_code_is_seen() {
    let named = |name: &str, hs: &str| {
        alone("name-against-hs", |declaration| {
            declaration.lines[0].gname = name.into();
            declaration.lines[0].gcode = hs.into();
        })
    };
    assert!(named("样例红酒", "2106909090"));
    assert!(!named("样例奶粉", "2106909090"), "one of its codes");
    assert!(!named("样例手机壳", "4202210000"), "a case for a telephone is no telephone");
    assert!(named("样例手机", "4202210000"));
}

#[test]
fn parcels_of_many_goods_that_weigh_the_same_are_seen() {
    const NAMES: [&str; 12] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "子", "丑"];
    let of = |number: u64, sorts: usize, buyers: u64| List {
        buyer: number % buyers,
        telephone: number % buyers,
        address: number % buyers,
        name: NAMES[number as usize % sorts],
        ..USUAL
    };
    assert_eq!(first_hit("same-weight", 32, |number| of(number, 12, 25)), Some(30));
    assert_eq!(
        first_hit("same-weight", 40, |number| of(number, 11, 25)),
        None,
        "few sorts may weigh the same"
    );
    assert_eq!(first_hit("same-weight", 40, |number| of(number, 12, 19)), None);
}

#[test]
fn a_waybill_number_with_another_order_is_seen() {
    let comes_again = |number: u64| {
        let mut window = Window::new();
        let first = List { number: 1, ..USUAL }.declaration();
        hits_of(&mut window, &first, None);
        // It is given up: the waybill is free.
        window.now = Time(window.now.0 + HOUR);
        let mut gone = first.clone();
        gone.head.app_type = "3".into();
        gone.head.guid = trade(77).declaration.head.guid;
        gone.head.app_time = clearance::sample::stamp(window.now);
        hits_of(&mut window, &gone, None);
        window.now = Time(window.now.0 + HOUR);
        let mut second = List { number, ..USUAL }.declaration();
        second.head.logistics_no = first.head.logistics_no.clone();
        second.head.logistics_code = first.head.logistics_code.clone();
        second.head.logistics_name = first.head.logistics_name.clone();
        second.head.guid = trade(78).declaration.head.guid;
        second.head.app_time = clearance::sample::stamp(window.now);
        has(&hits_of(&mut window, &second, None), "waybill-again")
    };
    assert!(comes_again(2));
    assert!(!comes_again(1), "the same order, declared anew");
}

#[test]
fn goods_in_bulk_to_one_address_are_seen() {
    let of = |number, pieces, address| List {
        buyer: number,
        telephone: number,
        address,
        pieces,
        fen: 1_000,
        ..USUAL
    };
    assert_eq!(first_hit("bulk-to-address", 6, |number| of(number, 15, 1)), Some(4));
    assert_eq!(first_hit("bulk-to-address", 6, |number| of(number, 9, 1)), None);
    assert_eq!(first_hit("bulk-to-address", 9, |number| of(number, 15, number)), None);
}

#[test]
fn brands_are_held_against_who_may_sell_them_and_what_they_cost() {
    let branded = |rule: &str, merchant: &'static str, fen, name: &'static str| {
        let list = List { number: 1, merchant, fen, name, ..USUAL };
        has(&declare(&mut Window::new(), &list), rule)
    };
    let (may, may_not) = ("5301960201", "5301960202");
    assert!(branded("brand-unauthorised", may_not, 30_000, "样例诺瓦胶原蛋白粉"));
    assert!(!branded("brand-unauthorised", may, 30_000, "样例诺瓦胶原蛋白粉"));
    assert!(branded("brand-unauthorised", may_not, 30_000, "样例 诺瓦·胶原蛋白粉"), "other writing");
    assert!(
        !branded("brand-unauthorised", may_not, 30_000, "Ｅｘａｍｐｌｏｒａ胶原蛋白粉"),
        "not for these goods"
    );
    assert!(branded("brand-under-floor", may, 19_999, "样例诺瓦胶原蛋白粉"));
    assert!(!branded("brand-under-floor", may, 20_000, "样例诺瓦胶原蛋白粉"));
}

#[test]
fn words_codes_and_origins_of_what_may_not_come_are_seen() {
    let line = |rule: &str, name: &str, hs: &str, origin: &str| {
        alone(rule, |declaration| {
            let line = &mut declaration.lines[0];
            (line.gname, line.gcode, line.country) = (name.into(), hs.into(), origin.into());
        })
    };
    assert!(line("prohibited-list", "样例 象 牙 摆件", "2106909090", "116"));
    assert!(!line("prohibited-list", "样例象棋", "2106909090", "116"));
    assert!(line("restricted-list", "样例夜视仪", "2106909090", "116"));
    assert!(!line("restricted-list", "样例望远镜", "2106909090", "116"));
    assert!(line("quarantine-goods", "样例花卉种子", "2106909090", "116"));
    assert!(!line("quarantine-goods", "样例花瓶", "2106909090", "116"));
}

#[test]
fn animal_products_of_an_epidemic_are_seen_by_code_and_origin_of_one_line() {
    // Held against the rules alone: such codes are on no list of goods that may be declared.
    let rules = &Window::new().reference;
    let hit = |hs: &str, origin: &str| {
        let mut declaration = List { number: 1, ..USUAL }.declaration();
        let mut other = declaration.lines[0].clone();
        other.country = "701".into();
        let line = &mut declaration.lines[0];
        (line.gcode, line.country) = (hs.into(), origin.into());
        declaration.lines.push(other);
        let facts = RiskFacts { declaration: &declaration, assessment: None, payment: None, counts: &[] };
        let hits = rules.current().risk.evaluate(&facts, NOW.day());
        hits.iter().any(|hit| hit.rule == "epidemic-origin")
    };
    assert!(hit("0203290010", "701"));
    assert!(!hit("0203290010", "116"), "the other line's origin is not this one's");
    assert!(!hit("2106909090", "701"));
}

#[test]
fn goods_under_recall_are_seen_by_number_or_by_brand_and_lot() {
    let recalled = |item: &str, name: &str, model: &str| {
        alone("recalled", |declaration| {
            let line = &mut declaration.lines[0];
            line.item_no = Some(item.into());
            (line.gname, line.gmodel, line.gcode) = (name.into(), model.into(), "1901101000".into());
        })
    };
    assert!(recalled("SKU-RECALL-1", "样例粉", "800克"));
    assert!(!recalled("SKU-RECALL-10", "样例粉", "800克"));
    assert!(recalled("SKU1", "样例诺瓦奶粉", "800克|L2026A"));
    assert!(!recalled("SKU1", "样例诺瓦奶粉", "800克|L2026B"));
}

#[test]
fn every_indicator_has_a_dimension_of_the_plan_and_is_tried_here() {
    let texts = [
        include_str!("indicators.rs"),
        include_str!("devices.rs"),
        include_str!("export_looks.rs"),
        include_str!("export_refunds.rs"),
    ];
    for (id, dimension) in Window::new().reference.current().risk.dimensions() {
        assert!(dimension.is_some(), "{id}");
        // What stood in the table before has its tests in `verdicts`.
        let before = [
            "identity-burst",
            "telephone-identities",
            "address-burst",
            "just-below-limit",
            "prohibited-words",
            "medicine-words",
            "low-milk-price",
            "low-perfume-price",
            "battery-by-air",
        ];
        let is_tried = texts.iter().any(|text| text.contains(&format!("\"{id}\"")));
        assert!(before.contains(&id.as_str()) || is_tried, "{id} has no test");
    }
}
