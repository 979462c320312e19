//! Every rule: what breaks it, field and both values, and texts in both languages.

use crate::support::{
    BOOK, ITEM, OTHER, World, count, decimal, declare, enter, enter_first, item, key, lot, receive, resolve,
    take, tins,
};
use book::{
    Answer, Book, Cause, Command, DocumentKind, Item, LegalUnit, LineKey, Operation, Place, Purpose,
    Quantities, Refusal, Resolution, Rule, Source, Stock, StockKey,
};
use ceb::Decimal;
use std::collections::BTreeSet;

/// What is done, what of the command is changed, which rule it breaks at which field.
type Case<'a> = (Operation, &'a dyn Fn(&mut Command), Rule, &'a str);

/// A world with goods in every place, and the lines that put them there.
fn full() -> (World, book::LineKey, book::LineKey) {
    let mut world = World::new();
    world.does(enter(lot("A", Some(20_270_101)), "50"));
    let frozen = world.does(take(Purpose::Sale, "5"));
    let sent = world.does(take(Purpose::Transfer, "5"));
    let second = Stock::new(BOOK.into(), Item { number: "2".into(), ..item() });
    world.facts.stocks.insert(second.key.clone(), second);
    (world, frozen, sent)
}

fn most() -> Quantities {
    let most = decimal("99999999999999.99999");
    Quantities { declared: most, first: most, second: Decimal::ZERO }
}

#[test]
fn every_rule_is_broken_by_something_and_says_field_and_values() {
    let (mut world, frozen, sent) = full();
    let mut found: Vec<Refusal> = Vec::new();
    let of_item = |world: &mut World, operation: Operation, change: &dyn Fn(&mut Command)| {
        let mut command = world.command(operation);
        change(&mut command);
        world.refused_command(&command)
    };
    let unchanged = |_: &mut Command| {};
    let sale = || take(Purpose::Sale, "1");
    let enters = |lot| Operation::Enter { source: Source::Abroad, lot, quantities: tins("1") };
    let named = |lot: &str| Operation::Take {
        purpose: Purpose::Sale,
        quantity: decimal("1"),
        stated: None,
        lot: Some(lot.into()),
        to: None,
    };
    let towards = |purpose, to: Option<&str>| Operation::Take {
        purpose,
        quantity: decimal("1"),
        stated: None,
        lot: None,
        to: to.map(Into::into),
    };
    let wrong_weight = Operation::Enter {
        source: Source::Abroad,
        lot: lot("W", None),
        quantities: Quantities { first: decimal("2"), ..tins("1") },
    };
    let cases: Vec<Case<'_>> = vec![
        (sale(), &|command| command.key.line = 0, Rule::Form, "line"),
        (sale(), &|command| command.key.document.number = " ".into(), Rule::Form, "document/number"),
        (sale(), &|command| command.key.document.issuer = "".into(), Rule::Form, "document/issuer"),
        (enters(lot("", None)), &unchanged, Rule::Form, "lot/number"),
        (
            sale(),
            &|command| command.key.document.kind = DocumentKind::Return,
            Rule::DocumentKind,
            "document/kind",
        ),
        (sale(), &|command| command.book = "L0".into(), Rule::BookUnknown, "book"),
        (sale(), &|command| command.item = "7".into(), Rule::ItemUnknown, "item"),
        (take(Purpose::Sale, "0"), &unchanged, Rule::Quantity, "quantity"),
        (take(Purpose::Sale, "-1"), &unchanged, Rule::Quantity, "quantity"),
        (resolve(&frozen, Resolution::Confirm, Some("0")), &unchanged, Rule::Quantity, "quantity"),
        (wrong_weight, &unchanged, Rule::Conversion, "first"),
        (named("Z"), &unchanged, Rule::LotUnknown, "lot"),
        (enters(lot("A", None)), &unchanged, Rule::LotDiffers, "lot"),
        (enters(lot("E", Some(20_261_101))), &unchanged, Rule::StopSale, "lot/expiry"),
        (take(Purpose::Sale, "41"), &unchanged, Rule::NotEnough, "quantity"),
        (
            resolve(&key(DocumentKind::List, "none", 1), Resolution::Confirm, None),
            &unchanged,
            Rule::LineUnknown,
            "of",
        ),
        (
            resolve(&frozen, Resolution::Confirm, None),
            &|command| command.item = "2".into(),
            Rule::LineElsewhere,
            "of",
        ),
        (resolve(&frozen, Resolution::Restock, None), &unchanged, Rule::WrongPlace, "of"),
        (resolve(&frozen, Resolution::Confirm, Some("6")), &unchanged, Rule::MoreThanOpen, "quantity"),
        (towards(Purpose::Transfer, Some(BOOK)), &unchanged, Rule::SameBook, "to"),
        (towards(Purpose::Transfer, Some("L0")), &unchanged, Rule::BookUnknown, "to"),
        (towards(Purpose::Transfer, None), &unchanged, Rule::NoReceiver, "to"),
        (towards(Purpose::Sale, Some(OTHER)), &unchanged, Rule::NoReceiver, "to"),
        (receive(&sent, None), &unchanged, Rule::NotReceiver, "book"),
        (count("A", "1", Cause::Theft, None), &unchanged, Rule::NotCounting, "document/number"),
        (Operation::EndCount, &unchanged, Rule::NotCounting, "document/number"),
    ];
    for (operation, change, rule, field) in cases {
        let refusal = of_item(&mut world, operation, change);
        assert_eq!((refusal.rule, refusal.field.as_str()), (rule, field), "{refusal:?}");
        found.push(refusal);
    }
    found.push(world.refused_command(&Command { key: frozen.clone(), ..world_command(sale()) }));
    found.push(out_of_range());
    found.push(item_differs(&sent, &mut world));
    found.extend(stocktake());
    found.push(recalled());
    world.facts.books.get_mut(BOOK).unwrap().closed = true;
    found.push(world.refused(sale()));
    let broken: BTreeSet<&str> = found.iter().map(|refusal| refusal.rule.word()).collect();
    let all: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.word()).collect();
    assert_eq!(broken, all);
    for refusal in found {
        for text in [refusal.zh(), refusal.en()] {
            assert!(text.contains(refusal.rule.word()) && text.contains(refusal.field.as_str()), "{text}");
            assert!(text.contains(refusal.value.as_str()) && text.contains(refusal.other.as_str()), "{text}");
        }
        assert!(!refusal.rule.advice().0.is_empty() && !refusal.rule.advice().1.is_empty());
    }
}

