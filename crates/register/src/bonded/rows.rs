//! The records of bonded books after something moved: stocks with what moved since their version before, documents with what is
//! still open of them, books that are counted. What moves goods in one commit writes each record once.

use super::document::{Body, LineMoved};
use super::exhibition::Guarantee;
use super::form::{LineForm, MovedForm, NamedLine, OpenForm, StockForm};
use super::{BookBody, holder_of};
use crate::{stored, written};
use book::{Book, DocumentKind, Item, Line, StockKey};
use clearance::Text;
use clearance::bonded::{Moved, book_key, document_key, stock_key};
use clearance::facts::Facts;
use clearance::keys::{Position, Time};
use clearance::outcome::Outcome;
use clearance::record::{Actor, Charge, Record, RecordKey};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What happened to books.
#[derive(Default)]
pub(crate) struct Changes {
    /// What moved, in order.
    pub moved: Vec<Moved>,
    /// Earlier lines of which less is open now.
    pub resolved: Vec<Line>,
    /// Books that changed by themselves.
    pub books: Vec<Book>,
    /// Stocks of which a lot was stopped or let go, though nothing moved.
    pub touched: Vec<StockKey>,
    /// What the move itself charges accounts.
    pub charges: Vec<Charge>,
    /// Guarantees of exhibitions whose goods were resolved, with what each charges.
    pub guarantees: Vec<(RecordKey, Guarantee, Vec<Charge>)>,
    /// Items that are new, with the record of their book and what they are called.
    pub items: Vec<(Text, super::form::ItemForm, Item)>,
}

/// The records of stocks and returns after a batch of trades, to be written behind its rows from `first` on.
pub fn of_trades<'a>(
    facts: &mut Facts,
    outcomes: impl Iterator<Item = &'a Outcome>,
    time: Time,
    first: Position,
) -> Vec<Arc<Record>> {
    let moved: Vec<Moved> = outcomes.flat_map(|outcome| outcome.booked.iter().cloned()).collect();
    if moved.is_empty() {
        return Vec::new();
    }
    let actor = Actor { party: Text::const_new("window"), name: Text::const_new("trades") };
    rows(facts, &Changes { moved, ..Changes::default() }, &actor, time, first)
}

/// The records after changes that `facts.bonded` has already; `facts.records` has them then too.
pub(crate) fn rows(
    facts: &mut Facts,
    changes: &Changes,
    actor: &Actor,
    time: Time,
    first: Position,
) -> Vec<Arc<Record>> {
    let mut staged: BTreeMap<RecordKey, Record> = BTreeMap::new();
    for (book, form, item) in &changes.items {
        let key = stock_key(&StockKey { book: book.clone(), item: item.number.clone() });
        let body = StockForm { item: form.clone(), lots: Vec::new(), moved: Vec::new(), day_before: None };
        staged.insert(key.clone(), made(key, "open", &[holder_of(book)], written(&body)));
    }
    stocks(facts, changes, &mut staged, time);
    for line in &changes.resolved {
        let key = document_key(&line.command.book, &line.command.key.document);
        let Some(record) = stage(facts, &mut staged, &key) else { continue };
        let mut body: Body = stored(record);
        if let Some(moved) = body.moved.iter_mut().find(|moved| moved.line == line.command.key.line) {
            moved.open = line.open.iter().map(OpenForm::of).collect();
        }
        let entered = line.command.key.document.kind == DocumentKind::ProvisionalEntry;
        if entered && !body.is_open() {
            record.state = "declared".into();
            record.action = "declare".into();
        }
        record.body = written(&body);
    }
    for (key, guarantee, charges) in &changes.guarantees {
        let Some(record) = stage(facts, &mut staged, key) else { continue };
        let body = Body { guarantee: Some(guarantee.clone()), ..stored(record) };
        record.body = written(&body);
        record.charges.clone_from(charges);
    }
    for book in &changes.books {
        let Some(record) = stage(facts, &mut staged, &book_key(&book.number)) else { continue };
        let mut body: BookBody = stored(record);
        body.counting = book.counting.as_ref().map(Text::to_string);
        record.body = written(&body);
    }
    returns(&changes.moved, &mut staged, time);
    let mut next = first;
    let mut rows = Vec::with_capacity(staged.len());
    for (key, mut record) in staged {
        let current = facts.records.get(&key);
        record.version = current.map_or(0, |current| current.version) + 1;
        record.previous = current.map(|current| current.last);
        record.first = current.map_or(next, |current| current.first);
        record.created = current.map_or(time, |current| current.created);
        record.changed = time;
        record.last = next;
        record.actor = actor.clone();
        next.sequence += 1;
        let record = Arc::new(record);
        facts.records.insert(key, record.clone());
        rows.push(record);
    }
    rows
}

