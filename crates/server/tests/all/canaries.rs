//! A canary in every field of every document that takes one, and in the texts of records beside the trades, and where each may
//! stand: what a few lines of policy say, held against all that leaves the window. What is filled follows from the definitions of the messages themselves, what is asked for
//! from the tables of routes: a new field or a new route is part of the story by itself.

mod filled;
mod policy;
mod records;

use crate::consumer;
use crate::shares::{self, CUSTOMS as OFFICE, TAX};
use crate::support::browser::Browser;
use crate::support::log::log;
use crate::support::people::signed_in;
use crate::support::{NOW, Zone};
use crate::webhooks;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ceb::{Decimal, Document, FieldRule, Kind, Shape, Style};
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::Register;
use clearance::sample::{self, Export, Trade};
use counterpart::{Counterpart, Script};
use exchange::Dataset;
use filled::{BOUND, Canaries, Mark, is_filled};
use policy::Reader;
use records::Records;
use serde_json::{Value, json};
use server::push::{self, Patience};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use store::Duty;

const PLATFORM: &str = "5301960101";
const MERCHANT: &str = "5301960201";
const PAYER: &str = "5301960301";
const CARRIER: &str = "5301960401";
const AGENT: &str = "5301980501";
const SITE: &str = "5301960601";
/// An enterprise that no document names.
const STRANGER: &str = "5301980502";
/// The other agency that is given something.
const EXCHANGE: &str = "5301000902";
/// An agency that is given nothing, and named by nothing.
const POLICE: &str = "5301000905";
/// Whom every trade names.
const TRADERS: [&str; 5] = [PLATFORM, MERCHANT, PAYER, CARRIER, AGENT];

/// The trades of the story: released and returned, the consumer's own; cancelled; rejected, for no two documents agree; exported;
/// an export that is cancelled; what is not taken; what was only tried.
const OWN: usize = 0;
const CANCELLED: usize = 1;
const DIFFERING: usize = 2;
const EXPORTED: usize = 3;
const WITHDRAWN: usize = 4;
const NOT_TAKEN: usize = 5;
const TRIED: usize = 6;
/// Those whose documents became no trade, so that they name nobody.
const UNNAMED: [usize; 2] = [NOT_TAKEN, TRIED];

/// A zone, and what was sent there.
struct Story {
    zone: Zone,
    canaries: Canaries,
    records: Records,
    /// Places of messages and of documents.
    positions: BTreeSet<u64>,
    /// Numbers of lists.
    numbers: Vec<String>,
    summaries: Vec<String>,
    /// What was answered to each sender.
    answers: Vec<(String, String)>,
}

/// An import between the parties of the story.
fn import(from: u64) -> Trade {
    let is_theirs = |trade: &Trade| {
        let (order, list) = (&trade.order.head, &trade.declaration.head);
        let named = [&order.ebp_code, &order.ebc_code, &list.logistics_code, &list.agent_code];
        named.into_iter().eq([PLATFORM, MERCHANT, CARRIER, AGENT]) && trade.payment.pay_code == PAYER
    };
    (from..).map(|number| Trade::new(3, number, NOW, 1_000_000)).find(is_theirs).unwrap()
}

/// An export between them.
fn export(from: u64) -> Export {
    let is_theirs = |export: &Export| {
        let head = &export.declaration.head;
        head.logistics_code == CARRIER && head.agent_code == AGENT
    };
    (from..).map(|number| Export::new(7, number, NOW).to_summarise()).find(is_theirs).unwrap()
}

/// A document of a kind with its parties, and nothing else yet.
fn bare(kind: Kind) -> Document {
    let mut document = Document::empty(kind);
    for (part, table) in kind.parts().iter().enumerate() {
        for (field, rule) in table.fields.iter().enumerate() {
            let text = match (rule.name, rule.shape) {
                ("agentCode", _) => AGENT,
                ("ebpCode", _) => PLATFORM,
                ("ebcCode", _) => MERCHANT,
                ("logisticsCode", _) => CARRIER,
                ("operatorCode", _) => SITE,
                (_, Shape::Time) => "20261123100000",
                _ => "1",
            };
            let _ = document.set(part, 0, field, text);
        }
    }
    document
}

/// That a document was not refused.
fn is_taken(told: &Value) {
    assert!(told["status"].as_i64().is_some_and(|status| status > 0 && status != 100), "{told}");
}

