//! What the control store tells of persons who sign in no longer: accounts that were disabled and sessions that ended are erased
//! when their time is over, by the terms of `retention.csv` as rows of the ledger are. The worker does it, and `onewindow
//! retention` tells it. What rows of the ledger tell is `retention`'s.

use crate::Window;
use crate::auth::SESSION_LONGEST;
use crate::happenings::happened;
use clearance::keys::Time;
use register::retention::{self, ACCOUNTS, SESSIONS, months_after};
use store::{Control, StoreError, User};

/// How often the worker looks, in milliseconds.
pub(crate) const EVERY: i64 = 3_600_000;
/// Milliseconds of a month of a term, the longest: a session goes rather a day later.
const MONTH: i64 = 31 * 86_400_000;

/// Whose time is over.
#[derive(Clone, Default, Debug)]
pub struct Due {
    /// Accounts that were disabled so long ago.
    pub accounts: Vec<User>,
    /// How many sessions ended so long ago.
    pub sessions: u64,
    /// Those are older than this.
    oldest: Time,
}

impl Due {
    /// How many accounts and sessions.
    pub fn count(&self) -> u64 {
        self.sessions + self.accounts.len() as u64
    }
}

/// What is due at a time.
///
/// # Errors
/// When the control store cannot be read.
pub async fn due(control: &Control, now: Time) -> Result<Due, StoreError> {
    let today = now.day();
    let mut due = Due::default();
    if let Some(rule) = retention::of(ACCOUNTS, today) {
        // Nothing is done to a disabled account: its last change is that it was disabled, or later.
        due.accounts = control.disabled_accounts().await?;
        due.accounts.retain(|user| months_after(user.changed.day(), rule.erase_months) < today);
    }
    if let Some(rule) = retention::of(SESSIONS, today) {
        // Until then it is known whose a session was that somebody comes with after its end.
        due.oldest = Time(now.0 - SESSION_LONGEST - i64::from(rule.erase_months) * MONTH);
        due.sessions = control.ended_sessions(due.oldest).await?;
    }
    Ok(due)
}

/// Erases it, and says how many accounts and sessions that were. That an account was erased is a row of the ledger.
///
/// # Errors
/// When the control store cannot be written.
pub async fn carry_out(window: &Window, due: &Due, by: &str) -> Result<u64, StoreError> {
    let mut erased = match due.sessions {
        0 => 0,
        _ => window.control.erase_sessions(due.oldest).await?,
    };
    for user in &due.accounts {
        // Enabled meanwhile, or erased by another server: then it is not due any more.
        if window.control.erase_account(user, window.clock.now()).await? {
            happened(window, by, &user.party, "account-erased", &user.login).await?;
            erased += 1;
        }
    }
    Ok(erased)
}

/// What the worker does.
pub(crate) async fn keep(window: &Window) {
    let done = async { carry_out(window, &due(&window.control, window.clock.now()).await?, "window").await };
    match done.await {
        Ok(0) => {}
        Ok(erased) => tracing::info!(erased, "accounts and sessions whose time was over are erased"),
        Err(error) => tracing::error!(%error, "accounts and sessions whose time is over are not erased"),
    }
}
