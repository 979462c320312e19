//! The draw from commitment to reveal, over the interface: two holders, trades, the list, its check by a program that shares no code
//! with it, and what is found when something was altered. No secret is in any answer before its time.

use crate::support::{NOW, Zone, another_read, people};
use ceb::Document;
use clearance::keys::{OrderKey, Time};
use clearance::party::Role;
use clearance::risk::period::commitment;
use clearance::sample::{Export, Trade};
use evidence::draws::{Verdict, audit, number};
use register::draw::hex;
use serde_json::{Value, json};
use server::draws::tick;
use store::{Duty, NewToken};

const DAY: i64 = 86_400_000;
const CUSTOMS: &str = "8620000001";

/// A zone whose orders are drawn often enough to see it.
async fn zone() -> Zone {
    let zone = Zone::new().await;
    let change = |text: &str| {
        text.replace("\nsampling_base_9610,20000,", "\nsampling_base_9610,300000,")
            .replace("\nsampling_factor_a,20,", "\nsampling_factor_a,100,")
    };
    zone.window.publish_changed("parameters.csv", change, "test").await.unwrap();
    zone
}

/// The two who hold secrets, each by a machine of his own.
pub(crate) struct Holders {
    pub(crate) customs: String,
    pub(crate) operator: String,
}

const OPERATOR: &str = "8620000099";

pub(crate) async fn holders(zone: &Zone) -> Holders {
    let mut filing = clearance::sample::filings().into_iter().find(|one| one.code == CUSTOMS).unwrap();
    (filing.code, filing.roles, filing.other_code) = (OPERATOR.into(), vec![Role::ZoneOperator], None);
    filing.exchange_ids = Vec::new();
    zone.window.file_all(vec![filing], "test").await;
    let customs = machine(zone, CUSTOMS, Role::Officer, "draws:hold", &[]).await;
    Holders { customs, operator: machine(zone, OPERATOR, Role::ZoneOperator, "draws:hold", &[]).await }
}

async fn machine(zone: &Zone, party: &str, role: Role, scope: &str, districts: &[ceb::Text]) -> String {
    let scopes = [scope.into()];
    let new = NewToken {
        party,
        role,
        name: "seeds",
        districts,
        expires: None,
        scopes: Some(&scopes),
        bound_to: None,
    };
    zone.window.control.issue_for(&new, NOW).await.unwrap().1
}

async fn officer(zone: &Zone, login: &str, duties: &[Duty]) -> String {
    let (_, one_time) = people::add(zone, login, CUSTOMS, Role::Officer, duties).await;
    people::settle(zone, login, &one_time, true).await
}

fn secret(side: &str, byte: u8) -> (String, Value) {
    let first = ceb::Day::from_number(PERIOD.parse().unwrap()).unwrap();
    let (salt, secret) = ([byte; 32], [byte + 1; 32]);
    let made = hex(&commitment(first, side, &salt, &secret));
    (made, json!({"salt": hex(&salt), "secret": hex(&secret)}))
}

/// The first period of a zone whose clock begins on Monday 2026-11-23 at ten.
const PERIOD: &str = "20261125";

async fn post(zone: &Zone, token: &str, path: &str, body: &Value) -> (u16, Value) {
    zone.request("POST", path, Some(token), body.to_string().into_bytes()).await
}

async fn period(zone: &Zone, name: &str) -> Value {
    let (status, told) = zone.request("GET", &format!("/v1/draws/{name}"), None, Vec::new()).await;
    assert_eq!(status, 200, "{told}");
    told
}

fn begins() -> i64 {
    Time::start_of(ceb::Day::from_number(PERIOD.parse().unwrap()).unwrap()).0
}

/// Sets the clock, and lets the window do what is due.
async fn at(zone: &Zone, now: i64) {
    zone.clock.set(Time(now));
    for _ in 0..3 {
        tick(&zone.window).await.unwrap();
    }
}

