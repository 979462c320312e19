//! The audit of the crash test, through the public interface: what was acknowledged is there and answered the same, feeds
//! have everything once and in order, accounts are as the client reckons them.

use super::lane::{Lane, Tokens, acknowledged as acknowledged_of, agent, get};
use crate::Failure;
use crate::reckoning::fen;
use clearance::Text;
use clearance::party::Role;
use clearance::sample;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// What the client was told, and what became of it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Messages that a server acknowledged.
    pub acknowledged: u64,
    /// Of them, found in the window afterwards.
    pub stored: u64,
    /// Of them, answered as they were at first.
    pub answered: u64,
    /// Acknowledged and not found.
    pub lost: u64,
    /// Rows that answer two documents, receipts and verdicts that came twice.
    pub doubled: u64,
    /// Receipts read.
    pub receipts: u64,
}

/// Holds what the server says against what the client has on file.
pub fn audit(
    folder: &Path,
    lanes: &[Lane],
    server: &str,
    tokens: &Tokens,
    faults: &mut Vec<String>,
) -> Result<Counts, Failure> {
    let agent = agent();
    if let Some(lane) = lanes.iter().find(|lane| !lane.queue.is_empty()) {
        faults.push(format!("{} messages could not be sent at last", lane.queue.len()));
    }
    let mut counts = Counts::default();
    let mut positions = BTreeSet::new();
    for index in 0..lanes.len() {
        let file = BufReader::new(File::open(acknowledged_of(folder, index))?);
        for line in file.lines() {
            let kept: Value = serde_json::from_str(&line?)?;
            counts.acknowledged += 1;
            let token = kept["sender"].as_str().and_then(|sender| tokens.get(sender)).ok_or("no token")?;
            let path = format!("/v1/messages?sha256={}", kept["sha256"].as_str().unwrap_or(""));
            let Ok(found) = get(&agent, server, token, &path) else {
                faults.push(format!("acknowledged and lost: {kept}"));
                counts.lost += 1;
                continue;
            };
            counts.stored += 1;
            let same = found["documents"].as_array().map(Vec::len)
                == kept["documents"].as_array().map(Vec::len)
                && found["documents"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .zip(kept["documents"].as_array().into_iter().flatten())
                    .all(|(found, kept)| {
                        found["repeats"].is_u64()
                            || (found["position"] == kept["position"] && found["status"] == kept["status"])
                    });
            counts.answered += u64::from(same);
            if !same {
                faults.push(format!("acknowledged otherwise: {kept}, found {found}"));
            }
            for document in kept["documents"].as_array().into_iter().flatten() {
                if document["status"].as_i64().unwrap_or(-1) >= 0
                    && !positions.insert(document["position"].as_u64().unwrap_or(0))
                {
                    faults.push(format!("one row answers two documents: {document}"));
                    counts.doubled += 1;
                }
            }
        }
    }
    feeds(&agent, lanes, server, tokens, &mut counts, faults)?;
    accounts(&agent, lanes, server, tokens, faults)?;
    Ok(counts)
}

/// Every feed from its beginning: nothing twice, each declaration's receipts in order, 2 and 800 once each.
fn feeds(
    agent: &ureq::Agent,
    lanes: &[Lane],
    server: &str,
    tokens: &Tokens,
    counts: &mut Counts,
    faults: &mut Vec<String>,
) -> Result<(), Failure> {
    let mut guids = BTreeSet::new();
    let mut of_declarations: HashMap<(Text, String), Vec<(String, i64)>> = HashMap::new();
    for (party, token) in tokens {
        let mut after = String::new();
        loop {
            let page = get(agent, server, token, &format!("/v1/receipts?limit=5000&after={after}"))?;
            let cursor = page["cursor"].as_str().unwrap_or("").to_owned();
            for receipt in page["receipts"].as_array().into_iter().flatten() {
                counts.receipts += 1;
                let place = format!("{party} {}-{}", receipt["position"], receipt["number"]);
                if !guids.insert(place.clone()) {
                    faults.push(format!("a receipt came twice: {place}"));
                    counts.doubled += 1;
                }
                if receipt["message"] == "CEB622Message" {
                    let cop_no = find(&receipt["receipt"], "copNo").unwrap_or_default();
                    let time = receipt["time"].to_string();
                    let status = receipt["status"].as_i64().unwrap_or(0);
                    of_declarations.entry((party.clone(), cop_no)).or_default().push((time, status));
                }
            }
            if cursor == after {
                break;
            }
            after = cursor;
        }
    }
    for declared in lanes.iter().flat_map(|lane| &lane.declared) {
        let key = (declared.agent.clone(), declared.cop_no.to_string());
        let Some(receipts) = of_declarations.get(&key) else {
            faults.push(format!("{}: no receipt", declared.cop_no));
            continue;
        };
        if !receipts.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            faults.push(format!("{}: receipts out of order: {receipts:?}", declared.cop_no));
        }
        for status in [2, 120, 800, 100] {
            if receipts.iter().filter(|(_, given)| *given == status).count() > 1 {
                faults.push(format!("{}: {status} came twice", declared.cop_no));
                counts.doubled += 1;
            }
        }
    }
    Ok(())
}

