//! What a consumer is told: his trades, his quota, his disputes, who read what is his.

use super::exchanges::Exchanges;
use super::{Assessment, Both};
use serde::Deserialize;

/// A line of his trades.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TradeLine {
    /// Code of the platform.
    pub platform: String,
    /// Its name.
    pub platform_name: String,
    /// Number of the order.
    pub order_no: String,
    /// Name of the seller.
    pub seller_name: String,
    /// The first of what was bought.
    pub goods: Option<String>,
    /// State of the declaration, as a word; none = not declared yet.
    pub state: Option<String>,
    /// What it waits for.
    pub waiting_for: Vec<String>,
    /// When it changed last.
    pub changed: String,
    /// Tax, in yuan.
    pub tax: Option<String>,
}

/// His trades.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Trades {
    /// The newest first.
    pub trades: Vec<TradeLine>,
    /// Cursor of the next page.
    pub after: Option<String>,
}

/// What was bought.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Bought {
    /// What.
    pub name: String,
    /// How many.
    pub quantity: String,
    /// For how much, in yuan.
    pub total: String,
}

/// A step of a trade.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Step {
    /// Which.
    pub step: String,
    /// When it was done; none = not yet.
    pub time: Option<String>,
    /// Whether it was taken though nobody says when.
    pub seen: bool,
}

/// Why a trade is not free.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Why {
    /// The rule.
    pub rule: String,
    /// What it is for.
    pub why: Both,
}

/// How a trade is carried.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Carried {
    /// By whom.
    pub carrier_name: String,
    /// Its number there.
    pub number: String,
    /// Whether it is with him.
    pub delivered: bool,
}

/// What a trade takes of the quota.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    /// In yuan.
    pub amount: String,
    /// What of it was given back.
    pub given_back: String,
}

/// A return.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Returned {
    /// Where it stands.
    pub state: String,
    /// Tax given back, in yuan.
    pub tax_given_back: String,
    /// Quota given back, in yuan.
    pub quota_given_back: String,
}

/// The last days of a return.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReturnWindow {
    /// To apply for it.
    pub apply_by: String,
    /// For the goods to be back.
    pub back_by: String,
    /// Days left to apply, today counted in.
    pub days_to_apply: u32,
    /// Days left for the goods.
    pub days_to_be_back: u32,
}

/// One of his trades.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Trade {
    /// Code of the platform.
    pub platform: String,
    /// Its name.
    pub platform_name: String,
    /// Number of the order.
    pub order_no: String,
    /// Name of the seller.
    pub seller_name: String,
    /// State of the declaration, as a word.
    pub state: Option<String>,
    /// What it waits for.
    pub waiting_for: Vec<String>,
    /// What was bought.
    pub goods: Vec<Bought>,
    /// What was paid, in yuan.
    pub paid: Option<String>,
    /// How it is carried.
    pub waybill: Option<Carried>,
    /// Its tax.
    pub assessment: Option<Assessment>,
    /// What it takes of the quota.
    pub quota: Option<Taken>,
    /// Why it is not free.
    pub reasons: Vec<Why>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Its returns.
    pub returns: Vec<Returned>,
    /// What was exchanged.
    pub exchanges: Option<Exchanges>,
    /// The last days of a return.
    pub return_window: Option<ReturnWindow>,
}

/// A use of the quota.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Use {
    /// Code of the platform.
    pub platform: String,
    /// Its name.
    pub platform_name: String,
    /// Number of the order.
    pub order_no: String,
    /// Name of the seller.
    pub seller_name: String,
    /// On which day.
    pub day: String,
    /// How much, in yuan.
    pub amount: String,
    /// `held`, `used`, `given-back`, `given-up`.
    pub state: String,
    /// Whether it was ordered with his telephone.
    pub own: bool,
    /// State of a dispute about it.
    pub dispute: Option<String>,
}

/// The quota of a year.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// Which year.
    pub year: u32,
    /// Years that may be looked at.
    pub years: Vec<u32>,
    /// In yuan, as the others.
    pub limit: String,
    /// Used for good.
    pub used: String,
    /// Taken by what is under way.
    pub held: String,
    /// What is left.
    pub left: String,
    /// Used and held, by month.
    pub months: Vec<String>,
    /// Every use, the newest first.
    pub uses: Vec<Use>,
    /// Whether it is locked.
    pub locked: bool,
    /// Whether by the telephone of this session.
    pub locked_here: bool,
    /// Since when.
    pub locked_since: Option<String>,
    /// Whether his telephone is told of uses.
    pub notices: bool,
}

/// What was said in a dispute.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Said {
    /// What was done.
    pub action: String,
    /// When.
    pub time: String,
    /// In which words.
    pub text: String,
    /// Whether by himself.
    pub own: bool,
    /// By whom.
    pub by: String,
    /// Of an answer: whether they grant that it was not he.
    pub granted: Option<bool>,
}

/// A dispute.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dispute {
    /// Code of the seller.
    pub seller: String,
    /// Its name.
    pub seller_name: String,
    /// Where it stands.
    pub state: String,
    /// Name of the platform.
    pub platform_name: String,
    /// Number of the order.
    pub order_no: String,
    /// How much was used, in yuan.
    pub amount: String,
    /// On which day.
    pub used_on: String,
    /// Last day for the answer.
    pub answer_due: String,
    /// Last day for the decision.
    pub decide_due: String,
    /// Who lets his day pass: `answer` or `decision`.
    pub overdue: Option<String>,
    /// What became of the quota.
    pub quota: Option<String>,
    /// Whether it was opened with his telephone.
    pub here: bool,
    /// What was said.
    pub steps: Vec<Said>,
}

/// His disputes.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Disputes {
    /// The newest first.
    pub disputes: Vec<Dispute>,
}

/// A notice of a list that names him as responsible behind an enterprise.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hearing {
    /// Code of the enterprise.
    pub party: String,
    /// Its name.
    pub party_name: String,
    /// Where it stands.
    pub state: String,
    /// Which list.
    pub list: String,
    /// What was found.
    pub facts: String,
    /// On which law or agreement.
    pub legal_basis: String,
    /// Last day of the hearing.
    pub hear_until: String,
    /// What he said.
    pub said: Option<String>,
    /// Whether somebody who came in by another telephone spoke for him: what, he is not shown.
    pub said_elsewhere: bool,
    /// The decision.
    pub decision: Option<HearingDecision>,
    /// Whether he may say something.
    pub may_speak: bool,
}

/// What was decided after a hearing.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HearingDecision {
    /// First day of the list.
    pub valid_from: String,
    /// Its last day.
    pub valid_to: String,
    /// Whether he was found responsible: the list reaches other enterprises that he answers for.
    pub reaches: bool,
}

/// The notices that name him.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hearings {
    /// Whether an office noted the telephone that he came in by as his: to another nothing is told.
    pub telephone_noted: bool,
    /// The newest first.
    pub hearings: Vec<Hearing>,
}

/// A reading of a record of his.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// When.
    pub time: String,
    /// By whom.
    pub by: String,
    /// In which role.
    pub role: String,
    /// What for.
    pub purpose: String,
    /// What was read, as the register has it.
    pub what: String,
}

/// Who read.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Readings {
    /// The newest first.
    pub accesses: Vec<Reading>,
    /// Cursor of the next page.
    pub after: Option<String>,
    /// When he asked for erasure.
    pub erasure_asked: Option<String>,
}