fn world_command(operation: Operation) -> Command {
    World::new().command(operation)
}

fn out_of_range() -> Refusal {
    let mut world = World::new();
    let stock = world.facts.stocks.values_mut().next().unwrap();
    stock.item =
        Item { first: LegalUnit { unit: "035".into(), factor: Decimal::ONE }, second: None, ..item() };
    let enters = || Operation::Enter { source: Source::Opening, lot: lot("A", None), quantities: most() };
    world.does(enters());
    let refusal = world.refused(enters());
    assert_eq!((refusal.rule, refusal.other.as_str()), (Rule::OutOfRange, "opening"));
    refusal
}

fn item_differs(sent: &book::LineKey, world: &mut World) -> Refusal {
    let key = book::StockKey { book: OTHER.into(), item: ITEM.into() };
    world.facts.stocks.get_mut(&key).unwrap().item.gcode = "1901109000".into();
    let command = Command { book: OTHER.into(), ..world.command(receive(sent, None)) };
    let refusal = world.refused_command(&command);
    assert_eq!((refusal.rule, refusal.value.as_str()), (Rule::ItemDiffers, "1901109000 122 035 122"));
    refusal
}

/// A lot that is recalled is sold no more, named or not; what is looked at or goes back may still be taken.
fn recalled() -> Refusal {
    let (mut world, ..) = full();
    let stock = world.facts.stocks.values_mut().find(|stock| !stock.lots.is_empty()).unwrap();
    stock.lots[0].stopped = vec!["RC1".into()];
    let unnamed = world.refused(take(Purpose::Sale, "1"));
    assert_eq!(unnamed.rule, Rule::NotEnough);
    for purpose in Purpose::ALL.into_iter().filter(|purpose| purpose.moves_recalled()) {
        world.does(take(purpose, "1"));
    }
    let named = Operation::Take {
        purpose: Purpose::Sale,
        quantity: decimal("1"),
        stated: None,
        lot: Some("A".into()),
        to: None,
    };
    let refusal = world.refused(named);
    assert_eq!((refusal.rule, refusal.field.as_str()), (Rule::Recalled, "lot"));
    assert_eq!((refusal.value.as_str(), refusal.other.as_str()), ("A", "RC1"));
    refusal
}

