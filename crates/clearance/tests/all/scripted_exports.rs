//! Scripted outcomes of lists of exports: as those of imports, and what is to be opened is opened at the site.

use crate::support::exports::of;
use crate::support::{NOW, Window};
use ceb::Document;
use clearance::consignment::{Lane, State};
use clearance::event::{Cause, TimerKind};
use clearance::keys::Time;
use clearance::outcome::Outcome;
use clearance::reason::Reason;
use clearance::sample::{self, Export};

fn window() -> Window {
    let mut window = Window::new();
    window.parameter("scripted_outcomes,0", "scripted_outcomes,1");
    window
}

fn scripted(words: &str) -> Export {
    let mut export = Export::new(1, 1, NOW);
    export.declaration.head.note = Some(format!("sandbox: {words}").into());
    export
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
fn a_note_decides_what_becomes_of_a_list() {
    for (words, expected, lane, reason) in [
        ("reject=13127", State::Rejected, None, Some(Reason::BuyerNameDiffers)),
        ("reject=gross-weight-differs", State::Rejected, None, Some(Reason::GrossWeightDiffers)),
        ("review", State::Review, Some(Lane::DocumentCheck), Some(Reason::SelectedForReview)),
        ("inspect", State::Concluded, Some(Lane::Inspection), Some(Reason::SelectedForInspection)),
        ("hold", State::Review, Some(Lane::Hold), Some(Reason::SelectedForReview)),
        ("please", State::Concluded, Some(Lane::Release), None),
    ] {
        let (mut window, export) = (window(), scripted(words));
        let outcome = send_all(&mut window, &export);
        assert_eq!(state(&window, &export), expected, "{words}");
        assert_eq!(of(&window, &export).attempt.as_ref().unwrap().lane, lane, "{words}");
        let found: Vec<Reason> = outcome.answer.findings.iter().map(|one| one.reason).collect();
        assert_eq!(found.first().copied(), reason, "{words}: {found:?}");
    }
    let (mut real, export) = (Window::new(), scripted("reject=13127 lose-receipts"));
    send_all(&mut real, &export);
    assert_eq!(state(&real, &export), State::Concluded, "a note is only a note where trades are real");
    assert!(real.receipts().contains("604:399"));
}

#[test]
fn what_is_to_be_opened_is_opened_when_its_parcel_is_at_the_site() {
    let (mut window, export) = (window(), scripted("inspect"));
    send_all(&mut window, &export);
    window.send(Document::MasterBill(Export::master_bill(&[&export], NOW).unwrap()));
    assert_eq!(state(&window, &export), State::Concluded);
    window.send(Document::ExportArrival(Export::arrival(&[&export], NOW).unwrap()));
    assert_eq!(state(&window, &export), State::Inspection);
    assert!(window.receipts().contains("604:500"));
}

#[test]
fn what_is_wrong_stays_wrong_and_what_a_person_looks_at_is_not_sent_past_him() {
    let (mut window, mut export) = (window(), scripted("inspect"));
    let row = |word: &str| format!("practice of a public simulator,{word},gross weight");
    window.parameter(&row("unsure"), &row("known"));
    export.waybill.gross_weight = ceb::Decimal::from_whole(77);
    send_all(&mut window, &export);
    assert_eq!(state(&window, &export), State::Rejected);
    // A list out of a special zone is looked at, and so it is with a script that would have it opened.
    let mut zone = self::window();
    let export = scripted("inspect").in_mode("1210");
    send_all(&mut zone, &export);
    assert_eq!(state(&zone, &export), State::Review);
    assert_eq!(of(&zone, &export).attempt.as_ref().unwrap().lane, Some(Lane::Inspection));
}

#[test]
fn a_verdict_comes_late_once() {
    let (mut window, export) = (window(), scripted("delay=30 review"));
    send_all(&mut window, &export);
    assert_eq!(state(&window, &export), State::Declared, "everything is there, the verdict waits");
    let own = |window: &Window| {
        let timers = window.timers.iter().filter(|timer| timer.kind == TimerKind::ExportPartnersMissing);
        timers.cloned().collect::<Vec<_>>()
    };
    let timers = own(&window);
    assert_eq!((timers.len(), timers[0].due.0 - window.now.0), (1, 30_000), "{timers:?}");
    // A partner that comes again meanwhile changes nothing.
    let (sender, mut document) = export.received();
    if let Document::ExportPayment(payment) = &mut document {
        payment.app_time = sample::stamp(Time(window.now.0 + 5_000));
    }
    window.now.0 += 5_000;
    window.send_as(&sender, document);
    assert_eq!((state(&window, &export), own(&window)), (State::Declared, timers.clone()));
    window.now = timers[0].due;
    window.run(Cause::Timer(timers[0].clone()));
    assert_eq!(state(&window, &export), State::Review);
    let version = of(&window, &export).version;
    // Fired again it does nothing.
    window.run(Cause::Timer(timers[0].clone()));
    assert_eq!((state(&window, &export), of(&window, &export).version), (State::Review, version));
}

#[test]
fn partners_that_never_come_are_missed_whatever_the_script_says() {
    let (mut window, export) = (window(), scripted("delay=30"));
    let (sender, document) = export.documents()[2].clone();
    window.send_as(&sender, document);
    let timer = window.timers.iter().find(|timer| timer.kind == TimerKind::ExportPartnersMissing);
    let timer = timer.cloned().unwrap();
    assert!(timer.due.0 - window.now.0 > 30_000, "what waits is not the verdict: {timer:?}");
    window.now = timer.due;
    window.run(Cause::Timer(timer));
    assert_eq!(state(&window, &export), State::Rejected);
}

#[test]
fn lost_receipts_are_those_of_the_list_to_its_sender_alone() {
    let (mut lost, mut kept) = (window(), window());
    let (silent, loud) = (scripted("lose-receipts"), scripted("none"));
    send_all(&mut lost, &silent);
    send_all(&mut kept, &loud);
    assert!(kept.receipts().contains("604:399"), "{}", kept.receipts());
    assert!(!lost.receipts().contains("604:"), "{}", lost.receipts());
    assert!(
        lost.receipts().contains("304:120") && lost.receipts().contains("506:120"),
        "partners hear as ever"
    );
    assert_eq!(state(&lost, &silent), state(&kept, &loud));
}
