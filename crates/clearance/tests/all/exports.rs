//! Exports: the documents in every order, each comparison by itself, what is staged, changed, deleted and sent again, what
//! officers do.

use crate::support::exports::{act, of, rules};
use crate::support::{NOW, Window, usual_sender};
use ceb::{Decimal, Document};
use clearance::Reason;
use clearance::consignment::{Lane, State};
use clearance::event::{ActionKind, Cause, OfficerAction};
use clearance::export::{ExportKey, ExportState};
use clearance::keys::{Time, WaybillKey};
use clearance::outcome::Outcome;
use clearance::sample::{self, Export};
use std::sync::Arc;

fn export(number: u64) -> Export {
    Export::new(1, number, NOW)
}

fn state(window: &Window, export: &Export) -> State {
    of(window, export).attempt.as_ref().unwrap().state
}

fn send_all(window: &mut Window, export: &Export) -> Outcome {
    let mut last = None;
    for (sender, document) in export.documents() {
        last = Some(window.send_as(&sender, document));
    }
    last.unwrap()
}

#[test]
fn the_three_documents_agree_in_every_order() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for order in orders {
        let mut window = Window::new();
        let export = export(1);
        let documents = export.documents();
        for at in order {
            let (sender, document) = documents[at].clone();
            assert_eq!(window.send_as(&sender, document).receipts[0].status, 2, "{order:?}");
        }
        assert_eq!(state(&window, &export), State::Concluded, "{order:?}");
        let mut receipts: Vec<String> = window.receipts().split(' ').map(str::to_owned).collect();
        receipts.sort_unstable();
        let expected = ["304:120", "304:2", "506:120", "506:2", "604:120", "604:2", "604:399"];
        assert_eq!(receipts, expected, "{order:?}");
        let attempt = of(&window, &export).attempt.as_ref().unwrap();
        assert_eq!(attempt.lane, Some(Lane::Release));
        let entry = attempt.invt_no.clone().unwrap();
        assert!(entry.starts_with("86202026E") && entry.len() == 18, "{entry}");
        let waybill = WaybillKey::new(&export.waybill.logistics_code, &export.waybill.logistics_no);
        let ExportState::Waybill(record) = &window.facts.exports[&ExportKey::Waybill(waybill)] else {
            panic!()
        };
        assert_eq!(record.list.as_ref().unwrap().invt_no, entry, "the waybill knows its list: {order:?}");
        let all = window.outcomes.iter().flat_map(|outcome| &outcome.receipts);
        let times: Vec<Time> = all.map(|receipt| receipt.time).collect();
        assert!(times.iter().all(|time| *time >= NOW));
    }
}

#[test]
fn money_received_is_waited_for_while_the_law_asks_for_it() {
    let mut window = Window::new();
    window
        .parameter("export_payment_required,0,0 or 1,20241215", "export_payment_required,1,0 or 1,20241215");
    let export = export(1);
    send_all(&mut window, &export);
    assert_eq!(state(&window, &export), State::Declared);
    let (sender, document) = export.received();
    window.send_as(&sender, document);
    assert_eq!(state(&window, &export), State::Concluded);
    assert!(
        window.receipts().contains("404:2 304:120 404:120 506:120 604:120 604:399"),
        "{}",
        window.receipts()
    );
}

#[test]
fn money_received_later_is_held_against_the_order_alone() {
    let mut window = Window::new();
    let export = export(1);
    send_all(&mut window, &export);
    let (sender, document) = export.received();
    window.send_as(&sender, document);
    assert!(window.receipts().ends_with("404:2 404:120"), "{}", window.receipts());
    assert_eq!(state(&window, &export), State::Concluded);
    // One in another currency is rejected, and may be sent anew; the list stays as it is.
    let mut window = Window::new();
    send_all(&mut window, &export);
    let mut wrong = export.clone();
    wrong.payment.currency = "502".into();
    let outcome = window.send_as(&wrong.payment.ebc_code.clone(), wrong.received().1);
    assert_eq!((outcome.answer.status, rules(&outcome)), (100, vec![Reason::ReceivedCurrencyDiffers]));
    let mut again = export.clone();
    again.payment.guid = wrong.order.head.guid.clone();
    again.payment.app_time = sample::stamp(Time(NOW.0 + 60_000));
    assert_eq!(window.send_as(&sender, again.received().1).answer.status, 120);
    assert_eq!(state(&window, &export), State::Concluded);
}

