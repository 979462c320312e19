//! Changes of records as events for a webhook, each of a record that names the party, as the party may see it: of demands and offers,
//! and of what a platform is told of lists.

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

/// Registers of demands and offers.
pub(super) const DEMANDS: &[Register] = &[Register::ServiceRequest, Register::ServiceOffer];
/// The register of what platforms are told of lists.
pub(super) const LISTS: &[Register] = &[Register::ListNotice];

/// Whether a change in one of these registers is told to whoever has these codes.
fn concerns(record: &Record, registers: &[Register], codes: &[Text]) -> bool {
    registers.contains(&record.key.register) && codes.iter().any(|code| record.parties.contains(code))
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
    /// Changes after a cursor, in some registers.
    pub(super) async fn changes(
        &self,
        (registers, codes): (&[Register], &[Text]),
        after: &Cursor,
        upto: Option<&Cursor>,
        limit: usize,
    ) -> Result<Parcel, Stopped> {
        let beyond =
            |position: Position| upto.is_some_and(|upto| position.sequence > upto.sequence(position.writer));
        let wanted = |position: Position, row: &Row| match row {
            Row::Record(record) => concerns(record, registers, codes) && !beyond(position),
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
