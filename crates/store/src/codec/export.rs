//! The stored form of exports: their keys, their states, what follows from one to another.

use super::{Bytes, Damage, Stored, get_list, put_list};
use clearance::Text;
use clearance::export::{
    BillMark, BilledParcel, CancellationOfExport, ClosedLine, ClosedList, DepartureMark, ExportAttempt,
    ExportBatch, ExportCarriage, ExportFollow, ExportKey, ExportLook, ExportOutcome, ExportOwner, ExportPart,
    ExportState, ExportSummary, ExportTrade, ExportTradeKey, ExportWaybillRecord, GroupKey, GroupLine,
    LineKey, ListMark, ReturnClaim, ReturnOfExport, ReturnStanding, ReturnedParcel, ReturnedQuantity,
    SummarisedDeclaration, SummarisedLine, SummaryClaim, SummaryMember, SummaryPart, TallyMark, TaxOfReturn,
};
use std::sync::Arc;

fields! {
    ExportTradeKey { merchant, order_no }
    ListMark { invt_no, opens }
    BilledParcel { logistics_no, status }
    BillMark { position, master, bill_no }
    DepartureMark { position, bill_no, left_on }
    ExportCarriage { key, waybill, bill, arrived, departed }
    CancellationOfExport { filed, pre_no, attempt }
    ExportAttempt { number, declaration, state, pre_no, invt_no, business_date, rulebook, lane, findings, remarks, closed_on }
    ExportWaybillRecord { key, version, last, previous, last_time, since, waybill, claimed_by, list, bill, arrived, departed, seen }
    ExportOwner { key, trade }
    ExportPart { number, filed }
    ExportBatch { key, version, last, previous, last_time, pre_no, parts, parcels, seen }
    ExportOutcome { trade, states }
    ClosedLine { gnum, gcode, gname, country, currency, unit1, qty1, unit2, qty2, total_price }
    ClosedList { invt_no, trade, position, recorded, state, closed_on, district, logistics_no, statistics_flag, trade_mode, ems_no, traf_mode, owner, country, port, gross_weight, net_weight, lines }
    SummaryClaim { key, by }
    SummaryMember { list, declaration }
    SummaryPart { number, filed, looked_at, lists, findings }
    GroupKey { merchant, traf_mode, owner, country, port, trade_mode, ems_no }
    LineKey { country, gcode, currency, gname, unit1, unit2 }
    GroupLine { lines, qty1, qty2, total_price }
    SummarisedLine { key, sums }
    SummarisedDeclaration { number, key, lists, gross_weight, net_weight, lines }
    ExportSummary { key, version, first, created, last, previous, last_time, pre_no, sum_no, parts, declarations, seen }
    ReturnedQuantity { gnum, qty, qty1, qty2 }
    TallyMark { position, operator, district, invt_no, on }
    ReturnOfExport { number, key, filed, pre_no, standing, lines, parcel, tallied, back_until, relief_until, value, district, findings }
    ExportLook { drawn, credit, hits, joint, counts }
    TaxOfReturn { number, relieved, assessment, export_duty, uncertain }
    ReturnClaim { trade, invt_no }
    ReturnedParcel { key, version, last, previous, last_time, pre_no, tally, tallied, claims, seen }
}

