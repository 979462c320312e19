//! Lists read from the index: of consignments and of records by place, of what waits by lane and age.

use super::index::{Index, failed};
use super::store::Shared;
use crate::StoreError;
use crate::hasher::KeyHash;
use crate::queue::{QueuePage, QueuePlace, QueueSearch, SETTLED, Stretch, WAITING, Walk};
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

    /// Lines in states in which trades do not stay, behind a creation number; of these parties, or of all.
    fn rare(
        &self,
        parties: Option<&[KeyHash]>,
        states: &[u16],
        (oldest_first, after): (bool, u64),
        limit: usize,
    ) -> Result<Vec<(u64, Summary)>, StoreError> {
        let (behind, order) = if oldest_first { (">", "ASC") } else { ("<", "DESC") };
        let of_party = if parties.is_some() {
            "EXISTS (SELECT 1 FROM listed_party WHERE party = ?4 AND listed_party.created = listed.created)"
        } else {
            "?4 IS NULL"
        };
        let statement = format!(
            "SELECT {COLUMNS} FROM listed INDEXED BY listed_rare WHERE state = ?3 AND state NOT IN ({SETTLED})
                 AND created {behind} ?1 AND {of_party} ORDER BY created {order} LIMIT ?2"
        );
        let run = || -> rusqlite::Result<Vec<(u64, Summary)>> {
            let mut statement = self.connection.prepare_cached(&statement)?;
            let after = i64::try_from(after).unwrap_or(i64::MAX);
            let own: Vec<Option<KeyHash>> = match parties {
                None => vec![None],
                Some(parties) => parties.iter().copied().map(Some).collect(),
            };
            let mut found = Vec::new();
            for state in states {
                for party in &own {
                    let asked = params![after, limit as i64, state, party];
                    for row in statement.query_map(asked, read_summary)? {
                        found.push(row?);
                    }
                }
            }
            found.sort_by_key(|(created, _)| *created);
            if !oldest_first {
                found.reverse();
            }
            found.dedup_by_key(|(created, _)| *created);
            found.truncate(limit);
            Ok(found)
        };
        run().map_err(|error| failed("read a list", error))
    }

    /// Whether these parties have so many lines at most behind a creation number.
    fn has_few(
        &self,
        parties: &[KeyHash],
        (oldest_first, after): (bool, u64),
        few: usize,
    ) -> Result<bool, StoreError> {
        let behind = if oldest_first { ">" } else { "<" };
        let statement = format!(
            "SELECT count(*) FROM (SELECT 1 FROM listed_party WHERE party = ?1 AND created {behind} ?2 LIMIT ?3)"
        );
        let run = || -> rusqlite::Result<bool> {
            let mut statement = self.connection.prepare_cached(&statement)?;
            let after = i64::try_from(after).unwrap_or(i64::MAX);
            let mut all = 0;
            for party in parties {
                let asked = params![party, after, few as i64 + 1];
                all += statement.query_row(asked, |row| row.get::<_, i64>(0))?;
            }
            Ok(all <= few as i64)
        };
        run().map_err(|error| failed("count a list", error))
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
/// Lines that are looked at for a page at most, where few are in the states that are asked for: a microsecond or two each.
const LOOKED: usize = 8_000;
/// A party with so many lines has its own looked through, whatever they are narrowed to.
const FEW: usize = 2_000;

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
    let (waiting, most) = (search.is_of_waiting(), limit.max(PAGE));
    let by_state = search.is_of_rare() && {
        let from = (search.oldest_first, place);
        let few = parties.as_deref().map(|parties| shared.index(|index| index.has_few(parties, from, FEW)));
        !few.transpose()?.unwrap_or(waiting)
    };
    let (mut found, mut looked) = (Vec::new(), 0);
    loop {
        let from = (search.oldest_first, place);
        let page = shared.index(|index| {
            if by_state {
                index.rare(parties.as_deref(), &search.states, from, most)
            } else {
                index.list(parties.as_deref(), waiting, from, most)
            }
        })?;
        if page.is_empty() {
            return Ok((found, None));
        }
        looked += page.len();
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
            if in_district && in_state {
                found.push(summary);
                if found.len() == limit {
                    return Ok((found, Some(created)));
                }
            }
        }
        if looked >= LOOKED {
            return Ok((found, Some(place)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::index::IndexWriter;

    #[test]
    fn what_is_rare_is_found_by_its_state_and_no_more_of_a_party_is_counted_than_few() {
        let folder = tempfile::tempdir().unwrap();
        let writer = IndexWriter::open(folder.path()).unwrap();
        let index = writer.index();
        let party: KeyHash = 7;
        for created in 1_i64..=300 {
            let state = match created % 10 {
                0 => 100,
                1 => 300,
                _ => 800,
            };
            index
                .connection
                .execute(
                    "INSERT INTO listed VALUES(?1, ?1, 'P', ?1, ?2, 0, '8601', NULL, ?1, ?1)",
                    params![created, state],
                )
                .unwrap();
            if created % 3 == 0 {
                index
                    .connection
                    .execute("INSERT INTO listed_party VALUES(?1, ?2)", params![party, created])
                    .unwrap();
            }
        }
        let places =
            |found: Vec<(u64, Summary)>| found.into_iter().map(|(place, _)| place).collect::<Vec<_>>();
        let newest = (false, u64::MAX);
        assert_eq!(places(index.rare(None, &[100], newest, 3).unwrap()), [300, 290, 280]);
        assert_eq!(places(index.rare(None, &[100, 300], newest, 3).unwrap()), [300, 291, 290]);
        assert_eq!(places(index.rare(None, &[100], (true, 280), 9).unwrap()), [290, 300]);
        assert_eq!(places(index.rare(Some(&[party]), &[100, 300], newest, 4).unwrap()), [300, 291, 270, 261]);
        assert_eq!(places(index.rare(Some(&[party]), &[100], (false, 61), 9).unwrap()), [60, 30]);
        // What trades stay in is in no such index.
        assert!(index.rare(None, &[800], newest, 9).unwrap().is_empty());
        assert!(index.has_few(&[party], newest, 100).unwrap());
        assert!(!index.has_few(&[party], newest, 99).unwrap());
        assert!(index.has_few(&[party], (true, 290), 4).unwrap());
    }
}
