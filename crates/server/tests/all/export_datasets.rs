//! Datasets of exports: what each party is given of them by rules of sharing, as their schemas say, under masks and filters.

use crate::shares::{self, EXCHANGE, TAX, all, fits, rule, share};
use crate::support::{NOW, Zone};
use ceb::Document;
use clearance::keys::Time;
use clearance::sample::Export;
use exchange::Dataset;
use serde_json::{Value, json};

const CUSTOMS: &str = "8620000001";
const MERCHANT: &str = "5301960201";
const AGENT: &str = "5301980501";
const CARRIER: &str = "5301960401";

fn path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

async fn until(zone: &Zone, export: &Export, states: &[u64]) -> Value {
    let mut shown = Value::Null;
    for _ in 0..400 {
        shown = zone.get(MERCHANT, &path(export)).await.1;
        if states.iter().any(|state| shown["state"] == *state) {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("not {states:?}: {shown}");
}

/// An export that left the country, with its number.
async fn closed(zone: &Zone) -> (Export, String) {
    let alike = |one: &Export| {
        one.declaration.head.logistics_code == CARRIER && one.declaration.head.agent_code == AGENT
    };
    let export = (1..).map(|number| Export::new(7, number, NOW).to_summarise()).find(alike).unwrap();
    for (sender, document) in export.documents() {
        zone.send(&sender, document).await;
    }
    // Who is paid tells of the money as well.
    let (sender, document) = export.received();
    zone.send(&sender, document).await;
    let shown = until(zone, &export, &[300, 399]).await;
    if shown["state"] == 300 {
        let body =
            json!({"id": "approve-1", "version": shown["version"], "action": "approve", "text": "样例"});
        let token = Some(zone.tokens[CUSTOMS].as_str());
        let there = format!("{}/actions", path(&export));
        let (status, told) = zone.request("POST", &there, token, body.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{told}");
    }
    zone.send(AGENT, Document::MasterBill(Export::master_bill(&[&export], NOW).unwrap())).await;
    zone.send("5301960601", Document::ExportArrival(Export::arrival(&[&export], NOW).unwrap())).await;
    until(zone, &export, &[800]).await;
    zone.send(CARRIER, Document::Departure(Export::departure(&[&export], NOW).unwrap())).await;
    let shown = until(zone, &export, &[899]).await;
    let number = shown["invtNo"].as_str().unwrap().to_owned();
    (export, number)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_customs_has_of_exports_is_given_as_its_schemas_say() {
    let zone = shares::zone().await;
    let (export, number) = closed(&zone).await;
    let later = Time(NOW.0 + 15 * 86_400_000);
    zone.clock.set(later);
    let application = Export::summary(&[&export], &[number.as_str().into()], later).unwrap();
    let answer = zone.send(AGENT, Document::SummaryApplication(application.clone())).await;
    assert_eq!(answer["status"], 399, "{answer}");
    let order = format!("{MERCHANT}/{}", export.order.head.order_no);
    let waybill = format!("{CARRIER}/{}", export.waybill.logistics_no);
    let summary = format!("{AGENT}/{}", application.head.cop_no);
    for (dataset, subject) in [
        (Dataset::ExportOrders, order.clone()),
        (Dataset::ExportPayments, order.clone()),
        (Dataset::ExportWaybills, waybill),
        (Dataset::ExportDeclarations, order.clone()),
        (Dataset::ExportClearances, order),
        (Dataset::SummaryApplications, summary.clone()),
        (Dataset::ExportSummaries, summary),
    ] {
        let names: Vec<String> = dataset.fields().into_iter().map(|field| field.name).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let id = share(&zone, TAX, dataset.word(), rule(dataset.word(), &names, json!({}))).await;
        let (events, _) = all(&zone, TAX, &id, 3).await;
        assert!(!events.is_empty(), "{dataset:?}");
        let (_, schema) = zone.get(TAX, &format!("/v1/datasets/{}", dataset.word())).await;
        for event in &events {
            assert_eq!(event["subject"], subject, "{dataset:?}");
            assert_eq!(event["type"], format!("onewindow.{}.v1", dataset.word()));
            fits(&event["data"], &schema, &format!("{dataset:?}"));
            for field in dataset.fields().iter().filter(|field| field.always && !field.name.contains('.')) {
                assert!(
                    event["data"].get(&field.name).is_some(),
                    "{dataset:?} lacks {}: {event}",
                    field.name
                );
            }
        }
    }
    // Bills, arrivals and departures are of many parcels: each once.
    for dataset in [Dataset::ExportMasterBills, Dataset::ExportArrivals, Dataset::ExportDepartures] {
        let id = share(
            &zone,
            TAX,
            dataset.word(),
            rule(dataset.word(), &["copNo", "lines.logisticsNo"], json!({})),
        )
        .await;
        let (events, _) = all(&zone, TAX, &id, 10).await;
        assert_eq!(events.len(), 1, "{dataset:?}");
        let parcel = export.waybill.logistics_no.as_str();
        assert_eq!(events[0]["data"]["lines"][0]["logisticsNo"], parcel, "{dataset:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tax_and_foreign_exchange_are_given_what_each_needs_of_the_same_trade() {
    let zone = shares::zone().await;
    let fields = ["orderNo", "invtNo", "state", "closedOn", "leftOn", "owner"];
    let for_tax = rule("export-clearances", &fields, json!({"state": ["899"]}));
    let tax = share(&zone, TAX, "left", for_tax).await;
    let fields = ["orderNo", "received", "receivedCurrency", "payNo"];
    let exchange =
        share(&zone, EXCHANGE, "money", rule("export-clearances", &fields, json!({"state": ["899"]}))).await;
    let (export, number) = closed(&zone).await;
    let (events, _) = all(&zone, TAX, &tax, 10).await;
    assert!(!events.is_empty());
    let data = &events[0]["data"];
    assert_eq!((&data["invtNo"], &data["state"]), (&json!(number), &json!(899)), "{data}");
    assert!(data["leftOn"].as_str().is_some_and(|day| day.len() == 8), "{data}");
    let (events, _) = all(&zone, EXCHANGE, &exchange, 10).await;
    let data = events[0]["data"].as_object().unwrap();
    assert_eq!(data["received"], export.payment.charge.to_string());
    assert_eq!(data.len(), 4, "nothing beside the mask: {data:?}");
    // Whom the trade names sees both deliveries.
    zone.until_listed().await;
    let (_, readings) = zone.get(MERCHANT, "/v1/registers/accesses").await;
    for receiver in [TAX, EXCHANGE] {
        let of = readings["records"].as_array().unwrap().iter().find(|one| one["by"]["party"] == receiver);
        assert_eq!(of.unwrap()["summary"]["kind"], "share", "{readings}");
    }
    // Rows that were judged long ago are read again with their documents: another server has the same.
    let (again, _) = all(&zone, TAX, &tax, 1).await;
    assert_eq!(again[0]["data"]["invtNo"], number);
}
