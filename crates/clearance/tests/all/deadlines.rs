//! Deadlines: to the day, put off over days of rest, and what happens on the day after.

use crate::support::Window;
use ceb::{Day, Document};
use clearance::Rulebook;
use clearance::event::ActionKind;
use clearance::keys::Time;
use clearance::outcome::Outcome;
use clearance::reason::Reason;
use clearance::sample::Trade;

fn day(number: u32) -> Day {
    Day::from_number(number).unwrap()
}

/// Ten in the morning of a day in China.
fn morning(number: u32) -> Time {
    Time::start_of(day(number)).plus_hours(10)
}

/// A trade released on a day.
pub(crate) fn released_on(number: u32) -> (Window, Trade) {
    let mut window = Window::without_draws();
    window.now = morning(number);
    let trade = Trade::new(1, 1, window.now, 1_000_000);
    window.trade(&trade);
    window.arrive(&trade);
    assert_eq!(window.state(&trade), 800);
    (window, trade)
}

/// Moves to a day, firing what becomes due on the way, day by day.
pub(crate) fn go_to(window: &mut Window, number: u32) {
    while window.now < morning(number) {
        window.wait_days(1);
    }
    assert_eq!(window.now.day(), day(number));
}

#[test]
fn a_deadline_on_a_day_of_rest_ends_on_the_next_working_day() {
    let calendar = Rulebook::builtin().calendar;
    let cases = [
        // Thirty days after a Tuesday in September is the first day of the October holidays, which end on the 7th.
        (20_260_901, 30, 20_261_008),
        // A Saturday that is worked in place of a holiday is a working day.
        (20_260_910, 30, 20_261_010),
        // A Sunday is put off to Monday.
        (20_261_023, 30, 20_261_123),
        (20_261_022, 30, 20_261_123),
        (20_261_021, 30, 20_261_120),
        // New Year's day, over the year's end.
        (20_261_202, 30, 20_270_104),
        // Spring Festival of 2027: eve to third day, then a weekend's Monday that rests too.
        (20_270_106, 30, 20_270_209),
    ];
    for (from, days, last) in cases {
        assert_eq!(calendar.deadline(day(from), days), day(last), "{from} + {days}");
    }
}

#[test]
fn a_return_is_applied_for_until_its_last_day_and_not_after() {
    for (on, accepted) in [(20_261_007, true), (20_261_008, true), (20_261_009, false)] {
        let (mut window, trade) = released_on(20_260_901);
        go_to(&mut window, on);
        let outcome = window.apply_for_return(&trade);
        if accepted {
            assert_eq!(outcome.answer.status, 120, "{on}: {:?}", outcome.answer);
        } else {
            assert!(outcome.answer.status < 0, "{on}");
            assert_eq!(outcome.answer.findings[0].reason, Reason::ReturnWindowClosed);
        }
    }
}

#[test]
fn goods_come_back_until_their_last_day_and_lapse_after() {
    // 45 days after the first of September is Friday the 16th of October.
    for (on, back) in [(20_261_016, true), (20_261_017, false)] {
        let (mut window, trade) = released_on(20_260_901);
        go_to(&mut window, 20_260_910);
        window.apply_for_return(&trade);
        window.act(&trade, ActionKind::ApproveReturn { number: 1 });
        go_to(&mut window, on);
        let outcome = window.act(&trade, ActionKind::ReceiveReturn { number: 1 });
        let state = window.of(&trade).returns[0].state.word();
        if back {
            assert_eq!((outcome.answer.findings.len(), state), (0, "received"), "{on}");
        } else {
            assert_eq!(outcome.answer.findings[0].reason, Reason::ActionForbidden, "{on}");
            assert_eq!(state, "lapsed");
        }
    }
}

#[test]
fn a_bill_is_summarised_from_its_first_day_and_overdue_after_its_last() {
    let (mut window, trade) = released_on(20_260_901);
    let bill = |window: &Window| window.of(&trade).attempt.as_ref().unwrap().bill.clone().unwrap();
    // Day 31 is the second of October, put off to the 8th.
    go_to(&mut window, 20_261_007);
    assert_eq!(bill(&window).status, 1);
    let early = window.act(&trade, ActionKind::SummariseBill { notice: "样例".into() });
    assert_eq!(early.answer.findings[0].reason, Reason::ActionForbidden);
    go_to(&mut window, 20_261_008);
    assert_eq!((bill(&window).status, bill(&window).overdue), (2, false));
    // Day 45 is the 16th: still in time.
    go_to(&mut window, 20_261_016);
    assert!(!bill(&window).overdue);
    go_to(&mut window, 20_261_017);
    assert!(bill(&window).overdue);
    window.act(&trade, ActionKind::PayBill);
    assert_eq!((bill(&window).paid, bill(&window).overdue, bill(&window).owed), (true, false, 0));
    let agent = ledger::Account::payable_tax(trade.declaration.head.agent_code.clone());
    assert_eq!(window.facts.balances[&agent].posted, 0);
}

