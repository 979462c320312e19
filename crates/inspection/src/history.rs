//! What is known of each identity, kind of goods and pair of these from the declarations before: how many there were, how many
//! were inspected and found illicit, when the last was, what the goods cost. The only state that features look at; it moves
//! with time, and the order of its two movements is the law that keeps a label out of its own features.
#![expect(clippy::float_arithmetic, reason = "statistics of a model, no money")]

use crate::declaration::{Declaration, Field, Quantity};
use rustc_hash::FxHashMap;
use siphasher::sip::SipHasher13;
use std::fmt;
use std::hash::Hasher;

/// One part of a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// A coded field.
    Code(Field),
    /// The first two digits of the goods code.
    Hs2,
    /// The first four.
    Hs4,
    /// The rate of duty.
    TaxRate,
    /// The exact value: who declares the same amount again and again, declares a habit and not a price.
    Price,
    /// The exact mass.
    Mass,
    /// The value to three digits.
    NearPrice,
    /// Value ÷ mass to three digits.
    NearUnitPrice,
}

impl Part {
    /// All parts; the place of one is its number.
    pub const COUNT: usize = Field::ALL.len() + Self::OTHERS.len();

    const OTHERS: [Self; 7] =
        [Self::Hs2, Self::Hs4, Self::TaxRate, Self::Price, Self::Mass, Self::NearPrice, Self::NearUnitPrice];

    fn place(self) -> usize {
        match self {
            Self::Code(field) => field as usize,
            Self::Hs2 => Field::ALL.len(),
            Self::Hs4 => Field::ALL.len() + 1,
            Self::TaxRate => Field::ALL.len() + 2,
            Self::Price => Field::ALL.len() + 3,
            Self::Mass => Field::ALL.len() + 4,
            Self::NearPrice => Field::ALL.len() + 5,
            Self::NearUnitPrice => Field::ALL.len() + 6,
        }
    }

    /// Name in features and model files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Code(field) => field.name(),
            Self::Hs2 => "hs2",
            Self::Hs4 => "hs4",
            Self::TaxRate => "tax-rate",
            Self::Price => "price",
            Self::Mass => "mass",
            Self::NearPrice => "near-price",
            Self::NearUnitPrice => "near-unit-price",
        }
    }

    /// For people: Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Code(field) => field.chinese(),
            Self::Hs2 => "HS章",
            Self::Hs4 => "HS品目",
            Self::TaxRate => "税率",
            Self::Price => "相同货值",
            Self::Mass => "相同净重",
            Self::NearPrice => "相近货值",
            Self::NearUnitPrice => "相近单价",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let codes = Field::ALL.into_iter().map(Self::Code);
        codes.chain(Self::OTHERS).find(|part| part.name() == name)
    }
}

/// What declarations have in common: one part or several.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Key(pub Vec<Part>);

impl Key {
    /// Reads parts joined by `+`.
    pub fn parse(name: &str) -> Option<Self> {
        name.split('+').map(Part::parse).collect::<Option<Vec<_>>>().map(Self)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, part) in self.0.iter().enumerate() {
            write!(f, "{}{}", if place == 0 { "" } else { "+" }, part.name())?;
        }
        Ok(())
    }
}

/// The parts of one declaration as numbers, reckoned once. 0 = not there.
#[derive(Clone)]
pub struct Parts([u64; Part::COUNT]);

impl Parts {
    /// Of nothing.
    pub fn none() -> Self {
        Self([0; Part::COUNT])
    }

    /// Of a declaration.
    pub fn of(declaration: &Declaration) -> Self {
        let mut parts = [0; Part::COUNT];
        for field in Field::ALL {
            parts[Part::Code(field).place()] = hash(declaration.code(field).as_bytes());
        }
        let goods = declaration.code(Field::Hs6);
        parts[Part::Hs2.place()] = hash(goods.get(..2).unwrap_or(goods).as_bytes());
        parts[Part::Hs4.place()] = hash(goods.get(..4).unwrap_or(goods).as_bytes());
        let price = declaration.quantity(Quantity::Price);
        let mass = declaration.quantity(Quantity::NetMass);
        let unit_price = log_unit_price(declaration).map(libm::exp);
        for (part, value) in [
            (Part::TaxRate, declaration.quantity(Quantity::TaxRate)),
            (Part::Price, price),
            (Part::Mass, mass),
            (Part::NearPrice, price.map(near)),
            (Part::NearUnitPrice, unit_price.map(near)),
        ] {
            if let Some(value) = value {
                parts[part.place()] = hash(&value.to_bits().to_be_bytes());
            }
        }
        Self(parts)
    }

    /// The value of a key; none where a part of it is not there.
    fn value(&self, place: usize, key: &Key) -> Option<u64> {
        let mut value = place as u64 + 1;
        for part in &key.0 {
            let part = self.0[part.place()];
            if part == 0 {
                return None;
            }
            value = (value.rotate_left(23) ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        Some(value ^ (value >> 29))
    }
}

/// A number to three digits.
fn near(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let unit = libm::exp10(libm::floor(libm::log10(value)) - 2.0);
    (value / unit).round() * unit
}

/// A text as a number that is the same in every release; nothing is 0. The key is public: the number hides nothing from
/// somebody who can guess the text.
fn hash(text: &[u8]) -> u64 {
    if text.is_empty() {
        return 0;
    }
    let mut hasher = SipHasher13::new_with_keys(0x6f6e_6577_696e_646f, 0x7269_736b_0000_0001);
    hasher.write(text);
    hasher.finish().max(1)
}

/// What is known of one value of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// Declarations.
    pub seen: u32,
    /// Day of the last declaration.
    pub last: i32,
    /// Inspected ones whose result is known.
    pub inspected: u32,
    /// Illicit ones among them.
    pub illicit: u32,
    /// The same two, halved for every `HALF_LIFE` days since, as of `recent_day`.
    pub recent_inspected: f32,
    /// See `recent_inspected`.
    pub recent_illicit: f32,
    /// The day of the last known result.
    pub recent_day: i32,
    /// Whether the last known result was illicit.
    pub last_illicit: bool,
    /// Declarations with a unit price.
    pub priced: u32,
    /// Sum of the logarithms of their unit prices.
    pub price_sum: f64,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            seen: 0,
            last: i32::MIN,
            inspected: 0,
            illicit: 0,
            recent_inspected: 0.0,
            recent_illicit: 0.0,
            recent_day: i32::MIN,
            last_illicit: false,
            priced: 0,
            price_sum: 0.0,
        }
    }
}

