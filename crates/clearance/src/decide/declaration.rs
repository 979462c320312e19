//! The declaration (CEB621): staged or declared, changed or deleted. Declaring claims the waybill, assesses the tax,
//! holds quota and guarantee, and tries the match.

use super::holds::{annual_limit, hold, hold_guarantee};
use super::{Case, bonded, judge, partner, receipt::Numbers, waybill};
use crate::Text;
use crate::consignment::{Attempt, Consignment, State, WaybillRecord};
use crate::event::{Arrived, Follow, Timer, TimerKind};
use crate::finding::Finding;
use crate::goods;
use crate::guard;
use crate::keys::{ClaimKey, OrderKey, WaybillKey};
use crate::permitted;
use crate::place;
use crate::reason::{Layer, Reason};
use crate::score;
use crate::standing;
use crate::states::{Trigger, next};
use crate::tax::{self, Assessment, Basis, TaxFault};
use crate::windows::{self, Windowed};
use ceb::{Decimal, Declaration};
use compact_str::format_compact;
use ledger::{Account, Balance, Hold};

/// A declaration arrives.
pub(super) fn declare(case: &mut Case<'_>, arrived: &Arrived, declaration: &Declaration) {
    let head = &declaration.head;
    let key = OrderKey::new(&head.ebp_code, &head.order_no);
    let mut consignment = case.consignment(&key);
    case.out.order = Some(key.clone());
    if case.repeats(&consignment.seen, arrived) {
        return;
    }
    let name = head.cop_no.clone().unwrap_or_else(|| head.order_no.clone());
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    findings.extend(against(case, &consignment, declaration, &name));
    if Case::refuses(&findings) {
        return case.refuse(arrived, findings);
    }
    if head.app_type == "3" {
        return delete(case, arrived, consignment, declaration, findings);
    }
    let declares = head.app_status == "2";
    let mut credit = None;
    if declares {
        let (found, read) = goods::check(declaration, &case.law, &case.reference.parties, case.facts);
        findings.extend(found);
        case.out.read.records = read;
        let (parties, book) = (&case.reference.parties, case.reference.current());
        let named = [&head.agent_code, &head.ebp_code, &head.ebc_code];
        findings.extend(permitted::modes(&head.trade_mode, named, parties, &case.law, book));
        let (found, read) = place::check(&head.trade_mode, head.loct_no.as_ref(), &case.law, case.facts);
        findings.extend(found);
        case.out.read.records.extend(read);
        findings.extend(permitted::represented([&head.agent_code, &head.ebc_code], parties, &case.law));
        let person = &arrived.person.identity;
        let (found, read) = guard::check(person, declaration, &case.law, &case.reference.parties, case.facts);
        case.out.read.records.extend(read);
        if !found.is_empty() {
            findings.extend(found);
            return case.refuse(arrived, findings);
        }
        let followed = standing::follow(declaration, &case.law, &case.reference.parties, book, case.facts);
        let named = standing::Named::in_list(declaration);
        findings.extend(standing::barred(named, &followed, &case.reference.parties, case.law.day));
        case.out.read.records.extend(followed.read);
        credit = followed.standing;
    }
    let assessment = match tax::assess(declaration, &case.law, &case.reference.current().tariff) {
        Ok(assessment) => Some(assessment),
        Err(TaxFault::OutOfRange { gnum }) => {
            let finding = Finding::new(Reason::AmountOutOfRange)
                .argument(format!("InventoryList.gnum:{gnum}"))
                .field("InventoryList.gnum", gnum);
            findings.push(finding);
            return case.refuse(arrived, findings);
        }
        // Said by the checks already; a person looks at it.
        Err(TaxFault::UnknownCode { .. }) => None,
    };
    let person = arrived.person.identity.clone();
    let quota_account = Account::quota(person.clone(), case.today().year() as u16);
    let guarantee_account = Account::guarantee(head.assure_code.trim().into());
    // What an earlier version of the list holds is free for this one.
    let freed = consignment.attempt.as_ref().filter(|attempt| !attempt.state.is_final());
    let quota_balance = available(
        case,
        &quota_account,
        case.law.annual_limit,
        freed.and_then(|attempt| attempt.quota.as_ref()),
    );
    let guarantee_limit = case
        .reference
        .parties
        .find(head.assure_code.trim(), case.today())
        .map_or(0, |filing| filing.guarantee_limit);
    let guarantee_balance = available(
        case,
        &guarantee_account,
        guarantee_limit,
        freed.and_then(|attempt| attempt.guarantee.as_ref()),
    );
    if declares && let Some(assessment) = &assessment {
        findings.extend(limits(case, assessment, &quota_balance, head, &name));
        if Case::refuses(&findings) {
            return case.refuse(arrived, findings);
        }
    }

    // From here nothing can fail.
    let mut taken = None;
    if declares {
        taken = bonded::declared(case, &mut consignment, declaration, &mut findings).map(Box::new);
    }
    void_holds(case, &mut consignment);
    let number = consignment.attempt.as_ref().map_or(1, |attempt| attempt.number + 1);
    let mut quota = None;
    let mut guarantee = None;
    if declares && let Some(assessment) = &assessment {
        case.out.read.balances.push((quota_account.clone(), quota_balance));
        case.out.read.balances.push((guarantee_account.clone(), guarantee_balance));
        quota = hold(
            case,
            quota_account,
            &quota_balance,
            assessment.dutiable(),
            |refusal| annual_limit(refusal, declaration),
            &mut findings,
        );
        guarantee = hold_guarantee(
            case,
            guarantee_account,
            &guarantee_balance,
            assessment,
            head,
            credit.as_ref(),
            &mut findings,
        );
    }
    let (status, info) = partner::accepted(&head.app_type, &head.app_status, &head.guid);
    let info = if status == 2 {
        format_compact!("清单{info}[电商企业编码：{}订单编号：{}]", head.ebc_code, head.order_no)
    } else {
        info
    };
    let pre_no = consignment
        .attempt
        .as_ref()
        .map(|attempt| attempt.pre_no.clone())
        .filter(|_| head.pre_no.is_some() || head.app_type == "2");
    let pre_no = pre_no.unwrap_or_else(|| case.pre_entry_number('B'));
    let filed = case.filed(arrived, head.app_time, status);
    consignment.seen.push(case.seen(arrived));
    claim_numbers(case, &consignment, declaration);
    let mut counts = Vec::new();
    if declares {
        claim_waybill(case, &mut consignment, declaration, number);
        counts = windowed(case, arrived, declaration, assessment.as_ref());
    }
    consignment.attempt = Some(Attempt {
        number,
        declaration: filed.clone(),
        state: if declares { State::Declared } else { State::Staged },
        pre_no: pre_no.clone(),
        invt_no: None,
        business_date: case.today(),
        rulebook: case.reference.current().number,
        person,
        counts,
        credit,
        quota,
        guarantee,
        assessment,
        lane: None,
        needs_arrival: false,
        findings: findings.iter().filter(|finding| finding.reason.layer() != Layer::Note).cloned().collect(),
        hits: Vec::new(),
        bill: None,
        remarks: Vec::new(),
        joint: None,
        taken,
    });
    case.out.answer.pre_no = Some(pre_no.clone());
    case.accept(i32::from(status), info.clone(), findings);
    case.report(
        &mut consignment,
        &filed,
        i32::from(status),
        &info,
        &Numbers { pre_no, ..Numbers::default() },
    );
    if declares {
        let due = case.now.plus_hours(case.law.partner_wait_hours);
        set_timer(case, &mut consignment, TimerKind::PartnersMissing, number, due);
        judge::attempt(case, &mut consignment, arrived.preview);
    }
    case.keep(consignment);
}

