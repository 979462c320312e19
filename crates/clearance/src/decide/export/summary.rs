//! The monthly summary (701): its lists, named or of a period, are claimed and grouped; each group becomes a declaration (792). An
//! application may come in parts: each is judged when it comes, by lists that lie under their own numbers, and the last one
//! concludes all. A part that has one list too many is rejected whole: none of its lists is claimed.

use super::super::info;
use super::super::partner::accepted;
use super::super::receipt::Numbers;
use super::summary_lists::{lists_of, too_many};
use super::{Case, batch, outdated};
use crate::Text;
use crate::consignment::Filed;
use crate::event::Arrived;
use crate::export::{
    ClosedPeriod, ExportFollow, ExportKey, ExportState, ExportSummary, Grouping, SummarisedDeclaration,
    SummarisedLine, SummaryClaim, SummaryMember, SummaryPart, terms_of,
};
use crate::facts::Keys;
use crate::finding::Finding;
use crate::reason::Reason;
use crate::receipt_text::ReceiptText;
use crate::rulebook::Law;
use ceb::{Document, Kind, SummaryApplication, SummaryApplicationHead};
use compact_str::format_compact;
use std::sync::Arc;

pub(super) const HEAD: &str = "SummaryApplyHead";
const CONCLUDED: &str = ReceiptText::Approved.info();
const AWAITS_PARTS: &str = ReceiptText::AwaitsParts.info();
/// What is told of one application: whoever sends ten thousand wrong numbers reads enough of the first.
const TOLD: usize = 100;

/// The period of an application that names no lists.
pub(super) fn period_of(head: &SummaryApplicationHead, law: &Law) -> Option<ClosedPeriod> {
    let (start, end) = (head.start_time?, head.end_time?);
    // One more than there may be: then it is known that they are too many.
    let most = usize::try_from(law.export_summary_lists).unwrap_or(0) + 1;
    Some(ClosedPeriod { merchant: head.ebc_code.trim().into(), from: start.day(), to: end.day(), most })
}

/// What an application names.
pub(super) fn needs(application: &SummaryApplication, law: impl FnOnce() -> Law, keys: &mut Keys) {
    let head = &application.head;
    keys.exports.push(ExportKey::named(ExportKey::Summary, &head.agent_code, &head.cop_no));
    if head.start_time.is_some() && head.end_time.is_some() {
        keys.closed.extend(period_of(head, &law()).filter(|_| head.app_type != "3"));
        return;
    }
    for line in &application.lines {
        let number = Text::from(line.invt_no.trim());
        keys.exports.extend([
            ExportKey::Entry(number.clone()),
            ExportKey::Closed(number.clone()),
            ExportKey::Summarised(number),
        ]);
    }
}

fn known(case: &Case<'_>, key: &ExportKey) -> Option<ExportSummary> {
    match case.facts.exports.get(key) {
        Some(ExportState::Summary(summary)) => Some((**summary).clone()),
        _ => None,
    }
}

fn keep(case: &mut Case<'_>, mut summary: ExportSummary) {
    summary.version += 1;
    if summary.version == 1 {
        (summary.first, summary.created) = (case.position, case.now);
    }
    summary.previous = (summary.version > 1).then_some(summary.last);
    summary.last = case.position;
    case.out.answer.version = summary.version;
    case.out.export.states.push(ExportState::Summary(Arc::new(summary)));
}

