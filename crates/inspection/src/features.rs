//! What the model looks at: named, typed numbers of a declaration and of the history before it.
//!
//! The law of time: a feature of a declaration depends on nothing that was found on its own day or later. Days are taken whole,
//! since two inspections of one day do not know of each other; results come `delay` days late, as they do in life.
#![expect(clippy::float_arithmetic, reason = "features of a model, no money")]

use crate::declaration::{Declaration, Field, Quantity};
use crate::history::{Entry, History, Key, Parts, left_after, log_unit_price};
use std::fmt;

/// A number that the declaration itself gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Own {
    /// Logarithm of the value.
    LogPrice,
    /// Logarithm of the mass.
    LogMass,
    /// Logarithm of value ÷ mass.
    LogUnitPrice,
    /// Rate of duty.
    TaxRate,
    /// Logarithm of the duty that it declares.
    LogDuty,
    /// Departure and origin differ.
    OtherOrigin,
    /// Logarithm of unit price ÷ the merchant's own median.
    LogToMedian,
}

/// What the history says of a key of the declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// Share of illicit ones among the inspected, drawn to the share of all.
    Share,
    /// The same, where a result counts half after each half-life.
    RecentShare,
    /// How many were inspected (logarithm).
    Inspected,
    /// How many were declared (logarithm).
    Seen,
    /// Days since the last declaration.
    Since,
    /// Logarithm of the unit price ÷ the geometric mean of those before.
    PriceRatio,
    /// Whether the last inspected one was illicit.
    Last,
}

/// One feature.
#[derive(Clone, PartialEq, Debug)]
pub enum Feature {
    /// Of the declaration itself.
    Own(Own),
    /// Of the history of a key, by its place in the plan.
    Known(Known, usize),
}

/// Which features a model has, in their order, over which keys.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// Keys of the history.
    pub keys: Vec<Key>,
    /// Features.
    pub features: Vec<Feature>,
    /// Days after which the result of an inspection is known, at least 1.
    pub delay: i32,
    /// How many results the share of all counts for, in the share of a key.
    pub smoothing: f64,
}

const OWN: [(Own, &str, &str); 7] = [
    (Own::LogPrice, "log-price", "货值（对数）"),
    (Own::LogMass, "log-mass", "净重（对数）"),
    (Own::LogUnitPrice, "log-unit-price", "单价（对数）"),
    (Own::TaxRate, "tax-rate", "税率"),
    (Own::LogDuty, "log-duty", "申报税额（对数）"),
    (Own::OtherOrigin, "other-origin", "启运国与原产国不同"),
    (Own::LogToMedian, "log-to-median", "单价与本企业中位价之比（对数）"),
];

const KNOWN: [(Known, &str, &str); 7] = [
    (Known::Share, "share", "查获率"),
    (Known::RecentShare, "recent-share", "近期查获率"),
    (Known::Inspected, "inspected", "查验次数"),
    (Known::Seen, "seen", "申报次数"),
    (Known::Since, "since", "距上次申报天数"),
    (Known::PriceRatio, "price-ratio", "单价与以往均价之比"),
    (Known::Last, "last", "上次查验结果"),
];

impl Plan {
    /// Name of a feature: `log-price`, `share(importer+hs6)`.
    pub fn name(&self, feature: &Feature) -> String {
        Name { plan: self, feature, chinese: false }.to_string()
    }

    /// The name for people, in Chinese.
    pub fn chinese(&self, feature: &Feature) -> String {
        Name { plan: self, feature, chinese: true }.to_string()
    }

    /// Adds a feature by its name; false where there is none of the name.
    pub fn add(&mut self, name: &str) -> bool {
        if let Some((own, ..)) = OWN.iter().find(|(_, own, _)| *own == name) {
            self.features.push(Feature::Own(*own));
            return true;
        }
        let Some((kind, key)) = name.strip_suffix(')').and_then(|name| name.split_once('(')) else {
            return false;
        };
        let Some((known, ..)) = KNOWN.iter().find(|(_, known, _)| *known == kind) else { return false };
        let Some(key) = Key::parse(key) else { return false };
        let place = self.keys.iter().position(|other| *other == key).unwrap_or_else(|| {
            self.keys.push(key);
            self.keys.len() - 1
        });
        self.features.push(Feature::Known(*known, place));
        true
    }

    /// A plan without features.
    pub fn empty() -> Self {
        Self { keys: Vec::new(), features: Vec::new(), delay: 1, smoothing: 8.0 }
    }

    /// A history that knows nothing yet of what the plan looks at.
    pub fn history(&self) -> History {
        let mut moved = self.keys_of(&[Known::Seen, Known::Since, Known::PriceRatio]);
        moved.dedup();
        History::new(self.keys.clone(), moved, &self.keys_of(&[Known::RecentShare, Known::Last]))
    }

    /// Places of the keys of which one of some things is asked, ascending.
    fn keys_of(&self, asked: &[Known]) -> Vec<usize> {
        let place = |feature: &Feature| match feature {
            Feature::Known(known, key) if asked.contains(known) => Some(*key),
            _ => None,
        };
        let mut places: Vec<usize> = self.features.iter().filter_map(place).collect();
        places.sort_unstable();
        places
    }