/// Sends a changed trade and says what its last document was answered: status, rules, and the values compared.
#[track_caller]
fn check(change: impl Fn(&mut Export), reason: Reason, values: [&str; 2]) {
    check_under(&[], change, reason, values);
}

/// Rows of comparisons that no source is sure of, as if one were.
const SURE: [(&str, &str); 2] = [
    (
        "practice of a public simulator,unsure,gross weight",
        "practice of a public simulator,known,gross weight",
    ),
    ("no public source compares it,unsure", "no public source compares it,known"),
];

#[track_caller]
fn check_under(parameters: &[(&str, &str)], change: impl Fn(&mut Export), reason: Reason, values: [&str; 2]) {
    let mut window = Window::new();
    for (from, to) in parameters {
        window.parameter(from, to);
    }
    let mut changed = export(11);
    change(&mut changed);
    let (sender, received) = changed.received();
    window.send_as(&sender, received);
    let outcome = send_all(&mut window, &changed);
    assert_eq!((outcome.answer.status, rules(&outcome)), (100, vec![reason]), "{}", outcome.answer.info);
    let fields = &outcome.answer.findings[0].fields;
    let shown: Vec<&str> = fields.iter().take(2).map(|field| field.value.as_str()).collect();
    assert_eq!(shown, values);
    let code = reason.customs_code().unwrap();
    assert!(outcome.answer.info.starts_with(&format!("[Code:{code};Desc:")), "{}", outcome.answer.info);
    let trade = of(&window, &changed);
    assert_eq!(trade.attempt.as_ref().unwrap().state, State::Rejected);
    assert!(trade.timers.is_empty());
    let waybill = WaybillKey::new(&changed.waybill.logistics_code, &changed.waybill.logistics_no);
    let ExportState::Waybill(record) = &window.facts.exports[&ExportKey::Waybill(waybill)] else { panic!() };
    assert_eq!(record.claimed_by, None, "the waybill is free again");
}

