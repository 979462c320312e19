//! Two books with an item each, kept as a store would keep them: only what `needs` names is given to `decide`.

use book::{
    Answer, Book, Cause, Command, DocumentKey, DocumentKind, Facts, Item, Keys, LegalUnit, Line, LineKey,
    Lot, Operation, Outcome, Place, Purpose, Quantities, Refusal, Resolution, Source, Stock, StockKey, Text,
    decide, needs,
};
use ceb::{Day, Decimal, StampMillis};

pub const BOOK: &str = "L5301W000001";
pub const OTHER: &str = "L5301W000002";
pub const ITEM: &str = "1";

pub fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

pub fn day(number: u32) -> Day {
    Day::from_number(number).unwrap()
}

/// Tins of milk powder: 0.9 kg a tin, a second unit of one, weighed within 1 %.
pub fn item() -> Item {
    Item {
        number: ITEM.into(),
        gcode: "1901101000".into(),
        goods_no: "MILK-900".into(),
        unit: "122".into(),
        first: LegalUnit { unit: "035".into(), factor: decimal("0.9") },
        second: Some(LegalUnit { unit: "122".into(), factor: Decimal::ONE }),
        tolerance: 10,
        stop_sale_days: 30,
    }
}

pub fn lot(number: &str, expiry: Option<u32>) -> Lot {
    Lot { number: number.into(), origin: "601".into(), expiry: expiry.map(day) }
}

/// Quantities of so many tins by the filed factors.
pub fn tins(count: &str) -> Quantities {
    item().converted(decimal(count)).unwrap()
}

/// All records, and the next document number.
pub struct World {
    pub facts: Facts,
    pub time: StampMillis,
    documents: u32,
}

impl World {
    pub fn new() -> Self {
        let mut facts = Facts::default();
        for number in [BOOK, OTHER] {
            let book =
                Book { number: number.into(), holder: "5301980501".into(), closed: false, counting: None };
            facts.books.insert(number.into(), book);
            let stock = Stock::new(number.into(), item());
            facts.stocks.insert(stock.key.clone(), stock);
        }
        let mut world = Self { facts, time: StampMillis::default(), documents: 0 };
        world.at(20_261_101);
        world
    }
    /// From now on it is this day.
    pub fn at(&mut self, day: u32) {
        self.time = StampMillis::from_number(u64::from(day) * 1_000_000_000 + 100_000_000).unwrap();
    }
    /// A line of a new document of the first kind that may do it.
    pub fn command(&mut self, operation: Operation) -> Command {
        self.documents += 1;
        let kind = operation.documents()[0];
        let item = if operation.has_item() { ITEM } else { "" };
        Command {
            key: key(kind, &self.documents.to_string(), 1),
            book: BOOK.into(),
            item: item.into(),
            time: self.time,
            operation,
        }
    }
    /// Judges a command with what it needs and nothing else, and keeps what changed.
    pub fn send(&mut self, command: &Command) -> Outcome {
        let mut keys = Keys::default();
        needs(command, &mut keys);
        let all = &self.facts;
        let facts = Facts {
            books: keys
                .books
                .iter()
                .filter_map(|key| Some((key.clone(), all.books.get(key)?.clone())))
                .collect(),
            stocks: keys
                .stocks
                .iter()
                .filter_map(|key| Some((key.clone(), all.stocks.get(key)?.clone())))
                .collect(),
            lines: keys
                .lines
                .iter()
                .filter_map(|key| Some((key.clone(), all.lines.get(key)?.clone())))
                .collect(),
        };
        let outcome = decide(std::slice::from_ref(command), facts).remove(0);
        for stock in &outcome.stocks {
            self.facts.stocks.insert(stock.key.clone(), stock.clone());
        }
        for line in outcome.resolved.iter().chain(&outcome.line) {
            self.facts.lines.insert(line.command.key.clone(), line.clone());
        }
        if let Some(book) = &outcome.book {
            self.facts.books.insert(book.number.clone(), book.clone());
        }
        outcome
    }
    /// Does it; it must be taken. Its line.
    #[track_caller]
    pub fn does(&mut self, operation: Operation) -> LineKey {
        let command = self.command(operation);
        let outcome = self.send(&command);
        assert!(matches!(outcome.answer, Answer::Taken(_)), "{:?}", outcome.answer);
        command.key
    }
    /// Tries it; it must be refused for one reason.
    #[track_caller]
    pub fn refused(&mut self, operation: Operation) -> Refusal {
        let command = self.command(operation);
        self.refused_command(&command)
    }
    #[track_caller]
    pub fn refused_command(&mut self, command: &Command) -> Refusal {
        let before = self.facts.stocks.clone();
        let outcome = self.send(command);
        let Answer::Refused(refusals) = outcome.answer else { panic!("{:?}", outcome.answer) };
        assert_eq!(refusals.len(), 1, "{refusals:?}");
        assert!(outcome.line.is_none() && outcome.stocks.is_empty() && before == self.facts.stocks);
        refusals[0].clone()
    }
    pub fn stock(&self, book: &str) -> &Stock {
        &self.facts.stocks[&StockKey { book: book.into(), item: ITEM.into() }]
    }
    /// The declared quantity at a place, as text.
    pub fn there(&self, book: &str, place: Place) -> String {
        self.stock(book).at(place).unwrap().declared.to_string()
    }
    pub fn lines(&self) -> Vec<Line> {
        self.facts.lines.values().cloned().collect()
    }
}

pub fn key(kind: DocumentKind, number: &str, line: u32) -> LineKey {
    LineKey { document: DocumentKey { kind, issuer: "5301980501".into(), number: number.into() }, line }
}

pub fn enter(lot: Lot, count: &str) -> Operation {
    Operation::Enter { source: Source::Abroad, lot, quantities: tins(count) }
}

pub fn take(purpose: Purpose, count: &str) -> Operation {
    let to = (purpose == Purpose::Transfer).then(|| Text::from(OTHER));
    Operation::Take { purpose, quantity: decimal(count), stated: None, lot: None, to }
}

pub fn resolve(of: &LineKey, resolution: Resolution, count: Option<&str>) -> Operation {
    Operation::Resolve { of: of.clone(), resolution, quantity: count.map(decimal) }
}

pub fn receive(of: &LineKey, count: Option<&str>) -> Operation {
    let from = StockKey { book: BOOK.into(), item: ITEM.into() };
    Operation::Receive { from, of: of.clone(), quantity: count.map(decimal) }
}

pub fn count(lot: &str, counted: &str, cause: Cause, approval: Option<&str>) -> Operation {
    Operation::Count { lot: lot.into(), counted: decimal(counted), cause, approval: approval.map(Text::from) }
}

pub fn enter_first(lot: Lot, count: &str) -> Operation {
    Operation::EnterFirst { lot, quantities: tins(count) }
}

pub fn declare(of: &LineKey, count: Option<&str>, cause: Cause, approval: Option<&str>) -> Operation {
    Operation::Declare {
        of: of.clone(),
        quantity: count.map(decimal),
        cause,
        approval: approval.map(Text::from),
    }
}
