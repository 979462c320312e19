//! The records of a book: its head, one stock an item, one line a document line that moved goods. What a batch of commands
//! needs of them, and how a posting moves a stock.

use crate::{Command, Item, LineKey, Lot, Operation, Place, Quantities, Text};
use ceb::{Day, StampMillis};
use std::collections::BTreeMap;

/// A book.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Book {
    /// Its number.
    pub number: Text,
    /// Code of the party that holds it.
    pub holder: Text,
    /// It is closed: nothing moves any more.
    pub closed: bool,
    /// Number of the stocktake that is under way.
    pub counting: Option<Text>,
}

/// An item of a book.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StockKey {
    /// Number of the book.
    pub book: Text,
    /// Number of the item in it.
    pub item: Text,
}

/// What a book holds of an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stock {
    /// Which.
    pub key: StockKey,
    /// As it was filed.
    pub item: Item,
    /// Its lots, by number.
    pub lots: Vec<LotStock>,
}

/// What a book holds of a lot, and where what came in and went out is counted against.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LotStock {
    /// The lot.
    pub lot: Lot,
    /// When it first came in.
    pub entered: StampMillis,
    /// Balances that are not zero. Places inside are never below zero; all together are zero.
    pub balances: BTreeMap<Place, Quantities>,
    /// The recalls that stop it, in the order in which they did: it goes to no buyer and into no other book until all are lifted.
    pub stopped: Vec<Text>,
}

/// A movement: double entry between two places of one lot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posting {
    /// Book and item.
    pub stock: StockKey,
    /// Number of the lot.
    pub lot: Text,
    /// Where it was.
    pub from: Place,
    /// Where it is then.
    pub to: Place,
    /// How much.
    pub quantities: Quantities,
}

/// What of a lot rests where a line put it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Open {
    /// Number of the lot.
    pub lot: Text,
    /// How much.
    pub quantities: Quantities,
}

/// A line of a document that moved goods: why it can do so only once, and what is still open of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What was commanded.
    pub command: Command,
    /// What moved.
    pub postings: Vec<Posting>,
    /// What still rests where it was put and may be resolved by a later line.
    pub open: Vec<Open>,
}

impl Line {
    /// Where what is open of it rests.
    pub fn rests(&self) -> Option<Place> {
        match &self.command.operation {
            Operation::Take { purpose, .. } => Some(purpose.place()),
            Operation::Resolve { resolution, .. } => Some(resolution.to()),
            Operation::EnterFirst { .. } => Some(Place::Undeclared),
            _ => None,
        }
        .filter(|place| rests(*place))
    }
    /// The book that shall receive a transfer.
    pub fn counterpart(&self) -> Option<&str> {
        match &self.command.operation {
            Operation::Take { to, .. } => to.as_deref(),
            _ => None,
        }
    }
}

/// Whether what is put into a place is known by the line that put it there, and resolved by it.
pub(crate) fn rests(place: Place) -> bool {
    matches!(
        place,
        Place::Frozen
            | Place::Inspection
            | Place::Returned
            | Place::Exhibition
            | Place::InTransit
            | Place::Undeclared
            | Place::Sold
    )
}

