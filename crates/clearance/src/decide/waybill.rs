//! Waybills and their status: rows of their own key. What they mean for the consignment that claims them follows as an
//! event on that consignment.

use super::{Case, judge, partner, receipt::Numbers};
use crate::consignment::{Carriage, Consignment, Filed, WaybillRecord};
use crate::event::{Arrived, Follow};
use crate::finding::Finding;
use crate::keys::{OrderKey, Time, WaybillKey};
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use crate::rulebook::Calendar;
use ceb::{Waybill, WaybillStatus};
use std::sync::Arc;

impl WaybillRecord {
    pub(super) fn new(key: WaybillKey, since: ceb::Day) -> Self {
        Self {
            key,
            version: 0,
            last: crate::keys::Position::default(),
            previous: None,
            last_time: Time(0),
            since,
            waybill: None,
            claimed_by: None,
            arrived: None,
            delivered: None,
            seen: Vec::new(),
        }
    }
    /// What the consignment keeps of it.
    pub(super) fn carriage(&self) -> Carriage {
        Carriage {
            key: self.key.clone(),
            waybill: self.waybill.clone(),
            arrived: self.arrived.clone(),
            delivered: self.delivered.as_ref().map(|filed| filed.position),
        }
    }
}

impl Case<'_> {
    /// The waybill of a key as it stands, if it is here.
    pub(super) fn known_waybill(&self, key: &WaybillKey) -> Option<WaybillRecord> {
        self.facts.waybills.get(key).map(|known| (**known).clone())
    }
    pub(super) fn keep_waybill(&mut self, mut record: WaybillRecord) {
        record.version += 1;
        record.previous = (record.version > 1).then_some(record.last);
        record.last = self.position;
        self.out.waybills.push(Arc::new(record));
    }
    pub(super) fn tell_claimant(&mut self, record: &WaybillRecord) {
        if let Some((to, _)) = &record.claimed_by {
            self.out.follows.push(Follow::WaybillChanged {
                to: to.clone(),
                waybill: record.key.clone(),
                cause: self.position,
            });
        }
    }
}

