//! The judgement on commands, in order; each sees what the ones before it left. A command moves everything that it says or
//! nothing, and tells everything that is wrong with it.

use crate::choice::{choose, from_open, out_of_range};
use crate::command::{Command, LineKey, Operation};
use crate::declare::declare;
use crate::item::day_of;
use crate::record::{Book, Facts, Line, Open, Posting, Stock, StockKey, rests};
use crate::refusal::{Refusal, Rule};
use crate::{Cause, Lot, Place, Purpose, Quantities, Resolution, Text};
use ceb::{Day, Decimal};

/// What a command is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It moved this.
    Taken(Vec<Posting>),
    /// The same line said the same before and moved this then; nothing moves again.
    Repeated(Vec<Posting>),
    /// Nothing moves.
    Refused(Vec<Refusal>),
}

/// What became of a command: the answer, and the records after it that must be written with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The answer.
    pub answer: Answer,
    /// The line that moved, new.
    pub line: Option<Line>,
    /// The earlier line that it resolved, changed.
    pub resolved: Option<Line>,
    /// Stocks that changed.
    pub stocks: Vec<Stock>,
    /// The book, where its own state changed.
    pub book: Option<Book>,
}

impl Outcome {
    fn only(answer: Answer) -> Self {
        Self { answer, line: None, resolved: None, stocks: Vec::new(), book: None }
    }
}

/// What a command would do.
#[derive(Default)]
pub(crate) struct Plan {
    pub postings: Vec<Posting>,
    pub lots: Vec<(StockKey, Lot)>,
    pub resolved: Option<Line>,
    pub book: Option<Book>,
}

pub(crate) type Step<T> = Result<T, Vec<Refusal>>;

/// Judges a batch; `facts` holds what [`crate::needs`] named and exists.
pub fn decide(commands: &[Command], mut facts: Facts) -> Vec<Outcome> {
    commands.iter().map(|command| one(command, &mut facts)).collect()
}

fn one(command: &Command, facts: &mut Facts) -> Outcome {
    if let Some(line) = facts.lines.get(&command.key) {
        return Outcome::only(match difference(&line.command, command) {
            None => Answer::Repeated(line.postings.clone()),
            Some(refusal) => Answer::Refused(vec![refusal]),
        });
    }
    match plan(command, facts).and_then(|plan| carry_out(command, plan, facts)) {
        Err(refusals) => Outcome::only(Answer::Refused(refusals)),
        Ok(outcome) => {
            for stock in &outcome.stocks {
                facts.stocks.insert(stock.key.clone(), stock.clone());
            }
            for line in outcome.resolved.iter().chain(&outcome.line) {
                facts.lines.insert(line.command.key.clone(), line.clone());
            }
            if let Some(book) = &outcome.book {
                facts.books.insert(book.number.clone(), book.clone());
            }
            outcome
        }
    }
}

/// Where a line says something else than when it moved; the time is the window's own.
fn difference(before: &Command, now: &Command) -> Option<Refusal> {
    let refusal =
        |field: &str, now: &str, before: &str| Some(Refusal::new(Rule::LineUsed, field, now, before));
    if before.book != now.book {
        return refusal("book", &now.book, &before.book);
    }
    if before.item != now.item {
        return refusal("item", &now.item, &before.item);
    }
    let (before, now) = (before.operation.fields(), now.operation.fields());
    let at = now.iter().position(|field| !before.contains(field));
    let (field, said) = &now[at.or_else(|| (before != now).then_some(0))?];
    let earlier = before.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value.as_str());
    refusal(field, said, earlier)
}

/// All checks, and the movements that follow.
fn plan(command: &Command, facts: &Facts) -> Step<Plan> {
    let book = form(command, facts)?;
    match &command.operation {
        Operation::BeginCount => begin_count(command, book),
        Operation::EndCount => end_count(command, book),
        operation => {
            let stock = item(command, facts)?;
            match operation {
                Operation::Enter { source, lot, quantities } => {
                    enter(command, stock, (source.place(), Place::Available), lot, quantities)
                }
                Operation::EnterFirst { lot, quantities } => {
                    enter(command, stock, (Place::Abroad, Place::Undeclared), lot, quantities)
                }
                Operation::Declare { .. } => declare(command, stock, facts),
                Operation::Take { .. } => take(command, stock, facts),
                Operation::Resolve { of, resolution, quantity } => {
                    resolve(command, of, *resolution, *quantity, facts)
                }
                Operation::Receive { from, of, quantity } => {
                    receive(command, stock, from, of, *quantity, facts)
                }
                _ => count(command, book, stock),
            }
        }
    }
}

