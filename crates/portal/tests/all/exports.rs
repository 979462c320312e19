//! The pages of export trades and of their summaries, for the gallery.

use crate::gallery::frame;
use portal::Language;
use portal::answers::exports::{Export, Exports};
use portal::answers::search::Found;
use portal::answers::summaries::{Summaries, Summary};
use portal::pages::exports::{Decision, View, list, page};
use portal::pages::{many, queue, sandbox, search, summaries};
use serde_json::{Value, json};

fn a_line() -> Value {
    json!({
        "merchant": "5301960201", "orderNo": "EX<1>", "state": 300, "stateWord": "review", "invtNo": "86202026E000000001",
        "tradeMode": "1210", "customsCode": "8620", "version": 4, "waitingFor": ["bill", "review"],
        "changed": "20261123100000000", "due": "20261126100000000",
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

/// One whose goods come back: one return as its parties see it, one as its carrier does.
fn a_returned_trade() -> Export {
    let finding = json!({
        "rule": "return-without-relief", "layer": "review", "code": "1200", "text": "等待人工审核", "fields": [{"path": "day", "value": "<1>"}],
        "uncertain": false, "why": {"en": "why<", "zh": "为何<"}, "fix": {"en": "fix<", "zh": "处理<"},
    });
    let mut trade = a_line();
    trade["waitingFor"] = json!(["return-decision", "returned-goods"]);
    trade["deadlines"] = json!([{"for": "export-return-lapsed", "number": 1, "due": "20271124000000000"}]);
    trade["returns"] = json!([
        {"number": 1, "status": 505, "standing": "handed-over", "agentCode": "5301980501", "coElNo": "T<1>", "preNo": "T20261203000000001",
            "customsCode": "8620", "logisticsCode": "5301960401", "logisticsNo": "EY<1>", "backUntil": "20271123",
            "reliefUntil": "20270523", "talliedOn": "20261203", "value": "49", "lines": [{"gnum": 1, "qty": "1", "qty1": "1"}], "findings": [finding]},
        {"number": 2, "status": 120, "standing": "approved", "agentCode": "5301980501", "coElNo": "T2", "preNo": "T20261203000000002",
            "customsCode": "8620", "logisticsCode": "5301960401", "logisticsNo": "EY1", "backUntil": "20271123", "reliefUntil": null, "talliedOn": null},
    ]);
    trade["actions"] = json!([{"action": "approve-return", "number": 1}, {"action": "hold-return", "number": 1, "status": 500}]);
    serde_json::from_value(trade).unwrap()
}

fn a_summary_line() -> Value {
    json!({
        "agent": "5301980501", "copNo": "S<1>", "merchant": "5301960201", "state": 399, "stateWord": "concluded",
        "preNo": "S20261208000000001", "sumNo": "86202026S000000002", "customsCode": "8620",
        "period": {"from": "20261101000000", "to": "20261130235959"}, "parts": 1, "partsExpected": 1, "lists": 3, "declarations": 1,
        "version": 1, "changed": "20261208100000000",
    })
}

fn a_summary() -> Summary {
    let mut summary = a_summary_line();
    summary["summaryFlag"] = "2".into();
    summary["itemNameFlag"] = "1".into();
    summary["declAgent"] = "5301980502".into();
    summary["of"] = json!([{"number": 1, "status": 399, "sender": "5301980501", "lists": 3, "findings": []}]);
    summary["results"] = json!([{
        "number": 1, "declSeqNo": "202600000000200001", "lists": 3, "trafMode": "5", "ownerCode": "5301960201", "country": "119",
        "portCode": "8620", "tradeMode": "1210", "emsNo": "T<1>", "grossWeight": "3.2", "netWeight": "2.9", "lines": [{
            "gseqno": 1, "gcode": "6109100021", "gname": "样例<T>", "country": "119", "currency": "142", "lines": 4, "unit1": "011",
            "qty1": "7", "unit2": "035", "qty2": "1.4", "totalPrice": "34300",
        }],
    }]);
    summary["members"] = json!([
        {"invtNo": "86202026E000000001", "merchant": "5301960201", "orderNo": "EX<1>", "logisticsNo": "EY1", "declaration": 1, "closedOn": "20261123"},
        {"invtNo": "86202026E000000002", "merchant": "5301960201", "orderNo": "EX2", "logisticsNo": "EY2", "declaration": 0, "closedOn": null},
    ]);
    summary["next"] = "200".into();
    summary["timeline"] = json!([
        {"position": 7, "time": "20261208100000000", "what": "document", "message": "CEB701Message", "original": 6, "status": 399, "info": "审核通过",
            "receipts": [{"message": "CEB702Message", "status": 2, "time": "20261208100000000"}]},
    ]);
    serde_json::from_value(summary).unwrap()
}

fn a_rejected_summary() -> Summary {
    let finding = json!({
        "rule": "list-already-summarised", "layer": "rejected", "code": "19056", "text": "已列入", "uncertain": false,
        "fields": [{"path": "SummaryApplyList[1].invtNo", "value": "8<"}, {"path": "application", "value": "5301980501 S-1"}],
        "why": {"en": "why<", "zh": "为何<"}, "fix": {"en": "fix<", "zh": "处理<"},
    });
    let part = json!({"number": 1, "status": 100, "sender": "5301980501", "lists": 0, "findings": [finding]});
    let mut summary = a_summary_line();
    summary["state"] = 100.into();
    summary["stateWord"] = "rejected".into();
    summary["sumNo"] = Value::Null;
    summary["period"] = Value::Null;
    summary["of"] = json!([part]);
    serde_json::from_value(summary).unwrap()
}

fn summaries_of(language: Language) -> Vec<(&'static str, String)> {
    let inside = frame(language, true);
    let full: Summaries =
        serde_json::from_value(json!({"summaries": [a_summary_line()], "next": "41"})).unwrap();
    vec![
        ("summaries", summaries::list(&inside, &full, "399", "99").shown(&inside)),
        ("summaries-none", summaries::list(&inside, &Summaries::default(), "", "").shown(&inside)),
        ("summary", summaries::page(&inside, &a_summary(), "1", "").shown(&inside)),
        ("summary-rejected", summaries::page(&inside, &a_rejected_summary(), "", "200").shown(&inside)),
    ]
}

/// What officers see of exports: their tab of the queue, and what was chosen there.
fn of_officers(language: Language) -> Vec<(&'static str, String)> {
    let inside = frame(language, true);
    let mut line = a_line();
    line["lane"] = "document-check".into();
    line["reasons"] = json!(["book-not-checked", "selected-for-review"]);
    line["assigned"] = json!({"officer": "guan.<yi>", "until": "20261123103000000"});
    let waiting = queue::View {
        exports: vec![serde_json::from_value(line).unwrap()],
        tab: queue::EXPORTS.into(),
        all: 1,
        decides: true,
        ..queue::View::default()
    };
    let none = queue::View { tab: queue::EXPORTS.into(), ..queue::View::default() };
    let chosen = many::Picked::of_field("export:5301960201/EX<1>/2", "4");
    let chosen = many::View {
        id: "d1".into(),
        tab: queue::EXPORTS.into(),
        chosen: chosen.into_iter().collect(),
        actions: vec!["approve".into()],
        ..many::View::default()
    };
    vec![
        ("queue-exports", queue::page(&inside, &waiting).shown(&inside)),
        ("queue-exports-none", queue::page(&inside, &none).shown(&inside)),
        ("many-exports", many::page(&inside, &chosen).shown(&inside)),
    ]
}

fn found(language: Language) -> String {
    let inside = frame(language, true);
    let found: Found = serde_json::from_value(json!({"exports": [a_line()], "most": 20})).unwrap();
    let view = search::View { text: "999-00000001".into(), found: Some(found), ..search::View::default() };
    search::page(&inside, &view).shown(&inside)
}

fn tried(language: Language) -> String {
    let mut inside = frame(language, true);
    inside.sandbox = true;
    let trade = json!({"merchant": "5301960201", "orderNo": "EX<1>", "documents": [
        {"root": "CEB303Message", "sender": "5301960101", "own": false, "sent": true, "status": 2, "info": "新增申报成功"},
        {"root": "CEB603Message", "sender": "5301980501", "own": true, "sent": false, "xml": "<a/>"},
    ]});
    let view = sandbox::View {
        of: sandbox::OF[1].into(),
        then: "departure".into(),
        trade: Some(serde_json::from_value(trade).unwrap()),
        ..sandbox::View::default()
    };
    sandbox::page(&inside, &view).shown(&inside)
}

pub fn pages(language: Language) -> Vec<(&'static str, String)> {
    let inside = frame(language, true);
    let full: Exports = serde_json::from_value(json!({"exports": [a_line()], "next": "41"})).unwrap();
    let decision = Decision { id: "d1".into(), words_fault: "版本<".into(), ..Decision::default() };
    let full = View { list: full, state: "300".into(), after: "99".into(), ..View::default() };
    let none = View { party: Some("5301960401".into()), ..View::default() };
    let mut all = summaries_of(language);
    all.extend(of_officers(language));
    all.extend([
        ("search-exports", found(language)),
        ("sandbox-exports", tried(language)),
        ("exports", list(&inside, &full).shown(&inside)),
        ("exports-none", list(&inside, &View::default()).shown(&inside)),
        ("exports-narrowed", list(&inside, &none).shown(&inside)),
        ("export", page(&inside, &a_trade(), None).shown(&inside)),
        ("export-decision", page(&inside, &a_trade(), Some(&decision)).shown(&inside)),
        ("export-returned", page(&inside, &a_returned_trade(), Some(&decision)).shown(&inside)),
        ("export-begun", page(&inside, &Export::default(), None).shown(&inside)),
    ]);
    all
}