/// The first text under a name, anywhere inside.
fn find(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(map) => map
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| map.values().find_map(|inner| find(inner, name))),
        Value::Array(items) => items.iter().find_map(|inner| find(inner, name)),
        _ => None,
    }
}

/// Quota by person and guarantee by guarantor, added up from what the client declared and where each declaration stands.
fn accounts(
    agent: &ureq::Agent,
    lanes: &[Lane],
    server: &str,
    tokens: &Tokens,
    faults: &mut Vec<String>,
) -> Result<(), Failure> {
    let office = sample::filings().into_iter().find(|filing| filing.has(Role::Officer)).ok_or("no office")?;
    let token = tokens.get(&office.code).ok_or("no token")?;
    let mut quota: BTreeMap<Text, (i64, i64)> = BTreeMap::new();
    let mut guarantee: BTreeMap<Text, (i64, i64)> = BTreeMap::new();
    for declared in lanes.iter().flat_map(|lane| &lane.declared) {
        let path = format!("/v1/consignments/{}/{}", declared.platform, declared.order_no);
        let shown = get(agent, server, token, &path)?;
        let attempt = &shown["attempt"];
        let tax = declared.tax;
        let person = quota.entry(declared.identity.clone()).or_default();
        let guarantor = guarantee.entry(declared.guarantor.clone()).or_default();
        match attempt["state"].as_u64() {
            Some(800 | 899) => {
                person.0 += declared.value;
                guarantor.0 += tax;
            }
            // Refused for the yearly limit by the window, or ended: nothing is taken.
            None | Some(0 | 1 | 100 | 700 | 1003 | 1399) => {}
            Some(_) => {
                person.1 += declared.value;
                guarantor.1 += tax;
            }
        }
    }
    for (kind, own) in [("quota", &quota), ("guarantee", &guarantee)] {
        let mut theirs: Vec<(i64, i64)> = Vec::new();
        let mut after = String::new();
        loop {
            let page =
                get(agent, server, token, &format!("/v1/accounts?kind={kind}&limit=5000&after={after}"))?;
            theirs.extend(page["accounts"].as_array().into_iter().flatten().map(|account| {
                (fen(account["posted"].as_str().unwrap_or("")), fen(account["held"].as_str().unwrap_or("")))
            }));
            match page["after"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        // Owners of quota are keyed hashes: the accounts are compared as a whole.
        let mut own: Vec<(i64, i64)> = own.values().copied().collect();
        own.retain(|pair| *pair != (0, 0));
        theirs.retain(|pair| *pair != (0, 0));
        own.sort_unstable();
        theirs.sort_unstable();
        if own != theirs {
            let differing = own.iter().zip(&theirs).find(|(own, theirs)| own != theirs);
            faults.push(format!(
                "{kind}: {} accounts reckoned, {} found, first difference {differing:?}",
                own.len(),
                theirs.len()
            ));
        }
    }
    Ok(())
}
