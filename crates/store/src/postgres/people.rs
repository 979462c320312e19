//! Users, sessions, attempts and traces in the database: the same for every server.

use super::control::{Tokens, texts};
use super::{execute, failed, query};
use crate::StoreError;
use crate::people::{Attempt, Duty, NewUser, Patience, SealedCredentials, Session, Trace, User, UserState};
use clearance::keys::Time;
use clearance::party::Role;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// The columns of a user, in the order in which they are read.
const USER: &str =
    "u.id, u.login, u.name, u.party, u.role, u.duties, u.districts, u.state, u.second_factor IS NOT NULL,
    u.generation, u.version, u.created, u.changed";

const SESSION: &str = "s.id, s.user_id, s.generation, s.created, s.used, s.address, s.provided";

pub(super) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

impl Tokens {
    pub(super) async fn rows(
        &self,
        operation: &str,
        statement: &str,
        with: Parameters<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let client = self.client().await?;
        query(&client, statement, with).await.map_err(|error| failed(operation, error))
    }

    pub(super) async fn changed(
        &self,
        operation: &str,
        statement: &str,
        with: Parameters<'_>,
    ) -> Result<u64, StoreError> {
        let client = self.client().await?;
        execute(&client, statement, with).await.map_err(|error| failed(operation, error))
    }

    pub async fn add_user(
        &self,
        user: &NewUser,
        password: &str,
        now: Time,
    ) -> Result<Option<i64>, StoreError> {
        let add = "INSERT INTO window_user(login, name, party, role, duties, districts, state, password, created, changed)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (login) DO NOTHING RETURNING id";
        let (login, name, party) = (user.login.as_str(), user.name.as_str(), user.party.as_str());
        let (duties, districts) = (Duty::words(&user.duties), user.districts.join(" "));
        let state = UserState::MustChangePassword as i16;
        let with: Parameters<'_> =
            &[&login, &name, &party, &(user.role as i16), &duties, &districts, &state, &password, &now.0];
        let rows = self.rows("add a user", add, with).await?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    pub async fn user(&self, id: i64) -> Result<Option<User>, StoreError> {
        let find = format!("SELECT {USER} FROM window_user u WHERE u.id = $1");
        Ok(self.rows("read a user", &find, &[&id]).await?.first().map(|row| read_user(row, 0)))
    }

    pub async fn users(&self, party: Option<&str>, after: i64, limit: i64) -> Result<Vec<User>, StoreError> {
        let list = format!(
            "SELECT {USER} FROM window_user u WHERE ($1::text IS NULL OR u.party = $1) AND u.id > $2 ORDER BY u.id LIMIT $3"
        );
        let rows = self.rows("list users", &list, &[&party, &after, &limit]).await?;
        Ok(rows.iter().map(|row| read_user(row, 0)).collect())
    }

    pub async fn credentials(&self, login: &str) -> Result<Option<(User, SealedCredentials)>, StoreError> {
        let find = format!(
            "SELECT {USER}, u.password, u.second_factor, u.pending FROM window_user u WHERE u.login = $1"
        );
        let rows = self.rows("read a user", &find, &[&login]).await?;
        Ok(rows.first().map(|row| {
            let sealed =
                SealedCredentials { password: row.get(13), second_factor: row.get(14), pending: row.get(15) };
            (read_user(row, 0), sealed)
        }))
    }

    pub async fn change_user(&self, user: &User, end: bool, now: Time) -> Result<bool, StoreError> {
        let change = "UPDATE window_user SET name = $3, duties = $4, districts = $5, state = $6, generation = generation + $7,
            version = version + 1, changed = $8 WHERE id = $1 AND version = $2";
        let (name, duties, districts) =
            (user.name.as_str(), Duty::words(&user.duties), user.districts.join(" "));
        let with: Parameters<'_> = &[
            &user.id,
            &user.version,
            &name,
            &duties,
            &districts,
            &(user.state as i16),
            &i64::from(end),
            &now.0,
        ];
        Ok(self.changed("change a user", change, with).await? == 1)
    }

    pub async fn set_password(
        &self,
        user: i64,
        password: &str,
        state: UserState,
        now: Time,
    ) -> Result<(), StoreError> {
        let set = "UPDATE window_user SET password = $2, state = $3, generation = generation + 1, version = version + 1,
            changed = $4 WHERE id = $1";
        let with: Parameters<'_> = &[&user, &password, &(state as i16), &now.0];
        self.changed("set a password", set, with).await.map(|_| ())
    }

    pub async fn begin_second_factor(&self, user: i64, sealed: &[u8]) -> Result<(), StoreError> {
        let keep = "UPDATE window_user SET pending = $2 WHERE id = $1";
        self.changed("keep a second factor", keep, &[&user, &sealed]).await.map(|_| ())
    }