/// An application, or a part of one, arrives.
pub(super) fn apply(case: &mut Case<'_>, arrived: &Arrived, application: &SummaryApplication) {
    let head = &application.head;
    let key = ExportKey::named(ExportKey::Summary, &head.agent_code, &head.cop_no);
    let existing = known(case, &key);
    if existing.as_ref().is_some_and(|summary| case.repeats(&summary.seen, arrived)) {
        return;
    }
    let mut findings = case.check(arrived);
    if Case::illegible(arrived, &findings) {
        return case.refuse(arrived, findings);
    }
    findings.extend(against(existing.as_ref(), head));
    if Case::refuses(&findings) {
        return case.refuse(arrived, findings);
    }
    // From here nothing can fail.
    let mut summary = match existing {
        Some(summary) => summary,
        None => ExportSummary::new(key, case.pre_entry_number('S')),
    };
    let (status, info) = accepted(&head.app_type, &head.app_status, &head.guid);
    let filed = case.filed(arrived, head.app_time, status);
    summary.seen.push(case.seen(arrived));
    let number = head.msg_seq_no;
    let before = summary.parts.iter().position(|part| part.number == number);
    let before = before.map(|at| summary.parts.remove(at));
    case.out.answer.pre_no = Some(summary.pre_no.clone());
    case.accept(i32::from(status), info.clone(), findings);
    tell(case, &mut summary, &filed, status, &info);
    if head.app_type == "3" {
        let lists = before.into_iter().flat_map(|part| part.lists);
        let lists: Vec<Text> = lists.map(|member| member.list.invt_no).collect();
        if !lists.is_empty() {
            let (by, cause) = (summary.key.clone(), case.position);
            case.export_follows(ExportFollow::ListsFreed { lists, by, cause });
        }
    } else {
        let part =
            SummaryPart { number, filed, looked_at: Vec::new(), lists: Vec::new(), findings: Vec::new() };
        let at = summary.parts.partition_point(|part| part.number < number);
        summary.parts.insert(at, part);
        if head.app_status == "2" {
            judge(case, &mut summary, at, application);
        }
    }
    keep(case, summary);
}

/// What stands against the operation on a part.
fn against(summary: Option<&ExportSummary>, head: &SummaryApplicationHead) -> Vec<Finding> {
    let field = |name: &str| format!("{HEAD}.{name}");
    let parts = summary.map(|summary| &summary.parts[..]).unwrap_or_default();
    let other = parts.iter().find(|part| part.number != head.msg_seq_no);
    let other = other.and_then(SummaryPart::application).map(|application| &application.head);
    let counted = other.map(|other| other.msg_count);
    let mut found = batch::against_numbering(HEAD, head.msg_seq_no, head.msg_count, counted);
    if let Some(other) = other {
        let texts = [
            ("customsCode", &head.customs_code, &other.customs_code),
            ("ebcCode", &head.ebc_code, &other.ebc_code),
            ("declAgentCode", &head.decl_agent_code, &other.decl_agent_code),
            ("summaryFlag", &head.summary_flag, &other.summary_flag),
            ("itemNameFlag", &head.item_name_flag, &other.item_name_flag),
        ];
        for (name, own, others) in texts.into_iter().filter(|(_, own, others)| own.trim() != others.trim()) {
            let text = format!("{}:{own}，各段应一致：{others}", field(name));
            let finding = Finding::new(Reason::FieldNotAllowed).argument(text);
            found.push(finding.field(field(name), own).field("stored", others));
        }
    }
    let concluded = summary.is_some_and(|summary| summary.sum_no.is_some());
    let existing = parts.iter().find(|part| part.number == head.msg_seq_no).map(|part| &part.filed);
    match (existing, head.app_type.as_str()) {
        (None, "1") => {}
        (None, _) => {
            found.push(Finding::new(Reason::NothingToChange).field(field("appType"), &head.app_type));
        }
        (Some(existing), _) if head.app_time < existing.app_time => {
            found.push(outdated(&field("appTime"), head.app_time, existing.app_time));
        }
        (Some(existing), _) if existing.status == 1 => {}
        (Some(existing), kind) if existing.status == 100 || (kind == "3" && !concluded) => {
            if head.app_time == existing.app_time {
                found.push(outdated(&field("appTime"), head.app_time, existing.app_time));
            }
        }
        (Some(_), "1") => {
            let finding = Finding::new(Reason::AlreadyExists).argument(&head.cop_no);
            found.push(finding.field(field("copNo"), &head.cop_no));
        }
        (Some(existing), kind) => {
            let reason = if kind == "3" { Reason::StateForbidsDeletion } else { Reason::StateForbidsChange };
            let status = if concluded { 399 } else { existing.status };
            found.push(Finding::new(reason).argument(status.to_string()).field("status", status));
        }
    }
    if let Some(number) = &head.pre_no
        && summary.is_none_or(|summary| summary.pre_no != *number)
    {
        let finding = Finding::new(Reason::PreEntryNumberUnknown).argument(format!("preNo:{number}"));
        found.push(finding.field(field("preNo"), number));
    }
    found
}

