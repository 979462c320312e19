//! What agencies file of their own: given by rules of sharing, by asking and by being sent, with corrections and withdrawals;
//! and queries for a record by its key, answered at once where a rule says so, else by the asked one.

use crate::shares::{self, CUSTOMS, EXCHANGE, TAX, all, fits, share};
use crate::support::{Zone, plain};
use crate::webhooks;
use clearance::party::Role;
use counterpart::{Kind, Script};
use exchange::Dataset;
use serde_json::{Value, json};

const POLICE: &str = "5301000905";
const MERCHANT: &str = "5301960201";
const PURPOSE: &str = "样例：收汇核对";

async fn zone() -> Zone {
    let mut zone = shares::zone().await;
    let now = zone.clock.now();
    let token = zone.window.control.issue(POLICE, Role::Agency, "machine", &[], now, None).await.unwrap();
    zone.tokens.insert(POLICE.to_owned(), token);
    zone
}

async fn act(zone: &Zone, party: &str, (register, id): (&str, &str), body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/{register}/{id}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await
}

/// Files a record, or a version of it.
async fn file(zone: &Zone, party: &str, key: &str, body: Value) -> Value {
    let (status, told) = act(zone, party, ("agency-records", &format!("{party}:{key}")), body).await;
    assert_eq!(status, 200, "{told}");
    told
}

fn refund(refunded: &str, result: &str) -> Value {
    json!({"effective": "20261121", "record": {"enterprise": MERCHANT, "period": "202611", "result": result,
        "decidedOn": "20261120", "refunded": refunded, "invtNos": ["86202026E000000001"]}})
}

fn rule(dataset: &str, fields: &[&str], filter: Value, queries: Value) -> Value {
    json!({"giver": TAX, "dataset": dataset, "schema": 1, "fields": fields, "filter": filter, "purpose": PURPOSE,
        "legalBasis": "样例办法第三条", "validFrom": "20261101", "queries": queries})
}

