//! What happens to goods of a book, told step by step.

use crate::support::{
    BOOK, ITEM, OTHER, World, count, day, decimal, declare, enter, enter_first, item, key, lot, receive,
    resolve, take, tins,
};
use book::{
    Answer, Cause, Command, DocumentKind, Item, Operation, Place, Purpose, Quantities, Resolution, Rule,
    Source, Stated, audit, balances, decide, sale,
};
use ceb::{Declaration, DeclarationHead, DeclarationLine};

/// Available, frozen, returned, sold.
fn standing(world: &World) -> [String; 4] {
    [Place::Available, Place::Frozen, Place::Returned, Place::Sold].map(|place| world.there(BOOK, place))
}

#[test]
fn a_retail_sale_is_deducted_beforehand_and_confirmed_or_restored() {
    let mut world = World::new();
    world.does(enter(lot("A", None), "100"));
    let sold = world.does(take(Purpose::Sale, "3"));
    let cancelled = world.does(take(Purpose::Sale, "2"));
    assert_eq!(standing(&world), ["95", "5", "0", "0"]);
    world.does(resolve(&cancelled, Resolution::Restore, None));
    let out = world.does(resolve(&sold, Resolution::Confirm, None));
    assert_eq!(standing(&world), ["97", "0", "0", "3"]);
    // Neither can be resolved again, and a sale that left cannot be restored.
    let refusal = world.refused(resolve(&sold, Resolution::Restore, None));
    assert_eq!((refusal.rule, refusal.other.as_str()), (Rule::MoreThanOpen, "open 0"));
    // A buyer sends two back: one is fit, one is not.
    let back = world.does(resolve(&out, Resolution::CustomerReturn, Some("2")));
    world.does(resolve(&back, Resolution::Restock, Some("1")));
    world.does(resolve(&back, Resolution::DestroyReturned, None));
    assert_eq!(standing(&world), ["98", "0", "0", "1"]);
    let refusal = world.refused(resolve(&out, Resolution::CustomerReturn, Some("2")));
    assert_eq!((refusal.value.as_str(), refusal.other.as_str()), ("2", "open 1"));
    assert_eq!(world.stock(BOOK).inside().unwrap(), tins("98"));
    assert_eq!(audit(&[world.stock(BOOK).clone()], &world.lines()), []);
}

#[test]
fn a_line_of_a_document_moves_once_and_is_answered_alike_for_ever() {
    let mut world = World::new();
    world.does(enter(lot("A", None), "10"));
    let command = world.command(take(Purpose::Sale, "4"));
    let Answer::Taken(moved) = world.send(&command).answer else { panic!() };
    let after = world.stock(BOOK).clone();
    let later =
        Command { time: ceb::StampMillis::from_number(20_270_101_000_000_000).unwrap(), ..command.clone() };
    for again in [&command, &later] {
        let outcome = world.send(again);
        assert_eq!(outcome.answer, Answer::Repeated(moved.clone()));
        assert!(outcome.line.is_none() && outcome.stocks.is_empty());
    }
    assert_eq!(*world.stock(BOOK), after);
    let changed = Command { operation: take(Purpose::Sale, "5"), ..command.clone() };
    let refusal = world.refused_command(&changed);
    assert_eq!((refusal.rule, refusal.field.as_str()), (Rule::LineUsed, "quantity"));
    assert_eq!((refusal.value.as_str(), refusal.other.as_str()), ("5", "4"));
    let changed = Command { operation: take(Purpose::ReExport, "4"), ..command.clone() };
    let refusal = world.refused_command(&changed);
    assert_eq!((refusal.field.as_str(), refusal.other.as_str()), ("operation", "take for sale"));
    // In one batch the second sees the first; the next line of the same document is another movement.
    let second = Command { key: key(DocumentKind::List, &command.key.document.number, 2), ..command.clone() };
    let outcomes = decide(&[second.clone(), second, command], world.facts.clone());
    let words: Vec<&str> = outcomes
        .iter()
        .map(|outcome| match outcome.answer {
            Answer::Taken(_) => "taken",
            Answer::Repeated(_) => "repeated",
            Answer::Refused(_) => "refused",
        })
        .collect();
    assert_eq!(words, ["taken", "repeated", "repeated"]);
}