/// What stands against the operation.
fn against(
    case: &Case<'_>,
    consignment: &Consignment,
    declaration: &Declaration,
    name: &Text,
) -> Vec<Finding> {
    let head = &declaration.head;
    let mut found = Vec::new();
    let mut note = |reason: Reason, field: &str, value: &dyn ToString| {
        found.push(Finding::new(reason).argument(name).field(field, value.to_string()));
    };
    let existing = consignment.attempt.as_ref();
    match existing {
        None if head.app_type != "1" => {
            note(Reason::NothingToChange, "InventoryHead.appType", &head.app_type)
        }
        None => {}
        Some(attempt) => {
            let trigger = if head.app_type == "3" { Trigger::Delete } else { Trigger::Declare };
            let allowed = next(attempt.state, trigger).is_some();
            let alive = !attempt.state.frees_the_key() && attempt.state != State::Staged;
            if head.app_type == "1" && alive {
                note(Reason::AlreadyExists, "InventoryHead.copNo", name);
            } else if !allowed {
                let reason = if trigger == Trigger::Delete {
                    Reason::StateForbidsDeletion
                } else {
                    Reason::StateForbidsChange
                };
                note(reason, "state", &attempt.state.word());
            } else if head.app_time <= attempt.declaration.app_time {
                found.push(
                    Finding::new(Reason::OldData)
                        .argument(format!("appTime {} ≤ {}", head.app_time, attempt.declaration.app_time))
                        .field("InventoryHead.appTime", head.app_time)
                        .field("stored", attempt.declaration.app_time),
                );
            }
        }
    }
    if let Some(number) = &head.pre_no
        && existing.is_none_or(|attempt| attempt.pre_no != *number)
    {
        found.push(
            Finding::new(Reason::PreEntryNumberUnknown)
                .argument(format!("preNo:{number}"))
                .field("InventoryHead.preNo", number),
        );
    }
    if let Some(cop_no) = &head.cop_no {
        let claim = ClaimKey::Declaration(head.agent_code.trim().into(), cop_no.trim().into());
        if case.facts.claims.get(&claim).is_some_and(|owner| *owner != consignment.key) {
            found.push(
                Finding::new(Reason::AlreadyExists).argument(cop_no).field("InventoryHead.copNo", cop_no),
            );
        }
    }
    let waybill = WaybillKey::new(&head.logistics_code, &head.logistics_no);
    let record = case.facts.waybills.get(&waybill);
    if let Some((owner, _)) = record.and_then(|record| record.claimed_by.as_ref())
        && *owner != consignment.key
    {
        let text = format!("运单{}已被其他清单使用", head.logistics_no);
        found.push(
            Finding::new(Reason::WaybillTaken)
                .argument(text)
                .field("InventoryHead.logisticsNo", &head.logistics_no),
        );
    }
    found
}

