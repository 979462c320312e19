//! Results that an inspection may have, dated (`inspection_results.csv`): what may follow from each, who decides then, under
//! which law, whether it counts for credit and for the risk model, and whether the party is told. What is done with a trade
//! belongs to `decide`; what an inspection must say is `crate::inspection`'s.

use super::{Confidence, TableFault, rows, term};
use crate::Text;
use crate::inspection::Measure;
use ceb::Day;

/// The table.
pub(super) const FILE: &str = "inspection_results.csv";

/// What must be measured where a result says that it differs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measured {
    /// Nothing.
    Nothing,
    /// The quantity, in the declared unit.
    Quantity,
    /// The weight, in kilograms.
    Weight,
}

impl Measured {
    /// The word used in the table and the API; empty = nothing.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Quantity => "quantity",
            Self::Weight => "weight",
        }
    }
}

/// One result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResultRow {
    /// Its word.
    pub result: Text,
    /// Its name in Chinese.
    pub name_zh: Text,
    /// Its name in English.
    pub name_en: Text,
    /// What may follow, the usual first; never empty.
    pub measures: Vec<Measure>,
    /// What must be measured.
    pub measured: Measured,
    /// How many officers look: 1 or 2.
    pub officers: u8,
    /// Whether it counts for the credit of the enterprise.
    pub credit: bool,
    /// Whether a model of risk may learn from it.
    pub risk: bool,
    /// Whether the party is told it, with the photographs; where it is not, the party sees the measure alone.
    pub told: bool,
    /// Who decides next, in Chinese.
    pub decides_zh: Text,
    /// Who decides next, in English.
    pub decides_en: Text,
    /// The law, in Chinese.
    pub law_zh: Text,
    /// The law, in English.
    pub law_en: Text,
    /// First day.
    pub valid_from: Day,
    /// Last day; none = open.
    pub valid_to: Option<Day>,
    /// Where it is said.
    pub source: Text,
    /// How sure that is.
    pub confidence: Confidence,
}

impl ResultRow {
    /// The mildest that may follow: how grave the result is.
    pub fn mildest(&self) -> Measure {
        self.measures.iter().copied().min().unwrap_or(Measure::DetainSmuggling)
    }
}

/// All results. A rulebook that was published before there was this table has none: under it results are passed or failed.
#[derive(Clone, Default, Debug)]
pub struct InspectionResults(Vec<ResultRow>);

impl InspectionResults {
    pub(super) fn load(text: Option<&str>, faults: &mut Vec<TableFault>) -> Self {
        let Some(text) = text else { return Self::default() };
        let header = [
            "result",
            "name_zh",
            "name_en",
            "measures",
            "measured",
            "officers",
            "credit",
            "risk",
            "told",
            "decides_zh",
            "decides_en",
            "law_zh",
            "law_en",
            "valid_from",
            "valid_to",
            "source",
            "certainty",
        ];
        let mut all: Vec<ResultRow> = Vec::new();
        rows(FILE, text, header, faults, |fields| {
            let row = row(fields)?;
            let days = |one: &ResultRow| (one.valid_from, one.valid_to);
            let meets = |one: &ResultRow| one.result == row.result && term::overlap(days(one), days(&row));
            if all.iter().any(meets) {
                return Err(format!("two rows of {} hold on the same day", row.result));
            }
            all.push(row);
            Ok(())
        });
        Self(all)
    }

    /// Whether results are typed under this rulebook.
    pub fn is_there(&self) -> bool {
        !self.0.is_empty()
    }

    /// Every row.
    pub fn all(&self) -> &[ResultRow] {
        &self.0
    }

    /// The results of a day, in the order of the table.
    pub fn on(&self, day: Day) -> impl Iterator<Item = &ResultRow> {
        self.0.iter().filter(move |row| term::holds(row.valid_from, row.valid_to, day))
    }

    /// The result of a word on a day.
    pub fn find(&self, result: &str, day: Day) -> Option<&ResultRow> {
        self.on(day).find(|row| row.result == result)
    }
}

fn row(fields: [&str; 17]) -> Result<ResultRow, String> {
    let [result, zh, en, measures, measured, officers, credit, risk, told, ..] = fields;
    let [.., decides_zh, decides_en, law_zh, law_en, from, to, source, certainty] = fields;
    if [result, zh, en, decides_zh, decides_en, law_zh, law_en, source].contains(&"") {
        return Err("result, names, who decides, law and source are not empty".to_owned());
    }
    let yes = |word: &str| match word {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("{word} is neither yes nor no")),
    };
    let measure = |word: &str| {
        Measure::from_word(word)
            .ok_or_else(|| format!("{word} is no measure: {}", Measure::ALL.map(Measure::word).join(", ")))
    };
    let measures: Vec<Measure> = measures.split_whitespace().map(measure).collect::<Result<_, _>>()?;
    if measures.is_empty() {
        return Err("something may follow from a result".to_owned());
    }
    Ok(ResultRow {
        result: result.into(),
        name_zh: zh.into(),
        name_en: en.into(),
        measures,
        measured: [Measured::Nothing, Measured::Quantity, Measured::Weight]
            .into_iter()
            .find(|one| one.word() == measured)
            .ok_or("measured is empty, quantity or weight")?,
        officers: officers.parse().ok().filter(|count| matches!(count, 1 | 2)).ok_or("officers is 1 or 2")?,
        credit: yes(credit)?,
        risk: yes(risk)?,
        told: yes(told)?,
        decides_zh: decides_zh.into(),
        decides_en: decides_en.into(),
        law_zh: law_zh.into(),
        law_en: law_en.into(),
        valid_from: term::first_day(from)?,
        valid_to: term::last_day(to)?,
        source: source.into(),
        confidence: term::certainty(certainty)?,
    })
}
