//! Lists of bonded goods against their book: taken, short, given back, left, returned; the same judged again.

use crate::support::{NOW, Window, key, trade};
use book::{Book, Lot, Place, Quantities, Stock, StockKey};
use ceb::{Day, Decimal, Document};
use clearance::Text;
use clearance::bonded::{TakenState, book_id};
use clearance::event::{ActionKind, Cause, Event, ReceivedAt};
use clearance::facts::{CountKey, CountKind, Facts, Keys, needs};
use clearance::outcome::Outcome;
use clearance::reason::Reason;
use clearance::record::Register;
use clearance::sample::Trade;
use clearance::windows::Raised;
use std::sync::Arc;

pub(crate) const HOLDER: &str = "5301960601";
pub(crate) const NUMBER: &str = "T8620W000001";

/// A trade from a book, of whose items so many pieces are there, in one lot each.
pub(crate) fn kept(window: &mut Window, number: u64, pieces: i64) -> Trade {
    let trade = trade(number).bonded(HOLDER, NUMBER);
    stocked(window, &trade, pieces);
    trade
}

fn stocked(window: &mut Window, trade: &Trade, pieces: i64) {
    shelved(window, trade.items(), &[("L1", 20_301_231)], pieces);
}

/// A book of items, of each so many pieces in each lot, which expires on a day.
pub(crate) fn shelved(window: &mut Window, items: Vec<book::Item>, lots: &[(&str, u32)], pieces: i64) {
    let id = book_id(HOLDER, NUMBER);
    let book = Book { number: id.clone(), holder: HOLDER.into(), closed: false, counting: None };
    window.facts.bonded.books.insert(id.clone(), book);
    for item in &items {
        let stock = Stock::new(id.clone(), item.clone());
        window.facts.bonded.stocks.insert(stock.key.clone(), stock);
    }
    for (item, (lot, expiry)) in items.iter().flat_map(|item| lots.iter().map(move |lot| (item, lot))) {
        let facts = window.facts.bonded.clone();
        let quantities = item.converted(Decimal::from_whole(pieces)).unwrap();
        let lot = Lot { number: (*lot).into(), origin: "116".into(), expiry: Some(day(*expiry)) };
        let operation = book::Operation::Enter { source: book::Source::Opening, lot, quantities };
        let document = book::DocumentKey {
            kind: book::DocumentKind::Opening,
            issuer: HOLDER.into(),
            number: "QC1".into(),
        };
        let command = book::Command {
            key: book::LineKey { document, line: 1 },
            book: id.clone(),
            item: item.number.clone(),
            time: NOW.stamp_millis(),
            operation,
        };
        let outcome = book::decide(&[command], facts).remove(0);
        assert!(matches!(outcome.answer, book::Answer::Taken(_)), "{outcome:?}");
        for stock in outcome.stocks {
            window.facts.bonded.stocks.insert(stock.key.clone(), stock);
        }
    }
}

fn day(number: u32) -> Day {
    Day::from_number(number).unwrap()
}

fn at(window: &Window, place: Place) -> Decimal {
    let key = StockKey { book: book_id(HOLDER, NUMBER), item: "1".into() };
    window.facts.bonded.stocks[&key].at(place).unwrap().declared
}

fn reasons(outcome: &Outcome) -> Vec<Reason> {
    outcome.answer.findings.iter().map(|finding| finding.reason).collect()
}

fn taken(window: &Window, trade: &Trade) -> Option<TakenState> {
    window.of(trade).attempt.as_ref().unwrap().taken.as_ref().map(|taken| taken.state)
}

#[test]
fn a_list_takes_its_goods_and_is_released_by_itself() {
    let mut window = Window::without_draws();
    let trade = kept(&mut window, 1, 10);
    let quantity = trade.declaration.lines[0].qty;
    let outcome = window.trade(&trade);
    assert_eq!(reasons(&outcome), [], "{:?}", outcome.answer);
    assert_eq!(window.state(&trade), 800, "no person looks, no parcel is awaited");
    assert_eq!(at(&window, Place::Frozen), quantity);
    assert_eq!(taken(&window, &trade), Some(TakenState::Frozen));
    window.act(&trade, ActionKind::LeaveGate { release: "HF1".into() });
    assert_eq!((at(&window, Place::Frozen), at(&window, Place::Sold)), (Decimal::ZERO, quantity));
    let again = window.act(&trade, ActionKind::LeaveGate { release: "HF2".into() });
    assert_eq!(reasons(&again), [Reason::ActionForbidden], "it leaves once");
}

