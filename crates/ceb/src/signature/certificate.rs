//! Reads from an X.509 certificate what the judgement needs: serial, subject, validity, key and the private fields
//! of e-port cards (SPEC §9.3). Old cards hold names in GBK under any string type and bend other rules of X.509, so
//! the reading is tolerant. Trust, revocation and whose certificate it is are left to others.

use crate::Text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::GB18030;
use std::fmt::Write as _;

/// What a certificate says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateFacts {
    /// SHA-256 of the certificate: its identity.
    pub der_sha256: [u8; 32],
    /// Serial number in lower-case hexadecimal, two digits a byte, without the sign byte.
    pub serial_hex: Text,
    /// Subject in the order of the certificate, `C=CN, O=…, CN=…`.
    pub subject_text: Text,
    /// Issuer, in the same way.
    pub issuer_text: Text,
    /// Valid from, yyyyMMddHHmmss in China standard time, like the times of messages.
    pub not_before: u64,
    /// Valid to, yyyyMMddHHmmss in China standard time.
    pub not_after: u64,
    /// Organisation code of an e-port card (`1.3.6.1.4.1.5315.100.5.11`).
    pub enterprise_code: Option<Text>,
    /// Enterprise name of an e-port card (`1.3.6.1.4.1.5315.100.5.1`).
    pub enterprise_name: Option<Text>,
    /// Card number of an e-port card (`1.3.6.1.4.1.5315.100.5.9`), which `KeyName` repeats in the card variant.
    pub card_number: Option<Text>,
}

impl CertificateFacts {
    /// What a certificate in DER or PEM says, if its key can sign messages.
    ///
    /// # Errors
    /// What of it cannot be read, or that no message is signed with such a key.
    pub fn read(given: &[u8]) -> Result<Self, &'static str> {
        let (facts, key) = Self::read_with_key(given)?;
        key.signs_messages().map(|()| facts)
    }

    /// What a certificate in DER or PEM says, with its key, whatever that is for.
    ///
    /// # Errors
    /// What of it cannot be read.
    pub fn read_with_key(given: &[u8]) -> Result<(Self, PublicKey), &'static str> {
        let der = der_of(given);
        let mut identity = [0; 32];
        identity.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, &der).as_ref());
        read(&der, identity)
    }
}

/// RSA moduli of the profile and beyond: 1024 (2018 cards) to 4096 bits.
pub(super) const RSA_BITS: std::ops::RangeInclusive<usize> = 1024..=4096;

/// DER as given, or the bytes of a PEM file's key or certificate.
pub(super) fn der_of(given: &[u8]) -> Vec<u8> {
    let from_pem = || {
        let mut rest = std::str::from_utf8(given).ok()?;
        while let Some((_, block)) = rest.split_once("-----BEGIN ") {
            let (label, body) = block.split_once("-----")?;
            let (body, after) = body.split_once("-----END ")?;
            if label.ends_with("PRIVATE KEY") || label == "CERTIFICATE" {
                let body: String = body.split_ascii_whitespace().collect();
                return STANDARD.decode(body).ok();
            }
            // openssl writes the curve's parameters in a block before the key's.
            rest = after;
        }
        None
    };
    from_pem().unwrap_or_else(|| given.to_vec())
}

/// The key of a certificate, as bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PublicKey {
    /// RSA.
    Rsa {
        /// `RSAPublicKey` in DER.
        key: Vec<u8>,
        /// Bits of its modulus.
        bits: usize,
    },
    /// SM2.
    Sm2 {
        /// A point of the curve, SEC 1.
        point: Vec<u8>,
    },
    /// ECDSA on P-256.
    P256 {
        /// A point of the curve, SEC 1.
        point: Vec<u8>,
    },
    /// Ed25519.
    Ed25519 {
        /// 32 bytes.
        key: Vec<u8>,
    },
    /// Another algorithm.
    Other {
        /// Its object identifier.
        identifier: Text,
    },
}

impl PublicKey {
    /// What it is: `rsa-2048`, `sm2`, `ecdsa-p256`, `ed25519`, or an object identifier.
    pub fn name(&self) -> Text {
        match self {
            Self::Rsa { bits, .. } => compact_str::format_compact!("rsa-{bits}"),
            Self::Sm2 { .. } => Text::const_new("sm2"),
            Self::P256 { .. } => Text::const_new("ecdsa-p256"),
            Self::Ed25519 { .. } => Text::const_new("ed25519"),
            Self::Other { identifier } => identifier.clone(),
        }
    }

