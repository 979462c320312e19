//! Windows beyond counts, through the whole window: on both stores, after a restart, and decided again.

use crate::support::{Zone, plain};
use ceb::Document;
use clearance::event::Cause;
use clearance::facts::CountKind;
use clearance::keys::OrderKey;
use clearance::sample::Trade;
use clearance::windows::{Measure, Windowed};
use store::{Read, Row};

const RULES: &str = "id,dimension,valid_from,valid_to,lane,condition,note
seller,transaction,20190101,,document-check,seller_count_24h >= 3 and seller_fen_365 > 0,
goods,taxation,20190101,,document-check,goods_price_median_90 > 0 and goods_count_2 >= 2,
address,transaction,20190101,,document-check,address_identities_30 >= 3,
";

async fn read_of(zone: &Zone, trade: &Trade) -> (Vec<Windowed>, Vec<String>) {
    let key = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
    let consignment = zone.window.read.consignment(&key).await.unwrap().unwrap();
    let attempt = consignment.attempt.as_ref().unwrap();
    (attempt.counts.clone(), attempt.hits.iter().map(|hit| hit.rule.to_string()).collect())
}

fn value(read: &[Windowed], kind: CountKind, measure: Measure) -> Option<i64> {
    let read = read.iter().find(|read| read.key.kind == kind)?;
    read.values.iter().find(|value| value.measure == measure).map(|value| value.value)
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_different_ones_and_medians_are_read_stored_and_derived_again() {
    let zone = Zone::new().await;
    zone.window.publish(&[("risk_rules.csv".to_owned(), RULES.to_owned())], "test").await.unwrap();
    let mut trades: Vec<Trade> = (0..4).map(|number| plain(&zone, 9_000 + number * 50)).collect();
    let first = trades[0].clone();
    let spellings = [
        "云南省昆明市样例路8号3栋2单元501室",
        "云南省 昆明市样例路８号，3-2-501",
        "云南省昆明市样例路8号三栋二单元501",
        "云南省昆明市样例路9号",
    ];
    for (trade, address) in trades.iter_mut().zip(spellings) {
        // One merchant sells one sort of goods to all of them.
        for (code, name) in [
            (&mut trade.order.head.ebc_code, &mut trade.order.head.ebc_name),
            (&mut trade.declaration.head.ebc_code, &mut trade.declaration.head.ebc_name),
        ] {
            (*code, *name) = (first.order.head.ebc_code.clone(), first.order.head.ebc_name.clone());
        }
        trade.order.head.consignee_address = address.into();
        trade.waybill.consignee_address = address.into();
        trade.declaration.head.consignee_address = address.into();
    }
    let mut fen = 0;
    for (number, trade) in trades.iter().enumerate() {
        zone.trade(trade).await;
        let (read, hits) = read_of(&zone, trade).await;
        let count = number as i64 + 1;
        assert_eq!(value(&read, CountKind::Seller, Measure::Count), Some(count), "{read:?}");
        let key = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
        let consignment = zone.window.read.consignment(&key).await.unwrap().unwrap();
        fen += consignment.attempt.as_ref().unwrap().assessment.as_ref().unwrap().dutiable();
        assert_eq!(value(&read, CountKind::Seller, Measure::Fen), Some(fen));
        // Three spellings are one address, another house is none of it.
        let identities = if number == 3 { 1 } else { count };
        assert_eq!(value(&read, CountKind::Address, Measure::Identities), Some(identities), "{read:?}");
        assert_eq!(hits.iter().any(|hit| hit == "seller"), number >= 2, "{hits:?}");
        assert_eq!(hits.iter().any(|hit| hit == "address"), number == 2, "{hits:?}");
        let medians = read.iter().filter(|read| read.key.kind == CountKind::Goods);
        for goods in medians {
            assert!(goods.line > 0 && goods.values.iter().any(|value| value.measure == Measure::Count));
        }
    }
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert!(derived.different == 0 && derived.events > 0, "{:?}", derived.faults);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_kept_as_a_hash_read_derived_again_and_erased_with_its_order() {
    let zone = Zone::new().await;
    let first = plain(&zone, 20_000);
    let of_platform = |trade: &Trade| trade.order.head.ebp_code == first.order.head.ebp_code;
    let trades = (0..).map(|number| plain(&zone, 20_000 + number * 50)).filter(of_platform).take(5);
    let mut last = None;
    for (mut trade, number) in trades.zip(1..) {
        trade.order.head.note = Some("轻放[device=3f2a9c71-hand]".into());
        zone.trade(&trade).await;
        let (read, hits) = read_of(&zone, &trade).await;
        assert_eq!(value(&read, CountKind::Device, Measure::Identities), Some(number), "{read:?}");
        assert_eq!(hits.iter().any(|hit| hit == "device-many-identities"), number == 5, "{hits:?}");
        let owner = read.iter().find(|read| read.key.kind == CountKind::Device).unwrap().key.owner.clone();
        assert!(owner.len() == 32 && !owner.contains("hand"), "{owner}");
        last = Some(trade);
    }
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert!(derived.different == 0 && derived.events > 0, "{:?}", derived.faults);

    let head = last.unwrap().order.head;
    let key = OrderKey::new(&head.ebp_code, &head.order_no);
    let consignment = zone.window.read.consignment(&key).await.unwrap().unwrap();
    let position = consignment.order.as_ref().unwrap().position;
    let stored = zone.window.read.event(position).await.unwrap().unwrap().row;
    let Cause::Document(arrived) = &stored.event.cause else { panic!("a document") };
    assert_eq!(arrived.device.as_ref().map(|device| device.identity.len()), Some(32));
    let Some(Row::Event(erased)) = store::redact::redacted(&Row::Event(Box::new(stored))) else {
        panic!("an event")
    };
    let Cause::Document(arrived) = &erased.event.cause else { panic!("a document") };
    let Document::Order(order) = &*arrived.document else { panic!("an order") };
    assert_eq!((&arrived.device, &order.head.note), (&None, &None));
    let outcome = erased.outcome.unwrap();
    assert!(outcome.counted.is_empty() && outcome.consignment.unwrap().ordered.is_empty());
}
