//! Sharing between agencies: each gets exactly its fields of exactly its records, in order, once; and whose they are can see it.

use crate::support::{NOW, Zone, plain};
use ceb::Document;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::{self, Trade};
use exchange::{Dataset, Mask};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const CUSTOMS: &str = "8620000001";
pub(crate) const TAX: &str = "5301000901";
pub(crate) const EXCHANGE: &str = "5301000902";

pub(crate) async fn zone() -> Zone {
    let mut zone = Zone::new().await;
    zone.window.file_all(sample::agencies(), "test").await;
    for code in [TAX, EXCHANGE] {
        let token = zone.window.control.issue(code, Role::Agency, "machine", &[], NOW, None).await.unwrap();
        zone.tokens.insert(code.to_owned(), token);
    }
    zone
}

pub(crate) async fn act(zone: &Zone, party: &str, id: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/shares/{id}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await
}

pub(crate) fn rule(dataset: &str, fields: &[&str], filter: Value) -> Value {
    json!({"giver": CUSTOMS, "dataset": dataset, "schema": 1, "fields": fields, "filter": filter, "purpose": "样例：征税核对",
        "legalBasis": "样例办法第一条", "validFrom": "20261101"})
}

/// A rule in force; its giver agreed.
pub(crate) async fn share(zone: &Zone, receiver: &str, name: &str, rule: Value) -> String {
    let id = format!("{receiver}:{name}");
    let giver = rule["giver"].as_str().unwrap().to_owned();
    let (status, told) = act(zone, receiver, &id, json!({"action": "propose", "body": rule})).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = act(zone, &giver, &id, json!({"action": "agree", "version": 1})).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("in-force")), "{told}");
    id
}

/// All that a rule gives, page by page.
pub(crate) async fn all(zone: &Zone, receiver: &str, id: &str, limit: usize) -> (Vec<Value>, String) {
    let (mut events, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/shares/{id}/records?limit={limit}&after={after}");
        let (status, page) = zone.get(receiver, &path).await;
        assert_eq!(status, 200, "{page}");
        events.extend(page["events"].as_array().unwrap().iter().cloned());
        after = page["cursor"].as_str().unwrap().to_owned();
        if page["complete"] == true {
            return (events, after);
        }
    }
}

