//! Messages of exports: their limits and faults, the published samples with exactly the faults that these are known for,
//! and validity by the published schema. What every message must do is in `messages.rs`.
#![allow(clippy::disallowed_types, reason = "tests may start programs")]

use crate::beside::published;
use crate::messages::{bare, read, sample, sample_of, text_for};
use ceb::{
    DefectRule, Document, FieldRule, Kind, Limits, Parsed, Style, parse, parse_json, write, write_json,
};
use std::process::Command;

fn exports() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.is_export())
}

/// All faults of a message and of its documents, as `path rule`.
fn faults(parsed: &Parsed) -> Vec<String> {
    let of_documents =
        parsed.message.iter().flat_map(|message| &message.entries).flat_map(|entry| &entry.defects);
    parsed.defects.iter().chain(of_documents).map(|one| format!("{} {}", one.path, one.rule.word())).collect()
}

fn faults_of(xml: &str) -> Vec<String> {
    faults(&parse(xml.as_bytes(), &Limits::default()))
}

/// The message with its one element of a name written `times` times.
fn repeated(xml: &str, element: &str, times: usize) -> String {
    let (open, close) = (format!("<ceb:{element}>"), format!("</ceb:{element}>"));
    let start = xml.find(&open).unwrap();
    let end = xml.find(&close).unwrap() + close.len();
    let rest = xml[end..].rfind(&close).map_or(end, |at| end + at + close.len());
    format!("{}{}{}", &xml[..start], xml[start..end].repeat(times), &xml[rest..])
}

#[test]
fn every_document_of_exports_has_its_own_receipt() {
    let declared = [213, 215, 303, 403, 505, 507, 509, 603, 605, 607, 701];
    let found: Vec<u16> = exports().filter(|kind| kind.is_declared()).map(Kind::number).collect();
    assert_eq!(found, declared);
    for kind in exports().filter(|kind| kind.is_declared()) {
        let receipt = kind.receipt().unwrap();
        assert_eq!(receipt.number(), kind.number() + 1);
        assert!(receipt.is_export() && !receipt.is_declared());
    }
    assert_eq!(exports().count(), declared.len() * 2 + 1, "and the result of a summary");
    assert!(
        Kind::ALL
            .iter()
            .filter(|kind| !kind.is_export())
            .all(|kind| kind.receipt().is_none_or(|one| !one.is_export()))
    );
}

#[test]
fn what_both_families_call_alike_are_different_documents() {
    let export = read(&sample(Kind::ExportOrder, "ceb", 1, true));
    assert!(matches!(export.entries[0].document, Document::ExportOrder(_)));
    let as_import = sample(Kind::ExportOrder, "ceb", 1, true).replace("CEB303", "CEB311");
    let found = faults_of(&as_import);
    for fault in
        ["OrderHead/buyerName missing", "OrderHead/acturalPaid missing", "OrderList[2]/country missing"]
    {
        assert!(found.iter().any(|one| one == fault), "{fault}: {found:?}");
    }
}

#[test]
fn lines_are_bounded_as_the_schema_bounds_them() {
    for (kind, element, most) in [
        (Kind::ExportOrder, "OrderList", 100),
        (Kind::ExportDeclaration, "InventoryList", 100),
        (Kind::ExportReturn, "InvtRefundList", 100),
        (Kind::ExportArrival, "ArrivalList", 10_000),
        (Kind::Departure, "DepartureList", 10_000),
        (Kind::MasterBill, "WayBillList", 10_000),
        (Kind::SummaryApplication, "SummaryApplyList", 10_000),
        (Kind::SummaryResult, "SummaryResultList", 10_000),
    ] {
        let xml = sample(kind, "ceb", 1, true);
        assert_eq!(faults_of(&repeated(&xml, element, most)), [""; 0], "{kind:?}");
        let over = format!("{element} too-many-lines");
        assert_eq!(faults_of(&repeated(&xml, element, most + 1)), [over], "{kind:?}");
        let message = parse(repeated(&xml, element, most).as_bytes(), &Limits::default()).message.unwrap();
        assert_eq!(message.entries[0].document.line_count(), most);
        let none = repeated(&xml, element, 0);
        let optional = matches!(kind, Kind::ExportArrival | Kind::SummaryApplication | Kind::SummaryResult);
        let expected = if optional { vec![] } else { vec![format!("{element} no-lines")] };
        assert_eq!(faults_of(&none), expected, "{kind:?}");
        // The same by the other reader.
        let mut json = write_json(&read(&xml));
        json[kind.root()][kind.element()][0][element] = serde_json::json!([]);
        assert_eq!(
            faults(&parse_json(json.to_string().as_bytes(), &Limits::default())),
            expected,
            "{kind:?}"
        );
    }
}

#[test]
fn a_message_of_exports_holds_a_hundred_documents() {
    for kind in exports() {
        let xml = sample(kind, "ceb", 1, false);
        assert_eq!(faults_of(&repeated(&xml, kind.element(), 100)), [""; 0], "{kind:?}");
        let over = faults_of(&repeated(&xml, kind.element(), 101));
        assert_eq!(over.len(), 101, "{kind:?}: every document is answered");
        assert!(over.iter().all(|one| one.ends_with(" too-many-documents")), "{over:?}");
    }
}

