//! Joint pre-judgement (联合研判): one case, several agencies. The agency that opens it says what it suspects and invites
//! others, each for a purpose and by a day; all put evidence in, each piece for those whom it names; each gives its opinion;
//! the agency that opened decides when all are there or late, sets tasks, and closes with what came of it, rule by rule, so
//! that rules and model can learn. Leaves to others: taking fields of a trade as evidence (`server`), and the measures
//! themselves, which each agency takes by its own law.

mod checks;

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use ceb::Day;
use checks::{
    check_closing, check_evidence, check_invited, check_judged, check_opened, check_task, most, text,
};
use clearance::Text;
use clearance::keys::Time;
use clearance::record::Record;
use clearance::rulebook::Calendar;
use serde::{Deserialize, Serialize};

/// States: open (being judged), decided, closed. The id is the code of the agency that opens, a colon, its number of the case.
pub const MOVES: &[Move] = &[
    Move::owner("open", &[""], "open").alone(),
    Move::owner("invite", &["open"], "open").alone(),
    Move::owner("add-evidence", &["open"], "open").alone(),
    Move::giver("add-evidence", &["open"], "open"),
    Move::owner("add-evidence", &["decided"], "decided").alone(),
    Move::giver("add-evidence", &["decided"], "decided"),
    Move::owner("give-opinion", &["open"], "open").alone(),
    Move::giver("give-opinion", &["open"], "open"),
    Move::owner("decide", &["open"], "decided").alone(),
    Move::giver("object", &["decided"], "open").explained(),
    Move::owner("set-task", &["decided"], "decided").alone(),
    Move::owner("report", &["decided"], "decided").alone(),
    Move::giver("report", &["decided"], "decided"),
    Move::owner("close", &["decided"], "closed").alone(),
    Move::owner("reopen", &["closed"], "open").explained().alone(),
];

/// How grave an agency thinks it is.
pub const RISKS: &[&str] = &["none", "low", "medium", "high"];

/// What may follow; each agency takes it by its own law.
pub const MEASURES: &[&str] = &[
    "none",
    "document-check",
    "scan",
    "inspect",
    "sample",
    "hold",
    "reject",
    "audit",
    "credit-observation",
    "recall",
    "hand-over-to-police",
];

/// What a case came to.
pub const RESULTS: &[&str] = &["confirmed", "refuted", "undetermined"];

/// Whether a rule was right about what it hit.
pub const VERDICTS: &[&str] = &["right", "wrong"];

const MOST_EVIDENCE: usize = 200;
const MOST_TASKS: usize = 100;
const MOST_INVITED: usize = 30;

/// What is suspected.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Opened {
    /// In a line.
    pub subject: String,
    /// One of [`clearance::risk::DIMENSIONS`]: what kind of risk.
    pub dimension: String,
    /// Consignments as `platform/orderNo`, codes of parties.
    #[serde(default)]
    pub about: Vec<String>,
    /// Why: what was seen, which rules hit.
    pub grounds: String,
    /// Who else shall judge.
    pub invited: Vec<Invited>,
}

/// An agency that judges with the others.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Invited {
    /// Its code.
    pub agency: String,
    /// What for it is asked.
    pub purpose: String,
    /// On which law, regulation or agreement.
    pub legal_basis: String,
    /// Last day for its opinion, yyyyMMdd.
    pub due: String,
}

/// A piece of evidence.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Evidence {
    /// What it shows.
    pub text: String,
    /// A consignment as `platform/orderNo`, of which fields are shown.
    #[serde(default)]
    pub consignment: String,
    /// Which: names of fields of the dataset of declarations. The window puts in what stands there.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Records of attached documents.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// Codes of the agencies that it is for, besides the one that opened; none = all that judge.
    #[serde(default)]
    pub to: Vec<String>,
    /// What these fields say: the window's own writing, JSON; nobody sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<serde_json::Value>,
}

/// An opinion.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Opinion {
    /// One of [`RISKS`].
    pub risk: String,
    /// Which of [`MEASURES`] it thinks right.
    pub measures: Vec<String>,
    /// Why.
    pub text: String,
}

/// What was decided.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Decision {
    /// One of [`RISKS`].
    pub risk: String,
    /// Which of [`MEASURES`] are to be taken.
    pub measures: Vec<String>,
    /// Why; where opinions differ, why this one.
    pub text: String,
}

/// A task.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Task {
    /// Code of the agency that does it: one that judges, the one that opened too.
    pub to: String,
    /// What is to be done.
    pub text: String,
    /// By which day, yyyyMMdd.
    pub due: String,
}

/// What came of a task.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Report {
    /// Its number in the case.
    pub task: u32,
    /// What was found and done.
    pub text: String,
}