#[test]
fn what_expires_first_goes_first_and_is_not_sold_too_late() {
    let mut world = World::new();
    world.does(enter(lot("keeps", None), "5"));
    world.does(enter(lot("late", Some(20_270_630)), "5"));
    world.does(enter(lot("soon", Some(20_261_231)), "5"));
    let lots = |answer: &Answer| -> Vec<(String, String)> {
        let Answer::Taken(postings) = answer else { panic!("{answer:?}") };
        postings.iter().map(|one| (one.lot.to_string(), one.quantities.declared.to_string())).collect()
    };
    let command = world.command(take(Purpose::Sale, "7"));
    let taken = lots(&world.send(&command).answer);
    assert_eq!(taken, [("soon".into(), "5".into()), ("late".into(), "2".to_owned())]);
    world.does(enter(lot("soon", Some(20_261_231)), "4"));
    // Thirty days before its expiry, and not one earlier, it is out of sale.
    world.at(20_261_130);
    let command = world.command(take(Purpose::Sale, "1"));
    assert_eq!(lots(&world.send(&command).answer), [("soon".into(), "1".to_owned())]);
    world.at(20_261_201);
    let command = world.command(take(Purpose::Sale, "1"));
    assert_eq!(lots(&world.send(&command).answer), [("late".into(), "1".to_owned())]);
    let named = Operation::Take {
        purpose: Purpose::Sale,
        quantity: decimal("1"),
        stated: None,
        lot: Some("soon".into()),
        to: None,
    };
    let refusal = world.refused(named);
    assert_eq!(refusal.rule, Rule::StopSale);
    assert_eq!(refusal.other, "expiry 20261231, not sold from 30 days before it; day 20261201");
    let refusal = world.refused(take(Purpose::Sale, "8"));
    assert_eq!((refusal.rule, refusal.value.as_str()), (Rule::NotEnough, "8"));
    assert_eq!(refusal.other, "available 7, not sold any more 3");
    // It still goes back abroad.
    let command = world.command(take(Purpose::ReExport, "3"));
    assert_eq!(lots(&world.send(&command).answer), [("soon".into(), "3".to_owned())]);
}

#[test]
fn a_transfer_is_in_transit_until_the_other_book_receives_it() {
    let mut world = World::new();
    world.does(enter(lot("A", Some(20_270_101)), "6"));
    world.does(enter(lot("B", None), "10"));
    let sent = world.does(take(Purpose::Transfer, "9"));
    assert_eq!(
        (world.there(BOOK, Place::InTransit), world.there(OTHER, Place::Available)),
        ("9".into(), "0".into())
    );
    assert_eq!(world.stock(BOOK).inside().unwrap(), tins("16"), "who sent it answers for it until then");
    let refusal = world.refused(receive(&sent, None));
    assert_eq!((refusal.rule, refusal.other.as_str()), (Rule::NotReceiver, OTHER));
    let receiving = |world: &mut World, count: Option<&str>| {
        let command = Command { book: OTHER.into(), ..world.command(receive(&sent, count)) };
        world.send(&command).answer
    };
    assert!(matches!(receiving(&mut world, Some("7")), Answer::Taken(_)));
    // Lots keep their number, origin and expiry.
    let lots: Vec<_> =
        world.stock(OTHER).lots.iter().map(|lot| (lot.lot.clone(), lot.at(Place::Available))).collect();
    assert_eq!(lots, [(lot("A", Some(20_270_101)), tins("6")), (lot("B", None), tins("1"))]);
    assert_eq!(world.there(BOOK, Place::InTransit), "2");
    let Answer::Refused(refusals) = receiving(&mut world, Some("3")) else { panic!() };
    assert_eq!((refusals[0].rule, refusals[0].other.as_str()), (Rule::MoreThanOpen, "open 2"));
    world.does(resolve(&sent, Resolution::BringBack, None));
    assert_eq!(
        (world.there(BOOK, Place::InTransit), world.there(BOOK, Place::Available)),
        ("0".into(), "9".into())
    );
    let stocks = [world.stock(BOOK).clone(), world.stock(OTHER).clone()];
    assert_eq!(audit(&stocks, &world.lines()), []);
}

