//! What is wrong with what is said of a parcel: all of it at once, each with its place. Whether its tax can be reckoned is no
//! fault: that is put aside for a person.

use super::{CATEGORIES, CHANNELS, CONTENTS, Content, FORMS, GIVERS, Parcel, Settled};
use crate::park::{check_length, check_text, check_word};
use crate::{Fault, Seen, says};
use ceb::{Decimal, Stamp};
use clearance::identity::check_citizen;
use clearance::keys::Time;
use clearance::rulebook::CNY;

/// Minutes that clocks of others may be ahead of ours.
const AHEAD_MINUTES: i64 = 60;
/// Weights of the eight digits of a postal number (UPU S10).
const S10_WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];

/// Whether a number has the shape of UPU S10, and if so whether its check digit is right.
pub(super) fn s10(number: &str) -> Option<bool> {
    let bytes = number.as_bytes();
    let letters = |range: std::ops::Range<usize>| {
        bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_uppercase))
    };
    let digits = bytes.get(2..11)?;
    if bytes.len() != 13 || !letters(0..2) || !letters(11..13) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let sum: u32 =
        digits.iter().zip(S10_WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let expected = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        digit => digit,
    };
    Some(digits.last().map(|digit| u32::from(digit - b'0')) == Some(expected))
}

pub(super) fn check_id(seen: &Seen<'_>, giver: &str, parcel: &Parcel, faults: &mut Vec<Fault>) {
    let (id, number) = (&seen.command.key.id, seen.own_name());
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if !(5..=40).contains(&number.len()) || !number.chars().all(fits) {
        faults.push(Fault::new("id", id, says::PARCEL_ID.said()));
    } else if check_citizen(number).is_ok() {
        // Ids stand in the clear.
        faults.push(Fault::new("id", id, says::KEY_IS_NO_PERSON.said()));
    } else if parcel.channel == "post" && s10(number) == Some(false) {
        faults.push(Fault::new("id", number, says::PARCEL_CHECK_DIGIT.said()));
    }
    // By either of his codes it would be two parcels, and counted twice.
    let filing = seen.parties.find(giver, seen.now.day());
    if let Some(filing) = filing.filter(|filing| filing.code != giver) {
        faults.push(Fault::new("id", giver, says::PARCEL_CODE.with(&[("code", &filing.code)])));
    }
    if !seen.acts_as(giver, GIVERS) {
        let roles: Vec<&str> = GIVERS.iter().map(|role| role.word()).collect();
        faults.push(Fault::new("id", id, says::PARCEL_GIVER.with(&[("roles", &roles.join(", "))])));
    }
}

pub(super) fn check(seen: &Seen<'_>, parcel: &Parcel, faults: &mut Vec<Fault>) {
    check_word("channel", &parcel.channel, CHANNELS, faults);
    check_word("form", &parcel.form, FORMS, faults);
    check_word("category", &parcel.category, CATEGORIES, faults);
    check_text("sender.name", &parcel.sender.name, 100, faults);
    check_length("sender.address", &parcel.sender.address, 200, faults);
    country(seen, "sender.countryCode", &parcel.sender.country_code, faults);
    check_text("consignee.name", &parcel.consignee.name, 100, faults);
    check_text("consignee.address", &parcel.consignee.address, 200, faults);
    check_length("consignee.telephone", &parcel.consignee.telephone, 30, faults);
    check_length("consignee.identity", &parcel.consignee.identity, 30, faults);
    let identity = parcel.consignee.identity.trim();
    // Passports have no check digit of ours; what has eighteen characters is a citizen's number.
    if identity.chars().count() == 18 && check_citizen(identity).is_err() {
        let shown = clearance::identity::mask_number(identity);
        faults.push(Fault::new("consignee.identity", &shown, says::CITIZEN_NUMBER.said()));
    }
    contents(seen, parcel, faults);
    optional("grossWeight", &parcel.gross_weight, faults);
    optional("postage", &parcel.postage, faults);
    if !parcel.postage.trim().is_empty() || !parcel.postage_currency.trim().is_empty() {
        currency(seen, "postageCurrency", &parcel.postage_currency, faults);
    }
    check_length("manifest", &parcel.manifest, 60, faults);
    check_text("site", &parcel.site, 20, faults);
    match Stamp::parse(parcel.arrived_at.trim()) {
        None => faults.push(Fault::new("arrivedAt", &parcel.arrived_at, says::A_SECOND.said())),
        Some(stamp) if Time::from_stamp(stamp).0 > seen.now.0 + AHEAD_MINUTES * 60_000 => {
            faults.push(Fault::new("arrivedAt", &parcel.arrived_at, says::PARCEL_ARRIVED.said()));
        }
        Some(_) => {}
    }
}

