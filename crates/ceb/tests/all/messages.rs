//! Reading and writing: identity, defects with their paths, encodings, limits, damage.

use crate::any_bytes;
use ceb::{
    DefectRule, Document, Kind, Limits, Message, Style, parse, parse_document, parse_json, write, write_json,
};
use proptest::prelude::*;

const GUID: &str = "ONEWINDOW-TEST-0000-0000-000000000001";

pub fn guid() -> String {
    GUID.chars().take(36).collect()
}

/// A valid text for a field.
pub fn text_for(shape: ceb::Shape, seed: u64) -> String {
    match shape {
        ceb::Shape::Upto(n) => {
            let text = ["甲<乙>&丙", "plain", "两 词", "x", "\"q'"][(seed % 5) as usize];
            text.chars().take(usize::from(n)).collect()
        }
        ceb::Shape::Exactly(n) => {
            "A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6Q7R8S9".chars().take(usize::from(n)).collect()
        }
        ceb::Shape::Amount => {
            ["0", "1.5", "99999999999999.99999", "0.00001", "12.30000"][(seed % 5) as usize].into()
        }
        ceb::Shape::Number => (seed % 999_999_999).to_string(),
        ceb::Shape::Digits(most) => (seed % 10u64.pow(u32::from(most))).to_string(),
        ceb::Shape::Time => "20261123183000".into(),
        ceb::Shape::Date => "20240229".into(),
        ceb::Shape::TimeMillis => "20261123183000123".into(),
    }
}

/// A message of a kind in XML with every field filled, built from the tables alone.
pub fn sample(kind: Kind, prefix: &str, seed: u64, optional: bool) -> String {
    sample_of(kind, prefix, optional, &|field, index| text_for(field.shape, seed + index))
}

/// A message of a kind in XML with the texts that `text` gives; its index moves with field and line.
pub fn sample_of(
    kind: Kind,
    prefix: &str,
    optional: bool,
    text: &dyn Fn(&ceb::FieldRule, u64) -> String,
) -> String {
    let (open, bind) = if prefix.is_empty() {
        (String::new(), "xmlns".to_owned())
    } else {
        (format!("{prefix}:"), format!("xmlns:{prefix}"))
    };
    let fields = |part: &ceb::Part, line: u64| {
        let mut xml = String::new();
        for (index, field) in part.fields.iter().enumerate() {
            if field.mandatory || optional {
                let text = text(field, line + index as u64).replace('&', "&amp;").replace('<', "&lt;");
                xml += &format!("<{open}{0}>{text}</{open}{0}>\n", field.name);
            }
        }
        xml
    };
    let parts = kind.parts();
    let mut body = String::new();
    match kind.nesting() {
        ceb::Nesting::Flat => body += &fields(&parts[0], 0),
        _ => {
            body += &format!("<{open}{0}>{1}</{open}{0}>", parts[0].element, fields(&parts[0], 0));
            if let Some(line) = parts.get(1) {
                for at in 0..2 {
                    body += &format!("<{open}{0}>{1}</{open}{0}>", line.element, fields(line, at));
                }
            }
        }
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{open}{root} {bind}=\"{ns}\" guid=\"{guid}\" version=\"1.0\"><{open}{el}>{body}</{open}{el}></{open}{root}>",
        root = kind.root(),
        el = kind.element(),
        ns = ceb::NAMESPACE,
        guid = guid()
    )
}

pub fn read(xml: &str) -> Message {
    let parsed = parse(xml.as_bytes(), &Limits::default());
    assert_eq!(parsed.defects, vec![], "{xml}");
    let message = parsed.message.unwrap();
    for entry in &message.entries {
        assert_eq!(entry.defects, vec![], "{xml}");
    }
    message
}

pub fn bare(mut message: Message) -> Message {
    for entry in &mut message.entries {
        entry.span = 0..0;
    }
    message
}

#[test]
fn every_kind_reads_writes_and_reads_the_same_in_both_spellings_and_json() {
    for &kind in Kind::ALL {
        for prefix in ["ceb", "", "x"] {
            for optional in [false, true] {
                let first = read(&sample(kind, prefix, 7, optional));
                for style in [Style::Prefixed, Style::DefaultNamespace] {
                    let written = write(&first, style);
                    let second = parse(&written, &Limits::default());
                    assert_eq!(bare(second.message.unwrap()), bare(first.clone()), "{kind:?}");
                }
                let json = write_json(&first).to_string();
                let second = parse_json(json.as_bytes(), &Limits::default());
                assert_eq!(second.defects, vec![]);
                assert_eq!(bare(second.message.unwrap()), bare(first.clone()), "{json}");
            }
        }
    }
}

