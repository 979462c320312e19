//! How a person signs in: attempts are counted before anything is looked at, an unknown login costs the same time and gives
//! the same answer as a wrong password, and a code of the second factor counts once. What a session may then do is in
//! `auth`.

use crate::Window;
use crate::auth::SESSION_LONGEST;
use crate::happenings::{self, happened};
use crate::intake::Closed;
use crate::password::{Cost, Failed, Hasher, MOST_BYTES};
use crate::providers::Asking;
use crate::registering;
use crate::sandbox::throttled::SlowedDown;
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
/// Registrations from one address: an agent's office registers its customers.
const REGISTRATIONS_OF_ADDRESS: Rate = Rate { count: 10, per: Duration::from_secs(3600), burst: 10 };
/// Registrations at one server: who comes from many addresses fills nothing with them.
const REGISTRATIONS: Rate = Rate { count: 300, per: Duration::from_secs(3600), burst: 100 };
/// What comes signed and without a token, from one address: a platform answers a wave of questions.
const UNNAMED: Rate = Rate { count: 20, per: Duration::from_secs(1), burst: 200 };
/// Codes asked for and given from one address: a household, or a parcel shop that helps its customers.
const TRACKING: Rate = Rate { count: 10, per: Duration::from_secs(60), burst: 30 };
/// Codes of goods looked up from one address: shoppers at a shelf, not a program that goes through them.
const TRACING: Rate = Rate { count: 60, per: Duration::from_secs(60), burst: 120 };
/// Seconds by which the clocks of those who sign requests may differ, unless the operator says otherwise.
pub const SIGNATURE_SECONDS: i64 = 300;
/// Milliseconds for which a one-time password counts: thirty days since it was given, or its user was last changed. One that nobody
/// used meanwhile lies somewhere on paper.
const ONE_TIME: i64 = 30 * 86_400_000;
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
    /// Nothing is recorded now, and so nobody signs in.
    #[error("nothing is recorded now")]
    Closed(Closed),
    /// Nobody knows whether it was recorded.
    #[error("not recorded")]
    Unrecorded,
    /// The control store.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl From<Closed> for Refused {
    fn from(closed: Closed) -> Self {
        Self::Closed(closed)
    }
}

/// What slows callers down, and what makes hashes: one for a window.
#[derive(Clone, Default)]
pub struct Gate(Arc<Inner>);

#[derive(Default)]
struct Inner {
    hasher: Hasher,
    asking: Asking,
    by_address: Throttle<String>,
    by_address_and_login: Throttle<(String, String)>,
    callers: Throttle<(char, i64)>,
    registrations: Throttle<String>,
    unnamed: Throttle<String>,
    tracking: Throttle<String>,
    traces: Throttle<String>,
    all_registrations: Throttle<()>,
    slowed: SlowedDown,
    token_rate: AtomicU32,
    session_rate: AtomicU32,
    signature_seconds: AtomicU32,
}

/// Requests a second of one caller; 0 = as many as he likes. And how old a signed request may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rates {
    /// Of one token.
    pub token: u32,
    /// Of one session.
    pub session: u32,
    /// Seconds by which the clocks of those who sign requests may differ; 0 = [`SIGNATURE_SECONDS`].
    pub signature_seconds: u32,
}

impl Gate {
    /// One whose hashes of passwords have another cost than the strong one.
    pub fn hashing_at(cost: Cost) -> Self {
        Self(Arc::new(Inner { hasher: Hasher::at(cost), ..Inner::default() }))
    }

    /// Sets how often callers may ask. Until then they may as often as they like.
    pub fn limit(&self, rates: Rates) {
        self.0.token_rate.store(rates.token, Ordering::Relaxed);
        self.0.session_rate.store(rates.session, Ordering::Relaxed);
        self.0.signature_seconds.store(rates.signature_seconds, Ordering::Relaxed);
    }

    /// Seconds by which the clocks of those who sign requests may differ.
    pub fn signature_seconds(&self) -> i64 {
        match self.0.signature_seconds.load(Ordering::Relaxed) {
            0 => SIGNATURE_SECONDS,
            seconds => i64::from(seconds),
        }
    }