/// A record that is not there yet.
fn made(key: RecordKey, state: &str, parties: &[Text], body: String) -> Record {
    Record {
        key,
        version: 0,
        state: state.into(),
        parties: parties.to_vec(),
        created: Time(0),
        changed: Time(0),
        first: Position::default(),
        last: Position::default(),
        previous: None,
        actor: Actor::default(),
        action: "move".into(),
        note: String::new(),
        format: 1,
        body,
        charges: Vec::new(),
    }
}

/// The record as it will be, from the one that is.
fn stage<'a>(
    facts: &Facts,
    staged: &'a mut BTreeMap<RecordKey, Record>,
    key: &RecordKey,
) -> Option<&'a mut Record> {
    if !staged.contains_key(key) {
        let current = facts.records.get(key)?;
        let record =
            Record { action: "move".into(), note: String::new(), charges: Vec::new(), ..(**current).clone() };
        staged.insert(key.clone(), record);
    }
    staged.get_mut(key)
}

fn stocks(facts: &Facts, changes: &Changes, staged: &mut BTreeMap<RecordKey, Record>, time: Time) {
    let touched = changes.touched.iter().map(|stock| (stock, Vec::new()));
    let mut by_stock: BTreeMap<&StockKey, Vec<MovedForm>> = touched.collect();
    for one in &changes.moved {
        let touched: BTreeSet<&StockKey> = one.postings.iter().map(|posting| &posting.stock).collect();
        for stock in touched {
            by_stock.entry(stock).or_default().extend(MovedForm::of(one, stock));
        }
    }
    for (key, moved) in by_stock {
        let Some(stock) = facts.bonded.stocks.get(key) else { continue };
        let name = stock_key(key);
        let last_day = facts.records.get(&name).filter(|current| current.changed.day() != time.day());
        let last_day = last_day.map(|current| current.last.number());
        let Some(record) = stage(facts, staged, &name) else { continue };
        let before: StockForm = stored(record);
        let body = StockForm {
            item: before.item,
            lots: StockForm::lots(stock),
            moved,
            day_before: last_day.or(before.day_before),
        };
        record.body = written(&body);
    }
}

/// Goods that came back wait under the document by which they did.
fn returns(moved: &[Moved], staged: &mut BTreeMap<RecordKey, Record>, time: Time) {
    let back = moved.iter().filter(|moved| moved.key.document.kind == DocumentKind::Return);
    for moved in back {
        let Some(stock) = moved.postings.first().map(|posting| &posting.stock) else { continue };
        let key = document_key(&stock.book, &moved.key.document);
        let record = staged.entry(key.clone()).or_insert_with(|| {
            let body = Body { at: time.stamp_millis().number(), ..Body::default() };
            let issuer = moved.key.document.issuer.clone();
            let mut parties = vec![holder_of(&stock.book), issuer];
            parties.sort_unstable();
            parties.dedup();
            made(key, "accepted", &parties, written(&body))
        });
        let mut body: Body = stored(record);
        let of = moved.of.as_ref().map(NamedLine::of);
        body.lines.push(LineForm {
            operation: "customer-return".to_owned(),
            item: stock.item.to_string(),
            of_document: of.as_ref().map(|of| of.kind.clone()),
            of_number: of.as_ref().map(|of| of.number.clone()),
            of_line: of.as_ref().map(|of| of.line),
            of_issuer: of.map(|of| of.issuer),
            ..LineForm::default()
        });
        let open = moved.postings.iter().map(|posting| OpenForm {
            lot: posting.lot.to_string(),
            quantities: super::form::three(&posting.quantities),
        });
        let open = open.collect();
        body.moved.push(LineMoved {
            line: moved.key.line,
            form: body.lines.len() as u32,
            moved: MovedForm::of(moved, stock),
            open,
        });
        record.body = written(&body);
    }
}
