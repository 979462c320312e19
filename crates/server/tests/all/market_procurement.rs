//! Market procurement from the slips of two stallholders to the closing: confirmed, grouped into one declaration that is held against
//! them, decided on by an officer where the law is in doubt, looked at, released, gone, and paid for. What is refused says field and
//! rule, and nobody sees what is between others.

use crate::bonded::{act, verified};
use crate::parks::park;
use crate::support::Zone;
use crate::support::people::{signed_in, signed_in_english};
use clearance::party::Role;
use serde_json::{Value, json};
use store::Duty;

const CUSTOMS: &str = "8620000001";
/// Operates the market.
const OPERATOR: &str = "5301960601";
const MARKET: &str = "5301960601:M1";
const STALL: &str = "5301960201";
const NEIGHBOUR: &str = "5301960202";
const AGENT: &str = "5301980501";
const OTHER: &str = "5301980502";

/// A move on the record as it is, with a note.
async fn now(zone: &Zone, who: &str, record: &str, action: &str, body: Value) -> (u16, Value) {
    let (_, shown) = zone.get(CUSTOMS, &format!("/v1/registers/{record}")).await;
    let version = shown["version"].as_u64().unwrap_or(0);
    act(zone, who, record, (action, version), body).await
}

/// A move that is made, and the state after it.
async fn moved(zone: &Zone, who: &str, (record, action): (&str, &str), body: Value, state: &str) -> Value {
    let (status, told) = now(zone, who, record, action, body).await;
    assert_eq!((status, told["state"].as_str()), (200, Some(state)), "{record} {action}: {told}");
    told
}

