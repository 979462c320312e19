//! Users, sessions, attempts and traces in the file of the control store.

use super::control::{Tokens, texts};
use crate::StoreError;
use crate::people::{Attempt, Duty, NewUser, Patience, SealedCredentials, Session, Trace, User, UserState};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The columns of a user, in the order in which they are read.
const USER: &str =
    "u.id, u.login, u.name, u.party, u.role, u.duties, u.districts, u.state, u.second_factor IS NOT NULL,
    u.generation, u.version, u.created, u.changed";

const SESSION: &str = "s.id, s.user_id, s.generation, s.created, s.used, s.address, s.provided";

impl Tokens {
    pub fn add_user(&self, user: &NewUser, password: &str, now: Time) -> Result<Option<i64>, StoreError> {
        self.with("add a user", |connection| {
            let mut statement = connection.prepare_cached(
                "INSERT INTO window_user(login, name, party, role, duties, districts, state, password, created, changed)
                 VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) ON CONFLICT DO NOTHING RETURNING id",
            )?;
            statement
                .query_row(
                    params![
                        user.login.as_str(),
                        user.name.as_str(),
                        user.party.as_str(),
                        user.role as u8,
                        Duty::words(&user.duties),
                        user.districts.join(" "),
                        UserState::MustChangePassword as u8,
                        password,
                        now.0
                    ],
                    |row| row.get(0),
                )
                .optional()
        })
    }

    pub fn user(&self, id: i64) -> Result<Option<User>, StoreError> {
        self.with("read a user", |connection| {
            let find = format!("SELECT {USER} FROM window_user u WHERE u.id = ?1");
            connection.prepare_cached(&find)?.query_row([id], |row| read_user(row, 0)).optional()
        })
    }

    pub fn users(&self, party: Option<&str>, after: i64, limit: i64) -> Result<Vec<User>, StoreError> {
        self.with("list users", |connection| {
            let list = format!(
                "SELECT {USER} FROM window_user u WHERE (?1 IS NULL OR u.party = ?1) AND u.id > ?2 ORDER BY u.id LIMIT ?3"
            );
            connection
                .prepare_cached(&list)?
                .query_map(params![party, after, limit], |row| read_user(row, 0))?
                .collect()
        })
    }

    pub fn credentials(&self, login: &str) -> Result<Option<(User, SealedCredentials)>, StoreError> {
        self.with("read a user", |connection| {
            let find = format!(
                "SELECT {USER}, u.password, u.second_factor, u.pending FROM window_user u WHERE u.login = ?1"
            );
            let read = |row: &Row<'_>| {
                let sealed = SealedCredentials {
                    password: row.get(13)?,
                    second_factor: row.get(14)?,
                    pending: row.get(15)?,
                };
                Ok((read_user(row, 0)?, sealed))
            };
            connection.prepare_cached(&find)?.query_row([login], read).optional()
        })
    }

    pub fn change_user(&self, user: &User, end: bool, now: Time) -> Result<bool, StoreError> {
        self.with("change a user", |connection| {
            connection.execute(
                "UPDATE window_user SET name = ?3, duties = ?4, districts = ?5, state = ?6, generation = generation + ?7,
                     version = version + 1, changed = ?8 WHERE id = ?1 AND version = ?2",
                params![
                    user.id,
                    user.version,
                    user.name.as_str(),
                    Duty::words(&user.duties),
                    user.districts.join(" "),
                    user.state as u8,
                    i64::from(end),
                    now.0
                ],
            )
        })
        .map(|count| count == 1)
    }

    pub fn set_password(
        &self,
        user: i64,
        password: &str,
        state: UserState,
        now: Time,
    ) -> Result<(), StoreError> {
        self.with("set a password", |connection| {
            connection.execute(
                "UPDATE window_user SET password = ?2, state = ?3, generation = generation + 1, version = version + 1,
                     changed = ?4 WHERE id = ?1",
                params![user, password, state as u8, now.0],
            )
        })
        .map(|_| ())
    }

    pub fn begin_second_factor(&self, user: i64, sealed: &[u8]) -> Result<(), StoreError> {
        self.with("keep a second factor", |connection| {
            connection.execute("UPDATE window_user SET pending = ?2 WHERE id = ?1", params![user, sealed])
        })
        .map(|_| ())
    }

    pub fn confirm_second_factor(
        &self,
        user: i64,
        step: i64,
        recovery: &[Vec<u8>],
        now: Time,
    ) -> Result<(), StoreError> {
        self.all_or_nothing("confirm a second factor", |connection| {
            connection.execute(
                "UPDATE window_user SET second_factor = pending, pending = NULL, step = ?2, version = version + 1,
                     changed = ?3 WHERE id = ?1 AND pending IS NOT NULL",
                params![user, step, now.0],
            )?;
            connection.execute("DELETE FROM recovery WHERE user_id = ?1", [user])?;
            for hash in recovery {
                connection.execute("INSERT INTO recovery VALUES(?1, ?2)", params![user, hash])?;
            }
            Ok(())
        })
    }

    pub fn clear_second_factor(&self, user: i64, now: Time) -> Result<(), StoreError> {
        self.all_or_nothing("clear a second factor", |connection| {
            connection.execute(
                "UPDATE window_user SET second_factor = NULL, pending = NULL, generation = generation + 1,
                     version = version + 1, changed = ?2 WHERE id = ?1",
                [user, now.0],
            )?;
            connection.execute("DELETE FROM recovery WHERE user_id = ?1", [user]).map(|_| ())
        })
    }

    pub fn use_step(&self, user: i64, step: i64) -> Result<bool, StoreError> {
        self.with("use a code", |connection| {
            connection.execute("UPDATE window_user SET step = ?2 WHERE id = ?1 AND step < ?2", [user, step])
        })
        .map(|count| count == 1)
    }

    pub fn use_recovery(&self, user: i64, hash: &[u8]) -> Result<bool, StoreError> {
        self.with("use a recovery code", |connection| {
            connection.execute("DELETE FROM recovery WHERE user_id = ?1 AND hash = ?2", params![user, hash])
        })
        .map(|count| count == 1)
    }

    pub fn attempt(&self, key: &[u8], patience: Patience, now: Time) -> Result<Attempt, StoreError> {
        let Patience { free, delay, doublings, forget } = patience;
        self.with("count an attempt", |connection| {
            connection.prepare_cached("DELETE FROM attempt WHERE last < ?1")?.execute([now.0 - forget])?;
            // On the right of SET stands the row as it was: one statement, so that attempts at once are counted one by one.
            connection
                .prepare_cached(
                    "INSERT INTO attempt(login, failed, until, last, allowed) VALUES(?1, 1, 0, ?2, 1)
                     ON CONFLICT DO UPDATE SET allowed = until <= ?2, last = ?2,
                         failed = failed + (until <= ?2),
                         until = CASE WHEN until > ?2 THEN until WHEN failed + 1 >= ?3
                             THEN ?2 + (?4 << min(failed + 1 - ?3, ?5)) ELSE 0 END
                     RETURNING allowed, until",
                )?
                .query_row(params![key, now.0, free, delay, doublings], |row| {
                    Ok(Attempt { allowed: row.get::<_, i64>(0)? != 0, until: Time(row.get(1)?) })
                })
        })
    }

    pub fn forget_attempts(&self, key: &[u8]) -> Result<(), StoreError> {
        self.with("forget attempts", |connection| {
            connection.execute("DELETE FROM attempt WHERE login = ?1", [key])
        })
        .map(|_| ())
    }

    pub fn open_session(
        &self,
        hash: &[u8],
        user: &User,
        (address, provided): (&str, bool),
        now: Time,
        oldest: Time,
    ) -> Result<i64, StoreError> {
        self.with("open a session", |connection| {
            connection.execute("DELETE FROM session WHERE created < ?1", [oldest.0])?;
            connection.query_row(
                "INSERT INTO session(hash, user_id, generation, created, used, address, provided)
                 VALUES(?1, ?2, ?3, ?4, ?4, ?5, ?6) RETURNING id",
                params![hash, user.id, user.generation, now.0, address, provided],
                |row| row.get(0),
            )
        })
    }

    pub fn session(&self, hash: &[u8]) -> Result<Option<(Session, User)>, StoreError> {
        self.with("find a session", |connection| {
            let find = format!(
                "SELECT {SESSION}, {USER} FROM session s JOIN window_user u ON u.id = s.user_id WHERE s.hash = ?1"
            );
            let read = |row: &Row<'_>| Ok((read_session(row)?, read_user(row, 7)?));
            connection.prepare_cached(&find)?.query_row([hash], read).optional()
        })
    }

    pub fn touch(&self, session: i64, now: Time) -> Result<(), StoreError> {
        self.with("use a session", |connection| {
            connection
                .prepare_cached("UPDATE session SET used = ?2 WHERE id = ?1 AND used < ?2")?
                .execute([session, now.0])
        })
        .map(|_| ())
    }

    pub fn sessions(&self, user: i64) -> Result<Vec<Session>, StoreError> {
        self.with("list sessions", |connection| {
            let list = format!("SELECT {SESSION} FROM session s WHERE s.user_id = ?1 ORDER BY s.id DESC");
            connection.prepare_cached(&list)?.query_map([user], read_session)?.collect()
        })
    }

    pub fn end_session(&self, user: i64, id: i64) -> Result<bool, StoreError> {
        self.with("end a session", |connection| {
            // Of a generation that nobody is of: it is known whose it was, as long as a session lasts.
            let end = "UPDATE session SET generation = -1 WHERE user_id = ?1 AND id = ?2 AND generation >= 0";
            connection.execute(end, [user, id])
        })
        .map(|count| count == 1)
    }

    pub fn disabled_accounts(&self) -> Result<Vec<User>, StoreError> {
        self.with("list disabled users", |connection| {
            let list = format!(
                "SELECT {USER} FROM window_user u WHERE u.state = ?1 AND u.password <> '' ORDER BY u.id"
            );
            let disabled = UserState::Disabled as u8;
            connection.prepare_cached(&list)?.query_map([disabled], |row| read_user(row, 0))?.collect()
        })
    }

    pub fn erase_account(&self, user: &User, now: Time) -> Result<bool, StoreError> {
        let mut erased = false;
        self.all_or_nothing("erase an account", |connection| {
            let erase =
                "UPDATE window_user SET name = '', password = '', second_factor = NULL, pending = NULL,
                generation = generation + 1, version = version + 1, changed = ?3
                WHERE id = ?1 AND version = ?2 AND state = ?4";
            let disabled = UserState::Disabled as u8;
            erased = connection.execute(erase, params![user.id, user.version, now.0, disabled])? == 1;
            for table in ["recovery", "session", "provided"].iter().filter(|_| erased) {
                connection.execute(&format!("DELETE FROM {table} WHERE user_id = ?1"), [user.id])?;
            }
            Ok(())
        })?;
        Ok(erased)
    }

    pub fn ended_sessions(&self, oldest: Time) -> Result<i64, StoreError> {
        self.with("count sessions", |connection| {
            let count = "SELECT count(*) FROM session WHERE created < ?1";
            connection.query_row(count, [oldest.0], |row| row.get(0))
        })
    }

    pub fn erase_sessions(&self, oldest: Time) -> Result<u64, StoreError> {
        self.with("erase sessions", |connection| {
            connection.execute("DELETE FROM session WHERE created < ?1", [oldest.0])
        })
        .map(|count| count as u64)
    }

    pub fn trace(
        &self,
        by: &str,
        party: &str,
        what: &str,
        subject: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        self.with("write a trace", |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO trace(time, by_whom, party, what, subject) VALUES(?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![now.0, by, party, what, subject])
        })
        .map(|_| ())
    }

    pub fn traces(&self, party: Option<&str>, before: i64, limit: i64) -> Result<Vec<Trace>, StoreError> {
        self.with("read traces", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, time, by_whom, party, what, subject FROM trace
                 WHERE (?1 IS NULL OR party = ?1) AND id < ?2 ORDER BY id DESC LIMIT ?3",
            )?;
            statement.query_map(params![party, before, limit], read_trace)?.collect()
        })
    }

    pub(super) fn all_or_nothing(
        &self,
        operation: &str,
        run: impl FnOnce(&Connection) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        self.with(operation, |connection| {
            let transaction = connection.unchecked_transaction()?;
            run(&transaction)?;
            transaction.commit()
        })
    }
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<Text> {
    row.get::<_, String>(column).map(Text::from)
}

