//! Providers of identities, and what waits to be a row of the ledger, in the database: the same for every server.

use super::control::Tokens;
use super::people::{Parameters, read_trace};
use crate::StoreError;
use crate::people::{Duty, Trace};
use clearance::keys::Time;
use clearance::party::Role;

impl Tokens {
    pub async fn set_provider(&self, name: &str, settings: &str, sealed: &[u8]) -> Result<(), StoreError> {
        let set = "INSERT INTO provider VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET settings = excluded.settings, secret = excluded.secret";
        self.changed("set a provider", set, &[&name, &settings, &sealed]).await.map(|_| ())
    }

    pub async fn provider(&self, name: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let find = "SELECT settings, secret FROM provider WHERE name = $1";
        let rows = self.rows("read a provider", find, &[&name]).await?;
        Ok(rows.first().map(|row| (row.get(0), row.get(1))))
    }

    pub async fn providers(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows =
            self.rows("list providers", "SELECT name, settings FROM provider ORDER BY name", &[]).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    pub async fn remove_provider(&self, name: &str) -> Result<bool, StoreError> {
        let remove = "DELETE FROM provider WHERE name = $1";
        Ok(self.changed("remove a provider", remove, &[&name]).await? == 1)
    }

    pub async fn begin_with(
        &self,
        state: &[u8],
        provider: &str,
        now: Time,
        oldest: Time,
    ) -> Result<(), StoreError> {
        let old = "DELETE FROM under_way WHERE began < $1";
        self.changed("begin a sign-in", old, &[&oldest.0]).await?;
        let begin = "INSERT INTO under_way VALUES ($1, $2, $3)";
        self.changed("begin a sign-in", begin, &[&state, &provider, &now.0]).await.map(|_| ())
    }

    pub async fn came_back(&self, state: &[u8], provider: &str, oldest: Time) -> Result<bool, StoreError> {
        let once = "DELETE FROM under_way WHERE state = $1 AND provider = $2 AND began >= $3";
        Ok(self.changed("end a sign-in", once, &[&state, &provider, &oldest.0]).await? == 1)
    }

    pub async fn provided(&self, identity: &[u8]) -> Result<Option<i64>, StoreError> {
        let find = "SELECT user_id FROM provided WHERE identity = $1";
        let rows = self.rows("find an identity", find, &[&identity]).await?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    pub async fn bind(&self, identity: &[u8], user: i64) -> Result<bool, StoreError> {
        let bind = "INSERT INTO provided SELECT $1, $2
            WHERE NOT EXISTS (SELECT 1 FROM provided WHERE user_id = $2) ON CONFLICT (identity) DO NOTHING";
        Ok(self.changed("bind an identity", bind, &[&identity, &user]).await? == 1)
    }

    pub async fn admit(
        &self,
        from: &str,
        to: &str,
        role: Role,
        duties: &[Duty],
        now: Time,
    ) -> Result<u64, StoreError> {
        let admit = "UPDATE window_user SET party = $2, role = $3, duties = $4, generation = generation + 1,
            version = version + 1, changed = $5 WHERE party = $1";
        let duties = Duty::words(duties);
        let with: Parameters<'_> = &[&from, &to, &(role as i16), &duties, &now.0];
        self.changed("admit users", admit, with).await
    }

    pub async fn happened(
        &self,
        by: &str,
        party: &str,
        what: &str,
        subject: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        let both = "WITH told AS (INSERT INTO trace(time, by_whom, party, what, subject) VALUES ($1, $2, $3, $4, $5))
            INSERT INTO unrecorded(time, by_whom, party, what, subject) VALUES ($1, $2, $3, $4, $5)";
        self.changed("write down what happened", both, &[&now.0, &by, &party, &what, &subject])
            .await
            .map(|_| ())
    }

    pub async fn unrecorded(&self, limit: i64) -> Result<Vec<Trace>, StoreError> {
        let list = "SELECT id, time, by_whom, party, what, subject FROM unrecorded ORDER BY id LIMIT $1";
        let rows = self.rows("read what happened", list, &[&limit]).await?;
        Ok(rows.iter().map(read_trace).collect())
    }

    pub async fn recorded(&self, id: i64) -> Result<(), StoreError> {
        let forget = "DELETE FROM unrecorded WHERE id = $1";
        self.changed("forget what is recorded", forget, &[&id]).await.map(|_| ())
    }
}
