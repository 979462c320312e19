//! Records of registers: what a party applies for and an agency decides. Pure: a command, the record as it is and the
//! reference go in; the record after it, or a complete refusal, comes out. Leaves to others: storing, who is asking,
//! and what trades make of a filing (`clearance`).
//!
//! Read first: [`decide`], then [`filing`], the register with the most moves.

pub mod access;
pub mod agency_record;
pub mod answer;
mod attached;
pub mod attachment;
pub mod attributes;
mod behind;
mod bodies;
pub mod bonded;
mod by;
pub mod centralised_tax;
pub mod certificate;
pub mod competence;
pub mod consolidation;
pub mod consumer;
pub mod credit;
pub mod delivery;
pub mod demand;
pub mod dispute;
pub mod draw;
pub mod entry_refund;
pub mod erasure;
pub mod fields;
pub mod filing;
mod filing_checks;
pub mod form;
pub mod goods;
pub mod inspection_report;
pub mod market;
pub mod moves;
pub mod notice;
pub mod offer;
pub mod parcel;
pub mod park;
mod part;
pub mod payment_data;
pub mod photograph;
pub mod picture;
pub mod reference;
pub mod replacement;
pub mod request;
pub mod retention;
pub mod risk_case;
pub mod rulebook_draft;
pub mod says;
pub mod share;
pub mod sign_in;
pub mod trace;
pub mod transit;
mod transit_checks;
pub mod view;
mod waiting;
pub mod webhook;

pub(crate) use bodies::{read, stored, written};
use clearance::Text;
use clearance::decide::Reference;
use clearance::facts::{Facts, Keys};
use clearance::keys::{Position, Time};
use clearance::party::{Entry, Parties, Role};
use clearance::record::{Actor, Record, RecordKey, Register};
use clearance::risk::SamplingSeed;
use competence::Competence;
use moves::Move;
use part::Part;
pub use part::{gives, open};
pub use says::Said;
use std::sync::Arc;
pub use waiting::{awaits, is_overdue, usually_listed, waiting};

/// Who commands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct By {
    /// Who he is.
    pub actor: Actor,
    /// All codes of his party.
    pub codes: Vec<Text>,
    /// The role he acts in.
    pub role: Role,
    /// Whether he may apply, propose, ask and answer for his party.
    pub applies: bool,
    /// Whether it is his duty to decide on what others apply for.
    pub reviews: bool,
    /// The window itself commands, for him: he cannot.
    pub window: bool,
}

/// What somebody wants done with a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// Which record.
    pub key: RecordKey,
    /// The version he saw; 0 = he wants it made.
    pub version: u32,
    /// What: a word of the register's moves.
    pub action: Text,
    /// Who.
    pub by: By,
    /// What he says to it; some moves must be explained.
    pub note: String,
    /// What it shall say: JSON in the form of the move; none where the move says nothing new.
    pub body: Option<String>,
}

/// One thing wrong with what was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Where: path in the body, `note`, `action`, `version`.
    pub path: String,
    /// What was sent.
    pub value: String,
    /// What was expected, and what to do.
    pub expected: Said,
}

impl Fault {
    /// A fault.
    pub fn new(path: &str, value: &str, expected: Said) -> Self {
        Self { path: path.to_owned(), value: value.to_owned(), expected }
    }
}

/// Why a command changed nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// There is no such record, or none that he may know of.
    Absent,
    /// Others make this move.
    NotYours(Said),
    /// The record changed since he saw it.
    Outdated(Arc<Record>),
    /// The record's state does not allow the move: those that it allows.
    State(Arc<Record>, Vec<&'static str>),
    /// What was sent is wrong: everything that is.
    Invalid(Vec<Fault>),
}

/// What a command does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The record after it.
    pub record: Arc<Record>,
    /// What is filed or certified with it, in the next row; it has the next version of the parties.
    pub filing: Option<Entry>,
    /// The seed that is drawn with from the next row on.
    pub seed: Option<SamplingSeed>,
    /// Other records that change with it, in the rows after it.
    pub beside: Vec<Arc<Record>>,
}

