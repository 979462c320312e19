//! Keepers of sites: what a scanned parcel is answered by the state of its trade, import or export; that nothing held passes; what is
//! recorded once; the signed list for when the network is lost, and what becomes of what was let pass by it.

use crate::inspections::looked_at;
use crate::parks::{CUSTOMS, OPERATOR, SITE, opened};
use crate::support::people::signed_in_english;
use crate::support::{Zone, plain};
use ceb::Document;
use clearance::party::Role;
use clearance::sample::{Export, Trade};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};
use store::Duty;

fn waybill(trade: &Trade) -> (String, String) {
    (trade.waybill.logistics_code.to_string(), trade.waybill.logistics_no.to_string())
}

async fn post(zone: &Zone, token: &str, path: &str, body: Value) -> (u16, Value) {
    zone.request("POST", path, Some(token), body.to_string().into_bytes()).await
}

async fn scans(zone: &Zone, all: Value) -> Value {
    let path = format!("/v1/sites/{SITE}/scans");
    let (status, answer) = post(zone, &zone.tokens[OPERATOR], &path, json!({"scans": all})).await;
    assert_eq!(status, 200, "{answer}");
    answer["results"].clone()
}

/// One scan out of the site.
async fn scan(zone: &Zone, number: &str, parcel: &str) -> Value {
    scans(zone, json!([{"number": number, "parcel": parcel, "direction": "out"}])).await[0].clone()
}

fn answer(result: &Value) -> (&str, &str) {
    (result["answer"].as_str().unwrap(), result["why"].as_str().unwrap())
}

/// Has the parcel of a trade arrive, and waits until the trade is released.
pub(crate) async fn released(zone: &Zone, trade: &Trade) {
    zone.trade(trade).await;
    let arrival = Trade::arrival(3, &[trade], zone.clock.now()).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::Arrival(arrival)).await;
    for _ in 0..200 {
        let shown = zone.shown(CUSTOMS, trade).await;
        if shown["attempt"]["state"] == 800 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("not released: {}", zone.shown(CUSTOMS, trade).await);
}

