//! Receipts by their recipient: as a feed, and the newest first. Both are in the order of commits, which grows with the sequence of
//! each writer; what follows from another writer's row was committed later than it.

use super::cold::Shared;
use super::write::unpack;
use super::{failed, query};
use crate::StoreError;
use crate::rows::{Cursor, ReceiptRow, Row};
use clearance::Text;
use clearance::keys::Position;
use deadpool_postgres::Object;
use tokio_postgres::types::ToSql;

/// Time of commit, row and number of a receipt.
type Found = (i64, Position, i16);

/// Receipts that are read at once, of a batch all.
const FEED: &str = "SELECT time, entries, batch FROM receipt WHERE recipient = ANY($1::text[]) AND writer = $2 AND batch > $3 AND batch <= $4 ORDER BY batch FETCH FIRST 32 ROWS WITH TIES";
/// The same backwards. A batch is named by its last row: the first that ends behind the place may begin before it.
const NEWEST: &str = "SELECT time, entries, batch FROM receipt WHERE recipient = ANY($1::text[]) AND writer = $2 AND batch < $3 AND batch <= coalesce((SELECT min(batch) FROM receipt WHERE recipient = ANY($1::text[]) AND writer = $2 AND batch >= $4), $4) ORDER BY batch DESC FETCH FIRST 32 ROWS WITH TIES";

/// Receipts after a cursor and up to another, the oldest first, with the cursor up to which the answer is complete.
pub(super) async fn feed(
    shared: &Shared,
    client: &Object,
    recipients: &[Text],
    (after, end): (&Cursor, Cursor),
    limit: usize,
) -> Result<(Vec<ReceiptRow>, Cursor), StoreError> {
    let reading = |error| failed("read receipts", error);
    let mut found: Vec<Found> = Vec::new();
    let recipients: Vec<&str> = recipients.iter().map(Text::as_str).collect();
    for (writer, last) in &end.writers {
        // A batch may have receipts before and after the cursor. Of a batch all rows are read, or none: recipients share it.
        let (after, last) = (after.sequence(*writer), *last as i64);
        let (mut from, begun) = (after as i64, found.len());
        while found.len() - begun <= limit {
            let parameters: [&(dyn ToSql + Sync); 4] = [&recipients, &i32::from(*writer), &from, &last];
            let rows = query(client, FEED, &parameters).await.map_err(reading)?;
            let Some(end) = rows.last().map(|row| row.get(2)) else { break };
            from = end;
            for row in &rows {
                let told = unpack(row.get(1)).filter(|(sequence, _)| *sequence > after);
                found.extend(told.map(|(sequence, number)| {
                    (row.get::<_, i64>(0), Position { writer: *writer, sequence }, number as i16)
                }));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    let mut cursor = end;
    if found.len() > limit {
        cut_at(&mut found, limit);
        for (writer, last) in &mut cursor.writers {
            let told = found.iter().filter(|(_, position, _)| position.writer == *writer);
            *last = told.map(|(_, position, _)| position.sequence).max().unwrap_or(after.sequence(*writer));
        }
    }
    Ok((read(shared, client, found).await?, cursor))
}

/// Receipts up to a cursor, the newest first, with the cursor up to which the older ones are.
pub(super) async fn newest(
    shared: &Shared,
    client: &Object,
    recipients: &[Text],
    upto: &Cursor,
    limit: usize,
) -> Result<(Vec<ReceiptRow>, Option<Cursor>), StoreError> {
    let reading = |error| failed("read receipts", error);
    let recipients: Vec<&str> = recipients.iter().map(Text::as_str).collect();
    let mut found: Vec<Found> = Vec::new();
    for (writer, last) in &upto.writers {
        let end = i64::try_from(*last).unwrap_or(i64::MAX);
        let (mut before, begun) = (i64::MAX, found.len());
        while found.len() - begun <= limit {
            let parameters: [&(dyn ToSql + Sync); 4] = [&recipients, &i32::from(*writer), &before, &end];
            let rows = query(client, NEWEST, &parameters).await.map_err(reading)?;
            let Some(first) = rows.last().map(|row| row.get(2)) else { break };
            before = first;
            for row in &rows {
                let told = unpack(row.get(1)).filter(|(sequence, _)| sequence <= last);
                found.extend(told.map(|(sequence, number)| {
                    (row.get::<_, i64>(0), Position { writer: *writer, sequence }, number as i16)
                }));
            }
        }
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.dedup();
    if found.len() <= limit {
        return Ok((read(shared, client, found).await?, None));
    }
    cut_at(&mut found, limit);
    let mut older = upto.clone();
    for (writer, last) in &mut older.writers {
        let told = found.iter().filter(|(_, position, _)| position.writer == *writer);
        *last = told.map(|(_, position, _)| position.sequence - 1).min().unwrap_or(*last);
    }
    Ok((read(shared, client, found).await?, Some(older)))
}

/// A page of what was found, which is more. A row's receipts are never parted: if the first row alone has more than asked for, it comes whole.
fn cut_at(found: &mut Vec<Found>, limit: usize) {
    let (first, cut) = (found[0].1, found[limit].1);
    if first == cut {
        found.retain(|(_, position, _)| *position == first);
    } else {
        found.truncate(limit);
        found.retain(|(_, position, _)| *position != cut);
    }
}

/// Receipts, read from their rows, in the order given.
async fn read(shared: &Shared, client: &Object, found: Vec<Found>) -> Result<Vec<ReceiptRow>, StoreError> {
    let rows = shared.rows(client, &found.iter().map(|(_, position, _)| *position).collect()).await?;
    let mut receipts = Vec::with_capacity(found.len());
    for (_, position, number) in found {
        let index = number as u16;
        let receipt = match rows.get(&position) {
            Some((_, Row::Event(event))) => {
                let outcome = event.outcome.as_deref();
                outcome.and_then(|outcome| outcome.receipts.get(usize::from(index)))
            }
            Some((_, Row::Message(message))) => message.receipts.get(usize::from(index)),
            _ => None,
        };
        receipts.extend(receipt.map(|receipt| ReceiptRow { position, index, receipt: receipt.clone() }));
    }
    Ok(receipts)
}