impl Change {
    /// Rows that it takes.
    pub fn rows(&self) -> u64 {
        1 + u64::from(self.filing.is_some()) + u64::from(self.seed.is_some()) + self.beside.len() as u64
    }
}

/// Rows that a command takes at most: its record, and what is filed or drawn with; besides, each record that it names.
pub const ROWS: usize = 2;

/// What a move makes of a record.
pub(crate) struct Made {
    /// The new body.
    pub body: String,
    /// Whom the record concerns; its owner is among them.
    pub parties: Vec<Text>,
    /// What is filed with it.
    pub filing: Option<Entry>,
    /// The seed that is drawn with from now on; its number is the next.
    pub seed: Option<SamplingSeed>,
}

/// What a register may look at.
pub(crate) struct Seen<'a> {
    pub command: &'a Command,
    pub current: Option<&'a Record>,
    /// The record that the command rests on: of an offer its demand, of a demand the offer that is accepted, of a site its
    /// park, of a scan the hold on its parcel, of a notice of a list those who answer for the enterprise.
    pub beside: Option<&'a Record>,
    pub parties: &'a Parties,
    pub reference: &'a Reference,
    /// Everything that the batch loaded: bonded books, what is claimed of a lot, the trades of an exchange, of a unit's parcels, of a
    /// transfer between districts, slips of a declaration.
    pub facts: &'a Facts,
    /// On what whoever commands decides.
    pub competence: &'a Competence,
    /// The number that the next seed of the draw has.
    pub next_seed: u32,
    pub now: Time,
}

impl Seen<'_> {
    /// Whether a party is filed today in one of these roles, and not suspended.
    pub fn acts_as(&self, code: &str, roles: &[Role]) -> bool {
        let filing = self.parties.find(code, self.now.day()).filter(|filing| !filing.suspended);
        filing.is_some_and(|filing| roles.iter().any(|role| filing.has(*role)))
    }

    /// What its owner calls the record: the id after his code and the colon; empty = nothing.
    pub fn own_name(&self) -> &str {
        let id = &self.command.key.id;
        id.split_once(':').map_or("", |(_, name)| name)
    }
}

/// Puts the records that were loaded where the judgement looks for them.
///
/// # Panics
/// If the body of one is none that this crate wrote.
pub fn as_facts(facts: &mut Facts) {
    goods::as_facts(facts);
    credit::as_facts(facts);
    inspection_report::as_facts(facts);
    park::code::as_facts(facts);
    bonded::as_facts(facts);
}

/// Adds what a command names to the keys of its batch.
pub fn needs(command: &Command, keys: &mut Keys) {
    keys.records.push(command.key.clone());
    keys.records.extend(beside(command));
    attached::needs(command, keys);
    credit::permission::needs(command, keys);
    bonded::needs(command, keys);
    entry_refund::needs(command, keys);
    parcel::needs(command, keys);
    replacement::needs(command, keys);
    consolidation::needs(command, keys);
    centralised_tax::needs(command, keys);
    transit::needs(command, keys);
    market::needs(command, keys);
    trace::needs(command, keys);
    park::needs(command, keys);
    let files = moves_of(command.key.register).iter().any(|step| step.action == command.action && step.files);
    keys.reference |= files;
}

/// Another record that decides on a command, if one does.
fn beside(command: &Command) -> Option<RecordKey> {
    match command.key.register {
        Register::ServiceOffer => {
            Some(RecordKey::new(Register::ServiceRequest, offer::demand_of(&command.key.id)))
        }
        Register::ServiceRequest => demand::chosen(command.body.as_deref()),
        Register::Site => park::site::park_of(command),
        Register::SiteScan => park::scan::hold_of(command),
        Register::CreditList if command.action == "notice" => {
            Some(RecordKey::new(Register::ResponsiblePersons, &owner_of(&command.key)))
        }
        _ => None,
    }
}

