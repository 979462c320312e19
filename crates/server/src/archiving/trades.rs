//! Which trades an archive is about: each belongs to the month in which it was first declared, and is over or not. Kept of each is
//! what all of its rows say of it, and nothing of its documents.

use crate::retention::Whose;
use ceb::{Day, Document};
use clearance::Text;
use clearance::consignment::State;
use clearance::event::Cause;
use clearance::keys::{Position, Time};
use rustc_hash::FxHashMap;
use store::EventRow;

/// The month of a day, yyyyMM.
pub fn month_of(day: Day) -> u32 {
    day.number() / 100
}

/// A trade as the rows so far have it.
#[derive(Clone, Default, Debug)]
pub(super) struct Trade {
    /// The month of its first declaration, yyyyMM.
    pub month: u32,
    /// Whether nothing is awaited any more.
    pub over: bool,
    /// The current attempt.
    attempt: u32,
    /// `customsCode` of its list.
    pub district: Text,
    /// `tradeMode` of its list.
    pub trade_mode: Text,
    /// `ebcCode` of its list.
    pub merchant: Text,
    /// When the current attempt was entered (120).
    pub accepted: Option<Time>,
    /// When it was released (800).
    pub released: Option<Time>,
    /// When its last row was judged.
    pub last: Time,
}

/// What a row says of a trade that was declared.
struct After {
    whose: Whose,
    attempt: u32,
    declared: Day,
    declaration: Position,
    state: State,
    entered: bool,
    over: bool,
}

/// What a list says of its trade: district, mode, merchant.
fn said(document: &Document) -> Option<[&Text; 3]> {
    match document {
        Document::Declaration(list) => {
            Some([&list.head.customs_code, &list.head.trade_mode, &list.head.ebc_code])
        }
        Document::ExportDeclaration(list) => {
            Some([&list.head.customs_code, &list.head.trade_mode, &list.head.ebc_code])
        }
        _ => None,
    }
}

/// The trades of the months that are asked for.
#[derive(Default)]
pub(super) struct Trades {
    month: Option<u32>,
    pub known: FxHashMap<Whose, Trade>,
    /// Documents of waybills of imports, by their rows: a list that was refused claims its waybill no more.
    carried: FxHashMap<Position, Whose>,
}

impl Trades {
    /// Of one month, or of all.
    pub fn of(month: Option<u32>) -> Self {
        Self { month, ..Self::default() }
    }

    /// Whose waybill a row is the document of, also where his list was refused since.
    pub fn carried(&self, position: Position) -> Option<Whose> {
        self.carried.get(&position).cloned()
    }

    /// One more row, in order.
    pub fn see(&mut self, position: Position, event: &EventRow) {
        let Some(outcome) = &event.outcome else { return };
        let document = match &event.event.cause {
            Cause::Document(arrived) => Some(&*arrived.document),
            _ => None,
        };
        let import = outcome.consignment.iter().filter_map(|one| {
            let attempt = one.attempt.as_ref()?;
            Some(After {
                whose: Whose::Import(one.key.clone()),
                attempt: attempt.number,
                declared: attempt.business_date,
                declaration: attempt.declaration.position,
                state: attempt.state,
                entered: attempt.invt_no.is_some(),
                over: one.is_over(),
            })
        });
        let exports = outcome.export.states.iter().filter_map(|state| {
            let one = state.trade()?;
            let attempt = one.attempt.as_ref()?;
            Some(After {
                whose: Whose::Export(one.key.clone()),
                attempt: attempt.number,
                declared: attempt.business_date,
                declaration: attempt.declaration.position,
                state: attempt.state,
                entered: attempt.invt_no.is_some(),
                over: one.is_over(),
            })
        });
        for after in import.chain(exports) {
            let said = document.and_then(said).filter(|_| after.declaration == position);
            self.put(after, said, outcome.now);
        }
        for one in outcome.consignment.iter() {
            let whose = Whose::Import(one.key.clone());
            let Some(carriage) = one.carriage.as_ref().filter(|_| self.known.contains_key(&whose)) else {
                continue;
            };
            let rows = carriage.waybill.iter().map(|filed| filed.position).chain(carriage.delivered);
            self.carried.extend(rows.map(|row| (row, whose.clone())));
        }
    }

    fn put(&mut self, after: After, said: Option<[&Text; 3]>, now: Time) {
        if !self.known.contains_key(&after.whose) {
            let month = month_of(after.declared);
            // A later attempt of a trade that is not known is of a trade of another month.
            if after.attempt != 1 || self.month.is_some_and(|asked| asked != month) {
                return;
            }
            self.known.insert(after.whose.clone(), Trade { month, ..Trade::default() });
        }
        let Some(trade) = self.known.get_mut(&after.whose) else { return };
        if trade.attempt != after.attempt {
            (trade.attempt, trade.accepted, trade.released) = (after.attempt, None, None);
        }
        if let Some(said) = said {
            [trade.district, trade.trade_mode, trade.merchant] = said.map(|text| text.trim().into());
        }
        if after.entered {
            trade.accepted.get_or_insert(now);
        }
        if after.state == State::Released {
            trade.released.get_or_insert(now);
        }
        (trade.over, trade.last) = (after.over, now);
    }
}