#[test]
fn a_document_cut_out_by_its_span_reads_the_same() {
    for &kind in Kind::ALL {
        let xml = sample(kind, "ceb", 3, true);
        let message = read(&xml);
        let entry = &message.entries[0];
        let again = parse_document(kind, &xml.as_bytes()[entry.span.clone()]);
        assert_eq!(again.defects, vec![]);
        assert_eq!(again.document, entry.document);
    }
}

#[test]
fn the_digest_ignores_syntax_but_no_content() {
    let digest = |document: &Document| {
        let mut bytes = Vec::new();
        document.digest_input(&mut |part| bytes.extend_from_slice(part));
        bytes
    };
    let one = read(&sample(Kind::Order, "ceb", 2, true));
    let other = read(&sample(Kind::Order, "", 2, true).replace(">1.5<", ">1.50000<"));
    assert_eq!(digest(&one.entries[0].document), digest(&other.entries[0].document));
    let Document::Order(mut changed) = one.entries[0].document.clone() else { panic!() };
    changed.lines[1].item_name.push('!');
    assert_ne!(digest(&one.entries[0].document), digest(&Document::Order(changed)));
}

/// Changes a clean order and lists the faults found, as `path rule`.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    let xml = sample(Kind::Order, "ceb", 1, true);
    assert!(xml.contains(from), "{from} not in {xml}");
    let parsed = parse(xml.replacen(from, to, 1).as_bytes(), &Limits::default());
    let mut found: Vec<String> =
        parsed.defects.iter().map(|d| format!("{} {}", d.path, d.rule.word())).collect();
    for entry in parsed.message.iter().flat_map(|message| &message.entries) {
        found.extend(entry.defects.iter().map(|d| format!("{} {}", d.path, d.rule.word())));
    }
    // Offsets of broken syntax move with the sample; that they are given is what counts.
    for fault in &mut found {
        if let Some(rest) = fault.strip_prefix("byte ") {
            *fault = format!("byte {}", rest.split_once(' ').unwrap().1);
        }
    }
    assert_eq!(found, expected);
}

#[test]
fn each_fault_is_named_with_its_place() {
    check(
        "<ceb:orderNo>",
        "<ceb:orderNumber>",
        &["OrderHead/orderNumber unknown-element", "byte not-well-formed"],
    );
    check("<ceb:appTime>20261123183000</ceb:appTime>\n", "", &["OrderHead/appTime missing"]);
    check("<ceb:appTime>20261123183000<", "<ceb:appTime>20261323183000<", &["OrderHead/appTime not-time"]);
    check("<ceb:goodsValue>", "<ceb:goodsValue>-", &[]);
    check("<ceb:freight>", "<ceb:freight>1,", &["OrderHead/freight not-decimal"]);
    check("<ceb:currency>A1B<", "<ceb:currency>RMB1<", &["OrderHead/currency wrong-length"]);
    check("<ceb:note>", "<ceb:oops>1</ceb:oops><ceb:note>", &["OrderHead/oops unknown-element"]);
    check("<ceb:note>", "<ceb:guid>1</ceb:guid><ceb:note>", &["OrderHead/guid repeated-element"]);
    check("<ceb:OrderList>", "<ceb:OrderList>loose", &["OrderList[1] unexpected-text"]);
    check("<ceb:gnum>2</ceb:gnum>", "<ceb:gnum>2.5</ceb:gnum>", &["OrderList[2]/gnum not-integer"]);
    check(&format!("guid=\"{}\"", guid()), "", &["CEB311Message/@guid missing-attribute"]);
    check(
        "CEB311Message xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\"",
        "CEB311Message xmlns:ceb=\"urn:other\"",
        &["root namespace"],
    );
    check(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]>",
        &["byte doctype-forbidden"],
    );
    check("plain", "&b;", &["byte not-well-formed"]);
    check("</ceb:CEB311Message>", "", &["byte not-well-formed"]);
    check("encoding=\"UTF-8\"", "encoding=\"klingon\"", &["message encoding"]);
}

#[test]
fn several_faults_are_all_reported() {
    let xml = sample(Kind::Payment, "ceb", 1, false)
        .replace("<ceb:payTime>20261123183000</ceb:payTime>\n", "<ceb:payTime>yesterday</ceb:payTime>\n")
        .replace("<ceb:amountPaid>", "<ceb:amountPaid>abc");
    let parsed = parse(xml.as_bytes(), &Limits::default());
    let entry = &parsed.message.unwrap().entries[0];
    let rules: Vec<_> = entry.defects.iter().map(|d| (d.path.as_str(), d.rule)).collect();
    assert_eq!(
        rules,
        [("PaymentHead/amountPaid", DefectRule::NotDecimal), ("PaymentHead/payTime", DefectRule::NotTime)]
    );
    assert_eq!(entry.defects[1].value, "yesterday");
}

