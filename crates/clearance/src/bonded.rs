//! What the judgement knows of bonded books: which book and items a list names, what an attempt has taken of them, and what
//! moved. How a book counts belongs to `book`; who may change one to `register`.

use crate::Text;
use crate::event::ReceivedAt;
use crate::export::{ExportTradeKey, leaves_zone};
use crate::keys::OrderKey;
use crate::party::Parties;
use crate::record::{RecordKey, Register};
use book::{Book, DocumentKey, DocumentKind, LineKey, Open, Posting, Stock, StockKey};
use ceb::{Day, Declaration, ExportDeclaration};
use compact_str::format_compact;

/// The books and stocks that a judgement looked at, as they were: with them the same decision is made again. Of a stock the
/// lots of which nothing is available or frozen are left out.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct BondedRead {
    /// Books.
    pub books: Vec<Book>,
    /// Stocks.
    pub stocks: Vec<Stock>,
}

impl BondedRead {
    /// As facts, to judge with again.
    pub fn as_facts(&self) -> book::Facts {
        let mut facts = book::Facts::default();
        facts.books.extend(self.books.iter().map(|book| (book.number.clone(), book.clone())));
        facts.stocks.extend(self.stocks.iter().map(|stock| (stock.key.clone(), stock.clone())));
        facts
    }
}

/// What an attempt took of a book. The numbers are stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum TakenState {
    /// It is pre-deducted until the parcel leaves, or the list ends otherwise.
    Frozen = 1,
    /// It went back: the list was rejected, cancelled, out of time, or declared anew.
    Restored = 2,
    /// The parcel left the zone.
    Left = 3,
}

impl TakenState {
    /// The state of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Frozen, Self::Restored, Self::Left].into_iter().find(|state| *state as u8 == number)
    }
    /// The word used in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Frozen => "frozen",
            Self::Restored => "restored",
            Self::Left => "left",
        }
    }
}

/// What an attempt took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// The book, as its record is called: holder and number.
    pub book: Text,
    /// The list, as the book's movements name it.
    pub document: DocumentKey,
    /// Its lines, with what of each is still where the state says.
    pub lines: Vec<TakenLine>,
    /// Where it is.
    pub state: TakenState,
}

/// What a line took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakenLine {
    /// Its place in the list, from 1.
    pub line: u32,
    /// The item.
    pub item: Text,
    /// How much of which lots.
    pub open: Vec<Open>,
}

/// What a line of a document moved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    /// Which line.
    pub key: LineKey,
    /// The line that it resolves.
    pub of: Option<LineKey>,
    /// From where to where.
    pub postings: Vec<Posting>,
}

/// How a book is called among records: its holder's code and its number.
pub fn book_id(holder: &str, number: &str) -> Text {
    format_compact!("{}:{}", holder.trim(), number.trim())
}

/// The record of a book.
pub fn book_key(book: &str) -> RecordKey {
    RecordKey::new(Register::BondedBook, book)
}

/// The record of an item of a book.
pub fn stock_key(stock: &StockKey) -> RecordKey {
    RecordKey::new(Register::BondedItem, &format_compact!("{}:{}", stock.book, stock.item))
}

/// The record of a document of a book. Another's documents are called by their issuer too.
pub fn document_key(book: &str, document: &DocumentKey) -> RecordKey {
    let (kind, number) = (document.kind.word(), &document.number);
    let own = book.split(':').next().unwrap_or_default() == document.issuer.as_str();
    let id = if own {
        format_compact!("{book}:{kind}:{number}")
    } else {
        format_compact!("{book}:{kind}:{}:{number}", document.issuer)
    };
    RecordKey::new(Register::BondedDocument, &id)
}

/// The book that a list names: none for lists that are held against none.
pub fn book_of(list: &Declaration, parties: &Parties, day: Day) -> Option<Text> {
    if !matches!(list.head.trade_mode.as_str(), "1210" | "1239") {
        return None;
    }
    book_named(list.head.ems_no.as_deref(), list.head.area_code.as_deref(), parties, day)
}

