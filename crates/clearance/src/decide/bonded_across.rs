//! Goods of a bonded list that come back to another book than the one that they left: what moves in both books, the tax and the
//! quota are one outcome, so nothing is restored in one place and not in the other. Beyond it the goods are as any that came
//! back: they wait apart in the book where they are.

use super::Case;
use super::bonded::{apply, leave, places_of, postings, taken_back};
use crate::Text;
use crate::bonded::{BondedRead, Moved, Taken, return_document};
use crate::consignment::{Consignment, ReturnFile};
use crate::event::ReceivedAt;
use crate::finding::Finding;
use crate::reason::Reason;
use book::{DocumentKey, DocumentKind, Item, LineKey, Open, Place, Stock, StockKey};
use ceb::{Declaration, Document};
use compact_str::format_compact;

fn taken_of(consignment: &Consignment) -> Option<&Taken> {
    consignment.attempt.as_ref()?.taken.as_deref()
}

fn declared(consignment: &Consignment) -> Option<&Declaration> {
    match &*consignment.attempt.as_ref()?.declaration.document {
        Document::Declaration(declaration) => Some(declaration),
        _ => None,
    }
}

fn fault(zh: &str, path: &str, value: &str, expected: &str) -> Finding {
    Finding::new(Reason::ReturnBookUnfit).argument(zh).field(path, value).field("expected", expected)
}

/// Everything that stands against it; what was looked at stands in the outcome, also where it is refused.
pub(super) fn faults(case: &mut Case<'_>, consignment: &Consignment, received: &ReceivedAt) -> Vec<Finding> {
    read(case, consignment, received);
    let file = consignment.returns.iter().find(|file| file.number == received.number);
    let (Some(taken), Some(declaration), Some(file)) = (taken_of(consignment), declared(consignment), file)
    else {
        return vec![fault(
            "该清单未核扣账册",
            "book",
            &received.to,
            "none: its list took no goods of a book",
        )];
    };
    let mut faults = Vec::new();
    if case.law.return_across_books != 1 {
        let expected = format!("{}: parameters.csv return_across_books", taken.book);
        faults.push(fault("当日规则不允许退回其他账册", "book", &received.to, &expected));
    }
    let agent = declaration.head.agent_code.trim();
    if received.from != taken.book || received.document != (Text::from(agent), file.pre_no.clone()) {
        faults.push(fault("原账册或退货申请不符", "from", &received.from, &taken.book));
    }
    if received.to == taken.book {
        faults.push(fault(
            "即原账册，无须另选",
            "book",
            &received.to,
            "another book than the one that they left",
        ));
    }
    match case.facts.bonded.books.get(&received.to) {
        Some(book) if !book.closed && book.counting.is_none() => {}
        Some(book) => {
            let state = if book.closed { "closed" } else { "counting" };
            faults.push(fault("账册已关闭或正在盘点", "book", state, "an open book that is not counted now"));
        }
        None => faults.push(fault("账册不存在", "book", &received.to, "a book of this window")),
    }
    faults.extend(of_lines(case, (taken, declaration, file), received));
    faults
}

fn of_lines(
    case: &Case<'_>,
    (taken, declaration, file): (&Taken, &Declaration, &ReturnFile),
    received: &ReceivedAt,
) -> Vec<Finding> {
    let mut faults = Vec::new();
    let returned: Vec<_> = file.lines.iter().map(|line| (line.gnum, line.qty)).collect();
    let places: Vec<u32> = places_of(declaration, &returned).into_iter().map(|(place, _)| place).collect();
    let mut named: Vec<u32> = received.lines.iter().map(|(place, ..)| *place).collect();
    named.sort_unstable();
    let mut wanted = places.clone();
    wanted.sort_unstable();
    if named != wanted {
        let said = |lines: &[u32]| lines.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
        faults.push(fault("须逐项填写退货商品的备案序号", "items", &said(&named), &said(&wanted)));
        return faults;
    }
    for (place, from, to) in &received.lines {
        let path = format!("items[{place}].item");
        let line = taken.lines.iter().find(|line| line.line == *place);
        let Some(line) = line.filter(|line| line.item == *from) else {
            faults.push(fault("原备案序号不符", &path, from, "the item that the goods left"));
            continue;
        };
        let stock = |book: &Text, item: &Text| {
            case.facts.bonded.stocks.get(&StockKey { book: book.clone(), item: item.clone() })
        };
        let (Some(there), Some(here)) = (stock(&received.from, from), stock(&received.to, to)) else {
            faults.push(fault("账册无此备案序号", &path, to, "an item of the book"));
            continue;
        };
        if let Some((field, one, other)) = differs(&here.item, &there.item) {
            faults.push(fault("商品编码或计量单位不一致", &format!("{path}.{field}"), &one, &other));
        }
        for open in &line.open {
            faults.extend(of_lot(here, there, open, &path));
        }
    }
    faults
}

