//! Exports under judgement: what each document, follow, timer and action locks, and which leaf decides it. The states are
//! `crate::export`. Leaves have the shape of those of imports: exits in order of precedence, a marked line after which
//! nothing can fail, then the changes.

mod action;
mod batch;
mod bonded;
mod cancellation;
mod declaration;
mod judge;
mod partner;
pub(super) mod receipt;
mod return_match;
mod returned;
mod select;
mod summary;
mod summary_lists;
mod tally;
mod waybill;

pub use action::{is_open, refused};

use super::{Case, receipt::Numbers};
use crate::Text;
use crate::consignment::{Filed, State};
use crate::event::{Arrived, OfficerAction, Timer, TimerKind};
use crate::export::{
    ClosedList, ExportAttempt, ExportFollow, ExportKey, ExportOwner, ExportState, ExportTrade,
    ExportTradeKey, ExportWaybillRecord,
};
use crate::facts::Keys;
use crate::finding::Finding;
use crate::keys::{Time, WaybillKey};
use crate::reason::{Layer, Reason};
use crate::rulebook::Law;
use ceb::Document;
use std::sync::Arc;

/// What a document of exports names.
pub(crate) fn needs_of_document(document: &Document, law: impl FnOnce() -> Law, keys: &mut Keys) {
    match document {
        Document::ExportOrder(order) => {
            keys.exports.push(trade_of(&order.head.ebc_code, &order.head.order_no))
        }
        Document::ExportPayment(payment) => keys.exports.push(trade_of(&payment.ebc_code, &payment.order_no)),
        Document::ExportWaybill(waybill) => {
            let key = WaybillKey::new(&waybill.logistics_code, &waybill.logistics_no);
            keys.exports.push(ExportKey::Waybill(key));
        }
        Document::ExportDeclaration(declaration) => {
            let head = &declaration.head;
            keys.exports.extend([
                trade_of(&head.ebc_code, &head.order_no),
                ExportKey::Waybill(WaybillKey::new(&head.logistics_code, &head.logistics_no)),
                ExportKey::named(ExportKey::Declaration, &head.agent_code, &head.cop_no),
            ]);
        }
        Document::ExportCancellation(cancellation) => {
            keys.exports.extend([
                ExportKey::named(ExportKey::Cancellation, &cancellation.agent_code, &cancellation.cop_no),
                ExportKey::Entry(cancellation.invt_no.trim().into()),
            ]);
        }
        Document::SummaryApplication(application) => summary::needs(application, law, keys),
        Document::ExportReturn(application) => {
            let head = &application.head;
            keys.exports.extend([
                ExportKey::named(ExportKey::Return, &head.agent_code, &head.co_el_no),
                ExportKey::Entry(head.invt_no.trim().into()),
            ]);
        }
        Document::ReturnTally(tally) => {
            let parcel = WaybillKey::new(&tally.logistics_code, &tally.logistics_no);
            keys.exports.push(ExportKey::ReturnedParcel(parcel));
            let named = tally.invt_no.as_deref().map(str::trim).filter(|named| !named.is_empty());
            keys.exports.extend(named.map(|named| ExportKey::Entry(named.into())));
        }
        other => {
            keys.exports.extend(batch::key_of(other));
            keys.exports.extend(batch::waybills(other).into_iter().map(ExportKey::Waybill));
            if let Document::Departure(departure) = other {
                crate::transit::needs(departure, &mut keys.looked_at);
            }
        }
    }
}

/// What a follow on exports names.
pub(crate) fn needs_of_follow(follow: &ExportFollow, keys: &mut Keys) {
    match follow {
        ExportFollow::WaybillChanged { to, waybill, .. } => {
            keys.exports.extend([ExportKey::Trade(to.clone()), ExportKey::Waybill(waybill.clone())]);
        }
        ExportFollow::ClaimReleased { to, .. } | ExportFollow::ListConcluded { to, .. } => {
            keys.exports.push(ExportKey::Waybill(to.clone()));
        }
        ExportFollow::ParcelsOfBill { to, .. } => keys.exports.push(to.clone()),
        ExportFollow::ListsFreed { lists, .. } => {
            keys.exports.extend(lists.iter().cloned().map(ExportKey::Summarised));
        }
        ExportFollow::CancellationFiled { to, file, .. } => {
            keys.exports.extend([ExportKey::Trade(to.clone()), file.clone()]);
            keys.looked_at.push(crate::transit::key_of_list(to));
        }
        ExportFollow::ReturnFiled { to, file, list, parcel, .. } => {
            keys.exports.extend([
                ExportKey::Trade(to.clone()),
                file.clone(),
                ExportKey::Summarised(list.clone()),
                ExportKey::ReturnedParcel(parcel.clone()),
            ]);
        }
        ExportFollow::ParcelTallied { to, parcel, .. } => {
            keys.exports.extend([ExportKey::Trade(to.clone()), ExportKey::ReturnedParcel(parcel.clone())]);
        }
        ExportFollow::ReturnEnded { to, .. } => keys.exports.push(to.clone()),
    }
}

