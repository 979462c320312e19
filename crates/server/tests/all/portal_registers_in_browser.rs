//! Registers, people and shares in a real browser, as `portal_in_browser` looks at the other pages.

use crate::portal_in_browser::{Served, browser, sign_in, take_over, visit};
use crate::support::NOW;
use clearance::party::Role;
use clearance::sample;
use serde_json::{Value, json};

const OFFICE: &str = "8620000001";
const TAX: &str = "5301000901";

async fn act(served: &Served, token: &str, path: &str, body: Value) {
    let path = format!("/v1/registers/{path}/actions");
    let (status, told) = served.zone.request("POST", &path, Some(token), body.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{path}: {told}");
}

fn application(address: &str) -> Value {
    json!({
        "name": "样例代理报关有限公司", "roles": ["agent"], "validFrom": "20260101", "address": address,
        "contact": {"name": "样一", "telephone": "10000000000"}, "modes": ["9610", "1210"],
        "licences": [{"kind": "business-licence", "number": "样例1", "issuer": "样例市场监管局", "validFrom": "20200101"}],
    })
}

/// A filing with a change that waits, a webhook, a request that waits for its answer, a rule of sharing.
async fn filled(served: &Served) -> String {
    let zone = &served.zone;
    let agent = served.waiting.declaration.head.agent_code.to_string();
    let (own, office) = (zone.tokens[&agent].clone(), zone.tokens[OFFICE].clone());
    let filing = format!("filings/{agent}");
    act(served, &own, &filing, json!({"action": "apply", "body": application("样例路1号")})).await;
    act(served, &office, &filing, json!({"action": "approve", "version": 1})).await;
    act(
        served,
        &own,
        &filing,
        json!({"action": "change", "version": 2, "body": application("样例大道200号3单元"), "note": "搬迁"}),
    )
    .await;
    let hook = json!({"url": "http://127.0.0.1:9/hook", "source": "receipts"});
    act(served, &own, &format!("webhooks/{agent}:main"), json!({"action": "register", "body": hook})).await;
    zone.window.file_all(sample::agencies(), "test").await;
    let tax = zone.window.control.issue(TAX, Role::Agency, "machine", &[], NOW, None).await.unwrap();
    let asked = json!({"to": OFFICE, "kind": "assistance", "subject": "核对一票贸易的完税价格", "about": agent, "text": "请核对。\n附：样例。",
        "purpose": "稽查", "legalBasis": "样例办法第一条", "due": "20301231"});
    act(served, &tax, &format!("requests/{TAX}:1"), json!({"action": "ask", "body": asked})).await;
    let rule = json!({"giver": OFFICE, "dataset": "orders", "schema": 1, "fields": ["orderNo", "acturalPaid", "ebpCode"], "purpose": "征税核对",
        "legalBasis": "样例办法第一条", "validFrom": "20261101"});
    act(served, &tax, &format!("shares/{TAX}:orders"), json!({"action": "propose", "body": rule})).await;
    act(served, &office, &format!("shares/{TAX}:orders"), json!({"action": "agree", "version": 1})).await;
    zone.until_listed().await;
    agent
}

#[tokio::test(flavor = "multi_thread")]
async fn registers_and_people_are_fit_for_everybody() {
    let Some(mut browser) = browser() else { return };
    let served = Served::new().await;
    let agent = filled(&served).await;
    let tax = {
        let duties = [store::Duty::Operator];
        let (_, one_time) =
            crate::support::people::add(&served.zone, "shui.wu", TAX, Role::Agency, &duties).await;
        crate::support::people::settle(&served.zone, "shui.wu", &one_time, false).await
    };
    let operator = {
        let duties = [store::Duty::Operator, store::Duty::Auditor];
        let (_, one_time) =
            crate::support::people::add(&served.zone, "yun.xing", OFFICE, Role::ZoneOperator, &duties).await;
        crate::support::people::settle(&served.zone, "yun.xing", &one_time, true).await
    };
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        let page = |name: &'static str, path: &str| (name, path.to_owned());
        visit(&mut browser, &served, "public", &[page("register", "/register")], &mut faults);
        sign_in(&mut browser, &served);
        let filing = format!("/desk/registers/filings/{agent}");
        let pages = [
            page("registers", "/desk/registers"),
            page("filings", "/desk/registers/filings"),
            page("filing", &filing),
            page("apply", "/desk/registers/filings/new?action=apply"),
            page("goods-new", "/desk/registers/goods/new?action=apply"),
            page("webhook", &format!("/desk/registers/webhooks/{agent}%3Amain")),
            page("none", "/desk/registers/requests"),
            page("people", "/desk/people"),
            page("person", "/desk/people/2"),
            page("tokens", "/desk/tokens"),
        ];
        visit(&mut browser, &served, "agent", &pages, &mut faults);
        take_over(&mut browser, &served.address, &served.officer);
        let pages = [
            page("registers", "/desk/registers"),
            page("reviews", "/desk/reviews"),
            page("filing", &filing),
            page("request", &format!("/desk/registers/requests/{TAX}%3A1")),
            page("requests", "/desk/registers/requests?waiting=true"),
        ];
        visit(&mut browser, &served, "officer", &pages, &mut faults);
        take_over(&mut browser, &served.address, &operator);
        let pages = [
            page("operation", "/desk/operation"),
            page("rulebooks", "/desk/rulebooks?from=1&to=2"),
            page("evidence", "/desk/evidence?position=1"),
        ];
        visit(&mut browser, &served, "operator", &pages, &mut faults);
        take_over(&mut browser, &served.address, &tax);
        let pages = [
            page("shares", "/desk/shares"),
            page("share", &format!("/desk/registers/shares/{TAX}%3Aorders")),
            page("shared", &format!("/desk/shares/{TAX}%3Aorders/records")),
            page("ask", "/desk/registers/requests/new?action=ask"),
        ];
        visit(&mut browser, &served, "agency", &pages, &mut faults);
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
