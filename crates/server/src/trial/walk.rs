//! Rows as they pass, so that each declaration is found with what it was judged on: states and documents of trades that are
//! open, parties, seeds, records that judgements look at, balances where one writer wrote all. What lies further apart than is
//! kept is read from its row. Trades of exports are `exports`; what is kept for trials of rules to come, `facts`.

mod exports;
mod facts;

use super::{Job, Rules};
use ceb::Document;
use clearance::Text;
use clearance::consignment::{Consignment, Filed, State};
use clearance::decide::{ENGINE, Reference};
use clearance::event::{Cause, Event};
use clearance::export::{ExportTrade, ExportTradeKey};
use clearance::facts::{Facts, Keys, needs};
use clearance::keys::{OrderKey, Position, Time};
use clearance::outcome::Outcome;
use clearance::party::{Entry, Parties};
use clearance::record::{Record, RecordKey, Register};
use clearance::risk::SamplingSeed;
use clearance::trial::export::{ExportGrounds, trade_in};
use clearance::trial::{
    Compared, Completed, Draft, Grounds, Judged, Untried, declared, is_decided, of_outcome, order_of,
};
use facts::Gathered;
use ledger::{Account, Balance};
use rustc_hash::FxHashMap;
use std::convert::Infallible;
use std::hash::Hash;
use std::sync::Arc;
use store::{ChosenRead, EventRow, Read, Row, StoreError, codec};

/// Entries kept in each of two generations.
const GENERATION: usize = 100_000;

/// What was put lately: older ones are forgotten.
struct Lately<K, V> {
    young: FxHashMap<K, V>,
    old: FxHashMap<K, V>,
}

impl<K: Eq + Hash, V: Clone> Lately<K, V> {
    fn new() -> Self {
        Self { young: FxHashMap::default(), old: FxHashMap::default() }
    }
    fn put(&mut self, key: K, value: V) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
    fn get(&self, key: &K) -> Option<V> {
        self.young.get(key).or_else(|| self.old.get(key)).cloned()
    }
    fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

/// A list of imports or of exports whose verdict is not known yet.
enum Open<G> {
    /// With what it is judged again on.
    Judge(Box<G>),
    /// Its rules alone will be held against it; what it stands at meanwhile.
    Rules { position: Position, declaration: Arc<Document>, stored: Judged },
}

impl<G> Open<G> {
    fn known_or(self, exports: bool, judge: impl FnOnce(Box<G>) -> Job) -> Job {
        match self {
            Self::Judge(grounds) => judge(grounds),
            Self::Rules { position, declaration, stored } => {
                let merchant = merchant_of(&declaration);
                Job::Known(Compared { position, merchant, exports, stored, draft: Ok(stored) })
            }
        }
    }
}

impl Open<Grounds> {
    /// Nothing more comes: it is as it was.
    fn over(self) -> Job {
        self.known_or(false, Job::Judge)
    }
}

/// What the draft looks at beside the trade, as it was.
struct Asked {
    /// Accounts that a hold would be tried on.
    accounts: Vec<Account>,
    records: Facts,
    /// With the draft as its only book.
    reference: Reference,
}

/// What passed so far.
pub struct Walk {
    draft: Draft,
    /// The draft changes rules alone: partners' documents and earlier states are hardly asked for.
    short: bool,
    /// One writer wrote every row, and all of them pass: balances and records follow from them.
    alone: bool,
    entries: Vec<Entry>,
    entered: usize,
    parties: Arc<Parties>,
    seeds: Vec<SamplingSeed>,
    known: Lately<OrderKey, Arc<Consignment>>,
    documents: Lately<Position, Arc<Document>>,
    open: FxHashMap<OrderKey, Open<Grounds>>,
    known_exports: Lately<ExportTradeKey, Arc<ExportTrade>>,
    open_exports: FxHashMap<ExportTradeKey, Open<ExportGrounds>>,
    balances: FxHashMap<Account, Balance>,
    records: FxHashMap<RecordKey, Arc<Record>>,
    /// No draft is tried, what rules are held against is gathered: all is walked the short way.
    gathered: Option<Gathered>,
}

impl Walk {
    /// Before the first row.
    pub fn new(draft: Draft, alone: bool) -> Self {
        Self {
            short: draft.is_of_rules_alone(),
            draft,
            alone,
            entries: Vec::new(),
            entered: 0,
            parties: Arc::default(),
            seeds: Vec::new(),
            known: Lately::new(),
            documents: Lately::new(),
            open: FxHashMap::default(),
            known_exports: Lately::new(),
            open_exports: FxHashMap::default(),
            balances: FxHashMap::default(),
            records: FxHashMap::default(),
            gathered: None,
        }
    }

