//! What happens to users, sessions, tokens and providers of identities becomes a row of the ledger (register `sign-ins`).
//! Signing in waits for its row; everything else is written down in the control store with the trace, and carried to the
//! ledger at once or, where that fails or a command wrote it, by the worker.

use crate::Window;
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::{Actor, RecordKey, Register};
use register::sign_in::SignIn;
use register::{By, Command, Refusal};
use store::{StoreError, Trace};

/// Happenings carried at a time.
const AT_A_TIME: usize = 100;

/// The command that makes a record of what happened to a party.
pub(crate) fn command(party: &str, name: &str, what: &str, by: &str, said: &SignIn) -> Option<Command> {
    Some(Command {
        key: RecordKey::new(Register::SignIn, &format!("{party}:{name}")),
        version: 0,
        action: what.into(),
        by: By {
            actor: Actor { party: Text::default(), name: by.into() },
            codes: Vec::new(),
            role: Role::Consumer,
            applies: false,
            reviews: false,
            window: true,
        },
        note: String::new(),
        body: Some(serde_json::to_string(said).ok()?),
    })
}

/// Records a happening; false = nobody knows whether it is recorded.
pub async fn record(window: &Window, name: &str, happened: &Trace) -> bool {
    let said = SignIn { subject: happened.subject.to_string(), time: happened.time.0, denied: None };
    let Some(command) = command(&happened.party, name, &happened.what, &happened.by, &said) else {
        return false;
    };
    match window.pipeline.command(command).await {
        // It was recorded before: by another server, or before this one ended.
        Some(Ok(_) | Err(Refusal::Outdated(_))) => true,
        Some(Err(refusal)) => {
            tracing::error!(?refusal, what = %happened.what, "what happened was not recorded");
            false
        }
        None => false,
    }
}

/// Carries what waits to the ledger, the oldest first, as far as it records now.
///
/// # Errors
/// When the control store cannot be read or written.
pub async fn carry(window: &Window) -> Result<(), StoreError> {
    loop {
        let waiting = window.control.unrecorded(AT_A_TIME).await?;
        for happened in &waiting {
            // With the time: after a backup of the control store was restored, numbers come again.
            let name = format!("{}-{}", happened.time.0, happened.id);
            if !record(window, &name, happened).await {
                return Ok(());
            }
            window.control.recorded(happened.id).await?;
        }
        if waiting.len() < AT_A_TIME {
            return Ok(());
        }
    }
}

/// Writes down what was done by somebody to somebody or something of a party, and carries it to the ledger.
///
/// # Errors
/// When it cannot be written down; what the ledger does not take now it takes later.
pub async fn happened(
    window: &Window,
    by: &str,
    party: &str,
    what: &str,
    subject: &str,
) -> Result<(), StoreError> {
    window.control.happened(by, party, what, subject, window.clock.now()).await?;
    if window.intake.closed().is_none() {
        carry(window).await?;
    }
    Ok(())
}

/// A happening as it is recorded at once.
pub fn of(by: &str, party: &str, what: &str, subject: &str, time: Time) -> Trace {
    Trace { id: 0, time, by: by.into(), party: party.into(), what: what.into(), subject: subject.into() }
}
