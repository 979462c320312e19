//! Demands and offers in a real browser: an enterprise that asks, one that was asked, and both again when an offer came.

use crate::portal_in_browser::{Served, browser, sign_in, take_over, visit};
use crate::support::people;
use clearance::party::Role;
use serde_json::{Value, json};

const ASKER: &str = "5301960101";
const CARRIER: &str = "5301960401";

async fn act(served: &Served, party: &str, path: &str, action: &str, body: Value) {
    let said = json!({"action": action, "body": body}).to_string();
    let path = format!("/v1/registers/{path}/actions");
    let token = &served.zone.tokens[party];
    let (status, told) = served.zone.request("POST", &path, Some(token), said.into_bytes()).await;
    assert_eq!(status, 200, "{path}: {told}");
}

/// What somebody needs who asks.
pub(crate) fn needed(kind: &str, goods: &str) -> Value {
    json!({
        "kind": kind, "goods": goods, "from": "样例港", "to": "样例城", "quantity": "12.5", "unit": "035", "temperatureFrom": "2",
        "temperatureTo": "8", "dangerClass": "class-3", "neededBy": "20261210", "text": "托盘包装。\n请注明是否含装卸。",
        "contact": {"name": "样甲先生", "telephone": "10000000001"},
    })
}

async fn user(served: &Served, login: &str, party: &str, role: Role) -> String {
    let duties = [store::Duty::Operator];
    let (_, one_time) = people::add(&served.zone, login, party, role, &duties).await;
    people::settle(&served.zone, login, &one_time, false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn demands_and_offers_are_fit_for_everybody() {
    let Some(mut browser) = browser() else { return };
    let served = Served::new().await;
    act(&served, ASKER, "service-requests/abcde-fghij", "ask", needed("transport", "样例奶粉一批")).await;
    act(&served, ASKER, "service-requests/klmno-pqrst", "ask", needed("whole-logistics", "样例冷链食品"))
        .await;
    let offer = json!({
        "price": "1234.56", "currency": "142", "term": "提货后5天", "conditions": "含装卸", "validUntil": "20261205",
        "contact": {"name": "样乙女士", "telephone": "10000000002"},
    });
    act(&served, CARRIER, &format!("service-offers/{CARRIER}:abcde-fghij"), "offer", offer).await;
    served.zone.until_listed().await;
    let asker = user(&served, "xu.qiu", ASKER, Role::Platform).await;
    let carrier = user(&served, "cheng.yun", CARRIER, Role::Logistics).await;
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        let page = |name: &'static str, path: &str| (name, path.to_owned());
        sign_in(&mut browser, &served);
        visit(&mut browser, &served, "agent", &[page("demands-none", "/desk/demands")], &mut faults);
        take_over(&mut browser, &served.address, &asker);
        let pages = [
            page("demands", "/desk/demands"),
            page("demand", "/desk/registers/service-requests/abcde-fghij"),
            page("demand-new", "/desk/registers/service-requests/new?action=ask"),
        ];
        visit(&mut browser, &served, "asker", &pages, &mut faults);
        take_over(&mut browser, &served.address, &carrier);
        let pages = [
            page("demands", "/desk/demands"),
            page("demand", "/desk/registers/service-requests/klmno-pqrst"),
            page("offer-new", "/desk/registers/service-offers/new?action=offer&number=klmno-pqrst"),
            page("offer", &format!("/desk/registers/service-offers/{CARRIER}%3Aabcde-fghij")),
        ];
        visit(&mut browser, &served, "carrier", &pages, &mut faults);
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
