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
pub mod pulse;
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
use deadpool_postgres::{
    ClientWrapper, Hook, HookError, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long making a connection may take, with all that it is set to: a database that stands still takes it and says nothing.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long one host of the address may take to be reached, where the address says nothing else (`connect_timeout`).
const REACHED_WITHIN: Duration = Duration::from_secs(3);
/// How long what was sent may be on its way before the connection counts as gone, where the address says nothing else
/// (`tcp_user_timeout`): a network that drops packets tells nobody.
const ARRIVES_WITHIN: Duration = Duration::from_secs(20);
/// Quiet after which a connection is asked by the machine whether the other end is there, how often, and how many times in vain; where
/// the address says nothing else (`keepalives_idle`, `keepalives_interval`, `keepalives_retries`).
const KEPT_ALIVE: (Duration, Duration, u32) = (Duration::from_secs(15), Duration::from_secs(5), 3);
/// A connection of a pool that nobody took for as long as this is asked whether it still answers, and thrown away where it does not: a
/// statement may have been given up on it.
const QUIET: Duration = Duration::from_secs(5);

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

/// The database took what it was sent and said nothing.
#[derive(thiserror::Error, Debug)]
#[error("the database does not answer")]
struct Unanswered;

/// Whether the database said nothing for too long.
fn is_unanswered(source: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    source.is::<Unanswered>()
        || source.downcast_ref::<PoolError>().is_some_and(|error| {
            matches!(error, PoolError::Timeout(_) | PoolError::PostCreateHook(HookError::Message(_)))
        })
}

/// What the database said, where it is what failed.
fn told(error: &StoreError) -> Option<&tokio_postgres::Error> {
    let StoreError::Failed { source, .. } = error else { return None };
    let pool = source.downcast_ref::<PoolError>();
    let backend = pool.and_then(|error| match error {
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => Some(error),
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
    source.is::<Fenced>() || is_unanswered(source.as_ref()) || told(error).is_some_and(is_gone)
}

/// A connection whose names are those of the space. It lives on the runtime that calls; see [`connect_on`].
async fn connect(options: &Options) -> Result<ClientWrapper, StoreError> {
    let failed = |error| failed("connect to the database", error);
    let (database, tls) = (address(options)?, tls(options)?);
    let connected = async {
        let (client, connection) = database.connect(tls).await.map_err(failed)?;
        let connection = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a connection to the database ended");
            }
        });
        let client = ClientWrapper::new(client, connection);
        client.batch_execute(&session(&options.schema)).await.map_err(failed)?;
        Ok::<_, StoreError>(client)
    };
    tokio::time::timeout(CONNECT_WITHIN, connected).await.unwrap_or_else(|_| {
        Err(StoreError::Failed { operation: "connect to the database".to_owned(), source: Unanswered.into() })
    })
}

/// The address, with what it does not say of how long a network may say nothing.
fn address(options: &Options) -> Result<tokio_postgres::Config, StoreError> {
    let mut database: tokio_postgres::Config =
        options.database.parse().map_err(|error| failed("read the address of the database", error))?;
    if database.get_connect_timeout().is_none() {
        database.connect_timeout(REACHED_WITHIN);
    }
    if database.get_tcp_user_timeout().is_none() {
        database.tcp_user_timeout(ARRIVES_WITHIN);
    }
    let (idle, interval, retries) = KEPT_ALIVE;
    if database.get_keepalives_idle() == tokio_postgres::Config::new().get_keepalives_idle() {
        database.keepalives_idle(idle);
    }
    if database.get_keepalives_interval().is_none() {
        database.keepalives_interval(interval);
    }
    if database.get_keepalives_retries().is_none() {
        database.keepalives_retries(retries);
    }
    Ok(database)
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
    let manager = deadpool_postgres::Manager::from_config(
        address(options)?,
        tls(options)?,
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    let session = session(&options.schema);
    let begin = Hook::async_fn(move |client: &mut ClientWrapper, _| {
        let session = session.clone();
        Box::pin(async move { answered(client.batch_execute(&session)).await })
    });
    let again = Hook::async_fn(|client: &mut ClientWrapper, metrics| {
        let quiet = metrics.last_used() > QUIET;
        Box::pin(async move { if quiet { answered(client.batch_execute("SELECT 1")).await } else { Ok(()) } })
    });
    let pool = Pool::builder(manager).max_size(connections).post_create(begin).pre_recycle(again);
    let built = pool.runtime(Runtime::Tokio1).create_timeout(Some(CONNECT_WITHIN)).build();
    built.map_err(|source| StoreError::Failed {
        operation: "make a pool of connections".to_owned(),
        source: source.into(),
    })
}

/// What a connection of a pool is asked before it is given to anybody, with an end to the waiting.
async fn answered(asked: impl Future<Output = Result<(), tokio_postgres::Error>>) -> Result<(), HookError> {
    match tokio::time::timeout(pulse::ANSWERS_WITHIN, asked).await {
        Ok(answer) => answer.map_err(HookError::Backend),
        Err(_) => Err(HookError::message("the database does not answer")),
    }
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
