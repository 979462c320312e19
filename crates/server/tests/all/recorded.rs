//! What decisions rest on is in the ledger: rulebook, seed, draw; and an event whose judgement failed is decided later.

use crate::support::{NOW, chosen};
use ceb::{Document, Style};
use clearance::decide::{Reference, decide};
use clearance::event::{Cause, Event};
use clearance::facts::Facts;
use clearance::keys::Time;
use clearance::outcome::Outcome;
use clearance::sample::{self, Trade};
use server::Window;
use server::clock::Clock;
use server::pipeline::Judge;
use server::window::Published;
use store::{Read, Row};

/// An engine that fails on every payment.
fn failing(events: &[Event], facts: &mut Facts, reference: &Reference, now: Time) -> Vec<Outcome> {
    for event in events {
        if let Cause::Document(arrived) = &event.cause {
            assert!(!matches!(*arrived.document, Document::Payment(_)), "this engine cannot judge payments");
        }
    }
    decide(events, facts, reference, now)
}

/// Runs a window on a space and closes it in order.
async fn during<T>(folder: &tempfile::TempDir, judge: Judge, run: impl AsyncFnOnce(&Window) -> T) -> T {
    let (store, control) = chosen(folder.path()).await;
    let (window, writer) =
        Window::open_judged_by(judge, store, control, Clock::simulated(NOW), |error| panic!("{error}"))
            .await
            .unwrap();
    crate::support::draw_the_same(&window).await;
    let result = run(&window).await;
    drop(window);
    tokio::task::spawn_blocking(move || writer.join().unwrap()).await.unwrap();
    result
}

