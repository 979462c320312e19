//! What a row is, as its writer and its reader see it. How it is laid out in bytes belongs to `codec`.

use bytes::Bytes;
use ceb::Day;
use clearance::Text;
use clearance::consignment::{Consignment, State};
use clearance::event::{Event, SignatureFact};
use clearance::export::{ClosedPeriod, ExportKey, ExportState, ExportSummary, ExportTrade};
use clearance::keys::{OrderKey, Position, Time};
use clearance::outcome::{Outcome, Receipt};
use clearance::party::{Certificate, Entry, Filing};
use clearance::record::{Record, Register};
use clearance::risk::SamplingSeed;
use std::sync::Arc;

/// A row of the ledger.
#[derive(Clone, Debug)]
pub enum Row {
    /// A signed file as it came; its documents are the `documents` rows after it.
    Message(MessageRow),
    /// An event with its outcome: a document with its original, a follow-up, a timer, an officer's action.
    Event(Box<EventRow>),
    /// A filing of a party.
    Filing(FilingRow),
    /// A certificate of a party that counts by itself from now on, or no more.
    Certificate(CertificateRow),
    /// A published rulebook.
    Rulebook(RulebookRow),
    /// A seed of the sampling draw.
    Seed(SeedRow),
    /// A record of a register after a change.
    Record(Arc<Record>),
}

impl Row {
    /// Whether it moves the reference: parties, rulebooks, seed of the draw.
    pub fn moves_reference(&self) -> bool {
        matches!(self, Self::Filing(_) | Self::Certificate(_) | Self::Rulebook(_) | Self::Seed(_))
    }
    /// The row of what is entered of a party.
    pub fn of_entry(entry: Entry, by: &str) -> Self {
        match entry {
            Entry::Filing(filing) => Self::Filing(FilingRow { filing, by: by.into() }),
            Entry::Certificate(certificate) => {
                Self::Certificate(CertificateRow { certificate, by: by.into() })
            }
        }
    }
    /// What it enters of a party.
    pub fn entry(&self) -> Option<Entry> {
        match self {
            Self::Filing(row) => Some(Entry::Filing(row.filing.clone())),
            Self::Certificate(row) => Some(Entry::Certificate(row.certificate.clone())),
            _ => None,
        }
    }
}

/// A message as received. What is outside its documents is kept here, what is inside with each document, so that
/// the received bytes can be put together again, exactly.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageRow {
    /// Its row.
    pub position: Position,
    /// When it was committed.
    pub received: Time,
    /// Filing code of the authenticated sender.
    pub sender: Text,
    /// SHA-256 of the received bytes.
    pub sha256: [u8; 32],
    /// `CEB311Message`, or `Unknown`.
    pub root: Text,
    /// `guid` of the root.
    pub guid: Text,
    /// Exchange id that receives receipts.
    pub recipient: Text,
    /// What the signature was worth.
    pub signature: SignatureFact,
    /// How the bytes are kept.
    pub original: Original,
    /// How many document rows follow.
    pub documents: u32,
    /// A message refused as a whole: the text of its CEB900, and the row's only answer.
    pub refusal: Option<Text>,
    /// Receipts of the refusal (CEB900).
    pub receipts: Vec<Receipt>,
}

/// How the bytes of a message are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Original {
    /// Whole: other encodings, JSON, envelopes, refused messages.
    Whole(Bytes),
    /// The bytes before, between and after the documents; one more piece than documents.
    Frame(Vec<Bytes>),
}

/// An event with its outcome.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// The event.
    pub event: Event,
    /// The bytes of its document element (CEB XML), empty for events without a document.
    pub original: Bytes,
    /// Row of its message; none for events without a document.
    pub message: Option<Position>,
    /// What was decided. Panicked judgements are recorded without one: *received, undecided*.
    pub outcome: Option<Box<Outcome>>,
    /// The row whose event, undecided then, this row decides.
    pub again: Option<Position>,
}

/// An event as read back.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// Its row.
    pub position: Position,
    /// Commit time.
    pub time: Time,
    /// The row.
    pub row: EventRow,
}

