//! Goods that come back to another book than the one that they left, told with crashes at every commit: either nothing is restored
//! anywhere, or stock, tax and quota are.

use crate::bonded::{CUSTOMS, HOLDER, NUMBER, filled, opened, place, verified};
use crate::support::{Zone, chosen, path, plain};
use ceb::Document;
use clearance::sample::Trade;
use serde_json::{Value, json};
use server::Window;
use store::faulty::{Faulty, Rates};

const OTHER: &str = "5301960202";
/// Nothing goes wrong.
const NONE: Rates =
    Rates { lost: 0, unknown: 0, unknown_done: 0, failed: 0, failed_done: 0, failed_later: 0 };

/// The zone again, after its server ended, on a store whose commits go wrong so.
async fn again(zone: Zone, rates: Rates) -> Zone {
    let Zone { window, router, tokens, folder, clock } = zone;
    drop((window, router));
    let (store, control) = chosen(folder.path()).await;
    let opening = Window::open(Faulty::new(store, rates, 1), control, clock.clone(), |_| {});
    let (window, _writer) = opening.await.unwrap();
    let router = server::api::router(window.clone());
    Zone { window, router, tokens, folder, clock }
}

/// An officer receives the return of one piece in the other book.
async fn receive(zone: &Zone, trade: &Trade, version: &Value, book: &str) -> (u16, Value) {
    let body = json!({
        "id": "receive-1", "version": version, "action": "receive-return", "number": 1, "book": book,
        "items": [{"gnum": trade.declaration.lines[0].gnum, "item": "1"}], "text": "退至另一园区",
    });
    let address = format!("{}/actions", path(trade));
    zone.request("POST", &address, Some(&zone.tokens[CUSTOMS]), body.to_string().into_bytes()).await
}

/// What stands where: returned goods in the other book, tax and quota given back.
async fn stands(zone: &Zone, trade: &Trade) -> (String, String) {
    let shown = zone.shown(CUSTOMS, trade).await;
    let given = shown["returns"][0]["taxGivenBack"].as_str().unwrap().to_owned();
    (place(zone, OTHER, "returned").await, given)
}

/// A released trade with an approved return of one piece, and a book of another holder.
async fn approved() -> (Zone, Trade) {
    let zone = Zone::new().await;
    let several = |trade: &Trade| trade.declaration.lines[0].qty > ceb::Decimal::ONE;
    let trade = (0..).map(|from| plain(&zone, from)).find(several).unwrap().bonded(HOLDER, NUMBER);
    opened(&zone, HOLDER, &trade).await;
    opened(&zone, OTHER, &trade).await;
    filled(&zone, HOLDER, &trade, "entry-checklist:H1", 10).await;
    let answer = zone.trade(&trade).await;
    assert_eq!(answer["status"], 800, "{answer}");
    let shown = zone.shown(CUSTOMS, &trade).await;
    let entry = shown["attempt"]["invtNo"].as_str().unwrap();
    let back = trade.return_goods(entry, &[(0, ceb::Decimal::ONE)], zone.window.clock.now());
    let agent = trade.declaration.head.agent_code.to_string();
    let answer = zone.send(&agent, Document::Return(back)).await;
    assert_eq!(answer["status"], 120, "{answer}");
    let version = zone.shown(CUSTOMS, &trade).await["version"].clone();
    let body = json!({"id": "approve-1", "version": version, "action": "approve-return", "number": 1});
    let address = format!("{}/actions", path(&trade));
    let token = Some(zone.tokens[CUSTOMS].as_str());
    let (status, done) = zone.request("POST", &address, token, body.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{done}");
    (zone, trade)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_enters_another_park_whole_or_not_at_all_wherever_the_server_ends() {
    let book = format!("{OTHER}:{NUMBER}");
    // Before the commit, after it, and when it is judged on but not durable yet.
    for (rates, done) in [
        (Rates { failed: 1_000, ..NONE }, Some(false)),
        (Rates { failed_done: 1_000, ..NONE }, Some(true)),
        (Rates { failed_later: 1_000, ..NONE }, None),
    ] {
        let (zone, trade) = approved().await;
        let version = zone.shown(CUSTOMS, &trade).await["version"].clone();
        let zone = again(zone, rates).await;
        let (status, answer) = receive(&zone, &trade, &version, &book).await;
        assert_eq!(status, 503, "nobody knows: {answer}");
        let zone = again(zone, NONE).await;
        let (returned, given) = stands(&zone, &trade).await;
        let is_done = returned == "1";
        assert!(done.is_none_or(|done| done == is_done), "{rates:?}");
        assert_eq!(given != "0", is_done, "tax and stock are one commit: {returned} {given}");
        // Sent again it gets its first answer, or is done now.
        let (status, answer) = receive(&zone, &trade, &version, &book).await;
        assert_eq!(status, 200, "{answer}");
        let (returned, given) = stands(&zone, &trade).await;
        assert!(returned == "1" && given != "0", "once, and whole: {returned} {given}");
        for _ in 0..200 {
            // What the parcel left without a gate release follows on its own book.
            if place(&zone, HOLDER, "frozen").await == "0" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(place(&zone, HOLDER, "frozen").await, "0");
        assert_eq!(place(&zone, HOLDER, "returned").await, "0", "nothing came back to the first");
        verified(&zone).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_cannot_take_the_goods_is_told_with_what_to_do() {
    let (zone, trade) = approved().await;
    let version = zone.shown(CUSTOMS, &trade).await["version"].clone();
    let (status, refused) = receive(&zone, &trade, &version, "5301999999:T9").await;
    assert_eq!(
        (status, refused["findings"][0]["rule"].as_str()),
        (409, Some("return-book-unfit")),
        "{refused}"
    );
    assert_eq!(stands(&zone, &trade).await, ("0".to_owned(), "0".to_owned()));
    let own = format!("{HOLDER}:{NUMBER}");
    let (status, refused) = receive(&zone, &trade, &version, &own).await;
    assert_eq!(status, 409, "the book that they left takes them without being named: {refused}");
}