#[test]
fn a_shortage_and_an_unknown_item_reject_with_both_values() {
    let mut window = Window::without_draws();
    let trade = kept(&mut window, 1, 1);
    let mut plenty = Window::without_draws();
    kept(&mut plenty, 1, 10);
    assert_eq!(trade.declaration.lines[0].qty, Decimal::from_whole(2));
    let outcome = window.send(Document::Declaration(trade.declaration.clone()));
    assert!(reasons(&outcome).contains(&Reason::BookShort), "{:?}", outcome.answer);
    assert_eq!(window.state(&trade), 100);
    let finding = outcome.answer.findings.iter().find(|one| one.reason == Reason::BookShort).unwrap();
    assert_eq!(
        (finding.fields[0].path.as_str(), finding.fields[0].value.as_str()),
        ("InventoryList[1].qty", "2")
    );
    assert_eq!(finding.fields[1].value, "available 1");
    assert_eq!((at(&window, Place::Available), at(&window, Place::Frozen)), (Decimal::ONE, Decimal::ZERO));
    let mut other = trade.clone();
    other.declaration.lines[0].item_record_no = Some("9".into());
    other.declaration.head.app_time = later(&other);
    let outcome = window.send(Document::Declaration(other.declaration.clone()));
    assert!(reasons(&outcome).contains(&Reason::BookItemUnknown), "{:?}", outcome.answer);
    assert!(outcome.booked.is_empty());
    let mut differs = trade.clone();
    let stocks = &mut plenty.facts.bonded.stocks;
    stocks.values_mut().for_each(|stock| stock.item.gcode = "0000000001".into());
    differs.declaration.head.app_time = ceb::Stamp::from_number(later(&trade).number() + 1).unwrap();
    let outcome = plenty.send(Document::Declaration(differs.declaration));
    assert!(reasons(&outcome).contains(&Reason::BookItemDiffers), "{:?}", outcome.answer);
}

fn later(trade: &Trade) -> ceb::Stamp {
    ceb::Stamp::from_number(trade.declaration.head.app_time.number() + 1).unwrap()
}

#[test]
fn what_ends_without_leaving_goes_back() {
    let mut window = Window::without_draws();
    let trade = kept(&mut window, 5, 10);
    let quantity = trade.declaration.lines[0].qty;
    window.send(Document::Declaration(trade.declaration.clone()));
    assert_eq!(at(&window, Place::Frozen), quantity);
    window.wait_days(4);
    assert_eq!(window.state(&trade), 100, "its partners never came");
    assert_eq!(
        (at(&window, Place::Frozen), at(&window, Place::Available)),
        (Decimal::ZERO, Decimal::from_whole(10))
    );
    assert_eq!(taken(&window, &trade), Some(TakenState::Restored));
}

#[test]
fn a_list_declared_anew_takes_again_what_it_had_itself() {
    let mut window = Window::without_draws();
    let number = (1..).find(|number| trade(*number).declaration.lines.len() == 1).unwrap();
    let quantity = trade(number).declaration.lines[0].qty;
    let trade = kept(&mut window, number, quantity.units() as i64 / 100_000);
    window.send(Document::Declaration(trade.declaration.clone()));
    assert_eq!((window.state(&trade), at(&window, Place::Frozen)), (2, quantity));
    let mut changed = trade.declaration.clone();
    changed.head.app_type = "2".into();
    changed.head.app_time = later(&trade);
    changed.head.pre_no = window.of(&trade).attempt.as_ref().map(|attempt| attempt.pre_no.clone());
    let outcome = window.send(Document::Declaration(changed));
    assert_eq!(window.state(&trade), 2, "{:?}", outcome.answer);
    assert_eq!((at(&window, Place::Frozen), at(&window, Place::Available)), (quantity, Decimal::ZERO));
    assert_eq!(outcome.booked.len(), 2, "given back and taken in one row");
}

