//! How numbers and times are written. Amounts stay the exact texts that the interface answers; instants are those of China
//! standard time.

use crate::language::Texts;
use maud::{Markup, html};

/// An amount in yuan with its thousands parted: `12345.6` is `12,345.60`. What is no amount is left as it is.
pub fn money(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, parts) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(parts) {
        return text.to_owned();
    }
    format!("{sign}{}.{parts:0<2}", grouped(whole))
}

/// An amount in yuan with the word for it.
pub fn yuan(texts: Texts, text: &str) -> Markup {
    html! { (money(text)) " " (texts.text("yuan")) }
}

/// An amount of fen in yuan.
pub fn money_of(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    money(&format!("{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100))
}

/// A whole number with its thousands parted.
pub fn count(number: u64) -> String {
    grouped(&number.to_string())
}

pub(crate) fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The parts of a stamp `yyyyMMddHHmmss…`; a day alone has no clock.
fn parts(stamp: &str) -> Option<(String, Option<String>)> {
    if stamp.len() < 8 || !stamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let day = format!("{}-{}-{}", &stamp[..4], &stamp[4..6], &stamp[6..8]);
    let clock =
        (stamp.len() >= 14).then(|| format!("{}:{}:{}", &stamp[8..10], &stamp[10..12], &stamp[12..14]));
    Some((day, clock))
}

/// A day `yyyyMMdd` or a second `yyyyMMddHHmmss` as the field of a form wants it; any other text stays.
pub fn day_of_input(kind: &str, text: &str) -> String {
    match (kind, parts(text)) {
        ("date", Some((day, _))) => day,
        ("instant", Some((day, Some(clock)))) => format!("{day}T{clock}"),
        _ => text.to_owned(),
    }
}

/// A day or an instant for people, and for machines in `datetime`.
pub fn time(stamp: &str) -> Markup {
    match parts(stamp) {
        None => html! { (stamp) },
        Some((day, None)) => html! { time datetime=(day) { (day) } },
        Some((day, Some(clock))) => html! {
            time datetime={ (day) "T" (clock) "+08:00" } { (day) " " span.clock { (clock) } }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_parted_and_never_changed() {
        for (text, shown) in [
            ("0", "0.00"),
            ("5000", "5,000.00"),
            ("26000.5", "26,000.50"),
            ("-1234567.89", "-1,234,567.89"),
            ("0.00001", "0.00001"),
            ("none", "none"),
            ("", ""),
            (".5", ".5"),
        ] {
            assert_eq!(money(text), shown);
        }
        for (fen, shown) in [
            (0, "0.00"),
            (7, "0.07"),
            (-123_456_705, "-1,234,567.05"),
            (i64::MIN, "-92,233,720,368,547,758.08"),
        ] {
            assert_eq!(money_of(fen), shown);
        }
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(12), "12");
    }

    #[test]
    fn a_stamp_is_told_to_people_and_machines() {
        let shown = time("20261123100000123").into_string();
        assert!(shown.contains("datetime=\"2026-11-23T10:00:00+08:00\""), "{shown}");
        assert_eq!(time("20261123").into_string(), "<time datetime=\"2026-11-23\">2026-11-23</time>");
        assert_eq!(time("soon").into_string(), "soon");
    }
}
