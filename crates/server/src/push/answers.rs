//! What counterparts answer: kept as records, and where a rule says so an event on the path of the consignment.

use super::sender::{About, Parcel, Sender, Stopped};
use ceb::{Document, Kind};
use clearance::Text;
use clearance::event::{ActionKind, OfficerAction};
use clearance::keys::{OrderKey, WaybillKey};
use clearance::record::{RecordKey, Register};
use register::answer::{Answer, Outcome, TEXT};
use register::{Command, Refusal};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::Read;

/// What counterparts answer.
#[derive(Deserialize)]
struct Answers {
    answers: Vec<OneAnswer>,
}

/// What came of answers.
#[derive(Default)]
pub(super) struct Counts {
    /// What of them was not understood.
    pub(super) complaint: String,
    /// Confirmed without more, and not kept.
    pub(super) confirmed: u64,
    /// Kept.
    pub(super) kept: u64,
}

#[derive(Deserialize)]
struct OneAnswer {
    id: String,
    outcome: Outcome,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    text: String,
}

impl Sender {
    /// Keeps what a counterpart answered; an objection stops a clearance where the rule says so. Says what of it was not
    /// understood: the records were taken all the same. `any` = something of this webhook was kept before.
    pub(super) async fn answered(
        &self,
        parcel: &Parcel,
        body: &[u8],
        (confirmations, any): (bool, bool),
    ) -> Result<Counts, Stopped> {
        let Some(rule) = &parcel.rule else { return Ok(Counts::default()) };
        let answers = match serde_json::from_slice::<Answers>(body) {
            Ok(Answers { answers }) => answers,
            // Nothing to say.
            Err(_) if body.is_empty() => return Ok(Counts::default()),
            Err(error) => {
                return Ok(Counts {
                    complaint: format!("the answer is not understood: {error}"),
                    ..Counts::default()
                });
            }
        };
        let mut complaint = String::new();
        // Of what is about the same the newest counts.
        let mut newest: BTreeMap<&str, Answer> = BTreeMap::new();
        let mut objections = Vec::new();
        for answer in answers {
            let Some(about) = parcel.about.iter().find(|about| about.event == answer.id) else {
                let id: String = answer.id.chars().take(TEXT).collect();
                complaint = format!("there is an answer to {id}, which was not sent");
                continue;
            };
            let text: String = answer.text.chars().take(TEXT).collect();
            let About { event, subject, name } = about;
            let kept = Answer {
                event: event.clone(),
                source: format!("shares/{}", rule.id),
                outcome: answer.outcome,
                reference: answer.reference.chars().take(TEXT).collect(),
                text: text.clone(),
                giver: rule.share.giver.clone(),
            };
            newest.insert(name, kept);
            if answer.outcome == Outcome::Objected && rule.share.suspends {
                objections.push((subject, event, text));
            }
        }
        let confirmed = if confirmations { 0 } else { self.without_confirmed(&mut newest, any).await? };
        let kept = newest.len() as u64;
        // On record before anything comes of them.
        self.keep(newest).await?;
        for (subject, event, text) in objections {
            self.suspend(subject, event, &text).await?;
        }
        Ok(Counts { complaint, confirmed, kept })
    }

    /// Leaves out what was confirmed without more, unless something else stands on record about the same; says how much.
    async fn without_confirmed(
        &self,
        answers: &mut BTreeMap<&str, Answer>,
        any: bool,
    ) -> Result<u64, Stopped> {
        let mut confirmed = Vec::new();
        for (name, answer) in answers.iter() {
            let plain = answer.outcome == Outcome::Confirmed && answer.text.is_empty();
            if plain && (!any || self.window.read.record(&self.key_of(name)).await?.is_none()) {
                confirmed.push(*name);
            }
        }
        for name in &confirmed {
            answers.remove(name);
        }
        Ok(confirmed.len() as u64)
    }

    fn key_of(&self, name: &str) -> RecordKey {
        RecordKey::new(Register::Answer, &format!("{}/{name}", self.id))
    }

