//! Monthly summaries: lists named and of a period, in parts, taken once, and everything that stands against one.

use crate::support::exports::{act, of};
use crate::support::{NOW, Window};
use ceb::{Day, Document, SummaryApplication};
use clearance::consignment::State;
use clearance::event::ActionKind;
use clearance::export::{ExportKey, ExportState, ExportSummary};
use clearance::keys::Time;
use clearance::outcome::Outcome;
use clearance::sample::{self, Export};
use clearance::{Reason, Text};

/// Ten days into the next month.
pub(crate) const LATER: Time = Time(NOW.0 + 15 * 86_400_000);

/// Exports of one carrier and one agent, as a bill has them.
pub(crate) fn exports(count: usize) -> Vec<Export> {
    let first = Export::new(1, 1, NOW);
    let alike = |one: &Export| {
        let (head, other) = (&one.declaration.head, &first.declaration.head);
        (&head.logistics_code, &head.agent_code) == (&other.logistics_code, &other.agent_code)
    };
    let all = (1..).map(|number| Export::new(1, number, NOW).to_summarise());
    all.filter(alike).take(count).collect()
}

fn all(exports: &[Export]) -> Vec<&Export> {
    exports.iter().collect()
}

pub(crate) fn number(window: &Window, export: &Export) -> Text {
    of(window, export).attempt.as_ref().unwrap().invt_no.clone().unwrap()
}

pub(crate) fn numbers(window: &Window, exports: &[Export]) -> Vec<Text> {
    exports.iter().map(|export| number(window, export)).collect()
}

/// Declares, and has what a person looks at approved.
pub(crate) fn conclude(window: &mut Window, export: &Export) {
    for (sender, document) in export.documents() {
        window.send_as(&sender, document);
    }
    if of(window, export).attempt.as_ref().unwrap().state == State::Review {
        act(window, export, ActionKind::Approve);
    }
}

/// Brings lists out of the country.
pub(crate) fn close(window: &mut Window, exports: &[Export]) {
    for export in exports {
        conclude(window, export);
    }
    window.send(Document::MasterBill(Export::master_bill(&all(exports), NOW).unwrap()));
    window.send(Document::ExportArrival(Export::arrival(&all(exports), NOW).unwrap()));
    window.send(Document::Departure(Export::departure(&all(exports), NOW).unwrap()));
    for export in exports {
        assert_eq!(of(window, export).attempt.as_ref().unwrap().state, State::Closed);
    }
}

/// A window in which lists were closed last month, with their numbers.
pub(crate) fn closed(count: usize) -> (Window, Vec<Export>, Vec<Text>) {
    let mut window = Window::new();
    let exports = exports(count);
    close(&mut window, &exports);
    let numbers = numbers(&window, &exports);
    window.now = LATER;
    window.outcomes.clear();
    (window, exports, numbers)
}

pub(crate) fn application(exports: &[Export], numbers: &[Text]) -> SummaryApplication {
    Export::summary(&all(exports), numbers, LATER).unwrap()
}

/// The same as another document of its own: under another number.
pub(crate) fn another(application: &SummaryApplication, cop_no: &str) -> SummaryApplication {
    let mut other = application.clone();
    other.head.cop_no = cop_no.into();
    other.head.guid = renamed(&other.head.guid, cop_no);
    other
}

pub(crate) fn renamed(guid: &str, by: &str) -> Text {
    format!("{by:0>6}{}", &guid[6..]).to_uppercase().into()
}

pub(crate) fn send(window: &mut Window, application: &SummaryApplication) -> Outcome {
    window.send(Document::SummaryApplication(application.clone()))
}

