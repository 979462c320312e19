//! Returns of exported goods (213): an application is a state of its own (`batch`), what it is about follows on the trade whose
//! list it names. Approved, its goods may come; tallied at the site (`tally`), they are released, or a person decides. Which step
//! is allowed is the table of `export/returned.rs`; what an application is held against is `return_match`.

use super::super::info;
use super::super::receipt::Numbers;
use super::{Case, batch, bonded, judge, return_match};
use crate::Text;
use crate::consignment::Filed;
use crate::event::{ActionKind, Arrived, Timer, TimerKind};
use crate::export::{
    ExportFollow, ExportKey, ExportState, ExportTrade, ExportTradeKey, ReturnClaim, ReturnOfExport,
    ReturnStanding, ReturnStep, ReturnedParcel, TallyMark, TaxOfReturn, of_return,
};
use crate::finding::Finding;
use crate::keys::{Time, WaybillKey};
use crate::reason::{Layer, Reason};
use crate::receipt_text::ReceiptText;
use crate::rulebook::Calendar;
use ceb::{Document, ExportReturn, Kind};

const HEAD: &str = "InvtRefundHead";
const APPROVED: &str = ReceiptText::Approved.info();
const AWAITS_GOODS: &str = ReceiptText::ApprovedAwaitsTally.info();
const REVIEW: &str = ReceiptText::InReview.info();
const LAPSED: &str = ReceiptText::ReturnLapsed.info();
/// Released free of duty and import taxes, or as whoever decided says.
const RELIEVED: &str = "退运商品免征进口关税和进口环节税";
const RELEASED: &str = "退运商品进口税款依法另行办理";

/// Takes an application: what it is about is the trade's to say.
pub(super) fn arrived(case: &mut Case<'_>, arrived: &Arrived, document: &ExportReturn) {
    let head = &document.head;
    let key = ExportKey::named(ExportKey::Return, &head.agent_code, &head.co_el_no);
    let list = Text::from(head.invt_no.trim());
    let entry = ExportKey::Entry(list.clone());
    let common = batch::Head {
        key: key.clone(),
        letter: 'T',
        element: HEAD,
        app_type: &head.app_type,
        app_time: head.app_time,
        app_status: &head.app_status,
        guid: &head.guid,
        part: 1,
        parts: 1,
    };
    let taken = batch::take(case, arrived, &common, |case| {
        let mut found = Vec::new();
        let owner = case.export_owner(&entry).filter(|owner| owner.merchant == head.ebc_code.trim());
        if owner.is_none() {
            found.push(
                Finding::new(Reason::DeclarationUnknown)
                    .argument(&head.invt_no)
                    .field("InvtRefundHead.invtNo", &head.invt_no)
                    .field("InvtRefundHead.ebcCode", &head.ebc_code),
            );
        }
        let given = batch::known(case, &key).map(|batch| batch.pre_no);
        if let Some(number) = head.pre_no.as_ref().filter(|number| given.as_ref() != Some(*number)) {
            let finding = Finding::new(Reason::PreEntryNumberUnknown).argument(format!("preNo:{number}"));
            found.push(finding.field("InvtRefundHead.preNo", number));
        }
        found
    });
    let Some(batch) = taken else { return };
    if common.declares()
        && let Some(to) = case.export_owner(&entry).cloned()
    {
        let parcel = WaybillKey::new(&head.logistics_code, &head.logistics_no);
        let cause = case.position;
        case.export_follows(ExportFollow::ReturnFiled { to, file: key, list, parcel, cause });
    }
    batch::keep(case, batch);
}

