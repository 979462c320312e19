//! Export lists out of a special zone and their book: taken when they are declared, sold by the departure, given back by whatever
//! ends them before it, back with a return; and what stands against them.

use crate::bonded::{HOLDER, NUMBER, shelved};
use crate::support::exports::{act, of};
use crate::support::{NOW, Window, arrived};
use book::{DocumentKind, Place, StockKey};
use ceb::{Decimal, Document};
use clearance::Reason;
use clearance::bonded::{TakenState, book_id, export_of};
use clearance::consignment::State;
use clearance::event::{ActionKind, Cause, Event};
use clearance::facts::{Facts, Keys, needs};
use clearance::keys::Time;
use clearance::outcome::Outcome;
use clearance::record::Register;
use clearance::sample::{self, Export};
use std::collections::BTreeSet;
use std::sync::Arc;

/// An export of two pieces of its first goods.
fn export() -> Export {
    let two = |one: &Export| one.declaration.lines[0].qty == Decimal::from_whole(2);
    (1..).map(|number| Export::new(1, number, NOW).in_mode("1210")).find(two).unwrap()
}

/// The items of a book that it is from.
fn items(export: &Export) -> Vec<book::Item> {
    let item = |line: &ceb::ExportDeclarationLine| book::Item {
        number: line.item_record_no.clone().unwrap(),
        gcode: line.gcode.clone(),
        goods_no: line.item_no.clone(),
        unit: line.unit.clone(),
        first: book::LegalUnit { unit: line.unit1.clone(), factor: Decimal::ONE },
        second: None,
        tolerance: 0,
        stop_sale_days: 10,
    };
    export.declaration.lines.iter().map(item).collect()
}

/// An export, and so many pieces of its goods in its book.
fn kept(window: &mut Window, pieces: i64) -> Export {
    let export = export();
    shelved(window, items(&export), &[("L1", 20_301_231)], pieces);
    export
}

fn state(window: &Window, export: &Export) -> State {
    of(window, export).attempt.as_ref().unwrap().state
}

fn taken(window: &Window, export: &Export) -> Option<TakenState> {
    of(window, export).taken.as_ref().map(|taken| taken.state)
}

/// Sends its list alone.
fn list(window: &mut Window, export: &Export) -> Outcome {
    window.send(Document::ExportDeclaration(export.declaration.clone()))
}

/// Sends all its documents; the outcome is that of its list.
fn declared(window: &mut Window, export: &Export) -> Outcome {
    let outcomes = export.documents().map(|(sender, document)| window.send_as(&sender, document));
    outcomes.last().unwrap().clone()
}

fn reasons(outcome: &Outcome) -> Vec<Reason> {
    outcome.answer.findings.iter().map(|finding| finding.reason).collect()
}

/// Pieces of the first item: available, pre-deducted, sold, returned.
fn pieces(window: &Window) -> [Decimal; 4] {
    let key = StockKey { book: book_id(HOLDER, NUMBER), item: "1".into() };
    let stock = &window.facts.bonded.stocks[&key];
    [Place::Available, Place::Frozen, Place::Sold, Place::Returned]
        .map(|place| stock.at(place).unwrap().declared)
}

/// Sends all the documents of a list that is concluded at once.
fn concluded(window: &mut Window, export: &Export) -> Outcome {
    let outcome = declared(window, export);
    assert_eq!(
        (reasons(&outcome), state(window, export)),
        (vec![], State::Concluded),
        "{:?}",
        outcome.answer
    );
    outcome
}

fn whole(pieces: [i64; 4]) -> [Decimal; 4] {
    pieces.map(Decimal::from_whole)
}