/// Committed to, closed, handed over, begun.
async fn begun(zone: &Zone, holders: &Holders) {
    at(zone, NOW.0).await;
    let (status, told) = zone.request("GET", "/v1/draws", None, Vec::new()).await;
    assert_eq!((status, &told["periods"][0]["period"]), (200, &json!(PERIOD)), "{told}");
    assert_eq!((&told["periods"][0]["state"], &told["period"]), (&json!("open"), &Value::Null));
    for (token, side, byte) in [(&holders.customs, "customs", 30), (&holders.operator, "operator", 40)] {
        let path = format!("/v1/draws/{PERIOD}/commitments");
        let (status, told) = post(zone, token, &path, &json!({"commitment": secret(side, byte).0})).await;
        assert_eq!(status, 200, "{told}");
    }
    at(zone, begins() - DAY).await;
    assert_eq!(period(zone, PERIOD).await["state"], "closed");
    for (token, side, byte) in [(&holders.customs, "customs", 30), (&holders.operator, "operator", 40)] {
        let (status, told) =
            post(zone, token, &format!("/v1/draws/{PERIOD}/secrets"), &secret(side, byte).1).await;
        assert_eq!(status, 200, "{told}");
    }
    at(zone, begins()).await;
    let told = period(zone, PERIOD).await;
    assert_eq!((&told["state"], &told["windowsOwn"]), (&json!("running"), &json!(false)), "{told}");
    assert_eq!(zone.window.reference().sampling_seed.number, told["seed"].as_u64().unwrap() as u32);
    one_by_one(zone).await;
}

