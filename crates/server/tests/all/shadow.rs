//! A model in shadow: what is declared is scored as the model scores it, what inspections find is counted by the score, offices see
//! it and nobody else, and nothing that is decided is otherwise than without. A model in use: rules read its score, which is kept,
//! tried on what was kept, and decided again without the model.
#![expect(clippy::float_arithmetic, reason = "prices of a training, no money")]

use crate::inspections::{inspect, looked_at};
use crate::support::browser::Browser;
use crate::support::people::ask;
use crate::support::{Zone, path, plain};
use crate::trial::tried;
use clearance::Rulebook;
use clearance::consignment::Lane;
use clearance::keys::OrderKey;
use clearance::sample::Trade;
use clearance::trial::Untried;
use inspection::declaration::{Date, Declaration, Quantity};
use inspection::model::{Model, Scorer, Training, train};
use inspection::standard;
use serde_json::{Value, json};
use server::shadow::{Loaded, declarations, run};
use std::sync::Arc;
use std::time::Duration;
use store::Read;

async fn lines(zone: &Zone, trade: &Trade) -> Vec<Declaration> {
    let head = &trade.declaration.head;
    let key = OrderKey::new(&head.ebp_code, &head.order_no);
    let consignment = zone.window.read.consignment(&key).await.unwrap().unwrap();
    declarations(&key, consignment.attempt.as_ref().unwrap())
}

/// A model that learnt that dear goods are illicit, from days before.
pub(crate) fn learnt(like: &Declaration) -> Model {
    learnt_by(like, Quantity::Price, 1.0)
}

/// One that learnt that goods are illicit of which a quantity is more than 300 units, and all else is alike.
pub(crate) fn learnt_by(like: &Declaration, quantity: Quantity, unit: f64) -> Model {
    let row = |number: i32| {
        let mut row = like.clone();
        row.id = number.to_string();
        row.day = like.day - 1 - number / 4;
        // In no order of days: else what a model knows of the days before tells it as well.
        let units = 20.0 + f64::from(number * 37 % 97) * 10.0;
        row.quantities[quantity as usize] = Some(units * unit);
        row.found = Some(units > 300.0);
        row
    };
    let mut rows: Vec<Declaration> = (0..400).map(row).collect();
    rows.reverse();
    let (until, tuned) = (Date(like.day - 30), Date(like.day - 1));
    let training = standard::training(like.trade, until, tuned, 1);
    let settings = inspection::learn::Settings { trees: 20, ..training.settings.clone() };
    train(&rows, &Training { settings, ..training }, &mut |_| {}).unwrap()
}

