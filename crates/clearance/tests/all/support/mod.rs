//! A window in memory: events through `decide`, nothing else.

pub mod exports;

use ceb::Document;
use clearance::consignment::Consignment;
use clearance::decide::{Reference, decide};
use clearance::device::Device;
use clearance::event::{ActionKind, Arrived, Cause, Event, Follow, OfficerAction, Person, Timer};
use clearance::facts::Facts;
use clearance::keys::{OrderKey, Position, Time};
use clearance::outcome::Outcome;
use clearance::risk::SamplingSeed;
use clearance::sample::{self, Trade};
use clearance::{Rulebook, Text};
use std::collections::VecDeque;
use std::sync::Arc;

/// 2026-11-23 10:00 in China, a Monday.
pub const NOW: Time = Time(1_795_399_200_000);

#[derive(Clone)]
pub struct Window {
    pub facts: Facts,
    pub reference: Reference,
    pub now: Time,
    pub outcomes: Vec<Outcome>,
    pub timers: Vec<Timer>,
    /// Tables that are not the built-in ones.
    tables: Vec<(String, String)>,
}

impl Window {
    pub fn new() -> Self {
        let mut facts = Facts::default();
        facts.numbers.next = 1;
        facts.numbers.end = 1 << 40;
        facts.next = Position { writer: 0, sequence: 1 };
        Self {
            facts,
            reference: Reference {
                version: 0,
                books: vec![Arc::new(Rulebook::builtin())],
                parties: Arc::new(sample::parties()),
                sampling_seed: SamplingSeed { number: 1, secret: [7; 32], period: None },
            },
            now: NOW,
            outcomes: Vec::new(),
            timers: Vec::new(),
            tables: Vec::new(),
        }
    }

    /// No random draws: a test of a rule is not a test of chance.
    pub fn without_draws() -> Self {
        let mut window = Self::new();
        window.parameter("sampling_floor,1000", "sampling_floor,0");
        window.parameter("sampling_base_9610,20000", "sampling_base_9610,0");
        window.parameter("sampling_base_1210,10000", "sampling_base_1210,0");
        window.parameter("sampling_base_export,5000", "sampling_base_export,0");
        window
    }

    /// The entry number of a trade's list.
    pub fn entry(&self, trade: &Trade) -> Text {
        self.of(trade).attempt.as_ref().unwrap().invt_no.clone().unwrap()
    }

    /// Applies for the return of one piece of a trade's first goods.
    pub fn apply_for_return(&mut self, trade: &Trade) -> Outcome {
        let application = trade.return_goods(&self.entry(trade), &[(0, ceb::Decimal::ONE)], self.now);
        self.send(Document::Return(application))
    }

    /// Publishes the rulebook anew with a row of the parameters replaced.
    pub fn parameter(&mut self, from: &str, to: &str) {
        self.table("parameters.csv", |text| text.replace(from, to));
    }

    /// Publishes the rulebook anew with a table changed.
    pub fn table(&mut self, file: &str, change: impl FnOnce(&str) -> String) {
        let built_in = || Rulebook::built_in_tables().into_iter().find(|(name, _)| name == file).unwrap();
        let at = self.tables.iter().position(|(name, _)| name == file);
        let (name, before) = at.map_or_else(built_in, |at| self.tables.remove(at));
        let after = change(&before);
        assert!(after != before, "{file} is not changed");
        self.tables.push((name, after));
        self.reference.books = vec![Arc::new(Rulebook::load(1, &self.tables).unwrap())];
    }

    pub fn run(&mut self, cause: Cause) -> Outcome {
        let first = self.step(cause);
        let mut waiting: VecDeque<Follow> = first.follows.iter().cloned().collect();
        while let Some(follow) = waiting.pop_front() {
            let outcome = self.step(Cause::Follow(follow));
            waiting.extend(outcome.follows.iter().cloned());
        }
        first
    }

    fn step(&mut self, cause: Cause) -> Outcome {
        let position = self.facts.next;
        self.facts.next.sequence += 1;
        self.facts.last_time = Time(self.facts.last_time.0 + 1);
        let outcome =
            decide(&[Event { position, cause, recorded: None }], &mut self.facts, &self.reference, self.now)
                .remove(0);
        self.timers.extend(outcome.timers.iter().cloned());
        self.outcomes.push(outcome.clone());
        outcome
    }

    /// Sends a document as its usual sender.
    pub fn send(&mut self, document: Document) -> Outcome {
        let sender = usual_sender(&document);
        self.send_as(&sender, document)
    }

    pub fn send_as(&mut self, sender: &str, document: Document) -> Outcome {
        let arrived = arrived(sender, document);
        self.run(Cause::Document(Arc::new(arrived)))
    }

    /// Sends the four documents of a trade; the last outcome is the declaration's.
    pub fn trade(&mut self, trade: &Trade) -> Outcome {
        let mut last = None;
        for (_, document) in trade.documents() {
            last = Some(self.send(document));
        }
        last.unwrap()
    }

