//! GS1 Digital Link: goods, lot and serial number as an address, read and written as the standard has it (GS1 Digital Link
//! Standard: URI Syntax; GS1 General Specifications for check digit and characters). Leaves to others whether there are such
//! goods, and what stands under the address.

use crate::says;
use crate::{Fault, Said};

/// Characters of a lot (AI 10) and of a serial number (AI 21) at most.
pub const LONGEST: usize = 20;
/// Digits of a GTIN as it is written; shorter ones are filled with zeros from the left.
pub const GTIN: usize = 14;
/// The key: goods.
const GOODS: &str = "01";
/// Its qualifiers in their order: variant, lot, serial number.
const QUALIFIERS: [&str; 3] = ["22", "10", "21"];
/// What may stand in a lot or a serial number besides letters and digits: set 82 of the General Specifications.
const SIGNS: &str = "!\"%&'()*+,-./:;<=>?_";

/// What an address names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DigitalLink {
    /// Fourteen digits.
    pub gtin: String,
    /// Lot; empty = none is named.
    pub lot: String,
    /// Serial number; empty = none is named.
    pub serial: String,
}

/// The check digit of the digits before it.
fn check_digit(digits: &str) -> u32 {
    // The last digit before it counts three times, the one before once, and so on.
    let weighed = digits.bytes().rev().enumerate().map(|(at, digit)| {
        let value = u32::from(digit - b'0');
        if at.is_multiple_of(2) { value * 3 } else { value }
    });
    (10 - weighed.sum::<u32>() % 10) % 10
}

/// The fourteen digits of a GTIN of 8, 12, 13 or 14.
///
/// # Errors
/// What it must be, and where its check digit is wrong, which it should be.
pub fn gtin(text: &str) -> Result<String, Said> {
    let text = text.trim();
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !matches!(text.len(), 8 | 12 | 13 | GTIN) {
        return Err(says::GTIN_FORM.said());
    }
    let (body, last) = text.split_at(text.len() - 1);
    let expected = check_digit(body).to_string();
    if last != expected {
        return Err(says::GTIN_CHECK.with(&[("digit", &expected)]));
    }
    Ok(format!("{text:0>GTIN$}"))
}

/// Whether a text may be a lot or a serial number.
///
/// # Errors
/// What it must be.
pub fn qualifier(text: &str) -> Result<(), Said> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || SIGNS.as_bytes().contains(&byte);
    if (1..=LONGEST).contains(&text.len()) && text.bytes().all(fits) {
        return Ok(());
    }
    Err(says::SET_82.with(&[("most", &LONGEST.to_string())]))
}

/// A text as it stands in a path: letters, digits and `-._` as they are, everything else in percent.
pub fn encoded(text: &str) -> String {
    use std::fmt::Write;
    let mut path = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

/// A part of a path as it was meant; none where a percent is followed by no two digits, or it is no text.
pub fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (pair, after) = rest.split_at_checked(2)?;
        let half = |byte: u8| char::from(byte).to_digit(16);
        let byte = half(pair[0])? * 16 + half(pair[1])?;
        bytes.push(byte as u8);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

/// The path of an address: without scheme and host, query and fragment.
fn path_of(text: &str) -> Option<&str> {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let scheme = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme));
    let rest = &text[scheme.map_or(0, str::len)..];
    // A host of no letters is none; without one the path is all.
    let begin = rest.find('/').filter(|at| (*at > 0) == scheme.is_some())?;
    let path = &rest[begin..];
    let end = path.find(['?', '#']).unwrap_or(path.len());
    Some(path[..end].trim_end_matches('/'))
}

impl DigitalLink {
    /// Goods with lot and serial number.
    ///
    /// # Errors
    /// Everything that is wrong, by `gtin`, `lot`, `serial`.
    pub fn new(goods: &str, lot: &str, serial: &str) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let number = gtin(goods).unwrap_or_else(|said| {
            faults.push(Fault::new("gtin", goods, said));
            String::new()
        });
        for (path, text) in [("lot", lot), ("serial", serial)] {
            if !text.is_empty()
                && let Err(said) = qualifier(text)
            {
                faults.push(Fault::new(path, text, said));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self { gtin: number, lot: lot.to_owned(), serial: serial.to_owned() })
    }

    /// What an address names: the whole address, or its path from `/` on. What stands before the key belongs to whoever serves
    /// it, and a query to whoever asks.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        let wrong = || vec![Fault::new("link", text, says::DIGITAL_LINK.said())];
        let path = path_of(text.trim()).ok_or_else(wrong)?;
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        // Keys and values alternate up to the end, so a value that looks like the key has the wrong parity.
        let at =
            (0..parts.len()).rev().find(|at| parts[*at] == GOODS && (parts.len() - at).is_multiple_of(2));
        let mut pairs = parts[at.ok_or_else(wrong)?..].chunks(2);
        let goods = pairs.next().and_then(|pair| decoded(pair[1])).ok_or_else(wrong)?;
        let (mut lot, mut serial, mut last) = (String::new(), String::new(), None);
        for pair in pairs {
            let order = QUALIFIERS.iter().position(|known| *known == pair[0]);
            // Each once, and in their order.
            if order.is_none() || order <= last {
                return Err(wrong());
            }
            last = order;
            let value = decoded(pair[1]).filter(|value| !value.is_empty()).ok_or_else(wrong)?;
            match pair[0] {
                "10" => lot = value,
                "21" => serial = value,
                _ => qualifier(&value).map_err(|said| vec![Fault::new("variant", &value, said)])?,
            }
        }
        Self::new(&goods, &lot, &serial)
    }

    /// The path that names it.
    pub fn path(&self) -> String {
        let mut path = format!("/{GOODS}/{}", self.gtin);
        for (key, value) in [(QUALIFIERS[1], &self.lot), (QUALIFIERS[2], &self.serial)] {
            if !value.is_empty() {
                path.push_str(&format!("/{key}/{}", encoded(value)));
            }
        }
        path
    }

    /// The whole address: behind that of whoever serves it.
    pub fn address(&self, host: &str) -> String {
        format!("{}{}", host.trim_end_matches('/'), self.path())
    }
}