#[test]
fn a_list_takes_its_goods_the_departure_sells_them_and_a_return_brings_them_back() {
    let mut window = Window::without_draws();
    let export = kept(&mut window, 10);
    let outcome = concluded(&mut window, &export);
    assert_eq!(pieces(&window), whole([8, 2, 0, 0]), "no person looks, its goods are pre-deducted");
    assert_eq!(outcome.booked.len(), export.declaration.lines.len(), "every line");
    let mut named = outcome.booked.iter().map(|moved| export_of(&moved.key.document));
    assert!(named.all(|named| named == Some(export.key())), "movements name the export");
    window.send(Document::MasterBill(Export::master_bill(&[&export], window.now).unwrap()));
    window.send(Document::ExportArrival(Export::arrival(&[&export], window.now).unwrap()));
    assert_eq!((state(&window, &export), pieces(&window)), (State::Released, whole([8, 2, 0, 0])));
    window.send(Document::Departure(Export::departure(&[&export], window.now).unwrap()));
    assert_eq!((state(&window, &export), pieces(&window)), (State::Closed, whole([8, 0, 2, 0])));
    assert_eq!(taken(&window, &export), Some(TakenState::Left));
    let sold = window.outcomes.iter().flat_map(|outcome| &outcome.booked).next_back().unwrap();
    assert_eq!(sold.key.document.kind, DocumentKind::Receipt);
    assert_eq!(export_of(&sold.of.as_ref().unwrap().document), Some(export.key()));
    // One of the two comes back.
    window.wait_days(10);
    let entry = of(&window, &export).attempt.as_ref().unwrap().invt_no.clone().unwrap();
    let application = export.goods_back(&entry, 0, &[(0, Decimal::ONE)], window.now);
    window.send(Document::ExportReturn(application));
    act(&mut window, &export, ActionKind::ApproveReturn { number: 1 });
    assert_eq!(pieces(&window), whole([8, 0, 2, 0]), "nothing is back yet");
    window.send(Document::ReturnTally(export.tally(Some(&entry), window.now)));
    assert_eq!(pieces(&window), whole([8, 0, 1, 1]), "it waits apart until somebody has looked at it");
    let back = window.outcomes.iter().flat_map(|outcome| &outcome.booked).next_back().unwrap();
    let application = &of(&window, &export).returns[0];
    assert_eq!(
        (back.key.document.kind, &back.key.document.number),
        (DocumentKind::Return, &application.pre_no)
    );
}

#[test]
fn what_stands_against_a_list_rejects_it_at_once_with_both_values_and_nothing_moves() {
    type Change = fn(&mut Window, &mut Export);
    let cases: [(Reason, [&str; 2], Change); 5] = [
        (Reason::BookShort, ["2", "available 1"], |window, export| {
            shelved(window, items(export), &[("L1", 20_301_231)], 1);
        }),
        (Reason::BookItemUnknown, ["99", ""], |_, export| {
            export.declaration.lines[0].item_record_no = Some("99".into());
        }),
        (Reason::BookItemDiffers, ["", "0000000001"], |window, _| {
            let stocks = &mut window.facts.bonded.stocks;
            stocks.values_mut().for_each(|stock| stock.item.gcode = "0000000001".into());
        }),
        (Reason::BookStopped, ["", ""], |window, _| {
            let books = &mut window.facts.bonded.books;
            books.values_mut().for_each(|book| book.closed = true);
        }),
        (Reason::BookStopped, ["", ""], |window, _| {
            let books = &mut window.facts.bonded.books;
            books.values_mut().for_each(|book| book.counting = Some("PD1".into()));
        }),
    ];
    for (reason, values, change) in cases {
        let mut window = Window::without_draws();
        let mut export = kept(&mut window, 10);
        change(&mut window, &mut export);
        let before = window.facts.bonded.stocks.clone();
        let outcome = list(&mut window, &export);
        let found = outcome.answer.findings.iter().find(|finding| finding.reason == reason);
        let found = found.unwrap_or_else(|| panic!("{reason:?}: {:?}", outcome.answer));
        for (field, value) in found.fields.iter().zip(values).filter(|(_, value)| !value.is_empty()) {
            assert_eq!(field.value, value, "{reason:?}: {found:?}");
        }
        assert_eq!((outcome.answer.status, state(&window, &export)), (100, State::Rejected), "{reason:?}");
        assert!(outcome.booked.is_empty() && taken(&window, &export).is_none(), "{reason:?}");
        assert_eq!(window.facts.bonded.stocks, before, "{reason:?}");
    }
}

#[test]
fn whatever_ends_a_list_before_its_departure_gives_back_what_it_took() {
    type End = fn(&mut Window, &Export);
    let cases: [(State, End); 4] = [
        (State::Rejected, |window, export| {
            list(window, export);
            assert_eq!(pieces(window), whole([8, 2, 0, 0]), "also while its partners are awaited");
            window.wait_days(4);
        }),
        (State::Rejected, |window, export| {
            declared(window, export);
            act(window, export, ActionKind::Inspect);
            act(window, export, ActionKind::Reject);
        }),
        (State::Cancelled, |window, export| {
            declared(window, export);
            let entry = of(window, export).attempt.as_ref().unwrap().invt_no.clone().unwrap();
            window.send(Document::ExportCancellation(export.cancellation(&entry, window.now)));
        }),
        (State::Deleted, |window, export| {
            list(window, export);
            let mut deleted = export.declaration.clone();
            deleted.head.app_type = "3".into();
            deleted.head.app_time = later(1);
            window.send(Document::ExportDeclaration(deleted));
        }),
    ];
    for (end, happens) in cases {
        let mut window = Window::without_draws();
        let export = kept(&mut window, 10);
        happens(&mut window, &export);
        assert_eq!((state(&window, &export), pieces(&window)), (end, whole([10, 0, 0, 0])), "{end:?}");
        assert_eq!(taken(&window, &export), Some(TakenState::Restored), "{end:?}");
    }
}