async fn send(window: &Window, sender: &str, document: Document) -> server::pipeline::MessageAnswer {
    let bytes = ceb::write(&sample::message(sender, vec![document]), Style::Prefixed);
    window.send(&bytes.into(), &sender.into()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_whose_judgement_failed_is_decided_by_the_next_engine() {
    let folder = tempfile::tempdir().unwrap();
    let trade = Trade::new(3, 1, NOW, 1_000);
    let order = clearance::keys::OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
    let payer = trade.payment.pay_code.clone();
    let position = during(&folder, failing, async |window| {
        window.file_all(sample::filings(), "test").await;
        for (sender, document) in trade.documents() {
            let answer = send(window, &sender, document).await;
            assert_eq!(answer.documents[0].undecided, sender == payer, "{sender}");
        }
        let undecided = window.read.undecided().await.unwrap();
        assert_eq!(undecided.len(), 1);
        undecided[0].position
    })
    .await;
    // The same engine fails again: no row is added, however often it starts.
    during(&folder, failing, async |window| {
        assert_eq!(window.read.undecided().await.unwrap().len(), 1);
    })
    .await;
    // A better one decides it: the declaration that waited for the payment has its verdict, the payer his receipt.
    during(&folder, decide, async |window| {
        for _ in 0..500 {
            if window.read.undecided().await.unwrap().is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(window.read.undecided().await.unwrap().is_empty());
        // With nothing more to do nothing is under way: what counts as standing still would close the intake.
        let mut idle = false;
        for _ in 0..500 {
            idle = window.metrics.progress.longest().is_zero();
            if idle {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(idle, "{:?}", window.metrics.progress.longest());
        let later = window.read.decided_later(position).await.unwrap().unwrap();
        assert_eq!(later.row.again, Some(position));
        let mut again = Vec::new();
        let start = store::Cursor::default();
        let mut visit = |position, row| {
            if let Row::Event(event) = row
                && event.again.is_some()
            {
                again.push(position);
            }
            true
        };
        window.read.scan(&start, &mut visit).await.unwrap();
        assert_eq!(again, [later.position], "the failing engine wrote no row");
        let outcome = later.row.outcome.unwrap();
        assert_eq!(outcome.answer.status, 120, "it completes the match at once");
        let (_, exchange_ids) = window.names_of(&payer);
        assert!(outcome.receipts.iter().any(|receipt| exchange_ids.contains(&receipt.recipient)));
        let state = window.read.consignment(&order).await.unwrap().unwrap();
        assert_eq!(*state.payment.unwrap().document, Document::Payment(trade.payment.clone()));
        assert_eq!(state.attempt.unwrap().declaration.status, 120);
        // Asked for his message, the payer gets the answer that was given later; sent again, it is known.
        let again = send(window, &payer, Document::Payment(trade.payment.clone())).await;
        assert!(again.documents[0].repeated && again.documents[0].answer.status == 120);
    })
    .await;
    // And it stays decided.
    during(&folder, failing, async |window| {
        assert!(window.read.undecided().await.unwrap().is_empty());
    })
    .await;
}

/// An engine that gives every list's payer another answer.
fn otherwise(events: &[Event], facts: &mut Facts, reference: &Reference, now: Time) -> Vec<Outcome> {
    let mut outcomes = decide(events, facts, reference, now);
    for outcome in &mut outcomes {
        if outcome.answer.status == 800 {
            outcome.answer.info = "otherwise".into();
        }
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn every_decision_is_made_again_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let purchases: Vec<Trade> = (0..40).map(|number| Trade::new(3, number, NOW, 5)).collect();
    during(&folder, failing, async |window| {
        window.file_all(sample::filings(), "test").await;
        // One is undecided at first.
        send(window, &purchases[0].payment.pay_code, Document::Payment(purchases[0].payment.clone())).await;
    })
    .await;
    let released = during(&folder, decide, async |window| {
        for (number, trade) in purchases.iter().enumerate() {
            if number == 20 {
                let mut filing = sample::filings()[0].clone();
                filing.name = "样例改名".into();
                window.file_all(vec![filing], "test").await;
                window.draw_with([9; 32], "test").await.unwrap();
            }
            let mut trade = trade.clone();
            if number % 7 == 3 {
                trade.declaration.head.buyer_name = "另一人".into();
            }
            for (sender, document) in trade.documents() {
                send(window, &sender, document.clone()).await;
                send(window, &sender, document).await;
            }
            let arrival = Trade::arrival(3, &[&trade], NOW).unwrap();
            let operator = arrival.head.operator_code.clone();
            send(window, &operator, Document::Arrival(arrival)).await;
        }
        let mut released = Vec::new();
        for trade in &purchases {
            let head = &trade.order.head;
            let order = clearance::keys::OrderKey::new(&head.ebp_code, &head.order_no);
            // The new name of a platform and the year's limit of five buyers refuse some.
            let Some(state) = window.read.consignment(&order).await.unwrap() else { continue };
            let Some(attempt) = state.attempt.as_ref() else { continue };
            if attempt.state.number() == 800 {
                let entry = attempt.invt_no.clone().unwrap();
                let back = trade.return_goods(&entry, &[(0, ceb::Decimal::ONE)], NOW);
                send(window, &trade.declaration.head.agent_code, Document::Return(back)).await;
                released.push(order);
            }
            let action = clearance::event::OfficerAction {
                id: "a".into(),
                officer: "tester".into(),
                party: "8620000001".into(),
                order: state.key.clone(),
                version: state.version,
                kind: clearance::event::ActionKind::Inspect,
                text: "".into(),
            };
            window.pipeline.action(action).await.unwrap();
        }
        released
    })
    .await;
    assert!(released.len() > 20, "{}", released.len());
    during(&folder, decide, async |window| {
        let derived = server::derive::derive(&window.read, decide, &mut |_| {}).await.unwrap();
        assert_eq!((derived.different, &derived.faults), (0, &Vec::new()));
        assert!(derived.events > 400 && derived.undecided == 1, "{derived:?}");
        // Another engine would have decided otherwise: every row that differs is found, and only those.
        let other = server::derive::derive(&window.read, otherwise, &mut |_| {}).await.unwrap();
        assert!(other.different as usize >= released.len(), "{}", other.different);
        assert!(other.faults[0].1.contains("differs in answer:"), "{:?}", other.faults[0]);
        // One that fails is told too.
        let failed = server::derive::derive(&window.read, failing, &mut |_| {}).await.unwrap();
        assert!(failed.different >= 80 && failed.faults[0].1.contains("fails"), "{:?}", failed.faults);
    })
    .await;
}

/// XML with a byte order mark, as many programs write it, and in UTF-16: what is kept of a document is that document.
#[tokio::test(flavor = "multi_thread")]
async fn documents_of_every_encoding_are_read_from_their_rows_as_they_were_judged() {
    let folder = tempfile::tempdir().unwrap();
    let trade = Trade::new(3, 1, NOW, 1_000);
    let head = &trade.order.head;
    let order = clearance::keys::OrderKey::new(&head.ebp_code, &head.order_no);
    during(&folder, decide, async |window| {
        window.file_all(sample::filings(), "test").await;
        for (index, (sender, document)) in trade.documents().into_iter().enumerate() {
            let xml = ceb::write(&sample::message(&sender, vec![document]), Style::Prefixed);
            let xml = String::from_utf8(xml).unwrap();
            let bytes: Vec<u8> = match index % 2 {
                0 => format!("\u{feff}{xml}").into_bytes(),
                _ => {
                    let marked = format!("\u{feff}{}", xml.replace("UTF-8", "UTF-16"));
                    marked.encode_utf16().flat_map(u16::to_le_bytes).collect()
                }
            };
            let answer = window.send(&bytes.clone().into(), &sender).await.unwrap();
            let judged = &answer.documents[0].answer;
            assert!(judged.status >= if index < 3 { 2 } else { 120 }, "{judged:?}");
            assert_eq!(window.read.original(&answer.message).await.unwrap(), bytes);
        }
    })
    .await;
    during(&folder, decide, async |window| {
        let state = window.read.consignment(&order).await.unwrap().unwrap();
        assert_eq!(*state.order.unwrap().document, Document::Order(trade.order.clone()));
        assert_eq!(*state.payment.unwrap().document, Document::Payment(trade.payment.clone()));
        let derived = server::derive::derive(&window.read, decide, &mut |_| {}).await.unwrap();
        assert_eq!((derived.different, &derived.faults), (0, &Vec::new()));
        assert!(derived.events >= 4, "{derived:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rulebook_and_seed_are_rows_and_decisions_name_them() {
    let folder = tempfile::tempdir().unwrap();
    let trade = Trade::new(3, 1, NOW, 1_000);
    let (seed, digest) = during(&folder, decide, async |window| {
        window.file_all(sample::filings(), "test").await;
        for (sender, document) in trade.documents() {
            send(window, &sender, document).await;
        }
        // The same tables are not published twice; wrong ones not at all; changed ones have the next number.
        assert_eq!(window.publish(&[], "operator").await.unwrap(), Published::InForce(1));
        let wrong = [("parameters.csv".to_owned(), "nothing".to_owned())];
        assert!(matches!(window.publish(&wrong, "operator").await.unwrap(), Published::Faults(_)));
        let parameters = clearance::Rulebook::built_in_tables()
            .into_iter()
            .find(|(name, _)| name == "parameters.csv")
            .unwrap()
            .1;
        let rows: Vec<String> = parameters
            .lines()
            .map(|line| {
                let mut fields: Vec<&str> = line.split(',').collect();
                if fields[0] == "sampling_base_9610" {
                    fields[1] = "1000000";
                }
                fields.join(",")
            })
            .collect();
        let changed = [("parameters.csv".to_owned(), format!("{}\n", rows.join("\n")))];
        assert_eq!(window.publish(&changed, "operator").await.unwrap(), Published::Number(2));
        (window.reference().sampling_seed, window.reference().current().digest)
    })
    .await;
    assert_eq!(seed.number, 2, "that of the space, then that of the test");
    let other = Trade::new(3, 2, NOW, 1_000);
    during(&folder, decide, async |window| {
        let reference = window.reference();
        assert_eq!((reference.current().number, reference.current().digest), (2, digest));
        assert!(reference.sampling_seed == seed, "a restart draws with the same seed");
        for (sender, document) in other.documents() {
            send(window, &sender, document).await;
        }
        let mut read = Vec::new();
        window
            .read
            .scan(&store::Cursor::default(), &mut |_, row| {
                if let Row::Event(event) = row
                    && let Some(outcome) = event.outcome
                    && let Some(draw) = outcome.read.draw
                {
                    read.push((outcome.order.unwrap(), outcome.read.rulebook, draw));
                }
                true
            })
            .await
            .unwrap();
        assert_eq!(read.len(), 2);
        for (order, _, draw) in &read {
            assert_eq!((draw.seed, draw.drawn), (seed.number, clearance::risk::draw(&seed, order)));
        }
        assert_eq!((read[0].1, read[1].1, read[1].2.ratio), (1, 2, 1_000_000));
    })
    .await;
}

/// While judging is paused, documents are recorded and answered as received; then they are judged in order, with the law
/// and the year of the day on which they came.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_while_judging_is_paused_is_judged_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let trade = Trade::new(3, 1, NOW, 1_000);
    let order = clearance::keys::OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
    let documents = trade.documents();
    during(&folder, decide, async |window| {
        window.file_all(sample::filings(), "test").await;
        window.control.set(server::window::JUDGING, "paused").await.unwrap();
        assert!(window.follow_settings().await.unwrap());
        for (sender, document) in &documents {
            let answer = send(window, sender, document.clone()).await;
            let answered = &answer.documents[0];
            assert!(answered.undecided && answered.answer.status == 0, "{:?}", answered.answer);
            assert!(answered.answer.info.contains("已收妥"));
        }
        assert!(window.read.consignment(&order).await.unwrap().is_none());
        // Nobody is told anything that would rest on a judgement.
        let arrived = clearance::event::OfficerAction {
            id: "1".into(),
            officer: "officer".into(),
            party: "8620000001".into(),
            order: order.clone(),
            version: 1,
            kind: clearance::event::ActionKind::Suspend,
            text: "".into(),
        };
        assert!(window.pipeline.action(arrived).await.is_none());
        // A filing is recorded all the same: the reference does not rest on judging.
        let mut filing = sample::filings()[0].clone();
        filing.name = "样例改名".into();
        assert_eq!(window.file_all(vec![filing], "test").await, 1);
    })
    .await;
    // It stays paused over a restart; it goes on in the next year.
    during(&folder, decide, async |window| {
        assert_eq!(window.read.undecided().await.unwrap().len(), documents.len());
        window.clock.set(Time(NOW.0 + 60 * 86_400_000));
        window.control.set(server::window::JUDGING, "on").await.unwrap();
        assert!(window.follow_settings().await.unwrap());
        assert!(window.pipeline.submit(server::pipeline::Work::Tend).await);
        for _ in 0..500 {
            if window.read.undecided().await.unwrap().is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let state = window.read.consignment(&order).await.unwrap().unwrap();
        let attempt = state.attempt.unwrap();
        assert!(matches!(attempt.state.number(), 120 | 500), "{}", attempt.state.number());
        assert_eq!(attempt.business_date, NOW.day(), "the day on which it came");
        assert_eq!(attempt.quota.unwrap().account.period, 2026);
        for (sender, document) in &documents {
            let again = send(window, sender, document.clone()).await;
            assert!(again.documents[0].repeated && again.documents[0].answer.status > 0);
        }
        let derived = server::derive::derive(&window.read, decide, &mut |_| {}).await.unwrap();
        assert_eq!(
            (derived.undecided, derived.different),
            (documents.len() as u64, 0),
            "{:?}",
            derived.faults
        );
    })
    .await;
}
