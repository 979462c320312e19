//! Export waybills (505): rows of their own key. What becomes of one follows as an event on the trade whose list names it.

use super::super::partner::accepted;
use super::super::receipt::Numbers;
use super::{Case, judge, outdated};
use crate::Text;
use crate::event::Arrived;
use crate::export::{ExportFollow, ExportTradeKey, ExportWaybillRecord, ListMark};
use crate::finding::Finding;
use crate::keys::WaybillKey;
use crate::reason::Reason;
use crate::rulebook::Calendar;
use ceb::ExportWaybill;

/// A waybill arrives.
pub(super) fn arrived(case: &mut Case<'_>, arrived: &Arrived, waybill: &ExportWaybill) {
    let key = WaybillKey::new(&waybill.logistics_code, &waybill.logistics_no);
    let today = case.today();
    let known = case.known_export_waybill(&key);
    let mut record = known.unwrap_or_else(|| ExportWaybillRecord::new(key.clone(), today));
    if case.repeats(&record.seen, arrived) {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    let reusable_from = Calendar::plus_months(record.since, case.law.waybill_reuse_months);
    let reused = record.waybill.is_some() && waybill.app_type == "1" && today >= reusable_from;
    if !reused {
        findings.extend(against(&record, waybill, reusable_from));
    }
    if Case::refuses(&findings) {
        return case.refuse(arrived, findings);
    }
    // From here nothing can fail.
    if reused {
        record = ExportWaybillRecord {
            version: record.version,
            last: record.last,
            previous: record.previous,
            last_time: record.last_time,
            ..ExportWaybillRecord::new(key.clone(), today)
        };
    }
    let (status, info) = accepted(&waybill.app_type, &waybill.app_status, &waybill.guid);
    let filed = case.filed(arrived, waybill.app_time, status);
    record.seen.push(case.seen(arrived));
    record.waybill = (waybill.app_type != "3").then_some(filed);
    let names = [Text::const_new("EW"), key.logistics.clone(), key.logistics_no.clone()];
    let (mut last, version) = (record.last_time, record.version + 1);
    case.send(arrived, i32::from(status), &info, &Numbers::default(), &mut last, (&names, version));
    record.last_time = last;
    case.accept(i32::from(status), info, findings);
    case.tell_export_claimant(&record);
    case.keep_export_waybill(record);
}

/// What stands against the operation on a waybill whose number may not be used again yet.
fn against(
    record: &ExportWaybillRecord,
    waybill: &ExportWaybill,
    reusable_from: ceb::Day,
) -> Option<Finding> {
    let Some(existing) = &record.waybill else {
        let field = "Logistics.appType";
        let changes = waybill.app_type != "1";
        return changes.then(|| Finding::new(Reason::NothingToChange).field(field, &waybill.app_type));
    };
    if waybill.app_time < existing.app_time {
        return Some(outdated("Logistics.appTime", waybill.app_time, existing.app_time));
    }
    match waybill.app_type.as_str() {
        "1" if existing.status != 1 => Some(
            Finding::new(Reason::AlreadyExists)
                .argument(&waybill.logistics_no)
                .field("Logistics.logisticsNo", &waybill.logistics_no)
                .field("reusable from", reusable_from),
        ),
        // Staged it was no document of the trade yet.
        _ if existing.status == 1 && waybill.app_time > existing.app_time => None,
        _ if record.claimed_by.is_some() => Some(
            Finding::new(Reason::StateForbidsChange)
                .argument(&waybill.logistics_no)
                .field("Logistics.logisticsNo", &waybill.logistics_no),
        ),
        _ if waybill.app_time == existing.app_time => {
            Some(outdated("Logistics.appTime", waybill.app_time, existing.app_time))
        }
        _ => None,
    }
}

/// The trade learns what became of the waybill that its list names, then the match or the release is tried.
pub(super) fn changed(case: &mut Case<'_>, to: &ExportTradeKey, waybill: &WaybillKey) {
    let mut trade = case.export_trade(to);
    case.out.export.trade = Some(to.clone());
    let Some(record) = case.known_export_waybill(waybill) else { return };
    let claims = record.claimed_by.as_ref().is_some_and(|(by, _)| by == to);
    let Some(old) = trade.carriage.as_ref().filter(|old| claims && old.key == *waybill) else { return };
    let mut carriage = record.carriage();
    // The status that the trade gave its copy stays with the copy.
    if let (Some(new), Some(old)) = (&mut carriage.waybill, old.waybill.as_ref())
        && new.position == old.position
    {
        new.status = old.status;
    }
    if *old == carriage {
        return;
    }
    trade.carriage = Some(carriage);
    judge::attempt(case, &mut trade);
    judge::proceed(case, &mut trade);
    case.keep_export(trade);
}

/// The attempt that claimed the waybill ended.
pub(super) fn released(case: &mut Case<'_>, to: &WaybillKey, by: &ExportTradeKey, attempt: u32) {
    let Some(mut record) = case.known_export_waybill(to) else { return };
    if record.claimed_by.as_ref().is_some_and(|(owner, number)| owner == by && *number <= attempt) {
        record.claimed_by = None;
        record.list = None;
        case.keep_export_waybill(record);
    }
}

/// The list that names the waybill is concluded.
pub(super) fn concluded(
    case: &mut Case<'_>,
    to: &WaybillKey,
    (by, attempt): (&ExportTradeKey, u32),
    list: &ListMark,
) {
    let Some(mut record) = case.known_export_waybill(to) else { return };
    let of_it = record.claimed_by.as_ref().is_some_and(|(owner, number)| (owner, *number) == (by, attempt));
    if of_it && record.list.as_ref() != Some(list) {
        record.list = Some(list.clone());
        super::batch::tell_master(case, &record);
        case.keep_export_waybill(record);
    }
}

impl Case<'_> {
    /// The trade whose list names a waybill hears of what became of it.
    pub(super) fn tell_export_claimant(&mut self, record: &ExportWaybillRecord) {
        if let Some((to, _)) = &record.claimed_by {
            let (to, waybill, cause) = (to.clone(), record.key.clone(), self.position);
            self.export_follows(ExportFollow::WaybillChanged { to, waybill, cause });
        }
    }
}
