//! The report of a party's credit as a sealed file: who gets it, that it says what the interface says, that it is checked
//! without the window and by it, and that no byte of it may be another.

use crate::credit::observe;
use crate::support::{Zone, plain};
use axum::body::Body;
use axum::http::Request;
use evidence::{Unsealed, check_file};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

const OFFICER: &str = "8620000001";

/// Status, type of what came, and its bytes.
async fn file(zone: &Zone, party: &str, path: &str) -> (u16, String, Vec<u8>) {
    let request = Request::get(path).header("authorization", format!("Bearer {}", zone.tokens[party]));
    let response = zone.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
    (status, kind.unwrap_or_default(), bytes)
}

async fn verified(zone: &Zone, file: &[u8]) -> Value {
    let (status, told) = zone.request("POST", "/v1/credit/verify", None, file.to_vec()).await;
    assert_eq!(status, 200, "{told}");
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_what_the_interface_says_and_an_altered_byte_is_refused() {
    let zone = Zone::new().await;
    let seller = plain(&zone, 1).declaration.head.ebc_code.to_string();
    observe(&zone, &seller).await;
    let path = format!("/v1/credit/{seller}/report.pdf");
    let (_, shown) = zone.get(&seller, &format!("/v1/credit/{seller}")).await;
    // A head of the evidence log, so that the report rests on one.
    assert_eq!(zone.get(OFFICER, "/v1/evidence/head").await.0, 200);
    let (status, kind, report) = file(&zone, &seller, &path).await;
    assert_eq!((status, kind.as_str()), (200, "application/pdf"));
    assert!(report.starts_with(b"%PDF-"));
    // Without the window.
    let checked = check_file(&report).unwrap();
    let said: Value = serde_json::from_slice(&checked.report).unwrap();
    assert_eq!(said["credit"], shown);
    assert_eq!(said["head"]["number"].as_u64(), checked.seal.head.map(|(number, _)| number));
    assert!(checked.seal.head.is_some());
    let (_, keys) = zone.get(&seller, "/v1/evidence/keys").await;
    let public = evidence::hexadecimal(&checked.seal.public);
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["public"] == public.as_str()));
    // By it.
    let told = verified(&zone, &report).await;
    assert_eq!((told["genuine"].as_bool(), &told["why"]), (Some(true), &Value::Null), "{told}");
    assert_eq!((&told["report"]["credit"], told["key"].as_str()), (&shown, Some(public.as_str())));
    for at in [9, report.len() / 3, report.len() / 2, report.len() - 300] {
        let mut altered = report.clone();
        altered[at] ^= 4;
        assert_eq!(check_file(&altered), Err(Unsealed::Altered), "byte {at}");
        let told = verified(&zone, &altered).await;
        assert_eq!((told["genuine"].as_bool(), &told["report"]), (Some(false), &Value::Null), "byte {at}");
        assert!(told["why"].as_str().unwrap().starts_with("altered"), "{told}");
    }
    // What another sealed is his, however whole it is.
    let another = evidence::Signer::new(&[5; 32]).unwrap();
    let text = json!({"credit": {"score": 1000}}).to_string();
    let seal = evidence::ReportSeal::new(text.as_bytes(), None, &another);
    let body = format!("%PDF-1.7\nstream\n{text}\nendstream\nstream\n{}\nendstream\n", seal.to_text());
    let forged = evidence::seal_file(body.into_bytes(), &another);
    assert!(check_file(&forged).is_ok());
    let told = verified(&zone, &forged).await;
    assert_eq!((told["genuine"].as_bool(), &told["report"]), (Some(false), &Value::Null), "{told}");
    assert!(told["why"].as_str().unwrap().contains("another key"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_for_its_party_and_for_offices_and_as_of_the_day_asked_for() {
    let zone = Zone::new().await;
    let seller = plain(&zone, 1).declaration.head.ebc_code.to_string();
    observe(&zone, &seller).await;
    let path = format!("/v1/credit/{seller}/report.pdf");
    let other = zone.window.reference().parties.all()[0].code.to_string();
    assert_eq!(file(&zone, &other, &path).await.0, 404, "another learns nothing");
    let (status, _, report) = file(&zone, OFFICER, &format!("{path}?day=20200101")).await;
    assert_eq!(status, 200);
    let said: Value = serde_json::from_slice(&check_file(&report).unwrap().report).unwrap();
    assert_eq!(
        (said["credit"]["day"].as_str(), said["credit"]["vetoes"].as_array().map(Vec::len)),
        (Some("20200101"), Some(0))
    );
    assert_eq!(file(&zone, OFFICER, &format!("{path}?day=tomorrow")).await.0, 400);
    for nothing in [b"".as_slice(), b"%PDF-1.7\n%%EOF\n"] {
        let told = verified(&zone, nothing).await;
        assert!(told["why"].as_str().unwrap().starts_with("no seal"), "{told}");
    }
}