#[test]
fn goods_come_back_with_their_return() {
    let mut window = Window::without_draws();
    let number =
        (10..).find(|number| trade(*number).declaration.lines[0].qty == Decimal::from_whole(3)).unwrap();
    let trade = kept(&mut window, number, 10);
    window.trade(&trade);
    assert_eq!(window.state(&trade), 800);
    window.apply_for_return(&trade);
    window.act(&trade, ActionKind::ApproveReturn { number: 1 });
    assert_eq!(at(&window, Place::Returned), Decimal::ZERO, "nothing is back yet");
    window.act(&trade, ActionKind::ReceiveReturn { number: 1 });
    assert_eq!(at(&window, Place::Returned), Decimal::ONE);
    assert_eq!(at(&window, Place::Sold), Decimal::from_whole(2), "the rest left");
    assert_eq!(at(&window, Place::Available), Decimal::from_whole(7));
}

#[test]
fn a_book_that_is_not_here_stays_with_a_person_and_one_that_is_counted_rejects() {
    let mut window = Window::without_draws();
    let trade = kept(&mut window, 1, 10);
    let id = book_id(HOLDER, NUMBER);
    let book = window.facts.bonded.books.remove(&id).unwrap();
    let outcome = window.trade(&trade);
    assert_eq!((reasons(&outcome), window.state(&trade)), (vec![Reason::BookNotChecked], 300));
    window.facts.bonded.books.insert(id, Book { counting: Some("PD1".into()), ..book });
    let other = kept_again(&trade, 2);
    let outcome = window.send(Document::Declaration(other.declaration.clone()));
    assert!(reasons(&outcome).contains(&Reason::BookStopped), "{:?}", outcome.answer);
}

fn kept_again(like: &Trade, number: u64) -> Trade {
    let mut other = trade(number);
    other.declaration.lines.clone_from(&like.declaration.lines);
    other.bonded(HOLDER, NUMBER)
}

#[test]
fn the_keys_of_a_list_are_its_book_and_items_and_the_row_judges_itself_again() {
    let mut window = Window::without_draws();
    let trade = kept(&mut window, 1, 10);
    let before = window.facts.clone();
    let outcome = window.send(Document::Declaration(trade.declaration.clone()));
    let read = &outcome.read.bonded;
    assert_eq!((read.books.len(), read.stocks.len()), (1, 1));
    let arrived = crate::support::arrived("5301980501", Document::Declaration(trade.declaration.clone()));
    let cause = Cause::Document(std::sync::Arc::new(arrived));
    let event = Event { position: outcome.position, cause, recorded: None };
    let mut keys = Keys::default();
    needs(&event, &window.reference, NOW, &mut keys);
    let named: Vec<(Register, Text)> =
        keys.records.iter().map(|key| (key.register, key.id.clone())).collect();
    let book = Text::from("5301960601:T8620W000001");
    assert!(named.contains(&(Register::BondedBook, book.clone())), "{named:?}");
    assert!(named.contains(&(Register::BondedItem, format!("{book}:1").into())), "{named:?}");
    let mut facts = Facts { bonded: read.as_facts(), ..before };
    facts.next = outcome.position;
    let again = clearance::decide(&[event], &mut facts, &window.reference, outcome.now).remove(0);
    assert_eq!((&again.booked, &again.read.bonded), (&outcome.booked, &outcome.read.bonded));
    let zero = Quantities::ZERO;
    assert!(again.booked.iter().flat_map(|moved| &moved.postings).all(|posting| posting.quantities != zero));
    assert_eq!(key(&trade).order_no, trade.order.head.order_no);
}

/// The book of another holder, with the same items and nothing in it.
const ELSEWHERE: &str = "5301960202:T8620W000001";

