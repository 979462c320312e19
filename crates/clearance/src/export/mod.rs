//! Exports: the state of an export trade and of what is kept beside it, the names of these, their match and their moves.
//! How documents change it is `decide/export`; what is checked of a document alone is `validate/export.rs`. Imports are
//! `consignment.rs`, which knows nothing of this.

mod closed;
pub mod codes;
mod grouping;
mod key;
pub mod matching;
pub mod moves;
mod return_tax;
mod returned;
pub(crate) mod simplified;
mod state;
mod summary;
pub mod value;

pub use closed::{ClosedLine, ClosedList, ClosedPeriod};
pub use grouping::{Group, GroupKey, GroupLine, Grouping, GroupingTerms, LineKey, Places, SumTooLarge};
pub use key::{ExportKey, ExportTradeKey};
pub use return_tax::TaxOfReturn;
pub(crate) use return_tax::of_return;
pub use returned::{
    RETURN_MOVES, ReturnClaim, ReturnOfExport, ReturnStanding, ReturnStep, ReturnedParcel, ReturnedQuantity,
    TallyMark,
};
pub use state::{
    BillMark, BilledParcel, CancellationOfExport, DepartureMark, ExportAttempt, ExportBatch, ExportCarriage,
    ExportLook, ExportOwner, ExportPart, ExportState, ExportTrade, ExportWaybillRecord, ListMark,
};

pub use summary::{
    ExportSummary, SummarisedDeclaration, SummarisedLine, SummaryClaim, SummaryMember, SummaryPart, terms_of,
};

use crate::Text;
use crate::keys::{Position, WaybillKey};

/// What an event on one key of exports means for another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExportFollow {
    /// To a trade: the waybill that its list names has (a new version of) its document, bill, arrival or departure.
    WaybillChanged {
        /// The trade.
        to: ExportTradeKey,
        /// The waybill.
        waybill: WaybillKey,
        /// The event on the waybill that this follows.
        cause: Position,
    },
    /// To a waybill: the attempt that claimed it ended; it is free for the next.
    ClaimReleased {
        /// The waybill.
        to: WaybillKey,
        /// By which trade.
        by: ExportTradeKey,
        /// The attempt that ended.
        attempt: u32,
        /// The event on the trade that this follows.
        cause: Position,
    },
    /// To a waybill: the list that names it is concluded, or it is decided anew whether its parcel is opened.
    ListConcluded {
        /// The waybill.
        to: WaybillKey,
        /// The trade.
        by: ExportTradeKey,
        /// Which attempt.
        attempt: u32,
        /// The list, and whether its parcel is opened.
        list: ListMark,
        /// The event on the trade that this follows.
        cause: Position,
    },
    /// To a master list: what became of parcels under it, by their numbers: 399 concluded, 800 at the site, 500 at the site
    /// and to be opened.
    ParcelsOfBill {
        /// The master list.
        to: ExportKey,
        /// Waybill numbers and what became of them.
        parcels: Vec<BilledParcel>,
        /// The event on the waybills that this follows.
        cause: Position,
    },
    /// To a trade: an application to cancel its list was filed.
    CancellationFiled {
        /// The trade.
        to: ExportTradeKey,
        /// The application.
        file: ExportKey,
        /// The event on the application that this follows.
        cause: Position,
    },
    /// To lists: the application to summarise that had them lets them go.
    ListsFreed {
        /// Their numbers.
        lists: Vec<Text>,
        /// The application.
        by: ExportKey,
        /// The event on the application that this follows.
        cause: Position,
    },
    /// To a trade: an application to bring its goods back was filed.
    ReturnFiled {
        /// The trade.
        to: ExportTradeKey,
        /// The application.
        file: ExportKey,
        /// The number of the list that it names.
        list: Text,
        /// The parcel that it names.
        parcel: WaybillKey,
        /// The event on the application that this follows.
        cause: Position,
    },
    /// To a trade: the site tallied a parcel that a return of its goods comes in.
    ParcelTallied {
        /// The trade.
        to: ExportTradeKey,
        /// The parcel.
        parcel: WaybillKey,
        /// The event on the parcel that this follows.
        cause: Position,
    },
    /// To an application to bring goods back: it was refused or lapsed, and may be declared again under its number.
    ReturnEnded {
        /// The application.
        to: ExportKey,
        /// The event on the trade that this follows.
        cause: Position,
    },
}

impl ExportFollow {
    /// The event that it follows.
    pub fn cause(&self) -> Position {
        match self {
            Self::WaybillChanged { cause, .. }
            | Self::ClaimReleased { cause, .. }
            | Self::ListConcluded { cause, .. }
            | Self::ParcelsOfBill { cause, .. }
            | Self::CancellationFiled { cause, .. }
            | Self::ListsFreed { cause, .. }
            | Self::ReturnFiled { cause, .. }
            | Self::ParcelTallied { cause, .. }
            | Self::ReturnEnded { cause, .. } => *cause,
        }
    }
}

/// What an event on exports changes.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ExportOutcome {
    /// The trade that it belongs to.
    pub trade: Option<ExportTradeKey>,
    /// States after it, each under its key.
    pub states: Vec<ExportState>,
}

/// The mark of a producing or selling unit that is not registered (SPEC §4.11).
pub const UNREGISTERED: &str = "NO";
/// What stands for the code of a foreign platform that has none (SPEC §4.1).
pub const NO_PLATFORM: &str = "无";

/// Whether a mode leaves a special zone: its lists name the enterprise in the zone and its book (RULES 9.5).
pub fn leaves_zone(trade_mode: &str) -> bool {
    matches!(trade_mode, "1210" | "1239")
}

/// Whether a mode exports to enterprises: directly, or to a warehouse abroad (RULES 9.12).
pub fn to_enterprises(trade_mode: &str) -> bool {
    matches!(trade_mode, "9710" | "9810")
}

/// The kind of order that a mode rests on (SPEC §4.1).
pub fn order_type(trade_mode: &str) -> &'static str {
    match trade_mode {
        "9710" => "B",
        "9810" => "W",
        _ => "E",
    }
}

/// What an outcome on exports says that it looked at beside what its event names: lists of a period.
pub fn looked_at(outcome: &ExportOutcome) -> Vec<ExportKey> {
    let summaries = outcome.states.iter().filter_map(|state| match state {
        ExportState::Summary(summary) => Some(summary),
        _ => None,
    });
    let numbers = summaries.flat_map(|summary| &summary.parts).flat_map(|part| &part.looked_at);
    numbers.flat_map(|one| [ExportKey::Closed(one.clone()), ExportKey::Summarised(one.clone())]).collect()
}

/// Codes trimmed, sorted, each once, without those that name nobody.
fn named(codes: impl IntoIterator<Item = Text>) -> Vec<Text> {
    let mut codes: Vec<Text> = codes.into_iter().map(|code| Text::from(code.trim())).collect();
    codes.retain(|code| !code.is_empty() && code != NO_PLATFORM && code != UNREGISTERED);
    codes.sort_unstable();
    codes.dedup();
    codes
}
