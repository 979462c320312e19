//! Somebody who has no party yet registers himself, to file one: until that is approved he may file and follow his own
//! application and nothing else; then he is the first admin of the party.

use crate::signing_in::Refused;
use crate::{Window, happenings, password};
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use register::filing;
use store::{Duty, NewUser, Read, StoreError, User, UserState};

/// What he is in the party that he filed: an admin gives no more than he has.
const FIRST_ADMIN: [Duty; 4] = [Duty::Admin, Duty::Operator, Duty::Auditor, Duty::Reader];

/// Registers somebody who claims a code. His login is made here: that one is taken would tell that it exists.
///
/// # Errors
/// [`Refused`]; the password is good enough already.
pub async fn register(
    window: &Window,
    code: &str,
    role: Role,
    name: Text,
    password: &str,
) -> Result<User, Refused> {
    let login = format!("applicant-{}", password::random(2)?);
    let user = NewUser {
        party: filing::claim(&login, code),
        login: login.as_str().into(),
        name,
        role,
        duties: vec![Duty::Applicant],
        districts: Vec::new(),
    };
    let hash = window.gate.hasher().hash(password).await?;
    let now = window.clock.now();
    // Of 50 random bits one is not made twice; if it is, he asks again.
    let id = window.control.add_user(&user, &hash, now).await?.ok_or(Refused::Unrecorded)?;
    window.control.set_password(id, &hash, UserState::Active, now).await?;
    happenings::happened(window, &login, &user.party, "registered", &login).await?;
    window.control.user(id).await?.ok_or(Refused::Unrecorded)
}

/// Makes whoever applied with a record that is approved the first admin of its party.
///
/// # Errors
/// When the control store cannot be written.
pub async fn admit(window: &Window, record: &Record) -> Result<(), StoreError> {
    let id = &record.key.id;
    let Some(roles) = filing::approved(record).filter(|_| filing::is_claim(id)) else { return Ok(()) };
    let Some(user) = window.control.users(Some(id), 0, 1).await?.pop() else { return Ok(()) };
    let role = if roles.contains(&user.role) { Some(user.role) } else { roles.first().copied() };
    let code = filing::code_of(id);
    let role = role.unwrap_or(user.role);
    if window.control.admit(id, code, role, &FIRST_ADMIN, window.clock.now()).await? > 0 {
        happenings::happened(window, &record.actor.name, code, "admitted", &user.login).await?;
    }
    Ok(())
}

/// A user as he is after what was approved meanwhile.
///
/// # Errors
/// When a store cannot be read or written.
pub async fn settled(window: &Window, user: User) -> Result<User, StoreError> {
    if !filing::is_claim(&user.party) {
        return Ok(user);
    }
    let key = RecordKey::new(Register::Filing, &user.party);
    if let Some(record) = window.read.record(&key).await? {
        admit(window, &record).await?;
    }
    Ok(window.control.user(user.id).await?.unwrap_or(user))
}
