//! Messages of exports over HTTP, whatever is in them: answers are not for parties to send, and what is wrong in a document that
//! is taken is told with its place. Trades: `export_trades.rs`, returns: `export_returns.rs`.

use crate::support::Zone;
use ceb::{Document, Kind, Message, Shape, Style, dxp};
use serde_json::{Value, json};

const SENDER: &str = "5301960101";

/// A text that a field takes.
fn text(shape: Shape) -> String {
    match shape {
        Shape::Upto(most) => "样例".chars().take(usize::from(most)).collect(),
        Shape::Exactly(length) => "1".repeat(usize::from(length)),
        Shape::Amount | Shape::Number | Shape::Digits(_) => "1".to_owned(),
        Shape::Time => "20261123183000".to_owned(),
        Shape::Date => "20261123".to_owned(),
        Shape::TimeMillis => "20261123183000000".to_owned(),
    }
}

/// A document of a kind with a text in every field.
fn filled(kind: Kind) -> Document {
    let mut document = Document::empty(kind);
    for (part, table) in kind.parts().iter().enumerate() {
        for (field, rule) in table.fields.iter().enumerate() {
            document.set(part, 0, field, &text(rule.shape)).unwrap();
        }
    }
    document
}

fn message(kind: Kind, documents: usize) -> Message {
    let mut message = Message::new(kind);
    message.guid = "ONEWINDOW-EXPORT-0000-0000-000000000".into();
    (0..documents).fold(message, |message, _| message.with(filled(kind)))
}

fn exports() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.is_export() && !server::ingest::takes(*kind))
}

async fn send(zone: &Zone, bytes: Vec<u8>) -> (u16, Value) {
    zone.request("POST", "/v1/messages", Some(&zone.tokens[SENDER]), bytes).await
}

fn refused(answer: &Value) -> String {
    answer["message"]["refused"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_exports_is_known_and_not_for_parties_to_send() {
    let zone = Zone::new().await;
    let mut count = 0;
    for kind in exports() {
        let message = message(kind, 2);
        let xml = ceb::write(&message, Style::Prefixed);
        let envelope = dxp::write(&dxp::DxpMessage {
            cop_msg_id: format!("{SENDER}-{}", kind.number()).into(),
            sender_id: "DXPENT0000000001".into(),
            receiver_ids: vec!["DXPEDCCEB0000002".into()],
            creat_time: "2026-11-23T18:30:00".into(),
            msg_type: kind.root().into(),
            data: xml.clone(),
            file_name: None,
        });
        for bytes in [xml, envelope, ceb::write_json(&message).to_string().into_bytes()] {
            let (status, answer) = send(&zone, bytes).await;
            let said = refused(&answer);
            assert_eq!(status, 422, "{answer}");
            assert_eq!(answer["documents"], json!([]), "{answer}");
            assert!(said.contains(kind.root()), "{said}");
            assert!(said.contains("unknown-root"), "an answer is not for parties to send: {said}");
            assert!(said.contains("CEB213, 215, 303, 311"), "what is taken is said: {said}");
            count += 1;
        }
    }
    assert_eq!(count, (23 - 11) * 3);
    let (_, feed) = zone.get(SENDER, "/v1/receipts?limit=200").await;
    let receipts = feed["receipts"].as_array().unwrap();
    assert_eq!(receipts.len(), count, "each is answered in the feed too");
    assert!(receipts.iter().all(|one| one["message"] == "CEB900Message"));
    let (_, none) = zone.get(SENDER, "/v1/consignments").await;
    assert_eq!(none["consignments"], json!([]), "{none}");
    let (_, definitions) = zone.get(SENDER, "/v1/definitions").await;
    assert_eq!(definitions["definitions"].as_array().unwrap().len(), 19);
    assert_eq!(zone.get(SENDER, "/v1/definitions/213").await.0, 200);
    assert_eq!(zone.get(SENDER, "/v1/definitions/214").await.0, 404, "no form for an answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_an_export_document_is_told_with_its_place() {
    let zone = Zone::new().await;
    let mut json = ceb::write_json(&message(Kind::ExportReturn, 3));
    let documents = &mut json["CEB213Message"]["InvtRefund"];
    documents[1]["InvtRefundList"][0]["qty"] = "many".into();
    documents[2]["InvtRefundHead"]["customsCode"] = "862".into();
    documents[2]["InvtRefundList"][0].as_object_mut().unwrap().remove("qty1");
    let (status, answer) = send(&zone, json.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{answer}");
    let answers = answer["documents"].as_array().unwrap();
    assert_eq!(answers.len(), 3, "{answer}");
    let rules = |at: usize| answers[at]["findings"].to_string();
    assert!(answers.iter().all(|one| one["status"].as_i64().unwrap() < 0), "{answer}");
    // What can be read is judged by what it says; that nobody transmitted it is told of every document.
    let of_first = answers[0]["findings"].as_array().unwrap();
    let unread = of_first.iter().filter(|one| one["rule"] == "field-invalid");
    assert!(
        unread.flat_map(|one| one["fields"].as_array().unwrap()).all(|one| one["path"] == "BaseTransfer"),
        "{answer}"
    );
    assert!(rules(1).contains("field-invalid") && rules(1).contains("qty"), "{answer}");
    assert!(rules(2).contains("customsCode") && rules(2).contains("qty1"), "{answer}");
    // Nothing of it is kept as a trade.
    let (_, none) = zone.get(SENDER, "/v1/exports").await;
    assert_eq!(none["exports"], json!([]), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_of_an_answer_says_that_it_is_none_of_a_partys() {
    let zone = Zone::new().await;
    let kind = exports().next().unwrap();
    let mut message = Message::new(kind).with(Document::empty(kind));
    message.guid = "ONEWINDOW-EXPORT-0000-0000-000000000".into();
    let bytes = ceb::write(&message, Style::Prefixed);
    let sent = send(&zone, bytes.clone()).await;
    assert_eq!(sent.0, 422);
    let (status, told) = zone.request("POST", "/v1/preview", Some(&zone.tokens["5301980501"]), bytes).await;
    assert_eq!(status, 400, "{told}");
    assert!(told["faults"].to_string().contains("unknown-root"), "{told}");
}
