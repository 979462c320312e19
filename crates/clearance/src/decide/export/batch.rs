//! Documents of many parcels: master list (607), arrival at the site (507), departure (509), each in one message or in
//! parts. They name waybills alone: each waybill keeps its mark, whatever came of its list yet, and the trade that claims it
//! follows. So nothing that comes out of turn is lost. Once declared they are not changed, as arrivals of imports are not.
//! Applications that follow on their trade (605, 213) are taken here too: they are such documents of one part.

use super::super::partner::accepted;
use super::super::receipt::Numbers;
use super::{Case, outdated};
use crate::Text;
use crate::consignment::{ArrivalMark, Filed};
use crate::event::Arrived;
use crate::export::{
    BillMark, BilledParcel, DepartureMark, ExportBatch, ExportFollow, ExportKey, ExportPart, ExportState,
    ExportWaybillRecord,
};
use crate::finding::Finding;
use crate::keys::{Position, Time, WaybillKey};
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use crate::transit;
use ceb::{Departure, Document, ExportArrival, MasterBill, Stamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const APPROVED: &str = ReceiptText::Approved.info();
const AWAITS_LISTS: &str = ReceiptText::AwaitsLists.info();
const AWAITS_PARTS: &str = ReceiptText::AwaitsParts.info();
const OPENED: &str = ReceiptText::Opened.info();
const RELEASED: &str = ReceiptText::Released.info();

/// What the kinds have in common.
pub(super) struct Head<'a> {
    pub key: ExportKey,
    /// First letter of its `preNo`.
    pub letter: char,
    pub element: &'static str,
    pub app_type: &'a str,
    pub app_time: Stamp,
    pub app_status: &'a str,
    pub guid: &'a str,
    pub part: u32,
    pub parts: u32,
}

impl Head<'_> {
    pub(super) fn declares(&self) -> bool {
        self.app_status == "2" && self.app_type != "3"
    }
    /// The element that has the sender's own number.
    fn own_number(&self) -> &'static str {
        if matches!(self.key, ExportKey::Return(..)) { "coElNo" } else { "copNo" }
    }
}

/// The batch of a key as it stands, or a new one.
pub(super) fn known(case: &Case<'_>, key: &ExportKey) -> Option<ExportBatch> {
    match case.facts.exports.get(key) {
        Some(ExportState::Batch(batch)) => Some((**batch).clone()),
        _ => None,
    }
}

fn begun(key: ExportKey, pre_no: Text) -> ExportBatch {
    ExportBatch {
        key,
        version: 0,
        last: Position::default(),
        previous: None,
        last_time: Time(0),
        pre_no,
        parts: Vec::new(),
        parcels: Vec::new(),
        seen: Vec::new(),
    }
}

pub(super) fn keep(case: &mut Case<'_>, mut batch: ExportBatch) {
    batch.version += 1;
    batch.previous = (batch.version > 1).then_some(batch.last);
    batch.last = case.position;
    case.out.export.states.push(ExportState::Batch(Arc::new(batch)));
}

/// What stands against the number of a part, and against how many there are.
pub(super) fn against_numbering(element: &str, part: u32, parts: u32, counted: Option<u32>) -> Vec<Finding> {
    let field = |name: &str| format!("{element}.{name}");
    let mut found = Vec::new();
    if part == 0 || part > parts {
        found.push(
            Finding::new(Reason::PartNumberWrong)
                .argument(format!("{part}/{parts}"))
                .field(field("msgSeqNo"), part)
                .field(field("msgCount"), parts),
        );
    }
    if let Some(counted) = counted.filter(|counted| *counted != parts) {
        found.push(
            Finding::new(Reason::PartNumberWrong)
                .argument(format!("{parts} ≠ {counted}"))
                .field(field("msgCount"), parts)
                .field("stored", counted),
        );
    }
    found
}