impl Story {
    async fn new() -> Self {
        let mut zone = shares::zone().await;
        let token = zone.window.control.issue(POLICE, Role::Agency, "machine", &[], NOW, None).await.unwrap();
        zone.tokens.insert(POLICE.to_owned(), token);
        let seed = zone.window.reference().sampling_seed;
        let mut records = Records::default();
        records.file(&zone).await;
        Self {
            zone,
            records,
            canaries: Canaries::new(seed, PLATFORM, &[DIFFERING]),
            positions: BTreeSet::new(),
            numbers: Vec::new(),
            summaries: Vec::new(),
            answers: Vec::new(),
        }
    }

    fn message(&mut self, trade: usize, sender: &str, document: &Document) -> Vec<u8> {
        let filled = self.canaries.fill(trade, sender, document);
        ceb::write(&sample::message(sender, vec![filled]), Style::Prefixed)
    }

    async fn ask(&mut self, sender: &str, path: &str, body: Vec<u8>) -> (u16, Value) {
        let told = self.zone.request("POST", path, Some(&self.zone.tokens[sender]), body).await;
        self.answers.push((sender.to_owned(), told.1.to_string()));
        told
    }

    /// Sends a document full of canaries: the answer to it.
    async fn send(&mut self, trade: usize, sender: &str, document: &Document) -> Value {
        let message = self.message(trade, sender, document);
        let (_, answer) = self.ask(sender, "/v1/messages", message).await;
        let documents = answer["documents"].as_array().cloned().unwrap_or_default();
        let places = documents.iter().chain([&answer["message"]]).filter_map(|one| one["position"].as_u64());
        self.positions.extend(places);
        documents.first().cloned().unwrap_or(answer)
    }

    async fn send_all(&mut self, trade: usize, documents: &[(ceb::Text, Document)]) -> Value {
        let mut last = Value::Null;
        for (sender, document) in documents {
            last = self.send(trade, sender, document).await;
        }
        last
    }

    fn import(&self, trade: usize) -> String {
        format!("{PLATFORM}/{}", self.canaries.number(trade, "orderNo"))
    }

    fn export(&self, trade: usize) -> String {
        format!("{MERCHANT}/{}", self.canaries.number(trade, "orderNo"))
    }

