//! Tokens, preview counters and settings in a file of the data folder, whose tables are made and changed here. People who
//! sign in are in `people`.

use crate::StoreError;
use crate::control::{Issued, Token};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// The file.
#[derive(Clone)]
pub(crate) struct Tokens {
    connection: Arc<Mutex<Connection>>,
}

/// The tables of the first release.
const FIRST: &str =
    "CREATE TABLE IF NOT EXISTS token(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, party TEXT NOT NULL,
         role INTEGER NOT NULL, name TEXT NOT NULL, districts TEXT NOT NULL, created INTEGER NOT NULL,
         expires INTEGER, revoked INTEGER NOT NULL DEFAULT 0) STRICT;
     CREATE TABLE IF NOT EXISTS preview(caller TEXT NOT NULL, person TEXT NOT NULL, day INTEGER NOT NULL,
         count INTEGER NOT NULL, PRIMARY KEY(caller, person, day)) STRICT, WITHOUT ROWID;
     CREATE TABLE IF NOT EXISTS setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;";

/// Steps after that, in order; `user_version` counts those that are done. A released one never changes.
const STEPS: &[&str] = &[
    // What a token is for; people who sign in.
    "ALTER TABLE token ADD COLUMN scopes TEXT;
     CREATE TABLE window_user(id INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, party TEXT NOT NULL,
         role INTEGER NOT NULL, duties TEXT NOT NULL, districts TEXT NOT NULL, state INTEGER NOT NULL, password TEXT NOT NULL,
         second_factor BLOB, pending BLOB, step INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0,
         version INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT;
     CREATE INDEX window_user_party ON window_user(party, id);
     CREATE TABLE recovery(user_id INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(user_id, hash)) STRICT, WITHOUT ROWID;
     CREATE TABLE session(id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, user_id INTEGER NOT NULL,
         generation INTEGER NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL, address TEXT NOT NULL) STRICT;
     CREATE INDEX session_user ON session(user_id);
     CREATE TABLE attempt(login BLOB PRIMARY KEY, failed INTEGER NOT NULL, until INTEGER NOT NULL, last INTEGER NOT NULL,
         allowed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE INDEX attempt_last ON attempt(last);
     CREATE TABLE trace(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, by_whom TEXT NOT NULL, party TEXT NOT NULL,
         what TEXT NOT NULL, subject TEXT NOT NULL) STRICT;
     CREATE INDEX trace_party ON trace(party, id);",
    // What waits to be a row of the ledger; providers of identities, whom they proved, and sign-ins that are under way.
    "ALTER TABLE session ADD COLUMN provided INTEGER NOT NULL DEFAULT 0;
     CREATE TABLE unrecorded(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, by_whom TEXT NOT NULL, party TEXT NOT NULL,
         what TEXT NOT NULL, subject TEXT NOT NULL) STRICT;
     CREATE TABLE provider(name TEXT PRIMARY KEY, settings TEXT NOT NULL, secret BLOB NOT NULL) STRICT;
     CREATE TABLE provided(identity BLOB PRIMARY KEY, user_id INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE under_way(state BLOB PRIMARY KEY, provider TEXT NOT NULL, began INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
    // The key without which a token is worth nothing; what signed requests said once.
    "ALTER TABLE token ADD COLUMN bound_to TEXT;
     CREATE TABLE nonce(hash BLOB PRIMARY KEY, seen INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE INDEX nonce_seen ON nonce(seen);",
    // Which officer works on which trade, until when.
    "CREATE TABLE assignment(platform TEXT NOT NULL, order_no TEXT NOT NULL, party TEXT NOT NULL, officer TEXT NOT NULL,
         until INTEGER NOT NULL, PRIMARY KEY(platform, order_no)) STRICT, WITHOUT ROWID;",
];

/// Takes the steps that are not done. A server and a command may open at once: one waits for the other.
fn brought_up(connection: &Connection) -> rusqlite::Result<()> {
    let done = |connection: &Connection| {
        connection.query_row("SELECT user_version FROM pragma_user_version", [], |row| row.get::<_, u32>(0))
    };
    let known = STEPS.len() as u32;
    if done(connection)? >= known {
        return Ok(());
    }
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    for step in STEPS.iter().skip(done(&transaction)? as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()
}

fn failed(operation: &str, source: rusqlite::Error) -> StoreError {
    StoreError::Failed { operation: operation.to_owned(), source: source.into() }
}

impl Tokens {
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(folder.join("control.db"))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "busy_timeout", 5000)?;
            connection.execute_batch(FIRST)?;
            brought_up(&connection)?;
            Ok(connection)
        };
        let connection = open().map_err(|error| failed("open the control store", error))?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    pub(super) fn with<T>(
        &self,
        operation: &str,
        run: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let connection = self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        run(&connection).map_err(|error| failed(operation, error))
    }

    pub fn issue(&self, token: &Issued<'_>) -> Result<i64, StoreError> {
        self.with("issue a token", |connection| {
            connection.query_row(
                "INSERT INTO token(hash, party, role, name, districts, created, expires, scopes, bound_to)
                 VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id",
                params![
                    token.hash,
                    token.party,
                    token.role as u8,
                    token.name,
                    token.districts,
                    token.created.0,
                    token.expires.map(|time| time.0),
                    token.scopes,
                    token.bound_to
                ],
                |row| row.get(0),
            )
        })
    }

    pub fn find(&self, hash: &[u8]) -> Result<Option<Token>, StoreError> {
        self.with("find a token", |connection| {
            let mut statement = connection.prepare_cached("SELECT id, party, role, name, districts, created, expires, revoked, scopes, bound_to FROM token WHERE hash = ?1")?;
            statement.query_row([hash], read_token).optional()
        })
    }

    pub fn all(&self) -> Result<Vec<Token>, StoreError> {
        self.with("list tokens", |connection| {
            let mut statement = connection.prepare(
                "SELECT id, party, role, name, districts, created, expires, revoked, scopes, bound_to FROM token ORDER BY id",
            )?;
            statement.query_map([], read_token)?.collect()
        })
    }

    pub fn revoke(&self, id: i64) -> Result<bool, StoreError> {
        self.with("revoke a token", |connection| {
            connection.execute("UPDATE token SET revoked = 1 WHERE id = ?1", [id])
        })
        .map(|count| count == 1)
    }

    pub fn first_time(&self, hash: &[u8], now: Time, over: Option<Time>) -> Result<bool, StoreError> {
        self.with("remember what was said once", |connection| {
            if let Some(over) = over {
                connection.execute("DELETE FROM nonce WHERE seen < ?1", [over.0])?;
            }
            let once = "INSERT INTO nonce VALUES(?1, ?2) ON CONFLICT DO NOTHING";
            connection.execute(once, params![hash, now.0])
        })
        .map(|count| count == 1)
    }

    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.with("read a setting", |connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
            statement.query_row([name], |row| row.get(0)).optional()
        })
    }

    pub fn set(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.with("write a setting", |connection| {
            connection.execute(
                "INSERT INTO setting VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
                [name, value],
            )
        })
        .map(|_| ())
    }

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

/// Words as stored.
pub(super) fn texts(words: &str) -> Vec<Text> {
    words.split_whitespace().map(Text::from).collect()
}

fn read_token(row: &rusqlite::Row<'_>) -> rusqlite::Result<Token> {
    Ok(Token {
        id: row.get(0)?,
        party: row.get::<_, String>(1)?.into(),
        role: Role::from_number(row.get(2)?).unwrap_or(Role::Consumer),
        name: row.get::<_, String>(3)?.into(),
        districts: texts(&row.get::<_, String>(4)?),
        created: Time(row.get(5)?),
        expires: row.get::<_, Option<i64>>(6)?.map(Time),
        revoked: row.get::<_, i64>(7)? != 0,
        scopes: row.get::<_, Option<String>>(8)?.map(|words| texts(&words)),
        bound_to: row.get::<_, Option<String>>(9)?.map(Text::from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of each table, as the release that brought the table wrote it: the number of that release, and the statement.
    const ROWS: [(usize, &str); 13] = [
        (
            0,
            "INSERT INTO token(hash, party, role, name, districts, created) VALUES(x'01', 'p', 1, 'n', '86 87', 5)",
        ),
        (0, "INSERT INTO preview VALUES('c', 'p', 20700, 3)"),
        (0, "INSERT INTO setting VALUES('judging', 'paused')"),
        (
            1,
            "INSERT INTO window_user(login, name, party, role, duties, districts, state, password, created, changed) VALUES('li.wei', 'Li', 'p', 1, 'reader', '', 0, 'hash', 5, 5)",
        ),
        (1, "INSERT INTO recovery VALUES(1, x'02')"),
        (
            1,
            "INSERT INTO session(hash, user_id, generation, created, used, address) VALUES(x'03', 1, 0, 5, 5, 'a')",
        ),
        (1, "INSERT INTO attempt VALUES(x'04', 1, 6, 5, 1)"),
        (1, "INSERT INTO trace(time, by_whom, party, what, subject) VALUES(5, 'b', 'p', 'w', 's')"),
        (2, "INSERT INTO unrecorded(time, by_whom, party, what, subject) VALUES(5, 'b', 'p', 'w', 's')"),
        (2, "INSERT INTO provider VALUES('bureau', '{}', x'05')"),
        (2, "INSERT INTO provided VALUES(x'06', 1)"),
        (3, "INSERT INTO nonce VALUES(x'07', 5)"),
        (4, "INSERT INTO assignment VALUES('p', 'o', 'q', 'officer', 9)"),
    ];

    /// One statement a table, which reads its rows as texts, of the columns that it has now.
    fn readers(connection: &Connection) -> Vec<String> {
        let tables = "SELECT t.name, (SELECT group_concat('quote(\"' || c.name || '\")', '||''|''||') FROM pragma_table_info(t.name) c)
             FROM sqlite_master t WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name";
        let mut statement = connection.prepare(tables).unwrap();
        let read = |row: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
            Ok(format!("SELECT {} FROM {} ORDER BY 1", row.get::<_, String>(1)?, row.get::<_, String>(0)?))
        };
        statement.query_map([], read).unwrap().map(Result::unwrap).collect()
    }

    fn read(connection: &Connection, readers: &[String]) -> Vec<Vec<String>> {
        let rows = |reader: &String| -> Vec<String> {
            let mut statement = connection.prepare(reader).unwrap();
            let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        readers.iter().map(rows).collect()
    }

    #[test]
    fn a_file_of_every_release_is_brought_up_to_date_with_its_rows() {
        for release in 0..=STEPS.len() {
            let folder = tempfile::tempdir().unwrap();
            let old = Connection::open(folder.path().join("control.db")).unwrap();
            old.execute_batch(FIRST).unwrap();
            STEPS.iter().take(release).for_each(|step| old.execute_batch(step).unwrap());
            old.pragma_update(None, "user_version", release as u32).unwrap();
            for (since, insert) in ROWS.into_iter().filter(|(since, _)| *since <= release) {
                assert_eq!(old.execute(insert, []).unwrap(), 1, "{since}: {insert}");
            }
            let readers = readers(&old);
            let before = read(&old, &readers);
            drop(old);
            let tokens = Tokens::open(folder.path()).unwrap();
            let after = tokens.with("read it", |connection| Ok(read(connection, &readers))).unwrap();
            assert_eq!(after, before, "release {release}");
            // It is used as one of today.
            assert_eq!(tokens.find(&[1]).unwrap().unwrap().bound_to, None);
            assert_eq!(tokens.setting("judging").unwrap().as_deref(), Some("paused"));
            assert_eq!(tokens.users(None, 0, 10).unwrap().len(), usize::from(release > 0));
            assert!(tokens.first_time(&[8], Time(6), None).unwrap());
            let version = "SELECT user_version FROM pragma_user_version";
            let version = tokens
                .with("look", |connection| connection.query_row(version, [], |row| row.get::<_, i64>(0)));
            assert_eq!(version.unwrap(), STEPS.len() as i64, "release {release}");
        }
    }

    /// The first half of the digest of each step that was released.
    const RELEASED: [&str; 4] =
        ["efcdad2aebf43825", "c1f6ffc82af2cdd3", "d95d0072fbd50ea3", "143aeef84712ee0b"];

    #[test]
    fn a_released_step_does_not_change() {
        assert!(STEPS.len() >= RELEASED.len(), "a released step is gone");
        for (index, (step, released)) in STEPS.iter().zip(RELEASED).enumerate() {
            let digest = ring::digest::digest(&ring::digest::SHA256, step.as_bytes());
            let hex: String = digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, released, "step {} was released and has another text now", index + 1);
        }
    }

    #[test]
    fn a_file_of_the_first_release_is_brought_up_to_date_once() {
        let folder = tempfile::tempdir().unwrap();
        let old = Connection::open(folder.path().join("control.db")).unwrap();
        old.execute_batch(FIRST).unwrap();
        let add = "INSERT INTO token(hash, party, role, name, districts, created) VALUES(x'01', 'p', 1, 'n', '86 87', 5)";
        old.execute_batch(add).unwrap();
        // A server and a command at the same time.
        let opened: Vec<Tokens> = std::thread::scope(|scope| {
            let open = || Tokens::open(folder.path()).unwrap();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for tokens in opened {
            let token = tokens.find(&[1]).unwrap().unwrap();
            assert_eq!((token.scopes, token.districts.len()), (None, 2), "it keeps all that its role may");
            assert_eq!(tokens.users(None, 0, 10).unwrap(), []);
        }
    }
}