fn trade_of(merchant: &str, order_no: &str) -> ExportKey {
    ExportKey::Trade(ExportTradeKey::new(merchant, order_no))
}

/// Judges a document of exports; false = it is none that is judged.
pub(super) fn document(case: &mut Case<'_>, arrived: &Arrived) -> bool {
    match &*arrived.document {
        Document::ExportOrder(order) => partner::order(case, arrived, order),
        Document::ExportPayment(payment) => partner::payment(case, arrived, payment),
        Document::ExportWaybill(waybill) => waybill::arrived(case, arrived, waybill),
        Document::ExportDeclaration(declaration) => declaration::declare(case, arrived, declaration),
        Document::ExportCancellation(application) => batch::cancellation(case, arrived, application),
        Document::MasterBill(master) => batch::master(case, arrived, master),
        Document::ExportArrival(arrival) => batch::arrival(case, arrived, arrival),
        Document::Departure(departure) => batch::departure(case, arrived, departure),
        Document::SummaryApplication(application) => summary::apply(case, arrived, application),
        Document::ExportReturn(application) => returned::arrived(case, arrived, application),
        Document::ReturnTally(tally) => tally::arrived(case, arrived, tally),
        _ => return false,
    }
    true
}

/// What follows from another key.
pub(super) fn follow(case: &mut Case<'_>, follow: &ExportFollow) {
    match follow {
        ExportFollow::WaybillChanged { to, waybill, .. } => waybill::changed(case, to, waybill),
        ExportFollow::ClaimReleased { to, by, attempt, .. } => waybill::released(case, to, by, *attempt),
        ExportFollow::ListConcluded { to, by, attempt, list, .. } => {
            waybill::concluded(case, to, (by, *attempt), list);
        }
        ExportFollow::ParcelsOfBill { to, parcels, .. } => batch::parcels(case, to, parcels),
        ExportFollow::CancellationFiled { to, file, .. } => cancellation::filed(case, to, file),
        ExportFollow::ListsFreed { lists, by, .. } => summary::freed(case, lists, by),
        ExportFollow::ReturnFiled { to, file, parcel, .. } => returned::filed(case, to, file, parcel),
        ExportFollow::ParcelTallied { to, parcel, .. } => returned::tallied(case, to, parcel),
        ExportFollow::ReturnEnded { to, .. } => returned::ended(case, to),
    }
}

/// Whether an application to cancel its list waits for an officer.
pub fn cancels(trade: &ExportTrade) -> bool {
    cancellation::is_open(trade)
}

/// An officer acts on a trade.
pub(super) fn act(case: &mut Case<'_>, action: &OfficerAction) {
    action::act(case, action);
}

/// The partners of a declared list, or the goods of an approved return, did not come in time, or all came and a script kept the
/// verdict back until now. A timer that was cleared or fired meanwhile does nothing.
pub(super) fn due(case: &mut Case<'_>, timer: &Timer) {
    let mut trade = case.export_trade(&ExportTradeKey::of_pair(&timer.order));
    let running =
        trade.timers.iter().position(|(kind, attempt, _)| (*kind, *attempt) == (timer.kind, timer.attempt));
    case.out.export.trade = Some(trade.key.clone());
    if running.is_some_and(|index| trade.timers[index].2 > case.now) {
        return;
    }
    case.out.cleared.push((timer.kind, timer.attempt));
    let Some(index) = running else { return };
    trade.timers.remove(index);
    if timer.kind == TimerKind::ExportReturnLapsed {
        returned::lapse(case, &mut trade, timer.attempt);
        return case.keep_export(trade);
    }
    let waits = |attempt: &ExportAttempt| attempt.state == State::Declared && attempt.number == timer.attempt;
    if trade.attempt.as_ref().is_some_and(waits) {
        overdue(case, &mut trade);
    }
    case.keep_export(trade);
}

/// Nothing is waited for any longer: what is missing rejects the list, or is asked by a parameter that is not sure.
fn overdue(case: &mut Case<'_>, trade: &mut ExportTrade) {
    let missing = judge::missing(case, trade);
    if missing.iter().any(|finding| finding.layer() == Layer::Rejected) {
        judge::reject(case, trade, missing);
    } else {
        judge::delayed(case, trade, missing);
    }
}

/// For a trial: the verdict on a declared list, if its documents are here, or if it was `timed`: they were waited for no longer.
pub(super) fn tried(case: &mut Case<'_>, trade: &mut ExportTrade, timed: bool) {
    if timed || judge::missing(case, trade).is_empty() {
        overdue(case, trade);
    }
}

