//! What an inspection found, and what it must say: results by line or for the whole, what was measured, who looked, and the
//! measure that follows. Which results there are, and what may follow from each, is the table `inspection_results.csv`; the
//! move itself is made by `decide`. Leaves photographs to the shell: here they are digests.

use crate::Text;
use crate::finding::Finding;
use crate::keys::{Position, Time};
use crate::reason::Reason;
use crate::rulebook::{InspectionResults, Law, Measured, ResultRow};
use crate::states::Trigger;
use ceb::{Day, Decimal};
use std::collections::BTreeSet;

/// What follows from an inspection, the mildest first: the order says which of several results is the gravest. The numbers
/// are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Measure {
    /// Released, once its parcel is here.
    Release = 1,
    /// Manual review (300): an officer decides on value, code, origin, tax.
    Review = 2,
    /// Suspended (600).
    Suspend = 3,
    /// Rejected (100): it may be declared anew.
    Reject = 4,
    /// Sent back abroad (700).
    ReExport = 5,
    /// Detained otherwise (599).
    DetainOther = 6,
    /// Detained, handed to clearance (501).
    DetainClearance = 7,
    /// Detained, handed to legal (503).
    DetainLegal = 8,
    /// Detained, handed to anti-smuggling (502).
    DetainSmuggling = 9,
}

impl Measure {
    /// All measures, the mildest first.
    pub const ALL: [Self; 9] = [
        Self::Release,
        Self::Review,
        Self::Suspend,
        Self::Reject,
        Self::ReExport,
        Self::DetainOther,
        Self::DetainClearance,
        Self::DetainLegal,
        Self::DetainSmuggling,
    ];
    /// The measure of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| *measure as u8 == number)
    }
    /// The word used in the table, the API and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Review => "review",
            Self::Suspend => "suspend",
            Self::Reject => "reject",
            Self::ReExport => "re-export",
            Self::DetainOther => "detain-599",
            Self::DetainClearance => "detain-501",
            Self::DetainLegal => "detain-503",
            Self::DetainSmuggling => "detain-502",
        }
    }
    /// The measure of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.word() == word)
    }
    /// The move that it is.
    pub fn trigger(self) -> Trigger {
        match self {
            Self::Release => Trigger::Release,
            Self::Review => Trigger::Review,
            Self::Suspend => Trigger::Suspend,
            Self::Reject => Trigger::Reject,
            Self::ReExport => Trigger::ReExport,
            Self::DetainOther => Trigger::DetainOther,
            Self::DetainClearance => Trigger::DetainClearance,
            Self::DetainLegal => Trigger::DetainLegal,
            Self::DetainSmuggling => Trigger::DetainSmuggling,
        }
    }
}

/// What was found of one line, or of the whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Number of the declared line; 0 = of the whole.
    pub line: u32,
    /// A word of the table.
    pub result: Text,
    /// What was counted, in the declared unit.
    pub quantity: Option<Decimal>,
    /// What was weighed, in kilograms.
    pub weight: Option<Decimal>,
}

/// An inspection with its measure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inspection {
    /// What was found.
    pub found: Vec<Found>,
    /// What follows.
    pub measure: Measure,
    /// Login of the second officer who looked; empty = none did.
    pub second: Text,
    /// Where; empty = not said.
    pub place: Text,
    /// Photographs by the SHA-256 of what is kept of each, lower-case hexadecimal.
    pub photographs: Vec<Text>,
}

/// An inspection in which two look: the first recorded it, and what follows takes effect when another officer of his office
/// has confirmed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JointInspection {
    /// The row of the first.
    pub position: Position,
    /// When he recorded it.
    pub time: Time,
    /// The rulebook that it was held against.
    pub rulebook: u32,
    /// The day whose table of results counts.
    pub day: Day,
    /// The first officer.
    pub officer: Text,
    /// The office of both.
    pub party: Text,
    /// What the first said.
    pub text: Text,
    /// What he found, and what is to follow.
    pub inspection: Inspection,
    /// The second officer; empty = he is awaited.
    pub confirmed_by: Text,
}

