//! Lists that grow are told to their end: turned page by page, narrowed, and nothing in them is left out in silence.

use crate::parks::{self, CUSTOMS, OPERATOR, PARK, SITE};
use crate::shares::{self, TAX};
use crate::support::Zone;
use crate::support::browser::{Browser, Shown};
use crate::support::people::signed_in_english as signed_in;
use clearance::party::Role;
use serde_json::{Value, json};
use store::Duty;

/// More than a page of any of these lists has.
const ROWS: usize = 52;
/// The login of whoever keeps the sites.
const KEEPER: &str = "men.wei";

/// Where a page leads on to; none on the last.
fn next_of(page: &Shown) -> Option<String> {
    let before = page.text.split("\" rel=\"next\"").next().filter(|text| text.len() < page.text.len())?;
    Some(before.rsplit("href=\"").next().unwrap().replace("&amp;", "&"))
}

/// The pages of a list, from an address on.
async fn turned(browser: &mut Browser<'_>, from: &str) -> Vec<Shown> {
    let (mut pages, mut next) = (Vec::new(), Some(from.to_owned()));
    while let Some(address) = next {
        let page = browser.get(&address).await;
        assert_eq!(page.status, 200, "{address}: {}", page.words());
        next = next_of(&page);
        pages.push(page);
        assert!(pages.len() < 9, "{from} has no end");
    }
    pages
}

/// On how many of some pages a text stands.
fn pages_with(pages: &[Shown], text: &str) -> usize {
    pages.iter().filter(|page| page.text.contains(text)).count()
}