pub(crate) fn summary(window: &Window, application: &SummaryApplication) -> ExportSummary {
    let head = &application.head;
    match &window.facts.exports[&ExportKey::Summary(head.agent_code.clone(), head.cop_no.clone())] {
        ExportState::Summary(summary) => (**summary).clone(),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn rules(outcome: &Outcome) -> Vec<Reason> {
    outcome.answer.findings.iter().map(|finding| finding.reason).collect()
}

fn values(outcome: &Outcome) -> Vec<(&str, &str)> {
    let fields = outcome.answer.findings.iter().flat_map(|finding| &finding.fields);
    fields.map(|field| (field.path.as_str(), field.value.as_str())).collect()
}

/// The results among an outcome's receipts.
fn results(outcome: &Outcome) -> Vec<&ceb::SummaryResult> {
    let results = outcome.receipts.iter().filter_map(|receipt| match &*receipt.document {
        Document::SummaryResult(result) => Some(result),
        _ => None,
    });
    results.collect()
}

#[test]
fn lists_that_left_the_country_become_one_declaration_a_group() {
    let (mut window, exports, numbers) = closed(4);
    let application = application(&exports, &numbers);
    let outcome = send(&mut window, &application);
    assert_eq!((outcome.answer.status, rules(&outcome)), (399, Vec::new()), "{}", outcome.answer.info);
    assert_eq!(window.receipts(), "702:2 702:399 792:399");
    let summary = summary(&window, &application);
    let sum_no = summary.sum_no.clone().unwrap();
    assert_eq!((sum_no.len(), &sum_no[..9], summary.pre_no.len()), (18, "86202026S", 18));
    let [result] = results(&outcome)[..] else { panic!() };
    assert_eq!((result.head.sum_no.as_str(), result.head.decl_seq_no.len()), (sum_no.as_str(), 18));
    assert_eq!((result.head.msg_count, result.head.msg_seq_no, result.head.dec_state.as_str()), (1, 1, "1"));
    // Sums by hand.
    let heads = || exports.iter().map(|export| &export.declaration.head);
    let gross: i128 = heads().map(|head| head.gross_weight.units()).sum();
    let net: i128 = heads().map(|head| head.net_weight.units()).sum();
    assert_eq!((result.head.gross_weight.units(), result.head.net_weight.units()), (gross, net));
    let [declaration] = &summary.declarations[..] else { panic!() };
    assert_eq!((declaration.lists, declaration.gross_weight.units()), (4, gross));
    let lines = || exports.iter().flat_map(|export| &export.declaration.lines);
    for line in &declaration.lines {
        let own = || lines().filter(|own| own.gcode == line.key.gcode);
        let total: i128 = own().map(|own| own.total_price.units()).sum();
        let quantity: i128 = own().map(|own| own.qty1.units()).sum();
        assert_eq!((line.sums.total_price.units(), line.sums.qty1.units()), (total, quantity));
        assert_eq!(line.sums.lines as usize, own().count());
    }
    // Every line of every list is named once, with its line in the declaration.
    assert_eq!(result.lines.len(), lines().count());
    for line in &result.lines {
        let at = numbers.iter().position(|number| *number == line.invt_no).unwrap();
        let own = &exports[at].declaration.lines[line.gnum as usize - 1];
        assert_eq!((&own.gcode, &exports[at].waybill.logistics_no), (&line.gcode, &line.logistics_no));
        assert_eq!(declaration.lines[line.gseqno as usize - 1].key.gcode, line.gcode);
    }
    // What is sent again gets its first answer, and a result has the form of its message.
    assert!(send(&mut window, &application).repeats.is_some());
    let first = outcome.receipts.iter().find(|receipt| receipt.document.kind().number() == 702).unwrap();
    let Document::SummaryReceipt(receipt) = &*first.document else { panic!() };
    assert_eq!((receipt.cop_no.as_str(), receipt.pre_no.len()), (application.head.cop_no.as_str(), 18));
}

#[test]
fn groups_are_parted_by_every_key_and_by_nothing_else() {
    type Change = (&'static str, fn(&mut Export), usize);
    let changes: [Change; 7] = [
        ("nothing", |_| {}, 1),
        ("transport", |one| one.declaration.head.traf_mode = "4".into(), 2),
        ("destination", |one| one.declaration.head.country = "136".into(), 2),
        ("exit", |one| one.declaration.head.port_code = "8601".into(), 2),
        ("owner", |one| one.declaration.head.owner_code = "5301960999".into(), 1),
        ("agent", |one| one.declaration.head.note = Some("样例".into()), 1),
        ("final destination", |one| one.declaration.lines[0].country = "136".into(), 1),
    ];
    for (name, change, groups) in changes {
        let mut window = Window::new();
        let mut exports = exports(3);
        change(&mut exports[1]);
        close(&mut window, &exports);
        let numbers = numbers(&window, &exports);
        window.now = LATER;
        let mut application = application(&exports, &numbers);
        application.head.item_name_flag = "0".into();
        let outcome = send(&mut window, &application);
        assert_eq!(results(&outcome).len(), groups, "{name}: {}", outcome.answer.info);
    }
    // By consignor and producing unit.
    let mut window = Window::new();
    let mut exports = exports(3);
    exports[2].declaration.head.owner_code = "5301960999".into();
    close(&mut window, &exports);
    window.now = LATER;
    let mut application = application(&exports, &numbers(&window, &exports));
    application.head.summary_flag = "2".into();
    assert_eq!(results(&send(&mut window, &application)).len(), 2);
}

/// What an application with one number is answered with.
#[track_caller]
pub(crate) fn refused(
    window: &mut Window,
    application: &SummaryApplication,
    reason: Reason,
    expected: &[(&str, &str)],
) {
    let outcome = send(window, application);
    assert_eq!((outcome.answer.status, rules(&outcome)), (100, vec![reason]), "{}", outcome.answer.info);
    let values = values(&outcome);
    for one in expected {
        assert!(values.contains(one), "{one:?} of {values:?}");
    }
    assert!(outcome.answer.info.contains("[Code:1905"), "{}", outcome.answer.info);
    assert!(!outcome.answer.findings[0].reason.fix_zh().is_empty());
    // None of its lists is taken.
    let claims = |state: &ExportState| matches!(state, ExportState::Claim(_));
    assert!(!outcome.export.states.iter().any(claims));
}

#[test]
fn each_list_that_may_not_be_summarised_is_told_with_both_values() {
    let (window, exports, numbers) = closed(2);
    let good = application(&exports, &numbers);
    const PATH: &str = "SummaryApplyList[1].invtNo";

    let mut unknown = good.clone();
    unknown.lines[0].invt_no = "86202026E999999999".into();
    let path = (PATH, "86202026E999999999");
    refused(&mut window.clone(), &unknown, Reason::SummarisedListUnknown, &[path]);

    // One that is concluded and still here.
    let mut here = window.clone();
    let waiting = Export::new(1, 77, LATER).to_summarise();
    here.now = LATER;
    conclude(&mut here, &waiting);
    let mut early = good.clone();
    early.lines[0].invt_no = number(&here, &waiting);
    refused(&mut here, &early, Reason::ListNotClosed, &[("state", "under way"), ("expected", "closed")]);

    // One that was cancelled.
    let entry = number(&here, &waiting);
    here.send(Document::ExportCancellation(waiting.cancellation(&entry, LATER)));
    let again = another(&early, "S-2");
    refused(&mut here, &again, Reason::ListNotClosed, &[("state", "cancelled"), ("expected", "closed")]);

    let mut others = good.clone();
    others.head.ebc_code = "5301960202".into();
    let known = sample::parties();
    others.head.ebc_name = known.find("5301960202", LATER.day()).unwrap().name.clone();
    let outcome = send(&mut window.clone(), &others);
    assert_eq!(rules(&outcome), [Reason::ListOfAnotherMerchant; 2]);
    let stored = values(&outcome).into_iter().find(|(path, _)| *path == "stored").unwrap().1.to_owned();
    assert!(stored.contains('*') && !stored.contains("5301960201"), "{stored}");

    let mut district = good.clone();
    district.lines.truncate(1);
    district.head.customs_code = "8601".into();
    let both = [("SummaryApplyHead.customsCode", "8601"), ("InventoryHead.customsCode", "8620")];
    refused(&mut window.clone(), &district, Reason::ListOfAnotherDistrict, &both);

    let mut twice = good.clone();
    twice.lines[1] = twice.lines[0].clone();
    refused(&mut window.clone(), &twice, Reason::ListAlreadySummarised, &[("application", "twice")]);

    let mut none = good.clone();
    none.lines.clear();
    let outcome = send(&mut window.clone(), &none);
    assert_eq!((outcome.answer.status, rules(&outcome)), (-702_003, vec![Reason::NoLines]));
}

#[test]
fn a_simplified_list_is_counted_and_not_summarised() {
    let mut window = Window::new();
    let mut exports = exports(2);
    exports[0].declaration.head.statistics_flag = "A".into();
    close(&mut window, &exports);
    window.now = LATER;
    let application = application(&exports, &numbers(&window, &exports));
    let both = [("InventoryHead.statisticsFlag", "A"), ("expected", "B")];
    refused(&mut window, &application, Reason::ListNotForSummary, &both);
}

#[test]
fn lists_are_summarised_in_the_month_after_until_its_day() {
    let (window, exports, numbers) = closed(1);
    let day = |number: u32| Day::from_number(number).unwrap();
    let noon = |day: Day| {
        Time::from_stamp(ceb::Stamp::from_number(u64::from(day.number()) * 1_000_000 + 120_000).unwrap())
    };
    // Closed on 2026-11-23; 2026-12-15 is a Tuesday.
    for (today, taken) in [(20_261_130, false), (20_261_201, true), (20_261_215, true), (20_261_216, false)] {
        let mut window = window.clone();
        window.now = noon(day(today));
        let mut application = application(&exports, &numbers);
        application.head.app_time = sample::stamp(window.now);
        if taken {
            assert_eq!(send(&mut window, &application).answer.status, 399, "{today}");
        } else {
            let today = today.to_string();
            let expected =
                [("closed on", "20261123"), ("from", "20261201"), ("until", "20261215"), ("today", &today)];
            refused(&mut window, &application, Reason::ListOutOfSummaryWindow, &expected);
        }
    }
    // The law may have no end, and no beginning.
    let mut window = window;
    window.parameter("export_summary_last_day,15,", "export_summary_last_day,0,");
    window.parameter("export_summary_month_over,1,", "export_summary_month_over,0,");
    for today in [20_261_124, 20_270_601] {
        let mut window = window.clone();
        window.now = noon(day(today));
        let mut application = application(&exports, &numbers);
        application.head.app_time = sample::stamp(window.now);
        assert_eq!(send(&mut window, &application).answer.status, 399, "{today}");
    }
}

#[test]
fn a_list_is_summarised_once_and_the_second_is_told_which_application_has_it() {
    let (mut window, exports, numbers) = closed(3);
    let first = application(&exports, &numbers[..2]);
    assert_eq!(send(&mut window, &first).answer.status, 399);
    let second = another(&application(&exports, &numbers[1..]), "S-2");
    let held = format!("{} {}", first.head.agent_code, first.head.cop_no);
    let path = ("SummaryApplyList[1].invtNo", numbers[1].as_str());
    refused(&mut window, &second, Reason::ListAlreadySummarised, &[path, ("application", &held)]);
    // Without it, under the same number and later, it is taken.
    let mut corrected = second.clone();
    corrected.lines.remove(0);
    corrected.head.guid = renamed(&second.head.guid, "S-3");
    let outcome = send(&mut window, &corrected);
    assert_eq!(rules(&outcome), [Reason::OldData], "as old as what was rejected");
    corrected.head.app_time = sample::stamp(Time(LATER.0 + 1_000));
    assert_eq!(send(&mut window, &corrected).answer.status, 399);
    let summary = summary(&window, &corrected);
    assert_eq!((summary.status(), summary.members().count(), summary.version), (399, 1, 2));
    // One that is concluded stays as it is.
    for kind in ["1", "2", "3"] {
        let mut change = corrected.clone();
        change.head.app_type = kind.into();
        change.head.guid = renamed(&second.head.guid, &format!("K-{kind}"));
        change.head.app_time = sample::stamp(Time(LATER.0 + 2_000));
        let reason = match kind {
            "1" => Reason::AlreadyExists,
            "2" => Reason::StateForbidsChange,
            _ => Reason::StateForbidsDeletion,
        };
        let outcome = send(&mut window, &change);
        assert_eq!(rules(&outcome), [reason]);
        assert!(
            outcome.answer.status < -703_000 && outcome.answer.status > -705_001,
            "{}",
            outcome.answer.status
        );
    }
}

/// An application in parts.
pub(crate) fn parts(application: &SummaryApplication) -> Vec<SummaryApplication> {
    let count = application.lines.len() as u32;
    (1..=count)
        .map(|number| {
            let mut part = application.clone();
            part.head.guid = renamed(&part.head.guid, &format!("P-{number}"));
            (part.head.msg_count, part.head.msg_seq_no) = (count, number);
            part.lines = vec![application.lines[number as usize - 1].clone()];
            part
        })
        .collect()
}

#[test]
fn parts_come_in_any_order_and_the_last_concludes_all() {
    let (window, exports, numbers) = closed(3);
    let whole = application(&exports, &numbers);
    let alone = {
        let mut window = window.clone();
        send(&mut window, &whole);
        summary(&window, &whole).declarations
    };
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut window = window.clone();
        let parts = parts(&whole);
        let statuses: Vec<i32> = order.map(|at| send(&mut window, &parts[at]).answer.status).to_vec();
        assert_eq!(statuses, [120, 120, 399], "{order:?}");
        let summary = summary(&window, &whole);
        assert_eq!(summary.members().count(), 3);
        assert_eq!(summary.declarations.len(), alone.len());
        for (one, other) in summary.declarations.iter().zip(&alone) {
            assert_eq!(
                (&one.key, &one.lines, one.gross_weight),
                (&other.key, &other.lines, other.gross_weight)
            );
        }
        assert_eq!(window.receipts().matches("702:399").count(), 3, "{}", window.receipts());
        assert_eq!(window.receipts().matches("792:399").count(), 1, "{}", window.receipts());
    }
}

#[test]
fn parts_that_do_not_fit_each_other_are_refused() {
    let (mut window, exports, numbers) = closed(3);
    let parts = parts(&application(&exports, &numbers));
    send(&mut window, &parts[0]);
    let mut other = parts[1].clone();
    other.head.msg_count = 2;
    assert_eq!(rules(&send(&mut window, &other)), [Reason::PartNumberWrong]);
    let mut other = parts[1].clone();
    other.head.msg_seq_no = 4;
    assert_eq!(rules(&send(&mut window, &other)), [Reason::PartNumberWrong]);
    let mut other = parts[1].clone();
    other.head.summary_flag = "2".into();
    let outcome = send(&mut window, &other);
    assert_eq!(rules(&outcome), [Reason::FieldNotAllowed]);
    assert_eq!(values(&outcome), [("SummaryApplyHead.summaryFlag", "2"), ("stored", "1")]);
    let mut other = parts[1].clone();
    other.head.pre_no = Some("S20261208999999999".into());
    assert_eq!(rules(&send(&mut window, &other)), [Reason::PreEntryNumberUnknown]);
}

#[test]
fn a_part_that_waits_may_be_deleted_and_its_lists_are_free() {
    let (mut window, exports, numbers) = closed(2);
    let application = application(&exports, &numbers);
    let parts = parts(&application);
    assert_eq!(send(&mut window, &parts[0]).answer.status, 120);
    let second = another(&application, "S-2");
    assert_eq!(rules(&send(&mut window, &second)), [Reason::ListAlreadySummarised]);
    let mut delete = parts[0].clone();
    delete.head.app_type = "3".into();
    delete.head.guid = renamed(&delete.head.guid, "D-1");
    delete.head.app_time = sample::stamp(Time(LATER.0 + 1_000));
    delete.lines.clear();
    let outcome = send(&mut window, &delete);
    assert_eq!((outcome.answer.status, rules(&outcome)), (2, Vec::new()), "{}", outcome.answer.info);
    assert_eq!(summary(&window, &application).status(), 0);
    let third = another(&application, "S-3");
    assert_eq!(send(&mut window, &third).answer.status, 399);
    assert!(send(&mut window, &parts[0]).repeats.is_some(), "for ever");
}

#[test]
fn what_is_staged_takes_nothing_until_it_is_declared() {
    let (mut window, exports, numbers) = closed(1);
    let mut staged = application(&exports, &numbers);
    staged.head.app_status = "1".into();
    assert_eq!(send(&mut window, &staged).answer.status, 1);
    assert_eq!(summary(&window, &staged).status(), 1);
    let mut declared = staged.clone();
    declared.head.app_status = "2".into();
    declared.head.guid = renamed(&declared.head.guid, "D-1");
    assert_eq!(send(&mut window, &declared).answer.status, 399);
    let mut change = declared.clone();
    change.head.cop_no = "NEW".into();
    change.head.app_type = "2".into();
    assert_eq!(rules(&send(&mut window, &change)), [Reason::NothingToChange]);
}
