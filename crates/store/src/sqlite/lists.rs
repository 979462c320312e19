//! Lists read from the index: of consignments and of records, newest first, by place.

use super::index::{Index, failed};
use crate::StoreError;
use crate::hasher::KeyHash;
use crate::rows::{Summary, WAITING};
use clearance::Text;
use clearance::keys::{OrderKey, Position, Time};
use rusqlite::params;

impl Index {
    /// Places and last rows of records, newest first, before a place; of these parties, or of all.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn records(
        &self,
        register: u8,
        parties: Option<&[KeyHash]>,
        before: u64,
        limit: usize,
    ) -> Result<Vec<(u64, u64)>, StoreError> {
        recorded(&self.connection, register, parties, before, limit)
            .map_err(|error| failed("read a register", error))
    }

    /// Lines of a list, newest first, before a creation number; of these parties, or of all, or of all that waits.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(
        &self,
        parties: Option<&[KeyHash]>,
        waiting: bool,
        before: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Summary)>, StoreError> {
        const COLUMNS: &str =
            "listed.created, platform, order_no, state, lane, customs, entry, sequence, time";
        let run = || -> rusqlite::Result<Vec<(u64, Summary)>> {
            let before = i64::try_from(before).unwrap_or(i64::MAX);
            let mut found = Vec::new();
            match parties {
                None => {
                    let narrowed = if waiting {
                        format!("INDEXED BY listed_waiting WHERE state IN ({WAITING}) AND")
                    } else {
                        "WHERE".to_owned()
                    };
                    let mut statement = self.connection.prepare_cached(&format!(
                        "SELECT {COLUMNS} FROM listed {narrowed} created < ?1 ORDER BY created DESC LIMIT ?2"
                    ))?;
                    let rows = statement.query_map(params![before, limit as i64], read_summary)?;
                    for row in rows {
                        found.push(row?);
                    }
                }
                Some(parties) => {
                    let mut statement = self.connection.prepare_cached(&format!(
                        "SELECT {COLUMNS} FROM listed_party JOIN listed ON listed.created = listed_party.created
                         WHERE party = ?1 AND listed_party.created < ?2 ORDER BY listed_party.created DESC LIMIT ?3"
                    ))?;
                    for party in parties {
                        for row in statement.query_map(params![party, before, limit as i64], read_summary)? {
                            found.push(row?);
                        }
                    }
                    found.sort_by_key(|(created, _)| std::cmp::Reverse(*created));
                    found.dedup_by_key(|(created, _)| *created);
                    found.truncate(limit);
                }
            }
            Ok(found)
        };
        run().map_err(|error| failed("read a list", error))
    }
}

/// Places and last rows of records, newest first, before a place; of these parties, or of all.
fn recorded(
    connection: &rusqlite::Connection,
    register: u8,
    parties: Option<&[KeyHash]>,
    before: u64,
    limit: usize,
) -> rusqlite::Result<Vec<(u64, u64)>> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let place = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64));
    let mut found = Vec::new();
    let Some(parties) = parties else {
        let mut statement = connection.prepare_cached(
            "SELECT created, sequence FROM record WHERE register = ?1 AND created < ?2 ORDER BY created DESC LIMIT ?3",
        )?;
        for row in statement.query_map(params![register, before, limit as i64], place)? {
            found.push(row?);
        }
        return Ok(found);
    };
    let mut statement = connection.prepare_cached(
        "SELECT record.created, record.sequence FROM record_party JOIN record ON record.created = record_party.created
         WHERE party = ?1 AND record_party.register = ?2 AND record_party.created < ?3 ORDER BY record_party.created DESC LIMIT ?4",
    )?;
    for party in parties {
        for row in statement.query_map(params![party, register, before, limit as i64], place)? {
            found.push(row?);
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
