//! Exports that are looked at, through the interface: typed inspections with a photograph and a second officer, what a party is told,
//! the draw that its parties find and anybody draws again, and a list of a mode that its park may not do. What is found is a table
//! that a model of exports learns from.

use crate::bonded::{CUSTOMS, verified};
use crate::inspections::{a_photograph, photographs};
use crate::shadow::learnt;
use crate::support::people;
use crate::support::{NOW, Zone};
use ceb::{Decimal, Document};
use clearance::party::Role;
use clearance::sample::Export;
use inspection::declaration::{Declaration, Field, Quantity, Trade};
use inspection::model::Scorer;
use inspection::table;
use serde_json::{Value, json};
use server::risk_table::{self, Counts};
use server::shadow::{Loaded, run};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Duty, StoreError};

pub(crate) const MERCHANT: &str = "5301960201";
const OPERATOR: &str = "5301960601";

pub(crate) fn path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

/// Opens exports of honest merchants by the draw with a share, parts per million.
async fn drawn_with(zone: &Zone, share: u32) {
    let base = format!("\nsampling_base_export,{share},");
    let change = |text: &str| {
        text.replace("\nsampling_base_export,5000,", &base)
            .replace("\nsampling_factor_a,20,", "\nsampling_factor_a,100,")
    };
    zone.window.publish_changed("parameters.csv", change, "test").await.unwrap();
}