    /// What was set.
    pub fn rates(&self) -> Rates {
        Rates {
            token: self.0.token_rate.load(Ordering::Relaxed),
            session: self.0.session_rate.load(Ordering::Relaxed),
            signature_seconds: self.0.signature_seconds.load(Ordering::Relaxed),
        }
    }

    /// Lets a request of a caller through, or says after how many seconds.
    ///
    /// # Errors
    /// The seconds.
    pub fn pass(&self, key: (char, i64)) -> Result<(), u64> {
        let rates = self.rates();
        let usual = if key.0 == 's' { rates.session } else { rates.token };
        let count = self.0.slowed.rate(key, Instant::now()).unwrap_or(usual);
        if count == 0 {
            return Ok(());
        }
        self.0.callers.pass(key, Rate::per_second(count), Instant::now()).map_err(seconds)
    }

    /// Callers that asked to be slowed down, in a space for trying.
    pub fn slowed(&self) -> &SlowedDown {
        &self.0.slowed
    }

    /// Makes hashes.
    pub fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// Asks providers of identities.
    pub(crate) fn asking(&self) -> &Asking {
        &self.0.asking
    }

    /// Counts what an address asks for before anybody is looked for.
    ///
    /// # Errors
    /// [`Refused::Slower`].
    pub fn pass_address(&self, address: &str) -> Result<(), Refused> {
        let passed = self.0.by_address.pass(address.to_owned(), BY_ADDRESS, Instant::now());
        passed.map_err(|wait| Refused::Slower { seconds: seconds(wait) })
    }

    /// Counts who registers himself: of one address, and of all.
    ///
    /// # Errors
    /// [`Refused::Slower`].
    pub fn pass_registration(&self, address: &str) -> Result<(), Refused> {
        let (moment, inner) = (Instant::now(), &self.0);
        let passed = inner.registrations.pass(address.to_owned(), REGISTRATIONS_OF_ADDRESS, moment);
        let passed = passed.and_then(|()| inner.all_registrations.pass((), REGISTRATIONS, moment));
        passed.map_err(|wait| Refused::Slower { seconds: seconds(wait) })
    }

    /// Lets something through that comes from an address without a token and is signed, or says after how many seconds.
    ///
    /// # Errors
    /// [`Refused::Slower`].
    pub fn pass_unnamed(&self, address: &str) -> Result<(), Refused> {
        let passed = self.0.unnamed.pass(address.to_owned(), UNNAMED, Instant::now());
        passed.map_err(|wait| Refused::Slower { seconds: seconds(wait) })
    }

    /// Counts who asks for a one-time code or gives one.
    ///
    /// # Errors
    /// [`Refused::Slower`].
    pub fn pass_tracking(&self, address: &str) -> Result<(), Refused> {
        let passed = self.0.tracking.pass(address.to_owned(), TRACKING, Instant::now());
        passed.map_err(|wait| Refused::Slower { seconds: seconds(wait) })
    }

    /// Lets a code of goods be looked up from an address.
    ///
    /// # Errors
    /// [`Refused::Slower`].
    pub fn pass_trace(&self, address: &str) -> Result<(), Refused> {
        let passed = self.0.traces.pass(address.to_owned(), TRACING, Instant::now());
        passed.map_err(|wait| Refused::Slower { seconds: seconds(wait) })
    }

    fn pass_address_and_login(&self, address: &str, login: &str) -> Result<(), Refused> {
        let key = (address.to_owned(), login.to_owned());
        let passed = self.0.by_address_and_login.pass(key, BY_ADDRESS_AND_LOGIN, Instant::now());
        passed.map_err(|wait| Refused::Slower { seconds: seconds(wait) })
    }
}

/// A user who proved with his password that he is himself.
pub struct Proven {
    /// He.
    pub user: User,
    /// What he proved it with.
    pub credentials: Credentials,
    /// Whether this attempt, if it fails yet, begins a delay.
    delays: bool,
}