/// The balance of an account with its limit of today, without what an earlier hold of this list took.
fn available(case: &Case<'_>, account: &Account, limit: i64, freed: Option<&Hold>) -> Balance {
    let mut balance = case.facts.balances.get(account).copied().unwrap_or_default();
    balance.limit = Some(limit);
    if let Some(hold) = freed.filter(|hold| hold.account == *account && hold.state == ledger::HoldState::Held)
    {
        balance.held -= hold.amount;
    }
    balance
}

/// The window's own look at the limits: single purchase, and what is used up for good. What others have under way
/// counts when the hold is taken.
fn limits(
    case: &Case<'_>,
    assessment: &Assessment,
    quota: &Balance,
    head: &ceb::DeclarationHead,
    name: &Text,
) -> Option<Finding> {
    let value = assessment.dutiable();
    if assessment.basis == Basis::OverSeveralItems {
        return Some(
            Finding::new(Reason::SingleLimit)
                .argument(name)
                .argument(Decimal::from_fen(case.law.single_limit).to_string())
                .field("dutiable value", Decimal::from_fen(value))
                .field("single limit", Decimal::from_fen(case.law.single_limit)),
        );
    }
    let sum = quota.posted.saturating_add(value);
    (sum > case.law.annual_limit).then(|| {
        Finding::new(Reason::AnnualLimitUsed)
            .argument(name)
            .argument(crate::identity::mask_name(&head.buyer_name))
            .argument(Decimal::from_fen(quota.posted).to_string())
            .argument(Decimal::from_fen(case.law.annual_limit).to_string())
            .field("dutiable value", Decimal::from_fen(value))
            .field("annual limit", Decimal::from_fen(case.law.annual_limit))
            .arithmetic(format!(
                "{} + {} > {}",
                Decimal::from_fen(quota.posted),
                Decimal::from_fen(value),
                Decimal::from_fen(case.law.annual_limit)
            ))
    })
}

/// Raises the windows of what a declaration names, and says what those of them that rules read stand at with it.
fn windowed(
    case: &mut Case<'_>,
    arrived: &Arrived,
    declaration: &Declaration,
    assessment: Option<&Assessment>,
) -> Vec<Windowed> {
    let reference = case.reference;
    let risk = &reference.current().risk;
    let raised = windows::raised(&arrived.person, declaration, assessment, |kind| risk.reads(kind));
    // What is judged now counts now: events that waited see one another.
    let (asked, told) = (risk.windows(), &case.facts.told);
    let mut read = windows::raise(&raised, &mut case.facts.counts, asked, told, case.now);
    // Parcels of post and express are looked at, and raised by their own rows.
    let (named, half_life) = ((&arrived.person, declaration), case.law.linked_half_life_days);
    read.extend(windows::linked(named, &case.facts.counts, asked, told, case.now, half_life));
    let model = reference.current().risk_models.on(case.today());
    read.extend(score::read(case.facts, arrived, model));
    case.out.counted = raised;
    read
}

