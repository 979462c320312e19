//! Small secrets of the control store (second factors), encrypted under a key that is derived from the master key: the
//! data keys of the ledger belong to its writer, and the control store is there without one. A sealed secret is
//! nonce(12) ‖ AES-256-GCM, bound to the login it belongs to.

use crate::StoreError;
use crate::master_key::MasterKey;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use std::path::Path;

/// What the derived key is for: another purpose has another key.
const PURPOSE: &[u8] = b"onewindow control secrets 1";

/// What keyed hashes are for.
const NAMES: &[u8] = b"onewindow names of unknown logins 1";

/// The code of a text under a key of its own: 128 bits, hexadecimal.
pub(crate) fn keyed(master_key: &Path, text: &str) -> Result<String, StoreError> {
    let master = MasterKey::load_or_create(master_key, false)?;
    let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &master.0), NAMES);
    let code = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()), text.as_bytes());
    Ok(code.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// Seals and opens.
pub(crate) struct Sealer {
    key: LessSafeKey,
}

fn failed(what: &str) -> StoreError {
    StoreError::MasterKey(what.to_owned())
}

impl Sealer {
    /// With the master key of a file, which is there: a space that people sign in to was opened before.
    pub fn of(master_key: &Path) -> Result<Self, StoreError> {
        Self::with(&MasterKey::load_or_create(master_key, false)?)
    }

    /// With a master key.
    pub fn with(master: &MasterKey) -> Result<Self, StoreError> {
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &master.0), PURPOSE);
        let key =
            UnboundKey::new(&AES_256_GCM, derived.as_ref()).map_err(|_| failed("no key for secrets"))?;
        Ok(Self { key: LessSafeKey::new(key) })
    }

    /// Encrypts a secret of a login.
    pub fn seal(&self, login: &str, secret: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0u8; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| failed("no random numbers"))?;
        let mut sealed = secret.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(login.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| failed("a secret cannot be encrypted"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts it.
    pub fn open(&self, login: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let unreadable = || failed("it does not open the secret of a second factor");
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or_else(unreadable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| unreadable())?;
        let mut body = body.to_vec();
        let opened = self.key.open_in_place(nonce, Aad::from(login.as_bytes()), &mut body);
        opened.map(|secret| secret.to_vec()).map_err(|_| unreadable())
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test may write a file")]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_with_its_key_for_its_login_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one.key"), folder.path().join("other.key"));
        for path in [&one, &other] {
            MasterKey::load_or_create(path, true).unwrap();
        }
        let sealer = Sealer::of(&one).unwrap();
        let sealed = sealer.seal("li", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(sealer.open("li", &sealed).unwrap(), b"secret");
        assert!(sealer.open("wang", &sealed).is_err());
        assert!(Sealer::of(&other).unwrap().open("li", &sealed).is_err());
        assert!(sealer.open("li", &sealed[..8]).is_err());
        assert!(Sealer::of(&folder.path().join("none.key")).is_err());
    }
}