/// A filing event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilingRow {
    /// The filing; its version is unique and growing.
    pub filing: Filing,
    /// Who entered it.
    pub by: Text,
}

/// A certificate of a party, approved or revoked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateRow {
    /// The certificate; its version is unique among filings and growing.
    pub certificate: Certificate,
    /// Who decided.
    pub by: Text,
}

/// A published rulebook: its tables as text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RulebookRow {
    /// Its number.
    pub number: u32,
    /// Who published it.
    pub by: Text,
    /// (file name, text) of every table: decisions rest on these, whatever tables the program is built with.
    pub tables: Vec<(Text, String)>,
    /// SHA-256 over all texts.
    pub digest: [u8; 32],
}

/// A seed of the sampling draw, in force from its row on. Encrypted like every row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeedRow {
    /// The seed with its number.
    pub seed: SamplingSeed,
    /// Who set it.
    pub by: Text,
}

/// A receipt in a feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceiptRow {
    /// Row that carries it.
    pub position: Position,
    /// Which of the row's receipts, from 0.
    pub index: u16,
    /// The receipt.
    pub receipt: Receipt,
}

/// How far a reader is: the last sequence of each writer. Opaque to callers (hexadecimal text).
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Cursor {
    /// (writer, last sequence), sorted by writer. Absent = from the beginning.
    pub writers: Vec<(u16, u64)>,
}

impl Cursor {
    /// The cursor of a text; none if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let mut writers = Vec::new();
        for part in text.split('.') {
            let (writer, sequence) = part.split_once('-')?;
            writers.push((u16::from_str_radix(writer, 16).ok()?, u64::from_str_radix(sequence, 16).ok()?));
        }
        writers.sort_unstable();
        Some(Self { writers })
    }
    /// A reader has this row, and all of its writer before it.
    pub fn reach(&mut self, position: Position) {
        match self.writers.binary_search_by_key(&position.writer, |(writer, _)| *writer) {
            Ok(at) => self.writers[at].1 = self.writers[at].1.max(position.sequence),
            Err(at) => self.writers.insert(at, (position.writer, position.sequence)),
        }
    }

    /// Has all that another has, too.
    pub fn join(&mut self, other: &Self) {
        let positions =
            other.writers.iter().map(|(writer, sequence)| Position { writer: *writer, sequence: *sequence });
        positions.for_each(|position| self.reach(position));
    }

    /// Whether it has all that another has.
    pub fn covers(&self, other: &Self) -> bool {
        self.behind(other) == 0
    }

    /// How many rows it lacks of what another has.
    pub fn behind(&self, other: &Self) -> u64 {
        let lacks = |(writer, upto): &(u16, u64)| upto.saturating_sub(self.sequence(*writer));
        other.writers.iter().map(lacks).sum()
    }

    /// The last sequence of a writer; 0 = none.
    pub fn sequence(&self, writer: u16) -> u64 {
        self.writers.iter().find(|(w, _)| *w == writer).map_or(0, |(_, sequence)| *sequence)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (writer, sequence)) in self.writers.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            write!(f, "{writer:x}-{sequence:x}")?;
        }
        Ok(())
    }
}

/// Who asks: what he may see is decided by it in every read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// A party: what names it in one of its codes.
    Party(Vec<Text>),
    /// A customs office or the zone operator: everything of these customs districts (prefixes; empty = all).
    Office(Vec<Text>),
}

/// What a list is narrowed to. A page is made of so many lines at most, whatever it is narrowed to: it may have fewer than were asked
/// for, or none, and yet a place from which the next goes on.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Search {
    /// Only these states (numbers of `clearance::consignment::State`).
    pub states: Vec<u16>,
    /// Whether what came first stands first.
    pub oldest_first: bool,
}

impl Search {
    /// Whether all that is looked for waits for an officer.
    pub(crate) fn is_of_waiting(&self) -> bool {
        crate::queue::wait(&self.states)
    }
    /// Whether all that is looked for is in states in which trades do not stay.
    pub(crate) fn is_of_rare(&self) -> bool {
        crate::queue::rare(&self.states)
    }
}