    pub fn arrive(&mut self, trade: &Trade) -> Outcome {
        let arrival = Trade::arrival(1, &[trade], self.now).unwrap();
        self.send(Document::Arrival(arrival))
    }

    pub fn act(&mut self, trade: &Trade, kind: ActionKind) -> Outcome {
        self.act_as("样例关员", trade, kind)
    }

    pub fn act_as(&mut self, officer: &str, trade: &Trade, kind: ActionKind) -> Outcome {
        let version = self.of(trade).version;
        let id = Text::from(format!("action-{}", self.outcomes.len()));
        self.run(Cause::Action(Arc::new(OfficerAction {
            id,
            officer: officer.into(),
            party: "8620000001".into(),
            order: key(trade),
            version,
            kind,
            text: "样例".into(),
        })))
    }

    /// Moves the clock and fires what is due.
    pub fn wait_days(&mut self, days: i64) {
        self.now = Time(self.now.0 + days * 86_400_000);
        loop {
            let due: Vec<Timer> = self.timers.iter().filter(|timer| timer.due <= self.now).cloned().collect();
            if due.is_empty() {
                return;
            }
            self.timers.retain(|timer| !due.contains(timer));
            for timer in due {
                self.run(Cause::Timer(timer));
            }
        }
    }

    pub fn of(&self, trade: &Trade) -> &Consignment {
        &self.facts.consignments[&key(trade)]
    }

    pub fn state(&self, trade: &Trade) -> u16 {
        self.of(trade).attempt.as_ref().unwrap().state.number()
    }

    /// Statuses of all receipts so far, by receipt kind: `622:2 622:120`.
    pub fn receipts(&self) -> String {
        let all = self.outcomes.iter().flat_map(|outcome| &outcome.receipts);
        all.map(|receipt| format!("{}:{}", receipt.document.kind().number(), receipt.status))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

pub fn key(trade: &Trade) -> OrderKey {
    OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no)
}

pub fn trade(number: u64) -> Trade {
    Trade::new(1, number, NOW, 1_000_000)
}

pub fn usual_sender(document: &Document) -> Text {
    match document {
        Document::Order(order) => order.head.ebp_code.clone(),
        Document::Payment(payment) => payment.pay_code.clone(),
        Document::Waybill(waybill) => waybill.logistics_code.clone(),
        Document::WaybillStatus(status) => status.logistics_code.clone(),
        Document::Declaration(declaration) => declaration.head.agent_code.clone(),
        Document::Cancellation(cancellation) => cancellation.agent_code.clone(),
        Document::Return(return_goods) => return_goods.head.agent_code.clone(),
        Document::Arrival(arrival) => arrival.head.operator_code.clone(),
        Document::ExportOrder(order) => order.head.ebp_code.clone(),
        Document::ExportPayment(payment) => payment.ebc_code.clone(),
        Document::ExportWaybill(waybill) => waybill.logistics_code.clone(),
        Document::ExportDeclaration(declaration) => declaration.head.agent_code.clone(),
        Document::ExportCancellation(cancellation) => cancellation.agent_code.clone(),
        Document::MasterBill(master) => master.head.agent_code.clone(),
        Document::ExportArrival(arrival) => arrival.head.operator_code.clone(),
        Document::Departure(departure) => departure.head.logistics_code.clone(),
        Document::SummaryApplication(application) => application.head.agent_code.clone(),
        Document::ExportReturn(application) => application.head.agent_code.clone(),
        Document::ReturnTally(tally) => tally.operator_code.clone(),
        _ => Text::default(),
    }
}

pub fn arrived(sender: &str, document: Document) -> Arrived {
    // A changed field may name a party that is not of the zone; the transport is then the agent's.
    let known = if sample::exchange_id(sender).is_some() { sender } else { "5301980501" };
    let message = sample::message(known, vec![document]);
    let document = Arc::new(message.entries[0].document.clone());
    let mut bytes = Vec::new();
    document.digest_input(&mut |part| bytes.extend_from_slice(part));
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    let person = match &*document {
        Document::Declaration(declaration) => Person {
            identity: declaration.head.buyer_id_number.clone(),
            telephone: declaration.head.buyer_telephone.clone(),
            address: declaration.head.consignee_address.clone(),
        },
        _ => Person::default(),
    };
    Arrived {
        defects: Vec::new(),
        sender: known.into(),
        recipient: sample::exchange_id(known).unwrap().into(),
        transfer: message.transfer.map(Arc::new),
        copies: Vec::new(),
        signature: clearance::event::SignatureFact::Absent,
        fingerprint: digest.as_ref()[..16].try_into().unwrap(),
        person,
        all_bodies_empty: false,
        device: Device::of(&document, |_, value| value.into()),
        preview: false,
        document,
    }
}