    /// One more row; `found` is given each declaration whose verdict is known with it.
    ///
    /// # Errors
    /// [`StoreError`] when something far back cannot be read.
    pub async fn row(
        &mut self,
        read: &ChosenRead,
        position: Position,
        row: Row,
        found: &mut (dyn FnMut(Job) + Send),
    ) -> Result<(), StoreError> {
        if let Some(gathered) = &mut self.gathered {
            gathered.row(&row);
            return match row {
                Row::Event(event) => self.event(read, position, *event, found).await,
                _ => Ok(()),
            };
        }
        match row {
            Row::Filing(_) | Row::Certificate(_) => self.entries.extend(row.entry()),
            Row::Seed(row) => self.seeds.push(row.seed),
            Row::Record(record) if looked_at(record.key.register) => {
                self.records.insert(record.key.clone(), record);
            }
            Row::Event(event) => self.event(read, position, *event, found).await?,
            Row::Record(record) => {
                for charge in record.charges.iter().filter(|_| self.alone) {
                    let balance = self.balances.entry(charge.movement.account.clone()).or_default();
                    let _ = ledger::apply(balance, &charge.movement);
                }
            }
            Row::Message(_) | Row::Rulebook(_) => {}
        }
        Ok(())
    }

    /// No more rows: what is open waits.
    pub fn ended(&mut self, found: &mut (dyn FnMut(Job) + Send)) {
        for (_, open) in self.open.drain() {
            found(open.over());
        }
        for (_, open) in self.open_exports.drain() {
            found(open.over());
        }
    }

    async fn event(
        &mut self,
        read: &ChosenRead,
        position: Position,
        mut row: EventRow,
        found: &mut (dyn FnMut(Job) + Send),
    ) -> Result<(), StoreError> {
        let Some(mut outcome) = row.outcome.take() else { return Ok(()) };
        // What was told is not judged: a declaration's grounds are kept for as long as it is open.
        outcome.receipts = Vec::new();
        // Decided later: with the law of the moment of its first row.
        if let Some(first) = row.again {
            row.event.recorded = read.event(first).await?.map(|first| first.time);
        }
        if let Cause::Document(arrived) = &row.event.cause
            && self.keeps(&arrived.document)
        {
            self.documents.put(position, arrived.document.clone());
        }
        if let Some(order) = declared(&row.event, &outcome).map(order_of) {
            if let Some(earlier) = self.open.remove(&order) {
                found(earlier.over());
            }
            match self.opened(read, &row.event, &outcome, &order).await? {
                Ok(open) if outcome.consignment.is_none() => found(open.over()),
                Ok(open) => {
                    self.open.insert(order, open);
                }
                Err(why) => found(Job::untried(position, merchant(&row.event), why)),
            }
        }
        self.declared_export(read, &row.event, &outcome, found).await?;
        for movement in outcome.movements.iter().filter(|_| self.alone) {
            let balance = self.balances.entry(movement.account.clone()).or_default();
            let _ = ledger::apply(balance, movement);
        }
        self.state(read, position, &row.event, &outcome, found).await?;
        self.state_of_export(read, position, &row.event, &outcome, found).await
    }

    /// Whether a document may be asked for later.
    fn keeps(&self, document: &Document) -> bool {
        match document {
            Document::Payment(_) => true,
            Document::Order(_)
            | Document::Waybill(_)
            | Document::ExportOrder(_)
            | Document::ExportPayment(_)
            | Document::ExportWaybill(_) => !self.short,
            _ => false,
        }
    }

    /// The reference of a list with the parties and the seed of the row that brought its verdict.
    fn at_verdict(&mut self, mut reference: Reference, outcome: &Outcome) -> Reference {
        if let Ok(parties) = self.parties_of(outcome) {
            reference.parties = parties;
        }
        reference.sampling_seed = self.seed_of(outcome);
        reference
    }

    /// Nothing is asked of these partners any more.
    fn forget(&mut self, partners: [Option<&Filed>; 3]) {
        for filed in partners.into_iter().flatten() {
            self.documents.remove(&filed.position);
        }
    }

    /// A declaration on its way, or why it cannot be tried.
    async fn opened(
        &mut self,
        read: &ChosenRead,
        event: &Event,
        outcome: &Outcome,
        order: &OrderKey,
    ) -> Result<Result<Open<Grounds>, Untried>, StoreError> {
        if let Some(declaration) = self.by_rules_alone(event, outcome) {
            let (position, stored) = (event.position, of_outcome(outcome));
            return Ok(Ok(Open::Rules { position, declaration, stored }));
        }
        let grounds = self.grounds(read, event, outcome, order).await?;
        Ok(grounds.map(|grounds| Open::Judge(Box::new(grounds))))
    }

