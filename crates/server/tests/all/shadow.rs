//! A model in shadow: what is declared is scored as the model scores it, what inspections find is counted by the score, offices see
//! it and nobody else, and nothing that is decided is otherwise than without.
#![expect(clippy::float_arithmetic, reason = "prices of a training, no money")]

use crate::inspections::{inspect, looked_at};
use crate::support::browser::Browser;
use crate::support::people::ask;
use crate::support::{Zone, path};
use clearance::keys::OrderKey;
use clearance::sample::Trade;
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
fn learnt(like: &Declaration) -> Model {
    let row = |number: i32| {
        let mut row = like.clone();
        row.id = number.to_string();
        row.day = like.day - 1 - number / 4;
        let price = 20.0 + f64::from(number % 97) * 10.0;
        row.quantities[Quantity::Price as usize] = Some(price);
        row.found = Some(price > 300.0);
        row
    };
    let mut rows: Vec<Declaration> = (0..400).map(row).collect();
    rows.reverse();
    let (until, tuned) = (Date(like.day - 30), Date(like.day - 1));
    let training = standard::training(until, tuned, 1);
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
    zone.window.shadow.load(Loaded { model: model.clone(), digest: "abc".to_owned() });
    let following = tokio::spawn(run(zone.window.clone(), Duration::from_millis(20)));
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
