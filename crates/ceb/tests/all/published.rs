//! The published samples of imports, when they lie beside the project: each reads clean, and what we write of it is the same XML after
//! both are brought into canonical form, empty elements dropped and decimals without superfluous zeros.

use crate::beside::published;
use crate::messages::{bare, read, sample};
use ceb::signature::{Comments, canonicalize};
use ceb::{Kind, Limits, Shape, Style, parse, write};

/// A piece of a message in canonical form: a name is without its prefix, an element without children has its text.
#[derive(Clone, PartialEq, Debug)]
enum Piece {
    Start(String, Vec<(String, String)>),
    Leaf(String, String),
    End(String),
}

/// A decimal without superfluous zeros, by its digits alone: what is compared is not asked.
fn plain(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// The pieces of a message: namespaces are resolved, the signature and what is empty are left out.
fn pieces(kind: Kind, xml: &[u8]) -> Vec<Piece> {
    let xml = xml.strip_prefix("\u{feff}".as_bytes()).unwrap_or(xml);
    let canonical = String::from_utf8(canonicalize(xml, Comments::Omit).unwrap()).unwrap();
    let canonical = match (canonical.find("<ds:Signature"), canonical.rfind("</ds:Signature>")) {
        (Some(from), Some(to)) => {
            format!("{}{}", &canonical[..from], &canonical[to + "</ds:Signature>".len()..])
        }
        _ => canonical,
    };
    let is_amount = |name: &str| {
        let mut fields = kind.parts().iter().flat_map(|part| part.fields);
        fields.any(|field| field.name == name && matches!(field.shape, Shape::Amount))
    };
    let local = |name: &str| name.rsplit(':').next().unwrap_or(name).to_owned();
    let mut found: Vec<Piece> = Vec::new();
    for part in canonical.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        if let Some(name) = tag.strip_prefix('/') {
            // Canonical form has an end tag for each element: one that began just before has text or is empty.
            match found.last() {
                Some(Piece::Start(begun, attributes)) if *begun == local(name) && attributes.is_empty() => {
                    found.pop();
                }
                Some(Piece::Leaf(begun, _)) if *begun == local(name) => {}
                _ => found.push(Piece::End(local(name))),
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let attributes = attributes.split("\" ").filter_map(|one| one.split_once("=\""));
        let attributes = attributes.filter(|(name, _)| !name.starts_with("xmlns"));
        let attributes: Vec<_> = attributes
            .map(|(name, value)| (name.to_owned(), value.trim_end_matches('"').to_owned()))
            .collect();
        let (name, text) = (local(name), text.trim());
        found.push(match text.is_empty() {
            true => Piece::Start(name, attributes),
            false if is_amount(&name) => Piece::Leaf(name, plain(text)),
            false => Piece::Leaf(name, text.to_owned()),
        });
    }
    found
}

#[test]
fn each_sample_is_the_same_xml_when_it_was_read_and_written() {
    let Some(folder) = published("ceb/official/samples2022/import") else { return };
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let message = read(std::str::from_utf8(&bytes).unwrap());
        for style in [Style::Prefixed, Style::DefaultNamespace] {
            let written = write(&message, style);
            let again = parse(&written, &Limits::default());
            assert_eq!(again.defects, vec![]);
            let mut expected = bare(message.clone());
            expected.signature = None;
            assert_eq!(bare(again.message.unwrap()), expected, "{path:?}");
            let [sent, ours] = [&bytes, &written].map(|xml| pieces(message.kind, xml));
            assert!(sent.len() > 10, "{path:?}");
            assert_eq!(ours, sent, "{path:?}");
        }
        count += 1;
    }
    assert!(count >= 15, "only {count} samples");
}

#[test]
fn the_comparison_drops_what_is_empty_and_sees_what_is_not() {
    let clean = sample(Kind::Order, "ceb", 1, true);
    let of = |xml: &str| pieces(Kind::Order, xml.as_bytes());
    assert!(of(&clean).len() > 20);
    let same = [
        clean.replace("12.30000", "012.3"),
        clean.replace("ceb:", "x:").replace("xmlns:ceb", "xmlns:x"),
        clean.replace("<ceb:OrderList>", "<ceb:note/><ceb:OrderList>"),
        clean.replace(" guid=", "\n  guid="),
    ];
    for other in same {
        assert_ne!(other, clean);
        assert_eq!(of(&other), of(&clean));
    }
    let other = [
        clean.replace("<ceb:orderType>A<", "<ceb:orderType>a<"),
        clean.replace("12.30000", "12.30001"),
        clean.replacen("<ceb:OrderList>", "<ceb:note>n</ceb:note><ceb:OrderList>", 1),
        clean.replace("\" version=\"1.0\"", "\" version=\"1.1\""),
    ];
    for other in other {
        assert_ne!(other, clean);
        assert_ne!(of(&other), of(&clean));
    }
}
