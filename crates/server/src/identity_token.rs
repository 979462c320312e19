//! ID tokens of OpenID Connect: signed claims about a person (RFC 7515 compact form), verified with the keys of their
//! provider. Two algorithms, RS256 and ES256; the key says which, never the token: nothing unsigned and nothing keyed with
//! a shared secret is a token here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use ring::signature::{UnparsedPublicKey, VerificationAlgorithm};
use serde::Deserialize;
use serde_json::Value;

/// Bytes of a token at most.
const LONGEST: usize = 16_384;
/// Seconds by which the clocks may differ.
const DRIFT: i64 = 60;
/// Seconds since a token was issued, at most: it was asked for a moment ago.
const OLDEST: i64 = 600;

/// A key of a provider (RFC 7517), with what is needed here.
#[derive(Clone, PartialEq, Eq, Deserialize, Debug)]
pub struct Key {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

/// Keys of a provider.
#[derive(Clone, PartialEq, Eq, Deserialize, Debug)]
pub struct Keys {
    /// Those it signs with, and others.
    pub keys: Vec<Value>,
}

impl Keys {
    /// The key of a name; one of a form that is not known is none.
    fn find(&self, name: Option<&str>) -> Option<Key> {
        let known = self.keys.iter().filter_map(|key| Key::deserialize(key).ok());
        let mut signing =
            known.filter(|key| key.purpose.as_deref().is_none_or(|purpose| purpose == "sig")).filter(|key| {
                // Without a name in the token there may be no choice.
                name.is_none() || key.kid.as_deref() == name
            });
        let found = signing.next();
        if name.is_none() && signing.next().is_some() { None } else { found }
    }
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    /// Extensions that have to be understood: none are.
    #[serde(default)]
    crit: Option<Value>,
}

/// Why a token proves nothing.
#[derive(thiserror::Error, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Not three parts of base64 with the right members, or too long.
    #[error("the ID token has not the form of one")]
    Form,
    /// Another algorithm than the key's.
    #[error("the ID token is not signed with RS256 or ES256")]
    Algorithm,
    /// No such key, or more than one.
    #[error("the ID token names no key of the provider")]
    Key,
    /// The signature.
    #[error("the signature of the ID token is wrong")]
    Signature,
    /// Another issuer.
    #[error("the ID token is of another issuer")]
    Issuer,
    /// For somebody else.
    #[error("the ID token is for another client")]
    Audience,
    /// Expired, too old, or of the future.
    #[error("the ID token is not of this time")]
    Time,
    /// Not the answer to this sign-in.
    #[error("the ID token is of another sign-in")]
    Nonce,
}

/// What a token has to say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Who issued it.
    pub issuer: &'a str,
    /// For whom.
    pub client: &'a str,
    /// Of which sign-in.
    pub nonce: &'a str,
    /// When, in seconds since 1970.
    pub now: i64,
}

fn decoded(part: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Fault::Form)
}

fn head(token: &str) -> Result<Head, Fault> {
    let part = token.split('.').next().unwrap_or_default();
    serde_json::from_slice(&decoded(part)?).map_err(|_| Fault::Form)
}

/// The claims of a token that was signed with one of these keys and says what it has to.
///
/// # Errors
/// [`Fault`].
pub fn verified(token: &str, keys: &Keys, expected: Expected<'_>) -> Result<Value, Fault> {
    let parts: Vec<&str> = token.split('.').collect();
    let (&[_, claims, signature], true) = (parts.as_slice(), token.len() <= LONGEST) else {
        return Err(Fault::Form);
    };
    let head = head(token)?;
    if head.crit.is_some() {
        return Err(Fault::Form);
    }
    if !matches!(head.alg.as_str(), "RS256" | "ES256") {
        return Err(Fault::Algorithm);
    }
    let key = keys.find(head.kid.as_deref()).ok_or(Fault::Key)?;
    let signed = token.rsplit_once('.').map_or("", |(signed, _)| signed).as_bytes();
    signature_of(&key, &head.alg, signed, &decoded(signature)?)?;
    let claims: Value = serde_json::from_slice(&decoded(claims)?).map_err(|_| Fault::Form)?;
    said(&claims, expected)?;
    Ok(claims)
}

fn signature_of(key: &Key, algorithm: &str, signed: &[u8], signature: &[u8]) -> Result<(), Fault> {
    match (key.kty.as_str(), algorithm) {
        ("RSA", "RS256") => {
            let (n, e) = (decoded(&key.n)?, decoded(&key.e)?);
            let n = n.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<u8>>();
            let public = RsaPublicKeyComponents { n, e };
            let done = public.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature);
            done.map_err(|_| Fault::Signature)
        }
        ("EC", "ES256") if key.crv == "P-256" => {
            let point = [&[4u8], decoded(&key.x)?.as_slice(), decoded(&key.y)?.as_slice()].concat();
            let algorithm: &dyn VerificationAlgorithm = &ECDSA_P256_SHA256_FIXED;
            let public = UnparsedPublicKey::new(algorithm, point);
            public.verify(signed, signature).map_err(|_| Fault::Signature)
        }
        _ => Err(Fault::Algorithm),
    }
}