/// The moves of a register.
pub fn moves_of(register: Register) -> &'static [Move] {
    match register {
        Register::Filing => filing::MOVES,
        Register::Goods => goods::MOVES,
        Register::Attachment => attachment::MOVES,
        Register::Access => access::MOVES,
        Register::Share => share::MOVES,
        Register::Request => request::MOVES,
        Register::PaymentData => payment_data::MOVES,
        Register::Webhook => webhook::MOVES,
        Register::Delivery => delivery::MOVES,
        Register::Answer => answer::MOVES,
        Register::SignIn => sign_in::MOVES,
        Register::Erasure => erasure::MOVES,
        Register::Certificate => certificate::MOVES,
        Register::Consumer => consumer::MOVES,
        Register::Dispute => dispute::MOVES,
        Register::Notice => notice::MOVES,
        Register::CreditObservation => credit::observation::MOVES,
        Register::CreditList => credit::listing::MOVES,
        Register::CreditAssessment => credit::assessment::MOVES,
        Register::ServiceRequest => demand::MOVES,
        Register::ServiceOffer => offer::MOVES,
        Register::Photograph => photograph::MOVES,
        Register::RulebookDraft => rulebook_draft::MOVES,
        Register::RiskCase => risk_case::MOVES,
        Register::DrawPeriod => draw::MOVES,
        Register::BondedBook => bonded::BOOK_MOVES,
        Register::BondedItem => bonded::ITEM_MOVES,
        Register::BondedDocument => bonded::document::MOVES,
        Register::InspectionReport => inspection_report::MOVES,
        Register::Park => park::MOVES,
        Register::Site => park::site::MOVES,
        Register::SiteRecord => park::happening::MOVES,
        Register::SiteScan => park::scan::MOVES,
        Register::ParcelHold => park::hold::MOVES,
        Register::AgencyRecord => agency_record::MOVES,
        Register::Parcel => parcel::MOVES,
        Register::TraceCode => trace::MOVES,
        Register::Recall => trace::recall::MOVES,
        Register::BondedBill => bonded::bill::MOVES,
        Register::ResponsiblePersons => credit::responsible::MOVES,
        Register::ListNotice => credit::told::MOVES,
        Register::Exchange => replacement::MOVES,
        Register::EntryRefund => entry_refund::MOVES,
        Register::Consolidation => consolidation::MOVES,
        Register::CentralisedTax => centralised_tax::MOVES,
        Register::TransitTransfer => transit::MOVES,
        Register::MarketSlip => market::slip::MOVES,
        Register::MarketDeclaration => market::MOVES,
        Register::SiteCode => park::code::MOVES,
        Register::SiteBag => park::bag::MOVES,
        Register::SiteStock => park::stock::MOVES,
    }
}

/// Decides commands in order, each seeing the changes before it. The changed records are in `facts` afterwards; the rows
/// stand from `facts.next` on, each change's record before its filing.
pub fn decide(
    commands: &[Command],
    facts: &mut Facts,
    reference: &Reference,
    now: Time,
) -> Vec<Result<Change, Refusal>> {
    let mut parties = std::borrow::Cow::Borrowed(&*reference.parties);
    bonded::as_facts(facts);
    let (mut next, mut next_seed) = (facts.next, reference.sampling_seed.number + 1);
    commands
        .iter()
        .map(|command| {
            let current = facts.records.get(&command.key).cloned();
            let beside = beside(command).and_then(|key| facts.records.get(&key).cloned());
            let (current_seen, beside) = (current.as_deref(), beside.as_deref());
            let (register, book) = (command.key.register, reference.current());
            let competence = Competence::of(register, &command.by, &parties, book, now.day());
            let seen = Seen {
                command,
                current: current_seen,
                beside,
                parties: &parties,
                reference,
                facts,
                competence: &competence,
                next_seed,
                now,
            };
            let (step, mut made) = made(&seen, current.as_ref())?;
            let changes = bonded::changes(&seen, step);
            let mut record = record(&seen, step, &mut made, next);
            record.charges = changes.as_ref().map_or_else(Vec::new, |(changes, _)| changes.charges.clone());
            let record = Arc::new(record);
            made.filing = made.filing.map(|entry| entry.numbered(parties.version + 1));
            if let Some(entry) = &made.filing {
                parties.to_mut().enter(entry.clone());
            }
            facts.records.insert(command.key.clone(), record.clone());
            parcel::counted(facts, &record);
            let after = Position { sequence: next.sequence + 1, ..next };
            let beside = changes.map(|changes| bonded::beside(facts, changes, &record, after));
            let mut beside = beside.unwrap_or_default();
            beside.extend(trace::pointed(facts, &record, after));
            beside.extend(park::behind(facts, &record, after));
            beside.extend(replacement::marked(facts, &record, after));
            beside.extend(consolidation::marked(facts, command, &record, after));
            beside.extend(transit::marked(facts, &record, after));
            beside.extend(market::behind(facts, &record, after));
            // Behind what a document of a book changed already.
            let last = Position { sequence: after.sequence + beside.len() as u64, ..after };
            beside.extend(entry_refund::behind(facts, &record, last));
            for charge in beside.iter().chain([&record]).flat_map(|record| &record.charges) {
                let balance = facts.balances.entry(charge.movement.account.clone()).or_default();
                // Accounts that are only moved, never looked at, need not be loaded: they may seem negative here.
                let _ = ledger::apply(balance, &charge.movement);
            }
            let change = Change { record, filing: made.filing, seed: made.seed, beside };
            next_seed += u32::from(change.seed.is_some());
            next.sequence += change.rows();
            Ok(change)
        })
        .collect()
}

