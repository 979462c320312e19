//! Verdicts that a single fact brings about: lists, uncertain rows, guarantee, selection; risk rules and the draw.

use crate::support::{NOW, Window, trade};
use ceb::{Decimal, Document, Kind};
use clearance::Rulebook;
use clearance::consignment::Lane;
use clearance::event::{ActionKind, Cause};
use clearance::keys::{OrderKey, Time};
use clearance::outcome::Outcome;
use clearance::party::CreditGrade;
use clearance::reason::Reason;
use clearance::risk::{self, RiskFacts, SamplingSeed};
use clearance::sample::Trade;
use std::sync::Arc;

const RULES: &str = "id,valid_from,valid_to,lane,condition,note\n";

fn reasons(outcome: &Outcome) -> Vec<Reason> {
    outcome.answer.findings.iter().map(|finding| finding.reason).collect()
}

/// The tariff with a field of the row of a trade's first goods changed; fields are counted from 0.
pub(crate) fn tariff_row(text: &str, trade: &Trade, change: &[(usize, &str)]) -> String {
    let hs = &trade.declaration.lines[0].gcode[..8];
    let changed = |line: &str| {
        let mut fields: Vec<&str> = line.split(',').collect();
        for (index, value) in change {
            // Names may hold commas in quotes: fields are counted from the end.
            let last = fields.len() - 18;
            fields[last + index] = value;
        }
        fields.join(",")
    };
    let lines = text.lines().map(|line| if line.starts_with(hs) { changed(line) } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn all_texts(window: &Window) -> String {
    let receipts = window.outcomes.iter().flat_map(|outcome| &outcome.receipts);
    receipts.map(|receipt| String::from_utf8(ceb::write_receipt(&receipt.document)).unwrap()).collect()
}

#[test]
fn goods_that_are_not_on_the_list_are_rejected_and_named() {
    let mut window = Window::without_draws();
    let trade = trade(1);
    window.table("tariff.csv", |text| tariff_row(text, &trade, &[(10, "no")]));
    let outcome = window.trade(&trade);
    assert_eq!((outcome.answer.status, reasons(&outcome)), (100, vec![Reason::GoodsNotListed]));
    let gcode = &trade.declaration.lines[0].gcode;
    let expected = format!("[Code:19001;Desc:商品不在跨境电子商务零售进口商品清单内[{gcode}]]");
    assert!(outcome.answer.info.starts_with(&expected), "{}", outcome.answer.info);
    assert!(outcome.answer.info.contains(&format!("InventoryList[1].gcode:{gcode}")));
    assert!(outcome.answer.info.contains("list edition:2022-03 (notice 2022-7)"), "{}", outcome.answer.info);
}

#[test]
fn a_code_is_listed_by_an_edition_that_there_is() {
    let book = Rulebook::builtin();
    let on = |day: u32| book.editions.on(ceb::Day::from_number(day).unwrap()).map(|one| one.name.to_string());
    assert_eq!(on(20_160_407), None);
    assert_eq!(on(20_181_231).as_deref(), Some("2016-04 second"));
    assert_eq!(on(20_190_101).as_deref(), Some("2018-11"));
    assert_eq!(on(20_261_123).as_deref(), Some("2022-03"));
    let tariff = Rulebook::built_in_tables().into_iter().find(|(name, _)| name == "tariff.csv").unwrap().1;
    let wrong = tariff.replacen(",yes,20160408,", ",yes,20160409,", 1);
    let faults = Rulebook::load(2, &[("tariff.csv".to_owned(), wrong)]).unwrap_err();
    assert!(faults[0].what.contains("no edition of the list begins on 20160409"), "{faults:?}");
}

#[test]
fn what_rests_on_an_uncertain_row_goes_to_a_person_and_never_to_100() {
    for (row, confidence) in [("yes", "unsure"), ("no", "unsure")] {
        let mut window = Window::without_draws();
        let trade = trade(1);
        window.table("tariff.csv", |text| tariff_row(text, &trade, &[(10, row), (12, confidence)]));
        let outcome = window.trade(&trade);
        assert_eq!(window.state(&trade), 300, "{row} {confidence}");
        let finding = outcome.answer.findings.iter().find(|one| one.reason == Reason::UncertainRow).unwrap();
        assert!(finding.uncertain);
        window.arrive(&trade);
        assert_eq!(window.state(&trade), 300, "an arrival releases nothing that is being looked at");
        window.act(&trade, ActionKind::Approve);
        assert_eq!(window.state(&trade), 800);
    }
}

#[test]
fn goods_without_a_row_are_looked_at_and_never_released_free_of_tax() {
    let mut window = Window::without_draws();
    let mut trade = trade(1);
    for line in &mut trade.declaration.lines {
        line.gcode = "0000000000".into();
    }
    let outcome = window.trade(&trade);
    assert!(reasons(&outcome).contains(&Reason::GoodsCodeUnknown), "{:?}", outcome.answer);
    assert_eq!(window.state(&trade), 300);
    let outcome = window.act(&trade, ActionKind::Approve);
    assert_eq!(reasons(&outcome), [Reason::ActionForbidden]);
    window.act(&trade, ActionKind::Reject);
    assert_eq!(window.state(&trade), 100);
    let told = all_texts(&window);
    assert!(told.contains("[Code:1300;Desc:人工退单，[样例]]"));
}

#[test]
fn a_bonded_list_passes_every_check_but_the_book_and_waits_for_a_person() {
    let mut window = Window::without_draws();
    let mut trade = trade(1);
    let head = &mut trade.declaration.head;
    head.trade_mode = "1210".into();
    head.traf_mode = "Y".into();
    head.country = "142".into();
    (head.traf_no, head.voyage_no, head.bill_no) = (None, None, None);
    head.ems_no = Some("T8620W000001".into());
    head.area_code = Some("8620W60001".into());
    head.area_name = Some("样例保税区".into());
    for line in &mut trade.declaration.lines {
        line.item_record_no = Some("1".into());
    }
    let outcome = window.trade(&trade);
    assert_eq!(reasons(&outcome), [Reason::BookNotChecked], "{:?}", outcome.answer);
    let finding = &outcome.answer.findings[0];
    assert_eq!(finding.fields[0].value, "T8620W000001");
    assert_eq!(window.state(&trade), 300);
    assert!(window.of(&trade).attempt.as_ref().unwrap().assessment.is_some());
    window.act(&trade, ActionKind::Approve);
    assert_eq!(window.state(&trade), 800, "no parcel crosses the border: it waits for none");
}

#[test]
fn a_guarantee_that_does_not_cover_the_tax_rejects_and_a_larger_one_lets_it_pass() {
    let mut window = Window::without_draws();
    let mut trade = trade(1);
    let short = |window: &mut Window, fen: i64| {
        let mut filing =
            window.reference.parties.find(&trade.declaration.head.assure_code, NOW.day()).unwrap().clone();
        filing.guarantee_limit = fen;
        filing.version = window.reference.parties.version + 1;
        Arc::make_mut(&mut window.reference.parties).file(filing);
    };
    short(&mut window, 1);
    let outcome = window.trade(&trade);
    assert_eq!((outcome.answer.status, reasons(&outcome)), (100, vec![Reason::GuaranteeInsufficient]));
    assert!(outcome.answer.info.starts_with("[Code:1311;Desc:担保金额不足]"), "{}", outcome.answer.info);
    assert!(window.facts.balances.values().all(|balance| balance.held == 0 && balance.posted == 0));
    short(&mut window, 100_000_000);
    window.now = Time(window.now.0 + 60_000);
    trade.declaration.head.app_time = clearance::sample::stamp(window.now);
    assert_eq!(window.send(Document::Declaration(trade.declaration.clone())).answer.status, 120);
}

/// The doubt decides between what is sure of the tax and the whole of it: there a person does, below it no doubt is left.
#[test]
fn a_guarantee_short_of_a_tax_in_doubt_is_a_persons_decision() {
    let several = |trade: &Trade| {
        let [first, rest @ ..] = trade.declaration.lines.as_slice() else { return false };
        !rest.is_empty() && rest.iter().all(|line| line.gcode[..8] != first.gcode[..8])
    };
    let trade = (1..).map(trade).find(several).unwrap();
    let code = &trade.declaration.head.assure_code;
    let account = ledger::Account::guarantee(code.clone());
    // The class of VAT of the first line is in doubt.
    let with = |fen: i64| {
        let mut window = Window::without_draws();
        window.table("tariff.csv", |text| tariff_row(text, &trade, &[(7, "unsure")]));
        let mut filing = window.reference.parties.find(code, NOW.day()).unwrap().clone();
        filing.guarantee_limit = fen;
        filing.version = window.reference.parties.version + 1;
        Arc::make_mut(&mut window.reference.parties).file(filing);
        window
    };
    let mut enough = with(100_000_000);
    enough.trade(&trade);
    let assessment = enough.of(&trade).attempt.as_ref().unwrap().assessment.clone().unwrap();
    let (certain, whole) = (assessment.certain(), assessment.total());
    assert!(0 < certain && certain < whole, "{certain} of {whole}");
    // (guarantee, state, whether it is said to be short, and whether that is in doubt; what is held).
    for (fen, state, short, held) in [
        (whole, 300, None, whole),
        (whole - 1, 300, Some(true), certain),
        (certain, 300, Some(true), certain),
        (certain - 1, 100, Some(false), 0),
    ] {
        let mut window = with(fen);
        let outcome = window.trade(&trade);
        assert_eq!(window.state(&trade), state, "{fen}: {}", outcome.answer.info);
        let attempt = window.of(&trade).attempt.clone().unwrap();
        let finding = attempt.findings.iter().find(|one| one.reason == Reason::GuaranteeInsufficient);
        assert_eq!(finding.map(|one| one.uncertain), short, "{fen}");
        let balance = window.facts.balances.get(&account).copied().unwrap_or_default();
        assert_eq!((balance.held, balance.posted), (held, 0), "{fen}");
        if let Some(finding) = finding.filter(|one| one.uncertain) {
            let told =
                |path: &str| finding.fields.iter().find(|one| one.path == path).map(|one| one.value.as_str());
            let row = format!("InventoryList.gnum {}", trade.declaration.lines[0].gnum);
            assert!(told(&row).is_some_and(|row| row.contains("VAT class")), "{:?}", finding.fields);
            assert_eq!(told("tax"), Some(Decimal::from_fen(whole).to_string().as_str()));
            assert_eq!(told("held"), Some(Decimal::from_fen(held).to_string().as_str()));
            assert!(!all_texts(&window).contains("Code:1311"), "no receipt refuses it");
        }
        if state == 300 {
            window.act(&trade, ActionKind::Reject);
            let left = window.facts.balances[&account];
            assert_eq!((window.state(&trade), left.held, left.posted), (100, 0, 0), "{fen}");
        }
    }
}

/// 25,900 used, 150 more: over 26,000, though the list by itself is small.
#[test]
fn the_list_that_passes_the_years_limit_is_refused_and_one_that_reaches_it_is_not() {
    let mut window = Window::without_draws();
    let mut trade = trade(1);
    let account = ledger::Account::quota(trade.declaration.head.buyer_id_number.clone(), 2026);
    window.trade(&trade);
    let dutiable = window.of(&trade).attempt.as_ref().unwrap().assessment.as_ref().unwrap().dutiable();
    for (used, status) in [(2_600_000 - dutiable, 120), (2_600_000 - dutiable + 1, -621_018)] {
        let mut window = Window::without_draws();
        let balance = ledger::Balance { posted: used, held: 0, limit: Some(2_600_000) };
        window.facts.balances.insert(account.clone(), balance);
        let outcome = window.trade(&trade);
        assert_eq!(outcome.answer.status, status, "{used}: {:?}", outcome.answer);
        if status < 0 {
            assert_eq!(reasons(&outcome), [Reason::AnnualLimitUsed]);
            assert!(outcome.answer.info.contains("超过年度限额[26000]"), "{}", outcome.answer.info);
        }
    }
    // The next year has a limit of its own.
    let mut window = Window::without_draws();
    let balance = ledger::Balance { posted: 2_600_000, held: 0, limit: Some(2_600_000) };
    window.facts.balances.insert(account, balance);
    window.now = Time(NOW.0 + 60 * 86_400_000);
    trade = Trade::new(1, 1, window.now, 1_000_000);
    assert_eq!(window.trade(&trade).answer.status, 120);
}

#[test]
fn documents_of_a_released_list_cannot_be_changed() {
    let mut window = Window::without_draws();
    let trade = trade(1);
    window.trade(&trade);
    window.arrive(&trade);
    let before = window.of(&trade).clone();
    window.now = Time(window.now.0 + 60_000);
    let mut order = trade.order.clone();
    order.head.app_type = "2".into();
    order.head.app_time = clearance::sample::stamp(window.now);
    let mut payment = trade.payment.clone();
    payment.app_type = "2".into();
    payment.app_time = clearance::sample::stamp(window.now);
    for document in [Document::Order(order), Document::Payment(payment)] {
        let outcome = window.send(document);
        assert_eq!((outcome.answer.status, reasons(&outcome)), (100, vec![Reason::AlreadyReleased]));
        assert!(
            outcome.answer.info.starts_with("[Code:22007;Desc:对应的清单已放行]"),
            "{}",
            outcome.answer.info
        );
    }
    assert_eq!(*window.of(&trade), before);
}

#[test]
fn receipts_go_to_no_address_that_was_not_shared() {
    let mut window = Window::without_draws();
    let trade = trade(1);
    let sender = trade.order.head.ebp_code.clone();
    let mut arrived = crate::support::arrived(&sender, Document::Order(trade.order.clone()));
    let own = arrived.recipient.clone();
    let other = clearance::sample::exchange_id(&trade.payment.pay_code).unwrap();
    arrived.copies = vec![own.clone(), other.into()];
    let outcome = window.run(Cause::Document(Arc::new(arrived)));
    assert_eq!(outcome.answer.status, 2);
    assert_eq!(reasons(&outcome), [Reason::SubscriptionNotShared]);
    assert!(outcome.answer.findings[0].text_zh(None).contains(other));
    assert!(outcome.receipts.iter().all(|receipt| receipt.recipient == own), "{:?}", outcome.receipts);
}

#[test]
fn each_lane_leads_where_it_says_and_only_officers_learn_the_rule() {
    let lanes = [
        ("document-check", 300, Reason::SelectedForReview, "[Code:1200;Desc:等待人工审核]"),
        ("hold", 300, Reason::SelectedForReview, "[Code:1200;Desc:等待人工审核]"),
        ("scan", 500, Reason::SelectedForInspection, "[Code:19019;Desc:布控查验]"),
        ("inspection", 500, Reason::SelectedForInspection, "[Code:19019;Desc:布控查验]"),
        ("reject", 100, Reason::RiskRejected, "[Code:19018;Desc:风险布控退单]"),
    ];
    for (lane, state, reason, text) in lanes {
        let mut window = Window::without_draws();
        let trade = trade(1);
        window.table("risk_rules.csv", |_| {
            format!(
                "{RULES}very-secret-rule,20190101,,{lane},lines >= 1,\nother,20190101,,release,lines >= 1,\n"
            )
        });
        let outcome = window.trade(&trade);
        assert_eq!(window.state(&trade), state, "{lane}");
        assert!(reasons(&outcome).contains(&reason), "{lane}: {:?}", reasons(&outcome));
        let attempt = window.of(&trade).attempt.clone().unwrap();
        assert_eq!(attempt.lane, Lane::from_word(lane));
        assert_eq!(attempt.hits.len(), 2, "every hit is stored");
        assert_eq!(attempt.hits[0].rule, "very-secret-rule");
        assert!(attempt.hits[0].evidence.contains(&trade.declaration.lines.len().to_string()));
        let told = all_texts(&window);
        assert!(told.contains(text), "{lane}: {told}");
        assert!(!told.contains("secret"), "{lane}");
        let held = window.facts.balances.values().any(|balance| balance.held > 0);
        assert_eq!(held, state != 100, "{lane}");
    }
}

#[test]
fn a_preview_neither_evaluates_nor_reveals_the_rules() {
    let mut window = Window::without_draws();
    let trade = trade(1);
    window.table("risk_rules.csv", |_| format!("{RULES}r,20190101,,reject,lines >= 1,\n"));
    for (_, document) in trade.documents().into_iter().take(3) {
        window.send(document);
    }
    let mut asked = crate::support::arrived(
        &trade.declaration.head.agent_code,
        Document::Declaration(trade.declaration.clone()),
    );
    asked.preview = true;
    let outcome = window.run(Cause::Document(Arc::new(asked)));
    assert_eq!((outcome.answer.status, reasons(&outcome)), (120, vec![]));
    let attempt = outcome.consignment.unwrap().attempt.clone().unwrap();
    assert!(attempt.hits.is_empty() && outcome.read.draw.is_none());
}

#[test]
fn conditions_hold_where_they_say() {
    let book = |condition: &str| {
        let rules = format!("{RULES}r,20190101,20271231,scan,{condition},\n");
        Rulebook::load(1, &[("risk_rules.csv".to_owned(), rules)])
    };
    let trade = trade(1);
    let mut declaration = trade.declaration.clone();
    declaration.lines.truncate(1);
    let (head, line) = (&mut declaration.head, &mut declaration.lines[0]);
    head.gross_weight = ceb::Decimal::parse("1.5").unwrap();
    head.traf_mode = "5".into();
    head.customs_code = "8620".into();
    line.price = ceb::Decimal::parse("29.99").unwrap();
    line.gcode = "1901101000".into();
    line.country = "116".into();
    line.gname = "样例奶粉".into();
    let hits = |condition: &str, day: Time| {
        let book = book(condition).unwrap_or_else(|faults| panic!("{condition}: {faults:?}"));
        let facts = RiskFacts { declaration: &declaration, assessment: None, payment: None, counts: &[] };
        book.risk.evaluate(&facts, day.day()).len() == 1
    };
    let cases = [
        ("lines = 1", true),
        ("lines > 1", false),
        ("lines >= 1", true),
        ("lines < 1", false),
        ("lines <= 1", true),
        ("gross_weight_grams = 1500", true),
        ("gross_weight_grams > 1500", false),
        ("unit_price_fen < 3000", true),
        ("unit_price_fen < 2999", false),
        // Without an assessment there is no dutiable value to compare.
        ("dutiable_fen >= 0", false),
        ("hs in 1901", true),
        ("hs in 19011010 33030000", true),
        ("hs in 901101", false),
        ("goods_text has 弹药 奶粉", true),
        ("goods_text has 弹药", false),
        ("origin = 116", true),
        ("transport = 5", true),
        ("transport = 4", false),
        ("mode = 9610", true),
        ("district in 86", true),
        ("district in 862 and transport = 5 and lines = 1", true),
        ("district in 862 and transport = 4", false),
        ("transport = 4 or lines = 1", true),
        ("transport = 4 or lines = 2 and lines = 1", false),
        ("goods_text not has 弹药", true),
        ("goods_text not has 奶粉", false),
        ("hs not in 1901 and lines = 1", false),
        ("goods_text has Ｓａｍｐｌｅ 样例奶粉", true),
        ("goods_text has list:prohibited", false),
        ("goods_text not has list:prohibited", true),
        ("lines != 1", false),
        ("unit_price_fen < gross_weight_grams", false),
        ("gross_weight_grams < unit_price_fen", true),
        ("gross_weight_grams < 50% of unit_price_fen", false),
        ("gross_weight_grams < 51% of unit_price_fen", true),
        // What is absent compares with nothing.
        ("unit_price_fen < 100% of goods_price_median_90", false),
    ];
    for (condition, expected) in cases {
        assert_eq!(hits(condition, NOW), expected, "{condition}");
    }
    // Its dates are the rule's.
    assert!(!hits("lines = 1", Time(NOW.0 + 800 * 86_400_000)));
    for wrong in [
        "lines",
        "lines >",
        "lines has 1",
        "lines > many",
        "lines > 1 2",
        "hs > 19",
        "colour = red",
        "identity_count_0 > 1",
        "identity_count_366 > 1",
        "identity_telephones_24h > 1",
        "seller_telephones_7 > 1",
        "lines > half of lines",
        "lines not > 1",
        "goods_text has list:nothing",
        "goods_text has ，",
        "lines = 1 or ",
    ] {
        let faults = book(wrong).err().unwrap_or_else(|| panic!("{wrong} is accepted"));
        assert_eq!((faults[0].file, faults[0].line), ("risk_rules.csv", 2), "{wrong}");
        assert!(faults[0].what.starts_with("rule r: "), "{wrong}: {}", faults[0].what);
    }
}

#[test]
fn windowed_counts_see_this_declaration_and_forget_old_ones() {
    let mut window = Window::without_draws();
    window.table("risk_rules.csv", |_| format!("{RULES}burst,20190101,,scan,identity_count_7 >= 3,\n"));
    let mut buy = |number: u64, days: i64| {
        window.now = Time(NOW.0 + days * 86_400_000);
        let trade = Trade::new(5, number, window.now, 1);
        window.trade(&trade);
        let attempt = window.of(&trade).attempt.clone().unwrap();
        (attempt.state.number(), attempt.hits.first().map(|hit| hit.evidence.clone()).unwrap_or_default())
    };
    assert_eq!(buy(1, 0).0, 120);
    assert_eq!(buy(2, 3).0, 120);
    let (state, evidence) = buy(3, 6);
    assert_eq!(state, 500);
    assert!(evidence.ends_with("= 3"), "{evidence}");
    // On the eighth day the first is out of the window, and two more make three.
    assert_eq!(buy(4, 7).0, 500);
    assert_eq!(buy(5, 20).0, 120);
}

#[test]
fn the_draw_is_fair_keyed_and_differs_by_mode_and_grade() {
    let seed = |byte| SamplingSeed { number: 1, secret: [byte; 32], period: None };
    let drawn: Vec<u32> = (0..20_000)
        .map(|number| risk::draw(&seed(1), &OrderKey::new("5301960101", &format!("N{number}"))))
        .collect();
    assert!(drawn.iter().all(|one| *one < 1_000_000));
    // Of 20,000 about 2 % lie below 20,000: more than six standard deviations off would be no accident.
    let below = drawn.iter().filter(|one| **one < 20_000).count();
    assert!((280..=520).contains(&below), "{below}");
    let key = OrderKey::new("5301960101", "N1");
    assert_eq!(risk::draw(&seed(1), &key), risk::draw(&seed(1), &key));
    assert_ne!(risk::draw(&seed(1), &key), risk::draw(&seed(2), &key));
    assert_ne!(
        risk::draw(&seed(1), &OrderKey::new("ab", "c")),
        risk::draw(&seed(1), &OrderKey::new("a", "bc")),
        "where one part ends and the other begins counts"
    );
    let law = Rulebook::builtin().parameters.on(NOW.day());
    let ratio = |mode: &str, grade| risk::ratio(&risk::terms(&law, mode, grade, None, 100));
    assert_eq!(ratio("9610", CreditGrade::Standard), 20_000);
    assert_eq!(ratio("1210", CreditGrade::Standard), 10_000);
    assert!(ratio("9610", CreditGrade::A) < ratio("9610", CreditGrade::Standard));
    assert!(ratio("9610", CreditGrade::D) > ratio("9610", CreditGrade::Standard));
    assert!(ratio("9610", CreditGrade::A) >= law.sampling_floor as u32);
    // The dishonest are opened as often whatever they bring, and send.
    for mode in ["9610", "1210", "1239"] {
        assert_eq!(ratio(mode, CreditGrade::D), 800_000, "{mode}");
    }
    assert_eq!(risk::ratio(&risk::export_terms(&law, CreditGrade::D, None, 100)), 800_000);
    assert_eq!(risk::ratio(&risk::export_terms(&law, CreditGrade::Standard, None, 100)), 5_000);
    let mut none = law.clone();
    none.sampling_base_9610 = 0;
    assert_eq!(
        risk::ratio(&risk::terms(&none, "9610", CreditGrade::A, None, 100)),
        law.sampling_floor as u32,
        "nobody escapes"
    );
    none.sampling_base_9610 = 900_000;
    none.sampling_factor_d = 500;
    assert_eq!(risk::ratio(&risk::terms(&none, "9610", CreditGrade::D, None, 100)), 1_000_000);
}

#[test]
fn documents_that_are_not_judged_are_refused_by_one_rule_and_change_nothing() {
    let mut window = Window::new();
    let judged = |kind: &Kind| kind.is_declared();
    assert_eq!(Kind::ALL.iter().filter(|kind| judged(kind)).count(), 19);
    for kind in Kind::ALL.iter().filter(|kind| !judged(kind)) {
        let outcome = window.send_as("5301980501", Document::empty(*kind));
        assert_eq!(reasons(&outcome), [Reason::FieldNotAllowed], "{kind:?}");
        assert!(outcome.answer.info.contains(kind.root()), "{}", outcome.answer.info);
        assert!(outcome.consignment.is_none() && outcome.waybills.is_empty() && outcome.movements.is_empty());
    }
}
