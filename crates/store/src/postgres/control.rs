//! Tokens, preview counters and settings in the database: the same for every server. People who sign in are in `people`.

use super::{Options, execute, failed, pool, query, schema, took};
use crate::StoreError;
use crate::control::{Issued, Token};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use deadpool_postgres::{Object, Pool};
use tokio::runtime::Handle;

/// Connections that ask for tokens.
const CONNECTIONS: usize = 2;

/// The tables.
#[derive(Clone)]
pub(crate) struct Tokens {
    pool: Pool,
    home: Handle,
}

const COLUMNS: &str = "id, party, role, name, districts, created, expires, revoked, scopes, bound_to";

impl Tokens {
    pub async fn connect(options: &Options) -> Result<Self, StoreError> {
        schema::ready(options).await?;
        Ok(Self { pool: pool(options, CONNECTIONS)?, home: Handle::current() })
    }

    pub(super) async fn client(&self) -> Result<Object, StoreError> {
        took(&self.pool, &self.home).await
    }

    pub async fn issue(&self, token: &Issued<'_>) -> Result<i64, StoreError> {
        let client = self.client().await?;
        let issue =
            "INSERT INTO token(hash, party, role, name, districts, created, expires, scopes, bound_to)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
        let expires = token.expires.map(|time| time.0);
        let rows = query(
            &client,
            issue,
            &[
                &token.hash,
                &token.party,
                &(token.role as i16),
                &token.name,
                &token.districts,
                &token.created.0,
                &expires,
                &token.scopes,
                &token.bound_to,
            ],
        )
        .await
        .map_err(|error| failed("issue a token", error))?;
        Ok(rows.first().map_or(0, |row| row.get(0)))
    }

    pub async fn find(&self, hash: &[u8]) -> Result<Option<Token>, StoreError> {
        let client = self.client().await?;
        let find = format!("SELECT {COLUMNS} FROM token WHERE hash = $1");
        let rows = query(&client, &find, &[&hash]).await.map_err(|error| failed("find a token", error))?;
        Ok(rows.first().map(read_token))
    }

    pub async fn all(&self) -> Result<Vec<Token>, StoreError> {
        let client = self.client().await?;
        let all = format!("SELECT {COLUMNS} FROM token ORDER BY id");
        let rows = query(&client, &all, &[]).await.map_err(|error| failed("list tokens", error))?;
        Ok(rows.iter().map(read_token).collect())
    }

    pub async fn revoke(&self, id: i64) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let count = execute(&client, "UPDATE token SET revoked = true WHERE id = $1", &[&id]).await;
        count.map(|count| count == 1).map_err(|error| failed("revoke a token", error))
    }

    pub async fn first_time(&self, hash: &[u8], now: Time, over: Option<Time>) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let forgot = |error| failed("remember what was said once", error);
        if let Some(over) = over {
            execute(&client, "DELETE FROM nonce WHERE seen < $1", &[&over.0]).await.map_err(forgot)?;
        }
        let once = "INSERT INTO nonce VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
        Ok(execute(&client, once, &[&hash, &now.0]).await.map_err(forgot)? == 1)
    }

    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let client = self.client().await?;
        let rows = query(&client, "SELECT value FROM setting WHERE name = $1", &[&name]).await;
        let rows = rows.map_err(|error| failed("read a setting", error))?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    pub async fn set(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let client = self.client().await?;
        let set =
            "INSERT INTO setting VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        let done = execute(&client, set, &[&name, &value]).await;
        done.map(|_| ()).map_err(|error| failed("write a setting", error))
    }

    pub async fn count_preview(&self, caller: &str, person: &str, day: u32) -> Result<u32, StoreError> {
        let client = self.client().await?;
        let count = "INSERT INTO preview AS p VALUES ($1, $2, $3, 1) ON CONFLICT (caller, person, day) DO UPDATE SET count = p.count + 1 RETURNING count";
        let rows = query(&client, count, &[&caller, &person, &(day as i32)])
            .await
            .map_err(|error| failed("count a preview", error))?;
        Ok(rows.first().map_or(0, |row| row.get::<_, i32>(0) as u32))
    }
}

/// Words as stored.
pub(super) fn texts(words: &str) -> Vec<Text> {
    words.split_whitespace().map(Text::from).collect()
}

fn read_token(row: &tokio_postgres::Row) -> Token {
    let role = u8::try_from(row.get::<_, i16>(2)).ok().and_then(Role::from_number);
    Token {
        id: row.get(0),
        party: row.get::<_, &str>(1).into(),
        role: role.unwrap_or(Role::Consumer),
        name: row.get::<_, &str>(3).into(),
        districts: texts(row.get(4)),
        created: Time(row.get(5)),
        expires: row.get::<_, Option<i64>>(6).map(Time),
        revoked: row.get(7),
        scopes: row.get::<_, Option<&str>>(8).map(texts),
        bound_to: row.get::<_, Option<&str>>(9).map(Text::from),
    }
}