async fn until_scored(zone: &Zone) {
    for _ in 0..200 {
        let (_, told) = zone.get("8620000001", "/v1/risk/model").await;
        if told["behind"] == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the shadow does not follow");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_scored_beside_the_path_and_held_against_what_is_found() {
    let zone = Zone::new().await;
    let (trades, [first, _]) = looked_at(&zone, 2).await;
    let (_, without) = zone.get("8620000001", "/v1/risk/model").await;
    assert_eq!((&without["model"], &without["behind"]), (&Value::Null, &json!(0)));
    let model = Arc::new(learnt(&lines(&zone, &trades[0]).await[0]));
    let [shadow, _] = zone.window.shadows.clone();
    shadow.load(Loaded { model: model.clone(), digest: "abc".to_owned() });
    let following = tokio::spawn(run(zone.window.clone(), shadow, Duration::from_millis(20)));
    until_scored(&zone).await;
    // The same as the model says by itself: the highest of the lines.
    let mut scorer = Scorer::new(&model);
    for trade in &trades {
        let scores = lines(&zone, trade).await.iter().map(|line| scorer.score(line).thousandths).max();
        let (_, shown) = ask(&zone, "GET", &path(trade), &first, &Value::Null).await;
        assert_eq!(shown["shadow"]["thousandths"].as_u64(), scores.map(u64::from), "{}", shown["shadow"]);
        assert_eq!(shown["shadow"]["reasons"].as_array().unwrap().len(), 5);
        // Nobody but offices hears of it.
        let agent = trade.declaration.head.agent_code.as_str();
        assert!(zone.shown(agent, trade).await.get("shadow").is_none());
    }
    let page = Browser::with(&zone, &first).get(&path(&trades[0]).replace("/v1", "/desk")).await;
    assert!(page.words().contains("影子模型"), "{}", page.words());
    let found = json!({"found": [{"result": "conforming"}], "measure": "release"});
    let (status, told) = inspect(&zone, &first, &trades[0], "i1", found).await;
    assert_eq!(status, 200, "{told}");
    let differs =
        json!({"found": [{"line": 1, "result": "quantity-differs", "quantity": "1"}], "measure": "review"});
    let (status, told) = inspect(&zone, &first, &trades[1], "i2", differs).await;
    assert_eq!(status, 200, "{told}");
    until_scored(&zone).await;
    let (_, told) = zone.get("8620000001", "/v1/risk/model").await;
    let sum = |name: &str| {
        told["bands"].as_array().unwrap().iter().map(|band| band[name].as_u64().unwrap()).sum::<u64>()
    };
    // A rule chose them, so none was drawn.
    let counts = ["scored", "inspected", "illicit", "drawn"].map(sum);
    assert_eq!(counts, [2, 2, 1, 0], "{told}");
    assert_eq!(told["model"]["digest"], "abc");
    following.abort();
}

/// Digest of the model of these tests, as a table of models wants it.
const DIGEST: &str = "abababababababababababababababababababababababababababababababab";

fn in_use(digest: &str) -> (String, String) {
    let text = format!("digest,valid_from,valid_to,note\n{digest},20190101,,tests\n");
    ("risk_models.csv".to_owned(), text)
}

fn with_rule() -> (String, String) {
    let text = Rulebook::built_in_tables().into_iter().find(|(name, _)| name == "risk_rules.csv").unwrap().1;
    ("risk_rules.csv".to_owned(), format!("{text}model,taxation,20190101,,scan,risk_score >= 0,tests\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_read_the_score_once_the_rulebook_names_the_model() {
    let zone = Zone::new().await;
    let before = plain(&zone, 0);
    zone.trade(&before).await;
    let model = Arc::new(learnt(&lines(&zone, &before).await[0]));
    let [shadow, _] = zone.window.shadows.clone();
    shadow.load(Loaded { model: model.clone(), digest: DIGEST.to_owned() });
    let following = tokio::spawn(run(zone.window.clone(), shadow, Duration::from_millis(20)));
    until_scored(&zone).await;
    let office = "8620000001";
    assert_eq!(zone.shown(office, &before).await["riskScore"], Value::Null);

    // Named, and read by no rule yet: each list is given its score, and nothing else changes.
    zone.window.publish(&[in_use(DIGEST)], "test").await.unwrap();
    let scored = plain(&zone, 100);
    zone.trade(&scored).await;
    let mut scorer = Scorer::new(&model);
    let by_model = lines(&zone, &scored).await.iter().map(|line| scorer.score(line).thousandths).max();
    let shown = zone.shown(office, &scored).await;
    assert_eq!(shown["riskScore"]["thousandths"].as_u64(), by_model.map(u64::from), "{shown}");
    assert_eq!(shown["riskScore"]["model"], &DIGEST[..16]);
    assert!(zone.shown(&scored.declaration.head.agent_code, &scored).await.get("riskScore").is_none());
    let lane = async |trade: &Trade| {
        let key = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
        let consignment = zone.window.read.consignment(&key).await.unwrap().unwrap();
        let attempt = consignment.attempt.as_ref().unwrap();
        (attempt.lane.unwrap(), attempt.hits.iter().map(|hit| hit.evidence.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(lane(&scored).await, (Lane::Release, Vec::new()));

    // A rule is tried on the scores that were kept; what was given none is not guessed.
    let (name, rules) = with_rule();
    let tally = tried(&zone, &[(name.as_str(), rules)]).await.tally;
    assert_eq!((tally.lane_changed, tally.untried[&Untried::Window].count), (1, 1), "{tally:?}");

    // In force it is obeyed, and its evidence is the score.
    zone.window.publish(&[with_rule()], "test").await.unwrap();
    let held = plain(&zone, 200);
    zone.trade(&held).await;
    let (to, evidence) = lane(&held).await;
    let given = zone.shown(office, &held).await["riskScore"]["thousandths"].as_u64().unwrap();
    assert_eq!((to, evidence), (Lane::Scan, vec![format!("risk_score = {given}")]));

    // A model that is not here gives no score, and the window says so.
    zone.window.publish(&[in_use(&DIGEST.replace('a', "c"))], "test").await.unwrap();
    let without = plain(&zone, 300);
    zone.trade(&without).await;
    assert_eq!(lane(&without).await.0, Lane::Release);
    let (_, told) = zone.get(office, "/v1/risk/model").await;
    assert_eq!((&told["missing"], &told["model"]["inUse"]), (&json!(true), &json!(false)), "{told}");

    // By risk what was given a score stands before all that were given none.
    zone.until_listed().await;
    let (_, list) = zone.get(office, "/v1/consignments?sort=-risk").await;
    let numbers: Vec<&str> = list["consignments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["orderNo"].as_str().unwrap())
        .collect();
    let given = |trade: &Trade| numbers[..2].contains(&trade.order.head.order_no.as_str());
    assert_eq!([&scored, &held, &before, &without].map(given), [true, true, false, false], "{numbers:?}");

    // All of it is decided again alike, by whoever has no model.
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert!(derived.different == 0 && derived.events > 0, "{:?}", derived.faults);
    following.abort();
}
