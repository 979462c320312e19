//! Lists of records in a database.

use super::cold::{Shared, damaged, position_of};
use super::{failed, query};
use crate::StoreError;
use crate::rows::{RecordSearch, Row};
use clearance::Text;
use clearance::keys::Position;
use clearance::record::Record;
use deadpool_postgres::ClientWrapper;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The record that the row at a position has.
pub(super) async fn record_at(
    shared: &Shared,
    client: &ClientWrapper,
    position: Position,
) -> Result<Option<Arc<Record>>, StoreError> {
    let mut rows = shared.rows(client, &BTreeSet::from([position])).await?;
    Ok(match rows.remove(&position) {
        Some((_, Row::Record(record))) => Some(record),
        _ => None,
    })
}

/// Records that are asked for, newest first, before the place `after`; with the place from which the next page goes on.
pub(super) async fn list(
    shared: &Shared,
    client: &ClientWrapper,
    search: &RecordSearch,
    after: Option<u64>,
    limit: usize,
) -> Result<(Vec<Arc<Record>>, Option<u64>), StoreError> {
    let before = after.map_or(i64::MAX, |after| after as i64);
    let register = search.register as i16;
    let states: Vec<&str> = search.states.iter().map(Text::as_str).collect();
    let in_state = "(cardinality($3::text[]) = 0 OR r.state = ANY($3))";
    let rows = match &search.parties {
        None => {
            let statement = format!(
                "SELECT r.writer, r.sequence, r.created FROM record r WHERE r.register = $1 AND r.created < $2 AND {in_state} ORDER BY r.created DESC LIMIT $4"
            );
            query(client, &statement, &[&register, &before, &states, &(limit as i64)]).await
        }
        Some(codes) => {
            let codes: Vec<&str> = codes.iter().map(Text::as_str).collect();
            let statement = format!(
                "SELECT DISTINCT ON (r.created) r.writer, r.sequence, r.created FROM record_party p JOIN record r ON r.key = p.key WHERE p.party = ANY($5::text[]) AND p.register = $1 AND p.created < $2 AND {in_state} ORDER BY r.created DESC LIMIT $4"
            );
            query(client, &statement, &[&register, &before, &states, &(limit as i64), &codes]).await
        }
    };
    let rows = rows.map_err(|error| failed("read a register", error))?;
    let last = rows.last().filter(|_| rows.len() == limit).map(|row| row.get::<_, i64>(2) as u64);
    let positions: Vec<Position> = rows.iter().map(position_of).collect();
    let mut stored = shared.rows(client, &positions.iter().copied().collect()).await?;
    let mut found = Vec::with_capacity(positions.len());
    for position in positions {
        match stored.remove(&position) {
            Some((_, Row::Record(record))) => {
                found.extend(Some(record).filter(|record| search.finds(record)))
            }
            _ => return Err(damaged(position, "a record was expected here")),
        }
    }
    Ok((found, last))
}
