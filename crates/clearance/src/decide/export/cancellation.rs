//! Cancellation of an export list (605): before its parcel has left the country, approved at once where nothing is looked at,
//! else by an officer. The application is a state of its own (`batch`); what it is about follows on the trade. While a transfer to
//! another district is open the list stands: no transfer takes a list of which an application waits, and both lock the trade, so
//! that an application which waits for an officer is never of a list under transfer.

use super::super::receipt::Numbers;
use super::{Case, batch, judge};
use crate::consignment::{Lane, State};
use crate::export::{CancellationOfExport, ExportKey, ExportTrade, ExportTradeKey, moves::next};
use crate::finding::Finding;
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use crate::states::Trigger;
use crate::transit;
use ceb::{Document, Kind};

const CANCELLED: &str = ReceiptText::Cancelled.info();

/// An application reaches its trade.
pub(super) fn filed(case: &mut Case<'_>, to: &ExportTradeKey, file: &ExportKey) {
    let mut trade = case.export_trade(to);
    case.out.export.trade = Some(to.clone());
    let Some((filed, pre_no)) = batch::application(case, file) else { return };
    let Document::ExportCancellation(application) = &*filed.document else { return };
    if trade.cancellation.as_ref().is_some_and(|known| known.filed.position == filed.position) {
        return;
    }
    let attempt = trade.attempt.as_ref();
    let named = attempt.filter(|attempt| attempt.invt_no.as_deref() == Some(application.invt_no.trim()));
    let state = attempt.map_or("none", |attempt| attempt.state.word());
    let open = trade.cancellation.as_ref().is_some_and(|known| known.filed.status == 2);
    let allowed = named.is_some_and(|attempt| next(attempt.state, Trigger::Cancel).is_some())
        && is_here(&trade)
        && !open;
    let moving = transit::of_list(to, case.facts);
    let stands = moving.as_ref().map(|(state, _)| state.as_str());
    let (is_moving, is_lost) = (stands == Some(transit::HELD), stands == Some(transit::WRITTEN_OFF));
    case.out.read.records.extend(moving.map(|(_, read)| read));
    // What became of goods that were lost is an officer's to weigh.
    let automatic = case.law.export_cancellation_automatic == 1
        && !is_lost
        && named.is_some_and(|attempt| attempt.lane == Some(Lane::Release) && attempt.state != State::Review);
    let number = attempt.map_or(0, |attempt| attempt.number);
    if !allowed || is_moving {
        let invt_no = application.invt_no.trim();
        let finding = if allowed {
            Finding::new(Reason::ListInTransfer).argument(invt_no).field("InvtCancel.invtNo", invt_no)
        } else {
            Finding::new(Reason::ExportStateForbidsCancellation)
                .argument(state)
                .field("InvtCancel.invtNo", invt_no)
                .field("state", state)
        };
        let mut file = CancellationOfExport { filed, pre_no, attempt: number };
        refuse(case, &mut trade, &mut file, finding);
        // The one that is open stays the one that an officer decides.
        if !open {
            trade.cancellation = Some(file);
        }
        return case.keep_export(trade);
    }
    trade.cancellation = Some(CancellationOfExport { filed, pre_no, attempt: number });
    if automatic {
        approve(case, &mut trade);
    }
    case.keep_export(trade);
}

/// Whether a trade's parcel is still in the country.
fn is_here(trade: &ExportTrade) -> bool {
    trade.carriage.as_ref().is_none_or(|carriage| carriage.departed.is_none())
}

/// Whether an application waits for an officer.
pub(super) fn is_open(trade: &ExportTrade) -> bool {
    let attempt = trade.attempt.as_ref();
    let of_it = |file: &CancellationOfExport| {
        file.filed.status == 2 && attempt.is_some_and(|attempt| attempt.number == file.attempt)
    };
    trade.cancellation.as_ref().is_some_and(of_it)
        && is_here(trade)
        && attempt.is_some_and(|attempt| next(attempt.state, Trigger::Cancel).is_some())
}

/// The list is cancelled: its waybill and its number are free.
pub(super) fn approve(case: &mut Case<'_>, trade: &mut ExportTrade) {
    let Some(mut file) = trade.cancellation.take() else { return };
    judge::end_attempt(case, trade);
    if let Some(attempt) = &mut trade.attempt {
        attempt.state = State::Cancelled;
    }
    file.filed.status = 399;
    tell(case, trade, &file, 399, CANCELLED);
    trade.cancellation = Some(file);
    case.out.answer.status = 399;
    case.out.answer.info = CANCELLED.into();
}

/// An officer refuses it; the list goes on.
pub(super) fn refuse_open(case: &mut Case<'_>, trade: &mut ExportTrade, text: &str) {
    let Some(mut file) = trade.cancellation.take() else { return };
    let finding = Finding::new(Reason::ManuallyRejected).argument(text);
    refuse(case, trade, &mut file, finding);
    trade.cancellation = Some(file);
}

fn refuse(case: &mut Case<'_>, trade: &mut ExportTrade, file: &mut CancellationOfExport, finding: Finding) {
    file.filed.status = 100;
    let text = finding.return_info(Some(Kind::ExportCancellation));
    tell(case, trade, file, 100, &text);
    case.accept(100, text.into(), vec![finding]);
}

fn tell(case: &mut Case<'_>, trade: &mut ExportTrade, file: &CancellationOfExport, status: i32, text: &str) {
    let invt_no = trade.attempt.as_ref().and_then(|attempt| attempt.invt_no.clone());
    let numbers = Numbers { pre_no: file.pre_no.clone(), invt_no, ..Numbers::default() };
    case.report_export(trade, &file.filed, status, text, &numbers);
}