    /// A verdict that is known by now, for rules to be held against it; none = what was paid is gone.
    async fn by_rules(
        &self,
        read: &ChosenRead,
        (row, position): (Position, Position),
        declaration: Arc<Document>,
        consignment: &Arc<Consignment>,
        day: ceb::Day,
    ) -> Result<Option<Job>, StoreError> {
        let fixed = consignment.attempt.as_ref().is_some_and(|attempt| attempt.lane.is_some());
        let mut payment = None;
        if let Some(filed) = consignment.payment.as_ref().filter(|_| fixed) {
            payment = self.documents.get(&filed.position);
            if payment.is_none() {
                let whole = read.whole(row).await?.and_then(|event| event.row.outcome);
                let whole = whole.and_then(|outcome| outcome.consignment);
                let filed = whole.and_then(|consignment| consignment.payment.clone());
                let Some(filed) = filed else { return Ok(None) };
                payment = Some(filed.document);
            }
        }
        let rules = Rules { position, consignment: consignment.clone(), declaration, payment, day };
        Ok(Some(Job::Rules(Box::new(rules))))
    }

    /// The state of a consignment after a row: is a verdict known with it?
    async fn state(
        &mut self,
        read: &ChosenRead,
        position: Position,
        event: &Event,
        outcome: &Outcome,
        found: &mut (dyn FnMut(Job) + Send),
    ) -> Result<(), StoreError> {
        let Some(consignment) = &outcome.consignment else { return Ok(()) };
        let (order, decided) = (&consignment.key, is_decided(consignment));
        let fixed = consignment.attempt.as_ref().is_some_and(|attempt| attempt.lane.is_some());
        // Nothing more comes of what was deleted while it waited.
        let is_deleted = consignment.attempt.as_ref().is_some_and(|attempt| attempt.state == State::Deleted);
        if is_deleted && let Some(open) = self.open.remove(order) {
            found(open.over());
        }
        let open = if decided { self.open.remove(order) } else { None };
        if let Some(Open::Rules { position: of, declaration, .. }) = open {
            let (merchant, day) = (merchant_of(&declaration), received(event, outcome).day());
            let job = self.by_rules(read, (position, of), declaration, consignment, day).await?;
            found(job.unwrap_or_else(|| Job::untried(of, merchant, Untried::Grounds)));
        } else if let Some(Open::Judge(mut grounds)) = open {
            match self.whole(read, position, consignment).await? {
                Some(consignment) => {
                    let reference = self.at_verdict(grounds.reference.clone(), outcome);
                    let (now, received) = (outcome.now, received(event, outcome));
                    grounds.after = Some(Completed { consignment, now, received, reference });
                    found(Job::Judge(grounds));
                }
                None => {
                    found(Job::untried(grounds.event.position, merchant(&grounds.event), Untried::Grounds))
                }
            }
        }
        if fixed {
            self.known.remove(order);
            let waybill = consignment.carriage.as_ref().and_then(|carriage| carriage.waybill.as_ref());
            self.forget([consignment.order.as_ref(), consignment.payment.as_ref(), waybill]);
        } else if !self.short {
            self.known.put(order.clone(), consignment.clone());
        }
        Ok(())
    }

    /// A state with its partners' documents; none where one is gone.
    async fn whole(
        &self,
        read: &ChosenRead,
        position: Position,
        consignment: &Arc<Consignment>,
    ) -> Result<Option<Consignment>, StoreError> {
        let mut whole = (**consignment).clone();
        let mut missing = false;
        // The declaration itself is that of the attempt that is tried.
        let declaration = whole.attempt.as_ref().map(|attempt| attempt.declaration.position);
        let mut place = |filed: &mut Filed| {
            match self.documents.get(&filed.position) {
                Some(document) => filed.document = document,
                None => missing |= Some(filed.position) != declaration,
            }
            Ok::<(), Infallible>(())
        };
        let Ok(()) = codec::documents_of(&mut whole, &mut place);
        if !missing {
            return Ok(Some(whole));
        }
        let outcome = read.whole(position).await?.and_then(|event| event.row.outcome);
        Ok(outcome.and_then(|outcome| outcome.consignment).map(Arc::unwrap_or_clone))
    }

    async fn grounds(
        &mut self,
        read: &ChosenRead,
        event: &Event,
        outcome: &Outcome,
        order: &OrderKey,
    ) -> Result<Result<Grounds, Untried>, StoreError> {
        let Asked { accounts, records, reference } = match self.asked(read, event, outcome).await? {
            Ok(asked) => asked,
            Err(why) => return Ok(Err(why)),
        };
        let mut before = self.known.get(order);
        if before.is_none()
            && let Some(previous) = outcome.consignment.as_ref().and_then(|consignment| consignment.previous)
        {
            let earlier = read.event(previous).await?.and_then(|event| event.row.outcome);
            before = earlier.and_then(|outcome| outcome.consignment);
        }
        let balances = (self.alone && outcome.read.balances.is_empty()).then(|| {
            let known = |account: Account| {
                let balance = self.balances.get(&account).copied().unwrap_or_default();
                (account, balance)
            };
            accounts.into_iter().map(known).collect()
        });
        Ok(Ok(Grounds {
            event: event.clone(),
            stored: Box::new(outcome.clone()),
            before,
            balances,
            records,
            reference,
            after: None,
        }))
    }

