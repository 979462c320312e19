//! Providers of identities, whom they proved, and what happened and waits to be a row of the ledger. A provider's settings
//! are text here; what they mean belongs to the server.

use super::control::ask;
use super::{Duty, Trace};
use crate::StoreError;
use crate::control::{Control, Place, hash, random_text};
use clearance::keys::Time;
use clearance::party::Role;

/// A provider of identities. It has a secret, so it has no `Debug`.
#[derive(Clone)]
pub struct Provider {
    /// Its name in addresses.
    pub name: String,
    /// What the operator set, in the server's form.
    pub settings: String,
    /// The secret of this window there, in clear; empty = none.
    pub secret: Vec<u8>,
}

/// For what a secret of a provider is sealed.
pub(crate) fn sealed_for(name: &str) -> String {
    format!("provider {name}")
}

/// Milliseconds within which a person comes back from his provider.
const COMES_BACK: i64 = 600_000;

impl Control {
    /// Adds a provider or puts it in the place of the one of this name.
    ///
    /// # Errors
    /// When it cannot be written, or the master key cannot be read.
    pub async fn set_provider(&self, provider: &Provider) -> Result<(), StoreError> {
        let sealed = self.sealer()?.seal(&sealed_for(&provider.name), &provider.secret)?;
        ask!(self.set_provider(&provider.name, &provider.settings, &sealed))
    }

    /// A provider by its name.
    ///
    /// # Errors
    /// When the store or the master key cannot be read.
    pub async fn provider(&self, name: &str) -> Result<Option<Provider>, StoreError> {
        let Some((settings, sealed)) = ask!(self.provider(name))? else { return Ok(None) };
        let secret = self.sealer()?.open(&sealed_for(name), &sealed)?;
        Ok(Some(Provider { name: name.to_owned(), settings, secret }))
    }

    /// Names and settings of all providers.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn providers(&self) -> Result<Vec<(String, String)>, StoreError> {
        ask!(self.providers())
    }

    /// Removes a provider; false if there is none of this name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn remove_provider(&self, name: &str) -> Result<bool, StoreError> {
        ask!(self.remove_provider(name))
    }

    /// Remembers that a sign-in with a provider began: the state that goes there and the one that the browser keeps.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn begin_with(&self, provider: &str, now: Time) -> Result<(String, String), StoreError> {
        let (state, kept) = (random_text()?, random_text()?);
        ask!(self.begin_with(&hash(&format!("{state} {kept}")), provider, now, Time(now.0 - COMES_BACK)))?;
        Ok((state, kept))
    }

    /// Whether a sign-in with this provider began with these two a moment ago; it is answered so once.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn came_back(
        &self,
        provider: &str,
        state: &str,
        kept: &str,
        now: Time,
    ) -> Result<bool, StoreError> {
        ask!(self.came_back(&hash(&format!("{state} {kept}")), provider, Time(now.0 - COMES_BACK)))
    }

    /// Expects that somebody comes with a secret, for a while: only its hash is kept, and with it for what.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn expect(&self, secret: &str, what: &str, now: Time) -> Result<(), StoreError> {
        ask!(self.begin_with(&hash(secret), what, now, Time(now.0 - COMES_BACK)))
    }

    /// Whether somebody came with a secret that is expected for this since `oldest`; it is answered so once.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn met(&self, secret: &str, what: &str, oldest: Time) -> Result<bool, StoreError> {
        ask!(self.came_back(&hash(secret), what, oldest))
    }

    /// Whose identity it is; only its hash is kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn provided(&self, identity: &str) -> Result<Option<i64>, StoreError> {
        ask!(self.provided(&hash(identity)))
    }

    /// Binds an identity to a user; false if it is bound, or he has another.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn bind(&self, identity: &str, user: i64) -> Result<bool, StoreError> {
        ask!(self.bind(&hash(identity), user))
    }

    /// Puts the users of one party into another, in a role and with duties; their sessions end. Says how many they were.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn admit(
        &self,
        from: &str,
        to: &str,
        role: Role,
        duties: &[Duty],
        now: Time,
    ) -> Result<u64, StoreError> {
        let admitted = ask!(self.admit(from, to, role, duties, now))?;
        self.forget_sessions(|_| true);
        Ok(admitted)
    }

    /// Writes down what happened, to be a row of the ledger too.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn happened(
        &self,
        by: &str,
        party: &str,
        what: &str,
        subject: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        ask!(self.happened(by, party, what, subject, now))
    }

    /// What happened and is no row of the ledger yet, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn unrecorded(&self, limit: usize) -> Result<Vec<Trace>, StoreError> {
        ask!(self.unrecorded(i64::try_from(limit).unwrap_or(i64::MAX)))
    }

    /// It is a row of the ledger.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn recorded(&self, id: i64) -> Result<(), StoreError> {
        ask!(self.recorded(id))
    }

    /// A name for a text that nobody finds by trying texts: its code under a key derived from the master key.
    ///
    /// # Errors
    /// When the master key cannot be read.
    pub fn keyed(&self, text: &str) -> Result<String, StoreError> {
        crate::sealer::keyed(&self.master_key, text)
    }
}
