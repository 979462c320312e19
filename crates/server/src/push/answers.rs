//! What counterparts answer: kept as records, and where a rule says so an event on the path of the consignment.

use super::sender::{Parcel, Sender, Stopped};
use clearance::Text;
use clearance::event::{ActionKind, OfficerAction};
use clearance::keys::OrderKey;
use clearance::record::{RecordKey, Register};
use register::Command;
use register::answer::{Answer, Outcome, TEXT};
use serde::Deserialize;
use store::Read;

/// What counterparts answer.
#[derive(Deserialize)]
struct Answers {
    answers: Vec<OneAnswer>,
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

impl<R: Read> Sender<R> {
    /// Keeps what a counterpart answered; an objection stops a clearance where the rule says so. Says what of it was not
    /// understood: the records were taken all the same.
    pub(super) async fn answered(&self, parcel: &Parcel, body: &[u8]) -> Result<String, Stopped> {
        let Some(rule) = &parcel.rule else { return Ok(String::new()) };
        let answers = match serde_json::from_slice::<Answers>(body) {
            Ok(Answers { answers }) => answers,
            // Nothing to say.
            Err(_) if body.is_empty() => return Ok(String::new()),
            Err(error) => return Ok(format!("the answer is not understood: {error}")),
        };
        let mut complaint = String::new();
        for answer in answers {
            let Some((event, subject, _)) = parcel.about.iter().find(|(id, ..)| *id == answer.id) else {
                let id: String = answer.id.chars().take(TEXT).collect();
                complaint = format!("there is an answer to {id}, which was not sent");
                continue;
            };
            let text: String = answer.text.chars().take(TEXT).collect();
            let kept = Answer {
                event: event.clone(),
                source: format!("shares/{}", rule.id),
                outcome: answer.outcome,
                reference: answer.reference.chars().take(TEXT).collect(),
                text: text.clone(),
                giver: rule.share.giver.clone(),
            };
            self.keep(subject, &kept).await?;
            if answer.outcome == Outcome::Objected && rule.share.suspends {
                self.suspend(subject, event, &text).await?;
            }
        }
        Ok(complaint)
    }

    async fn keep(&self, subject: &str, answer: &Answer) -> Result<(), Stopped> {
        let key = RecordKey::new(Register::Answer, &format!("{}/{subject}", self.id));
        let current = self.window.read.record(&key).await?;
        // Delivered twice, answered twice: kept once.
        if current.as_ref().is_some_and(|record| Answer::of(record) == *answer) {
            return Ok(());
        }
        let command = Command {
            key,
            version: current.map_or(0, |record| record.version),
            action: "answer".into(),
            by: self.by(),
            note: String::new(),
            body: serde_json::to_string(answer).ok(),
        };
        match self.window.pipeline.command(command).await {
            Some(Ok(_)) => Ok(()),
            Some(Err(refusal)) => Err(Stopped::Barred(format!("an answer cannot be recorded: {refusal:?}"))),
            None => Err(Stopped::Ended),
        }
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