/// A trade as it was first stored. What came since stands behind it, under a number of its own ([`ExportState`]).
impl Stored for ExportTrade {
    fn put(&self, out: &mut Vec<u8>) {
        self.key.put(out);
        self.version.put(out);
        self.first.put(out);
        self.created.put(out);
        self.last.put(out);
        self.previous.put(out);
        self.last_time.put(out);
        self.order.put(out);
        self.payment.put(out);
        self.carriage.put(out);
        self.attempt.put(out);
        self.cancellation.put(out);
        self.seen.put(out);
        self.actions.put(out);
        self.timers.put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        // In the order in which they stand here.
        Ok(Self {
            key: Stored::get(bytes)?,
            version: Stored::get(bytes)?,
            first: Stored::get(bytes)?,
            created: Stored::get(bytes)?,
            last: Stored::get(bytes)?,
            previous: Stored::get(bytes)?,
            last_time: Stored::get(bytes)?,
            order: Stored::get(bytes)?,
            payment: Stored::get(bytes)?,
            carriage: Stored::get(bytes)?,
            attempt: Stored::get(bytes)?,
            cancellation: Stored::get(bytes)?,
            seen: Stored::get(bytes)?,
            actions: Stored::get(bytes)?,
            timers: Stored::get(bytes)?,
            returns: Vec::new(),
            value: None,
            look: ExportLook::default(),
            taxes: Vec::new(),
            taken: None,
        })
    }
}

impl Stored for ReturnStanding {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.number());
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Self::from_number(bytes.byte()?).ok_or(Damage("no standing of a return has this number"))
    }
}

lists!(
    BilledParcel,
    ExportPart,
    ExportState,
    ClosedLine,
    SummaryMember,
    SummaryPart,
    SummarisedLine,
    SummarisedDeclaration,
    ReturnedQuantity,
    ReturnOfExport,
    ReturnClaim,
    TaxOfReturn
);

impl Stored for ExportKey {
    fn put(&self, out: &mut Vec<u8>) {
        let (number, one, other) = self.parts();
        out.push(number);
        one.put(out);
        Text::from(other).put(out);
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        let number = bytes.byte()?;
        let (one, other) = (Stored::get(bytes)?, Stored::get(bytes)?);
        Self::of_parts(number, one, other).ok_or(Damage("no key of exports has this number"))
    }
}

impl Stored for ExportState {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Trade(trade) if trade.taken.is_some() => {
                out.push(11);
                trade.put(out);
                trade.returns.put(out);
                trade.value.put(out);
                trade.look.put(out);
                trade.taxes.put(out);
                trade.taken.put(out);
            }
            Self::Trade(trade) if trade.look != ExportLook::default() || !trade.taxes.is_empty() => {
                out.push(10);
                trade.put(out);
                trade.returns.put(out);
                trade.value.put(out);
                trade.look.put(out);
                trade.taxes.put(out);
            }
            Self::Trade(trade) if trade.returns.is_empty() && trade.value.is_none() => {
                out.push(1);
                trade.put(out);
            }
            Self::Trade(trade) => {
                out.push(8);
                trade.put(out);
                trade.returns.put(out);
                trade.value.put(out);
            }
            Self::Waybill(record) => {
                out.push(2);
                record.put(out);
            }
            Self::Owner(owner) => {
                out.push(3);
                owner.put(out);
            }
            Self::Batch(batch) => {
                out.push(4);
                batch.put(out);
            }
            Self::Closed(list) => {
                out.push(5);
                list.put(out);
            }
            Self::Claim(claim) => {
                out.push(6);
                claim.put(out);
            }
            Self::Summary(summary) => {
                out.push(7);
                summary.put(out);
            }
            Self::ReturnedParcel(parcel) => {
                out.push(9);
                parcel.put(out);
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(match bytes.byte()? {
            1 => Self::Trade(Stored::get(bytes)?),
            2 => Self::Waybill(Stored::get(bytes)?),
            3 => Self::Owner(Stored::get(bytes)?),
            4 => Self::Batch(Stored::get(bytes)?),
            5 => Self::Closed(Stored::get(bytes)?),
            6 => Self::Claim(Stored::get(bytes)?),
            7 => Self::Summary(Stored::get(bytes)?),
            8 => {
                let mut trade = ExportTrade::get(bytes)?;
                (trade.returns, trade.value) = (Stored::get(bytes)?, Stored::get(bytes)?);
                Self::Trade(Arc::new(trade))
            }
            9 => Self::ReturnedParcel(Stored::get(bytes)?),
            number @ (10 | 11) => {
                let mut trade = ExportTrade::get(bytes)?;
                (trade.returns, trade.value) = (Stored::get(bytes)?, Stored::get(bytes)?);
                (trade.look, trade.taxes) = (Stored::get(bytes)?, Stored::get(bytes)?);
                trade.taken = if number == 10 { None } else { Stored::get(bytes)? };
                Self::Trade(Arc::new(trade))
            }
            _ => return Err(Damage("no state of exports has this number")),
        })
    }
}

