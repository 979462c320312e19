//! The tally of returned goods at the site (215): a row of the parcel's own key. Returns that come in the parcel follow on their
//! trades, whichever of the two is here first. Once declared it is not changed, as arrivals are not; a number that is used again
//! after its time is another parcel's.

use super::super::partner::accepted;
use super::super::receipt::Numbers;
use super::{Case, outdated};
use crate::Text;
use crate::event::Arrived;
use crate::export::{ExportFollow, ExportKey, ReturnedParcel, TallyMark};
use crate::finding::Finding;
use crate::keys::WaybillKey;
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use crate::rulebook::Calendar;
use ceb::ReturnTally;

const HEAD: &str = "InvtRefundDetail";
const TALLIED: &str = ReceiptText::Approved.info();

/// A tally arrives.
pub(super) fn arrived(case: &mut Case<'_>, arrived: &Arrived, tally: &ReturnTally) {
    let key = WaybillKey::new(&tally.logistics_code, &tally.logistics_no);
    let known = case.returned_parcel(&key);
    let mut record = known.unwrap_or_else(|| ReturnedParcel::new(key.clone()));
    if case.repeats(&record.seen, arrived) {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    let mark = record.tallied.as_ref();
    let reused = tally.app_type == "1"
        && mark.is_some_and(|mark| {
            case.today() >= Calendar::plus_months(mark.on, case.law.waybill_reuse_months)
        });
    if !reused {
        findings.extend(against(&record, tally));
    }
    findings.extend(against_list(case, &record, tally));
    // One that names the wrong list is answered 100, and nothing is kept of it either.
    if findings.iter().any(|finding| finding.reason == Reason::TallyOfAnotherList) || Case::refuses(&findings)
    {
        return case.refuse(arrived, findings);
    }
    // From here nothing can fail.
    if record.pre_no.is_empty() || reused {
        record.pre_no = case.pre_entry_number('L');
    }
    let (status, info) = accepted(&tally.app_type, &tally.app_status, &tally.guid);
    let mut filed = case.filed(arrived, tally.app_time, status);
    record.seen.push(case.seen(arrived));
    case.out.answer.pre_no = Some(record.pre_no.clone());
    case.accept(i32::from(status), info.clone(), findings);
    tell(case, arrived, &mut record, status, &info);
    if tally.app_type == "3" {
        record.tally = None;
        return case.keep_returned_parcel(record);
    }
    if status == 2 {
        filed.status = 399;
        record.tallied = Some(TallyMark {
            position: case.position,
            operator: tally.operator_code.trim().into(),
            district: tally.customs_code.trim().into(),
            invt_no: tally.invt_no.as_deref().unwrap_or_default().trim().into(),
            on: case.today(),
        });
        tell(case, arrived, &mut record, 399, TALLIED);
        case.out.answer.status = 399;
        case.out.answer.info = TALLIED.into();
        // Each trade once, however many of its lists come in the parcel.
        let mut trades: Vec<_> = record.claims.iter().map(|claim| claim.trade.clone()).collect();
        trades.sort_unstable();
        trades.dedup();
        for to in trades {
            let (parcel, cause) = (key.clone(), case.position);
            case.export_follows(ExportFollow::ParcelTallied { to, parcel, cause });
        }
    }
    record.tally = Some(filed);
    case.keep_returned_parcel(record);
}

/// What stands against the operation on a parcel.
fn against(record: &ReturnedParcel, tally: &ReturnTally) -> Option<Finding> {
    let field = |name: &str| format!("{HEAD}.{name}");
    let Some(existing) = &record.tally else {
        let changes = tally.app_type != "1";
        return changes
            .then(|| Finding::new(Reason::NothingToChange).field(field("appType"), &tally.app_type));
    };
    match tally.app_type.as_str() {
        _ if tally.app_time < existing.app_time => {
            Some(outdated(&field("appTime"), tally.app_time, existing.app_time))
        }
        _ if existing.status == 1 => None,
        "1" => {
            let finding = Finding::new(Reason::AlreadyExists).argument(&tally.logistics_no);
            Some(finding.field(field("logisticsNo"), &tally.logistics_no))
        }
        _ => {
            let finding = Finding::new(Reason::StateForbidsChange).argument(existing.status.to_string());
            Some(finding.field("status", existing.status))
        }
    }
}

/// A list that a tally names was given here, and is one that the parcel is awaited for, where it is awaited.
fn against_list(case: &Case<'_>, record: &ReturnedParcel, tally: &ReturnTally) -> Option<Finding> {
    let named = Text::from(tally.invt_no.as_deref().unwrap_or_default().trim());
    if named.is_empty() {
        return None;
    }
    if case.export_owner(&ExportKey::Entry(named.clone())).is_none() {
        let finding = Finding::new(Reason::DeclarationUnknown).argument(&named);
        return Some(finding.field(format!("{HEAD}.invtNo"), &named));
    }
    let awaited = record.claims.is_empty() || record.claims.iter().any(|claim| claim.invt_no == named);
    (!awaited).then(|| {
        Finding::new(Reason::TallyOfAnotherList)
            .argument(&tally.logistics_no)
            .field(format!("{HEAD}.invtNo"), &named)
            .field(format!("{HEAD}.logisticsNo"), &tally.logistics_no)
    })
}

/// A receipt of the tally.
fn tell(case: &mut Case<'_>, arrived: &Arrived, record: &mut ReturnedParcel, status: u16, info: &str) {
    let names = [Text::const_new("ER"), record.key.logistics.clone(), record.key.logistics_no.clone()];
    let (mut last, version) = (record.last_time, record.version + 1);
    let numbers = Numbers { pre_no: record.pre_no.clone(), ..Numbers::default() };
    case.send(arrived, i32::from(status), info, &numbers, &mut last, (&names, version));
    record.last_time = last;
}
