//! Every import error code that this system gives, produced over HTTP from XML: code, full text with run-time values,
//! and the state that results; and what customs' codes of receipts look like. They stand in `tables/code_examples.csv`, which the
//! catalogue shows as examples; `ONEWINDOW_UPDATE=1` writes it anew, with the Chinese of each case as it stood there.

use crate::goods_filing::sure;
use crate::support::{NOW, Zone, path, plain};
use ceb::signature::{GeneratedKey, Profile, Subject, generate_sm2};
use ceb::{Decimal, Document, Message, Style};
use clearance::Text;
use clearance::party::{Filing, Role};
use clearance::sample::{self, Trade, stamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Agent that must sign, agent that is suspended.
const SIGNER: &str = "5301980503";
const SUSPENDED: &str = "5301980504";
const OFFICER: &str = "8620000001";

struct Stage {
    zone: Zone,
    next: u64,
    key: GeneratedKey,
    seen: Vec<Seen>,
}

/// A case and its answer.
struct Seen {
    code: String,
    rules: String,
    state: String,
    case: String,
    text: String,
    fragment: String,
}

/// What of the message brought the findings about, without what differs from run to run.
fn fragment(document: &Value, xml: &[u8]) -> String {
    let findings = document["findings"].as_array().unwrap().iter();
    let fields = findings.flat_map(|finding| finding["fields"].as_array().into_iter().flatten());
    let paths: Vec<&str> = fields.filter_map(|field| field["path"].as_str()).collect();
    steady(&clearance::example::fragment(&String::from_utf8_lossy(xml), &paths))
}

/// The words of the rules that found something, each once.
fn rules(document: &Value) -> String {
    let mut words: Vec<&str> = Vec::new();
    for finding in document["findings"].as_array().unwrap() {
        let word = finding["rule"].as_str().unwrap();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" ")
}

fn from_xml(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

impl Stage {
    async fn new() -> Self {
        let zone = Zone::new().await;
        let key = generate_sm2(&Subject {
            enterprise_code: SIGNER,
            enterprise_name: "样例西山报关",
            serial: 7,
            not_before: 20_200_101_000_000,
            not_after: 20_351_231_235_959,
        })
        .unwrap();
        let certificate = {
            let facts = key.signer().unwrap();
            facts
                .certificate()
                .der_sha256
                .iter()
                .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
        };
        let like = sample::filings().into_iter().find(|filing| filing.has(Role::Agent)).unwrap();
        let extra = |code: &str, name: &str| Filing {
            code: code.into(),
            other_code: None,
            name: name.into(),
            exchange_ids: vec![Text::from(format!("DXPENT{code}"))],
            ..like.clone()
        };
        let signer = Filing {
            signature_required: true,
            certificates: vec![certificate.into()],
            ..extra(SIGNER, "样例西山报关")
        };
        let suspended = Filing { suspended: true, ..extra(SUSPENDED, "样例停业报关") };
        assert_eq!(zone.window.file_all(vec![signer, suspended], "test").await, 2);
        let mut zone = zone;
        for code in [SIGNER, SUSPENDED] {
            let token = zone.window.control.issue(code, Role::Agent, "tester", &[], NOW, None).await.unwrap();
            zone.tokens.insert(code.to_owned(), token);
        }
        Self { zone, next: 1000, key, seen: Vec::new() }
    }

    fn trade(&mut self) -> Trade {
        let trade = plain(&self.zone, self.next);
        self.next = trade.order.head.order_no.rsplit('-').next().unwrap().parse::<u64>().unwrap() + 1;
        trade
    }

    fn message(sender: &str, documents: Vec<Document>) -> Message {
        let mut message = sample::message(sender, documents);
        if message.transfer.is_none() {
            let name = if sender == SIGNER { "样例西山报关" } else { "样例停业报关" };
            message.transfer = Some(ceb::BaseTransfer {
                cop_code: sender.into(),
                cop_name: name.into(),
                dxp_mode: "DXP".into(),
                dxp_id: format!("DXPENT{sender}").into(),
                note: None,
            });
        }
        message
    }

    fn xml(sender: &str, document: Document) -> String {
        String::from_utf8(ceb::write(&Self::message(sender, vec![document]), Style::Prefixed)).unwrap()
    }

    async fn post(&self, sender: &str, bytes: Vec<u8>) -> Value {
        let token = &self.zone.tokens[sender];
        let (status, answer) = self.zone.request("POST", "/v1/messages", Some(token), bytes).await;
        assert!(status == 200 || status == 422, "{status} {answer}");
        answer
    }

    async fn send(&self, sender: &str, document: impl Into<Document>) -> Value {
        self.post(sender, from_xml(&Self::xml(sender, document.into()))).await["documents"][0].clone()
    }

    /// State of the consignment as its office sees it.
    async fn state(&self, trade: &Trade) -> String {
        let (status, shown) = self.zone.get(OFFICER, &path(trade)).await;
        if status == 404 {
            return "none".to_owned();
        }
        let show = |value: &Value| match value {
            Value::Null => "-".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        show(&shown["attempt"]["state"])
    }

    /// One code: what is sent last must be answered with it, and the state of the trade is noted.
    async fn expect(&mut self, code: i64, label: &str, trade: &Trade, sender: &str, bytes: Vec<u8>) {
        let before = self.state(trade).await;
        let answer = self.post(sender, bytes.clone()).await;
        let document = &answer["documents"][0];
        assert_eq!(document["status"], json!(code), "{label}: {document} {}", answer["message"]);
        let findings = document["findings"].as_array().unwrap();
        assert!(!findings.is_empty(), "{label}");
        for finding in findings {
            assert!(finding["fix"]["zh"].is_string() && finding["fix"]["en"].is_string(), "{label}");
        }
        let after = self.state(trade).await;
        assert_eq!(before, after, "{label}: a refused document changes nothing");
        let text = steady(document["info"].as_str().unwrap());
        assert!(!text.contains("[*]"), "{label}: {text}");
        self.seen.push(Seen {
            code: code.to_string(),
            rules: rules(document),
            state: after,
            case: label.to_owned(),
            text,
            fragment: fragment(document, &bytes),
        });
    }

    async fn bad(
        &mut self,
        code: i64,
        label: &str,
        trade: &Trade,
        sender: &str,
        document: impl Into<Document>,
    ) {
        let bytes = from_xml(&Self::xml(sender, document.into()));
        self.expect(code, label, trade, sender, bytes).await;
    }

    async fn edited(
        &mut self,
        code: i64,
        label: &str,
        trade: &Trade,
        sender: &str,
        document: impl Into<Document>,
        edit: impl Fn(String) -> String,
    ) {
        let bytes = from_xml(&edit(Self::xml(sender, document.into())));
        self.expect(code, label, trade, sender, bytes).await;
    }

    /// The three partners filed, and the declaration entered: its number.
    async fn entered(&self, trade: &Trade) -> String {
        let answer = self.zone.trade(trade).await;
        assert_eq!(answer["status"], 120, "{answer}");
        let (_, shown) = self.zone.get(OFFICER, &path(trade)).await;
        shown["attempt"]["invtNo"].as_str().unwrap().to_owned()
    }

    async fn released(&self, trade: &Trade) -> String {
        let number = self.entered(trade).await;
        let arrival = Trade::arrival(3, &[trade], NOW).unwrap();
        let operator = arrival.head.operator_code.clone();
        assert_eq!(self.send(&operator, Document::Arrival(arrival)).await["status"], 399);
        for _ in 0..500 {
            if self.state(trade).await == "800" {
                return number;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("not released: {}", self.state(trade).await)
    }

    /// A whole trade with this change: its list is rejected or waits for an officer, and the codes of its receipt are noted.
    async fn judged(&mut self, label: &str, change: impl Fn(&mut Trade)) {
        let mut trade = self.trade();
        change(&mut trade);
        let answer = self.zone.trade(&trade).await;
        let mut sent = Vec::new();
        for (_, document) in trade.documents() {
            ceb::write_document(&document, Style::Prefixed, &mut sent);
        }
        let status = answer["status"].as_i64().unwrap();
        assert!(status == 100 || status == 300, "{label}: {answer}");
        let text = steady(answer["info"].as_str().unwrap());
        let code = text.split_once("[Code:").and_then(|(_, rest)| rest.split_once(';'));
        let (code, _) = code.unwrap_or_else(|| panic!("{label}: {text}"));
        assert_eq!(self.state(&trade).await, status.to_string(), "{label}");
        self.seen.push(Seen {
            code: code.to_owned(),
            rules: rules(&answer),
            state: status.to_string(),
            case: label.to_owned(),
            text: text.clone(),
            fragment: fragment(&answer, &sent),
        });
    }

    fn signed(&self, sender: &str, document: Document) -> String {
        let xml = Self::xml(sender, document);
        String::from_utf8(self.key.signer().unwrap().sign(xml.as_bytes(), Profile::Sm2Sm3).unwrap()).unwrap()
    }
}

/// The text without what differs from run to run: serial numbers of lists, fingerprints of certificates.
fn steady(text: &str) -> String {
    let mut out = String::new();
    for run in text.split_inclusive(|character: char| !character.is_ascii_alphanumeric()) {
        let word = run.trim_end_matches(|character: char| !character.is_ascii_alphanumeric());
        let rest = &run[word.len()..];
        let list = word.len() == 18 && word.starts_with("86202026I");
        let certificate = word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        out.push_str(if list {
            "<list>"
        } else if certificate {
            "<certificate>"
        } else {
            word
        });
        out.push_str(rest);
    }
    out
}

/// Removes an element with all it holds.
fn without(xml: &str, element: &str) -> String {
    let start = xml.find(&format!("<ceb:{element}>")).unwrap();
    let close = format!("</ceb:{element}>");
    let end = xml.find(&close).unwrap() + close.len();
    format!("{}{}", &xml[..start], &xml[end..])
}

fn with_value(xml: &str, element: &str, value: &str) -> String {
    let open = format!("<ceb:{element}>");
    let start = xml.find(&open).unwrap() + open.len();
    let end = start + xml[start..].find("</").unwrap();
    format!("{}{value}{}", &xml[..start], &xml[end..])
}

/// A second before, and after.
fn earlier() -> ceb::Stamp {
    stamp(clearance::keys::Time(NOW.0 - 60_000))
}
fn later(minutes: i64) -> ceb::Stamp {
    stamp(clearance::keys::Time(NOW.0 + minutes * 60_000))
}

fn forged(signed: &str) -> String {
    let at = signed.find("<ds:SignatureValue>").unwrap() + 24;
    let other = if signed.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &signed[..at], &signed[at + 1..])
}

async fn orders(stage: &mut Stage) {
    let trade = stage.trade();
    let order = trade.order.clone();
    let sender = order.head.ebp_code.clone();
    let mut bad = order.clone();
    bad.head.ebc_code = "5301969999".into();
    stage
        .bad(-10102, "order names an enterprise that is not filed", &trade, &sender, Document::Order(bad))
        .await;
    let mut bad = order.clone();
    bad.head.pay_code = Some(trade.waybill.logistics_code.clone());
    stage.bad(-10101, "order names a carrier as payment firm", &trade, &sender, Document::Order(bad)).await;
    let mut bad = order.clone();
    bad.lines.clear();
    stage.bad(-301001, "order without lines", &trade, &sender, Document::Order(bad)).await;
    let mut bad = order.clone();
    bad.lines = vec![bad.lines[0].clone(), bad.lines[0].clone()];
    stage.bad(-301002, "order with a line number twice", &trade, &sender, Document::Order(bad)).await;
    stage
        .edited(-301007, "order without head", &trade, &sender, Document::Order(order.clone()), |xml| {
            without(&xml, "OrderHead")
        })
        .await;
    let mut bad = order.clone();
    bad.head.actural_paid = Decimal::from_whole(1);
    bad.head.currency = "110".into();
    stage.bad(-301008, "order with a wrong sum and currency", &trade, &sender, Document::Order(bad)).await;
    let mut bad = order.clone();
    bad.head.app_type = "2".into();
    stage.bad(-301009, "change of an order that is not there", &trade, &sender, Document::Order(bad)).await;
    let mut bad = order.clone();
    bad.head.app_type = "9".into();
    stage.bad(-301012, "order with appType 9", &trade, &sender, Document::Order(bad)).await;
    stage.send(&sender, Document::Order(order.clone())).await;
    let mut bad = order.clone();
    bad.head.note = Some("另一份".into());
    stage
        .bad(-301010, "another order of the same number", &trade, &sender, Document::Order(bad.clone()))
        .await;
    let mut old = bad.clone();
    old.head.app_type = "2".into();
    old.head.app_time = earlier();
    stage
        .bad(-301014, "change of an order older than the order", &trade, &sender, Document::Order(old))
        .await;
    let agent = trade.declaration.head.agent_code.clone();
    assert_eq!(stage.send(&agent, Document::Declaration(trade.declaration.clone())).await["status"], 2);
    let mut change = bad.clone();
    change.head.app_type = "2".into();
    change.head.app_time = later(1);
    stage
        .bad(-301011, "change of an order whose list is declared", &trade, &sender, Document::Order(change))
        .await;
    let many = vec![Document::Order(stage.trade().order); 101];
    let bytes = ceb::write(&Stage::message(&sender, many), Style::Prefixed);
    stage.expect(-301015, "101 orders in a message", &trade, &sender, bytes).await;
    let fresh = stage.trade();
    let sender = fresh.order.head.ebp_code.clone();
    let xml = forged(&stage.signed(&sender, Document::Order(fresh.order.clone())));
    stage.expect(-301020, "order with a forged signature", &fresh, &sender, from_xml(&xml)).await;
}

async fn payments(stage: &mut Stage) {
    let trade = stage.trade();
    let payment = trade.payment.clone();
    let sender = payment.pay_code.clone();
    stage
        .edited(-401005, "payment without head", &trade, &sender, Document::Payment(payment.clone()), |xml| {
            without(&xml, "PaymentHead")
        })
        .await;
    let mut bad = payment.clone();
    bad.app_type = "2".into();
    stage
        .bad(-401006, "change of a payment that is not there", &trade, &sender, Document::Payment(bad))
        .await;
    let mut bad = payment.clone();
    bad.amount_paid = Decimal::from_whole(-1);
    stage.bad(-401009, "payment of a negative amount", &trade, &sender, Document::Payment(bad)).await;
    let mut bad = payment.clone();
    bad.app_status = "7".into();
    stage.bad(-401010, "payment with appStatus 7", &trade, &sender, Document::Payment(bad)).await;
    stage.send(&sender, Document::Payment(payment.clone())).await;
    let mut bad = payment.clone();
    bad.note = Some("另一份".into());
    stage.bad(-401007, "another payment of the same number", &trade, &sender, Document::Payment(bad)).await;
    let mut bad = payment.clone();
    bad.pay_transaction_id = format!("{}X", payment.pay_transaction_id).into();
    stage.bad(-401003, "a second payment of an order", &trade, &sender, Document::Payment(bad)).await;
    let mut bad = payment.clone();
    bad.app_type = "2".into();
    bad.app_time = earlier();
    stage
        .bad(-401012, "change of a payment older than the payment", &trade, &sender, Document::Payment(bad))
        .await;
    let agent = trade.declaration.head.agent_code.clone();
    assert_eq!(stage.send(&agent, Document::Declaration(trade.declaration.clone())).await["status"], 2);
    let mut bad = payment.clone();
    bad.app_type = "3".into();
    bad.app_time = later(1);
    stage
        .bad(-401008, "deletion of a payment whose list is declared", &trade, &sender, Document::Payment(bad))
        .await;
    let many = vec![Document::Payment(stage.trade().payment); 101];
    let bytes = ceb::write(&Stage::message(&sender, many), Style::Prefixed);
    stage.expect(-401013, "101 payments in a message", &trade, &sender, bytes).await;
}

async fn waybills(stage: &mut Stage) {
    let trade = stage.trade();
    let waybill = trade.waybill.clone();
    let sender = waybill.logistics_code.clone();
    stage
        .edited(-504010, "waybill without head", &trade, &sender, Document::Waybill(waybill.clone()), |xml| {
            without(&xml, "LogisticsHead")
        })
        .await;
    let mut bad = waybill.clone();
    bad.weight = Decimal::ZERO;
    bad.pack_no = 3;
    stage
        .bad(-504011, "waybill without weight, of three parcels", &trade, &sender, Document::Waybill(bad))
        .await;
    let mut bad = waybill.clone();
    bad.app_type = "2".into();
    stage
        .bad(-504014, "change of a waybill that is not there", &trade, &sender, Document::Waybill(bad))
        .await;
    stage.send(&sender, Document::Waybill(waybill.clone())).await;
    let mut bad = waybill.clone();
    bad.note = Some("另一份".into());
    stage
        .bad(-504012, "another waybill of the same number and order", &trade, &sender, Document::Waybill(bad))
        .await;
    let mut bad = waybill.clone();
    bad.order_no = format!("{}X", waybill.order_no).into();
    stage.bad(-504015, "a waybill number of another order", &trade, &sender, Document::Waybill(bad)).await;
    let agent = trade.declaration.head.agent_code.clone();
    assert_eq!(stage.send(&agent, Document::Declaration(trade.declaration.clone())).await["status"], 2);
    let mut bad = waybill.clone();
    bad.app_type = "2".into();
    bad.app_time = later(1);
    stage
        .bad(-504016, "change of a waybill whose list is declared", &trade, &sender, Document::Waybill(bad))
        .await;
    let many = vec![Document::Waybill(stage.trade().waybill); 101];
    let bytes = ceb::write(&Stage::message(&sender, many), Style::Prefixed);
    stage.expect(-504013, "101 waybills in a message", &trade, &sender, bytes).await;

    let status = trade.delivered(NOW);
    let mut bad = status.clone();
    bad.logistics_status = "X".into();
    stage.bad(-505011, "waybill status X", &trade, &sender, Document::WaybillStatus(bad)).await;
    let mut bad = status.clone();
    bad.logistics_no = "YD-NOBODY".into();
    stage
        .bad(-505014, "status of a waybill that is not there", &trade, &sender, Document::WaybillStatus(bad))
        .await;
    stage.send(&sender, Document::WaybillStatus(status.clone())).await;
    let mut bad = status.clone();
    bad.note = Some("另一份".into());
    stage.bad(-505012, "another status of the waybill", &trade, &sender, Document::WaybillStatus(bad)).await;
    let mut bad = status.clone();
    bad.app_type = "2".into();
    bad.app_time = earlier();
    stage
        .bad(
            -505016,
            "change of a status older than the status",
            &trade,
            &sender,
            Document::WaybillStatus(bad),
        )
        .await;
    let many = vec![Document::WaybillStatus(stage.trade().delivered(NOW)); 101];
    let bytes = ceb::write(&Stage::message(&sender, many), Style::Prefixed);
    stage.expect(-505017, "101 waybill states in a message", &trade, &sender, bytes).await;
}

async fn declarations(stage: &mut Stage) {
    let trade = stage.trade();
    let list = trade.declaration.clone();
    let agent = list.head.agent_code.clone();
    let mut bad = list.clone();
    bad.lines.clear();
    stage.bad(-621000, "list without lines", &trade, &agent, Document::Declaration(bad.clone())).await;
    let bytes = ceb::write(
        &Stage::message(&agent, vec![Document::Declaration(bad.clone()), Document::Declaration(bad)]),
        Style::Prefixed,
    );
    stage.expect(-621024, "lists that all have no lines", &trade, &agent, bytes).await;
    let mut bad = list.clone();
    bad.head.port_code = "9Z9Z".into();
    bad.head.traf_no = None;
    bad.lines[0].unit1 = "007".into();
    stage
        .bad(
            -621001,
            "list with an unknown port, no flight, a wrong unit",
            &trade,
            &agent,
            Document::Declaration(bad),
        )
        .await;
    let mut bad = list.clone();
    bad.head.app_type = "2".into();
    stage
        .bad(-621011, "change of a list that is not there", &trade, &agent, Document::Declaration(bad))
        .await;
    let mut bad = list.clone();
    bad.head.buyer_id_number = "990000199001010019".into();
    if bad.head.buyer_id_number == list.head.buyer_id_number {
        bad.head.buyer_id_number = "990000199001010027".into();
    }
    stage
        .bad(-621013, "identity number with a wrong check digit", &trade, &agent, Document::Declaration(bad))
        .await;
    let stranger = trade.payment.pay_code.clone();
    stage
        .bad(-621016, "list sent by the payment firm", &trade, &stranger, Document::Declaration(list.clone()))
        .await;
    let mut bad = list.clone();
    bad.head.pre_no = Some("B20261123999999999".into());
    stage
        .bad(-621019, "list with an invented pre-entry number", &trade, &agent, Document::Declaration(bad))
        .await;
    let mut bad = list.clone();
    bad.head.app_type = "7".into();
    stage.bad(-621020, "list with appType 7", &trade, &agent, Document::Declaration(bad)).await;
    let mut bad = list.clone();
    bad.head.logistics_no = " ".into();
    stage.bad(-621021, "list with a blank waybill number", &trade, &agent, Document::Declaration(bad)).await;
    let mut bad = list.clone();
    (bad.head.agent_code, bad.head.agent_name) = (SUSPENDED.into(), "样例停业报关".into());
    bad.head.assure_code = bad.head.logistics_code.clone();
    let merchant = list.head.ebc_code.clone();
    if trade.waybill.logistics_code == "5301960401" {
        stage.bad(-621022, "list of a suspended agent", &trade, &merchant, Document::Declaration(bad)).await;
    }
    let mut bad = list.clone();
    bad.lines = vec![bad.lines[0].clone(), bad.lines[0].clone()];
    stage.bad(-621027, "list with a line number twice", &trade, &agent, Document::Declaration(bad)).await;
    let mut bad = list.clone();
    bad.lines[0].gcode = "8516400000".into();
    bad.lines[0].unit1 = "007".into();
    bad.lines[0].unit2 = None;
    bad.lines[0].qty2 = None;
    bad.lines[0].qty = Decimal::from_whole(2);
    bad.lines[0].qty1 = Decimal::from_whole(2);
    bad.lines[0].unit = "007".into();
    bad.lines[0].price = Decimal::from_whole(2600);
    bad.lines[0].total_price = Decimal::from_whole(5200);
    stage.bad(-621005, "two irons of 2,600 CNY", &trade, &agent, Document::Declaration(bad)).await;
    let many = vec![Document::Declaration(list.clone()); 101];
    let bytes = ceb::write(&Stage::message(&agent, many), Style::Prefixed);
    stage.expect(-621030, "101 lists in a message", &trade, &agent, bytes).await;

    stage.entered(&trade).await;
    let mut bad = list.clone();
    bad.head.note = Some("另一份".into());
    stage.bad(-621004, "another list of the same order", &trade, &agent, Document::Declaration(bad)).await;
    let mut bad = list.clone();
    bad.head.app_type = "2".into();
    bad.head.app_time = later(1);
    stage.bad(-621012, "change of a list that is entered", &trade, &agent, Document::Declaration(bad)).await;
    let mut bad = list.clone();
    bad.head.app_type = "3".into();
    bad.head.app_time = later(1);
    stage
        .bad(-621010, "deletion of a list that is entered", &trade, &agent, Document::Declaration(bad))
        .await;
    let other = stage.trade();
    let mut bad = other.declaration.clone();
    bad.head.logistics_no = list.head.logistics_no.clone();
    bad.head.logistics_code = list.head.logistics_code.clone();
    bad.head.logistics_name = list.head.logistics_name.clone();
    let sender = bad.head.agent_code.clone();
    stage.bad(-621003, "list with another list's waybill", &other, &sender, Document::Declaration(bad)).await;
}

async fn annual_limit(stage: &mut Stage) {
    let person = sample::Person::new(4_242);
    let mut last = None;
    for index in 0..6 {
        let mut trade = stage.trade();
        trade.order.lines.truncate(1);
        trade.declaration.lines.truncate(1);
        let (ordered, declared) = (&mut trade.order.lines[0], &mut trade.declaration.lines[0]);
        let price = Decimal::from_whole(4_600);
        (ordered.qty, ordered.price, ordered.total_price) = (Decimal::from_whole(1), price, price);
        (declared.qty, declared.price, declared.total_price) = (Decimal::from_whole(1), price, price);
        if declared.unit1 != "035" {
            declared.qty1 = Decimal::from_whole(1);
        }
        if declared.unit2.as_deref().is_some_and(|unit| unit != "035") {
            declared.qty2 = Some(Decimal::from_whole(1));
        }
        trade.order.head.goods_value = price;
        let paid = price.checked_add(trade.order.head.freight).unwrap();
        trade.order.head.actural_paid = paid;
        trade.payment.amount_paid = paid;
        let head = &mut trade.order.head;
        (head.buyer_id_number, head.buyer_name) = (person.identity.clone(), person.name.clone());
        (trade.payment.payer_id_number, trade.payment.payer_name) =
            (person.identity.clone(), person.name.clone());
        let head = &mut trade.declaration.head;
        (head.buyer_id_number, head.buyer_name) = (person.identity.clone(), person.name.clone());
        // At two places and telephones in turn: more of either is what rules of risk look for.
        let home = sample::Person::new(4_242 + index % 2);
        head.buyer_telephone = home.telephone.clone();
        head.consignee_address = home.address.clone();
        trade.order.head.buyer_telephone = home.telephone;
        trade.order.head.consignee_address = home.address.clone();
        trade.waybill.consignee_address = home.address;
        if index < 5 {
            stage.released(&trade).await;
        }
        last = Some(trade);
    }
    let trade = last.unwrap();
    let agent = trade.declaration.head.agent_code.clone();
    stage
        .bad(
            -621018,
            "purchase over the rest of the year's limit",
            &trade,
            &agent,
            Document::Declaration(trade.declaration.clone()),
        )
        .await;
}

async fn signatures(stage: &mut Stage) {
    let trade = stage.trade();
    let mut list = trade.declaration.clone();
    (list.head.agent_code, list.head.agent_name) = (SIGNER.into(), "样例西山报关".into());
    list.head.assure_code = SIGNER.into();
    let document = Document::Declaration(list.clone());
    stage.bad(-621026, "unsigned list of an agent that must sign", &trade, SIGNER, document.clone()).await;
    let signed = stage.signed(SIGNER, document.clone());
    let changed = with_value(&signed, "buyerTelephone", "10099999999");
    stage.expect(-621028, "list changed after signing", &trade, SIGNER, from_xml(&changed)).await;
    stage.expect(-621029, "list with a forged signature", &trade, SIGNER, from_xml(&forged(&signed))).await;
    let stranger = generate_sm2(&Subject {
        enterprise_code: SIGNER,
        enterprise_name: "样例西山报关",
        serial: 8,
        not_before: 20_200_101_000_000,
        not_after: 20_351_231_235_959,
    })
    .unwrap();
    let xml = Stage::xml(SIGNER, document.clone());
    let other = stranger.signer().unwrap().sign(xml.as_bytes(), Profile::Sm2Sm3).unwrap();
    stage.expect(-621015, "list signed with a certificate nobody registered", &trade, SIGNER, other).await;
    assert_eq!(
        stage.post(SIGNER, from_xml(&signed)).await["documents"][0]["status"],
        2,
        "signed right, accepted"
    );

    let trade = stage.trade();
    let number = stage.entered(&trade).await;
    let mut cancel = trade.cancellation(&number, NOW);
    (cancel.agent_code, cancel.agent_name) = (SIGNER.into(), "样例西山报关".into());
    let document = Document::Cancellation(cancel);
    stage
        .bad(-623017, "unsigned cancellation of an agent that must sign", &trade, SIGNER, document.clone())
        .await;
    let signed = stage.signed(SIGNER, document.clone());
    stage
        .expect(-623029, "cancellation with a forged signature", &trade, SIGNER, from_xml(&forged(&signed)))
        .await;
    let xml = Stage::xml(SIGNER, document);
    let other = stranger.signer().unwrap().sign(xml.as_bytes(), Profile::Sm2Sm3).unwrap();
    stage
        .expect(-623021, "cancellation signed with a certificate nobody registered", &trade, SIGNER, other)
        .await;

    let trade = stage.trade();
    let number = stage.released(&trade).await;
    let mut back = trade.return_goods(&number, &[(0, Decimal::from_whole(1))], NOW);
    (back.head.agent_code, back.head.agent_name) = (SIGNER.into(), "样例西山报关".into());
    let document = Document::Return(back);
    stage.bad(-625028, "unsigned return of an agent that must sign", &trade, SIGNER, document.clone()).await;
    let signed = stage.signed(SIGNER, document.clone());
    let changed = with_value(&signed, "reason", "改了");
    stage.expect(-625208, "return changed after signing", &trade, SIGNER, from_xml(&changed)).await;
    stage.expect(-625005, "return with a forged signature", &trade, SIGNER, from_xml(&forged(&signed))).await;
    let xml = Stage::xml(SIGNER, document);
    let other = stranger.signer().unwrap().sign(xml.as_bytes(), Profile::Sm2Sm3).unwrap();
    stage.expect(-625013, "return signed with a certificate nobody registered", &trade, SIGNER, other).await;
}

async fn cancellations(stage: &mut Stage) {
    let trade = stage.trade();
    let number = stage.entered(&trade).await;
    let good = trade.cancellation(&number, NOW);
    let agent = good.agent_code.clone();
    let mut bad = good.clone();
    bad.invt_no = "862020269999999999".into();
    stage
        .bad(-623003, "cancellation of a list that is not there", &trade, &agent, Document::Cancellation(bad))
        .await;
    let mut bad = good.clone();
    bad.pre_no = Some("C20261123999999999".into());
    stage
        .bad(
            -623004,
            "cancellation with an invented pre-entry number",
            &trade,
            &agent,
            Document::Cancellation(bad),
        )
        .await;
    let mut bad = good.clone();
    bad.agent_name = "别的名称".into();
    stage
        .bad(-623001, "cancellation with another agent's name", &trade, &agent, Document::Cancellation(bad))
        .await;
    let mut bad = good.clone();
    bad.reason = " ".into();
    stage.bad(-623012, "cancellation without a reason", &trade, &agent, Document::Cancellation(bad)).await;
    let mut bad = good.clone();
    bad.customs_code = "9Z9Z".into();
    stage
        .bad(-623014, "cancellation to an unknown district", &trade, &agent, Document::Cancellation(bad))
        .await;
    let mut bad = good.clone();
    bad.app_type = "2".into();
    stage.bad(-623018, "cancellation with appType 2", &trade, &agent, Document::Cancellation(bad)).await;
    let mut bad = good.clone();
    bad.order_no = " ".into();
    stage
        .bad(-623019, "cancellation with a blank order number", &trade, &agent, Document::Cancellation(bad))
        .await;
    let merchant = trade.order.head.ebc_code.clone();
    let mut bad = good.clone();
    (bad.agent_code, bad.agent_name) = (SUSPENDED.into(), "样例停业报关".into());
    stage
        .bad(-623020, "cancellation of a suspended agent", &trade, &merchant, Document::Cancellation(bad))
        .await;
    let stranger = trade.payment.pay_code.clone();
    stage
        .bad(
            -623026,
            "cancellation sent by the payment firm",
            &trade,
            &stranger,
            Document::Cancellation(good.clone()),
        )
        .await;
    let many = vec![Document::Cancellation(good.clone()); 101];
    let bytes = ceb::write(&Stage::message(&agent, many), Style::Prefixed);
    stage.expect(-623008, "101 cancellations in a message", &trade, &agent, bytes).await;
    let mut staged = good.clone();
    staged.app_status = "1".into();
    assert_eq!(stage.send(&agent, Document::Cancellation(staged.clone())).await["status"], 1);
    staged.app_time = earlier();
    stage
        .bad(
            -623023,
            "staged cancellation older than the one staged",
            &trade,
            &agent,
            Document::Cancellation(staged),
        )
        .await;

    let inspected = stage.trade();
    let number = stage.released(&inspected).await;
    let late = inspected.cancellation(&number, NOW);
    let agent = late.agent_code.clone();
    stage
        .bad(-623005, "cancellation of a released list", &inspected, &agent, Document::Cancellation(late))
        .await;

    // A list in manual review keeps its cancellation open.
    let mut review = stage.trade();
    review.declaration.lines[0].gcode = "9999999999".into();
    let answer = stage.zone.trade(&review).await;
    assert_eq!(answer["status"], 300, "{answer}");
    let (_, shown) = stage.zone.get(OFFICER, &path(&review)).await;
    let number = shown["attempt"]["invtNo"].as_str().unwrap().to_owned();
    let first = review.cancellation(&number, NOW);
    let agent = first.agent_code.clone();
    assert_eq!(stage.send(&agent, Document::Cancellation(first.clone())).await["status"], 2);
    let mut second = first;
    second.note = Some("再次".into());
    stage
        .bad(
            -623009,
            "a second cancellation of the same list",
            &review,
            &agent,
            Document::Cancellation(second),
        )
        .await;
}

async fn returns(stage: &mut Stage) {
    let trade = stage.trade();
    let number = stage.released(&trade).await;
    let one = Decimal::from_whole(1);
    let good = trade.return_goods(&number, &[(0, one)], NOW);
    let agent = good.head.agent_code.clone();
    let mut bad = good.clone();
    bad.head.customs_code = "9Z9Z".into();
    stage.bad(-625001, "return to an unknown district", &trade, &agent, Document::Return(bad)).await;
    let mut bad = good.clone();
    bad.lines[0].qty = Decimal::from_whole(99);
    stage.bad(-625004, "return of more than was declared", &trade, &agent, Document::Return(bad)).await;
    let mut bad = good.clone();
    bad.lines.clear();
    stage.bad(-625006, "return without lines", &trade, &agent, Document::Return(bad.clone())).await;
    let bytes = ceb::write(
        &Stage::message(&agent, vec![Document::Return(bad.clone()), Document::Return(bad)]),
        Style::Prefixed,
    );
    stage.expect(-625023, "returns that all have no lines", &trade, &agent, bytes).await;
    let mut bad = good.clone();
    bad.head.pre_no = Some("T20261123999999999".into());
    stage
        .bad(-625008, "return with an invented pre-entry number", &trade, &agent, Document::Return(bad))
        .await;
    let mut bad = good.clone();
    bad.lines[0].gname = "别的商品".into();
    stage.bad(-625010, "return of goods under another name", &trade, &agent, Document::Return(bad)).await;
    let mut bad = good.clone();
    bad.lines[0].gcode = "9999999999".into();
    stage.bad(-625011, "return of an unknown code", &trade, &agent, Document::Return(bad)).await;
    let mut bad = good.clone();
    bad.lines[0].unit = "035".into();
    stage.bad(-625012, "return in another unit", &trade, &agent, Document::Return(bad)).await;
    let mut bad = good.clone();
    bad.head.app_type = "2".into();
    stage.bad(-625016, "change of a return that is not there", &trade, &agent, Document::Return(bad)).await;
    let mut bad = good.clone();
    bad.head.app_type = "5".into();
    stage.bad(-625017, "return with appType 5", &trade, &agent, Document::Return(bad)).await;
    let mut bad = good.clone();
    bad.head.invt_no = " ".into();
    stage.bad(-625018, "return with a blank list number", &trade, &agent, Document::Return(bad)).await;
    let stranger = trade.payment.pay_code.clone();
    stage
        .bad(-625021, "return sent by the payment firm", &trade, &stranger, Document::Return(good.clone()))
        .await;
    let mut bad = good.clone();
    bad.head.buyer_id_number = "990000199001010019".into();
    if bad.head.buyer_id_number == good.head.buyer_id_number {
        bad.head.buyer_id_number = "990000199001010027".into();
    }
    stage.bad(-625026, "return with a wrong identity number", &trade, &agent, Document::Return(bad)).await;
    let mut bad = good.clone();
    bad.head.invt_no = "862020269999999999".into();
    stage.bad(-625032, "return of a list that is not there", &trade, &agent, Document::Return(bad)).await;
    stage
        .edited(
            -625114,
            "return whose BaseTransfer names another",
            &trade,
            &agent,
            Document::Return(good.clone()),
            |xml| with_value(&xml, "dxpId", "DXPENT0000530101"),
        )
        .await;
    stage
        .edited(-625200, "return without head", &trade, &agent, Document::Return(good.clone()), |xml| {
            without(&xml, "InvtRefundHead")
        })
        .await;
    let mut bad = good.clone();
    bad.lines[0].gnum = 77;
    stage.bad(-625209, "return of a line that was not declared", &trade, &agent, Document::Return(bad)).await;
    assert_eq!(stage.send(&agent, Document::Return(good.clone())).await["status"], 120);
    let mut bad = good.clone();
    bad.head.note = Some("再次".into());
    stage
        .bad(-625033, "a second return of the same number", &trade, &agent, Document::Return(bad.clone()))
        .await;
    bad.head.app_type = "2".into();
    bad.head.app_time = later(1);
    stage.bad(-625022, "change of a return that is declared", &trade, &agent, Document::Return(bad)).await;

    let early = stage.trade();
    let number = stage.entered(&early).await;
    let back = early.return_goods(&number, &[(0, one)], NOW);
    let agent = back.head.agent_code.clone();
    stage.bad(-625030, "return before release", &early, &agent, Document::Return(back)).await;
}

async fn arrivals(stage: &mut Stage) {
    let trade = stage.trade();
    let good = Trade::arrival(3, &[&trade], NOW).unwrap();
    let operator = good.head.operator_code.clone();
    let mut bad = good.clone();
    bad.lines.clear();
    stage.bad(-800000, "arrival without lines", &trade, &operator, Document::Arrival(bad)).await;
    let mut bad = good.clone();
    bad.head.customs_code = "9Z9Z".into();
    stage.bad(-800001, "arrival at an unknown district", &trade, &operator, Document::Arrival(bad)).await;
    stage
        .edited(-800002, "arrival without head", &trade, &operator, Document::Arrival(good.clone()), |xml| {
            without(&xml, "DeliveryHead")
        })
        .await;
    let many = vec![Document::Arrival(good.clone()); 2];
    let bytes = ceb::write(&Stage::message(&operator, many), Style::Prefixed);
    stage.expect(-800006, "two arrivals in a message", &trade, &operator, bytes).await;
    assert_eq!(stage.send(&operator, Document::Arrival(good.clone())).await["status"], 399);
    let mut bad = good.clone();
    bad.head.note = Some("另一份".into());
    stage
        .bad(-800003, "another arrival of the same number", &trade, &operator, Document::Arrival(bad.clone()))
        .await;
    bad.head.app_time = earlier();
    stage.bad(-800005, "arrival older than the one here", &trade, &operator, Document::Arrival(bad)).await;
}

/// Holds what was answered against the table, or writes it.
fn as_in_the_table(seen: &[Seen]) {
    let chinese: BTreeMap<&str, &str> = clearance::example::examples()
        .iter()
        .map(|example| (example.case_en.as_str(), example.case_zh.as_str()))
        .collect();
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["code", "rules", "state", "case_en", "case_zh", "text", "fragment"]).unwrap();
    for one in seen {
        let case_zh = chinese.get(one.case.as_str());
        let case_zh = case_zh.unwrap_or_else(|| panic!("{}: the table has no Chinese for it", one.case));
        let row = [&one.code, &one.rules, &one.state, &one.case, *case_zh, &one.text, &one.fragment];
        table.write_record(row).unwrap();
    }
    let found = String::from_utf8(table.into_inner().unwrap()).unwrap();
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tables/code_examples.csv");
    if std::env::var_os("ONEWINDOW_UPDATE").is_some() {
        std::fs::write(place, &found).unwrap();
    }
    let expected = std::fs::read_to_string(place).unwrap();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}

/// Trades that are accepted and then rejected, or wait for an officer: one for each comparison and list.
async fn rejections(stage: &mut Stage) {
    let other = sample::Person::new(424_242);
    let identity = other.identity;
    stage
        .judged("order has a line more than the list", |trade| {
            let mut line = trade.order.lines[0].clone();
            (line.gnum, line.price, line.total_price) = (9, Decimal::ZERO, Decimal::ZERO);
            trade.order.lines.push(line);
        })
        .await;
    stage
        .judged("line number that the order does not have", |trade| trade.declaration.lines[0].gnum = 7)
        .await;
    stage
        .judged("goods under another name than in the order", |trade| {
            trade.declaration.lines[0].gname = "样例别名".into();
        })
        .await;
    stage
        .judged("unit other than in the order", |trade| trade.declaration.lines[0].unit = "012".into())
        .await;
    stage
        .judged("country other than in the order", |trade| trade.declaration.lines[0].country = "133".into())
        .await;
    stage
        .judged("a total that differs by a fen", |trade| {
            let total = &mut trade.declaration.lines[0].total_price;
            *total = total.checked_add(Decimal::from_fen(1)).unwrap();
        })
        .await;
    stage
        .judged("buyer's name other than in the order", |trade| {
            trade.declaration.head.buyer_name = "样例他人".into();
        })
        .await;
    stage
        .judged("buyer's telephone other than in the order", |trade| {
            trade.declaration.head.buyer_telephone = "10012345678".into();
        })
        .await;
    stage
        .judged("buyer's identity number other than in the order", |trade| {
            trade.declaration.head.buyer_id_number = identity.clone();
        })
        .await;
    stage.judged("another person paid", |trade| trade.payment.payer_name = "样例他人".into()).await;
    stage
        .judged("another identity number paid", |trade| trade.payment.payer_id_number = identity.clone())
        .await;
    stage
        .judged("paid amount other than in the order", |trade| {
            trade.payment.amount_paid = Decimal::from_fen(1);
        })
        .await;
    stage
        .judged("order names another payment firm", |trade| {
            let other = if trade.payment.pay_code == "5301960301" { "5301960302" } else { "5301960301" };
            trade.order.head.pay_code = Some(other.into());
        })
        .await;
    stage
        .judged("order names another payment", |trade| {
            trade.order.head.pay_transaction_id = Some("OTHER".into());
        })
        .await;
    of_parcels(stage).await;
}

/// What is compared with the waybill, and what lists and books say.
async fn of_parcels(stage: &mut Stage) {
    stage
        .judged("consignee other than in the waybill", |trade| trade.waybill.consignee = "样例他人".into())
        .await;
    stage
        .judged("consignee's telephone other than in the waybill", |trade| {
            trade.waybill.consignee_telephone = "10012345678".into();
        })
        .await;
    stage
        .judged("consignee's address other than in the waybill", |trade| {
            trade.waybill.consignee_address = "样例别处".into();
        })
        .await;
    stage
        .judged("list's address other than in the order", |trade| {
            trade.declaration.head.consignee_address = "样例别处".into();
        })
        .await;
    stage.judged("waybill of another order", |trade| trade.waybill.order_no = "OTHER".into()).await;
    // In doubt a person would decide, and no receipt have their codes.
    sure(&stage.zone, &["compare_weight", "compare_charges"]).await;
    stage
        .judged("gross weight other than in the waybill", |trade| {
            trade.waybill.weight = Decimal::from_whole(77);
        })
        .await;
    stage
        .judged("freight other than in the waybill", |trade| {
            trade.waybill.freight = Some(Decimal::from_whole(77));
        })
        .await;
    stage
        .judged("insurance other than in the waybill", |trade| {
            trade.waybill.insured_fee = Some(Decimal::from_whole(3));
        })
        .await;
    stage
        .judged("merchant other than in the order", |trade| {
            let head = &mut trade.declaration.head;
            (head.ebc_code, head.ebc_name) = if head.ebc_code == "5301960201" {
                ("5301960202".into(), "样例彩云母婴商贸".into())
            } else {
                ("5301960201".into(), "样例春城海外贸易商".into())
            };
        })
        .await;
    stage
        .judged("goods code that the tariff does not have", |trade| {
            trade.declaration.lines[0].gcode = "9999999999".into();
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_code_is_answered_with_its_full_text() {
    let mut stage = Stage::new().await;
    orders(&mut stage).await;
    payments(&mut stage).await;
    waybills(&mut stage).await;
    declarations(&mut stage).await;
    annual_limit(&mut stage).await;
    signatures(&mut stage).await;
    cancellations(&mut stage).await;
    returns(&mut stage).await;
    arrivals(&mut stage).await;
    rejections(&mut stage).await;
    let codes: BTreeSet<i64> =
        stage.seen.iter().filter_map(|seen| seen.code.parse().ok()).filter(|code: &i64| *code < 0).collect();
    let known = clearance::reason::error_texts();
    assert!(codes.iter().all(|code| known.contains_key(&(*code as i32))), "every code is one of the table");
    as_in_the_table(&stage.seen);
    assert!(codes.len() >= 95, "{} codes", codes.len());
    // Every other code of the table has one of the four reasons.
    let not_given: BTreeSet<i64> = clearance::reason::NOT_GIVEN
        .iter()
        .flat_map(|(_, codes)| codes.iter().map(|code| i64::from(*code)))
        .collect();
    assert_eq!(codes.intersection(&not_given).collect::<Vec<_>>(), Vec::<&i64>::new());
    let accounted: BTreeSet<i64> = codes.union(&not_given).copied().collect();
    let table: BTreeSet<i64> = known.keys().map(|code| i64::from(*code)).collect();
    assert_eq!(
        table.difference(&accounted).collect::<Vec<_>>(),
        Vec::<&i64>::new(),
        "neither given nor explained"
    );
}
