//! Personal data: a canary in every field of every document that tells of a person, and where it is found afterwards.

use crate::support::log::log;
use crate::support::{NOW, Zone, path, plain};
use ceb::{Document, Kind};
use clearance::identity::{Personal, citizen_check, personal};
use clearance::party::Role;
use clearance::sample::{self, Trade};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const OFFICER: &str = "8620000001";
const TAX: &str = "5301000901";

/// Canaries by their text: who sent it, and in which field.
#[derive(Default)]
struct Canaries {
    known: BTreeMap<String, (String, String)>,
    count: usize,
}

impl Canaries {
    /// A text of its own that a field takes: right to the check digit where it is an identity number and `valid`.
    fn next(&mut self, kind: Personal, field: &str, valid: bool) -> String {
        self.count += 1;
        let number = self.count;
        match kind {
            Personal::Number if field.ends_with("IdNumber") && valid => {
                let body = format!("99000019770{:03}{:03}", 101 + number % 9, number);
                format!("{body}{}", citizen_check(&body).unwrap())
            }
            Personal::Number => format!("90817{number:04}65"),
            Personal::Name => format!("鸟{number:03}金丝雀"),
            Personal::Address => format!("样例省样例市金丝雀路{number:03}号"),
        }
    }

    /// Puts a canary of its own into every personal field, and into free text; of an order that has a device, too.
    fn fill(&mut self, sender: &str, document: &Document, valid: bool) -> Document {
        let mut filled = document.clone();
        for (part, table) in document.kind().parts().iter().enumerate() {
            for (field, rule) in table.fields.iter().enumerate() {
                let canary = match personal(rule.name) {
                    Some(kind) => self.next(kind, rule.name, valid),
                    None if rule.name == "note" => self.next(Personal::Address, rule.name, valid),
                    None => continue,
                };
                let mut said = canary.clone();
                if rule.name == "note" && matches!(document, Document::Order(_)) {
                    let device = format!("canary-of-device-{:04}", self.count);
                    said.push_str(&format!("[device={device}]"));
                    self.known.insert(device, (sender.to_owned(), "Order.device".to_owned()));
                }
                filled.set(part, 0, field, &said).unwrap();
                let at = format!("{}.{}", document.kind().element(), rule.name);
                self.known.insert(canary, (sender.to_owned(), at));
            }
        }
        filled
    }

    /// The persons of a trade that clears: where documents are compared they agree.
    fn trade(&mut self, mut trade: Trade) -> Trade {
        let sender = trade.order.head.ebp_code.to_string();
        let filled = trade.documents().map(|(sender, document)| self.fill(&sender, &document, true));
        let [
            Document::Order(order),
            Document::Payment(payment),
            Document::Waybill(waybill),
            Document::Declaration(declaration),
        ] = filled
        else {
            unreachable!()
        };
        (trade.order, trade.payment, trade.waybill, trade.declaration) =
            (order, payment, waybill, declaration);
        let head = &trade.order.head;
        let agreed = [
            (&mut trade.payment.payer_id_number, &head.buyer_id_number),
            (&mut trade.payment.payer_name, &head.buyer_name),
            (&mut trade.declaration.head.buyer_id_number, &head.buyer_id_number),
            (&mut trade.declaration.head.buyer_name, &head.buyer_name),
            (&mut trade.declaration.head.buyer_telephone, &head.buyer_telephone),
            (&mut trade.declaration.head.consignee_address, &head.consignee_address),
            (&mut trade.waybill.consignee, &head.consignee),
            (&mut trade.waybill.consignee_address, &head.consignee_address),
            (&mut trade.waybill.consignee_telephone, &head.consignee_telephone),
        ];
        // What every document of the trade says belongs to all who sent one.
        for (own, ordered) in agreed {
            self.known.remove(own.as_str());
            own.clone_from(ordered);
            self.known.insert(ordered.to_string(), (format!("{sender} and all"), "the trade".to_owned()));
        }
        trade
    }

    /// Those that a text has, if `of` says that they must not be there.
    fn found<'a>(&'a self, text: &[u8], must_not: impl Fn(&str) -> bool) -> Vec<(&'a str, &'a str)> {
        let has = |canary: &str| memchr(text, canary.as_bytes());
        self.known
            .iter()
            .filter(|(canary, (sender, _))| must_not(sender) && has(canary))
            .map(|(canary, (_, at))| (canary.as_str(), at.as_str()))
            .collect()
    }
}

/// Whether bytes have others in them.
fn memchr(text: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first() else { return false };
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        if rest[at..].starts_with(wanted) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// Every file of a folder, and of the folders in it, as it lies there.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => files(&entry.path(), found),
            false => found.push((entry.path().display().to_string(), std::fs::read(entry.path()).unwrap())),
        }
    }
}

/// Every table of a space in a database: its rows as text, in which bytes are hexadecimal.
async fn tables(address: &str) -> Vec<(String, Vec<u8>)> {
    let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let names = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'onewindow'";
    let mut found = Vec::new();
    for row in client.query(names, &[]).await.unwrap() {
        let name: String = row.get(0);
        let rows = client.query(&format!("SELECT t::text FROM onewindow.{name} t"), &[]).await.unwrap();
        let text: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        found.push((name, text.join("\n").into_bytes()));
    }
    assert!(found.len() > 20, "{}", found.len());
    found
}