#[test]
fn goods_go_to_an_exhibition_and_are_sold_or_come_back() {
    let mut world = World::new();
    world.does(enter(lot("A", None), "20"));
    let out = world.does(take(Purpose::Exhibition, "8"));
    let sold = world.does(resolve(&out, Resolution::ExhibitionSale, Some("3")));
    world.does(resolve(&out, Resolution::ExhibitionReturn, None));
    world.does(resolve(&sold, Resolution::CustomerReturn, Some("1")));
    assert_eq!(standing(&world), ["17", "0", "1", "2"]);
    assert_eq!(world.there(BOOK, Place::Exhibition), "0");
    // What expires at the exhibition is not sold there any more, what does not is.
    world.does(enter(lot("B", Some(20_270_101)), "2"));
    let mixed = world.does(take(Purpose::Exhibition, "3"));
    world.at(20_261_202);
    let refusal = world.refused(resolve(&mixed, Resolution::ExhibitionSale, Some("2")));
    assert_eq!((refusal.rule, refusal.other.as_str()), (Rule::MoreThanOpen, "open 1, not sold any more 2"));
    let sold = world.does(resolve(&mixed, Resolution::ExhibitionSale, None));
    assert_eq!(world.facts.lines[&sold].open[0].lot, "A");
    world.does(resolve(&sold, Resolution::CustomerReturn, None));
    world.does(resolve(&mixed, Resolution::ExhibitionReturn, None));
    world.does(take(Purpose::Destruction, "2"));
    assert_eq!(standing(&world), ["16", "0", "2", "2"]);
    let held = world.does(take(Purpose::Inspection, "2"));
    world.does(take(Purpose::Sample, "1"));
    assert_eq!(world.there(BOOK, Place::Inspection), "2");
    let refusal = world.refused(resolve(&held, Resolution::Confirm, None));
    assert_eq!(
        (refusal.rule, refusal.value.as_str(), refusal.other.as_str()),
        (Rule::WrongPlace, "frozen", "inspection")
    );
    world.does(resolve(&held, Resolution::InspectionEnd, None));
    assert_eq!(world.stock(BOOK).inside().unwrap(), tins("17"));
    assert_eq!(audit(&[world.stock(BOOK).clone()], &world.lines()), []);
}

#[test]
fn a_stocktake_holds_everything_but_parcels_that_leave() {
    let mut world = World::new();
    world.does(enter(lot("A", None), "20"));
    world.does(enter(lot("B", None), "5"));
    let sold = world.does(take(Purpose::Sale, "3"));
    let begin = world.does(Operation::BeginCount);
    let refusal = world.refused(take(Purpose::Sale, "1"));
    assert_eq!((refusal.rule, refusal.other), (Rule::Counting, begin.document.number.clone()));
    world.does(resolve(&sold, Resolution::Confirm, None));
    let line = |world: &mut World, line: u32, operation: Operation| {
        let command = world.command(operation);
        let command =
            Command { key: key(DocumentKind::StocktakeRecord, &begin.document.number, line), ..command };
        world.send(&command).answer
    };
    // One too much of A, two missing of B.
    let Answer::Refused(refusals) = line(&mut world, 2, count("A", "18", Cause::None, None)) else {
        panic!()
    };
    assert_eq!(
        (refusals[0].rule, refusals[0].value.as_str(), refusals[0].other.as_str()),
        (Rule::Cause, "18", "17")
    );
    let answer = line(&mut world, 2, count("A", "18", Cause::Mispick, None));
    assert!(matches!(answer, Answer::Taken(_)), "{answer:?}");
    let Answer::Refused(refusals) = line(&mut world, 3, count("B", "3", Cause::Theft, None)) else {
        panic!()
    };
    assert_eq!((refusals[0].rule, refusals[0].other.as_str()), (Rule::Approval, "5 - 3"));
    line(&mut world, 3, count("B", "3", Cause::Theft, Some("补税单1")));
    let Answer::Taken(none) = line(&mut world, 4, count("B", "3", Cause::None, None)) else { panic!() };
    assert_eq!(none, [], "what agrees moves nothing and is recorded");
    assert!(matches!(line(&mut world, 5, Operation::EndCount), Answer::Taken(_)));
    assert_eq!(world.stock(BOOK).inside().unwrap(), tins("21"));
    assert_eq!(world.there(BOOK, Place::Variance), "1", "two lost, one found");
    world.does(take(Purpose::Sale, "1"));
}

