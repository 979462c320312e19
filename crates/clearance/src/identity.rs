//! Check digits of identity numbers and enterprise codes (HANDBOOK §1.9); which fields of a message tell of a person, and how
//! they are masked wherever others than the sender may read them.

use ceb::Day;

const CITIZEN_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CITIZEN_CHECKS: &[u8; 11] = b"10X98765432";
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const CREDIT_WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// What is wrong with a citizen identity number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IdentityFault {
    /// Not 17 digits and a digit or X.
    Shape,
    /// Positions 7–14 are no date.
    BirthDate,
    /// The last character should be another.
    CheckDigit {
        /// What it should be.
        expected: char,
    },
}

/// The check character of the first 17 digits of a citizen identity number (GB 11643).
pub fn citizen_check(digits: &str) -> Option<char> {
    let bytes = digits.as_bytes().get(..17)?;
    let mut sum = 0;
    for (byte, weight) in bytes.iter().zip(CITIZEN_WEIGHTS) {
        sum += char::from(*byte).to_digit(10)? * weight;
    }
    CITIZEN_CHECKS.get(sum as usize % 11).map(|byte| char::from(*byte))
}

/// Checks a citizen identity number: shape, birth date, check character.
///
/// # Errors
/// The first thing wrong with it.
pub fn check_citizen(number: &str) -> Result<(), IdentityFault> {
    if number.len() != 18 || !number.is_ascii() {
        return Err(IdentityFault::Shape);
    }
    let expected = citizen_check(number).ok_or(IdentityFault::Shape)?;
    let last = number.chars().last().map_or(' ', |c| c.to_ascii_uppercase());
    if !(last.is_ascii_digit() || last == 'X') {
        return Err(IdentityFault::Shape);
    }
    if number.get(6..14).and_then(Day::parse).is_none() {
        return Err(IdentityFault::BirthDate);
    }
    if last == expected { Ok(()) } else { Err(IdentityFault::CheckDigit { expected }) }
}

/// Whole years of age on a day, by a citizen identity number; none = it has no birth date, or one to come.
pub fn age(number: &str, on: Day) -> Option<u32> {
    let born = number.get(6..14).and_then(Day::parse)?;
    on.number().checked_sub(born.number()).map(|difference| difference / 10_000)
}

/// The check character of the first 17 characters of a unified social credit code (GB 32100).
pub fn credit_check(code: &str) -> Option<char> {
    let bytes = code.as_bytes().get(..17)?;
    let mut sum = 0;
    for (byte, weight) in bytes.iter().zip(CREDIT_WEIGHTS) {
        sum += CREDIT_ALPHABET.iter().position(|known| known == byte)? as u32 * weight;
    }
    CREDIT_ALPHABET.get((31 - sum as usize % 31) % 31).map(|byte| char::from(*byte))
}

/// Whether an enterprise code has the shape of one: ten characters of a customs registration number, or eighteen of a
/// unified social credit code with its check character.
pub fn is_enterprise_code(code: &str) -> bool {
    match code.len() {
        10 => {
            code.bytes().take(5).all(|byte| byte.is_ascii_digit())
                && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }
        18 => credit_check(code) == code.chars().last(),
        _ => false,
    }
}

/// Shows the first three and last two characters.
pub fn mask_number(number: &str) -> String {
    let count = number.chars().count();
    number
        .chars()
        .enumerate()
        .map(|(index, c)| if index < 3 || index + 2 >= count { c } else { '*' })
        .collect()
}

/// Shows the first character of a name.
pub fn mask_name(name: &str) -> String {
    name.chars().enumerate().map(|(index, c)| if index == 0 { c } else { '*' }).collect()
}

/// Shows the first six characters of an address.
pub fn mask_address(address: &str) -> String {
    let mut shown: String = address.chars().take(6).collect();
    if address.chars().count() > 6 {
        shown.push_str("***");
    }
    shown
}

/// How a field that tells of a person is masked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Personal {
    /// A number: of an identity document, a telephone, an account on a platform.
    Number,
    /// A name.
    Name,
    /// An address.
    Address,
}

/// What a field of a message tells of a person, by its element name; none = nothing.
pub fn personal(field: &str) -> Option<Personal> {
    match field {
        "buyerIdNumber" | "payerIdNumber" | "buyerTelephone" | "consigneeTelephone" | "telephone"
        | "ebcTelephone" | "buyerRegNo" => Some(Personal::Number),
        "buyerName" | "payerName" | "consignee" => Some(Personal::Name),
        "consigneeAddress" => Some(Personal::Address),
        _ => None,
    }
}

/// The value of a field as others may read it. `path` ends with the field's element name: `InventoryHead.buyerName`.
pub fn masked<'a>(path: &str, value: &'a str) -> std::borrow::Cow<'a, str> {
    let field = path.rsplit(['.', '/']).next().unwrap_or(path);
    match personal(field) {
        Some(Personal::Number) => mask_number(value).into(),
        Some(Personal::Name) => mask_name(value).into(),
        Some(Personal::Address) => mask_address(value).into(),
        None if field == "note" => crate::device::hidden(value),
        None => value.into(),
    }
}