/// A declared part: its lists are looked at; all are claimed, or none.
fn judge(case: &mut Case<'_>, summary: &mut ExportSummary, at: usize, application: &SummaryApplication) {
    let (lists, looked_at, mut findings) = lists_of(case, application);
    let mut grouping = Grouping::new(terms_of(application));
    let all = summary.members().map(|member| &member.list).chain(lists.iter().map(|list| &**list));
    let too_large = all.map(|list| grouping.add(list)).find_map(Result::err);
    findings.extend(too_large.map(|fault| {
        Finding::new(Reason::SummaryTooLarge)
            .argument(fault.field)
            .field(fault.field, fault.sum)
            .field("SummaryApplyList.invtNo", &fault.invt_no)
            .arithmetic(format!("{} + {}", fault.sum, fault.added))
    }));
    let limit = case.law.export_summary_lists;
    if i64::try_from(grouping.lists()).is_ok_and(|count| count > limit) {
        findings.push(too_many(grouping.lists().to_string(), limit));
    }
    let part = &mut summary.parts[at];
    part.looked_at = looked_at;
    if !findings.is_empty() {
        findings.truncate(TOLD);
        findings.sort_by_key(|finding| finding.reason);
        part.findings = findings.clone();
        part.filed.status = 100;
        let (filed, text) = (part.filed.clone(), info(&findings, Kind::SummaryApplication));
        tell(case, summary, &filed, 100, &text);
        return case.accept(100, text, findings);
    }
    for list in lists {
        let key = ExportKey::Summarised(list.invt_no.clone());
        let claim = SummaryClaim { key, by: Some(summary.key.clone()) };
        case.out.export.states.push(ExportState::Claim(Arc::new(claim)));
        part.lists.push(SummaryMember { list: (*list).clone(), declaration: 0 });
    }
    part.filed.status = 120;
    let filed = part.filed.clone();
    if summary.parts.iter().filter(|part| part.counts()).count() < application.head.msg_count as usize {
        tell(case, summary, &filed, 120, AWAITS_PARTS);
        return case.accept(120, AWAITS_PARTS.into(), Vec::new());
    }
    conclude(case, summary, &grouping, application);
}

/// All parts are here: each group is a declaration.
fn conclude(
    case: &mut Case<'_>,
    summary: &mut ExportSummary,
    grouping: &Grouping,
    application: &SummaryApplication,
) {
    let serial = case.facts.numbers.take() % 1_000_000_000;
    let year = case.today().year();
    let sum_no = format_compact!("{}{year}S{serial:09}", application.head.customs_code);
    summary.sum_no = Some(sum_no.clone());
    summary.declarations = grouping
        .groups()
        .iter()
        .enumerate()
        .map(|(at, (key, group))| SummarisedDeclaration {
            number: format_compact!("{year}{serial:09}{:05}", at + 1),
            key: key.clone(),
            lists: group.lists,
            gross_weight: group.gross_weight,
            net_weight: group.net_weight,
            lines: group
                .lines
                .iter()
                .map(|(key, sums)| SummarisedLine { key: key.clone(), sums: sums.clone() })
                .collect(),
        })
        .collect();
    let places = grouping.places();
    let mut lines: Vec<Vec<ceb::SummaryResultLine>> = vec![Vec::new(); summary.declarations.len()];
    for member in summary.parts.iter_mut().flat_map(|part| &mut part.lists) {
        let Some((number, placed)) = places.of(&member.list) else { continue };
        member.declaration = number;
        let list = &member.list;
        let own = list.lines.iter().zip(placed).map(|(line, gseqno)| ceb::SummaryResultLine {
            invt_no: list.invt_no.clone(),
            // The result has less room for it than the list (SPEC §4.23).
            logistics_no: list.logistics_no.chars().take(32).collect(),
            gseqno,
            gnum: line.gnum,
            gcode: line.gcode.clone(),
        });
        lines[number as usize - 1].extend(own);
    }
    for at in 0..summary.parts.len() {
        summary.parts[at].filed.status = 399;
        let filed = summary.parts[at].filed.clone();
        tell(case, summary, &filed, 399, CONCLUDED);
    }
    results(case, summary, &sum_no, lines, application);
    case.accept(399, CONCLUDED.into(), Vec::new());
}

