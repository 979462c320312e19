//! The stored form of what events say of bonded books: what was read of them, what moved, what an attempt holds.

use super::{Bytes, Damage, Stored, get_list, put_list};
use book::{
    Book, DocumentKey, DocumentKind, Item, LegalUnit, LineKey, Lot, LotStock, Open, Place, Posting,
    Quantities, Resolution, Stock, StockKey,
};
use ceb::StampMillis;
use clearance::bonded::{BondedRead, Moved, Taken, TakenLine, TakenState};
use clearance::event::BookedGoods;

fields! {
    DocumentKey { kind, issuer, number }
    LineKey { document, line }
    Quantities { declared, first, second }
    Open { lot, quantities }
    StockKey { book, item }
    Posting { stock, lot, from, to, quantities }
    LegalUnit { unit, factor }
    Item { number, gcode, goods_no, unit, first, second, tolerance, stop_sale_days }
    Lot { number, origin, expiry }
    Stock { key, item, lots }
    Book { number, holder, closed, counting }
    TakenLine { line, item, open }
    Taken { book, document, lines, state }
    Moved { key, of, postings }
    BookedGoods { to, list, by, lines, resolution, cause }
    BondedRead { books, stocks }
}

numbered! {
    DocumentKind, u8, |kind| *kind as u8;
    Place, u8, |place| place.number();
    Resolution, u8, |resolution| *resolution as u8;
    TakenState, u8, |state| *state as u8;
}

wrapped! {
    StampMillis, u64, |stamp| stamp.number(), |number| StampMillis::from_number(number).unwrap_or_default();
}

lists!(Open, Posting, LotStock, TakenLine, Moved, Book, Stock, (Place, Quantities));

impl Stored for LotStock {
    fn put(&self, out: &mut Vec<u8>) {
        self.lot.put(out);
        self.entered.put(out);
        let balances: Vec<(Place, Quantities)> =
            self.balances.iter().map(|(place, quantities)| (*place, *quantities)).collect();
        balances.put(out);
        self.stopped.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let (lot, entered) = (Stored::get(bytes)?, Stored::get(bytes)?);
        let balances: Vec<(Place, Quantities)> = Stored::get(bytes)?;
        // At first a lot had the mark of one recall at most: a list of none or one is written as that was.
        let stopped = if bytes.format < 11 { Vec::new() } else { Stored::get(bytes)? };
        Ok(Self { lot, entered, balances: balances.into_iter().collect(), stopped })
    }
}