/// An application reaches its trade.
pub(super) fn filed(case: &mut Case<'_>, to: &ExportTradeKey, file: &ExportKey, parcel: &WaybillKey) {
    let mut trade = case.export_trade(to);
    case.out.export.trade = Some(to.clone());
    let Some((filed, pre_no)) = batch::application(case, file) else { return };
    // What is said of it here comes after what was said when it was taken.
    let told = batch::known(case, file).map_or(trade.last_time, |batch| batch.last_time);
    trade.last_time = trade.last_time.max(told);
    let document = filed.document.clone();
    let Document::ExportReturn(application) = &*document else { return };
    if trade.returns.iter().any(|known| known.filed.position == filed.position) {
        return;
    }
    let mark = tally_of(case, parcel);
    let matched = return_match::against(case, &trade, application, mark.as_ref());
    let (terms, findings) = match matched {
        Ok(matched) => matched,
        Err(findings) => return reject(case, trade, (&filed, &pre_no, file), findings),
    };
    // From here nothing can fail.
    let known = trade.returns.iter().position(|known| known.key == *file);
    let number = known.map_or(trade.returns.len() as u32 + 1, |at| trade.returns[at].number);
    let back = ReturnOfExport {
        number,
        key: file.clone(),
        filed: filed.clone(),
        pre_no: pre_no.clone(),
        standing: ReturnStanding::Review,
        lines: terms.lines,
        parcel: parcel.clone(),
        tallied: mark,
        back_until: terms.back_until,
        relief_until: terms.relief_until,
        value: terms.value,
        district: application.head.customs_code.trim().into(),
        findings: findings.clone(),
    };
    match known {
        // It was refused, and is declared again under its number.
        Some(at) => trade.returns[at] = back,
        None => trade.returns.push(back),
    }
    claim(case, parcel, ReturnClaim { trade: to.clone(), invt_no: application.head.invt_no.trim().into() });
    tell(case, &mut trade, number, 120, judge::CHECKED);
    if findings.is_empty() && case.law.export_return_automatic == 1 {
        approve(case, &mut trade, number);
    } else {
        tell(case, &mut trade, number, 300, REVIEW);
        case.accept(300, REVIEW.into(), findings);
    }
    case.keep_export(trade);
}

/// 100 by the rules: nothing of it is kept at the trade but that it was answered; its number is free.
fn reject(
    case: &mut Case<'_>,
    mut trade: ExportTrade,
    (filed, pre_no, file): (&Filed, &Text, &ExportKey),
    mut findings: Vec<Finding>,
) {
    findings.sort_by_key(|finding| finding.reason);
    let shown: Vec<Finding> =
        findings.iter().filter(|finding| finding.layer() == Layer::Rejected).cloned().collect();
    let text = info(&shown, Kind::ExportReturn);
    let numbers = Numbers { pre_no: pre_no.clone(), ..Numbers::default() };
    case.report_export(&mut trade, filed, 100, &text, &numbers);
    let (to, cause) = (file.clone(), case.position);
    case.export_follows(ExportFollow::ReturnEnded { to, cause });
    case.accept(100, text, findings);
    case.keep_export(trade);
}

/// The tally of a parcel that counts today: a number that is used again is another parcel's.
fn tally_of(case: &Case<'_>, parcel: &WaybillKey) -> Option<TallyMark> {
    let mark = case.returned_parcel(parcel)?.tallied?;
    (case.today() < Calendar::plus_months(mark.on, case.law.waybill_reuse_months)).then_some(mark)
}

/// The parcel tells the trade when it is tallied.
fn claim(case: &mut Case<'_>, parcel: &WaybillKey, claim: ReturnClaim) {
    let known = case.returned_parcel(parcel);
    let mut record = known.unwrap_or_else(|| ReturnedParcel::new(parcel.clone()));
    if !record.claims.contains(&claim) {
        record.claims.push(claim);
        case.keep_returned_parcel(record);
    }
}

/// An application that was refused, or lapsed, may be declared again.
pub(super) fn ended(case: &mut Case<'_>, to: &ExportKey) {
    let Some(mut batch) = batch::known(case, to) else { return };
    for part in batch.parts.iter_mut().filter(|part| part.filed.status != 1) {
        part.filed.status = 100;
    }
    batch::keep(case, batch);
}