async fn done(zone: &Zone, party: &str, record: &str, action: (&str, u64), body: Value) {
    let (status, told) = parks::act(zone, &zone.tokens[party], record, action, body).await;
    assert_eq!(status, 200, "{record}: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_of_sharing_is_on_one_page_of_who_is_given_and_of_who_gives() {
    let zone = shares::zone().await;
    for number in 0..ROWS {
        let rule = shares::rule("orders", &["orderNo"], json!({}));
        let proposed = json!({"action": "propose", "body": rule});
        let (status, told) = shares::act(&zone, TAX, &format!("{TAX}:r{number:02}"), proposed).await;
        assert_eq!(status, 200, "{told}");
    }
    zone.until_listed().await;
    let mut receiver = signed_in(&zone, "shui.wu", TAX, Role::Agency, &[Duty::Operator]).await;
    let mut giver = signed_in(&zone, "guan.yuan", CUSTOMS, Role::Officer, &[Duty::Operator]).await;
    for browser in [&mut receiver, &mut giver] {
        let pages = turned(browser, "/desk/shares").await;
        assert_eq!(pages.len(), 2);
        for number in 0..ROWS {
            assert_eq!(pages_with(&pages, &format!(">{TAX}:r{number:02}<")), 1, "{number}");
        }
        assert!(pages[1].text.contains("rel=\"first\""), "{}", pages[1].text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_site_that_somebody_keeps_is_on_one_page() {
    let zone = Zone::new().await;
    parks::opened(&zone, &[KEEPER]).await;
    let code = |number: usize| format!("CNKMG87{number:04}");
    for number in 1..=ROWS {
        let record = format!("sites/{OPERATOR}:{}", code(number));
        // The token of the operator keeps each second one alone.
        let keepers: &[&str] = if number % 2 == 0 { &[KEEPER, "tester"] } else { &[KEEPER] };
        done(&zone, OPERATOR, &record, ("apply", 0), parks::site(PARK)).await;
        done(&zone, CUSTOMS, &record, ("approve", 1), Value::Null).await;
        done(&zone, OPERATOR, &record, ("appoint", 2), json!({"keepers": keepers})).await;
    }
    zone.until_listed().await;
    let mut keeper = signed_in(&zone, KEEPER, OPERATOR, Role::SiteOperator, &[Duty::Keeper]).await;
    let pages = turned(&mut keeper, "/desk/sites").await;
    assert_eq!(pages.len(), 2);
    for code in (1..=ROWS).map(code).chain([SITE.to_owned()]) {
        assert_eq!(pages_with(&pages, &format!("/desk/sites/{code}\"")), 1, "{code}");
    }
    // The interface goes on likewise, also where sites of other keepers stand between.
    let (mut found, mut after) = (Vec::new(), Some(String::new()));
    while let Some(place) = after {
        let (status, told) = zone.get(OPERATOR, &format!("/v1/sites?limit=7&after={place}")).await;
        assert_eq!(status, 200, "{told}");
        let sites = told["sites"].as_array().unwrap();
        assert!(sites.len() <= 7, "{told}");
        found.extend(sites.iter().map(|site| site["code"].as_str().unwrap().to_owned()));
        after = told["after"].as_str().map(str::to_owned);
    }
    let mut expected: Vec<String> = (1..=ROWS).rev().filter(|number| number % 2 == 0).map(code).collect();
    expected.push(SITE.to_owned());
    assert_eq!(found, expected);
    assert_eq!(zone.get(OPERATOR, "/v1/sites?after=x").await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn parks_are_turned_and_narrowed_and_who_offers_what_is_told_of_all() {
    let zone = Zone::new().await;
    for number in 1..=ROWS {
        let functions: &[&str] = if number == 7 { &["sorting", "cold-chain"] } else { &["sorting"] };
        let mut park = parks::park(&format!("样例{number}号园区"), functions);
        park["nameEnglish"] = format!("Sample park no. {number}.").into();
        park["city"] = json!(if number == 7 { "蒙自" } else { "昆明" });
        let modes: &[&str] = if number == 7 { &["9610", "1239"] } else { &["9610"] };
        park["modes"] = json!(modes);
        let record = format!("parks/{OPERATOR}:P{number}");
        done(&zone, OPERATOR, &record, ("apply", 0), park).await;
        done(&zone, CUSTOMS, &record, ("approve", 1), Value::Null).await;
    }
    zone.until_listed().await;
    let mut anybody = Browser::new(&zone);
    anybody.language = "en";
    let pages = turned(&mut anybody, "/parks").await;
    assert_eq!(pages.len(), 2);
    for number in 1..=ROWS {
        let name = format!("<strong>Sample park no. {number}.</strong>");
        assert_eq!(pages_with(&pages, &name), 1, "{number}");
    }
    // Who offers what stands beneath the first page; of many that do the first are named, and the others are one link away.
    let (offers, others) = (">Who offers what<", "/parks?function=sorting\">32 more<");
    assert!(pages[0].text.contains(offers) && pages[0].text.contains(others), "{}", pages[0].text);
    assert_eq!(pages_with(&pages, offers), 1);
    assert_eq!(turned(&mut anybody, "/parks?function=sorting").await.len(), 2);
    // What narrows leaves what fits, and says nothing of who is alone among them.
    for asked in ["function=cold-chain", "mode=1239", "text=%E8%92%99%E8%87%AA", "text=PARK%20NO.%207."] {
        let page = anybody.get(&format!("/parks?{asked}")).await;
        assert_eq!(page.text.matches("<strong>Sample park no. ").count(), 1, "{asked}: {}", page.words());
        assert!(page.text.contains("<strong>Sample park no. 7.</strong>") && !page.text.contains(offers));
        let (_, told) = zone.request("GET", &format!("/v1/parks?{asked}"), None, Vec::new()).await;
        assert_eq!(told["parks"].as_array().map(Vec::len), Some(1), "{asked}: {told}");
        let of = told["functions"].as_array().unwrap().iter().find(|one| one["function"] == "sorting");
        assert_eq!(of.unwrap()["parks"].as_array().map(Vec::len), Some(ROWS), "{asked}: {told}");
        assert_eq!(told["complete"], true, "{told}");
    }
    let page = anybody.get("/parks?text=nowhere").await;
    assert!(page.words().contains("No park fits"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn bags_of_another_site_keep_none_of_this_one_from_being_told() {
    /// More than are read together.
    const ELSEWHERE: usize = 201;
    const OTHER: &str = "CNKMG870001";
    let zone = Zone::new().await;
    parks::opened(&zone, &[]).await;
    let record = format!("sites/{OPERATOR}:{OTHER}");
    done(&zone, OPERATOR, &record, ("apply", 0), parks::site(PARK)).await;
    done(&zone, CUSTOMS, &record, ("approve", 1), Value::Null).await;
    done(&zone, OPERATOR, &record, ("appoint", 2), json!({"keepers": ["tester"]})).await;
    let sealed = async |site: &str, bag: String, parcel: usize| {
        let parcels = [format!("5301960402/YD{parcel:09}")];
        let happened = json!({"kind": "bag", "parcels": parcels, "bag": bag, "seal": "S1"});
        let body = json!({"number": bag, "happened": happened}).to_string().into_bytes();
        let path = format!("/v1/sites/{site}/records");
        let (status, told) = zone.request("POST", &path, Some(&zone.tokens[OPERATOR]), body).await;
        assert_eq!(status, 200, "{told}");
    };
    sealed(SITE, "B0".to_owned(), 0).await;
    for number in 1..=ELSEWHERE {
        sealed(OTHER, format!("B{number}"), number).await;
    }
    zone.until_listed().await;
    let bags = async |site: &str| {
        let (status, told) = zone.get(OPERATOR, &format!("/v1/sites/{site}/stock")).await;
        assert_eq!(status, 200, "{told}");
        let bags = told["bags"].as_array().unwrap().iter().map(|bag| bag["bag"].as_str().unwrap().to_owned());
        (bags.collect::<Vec<String>>(), told["moreBags"].clone())
    };
    assert_eq!(bags(SITE).await, (vec!["B0".to_owned()], json!(false)));
    // Of so many here it is told that there may be more.
    let (shown, more) = bags(OTHER).await;
    assert_eq!((shown.len(), more), (200, json!(true)));
}
