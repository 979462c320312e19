//! What an application to bring exported goods back (213) is held against: the list that it names, what of it came back before,
//! the days within which goods may return, the tally of its parcel, and whether the list was declared in summary.

use super::Case;
use crate::export::{
    ExportKey, ExportState, ExportTrade, ReturnOfExport, ReturnedQuantity, TallyMark, value,
};
use crate::finding::Finding;
use crate::reason::{Layer, Reason};
use crate::rulebook::{Calendar, Law};
use ceb::{Day, Decimal, ExportDeclaration, ExportDeclarationLine, ExportReturn, ExportReturnLine};

/// What an application that may go on comes to.
pub(super) struct Terms {
    /// What it brings back.
    pub lines: Vec<ReturnedQuantity>,
    /// The last day on which its goods may be back.
    pub back_until: Day,
    /// The last day on which that is free of duty and import taxes.
    pub relief_until: Option<Day>,
    /// What they were sold for, fen.
    pub value: Option<i64>,
}

/// The terms of an application with what a person decides on.
///
/// # Errors
/// Everything that rejects it.
pub(super) fn against(
    case: &Case<'_>,
    trade: &ExportTrade,
    application: &ExportReturn,
    tallied: Option<&TallyMark>,
) -> Result<(Terms, Vec<Finding>), Vec<Finding>> {
    let head = &application.head;
    let list = head.invt_no.trim();
    let attempt = trade.attempt.as_ref().filter(|attempt| attempt.invt_no.as_deref() == Some(list));
    let closed = attempt.and_then(|attempt| Some((attempt, attempt.closed_on?, trade.declaration()?)));
    let Some((attempt, closed_on, declaration)) = closed else {
        let state = attempt.map_or("none", |attempt| attempt.state.word());
        return Err(vec![
            Finding::new(Reason::ReturnBeforeDeparture)
                .argument(list)
                .field("InvtRefundHead.invtNo", list)
                .field("state", state)
                .field("expected", "closed"),
        ]);
    };
    let mut found = Vec::new();
    let back_until = last_day(case, closed_on);
    if case.today() > back_until {
        found.push(too_late(case, closed_on, back_until));
    }
    if head.ebp_code.trim() != declaration.head.ebp_code.trim() {
        found.push(
            Finding::new(Reason::ReturnPlatformDiffers)
                .field("InvtRefundHead.ebpCode", &head.ebp_code)
                .field("InventoryHead.ebpCode", &declaration.head.ebp_code),
        );
    }
    for (index, line) in application.lines.iter().enumerate() {
        of_line(trade, declaration, index, line, &mut found);
    }
    if let Some(named) = tallied.map(|mark| &mark.invt_no).filter(|named| !named.is_empty() && *named != list)
    {
        found.push(
            Finding::new(Reason::TallyOfAnotherList)
                .argument(&head.logistics_no)
                .field("InvtRefundHead.invtNo", list)
                .field("InvtRefundDetail.invtNo", named),
        );
    }
    if case.law.export_return_compare_district == 1
        && head.customs_code.trim() != declaration.head.customs_code.trim()
    {
        found.push(
            Finding::new(Reason::ReturnToAnotherDistrict)
                .field("InvtRefundHead.customsCode", &head.customs_code)
                .field("InventoryHead.customsCode", &declaration.head.customs_code)
                .resting_on(&case.law, "export_return_compare_district"),
        );
    }
    found.extend(summarised(case, list));
    let lines: Vec<ReturnedQuantity> = application.lines.iter().map(quantity).collect();
    let then = case.reference.current().parameters.on(closed_on);
    let relief_until = relief(&then, closed_on, application);
    let book = case.reference.numbered(attempt.rulebook);
    let part = lines.iter().map(|line| (line.gnum, line.qty));
    let value = value::of_part(declaration, part, &book.rates, attempt.business_date);
    let on = tallied.map_or(case.today(), |mark| mark.on);
    found.extend(unrelieved(relief_until, on));
    if found.iter().any(|finding| finding.layer() == Layer::Rejected) {
        return Err(found);
    }
    found.sort_by_key(|finding| finding.reason);
    Ok((Terms { lines, back_until, relief_until, value }, found))
}

/// What stands against goods on the day on which the site has them.
pub(super) fn against_day(back: &ReturnOfExport) -> Vec<Finding> {
    let Some(on) = back.tallied.as_ref().map(|mark| mark.on) else { return Vec::new() };
    let late = (on > back.back_until).then(|| {
        Finding::new(Reason::ReturnCameLate).field("back on", on).field("last day", back.back_until)
    });
    late.into_iter().chain(unrelieved(back.relief_until, on)).collect()
}

fn quantity(line: &ExportReturnLine) -> ReturnedQuantity {
    ReturnedQuantity { gnum: line.gnum, qty: line.qty, qty1: line.qty1, qty2: line.qty2.unwrap_or_default() }
}

/// The last day on which goods that left on a day may be back, put off to a working day.
fn last_day(case: &Case<'_>, closed_on: Day) -> Day {
    let last = Calendar::plus_months(closed_on, case.law.export_return_months);
    case.reference.current().calendar.working_day_from(last)
}

