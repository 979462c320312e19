//! What was assessed of an enterprise: score, grade, and every reason, by the tables of a rulebook as of a day. The window
//! writes it whenever what is known has changed; each version stays.

use crate::moves::Move;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use ceb::Day;
use clearance::record::Record;
use clearance::standing::Says;
use serde::{Deserialize, Serialize};

/// One state: assessed. The id is the party's code.
pub const MOVES: &[Move] = &[Move::window("assess", &["", "assessed"], "assessed")];

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// As of which day, yyyyMMdd.
    pub day: String,
    /// 0 to 1,000.
    pub score: i64,
    /// The grade; none = too little is known.
    #[serde(default)]
    pub grade: Option<String>,
    /// The grade that the score alone would have.
    #[serde(default)]
    pub by_score: Option<String>,
    /// How much of all weight has something to be judged by, parts per million.
    pub known: i64,
    /// Number of the rulebook whose tables it was made with.
    pub rulebook: u32,
    /// Each indicator that told something: word, points in thousandths of 100, what it gave in thousandths of 1,000.
    pub reasons: Vec<(String, i64, i64)>,
    /// Vetoes in force: word, record, last day.
    #[serde(default)]
    pub vetoes: Vec<(String, String, String)>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

pub(super) fn grade(record: &Record) -> Option<Says> {
    let body = Body::of(record);
    Some(Says {
        standing: body.grade?.into(),
        from: Day::parse(&body.day)?,
        // A grade holds until the next: what is behind it decays by the day, and the window looks at it every day.
        to: None,
    })
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let body: Body = read(seen.command.body.as_deref(), faults)?;
    Some(Made { body: written(&body), parties: vec![owner_of(&seen.command.key)], filing: None, seed: None })
}
