//! What a list that ended says for its summary: written once, when it is closed, cancelled or rejected after it had a number.
//! An application to summarise (701) names numbers of lists, so this lies under the number and needs no other key.

use super::{ExportKey, ExportTrade, ExportTradeKey};
use crate::Text;
use crate::consignment::State;
use crate::keys::{Position, Time};
use ceb::{Day, Decimal, ExportDeclaration};

/// A line of a list, as far as its summary needs it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ClosedLine {
    /// `gnum`.
    pub gnum: u32,
    /// `gcode`.
    pub gcode: Text,
    /// `gname`.
    pub gname: Text,
    /// Country of final destination.
    pub country: Text,
    /// `currency`.
    pub currency: Text,
    /// First statutory unit.
    pub unit1: Text,
    /// Quantity in it.
    pub qty1: Decimal,
    /// Second statutory unit; empty = none.
    pub unit2: Text,
    /// Quantity in it.
    pub qty2: Decimal,
    /// `totalPrice`.
    pub total_price: Decimal,
}

/// A list that ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClosedList {
    /// `invtNo`.
    pub invt_no: Text,
    /// Its trade.
    pub trade: ExportTradeKey,
    /// The row that ended it.
    pub position: Position,
    /// When that was.
    pub recorded: Time,
    /// How it ended: closed, cancelled or rejected.
    pub state: State,
    /// The day on which its parcel left the country.
    pub closed_on: Option<Day>,
    /// `customsCode`.
    pub district: Text,
    /// `logisticsNo`.
    pub logistics_no: Text,
    /// A simplified, for statistics; B to be summarised.
    pub statistics_flag: Text,
    /// `tradeMode`.
    pub trade_mode: Text,
    /// `emsNo`; empty outside special zones.
    pub ems_no: Text,
    /// `trafMode`.
    pub traf_mode: Text,
    /// Producing or selling unit.
    pub owner: Text,
    /// Country of destination.
    pub country: Text,
    /// District of exit.
    pub port: Text,
    /// Gross weight.
    pub gross_weight: Decimal,
    /// Net weight.
    pub net_weight: Decimal,
    /// Its lines.
    pub lines: Vec<ClosedLine>,
}

impl ClosedList {
    /// What a trade whose list just ended says; none while it goes on, and where it never had a number.
    pub fn of(trade: &ExportTrade, position: Position, recorded: Time) -> Option<Self> {
        let attempt = trade.attempt.as_ref()?;
        let ended = matches!(attempt.state, State::Closed | State::Cancelled | State::Rejected);
        let invt_no = attempt.invt_no.clone().filter(|_| ended)?;
        let list = Self::of_declaration(trade.declaration()?);
        Some(Self {
            invt_no,
            trade: trade.key.clone(),
            position,
            recorded,
            state: attempt.state,
            closed_on: attempt.closed_on,
            ..list
        })
    }
    /// What a list says, as if it had been closed under no number yet.
    pub fn of_declaration(declaration: &ExportDeclaration) -> Self {
        let head = &declaration.head;
        let trimmed = |text: &Text| Text::from(text.trim());
        let optional = |text: &Option<Text>| text.as_ref().map(trimmed).unwrap_or_default();
        Self {
            invt_no: Text::default(),
            trade: ExportTradeKey::new(&head.ebc_code, &head.order_no),
            position: Position::default(),
            recorded: Time(0),
            state: State::Closed,
            closed_on: None,
            district: trimmed(&head.customs_code),
            logistics_no: trimmed(&head.logistics_no),
            statistics_flag: head.statistics_flag.clone(),
            trade_mode: head.trade_mode.clone(),
            ems_no: optional(&head.ems_no),
            traf_mode: head.traf_mode.clone(),
            owner: trimmed(&head.owner_code),
            country: head.country.clone(),
            port: head.port_code.clone(),
            gross_weight: head.gross_weight,
            net_weight: head.net_weight,
            lines: declaration
                .lines
                .iter()
                .map(|line| ClosedLine {
                    gnum: line.gnum,
                    gcode: trimmed(&line.gcode),
                    gname: trimmed(&line.gname),
                    country: line.country.clone(),
                    currency: line.currency.clone(),
                    unit1: line.unit1.clone(),
                    qty1: line.qty1,
                    unit2: optional(&line.unit2),
                    qty2: line.qty2.unwrap_or_default(),
                    total_price: line.total_price,
                })
                .collect(),
        }
    }
    /// Its key.
    pub fn key(&self) -> ExportKey {
        ExportKey::Closed(self.invt_no.clone())
    }
    /// Whether its parcel left the country on a day of a period, both days inside.
    pub fn closed_within(&self, from: Day, to: Day) -> bool {
        self.state == State::Closed && self.closed_on.is_some_and(|day| (from..=to).contains(&day))
    }
}

/// Lists of a merchant that were closed within a period: what an application by period looks at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClosedPeriod {
    /// `ebcCode`.
    pub merchant: Text,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// So many are asked for, at most.
    pub most: usize,
}

impl ClosedPeriod {
    /// Days that a period may have.
    pub const DAYS: usize = 366;

    /// The days of it, each by itself, the first [`Self::DAYS`] of them.
    pub fn days(&self) -> Vec<Day> {
        let days = std::iter::successors(Some(self.from), |day| day.next());
        days.take_while(|day| *day <= self.to).take(Self::DAYS).collect()
    }
}
