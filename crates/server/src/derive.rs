//! Deriving again: every stored decision is made once more from the rows before it, by the engine that made it, and must
//! come out the same to the byte. What it needs is in the ledger: events, the version of the parties, the rulebook, the
//! seed, serials; states, claims, balances and counts follow from the rows. Reads only; `verify` checks that the rows
//! themselves are those that were committed.

use crate::pipeline::Judge;
use clearance::consignment::{ArrivalRecord, Attempt, Consignment, WaybillRecord};
use clearance::decide::{ENGINE, Reference};
use clearance::event::{Cause, Event};
use clearance::export::{ExportKey, ExportState};
use clearance::facts::{Facts, Keys, Numbers, needs};
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Position, Time, WaybillKey};
use clearance::outcome::Outcome;
use clearance::party::{Entry, Parties};
use clearance::record::{Record, Register};
use clearance::risk::SamplingSeed;
use clearance::trial::export::trade_in;
use clearance::windows::{Raised, Window, Windowed};
use clearance::{Rulebook, Text};
use ledger::{Account, Balance, Movement};
use register::draw::Period;
use rustc_hash::FxHashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use store::{ChosenRead, Cursor, EventRow, Read, Row, StoreError, codec};

/// Rows read at a time.
const AT_A_TIME: usize = 2_000;
/// States kept of each kind in each of two generations; older ones are read from their rows.
const GENERATION: usize = 20_000;
/// Serials that one event may take at most.
const SERIALS: u64 = 1_000;
/// Faults that are told; more are counted.
const TOLD: usize = 100;

/// What came of it.
#[derive(Clone, Default, Debug)]
pub struct Derived {
    /// Events derived by this engine.
    pub events: u64,
    /// Events decided by other engines: taken as they are.
    pub other_engines: u64,
    /// Events recorded undecided.
    pub undecided: u64,
    /// Decisions that came out differently.
    pub different: u64,
    /// The first of them: which row, and where stored and derived part.
    pub faults: Vec<(u64, String)>,
}

/// A state of the latest row under a key.
struct Latest<K, V> {
    rows: FxHashMap<u64, Position>,
    young: FxHashMap<K, Arc<V>>,
    old: FxHashMap<K, Arc<V>>,
}

impl<K: Eq + Hash + Clone, V> Latest<K, V> {
    fn new() -> Self {
        Self { rows: FxHashMap::default(), young: FxHashMap::default(), old: FxHashMap::default() }
    }
    fn put(&mut self, key: &K, position: Position, state: Arc<V>) {
        self.rows.insert(hash(key), position);
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key.clone(), state);
    }
    fn recent(&self, key: &K) -> Option<Arc<V>> {
        self.young.get(key).or_else(|| self.old.get(key)).cloned()
    }
    fn row(&self, key: &K) -> Option<Position> {
        self.rows.get(&hash(key)).copied()
    }
}

/// Maps of a ledger's whole life keep 64 bits of a key: two keys of one hash would show as a difference, never hide one.
fn hash(key: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// All that the rows so far have brought about.
struct World<'a> {
    read: &'a ChosenRead,
    judge: Judge,
    consignments: Latest<OrderKey, Consignment>,
    waybills: Latest<WaybillKey, WaybillRecord>,
    arrivals: Latest<ArrivalKey, ArrivalRecord>,
    claims: Latest<ClaimKey, OrderKey>,
    exports: Latest<ExportKey, ExportState>,
    balances: FxHashMap<Account, Balance>,
    counts: FxHashMap<u64, Arc<Window>>,
    entries: Vec<Entry>,
    entered: usize,
    parties: Arc<Parties>,
    books: Vec<Arc<Rulebook>>,
    seeds: Vec<SamplingSeed>,
    /// Periods of the draw, as their last rows have them.
    periods: FxHashMap<Text, Period>,
    /// The newest seed that each writer has drawn with.
    drawn_with: FxHashMap<u16, u32>,
    derived: Derived,
}

