//! Where a space is kept: every call goes to the store behind it. Files are read on threads that may wait, so that whoever
//! serves requests never does.

use super::{KeptKey, Published, Tile};
use crate::postgres::evidence::Tables;
use crate::sqlite::evidence::Files;
use crate::{MasterKey, StoreError};
use ::evidence::{Entry, Hash};

/// Either place.
#[derive(Clone)]
pub(crate) enum Place {
    /// A data folder.
    Folder(Files),
    /// A space of a database.
    Database(Tables),
}

/// Runs what reads or writes files.
async fn aside<T: Send + 'static>(
    files: &Files,
    run: impl FnOnce(Files) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let files = files.clone();
    let done = tokio::task::spawn_blocking(move || run(files)).await;
    done.map_err(|source| StoreError::Failed {
        operation: "read the evidence log".to_owned(),
        source: source.into(),
    })?
}

impl Place {
    pub fn master(&self) -> &MasterKey {
        match self {
            Self::Folder(files) => files.wrapping(),
            Self::Database(tables) => &tables.master,
        }
    }

    /// Writers with rows in order of numbers: how many, and the chain head after the last.
    pub async fn writers(&self) -> Result<Vec<(u16, u64, Hash)>, StoreError> {
        match self {
            Self::Folder(files) => aside(files, |files| files.writers()).await,
            Self::Database(tables) => tables.writers().await,
        }
    }

    /// What is there of a writer's entries after one row up to another.
    pub async fn entries(&self, writer: u16, after: u64, upto: u64) -> Result<Vec<Entry>, StoreError> {
        match self {
            Self::Folder(_) if writer > 0 => Ok(Vec::new()),
            Self::Folder(files) => aside(files, move |files| files.entries(after, upto)).await,
            Self::Database(tables) => tables.entries(writer, after, upto).await,
        }
    }

    /// The last root of 256 rows that is kept: its number, and the chain head after it.
    pub async fn last_tile(&self, writer: u16) -> Result<Option<(u64, Hash)>, StoreError> {
        match self {
            Self::Folder(files) => aside(files, |files| files.last_tile()).await,
            Self::Database(tables) => tables.last_tile(writer).await,
        }
    }

    /// What is kept of the roots of a level from one number on.
    pub async fn roots(
        &self,
        writer: u16,
        level: u8,
        first: u64,
        count: u64,
    ) -> Result<Vec<(u64, Hash)>, StoreError> {
        match self {
            Self::Folder(files) => aside(files, move |files| files.roots(level, first, count)).await,
            Self::Database(tables) => tables.roots(writer, level, first, count).await,
        }
    }

    pub async fn put_tiles(&self, writer: u16, tiles: Vec<Tile>) -> Result<(), StoreError> {
        match self {
            Self::Folder(files) => aside(files, move |files| files.put_tiles(&tiles)).await,
            Self::Database(tables) => tables.put_tiles(writer, &tiles).await,
        }
    }

    pub async fn drop_tiles(&self, writer: u16) -> Result<(), StoreError> {
        match self {
            Self::Folder(files) => aside(files, |files| files.drop_tiles()).await,
            Self::Database(tables) => tables.drop_tiles(writer).await,
        }
    }

    /// All keys, oldest first.
    pub async fn keys(&self) -> Result<Vec<KeptKey>, StoreError> {
        match self {
            Self::Folder(files) => aside(files, |files| files.keys()).await,
            Self::Database(tables) => tables.keys().await,
        }
    }

    /// Keeps a key, unless another has its number.
    pub async fn add_key(&self, kept: KeptKey) -> Result<(), StoreError> {
        match self {
            Self::Folder(files) => aside(files, move |files| files.add_key(&kept)).await,
            Self::Database(tables) => tables.add_key(&kept).await,
        }
    }

    /// Published heads after a number.
    pub async fn heads(&self, after: u64, limit: usize) -> Result<Vec<Published>, StoreError> {
        match self {
            Self::Folder(files) => aside(files, move |files| files.heads(after, limit)).await,
            Self::Database(tables) => tables.heads(after, limit).await,
        }
    }

    /// Number of the newest published head.
    pub async fn last_head(&self) -> Result<Option<u64>, StoreError> {
        match self {
            Self::Folder(files) => aside(files, |files| files.last_head()).await,
            Self::Database(tables) => tables.last_head().await,
        }
    }

    /// Keeps a head; false where its number was taken meanwhile.
    pub async fn publish(&self, published: &Published) -> Result<bool, StoreError> {
        match self {
            Self::Folder(files) => {
                let published = published.clone();
                aside(files, move |files| files.publish(&published)).await
            }
            Self::Database(tables) => tables.publish(published).await,
        }
    }
}
