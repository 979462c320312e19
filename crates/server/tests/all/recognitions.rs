//! What one agency inspected, another recognises: a trade that is to be looked at is decided on a laboratory's result, by an officer
//! whose office recognises it and by nobody else; what he rested on stays known.

use crate::inspections::{inspect, looked_at};
use crate::shares::{CUSTOMS, TAX, zone};
use crate::support::browser::{Browser, Shown};
use crate::support::people::ask;
use crate::support::{NOW, Zone, path};
use clearance::party::Role;
use clearance::sample::Trade;
use serde_json::{Value, json};

const MARKET: &str = "5301000904";
const REPORT: &str = "5301000904:2026-1";

async fn act(zone: &Zone, party: &str, action: &str, version: u64, body: Value) -> (u16, Value) {
    let said = json!({"action": action, "version": version, "note": "因为", "body": body});
    let path = format!("/v1/registers/inspection-reports/{REPORT}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), said.to_string().into_bytes()).await
}

fn reported(trade: &Trade, found: Value) -> Value {
    let head = &trade.declaration.head;
    json!({
        "to": CUSTOMS, "subject": head.ebc_code.as_str(), "order": format!("{}/{}", head.ebp_code, head.order_no),
        "method": "laboratory", "day": "20261120", "validTo": "20301231", "number": "样检2026-1", "legalBasis": "样例互认协议",
        "found": found,
    })
}

/// A zone with a market supervision that has a token, trades to be looked at, and an inspector's session.
async fn begun(count: u64) -> (Zone, Vec<Trade>, String) {
    let mut zone = zone().await;
    let token = zone.window.control.issue(MARKET, Role::Agency, "machine", &[], NOW, None).await.unwrap();
    zone.tokens.insert(MARKET.to_owned(), token);
    let (trades, [session, _]) = looked_at(&zone, count).await;
    (zone, trades, session)
}

fn rests(version: u64, measure: &str) -> Value {
    json!({"report": REPORT, "reportVersion": version, "measure": measure, "text": ""})
}

/// Paths and expectations of what was refused, by the judgement or before it.
fn refused(answer: &Value) -> Vec<String> {
    let of = |one: &Value| {
        let fields = one["fields"].as_array().into_iter().flatten();
        let named: Vec<String> = fields
            .filter_map(|field| Some(field["field"].as_str().or(field["name"].as_str())?.to_owned()))
            .collect();
        one["path"].as_str().map(str::to_owned).or(named.into_iter().next()).unwrap_or_default()
    };
    let both = [&answer["faults"], &answer["findings"]];
    both.into_iter().filter_map(Value::as_array).flatten().map(of).collect()
}

/// Every decision is made again, and is the same.
async fn decided_again(zone: &Zone) {
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, &derived.faults), (0, &Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trade_is_decided_on_what_another_agency_found() {
    let (zone, trades, session) = begun(2).await;
    let (trade, other) = (&trades[0], &trades[1]);
    let there = format!("{}/inspections", path(trade));
    let (status, made) =
        act(&zone, MARKET, "report-result", 0, reported(trade, json!([{"result": "conforming"}]))).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("reported")), "{made}");
    // It is between the two: neither the enterprises of the trade nor another agency find it.
    let enterprise = trade.order.head.ebp_code.to_string();
    for party in [enterprise.as_str(), TAX] {
        let (status, told) = zone.get(party, &format!("/v1/registers/inspection-reports/{REPORT}")).await;
        let (_, absent) = zone.get(party, "/v1/registers/inspection-reports/5301000904:none").await;
        assert_eq!((status, &told), (404, &absent));
    }
    // Nothing rests on what nobody recognised.
    let (_, form) = ask(&zone, "GET", &there, &session, &Value::Null).await;
    assert_eq!(form["form"]["reports"], json!([]), "{form}");
    let (status, told) = inspect(&zone, &session, trade, "r1", rests(1, "release")).await;
    assert_eq!((status, told["findings"][0]["rule"].as_str()), (422, Some("inspection-faulty")), "{told}");
    assert_eq!(refused(&told).len(), 1, "{told}");
    let (status, made) = act(&zone, CUSTOMS, "recognise", 1, json!({})).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("recognised")), "{made}");
    // It is offered at its trade with what may follow, and at no other.
    let (_, form) = ask(&zone, "GET", &there, &session, &Value::Null).await;
    let offered = &form["form"]["reports"][0];
    assert_eq!((offered["report"].as_str(), offered["version"].as_u64()), (Some(REPORT), Some(2)), "{form}");
    assert_eq!(offered["measures"], json!(["release"]), "{form}");
    let (_, form) = ask(&zone, "GET", &format!("{}/inspections", path(other)), &session, &Value::Null).await;
    assert_eq!(form["form"]["reports"], json!([]), "{form}");
    let (status, told) = inspect(&zone, &session, other, "r2", rests(2, "release")).await;
    assert_eq!(status, 422, "{told}");
    assert!(told.to_string().contains(&format!("a report on {}", other.order.head.order_no)), "{told}");
    // What is not in the report, a measure that its result does not allow, an older version: each is told.
    for (id, wrong) in [
        (
            "r3",
            json!({"report": REPORT, "reportVersion": 2, "measure": "release", "found": [{"result": "damaged"}]}),
        ),
        ("r4", rests(2, "detain-501")),
        ("r5", rests(1, "release")),
        ("r6", json!({"report": "5301000904:none", "reportVersion": 1, "measure": "release"})),
    ] {
        let (status, told) = inspect(&zone, &session, trade, id, wrong).await;
        assert_eq!(status, 422, "{id}: {told}");
    }
    let (status, done) = inspect(&zone, &session, trade, "r7", rests(2, "release")).await;
    assert_eq!(status, 200, "{done}");
    let (_, seen) = ask(&zone, "GET", &path(trade), &session, &Value::Null).await;
    assert_ne!(seen["attempt"]["state"], json!("inspection"), "nothing is opened twice: {seen}");
    let (_, list) = ask(&zone, "GET", &there, &session, &Value::Null).await;
    let inspection = &list["inspections"][0];
    assert_eq!(
        (inspection["report"].as_str(), inspection["found"][0]["result"].as_str()),
        (Some(REPORT), Some("conforming")),
        "{list}"
    );
    // The enterprise is told the result, and not whose record it rests on.
    let (_, list) = zone.get(&enterprise, &there).await;
    assert!(!list.to_string().contains(REPORT), "{list}");
    decided_again(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_on_goods_counts_for_each_trade_of_them_until_it_is_taken_back() {
    let (zone, trades, session) = begun(3).await;
    let head = &trades[0].declaration.head;
    let items: Vec<&str> =
        trades[0].declaration.lines.iter().filter_map(|line| line.item_no.as_deref()).collect();
    let mut body = reported(&trades[0], json!([{"result": "label-missing"}]));
    body["order"] = "".into();
    body["items"] = json!(items);
    act(&zone, MARKET, "report-result", 0, body).await;
    let (status, told) = act(&zone, CUSTOMS, "recognise", 1, json!({})).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = inspect(&zone, &session, &trades[0], "g1", rests(2, "review")).await;
    assert_eq!(status, 422, "something follows, so it is said why: {told}");
    let words = json!({"report": REPORT, "reportVersion": 2, "measure": "review", "text": "标签待核"});
    let (status, told) = inspect(&zone, &session, &trades[0], "g2", words.clone()).await;
    assert_eq!(status, 200, "{told}");
    let (_, receipts) = zone.get(head.agent_code.as_str(), "/v1/receipts").await;
    assert!(receipts.to_string().contains("采信样例昆明市场监督管理局的查验结果，标签待核"), "{receipts}");
    // Other goods, or another merchant: it is not about them.
    let same = |trade: &&Trade| {
        trade.declaration.head.ebc_code == head.ebc_code
            && trade
                .declaration
                .lines
                .iter()
                .all(|line| line.item_no.as_deref().is_some_and(|item| items.contains(&item)))
    };
    let other = trades[1..].iter().find(|trade| !same(trade)).expect("trades of different goods");
    let (status, told) = inspect(&zone, &session, other, "g3", words.clone()).await;
    assert_eq!(status, 422, "{told}");
    // Taken back, it counts no more; what was decided stays.
    let (status, _) = act(&zone, MARKET, "withdraw", 2, Value::Null).await;
    assert_eq!(status, 200);
    let (status, told) = inspect(&zone, &session, other, "g4", words).await;
    assert_eq!(status, 422, "{told}");
    decided_again(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_finds_it_on_the_page_of_the_trade() {
    let (zone, trades, session) = begun(1).await;
    let trade = &trades[0];
    act(&zone, MARKET, "report-result", 0, reported(trade, json!([{"result": "conforming"}]))).await;
    act(&zone, CUSTOMS, "recognise", 1, json!({})).await;
    let mut browser = Browser::with(&zone, &session);
    let there = path(trade).replacen("/v1", "/desk", 1);
    let page = browser.get(&there).await;
    assert!(page.words().contains("样例昆明市场监督管理局"), "{}", page.words());
    // Of the two forms that record an inspection, the first rests on the report.
    let first = page.text.split("</form>").find(|part| part.contains(REPORT)).unwrap();
    let form = Shown { status: 200, headers: page.headers.clone(), text: format!("{first}</form>") };
    let fields = Browser::fields_of(&form, &format!("{there}/inspections"));
    assert!(fields.iter().any(|(name, value)| name == "report" && value == REPORT), "{fields:?}");
    let mut sent: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    sent.retain(|(name, _)| *name != "measure");
    sent.push(("measure", "release"));
    let done = browser.post_files(&format!("{there}/inspections"), &sent, &[]).await;
    assert_eq!(done.status, 303, "{}", done.words());
    let page = browser.get(&there).await;
    assert!(page.words().contains(REPORT), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rests_on_a_report_needs_two_where_an_inspection_does_and_is_shared_as_none() {
    let mut zone = zone().await;
    let token = zone.window.control.issue(MARKET, Role::Agency, "machine", &[], NOW, None).await.unwrap();
    zone.tokens.insert(MARKET.to_owned(), token);
    let (trades, [first, second]) = looked_at(&zone, 1).await;
    let trade = &trades[0];
    let body = json!({
        "giver": CUSTOMS, "dataset": "inspections", "schema": 1, "fields": ["orderNo", "results"], "filter": {},
        "purpose": "样例", "legalBasis": "样例", "validFrom": "20261101",
    });
    let share = format!("/v1/registers/shares/{TAX}:inspections/actions");
    for (party, said) in [
        (TAX, json!({"action": "propose", "body": body})),
        (CUSTOMS, json!({"action": "agree", "version": 1})),
    ] {
        let (status, told) =
            zone.request("POST", &share, Some(&zone.tokens[party]), said.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{told}");
    }
    act(&zone, MARKET, "report-result", 0, reported(trade, json!([{"result": "infringing"}]))).await;
    act(&zone, CUSTOMS, "recognise", 1, json!({})).await;
    let words = json!({"report": REPORT, "reportVersion": 2, "measure": "detain-503", "text": "涉嫌侵权"});
    let (status, told) = inspect(&zone, &first, trade, "t1", words).await;
    assert_eq!((status, told["status"].as_i64()), (200, Some(500)), "one alone moves nothing: {told}");
    let (_, seen) = ask(&zone, "GET", &path(trade), &second, &Value::Null).await;
    let confirm = json!({"id": "t2", "version": seen["version"], "action": "confirm-inspection", "text": ""});
    let (status, told) = ask(&zone, "POST", &format!("{}/actions", path(trade)), &second, &confirm).await;
    assert_eq!((status, told["status"].as_i64()), (200, Some(503)), "{told}");
    assert!(told.to_string().contains("采信样例昆明市场监督管理局的查验结果"), "{told}");
    let (status, given) = zone.get(TAX, &format!("/v1/shares/{TAX}:inspections/records")).await;
    assert_eq!(status, 200, "{given}");
    assert!(!given.to_string().contains("infringing"), "{given}");
    decided_again(&zone).await;
}
