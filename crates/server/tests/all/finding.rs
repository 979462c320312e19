//! Finding entries of the evidence log: a party finds what concerns it and nothing else, offices of the zone find everything,
//! each hit has its proof, pages do not overlap, and the index made anew finds the same.

use crate::support::{NOW, Zone, plain};
use clearance::keys::Time;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::Read;

const OFFICER: &str = "8620000001";
const STRANGER: &str = "5301960202";

async fn search(zone: &Zone, party: &str, query: &str) -> Value {
    let (status, told) = zone.get(party, &format!("/v1/evidence/search?{query}")).await;
    assert_eq!(status, 200, "{query}: {told}");
    assert_eq!(told["behind"], 0);
    told
}

fn entries(told: &Value) -> &Vec<Value> {
    told["entries"].as_array().unwrap()
}

fn positions(told: &Value) -> Vec<u64> {
    entries(told).iter().map(|entry| entry["position"].as_u64().unwrap()).collect()
}

/// Every page of a search.
async fn all(zone: &Zone, party: &str, query: &str) -> Vec<u64> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let told = search(zone, party, &format!("{query}&limit=5&after={after}")).await;
        found.extend(positions(&told));
        match told["after"].as_str() {
            Some(next) => after = next.to_owned(),
            None => return found,
        }
    }
}

#[tokio::test]
async fn a_party_finds_who_read_its_records_and_why_and_nothing_of_others() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let agent = trade.declaration.head.agent_code.to_string();
    let platform = trade.order.head.ebp_code.to_string();
    let (status, _) = zone.get(OFFICER, &crate::support::path(&trade)).await;
    assert_eq!(status, 200);
    let application = json!({
        "name": "样例代理报关有限公司", "roles": ["agent"], "validFrom": "20260101", "address": "样例路1号",
        "contact": {"name": "样一", "telephone": "10000000000"},
        "licences": [{"kind": "business-licence", "number": "样例1", "issuer": "样例局", "validFrom": "20200101"}],
    });
    let filing = format!("/v1/registers/filings/{agent}");
    let apply = json!({"action": "apply", "body": application}).to_string().into_bytes();
    let token = Some(zone.tokens[&agent].as_str());
    let (status, made) = zone.request("POST", &format!("{filing}/actions"), token, apply).await;
    assert_eq!(status, 200, "{made}");
    let (status, _) = zone.get(OFFICER, &format!("{filing}?purpose=%E6%A0%B8%E5%AF%B9")).await;
    assert_eq!(status, 200);
    let told = search(&zone, &agent, "what=read").await;
    for (read, kind, purpose) in
        [(&entries(&told)[0], "filings", "核对"), (&entries(&told)[1], "consignment", "")]
    {
        let about = &read["about"];
        assert_eq!((about["party"].as_str(), about["role"].as_str()), (Some(OFFICER), Some("officer")));
        assert_eq!(
            (about["kind"].as_str(), about["purpose"].as_str()),
            (Some(kind), Some(purpose)),
            "{read}"
        );
    }
    // The proof of each hit is there for whoever found it.
    for entry in entries(&search(&zone, &agent, "limit=200").await) {
        let (status, proof) = zone.get(&agent, entry["proof"].as_str().unwrap()).await;
        assert_eq!(status, 200, "{entry}: {proof}");
        assert_eq!(proof["entry"]["position"], entry["position"]);
    }
    // Kinds, and days.
    let judged = search(&zone, &platform, "what=judged&limit=200").await;
    assert!(entries(&judged).iter().any(|entry| entry["about"]["message"] == "CEB311Message"), "{judged}");
    let today = search(&zone, &agent, "from=20261123&to=20261123&limit=200").await;
    assert_eq!(positions(&today), positions(&search(&zone, &agent, "limit=200").await));
    assert_eq!(entries(&search(&zone, &agent, "from=20261124").await).len(), 0);
    assert_eq!(entries(&search(&zone, &agent, "to=20261122").await).len(), 0);
    // A stranger finds nothing of them, not by naming them either.
    let named = trade.documents().into_iter().map(|(sender, _)| sender.to_string()).collect::<Vec<String>>();
    let head = &trade.declaration.head;
    let others = [&head.ebc_code, &head.assure_code, &head.logistics_code].map(|code| code.to_string());
    let knows = |party: &&String| {
        *party != OFFICER && **party != platform && !named.contains(party) && !others.contains(party)
    };
    let stranger = zone.tokens.keys().find(knows).unwrap();
    assert_eq!(entries(&search(&zone, stranger, &format!("party={agent}")).await).len(), 0);
    let own: BTreeSet<u64> = all(&zone, stranger, "").await.into_iter().collect();
    let theirs: BTreeSet<u64> = all(&zone, &agent, "").await.into_iter().collect();
    assert!(own.is_disjoint(&theirs), "{own:?} {theirs:?}");
    // What is asked must be what can be asked.
    for wrong in ["what=nothing", "from=20261340", "after=x", "limit=0", "limit=201", "form=xml"] {
        let (status, told) = zone.get(&agent, &format!("/v1/evidence/search?{wrong}")).await;
        assert_eq!(status, 400, "{wrong}: {told}");
    }
}

