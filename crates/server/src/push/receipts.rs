//! Receipts as events for a webhook, each as JSON and as it goes to whoever reads CEB.

use super::sender::{Parcel, Sender, Stopped};
use crate::api::receipts::numbered;
use crate::api::view;
use crate::sharing;
use clearance::Text;
use exchange::envelope;
use register::webhook::BATCH;
use serde_json::json;
use store::{Cursor, Read};

impl Sender {
    /// Receipts after a cursor.
    pub(super) async fn receipts(
        &self,
        exchange_ids: &[Text],
        after: &Cursor,
        upto: Option<&Cursor>,
        limit: usize,
    ) -> Result<Parcel, Stopped> {
        let most = limit.min(BATCH.1 as usize);
        let (mut receipts, reached) = self.window.read.receipts(exchange_ids, after, most).await?;
        let (complete, owner) = (receipts.len() < most, self.owner());
        receipts.retain(|row| {
            upto.is_none_or(|upto| row.position.sequence <= upto.sequence(row.position.writer))
        });
        let events = receipts.iter().map(|row| {
            let mut data = numbered(row, false);
            data["original"] = view::receipt(row, true)["receipt"].take();
            json!({
                "specversion": "1.0",
                "id": format!("{}-{}", row.position.number(), row.index),
                "source": "/v1/receipts",
                "type": format!("onewindow.receipt.{}", data["message"].as_str().unwrap_or_default()),
                "time": sharing::timestamp(row.receipt.time),
                "datacontenttype": "application/json",
                envelope::RECEIVER: owner.as_str(),
                "data": data,
            })
        });
        let events = events.collect();
        Ok(Parcel { events, after: after.clone(), upto: reached, complete, ..Parcel::default() })
    }
}