/// What every command must be, whatever it does; the book that it moves.
fn form<'a>(command: &Command, facts: &'a Facts) -> Step<&'a Book> {
    let mut found = Vec::new();
    let (document, operation) = (&command.key.document, &command.operation);
    for (field, value) in [("document/issuer", &document.issuer), ("document/number", &document.number)] {
        if value.trim().is_empty() {
            found.push(Refusal::new(Rule::Form, field, value, "not empty"));
        }
    }
    if command.key.line == 0 {
        found.push(Refusal::new(Rule::Form, "line", "0", "1, 2, 3 …"));
    }
    let kinds = operation.documents();
    if !kinds.contains(&document.kind) {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
        found.push(Refusal::new(
            Rule::DocumentKind,
            "document/kind",
            document.kind.word(),
            &kinds.join(", "),
        ));
    }
    let book = facts.books.get(&command.book);
    match book {
        None => found.push(Refusal::new(Rule::BookUnknown, "book", &command.book, "")),
        Some(book) if book.closed => {
            found.push(Refusal::new(Rule::BookClosed, "book", &command.book, "closed"))
        }
        Some(book) => found.extend(counting(command, book)),
    }
    match book.filter(|_| found.is_empty()) {
        Some(book) => Ok(book),
        None => Err(found),
    }
}

/// While a stocktake is under way only parcels of concluded lists leave: what is available stands still.
fn counting(command: &Command, book: &Book) -> Option<Refusal> {
    let under_way = book.counting.as_ref()?;
    let moves = match &command.operation {
        Operation::Count { .. } | Operation::BeginCount | Operation::EndCount => false,
        Operation::Resolve { resolution, .. } => *resolution != Resolution::Confirm,
        _ => true,
    };
    moves.then(|| Refusal::new(Rule::Counting, "book", &command.book, under_way))
}

fn item<'a>(command: &Command, facts: &'a Facts) -> Step<&'a Stock> {
    let key = StockKey { book: command.book.clone(), item: command.item.clone() };
    facts
        .stocks
        .get(&key)
        .ok_or_else(|| vec![Refusal::new(Rule::ItemUnknown, "item", &command.item, &command.book)])
}

pub(crate) fn posting(
    stock: &StockKey,
    lot: &Text,
    from: Place,
    to: Place,
    quantities: Quantities,
) -> Posting {
    Posting { stock: stock.clone(), lot: lot.clone(), from, to, quantities }
}

fn enter(
    command: &Command,
    stock: &Stock,
    (from, to): (Place, Place),
    lot: &Lot,
    quantities: &Quantities,
) -> Step<Plan> {
    let mut found = Vec::new();
    positive("quantities/declared", quantities.declared, &mut found);
    positive("quantities/first", quantities.first, &mut found);
    if lot.number.trim().is_empty() {
        found.push(Refusal::new(Rule::Form, "lot/number", &lot.number, "not empty"));
    }
    if lot.origin.len() != 3 || !lot.origin.bytes().all(|byte| byte.is_ascii_digit()) {
        found.push(Refusal::new(Rule::Form, "lot/origin", &lot.origin, "3 digits"));
    }
    let day = day_of(command.time);
    if let Some(expiry) = lot.expiry.filter(|expiry| *expiry <= day) {
        found.push(Refusal::new(Rule::StopSale, "lot/expiry", &expiry.to_string(), &format!("> {day}")));
    }
    match stock.item.converted(quantities.declared) {
        Some(expected) if found.is_empty() => stock.item.compare(quantities, &expected, &mut found),
        Some(_) => {}
        None => found.push(out_of_range(quantities.declared)),
    }
    let known = stock.lot(&lot.number);
    if let Some(known) = known.filter(|known| known.lot != *lot) {
        found.push(differs(&known.lot, lot));
    }
    if !found.is_empty() {
        return Err(found);
    }
    let lots = if known.is_none() { vec![(stock.key.clone(), lot.clone())] } else { Vec::new() };
    let postings = vec![posting(&stock.key, &lot.number, from, to, *quantities)];
    Ok(Plan { postings, lots, ..Plan::default() })
}

