//! What comes after export lists: master lists, arrivals, departures and cancellations, in every order and in parts.

use crate::support::exports::{act, of, rules};
use crate::support::{NOW, Window};
use ceb::Document;
use clearance::Reason;
use clearance::consignment::State;
use clearance::event::ActionKind;
use clearance::keys::{Position, Time, WaybillKey};
use clearance::record::{Actor, Record};
use clearance::sample::{self, Export};
use clearance::transit;
use std::sync::Arc;

pub(crate) fn exports(count: u64) -> Vec<Export> {
    // Of one carrier and one agent, as a bill has them.
    let first = Export::new(1, 1, NOW);
    let alike = |one: &Export| {
        let (head, other) = (&one.declaration.head, &first.declaration.head);
        (&head.logistics_code, &head.agent_code) == (&other.logistics_code, &other.agent_code)
    };
    (1..).map(|number| Export::new(1, number, NOW)).filter(alike).take(count as usize).collect()
}

fn state(window: &Window, export: &Export) -> State {
    of(window, export).attempt.as_ref().unwrap().state
}

pub(crate) fn declare(window: &mut Window, export: &Export) {
    for (sender, document) in export.documents() {
        window.send_as(&sender, document);
    }
}

fn all(exports: &[Export]) -> Vec<&Export> {
    exports.iter().collect()
}

pub(crate) fn master(exports: &[Export]) -> Document {
    Document::MasterBill(Export::master_bill(&all(exports), NOW).unwrap())
}

pub(crate) fn arrival(exports: &[Export]) -> Document {
    Document::ExportArrival(Export::arrival(&all(exports), NOW).unwrap())
}

pub(crate) fn departure(exports: &[Export]) -> Document {
    Document::Departure(Export::departure(&all(exports), NOW).unwrap())
}

pub(crate) fn waybill(export: &Export) -> WaybillKey {
    let head = &export.declaration.head;
    WaybillKey::new(&head.logistics_code, &head.logistics_no)
}

/// Statuses of all receipts of a kind so far.
fn told(window: &Window, kind: u16) -> Vec<i32> {
    let all = window.outcomes.iter().flat_map(|outcome| &outcome.receipts);
    all.filter(|receipt| receipt.document.kind().number() == kind).map(|receipt| receipt.status).collect()
}

#[test]
fn a_list_goes_under_its_bill_to_the_site_and_out_of_the_country() {
    let mut window = Window::new();
    let trades = exports(3);
    trades.iter().for_each(|one| declare(&mut window, one));
    assert_eq!(window.send(master(&trades)).answer.status, 399);
    assert_eq!(told(&window, 608), [2, 399]);
    assert!(trades.iter().all(|one| state(&window, one) == State::Concluded), "they are not at the site");
    window.send(arrival(&trades));
    assert_eq!((told(&window, 508), told(&window, 608)), (vec![2, 399], vec![2, 399, 800]));
    assert!(trades.iter().all(|one| state(&window, one) == State::Released));
    window.send(departure(&trades));
    assert_eq!(told(&window, 510), [2, 399]);
    for one in &trades {
        let attempt = of(&window, one).attempt.as_ref().unwrap();
        assert_eq!((attempt.state, attempt.closed_on), (State::Closed, Some(NOW.day())));
    }
    let lists = told(&window, 604);
    assert_eq!(lists.iter().filter(|status| **status == 899).count(), 3, "{lists:?}");
}

