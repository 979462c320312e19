//! The page of questions for original payment data: an officer asks by a list of orders, a platform sees by session what it owes, what
//! came stands beside how it agrees, and what is late is told to both.

use crate::payment_data::{answer, grab, paid, sold, zone};
use crate::support::NOW;
use crate::support::people::signed_in_english;
use clearance::keys::Time;
use clearance::party::Role;
use store::Duty;

const CUSTOMS: &str = "8620000001";
const PLATFORM: &str = "5301960101";
const STRANGER: &str = "5301960102";

#[tokio::test(flavor = "multi_thread")]
async fn on_its_page_an_officer_asks_by_list_and_a_platform_sees_what_it_owes() {
    const PAGE: &str = "/desk/payment-data";
    let (zone, key) = zone().await;
    let trades = [sold(&zone, 0), sold(&zone, 7_000)];
    let [first, second] = trades.each_ref().map(|trade| trade.order.head.order_no.to_string());
    assert_ne!(first, second);
    for trade in &trades {
        zone.trade(trade).await;
    }
    let mut officer = signed_in_english(&zone, "guan.yi", CUSTOMS, Role::Officer, &[Duty::Decider]).await;
    let mut platform = signed_in_english(&zone, "ping.yi", PLATFORM, Role::Platform, &[Duty::Operator]).await;
    let mut stranger = signed_in_english(&zone, "ping.er", STRANGER, Role::Platform, &[Duty::Operator]).await;
    assert!(officer.get("/desk/registers").await.text.contains(&format!("href=\"{PAGE}\"")));
    let guard = officer.get(PAGE).await.hidden("guard");
    // What is wrong with one line keeps no other back; the same order twice is one question.
    let orders =
        format!("{PLATFORM}, {first}\r\n{PLATFORM}\t{second}\r\n{PLATFORM}/{first}/x\r\n{PLATFORM}, {first}");
    let told = officer.post(PAGE, &[("guard", &guard), ("orders", &orders)]).await;
    assert_eq!(told.status, 422, "{}", told.words());
    assert!(told.words().contains("A line has the code of a platform"), "{}", told.words());
    let none = officer.post(PAGE, &[("guard", &guard), ("orders", " ")]).await;
    assert!(none.status == 422 && none.words().contains("1 to 100 orders"), "{}", none.words());
    zone.until_listed().await;
    let (_, listed) = zone.get(CUSTOMS, "/v1/registers/payment-data").await;
    let asked = listed["records"].as_array().unwrap();
    assert_eq!(asked.len(), 2, "{listed}");
    let session_of = |order: &str| {
        let one = asked.iter().find(|one| one["orderNo"] == order).unwrap();
        one["id"].as_str().unwrap().split_once(':').unwrap().1.to_owned()
    };
    let sessions = [session_of(&first), session_of(&second)];
    // The platform sees by session what it owes, and until when; another platform nothing of it.
    let owed = platform.get(&format!("{PAGE}?which=asked")).await;
    assert_eq!(owed.status, 200);
    assert!(sessions.iter().all(|session| owed.words().contains(session)), "{}", owed.words());
    assert!(owed.words().contains("Answer until") && owed.words().contains(&first), "{}", owed.words());
    assert!(stranger.get(PAGE).await.words().contains("No questions"));
    // What came is held against order and payment.
    let text = answer(&key, &sessions[0], &trades[0], &paid(&trades[0]));
    assert_eq!(grab(&zone, &text).await.0, "10000");
    zone.until_listed().await;
    let came = officer.get(&format!("{PAGE}?which=answered")).await;
    assert!(came.words().contains(&first) && came.words().contains("agrees"), "{}", came.words());
    assert!(!came.words().contains(&second), "{}", came.words());
    // What did not come in time is overdue, for both.
    zone.clock.set(Time(NOW.0 + 180_000));
    for reader in [&mut officer, &mut platform] {
        let late = reader.get(&format!("{PAGE}?which=overdue")).await;
        assert!(late.words().contains(&second) && late.words().contains("overdue"), "{}", late.words());
        assert!(!late.words().contains(&first), "{}", late.words());
    }
    // A platform tries its own service with its own order, and asks nobody else.
    let guard = platform.get(PAGE).await.hidden("guard");
    let tried = platform.post(PAGE, &[("guard", &guard), ("orders", &first)]).await;
    assert!(tried.status == 200 && tried.words().contains("asked"), "{}", tried.words());
    let others = format!("{STRANGER} {first}");
    let refused = platform.post(PAGE, &[("guard", &guard), ("orders", &others)]).await;
    assert_eq!(refused.status, 422, "{}", refused.words());
}
