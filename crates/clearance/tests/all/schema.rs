//! What we write is valid by the published schemas, when they lie beside the project (xmllint reads them): every message
//! of our sample trades, and every receipt and tax bill that they are answered with.
#![allow(clippy::disallowed_types, reason = "tests may start programs")]

use crate::beside::published;
use crate::support::{NOW, Window};
use ceb::signature::{Profile, Subject, generate_sm2};
use ceb::{Decimal, Document, Kind, Style};
use clearance::event::ActionKind;
use clearance::sample::{self, Trade};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

#[test]
fn what_we_write_is_valid_by_the_published_schemas() {
    let Some(schema) = published("ceb/official/xsd/import.xsd") else { return };
    let subject = Subject {
        enterprise_code: "5301980501",
        enterprise_name: "样例碧鸡报关",
        serial: 1,
        not_before: 20_240_101_000_000,
        not_after: 20_361_231_235_959,
    };
    let signer = generate_sm2(&subject).unwrap().signer().unwrap();
    let mut window = Window::without_draws();
    let mut written: Vec<(Kind, Vec<u8>)> = Vec::new();
    let mut sent: Vec<(clearance::Text, Document)> = Vec::new();
    let one = Decimal::from_whole(1);
    for number in 0..6 {
        let trade = Trade::new(1, number, NOW, 1000);
        sent.extend(trade.documents());
        window.trade(&trade);
        let entry = window.entry(&trade);
        let mut more = Vec::new();
        if number == 0 {
            let cancellation = trade.cancellation(&entry, NOW);
            more.push((cancellation.agent_code.clone(), Document::Cancellation(cancellation)));
        } else {
            let arrival = Trade::arrival(1, &[&trade], NOW).unwrap();
            more.push((arrival.head.operator_code.clone(), Document::Arrival(arrival)));
            more.push((trade.waybill.logistics_code.clone(), Document::WaybillStatus(trade.delivered(NOW))));
            let back = trade.return_goods(&entry, &[(0, one)], NOW);
            more.push((back.head.agent_code.clone(), Document::Return(back)));
        }
        for (sender, document) in more {
            window.send(document.clone());
            sent.push((sender, document));
        }
        if number > 0 {
            window.act(&trade, ActionKind::ApproveReturn { number: 1 });
            window.act(&trade, ActionKind::ReceiveReturn { number: 1 });
        }
    }
    for (sender, document) in sent {
        let kind = document.kind();
        let bytes = ceb::write(&sample::message(&sender, vec![document]), Style::Prefixed);
        // The schema asks these for a signature, and forbids it elsewhere.
        let signs = matches!(kind, Kind::Declaration | Kind::Cancellation | Kind::Return | Kind::Arrival);
        written.push((kind, if signs { signer.sign(&bytes, Profile::Sm2Sm3).unwrap() } else { bytes }));
    }
    for outcome in &window.outcomes {
        for receipt in &outcome.receipts {
            written.push((receipt.document.kind(), ceb::write_receipt(&receipt.document)));
        }
    }
    let kinds: BTreeSet<u16> = written.iter().map(|(kind, _)| kind.number()).collect();
    assert!(kinds.len() >= 17, "{kinds:?}");
    valid(&schema, &written);
}

#[test]
fn summaries_are_valid_by_the_published_schemas() {
    let Some(schema) = published("ceb/official/xsd/export.xsd") else { return };
    let (mut window, exports, numbers) = crate::summaries::closed(3);
    let application = crate::summaries::application(&exports, &numbers);
    crate::summaries::send(&mut window, &application);
    let again = crate::summaries::another(&application, "S-2");
    crate::summaries::send(&mut window, &again);
    let mut refused = crate::summaries::another(&application, "S-3");
    refused.head.summary_flag = "3".into();
    crate::summaries::send(&mut window, &refused);
    let agent = application.head.agent_code.clone();
    let message = sample::message(&agent, vec![Document::SummaryApplication(application)]);
    let mut written = vec![(Kind::SummaryApplication, ceb::write(&message, Style::Prefixed))];
    for receipt in window.outcomes.iter().flat_map(|outcome| &outcome.receipts) {
        // What was refused before it had a number has none to name (SPEC §4.22 asks for eighteen characters).
        if !matches!(&*receipt.document, Document::SummaryReceipt(receipt) if receipt.pre_no.is_empty()) {
            written.push((receipt.document.kind(), ceb::write_receipt(&receipt.document)));
        }
    }
    let kinds: Vec<u16> = written.iter().map(|(kind, _)| kind.number()).collect();
    assert_eq!(kinds, [701, 702, 702, 792, 702, 702]);
    valid(&schema, &written);
}

#[test]
fn returns_of_exports_are_valid_by_the_published_schemas() {
    let Some(schema) = published("ceb/official/xsd/export.xsd") else { return };
    let (mut window, export, entry) = crate::export_returns::left();
    let mut refused = export.goods_back(&entry, 1, &[(0, Decimal::ONE)], window.now);
    refused.head.ie_flag = "E".into();
    let sent = [
        Document::ExportReturn(export.goods_back(&entry, 0, &[(0, Decimal::ONE)], window.now)),
        Document::ExportReturn(export.goods_back(&entry, 2, &[(0, Decimal::from_whole(99))], window.now)),
        Document::ReturnTally(export.tally(Some(&entry), window.now)),
        Document::ReturnTally(export.tally(None, window.now)),
    ];
    window.send(Document::ExportReturn(refused));
    let mut written = Vec::new();
    for document in sent {
        window.send(document.clone());
        let (kind, sender) = (document.kind(), crate::support::usual_sender(&document));
        let message = sample::message(&sender, vec![document]);
        written.push((kind, ceb::write(&message, Style::Prefixed)));
    }
    for receipt in window.outcomes.iter().flat_map(|outcome| &outcome.receipts) {
        written.push((receipt.document.kind(), ceb::write_receipt(&receipt.document)));
    }
    let kinds: BTreeSet<u16> = written.iter().map(|(kind, _)| kind.number()).collect();
    assert_eq!(kinds, BTreeSet::from([213, 214, 215, 216]));
    valid(&schema, &written);
}

/// That messages are valid by a schema.
fn valid(schema: &Path, written: &[(Kind, Vec<u8>)]) {
    let validator = Command::new("xmllint").arg("--version").output();
    assert!(validator.is_ok(), "xmllint is missing: ./check installs it");
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (number, (kind, bytes)) in written.iter().enumerate() {
        let path = folder.path().join(format!("{number}-{}.xml", kind.number()));
        std::fs::write(&path, bytes).unwrap();
        files.push(path);
    }
    let checked = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .args(&files)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}");
    assert_eq!(said.lines().filter(|line| line.ends_with(" validates")).count(), files.len());
}
