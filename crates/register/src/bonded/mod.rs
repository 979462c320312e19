//! Bonded books: a holder applies for one, customs opens it, documents move what lies in it. Three registers: the book with what
//! is applied for, one record an item with its lots and balances, one a document; tax bills are a fourth. How quantities move is
//! judged by `book`; lists of trades take theirs in `clearance`, whose movements are written here too.

pub mod bill;
pub mod clock;
pub mod document;
pub mod exhibition;
pub mod form;
pub mod rebate;
pub(crate) mod rows;
mod timed;

pub use rows::of_trades;
pub(crate) use timed::is_of_kind;

use crate::moves::Move;
use crate::says;
use crate::{Command, Fault, Made, Seen, owner_of, read, stored, written};
use book::{Book, DocumentKey, DocumentKind, StockKey};
use clearance::Text;
use clearance::bonded::{book_id, book_key, document_key, stock_key};
use clearance::facts::{Facts, Keys};
use clearance::record::{Record, RecordKey, Register};
use form::{ItemForm, StockForm};
use ledger::Account;
use rows::Changes;
use serde::{Deserialize, Serialize};

/// The id is the holder's code, a colon, the number of the book (`emsNo`). States: applied, refused, open, changing (open, with
/// items that are applied for), closed.
pub const BOOK_MOVES: &[Move] = &[
    Move::owner("apply", &["", "refused"], "applied"),
    Move::reviewer("refuse", &["applied"], "refused").explained(),
    Move::reviewer("approve", &["applied"], "open"),
    Move::owner("add-items", &["open", "changing"], "changing"),
    Move::reviewer("refuse", &["changing"], "open").explained(),
    Move::reviewer("approve", &["changing"], "open"),
    Move::reviewer("close", &["open", "changing"], "closed").explained(),
    Move::window("move", &["open"], "open"),
];

/// Items are written with what moves them.
pub const ITEM_MOVES: &[Move] = &[Move::window("move", &["", "open"], "open")];

/// Items of one application at most.
const ITEMS: usize = 500;

/// What is applied for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Applied {
    /// The items.
    pub items: Vec<ItemForm>,
}

/// A book as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct BookBody {
    /// Its items.
    pub items: Vec<ItemForm>,
    /// Items that are applied for.
    #[serde(default)]
    pub proposed: Vec<ItemForm>,
    /// Number of the stocktake that is under way.
    #[serde(default)]
    pub counting: Option<String>,
}

