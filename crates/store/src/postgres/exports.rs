//! Lists of exports in a database: they stand with those of records, under numbers that no register has.

use super::cold::{Shared, damaged, position_of};
use super::{failed, query};
use crate::StoreError;
use crate::queue::EXPORTS_WAITING;
use crate::rows::{ExportLine, ExportLines, closed_keys};
use clearance::Text;
use clearance::export::{ClosedPeriod, ExportKey, ExportState};
use clearance::keys::Position;
use deadpool_postgres::ClientWrapper;

/// Lines that are looked at for a page, at least: what an office of other districts has is left out.
const PAGE: usize = 100;

/// States that are asked for, newest first, before the place `after`; with the place from which the next page goes on.
pub(super) async fn list(
    shared: &Shared,
    client: &ClientWrapper,
    asked: &ExportLines<'_>,
    after: Option<u64>,
    limit: usize,
) -> Result<(Vec<ExportState>, Option<u64>), StoreError> {
    let mut before = after.map_or(i64::MAX, |after| after as i64);
    let (states, codes) = (asked.states(), asked.codes());
    let stands = |state: &&ExportState| ExportLine::of(state).is_some_and(|line| line.list == asked.number());
    let mut found = Vec::new();
    loop {
        let wanted = limit.max(PAGE);
        let lines = if asked.is_of_waiting() {
            waiting(client, before, wanted).await?
        } else {
            lines(client, asked.number(), codes.as_deref(), &states, before, wanted).await?
        };
        let mut stored = shared.states(client, lines.iter().map(|(position, _)| *position).collect()).await?;
        for (position, place) in &lines {
            before = *place;
            let states = stored.remove(position);
            let state = states.and_then(|states| states.exports.iter().find(stands).cloned());
            let state = state.ok_or_else(|| damaged(*position, "a state of exports was expected here"))?;
            if asked.finds(&state) {
                found.push(state);
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
    list: u8,
    codes: Option<&[Text]>,
    states: &[String],
    before: i64,
    wanted: usize,
) -> Result<Vec<(Position, i64)>, StoreError> {
    const IN_STATE: &str = "(cardinality($3::text[]) = 0 OR r.state = ANY($3))";
    let (register, wanted) = (i16::from(list), wanted as i64);
    let rows = match codes {
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
    let rows = rows.map_err(|error| failed("read a list of exports", error))?;
    Ok(rows.iter().map(|row| (position_of(row), row.get(2))).collect())
}

/// The same of export trades that wait for an officer, in the words of their index: found without looking through what was cleared.
async fn waiting(
    client: &ClientWrapper,
    before: i64,
    wanted: usize,
) -> Result<Vec<(Position, i64)>, StoreError> {
    let statement = format!(
        "SELECT writer, sequence, created FROM record WHERE {EXPORTS_WAITING} AND created < $1 ORDER BY created DESC LIMIT $2"
    );
    let rows = query(client, &statement, &[&before, &(wanted as i64)]).await;
    let rows = rows.map_err(|error| failed("read a list of exports", error))?;
    Ok(rows.iter().map(|row| (position_of(row), row.get(2))).collect())
}

/// The keys of lists that were closed within periods.
pub(super) async fn closed(
    shared: &Shared,
    client: &ClientWrapper,
    periods: &[ClosedPeriod],
) -> Result<Vec<ExportKey>, StoreError> {
    let mut keys = Vec::new();
    for period in periods {
        let (found, _) = list(shared, client, &ExportLines::Closed(period), None, period.most).await?;
        keys.extend(found.iter().flat_map(closed_keys));
    }
    Ok(keys)
}