#[test]
fn whatever_comes_first_waits_for_the_others() {
    // List, bill, arrival, departure in every order end alike.
    let trades = exports(2);
    let mut orders: Vec<Vec<usize>> = vec![Vec::new()];
    for next in 0..4 {
        orders = orders
            .into_iter()
            .flat_map(|order| {
                (0..=order.len()).map(move |at| {
                    let mut order = order.clone();
                    order.insert(at, next);
                    order
                })
            })
            .collect();
    }
    assert_eq!(orders.len(), 24);
    for order in orders {
        let mut window = Window::new();
        for step in &order {
            match step {
                0 => trades.iter().for_each(|one| declare(&mut window, one)),
                1 => drop(window.send(master(&trades))),
                2 => drop(window.send(arrival(&trades))),
                _ => drop(window.send(departure(&trades))),
            }
        }
        for one in &trades {
            assert_eq!(state(&window, one), State::Closed, "{order:?}");
        }
        let bill = told(&window, 608);
        assert_eq!((bill.first(), bill.last()), (Some(&2), Some(&800)), "{order:?}: {bill:?}");
        assert!(bill.contains(&399), "{order:?}: {bill:?}");
        assert!(bill.windows(2).all(|two| two[0] < two[1]), "{order:?}: {bill:?}");
        let lists = told(&window, 604);
        let count = |wanted: i32| lists.iter().filter(|status| **status == wanted).count();
        assert_eq!((count(399), count(800), count(899)), (2, 2, 2), "{order:?}: {lists:?}");
    }
}

#[test]
fn a_parcel_that_is_opened_holds_its_bill() {
    let mut window = Window::new();
    let trades = exports(2);
    trades.iter().for_each(|one| declare(&mut window, one));
    // Customs asks for a look before the parcel comes; it is told so, and opened once it is decided.
    act(&mut window, &trades[0], ActionKind::Inspect);
    assert_eq!(state(&window, &trades[0]), State::Inspection);
    window.send(master(&trades));
    window.send(arrival(&trades));
    assert_eq!(told(&window, 608), [2, 399, 500]);
    assert_eq!(state(&window, &trades[1]), State::Released);
    act(&mut window, &trades[0], ActionKind::InspectionResult { passed: true });
    assert_eq!(state(&window, &trades[0]), State::Released, "it is there and under its bill");
    assert_eq!(told(&window, 608).last(), Some(&800));
    window.send(departure(&trades));
    assert!(trades.iter().all(|one| state(&window, one) == State::Closed));
}

#[test]
fn a_master_list_may_come_in_parts() {
    let mut window = Window::new();
    let trades = exports(3);
    trades.iter().for_each(|one| declare(&mut window, one));
    let whole = Export::master_bill(&all(&trades), NOW).unwrap();
    let part = |number: u32, lines: std::ops::Range<usize>| {
        let mut part = whole.clone();
        (part.head.msg_count, part.head.msg_seq_no) = (2, number);
        part.lines = whole.lines[lines].to_vec();
        Document::MasterBill(part)
    };
    assert_eq!(window.send(part(2, 2..3)).answer.status, 120);
    assert_eq!(told(&window, 608), [2, 120], "the other part is awaited");
    let mut other = whole.clone();
    (other.head.msg_count, other.head.msg_seq_no) = (3, 1);
    assert_eq!(rules(&window.send(Document::MasterBill(other))), [Reason::PartNumberWrong]);
    assert_eq!(window.send(part(1, 0..2)).answer.status, 399);
    assert_eq!(told(&window, 608)[3..], [2, 399, 399], "both are concluded");
    window.send(arrival(&trades));
    assert_eq!(told(&window, 608)[6..], [800, 800]);
    // A part that is here is not taken again, unless it is the same.
    let mut again = whole.clone();
    (again.head.msg_count, again.head.msg_seq_no) = (2, 1);
    assert_eq!(rules(&window.send(Document::MasterBill(again))), [Reason::AlreadyExists]);
    assert!(window.send(part(1, 0..2)).repeats.is_some());
}

#[test]
fn a_parcel_goes_under_one_bill() {
    let mut window = Window::new();
    let trades = exports(3);
    trades.iter().for_each(|one| declare(&mut window, one));
    window.send(master(&trades[..2]));
    let second = window.send(master(&trades[1..]));
    assert_eq!(rules(&second), [Reason::ParcelUnderAnotherBill]);
    assert!(second.answer.status < 0 && second.export.states.is_empty());
    let mut wrong = Export::master_bill(&all(&trades[2..]), NOW).unwrap();
    wrong.lines[0].invt_no = Some("86202026E999999999".into());
    assert_eq!(rules(&window.send(Document::MasterBill(wrong))), [Reason::DeclarationUnknown]);
    assert_eq!(window.send(master(&trades[2..])).answer.status, 399);
}