impl Stock {
    /// An item of which nothing is there.
    pub fn new(book: Text, item: Item) -> Self {
        Self { key: StockKey { book, item: item.number.clone() }, item, lots: Vec::new() }
    }
    /// A lot by its number.
    pub fn lot(&self, number: &str) -> Option<&LotStock> {
        self.lots.iter().find(|lot| lot.lot.number == number)
    }
    /// Whether a lot may be sold on a day: it is not recalled, and does not expire too soon.
    pub fn sells(&self, lot: &LotStock, day: Day) -> bool {
        lot.stopped.is_empty() && self.item.sells(&lot.lot, day)
    }
    /// Stops a lot for a recall, or lets it go for that recall alone: what another one stops stays stopped. Whether it did anything.
    pub fn stop(&mut self, number: &str, recall: &str, stops: bool) -> bool {
        let Some(lot) = self.lots.iter_mut().find(|lot| lot.lot.number == number) else { return false };
        let by_this = lot.stopped.iter().position(|known| known == recall);
        match (stops, by_this) {
            (true, None) => lot.stopped.push(recall.into()),
            (false, Some(at)) => drop(lot.stopped.remove(at)),
            _ => return false,
        }
        true
    }
    /// What is at a place, of all lots; none where it has more than 19 digits.
    pub fn at(&self, place: Place) -> Option<Quantities> {
        self.lots.iter().try_fold(Quantities::ZERO, |sum, lot| sum.plus(lot.at(place)))
    }
    /// The book's quantity: all places inside, of all lots.
    pub fn inside(&self) -> Option<Quantities> {
        let inside = Place::ALL.into_iter().filter(|place| place.is_inside());
        inside.map(|place| self.at(place)).try_fold(Quantities::ZERO, |sum, part| sum.plus(part?))
    }
    /// Moves what a posting says; the lot must be there.
    ///
    /// # Errors
    /// The place that would be below zero or could not be written any more; the stock is as it was.
    pub fn apply(&mut self, posting: &Posting) -> Result<(), Place> {
        let lot = self.lots.iter_mut().find(|lot| lot.lot.number == posting.lot).ok_or(posting.from)?;
        let left = lot.at(posting.from).minus(posting.quantities);
        let left =
            left.filter(|left| !posting.from.is_inside() || !left.is_negative()).ok_or(posting.from)?;
        let there = lot.at(posting.to).plus(posting.quantities);
        let there =
            there.filter(|there| !posting.to.is_inside() || !there.is_negative()).ok_or(posting.to)?;
        if posting.from == posting.to || posting.quantities.is_negative() {
            return Err(posting.to);
        }
        for (place, now) in [(posting.from, left), (posting.to, there)] {
            if now.is_zero() {
                lot.balances.remove(&place);
            } else {
                lot.balances.insert(place, now);
            }
        }
        Ok(())
    }
    /// Makes room for a lot that comes from another book. Whether it may: a lot of this number is this one.
    pub fn takes(&mut self, lot: &Lot, entered: StampMillis) -> bool {
        match self.lot(&lot.number) {
            Some(known) => known.lot == *lot,
            None => {
                self.add(lot.clone(), entered);
                true
            }
        }
    }
    /// Adds a lot, kept in the order of numbers.
    pub(crate) fn add(&mut self, lot: Lot, entered: StampMillis) {
        let at = self.lots.partition_point(|other| other.lot.number < lot.number);
        self.lots.insert(at, LotStock { lot, entered, balances: BTreeMap::new(), stopped: Vec::new() });
    }
}

impl LotStock {
    /// What is at a place.
    pub fn at(&self, place: Place) -> Quantities {
        self.balances.get(&place).copied().unwrap_or_default()
    }
    /// The recalls that stop it, to be told; none where nothing does.
    pub fn recalls(&self) -> Option<String> {
        (!self.stopped.is_empty()).then(|| self.stopped.join(", "))
    }
}

/// The records that a batch of commands names.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Keys {
    /// Numbers of books.
    pub books: Vec<Text>,
    /// Items.
    pub stocks: Vec<StockKey>,
    /// Lines.
    pub lines: Vec<LineKey>,
}

/// Those of them that exist.
#[derive(Clone, Default, Debug)]
pub struct Facts {
    /// Books by number.
    pub books: BTreeMap<Text, Book>,
    /// Stocks.
    pub stocks: BTreeMap<StockKey, Stock>,
    /// Lines that moved goods.
    pub lines: BTreeMap<LineKey, Line>,
}

/// Adds what a command names to the keys of its batch. They are locked before they are read.
pub fn needs(command: &Command, keys: &mut Keys) {
    keys.books.push(command.book.clone());
    keys.lines.push(command.key.clone());
    if command.operation.has_item() {
        keys.stocks.push(StockKey { book: command.book.clone(), item: command.item.clone() });
    }
    match &command.operation {
        Operation::Take { to: Some(to), .. } => keys.books.push(to.clone()),
        Operation::Resolve { of, .. } | Operation::Declare { of, .. } => keys.lines.push(of.clone()),
        Operation::Receive { from, of, .. } => {
            keys.lines.push(of.clone());
            keys.stocks.push(from.clone());
        }
        _ => {}
    }
}