    /// The features of a declaration, in the order of the plan.
    pub fn row(
        &self,
        declaration: &Declaration,
        history: &History,
        scratch: &mut Scratch,
        row: &mut Vec<f32>,
    ) {
        scratch.parts = Parts::of(declaration);
        history.look(&scratch.parts, &mut scratch.found);
        let (all, illicit) = history.whole;
        let overall = (illicit as f64 + 1.0) / (all as f64 + 2.0);
        let price = log_unit_price(declaration);
        row.clear();
        row.extend(self.features.iter().map(|feature| match feature {
            Feature::Own(own) => own_value(*own, declaration),
            Feature::Known(known, key) => {
                let entry = scratch.found.get(*key).copied().flatten();
                self.known_value(*known, entry, declaration.day, price, overall)
            }
        }));
    }

    fn known_value(
        &self,
        known: Known,
        entry: Option<Entry>,
        day: i32,
        price: Option<f64>,
        overall: f64,
    ) -> f32 {
        let entry = entry.unwrap_or_default();
        let share = |illicit: f64, inspected: f64| {
            (illicit + self.smoothing * overall) / (inspected + self.smoothing)
        };
        let value = match known {
            Known::Share if entry.inspected == 0 => f64::NAN,
            Known::Share => share(f64::from(entry.illicit), f64::from(entry.inspected)),
            Known::RecentShare if entry.inspected == 0 => f64::NAN,
            Known::RecentShare => {
                let left = left_after(i64::from(day) - i64::from(entry.recent_day));
                share(f64::from(entry.recent_illicit) * left, f64::from(entry.recent_inspected) * left)
            }
            Known::Inspected => libm::log1p(f64::from(entry.inspected)),
            Known::Seen => libm::log1p(f64::from(entry.seen)),
            Known::Since if entry.seen == 0 => f64::NAN,
            Known::Since => f64::from(day.saturating_sub(entry.last)),
            Known::PriceRatio => match price {
                Some(price) if entry.priced > 0 => price - entry.price_sum / f64::from(entry.priced),
                _ => f64::NAN,
            },
            Known::Last if entry.inspected == 0 => f64::NAN,
            Known::Last => f64::from(u8::from(entry.last_illicit)),
        };
        value as f32
    }
}

/// What is used again from row to row.
pub struct Scratch {
    parts: Parts,
    found: Vec<Option<Entry>>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { parts: Parts::none(), found: Vec::new() }
    }
}

impl Scratch {
    /// The parts of the declaration that was looked at last.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }
}

struct Name<'a> {
    plan: &'a Plan,
    feature: &'a Feature,
    chinese: bool,
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.feature {
            Feature::Own(own) => {
                let words = OWN.iter().find(|(other, ..)| other == own);
                f.write_str(words.map_or("", |(_, name, chinese)| if self.chinese { chinese } else { name }))
            }
            Feature::Known(known, place) => {
                let words = KNOWN.iter().find(|(other, ..)| other == known);
                let Some((key, (_, name, chinese))) = self.plan.keys.get(*place).zip(words) else {
                    return Ok(());
                };
                if self.chinese {
                    let parts: Vec<&str> = key.0.iter().map(|part| part.chinese()).collect();
                    write!(f, "{}：{chinese}", parts.join("＋"))
                } else {
                    write!(f, "{name}({key})")
                }
            }
        }
    }
}

fn own_value(own: Own, declaration: &Declaration) -> f32 {
    let logarithm = |value: Option<f64>| value.map_or(f64::NAN, |value| libm::log1p(value.max(0.0)));
    let value = match own {
        Own::LogPrice => logarithm(declaration.quantity(Quantity::Price)),
        Own::LogMass => logarithm(declaration.quantity(Quantity::NetMass)),
        Own::LogUnitPrice => log_unit_price(declaration).unwrap_or(f64::NAN),
        Own::TaxRate => declaration.quantity(Quantity::TaxRate).unwrap_or(f64::NAN),
        Own::LogDuty => logarithm(Some(declaration.duty())),
        Own::OtherOrigin => {
            let (from, of) = (declaration.code(Field::Departure), declaration.code(Field::Origin));
            if from.is_empty() || of.is_empty() { f64::NAN } else { f64::from(u8::from(from != of)) }
        }
        Own::LogToMedian => {
            let ratio = declaration.quantity(Quantity::ToMedian).filter(|ratio| *ratio > 0.0);
            ratio.map_or(f64::NAN, libm::log)
        }
    };
    value as f32
}

/// Walks declarations by day and gives each its features as they were on its day; afterwards the history holds all of them.
/// Rows come back in the order of `declarations`, as columns. Results that are not known (`found` none) move nothing.
pub fn by_time(plan: &Plan, declarations: &[Declaration], history: &mut History) -> Vec<Vec<f32>> {
    let mut order: Vec<usize> = (0..declarations.len()).collect();
    order.sort_by_key(|row| declarations[*row].day);
    let mut columns = vec![vec![f32::NAN; declarations.len()]; plan.features.len()];
    let (mut scratch, mut row) = (Scratch::default(), Vec::new());
    // Results not yet known: a place in `order`.
    let mut known = 0;
    for today in order.chunk_by(|one, other| declarations[*one].day == declarations[*other].day) {
        let day = declarations[today[0]].day;
        while let Some(earlier) = order.get(known).map(|row| &declarations[*row]) {
            if earlier.day > day.saturating_sub(plan.delay.max(1)) {
                break;
            }
            history.inspected(earlier, &Parts::of(earlier));
            known += 1;
        }
        for place in today {
            plan.row(&declarations[*place], history, &mut scratch, &mut row);
            for (column, value) in columns.iter_mut().zip(&row) {
                column[*place] = *value;
            }
        }
        for place in today {
            let declaration = &declarations[*place];
            history.declared(declaration, &Parts::of(declaration));
        }
    }
    for row in order.iter().skip(known) {
        history.inspected(&declarations[*row], &Parts::of(&declarations[*row]));
    }
    columns
}
