//! The store on PostgreSQL: the same server may be started many times on one database, which is the arbiter between them.
//! Keys are rows that a batch locks in one order before it looks; accounts move conditionally; what follows from a row is
//! written in its commit. Each committing connection is a writer with a lease, a fence and a chain of its own.
//!
//! What is not here: judgement, and whatever is mutable and not derivable (tokens, previews).

mod cold;
mod load;
mod read;
pub mod schema;
mod store;
mod write;

pub use read::PostgresRead;
pub use store::PostgresStore;

use crate::StoreError;
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

/// What an operator may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the database is: a URL or `host=… user=…`.
    pub database: String,
    /// The space: a schema of the database.
    pub schema: String,
    /// Where the master key lies: the same file for every server of a space.
    pub master_key: PathBuf,
    /// How long a writer's number stays its own when nothing is heard of it.
    pub lease: Duration,
}

impl Options {
    /// A space `onewindow` in a database.
    pub fn new(database: &str, master_key: PathBuf) -> Self {
        Self {
            database: database.to_owned(),
            schema: "onewindow".to_owned(),
            master_key,
            lease: Duration::from_secs(30),
        }
    }
}

fn failed(operation: &str, source: tokio_postgres::Error) -> StoreError {
    StoreError::Failed { operation: operation.to_owned(), source: source.into() }
}

/// Whether another transaction was in the way: rolled back, to be done again.
fn is_race(error: &tokio_postgres::Error) -> bool {
    matches!(
        error.code(),
        Some(
            &SqlState::T_R_SERIALIZATION_FAILURE
                | &SqlState::T_R_DEADLOCK_DETECTED
                | &SqlState::UNIQUE_VIOLATION
        )
    )
}

/// Whether the connection is gone: nobody knows what became of a commit that was on its way.
fn is_gone(error: &tokio_postgres::Error) -> bool {
    let shutting_down = matches!(
        error.code(),
        Some(&SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN | &SqlState::CANNOT_CONNECT_NOW)
    );
    error.is_closed() || shutting_down || (error.code().is_none() && error.as_db_error().is_none())
}

/// A connection whose names are those of the space. It lives on the runtime that calls; see [`connect_on`].
async fn connect(options: &Options) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(&options.database, NoTls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "a connection to the database ended");
        }
    });
    client.batch_execute(&session(&options.schema)).await?;
    Ok(client)
}

/// A connection on the runtime that opened the store: whoever asks for it may have a runtime that ends before it.
async fn connect_on(home: &Handle, options: &Options) -> Result<Client, StoreError> {
    let options = options.clone();
    let connected = home.spawn(async move { connect(&options).await }).await;
    connected
        .map_err(|source| StoreError::Failed {
            operation: "connect to the database".to_owned(),
            source: source.into(),
        })?
        .map_err(|error| failed("connect to the database", error))
}

/// What every connection is set to. A commit that is reported is on disk, whatever the database's own default.
fn session(schema: &str) -> String {
    format!(
        "SET search_path TO {schema}; SET synchronous_commit TO on; SET default_transaction_isolation TO 'read committed'; SET client_min_messages TO warning; SET lock_timeout TO '20s'; SET idle_in_transaction_session_timeout TO '30s'",
        schema = quoted(schema)
    )
}

/// A name as SQL has it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