/// The user who proves with his password that he is himself. Counts as an attempt until it is forgotten.
///
/// # Errors
/// [`Refused`].
pub async fn prove(
    window: &Arc<Window>,
    login: &str,
    password: &str,
    address: &str,
    now: Time,
) -> Result<Proven, Refused> {
    let control = &window.control;
    window.gate.pass_address(address)?;
    window.gate.pass_address_and_login(address, login)?;
    // What nobody can have is not looked for: it costs no row and no hash of megabytes.
    if login.is_empty() || login.chars().count() > LONGEST_LOGIN || password.len() > MOST_BYTES {
        return Err(Refused::Wrong);
    }
    let attempt = control.attempt(login, PATIENCE, now).await?;
    if !attempt.allowed {
        let wait = u64::try_from(attempt.until.0 - now.0).unwrap_or(0);
        return Err(Refused::Slower { seconds: wait.div_ceil(1000).max(1) });
    }
    let delays = attempt.until > now;
    let found = control.credentials(login).await?;
    let stored = found.as_ref().map(|(_, credentials)| credentials.password.clone());
    let right = window.gate.hasher().is(password, stored).await?;
    match found {
        Some((user, credentials)) if right && may_sign_in(&user, now) => {
            Ok(Proven { user, credentials, delays })
        }
        found => {
            // Beside the answer, which comes as fast for a login that nobody has.
            let (window, login) = (window.clone(), login.to_owned());
            let user = found.map(|(user, _)| user);
            tokio::spawn(async move {
                if let Err(error) = refused(&window, user.as_ref(), &login, delays, now).await {
                    tracing::warn!(%error, "a refused sign-in was not written down");
                }
            });
            Err(Refused::Wrong)
        }
    }
}

/// Whether a user who knows his password signs in: one who is disabled does not, nor one who never used the password that he was given.
fn may_sign_in(user: &User, now: Time) -> bool {
    match user.state {
        UserState::Disabled => false,
        UserState::MustChangePassword => now.0 - user.changed.0 <= ONE_TIME,
        _ => true,
    }
}

/// Writes a refusal down: of a known login each, and each that began a delay as a row of the ledger.
async fn refused(
    window: &Window,
    user: Option<&User>,
    login: &str,
    delays: bool,
    now: Time,
) -> Result<(), StoreError> {
    match user {
        Some(user) => {
            window.control.trace(login, &user.party, "sign-in-refused", login, now).await?;
            if delays {
                happened(window, login, &user.party, "locked-out", login).await?;
            }
        }
        // Somebody may have typed his password in the place of his login.
        None if delays => {
            let name = window.control.keyed(login)?;
            happened(window, "unknown", "", "locked-out", &name).await?;
        }
        None => {}
    }
    Ok(())
}

/// Begins a session: its number, its text, whose.
///
/// # Errors
/// [`Refused`].
pub async fn sign_in(
    window: &Arc<Window>,
    given: &Given<'_>,
    now: Time,
) -> Result<(i64, String, User), Refused> {
    window.intake.check()?;
    let login = login_of(given.login);
    let Proven { user, credentials, delays } =
        prove(window, &login, given.password, given.address, now).await?;
    if let Err(error) = second(&window.control, &user, &credentials, given.code, now).await {
        if delays && matches!(error, Refused::Wrong) {
            happened(window, &login, &user.party, "locked-out", &login).await?;
        }
        return Err(error);
    }
    window.control.forget_attempts(&login).await?;
    let user = registering::settled(window, user).await?;
    let (id, text) = open(window, &user, (given.address, false), now).await?;
    Ok((id, text, user))
}

/// Opens a session for a user who was proved to be himself, by a password or by a provider of identities. It is a row of the
/// ledger before it is a session: what cannot be recorded is not opened.
///
/// # Errors
/// [`Refused`].
pub async fn open(
    window: &Window,
    user: &User,
    from: (&str, bool),
    now: Time,
) -> Result<(i64, String), Refused> {
    window.intake.check()?;
    let signed_in = happenings::of(&user.login, &user.party, "signed-in", &user.login, now);
    if !happenings::record(window, &crate::password::random(4)?, &signed_in).await {
        return Err(Refused::Unrecorded);
    }
    let opened = window.control.open_session(user, from, now, Time(now.0 - SESSION_LONGEST)).await?;
    window.control.trace(&user.login, &user.party, "signed-in", from.0, now).await?;
    Ok(opened)
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