/// What an inspection is held against.
pub(crate) struct Beside<'a> {
    pub results: &'a InspectionResults,
    /// The day counts, too.
    pub law: &'a Law,
    /// Numbers of the declared lines.
    pub lines: &'a [u32],
    pub officer: &'a str,
    pub text: &'a str,
}

/// Characters of a place at most.
const PLACE: usize = 100;
/// Characters of what an officer says at most: with the names of results it stands in a receipt.
pub const WORDS: usize = 500;

impl Inspection {
    /// Everything that is wrong with it; nothing = it may be recorded, if the state allows its measure.
    pub(crate) fn faults(&self, beside: &Beside<'_>) -> Vec<Finding> {
        let mut faults = Vec::new();
        let mut rows: Vec<&ResultRow> = Vec::new();
        if self.found.is_empty() {
            faults.push(fault("found", "", "请至少填写一项查验结果", "at least one result"));
        }
        let mut seen = BTreeSet::new();
        for (index, found) in self.found.iter().enumerate() {
            let path = |name: &str| format!("found[{}].{name}", index + 1);
            if found.line != 0 && !beside.lines.contains(&found.line) {
                let lines: Vec<String> = beside.lines.iter().map(u32::to_string).collect();
                let (zh, en) =
                    ("表体序号不存在", format!("0 for the whole, or a declared line: {}", lines.join(", ")));
                faults.push(fault(&path("line"), &found.line.to_string(), zh, &en));
            }
            if !seen.insert((found.line, &found.result)) {
                faults.push(fault(&path("result"), &found.result, "结果重复", "each result of a line once"));
            }
            match beside.results.find(&found.result, beside.law.day) {
                None => {
                    let known: Vec<&str> =
                        beside.results.on(beside.law.day).map(|row| row.result.as_str()).collect();
                    let expected = format!("one of {}", known.join(", "));
                    faults.push(fault(&path("result"), &found.result, "查验结果代码不存在", &expected));
                }
                Some(row) => {
                    faults.extend(measured(row, found, &path));
                    rows.push(row);
                }
            }
        }
        self.also(beside, &rows, &mut faults);
        let allowed = allowed(&rows);
        if !rows.is_empty() && !allowed.contains(&self.measure) {
            let words: Vec<&str> = allowed.iter().map(|measure| measure.word()).collect();
            let results: Vec<&str> = rows.iter().map(|row| row.result.as_str()).collect();
            faults.push(
                Finding::new(Reason::MeasureForbidden)
                    .argument(names(&rows))
                    .argument(self.measure.word())
                    .argument(words.join("、"))
                    .field("measure", self.measure.word())
                    .field("results", results.join(", "))
                    .field("allowed", words.join(", ")),
            );
        }
        faults
    }

