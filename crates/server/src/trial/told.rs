//! What a trial came to, as the interface and the command line tell it.

use super::Tried;
use clearance::consignment::Lane;
use clearance::trial::Verdict;
use clearance::trial::tally::{Kind, Side, needs_somebody};
use serde_json::{Value, json};

/// Merchants that are told, by changes.
pub const SHOWN: usize = 50;

/// The whole of it as JSON: amounts in fen, examples as positions of rows.
pub fn told(tried: &Tried, number: u32, digest: &[u8; 32]) -> Value {
    let tally = &tried.tally;
    let verdicts: Vec<Value> = tally
        .verdicts
        .iter()
        .map(|((from, to), kind)| with(json!({"from": verdict(*from), "to": verdict(*to)}), kind))
        .collect();
    let lanes: Vec<Value> = tally
        .lanes
        .iter()
        .map(|((from, to), kind)| with(json!({"from": from.word(), "to": to.word()}), kind))
        .collect();
    let untried: Vec<Value> =
        tally.untried.iter().map(|(why, kind)| with(json!({"why": why.word()}), kind)).collect();
    let merchants: Vec<Value> = tally
        .concerned(SHOWN)
        .into_iter()
        .map(|(code, part)| {
            json!({
                "party": code.as_str(), "declarations": part.declarations, "changed": part.changed,
                "lookedAt": part.looked_at, "taxFen": part.tax,
            })
        })
        .collect();
    json!({
        "against": number, "digest": crate::api::view::hex(digest), "to": tried.to.to_string(), "rows": tried.rows,
        "declarations": tally.declarations, "tried": tally.tried,
        "notTried": tally.declarations - tally.tried, "whyNot": untried,
        "verdictChanged": tally.verdict_changed, "laneChanged": tally.lane_changed, "taxChanged": tally.tax_changed,
        "verdicts": verdicts, "lanes": lanes,
        "before": side(&tally.before), "after": side(&tally.after),
        "parties": merchants, "partiesConcerned": tally.concerned(usize::MAX).len(),
    })
}

fn with(mut what: Value, kind: &Kind) -> Value {
    what["count"] = kind.count.into();
    what["examples"] = kind.examples.iter().map(|position| position.number()).collect();
    what
}

fn verdict(verdict: Verdict) -> Value {
    let (word, rule) = verdict.words();
    json!({"verdict": word, "rule": rule})
}

fn side(side: &Side) -> Value {
    let lanes: Vec<Value> = Lane::ALL
        .into_iter()
        .map(|lane| json!({"lane": lane.word(), "count": side.lane(lane), "needsSomebody": needs_somebody(lane)}))
        .collect();
    json!({"taxFen": side.tax, "taxWaitingFen": side.tax_waiting, "lookedAt": side.looked_at(), "lanes": lanes})
}