/// What the case came to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Closing {
    /// One of [`RESULTS`].
    pub result: String,
    /// What was learnt.
    pub text: String,
    /// Of each rule that had hit, whether it was right.
    #[serde(default)]
    pub rules: Vec<RuleVerdict>,
}

/// What a case says of a rule.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RuleVerdict {
    /// Id of the rule.
    pub rule: String,
    /// One of [`VERDICTS`].
    pub verdict: String,
}

/// Something said in a case: who said it, and when.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Said<T> {
    /// Its number, from 1.
    pub number: u32,
    /// Code of the agency.
    pub by: String,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// What.
    #[serde(flatten)]
    pub said: T,
}

/// A task and what came of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tasked {
    /// Its number, from 1.
    pub number: u32,
    /// What is to be done.
    pub task: Task,
    /// What was reported.
    #[serde(default)]
    pub report: Option<String>,
    /// When, milliseconds since 1970.
    #[serde(default)]
    pub at: Option<i64>,
}

/// A decision, and who thought otherwise.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Decided {
    /// What was decided.
    pub decision: Decision,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Agencies whose opinion is of another risk.
    pub dissent: Vec<String>,
    /// Agencies that gave none in time.
    pub missing: Vec<String>,
    /// Last day of an objection, yyyyMMdd.
    pub objections_until: String,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// What is suspected, and who judges.
    pub opened: Opened,
    /// Evidence, in order.
    #[serde(default)]
    pub evidence: Vec<Said<Evidence>>,
    /// The last opinion of each agency.
    #[serde(default)]
    pub opinions: Vec<Said<Opinion>>,
    /// What was decided last.
    #[serde(default)]
    pub decided: Option<Decided>,
    /// Agencies that objected to a decision.
    #[serde(default)]
    pub objected: Vec<String>,
    /// Tasks, in order.
    #[serde(default)]
    pub tasks: Vec<Tasked>,
    /// What it came to.
    #[serde(default)]
    pub closing: Option<Closing>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Agencies that were invited and gave no opinion.
    fn silent(&self) -> impl Iterator<Item = &Invited> {
        let gave = |agency: &str| self.opinions.iter().any(|opinion| opinion.by == agency);
        self.opened.invited.iter().filter(move |invited| !gave(&invited.agency))
    }

    fn open_tasks(&self) -> impl Iterator<Item = &Tasked> {
        self.tasks.iter().filter(|tasked| tasked.report.is_none())
    }
}

/// Whether an opinion or a report is late.
///
/// # Panics
/// If the record is none of this register.
pub fn is_overdue(record: &Record, now: Time) -> bool {
    let body = Body::of(record);
    let late = |due: &str| Day::parse(due).is_some_and(|due| due < now.day());
    match record.state.as_str() {
        "open" => body.silent().any(|invited| late(&invited.due)),
        "decided" => body.open_tasks().any(|tasked| late(&tasked.task.due)),
        _ => false,
    }
}

/// Whether a case waits for an agency with these codes: for its opinion, for its report, or for whoever opened it to decide or to close.
///
/// # Panics
/// If the record is none of this register.
pub fn waits_for(record: &Record, codes: &[Text], now: Time) -> bool {
    let body = Body::of(record);
    let is = |code: &str| codes.iter().any(|own| own.as_str() == code);
    let owns = is(&owner_of(&record.key));
    match record.state.as_str() {
        "open" => body.silent().any(|invited| is(&invited.agency)) || (owns && may_decide(&body, now)),
        "decided" => {
            body.open_tasks().any(|tasked| is(&tasked.task.to))
                || (owns && body.open_tasks().next().is_none())
        }
        _ => false,
    }
}