/// The book that an export list names, as one of the enterprise in the zone: none for lists that are held against none.
pub fn book_of_export(list: &ExportDeclaration, parties: &Parties, day: Day) -> Option<Text> {
    if !leaves_zone(&list.head.trade_mode) {
        return None;
    }
    book_named(list.head.ems_no.as_deref(), list.head.iac_code.as_deref(), parties, day)
}

fn book_named(number: Option<&str>, holder: Option<&str>, parties: &Parties, day: Day) -> Option<Text> {
    let number = number.map(str::trim).filter(|number| !number.is_empty())?;
    let holder = holder.map(str::trim).filter(|holder| !holder.is_empty())?;
    let code = parties.find(holder, day).map_or(holder, |filing| filing.code.as_str());
    Some(book_id(code, number))
}

/// The items that a list names.
pub fn items_of(list: &Declaration) -> Vec<Text> {
    named_once(list.lines.iter().filter_map(|line| line.item_record_no.as_deref()))
}

/// The items that an export list names.
pub fn items_of_export(list: &ExportDeclaration) -> Vec<Text> {
    named_once(list.lines.iter().filter_map(|line| line.item_record_no.as_deref()))
}

fn named_once<'a>(named: impl Iterator<Item = &'a str>) -> Vec<Text> {
    let mut items: Vec<Text> = named.map(str::trim).filter(|item| !item.is_empty()).map(Text::from).collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// The records of book and items that a list is held against. They are locked: what one list takes another does not.
pub(crate) fn needs(list: &Declaration, parties: &Parties, day: Day, keys: &mut Vec<RecordKey>) {
    if let Some(book) = book_of(list, parties, day) {
        needs_of_book(book, items_of(list), keys);
    }
}

/// The same of an export list.
pub(crate) fn needs_of_export(
    list: &ExportDeclaration,
    parties: &Parties,
    day: Day,
    keys: &mut Vec<RecordKey>,
) {
    if let Some(book) = book_of_export(list, parties, day) {
        needs_of_book(book, items_of_export(list), keys);
    }
}

fn needs_of_book(book: Text, items: Vec<Text>, keys: &mut Vec<RecordKey>) {
    for item in items {
        keys.push(stock_key(&StockKey { book: book.clone(), item }));
    }
    keys.push(book_key(&book));
}

/// The records of both books, of the items in them, and of the application by which goods come from one to the other.
pub(crate) fn needs_across(received: &ReceivedAt, keys: &mut Vec<RecordKey>) {
    keys.extend(received.stocks().map(|stock| stock_key(&stock)));
    keys.push(document_key(&received.to, &return_document(received)));
    keys.push(book_key(&received.to));
}

/// The application by which goods come to another book, as its movements name it.
pub(crate) fn return_document(received: &ReceivedAt) -> DocumentKey {
    let (issuer, number) = received.document.clone();
    DocumentKey { kind: DocumentKind::Return, issuer, number }
}

/// What the movements of a book call the list of an attempt. Export trades are named by their marked pair.
pub fn list_number(order: &OrderKey, attempt: u32) -> Text {
    format_compact!("{}/{}/{attempt}", order.platform, order.order_no)
}

/// The trade whose list a movement names; an export by its marked pair.
pub fn order_of(document: &DocumentKey) -> Option<OrderKey> {
    if document.kind != DocumentKind::List {
        return None;
    }
    let (platform, rest) = document.number.split_once('/')?;
    let (order_no, _) = rest.rsplit_once('/')?;
    Some(OrderKey::new(platform, order_no))
}

/// The export trade whose list a movement names.
pub fn export_of(document: &DocumentKey) -> Option<ExportTradeKey> {
    ExportTradeKey::of_marked(&order_of(document)?)
}
