//! The life of the two books: who does what next, and what it must come to. Every operation asks the window as parties do; what it
//! took is then held against what the window shows and what its movements add up to.

use super::abroad::Abroad;
use super::expected::{Expected, Stock};
use super::exported::{self, Book, newer, position};
use super::zone::Zone;
use crate::Failure;
use crate::audit::books::Recount;
use crate::demo::agencies::CUSTOMS;
use crate::generate::bonded;
use clearance::sample::{self, Numbers, Trade};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Number of both books, each in its holder's numbering.
pub const NUMBER: &str = bonded::BOOK.1;
/// Holders: one in the zone at the airport, one in another park.
const HOLDERS: [&str; 2] = [bonded::BOOK.0, "5301960202"];
/// Who guarantees for what is exhibited.
const GUARANTOR: &str = "5301980501";
/// Lots of an item: number, origin, expiry. All may be sold as long as the test lives, so that what is refused is refused for want.
pub const LOTS: [(&str, &str, &str); 4] =
    [("L1", "116", "20301231"), ("L2", "116", "20310630"), ("L3", "119", "20320101"), ("L4", "502", "")];
/// What is told of faults at most.
const TOLD: usize = 20;
/// Operations between two looks at all stocks.
const ALL_EVERY: u64 = 500;
/// A fraction of a quantity that the files count in.
const PIECE: i128 = 100_000;

/// How often an operation was done and was refused.
#[derive(Default, Clone, Copy)]
pub struct Count {
    /// It moved something, or let something go on.
    pub done: u64,
    /// It was refused, and nothing moved.
    pub refused: u64,
}

/// What a line took and what rests where it went.
pub struct Resting {
    /// The stock.
    pub stock: Stock,
    /// Where.
    pub place: &'static str,
    /// By which document: kind, issuer, number, line.
    pub by: (&'static str, String, String, u32),
    /// Pieces that nobody resolved yet.
    pub left: i64,
}

/// A list that took its goods.
pub struct Sale {
    /// The trade.
    pub trade: Trade,
    /// From which book.
    pub book: usize,
    /// Item and pieces of its lines.
    pub lines: Vec<(usize, i64)>,
    /// Where the window says it stands.
    pub state: u64,
    /// Its number.
    pub entry: String,
    /// Whether its parcel left.
    pub left: bool,
}

/// A document that was taken, to be sent again.
pub struct Taken {
    /// Whose book.
    pub book: usize,
    /// Its record.
    pub record: String,
    /// The move by which it was, with the version then.
    pub step: (&'static str, u64),
    /// Its lines.
    pub body: Value,
    /// What it moved.
    pub stocks: Vec<Stock>,
}

/// The life.
pub struct Life {
    pub(super) zone: Zone,
    pub(super) draw: Numbers,
    pub(super) seed: u64,
    pub(super) books: Vec<Book>,
    pub(super) items: Vec<book::Item>,
    pub(super) expected: Expected,
    pub(super) recount: Recount,
    /// The newest row that was read of each stock.
    read: BTreeMap<Stock, u64>,
    pub(super) sales: Vec<Sale>,
    pub(super) abroad: Vec<Abroad>,
    pub(super) resting: Vec<Resting>,
    pub(super) counting: [Option<String>; 2],
    pub(super) taken: Option<Taken>,
    /// What the window told of the last document, or of the last export.
    pub(super) told: String,
    pub(super) documents: u64,
    pub(super) trades: u64,
    /// Stocks that the operation may have moved.
    pub(super) touched: BTreeSet<Stock>,
    /// By operation.
    pub counts: BTreeMap<&'static str, Count>,
    /// What was found wrong.
    pub faults: Vec<String>,
}

impl Life {
    /// Opens two books and fills them.
    ///
    /// # Errors
    /// When the window cannot be opened, or refuses what must be taken.
    pub async fn begin(folder: &Path, seed: u64) -> Result<Self, Failure> {
        let books = HOLDERS.map(|holder| Book { holder, id: format!("{holder}:{NUMBER}") });
        let shelf = sample::shelf();
        let mut life = Self {
            zone: Zone::begin(folder, seed).await?,
            draw: Numbers::new(seed, 0xB00C),
            seed,
            books: books.into(),
            items: shelf.iter().map(|(item, _)| item.clone()).collect(),
            expected: Expected::default(),
            recount: Recount::default(),
            read: BTreeMap::new(),
            sales: Vec::new(),
            abroad: Vec::new(),
            resting: Vec::new(),
            counting: [None, None],
            taken: None,
            told: String::new(),
            documents: 0,
            trades: 0,
            touched: BTreeSet::new(),
            counts: BTreeMap::new(),
            faults: Vec::new(),
        };
        let applied = bonded::applied(&shelf);
        for (book, holder) in HOLDERS.into_iter().enumerate() {
            let record = format!("bonded-books/{}", life.books[book].id);
            for (party, step, body) in
                [(holder, ("apply", 0), &applied), (CUSTOMS, ("approve", 1), &Value::Null)]
            {
                let (status, told) = life.zone.act((party, holder), &record, step, body).await?;
                if status != 200 {
                    return Err(format!("{} of {record}: {status} {told}", step.0).into());
                }
            }
            let all: Vec<(usize, &str, i64)> =
                (0..life.items.len()).flat_map(|item| LOTS.map(|(lot, ..)| (item, lot, 20))).collect();
            life.enter(book, ("enter-opening", "opening", "opening"), &all).await?;
            life.check().await?;
        }
        Ok(life)
    }