    /// Whether messages are signed with such a key.
    ///
    /// # Errors
    /// Why not.
    pub fn signs_messages(&self) -> Result<(), &'static str> {
        match self {
            Self::Sm2 { .. } => Ok(()),
            Self::Rsa { bits, .. } if RSA_BITS.contains(bits) => Ok(()),
            Self::Rsa { .. } => Err("its RSA key has fewer than 1024 or more than 4096 bits"),
            Self::P256 { .. } | Self::Ed25519 { .. } | Self::Other { .. } => {
                Err("its key is neither RSA nor SM2")
            }
        }
    }
}

/// The arc of e-port's private fields: 1.3.6.1.4.1.5315.100.5.
pub(super) const PORT_ARC: [u8; 9] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0xA9, 0x43, 0x64, 0x05];
const RSA: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
const ELLIPTIC: [u8; 7] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
const P256: [u8; 8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
const ED25519: [u8; 3] = [0x2B, 0x65, 0x70];
const SM2: [u8; 8] = [0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D];

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const IDENTIFIER: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const BMP_STRING: u8 = 0x1E;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xA0;
const EXTENSIONS: u8 = 0xA3;

/// A reader of DER elements, one after another.
struct Der<'a> {
    rest: &'a [u8],
}

impl<'a> Der<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Tag and content of the next element.
    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, after) = self.rest.split_first()?;
        if tag & 0x1F == 0x1F {
            return None;
        }
        let (&first, after) = after.split_first()?;
        let (length, after) = match first {
            0..=0x7F => (usize::from(first), after),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7F);
                let bytes = after.get(..count)?;
                let length = bytes.iter().fold(0_usize, |sum, &byte| (sum << 8) | usize::from(byte));
                (length, after.get(count..)?)
            }
            _ => return None,
        };
        let content = after.get(..length)?;
        self.rest = after.get(length..)?;
        Some((tag, content))
    }

    /// The content of the next element, which must have a tag.
    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.peek()? != tag {
            return None;
        }
        Some(self.any()?.1)
    }

    fn sequence(&mut self) -> Option<Der<'a>> {
        self.expect(SEQUENCE).map(Der::new)
    }
}

/// Reads a certificate.
pub(super) fn read(der: &[u8], der_sha256: [u8; 32]) -> Result<(CertificateFacts, PublicKey), &'static str> {
    let mut outer = Der::new(der);
    let mut certificate = outer.sequence().ok_or("it is not DER")?;
    let mut body = certificate.sequence().ok_or("it has no body")?;
    if body.peek() == Some(VERSION) {
        body.any().ok_or("its version")?;
    }
    let serial = body.expect(INTEGER).ok_or("its serial number")?;
    body.sequence().ok_or("its algorithm")?;
    let issuer_text = body.sequence().and_then(name).ok_or("its issuer")?;
    let mut validity = body.sequence().ok_or("its validity")?;
    let not_before = validity.any().and_then(|(tag, content)| time(tag, content)).ok_or("its first day")?;
    let not_after = validity.any().and_then(|(tag, content)| time(tag, content)).ok_or("its last day")?;
    let subject = body.sequence().ok_or("its subject")?;
    let subject_text = name(subject).ok_or("its subject")?;
    let key = body.sequence().and_then(key).ok_or("its key")?;
    let mut facts = CertificateFacts {
        der_sha256,
        serial_hex: hexadecimal(serial),
        subject_text,
        issuer_text,
        not_before,
        not_after,
        enterprise_code: None,
        enterprise_name: None,
        card_number: None,
    };
    while let Some((tag, content)) = body.any() {
        if tag == EXTENSIONS {
            extensions(content, &mut facts).ok_or("its extensions")?;
        }
    }
    Ok((facts, key))
}