#[test]
fn an_oversized_batch_names_every_document() {
    let xml = sample(Kind::Waybill, "ceb", 1, false);
    let start = xml.find("<ceb:Logistics>").unwrap();
    let end = xml.find("</ceb:Logistics>").unwrap() + "</ceb:Logistics>".len();
    let many = format!("{}{}{}", &xml[..start], xml[start..end].repeat(200), &xml[end..]);
    let message = parse(many.as_bytes(), &Limits::default()).message.unwrap();
    assert_eq!(message.entries.len(), 200);
    assert!(
        message
            .entries
            .iter()
            .all(|entry| entry.defects.iter().any(|d| d.rule == DefectRule::TooManyDocuments))
    );
}

#[test]
fn other_encodings_are_read_and_the_text_returned() {
    let clean = sample(Kind::Order, "ceb", 0, true);
    let expected = bare(read(&clean));
    let in_utf_16 = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| {
        let text = clean.replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"");
        mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect::<Vec<u8>>()
    };
    let mut cases: Vec<(&str, Vec<u8>)> = vec![
        ("UTF-8 with its mark", [b"\xEF\xBB\xBF".as_slice(), clean.as_bytes()].concat()),
        ("UTF-16, small end first", in_utf_16([0xFF, 0xFE], u16::to_le_bytes)),
        ("UTF-16, large end first", in_utf_16([0xFE, 0xFF], u16::to_be_bytes)),
        ("no declaration", clean.split_once("?>").unwrap().1.trim_start().as_bytes().to_vec()),
    ];
    for name in ["GB2312", "GBK", "GB18030", "gb2312"] {
        let named = clean.replace("encoding=\"UTF-8\"", &format!("encoding=\"{name}\""));
        cases.push((name, encoding_rs::GB18030.encode(&named).0.into_owned()));
    }
    for (name, bytes) in cases {
        let parsed = parse(&bytes, &Limits::default());
        assert_eq!(parsed.defects, vec![], "{name}");
        let text = parsed.text.as_deref().unwrap_or(&bytes);
        let message = parsed.message.unwrap();
        assert!(text[message.entries[0].span.clone()].starts_with(b"<ceb:Order>"), "{name}");
        assert_eq!(bare(message), expected, "{name}");
    }
    // Said to be one encoding, and written in another.
    let other = encoding_rs::GB18030.encode(&clean).0.into_owned();
    for wrong in [b"<?xml version=\"1.0\"?>\xff\xfe\x00".as_slice(), other.as_slice()] {
        let defects = parse(wrong, &Limits::default()).defects;
        assert_eq!(defects.iter().map(|one| one.rule).collect::<Vec<_>>(), [DefectRule::Encoding]);
    }
}

#[test]
fn signatures_are_found_on_both_sides_of_an_extension() {
    let signature = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignatureValue>AA==</ds:SignatureValue></ds:Signature>";
    let extension = "<ceb:ExtendMessage><ceb:name>n</ceb:name><ceb:version>1</ceb:version><ceb:Message><a><b/></a></ceb:Message></ceb:ExtendMessage>";
    for tail in [format!("{signature}{extension}"), format!("{extension}{signature}")] {
        let xml = sample(Kind::Declaration, "ceb", 1, true)
            .replace("</ceb:CEB621Message>", &format!("{tail}</ceb:CEB621Message>"));
        let message = read(&xml);
        let node = message.signature.unwrap();
        assert!(!node.is_empty);
        assert_eq!(&xml[node.span], signature);
        assert_eq!(message.extension.unwrap().message, "<a><b/></a>");
    }
}

#[test]
fn an_envelope_gives_its_payload_back() {
    let envelope = ceb::dxp::DxpMessage {
        cop_msg_id: "DXPENT0000000001-1".into(),
        sender_id: "DXPENT0000000001".into(),
        receiver_ids: vec!["DXPEDCCEB0000002".into()],
        creat_time: "2026-11-23T18:30:00".into(),
        msg_type: "CEB311Message".into(),
        data: sample(Kind::Order, "ceb", 1, true).into_bytes(),
        file_name: Some("a&b.xml".into()),
    };
    let bytes = ceb::dxp::write(&envelope);
    assert!(ceb::dxp::is_envelope(&bytes));
    assert!(!ceb::dxp::is_envelope(&envelope.data));
    assert_eq!(ceb::dxp::parse(&bytes, &Limits::default()).unwrap(), envelope);
    let plain = String::from_utf8(bytes).unwrap().replace("dxp:", "").replace("xmlns:dxp", "xmlns");
    let plain = plain.replacen("DxpMsg xmlns:", "DxpMsg xmlns", 1);
    assert!(ceb::dxp::parse(plain.as_bytes(), &Limits::default()).is_ok(), "{}", &plain[..200]);
}