#[test]
fn each_comparison_gives_its_own_finding_and_no_other() {
    let clean = export(11);
    let number = clean.order.head.order_no.to_string();
    let line = clean.declaration.lines[0].clone();
    check(
        |one| {
            let mut line = one.order.lines[0].clone();
            (line.gnum, line.price, line.total_price) = (9, Decimal::ZERO, Decimal::ZERO);
            one.order.lines.push(line);
        },
        Reason::LineCountDiffers,
        [&number, &number],
    );
    let numbers = clean.order.lines.iter().map(|line| line.gnum.to_string()).collect::<Vec<_>>().join(" ");
    check(|one| one.declaration.lines[0].gnum = 7, Reason::LineNumberUnmatched, ["7", &numbers]);
    check(
        |one| one.declaration.lines[0].item_name = Some("样例别名".into()),
        Reason::LineNameDiffers,
        ["样例别名", line.item_name.as_deref().unwrap()],
    );
    check(
        |one| one.declaration.lines[0].item_no = "OTHER".into(),
        Reason::LineItemNumberDiffers,
        ["OTHER", &line.item_no],
    );
    check(|one| one.order.lines[0].unit = "012".into(), Reason::LineUnitDiffers, ["011", "012"]);
    check(
        |one| one.declaration.lines[0].currency = "502".into(),
        Reason::LineCurrencyDiffers,
        ["502", "142"],
    );
    let more = line.qty.checked_add(Decimal::ONE).unwrap().to_string();
    check(
        |one| {
            // A gift line: no other amount changes with it.
            let line = &mut one.declaration.lines[0];
            let qty = line.qty.checked_add(Decimal::ONE).unwrap();
            (line.qty, line.qty1) = (qty, qty);
            (line.price, line.total_price) = (Decimal::ZERO, Decimal::ZERO);
            (one.order.lines[0].price, one.order.lines[0].total_price) = (Decimal::ZERO, Decimal::ZERO);
            let sum = one
                .order
                .lines
                .iter()
                .fold(Decimal::ZERO, |sum, line| sum.checked_add(line.total_price).unwrap());
            one.order.head.goods_value = sum;
        },
        Reason::LineQuantityDiffers,
        [&more, &line.qty.to_string()],
    );
    let cent = |value: Decimal| value.checked_add(Decimal::from_units(1)).unwrap();
    check(
        |one| one.declaration.lines[0].price = cent(one.declaration.lines[0].price),
        Reason::LinePriceDiffers,
        [&cent(line.price).to_string(), &line.price.to_string()],
    );
    check(
        |one| one.declaration.lines[0].total_price = cent(one.declaration.lines[0].total_price),
        Reason::LineTotalDiffers,
        [&cent(line.total_price).to_string(), &line.total_price.to_string()],
    );
    check(
        |one| {
            one.declaration.head.ebp_code = "5301960102".into();
            one.declaration.head.ebp_name = "样例滇池优选平台".into();
        },
        Reason::PlatformDiffers,
        ["5301960102", "5301960101"],
    );
    check(
        |one| {
            for (code, name) in [
                (&mut one.order.head.ebp_code, &mut one.order.head.ebp_name),
                (&mut one.payment.ebp_code, &mut one.payment.ebp_name),
                (&mut one.declaration.head.ebp_code, &mut one.declaration.head.ebp_name),
            ] {
                (*code, *name) = ("无".into(), "Sample Mall".into());
            }
            one.declaration.head.ebp_name = "Another Mall".into();
        },
        Reason::PlatformNameDiffers,
        ["Another Mall", "Sample Mall"],
    );
    check(|one| one.order.head.order_type = "B".into(), Reason::OrderTypeDiffers, ["9610", "B"]);
    check(
        |one| one.waybill.ebc_code = Some("5301960202".into()),
        Reason::WaybillMerchantDiffers,
        ["5301960201", "5301960202"],
    );
    check_under(
        &SURE,
        |one| one.waybill.gross_weight = Decimal::from_whole(77),
        Reason::GrossWeightDiffers,
        [&clean.declaration.head.gross_weight.to_string(), "77"],
    );
    check(|one| one.payment.currency = "502".into(), Reason::ReceivedCurrencyDiffers, ["142", "502"]);
}

#[test]
fn what_no_source_compares_is_compared_where_a_parameter_says_so() {
    let clean = export(11);
    let head = &clean.declaration.head;
    let on = |name: &'static str| [(name, "")];
    let switched = |name: &str| (format!("{name},0,"), format!("{name},1,"));
    for (name, change, reason, values) in [
        (
            "export_compare_parcels",
            (|one: &mut Export| one.waybill.pack_no = 3) as fn(&mut Export),
            Reason::ParcelCountDiffers,
            [head.pack_no.to_string(), "3".to_owned()],
        ),
        (
            "export_compare_charges",
            |one| one.waybill.freight = Decimal::from_whole(77),
            Reason::FreightDiffers,
            [head.freight.to_string(), "77".to_owned()],
        ),
        (
            "export_compare_charges",
            |one| one.waybill.insured_fee = Decimal::from_whole(3),
            Reason::InsuranceDiffers,
            ["0".to_owned(), "3".to_owned()],
        ),
        (
            "export_compare_charges",
            |one| one.declaration.head.freight_currency = "502".into(),
            Reason::ChargeCurrencyDiffers,
            ["502".to_owned(), "142".to_owned()],
        ),
        (
            "export_compare_received",
            |one| one.payment.charge = Decimal::from_whole(1),
            Reason::ReceivedAmountDiffers,
            [clean.payment.charge.to_string(), "1".to_owned()],
        ),
    ] {
        let (from, to) = switched(name);
        check_under(&[(&from, &to), SURE[1]], change, reason, [&values[0], &values[1]]);
        // Off, nothing stands against it.
        let mut window = Window::new();
        let mut changed = export(11);
        change(&mut changed);
        let (sender, received) = changed.received();
        window.send_as(&sender, received);
        send_all(&mut window, &changed);
        assert_eq!(state(&window, &changed), State::Concluded, "{:?}", on(name));
    }
}

