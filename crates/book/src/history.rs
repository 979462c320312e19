//! Balances made again from lines alone: as of any time, and held against the stocks that are kept.

use crate::record::{Line, Stock, StockKey, rests};
use crate::{Place, Quantities, Text};
use ceb::StampMillis;
use std::collections::BTreeMap;

/// A balance: item, lot, place.
type Key = (StockKey, Text, Place);

/// Every balance that is not zero after the lines recorded until `time`, that included; all of them where it is none. Lines in
/// any order. Places inside and outside of a lot add up to nothing. A balance that cannot be written is left out.
pub fn balances(lines: &[Line], time: Option<StampMillis>) -> BTreeMap<Key, Quantities> {
    let mut sums: BTreeMap<Key, Option<Quantities>> = BTreeMap::new();
    let until = |line: &&Line| time.is_none_or(|time| line.command.time <= time);
    for posting in lines.iter().filter(until).flat_map(|line| &line.postings) {
        let mut add = |place: Place, change: Option<Quantities>| {
            let key = (posting.stock.clone(), posting.lot.clone(), place);
            let sum = sums.entry(key).or_insert(Some(Quantities::ZERO));
            *sum = sum.zip(change).and_then(|(sum, change)| sum.plus(change));
        };
        add(posting.to, Some(posting.quantities));
        add(posting.from, Quantities::ZERO.minus(posting.quantities));
    }
    sums.into_iter().filter_map(|(key, sum)| sum.filter(|sum| !sum.is_zero()).map(|sum| (key, sum))).collect()
}

/// Where a stock that is kept differs from what its lines say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Book and item.
    pub stock: StockKey,
    /// Number of the lot.
    pub lot: Text,
    /// Where.
    pub place: Place,
    /// What is kept.
    pub kept: Quantities,
    /// What the lines say.
    pub made: Quantities,
}

/// Holds stocks against all lines of theirs: each balance, and what is open of lines against what rests.
pub fn audit(stocks: &[Stock], lines: &[Line]) -> Vec<Difference> {
    let mut made = balances(lines, None);
    let mut open: BTreeMap<Key, Quantities> = BTreeMap::new();
    for line in lines {
        let Some(place) = line.rests() else { continue };
        let stock = StockKey { book: line.command.book.clone(), item: line.command.item.clone() };
        for one in &line.open {
            let sum = open.entry((stock.clone(), one.lot.clone(), place)).or_default();
            *sum = sum.plus(one.quantities).unwrap_or(*sum);
        }
    }
    let mut found = Vec::new();
    let mut compare = |key: &Key, kept: Quantities, made: Quantities| {
        if kept != made {
            let (stock, lot, place) = key.clone();
            found.push(Difference { stock, lot, place, kept, made });
        }
    };
    for stock in stocks {
        for lot in &stock.lots {
            for place in Place::ALL {
                let key = (stock.key.clone(), lot.lot.number.clone(), place);
                let kept = lot.at(place);
                compare(&key, kept, made.remove(&key).unwrap_or_default());
                if rests(place) {
                    compare(&key, kept, open.remove(&key).unwrap_or_default());
                }
            }
        }
    }
    for (key, made) in made.iter().chain(&open) {
        compare(key, Quantities::ZERO, *made);
    }
    found
}
