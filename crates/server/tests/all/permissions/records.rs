//! What the callers of the table ask for: records of somebody and of another, made as they are made in use. What is asked for
//! as another's is there, and another's.

use super::{OFFICE, World};
use crate::rulebook_drafts::{self, RULE};
use crate::support::people::{self, ask};
use crate::support::{NOW, Zone, path};
use crate::{bonded, consumer, inspections};
use ceb::Document;
use clearance::party::Role;
use clearance::sample::{self, Export, Trade};
use counterpart::Messages;
use serde_json::{Value, json};
use store::Duty;

/// Agencies that are given something by a rule, and holders of bonded books: his, and another.
pub(super) const RECEIVERS: [&str; 2] = ["5301000901", "5301000902"];
pub(super) const HOLDERS: [&str; 2] = ["5301960601", "5301960202"];
/// A lot as it stands behind the holder in the addresses of its codes.
pub(crate) const LOT: &str = "09506000134352%2FL1";
/// The period of the draw that is open.
pub(super) const PERIOD: &str = "20261125";

/// Records of one party, and of those whom its trade concerns.
#[derive(Default)]
pub(crate) struct Records {
    /// SHA-256 of a photograph of an inspection of the trade.
    pub photograph: String,
    /// The person who bought, and the address of the parcel.
    pub person: String,
    pub address: String,
    /// A rule of sharing.
    pub share: String,
    /// A bonded book.
    pub book: String,
    /// An application to declare exports in summary.
    pub summary: String,
    /// What customs asked the platform of the payment.
    pub payment_data: String,
    /// A document that the party attached.
    pub attachment: String,
    /// A draft of the rulebook.
    pub draft: String,
    /// The seller with whom the buyer has a dispute.
    pub seller: String,
    /// Codes of a lot of the book, as their id stands in an address.
    pub codes: String,
    /// A recall of that lot.
    pub recall: String,
}

/// A zone that counts addresses, with agencies that have machines, and a period of the draw that is open.
pub(super) async fn zone() -> Zone {
    let mut zone = Zone::new().await;
    zone.window.file_all(sample::agencies(), "test").await;
    zone.window.set_public_address("https://trace.example").await.unwrap();
    for code in RECEIVERS {
        let token = zone.window.control.issue(code, Role::Agency, "tester", &[], NOW, None).await.unwrap();
        zone.tokens.insert(code.to_owned(), token);
    }
    let rules =
        "id,valid_from,valid_to,lane,condition,note\nall,20190101,,document-check,address_count_7 > 0,\n";
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules.to_owned())], "test").await.unwrap();
    for _ in 0..3 {
        server::draws::tick(&zone.window).await.unwrap();
    }
    zone
}

/// A command on a record that has to be taken.
async fn act(zone: &Zone, party: &str, record: &str, command: Value) {
    let path = format!("/v1/registers/{record}/actions");
    let (status, told) = ask(zone, "POST", &path, &zone.tokens[party], &command).await;
    assert_eq!(status, 200, "{record}: {told}");
}