/// A parcel is tallied: the returns that come in it go on.
pub(super) fn tallied(case: &mut Case<'_>, to: &ExportTradeKey, parcel: &WaybillKey) {
    let mut trade = case.export_trade(to);
    case.out.export.trade = Some(to.clone());
    let Some(mark) = tally_of(case, parcel) else { return };
    let list = trade.attempt.as_ref().and_then(|attempt| attempt.invt_no.clone()).unwrap_or_default();
    let of_it = |back: &&ReturnOfExport| {
        back.parcel == *parcel && !back.standing.is_final() && back.tallied.is_none()
    };
    let waiting: Vec<u32> = trade.returns.iter().filter(of_it).map(|back| back.number).collect();
    if waiting.is_empty() || !(mark.invt_no.is_empty() || mark.invt_no == list) {
        return;
    }
    for number in waiting {
        let Some(back) = find(&mut trade, number) else { continue };
        back.tallied = Some(mark.clone());
        let approved = back.standing == ReturnStanding::Approved;
        let more = return_match::against_day(back);
        let looked_at = more.iter().all(|new| back.findings.iter().any(|known| known.reason == new.reason));
        for finding in more {
            if !back.findings.iter().any(|known| known.reason == finding.reason) {
                back.findings.push(finding.clone());
                // Whoever sent the tally is told what is to be looked at.
                case.out.answer.findings.push(finding);
            }
        }
        clear_timer(case, &mut trade, number);
        match (approved, looked_at) {
            (true, true) => release(case, &mut trade, number, ""),
            (true, false) => step(case, &mut trade, number, ReturnStep::Review, REVIEW),
            (false, _) => {}
        }
    }
    case.keep_export(trade);
}

fn find(trade: &mut ExportTrade, number: u32) -> Option<&mut ReturnOfExport> {
    trade.returns.iter_mut().find(|back| back.number == number)
}

/// Number and step of an action on a return; none = it is no such action.
fn asked(kind: &ActionKind) -> Option<(u32, ReturnStep)> {
    Some(match kind {
        ActionKind::ApproveReturn { number } => (*number, ReturnStep::Approve),
        ActionKind::RefuseReturn { number } => (*number, ReturnStep::Refuse),
        ActionKind::ReceiveReturn { number } => (*number, ReturnStep::Release),
        ActionKind::HoldReturn { number, status: 500 } => (*number, ReturnStep::Inspect),
        ActionKind::HoldReturn { number, status: 505 } => (*number, ReturnStep::HandOver),
        ActionKind::HoldReturn { number, status: 600 } => (*number, ReturnStep::Suspend),
        _ => return None,
    })
}

/// Whether an action is one on a return.
pub(super) fn is_of_return(kind: &ActionKind) -> bool {
    matches!(kind, ActionKind::HoldReturn { .. }) || asked(kind).is_some()
}

/// Whether an action on a return would be taken now. Goods are released when the site has them.
pub(super) fn is_open(trade: &ExportTrade, kind: &ActionKind) -> bool {
    let Some((number, step)) = asked(kind) else { return false };
    let back = trade.returns.iter().find(|back| back.number == number);
    back.is_some_and(|back| {
        back.standing.after(step).is_some() && (step != ReturnStep::Release || back.tallied.is_some())
    })
}

/// An officer acts on a return.
pub(super) fn act(case: &mut Case<'_>, trade: &mut ExportTrade, kind: &ActionKind, text: &str) {
    let Some((number, what)) = asked(kind) else { return };
    match what {
        ReturnStep::Approve => approve(case, trade, number),
        ReturnStep::Release => release(case, trade, number, text),
        ReturnStep::Inspect => step(case, trade, number, what, &ReceiptText::Opened.with(text)),
        ReturnStep::HandOver => step(case, trade, number, what, &ReceiptText::HandedOver.with(text)),
        ReturnStep::Suspend => step(case, trade, number, what, &ReceiptText::Suspended.with(text)),
        ReturnStep::Refuse => {
            let finding = Finding::new(Reason::ManuallyRejected).argument(text);
            step(case, trade, number, what, &finding.return_info(Some(Kind::ExportReturn)));
            end(case, trade, number);
        }
        ReturnStep::Lapse | ReturnStep::Review => {}
    }
}

/// Its goods may come; those that are here are released.
fn approve(case: &mut Case<'_>, trade: &mut ExportTrade, number: u32) {
    let Some(back) = find(trade, number) else { return };
    let (here, last) = (back.tallied.is_some(), back.back_until);
    step(case, trade, number, ReturnStep::Approve, if here { APPROVED } else { AWAITS_GOODS });
    if here {
        return release(case, trade, number, "");
    }
    const KIND: TimerKind = TimerKind::ExportReturnLapsed;
    let due = Time::start_of(Calendar::plus_days(last, 1));
    clear_timer(case, trade, number);
    trade.timers.push((KIND, number, due));
    case.out.timers.push(Timer { due, order: trade.key.as_pair(), kind: KIND, attempt: number });
}