impl Stored for ExportFollow {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::WaybillChanged { to, waybill, cause } => {
                out.push(1);
                to.put(out);
                waybill.put(out);
                cause.put(out);
            }
            Self::ClaimReleased { to, by, attempt, cause } => {
                out.push(2);
                to.put(out);
                by.put(out);
                attempt.put(out);
                cause.put(out);
            }
            Self::ListConcluded { to, by, attempt, list, cause } => {
                out.push(3);
                to.put(out);
                by.put(out);
                attempt.put(out);
                list.put(out);
                cause.put(out);
            }
            Self::ParcelsOfBill { to, parcels, cause } => {
                out.push(4);
                to.put(out);
                parcels.put(out);
                cause.put(out);
            }
            Self::CancellationFiled { to, file, cause } => {
                out.push(5);
                to.put(out);
                file.put(out);
                cause.put(out);
            }
            Self::ListsFreed { lists, by, cause } => {
                out.push(6);
                lists.put(out);
                by.put(out);
                cause.put(out);
            }
            Self::ReturnFiled { to, file, list, parcel, cause } => {
                out.push(7);
                to.put(out);
                file.put(out);
                list.put(out);
                parcel.put(out);
                cause.put(out);
            }
            Self::ParcelTallied { to, parcel, cause } => {
                out.push(8);
                to.put(out);
                parcel.put(out);
                cause.put(out);
            }
            Self::ReturnEnded { to, cause } => {
                out.push(9);
                to.put(out);
                cause.put(out);
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        // In the order in which they stand here.
        Ok(match bytes.byte()? {
            1 => Self::WaybillChanged {
                to: Stored::get(bytes)?,
                waybill: Stored::get(bytes)?,
                cause: Stored::get(bytes)?,
            },
            2 => Self::ClaimReleased {
                to: Stored::get(bytes)?,
                by: Stored::get(bytes)?,
                attempt: Stored::get(bytes)?,
                cause: Stored::get(bytes)?,
            },
            3 => Self::ListConcluded {
                to: Stored::get(bytes)?,
                by: Stored::get(bytes)?,
                attempt: Stored::get(bytes)?,
                list: Stored::get(bytes)?,
                cause: Stored::get(bytes)?,
            },
            4 => Self::ParcelsOfBill {
                to: Stored::get(bytes)?,
                parcels: Stored::get(bytes)?,
                cause: Stored::get(bytes)?,
            },
            5 => Self::CancellationFiled {
                to: Stored::get(bytes)?,
                file: Stored::get(bytes)?,
                cause: Stored::get(bytes)?,
            },
            6 => Self::ListsFreed {
                lists: Stored::get(bytes)?,
                by: Stored::get(bytes)?,
                cause: Stored::get(bytes)?,
            },
            7 => Self::ReturnFiled {
                to: Stored::get(bytes)?,
                file: Stored::get(bytes)?,
                list: Stored::get(bytes)?,
                parcel: Stored::get(bytes)?,
                cause: Stored::get(bytes)?,
            },
            8 => Self::ParcelTallied {
                to: Stored::get(bytes)?,
                parcel: Stored::get(bytes)?,
                cause: Stored::get(bytes)?,
            },
            9 => Self::ReturnEnded { to: Stored::get(bytes)?, cause: Stored::get(bytes)? },
            _ => return Err(Damage("no follow of exports has this number")),
        })
    }
}
