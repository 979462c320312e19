//! The catalogue: every rule with its codes, why it is there, what to do, and what brings it about; and the codes of the published
//! table that nobody is answered with here, each with the reason and what it would look like.

use axum::Json;
use clearance::Reason;
use clearance::example::{self, Example, Never};
use clearance::reason::{Disclosure, NotGiven};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// `GET /v1/reasons`.
pub(crate) async fn reasons() -> Json<Value> {
    let rules: Vec<Value> = Reason::ALL.iter().map(|reason| rule(*reason)).collect();
    let not_given: Vec<Value> = example::not_given().iter().map(never).collect();
    Json(json!({"reasons": rules, "notGiven": not_given}))
}

/// A rule.
pub(super) fn rule(reason: Reason) -> Value {
    json!({
        "number": reason.number(),
        "rule": reason.word(),
        "layer": reason.layer().word(),
        "sealed": reason.disclosure() == Disclosure::Sealed,
        "customsCode": reason.customs_code(),
        "codes": reason.ceb_codes().collect::<BTreeSet<i32>>(),
        "why": {"en": reason.why_en(), "zh": reason.why_zh()},
        "fix": {"en": reason.fix_en(), "zh": reason.fix_zh()},
        "examples": example::of(reason).into_iter().map(case).collect::<Vec<_>>(),
        "never": example::never(reason).map(why),
    })
}

fn case(one: &Example) -> Value {
    json!({
        "code": one.code.as_str(), "case": {"en": one.case_en.as_str(), "zh": one.case_zh.as_str()},
        "fragment": one.fragment.as_str(), "text": one.text.as_str(),
    })
}

fn never(one: &Never) -> Value {
    json!({
        "code": one.code, "text": one.text, "meaning": one.meaning, "why": why(one.why), "fragment": one.fragment.as_str(),
    })
}

/// Why something is never given.
fn why(why: NotGiven) -> Value {
    json!({"word": why.word(), "en": why.why_en(), "zh": why.why_zh()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_told_with_an_example_or_why_there_is_none() {
        for reason in Reason::ALL {
            let told = rule(*reason);
            let examples = told["examples"].as_array().map_or(0, Vec::len);
            assert_eq!(examples == 0, told["never"]["zh"].is_string(), "{told}");
        }
        let told: Vec<Value> = example::not_given().iter().map(never).collect();
        assert!(
            told.iter().all(|one| one["why"]["en"].is_string() && one["fragment"].is_string()),
            "{told:?}"
        );
    }
}