#[test]
fn an_arrival_names_its_parcels_and_nobody_else_says_that_they_came() {
    let mut window = Window::new();
    let trades = exports(1);
    let mut bare = Export::arrival(&all(&trades), NOW).unwrap();
    bare.lines.clear();
    assert_eq!(rules(&window.send(Document::ExportArrival(bare))), [Reason::NoLines]);
    let outcome = window.send_as("5301960201", arrival(&trades));
    assert_eq!(rules(&outcome), [Reason::SenderHasNoPermission]);
    let mut wrong = Export::arrival(&all(&trades), NOW).unwrap();
    wrong.head.ie_flag = "I".into();
    assert_eq!(rules(&window.send(Document::ExportArrival(wrong))), [Reason::FieldNotAllowed]);
    let mut early = Export::departure(&all(&trades), NOW).unwrap();
    early.head.leave_time = sample::stamp(Time(NOW.0 + 48 * 3_600_000));
    assert_eq!(rules(&window.send(Document::Departure(early))), [Reason::TimeOutOfWindow]);
}

/// What a parcel has of transfers between districts, as far as a departure looks at it.
fn under_transfer(export: &Export, version: u32, state: &str) -> Record {
    let at = Position { writer: 0, sequence: 500 + u64::from(version) };
    Record {
        key: transit::key(&waybill(export)),
        version,
        state: state.into(),
        parties: Vec::new(),
        created: NOW,
        changed: NOW,
        first: at,
        last: at,
        previous: None,
        actor: Actor::default(),
        action: "hold-parcel".into(),
        note: String::new(),
        format: 1,
        body: "{}".to_owned(),
        charges: Vec::new(),
    }
}

#[test]
fn a_parcel_under_transfer_has_not_left_until_it_arrived() {
    let mut window = Window::new();
    let trades = exports(2);
    trades.iter().for_each(|one| declare(&mut window, one));
    window.send(master(&trades));
    window.send(arrival(&trades));
    let held = under_transfer(&trades[1], 1, transit::HELD);
    window.facts.records.insert(held.key.clone(), Arc::new(held.clone()));
    let refused = window.send(departure(&trades));
    assert_eq!(rules(&refused), [Reason::ParcelInTransfer], "the whole document, with the parcel named");
    assert!(refused.answer.findings[0].fields[0].path.starts_with("DepartureList[2]"));
    assert!(refused.export.states.is_empty());
    let read = &refused.read.records;
    assert_eq!((read.len(), &read[0].key, read[0].version), (1, &held.key, 1));
    assert!(trades.iter().all(|one| state(&window, one) == State::Released));
    let free = under_transfer(&trades[1], 2, "freed");
    window.facts.records.insert(free.key.clone(), Arc::new(free));
    assert_eq!(window.send(departure(&trades)).answer.status, 399);
    assert!(trades.iter().all(|one| state(&window, one) == State::Closed));
}