pub(crate) fn positive(field: &str, quantity: Decimal, found: &mut Vec<Refusal>) {
    if quantity <= Decimal::ZERO {
        found.push(Refusal::new(Rule::Quantity, field, &quantity.to_string(), "> 0"));
    }
}

fn differs(known: &Lot, lot: &Lot) -> Refusal {
    let said = |lot: &Lot| {
        let expiry = lot.expiry.map_or_else(|| "none".to_owned(), |day| day.to_string());
        format!("{}: origin {}, expiry {expiry}", lot.number, lot.origin)
    };
    Refusal::new(Rule::LotDiffers, "lot", &said(lot), &said(known))
}

fn take(command: &Command, stock: &Stock, facts: &Facts) -> Step<Plan> {
    let Operation::Take { purpose, quantity, stated, lot, to } = &command.operation else {
        return Ok(Plan::default());
    };
    let mut found = Vec::new();
    positive("quantity", *quantity, &mut found);
    receiver(command, *purpose, to.as_ref(), facts, &mut found);
    if !found.is_empty() {
        return Err(found);
    }
    let sells = purpose.sells().then(|| day_of(command.time));
    let taken = choose(stock, *quantity, lot.as_deref(), sells, purpose.moves_recalled())
        .map_err(|refusal| vec![refusal])?;
    if let Some(stated) = stated {
        let sum = taken.iter().try_fold(Quantities::ZERO, |sum, one| sum.plus(one.quantities));
        let sum = sum.ok_or_else(|| vec![out_of_range(*quantity)])?;
        stock.item.compare_stated(stated, &sum, &mut found);
        if !found.is_empty() {
            return Err(found);
        }
    }
    let postings = taken
        .iter()
        .map(|one| posting(&stock.key, &one.lot, Place::Available, purpose.place(), one.quantities))
        .collect();
    Ok(Plan { postings, ..Plan::default() })
}

/// A transfer names another book that is open; nothing else names one.
fn receiver(command: &Command, purpose: Purpose, to: Option<&Text>, facts: &Facts, found: &mut Vec<Refusal>) {
    match (purpose == Purpose::Transfer, to) {
        (true, Some(to)) if *to == command.book => {
            found.push(Refusal::new(Rule::SameBook, "to", to, &command.book));
        }
        // Another's book that is closed is answered like one that is not there.
        (true, Some(to)) => {
            if facts.books.get(to).is_none_or(|book| book.closed) {
                found.push(Refusal::new(Rule::BookUnknown, "to", to, ""));
            }
        }
        (false, None) => {}
        (_, to) => {
            let said = to.map_or("", |to| to.as_str());
            found.push(Refusal::new(Rule::NoReceiver, "to", said, purpose.word()));
        }
    }
}

/// The line that is referred to, if it belongs to that item and its goods rest in that place. One of another book is answered
/// like one that is not there.
pub(crate) fn line_at<'a>(
    of: &LineKey,
    at: &StockKey,
    place: Place,
    facts: &'a Facts,
) -> Result<&'a Line, Refusal> {
    let line = facts.lines.get(of).filter(|line| line.command.book == at.book).ok_or_else(|| unknown(of))?;
    let (book, item) = (&line.command.book, &line.command.item);
    if *item != at.item {
        let (asked, there) = (format!("{} / {}", at.book, at.item), format!("{book} / {item}"));
        return Err(Refusal::new(Rule::LineElsewhere, "of", &asked, &there));
    }
    if line.rests() != Some(place) {
        let rests = line.rests().map_or("nothing rests", Place::word);
        return Err(Refusal::new(Rule::WrongPlace, "of", place.word(), rests));
    }
    Ok(line)
}

fn unknown(of: &LineKey) -> Refusal {
    Refusal::new(Rule::LineUnknown, "of", &of.to_string(), "")
}

