//! Archives of closed trades: a folder with one Parquet file a month, a manifest and its signature. Rows are written as they are
//! given ([`Writer`], [`write_manifest`]) and checked by whoever trusts nobody's store ([`check`]).
//!
//! Which rows belong into an archive, and what is left out of them, is decided by `server`; the keys that sign are kept by
//! `store`. Whoever checks an archive needs this crate and `evidence`, and nothing else of ours.

mod check;
mod columns;
mod manifest;
mod read;
mod row;
pub mod sample;
mod write;

pub use check::{Fault, Known, Report, check};
pub use columns::{COLUMNS, Column, Kind, schema_text};
pub use manifest::{ArchivedFile, Group, MANIFEST, Manifest, NotWritten, SIGNATURE, write_manifest};
pub use read::{Groups, Unreadable};
pub use row::{Cell, Row};
pub use write::{Writer, Written};

use std::path::PathBuf;

/// Version of the columns and of what is hashed of a row.
pub const SCHEMA: u32 = 1;

/// Why an archive cannot be written or read.
#[derive(thiserror::Error, Debug)]
pub enum Error {
    /// The disk.
    #[error("{}", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The Parquet file.
    #[error("{}", .path.display())]
    Parquet {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// It is no archive of ours.
    #[error("{}: {what}", .path.display())]
    NoArchive {
        /// Which file.
        path: PathBuf,
        /// Why not.
        what: String,
    },
}

impl Error {
    /// What went wrong, and why.
    pub fn told(&self) -> String {
        let source = std::error::Error::source(self).map(|source| format!(": {source}"));
        format!("{self}{}", source.unwrap_or_default())
    }

    fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
    fn parquet(path: &std::path::Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let path = path.to_owned();
        move |source| Self::Parquet { path, source }
    }
    fn no_archive(path: &std::path::Path, what: impl ToString) -> Self {
        Self::NoArchive { path: path.to_owned(), what: what.to_string() }
    }
}
