//! Rotating the master key: everything that is wrapped under it is wrapped under a new one, and the old one is needed no
//! more. The new key lies beside the old one (`….next`) until all is done: while it does, nothing but the rotation opens the
//! space, and a rotation that was interrupted, wherever it was, is finished by asking for it again. Data keys, the key of
//! lookups and private keys of the evidence log stay what they are, so rows, keyed hashes and signatures do.

use crate::crypt::Keyring;
use crate::sealer::Sealer;
use crate::{MasterKey, StoreError};
use std::path::Path;

/// How far a rotation is: what is told is done and would outlast a crash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The new key lies beside the old one.
    Made,
    /// The secrets of people who sign in and the private keys of the evidence log are under the new key.
    Control,
    /// The data keys are under the new key.
    Keys,
    /// What was under the old key is no longer there.
    Emptied,
    /// The new key lies in the place of the old one.
    Placed,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 5] = [Self::Made, Self::Control, Self::Keys, Self::Emptied, Self::Placed];
}

/// Is told of each step; an error ends the rotation there, as a crash would.
pub type Told<'a> = dyn FnMut(Step) -> Result<(), StoreError> + Send + 'a;

/// From which key to which.
pub(crate) struct Rotation {
    pub old: MasterKey,
    pub new: MasterKey,
    keyring: Keyring,
}

impl Rotation {
    /// The keys of a rotation that begins, or was interrupted.
    pub fn begin(master_key: &Path) -> Result<Self, StoreError> {
        let old = MasterKey::read(master_key)?;
        let next = MasterKey::next_path(master_key);
        let new = if next.exists() { MasterKey::read(&next)? } else { MasterKey::create_next(master_key)? };
        Ok(Self { old, new, keyring: Keyring::default() })
    }

    /// A wrapped key under the new master key; one that is there already stays.
    pub fn key(&self, wrapped: &[u8]) -> Result<Vec<u8>, StoreError> {
        if Keyring::unwrap(&self.new, wrapped).is_ok() {
            return Ok(wrapped.to_vec());
        }
        let wrong = |error: crate::crypt::Unsealable| StoreError::MasterKey(error.0.to_owned());
        let key = Keyring::unwrap(&self.old, wrapped).map_err(wrong)?;
        self.keyring.wrap(&self.new, &key).map_err(wrong)
    }

    /// A sealed secret of a login under the new master key; one that is there already stays.
    pub fn secret(&self, login: &str, sealed: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(sealed) = sealed else { return Ok(None) };
        let (old, new) = (Sealer::with(&self.old)?, Sealer::with(&self.new)?);
        if new.open(login, &sealed).is_ok() {
            return Ok(Some(sealed));
        }
        new.seal(login, &old.open(login, &sealed)?).map(Some)
    }
}