/// Days after which a result counts half in recent shares.
pub const HALF_LIFE: f64 = 45.0;

/// How much of a count is left after so many days.
pub fn left_after(days: i64) -> f64 {
    libm::exp2(-(days.max(0) as f64) / HALF_LIFE)
}

/// What is known, by key and value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    keys: Vec<Key>,
    /// Places of the keys that declarations without a result move too: the others only know results.
    moved: Vec<usize>,
    /// Keys of which more than results is asked, by their place.
    rich: Vec<bool>,
    entries: FxHashMap<u64, Entry>,
    /// Inspected and illicit ones, by value, of the other keys: most values are of these, and a small table is a fast one.
    results: FxHashMap<u64, (u32, u32)>,
    /// All declarations whose result is known, and the illicit ones among them.
    pub whole: (u64, u64),
}

impl History {
    /// Nothing is known yet of these keys. `moved` are the places of those of which declarations are counted and priced, `rich`
    /// of those of which recent results or the last are asked, besides.
    pub fn new(keys: Vec<Key>, moved: Vec<usize>, rich: &[usize]) -> Self {
        let rich = (0..keys.len()).map(|place| moved.contains(&place) || rich.contains(&place)).collect();
        Self { keys, moved, rich, ..Self::default() }
    }

    /// The keys.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// How many values of keys are known.
    pub fn len(&self) -> usize {
        self.entries.len() + self.results.len()
    }

    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All entries, ascending by value: what a model file holds.
    pub fn sorted(&self) -> Vec<(u64, Entry)> {
        let mut entries: Vec<_> = self.entries.iter().map(|(value, entry)| (*value, *entry)).collect();
        entries.sort_unstable_by_key(|(value, _)| *value);
        entries
    }

    /// All values of which only results are known, ascending: value, inspected, illicit.
    pub fn sorted_results(&self) -> Vec<(u64, u32, u32)> {
        let mut results: Vec<_> =
            self.results.iter().map(|(value, (all, some))| (*value, *all, *some)).collect();
        results.sort_unstable();
        results
    }

    /// Puts an entry as a model file holds it.
    pub fn put(&mut self, value: u64, entry: Entry) {
        self.entries.insert(value, entry);
    }

    /// Puts results as a model file holds them.
    pub fn put_results(&mut self, value: u64, inspected: u32, illicit: u32) {
        self.results.insert(value, (inspected, illicit));
    }

    /// What is known of a declaration by each key; none = the key has no value or it is new.
    pub fn look(&self, parts: &Parts, found: &mut Vec<Option<Entry>>) {
        found.clear();
        found.extend(self.keys.iter().enumerate().map(|(place, key)| {
            let value = parts.value(place, key)?;
            if self.rich[place] {
                return self.entries.get(&value).copied();
            }
            let (inspected, illicit) = *self.results.get(&value)?;
            Some(Entry { inspected, illicit, ..Entry::default() })
        }));
    }

    /// A declaration was made: what it says by itself, without any result.
    pub fn declared(&mut self, declaration: &Declaration, parts: &Parts) {
        let price = log_unit_price(declaration);
        for place in &self.moved {
            let Some(value) = self.keys.get(*place).and_then(|key| parts.value(*place, key)) else {
                continue;
            };
            let entry = self.entries.entry(value).or_default();
            entry.seen += 1;
            entry.last = entry.last.max(declaration.day);
            if let Some(price) = price {
                entry.priced += 1;
                entry.price_sum += price;
            }
        }
    }

    /// The result of an inspection became known.
    pub fn inspected(&mut self, declaration: &Declaration, parts: &Parts) {
        let Some(illicit) = declaration.found else { return };
        let one = u32::from(illicit);
        self.whole.0 += 1;
        self.whole.1 += u64::from(one);
        for (place, key) in self.keys.iter().enumerate() {
            let Some(value) = parts.value(place, key) else { continue };
            if !self.rich[place] {
                let results = self.results.entry(value).or_default();
                results.0 += 1;
                results.1 += one;
                continue;
            }
            let entry = self.entries.entry(value).or_default();
            let left = left_after(i64::from(declaration.day) - i64::from(entry.recent_day)) as f32;
            entry.recent_inspected = entry.recent_inspected * left + 1.0;
            entry.recent_illicit = entry.recent_illicit * left + one as f32;
            entry.recent_day = entry.recent_day.max(declaration.day);
            entry.last_illicit = illicit;
            entry.inspected += 1;
            entry.illicit += one;
        }
    }
}

/// Logarithm of value ÷ mass, where both are there.
pub fn log_unit_price(declaration: &Declaration) -> Option<f64> {
    let price = declaration.quantity(Quantity::Price)?;
    let mass = declaration.quantity(Quantity::NetMass)?;
    (price > 0.0 && mass > 0.0).then(|| libm::log(price / mass))
}
