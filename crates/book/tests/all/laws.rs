//! Laws over random lives of two books. Beside the books a model counts every tin by itself, as one thing in one place: what is
//! taken, what is refused, which lot goes first and every balance must be the same, after every step and as of every time.

use crate::support::{
    BOOK, ITEM, OTHER, World, count, decimal, declare, enter, enter_first, key, lot, receive, resolve, take,
    tins,
};
use book::{
    Answer, Cause, Command, DocumentKind, LineKey, Operation, Place, Purpose, Quantities, Resolution, Source,
    audit, balances,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const LOTS: [(&str, Option<u32>); 4] =
    [("A", None), ("B", Some(20_270_101)), ("C", Some(20_261_215)), ("D", Some(20_270_601))];
/// Days of a life: B and C run out of sale and expire in it.
const DAYS: [u32; 6] = [20_261_101, 20_261_114, 20_261_115, 20_261_116, 20_261_216, 20_270_102];

#[derive(Clone, Debug)]
enum Step {
    Enter { lot: usize, count: u32, source: usize },
    Take { purpose: usize, count: u32, lot: Option<usize> },
    Resolve { line: prop::sample::Index, resolution: usize, count: Option<u32> },
    Receive { line: prop::sample::Index, count: Option<u32> },
    Count { lot: usize, difference: i64 },
    EnterFirst { lot: usize, count: u32 },
    Declare { line: prop::sample::Index, count: Option<u32>, ends: bool },
    Again { line: prop::sample::Index },
    Day,
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>();
    let some = prop::option::of(1u32..5);
    prop_oneof![
        3 => (0..LOTS.len(), 1u32..9, 0usize..3).prop_map(|(lot, count, source)| Step::Enter { lot, count, source }),
        6 => (0..Purpose::ALL.len(), 1u32..6, prop::option::weighted(0.2, 0..LOTS.len()))
            .prop_map(|(purpose, count, lot)| Step::Take { purpose, count, lot }),
        6 => (index.clone(), 0..Resolution::ALL.len(), some.clone())
            .prop_map(|(line, resolution, count)| Step::Resolve { line, resolution, count }),
        2 => (index.clone(), some.clone()).prop_map(|(line, count)| Step::Receive { line, count }),
        2 => (0..LOTS.len(), 1u32..9).prop_map(|(lot, count)| Step::EnterFirst { lot, count }),
        3 => (index.clone(), some, any::<bool>()).prop_map(|(line, count, ends)| Step::Declare { line, count, ends }),
        1 => (0..LOTS.len(), -3i64..3).prop_map(|(lot, difference)| Step::Count { lot, difference }),
        1 => index.prop_map(|line| Step::Again { line }),
        1 => Just(Step::Day),
    ]
}

/// One tin.
#[derive(Clone, Debug)]
struct Tin {
    book: &'static str,
    lot: usize,
    place: Place,
}

/// The tins, when each lot of a book first came in, and what each line put where.
#[derive(Default)]
struct Model {
    tins: Vec<Tin>,
    entered: BTreeMap<(&'static str, usize), usize>,
    lines: Vec<(LineKey, Place, Vec<usize>)>,
    clock: usize,
}

impl Model {
    fn of(&self, book: &str, place: Place) -> usize {
        self.tins.iter().filter(|tin| tin.book == book && tin.place == place).count()
    }
    fn add(&mut self, book: &'static str, lot: usize, count: usize, place: Place) {
        self.clock += 1;
        let clock = self.clock;
        self.entered.entry((book, lot)).or_insert(clock);
        self.tins.extend((0..count).map(|_| Tin { book, lot, place }));
    }
    /// Available tins of the first book that a purpose may take, first what expires first.
    fn takeable(&self, purpose: Purpose, lot: Option<usize>, day: u32) -> Vec<usize> {
        let sells = |tin: &Tin| !purpose.sells() || day <= last_day(tin.lot);
        let mut found: Vec<usize> = (0..self.tins.len())
            .filter(|at| {
                let tin = &self.tins[*at];
                let named = lot.is_none_or(|lot| lot == tin.lot);
                tin.book == BOOK && tin.place == Place::Available && named && sells(tin)
            })
            .collect();
        found.sort_by_key(|at| {
            let tin = &self.tins[*at];
            (LOTS[tin.lot].1.unwrap_or(u32::MAX), self.entered[&(tin.book, tin.lot)], LOTS[tin.lot].0)
        });
        found
    }
    fn put(&mut self, key: LineKey, tins: Vec<usize>, place: Place) {
        for at in &tins {
            self.tins[*at].place = place;
        }
        self.lines.push((key, place, tins));
    }
    /// Takes tins out of a line, if it has so many; where they are sold now, those that may be sold on that day.
    fn draw(
        &mut self,
        line: usize,
        from: Place,
        count: Option<u32>,
        sold: Option<u32>,
    ) -> Option<Vec<usize>> {
        let lots: Vec<usize> = self.tins.iter().map(|tin| tin.lot).collect();
        let (_, place, open) = &mut self.lines[line];
        let may = |at: &usize| sold.is_none_or(|day| day <= last_day(lots[*at]));
        let most = open.iter().filter(|at| may(at)).count();
        let wanted = count.map_or(most, |count| count as usize);
        if *place != from || most == 0 || wanted > most {
            return None;
        }
        let taken: Vec<usize> = open.iter().copied().filter(may).take(wanted).collect();
        open.retain(|at| !taken.contains(at));
        Some(taken)
    }
}

/// The last day on which a lot is sold, thirty days before its expiry, from a calendar.
fn last_day(lot: usize) -> u32 {
    match LOTS[lot].1 {
        Some(20_270_101) => 20_261_201,
        Some(20_261_215) => 20_261_114,
        Some(_) => 20_270_501,
        None => 99_991_231,
    }
}

fn taken(answer: &Answer) -> bool {
    matches!(answer, Answer::Taken(_))
}

/// Balances of books by place.
type Seen = BTreeMap<(String, Place), Quantities>;

struct Life {
    world: World,
    model: Model,
    day: usize,
    millis: u64,
    commands: Vec<Command>,
    seen: Vec<(ceb::StampMillis, Seen)>,
}

impl Life {
    fn new() -> Self {
        let (world, model) = (World::new(), Model::default());
        Self { world, model, day: 0, millis: 0, commands: Vec::new(), seen: Vec::new() }
    }

    /// Sends a command; whether it was taken must be as the model says.
    fn send(&mut self, command: Command, expected: bool) -> LineKey {
        let outcome = self.world.send(&command);
        assert_eq!(taken(&outcome.answer), expected, "{command:?}: {:?}", outcome.answer);
        if expected {
            self.commands.push(command.clone());
        }
        command.key
    }

    fn step(&mut self, step: &Step) {
        self.millis += 1;
        let number = u64::from(DAYS[self.day]) * 1_000_000_000 + 100_000_000 + self.millis;
        self.world.time = ceb::StampMillis::from_number(number).unwrap();
        match step {
            Step::Day => self.day = (self.day + 1).min(DAYS.len() - 1),
            Step::Enter { lot: at, count, source } => {
                let (number, expiry) = LOTS[*at];
                let source = [Source::Opening, Source::Abroad, Source::Domestic][*source];
                let mut operation = enter(lot(number, expiry), &count.to_string());
                if let Operation::Enter { source: from, quantities, .. } = &mut operation {
                    *from = source;
                    // Weighed a little differently each time, within the tolerance of one in a hundred.
                    let off = quantities.first.units() * i128::from(self.millis % 19) / 1000
                        - quantities.first.units() * 9 / 1000;
                    quantities.first = ceb::Decimal::from_units(quantities.first.units() + off);
                }
                let good = expiry.is_none_or(|expiry| expiry > DAYS[self.day]);
                let command = self.world.command(operation);
                self.send(command, good);
                if good {
                    self.model.add(BOOK, *at, *count as usize, Place::Available);
                }
            }
            Step::Take { purpose, count, lot } => {
                let purpose = Purpose::ALL[*purpose];
                let mut found = self.model.takeable(purpose, *lot, DAYS[self.day]);
                let good = found.len() >= *count as usize;
                let mut operation = take(purpose, &count.to_string());
                if let Operation::Take { lot: named, .. } = &mut operation {
                    *named = lot.map(|lot| LOTS[lot].0.into());
                }
                let command = self.world.command(operation);
                let key = self.send(command, good);
                if good {
                    found.truncate(*count as usize);
                    self.model.put(key, found, purpose.place());
                }
            }
            Step::Resolve { line, resolution, count } => {
                if self.model.lines.is_empty() {
                    return;
                }
                let line = line.index(self.model.lines.len());
                let resolution = Resolution::ALL[*resolution];
                let of = self.model.lines[line].0.clone();
                let text = count.map(|count| count.to_string());
                let command = self.world.command(resolve(&of, resolution, text.as_deref()));
                let sold = (resolution == Resolution::ExhibitionSale).then_some(DAYS[self.day]);
                let drawn = self.model.draw(line, resolution.from(), *count, sold);
                let key = self.send(command, drawn.is_some());
                if let Some(drawn) = drawn {
                    self.model.put(key, drawn, resolution.to());
                }
            }
            Step::Receive { line, count } => {
                if self.model.lines.is_empty() {
                    return;
                }
                let line = line.index(self.model.lines.len());
                let of = self.model.lines[line].0.clone();
                let text = count.map(|count| count.to_string());
                let command = self.world.command(receive(&of, text.as_deref()));
                let command = Command { book: OTHER.into(), ..command };
                let drawn = self.model.draw(line, Place::InTransit, *count, None);
                self.send(command, drawn.is_some());
                for at in drawn.into_iter().flatten() {
                    let lot = self.model.tins[at].lot;
                    self.model.tins[at].place = Place::OtherBook;
                    self.model.add(OTHER, lot, 1, Place::Available);
                }
            }
            Step::Count { lot, difference } => self.count(*lot, *difference),
            Step::EnterFirst { lot: at, count } => {
                let (number, expiry) = LOTS[*at];
                let good = expiry.is_none_or(|expiry| expiry > DAYS[self.day]);
                let command = self.world.command(enter_first(lot(number, expiry), &count.to_string()));
                let key = self.send(command, good);
                if good {
                    let from = self.model.tins.len();
                    self.model.add(BOOK, *at, *count as usize, Place::Undeclared);
                    let tins = (from..self.model.tins.len()).collect();
                    self.model.put(key, tins, Place::Undeclared);
                }
            }
            Step::Declare { line, count, ends } => {
                if !self.model.lines.is_empty() {
                    self.declare(line.index(self.model.lines.len()), *count, *ends);
                }
            }
            Step::Again { line } => {
                if self.commands.is_empty() {
                    return;
                }
                let command = self.commands[line.index(self.commands.len())].clone();
                let before = (self.world.facts.stocks.clone(), self.world.facts.lines.clone());
                assert!(matches!(self.world.send(&command).answer, Answer::Repeated(_)));
                let changed = Command { item: "2".into(), ..command };
                assert!(matches!(self.world.send(&changed).answer, Answer::Refused(_)));
                assert!(before == (self.world.facts.stocks.clone(), self.world.facts.lines.clone()));
            }
        }
    }

    fn declare(&mut self, line: usize, count: Option<u32>, ends: bool) {
        let (of, place, open) = self.model.lines[line].clone();
        let wanted = count.map_or(open.len(), |count| count as usize);
        let good = place == Place::Undeclared && !open.is_empty() && (ends || wanted <= open.len());
        let cause = if ends { Cause::Mispick } else { Cause::None };
        let text = count.map(|count| count.to_string());
        let command = self.world.command(declare(&of, text.as_deref(), cause, Some("核销单2")));
        self.send(command, good);
        if !good {
            return;
        }
        let declared = wanted.min(open.len());
        for at in &open[..declared] {
            self.model.tins[*at].place = Place::Available;
        }
        let mut left = open[declared..].to_vec();
        if ends {
            for at in left.drain(..) {
                self.model.tins[at].place = Place::Variance;
            }
            let lot = self.model.tins[open[0]].lot;
            self.model.add(BOOK, lot, wanted - declared, Place::Available);
        }
        self.model.lines[line].2 = left;
    }

    fn count(&mut self, at: usize, difference: i64) {
        let begin = self.world.command(Operation::BeginCount);
        let begin = self.send(begin, true);
        let here = [Place::Available, Place::Frozen, Place::Inspection, Place::Returned, Place::Undeclared];
        let of_lot = |tin: &&Tin| tin.book == BOOK && tin.lot == at;
        let booked =
            self.model.tins.iter().filter(of_lot).filter(|tin| here.contains(&tin.place)).count() as i64;
        let available: Vec<usize> = (0..self.model.tins.len())
            .filter(|tin| of_lot(&&self.model.tins[*tin]) && self.model.tins[*tin].place == Place::Available)
            .collect();
        let counted = (booked + difference).max(0);
        let difference = counted - booked;
        let known = self.model.entered.contains_key(&(BOOK, at));
        let good = known && -difference <= available.len() as i64;
        let operation = count(LOTS[at].0, &counted.to_string(), Cause::NaturalLoss, Some("核销单1"));
        let line = |line: u32, command: Command| Command {
            key: key(DocumentKind::StocktakeRecord, &begin.document.number, line),
            ..command
        };
        let command = line(2, self.world.command(operation));
        self.send(command, good);
        if good && difference > 0 {
            self.model.add(BOOK, at, difference as usize, Place::Available);
        } else if good {
            for tin in available.into_iter().take(-difference as usize) {
                self.model.tins[tin].place = Place::Variance;
            }
        }
        let end = line(3, self.world.command(Operation::EndCount));
        self.send(end, true);
    }

    /// Everything that must hold after every step.
    fn check(&mut self) {
        let mut seen = BTreeMap::new();
        for book in [BOOK, OTHER] {
            let stock = self.world.stock(book);
            for place in Place::ALL {
                let there = stock.at(place).unwrap();
                seen.insert((book.to_owned(), place), there);
                if place.is_inside() {
                    assert!(!there.is_negative());
                    let tins = decimal(&self.model.of(book, place).to_string());
                    assert_eq!(there.declared, tins, "{book} {place:?}");
                }
            }
            for lot in &stock.lots {
                let all = Place::ALL.iter().try_fold(Quantities::ZERO, |sum, place| sum.plus(lot.at(*place)));
                assert_eq!(all.unwrap(), Quantities::ZERO, "double entry of {}", lot.lot.number);
                for place in Place::ALL.into_iter().filter(|place| place.is_inside()) {
                    let there = lot.at(place);
                    assert_eq!(there.declared.is_zero(), there.is_zero(), "nothing remains of what is empty");
                }
            }
        }
        self.seen.push((self.world.time, seen));
    }

    /// What must hold at the end: the same from lines alone, at the end and as of every time before.
    fn finish(&self) {
        let lines = self.world.lines();
        let stocks: Vec<_> = self.world.facts.stocks.values().cloned().collect();
        assert_eq!(audit(&stocks, &lines), []);
        for (time, seen) in &self.seen {
            let then = balances(&lines, Some(*time));
            for ((book, place), kept) in seen {
                let of = then.iter().filter(|((stock, _, at), _)| stock.book == *book && at == place);
                let sum = of.fold(Quantities::ZERO, |sum, (_, one)| sum.plus(*one).unwrap());
                assert_eq!(sum, *kept, "{book} {place:?} as of {time}");
            }
        }
        self.law_of_conservation();
    }

    /// The book's quantity is what came in less what went out, by the commands alone.
    fn law_of_conservation(&self) {
        let mut book = 0i128;
        for line in self.world.facts.lines.values() {
            let moved: i128 = line.postings.iter().map(|posting| posting.quantities.declared.units()).sum();
            let gained = line.postings.iter().any(|posting| posting.from == Place::Variance);
            book += match &line.command.operation {
                Operation::Enter { quantities, .. } | Operation::EnterFirst { quantities, .. } => {
                    quantities.declared.units()
                }
                Operation::Declare { .. } => {
                    let of = |posting: &book::Posting| posting.quantities.declared.units();
                    let more: i128 =
                        line.postings.iter().filter(|one| one.from == Place::Variance).map(of).sum();
                    let less: i128 =
                        line.postings.iter().filter(|one| one.to == Place::Variance).map(of).sum();
                    more - less
                }
                Operation::Take { purpose, quantity, .. } => match purpose {
                    Purpose::ReExport | Purpose::GeneralTrade | Purpose::Destruction | Purpose::Sample => {
                        -quantity.units()
                    }
                    _ => 0,
                },
                Operation::Resolve { resolution, .. } => match resolution {
                    Resolution::Confirm | Resolution::ExhibitionSale => -moved,
                    Resolution::ReturnAbroad | Resolution::DestroyReturned => -moved,
                    Resolution::SendBack | Resolution::ExhibitionDestruction => -moved,
                    Resolution::CustomerReturn => moved,
                    _ => 0,
                },
                // Half of it left the first book, half came into the second.
                Operation::Receive { .. } => -moved / 2,
                Operation::Count { .. } => {
                    if gained {
                        moved
                    } else {
                        -moved
                    }
                }
                Operation::BeginCount | Operation::EndCount => 0,
            };
        }
        assert_eq!(self.world.stock(BOOK).inside().unwrap().declared.units(), book);
        self.law_of_exhibitions();
        assert_eq!(self.world.stock(BOOK).key.item, ITEM);
    }
}

/// What became of goods that a line sent out: by resolution, in units of 0.00001.
fn resolved(life: &Life, of: &LineKey, resolution: Resolution) -> i128 {
    let lines = life.world.facts.lines.values();
    let by = lines.filter(|line| {
        matches!(&line.command.operation, Operation::Resolve { of: named, resolution: how, .. }
            if named == of && *how == resolution)
    });
    by.flat_map(|line| &line.postings).map(|posting| posting.quantities.declared.units()).sum()
}

impl Life {
    /// Of every exhibition: what went out is sold, back, destroyed or still there.
    fn law_of_exhibitions(&self) {
        for (key, line) in &self.world.facts.lines {
            let Operation::Take { purpose: Purpose::Exhibition, quantity, .. } = &line.command.operation
            else {
                continue;
            };
            let there: i128 = line.open.iter().map(|one| one.quantities.declared.units()).sum();
            let ends =
                [Resolution::ExhibitionSale, Resolution::ExhibitionReturn, Resolution::ExhibitionDestruction];
            let gone: i128 = ends.iter().map(|how| resolved(self, key, *how)).sum();
            assert_eq!(quantity.units(), gone + there, "{key}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_life_adds_up(steps in prop::collection::vec(step(), 1..60)) {
        let mut life = Life::new();
        for step in &steps {
            life.step(step);
            life.check();
        }
        life.finish();
    }

    #[test]
    fn shares_add_up_and_are_never_negative(first in 1i128..9_999_999_999_999, parts in prop::collection::vec(1i64..500, 1..20)) {
        let whole: i64 = parts.iter().sum();
        let mut left = Quantities {
            declared: ceb::Decimal::from_whole(whole),
            first: ceb::Decimal::from_units(first),
            second: ceb::Decimal::ZERO,
        };
        let mut sum = Quantities::ZERO;
        for part in parts {
            let share = left.share(ceb::Decimal::from_whole(part)).unwrap();
            prop_assert!(!share.is_negative());
            left = left.minus(share).unwrap();
            prop_assert!(!left.is_negative());
            sum = sum.plus(share).unwrap();
        }
        prop_assert!(left.is_zero());
        prop_assert_eq!(sum.first.units(), first);
    }
}

#[test]
fn a_share_of_what_is_not_there_is_none() {
    assert_eq!(tins("3").share(decimal("4")), None);
    assert_eq!(tins("3").share(decimal("-1")), None);
    assert_eq!(tins("3").share(decimal("0")), Some(Quantities::ZERO));
}