impl Records {
    /// Those of a trade and an export; 0 = of him who asks, 1 = of another.
    pub(super) async fn of(world: &World, trade: &Trade, export: &Export, index: usize) -> Self {
        let zone = &world.zone;
        let office = &zone.tokens[OFFICE];
        let (head, list) = (&trade.order.head, &trade.declaration.head);
        let agent = list.agent_code.as_str();
        // Looked into, and photographed.
        let (_, seen) = ask(zone, "GET", &path(trade), office, &Value::Null).await;
        let look = json!({"id": "look", "version": seen["version"], "action": "inspect", "text": "样例"});
        let (status, told) = ask(zone, "POST", &format!("{}/actions", path(trade)), office, &look).await;
        assert_eq!(status, 200, "{told}");
        let pictures = inspections::photographs(&[inspections::a_photograph(index as u8)]);
        let found =
            json!({"found": [{"result": "conforming"}], "measure": "release", "photographs": pictures});
        let (status, told) = inspections::inspect(zone, office, trade, "seen", found).await;
        assert_eq!(status, 200, "{told}");
        let (_, told) = ask(zone, "GET", &format!("{}/inspections", path(trade)), office, &Value::Null).await;
        let photograph = told["inspections"][0]["photographs"][0].as_str().unwrap().to_owned();
        let text = |name: &str| seen[name].as_str().unwrap_or_else(|| panic!("no {name}: {seen}")).to_owned();

        let share = format!("{}:orders", RECEIVERS[index]);
        let rule = json!({"giver": OFFICE, "dataset": "orders", "schema": 1, "fields": ["orderNo"], "filter": {},
            "purpose": "样例：核对", "legalBasis": "样例办法第一条", "validFrom": "20261101"});
        let shares = format!("shares/{share}");
        act(zone, RECEIVERS[index], &shares, json!({"action": "propose", "body": rule})).await;
        act(zone, OFFICE, &shares, json!({"action": "agree", "version": 1})).await;

        let holder = HOLDERS[index];
        bonded::opened(zone, holder, trade).await;
        bonded::filled(zone, holder, trade, "entry-checklist:H1", 100).await;
        let codes = format!("{holder}:{LOT}");
        let asked = json!({"book": format!("{holder}:{}", bonded::NUMBER), "item": "1", "count": 3});
        let issue = json!({"action": "issue", "version": 0, "body": asked});
        act(zone, holder, &format!("trace-codes/{codes}"), issue).await;
        let recall = format!("{holder}:ZH1");
        let opened = json!({"goodsNo": "LH1", "lot": "L1", "reason": "unsafe", "measure": "send-back", "advice": "样例"});
        let open = json!({"action": "open", "version": 0, "note": "样例", "body": opened});
        act(zone, holder, &format!("recalls/{recall}"), open).await;

        let application = Export::summary(&[export], &["86202026E999999999".into()], NOW).unwrap();
        let summary = format!("{agent}/{}", application.head.cop_no);
        zone.send(agent, Document::SummaryApplication(application)).await;

        let question = json!({"platform": head.ebp_code.as_str(), "orderNo": head.order_no.as_str()});
        let (status, asked) = ask(zone, "POST", "/v1/payment-data/asks", office, &question).await;
        assert_eq!(status, 201, "{asked}");

        let attachment = format!("{agent}:licence");
        let document =
            json!({"name": "执照.pdf", "mediaType": "application/pdf", "content": "JVBERi0xLjcgc2FtcGxl"});
        let attached = format!("attachments/{attachment}");
        act(zone, agent, &attached, json!({"action": "attach", "version": 0, "body": document})).await;

        let author = match index {
            0 => world.texts["rulemaker"].clone(),
            _ => {
                let duties = [Duty::Rulemaker];
                let (_, one_time) = people::add(zone, "another.author", OFFICE, Role::Officer, &duties).await;
                people::settle(zone, "another.author", &one_time, true).await
            }
        };
        let draft = rulebook_drafts::rules(RULE);
        let (status, drafted) = ask(zone, "POST", "/v1/rulebooks/drafts", &author, &draft).await;
        assert_eq!(status, 200, "{drafted}");
        Self {
            photograph,
            person: text("person"),
            address: text("address"),
            share,
            book: format!("{}:{}", HOLDERS[index], bonded::NUMBER),
            summary,
            payment_data: asked["id"].as_str().unwrap().to_owned(),
            attachment,
            draft: drafted["id"].as_str().unwrap().to_owned(),
            seller: String::new(),
            codes,
            recall,
        }
    }
}

/// The dispute of a trade's buyer with its seller, opened by himself: code of the seller.
pub(super) async fn dispute(world: &World, messages: &Messages, trade: &Trade, index: usize) -> String {
    let (zone, head) = (&world.zone, &trade.order.head);
    let session = match index {
        0 => world.texts["consumer"].clone(),
        _ => consumer::come_in(zone, messages, &head.order_no).await,
    };
    let body = json!({"platform": head.ebp_code.as_str(), "orderNo": head.order_no.as_str(), "text": "样例：不是我买的"});
    // What he used is found when the index has it.
    zone.until_listed().await;
    let (status, told) = consumer::post(zone, Some(&session), "/v1/consumer/disputes", body).await;
    assert_eq!(status, 201, "{told}");
    told["seller"].as_str().unwrap().to_owned()
}
