//! Questions to platforms for original payment data (announcement 2018-179): each goes by itself, as the form that platforms
//! have built for customs, and is taken when the answer's code says so. The data come later, on their own way (`api/payment_data`).

use super::client::Reply;
use super::sender::{Parcel, Sender, Stopped};
use clearance::Text;
use clearance::keys::Position;
use clearance::record::{Record, Register};
use register::payment_data::form::TAKEN;
use register::payment_data::{Body, session};
use register::{Command, Refusal};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use store::{Cursor, Read, Row};

/// Media type of a question.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
/// Characters of a platform's message that are kept.
const MESSAGE: usize = 200;

/// What a platform's service answers.
#[derive(Deserialize)]
struct Answer {
    code: serde_json::Value,
    #[serde(default)]
    message: Option<String>,
}

impl Sender {
    /// The first question after a cursor that still waits for its answer; none is a parcel without.
    pub(super) async fn question(
        &self,
        codes: &[Text],
        after: &Cursor,
        upto: Option<&Cursor>,
    ) -> Result<Parcel, Stopped> {
        let beyond =
            |position: Position| upto.is_some_and(|upto| position.sequence > upto.sequence(position.writer));
        let wanted = |position: Position, row: &Row| match row {
            Row::Record(record) => {
                record.key.register == Register::PaymentData
                    && matches!(record.action.as_str(), "ask" | "try")
                    && codes.contains(&register::owner_of(&record.key))
                    && !beyond(position)
            }
            _ => false,
        };
        let found = self.window.tail.after(&self.window.read, after, &wanted, 1).await?;
        let mut parcel =
            Parcel { after: after.clone(), upto: found.seen, complete: found.ended, ..Parcel::default() };
        let Some((_, kept)) = found.rows.into_iter().next() else { return Ok(parcel) };
        let Row::Record(asked) = kept.row() else { return Ok(parcel) };
        // As it is now: what was answered or withdrawn meanwhile is not asked.
        let now = self.window.read.record(&asked.key).await?;
        parcel.question = now.filter(|record| record.state == "asked").map(|record| {
            let body = Body::of(&record);
            let asked = json!({
                "orderNo": body.order_no, "sessionID": session(&record.key.id),
                "serviceTime": self.window.clock.now().0.to_string(),
            });
            let form = form_urlencoded::Serializer::new(String::new())
                .append_pair("openReq", &asked.to_string())
                .finish();
            (record, form.into_bytes())
        });
        Ok(parcel)
    }

    /// What the platform's answer means; that it has the question is written down.
    pub(super) async fn taken(&self, asked: &Arc<Record>, reply: Reply) -> Result<Reply, Stopped> {
        let Reply::Taken(body) = reply else { return Ok(reply) };
        let refused = match serde_json::from_slice::<Answer>(&body) {
            // A number where others write a text.
            Ok(answer) if answer.code == TAKEN || answer.code.as_u64().is_some_and(|code| code == 10_000) => {
                None
            }
            Ok(answer) => {
                let message: String = answer.message.unwrap_or_default().chars().take(MESSAGE).collect();
                Some(format!("code {} {message}", answer.code))
            }
            Err(_) => Some(format!("no JSON with the code {TAKEN}")),
        };
        if let Some(refused) = refused {
            return Ok(Reply::Refused(refused));
        }
        let command = Command {
            key: asked.key.clone(),
            version: asked.version,
            action: "call".into(),
            by: self.by(),
            note: String::new(),
            body: None,
        };
        match self.window.pipeline.command(command).await {
            // Some platforms send the data before they answer.
            Some(Ok(_) | Err(Refusal::Outdated(_) | Refusal::State(..))) => Ok(Reply::Taken(body)),
            Some(Err(refusal)) => Err(Stopped::Barred(format!("it cannot be recorded: {refusal:?}"))),
            None => Err(Stopped::Ended),
        }
    }
}
