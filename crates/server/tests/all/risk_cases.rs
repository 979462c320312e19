//! Joint cases through the interface and its pages: agencies judge a trade together, each sees its part, what was learnt
//! comes back to whoever writes rules.

use crate::shares::{CUSTOMS, TAX, zone};
use crate::support::people::signed_in;
use crate::support::{Zone, plain};
use clearance::party::Role;
use serde_json::{Value, json};
use store::Duty;

const CASE: &str = "risk-cases/8620000001:2026-7";

async fn act(zone: &Zone, party: &str, action: &str, version: u64, body: Value) -> (u16, Value) {
    act_on(zone, CASE, party, (action, version, body)).await
}

async fn act_on(
    zone: &Zone,
    case: &str,
    party: &str,
    (action, version, body): (&str, u64, Value),
) -> (u16, Value) {
    let said = json!({"action": action, "version": version, "note": "因为", "body": body});
    let path = format!("/v1/registers/{case}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), said.to_string().into_bytes()).await
}

async fn waiting(zone: &Zone, party: &str) -> u64 {
    let (_, all) = zone.get(party, "/v1/registers?with=waiting").await;
    let one =
        all["registers"].as_array().unwrap().iter().find(|one| one["register"] == "risk-cases").unwrap();
    one["waiting"]["count"].as_u64().unwrap()
}

fn opened(about: &str) -> Value {
    json!({
        "subject": "疑似低报", "dimension": "taxation", "about": [about], "grounds": "样例线索",
        "invited": [{"agency": TAX, "purpose": "样例目的", "legalBasis": "样例依据", "due": "20301231"}],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn agencies_judge_a_trade_together_and_rules_learn_of_it() {
    let zone = zone().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let about = format!("{}/{}", trade.order.head.ebp_code, trade.order.head.order_no);
    let (status, made) = act(&zone, CUSTOMS, "open", 0, opened(&about)).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("open")), "{made}");
    assert_eq!((waiting(&zone, TAX).await, waiting(&zone, CUSTOMS).await), (1, 0));
    // The enterprises of the trade learn nothing of it, nor does an agency that was not invited.
    let enterprise = trade.order.head.ebp_code.to_string();
    for party in [enterprise.as_str(), "5301000902"] {
        let (status, told) = zone.get(party, &format!("/v1/registers/{CASE}")).await;
        let (_, absent) = zone.get(party, "/v1/registers/risk-cases/8620000001:none").await;
        assert_eq!((status, &told), (404, &absent));
        let (_, list) = zone.get(party, "/v1/registers/risk-cases").await;
        assert_eq!(list["records"], json!([]));
    }
    // The window itself puts in what the fields say: these, and no other.
    let fields = ["currency", "lines.gcode"];
    let evidence = json!({"text": "申报内容", "consignment": about, "fields": fields});
    let (status, made) = act(&zone, CUSTOMS, "add-evidence", 1, evidence.clone()).await;
    assert_eq!(status, 200, "{made}");
    let shown = &made["body"]["evidence"][0]["shown"];
    let code = trade.declaration.lines[0].gcode.as_str();
    assert_eq!(shown["currency"], trade.declaration.head.currency.as_str());
    assert_eq!(shown["lines"][0], json!({"gcode": code}));
    assert!(!made.to_string().contains(trade.declaration.head.buyer_name.as_str()), "{made}");
    // Nobody writes it himself; an agency has no trades to show; a trade that is none is told as such.
    let mut forged = evidence.clone();
    forged["shown"] = json!({"currency": "502"});
    for (party, version, body, path) in [
        (CUSTOMS, 2, forged, "shown"),
        (TAX, 2, evidence.clone(), "consignment"),
        (
            CUSTOMS,
            2,
            json!({"text": "样例", "consignment": "5301960101/none", "fields": ["currency"]}),
            "consignment",
        ),
    ] {
        let (status, refused) = act(&zone, party, "add-evidence", version, body).await;
        assert_eq!((status, refused["faults"][0]["path"].as_str()), (422, Some(path)), "{refused}");
    }
    let opinion = json!({"risk": "high", "measures": ["audit"], "text": "样例理由"});
    let (status, made) = act(&zone, TAX, "give-opinion", 2, opinion.clone()).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!((waiting(&zone, TAX).await, waiting(&zone, CUSTOMS).await), (0, 1));
    let (status, made) = act(&zone, CUSTOMS, "decide", 3, opinion).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("decided")), "{made}");
    let task = json!({"to": TAX, "text": "查账", "due": "20301231"});
    assert_eq!(act(&zone, CUSTOMS, "set-task", 4, task).await.0, 200);
    assert_eq!(act(&zone, TAX, "report", 5, json!({"task": 1, "text": "属实"})).await.0, 200);
    let closing = json!({"result": "confirmed", "text": "低报", "rules": [
        {"rule": "just-below-limit", "verdict": "right"}, {"rule": "address-burst", "verdict": "wrong"},
    ]});
    let (status, made) = act(&zone, CUSTOMS, "close", 6, closing).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("closed")), "{made}");
    // What was learnt, for whoever writes rules; enterprises and agencies have none of it.
    let (status, told) = zone.get(CUSTOMS, "/v1/risk/feedback").await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["cases"], 1);
    let right = json!({"rule": "just-below-limit", "right": 1, "wrong": 0});
    assert!(told["rules"].as_array().unwrap().contains(&right), "{told}");
    assert_eq!(told["labels"][0]["consignment"], about.as_str());
    assert_eq!(told["labels"][0]["result"], "confirmed");
    for party in [enterprise.as_str(), TAX] {
        assert_eq!(zone.get(party, "/v1/risk/feedback").await.0, 403);
    }
    let mut rulemaker = signed_in(&zone, "gui.ze", CUSTOMS, Role::Officer, &[Duty::Rulemaker]).await;
    let page = rulemaker.get("/desk/rulebooks/drafts").await;
    assert!(page.words().contains("just-below-limit"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_opened_and_answered_on_pages() {
    let zone = zone().await;
    let mut customs = signed_in(&zone, "guan.yi", CUSTOMS, Role::Officer, &[Duty::Operator]).await;
    let page = customs.get("/desk/registers/risk-cases/new?action=open").await;
    assert_eq!(page.status, 200, "{}", page.words());
    // From a trade, the case is about it already; what the way says is text, whatever it is.
    let there = "/desk/registers/risk-cases/new?action=open&body.about=5301960101%2FA%3Cb%3E";
    let page = customs.get(there).await;
    assert!(page.text.contains("5301960101/A&lt;b&gt;"), "{}", page.text);
    let (status, made) = act(&zone, CUSTOMS, "open", 0, opened("5301960101")).await;
    assert_eq!(status, 200, "{made}");
    let page = customs.get("/desk/registers/risk-cases/8620000001%3A2026-7").await;
    assert!(page.words().contains("疑似低报") && page.words().contains("邀请其他机构"), "{}", page.words());
    let mut tax = signed_in(&zone, "shui.yi", TAX, Role::Agency, &[Duty::Operator]).await;
    let list = tax.get("/desk/registers/risk-cases?waiting=true").await;
    assert!(list.words().contains("疑似低报"), "{}", list.words());
    let page = tax.get("/desk/registers/risk-cases/8620000001%3A2026-7").await;
    assert!(page.words().contains("发表意见") && !page.words().contains("布置任务"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_what_cases_of_others_came_to_is_found_by_their_agencies() {
    const MARKET: &str = "5301000902";
    let zone = zone().await;
    let case = format!("risk-cases/{TAX}:2026-1");
    let mut about = opened("5301960101");
    about["invited"][0]["agency"] = MARKET.into();
    let opinion = json!({"risk": "high", "measures": ["audit"], "text": "样例理由"});
    let closing = json!({"result": "confirmed", "text": "低报", "rules": [{"rule": "just-below-limit", "verdict": "right"}]});
    for (version, (party, action, body)) in [
        (TAX, "open", about),
        (MARKET, "give-opinion", opinion.clone()),
        (TAX, "decide", opinion),
        (TAX, "close", closing),
    ]
    .into_iter()
    .enumerate()
    {
        let (status, made) = act_on(&zone, &case, party, (action, version as u64, body)).await;
        assert_eq!(status, 200, "{action}: {made}");
    }
    zone.until_listed().await;
    let (status, told) = zone.get(CUSTOMS, "/v1/risk/feedback").await;
    assert_eq!((status, &told["cases"]), (200, &json!(1)), "{told}");
    zone.until_listed().await;
    for party in [TAX, MARKET] {
        let (_, listed) = zone.get(party, "/v1/registers/accesses").await;
        let read = &listed["records"][0]["summary"];
        assert_eq!((&read["kind"], &read["count"]), (&json!("risk-feedback"), &json!(1)), "{listed}");
        assert_eq!(read["ground"], "supervising-trade", "{read}");
    }
}
