//! Arrivals (CEB711): the parcels of a bill are at the supervised site. Each parcel's waybill learns it, and the
//! consignment that claims the waybill follows.

use super::{Case, partner, receipt::Numbers};
use crate::Text;
use crate::consignment::{ArrivalMark, ArrivalRecord, WaybillRecord};
use crate::event::Arrived;
use crate::finding::Finding;
use crate::keys::{ArrivalKey, WaybillKey};
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use ceb::Arrival;
use compact_str::format_compact;
use std::sync::Arc;

/// An arrival document.
pub(super) fn record(case: &mut Case<'_>, arrived: &Arrived, arrival: &Arrival) {
    let head = &arrival.head;
    let key = ArrivalKey::new(&head.operator_code, head.cop_no.as_deref().unwrap_or(""));
    let existing = case.facts.arrivals.get(&key).cloned();
    if let Some(existing) = &existing
        && case.repeats(&existing.seen, arrived)
    {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    match (&existing, head.app_type.as_str()) {
        (None, "2" | "3") => findings.push(
            Finding::new(Reason::NothingToChange)
                .argument(format!("appType:{}", head.app_type))
                .field("DeliveryHead.appType", &head.app_type),
        ),
        (Some(existing), _) if head.app_time < existing.filed.app_time => {
            findings.push(
                Finding::new(Reason::OldData)
                    .field("DeliveryHead.appTime", head.app_time)
                    .field("stored", existing.filed.app_time),
            );
        }
        (Some(existing), "1") if existing.filed.status != 1 => {
            findings.push(Finding::new(Reason::AlreadyExists).field("DeliveryHead.copNo", &key.cop_no));
        }
        (Some(existing), _) if existing.filed.status != 1 => {
            findings.push(
                Finding::new(Reason::StateForbidsChange)
                    .argument("入库明细单已审结")
                    .field("DeliveryHead.copNo", &key.cop_no),
            );
        }
        _ => {}
    }
    if Case::refuses(&findings) {
        return case.refuse(arrived, findings);
    }
    // From here nothing can fail.
    let (status, info) = partner::accepted(&head.app_type, &head.app_status, &head.guid);
    let mut seen = existing.as_ref().map(|existing| existing.seen.clone()).unwrap_or_default();
    seen.push(case.seen(arrived));
    let pre_no =
        existing.as_ref().map_or_else(|| case.pre_entry_number('R'), |existing| existing.pre_no.clone());
    let serial = case.facts.numbers.take();
    let rkd_no = format_compact!("{}{}{:06}", head.customs_code, case.today(), serial % 1_000_000);
    let numbers = Numbers {
        pre_no: pre_no.clone(),
        rkd_no: (status == 2).then(|| rkd_no.clone()),
        ..Numbers::default()
    };
    let names = [key.operator.clone(), key.cop_no.clone()];
    let version = seen.len() as u32;
    let mut last = existing.map_or(crate::keys::Time(0), |existing| existing.last_time);
    case.send(arrived, i32::from(status), &info, &numbers, &mut last, (&names, version));
    case.out.answer.pre_no = Some(pre_no.clone());
    case.accept(i32::from(status), info, findings);
    let mut filed = case.filed(arrived, head.app_time, status);
    if status == 2 && head.app_type != "3" {
        let mark = ArrivalMark {
            position: case.position,
            bill_no: head.bill_no.clone(),
            customs_code: head.customs_code.clone(),
        };
        let mut unclaimed = Vec::new();
        for (index, line) in arrival.lines.iter().enumerate() {
            let waybill = WaybillKey::new(&head.logistics_code, &line.logistics_no);
            let today = case.today();
            let known = case.known_waybill(&waybill);
            let mut record = known.unwrap_or_else(|| WaybillRecord::new(waybill, today));
            if record.claimed_by.is_none() {
                unclaimed.push((index, &line.logistics_no));
            }
            if record.arrived.is_none() {
                record.arrived = Some(mark.clone());
                case.tell_claimant(&record);
                case.keep_waybill(record);
            }
        }
        filed.status = 399;
        const APPROVED: &str = ReceiptText::Approved.info();
        case.send(arrived, 399, APPROVED, &numbers, &mut last, (&names, version));
        let said = told_of(case, &unclaimed);
        case.out.answer.findings.extend(said);
        case.out.answer.status = 399;
        case.out.answer.info = APPROVED.into();
    }
    case.out.arrival = Some(Arc::new(ArrivalRecord { key, filed, pre_no, rkd_no, seen, last_time: last }));
}

/// What is said of parcels that no list claims: none was declared, or it ended before they came. Where no list ends for that, nothing is.
fn told_of(case: &Case<'_>, unclaimed: &[(usize, &Text)]) -> Option<Finding> {
    if unclaimed.is_empty() || case.law.arrival_wait_days == 0 {
        return None;
    }
    let all = Finding::new(Reason::ArrivalUnclaimed).argument(unclaimed.len().to_string());
    let named = |finding: Finding, (index, number): &(usize, &Text)| {
        finding.field(format!("DeliveryList[{}].logisticsNo", index + 1), number)
    };
    Some(unclaimed.iter().fold(all, named))
}
