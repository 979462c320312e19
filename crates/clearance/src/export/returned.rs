//! The state of a return of exported goods (213): where it stands, what it brings back, the parcel that it waits for and what the
//! site tallied (215). Which step leads where is a table here; how documents and officers move it is `decide/export/returned.rs`.

use super::{ExportKey, ExportTradeKey};
use crate::Text;
use crate::consignment::{Filed, Seen};
use crate::finding::Finding;
use crate::keys::{Position, Time, WaybillKey};
use ceb::{Day, Decimal};

/// Where a return stands. The numbers are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum ReturnStanding {
    /// 300: a person decides.
    Review = 1,
    /// 120: approved, its goods are awaited.
    Approved = 2,
    /// 500: its goods are looked at.
    Inspection = 3,
    /// 505: handed over to another authority.
    HandedOver = 4,
    /// 600: suspended.
    Suspended = 5,
    /// 800: its goods are released.
    Released = 6,
    /// 100: refused.
    Refused = 7,
    /// 100: its goods did not come back in time.
    Lapsed = 8,
}

/// What can move a return.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReturnStep {
    /// Its papers are in order: its goods may come.
    Approve,
    /// Its goods are looked at.
    Inspect,
    /// It is handed over to another authority.
    HandOver,
    /// It is suspended.
    Suspend,
    /// Its goods are back and released.
    Release,
    /// It is refused.
    Refuse,
    /// Its goods did not come back in time.
    Lapse,
    /// Its goods are back, and a person decides on them.
    Review,
}

use ReturnStanding::{Approved, HandedOver, Inspection, Lapsed, Refused, Released, Review, Suspended};

/// Every allowed step. Statuses are those of its receipt (SPEC §4.18), which knows no 399: approved it is still on its way.
pub const RETURN_MOVES: &[(ReturnStanding, ReturnStep, ReturnStanding)] = &[
    (Review, ReturnStep::Approve, Approved),
    (Review, ReturnStep::Inspect, Inspection),
    (Review, ReturnStep::HandOver, HandedOver),
    (Review, ReturnStep::Suspend, Suspended),
    (Review, ReturnStep::Refuse, Refused),
    (Approved, ReturnStep::Release, Released),
    (Approved, ReturnStep::Review, Review),
    (Approved, ReturnStep::Inspect, Inspection),
    (Approved, ReturnStep::HandOver, HandedOver),
    (Approved, ReturnStep::Suspend, Suspended),
    (Approved, ReturnStep::Refuse, Refused),
    (Approved, ReturnStep::Lapse, Lapsed),
    (Inspection, ReturnStep::Release, Released),
    (Inspection, ReturnStep::HandOver, HandedOver),
    (Inspection, ReturnStep::Suspend, Suspended),
    (Inspection, ReturnStep::Refuse, Refused),
    (HandedOver, ReturnStep::Inspect, Inspection),
    (HandedOver, ReturnStep::Release, Released),
    (HandedOver, ReturnStep::Refuse, Refused),
    (Suspended, ReturnStep::Approve, Approved),
    (Suspended, ReturnStep::Inspect, Inspection),
    (Suspended, ReturnStep::HandOver, HandedOver),
    (Suspended, ReturnStep::Refuse, Refused),
];

impl ReturnStanding {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 8] =
        [Review, Approved, Inspection, HandedOver, Suspended, Released, Refused, Lapsed];

    /// The stored number.
    pub fn number(self) -> u8 {
        self as u8
    }
    /// The standing of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.number() == number)
    }
    /// The word used in the API.
    pub fn word(self) -> &'static str {
        match self {
            Review => "review",
            Approved => "approved",
            Inspection => "inspection",
            HandedOver => "handed-over",
            Suspended => "suspended",
            Released => "released",
            Refused => "refused",
            Lapsed => "lapsed",
        }
    }
    /// The status of its receipt.
    pub fn status(self) -> u16 {
        match self {
            Review => 300,
            Approved => 120,
            Inspection => 500,
            HandedOver => 505,
            Suspended => 600,
            Released => 800,
            Refused | Lapsed => 100,
        }
    }
    /// Whether nothing moves it any more.
    pub fn is_final(self) -> bool {
        matches!(self, Released | Refused | Lapsed)
    }
    /// Whether the goods that it names are taken: no other return may bring them back.
    pub fn takes(self) -> bool {
        !matches!(self, Refused | Lapsed)
    }
    /// Where a step leads, if it is allowed.
    pub fn after(self, step: ReturnStep) -> Option<Self> {
        RETURN_MOVES.iter().find(|(from, by, _)| (*from, *by) == (self, step)).map(|(_, _, to)| *to)
    }
}

