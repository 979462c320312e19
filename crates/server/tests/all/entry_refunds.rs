//! A refund on entering a zone: a merchant whose goods entered a bonded book applies with checklist and invoices, the tax office alone
//! decides and records what it pays, and what goes back into the country afterwards is owed again.

use crate::bonded::{CUSTOMS, HOLDER, NUMBER, accepted, act, entry, opened, place, until, verified};
use crate::support::browser::Browser;
use crate::support::people::{add, settle, signed_in_english};
use crate::support::{NOW, Zone, plain};
use clearance::party::Role;
use clearance::sample::{self, Trade};
use serde_json::{Value, json};
use store::Duty;

const EXPORTER: &str = "5301960201";
const OTHER: &str = "5301960202";
const TAX: &str = sample::TAX_OFFICE;
const COMMERCE: &str = "5301000903";
const INVOICE: &str = "24532000000012345678";

fn record(name: &str) -> String {
    format!("entry-refunds/{EXPORTER}:{name}")
}

fn applied(trade: &Trade, quantity: &str, amount: &str) -> Value {
    let item = &trade.items()[0];
    json!({
        "checklist": format!("{HOLDER}:{NUMBER}:entry-checklist:H1"),
        "gate": {"checkpoint": "K01", "passed": "20261121100000"},
        "invoices": [{"number": INVOICE, "day": "20261110", "seller": "5301960301", "amount": "2000", "rate": "13"}],
        "lines": [{"line": 1, "item": item.number.as_str(), "lot": "L1", "gcode": item.gcode.as_str(),
            "unit": item.unit.as_str(), "quantity": quantity, "invoice": INVOICE, "amount": amount}],
    })
}

fn faults(told: &Value) -> Vec<(&str, &str)> {
    let all = told["faults"].as_array().unwrap().iter();
    all.map(|fault| (fault["path"].as_str().unwrap(), fault["code"].as_str().unwrap())).collect()
}

async fn shown(zone: &Zone, who: &str, name: &str) -> (u16, Value) {
    zone.get(who, &format!("/v1/registers/{}", record(name))).await
}

/// A move of the tax office on the application as it is.
async fn decides(zone: &Zone, name: &str, action: &str, body: Value) -> (u16, Value) {
    let version = shown(zone, EXPORTER, name).await.1["version"].as_u64().unwrap();
    act(zone, TAX, &record(name), (action, version), body).await
}