fn later(minutes: i64) -> ceb::Stamp {
    sample::stamp(Time(NOW.0 + minutes * 60_000))
}

#[test]
fn a_list_declared_anew_takes_again_what_it_had_itself() {
    let mut window = Window::without_draws();
    let mut export = kept(&mut window, 2);
    export.declaration.lines.truncate(1);
    list(&mut window, &export);
    assert_eq!(pieces(&window), whole([0, 2, 0, 0]));
    (export.declaration.head.app_type, export.declaration.head.app_time) = ("2".into(), later(1));
    let outcome = list(&mut window, &export);
    assert_eq!(state(&window, &export), State::Declared, "{:?}", outcome.answer);
    assert_eq!(
        (pieces(&window), outcome.booked.len()),
        (whole([0, 2, 0, 0]), 2),
        "given back and taken in one row"
    );
    // Staged it takes nothing.
    export.declaration.head.app_status = "1".into();
    export.declaration.head.app_time = later(2);
    list(&mut window, &export);
    assert_eq!((state(&window, &export), pieces(&window)), (State::Staged, whole([2, 0, 0, 0])));
}

#[test]
fn what_is_sold_abroad_from_the_shelf_is_taken_from_the_items_of_its_book() {
    let mut window = Window::without_draws();
    let shelf: Vec<book::Item> = sample::shelf().into_iter().map(|(item, _)| item).collect();
    let all = shelf.len();
    shelved(&mut window, shelf, &[("L1", 20_301_231)], 100);
    let mut items = BTreeSet::new();
    for number in 0..20 {
        let export = Export::new(1, number, window.now).from_shelf(HOLDER, NUMBER);
        let outcome = concluded(&mut window, &export);
        assert_eq!(outcome.booked.len(), export.declaration.lines.len(), "every line");
        items.extend(export.declaration.lines.iter().filter_map(|line| line.item_record_no.clone()));
    }
    assert_eq!(items.len(), all, "{items:?}");
}

#[test]
fn what_expires_first_is_taken_first() {
    let mut window = Window::without_draws();
    let mut export = export();
    export.declaration.lines.truncate(1);
    shelved(&mut window, items(&export), &[("L2", 20_301_231), ("L1", 20_300_101)], 1);
    let outcome = list(&mut window, &export);
    let of_first = outcome.booked.iter().find(|moved| moved.key.line == 1).unwrap();
    let lots: Vec<&str> = of_first.postings.iter().map(|posting| posting.lot.as_str()).collect();
    assert_eq!(lots, ["L1", "L2"]);
}

#[test]
fn a_book_that_is_not_here_or_anothers_stays_with_a_person() {
    for anothers in [false, true] {
        let mut window = Window::without_draws();
        let mut export = kept(&mut window, 10);
        if anothers {
            export.declaration.head.iac_code = Some("5301960202".into());
        } else {
            window.facts.bonded.books.clear();
        }
        let outcome = declared(&mut window, &export);
        assert_eq!(
            (reasons(&outcome), state(&window, &export)),
            (vec![Reason::BookNotChecked], State::Review)
        );
        assert_eq!((taken(&window, &export), pieces(&window)), (None, whole([10, 0, 0, 0])));
    }
}

#[test]
fn the_keys_of_a_list_are_its_book_and_items_and_the_row_judges_itself_again() {
    let mut window = Window::without_draws();
    let export = kept(&mut window, 10);
    let before = window.facts.clone();
    let outcome = list(&mut window, &export);
    let document = Document::ExportDeclaration(export.declaration.clone());
    let sender = export.declaration.head.agent_code.clone();
    let cause = Cause::Document(Arc::new(arrived(&sender, document)));
    let event = Event { position: outcome.position, cause, recorded: None };
    let mut keys = Keys::default();
    needs(&event, &window.reference, NOW, &mut keys);
    let book = book_id(HOLDER, NUMBER);
    let named = |register: Register, id: &str| {
        keys.records.iter().any(|key| key.register == register && key.id.as_str() == id)
    };
    assert!(named(Register::BondedBook, &book), "{:?}", keys.records);
    for item in items(&export) {
        assert!(named(Register::BondedItem, &format!("{book}:{}", item.number)), "{:?}", keys.records);
    }
    assert_eq!(outcome.read.bonded.books.len(), 1);
    let mut facts = Facts { bonded: outcome.read.bonded.as_facts(), ..before };
    facts.next = outcome.position;
    let again = clearance::decide(&[event], &mut facts, &window.reference, outcome.now).remove(0);
    assert_eq!((&again.booked, &again.read.bonded), (&outcome.booked, &outcome.read.bonded));
    assert_eq!(again.export, outcome.export);
}
