//! The indicators of exports on which a refund of taxes rests: goods above their price, a parcel exported twice, goods that come in
//! again, merchants filed lately. Each hits what it is for, and not what is just short of it.

use crate::support::exports::{of, rules};
use crate::support::{NOW, Window};
use ceb::Document;
use clearance::Reason;
use clearance::party::{Filing, Parties};
use clearance::risk;
use clearance::sample::{self, Export, Trade};
use std::sync::Arc;

fn export(number: u64) -> Export {
    Export::new(1, number, NOW)
}

/// A list of one piece of the goods of another, at so many times their price.
fn list(number: u64, goods: &Export, times: i64) -> ceb::ExportDeclaration {
    let mut declaration = export(number).declaration;
    declaration.lines.truncate(1);
    let line = &goods.declaration.lines[0];
    let price = ceb::Decimal::from_units(line.price.units() * i128::from(times));
    declaration.lines[0] = ceb::ExportDeclarationLine {
        qty: ceb::Decimal::ONE,
        qty1: ceb::Decimal::ONE,
        price,
        total_price: price,
        ..line.clone()
    };
    declaration
}

/// Ids of the rules that hit a list that comes now, of a merchant that is filed since a day.
fn hits_of(
    window: &mut Window,
    declaration: &ceb::ExportDeclaration,
    since: Option<ceb::Day>,
) -> Vec<String> {
    let sender = declaration.head.agent_code.clone();
    let outcome = window.send_as(&sender, Document::ExportDeclaration(declaration.clone()));
    assert!(outcome.answer.status > 0, "{:?}", rules(&outcome));
    let book = window.reference.current();
    let facts = risk::ExportFacts {
        declaration,
        rates: &book.rates,
        value: None,
        merchant_since: since,
        counts: &outcome.read.counts,
    };
    let hits = book.risk.evaluate_export(&facts, NOW.day());
    hits.into_iter().map(|hit| hit.rule.to_string()).collect()
}

fn has(hits: &[String], rule: &str) -> bool {
    hits.iter().any(|hit| hit == rule)
}

#[test]
fn goods_that_are_declared_far_above_what_others_sell_them_for_are_seen() {
    let mut window = Window::without_draws();
    let goods = export(1);
    for number in 1..=19 {
        assert_eq!(hits_of(&mut window, &list(number, &goods, 1), None), Vec::<String>::new(), "{number}");
    }
    // Of another merchant, who never sold them: its own prices say nothing.
    let of_another = |number: u64, times: i64| {
        let mut declaration = list(number, &goods, times);
        declaration.head.ebc_code = "5301960202".into();
        declaration.head.ebc_name = "样例彩云母婴商贸".into();
        declaration
    };
    let hits = hits_of(&mut window, &of_another(20, 4), None);
    assert_eq!(hits, ["export-price-over-market"]);
    assert_eq!(hits_of(&mut window, &of_another(21, 2), None), Vec::<String>::new());
}

#[test]
fn a_parcel_that_is_exported_twice_is_seen_under_another_carrier_and_in_other_writing() {
    let mut window = Window::without_draws();
    let first = export(1).declaration;
    assert!(!has(&hits_of(&mut window, &first, None), "export-waybill-again"));
    // The same list changed is no second one.
    let mut changed = first.clone();
    changed.head.app_type = "2".into();
    changed.head.app_time = ceb::Stamp::from_number(changed.head.app_time.number() + 1).unwrap();
    assert!(!has(&hits_of(&mut window, &changed, None), "export-waybill-again"));
    let carried_by = |same: bool| {
        let is_it =
            |other: &Export| (other.declaration.head.logistics_code == first.head.logistics_code) == same;
        let mut other = (2..).map(export).find(is_it).unwrap().declaration;
        other.head.logistics_no = first.head.logistics_no.clone();
        other
    };
    let mut other = carried_by(false);
    other.head.logistics_no = other.head.logistics_no.as_str().to_lowercase().into();
    assert!(has(&hits_of(&mut window, &other, None), "export-waybill-again"));
    // Under the same carrier it is refused before any rule is asked.
    let again = carried_by(true);
    let sender = again.head.agent_code.clone();
    let outcome = window.send_as(&sender, Document::ExportDeclaration(again));
    assert!(outcome.answer.status < 0 && rules(&outcome).contains(&Reason::WaybillTaken));
}

#[test]
fn goods_that_leave_and_come_in_again_are_seen() {
    let single = |trade: &Trade| trade.declaration.lines.len() == 1;
    let model = (1..).map(crate::support::trade).find(single).unwrap();
    let (code, line) = (&model.declaration.head.ebc_code, &model.declaration.lines[0]);
    let same = |trade: &Trade| {
        single(trade)
            && trade.declaration.head.ebc_code == *code
            && trade.declaration.lines[0].gcode == line.gcode
    };
    let mut came: Vec<Trade> = (1..).map(crate::support::trade).filter(same).take(5).collect();
    let mut leaving = list(1, &export(1), 1);
    leaving.head.ebc_code = code.clone();
    leaving.head.ebc_name = model.declaration.head.ebc_name.clone();
    leaving.lines[0].gcode = line.gcode.clone();
    leaving.lines[0].gname = line.gname.clone();
    let hit = |came: &[Trade]| {
        let mut window = Window::without_draws();
        for trade in came {
            let outcome = window.send(Document::Declaration(trade.declaration.clone()));
            assert!(outcome.answer.status > 0, "{:?}", rules(&outcome));
        }
        let before = window.facts.counts.clone();
        let hits = hits_of(&mut window, &leaving, None);
        // It looks at what came in, and adds nothing to it.
        for (key, counted) in before {
            assert_eq!(window.facts.counts[&key], counted, "{key:?}");
        }
        has(&hits, "export-goods-come-back")
    };
    assert!(hit(&came));
    assert!(!hit(&came[1..]));
    // Other goods of the same merchant are no loop.
    came.iter_mut().for_each(|trade| trade.declaration.lines[0].gname = "样例另一种".into());
    assert!(!hit(&came));
}

#[test]
fn a_merchant_that_was_filed_lately_and_exports_very_much_at_once_is_seen() {
    const MERCHANT: &str = "5301960201";
    // Filed today; or today anew, and since long before.
    let last_hits = |renewed: bool| {
        let mut window = Window::without_draws();
        let mut parties = Parties::default();
        for filing in sample::filings() {
            if filing.code == MERCHANT {
                if renewed {
                    parties.file(filing.clone());
                }
                parties.file(Filing { valid_from: NOW.day(), ..filing });
            } else {
                parties.file(filing);
            }
        }
        window.reference.parties = Arc::new(parties);
        let exports: Vec<Export> = (1..=30).map(export).collect();
        for (sender, document) in exports.iter().flat_map(Export::documents) {
            window.send_as(&sender, document);
        }
        let hits = |export: &Export| {
            let look = &of(&window, export).look;
            look.hits.iter().map(|hit| hit.rule.to_string()).collect::<Vec<_>>()
        };
        assert!(exports[..29].iter().all(|export| hits(export).is_empty()));
        hits(&exports[29])
    };
    assert_eq!(last_hits(false), ["export-new-burst"]);
    assert_eq!(last_hits(true), Vec::<String>::new());
}