/// 800: its goods are released, free of duty where they came back in time.
fn release(case: &mut Case<'_>, trade: &mut ExportTrade, number: u32, text: &str) {
    let tax = taxed(case, trade, number);
    let Some(back) = find(trade, number) else { return };
    let usual = if back.is_relieved() { RELIEVED } else { RELEASED };
    let words = tax.as_ref().and_then(TaxOfReturn::words).unwrap_or_else(|| usual.to_owned());
    trade.taxes.retain(|known| known.number != number);
    trade.taxes.extend(tax);
    let between = if text.is_empty() { "" } else { "，" };
    let info = ReceiptText::Released.with(&format!("{words}{between}{text}"));
    step(case, trade, number, ReturnStep::Release, &info);
    bonded::come_back(case, trade, number);
    clear_timer(case, trade, number);
}

/// What the goods of a return owe; none = the law of the day does not ask, or they are not here.
fn taxed(case: &Case<'_>, trade: &ExportTrade, number: u32) -> Option<TaxOfReturn> {
    let back = trade.returns.iter().find(|back| back.number == number)?;
    let here_on = back.tallied.as_ref().filter(|_| case.law.export_return_taxes == 1)?.on;
    let (attempt, declaration) = (trade.attempt.as_ref()?, trade.declaration()?);
    let then = (case.reference.numbered(attempt.rulebook), attempt.business_date, attempt.closed_on?);
    let book = case.reference.current();
    Some(of_return(back, declaration, then, (&book.parameters.on(here_on), book)))
}

/// The goods did not come in time.
pub(super) fn lapse(case: &mut Case<'_>, trade: &mut ExportTrade, number: u32) {
    let waits = |back: &ReturnOfExport| back.standing == ReturnStanding::Approved && back.tallied.is_none();
    if find(trade, number).is_some_and(|back| waits(back)) {
        step(case, trade, number, ReturnStep::Lapse, LAPSED);
        end(case, trade, number);
    }
}

/// It is over without goods: the application may be declared again.
fn end(case: &mut Case<'_>, trade: &mut ExportTrade, number: u32) {
    clear_timer(case, trade, number);
    if let Some(back) = find(trade, number) {
        let (to, cause) = (back.key.clone(), case.position);
        case.export_follows(ExportFollow::ReturnEnded { to, cause });
    }
}

fn clear_timer(case: &mut Case<'_>, trade: &mut ExportTrade, number: u32) {
    let of_it = (TimerKind::ExportReturnLapsed, number);
    if trade.timers.iter().any(|(kind, of, _)| (*kind, *of) == of_it) {
        trade.timers.retain(|(kind, of, _)| (*kind, *of) != of_it);
        case.out.cleared.push(of_it);
    }
}

/// Moves a return and reports its new standing; a step that the table forbids does nothing.
fn step(case: &mut Case<'_>, trade: &mut ExportTrade, number: u32, what: ReturnStep, text: &str) {
    let Some(back) = find(trade, number) else { return };
    let Some(standing) = back.standing.after(what) else { return };
    back.standing = standing;
    let status = standing.status();
    tell(case, trade, number, status, text);
    case.out.answer.status = i32::from(status);
    case.out.answer.info = text.into();
}

/// A receipt of an application.
fn tell(case: &mut Case<'_>, trade: &mut ExportTrade, number: u32, status: u16, text: &str) {
    let Some(back) = find(trade, number) else { return };
    back.filed.status = status;
    let numbers = Numbers { pre_no: back.pre_no.clone(), ..Numbers::default() };
    let filed = back.filed.clone();
    case.report_export(trade, &filed, i32::from(status), text, &numbers);
}

impl Case<'_> {
    /// A parcel of returned goods as it stands, if it is here.
    pub(super) fn returned_parcel(&self, key: &WaybillKey) -> Option<ReturnedParcel> {
        match self.facts.exports.get(&ExportKey::ReturnedParcel(key.clone())) {
            Some(ExportState::ReturnedParcel(known)) => Some((**known).clone()),
            _ => None,
        }
    }

    /// Writes a parcel back, one version on.
    pub(super) fn keep_returned_parcel(&mut self, mut record: ReturnedParcel) {
        record.version += 1;
        record.previous = (record.version > 1).then_some(record.last);
        record.last = self.position;
        self.out.export.states.push(ExportState::ReturnedParcel(std::sync::Arc::new(record)));
    }
}