/// All opinions are there, or late.
fn may_decide(body: &Body, now: Time) -> bool {
    body.silent().all(|invited| Day::parse(&invited.due).is_none_or(|due| due < now.day()))
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let opener = owner_of(&seen.command.key);
    let sent = seen.command.body.as_deref();
    let body = match seen.current {
        None => {
            let opened: Opened = read(sent, faults)?;
            check_opened(seen, &opener, &opened, faults);
            Body {
                opened,
                evidence: Vec::new(),
                opinions: Vec::new(),
                decided: None,
                objected: Vec::new(),
                tasks: Vec::new(),
                closing: None,
            }
        }
        Some(record) => {
            let mut body = Body::of(record);
            changed(seen, step, &opener, &mut body, faults)?;
            body
        }
    };
    let mut parties = vec![opener];
    parties.extend(body.opened.invited.iter().map(|invited| Text::from(invited.agency.trim())));
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

fn changed(
    seen: &Seen<'_>,
    step: &Move,
    opener: &Text,
    body: &mut Body,
    faults: &mut Vec<Fault>,
) -> Option<()> {
    let sent = seen.command.body.as_deref();
    let (by, at) = (acting(seen, opener, body), seen.now.0);
    match step.action {
        "invite" => {
            let invited: Invited = read(sent, faults)?;
            check_invited(seen, opener, &body.opened.invited, &invited, "", faults);
            body.opened.invited.push(invited);
            most("agency", body.opened.invited.len(), MOST_INVITED, faults);
        }
        "add-evidence" => {
            let evidence: Evidence = read(sent, faults)?;
            check_evidence(opener, body, &evidence, faults);
            let number = body.evidence.len() as u32 + 1;
            body.evidence.push(Said { number, by, at, said: evidence });
            most("text", body.evidence.len(), MOST_EVIDENCE, faults);
        }
        "give-opinion" => {
            let opinion: Opinion = read(sent, faults)?;
            check_judged(&opinion.risk, &opinion.measures, &opinion.text, faults);
            body.opinions.retain(|earlier| earlier.by != by);
            body.opinions.push(Said { number: 0, by, at, said: opinion });
            for (number, opinion) in (1..).zip(&mut body.opinions) {
                opinion.number = number;
            }
        }
        "decide" => {
            let decision: Decision = read(sent, faults)?;
            check_judged(&decision.risk, &decision.measures, &decision.text, faults);
            decide(seen, body, decision, faults);
        }
        "object" => object(seen, body, by, faults),
        "set-task" => {
            let task: Task = read(sent, faults)?;
            check_task(seen, opener, body, &task, faults);
            let number = body.tasks.len() as u32 + 1;
            body.tasks.push(Tasked { number, task, report: None, at: None });
            most("text", body.tasks.len(), MOST_TASKS, faults);
        }
        "report" => {
            let report: Report = read(sent, faults)?;
            text("text", &report.text, faults);
            let of_his = |tasked: &&mut Tasked| {
                tasked.number == report.task && seen.command.by.codes.iter().any(|own| *own == tasked.task.to)
            };
            match body.tasks.iter_mut().find(of_his).filter(|tasked| tasked.report.is_none()) {
                Some(tasked) => (tasked.report, tasked.at) = (Some(report.text), Some(at)),
                None => faults.push(Fault::new("task", &report.task.to_string(), says::TASK_OF_YOURS.said())),
            }
        }
        "close" => {
            let closing: Closing = read(sent, faults)?;
            check_closing(seen, body, &closing, faults);
            body.closing = Some(closing);
        }
        _ => {}
    }
    Some(())
}

/// The code under which the acting party is in the case.
fn acting(seen: &Seen<'_>, opener: &Text, body: &Body) -> String {
    let codes = &seen.command.by.codes;
    let judges =
        std::iter::once(opener.as_str()).chain(body.opened.invited.iter().map(|one| one.agency.trim()));
    let own = judges.into_iter().find(|code| codes.iter().any(|own| own.as_str() == *code));
    own.unwrap_or(&seen.command.by.actor.party).to_owned()
}

fn decide(seen: &Seen<'_>, body: &mut Body, decision: Decision, faults: &mut Vec<Fault>) {
    let missing: Vec<String> = body.silent().map(|invited| invited.agency.clone()).collect();
    if !may_decide(body, seen.now) {
        let waits = |invited: &&Invited| Day::parse(&invited.due).is_some_and(|due| due >= seen.now.day());
        let waited: Vec<&str> = body.silent().filter(waits).map(|invited| invited.agency.as_str()).collect();
        let expected = says::OPINIONS_FIRST.with(&[("agencies", &waited.join(", "))]);
        faults.push(Fault::new("risk", &decision.risk, expected));
    }
    let other = |opinion: &&Said<Opinion>| opinion.said.risk != decision.risk;
    let dissent = body.opinions.iter().filter(other).map(|opinion| opinion.by.clone()).collect();
    let today = seen.now.day();
    let days = seen.reference.current().parameters.on(today).case_objection_days;
    let until = Calendar::plus_days(today, days).to_string();
    body.decided = Some(Decided { decision, at: seen.now.0, dissent, missing, objections_until: until });
}

/// Each agency once, within its days: then it is judged again.
fn object(seen: &Seen<'_>, body: &mut Body, by: String, faults: &mut Vec<Fault>) {
    let until = body.decided.as_ref().map(|decided| decided.objections_until.clone()).unwrap_or_default();
    if Day::parse(&until).is_none_or(|last| seen.now.day() > last) {
        faults.push(Fault::new("action", "object", says::OBJECTION_OVER.with(&[("day", &until)])));
    }
    if body.objected.contains(&by) {
        faults.push(Fault::new("action", "object", says::OBJECTED_ONCE.said()));
    }
    body.objected.push(by);
}
