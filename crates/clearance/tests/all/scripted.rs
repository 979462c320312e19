//! Scripted outcomes: only where the rulebook has them, and never better than the verdict would be.

use crate::support::{Window, trade};
use clearance::event::{ActionKind, TimerKind};
use clearance::reason::Reason;
use clearance::sample::Trade;

fn window() -> Window {
    let mut window = Window::without_draws();
    window.parameter("scripted_outcomes,0", "scripted_outcomes,1");
    window
}

fn scripted(words: &str) -> Trade {
    let mut trade = trade(1);
    trade.declaration.head.note = Some(format!("sandbox: {words}").into());
    trade
}

#[test]
fn a_note_decides_what_becomes_of_a_list() {
    for (words, state, reason) in [
        ("reject=1313", 100, Some(Reason::AnnualLimit)),
        ("reject=13127", 100, Some(Reason::BuyerNameDiffers)),
        ("review", 300, Some(Reason::SelectedForReview)),
        ("inspect", 500, Some(Reason::SelectedForInspection)),
        ("hold", 300, Some(Reason::SelectedForReview)),
        ("please", 120, None),
    ] {
        let (mut window, trade) = (window(), scripted(words));
        let outcome = window.trade(&trade);
        assert_eq!(window.state(&trade), state, "{words}");
        let found: Vec<Reason> = outcome.answer.findings.iter().map(|one| one.reason).collect();
        assert_eq!(found.first().copied(), reason, "{words}: {found:?}");
    }
}

#[test]
fn a_note_is_only_a_note_where_trades_are_real() {
    let mut window = Window::without_draws();
    let trade = scripted("reject=13127 lose-receipts");
    window.trade(&trade);
    assert_eq!(window.state(&trade), 120);
    assert!(!window.receipts().is_empty());
}

#[test]
fn what_is_wrong_stays_wrong_whatever_the_note_says() {
    let (mut window, mut trade) = (window(), scripted("review"));
    trade.declaration.head.buyer_name = "另一人".into();
    window.trade(&trade);
    assert_eq!(window.state(&trade), 100);
}

#[test]
fn a_verdict_comes_late_once_and_an_end_meanwhile_ends_the_wait() {
    let (mut window, trade) = (window(), scripted("delay=30 inspect"));
    window.trade(&trade);
    assert_eq!(window.state(&trade), 2, "everything is there, the verdict waits");
    let timer = window.timers.iter().find(|timer| timer.kind == TimerKind::ScriptedDelay).cloned().unwrap();
    assert_eq!(timer.due.0 - window.now.0, 30_000);
    // A partner that comes again meanwhile changes nothing.
    let mut payment = trade.payment.clone();
    payment.app_type = "2".into();
    payment.guid = "AAAAAAAA-0000-4000-A000-000000000001".into();
    payment.app_time = clearance::sample::stamp(clearance::keys::Time(window.now.0 + 5_000));
    window.now.0 += 5_000;
    window.send(ceb::Document::Payment(payment));
    assert_eq!(window.state(&trade), 2);
    assert_eq!(window.timers.iter().filter(|timer| timer.kind == TimerKind::ScriptedDelay).count(), 1);
    window.now = timer.due;
    window.run(clearance::event::Cause::Timer(timer.clone()));
    assert_eq!(window.state(&trade), 500);
    // Fired again it does nothing.
    window.run(clearance::event::Cause::Timer(timer));
    assert_eq!(window.state(&trade), 500);
    window.act(&trade, ActionKind::InspectionResult { passed: false });
    assert_eq!(window.state(&trade), 100);
}

#[test]
fn lost_receipts_are_those_of_the_list_to_its_sender_alone() {
    let (mut lost, mut kept) = (window(), window());
    let (silent, loud) = (scripted("lose-receipts"), scripted("none"));
    lost.trade(&silent);
    kept.trade(&loud);
    let count = |window: &Window, kind: ceb::Kind| {
        let all = window.outcomes.iter().flat_map(|outcome| &outcome.receipts);
        all.filter(|receipt| receipt.document.kind() == kind).count()
    };
    assert!(count(&kept, ceb::Kind::DeclarationReceipt) > 0);
    assert_eq!(count(&lost, ceb::Kind::DeclarationReceipt), 0);
    let partners = |window: &Window| count(window, ceb::Kind::OrderReceipt);
    assert_eq!(partners(&lost), partners(&kept), "partners hear as ever");
    assert_eq!(lost.state(&silent), kept.state(&loud));
}
