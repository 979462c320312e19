//! Sending from pages: files, pasted text, documents that are filled in and corrected, with what each is answered.

use crate::support::browser::{Browser, Shown};
use crate::support::people;
use crate::support::{Zone, path, plain};
use ceb::{Document, Style};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::{self, Trade};
use store::Duty;

async fn operator<'a>(zone: &'a Zone, login: &str, party: &str, role: Role) -> Browser<'a> {
    people::signed_in(zone, login, party, role, &[Duty::Operator]).await
}

fn xml(sender: &str, documents: Vec<Document>) -> String {
    String::from_utf8(ceb::write(&sample::message(sender, documents), Style::Prefixed)).unwrap()
}

/// Sends the form again, with some fields changed.
async fn send(browser: &mut Browser<'_>, page: &Shown, changed: &[(&str, &str)]) -> Shown {
    let mut fields = Browser::fields_of(page, "/desk/documents");
    for (name, value) in changed {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = (*value).to_owned(),
            None => fields.push(((*name).to_owned(), (*value).to_owned())),
        }
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/desk/documents", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_messages_and_each_document_has_its_answer() {
    let zone = Zone::new().await;
    let (one, two) = (plain(&zone, 0), plain(&zone, 1_000));
    let platform = one.order.head.ebp_code.to_string();
    let mut wrong = two.order.clone();
    wrong.head.actural_paid = ceb::Decimal::parse("1").unwrap();
    wrong.head.ebp_code = platform.as_str().into();
    let mut browser = operator(&zone, "wang.li", &platform, Role::Platform).await;
    let page = browser.get("/desk/send").await;
    let guard = page.hidden("guard");
    let files = [
        ("files", "good.xml", xml(&platform, vec![Document::Order(one.order.clone())])),
        ("files", "<b>.xml", xml(&platform, vec![Document::Order(wrong)])),
        ("files", "broken.xml", "<a".to_owned()),
        ("other", "not-a-message.xml", "x".to_owned()),
        ("files", "", String::new()),
    ];
    let files: Vec<(&str, &str, &str)> =
        files.iter().map(|(field, name, text)| (*field, *name, text.as_str())).collect();
    let shown = browser.post_files("/desk/send", &[("guard", &guard)], &files).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let words = shown.words();
    assert!(words.contains("接受 1 份单证，未接受 1 份，整份退回的报文 1 个"), "{words}");
    assert!(words.contains("good.xml") && words.contains("<b>.xml") && words.contains("broken.xml"));
    assert!(!shown.text.contains("<b>") && !words.contains("not-a-message"));
    assert!(shown.text.contains("href=\"/desk/documents/"), "the way to correct it");

    // The same again as a file: first answers, nothing twice.
    let again = browser.post_files("/desk/send", &[("guard", &guard), ("as", "csv")], &files).await;
    assert_eq!(again.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<&str> = again.text.trim_end().lines().collect();
    assert_eq!(lines.len(), 4, "{}", again.text);
    assert!(lines[1].starts_with("good.xml,311,") && lines[1].contains(",2,"), "{}", again.text);
    assert!(
        lines[2].starts_with("<b>.xml,311,") && lines[3].starts_with("broken.xml,,,,900,"),
        "{}",
        again.text
    );

    let nothing = browser.post_files("/desk/send", &[("guard", &guard)], &[]).await;
    assert_eq!(nothing.status, 400);
    let foreign = browser.post_files("/desk/send", &[("guard", "x")], &files).await;
    assert_eq!(foreign.status, 403, "no page of the session gave it");
    let elsewhere = browser.post_files("/desk/documents", &[("guard", &guard)], &files).await;
    assert_eq!(elsewhere.status, 400, "a form that brings no files");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_document_of_a_message_has_its_line_and_is_found_again_by_its_sender_alone() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    let (mut order, agent) = (trade.order, trade.declaration.head.agent_code);
    let platform = order.head.ebp_code.to_string();
    let number_of = |index: usize| format!("EVERY{index:03}");
    let orders: Vec<Document> = (0..100)
        .map(|index| {
            order.head.order_no = number_of(index).as_str().into();
            order.head.guid = format!("00000000-0000-4000-8000-{index:012}").as_str().into();
            // One that is not taken among them.
            let mut one = order.clone();
            if index == 50 {
                one.head.actural_paid = ceb::Decimal::parse("1").unwrap();
            }
            Document::Order(one)
        })
        .collect();
    let mut browser = operator(&zone, "wang.li", &platform, Role::Platform).await;
    let guard = browser.get("/desk/send").await.hidden("guard");
    let message = xml(&platform, orders);
    let files = [("files", "a.xml", message.as_str()), ("files", "b.xml", "<a")];
    let shown = browser.post_files("/desk/send", &[("guard", &guard)], &files).await;
    assert!(shown.words().contains("接受 99 份单证，未接受 1 份"), "{}", shown.words());
    assert!(shown.text.len() < 100_000, "{} bytes", shown.text.len());
    let links = |page: &Shown| {
        let link = |index| format!("/desk/consignments/{platform}/{}", number_of(index));
        (0..100).filter(|index| page.text.contains(&link(*index))).count()
    };
    assert!(links(&shown) >= 99, "each that was taken leads to its trade");
    assert!(shown.text.contains("<details>"), "they are folded where there are several files");

    let (_, found) =
        zone.get(&platform, &format!("/v1/messages?platform={platform}&orderNo={}", number_of(7))).await;
    let sha256 = found["documents"][0]["message"]["sha256"].as_str().unwrap();
    let again = browser.get(&format!("/desk/send?sha256={sha256}")).await;
    assert!(again.status == 200 && links(&again) >= 99, "{}", again.words());
    assert!(again.text.contains("<details open>") && again.text.len() < 100_000);
    let mut other = operator(&zone, "li.wei", &agent, Role::Agent).await;
    assert_eq!(other.get(&format!("/desk/send?sha256={sha256}")).await.status, 404);
    assert_eq!(browser.get("/desk/send?sha256=1").await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_list_is_corrected_at_its_field_and_clears() {
    let zone = Zone::new().await;
    let mut trade = plain(&zone, 0);
    let right = trade.declaration.head.buyer_name.to_string();
    trade.declaration.head.buyer_name = "另一人".into();
    let answer = zone.trade(&trade).await;
    assert_eq!(answer["status"], 100, "{answer}");
    let agent = trade.declaration.head.agent_code.to_string();
    // What comes later has a later time.
    zone.clock.set(Time(zone.clock.now().0 + 5_000));
    let mut browser = operator(&zone, "li.wei", &agent, Role::Agent).await;
    let desk = path(&trade).replace("/v1", "/desk");
    let shown = browser.get(&desk).await;
    let link = shown.text.split("href=\"/desk/documents/").nth(1).unwrap().split('"').next().unwrap();
    let page = browser.get(&format!("/desk/documents/{link}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let field =
        page.text.split("name=\"InventoryHead.buyerName\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(field.contains("value=\"另一人\"") && field.contains("aria-invalid=\"true\""), "{field}");
    assert!(page.text.len() < 100_000, "{} bytes", page.text.len());

    // Still wrong: told at the field again, what was typed is kept.
    let again = send(&mut browser, &page, &[("InventoryHead.buyerName", "又一人"), ("do", "send")]).await;
    assert_eq!(again.status, 422, "{}", again.text);
    assert!(again.text.contains("value=\"又一人\""));
    zone.clock.set(Time(zone.clock.now().0 + 5_000));
    let page = browser.get(&format!("/desk/documents/{link}")).await;
    let done = send(&mut browser, &page, &[("InventoryHead.buyerName", &right), ("do", "send")]).await;
    assert_eq!(
        (done.status, done.location()),
        (303, format!("{desk}?said=sent").as_str()),
        "{}",
        done.words()
    );
    let (_, now) = zone.get(&agent, &path(&trade)).await;
    assert_eq!(now["attempt"]["number"], 3, "{now}");
    assert_ne!(now["attempt"]["stateWord"], "rejected");
    // The form sent twice is the same bytes: its first answer.
    let twice = send(&mut browser, &page, &[("InventoryHead.buyerName", &right), ("do", "send")]).await;
    assert_eq!(twice.status, 303);
    let (_, after) = zone.get(&agent, &path(&trade)).await;
    assert_eq!(after["version"], now["version"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_filled_in_by_hand_line_by_line() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    let platform = trade.order.head.ebp_code.to_string();
    let mut browser = operator(&zone, "wang.li", &platform, Role::Platform).await;
    let page = browser.get("/desk/documents?kind=311").await;
    let (head, line) = texts(&trade);
    let mut filled: Vec<(&str, &str)> =
        head.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    filled.push(("do", "add"));
    let two = send(&mut browser, &page, &filled).await;
    assert!(two.text.contains("name=\"OrderList[2].itemName\""), "{}", two.text);
    let one = send(&mut browser, &two, &[("OrderList[2].itemName", "第二行"), ("do", "drop-0")]).await;
    let fields = Browser::fields_of(&one, "/desk/documents");
    let value = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(value("OrderList[1].itemName"), Some("第二行"), "lines move up");
    assert_eq!(value("OrderList[1].gnum"), Some("1"));
    assert_eq!(value("OrderHead.orderNo"), Some(trade.order.head.order_no.as_str()), "what was typed stays");
    assert!(!one.text.contains("OrderList[2]"));

    let missing = send(&mut browser, &one, &[("OrderList[1].qty", "viel"), ("do", "xml")]).await;
    assert_eq!(missing.status, 422);
    let mut rest: Vec<(&str, &str)> =
        line.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    rest.push(("do", "xml"));
    let kept = send(&mut browser, &one, &rest).await;
    assert_eq!((kept.status, kept.header("content-type")), (200, "application/xml"), "{}", kept.words());
    let parsed = ceb::parse(kept.text.as_bytes(), &ceb::Limits::default());
    assert!(
        parsed.defects.is_empty() && parsed.message.unwrap().entries[0].defects.is_empty(),
        "{}",
        kept.text
    );
    assert_eq!(zone.get(&platform, &path(&trade)).await.0, 404, "it was kept and not sent");
    *rest.last_mut().unwrap() = ("do", "send");
    let done = send(&mut browser, &one, &rest).await;
    assert_eq!(done.status, 303, "{}", done.words());
    assert_eq!(zone.get(&platform, &path(&trade)).await.0, 200);

    let none = browser.get("/desk/documents?kind=312").await;
    assert_eq!(none.status, 404, "no answer is filled in");
}

type Texts = Vec<(String, String)>;

/// The fields of an order, those of its head and those of its first line.
fn texts(trade: &Trade) -> (Texts, Texts) {
    let shown = Document::Order(trade.order.clone()).to_json();
    let named = |value: &serde_json::Value, prefix: &str| -> Vec<(String, String)> {
        let fields =
            value.as_object().unwrap().iter().filter(|(name, _)| *name != "guid" && *name != "appTime");
        fields.map(|(name, text)| (format!("{prefix}.{name}"), text.as_str().unwrap().to_owned())).collect()
    };
    (named(&shown["OrderHead"], "OrderHead"), named(&shown["OrderList"][0], "OrderList[1]"))
}
