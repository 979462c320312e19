//! Bonded books through the interface: opened, filled, taken from by lists, left by the gate, transferred, counted; and what
//! the ledger says of it when it is judged again.

use crate::support::people::signed_in;
use crate::support::{Zone, path, plain};
use ceb::Document;
use clearance::party::Role;
use clearance::sample::Trade;
use serde_json::{Value, json};
use store::Duty;

pub(crate) const CUSTOMS: &str = "8620000001";
/// Holder of the book, and of the one that receives transfers.
pub(crate) const HOLDER: &str = "5301960601";
const OTHER: &str = "5301960202";
pub(crate) const NUMBER: &str = "T8620W000001";

pub(crate) async fn act(
    zone: &Zone,
    party: &str,
    record: &str,
    (action, version): (&str, u64),
    body: Value,
) -> (u16, Value) {
    let said = json!({"action": action, "version": version, "note": "样例", "body": body});
    let path = format!("/v1/registers/{record}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), said.to_string().into_bytes()).await
}

pub(crate) fn items(trade: &Trade) -> Value {
    let items = trade.items();
    let form = items.iter().enumerate().map(|(index, item)| {
        json!({
            "number": item.number.as_str(), "gcode": item.gcode.as_str(), "goodsNo": item.goods_no.as_str(),
            "name": trade.goods_name(index).as_str(), "unit": item.unit.as_str(), "unit1": item.first.unit.as_str(),
            "factor1": item.first.factor.to_string(), "unit2": item.second.as_ref().map(|unit| unit.unit.to_string()),
            "factor2": item.second.as_ref().map(|unit| unit.factor.to_string()), "tolerance": 50, "stopSaleDays": 10,
        })
    });
    json!({"items": form.collect::<Vec<_>>()})
}

/// Opens a book of a holder for the goods of a trade.
pub(crate) async fn opened(zone: &Zone, holder: &str, trade: &Trade) {
    let record = format!("bonded-books/{holder}:{NUMBER}");
    let (status, made) = act(zone, holder, &record, ("apply", 0), items(trade)).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("applied")), "{made}");
    let (status, made) = act(zone, CUSTOMS, &record, ("approve", 1), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("open")), "{made}");
}

pub(crate) fn entry(trade: &Trade, item: usize, lot: &str, pieces: i64, expiry: &str) -> Value {
    let filed = &trade.items()[item];
    let quantities = filed.converted(ceb::Decimal::from_whole(pieces)).unwrap();
    json!({
        "operation": "enter", "item": filed.number.as_str(), "lot": lot, "origin": "116", "expiry": expiry,
        "quantity": quantities.declared.to_string(), "quantity1": quantities.first.to_string(),
        "quantity2": quantities.second.to_string(),
    })
}

/// A document that the holder files and customs accepts.
pub(crate) async fn accepted(zone: &Zone, holder: &str, document: &str, lines: Vec<Value>) -> Value {
    let record = format!("bonded-documents/{holder}:{NUMBER}:{document}");
    let (status, made) = act(zone, holder, &record, ("file", 0), json!({"lines": lines})).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("filed")), "{made}");
    let (status, made) = act(zone, CUSTOMS, &record, ("accept", 1), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("accepted")), "{made}");
    made
}

/// So many pieces of every item of a trade.
pub(crate) async fn filled(zone: &Zone, holder: &str, trade: &Trade, document: &str, pieces: i64) {
    let lines = (0..trade.items().len()).map(|item| entry(trade, item, "L1", pieces, "20301231")).collect();
    accepted(zone, holder, document, lines).await;
}

pub(crate) async fn stock(zone: &Zone, holder: &str) -> Value {
    let (status, shown) = zone.get(holder, &format!("/v1/books/{holder}:{NUMBER}")).await;
    assert_eq!(status, 200, "{shown}");
    shown["stock"].clone()
}

pub(crate) async fn place(zone: &Zone, holder: &str, place: &str) -> String {
    stock(zone, holder).await[0]["places"][place].as_str().unwrap().to_owned()
}