async fn zone_with_offices() -> Zone {
    let mut zone = Zone::new().await;
    zone.window.file_all(sample::agencies_with_authority(), "test").await;
    for code in [TAX, COMMERCE] {
        let token = zone.window.control.issue(code, Role::Agency, "machine", &[], NOW, None).await.unwrap();
        zone.tokens.insert(code.to_owned(), token);
    }
    zone
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_that_entered_are_refunded_by_the_tax_office_and_owed_when_they_go_back() {
    let zone = zone_with_offices().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    let mut line = entry(&trade, 0, "L1", 10, "20301231");
    line["operation"] = "enter-domestic".into();
    line["rebate"] = json!({"exporter": EXPORTER, "declaration": "862020261234567890", "declarationLine": 1,
        "exportDay": "20261120"});
    accepted(&zone, HOLDER, "entry-checklist:H1", vec![line]).await;

    // Whose goods they are not learns nothing of the checklist, though he holds the book.
    let foreign = format!("entry-refunds/{HOLDER}:1");
    let (status, told) = act(&zone, HOLDER, &foreign, ("apply", 0), applied(&trade, "6", "1000.37")).await;
    assert_eq!((status, faults(&told)), (422, vec![("checklist", "refund-checklist")]), "{told}");
    let (status, told) =
        act(&zone, EXPORTER, &record("1"), ("apply", 0), applied(&trade, "10.5", "1000.37")).await;
    assert_eq!((status, faults(&told)), (422, vec![("lines[1].quantity", "refund-quantity")]), "{told}");
    let (status, told) =
        act(&zone, EXPORTER, &record("1"), ("apply", 0), applied(&trade, "6", "1000.37")).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("applied")), "{told}");
    // Neither the goods nor the invoice a second time.
    let (status, told) =
        act(&zone, EXPORTER, &record("2"), ("apply", 0), applied(&trade, "6", "1000.37")).await;
    let twice = vec![("lines[1].quantity", "refund-quantity"), ("invoices[1].amount", "refund-invoice-left")];
    assert_eq!((status, faults(&told)), (422, twice), "{told}");

    // The tax office finds it, and what is claimed of lots in no list; nobody else finds it, and its reading is told.
    let list = "/v1/registers/entry-refunds";
    let ids = |told: &Value| -> Vec<String> {
        let records = told["records"].as_array().unwrap().iter();
        records.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&zone.get(TAX, list).await.1), [format!("{EXPORTER}:1")]);
    assert_eq!(ids(&zone.get(TAX, &format!("{list}?waiting=true")).await.1), [format!("{EXPORTER}:1")]);
    for other in [CUSTOMS, HOLDER, OTHER, COMMERCE] {
        assert!(ids(&zone.get(other, list).await.1).is_empty(), "{other}");
        assert_eq!(shown(&zone, other, "1").await.0, 404, "{other}");
        let (status, _) = act(&zone, other, &record("1"), ("approve", 1), Value::Null).await;
        assert_eq!(status, 404, "{other}");
    }
    assert_eq!(shown(&zone, TAX, "1").await.0, 200);
    let (_, readings) = zone.get(EXPORTER, "/v1/registers/accesses").await;
    let of_tax = readings["records"].as_array().unwrap().iter().filter(|one| one["by"]["party"] == TAX);
    let grounds: Vec<&Value> = of_tax.map(|one| &one["summary"]["ground"]).collect();
    assert!(grounds.contains(&&json!("refunding-tax")), "{readings}");

    // No built-in rate is sure: a person says the amount, which is never more than the tax on the invoice.
    let (status, told) = decides(&zone, "1", "approve", Value::Null).await;
    assert_eq!((status, faults(&told)), (422, vec![("granted", "refund-in-doubt")]), "{told}");
    let granted = |amount: &str| json!({"granted": [{"line": 1, "amount": amount}]});
    let (status, told) = decides(&zone, "1", "approve", granted("130.06")).await;
    assert_eq!((status, faults(&told)), (422, vec![("granted[1].amount", "refund-at-most")]), "{told}");
    let (status, told) = decides(&zone, "1", "approve", granted("100.01")).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("approved")), "{told}");
    let paid = |amount: &str| json!({"payment": "TS1", "day": "20261123", "amount": amount});
    let (status, told) = decides(&zone, "1", "pay", paid("100.02")).await;
    assert_eq!((status, faults(&told)), (422, vec![("amount", "refund-exactly")]), "{told}");
    let (status, told) = decides(&zone, "1", "pay", paid("100.01")).await;
    assert_eq!((status, told["state"].as_str(), told["body"]["owed"].as_i64()), (200, Some("paid"), Some(0)));

    // Three of the six go back: half is owed, in the commit in which customs accepted it.
    let item = trade.items()[0].number.to_string();
    let back = json!({"operation": "general-trade", "item": item, "lot": "L1", "quantity": "3"});
    accepted(&zone, HOLDER, "customs-declaration:G1", vec![back]).await;
    let (_, told) = shown(&zone, EXPORTER, "1").await;
    let finding = &told["body"]["findings"][0];
    assert_eq!(
        (told["state"].as_str(), told["body"]["owed"].as_i64()),
        (Some("owing"), Some(5_001)),
        "{told}"
    );
    assert_eq!(finding["document"], format!("{HOLDER}:{NUMBER}:customs-declaration:G1"), "{told}");
    assert_eq!((&finding["quantity"], &finding["tax"]), (&json!("3"), &json!(5_001)), "{told}");

    // On pages, in both languages, of whoever applied and of whoever decides.
    let (_, one_time) = add(&zone, "shui.wu", TAX, Role::Agency, &[Duty::Reviewer]).await;
    let mut officer = Browser::with(&zone, &settle(&zone, "shui.wu", &one_time, true).await);
    assert!(officer.get("/desk/registers").await.text.contains("/desk/reviews"));
    let page = officer.get(&format!("/desk/registers/{}", record("1"))).await;
    for words in ["入区退税", "待补缴已退税款", "登记补缴", "退回境内"] {
        assert!(page.words().contains(words), "{words}: {}", page.words());
    }
    let mut merchant = signed_in_english(&zone, "wai.mao", EXPORTER, Role::Merchant, &[Duty::Operator]).await;
    let page = merchant.get(&format!("/desk/registers/{}", record("1"))).await;
    for words in ["Refunds on entering a zone", "to be paid back", "rate of refund"] {
        assert!(page.words().contains(words), "{words}: {}", page.words());
    }
    let page = merchant.get("/desk/registers/entry-refunds/new?action=apply").await;
    assert!(page.status == 200 && page.words().contains("Entry checklist"), "{}", page.words());

    let (status, told) = decides(&zone, "1", "repay", paid("50.01")).await;
    assert_eq!((status, told["state"].as_str(), told["body"]["owed"].as_i64()), (200, Some("paid"), Some(0)));
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_withdrawn_or_refused_leaves_goods_and_invoice_free() {
    let zone = zone_with_offices().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    let mut line = entry(&trade, 0, "L1", 10, "20301231");
    line["operation"] = "enter-domestic".into();
    line["rebate"] = json!({"exporter": EXPORTER, "declaration": "862020261234567890", "declarationLine": 1,
        "exportDay": "20261120"});
    accepted(&zone, HOLDER, "entry-checklist:H1", vec![line]).await;
    let all = || applied(&trade, "10", "2000");
    let (status, told) = act(&zone, EXPORTER, &record("1"), ("apply", 0), all()).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = act(&zone, EXPORTER, &record("1"), ("withdraw", 1), Value::Null).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("withdrawn")), "{told}");
    let (status, told) = act(&zone, EXPORTER, &record("2"), ("apply", 0), all()).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = decides(&zone, "2", "refuse", Value::Null).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("refused")), "{told}");
    // Two servers or one: of two that come at once one stands.
    let (third, fourth) = (record("3"), record("4"));
    let (one, two) = tokio::join!(
        act(&zone, EXPORTER, &third, ("apply", 0), all()),
        act(&zone, EXPORTER, &fourth, ("apply", 0), all()),
    );
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422], "{} {}", one.1, two.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sold_to_buyers_is_taxed_as_an_import_and_owes_nothing_back() {
    let zone = zone_with_offices().await;
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    let mut lines: Vec<Value> =
        (0..trade.items().len()).map(|item| entry(&trade, item, "L1", 10, "20301231")).collect();
    lines[0]["operation"] = "enter-domestic".into();
    lines[0]["rebate"] = json!({"exporter": EXPORTER, "declaration": "862020261234567890", "declarationLine": 1,
        "exportDay": "20261120"});
    accepted(&zone, HOLDER, "entry-checklist:H1", lines).await;
    let (status, told) =
        act(&zone, EXPORTER, &record("1"), ("apply", 0), applied(&trade, "10", "2000")).await;
    assert_eq!(status, 200, "{told}");
    let granted = json!({"granted": [{"line": 1, "amount": "260"}]});
    assert_eq!(decides(&zone, "1", "approve", granted).await.0, 200);
    let paid = json!({"payment": "TS1", "day": "20261123", "amount": "260"});
    assert_eq!(decides(&zone, "1", "pay", paid).await.0, 200);
    let before = shown(&zone, EXPORTER, "1").await.1;
    assert_eq!((&before["state"], &before["body"]["owed"]), (&json!("paid"), &json!(0)), "{before}");

    // A list takes goods of the lot, and its parcel leaves.
    let answer = zone.trade(&trade).await;
    assert_eq!(answer["status"], 800, "{answer}");
    let gross = ceb::Decimal::from_whole(1000).checked_add(trade.declaration.head.gross_weight).unwrap();
    let (platform, order) = (&trade.order.head.ebp_code, &trade.order.head.order_no);
    let leaves = json!({"number": "HF1", "vehicle": "云A00001", "tare": "1000", "gross": gross.to_string(),
        "parcels": [{"platform": platform.as_str(), "orderNo": order.as_str()}]});
    let gates = format!("/v1/books/{HOLDER}:{NUMBER}/gate-releases");
    let sent = leaves.to_string().into_bytes();
    let (status, left) = zone.request("POST", &gates, Some(&zone.tokens[HOLDER]), sent).await;
    assert_eq!((status, left["state"].as_str()), (200, Some("left")), "{left}");
    until(&zone, HOLDER, "frozen", "0").await;
    let rest: i64 = place(&zone, HOLDER, "available").await.parse().unwrap();
    assert!((1..10).contains(&rest), "{rest}");
    let after = shown(&zone, EXPORTER, "1").await.1;
    assert_eq!((&after["version"], &after["body"]), (&before["version"], &before["body"]), "nothing is owed");

    // What goes back otherwise is owed, and no more than that.
    let item = trade.items()[0].number.to_string();
    let back = json!({"operation": "general-trade", "item": item, "lot": "L1", "quantity": rest.to_string()});
    accepted(&zone, HOLDER, "customs-declaration:G1", vec![back]).await;
    let told = shown(&zone, EXPORTER, "1").await.1;
    let owed = told["body"]["owed"].as_i64();
    assert_eq!((told["state"].as_str(), owed), (Some("owing"), Some(2_600 * rest)), "{told}");
    verified(&zone).await;
}