/// What a later line takes of an earlier one, and the earlier one as it is then.
pub(crate) fn draw(
    line: &Line,
    quantity: Option<Decimal>,
    sells: Option<(&Stock, Day)>,
) -> Step<(Vec<Open>, Line)> {
    if let Some(quantity) = quantity {
        let mut found = Vec::new();
        positive("quantity", quantity, &mut found);
        if !found.is_empty() {
            return Err(found);
        }
    }
    let (taken, open) = from_open(&line.open, quantity, sells).map_err(|refusal| vec![refusal])?;
    Ok((taken, Line { open, ..line.clone() }))
}

fn resolve(
    command: &Command,
    of: &LineKey,
    resolution: Resolution,
    quantity: Option<Decimal>,
    facts: &Facts,
) -> Step<Plan> {
    let at = StockKey { book: command.book.clone(), item: command.item.clone() };
    let line = line_at(of, &at, resolution.from(), facts).map_err(|refusal| vec![refusal])?;
    let stock = facts.stocks.get(&at).filter(|_| resolution == Resolution::ExhibitionSale);
    let sells = stock.map(|stock| (stock, day_of(command.time)));
    let (taken, resolved) = draw(line, quantity, sells)?;
    let postings = taken
        .iter()
        .map(|one| posting(&at, &one.lot, resolution.from(), resolution.to(), one.quantities))
        .collect();
    Ok(Plan { postings, resolved: Some(resolved), ..Plan::default() })
}

fn receive(
    command: &Command,
    stock: &Stock,
    from: &StockKey,
    of: &LineKey,
    quantity: Option<Decimal>,
    facts: &Facts,
) -> Step<Plan> {
    let refuse = |refusal: Refusal| vec![refusal];
    // Of what others send each other nothing is told.
    let receiver = facts.lines.get(of).and_then(Line::counterpart).unwrap_or("");
    if receiver != command.book && from.book != command.book {
        return Err(refuse(unknown(of)));
    }
    let line = line_at(of, from, Place::InTransit, facts).map_err(refuse)?;
    if receiver != command.book {
        return Err(refuse(Refusal::new(Rule::NotReceiver, "book", &command.book, receiver)));
    }
    let Some(sender) = facts.stocks.get(from) else {
        return Err(refuse(Refusal::new(Rule::ItemUnknown, "from/item", &from.item, &from.book)));
    };
    same_goods(sender, stock).map_err(refuse)?;
    let (taken, resolved) = draw(line, quantity, None)?;
    let mut plan = Plan { resolved: Some(resolved), ..Plan::default() };
    for one in taken {
        let Some(sent) = sender.lot(&one.lot) else { continue };
        // What was recalled on its way goes back to who sent it.
        if let Some(recalls) = sent.recalls() {
            return Err(refuse(Refusal::new(Rule::Recalled, "lot", &one.lot, &recalls)));
        }
        match stock.lot(&one.lot) {
            Some(known) if known.lot != sent.lot => return Err(refuse(differs(&known.lot, &sent.lot))),
            Some(_) => {}
            None => plan.lots.push((stock.key.clone(), sent.lot.clone())),
        }
        plan.postings.push(posting(from, &one.lot, Place::InTransit, Place::OtherBook, one.quantities));
        plan.postings.push(posting(&stock.key, &one.lot, Place::OtherBook, Place::Available, one.quantities));
    }
    Ok(plan)
}

/// Quantities can only be carried over between items that are counted alike.
fn same_goods(sender: &Stock, receiver: &Stock) -> Result<(), Refusal> {
    let said = |stock: &Stock| {
        let second = stock.item.second.as_ref().map_or("-", |unit| unit.unit.as_str());
        format!("{} {} {} {second}", stock.item.gcode, stock.item.unit, stock.item.first.unit)
    };
    let (sent, received) = (said(sender), said(receiver));
    if sent == received { Ok(()) } else { Err(Refusal::new(Rule::ItemDiffers, "item", &received, &sent)) }
}

fn begin_count(command: &Command, book: &Book) -> Step<Plan> {
    if let Some(under_way) = &book.counting {
        return Err(vec![Refusal::new(Rule::Counting, "book", &command.book, under_way)]);
    }
    let book = Book { counting: Some(command.key.document.number.clone()), ..book.clone() };
    Ok(Plan { book: Some(book), ..Plan::default() })
}