fn read_user(row: &Row<'_>, from: usize) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(from)?,
        login: text(row, from + 1)?,
        name: text(row, from + 2)?,
        party: text(row, from + 3)?,
        role: Role::from_number(row.get(from + 4)?).unwrap_or(Role::Consumer),
        duties: Duty::of_words(&row.get::<_, String>(from + 5)?),
        districts: texts(&row.get::<_, String>(from + 6)?),
        state: UserState::from_number(row.get(from + 7)?),
        second_factor: row.get::<_, i64>(from + 8)? != 0,
        generation: row.get(from + 9)?,
        version: row.get(from + 10)?,
        created: Time(row.get(from + 11)?),
        changed: Time(row.get(from + 12)?),
    })
}

fn read_session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        user: row.get(1)?,
        generation: row.get(2)?,
        created: Time(row.get(3)?),
        used: Time(row.get(4)?),
        address: text(row, 5)?,
        provided: row.get::<_, i64>(6)? != 0,
    })
}

pub(super) fn read_trace(row: &Row<'_>) -> rusqlite::Result<Trace> {
    Ok(Trace {
        id: row.get(0)?,
        time: Time(row.get(1)?),
        by: text(row, 2)?,
        party: text(row, 3)?,
        what: text(row, 4)?,
        subject: text(row, 5)?,
    })
}
