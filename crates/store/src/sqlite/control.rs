//! The control store: what is mutable and not derivable from the ledger. Losing it loses no trade.

use crate::StoreError;
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A bearer token, bound to a party and a role. Only its hash is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// Number of the token, for lists and revocation.
    pub id: i64,
    /// Filing code of the party.
    pub party: Text,
    /// What its holder may do.
    pub role: Role,
    /// Who holds it.
    pub name: Text,
    /// Customs districts an officer sees (prefixes; empty = all).
    pub districts: Vec<Text>,
    /// When it was issued.
    pub created: Time,
    /// When it ends; none = never.
    pub expires: Option<Time>,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// The control store.
#[derive(Clone)]
pub struct Control {
    connection: Arc<Mutex<Connection>>,
    known: Arc<Mutex<HashMap<Vec<u8>, Known>>>,
}

/// A token as it was read a moment ago: every request asks for one.
struct Known {
    token: Token,
    read: Instant,
}

/// How long a token that was read is taken as it was: as long as it may live on after another process revoked it.
const KNOWN_FOR: Duration = Duration::from_secs(1);

/// Tokens remembered at most.
const KNOWN_TOKENS: usize = 10_000;

fn failed(operation: &str, source: rusqlite::Error) -> StoreError {
    StoreError::Failed { operation: operation.to_owned(), source: source.into() }
}

fn hash(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

impl Control {
    /// Opens the control store of a data folder.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(folder.join("control.db"))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "busy_timeout", 5000)?;
            connection.execute_batch(
                "CREATE TABLE IF NOT EXISTS token(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, party TEXT NOT NULL,
                     role INTEGER NOT NULL, name TEXT NOT NULL, districts TEXT NOT NULL, created INTEGER NOT NULL,
                     expires INTEGER, revoked INTEGER NOT NULL DEFAULT 0) STRICT;
                 CREATE TABLE IF NOT EXISTS preview(caller TEXT NOT NULL, person TEXT NOT NULL, day INTEGER NOT NULL,
                     count INTEGER NOT NULL, PRIMARY KEY(caller, person, day)) STRICT, WITHOUT ROWID;",
            )?;
            Ok(connection)
        };
        let connection = open().map_err(|error| failed("open the control store", error))?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), known: Arc::default() })
    }

    fn with<T>(
        &self,
        operation: &str,
        run: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let connection = self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        run(&connection).map_err(|error| failed(operation, error))
    }

    /// Issues a token; the text is shown once and never stored.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn issue(
        &self,
        party: &str,
        role: Role,
        name: &str,
        districts: &[Text],
        now: Time,
        expires: Option<Time>,
    ) -> Result<String, StoreError> {
        let mut bytes = [0u8; 24];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| StoreError::MasterKey("no random numbers".to_owned()))?;
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let token = format!("ow_{text}");
        let districts: Vec<&str> = districts.iter().map(Text::as_str).collect();
        self.with("issue a token", |connection| {
            connection.execute(
                "INSERT INTO token(hash, party, role, name, districts, created, expires) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![hash(&token), party, role as u8, name, districts.join(" "), now.0, expires.map(|time| time.0)],
            )
        })?;
        Ok(token)
    }

    /// The token of a text, if it was issued, whatever its state, as it was at most a second ago: a revocation by
    /// another process counts after that, one through this store at once.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn find(&self, token: &str) -> Result<Option<Token>, StoreError> {
        let hash = hash(token);
        if let Some(known) = self.known().get(&hash)
            && known.read.elapsed() < KNOWN_FOR
        {
            return Ok(Some(known.token.clone()));
        }
        self.with("find a token", |connection| {
            let mut statement = connection.prepare_cached("SELECT id, party, role, name, districts, created, expires, revoked FROM token WHERE hash = ?1")?;
            let found = statement.query_row([&hash], read_token).optional()?;
            // Before another may revoke it: the connection is still ours.
            if let Some(token) = &found {
                let mut known = self.known();
                if known.len() >= KNOWN_TOKENS {
                    known.clear();
                }
                known.insert(hash, Known { token: token.clone(), read: Instant::now() });
            }
            Ok(found)
        })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Known>> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// All tokens.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.with("list tokens", |connection| {
            let mut statement = connection.prepare(
                "SELECT id, party, role, name, districts, created, expires, revoked FROM token ORDER BY id",
            )?;
            statement.query_map([], read_token)?.collect()
        })
    }

    /// Revokes a token; false if there is none with this number.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn revoke(&self, id: i64) -> Result<bool, StoreError> {
        self.with("revoke a token", |connection| {
            let count = connection.execute("UPDATE token SET revoked = 1 WHERE id = ?1", [id])?;
            self.known().clear();
            Ok(count)
        })
        .map(|count| count == 1)
    }

    /// Counts a preview of a caller for a person on a day and says how many that makes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn count_preview(&self, caller: &str, person: &str, day: u32) -> Result<u32, StoreError> {
        self.with("count a preview", |connection| {
            connection.query_row(
                "INSERT INTO preview VALUES(?1, ?2, ?3, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count",
                params![caller, person, day],
                |row| row.get(0),
            )
        })
    }
}

fn read_token(row: &rusqlite::Row<'_>) -> rusqlite::Result<Token> {
    let districts: String = row.get(4)?;
    Ok(Token {
        id: row.get(0)?,
        party: row.get::<_, String>(1)?.into(),
        role: Role::from_number(row.get(2)?).unwrap_or(Role::Consumer),
        name: row.get::<_, String>(3)?.into(),
        districts: districts.split_whitespace().map(Text::from).collect(),
        created: Time(row.get(5)?),
        expires: row.get::<_, Option<i64>>(6)?.map(Time),
        revoked: row.get::<_, i64>(7)? != 0,
    })
}