/// Which records of a register are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordSearch {
    /// Where.
    pub register: Register,
    /// Only what names one of these parties; none = all, for those who may see all.
    pub parties: Option<Vec<Text>>,
    /// Only these states; empty = all.
    pub states: Vec<Text>,
}

impl RecordSearch {
    /// Whether a record is asked for.
    pub fn finds(&self, record: &Record) -> bool {
        record.key.register == self.register
            && (self.states.is_empty() || self.states.contains(&record.state))
            && self
                .parties
                .as_ref()
                .is_none_or(|codes| codes.iter().any(|code| record.parties.contains(code)))
    }
}

/// Numbers under which the list of records has lines of exports: no register has them. Trades.
pub(crate) const EXPORTS: u8 = 200;
/// Lists that were closed: merchant and day stand in place of a party.
pub(crate) const CLOSED_LISTS: u8 = 201;
/// Applications to summarise.
pub(crate) const SUMMARIES: u8 = 202;

/// The line of a state of exports in lists.
pub(crate) struct ExportLine {
    /// In which list.
    pub list: u8,
    /// When its first row was judged.
    pub created: Time,
    /// That row.
    pub first: Position,
    /// The row that it stands on now.
    pub last: Position,
    /// What it is found by besides.
    pub state: Text,
    /// Under which codes it is found.
    pub parties: Vec<Text>,
}

impl ExportLine {
    /// The line of a state; none of one that stands in no list.
    pub fn of(state: &ExportState) -> Option<Self> {
        match state {
            ExportState::Trade(trade) => Some(Self {
                list: EXPORTS,
                created: trade.created,
                first: trade.first,
                last: trade.last,
                state: trade.state_number().to_string().into(),
                parties: trade.parties(),
            }),
            ExportState::Closed(list) => {
                list.closed_on.filter(|_| list.state == State::Closed).map(|day| Self {
                    list: CLOSED_LISTS,
                    created: list.recorded,
                    first: list.position,
                    last: list.position,
                    state: list.statistics_flag.clone(),
                    parties: vec![closed_code(&list.trade.merchant, day)],
                })
            }
            ExportState::Summary(summary) => Some(Self {
                list: SUMMARIES,
                created: summary.created,
                first: summary.first,
                last: summary.last,
                state: summary.status().to_string().into(),
                parties: summary.parties(),
            }),
            ExportState::Waybill(_)
            | ExportState::Owner(_)
            | ExportState::Batch(_)
            | ExportState::Claim(_)
            | ExportState::ReturnedParcel(_) => None,
        }
    }
}

/// What stands in place of a party for lists of a merchant that were closed on a day.
fn closed_code(merchant: &Text, day: Day) -> Text {
    format!("{merchant} {day}").into()
}

/// The keys that an application by period needs of a list that was closed in it.
pub(crate) fn closed_keys(state: &ExportState) -> Vec<ExportKey> {
    match state {
        ExportState::Closed(list) => vec![list.key(), ExportKey::Summarised(list.invt_no.clone())],
        _ => Vec::new(),
    }
}