/// What two recalls stop is stopped until both are lifted, in any order, and whoever is refused is told both.
#[test]
fn a_lot_that_two_recalls_stop_goes_to_a_buyer_when_both_are_lifted() {
    let named = || Operation::Take {
        purpose: Purpose::Sale,
        quantity: decimal("1"),
        stated: None,
        lot: Some("A".into()),
        to: None,
    };
    for (first, second) in [("RC1", "RC2"), ("RC2", "RC1")] {
        let (mut world, ..) = full();
        let key = StockKey { book: BOOK.into(), item: ITEM.into() };
        let stop = |world: &mut World, recall: &str, stops: bool| {
            world.facts.stocks.get_mut(&key).unwrap().stop("A", recall, stops)
        };
        assert!(stop(&mut world, "RC1", true) && stop(&mut world, "RC2", true));
        assert!(!stop(&mut world, "RC1", true), "it is stopped for it already");
        assert_eq!(world.refused(named()).other, "RC1, RC2");
        assert!(!stop(&mut world, "RC3", false), "a third one lets nothing go");
        assert!(stop(&mut world, first, false));
        assert!(!stop(&mut world, first, false), "it lets go once");
        let refusal = world.refused(named());
        assert_eq!((refusal.rule, refusal.other.as_str()), (Rule::Recalled, second));
        assert_eq!(world.refused(take(Purpose::Transfer, "1")).rule, Rule::NotEnough);
        assert!(stop(&mut world, second, false));
        world.does(named());
    }
}

fn stocktake() -> Vec<Refusal> {
    let (mut world, ..) = full();
    let begin = world.does(Operation::BeginCount);
    let mut found = vec![world.refused(take(Purpose::Sale, "1")), world.refused(Operation::BeginCount)];
    for (operation, rule) in [
        (count("A", "44", Cause::None, None), Rule::Cause),
        (count("A", "44", Cause::Theft, Some(" ")), Rule::Approval),
        (count("Z", "44", Cause::Theft, None), Rule::LotUnknown),
        (count("A", "-1", Cause::Theft, None), Rule::Quantity),
        // Five of the 45 are frozen for lists: they cannot be lost before these are resolved.
        (count("A", "4", Cause::Theft, Some("1")), Rule::NotEnough),
    ] {
        let command = world.command(operation);
        let command =
            Command { key: key(DocumentKind::StocktakeRecord, &begin.document.number, 9), ..command };
        let refusal = world.refused_command(&command);
        assert_eq!(refusal.rule, rule);
        found.push(refusal);
    }
    found
}

#[test]
fn everything_wrong_with_an_entry_is_told_at_once() {
    let mut world = World::new();
    let operation = Operation::Enter {
        source: Source::Abroad,
        lot: book::Lot {
            number: "".into(),
            origin: "JP".into(),
            expiry: Some(crate::support::day(20_200_101)),
        },
        quantities: Quantities { declared: decimal("-1"), ..Quantities::ZERO },
    };
    let command = world.command(operation);
    let Answer::Refused(refusals) = world.send(&command).answer else { panic!() };
    let fields: Vec<&str> = refusals.iter().map(|refusal| refusal.field.as_str()).collect();
    assert_eq!(fields, ["quantities/declared", "quantities/first", "lot/number", "lot/origin", "lot/expiry"]);
    let command = Command { book: "L0".into(), key: key(DocumentKind::List, "", 0), ..command };
    let Answer::Refused(refusals) = world.send(&command).answer else { panic!() };
    assert_eq!(refusals.len(), 4, "{refusals:?}");
}