/// A lot keeps its number: another lot of that number there, or a recall, stands against it.
fn of_lot(here: &Stock, there: &Stock, open: &Open, path: &str) -> Option<Finding> {
    let lot = there.lot(&open.lot)?;
    if let Some(recalls) = lot.recalls() {
        let expected =
            format!("a lot that is not recalled: {recalls} recalls this one, it comes back where it left");
        return Some(fault("该批次已被召回，应退回原账册", path, &open.lot, &expected));
    }
    let other = here.lot(&open.lot).filter(|known| known.lot != lot.lot)?;
    let said = |lot: &book::Lot| {
        let expiry = lot.expiry.map_or_else(|| "none".to_owned(), |day| day.to_string());
        format!("{} origin {} expiry {expiry}", lot.number, lot.origin)
    };
    Some(fault("该账册有批次号相同的其他批次", path, &said(&lot.lot), &said(&other.lot)))
}

/// The first field in which two items are not of one kind of goods.
fn differs(here: &Item, there: &Item) -> Option<(&'static str, String, String)> {
    let second = |item: &Item| item.second.as_ref().map(|unit| unit.unit.to_string()).unwrap_or_default();
    let fields = [
        ("gcode", here.gcode.to_string(), there.gcode.to_string()),
        ("unit", here.unit.to_string(), there.unit.to_string()),
        ("unit1", here.first.unit.to_string(), there.first.unit.to_string()),
        ("unit2", second(here), second(there)),
    ];
    fields.into_iter().find(|(_, one, other)| one != other)
}

/// Moves the goods: out of what the first book counts as sold, into what the other has back. Nothing can stand against it any more.
pub(super) fn come_across(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    received: &ReceivedAt,
    returned: &[(u32, ceb::Decimal)],
) {
    leave(case, consignment, &received.document.1);
    let Some((from, list, _, lines)) = taken_back(consignment, returned) else { return };
    let by = return_document(received);
    for line in lines {
        let named = received.lines.iter().find(|(place, ..)| *place == line.line);
        let Some((_, _, to)) = named else { continue };
        let there = StockKey { book: from.clone(), item: line.item.clone() };
        let here = StockKey { book: received.to.clone(), item: to.clone() };
        for open in &line.open {
            let lot = case.facts.bonded.stocks.get(&there).and_then(|stock| stock.lot(&open.lot)).cloned();
            if let (Some(lot), Some(stock)) = (lot, case.facts.bonded.stocks.get_mut(&here)) {
                let is_there = stock.takes(&lot.lot, case.now.stamp_millis());
                debug_assert!(is_there, "another lot of that number was a fault");
            }
        }
        let out = postings(&there, &line, (Place::Sold, Place::OtherBook));
        let back = postings(&here, &line, (Place::OtherBook, Place::Returned));
        let number = format_compact!("{} {}", received.document.1, list.number);
        let receipt = DocumentKey { kind: DocumentKind::Receipt, issuer: "window".into(), number };
        let of = Some(LineKey { document: list.clone(), line: line.line });
        for (stock, postings, document) in [(&there, out, receipt), (&here, back, by.clone())] {
            if let Some(stock) = case.facts.bonded.stocks.get_mut(stock) {
                apply(stock, &postings);
            }
            let key = LineKey { document, line: line.line };
            case.out.booked.push(Moved { key, of: of.clone(), postings });
        }
    }
}

/// What was looked at: the other book, and of both items the lots that come back.
fn read(case: &mut Case<'_>, consignment: &Consignment, received: &ReceivedAt) {
    let lots: Vec<&Text> = taken_of(consignment)
        .into_iter()
        .flat_map(|taken| &taken.lines)
        .flat_map(|line| &line.open)
        .map(|open| &open.lot)
        .collect();
    let mut keys: Vec<StockKey> = Vec::new();
    for key in received.stocks() {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let stocks = keys.iter().filter_map(|key| case.facts.bonded.stocks.get(key)).cloned();
    let mut stocks: Vec<Stock> = stocks.collect();
    for stock in &mut stocks {
        stock.lots.retain(|lot| lots.contains(&&lot.lot.number));
    }
    let books = case.facts.bonded.books.get(&received.to).cloned();
    case.out.read.bonded = BondedRead { books: books.into_iter().collect(), stocks };
}