    /// The trade once it is in one of these states, as its agent is shown it.
    async fn until(&self, path: &str, states: &[u64]) -> Value {
        let mut shown = Value::Null;
        for _ in 0..400 {
            shown = self.zone.get(AGENT, path).await.1;
            let state = shown["state"].as_u64().or(shown["attempt"]["state"].as_u64());
            if state.is_some_and(|state| states.contains(&state)) {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{path} is not {states:?}: {shown}");
    }

    async fn imports(&mut self) {
        let trade = import(0);
        self.send_all(OWN, &trade.documents()).await;
        let arrival = Trade::arrival(1, &[&trade], NOW).unwrap();
        self.send(OWN, SITE, &Document::Arrival(arrival)).await;
        let shown = self.until(&format!("/v1/consignments/{}", self.import(OWN)), &[800]).await;
        let number = shown["attempt"]["invtNo"].as_str().unwrap().to_owned();
        let delivered = Document::WaybillStatus(trade.delivered(NOW));
        is_taken(&self.send(OWN, CARRIER, &delivered).await);
        let back = trade.return_goods(&number, &[(0, Decimal::from_whole(1))], NOW);
        is_taken(&self.send(OWN, AGENT, &Document::Return(back)).await);
        self.numbers.push(number);

        let trade = import(10_000);
        is_taken(&self.send_all(CANCELLED, &trade.documents()).await);
        let shown = self.until(&format!("/v1/consignments/{}", self.import(CANCELLED)), &[120]).await;
        let number = shown["attempt"]["invtNo"].as_str().unwrap().to_owned();
        let cancellation = Document::Cancellation(trade.cancellation(&number, NOW));
        is_taken(&self.send(CANCELLED, AGENT, &cancellation).await);
        self.numbers.push(number);

        let told = self.send_all(DIFFERING, &import(20_000).documents()).await;
        let rules: Vec<&str> =
            told["findings"].as_array().unwrap().iter().filter_map(|one| one["rule"].as_str()).collect();
        assert!(rules.contains(&"line-name-differs") && rules.contains(&"buyer-name-differs"), "{told}");
    }

    /// Sends what an export needs, and has it concluded.
    async fn concluded(&mut self, trade: usize, export: &Export) -> Value {
        self.send_all(trade, &export.documents()).await;
        let path = format!("/v1/exports/{}", self.export(trade));
        let shown = self.until(&path, &[300, 399]).await;
        if shown["state"] == 300 {
            let approve =
                json!({"id": path, "version": shown["version"], "action": "approve", "text": "样例"});
            let token = Some(self.zone.tokens[OFFICE].as_str());
            let there = format!("{path}/actions");
            let told = self.zone.request("POST", &there, token, approve.to_string().into_bytes()).await;
            assert_eq!(told.0, 200, "{}", told.1);
        }
        self.until(&path, &[399]).await
    }

    async fn exports(&mut self) {
        let export = export(0);
        let shown = self.concluded(EXPORTED, &export).await;
        let number: ceb::Text = shown["invtNo"].as_str().unwrap().into();
        let (sender, received) = export.received();
        self.send(EXPORTED, &sender, &received).await;
        let parcels = [&export];
        let bill = Document::MasterBill(Export::master_bill(&parcels, NOW).unwrap());
        self.send(EXPORTED, AGENT, &bill).await;
        let arrival = Document::ExportArrival(Export::arrival(&parcels, NOW).unwrap());
        self.send(EXPORTED, SITE, &arrival).await;
        let path = format!("/v1/exports/{}", self.export(EXPORTED));
        self.until(&path, &[800]).await;
        let departure = Document::Departure(Export::departure(&parcels, NOW).unwrap());
        self.send(EXPORTED, CARRIER, &departure).await;
        self.until(&path, &[899]).await;
        let export = self::export(10_000);
        let shown = self.concluded(WITHDRAWN, &export).await;
        let cancellation = export.cancellation(shown["invtNo"].as_str().unwrap(), NOW);
        is_taken(&self.send(WITHDRAWN, AGENT, &Document::ExportCancellation(cancellation)).await);

        // A month is summarised in the next.
        let later = Time(NOW.0 + 15 * 86_400_000);
        self.zone.clock.set(later);
        let summary = Export::summary(&parcels, &[number], later).unwrap();
        is_taken(&self.send(EXPORTED, AGENT, &Document::SummaryApplication(summary)).await);
        let sent = self.canaries.all().find(|(_, marks)| {
            marks.iter().any(|mark| mark.kind == Kind::SummaryApplication && mark.name == "copNo")
        });
        self.summaries.push(format!("{AGENT}/{}", sent.unwrap().0));
    }

    /// What becomes no trade: messages that are not taken, one that is only tried, and one that breaks off.
    async fn refused(&mut self) {
        for (sender, kind) in [(AGENT, Kind::ExportReturn), (SITE, Kind::ReturnTally)] {
            self.send(NOT_TAKEN, sender, &bare(kind)).await;
        }
        let list = Document::Declaration(import(30_000).declaration);
        let message = self.message(TRIED, AGENT, &list);
        let (status, told) = self.ask(AGENT, "/v1/preview", message.clone()).await;
        assert_eq!(status, 200, "{told}");
        for broken in [&message[..message.len() / 2], &[message.as_slice(), b"<"].concat()] {
            for path in ["/v1/preview", "/v1/messages"] {
                self.ask(AGENT, path, broken.to_vec()).await;
            }
        }
    }

    /// What a text has that its reader may not have. What he asked with himself tells him nothing.
    fn faults(&self, reader: &Reader, at: &str, asked: &str, text: &str) -> Vec<String> {
        let found = self.canaries.found(text).into_iter();
        let told = found
            .filter(|(canary, marks)| !asked.contains(*canary) && !marks.iter().any(|mark| reader.may(mark)));
        let told = told.map(|(canary, marks)| format!("{at} by {reader:?}: {canary} of {:?}", marks[0]));
        let filed = self.records.found(text).into_iter().filter(|(_, filed)| !reader.may_find(filed));
        told.chain(filed.map(|(canary, filed)| format!("{at} by {reader:?}: {canary} of {filed:?}")))
            .collect()
    }
}

/// What readers of routes ask for.
struct Asked {
    imports: Vec<String>,
    exports: Vec<String>,
    positions: Vec<String>,
    numbers: Vec<String>,
    summaries: Vec<String>,
    person: String,
    address: String,
    /// Records that the reader finds: register and id.
    records: Vec<String>,
}

impl Asked {
    async fn of(story: &Story, token: Option<&str>) -> Self {
        let zone = &story.zone;
        let path = format!("/v1/consignments/{}", story.import(OWN));
        let (_, shown) = zone.get(OFFICE, &path).await;
        let text = |name: &str| shown[name].as_str().unwrap_or("none").to_owned();
        let mut records = Vec::new();
        for register in Register::ALL {
            let list = format!("/v1/registers/{}?limit=30", register.word());
            let (_, told) = zone.request("GET", &list, token, Vec::new()).await;
            for record in told["records"].as_array().into_iter().flatten() {
                let id = record["id"].as_str().unwrap();
                let id: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
                records.push(format!("{}/{}", register.word(), id.replace('+', "%20")));
            }
        }
        records.push("filings/none".to_owned());
        Self {
            imports: [OWN, CANCELLED, DIFFERING].iter().map(|trade| story.import(*trade)).collect(),
            exports: [EXPORTED, WITHDRAWN].iter().map(|trade| story.export(*trade)).collect(),
            positions: story.positions.iter().map(u64::to_string).collect(),
            numbers: story.numbers.clone(),
            summaries: story.summaries.clone(),
            person: text("person"),
            address: text("address"),
            records,
        }
    }

    /// Everything that a route can be asked for.
    fn addresses(&self, route: &str) -> Vec<String> {
        let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let registers = Register::ALL.map(|register| register.word().to_owned()).to_vec();
        let parties: Vec<String> =
            TRADERS.iter().chain([&SITE, &STRANGER]).map(|code| (*code).into()).collect();
        let tables = words(&["flow", "causes", "goods", "countries", "lanes", "work", "waiting"]);
        let named: [(&str, Vec<String>); 24] = [
            ("{platform}/{order_no}", self.imports.clone()),
            ("{merchant}/{order_no}", self.exports.clone()),
            ("{agent}/{cop_no}", self.summaries.clone()),
            ("{position}", self.positions.clone()),
            ("{invt_no}", self.numbers.clone()),
            ("/persons/{id}", vec![format!("/persons/{}?purpose=sample", self.person)]),
            ("/addresses/{id}", vec![format!("/addresses/{}?purpose=sample", self.address)]),
            ("/rulebooks/drafts/{id}", words(&["/rulebooks/drafts/none"])),
            ("{register}/{id}", self.records.clone()),
            ("{register}", registers),
            ("{party}", parties),
            ("{kind}", words(&["621"])),
            ("{dataset}", words(&["orders"])),
            ("drafts/none/tables/{table}", words(&["drafts/none/tables/parameters.csv"])),
            ("{table}", tables),
            ("{sha256}", vec!["0".repeat(64)]),
            ("{period}", words(&["20261125"])),
            ("{provider}", words(&["none"])),
            ("{seller}", words(&[MERCHANT])),
            ("{code}", words(&[SITE])),
            ("{gtin}", words(&["09506000134352"])),
            ("{lot}", words(&["L1"])),
            ("{serial}", words(&["000001"])),
            ("{id}", words(&["none", "1"])),
        ];
        let mut found = vec![route.to_owned()];
        for (pattern, values) in &named {
            let with = |one: String| match one.contains(pattern) {
                true => values.iter().map(|value| one.replace(pattern, value)).collect(),
                false => vec![one],
            };
            found = found.into_iter().flat_map(with).collect();
        }
        assert!(found.iter().all(|one| !one.contains('{')), "{route}: nobody says what is asked for");
        let queries = self.queries(route);
        found.iter().flat_map(|one| queries.iter().map(move |query| format!("{one}{query}"))).collect()
    }

    /// What stands behind a route's address.
    fn queries(&self, route: &str) -> Vec<String> {
        let of_orders = |from: &[String], first: &str| -> Vec<String> {
            let pair = |path: &String| {
                path.split_once('/').map(|(one, two)| format!("?{first}={one}&orderNo={two}"))
            };
            from.iter().filter_map(pair).collect()
        };
        let number = |path: &String| path.rsplit('/').next().unwrap_or_default().to_owned();
        let orders: Vec<String> = self.imports.iter().chain(&self.exports).map(number).collect();
        let each = |name: &str, values: &[String]| -> Vec<String> {
            values.iter().map(|value| format!("?{name}={value}")).collect()
        };
        let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        match route {
            "/v1/messages" => {
                [of_orders(&self.imports, "platform"), of_orders(&self.exports, "merchant")].concat()
            }
            "/v1/receipts" => words(&["?limit=5000", "?limit=5000&form=xml"]),
            "/v1/search" | "/desk/search" => each("text", &orders),
            "/v1/consignments" | "/desk/consignments" => {
                [words(&["?limit=500", "?limit=500&sort=state"]), each("number", &orders)].concat()
            }
            "/v1/evidence/proof" => each("position", &self.positions),
            "/desk/evidence" => [words(&[""]), each("position", &self.positions)].concat(),
            "/v1/evidence/consistency" => words(&["?writer=1&from=1"]),
            "/v1/evidence/search" => words(&["?limit=200", "?limit=200&form=csv"]),
            "/v1/evidence/entries" => words(&["?limit=5000"]),
            "/v1/accounts" => words(&["?kind=quota", "?kind=guarantee"]),
            "/v1/rulebooks/differences" => words(&["?from=1&to=1"]),
            "/v1/bills" | "/v1/exports" | "/v1/exports/summaries" => words(&["?limit=200"]),
            "/v1/decisions" => words(&["", "?form=csv"]),
            "/v1/statistics/{table}" | "/v1/indicators/{table}" => words(&["", "?form=csv"]),
            "/indicators/file" | "/desk/zone/file" => words(&["?chart=days&form=csv"]),
            "/desk/receipts" => {
                let single = self.positions.iter().map(|position| format!("?position={position}&number=0"));
                single.chain([String::new()]).collect()
            }
            "/v1/recalls/{id}/buyers" | "/desk/recalls/{id}/buyers" => words(&["?purpose=sample"]),
            "/desk/registers/{register}/new" => words(&["?action=apply", "?action=propose"]),
            _ => words(&[""]),
        }
    }
}

/// What was told wrongly, and what was told at all.
#[derive(Default)]
struct Heard {
    faults: Vec<String>,
    canaries: BTreeSet<String>,
    /// Those of records.
    filed: BTreeSet<String>,
    answered: usize,
}

impl Heard {
    fn hear(&mut self, story: &Story, reader: &Reader, (route, asked): (&str, &str), text: &str) {
        self.answered += 1;
        self.faults.extend(story.faults(&reader.at(route), route, asked, text));
        self.canaries.extend(story.canaries.found(text).into_keys().map(str::to_owned));
        self.filed.extend(story.records.found(text).into_keys().map(str::to_owned));
    }

    /// Everything that a reader is told by the interface.
    async fn interface(&mut self, story: &Story, reader: &Reader, token: Option<&str>) {
        let asked = Asked::of(story, token).await;
        for (_, route) in server::api::ROUTES.iter().filter(|(method, _)| *method == "get") {
            for address in asked.addresses(route) {
                let (status, told) = story.zone.request("GET", &address, token, Vec::new()).await;
                assert!(status < 500 && status != 429, "{address}: {status} {told}");
                self.hear(story, reader, (route, &address), &told.to_string());
            }
        }
    }

    /// Everything that a reader is told by pages.
    async fn pages(&mut self, story: &Story, reader: &Reader, mut browser: Browser<'_>) {
        let session = browser.cookies.get("__Host-session").cloned();
        let asked = Asked::of(story, session.as_deref()).await;
        let pages = server::portal::ROUTES.iter().filter(|(method, route)| {
            // A stream that says that something changed, and files of the window's own.
            *method == "get" && !["/desk/live", "/static/{name}"].contains(route)
        });
        for (_, route) in pages {
            for address in asked.addresses(route) {
                let shown = browser.get(&address).await;
                assert!(shown.status < 500 && shown.status != 429, "{address}: {}", shown.status);
                self.hear(story, reader, (route, &address), &shown.text);
            }
        }
    }

    fn ends(self) {
        let faults: BTreeSet<String> = self.faults.into_iter().collect();
        let told: Vec<&String> = faults.iter().take(60).collect();
        assert!(faults.is_empty(), "{} leaks, the first of them:\n{told:#?}", faults.len());
    }
}

#[test]
fn every_field_of_every_message_has_a_canary_or_a_reason_why_not() {
    let sent = || Kind::ALL.iter().filter(|kind| kind.is_declared());
    let fields = || sent().flat_map(|kind| kind.parts()).flat_map(|part| part.fields);
    let is_text = |rule: &&FieldRule| matches!(rule.shape, Shape::Upto(8..) | Shape::Exactly(36));
    let reason = |rule: &FieldRule| rule.name.ends_with("Code") || BOUND.contains(&rule.name);
    for rule in fields().filter(is_text) {
        assert!(is_filled(rule) != reason(rule), "{}", rule.name);
    }
    let filled = fields().filter(|rule| is_filled(rule)).count();
    assert!(filled > 100, "{filled}");
    for name in BOUND {
        assert!(fields().any(|rule| rule.name == name), "no message has {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_of_any_field_stands_where_policy_does_not_let_it() {
    let log = log();
    tracing::trace!(target: "server", "the log is heard by canaries");
    let mut story = Story::new().await;
    let rules = rules(&story).await;
    let pushed = pushed(&story, &rules).await;
    let server = sending(&story);
    story.imports().await;
    story.exports().await;
    story.refused().await;
    story.zone.until_listed().await;
    let kinds: BTreeSet<Kind> =
        story.canaries.all().flat_map(|(_, marks)| marks).map(|mark| mark.kind).collect();
    assert!(Kind::ALL.iter().filter(|kind| kind.is_declared()).all(|kind| kinds.contains(kind)), "{kinds:?}");

    // Each sender's answers, then everything that he can ask for.
    let mut heard = Heard::default();
    for (sender, text) in &story.answers {
        heard.hear(&story, &Reader::Party(sender.clone()), ("POST /v1/messages", ""), text);
    }
    for party in TRADERS.into_iter().chain([SITE]) {
        let (before, reader) = (heard.answered, Reader::Party(party.to_owned()));
        let mut own = Heard::default();
        own.interface(&story, &reader, Some(&story.zone.tokens[party])).await;
        // What is looked for is there to be found: he reads his documents as he sent them.
        let unseen: Vec<&Mark> = story
            .canaries
            .all()
            .filter(|(canary, _)| !own.canaries.contains(*canary))
            .flat_map(|(_, marks)| marks)
            .filter(|mark| mark.sender == party && !UNNAMED.contains(&mark.trade))
            .collect();
        assert!(unseen.is_empty(), "{party} does not find what he sent: {unseen:?}");
        let filed =
            story.records.all().filter(|(canary, one)| one.by == party && !own.filed.contains(*canary));
        let unseen: Vec<_> = filed.collect();
        assert!(unseen.is_empty(), "{party} does not find what he filed: {unseen:?}");
        heard.faults.append(&mut own.faults);
        heard.answered += own.answered;
        assert!(heard.answered > before + 100);
    }
    // Whom no document names, nobody, and customs.
    let stranger = Reader::Party(STRANGER.to_owned());
    heard.interface(&story, &stranger, Some(&story.zone.tokens[STRANGER])).await;
    heard.interface(&story, &Reader::Nobody, None).await;
    heard.interface(&story, &Reader::Office, Some(&story.zone.tokens[OFFICE])).await;
    let before = heard.filed.len();
    heard.interface(&story, &Reader::Agency, Some(&story.zone.tokens[POLICE])).await;
    assert!(before > 15, "customs finds what is filed: {before}");
    heard.ends();

    deliveries(&story, &rules, &pushed).await;
    drop(server);
    let heard = String::from_utf8_lossy(&log.heard()).into_owned();
    assert!(heard.contains("the log is heard by canaries"));
    assert_eq!(story.faults(&Reader::Nobody, "the log", "", &heard), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_of_any_field_stands_on_a_page_where_policy_does_not_let_it() {
    let mut story = Story::new().await;
    story.imports().await;
    story.exports().await;
    story.refused().await;
    story.zone.until_listed().await;
    let zone = &story.zone;
    let roles = [Role::Platform, Role::Merchant, Role::Payment, Role::Logistics, Role::Agent];
    let readers = TRADERS.into_iter().zip(roles).chain([(SITE, Role::SiteOperator), (STRANGER, Role::Agent)]);
    let mut heard = Heard::default();
    for (party, role) in readers {
        let login = format!("canary.{party}");
        let duties = [Duty::Admin, Duty::Operator, Duty::Auditor];
        let browser = signed_in(zone, &login, party, role, &duties).await;
        heard.pages(&story, &Reader::Party(party.to_owned()), browser).await;
    }
    let duties =
        [Duty::Decider, Duty::Inspector, Duty::Reviewer, Duty::Auditor, Duty::Operator, Duty::Rulemaker];
    let officer = signed_in(zone, "canary.officer", OFFICE, Role::Officer, &duties).await;
    heard.pages(&story, &Reader::Office, officer).await;
    assert!(heard.canaries.len() > 200, "{}", heard.canaries.len());
    heard.pages(&story, &Reader::Nobody, Browser::new(zone)).await;
    // The person whose trade it is comes in by the telephone on the order.
    let messages = consumer::provider(zone).await;
    let session = consumer::come_in(zone, &messages, story.canaries.number(OWN, "orderNo")).await;
    let before = heard.answered;
    heard.pages(&story, &Reader::Consumer, Browser::with(zone, &session)).await;
    heard.interface(&story, &Reader::Consumer, Some(&session)).await;
    assert!(heard.answered > before + 100);
    let sent = messages.taken();
    let told: Vec<&Value> = sent.iter().map(|one| &one["text"]).collect();
    heard.hear(&story, &Reader::Nobody, ("a message to his telephone", ""), &json!(told).to_string());
    heard.ends();
}

/// A rule of sharing: its id, its dataset, its fields, who is given it.
struct Rule {
    id: String,
    receiver: &'static str,
    dataset: Dataset,
    fields: BTreeSet<String>,
}

/// Of every dataset two rules in force, each with every other field; of what is received as it is, one without it.
async fn rules(story: &Story) -> Vec<Rule> {
    let mut made = Vec::new();
    // What other agencies answer for is made of no message.
    for dataset in Dataset::ALL.into_iter().filter(|dataset| dataset.givers().contains(&Role::Officer)) {
        let fields = dataset.fields();
        for (half, receiver) in [TAX, EXCHANGE].into_iter().enumerate() {
            let names = fields.iter().enumerate().filter(|(at, _)| at % 2 == half);
            let names: BTreeSet<String> = names.map(|(_, field)| field.name.clone()).collect();
            let id = format!("{receiver}:{}", dataset.word());
            let rule = json!({"giver": OFFICE, "dataset": dataset.word(), "schema": 1, "fields": names, "purpose": "样例：核对",
                "legalBasis": "样例办法第一条", "validFrom": "20261101"});
            let path = format!("/v1/registers/shares/{id}/actions");
            for (party, body) in [
                (receiver, json!({"action": "propose", "body": rule})),
                (OFFICE, json!({"action": "agree", "version": 1})),
            ] {
                let token = Some(story.zone.tokens[party].as_str());
                let (status, told) =
                    story.zone.request("POST", &path, token, body.to_string().into_bytes()).await;
                assert_eq!(status, 200, "{told}");
            }
            made.push(Rule { id, receiver, dataset, fields: names });
        }
    }
    made
}

/// Where what each rule gives is sent, and where receipts are.
async fn pushed(story: &Story, rules: &[Rule]) -> Vec<(Reader, String, Counterpart)> {
    let mut made = Vec::new();
    for rule in rules {
        let (taker, url) =
            webhooks::counterpart(&story.zone, counterpart::Kind::Tax, Script::default()).await;
        // It confirms each record: its answers are kept under names that it reads.
        let body = json!({"url": url, "source": format!("shares/{}", rule.id), "answers": true});
        webhooks::webhook(&story.zone, rule.receiver, rule.dataset.word(), body).await;
        let reader = Reader::Receiver(rule.dataset, rule.fields.clone());
        made.push((reader, rule.id.clone(), taker));
    }
    for party in TRADERS.into_iter().chain([SITE]) {
        let (taker, url) =
            webhooks::counterpart(&story.zone, counterpart::Kind::Tax, Script::default()).await;
        webhooks::webhook(&story.zone, party, "receipts", json!({"url": url, "source": "receipts"})).await;
        made.push((Reader::Party(party.to_owned()), format!("receipts of {party}"), taker));
    }
    made
}

/// A server that sends, until it is dropped.
struct Sending(tokio::task::JoinHandle<()>);

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn sending(story: &Story) -> Sending {
    let patience = Patience { first: Duration::ZERO, longest: Duration::ZERO, refusals: 3 };
    let client = webhooks::client(&["127.0.0.0/8"]);
    Sending(tokio::spawn(push::run(story.zone.window.clone(), client, patience)))
}

/// All that a rule gives, in a form.
async fn given(story: &Story, rule: &Rule, form: &str) -> Vec<Value> {
    let (mut events, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/shares/{}/records?limit=200&form={form}&after={after}", rule.id);
        let (status, page) = story.zone.get(rule.receiver, &path).await;
        assert_eq!(status, 200, "{}: {page}", rule.id);
        events.extend(page["events"].as_array().unwrap().iter().cloned());
        after = page["cursor"].as_str().unwrap().to_owned();
        if page["complete"] == true {
            return events;
        }
    }
}

/// What each receiver answered, in the names under which he finds it: they say no more than what he was given.
async fn answers(story: &Story, rules: &[Rule], heard: &mut Heard) {
    for rule in rules {
        if given(story, rule, "plain").await.is_empty() {
            continue;
        }
        // The webhook is called as the rule.
        webhooks::delivery(&story.zone, rule.receiver, &rule.id, |shown| {
            shown["body"]["complete"] == true && shown["body"]["kept"].as_u64() > Some(0)
        })
        .await;
        let (mut own, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/registers/answers?limit=200{after}");
            let (status, page) = story.zone.get(rule.receiver, &path).await;
            assert_eq!(status, 200, "{page}");
            let records = page["records"].as_array().unwrap().iter();
            let is_own = |record: &&Value| {
                record["id"].as_str().is_some_and(|id| id.starts_with(&format!("{}/", rule.id)))
            };
            own.extend(records.filter(is_own).cloned());
            match page["after"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert!(!own.is_empty(), "{}: it answered nothing", rule.id);
        let reader = match rule.fields.contains("original") {
            true => Reader::OfficeAtTrade,
            false => Reader::Receiver(rule.dataset, rule.fields.clone()),
        };
        let at = format!("answers of {}", rule.id);
        heard.hear(story, &reader, (&at, ""), &json!(own).to_string());
    }
}

/// What was given, as it is read: a message in Base64 too.
fn read(events: &[Value]) -> String {
    let mut text = json!(events).to_string();
    for original in events.iter().filter_map(|event| event["data"]["original"].as_str()) {
        text.push_str(&String::from_utf8_lossy(&STANDARD.decode(original).unwrap_or_default()));
    }
    text
}

/// Whatever is delivered, by asking or by a webhook, has what its mask has and nothing else.
async fn deliveries(story: &Story, rules: &[Rule], pushed: &[(Reader, String, Counterpart)]) {
    let mut heard = Heard::default();
    for rule in rules {
        // A message whole is all of its fields; without it, nothing of them.
        let reader = match rule.fields.contains("original") {
            true => Reader::OfficeAtTrade,
            false => Reader::Receiver(rule.dataset, rule.fields.clone()),
        };
        let events = given(story, rule, "plain").await;
        let text = read(&events);
        heard.hear(story, &reader, (&rule.id, ""), &text);
        let found = story.canaries.found(&text);
        // Each field that the mask has is there: of the trades whose documents were taken.
        for (canary, marks) in story.canaries.all() {
            let is_given = |mark: &&Mark| {
                rule.dataset.document() == Some(mark.kind)
                    && rule.fields.contains(&mark.of_dataset())
                    && [OWN, CANCELLED, EXPORTED, WITHDRAWN].contains(&mark.trade)
            };
            if let Some(mark) = marks.iter().find(is_given) {
                assert!(found.contains_key(canary), "{}: {mark:?} was not given", rule.id);
            }
        }
        if [Dataset::Orders, Dataset::Payments, Dataset::Waybills].contains(&rule.dataset) {
            heard.hear(story, &reader, (&rule.id, ""), &read(&given(story, rule, "neutral").await));
        }
    }
    for (reader, name, taker) in pushed {
        let expected = match rules.iter().find(|rule| rule.id == *name) {
            Some(rule) => given(story, rule, "plain").await.len(),
            None => 1,
        };
        let began = Instant::now();
        while taker.taken().events.len() < expected {
            assert!(began.elapsed() < Duration::from_secs(20), "{name}: not {expected} events were sent");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let events = taker.taken().events;
        let whole = events.iter().any(|event| event["data"]["original"].is_string());
        let reader = match reader {
            Reader::Receiver(..) if whole => &Reader::OfficeAtTrade,
            other => other,
        };
        heard.hear(story, reader, (name, ""), &read(&events));
    }
    answers(story, rules, &mut heard).await;
    assert!(heard.answered > rules.len() + pushed.len());
    heard.ends();
}