async fn hold(zone: &Zone, parcel: &(String, String), action: &str, version: u64) -> (u16, Value) {
    let body = json!({"logisticsCode": parcel.0, "logisticsNo": parcel.1, "action": action, "text": "样例线索", "version": version});
    post(zone, &zone.tokens[CUSTOMS], "/v1/holds", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_passes_when_its_trade_is_released_and_not_before() {
    let zone = Zone::new().await;
    opened(&zone, &[]).await;
    let trade = plain(&zone, 0);
    let (carrier, number) = waybill(&trade);
    assert_eq!(answer(&scan(&zone, "s0", &number).await), ("hold", "unknown"));
    zone.trade(&trade).await;
    let first = scan(&zone, "s1", &number).await;
    assert_eq!((answer(&first), &first["repeated"]), (("hold", "entered"), &json!(false)), "{first}");
    released(&zone, &trade).await;
    // The same scan again gets its first answer, whatever is now; another is answered as it is now.
    let again = scan(&zone, "s1", &number).await;
    assert_eq!((answer(&again), &again["repeated"]), (("hold", "entered"), &json!(true)), "{again}");
    assert_eq!(again["position"], first["position"]);
    assert_eq!(answer(&scan(&zone, "s2", &number).await), ("pass", "released"));
    assert_eq!(answer(&scan(&zone, "s3", &format!("{carrier}/{number}")).await), ("pass", "released"));
    // What is wrong with one keeps no other back, and stops its parcel.
    let results = scans(
        &zone,
        json!([
            {"number": "s2", "parcel": "ANOTHER", "direction": "out"},
            {"number": "a b", "parcel": number, "direction": "out"},
            {"number": "s4", "parcel": number, "direction": "up"},
            {"number": "s5", "parcel": number, "direction": "in"},
            {"number": "s6", "parcel": format!("5301969999/{number}"), "direction": "in"},
        ]),
    )
    .await;
    let told: Vec<_> = results.as_array().unwrap().iter().map(answer).collect();
    let wanted = [
        ("hold", "number-used"),
        ("hold", "not-recorded"),
        ("hold", "not-recorded"),
        ("pass", "released"),
        ("hold", "unknown"),
    ];
    assert_eq!(told, wanted, "{results}");
    assert_eq!(results[1]["faults"][0]["path"], "number");
    assert_eq!(results[2]["faults"][0]["path"], "direction");
    // Each is a record of the site, for its operator and for customs.
    let (status, record) =
        zone.get(OPERATOR, &format!("/v1/registers/site-scans/{OPERATOR}:{SITE}:s2")).await;
    assert_eq!((status, record["state"].as_str()), (200, Some("passed")), "{record}");
    assert_eq!(zone.get(CUSTOMS, &format!("/v1/registers/site-scans/{OPERATOR}:{SITE}:s2")).await.0, 200);
    assert_eq!(
        zone.get("5301960101", &format!("/v1/registers/site-scans/{OPERATOR}:{SITE}:s2")).await.0,
        404
    );
    // A batch has its bounds.
    let path = format!("/v1/sites/{SITE}/scans");
    assert_eq!(post(&zone, &zone.tokens[OPERATOR], &path, json!({"scans": []})).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_kept_by_those_whom_its_operator_named() {
    let zone = Zone::new().await;
    opened(&zone, &[]).await;
    let there = format!("/v1/sites/{SITE}/passes");
    let (status, list) = zone.get(OPERATOR, "/v1/sites").await;
    assert_eq!((status, list["sites"][0]["code"].as_str()), (200, Some(SITE)), "{list}");
    assert_eq!(zone.get(OPERATOR, &there).await.0, 200);
    // Another token of the same operator is told of no site, as of one that is not there.
    let control = &zone.window.control;
    let other =
        control.issue(OPERATOR, Role::SiteOperator, "other", &[], zone.clock.now(), None).await.unwrap();
    let (status, told) = zone.request("GET", &there, Some(&other), Vec::new()).await;
    let (_, absent) = zone.request("GET", "/v1/sites/NONE/passes", Some(&other), Vec::new()).await;
    assert_eq!((status, &told), (404, &absent));
    let (_, list) = zone.request("GET", "/v1/sites", Some(&other), Vec::new()).await;
    assert_eq!(list["sites"], json!([]));
    // Who operates no sites keeps none: an office neither.
    for party in ["5301980501", CUSTOMS, "5301960401"] {
        assert_eq!(zone.get(party, &there).await.0, 403, "{party}");
    }
    // A keeper by duty scans, and finds nothing else of his party.
    let mut keeper = signed_in_english(&zone, "men.wei", OPERATOR, Role::SiteOperator, &[Duty::Keeper]).await;
    assert_eq!(keeper.get(&format!("/desk/sites/{SITE}")).await.status, 404, "he is not named yet");
    assert_eq!(keeper.get("/desk/consignments").await.status, 403);
    assert_eq!(keeper.get("/desk/registers").await.status, 403);
    let path = format!("/v1/registers/sites/{OPERATOR}:{SITE}/actions");
    let named = json!({"action": "appoint", "version": 3, "body": {"keepers": ["men.wei"]}});
    assert_eq!(post(&zone, &zone.tokens[OPERATOR], &path, named).await.0, 200);
    let page = keeper.get(&format!("/desk/sites/{SITE}")).await;
    assert_eq!(page.status, 200, "{}", page.words());
    assert!(page.text.contains("data-keeper") && page.text.contains("/static/keeper-"), "{}", page.text);
    assert_eq!(zone.get(OPERATOR, &there).await.0, 404, "the token is not named any more");
    // Without a script the form answers on its page, and twice sent is scanned once.
    let trade = plain(&zone, 0);
    released(&zone, &trade).await;
    let (_, number) = waybill(&trade);
    let fields = [
        ("guard", page.hidden("guard")),
        ("number", page.hidden("number")),
        ("parcel", number.clone()),
        ("direction", "out".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for _ in 0..2 {
        let shown = keeper.post(&format!("/desk/sites/{SITE}"), &fields).await;
        assert_eq!(shown.status, 200, "{}", shown.words());
        assert!(shown.text.contains("scan pass") && shown.words().contains(&number), "{}", shown.text);
    }
    zone.until_listed().await;
    let (_, list) = zone.get(OPERATOR, "/v1/registers/site-scans").await;
    assert_eq!(list["records"].as_array().unwrap().len(), 1, "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_looked_at_is_sent_there_and_exports_are_answered_as_imports_are() {
    let zone = Zone::new().await;
    opened(&zone, &[]).await;
    // An export: concluded is held, released passes.
    let export = Export::new(7, 5, zone.clock.now()).in_mode("1210");
    for (sender, document) in export.documents() {
        zone.send(&sender, document).await;
    }
    let parcel = export.waybill.logistics_no.to_string();
    assert_eq!(scan(&zone, "e1", &parcel).await["answer"], "hold");
    let there = format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no);
    for action in ["approve", "release"] {
        let (_, seen) = zone.get(CUSTOMS, &there).await;
        let body = json!({"id": action, "version": seen["version"], "action": action, "text": "样例"});
        let (status, done) = post(&zone, &zone.tokens[CUSTOMS], &format!("{there}/actions"), body).await;
        assert_eq!(status, 200, "{done}");
    }
    assert_eq!(answer(&scan(&zone, "e2", &parcel).await), ("pass", "released"));
    zone.until_listed().await;
    let (_, list) = zone.get(OPERATOR, &format!("/v1/sites/{SITE}/passes")).await;
    assert!(list["text"].as_str().unwrap().contains(&format!("/{parcel}\n")), "{list}");
    let (trades, _) = looked_at(&zone, 1).await;
    let (_, number) = waybill(&trades[0]);
    let told = scan(&zone, "i1", &number).await;
    let shown = zone.shown(CUSTOMS, &trades[0]).await;
    assert_eq!(shown["attempt"]["state"], 500, "{shown}");
    assert_eq!((answer(&told), &told["look"]), (("inspect", "inspection"), &json!("inspection")), "{told}");
    assert!(told.get("lane").is_none() && !told.to_string().contains("secret-rule"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_parcel_never_passes() {
    let zone = Zone::new().await;
    opened(&zone, &[]).await;
    let trade = plain(&zone, 0);
    released(&zone, &trade).await;
    let parcel = waybill(&trade);
    let (status, held) = hold(&zone, &parcel, "hold", 0).await;
    assert_eq!((status, held["state"].as_str()), (200, Some("held")), "{held}");
    assert_eq!(answer(&scan(&zone, "h1", &parcel.1).await), ("hold", "parcel-held"));
    // The officer who has the trade before him is told; its party is not.
    let shown = zone.shown(CUSTOMS, &trade).await;
    assert_eq!(
        (&shown["hold"]["text"], &shown["hold"]["version"]),
        (&json!("样例线索"), &json!(1)),
        "{shown}"
    );
    let party = zone.shown(&trade.declaration.head.agent_code, &trade).await;
    assert!(party.get("hold").is_none(), "{party}");
    // On an older version nothing is done; an enterprise neither holds nor lifts.
    assert_eq!(hold(&zone, &parcel, "lift", 0).await.0, 409);
    assert_eq!(hold(&zone, &parcel, "hold", 1).await.0, 409);
    let lift = json!({"logisticsCode": parcel.0, "logisticsNo": parcel.1, "action": "lift", "text": "x", "version": 1});
    assert_eq!(post(&zone, &zone.tokens[OPERATOR], "/v1/holds", lift).await.0, 403);
    let (status, refused) = hold(&zone, &(String::new(), parcel.1.clone()), "drop", 0).await;
    let faults: Vec<_> =
        refused["faults"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!((status, faults), (422, vec!["logisticsNo", "action"]), "{refused}");
    assert_eq!(hold(&zone, &parcel, "lift", 1).await.0, 200);
    assert_eq!(answer(&scan(&zone, "h2", &parcel.1).await), ("pass", "released"));
    // An X-ray that is not clear holds by itself, before anybody decides.
    let record = |number: &str, happened: Value| json!({"number": number, "happened": happened});
    let there = format!("/v1/sites/{SITE}/records");
    let id = format!("{}/{}", parcel.0, parcel.1);
    let x_ray = record("x1", json!({"kind": "x-ray", "parcels": [id], "result": "suspect"}));
    let token = zone.tokens[OPERATOR].clone();
    let (status, made) = post(&zone, &token, &there, x_ray.clone()).await;
    assert_eq!((status, &made["repeated"]), (200, &json!(false)), "{made}");
    let (status, again) = post(&zone, &token, &there, x_ray).await;
    assert_eq!((status, &again["repeated"], &again["position"]), (200, &json!(true), &made["position"]));
    assert_eq!(answer(&scan(&zone, "h3", &parcel.1).await), ("hold", "parcel-held"));
    let (_, list) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(list["holds"][0]["site"], format!("{OPERATOR}:{SITE}"), "{list}");
    // That officers read what his X-ray held, the operator of the site finds.
    zone.until_listed().await;
    let (_, readings) = zone.get(OPERATOR, "/v1/registers/accesses").await;
    let read = &readings["records"][0]["summary"];
    assert_eq!(
        (&read["kind"], &read["ground"]),
        (&json!("parcel-holds"), &json!("supervising-trade")),
        "{readings}"
    );
    // Held already, it is held for what the next X-ray shows as well.
    let (status, held) = hold(&zone, &parcel, "hold", 3).await;
    assert_eq!((status, held["reasons"][1].as_str()), (200, Some("样例线索")), "{held}");
    let second = record("x2", json!({"kind": "x-ray", "parcels": [id], "result": "suspect"}));
    assert_eq!(post(&zone, &token, &there, second).await.0, 200);
    let (_, list) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(list["holds"][0]["reasons"].as_array().unwrap().len(), 3, "{list}");
    // What else happens is typed: each kind asks for its own.
    let seal = json!({"kind": "bag", "parcels": [id], "bag": "B1", "seal": "S1"});
    assert_eq!(post(&zone, &token, &there, record("b1", seal)).await.0, 200);
    let wrong = json!({"kind": "weight", "parcels": ["1"], "weight": "heavy", "seal": "S1"});
    let (status, refused) = post(&zone, &token, &there, record("w1", wrong)).await;
    let faults: Vec<_> =
        refused["faults"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!((status, faults), (422, vec!["seal", "weight", "parcels[1]"]), "{refused}");
    let other = json!({"kind": "bag", "parcels": [id], "bag": "B2", "seal": "S1"});
    assert_eq!(post(&zone, &token, &there, record("b1", other)).await.0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_signed_and_dated_and_what_was_held_meanwhile_is_an_alarm() {
    let zone = Zone::new().await;
    opened(&zone, &[]).await;
    let (free, held, waiting) = (plain(&zone, 0), plain(&zone, 1_000), plain(&zone, 2_000));
    released(&zone, &free).await;
    released(&zone, &held).await;
    zone.trade(&waiting).await;
    zone.until_listed().await;
    let there = format!("/v1/sites/{SITE}/passes");
    let (status, list) = zone.get(OPERATOR, &there).await;
    assert_eq!((status, &list["count"], &list["complete"]), (200, &json!(2), &json!(true)), "{list}");
    let text = list["text"].as_str().unwrap();
    let line = |trade: &Trade| {
        let (carrier, number) = waybill(trade);
        text.lines().any(|line| line == format!("{carrier}/{number}"))
    };
    assert_eq!((line(&free), line(&held), line(&waiting)), (true, true, false), "{text}");
    assert!(text.starts_with(&format!("onewindow pass list 1\nsite {OPERATOR}:{SITE}\ntime ")), "{text}");
    assert_eq!(list["untilMillis"].as_i64().unwrap() - list["millis"].as_i64().unwrap(), 240 * 60_000);
    // Whoever has the window's keys proves it; a word changed proves nothing.
    let bytes = |name: &str| -> Vec<u8> {
        let text = list[name].as_str().unwrap();
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let key = UnparsedPublicKey::new(&ED25519, bytes("key"));
    key.verify(text.as_bytes(), &bytes("signature")).unwrap();
    assert!(key.verify(text.replace("count 2", "count 3").as_bytes(), &bytes("signature")).is_err());
    let (_, keys) = zone.get(OPERATOR, "/v1/evidence/keys").await;
    assert!(keys.to_string().contains(list["key"].as_str().unwrap()), "{keys}");
    // In between one is held. The device without network let both pass, and sends what it did afterwards.
    assert_eq!(hold(&zone, &waybill(&held), "hold", 0).await.0, 200);
    let offline = |number: &str, trade: &Trade| {
        let (parcel, at) = (waybill(trade).1, "20261123101500");
        let said = json!({"offline": "pass", "list": list["time"]});
        let mut scan = json!({"number": number, "parcel": parcel, "direction": "out", "at": at});
        scan.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        scan
    };
    let sent = json!([offline("o1", &free), offline("o2", &held)]);
    let results = scans(&zone, sent.clone()).await;
    assert_eq!(
        (answer(&results[0]), &results[0]["alarm"]),
        (("pass", "released"), &json!(false)),
        "{results}"
    );
    assert_eq!(
        (answer(&results[1]), &results[1]["alarm"]),
        (("hold", "parcel-held"), &json!(true)),
        "{results}"
    );
    // The answer was lost: sent again, it is recorded once and told alike.
    let again = scans(&zone, sent).await;
    assert_eq!((&again[1]["alarm"], &again[1]["repeated"]), (&json!(true), &json!(true)), "{again}");
    assert_eq!(again[1]["position"], results[1]["position"]);
    let (_, record) = zone.get(CUSTOMS, &format!("/v1/registers/site-scans/{OPERATOR}:{SITE}:o2")).await;
    assert_eq!(record["state"], "alarmed", "{record}");
    zone.until_listed().await;
    let (_, alarms) = zone.get(CUSTOMS, "/v1/registers/site-scans?state=alarmed").await;
    assert_eq!(alarms["records"].as_array().unwrap().len(), 1, "{alarms}");
    let (_, list) = zone.get(OPERATOR, &there).await;
    assert_eq!(list["count"], 1, "{list}");
}

async fn record(zone: &Zone, number: &str, happened: Value) -> (u16, Value) {
    let body = json!({"number": number, "happened": happened});
    post(zone, &zone.tokens[OPERATOR], &format!("/v1/sites/{SITE}/records"), body).await
}

fn paths(answer: &Value) -> Vec<&str> {
    answer["faults"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect()
}

fn id(trade: &Trade) -> String {
    let (carrier, number) = waybill(trade);
    format!("{carrier}/{number}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bag_passes_as_what_is_in_it_and_leaves_on_a_gate_list_with_its_seal() {
    let zone = Zone::new().await;
    opened(&zone, &[]).await;
    let (one, two) = (plain(&zone, 0), plain(&zone, 1_000));
    released(&zone, &one).await;
    zone.trade(&two).await;
    let bag = |seal: &str| json!({"kind": "bag", "parcels": [id(&one), id(&two)], "bag": "B1", "seal": seal});
    assert_eq!(record(&zone, "b1", bag("S1")).await.0, 200);
    let (status, refused) = record(&zone, "b2", bag("S2")).await;
    assert_eq!((status, paths(&refused)), (422, vec!["bag"]), "it is sealed: {refused}");
    // One parcel in it is not released yet: the bag is held, and told why.
    let told = scan(&zone, "b-1", "B1").await;
    assert_eq!((answer(&told), &told["seal"]), (("hold", "entered"), &json!("S1")), "{told}");
    assert_eq!(told["stopped"], json!([{"parcel": id(&two), "why": "entered"}]), "{told}");
    let list = |seal: &str, more: Value| {
        let mut list = json!({
            "kind": "gate-list", "vehicle": "云A00001", "direction": "out", "bags": [{"bag": "B1", "seal": seal}],
        });
        list.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        list
    };
    let (status, refused) = record(&zone, "g1", list("S1", json!({}))).await;
    assert_eq!((status, paths(&refused)), (422, vec!["bags[1].parcels[2]"]), "{refused}");
    released(&zone, &two).await;
    let told = scan(&zone, "b-2", &format!("{OPERATOR}:B1")).await;
    assert_eq!(answer(&told), ("pass", "released"), "{told}");
    let (status, refused) = record(&zone, "g1", list("S9", json!({}))).await;
    assert_eq!((status, paths(&refused)), (422, vec!["bags[1]"]), "another seal: {refused}");
    // The list for when the network is lost has the bag with its seal, behind the parcels.
    zone.until_listed().await;
    let (_, passes) = zone.get(OPERATOR, &format!("/v1/sites/{SITE}/passes")).await;
    let text = passes["text"].as_str().unwrap();
    assert!(text.ends_with(&format!("\n\n{OPERATOR}:B1 S1\n")), "{text}");
    assert_eq!(passes["count"], 2, "{passes}");
    // The window writes what does not pass; nobody sends it.
    let sent = list("S1", json!({"stopped": [{"parcel": id(&one), "why": "released"}]}));
    assert_eq!(paths(&record(&zone, "g1", sent).await.1), ["stopped"]);
    let (status, made) = record(&zone, "g1", list("S1", json!({}))).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("recorded")), "{made}");
    assert_eq!(made["body"]["bags"][0]["parcels"], json!([id(&one), id(&two)]), "{made}");
    let (status, again) = record(&zone, "g1", list("S1", json!({}))).await;
    assert_eq!((status, &again["repeated"]), (200, &json!(true)), "{again}");
    // One is held; a device without network had let the bag out: that is an alarm.
    assert_eq!(hold(&zone, &waybill(&two), "hold", 0).await.0, 200);
    assert_eq!(record(&zone, "g2", list("S1", json!({}))).await.0, 422);
    let offline = json!({"offline": "pass", "list": passes["time"]});
    let (status, made) = record(&zone, "g2", list("S1", offline)).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("alarmed")), "{made}");
    let stopped = json!([{"bag": "B1", "parcel": id(&two), "why": "parcel-held"}]);
    assert_eq!(made["body"]["stopped"], stopped, "{made}");
    // What is in it is told to who keeps a site through which it comes, on a page that is its label.
    let (status, told) = zone.get(OPERATOR, &format!("/v1/sites/{SITE}/bags?bag=B1")).await;
    let wanted = (200, Some("S1"), json!([id(&one), id(&two)]));
    assert_eq!((status, told["seal"].as_str(), told["parcels"].clone()), wanted, "{told}");
    assert_eq!(told["stopped"], json!([{"parcel": id(&two), "why": "parcel-held"}]), "{told}");
    assert_eq!(zone.get(OPERATOR, &format!("/v1/sites/{SITE}/bags?bag=B9")).await.0, 404);
    // Opened it passes no more; its record tells all of it to the operator and to customs, and to nobody else.
    let opening = json!({"kind": "unseal", "bag": "B1", "text": "样例：查验"});
    assert_eq!(record(&zone, "u1", opening).await.0, 200);
    assert_eq!(answer(&scan(&zone, "b-3", "B1").await), ("hold", "bag-unsealed"));
    let there = format!("/v1/registers/site-bags/{OPERATOR}:B1");
    for (party, status) in [(OPERATOR, 200), (CUSTOMS, 200), ("5301960101", 404)] {
        let (told, bag) = zone.get(party, &there).await;
        assert_eq!(told, status, "{party}: {bag}");
        assert!(status == 404 || bag["state"] == "unsealed", "{bag}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stocktake_says_what_is_missing_and_what_should_not_be_there() {
    let zone = Zone::new().await;
    opened(&zone, &[]).await;
    let trades = [plain(&zone, 0), plain(&zone, 1_000), plain(&zone, 2_000)];
    for trade in &trades {
        zone.trade(trade).await;
    }
    for (number, trade) in [("i1", &trades[0]), ("i2", &trades[1])] {
        let told = scans(&zone, json!([{"number": number, "parcel": id(trade), "direction": "in"}])).await[0]
            .clone();
        assert_eq!(answer(&told), ("hold", "entered"), "what is held comes in: {told}");
    }
    zone.until_listed().await;
    // What lies there is told to who keeps the site, and to nobody else.
    let there = format!("/v1/sites/{SITE}/stock");
    let (status, told) = zone.get(OPERATOR, &there).await;
    let lying: Vec<&str> =
        told["parcels"].as_array().unwrap().iter().map(|one| one["parcel"].as_str().unwrap()).collect();
    assert_eq!((status, lying), (200, vec![id(&trades[1]).as_str(), id(&trades[0]).as_str()]), "{told}");
    assert_eq!(told["parcels"][0]["by"], format!("{OPERATOR}:{SITE}:i2"), "{told}");
    assert_eq!(zone.get("5301960101", &there).await.0, 403);
    assert_eq!(zone.get(OPERATOR, &format!("{there}?after=x")).await.0, 400);
    let count = |trades: &[&Trade]| json!({"kind": "stocktake", "parcels": trades.iter().map(|trade| id(trade)).collect::<Vec<_>>()});
    let (status, made) = record(&zone, "k1", count(&[&trades[0], &trades[1]])).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("recorded")), "{made}");
    let (status, made) = record(&zone, "k2", count(&[&trades[0], &trades[2]])).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("differing")), "{made}");
    let differences = json!([
        {"parcel": id(&trades[1]), "why": "missing"},
        {"parcel": id(&trades[2]), "why": "surplus"},
    ]);
    assert_eq!(made["body"]["differences"], differences, "{made}");
    // On the page it is told in words.
    let mut keeper = signed_in_english(&zone, "men.wei", OPERATOR, Role::SiteOperator, &[Duty::Keeper]).await;
    let path = format!("/v1/registers/sites/{OPERATOR}:{SITE}/actions");
    let named = json!({"action": "appoint", "version": 3, "body": {"keepers": ["men.wei"]}});
    assert_eq!(post(&zone, &zone.tokens[OPERATOR], &path, named).await.0, 200);
    let page = keeper.get(&format!("/desk/sites/{SITE}")).await;
    let (guard, number) = (page.hidden("guard"), page.hidden("h-number"));
    let parcels = format!("{}\n{}", id(&trades[0]), id(&trades[2]));
    let fields = [
        ("guard", guard.as_str()),
        ("h-number", number.as_str()),
        ("h-kind", "stocktake"),
        ("h-parcels", parcels.as_str()),
    ];
    let shown = keeper.post(&format!("/desk/sites/{SITE}/records"), &fields).await;
    let words = shown.words();
    assert!(shown.status == 200 && words.contains("by scans it lies here, and was not counted"), "{words}");
    assert!(shown.text.contains("data-told=\"done\""), "{}", shown.text);
    let page = keeper.get(&format!("/desk/sites/{SITE}/stock")).await;
    assert!(page.status == 200 && page.words().contains(&id(&trades[1])), "{}", page.words());
    let (_, differing) = zone.get(CUSTOMS, "/v1/registers/site-records?state=differing").await;
    assert!(!differing["records"].as_array().unwrap().is_empty(), "{differing}");
}