/// How much of a line comes back.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ReturnedQuantity {
    /// Number of the line in the list.
    pub gnum: u32,
    /// In the unit of transaction.
    pub qty: Decimal,
    /// In the first statutory unit.
    pub qty1: Decimal,
    /// In the second; 0 = it has none.
    pub qty2: Decimal,
}

/// That the site has a parcel of returned goods (215).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TallyMark {
    /// The row of the tally.
    pub position: Position,
    /// `operatorCode`.
    pub operator: Text,
    /// `customsCode`.
    pub district: Text,
    /// `invtNo`; empty where it names no list.
    pub invt_no: Text,
    /// China's day on which it was recorded.
    pub on: Day,
}

/// A return of goods of one list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReturnOfExport {
    /// From 1, within the trade.
    pub number: u32,
    /// Its application: `agentCode` + `coElNo`.
    pub key: ExportKey,
    /// The application; its status is that of its newest receipt.
    pub filed: Filed,
    /// `preNo`.
    pub pre_no: Text,
    /// Where it stands.
    pub standing: ReturnStanding,
    /// What it brings back.
    pub lines: Vec<ReturnedQuantity>,
    /// The parcel that it comes in.
    pub parcel: WaybillKey,
    /// That the parcel is at the site.
    pub tallied: Option<TallyMark>,
    /// The last day on which its goods may be back.
    pub back_until: Day,
    /// The last day on which they come back free of duty and import taxes; none = they never do.
    pub relief_until: Option<Day>,
    /// What they were sold for, fen; none = there was no rate for their currency on the day of the list.
    pub value: Option<i64>,
    /// `customsCode` of the application.
    pub district: Text,
    /// What a person has to decide on.
    pub findings: Vec<Finding>,
}

impl ReturnOfExport {
    /// Whether its goods came back on a day on which that is free of duty and import taxes.
    pub fn is_relieved(&self) -> bool {
        let on = self.tallied.as_ref().map(|mark| mark.on);
        on.zip(self.relief_until).is_some_and(|(on, last)| on <= last)
    }
}

/// A return that a parcel is awaited by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReturnClaim {
    /// Whose list the goods were of.
    pub trade: ExportTradeKey,
    /// The number of that list.
    pub invt_no: Text,
}

/// A parcel of returned goods: its tally, and the returns that wait for it. Either may come first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReturnedParcel {
    /// Its waybill, which may be the one it left under.
    pub key: WaybillKey,
    /// Grows by one with every row.
    pub version: u32,
    /// The row that carries this state.
    pub last: Position,
    /// The row of the state before, if any.
    pub previous: Option<Position>,
    /// The time of its newest receipt.
    pub last_time: Time,
    /// `preNo` of its tally; empty before there was one.
    pub pre_no: Text,
    /// The tally (215).
    pub tally: Option<Filed>,
    /// What it says, once it is declared.
    pub tallied: Option<TallyMark>,
    /// Returns that come in it, each trade and list once.
    pub claims: Vec<ReturnClaim>,
    /// Accepted documents.
    pub seen: Vec<Seen>,
}

impl ReturnedParcel {
    /// A parcel that nothing has happened to.
    pub fn new(key: WaybillKey) -> Self {
        Self {
            key,
            version: 0,
            last: Position::default(),
            previous: None,
            last_time: Time(0),
            pre_no: Text::default(),
            tally: None,
            tallied: None,
            claims: Vec::new(),
            seen: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_unambiguous_and_every_standing_is_reached_and_left_or_final() {
        for (index, (from, by, to)) in RETURN_MOVES.iter().enumerate() {
            assert!(!RETURN_MOVES[..index].iter().any(|(f, b, _)| (f, b) == (from, by)), "{from:?} {by:?}");
            assert!(from != to && !from.is_final(), "{from:?} {by:?}");
        }
        for standing in ReturnStanding::ALL {
            let left = RETURN_MOVES.iter().any(|(from, ..)| *from == standing);
            assert_eq!(left, !standing.is_final(), "{standing:?}");
            assert!(RETURN_MOVES.iter().any(|(_, _, to)| *to == standing), "{standing:?}");
            assert_eq!(ReturnStanding::from_number(standing.number()), Some(standing));
        }
        assert_eq!(ReturnStanding::from_number(9), None);
    }

    #[test]
    fn goods_are_released_only_when_nothing_waits_for_a_decision() {
        assert_eq!(Review.after(ReturnStep::Release), None);
        assert_eq!(Suspended.after(ReturnStep::Release), None);
        assert_eq!(Inspection.after(ReturnStep::Lapse), None, "what is looked at does not lapse");
    }
}
