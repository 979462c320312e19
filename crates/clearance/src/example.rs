//! Examples of the catalogue: of every code that senders are answered with, and of every rule, what was sent and the full text of the
//! answer. Two tables, each held against real answers by a test: one sends its cases to a server over HTTP, one judges them. Here
//! they are only read. What nobody is answered with has a reason instead, and is shown as it would look.

use crate::reason::{NOT_GIVEN, NotGiven, Reason, error_rows, filled};
use std::sync::OnceLock;

/// One case and how it was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The code of the answer: negative, or that of customs in a receipt; empty where the rule has none.
    pub code: String,
    /// The rules that found something.
    pub rules: Vec<Reason>,
    /// State of the trade after it; `none` = nothing is kept of it, `-` = not declared yet.
    pub state: String,
    /// What was sent, in English.
    pub case_en: String,
    /// What was sent, in Chinese.
    pub case_zh: String,
    /// The text of the answer, with its values.
    pub text: String,
    /// What of the message, or of the officer's decision, brought it about.
    pub fragment: String,
}

/// Every example, in the order of the tables.
///
/// # Panics
/// When a table is none: they are part of the program and a test reads them.
pub fn examples() -> &'static [Example] {
    static EXAMPLES: OnceLock<Vec<Example>> = OnceLock::new();
    EXAMPLES.get_or_init(|| {
        let tables = [
            include_str!("../../../tables/code_examples.csv"),
            include_str!("../../../tables/rule_examples.csv"),
        ];
        tables.into_iter().flat_map(read).collect()
    })
}

fn read(text: &'static str) -> impl Iterator<Item = Example> {
    csv::Reader::from_reader(text.as_bytes()).into_records().map(|row| {
        let row = row.expect("a table of examples is a table");
        let cell = |at: usize| row.get(at).unwrap_or("").to_owned();
        Example {
            code: cell(0),
            rules: cell(1).split_whitespace().filter_map(Reason::from_word).collect(),
            state: cell(2),
            case_en: cell(3),
            case_zh: cell(4),
            text: cell(5),
            fragment: cell(6),
        }
    })
}

/// The examples in which a rule found something: those of it alone first.
pub fn of(reason: Reason) -> Vec<&'static Example> {
    let mut found: Vec<&Example> = examples().iter().filter(|one| one.rules.contains(&reason)).collect();
    found.sort_by_key(|one| one.rules.len());
    found
}

/// Why a rule has no example: no message comes to it.
pub fn never(reason: Reason) -> Option<NotGiven> {
    match reason {
        // A document that fails to be judged is a fault of ours, which no sender can bring about.
        Reason::Undecided => Some(NotGiven::InternalFailure),
        // The type is 1 in order and list, and nothing else is accepted of either.
        Reason::BuyerIdTypeDiffers => Some(NotGiven::UnreachableBySchema),
        // What else a book refuses, the checks of a list do not let in.
        Reason::BookLineFaulty => Some(NotGiven::UnreachableBySchema),
        _ => None,
    }
}

/// A code of the published table that nobody is answered with here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Never {
    /// The code.
    pub code: i32,
    /// Why.
    pub why: NotGiven,
    /// What it means, in English.
    pub meaning: &'static str,
    /// Its text, with its values left open.
    pub text: &'static str,
    /// What an answer with it would look like.
    pub fragment: String,
}

/// Every such code, from the smallest number on.
pub fn not_given() -> Vec<Never> {
    let why = |code: i32| NOT_GIVEN.iter().find(|(_, codes)| codes.contains(&code)).map(|(why, _)| *why);
    let of = |(code, text, meaning): (i32, &'static str, &'static str)| {
        let why = why(code)?;
        Some(Never { code, why, meaning, text, fragment: receipt(code, text) })
    };
    let mut found: Vec<Never> = error_rows().into_iter().filter_map(of).collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.code));
    found
}

