//! Devices that platforms report with their orders: what their windows say, when, and that nothing else follows from them.

use crate::support::{NOW, Window, trade};
use ceb::Document;
use clearance::facts::CountKind;
use clearance::keys::Time;
use clearance::sample::{Trade, stamp};
use clearance::windows::Measure;

const RULE: &str = "device-many-identities";
const HAND: &str = "轻放[device=3f2a9c71-hand]";

/// Trades of one platform, or of any other, whose orders have a remark.
fn placed(platform: &Trade, same: bool, note: &str) -> impl Iterator<Item = Trade> {
    let code = platform.order.head.ebp_code.clone();
    let note = note.to_owned();
    (2..).map(trade).filter(move |trade| (trade.order.head.ebp_code == code) == same).map(move |mut trade| {
        trade.order.head.note = Some(note.as_str().into());
        trade
    })
}

fn read(window: &Window, trade: &Trade, measure: Measure) -> Option<i64> {
    let counts = &window.of(trade).attempt.as_ref()?.counts;
    let device = counts.iter().find(|read| read.key.kind == CountKind::Device)?;
    device.values.iter().find(|value| value.measure == measure).map(|value| value.value)
}

fn hits(window: &Window, trade: &Trade) -> Vec<String> {
    let attempt = window.of(trade).attempt.as_ref().unwrap();
    attempt.hits.iter().map(|hit| hit.rule.to_string()).collect()
}

#[test]
fn identities_of_one_device_are_counted_whichever_document_comes_first() {
    for reversed in [false, true] {
        let mut window = Window::without_draws();
        for (trade, number) in placed(&trade(1), true, HAND).zip(1..=5) {
            let mut documents: Vec<Document> =
                trade.documents().into_iter().map(|(_, document)| document).collect();
            if reversed {
                documents.reverse();
            }
            for document in documents {
                window.send(document);
            }
            assert_eq!(read(&window, &trade, Measure::Identities), Some(number), "{reversed}");
            let hits = hits(&window, &trade);
            assert_eq!(hits.iter().any(|hit| hit == RULE), number == 5, "{hits:?}");
        }
    }
}

#[test]
fn one_buyer_at_his_device_is_one_and_another_platform_has_devices_of_its_own() {
    let mut window = Window::without_draws();
    window.table("risk_rules.csv", |text| {
        format!(
            "{text}devices,transaction,20190101,,scan,device_count_1 >= 2 and device_telephones_30 >= 1,\n"
        )
    });
    let first = trade(1);
    for (mut trade, number) in placed(&first, true, HAND).zip(1..=3) {
        let (head, buyer) = (&mut trade.order.head, &first.order.head);
        (head.buyer_id_number, head.buyer_name) = (buyer.buyer_id_number.clone(), buyer.buyer_name.clone());
        head.buyer_telephone = buyer.buyer_telephone.clone();
        (trade.payment.payer_id_number, trade.payment.payer_name) =
            (buyer.buyer_id_number.clone(), buyer.buyer_name.clone());
        let declared = &mut trade.declaration.head;
        (declared.buyer_id_number, declared.buyer_name) =
            (buyer.buyer_id_number.clone(), buyer.buyer_name.clone());
        declared.buyer_telephone = buyer.buyer_telephone.clone();
        window.trade(&trade);
        for (measure, value) in [(Measure::Count, number), (Measure::Identities, 1), (Measure::Telephones, 1)]
        {
            assert_eq!(read(&window, &trade, measure), Some(value), "{measure:?}");
        }
        assert!(!hits(&window, &trade).iter().any(|hit| hit == RULE));
    }
    let other = placed(&first, false, HAND).next().unwrap();
    window.trade(&other);
    assert_eq!(read(&window, &other, Measure::Count), Some(1));
}

#[test]
fn an_order_with_a_device_is_otherwise_judged_as_one_without() {
    let judged = |note: Option<&str>| {
        let mut window = Window::without_draws();
        let mut trade = trade(1);
        trade.order.head.note = note.map(Into::into);
        window.trade(&trade);
        let device = read(&window, &trade, Measure::Identities);
        let attempt = window.of(&trade).attempt.as_ref().unwrap();
        let mut counts = attempt.counts.clone();
        counts.retain(|read| read.key.kind != CountKind::Device);
        let outcome = (window.receipts(), attempt.state, attempt.lane, attempt.hits.clone(), counts);
        (outcome, device)
    };
    let (plain, device) = judged(None);
    assert_eq!((plain.2.is_some(), device), (true, None));
    for (note, device) in [("轻放", None), (HAND, Some(1)), ("[device=short]", None)] {
        assert_eq!(judged(Some(note)), (plain.clone(), device), "{note}");
    }
}

#[test]
fn an_order_counts_when_it_is_declared_and_not_when_it_is_sent_twice() {
    let mut window = Window::without_draws();
    let mut trade = placed(&trade(1), true, HAND).next().unwrap();
    trade.order.head.app_status = "1".into();
    assert!(window.send(Document::Order(trade.order.clone())).counted.is_empty(), "staged");
    window.now = Time(NOW.0 + 60_000);
    trade.order.head.app_status = "2".into();
    trade.order.head.app_time = stamp(window.now);
    let counted = window.send(Document::Order(trade.order.clone())).counted;
    assert_eq!(counted.iter().map(|raised| raised.key.kind).collect::<Vec<_>>(), [CountKind::Device]);
    assert_eq!(window.of(&trade).ordered.len(), 1);
    assert!(window.send(Document::Order(trade.order.clone())).counted.is_empty(), "sent twice");
    // Deleted, it says nothing of its device any more.
    window.now = Time(NOW.0 + 120_000);
    (trade.order.head.app_type, trade.order.head.app_time) = ("3".into(), stamp(window.now));
    let deleted = window.send(Document::Order(trade.order.clone()));
    assert!(deleted.counted.is_empty() && window.of(&trade).ordered.is_empty(), "{:?}", deleted.answer);
}

#[test]
fn a_finding_about_a_remark_does_not_tell_the_device() {
    let shown = clearance::identity::masked("OrderHead.note", HAND);
    assert!(shown.starts_with("轻放") && !shown.contains("3f2a9c71"), "{shown}");
}