fn end_count(command: &Command, book: &Book) -> Step<Plan> {
    under_way(command, book)?;
    Ok(Plan { book: Some(Book { counting: None, ..book.clone() }), ..Plan::default() })
}

fn under_way(command: &Command, book: &Book) -> Step<()> {
    let number = &command.key.document.number;
    if book.counting.as_ref() == Some(number) {
        return Ok(());
    }
    let other = book.counting.as_deref().unwrap_or("none");
    Err(vec![Refusal::new(Rule::NotCounting, "document/number", number, other)])
}

/// What was counted against what should lie in the warehouse; the difference is entered or written off.
fn count(command: &Command, book: &Book, stock: &Stock) -> Step<Plan> {
    let Operation::Count { lot, counted, cause, approval } = &command.operation else {
        return Ok(Plan::default());
    };
    under_way(command, book)?;
    let refuse = |rule, field, value: &str, other: &str| Err(vec![Refusal::new(rule, field, value, other)]);
    let Some(known) = stock.lot(lot) else { return refuse(Rule::LotUnknown, "lot", lot, "") };
    if counted.is_negative() {
        return refuse(Rule::Quantity, "counted", &counted.to_string(), ">= 0");
    }
    let here = [Place::Available, Place::Frozen, Place::Inspection, Place::Returned, Place::Undeclared];
    let booked: i128 = here.iter().map(|place| known.at(*place).declared.units()).sum();
    let booked = Decimal::from_units(booked);
    let difference = Decimal::from_units(counted.units() - booked.units());
    if difference.is_zero() {
        return Ok(Plan::default());
    }
    if *cause == Cause::None {
        return refuse(Rule::Cause, "cause", &counted.to_string(), &booked.to_string());
    }
    if !difference.is_negative() {
        let Some(gain) = stock.item.converted(difference) else { return Err(vec![out_of_range(*counted)]) };
        let gain = posting(&stock.key, lot, Place::Variance, Place::Available, gain);
        return Ok(Plan { postings: vec![gain], ..Plan::default() });
    }
    if approval.as_ref().is_none_or(|approval| approval.trim().is_empty()) {
        let other = format!("{booked} - {counted}");
        return refuse(Rule::Approval, "approval", approval.as_deref().unwrap_or(""), &other);
    }
    let loss = Decimal::from_units(-difference.units());
    let available = known.at(Place::Available);
    match available.share(loss) {
        Some(loss) => {
            let loss = posting(&stock.key, lot, Place::Available, Place::Variance, loss);
            Ok(Plan { postings: vec![loss], ..Plan::default() })
        }
        None => {
            let there = format!("available {}", available.declared);
            refuse(Rule::NotEnough, "counted", &counted.to_string(), &there)
        }
    }
}

/// Applies a plan to copies of the stocks; what cannot be applied refuses it whole.
fn carry_out(command: &Command, plan: Plan, facts: &Facts) -> Step<Outcome> {
    let mut stocks: Vec<Stock> = Vec::new();
    for key in plan.lots.iter().map(|(key, _)| key).chain(plan.postings.iter().map(|posting| &posting.stock))
    {
        if !stocks.iter().any(|stock| stock.key == *key) {
            stocks.extend(facts.stocks.get(key).cloned());
        }
    }
    for (key, lot) in plan.lots {
        if let Some(stock) = stocks.iter_mut().find(|stock| stock.key == key) {
            stock.add(lot, command.time);
        }
    }
    for posting in &plan.postings {
        let stock = stocks.iter_mut().find(|stock| stock.key == posting.stock);
        if let Err(place) = stock.map_or(Err(posting.from), |stock| stock.apply(posting)) {
            let value = posting.quantities.declared.to_string();
            return Err(vec![Refusal::new(Rule::OutOfRange, "quantity", &value, place.word())]);
        }
    }
    let own = plan.postings.iter().filter(|posting| rests(posting.to));
    let open = own.map(|posting| Open { lot: posting.lot.clone(), quantities: posting.quantities }).collect();
    let line = Line { command: command.clone(), postings: plan.postings, open };
    Ok(Outcome {
        answer: Answer::Taken(line.postings.clone()),
        line: Some(line),
        resolved: plan.resolved,
        stocks,
        book: plan.book,
    })
}