fn extensions(content: &[u8], facts: &mut CertificateFacts) -> Option<()> {
    let mut list = Der::new(content).sequence()?;
    while list.peek().is_some() {
        let mut extension = list.sequence()?;
        let identifier = extension.expect(IDENTIFIER)?;
        if extension.peek() == Some(BOOLEAN) {
            extension.any()?;
        }
        let value = extension.expect(OCTET_STRING)?;
        let Some(field) = identifier.strip_prefix(&PORT_ARC[..]) else {
            continue;
        };
        let place = match field {
            [1] => &mut facts.enterprise_name,
            [9] => &mut facts.card_number,
            [11] => &mut facts.enterprise_code,
            _ => continue,
        };
        // The value should be a DER string; some cards hold the bare characters.
        let mut inner = Der::new(value);
        let text = match inner.any() {
            Some((tag, content)) if inner.rest.is_empty() => string(tag, content),
            _ => string(0, value),
        };
        let text = text.trim_matches(|character: char| character.is_whitespace() || character == '\0');
        if !text.is_empty() {
            *place = Some(Text::new(text));
        }
    }
    Some(())
}

fn key(mut key: Der<'_>) -> Option<PublicKey> {
    let mut algorithm = key.sequence()?;
    let identifier = algorithm.expect(IDENTIFIER)?;
    let parameters = algorithm.any().map(|(_, content)| content);
    let bits = key.expect(BIT_STRING)?;
    let (&unused, bytes) = bits.split_first()?;
    if unused != 0 {
        return None;
    }
    if identifier == RSA {
        let mut numbers = Der::new(bytes).sequence()?;
        let modulus = numbers.expect(INTEGER)?;
        let first = modulus.iter().position(|&byte| byte != 0)?;
        let bits = (modulus.len() - first) * 8 - usize::try_from(modulus[first].leading_zeros()).ok()?;
        return Some(PublicKey::Rsa { key: bytes.to_vec(), bits });
    }
    if identifier == SM2 || (identifier == ELLIPTIC && parameters == Some(&SM2)) {
        return Some(PublicKey::Sm2 { point: bytes.to_vec() });
    }
    if identifier == ELLIPTIC && parameters == Some(&P256) {
        return Some(PublicKey::P256 { point: bytes.to_vec() });
    }
    if identifier == ED25519 {
        return Some(PublicKey::Ed25519 { key: bytes.to_vec() });
    }
    let shown = if identifier == ELLIPTIC { parameters.unwrap_or(identifier) } else { identifier };
    Some(PublicKey::Other { identifier: dotted(shown) })
}

/// The two numbers of an SM2 signature in DER, as raw r‖s.
pub(super) fn raw_signature(der: &[u8]) -> Option<[u8; 64]> {
    let mut outer = Der::new(der);
    let mut numbers = outer.sequence()?;
    let mut raw = [0; 64];
    for half in raw.chunks_exact_mut(32) {
        let number = numbers.expect(INTEGER)?;
        let number = &number[number.iter().position(|&byte| byte != 0)?..];
        let start = 32_usize.checked_sub(number.len())?;
        half[start..].copy_from_slice(number);
    }
    (outer.rest.is_empty() && numbers.rest.is_empty()).then_some(raw)
}