/// Derives every decision of a ledger. `progress` is told how many rows were read. `judge` is the engine.
///
/// # Errors
/// When a row cannot be read; a decision that differs is no error but a fault of the answer.
pub async fn derive(
    read: &ChosenRead,
    judge: Judge,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Derived, StoreError> {
    let mut world = World {
        read,
        judge,
        consignments: Latest::new(),
        waybills: Latest::new(),
        arrivals: Latest::new(),
        claims: Latest::new(),
        exports: Latest::new(),
        balances: FxHashMap::default(),
        counts: FxHashMap::default(),
        entries: Vec::new(),
        entered: 0,
        parties: Arc::default(),
        books: Vec::new(),
        seeds: Vec::new(),
        periods: FxHashMap::default(),
        drawn_with: FxHashMap::default(),
        derived: Derived::default(),
    };
    let mut after = Cursor::default();
    let mut count = 0;
    loop {
        let mut rows = Vec::with_capacity(AT_A_TIME);
        read.scan(&after, &mut |position, row| {
            rows.push((position, row));
            rows.len() < AT_A_TIME
        })
        .await?;
        if rows.is_empty() {
            return Ok(world.derived);
        }
        count += rows.len() as u64;
        for (position, row) in rows {
            after.reach(position);
            world.row(position, row).await?;
        }
        progress(count);
    }
}

impl World<'_> {
    async fn row(&mut self, position: Position, row: Row) -> Result<(), StoreError> {
        // Of what was judged it is counted with its outcome, made anew.
        if let (Row::Record(_), Some((counted, now))) = (&row, row.counted()) {
            self.count(&counted, now);
        }
        match row {
            Row::Message(_) => {}
            Row::Filing(_) | Row::Certificate(_) => self.entries.extend(row.entry()),
            Row::Seed(row) => self.seed(position, row.seed),
            Row::Record(record) if record.key.register == Register::DrawPeriod => {
                self.periods.insert(record.key.id.clone(), Period::of(&record));
            }
            // Its versions are counted by the verification of the store.
            Row::Record(record) => self.charged(position, &record),
            Row::Rulebook(row) => match crate::window::loaded(&row) {
                Ok(book) => self.books.push(Arc::new(book)),
                Err(error) => self.fault(position, error.to_string()),
            },
            Row::Event(row) => self.event(*row).await?,
        }
        Ok(())
    }

    /// A seed of a period is made of what its holders handed over, or it is no seed of theirs.
    fn seed(&mut self, position: Position, seed: SamplingSeed) {
        if let Some(of) = seed.period {
            let period = self.periods.get(of.first.to_string().as_str());
            if period.and_then(|period| period.made_of(seed.number)) != Some(seed) {
                let what =
                    format!("seed {} is not what the secrets of period {} make", seed.number, of.first);
                self.fault(position, what);
            }
        }
        self.seeds.push(seed);
    }

    /// A writer draws with the newest seed that it knows: who is drawn for the first time is never drawn with an older one.
    fn seed_in_turn(&mut self, stored: &Outcome, facts: &Facts) -> Result<(), String> {
        let Some(draw) = stored.read.draw else { return Ok(()) };
        let before = stored.order.as_ref().and_then(|order| facts.consignments.get(order));
        let trade = stored.export.trade.clone().map(ExportKey::Trade);
        let trade = trade.and_then(|key| facts.exports.get(&key)?.trade().cloned());
        let drawn = before.and_then(|before| before.drawn).or_else(|| trade?.look.drawn);
        if drawn.is_some_and(|drawn| drawn.seed == draw.seed) {
            return Ok(());
        }
        let newest = self.drawn_with.entry(stored.position.writer).or_default();
        if draw.seed < *newest {
            return Err(format!("it is drawn with seed {}, after seed {newest} was drawn with", draw.seed));
        }
        *newest = draw.seed;
        Ok(())
    }

    async fn event(&mut self, mut row: EventRow) -> Result<(), StoreError> {
        // An event that was decided later was judged with the law of the moment of its first row.
        if let Some(first) = row.again {
            row.event.recorded = self.read.event(first).await?.map(|first| first.time);
        }
        let position = row.event.position;
        let Some(stored) = row.outcome.as_deref() else {
            self.derived.undecided += 1;
            return Ok(());
        };
        if stored.engine == ENGINE {
            self.derived.events += 1;
            match self.decide(&row.event, stored).await? {
                Ok(derived) => {
                    let again = EventRow { outcome: Some(Box::new(derived)), ..row.clone() };
                    if codec::encode(&Row::Event(Box::new(again.clone())))
                        == codec::encode(&Row::Event(Box::new(row.clone())))
                    {
                        // The derived states have their documents.
                        if let Some(outcome) = again.outcome {
                            self.absorb(position, *outcome);
                        }
                        return Ok(());
                    }
                    if let Some(outcome) = &again.outcome {
                        self.fault(position, part(stored, outcome));
                    }
                }
                Err(what) => self.fault(position, what),
            }
        } else {
            self.derived.other_engines += 1;
        }
        // What follows rests on what was stored.
        if let Some(outcome) = self.read.whole(position).await?.and_then(|whole| whole.row.outcome) {
            self.absorb(position, *outcome);
        }
        Ok(())
    }

    fn fault(&mut self, position: Position, what: String) {
        self.derived.different += 1;
        if self.derived.faults.len() < TOLD {
            self.derived.faults.push((position.number(), what));
        }
    }

    /// The decision once more, on what the rows before it give; a text where it cannot be made.
    async fn decide(
        &mut self,
        event: &Event,
        stored: &Outcome,
    ) -> Result<Result<Outcome, String>, StoreError> {
        let reference = match self.reference(stored) {
            Ok(reference) => reference,
            Err(what) => return Ok(Err(what)),
        };
        let mut keys = Keys::default();
        needs(event, &reference, stored.now, &mut keys);
        if !keys.closed.is_empty() {
            // Which lists of a period were found is in what was decided.
            keys.exports.extend(clearance::export::looked_at(&stored.export));
        }
        let mut facts = self.facts(keys, stored).await?;
        facts.numbers = Numbers { next: stored.read.serial, end: stored.read.serial + SERIALS };
        facts.next = event.position;
        // A score was made by whoever had the model: what it was is in the row.
        if let (Cause::Document(arrived), Some(read)) = (&event.cause, windows_of(stored)) {
            clearance::score::give_again(&mut facts, arrived, read);
        }
        if let Err(what) = self.seed_in_turn(stored, &facts) {
            return Ok(Err(what));
        }
        let (judge, events) = (self.judge, std::slice::from_ref(event));
        let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            judge(events, &mut facts, &reference, stored.now).pop()
        }));
        Ok(judged.ok().flatten().ok_or_else(|| "its judgement fails".to_owned()))
    }

    /// What the decision was made with.
    fn reference(&mut self, stored: &Outcome) -> Result<Reference, String> {
        while let Some(next) = self.entries.get(self.entered)
            && next.version() <= stored.read.parties
        {
            Arc::make_mut(&mut self.parties).enter(next.clone());
            self.entered += 1;
        }
        if self.parties.version != stored.read.parties {
            return Err(format!(
                "it names version {} of the parties, the rows before it give {}",
                stored.read.parties, self.parties.version
            ));
        }
        let known = |book: &&Arc<Rulebook>| book.number <= stored.read.rulebook;
        let books: Vec<Arc<Rulebook>> = self.books.iter().filter(known).cloned().collect();
        if books.last().is_none_or(|book| book.number != stored.read.rulebook) {
            return Err(format!("no row before it has rulebook {}", stored.read.rulebook));
        }
        let drawn = stored.read.draw.map(|draw| draw.seed);
        let seed = match drawn {
            Some(number) => self.seeds.iter().find(|seed| seed.number == number),
            None => self.seeds.last(),
        };
        match (seed, drawn) {
            (None, Some(number)) => Err(format!("no row before it has seed {number}")),
            (seed, _) => Ok(Reference {
                version: 0,
                books,
                parties: self.parties.clone(),
                sampling_seed: seed.copied().unwrap_or_default(),
            }),
        }
    }

    async fn facts(&self, keys: Keys, stored: &Outcome) -> Result<Facts, StoreError> {
        let mut facts = Facts::default();
        for key in keys.orders {
            if let Some(state) = self.consignments.recent(&key) {
                facts.consignments.insert(key, state);
            } else if let Some(row) = self.consignments.row(&key)
                && let Some(state) = self.outcome(row).await?.and_then(|outcome| outcome.consignment)
            {
                facts.consignments.insert(key, state);
            }
        }
        for key in keys.waybills {
            if let Some(state) = self.waybills.recent(&key) {
                facts.waybills.insert(key, state);
            } else if let Some(row) = self.waybills.row(&key)
                && let Some(outcome) = self.outcome(row).await?
                && let Some(state) = outcome.waybills.into_iter().find(|state| state.key == key)
            {
                facts.waybills.insert(key, state);
            }
        }
        for key in keys.arrivals {
            if let Some(state) = self.arrivals.recent(&key) {
                facts.arrivals.insert(key, state);
            } else if let Some(row) = self.arrivals.row(&key)
                && let Some(state) = self.outcome(row).await?.and_then(|outcome| outcome.arrival)
            {
                facts.arrivals.insert(key, state);
            }
        }
        for key in keys.claims {
            if let Some(owner) = self.claims.recent(&key) {
                facts.claims.insert(key, (*owner).clone());
            } else if let Some(row) = self.claims.row(&key)
                && let Some(outcome) = self.outcome(row).await?
                && let Some((_, Some(owner))) =
                    outcome.claims.into_iter().rev().find(|(claim, _)| *claim == key)
            {
                facts.claims.insert(key, owner);
            }
        }
        for key in keys.exports {
            if let Some(state) = self.exports.recent(&key) {
                facts.exports.insert(key, (*state).clone());
            } else if let Some(row) = self.exports.row(&key)
                && let Some(outcome) = self.outcome(row).await?
                && let Some(state) = outcome.export.states.into_iter().find(|state| state.key() == key)
            {
                facts.exports.insert(key, state);
            }
        }
        // What was looked at of a register is in the row that the decision names.
        for read in stored.read.records.iter().filter(|read| keys.looked_at.contains(&read.key)) {
            let record = self.read.record_at(read.position).await?;
            facts.records.extend(
                record.filter(|record| record.key == read.key).map(|record| (read.key.clone(), record)),
            );
        }
        register::as_facts(&mut facts);
        // Of a book the row keeps what was looked at: others may have moved it within the same commit.
        facts.bonded = stored.read.bonded.as_facts();
        if event_of_many(stored) {
            recorded(stored, &mut facts);
            return Ok(facts);
        }
        for account in keys.accounts {
            if let Some(balance) = self.balances.get(&account) {
                facts.balances.insert(account, *balance);
            }
        }
        for key in keys.counts {
            if let Some(counts) = self.counts.get(&hash(&key)) {
                facts.counts.insert(key, counts.clone());
            }
        }
        Ok(facts)
    }

    async fn outcome(&self, row: Position) -> Result<Option<Outcome>, StoreError> {
        Ok(self.read.whole(row).await?.and_then(|whole| whole.row.outcome).map(|outcome| *outcome))
    }

    /// What a change of a record moved on accounts that trades are judged by.
    fn charged(&mut self, position: Position, record: &Record) {
        for charge in &record.charges {
            self.moved(position, &charge.movement);
        }
    }

    fn moved(&mut self, position: Position, movement: &Movement) {
        let balance = self.balances.entry(movement.account.clone()).or_default();
        if let Err(what) = ledger::apply(balance, movement) {
            self.fault(position, what);
        }
    }

    fn count(&mut self, counted: &[Raised], now: Time) {
        for raised in counted {
            let window = self.counts.entry(hash(&raised.key)).or_default();
            Arc::make_mut(window).add(raised, now);
        }
    }

    fn absorb(&mut self, position: Position, outcome: Outcome) {
        for movement in &outcome.movements {
            self.moved(position, movement);
        }
        self.count(&outcome.counted, outcome.now);
        if let Some(state) = outcome.consignment {
            self.consignments.put(&state.key.clone(), position, state);
        }
        for state in outcome.waybills {
            self.waybills.put(&state.key.clone(), position, state);
        }
        for state in outcome.export.states {
            self.exports.put(&state.key(), position, Arc::new(state));
        }
        if let Some(state) = outcome.arrival {
            self.arrivals.put(&state.key.clone(), position, state);
        }
        for (key, owner) in outcome.claims {
            match owner {
                Some(owner) => self.claims.put(&key, position, Arc::new(owner)),
                None => {
                    self.claims.rows.remove(&hash(&key));
                    self.claims.young.remove(&key);
                    self.claims.old.remove(&key);
                }
            }
        }
    }
}