    /// A number below.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.draw.below(bound as u64) as usize
    }

    /// An operation, and what it came to.
    pub(super) fn count(&mut self, operation: &'static str, done: bool) {
        let count = self.counts.entry(operation).or_default();
        *(if done { &mut count.done } else { &mut count.refused }) += 1;
    }

    /// Something is not as it must be.
    pub(super) fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// One operation and its audit; whether all is well.
    ///
    /// # Errors
    /// When the window cannot be asked.
    pub async fn step(&mut self, number: u64) -> Result<bool, Failure> {
        self.zone.pass();
        self.operation().await?;
        if number.is_multiple_of(ALL_EVERY) {
            self.touched.extend(self.stocks());
        }
        self.check().await?;
        Ok(self.faults.is_empty())
    }

    /// All stocks.
    fn stocks(&self) -> Vec<Stock> {
        (0..self.books.len()).flat_map(|book| (0..self.items.len()).map(move |item| (book, item))).collect()
    }

    /// What was touched: the new movements taken, then the window, its movements and what must be, beside each other.
    async fn check(&mut self) -> Result<(), Failure> {
        let touched: Vec<Stock> = std::mem::take(&mut self.touched).into_iter().collect();
        for stock in &touched {
            let than = self.read.get(stock).copied().unwrap_or(0);
            let rows = newer(&mut self.zone, &self.books[stock.0], stock.1, than).await?;
            rows.iter().for_each(|row| self.recount.take(row));
            if let Some(last) = rows.last() {
                self.read.insert(*stock, position(last));
            }
        }
        for stock in touched {
            let book = &self.books[stock.0];
            let path = format!("/v1/books/{}?item={}", book.id, stock.1 + 1);
            let shown = self.zone.get(book.holder, &path).await?.json();
            self.recount.compare(&shown);
            let item = (stock.1 + 1).to_string();
            for (place, pieces) in self.expected.places(stock) {
                let added = self.recount.at(&book.id, &item, place)[0];
                if added != i128::from(pieces) * PIECE {
                    let fault = format!(
                        "{} / {item}: {pieces} pieces must be {place}, the movements give {added} (of 0.00001)",
                        book.id
                    );
                    self.faults.push(fault);
                }
            }
        }
        self.faults.append(&mut self.recount.faults);
        self.faults.truncate(TOLD);
        Ok(())
    }