/// Everything at rest: files as they lie there, or tables.
async fn at_rest(zone: &Zone) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    match std::fs::read_to_string(zone.folder.path().join("address")) {
        Ok(address) => found = tables(&address).await,
        Err(_) => files(&zone.folder.path().join("data"), &mut found),
    }
    found
}

/// No canary lies anywhere in the clear.
async fn nothing_in_the_clear(zone: &Zone, canaries: &Canaries) {
    for (name, bytes) in at_rest(zone).await {
        assert_eq!(canaries.found(&bytes, |_| true), [], "{name}");
        for canary in canaries.known.keys() {
            let hexadecimal: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!memchr(&bytes, hexadecimal.as_bytes()), "{name} has {canary} in hexadecimal");
        }
    }
}

async fn sent(zone: &Zone, sender: &str, documents: Vec<Document>) -> Value {
    let bytes = ceb::write(&sample::message(sender, documents), ceb::Style::Prefixed);
    zone.request("POST", "/v1/messages", Some(&zone.tokens[sender]), bytes).await.1
}

/// The number that a list got.
async fn entry(zone: &Zone, trade: &Trade) -> String {
    for _ in 0..400 {
        let shown = zone.shown(&trade.declaration.head.agent_code, trade).await;
        if let (Some(800), Some(number)) =
            (shown["attempt"]["state"].as_u64(), shown["attempt"]["invtNo"].as_str())
        {
            return number.to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{}", zone.shown(&trade.declaration.head.agent_code, trade).await);
}

async fn arrived(zone: &Zone, seed: u64, trade: &Trade) {
    let arrival = Trade::arrival(seed, &[trade], NOW).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::Arrival(arrival)).await;
}

/// All that a caller can ask for, as one text.
async fn all_answers(zone: &Zone, caller: &str, trades: &[Trade], paths: &[String]) -> String {
    let mut text = String::new();
    let mut asked: Vec<String> =
        ["/v1/consignments", "/v1/registers/accesses", "/v1/receipts?limit=5000"].map(str::to_owned).to_vec();
    asked.extend(["xml", "json"].map(|format| format!("/v1/receipts?limit=5000&format={format}")));
    asked.extend(trades.iter().map(path));
    asked.extend(paths.iter().cloned());
    for path in asked {
        let (_, answer) = zone.get(caller, &path).await;
        text.push_str(&answer.to_string());
        text.push('\n');
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_of_a_person_is_found_outside_its_mask() {
    let log = log();
    tracing::trace!(target: "server", "the log is heard");
    let mut zone = Zone::new().await;
    zone.window.file_all(sample::agencies(), "test").await;
    let token = zone.window.control.issue(TAX, Role::Agency, "machine", &[], NOW, None).await.unwrap();
    zone.tokens.insert(TAX.to_owned(), token);
    let mut canaries = Canaries::default();
    // A rule by which an agency is given all of orders but what tells of a person.
    let rule = json!({"giver": OFFICER, "dataset": "orders", "schema": 1, "fields": ["orderNo", "acturalPaid", "lines.qty"],
        "filter": {}, "purpose": "样例：征税核对", "legalBasis": "样例办法第一条", "validFrom": "20261101"});
    let share = format!("/v1/registers/shares/{TAX}:orders/actions");
    for (party, body) in [
        (TAX, json!({"action": "propose", "body": rule})),
        (OFFICER, json!({"action": "agree", "version": 1})),
    ] {
        let told = zone.request("POST", &share, Some(&zone.tokens[party]), body.to_string().into()).await;
        assert_eq!(told.0, 200, "{told:?}");
    }

    // Released, delivered, returned.
    let released = canaries.trade(plain(&zone, 0));
    zone.trade(&released).await;
    arrived(&zone, 1, &released).await;
    let number = entry(&zone, &released).await;
    let agent = released.declaration.head.agent_code.to_string();
    zone.send(&released.waybill.logistics_code, Document::WaybillStatus(released.delivered(NOW))).await;
    let back = released.return_goods(&number, &[(0, ceb::Decimal::from_whole(1))], NOW);
    let back = canaries.fill(&agent, &Document::Return(back), true);
    sent(&zone, &agent, vec![back]).await;
    let again = released.return_goods(&number, &[(0, ceb::Decimal::from_whole(1))], NOW);
    sent(&zone, &agent, vec![Document::Return(again)]).await;
    // Declared and cancelled; the application differs from the list, then agrees with it.
    let cancelled = canaries.trade(plain(&zone, 100));
    zone.trade(&cancelled).await;
    let shown = zone.shown(&cancelled.declaration.head.agent_code, &cancelled).await;
    let number = shown["attempt"]["invtNo"].as_str().unwrap_or("").to_owned();
    let agent = cancelled.declaration.head.agent_code.to_string();
    let cancel = Document::Cancellation(cancelled.cancellation(&number, NOW));
    let differing = canaries.fill(&agent, &cancel, true);
    sent(&zone, &agent, vec![differing]).await;
    sent(&zone, &agent, vec![cancel]).await;
    // Rejected: no two documents agree on the person.
    let rejected = plain(&zone, 200);
    let mut answers = Vec::new();
    for (sender, document) in rejected.documents() {
        let document = canaries.fill(&sender, &document, true);
        answers.push(sent(&zone, &sender, vec![document]).await);
    }
    // Refused: no identity number is right, and some fields are too long.
    let refused = plain(&zone, 300);
    for (sender, document) in refused.documents() {
        let mut document = canaries.fill(&sender, &document, false);
        if let Document::Order(order) = &mut document {
            let long = format!("长{}", "金丝雀长名".repeat(30));
            canaries.known.insert(long.clone(), (sender.to_string(), "Order.buyerName".to_owned()));
            order.head.buyer_name = long.into();
        }
        answers.push(sent(&zone, &sender, vec![document]).await);
    }
    // Previewed, and what is no message at all.
    let previewed = plain(&zone, 400);
    let agent = previewed.declaration.head.agent_code.to_string();
    let document = canaries.fill(&agent, &Document::Declaration(previewed.declaration.clone()), true);
    let bytes = ceb::write(&sample::message(&agent, vec![document]), ceb::Style::Prefixed);
    let (status, _) = zone.request("POST", "/v1/preview", Some(&zone.tokens[&agent]), bytes.clone()).await;
    assert_eq!(status, 200);
    for broken in [&bytes[..bytes.len() / 2], &[bytes.as_slice(), b"<"].concat()] {
        for route in ["/v1/preview", "/v1/messages"] {
            zone.request("POST", route, Some(&zone.tokens[&agent]), broken.to_vec()).await;
        }
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(canaries.known.len() > 60, "{}", canaries.known.len());
    let kinds =
        [Kind::Order, Kind::Payment, Kind::Waybill, Kind::Declaration, Kind::Cancellation, Kind::Return];
    for kind in kinds {
        let of = |at: &String| at.starts_with(&format!("{}.", kind.element()));
        assert!(canaries.known.values().any(|(_, at)| of(at)), "{kind:?}");
    }
    let differs =
        serde_json::to_string(&zone.shown(&rejected.declaration.head.agent_code, &rejected).await).unwrap();
    assert!(
        differs.contains("buyer-name-differs") && differs.contains("payer-id-number-differs"),
        "{differs}"
    );

    // What each party can ask for has no person but those whom it named itself.
    let trades = [released, cancelled, rejected, refused, previewed];
    for (party, token) in &zone.tokens {
        let own = if party == TAX { vec![format!("/v1/shares/{TAX}:orders/records")] } else { Vec::new() };
        let text = all_answers(&zone, party, &trades, &own).await;
        assert!(!token.is_empty());
        // An officer reads the values that were compared: each reading is recorded.
        if party != OFFICER && zone.window.filing(party).unwrap().roles[0] != Role::ZoneOperator {
            let others = |sender: &str| !sender.starts_with(party.as_str());
            let named = |sender: &str| others(sender) && !sender.ends_with("and all");
            assert_eq!(canaries.found(text.as_bytes(), named), [], "{party}");
        }
    }
    // Receipts go to subscribers too: no person stands in one. What was no message at all comes back to its sender (CEB900).
    for party in zone.tokens.keys() {
        let (_, feed) = zone.get(party, "/v1/receipts?limit=5000").await;
        let receipts = feed["receipts"].as_array().unwrap().iter();
        let others: Vec<&Value> = receipts.filter(|one| one["message"] != "CEB900Message").collect();
        let text = serde_json::to_string(&others).unwrap();
        assert_eq!(canaries.found(text.as_bytes(), |_| true), [], "{party}");
        assert_eq!(
            canaries.found(feed.to_string().as_bytes(), |sender| !sender.starts_with(party.as_str())),
            []
        );
    }
    // Nor in counters, in lists of offices, in the evidence log, in what is known of readings, in the log.
    for path in [
        "/metrics",
        "/v1/consignments?limit=500",
        "/v1/evidence/entries",
        "/v1/evidence/search?limit=200",
        "/v1/accounts?kind=quota",
        "/v1/registers/accesses",
    ] {
        let (status, told) = zone.get(OFFICER, path).await;
        assert!(status == 200 || path == "/metrics", "{path} {told}");
        assert_eq!(canaries.found(told.to_string().as_bytes(), |_| true), [], "{path}");
    }
    // A search by a person's number finds nothing: it is no number of a trade.
    for canary in canaries.known.keys().filter(|canary| canary.len() == 18 && canary.is_ascii()) {
        let (_, told) = zone.get(OFFICER, &format!("/v1/consignments?number={canary}")).await;
        assert_eq!(told["consignments"], json!([]));
    }
    nothing_in_the_clear(&zone, &canaries).await;
    let logged = log.heard();
    assert!(memchr(&logged, b"the log is heard"));
    assert_eq!(canaries.found(&logged, |_| true), []);
}