/// The move that a command makes, and what it makes of the record.
fn made(seen: &Seen<'_>, current: Option<&Arc<Record>>) -> Result<(&'static Move, Made), Refusal> {
    let command = seen.command;
    let moves = moves_of(command.key.register);
    let state = current.map_or("", |record| record.state.as_str());
    let part = Part::of(&command.key, seen.current, &command.by, seen.competence);
    if !part.any && !command.by.window {
        return Err(Refusal::Absent);
    }
    let known: Vec<&'static Move> = moves.iter().filter(|step| step.action == command.action).collect();
    if known.is_empty() {
        let words: Vec<&str> = moves.iter().map(|step| step.action).collect();
        let expected = says::ONE_OF.with(&[("words", &words.join(", "))]);
        return Err(Refusal::Invalid(vec![Fault::new("action", &command.action, expected)]));
    }
    match current {
        None if !known.iter().any(|step| step.from.contains(&"")) => return Err(Refusal::Absent),
        Some(record) if record.version != command.version => return Err(Refusal::Outdated(record.clone())),
        None if command.version != 0 => return Err(Refusal::Absent),
        _ => {}
    }
    let Some(step) = part.step(&known, state) else {
        let allowed = moves.iter().filter(|step| step.from.contains(&state)).map(|step| step.action);
        return Err(match current {
            Some(record) => Refusal::State(record.clone(), allowed.collect()),
            None => Refusal::Absent,
        });
    };
    part.may(step, seen.current, &command.by).map_err(Refusal::NotYours)?;
    let mut faults = Vec::new();
    if step.explained && command.note.trim().is_empty() {
        faults.push(Fault::new("note", "", says::EXPLAINED.said()));
    }
    attached::check(seen, step, &mut faults);
    credit::permission::check(seen, &mut faults);
    let made = match command.key.register {
        Register::Filing => filing::made(seen, step, &mut faults),
        Register::Goods => goods::made(seen, step, &mut faults),
        Register::Attachment => attachment::made(seen, &mut faults),
        Register::Access => access::made(seen, &mut faults),
        Register::Share => share::made(seen, step, &mut faults),
        Register::Request => request::made(seen, step, &mut faults),
        Register::PaymentData => payment_data::made(seen, step, &mut faults),
        Register::Webhook => webhook::made(seen, step, &mut faults),
        Register::Delivery => delivery::made(seen, &mut faults),
        Register::Answer => answer::made(seen, &mut faults),
        Register::SignIn => sign_in::made(seen, &mut faults),
        Register::Erasure => erasure::made(seen, &mut faults),
        Register::Certificate => certificate::made(seen, step, &mut faults),
        Register::Consumer => consumer::made(seen, step, &mut faults),
        Register::Dispute => dispute::made(seen, step, &mut faults),
        Register::Notice => notice::made(seen, step, &mut faults),
        Register::CreditObservation => credit::observation::made(seen, step, &mut faults),
        Register::CreditList => credit::listing::made(seen, step, &mut faults),
        Register::CreditAssessment => credit::assessment::made(seen, &mut faults),
        Register::ServiceRequest => demand::made(seen, step, &mut faults),
        Register::ServiceOffer => offer::made(seen, step, &mut faults),
        Register::Photograph => photograph::made(seen, &mut faults),
        Register::RulebookDraft => rulebook_draft::made(seen, step, &mut faults),
        Register::RiskCase => risk_case::made(seen, step, &mut faults),
        Register::DrawPeriod => draw::made(seen, step, &mut faults),
        Register::BondedBook => bonded::made_book(seen, step, &mut faults),
        Register::BondedItem => bonded::made_item(step, &mut faults),
        Register::BondedDocument => bonded::document::made(seen, step, &mut faults),
        Register::InspectionReport => inspection_report::made(seen, step, &mut faults),
        Register::Park => park::made(seen, step, &mut faults),
        Register::Site => park::site::made(seen, step, &mut faults),
        Register::SiteRecord => park::happening::made(seen, step, &mut faults),
        Register::SiteScan => park::scan::made(seen, step, &mut faults),
        Register::ParcelHold => park::hold::made(seen, step, &mut faults),
        Register::AgencyRecord => agency_record::made(seen, step, &mut faults),
        Register::Parcel => parcel::made(seen, step, &mut faults),
        Register::TraceCode => trace::made(seen, step, &mut faults),
        Register::Recall => trace::recall::made(seen, step, &mut faults),
        Register::BondedBill => bonded::bill::made(seen, step, &mut faults),
        Register::ResponsiblePersons => credit::responsible::made(seen, step, &mut faults),
        Register::ListNotice => credit::told::made(seen, &mut faults),
        Register::Exchange => replacement::made(seen, step, &mut faults),
        Register::EntryRefund => entry_refund::made(seen, step, &mut faults),
        Register::Consolidation => consolidation::made(seen, step, &mut faults),
        Register::CentralisedTax => centralised_tax::made(seen, step, &mut faults),
        Register::TransitTransfer => transit::made(seen, step, &mut faults),
        Register::MarketSlip => market::slip::made(seen, step, &mut faults),
        Register::MarketDeclaration => market::made(seen, step, &mut faults),
        Register::SiteCode => park::code::made(seen, &mut faults),
        // Written behind what happened at a site.
        Register::SiteBag | Register::SiteStock => bonded::made_item(step, &mut faults),
    };
    match made {
        Some(made) if faults.is_empty() => Ok((step, made)),
        _ => Err(Refusal::Invalid(faults)),
    }
}

