//! A window in memory for measuring rules: documents are judged as a window judges them, without the draw; nothing is kept.

use ceb::Document;
use clearance::decide::{Reference, decide};
use clearance::device::Device;
use clearance::event::{Arrived, Cause, Event, Follow, Person, SignatureFact};
use clearance::facts::Facts;
use clearance::keys::{Position, Time};
use clearance::party::{Filing, Parties};
use clearance::risk::SamplingSeed;
use clearance::{Rulebook, Text, normal, sample};
use std::collections::VecDeque;
use std::sync::Arc;

/// The judgement, in memory.
pub(super) struct Window {
    pub(super) facts: Facts,
    reference: Reference,
    pub(super) now: Time,
}

impl Window {
    /// One in which the parties of the demo zone are filed, and others.
    pub(super) fn new(others: Vec<Filing>) -> Self {
        let parameters = Rulebook::built_in_tables().into_iter().find(|(name, _)| name == "parameters.csv");
        // No draw: what is measured are rules.
        let drawless = parameters.map(|(name, text)| {
            let text = text
                .replace("sampling_floor,1000", "sampling_floor,0")
                .replace("sampling_base_9610,20000", "sampling_base_9610,0")
                .replace("sampling_base_export,5000", "sampling_base_export,0");
            (name, text)
        });
        let book =
            drawless.and_then(|table| Rulebook::load(1, &[table]).ok()).unwrap_or_else(Rulebook::builtin);
        let mut filings = sample::filings();
        // Platforms that verify who buys: then another may pay, which is what a rule looks at.
        filings.iter_mut().for_each(|filing| filing.verifies_identity = true);
        let mut parties = Parties::default();
        filings.into_iter().chain(others).for_each(|filing| parties.file(filing));
        let mut facts = Facts::default();
        facts.numbers.next = 1;
        facts.numbers.end = u64::MAX;
        facts.next = Position { writer: 0, sequence: 1 };
        Self {
            facts,
            reference: Reference {
                version: 0,
                books: vec![Arc::new(book)],
                parties: Arc::new(parties),
                sampling_seed: SamplingSeed::default(),
            },
            now: Time(0),
        }
    }

    /// Judges a document, and what follows from it.
    pub(super) fn send(&mut self, sender: &Text, document: Document) {
        let mut waiting: VecDeque<Cause> = VecDeque::new();
        waiting.push_back(Cause::Document(Arc::new(arrived(sender, document))));
        while let Some(cause) = waiting.pop_front() {
            let position = self.facts.next;
            self.facts.next.sequence += 1;
            let event = Event { position, cause, recorded: None };
            let outcomes = decide(&[event], &mut self.facts, &self.reference, self.now);
            let follows = outcomes.into_iter().flat_map(|outcome| outcome.follows);
            waiting.extend(follows.map(|follow: Follow| Cause::Follow(follow)));
        }
    }
}

fn arrived(sender: &Text, document: Document) -> Arrived {
    let message = sample::message(sender, vec![document]);
    let transfer = message.transfer.clone().map(Arc::new);
    let document = Arc::new(
        message
            .entries
            .into_iter()
            .next()
            .map(|entry| entry.document)
            .unwrap_or_else(|| unreachable!("a message of one document has one")),
    );
    let mut content = Vec::new();
    document.digest_input(&mut |part| content.extend_from_slice(part));
    let mut fingerprint = [0u8; 16];
    for (slot, byte) in
        fingerprint.iter_mut().zip(ring::digest::digest(&ring::digest::SHA256, &content).as_ref())
    {
        *slot = *byte;
    }
    // Nothing leaves this process: names stand for themselves.
    let person = match &*document {
        Document::Declaration(declaration) => Person {
            identity: declaration.head.buyer_id_number.clone(),
            telephone: declaration.head.buyer_telephone.clone(),
            address: normal::address(&declaration.head.consignee_address).into(),
        },
        _ => Person::default(),
    };
    let device = Device::of(&document, |_, value| value.into());
    Arrived {
        document,
        defects: Vec::new(),
        sender: sender.clone(),
        transfer,
        recipient: sample::exchange_id(sender).unwrap_or_default().into(),
        copies: Vec::new(),
        signature: SignatureFact::Absent,
        fingerprint,
        person,
        all_bodies_empty: false,
        device,
        preview: false,
    }
}