/// What stands against the operation on a part.
fn against(batch: Option<&ExportBatch>, head: &Head<'_>) -> Vec<Finding> {
    let field = |name: &str| format!("{}.{name}", head.element);
    let parts = batch.map(|batch| &batch.parts[..]).unwrap_or_default();
    let counted = parts.iter().find_map(|part| count_of(&part.filed.document));
    let mut found = against_numbering(head.element, head.part, head.parts, counted);
    let existing = parts.iter().find(|part| part.number == head.part).map(|part| &part.filed);
    match (existing, head.app_type) {
        (None, "1") => {}
        (None, _) => {
            found.push(Finding::new(Reason::NothingToChange).field(field("appType"), head.app_type));
        }
        (Some(existing), _) if head.app_time < existing.app_time => {
            found.push(outdated(&field("appTime"), head.app_time, existing.app_time));
        }
        (Some(existing), kind) if existing.status == 1 || (existing.status == 100 && kind != "3") => {}
        (Some(_), "1") => {
            let (_, _, number) = head.key.parts();
            let finding = Finding::new(Reason::AlreadyExists).argument(number);
            found.push(finding.field(field(head.own_number()), number));
        }
        (Some(existing), _) => {
            let finding = Finding::new(Reason::StateForbidsChange).argument(existing.status.to_string());
            found.push(finding.field("status", existing.status));
        }
    }
    found
}

fn count_of(document: &Document) -> Option<u32> {
    match document {
        Document::MasterBill(master) => Some(master.head.msg_count),
        Document::ExportArrival(arrival) => Some(arrival.head.msg_count),
        Document::Departure(departure) => Some(departure.head.msg_count),
        _ => None,
    }
}