/// OpenID Connect Core 1.0 §3.1.3.7.
fn said(claims: &Value, expected: Expected<'_>) -> Result<(), Fault> {
    if claims["iss"].as_str() != Some(expected.issuer) {
        return Err(Fault::Issuer);
    }
    let client = Some(expected.client);
    let audience = match &claims["aud"] {
        Value::Array(all) => {
            all.iter().any(|one| one.as_str() == client) && {
                // Of several, the one it was issued to is named, too.
                all.len() == 1 || claims["azp"].as_str() == client
            }
        }
        one => one.as_str() == client,
    };
    if !audience || claims.get("azp").is_some_and(|party| party.as_str() != client) {
        return Err(Fault::Audience);
    }
    let time = |name: &str| claims[name].as_i64().ok_or(Fault::Form);
    let (ends, issued) = (time("exp")?, time("iat")?);
    let begins = claims.get("nbf").map_or(Ok(issued), |begins| begins.as_i64().ok_or(Fault::Form))?;
    let now = expected.now;
    let of_now = now < ends.saturating_add(DRIFT)
        && issued.max(begins) <= now.saturating_add(DRIFT)
        && now <= issued.saturating_add(OLDEST);
    if !of_now {
        return Err(Fault::Time);
    }
    if claims["nonce"].as_str() != Some(expected.nonce) {
        return Err(Fault::Nonce);
    }
    if claims["sub"].as_str().is_none_or(|subject| subject.is_empty() || subject.len() > 255) {
        return Err(Fault::Form);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_signature_of_the_standard_is_verified_and_no_other() {
        // RFC 7515, A.2.
        let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
        let signed = b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = decoded("cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw").unwrap();
        let key: Key = serde_json::from_value(json!({"kty": "RSA", "n": n, "e": "AQAB"})).unwrap();
        assert_eq!(signature_of(&key, "RS256", signed, &signature), Ok(()));
        assert_eq!(signature_of(&key, "ES256", signed, &signature), Err(Fault::Algorithm));
        assert_eq!(signature_of(&key, "RS256", &signed[1..], &signature), Err(Fault::Signature));
        assert_eq!(signature_of(&key, "RS256", signed, &signature[1..]), Err(Fault::Signature));
    }

    #[test]
    fn a_text_that_is_no_token_proves_nothing() {
        let keys = Keys { keys: vec![json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}), json!(3)] };
        let expected = Expected { issuer: "i", client: "c", nonce: "n", now: 0 };
        let long = "a.".repeat(LONGEST);
        for text in ["", ".", "..", "a.b.c", "e30.e30.e30", "....", "é.é.é", &long] {
            assert_eq!(verified(text, &keys, expected), Err(Fault::Form), "{text}");
        }
        assert_eq!(verified("eyJhbGciOiJub25lIn0.e30.", &keys, expected), Err(Fault::Algorithm));
        assert_eq!(
            verified("eyJhbGciOiJSUzI1NiIsImNyaXQiOlsieCJdfQ.e30.", &keys, expected),
            Err(Fault::Form)
        );
        assert_eq!(verified("eyJhbGciOiJSUzI1NiJ9.e30.AAAA", &keys, expected), Err(Fault::Signature));
    }

    #[test]
    fn what_a_token_says_is_held_against_what_was_asked() {
        let expected = Expected { issuer: "i", client: "c", nonce: "n", now: 1_000 };
        let right = json!({"iss": "i", "aud": "c", "nonce": "n", "sub": "s", "iat": 990, "exp": 1_200});
        assert_eq!(said(&right, expected), Ok(()));
        let table = [
            ("aud", json!(["c"]), Ok(())),
            ("aud", json!(["c", "d"]), Err(Fault::Audience)),
            ("aud", json!(["d"]), Err(Fault::Audience)),
            ("aud", json!(null), Err(Fault::Audience)),
            ("azp", json!("c"), Ok(())),
            ("azp", json!("d"), Err(Fault::Audience)),
            ("iss", json!("i/"), Err(Fault::Issuer)),
            ("exp", json!(941), Ok(())),
            ("exp", json!(940), Err(Fault::Time)),
            ("exp", json!("1200"), Err(Fault::Form)),
            ("exp", json!(i64::MAX), Ok(())),
            ("iat", json!(1_061), Err(Fault::Time)),
            ("iat", json!(399), Err(Fault::Time)),
            ("nbf", json!(1_061), Err(Fault::Time)),
            ("nbf", json!("now"), Err(Fault::Form)),
            ("nonce", json!("N"), Err(Fault::Nonce)),
            ("sub", json!(""), Err(Fault::Form)),
            ("sub", json!(7), Err(Fault::Form)),
        ];
        for (name, value, told) in table {
            let mut claims = right.clone();
            claims[name] = value.clone();
            assert_eq!(said(&claims, expected), told, "{name} {value}");
        }
    }
}
