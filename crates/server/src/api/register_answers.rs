//! What the interface answers of records: as they may be seen, and why a command changed nothing.

use super::error::Problem;
use super::view::time;
use clearance::Text;
use portal::{Family, Language};
use register::view::View;
use register::{Fault, Refusal};
use serde_json::{Value, json};

/// A fault as the interface tells it.
pub(crate) fn told(fault: &Fault) -> Value {
    let (said, parameters) = (&fault.expected, fault.expected.parameters());
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())));
    json!({
        "path": fault.path, "value": fault.value, "expected": said.en(), "code": said.code(),
        "parameters": Value::Object(parameters.collect()), "text": {"en": said.en(), "zh": said.zh()},
    })
}

/// Everything that is wrong, as an answer that nothing was recorded.
pub(crate) fn invalid(faults: &[Fault]) -> Problem {
    let faults: Vec<Value> = faults.iter().map(told).collect();
    Problem::invalid("nothing was recorded; everything that is wrong is listed in `faults`")
        .with("faults", Value::Array(faults))
}

pub(crate) fn refused(refusal: &Refusal, codes: &[Text]) -> Problem {
    match refusal {
        Refusal::Absent => Problem::not_found("no such record, or not yours"),
        Refusal::NotYours(why) => Problem::not_yours(&why.en()).in_chinese(&why.zh()),
        Refusal::Outdated(record) => Problem::conflict(
            "outdated",
            "The record changed since you saw it",
            "look at it as it is now, then decide again with its version",
        )
        .in_chinese("记录已有变化，请查看现在的内容后再办理")
        .with("current", whole(&View::of(record, codes))),
        Refusal::State(record, allowed) => Problem::conflict(
            "state",
            "The record's state does not allow this",
            &format!("it is {}; allowed are: {}", record.state, allowed.join(", ")),
        )
        .in_chinese(&of_state(record.state.as_str(), allowed))
        .with("current", whole(&View::of(record, codes))),
        Refusal::Invalid(faults) => invalid(faults),
    }
}

/// Which moves a state allows, in the words of pages.
fn of_state(state: &str, allowed: &[&str]) -> String {
    let texts = Language::Chinese.texts();
    let state = texts.word(Family::RecordState, state);
    let allowed: Vec<String> = allowed.iter().map(|action| texts.word(Family::Move, action)).collect();
    match allowed.as_slice() {
        [] => format!("当前状态为“{state}”，不能再办理"),
        allowed => format!("当前状态为“{state}”，可办理：{}", allowed.join("、")),
    }
}

/// What a list tells of a record.
pub(super) fn line(view: &View) -> Value {
    let record = view.record();
    json!({
        "register": record.key.register.word(), "id": record.key.id.as_str(), "version": record.version,
        "state": record.state.as_str(), "parties": record.parties.iter().map(Text::as_str).collect::<Vec<_>>(),
        "created": time(record.created), "changed": time(record.changed), "position": record.last.number(),
        "by": {"party": record.actor.party.as_str(), "name": record.actor.name.as_str()},
        "action": record.action.as_str(), "note": record.note, "yours": view.is_own(),
    })
}

/// A record, as much of it as is seen.
pub(crate) fn whole(view: &View) -> Value {
    let mut shown = line(view);
    shown["body"] = view.body().clone();
    shown
}