async fn released(zone: &Zone, number: u64) -> Trade {
    let trade = plain(zone, number);
    zone.trade(&trade).await;
    let arrival = Trade::arrival(number, &[&trade], NOW).unwrap();
    let operator = arrival.head.operator_code.clone();
    zone.send(&operator, Document::Arrival(arrival)).await;
    for _ in 0..200 {
        if zone.shown(&trade.declaration.head.agent_code, &trade).await["attempt"]["state"] == 800 {
            return trade;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it is not released");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_gives_its_fields_of_its_records_in_order_and_once() {
    let zone = zone().await;
    let fields = ["orderNo", "state", "taxTotal", "time"];
    let id = share(&zone, TAX, "released", rule("clearances", &fields, json!({"state": ["800"]}))).await;
    let everything =
        share(&zone, EXCHANGE, "orders", rule("orders", &["orderNo", "acturalPaid", "lines.qty"], json!({})))
            .await;
    let mut trades = Vec::new();
    for number in 0..3 {
        trades.push(released(&zone, number * 50).await);
    }
    let waiting = plain(&zone, 500);
    zone.trade(&waiting).await;
    let (events, cursor) = all(&zone, TAX, &id, 200).await;
    let orders: Vec<&str> = events.iter().map(|event| event["data"]["orderNo"].as_str().unwrap()).collect();
    let expected: Vec<&str> = trades.iter().map(|trade| trade.order.head.order_no.as_str()).collect();
    assert_eq!(orders, expected);
    for event in &events {
        let data = event["data"].as_object().unwrap();
        assert_eq!(data.keys().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(fields));
        assert!(event["data"]["state"] == 800 && event["type"] == "onewindow.clearances.v1");
        assert!(event["purpose"] == "样例：征税核对" && event["legalbasis"] == "样例办法第一条");
    }
    // However small the pages, the same; and afterwards nothing until something comes.
    assert_eq!(all(&zone, TAX, &id, 1).await.0, events);
    let path = format!("/v1/shares/{id}/records?after={cursor}");
    let (_, page) = zone.get(TAX, &path).await;
    assert!(page["events"] == json!([]) && page["complete"] == true, "{page}");
    // Whoever waits is answered when something comes.
    let waiting = format!("{path}&wait=20");
    let ((_, page), late) = tokio::join!(zone.get(TAX, &waiting), released(&zone, 900));
    assert_eq!(page["events"].as_array().unwrap().len(), 1);
    assert_eq!(page["events"][0]["data"]["orderNo"], late.order.head.order_no.as_str());
    // Another agency has another rule.
    let (events, _) = all(&zone, EXCHANGE, &everything, 2).await;
    assert_eq!(events.len(), 5);
    assert_eq!(events[0]["data"].as_object().unwrap().len(), 3);
    let line = json!({"qty": trades[0].order.lines[0].qty.to_string()});
    assert_eq!(events[0]["data"]["lines"][0], line);
    // Its parties see to whom it was given, why, and by which rule; a party who has no part does not.
    let agent = late.declaration.head.agent_code.as_str();
    let (_, readings) = zone.get(agent, "/v1/registers/accesses").await;
    let given: Vec<&Value> =
        readings["records"].as_array().unwrap().iter().filter(|one| one["by"]["party"] == TAX).collect();
    assert!(!given.is_empty(), "{readings}");
    let (_, reading) =
        zone.get(agent, &format!("/v1/registers/accesses/{}", given[0]["id"].as_str().unwrap())).await;
    assert_eq!(
        (reading["body"]["kind"].as_str(), reading["body"]["id"].as_str()),
        (Some("share"), Some(id.as_str()))
    );
    assert_eq!(reading["body"]["purpose"], "样例：征税核对");
    // Who else was in the delivery is not in it.
    assert!(reading["parties"] == json!([]) && reading["body"].get("owners").is_none(), "{reading}");
    assert!(reading["id"].as_str().unwrap().starts_with(TAX));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_proposed_by_one_and_agreed_by_the_other() {
    let zone = zone().await;
    let id = format!("{TAX}:orders");
    let records = format!("/v1/shares/{id}/records");
    let proposal = rule("orders", &["orderNo"], json!({}));
    // What is wrong is told at once; nobody proposes for another, or to give what he does not answer for.
    let wrong = json!({"giver": TAX, "dataset": "orders", "schema": 2, "fields": ["nothing"], "filter": {"lines.qty": []},
        "purpose": " ", "legalBasis": "", "validFrom": "2026"});
    let (status, told) = act(&zone, TAX, &id, json!({"action": "propose", "body": wrong})).await;
    let paths: Vec<&str> =
        told["faults"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect();
    assert_eq!(status, 422);
    assert_eq!(
        paths,
        ["schema", "giver", "fields", "filter", "filter", "purpose", "legalBasis", "validFrom"]
    );
    let platform = "5301960101";
    let (status, told) =
        act(&zone, platform, &format!("{platform}:x"), json!({"action": "propose", "body": proposal})).await;
    assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("id")));
    for other in [EXCHANGE, CUSTOMS, platform] {
        assert_eq!(
            act(&zone, other, &id, json!({"action": "propose", "body": proposal})).await.0,
            404,
            "{other}"
        );
    }
    assert_eq!(zone.get(TAX, &records).await.0, 404);
    act(&zone, TAX, &id, json!({"action": "propose", "body": proposal})).await;
    assert_eq!(zone.get(TAX, &records).await.0, 409, "it is not agreed");
    assert_eq!(act(&zone, TAX, &id, json!({"action": "agree", "version": 1})).await.0, 403);
    assert_eq!(act(&zone, EXCHANGE, &id, json!({"action": "agree", "version": 1})).await.0, 404);
    // What was agreed is what was seen: a proposal that changed meanwhile has to be looked at again.
    let wider = rule("orders", &["orderNo", "buyerIdNumber"], json!({}));
    act(&zone, TAX, &id, json!({"action": "correct", "version": 1, "body": wider})).await;
    assert_eq!(act(&zone, CUSTOMS, &id, json!({"action": "agree", "version": 1})).await.0, 409);
    assert_eq!(act(&zone, CUSTOMS, &id, json!({"action": "agree", "version": 2})).await.0, 200);
    assert_eq!(zone.get(TAX, &records).await.0, 200);
    for wrong in ["wait=31", "wait=x", "limit=0", "after=x"] {
        assert_eq!(zone.get(TAX, &format!("{records}?{wrong}")).await.0, 400, "{wrong}");
    }
    for other in [EXCHANGE, CUSTOMS] {
        let (status, told) = zone.get(other, &records).await;
        let absent = zone.get(other, "/v1/shares/5301000901:none/records").await;
        assert_eq!((status, told), (404, absent.1));
    }
    assert_eq!(zone.get(platform, &records).await.0, 403, "a platform is given nothing");
    // Suspended, a receiver gets nothing; ended, nobody does.
    let mut suspended = zone.window.filing(TAX).unwrap();
    suspended.suspended = true;
    zone.window.file_all(vec![suspended.clone()], "test").await;
    assert_eq!(zone.get(TAX, &records).await.0, 409);
    suspended.suspended = false;
    zone.window.file_all(vec![suspended], "test").await;
    assert_eq!(
        act(&zone, CUSTOMS, &id, json!({"action": "end", "version": 3})).await.0,
        422,
        "it is explained"
    );
    assert_eq!(act(&zone, CUSTOMS, &id, json!({"action": "end", "version": 3, "note": "样例"})).await.0, 200);
    assert_eq!(zone.get(TAX, &records).await.0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_asks_another_and_gets_its_answer_by_a_day() {
    let zone = zone().await;
    let send = async |party: &str, id: &str, body: Value| {
        let path = format!("/v1/registers/requests/{id}/actions");
        zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await
    };
    let id = format!("{TAX}:2026-1");
    let asked = json!({"to": CUSTOMS, "kind": "assistance", "subject": "样例核查", "about": "5301960101/OW-1", "text": "请核对价格",
        "purpose": "样例", "legalBasis": "样例办法第二条", "due": "20261125"});
    let wrong = json!({"to": TAX, "kind": "order", "subject": "", "text": "", "purpose": "", "legalBasis": "", "due": "20261101"});
    let (status, told) = send(TAX, &id, json!({"action": "ask", "body": wrong})).await;
    assert_eq!((status, told["faults"].as_array().unwrap().len()), (422, 7), "{told}");
    assert_eq!(send(EXCHANGE, &id, json!({"action": "ask", "body": asked})).await.0, 404);
    assert_eq!(send(TAX, &id, json!({"action": "ask", "body": asked})).await.0, 200);
    // It is between the two.
    assert_eq!(zone.get(EXCHANGE, &format!("/v1/registers/requests/{id}")).await.0, 404);
    assert_eq!(
        send(EXCHANGE, &id, json!({"action": "answer", "version": 1, "body": {"text": "x"}})).await.0,
        404
    );
    assert_eq!(send(TAX, &id, json!({"action": "answer", "version": 1, "body": {"text": "x"}})).await.0, 403);
    let overdue = async |party: &str| {
        let (_, listed) = zone.get(party, "/v1/registers/requests?state=asked,accepted").await;
        listed["records"].as_array().unwrap().iter().map(|one| one["overdue"] == true).collect::<Vec<_>>()
    };
    assert_eq!(overdue(CUSTOMS).await, [false]);
    zone.clock.set(Time(NOW.0 + 3 * 86_400_000));
    assert_eq!((overdue(CUSTOMS).await, overdue(TAX).await), (vec![true], vec![true]));
    assert_eq!(
        send(CUSTOMS, &id, json!({"action": "answer", "version": 1, "body": {"text": "价格属实"}})).await.0,
        200
    );
    assert_eq!(overdue(CUSTOMS).await, Vec::<bool>::new());
    let (_, shown) = zone.get(TAX, &format!("/v1/registers/requests/{id}")).await;
    assert_eq!(
        (shown["state"].as_str(), shown["body"]["answer"]["text"].as_str()),
        (Some("answered"), Some("价格属实"))
    );
    assert_eq!(send(TAX, &id, json!({"action": "close", "version": 2})).await.0, 200);
}

/// A text of its own in every field: what leaves has those of the mask, and none of the others.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_the_mask_leaves() {
    let zone = zone().await;
    let own = ["orderNo", "buyerName", "lines.itemName"];
    let id = share(&zone, TAX, "orders", rule("orders", &own, json!({}))).await;
    let mut order = plain(&zone, 0).order;
    let mut canaries: BTreeMap<String, String> = BTreeMap::new();
    for field in Dataset::Orders.fields() {
        let name = field.name.replace("lines.", "");
        let part = usize::from(field.name.contains('.'));
        let taken = [
            "guid",
            "appType",
            "appStatus",
            "orderType",
            "ebpCode",
            "ebcCode",
            "currency",
            "unit",
            "country",
            "buyerIdType",
            "payCode",
            "gnum",
            "buyerIdNumber",
            "ebpName",
            "ebcName",
        ];
        let at = ceb::Kind::Order.parts()[part].fields.iter().position(|rule| rule.name == name).unwrap();
        if !taken.contains(&name.as_str()) {
            let canary = format!("canary{}x", canaries.len());
            let mut document = Document::Order(order.clone());
            if document.set(part, 0, at, &canary).is_ok() {
                let Document::Order(changed) = document else { unreachable!() };
                order = changed;
                canaries.insert(field.name, canary);
            }
        }
    }
    canaries.insert("buyerIdNumber".to_owned(), order.head.buyer_id_number.to_string());
    assert!(canaries.len() > 15, "{canaries:?}");
    let sender = order.head.ebp_code.to_string();
    let answer = zone.send(&sender, Document::Order(order.clone())).await;
    let (events, _) = all(&zone, TAX, &id, 10).await;
    if answer["status"].as_i64().unwrap() > 0 {
        let text = serde_json::to_string(&events).unwrap();
        for (name, canary) in &canaries {
            assert_eq!(text.contains(canary.as_str()), own.contains(&name.as_str()), "{name}: {text}");
        }
    } else {
        panic!("{answer}");
    }
    // The same by the pure part, for every dataset that comes from a message, with each field alone.
    for dataset in Dataset::ALL {
        let Some(kind) = dataset.document() else { continue };
        let mut document = Document::empty(kind);
        for (part, table) in kind.parts().iter().enumerate() {
            for field in 0..table.fields.len() {
                let _ = document.set(part, 0, field, &format!("canary{part}-{field}x"));
            }
        }
        let values = document.to_json();
        let flat = flat(&values, kind);
        for field in dataset.fields() {
            let mask = Mask { fields: BTreeSet::from([field.name.clone()]), filter: BTreeMap::new() };
            let text = Value::Object(mask.of(&flat)).to_string();
            assert!(text.matches("canary").count() <= 1, "{dataset:?} {}: {text}", field.name);
        }
    }
}

fn flat(value: &Value, kind: ceb::Kind) -> serde_json::Map<String, Value> {
    let parts = kind.parts();
    let mut flat = value[parts[0].element].as_object().or_else(|| value.as_object()).unwrap().clone();
    if let Some(part) = parts.get(1) {
        flat.insert("lines".to_owned(), value[part.element].clone());
    }
    flat
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_is_as_its_schema_says() {
    let zone = zone().await;
    let trade = released(&zone, 0).await;
    let (_, catalogue) = zone.get(TAX, "/v1/datasets").await;
    assert_eq!(catalogue["datasets"].as_array().unwrap().len(), Dataset::ALL.len());
    // What agencies file is told in `agency_records`, what exports give in `export_datasets`.
    for dataset in Dataset::ALL.into_iter().filter(|dataset| !dataset.is_filed()) {
        let names: Vec<String> = dataset.fields().into_iter().map(|field| field.name).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut whole = rule(dataset.word(), &names, json!({}));
        whole["validFrom"] = json!("20160101");
        let id = share(&zone, TAX, dataset.word(), whole).await;
        let (events, _) = all(&zone, TAX, &id, 50).await;
        let expected = match dataset {
            Dataset::Inspections | Dataset::DomesticEntries | Dataset::CreditLists => 0,
            // It was an import.
            Dataset::ExportOrders | Dataset::ExportPayments | Dataset::ExportWaybills => 0,
            Dataset::Filings => sample::filings().len() + sample::agencies().len(),
            Dataset::Clearances => events.len().max(2),
            // Three documents, the list and the arrival.
            Dataset::Messages => 5,
            exports if exports.word().starts_with("export-") || exports == Dataset::SummaryApplications => 0,
            _ => 1,
        };
        assert_eq!(events.len(), expected, "{dataset:?}: {events:?}");
        let (_, schema) = zone.get(TAX, &format!("/v1/datasets/{}", dataset.word())).await;
        for event in &events {
            fits(&event["data"], &schema, &format!("{dataset:?}"));
            for field in dataset.fields().iter().filter(|field| field.always && !field.name.contains('.')) {
                assert!(
                    event["data"].get(&field.name).is_some(),
                    "{dataset:?} lacks {}: {event}",
                    field.name
                );
            }
        }
    }
    assert!(!trade.order.head.order_no.is_empty());
}

/// The little of JSON Schema that the catalogue uses.
pub(crate) fn fits(value: &Value, schema: &Value, at: &str) {
    let kind = schema["type"].as_str().unwrap();
    let right = match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        other => panic!("{at}: {other}"),
    };
    assert!(right, "{at} is not of type {kind}: {value}");
    let words = schema["enum"].as_array();
    assert!(words.is_none_or(|words| words.contains(value)), "{at} is none of its words: {value}");
    for (name, member) in value.as_object().into_iter().flatten() {
        let known = &schema["properties"][name];
        assert!(known.is_object(), "{at}: {name} is not in the schema");
        fits(member, known, &format!("{at}.{name}"));
    }
    for item in value.as_array().into_iter().flatten() {
        fits(item, &schema["items"], at);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counterpart_of_another_country_sends_and_receives_in_the_neutral_form() {
    let zone = zone().await;
    let trade = plain(&zone, 0);
    // Three documents come in it; the answer is that of CEB.
    for (sender, document) in trade.documents().into_iter().take(3) {
        let sent = sample::message(&sender, vec![document.clone()]);
        let json = ceb::write_json(&sent);
        let body = &json[document.kind().root()];
        let whole = &body[document.kind().element()][0];
        let parts = document.kind().parts();
        let mut record = whole.get(parts[0].element).unwrap_or(whole).as_object().unwrap().clone();
        if let Some(lines) = parts.get(1) {
            record.insert("lines".to_owned(), whole[lines.element].clone());
        }
        let transfer = Some(&body["BaseTransfer"]);
        let neutral = exchange::neutral::message(&sent.guid, document.kind(), &[record], transfer).unwrap();
        let token = Some(zone.tokens[sender.as_str()].as_str());
        let (status, told) =
            zone.request("POST", "/v1/messages", token, neutral.to_string().into_bytes()).await;
        assert_eq!((status, told["documents"][0]["status"].as_u64()), (200, Some(2)), "{told}");
        // What was received is kept as it came.
        let path = format!("/v1/messages/{}/original", told["message"]["position"]);
        let (status, original) = zone.get(&sender, &path).await;
        assert_eq!((status, &original), (200, &neutral));
    }
    let (sender, declaration) = trade.documents()[3].clone();
    zone.send(&sender, declaration).await;
    assert_eq!(zone.shown(&sender, &trade).await["attempt"]["state"], 120);
    // And go out in it, under the same mask.
    let fields = ["orderNo", "currency", "acturalPaid", "appTime", "lines.country", "lines.qty"];
    let id = share(&zone, TAX, "orders", rule("orders", &fields, json!({}))).await;
    let (status, page) = zone.get(TAX, &format!("/v1/shares/{id}/records?form=neutral")).await;
    let event = &page["events"][0];
    assert_eq!((status, event["dataschema"].as_str()), (200, Some("urn:onewindow:neutral:v1")), "{page}");
    let data = &event["data"];
    assert_eq!(data["UCR"]["TraderAssignedReferenceID"], trade.order.head.order_no.as_str());
    assert_eq!(data["Payment"]["CurrencyTypeCode"], "CNY");
    assert!(data["IssueDateTime"].as_str().unwrap().ends_with("+08:00"), "{data}");
    assert!(data["GovernmentAgencyGoodsItem"][0]["Origin"]["CountryCode"].is_string(), "{data}");
    assert!(data.get("Buyer").is_none() && data.get("CN").is_none(), "{data}");
    let other = share(&zone, EXCHANGE, "trade", rule("clearances", &["orderNo"], json!({}))).await;
    assert_eq!(zone.get(EXCHANGE, &format!("/v1/shares/{other}/records?form=neutral")).await.0, 400);
    // What is not understood is refused with what is expected.
    let token = Some(zone.tokens[sender.as_str()].as_str());
    let (_, told) = zone
        .request("POST", "/v1/messages", token, b"{\"NeutralMessage\": {\"documents\": []}}".to_vec())
        .await;
    assert!(told.to_string().contains("Order, Payment or Waybill"), "{told}");
    // So is what stands twice, as in the other forms.
    let twice = b"{\"NeutralMessage\": {\"documents\": [], \"documents\": []}}".to_vec();
    let (_, told) = zone.request("POST", "/v1/messages", token, twice).await;
    assert!(told.to_string().contains("NeutralMessage/documents"), "{told}");
}
