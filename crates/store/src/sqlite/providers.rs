//! Providers of identities, and what waits to be a row of the ledger, in the file of the control store.

use super::control::Tokens;
use super::people::read_trace;
use crate::StoreError;
use crate::people::{Duty, Trace};
use clearance::keys::Time;
use clearance::party::Role;
use rusqlite::{OptionalExtension, params};

impl Tokens {
    pub fn set_provider(&self, name: &str, settings: &str, sealed: &[u8]) -> Result<(), StoreError> {
        self.with("set a provider", |connection| {
            connection.execute(
                "INSERT INTO provider VALUES(?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET settings = excluded.settings, secret = excluded.secret",
                params![name, settings, sealed],
            )
        })
        .map(|_| ())
    }

    pub fn provider(&self, name: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        self.with("read a provider", |connection| {
            let mut statement =
                connection.prepare_cached("SELECT settings, secret FROM provider WHERE name = ?1")?;
            statement.query_row([name], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
    }

    pub fn providers(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.with("list providers", |connection| {
            let mut statement = connection.prepare("SELECT name, settings FROM provider ORDER BY name")?;
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
    }

    pub fn remove_provider(&self, name: &str) -> Result<bool, StoreError> {
        self.with("remove a provider", |connection| {
            connection.execute("DELETE FROM provider WHERE name = ?1", [name])
        })
        .map(|count| count == 1)
    }

    pub fn begin_with(
        &self,
        state: &[u8],
        provider: &str,
        now: Time,
        oldest: Time,
    ) -> Result<(), StoreError> {
        self.all_or_nothing("begin a sign-in", |connection| {
            connection.execute("DELETE FROM under_way WHERE began < ?1", [oldest.0])?;
            let begin = "INSERT INTO under_way VALUES(?1, ?2, ?3)";
            connection.execute(begin, params![state, provider, now.0]).map(|_| ())
        })
    }

    pub fn came_back(&self, state: &[u8], provider: &str, oldest: Time) -> Result<bool, StoreError> {
        self.with("end a sign-in", |connection| {
            let once = "DELETE FROM under_way WHERE state = ?1 AND provider = ?2 AND began >= ?3";
            connection.execute(once, params![state, provider, oldest.0])
        })
        .map(|count| count == 1)
    }

    pub fn provided(&self, identity: &[u8]) -> Result<Option<i64>, StoreError> {
        self.with("find an identity", |connection| {
            let mut statement =
                connection.prepare_cached("SELECT user_id FROM provided WHERE identity = ?1")?;
            statement.query_row([identity], |row| row.get(0)).optional()
        })
    }

    pub fn bind(&self, identity: &[u8], user: i64) -> Result<bool, StoreError> {
        self.with("bind an identity", |connection| {
            let bind = "INSERT INTO provided SELECT ?1, ?2
                WHERE NOT EXISTS (SELECT 1 FROM provided WHERE user_id = ?2) ON CONFLICT DO NOTHING";
            connection.execute(bind, params![identity, user])
        })
        .map(|count| count == 1)
    }

    pub fn admit(
        &self,
        from: &str,
        to: &str,
        role: Role,
        duties: &[Duty],
        now: Time,
    ) -> Result<u64, StoreError> {
        self.with("admit users", |connection| {
            connection.execute(
                "UPDATE window_user SET party = ?2, role = ?3, duties = ?4, generation = generation + 1,
                 version = version + 1, changed = ?5 WHERE party = ?1",
                params![from, to, role as u8, Duty::words(duties), now.0],
            )
        })
        .map(|count| count as u64)
    }

    pub fn happened(
        &self,
        by: &str,
        party: &str,
        what: &str,
        subject: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        self.all_or_nothing("write down what happened", |connection| {
            for table in ["trace", "unrecorded"] {
                let add = format!(
                    "INSERT INTO {table}(time, by_whom, party, what, subject) VALUES(?1, ?2, ?3, ?4, ?5)"
                );
                connection.prepare_cached(&add)?.execute(params![now.0, by, party, what, subject])?;
            }
            Ok(())
        })
    }

    pub fn unrecorded(&self, limit: i64) -> Result<Vec<Trace>, StoreError> {
        self.with("read what happened", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, time, by_whom, party, what, subject FROM unrecorded ORDER BY id LIMIT ?1",
            )?;
            statement.query_map([limit], read_trace)?.collect()
        })
    }

    pub fn recorded(&self, id: i64) -> Result<(), StoreError> {
        self.with("forget what is recorded", |connection| {
            connection.execute("DELETE FROM unrecorded WHERE id = ?1", [id])
        })
        .map(|_| ())
    }
}
