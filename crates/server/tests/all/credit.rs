//! Credit through the interface: what is observed becomes a score with its reasons, is contested and struck; a list is given
//! notice of, heard, decided by another, obeyed by the next declaration, appealed, and repaired.

use crate::archiving::{fire, until};
use crate::support::{NOW, Zone, path, plain};
use ::statistics::conduct::BILL_OVERDUE;
use ceb::Document;
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::Trade;
use serde_json::{Value, json};

pub(crate) const OFFICER: &str = "8620000001";
pub(crate) const SECOND: &str = "second officer";
const OTHER_OFFICE: &str = "8620000009";

pub(crate) async fn act(zone: &Zone, who: &str, path: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/{path}/actions");
    zone.request("POST", &path, Some(&zone.tokens[who]), body.to_string().into_bytes()).await
}

/// A zone with a second officer of the same office, and a seller of whom customs says nothing.
pub(crate) async fn zone() -> (Zone, Trade, String) {
    let mut zone = Zone::new().await;
    let token = zone.window.control.issue(OFFICER, Role::Officer, "乙", &[], NOW, None).await.unwrap();
    zone.tokens.insert(SECOND.to_owned(), token);
    let token = zone.window.control.issue(OTHER_OFFICE, Role::Officer, "丙", &[], NOW, None).await.unwrap();
    zone.tokens.insert(OTHER_OFFICE.to_owned(), token);
    let trade = plain(&zone, 1);
    let seller = trade.declaration.head.ebc_code.to_string();
    (zone, trade, seller)
}

fn observed(seller: &str, indicator: &str) -> Value {
    json!({"subject": seller, "indicator": indicator, "day": NOW.day().number().to_string(), "grounds": "样例处罚决定书1号"})
}

fn with(mut body: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub(crate) fn reading<'a>(credit: &'a Value, indicator: &str) -> &'a Value {
    credit["readings"].as_array().unwrap().iter().find(|one| one["indicator"] == indicator).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_observation_counts_is_contested_and_struck() {
    let (zone, _, seller) = zone().await;
    let path = format!("/v1/credit/{seller}");
    let (status, before) = zone.get(&seller, &path).await;
    assert_eq!((status, before["grade"].is_null()), (200, true), "{before}");
    // Everything that is wrong is told.
    let wrong = json!({"subject": "5301999999", "indicator": "penalties", "day": "20991231", "value": "3", "grounds": ""});
    let id = format!("credit-observations/{OFFICER}:1");
    let (status, told) = act(&zone, OFFICER, &id, json!({"action": "record", "body": wrong})).await;
    let paths: Vec<&str> =
        told["faults"].as_array().unwrap().iter().filter_map(|fault| fault["path"].as_str()).collect();
    assert_eq!((status, paths), (422, vec!["subject", "day", "grounds", "part"]), "{told}");
    let penalty = with(observed(&seller, "penalties"), json!({"part": 1}));
    let (status, recorded) = act(&zone, OFFICER, &id, json!({"action": "record", "body": penalty})).await;
    assert_eq!(status, 200, "{recorded}");
    let (_, credit) = zone.get(&seller, &path).await;
    let penalties = reading(&credit, "penalties");
    assert_eq!(
        (penalties["points"].as_i64(), penalties["observations"][0].as_str()),
        (Some(60_000), Some("8620000001:1"))
    );
    assert!(penalties["text"]["en"].as_str().unwrap().starts_with("1 has 60 of 100 points"), "{penalties}");
    // A platform observes no penalties.
    let platform = zone.window.reference().parties.all()[0].code.to_string();
    let elsewhere = format!("credit-observations/{platform}:1");
    let (status, told) =
        act(&zone, &platform, &elsewhere, json!({"action": "record", "body": penalty_of(&seller)})).await;
    assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("indicator")), "{told}");
    // The enterprise contests it; it counts, marked, until another officer decides.
    let contest = json!({"action": "contest", "version": 1, "note": "决定书已撤销"});
    let (status, contested) = act(&zone, &seller, &id, contest).await;
    assert_eq!((status, contested["state"].as_str()), (200, Some("contested")), "{contested}");
    let (_, credit) = zone.get(&seller, &path).await;
    assert_eq!(reading(&credit, "penalties")["contested"][0], "8620000001:1");
    let strike = json!({"action": "strike", "version": 2, "note": "属实"});
    assert_eq!(act(&zone, &seller, &id, strike.clone()).await.0, 403, "nobody decides on himself");
    assert_eq!(act(&zone, SECOND, &id, strike.clone()).await.0, 403, "nor on what his own office observed");
    let (status, struck) = act(&zone, OTHER_OFFICE, &id, strike).await;
    assert_eq!((status, struck["state"].as_str()), (200, Some("struck")), "{struck}");
    let (_, credit) = zone.get(&seller, &path).await;
    assert_eq!(
        (reading(&credit, "penalties")["points"].as_i64(), reading(&credit, "penalties")["sample"].as_i64()),
        (Some(100_000), Some(0))
    );
}