    /// What does not depend on a single line.
    fn also(&self, beside: &Beside<'_>, rows: &[&ResultRow], faults: &mut Vec<Finding>) {
        let two: Vec<&str> =
            rows.iter().filter(|row| row.officers > 1).map(|row| row.result.as_str()).collect();
        if beside.law.inspection_second_confirms != 0 {
            if !self.second.is_empty() {
                let expected = "empty: another officer of the office confirms the inspection by himself";
                faults.push(fault("second", &self.second, "无须填写：由另一名关员自行复核", expected));
            }
        } else if self.second == beside.officer || (self.second.is_empty() && !two.is_empty()) {
            let expected = format!("another officer who looked too ({})", two.join(", "));
            faults.push(fault("second", &self.second, "须由另一名关员共同查验", &expected));
        }
        if self.measure != Measure::Release && beside.text.trim().chars().count() < 2 {
            let expected = "what was found, in at least 2 characters: something follows from it";
            faults.push(fault("text", beside.text, "请写明查验情况（至少2个字）", expected));
        }
        let words = beside.text.chars().count();
        if words > WORDS {
            let expected = format!("at most {WORDS} characters");
            faults.push(fault("text", &words.to_string(), "查验情况至多500个字", &expected));
        }
        if self.place.chars().count() > PLACE {
            faults.push(fault("place", &self.place, "查验地点至多100个字", "at most 100 characters"));
        }
        let most = usize::try_from(beside.law.inspection_photographs).unwrap_or(0);
        if self.photographs.len() > most {
            let expected = format!("at most {most}");
            faults.push(fault(
                "photographs",
                &self.photographs.len().to_string(),
                "照片数量超过上限",
                &expected,
            ));
        }
        let is_digest = |text: &Text| {
            text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        for digest in self.photographs.iter().filter(|digest| !is_digest(digest)) {
            faults.push(fault("photographs", digest, "照片摘要有误", "SHA-256 in lower-case hexadecimal"));
        }
    }

    /// Whether it waits for a second officer to confirm it, under the law of a day.
    pub fn waits_for_second(&self, results: &InspectionResults, law: &Law) -> bool {
        law.inspection_second_confirms != 0
            && self.rows(results, law.day).into_iter().flatten().any(|row| row.officers > 1)
    }

    /// The rows of its results on a day, where the table still has them.
    pub fn rows<'a>(&self, results: &'a InspectionResults, day: Day) -> Vec<Option<&'a ResultRow>> {
        self.found.iter().map(|found| results.find(&found.result, day)).collect()
    }

    /// Whether the party is told what was found: every result says so.
    pub fn is_told(&self, results: &InspectionResults, day: Day) -> bool {
        self.rows(results, day).iter().all(|row| row.is_some_and(|row| row.told))
    }

    /// What a receipt says of what was found; empty where the party is not told.
    pub(crate) fn note(&self, results: &InspectionResults, day: Day) -> String {
        let rows: Vec<&ResultRow> = self.rows(results, day).into_iter().flatten().collect();
        if !self.is_told(results, day) || rows.is_empty() {
            String::new()
        } else {
            format!("查验结果：{}", names(&rows))
        }
    }
}

/// Of several results the gravest decides: the one whose mildest measure is the gravest.
pub fn allowed(rows: &[&ResultRow]) -> Vec<Measure> {
    let gravest = rows.iter().map(|row| row.mildest()).max();
    let mut allowed: Vec<Measure> = Vec::new();
    for measure in rows.iter().filter(|row| Some(row.mildest()) == gravest).flat_map(|row| &row.measures) {
        if !allowed.contains(measure) {
            allowed.push(*measure);
        }
    }
    allowed
}

fn names(rows: &[&ResultRow]) -> String {
    let mut names: Vec<&str> = rows.iter().map(|row| row.name_zh.as_str()).collect();
    names.dedup();
    names.join("、")
}

/// What differs is measured, and nothing measures less than nothing.
fn measured(row: &ResultRow, found: &Found, path: &impl Fn(&str) -> String) -> Vec<Finding> {
    let mut faults = Vec::new();
    let asked =
        [(Measured::Quantity, "quantity", found.quantity), (Measured::Weight, "weight", found.weight)];
    for (kind, name, value) in asked {
        if row.measured == kind && value.is_none() {
            let expected = format!("the {name} as measured: {} says that it differs", row.result);
            faults.push(fault(&path(name), "", "请填写实测数量或重量", &expected));
        }
        if let Some(value) = value.filter(|value| value.is_negative()) {
            faults.push(fault(&path(name), &value.to_string(), "数量、重量不得为负", "zero or more"));
        }
    }
    faults
}

pub(crate) fn fault(path: &str, value: &str, zh: &str, expected: &str) -> Finding {
    Finding::new(Reason::InspectionFaulty).argument(zh).field(path, value).field("expected", expected)
}