/// A waybill (CEB511).
pub(super) fn arrived(case: &mut Case<'_>, arrived: &Arrived, waybill: &Waybill) {
    let key = WaybillKey::new(&waybill.logistics_code, &waybill.logistics_no);
    let today = case.today();
    let mut record = case.known_waybill(&key).unwrap_or_else(|| WaybillRecord::new(key.clone(), today));
    if case.repeats(&record.seen, arrived) {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    let reusable_from = Calendar::plus_months(record.since, case.law.waybill_reuse_months);
    let reused = record.waybill.is_some() && waybill.app_type == "1" && today >= reusable_from;
    match (&record.waybill, waybill.app_type.as_str()) {
        (None, "2" | "3") => {
            findings.push(Finding::new(Reason::NothingToChange).field("appType", &waybill.app_type))
        }
        (Some(existing), _)
            if !reused
                && waybill.app_time <= existing.app_time
                && existing.status != 1
                && waybill.app_type != "1" =>
        {
            findings.push(
                Finding::new(Reason::OldData)
                    .field("LogisticsHead.appTime", waybill.app_time)
                    .field("stored", existing.app_time),
            );
        }
        (Some(existing), _) if !reused && waybill.app_time < existing.app_time => {
            findings.push(
                Finding::new(Reason::OldData)
                    .field("LogisticsHead.appTime", waybill.app_time)
                    .field("stored", existing.app_time),
            );
        }
        (Some(existing), "1") if !reused && existing.status != 1 => {
            findings.push(
                Finding::new(if same_order(existing, waybill) {
                    Reason::WaybillExists
                } else {
                    Reason::AlreadyExists
                })
                .field("LogisticsHead.logisticsNo", &waybill.logistics_no)
                .field("reusable from", reusable_from),
            );
        }
        (Some(_), "2" | "3") if record.claimed_by.is_some() => {
            findings.push(
                Finding::new(Reason::StateForbidsChange)
                    .field("LogisticsHead.logisticsNo", &waybill.logistics_no),
            );
        }
        _ => {}
    }
    if Case::refuses(&findings) {
        return case.refuse(arrived, findings);
    }
    // From here nothing can fail.
    if reused {
        record = WaybillRecord {
            version: record.version,
            last: record.last,
            previous: record.previous,
            last_time: record.last_time,
            ..WaybillRecord::new(key.clone(), today)
        };
    }
    let (status, info) = partner::accepted(&waybill.app_type, &waybill.app_status, &waybill.guid);
    let filed = case.filed(arrived, waybill.app_time, status);
    record.seen.push(case.seen(arrived));
    record.waybill = (waybill.app_type != "3").then_some(filed);
    let names = [key.logistics.clone(), key.logistics_no.clone()];
    let (mut last, version) = (record.last_time, record.version + 1);
    case.send(arrived, i32::from(status), &info, &Numbers::default(), &mut last, (&names, version));
    record.last_time = last;
    case.accept(i32::from(status), info, findings);
    case.tell_claimant(&record);
    case.keep_waybill(record);
}

/// Whether a filed waybill carries the same order.
fn same_order(existing: &Filed, waybill: &Waybill) -> bool {
    of(Some(existing)).is_some_and(|earlier| earlier.order_no.trim() == waybill.order_no.trim())
}

/// A waybill status (CEB513): delivered.
pub(super) fn delivered(case: &mut Case<'_>, arrived: &Arrived, state: &WaybillStatus) {
    let key = WaybillKey::new(&state.logistics_code, &state.logistics_no);
    let known = case.known_waybill(&key);
    let mut record = known.unwrap_or_else(|| WaybillRecord::new(key.clone(), case.today()));
    if case.repeats(&record.seen, arrived) {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    if record.waybill.as_ref().is_none_or(|waybill| waybill.status == 1) {
        findings.push(
            Finding::new(Reason::WaybillUnknown).field("LogisticsStatus.logisticsNo", &state.logistics_no),
        );
    }
    match (&record.delivered, state.app_type.as_str()) {
        (Some(existing), _) if state.app_time < existing.app_time => {
            findings.push(
                Finding::new(Reason::OldData)
                    .field("LogisticsStatus.appTime", state.app_time)
                    .field("stored", existing.app_time),
            );
        }
        (Some(existing), "1") if existing.status != 1 => {
            findings.push(
                Finding::new(Reason::AlreadyExists).field("LogisticsStatus.logisticsNo", &state.logistics_no),
            );
        }
        (None, "2" | "3") => {
            findings.push(Finding::new(Reason::NothingToChange).field("appType", &state.app_type))
        }
        _ => {}
    }
    if Case::refuses(&findings) {
        return case.refuse(arrived, findings);
    }
    // From here nothing can fail.
    let (status, info) = partner::accepted(&state.app_type, &state.app_status, &state.guid);
    record.seen.push(case.seen(arrived));
    let filed = case.filed(arrived, state.app_time, status);
    record.delivered = (state.app_type != "3").then_some(filed);
    let names = [key.logistics.clone(), key.logistics_no.clone()];
    let (mut last, version) = (record.last_time, record.version + 1);
    case.send(arrived, i32::from(status), &info, &Numbers::default(), &mut last, (&names, version));
    if status == 2 {
        case.send(
            arrived,
            120,
            ReceiptText::Checked.info(),
            &Numbers::default(),
            &mut last,
            (&names, version),
        );
    }
    record.last_time = last;
    case.accept(i32::from(status), info, findings);
    case.tell_claimant(&record);
    case.keep_waybill(record);
}

/// The consignment learns what became of the waybill it claims, then the match or the release is tried.
pub(super) fn changed(case: &mut Case<'_>, to: &OrderKey, waybill: &WaybillKey) {
    let mut consignment = case.consignment(to);
    case.out.order = Some(to.clone());
    let Some(record) = case.facts.waybills.get(waybill) else { return };
    let claims = record.claimed_by.as_ref().is_some_and(|(by, _)| by == to);
    let carries = consignment.carriage.as_ref().is_some_and(|carriage| carriage.key == *waybill);
    if !claims || !carries {
        return;
    }
    let mut carriage = record.carriage();
    // The status the consignment gave its copy stays with the copy.
    if let (Some(new), Some(old)) =
        (&mut carriage.waybill, consignment.carriage.as_ref().and_then(|old| old.waybill.as_ref()))
        && new.position == old.position
    {
        new.status = old.status;
    }
    if consignment.carriage.as_ref() == Some(&carriage) {
        return;
    }
    consignment.carriage = Some(carriage);
    judge::attempt(case, &mut consignment, false);
    judge::proceed(case, &mut consignment);
    case.keep(consignment);
}

/// The attempt that claimed the waybill ended.
pub(super) fn released(case: &mut Case<'_>, to: &WaybillKey, by: &OrderKey, attempt: u32) {
    let Some(mut record) = case.known_waybill(to) else { return };
    if record.claimed_by.as_ref().is_some_and(|(owner, number)| owner == by && *number <= attempt) {
        record.claimed_by = None;
        case.keep_waybill(record);
    }
}

/// The document of a filed waybill.
pub(super) fn of(filed: Option<&Filed>) -> Option<&Waybill> {
    match filed.map(|filed| &*filed.document) {
        Some(ceb::Document::Waybill(waybill)) => Some(waybill),
        _ => None,
    }
}

/// Whether a consignment's parcel has arrived.
pub(super) fn has_arrived(consignment: &Consignment) -> bool {
    consignment.carriage.as_ref().is_some_and(|carriage| carriage.arrived.is_some())
}