#[test]
fn a_list_under_transfer_is_not_cancelled_and_one_that_was_lost_is_an_officers() {
    let mut window = Window::new();
    let trades = exports(3);
    trades.iter().for_each(|one| declare(&mut window, one));
    window.send(master(&trades));
    window.send(arrival(&trades));
    // How the lists stand under transfers: one that is open, one in which it was lost, one that came.
    for (one, stands) in trades.iter().zip([transit::HELD, transit::WRITTEN_OFF, "freed"]) {
        let record = Record { key: transit::key_of_list(&one.key()), ..under_transfer(one, 1, stands) };
        window.facts.records.insert(record.key.clone(), Arc::new(record));
    }
    let application = trades[0].cancellation(&entry(&window, &trades[0]), NOW);
    window.send(Document::ExportCancellation(application.clone()));
    assert_eq!((told(&window, 606), state(&window, &trades[0])), (vec![2, 100], State::Released));
    let refused = window.outcomes.last().unwrap();
    assert_eq!(rules(refused), [Reason::ListInTransfer]);
    assert_eq!(refused.answer.findings[0].fields[0].path, "InvtCancel.invtNo");
    let read = &refused.read.records;
    assert_eq!(
        (read.len(), &read[0].key),
        (1, &transit::key_of_list(&trades[0].key())),
        "so it is judged again"
    );
    // It can be applied for again once the transfer is over.
    let mut over = under_transfer(&trades[0], 2, "freed");
    over.key = transit::key_of_list(&trades[0].key());
    window.facts.records.insert(over.key.clone(), Arc::new(over));
    let mut again = application;
    (again.cop_no, again.app_time) = ("AGAIN".into(), sample::stamp(Time(NOW.0 + 60_000)));
    window.send(Document::ExportCancellation(again));
    assert_eq!((told(&window, 606), state(&window, &trades[0])), (vec![2, 100, 2, 399], State::Cancelled));

    let lost = trades[1].cancellation(&entry(&window, &trades[1]), NOW);
    window.send(Document::ExportCancellation(lost));
    assert_eq!((told(&window, 606).len(), state(&window, &trades[1])), (5, State::Released), "it waits");
    act(&mut window, &trades[1], ActionKind::ApproveCancellation);
    assert_eq!(state(&window, &trades[1]), State::Cancelled);
    let came = trades[2].cancellation(&entry(&window, &trades[2]), NOW);
    window.send(Document::ExportCancellation(came));
    assert_eq!(state(&window, &trades[2]), State::Cancelled);
}

pub(crate) fn entry(window: &Window, export: &Export) -> String {
    of(window, export).attempt.as_ref().unwrap().invt_no.as_ref().unwrap().to_string()
}

#[test]
fn a_list_is_cancelled_before_its_parcel_has_left() {
    let mut window = Window::new();
    let trades = exports(2);
    trades.iter().for_each(|one| declare(&mut window, one));
    let application = trades[0].cancellation(&entry(&window, &trades[0]), NOW);
    window.send(Document::ExportCancellation(application.clone()));
    assert_eq!((told(&window, 606), state(&window, &trades[0])), (vec![2, 399], State::Cancelled));
    assert!(window.send(Document::ExportCancellation(application)).repeats.is_some());
    // Its order number and its waybill are free for the next attempt.
    let mut again = trades[0].clone();
    again.declaration.head.app_time = sample::stamp(Time(NOW.0 + 60_000));
    window.send(Document::ExportDeclaration(again.declaration));
    assert_eq!(state(&window, &trades[0]), State::Concluded);
    // Released it may still be cancelled, closed no more.
    window.send(master(&trades));
    window.send(arrival(&trades));
    window.send(departure(&trades[1..]));
    assert_eq!(state(&window, &trades[1]), State::Closed);
    let late = trades[1].cancellation(&entry(&window, &trades[1]), NOW);
    window.send(Document::ExportCancellation(late));
    assert_eq!(told(&window, 606), [2, 399, 2, 100]);
    assert_eq!(state(&window, &trades[1]), State::Closed);
    // What nobody has, nobody cancels.
    let mut unknown = trades[0].cancellation("86202026E999999999", NOW);
    unknown.cop_no = "OTHER".into();
    assert_eq!(rules(&window.send(Document::ExportCancellation(unknown))), [Reason::DeclarationUnknown]);
}

#[test]
fn a_cancellation_of_what_is_looked_at_is_an_officers() {
    let mut window = Window::new();
    let export = exports(1).remove(0).in_mode("1210");
    declare(&mut window, &export);
    assert_eq!(state(&window, &export), State::Review);
    let application = export.cancellation(&entry(&window, &export), NOW);
    window.send(Document::ExportCancellation(application.clone()));
    assert_eq!((told(&window, 606), state(&window, &export)), (vec![2], State::Review));
    act(&mut window, &export, ActionKind::RefuseCancellation);
    assert_eq!((told(&window, 606), state(&window, &export)), (vec![2, 100], State::Review));
    let mut again = application;
    (again.cop_no, again.app_time) = ("OTHER".into(), sample::stamp(Time(NOW.0 + 60_000)));
    window.send(Document::ExportCancellation(again));
    act(&mut window, &export, ActionKind::ApproveCancellation);
    assert_eq!((told(&window, 606), state(&window, &export)), (vec![2, 100, 2, 399], State::Cancelled));
}