    /// All movements exported and added up anew, by themselves: how many there are.
    ///
    /// # Errors
    /// When they cannot be exported.
    pub async fn audit(&mut self, folder: &Path) -> Result<usize, Failure> {
        let mut recount =
            exported::recount(&mut self.zone, &self.books, self.items.len(), &folder.join("exported"))
                .await?;
        if recount.movements != self.recount.movements {
            let (all, read) = (recount.movements, self.recount.movements);
            self.fault(format!("{all} movements are exported, {read} were read as they were made"));
        }
        for stock in self.stocks() {
            let (id, item) = (self.books[stock.0].id.clone(), (stock.1 + 1).to_string());
            for (place, pieces) in self.expected.places(stock).collect::<Vec<_>>() {
                let added = recount.at(&id, &item, place)[0];
                if added != i128::from(pieces) * PIECE {
                    self.fault(format!("{id} / {item}: exported, {place}: {added}, must be {pieces} pieces"));
                }
            }
        }
        for (order_no, pieces) in self.pre_deducted() {
            let added = recount.pre_deducted(&order_no);
            if added != i128::from(pieces) * PIECE {
                self.fault(format!(
                    "the list of {order_no}: exported, pre-deducted: {added}, must be {pieces} pieces"
                ));
            }
        }
        self.faults.append(&mut recount.faults);
        self.faults.truncate(TOLD);
        Ok(recount.movements)
    }

    /// By order number how many pieces each list holds that took its goods: all of its lines until its parcel left, then none.
    fn pre_deducted(&self) -> Vec<(String, i64)> {
        let here = self.sales.iter().map(|sale| (&sale.trade.order.head.order_no, sale.left, &sale.lines));
        let abroad = self.abroad.iter().map(|one| (&one.export.order.head.order_no, one.left(), &one.lines));
        let all = here.chain(abroad);
        all.map(|(order_no, left, lines)| {
            let all: i64 = lines.iter().map(|(_, pieces)| pieces).sum();
            (order_no.to_string(), if left { 0 } else { all })
        })
        .collect()
    }

    /// Closed, so that whoever verifies the folder finds it free; how often it was opened again.
    pub fn close(mut self) -> u64 {
        self.zone.close();
        self.zone.crashes
    }

    /// Files a document and has it accepted, or enters it where customs need not look; whether it was taken.
    pub(super) async fn document(
        &mut self,
        book: usize,
        kind: &'static str,
        lines: Vec<Value>,
        stocks: Vec<Stock>,
    ) -> Result<Option<String>, Failure> {
        self.documents += 1;
        let number = format!("N{}", self.documents);
        let (holder, id) = (self.books[book].holder, self.books[book].id.clone());
        let record = format!("bonded-documents/{id}:{kind}:{number}");
        let mut body = json!({"lines": lines});
        if kind == "application" {
            body["exhibition"] = json!({"venue": "样例会展中心", "guarantor": GUARANTOR});
        } else if body["lines"][0]["ofDocument"] == "application" {
            body["beside"] = json!({"guarantors": [GUARANTOR]});
        }
        self.touched.extend(stocks.iter().copied());
        // What customs need not look at moves when it is entered.
        let supervised = kind != "stock-order";
        let (party, step) = if supervised { (holder, ("file", 0)) } else { (holder, ("enter", 0)) };
        let (mut status, mut told) = self.zone.act((party, holder), &record, step, &body).await?;
        let mut step = step;
        if status == 200 && supervised {
            step = (if kind == "application" { "lend" } else { "accept" }, 1);
            (status, told) = self.zone.act((CUSTOMS, holder), &record, step, &Value::Null).await?;
        }
        if status != 200 && status != 422 {
            return Err(format!("{} of {record}: {status} {told}", step.0).into());
        }
        self.told = told.to_string();
        if status == 200 {
            self.taken = Some(Taken { book, record, step, body, stocks });
        }
        Ok((status == 200).then_some(number))
    }
}