    /// What the draft looks at beside the trade; or why that is not known.
    async fn asked(
        &mut self,
        read: &ChosenRead,
        event: &Event,
        outcome: &Outcome,
    ) -> Result<Result<Asked, Untried>, StoreError> {
        if outcome.engine != ENGINE {
            return Ok(Err(Untried::Grounds));
        }
        let Some(then) = self.draft.judged_with(outcome.read.rulebook).cloned() else {
            return Ok(Err(Untried::Grounds));
        };
        let Ok(parties) = self.parties_of(outcome) else { return Ok(Err(Untried::Grounds)) };
        let seed = self.seed_of(outcome);
        let reference =
            |book| Reference { books: vec![book], parties: parties.clone(), sampling_seed: seed, version: 0 };
        let (mut keys, mut keys_then) = (Keys::default(), Keys::default());
        needs(event, &reference(self.draft.book().clone()), outcome.now, &mut keys);
        needs(event, &reference(then), outcome.now, &mut keys_then);
        let Some(records) = self.records(read, &keys, &keys_then, outcome).await? else {
            return Ok(Err(Untried::Record));
        };
        let reference = reference(self.draft.book().clone());
        Ok(Ok(Asked { accounts: keys.accounts, records, reference }))
    }

    /// The records that the draft looks at, as they were; none where that is not known.
    async fn records(
        &self,
        read: &ChosenRead,
        keys: &Keys,
        keys_then: &Keys,
        outcome: &Outcome,
    ) -> Result<Option<Facts>, StoreError> {
        let mut facts = Facts::default();
        // What was refused at the door had looked at nothing yet.
        let refused = outcome.consignment.is_none() && trade_in(outcome).is_none();
        for key in &keys.looked_at {
            let kept = outcome.read.records.iter().find(|kept| kept.key == *key);
            let record = match (kept, self.records.get(key)) {
                (Some(kept), Some(record)) if record.last == kept.position => Some(record.clone()),
                (Some(kept), _) => match read.record_at(kept.position).await? {
                    Some(record) => Some(record),
                    None => return Ok(None),
                },
                (None, known) if refused && self.alone => known.cloned(),
                // It was looked for, and not there.
                (None, _) if keys_then.looked_at.contains(key) => None,
                (None, known) if self.alone => known.cloned(),
                (None, _) => return Ok(None),
            };
            facts.records.extend(record.map(|record| (key.clone(), record)));
        }
        Ok(Some(facts))
    }

    /// The parties as a judgement names them.
    fn parties_of(&mut self, outcome: &Outcome) -> Result<Arc<Parties>, ()> {
        while let Some(next) = self.entries.get(self.entered)
            && next.version() <= outcome.read.parties
        {
            Arc::make_mut(&mut self.parties).enter(next.clone());
            self.entered += 1;
        }
        if self.parties.version == outcome.read.parties { Ok(self.parties.clone()) } else { Err(()) }
    }

    fn seed_of(&self, outcome: &Outcome) -> SamplingSeed {
        let drawn = outcome.read.draw.map(|draw| draw.seed);
        let found = drawn.and_then(|number| self.seeds.iter().find(|seed| seed.number == number));
        found.or(self.seeds.last()).copied().unwrap_or_default()
    }
}

/// Registers that judgements look at.
fn looked_at(register: Register) -> bool {
    matches!(
        register,
        Register::Goods
            | Register::Consumer
            | Register::Dispute
            | Register::CreditList
            | Register::CreditAssessment
            | Register::CreditObservation
            | Register::ResponsiblePersons
            | Register::SiteCode
    )
}

/// When a row was first recorded: it may have been decided later.
fn received(event: &Event, outcome: &Outcome) -> Time {
    event.recorded.unwrap_or(outcome.now)
}

fn merchant(event: &Event) -> Text {
    let Cause::Document(arrived) = &event.cause else { return Text::default() };
    merchant_of(&arrived.document)
}

fn merchant_of(document: &Document) -> Text {
    match document {
        Document::Declaration(declaration) => declaration.head.ebc_code.trim().into(),
        Document::ExportDeclaration(declaration) => declaration.head.ebc_code.trim().into(),
        _ => Text::default(),
    }
}
