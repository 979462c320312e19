//! Documents filled with canaries by the definitions of their messages: every field that takes a text of our own has one that
//! stands nowhere else, right by length and type. Documents of one trade that are compared have the same where they have to agree.

use ceb::{Document, FieldRule, Kind, Shape};
use clearance::identity::{Personal, citizen_check, personal};
use clearance::keys::OrderKey;
use clearance::risk::{self, SamplingSeed};
use std::collections::{BTreeMap, BTreeSet};

/// Fields of text in which only what is known already is taken: names under which parties are filed, numbers that the window
/// gives, what belongs to bonded goods, and a licence, with which a list is no longer one of those that are counted at once.
pub const BOUND: [&str; 15] = [
    "ebpName",
    "ebcName",
    "payName",
    "logisticsName",
    "agentName",
    "declAgentName",
    "operatorName",
    "preNo",
    "invtNo",
    "rkdNo",
    "sumNo",
    "emsNo",
    "areaName",
    "iacName",
    "licenseNo",
];

/// Fields of several documents of a trade that have to have one value. What is a number leads from one document to the next; the
/// rest is compared.
const NUMBERS: [(&str, &[&str]); 8] = [
    ("orderNo", &["orderNo"]),
    ("logisticsNo", &["logisticsNo"]),
    ("billNo", &["billNo"]),
    ("trafNo", &["trafNo"]),
    ("trafName", &["trafName"]),
    ("voyageNo", &["voyageNo"]),
    ("domesticTrafNo", &["domesticTrafNo"]),
    ("totalPackageNo", &["totalPackageNo"]),
];
const COMPARED: [(&str, &[&str]); 9] = [
    ("payTransactionId", &["payTransactionId"]),
    ("goods", &["itemName", "gname"]),
    ("article", &["itemNo"]),
    ("buyer", &["buyerName", "payerName"]),
    ("identity", &["buyerIdNumber", "payerIdNumber"]),
    ("buyerTelephone", &["buyerTelephone"]),
    ("consignee", &["consignee"]),
    ("consigneeTelephone", &["consigneeTelephone"]),
    ("consigneeAddress", &["consigneeAddress"]),
];

/// Characters of the shortest canary.
const SHORTEST: u16 = 8;
/// Orders that the draw leaves alone, as [`crate::support::plain`] has it.
const LEFT_ALONE: u32 = 100_000;

/// Whether a field takes a canary.
pub fn is_filled(rule: &FieldRule) -> bool {
    let room = match rule.shape {
        Shape::Upto(most) => most,
        Shape::Exactly(36) => 36,
        // A code of a table, a number or a time.
        _ => 0,
    };
    room >= SHORTEST && !rule.name.ends_with("Code") && !BOUND.contains(&rule.name)
}

/// Whether a field is one of those that are compared.
pub fn is_compared(name: &str) -> bool {
    COMPARED.iter().any(|(_, names)| names.contains(&name))
}

/// Where a canary stands.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Of the trades of the story.
    pub trade: usize,
    /// Who sent the document.
    pub sender: String,
    pub kind: Kind,
    pub part: usize,
    pub name: &'static str,
}

impl Mark {
    /// The field as a dataset has it.
    pub fn of_dataset(&self) -> String {
        if self.part == 0 { self.name.to_owned() } else { format!("lines.{}", self.name) }
    }
}

/// The canaries of a story.
pub struct Canaries {
    seed: SamplingSeed,
    platform: &'static str,
    count: usize,
    /// Trades whose documents do not agree.
    differing: BTreeSet<usize>,
    slots: BTreeMap<(usize, String), String>,
    known: BTreeMap<String, Vec<Mark>>,
}

impl Canaries {
    /// None yet. Orders are those of a platform that the draw leaves alone.
    pub fn new(seed: SamplingSeed, platform: &'static str, differing: &[usize]) -> Self {
        Self {
            seed,
            platform,
            count: 0,
            differing: differing.iter().copied().collect(),
            slots: BTreeMap::new(),
            known: BTreeMap::new(),
        }
    }

