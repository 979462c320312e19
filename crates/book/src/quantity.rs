//! The three quantities that every movement carries, always together. Exact, as type `N19,5` writes them; a share of a lot
//! takes the same part of each, and the last share takes what is left, so that nothing remains of an empty lot.

use ceb::Decimal;
use std::fmt;

/// What type `N19,5` can write: 19 digits, as a count of 0.00001.
const MOST: i128 = 9_999_999_999_999_999_999;

/// Declared quantity and both legal quantities of one movement or balance.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Quantities {
    /// In the declared unit.
    pub declared: Decimal,
    /// In the first legal unit.
    pub first: Decimal,
    /// In the second legal unit; zero where the item has none.
    pub second: Decimal,
}

impl Quantities {
    /// Nothing.
    pub const ZERO: Self = Self { declared: Decimal::ZERO, first: Decimal::ZERO, second: Decimal::ZERO };

    /// Whether nothing is left of any of the three.
    pub fn is_zero(&self) -> bool {
        self.parts().iter().all(|part| part.is_zero())
    }
    /// Whether one of the three is below zero.
    pub fn is_negative(&self) -> bool {
        self.parts().iter().any(|part| part.is_negative())
    }
    fn parts(&self) -> [Decimal; 3] {
        [self.declared, self.first, self.second]
    }
    fn with(self, other: Self, one: impl Fn(i128, i128) -> Option<i128>) -> Option<Self> {
        let of = |a: Decimal, b: Decimal| {
            one(a.units(), b.units()).filter(|units| units.abs() <= MOST).map(Decimal::from_units)
        };
        Some(Self {
            declared: of(self.declared, other.declared)?,
            first: of(self.first, other.first)?,
            second: of(self.second, other.second)?,
        })
    }
    /// The sum; none where a part has more than 19 digits.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.with(other, i128::checked_add)
    }
    /// The difference, which may be below zero; none where a part has more than 19 digits.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.with(other, i128::checked_sub)
    }
    /// The share that `declared` units of these have: each legal quantity in proportion, rounded half up to 0.00001; all of it
    /// where nothing of the declared quantity is left. None where `declared` is no part of these.
    pub fn share(self, declared: Decimal) -> Option<Self> {
        if declared == self.declared {
            return Some(self);
        }
        let (part, whole) = (declared.units(), self.declared.units());
        if part < 0 || whole <= part || self.is_negative() {
            return None;
        }
        Some(Self {
            declared,
            first: proportion(self.first, part, whole)?,
            second: proportion(self.second, part, whole)?,
        })
    }
}

impl fmt::Display for Quantities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {} / {}", self.declared, self.first, self.second)
    }
}

/// `quantity × part ÷ whole`, rounded half up; all are at least zero and `whole` above.
pub(crate) fn proportion(quantity: Decimal, part: i128, whole: i128) -> Option<Decimal> {
    // 19 digits times 19 digits fit in 128 bits.
    let product = quantity.units().checked_mul(part)?;
    let (units, rest) = (product / whole, product % whole);
    Some(Decimal::from_units(units + i128::from(rest >= whole - rest)))
}
