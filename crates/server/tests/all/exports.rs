//! Messages of exports that are not judged yet, over HTTP: known, read, checked in full, and refused with one clear answer.
//! Nothing of them is taken. Those that are judged: `export_trades.rs`.

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
async fn every_message_of_exports_that_is_not_judged_yet_is_known_and_not_taken() {
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
            if kind.is_declared() {
                assert!(said.contains("not-taken") && said.contains("2 documents of which 0"), "{said}");
                assert!(said.contains("CEB303, 311"), "what is taken is said: {said}");
            } else {
                assert!(said.contains("unknown-root"), "an answer is not for parties to send: {said}");
            }
            count += 1;
        }
    }
    assert_eq!(count, (23 - 9) * 3);
    let (_, feed) = zone.get(SENDER, "/v1/receipts?limit=200").await;
    let receipts = feed["receipts"].as_array().unwrap();
    assert_eq!(receipts.len(), count, "each is answered in the feed too");
    assert!(receipts.iter().all(|one| one["message"] == "CEB900Message"));
    let (_, none) = zone.get(SENDER, "/v1/consignments").await;
    assert_eq!(none["consignments"], json!([]), "{none}");
    let (_, definitions) = zone.get(SENDER, "/v1/definitions").await;
    assert_eq!(definitions["definitions"].as_array().unwrap().len(), 17);
    assert_eq!(zone.get(SENDER, "/v1/definitions/213").await.0, 404, "no form for what is not taken");
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
    let said = refused(&answer);
    assert_eq!(status, 422);
    for part in [
        "3 documents of which 2 have faults",
        "[InvtRefund[2]/InvtRefundList[1]/qty:many，not-decimal：",
        "[InvtRefund[3]/InvtRefundHead/customsCode:862，wrong-length：text of exactly 4 characters]",
        "[InvtRefund[3]/InvtRefundList[1]/qty1:，missing：",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // Asked beforehand, the answer is the same.
    let token = Some(zone.tokens[SENDER].as_str());
    let (status, problem) = zone.request("POST", "/v1/preview", token, json.to_string().into_bytes()).await;
    assert_eq!(status, 400);
    assert!(problem["detail"].as_str().unwrap().contains("not-taken"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_message_of_exports_is_answered_within_bounds() {
    let zone = Zone::new().await;
    let (status, answer) = send(&zone, ceb::write(&message(Kind::ExportReturn, 900), Style::Prefixed)).await;
    let said = refused(&answer);
    assert_eq!(status, 422);
    assert!(said.contains("900 documents of which 900 have faults"), "{said}");
    assert!(said.contains("[InvtRefund[1]:1，too-many-documents："), "{said}");
    assert!(said.chars().count() <= 5_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_of_what_would_be_refused_as_a_whole_tells_every_fault() {
    let zone = Zone::new().await;
    let kind = exports().next().unwrap();
    let mut message = Message::new(kind).with(Document::empty(kind));
    message.guid = "ONEWINDOW-EXPORT-0000-0000-000000000".into();
    let bytes = ceb::write(&message, Style::Prefixed);
    let sent = send(&zone, bytes.clone()).await;
    assert_eq!(sent.0, 422);
    let (status, told) = zone.request("POST", "/v1/preview", Some(&zone.tokens["5301980501"]), bytes).await;
    assert_eq!(status, 400, "{told}");
    let faults = told["faults"].as_array().unwrap();
    assert!(faults.len() > 5, "{told}");
    for fault in faults {
        let has = |name: &str| fault[name].as_str().is_some_and(|text| !text.is_empty());
        assert!(has("path") && has("rule") && has("expected"), "{fault}");
    }
    assert!(told["detail"].as_str().unwrap().contains(&faults.len().to_string()), "{told}");
}