/// Gives up what an attempt still holds.
pub(super) fn void_holds(case: &mut Case<'_>, consignment: &mut Consignment) {
    let Some(attempt) = &mut consignment.attempt else { return };
    for hold in [&mut attempt.quota, &mut attempt.guarantee].into_iter().flatten() {
        if hold.state == ledger::HoldState::Held {
            let movement = ledger::void(hold);
            case.out.movements.push(movement);
        }
    }
    bonded::give_back(case, consignment);
}

/// Sets a timer, and remembers that it runs.
pub(super) fn set_timer(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    kind: TimerKind,
    attempt: u32,
    due: crate::keys::Time,
) {
    consignment.timers.retain(|(k, a, _)| (*k, *a) != (kind, attempt));
    consignment.timers.push((kind, attempt, due));
    case.out.timers.push(Timer { due, order: consignment.key.clone(), kind, attempt });
}

/// Clears the timers of a kind.
pub(super) fn clear_timers(case: &mut Case<'_>, consignment: &mut Consignment, kind: TimerKind) {
    for (_, attempt, _) in consignment.timers.iter().filter(|(k, ..)| *k == kind) {
        case.out.cleared.push((kind, *attempt));
    }
    consignment.timers.retain(|(k, ..)| *k != kind);
}

fn claim_numbers(case: &mut Case<'_>, consignment: &Consignment, declaration: &Declaration) {
    if let Some(cop_no) = &declaration.head.cop_no {
        let claim = ClaimKey::Declaration(declaration.head.agent_code.trim().into(), cop_no.trim().into());
        case.out.claims.push((claim, Some(consignment.key.clone())));
    }
}

fn claim_waybill(
    case: &mut Case<'_>,
    consignment: &mut Consignment,
    declaration: &Declaration,
    attempt: u32,
) {
    let head = &declaration.head;
    let key = WaybillKey::new(&head.logistics_code, &head.logistics_no);
    if let Some(old) = consignment.carriage.as_ref().filter(|old| old.key != key) {
        let follow = Follow::ClaimReleased {
            to: old.key.clone(),
            by: consignment.key.clone(),
            attempt,
            cause: case.position,
        };
        case.out.follows.push(follow);
    }
    let today = case.today();
    let mut record = case.known_waybill(&key).unwrap_or_else(|| WaybillRecord::new(key, today));
    record.claimed_by = Some((consignment.key.clone(), attempt));
    consignment.carriage = Some(record.carriage());
    case.keep_waybill(record);
}

/// Ends an attempt: the waybill is free, no timer runs.
pub(super) fn end_attempt(case: &mut Case<'_>, consignment: &mut Consignment) {
    void_holds(case, consignment);
    clear_timers(case, consignment, TimerKind::PartnersMissing);
    clear_timers(case, consignment, TimerKind::ScriptedDelay);
    clear_timers(case, consignment, TimerKind::ArrivalMissing);
    let number = consignment.attempt.as_ref().map_or(0, |attempt| attempt.number);
    if let Some(carriage) = &consignment.carriage {
        let follow = Follow::ClaimReleased {
            to: carriage.key.clone(),
            by: consignment.key.clone(),
            attempt: number,
            cause: case.position,
        };
        case.out.follows.push(follow);
    }
}

fn delete(
    case: &mut Case<'_>,
    arrived: &Arrived,
    mut consignment: Consignment,
    declaration: &Declaration,
    findings: Vec<Finding>,
) {
    let head = &declaration.head;
    let (status, info) = partner::accepted(&head.app_type, &head.app_status, &head.guid);
    consignment.seen.push(case.seen(arrived));
    end_attempt(case, &mut consignment);
    let filed = case.filed(arrived, head.app_time, status);
    let mut numbers = Numbers::default();
    if let Some(attempt) = &mut consignment.attempt {
        attempt.state = State::Deleted;
        attempt.declaration.app_time = head.app_time;
        numbers.pre_no = attempt.pre_no.clone();
    }
    consignment.carriage = None;
    case.accept(i32::from(status), info.clone(), findings);
    case.report(&mut consignment, &filed, i32::from(status), &info, &numbers);
    case.keep(consignment);
}

impl Case<'_> {
    /// One letter by kind of document + date + nine digits (SPEC §1.13).
    pub(super) fn pre_entry_number(&mut self, letter: char) -> Text {
        let serial = self.facts.numbers.take();
        format_compact!("{letter}{}{:09}", self.today(), serial % 1_000_000_000)
    }
}

/// Whether a consignment's waybill document is here.
pub(super) fn waybill_of(consignment: &Consignment) -> Option<&ceb::Waybill> {
    let filed = consignment.carriage.as_ref()?.waybill.as_ref()?;
    if filed.status == 1 { None } else { waybill::of(Some(filed)) }
}