fn penalty_of(seller: &str) -> Value {
    with(observed(seller, "penalties"), json!({"part": 1}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_rules_a_grade_out_is_written_down_and_seen_by_who_is_entitled() {
    let (zone, _, seller) = zone().await;
    let id = format!("credit-observations/{OFFICER}:2");
    let body = json!({"action": "record", "body": observed(&seller, "identity_theft")});
    let (status, told) = act(&zone, OFFICER, &id, body).await;
    assert_eq!(status, 200, "{told}");
    let (_, credit) = zone.get(OFFICER, &format!("/v1/credit/{seller}")).await;
    assert_eq!(
        (credit["grade"].as_str(), credit["vetoes"][0]["veto"].as_str()),
        (Some("D"), Some("identity_theft"))
    );
    let share = credit["measures"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["measure"] == "inspection_share")
        .unwrap();
    assert_eq!(share["value"], 800_000);
    let (_, record) = zone.get(OFFICER, &format!("/v1/registers/credit-assessments/{seller}")).await;
    assert_eq!(
        (record["state"].as_str(), record["body"]["grade"].as_str()),
        (Some("assessed"), Some("D")),
        "{record}"
    );
    // Another party learns nothing; before the fact there was none.
    let other = zone.window.reference().parties.all()[0].code.to_string();
    assert_eq!(zone.get(&other, &format!("/v1/credit/{seller}")).await.0, 404);
    let (_, earlier) = zone.get(OFFICER, &format!("/v1/credit/{seller}?day=20200101")).await;
    assert_eq!((earlier["grade"].is_null(), earlier["vetoes"].as_array().map(Vec::len)), (true, Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_heard_decided_by_another_obeyed_at_once_and_repaired() {
    let (zone, first, seller) = zone().await;
    let path = format!("credit-lists/{seller}");
    let day = |days: i64| Time(NOW.0 + days * 86_400_000).day().number().to_string();
    let notice = |until: &str| json!({"list": "black", "facts": "样例：伪造单证", "legalBasis": "样例办法第十条", "hearUntil": until});
    let soon = json!({"action": "notice", "note": "拟列入", "body": notice(&day(1))});
    let (status, told) = act(&zone, OFFICER, &path, soon).await;
    assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("hearUntil")), "{told}");
    let (status, told) =
        act(&zone, OFFICER, &path, json!({"action": "notice", "note": "拟列入", "body": notice(&day(6))}))
            .await;
    assert_eq!((status, told["state"].as_str()), (200, Some("noticed")), "{told}");
    let decision = json!({"validFrom": day(0), "validTo": day(300), "repairFrom": day(0), "published": true});
    let list = |version: u32| json!({"action": "list", "version": version, "note": "决定列入", "body": decision.clone()});
    let (status, told) = act(&zone, OFFICER, &path, list(1)).await;
    let faults: Vec<&str> =
        told["faults"].as_array().unwrap().iter().filter_map(|one| one["path"].as_str()).collect();
    assert_eq!((status, faults), (422, vec!["action", "hearUntil"]), "{told}");
    let statement = json!({"action": "state", "version": 1, "body": {"text": "样例：单证系第三方提供"}});
    assert_eq!(act(&zone, &seller, &path, statement).await.0, 200);
    // Until the decision nothing is otherwise.
    assert_eq!(lane(&zone, &first).await, "release");
    let (status, told) = act(&zone, SECOND, &path, list(2)).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("listed")), "{told}");
    assert_eq!(lane(&zone, &of(&zone, &seller, 50)).await, "inspection", "from the next declaration on");
    // As of a day before it there is none, nor what follows from it.
    let credit = format!("/v1/credit/{seller}");
    let (_, today) = zone.get(&seller, &credit).await;
    let (_, before) = zone.get(&seller, &format!("{credit}?day={}", day(-1))).await;
    assert_eq!((&today["list"]["list"], &before["list"]), (&json!("black"), &Value::Null), "{before}");
    let of_list = |credit: &Value| {
        credit["measures"].as_array().unwrap().iter().filter(|one| one["standing"] == "black").count()
    };
    assert!(of_list(&today) > 0 && of_list(&before) == 0, "{before}");
    let (_, shown) = zone.request("GET", "/v1/credit", None, Vec::new()).await;
    assert_eq!(
        (shown["listed"][0]["party"].as_str(), shown["listed"][0]["list"].as_str()),
        (Some(seller.as_str()), Some("black"))
    );
    // Repaired: as before, with the next declaration.
    let ask = json!({"action": "ask-repair", "version": 3, "body": {"text": "样例：已整改"}});
    let (status, told) = act(&zone, &seller, &path, ask).await;
    assert_eq!(status, 200, "{told}");
    let repair = |version: u32| json!({"action": "repair", "version": version, "note": "整改属实"});
    let (status, told) = act(&zone, SECOND, &path, repair(4)).await;
    assert_eq!(
        (status, told["faults"][0]["path"].as_str()),
        (422, Some("action")),
        "who decided does not: {told}"
    );
    assert_eq!(act(&zone, OFFICER, &path, repair(4)).await.0, 200);
    assert_eq!(lane(&zone, &of(&zone, &seller, 90)).await, "release");
    assert_eq!(zone.request("GET", "/v1/credit", None, Vec::new()).await.1["listed"], json!([]));
    // All of it is made again from what is on record.
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!(derived.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn guarantee_and_permission_follow_the_list_within_one_commit_and_say_their_row() {
    let (mut zone, first, seller) = zone().await;
    let guarantee = |shown: &Value| -> (f64, f64) {
        let amount = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
        let attempt = &shown["attempt"];
        (amount(&attempt["guarantee"]["amount"]), amount(&attempt["assessment"]["total"]))
    };
    zone.trade(&first).await;
    let before = zone.shown(OFFICER, &first).await;
    let (held, total) = guarantee(&before);
    assert_eq!((held, before["attempt"]["measures"].clone()), (total, json!([])), "{before}");
    on_the_black_list(&mut zone, &seller).await;
    // The next declaration is guaranteed twice over; the seller and offices are told by which row of whose standing.
    let next = of(&zone, &seller, 50);
    zone.trade(&next).await;
    let shown = zone.shown(OFFICER, &next).await;
    let (held, total) = guarantee(&shown);
    assert_eq!(held, total * 2.0, "{shown}");
    let rows = |shown: &Value| {
        let rows = shown["attempt"]["measures"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["measure"] == "guarantee_factor").unwrap()
    };
    let row = rows(&shown);
    assert_eq!(
        (row["table"].as_str(), row["standing"].as_str(), row["value"].as_i64(), row["party"].as_str()),
        (Some("credit_measures.csv"), Some("black"), Some(200), Some(seller.as_str()))
    );
    assert_eq!(rows(&zone.shown(&seller, &next).await), row);
    let agent = next.declaration.head.agent_code.to_string();
    // Another has the amount, and no row: each names its standing.
    assert_ne!(agent, seller);
    let of_another = zone.shown(&agent, &next).await;
    assert_eq!((guarantee(&of_another).0, &of_another["attempt"]["measures"]), (held, &json!([])));
    // What was declared before stays as it was.
    assert_eq!(guarantee(&zone.shown(OFFICER, &first).await).0, guarantee(&before).0);
    // Nothing new is filed meanwhile.
    let goods = format!("goods/{seller}:NEW-1");
    let (status, told) = act(&zone, &seller, &goods, json!({"action": "apply", "body": {}})).await;
    let faults = told["faults"].as_array().unwrap().iter();
    let said: Vec<&str> = faults.filter_map(|fault| fault["code"].as_str()).collect();
    assert!(status == 422 && said.contains(&"credit-bars-filing"), "{told}");
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!(derived.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_window_counts_itself_is_an_observation_as_of_any_day_and_says_what_it_counts() {
    let (zone, first, seller) = zone().await;
    zone.trade(&first).await;
    let mut wrong = of(&zone, &seller, 50);
    wrong.waybill.consignee = "样例他人".into();
    zone.trade(&wrong).await;
    assert_eq!(zone.shown(OFFICER, &wrong).await["attempt"]["stateWord"], "rejected");
    // Until all is counted nobody is assessed, and whoever asks is told.
    let path = format!("/v1/credit/{seller}");
    assert!(!server::credit::ready(&zone.window));
    assert_eq!(zone.get(&seller, &path).await.1["complete"], false);
    server::statistics::follow(&zone.window).await.unwrap();
    assert!(server::credit::ready(&zone.window));
    let (_, credit) = zone.get(&seller, &path).await;
    assert_eq!(credit["complete"], true, "{credit}");
    let matched = reading(&credit, "documents_matched");
    let month = NOW.day().number() / 100;
    assert_eq!(matched["window"], json!([{"month": month.to_string(), "part": 1, "whole": 2}]), "{matched}");
    assert_eq!(matched["observations"], json!([format!("window:documents_matched:{month}")]));
    assert_eq!((matched["told"].as_str(), matched["sample"].as_u64()), (Some("too-few"), Some(2)));
    assert!(matched["counts"]["en"].as_str().unwrap().starts_with("lists whose documents agreed"));
    let rejected = reading(&credit, "declarations_rejected");
    assert_eq!(rejected["window"][0]["part"], 1, "{rejected}");
    // Nothing of it was known before.
    let (_, earlier) = zone.get(&seller, &format!("{path}?day=20260101")).await;
    assert_eq!(reading(&earlier, "documents_matched")["window"], json!([]));
    // What an office observes too counts as it gave it, not twice.
    let failed = with(observed(&seller, "inspections_failed"), json!({"part": 1, "whole": 20}));
    let id = format!("credit-observations/{OFFICER}:7");
    let (status, told) = act(&zone, OFFICER, &id, json!({"action": "record", "body": failed})).await;
    assert_eq!(status, 200, "{told}");
    let (_, credit) = zone.get(&seller, &path).await;
    let inspections = reading(&credit, "inspections_failed");
    assert_eq!((inspections["sample"].as_u64(), &inspections["window"]), (Some(20), &json!([])));
    // Counted from the first row it is the same.
    let counted = zone.window.statistics.standing().figures.conduct.clone();
    let mut again = ::statistics::Figures::default();
    let mut visit = |_, row: store::Row| {
        if let store::Row::Event(row) = row
            && let Some(told) = row.outcome.as_ref().and_then(|one| ::statistics::told(&row.event, one))
        {
            again.add(&told);
        }
        true
    };
    store::Read::scan(&zone.window.read, &store::Cursor::default(), &mut visit).await.unwrap();
    assert_eq!(again.conduct, counted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_bill_is_of_the_agent_who_owes_the_tax_and_not_of_the_seller_who_sent_the_list() {
    let (zone, trade, seller) = zone().await;
    let agent = trade.declaration.head.agent_code.clone();
    assert_ne!(agent, seller);
    for (sender, document) in trade.documents() {
        let of_list = matches!(document, Document::Declaration(_));
        zone.send(if of_list { &seller } else { &sender }, document).await;
    }
    let arrival = Trade::arrival(1, &[&trade], NOW).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::Arrival(arrival)).await;
    until(&zone, &path(&trade), 800).await;
    // The bill is summarised by itself, and not paid.
    for days in [45, 70] {
        zone.clock.set(Time(NOW.0 + days * 86_400_000));
        fire(&zone).await;
    }
    assert_eq!(zone.shown(OFFICER, &trade).await["attempt"]["bill"]["overdue"], true);
    server::statistics::follow(&zone.window).await.unwrap();
    {
        let standing = zone.window.statistics.standing();
        let late = |party: &Text| {
            let codes = [party.clone()];
            let conduct = standing.figures.conduct.of(&codes, (0, 99_991_231));
            conduct.filter(|(_, what, _)| *what == BILL_OVERDUE).map(|(.., count)| count).sum::<u64>()
        };
        assert_eq!((late(&agent), late(&Text::from(seller.as_str()))), (1, 0));
        assert!(standing.figures.owed.is_empty(), "what was late is no longer waited for");
    }
    // An office observes it on a later day: from then on its own counts, and as of the days before the window's.
    let on = |days: i64| Time(NOW.0 + days * 86_400_000).day().number().to_string();
    zone.clock.set(Time(NOW.0 + 80 * 86_400_000));
    let body = with(observed(&agent, "bills_overdue"), json!({"part": 2, "day": on(80)}));
    let id = format!("credit-observations/{OFFICER}:9");
    let (status, told) = act(&zone, OFFICER, &id, json!({"action": "record", "body": body})).await;
    assert_eq!(status, 200, "{told}");
    for (day, by_window) in [(75, true), (80, false)] {
        let (_, credit) = zone.get(OFFICER, &format!("/v1/credit/{agent}?day={}", on(day))).await;
        let bills = reading(&credit, "bills_overdue");
        let observations: Vec<_> = bills["observations"].as_array().unwrap().iter().collect();
        assert_eq!(observations.len(), 1, "{bills}");
        assert_eq!(observations[0].as_str().unwrap().starts_with("window:"), by_window, "{bills}");
        assert_eq!(bills["window"].as_array().unwrap().is_empty(), !by_window, "{bills}");
    }
}

/// Penalties, and a fact that rules a good grade out.
pub(crate) async fn observe(zone: &Zone, seller: &str) {
    let observations = [("penalties", json!({"part": 1})), ("identity_theft", json!({}))];
    for (number, (indicator, more)) in observations.into_iter().enumerate() {
        let id = format!("credit-observations/{OFFICER}:{}", number + 1);
        let body = with(observed(seller, indicator), more);
        let (status, told) = act(zone, OFFICER, &id, json!({"action": "record", "body": body})).await;
        assert_eq!(status, 200, "{told}");
    }
}

/// A seller on the published black list: one officer gives notice, another decides.
pub(crate) async fn on_the_black_list(zone: &mut Zone, seller: &str) {
    let token = zone.window.control.issue(OFFICER, Role::Officer, "乙", &[], NOW, None).await.unwrap();
    zone.tokens.insert(SECOND.to_owned(), token);
    let path = format!("credit-lists/{seller}");
    let day = |days: i64| Time(NOW.0 + days * 86_400_000).day().number().to_string();
    let notice = json!({"list": "black", "facts": "样例：伪造单证", "legalBasis": "样例办法第十条", "hearUntil": day(6)});
    let notice = json!({"action": "notice", "note": "拟列入", "body": notice});
    let statement = json!({"action": "state", "version": 1, "body": {"text": "样例：单证系第三方提供"}});
    let decision =
        json!({"validFrom": day(0), "validTo": day(300), "repairFrom": day(90), "published": true});
    let list = json!({"action": "list", "version": 2, "note": "决定列入", "body": decision});
    for (who, said) in [(OFFICER, notice), (seller, statement), (SECOND, list)] {
        let (status, told) = act(zone, who, &path, said).await;
        assert_eq!(status, 200, "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_given_to_agencies_as_it_is_decided_and_as_it_ends() {
    let mut zone = crate::shares::zone().await;
    let trade = plain(&zone, 1);
    let seller = trade.declaration.head.ebc_code.to_string();
    let names: Vec<String> =
        exchange::Dataset::CreditLists.fields().into_iter().map(|field| field.name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rule = |filter: Value| crate::shares::rule("credit-lists", &names, filter);
    let (tax, exchange) = (crate::shares::TAX, crate::shares::EXCHANGE);
    let all = crate::shares::share(&zone, tax, "lists", rule(json!({}))).await;
    let public = crate::shares::share(&zone, exchange, "lists", rule(json!({"published": ["true"]}))).await;
    on_the_black_list(&mut zone, &seller).await;
    let revoke = json!({"action": "revoke", "version": 3, "note": "样例：处罚决定被撤销"});
    let (status, told) = act(&zone, OFFICER, &format!("credit-lists/{seller}"), revoke).await;
    assert_eq!(status, 200, "{told}");
    for (receiver, id) in [(tax, &all), (exchange, &public)] {
        // Nothing of the notice, which may be dropped.
        let (events, _) = crate::shares::all(&zone, receiver, id, 50).await;
        let states: Vec<(&str, bool)> = events
            .iter()
            .map(|event| (event["data"]["state"].as_str().unwrap(), event["data"]["inForce"] == true))
            .collect();
        assert_eq!(states, [("listed", true), ("revoked", false)], "{receiver}: {events:?}");
        assert_eq!(
            (&events[0]["data"]["list"], &events[0]["data"]["party"]),
            (&json!("black"), &json!(seller))
        );
        let (_, schema) = zone.get(tax, "/v1/datasets/credit-lists").await;
        crate::shares::fits(&events[0]["data"], &schema, "credit-lists");
    }
}

/// A trade of a seller that the draw leaves alone.
fn of(zone: &Zone, seller: &str, from: u64) -> Trade {
    let mut from = from;
    loop {
        let trade = plain(zone, from);
        if trade.declaration.head.ebc_code.as_str() == seller {
            return trade;
        }
        from += 1;
    }
}

/// The lane of a trade.
async fn lane(zone: &Zone, trade: &Trade) -> String {
    zone.trade(trade).await;
    let shown = zone.shown(OFFICER, trade).await;
    shown["attempt"]["lane"].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_reaches_the_other_enterprises_of_the_persons_who_are_responsible() {
    let (zone, _, listed) = zone().await;
    let other = (0..).map(|from| plain(&zone, from).declaration.head.ebc_code).find(|code| *code != listed);
    let other = other.unwrap().to_string();
    let person = clearance::sample::Person::new(7);
    let number = person.identity.as_str();
    let persons = |number: &str| {
        json!({"action": "record", "note": "样例：登记机关提供", "body": {"persons": [
            {"name": "样例甲", "number": number, "capacity": "legal-representative", "validFrom": "20200101",
                "telephone": crate::consumer::OWN},
        ]}})
    };
    // A number that no check digit fits, or that was masked, is nobody's.
    let record = |party: &str| format!("responsible-persons/{party}");
    for wrong in ["990000199001010000", "9*****************"] {
        let (status, told) = act(&zone, OFFICER, &record(&other), persons(wrong)).await;
        assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("persons[0].number")), "{told}");
    }
    for party in [&listed, &other] {
        let (status, told) = act(&zone, OFFICER, &record(party), persons(number)).await;
        assert_eq!((status, told["body"]["persons"][0]["name"].as_str()), (200, Some("样例甲")), "{told}");
        assert!(!told.to_string().contains(number) && told["body"]["keys"][0].is_string(), "{told}");
    }
    // The enterprise sees who answers for it, no key by which trades could be linked, and not by which telephone he is heard.
    let (_, own) = zone.get(&other, &format!("/v1/registers/responsible-persons/{other}")).await;
    assert_eq!((own["body"]["persons"].as_array().unwrap().len(), &own["body"]["keys"]), (1, &Value::Null));
    assert!(!own.to_string().contains("telephone") && own.to_string().contains("样例甲"), "{own}");

    let day = |days: i64| Time(NOW.0 + days * 86_400_000).day().number().to_string();
    let notice = |names: Value| {
        let body = json!({"list": "black", "facts": "样例：伪造单证", "legalBasis": "样例办法第十条", "hearUntil": day(6), "responsible": names});
        json!({"action": "notice", "note": "拟列入", "body": body})
    };
    let path = format!("credit-lists/{listed}");
    let (status, told) = act(&zone, OFFICER, &path, notice(json!(["样例乙"]))).await;
    assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some("responsible[0]")), "{told}");
    let statement = json!({"action": "state", "version": 1, "body": {"text": "样例：单证系第三方提供"}});
    let decision = json!({"validFrom": day(0), "validTo": day(300), "repairFrom": day(90)});
    let list = json!({"action": "list", "version": 3, "note": "决定列入", "body": decision});
    let measures = async |from: u64| {
        let trade = of(&zone, &other, from);
        zone.trade(&trade).await;
        let rows = zone.shown(OFFICER, &trade).await["attempt"]["measures"].clone();
        let rows = rows.as_array().unwrap().clone().into_iter();
        rows.filter(|row| row["measure"] == "guarantee_factor")
            .map(|row| (row["standing"].as_str().unwrap().to_owned(), row["value"].as_i64().unwrap()))
            .collect::<Vec<_>>()
    };
    for (who, said) in [(OFFICER, notice(json!(["样例甲"]))), (listed.as_str(), statement)] {
        let (status, told) = act(&zone, who, &path, said).await;
        assert_eq!(status, 200, "{told}");
    }
    let session = crate::credit_hearings::came_in(&zone, &person).await;
    let spoken = json!({"party": listed, "text": "样例：本人已离任"});
    let (status, told) = crate::consumer::post(&zone, Some(&session), "/v1/consumer/hearings", spoken).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(measures(0).await, [], "until the decision nothing is otherwise");
    let (status, told) = act(&zone, SECOND, &path, list).await;
    assert_eq!(status, 200, "{told}");
    // The next declaration of the other obeys it, by a row of its own; it is told why, and offices whose list it is.
    assert_eq!(measures(400).await, [("black-person".to_owned(), 150)]);
    let credit = format!("/v1/credit/{other}");
    let (_, shown) = zone.get(OFFICER, &credit).await;
    assert_eq!(
        (shown["reached"][0]["party"].as_str(), shown["reached"][0]["list"].as_str()),
        (Some(listed.as_str()), Some("black"))
    );
    let (_, shown) = zone.get(&other, &credit).await;
    assert_eq!(
        (shown["reached"][0]["list"].as_str(), &shown["reached"][0]["party"]),
        (Some("black"), &Value::Null)
    );
    let apply = json!({"action": "apply", "body": {}});
    let (_, told) = act(&zone, &other, &format!("goods/{other}:NEW-2"), apply).await;
    assert!(told.to_string().contains("credit-bars-filing"), "{told}");
    // Revoked, it reaches nobody any more.
    let revoke = json!({"action": "revoke", "version": 4, "note": "样例：处罚决定被撤销"});
    let (status, told) = act(&zone, OFFICER, &path, revoke).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(measures(800).await, []);
    assert_eq!(zone.get(OFFICER, &credit).await.1["reached"], json!([]));
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!(derived.faults, []);
}
