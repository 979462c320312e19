//! Traceability: codes of a lot that nobody makes up, each of one parcel; what everybody is told of one, and how often it was
//! scanned; and a recall that stops what is left, holds what has not gone, and finds who bought.

use crate::bonded::{NUMBER, filled, opened as book_opened};
use crate::parks::{CUSTOMS, OPERATOR as HOLDER, act, opened as park_opened};
use crate::support::browser::Browser;
use crate::support::people::signed_in;
use crate::support::{NOW, Zone, plain};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::Trade;
use register::trace::link::DigitalLink;
use serde_json::{Value, json};
use store::Duty;

const GTIN: &str = "09506000134352";
pub(crate) const LOT: &str = "L1";
/// Holds nothing of this.
const OTHER: &str = "5301960202";
pub(crate) const PUBLIC: &str = "https://trace.example";
/// Counts in the rulebook that warn of a copy.
const WARNING_SCANS: u64 = 20;

pub(crate) fn codes() -> String {
    format!("{HOLDER}:{GTIN}%2F{LOT}")
}

pub(crate) async fn issue(zone: &Zone, token: &str, version: u64, count: u64) -> (u16, Value) {
    let body = json!({"book": format!("{HOLDER}:{NUMBER}"), "item": "1", "count": count});
    act(zone, token, &format!("trace-codes/{}", codes()), ("issue", version), body).await
}

/// A zone with a book that has a hundred pieces of each item of a bonded trade, and the trade.
pub(crate) async fn begun() -> (Zone, Trade) {
    let zone = Zone::new().await;
    zone.window.set_public_address(PUBLIC).await.unwrap();
    let trade = plain(&zone, 0).bonded(HOLDER, NUMBER);
    book_opened(&zone, HOLDER, &trade).await;
    filled(&zone, HOLDER, &trade, "entry-checklist:H1", 100).await;
    (zone, trade)
}

/// Links of codes that were issued.
async fn links(zone: &Zone) -> Vec<String> {
    let (status, told) = zone.get(HOLDER, &format!("/v1/trace/codes/{}", codes())).await;
    assert_eq!(status, 200, "{told}");
    told["codes"].as_array().unwrap().iter().map(|code| code["link"].as_str().unwrap().to_owned()).collect()
}

/// The path of the interface at which a link is looked up.
fn looked_up(link: &str) -> String {
    let DigitalLink { gtin, lot, serial } = DigitalLink::parse(link).unwrap();
    format!("/v1/trace/{gtin}/{lot}/{serial}")
}

async fn scan(zone: &Zone, link: &str) -> (u16, Value) {
    zone.request("GET", &looked_up(link), None, Vec::new()).await
}

async fn bind(zone: &Zone, token: &str, binding: Value) -> Value {
    let body = json!({"bindings": [binding]}).to_string().into_bytes();
    let (status, told) = zone.request("POST", "/v1/trace/bindings", Some(token), body).await;
    assert_eq!(status, 200, "{told}");
    told["results"][0].clone()
}

pub(crate) fn waybill(trade: &Trade) -> (String, String) {
    (trade.waybill.logistics_code.to_string(), trade.waybill.logistics_no.to_string())
}

fn parcel(code: &str, (carrier, number): &(String, String)) -> Value {
    json!({"code": code, "logisticsCode": carrier, "logisticsNo": number})
}

