//! Lists read from the index: of consignments and of records by place, of what waits by lane and age.

use super::index::{Index, failed};
use super::store::Shared;
use crate::StoreError;
use crate::hasher::KeyHash;
use crate::queue::{QueuePage, QueuePlace, QueueSearch, Stretch, WAITING, Walk};
use crate::rows::{Scope, Search, Summary};
use clearance::Text;
use clearance::keys::{OrderKey, Position, Time};
use rusqlite::params;

impl Index {
    /// Places and last rows of records, newest first, before a place; of these parties, or of all; in these states when they were
    /// merged, or in any.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn records(
        &self,
        register: u8,
        (parties, states): (Option<&[KeyHash]>, &[&str]),
        before: u64,
        limit: usize,
    ) -> Result<Vec<(u64, u64)>, StoreError> {
        recorded(&self.connection, register, (parties, states), before, limit)
            .map_err(|error| failed("read a register", error))
    }

    /// Lines of a list behind a creation number, newest first or oldest first; of these parties, or of all, or of all that waits.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(
        &self,
        parties: Option<&[KeyHash]>,
        waiting: bool,
        (oldest_first, after): (bool, u64),
        limit: usize,
    ) -> Result<Vec<(u64, Summary)>, StoreError> {
        let (behind, order) = if oldest_first { (">", "ASC") } else { ("<", "DESC") };
        let run = || -> rusqlite::Result<Vec<(u64, Summary)>> {
            let after = i64::try_from(after).unwrap_or(i64::MAX);
            let mut found = Vec::new();
            match parties {
                None => {
                    let narrowed = if waiting {
                        format!("INDEXED BY listed_waiting WHERE state IN ({WAITING}) AND")
                    } else {
                        "WHERE".to_owned()
                    };
                    let mut statement = self.connection.prepare_cached(&format!(
                        "SELECT {COLUMNS} FROM listed {narrowed} created {behind} ?1 ORDER BY created {order} LIMIT ?2"
                    ))?;
                    let rows = statement.query_map(params![after, limit as i64], read_summary)?;
                    for row in rows {
                        found.push(row?);
                    }
                }
                Some(parties) => {
                    let mut statement = self.connection.prepare_cached(&format!(
                        "SELECT {COLUMNS} FROM listed_party JOIN listed ON listed.created = listed_party.created
                         WHERE party = ?1 AND listed_party.created {behind} ?2 ORDER BY listed_party.created {order} LIMIT ?3"
                    ))?;
                    for party in parties {
                        for row in statement.query_map(params![party, after, limit as i64], read_summary)? {
                            found.push(row?);
                        }
                    }
                    found.sort_by_key(|(created, _)| *created);
                    if !oldest_first {
                        found.reverse();
                    }
                    found.dedup_by_key(|(created, _)| *created);
                    found.truncate(limit);
                }
            }
            Ok(found)
        };
        run().map_err(|error| failed("read a list", error))
    }

    /// A stretch of what waits, in order of lane and age; of these parties, or of all.
    fn queued(
        &self,
        parties: Option<&[KeyHash]>,
        stretch: &Stretch,
    ) -> Result<Vec<(u64, Summary)>, StoreError> {
        let (behind, order) = if stretch.falling { ("<", "DESC") } else { (">", "ASC") };
        let (index, of_lane) = if stretch.lane.is_some() {
            ("listed_lane", "lane = ?4 AND")
        } else {
            ("listed_age", "?4 IS NULL AND")
        };
        let of_party = if parties.is_some() {
            "AND EXISTS (SELECT 1 FROM listed_party WHERE party = ?5 AND listed_party.created = listed.created)"
        } else {
            "AND ?5 IS NULL"
        };
        let statement = format!(
            "SELECT {COLUMNS} FROM listed INDEXED BY {index} WHERE state IN ({WAITING}) AND {of_lane}
                 (time, created) {behind} (?1, ?2) {of_party} ORDER BY time {order}, created {order} LIMIT ?3"
        );
        let run = || -> rusqlite::Result<Vec<(u64, Summary)>> {
            let mut statement = self.connection.prepare_cached(&statement)?;
            let (time, created) = stretch.after;
            let mut found = Vec::new();
            let own: Vec<Option<KeyHash>> = match parties {
                None => vec![None],
                Some(parties) => parties.iter().copied().map(Some).collect(),
            };
            for party in own {
                let rows = statement.query_map(
                    params![time, created, stretch.limit as i64, stretch.lane, party],
                    read_summary,
                )?;
                for row in rows {
                    found.push(row?);
                }
            }
            found.sort_by_key(|(created, line)| (line.time, *created));
            if stretch.falling {
                found.reverse();
            }
            found.dedup_by_key(|(created, _)| *created);
            found.truncate(stretch.limit);
            Ok(found)
        };
        run().map_err(|error| failed("read a queue", error))
    }
}

/// What a line is made of.
const COLUMNS: &str = "listed.created, platform, order_no, state, lane, customs, entry, sequence, time";
/// Lines of the index that are looked at for a page, at least.
const PAGE: usize = 100;

