//! Users, sessions, attempts and traces of the control store, in either place, and for how long a session is taken as it
//! was read.

use super::{Attempt, Credentials, NewUser, Patience, Session, Trace, User, UserState};
use crate::control::{Control, KNOWN_FOR, KNOWN_TOKENS, Place, hash};
use crate::{Sealer, StoreError};
use clearance::keys::Time;
use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Instant;

/// A session as it was read a moment ago.
pub(crate) struct KnownSession {
    found: (Session, User),
    read: Instant,
}

/// Sessions that were read, and how often something ended or changed: what was read before that is not kept.
#[derive(Default)]
pub(crate) struct KnownSessions {
    by_hash: HashMap<Vec<u8>, KnownSession>,
    changes: u64,
}

/// How long a session may be used before that is written down.
const USED_EVERY: i64 = 60_000;

/// Calls the same of either place.
macro_rules! ask {
    ($self:ident.$call:ident($($argument:expr),*)) => {
        match &$self.place {
            Place::Folder(tables) => tables.$call($($argument),*),
            Place::Database(tables) => tables.$call($($argument),*).await,
        }
    };
}

pub(super) use ask;

impl Control {
    /// Adds a user, who must change this password; none if the login is taken.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn add_user(
        &self,
        user: &NewUser,
        password: &str,
        now: Time,
    ) -> Result<Option<i64>, StoreError> {
        ask!(self.add_user(user, password, now))
    }

    /// A user by his number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn user(&self, id: i64) -> Result<Option<User>, StoreError> {
        ask!(self.user(id))
    }

    /// Users of a party (none = of every party) after a number, in order, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn users(
        &self,
        party: Option<&str>,
        after: i64,
        limit: usize,
    ) -> Result<Vec<User>, StoreError> {
        ask!(self.users(party, after, i64::try_from(limit).unwrap_or(i64::MAX)))
    }

    /// A user by his login.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn user_of(&self, login: &str) -> Result<Option<User>, StoreError> {
        Ok(ask!(self.credentials(login))?.map(|(user, _)| user))
    }

    /// A user by his login, with what proves that he is himself.
    ///
    /// # Errors
    /// When the store or the master key cannot be read.
    pub async fn credentials(&self, login: &str) -> Result<Option<(User, Credentials)>, StoreError> {
        let Some((user, sealed)) = ask!(self.credentials(login))? else { return Ok(None) };
        let open = |secret: Option<Vec<u8>>| match secret {
            Some(secret) => self.sealer()?.open(&user.login, &secret).map(Some),
            None => Ok(None),
        };
        let (second_factor, pending) = (open(sealed.second_factor)?, open(sealed.pending)?);
        Ok(Some((user, Credentials { password: sealed.password, second_factor, pending })))
    }

    /// Writes a user as he shall be, if he is still of the version that was read; `end` ends his sessions. False = he
    /// was changed meanwhile.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn change_user(&self, user: &User, end: bool, now: Time) -> Result<bool, StoreError> {
        let changed = ask!(self.change_user(user, end, now))?;
        self.forget_sessions(|session| session.user == user.id);
        Ok(changed)
    }

    /// Gives a user a password and a state; his sessions end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn set_password(
        &self,
        user: i64,
        password: &str,
        state: UserState,
        now: Time,
    ) -> Result<(), StoreError> {
        ask!(self.set_password(user, password, state, now))?;
        self.forget_sessions(|session| session.user == user);
        Ok(())
    }

    /// Keeps a secret of a second factor until it is confirmed, encrypted.
    ///
    /// # Errors
    /// When it cannot be written, or the master key cannot be read.
    pub async fn begin_second_factor(&self, user: &User, secret: &[u8]) -> Result<(), StoreError> {
        let sealed = self.sealer()?.seal(&user.login, secret)?;
        ask!(self.begin_second_factor(user.id, &sealed))
    }

    /// The pending secret counts from now on, with these recovery codes alone; `step` is the one that confirmed it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn confirm_second_factor(
        &self,
        user: i64,
        step: i64,
        recovery: &[String],
        now: Time,
    ) -> Result<(), StoreError> {
        let hashes: Vec<Vec<u8>> = recovery.iter().map(|code| hash(code)).collect();
        ask!(self.confirm_second_factor(user, step, &hashes, now))?;
        self.forget_sessions(|session| session.user == user);
        Ok(())
    }

    /// Takes a user's second factor away; his sessions end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn clear_second_factor(&self, user: i64, now: Time) -> Result<(), StoreError> {
        ask!(self.clear_second_factor(user, now))?;
        self.forget_sessions(|session| session.user == user);
        Ok(())
    }

    /// Uses the code of a step up; false if this or a later one was used before.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn use_step(&self, user: i64, step: i64) -> Result<bool, StoreError> {
        ask!(self.use_step(user, step))
    }

    /// Uses a recovery code up; false if he has no such code.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn use_recovery(&self, user: i64, code: &str) -> Result<bool, StoreError> {
        ask!(self.use_recovery(user, &hash(code)))
    }

    /// Counts an attempt to sign in before anything is checked, and says whether it may be: many at once are no way
    /// around the delay. A login that nobody has is counted alike.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn attempt(&self, login: &str, patience: Patience, now: Time) -> Result<Attempt, StoreError> {
        ask!(self.attempt(&hash(login), patience, now))
    }

    /// Forgets the attempts of a login: one succeeded, or an operator says so.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn forget_attempts(&self, login: &str) -> Result<(), StoreError> {
        ask!(self.forget_attempts(&hash(login)))
    }

    /// Begins a session from an address, by a password or a provider of identities ([`Session::provided`]); its text is
    /// shown once and never stored. Sessions older than `oldest` are deleted.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn open_session(
        &self,
        user: &User,
        from: (&str, bool),
        now: Time,
        oldest: Time,
    ) -> Result<(i64, String), StoreError> {
        let text = format!("{}{}", crate::SESSION_PREFIX, crate::control::random_text()?);
        let id = ask!(self.open_session(&hash(&text), user, from, now, oldest))?;
        Ok((id, text))
    }

    /// The session of a text with its user, whatever their states, as they were at most a second ago: an end by another
    /// process counts after that, one through this store at once. That it is used is written down once a minute.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn session(&self, text: &str) -> Result<Option<(Session, User)>, StoreError> {
        let hash = hash(text);
        let before = {
            let known = self.known_sessions();
            if let Some(known) = known.by_hash.get(&hash).filter(|known| known.read.elapsed() < KNOWN_FOR) {
                return Ok(Some(known.found.clone()));
            }
            known.changes
        };
        let read = Instant::now();
        let found = ask!(self.session(&hash))?;
        if let Some(found) = &found {
            let mut known = self.known_sessions();
            if known.by_hash.len() >= KNOWN_TOKENS {
                known.by_hash.clear();
            }
            // What ended through this store while it was read is not remembered as it was before.
            if known.changes == before {
                known.by_hash.insert(hash, KnownSession { found: found.clone(), read });
            }
        }
        Ok(found)
    }

    /// Writes down that a session that is valid is used.
    pub async fn used(&self, session: &Session, now: Time) {
        if now.0 - session.used.0 < USED_EVERY {
            return;
        }
        // Without room on the disk reads go on; the session then ends as if it were idle.
        if let Err(error) = ask!(self.touch(session.id, now)) {
            tracing::warn!(%error, "that a session is used was not written down");
        }
        let mut known = self.known_sessions();
        for known in known.by_hash.values_mut().filter(|known| known.found.0.id == session.id) {
            known.found.0.used = now;
        }
    }

    /// The sessions of a user that have not ended, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn sessions(&self, user: &User) -> Result<Vec<Session>, StoreError> {
        let mut found = ask!(self.sessions(user.id))?;
        found.retain(|session| session.generation == user.generation);
        Ok(found)
    }

    /// Ends a session of a user; false if he has none with this number.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn end_session(&self, user: i64, id: i64) -> Result<bool, StoreError> {
        let ended = ask!(self.end_session(user, id))?;
        self.forget_sessions(|session| session.id == id);
        Ok(ended)
    }

    /// Users who may not sign in and of whom more than the login is there, by their numbers.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn disabled_accounts(&self) -> Result<Vec<User>, StoreError> {
        ask!(self.disabled_accounts())
    }

    /// Erases of a disabled user what tells of him and what proves that he is himself: his name, password and second factor, what a
    /// provider of identities proved, his sessions with their addresses. His login stays, so that nobody else is given it: rows
    /// of the ledger say by it who did what. False = he was changed meanwhile.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn erase_account(&self, user: &User, now: Time) -> Result<bool, StoreError> {
        let erased = ask!(self.erase_account(user, now))?;
        self.forget_sessions(|session| session.user == user.id);
        Ok(erased)
    }

    /// How many sessions are older than a time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ended_sessions(&self, oldest: Time) -> Result<u64, StoreError> {
        Ok(u64::try_from(ask!(self.ended_sessions(oldest))?).unwrap_or_default())
    }

    /// Deletes the sessions that are older than a time; says how many.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn erase_sessions(&self, oldest: Time) -> Result<u64, StoreError> {
        ask!(self.erase_sessions(oldest))
    }

    /// Writes down what happened.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn trace(
        &self,
        by: &str,
        party: &str,
        what: &str,
        subject: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        ask!(self.trace(by, party, what, subject, now))
    }

    /// What happened to users, sessions and tokens of a party (none = of every party) before a number, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn traces(
        &self,
        party: Option<&str>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<Trace>, StoreError> {
        ask!(self.traces(party, before, i64::try_from(limit).unwrap_or(i64::MAX)))
    }

    pub(super) fn sealer(&self) -> Result<Sealer, StoreError> {
        Sealer::of(&self.master_key)
    }

    fn known_sessions(&self) -> MutexGuard<'_, KnownSessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn forget_sessions(&self, which: impl Fn(&Session) -> bool) {
        let mut known = self.known_sessions();
        known.changes += 1;
        known.by_hash.retain(|_, known| !which(&known.found.0));
    }
}