/// Levels are counted while reading: what is nested deeper ends there, whatever is inside.
#[test]
fn a_message_that_is_nested_too_deep_is_refused_where_it_is() {
    for (kind, root) in [(Kind::Order, "CEB311Message"), (Kind::Declaration, "CEB621Message")] {
        // Root, extension and message are three of the sixteen levels.
        let nested = |levels: usize| {
            let extension = format!(
                "<ceb:ExtendMessage><ceb:name>n</ceb:name><ceb:version>1</ceb:version><ceb:Message>{}{}</ceb:Message></ceb:ExtendMessage>",
                "<a>".repeat(levels),
                "</a>".repeat(levels)
            );
            sample(kind, "ceb", 1, true)
                .replace(&format!("</ceb:{root}>"), &format!("{extension}</ceb:{root}>"))
        };
        read(&nested(13));
        let deep = nested(14);
        let at = deep.find(&"<a>".repeat(14)).unwrap() + 13 * "<a>".len();
        let parsed = parse(deep.as_bytes(), &Limits::default());
        let [defect] = parsed.defects.as_slice() else { panic!("{:?}", parsed.defects) };
        assert_eq!((defect.rule, defect.rule.word()), (DefectRule::TooDeep, "too-deep"));
        assert_eq!(
            (defect.path.as_str(), defect.expected.as_str()),
            (&*format!("byte {at}"), "at most 16 levels")
        );
        assert!(parsed.message.is_none());
    }
}

#[test]
fn a_message_that_is_too_large_is_refused_unread() {
    let most = Limits::default().bytes;
    let mut large = sample(Kind::Declaration, "ceb", 1, true).into_bytes();
    // White space after the root element is part of a message.
    large.resize(most, b' ');
    assert_eq!(parse(&large, &Limits::default()).defects, vec![]);
    large.push(b' ');
    let parsed = parse(&large, &Limits::default());
    let [defect] = parsed.defects.as_slice() else { panic!("{:?}", parsed.defects) };
    assert_eq!((defect.path.as_str(), defect.rule.word()), ("message", "too-large"));
    assert_eq!((defect.value.as_str(), defect.expected.as_str()), ("16777217", "at most 16777216 bytes"));
    assert!(parsed.message.is_none() && parsed.kind.is_none());
    // An envelope has its payload in base64.
    large.resize(most / 3 * 4 + (1 << 17), b' ');
    let defects = ceb::dxp::parse(&large, &Limits::default()).unwrap_err();
    assert_eq!(defects.iter().map(|one| one.rule).collect::<Vec<_>>(), [DefectRule::TooLarge]);
}

/// Bytes of a message with damage: what is asked of any bytes, and no panic where a document is read alone.
fn survives(bytes: &[u8]) {
    any_bytes::message(bytes);
    any_bytes::json(bytes);
    any_bytes::signature(bytes);
    for &kind in Kind::ALL {
        let _ = parse_document(kind, bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&bytes);
    }

    #[test]
    fn damaged_messages_never_panic(kind in 0..Kind::ALL.len(), cut in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>(), json in any::<bool>()) {
        let kind = Kind::ALL[kind];
        let mut bytes = sample(kind, "ceb", 5, true).into_bytes();
        if json {
            bytes = write_json(&read(std::str::from_utf8(&bytes).unwrap())).to_string().into_bytes();
        }
        let place = at.index(bytes.len());
        bytes[place] = byte;
        survives(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        survives(&bytes);
    }

    #[test]
    fn decimals_print_what_they_read(units in -9_999_999_999_999_999_999i128..9_999_999_999_999_999_999) {
        let decimal = ceb::Decimal::from_units(units);
        prop_assert_eq!(ceb::Decimal::parse(&decimal.to_string()), Some(decimal));
    }
}

/// Readers of JSON keep one of two members of a name: which one, the sender would never learn.
#[test]
fn a_member_of_json_that_stands_twice_is_told_with_its_path() {
    let text = r#"{"CEB311Message":{"guid":"4CDE1CFD-EDED-46B1-946C-B8022E42FC94","version":"1.0",
        "Order":[{"OrderHead":{"orderNo":"A1","goodsValue":"1","goodsValue":"2"},"OrderList":[]}]}}"#;
    let parsed = parse_json(text.as_bytes(), &Limits::default());
    assert!(parsed.message.is_none());
    let told: Vec<(&str, DefectRule)> =
        parsed.defects.iter().map(|defect| (defect.path.as_str(), defect.rule)).collect();
    assert_eq!(told, [("CEB311Message/Order[1]/OrderHead/goodsValue", DefectRule::RepeatedElement)]);
}