/// What follows on a book is a commit of its own.
pub(crate) async fn until(zone: &Zone, holder: &str, name: &str, wanted: &str) {
    for _ in 0..200 {
        if place(zone, holder, name).await == wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{name} is {}, not {wanted}: {}", place(zone, holder, name).await, stock(zone, holder).await);
}

fn quantity(trade: &Trade) -> String {
    trade.declaration.lines[0].qty.to_string()
}

fn order(trade: &Trade) -> Value {
    json!({"platform": trade.order.head.ebp_code.as_str(), "orderNo": trade.order.head.order_no.as_str()})
}

pub(crate) async fn officer(zone: &Zone, trade: &Trade, action: Value) -> (u16, Value) {
    let shown = zone.shown(CUSTOMS, trade).await;
    let mut body = action;
    body["version"] = shown["version"].clone();
    body["id"] = format!("{}-{}", body["action"], shown["version"]).into();
    zone.request(
        "POST",
        &format!("{}/actions", path(trade)),
        Some(&zone.tokens[CUSTOMS]),
        body.to_string().into_bytes(),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_opened_filled_sold_from_and_left_by_the_gate() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    // A checklist that cannot be is refused as a whole, with every line's values.
    let record = format!("bonded-documents/{HOLDER}:{NUMBER}:entry-checklist:BAD");
    let mut bad = entry(&trade, 0, "L1", 10, "20301231");
    bad["quantity1"] = "999".into();
    let missing = json!({"operation": "transfer", "item": "77", "quantity": "1", "to": "x:y"});
    let (status, refused) = act(&zone, HOLDER, &record, ("file", 0), json!({"lines": [bad, missing]})).await;
    assert_eq!(status, 422, "{refused}");
    let faults = refused["faults"].as_array().unwrap();
    assert_eq!(faults[0]["path"], "lines[1].first", "{refused}");
    assert_eq!(faults[0]["parameters"]["rule"], "conversion");
    assert!(faults[0]["text"]["zh"].as_str().unwrap().contains("换算系数"), "{refused}");
    assert!(faults.iter().any(|fault| fault["path"] == "lines[2].document/kind"), "{refused}");
    filled(&zone, HOLDER, &trade, "entry-checklist:H1", 10).await;
    assert_eq!(place(&zone, HOLDER, "available").await, "10");
    let before = zone.window.clock.now();
    zone.clock.set(clearance::keys::Time(before.0 + 60_000));
    // The list is taken from it, and released by itself.
    let answer = zone.trade(&trade).await;
    assert_eq!(answer["status"], 800, "{answer}");
    assert_eq!(place(&zone, HOLDER, "frozen").await, quantity(&trade));
    // Nothing leaves with a weight that is not that of its lists.
    let leaves = |gross: &str, number: &str| json!({"number": number, "vehicle": "云A00001", "tare": "1000", "gross": gross, "parcels": [order(&trade)]});
    let gates = format!("/v1/books/{HOLDER}:{NUMBER}/gate-releases");
    let post = async |body: Value| {
        zone.request("POST", &gates, Some(&zone.tokens[HOLDER]), body.to_string().into_bytes()).await
    };
    let (status, refused) = post(leaves("1900", "HF1")).await;
    assert_eq!((status, &refused["faults"][0]["path"]), (422, &json!("gross")), "{refused}");
    let weight = trade.declaration.head.gross_weight;
    let gross = ceb::Decimal::from_whole(1000).checked_add(weight).unwrap().to_string();
    let (status, left) = post(leaves(&gross, "HF1")).await;
    assert_eq!((status, left["state"].as_str()), (200, Some("left")), "{left}");
    let (status, again) = post(leaves(&gross, "HF1")).await;
    assert_eq!((status, again["state"].as_str()), (200, Some("left")), "the same again: {again}");
    let (status, second) = post(leaves(&gross, "HF2")).await;
    assert_eq!((status, &second["faults"][0]["path"]), (422, &json!("parcels[1]")), "{second}");
    until(&zone, HOLDER, "frozen", "0").await;
    // What moved, with its documents, as records and as a file; what was there before is there as of then.
    let (_, moved) = zone.get(HOLDER, &format!("/v1/books/{HOLDER}:{NUMBER}/movements?item=1")).await;
    let kinds: Vec<&str> = moved["movements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["by"]["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["gate-release", "list", "entry-checklist"], "{moved}");
    assert_eq!(moved["movements"][1]["trade"], order(&trade));
    let (_, file) = zone.get(HOLDER, &format!("/v1/books/{HOLDER}:{NUMBER}/movements?form=csv")).await;
    assert!(file.as_str().unwrap().lines().count() > 3, "{file}");
    let at = before.stamp_millis().to_string();
    let (_, then) = zone.get(HOLDER, &format!("/v1/books/{HOLDER}:{NUMBER}?at={}", &at[..14])).await;
    assert_eq!(then["stock"][0]["places"]["available"], "10", "{then}");
    // Customs sees it, others do not know of it.
    let (status, all) = zone.get(CUSTOMS, "/v1/books").await;
    assert_eq!((status, all["books"].as_array().unwrap().len()), (200, 1), "{all}");
    assert_eq!(zone.get(OTHER, &format!("/v1/books/{HOLDER}:{NUMBER}")).await.0, 404);
    assert_eq!(zone.get(OTHER, "/v1/books").await.1["books"], json!([]));
    verified(&zone).await;
}

/// Judged again from its rows, everything is what was recorded.
pub(crate) async fn verified(zone: &Zone) {
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, &derived.faults), (0, &Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lists_race_for_the_last_tin() {
    let zone = Zone::new().await;
    let first = plain(&zone, 0).bonded(HOLDER, NUMBER);
    let mut second = plain(&zone, 50).bonded(HOLDER, NUMBER);
    second.declaration.lines.clone_from(&first.declaration.lines);
    opened(&zone, HOLDER, &first).await;
    let pieces = first.declaration.lines.iter().map(|line| line.qty.units() / 100_000).max().unwrap();
    let lines = first.declaration.lines.iter().enumerate();
    let lines =
        lines.map(|(at, line)| entry(&first, at, "L1", (line.qty.units() / 100_000) as i64, "20301231"));
    accepted(&zone, HOLDER, "entry-checklist:H1", lines.collect()).await;
    assert!(pieces > 0);
    let sender = first.declaration.head.agent_code.to_string();
    let other = second.declaration.head.agent_code.to_string();
    let (one, two) = tokio::join!(
        zone.send(&sender, Document::Declaration(first.declaration.clone())),
        zone.send(&other, Document::Declaration(second.declaration.clone())),
    );
    let statuses = [one["status"].as_i64().unwrap(), two["status"].as_i64().unwrap()];
    assert!(statuses.contains(&2) && statuses.contains(&100), "{one} {two}");
    let refused = if statuses[0] == 100 { &one } else { &two };
    assert_eq!(refused["findings"][0]["rule"], "book-short", "{refused}");
    for item in stock(&zone, HOLDER).await.as_array().unwrap() {
        assert_eq!(item["places"]["available"], "0", "{item}");
    }
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_cancelled_or_returned_comes_back() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    filled(&zone, HOLDER, &trade, "entry-checklist:H1", 10).await;
    // The payment differs: the list is rejected when it comes, and what it took is free again.
    let mut wrong = trade.clone();
    wrong.payment.amount_paid = ceb::Decimal::from_whole(1);
    let answer = zone.trade(&wrong).await;
    assert_eq!(answer["status"], 100, "{answer}");
    until(&zone, HOLDER, "frozen", "0").await;
    assert_eq!(place(&zone, HOLDER, "available").await, "10");
    // Another is released, and one piece of it comes back: first apart, then, looked at, on the shelf.
    let another = Zone::new().await;
    let number = (0..)
        .map(|from| plain(&another, from))
        .find(|trade| trade.declaration.lines[0].qty > ceb::Decimal::ONE);
    let sold = number.unwrap().bonded(HOLDER, NUMBER);
    opened(&another, HOLDER, &sold).await;
    filled(&another, HOLDER, &sold, "entry-checklist:H1", 10).await;
    let answer = another.trade(&sold).await;
    assert_eq!(answer["status"], 800, "{answer}");
    let shown = another.shown(CUSTOMS, &sold).await;
    let entry_number = shown["attempt"]["invtNo"].as_str().unwrap_or_else(|| panic!("{shown}"));
    let back = sold.return_goods(entry_number, &[(0, ceb::Decimal::ONE)], another.window.clock.now());
    let agent = sold.declaration.head.agent_code.to_string();
    let answer = another.send(&agent, Document::Return(back)).await;
    assert_eq!(answer["status"], 120, "{answer}");
    let pre_no = answer["preNo"].as_str().unwrap().to_owned();
    for action in ["approve-return", "receive-return"] {
        let (status, done) = officer(&another, &sold, json!({"action": action, "number": 1})).await;
        assert_eq!(status, 200, "{done}");
    }
    until(&another, HOLDER, "returned", "1").await;
    let record = format!("bonded-documents/{HOLDER}:{NUMBER}:stock-order:CK1");
    let restock = json!({"lines": [{"operation": "restock", "item": "1", "ofDocument": "return", "ofNumber": pre_no,
        "ofIssuer": agent, "ofLine": 1}]});
    let (status, made) = act(&another, HOLDER, &record, ("enter", 0), restock).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("accepted")), "{made}");
    assert_eq!(place(&another, HOLDER, "returned").await, "0");
    verified(&zone).await;
    verified(&another).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_is_in_transit_until_it_is_received_and_a_stocktake_finds_what_is_missing() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    opened(&zone, OTHER, &trade).await;
    filled(&zone, HOLDER, &trade, "entry-checklist:H1", 10).await;
    let to = format!("{OTHER}:{NUMBER}");
    let sent = json!({"operation": "transfer", "item": "1", "quantity": "4", "to": to});
    accepted(&zone, HOLDER, "exit-checklist:Z1", vec![sent]).await;
    assert_eq!(place(&zone, HOLDER, "in-transit").await, "4");
    assert_eq!(place(&zone, OTHER, "available").await, "0");
    let received = json!({"operation": "receive", "item": "1", "quantity": "3", "fromBook": format!("{HOLDER}:{NUMBER}"),
        "fromItem": "1", "ofDocument": "exit-checklist", "ofNumber": "Z1", "ofLine": 1});
    accepted(&zone, OTHER, "entry-checklist:Z1", vec![received]).await;
    assert_eq!(
        (place(&zone, HOLDER, "in-transit").await, place(&zone, OTHER, "available").await),
        ("1".into(), "3".into())
    );
    let stays = json!({"lines": [{"operation": "bring-back", "item": "1", "ofDocument": "exit-checklist", "ofNumber": "Z1", "ofLine": 1}]});
    let record = format!("bonded-documents/{HOLDER}:{NUMBER}:stock-order:CK1");
    let (status, made) = act(&zone, HOLDER, &record, ("enter", 0), stays).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(
        (place(&zone, HOLDER, "in-transit").await, place(&zone, HOLDER, "available").await),
        ("0".into(), "7".into())
    );
    // Samples and destruction.
    accepted(
        &zone,
        HOLDER,
        "sampling-record:Y1",
        vec![json!({"operation": "sample", "item": "1", "quantity": "1"})],
    )
    .await;
    // A stocktake holds the book still until customs has accepted it; a loss names the document that wrote it off.
    let record = format!("bonded-documents/{HOLDER}:{NUMBER}:stocktake-record:PD1");
    let (status, made) = act(&zone, HOLDER, &record, ("begin", 0), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("counting")), "{made}");
    let answer = zone.trade(&trade).await;
    assert_eq!(answer["findings"][0]["rule"], "book-stopped", "{answer}");
    let count = |approval: Value| json!({"lines": [{"operation": "count", "item": "1", "lot": "L1", "quantity": "5", "cause": "natural-loss", "approval": approval}]});
    let (status, refused) = act(&zone, HOLDER, &record, ("file", 1), count(Value::Null)).await;
    assert_eq!((status, &refused["faults"][0]["parameters"]["rule"]), (422, &json!("approval")), "{refused}");
    let (status, made) = act(&zone, HOLDER, &record, ("file", 1), count("BS1".into())).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(place(&zone, HOLDER, "available").await, "6");
    let (status, made) = act(&zone, CUSTOMS, &record, ("accept", 2), Value::Null).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(place(&zone, HOLDER, "available").await, "5");
    let (_, shown) = zone.get(HOLDER, &format!("/v1/books/{HOLDER}:{NUMBER}")).await;
    assert_eq!(shown["counting"], Value::Null);
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keeper_and_an_officer_read_the_book_on_pages() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    filled(&zone, HOLDER, &trade, "entry-checklist:H1", 10).await;
    zone.trade(&trade).await;
    let mut keeper = signed_in(&zone, "bao.guan", HOLDER, Role::SiteOperator, &[Duty::Operator]).await;
    let page = keeper.get("/desk/books").await;
    assert!(page.words().contains(NUMBER), "{}", page.words());
    let page = keeper.get(&format!("/desk/books/{HOLDER}%3A{NUMBER}")).await;
    let (name, words) = (trade.goods_name(0), page.words());
    for told in [name.as_str(), "预扣", "进区核注清单", "申报进区核注清单", "L1"] {
        assert!(words.contains(told), "{told}: {words}");
    }
    let page = keeper.get("/desk/registers/bonded-documents/new?action=file").await;
    assert!(page.words().contains("批次号"), "{}", page.words());
    let mut officer = signed_in(&zone, "guan.yi", CUSTOMS, Role::Officer, &[Duty::Decider]).await;
    let head = &trade.order.head;
    let page = officer.get(&format!("/desk/consignments/{}/{}", head.ebp_code, head.order_no)).await;
    assert!(page.words().contains("批次L1"), "{}", page.words());
}
