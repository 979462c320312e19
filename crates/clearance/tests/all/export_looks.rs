//! Exports that are looked at: sealed rules, the draw and credit fix their lane, inspections say what they found by the table, two
//! officers decide where two are asked for.

use crate::support::exports::{act_as, of, rules};
use crate::support::{NOW, Window, arrived};
use ceb::Document;
use clearance::Reason;
use clearance::consignment::{Lane, State};
use clearance::event::{ActionKind, Cause};
use clearance::facts::CountKind;
use clearance::inspection::{Found, Inspection, Measure};
use clearance::keys::OrderKey;
use clearance::outcome::Outcome;
use clearance::recognition::{Recognised, Report};
use clearance::record::{RecordKey, Register};
use clearance::risk;
use clearance::sample::Export;
use clearance::score::{self, Score};
use clearance::standing::{Says, Standing};
use clearance::windows::{self, of_seller_goods};
use std::sync::Arc;

const RULES: &str = "id,dimension,valid_from,valid_to,lane,condition,note\n";
const OFFICE: &str = "8620000001";

fn export(number: u64) -> Export {
    Export::new(1, number, NOW)
}

fn state(window: &Window, export: &Export) -> State {
    of(window, export).attempt.as_ref().unwrap().state
}

fn lane(window: &Window, export: &Export) -> Lane {
    of(window, export).attempt.as_ref().unwrap().lane.unwrap()
}

fn send_all(window: &mut Window, export: &Export) -> Outcome {
    let documents = export.documents().into_iter();
    documents.map(|(sender, document)| window.send_as(&sender, document)).last().unwrap()
}

/// Sends all, and brings the parcel to the site.
fn to_site(window: &mut Window, export: &Export) {
    send_all(window, export);
    window.send(Document::MasterBill(Export::master_bill(&[export], window.now).unwrap()));
    window.send(Document::ExportArrival(Export::arrival(&[export], window.now).unwrap()));
}

fn act(window: &mut Window, export: &Export, kind: ActionKind) -> Outcome {
    act_as(window, "甲", export, kind)
}

fn inspected(result: &str, measure: Measure) -> ActionKind {
    let found = vec![Found { line: 0, result: result.into(), quantity: None, weight: None }];
    ActionKind::Inspected(Box::new(Inspection {
        found,
        measure,
        second: "".into(),
        place: "".into(),
        photographs: Vec::new(),
    }))
}

/// A window with these rules alone, in which nothing is drawn.
fn with_rules(rules: &str) -> Window {
    let mut window = Window::without_draws();
    window.table("risk_rules.csv", |_| format!("{RULES}{rules}\n"));
    window
}

/// One whose draw selects every export.
fn drawing_all() -> Window {
    let mut window = Window::new();
    window.parameter("sampling_base_export,5000", "sampling_base_export,1000000");
    window.parameter("sampling_factor_a,20", "sampling_factor_a,100");
    window
}

#[test]
fn rules_say_whether_they_are_about_exports() {
    for (condition, hits) in [
        ("lines >= 1", false),
        ("trade = import and lines >= 1", false),
        ("trade = export", true),
        ("trade = export and hs in 61 64 42 95", true),
        ("trade = export and hs in 2402", false),
        ("trade = export and origin in 1", false),
        ("trade = export and unit_price_fen > 0 and value_fen > 0", true),
        ("trade = export and buyer_age_years > 0 or trade = export and dutiable_fen > 0", false),
        ("lines > 90 or trade = export and gross_weight_grams > 0", true),
    ] {
        let mut window = with_rules(&format!("r,quality,20190101,,hold,{condition},"));
        let export = export(1);
        send_all(&mut window, &export);
        let expected = if hits { (Lane::Hold, State::Review) } else { (Lane::Release, State::Concluded) };
        assert_eq!((lane(&window, &export), state(&window, &export)), expected, "{condition}");
        assert_eq!(of(&window, &export).look.hits.len(), usize::from(hits), "{condition}");
    }
    // Those about exports leave imports alone.
    let mut window = with_rules("r,quality,20190101,,hold,trade = export,");
    let trade = crate::support::trade(1);
    window.trade(&trade);
    assert!(window.of(&trade).attempt.as_ref().unwrap().hits.is_empty());
}