/// The party whose record it is.
///
/// # Panics
/// If the stored body has not the form that this crate writes.
pub fn owner(record: &Record) -> Text {
    match record.key.register {
        Register::Filing => filing::owner(record),
        Register::ServiceRequest => demand::owner(record),
        _ => owner_of(&record.key),
    }
}

/// The party whose record it is, where ids begin with its code: everywhere but among demands.
pub fn owner_of(key: &RecordKey) -> Text {
    key.id.split(':').next().unwrap_or_default().into()
}

fn record(seen: &Seen<'_>, step: &Move, made: &mut Made, at: Position) -> Record {
    let (command, current) = (seen.command, seen.current);
    let mut parties = std::mem::take(&mut made.parties);
    // Who once found it in his lists still does.
    parties.extend(current.iter().flat_map(|record| record.parties.iter().cloned()));
    parties.sort_unstable();
    parties.dedup();
    Record {
        key: command.key.clone(),
        version: current.map_or(0, |record| record.version) + 1,
        state: step.to.into(),
        parties,
        created: current.map_or(seen.now, |record| record.created),
        changed: seen.now,
        first: current.map_or(at, |record| record.first),
        last: at,
        previous: current.map(|record| record.last),
        actor: command.by.actor.clone(),
        action: step.action.into(),
        note: command.note.trim().to_owned(),
        format: 1,
        body: std::mem::take(&mut made.body),
        charges: Vec::new(),
    }
}