impl Case<'_> {
    /// The trade of a key as it stands, or a new one.
    fn export_trade(&self, key: &ExportTradeKey) -> ExportTrade {
        match self.facts.exports.get(&ExportKey::Trade(key.clone())) {
            Some(ExportState::Trade(known)) => (**known).clone(),
            _ => ExportTrade::new(key.clone()),
        }
    }

    /// The waybill of a key as it stands, if it is here.
    fn known_export_waybill(&self, key: &WaybillKey) -> Option<ExportWaybillRecord> {
        match self.facts.exports.get(&ExportKey::Waybill(key.clone())) {
            Some(ExportState::Waybill(known)) => Some((**known).clone()),
            _ => None,
        }
    }

    /// Whose a number is.
    fn export_owner(&self, key: &ExportKey) -> Option<&ExportTradeKey> {
        match self.facts.exports.get(key) {
            Some(ExportState::Owner(owner)) => Some(&owner.trade),
            _ => None,
        }
    }

    /// A number is a trade's from now on.
    fn give_export_number(&mut self, key: ExportKey, trade: &ExportTradeKey) {
        let owner = ExportOwner { key, trade: trade.clone() };
        self.out.export.states.push(ExportState::Owner(Arc::new(owner)));
    }

    /// Writes a trade back, one version on; where its list ended, what its summary needs of it stands beside it.
    fn keep_export(&mut self, mut trade: ExportTrade) {
        let stands =
            |trade: &ExportTrade| trade.attempt.as_ref().map(|attempt| (attempt.number, attempt.state));
        if let Some(list) = ClosedList::of(&trade, self.position, self.now)
            && stands(&self.export_trade(&trade.key)) != stands(&trade)
        {
            self.out.export.states.push(ExportState::Closed(Arc::new(list)));
        }
        trade.version += 1;
        if trade.version == 1 {
            (trade.first, trade.created) = (self.position, self.now);
        }
        trade.previous = (trade.version > 1).then_some(trade.last);
        trade.last = self.position;
        self.out.export.trade = Some(trade.key.clone());
        self.out.answer.version = trade.version;
        self.out.export.states.push(ExportState::Trade(Arc::new(trade)));
    }

    fn keep_export_waybill(&mut self, mut record: ExportWaybillRecord) {
        record.version += 1;
        record.previous = (record.version > 1).then_some(record.last);
        record.last = self.position;
        self.out.export.states.push(ExportState::Waybill(Arc::new(record)));
    }

    /// Something follows on another key of exports.
    fn export_follows(&mut self, follow: ExportFollow) {
        self.out.follows.push(crate::event::Follow::Export(Box::new(follow)));
    }

    /// Sends a receipt of a filed document of a trade, one status on.
    fn report_export(
        &mut self,
        trade: &mut ExportTrade,
        filed: &Filed,
        status: i32,
        info: &str,
        numbers: &Numbers,
    ) {
        // A merchant's code and a platform's may be one: the receipts of two trades never share a guid.
        let key = [Text::const_new("E"), trade.key.merchant.clone(), trade.key.order_no.clone()];
        let mut recipients = vec![filed.recipient.clone()];
        recipients.extend(filed.copies.iter().cloned());
        let mut last = trade.last_time;
        let version = trade.version + 1;
        self.deliver(&filed.document, &recipients, status, info, numbers, &mut last, (&key, version));
        trade.last_time = last;
    }
}

/// Sets the timer of an attempt whose partners are awaited.
fn await_partners(case: &mut Case<'_>, trade: &mut ExportTrade, attempt: u32) {
    let due = case.now.plus_hours(case.law.partner_wait_hours);
    set_timer(case, trade, attempt, due);
}

/// Sets the one timer of an attempt: until then its verdict is given. What was set before it is over.
fn set_timer(case: &mut Case<'_>, trade: &mut ExportTrade, attempt: u32, due: Time) {
    const KIND: TimerKind = TimerKind::ExportPartnersMissing;
    let timer = Timer { due, order: trade.key.as_pair(), kind: KIND, attempt };
    trade.timers.retain(|(kind, of, _)| (*kind, *of) != (KIND, attempt));
    trade.timers.push((KIND, attempt, due));
    let is_it = |other: &Timer| (other.kind, other.attempt) == (KIND, attempt) && other.order == timer.order;
    case.out.timers.retain(|other| !is_it(other));
    case.out.timers.push(timer);
}

/// Partners are no longer awaited.
fn clear_timers(case: &mut Case<'_>, trade: &mut ExportTrade) {
    case.out
        .cleared
        .extend(trade.timers.iter().map(|(kind, attempt, _): &(TimerKind, u32, Time)| (*kind, *attempt)));
    trade.timers.clear();
}

/// What a document by itself is refused for: its operation does not fit what is there.
fn outdated(field: &str, app_time: ceb::Stamp, stored: ceb::Stamp) -> Finding {
    Finding::new(Reason::OldData)
        .argument(format!("appTime {app_time} ≤ {stored}"))
        .field(field, app_time)
        .field("stored", stored)
}
