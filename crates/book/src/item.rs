//! What a book holds: items as they were filed, lots with origin and expiry, and until when a lot is sold.

use crate::quantity::proportion;
use crate::refusal::{Refusal, Rule};
use crate::{Quantities, Text};
use ceb::{Day, Decimal, StampMillis};
use std::fmt;

/// A legal unit of an item, with how many of it one declared unit is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LegalUnit {
    /// Three-digit unit code.
    pub unit: Text,
    /// How many of it one declared unit is, above zero.
    pub factor: Decimal,
}

/// An item of a book [账册项], as it was filed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Number of the item in the book [备案序号].
    pub number: Text,
    /// Ten-digit HS code.
    pub gcode: Text,
    /// The enterprise's own goods number [料号].
    pub goods_no: Text,
    /// Declared unit, three digits.
    pub unit: Text,
    /// First legal unit.
    pub first: LegalUnit,
    /// Second legal unit, where the tariff has one.
    pub second: Option<LegalUnit>,
    /// By how many thousandths a legal quantity may differ from declared quantity × factor: weights are weighed. 0 to 1000.
    pub tolerance: u16,
    /// Days before expiry from which a lot is no longer sold.
    pub stop_sale_days: u16,
}

/// A lot of an item: what came in alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lot {
    /// Number of the lot, of the holder's choosing.
    pub number: Text,
    /// Country of origin, three digits.
    pub origin: Text,
    /// The day on which it expires; none for goods that do not.
    pub expiry: Option<Day>,
}

/// What a document states of goods that go out, beside their declared quantity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stated {
    /// HS code.
    pub gcode: Text,
    /// Declared unit.
    pub unit: Text,
    /// First legal unit and quantity.
    pub first: (Text, Decimal),
    /// Second legal unit and quantity, where it states one.
    pub second: Option<(Text, Decimal)>,
}

impl Item {
    /// Everything that is wrong with an item as it is filed.
    pub fn check(&self) -> Vec<Refusal> {
        let mut found = Vec::new();
        let mut digits = |field: &str, value: &str, length: usize| {
            if value.len() != length || !value.bytes().all(|byte| byte.is_ascii_digit()) {
                found.push(Refusal::new(Rule::Form, field, value, &format!("{length} digits")));
            }
        };
        digits("gcode", &self.gcode, 10);
        digits("unit", &self.unit, 3);
        digits("first/unit", &self.first.unit, 3);
        if let Some(second) = &self.second {
            digits("second/unit", &second.unit, 3);
        }
        let factors = [("first/factor", Some(&self.first)), ("second/factor", self.second.as_ref())];
        for (field, unit) in factors.into_iter().filter_map(|(field, unit)| Some((field, unit?))) {
            if unit.factor <= Decimal::ZERO {
                found.push(Refusal::new(Rule::Form, field, &unit.factor.to_string(), "> 0"));
            }
        }
        if self.tolerance > 1000 {
            found.push(Refusal::new(Rule::Form, "tolerance", &self.tolerance.to_string(), "0–1000"));
        }
        for (field, value) in [("number", &self.number), ("goodsNo", &self.goods_no)] {
            if value.trim().is_empty() {
                found.push(Refusal::new(Rule::Form, field, value, "not empty"));
            }
        }
        found
    }

    /// The legal quantities of `declared` units by the filed factors; none where they have more than 19 digits.
    pub fn converted(&self, declared: Decimal) -> Option<Quantities> {
        let one = Decimal::ONE.units();
        let of = |unit: &LegalUnit| proportion(unit.factor, declared.units(), one);
        Some(Quantities {
            declared,
            first: of(&self.first)?,
            second: self.second.as_ref().map_or(Some(Decimal::ZERO), of)?,
        })
    }

    /// Refuses legal quantities that differ by more than the tolerance from what is expected of them.
    pub(crate) fn compare(&self, stated: &Quantities, expected: &Quantities, found: &mut Vec<Refusal>) {
        for (field, stated, expected) in
            [("first", stated.first, expected.first), ("second", stated.second, expected.second)]
        {
            let difference = (stated.units() - expected.units()).abs();
            // An own rounding of the sender, half of 0.00001 either way, is no difference.
            let allowed = (expected.units() * i128::from(self.tolerance) / 1000).max(1);
            if difference > allowed || (expected.is_zero() && !stated.is_zero()) {
                let expected = format!("{expected} (± {}‰)", self.tolerance);
                found.push(Refusal::new(Rule::Conversion, field, &stated.to_string(), &expected));
            }
        }
    }

    /// Everything in which a document differs from the item and from the quantities that its goods have in the book.
    pub(crate) fn compare_stated(&self, stated: &Stated, booked: &Quantities, found: &mut Vec<Refusal>) {
        let second = stated.second.as_ref();
        let filed = self.second.as_ref().map_or("", |unit| unit.unit.as_str());
        for (field, stated, filed) in [
            ("gcode", stated.gcode.as_str(), self.gcode.as_str()),
            ("unit", &stated.unit, &self.unit),
            ("unit1", &stated.first.0, &self.first.unit),
            ("unit2", second.map_or("", |(unit, _)| unit), filed),
        ] {
            if stated.trim() != filed {
                found.push(Refusal::new(Rule::ItemDiffers, field, stated, filed));
            }
        }
        let quantities = Quantities {
            declared: booked.declared,
            first: stated.first.1,
            second: second.map_or(Decimal::ZERO, |(_, quantity)| *quantity),
        };
        self.compare(&quantities, booked, found);
    }

    /// Whether a lot may be sold on a day: more than `stop_sale_days` before it expires.
    pub fn sells(&self, lot: &Lot, day: Day) -> bool {
        lot.expiry.is_none_or(|expiry| count(day) + i64::from(self.stop_sale_days) < count(expiry))
    }
}

impl fmt::Display for Stated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}, {} {}", self.gcode, self.unit, self.first.1, self.first.0)?;
        self.second.as_ref().map_or(Ok(()), |(unit, quantity)| write!(f, ", {quantity} {unit}"))
    }
}

/// The day of a time.
pub fn day_of(time: StampMillis) -> Day {
    Day::from_number((time.number() / 1_000_000_000) as u32).unwrap_or_default()
}

/// Days since a fixed day, so that days can be counted between two dates of the Gregorian calendar.
fn count(day: Day) -> i64 {
    // The year begins in March, so that the leap day is its last.
    let (year, month) = (i64::from(day.year()), i64::from(day.month()));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + i64::from(day.day_of_month())
}