    /// All of them, with where they stand.
    pub fn all(&self) -> impl Iterator<Item = (&str, &[Mark])> {
        self.known.iter().map(|(text, marks)| (text.as_str(), marks.as_slice()))
    }

    /// What a field of a trade has, which several documents have.
    pub fn number(&self, trade: usize, name: &str) -> &str {
        &self.slots[&(trade, name.to_owned())]
    }

    /// The document with a canary in every field that takes one.
    pub fn fill(&mut self, trade: usize, sender: &str, document: &Document) -> Document {
        let mut filled = document.clone();
        let kind = document.kind();
        for (part, table) in kind.parts().iter().enumerate() {
            let lines = if part == 0 { 1 } else { document.line_count() };
            for line in 0..lines {
                for (field, rule) in table.fields.iter().enumerate().filter(|(_, rule)| is_filled(rule)) {
                    let text = self.text(trade, kind, (part, line), rule);
                    filled.set(part, line, field, &text).unwrap();
                    let mark = Mark { trade, sender: sender.to_owned(), kind, part, name: rule.name };
                    self.known.entry(text).or_default().push(mark);
                }
            }
        }
        filled
    }

    fn text(
        &mut self,
        trade: usize,
        kind: Kind,
        (part, line): (usize, usize),
        rule: &'static FieldRule,
    ) -> String {
        let differs = self.differing.contains(&trade);
        let agreed = NUMBERS.iter().chain(COMPARED.iter().filter(|_| !differs));
        let agreed = agreed.into_iter().find(|(_, names)| names.contains(&rule.name));
        let slot = match agreed {
            // One for each line.
            Some((slot @ ("goods" | "article"), _)) => format!("{slot} {line}"),
            Some((slot, _)) => (*slot).to_owned(),
            None => format!("{} {part} {line} {}", kind.root(), rule.name),
        };
        if let Some(known) = self.slots.get(&(trade, slot.clone())) {
            return known.clone();
        }
        let text = loop {
            self.count += 1;
            let text = canary(self.count, rule);
            let is_drawn = || risk::draw(&self.seed, &OrderKey::new(self.platform, &text)) <= LEFT_ALONE;
            if rule.name != "orderNo" || !is_drawn() {
                break text;
            }
        };
        self.slots.insert((trade, slot), text.clone());
        text
    }

    /// The canaries that a text has.
    pub fn found(&self, text: &str) -> BTreeMap<&str, &[Mark]> {
        let mut found = BTreeMap::new();
        for (begin, bytes_before, length) in SHAPES {
            for (at, _) in text.match_indices(begin) {
                let from = at.checked_sub(bytes_before);
                let piece = from.and_then(|from| text.get(from..from + length));
                if let Some((known, marks)) = piece.and_then(|piece| self.known.get_key_value(piece)) {
                    found.insert(known.as_str(), marks.as_slice());
                }
            }
        }
        found
    }
}

/// By what canaries are found: what each has in it, how many bytes stand before that, and how many bytes it has.
const SHAPES: [(&str, usize, usize); 6] = [
    ("KNR", 0, 8),
    ("-CA0A-4000-A000-", 8, 36),
    ("9900011977", 0, 18),
    ("138", 0, 11),
    ("鸟", 0, 3 + 4 + 9),
    ("样例省样例市金丝雀路", 0, 30 + 4 + 3),
];

/// The text of a field, unlike that of every other number.
fn canary(number: usize, rule: &FieldRule) -> String {
    match personal(rule.name) {
        Some(Personal::Number) if rule.name.ends_with("IdNumber") => {
            let body = format!("9900011977{:02}{:02}{:03}", 1 + number / 1_000 % 12, 1, number % 1_000);
            format!("{body}{}", citizen_check(&body).unwrap())
        }
        Some(Personal::Number) => format!("138{number:08}"),
        Some(Personal::Name) => format!("鸟{number:04}金丝雀"),
        Some(Personal::Address) => format!("样例省样例市金丝雀路{number:04}号"),
        None if rule.shape == Shape::Exactly(36) => format!("{number:08}-CA0A-4000-A000-{number:012}"),
        None => format!("KNR{number:04}Z"),
    }
}