impl BookBody {
    /// Of a record of books.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

impl StockForm {
    /// Of a record of items.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// The holder of a book.
pub fn holder_of(book: &str) -> Text {
    book.split(':').next().unwrap_or_default().trim().into()
}

/// The book and the document of a record's id.
pub fn document_of(id: &str) -> Option<(Text, DocumentKey)> {
    let parts: Vec<&str> = id.split(':').collect();
    let (holder, number, kind, issuer, document) = match parts.as_slice() {
        [holder, number, kind, document] => (holder, number, kind, holder, document),
        [holder, number, kind, issuer, document] => (holder, number, kind, issuer, document),
        _ => return None,
    };
    let empty = [holder, number, issuer, document].into_iter().any(|part| part.trim().is_empty());
    let kind = DocumentKind::from_word(kind).filter(|_| !empty)?;
    let document = DocumentKey { kind, issuer: (*issuer).into(), number: (*document).into() };
    Some((book_id(holder, number), document))
}

/// Adds what a command moves to the keys of its batch: whoever accepts sends what he accepts.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    let body = command.body.as_deref().unwrap_or("");
    match command.key.register {
        Register::BondedBook if command.action == "approve" => {
            let Ok(sent) = serde_json::from_str::<Applied>(body) else { return };
            for item in sent.items {
                let stock = StockKey { book: command.key.id.clone(), item: item.number.trim().into() };
                keys.records.push(stock_key(&stock));
            }
        }
        Register::BondedBill => {
            let Ok(sent) = serde_json::from_str::<bill::Paying>(body) else { return };
            let of = |id: &String| RecordKey::new(Register::BondedDocument, id);
            keys.records.extend(sent.applications.iter().map(of));
            keys.accounts.extend(sent.guarantors.iter().map(|code| Account::guarantee(code.trim().into())));
        }
        Register::BondedDocument => {
            let Some((book, _)) = document_of(&command.key.id) else { return };
            keys.records.push(book_key(&book));
            if let Ok(calling) = serde_json::from_str::<exhibition::Calling>(body) {
                keys.accounts.push(Account::guarantee(calling.guarantor.trim().into()));
            }
            let Ok(sent) = serde_json::from_str::<document::Lines>(body) else { return };
            looked_at(&sent, keys);
            let holder = holder_of(&book);
            for line in sent.lines {
                let stock = StockKey { book: book.clone(), item: line.item.trim().into() };
                keys.records.push(stock_key(&stock));
                keys.looked_at.extend(line.to.as_deref().map(|to| book_key(to.trim())));
                let from = line.from_book.as_deref().map(str::trim).filter(|from| !from.is_empty());
                keys.records.extend(crate::entry_refund::lot_entered(&book, &line));
                if let Some(of) = document::named(&line, &holder) {
                    keys.records.push(document_key(from.unwrap_or(&book), &of.document));
                }
                if let Some((from, item)) = from.zip(line.from_item.as_deref()) {
                    let stock = StockKey { book: from.into(), item: item.trim().into() };
                    keys.records.push(stock_key(&stock));
                }
            }
        }
        _ => {}
    }
}

/// What a document rests on besides its lines: the holder's goods that entered first, the scan of a site, accounts of guarantors,
/// refunds of what it sends back into the country.
fn looked_at(sent: &document::Lines, keys: &mut Keys) {
    let of = |id: &String| RecordKey::new(Register::BondedDocument, id);
    keys.looked_at.extend(sent.beside.iter().flat_map(|beside| &beside.undeclared).map(of));
    keys.looked_at.extend(sent.entry.as_ref().and_then(form::EntryForm::scan_key));
    let refunds = sent.beside.iter().flat_map(|beside| &beside.refunds);
    keys.records.extend(refunds.map(|id| RecordKey::new(Register::EntryRefund, id)));
    let named = sent.beside.iter().flat_map(|beside| &beside.guarantors);
    let guarantors = named.chain(sent.exhibition.as_ref().map(|exhibition| &exhibition.guarantor));
    keys.accounts.extend(guarantors.map(|code| Account::guarantee(code.trim().into())));
}

/// Puts the records of books that were loaded where the judgement looks for them.
///
/// # Panics
/// If the body of one is none that this crate wrote.
pub(crate) fn as_facts(facts: &mut Facts) {
    let Facts { records, bonded, .. } = facts;
    for record in records.values() {
        match record.key.register {
            Register::BondedBook => {
                bonded.books.extend(book(record).map(|book| (book.number.clone(), book)));
            }
            Register::BondedItem => {
                let stock = StockForm::of(record).stock(&record.key.id);
                bonded.stocks.extend(stock.map(|stock| (stock.key.clone(), stock)));
            }
            Register::BondedDocument => {
                let lines = document::lines(record).into_iter();
                bonded.lines.extend(lines.map(|line| (line.command.key.clone(), line)));
            }
            _ => {}
        }
    }
}

/// The book of a record; one that was never opened is none.
fn book(record: &Record) -> Option<Book> {
    let closed = match record.state.as_str() {
        "open" | "changing" => false,
        "closed" => true,
        _ => return None,
    };
    let body = BookBody::of(record);
    Some(Book {
        number: record.key.id.clone(),
        holder: owner_of(&record.key),
        closed,
        counting: body.counting.map(Text::from),
    })
}

pub(crate) fn made_book(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let holder = owner_of(&seen.command.key);
    let before = seen.current.map(stored::<BookBody>);
    let mut body = before.unwrap_or(BookBody { items: Vec::new(), proposed: Vec::new(), counting: None });
    match step.action {
        "apply" | "add-items" => {
            let number = seen.own_name();
            if number.trim().is_empty() || number.len() > 30 || number.contains(':') {
                faults.push(Fault::new("id", &seen.command.key.id, says::BONDED_BOOK_ID.said()));
            }
            let sent: Applied = read(seen.command.body.as_deref(), faults)?;
            if seen.parties.find(&holder, seen.now.day()).is_none_or(|filing| filing.suspended) {
                faults.push(Fault::new("id", &holder, says::PARTY_FILED.said()));
            }
            check(seen, &body, &sent.items, faults);
            body.proposed = sent.items;
        }
        "approve" => {
            let sent: Applied = read(seen.command.body.as_deref(), faults)?;
            if sent.items != body.proposed {
                faults.push(Fault::new("version", "", says::BONDED_CHANGED.said()));
            }
            let proposed = std::mem::take(&mut body.proposed);
            check(seen, &body, &proposed, faults);
            body.items.extend(proposed);
        }
        "refuse" | "close" => {
            // What was applied for first stays to be corrected.
            if seen.current.is_some_and(|record| record.state != "applied") {
                body.proposed.clear();
            }
        }
        _ => faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said())),
    }
    Some(Made { body: written(&body), parties: vec![holder], filing: None, seed: None })
}

