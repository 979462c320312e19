//! The store on PostgreSQL: the same server may be started many times on one database, which is the arbiter between them.
//! Keys are rows that a batch locks in one order before it looks; one that is not there is made once, or the batch is lost. Accounts
//! move conditionally; what follows from a row is written in its commit. Each committing connection is a writer with a lease, a
//! fence and a chain of its own.
//!
//! What is mutable and not derivable (tokens, preview counters, settings) lies beside, in `control`. Nothing is judged here.

mod assignments;
mod cold;
pub(crate) mod control;
pub(crate) mod evidence;
mod exports;
mod lists;
mod load;
mod people;
mod providers;
mod read;
mod receipts;
mod registers;
mod retry;
pub mod rotate;
mod scan;
pub mod schema;
mod store;
pub mod verify;
mod write;
mod writer;

pub use read::PostgresRead;
pub use store::{PostgresStore, PostgresTransaction};

use crate::StoreError;
use deadpool_postgres::{ClientWrapper, Hook, HookError, ManagerConfig, Object, Pool, RecyclingMethod};
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What an operator may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the database is: a URL or `host=… user=…`.
    pub database: String,
    /// The space: a schema of the database.
    pub schema: String,
    /// Where the master key lies: the same file for every server of a space.
    pub master_key: PathBuf,
    /// Authorities whose certificate the database must show, as PEM; none = those that browsers trust. Whether the
    /// connection is encrypted at all is said by `sslmode` in the address.
    pub authorities: Option<PathBuf>,
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
            authorities: None,
            lease: Duration::from_secs(30),
        }
    }
}

fn failed(operation: &str, source: tokio_postgres::Error) -> StoreError {
    StoreError::Failed { operation: operation.to_owned(), source: source.into() }
}

/// Whether another transaction was in the way: rolled back, to be done again. Statements are sent together: one that only heard
/// that another of them failed does not know why, and is told when it is done again. Whoever stands still with what another waits
/// for is ended by the database (`idle_in_transaction_session_timeout`), after which the next attempt goes on.
fn is_race(error: &tokio_postgres::Error) -> bool {
    matches!(
        error.code(),
        Some(
            &SqlState::T_R_SERIALIZATION_FAILURE
                | &SqlState::T_R_DEADLOCK_DETECTED
                | &SqlState::LOCK_NOT_AVAILABLE
                | &SqlState::UNIQUE_VIOLATION
                | &SqlState::IN_FAILED_SQL_TRANSACTION
        )
    )
}

/// Whether the connection is gone: nobody knows what became of a commit that was on its way.
fn is_gone(error: &tokio_postgres::Error) -> bool {
    let shutting_down = matches!(
        error.code(),
        Some(
            &SqlState::ADMIN_SHUTDOWN
                | &SqlState::CRASH_SHUTDOWN
                | &SqlState::CANNOT_CONNECT_NOW
                | &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        )
    );
    error.is_closed() || shutting_down || (error.code().is_none() && error.as_db_error().is_none())
}

/// Another process took over the writer's number: this one has to take another.
#[derive(thiserror::Error, Debug)]
#[error("another process took over writer {0}")]
struct Fenced(u16);

/// What the database said, where it is what failed.
fn told(error: &StoreError) -> Option<&tokio_postgres::Error> {
    let StoreError::Failed { source, .. } = error else { return None };
    let pool = source.downcast_ref::<deadpool_postgres::PoolError>();
    let backend = pool.and_then(|error| match error {
        deadpool_postgres::PoolError::Backend(error)
        | deadpool_postgres::PoolError::PostCreateHook(HookError::Backend(error)) => Some(error),
        _ => None,
    });
    source.downcast_ref::<tokio_postgres::Error>().or(backend)
}

/// Whether the disk of the database has no room (53100): what was under way is rolled back. Where it has none for the database's
/// own log, the database ends, and its connections are gone.
pub(crate) fn wants_room(error: &StoreError) -> bool {
    told(error).is_some_and(|error| error.code() == Some(&SqlState::DISK_FULL))
}