/// A bill on a statement is late when the statement is, and stands on one.
#[test]
fn a_bill_on_a_statement_is_overdue_after_the_day_of_the_statement() {
    let (mut window, trade) = released_on(20_260_901);
    let defer = || ActionKind::DeferBill { due: day(20_261_106) };
    // Not before it is summarised.
    let early = window.act(&trade, defer());
    assert_eq!(early.answer.findings[0].reason, Reason::ActionForbidden);
    go_to(&mut window, 20_261_008);
    let put = window.act(&trade, defer());
    assert!(put.answer.findings.is_empty(), "{:?}", put.answer);
    assert_eq!(window.of(&trade).attempt.as_ref().unwrap().statement().unwrap(), "样例");
    // A second statement does not get it.
    let again = window.act(&trade, ActionKind::DeferBill { due: day(20_261_207) });
    assert_eq!(again.answer.findings[0].reason, Reason::ActionForbidden);
    let overdue =
        |window: &Window| window.of(&trade).attempt.as_ref().unwrap().bill.as_ref().unwrap().overdue;
    go_to(&mut window, 20_261_106);
    assert!(!overdue(&window));
    go_to(&mut window, 20_261_107);
    assert!(overdue(&window));
    window.act(&trade, ActionKind::PayBill);
    assert!(!overdue(&window));
}

#[test]
fn a_cancellation_comes_too_late_for_a_released_list() {
    let (mut window, trade) = released_on(20_261_123);
    let entry = window.entry(&trade);
    let outcome = window.send(Document::Cancellation(trade.cancellation(&entry, window.now)));
    assert_eq!(outcome.answer.findings[0].reason, Reason::StateForbidsCancellation);
}

/// RULES §2.1: a carrier does not use a number again within six months; the day on which it may is told.
#[test]
fn a_waybill_number_is_used_again_after_six_months() {
    let (mut window, first) = released_on(20_260_302);
    // One of the sealed rules looks at such numbers for a year: here it is asked what the number alone does.
    window.table("risk_rules.csv", |text| {
        text.lines()
            .filter(|line| !line.starts_with("waybill-again,"))
            .fold(String::new(), |all, line| all + line + "\n")
    });
    let another = |window: &Window| {
        let mut next = Trade::new(1, 2, window.now, 1_000_000);
        let (waybill, head) = (&mut next.waybill, &mut next.declaration.head);
        waybill.logistics_no = first.waybill.logistics_no.clone();
        waybill.logistics_code = first.waybill.logistics_code.clone();
        waybill.logistics_name = first.waybill.logistics_name.clone();
        head.logistics_no = waybill.logistics_no.clone();
        head.logistics_code = waybill.logistics_code.clone();
        head.logistics_name = waybill.logistics_name.clone();
        next
    };
    go_to(&mut window, 20_260_901);
    let next = another(&window);
    let outcome = window.send(Document::Waybill(next.waybill));
    let reasons: Vec<Reason> = outcome.answer.findings.iter().map(|finding| finding.reason).collect();
    assert_eq!(reasons, [Reason::AlreadyExists]);
    let reusable = |outcome: &Outcome| {
        let mut fields = outcome.answer.findings.iter().flat_map(|finding| &finding.fields);
        fields.find(|field| field.path == "reusable from").map(|field| field.value.to_string())
    };
    assert_eq!(reusable(&outcome).as_deref(), Some("20260902"), "{:?}", outcome.answer);
    go_to(&mut window, 20_260_902);
    let before = window.of(&first).version;
    let next = another(&window);
    window.trade(&next);
    assert_eq!(window.state(&next), 120, "{}", window.receipts());
    let mut arrival = Trade::arrival(1, &[&next], window.now).unwrap();
    // Its number is made of the waybill's.
    arrival.head.cop_no = Some("R-AGAIN-2".into());
    arrival.head.guid = next.order.head.guid.clone();
    window.send(Document::Arrival(arrival));
    assert_eq!(window.state(&next), 800, "{}", window.receipts());
    assert_eq!(window.of(&first).version, before, "what was released under the number is not touched");
    // From that day on the six months begin anew.
    let again = ceb::Waybill { order_no: "OW-3".into(), ..next.waybill };
    let outcome = window.send(Document::Waybill(again));
    assert_eq!(reusable(&outcome).as_deref(), Some("20270302"), "{:?}", outcome.answer);
}