fn hexadecimal(bytes: &[u8]) -> Text {
    let significant = match bytes {
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let mut text = Text::default();
    for byte in significant {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn dotted(identifier: &[u8]) -> Text {
    let mut text = Text::default();
    let mut number: u64 = 0;
    let mut first = true;
    for &byte in identifier {
        number = (number << 7) | u64::from(byte & 0x7F);
        if byte & 0x80 != 0 {
            continue;
        }
        let _ = if first {
            let root = (number / 40).min(2);
            write!(text, "{root}.{}", number - root * 40)
        } else {
            write!(text, ".{number}")
        };
        first = false;
        number = 0;
    }
    text
}

/// Characters of a string element: UTF-8 where that is what the bytes are, else GBK.
fn string(tag: u8, content: &[u8]) -> String {
    if tag == BMP_STRING {
        let units = content.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        return char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    }
    match std::str::from_utf8(content) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(content).0.into_owned(),
    }
}

fn name(mut name: Der<'_>) -> Option<Text> {
    let mut text = Text::default();
    while name.peek().is_some() {
        let mut set = Der::new(name.expect(SET)?);
        while set.peek().is_some() {
            let mut pair = set.sequence()?;
            let identifier = pair.expect(IDENTIFIER)?;
            let (tag, content) = pair.any()?;
            if !text.is_empty() {
                text.push_str(", ");
            }
            match identifier {
                [0x55, 0x04, 3] => text.push_str("CN"),
                [0x55, 0x04, 4] => text.push_str("SN"),
                [0x55, 0x04, 5] => text.push_str("SERIALNUMBER"),
                [0x55, 0x04, 6] => text.push('C'),
                [0x55, 0x04, 7] => text.push('L'),
                [0x55, 0x04, 8] => text.push_str("ST"),
                [0x55, 0x04, 10] => text.push('O'),
                [0x55, 0x04, 11] => text.push_str("OU"),
                [0x55, 0x04, 12] => text.push_str("T"),
                other => text.push_str(&dotted(other)),
            }
            text.push('=');
            text.push_str(&string(tag, content));
        }
    }
    Some(text)
}

/// A time of X.509, which is UTC, as a number in China standard time.
fn time(tag: u8, content: &[u8]) -> Option<u64> {
    let digits = content.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |from: usize, length: usize| {
        let part = digits.get(from..from + length)?;
        Some(part.iter().fold(0_u64, |sum, &digit| sum * 10 + u64::from(digit - b'0')))
    };
    let (year, rest) = match tag {
        UTC_TIME => {
            let year = number(0, 2)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, 2)
        }
        GENERALIZED_TIME => (number(0, 4)?, 4),
        _ => return None,
    };
    let (month, day) = (number(rest, 2)?, number(rest + 2, 2)?);
    let (hour, minute) = (number(rest + 4, 2)?, number(rest + 6, 2)?);
    let second = match digits.len() - rest {
        8 => 0,
        10 => number(rest + 8, 2)?,
        _ => return None,
    };
    if !(1..=12).contains(&month) || day == 0 || day > days_of(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (mut year, mut month, mut day, mut hour) = (year, month, day, hour + 8);
    if hour > 23 {
        hour -= 24;
        day += 1;
        if day > days_of(year, month) {
            day = 1;
            month += 1;
            if month > 12 {
                month = 1;
                year += 1;
            }
        }
    }
    if year > 9999 {
        // "No end" is the last second of 9999, and stays so.
        return Some(99_991_231_235_959);
    }
    Some(((((year * 100 + month) * 100 + day) * 100 + hour) * 100 + minute) * 100 + second)
}

fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_move_to_china_standard_time() {
        assert_eq!(time(UTC_TIME, b"230807083000Z"), Some(20_230_807_163_000));
        assert_eq!(time(UTC_TIME, b"231231160000Z"), Some(20_240_101_000_000));
        assert_eq!(time(UTC_TIME, b"240228235959Z"), Some(20_240_229_075_959));
        assert_eq!(time(UTC_TIME, b"991231155959Z"), Some(19_991_231_235_959));
        assert_eq!(time(UTC_TIME, b"2308070830Z"), Some(20_230_807_163_000));
        assert_eq!(time(GENERALIZED_TIME, b"20500101000000Z"), Some(20_500_101_080_000));
        assert_eq!(time(GENERALIZED_TIME, b"99991231235959Z"), Some(99_991_231_235_959));
        for bad in [&b"230230000000Z"[..], b"231301000000Z", b"230807240000Z", b"230807083000", b"Z", b"23Z"]
        {
            assert_eq!(time(UTC_TIME, bad), None, "{bad:?}");
        }
    }

    #[test]
    fn strings_are_read_in_every_encoding_of_cards() {
        assert_eq!(string(0x0C, "昆明".as_bytes()), "昆明");
        assert_eq!(string(0x0C, &[0xC0, 0xA5, 0xC3, 0xF7]), "昆明");
        assert_eq!(string(0x13, &[0xC0, 0xA5, 0xC3, 0xF7]), "昆明");
        assert_eq!(string(BMP_STRING, &[0x66, 0x06, 0x66, 0x0E]), "昆明");
        assert_eq!(dotted(&PORT_ARC), "1.3.6.1.4.1.5315.100.5");
        assert_eq!(dotted(&SM2), "1.2.156.10197.1.301");
        assert_eq!(hexadecimal(&[0, 0x8F, 1]), "8f01");
    }

    #[test]
    fn a_signature_in_der_gives_its_numbers() {
        let mut raw = [0; 64];
        raw[31] = 5;
        raw[32] = 0x80;
        raw[63] = 7;
        let mut der = vec![0x30, 3 + 2 + 33, 2, 1, 5, 2, 33, 0, 0x80];
        der.extend([0; 30]);
        der.push(7);
        assert_eq!(raw_signature(&der), Some(raw));
        der.push(0);
        assert_eq!(raw_signature(&der), None);
        assert_eq!(raw_signature(&[0x30, 6, 2, 1, 0, 2, 1, 1]), None, "zero is no signature number");
    }
}