/// A released trade with an approved return of one piece, and the action that receives it in the other book.
pub fn returned_across(window: &mut Window) -> (Trade, ReceivedAt) {
    let number =
        (10..).find(|number| trade(*number).declaration.lines[0].qty == Decimal::from_whole(3)).unwrap();
    let trade = kept(window, number, 10);
    let book = Book { number: ELSEWHERE.into(), holder: "5301960202".into(), closed: false, counting: None };
    window.facts.bonded.books.insert(book.number.clone(), book);
    for item in trade.items() {
        let stock = Stock::new(ELSEWHERE.into(), item);
        window.facts.bonded.stocks.insert(stock.key.clone(), stock);
    }
    window.trade(&trade);
    window.act(&trade, ActionKind::LeaveGate { release: "HF1".into() });
    window.apply_for_return(&trade);
    window.act(&trade, ActionKind::ApproveReturn { number: 1 });
    let pre_no = window.of(&trade).returns[0].pre_no.clone();
    let received = ReceivedAt {
        number: 1,
        from: book_id(HOLDER, NUMBER),
        to: ELSEWHERE.into(),
        document: (trade.declaration.head.agent_code.clone(), pre_no),
        lines: vec![(1, "1".into(), "1".into())],
    };
    (trade, received)
}

fn there(window: &Window, place: Place) -> Decimal {
    let key = StockKey { book: ELSEWHERE.into(), item: "1".into() };
    window.facts.bonded.stocks[&key].at(place).unwrap().declared
}

#[test]
fn goods_come_back_to_another_book_with_tax_and_quota_in_one_outcome() {
    let mut window = Window::without_draws();
    let (trade, received) = returned_across(&mut window);
    let before = window.facts.clone();
    let version = window.of(&trade).version;
    let outcome = window.act(&trade, ActionKind::ReceiveReturnAt(Box::new(received.clone())));
    assert_eq!(reasons(&outcome), [], "{:?}", outcome.answer);
    assert_eq!(outcome.booked.len(), 2, "out of the one, into the other");
    assert!(outcome.follows.is_empty() && !outcome.movements.is_empty(), "nothing is left for later");
    assert_eq!(
        (there(&window, Place::Returned), there(&window, Place::OtherBook)),
        (Decimal::ONE, minus_one())
    );
    assert_eq!(
        (at(&window, Place::Sold), at(&window, Place::OtherBook)),
        (Decimal::from_whole(2), Decimal::ONE)
    );
    assert_eq!(at(&window, Place::Returned), Decimal::ZERO);
    let file = &window.of(&trade).returns[0];
    assert!(file.tax_given_back > 0 && file.quota_given_back > 0);
    // The row judges itself again: all that it names is locked, all that it read is in it.
    let action = clearance::event::OfficerAction {
        id: "again".into(),
        officer: "样例关员".into(),
        party: "8620000001".into(),
        order: key(&trade),
        version,
        kind: ActionKind::ReceiveReturnAt(Box::new(received)),
        text: "样例".into(),
    };
    let cause = Cause::Action(std::sync::Arc::new(action));
    let event = Event { position: outcome.position, cause, recorded: None };
    let mut keys = Keys::default();
    needs(&event, &window.reference, NOW, &mut keys);
    let named: Vec<(Register, &str)> =
        keys.records.iter().map(|key| (key.register, key.id.as_str())).collect();
    for wanted in [
        (Register::BondedBook, ELSEWHERE.to_owned()),
        (Register::BondedItem, format!("{ELSEWHERE}:1")),
        (Register::BondedItem, format!("{HOLDER}:{NUMBER}:1")),
    ] {
        assert!(named.contains(&(wanted.0, wanted.1.as_str())), "{wanted:?} {named:?}");
    }
    assert!(named.iter().any(|(register, _)| *register == Register::BondedDocument), "{named:?}");
    let mut facts = Facts { bonded: outcome.read.bonded.as_facts(), ..before };
    facts.next = outcome.position;
    let again = clearance::decide(&[event], &mut facts, &window.reference, outcome.now).remove(0);
    assert_eq!((&again.booked, &again.movements), (&outcome.booked, &outcome.movements));
    assert_eq!(again.read.bonded, outcome.read.bonded);
}

fn minus_one() -> Decimal {
    Decimal::ZERO.checked_sub(Decimal::ONE).unwrap()
}