/// Whether opening the store again may mend it.
pub(crate) fn may_pass(error: &StoreError) -> bool {
    let StoreError::Failed { source, .. } = error else { return false };
    source.is::<Fenced>() || told(error).is_some_and(is_gone)
}

/// A connection whose names are those of the space. It lives on the runtime that calls; see [`connect_on`].
async fn connect(options: &Options) -> Result<ClientWrapper, StoreError> {
    let failed = |error| failed("connect to the database", error);
    let (client, connection) =
        tokio_postgres::connect(&options.database, tls(options)?).await.map_err(failed)?;
    let connection = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "a connection to the database ended");
        }
    });
    let client = ClientWrapper::new(client, connection);
    client.batch_execute(&session(&options.schema)).await.map_err(failed)?;
    Ok(client)
}

/// How connections are encrypted where the address or the database asks for it; certificates are always checked.
fn tls(options: &Options) -> Result<MakeRustlsConnect, StoreError> {
    crate::authorities::client(options.authorities.as_deref()).map(MakeRustlsConnect::new)
}

/// Rows of a statement that is prepared once a connection.
async fn query(
    client: &ClientWrapper,
    statement: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let prepared = client.prepare_cached(statement).await?;
    client.query(&prepared, parameters).await
}

/// How many rows a statement changed that is prepared once a connection.
async fn execute(
    client: &ClientWrapper,
    statement: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<u64, tokio_postgres::Error> {
    let prepared = client.prepare_cached(statement).await?;
    client.execute(&prepared, parameters).await
}

/// The connection of a writer.
async fn connect_to_write(options: &Options) -> Result<ClientWrapper, StoreError> {
    let client = connect(options).await?;
    client.batch_execute(BY_KEY).await.map_err(|error| failed("connect to the database", error))?;
    Ok(client)
}

/// The same on the runtime that opened the store: whoever asks for it may have a runtime that ends before it.
async fn connect_on(home: &Handle, options: &Options) -> Result<ClientWrapper, StoreError> {
    let options = options.clone();
    let connected = home.spawn(async move { connect_to_write(&options).await }).await;
    connected.map_err(|source| StoreError::Failed {
        operation: "connect to the database".to_owned(),
        source: source.into(),
    })?
}

/// What the connection of a writer is set to besides: its statements name rows by their keys, whatever the tables held when
/// the plan was made.
const BY_KEY: &str = "SET enable_seqscan TO off; SET enable_hashjoin TO off; SET enable_mergejoin TO off; SET jit TO off; SET plan_cache_mode TO force_generic_plan";

/// A pool of connections whose names are those of the space.
fn pool(options: &Options, connections: usize) -> Result<Pool, StoreError> {
    let database: tokio_postgres::Config =
        options.database.parse().map_err(|error| failed("read the address of the database", error))?;
    let manager = deadpool_postgres::Manager::from_config(
        database,
        tls(options)?,
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    let session = session(&options.schema);
    let begin = Hook::async_fn(move |client: &mut ClientWrapper, _| {
        let session = session.clone();
        Box::pin(async move { client.batch_execute(&session).await.map_err(HookError::Backend) })
    });
    let built = Pool::builder(manager).max_size(connections).post_create(begin).build();
    built.map_err(|source| StoreError::Failed {
        operation: "make a pool of connections".to_owned(),
        source: source.into(),
    })
}

/// A connection of a pool. It lives on the runtime that made the pool: that of a caller may end before it does.
async fn took(pool: &Pool, home: &Handle) -> Result<Object, StoreError> {
    let refused = |source: Box<dyn std::error::Error + Send + Sync>| StoreError::Failed {
        operation: "connect to the database".to_owned(),
        source,
    };
    let pool = pool.clone();
    let got = home.spawn(async move { pool.get().await }).await;
    got.map_err(|error| refused(error.into()))?.map_err(|error| refused(error.into()))
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
