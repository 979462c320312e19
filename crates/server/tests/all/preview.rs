//! A preview says what then happens: the same engine on the same facts. `ONEWINDOW_TRADES=100000` asks of more trades.

use crate::support::{NOW, Zone};
use bytes::Bytes;
use ceb::{Decimal, Document, Style};
use clearance::reason::{Disclosure, Layer};
use clearance::sample::{self, Numbers, Trade};
use server::ingest::ingest;
use server::pipeline::Answered;
use store::Read;

/// One thing wrong with some trades, of the kinds that senders get wrong.
fn spoil(trade: &mut Trade, draw: &mut Numbers) {
    let head = &mut trade.declaration.head;
    let line = &mut trade.declaration.lines[0];
    match draw.below(24) {
        0 => head.buyer_name = "样例别人".into(),
        1 => line.country = "110".into(),
        2 => trade.payment.amount_paid = Decimal::from_whole(1),
        3 => line.gcode = "9999999999".into(),
        4 => head.port_code = "9Z9Z".into(),
        5 => line.price = Decimal::from_whole(-1),
        6 => head.net_weight = head.gross_weight.checked_add(Decimal::from_whole(1)).unwrap(),
        7 => head.buyer_id_number = "99000019900101001X".into(),
        8 => head.app_type = "2".into(),
        9 => trade.waybill.weight = Decimal::from_whole(77),
        10 => head.trade_mode = "1210".into(),
        11 => head.assure_code = "5301960301".into(),
        _ => {}
    }
}

/// What is said of a document, without what sealed rules add in life.
fn said(answered: &Answered) -> (i32, Vec<String>, Option<String>) {
    let open = |finding: &&clearance::finding::Finding| {
        finding.reason.disclosure() == Disclosure::Open && finding.reason.layer() != Layer::Note
    };
    let findings =
        answered.answer.findings.iter().filter(open).map(|finding| format!("{finding:?}")).collect();
    let attempt = answered
        .outcome
        .as_ref()
        .and_then(|outcome| outcome.consignment.as_ref())
        .and_then(|consignment| consignment.attempt.as_ref());
    (answered.answer.status, findings, attempt.map(|attempt| format!("{:?}", attempt.assessment)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_what_then_happens() {
    let zone = Zone::new().await;
    let window = &zone.window;
    let wanted = std::env::var("ONEWINDOW_TRADES").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    let mut draw = Numbers::new(11, 11);
    let mut statuses = std::collections::BTreeMap::<i32, u64>::new();
    for number in 0..wanted {
        // Few buyers, so that the yearly limit decides some of them.
        let mut trade = Trade::new(11, number, NOW, wanted / 12 + 1);
        spoil(&mut trade, &mut draw);
        let documents = trade.documents();
        // Now and then a partner is still missing.
        let missing = draw.below(20) as usize;
        for (index, (sender, document)) in documents.iter().take(3).enumerate() {
            if index != missing {
                let message = sample::message(sender, vec![document.clone()]);
                window.send(&Bytes::from(ceb::write(&message, Style::Prefixed)), sender).await.unwrap();
            }
        }
        let (sender, document) = documents[3].clone();
        let Document::Declaration(_) = &document else { panic!("the list comes last") };
        let bytes = Bytes::from(ceb::write(&sample::message(&sender, vec![document]), Style::Prefixed));
        let (_, exchange_ids) = window.names_of(&sender);
        let asked = ingest(&bytes, &sender, &exchange_ids, window.context(true));
        let asked = asked.documents.into_iter().map(|(arrived, _)| arrived).collect();
        let before = window.read.position().await.unwrap();
        let preview = window.pipeline.preview(asked).await.unwrap();
        assert_eq!(window.read.position().await.unwrap(), before, "a preview writes nothing");
        let live = window.send(&bytes, &sender).await.unwrap();
        // Only a preview is told its whole outcome: of what was recorded it is in the ledger.
        let mut answered = live.documents[0].clone();
        let recorded = window.read.event(answered.position).await.unwrap();
        answered.outcome = recorded.and_then(|event| event.row.outcome);
        let (expected, found) = (said(&preview[0]), said(&answered));
        *statuses.entry(found.0).or_default() += 1;
        // A sealed rule may only send the list to a person or to the scanner, never change what was said of it.
        let sealed = live.documents[0]
            .answer
            .findings
            .iter()
            .any(|finding| finding.reason.disclosure() == Disclosure::Sealed);
        if sealed {
            assert!(matches!(found.0, 100 | 300 | 500), "trade {number}: {found:?}");
            assert_eq!((&found.1, &found.2), (&expected.1, &expected.2), "trade {number}");
        } else {
            assert_eq!(found, expected, "trade {number}");
        }
    }
    for status in [2, 100, 120, 300, -621001] {
        assert!(statuses.contains_key(&status), "no trade got {status}: {statuses:?}");
    }
}