/// Whether other writers moved accounts and counters while it was judged. Then what it saw of them is taken from its own
/// record: that no account was ever overdrawn is checked from the movements.
fn event_of_many(stored: &Outcome) -> bool {
    stored.position.writer != 0
}

fn attempt_of(stored: &Outcome) -> Option<&Attempt> {
    stored.consignment.as_ref().and_then(|consignment| consignment.attempt.as_ref())
}

/// What the list of a trade read of windows, and the score that it was given.
fn windows_of(stored: &Outcome) -> Option<&[Windowed]> {
    let of_export = || trade_in(stored).map(|trade| trade.look.counts.as_slice());
    attempt_of(stored).map(|attempt| attempt.counts.as_slice()).or_else(of_export)
}

/// Balances and windows as a judgement says that it saw them.
fn recorded(stored: &Outcome, facts: &mut Facts) {
    for (account, balance) in &stored.read.balances {
        // Later ones are after its own movements.
        facts.balances.entry(account.clone()).or_insert(*balance);
    }
    match attempt_of(stored).filter(|_| stored.read.counts.is_empty()) {
        Some(attempt) => facts.told.clone_from(&attempt.counts),
        None => facts.told.clone_from(&stored.read.counts),
    }
}

/// Where two outcomes part, in words.
fn part(stored: &Outcome, derived: &Outcome) -> String {
    let parts: [(&str, bool); 10] = [
        ("answer", stored.answer == derived.answer),
        ("receipts", stored.receipts == derived.receipts),
        ("movements", stored.movements == derived.movements),
        ("bonded books", stored.booked == derived.booked),
        ("timers", stored.timers == derived.timers && stored.cleared == derived.cleared),
        ("follows", stored.follows == derived.follows),
        ("claims", stored.claims == derived.claims),
        ("counts", stored.counted == derived.counted),
        ("facts read", stored.read == derived.read),
        ("repetition", stored.repeats == derived.repeats),
    ];
    let mut differ: Vec<&str> = parts.iter().filter(|(_, same)| !same).map(|(name, _)| *name).collect();
    if differ.is_empty() {
        differ.push("states");
    }
    format!(
        "decided again it differs in {}: stored {} {}, derived {} {}",
        differ.join(", "),
        stored.answer.status,
        stored.answer.info,
        derived.answer.status,
        derived.answer.info
    )
}
