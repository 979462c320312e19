//! Lists whose rows come of many parties or of months, full, in a real browser: a trade of many sellers, a park of many sites, a
//! recall of many parcels; half a year of the draw, and a month of exports in one application. They are looked at as those of
//! `full_in_browser` are.

use crate::bonded::{self, NUMBER};
use crate::consumer::{self, OWN};
use crate::credit_hearings::{HEARINGS, notice, recorded};
use crate::draws::{Holders, holders};
use crate::export_summaries::{AGENT, application, apply, closed, summary_path};
use crate::full_in_browser::{LOOKS, List, ROW, ROWS, Story, asked, list};
use crate::parks::{self, CUSTOMS, OPERATOR as HOLDER, PARK, SITE};
use crate::portal_in_browser::{browser, serve};
use crate::shares::{self, TAX};
use crate::support::people::{add, settle};
use crate::support::{NOW, Zone, pictures};
use crate::{registers, traceability};
use clearance::keys::{OrderKey, Time};
use clearance::party::{Filing, Role};
use clearance::sample::{self, Person, Trade};
use register::draw::Period;
use serde_json::{Value, json};
use server::window::Published;
use std::collections::BTreeMap;
use store::Duty;

/// Sellers of one buyer, more than a page has: he has a dispute with each, and answers for each of them.
const SELLERS: usize = 24;
/// Parcels of a bag: more than a page has of what lies at a site.
const BAGGED: u64 = 210;
/// Codes of a lot: more than a sheet of labels has.
const LABELS: u64 = 60;
/// Periods of the draw that a page has, and rulebooks that are published in as many weeks.
const PERIODS: usize = 26;
const RULEBOOKS: u64 = 13;
/// Goods of which one piece is one legal unit: every seller has them, out of one book.
const GOODS: &str = "8516400000";
/// Yuan.
const PRICE: i64 = 100;
/// Who files goods.
const MERCHANT: &str = "5301960201";
const DAY: i64 = 86_400_000;

/// A list that is whole on one page, with this many rows at least.
const fn whole(who: &'static str, page: &'static str, row: &'static str, least: u64) -> List {
    List { least, ..list(who, page, row, false) }
}

/// Rows of trades, those of items of books beside them left out.
const TRADES: &str = "main tbody tr:has(a[href^='/desk/consignments/'])";

/// Lists that many parties fill.
pub(crate) const OF_MANY: &[List] = &[
    list("agency", "/desk/shares", ROW, true),
    list("holder", "/desk/books", ROW, true),
    list("holder", "/desk/books/{id}", "main h2:last-of-type ~ * tbody tr", true),
    list("holder", "/desk/trace/codes/{id}", "main ul.labels li", true),
    whole("reviewer", "/desk/reviews", ROW, ROWS),
    whole("officer", "/desk/parks/{id}", "main tbody tr:has(a.lead)", ROWS),
    whole("officer", "/desk/recalls/{id}", TRADES, ROWS),
    whole("officer", "/desk/recalls/{id}/buyers", TRADES, ROWS),
    list("keeper", "/desk/sites", ROW, true),
    list("keeper", "/desk/sites/{code}/stock", ROW, true),
    whole("keeper", "/desk/sites/{code}/bags", ROW, BAGGED),
    list("consumer", "/my/disputes", "main section.finding", true),
    list("consumer", "/my/hearings", "main section.finding", true),
    list("nobody", "/parks", "main tbody tr:has(strong)", true),
];

/// Lists that months fill.
pub(crate) const OF_MONTHS: &[List] = &[
    whole("agent", "/desk/exports/summaries/{agent}/{cop_no}", "main tbody tr:has(a.lead)", ROWS),
    whole("auditor", "/desk/rulebooks", ROW, RULEBOOKS),
    whole("seed-holder", "/desk/draws", ROW, PERIODS as u64),
    whole("nobody", "/draws", ROW, PERIODS as u64),
];

