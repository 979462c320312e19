//! Receipts in an order: the newest first, and by a column, page by page, while others are given meanwhile.

use crate::support::{Zone, people, plain};
use clearance::party::Role;
use serde_json::Value;
use store::Duty;

const PLATFORM: &str = "5301960101";

/// Sends orders of the platform from a number on, so many; one of them is refused.
async fn orders(zone: &Zone, from: u64, count: u64) {
    for at in 0..count {
        let mut order = plain(zone, from + at * 50).order;
        order.head.ebp_code = PLATFORM.into();
        order.head.order_no = format!("IN-ORDER-{:03}", (from + at * 7) % 100).as_str().into();
        if at == 1 {
            order.head.actural_paid = ceb::Decimal::parse("1").unwrap();
        }
        zone.send(PLATFORM, ceb::Document::Order(order)).await;
    }
}

fn told(answer: &Value, name: &str) -> Vec<Value> {
    answer["receipts"].as_array().unwrap().iter().map(|one| one[name].clone()).collect()
}

fn places(answer: &Value) -> Vec<(u64, u64)> {
    let number = |one: &Value, name: &str| one[name].as_u64().unwrap();
    let all = answer["receipts"].as_array().unwrap().iter();
    all.map(|one| (number(one, "position"), number(one, "number"))).collect()
}

/// All pages of an order, in which others are given after the first.
async fn pages(zone: &Zone, sort: &str, limit: usize, more: u64) -> Vec<Value> {
    let mut pages = Vec::new();
    let mut after = String::new();
    loop {
        let (status, page) =
            zone.get(PLATFORM, &format!("/v1/receipts?sort={sort}&limit={limit}&after={after}")).await;
        assert_eq!(status, 200, "{page}");
        if pages.is_empty() {
            orders(zone, more, 2).await;
        }
        let next = page["next"].as_str().map(str::to_owned);
        pages.push(page);
        let Some(next) = next else { return pages };
        after = next;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_stay_in_their_order_while_others_are_given() {
    let zone = Zone::new().await;
    orders(&zone, 1_000, 9).await;
    for (sort, limit, more) in
        [("-time", 2, 3_000), ("status", 3, 4_000), ("-document", 4, 5_000), ("message", 50, 6_000)]
    {
        let (_, feed) = zone.get(PLATFORM, "/v1/receipts").await;
        let mut wanted: Vec<Value> = feed["receipts"].as_array().unwrap().clone();
        wanted.reverse();
        match sort {
            "status" => wanted.sort_by_key(|one| one["status"].as_i64()),
            "-document" => {
                let number =
                    |one: &Value| std::cmp::Reverse(one["documentNumber"].as_str().unwrap().to_owned());
                wanted.sort_by_key(number);
            }
            _ => {}
        }
        let wanted = places(&serde_json::json!({"receipts": wanted}));
        assert!(wanted.len() >= 9, "{feed}");
        let found: Vec<Value> = pages(&zone, sort, limit, more).await;
        let found: Vec<(u64, u64)> = found.iter().flat_map(places).collect();
        assert_eq!(found, wanted, "{sort}: none left out, none twice, none that came meanwhile");
    }
    let (_, all) = zone.get(PLATFORM, "/v1/receipts?sort=status").await;
    assert_eq!(all["more"], false);
    assert!(told(&all, "documentNumber").iter().all(|one| one.as_str().unwrap().starts_with("IN-ORDER-")));
    // From the cursor of an order a feed goes on with what came since.
    let cursor = all["cursor"].as_str().unwrap();
    orders(&zone, 7_000, 1).await;
    let (_, since) = zone.get(PLATFORM, &format!("/v1/receipts?after={cursor}")).await;
    assert_eq!(since["receipts"].as_array().unwrap().len(), 1, "{since}");
    for wrong in [
        "sort=buyer",
        "sort=status&after=x",
        "sort=status&after=0-5",
        "sort=-time&after=x",
        "sort=status&after=0-5~x",
    ] {
        assert_eq!(zone.get(PLATFORM, &format!("/v1/receipts?{wrong}")).await.0, 400, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_receipts_is_sorted_by_its_columns() {
    let zone = Zone::new().await;
    orders(&zone, 1_000, 45).await;
    let mut browser = people::signed_in(&zone, "wang.li", PLATFORM, Role::Platform, &[Duty::Operator]).await;
    let page = browser.get("/desk/receipts").await;
    for word in ["time", "message", "status", "document"] {
        assert!(page.text.contains(&format!("href=\"/desk/receipts?sort={word}\"")), "{word}: {}", page.text);
    }
    assert!(page.text.contains("href=\"/desk/search?text=IN-ORDER-"), "a number leads to its trade");
    for sort in ["-time", "-status", "document"] {
        let first = browser.get(&format!("/desk/receipts?sort={sort}")).await;
        let link = first.text.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
        let next = link.split('"').next().unwrap().replace("&amp;", "&");
        assert!(next.starts_with(&format!("/desk/receipts?sort={sort}&after=")), "{next}");
        orders(&zone, 9_000, 1).await;
        let second = browser.get(&next).await;
        assert!(
            second.text.contains("rel=\"first\"") && second.text.contains("aria-sort="),
            "{}",
            second.text
        );
        let rows =
            |page: &crate::support::browser::Shown| page.text.matches("href=\"/desk/search?text=").count();
        assert_eq!(rows(&first), 40, "{sort}");
        assert!(rows(&second) >= 5, "{sort}");
    }
}