/// Takes a part up to its first receipt; none = it was refused, or was here before.
pub(super) fn take(
    case: &mut Case<'_>,
    arrived: &Arrived,
    head: &Head<'_>,
    more: impl FnOnce(&Case<'_>) -> Vec<Finding>,
) -> Option<ExportBatch> {
    let existing = known(case, &head.key);
    if existing.as_ref().is_some_and(|batch| case.repeats(&batch.seen, arrived)) {
        return None;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        case.refuse(arrived, findings);
        return None;
    }
    findings.extend(against(existing.as_ref(), head));
    findings.extend(more(case));
    if Case::refuses(&findings) {
        case.refuse(arrived, findings);
        return None;
    }
    // From here nothing can fail.
    let mut batch = match existing {
        Some(batch) => batch,
        None => {
            let pre_no = case.pre_entry_number(head.letter);
            begun(head.key.clone(), pre_no)
        }
    };
    let (status, info) = accepted(head.app_type, head.app_status, head.guid);
    let filed = case.filed(arrived, head.app_time, status);
    batch.seen.push(case.seen(arrived));
    batch.parts.retain(|part| part.number != head.part);
    if head.app_type != "3" {
        batch.parts.push(ExportPart { number: head.part, filed: filed.clone() });
        batch.parts.sort_by_key(|part| part.number);
    }
    case.out.answer.pre_no = Some(batch.pre_no.clone());
    case.accept(i32::from(status), info.clone(), findings);
    tell(case, &mut batch, &filed, status, &info);
    Some(batch)
}

/// A receipt of a part.
fn tell(case: &mut Case<'_>, batch: &mut ExportBatch, filed: &Filed, status: u16, info: &str) {
    let (number, one, other) = batch.key.parts();
    let key = [Text::const_new("E"), Text::from(number.to_string()), one.clone(), Text::from(other)];
    let mut recipients = vec![filed.recipient.clone()];
    recipients.extend(filed.copies.iter().cloned());
    let numbers = Numbers { pre_no: batch.pre_no.clone(), ..Numbers::default() };
    let (mut last, version) = (batch.last_time, batch.version + 1);
    case.deliver(&filed.document, &recipients, i32::from(status), info, &numbers, &mut last, (&key, version));
    batch.last_time = last;
}

/// All declared parts go to a status.
fn tell_all(case: &mut Case<'_>, batch: &mut ExportBatch, status: u16, info: &str) {
    for at in 0..batch.parts.len() {
        if batch.parts[at].filed.status != 1 && batch.parts[at].filed.status != status {
            batch.parts[at].filed.status = status;
            let filed = batch.parts[at].filed.clone();
            tell(case, batch, &filed, status, info);
        }
    }
    case.out.answer.status = i32::from(status);
    case.out.answer.info = info.into();
}

/// The waybills that a part names, each once.
fn named(logistics: &str, numbers: impl Iterator<Item = Text>) -> BTreeSet<WaybillKey> {
    numbers.map(|number| WaybillKey::new(logistics, &number)).collect()
}

/// The waybills of a document of many parcels.
pub(super) fn waybills(document: &Document) -> BTreeSet<WaybillKey> {
    match document {
        Document::MasterBill(master) => {
            named(&master.head.logistics_code, master.lines.iter().map(|line| line.logistics_no.clone()))
        }
        Document::ExportArrival(arrival) => {
            named(&arrival.head.logistics_code, arrival.lines.iter().map(|line| line.logistics_no.clone()))
        }
        Document::Departure(departure) => named(
            &departure.head.logistics_code,
            departure.lines.iter().map(|line| line.logistics_no.clone()),
        ),
        _ => BTreeSet::new(),
    }
}

/// The key of a document of many parcels.
pub(super) fn key_of(document: &Document) -> Option<ExportKey> {
    Some(match document {
        Document::MasterBill(master) => {
            ExportKey::named(ExportKey::Master, &master.head.agent_code, &master.head.cop_no)
        }
        Document::ExportArrival(arrival) => {
            ExportKey::named(ExportKey::Arrival, &arrival.head.operator_code, &arrival.head.cop_no)
        }
        Document::Departure(departure) => {
            ExportKey::named(ExportKey::Departure, &departure.head.logistics_code, &departure.head.cop_no)
        }
        _ => return None,
    })
}

/// The waybill of a key, or a new one: parcels may be named before their waybill came.
fn waybill_of(case: &Case<'_>, key: WaybillKey) -> ExportWaybillRecord {
    let today = case.today();
    case.known_export_waybill(&key).unwrap_or_else(|| ExportWaybillRecord::new(key, today))
}

/// How far a parcel is for its bill.
pub(super) fn status_of(record: &ExportWaybillRecord) -> u16 {
    match (&record.list, &record.arrived) {
        (None, _) => 2,
        (Some(_), None) => 399,
        (Some(list), Some(_)) if list.opens => 500,
        (Some(_), Some(_)) => 800,
    }
}

/// A master list (607): its parcels go under a bill.
pub(super) fn master(case: &mut Case<'_>, arrived: &Arrived, document: &MasterBill) {
    let head = &document.head;
    let key = ExportKey::named(ExportKey::Master, &head.agent_code, &head.cop_no);
    let common = Head {
        key: key.clone(),
        letter: 'M',
        element: "WayBillHead",
        app_type: &head.app_type,
        app_time: head.app_time,
        app_status: &head.app_status,
        guid: &head.guid,
        part: head.msg_seq_no,
        parts: head.msg_count,
    };
    let taken = take(case, arrived, &common, |case| {
        let of_line = |line| against_parcel(case, &key, &head.logistics_code, line);
        document.lines.iter().flat_map(of_line).collect()
    });
    let Some(mut batch) = taken else { return };
    if common.declares() {
        let mark =
            BillMark { position: case.position, master: key.clone(), bill_no: head.bill_no.trim().into() };
        for waybill in waybills(&arrived.document) {
            let mut record = waybill_of(case, waybill);
            record.bill = Some(mark.clone());
            let parcel =
                BilledParcel { logistics_no: record.key.logistics_no.clone(), status: status_of(&record) };
            batch.parcels.retain(|known| known.logistics_no != parcel.logistics_no);
            batch.parcels.push(parcel);
            case.tell_export_claimant(&record);
            case.keep_export_waybill(record);
        }
        go_on(case, &mut batch);
    }
    keep(case, batch);
}

/// What stands against a parcel of a master list.
fn against_parcel(
    case: &Case<'_>,
    master: &ExportKey,
    logistics: &str,
    line: &ceb::MasterBillLine,
) -> Vec<Finding> {
    let Some(record) = case.known_export_waybill(&WaybillKey::new(logistics, &line.logistics_no)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let path = |field: &str| format!("WayBillList[{}].{field}", line.gnum);
    if let Some(mark) = record.bill.as_ref().filter(|mark| mark.master != *master) {
        found.push(
            Finding::new(Reason::ParcelUnderAnotherBill)
                .argument(&line.logistics_no)
                .field(path("logisticsNo"), &line.logistics_no)
                .field("billNo", &mark.bill_no),
        );
    }
    if let (Some(named), Some(list)) = (&line.invt_no, &record.list)
        && named.trim() != list.invt_no
    {
        found.push(
            Finding::new(Reason::DeclarationUnknown)
                .argument(named)
                .field(path("invtNo"), named)
                .field("stored", &list.invt_no),
        );
    }
    found
}

/// How a master list stands: 120 while parts or lists are awaited, 399 when all lists are concluded, 800 or 500 when all
/// parcels are at the site.
fn go_on(case: &mut Case<'_>, batch: &mut ExportBatch) {
    let declared = batch.parts.iter().filter(|part| part.filed.status != 1).count();
    let expected = batch.parts.first().and_then(|part| count_of(&part.filed.document)).unwrap_or(1);
    let least = batch.parcels.iter().map(|parcel| parcel.status).min().unwrap_or(0);
    if declared < expected as usize {
        return tell_all(case, batch, 120, AWAITS_PARTS);
    }
    if least < 399 {
        return tell_all(case, batch, 120, AWAITS_LISTS);
    }
    // One that went on already does not come back when a list under it is declared anew.
    if batch.parts.iter().any(|part| part.filed.status < 399) {
        tell_all(case, batch, 399, APPROVED);
    }
    if batch.parcels.iter().all(|parcel| parcel.status >= 500) {
        let opened = batch.parcels.iter().any(|parcel| parcel.status == 500);
        let (status, info) = if opened { (500, OPENED) } else { (800, RELEASED) };
        tell_all(case, batch, status, info);
    }
}

/// A master list hears of its parcels.
pub(super) fn parcels(case: &mut Case<'_>, to: &ExportKey, parcels: &[BilledParcel]) {
    let Some(mut batch) = known(case, to) else { return };
    let before = batch.parcels.clone();
    for parcel in parcels {
        if let Some(known) = batch.parcels.iter_mut().find(|known| known.logistics_no == parcel.logistics_no)
        {
            known.status = parcel.status;
        }
    }
    if before == batch.parcels {
        return;
    }
    go_on(case, &mut batch);
    keep(case, batch);
}

/// An arrival at the site (507): lists of its parcels are released, or opened.
pub(super) fn arrival(case: &mut Case<'_>, arrived: &Arrived, document: &ExportArrival) {
    let head = &document.head;
    let common = Head {
        key: ExportKey::named(ExportKey::Arrival, &head.operator_code, &head.cop_no),
        letter: 'R',
        element: "ArrivalHead",
        app_type: &head.app_type,
        app_time: head.app_time,
        app_status: &head.app_status,
        guid: &head.guid,
        part: head.msg_seq_no,
        parts: head.msg_count,
    };
    let Some(mut batch) = take(case, arrived, &common, |_| Vec::new()) else { return };
    if common.declares() {
        let mark = ArrivalMark {
            position: case.position,
            bill_no: head.bill_no.clone().unwrap_or_default(),
            customs_code: head.customs_code.clone(),
        };
        let mut billed: BTreeMap<ExportKey, Vec<BilledParcel>> = BTreeMap::new();
        for waybill in waybills(&arrived.document) {
            let mut record = waybill_of(case, waybill);
            if record.arrived.is_some() {
                continue;
            }
            record.arrived = Some(mark.clone());
            if let (Some(bill), true) = (&record.bill, record.list.is_some()) {
                let logistics_no = record.key.logistics_no.clone();
                let parcel = BilledParcel { logistics_no, status: status_of(&record) };
                billed.entry(bill.master.clone()).or_default().push(parcel);
            }
            case.tell_export_claimant(&record);
            case.keep_export_waybill(record);
        }
        for (to, parcels) in billed {
            let cause = case.position;
            case.export_follows(ExportFollow::ParcelsOfBill { to, parcels, cause });
        }
        conclude(case, &mut batch);
    }
    keep(case, batch);
}

/// A departure (509): lists of its parcels are closed.
pub(super) fn departure(case: &mut Case<'_>, arrived: &Arrived, document: &Departure) {
    let head = &document.head;
    let common = Head {
        key: ExportKey::named(ExportKey::Departure, &head.logistics_code, &head.cop_no),
        letter: 'D',
        element: "DepartureHead",
        app_type: &head.app_type,
        app_time: head.app_time,
        app_status: &head.app_status,
        guid: &head.guid,
        part: head.msg_seq_no,
        parts: head.msg_count,
    };
    let (moving, read) = transit::check(document, case.facts);
    case.out.read.records.extend(read);
    let Some(mut batch) = take(case, arrived, &common, |_| moving) else { return };
    if common.declares() {
        let mark = DepartureMark {
            position: case.position,
            bill_no: head.bill_no.clone().unwrap_or_default(),
            left_on: head.leave_time.day(),
        };
        for waybill in waybills(&arrived.document) {
            let mut record = waybill_of(case, waybill);
            if record.departed.is_some() {
                continue;
            }
            record.departed = Some(mark.clone());
            case.tell_export_claimant(&record);
            case.keep_export_waybill(record);
        }
        conclude(case, &mut batch);
    }
    keep(case, batch);
}

/// An arrival or departure is concluded part by part: what it says of its parcels stands.
fn conclude(case: &mut Case<'_>, batch: &mut ExportBatch) {
    tell_all(case, batch, 399, APPROVED);
}

/// A waybill whose list was concluded tells the master list that it goes under.
pub(super) fn tell_master(case: &mut Case<'_>, record: &ExportWaybillRecord) {
    let Some(bill) = &record.bill else { return };
    let parcel = BilledParcel { logistics_no: record.key.logistics_no.clone(), status: status_of(record) };
    let (to, cause) = (bill.master.clone(), case.position);
    case.export_follows(ExportFollow::ParcelsOfBill { to, parcels: vec![parcel], cause });
}

/// The one part of an application that follows on its trade.
pub(super) fn application(case: &Case<'_>, key: &ExportKey) -> Option<(Filed, Text)> {
    let batch = known(case, key)?;
    let filed = batch.parts.into_iter().next()?.filed;
    Some((filed, batch.pre_no))
}

/// Takes an application to cancel (605): what it is about is the trade's to say.
pub(super) fn cancellation(case: &mut Case<'_>, arrived: &Arrived, document: &ceb::ExportCancellation) {
    let key = ExportKey::named(ExportKey::Cancellation, &document.agent_code, &document.cop_no);
    let entry = ExportKey::Entry(document.invt_no.trim().into());
    let common = Head {
        key: key.clone(),
        letter: 'C',
        element: "InvtCancel",
        app_type: &document.app_type,
        app_time: document.app_time,
        app_status: &document.app_status,
        guid: &document.guid,
        part: 1,
        parts: 1,
    };
    let taken = take(case, arrived, &common, |case| {
        let owner = case.export_owner(&entry).filter(|owner| owner.merchant == document.ebc_code.trim());
        let unknown = owner.is_none().then(|| {
            Finding::new(Reason::DeclarationUnknown)
                .argument(&document.invt_no)
                .field("InvtCancel.invtNo", &document.invt_no)
                .field("InvtCancel.ebcCode", &document.ebc_code)
        });
        unknown.into_iter().collect()
    });
    let Some(batch) = taken else { return };
    if common.declares()
        && let Some(to) = case.export_owner(&entry).cloned()
    {
        let cause = case.position;
        case.export_follows(ExportFollow::CancellationFiled { to, file: key, cause });
    }
    keep(case, batch);
}