/// What stands against a move: field and rule of each.
async fn against(
    zone: &Zone,
    who: &str,
    (record, action): (&str, &str),
    body: Value,
) -> Vec<(String, String)> {
    let (status, told) = now(zone, who, record, action, body).await;
    assert_eq!(status, 422, "{record} {action}: {told}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let faults = told["faults"].as_array().unwrap().iter();
    faults.map(|fault| (text(&fault["path"]), text(&fault["code"]))).collect()
}

fn fault(path: &str, code: &str) -> Vec<(String, String)> {
    vec![(path.to_owned(), code.to_owned())]
}

/// A zone with a market that has one of the two stallholders.
async fn zone() -> Zone {
    let zone = Zone::new().await;
    let mut form = park("样例螺蛳湾市场", &["market-procurement"]);
    form["modes"] = json!(["1039", "9710"]);
    let record = format!("parks/{MARKET}");
    moved(&zone, OPERATOR, (&record, "apply"), form, "submitted").await;
    moved(&zone, CUSTOMS, (&record, "approve"), Value::Null, "open").await;
    tenants(&zone, &[STALL]).await;
    zone
}

async fn tenants(zone: &Zone, codes: &[&str]) {
    let tenants: Vec<Value> =
        codes.iter().map(|code| json!({"party": code, "validFrom": "20260101", "terms": "样例"})).collect();
    let record = format!("parks/{MARKET}");
    moved(zone, OPERATOR, (&record, "set-tenants"), json!({"tenants": tenants}), "open").await;
}

/// A slip over so many dollars of toys and something else.
fn slip(amount: &str) -> Value {
    json!({
        "market": MARKET, "agent": AGENT, "buyer": "Sample Trading LLC", "country": "502", "day": "20261120",
        "currency": "502", "pieces": 10, "grossWeight": "120.5",
        "lines": [{"name": "样例玩具", "gcode": "9503002100", "unit": "007", "quantity": "100", "amount": amount,
                "netWeight": "100"},
            {"name": "样例手提包", "gcode": "4202220000", "unit": "007", "quantity": "5", "amount": "0.01",
                "netWeight": "10"}],
    })
}

/// A declaration of both slips, whose sums are these.
fn declaration(slips: &[&str]) -> Value {
    json!({
        "market": MARKET, "district": "8620", "exit": "8620", "country": "502", "currency": "502",
        "total": "150000.02", "pieces": 20, "grossWeight": "241", "taxes": "exempt", "slips": slips,
    })
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

/// State of a slip and the declaration that it is in, as its stallholder sees it.
async fn stands(zone: &Zone, owner: &str, slip: &str) -> (String, Option<String>) {
    let (status, shown) = zone.get(owner, &format!("/v1/registers/market-slips/{slip}")).await;
    assert_eq!(status, 200, "{shown}");
    let declaration = shown["body"]["declaration"].as_str().map(str::to_owned);
    (shown["state"].as_str().unwrap().to_owned(), declaration)
}

#[tokio::test(flavor = "multi_thread")]
async fn slips_of_two_stallholders_are_declared_looked_at_and_paid_for() {
    let zone = zone().await;
    let (first, second) = (format!("{STALL}:S1"), format!("{NEIGHBOUR}:S1"));
    let (one, two) = (format!("market-slips/{first}"), format!("market-slips/{second}"));
    // Who is no tenant sells nothing there; a stallholder names somebody else as who declares.
    let found = against(&zone, NEIGHBOUR, (&two, "record"), slip("50000")).await;
    assert_eq!(found, fault("id", "market-stall"));
    tenants(&zone, &[STALL, NEIGHBOUR]).await;
    for (wrong, at, code) in [
        (with(slip("1"), "market", json!("5301960601:M9")), "market", "market-place"),
        (with(slip("1"), "agent", json!(NEIGHBOUR)), "agent", "market-agent"),
        (with(slip("1"), "country", json!("X99")), "country", "code-of-table"),
        (with(slip("1"), "grossWeight", json!("109.9")), "grossWeight", "market-gross"),
        (with(slip("1"), "day", json!("20261231")), "day", "today-or-before"),
        (slip("0"), "lines[1].amount", "positive-number"),
    ] {
        assert_eq!(against(&zone, NEIGHBOUR, (&two, "record"), wrong).await, fault(at, code));
    }
    moved(&zone, STALL, (&one, "record"), slip("100000"), "recorded").await;
    moved(&zone, NEIGHBOUR, (&two, "record"), slip("50000"), "recorded").await;

    // Whom it does not name learns nothing of it; the market's operator sees it and confirms nothing.
    assert_eq!(now(&zone, OTHER, &one, "confirm", Value::Null).await.0, 404);
    assert_eq!(now(&zone, STALL, &one, "confirm", Value::Null).await.0, 403);
    assert_eq!(now(&zone, OPERATOR, &one, "confirm", Value::Null).await.0, 403);
    zone.until_listed().await;
    let mut waits = Vec::new();
    for who in [AGENT, OPERATOR, STALL] {
        let (_, told) = zone.get(who, "/v1/registers/market-slips?waiting=true").await;
        waits.push(told["records"].as_array().unwrap().len());
    }
    assert_eq!(waits, [2, 0, 0]);
    moved(&zone, AGENT, (&one, "confirm"), Value::Null, "confirmed").await;

    // Against a declaration: what is wrong with each slip, and with their sums.
    let (id, another) = (format!("{AGENT}:D1"), format!("{AGENT}:D2"));
    let (d1, d2) = (format!("market-declarations/{id}"), format!("market-declarations/{another}"));
    let both = [first.as_str(), second.as_str()];
    let declare = (d1.as_str(), "declare-group");
    let found = against(&zone, AGENT, declare, declaration(&both)).await;
    assert_eq!(found, fault("slips[2]", "market-slip-state"));
    moved(&zone, AGENT, (&two, "confirm"), Value::Null, "confirmed").await;
    for (wrong, expected) in [
        (with(declaration(&both), "total", json!("150000.03")), fault("total", "market-sum")),
        (with(declaration(&both), "pieces", json!(19)), fault("pieces", "market-sum")),
        (with(declaration(&both), "grossWeight", json!("240")), fault("grossWeight", "market-sum")),
        (with(declaration(&both), "slips", json!([first, first])), fault("slips[2]", "market-twice")),
        (with(declaration(&both), "slips", json!([first, "x:1"])), fault("slips[2]", "market-slip")),
        (
            with(declaration(&both), "country", json!("116")),
            [fault("slips[1].country", "market-same"), fault("slips[2].country", "market-same")].concat(),
        ),
        (with(declaration(&both), "taxes", json!("none")), fault("taxes", "one-of")),
    ] {
        assert_eq!(against(&zone, AGENT, declare, wrong.clone()).await, expected, "{wrong}");
    }
    // Others' slips are answered as none.
    let foreign = format!("market-declarations/{OTHER}:D1");
    let found = against(&zone, OTHER, (&foreign, "declare-group"), declaration(&both)).await;
    assert_eq!(found, [fault("slips[1]", "market-slip"), fault("slips[2]", "market-slip")].concat());

    // What the built-in law is not sure of refuses nothing: it is told with both values.
    let elsewhere = with(declaration(&both), "district", json!("8601"));
    let told = moved(&zone, AGENT, declare, elsewhere, "declared").await;
    let doubts = told["body"]["doubts"].as_array().unwrap();
    let told: Vec<(&str, &str, &str)> = doubts
        .iter()
        .map(|doubt| {
            let text = |name: &str| doubt[name].as_str().unwrap();
            (text("rule"), text("value"), text("otherValue"))
        })
        .collect();
    assert_eq!(told, [("market-district", "8601", "8620"), ("market-limit", "150000.02", "150000")]);
    assert_eq!(stands(&zone, STALL, &first).await, ("grouped".to_owned(), Some(id.clone())));
    let found = against(&zone, AGENT, (&d2, "declare-group"), declaration(&both)).await;
    let grouped = ["slips[1]", "slips[2]"].map(|path| fault(path, "market-slip-state")).concat();
    assert_eq!(found, grouped);
    // The prices of one stallholder are not another's to read.
    for other in [STALL, NEIGHBOUR, OTHER] {
        assert_eq!(zone.get(other, &format!("/v1/registers/{d1}")).await.0, 404, "{other}");
    }
    // Taken back or refused, the slips are free.
    moved(&zone, AGENT, (&d1, "withdraw"), Value::Null, "withdrawn").await;
    assert_eq!(stands(&zone, STALL, &first).await, ("confirmed".to_owned(), None));
    moved(&zone, AGENT, declare, declaration(&both), "declared").await;
    moved(&zone, CUSTOMS, (&d1, "refuse"), Value::Null, "refused").await;
    assert_eq!(stands(&zone, NEIGHBOUR, &second).await, ("confirmed".to_owned(), None));
    let told = moved(&zone, AGENT, declare, declaration(&both), "declared").await;
    let lines: Vec<(&str, &str)> = told["body"]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["gcode"].as_str().unwrap(), line["amount"].as_str().unwrap()))
        .collect();
    assert_eq!(lines, [("9503002100", "150000"), ("4202220000", "0.02")]);

    // Accepted, looked at, released, gone.
    assert_eq!(now(&zone, AGENT, &d1, "accept", json!({"number": "862020261234567890"})).await.0, 403);
    let found = against(&zone, CUSTOMS, (&d1, "accept"), json!({"number": "1"})).await;
    assert_eq!(found, fault("number", "market-number"));
    moved(&zone, CUSTOMS, (&d1, "accept"), json!({"number": "862020261234567890"}), "accepted").await;
    moved(&zone, CUSTOMS, (&d1, "call-inspection"), Value::Null, "inspecting").await;
    assert_eq!(now(&zone, CUSTOMS, &d1, "release-goods", Value::Null).await.0, 409);
    let look =
        |slip: &str, result: &str| json!({"at": "20261122100000", "sampled": [slip], "result": result});
    let found = against(&zone, CUSTOMS, (&d1, "record-inspection"), look("x:1", "agrees")).await;
    assert_eq!(found, fault("sampled[1]", "market-among"));
    moved(&zone, CUSTOMS, (&d1, "record-inspection"), look(&first, "agrees"), "inspected").await;
    moved(&zone, CUSTOMS, (&d1, "release-goods"), Value::Null, "released").await;
    let exit = json!({"at": "20261122180000", "vehicle": "云A00001"});
    moved(&zone, CUSTOMS, (&d1, "confirm-exit"), exit, "exported").await;
    assert_eq!(stands(&zone, STALL, &first).await, ("exported".to_owned(), Some(id.clone())));

    // Money comes once, in its currency, to somebody in it, and no more than was declared.
    let receipt = |number: &str, amount: &str| {
        json!({"bank": "5301000907", "number": number, "day": "20261123", "currency": "502", "amount": amount,
            "payee": STALL})
    };
    for (wrong, at, code) in [
        (with(receipt("R1", "1"), "currency", json!("142")), "currency", "market-same"),
        (with(receipt("R1", "1"), "payee", json!(OTHER)), "payee", "market-payee"),
        (receipt("R1", "157500.03"), "amount", "market-received"),
    ] {
        assert_eq!(against(&zone, AGENT, (&d1, "receive"), wrong).await, fault(at, code));
    }
    moved(&zone, AGENT, (&d1, "receive"), receipt("R1", "100000"), "exported").await;
    let found = against(&zone, AGENT, (&d1, "receive"), receipt("R1", "45000")).await;
    assert_eq!(found, fault("number", "market-receipt-once"));
    let found = against(&zone, AGENT, (&d1, "close"), Value::Null).await;
    assert_eq!(found, fault("receipts", "market-short"));
    moved(&zone, AGENT, (&d1, "receive"), receipt("R2", "45000"), "exported").await;
    let told = moved(&zone, AGENT, (&d1, "close"), Value::Null, "closed").await;
    assert_eq!(told["body"]["received"], "145000", "{told}");
    for (owner, slip) in [(STALL, &first), (NEIGHBOUR, &second)] {
        assert_eq!(stands(&zone, owner, slip).await, ("settled".to_owned(), Some(id.clone())));
    }

    // Lists have declarations, and not what stands behind them; on pages, in both languages.
    zone.until_listed().await;
    let (_, told) = zone.get(CUSTOMS, "/v1/registers/market-declarations").await;
    let ids: Vec<&str> =
        told["records"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [id.as_str()]);
    let mut agent = signed_in_english(&zone, "zu.huo", AGENT, Role::Agent, &[Duty::Operator]).await;
    let page = agent.get(&format!("/desk/registers/{d1}")).await;
    for words in ["Declarations of market procurement", "Received so far"] {
        assert!(page.words().contains(words), "{words}: {}", page.words());
    }
    let mut stall = signed_in(&zone, "shang.hu", STALL, Role::Merchant, &[Duty::Operator]).await;
    let page = stall.get("/desk/registers/market-slips/new?action=record").await;
    assert!(page.status == 200 && page.words().contains("采购商"), "{}", page.words());
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_declarations_that_come_at_once_one_has_the_slip() {
    let zone = zone().await;
    let id = format!("{STALL}:S1");
    let record = format!("market-slips/{id}");
    moved(&zone, STALL, (&record, "record"), slip("10"), "recorded").await;
    moved(&zone, AGENT, (&record, "confirm"), Value::Null, "confirmed").await;
    let mut form = declaration(&[&id]);
    for (name, value) in [("total", json!("10.01")), ("pieces", json!(10)), ("grossWeight", json!("120.5"))] {
        form[name] = value;
    }
    let (first, second) =
        (format!("market-declarations/{AGENT}:D1"), format!("market-declarations/{AGENT}:D2"));
    let (one, two) = tokio::join!(
        act(&zone, AGENT, &first, ("declare-group", 0), form.clone()),
        act(&zone, AGENT, &second, ("declare-group", 0), form.clone()),
    );
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422], "{} {}", one.1, two.1);
    let (_, has) = stands(&zone, STALL, &id).await;
    assert_eq!(has, Some(format!("{AGENT}:D{}", if one.0 == 200 { 1 } else { 2 })));
    // What differs is never released: it is refused with the slip free, and declared again.
    let held = if one.0 == 200 { first } else { second };
    moved(&zone, CUSTOMS, (&held, "accept"), json!({"number": "862020261234567891"}), "accepted").await;
    moved(&zone, CUSTOMS, (&held, "call-inspection"), Value::Null, "inspecting").await;
    let look = json!({"at": "20261122100000", "sampled": [id], "result": "differs"});
    moved(&zone, CUSTOMS, (&held, "record-inspection"), look, "inspected").await;
    let found = against(&zone, CUSTOMS, (&held, "release-goods"), Value::Null).await;
    assert_eq!(found, fault("action", "market-differs"));
    moved(&zone, CUSTOMS, (&held, "refuse"), Value::Null, "refused").await;
    assert_eq!(stands(&zone, STALL, &id).await, ("confirmed".to_owned(), None));
    verified(&zone).await;
}