/// Who reads, his login, his party, its role, his duties.
type Reader = (&'static str, &'static str, &'static str, Role, &'static [Duty]);
const OF_PARTIES: [Reader; 5] = [
    ("agency", "shui.wu", TAX, Role::Agency, &[Duty::Operator]),
    ("holder", "bao.guan", HOLDER, Role::SiteOperator, &[Duty::Operator]),
    ("keeper", KEEPER, HOLDER, Role::SiteOperator, &[Duty::Keeper]),
    ("officer", "guan.yuan", CUSTOMS, Role::Officer, &[Duty::Decider]),
    ("reviewer", "shen.he", CUSTOMS, Role::Officer, &[Duty::Reviewer]),
];
const AFTER_MONTHS: [Reader; 3] = [
    ("agent", "li.wei", AGENT, Role::Agent, &[Duty::Operator]),
    ("auditor", "yun.xing", CUSTOMS, Role::ZoneOperator, &[Duty::Auditor]),
    ("seed-holder", "zhong.zi", CUSTOMS, Role::Officer, &[Duty::SeedHolder]),
];
/// The login of whoever keeps the sites.
const KEEPER: &str = "men.wei";

async fn signed_in(zone: &Zone, readers: &[Reader]) -> BTreeMap<&'static str, String> {
    let mut sessions = BTreeMap::new();
    for (who, login, party, role, duties) in readers {
        let (_, one_time) = add(zone, login, party, *role, duties).await;
        let session = settle(zone, login, &one_time, server::rights::is_office(*role)).await;
        sessions.insert(*who, session);
    }
    sessions
}

/// An id as it stands in an address.
fn escaped(id: &str) -> String {
    id.replace(':', "%3A")
}

/// Puts rules in force that find nothing: much of the same on one day is what those of the zone look for. The number of lines tells
/// one rulebook from another.
async fn quiet(zone: &Zone, lines: u64) {
    let rules = format!(
        "id,valid_from,valid_to,lane,condition,note\nlong,20190101,,document-check,lines > {lines},\n"
    );
    let told = zone.window.publish(&[("risk_rules.csv".to_owned(), rules)], "test").await.unwrap();
    assert!(matches!(told, Published::Number(_)), "{told:?}");
}

fn seller(index: usize) -> Filing {
    let like = sample::filings().into_iter().find(|filing| filing.code == "5301960202").unwrap();
    Filing {
        code: format!("530196{:04}", 2_100 + index).as_str().into(),
        other_code: None,
        name: format!("样例海外商行{}号", index + 1).as_str().into(),
        exchange_ids: Vec::new(),
        ..like
    }
}

/// Trades of one sort of goods out of one book, which the draw leaves alone. The first are a person's own, one with each seller;
/// the others are each of another buyer.
fn trades(zone: &Zone, person: &Person) -> Vec<Trade> {
    let seed = zone.window.reference().sampling_seed;
    let fits = |number: &u64| {
        let trade = consumer::trade(*number, person, OWN, PRICE);
        let head = &trade.order.head;
        let drawn = clearance::risk::draw(&seed, &OrderKey::new(&head.ebp_code, &head.order_no));
        trade.declaration.lines[0].gcode == GOODS && drawn > 100_000
    };
    let made = |(index, number): (usize, u64)| {
        let other = Person::new(1_000 + number);
        let mut trade = match index < SELLERS {
            true => consumer::trade(number, person, OWN, PRICE),
            false => consumer::trade(number, &other, &other.telephone, PRICE),
        };
        let Filing { code, name, .. } = seller(index % SELLERS);
        let (ordered, declared) = (&mut trade.order.head, &mut trade.declaration.head);
        (ordered.ebc_code, ordered.ebc_name) = (code.clone(), name.clone());
        (declared.ebc_code, declared.ebc_name) = (code, name);
        trade.bonded(HOLDER, NUMBER)
    };
    (1_u64..).filter(fits).take(ROWS as usize).enumerate().map(made).collect()
}

/// A book with as many lots of the goods as there are trades, which are all sold out of it; and as many books besides.
async fn sold(zone: &Zone, person: &Person) -> Vec<Trade> {
    zone.window.file_all((0..SELLERS).map(seller).collect(), "test").await;
    let trades = trades(zone, person);
    let first = &trades[0];
    bonded::opened(zone, HOLDER, first).await;
    let lot = |lot: u64| {
        let expiry = format!("203012{:02}", lot % 28 + 1);
        bonded::entry(first, 0, &format!("L{lot}"), 100, &expiry)
    };
    bonded::accepted(zone, HOLDER, "entry-checklist:H1", (1..=ROWS).map(lot).collect()).await;
    for trade in &trades {
        let answer = zone.trade(trade).await;
        assert_eq!(answer["status"], 800, "{answer}");
    }
    for number in 2..=ROWS {
        let book = format!("bonded-books/{HOLDER}:T8620W{number:06}");
        let (status, told) = bonded::act(zone, HOLDER, &book, ("apply", 0), bonded::items(first)).await;
        assert_eq!(status, 200, "{told}");
    }
    trades
}