    pub async fn confirm_second_factor(
        &self,
        user: i64,
        step: i64,
        recovery: &[Vec<u8>],
        now: Time,
    ) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let confirm = "UPDATE window_user SET second_factor = pending, pending = NULL, step = $2, version = version + 1,
            changed = $3 WHERE id = $1 AND pending IS NOT NULL";
        let run = async {
            let transaction = client.transaction().await?;
            transaction.execute(confirm, &[&user, &step, &now.0]).await?;
            transaction.execute("DELETE FROM recovery WHERE user_id = $1", &[&user]).await?;
            for hash in recovery {
                transaction.execute("INSERT INTO recovery VALUES ($1, $2)", &[&user, &hash]).await?;
            }
            transaction.commit().await
        };
        run.await.map_err(|error| failed("confirm a second factor", error))
    }

    pub async fn clear_second_factor(&self, user: i64, now: Time) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let clear =
            "UPDATE window_user SET second_factor = NULL, pending = NULL, generation = generation + 1,
            version = version + 1, changed = $2 WHERE id = $1";
        let run = async {
            let transaction = client.transaction().await?;
            transaction.execute(clear, &[&user, &now.0]).await?;
            transaction.execute("DELETE FROM recovery WHERE user_id = $1", &[&user]).await?;
            transaction.commit().await
        };
        run.await.map_err(|error| failed("clear a second factor", error))
    }

    pub async fn use_step(&self, user: i64, step: i64) -> Result<bool, StoreError> {
        let once = "UPDATE window_user SET step = $2 WHERE id = $1 AND step < $2";
        Ok(self.changed("use a code", once, &[&user, &step]).await? == 1)
    }

    pub async fn use_recovery(&self, user: i64, hash: &[u8]) -> Result<bool, StoreError> {
        let once = "DELETE FROM recovery WHERE user_id = $1 AND hash = $2";
        Ok(self.changed("use a recovery code", once, &[&user, &hash]).await? == 1)
    }

    pub async fn attempt(&self, key: &[u8], patience: Patience, now: Time) -> Result<Attempt, StoreError> {
        let Patience { free, delay, doublings, forget } = patience;
        let old = "DELETE FROM attempt WHERE last < $1";
        self.changed("count an attempt", old, &[&(now.0 - forget)]).await?;
        // On the right of SET stands the row as it was: one statement, so that attempts at once are counted one by one.
        let count =
            "INSERT INTO attempt AS a (login, failed, until, last, allowed) VALUES ($1, 1, 0, $2, true)
            ON CONFLICT (login) DO UPDATE SET allowed = a.until <= $2, last = $2,
                failed = a.failed + CASE WHEN a.until <= $2 THEN 1 ELSE 0 END,
                until = CASE WHEN a.until > $2 THEN a.until WHEN a.failed + 1 >= $3
                    THEN $2 + ($4::bigint << least(a.failed + 1 - $3, $5::bigint)::integer) ELSE 0 END
            RETURNING allowed, until";
        let rows = self.rows("count an attempt", count, &[&key, &now.0, &free, &delay, &doublings]).await?;
        // A row that is not returned was not counted: nobody is let in.
        let none = Attempt { allowed: false, until: Time(now.0 + delay) };
        Ok(rows.first().map_or(none, |row| Attempt { allowed: row.get(0), until: Time(row.get(1)) }))
    }

    pub async fn forget_attempts(&self, key: &[u8]) -> Result<(), StoreError> {
        let forget = "DELETE FROM attempt WHERE login = $1";
        self.changed("forget attempts", forget, &[&key]).await.map(|_| ())
    }

    pub async fn open_session(
        &self,
        hash: &[u8],
        user: &User,
        (address, provided): (&str, bool),
        now: Time,
        oldest: Time,
    ) -> Result<i64, StoreError> {
        self.changed("open a session", "DELETE FROM session WHERE created < $1", &[&oldest.0]).await?;
        let open = "INSERT INTO session(hash, user_id, generation, created, used, address, provided)
            VALUES ($1, $2, $3, $4, $4, $5, $6) RETURNING id";
        let with: Parameters<'_> = &[&hash, &user.id, &user.generation, &now.0, &address, &provided];
        let rows = self.rows("open a session", open, with).await?;
        Ok(rows.first().map_or(0, |row| row.get(0)))
    }

    pub async fn session(&self, hash: &[u8]) -> Result<Option<(Session, User)>, StoreError> {
        let find = format!(
            "SELECT {SESSION}, {USER} FROM session s JOIN window_user u ON u.id = s.user_id WHERE s.hash = $1"
        );
        let rows = self.rows("find a session", &find, &[&hash]).await?;
        Ok(rows.first().map(|row| (read_session(row), read_user(row, 7))))
    }

    pub async fn touch(&self, session: i64, now: Time) -> Result<(), StoreError> {
        let touch = "UPDATE session SET used = $2 WHERE id = $1 AND used < $2";
        self.changed("use a session", touch, &[&session, &now.0]).await.map(|_| ())
    }

    pub async fn sessions(&self, user: i64) -> Result<Vec<Session>, StoreError> {
        let list = format!("SELECT {SESSION} FROM session s WHERE s.user_id = $1 ORDER BY s.id DESC");
        Ok(self.rows("list sessions", &list, &[&user]).await?.iter().map(read_session).collect())
    }

    pub async fn end_session(&self, user: i64, id: i64) -> Result<bool, StoreError> {
        // Of a generation that nobody is of: it is known whose it was, as long as a session lasts.
        let end = "UPDATE session SET generation = -1 WHERE user_id = $1 AND id = $2 AND generation >= 0";
        Ok(self.changed("end a session", end, &[&user, &id]).await? == 1)
    }

    pub async fn disabled_accounts(&self) -> Result<Vec<User>, StoreError> {
        let list =
            format!("SELECT {USER} FROM window_user u WHERE u.state = $1 AND u.password <> '' ORDER BY u.id");
        let rows = self.rows("list disabled users", &list, &[&(UserState::Disabled as i16)]).await?;
        Ok(rows.iter().map(|row| read_user(row, 0)).collect())
    }

    pub async fn erase_account(&self, user: &User, now: Time) -> Result<bool, StoreError> {
        let mut client = self.client().await?;
        let erase = "UPDATE window_user SET name = '', password = '', second_factor = NULL, pending = NULL,
            generation = generation + 1, version = version + 1, changed = $3
            WHERE id = $1 AND version = $2 AND state = $4";
        let disabled = UserState::Disabled as i16;
        let run = async {
            let transaction = client.transaction().await?;
            let with: Parameters<'_> = &[&user.id, &user.version, &now.0, &disabled];
            let erased = transaction.execute(erase, with).await? == 1;
            for table in ["recovery", "session", "provided"].iter().filter(|_| erased) {
                let delete = format!("DELETE FROM {table} WHERE user_id = $1");
                transaction.execute(delete.as_str(), &[&user.id]).await?;
            }
            transaction.commit().await?;
            Ok::<_, tokio_postgres::Error>(erased)
        };
        run.await.map_err(|error| failed("erase an account", error))
    }

    pub async fn ended_sessions(&self, oldest: Time) -> Result<i64, StoreError> {
        let count = "SELECT count(*) FROM session WHERE created < $1";
        let rows = self.rows("count sessions", count, &[&oldest.0]).await?;
        Ok(rows.first().map_or(0, |row| row.get(0)))
    }

    pub async fn erase_sessions(&self, oldest: Time) -> Result<u64, StoreError> {
        self.changed("erase sessions", "DELETE FROM session WHERE created < $1", &[&oldest.0]).await
    }

    pub async fn trace(
        &self,
        by: &str,
        party: &str,
        what: &str,
        subject: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        let add = "INSERT INTO trace(time, by_whom, party, what, subject) VALUES ($1, $2, $3, $4, $5)";
        self.changed("write a trace", add, &[&now.0, &by, &party, &what, &subject]).await.map(|_| ())
    }

    pub async fn traces(
        &self,
        party: Option<&str>,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Trace>, StoreError> {
        let list = "SELECT id, time, by_whom, party, what, subject FROM trace
            WHERE ($1::text IS NULL OR party = $1) AND id < $2 ORDER BY id DESC LIMIT $3";
        let rows = self.rows("read traces", list, &[&party, &before, &limit]).await?;
        Ok(rows.iter().map(read_trace).collect())
    }
}

