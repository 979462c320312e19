//! Demands and offers as events for a webhook: each change of a record that names the party, as the party may see it.

use super::sender::{Parcel, Sender, Stopped};
use crate::api::registers::whole;
use crate::sharing;
use clearance::Text;
use clearance::keys::Position;
use clearance::record::{Record, Register};
use exchange::envelope;
use register::view::View;
use register::webhook::BATCH;
use serde_json::{Value, json};
use store::{Cursor, Row};

/// Whether a change is told to whoever has these codes.
fn concerns(record: &Record, codes: &[Text]) -> bool {
    matches!(record.key.register, Register::ServiceRequest | Register::ServiceOffer)
        && codes.iter().any(|code| record.parties.contains(code))
}

fn event(position: Position, record: &Record, codes: &[Text], receiver: &str) -> Value {
    let register = record.key.register.word();
    json!({
        "specversion": "1.0",
        "id": position.number().to_string(),
        "source": format!("/v1/registers/{register}/{}", record.key.id),
        "type": format!("onewindow.record.{register}"),
        "time": sharing::timestamp(record.changed),
        "datacontenttype": "application/json",
        envelope::RECEIVER: receiver,
        "data": whole(&View::of(record, codes)),
    })
}

impl Sender {
    /// Changes after a cursor.
    pub(super) async fn demands(
        &self,
        codes: &[Text],
        after: &Cursor,
        upto: Option<&Cursor>,
        limit: usize,
    ) -> Result<Parcel, Stopped> {
        let beyond =
            |position: Position| upto.is_some_and(|upto| position.sequence > upto.sequence(position.writer));
        let wanted = |position: Position, row: &Row| match row {
            Row::Record(record) => concerns(record, codes) && !beyond(position),
            _ => false,
        };
        let most = limit.min(BATCH.1 as usize);
        let found = self.window.tail.after(&self.window.read, after, &wanted, most).await?;
        let receiver = self.owner();
        let events = found.rows.iter().filter_map(|(position, kept)| match kept.row() {
            Row::Record(record) => Some(event(*position, record, codes, &receiver)),
            _ => None,
        });
        let events = events.collect();
        Ok(Parcel {
            events,
            after: after.clone(),
            upto: found.seen,
            complete: found.ended,
            ..Parcel::default()
        })
    }
}
