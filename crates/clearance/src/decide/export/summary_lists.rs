//! Which lists an application to summarise (701) has, named or of a period, and what stands against each: every one with its rule,
//! both values and what to do.

use super::Case;
use super::summary::{HEAD, period_of};
use crate::Text;
use crate::consignment::State;
use crate::export::{ClosedList, ClosedPeriod, ExportKey, ExportState};
use crate::finding::Finding;
use crate::identity::mask_number;
use crate::reason::Reason;
use crate::rulebook::Calendar;
use ceb::{Day, SummaryApplication, SummaryApplicationHead};
use std::collections::BTreeSet;
use std::sync::Arc;

/// That an application has more lists than it may have.
pub(super) fn too_many(count: String, limit: i64) -> Finding {
    Finding::new(Reason::SummaryTooLarge)
        .argument(format!("{count} > {limit}"))
        .field("SummaryApplyList", &count)
        .field("limit", limit)
        .field("table", "parameters.csv export_summary_lists")
        .arithmetic(format!("{count} > {limit}"))
}

/// The lists of a part; beside them the numbers that a period found, and what stands against it.
pub(super) fn lists_of(
    case: &Case<'_>,
    application: &SummaryApplication,
) -> (Vec<Arc<ClosedList>>, Vec<Text>, Vec<Finding>) {
    let head = &application.head;
    if let Some(period) = period_of(head, &case.law) {
        return lists_of_period(case, application, &period);
    }
    let (mut lists, mut findings, mut named) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (index, line) in application.lines.iter().enumerate() {
        let path = format!("SummaryApplyList[{}].invtNo", index + 1);
        let number = Text::from(line.invt_no.trim());
        let found = match closed(case, &number) {
            _ if named.contains(&number) => vec![taken(&path, &number, "twice")],
            Some(list) => against_list(case, list, head, &path),
            None => vec![unclosed(case, &number, head, &path)],
        };
        if found.is_empty() {
            lists.extend(closed(case, &number).cloned());
        }
        named.insert(number);
        findings.extend(found);
    }
    (lists, Vec::new(), findings)
}

/// Those of a period that may be summarised: what another application has, and what is not to be summarised, is left out.
fn lists_of_period(
    case: &Case<'_>,
    application: &SummaryApplication,
    period: &ClosedPeriod,
) -> (Vec<Arc<ClosedList>>, Vec<Text>, Vec<Finding>) {
    let head = &application.head;
    let mut all: Vec<&Arc<ClosedList>> = case
        .facts
        .exports
        .values()
        .filter_map(|state| match state {
            ExportState::Closed(list) if list.closed_within(period.from, period.to) => Some(list),
            _ => None,
        })
        .filter(|list| list.trade.merchant == period.merchant)
        .collect();
    all.sort_unstable_by(|one, other| one.invt_no.cmp(&other.invt_no));
    let looked_at = all.iter().map(|list| list.invt_no.clone()).collect();
    let limit = case.law.export_summary_lists;
    if all.len() >= period.most {
        return (Vec::new(), looked_at, vec![too_many(format!("≥ {}", period.most), limit)]);
    }
    let (mut lists, mut findings) = (Vec::new(), Vec::new());
    for list in all {
        let found = against_list(case, list, head, "SummaryApplyList.invtNo");
        let left_out = |finding: &Finding| {
            matches!(
                finding.reason,
                Reason::ListAlreadySummarised | Reason::ListNotForSummary | Reason::ListOfAnotherDistrict
            )
        };
        if found.is_empty() {
            lists.push(list.clone());
        } else if !found.iter().any(left_out) {
            findings.extend(found);
        }
    }
    if lists.is_empty() && findings.is_empty() {
        let (start, end) = (period.from, period.to);
        findings.push(
            Finding::new(Reason::NothingToSummarise)
                .argument(format!("{start}–{end}"))
                .field(format!("{HEAD}.startTime"), head.start_time.unwrap_or_default())
                .field(format!("{HEAD}.endTime"), head.end_time.unwrap_or_default())
                .field(format!("{HEAD}.ebcCode"), &period.merchant),
        );
    }
    (lists, looked_at, findings)
}

