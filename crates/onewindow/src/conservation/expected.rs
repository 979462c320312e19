//! What the two books must hold, by the rules of docs/bonded-books.md alone: whole pieces by book, item and place, moved by what
//! the window said it took. It shares nothing with the window.

use std::collections::BTreeMap;

/// A stock: which of the two books, and which of its items, both from 0.
pub type Stock = (usize, usize);

/// Where pieces are.
#[derive(Default)]
pub struct Expected {
    pieces: BTreeMap<(Stock, &'static str), i64>,
}

impl Expected {
    /// Pieces of a stock at a place; outside of the book those that came from there are below zero.
    pub fn at(&self, stock: Stock, place: &'static str) -> i64 {
        self.pieces.get(&(stock, place)).copied().unwrap_or(0)
    }

    /// Whether a book has so many pieces of items available.
    pub fn holds(&self, book: usize, wanted: &BTreeMap<usize, i64>) -> bool {
        wanted.iter().all(|(item, pieces)| *pieces <= self.at((book, *item), "available"))
    }

    /// Pieces move.
    pub fn moved(&mut self, stock: Stock, from: &'static str, to: &'static str, pieces: i64) {
        *self.pieces.entry((stock, from)).or_default() -= pieces;
        *self.pieces.entry((stock, to)).or_default() += pieces;
    }

    /// All places at which a stock ever was.
    pub fn places(&self, stock: Stock) -> impl Iterator<Item = (&'static str, i64)> + '_ {
        let of_it = move |((known, _), _): &(&(Stock, &'static str), &i64)| *known == stock;
        self.pieces.iter().filter(of_it).map(|((_, place), pieces)| (*place, *pieces))
    }
}

/// What takes available goods by a document: operation of a line, document, where they go.
pub const TAKES: [(&str, &str, &str); 7] = [
    ("transfer", "exit-checklist", "in-transit"),
    ("exhibition", "application", "exhibition"),
    ("inspection", "inspection-order", "inspection"),
    ("re-export", "exit-checklist", "abroad"),
    ("general-trade", "customs-declaration", "domestic"),
    ("destruction", "destruction-record", "destroyed"),
    ("sample", "sampling-record", "sampled"),
];

/// What becomes of goods that an earlier line took: operation, document, where they are, where they go.
pub const RESOLVES: [(&str, &str, &str, &str); 7] = [
    ("bring-back", "stock-order", "in-transit", "available"),
    ("exhibition-return", "stock-order", "exhibition", "available"),
    ("exhibition-sale", "customs-declaration", "exhibition", "sold"),
    ("inspection-end", "inspection-record", "inspection", "available"),
    ("restock", "stock-order", "returned", "available"),
    ("return-abroad", "exit-checklist", "returned", "abroad"),
    ("destroy-returned", "destruction-record", "returned", "destroyed"),
];

/// Where what comes in comes from: operation and place.
pub const ENTERS: [(&str, &str); 2] = [("enter", "abroad"), ("enter-domestic", "domestic")];