fn check(seen: &Seen<'_>, body: &BookBody, items: &[ItemForm], faults: &mut Vec<Fault>) {
    if items.is_empty() || items.len() > ITEMS {
        let most = says::ONE_TO.with(&[("most", &ITEMS.to_string())]);
        faults.push(Fault::new("items", &items.len().to_string(), most));
    }
    let (rulebook, today) = (seen.reference.current(), seen.now.day());
    let mut numbers: Vec<&str> = body.items.iter().map(|item| item.number.trim()).collect();
    for (index, form) in items.iter().enumerate() {
        let path = format!("items[{}]", index + 1);
        let item = form.item(&path, faults);
        for refusal in item.check() {
            let said = [("zh", refusal.zh()), ("en", refusal.en()), ("rule", refusal.rule.word().to_owned())];
            let said: Vec<(&'static str, &str)> =
                said.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let at = format!("{path}.{}", refusal.field);
            faults.push(Fault::new(&at, &refusal.value, says::BONDED_RULE.with(&said)));
        }
        if rulebook.tariff.line(&item.gcode, today).is_none() {
            faults.push(Fault::new(&format!("{path}.gcode"), &item.gcode, says::TARIFF_CODE.said()));
        }
        let second = form.unit2.as_deref().filter(|unit| !unit.trim().is_empty());
        let units = [("unit", Some(form.unit.as_str())), ("unit1", Some(&form.unit1)), ("unit2", second)];
        for (field, unit) in units {
            if let Some(unit) = unit.filter(|unit| !rulebook.codes.units.holds(unit.trim(), today)) {
                faults.push(Fault::new(&format!("{path}.{field}"), unit, says::CODE_OF_TABLE.said()));
            }
        }
        if form.name.trim().is_empty() || form.name.chars().count() > 255 {
            faults.push(Fault::new(&format!("{path}.name"), &form.name, says::AS_DECLARED.said()));
        }
        let number = form.number.trim();
        if number.len() > 30 || number.contains(':') || numbers.contains(&number) {
            faults.push(Fault::new(&format!("{path}.number"), number, says::BONDED_ITEM_NUMBER.said()));
        }
        numbers.push(number);
    }
}

pub(crate) fn made_item(step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said()));
    None
}

/// What a move does besides its own record; the facts after it.
pub(crate) fn changes(seen: &Seen<'_>, step: &Move) -> Option<(Changes, book::Facts)> {
    let key = &seen.command.key;
    match key.register {
        Register::BondedBook => {
            let mut changes = Changes::default();
            let mut after = seen.facts.bonded.clone();
            if step.action == "approve" {
                let sent: Option<Applied> = read(seen.command.body.as_deref(), &mut Vec::new());
                for form in sent.into_iter().flat_map(|sent| sent.items) {
                    let item = form.item("", &mut Vec::new());
                    let stock = book::Stock::new(key.id.clone(), item.clone());
                    after.stocks.insert(stock.key.clone(), stock);
                    changes.items.push((key.id.clone(), form, item));
                }
            }
            Some((changes, after))
        }
        Register::BondedDocument => Some(document::changes(seen, step)),
        Register::Recall => Some(crate::trace::recall::changes(seen, step)),
        Register::BondedBill => {
            let changes = Changes { guarantees: bill::settled(seen, step), ..Changes::default() };
            Some((changes, seen.facts.bonded.clone()))
        }
        _ => None,
    }
}

/// Writes what a move did besides its own record, which `facts` has already, from `next` on.
pub(crate) fn beside(
    facts: &mut Facts,
    (changes, after): (Changes, book::Facts),
    record: &Record,
    next: clearance::keys::Position,
) -> Vec<std::sync::Arc<Record>> {
    facts.bonded = after;
    if record.key.register == Register::BondedBook {
        facts.bonded.books.extend(book(record).map(|book| (book.number.clone(), book)));
    }
    rows::rows(facts, &changes, &record.actor, record.changed, next)
}

/// What somebody accepts or approves is sent with the command, as it stands in the record: then its keys are known before
/// the record is locked. None = the move says nothing of the sort.
pub fn accepted(record: &Record, action: &str) -> Option<String> {
    match (record.key.register, action) {
        (Register::BondedBook, "approve") => Some(written(&Applied { items: BookBody::of(record).proposed })),
        (Register::BondedDocument, "accept" | "lend") => {
            let body = document::Body::of(record);
            let (lines, exhibition) = (body.lines, body.exhibition);
            Some(written(&document::Lines { lines, exhibition, ..document::Lines::default() }))
        }
        _ => None,
    }
}

/// The record of a document of a holder's book.
pub fn key_of(book: &str, kind: DocumentKind, number: &str) -> RecordKey {
    let document = DocumentKey { kind, issuer: holder_of(book), number: number.trim().into() };
    document_key(book, &document)
}
