//! Who may read which field: the rule that every outlet of the window is held against. It is written here, in a few lines, and
//! takes nothing from what the window does.

use super::filled::{Mark, is_compared};
use super::records::Filed;
use super::{AGENT, DIFFERING, MERCHANT, OWN, PAYER, PLATFORM, TRADERS, UNNAMED};
use clearance::identity::personal;
use exchange::Dataset;
use std::collections::BTreeSet;

/// Who reads, and where.
#[derive(Clone, Debug)]
pub enum Reader {
    /// Somebody who is not known, the log, whoever counts.
    Nobody,
    /// An enterprise.
    Party(String),
    /// Customs, at lists and everything else that is of many.
    Office,
    /// Customs, at what is of one trade.
    OfficeAtTrade,
    /// The merchant in whose name a summary is declared, at the summary.
    Principal,
    /// The person whose trade it is.
    Consumer,
    /// An agency that no rule, trade or record names.
    Agency,
    /// Who is given these fields of a dataset by a rule of sharing.
    Receiver(Dataset, BTreeSet<String>),
}

/// Outlets that count: whoever reads them, they have nothing of any document.
const COUNTS: [&str; 9] = [
    "/metrics",
    "/v1/operation",
    "/desk/operation",
    "/v1/statistics",
    "/v1/indicators",
    "/indicators",
    "/desk/zone",
    "/v1/accounts",
    "/v1/limits",
];
/// What lists are grouped by in a summary, by its names in the documents.
const GROUPED: [&str; 2] = ["itemName", "gname"];
/// What names one trade, message or summary. A message is asked for by its digest, or by the key of its trade, too: that is
/// no list.
const OF_ONE: [&str; 5] =
    ["{platform}/{order_no}", "{merchant}/{order_no}", "{agent}/{cop_no}", "{invt_no}", "{position}"];

impl Reader {
    /// The same reader at a route.
    pub fn at(&self, route: &str) -> Self {
        match self {
            _ if COUNTS.iter().any(|begin| route.starts_with(begin)) => Self::Nobody,
            Self::Office if route == "/v1/messages" || OF_ONE.iter().any(|one| route.contains(one)) => {
                Self::OfficeAtTrade
            }
            Self::Party(code) if code == MERCHANT && route.contains("{agent}/{cop_no}") => Self::Principal,
            other => other.clone(),
        }
    }

    /// Whether the reader may have what stands there.
    pub fn may(&self, mark: &Mark) -> bool {
        match self {
            Self::Nobody | Self::Agency => false,
            // His own; of a trade that names him its numbers, and what was found to differ. Persons are masked there.
            Self::Party(code) => {
                let told = is_number(mark) || (mark.trade == DIFFERING && differs(code, mark));
                mark.sender == *code || (is_named(code, mark) && told)
            }
            Self::Office => is_number(mark),
            // And what the goods are called that are declared in his name.
            Self::Principal => GROUPED.contains(&mark.name) || Self::Party(MERCHANT.to_owned()).may(mark),
            Self::OfficeAtTrade => true,
            // What the documents of his trade say of him, what he ordered, and its numbers.
            Self::Consumer => {
                let told = is_number(mark) || personal(mark.name).is_some() || is_compared(mark.name);
                mark.trade == OWN && told
            }
            // The mask: of the message that the dataset is made of; what the window makes itself has numbers by the same names.
            Self::Receiver(dataset, fields) => {
                let is_of_it = dataset.document().is_none_or(|kind| kind == mark.kind || !kind.is_declared());
                is_of_it && fields.contains(&mark.of_dataset())
            }
        }
    }
}

impl Reader {
    /// Whether the reader may have what stands in a record beside the trades: whom it names has it, and whoever supervises as far as
    /// is said with it. No trade, delivery or count has any of it.
    pub fn may_find(&self, filed: &Filed) -> bool {
        match self {
            Self::Nobody | Self::Consumer | Self::Receiver(..) => false,
            Self::Party(code) => filed.is_for(code),
            Self::Principal => filed.is_for(MERCHANT),
            Self::Office | Self::OfficeAtTrade => filed.office,
            Self::Agency => filed.agencies,
        }
    }
}

/// Whether a document's trade names an enterprise.
fn is_named(code: &str, mark: &Mark) -> bool {
    TRADERS.contains(&code) && !UNNAMED.contains(&mark.trade)
}

/// Whether a field names a document or leads from one to another: what its receipt repeats, and the numbers of trade, parcel and
/// master bill.
fn is_number(mark: &Mark) -> bool {
    let receipt = mark.kind.receipt().map_or(&[][..], ceb::Kind::parts);
    let repeated = receipt.iter().flat_map(|part| part.fields).any(|field| field.name == mark.name);
    repeated || ["guid", "orderNo", "logisticsNo", "billNo"].contains(&mark.name)
}

/// What two documents are compared by, and does not tell of a person: for whose trade it is; for who was paid, what his payment
/// is compared by.
fn differs(code: &str, mark: &Mark) -> bool {
    let concerns =
        [PLATFORM, MERCHANT, AGENT].contains(&code) || (code == PAYER && mark.name == "payTransactionId");
    concerns && is_compared(mark.name) && personal(mark.name).is_none()
}
