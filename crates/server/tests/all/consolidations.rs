//! Released parcels of several lists, loose and in a bag, leave in one container: what may not be in it is told with why, it is closed
//! when it weighs what the lists say, and each trade tells where its parcel is.

use crate::archiving::until;
use crate::credit::act;
use crate::mode_stories::{declared, priced, settled};
use crate::parks::{CUSTOMS, OPERATOR, SITE, opened};
use crate::support::browser::Browser;
use crate::support::people::{add, ask, settle, signed_in_english};
use crate::support::{NOW, Zone};
use ceb::{Decimal, Document};
use clearance::consignment::State;
use clearance::party::Role;
use clearance::sample::Export;
use serde_json::{Value, json};
use store::Duty;

const CARRIER: &str = "5301960401";
const PLATFORM: &str = "5301960101";

/// The next export of the carrier that the draw leaves alone.
fn next(zone: &Zone, from: u64, mode: &str) -> (u64, Export) {
    let seed = zone.window.reference().sampling_seed;
    let of = |number: u64| {
        let export = Export::new(7, number, NOW).in_mode(mode);
        (number, if mode == "9710" { priced(export, 5_000) } else { export })
    };
    let is_it = |(_, export): &(u64, Export)| {
        let drawn = clearance::risk::draw(&seed, &export.key().marked());
        export.waybill.logistics_code == CARRIER && drawn > 100_000
    };
    (from..).map(of).find(is_it).unwrap()
}

fn there(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

/// Declared, under a bill, at the site, and so released.
async fn released(zone: &Zone, export: &Export) {
    let answer = declared(zone, export).await;
    assert_eq!(answer["status"], 399, "{answer}");
    let bill = Export::master_bill(&[export], NOW).unwrap();
    zone.send(&bill.head.agent_code.clone(), Document::MasterBill(bill)).await;
    settled(zone).await;
    let arrival = Export::arrival(&[export], NOW).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::ExportArrival(arrival)).await;
    until(zone, &there(export), 800).await;
    settled(zone).await;
}

fn number(export: &Export) -> String {
    export.waybill.logistics_no.to_string()
}

fn name(export: &Export) -> String {
    format!("{CARRIER}/{}", export.waybill.logistics_no)
}

async fn unit(zone: &Zone, id: &str, (action, version): (&str, u64), body: Value) -> (u16, Value) {
    let party = id.split(':').next().unwrap();
    let said = json!({"action": action, "version": version, "note": "样例原因", "body": body});
    act(zone, party, &format!("consolidations/{id}"), said).await
}

/// What was wrong: field, code, and why or in which unit.
fn faults(told: &Value) -> Vec<[String; 3]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |fault: &Value| {
        let said = &fault["parameters"];
        let more = if said["why"].is_null() { &said["unit"] } else { &said["why"] };
        [text(&fault["path"]), text(&fault["code"]), text(more)]
    };
    told["faults"].as_array().unwrap_or_else(|| panic!("{told}")).iter().map(one).collect()
}

fn fault(path: &str, code: &str, more: &str) -> [String; 3] {
    [path, code, more].map(str::to_owned)
}