/// Goods that wait for whoever reviews them, and rules of sharing, of which each second is in force.
async fn proposed(zone: &Zone) {
    for number in 0..ROWS {
        let goods = format!("goods/{MERCHANT}:{number}");
        let (status, told) =
            bonded::act(zone, MERCHANT, &goods, ("apply", 0), registers::goods(number)).await;
        assert_eq!(status, 200, "{told}");
        let (id, rule) = (format!("{TAX}:r{number:02}"), shares::rule("orders", &["orderNo"], json!({})));
        let (status, told) = shares::act(zone, TAX, &id, json!({"action": "propose", "body": rule})).await;
        assert_eq!(status, 200, "{told}");
        if number % 2 == 0 {
            let agree = json!({"action": "agree", "version": 1});
            let (status, told) = shares::act(zone, CUSTOMS, &id, agree).await;
            assert_eq!(status, 200, "{told}");
        }
    }
}

/// Parks, one of which has as many sites; a bag of many parcels came to its first.
async fn placed(zone: &Zone, trades: &[Trade]) {
    parks::opened(zone, &[KEEPER]).await;
    let (operator, customs) = (&zone.tokens[HOLDER], &zone.tokens[CUSTOMS]);
    for number in 2..=ROWS {
        let mut park = parks::park(&format!("样例{number}号园区"), &["bonded-stocking", "sorting"]);
        park["nameEnglish"] = format!("Sample park {number}").into();
        let mut site = parks::site(PARK);
        site["name"] = format!("样例{number}号卡口").into();
        let of_park = format!("parks/{HOLDER}:P{number}");
        let of_site = format!("sites/{HOLDER}:CNKMG87{number:04}");
        let steps = [
            (&of_park, ("apply", 0), operator, park),
            (&of_park, ("approve", 1), customs, Value::Null),
            (&of_site, ("apply", 0), operator, site),
            (&of_site, ("approve", 1), customs, Value::Null),
            (&of_site, ("appoint", 2), operator, json!({"keepers": [KEEPER]})),
        ];
        for (record, action, token, body) in steps {
            let (status, told) = parks::act(zone, token, record, action, body).await;
            assert_eq!(status, 200, "{record}: {told}");
        }
    }
    let known = trades.iter().map(|trade| {
        let (carrier, number) = traceability::waybill(trade);
        format!("{carrier}/{number}")
    });
    let others = (0..BAGGED - ROWS).map(|number| format!("5301960402/YD{number:09}"));
    let parcels: Vec<String> = known.chain(others).collect();
    let bag = json!({"kind": "bag", "parcels": parcels, "bag": "B1", "seal": "S1"});
    let came = json!({
        "kind": "gate-list", "vehicle": "云A00001", "direction": "in", "bags": [{"bag": "B1", "seal": "S1"}],
    });
    let there = format!("/v1/sites/{SITE}/records");
    for (number, happened) in [("b1", bag), ("g1", came)] {
        let body = json!({"number": number, "happened": happened});
        asked(zone, operator, ("POST", &there), body).await;
    }
}

/// The session of a person who disputes a use by each of his sellers, and who has said something of each second notice that names
/// him as responsible behind one of them.
async fn heard(zone: &Zone, person: &Person, trades: &[Trade]) -> String {
    let sellers: Vec<String> = (0..SELLERS).map(|index| seller(index).code.to_string()).collect();
    for party in &sellers {
        let (status, told) = recorded(zone, party, person, Some(OWN)).await;
        assert_eq!(status, 200, "{told}");
        notice(zone, party).await;
    }
    let messages = consumer::provider(zone).await;
    zone.until_listed().await;
    let session = consumer::come_in(zone, &messages, &trades[0].order.head.order_no).await;
    for (index, (trade, party)) in trades.iter().zip(&sellers).enumerate() {
        let head = &trade.order.head;
        let dispute = json!({
            "platform": head.ebp_code.as_str(), "orderNo": head.order_no.as_str(), "text": "样例：不是我买的",
        });
        asked(zone, &session, ("POST", "/v1/consumer/disputes"), dispute).await;
        if index % 2 == 0 {
            let spoken = json!({"party": party, "text": "样例：本人已离任"});
            asked(zone, &session, ("POST", HEARINGS), spoken).await;
        }
    }
    session
}

