//! How a person signs in: attempts are counted before anything is looked at, an unknown login costs the same time and gives
//! the same answer as a wrong password, and a code of the second factor counts once. What a session may then do is in
//! `auth`.

use crate::auth::SESSION_LONGEST;
use crate::password::{Failed, Hasher, MOST_BYTES};
use crate::second_factor;
use crate::throttle::{Rate, Throttle, seconds};
use clearance::keys::Time;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use store::{Control, Credentials, Patience, StoreError, User, UserState};

/// Five attempts, then half a minute, a minute … a quarter of an hour; a day later all is forgotten. Guessing a hundred
/// passwords of one login takes a day; whoever is kept out by another's attempts waits a quarter of an hour at most.
const PATIENCE: Patience = Patience { free: 5, delay: 30_000, doublings: 5, forget: 86_400_000 };
/// Attempts from one address with one login: no faster than a person types.
const BY_ADDRESS_AND_LOGIN: Rate = Rate { count: 20, per: Duration::from_secs(60), burst: 20 };
/// Attempts from one address: a whole office behind one address signs in within a minute.
const BY_ADDRESS: Rate = Rate { count: 120, per: Duration::from_secs(60), burst: 120 };
/// Characters of a login at most.
pub const LONGEST_LOGIN: usize = 64;

/// Why nobody was signed in.
#[derive(thiserror::Error, Debug)]
pub enum Refused {
    /// Too many attempts.
    #[error("too many attempts")]
    Slower {
        /// Seconds to wait.
        seconds: u64,
    },
    /// Login, password or code is wrong, or the user may not sign in: nobody is told which.
    #[error("wrong")]
    Wrong,
    /// The password is right, and a code is needed besides.
    #[error("a code is needed")]
    CodeNeeded,
    /// No password could be looked at now.
    #[error("{0}")]
    Failed(#[from] Failed),
    /// The control store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What slows callers down, and what makes hashes: one for a window.
#[derive(Clone, Default)]
pub struct Gate(Arc<Inner>);

#[derive(Default)]
struct Inner {
    hasher: Hasher,
    by_address: Throttle<String>,
    by_address_and_login: Throttle<(String, String)>,
    callers: Throttle<(char, i64)>,
    token_rate: AtomicU32,
    session_rate: AtomicU32,
}

/// Requests a second of one caller; 0 = as many as he likes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rates {
    /// Of one token.
    pub token: u32,
    /// Of one session.
    pub session: u32,
}

impl Gate {
    /// Sets how often callers may ask. Until then they may as often as they like.
    pub fn limit(&self, rates: Rates) {
        self.0.token_rate.store(rates.token, Ordering::Relaxed);
        self.0.session_rate.store(rates.session, Ordering::Relaxed);
    }

    /// What was set.
    pub fn rates(&self) -> Rates {
        Rates {
            token: self.0.token_rate.load(Ordering::Relaxed),
            session: self.0.session_rate.load(Ordering::Relaxed),
        }
    }

    /// Lets a request of a caller through, or says after how many seconds.
    ///
    /// # Errors
    /// The seconds.
    pub fn pass(&self, key: (char, i64)) -> Result<(), u64> {
        let rates = self.rates();
        let count = if key.0 == 's' { rates.session } else { rates.token };
        if count == 0 {
            return Ok(());
        }
        self.0.callers.pass(key, Rate::per_second(count), Instant::now()).map_err(seconds)
    }

    /// Makes hashes.
    pub fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// The user who proves with his password that he is himself. Counts as an attempt until it is forgotten.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn prove(
        &self,
        control: &Control,
        login: &str,
        password: &str,
        address: &str,
        now: Time,
    ) -> Result<(User, Credentials), Refused> {
        let moment = Instant::now();
        let key = (address.to_owned(), login.to_owned());
        let inner = &self.0;
        let passed = inner.by_address.pass(address.to_owned(), BY_ADDRESS, moment);
        passed
            .and_then(|()| inner.by_address_and_login.pass(key, BY_ADDRESS_AND_LOGIN, moment))
            .map_err(|wait| Refused::Slower { seconds: seconds(wait) })?;
        // What nobody can have is not looked for: it costs no row and no hash of megabytes.
        if login.is_empty() || login.chars().count() > LONGEST_LOGIN || password.len() > MOST_BYTES {
            return Err(Refused::Wrong);
        }
        let attempt = control.attempt(login, PATIENCE, now).await?;
        if !attempt.allowed {
            let wait = u64::try_from(attempt.until.0 - now.0).unwrap_or(0);
            return Err(Refused::Slower { seconds: wait.div_ceil(1000).max(1) });
        }
        let found = control.credentials(login).await?;
        let stored = found.as_ref().map(|(_, credentials)| credentials.password.clone());
        let right = inner.hasher.is(password, stored).await?;
        match found {
            Some((user, credentials)) if right && user.state != UserState::Disabled => {
                Ok((user, credentials))
            }
            Some((user, _)) => {
                // Beside the answer, which comes as fast for a login that nobody has.
                let control = control.clone();
                tokio::spawn(async move {
                    let (login, party) = (&user.login, &user.party);
                    if let Err(error) = control.trace(login, party, "sign-in-refused", login, now).await {
                        tracing::warn!(%error, "a refused sign-in was not written down");
                    }
                });
                Err(Refused::Wrong)
            }
            None => Err(Refused::Wrong),
        }
    }

    /// Begins a session: its number, its text, whose.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn sign_in(
        &self,
        control: &Control,
        given: &Given<'_>,
        now: Time,
    ) -> Result<(i64, String, User), Refused> {
        let login = login_of(given.login);
        let (user, credentials) = self.prove(control, &login, given.password, given.address, now).await?;
        second(control, &user, &credentials, given.code, now).await?;
        control.forget_attempts(&login).await?;
        let oldest = Time(now.0 - SESSION_LONGEST);
        let (id, text) = control.open_session(&user, given.address, now, oldest).await?;
        control.trace(&user.login, &user.party, "signed-in", given.address, now).await?;
        Ok((id, text, user))
    }
}

/// What a person gives to sign in.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// His login.
    pub login: &'a str,
    /// His password.
    pub password: &'a str,
    /// A code of the second factor, or a recovery code.
    pub code: Option<&'a str>,
    /// From where.
    pub address: &'a str,
}

/// A login as it is kept.
pub fn login_of(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// Whether a text can be a login: what needs no explaining in a list, a log or an address.
pub fn is_login(login: &str) -> bool {
    let fine =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || ".-_@".contains(letter);
    (3..=LONGEST_LOGIN).contains(&login.len()) && login.chars().all(fine)
}

/// Checks the second factor of a user who has one; a code counts once.
///
/// # Errors
/// [`Refused`].
pub async fn second(
    control: &Control,
    user: &User,
    credentials: &Credentials,
    code: Option<&str>,
    now: Time,
) -> Result<(), Refused> {
    let Some(secret) = &credentials.second_factor else { return Ok(()) };
    let code = code.map(str::trim).filter(|code| !code.is_empty()).ok_or(Refused::CodeNeeded)?;
    let used = match second_factor::matches(secret, code, now) {
        Some(step) => control.use_step(user.id, step).await?,
        None => control.use_recovery(user.id, &second_factor::typed(code)).await?,
    };
    if used {
        return Ok(());
    }
    control.trace(&user.login, &user.party, "code-refused", &user.login, now).await?;
    Err(Refused::Wrong)
}
