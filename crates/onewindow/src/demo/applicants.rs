//! Two enterprises of the demo zone that apply to be filed, so that there is something to decide on for whoever is the authority of
//! their role: a payment firm for the foreign exchange administration, a carrier for the postal administration.

use super::agencies::act;
use crate::Failure;
use clearance::record::{RecordKey, Register};
use serde_json::{Value, json};
use server::Window;
use store::Read;

/// The payment firm, and the carrier.
const APPLICANTS: [&str; 2] = ["5301960309", "5301960409"];

/// What one applies for.
fn application(code: &str) -> Value {
    let licence =
        |kind: &str| json!({"kind": kind, "number": "样例9", "issuer": "样例局", "validFrom": "20200101"});
    let of = |name: &str, role: &str, licences: &[&str], exchange_id: &str| {
        let licences: Vec<Value> = licences.iter().map(|kind| licence(kind)).collect();
        json!({
            "name": name, "roles": [role], "validFrom": "20260101", "exchangeIds": [exchange_id], "address": "样例路9号",
            "contact": {"name": "样九", "telephone": "10000000009"}, "licences": licences,
        })
    };
    if code == APPLICANTS[1] {
        let licences = ["business-licence", "express-licence"];
        return of("样例红河速运", "logistics", &licences, "DXPENT0000530409");
    }
    let mut body = of("样例滇云支付", "payment", &["payment-licence"], "DXPENT0000530309");
    let service = |word: &str| json!({"service": word, "validFrom": "20260101"});
    body["services"] = json!([service("internet-payment"), service("cross-border-collection")]);
    body
}

/// Has them apply, where they have not yet; says how many wait to be decided on.
pub async fn open(window: &Window) -> Result<usize, Failure> {
    let mut waiting = 0;
    for code in APPLICANTS {
        let key = RecordKey::new(Register::Filing, code);
        match window.read.record(&key).await? {
            Some(record) => waiting += usize::from(record.state == "submitted"),
            None => {
                act(window, code, key, 0, "apply", Some(application(code))).await?;
                waiting += 1;
            }
        }
    }
    Ok(waiting)
}