/// Sends a result (792) for each declaration.
fn results(
    case: &mut Case<'_>,
    summary: &mut ExportSummary,
    sum_no: &Text,
    lines: Vec<Vec<ceb::SummaryResultLine>>,
    application: &SummaryApplication,
) {
    let Some(part) = summary.parts.first() else { return };
    let recipients = recipients(&part.filed);
    let (names, version, head) = (names(summary), summary.version + 1, &application.head);
    let state = format_compact!("{}", case.law.export_summary_state);
    let mut last = summary.last_time;
    for (declaration, lines) in summary.declarations.iter().zip(lines) {
        case.give(&recipients, 399, &mut last, (&names, version), |guid, time| {
            Document::SummaryResult(ceb::SummaryResult {
                head: Box::new(ceb::SummaryResultHead {
                    guid,
                    customs_code: head.customs_code.clone(),
                    sum_no: sum_no.clone(),
                    op_date: time.stamp_millis(),
                    decl_seq_no: declaration.number.clone(),
                    dec_tmp_no: None,
                    dec_pre_no: None,
                    entry_id: None,
                    dec_state: state.clone(),
                    agent_code: head.agent_code.clone(),
                    agent_name: head.agent_name.clone(),
                    ebc_code: head.ebc_code.clone(),
                    ebc_name: head.ebc_name.clone(),
                    decl_agent_code: head.decl_agent_code.clone(),
                    decl_agent_name: head.decl_agent_name.clone(),
                    gross_weight: declaration.gross_weight,
                    net_weight: declaration.net_weight,
                    msg_count: 1,
                    msg_seq_no: 1,
                    note: None,
                }),
                lines: lines.clone(),
            })
        });
    }
    summary.last_time = last;
}

fn names(summary: &ExportSummary) -> [Text; 4] {
    let (number, one, other) = summary.key.parts();
    [Text::const_new("E"), Text::from(number.to_string()), one.clone(), Text::from(other)]
}

fn recipients(filed: &Filed) -> Vec<Text> {
    std::iter::once(&filed.recipient).chain(&filed.copies).cloned().collect()
}

/// A receipt of a part.
fn tell(case: &mut Case<'_>, summary: &mut ExportSummary, filed: &Filed, status: u16, info: &str) {
    let numbers =
        Numbers { pre_no: summary.pre_no.clone(), sum_no: summary.sum_no.clone(), ..Numbers::default() };
    let (names, version, mut last) = (names(summary), summary.version + 1, summary.last_time);
    let recipients = recipients(filed);
    case.deliver(
        &filed.document,
        &recipients,
        i32::from(status),
        info,
        &numbers,
        &mut last,
        (&names, version),
    );
    summary.last_time = last;
}

/// Lists that an application let go may be named by another.
pub(super) fn freed(case: &mut Case<'_>, lists: &[Text], by: &ExportKey) {
    for number in lists {
        let key = ExportKey::Summarised(number.clone());
        let held = matches!(case.facts.exports.get(&key), Some(ExportState::Claim(claim)) if claim.by.as_ref() == Some(by));
        if held {
            case.out.export.states.push(ExportState::Claim(Arc::new(SummaryClaim { key, by: None })));
        }
    }
}