    /// Keeps the receipts of another window, one a document, and as above. The record is named by the consignment, so that
    /// whoever looks at it finds them.
    pub(super) async fn receipted(&self, parcel: &Parcel, body: &[u8]) -> Result<Counts, Stopped> {
        let (Some(rule), Some(event)) = (&parcel.rule, parcel.events.first()) else {
            return Ok(Counts::default());
        };
        let Some(About { event: id, .. }) = parcel.about.first() else { return Ok(Counts::default()) };
        let receipts = match exchange::messages::receipts(&event["data"], body) {
            Ok(receipts) => receipts,
            Err(complaint) => return Ok(Counts { complaint, ..Counts::default() }),
        };
        let mut kept: BTreeMap<String, Answer> = BTreeMap::new();
        let mut objections = Vec::new();
        for receipt in receipts {
            let Some(order) = self.order_of(&receipt.document).await? else { continue };
            let subject = format!("{}/{}/{}", receipt.document.kind().root(), order.platform, order.order_no);
            let text: String = format!("{} {}", receipt.status, receipt.info).chars().take(TEXT).collect();
            let outcome = if receipt.refuses() { Outcome::Objected } else { Outcome::Confirmed };
            if receipt.refuses() && rule.share.suspends && receipt.document.kind() == Kind::Declaration {
                objections.push((format!("{}/{}", order.platform, order.order_no), text.clone()));
            }
            let answer = Answer {
                event: id.clone(),
                source: format!("shares/{}", rule.id),
                outcome,
                reference: receipt.reference.chars().take(TEXT).collect(),
                text,
                giver: rule.share.giver.clone(),
            };
            kept.insert(subject, answer);
        }
        self.keep(kept.iter().map(|(subject, answer)| (subject.as_str(), answer.clone())).collect()).await?;
        for (subject, text) in objections {
            self.suspend(&subject, id, &text).await?;
        }
        Ok(Counts { kept: kept.len() as u64, ..Counts::default() })
    }

    /// The consignment of a document: by its order, its waybill or its declaration.
    async fn order_of(&self, document: &Document) -> Result<Option<OrderKey>, Stopped> {
        let field = |name: &str| exchange::messages::head_field(document, name);
        if let (Some(platform), Some(order_no)) = (field("ebpCode"), field("orderNo")) {
            return Ok(Some(OrderKey::new(&platform, &order_no)));
        }
        if let (Some(carrier), Some(number)) = (field("logisticsCode"), field("logisticsNo")) {
            let waybill = self.window.read.waybill(&WaybillKey::new(&carrier, &number)).await?;
            return Ok(waybill.and_then(|waybill| waybill.claimed_by).map(|(order, _)| order));
        }
        Ok(None)
    }

    /// Together: each by itself would be a commit.
    async fn keep(&self, answers: BTreeMap<&str, Answer>) -> Result<(), Stopped> {
        let command = |version: u32, name: &str, answer: &Answer| Command {
            key: self.key_of(name),
            version,
            action: "answer".into(),
            by: self.by(),
            note: String::new(),
            body: serde_json::to_string(answer).ok(),
        };
        // Most are the first of their kind; who finds one there answers it.
        let mut left: Vec<(u32, &str, &Answer)> =
            answers.iter().map(|(name, answer)| (0, *name, answer)).collect();
        while !left.is_empty() {
            let commands = left.iter().map(|(version, name, answer)| command(*version, name, answer));
            let told = self.window.pipeline.commands(commands.collect()).await.ok_or(Stopped::Ended)?;
            let mut again = Vec::new();
            for ((_, name, answer), told) in left.into_iter().zip(told) {
                match told {
                    Ok(_) => {}
                    // Delivered twice, answered twice: kept once.
                    Err(Refusal::Outdated(record)) if Answer::of(&record) == *answer => {}
                    Err(Refusal::Outdated(record)) => again.push((record.version, name, answer)),
                    Err(refusal) => {
                        return Err(Stopped::Barred(format!("an answer cannot be recorded: {refusal:?}")));
                    }
                }
            }
            left = again;
        }
        Ok(())
    }

    /// An event on the path of the consignment. Where its state allows it no longer, the answer that was kept tells.
    async fn suspend(&self, subject: &str, event: &str, text: &str) -> Result<(), Stopped> {
        let Some((platform, order_no)) = subject.split_once('/') else { return Ok(()) };
        let order = OrderKey::new(platform, order_no);
        let Some(consignment) = self.window.read.consignment(&order).await? else { return Ok(()) };
        let by = self.by();
        let action = OfficerAction {
            id: Text::from(format!("answer {event}").as_str()),
            officer: by.actor.name,
            party: by.actor.party,
            order,
            version: consignment.version,
            kind: ActionKind::Suspend,
            text: text.into(),
        };
        match self.window.pipeline.action(action).await {
            Some(_) => Ok(()),
            None => Err(Stopped::Ended),
        }
    }
}
