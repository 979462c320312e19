//! Who asks: bearer tokens bound to a party and a role. Deny by default.

use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use store::{Control, Scope, Token};

/// Why a request is not let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denied {
    /// No token, or none of ours.
    Unknown,
    /// Revoked or expired.
    Ended,
    /// Its role may not do this.
    Forbidden,
    /// Tokens cannot be read at the moment.
    Unreadable,
}

/// A caller who was let in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// His token.
    pub token: Token,
}

impl Caller {
    /// The caller of an `Authorization` header.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn of(header: Option<&str>, control: &Control, now: Time) -> Result<Self, Denied> {
        let text = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or(Denied::Unknown)?;
        let token = match control.find(text.trim()).await {
            Ok(found) => found.ok_or(Denied::Unknown)?,
            Err(error) => {
                tracing::error!(%error, "a request was not let in");
                return Err(Denied::Unreadable);
            }
        };
        if token.revoked || token.expires.is_some_and(|end| end <= now) {
            return Err(Denied::Ended);
        }
        Ok(Self { token })
    }

    /// Officers and the zone operator act and see by district; enterprises see what names them.
    pub fn is_office(&self) -> bool {
        matches!(self.token.role, Role::Officer | Role::ZoneOperator)
    }

    /// Whether he may send documents.
    ///
    /// # Errors
    /// [`Denied::Forbidden`] for offices and consumers.
    pub fn may_send(&self) -> Result<(), Denied> {
        if self.is_office() || matches!(self.token.role, Role::Consumer | Role::Agency | Role::Bank) {
            Err(Denied::Forbidden)
        } else {
            Ok(())
        }
    }

    /// Whether he may decide as an officer.
    ///
    /// # Errors
    /// [`Denied::Forbidden`] for all others.
    pub fn may_decide(&self) -> Result<(), Denied> {
        if self.token.role == Role::Officer { Ok(()) } else { Err(Denied::Forbidden) }
    }

    /// Whether it is his duty to decide on what parties apply for.
    pub fn reviews(&self) -> bool {
        self.is_office()
    }

    /// Whether he uses the filings and goods of all parties, who need not file them again with his agency.
    pub fn uses_registers(&self) -> bool {
        self.is_office() || matches!(self.token.role, Role::Agency | Role::Bank)
    }

    /// Whether he may be given what others share: agencies and banks, whose machines ask for it.
    pub fn receives_shares(&self) -> bool {
        self.uses_registers()
    }

    /// What he may see; `codes` are the codes of his party.
    pub fn scope(&self, codes: Vec<Text>) -> Scope {
        if self.is_office() { Scope::Office(self.token.districts.clone()) } else { Scope::Party(codes) }
    }
}
