//! Parks and their sites: applied for, decided on by others than who applied, told to everybody; an operator of another city joins;
//! and the figures of a park are for those who operate or supervise it.

use crate::bonded;
use crate::support::people::signed_in;
use crate::support::{NOW, Zone, plain};
use clearance::keys::Time;
use clearance::party::{Filing, Role};
use clearance::sample;
use serde_json::{Value, json};
use server::statistics;
use store::Duty;

pub(crate) const CUSTOMS: &str = "8620000001";
/// Operates sites, and has bonded books.
pub(crate) const OPERATOR: &str = "5301960601";
/// Operates a park of another city.
pub(crate) const OTHER: &str = "5325960602";
const TENANT: &str = "5301960202";
pub(crate) const PARK: &str = "5301960601:P1";
pub(crate) const SITE: &str = "CNKMG860001";
/// The name of every token of a test zone.
const TOKEN: &str = "tester";

pub(crate) async fn act(
    zone: &Zone,
    token: &str,
    record: &str,
    (action, version): (&str, u64),
    body: Value,
) -> (u16, Value) {
    let said = json!({"action": action, "version": version, "note": "样例", "body": body});
    let path = format!("/v1/registers/{record}/actions");
    zone.request("POST", &path, Some(token), said.to_string().into_bytes()).await
}

pub(crate) fn park(name: &str, functions: &[&str]) -> Value {
    json!({
        "name": name, "nameEnglish": "Sample park", "kind": "core", "city": "昆明", "district": "8620",
        "functions": functions, "modes": ["9610", "1210"], "legalBasis": "样例实施方案",
    })
}

pub(crate) fn site(park: &str) -> Value {
    json!({"park": park, "name": "样例一号卡口", "kind": "gate", "district": "8620", "carriers": ["5301960401", "5301960402"]})
}

/// A park with one site, kept by the operator's token and by whoever is named besides.
pub(crate) async fn opened(zone: &Zone, keepers: &[&str]) {
    opened_of(zone, (OPERATOR, PARK, SITE), keepers).await;
}

/// A park of an operator with one site.
pub(crate) async fn opened_of(zone: &Zone, (party, number, code): (&str, &str, &str), keepers: &[&str]) {
    let (operator, customs) = (zone.tokens[party].clone(), zone.tokens[CUSTOMS].clone());
    let record = format!("parks/{number}");
    let body = park("样例综合保税区", &["bonded-stocking", "sorting"]);
    let (status, made) = act(zone, &operator, &record, ("apply", 0), body).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("submitted")), "{made}");
    let (status, made) = act(zone, &customs, &record, ("approve", 1), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("open")), "{made}");
    let record = format!("sites/{party}:{code}");
    let (status, made) = act(zone, &operator, &record, ("apply", 0), site(number)).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("submitted")), "{made}");
    let (status, made) = act(zone, &customs, &record, ("approve", 1), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("open")), "{made}");
    let keepers: Vec<&str> = [TOKEN].iter().chain(keepers).copied().collect();
    let (status, made) = act(zone, &operator, &record, ("appoint", 2), json!({"keepers": keepers})).await;
    assert_eq!((status, made["version"].as_u64()), (200, Some(3)), "{made}");
}

/// The filing of the operator of another city.
pub(crate) fn other_operator() -> Filing {
    let like = sample::filings().into_iter().find(|filing| filing.code == OPERATOR).unwrap();
    Filing {
        code: OTHER.into(),
        other_code: None,
        name: "样例红河综合保税区运营公司".into(),
        exchange_ids: vec!["DXPENT0000532501".into()],
        ..like
    }
}