#[test]
fn the_rules_that_are_built_in_see_what_they_are_for() {
    type Change = fn(&mut Export);
    let cases: [(&str, Change); 4] = [
        ("export-prohibited", |export| export.declaration.lines[0].gname = "样例象牙摆件".into()),
        ("export-relics", |export| export.declaration.lines[0].gname = "样例古籍".into()),
        ("export-name-against-hs", |export| export.declaration.lines[0].gname = "样例奶粉".into()),
        ("export-recalled", |export| {
            export.declaration.lines[0].item_no = "SKU-RECALL-1".into();
            export.order.lines[0].item_no = "SKU-RECALL-1".into();
        }),
    ];
    let hits = |export: &Export| {
        let mut window = Window::without_draws();
        send_all(&mut window, export);
        let look = &of(&window, export).look;
        look.hits.iter().map(|hit| hit.rule.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(hits(&export(1)), Vec::<String>::new());
    for (rule, change) in cases {
        let mut export = export(1);
        change(&mut export);
        assert!(hits(&export).contains(&rule.to_owned()), "{rule}: {:?}", hits(&export));
    }
    // Held against the rules alone: the sample has no such goods, and no such brand.
    let book = Window::new().reference.current().clone();
    let alone = |rule: &str, change: Change| {
        let mut export = export(1);
        change(&mut export);
        let facts = risk::ExportFacts {
            declaration: &export.declaration,
            rates: &book.rates,
            value: None,
            merchant_since: None,
            counts: &[],
        };
        book.risk.evaluate_export(&facts, NOW.day()).iter().any(|hit| hit.rule == rule)
    };
    assert!(alone("export-battery-by-air", |export| {
        export.declaration.lines[0].gcode = "8507600000".into();
        export.declaration.head.traf_mode = "5".into();
    }));
    assert!(!alone("export-battery-by-air", |export| {
        export.declaration.lines[0].gcode = "8507600000".into();
        export.declaration.head.traf_mode = "4".into();
    }));
    let brand: Change = |export| {
        export.declaration.lines[0].gname = "样例诺瓦".into();
        export.declaration.head.ebc_code = "5301960202".into();
    };
    assert!(alone("export-brand-unauthorised", brand));
    assert!(
        !alone("export-brand-unauthorised", |export| export.declaration.lines[0].gname = "样例诺瓦".into())
    );
}

#[test]
fn a_draw_opens_the_parcel_at_the_site_and_stands_for_the_next_attempt() {
    let mut window = drawing_all();
    let export = export(1);
    let outcome = send_all(&mut window, &export);
    let draw = outcome.read.draw.unwrap();
    let key = export.key().marked();
    assert_eq!((draw.seed, draw.drawn), (1, risk::draw(&window.reference.sampling_seed, &key)));
    assert_ne!(draw.drawn, risk::draw(&window.reference.sampling_seed, &export.key().as_pair()));
    assert_eq!((draw.ratio, risk::ratio(&draw.terms.unwrap())), (1_000_000, 1_000_000));
    assert_eq!((lane(&window, &export), state(&window, &export)), (Lane::Inspection, State::Concluded));
    assert_eq!(of(&window, &export).look.hits[0].rule, "random");
    window.send(Document::MasterBill(Export::master_bill(&[&export], window.now).unwrap()));
    window.send(Document::ExportArrival(Export::arrival(&[&export], window.now).unwrap()));
    assert_eq!(state(&window, &export), State::Inspection, "opened where it comes");
    act(&mut window, &export, ActionKind::Reject);
    let mut again = export.declaration.clone();
    again.head.app_time = ceb::Stamp::from_number(again.head.app_time.number() + 1).unwrap();
    window.send(Document::ExportDeclaration(again));
    let look = &of(&window, &export).look;
    assert_eq!((look.drawn.unwrap().number, look.drawn.unwrap().selected), (draw.drawn, true));
}

#[test]
fn a_preview_neither_evaluates_nor_draws_and_an_older_law_looks_at_nothing() {
    let mut window = drawing_all();
    window.table("risk_rules.csv", |_| format!("{RULES}r,quality,20190101,,hold,trade = export,\n"));
    let export = export(1);
    let documents = export.documents();
    for (sender, document) in &documents[..2] {
        window.send_as(sender, document.clone());
    }
    let (sender, document) = &documents[2];
    let mut preview = arrived(sender, document.clone());
    preview.preview = true;
    let outcome = window.run(Cause::Document(Arc::new(preview)));
    assert_eq!(outcome.read.draw, None);
    assert!(of(&window, &export).look.hits.is_empty() && state(&window, &export) == State::Concluded);
    let mut before = drawing_all();
    before.parameter("export_looks,1", "export_looks,0");
    let outcome = send_all(&mut before, &export);
    assert_eq!((outcome.read.draw, lane(&before, &export)), (None, Lane::Release));
    let refused = act(&mut before, &export, inspected("conforming", Measure::Release));
    assert_eq!(rules(&refused), [Reason::ActionForbidden]);
}

#[test]
fn credit_of_the_merchant_changes_the_share_and_is_kept_with_it() {
    let mut window = Window::new();
    let export = export(1);
    let key = RecordKey::new(Register::CreditList, &export.declaration.head.ebc_code);
    let from = NOW.day();
    let says = Says { standing: "attention".into(), from, to: None };
    let position = clearance::keys::Position { writer: 0, sequence: 1 };
    window.facts.standings.insert(key, Standing { version: 1, position, says: Some(says) });
    let outcome = send_all(&mut window, &export);
    let look = &of(&window, &export).look;
    let credit = look.credit.as_ref().unwrap();
    assert_eq!(credit.standings, [(export.declaration.head.ebc_code.clone(), "attention".into())]);
    let terms = outcome.read.draw.unwrap().terms.unwrap();
    assert_eq!(Some(terms.factor), credit.factor.or(Some(terms.factor)));
    assert!(terms.share >= credit.share, "{terms:?} {credit:?}");
}

/// An export that is opened at the site.
fn opened(number: u64) -> (Window, Export) {
    let mut window = drawing_all();
    let export = export(number);
    to_site(&mut window, &export);
    assert_eq!(state(&window, &export), State::Inspection);
    (window, export)
}

#[test]
fn an_inspection_says_what_it_found_and_what_the_table_allows_follows() {
    let (mut window, export) = opened(1);
    let wrong = act(&mut window, &export, inspected("no-such-result", Measure::Release));
    assert_eq!(rules(&wrong), [Reason::InspectionFaulty]);
    let forbidden = act(&mut window, &export, inspected("conforming", Measure::Reject));
    assert_eq!(rules(&forbidden), [Reason::MeasureForbidden]);
    let abroad = act(&mut window, &export, inspected("restricted", Measure::ReExport));
    assert_eq!(rules(&abroad), [Reason::ActionForbidden], "what never came is not sent back");
    act(&mut window, &export, inspected("conforming", Measure::Release));
    assert_eq!(state(&window, &export), State::Released, "its parcel is here");
    let last: Vec<_> = window.outcomes.iter().flat_map(|outcome| &outcome.receipts).collect();
    let info = |status: i32| {
        let receipt = last.iter().rev().find(|receipt| receipt.status == status).unwrap();
        match &*receipt.document {
            Document::ExportDeclarationReceipt(receipt) => receipt.return_info.to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert!(info(399).contains("查验结果：相符"), "{}", info(399));
    let remark = of(&window, &export).attempt.as_ref().unwrap().remarks.last().unwrap().clone();
    assert_eq!(remark.action, "inspected release");
}

#[test]
fn what_a_person_looks_at_after_an_inspection_is_not_opened_again() {
    let (mut window, export) = opened(1);
    act(&mut window, &export, inspected("value-doubtful", Measure::Review));
    assert_eq!((state(&window, &export), lane(&window, &export)), (State::Review, Lane::DocumentCheck));
    act(&mut window, &export, ActionKind::Approve);
    assert_eq!(state(&window, &export), State::Released);
    // Papers that are approved do not spare goods that are to be opened.
    let mut window = drawing_all();
    window.table("risk_rules.csv", |_| format!("{RULES}r,quality,20190101,,hold,trade = export,\n"));
    let papers = export_of_zone(2);
    to_site(&mut window, &papers);
    assert_eq!(state(&window, &papers), State::Review);
    act(&mut window, &papers, ActionKind::Conclude);
    assert_eq!(lane(&window, &papers), Lane::Hold, "concluded by hand it goes on by hand");
}

/// One whose goods leave a special zone: a person looks at its papers.
fn export_of_zone(number: u64) -> Export {
    export(number).in_mode("1210")
}

#[test]
fn papers_that_are_approved_do_not_spare_goods_that_are_to_be_opened() {
    let mut window = drawing_all();
    let papers = export_of_zone(2);
    to_site(&mut window, &papers);
    assert_eq!((state(&window, &papers), lane(&window, &papers)), (State::Review, Lane::Inspection));
    act(&mut window, &papers, ActionKind::Approve);
    assert_eq!(state(&window, &papers), State::Inspection);
}

#[test]
fn where_two_look_nothing_follows_before_the_second_has_confirmed_it() {
    let (mut window, export) = opened(1);
    let receipts = window.receipts();
    act(&mut window, &export, inspected("goods-differ", Measure::DetainClearance));
    assert_eq!(state(&window, &export), State::Inspection);
    assert_eq!(window.receipts(), receipts, "nobody is told");
    assert_eq!(of(&window, &export).unconfirmed().unwrap().officer, "甲");
    let own = act(&mut window, &export, ActionKind::ConfirmInspection);
    assert_eq!(rules(&own), [Reason::SecondInspectorNeeded]);
    act_as(&mut window, "乙", &export, ActionKind::ContestInspection);
    assert!(of(&window, &export).unconfirmed().is_none() && state(&window, &export) == State::Inspection);
    act(&mut window, &export, inspected("goods-differ", Measure::DetainClearance));
    act_as(&mut window, "乙", &export, ActionKind::ConfirmInspection);
    assert_eq!(state(&window, &export), State::DetainedClearance);
    assert_eq!(of(&window, &export).look.joint.as_ref().unwrap().confirmed_by, "乙");
}

#[test]
fn what_is_held_is_released_by_two() {
    let mut window = with_rules("r,quality,20190101,,hold,trade = export,");
    let export = export(1);
    to_site(&mut window, &export);
    act(&mut window, &export, ActionKind::Approve);
    assert_eq!(state(&window, &export), State::Review, "proposed");
    let same = act(&mut window, &export, ActionKind::Approve);
    assert_eq!(rules(&same), [Reason::SecondOfficerNeeded]);
    act_as(&mut window, "乙", &export, ActionKind::Approve);
    assert_eq!(state(&window, &export), State::Released);
}

#[test]
fn a_report_on_the_goods_replaces_the_look_and_one_on_a_trade_is_on_one_of_imports() {
    let (mut window, export) = opened(1);
    let found = vec![Found { line: 0, result: "conforming".into(), quantity: None, weight: None }];
    let report = Report {
        version: 3,
        position: clearance::keys::Position { writer: 0, sequence: 1 },
        by: "5301960601".into(),
        to: OFFICE.into(),
        recognised: true,
        subject: export.declaration.head.ebc_code.clone(),
        order: None,
        items: export.declaration.lines.iter().map(|line| line.item_no.clone()).collect(),
        day: NOW.day(),
        until: NOW.day(),
        found: found.clone(),
    };
    let rests = Recognised {
        report: "5301960601:R1".into(),
        version: 3,
        inspection: Inspection {
            found,
            measure: Measure::Release,
            second: "".into(),
            place: "".into(),
            photographs: Vec::new(),
        },
    };
    let kind = ActionKind::Recognised(Box::new(rests.clone()));
    let unknown = act(&mut window, &export, kind.clone());
    assert_eq!(rules(&unknown), [Reason::InspectionFaulty]);
    let pair: OrderKey = export.key().as_pair();
    let of_trade = Report { order: Some(pair), ..report.clone() };
    window.facts.reports.insert(rests.key(), of_trade);
    let other = act(&mut window, &export, kind.clone());
    assert_eq!(rules(&other), [Reason::InspectionFaulty], "it names a platform of that code");
    window.facts.reports.insert(rests.key(), report);
    let taken = act(&mut window, &export, kind);
    assert_eq!(state(&window, &export), State::Released);
    assert_eq!(taken.read.records[0].key, rests.key());
}

#[test]
fn a_score_is_of_the_model_of_exports_and_what_it_rests_on_is_known_before_the_list_is_judged() {
    let (digest, other) = ("0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4));
    let mut window = Window::without_draws();
    window.table("risk_models.csv", |text| {
        format!("{text}{other},20190101,,t,import\n{digest},20190101,,t,export\n")
    });
    window.table("risk_rules.csv", |text| {
        format!("{text}model,taxation,20190101,,scan,trade = export and risk_score >= 500,\n")
    });
    let mut medians = 0;
    let scores = [None, Some((&digest, 499)), Some((&digest, 500)), Some((&other, 900))];
    for (number, given) in scores.into_iter().cycle().take(12).enumerate() {
        let export = export(number as u64 + 1);
        let declaration = &export.declaration;
        if let Some((model, thousandths)) = given {
            let document = Document::ExportDeclaration(declaration.clone());
            let arrived = arrived(&declaration.head.agent_code, document);
            score::give(&mut window.facts, &arrived, Score::new(model, 1, thousandths));
        }
        let book = window.reference.current();
        let (rates, asked) = ((&book.rates, NOW.day()), book.risk.windows());
        let known = of_seller_goods(declaration, rates, &window.facts.counts, asked, window.now);
        send_all(&mut window, &export);
        let counts = &of(&window, &export).look.counts;
        let goods = counts.iter().filter(|read| read.key.kind == CountKind::ExportSellerGoods);
        assert_eq!(known, goods.cloned().collect::<Vec<_>>());
        let values = known.iter().flat_map(|read| &read.values);
        medians += values.filter(|value| value.measure == windows::Measure::PriceMedian).count();
        // What another model gave is not what the rulebook asks for.
        let own = given.filter(|(model, _)| *model == &digest).map(|(_, thousandths)| thousandths);
        assert_eq!(Score::of(counts).map(|score| score.thousandths), own);
        let hits: Vec<&str> =
            of(&window, &export).look.hits.iter().map(|hit| hit.evidence.as_str()).collect();
        let (lane_of, evidence) = match own {
            Some(500) => (Lane::Scan, vec!["trade = export; risk_score = 500"]),
            _ => (Lane::Release, vec![]),
        };
        assert_eq!((lane(&window, &export), hits), (lane_of, evidence), "{given:?}");
    }
    assert!(medians > 0, "some goods were sold before");
}

#[test]
fn what_a_merchant_sells_abroad_is_counted_apart_and_held_against_its_own_price() {
    // Goods of one sort, ten times at one price, then at six times that.
    let single = |number: &u64| export(*number).declaration.lines.len() == 1;
    let numbers: Vec<u64> = (1..).filter(single).take(11).collect();
    let one = |export: &Export| {
        export.declaration.lines.len() == 1 && export.declaration.lines[0].qty == ceb::Decimal::ONE
    };
    let goods = (1..).map(export).find(one).unwrap();
    let sell = |window: &mut Window, number: u64, times: i64| {
        let mut export = export(number);
        let line = &goods.declaration.lines[0];
        let price = ceb::Decimal::from_units(line.price.units() * i128::from(times));
        export.declaration.lines[0] =
            ceb::ExportDeclarationLine { price, total_price: price, ..line.clone() };
        let declaration = export.declaration.clone();
        let sender = declaration.head.agent_code.clone();
        let outcome = window.send_as(&sender, Document::ExportDeclaration(declaration.clone()));
        (declaration, outcome)
    };
    let mut window = Window::without_draws();
    for number in &numbers[..10] {
        let (_, outcome) = sell(&mut window, *number, 1);
        let kinds: Vec<&str> = outcome.counted.iter().map(|raised| raised.key.kind.word()).collect();
        assert_eq!(kinds, ["export_seller", "export_waybill", "export_seller_goods", "export_goods"]);
    }
    let (declaration, outcome) = sell(&mut window, numbers[10], 6);
    let counts = &outcome.read.counts;
    assert_eq!(counts[0].values.iter().find(|value| value.value == 11).map(|value| value.value), Some(11));
    let book = window.reference.current();
    let hit = |declaration: &ceb::ExportDeclaration,
               counts: &[clearance::windows::Windowed],
               value: i64,
               rule: &str| {
        let facts = risk::ExportFacts {
            declaration,
            rates: &book.rates,
            value: Some(value),
            merchant_since: None,
            counts,
        };
        book.risk.evaluate_export(&facts, NOW.day()).iter().any(|hit| hit.rule == rule)
    };
    assert!(hit(&declaration, counts, 1, "export-price-over-own"), "{counts:?}");
    let mut usual = declaration.clone();
    usual.lines[0].price = goods.declaration.lines[0].price;
    assert!(!hit(&usual, counts, 1, "export-price-over-own"));
    // Thirty lists to enterprises on one day, just below the limit.
    let mut many = counts.clone();
    many[0].values.iter_mut().for_each(|value| value.value = 30);
    let mut below = declaration.clone();
    below.head.trade_mode = "9710".into();
    assert!(hit(&below, &many, 450_000, "export-splitting-below-limit"));
    assert!(!hit(&below, &many, 449_999, "export-splitting-below-limit"));
    assert!(!hit(&below, counts, 450_000, "export-splitting-below-limit"));
    // Imports raise none of them.
    let outcome = window.trade(&crate::support::trade(1));
    assert!(outcome.counted.iter().all(|raised| !raised.key.kind.word().starts_with("export_")));
}