async fn made_by_many() -> (Zone, Story) {
    let zone = shares::zone().await;
    zone.window.set_public_address(traceability::PUBLIC).await.unwrap();
    quiet(&zone, 90).await;
    let person = Person::new(7);
    let trades = sold(&zone, &person).await;
    proposed(&zone).await;
    placed(&zone, &trades).await;
    let consumer = heard(&zone, &person, &trades).await;
    // Codes first: of what is recalled none are issued any more.
    let token = &zone.tokens[HOLDER];
    let (status, told) = traceability::issue(&zone, token, 0, LABELS).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = traceability::recalled(&zone, token, "ZH1", "").await;
    assert_eq!((status, &told["body"]["found"]["parcels"]), (200, &json!(ROWS)), "{told}");
    server::statistics::follow(&zone.window).await.unwrap();
    zone.until_listed().await;
    let mut sessions = signed_in(&zone, &OF_PARTIES).await;
    sessions.insert("consumer", consumer);
    let recall = format!("/desk/recalls/{HOLDER}%3AZH1");
    let pages = BTreeMap::from([
        ("/desk/books/{id}", format!("/desk/books/{HOLDER}%3A{NUMBER}")),
        ("/desk/trace/codes/{id}", format!("/desk/trace/codes/{}", escaped(&traceability::codes()))),
        ("/desk/parks/{id}", format!("/desk/parks/{}", escaped(PARK))),
        ("/desk/recalls/{id}/buyers", format!("{recall}/buyers?purpose=case")),
        ("/desk/recalls/{id}", recall),
        ("/desk/sites/{code}/stock", format!("/desk/sites/{SITE}/stock")),
        ("/desk/sites/{code}/bags", format!("/desk/sites/{SITE}/bags?bag=B1")),
    ]);
    (zone, Story { sessions, pages })
}

/// Lets weeks pass until there are more periods of the draw than a page has. Both holders commit to each and hand nothing over; in
/// each second week a rulebook is published.
async fn weeks(zone: &Zone, holders: &Holders) {
    let mut week = 0;
    for _ in 0..8 * PERIODS {
        server::draws::tick(&zone.window).await.unwrap();
        zone.until_listed().await;
        let periods = server::draws::periods(&zone.window, &[]).await.unwrap();
        if periods.len() > PERIODS {
            return;
        }
        let Some(newest) = periods.first() else { continue };
        let period = Period::of(newest);
        let is_open = newest.state == "open";
        if is_open && period.commitment("customs").is_none() {
            week += 1;
            let path = format!("/v1/draws/{}/commitments", newest.key.id);
            for (token, number) in [(&holders.customs, 2 * week), (&holders.operator, 2 * week + 1)] {
                let commitment = json!({"commitment": format!("{number:064x}")});
                asked(zone, token, ("POST", &path), commitment).await;
            }
            if week % 2 == 0 {
                quiet(zone, 90 + week).await;
            }
        }
        // What is due next of the newest: its commitments end, or it begins.
        let due = if is_open { period.times.closes } else { period.times.begins };
        zone.clock.set(Time(due.max(zone.clock.now().0)));
    }
    panic!("there are not so many periods");
}

async fn made_in_months() -> (Zone, Story) {
    let zone = Zone::new().await;
    quiet(&zone, 90).await;
    let (exports, numbers) = closed(&zone, 1, ROWS as usize).await;
    zone.clock.set(Time(NOW.0 + 15 * DAY));
    let month = application(&exports, &numbers, "S-1", zone.clock.now());
    let answer = apply(&zone, &month).await;
    assert_eq!(answer["status"], 399, "{answer}");
    let holders = holders(&zone).await;
    weeks(&zone, &holders).await;
    let sessions = signed_in(&zone, &AFTER_MONTHS).await;
    let summary = summary_path(&month).replace("/v1/", "/desk/");
    let pages = BTreeMap::from([("/desk/exports/summaries/{agent}/{cop_no}", summary)]);
    (zone, Story { sessions, pages })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_parties_and_months_fill_is_looked_at_full() {
    let Some(mut browser) = browser() else { return };
    let ((many, of_many), (months, of_months)) = (made_by_many().await, made_in_months().await);
    let (at_many, at_months) = (serve(&many).await, serve(&months).await);
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        for at in LOOKS {
            browser.look(at.1, false);
            of_many.looked_at(&mut browser, (&at_many, OF_MANY), at, &mut faults);
            of_months.looked_at(&mut browser, (&at_months, OF_MONTHS), at, &mut faults);
        }
        pictures::index();
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