#[test]
fn shares_of_a_weighed_lot_take_their_part_and_the_last_takes_the_rest() {
    let mut world = World::new();
    // Three tins weigh 2.69999 kg, within a hundredth of 2.7.
    let weighed = Quantities { declared: decimal("3"), first: decimal("2.69999"), second: decimal("3") };
    let enter = |quantities| Operation::Enter { source: Source::Domestic, lot: lot("A", None), quantities };
    world.does(enter(weighed));
    let mut firsts = Vec::new();
    for _ in 0..3 {
        let line = world.does(take(Purpose::Sale, "1"));
        firsts.push(world.facts.lines[&line].postings[0].quantities.first.to_string());
    }
    assert_eq!(firsts, ["0.9", "0.9", "0.89999"]);
    assert!(world.stock(BOOK).at(Place::Available).unwrap().is_zero());
    let heavy = Quantities { first: decimal("2.73"), ..weighed };
    let refusal = world.refused(enter(heavy));
    assert_eq!((refusal.rule, refusal.field.as_str()), (Rule::Conversion, "first"));
    assert_eq!((refusal.value.as_str(), refusal.other.as_str()), ("2.73", "2.7 (± 10‰)"));
    world.does(enter(Quantities { first: decimal("2.727"), ..weighed }));
    let stated = |first: &str| Operation::Take {
        purpose: Purpose::Sale,
        quantity: decimal("1"),
        stated: Some(Stated { first: ("035".into(), decimal(first)), ..stated_of(&item()) }),
        lot: None,
        to: None,
    };
    let refusal = world.refused(stated("0.85"));
    assert_eq!((refusal.value.as_str(), refusal.other.as_str()), ("0.85", "0.909 (± 10‰)"));
    world.does(stated("0.9"));
}

/// What a list states of one tin.
fn stated_of(item: &Item) -> Stated {
    let one = decimal("1");
    Stated {
        gcode: item.gcode.clone(),
        unit: item.unit.clone(),
        first: (item.first.unit.clone(), item.first.factor),
        second: item.second.as_ref().map(|second| (second.unit.clone(), one)),
    }
}

/// A bonded list of one line and another of two tins.
fn list() -> Declaration {
    let line = |number: u32, count: &str| DeclarationLine {
        gnum: number,
        item_record_no: Some(ITEM.into()),
        gcode: item().gcode,
        unit: item().unit,
        qty: decimal(count),
        unit1: item().first.unit,
        qty1: tins(count).first,
        unit2: item().second.map(|second| second.unit),
        qty2: Some(decimal(count)),
        ..DeclarationLine::default()
    };
    let head = DeclarationHead {
        ems_no: Some(BOOK.into()),
        agent_code: "5301980501".into(),
        ..DeclarationHead::default()
    };
    Declaration { head: head.into(), lines: vec![line(1, "1"), line(2, "2")] }
}

#[test]
fn a_bonded_list_is_held_against_its_book_line_by_line() {
    let mut world = World::new();
    world.does(enter(lot("A", None), "5"));
    let good = list();
    let commands = sale(&good, "COP1", world.time).unwrap();
    assert_eq!(commands.len(), 2);
    for command in &commands {
        assert!(matches!(world.send(command).answer, Answer::Taken(_)));
    }
    assert_eq!(standing(&world), ["2", "3", "0", "0"]);
    // Sent again it changes nothing; another list finds what is left.
    for command in sale(&good, "COP1", world.time).unwrap() {
        assert!(matches!(world.send(&command).answer, Answer::Repeated(_)));
    }
    let mut wrong = list();
    wrong.lines[1].qty = decimal("2");
    wrong.lines[1].gcode = "1901109000".into();
    wrong.lines[1].unit1 = "036".into();
    wrong.lines[1].qty1 = decimal("2");
    wrong.lines[1].unit2 = None;
    let Answer::Refused(found) = world.send(&sale(&wrong, "COP2", world.time).unwrap()[1]).answer else {
        panic!()
    };
    let said: Vec<_> = found
        .iter()
        .map(|one| (one.rule.word(), one.field.as_str(), one.value.as_str(), one.other.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("item-differs", "gcode", "1901109000", "1901101000"),
            ("item-differs", "unit1", "036", "035"),
            ("item-differs", "unit2", "", "122"),
            ("conversion", "first", "2", "1.8 (± 10‰)"),
            ("conversion", "second", "0", "2 (± 10‰)"),
        ]
    );
    let mut nowhere = list();
    nowhere.head.ems_no = None;
    nowhere.lines[1].item_record_no = None;
    let fields: Vec<String> =
        sale(&nowhere, "COP3", world.time).unwrap_err().iter().map(|one| one.field.to_string()).collect();
    assert_eq!(fields, ["InventoryHead/emsNo", "InventoryList[2]/itemRecordNo"]);
}