/// An answer as it would be written: slots hold what stands for any value.
fn receipt(code: i32, text: &str) -> String {
    let told = filled(text, std::iter::repeat("…"));
    format!("<returnStatus>{code}</returnStatus>\n<returnInfo>{told}</returnInfo>")
}

/// What of a message brought a finding about: the elements that its fields name, as they were sent. Where it names none, how the
/// document is made up, with what it is known by.
pub fn fragment(xml: &str, paths: &[&str]) -> String {
    let mut parts: Vec<(&str, usize, Vec<&str>)> = Vec::new();
    for path in paths {
        let (part, field) = path.split_once('.').unwrap_or((*path, ""));
        let (name, number) = match part.split_once('[') {
            Some((name, number)) => (name, number.trim_end_matches(']').parse().unwrap_or(1)),
            None => (part, 1),
        };
        if name.is_empty() || nth(xml, name, number).is_none() {
            continue;
        }
        match parts.iter_mut().find(|(known, at, _)| (*known, *at) == (name, number)) {
            Some((_, _, fields)) => fields.push(field),
            None => parts.push((name, number, vec![field])),
        }
    }
    let mut told = Vec::new();
    for (name, number, mut fields) in parts {
        let Some(inner) = nth(xml, name, number) else { continue };
        fields.retain(|field| !field.is_empty());
        fields.dedup();
        let shown: String = fields.iter().map(|field| element(inner, field)).collect();
        let shown = if shown.is_empty() { "…".to_owned() } else { shown };
        told.push(format!("<ceb:{name}>{shown}</ceb:{name}>"));
    }
    if told.is_empty() { outline(xml) } else { told.join("\n") }
}

/// What stands in the so-manieth element of a name, counted from 1.
fn nth<'a>(xml: &'a str, name: &str, number: usize) -> Option<&'a str> {
    let (open, close) = (format!("<ceb:{name}>"), format!("</ceb:{name}>"));
    let mut rest = xml;
    for _ in 1..number.max(1) {
        rest = rest.split_once(&open)?.1;
    }
    Some(rest.split_once(&open)?.1.split_once(&close)?.0)
}

/// A field as it was sent, or that it was not.
fn element(inner: &str, field: &str) -> String {
    match nth(inner, field, 1) {
        Some(value) => format!("<ceb:{field}>{value}</ceb:{field}>"),
        None => format!("<!-- {field} -->"),
    }
}

/// What documents are known by.
const KEYS: [&str; 9] = [
    "appType",
    "copNo",
    "orderNo",
    "payTransactionId",
    "logisticsNo",
    "invtNo",
    "billNo",
    "gnum",
    "summaryFlag",
];

/// Elements of an outline, at most: of many alike the first are enough.
const OUTLINED: usize = 8;

