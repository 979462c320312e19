//! Lists of bonded goods and their book: quantities are taken when a list is declared, given back when it ends without its
//! parcel having left, confirmed at the gate, and come back with a return. Taking is part of the judgement and of its commit;
//! the rest follows on the stocks, which the events that cause it do not name. Which list of an export does so when is
//! `export::bonded`.

use super::Case;
use crate::Text;
use crate::bonded::{BondedRead, Moved, Taken, TakenLine, TakenState, book_of, items_of, list_number};
use crate::consignment::{Consignment, State};
use crate::event::{BookedGoods, Follow};
use crate::finding::Finding;
use crate::reason::{Layer, Reason};
use book::{Answer, DocumentKey, DocumentKind, LineKey, Place, Posting, Resolution, Rule, StockKey};
use ceb::{Decimal, Declaration, Document};
use compact_str::format_compact;

/// A declared list takes its goods: what an earlier version of it had is free for this one. None = its book is not kept here,
/// or it takes nothing because something stands against it, which `findings` says then.
pub(super) fn declared(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    declaration: &Declaration,
    findings: &mut Vec<Finding>,
) -> Option<Taken> {
    let book = book_of(declaration, &case.reference.parties, case.today())?;
    let number = consignment.attempt.as_ref().map_or(1, |attempt| attempt.number + 1);
    let number = list_number(&consignment.key, number);
    let asked = Asked {
        book,
        number: declaration.head.ems_no.as_deref().unwrap_or("").trim(),
        items: items_of(declaration),
        commands: book::sale(declaration, &number, case.now.stamp_millis()),
    };
    take(case, held(consignment), asked, findings)
}

/// What a list asks of its book.
pub(super) struct Asked<'a> {
    /// The book, as its record is called.
    pub(super) book: Text,
    /// Its number, as the list has it.
    pub(super) number: &'a str,
    /// The items that it names.
    pub(super) items: Vec<Text>,
    /// What it takes, line by line, or what keeps it from asking.
    pub(super) commands: Result<Vec<book::Command>, Vec<book::Refusal>>,
}

