//! The names of things of exports. One kind of key for all of them, so that a store needs one index of them. Leaves to
//! others what is stored under them.

use crate::Text;
use crate::keys::{OrderKey, WaybillKey};
use compact_str::format_compact;

/// An export trade: `ebcCode` + `orderNo`, as sent, trimmed (RULES 2.2): foreign platforms may have no code, merchants do.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ExportTradeKey {
    /// `ebcCode`.
    pub merchant: Text,
    /// `orderNo`.
    pub order_no: Text,
}

impl ExportTradeKey {
    /// The key of what a document names.
    pub fn new(merchant: &str, order_no: &str) -> Self {
        Self { merchant: merchant.trim().into(), order_no: order_no.trim().into() }
    }
    /// The pair by which timers and officers' actions name it: the merchant stands where imports have the platform. The
    /// kind of timer, and the cause of the event, say which of the two is meant.
    pub fn as_pair(&self) -> OrderKey {
        OrderKey { platform: self.merchant.clone(), order_no: self.order_no.clone() }
    }
    /// The trade of such a pair.
    pub fn of_pair(pair: &OrderKey) -> Self {
        Self { merchant: pair.platform.clone(), order_no: pair.order_no.clone() }
    }
    /// The pair by which it is told from a trade of imports where both have names of one kind: the draw, what officers take and
    /// choose, photographs. A platform and a merchant may have one code and one order number.
    pub fn marked(&self) -> OrderKey {
        OrderKey { platform: format_compact!("{MARK}{}", self.merchant), order_no: self.order_no.clone() }
    }
    /// The export trade that is named so; none = it is one of imports.
    pub fn of_marked(pair: &OrderKey) -> Option<Self> {
        let merchant = pair.platform.strip_prefix(MARK)?;
        Some(Self::new(merchant, &pair.order_no))
    }
}

/// What stands before the merchant of an export trade: no code has a blank.
const MARK: &str = "export ";

/// The name of a state of exports.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ExportKey {
    /// A trade.
    Trade(ExportTradeKey),
    /// A waybill (505): its numbers are other ones than those of imports.
    Waybill(WaybillKey),
    /// `agentCode` + `copNo` of a list (603).
    Declaration(Text, Text),
    /// `agentCode` + `copNo` of a cancellation (605).
    Cancellation(Text, Text),
    /// `invtNo` that was given here.
    Entry(Text),
    /// `agentCode` + `copNo` of a master list (607).
    Master(Text, Text),
    /// `operatorCode` + `copNo` of an arrival (507).
    Arrival(Text, Text),
    /// `logisticsCode` + `copNo` of a departure (509).
    Departure(Text, Text),
    /// `invtNo` of a list that ended: what its summary needs of it.
    Closed(Text),
    /// `invtNo` of a list, as what an application to summarise claims.
    Summarised(Text),
    /// `agentCode` + `copNo` of an application to summarise (701).
    Summary(Text, Text),
    /// `agentCode` + `coElNo` of an application to bring goods back (213).
    Return(Text, Text),
    /// A parcel of returned goods (213, 215): its waybill may be the one it left under, of which it is told apart.
    ReturnedParcel(WaybillKey),
}

impl ExportKey {
    /// The key of a document that is named by a code and its sender's number.
    pub fn named(make: fn(Text, Text) -> Self, code: &str, cop_no: &str) -> Self {
        make(code.trim().into(), cop_no.trim().into())
    }
    /// Number and parts, as they are stored: the second is empty where there is one part.
    pub fn parts(&self) -> (u8, &Text, &str) {
        match self {
            Self::Trade(key) => (1, &key.merchant, &key.order_no),
            Self::Waybill(key) => (2, &key.logistics, &key.logistics_no),
            Self::Declaration(one, other) => (3, one, other),
            Self::Cancellation(one, other) => (4, one, other),
            Self::Entry(one) => (5, one, ""),
            Self::Master(one, other) => (6, one, other),
            Self::Arrival(one, other) => (7, one, other),
            Self::Departure(one, other) => (8, one, other),
            Self::Closed(one) => (9, one, ""),
            Self::Summarised(one) => (10, one, ""),
            Self::Summary(one, other) => (11, one, other),
            Self::Return(one, other) => (12, one, other),
            Self::ReturnedParcel(key) => (13, &key.logistics, &key.logistics_no),
        }
    }
    /// The key of stored parts.
    pub fn of_parts(number: u8, one: Text, other: Text) -> Option<Self> {
        Some(match number {
            1 => Self::Trade(ExportTradeKey { merchant: one, order_no: other }),
            2 => Self::Waybill(WaybillKey { logistics: one, logistics_no: other }),
            3 => Self::Declaration(one, other),
            4 => Self::Cancellation(one, other),
            5 => Self::Entry(one),
            6 => Self::Master(one, other),
            7 => Self::Arrival(one, other),
            8 => Self::Departure(one, other),
            9 => Self::Closed(one),
            10 => Self::Summarised(one),
            11 => Self::Summary(one, other),
            12 => Self::Return(one, other),
            13 => Self::ReturnedParcel(WaybillKey { logistics: one, logistics_no: other }),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_its_parts_say() {
        for number in 1..=13 {
            let key = ExportKey::of_parts(number, "one".into(), "other".into()).unwrap();
            let (again, one, other) = key.parts();
            assert_eq!((again, one.as_str()), (number, "one"));
            assert_eq!(ExportKey::of_parts(again, one.clone(), other.into()), Some(key));
        }
        assert_eq!(ExportKey::of_parts(14, "".into(), "".into()), None);
    }

    #[test]
    fn blanks_around_a_number_do_not_make_another_trade() {
        let key = ExportTradeKey::new(" 5301960201 ", "A1 ");
        assert_eq!(key, ExportTradeKey::new("5301960201", "A1"));
        assert_eq!(ExportTradeKey::of_pair(&key.as_pair()), key);
        assert_eq!(ExportTradeKey::of_marked(&key.marked()), Some(key.clone()));
        assert_eq!(ExportTradeKey::of_marked(&key.as_pair()), None, "a trade of imports has no mark");
    }
}