fn faults(answer: &Value) -> Vec<&str> {
    answer["faults"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_park_is_applied_for_decided_by_others_and_told_to_everybody() {
    let zone = Zone::new().await;
    let (operator, customs) = (zone.tokens[OPERATOR].clone(), zone.tokens[CUSTOMS].clone());
    let record = format!("parks/{PARK}");
    // Everything that is wrong is told at once, and nothing is recorded.
    let wrong = json!({
        "name": "", "kind": "huge", "city": "昆明", "functions": ["flying"], "modes": ["0000"], "legalBasis": "样例",
    });
    let (status, refused) = act(&zone, &operator, &record, ("apply", 0), wrong).await;
    assert_eq!(status, 422, "{refused}");
    assert_eq!(faults(&refused), ["name", "kind", "functions[1]", "modes[1]"], "{refused}");
    // A platform operates no park.
    let body = park("样例", &["sorting"]);
    let (status, refused) =
        act(&zone, &zone.tokens["5301960101"], "parks/5301960101:P1", ("apply", 0), body.clone()).await;
    assert_eq!((status, faults(&refused)), (422, vec!["id"]), "{refused}");
    let (status, made) = act(&zone, &operator, &record, ("apply", 0), body).await;
    assert_eq!(status, 200, "{made}");
    // Before somebody decides, nobody is told, and the operator does not decide himself.
    let (status, told) = zone.request("GET", "/v1/parks", None, Vec::new()).await;
    assert_eq!((status, &told["parks"]), (200, &json!([])), "{told}");
    assert_eq!(act(&zone, &operator, &record, ("approve", 1), Value::Null).await.0, 403);
    assert_eq!(act(&zone, &zone.tokens["5301960101"], &record, ("approve", 1), Value::Null).await.0, 404);
    let (status, made) = act(&zone, &customs, &record, ("refuse", 1), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("refused")), "{made}");
    let body = park("样例综合保税区", &["bonded-stocking", "sorting"]);
    assert_eq!(act(&zone, &operator, &record, ("apply", 2), body).await.0, 200);
    assert_eq!(act(&zone, &customs, &record, ("approve", 3), Value::Null).await.0, 200);
    let (_, told) = zone.request("GET", "/v1/parks", None, Vec::new()).await;
    assert_eq!(
        (&told["parks"][0]["park"], &told["parks"][0]["kind"]),
        (&json!(PARK), &json!("core")),
        "{told}"
    );
    let of = |told: &Value, function: &str| {
        let all = told["functions"].as_array().unwrap();
        all.iter().find(|one| one["function"] == function).unwrap()["parks"].clone()
    };
    assert_eq!(of(&told, "sorting"), json!([PARK]));
    assert_eq!(of(&told, "cold-chain"), json!([]), "what nobody offers is told too");
    // A change counts when it is approved; what was refused leaves what is in force.
    let body = park("样例综合保税区", &["cold-chain"]);
    assert_eq!(act(&zone, &operator, &record, ("change", 4), body).await.0, 200);
    let (_, told) = zone.request("GET", "/v1/parks", None, Vec::new()).await;
    assert_eq!(of(&told, "cold-chain"), json!([]));
    let (status, made) = act(&zone, &customs, &record, ("refuse", 5), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("open")), "{made}");
    let (_, told) = zone.request("GET", "/v1/parks", None, Vec::new()).await;
    assert_eq!(of(&told, "sorting"), json!([PARK]));
    // Tenants are enterprises that are filed; they find the park then.
    let tenants =
        |party: &str| json!({"tenants": [{"party": party, "validFrom": "20260101", "terms": "样例条件"}]});
    let (status, refused) = act(&zone, &operator, &record, ("set-tenants", 6), tenants("5301999999")).await;
    assert_eq!((status, faults(&refused)), (422, vec!["tenants[1].party"]), "{refused}");
    assert_eq!(zone.get(TENANT, &format!("/v1/registers/parks/{PARK}")).await.0, 404);
    assert_eq!(act(&zone, &operator, &record, ("set-tenants", 6), tenants(TENANT)).await.0, 200);
    assert_eq!(zone.get(TENANT, &format!("/v1/registers/parks/{PARK}")).await.0, 200);
    let (_, told) = zone.request("GET", "/v1/parks", None, Vec::new()).await;
    assert_eq!(told["parks"][0]["tenants"], 1, "{told}");
    assert!(!told.to_string().contains(TENANT), "who rents what is not told to everybody: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_of_another_city_joins_and_the_operator_of_the_zone_decides() {
    let zone = Zone::new().await;
    assert_eq!(zone.window.file_all(vec![other_operator()], "test").await, 1);
    let issue = async |party: &str, role| {
        zone.window.control.issue(party, role, TOKEN, &[], NOW, None).await.unwrap()
    };
    let other = issue(OTHER, Role::SiteOperator).await;
    let operator_of_zone = issue("8620000002", Role::ZoneOperator).await;
    let record = format!("parks/{OTHER}:HH1");
    let mut body = park("样例红河综合保税区", &["bonded-stocking", "zone-entry-exit"]);
    (body["kind"], body["city"], body["district"]) = (json!("linked"), json!("蒙自"), json!(""));
    let (status, made) = act(&zone, &other, &record, ("apply", 0), body).await;
    assert_eq!(status, 200, "{made}");
    zone.until_listed().await;
    // It waits for the operator of the zone, who decides on it.
    let waiting = "/v1/registers/parks?waiting=true";
    let (status, list) = zone.request("GET", waiting, Some(&operator_of_zone), Vec::new()).await;
    assert_eq!((status, list["records"].as_array().map(Vec::len)), (200, Some(1)), "{list}");
    let (status, made) = act(&zone, &operator_of_zone, &record, ("approve", 1), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("open")), "{made}");
    let (_, told) = zone.request("GET", "/v1/parks", None, Vec::new()).await;
    assert_eq!(
        (&told["parks"][0]["kind"], &told["parks"][0]["city"]),
        (&json!("linked"), &json!("蒙自")),
        "{told}"
    );
    // He decides on parks, and on filings as little as before.
    let (status, _) =
        act(&zone, &operator_of_zone, &format!("filings/{OTHER}"), ("approve", 1), Value::Null).await;
    assert_eq!(status, 404);
    // A site lies in a park of its operator, or where he is a tenant: elsewhere he has no place.
    let token = zone.tokens[OPERATOR].clone();
    let there = format!("{OTHER}:HH1");
    let at = format!("sites/{OPERATOR}:{SITE}");
    let (status, refused) = act(&zone, &token, &at, ("apply", 0), site(&there)).await;
    assert_eq!((status, faults(&refused)), (422, vec!["park"]), "{refused}");
    let tenants = json!({"tenants": [{"party": OPERATOR, "validFrom": "20260101"}]});
    assert_eq!(act(&zone, &other, &record, ("set-tenants", 2), tenants).await.0, 200);
    let (status, made) = act(&zone, &token, &at, ("apply", 0), site(&there)).await;
    assert_eq!(status, 200, "{made}");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_a_park_are_for_those_who_operate_or_supervise_it() {
    let zone = Zone::new().await;
    opened(&zone, &[]).await;
    let tenants = json!({"tenants": [{"party": TENANT, "validFrom": "20260101"}]});
    let record = format!("parks/{PARK}");
    assert_eq!(act(&zone, &zone.tokens[OPERATOR], &record, ("set-tenants", 2), tenants).await.0, 200);
    let scans = json!({"scans": [
        {"number": "1", "parcel": "NONE1", "direction": "in"}, {"number": "2", "parcel": "NONE1", "direction": "out"},
        {"number": "3", "parcel": "NONE2", "direction": "out", "offline": "pass"},
    ]});
    let path = format!("/v1/sites/{SITE}/scans");
    let token = Some(zone.tokens[OPERATOR].as_str());
    let (status, answer) = zone.request("POST", &path, token, scans.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{answer}");
    statistics::follow(&zone.window).await.unwrap();
    zone.until_listed().await;
    let figures = format!("/v1/parks/{PARK}/figures");
    let (status, told) = zone.get(OPERATOR, &figures).await;
    assert_eq!(status, 200, "{told}");
    let site = &told["sites"][0];
    assert_eq!((&site["entries"], &site["exits"]), (&json!(1), &json!(1)), "{told}");
    assert_eq!(
        (&site["held"], &site["alarms"], &site["passed"]),
        (&json!(2), &json!(1), &json!(0)),
        "{told}"
    );
    // A device without network let out what nobody declared.
    assert_eq!((&site["unlisted"], &told["alarmsComplete"]), (&json!(1), &json!(true)), "{told}");
    assert_eq!((&told["books"]["books"], &told["complete"]), (&json!(0), &json!(true)), "{told}");
    // Before that day there was nothing.
    let (_, earlier) = zone.get(OPERATOR, &format!("{figures}?from=20260101&to=20260131")).await;
    assert_eq!(earlier["sites"][0]["entries"], 0, "{earlier}");
    assert_eq!(earlier["sites"][0]["unlisted"], 0, "{earlier}");
    // An office reads them, and that is recorded; a tenant finds the park and not its figures.
    assert_eq!(zone.get(CUSTOMS, &figures).await.0, 200);
    zone.until_listed().await;
    let (_, readings) = zone.get(OPERATOR, "/v1/registers/accesses").await;
    assert!(readings.to_string().contains(PARK), "{readings}");
    let (status, told) = zone.get(TENANT, &figures).await;
    let (_, absent) = zone.get(TENANT, "/v1/parks/5301960601:none/figures").await;
    assert_eq!((status, &told), (404, &absent));
    assert_eq!(zone.get("5301960101", &figures).await.0, 404);
    // Figures read again from the first row are the same.
    let before = zone.window.statistics.standing().figures.clone();
    statistics::keep(&zone.window).await.unwrap();
    assert!(before.cells(::statistics::Table::Sites).count() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_park_tells_how_long_goods_have_lain_in_its_books() {
    let zone = Zone::new().await;
    opened(&zone, &[]).await;
    let trade = plain(&zone, 0).bonded(OPERATOR, bonded::NUMBER);
    bonded::opened(&zone, OPERATOR, &trade).await;
    bonded::filled(&zone, OPERATOR, &trade, "entry-checklist:H1", 10).await;
    let items = trade.items().len();
    let figures = async || {
        zone.until_listed().await;
        let (status, told) = zone.get(OPERATOR, &format!("/v1/parks/{PARK}/figures")).await;
        assert_eq!(status, 200, "{told}");
        told["books"].clone()
    };
    let classes = |lots: [usize; 4]| {
        let bounds = [(0, Some(90)), (91, Some(180)), (181, Some(270)), (271, None)];
        let told = bounds.into_iter().zip(lots);
        Value::from_iter(told.map(|((from, to), lots)| json!({"from": from, "to": to, "lots": lots})))
    };
    let later = |days: i64| zone.clock.set(Time(NOW.0 + days * 86_400_000));
    let told = figures().await;
    assert_eq!((&told["ageing"], &told["oldest"]), (&classes([items, 0, 0, 0]), &json!(0)), "{told}");
    later(90);
    assert_eq!(figures().await["ageing"], classes([items, 0, 0, 0]), "equality is inside");
    later(91);
    let fresh = bonded::entry(&trade, 0, "L2", 5, "20301231");
    bonded::accepted(&zone, OPERATOR, "entry-checklist:H2", vec![fresh]).await;
    let told = figures().await;
    assert_eq!((&told["ageing"], &told["oldest"]), (&classes([1, items, 0, 0]), &json!(91)), "{told}");
    later(400);
    let told = figures().await;
    assert_eq!((&told["ageing"], &told["oldest"]), (&classes([0, 0, 0, items + 1]), &json!(400)), "{told}");
    // What is no longer there is not told; a book that is being counted is.
    let gone = json!({"operation": "destruction", "item": "1", "quantity": "5", "lot": "L2"});
    bonded::accepted(&zone, OPERATOR, "destruction-record:X1", vec![gone]).await;
    let record = format!("bonded-documents/{OPERATOR}:{}:stocktake-record:PD1", bonded::NUMBER);
    let (status, made) = bonded::act(&zone, OPERATOR, &record, ("begin", 0), Value::Null).await;
    assert_eq!(status, 200, "{made}");
    let told = figures().await;
    assert_eq!(told["ageing"], classes([0, 0, 0, items]), "{told}");
    assert_eq!((&told["counting"], &told["recalled"]), (&json!(1), &json!(0)), "{told}");
    let mut keeper = signed_in(&zone, "bao.guan", OPERATOR, Role::SiteOperator, &[Duty::Operator]).await;
    let page = keeper.get(&format!("/desk/parks/{}", PARK.replace(':', "%3A"))).await;
    for words in ["库存批次库龄", "271及以上", "盘点中的账册", "无清单出场"] {
        assert!(page.words().contains(words), "{words}: {}", page.words());
    }
}