#[test]
fn what_stands_against_another_book_is_told_and_nothing_moves() {
    type Change = fn(&mut Window, &mut ReceivedAt);
    let stock = |window: &mut Window, change: fn(&mut Stock)| {
        let key = StockKey { book: ELSEWHERE.into(), item: "1".into() };
        change(window.facts.bonded.stocks.get_mut(&key).unwrap());
    };
    let cases: [(&str, Change); 8] = [
        ("book", |window, _| window.parameter("return_across_books,1", "return_across_books,0")),
        ("book", |_, received| received.to = received.from.clone()),
        ("book", |_, received| received.to = "5301999999:T9".into()),
        ("book", |window, _| {
            window.facts.bonded.books.get_mut(ELSEWHERE).unwrap().counting = Some("PD1".into());
        }),
        ("from", |_, received| received.document.1 = "T0".into()),
        ("items", |_, received| received.lines.clear()),
        ("items[1].item", |_, received| received.lines[0].2 = "99".into()),
        ("items[1].item", |_, received| received.lines[0].1 = "2".into()),
    ];
    for (path, change) in cases {
        let mut window = Window::without_draws();
        let (trade, mut received) = returned_across(&mut window);
        change(&mut window, &mut received);
        refused(&mut window, &trade, received, path);
    }
    for change in [(|stock| stock.item.gcode = "0000000001".into()) as fn(&mut Stock), |stock| {
        stock.item.unit = "999".into()
    }] {
        let mut window = Window::without_draws();
        let (trade, received) = returned_across(&mut window);
        stock(&mut window, change);
        let field = if window.facts.bonded.stocks.values().any(|one| one.item.unit == "999") {
            "unit"
        } else {
            "gcode"
        };
        refused(&mut window, &trade, received, &format!("items[1].item.{field}"));
    }
    // A recalled lot, and another lot of its number there.
    let mut window = Window::without_draws();
    let (trade, received) = returned_across(&mut window);
    let key = StockKey { book: book_id(HOLDER, NUMBER), item: "1".into() };
    window.facts.bonded.stocks.get_mut(&key).unwrap().stop("L1", "R1", true);
    refused(&mut window, &trade, received, "items[1].item");
}

fn refused(window: &mut Window, trade: &Trade, received: ReceivedAt, path: &str) {
    let sold = at(window, Place::Sold);
    let outcome = window.act(trade, ActionKind::ReceiveReturnAt(Box::new(received)));
    let finding = outcome.answer.findings.iter().find(|one| one.reason == Reason::ReturnBookUnfit);
    let finding = finding.unwrap_or_else(|| panic!("{path}: {:?}", outcome.answer));
    assert!(outcome.answer.findings.iter().any(|one| one.fields[0].path == path), "{path}: {finding:?}");
    assert!(outcome.booked.is_empty() && outcome.consignment.is_none() && outcome.movements.is_empty());
    assert_eq!(at(window, Place::Sold), sold);
}

#[test]
fn a_bonded_list_a_direct_purchase_and_a_parcel_of_one_person_count_together() {
    const RULE: &str = "id,dimension,valid_from,valid_to,lane,condition,note
linked,transaction,20190101,,document-check,linked_identity_count_30 >= 3,
";
    for bonded_first in [false, true] {
        let mut window = Window::without_draws();
        window.table("risk_rules.csv", |_| RULE.to_owned());
        let direct = trade(1);
        let mut bonded = kept(&mut window, 2, 10);
        let person = direct.declaration.head.buyer_id_number.clone();
        bonded.declaration.head.buyer_id_number = person.clone();
        let parcels = CountKey { kind: CountKind::ParcelIdentity, owner: person };
        let mut counted = clearance::windows::Window::default();
        counted.add(&Raised::once(parcels.clone()), NOW);
        window.facts.counts.insert(parcels, Arc::new(counted));
        let stands = |window: &mut Window, list: &Trade| {
            let outcome = window.send(Document::Declaration(list.declaration.clone()));
            assert!(outcome.answer.status > 0, "{:?}", reasons(&outcome));
            let counts = &window.of(list).attempt.as_ref().unwrap().counts;
            let read = counts.iter().find(|read| read.key.kind == CountKind::LinkedIdentity).unwrap();
            read.values[0].value
        };
        let lists = if bonded_first { [bonded, direct] } else { [direct, bonded] };
        let told: Vec<i64> = lists.iter().map(|list| stands(&mut window, list)).collect();
        assert_eq!(told, [2, 3], "bonded first: {bonded_first}");
    }
}
