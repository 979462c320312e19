//! The export list (603): staged or declared, changed or deleted. Declaring claims its waybill and tries the match.

use super::super::partner::accepted;
use super::super::receipt::Numbers;
use super::{Case, await_partners, bonded, clear_timers, judge, outdated};
use crate::consignment::State;
use crate::event::Arrived;
use crate::export::{
    ExportAttempt, ExportFollow, ExportKey, ExportTrade, ExportTradeKey, ExportWaybillRecord, moves::next,
    value,
};
use crate::finding::Finding;
use crate::keys::WaybillKey;
use crate::permitted;
use crate::place;
use crate::reason::{Layer, Reason};
use crate::score;
use crate::standing;
use crate::states::Trigger;
use crate::windows::{self, Windowed};
use ceb::ExportDeclaration;
use compact_str::format_compact;

/// A list arrives.
pub(super) fn declare(case: &mut Case<'_>, arrived: &Arrived, declaration: &ExportDeclaration) {
    let head = &declaration.head;
    let mut trade = case.export_trade(&ExportTradeKey::new(&head.ebc_code, &head.order_no));
    case.out.export.trade = Some(trade.key.clone());
    if case.repeats(&trade.seen, arrived) {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    findings.extend(against(case, &trade, declaration));
    if Case::refuses(&findings) {
        return case.refuse(arrived, findings);
    }
    if head.app_type == "3" {
        return delete(case, arrived, trade, declaration, findings);
    }
    let declares = head.app_status == "2";
    let mut credit = None;
    if declares {
        let (parties, book) = (&case.reference.parties, case.reference.current());
        let named = [&head.agent_code, &head.ebp_code, &head.ebc_code];
        findings.extend(permitted::modes(&head.trade_mode, named, parties, &case.law, book));
        findings.extend(permitted::represented([&head.agent_code, &head.ebc_code], parties, &case.law));
        let (found, read) = place::check(&head.trade_mode, head.loct_no.as_ref(), &case.law, case.facts);
        findings.extend(found);
        case.out.read.records.extend(read);
        let followed = standing::follow_export(declaration, &case.law, parties, book, case.facts);
        findings.extend(standing::barred(
            standing::Named::in_export(declaration),
            &followed,
            parties,
            case.law.day,
        ));
        case.out.read.records.extend(followed.read);
        credit = followed.standing;
    }
    let barred = findings.iter().any(|finding| finding.reason == Reason::CreditBars);
    // From here nothing can fail.
    let known = findings.len();
    let mut taken = None;
    if declares {
        taken = bonded::declared(case, &mut trade, declaration, &mut findings);
    }
    // What of an earlier version is not free yet.
    bonded::give_back(case, &mut trade);
    trade.taken = taken;
    let short = findings[known..].iter().any(|finding| finding.layer() == Layer::Rejected);
    let number = trade.attempt.as_ref().map_or(1, |attempt| attempt.number + 1);
    let (status, info) = accepted(&head.app_type, &head.app_status, &head.guid);
    let info = if status == 2 {
        format_compact!("清单{info}[电商企业编码：{}订单编号：{}]", head.ebc_code, head.order_no)
    } else {
        info
    };
    let kept = trade.attempt.as_ref().map(|attempt| attempt.pre_no.clone());
    let pre_no = kept.filter(|_| head.pre_no.is_some() || head.app_type == "2");
    let pre_no = pre_no.unwrap_or_else(|| case.pre_entry_number('B'));
    let filed = case.filed(arrived, head.app_time, status);
    trade.seen.push(case.seen(arrived));
    let own_number = ExportKey::named(ExportKey::Declaration, &head.agent_code, &head.cop_no);
    case.give_export_number(own_number, &trade.key);
    if declares {
        claim_waybill(case, &mut trade, declaration, number);
    }
    let kept: Vec<Finding> =
        findings.iter().filter(|finding| finding.reason.layer() != Layer::Note).cloned().collect();
    let against = kept.clone();
    trade.attempt = Some(ExportAttempt {
        number,
        declaration: filed.clone(),
        state: if declares { State::Declared } else { State::Staged },
        pre_no: pre_no.clone(),
        invt_no: None,
        business_date: case.today(),
        rulebook: case.reference.current().number,
        lane: None,
        findings: kept,
        remarks: Vec::new(),
        closed_on: None,
    });
    trade.value = value::of_list(declaration, &case.reference.current().rates, case.today());
    let counts = if declares { windowed(case, arrived, declaration, trade.value) } else { Vec::new() };
    trade.look = trade.look.declared_anew(credit, counts);
    case.out.answer.pre_no = Some(pre_no.clone());
    case.accept(i32::from(status), info.clone(), findings);
    let numbers = Numbers { pre_no, ..Numbers::default() };
    case.report_export(&mut trade, &filed, i32::from(status), &info, &numbers);
    clear_timers(case, &mut trade);
    if barred || short {
        // No partner's document would change it.
        judge::reject(case, &mut trade, against);
    } else if declares {
        await_partners(case, &mut trade, number);
        judge::attempt(case, &mut trade);
    }
    case.keep_export(trade);
}

/// Raises the windows of what a list names, and says what those of them that rules read stand at with it, and the score that it was
/// given. It is read again when the match agrees.
fn windowed(
    case: &mut Case<'_>,
    arrived: &Arrived,
    declaration: &ExportDeclaration,
    value: Option<i64>,
) -> Vec<Windowed> {
    if case.law.export_looks != 1 {
        return Vec::new();
    }
    let (book, day) = (case.reference.current(), case.today());
    let raised =
        windows::exported::raised(declaration, (value, &book.rates, day), |kind| book.risk.reads(kind));
    let (asked, told) = (book.risk.windows(), &case.facts.told);
    let mut read = windows::raise(&raised, &mut case.facts.counts, asked, told, case.now);
    // What came in is looked at, and raised by lists of imports.
    read.extend(windows::exported::came_in(declaration, &case.facts.counts, asked, told, case.now));
    read.extend(score::read(case.facts, arrived, book.risk_models.of_exports_on(day)));
    case.out.counted = raised;
    case.out.read.counts.clone_from(&read);
    read
}

/// What stands against the operation.
fn against(case: &Case<'_>, trade: &ExportTrade, declaration: &ExportDeclaration) -> Vec<Finding> {
    let head = &declaration.head;
    let mut found = Vec::new();
    let mut note = |reason: Reason, field: &str, value: &str| {
        found.push(Finding::new(reason).argument(&head.cop_no).field(field, value));
    };
    match &trade.attempt {
        None if head.app_type != "1" => {
            note(Reason::NothingToChange, "InventoryHead.appType", &head.app_type)
        }
        None => {}
        Some(attempt) => {
            let trigger = if head.app_type == "3" { Trigger::Delete } else { Trigger::Declare };
            let alive = !attempt.state.frees_the_key() && attempt.state != State::Staged;
            if head.app_type == "1" && alive {
                note(Reason::AlreadyExists, "InventoryHead.copNo", &head.cop_no);
            } else if next(attempt.state, trigger).is_none() {
                let deletes = trigger == Trigger::Delete;
                let reason = if deletes { Reason::StateForbidsDeletion } else { Reason::StateForbidsChange };
                note(reason, "state", attempt.state.word());
            } else if head.app_time <= attempt.declaration.app_time {
                let field = "InventoryHead.appTime";
                found.push(outdated(field, head.app_time, attempt.declaration.app_time));
            }
        }
    }
    if let Some(number) = &head.pre_no
        && trade.attempt.as_ref().is_none_or(|attempt| attempt.pre_no != *number)
    {
        found.push(
            Finding::new(Reason::PreEntryNumberUnknown)
                .argument(format!("preNo:{number}"))
                .field("InventoryHead.preNo", number),
        );
    }
    let own_number = ExportKey::named(ExportKey::Declaration, &head.agent_code, &head.cop_no);
    if case.export_owner(&own_number).is_some_and(|owner| *owner != trade.key) {
        let finding = Finding::new(Reason::AlreadyExists).argument(&head.cop_no);
        found.push(finding.field("InventoryHead.copNo", &head.cop_no));
    }
    let waybill = WaybillKey::new(&head.logistics_code, &head.logistics_no);
    let record = case.known_export_waybill(&waybill);
    if record.and_then(|record| record.claimed_by).is_some_and(|(owner, _)| owner != trade.key) {
        let finding = Finding::new(Reason::WaybillTaken).argument(&head.logistics_no);
        found.push(finding.field("InventoryHead.logisticsNo", &head.logistics_no));
    }
    found
}

fn claim_waybill(
    case: &mut Case<'_>,
    trade: &mut ExportTrade,
    declaration: &ExportDeclaration,
    attempt: u32,
) {
    let head = &declaration.head;
    let key = WaybillKey::new(&head.logistics_code, &head.logistics_no);
    if let Some(old) = trade.carriage.as_ref().filter(|old| old.key != key) {
        let (to, by, cause) = (old.key.clone(), trade.key.clone(), case.position);
        case.export_follows(ExportFollow::ClaimReleased { to, by, attempt, cause });
    }
    let today = case.today();
    let known = case.known_export_waybill(&key);
    let mut record = known.unwrap_or_else(|| ExportWaybillRecord::new(key, today));
    record.claimed_by = Some((trade.key.clone(), attempt));
    record.list = None;
    trade.carriage = Some(record.carriage());
    case.keep_export_waybill(record);
}

fn delete(
    case: &mut Case<'_>,
    arrived: &Arrived,
    mut trade: ExportTrade,
    declaration: &ExportDeclaration,
    findings: Vec<Finding>,
) {
    // From here nothing can fail.
    let head = &declaration.head;
    let (status, info) = accepted(&head.app_type, &head.app_status, &head.guid);
    trade.seen.push(case.seen(arrived));
    judge::end_attempt(case, &mut trade);
    let filed = case.filed(arrived, head.app_time, status);
    let mut numbers = Numbers::default();
    if let Some(attempt) = &mut trade.attempt {
        attempt.state = State::Deleted;
        attempt.declaration.app_time = head.app_time;
        numbers.pre_no = attempt.pre_no.clone();
    }
    trade.carriage = None;
    case.accept(i32::from(status), info.clone(), findings);
    case.report_export(&mut trade, &filed, i32::from(status), &info, &numbers);
    case.keep_export(trade);
}
