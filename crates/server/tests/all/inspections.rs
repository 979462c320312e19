//! Inspections behind the interface and on pages: typed results with photographs, who sees which, and what is told of them.

use crate::support::browser::Browser;
use crate::support::people::{ask, signed_in};
use crate::support::{Zone, path, plain};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clearance::party::Role;
use clearance::sample::Trade;
use serde_json::{Value, json};
use store::Duty;

const OFFICE: &str = "8620000001";

/// A JPEG as a camera writes it: with a place, and something behind its end.
pub(crate) fn a_photograph(pixel: u8) -> Vec<u8> {
    let part = |mark: u8, body: &[u8]| {
        [&[0xFF, mark], &u16::try_from(body.len() + 2).unwrap().to_be_bytes()[..], body].concat()
    };
    [
        &[0xFF, 0xD8][..],
        &part(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0GPS 24.88N 102.83E"),
        &part(0xC0, &[8, 0, 1, 0, 1, 1, 1, 17, 0]),
        &part(0xDA, &[1, 1, 0, 0, 63, 0]),
        &[pixel, 2, 3, 0xFF, 0xD9][..],
        b"GPS behind",
    ]
    .concat()
}

/// A WebP that is text, for forms.
fn a_drawing() -> &'static str {
    "RIFF\x12\0\0\0WEBPVP8 \x06\0\0\0pixels"
}

/// A zone with trades that are looked at, and the sessions of two inspectors.
pub(crate) async fn looked_at(zone: &Zone, count: u64) -> (Vec<Trade>, [String; 2]) {
    let rules =
        "id,valid_from,valid_to,lane,condition,note\nsecret-rule,20190101,,inspection,lines >= 1,all\n";
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules.to_owned())], "test").await.unwrap();
    let trades: Vec<Trade> = (0..count).map(|number| plain(zone, number * 1_000)).collect();
    for trade in &trades {
        zone.trade(trade).await;
    }
    zone.until_listed().await;
    let first = signed_in(zone, "cha.yan", OFFICE, Role::Officer, &[Duty::Inspector]).await;
    let second = signed_in(zone, "cha.er", OFFICE, Role::Officer, &[Duty::Inspector]).await;
    (trades, [first, second].map(|browser| browser.cookies["__Host-session"].clone()))
}

/// The second officer's answer to what the first recorded.
async fn second_says(zone: &Zone, session: &str, trade: &Trade, action: &str, text: &str) -> (u16, Value) {
    let (_, seen) = ask(zone, "GET", &path(trade), session, &Value::Null).await;
    let id = format!("{action} {}", seen["version"]);
    let body = json!({"id": id, "version": seen["version"], "action": action, "text": text});
    ask(zone, "POST", &format!("{}/actions", path(trade)), session, &body).await
}

