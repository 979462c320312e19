//! Lists of export trades in a database: they stand with those of records, under a number that no register has.

use super::cold::{Shared, damaged, position_of};
use super::{failed, query};
use crate::StoreError;
use crate::rows::{EXPORTS, ExportSearch};
use clearance::Text;
use clearance::export::{ExportState, ExportTrade};
use clearance::keys::Position;
use deadpool_postgres::ClientWrapper;
use std::sync::Arc;

/// Lines that are looked at for a page, at least: what an office of other districts has is left out.
const PAGE: usize = 100;

/// Export trades that are asked for, newest first, before the place `after`; with the place from which the next page goes on.
pub(super) async fn list(
    shared: &Shared,
    client: &ClientWrapper,
    search: &ExportSearch,
    after: Option<u64>,
    limit: usize,
) -> Result<(Vec<Arc<ExportTrade>>, Option<u64>), StoreError> {
    let mut before = after.map_or(i64::MAX, |after| after as i64);
    let states: Vec<String> = search.states.iter().map(u16::to_string).collect();
    let mut found = Vec::new();
    loop {
        let wanted = limit.max(PAGE);
        let lines = lines(client, search, &states, before, wanted).await?;
        let mut stored = shared.states(client, lines.iter().map(|(position, _)| *position).collect()).await?;
        for (position, place) in &lines {
            before = *place;
            let states = stored.remove(position);
            let trade = states.and_then(|states| states.exports.iter().find_map(ExportState::trade).cloned());
            let trade = trade.ok_or_else(|| damaged(*position, "an export trade was expected here"))?;
            if search.finds(&trade) {
                found.push(trade);
                if found.len() == limit {
                    return Ok((found, Some(*place as u64)));
                }
            }
        }
        if lines.len() < wanted {
            return Ok((found, None));
        }
    }
}

/// Last rows and places of lines before a place.
async fn lines(
    client: &ClientWrapper,
    search: &ExportSearch,
    states: &[String],
    before: i64,
    wanted: usize,
) -> Result<Vec<(Position, i64)>, StoreError> {
    const IN_STATE: &str = "(cardinality($3::text[]) = 0 OR r.state = ANY($3))";
    let (register, wanted) = (i16::from(EXPORTS), wanted as i64);
    let rows = match search.codes() {
        None => {
            let statement = format!(
                "SELECT r.writer, r.sequence, r.created FROM record r WHERE r.register = $1 AND r.created < $2 AND {IN_STATE} ORDER BY r.created DESC LIMIT $4"
            );
            query(client, &statement, &[&register, &before, &states, &wanted]).await
        }
        Some(codes) => {
            let codes: Vec<&str> = codes.iter().map(Text::as_str).collect();
            let statement = format!(
                "SELECT DISTINCT ON (r.created) r.writer, r.sequence, r.created FROM record_party p JOIN record r ON r.key = p.key WHERE p.party = ANY($5::text[]) AND p.register = $1 AND p.created < $2 AND {IN_STATE} ORDER BY r.created DESC LIMIT $4"
            );
            query(client, &statement, &[&register, &before, &states, &wanted, &codes]).await
        }
    };
    let rows = rows.map_err(|error| failed("read the list of export trades", error))?;
    Ok(rows.iter().map(|row| (position_of(row), row.get(2))).collect())
}
