//! What agencies, platforms and banks observed of an enterprise. Each is a record of whoever observed it, named to the
//! enterprise, who may contest it; the competent agency decides by a day that stands in the record. A wrong observation
//! is corrected, not deleted: its history stays.

use super::listing::text;
use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, form, owner_of, read, stored, written};
use ceb::{Day, Decimal};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::Record;
use credit::{Kind, Observation, Value, Veto};
use serde::{Deserialize, Serialize};

/// States in which it counts.
const COUNTS: &[&str] = &["recorded", "contested"];

/// States: recorded, contested, withdrawn, struck. The id is the code of whoever observed it, a colon, its number.
pub const MOVES: &[Move] = &[
    Move::owner("record", &[""], "recorded").alone(),
    Move::owner("correct", &["recorded", "contested"], "recorded").explained().alone(),
    Move::owner("withdraw", &["recorded", "contested"], "withdrawn").explained().alone(),
    Move::giver("contest", &["recorded"], "contested").explained(),
    Move::reviewer("uphold", &["contested"], "recorded").explained(),
    Move::reviewer("strike", &["contested"], "struck").explained(),
];

/// What was observed: of an indicator, or one of the facts that rule a good grade out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Observed {
    /// Code of the enterprise.
    pub subject: String,
    /// Word of the indicator, or of the veto.
    pub indicator: String,
    /// The day, or the last of the days that it is of, yyyyMMdd.
    pub day: String,
    /// Parts of a whole; how often.
    #[serde(default)]
    pub part: Option<u64>,
    /// The whole.
    #[serde(default)]
    pub whole: Option<u64>,
    /// A value.
    #[serde(default)]
    pub value: Option<String>,
    /// What it rests on: a decision, a report, a record.
    pub grounds: String,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// What was observed.
    pub observed: Observed,
    /// Last day to decide what is contested, yyyyMMdd.
    #[serde(default)]
    pub decide_due: Option<String>,
    /// It was decided once: it is not contested again.
    #[serde(default)]
    pub decided: bool,
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

/// Whether the agency lets its day pass.
pub fn is_overdue(record: &Record, now: Time) -> bool {
    let due = || Body::of(record).decide_due.as_deref().and_then(Day::parse);
    record.state == "contested" && due().is_some_and(|due| due < now.day())
}