#[test]
fn balances_are_known_as_of_any_time() {
    let mut world = World::new();
    let mut seen = Vec::new();
    let mut line = None;
    for (number, operation) in
        [enter(lot("A", None), "10"), take(Purpose::Sale, "4"), take(Purpose::Sample, "1")]
            .into_iter()
            .enumerate()
    {
        world.at(20_261_101 + number as u32);
        line = Some(world.does(operation)).filter(|_| number == 1).or(line);
        seen.push((world.time, world.stock(BOOK).clone()));
    }
    world.at(20_261_105);
    world.does(resolve(&line.unwrap(), Resolution::Confirm, Some("3")));
    seen.push((world.time, world.stock(BOOK).clone()));
    let lines = world.lines();
    for (time, stock) in seen {
        let then = balances(&lines, Some(time));
        for place in Place::ALL {
            let key = (stock.key.clone(), "A".into(), place);
            assert_eq!(
                then.get(&key).copied().unwrap_or_default(),
                stock.at(place).unwrap(),
                "{place:?} {time}"
            );
        }
    }
    assert_eq!(balances(&lines, ceb::StampMillis::from_number(20_261_031_000_000_000)).len(), 0);
    // A stock that was changed without a line is found.
    let mut stock = world.stock(BOOK).clone();
    stock.lots[0].balances.insert(Place::Available, tins("6"));
    let found = audit(&[stock], &lines);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].place, found[0].kept, found[0].made), (Place::Available, tins("6"), tins("5")));
    assert!(day(20_240_229) < day(20_240_301));
}

#[test]
fn goods_enter_first_and_are_declared_later() {
    let mut world = World::new();
    let entered = world.does(enter_first(lot("A", None), "10"));
    assert_eq!(
        (world.there(BOOK, Place::Undeclared), world.there(BOOK, Place::Available)),
        ("10".into(), "0".into())
    );
    // They are nobody's to sell, transfer or send out.
    for purpose in Purpose::ALL {
        assert_eq!(world.refused(take(purpose, "1")).rule, Rule::NotEnough, "{purpose:?}");
    }
    // Declared in part, the rest stays; more than entered needs a cause, less a document besides.
    world.does(declare(&entered, Some("4"), Cause::None, None));
    assert_eq!(world.there(BOOK, Place::Undeclared), "6");
    let refusal = world.refused(declare(&entered, Some("7"), Cause::None, None));
    assert_eq!((refusal.rule, refusal.value.as_str(), refusal.other.as_str()), (Rule::Cause, "7", "6"));
    let refusal = world.refused(declare(&entered, Some("5"), Cause::Mispick, None));
    assert_eq!((refusal.rule, refusal.other.as_str()), (Rule::Approval, "6 - 5"));
    world.does(declare(&entered, Some("5"), Cause::Mispick, Some("BS1")));
    assert_eq!(
        (world.there(BOOK, Place::Undeclared), world.there(BOOK, Place::Available)),
        ("0".into(), "9".into())
    );
    assert_eq!(world.stock(BOOK).at(Place::Variance).unwrap(), tins("1"));
    let more = world.does(enter_first(lot("B", None), "2"));
    world.does(declare(&more, Some("3"), Cause::Unposted, None));
    assert_eq!(
        (world.there(BOOK, Place::Available), world.there(BOOK, Place::Variance)),
        ("12".into(), "0".into())
    );
    // What is not declared may go back abroad.
    let back = world.does(enter_first(lot("B", None), "2"));
    world.does(resolve(&back, Resolution::SendBack, None));
    assert_eq!(world.stock(BOOK).inside().unwrap(), tins("12"));
    assert_eq!(audit(&[world.stock(BOOK).clone()], &world.lines()), []);
}