/// Holds a list against its book. `before` is what an earlier version of it took.
pub(super) fn take(
    case: &mut Case<'_>,
    before: Option<&mut Taken>,
    asked: Asked<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Taken> {
    let Asked { book: id, number, items, commands } = asked;
    let mut facts = book::Facts::default();
    facts.books.insert(id.clone(), case.facts.bonded.books.get(&id)?.clone());
    for item in items {
        let key = StockKey { book: id.clone(), item };
        facts.stocks.extend(case.facts.bonded.stocks.get(&key).map(|stock| (key, stock.clone())));
    }
    let lies = |lot: &book::LotStock| {
        [Place::Available, Place::Frozen].into_iter().any(|place| !lot.at(place).is_zero())
    };
    let mut stocks: Vec<book::Stock> = facts.stocks.values().cloned().collect();
    stocks.iter_mut().for_each(|stock| stock.lots.retain(lies));
    case.out.read.bonded = BondedRead { books: facts.books.values().cloned().collect(), stocks };
    free(case, before, &mut facts);
    let commands = match commands {
        Ok(commands) => commands.into_iter().map(|command| book::Command { book: id.clone(), ..command }),
        Err(refusals) => {
            findings.extend(refusals.iter().map(|refusal| finding(refusal, "", number)));
            keep(case, facts);
            return None;
        }
    };
    let commands: Vec<book::Command> = commands.collect();
    let before = facts.clone();
    let outcomes = book::decide(&commands, facts);
    let mut lines = Vec::with_capacity(commands.len());
    let mut moved = Vec::with_capacity(commands.len());
    let mut stocks = before.stocks.clone();
    for (command, outcome) in commands.iter().zip(outcomes) {
        match outcome.answer {
            Answer::Taken(postings) | Answer::Repeated(postings) => {
                let open = outcome.line.map(|line| line.open).unwrap_or_default();
                lines.push(TakenLine { line: command.key.line, item: command.item.clone(), open });
                moved.push(Moved { key: command.key.clone(), of: None, postings });
                stocks.extend(outcome.stocks.into_iter().map(|stock| (stock.key.clone(), stock)));
            }
            Answer::Refused(refusals) => {
                let path = format!("InventoryList[{}].", command.key.line);
                findings.extend(refusals.iter().map(|refusal| finding(refusal, &path, number)));
            }
        }
    }
    // A list takes all of its lines or none, and none if it is rejected anyway.
    if findings.iter().any(|finding| finding.layer() == Layer::Rejected) {
        keep(case, before);
        return None;
    }
    let document = commands.first()?.key.document.clone();
    keep(case, book::Facts { stocks, ..before });
    case.out.booked.extend(moved);
    Some(Taken { book: id, document, lines, state: TakenState::Frozen })
}

/// What the next event of the batch sees.
fn keep(case: &mut Case<'_>, facts: book::Facts) {
    case.facts.bonded.stocks.extend(facts.stocks);
}

/// What an earlier version of the list holds of items that this one names too goes back here; the rest of it follows.
fn free(case: &mut Case<'_>, before: Option<&mut Taken>, facts: &mut book::Facts) {
    let Some(taken) = frozen(before) else { return };
    let mut rest = Vec::new();
    for line in std::mem::take(&mut taken.lines) {
        let stock = StockKey { book: taken.book.clone(), item: line.item.clone() };
        match facts.stocks.get_mut(&stock) {
            Some(there) => {
                let postings = postings(&stock, &line, way(Resolution::Restore));
                apply(there, &postings);
                let key = LineKey { document: receipt(&taken.document), line: line.line };
                let of = Some(LineKey { document: taken.document.clone(), line: line.line });
                case.out.booked.push(Moved { key, of, postings });
            }
            None => rest.push(line),
        }
    }
    taken.lines = rest;
    if taken.lines.is_empty() {
        taken.state = TakenState::Restored;
    }
}

fn held(consignment: &mut Consignment) -> Option<&mut Taken> {
    consignment.attempt.as_mut()?.taken.as_deref_mut()
}

fn frozen(taken: Option<&mut Taken>) -> Option<&mut Taken> {
    taken.filter(|taken| taken.state == TakenState::Frozen)
}

/// The receipt of a list, by which its goods go back, or are out of the country.
pub(super) fn receipt(list: &DocumentKey) -> DocumentKey {
    DocumentKey { kind: DocumentKind::Receipt, issuer: "window".into(), number: list.number.clone() }
}

/// An attempt ends, and its parcel has not left: what it took goes back.
pub(super) fn give_back(case: &mut Case<'_>, consignment: &mut Consignment) {
    restore(case, held(consignment));
}

/// What is still pre-deducted goes back.
pub(super) fn restore(case: &mut Case<'_>, taken: Option<&mut Taken>) {
    let Some(taken) = frozen(taken) else { return };
    taken.state = TakenState::Restored;
    let lines = std::mem::take(&mut taken.lines);
    let by = receipt(&taken.document);
    let (book, list) = (taken.book.clone(), taken.document.clone());
    follow(case, (book, list), by, lines, Resolution::Restore);
}

/// Whether the parcel may leave by a gate release.
pub(super) fn may_leave(consignment: &Consignment) -> bool {
    let attempt = consignment.attempt.as_ref();
    attempt.is_some_and(|attempt| {
        matches!(attempt.state, State::Released | State::Closed)
            && attempt.taken.as_ref().is_some_and(|taken| taken.state == TakenState::Frozen)
    })
}

/// The parcel leaves: what was pre-deducted is sold.
pub(super) fn leave(case: &mut Case<'_>, consignment: &mut Consignment, release: &str) {
    let Some(taken) = frozen(held(consignment)) else { return };
    let holder: Text = taken.book.split(':').next().unwrap_or_default().into();
    let number = format_compact!("{release} {}", taken.document.number);
    let by = DocumentKey { kind: DocumentKind::GateRelease, issuer: holder, number };
    confirm(case, Some(taken), by);
}

/// What is pre-deducted is sold by a document.
pub(super) fn confirm(case: &mut Case<'_>, taken: Option<&mut Taken>, by: DocumentKey) {
    let Some(taken) = frozen(taken) else { return };
    taken.state = TakenState::Left;
    let (book, list, lines) = (taken.book.clone(), taken.document.clone(), taken.lines.clone());
    follow(case, (book, list), by, lines, Resolution::Confirm);
}

/// Goods of a list are back: `returned` says how much of which line number. They wait, apart from what is sold, until
/// somebody has looked at them. A parcel of which nobody said that it left must have left.
pub(super) fn come_back(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    pre_no: &str,
    returned: &[(u32, Decimal)],
) {
    leave(case, consignment, pre_no);
    let Some((book, list, issuer, lines)) = taken_back(consignment, returned) else { return };
    let by = DocumentKey { kind: DocumentKind::Return, issuer, number: pre_no.into() };
    follow(case, (book, list), by, lines, Resolution::CustomerReturn);
}

/// What of a list that left comes back, line by line: its book, its name there, who applied, and how much of which lots, which is
/// counted off what the list still has outside.
pub(super) fn taken_back(
    consignment: &mut Consignment,
    returned: &[(u32, Decimal)],
) -> Option<(Text, DocumentKey, Text, Vec<TakenLine>)> {
    let attempt = consignment.attempt.as_mut()?;
    let Document::Declaration(declaration) = &*attempt.declaration.document else { return None };
    let places = places_of(declaration, returned);
    let issuer: Text = declaration.head.agent_code.trim().into();
    let (book, list, lines) = counted_off(attempt.taken.as_deref_mut(), places)?;
    Some((book, list, issuer, lines))
}

/// How much of which lots comes back of lines that left, which is counted off what is still outside.
pub(super) fn counted_off(
    taken: Option<&mut Taken>,
    places: Vec<(u32, Decimal)>,
) -> Option<(Text, DocumentKey, Vec<TakenLine>)> {
    let taken = taken.filter(|taken| taken.state == TakenState::Left)?;
    let mut lines = Vec::new();
    for (place, quantity) in places {
        let Some(line) = taken.lines.iter_mut().find(|line| line.line == place) else { continue };
        // What a return may bring was held against what the list declared, so the shares are there.
        let Some((back, rest)) = book::shares(&line.open, quantity) else { continue };
        line.open = rest;
        lines.push(TakenLine { line: place, item: line.item.clone(), open: back });
    }
    Some((taken.book.clone(), taken.document.clone(), lines))
}

/// Lines of a return by their places in the list, which is how a book names them.
pub(super) fn places_of(declaration: &Declaration, returned: &[(u32, Decimal)]) -> Vec<(u32, Decimal)> {
    let numbers: Vec<u32> = declaration.lines.iter().map(|line| line.gnum).collect();
    places(&numbers, returned)
}

/// The same by the numbers of the list's lines, in order.
pub(super) fn places(numbers: &[u32], returned: &[(u32, Decimal)]) -> Vec<(u32, Decimal)> {
    let place = |gnum: u32| numbers.iter().position(|number| *number == gnum);
    returned.iter().filter_map(|(gnum, quantity)| Some((place(*gnum)? as u32 + 1, *quantity))).collect()
}

/// What becomes of lines of a list follows on the stocks of their book.
pub(super) fn follow(
    case: &mut Case<'_>,
    (to, list): (Text, DocumentKey),
    by: DocumentKey,
    lines: Vec<TakenLine>,
    resolution: Resolution,
) {
    if lines.is_empty() {
        return;
    }
    let cause = case.position;
    let goods = BookedGoods { to, list, by, lines, resolution, cause };
    case.out.follows.push(Follow::BookedGoods(Box::new(goods)));
}

/// What follows on the stocks of a book. It is what the cause decided: nothing can stand against it, also while a book is
/// counted or closed.
pub(super) fn settle(case: &mut Case<'_>, goods: &BookedGoods) {
    for line in &goods.lines {
        let stock = StockKey { book: goods.to.clone(), item: line.item.clone() };
        let postings = postings(&stock, line, way(goods.resolution));
        if let Some(there) = case.facts.bonded.stocks.get_mut(&stock) {
            apply(there, &postings);
        }
        let key = LineKey { document: goods.by.clone(), line: line.line };
        let of = Some(LineKey { document: goods.list.clone(), line: line.line });
        case.out.booked.push(Moved { key, of, postings });
    }
}

/// From where to where a resolution moves.
fn way(resolution: Resolution) -> (Place, Place) {
    (resolution.from(), resolution.to())
}

/// What a line took moves from one place of its stock to another.
pub(super) fn postings(stock: &StockKey, line: &TakenLine, (from, to): (Place, Place)) -> Vec<Posting> {
    let moved = |open: &book::Open| Posting {
        stock: stock.clone(),
        lot: open.lot.clone(),
        from,
        to,
        quantities: open.quantities,
    };
    line.open.iter().map(moved).collect()
}

/// What was taken is there to go back: this is double entry, and each line is resolved once.
pub(super) fn apply(stock: &mut book::Stock, postings: &[Posting]) {
    for posting in postings {
        let applied = stock.apply(posting);
        debug_assert!(applied.is_ok(), "{posting:?}");
    }
}

/// What a refusal of the book is among the rules of lists.
fn finding(refusal: &book::Refusal, path: &str, number: &str) -> Finding {
    let reason = match refusal.rule {
        Rule::ItemUnknown => Reason::BookItemUnknown,
        Rule::NotEnough => Reason::BookShort,
        Rule::ItemDiffers | Rule::Conversion => Reason::BookItemDiffers,
        Rule::BookClosed | Rule::Counting => Reason::BookStopped,
        _ => Reason::BookLineFaulty,
    };
    let field = match refusal.field.as_str() {
        "item" => "itemRecordNo",
        "quantity" => "qty",
        "first" => "qty1",
        "second" => "qty2",
        "book" => "emsNo",
        other => other,
    };
    let place = if field == "emsNo" { "InventoryHead." } else { path };
    Finding::new(reason)
        .argument(format!("{place}{field}:{}，{}", refusal.value, refusal.other))
        .field(format!("{place}{field}"), &refusal.value)
        .field(format!("book {number}"), &refusal.other)
}

/// A list that is held against no book here: a person looks.
pub(super) fn not_checked(ems_no: Option<&str>) -> Finding {
    Finding::new(Reason::BookNotChecked).field("InventoryHead.emsNo", ems_no.unwrap_or(""))
}
