//! What a trial came to, as the interface and the command line tell it.

use super::Tried;
use clearance::consignment::Lane;
use clearance::trial::Verdict;
use clearance::trial::tally::{Kind, Side, Tally, needs_somebody};
use serde_json::{Value, json};

/// Merchants that are told, by changes.
pub const SHOWN: usize = 50;

/// The whole of it as JSON: amounts in fen, examples as positions of rows. Lists of exports are under `exports`, and in no other sum;
/// nothing is due of them.
pub fn told(tried: &Tried, number: u32, digest: &[u8; 32]) -> Value {
    let mut all = counted(&tried.tally);
    all["against"] = number.into();
    all["digest"] = crate::api::view::hex(digest).into();
    all["to"] = tried.to.to_string().into();
    all["rows"] = tried.rows.into();
    all["from"] = tried.way.word().into();
    let mut exports = counted(&tried.exports);
    without(&mut exports, &["taxChanged"]);
    for side in ["before", "after"] {
        without(&mut exports[side], &["taxFen", "taxWaitingFen"]);
    }
    for party in exports["parties"].as_array_mut().into_iter().flatten() {
        without(party, &["taxFen"]);
    }
    all["exports"] = exports;
    all
}

fn without(what: &mut Value, names: &[&str]) {
    if let Some(fields) = what.as_object_mut() {
        names.iter().for_each(|name| {
            fields.remove(*name);
        });
    }
}

/// What came of declarations of one kind.
fn counted(tally: &Tally) -> Value {
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
    json!({
        "taxFen": side.tax, "taxWaitingFen": side.tax_waiting, "lookedAt": side.looked_at(), "opened": side.opened(),
        "lanes": lanes,
    })
}