#[test]
fn another_book_is_answered_like_one_that_is_not_there() {
    const THIRD: &str = "L5301W000003";
    let (mut world, frozen, sent) = full();
    let stranger = Stock::new(THIRD.into(), item());
    let book = Book { number: THIRD.into(), ..world.facts.books[OTHER].clone() };
    world.facts.stocks.insert(stranger.key.clone(), stranger);
    world.facts.books.insert(THIRD.into(), book);
    let mut asked = |operation: Operation, of: &LineKey| {
        let command = Command { book: THIRD.into(), ..world.command(operation) };
        let refusal = world.refused_command(&command);
        assert_eq!(refusal, Refusal::new(Rule::LineUnknown, "of", &of.to_string(), ""));
    };
    let absent = key(DocumentKind::List, "none", 1);
    for of in [&frozen, &sent, &absent] {
        for resolution in Resolution::ALL {
            asked(resolve(of, resolution, None), of);
        }
        asked(receive(of, None), of);
    }
    let towards = |to: &str| Operation::Take {
        purpose: Purpose::Transfer,
        quantity: decimal("1"),
        stated: None,
        lot: None,
        to: Some(to.into()),
    };
    world.facts.books.get_mut(THIRD).unwrap().closed = true;
    let (closed, absent) = (world.refused(towards(THIRD)), world.refused(towards("L0")));
    assert_eq!(Refusal { value: absent.value.clone(), ..closed }, absent);
}

#[test]
fn no_document_makes_a_movement_of_another() {
    let mut world = World::new();
    let line = key(DocumentKind::List, "1", 1);
    let mut operations = vec![enter(lot("A", None), "1"), receive(&line, None), Operation::BeginCount];
    operations.extend([enter_first(lot("A", None), "1"), declare(&line, None, Cause::None, None)]);
    operations.extend(Purpose::ALL.map(|purpose| take(purpose, "1")));
    operations.extend(Resolution::ALL.map(|resolution| resolve(&line, resolution, None)));
    for operation in operations {
        let allowed = operation.documents();
        let mut command = world.command(operation.clone());
        command.key.document.kind = DocumentKind::Opening;
        let refusal = world.refused_command(&command);
        assert_eq!((refusal.rule, refusal.value.as_str()), (Rule::DocumentKind, "opening"), "{operation:?}");
        assert!(allowed.iter().all(|kind| refusal.other.contains(kind.word())));
    }
}

#[test]
fn an_item_is_filed_in_its_form() {
    assert_eq!(item().check(), []);
    let bad = Item {
        number: "".into(),
        gcode: "190110".into(),
        unit: "12".into(),
        first: LegalUnit { unit: "03A".into(), factor: Decimal::ZERO },
        second: Some(LegalUnit { unit: "".into(), factor: decimal("-1") }),
        tolerance: 1001,
        ..item()
    };
    let found = bad.check();
    let fields: Vec<&str> = found.iter().map(|refusal| refusal.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "gcode",
            "unit",
            "first/unit",
            "second/unit",
            "first/factor",
            "second/factor",
            "tolerance",
            "number"
        ]
    );
    assert!(found.iter().all(|refusal| refusal.rule == Rule::Form));
}

#[test]
fn places_keep_their_numbers() {
    let numbers: Vec<u8> = Place::ALL.iter().map(|place| place.number()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 17, 18]);
    assert!(Place::ALL.iter().all(|place| Place::from_number(place.number()) == Some(*place)));
    assert_eq!(Place::ALL.iter().filter(|place| place.is_inside()).count(), 7);
    let words: BTreeSet<&str> = Place::ALL.iter().map(|place| place.word()).collect();
    assert_eq!(words.len(), Place::ALL.len());
}
