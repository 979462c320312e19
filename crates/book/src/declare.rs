//! Goods that entered first are declared: what the checklist declares becomes available, and where it ends the line, what differs
//! from what entered is a difference like one that a stocktake found, with its cause, a loss with the document that wrote it off.

use crate::choice::out_of_range;
use crate::command::{Command, Operation};
use crate::decide::{Plan, Step, draw, line_at, positive, posting};
use crate::record::{Facts, Stock, StockKey};
use crate::refusal::{Refusal, Rule};
use crate::{Cause, Place};
use ceb::Decimal;

/// What a declaration moves.
pub(crate) fn declare(command: &Command, stock: &Stock, facts: &Facts) -> Step<Plan> {
    let Operation::Declare { of, quantity, cause, approval } = &command.operation else {
        return Ok(Plan::default());
    };
    let refuse = |refusal: Refusal| vec![refusal];
    let at = StockKey { book: command.book.clone(), item: command.item.clone() };
    let line = line_at(of, &at, Place::Undeclared, facts).map_err(refuse)?;
    let open: i128 = line.open.iter().map(|one| one.quantities.declared.units()).sum();
    let open = Decimal::from_units(open);
    let declared = quantity.unwrap_or(open);
    let mut found = Vec::new();
    positive("quantity", declared, &mut found);
    if !found.is_empty() {
        return Err(found);
    }
    let ends = *cause != Cause::None;
    if declared > open && !ends {
        let (said, there) = (declared.to_string(), open.to_string());
        return Err(refuse(Refusal::new(Rule::Cause, "cause", &said, &there)));
    }
    let short = ends && declared < open;
    if short && approval.as_ref().is_none_or(|approval| approval.trim().is_empty()) {
        let other = format!("{open} - {declared}");
        let said = approval.as_deref().unwrap_or("");
        return Err(refuse(Refusal::new(Rule::Approval, "approval", said, &other)));
    }
    let (taken, mut resolved) = draw(line, Some(declared.min(open)), None)?;
    let mut postings: Vec<_> = taken
        .iter()
        .map(|one| posting(&at, &one.lot, Place::Undeclared, Place::Available, one.quantities))
        .collect();
    if short {
        let lost = std::mem::take(&mut resolved.open);
        let lost =
            lost.iter().map(|one| posting(&at, &one.lot, Place::Undeclared, Place::Variance, one.quantities));
        postings.extend(lost);
    }
    // What is declared beyond what entered was there all along: it is of the lot that entered.
    if let Some(lot) = taken.last().filter(|_| declared > open) {
        let more = declared.checked_sub(open).and_then(|more| stock.item.converted(more));
        let more = more.ok_or_else(|| refuse(out_of_range(declared)))?;
        postings.push(posting(&at, &lot.lot, Place::Variance, Place::Available, more));
    }
    Ok(Plan { postings, resolved: Some(resolved), ..Plan::default() })
}
