//! What a declaration takes of its buyer's quota and of its guarantor's guarantee, and what is said where they do not reach.
//! Leaves when it takes them to `declaration`, and what an account is to `ledger`.

use super::Case;
use crate::consignment::{CreditStanding, guaranteed};
use crate::finding::Finding;
use crate::reason::Reason;
use crate::tax::Assessment;
use ceb::{Decimal, Declaration};
use ledger::{Account, Balance, Hold, Refusal};

/// Reserves an amount in fen; what refuses it is among the findings.
pub(super) fn hold(
    case: &mut Case<'_>,
    account: Account,
    balance: &Balance,
    amount: i64,
    explain: impl Fn(Refusal) -> Finding,
    findings: &mut Vec<Finding>,
) -> Option<Hold> {
    match ledger::hold(account, balance, amount) {
        Ok((hold, movement)) => {
            case.moved(movement);
            Some(hold)
        }
        Err(refusal) => {
            findings.push(explain(refusal));
            None
        }
    }
}

/// Reserves what a tax takes of the guarantee. Where that does not reach for the whole of it, but for what no row in doubt decides,
/// a person decides: so much is held as is sure, and the rows are told.
pub(super) fn hold_guarantee(
    case: &mut Case<'_>,
    account: Account,
    balance: &Balance,
    assessment: &Assessment,
    head: &ceb::DeclarationHead,
    credit: Option<&CreditStanding>,
    findings: &mut Vec<Finding>,
) -> Option<Hold> {
    let whole = ledger::hold(account.clone(), balance, guaranteed(credit, assessment.total()));
    let refusal = match whole {
        Ok((hold, movement)) => {
            case.moved(movement);
            return Some(hold);
        }
        Err(refusal) => refusal,
    };
    // Where no row is in doubt it is the same amount, and refused again.
    match ledger::hold(account, balance, guaranteed(credit, assessment.certain())) {
        Ok((hold, movement)) => {
            case.moved(movement);
            let mut finding = insufficient(refusal, head, credit).uncertain();
            for (gnum, what) in &assessment.uncertain {
                finding = finding.field(format!("InventoryList.gnum {gnum}"), what);
            }
            findings.push(finding.field("held", Decimal::from_fen(hold.amount)));
            Some(hold)
        }
        Err(refusal) => {
            findings.push(insufficient(refusal, head, credit));
            None
        }
    }
}

/// The buyer's quota does not reach.
pub(super) fn annual_limit(refusal: Refusal, declaration: &Declaration) -> Finding {
    let Refusal::OverLimit { limit, posted, held, amount } = refusal else {
        return Finding::new(Reason::AnnualLimit);
    };
    let sum = posted.saturating_add(held).saturating_add(amount);
    Finding::new(Reason::AnnualLimit)
        .argument(format!("totalPrice：{} > limitPrice: {};", grouped(sum), grouped(limit)))
        .field("InventoryHead.orderNo", &declaration.head.order_no)
        .arithmetic(format!(
            "{} + {} > {}",
            Decimal::from_fen(posted.saturating_add(held)),
            Decimal::from_fen(amount),
            Decimal::from_fen(limit)
        ))
}

/// The guarantee does not reach; where credit asks for another part of the tax than all of it, the part is told.
fn insufficient(refusal: Refusal, head: &ceb::DeclarationHead, credit: Option<&CreditStanding>) -> Finding {
    let mut finding =
        Finding::new(Reason::GuaranteeInsufficient).field("InventoryHead.assureCode", &head.assure_code);
    let obeyed = credit.into_iter().flat_map(|credit| &credit.obeyed);
    for row in obeyed.filter(|row| row.measure == "guarantee_factor") {
        // Whose standing it is the trade says to whom it belongs; whoever declares for others is told the part alone.
        finding = finding.field("credit_measures.csv guarantee_factor", format!("{} %", row.value));
    }
    match refusal {
        Refusal::OverLimit { limit, posted, held, amount } => {
            finding.field("tax", Decimal::from_fen(amount)).arithmetic(format!(
                "{} + {} > {}",
                Decimal::from_fen(posted.saturating_add(held)),
                Decimal::from_fen(amount),
                Decimal::from_fen(limit)
            ))
        }
        Refusal::OutOfRange { .. } => finding,
    }
}

/// `26,114.44` and `26,000`, as customs writes amounts.
fn grouped(fen: i64) -> String {
    let text = Decimal::from_fen(fen).to_string();
    let (whole, places) = text.split_once('.').map_or((text.as_str(), ""), |(whole, places)| (whole, places));
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !places.is_empty() {
        out.push('.');
        out.push_str(places);
    }
    out
}
