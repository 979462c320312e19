//! What a judgement decided: data only. The store writes it in one commit; nothing else leaves.

use crate::Text;
use crate::bonded::{BondedRead, Moved};
use crate::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use crate::event::{Follow, Timer, TimerKind};
use crate::export::ExportOutcome;
use crate::finding::Finding;
use crate::goods::RecordRead;
use crate::keys::{ClaimKey, OrderKey, Position, Time};
use crate::windows::{Raised, Windowed};
use ledger::{Account, Balance, Movement};
use std::sync::Arc;

/// What the sender is told at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// Receipt status: 1, 2, 100, 399 … or a negative code; 0 for events without a sender.
    pub status: i32,
    /// The receipt text.
    pub info: Text,
    /// All findings, the deciding one first.
    pub findings: Vec<Finding>,
    /// `preNo`, when one was given.
    pub pre_no: Option<Text>,
    /// The consignment's version after the event.
    pub version: u32,
}

/// A receipt to one recipient: a typed CEB receipt (or tax bill), fixed for ever.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Exchange id.
    pub recipient: Text,
    /// The receipt; its guid and time are inside.
    pub document: Box<ceb::Document>,
    /// Its time.
    pub time: Time,
    /// Its status, for lists.
    pub status: i32,
}

/// The draw that was looked at when a lane was fixed: with the seed of this number anyone entitled draws it again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Draw {
    /// Number of the seed.
    pub seed: u32,
    /// What was drawn, parts per million.
    pub drawn: u32,
    /// The share below which it is opened, parts per million.
    pub ratio: u32,
    /// What the share is made of (rows before format 8, and rulebooks without a table of goods, have none).
    pub terms: Option<DrawTerms>,
}

/// What the share of a draw is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DrawTerms {
    /// Of the mode, parts per million.
    pub base: i64,
    /// Of the grade of customs or of credit, percent.
    pub factor: i64,
    /// Of the goods, percent.
    pub goods: i64,
    /// At least so much because of a list, parts per million.
    pub share: i64,
    /// At least so much of everybody, parts per million.
    pub floor: i64,
}

/// The values of other facts that the judgement read, so that it can be derived again.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct FactsRead {
    /// Version of the parties.
    pub parties: u32,
    /// Number of the rulebook.
    pub rulebook: u32,
    /// Balances looked at before a hold.
    pub balances: Vec<(Account, Balance)>,
    /// Windows looked at, with what they said.
    pub counts: Vec<Windowed>,
    /// The next serial when it began (rows of format 1 have 0).
    pub serial: u64,
    /// The draw, where a lane was fixed (rows of format 1 have none).
    pub draw: Option<Draw>,
    /// Records of registers looked at (rows before format 4 have none).
    pub records: Vec<RecordRead>,
    /// Bonded books looked at (rows before format 9 have none).
    pub bonded: BondedRead,
}

/// All that one event changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The event's row.
    pub position: Position,
    /// The instant it was judged with.
    pub now: Time,
    /// The engine that judged (DESIGN §1.2).
    pub engine: u16,
    /// The consignment it belongs to.
    pub order: Option<OrderKey>,
    /// For the sender.
    pub answer: Answer,
    /// A repeated document or action: its first answer is at this row, and nothing changed.
    pub repeats: Option<Position>,
    /// Receipts, in order.
    pub receipts: Vec<Receipt>,
    /// Movements of accounts, in order.
    pub movements: Vec<Movement>,
    /// Movements of bonded books, in order.
    pub booked: Vec<Moved>,
    /// Timers set.
    pub timers: Vec<Timer>,
    /// Timers cleared: kind and attempt (or return).
    pub cleared: Vec<(TimerKind, u32)>,
    /// Events that follow on other keys.
    pub follows: Vec<Follow>,
    /// Windows raised, at the instant it was judged with.
    pub counted: Vec<Raised>,
    /// The consignment after it.
    pub consignment: Option<Arc<Consignment>>,
    /// Waybills after it.
    pub waybills: Vec<Arc<WaybillRecord>>,
    /// Claims set (some) or released (none).
    pub claims: Vec<(ClaimKey, Option<OrderKey>)>,
    /// The arrival document after it.
    pub arrival: Option<Arc<ArrivalRecord>>,
    /// What it changes of exports.
    pub export: ExportOutcome,
    /// What it was judged with.
    pub read: FactsRead,
}

impl Outcome {
    /// An outcome that changes nothing yet.
    pub fn new(position: Position, now: Time, engine: u16) -> Self {
        Self {
            position,
            now,
            engine,
            order: None,
            answer: Answer {
                status: 0,
                info: Text::default(),
                findings: Vec::new(),
                pre_no: None,
                version: 0,
            },
            repeats: None,
            receipts: Vec::new(),
            movements: Vec::new(),
            booked: Vec::new(),
            timers: Vec::new(),
            cleared: Vec::new(),
            follows: Vec::new(),
            counted: Vec::new(),
            consignment: None,
            waybills: Vec::new(),
            claims: Vec::new(),
            arrival: None,
            export: ExportOutcome::default(),
            read: FactsRead::default(),
        }
    }
}