const TOLD: [&str; 5] = ["key", "version", "standing", "result", "refunded"];

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_gives_records_of_its_own_with_every_version() {
    let zone = zone().await;
    let everything: Vec<String> =
        Dataset::ExportRefunds.fields().into_iter().map(|field| field.name).collect();
    let names: Vec<&str> = everything.iter().map(String::as_str).collect();
    let whole =
        share(&zone, EXCHANGE, "refunds", rule("export-refunds", &names, json!({}), Value::Null)).await;
    let approved = json!({"result": ["approved"]});
    let narrowed =
        share(&zone, CUSTOMS, "approved", rule("export-refunds", &TOLD, approved, Value::Null)).await;
    file(&zone, TAX, "export-refunds:R-1", json!({"action": "give", "body": refund("130.00", "approved")}))
        .await;
    file(&zone, TAX, "export-refunds:R-2", json!({"action": "give", "body": refund("70.00", "refused")}))
        .await;
    let (status, told) = act(
        &zone,
        TAX,
        ("agency-records", &format!("{TAX}:export-refunds:R-3")),
        json!({"action": "give", "body": {"effective": "20261121", "record": {"result": "granted"}}}),
    )
    .await;
    let paths: Vec<&str> =
        told["faults"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect();
    assert_eq!(status, 422, "{told}");
    assert_eq!(
        paths,
        ["record.enterprise", "record.period", "record.result", "record.decidedOn", "record.refunded"]
    );
    // As the schema says, to each what its rule gives, under the giver's key.
    let (events, cursor) = all(&zone, EXCHANGE, &whole, 1).await;
    let subjects: Vec<&str> = events.iter().map(|event| event["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["R-1", "R-2"]);
    let (_, schema) = zone.get(EXCHANGE, "/v1/datasets/export-refunds").await;
    for event in &events {
        fits(&event["data"], &schema, "export-refunds");
        assert_eq!((&event["data"]["agency"], &event["data"]["enterprise"]), (&json!(TAX), &json!(MERCHANT)));
    }
    let (_, filed) = zone.get(TAX, "/v1/datasets/export-refunds?of=filed").await;
    fits(&refund("1.00", "approved")["record"], &filed, "filed");
    assert!(filed["required"].as_array().unwrap().contains(&json!("refunded")), "{filed}");
    assert_eq!(zone.get(TAX, "/v1/datasets/orders?of=filed").await.0, 404);
    assert_eq!(zone.get(TAX, "/v1/datasets/orders?of=x").await.0, 400);
    let (events, _) = all(&zone, CUSTOMS, &narrowed, 10).await;
    assert_eq!(events.len(), 1);
    assert_eq!(
        events[0]["data"],
        json!({"key": "R-1", "version": 1, "standing": "given", "result": "approved", "refunded": "130.00"})
    );
    // A correction is a version; one that leads out of what a rule gives is told as that, and says nothing more.
    let correct =
        json!({"action": "correct", "version": 1, "note": "样例更正", "body": refund("0.00", "recovered")});
    file(&zone, TAX, "export-refunds:R-1", correct).await;
    let withdraw = json!({"action": "withdraw", "version": 1, "note": "样例撤回"});
    file(&zone, TAX, "export-refunds:R-2", withdraw).await;
    let (_, page) = zone.get(EXCHANGE, &format!("/v1/shares/{whole}/records?after={cursor}")).await;
    let standings: Vec<(&str, u64, &str)> = page["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let data = &event["data"];
            let text = |name: &str| data[name].as_str().unwrap();
            (text("key"), data["version"].as_u64().unwrap(), text("standing"))
        })
        .collect();
    assert_eq!(standings, [("R-1", 2, "given"), ("R-2", 2, "withdrawn")], "{page}");
    let (events, _) = all(&zone, CUSTOMS, &narrowed, 10).await;
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!(events[1]["data"], json!({"key": "R-1", "version": 2, "standing": "beyond-rule"}));
    // Nobody reads it in the register but its agency; the enterprise that it names sees to whom it was given.
    let path = format!("/v1/registers/agency-records/{TAX}:export-refunds:R-1");
    let (status, history) = zone.get(TAX, &format!("{path}/history")).await;
    assert_eq!((status, history["versions"].as_array().map(Vec::len)), (200, Some(2)));
    for other in [EXCHANGE, CUSTOMS, MERCHANT, POLICE] {
        assert_eq!(zone.get(other, &path).await.0, 404, "{other}");
        let (_, listed) = zone.get(other, "/v1/registers/agency-records").await;
        assert_eq!(listed["records"], json!([]), "{other}");
    }
    zone.until_listed().await;
    let (_, readings) = zone.get(MERCHANT, "/v1/registers/accesses").await;
    let readers: Vec<&Value> =
        readings["records"].as_array().unwrap().iter().map(|one| &one["by"]["party"]).collect();
    assert!(readers.contains(&&json!(EXCHANGE)) && readers.contains(&&json!(CUSTOMS)), "{readings}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_agency_files_no_other_gives_and_what_police_found_is_told_to_nobody_else() {
    let zone = zone().await;
    let found = json!({"effective": "20261121", "record": {"subject": "enterprise", "result": "case-opened",
        "foundOn": "20261120", "enterprise": MERCHANT}});
    file(&zone, POLICE, "police-results:P-1", json!({"action": "give", "body": found})).await;
    let fields = ["key", "version", "standing", "result"];
    let mut of_tax = rule("police-results", &fields, json!({}), Value::Null);
    let id = share(&zone, CUSTOMS, "of-tax", of_tax.clone()).await;
    assert_eq!(all(&zone, CUSTOMS, &id, 10).await.0, Vec::<Value>::new(), "tax has filed none");
    of_tax["giver"] = json!(POLICE);
    let id = share(&zone, CUSTOMS, "of-police", of_tax).await;
    let (events, _) = all(&zone, CUSTOMS, &id, 10).await;
    assert_eq!(events.len(), 1);
    zone.until_listed().await;
    let of = async |party: &str| {
        let (_, readings) = zone.get(party, "/v1/registers/accesses").await;
        readings["records"].as_array().unwrap().iter().filter(|one| one["by"]["party"] == CUSTOMS).count()
    };
    assert_eq!((of(POLICE).await, of(MERCHANT).await), (1, 0));
    // A rule without what tells of corrections is no rule.
    let silent = rule("export-refunds", &["refunded"], json!({}), Value::Null);
    let id = format!("{EXCHANGE}:silent");
    let (status, told) =
        shares::act(&zone, EXCHANGE, &id, json!({"action": "propose", "body": silent})).await;
    assert_eq!((status, told["faults"][0]["code"].as_str()), (422, Some("rule-tells-standing")), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agency_files_is_sent_to_the_webhook_of_whom_it_is_shared_with() {
    let zone = zone().await;
    let id = share(&zone, EXCHANGE, "refunds", rule("export-refunds", &TOLD, json!({}), Value::Null)).await;
    let (counterpart, url) = webhooks::counterpart(&zone, Kind::ForeignExchange, Script::default()).await;
    let hook = json!({"url": url, "source": format!("shares/{id}")});
    webhooks::webhook(&zone, EXCHANGE, "in", hook).await;
    let _server = webhooks::sending(&zone);
    file(&zone, TAX, "export-refunds:R-1", json!({"action": "give", "body": refund("130.00", "approved")}))
        .await;
    let withdraw = json!({"action": "withdraw", "version": 1, "note": "样例撤回"});
    file(&zone, TAX, "export-refunds:R-1", withdraw).await;
    let taken = webhooks::until(&counterpart, |taken| taken.events.len() == 2).await;
    let told: Vec<(&str, &str)> = taken
        .events
        .iter()
        .map(|event| (event["subject"].as_str().unwrap(), event["data"]["standing"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("R-1", "given"), ("R-1", "withdrawn")]);
    assert_eq!((&taken.events[0]["type"], taken.refused), (&json!("onewindow.export-refunds.v1"), 0));
}

async fn ask(zone: &Zone, id: &str, to: &str, (dataset, key): (&str, &str), purpose: &str) -> (u16, Value) {
    let body = json!({"to": to, "kind": "query", "subject": "样例查询", "text": "请提供该记录", "purpose": purpose,
        "legalBasis": "样例办法第三条", "due": "20261130", "query": {"dataset": dataset, "key": key}});
    act(zone, EXCHANGE, ("requests", id), json!({"action": "ask", "body": body})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_answered_at_once_where_a_rule_says_so() {
    let zone = zone().await;
    file(&zone, TAX, "export-refunds:R-1", json!({"action": "give", "body": refund("130.00", "approved")}))
        .await;
    let asked_alone = rule("export-refunds", &TOLD, json!({}), json!("only"));
    let id = share(&zone, EXCHANGE, "asked", asked_alone).await;
    let (status, told) = zone.get(EXCHANGE, &format!("/v1/shares/{id}/records")).await;
    assert_eq!(status, 409, "who may ask has not all of them: {told}");
    let request = format!("{EXCHANGE}:1");
    let (status, told) = ask(&zone, &request, TAX, ("export-refunds", "R-1"), PURPOSE).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("answered")), "{told}");
    let answer = &told["body"]["answer"];
    assert_eq!(
        answer["records"][0],
        json!({"key": "R-1", "version": 1, "standing": "given", "result": "approved",
        "refunded": "130.00"})
    );
    assert_eq!((&answer["share"][0], &told["by"]["party"]), (&json!(id), &json!("window")));
    // What is not there is answered as that, once and for all.
    let (_, told) = ask(&zone, &format!("{EXCHANGE}:2"), TAX, ("export-refunds", "R-9"), PURPOSE).await;
    assert_eq!((told["state"].as_str(), &told["body"]["answer"]["records"]), (Some("answered"), &json!([])));
    // Question and answer are two rows, and whose record it was finds who had it, and what for.
    let (_, history) = zone.get(TAX, &format!("/v1/registers/requests/{request}/history")).await;
    let actions: Vec<&str> =
        history["versions"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["answer-at-once", "ask"]);
    zone.until_listed().await;
    let (_, readings) = zone.get(MERCHANT, "/v1/registers/accesses").await;
    let reading = &readings["records"][0];
    assert_eq!(reading["by"]["party"], EXCHANGE, "{readings}");
    assert_eq!(
        (&reading["summary"]["kind"], &reading["summary"]["id"]),
        (&json!("request"), &json!(request))
    );
    assert_eq!(reading["summary"]["purpose"], PURPOSE);
    // For another purpose, of another dataset, or of one whom no rule binds, the asked one answers.
    for (number, to, what, purpose) in [
        (3, TAX, ("export-refunds", "R-1"), "样例：另一用途"),
        (4, TAX, ("settlements", "S-1"), PURPOSE),
        (5, POLICE, ("export-refunds", "R-1"), PURPOSE),
    ] {
        let (status, told) = ask(&zone, &format!("{EXCHANGE}:{number}"), to, what, purpose).await;
        assert_eq!((status, told["state"].as_str()), (200, Some("asked")), "{number}: {told}");
    }
    // When the rule has ended, too.
    let end = json!({"action": "end", "version": 2, "note": "样例：期满"});
    assert_eq!(shares::act(&zone, TAX, &id, end).await.0, 200);
    let (_, told) = ask(&zone, &format!("{EXCHANGE}:6"), TAX, ("export-refunds", "R-1"), PURPOSE).await;
    assert_eq!(told["state"], "asked");
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!(derived.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_rule_the_asked_one_answers_by_a_day_and_may_give_the_record() {
    let zone = zone().await;
    file(&zone, TAX, "export-refunds:R-1", json!({"action": "give", "body": refund("130.00", "approved")}))
        .await;
    let request = format!("{EXCHANGE}:1");
    ask(&zone, &request, TAX, ("export-refunds", "R-1"), PURPOSE).await;
    let due = clearance::keys::Time(zone.clock.now().0 + 8 * 86_400_000);
    let now = zone.clock.now();
    zone.clock.set(due);
    let (_, listed) = zone.get(TAX, "/v1/registers/requests?overdue=true").await;
    assert_eq!(listed["records"].as_array().unwrap().len(), 1, "{listed}");
    zone.clock.set(now);
    let answer = async |body: Value| {
        act(&zone, TAX, ("requests", &request), json!({"action": "answer", "version": 1, "body": body})).await
    };
    // What the window writes nobody writes by hand, also not as the answer of a rule.
    let by_hand = json!({"text": "样例", "records": [{"key": "R-1"}], "share": ["x", 1]});
    let (status, told) = answer(by_hand).await;
    assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("records")), "{told}");
    let (status, told) = answer(json!({"text": "予以提供", "withRecord": true})).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("answered")), "{told}");
    let given = &told["body"]["answer"]["records"][0];
    assert_eq!((&given["refunded"], &given["enterprise"]), (&json!("130.00"), &json!(MERCHANT)));
    assert!(told["body"]["answer"]["share"].is_null());
    // The asker has it there; nobody else learns of it but whose record it was.
    let path = format!("/v1/registers/requests/{request}");
    assert_eq!(zone.get(EXCHANGE, &path).await.1["body"]["answer"]["records"][0], *given);
    assert_eq!(zone.get(POLICE, &path).await.0, 404);
    zone.until_listed().await;
    let (_, readings) = zone.get(MERCHANT, "/v1/registers/accesses").await;
    assert_eq!(readings["records"][0]["by"]["party"], EXCHANGE, "{readings}");
}

#[tokio::test(flavor = "multi_thread")]
async fn customs_is_asked_for_a_trade_by_its_number() {
    let zone = zone().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let mut clearances = shares::rule("clearances", &["orderNo", "state", "merchant"], json!({}));
    clearances["queries"] = json!("also");
    clearances["purpose"] = json!(PURPOSE);
    share(&zone, EXCHANGE, "clearances", clearances).await;
    let key = format!("{}/{}", trade.order.head.ebp_code, trade.order.head.order_no);
    let (_, told) = ask(&zone, &format!("{EXCHANGE}:1"), CUSTOMS, ("clearances", &key), PURPOSE).await;
    assert_eq!(told["state"], "answered", "{told}");
    let record = &told["body"]["answer"]["records"][0];
    assert_eq!((&record["state"], record.as_object().unwrap().len()), (&json!(120), 3), "{record}");
    let absent =
        ask(&zone, &format!("{EXCHANGE}:2"), CUSTOMS, ("clearances", "5301960101/none"), PURPOSE).await;
    assert_eq!(absent.1["body"]["answer"]["records"], json!([]));
    // Those whom the trade names find the reading.
    zone.until_listed().await;
    let agent = trade.declaration.head.agent_code.as_str();
    let (_, readings) = zone.get(agent, "/v1/registers/accesses").await;
    assert_eq!(readings["records"][0]["summary"]["kind"], "request", "{readings}");
    // An officer answers for what no rule gives: without what tells of the buyer.
    let request = format!("{EXCHANGE}:3");
    ask(&zone, &request, CUSTOMS, ("orders", &key), PURPOSE).await;
    let body = json!({"action": "answer", "version": 1, "body": {"text": "予以提供", "withRecord": true}});
    let (status, told) = act(&zone, CUSTOMS, ("requests", &request), body).await;
    assert_eq!(status, 200, "{told}");
    let text = told.to_string();
    assert!(text.contains("acturalPaid") && text.contains(trade.order.head.order_no.as_str()), "{text}");
    for told_of in
        [&trade.order.head.buyer_name, &trade.order.head.buyer_id_number, &trade.order.head.consignee_address]
    {
        assert!(!text.contains(told_of.as_str()), "{told_of}: {text}");
    }
}