/// A limit that is not sure never rejects: then a person decides.
fn too_late(case: &Case<'_>, closed_on: Day, last: Day) -> Finding {
    let confidence = case.reference.current().parameters.confidence("export_return_months", case.today());
    let sure = confidence.is_sure();
    let reason = if sure { Reason::ReturnTooLate } else { Reason::UncertainRow };
    let finding = Finding::new(reason)
        .field("closed on", closed_on)
        .field("last day", last)
        .field("today", case.today())
        .field("table", "parameters.csv export_return_months");
    if sure { finding.argument(last.to_string()) } else { finding.uncertain() }
}

/// The last day of the relief; none = the law of the day of departure has none, or goods are among those without it.
fn relief(then: &Law, closed_on: Day, application: &ExportReturn) -> Option<Day> {
    let food = then.export_return_food_first..=then.export_return_food_last;
    let is_food = |line: &ExportReturnLine| {
        line.gcode
            .get(..2)
            .and_then(|chapter| chapter.parse().ok())
            .is_some_and(|chapter: i64| food.contains(&chapter))
    };
    let relieved = then.export_return_relief_months > 0 && !application.lines.iter().any(is_food);
    relieved.then(|| Calendar::plus_months(closed_on, then.export_return_relief_months))
}

/// Goods without the relief: which taxes are due is no table here, a person decides.
fn unrelieved(relief_until: Option<Day>, on: Day) -> Option<Finding> {
    if relief_until.is_some_and(|last| on <= last) {
        return None;
    }
    let last = relief_until.map_or_else(|| "none".to_owned(), |last| last.to_string());
    Some(
        Finding::new(Reason::ReturnWithoutRelief)
            .field("day", on)
            .field("free of duty until", last)
            .field("table", "parameters.csv export_return_relief_months"),
    )
}

/// A list that was declared in summary: what was claimed for its goods is settled by people.
fn summarised(case: &Case<'_>, list: &str) -> Option<Finding> {
    let Some(ExportState::Claim(claim)) = case.facts.exports.get(&ExportKey::Summarised(list.into())) else {
        return None;
    };
    let (_, agent, cop_no) = claim.by.as_ref()?.parts();
    Some(
        Finding::new(Reason::ReturnAfterSummary)
            .field("InvtRefundHead.invtNo", list)
            .field("application", format!("{agent} {cop_no}")),
    )
}

fn of_line(
    trade: &ExportTrade,
    declaration: &ExportDeclaration,
    index: usize,
    line: &ExportReturnLine,
    found: &mut Vec<Finding>,
) {
    let path = |field: &str| format!("InvtRefundList[{}].{field}", index + 1);
    let of_it = |one: &&ExportDeclarationLine| one.gnum == line.gnum && one.gcode.trim() == line.gcode.trim();
    let Some(original) = declaration.lines.iter().find(of_it) else {
        found.push(
            Finding::new(Reason::ExportReturnLineUnknown)
                .argument(format!("{} {}", line.gnum, line.gcode))
                .field(path("gnum"), line.gnum)
                .field(path("gcode"), &line.gcode),
        );
        return;
    };
    let second = |unit: &Option<crate::Text>| unit.as_deref().unwrap_or_default().trim().to_owned();
    let texts = [
        ("gname", line.gname.trim().to_owned(), original.gname.trim().to_owned()),
        ("gmodel", line.gmodel.trim().to_owned(), original.gmodel.trim().to_owned()),
        ("unit", line.unit.to_string(), original.unit.to_string()),
        ("unit1", line.unit1.to_string(), original.unit1.to_string()),
        ("unit2", second(&line.unit2), second(&original.unit2)),
    ];
    for (field, sent, declared) in texts.into_iter().filter(|(_, sent, declared)| sent != declared) {
        found.push(
            Finding::new(Reason::ExportReturnGoodsDiffer)
                .argument(format!("{field}:{sent}≠{declared}"))
                .field(path(field), sent)
                .field(format!("InventoryList[{}].{field}", original.gnum), declared),
        );
    }
    let taken = taken(trade, line.gnum);
    let quantities = [
        ("qty", line.qty, original.qty, taken.qty),
        ("qty1", line.qty1, original.qty1, taken.qty1),
        ("qty2", line.qty2.unwrap_or_default(), original.qty2.unwrap_or_default(), taken.qty2),
    ];
    for (field, sent, declared, taken) in quantities {
        let left = declared.checked_sub(taken).unwrap_or(Decimal::ZERO);
        if sent > left {
            found.push(
                Finding::new(Reason::ExportReturnQuantityExceeds)
                    .argument(format!("{field}:{sent}>{left}"))
                    .field(path(field), sent)
                    .field("left", left)
                    .arithmetic(format!("{declared} - {taken} = {left}")),
            );
        }
    }
}

/// What other returns bring back of a line. An application that is here already was answered before it came to this.
fn taken(trade: &ExportTrade, gnum: u32) -> ReturnedQuantity {
    let alive = trade.returns.iter().filter(|back| back.standing.takes());
    let lines = alive.flat_map(|back| &back.lines).filter(|line| line.gnum == gnum);
    // What cannot be added is beyond every list.
    let sum = |one: Decimal, other: Decimal| one.checked_add(other).unwrap_or(one);
    lines.fold(ReturnedQuantity { gnum, ..ReturnedQuantity::default() }, |all, line| ReturnedQuantity {
        gnum,
        qty: sum(all.qty, line.qty),
        qty1: sum(all.qty1, line.qty1),
        qty2: sum(all.qty2, line.qty2),
    })
}