/// What lists of exports are asked for.
#[derive(Clone, Copy, Debug)]
pub enum ExportLines<'a> {
    /// Trades.
    Trades(&'a ExportSearch),
    /// Lists that were closed.
    Closed(&'a ClosedPeriod),
    /// Applications to summarise.
    Summaries(&'a ExportSearch),
}

impl ExportLines<'_> {
    /// The number of the list.
    pub(crate) fn number(&self) -> u8 {
        match self {
            Self::Trades(_) => EXPORTS,
            Self::Closed(_) => CLOSED_LISTS,
            Self::Summaries(_) => SUMMARIES,
        }
    }
    /// The codes by which its lines are found; none = all are looked through.
    pub(crate) fn codes(&self) -> Option<Vec<Text>> {
        match self {
            Self::Trades(search) | Self::Summaries(search) => search.codes().map(<[Text]>::to_vec),
            Self::Closed(period) => {
                let of_day = |day| closed_code(&period.merchant, day);
                Some(period.days().into_iter().map(of_day).collect())
            }
        }
    }
    /// States that lines are narrowed to; none = all.
    pub(crate) fn states(&self) -> Vec<String> {
        match self {
            Self::Trades(search) | Self::Summaries(search) => {
                search.states.iter().map(u16::to_string).collect()
            }
            Self::Closed(_) => Vec::new(),
        }
    }
    /// Whether all that is looked for waits for an officer, whoever it is of.
    pub(crate) fn is_of_waiting(&self) -> bool {
        matches!(self, Self::Trades(search) if search.codes().is_none() && crate::queue::wait(&search.states))
    }
    /// Whether a state is asked for.
    pub fn finds(&self, state: &ExportState) -> bool {
        match (self, state) {
            (Self::Trades(search), ExportState::Trade(trade)) => search.finds(trade),
            (Self::Summaries(search), ExportState::Summary(summary)) => search.finds_summary(summary),
            (Self::Closed(period), ExportState::Closed(list)) => {
                list.trade.merchant == period.merchant && list.closed_within(period.from, period.to)
            }
            _ => false,
        }
    }
}

/// Which export trades, or applications to summarise, are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportSearch {
    /// Who asks: a party sees what names it, an office what is declared in its districts.
    pub scope: Scope,
    /// Only what names one of these parties, too.
    pub party: Option<Vec<Text>>,
    /// Only these states (numbers of `clearance::consignment::State`; 0 = nothing is declared yet; of applications their
    /// status); empty = all.
    pub states: Vec<u16>,
}

impl ExportSearch {
    /// The codes by which its lines are found; none = all are looked through.
    pub(crate) fn codes(&self) -> Option<&[Text]> {
        match (&self.scope, &self.party) {
            (Scope::Party(codes), _) => Some(codes),
            (Scope::Office(_), party) => party.as_deref(),
        }
    }
    /// Whether a trade is asked for.
    pub fn finds(&self, trade: &ExportTrade) -> bool {
        self.shows(&trade.parties(), &trade.district(), trade.state_number())
    }
    /// Whether an application to summarise is asked for.
    pub fn finds_summary(&self, summary: &ExportSummary) -> bool {
        self.shows(&summary.parties(), &summary.district(), summary.status())
    }
    fn shows(&self, parties: &[Text], district: &Text, state: u16) -> bool {
        let names = |codes: &[Text]| codes.iter().any(|code| parties.contains(code));
        let visible = match &self.scope {
            Scope::Party(codes) => names(codes),
            Scope::Office(districts) => {
                districts.is_empty() || districts.iter().any(|own| district.starts_with(own.as_str()))
            }
        };
        visible
            && self.party.as_deref().is_none_or(names)
            && (self.states.is_empty() || self.states.contains(&state))
    }
}

/// One line of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// The consignment.
    pub order: OrderKey,
    /// State of the current attempt; 0 = no declaration yet.
    pub state: u16,
    /// `invtNo`.
    pub invt_no: Option<Text>,
    /// District of the declaration.
    pub customs_code: Text,
    /// Position of the last row.
    pub position: Position,
    /// Time of the last row.
    pub time: Time,
    /// Lane, once fixed (number).
    pub lane: u8,
}

impl Summary {
    /// The line of a consignment after a row.
    pub fn of(consignment: &Consignment, position: Position, time: Time) -> Self {
        let attempt = consignment.attempt.as_ref();
        let customs_code = match attempt.map(|attempt| &*attempt.declaration.document) {
            Some(ceb::Document::Declaration(declaration)) => declaration.head.customs_code.clone(),
            _ => Text::default(),
        };
        Self {
            order: consignment.key.clone(),
            state: attempt.map_or(0, |attempt| attempt.state.number()),
            invt_no: attempt.and_then(|attempt| attempt.invt_no.clone()),
            customs_code,
            position,
            time,
            lane: attempt.and_then(|attempt| attempt.lane).map_or(0, |lane| lane as u8),
        }
    }
}