fn closed<'a>(case: &'a Case<'_>, number: &Text) -> Option<&'a Arc<ClosedList>> {
    match case.facts.exports.get(&ExportKey::Closed(number.clone())) {
        Some(ExportState::Closed(list)) => Some(list),
        _ => None,
    }
}

fn of_another(path: &str, number: &Text, own: &str, others: &str) -> Finding {
    Finding::new(Reason::ListOfAnotherMerchant)
        .argument(number)
        .field(path, number)
        .field(format!("{HEAD}.ebcCode"), own)
        .field("stored", mask_number(others))
}

fn not_closed(path: &str, number: &Text, state: &str) -> Finding {
    Finding::new(Reason::ListNotClosed)
        .argument(number)
        .field(path, number)
        .field("state", state)
        .field("expected", State::Closed.word())
}

fn taken(path: &str, number: &Text, by: &str) -> Finding {
    Finding::new(Reason::ListAlreadySummarised).argument(number).field(path, number).field("application", by)
}

/// Why a number has no list that ended: it is not of here, of another, or its list is under way.
fn unclosed(case: &Case<'_>, number: &Text, head: &SummaryApplicationHead, path: &str) -> Finding {
    match case.export_owner(&ExportKey::Entry(number.clone())) {
        None => Finding::new(Reason::SummarisedListUnknown).argument(number).field(path, number),
        Some(trade) if trade.merchant != head.ebc_code.trim() => {
            of_another(path, number, &head.ebc_code, &trade.merchant)
        }
        Some(_) => not_closed(path, number, "under way"),
    }
}

/// What stands against summarising a list that ended.
fn against_list(
    case: &Case<'_>,
    list: &ClosedList,
    head: &SummaryApplicationHead,
    path: &str,
) -> Vec<Finding> {
    let number = &list.invt_no;
    if list.trade.merchant != head.ebc_code.trim() {
        return vec![of_another(path, number, &head.ebc_code, &list.trade.merchant)];
    }
    let Some(closed_on) = list.closed_on.filter(|_| list.state == State::Closed) else {
        return vec![not_closed(path, number, list.state.word())];
    };
    let mut found = Vec::new();
    if case.law.export_summary_compare_district == 1 && list.district != head.customs_code.trim() {
        found.push(
            Finding::new(Reason::ListOfAnotherDistrict)
                .argument(number)
                .field(path, number)
                .field(format!("{HEAD}.customsCode"), &head.customs_code)
                .field("InventoryHead.customsCode", &list.district),
        );
    }
    if list.statistics_flag != "B" {
        found.push(
            Finding::new(Reason::ListNotForSummary)
                .argument(number)
                .field(path, number)
                .field("InventoryHead.statisticsFlag", &list.statistics_flag)
                .field("expected", "B"),
        );
    }
    let (first, last) = window(case, closed_on);
    let today = case.today();
    if today < first || last.is_some_and(|last| today > last) {
        let last = last.map_or_else(String::new, |last| last.to_string());
        found.push(
            Finding::new(Reason::ListOutOfSummaryWindow)
                .argument(number)
                .field(path, number)
                .field("closed on", closed_on)
                .field("from", first)
                .field("until", last)
                .field("today", today),
        );
    }
    if let Some(ExportState::Claim(claim)) = case.facts.exports.get(&ExportKey::Summarised(number.clone()))
        && let Some(by) = &claim.by
    {
        let (_, agent, cop_no) = by.parts();
        found.push(taken(path, number, &format!("{agent} {cop_no}")));
    }
    found
}

/// The days on which a list closed on a day may be summarised.
fn window(case: &Case<'_>, closed_on: Day) -> (Day, Option<Day>) {
    let first_of = |day: Day| Day::from_ymd(day.year(), day.month(), 1).unwrap_or(day);
    let next = Calendar::plus_months(first_of(closed_on), 1);
    let first = if case.law.export_summary_month_over == 1 { next } else { closed_on };
    let last = case.law.export_summary_last_day;
    let calendar = &case.reference.current().calendar;
    (first, (last > 0).then(|| calendar.deadline(next, last - 1)))
}