#[tokio::test]
async fn the_zone_finds_everything_page_by_page_and_the_index_made_anew_finds_the_same() {
    let zone = Zone::new().await;
    for number in 0..3 {
        zone.trade(&plain(&zone, number * 100)).await;
        zone.clock.set(Time(NOW.0 + 60_000 * (number as i64 + 1)));
    }
    let everything = all(&zone, OFFICER, "").await;
    let (_, log) = zone.get(OFFICER, "/v1/evidence/entries?limit=5000").await;
    let kinds = ["message", "rulebook", "seed of the draw"];
    let listed = log["entries"].as_array().unwrap().iter();
    let must: BTreeSet<u64> = listed
        .filter(|entry| kinds.contains(&entry["kindWord"].as_str().unwrap()))
        .map(|entry| entry["position"].as_u64().unwrap())
        .collect();
    let found: BTreeSet<u64> = everything.iter().copied().collect();
    assert!(must.len() > 3 && must.is_subset(&found), "{must:?} {found:?}");
    assert_eq!(found.len(), everything.len(), "pages overlap");
    assert!(!entries(&search(&zone, OFFICER, "what=rule-change").await).is_empty());
    // Kept and read again it is the same, and goes on.
    server::finding::keep(&zone.window).await.unwrap();
    let mut again = zone.window.clone();
    again.finding = std::sync::Arc::default();
    assert_eq!(server::finding::follow(&again).await.unwrap(), 0);
    let count = |window: &server::Window| window.finding.standing().finder.len();
    assert_eq!(count(&again), count(&zone.window));
    again.finding = std::sync::Arc::default();
    again.read.derived().keep("finding", &store::Cursor::default(), b"damaged".to_vec()).await.unwrap();
    while server::finding::follow(&again).await.unwrap() > 0 {}
    assert_eq!(count(&again), count(&zone.window), "made again from rows");
    // As a file.
    let (status, file) = zone.get(OFFICER, "/v1/evidence/search?what=received&form=csv&limit=2").await;
    let lines: Vec<&str> = file.as_str().unwrap().lines().collect();
    assert_eq!((status, lines.len()), (200, 3), "{file}");
    assert!(lines[0].starts_with("position,time,what,party") && lines[1].contains(",received,"), "{file}");
    let (status, _) = zone.get(STRANGER, "/desk/evidence/file").await;
    assert_eq!(status, 303);
    let pages: Vec<&str> = evidence::search::What::ALL.iter().map(|what| what.word()).collect();
    assert_eq!(pages, portal::pages::found::WHATS);
}