#[test]
fn every_fault_of_a_list_is_told_at_once() {
    let mut xml = sample(Kind::ExportDeclaration, "ceb", 1, true);
    for (field, to) in
        [("country", "CHINA"), ("POD", "CNSHA"), ("ieDate", "20230229"), ("gnum", "100000"), ("fFlag", "")]
    {
        let (before, rest) = xml.split_once(&format!("<ceb:{field}>")).unwrap();
        let (_, after) = rest.split_once('<').unwrap();
        xml = format!("{before}<ceb:{field}>{to}<{after}");
    }
    xml = xml.replacen("<ceb:customsCode>A1B2</ceb:customsCode>\n", "", 1);
    let head = "InventoryHead";
    let expected = [
        format!("{head}/ieDate not-date"),
        format!("{head}/country wrong-length"),
        format!("{head}/POD too-long"),
        format!("{head}/fFlag wrong-length"),
        format!("{head}/customsCode missing"),
        "InventoryList[1]/gnum not-integer".to_owned(),
    ];
    assert_eq!(faults_of(&xml), expected);
}

#[test]
fn whole_numbers_have_the_digits_of_their_field() {
    for (kind, digits) in [(Kind::ExportOrder, 5), (Kind::ExportReturn, 4), (Kind::MasterBill, 5)] {
        let line = kind.parts()[1].element;
        let with = |number: &str| {
            let xml = sample_of(kind, "ceb", true, &|field, index| match field.name {
                "gnum" => number.to_owned(),
                _ => text_for(field.shape, index),
            });
            faults_of(&xml)
        };
        assert_eq!(with(&"9".repeat(digits)), [""; 0]);
        let over = [1, 2].map(|at| format!("{line}[{at}]/gnum not-integer"));
        assert_eq!(with(&"9".repeat(digits + 1)), over);
    }
}

/// The published samples, when they lie beside the project. Ten of them are not valid, each in a known way.
#[test]
fn published_samples_have_exactly_the_faults_they_are_known_for() {
    let Some(folder) = published("ceb/official/samples2022/export") else { return };
    let mut defective = 0;
    let mut clean = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let parsed = parse(&std::fs::read(&path).unwrap(), &Limits::default());
        let found = faults(&parsed);
        let expected: Vec<String> = match name.as_str() {
            "CEB214Message" => vec!["root unknown-root".to_owned()],
            "CEB303Message" | "CEB403Message" | "CEB505Message" | "CEB507Message" | "CEB509Message"
            | "CEB603Message" | "CEB605Message" | "CEB607Message" => {
                vec![format!("{name}/BaseTransfer repeated-element")]
            }
            "CEB792Message" => {
                let lines = parsed.message.as_ref().unwrap().entries.iter().flat_map(|entry| {
                    (1..=entry.document.line_count())
                        .map(|at| format!("SummaryResultList[{at}]/gseqno missing"))
                });
                lines.collect()
            }
            _ => Vec::new(),
        };
        assert_eq!(found, expected, "{name}");
        if !expected.is_empty() {
            defective += 1;
            continue;
        }
        clean += 1;
        let message = parsed.message.unwrap();
        let again = parse(&write(&message, Style::Prefixed), &Limits::default());
        assert_eq!(again.defects, vec![]);
        let mut expected = bare(message);
        expected.signature = None;
        assert_eq!(bare(again.message.unwrap()), expected, "{name}");
    }
    assert_eq!((clean, defective), (13, 10));
}

/// A text that the schema takes too, where it asks for more than the tables: fixed marks, a shortest length.
fn schema_text(field: &FieldRule, index: u64) -> String {
    match (field.name, field.shape) {
        ("fFlag" | "iFlag", _) => "3".to_owned(),
        ("POD", _) => "CNSH".to_owned(),
        ("preNo", ceb::Shape::Upto(_)) => text_for(ceb::Shape::Exactly(18), index),
        (_, shape) => text_for(shape, index),
    }
}

/// What we write is valid by the published schema, when it lies beside the project (xmllint reads it).
#[test]
fn what_we_write_is_valid_by_the_published_schema() {
    let Some(schema) = published("ceb/official/xsd/export.xsd") else { return };
    let validator = Command::new("xmllint").arg("--version").output();
    assert!(validator.is_ok(), "xmllint is missing: ./check installs it");
    let folder = std::env::temp_dir().join(format!("onewindow-exports-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut files = Vec::new();
    for kind in exports() {
        for (number, (seed, optional)) in
            [(0, true), (1, true), (2, false), (3, true)].into_iter().enumerate()
        {
            let xml = sample_of(kind, "", optional, &|field, index| schema_text(field, index + seed));
            let mut message = read(&xml);
            if kind.is_declared() {
                message.transfer = Some(ceb::BaseTransfer {
                    cop_code: "5301980501".into(),
                    cop_name: "样例报关".into(),
                    dxp_mode: "DXP".into(),
                    dxp_id: "DXPENT0000000001".into(),
                    note: None,
                });
            }
            for (letter, style) in [("p", Style::Prefixed), ("d", Style::DefaultNamespace)] {
                let path = folder.join(format!("{}-{number}{letter}.xml", kind.number()));
                std::fs::write(&path, write(&message, style)).unwrap();
                files.push(path);
            }
        }
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
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_fault_only_a_receiver_finds_has_its_word() {
    assert_eq!(DefectRule::from_number(24), Some(DefectRule::NotTaken));
    assert!(DefectRule::ALL.iter().enumerate().all(|(at, rule)| *rule as usize == at + 1));
    let words: std::collections::BTreeSet<&str> = DefectRule::ALL.iter().map(|rule| rule.word()).collect();
    assert_eq!(words.len(), DefectRule::ALL.len());
}