fn contents(seen: &Seen<'_>, parcel: &Parcel, faults: &mut Vec<Fault>) {
    if !(1..=CONTENTS).contains(&parcel.contents.len()) {
        let said = says::ONE_TO.with(&[("most", &CONTENTS.to_string())]);
        faults.push(Fault::new("contents", &parcel.contents.len().to_string(), said));
    }
    for (index, line) in parcel.contents.iter().take(CONTENTS).enumerate() {
        content(seen, &format!("contents[{}]", index + 1), line, faults);
    }
    if parcel.indivisible {
        let one = matches!(parcel.contents.as_slice(), [line] if Decimal::parse(line.quantity.trim()) == Some(Decimal::ONE));
        if !one {
            faults.push(Fault::new("indivisible", "true", says::PARCEL_INDIVISIBLE.said()));
        }
    }
    let declared = parcel.declared_value.trim();
    if declared.is_empty() {
        return;
    }
    optional("declaredValue", declared, faults);
    let first = parcel.contents.first().map_or("", |line| line.currency.trim());
    let sum = parcel.contents.iter().take(CONTENTS).try_fold(Decimal::ZERO, |sum, line| {
        let same = line.currency.trim() == first;
        Decimal::parse(line.value.trim()).filter(|_| same).and_then(|value| sum.checked_add(value))
    });
    // Values of several currencies have no sum without a rate.
    if let (Some(sum), Some(declared)) = (sum, Decimal::parse(declared))
        && sum != declared
    {
        let said = says::PARCEL_SUM.with(&[("sum", &sum.to_string())]);
        faults.push(Fault::new("declaredValue", &declared.to_string(), said));
    }
}

fn content(seen: &Seen<'_>, at: &str, line: &Content, faults: &mut Vec<Fault>) {
    let path = |name: &str| format!("{at}.{name}");
    let tariff = &seen.reference.current().parcels;
    check_text(&path("description"), &line.description, 200, faults);
    let hs = line.hs_code.trim();
    let is_code = (6..=10).contains(&hs.len()) && hs.bytes().all(|byte| byte.is_ascii_digit());
    if !hs.is_empty() && !is_code {
        faults.push(Fault::new(&path("hsCode"), hs, says::PARCEL_HS.said()));
    }
    heading(seen, &path("heading"), &line.heading, faults);
    let entry = line.catalogue.trim();
    if !entry.is_empty() && !tariff.has_entry(entry) {
        faults.push(Fault::new(&path("catalogue"), entry, says::PARCEL_ENTRY.said()));
    }
    if number(&line.quantity).is_none_or(Decimal::is_zero) {
        faults.push(Fault::new(&path("quantity"), &line.quantity, says::POSITIVE_NUMBER.said()));
    }
    optional(&path("netWeight"), &line.net_weight, faults);
    if number(&line.value).is_none() {
        faults.push(Fault::new(&path("value"), &line.value, says::DECIMAL_ALONE.said()));
    }
    currency(seen, &path("currency"), &line.currency, faults);
    if !line.origin.trim().is_empty() {
        country(seen, &path("origin"), &line.origin, faults);
    }
}

pub(super) fn check_settled(seen: &Seen<'_>, parcel: &Parcel, settled: &[Settled], faults: &mut Vec<Fault>) {
    for (index, said) in settled.iter().enumerate() {
        let path = |name: &str| format!("settled[{}].{name}", index + 1);
        let line = said.line as usize;
        let twice = settled.iter().take(index).any(|other| other.line == said.line);
        if line == 0 || line > parcel.contents.len() || twice {
            let most = parcel.contents.len().to_string();
            faults.push(Fault::new(
                &path("line"),
                &said.line.to_string(),
                says::ONE_TO.with(&[("most", &most)]),
            ));
        }
        heading(seen, &path("heading"), &said.heading, faults);
        if !said.yuan.trim().is_empty() && number(&said.yuan).is_none() {
            faults.push(Fault::new(&path("yuan"), &said.yuan, says::AMOUNT_IN_YUAN.said()));
        }
    }
}

fn heading(seen: &Seen<'_>, path: &str, text: &str, faults: &mut Vec<Fault>) {
    let heading = text.trim();
    if !heading.is_empty() && !seen.reference.current().parcels.has_heading(heading) {
        faults.push(Fault::new(path, heading, says::PARCEL_HEADING.said()));
    }
}

/// A decimal that is not below zero.
fn number(text: &str) -> Option<Decimal> {
    Decimal::parse(text.trim()).filter(|number| !number.is_negative())
}

fn optional(path: &str, text: &str, faults: &mut Vec<Fault>) {
    if !text.trim().is_empty() && number(text).is_none() {
        faults.push(Fault::new(path, text, says::DECIMAL_ALONE.said()));
    }
}

fn country(seen: &Seen<'_>, path: &str, text: &str, faults: &mut Vec<Fault>) {
    if !seen.reference.current().codes.countries.holds(text.trim(), seen.now.day()) {
        faults.push(Fault::new(path, text, says::CODE_OF_TABLE.said()));
    }
}

fn currency(seen: &Seen<'_>, path: &str, text: &str, faults: &mut Vec<Fault>) {
    let code = text.trim();
    if code != CNY && !seen.reference.current().codes.currencies.holds(code, seen.now.day()) {
        faults.push(Fault::new(path, text, says::A_CURRENCY.said()));
    }
}

#[cfg(test)]
mod tests {
    use super::s10;

    #[test]
    fn a_postal_number_has_the_check_digit_of_s10() {
        // 4·8+7·6+3·4+1·2+2·3+4·5+8·9+2·7 = 200; 11 − 200 mod 11 = 9.
        assert_eq!(s10("RR473124829XX"), Some(true));
        assert_eq!(s10("RR473124828XX"), Some(false));
        // 0 for ten, 5 for eleven.
        assert_eq!(s10("EE000000005XX"), Some(true));
        for other in ["SF1234567890", "RR47312482XX", "rr473124829xx", ""] {
            assert_eq!(s10(other), None, "{other}");
        }
    }
}
