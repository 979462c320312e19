//! The pages of export trades, for the gallery.

use crate::gallery::frame;
use portal::Language;
use portal::answers::exports::{Export, Exports};
use portal::pages::exports::{Decision, list, page};
use serde_json::{Value, json};

fn a_line() -> Value {
    json!({
        "merchant": "5301960201", "orderNo": "EX<1>", "state": 300, "stateWord": "review", "invtNo": "86202026E000000001",
        "tradeMode": "1210", "customsCode": "8620", "version": 4, "waitingFor": ["bill", "review"],
        "changed": "20261123100000000",
    })
}

fn a_trade() -> Export {
    let filed = |status: u16| json!({"position": 7, "status": status, "guid": "G", "sender": "5301960201", "own": true});
    let finding = json!({
        "rule": "book-not-checked", "layer": "review", "code": "1200", "text": "等待人工审核", "fields": [{"path": "InventoryHead.emsNo", "value": "T<1>"}],
        "uncertain": false, "why": {"en": "why<", "zh": "为何<"}, "fix": {"en": "fix<", "zh": "处理<"},
    });
    let mut trade = a_line();
    trade["lane"] = "document-check".into();
    trade["deadlines"] = json!([{"for": "export-partners-missing", "number": 1, "due": "20261126100000000"}]);
    trade["order"] = filed(120);
    trade["received"] = Value::Null;
    trade["waybill"] = json!({
        "logisticsCode": "5301960401", "logisticsNo": "EY1", "document": filed(120), "billNo": "999-1", "arrived": true, "departed": null,
    });
    trade["attempt"] = json!({
        "number": 1, "preNo": "B20261123000000001", "businessDate": "20261123", "closedOn": null, "findings": [finding], "declaration": filed(300),
        "remarks": [{"time": "20261123100000000", "officer": "样例关员", "action": "suspend", "text": "样例<b>"}],
    });
    trade["cancellation"] = json!({"preNo": "C20261123000000001", "status": 2});
    trade["timeline"] = json!([
        {"position": 7, "time": "20261123100000000", "what": "document", "message": "CEB603Message", "original": 6, "status": 300, "info": "等待", "state": 300,
            "receipts": [{"message": "CEB604Message", "status": 2, "time": "20261123100000000"}]},
        {"position": 9, "time": "20261123100000001", "what": "export-partners-missing"},
    ]);
    trade["actions"] = json!([{"action": "approve"}, {"action": "detain", "status": 501}, {"action": "approve-cancellation"}]);
    serde_json::from_value(trade).unwrap()
}

pub fn pages(language: Language) -> Vec<(&'static str, String)> {
    let inside = frame(language, true);
    let full: Exports = serde_json::from_value(json!({"exports": [a_line()], "next": "41"})).unwrap();
    let decision = Decision { id: "d1".into(), refused: "版本<".into() };
    vec![
        ("exports", list(&inside, &full, "300", "99").shown(&inside)),
        ("exports-none", list(&inside, &Exports::default(), "", "").shown(&inside)),
        ("export", page(&inside, &a_trade(), None).shown(&inside)),
        ("export-decision", page(&inside, &a_trade(), Some(&decision)).shown(&inside)),
        ("export-begun", page(&inside, &Export::default(), None).shown(&inside)),
    ]
}
