//! The evidence log of a space in a database: digests from the ledger of every writer; roots of complete subtrees in a table
//! that is derived; keys and published heads in tables that are only added to. What it all means is for `crate::evidence`.

use super::{execute, failed, query, took};
use crate::evidence::{KeptKey, Published, Tile, digest_of, head_of};
use crate::{MasterKey, StoreError};
use ::evidence::{Entry, Hash, Key};
use clearance::keys::Position;
use deadpool_postgres::{Object, Pool};
use tokio::runtime::Handle;

/// The tables.
#[derive(Clone)]
pub(crate) struct Tables {
    pub pool: Pool,
    pub home: Handle,
    pub master: MasterKey,
}

impl Tables {
    async fn client(&self) -> Result<Object, StoreError> {
        took(&self.pool, &self.home).await
    }

    /// What is derived and kept under a name.
    pub async fn derived(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let client = self.client().await?;
        let rows = query(&client, "SELECT bytes FROM derived WHERE name = $1", &[&name]).await;
        let rows = rows.map_err(|error| failed("read what is derived", error))?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    /// Keeps what is derived: that of the server that was last stays.
    pub async fn keep_derived(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let client = self.client().await?;
        let keep =
            "INSERT INTO derived VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes";
        execute(&client, keep, &[&name, &bytes])
            .await
            .map_err(|error| failed("keep what is derived", error))?;
        Ok(())
    }

    pub async fn writers(&self) -> Result<Vec<(u16, u64, Hash)>, StoreError> {
        let client = self.client().await?;
        let writers = "SELECT writer, sequence, head FROM writer WHERE sequence > 0 ORDER BY writer";
        let rows = query(&client, writers, &[]).await.map_err(|error| failed("read the writers", error))?;
        rows.iter()
            .map(|row| {
                let (writer, sequence) = (row.get::<_, i32>(0) as u16, row.get::<_, i64>(1) as u64);
                Ok((writer, sequence, digest_of(Position { writer, sequence }, row.get(2))?))
            })
            .collect()
    }

    pub async fn entries(&self, writer: u16, after: u64, upto: u64) -> Result<Vec<Entry>, StoreError> {
        let client = self.client().await?;
        let some = "SELECT sequence, time, kind, digest FROM ledger WHERE writer = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence";
        let rows = query(&client, some, &[&i32::from(writer), &(after as i64), &(upto as i64)]).await;
        let rows = rows.map_err(|error| failed("read digests", error))?;
        rows.iter()
            .map(|row| {
                let sequence = row.get::<_, i64>(0) as u64;
                let digest = digest_of(Position { writer, sequence }, row.get(3))?;
                let kind = row.get::<_, i16>(2) as u8;
                Ok(Entry { writer, sequence, time: row.get(1), kind, digest })
            })
            .collect()
    }

    pub async fn last_tile(&self, writer: u16) -> Result<Option<(u64, Hash)>, StoreError> {
        let client = self.client().await?;
        let last = "SELECT number, chain FROM evidence_tile WHERE writer = $1 AND level = 8 ORDER BY number DESC LIMIT 1";
        let rows = query(&client, last, &[&i32::from(writer)]).await;
        let rows = rows.map_err(|error| failed("read the tree", error))?;
        let tile = |row: &tokio_postgres::Row| {
            Ok((row.get::<_, i64>(0) as u64, digest_of(Position { writer, sequence: 0 }, row.get(1))?))
        };
        rows.first().map(tile).transpose()
    }

    pub async fn roots(
        &self,
        writer: u16,
        level: u8,
        first: u64,
        count: u64,
    ) -> Result<Vec<(u64, Hash)>, StoreError> {
        let client = self.client().await?;
        let some = "SELECT number, root FROM evidence_tile WHERE writer = $1 AND level = $2 AND number >= $3 AND number < $4 ORDER BY number";
        let (level, end) = (i16::from(level), (first + count) as i64);
        let rows = query(&client, some, &[&i32::from(writer), &level, &(first as i64), &end]).await;
        let rows = rows.map_err(|error| failed("read the tree", error))?;
        rows.iter()
            .map(|row| {
                Ok((row.get::<_, i64>(0) as u64, digest_of(Position { writer, sequence: 0 }, row.get(1))?))
            })
            .collect()
    }

    pub async fn put_tiles(&self, writer: u16, tiles: &[Tile]) -> Result<(), StoreError> {
        let client = self.client().await?;
        let levels: Vec<i16> = tiles.iter().map(|tile| i16::from(tile.level)).collect();
        let numbers: Vec<i64> = tiles.iter().map(|tile| tile.number as i64).collect();
        let roots: Vec<&[u8]> = tiles.iter().map(|tile| tile.root.as_slice()).collect();
        let chains: Vec<&[u8]> = tiles.iter().map(|tile| tile.chain.as_slice()).collect();
        let put = "INSERT INTO evidence_tile(writer, level, number, root, chain) SELECT $1, t.level, t.number, t.root, t.chain FROM unnest($2::smallint[], $3::bigint[], $4::bytea[], $5::bytea[]) AS t(level, number, root, chain) ON CONFLICT (writer, level, number) DO NOTHING";
        let done = execute(&client, put, &[&i32::from(writer), &levels, &numbers, &roots, &chains]).await;
        done.map(|_| ()).map_err(|error| failed("write the tree", error))
    }

    pub async fn drop_tiles(&self, writer: u16) -> Result<(), StoreError> {
        let client = self.client().await?;
        let done =
            execute(&client, "DELETE FROM evidence_tile WHERE writer = $1", &[&i32::from(writer)]).await;
        done.map(|_| ()).map_err(|error| failed("empty the tree", error))
    }

    pub async fn keys(&self) -> Result<Vec<KeptKey>, StoreError> {
        let client = self.client().await?;
        let all = "SELECT number, made, public, wrapped FROM evidence_key ORDER BY number";
        let rows = query(&client, all, &[]).await;
        let rows = rows.map_err(|error| failed("read the keys of the log", error))?;
        rows.iter()
            .map(|row| {
                let public = digest_of(Position::default(), row.get(2))?;
                let key = Key { number: row.get::<_, i32>(0) as u32, made: row.get(1), public };
                Ok(KeptKey { key, wrapped: row.get(3) })
            })
            .collect()
    }

    pub async fn add_key(&self, kept: &KeptKey) -> Result<(), StoreError> {
        let client = self.client().await?;
        let add = "INSERT INTO evidence_key(number, made, public, wrapped) VALUES ($1, $2, $3, $4) ON CONFLICT (number) DO NOTHING";
        let (number, public) = (kept.key.number as i32, kept.key.public.as_slice());
        let done = execute(&client, add, &[&number, &kept.key.made, &public, &kept.wrapped]).await;
        done.map(|_| ()).map_err(|error| failed("keep a key of the log", error))
    }

    pub async fn heads(&self, after: u64, limit: usize) -> Result<Vec<Published>, StoreError> {
        let client = self.client().await?;
        let some = "SELECT number, note FROM evidence_head WHERE number > $1 ORDER BY number LIMIT $2";
        let rows = query(&client, some, &[&(after as i64), &(limit as i64)]).await;
        let rows = rows.map_err(|error| failed("read heads", error))?;
        rows.iter().map(|row| head_of(row.get::<_, i64>(0) as u64, row.get(1))).collect()
    }

    pub async fn last_head(&self) -> Result<Option<u64>, StoreError> {
        let client = self.client().await?;
        let rows = query(&client, "SELECT max(number) FROM evidence_head", &[]).await;
        let rows = rows.map_err(|error| failed("read heads", error))?;
        Ok(rows.first().and_then(|row| row.get::<_, Option<i64>>(0)).map(|number| number as u64))
    }

    pub async fn publish(&self, published: &Published) -> Result<bool, StoreError> {
        let client = self.client().await?;
        let add = "INSERT INTO evidence_head(number, time, note) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING";
        let (number, text) = (published.number as i64, published.head.to_text());
        let done = execute(&client, add, &[&number, &published.head.head.time, &text]).await;
        done.map(|count| count == 1).map_err(|error| failed("publish a head", error))
    }
}