fn read_user(row: &Row, from: usize) -> User {
    let number = |column: usize| u8::try_from(row.get::<_, i16>(column)).unwrap_or(0);
    User {
        id: row.get(from),
        login: row.get::<_, &str>(from + 1).into(),
        name: row.get::<_, &str>(from + 2).into(),
        party: row.get::<_, &str>(from + 3).into(),
        role: Role::from_number(number(from + 4)).unwrap_or(Role::Consumer),
        duties: Duty::of_words(row.get(from + 5)),
        districts: texts(row.get(from + 6)),
        state: UserState::from_number(number(from + 7)),
        second_factor: row.get(from + 8),
        generation: row.get(from + 9),
        version: row.get(from + 10),
        created: Time(row.get(from + 11)),
        changed: Time(row.get(from + 12)),
    }
}

fn read_session(row: &Row) -> Session {
    Session {
        id: row.get(0),
        user: row.get(1),
        generation: row.get(2),
        created: Time(row.get(3)),
        used: Time(row.get(4)),
        address: row.get::<_, &str>(5).into(),
        provided: row.get(6),
    }
}

pub(super) fn read_trace(row: &Row) -> Trace {
    Trace {
        id: row.get(0),
        time: Time(row.get(1)),
        by: row.get::<_, &str>(2).into(),
        party: row.get::<_, &str>(3).into(),
        what: row.get::<_, &str>(4).into(),
        subject: row.get::<_, &str>(5).into(),
    }
}
