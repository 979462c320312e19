//! The open register of payment firms, banks, guarantors and carriers with what they may do; payments are judged by it.

use crate::goods_filing::parameter;
use crate::support::{NOW, Zone, plain};
use ceb::Document;
use clearance::party::Role;
use serde_json::{Value, json};

const NEW: &str = "5301960303";
const OFFICER: &str = "8620000001";

async fn act(zone: &Zone, party: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/filings/{NEW}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await
}

async fn listed(zone: &Zone, query: &str) -> Value {
    // Nobody needs a token.
    let (status, told) = zone.request("GET", &format!("/v1/institutions{query}"), None, Vec::new()).await;
    assert_eq!(status, 200, "{told}");
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_filed_shown_to_everybody_and_payments_rest_on_them() {
    let mut zone = Zone::new().await;
    let token = zone.window.control.issue(NEW, Role::Payment, "样例", &[], NOW, None).await.unwrap();
    zone.tokens.insert(NEW.to_owned(), token);
    let application = |services: Value| {
        json!({"name": "样例新支付", "roles": ["payment"], "validFrom": "20260101", "exchangeIds": ["DXPENT0000530303"],
            "address": "样例路3号", "contact": {"name": "样三", "telephone": "10000000003"}, "services": services,
            "licences": [{"kind": "payment-licence", "number": "Z-样例-9", "issuer": "样例分行", "validFrom": "20200101", "validTo": "20271231"}]})
    };
    let wrong = json!(["internet-payment", {"service": "tax-guarantee", "validFrom": "20260101", "currencies": ["999"],
        "licence": "another", "transactionLimit": "-1"}, "alchemy"]);
    let (status, told) = act(&zone, NEW, json!({"action": "apply", "body": application(wrong)})).await;
    let mut paths: Vec<&str> =
        told["faults"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    paths.sort_unstable();
    let expected = [
        "services[1].currencies",
        "services[1].licence",
        "services[1].service",
        "services[1].transactionLimit",
        "services[2].service",
    ];
    assert_eq!((status, paths), (422, expected.to_vec()), "{told}");
    let services = json!([
        {"service": "internet-payment", "validFrom": "20260101", "currencies": ["142"], "licence": "Z-样例-9", "transactionLimit": "100000"},
        {"service": "cross-border-collection", "validFrom": "20261201", "scope": "样例：昆明综合试验区试点"}]);
    let (status, told) = act(&zone, NEW, json!({"action": "apply", "body": application(services)})).await;
    assert_eq!(status, 200, "{told}");
    assert!(!listed(&zone, "").await.to_string().contains(NEW), "what is applied for is not public");
    let (status, told) = act(&zone, OFFICER, json!({"action": "approve", "version": 1})).await;
    assert_eq!(status, 200, "{told}");
    let shown = listed(&zone, "?role=payment&service=internet-payment").await;
    let one = &shown["institutions"][0];
    assert_eq!(
        (one["code"].as_str(), shown["institutions"].as_array().unwrap().len()),
        (Some(NEW), 1),
        "{shown}"
    );
    // It ends with its licence; what begins later is not there yet; what is not public is not there.
    assert_eq!(
        one["services"],
        json!([{"service": "internet-payment", "name": {"zh": "互联网支付", "en": "payment on the internet"},
        "validFrom": "20260101", "validTo": "20271231", "currencies": ["142"], "scope": ""}])
    );
    let told = shown.to_string();
    for private in ["Z-样例-9", "100000\"", "样例路", "10000000003", "creditGrade", "certificates"] {
        assert!(!told.contains(private), "{private}: {told}");
    }
    let (status, _) = zone.request("GET", "/v1/institutions?service=alchemy", None, Vec::new()).await;
    assert_eq!(status, 400);
    // In pages, each once.
    let (mut codes, mut after) = (Vec::new(), String::new());
    loop {
        let page = listed(&zone, &format!("?limit=2&after={after}")).await;
        codes.extend(
            page["institutions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["code"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["after"].as_str() else { break };
        after = next.to_owned();
    }
    let all = listed(&zone, "").await;
    assert_eq!(codes.len(), all["institutions"].as_array().unwrap().len());
    assert!(codes.is_sorted() && codes.contains(&NEW.to_owned()) && !codes.contains(&OFFICER.to_owned()));
    // Payments of whoever has no such service are refused from the edition on that asks for it.
    let trade = plain(&zone, 0);
    let pay = trade.payment.pay_code.clone();
    assert_eq!(zone.send(&pay, Document::Payment(trade.payment.clone())).await["status"], 2);
    parameter(&zone, "permitted_services", 1).await;
    let other = plain(&zone, 500).payment;
    let told = zone.send(&other.pay_code.clone(), Document::Payment(other)).await;
    assert_eq!(
        (told["status"].as_i64(), told["findings"][0]["rule"].as_str()),
        (Some(-10101), Some("service-not-permitted")),
        "{told}"
    );
    let mut payment = plain(&zone, 1_000).payment;
    (payment.pay_code, payment.pay_name) = (NEW.into(), "样例新支付".into());
    let mut message = clearance::sample::message(NEW, vec![Document::Payment(payment)]);
    message.transfer = Some(ceb::BaseTransfer {
        cop_code: NEW.into(),
        cop_name: "样例新支付".into(),
        dxp_mode: "DXP".into(),
        dxp_id: "DXPENT0000530303".into(),
        note: None,
    });
    let bytes = ceb::write(&message, ceb::Style::Prefixed);
    let (_, told) = zone.request("POST", "/v1/messages", Some(&zone.tokens[NEW]), bytes).await;
    assert_eq!(told["documents"][0]["status"], 2, "{told}");
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!(derived.different, 0, "{derived:?}");
}
