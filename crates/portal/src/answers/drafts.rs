//! What the interface answers about drafts of the rulebook.

use super::operation::Differing;
use serde::Deserialize;

/// What closed cases said of a risk rule.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct RuleFeedback {
    /// Its id.
    pub rule: String,
    /// How often it was right.
    pub right: u64,
    /// How often it was not.
    pub wrong: u64,
}

/// What closed cases said.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Feedback {
    /// Of each rule.
    pub rules: Vec<RuleFeedback>,
}

/// Somebody who wrote in a draft.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Author {
    /// Code of his party.
    pub party: String,
    /// His login.
    pub name: String,
}

/// How far a trial is.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Trying {
    /// Rows that were read.
    pub rows: u64,
    /// Rows there are.
    pub of: u64,
}

/// What became of a declaration.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Verdict {
    /// Its kind.
    pub verdict: String,
    /// The word of the rule, where one decided.
    pub rule: Option<String>,
}

/// Verdicts that would be others.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct VerdictChange {
    /// Then.
    pub from: Verdict,
    /// With the draft.
    pub to: Verdict,
    /// How many.
    pub count: u64,
    /// Rows of the first.
    pub examples: Vec<u64>,
}

/// Lanes that would be others.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct LaneChange {
    /// Then.
    pub from: String,
    /// With the draft.
    pub to: String,
    /// How many.
    pub count: u64,
    /// Rows of the first.
    pub examples: Vec<u64>,
}

/// What could not be tried.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct WhyNot {
    /// Why.
    pub why: String,
    /// How many.
    pub count: u64,
    /// Rows of the first.
    pub examples: Vec<u64>,
}

/// Sums then, or with the draft.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Side {
    /// Tax of what passed, in fen.
    pub tax_fen: i64,
    /// Tax of what waits, in fen.
    pub tax_waiting_fen: i64,
    /// How many somebody has to look at.
    pub looked_at: u64,
    /// Of how many the goods are opened or scanned.
    pub opened: u64,
    /// How many went to each lane.
    pub lanes: Vec<LaneCount>,
}

/// How many went to a lane.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct LaneCount {
    /// Its word.
    pub lane: String,
    /// How many.
    pub count: u64,
}

/// What would change for an enterprise.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Concerned {
    /// Its code.
    pub party: String,
    /// Its declarations.
    pub declarations: u64,
    /// Of them, with another verdict or lane.
    pub changed: u64,
    /// More, or fewer, that somebody looks at.
    pub looked_at: i64,
    /// More, or less, tax in fen.
    pub tax_fen: i64,
}

/// What a trial came to.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Trial {
    /// Rows that were read.
    pub rows: u64,
    /// Whether it rests on all rows, `rows`, or on what was kept of declarations, `facts`; empty = it is of before that was said.
    pub from: String,
    /// Declarations that were looked at.
    pub declarations: u64,
    /// Of them, tried.
    pub tried: u64,
    /// Not tried.
    pub not_tried: u64,
    /// And why.
    pub why_not: Vec<WhyNot>,
    /// With another verdict.
    pub verdict_changed: u64,
    /// With another lane.
    pub lane_changed: u64,
    /// With another tax.
    pub tax_changed: u64,
    /// Verdicts that would be others.
    pub verdicts: Vec<VerdictChange>,
    /// Lanes that would be others.
    pub lanes: Vec<LaneChange>,
    /// Then.
    pub before: Side,
    /// With the draft.
    pub after: Side,
    /// Whom it concerns most.
    pub parties: Vec<Concerned>,
    /// How many it concerns.
    pub parties_concerned: u64,
    /// The same of lists of exports, without tax; none = it is of before they were tried.
    pub exports: Option<Box<Trial>>,
}

/// A draft.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Draft {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// Its state.
    pub state: String,
    /// What it is for.
    pub title: String,
    /// The rulebook that it changes.
    pub base: u32,
    /// The earlier rulebook whose tables it has.
    pub back_to: Option<u32>,
    /// The tables that it changes.
    pub tables: Vec<String>,
    /// Who wrote in it.
    pub authors: Vec<Author>,
    /// Under which number it was published.
    pub number: Option<u32>,
    /// When it changed last.
    pub changed: String,
    /// How far its trial is, while one runs.
    pub trying: Option<Trying>,
    /// Whether it was tried as it stands.
    pub tried: bool,
    /// The rulebook in force.
    pub in_force: u32,
    /// Another was published since.
    pub outdated: bool,
    /// The reader wrote in it.
    pub yours: bool,
    /// It is published only when it was tried.
    pub must_be_tried: bool,
    /// What it would change.
    pub differences: Vec<Differing>,
    /// What its trial came to.
    pub trial: Option<Trial>,
    /// What it has come to in shadow.
    pub watched: Option<Trial>,
    /// Since when it is watched; none = it is not, now.
    pub watched_since: Option<String>,
}

/// Drafts, the newest first.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Drafts {
    /// Each of them.
    pub drafts: Vec<Draft>,
    /// The rulebook in force.
    pub in_force: u32,
    /// Where the next page begins.
    pub after: Option<String>,
}

/// A table as text.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct TableText {
    /// Its name.
    pub table: String,
    /// Its rows.
    pub text: String,
}

/// Something wrong with a table.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct TableFault {
    /// Where.
    pub path: String,
    /// Which table.
    pub table: String,
    /// Which row.
    pub row: u64,
    /// What stands there.
    pub value: String,
    /// What is wrong and what to do.
    pub text: super::Both,
}
