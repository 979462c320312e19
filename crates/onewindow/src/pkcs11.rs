//! Signing keys in hardware tokens: the module of the token's maker is loaded, the key never leaves the token.

use crate::Failure;
use ceb::signature::{Algorithm, Signer};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Where a key lies.
pub struct Place<'a> {
    /// Shared library of the token's maker.
    pub module: &'a Path,
    /// Label of the token.
    pub token: &'a str,
    /// Label of the private key.
    pub key: &'a str,
}

/// The signer of a key in a token. The certificate is the given one, or the one that the token keeps with the key.
pub fn signer(place: &Place<'_>, pin: &str, certificate: Option<Vec<u8>>) -> Result<Signer, Failure> {
    let module = Pkcs11::new(place.module).map_err(|error| {
        format!("the PKCS#11 module {} cannot be loaded: {error}", place.module.display())
    })?;
    module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let session = module.open_ro_session(slot(&module, place)?)?;
    session
        .login(UserType::User, Some(&AuthPin::new(pin.into())))
        .map_err(|error| format!("the token {} does not accept the PIN: {error}", place.token))?;
    let key = key(&session, place)?;
    let certificate = match certificate {
        Some(certificate) => certificate,
        None => certificate_of(&session, key, place)?,
    };
    // A session is used by one thread at a time.
    let session = Mutex::new(session);
    let sign = move |algorithm: Algorithm, message: &[u8]| {
        let mechanism = match algorithm {
            Algorithm::RsaSha1 => Mechanism::Sha1RsaPkcs,
            Algorithm::RsaSha256 => Mechanism::Sha256RsaPkcs,
            // PKCS#11 names no mechanism for SM2: makers have their own.
            Algorithm::Sm2Sm3 => return Err("SM2 keys in tokens are not supported".to_owned()),
        };
        let session = session.lock().unwrap_or_else(PoisonError::into_inner);
        session.sign(&mechanism, key, message).map_err(|error| format!("the token did not sign: {error}"))
    };
    Ok(Signer::outside(&certificate, Box::new(sign))?)
}

fn slot(module: &Pkcs11, place: &Place<'_>) -> Result<Slot, Failure> {
    let mut known = Vec::new();
    let mut found = Vec::new();
    for slot in module.get_slots_with_initialized_token()? {
        let label = module.get_token_info(slot)?.label().trim_end().to_owned();
        if label == place.token {
            found.push(slot);
        }
        known.push(label);
    }
    match found.as_slice() {
        [slot] => Ok(*slot),
        [] => Err(format!("no token has the label {}; there are: {}", place.token, known.join(", ")).into()),
        _ => Err(format!("{} tokens have the label {}: leave one", found.len(), place.token).into()),
    }
}

fn key(session: &Session, place: &Place<'_>) -> Result<ObjectHandle, Failure> {
    let wanted =
        [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Label(place.key.as_bytes().to_vec())];
    match session.find_objects(&wanted)?.as_slice() {
        [key] => Ok(*key),
        [] => {
            Err(format!("the token {} has no private key with the label {}", place.token, place.key).into())
        }
        keys => {
            Err(format!("the token {} has {} private keys {}", place.token, keys.len(), place.key).into())
        }
    }
}

/// The certificate with the id of the key: what PKCS#11 keeps the two together by.
fn certificate_of(session: &Session, key: ObjectHandle, place: &Place<'_>) -> Result<Vec<u8>, Failure> {
    let none = || {
        format!(
            "the token {} has no certificate with the id of the key {}: name one with --certificate",
            place.token, place.key
        )
    };
    let id = session
        .get_attributes(key, &[AttributeType::Id])?
        .into_iter()
        .find(|attribute| matches!(attribute, Attribute::Id(id) if !id.is_empty()))
        .ok_or_else(none)?;
    let found = session.find_objects(&[Attribute::Class(ObjectClass::CERTIFICATE), id])?;
    let certificate = *found.first().ok_or_else(none)?;
    let value = session.get_attributes(certificate, &[AttributeType::Value])?;
    value
        .into_iter()
        .find_map(|attribute| if let Attribute::Value(der) = attribute { Some(der) } else { None })
        .ok_or_else(|| none().into())
}