/// Under which hashes a scope's own lines are found; none = all are looked through.
fn parties_of(shared: &Shared, scope: &Scope) -> Option<Vec<KeyHash>> {
    match scope {
        Scope::Party(codes) => {
            let memory = shared.memory();
            Some(codes.iter().map(|code| memory.hasher.party(code)).collect())
        }
        Scope::Office(_) => None,
    }
}

/// The index may be a second behind: what waits is current in memory.
fn brought_up(shared: &Shared, line: &mut Summary) {
    let memory = shared.memory();
    let current = memory.open.get(&line.order).and_then(|consignment| consignment.attempt.as_ref());
    if let Some(current) = current {
        line.state = current.state.number();
    }
}

/// Lines of a list that are asked for, behind the place `after`; with the place from which the next page goes on.
pub(super) fn search(
    shared: &Shared,
    scope: &Scope,
    search: &Search,
    after: Option<u64>,
    limit: usize,
) -> Result<(Vec<Summary>, Option<u64>), StoreError> {
    let parties = parties_of(shared, scope);
    let mut place = after.unwrap_or(if search.oldest_first { 0 } else { u64::MAX });
    let mut found = Vec::new();
    loop {
        let waiting = search.is_of_waiting();
        let from = (search.oldest_first, place);
        let page = shared.index(|index| index.list(parties.as_deref(), waiting, from, limit.max(PAGE)))?;
        if page.is_empty() {
            return Ok((found, None));
        }
        for (created, mut summary) in page {
            place = created;
            brought_up(shared, &mut summary);
            let in_district = match scope {
                Scope::Party(_) => true,
                Scope::Office(districts) => {
                    let mut own = districts.iter();
                    districts.is_empty() || own.any(|own| summary.customs_code.starts_with(own.as_str()))
                }
            };
            let in_state = search.states.is_empty() || search.states.contains(&summary.state);
            let has_number = search.number.as_ref().is_none_or(|number| {
                summary.order.order_no == *number || summary.invt_no.as_ref() == Some(number)
            });
            if in_district && in_state && has_number {
                found.push(summary);
                if found.len() == limit {
                    return Ok((found, Some(created)));
                }
            }
        }
    }
}

/// A page of what waits.
pub(super) fn queue(
    shared: &Shared,
    scope: &Scope,
    search: &QueueSearch,
    after: Option<QueuePlace>,
    limit: usize,
) -> Result<QueuePage, StoreError> {
    let parties = parties_of(shared, scope);
    let mut walk = Walk::new(scope, search, after, limit);
    while let Some(stretch) = walk.next() {
        let mut read = shared.index(|index| index.queued(parties.as_deref(), &stretch))?;
        read.iter_mut().for_each(|(_, line)| brought_up(shared, line));
        walk.take(read, stretch);
    }
    Ok(walk.page())
}

/// Places and last rows of records, newest first, before a place. Each state is a stretch of its index: what is rare costs what
/// there is of it, however much of the register is in other states.
fn recorded(
    connection: &rusqlite::Connection,
    register: u8,
    (parties, states): (Option<&[KeyHash]>, &[&str]),
    before: u64,
    limit: usize,
) -> rusqlite::Result<Vec<(u64, u64)>> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let limit_asked = limit as i64;
    let place = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64));
    let of_state = if states.is_empty() { "?4 IS NULL" } else { "record.state = ?4" };
    let wanted: Vec<Option<&str>> =
        if states.is_empty() { vec![None] } else { states.iter().copied().map(Some).collect() };
    let mut found = Vec::new();
    match parties {
        None => {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT created, sequence FROM record WHERE register = ?1 AND {of_state} AND created < ?2 ORDER BY created DESC LIMIT ?3"
            ))?;
            for state in &wanted {
                for row in statement.query_map(params![register, before, limit_asked, state], place)? {
                    found.push(row?);
                }
            }
        }
        Some(parties) => {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT record.created, record.sequence FROM record_party JOIN record ON record.created = record_party.created
                 WHERE party = ?5 AND record_party.register = ?1 AND record_party.created < ?2 AND {of_state} ORDER BY record_party.created DESC LIMIT ?3"
            ))?;
            for party in parties {
                for state in &wanted {
                    let asked = params![register, before, limit_asked, state, party];
                    for row in statement.query_map(asked, place)? {
                        found.push(row?);
                    }
                }
            }
        }
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.dedup();
    found.truncate(limit);
    Ok(found)
}

fn read_summary(row: &rusqlite::Row<'_>) -> rusqlite::Result<(u64, Summary)> {
    Ok((
        row.get::<_, i64>(0)? as u64,
        Summary {
            order: OrderKey {
                platform: row.get::<_, String>(1)?.into(),
                order_no: row.get::<_, String>(2)?.into(),
            },
            state: row.get(3)?,
            lane: row.get(4)?,
            customs_code: row.get::<_, String>(5)?.into(),
            invt_no: row.get::<_, Option<String>>(6)?.map(Text::from),
            position: Position { writer: 0, sequence: row.get::<_, i64>(7)? as u64 },
            time: Time(row.get(8)?),
        },
    ))
}