/// Periods are told to the first of them, one a page too.
async fn one_by_one(zone: &Zone) {
    let get = async |path: String| zone.request("GET", &path, None, Vec::new()).await;
    let (_, all) = get("/v1/draws".to_owned()).await;
    let (mut found, mut query) = (Vec::new(), "limit=1".to_owned());
    loop {
        let (status, page) = get(format!("/v1/draws?{query}")).await;
        assert_eq!(status, 200, "{page}");
        found.extend(page["periods"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { break };
        assert_eq!((&page["more"], found.last().unwrap()["period"].as_str()), (&json!(true), Some(next)));
        query = format!("limit=1&after={next}");
    }
    assert_eq!((&json!(found), &all["next"]), (&all["periods"], &Value::Null));
    assert_eq!(get("/v1/draws?after=soon".to_owned()).await.0, 400);
}

fn trades(zone: &Zone, from: u64, count: u64) -> Vec<Trade> {
    (from..from + count).map(|number| Trade::new(3, number, zone.window.clock.now(), 1_000_000)).collect()
}

async fn send_all(zone: &Zone, trades: &[Trade]) {
    for trade in trades {
        zone.trade(trade).await;
    }
}

async fn text(zone: &Zone, token: Option<&str>, path: &str) -> String {
    let (status, told) = zone.request("GET", path, token, Vec::new()).await;
    assert_eq!(status, 200, "{told}");
    match told {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Every secret of the zone, in the forms in which it could leak.
async fn secrets(zone: &Zone) -> Vec<String> {
    use store::Read;
    let mut found: Vec<String> = [30u8, 31, 40, 41].iter().map(|byte| hex(&[*byte; 32])).collect();
    for row in zone.window.read.seeds().await.unwrap() {
        found.push(hex(&row.seed.secret));
        found.extend(row.seed.period.map(|period| hex(&period.salts)));
    }
    for record in server::draws::periods(&zone.window, &[]).await.unwrap() {
        for opening in register::draw::Period::of(&record).openings {
            found.extend([opening.salt, opening.secret]);
        }
    }
    found
}

/// No route shows a secret: those that anybody may ask, as an officer, as the operator of the zone, as a platform.
async fn nothing_leaks(zone: &Zone, holders: &Holders) {
    let hidden = secrets(zone).await;
    assert!(hidden.len() > 6);
    let callers: Vec<Option<&str>> = vec![
        None,
        Some(&zone.tokens[CUSTOMS]),
        Some(&zone.tokens["5301960101"]),
        Some(&holders.customs),
        Some(&holders.operator),
    ];
    let trade = &trades(zone, 0, 1)[0];
    for (method, route) in server::api::ROUTES {
        if *method != "get" {
            continue;
        }
        let path = route
            .replace("{period}", PERIOD)
            .replace("{register}", "draw-periods")
            .replace("{id}", PERIOD)
            .replace("{platform}", &trade.order.head.ebp_code)
            .replace("{order_no}", &trade.order.head.order_no)
            .replace("{position}", "1")
            .replace("{table}", "parameters.csv")
            .replace("{dataset}", "clearances");
        for caller in &callers {
            let queries = ["", "?purpose=test", "?what=record"];
            for query in queries {
                let (_, told) = zone.request("GET", &format!("{path}{query}"), *caller, Vec::new()).await;
                let told = told.to_string();
                assert!(!hidden.iter().any(|secret| told.contains(secret)), "{path}{query} tells a secret");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_draws_again_what_two_holders_committed_to() {
    let zone = zone().await;
    let holders = holders(&zone).await;
    begun(&zone, &holders).await;
    let drawn = trades(&zone, 0, 30);
    send_all(&zone, &drawn).await;
    // An export is drawn too, under its merchant with a mark before it.
    let export = Export::new(3, 900, zone.window.clock.now());
    for (sender, document) in export.documents() {
        zone.send(&sender, document).await;
    }
    let path = |what: &str| format!("/v1/draws/{PERIOD}{what}");
    for what in ["/list", "/orders"] {
        let token = what.ends_with("orders").then(|| zone.tokens[CUSTOMS].as_str());
        let (status, told) = zone.request("GET", &path(what), token, Vec::new()).await;
        assert_eq!((status, &told["type"]), (409, &json!("urn:onewindow:problem:not-revealed")), "{told}");
    }
    nothing_leaks(&zone, &holders).await;
    // The parties of an order learn its salt, and no number; strangers learn nothing.
    let head = &drawn[0].order.head;
    let of_order = format!("/v1/consignments/{}/{}/draw", head.ebp_code, head.order_no);
    let (status, salted) = zone.get(&head.ebp_code, &of_order).await;
    assert_eq!((status, &salted["period"], &salted["draw"]), (200, &json!(PERIOD), &Value::Null), "{salted}");
    let stranger = if head.ebp_code == "5301960101" { "5301960102" } else { "5301960101" };
    if zone.tokens.contains_key(stranger) {
        assert_eq!(zone.get(stranger, &of_order).await.0, 404);
    }

    // The next period is drawn with; what is selected is under way until the last day for it.
    at(&zone, begins() + 7 * DAY).await;
    assert_eq!(period(&zone, "20261202").await["state"], "running");
    assert_eq!(period(&zone, "20261202").await["windowsOwn"], true, "nobody committed to it");
    send_all(&zone, &trades(&zone, 100, 3)).await;
    at(&zone, begins() + 21 * DAY + 2 * 3_600_000).await;
    assert_eq!(period(&zone, PERIOD).await["state"], "running", "selected trades are under way");
    nothing_leaks(&zone, &holders).await;
    at(&zone, begins() + 67 * DAY + 3_600_001).await;
    let told = period(&zone, PERIOD).await;
    assert_eq!((&told["state"], &told["list"]["draws"]), (&json!("revealed"), &json!(31)), "{told}");
    let selected = told["list"]["selected"].as_u64().unwrap();
    assert!(selected > 0 && selected < 31, "{told}");

    // The check by another program, of what anybody can fetch.
    let list = text(&zone, None, &path("/list")).await;
    let orders = text(&zone, Some(&zone.tokens[CUSTOMS]), &path("/orders")).await;
    // Who had the orders is in the log.
    zone.until_listed().await;
    let register = clearance::record::Register::Access;
    let search = store::RecordSearch { register, parties: None, states: Vec::new() };
    let (read, _) = store::Read::records(&zone.window.read, &search, None, 10).await.unwrap();
    let read = register::access::Access::of(&read[0]);
    assert_eq!((read.kind.as_str(), read.ground.as_str()), ("draw-orders", "proving-draws"));
    let keys = zone.window.evidence.keys().await.unwrap();
    let check = |period: &Value, list: &str, orders: Option<&str>| {
        audit(&period.to_string(), list, orders, Some(&keys[0].public)).unwrap()
    };
    let report = check(&told, &list, Some(&orders));
    assert!(report.is_clean(), "{:?}", report.told);
    assert_eq!((report.draws, report.selected, report.orders), (31, selected, Some(31)));
    assert!(report.missing.is_empty() && !report.windows_own);
    assert!(report.chance.iter().all(|test| test.verdict == Verdict::TooFew));
    // Both programs draw alike, order by order.
    let seed = zone_seed(&zone, told["seed"].as_u64().unwrap()).await;
    for trade in &drawn {
        let order = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
        let salt = clearance::risk::salt(&seed.period.unwrap(), &order);
        let handle = evidence::draws::handle(&salt, &order.platform, &order.order_no);
        assert_eq!(number(&seed.secret, &handle), u64::from(clearance::risk::draw(&seed, &order)));
    }
    let marked = export.key().marked();
    assert!(orders.contains(&format!("\"platform\":\"{}\"", marked.platform)), "{orders}");
    let there = format!("/v1/exports/{}/{}", export.key().merchant, export.key().order_no);
    let (_, shown) = zone.get(&export.key().merchant, &there).await;
    let salt = shown["draw"]["salt"].as_str().unwrap_or_else(|| panic!("{shown}"));
    let platform = marked.platform.replace(' ', "%20");
    let query = format!("{}?platform={platform}&orderNo={}&salt={salt}", path("/line"), marked.order_no);
    let (status, line) = zone.request("GET", &query, None, Vec::new()).await;
    assert_eq!((status, &line["drawn"]), (200, &shown["draw"]["draw"]["drawn"]), "{line}");
    // A party finds its order by its salt, and is told the same.
    let salt = salted["salt"].as_str().unwrap();
    let query = format!("{}?platform={}&orderNo={}&salt={salt}", path("/line"), head.ebp_code, head.order_no);
    let (status, line) = zone.request("GET", &query, None, Vec::new()).await;
    assert_eq!((status, &line["handle"]), (200, &salted["handle"]), "{line}");
    let (_, after) = zone.get(&head.ebp_code, &of_order).await;
    assert_eq!(after["draw"]["drawn"], line["drawn"]);
    let wrong = query.replace(salt, &"0".repeat(32));
    assert_eq!(zone.request("GET", &wrong, None, Vec::new()).await.0, 404);

    altered(&told, &list, &orders, &check);
    // What is decided is decided again the same, with seeds that are made again of their parts.
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, &derived.faults), (0, &Vec::new()));
    let Zone { window, router, folder, .. } = zone;
    drop((window, router));
    let (report, _) = another_read(folder.path()).await;
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}

async fn zone_seed(zone: &Zone, number: u64) -> clearance::risk::SamplingSeed {
    use store::Read;
    let seeds = zone.window.read.seeds().await.unwrap();
    seeds.into_iter().find(|row| u64::from(row.seed.number) == number).unwrap().seed
}

/// Whatever is altered is found: a draw, an outcome, a share, a line, a commitment, a secret, a seed, the beacon, an order.
fn altered(
    told: &Value,
    list: &str,
    orders: &str,
    check: &dyn Fn(&Value, &str, Option<&str>) -> evidence::draws::Report,
) {
    let lines: Vec<&str> = list.lines().collect();
    let line = |at: usize| -> Vec<String> { lines[at].split(',').map(str::to_owned).collect() };
    let with = |at: usize, column: usize, value: &str| {
        let mut fields = line(at);
        assert_ne!(fields[column], value);
        fields[column] = value.to_owned();
        let mut all: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        all[at] = fields.join(",");
        format!("{}\n", all.join("\n"))
    };
    let other_number = if line(1)[1] == "500000" { "500001" } else { "500000" };
    let other_choice = if line(1)[3] == "1" { "0" } else { "1" };
    let without: String =
        lines.iter().enumerate().filter(|(at, _)| *at != 3).map(|(_, line)| format!("{line}\n")).collect();
    for (what, list, wanted) in [
        ("a number", with(1, 1, other_number), "drew"),
        ("an outcome", with(1, 3, other_choice), "was s"),
        ("a share", with(2, 2, "10"), "outside of the floor"),
        ("a line left out", without.clone(), "the list has 30 draws"),
    ] {
        let report = check(told, &list, None);
        let found = report.told.iter().any(|fault| fault.contains(wanted));
        assert!(
            found && report.told.iter().any(|fault| fault.contains("digest")),
            "{what}: {:?}",
            report.told
        );
    }
    let digit = |value: &Value| {
        let text = value.as_str().unwrap();
        let first = if text.starts_with('0') { '1' } else { '0' };
        json!(format!("{first}{}", &text[1..]))
    };
    for (pointer, wanted) in [
        ("/sides/1/commitment", "does not open its commitment"),
        ("/sides/1/secret", "does not open its commitment"),
        ("/sides/0/salt", "does not open its commitment"),
        ("/effectiveSeed", "is not made of"),
        ("/beacon/digest", "digest is not that of its head"),
        ("/list/digest", "digest was recorded"),
    ] {
        let mut other = told.clone();
        let slot = other.pointer_mut(pointer).unwrap();
        *slot = digit(slot);
        let report = check(&other, list, None);
        assert!(report.told.iter().any(|fault| fault.contains(wanted)), "{pointer}: {:?}", report.told);
    }
    let mut other = told.clone();
    (other["sides"][2]["secret"], other["sides"][2]["handedOver"]) = (Value::Null, json!(false));
    assert!(!check(&other, list, None).is_clean(), "a holder who took part is left out");
    let report = audit(&told.to_string(), list, None, Some(&[1; 32])).unwrap();
    assert!(report.told.iter().any(|fault| fault.contains("another key")), "{:?}", report.told);
    // A beacon from after the secrets, or from before a commitment.
    for action in ["commit", "hand-over"] {
        let mut other = told.clone();
        let steps = other["steps"].as_array_mut().unwrap();
        let step = steps.iter_mut().find(|step| step["action"] == action).unwrap();
        step["sequence"] = json!(if action == "commit" { 1_000_000 } else { 1 });
        assert!(!check(&other, list, None).is_clean(), "{action}");
    }
    let mut kept: Vec<&str> = orders.lines().collect();
    kept.remove(5);
    let report = check(told, list, Some(&kept.join("\n")));
    assert!(report.told.iter().any(|fault| fault.contains("there are 30 orders")), "{:?}", report.told);
    let swapped = orders.replacen("\"orderNo\":\"", "\"orderNo\":\"X", 1);
    assert!(!check(told, list, Some(&swapped)).is_clean());
    assert!(audit(&told.to_string(), "handle\n", None, None).is_err());
    assert!(audit("{}", list, None, None).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_goes_with_its_order_into_the_next_period() {
    let zone = zone().await;
    let holders = holders(&zone).await;
    begun(&zone, &holders).await;
    let drawn = trades(&zone, 0, 25);
    send_all(&zone, &drawn).await;
    let first = zone.window.reference().sampling_seed.number;
    at(&zone, begins() + 7 * DAY).await;
    assert_eq!(zone.window.reference().sampling_seed.number, first + 1);
    let mut again = 0;
    for mut trade in drawn {
        let shown = zone.shown(CUSTOMS, &trade).await;
        if shown["attempt"]["state"] != 500 {
            continue;
        }
        let path = crate::support::path(&trade);
        let action = json!({"id": "r", "action": "reject", "version": shown["version"], "text": "样例"});
        let (status, told) = post(&zone, &zone.tokens[CUSTOMS], &format!("{path}/actions"), &action).await;
        assert_eq!(status, 200, "{told}");
        trade.declaration.head.app_time = clearance::sample::stamp(zone.window.clock.now());
        trade.declaration.head.guid = "21111111-2222-3333-4444-555555555555".into();
        zone.send(
            &trade.declaration.head.agent_code.clone(),
            Document::Declaration(trade.declaration.clone()),
        )
        .await;
        let shown = zone.shown(CUSTOMS, &trade).await;
        assert_eq!(
            (&shown["attempt"]["number"], &shown["attempt"]["state"]),
            (&json!(2), &json!(500)),
            "{shown}"
        );
        let head = &trade.order.head;
        let of_order = format!("/v1/consignments/{}/{}/draw", head.ebp_code, head.order_no);
        assert_eq!(zone.get(CUSTOMS, &of_order).await.1["seed"], first);
        again += 1;
    }
    assert!(again > 2, "{again}");
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, &derived.faults), (0, &Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_who_stays_away_is_named_and_trade_goes_on() {
    let zone = zone().await;
    let holders = holders(&zone).await;
    at(&zone, NOW.0).await;
    let path = format!("/v1/draws/{PERIOD}/commitments");
    for (token, side, byte) in [(&holders.customs, "customs", 30), (&holders.operator, "operator", 40)] {
        assert_eq!(post(&zone, token, &path, &json!({"commitment": secret(side, byte).0})).await.0, 200);
    }
    let (status, told) =
        post(&zone, &holders.customs, &path, &json!({"commitment": secret("customs", 50).0})).await;
    assert_eq!((status, &told["faults"][0]["path"]), (422, &json!("commitment")), "{told}");
    let early =
        post(&zone, &holders.customs, &format!("/v1/draws/{PERIOD}/secrets"), &secret("customs", 30).1).await;
    assert_eq!((early.0, &early.1["type"]), (409, &json!("urn:onewindow:problem:state")), "{early:?}");
    at(&zone, begins() - DAY).await;
    let (status, _) =
        post(&zone, &holders.customs, &format!("/v1/draws/{PERIOD}/secrets"), &secret("customs", 30).1).await;
    assert_eq!(status, 200);
    // The operator of the zone is waited for, for as long as was said.
    send_all(&zone, &trades(&zone, 0, 1)).await;
    at(&zone, begins()).await;
    let told = period(&zone, PERIOD).await;
    assert_eq!((&told["state"], &told["windowsOwn"]), (&json!("running"), &json!(false)), "{told}");
    let missing: Vec<&Value> =
        told["sides"].as_array().unwrap().iter().map(|side| &side["missing"]).collect();
    assert_eq!(missing, [false, false, true]);
    send_all(&zone, &trades(&zone, 10, 10)).await;
    at(&zone, begins() + 7 * DAY).await;
    at(&zone, begins() + 70 * DAY).await;
    let told = period(&zone, PERIOD).await;
    assert_eq!(told["state"], "revealed");
    let list = text(&zone, None, &format!("/v1/draws/{PERIOD}/list")).await;
    let report = audit(&told.to_string(), &list, None, None).unwrap();
    assert!(report.is_clean(), "{:?}", report.told);
    assert_eq!(report.missing, ["operator"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_holds_a_side_who_was_not_named_for_it() {
    let zone = zone().await;
    at(&zone, NOW.0).await;
    let path = format!("/v1/draws/{PERIOD}/commitments");
    let body = json!({"commitment": secret("customs", 30).0});
    // A token without scopes, other duties, a platform, nobody.
    assert_eq!(post(&zone, &zone.tokens[CUSTOMS], &path, &body).await.0, 403);
    assert_eq!(post(&zone, &zone.tokens["5301960101"], &path, &body).await.0, 403);
    let others: Vec<Duty> = Duty::ALL.into_iter().filter(|duty| *duty != Duty::SeedHolder).collect();
    let other = officer(&zone, "dai.li", &others).await;
    assert_eq!(post(&zone, &other, &path, &body).await.0, 403);
    assert_eq!(zone.request("POST", &path, None, body.to_string().into_bytes()).await.0, 401);
    // A district's officer sees the list as everybody does, and no orders.
    let of_district = machine(&zone, CUSTOMS, Role::Officer, "consignments:read", &["8601".into()]).await;
    let (status, _) =
        zone.request("GET", &format!("/v1/draws/{PERIOD}/orders"), Some(&of_district), Vec::new()).await;
    assert_eq!(status, 403);
    for (path, status) in
        [("/v1/draws/20261126", 404), ("/v1/draws/none", 404), ("/v1/draws/20261126/list", 404)]
    {
        assert_eq!(zone.request("GET", path, None, Vec::new()).await.0, status, "{path}");
    }
    // Who was named for it is a person too.
    let holder = officer(&zone, "qi.cao", &[Duty::SeedHolder]).await;
    let (status, told) = post(&zone, &holder, &path, &body).await;
    assert_eq!((status, &told["sides"][1]["party"]), (200, &json!(CUSTOMS)), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_commits_and_hands_over_on_a_page_and_everybody_looks_up_an_order() {
    let zone = zone().await;
    at(&zone, NOW.0).await;
    let mut holder =
        people::signed_in_english(&zone, "qi.cao", CUSTOMS, Role::Officer, &[Duty::SeedHolder]).await;
    let page = holder.get("/desk/draws").await;
    assert!(page.status == 200 && page.words().contains(&format!("Period {PERIOD}")), "{}", page.words());
    let guard = page.hidden("guard");
    let (made, opening) = secret("customs", 30);
    let send = [("guard", guard.as_str()), ("period", PERIOD), ("commitment", "none")];
    let refused = holder.post("/desk/draws", &send).await;
    assert!(
        refused.status == 422 && refused.words().contains("64 hexadecimal digits"),
        "{}",
        refused.words()
    );
    let send = [("guard", guard.as_str()), ("period", PERIOD), ("commitment", made.as_str())];
    let done = holder.post("/desk/draws", &send).await;
    assert!(done.status == 200 && done.words().contains("is filed and public"), "{}", done.words());
    let mut stranger = people::signed_in(&zone, "dai.li", CUSTOMS, Role::Officer, &[Duty::Decider]).await;
    assert_eq!(stranger.get("/desk/draws").await.status, 403);

    // His session has ended by the day on which secrets are handed over.
    at(&zone, begins() - DAY).await;
    let session = people::sign_in(&zone, "qi.cao", people::PASSWORD, None).await;
    assert_eq!(session.0, 401, "his second factor is asked for");
    let machine = machine(&zone, CUSTOMS, Role::Officer, "draws:hold", &[]).await;
    let (status, told) = post(&zone, &machine, &format!("/v1/draws/{PERIOD}/secrets"), &opening).await;
    assert_eq!(status, 200, "{told}");
    at(&zone, begins()).await;
    let drawn = trades(&zone, 0, 5);
    send_all(&zone, &drawn).await;
    let head = &drawn[0].order.head;
    let of_order = format!("/v1/consignments/{}/{}/draw", head.ebp_code, head.order_no);
    let salt = zone.get(&head.ebp_code, &of_order).await.1["salt"].as_str().unwrap().to_owned();
    let asked =
        format!("/draws?period={PERIOD}&platform={}&order={}&salt={salt}", head.ebp_code, head.order_no);
    let mut anybody = crate::support::browser::Browser::new(&zone);
    anybody.language = "en";
    let page = anybody.get(&asked).await;
    assert!(page.status == 200 && page.words().contains("cannot be looked up now"), "{}", page.words());
    at(&zone, begins() + 7 * DAY).await;
    at(&zone, begins() + 70 * DAY).await;
    let page = anybody.get(&asked).await;
    assert!(page.words().contains("in a million"), "{}", page.words());
    let page = anybody.get(&asked.replace(&salt, &"0".repeat(32))).await;
    assert!(page.words().contains("has no such order"), "{}", page.words());
    assert!(page.words().contains("handed over") && page.words().contains("missing"), "{}", page.words());
}