pub(crate) async fn inspect(
    zone: &Zone,
    session: &str,
    trade: &Trade,
    id: &str,
    more: Value,
) -> (u16, Value) {
    let (_, seen) = ask(zone, "GET", &path(trade), session, &Value::Null).await;
    let mut body = json!({"id": id, "version": seen["version"], "text": "开箱查看"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    ask(zone, "POST", &format!("{}/inspections", path(trade)), session, &body).await
}

pub(crate) fn photographs(all: &[Vec<u8>]) -> Value {
    all.iter().map(|bytes| json!({"content": STANDARD.encode(bytes)})).collect()
}

/// What a caller is told of the inspections of a trade.
async fn told(zone: &Zone, party: &str, trade: &Trade) -> Value {
    let (status, answer) = zone.get(party, &format!("{}/inspections", path(trade))).await;
    assert_eq!(status, 200, "{answer}");
    answer["inspections"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_result_moves_the_trade_and_is_told_to_whom_it_concerns() {
    let zone = Zone::new().await;
    let (trades, [session, second]) = looked_at(&zone, 1).await;
    let trade = &trades[0];
    let there = format!("{}/inspections", path(trade));
    let (_, form) = ask(&zone, "GET", &there, &session, &Value::Null).await;
    assert_eq!(form["form"]["lines"].as_array().unwrap().len(), trade.declaration.lines.len());
    let rows = form["form"]["results"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["result"] == "infringing" && row["officers"] == 2), "{form}");
    // What is wrong is told whole, and nothing is recorded or kept.
    let gif = photographs(&[b"GIF89a".to_vec()]);
    let wrong = json!({"found": [{"result": "infringing", "quantity": "two"}], "measure": "keep", "second": "nobody", "photographs": gif});
    let (status, answer) = inspect(&zone, &session, trade, "i1", wrong).await;
    let paths: Vec<&str> =
        answer["faults"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect();
    assert_eq!(
        (status, paths),
        (422, vec!["photographs[1]", "measure", "found[1].quantity", "second"]),
        "{answer}"
    );
    let released = json!({"found": [{"result": "infringing"}], "measure": "release", "photographs": photographs(&[a_photograph(1)])});
    let (status, answer) = inspect(&zone, &session, trade, "i2", released).await;
    assert_eq!(
        (status, answer["findings"][0]["rule"].as_str()),
        (422, Some("measure-forbidden")),
        "{answer}"
    );
    assert!(answer["info"].as_str().unwrap().contains("detain-503"), "which are allowed: {answer}");
    let named = json!({"found": [{"result": "infringing"}], "measure": "detain-503", "second": "cha.er"});
    let (status, told_so) = inspect(&zone, &session, trade, "i3", named).await;
    assert_eq!((status, told_so["faults"][0]["path"].as_str()), (422, Some("second")), "{told_so}");
    let kept = store::RecordSearch {
        register: clearance::record::Register::Photograph,
        parties: None,
        states: Vec::new(),
    };
    use store::Read;
    assert!(
        zone.window.read.records(&kept, None, 10).await.unwrap().0.is_empty(),
        "of what is refused nothing is kept"
    );
    let done = json!({
        "found": [{"result": "infringing"}, {"line": 1, "result": "quantity-differs", "quantity": "3.5"}],
        "measure": "detain-503", "place": "三号查验台",
        "photographs": photographs(&[a_photograph(1), a_photograph(2), a_photograph(1)]),
    });
    let (status, recorded) = inspect(&zone, &session, trade, "i4", done.clone()).await;
    assert_eq!(
        (status, recorded["status"].as_i64()),
        (200, Some(500)),
        "one alone moves nothing: {recorded}"
    );
    let (status, again) = inspect(&zone, &session, trade, "i4", done).await;
    assert_eq!(
        (status, &again["position"], &again["repeated"]),
        (200, &recorded["position"], &json!(true)),
        "{again}"
    );
    let (status, confirmed) = second_says(&zone, &second, trade, "confirm-inspection", "").await;
    assert_eq!((status, confirmed["status"].as_i64()), (200, Some(503)), "{confirmed}");
    assert_eq!(zone.window.read.records(&kept, None, 10).await.unwrap().0.len(), 2, "each picture once");
    // The office sees all of it, a party of the trade what it is told, a payment firm nothing.
    let office = told(&zone, OFFICE, trade).await;
    assert_eq!(office[0]["officers"], json!(["cha.yan", "cha.er"]));
    assert_eq!(office[0]["found"][0]["credit"], true);
    let agent = trade.declaration.head.agent_code.to_string();
    let party = told(&zone, &agent, trade).await;
    assert_eq!((&party[0]["measure"], &party[0]["told"]), (&json!("detain-503"), &json!(true)));
    assert_eq!(party[0]["found"][0]["name"]["zh"], "涉嫌侵权");
    assert_eq!((&party[0]["found"][1]["quantity"], &party[0]["text"]), (&json!("3.5"), &json!("开箱查看")));
    assert!(party[0].get("officers").is_none() && party[0]["found"][0].get("risk").is_none(), "{party}");
    let payment = trade.payment.pay_code.to_string();
    assert_eq!(told(&zone, &payment, trade).await, json!([]));
    // In the timeline, too.
    let shown = zone.shown(&agent, trade).await;
    let entry =
        shown["timeline"].as_array().unwrap().iter().find(|entry| entry["what"] == "inspected").unwrap();
    assert_eq!(entry["inspection"], party[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn photographs_are_shown_to_whom_the_result_is_told_and_each_reading_by_an_office_is_recorded() {
    let zone = Zone::new().await;
    let (trades, [session, other]) = looked_at(&zone, 2).await;
    let found = |result: &str, measure: &str, pixel| json!({"found": [{"result": result}], "measure": measure, "photographs": photographs(&[a_photograph(pixel)])});
    assert_eq!(inspect(&zone, &session, &trades[0], "a", found("damaged", "review", 1)).await.0, 200);
    assert_eq!(inspect(&zone, &session, &trades[1], "b", found("prohibited", "detain-502", 2)).await.0, 200);
    // As long as it waits, no party is told; then it is told what the result says.
    let digest = told(&zone, OFFICE, &trades[1]).await[0]["photographs"][0].as_str().unwrap().to_owned();
    let waiting = format!("{}/photographs/{digest}", path(&trades[1]));
    assert_eq!(zone.get(OFFICE, &waiting).await.0, 200, "the second officer sees what the first saw");
    assert_eq!(zone.get(trades[1].declaration.head.agent_code.as_str(), &waiting).await.0, 404);
    assert_eq!(second_says(&zone, &other, &trades[1], "confirm-inspection", "").await.0, 200);
    let address = async |trade: &Trade| {
        let inspections = told(&zone, OFFICE, trade).await;
        format!("{}/photographs/{}", path(trade), inspections[0]["photographs"][0].as_str().unwrap())
    };
    let (first, second) = (address(&trades[0]).await, address(&trades[1]).await);
    let (status, bytes) = zone.get(OFFICE, &first).await;
    assert_eq!(status, 200);
    assert!(!bytes.as_str().unwrap().contains("GPS"), "what the camera told of the place is gone");
    let agent = |trade: &Trade| trade.declaration.head.agent_code.to_string();
    assert_eq!(zone.get(&agent(&trades[0]), &first).await.0, 200, "told, he sees what was photographed");
    // One that is not told, one of another trade, one that is not there, one who only paid: the same answer.
    let elsewhere = format!("{}/photographs/{}", path(&trades[0]), second.rsplit('/').next().unwrap());
    let nothing = format!("{}/photographs/{}", path(&trades[0]), "0".repeat(64));
    let absent = zone.get(&agent(&trades[0]), &nothing).await;
    assert_eq!(absent.0, 404);
    assert_eq!(zone.get(&agent(&trades[1]), &second).await, absent);
    assert_eq!(zone.get(&agent(&trades[0]), &elsewhere).await, absent);
    assert_eq!(zone.get(OFFICE, &elsewhere).await, absent, "a picture is of its trade");
    assert_eq!(zone.get(trades[0].payment.pay_code.as_str(), &first).await, absent);
    assert_eq!(zone.request("GET", &first, None, Vec::new()).await.0, 401);
    // Nor by way of the registers.
    let id = first.trim_start_matches("/v1/consignments/").replace("/photographs", "").replace('/', "%2F");
    assert_eq!(zone.get(OFFICE, &format!("/v1/registers/photographs/{id}")).await.0, 404);
    assert_eq!(zone.get(OFFICE, "/v1/registers/photographs").await.1["records"], json!([]));
    // The party finds that its photograph was looked at, by whom.
    let (_, accesses) = zone.get(&agent(&trades[0]), "/v1/registers/accesses?limit=50").await;
    let of_pictures: Vec<&Value> = accesses["records"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|record| record["summary"]["kind"] == "photograph")
        .collect();
    let of_the_first = of_pictures.iter().filter(|record| {
        let id = record["summary"]["id"].as_str().unwrap();
        id.contains(trades[0].order.head.order_no.as_str())
    });
    assert_eq!(of_the_first.count(), 1, "{accesses}");
    assert_eq!(of_pictures[0]["by"]["party"], OFFICE);
    // What is not told: the measure, and nothing of why.
    let party = told(&zone, &agent(&trades[1]), &trades[1]).await;
    assert_eq!((&party[0]["measure"], &party[0]["told"]), (&json!("detain-502"), &json!(false)));
    assert_eq!(
        (&party[0]["found"], &party[0]["text"], &party[0]["photographs"]),
        (&json!([]), &json!(""), &json!([]))
    );
    let whole = zone.shown(&agent(&trades[1]), &trades[1]).await.to_string();
    assert!(
        !whole.contains("prohibited") && !whole.contains("禁止") && !whole.contains("开箱查看"),
        "{whole}"
    );
}

/// What a party learns of a trade: everything that it is answered.
async fn everything(zone: &Zone, party: &str, trade: &Trade) -> String {
    let whole = zone.shown(party, trade).await;
    let (_, found) = zone.get(party, "/v1/evidence/search?what=officer-action").await;
    format!("{whole} {} {found}", told(zone, party, trade).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_look_the_second_opens_it_on_his_own_desk_and_confirms_or_contests() {
    let zone = Zone::new().await;
    let (trades, [first, second]) = looked_at(&zone, 2).await;
    let elsewhere = signed_in(&zone, "cha.san", "8621000001", Role::Officer, &[Duty::Inspector]).await;
    let elsewhere = elsewhere.cookies["__Host-session"].clone();
    let decider = signed_in(&zone, "jue.ding", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let decider = decider.cookies["__Host-session"].clone();
    let (trade, agent) = (&trades[0], trades[0].declaration.head.agent_code.to_string());
    let before = everything(&zone, &agent, trade).await;
    let found = |measure: &str| json!({"found": [{"result": "goods-differ"}], "measure": measure, "photographs": photographs(&[a_photograph(1)])});
    let (status, recorded) = inspect(&zone, &first, trade, "i1", found("detain-501")).await;
    assert_eq!((status, recorded["status"].as_i64()), (200, Some(500)), "{recorded}");
    // To a party nothing has happened: neither what was found, nor that somebody else has to look.
    let meanwhile = everything(&zone, &agent, trade).await;
    for word in ["goods-differ", "inspected", "复核", "unconfirmed", "开箱查看"] {
        assert!(!meanwhile.contains(word) || before.contains(word), "{word}: {meanwhile}");
    }
    let payer = trade.payment.pay_code.as_str();
    assert!(!zone.shown(payer, trade).await.to_string().contains("inspected"));
    // Offered to the second alone, and refused to everybody else with what to do.
    let offered = async |session: &str| {
        let (_, seen) = ask(&zone, "GET", &path(trade), session, &Value::Null).await;
        let open = seen["actions"].as_array().unwrap().iter();
        (open.filter(|one| one["action"] == "confirm-inspection").count(), seen["unconfirmed"].clone())
    };
    assert_eq!(offered(&second).await.0, 1);
    for session in [&first, &decider, &elsewhere] {
        let (count, waits) = offered(session).await;
        assert_eq!((count, &waits["officer"], &waits["yours"]), (0, &json!("cha.yan"), &json!(false)));
    }
    let refused = async |session: &str| second_says(&zone, session, trade, "confirm-inspection", "").await;
    assert_eq!(refused(&decider).await.0, 403);
    for session in [&first, &elsewhere] {
        let (status, told_so) = refused(session).await;
        let rule = told_so["findings"][0]["rule"].as_str();
        assert_eq!((status, rule), (409, Some("second-inspector-needed")), "{told_so}");
    }
    // A version before it was recorded.
    let (_, seen) = ask(&zone, "GET", &path(trade), &second, &Value::Null).await;
    let older = seen["version"].as_u64().unwrap() - 1;
    let body = json!({"id": "old", "version": older, "action": "confirm-inspection"});
    let there = format!("{}/actions", path(trade));
    let (status, told_so) = ask(&zone, "POST", &there, &second, &body).await;
    assert_eq!((status, &told_so["changes"][0]["what"]), (409, &json!("inspected")), "{told_so}");
    // In the queue of the second, by words and in a tab of its own; in nobody else's.
    let desk = path(trade).replace("/v1", "/desk");
    zone.until_listed().await;
    let mut browser = Browser::with(&zone, &second);
    let queue = browser.get("/desk/queue").await;
    assert!(queue.words().contains("待您复核"), "{}", queue.words());
    assert!(browser.get("/desk/queue?tab=confirm").await.text.contains(&desk));
    let mut own = Browser::with(&zone, &first);
    assert!(own.get("/desk/queue").await.words().contains("待另一名关员复核"));
    assert!(own.get("/desk/queue?tab=confirm").await.words().contains("没有待您复核的查验"));
    assert!(!Browser::with(&zone, &decider).get("/desk/queue").await.text.contains("tab=confirm"));
    // The first has it in his own list, which nobody of another office finds, nor a colleague without a right to his users.
    let mine = own.get("/desk/decisions").await;
    assert!(mine.words().contains("待复核") && mine.text.contains(&desk), "{}", mine.words());
    let (_, list) = ask(&zone, "GET", "/v1/decisions", &first, &Value::Null).await;
    let (refused_to_him, before) = (&list["decisions"][0], &list["decisions"][1]);
    assert_eq!(
        (&refused_to_him["action"], &refused_to_him["taken"]),
        (&json!("confirm-inspection"), &json!(false))
    );
    let stands = ["action", "measure", "standing"].map(|name| before[name].as_str().unwrap_or_default());
    assert_eq!(stands, ["inspected", "detain-501", "waits"], "{list}");
    // The second has what was refused to him, and nothing of the first.
    let (_, of_second) = ask(&zone, "GET", "/v1/decisions", &second, &Value::Null).await;
    let of_second = of_second["decisions"].as_array().unwrap();
    assert!(of_second.iter().all(|one| one["officer"] == "cha.er" && one["taken"] == false), "{of_second:?}");
    assert_eq!(ask(&zone, "GET", "/v1/decisions?officer=cha.yan", &second, &Value::Null).await.0, 403);
    let file = own.get("/desk/decisions/file").await;
    assert!(
        file.text.starts_with("position,time,officer,") && file.text.contains("detain-501"),
        "{}",
        file.text
    );
    // He sees what was found, contests without a word, and with one.
    let page = browser.get(&desk).await;
    assert!(page.words().contains("货物与申报不符") && page.text.contains("<img src="), "{}", page.words());
    assert!(page.text.contains("value=\"confirm-inspection\"") && page.text.contains("data-key=\"c\""));
    let fields = Browser::fields_of(&page, &format!("{desk}/actions"));
    let hidden = |name: &str| fields.iter().find(|(field, _)| field == name).unwrap().1.clone();
    let (guard, id, version) = (hidden("guard"), hidden("id"), hidden("version"));
    let mut form = vec![("guard", guard.as_str()), ("id", &id), ("version", &version)];
    form.extend([("action", "contest-inspection"), ("text", "")]);
    let silent = browser.post(&format!("{desk}/actions"), &form).await;
    assert!(silent.status == 422 && silent.words().contains("请写明异议"), "{}", silent.words());
    let long = "长".repeat(501);
    form[4] = ("text", &long);
    let long = browser.post(&format!("{desk}/actions"), &form).await;
    assert!(long.status == 422 && long.words().contains("至多500个字"), "{}", long.words());
    form[4] = ("text", "系同一商品的新包装");
    let contested = browser.post(&format!("{desk}/actions"), &form).await;
    assert_eq!(contested.status, 303, "{}", contested.words());
    let office = told(&zone, OFFICE, trade).await;
    assert_eq!(
        (&office[0]["standing"], &office[0]["contested"]["officer"]),
        (&json!("contested"), &json!("cha.er"))
    );
    assert!(browser.get(&desk).await.words().contains("系同一商品的新包装"));
    assert_eq!(zone.shown(&agent, trade).await["attempt"]["state"], 500);
    // Looked at again, the second finds the same; only then the party is told, once.
    assert_eq!(inspect(&zone, &first, trade, "i2", found("detain-501")).await.0, 200);
    assert_eq!(second_says(&zone, &second, trade, "confirm-inspection", "一致").await.0, 200);
    assert_eq!(zone.shown(&agent, trade).await["attempt"]["state"], 501);
    let office = told(&zone, OFFICE, trade).await;
    assert_eq!(
        (&office[0]["standing"], &office[0]["officers"]),
        (&json!("confirmed"), &json!(["cha.yan", "cha.er"]))
    );
    let party = told(&zone, &agent, trade).await;
    assert_eq!((party.as_array().unwrap().len(), &party[0]["measure"]), (1, &json!("detain-501")), "{party}");
    let whole = everything(&zone, &agent, trade).await;
    assert!(
        !whole.contains("contest") && !whole.contains("系同一商品") && !whole.contains("一致"),
        "{whole}"
    );
    // What something else overtook stays the office's.
    assert_eq!(inspect(&zone, &first, &trades[1], "i3", found("reject")).await.0, 200);
    assert_eq!(second_says(&zone, &decider, &trades[1], "suspend", "另行调查").await.0, 200);
    assert_eq!(told(&zone, OFFICE, &trades[1]).await[0]["standing"], "overtaken");
    assert_eq!(told(&zone, trades[1].declaration.head.agent_code.as_str(), &trades[1]).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_an_officer_are_bounded() {
    let zone = Zone::new().await;
    let (trades, _) = looked_at(&zone, 1).await;
    let decider = signed_in(&zone, "jue.ding", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let decider = decider.cookies["__Host-session"].clone();
    let (status, told_so) = second_says(&zone, &decider, &trades[0], "suspend", &"长".repeat(501)).await;
    assert_eq!((status, &told_so["faults"][0]["path"]), (422, &json!("text")), "{told_so}");
    assert_eq!(told_so["faults"][0]["expected"], "at most 500 characters");
    let many = json!({"id": "m", "action": "suspend", "text": "长".repeat(501), "items": [
        {"platform": trades[0].order.head.ebp_code.as_str(), "orderNo": trades[0].order.head.order_no.as_str(), "version": 1}]});
    let (status, told_so) = ask(&zone, "POST", "/v1/actions", &decider, &many).await;
    assert_eq!((status, &told_so["faults"][0]["path"]), (422, &json!("text")), "{told_so}");
    assert_eq!(second_says(&zone, &decider, &trades[0], "suspend", &"长".repeat(500)).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_inspects_records_and_only_what_is_looked_at() {
    let zone = Zone::new().await;
    let (trades, [session, _]) = looked_at(&zone, 1).await;
    let decider = signed_in(&zone, "jue.ding", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let decider = decider.cookies["__Host-session"].clone();
    let conforming = || json!({"found": [{"result": "conforming"}], "measure": "release"});
    assert_eq!(inspect(&zone, &decider, &trades[0], "a", conforming()).await.0, 403);
    let (_, shown) = ask(&zone, "GET", &path(&trades[0]), &decider, &Value::Null).await;
    assert_eq!(shown["inspection"], Value::Null, "nor is he offered it");
    let (status, answer) = inspect(&zone, &session, &trades[0], "b", conforming()).await;
    assert_eq!(
        (status, answer["status"].as_i64()),
        (200, Some(120)),
        "free, it waits for its parcel: {answer}"
    );
    let (status, answer) = inspect(&zone, &session, &trades[0], "c", conforming()).await;
    assert_eq!((status, answer["findings"][0]["rule"].as_str()), (409, Some("action-forbidden")), "{answer}");
    // Too many, and too large, by the parameters of the rulebook.
    let tables = clearance::Rulebook::built_in_tables();
    let (_, parameters) = tables.into_iter().find(|(name, _)| name == "parameters.csv").unwrap();
    let narrow = parameters
        .replace("inspection_photographs,10,", "inspection_photographs,1,")
        .replace("photograph_bytes,5242880,", "photograph_bytes,40,");
    zone.window.publish(&[("parameters.csv".to_owned(), narrow)], "test").await.unwrap();
    for (pictures, path) in
        [(vec![a_photograph(1), a_photograph(2)], "photographs"), (vec![a_photograph(1)], "photographs[1]")]
    {
        let body = json!({"found": [{"result": "conforming"}], "measure": "release", "photographs": photographs(&pictures)});
        let (status, answer) = inspect(&zone, &session, &trades[0], "d", body).await;
        assert_eq!((status, answer["faults"][0]["path"].as_str()), (422, Some(path)), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inspection_is_recorded_from_a_page_with_its_photographs() {
    let zone = Zone::new().await;
    let (trades, [session, _]) = looked_at(&zone, 1).await;
    let trade = &trades[0];
    let desk = path(trade).replace("/v1", "/desk");
    let mut inspector = Browser::with(&zone, &session);
    let page = inspector.get(&desk).await;
    assert!(page.text.contains("capture=\"environment\"") && page.text.contains("value=\"damaged/release\""));
    assert!(
        !page.text.contains("inspection-result-passed"),
        "typed results take the place of passed or failed"
    );
    assert!(page.words().contains("知识产权海关保护条例"), "what follows is told before anything is sent");
    let fields = Browser::fields_of(&page, &format!("{desk}/inspections"));
    let hidden = |name: &str| fields.iter().find(|(field, _)| field == name).unwrap().1.clone();
    let (guard, id, version) = (hidden("guard"), hidden("id"), hidden("version"));
    let mut form = vec![
        ("guard", guard.as_str()),
        ("id", &id),
        ("version", &version),
        ("whole", "quantity-differs/reject"),
        ("words", "少了一件"),
        ("place", "三号查验台"),
        ("result-1", "damaged"),
    ];
    let there = format!("{desk}/inspections");
    let refused = inspector.post_files(&there, &form, &[("photographs", "a.webp", a_drawing())]).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(
        refused.words().contains("请填写实测数量") && refused.text.contains("少了一件"),
        "{}",
        refused.words()
    );
    let half =
        inspector.post_files(&there, &form, &[("photographs", "a.webp", "RIFF\x12\0\0\0WEBPVP8 ")]).await;
    assert!(half.status == 422 && half.words().contains("图片不完整"), "{}", half.words());
    form.push(("quantity-0", "1"));
    let done = inspector
        .post_files(
            &there,
            &form,
            &[("photographs", "a.webp", a_drawing()), ("photographs", "none.webp", "")],
        )
        .await;
    assert_eq!(
        (done.status, done.location()),
        (303, format!("{desk}?said=done").as_str()),
        "{}",
        done.words()
    );
    let shown = inspector.get(&desk).await;
    assert!(shown.words().contains("整票：数量不符") && shown.words().contains("实测1"), "{}", shown.words());
    let image = shown.text.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(shown.text.contains("loading=\"lazy\""));
    let picture = inspector.get(&image).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/webp"));
    assert_eq!(picture.header("x-content-type-options"), "nosniff");
    assert_eq!(picture.text, a_drawing());
    // The enterprise sees result, measure and its right to be heard, and no rule of risk.
    let agent = trade.declaration.head.agent_code.to_string();
    let mut party = signed_in(&zone, "li.wei", &agent, Role::Agent, &[Duty::Operator]).await;
    let page = party.get(&desk).await;
    let words = page.words();
    assert!(
        words.contains("整票：数量不符") && words.contains("退单（100）") && words.contains("申请复议"),
        "{words}"
    );
    assert!(!page.text.contains("secret-rule") && !page.text.contains("cha.yan"), "{words}");
    assert_eq!(party.get(&image).await.status, 200);
}