/// Sends an export until it is at the site; 500 = it is opened there, 800 = it was released.
async fn at_the_site(zone: &Zone, export: &Export) -> u64 {
    for (sender, document) in export.documents() {
        zone.send(&sender, document).await;
    }
    let master = Export::master_bill(&[export], NOW).unwrap();
    let agent = master.head.agent_code.to_string();
    zone.send(&agent, Document::MasterBill(master)).await;
    let arrival = Export::arrival(&[export], NOW).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::ExportArrival(arrival)).await;
    for _ in 0..200 {
        if let Some(state @ (500 | 800)) = shown(zone, CUSTOMS, export).await["state"].as_u64() {
            return state;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it does not arrive: {}", shown(zone, CUSTOMS, export).await);
}

/// A zone in which every export is drawn and opened at the site, and one that is there.
async fn opened(zone: &Zone, number: u64) -> Export {
    drawn_with(zone, 1_000_000).await;
    let export = Export::new(7, number, NOW);
    assert_eq!(at_the_site(zone, &export).await, 500);
    export
}

pub(crate) async fn shown(zone: &Zone, party: &str, export: &Export) -> Value {
    let (status, shown) = zone.get(party, &path(export)).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

async fn inspect(zone: &Zone, token: &str, export: &Export, more: Value) -> (u16, Value) {
    let version = shown(zone, CUSTOMS, export).await["version"].clone();
    let mut body =
        json!({"id": format!("i-{version}"), "version": version, "text": "样例查验", "measure": "release"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let address = format!("{}/inspections", path(export));
    zone.request("POST", &address, Some(token), body.to_string().into_bytes()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_inspected_by_the_table_with_a_picture_and_its_parties_are_told() {
    let zone = Zone::new().await;
    let export = opened(&zone, 1).await;
    let seen = shown(&zone, CUSTOMS, &export).await;
    assert_eq!(seen["attempt"]["hits"][0]["rule"], "random", "{seen}");
    let results = seen["inspection"]["results"].as_array().unwrap();
    assert!(results.iter().all(|row| !row["measures"].as_array().unwrap().contains(&json!("re-export"))));
    let version = seen["version"].clone();
    let old = json!({"id": "o", "version": version, "action": "inspection-result", "passed": true});
    let address = format!("{}/actions", path(&export));
    let token = zone.tokens[CUSTOMS].clone();
    let (status, told) = zone.request("POST", &address, Some(&token), old.to_string().into_bytes()).await;
    assert_eq!(status, 400, "what was found is said: {told}");
    let (status, told) = inspect(&zone, &token, &export, json!({"found": [{"result": "nothing"}]})).await;
    assert_eq!((status, told["findings"][0]["rule"].as_str()), (422, Some("inspection-faulty")), "{told}");
    let pictures = photographs(&[a_photograph(1)]);
    let found = json!({"found": [{"result": "conforming"}], "photographs": pictures});
    let (status, told) = inspect(&zone, &token, &export, found).await;
    assert_eq!(status, 200, "{told}");
    let released = shown(&zone, CUSTOMS, &export).await;
    assert_eq!(released["state"], 800, "{released}");
    let merchant = shown(&zone, MERCHANT, &export).await;
    assert!(merchant["attempt"]["hits"].is_null(), "sealed: {merchant}");
    let (status, told) = zone.get(MERCHANT, &format!("{}/inspections", path(&export))).await;
    let one = &told["inspections"][0];
    assert_eq!(
        (status, one["measure"].as_str(), one["found"][0]["result"].as_str()),
        (200, Some("release"), Some("conforming")),
        "{told}"
    );
    assert!(one["officers"].is_null());
    let picture = one["photographs"][0].as_str().unwrap();
    for (party, expected) in [(MERCHANT, 200), (CUSTOMS, 200), ("5301960202", 404)] {
        let (status, _) = zone.get(party, &format!("{}/photographs/{picture}", path(&export))).await;
        assert_eq!(status, expected, "{party}");
    }
    zone.until_listed().await;
    let (_, readings) = zone.get(MERCHANT, "/v1/registers/accesses").await;
    assert_eq!(readings["records"][0]["summary"]["kind"], "photograph", "{readings}");
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_find_is_told_when_the_second_has_confirmed_it() {
    let zone = Zone::new().await;
    let export = opened(&zone, 2).await;
    let duties = [Duty::Inspector, Duty::Decider];
    let session = async |login: &str| {
        let (_, one_time) = people::add(&zone, login, CUSTOMS, Role::Officer, &duties).await;
        people::settle(&zone, login, &one_time, true).await
    };
    let (first, second) = (session("cha.yi").await, session("cha.er").await);
    let found = json!({"found": [{"result": "goods-differ"}], "measure": "detain-501"});
    let (status, told) = inspect(&zone, &first, &export, found).await;
    assert_eq!(status, 200, "{told}");
    let waits = shown(&zone, CUSTOMS, &export).await;
    assert_eq!(
        (waits["state"].as_u64(), waits["unconfirmed"]["officer"].as_str()),
        (Some(500), Some("cha.yi"))
    );
    let (_, told) = zone.get(MERCHANT, &format!("{}/inspections", path(&export))).await;
    assert_eq!(told["inspections"], json!([]), "a party learns of it when it takes effect");
    let entries = shown(&zone, MERCHANT, &export).await["timeline"].to_string();
    assert!(!entries.contains("inspected"), "{entries}");
    let confirm = async |session: &str| {
        let version = shown(&zone, CUSTOMS, &export).await["version"].clone();
        let body = json!({"id": format!("c-{session}"), "version": version, "action": "confirm-inspection"});
        let address = format!("{}/actions", path(&export));
        zone.request("POST", &address, Some(session), body.to_string().into_bytes()).await
    };
    let (status, told) = confirm(&first).await;
    assert_eq!(
        (status, told["findings"][0]["rule"].as_str()),
        (409, Some("second-inspector-needed")),
        "{told}"
    );
    assert_eq!(confirm(&second).await.0, 200);
    assert_eq!(shown(&zone, CUSTOMS, &export).await["state"], 501);
    let (_, told) = zone.get(MERCHANT, &format!("{}/inspections", path(&export))).await;
    assert_eq!(told["inspections"][0]["measure"], "detain-501", "{told}");
    verified(&zone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_park_that_may_not_do_the_mode_is_told_by_the_code_of_its_site() {
    const CODE: &str = "KMG8620009";
    let zone = Zone::new().await;
    let act = async |party: &str, record: &str, action: &str, body: Value| {
        let (_, now) = zone.get(party, &format!("/v1/registers/{record}")).await;
        let version = now["version"].as_u64().unwrap_or(0);
        let said = json!({"action": action, "version": version, "note": "样例", "body": body});
        let address = format!("/v1/registers/{record}/actions");
        let (status, made) =
            zone.request("POST", &address, Some(&zone.tokens[party]), said.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{record} {action}: {made}");
    };
    let park = format!("parks/{OPERATOR}:P9");
    let of_park = |modes: Value| json!({"name": "样例园区", "kind": "core", "city": "昆明", "functions": ["sorting"], "modes": modes, "legalBasis": "样例方案"});
    act(OPERATOR, &park, "apply", of_park(json!(["1210"]))).await;
    act(CUSTOMS, &park, "approve", Value::Null).await;
    let site = format!("sites/{OPERATOR}:{CODE}");
    let of_site = json!({"park": format!("{OPERATOR}:P9"), "name": "样例卡口", "kind": "gate", "district": "8620", "carriers": ["5301960401"]});
    act(OPERATOR, &site, "apply", of_site).await;
    act(CUSTOMS, &site, "approve", Value::Null).await;
    server::site_codes::step(&zone.window).await.unwrap();
    let send = async |number: u64| {
        let mut export = Export::new(7, number, NOW);
        export.declaration.head.loct_no = Some(CODE.into());
        for (sender, document) in export.documents() {
            zone.send(&sender, document).await;
        }
        shown(&zone, CUSTOMS, &export).await
    };
    let waits = send(11).await;
    assert_eq!(
        (waits["state"].as_u64(), waits["reasons"][0].as_str()),
        (Some(300), Some("mode-not-of-park")),
        "{waits}"
    );
    // The park is permitted the mode; what its codes say follows.
    act(OPERATOR, &park, "change", of_park(json!(["1210", "9610"]))).await;
    server::site_codes::step(&zone.window).await.unwrap();
    assert_eq!(send(12).await["state"], 300, "what was applied for does not count yet");
    act(CUSTOMS, &park, "approve", Value::Null).await;
    server::site_codes::step(&zone.window).await.unwrap();
    assert_eq!(send(13).await["state"], 399);
    server::site_codes::step(&zone.window).await.unwrap();
    let (_, code) = zone.get(CUSTOMS, &format!("/v1/registers/site-codes/{CODE}")).await;
    assert_eq!(code["version"], 2, "nothing is written where nothing changed: {code}");
    let (status, told) = zone.get(MERCHANT, "/v1/processes?mode=9610&direction=export").await;
    assert_eq!(
        (status, told["processes"][0]["stations"][2]["clock"]["parameter"].as_str()),
        (200, Some("partner_wait_hours")),
        "{told}"
    );
    verified(&zone).await;
}

/// The same goods at so many times the price.
pub(crate) fn dearer(mut export: Export, times: i128) -> Export {
    let raise = |amount: &mut Decimal| *amount = Decimal::from_units(amount.units() * times);
    raise(&mut export.order.head.goods_value);
    for line in &mut export.order.lines {
        raise(&mut line.price);
        raise(&mut line.total_price);
    }
    for line in &mut export.declaration.lines {
        raise(&mut line.price);
        raise(&mut line.total_price);
    }
    export
}

/// What is told of a line: whether something had to follow, and by which words.
type Known = (Option<bool>, &'static str);

/// What is said of the goods of an export that is opened, by turns, and what is then known of its first line and of the others.
fn finding(turn: usize) -> (Value, [Known; 2]) {
    match turn % 4 {
        0 => (json!({"found": [{"result": "conforming"}]}), [(Some(false), "conforming"); 2]),
        1 => (
            json!({"found": [{"line": 1, "result": "quantity-differs", "quantity": "9"}], "measure": "review"}),
            [(Some(true), "quantity-differs"), (None, "")],
        ),
        2 => (
            json!({"found": [{"result": "conforming"}, {"line": 1, "result": "value-doubtful"}], "measure": "review"}),
            [(Some(true), "value-doubtful"), (Some(false), "conforming")],
        ),
        // Of what is broken no model may learn.
        _ => (json!({"found": [{"result": "damaged"}]}), [(None, ""); 2]),
    }
}

/// The table of a trade as it is written, and what it counts.
async fn table_of(zone: &Zone, trade: Trade) -> (String, Counts) {
    let mut text = table::heading(trade).join(",");
    let put = |line: &Declaration, result: &str| -> Result<(), StoreError> {
        text.push('\n');
        text.push_str(&table::cells(line, result).join(","));
        Ok(())
    };
    let all = (trade, |_: ceb::Day| true);
    let counts = risk_table::rows(&zone.window, all, |_, _| {}, put).await.unwrap();
    (text, counts)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_of_exports_is_learnt_from_and_a_model_of_them_scores_in_shadow() {
    let zone = Zone::new().await;
    drawn_with(&zone, 500_000).await;
    let token = zone.tokens[CUSTOMS].clone();
    let mut expected: BTreeMap<String, Known> = BTreeMap::new();
    let (mut exports, mut opened) = (Vec::new(), Vec::new());
    for number in 1..=20 {
        let export = Export::new(7, number, NOW);
        // The last is sold at thrice the price of all before.
        let export = if number == 20 { dearer(export, 3) } else { export };
        let is_opened = at_the_site(&zone, &export).await == 500;
        let list = shown(&zone, CUSTOMS, &export).await["attempt"]["invtNo"].as_str().unwrap().to_owned();
        let mut known = [(None, ""); 2];
        if is_opened {
            let (found, then) = finding(opened.len());
            let (status, told) = inspect(&zone, &token, &export, found).await;
            assert_eq!(status, 200, "{told}");
            opened.push(then[0].0);
            known = then;
        }
        for line in &export.declaration.lines {
            expected.insert(format!("{list}/{}", line.gnum), known[usize::from(line.gnum > 1)]);
        }
        exports.push((list, export));
    }
    assert!(opened.len() >= 4 && opened.len() < 20, "{opened:?}");

    let (text, counts) = table_of(&zone, Trade::Export).await;
    let read = table::read(&text).unwrap();
    let place = table::heading(Trade::Export).iter().position(|name| *name == table::RESULT).unwrap();
    let words = text.lines().skip(1).map(|line| line.split(',').nth(place).unwrap());
    assert_eq!(read.len(), expected.len(), "{text}");
    for (row, words) in read.iter().zip(words) {
        assert_eq!((row.found, words), expected[&row.id], "{}: {text}", row.id);
        // The draw alone chose it.
        assert_eq!(row.chance, row.found.map(|_| 0.5), "{}: {text}", row.id);
    }
    let known = |wanted: fn(&Known) -> bool| expected.values().filter(|one| wanted(one)).count() as u64;
    let (inspected, illicit) = (known(|one| one.0.is_some()), known(|one| one.0 == Some(true)));
    assert_eq!(counts, Counts { lines: expected.len() as u64, inspected, illicit });

    // What was declared, in columns of its own; of who sells and of the parcel a keyed hash.
    let (list, dear) = exports.last().unwrap();
    let (head, line) = (&dear.declaration.head, &dear.declaration.lines[0]);
    let row = read.iter().find(|row| row.id == format!("{list}/1")).unwrap();
    let declared = [
        (Field::Office, head.customs_code.as_str()),
        (Field::Exit, head.port_code.as_str()),
        (Field::Process, "9610"),
        (Field::Statistics, "A"),
        (Field::Transport, "5"),
        (Field::Declarant, head.agent_code.as_str()),
        (Field::Platform, head.ebp_code.as_str()),
        (Field::Courier, head.logistics_code.as_str()),
        (Field::Site, ""),
        (Field::Hs6, &line.gcode[..6]),
        (Field::Destination, line.country.as_str()),
        (Field::Currency, "142"),
    ];
    for (field, value) in declared {
        assert_eq!(row.code(field), value, "{field:?}");
    }
    let value: f64 = line.total_price.to_string().parse().unwrap();
    assert_eq!(row.quantity(Quantity::Price), Some(value));
    assert_eq!(row.quantity(Quantity::NetMass).is_some(), dear.declaration.lines.len() == 1);
    let ratio = row.quantity(Quantity::ToMedian).unwrap();
    assert!((2.8..3.2).contains(&ratio), "thrice its own price, as near as a median is kept: {ratio}");
    assert_eq!(row.code(Field::Merchant).len(), 32);
    assert_ne!(
        row.code(Field::Merchant),
        row.code(Field::Producer),
        "hashes of one sort tell nothing of another"
    );
    assert!(read.iter().all(|other| other.code(Field::Merchant) == row.code(Field::Merchant)));
    for (_, export) in &exports {
        let head = &export.declaration.head;
        for private in [MERCHANT, head.order_no.as_str(), head.logistics_no.as_str(), head.ebc_name.as_str()]
        {
            assert!(!text.contains(private), "{private}");
        }
    }
    assert_eq!(
        table_of(&zone, Trade::Import).await.1,
        Counts::default(),
        "exports are in no table of imports"
    );

    // A model of such rows scores exports in shadow.
    let model = Arc::new(learnt(row));
    let [shadow, _] = zone.window.export_shadows.clone();
    shadow.load(Loaded { model: model.clone(), digest: "abc".to_owned() });
    let following = tokio::spawn(run(zone.window.clone(), shadow, Duration::from_millis(20)));
    let mut told = Value::Null;
    for _ in 0..200 {
        told = zone.get(CUSTOMS, "/v1/risk/model").await.1["exports"].clone();
        if told["behind"] == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let sum = |name: &str| {
        told["bands"].as_array().unwrap().iter().map(|band| band[name].as_u64().unwrap()).sum::<u64>()
    };
    let known = opened.iter().flatten().count() as u64;
    let illicit = opened.iter().flatten().filter(|illicit| **illicit).count() as u64;
    let counts = ["scored", "inspected", "illicit", "drawn", "drawnIllicit"].map(sum);
    assert_eq!(counts, [20, known, illicit, known, illicit], "{told}");
    assert_eq!((&told["model"]["digest"], &told["model"]["inUse"]), (&json!("abc"), &json!(false)), "{told}");
    let mut scorer = Scorer::new(&model);
    for (list, export) in &exports {
        let lines = read.iter().filter(|row| row.id.starts_with(&format!("{list}/")));
        let score = lines.map(|line| scorer.score(line).thousandths).max();
        let seen = shown(&zone, CUSTOMS, export).await;
        assert_eq!(seen["shadow"]["thousandths"].as_u64(), score.map(u64::from), "{}", seen["shadow"]);
        assert!(
            shown(&zone, MERCHANT, export).await.get("shadow").is_none(),
            "nobody but offices hears of it"
        );
    }
    let duties = [Duty::Inspector, Duty::Decider];
    let mut officer = people::signed_in(&zone, "guan.yi", CUSTOMS, Role::Officer, &duties).await;
    let page = officer.get(&path(dear).replace("/v1", "/desk")).await;
    assert!(page.words().contains("影子模型"), "{}", page.words());
    following.abort();
    verified(&zone).await;
}
