//! The second factor: time-based codes (RFC 6238: HMAC-SHA1, six digits, thirty seconds, as every authenticator has them)
//! and recovery codes. Whether a code was used before is for the control store to say.

use crate::password::{Failed, random, same};
use clearance::keys::Time;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

/// Bytes of a secret: as many as SHA-1 gives (RFC 4226 §4).
const SECRET: usize = 20;
/// Seconds a code lasts.
const PERIOD: i64 = 30;
/// Steps by which the clocks may differ, either way.
const DRIFT: i64 = 1;
/// Recovery codes a person has.
const RECOVERY: usize = 10;

/// A new secret.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn secret() -> Result<[u8; SECRET], Failed> {
    let mut secret = [0u8; SECRET];
    SystemRandom::new().fill(&mut secret).map_err(|_| Failed::Random)?;
    Ok(secret)
}

/// New recovery codes, 50 random bits each.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn recovery() -> Result<Vec<String>, Failed> {
    (0..RECOVERY).map(|_| random(2)).collect()
}

/// A recovery code as its hash was made, however it was typed.
pub fn typed(code: &str) -> String {
    let letters: Vec<char> =
        code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    letters.chunks(5).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// The code of a step.
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let from = usize::from(tag.last().copied().unwrap_or(0) & 15);
    let four = tag.get(from..from + 4).unwrap_or_default();
    let number = four.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The step of an instant.
pub fn step(now: Time) -> i64 {
    now.0.div_euclid(1000 * PERIOD)
}

/// The step whose code this is, if its time is now.
pub fn matches(secret: &[u8], typed: &str, now: Time) -> Option<i64> {
    let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    (step(now) - DRIFT..=step(now) + DRIFT)
        .find(|step| same(code(secret, *step).as_bytes(), typed.as_bytes()))
}

/// A secret as people type it: base 32 (RFC 4648) without padding.
pub fn shown(secret: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut bits, mut held) = (String::new(), 0u32, 0u32);
    for byte in secret {
        (bits, held) = (bits << 8 | u32::from(*byte), held + 8);
        while held >= 5 {
            held -= 5;
            text.push(char::from(LETTERS[(bits >> held) as usize & 31]));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        text.push(char::from(LETTERS[(bits << (5 - held)) as usize & 31]));
    }
    text
}

/// What an authenticator reads from a picture.
pub fn address(secret: &[u8], login: &str) -> String {
    format!(
        "otpauth://totp/onewindow:{}?secret={}&issuer=onewindow&algorithm=SHA1&digits=6&period={PERIOD}",
        escaped(login),
        shown(secret)
    )
}

/// A text as it stands in an address: what is not reserved there stays (RFC 3986 §2.3).
pub(crate) fn escaped(text: &str) -> String {
    let escaped = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of eight digits.
        let secret = b"12345678901234567890";
        let known = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, expected) in known {
            let now = Time(seconds * 1000);
            assert_eq!(code(secret, step(now)), expected);
            assert_eq!(matches(secret, expected, now), Some(step(now)));
            assert_eq!(matches(secret, expected, Time(now.0 + 30_000)), Some(step(now)), "clocks differ");
            assert_eq!(matches(secret, expected, Time(now.0 + 60_000)), None);
        }
        // RFC 4648 §10.
        let texts = ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"];
        for (length, expected) in texts.into_iter().enumerate() {
            assert_eq!(shown(&b"foobar"[..length]), expected);
        }
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        let codes = recovery().unwrap();
        assert_eq!(codes.len(), RECOVERY);
        for code in codes {
            assert_eq!(typed(&code), code);
            assert_eq!(typed(&code.replace('-', " ").to_uppercase()), code);
        }
    }
}
