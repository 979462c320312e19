//! Cancellations (CEB623): before release, approved at once or by an officer.

use super::declaration::end_attempt;
use super::{Case, partner, receipt::Numbers};
use crate::consignment::{CancellationFile, Consignment, Lane, State};
use crate::event::Arrived;
use crate::finding::Finding;
use crate::keys::{ClaimKey, OrderKey};
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use crate::states::{Trigger, next};
use ceb::Cancellation;

/// An application to cancel.
pub(super) fn apply(case: &mut Case<'_>, arrived: &Arrived, cancellation: &Cancellation) {
    let key = OrderKey::new(&cancellation.ebp_code, &cancellation.order_no);
    let mut consignment = case.consignment(&key);
    case.out.order = Some(key.clone());
    if case.repeats(&consignment.seen, arrived) {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    findings.extend(against(case, &consignment, cancellation));
    if Case::refuses(&findings) {
        return case.refuse(arrived, findings);
    }
    // From here nothing can fail.
    let (status, info) = partner::accepted("1", &cancellation.app_status, &cancellation.guid);
    consignment.seen.push(case.seen(arrived));
    let filed = case.filed(arrived, cancellation.app_time, status);
    let earlier = consignment
        .cancellation
        .as_ref()
        .filter(|file| file.filed.status == 1)
        .map(|file| file.pre_no.clone());
    let pre_no = earlier.unwrap_or_else(|| case.pre_entry_number('C'));
    let attempt = consignment.attempt.as_ref().map_or(0, |attempt| attempt.number);
    if let Some(cop_no) = &cancellation.cop_no {
        let claim = ClaimKey::Cancellation(cancellation.agent_code.trim().into(), cop_no.trim().into());
        case.out.claims.push((claim, Some(key)));
    }
    consignment.cancellation = Some(CancellationFile { filed, pre_no: pre_no.clone(), attempt });
    case.out.answer.pre_no = Some(pre_no);
    case.accept(i32::from(status), info.clone(), findings);
    report(case, &mut consignment, i32::from(status), &info);
    let unselected = consignment.attempt.as_ref().is_some_and(|attempt| attempt.lane == Some(Lane::Release));
    if status == 2 && case.law.cancellation_automatic == 1 && unselected {
        approve(case, &mut consignment);
    }
    case.keep(consignment);
}

fn against(case: &Case<'_>, consignment: &Consignment, cancellation: &Cancellation) -> Vec<Finding> {
    let mut found = Vec::new();
    let number = &cancellation.invt_no;
    let attempt =
        consignment.attempt.as_ref().filter(|attempt| attempt.invt_no.as_deref() == Some(number.trim()));
    match attempt {
        None => found.push(
            Finding::new(Reason::DeclarationUnknown).argument(number).field("InvtCancel.invtNo", number),
        ),
        Some(attempt) if next(attempt.state, Trigger::Cancel).is_none() => {
            found.push(
                Finding::new(Reason::StateForbidsCancellation)
                    .argument(number)
                    .field("state", attempt.state.word()),
            );
        }
        Some(attempt) => {
            let open = consignment
                .cancellation
                .as_ref()
                .filter(|file| file.attempt == attempt.number && file.filed.status != 100);
            let name = cancellation.cop_no.as_ref().unwrap_or(number);
            match open {
                Some(file) if file.filed.status == 1 && cancellation.app_time > file.filed.app_time => {}
                Some(file) if file.filed.status == 1 => found.push(
                    Finding::new(Reason::OldData)
                        .argument(format!("appTime {} ≤ {}", cancellation.app_time, file.filed.app_time))
                        .field("InvtCancel.appTime", cancellation.app_time),
                ),
                Some(_) => found.push(
                    Finding::new(Reason::AlreadyExists).argument(name).field("InvtCancel.invtNo", number),
                ),
                None => {}
            }
        }
    }
    let given = consignment.cancellation.as_ref().map(|file| &file.pre_no);
    if let Some(number) = cancellation.pre_no.as_ref().filter(|number| given != Some(*number)) {
        found.push(
            Finding::new(Reason::PreEntryNumberUnknown)
                .argument(format!("preNo:{number}"))
                .field("InvtCancel.preNo", number),
        );
    }
    if let Some(cop_no) = &cancellation.cop_no {
        let claim = ClaimKey::Cancellation(cancellation.agent_code.trim().into(), cop_no.trim().into());
        if case.facts.claims.get(&claim).is_some_and(|owner| *owner != consignment.key) {
            found
                .push(Finding::new(Reason::AlreadyExists).argument(cop_no).field("InvtCancel.copNo", cop_no));
        }
    }
    found
}

/// Whether an application to cancel the attempt waits to be decided.
pub(super) fn is_open(consignment: &Consignment) -> bool {
    let number = consignment.attempt.as_ref().map(|attempt| attempt.number);
    let open = |file: &CancellationFile| file.filed.status == 2 && Some(file.attempt) == number;
    consignment.cancellation.as_ref().is_some_and(open)
}

fn report(case: &mut Case<'_>, consignment: &mut Consignment, status: i32, info: &str) {
    let Some(file) = &consignment.cancellation else { return };
    let invt_no = consignment.attempt.as_ref().and_then(|attempt| attempt.invt_no.clone());
    let numbers = Numbers { pre_no: file.pre_no.clone(), invt_no, ..Numbers::default() };
    let filed = file.filed.clone();
    case.report(consignment, &filed, status, info, &numbers);
}

fn set_status(consignment: &mut Consignment, status: u16) {
    if let Some(file) = &mut consignment.cancellation {
        file.filed.status = status;
    }
}

/// 399: the list is cancelled, what it held is given up.
pub(super) fn approve(case: &mut Case<'_>, consignment: &mut Consignment) {
    const APPROVED: &str = ReceiptText::Cancelled.info();
    end_attempt(case, consignment);
    if let Some(attempt) = &mut consignment.attempt {
        attempt.state = State::Cancelled;
    }
    set_status(consignment, 399);
    report(case, consignment, 399, APPROVED);
    case.out.answer.status = 399;
    case.out.answer.info = APPROVED.into();
}

/// 100: the list goes on.
pub(super) fn refuse(case: &mut Case<'_>, consignment: &mut Consignment, text: &str) {
    let info = ReceiptText::Refused.with(text);
    set_status(consignment, 100);
    report(case, consignment, 100, &info);
    case.out.answer.status = 100;
    case.out.answer.info = info.into();
}