/// What a record counts for, if it counts: an observation, or a veto.
pub fn counts(record: &Record) -> Option<Result<Observation, Veto>> {
    if !COUNTS.contains(&record.state.as_str()) {
        return None;
    }
    let observed = Body::of(record).observed;
    let (id, day) = (record.key.id.clone(), Day::parse(&observed.day)?);
    let indicator = Text::from(observed.indicator.as_str());
    let contested = record.state == "contested";
    let value = match (observed.part, observed.whole, observed.value.as_deref()) {
        (Some(part), Some(whole), None) => Value::Ratio { part, whole },
        (Some(times), None, None) => Value::Count(times),
        (None, None, Some(value)) => Value::Latest(Decimal::parse(value)?),
        _ => return Some(Err(Veto { id, veto: indicator, day })),
    };
    Some(Ok(Observation { id, indicator, day, value, contested }))
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let source = owner_of(&seen.command.key);
    let body = match (step.action, seen.current) {
        ("record", _) | (_, None) => {
            let observed: Observed = read(seen.command.body.as_deref(), faults)?;
            check(seen, &source, &observed, faults);
            Body { observed, decide_due: None, decided: false }
        }
        ("correct", Some(record)) => {
            let observed: Observed = read(seen.command.body.as_deref(), faults)?;
            check(seen, &source, &observed, faults);
            let before = Body::of(record);
            if before.observed.subject != observed.subject {
                let expected = says::SAME_ENTERPRISE.said();
                faults.push(Fault::new("subject", &observed.subject, expected));
            }
            Body { observed, decide_due: None, decided: false }
        }
        ("contest", Some(record)) => {
            let body = Body::of(record);
            if body.decided {
                faults.push(Fault::new("action", "contest", says::CREDIT_DECIDED.said()));
            }
            let law = seen.reference.current().parameters.on(seen.now.day());
            let due = Time(seen.now.0 + law.credit_decision_days * 86_400_000).day().number().to_string();
            Body { decide_due: Some(due), ..body }
        }
        ("uphold" | "strike", Some(record)) => Body { decide_due: None, decided: true, ..Body::of(record) },
        (_, Some(record)) => Body::of(record),
    };
    let parties = vec![source, Text::from(body.observed.subject.trim())];
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

fn check(seen: &Seen<'_>, source: &str, observed: &Observed, faults: &mut Vec<Fault>) {
    let today = seen.now.day();
    if seen.own_name().trim().is_empty() {
        faults.push(Fault::new("id", &seen.command.key.id, says::OWN_CODE_AND_NUMBER.said()));
    }
    if seen
        .parties
        .find(&observed.subject, today)
        .is_none_or(|filing| filing.code != observed.subject.as_str())
    {
        faults.push(Fault::new("subject", &observed.subject, says::ENTERPRISE_CODE.said()));
    } else if seen.parties.same(&observed.subject, source, today) {
        faults.push(Fault::new("subject", &observed.subject, says::NOT_ONESELF.said()));
    }
    let day = form::day("day", &observed.day, faults);
    if day > today {
        faults.push(Fault::new("day", &observed.day, says::TODAY_OR_BEFORE.said()));
    }
    text("grounds", &observed.grounds, faults);
    let book = seen.reference.current();
    let model = &book.credit;
    let found = model.indicators(today).find(|one| one.indicator == observed.indicator.as_str());
    let Some(indicator) = found else {
        veto(seen, source, observed, faults);
        return;
    };
    let roles: Vec<Role> = indicator.sources.iter().filter_map(|word| Role::from_word(word)).collect();
    if !seen.acts_as(source, &roles) {
        let expected = says::OWN_INDICATOR.with(&[("roles", &indicator.sources.join(", "))]);
        faults.push(Fault::new("indicator", &observed.indicator, expected));
    }
    let (part, whole, value) = (observed.part, observed.whole, observed.value.as_deref());
    match (indicator.kind, part, whole, value) {
        (Kind::Ratio, Some(part), Some(whole), None)
            if part <= whole && whole > 0 && whole <= 1_000_000_000 => {}
        (Kind::Ratio, ..) => {
            let sent = format!("{part:?} of {whole:?}");
            faults.push(Fault::new("part", &sent, says::PART_OF_WHOLE.said()));
        }
        (Kind::Count, Some(times), None, None) if (1..=1_000_000).contains(&times) => {}
        (Kind::Count, ..) => faults.push(Fault::new("part", &format!("{part:?}"), says::HOW_OFTEN.said())),
        (Kind::Latest, None, None, Some(value))
            if Decimal::parse(value).is_some_and(|value| !value.is_negative()) => {}
        (Kind::Latest, ..) => {
            faults.push(Fault::new("value", value.unwrap_or(""), says::DECIMAL_ALONE.said()));
        }
    }
}

/// What rules a good grade out is observed by offices and agencies alone.
fn veto(seen: &Seen<'_>, source: &str, observed: &Observed, faults: &mut Vec<Fault>) {
    let today = seen.now.day();
    let model = &seen.reference.current().credit;
    if !model.vetoes(today).any(|row| row.veto == observed.indicator.as_str()) {
        let words = model.indicators(today).map(|one| one.indicator.as_str());
        let words: Vec<&str> = words.chain(model.vetoes(today).map(|row| row.veto.as_str())).collect();
        faults.push(Fault::new(
            "indicator",
            &observed.indicator,
            says::ONE_OF.with(&[("words", &words.join(", "))]),
        ));
        return;
    }
    if !seen.acts_as(source, &[Role::Agency, Role::Officer, Role::ZoneOperator]) {
        faults.push(Fault::new("indicator", &observed.indicator, says::AGENCIES_OBSERVE.said()));
    }
    if observed.part.is_some() || observed.whole.is_some() || observed.value.is_some() {
        faults.push(Fault::new("value", "", says::FACT_ALONE.said()));
    }
}