/// Whether these are compared at all is not sure: it is told, and a person decides, never a rejection.
#[test]
fn what_a_parameter_in_doubt_compares_is_a_persons_decision() {
    type Case = (&'static str, fn(&mut Export), Reason);
    let cases: [Case; 4] = [
        (
            "export_compare_weight",
            |one| one.waybill.gross_weight = Decimal::from_whole(77),
            Reason::GrossWeightDiffers,
        ),
        ("export_compare_parcels", |one| one.waybill.pack_no = 3, Reason::ParcelCountDiffers),
        (
            "export_compare_charges",
            |one| one.waybill.freight = Decimal::from_whole(77),
            Reason::FreightDiffers,
        ),
        (
            "export_compare_received",
            |one| one.payment.charge = Decimal::from_whole(1),
            Reason::ReceivedAmountDiffers,
        ),
    ];
    for (parameter, change, reason) in cases {
        let mut window = Window::without_draws();
        if parameter != "export_compare_weight" {
            window.parameter(&format!("{parameter},0,"), &format!("{parameter},1,"));
        }
        let mut changed = export(11);
        change(&mut changed);
        let (sender, received) = changed.received();
        window.send_as(&sender, received);
        let outcome = send_all(&mut window, &changed);
        assert_eq!((outcome.answer.status, rules(&outcome)), (300, vec![reason]), "{parameter}");
        let finding = &outcome.answer.findings[0];
        let table = finding.fields.iter().find(|field| field.path == "table").unwrap();
        assert_eq!(table.value.as_str(), format!("parameters.csv {parameter}"));
        assert!(finding.uncertain);
        assert_eq!(state(&window, &changed), State::Review, "{parameter}");
        assert!(!window.receipts().contains("604:100"), "{}", window.receipts());
    }
}

/// Money that did not come while a rule asks for it that is known from memory alone: a person goes on with the list.
#[test]
fn money_that_a_rule_in_doubt_asks_for_is_missed_by_a_person() {
    for (sure, expected) in [(false, State::Review), (true, State::Rejected)] {
        let mut window = Window::without_draws();
        let row = |value: u8| format!("export_payment_required,{value},0 or 1,20241215");
        window.parameter(&row(0), &row(1));
        if sure {
            window.parameter("announcement 2024-167,memory", "announcement 2024-167,known");
        }
        let export = export(1);
        send_all(&mut window, &export);
        assert_eq!(state(&window, &export), State::Declared);
        window.wait_days(4);
        assert_eq!(state(&window, &export), expected);
        let attempt = of(&window, &export).attempt.as_ref().unwrap();
        let finding = attempt.findings.iter().find(|one| one.reason == Reason::ReceivedMissing).unwrap();
        assert_eq!(finding.uncertain, !sure, "{finding:?}");
        assert_eq!(window.receipts().contains("604:100"), sure, "{}", window.receipts());
        // Without its order nobody goes on, however the rule is known.
        let mut window = Window::without_draws();
        window.parameter(&row(0), &row(1));
        let (sender, list) = export.documents()[2].clone();
        window.send_as(&sender, list);
        window.wait_days(4);
        assert_eq!(state(&window, &export), State::Rejected);
    }
}

/// Sends one document with a change and says by which rules it was refused.
#[track_caller]
fn refused(change: impl Fn(&mut Export), which: usize, expected: &[Reason]) {
    let mut window = Window::new();
    let mut changed = export(5);
    change(&mut changed);
    let (sender, document) = changed.documents()[which].clone();
    let kind = document.kind();
    let outcome = window.send_as(&sender, document);
    let mut rules = rules(&outcome);
    rules.dedup();
    assert_eq!(rules, expected, "{}", outcome.answer.info);
    assert_eq!(outcome.answer.status, expected[0].ceb_code(kind), "{}", outcome.answer.info);
    assert!(outcome.answer.status < 0 && !outcome.answer.info.is_empty());
    assert_eq!(outcome.receipts.len(), 1);
    assert!(outcome.export.states.is_empty(), "nothing of it is kept");
}

#[test]
fn a_document_is_refused_for_what_is_wrong_with_it_alone() {
    refused(|one| one.order.head.order_type = "I".into(), 0, &[Reason::FieldNotAllowed]);
    refused(|one| one.order.head.goods_value = Decimal::from_whole(1), 0, &[Reason::GoodsValueWrong]);
    refused(
        |one| one.order.lines[0].total_price = Decimal::from_whole(7_777),
        0,
        &[Reason::GoodsValueWrong, Reason::LineTotalWrong],
    );
    refused(|one| one.order.head.currency = "999".into(), 0, &[Reason::CodeUnknown]);
    refused(|one| one.waybill.pack_no = 0, 1, &[Reason::FieldNotAllowed]);
    refused(|one| one.waybill.gross_weight = Decimal::ZERO, 1, &[Reason::AmountNegative]);
    let list = 2;
    refused(|one| one.declaration.head.net_weight = Decimal::from_whole(99), list, &[Reason::WeightWrong]);
    refused(|one| one.declaration.head.statistics_flag = "C".into(), list, &[Reason::FieldNotAllowed]);
    refused(
        |one| one.declaration.head.license_no = Some("XK-1".into()),
        list,
        &[Reason::StatisticsFlagWrong],
    );
    refused(|one| one.declaration.head.freight_flag = "1".into(), list, &[Reason::FieldNotAllowed]);
    refused(|one| one.declaration.head.country = "142".into(), list, &[Reason::FieldNotAllowed]);
    refused(|one| one.declaration.head.trade_mode = "0110".into(), list, &[Reason::FieldNotAllowed]);
    refused(|one| one.declaration.head.ems_no = Some("T1".into()), list, &[Reason::ModeFieldWrong]);
    refused(|one| one.declaration.head.trade_mode = "1210".into(), list, &[Reason::ModeFieldWrong]);
    refused(|one| one.declaration.lines[0].gcode = "7701000000".into(), list, &[Reason::CodeUnknown]);
    refused(
        |one| one.declaration.lines[0].qty1 = Decimal::from_whole(50),
        list,
        &[Reason::QuantityUnitWrong],
    );
    refused(|one| one.declaration.lines[0].unit2 = Some("035".into()), list, &[Reason::QuantityUnitWrong]);
    refused(|one| one.declaration.head.cop_no = " ".into(), list, &[Reason::KeyEmpty]);
    refused(
        |one| {
            one.declaration.head.statistics_flag = "B".into();
            for line in &mut one.declaration.lines {
                line.gcode = "9503002900".into();
            }
        },
        list,
        &[Reason::StatutoryUnitWrong],
    );
}

#[test]
fn a_list_waits_for_its_partners_and_is_rejected_after_some_days() {
    let mut window = Window::new();
    let export = export(2);
    let (sender, document) = export.documents()[2].clone();
    window.send_as(&sender, document);
    assert_eq!(state(&window, &export), State::Declared);
    window.wait_days(4);
    assert_eq!(state(&window, &export), State::Rejected);
    let last = window.outcomes.iter().rev().find(|outcome| !outcome.receipts.is_empty()).unwrap();
    assert_eq!(rules(last), [Reason::ExportOrderMissing, Reason::ExportWaybillMissing]);
    assert!(last.answer.info.contains("订单信息不存在"), "{}", last.answer.info);
    // The next attempt is free, with the partners that came meanwhile.
    let mut again = export.clone();
    let later = sample::stamp(window.now);
    again.declaration.head.app_time = later;
    again.order.head.app_time = later;
    again.waybill.app_time = later;
    send_all(&mut window, &again);
    assert_eq!(state(&window, &export), State::Concluded);
    assert_eq!(of(&window, &export).attempt.as_ref().unwrap().number, 2);
}

#[test]
fn a_changed_list_waits_anew() {
    let mut window = Window::new();
    let mut export = export(2);
    let (sender, document) = export.documents()[2].clone();
    window.send_as(&sender, document);
    window.wait_days(2);
    (export.declaration.head.app_type, export.declaration.head.app_time) =
        ("2".into(), sample::stamp(window.now));
    window.send(Document::ExportDeclaration(export.declaration.clone()));
    assert_eq!(of(&window, &export).timers.len(), 1);
    window.wait_days(2);
    assert_eq!(state(&window, &export), State::Declared);
    window.wait_days(2);
    assert_eq!(state(&window, &export), State::Rejected);
}

#[test]
fn what_is_sent_again_is_what_it_was() {
    let mut window = Window::new();
    let export = export(3);
    send_all(&mut window, &export);
    let before = of(&window, &export).clone();
    for (sender, document) in export.documents() {
        let outcome = window.send_as(&sender, document);
        assert!(outcome.repeats.is_some() && outcome.receipts.is_empty());
    }
    assert_eq!(*of(&window, &export), before);
    // Other content under the same number is told from it.
    for (at, (sender, document)) in export.documents().into_iter().enumerate() {
        let mut other = document.clone();
        match &mut other {
            Document::ExportOrder(order) => order.head.note = Some("other".into()),
            Document::ExportWaybill(waybill) => waybill.note = Some("other".into()),
            Document::ExportDeclaration(list) => list.head.note = Some("other".into()),
            _ => unreachable!(),
        }
        let outcome = window.send_as(&sender, other);
        assert_eq!(rules(&outcome), [Reason::AlreadyExists], "{at}");
        assert_eq!(outcome.answer.status, Reason::AlreadyExists.ceb_code(document.kind()));
    }
}

#[test]
fn staged_changed_and_deleted_as_imports_are() {
    let mut window = Window::new();
    let mut export = export(4);
    let at = |minutes: i64| sample::stamp(Time(NOW.0 + minutes * 60_000));
    // Staged it waits; declared it goes on.
    export.declaration.head.app_status = "1".into();
    send_all(&mut window, &export);
    assert_eq!(state(&window, &export), State::Staged);
    assert!(window.receipts().ends_with("604:1"), "{}", window.receipts());
    export.declaration.head.app_status = "2".into();
    export.declaration.head.app_time = at(1);
    export.order.head.app_status = "1".into();
    (export.order.head.app_type, export.order.head.app_time) = ("2".into(), at(1));
    let documents = export.documents();
    window.send_as(&documents[0].0, documents[0].1.clone());
    window.send_as(&documents[2].0, documents[2].1.clone());
    assert_eq!(state(&window, &export), State::Declared, "a staged order is no partner");
    // Deleted, the number is free.
    export.declaration.head.app_type = "3".into();
    export.declaration.head.app_time = at(2);
    let outcome = window.send(Document::ExportDeclaration(export.declaration.clone()));
    assert_eq!((outcome.answer.status, state(&window, &export)), (2, State::Deleted));
    export.declaration.head.app_type = "1".into();
    export.declaration.head.app_time = at(3);
    (export.order.head.app_status, export.order.head.app_time) = ("2".into(), at(3));
    let documents = export.documents();
    window.send_as(&documents[0].0, documents[0].1.clone());
    window.send_as(&documents[2].0, documents[2].1.clone());
    assert_eq!(state(&window, &export), State::Concluded);
    // Now nothing changes any more, and older data are old.
    export.order.head.app_time = at(4);
    let outcome = window.send(Document::ExportOrder(export.order.clone()));
    assert_eq!(rules(&outcome), [Reason::StateForbidsChange]);
    export.declaration.head.app_type = "2".into();
    export.declaration.head.app_time = at(4);
    let outcome = window.send(Document::ExportDeclaration(export.declaration.clone()));
    assert_eq!(rules(&outcome), [Reason::StateForbidsChange]);
    export.order.head.app_time = at(0);
    let outcome = window.send(Document::ExportOrder(export.order.clone()));
    assert_eq!(rules(&outcome), [Reason::OldData]);
}

#[test]
fn a_waybill_is_of_one_list() {
    let mut window = Window::new();
    let first = export(6);
    send_all(&mut window, &first);
    let mut second = export(7);
    let head = &mut second.declaration.head;
    head.logistics_code = first.waybill.logistics_code.clone();
    head.logistics_name = first.waybill.logistics_name.clone();
    head.logistics_no = first.waybill.logistics_no.clone();
    let outcome = window.send(Document::ExportDeclaration(second.declaration.clone()));
    assert_eq!(rules(&outcome), [Reason::WaybillTaken]);
    // So is the sender's own number of a list.
    let mut third = export(8);
    third.declaration.head.agent_code = first.declaration.head.agent_code.clone();
    third.declaration.head.agent_name = first.declaration.head.agent_name.clone();
    third.declaration.head.cop_no = first.declaration.head.cop_no.clone();
    let outcome = window.send(Document::ExportDeclaration(third.declaration));
    assert_eq!(rules(&outcome), [Reason::AlreadyExists]);
}

#[test]
fn an_import_and_an_export_of_one_number_are_two_trades() {
    let mut window = Window::without_draws();
    let trade = crate::support::trade(1);
    let mut export = export(1);
    export.order.head.order_no = trade.order.head.order_no.clone();
    export.declaration.head.order_no = trade.order.head.order_no.clone();
    window.trade(&trade);
    send_all(&mut window, &export);
    assert_eq!((window.state(&trade), state(&window, &export)), (120, State::Concluded));
}

#[test]
fn exports_to_enterprises_have_their_order_type_and_their_limit() {
    for mode in ["9710", "9810"] {
        let mut window = Window::new();
        let export = export(9).in_mode(mode);
        send_all(&mut window, &export);
        assert_eq!(state(&window, &export), State::Concluded, "{mode}");
        // Above the limit a person decides, as long as the limit is known from memory.
        let mut window = Window::new();
        let mut dear = self::export(9).in_mode(mode);
        let price = Decimal::from_whole(5_001);
        let one = Decimal::ONE;
        dear.order.lines.truncate(1);
        dear.declaration.lines.truncate(1);
        let (ordered, declared) = (&mut dear.order.lines[0], &mut dear.declaration.lines[0]);
        (ordered.qty, ordered.price, ordered.total_price) = (one, price, price);
        (declared.qty, declared.qty1, declared.price, declared.total_price) = (one, one, price, price);
        dear.order.head.goods_value = price;
        let outcome = send_all(&mut window, &dear);
        assert_eq!(state(&window, &dear), State::Review);
        let finding = &outcome.answer.findings[0];
        assert_eq!((finding.reason, finding.uncertain), (Reason::UncertainRow, true));
        assert_eq!(finding.arithmetic.as_deref(), Some("5001 > 5000"));
        // Known for sure, it rejects.
        let mut window = Window::new();
        window.parameter("announcement 2020-75,memory,most that", "announcement 2020-75,known,most that");
        assert_eq!(rules(&send_all(&mut window, &dear)), [Reason::ExportValueOverLimit]);
        assert_eq!(state(&window, &dear), State::Rejected);
        // In another currency nobody can say here.
        for line in &mut dear.declaration.lines {
            line.currency = "502".into();
        }
        dear.order.lines[0].currency = "502".into();
        dear.order.head.currency = "502".into();
        let mut window = Window::new();
        assert_eq!(rules(&send_all(&mut window, &dear)), [Reason::ExportValueNotConverted]);
        assert_eq!(state(&window, &dear), State::Review);
    }
}

#[test]
fn goods_out_of_a_special_zone_are_released_by_a_person() {
    let mut window = Window::new();
    let export = export(9).in_mode("1210");
    let outcome = send_all(&mut window, &export);
    assert_eq!((rules(&outcome), state(&window, &export)), (vec![Reason::BookNotChecked], State::Review));
    act(&mut window, &export, ActionKind::Approve);
    assert_eq!(state(&window, &export), State::Concluded);
    act(&mut window, &export, ActionKind::Release);
    assert_eq!(state(&window, &export), State::Released);
    assert!(window.receipts().ends_with("604:300 604:399 604:800"), "{}", window.receipts());
}

#[test]
fn goods_of_a_code_that_an_edition_ended_are_looked_at_with_the_codes_in_force() {
    let mut window = Window::new();
    let mut export = export(10);
    export.declaration.head.statistics_flag = "B".into();
    for line in &mut export.declaration.lines {
        line.gcode = "3402201000".into();
    }
    let outcome = send_all(&mut window, &export);
    assert_eq!(state(&window, &export), State::Review, "{}", outcome.answer.info);
    let finding = outcome.answer.findings.iter().find(|one| one.reason == Reason::GoodsCodeUnknown).unwrap();
    let told = |path: &str| {
        let field = finding.fields.iter().find(|field| field.path == path);
        field.map(|field| field.value.to_string()).unwrap_or_default()
    };
    assert_eq!([told("day"), told("table")], [NOW.day().to_string(), "tariff.csv valid_to 20211231".into()]);
    assert_eq!(told("codes in force"), "34025010 34025090 34029000");
}

#[test]
fn an_officer_decides_on_the_version_he_saw() {
    let mut window = Window::new();
    let mut export = export(10);
    export.declaration.head.statistics_flag = "B".into();
    // A code that the tariff of this window does not have: nobody releases it unseen.
    for line in &mut export.declaration.lines {
        line.gcode = "0101210010".into();
    }
    let outcome = send_all(&mut window, &export);
    assert_eq!(state(&window, &export), State::Review, "{}", outcome.answer.info);
    let version = of(&window, &export).version;
    let stale = OfficerAction {
        id: "stale".into(),
        officer: "样例关员".into(),
        party: "8620000001".into(),
        order: export.key().as_pair(),
        version: version - 1,
        kind: ActionKind::Approve,
        text: String::new().into(),
    };
    let outcome = window.run(Cause::ExportAction(Arc::new(stale)));
    assert_eq!((outcome.answer.status, rules(&outcome)), (-1, vec![Reason::VersionOutdated]));
    assert_eq!(rules(&act(&mut window, &export, ActionKind::Close)), [Reason::ActionForbidden]);
    act(&mut window, &export, ActionKind::Suspend);
    assert_eq!(state(&window, &export), State::Suspended);
    act(&mut window, &export, ActionKind::Resume);
    act(&mut window, &export, ActionKind::Inspect);
    assert_eq!(state(&window, &export), State::Inspection);
    act(&mut window, &export, ActionKind::InspectionResult { passed: true });
    assert_eq!(state(&window, &export), State::Concluded);
    let outcome = act(&mut window, &export, ActionKind::Reject);
    assert_eq!(
        rules(&outcome),
        [Reason::ActionForbidden],
        "what is concluded is inspected before it is rejected"
    );
    act(&mut window, &export, ActionKind::Inspect);
    let outcome = act(&mut window, &export, ActionKind::InspectionResult { passed: false });
    assert_eq!((outcome.answer.status, state(&window, &export)), (100, State::Rejected));
    assert!(outcome.answer.info.starts_with("[Code:1300;"), "{}", outcome.answer.info);
}

#[test]
fn who_may_send_what() {
    let export = export(12);
    let mut window = Window::new();
    for (document, stranger) in [
        (Document::ExportOrder(export.order.clone()), "5301960202"),
        (Document::ExportWaybill(export.waybill.clone()), "5301960201"),
        (Document::ExportDeclaration(export.declaration.clone()), "5301960101"),
        (export.received().1, "5301960202"),
    ] {
        let kind = document.kind();
        let outcome = window.send_as(stranger, document.clone());
        assert_eq!(rules(&outcome), [Reason::SenderHasNoPermission], "{kind:?}");
        let sender = usual_sender(&document);
        assert!(window.send_as(&sender, document).answer.status > 0, "{kind:?}");
    }
}