async fn hold(zone: &Zone, export: &Export, action: &str, version: u64) {
    let body = json!({"logisticsCode": CARRIER, "logisticsNo": number(export), "action": action, "text": "样例线索", "version": version});
    let token = Some(zone.tokens[CUSTOMS].as_str());
    let (status, told) = zone.request("POST", "/v1/holds", token, body.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{told}");
}

/// What weighs in at the sum of some lists, over an empty unit of a tonne.
fn weighed(exports: &[&Export]) -> Value {
    let weights = exports.iter().map(|export| export.declaration.head.gross_weight);
    let gross = weights.fold(Decimal::from_whole(1_000), |sum, one| sum.checked_add(one).unwrap());
    json!({"seal": "SEAL1", "tare": "1000", "gross": gross.to_string()})
}

/// What the timeline of a trade tells of units, the oldest first, with what was said to it.
async fn told(zone: &Zone, party: &str, export: &Export) -> (Value, Vec<(String, String)>) {
    let (status, shown) = zone.get(party, &there(export)).await;
    assert_eq!(status, 200, "{shown}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let timeline = shown["timeline"].as_array().unwrap().iter();
    let of_units = timeline.filter(|entry| text(&entry["what"]).ends_with("-unit"));
    let happened = of_units.map(|entry| (text(&entry["what"]), text(&entry["info"]))).collect();
    (shown["consolidation"].clone(), happened)
}

#[tokio::test(flavor = "multi_thread")]
async fn released_parcels_leave_in_one_unit_and_each_trade_tells_it() {
    let zone = Zone::new().await;
    opened(&zone, &[]).await;
    let (from, one) = next(&zone, 1, "9610");
    let (from, two) = next(&zone, from + 1, "9710");
    let (from, three) = next(&zone, from + 1, "9610");
    let (_, waiting) = next(&zone, from + 1, "9610");
    for export in [&one, &two, &three] {
        released(&zone, export).await;
    }
    assert_eq!(declared(&zone, &waiting).await["status"], 399);
    let site = format!("{OPERATOR}:{SITE}");
    let opening = json!({"site": site, "kind": "container", "unit": "CSNU1234567", "means": "样例航班"});

    // A platform loads nothing; a carrier does, where its parcels come through.
    let his = format!("{PLATFORM}:U1");
    let (status, refused) = unit(&zone, &his, ("open-unit", 0), opening.clone()).await;
    let expected = vec![fault("id", "consolidator", ""), fault("site", "unit-site", "")];
    assert_eq!((status, faults(&refused)), (422, expected), "{refused}");
    let id = format!("{CARRIER}:U1");
    let (status, made) = unit(&zone, &id, ("open-unit", 0), opening.clone()).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("loading")), "{made}");
    assert_eq!(unit(&zone, &id, ("open-unit", 0), opening.clone()).await.0, 409, "it is open already");

    // What is not released, is held, or is nobody's stays out, each with why; nothing of it is recorded.
    hold(&zone, &two, "hold", 0).await;
    let sent = json!({"parcels": [number(&waiting), name(&two), "NONE", number(&one)]});
    let (status, refused) = unit(&zone, &id, ("load", 1), sent).await;
    let expected = vec![
        fault("parcels[1]", "unit-parcel", State::Concluded.word()),
        fault("parcels[2]", "unit-parcel", "parcel-held"),
        fault("parcels[3]", "unit-parcel", "unknown"),
    ];
    assert_eq!((status, faults(&refused)), (422, expected), "{refused}");
    assert_eq!(told(&zone, CARRIER, &one).await, (Value::Null, Vec::new()));
    hold(&zone, &two, "lift", 1).await;
    let sent = json!({"parcels": [number(&one), name(&two)]});
    let (status, made) = unit(&zone, &id, ("load", 1), sent.clone()).await;
    assert_eq!((status, &made["body"]["parcels"]), (200, &json!([name(&one), name(&two)])), "{made}");
    // The same again is told the unit as it is; with that version, that they are in it.
    let (status, again) = unit(&zone, &id, ("load", 1), sent.clone()).await;
    assert_eq!((status, &again["current"]["version"]), (409, &json!(2)), "{again}");
    let (status, refused) = unit(&zone, &id, ("load", 2), sent).await;
    let expected =
        vec![fault("parcels[1]", "unit-elsewhere", &id), fault("parcels[2]", "unit-elsewhere", &id)];
    assert_eq!((status, faults(&refused)), (422, expected), "{refused}");

    // A bag of the keeper, with the seal that it has.
    let happened = json!({"kind": "bag", "parcels": [name(&three)], "bag": "B1", "seal": "S1"});
    let body = json!({"number": "b1", "happened": happened}).to_string().into_bytes();
    let token = Some(zone.tokens[OPERATOR].as_str());
    assert_eq!(zone.request("POST", &format!("/v1/sites/{SITE}/records"), token, body).await.0, 200);
    let bag = |seal: &str| json!({"bags": [{"bag": "B1", "seal": seal}]});
    let (status, refused) = unit(&zone, &id, ("load", 2), bag("S9")).await;
    assert_eq!((status, faults(&refused)), (422, vec![fault("bags[1]", "bag-as-sealed", "")]), "{refused}");
    // Loose and in its bag at once it is told where it stands twice, and the bag is found all the same.
    let both = json!({"parcels": [name(&three)], "bags": [{"bag": "B1", "seal": "S1"}]});
    let (status, refused) = unit(&zone, &id, ("load", 2), both).await;
    let twice = vec![fault("bags[1].parcels[1]", "parcel-once", "")];
    assert_eq!((status, faults(&refused)), (422, twice), "{refused}");
    let (status, made) = unit(&zone, &id, ("load", 2), bag("S1")).await;
    let listed = json!([{"bag": format!("{OPERATOR}:B1"), "seal": "S1", "parcels": [name(&three)]}]);
    assert_eq!((status, &made["body"]["bags"]), (200, &listed), "{made}");

    // The operator of the site has a unit too: a parcel is in one.
    let second = format!("{OPERATOR}:U2");
    assert_eq!(unit(&zone, &second, ("open-unit", 0), opening).await.0, 200);
    let (status, refused) = unit(&zone, &second, ("load", 1), json!({"parcels": [name(&one)]})).await;
    assert_eq!((status, faults(&refused)), (422, vec![fault("parcels[1]", "unit-elsewhere", &id)]));
    // He finds the carrier's, and so does customs; who has nothing to do with it does not.
    let record = format!("/v1/registers/consolidations/{id}");
    for (party, status) in [(CARRIER, 200), (OPERATOR, 200), (CUSTOMS, 200), (PLATFORM, 404)] {
        assert_eq!(zone.get(party, &record).await.0, status, "{party}");
    }
    assert_eq!(unit(&zone, &format!("{CARRIER}:NONE"), ("load", 1), json!({})).await.0, 404);

    // Closed with what it weighs.
    let light = weighed(&[&one]);
    let (status, refused) = unit(&zone, &id, ("close-unit", 3), light).await;
    assert_eq!((status, faults(&refused)), (422, vec![fault("gross", "unit-weight", "")]), "{refused}");
    let all = [&one, &two, &three];
    let (status, made) = unit(&zone, &id, ("close-unit", 3), weighed(&all)).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("sealed")), "{made}");
    let manifest = &made["body"]["manifest"];
    let modes: Vec<(&Value, &Value)> =
        manifest["byMode"].as_array().unwrap().iter().map(|one| (&one["of"], &one["count"])).collect();
    assert_eq!(modes, [(&json!("9610"), &json!(2)), (&json!("9710"), &json!(1))], "{manifest}");
    let merchant = json!([{"of": "5301960201", "count": 3, "weight": manifest["weight"]}]);
    assert_eq!((&manifest["count"], &manifest["byEnterprise"]), (&json!(3), &merchant), "{manifest}");
    assert_eq!(manifest["lines"][2]["bag"], format!("{OPERATOR}:B1"), "{manifest}");
    assert_eq!(unit(&zone, &id, ("load", 4), json!({"parcels": [number(&waiting)]})).await.0, 409);

    // One is held meanwhile: the unit stays until it is taken out, with a reason.
    hold(&zone, &one, "hold", 0).await;
    let leaving = |at: &str| json!({"vehicle": "云A00001", "at": at});
    let (status, refused) = unit(&zone, &id, ("depart", 4), leaving("20261123100000")).await;
    let expected = vec![fault("parcels[1]", "unit-parcel", "parcel-held")];
    assert_eq!((status, faults(&refused)), (422, expected), "{refused}");
    let out = json!({"action": "take-out", "version": 4, "body": {"parcels": [number(&one)]}});
    let (status, refused) = act(&zone, CARRIER, &format!("consolidations/{id}"), out).await;
    assert_eq!((status, faults(&refused)), (422, vec![fault("note", "explained", "")]), "{refused}");
    let (status, refused) = unit(&zone, &id, ("take-out", 4), json!({"parcels": [name(&three)]})).await;
    let in_the_bag = vec![fault("parcels[1]", "unit-has", "")];
    assert_eq!((status, faults(&refused)), (422, in_the_bag), "{refused}");
    let (status, made) = unit(&zone, &id, ("take-out", 4), json!({"parcels": [number(&one)]})).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("loading")), "{made}");
    assert!(made["body"].get("manifest").is_none() && made["body"].get("closed").is_none(), "{made}");
    let entered = ("put-in-unit".to_owned(), id.clone());
    let left = ("taken-out-of-unit".to_owned(), format!("{id} · 样例原因"));
    assert_eq!(told(&zone, CUSTOMS, &one).await, (Value::Null, vec![entered.clone(), left.clone()]));

    let (status, made) = unit(&zone, &id, ("close-unit", 5), weighed(&[&two, &three])).await;
    assert_eq!((status, &made["body"]["manifest"]["count"]), (200, &json!(2)), "{made}");
    for at in ["20261123095900", "20261123100500", "now"] {
        let (status, refused) = unit(&zone, &id, ("depart", 6), leaving(at)).await;
        assert_eq!((status, faults(&refused)[0][0].as_str()), (422, "at"), "{at}: {refused}");
    }
    let (status, made) = unit(&zone, &id, ("depart", 6), leaving("20261123100000")).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("departed")), "{made}");

    // Every party of the trades is told, and their carrier; the parcels are in no other unit any more.
    let gone = ("left-in-unit".to_owned(), id.clone());
    for export in [&two, &three] {
        for party in ["5301960201", CARRIER, CUSTOMS] {
            let (now, happened) = told(&zone, party, export).await;
            let told = ["id", "state", "seal", "vehicle", "at"].map(|name| now[name].as_str().unwrap());
            assert_eq!(told, [id.as_str(), "departed", "SEAL1", "云A00001", "20261123100000"], "{now}");
            assert_eq!(happened, [entered.clone(), gone.clone()], "{party}");
        }
    }
    let (status, refused) = unit(&zone, &second, ("load", 1), json!({"parcels": [name(&two)]})).await;
    assert_eq!((status, faults(&refused)), (422, vec![fault("parcels[1]", "unit-elsewhere", &id)]));
    // The one that was taken out goes into another, which is given up.
    hold(&zone, &one, "lift", 1).await;
    assert_eq!(unit(&zone, &second, ("load", 1), json!({"parcels": [name(&one)]})).await.0, 200);
    assert_eq!(told(&zone, CUSTOMS, &one).await.0["id"], second.as_str());
    let (status, made) = unit(&zone, &second, ("dissolve", 2), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("dissolved")), "{made}");
    let (now, happened) = told(&zone, CUSTOMS, &one).await;
    assert_eq!((now, happened.len()), (Value::Null, 4), "{happened:?}");

    // Lists have units, and not where each parcel is.
    zone.until_listed().await;
    for (party, count) in [(CUSTOMS, 2), (OPERATOR, 2), (CARRIER, 1), (PLATFORM, 0)] {
        let (_, list) = zone.get(party, "/v1/registers/consolidations").await;
        assert_eq!(list["records"].as_array().unwrap().len(), count, "{party}: {list}");
    }
    let mark = format!("/v1/registers/consolidations/%2F{CARRIER}%2F{}", number(&two));
    assert_eq!(zone.get(CARRIER, &mark).await.0, 404, "where a parcel is, is told with its trade");
    let duties = [Duty::Operator];
    let mut desk = signed_in_english(&zone, "zhuang.xiang", CARRIER, Role::Logistics, &duties).await;
    let page = desk.get("/desk/registers/consolidations").await;
    assert!(page.status == 200 && page.words().contains(&id), "{}", page.words());
    let page = desk.get(&format!("/desk/registers/consolidations/{id}")).await;
    let words = page.words();
    for part in ["By destination", "CSNU1234567", "container"] {
        assert!(page.status == 200 && words.contains(part), "{part}: {words}");
    }
    let page = desk.get("/desk/registers/consolidations/new?action=open-unit").await;
    assert!(page.status == 200 && page.words().contains("aircraft pallet"), "{}", page.words());
    let (head, at) = (&two.order.head, "/desk/exports");
    let page = desk.get(&format!("{at}/{}/{}", head.ebc_code, head.order_no)).await;
    let words = page.words();
    assert!(words.contains("Left in a transport unit") && words.contains(&id), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keeper_by_that_duty_alone_loads_units_at_his_site_and_has_nothing_else() {
    let zone = Zone::new().await;
    opened(&zone, &["men.wei"]).await;
    let (_, one) = next(&zone, 1, "9610");
    released(&zone, &one).await;
    let mut sessions = Vec::new();
    for login in ["men.wei", "men.er"] {
        let (_, one_time) = add(&zone, login, OPERATOR, Role::SiteOperator, &[Duty::Keeper]).await;
        sessions.push(settle(&zone, login, &one_time, false).await);
    }
    let (keeper, stranger) = (sessions[0].clone(), sessions[1].clone());
    let record = |id: &str| format!("/v1/registers/consolidations/{id}");
    let moved = async |session: &str, id: &str, (action, version): (&str, u64), body: Value| {
        let said = json!({"action": action, "version": version, "note": "样例原因", "body": body});
        ask(&zone, "POST", &format!("{}/actions", record(id)), session, &said).await
    };
    let opening = |site: &str| json!({"site": site, "kind": "truck", "unit": "云A00001"});
    let (id, site) = (format!("{OPERATOR}:K1"), format!("{OPERATOR}:{SITE}"));
    // Whoever is not named by the site opens nothing, nor does the keeper elsewhere.
    assert_eq!(moved(&stranger, &id, ("open-unit", 0), opening(&site)).await.0, 404);
    assert_eq!(moved(&keeper, &id, ("open-unit", 0), opening(&format!("{OPERATOR}:NONE"))).await.0, 404);
    let (status, made) = moved(&keeper, &id, ("open-unit", 0), opening(&site)).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("loading")), "{made}");
    let (status, made) = moved(&keeper, &id, ("load", 1), json!({"parcels": [name(&one)]})).await;
    assert_eq!((status, &made["body"]["parcels"]), (200, &json!([name(&one)])), "{made}");
    assert_eq!(made["by"]["name"], "men.wei", "{made}");
    let out = json!({"parcels": [name(&one)]});
    assert_eq!(moved(&stranger, &id, ("take-out", 2), out).await.0, 404);
    let (status, made) = moved(&keeper, &id, ("close-unit", 2), weighed(&[&one])).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("sealed")), "{made}");

    // He finds the units at his site, and loads no carrier's; another keeper finds none of them.
    let theirs = format!("{CARRIER}:U1");
    assert_eq!(unit(&zone, &theirs, ("open-unit", 0), opening(&site)).await.0, 200);
    assert_eq!(moved(&keeper, &theirs, ("load", 1), json!({"parcels": [name(&one)]})).await.0, 404);
    zone.until_listed().await;
    for (session, there, count) in [(&keeper, 200, 2), (&stranger, 404, 0)] {
        for id in [&id, &theirs] {
            assert_eq!(ask(&zone, "GET", &record(id), session, &Value::Null).await.0, there, "{id}");
        }
        let (status, told) = ask(&zone, "GET", "/v1/registers/consolidations", session, &Value::Null).await;
        assert_eq!((status, told["records"].as_array().unwrap().len()), (200, count), "{told}");
        assert_eq!(told["new"].as_array().unwrap().len(), usize::from(count > 0), "{told}");
    }
    // Nothing else is there for him: no other register, and no trade.
    for register in ["sites", "filings", "transit-transfers"] {
        let there = format!("/v1/registers/{register}");
        assert_eq!(ask(&zone, "GET", &there, &keeper, &Value::Null).await.0, 403, "{register}");
        let said = json!({"action": "apply", "body": {}});
        let there = format!("{there}/{OPERATOR}:X/actions");
        assert_eq!(ask(&zone, "POST", &there, &keeper, &said).await.0, 403, "{register}");
    }
    let mut desk = Browser::with(&zone, &keeper);
    desk.language = "en";
    let page = desk.get("/desk/sites").await;
    assert!(page.text.contains("href=\"/desk/registers/consolidations\""), "{}", page.text);
    let page = desk.get("/desk/registers/consolidations").await;
    assert!(page.status == 200 && page.words().contains(&id), "{}", page.words());
    assert!(!page.text.contains("href=\"/desk/registers\""), "{}", page.text);
    let page = desk.get(&format!("/desk/registers/consolidations/{id}")).await;
    let fields = [
        ("guard", page.hidden("guard")),
        ("action", "take-out".to_owned()),
        ("version", "3".to_owned()),
        ("note", "样例原因".to_owned()),
        ("body.parcels", name(&one)),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let taken = desk.post(&format!("/desk/registers/consolidations/{id}/actions"), &fields).await;
    assert_eq!(taken.status, 303, "{}", taken.words());
    let (_, shown) = zone.get(OPERATOR, &record(&id)).await;
    assert_eq!(
        (shown["state"].as_str(), &shown["body"]["parcels"]),
        (Some("loading"), &json!([])),
        "{shown}"
    );
    assert_eq!(desk.get("/desk/registers/filings").await.status, 403);
    assert_eq!(desk.get("/desk/registers/filings/new?action=apply").await.status, 403);
}