/// The elements of a document with what it is known by; what else they hold is left out.
fn outline(xml: &str) -> String {
    let mut told = String::new();
    let mut depth = 0usize;
    let mut count = 0usize;
    let mut rest = xml;
    while let Some((_, after)) = rest.split_once("<ceb:") {
        let Some((tag, inner)) = after.split_once('>') else { break };
        rest = inner;
        let name = tag.split([' ', '/']).next().unwrap_or(tag);
        let Some((value, _)) = inner.split_once("</ceb:") else { break };
        let is_part = value.contains("<ceb:") || tag.ends_with('/') || value.trim().is_empty();
        if !is_part {
            if KEYS.contains(&name) {
                told.push_str(&format!("{}<ceb:{name}>{value}</ceb:{name}>\n", "  ".repeat(depth)));
            }
            continue;
        }
        // The message itself has attributes; what it transports stands within.
        if tag.contains(' ') || name == "BaseTransfer" || name == "BaseSubscribe" {
            continue;
        }
        count += 1;
        if count > OUTLINED {
            told.push_str("…\n");
            break;
        }
        depth = usize::from(count > 1);
        told.push_str(&format!("<ceb:{name}>\n"));
    }
    told.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Layer;

    const XML: &str = "<ceb:CEB621Message guid=\"X\"><ceb:Inventory><ceb:InventoryHead><ceb:orderNo>O&amp;1</ceb:orderNo>\
        <ceb:netWeight>9</ceb:netWeight><ceb:grossWeight>1</ceb:grossWeight></ceb:InventoryHead>\
        <ceb:InventoryList><ceb:gnum>1</ceb:gnum><ceb:qty>2</ceb:qty></ceb:InventoryList>\
        <ceb:InventoryList><ceb:gnum>2</ceb:gnum><ceb:qty>3</ceb:qty></ceb:InventoryList></ceb:Inventory></ceb:CEB621Message>";

    #[test]
    fn a_fragment_has_the_elements_that_are_named_as_they_were_sent() {
        for (paths, expected) in [
            (&["InventoryList[2].qty"][..], "<ceb:InventoryList><ceb:qty>3</ceb:qty></ceb:InventoryList>"),
            (
                &["InventoryHead.netWeight", "InventoryHead.grossWeight", "expected"],
                "<ceb:InventoryHead><ceb:netWeight>9</ceb:netWeight><ceb:grossWeight>1</ceb:grossWeight></ceb:InventoryHead>",
            ),
            (&["InventoryHead.copNo"], "<ceb:InventoryHead><!-- copNo --></ceb:InventoryHead>"),
            (&["InventoryHead"], "<ceb:InventoryHead>…</ceb:InventoryHead>"),
            (
                &["stored", "InventoryHead.orderNo", "InventoryList[1].gnum"],
                "<ceb:InventoryHead><ceb:orderNo>O&amp;1</ceb:orderNo></ceb:InventoryHead>\n<ceb:InventoryList><ceb:gnum>1</ceb:gnum></ceb:InventoryList>",
            ),
        ] {
            assert_eq!(fragment(XML, paths), expected, "{paths:?}");
        }
        let outlined = fragment(XML, &["nothing.of.it", "InventoryList[9].qty", ""]);
        assert_eq!(
            outlined,
            "<ceb:Inventory>\n<ceb:InventoryHead>\n  <ceb:orderNo>O&amp;1</ceb:orderNo>\n<ceb:InventoryList>\n  <ceb:gnum>1</ceb:gnum>\n<ceb:InventoryList>\n  <ceb:gnum>2</ceb:gnum>"
        );
        for text in ["", "<ceb:", "<ceb:a", "<ceb:a>", "no message", "<ceb:a></ceb:", "<ceb:a/>"] {
            let _ = fragment(text, &["a.b", "a[", "[1].b", "a[x].b"]);
        }
    }

    #[test]
    fn every_rule_has_an_example_or_a_reason_why_there_is_none() {
        for reason in Reason::ALL.iter().copied() {
            assert_eq!(of(reason).is_empty(), never(reason).is_some(), "{}", reason.word());
        }
        for one in of(Reason::LineNameDiffers) {
            assert!(!one.text.is_empty() && !one.case_en.is_empty() && !one.case_zh.is_empty());
        }
    }

    #[test]
    fn every_code_is_given_in_an_example_or_told_why_not() {
        let given: Vec<i32> = examples().iter().filter_map(|one| one.code.parse().ok()).collect();
        let told = not_given();
        for (code, _, _) in error_rows() {
            let never = told.iter().find(|one| one.code == code);
            assert_eq!(given.contains(&code), never.is_none(), "{code}");
        }
        for one in &told {
            assert!(one.fragment.contains(&one.code.to_string()) && !one.fragment.contains("[*]"), "{one:?}");
        }
        // What a person looks at is answered with the code of that, 1200.
        let rejects = |reason: &&Reason| reason.layer() == Layer::Rejected && never(**reason).is_none();
        let customs: Vec<&str> =
            Reason::ALL.iter().filter(rejects).filter_map(|reason| reason.customs_code()).collect();
        for code in &customs {
            assert!(examples().iter().any(|one| one.code == *code), "{code} has no example");
        }
    }
}
