//! Lists whose parcels never come: to the day, what they give up, who is told, what does not end so, and what becomes of a parcel
//! that comes after all.

use crate::deadlines::go_to;
use crate::support::{NOW, Window, arrived, key, trade};
use ceb::Document;
use clearance::Rulebook;
use clearance::consignment::State;
use clearance::decide::decide;
use clearance::event::{ActionKind, Cause, Event, TimerKind};
use clearance::keys::{Time, WaybillKey};
use clearance::outcome::Outcome;
use clearance::reason::Reason;
use clearance::sample::{self, Trade};
use std::sync::Arc;

/// Thirty days after the day of `NOW`, a Wednesday.
const LAST: u32 = 20_261_223;
const AFTER: u32 = 20_261_224;

/// An accepted list whose parcel is awaited.
fn accepted() -> (Window, Trade) {
    let mut window = Window::without_draws();
    let trade = trade(1);
    window.trade(&trade);
    assert_eq!(window.state(&trade), 120, "{}", window.receipts());
    (window, trade)
}

/// The last days of arrivals that are awaited.
fn awaited(window: &Window, trade: &Trade) -> Vec<Time> {
    let timers = window.of(trade).timers.iter();
    timers.filter(|(kind, ..)| *kind == TimerKind::ArrivalMissing).map(|(.., due)| *due).collect()
}

fn reasons(outcome: &Outcome) -> Vec<Reason> {
    outcome.answer.findings.iter().map(|finding| finding.reason).collect()
}

fn is_free(window: &Window) -> bool {
    window.facts.balances.values().all(|balance| (balance.held, balance.posted) == (0, 0))
}

fn declared_again(window: &mut Window, trade: &mut Trade) -> Outcome {
    trade.declaration.head.app_time = sample::stamp(window.now);
    window.send(Document::Declaration(trade.declaration.clone()))
}

#[test]
fn a_list_whose_parcel_never_comes_ends_on_the_day_after_its_last() {
    let (mut window, trade) = accepted();
    go_to(&mut window, LAST);
    assert_eq!(window.state(&trade), 120, "its last day is its own");
    assert!(!is_free(&window));
    let before = window.outcomes.len();
    go_to(&mut window, AFTER);
    assert_eq!(window.state(&trade), 100);
    let ended = window.outcomes[before..].iter().find(|outcome| outcome.answer.status == 100).unwrap();
    assert_eq!(reasons(ended), [Reason::ArrivalMissing]);
    // Quota and guarantee are given up in the outcome that ends it, and the waybill is free behind it.
    let mut accounts: Vec<&str> = ended.movements.iter().map(|one| one.account.kind.word()).collect();
    accounts.sort_unstable();
    assert_eq!(accounts, ["guarantee", "quota"]);
    assert!(is_free(&window));
    let waybill = WaybillKey::new(&trade.waybill.logistics_code, &trade.waybill.logistics_no);
    assert_eq!(window.facts.waybills[&waybill].claimed_by, None);
    assert!(window.of(&trade).timers.is_empty());
}