fn paths(answer: &Value) -> Vec<&str> {
    answer["faults"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_issued_for_a_lot_and_nobody_makes_one_up() {
    let (zone, _) = begun().await;
    let token = zone.tokens[HOLDER].clone();
    // For what is not in his book, and for another's, nothing is issued.
    let wrong = json!({"book": format!("{HOLDER}:{NUMBER}"), "item": "1", "count": 1});
    let record = format!("trace-codes/{HOLDER}:{GTIN}%2FL9");
    let (status, refused) = act(&zone, &token, &record, ("issue", 0), wrong.clone()).await;
    assert_eq!((status, paths(&refused)), (422, vec!["item"]), "{refused}");
    let record = format!("trace-codes/{HOLDER}:09506000134353%2F{LOT}");
    let (status, refused) = act(&zone, &token, &record, ("issue", 0), wrong.clone()).await;
    assert_eq!((status, paths(&refused)), (422, vec!["id"]), "{refused}");
    let record = format!("trace-codes/{OTHER}:{GTIN}%2F{LOT}");
    let (status, refused) = act(&zone, &zone.tokens[OTHER].clone(), &record, ("issue", 0), wrong).await;
    assert_eq!((status, paths(&refused)), (422, vec!["book"]), "{refused}");
    assert_eq!(issue(&zone, &zone.tokens[OTHER].clone(), 0, 1).await.0, 404);
    let (status, made) = issue(&zone, &token, 0, 3).await;
    assert_eq!((status, made["body"]["issued"].as_u64()), (200, Some(3)), "{made}");
    let (status, made) = issue(&zone, &token, 1, 2).await;
    assert_eq!((status, made["body"]["ranges"][1]["from"].as_u64()), (200, Some(4)), "{made}");
    let (status, refused) = issue(&zone, &token, 2, 0).await;
    assert_eq!((status, paths(&refused)), (422, vec!["count"]), "{refused}");
    // Each is another; the file has them all, and the record none of them.
    let all = links(&zone).await;
    let different: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!((all.len(), different.len()), (5, 5));
    assert!(all.iter().all(|link| link.starts_with(&format!("{PUBLIC}/01/{GTIN}/10/{LOT}/21/"))), "{all:?}");
    let serial = DigitalLink::parse(&all[0]).unwrap().serial;
    assert!(!made.to_string().contains(&serial), "{made}");
    let (_, file) = zone.get(HOLDER, &format!("/v1/trace/codes/{}?form=csv", codes())).await;
    assert_eq!(file.as_str().unwrap().lines().count(), 6, "{file}");
    let (status, drawn) = zone.get(HOLDER, &format!("/v1/trace/codes/{}/picture?place=5", codes())).await;
    assert!(status == 200 && drawn.as_str().unwrap().starts_with("<svg"), "{drawn}");
    assert_eq!(zone.get(HOLDER, &format!("/v1/trace/codes/{}/picture?place=6", codes())).await.0, 400);
    assert_eq!(zone.get(OTHER, &format!("/v1/trace/codes/{}", codes())).await.0, 404);
    // One that is made up, one beyond what was issued, and one of no lot are answered alike, and counted nowhere.
    let (status, told) = scan(&zone, &all[0]).await;
    assert_eq!((status, told["scans"]["count"].as_u64()), (200, Some(1)), "{told}");
    let last = serial.chars().last().unwrap();
    let other = if last == '0' { '1' } else { '0' };
    let made_up = format!("{}{other}", &all[0][..all[0].len() - 1]);
    let beyond = all[0].replace(&serial, &format!("000006{}", &serial[6..]));
    let absent = all[0].replace(LOT, "L7");
    let mut answers = Vec::new();
    for link in [&made_up, &beyond, &absent] {
        answers.push(scan(&zone, link).await);
    }
    assert_eq!(answers[0].0, 404, "{answers:?}");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // What is no code at all is told what is wrong with it.
    let (status, refused) = zone.request("GET", "/v1/trace/09506000134351/L1/S1", None, Vec::new()).await;
    assert_eq!((status, paths(&refused)), (422, vec!["gtin"]), "{refused}");
    // Declared void, a code says so.
    let record = format!("trace-codes/{}", codes());
    let (status, made) = act(&zone, &token, &record, ("void", 2), Value::Null).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("void")), "{made}");
    assert_eq!(scan(&zone, &all[0]).await.1["state"], "void");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_belongs_to_one_parcel_and_tells_no_buyer() {
    let (zone, trade) = begun().await;
    park_opened(&zone, &[]).await;
    let token = zone.tokens[HOLDER].clone();
    issue(&zone, &token, 0, 3).await;
    let all = links(&zone).await;
    let answer = zone.trade(&trade).await;
    assert_eq!(answer["status"], 800, "{answer}");
    let own = waybill(&trade);
    // The keeper of a site of the carrier, or whose codes they are; for others there is no such code.
    let stranger = zone.tokens[OTHER].clone();
    assert_eq!(bind(&zone, &stranger, parcel(&all[0], &own)).await["status"], 404);
    let bound = bind(&zone, &token, parcel(&all[0], &own)).await;
    assert_eq!((&bound["status"], &bound["repeated"]), (&json!(200), &json!(false)), "{bound}");
    assert_eq!(bound["parcel"]["orderNo"], trade.order.head.order_no.as_str(), "{bound}");
    let again = bind(&zone, &token, parcel(&all[0], &own)).await;
    assert_eq!((&again["status"], &again["repeated"]), (&json!(200), &json!(true)), "{again}");
    let another = (own.0.clone(), "ANOTHER1".to_owned());
    let twice = bind(&zone, &token, parcel(&all[0], &another)).await;
    assert_eq!(twice["status"], 409, "{twice}");
    assert_eq!(twice["bound"]["logisticsNo"], own.1.as_str(), "{twice}");
    assert_eq!(twice["asked"]["logisticsNo"], "ANOTHER1", "{twice}");
    // By the trade; and a parcel whose list took another lot is not the one.
    let head = &trade.order.head;
    let by_trade =
        json!({"code": all[1], "platform": head.ebp_code.as_str(), "orderNo": head.order_no.as_str()});
    let bound = bind(&zone, &token, by_trade).await;
    assert_eq!(
        (&bound["status"], bound["parcel"]["logisticsNo"].as_str()),
        (&json!(200), Some(own.1.as_str()))
    );
    let unknown = json!({"code": all[2], "platform": head.ebp_code.as_str(), "orderNo": "NONE"});
    let refused = bind(&zone, &token, unknown).await;
    assert_eq!((&refused["status"], paths(&refused)), (&json!(422), vec!["orderNo"]), "{refused}");
    // What everybody is told: goods, origin, importer, release; and nothing of who bought.
    let (status, told) = scan(&zone, &all[0]).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["goods"]["name"], trade.goods_name(0).as_str(), "{told}");
    assert_eq!(
        (&told["parcel"]["state"], &told["parcel"]["inspection"]),
        (&json!("released"), &json!("not-opened"))
    );
    assert_eq!((&told["expiry"], &told["origin"]["code"]), (&json!("20301231"), &json!("116")), "{told}");
    assert!(told["park"]["name"].as_str().unwrap().contains("样例"), "{told}");
    let text = told.to_string();
    for secret in [
        &head.buyer_name,
        &head.buyer_telephone,
        &head.buyer_id_number,
        &head.order_no,
        &trade.waybill.logistics_no,
    ] {
        assert!(!text.contains(secret.as_str()), "{secret}: {text}");
    }
    // The link itself is a page in the reader's language, and an answer for a program.
    let path = all[0].strip_prefix(PUBLIC).unwrap();
    let mut browser = Browser::new(&zone);
    let page = browser.get(path).await;
    assert!(
        page.status == 200 && page.words().contains("商品追溯") && page.words().contains("L1"),
        "{}",
        page.words()
    );
    browser.language = "th";
    assert!(browser.get(path).await.words().contains("แหล่งกำเนิด"));
    let (status, same) = zone.request("GET", path, None, Vec::new()).await;
    assert_eq!((status, &same["serial"]), (200, &told["serial"]), "{same}");
    let page = browser.get("/01/09506000134352/10/L1/21/000001").await;
    assert_eq!(page.status, 404, "{}", page.words());
    let led = browser.get(&format!("/trace?code={}", portal::parts::escaped(&all[0]))).await;
    assert_eq!((led.status, led.location()), (303, path));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_binds_a_code_learns_nothing_of_a_trade_that_is_not_his() {
    let (zone, trade) = begun().await;
    park_opened(&zone, &[]).await;
    let token = zone.tokens[HOLDER].clone();
    issue(&zone, &token, 0, 2).await;
    let all = links(&zone).await;
    // A trade of another's book, that names this holder nowhere.
    let theirs = plain(&zone, 50).bonded(OTHER, NUMBER);
    book_opened(&zone, OTHER, &theirs).await;
    filled(&zone, OTHER, &theirs, "entry-checklist:H1", 100).await;
    let answer = zone.trade(&theirs).await;
    assert_eq!(answer["status"], 800, "{answer}");
    let (platform, number) = (theirs.order.head.ebp_code.as_str(), theirs.order.head.order_no.as_str());
    let by_trade = |number: &str| json!({"code": all[0], "platform": platform, "orderNo": number});
    let there = bind(&zone, &token, by_trade(number)).await;
    assert_eq!((&there["status"], paths(&there)), (&json!(422), vec!["orderNo"]), "{there}");
    assert!(!there.to_string().contains(theirs.waybill.logistics_no.as_str()), "{there}");
    // One that is not there is answered alike, and whoever has no such code is not told even that.
    let absent = bind(&zone, &token, by_trade("NONE")).await;
    assert_eq!(there.to_string().replace(number, "NONE"), absent.to_string());
    let stranger = zone.tokens[OTHER].clone();
    for number in [number, "NONE"] {
        assert_eq!(bind(&zone, &stranger, by_trade(number)).await["status"], 404);
    }
    // By the number that he has of the waybill himself he is told that alone, and nothing of the other's book.
    let bound = bind(&zone, &token, parcel(&all[0], &waybill(&theirs))).await;
    assert_eq!((&bound["status"], &bound["parcel"]["orderNo"]), (&json!(200), &json!("")), "{bound}");
    // A keeper of the carrier's parcels binds the codes of others by the waybill, and is told what he sent.
    let record = format!("trace-codes/{OTHER}:{GTIN}%2F{LOT}");
    let body = json!({"book": format!("{OTHER}:{NUMBER}"), "item": "1", "count": 1});
    assert_eq!(act(&zone, &stranger, &record, ("issue", 0), body).await.0, 200);
    let (_, codes) = zone.get(OTHER, &format!("/v1/trace/codes/{OTHER}:{GTIN}%2F{LOT}")).await;
    let code = codes["codes"][0]["link"].as_str().unwrap();
    let named = json!({"code": code, "platform": platform, "orderNo": number});
    assert_eq!(bind(&zone, &token, named).await["status"], 404, "a keeper names no trade");
    let own = zone.trade(&trade).await;
    assert_eq!(own["status"], 800, "{own}");
    let refused = bind(&zone, &token, parcel(code, &waybill(&trade))).await;
    assert_eq!((&refused["status"], paths(&refused)), (&json!(422), vec!["code"]), "{refused}");
    assert!(!refused.to_string().contains(NUMBER), "no book is told: {refused}");
    let bound = bind(&zone, &token, parcel(code, &waybill(&theirs))).await;
    assert_eq!((&bound["status"], &bound["parcel"]["orderNo"]), (&json!(200), &json!("")), "{bound}");
    let (_, kept) = zone
        .get(
            OTHER,
            &format!(
                "/v1/registers/trace-codes/{OTHER}:{GTIN}%2F{LOT}%2F{}",
                DigitalLink::parse(code).unwrap().serial
            ),
        )
        .await;
    assert_eq!(kept["body"]["parcel"]["orderNo"], number, "its record has the trade: {kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn scans_are_counted_exactly_by_few_rows_and_many_places_warn_of_a_copy() {
    let (zone, _) = begun().await;
    let token = zone.tokens[HOLDER].clone();
    issue(&zone, &token, 0, 2).await;
    let all = links(&zone).await;
    for number in 1..=WARNING_SCANS + 5 {
        let (_, told) = scan(&zone, &all[0]).await;
        assert_eq!(told["scans"]["count"], number, "{told}");
        // All from one place: no copy yet.
        assert_eq!(told["scans"]["copy"], false, "{told}");
    }
    zone.clock.set(Time(NOW.0 + 120_000));
    server::traceability::scans::write(&zone.window, false).await;
    let serial = DigitalLink::parse(&all[0]).unwrap().serial;
    let record = format!("/v1/registers/trace-codes/{}%2F{serial}", codes());
    let (status, kept) = zone.get(HOLDER, &record).await;
    assert_eq!((status, &kept["version"], &kept["body"]["scans"]), (200, &json!(1), &json!(25)), "{kept}");
    // A further scan is told with those of the row, and makes none by itself; bound meanwhile, nothing is lost.
    assert_eq!(scan(&zone, &all[0]).await.1["scans"]["count"], 26);
    let bound = bind(&zone, &token, parcel(&all[0], &("5301960401".to_owned(), "P1".to_owned()))).await;
    assert_eq!(bound["status"], 200, "{bound}");
    server::traceability::scans::write(&zone.window, true).await;
    let (_, kept) = zone.get(HOLDER, &record).await;
    assert_eq!(
        (&kept["state"], &kept["version"], &kept["body"]["scans"]),
        (&json!("bound"), &json!(3), &json!(26))
    );
    // The list of a holder has his lots, and codes where he asks for them.
    zone.until_listed().await;
    let (_, lots) = zone.get(HOLDER, "/v1/registers/trace-codes").await;
    assert_eq!(lots["records"].as_array().unwrap().len(), 1, "{lots}");
    let (_, bound) = zone.get(HOLDER, "/v1/registers/trace-codes?state=bound").await;
    assert_eq!(bound["records"].as_array().unwrap().len(), 1, "{bound}");
}

/// Opens a recall of the lot.
pub(crate) async fn recalled(zone: &Zone, token: &str, number: &str, lot: &str) -> (u16, Value) {
    let body = json!({"goodsNo": "LH1", "lot": lot, "reason": "unsafe", "measure": "send-back", "advice": "样例：请停止食用并退回"});
    act(zone, token, &format!("recalls/{HOLDER}:{number}"), ("open", 0), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recall_stops_the_lot_holds_its_parcels_and_finds_who_bought() {
    let (zone, trade) = begun().await;
    let token = zone.tokens[HOLDER].clone();
    let customs = zone.tokens[CUSTOMS].clone();
    issue(&zone, &token, 0, 1).await;
    let all = links(&zone).await;
    assert_eq!(zone.trade(&trade).await["status"], 800);
    // A lot that no book has is not recalled, nor is another's.
    let (status, refused) = recalled(&zone, &token, "ZH0", "L9").await;
    assert_eq!((status, paths(&refused)), (422, vec!["lot"]), "{refused}");
    assert_eq!(recalled(&zone, &zone.tokens[OTHER].clone(), "ZH0", LOT).await.0, 404);
    let (status, made) = recalled(&zone, &token, "ZH1", LOT).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("under-way")), "{made}");
    let found = &made["body"]["found"];
    let numbers = ["parcels", "held", "left", "buyers", "told"].map(|name| found[name].as_u64().unwrap());
    assert_eq!(numbers, [1, 1, 0, 1, 1], "{made}");
    let left = 100 - trade.declaration.lines[0].qty.units() / 100_000;
    assert_eq!(found["stock"][0]["available"], left.to_string(), "{made}");
    // Nothing of it is sold any more, and the parcel passes no site.
    let mut second = plain(&zone, 50).bonded(HOLDER, NUMBER);
    second.declaration.lines.clone_from(&trade.declaration.lines);
    let mut third = plain(&zone, 100).bonded(HOLDER, NUMBER);
    third.declaration.lines.clone_from(&trade.declaration.lines);
    let agent = second.declaration.head.agent_code.to_string();
    let answer = zone.send(&agent, ceb::Document::Declaration(second.declaration)).await;
    assert!(answer.to_string().contains("book-short"), "{answer}");
    let (_, holds) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(holds["holds"][0]["logisticsNo"], trade.waybill.logistics_no.as_str(), "{holds}");
    // Whoever scans the goods is told, and no new code is packed.
    let (_, told) = scan(&zone, &all[0]).await;
    assert_eq!(
        (&told["recall"]["reason"], &told["recall"]["measure"]),
        (&json!("unsafe"), &json!("send-back")),
        "{told}"
    );
    assert_eq!(told["recalls"], json!([told["recall"]]), "{told}");
    let refused = bind(&zone, &token, parcel(&all[0], &waybill(&trade))).await;
    assert_eq!((&refused["status"], paths(&refused)), (&json!(422), vec!["code"]), "{refused}");
    // The holder sees parcels and numbers; buyers are for an office with a purpose, masked, and each reading is recorded.
    let there = format!("/v1/recalls/{HOLDER}:ZH1");
    let (status, shown) = zone.get(HOLDER, &there).await;
    assert_eq!((status, shown["parcels"].as_array().unwrap().len()), (200, 1), "{shown}");
    assert!(!shown.to_string().contains(trade.order.head.buyer_name.as_str()), "{shown}");
    assert_eq!(zone.get(OTHER, &there).await.0, 404);
    assert_eq!(zone.get(HOLDER, &format!("{there}/buyers?purpose=test")).await.0, 403);
    assert_eq!(zone.get(CUSTOMS, &format!("{there}/buyers")).await.0, 400);
    let (status, buyers) = zone.get(CUSTOMS, &format!("{there}/buyers?purpose=recall")).await;
    assert_eq!((status, buyers["buyers"].as_array().unwrap().len()), (200, 1), "{buyers}");
    assert!(!buyers.to_string().contains(trade.order.head.buyer_telephone.as_str()), "{buyers}");
    zone.until_listed().await;
    let (_, read) = zone.get(HOLDER, "/v1/registers/accesses").await;
    assert!(read.to_string().contains("recall-buyers"), "{read}");
    let (_, notices) = zone.get(CUSTOMS, "/v1/registers/notices").await;
    assert_eq!(notices["records"].as_array().unwrap().len(), 1, "{notices}");
    // Looked for again, nothing is held or told twice.
    let (status, again) = zone.request("POST", &format!("{there}/search"), Some(&token), Vec::new()).await;
    let found = &again["body"]["found"];
    assert_eq!((status, &found["held"], &found["told"]), (200, &json!(1), &json!(1)), "{again}");
    zone.until_listed().await;
    let (_, notices) = zone.get(CUSTOMS, "/v1/registers/notices").await;
    assert_eq!(notices["records"].as_array().unwrap().len(), 1, "{notices}");
    // The holder says what came back; customs closes it, and a recall that is lifted lets everything go.
    let record = format!("recalls/{HOLDER}:ZH1");
    let version = again["version"].as_u64().unwrap();
    let back = json!({"retrieved": "1", "text": "样例"});
    let (status, made) = act(&zone, &token, &record, ("retrieve", version), back).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("under-way")), "{made}");
    let lifted = json!({"result": "lifted"});
    assert_eq!(act(&zone, &token, &record, ("close", version + 1), lifted.clone()).await.0, 403);
    let (status, made) = act(&zone, &customs, &record, ("close", version + 1), lifted).await;
    assert_eq!((status, made["state"].as_str()), (200, Some("closed")), "{made}");
    let (_, holds) = zone.get(CUSTOMS, "/v1/holds").await;
    assert_eq!(holds["holds"], json!([]), "{holds}");
    let (_, told) = scan(&zone, &all[0]).await;
    assert_eq!((&told["recall"], &told["recalls"]), (&Value::Null, &json!([])), "{told}");
    let agent = third.declaration.head.agent_code.to_string();
    let answer = zone.send(&agent, ceb::Document::Declaration(third.declaration)).await;
    assert_eq!(answer["status"], 2, "{answer}");
    let derived =
        server::derive::derive(&zone.window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!(
        (derived.different, &derived.faults),
        (0, &Vec::new()),
        "judged again, everything is the same"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_bindings_and_recalls_are_pages() {
    let (zone, trade) = begun().await;
    issue(&zone, &zone.tokens[HOLDER].clone(), 0, 30).await;
    zone.trade(&trade).await;
    let mut holder = signed_in(&zone, "bao.guan", HOLDER, Role::SiteOperator, &[Duty::Operator]).await;
    let page = holder.get(&format!("/desk/trace/codes/{}", codes().replace(':', "%3A"))).await;
    assert_eq!(page.text.matches("<img src=").count(), 24, "{}", page.words());
    let page = holder.get("/desk/registers/trace-codes/new?action=issue").await;
    assert!(page.words().contains("14位商品条码"), "{}", page.words());
    let code = links(&zone).await.swap_remove(0);
    let (carrier, number) = waybill(&trade);
    let form = holder.get("/desk/trace").await;
    let guard = form.hidden("guard");
    let sent = [("guard", guard.as_str()), ("code", &code), ("carrier", &carrier), ("parcel", &number)];
    let page = holder.post("/desk/trace", &sent).await;
    assert!(page.status == 200 && page.words().contains("该追溯码已属于此包裹"), "{}", page.words());
    let sent = [("guard", guard.as_str()), ("code", &code), ("carrier", &carrier), ("parcel", "OTHER1")];
    let page = holder.post("/desk/trace", &sent).await;
    assert!(page.status == 409 && page.words().contains(&number), "{}", page.words());
    recalled(&zone, &zone.tokens[HOLDER].clone(), "ZH1", LOT).await;
    let there = format!("/desk/recalls/{HOLDER}%3AZH1");
    let page = holder.get(&there).await;
    assert!(page.words().contains("区内，已布控") && !page.words().contains("购买人 "), "{}", page.words());
    // Whoever has the goods in his hand is told of each recall that stops them.
    recalled(&zone, &zone.tokens[CUSTOMS].clone(), "ZH2", "").await;
    let DigitalLink { gtin, lot, serial } = DigitalLink::parse(&code).unwrap();
    let page = holder.get(&format!("/01/{gtin}/10/{lot}/21/{serial}")).await;
    for number in ["ZH1", "ZH2"] {
        assert!(page.words().contains(&format!("{HOLDER}:{number}")), "{}", page.words());
    }
    let mut officer = signed_in(&zone, "guan.yi", CUSTOMS, Role::Officer, &[Duty::Decider]).await;
    let page = officer.get(&format!("{there}/buyers?purpose=%E5%8F%AC%E5%9B%9E")).await;
    assert!(page.status == 200 && page.words().contains('*'), "{}", page.words());
}
