//! Returns (CEB625): applied for after release, approved by an officer, and received back; only receipt gives back tax,
//! quota and guarantee. An approved return whose goods do not come lapses.

use super::declaration::{clear_timers, set_timer};
use super::{Case, bonded, bonded_across, judge, partner, receipt::Numbers};
use crate::consignment::{Attempt, Consignment, ReturnFile, ReturnState, ReturnedLine, State};
use crate::event::{Arrived, ReceivedAt, TimerKind};
use crate::finding::Finding;
use crate::keys::{ClaimKey, OrderKey, Time};
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use crate::rulebook::Calendar;
use crate::standing;
use crate::tax;
use ceb::{Decimal, Document, Return};
use ledger::Account;

/// An application to return goods.
pub(super) fn apply(case: &mut Case<'_>, arrived: &Arrived, return_goods: &Return) {
    let head = &return_goods.head;
    let key = OrderKey::new(&head.ebp_code, &head.order_no);
    let mut consignment = case.consignment(&key);
    case.out.order = Some(key.clone());
    if case.repeats(&consignment.seen, arrived) {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    findings.extend(against(case, &consignment, return_goods));
    if Case::refuses(&findings) {
        return case.refuse(arrived, findings);
    }
    // From here nothing can fail.
    let decide_by = if head.app_status == "2" && head.app_type != "3" {
        let book = case.reference.current();
        let parties = &case.reference.parties;
        let (due, read) = standing::refund(return_goods, &case.law, parties, book, case.facts);
        case.out.read.records.extend(read);
        due
    } else {
        None
    };
    let (status, info) = partner::accepted(&head.app_type, &head.app_status, &head.guid);
    consignment.seen.push(case.seen(arrived));
    let filed = case.filed(arrived, head.app_time, status);
    let staged = consignment.returns.iter().position(|file| is_staged(file, &head.cop_no));
    let number =
        staged.map_or(consignment.returns.len() as u32 + 1, |index| consignment.returns[index].number);
    let pre_no = staged
        .map(|index| consignment.returns[index].pre_no.clone())
        .unwrap_or_else(|| case.pre_entry_number('T'));
    if let Some(cop_no) = &head.cop_no {
        case.out
            .claims
            .push((ClaimKey::Return(head.agent_code.trim().into(), cop_no.trim().into()), Some(key)));
    }
    let lines =
        return_goods.lines.iter().map(|line| ReturnedLine { gnum: line.gnum, qty: line.qty }).collect();
    let state = if head.app_type == "3" { ReturnState::Refused } else { ReturnState::Applied };
    let file = ReturnFile {
        number,
        filed,
        pre_no: pre_no.clone(),
        state,
        lines,
        tax_given_back: 0,
        quota_given_back: 0,
        decide_by,
    };
    match staged {
        Some(index) => consignment.returns[index] = file,
        None => consignment.returns.push(file),
    }
    case.out.answer.pre_no = Some(pre_no);
    case.accept(i32::from(status), info.clone(), findings);
    report(case, &mut consignment, number, i32::from(status), &info);
    if status == 2 && state == ReturnState::Applied {
        const CHECKED: &str = ReceiptText::Checked.info();
        report(case, &mut consignment, number, 120, CHECKED);
        case.out.answer.status = 120;
        case.out.answer.info = CHECKED.into();
    }
    case.keep(consignment);
}

fn is_staged(file: &ReturnFile, cop_no: &Option<crate::Text>) -> bool {
    let Document::Return(other) = &*file.filed.document else { return false };
    file.filed.status == 1 && file.state == ReturnState::Applied && other.head.cop_no == *cop_no
}

fn against(case: &Case<'_>, consignment: &Consignment, return_goods: &Return) -> Vec<Finding> {
    let head = &return_goods.head;
    let mut found = Vec::new();
    let name = head.cop_no.as_ref().unwrap_or(&head.invt_no);
    let attempt = consignment
        .attempt
        .as_ref()
        .filter(|attempt| attempt.invt_no.as_deref() == Some(head.invt_no.trim()));
    let Some(attempt) = attempt else {
        return vec![Finding::new(Reason::DeclarationUnknown).field("InvtRefundHead.invtNo", &head.invt_no)];
    };
    let released = attempt.bill.as_ref().filter(|_| matches!(attempt.state, State::Released | State::Closed));
    let Some(bill) = released else {
        let text = match attempt.state.status() {
            Some(status) => format!("清单状态为{status}"),
            None => "清单尚未申报".to_owned(),
        };
        return vec![
            Finding::new(Reason::ReturnNotReleased).argument(text).field("state", attempt.state.word()),
        ];
    };
    let last = case.reference.current().calendar.deadline(bill.released_on, case.law.return_apply_days);
    if case.today() > last {
        found.push(
            Finding::new(Reason::ReturnWindowClosed)
                .argument(format!("退货申请期限为{last}"))
                .field("released on", bill.released_on)
                .field("last day", last)
                .resting_on(&case.law, "return_apply_days"),
        );
    }
    if let Some(cop_no) = &head.cop_no {
        let alive = consignment.returns.iter().find(|file| matches!(&*file.filed.document, Document::Return(other) if other.head.cop_no.as_ref() == Some(cop_no)) && file.state.is_alive());
        match (alive, head.app_type.as_str()) {
            (Some(file), _) if file.filed.status != 1 && head.app_type == "1" => {
                found.push(
                    Finding::new(Reason::AlreadyExists).argument(name).field("InvtRefundHead.copNo", cop_no),
                );
            }
            (Some(file), _) if file.filed.status != 1 => {
                found.push(
                    Finding::new(Reason::StateForbidsChange).argument(name).field("state", file.state.word()),
                );
            }
            (None, "2" | "3") => found
                .push(Finding::new(Reason::NothingToChange).field("InvtRefundHead.appType", &head.app_type)),
            _ => {}
        }
        let claim = ClaimKey::Return(head.agent_code.trim().into(), cop_no.trim().into());
        if case.facts.claims.get(&claim).is_some_and(|owner| *owner != consignment.key) {
            found.push(
                Finding::new(Reason::AlreadyExists).argument(cop_no).field("InvtRefundHead.copNo", cop_no),
            );
        }
    }
    let known_pre_no = consignment.returns.iter().any(|file| Some(&file.pre_no) == head.pre_no.as_ref());
    if let Some(number) = head.pre_no.as_ref().filter(|_| !known_pre_no) {
        found.push(Finding::new(Reason::PreEntryNumberUnknown).field("InvtRefundHead.preNo", number));
    }
    // The quantities of an application that is here already are taken by itself.
    let here =
        |finding: &Finding| matches!(finding.reason, Reason::AlreadyExists | Reason::StateForbidsChange);
    if !found.iter().any(here) {
        lines(consignment, attempt, return_goods, name, &mut found);
    }
    found
}

fn lines(
    consignment: &Consignment,
    attempt: &Attempt,
    return_goods: &Return,
    name: &str,
    found: &mut Vec<Finding>,
) {
    let Document::Declaration(declaration) = &*attempt.declaration.document else { return };
    for (index, line) in return_goods.lines.iter().enumerate() {
        let place = (index + 1).to_string();
        let path = |field: &str| format!("InvtRefundList[{place}].{field}");
        let Some(original) = declaration
            .lines
            .iter()
            .find(|original| original.gnum == line.gnum && original.gcode == line.gcode)
        else {
            found.push(
                Finding::new(Reason::ReturnLineUnknown)
                    .argument(name)
                    .argument(line.gnum.to_string())
                    .argument(&line.gcode)
                    .field(path("gnum"), line.gnum)
                    .field(path("gcode"), &line.gcode),
            );
            continue;
        };
        for (reason, field, sent, declared) in [
            (Reason::ReturnFieldDiffers, "gname", &line.gname, &original.gname),
            (Reason::ReturnUnitDiffers, "unit", &line.unit, &original.unit),
        ] {
            if sent.trim() != declared.trim() {
                found.push(
                    Finding::new(reason)
                        .argument(name)
                        .argument(&place)
                        .argument(field)
                        .argument(sent)
                        .argument(declared)
                        .field(path(field), sent)
                        .field(format!("InventoryList.{field}"), declared),
                );
            }
        }
        let taken = returned(consignment, |file| file.state.is_alive() && file.filed.status != 1, line.gnum);
        let left = original.qty.checked_sub(taken).unwrap_or(Decimal::ZERO);
        if line.qty > left {
            found.push(
                Finding::new(Reason::ReturnQuantityExceeds)
                    .argument(format!("第{place}项数量{}超过可退数量{left}", line.qty))
                    .field(path("qty"), line.qty)
                    .field("left", left)
                    .arithmetic(format!("{} - {taken} = {left}", original.qty)),
            );
        }
    }
}

/// Quantity of a line in the returns that are wanted.
fn returned(consignment: &Consignment, wanted: impl Fn(&ReturnFile) -> bool, gnum: u32) -> Decimal {
    consignment
        .returns
        .iter()
        .filter(|file| wanted(file))
        .flat_map(|file| &file.lines)
        .filter(|line| line.gnum == gnum)
        .fold(Decimal::ZERO, |sum, line| sum.checked_add(line.qty).unwrap_or(sum))
}

fn report(case: &mut Case<'_>, consignment: &mut Consignment, number: u32, status: i32, info: &str) {
    let invt_no = consignment.attempt.as_ref().and_then(|attempt| attempt.invt_no.clone());
    let Some(file) = consignment.returns.iter().find(|file| file.number == number) else { return };
    let numbers = Numbers { pre_no: file.pre_no.clone(), invt_no, ..Numbers::default() };
    let filed = file.filed.clone();
    case.report(consignment, &filed, status, info, &numbers);
}

fn file(consignment: &mut Consignment, number: u32) -> Option<&mut ReturnFile> {
    consignment.returns.iter_mut().find(|file| file.number == number)
}

/// Whether the move is open: the return is in that state.
pub(super) fn is_in(consignment: &Consignment, number: u32, state: ReturnState) -> bool {
    consignment
        .returns
        .iter()
        .any(|file| file.number == number && file.state == state && file.filed.status != 1)
}

/// Whether a return may still change the bill.
pub(super) fn is_open(consignment: &Consignment) -> bool {
    consignment.returns.iter().any(|file| {
        matches!(file.state, ReturnState::Applied | ReturnState::Approved) && file.filed.status != 1
    })
}

/// 399: the goods may come back until the last day.
pub(super) fn approve(case: &mut Case<'_>, consignment: &mut Consignment, number: u32) {
    let Some(released_on) =
        consignment.attempt.as_ref().and_then(|attempt| attempt.bill.as_ref()).map(|bill| bill.released_on)
    else {
        return;
    };
    let last = case.reference.current().calendar.deadline(released_on, case.law.return_back_days);
    if let Some(file) = file(consignment, number) {
        file.state = ReturnState::Approved;
        file.filed.status = 399;
    }
    report(case, consignment, number, 399, ReceiptText::Approved.info());
    set_timer(
        case,
        consignment,
        TimerKind::ReturnLapsed,
        number,
        Time::start_of(Calendar::plus_days(last, 1)),
    );
    case.out.answer.status = 399;
}

/// 100.
pub(super) fn refuse(case: &mut Case<'_>, consignment: &mut Consignment, number: u32, text: &str) {
    if let Some(file) = file(consignment, number) {
        file.state = ReturnState::Refused;
        file.filed.status = 100;
    }
    report(case, consignment, number, 100, &ReceiptText::Refused.with(text));
    case.out.answer.status = 100;
}

/// The goods did not come.
pub(super) fn lapse(case: &mut Case<'_>, consignment: &mut Consignment, number: u32) {
    if let Some(file) = file(consignment, number) {
        file.state = ReturnState::Lapsed;
    }
    report(case, consignment, number, 100, ReceiptText::ReturnLapsed.info());
    case.out.answer.status = 100;
}

/// The goods are back, in another book than the one that they left where `across` says so: tax is computed anew on what remains, the
/// difference is given back with quota and guarantee.
pub(super) fn receive(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    number: u32,
    across: Option<&ReceivedAt>,
) {
    if let Some(file) = file(consignment, number) {
        file.state = ReturnState::Received;
    }
    let back = |gnum: u32| returned(consignment, |file| file.state == ReturnState::Received, gnum);
    let Some(attempt) = &consignment.attempt else { return };
    let Some(assessment) = &attempt.assessment else { return };
    let remaining = tax::remaining(assessment, &back).unwrap_or_else(|| assessment.clone());
    let given: i64 = consignment.returns.iter().map(|file| file.quota_given_back).sum();
    let quota = assessment.dutiable() - given - remaining.dutiable();
    // Paid or not, what is due back is what was assessed and neither remains nor was given back before.
    let given: i64 = consignment.returns.iter().map(|file| file.tax_given_back).sum();
    let tax = (assessment.total() - given - remaining.total()).max(0);
    let Some(mut attempt) = consignment.attempt.take() else { return };
    if let Some(movement) = attempt.quota.as_mut().and_then(|hold| ledger::give_back(hold, quota)) {
        case.moved(movement);
    }
    // Payment took the tax off the payable account and freed the guarantee. The account is what the agent owes and
    // never negative, so a refund of paid tax does not move it: the return's file records it, it is paid outside.
    let unpaid = attempt.bill.as_ref().is_some_and(|bill| !bill.paid);
    if unpaid {
        // What remains stays guaranteed as it was declared.
        let needed = attempt.guaranteed(remaining.total());
        let free = |hold: &mut ledger::Hold| {
            let left = hold.amount - hold.given_back;
            ledger::give_back(hold, left - needed)
        };
        if let Some(movement) = attempt.guarantee.as_mut().and_then(free) {
            case.moved(movement);
        }
        if let Some(agent) = judge::agent_of(&attempt).filter(|_| tax > 0) {
            case.moved(ledger::settle(Account::payable_tax(agent), tax));
        }
    }
    let mut shown = attempt.clone();
    shown.assessment = Some(remaining.clone());
    if let Some(bill) = &mut attempt.bill {
        if unpaid {
            bill.owed -= tax;
        }
        if remaining.dutiable() == 0 {
            bill.status = 3;
        }
    }
    let bill = attempt.bill.clone();
    consignment.attempt = Some(attempt);
    if let Some(file) = file(consignment, number) {
        file.tax_given_back = tax;
        file.quota_given_back = quota;
    }
    clear_return_timer(case, consignment, number);
    come_back(case, consignment, number, across);
    if let Some(bill) = bill {
        let void = bill.status == 3;
        case.send_bill(consignment, &shown, &bill, void);
        if void {
            clear_timers(case, consignment, TimerKind::SettlementDue);
            clear_timers(case, consignment, TimerKind::PaymentOverdue);
        }
    }
    case.out.answer.status = 399;
}

/// What was taken of a bonded book comes back to it.
fn come_back(case: &mut Case<'_>, consignment: &mut Consignment, number: u32, across: Option<&ReceivedAt>) {
    let Some(file) = consignment.returns.iter().find(|file| file.number == number) else { return };
    let lines: Vec<(u32, Decimal)> = file.lines.iter().map(|line| (line.gnum, line.qty)).collect();
    let pre_no = file.pre_no.clone();
    match across {
        Some(received) => bonded_across::come_across(case, consignment, received, &lines),
        None => bonded::come_back(case, consignment, &pre_no, &lines),
    }
}

fn clear_return_timer(case: &mut Case<'_>, consignment: &mut Consignment, number: u32) {
    consignment.timers.retain(|(kind, of, _)| (*kind, *of) != (TimerKind::ReturnLapsed, number));
    case.out.cleared.push((TimerKind::ReturnLapsed, number));
}