#[test]
fn declaring_unit_and_platform_are_told_what_happened_and_what_to_do() {
    let (mut window, trade) = accepted();
    let before = window.outcomes.len();
    go_to(&mut window, AFTER);
    let told: Vec<(String, i32, String)> = window.outcomes[before..]
        .iter()
        .flat_map(|outcome| &outcome.receipts)
        .map(|receipt| match &*receipt.document {
            Document::DeclarationReceipt(list) => {
                (receipt.recipient.to_string(), receipt.status, list.return_info.to_string())
            }
            Document::OrderReceipt(order) => {
                (receipt.recipient.to_string(), receipt.status, order.return_info.to_string())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let info = format!(
        "[Code:19209;Desc:包裹逾期未运抵监管场所，清单失效，所占额度与担保已释放，需重新申报][InventoryHead.logisticsNo:{}]",
        trade.waybill.logistics_no
    );
    let address = |party: &str| sample::exchange_id(party).unwrap().to_owned();
    let expected = [
        (address(&trade.declaration.head.agent_code), 100, info.clone()),
        // The order stands as it was.
        (address(&trade.order.head.ebp_code), 120, info),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_parcel_that_comes_after_all_is_recorded_and_its_list_declared_again_is_released_with_it() {
    let (mut window, mut trade) = accepted();
    go_to(&mut window, AFTER);
    let late = window.arrive(&trade);
    assert_eq!((late.answer.status, reasons(&late)), (399, vec![Reason::ArrivalUnclaimed]));
    let field = &late.answer.findings[0].fields[0];
    assert_eq!(
        (field.path.as_str(), &field.value),
        ("DeliveryList[1].logisticsNo", &trade.waybill.logistics_no)
    );
    assert_eq!(window.state(&trade), 100, "nothing is released without a list");
    declared_again(&mut window, &mut trade);
    assert_eq!(window.state(&trade), 800, "{}", window.receipts());
    assert_eq!(window.of(&trade).attempt.as_ref().unwrap().number, 2);
    assert_eq!(awaited(&window, &trade), []);
}

#[test]
fn a_list_declared_again_is_awaited_anew() {
    let (mut window, mut trade) = accepted();
    go_to(&mut window, AFTER);
    declared_again(&mut window, &mut trade);
    assert_eq!((window.state(&trade), awaited(&window, &trade).len()), (120, 1));
    let arrived = window.arrive(&trade);
    assert_eq!((window.state(&trade), reasons(&arrived)), (800, vec![]));
    assert_eq!(awaited(&window, &trade), []);
}

#[test]
fn a_parcel_that_comes_in_time_leaves_nothing_to_lapse() {
    let (mut window, trade) = accepted();
    assert_eq!(awaited(&window, &trade), [Time::start_of(ceb::Day::from_number(AFTER).unwrap())]);
    go_to(&mut window, LAST);
    window.arrive(&trade);
    assert_eq!((window.state(&trade), awaited(&window, &trade).len()), (800, 0));
    // What was set is due by and by, and finds nothing to do.
    let version = window.of(&trade).version;
    go_to(&mut window, AFTER);
    assert_eq!((window.state(&trade), window.of(&trade).version), (800, version));
}

#[test]
fn a_list_that_somebody_looks_at_does_not_lapse() {
    let detained = |status| vec![ActionKind::Inspect, ActionKind::Detain { status }];
    for (steps, state) in [
        (vec![ActionKind::Suspend, ActionKind::Resume], State::Review),
        (vec![ActionKind::Inspect], State::Inspection),
        (vec![ActionKind::Suspend], State::Suspended),
        (detained(501), State::DetainedClearance),
        (detained(502), State::DetainedSmuggling),
        (detained(503), State::DetainedLegal),
        (detained(599), State::DetainedOther),
        (vec![ActionKind::Suspend, ActionKind::Resume, ActionKind::Conclude], State::Concluded),
    ] {
        let (mut window, trade) = accepted();
        for step in steps {
            window.act(&trade, step);
        }
        assert_eq!(awaited(&window, &trade), [], "{state:?}");
        window.wait_days(200);
        assert_eq!(window.state(&trade), state.number(), "{state:?}");
        assert!(!is_free(&window), "{state:?}");
    }
}

#[test]
fn after_a_look_the_days_begin_anew() {
    let (mut window, trade) = accepted();
    window.act(&trade, ActionKind::Suspend);
    go_to(&mut window, LAST);
    window.act(&trade, ActionKind::Resume);
    window.act(&trade, ActionKind::Approve);
    assert_eq!(window.state(&trade), 120);
    // Thirty days on is a Friday.
    go_to(&mut window, 20_270_122);
    assert_eq!(window.state(&trade), 120);
    go_to(&mut window, 20_270_123);
    assert_eq!(window.state(&trade), 100);
    // An officer who releases what waits for its parcel alone gives it no further days.
    let (mut window, trade) = accepted();
    go_to(&mut window, LAST);
    window.act(&trade, ActionKind::Release);
    assert_eq!(window.state(&trade), 120);
    go_to(&mut window, AFTER);
    assert_eq!(window.state(&trade), 100);
}

#[test]
fn a_list_whose_cancellation_is_to_be_decided_waits_for_that() {
    let mut window = Window::without_draws();
    window.parameter("cancellation_automatic,1", "cancellation_automatic,0");
    let trade = trade(1);
    window.trade(&trade);
    let entry = window.entry(&trade);
    let applied = window.send(Document::Cancellation(trade.cancellation(&entry, window.now)));
    assert_eq!(applied.answer.status, 2);
    for _ in 0..45 {
        window.wait_days(1);
        assert_eq!(window.state(&trade), 120);
    }
    window.act(&trade, ActionKind::RefuseCancellation);
    assert_eq!(window.state(&trade), 120);
    window.wait_days(7);
    assert_eq!(window.state(&trade), 100);
    assert!(is_free(&window));
}

#[test]
fn where_the_law_names_no_days_a_list_waits_for_ever_and_nothing_is_said_of_parcels() {
    for without in ["arrival_wait_days,0", ""] {
        let mut window = Window::without_draws();
        if without.is_empty() {
            // A rulebook from before there was the parameter.
            window.table("parameters.csv", |text| {
                let others = text.lines().filter(|line| !line.starts_with("arrival_wait_days,"));
                others.fold(String::new(), |all, line| all + line + "\n")
            });
        } else {
            window.parameter("arrival_wait_days,30", without);
        }
        let (trade, undeclared) = (trade(1), trade(2));
        window.trade(&trade);
        assert!(window.of(&trade).timers.is_empty());
        window.wait_days(400);
        assert_eq!(window.state(&trade), 120, "{without}");
        assert_eq!(reasons(&window.arrive(&undeclared)), []);
        assert!(!window.facts.consignments.contains_key(&key(&undeclared)));
    }
}

/// A list keeps the law under which it was accepted, whatever becomes of its waybill and whoever looks at it later.
#[test]
fn a_list_of_a_law_that_named_no_days_is_given_none_by_a_later_one() {
    let mut window = Window::without_draws();
    window.table("parameters.csv", |text| {
        let others = text.lines().filter(|line| !line.starts_with("arrival_wait_days,"));
        others.fold(String::new(), |all, line| all + line + "\n")
    });
    let trade = trade(1);
    window.trade(&trade);
    assert_eq!(window.state(&trade), 120, "{}", window.receipts());
    window.reference.books.push(Arc::new(Rulebook::load(2, &[]).unwrap()));
    let delivered = Document::WaybillStatus(trade.delivered(window.now));
    let told = window.send_as(&trade.waybill.logistics_code, delivered);
    assert!(told.answer.status > 0, "{:?}", told.answer);
    assert!(window.of(&trade).carriage.as_ref().unwrap().delivered.is_some(), "the list heard of it");
    assert_eq!(awaited(&window, &trade), []);
    for step in [ActionKind::Suspend, ActionKind::Resume, ActionKind::Approve] {
        window.act(&trade, step);
    }
    assert_eq!((window.state(&trade), awaited(&window, &trade)), (120, vec![]));
    window.wait_days(400);
    assert_eq!(window.state(&trade), 120);
}

#[test]
fn where_no_arrival_is_required_none_is_awaited() {
    let mut window = Window::without_draws();
    window.parameter("arrival_required,1", "arrival_required,0");
    let trade = trade(1);
    window.trade(&trade);
    assert_eq!((window.state(&trade), awaited(&window, &trade).len()), (800, 0));
}

#[test]
fn a_list_that_was_judged_late_is_awaited_from_then_on() {
    const DAY: i64 = 86_400_000;
    let mut window = Window::without_draws();
    let trade = trade(1);
    for document in [
        Document::Order(trade.order.clone()),
        Document::Payment(trade.payment.clone()),
        Document::Waybill(trade.waybill.clone()),
    ] {
        window.send(document);
    }
    // Recorded while nobody judged, for two months.
    let list = arrived(&trade.declaration.head.agent_code, Document::Declaration(trade.declaration.clone()));
    let cause = Cause::Document(Arc::new(list));
    let event = Event { position: window.facts.next, cause, recorded: Some(NOW) };
    let now = Time(NOW.0 + 60 * DAY);
    let outcome = decide(&[event], &mut window.facts, &window.reference, now).remove(0);
    assert_eq!(outcome.answer.status, 120, "{:?}", outcome.answer);
    let due: Vec<Time> = awaited(&window, &trade);
    assert!(due.len() == 1 && due[0].0 > now.0 + 30 * DAY, "{due:?}");
}
