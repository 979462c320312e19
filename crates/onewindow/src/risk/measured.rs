//! What the built-in rules saw of planted fraud: by sort of fraud, by rule, and by what officers find who look at a share of all.
#![expect(clippy::print_stdout, reason = "the answer of the command")]
#![expect(clippy::float_arithmetic, reason = "shares of counts, no money")]

use super::indicators;
use clearance::consignment::{Lane, RiskHit};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Shares of all declarations that officers can look at, percent.
const WORKLOADS: [usize; 3] = [1, 3, 5];

/// A trade after it was judged.
pub(super) struct Judged {
    /// Sort and case of what was planted.
    pub(super) sort: Option<(&'static str, u64)>,
    pub(super) hits: Vec<RiskHit>,
    /// Whether the documents were joined: otherwise the rules were never asked.
    pub(super) matched: bool,
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 1e4).round() / 1e4 }
}

/// Everything as an object.
pub(super) fn report(judged: &[Judged], sorts: &[&'static str]) -> Value {
    let fraud: Vec<&Judged> = judged.iter().filter(|one| one.sort.is_some()).collect();
    let clean: Vec<&Judged> = judged.iter().filter(|one| one.sort.is_none()).collect();
    let hit = |of: &[&Judged]| of.iter().filter(|one| !one.hits.is_empty()).count();
    let order = order(judged);
    let indicators: Vec<Value> = sorts.iter().map(|sort| indicator(sort, judged, &order)).collect();
    json!({
        "declarations": judged.len(), "fraud": fraud.len(),
        "recall": share(hit(&fraud), fraud.len()), "falsePositives": share(hit(&clean), clean.len()),
        "precision": share(hit(&fraud), hit(&fraud) + hit(&clean)),
        "sorts": sorts.iter().map(|sort| of_sort(sort, &fraud)).collect::<Vec<_>>(),
        "rules": rules(judged), "workloads": workloads(judged, &order, fraud.len()), "indicators": indicators,
    })
}

fn of_sort(word: &str, fraud: &[&Judged]) -> Value {
    let own = fraud.iter().filter_map(|one| {
        let (sort, case) = one.sort?;
        (sort == word).then_some((case, !one.hits.is_empty(), one.matched))
    });
    let own: Vec<(u64, bool, bool)> = own.collect();
    let cases: BTreeSet<u64> = own.iter().map(|one| one.0).collect();
    let seen: BTreeSet<u64> = own.iter().filter(|one| one.1).map(|one| one.0).collect();
    let caught = own.iter().filter(|one| one.1).count();
    json!({
        "sort": word, "trades": own.len(), "hit": caught, "recall": share(caught, own.len()),
        "notJoined": own.iter().filter(|one| !one.2).count(),
        "cases": cases.len(), "casesHit": seen.len(), "recallOfCases": share(seen.len(), cases.len()),
    })
}

fn rules(judged: &[Judged]) -> Vec<Value> {
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for one in judged {
        for hit in &one.hits {
            let counted = rules.entry(&hit.rule).or_default();
            if one.sort.is_some() { counted.0 += 1 } else { counted.1 += 1 }
        }
    }
    let told = |(rule, (on_fraud, on_clean)): (&str, (usize, usize))| {
        json!({
            "rule": rule, "onFraud": on_fraud, "onClean": on_clean, "precision": share(on_fraud, on_fraud + on_clean),
        })
    };
    rules.into_iter().map(told).collect()
}

/// In which order officers look at them: the gravest lane first, then the most hits, then who came first. What no rule hit is
/// looked at by nobody.
fn order(judged: &[Judged]) -> Vec<&Judged> {
    let mut order: Vec<&Judged> = judged.iter().filter(|one| !one.hits.is_empty()).collect();
    let rank = |one: &Judged| {
        let lane = one.hits.iter().map(|hit| hit.lane).max().unwrap_or(Lane::Release);
        (std::cmp::Reverse(lane), std::cmp::Reverse(one.hits.len()))
    };
    order.sort_by_key(|one| rank(one));
    order
}

/// What is found by looking at so many.
fn workloads(judged: &[Judged], order: &[&Judged], fraud: usize) -> Vec<Value> {
    WORKLOADS
        .into_iter()
        .map(|percent| {
            let looked = &order[..order.len().min(judged.len() * percent / 100)];
            let found = looked.iter().filter(|one| one.sort.is_some()).count();
            json!({
                "percent": percent, "lookedAt": looked.len(), "found": found,
                "recall": share(found, fraud), "precision": share(found, looked.len()),
            })
        })
        .collect()
}

/// The same of one sort of fraud: of what was planted of it, how much is among those that officers look at and its own rules hit,
/// and of those that its rules hit among them, how many are of the sort. Fraud of another sort counts as a wrong hit here.
fn indicator(sort: &str, judged: &[Judged], order: &[&Judged]) -> Value {
    let is_of = |one: &Judged| one.sort.is_some_and(|(own, _)| own == sort);
    let own_rules = indicators::rules(sort);
    let hit = |one: &Judged| one.hits.iter().any(|hit| own_rules.contains(&hit.rule.as_str()));
    let planted = judged.iter().filter(|one| is_of(one)).count();
    let at = WORKLOADS.into_iter().map(|percent| {
        let looked = order.iter().take(judged.len() * percent / 100).filter(|one| hit(one));
        let looked: Vec<&&Judged> = looked.collect();
        let found = looked.iter().filter(|one| is_of(one)).count();
        json!({
            "percent": percent, "lookedAt": looked.len(), "found": found,
            "recall": share(found, planted), "precision": share(found, looked.len()),
        })
    });
    json!({"indicator": sort, "planted": planted, "rules": own_rules, "at": at.collect::<Vec<_>>()})
}

/// The same for people, under a heading.
pub(super) fn tell(heading: &str, report: &Value) {
    println!(
        "{heading}: {} declarations, {} of them fraud: {} of it hit, {} of the hits right, {} of honest trades hit",
        report["declarations"],
        report["fraud"],
        report["recall"],
        report["precision"],
        report["falsePositives"]
    );
    println!("\n| fraud | trades | hit | recall | cases | hit | recall |\n|---|---|---|---|---|---|---|");
    for row in rows(report, "sorts") {
        println!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            row["sort"].as_str().unwrap_or_default(),
            row["trades"],
            row["hit"],
            row["recall"],
            row["cases"],
            row["casesHit"],
            row["recallOfCases"]
        );
    }
    println!("\n| rule | on fraud | on honest trade | precision |\n|---|---|---|---|");
    for row in rows(report, "rules") {
        println!(
            "| {} | {} | {} | {} |",
            row["rule"].as_str().unwrap_or_default(),
            row["onFraud"],
            row["onClean"],
            row["precision"]
        );
    }
    println!(
        "\n| looked at | hits among them | fraud among them | recall | precision |\n|---|---|---|---|---|"
    );
    for row in rows(report, "workloads") {
        println!(
            "| {} % | {} | {} | {} | {} |",
            row["percent"], row["lookedAt"], row["found"], row["recall"], row["precision"]
        );
    }
    let columns: String =
        WORKLOADS.into_iter().map(|percent| format!(" recall at {percent} % | precision |")).collect();
    println!("\n| indicator | planted |{columns}\n|---|---|{}", "---|---|".repeat(WORKLOADS.len()));
    for row in rows(report, "indicators") {
        let at: String =
            rows(row, "at").iter().map(|at| format!(" {} | {} |", at["recall"], at["precision"])).collect();
        println!("| {} | {} |{at}", row["indicator"].as_str().unwrap_or_default(), row["planted"]);
    }
    println!();
}

fn rows<'a>(report: &'a Value, name: &str) -> &'a [Value] {
    report[name].as_array().map_or(&[], Vec::as_slice)
}
