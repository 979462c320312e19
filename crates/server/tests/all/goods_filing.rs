//! Goods that a merchant filed, and for whom an agent filed that it declares: the declarations that are held against both, as far as the
//! zone's rulebook asks.

use crate::support::{Zone, plain};
use clearance::decide::decide;
use clearance::sample::{self, Trade};
use serde_json::{Value, json};
use server::window::Published;
use store::{Cursor, Read, Row};

const OFFICER: &str = "8620000001";

async fn act(zone: &Zone, party: &str, id: &str, body: Value) -> Value {
    let path = format!("/v1/registers/goods/{id}/actions");
    let token = Some(zone.tokens[party].as_str());
    let (status, told) = zone.request("POST", &path, token, body.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{told}");
    told
}

/// Publishes the parameters with another value of one.
pub async fn parameter(zone: &Zone, name: &str, value: u32) {
    let rows = zone.window.read.rulebooks().await.unwrap();
    let tables = rows.last().unwrap().tables.clone();
    let text = &tables.iter().find(|(file, _)| file == "parameters.csv").unwrap().1;
    let changed = text.lines().map(|line| match line.split_once(',') {
        Some((known, rest)) if known == name => {
            format!("{known},{value},{}\n", rest.split_once(',').unwrap().1)
        }
        _ => format!("{line}\n"),
    });
    let table = ("parameters.csv".to_owned(), changed.collect::<String>());
    let told = zone.window.publish(&[table], "test").await.unwrap();
    assert!(matches!(told, Published::Number(_)), "{told:?}");
}

/// Publishes the parameters as if these were sure.
pub async fn sure(zone: &Zone, names: &[&str]) {
    let row = |line: &str| match line.split_once(',') {
        Some((name, _)) if names.contains(&name) => line.replace(",unsure,", ",known,") + "\n",
        _ => format!("{line}\n"),
    };
    let change = |text: &str| text.lines().map(row).collect::<String>();
    let told = zone.window.publish_changed("parameters.csv", change, "test").await.unwrap();
    assert!(matches!(told, Published::Number(_)), "{told:?}");
}

/// The rules that the trade's declaration was answered with, and where it stands.
async fn declared(zone: &Zone, trade: &Trade) -> (Vec<String>, u64) {
    zone.trade(trade).await;
    let shown = zone.shown(OFFICER, trade).await;
    let declaration = &shown["attempt"];
    let findings = declaration["findings"].as_array().unwrap().iter();
    let rules = findings.map(|one| one["rule"].as_str().unwrap().to_owned()).collect();
    (rules, declaration["state"].as_u64().unwrap_or_else(|| panic!("{declaration}")))
}

/// A trade of this merchant with one line.
fn single(zone: &Zone, from: u64) -> Trade {
    let fits =
        |trade: &Trade| trade.declaration.lines.len() == 1 && trade.declaration.head.ebc_code == "5301960201";
    (from..).map(|number| plain(zone, number)).find(fits).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declaration_is_held_against_the_goods_filing_and_says_with_which_version() {
    let zone = Zone::new().await;
    let trades: Vec<Trade> = (0..8).map(|number| single(&zone, number * 500)).collect();
    let same = |trade: &Trade| {
        let mut trade = trade.clone();
        let number = "样例-1";
        trade.declaration.lines[0].item_no = Some(number.into());
        trade
    };
    let line = &trades[0].declaration.lines[0];
    let goods = |trade: &Trade| {
        let line = &trade.declaration.lines[0];
        json!({"name": line.gname.as_str(), "hsCode": line.gcode.as_str(), "specification": line.gmodel.as_str(),
            "origin": line.country.as_str(), "unit": line.unit.as_str()})
    };
    // The law asks nothing: nobody looks.
    let merchant = "5301960201";
    assert_eq!(declared(&zone, &same(&trades[0])).await, (vec![], 120));
    parameter(&zone, "goods_filing_9610", 2).await;
    let not_filed = (vec!["goods-not-filed".to_owned()], 300);
    assert_eq!(declared(&zone, &same(&trades[1])).await, not_filed);
    // Filed, with what the next trade declares.
    let id = format!("{merchant}:样例-1");
    let filed = goods(&trades[2]);
    act(&zone, merchant, &id, json!({"action": "apply", "body": filed})).await;
    assert_eq!(declared(&zone, &same(&trades[7])).await, not_filed, "what is only applied for is not filed");
    act(&zone, OFFICER, &id, json!({"action": "approve", "version": 1})).await;
    assert_eq!(declared(&zone, &same(&trades[2])).await, (vec![], 120));
    // A change waits: what is filed stays in force, until it is decided.
    let mut other = filed.clone();
    other["unit"] = "035".into();
    act(&zone, merchant, &id, json!({"action": "change", "version": 2, "body": other})).await;
    let mut again = same(&trades[3]);
    let (gcode, country) = (trades[2].declaration.lines[0].gcode.clone(), line.country.clone());
    let fits = |trade: &Trade| {
        trade.declaration.lines[0].gcode == gcode && trade.declaration.lines[0].country == country
    };
    if !fits(&again) {
        again = same(&(1..200).map(|n| single(&zone, 10_000 + n * 70)).find(fits).unwrap());
    }
    assert_eq!(declared(&zone, &again).await, (vec![], 120));
    let changed = act(&zone, OFFICER, &id, json!({"action": "approve", "version": 3})).await;
    assert_eq!(changed["state"], "filed");
    assert!(changed["body"].get("inForce").is_none(), "{changed}");
    let mut late = same(&(1..200).map(|n| single(&zone, 40_000 + n * 70)).find(fits).unwrap());
    let (rules, status) = declared(&zone, &late).await;
    assert_eq!((rules, status), (vec!["goods-filing-differs".to_owned()], 300));
    let officer = zone.shown(OFFICER, &late).await;
    let fields = officer["attempt"]["findings"][0]["fields"].to_string();
    assert!(
        fields.contains("InventoryList[1].unit") && fields.contains("\"035\"") && fields.contains("\"011\""),
        "{fields}"
    );
    act(&zone, OFFICER, &id, json!({"action": "suspend", "version": 4, "note": "样例：抽检不合格"})).await;
    late = same(&(1..200).map(|n| single(&zone, 70_000 + n * 70)).find(fits).unwrap());
    assert_eq!(declared(&zone, &late).await, (vec!["goods-filing-not-in-force".to_owned()], 300));
    act(&zone, OFFICER, &id, json!({"action": "resume", "version": 5, "note": "样例：复检合格"})).await;
    // Off again: nothing is looked at, the law of the day decides.
    parameter(&zone, "goods_filing_9610", 0).await;
    late = same(&(1..200).map(|n| single(&zone, 90_000 + n * 70)).find(fits).unwrap());
    assert_eq!(declared(&zone, &late).await, (vec![], 120));
    // Each decision names the version that it saw, and comes out the same when it is made again.
    let mut versions = Vec::new();
    zone.window
        .read
        .scan(&Cursor::default(), &mut |_, row| {
            if let Row::Event(event) = row
                && let Some(outcome) = event.outcome
            {
                versions
                    .extend(outcome.read.records.iter().map(|read| (read.key.id.to_string(), read.version)));
            }
            true
        })
        .await
        .unwrap();
    assert_eq!(versions, [2, 3, 4, 5].map(|version| (id.clone(), version)));
    let derived = server::derive::derive(&zone.window.read, decide, &mut |_| {}).await.unwrap();
    assert!(derived.different == 0 && derived.events > 30, "{derived:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn legal_quantities_are_held_to_the_factor_that_was_filed() {
    let zone = Zone::new().await;
    parameter(&zone, "goods_filing_9610", 1).await;
    let trade = single(&zone, 0);
    let line = &trade.declaration.lines[0];
    let number = line.item_no.clone().unwrap();
    let merchant = "5301960201";
    let id = format!("{merchant}:{number}");
    let one = ceb::Decimal::ONE.units();
    let factor = ceb::Decimal::from_units(line.qty1.units() * one / line.qty.units());
    let mut goods = json!({"name": line.gname.as_str(), "hsCode": line.gcode.as_str(), "specification": line.gmodel.as_str(),
        "origin": line.country.as_str(), "unit": line.unit.as_str(), "unit1": line.unit1.as_str(),
        "factor1": factor.to_string()});
    act(&zone, merchant, &id, json!({"action": "apply", "body": goods})).await;
    act(&zone, OFFICER, &id, json!({"action": "approve", "version": 1})).await;
    assert_eq!(declared(&zone, &trade).await, (vec![], 120));
    goods["factor1"] = "99".into();
    act(&zone, merchant, &id, json!({"action": "change", "version": 2, "body": goods})).await;
    act(&zone, OFFICER, &id, json!({"action": "approve", "version": 3})).await;
    let again = |from: u64| {
        let mut trades = (from..).map(|step| single(&zone, 10_000 + step * 70));
        trades.find(|trade| trade.declaration.lines[0].item_no.as_ref() == Some(&number)).unwrap()
    };
    let late = again(1);
    assert_eq!(declared(&zone, &late).await, (vec!["goods-quantity-differs".to_owned()], 300));
    let shown = zone.shown(OFFICER, &late).await;
    let finding = shown["attempt"]["findings"][0].to_string();
    assert!(
        finding.contains("InventoryList[1].qty1") && finding.contains("goods filing.factor1"),
        "{finding}"
    );
    // The law of the day decides whether it is looked at.
    parameter(&zone, "goods_filing_terms", 0).await;
    let later = (2..)
        .map(|step| again(step * 200))
        .find(|trade| trade.order.head.order_no != late.order.head.order_no);
    assert_eq!(declared(&zone, &later.unwrap()).await, (vec![], 120));
    let derived = server::derive::derive(&zone.window.read, decide, &mut |_| {}).await.unwrap();
    assert!(derived.different == 0, "{derived:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_declares_for_those_for_whom_it_filed_a_power_of_attorney() {
    const AGENT: &str = "5301980501";
    let zone = Zone::new().await;
    let of = |merchant: &str, from: u64| {
        let trades = (from..).step_by(10).map(|number| plain(&zone, number));
        let is_theirs = |trade: &Trade| {
            trade.declaration.head.agent_code == AGENT && trade.declaration.head.ebc_code == merchant
        };
        trades.into_iter().find(is_theirs).unwrap()
    };
    let (named, other) = ("5301960201", "5301960202");
    assert_eq!(declared(&zone, &of(other, 0)).await, (vec![], 120), "nothing is said of principals");
    let register = async |record: &str, party: &str, body: Value| {
        let path = format!("/v1/registers/{record}/actions");
        let token = Some(zone.tokens[party].as_str());
        let (status, told) = zone.request("POST", &path, token, body.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{told}");
    };
    let document = json!({"name": "样例.pdf", "mediaType": "application/pdf", "content": "JVBERi0xLjc="});
    let attachment = format!("{AGENT}:powers");
    register(&format!("attachments/{attachment}"), AGENT, json!({"action": "attach", "body": document}))
        .await;
    let filing = sample::filings().into_iter().find(|filing| filing.code == AGENT).unwrap();
    let licence = |kind: &str| json!({"kind": kind, "number": format!("样例{kind}"), "issuer": "样例局", "validFrom": "20200101"});
    let power = |code: &str| json!({"code": code, "number": "样例委1", "validFrom": "20260101", "attachment": attachment});
    let mut application = json!({
        "name": filing.name.as_str(), "otherCode": filing.other_code.as_deref(), "roles": ["agent", "guarantor"],
        "validFrom": "20260101", "exchangeIds": [filing.exchange_ids[0].as_str()], "address": "样例路1号",
        "contact": {"name": "样一", "telephone": "10000000000"},
        "licences": [licence("business-licence"), licence("guarantee-filing")], "principals": [power(named)],
    });
    let record = format!("filings/{AGENT}");
    let granted = json!({"guaranteeLimit": "100000000"});
    register(&record, AGENT, json!({"action": "apply", "version": 0, "body": application})).await;
    register(&record, OFFICER, json!({"action": "approve", "version": 1, "body": granted})).await;
    assert_eq!(declared(&zone, &of(named, 1_000)).await, (vec![], 120));
    let late = of(other, 2_000);
    assert_eq!(declared(&zone, &late).await, (vec!["principal-not-named".to_owned()], 300));
    // The other parties of the trade learn nothing of for whom else it acts.
    let platform = late.order.head.ebp_code.to_string();
    let told = zone.shown(&platform, &late).await.to_string();
    assert!(told.contains("principal-not-named") && !told.contains(named), "{told}");
    application["principals"] = json!([power(named), power(other)]);
    register(&record, AGENT, json!({"action": "change", "version": 2, "body": application})).await;
    register(&record, OFFICER, json!({"action": "approve", "version": 3, "body": granted})).await;
    assert_eq!(declared(&zone, &of(other, 3_000)).await, (vec![], 120));
    let derived = server::derive::derive(&zone.window.read, decide, &mut |_| {}).await.unwrap();
    assert!(derived.different == 0, "{derived:?}");
}
