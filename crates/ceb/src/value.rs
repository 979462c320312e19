//! Values that cannot be wrong once they exist: exact decimals, sender's times, days. Leaves to others what they
//! mean.

use std::fmt;

/// Decimal digits after the point that every amount, price, quantity and weight may carry (type `N19,5`).
pub const DECIMAL_PLACES: u32 = 5;
const DECIMAL_UNIT: i128 = 100_000;
const DECIMAL_DIGITS: usize = 19;

/// An exact decimal of type `N19,5`: at most 19 digits, at most five of them after the point. Kept as a count of
/// 0.00001.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Decimal(i128);

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(DECIMAL_UNIT);

    /// From a count of 0.00001.
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }
    /// From a whole number.
    pub const fn from_whole(whole: i64) -> Self {
        Self(whole as i128 * DECIMAL_UNIT)
    }
    /// From fen (0.01).
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen as i128 * 1000)
    }
    /// As a count of 0.00001.
    pub const fn units(self) -> i128 {
        self.0
    }
    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
    /// Whether it is zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Reads the syntax of `xs:decimal` within `N19,5`: optional sign, digits, optional point. Surrounding white
    /// space is ignored; trailing zeros after the fifth place are allowed, other digits there are not.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.trim_ascii().as_bytes();
        let (negative, digits) = match bytes.first()? {
            b'-' => (true, bytes.get(1..)?),
            b'+' => (false, bytes.get(1..)?),
            _ => (false, bytes),
        };
        let mut units: i128 = 0;
        let mut any = false;
        let mut significant = 0usize;
        let mut places: Option<u32> = None;
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    any = true;
                    if places == Some(DECIMAL_PLACES) {
                        if byte != b'0' {
                            return None;
                        }
                        continue;
                    }
                    if units != 0 || byte != b'0' {
                        significant += 1;
                        if significant > DECIMAL_DIGITS {
                            return None;
                        }
                    }
                    units = units * 10 + i128::from(byte - b'0');
                    if let Some(count) = &mut places {
                        *count += 1;
                    }
                }
                b'.' if places.is_none() => places = Some(0),
                _ => return None,
            }
        }
        if !any {
            return None;
        }
        let missing = DECIMAL_PLACES - places.unwrap_or(0);
        let units = units * 10i128.pow(missing);
        Some(Self(if negative { -units } else { units }))
    }

    /// The sum, if it fits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
    /// The difference, if it fits.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
    /// The exact product as a count of 10⁻¹⁰, if it fits.
    pub fn product(self, other: Self) -> Option<i128> {
        self.0.checked_mul(other.0)
    }
    /// Rounded to fen, half away from zero, with what the step dropped (value − fen).
    pub fn fen_half_up(self) -> Option<(i64, Self)> {
        let half = if self.0 < 0 { -500 } else { 500 };
        let fen = self.0.checked_add(half)? / 1000;
        Some((i64::try_from(fen).ok()?, Self(self.0 - fen * 1000)))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        // Division of 128 bits is slow, and nearly every value fits in 64.
        if let Ok(magnitude) = u64::try_from(magnitude) {
            let (whole, places) = (magnitude / 100_000, magnitude % 100_000);
            if places == 0 {
                return write!(f, "{sign}{whole}");
            }
            let zeros = (1..DECIMAL_PLACES).find(|zeros| !places.is_multiple_of(10u64.pow(*zeros)));
            let zeros = zeros.unwrap_or(DECIMAL_PLACES) - 1;
            let width = (DECIMAL_PLACES - zeros) as usize;
            return write!(f, "{sign}{whole}.{:0width$}", places / 10u64.pow(zeros));
        }
        let whole = magnitude / DECIMAL_UNIT.unsigned_abs();
        let mut places = magnitude % DECIMAL_UNIT.unsigned_abs();
        if places == 0 {
            return write!(f, "{sign}{whole}");
        }
        let mut width = DECIMAL_PLACES as usize;
        while places.is_multiple_of(10) {
            places /= 10;
            width -= 1;
        }
        write!(f, "{sign}{whole}.{places:0width$}")
    }
}

/// A calendar day `yyyyMMdd`, kept as that number. The default, 0, is no day: a defect was reported.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Day(u32);

impl Day {
    /// Reads eight digits that are a date of the Gregorian calendar.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text, 8).and_then(|number| Self::from_number(number as u32))
    }
    /// From the number `yyyyMMdd`.
    pub fn from_number(number: u32) -> Option<Self> {
        Self::from_ymd(number / 10_000, number / 100 % 100, number % 100)
    }
    /// From year (1–9999), month, day.
    pub fn from_ymd(year: u32, month: u32, day: u32) -> Option<Self> {
        let valid = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && day >= 1
            && day <= days_of(year, month);
        valid.then_some(Self(year * 10_000 + month * 100 + day))
    }
    /// The day after; none after the last of 9999.
    pub fn next(self) -> Option<Self> {
        let (year, month, day) = (self.year(), self.month(), self.day_of_month());
        let first = |year, month| Self::from_ymd(year, month, 1);
        let next_month = || if month < 12 { first(year, month + 1) } else { first(year + 1, 1) };
        Self::from_ymd(year, month, day + 1).or_else(next_month)
    }
    /// The number `yyyyMMdd`.
    pub fn number(self) -> u32 {
        self.0
    }
    /// The year.
    pub fn year(self) -> u32 {
        self.0 / 10_000
    }
    /// The month, 1–12.
    pub fn month(self) -> u32 {
        self.0 / 100 % 100
    }
    /// The day of the month, 1–31.
    pub fn day_of_month(self) -> u32 {
        self.0 % 100
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A sender's time `yyyyMMddHHmmss`, kept as that number; China standard time (SPEC §1.9).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Stamp(u64);

impl Stamp {
    /// Reads fourteen digits that are a time.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text, 14).and_then(Self::from_number)
    }
    /// From the number `yyyyMMddHHmmss`.
    pub fn from_number(number: u64) -> Option<Self> {
        let clock = number % 1_000_000;
        let valid = clock / 10_000 < 24 && clock / 100 % 100 < 60 && clock % 100 < 60;
        Day::from_number(u32::try_from(number / 1_000_000).ok()?)?;
        valid.then_some(Self(number))
    }
    /// The number `yyyyMMddHHmmss`.
    pub fn number(self) -> u64 {
        self.0
    }
    /// Its day.
    pub fn day(self) -> Day {
        Day((self.0 / 1_000_000) as u32)
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

/// A receipt's time `yyyyMMddHHmmssSSS`, kept as that number. Read from 14 or 17 digits, written as 17.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct StampMillis(u64);

impl StampMillis {
    /// Reads fourteen or seventeen digits that are a time.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim_ascii().len() {
            14 => Stamp::parse(text).map(|stamp| Self(stamp.0 * 1000)),
            _ => digits(text, 17).and_then(Self::from_number),
        }
    }
    /// From the number `yyyyMMddHHmmssSSS`.
    pub fn from_number(number: u64) -> Option<Self> {
        Stamp::from_number(number / 1000).map(|_| Self(number))
    }
    /// The number `yyyyMMddHHmmssSSS`.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for StampMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:017}", self.0)
    }
}

fn digits(text: &str, length: usize) -> Option<u64> {
    let bytes = text.trim_ascii().as_bytes();
    if bytes.len() != length || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(bytes.iter().fold(0u64, |number, byte| number * 10 + u64::from(byte - b'0')))
}
