//! What exported goods that come back owe: as ordinary imports by the law of the day on which the site has them, nothing where they come
//! back within the relief (notices 2023-4, 2023-34 and 2026-16). Within it the duty that was levied when they left may be asked
//! back. Leaves to others who decides, and who pays.

use super::{ReturnOfExport, value};
use crate::rulebook::{Law, Rulebook};
use crate::tax::{self, Assessment};
use ceb::{Day, Decimal, Declaration, DeclarationLine, ExportDeclaration};

/// What a return owes, or would owe without the relief.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaxOfReturn {
    /// Number of the return.
    pub number: u32,
    /// Whether its goods came back within the relief: then nothing of the assessment is due.
    pub relieved: bool,
    /// As ordinary imports; none = a code that the tariff has not, or a currency without a rate.
    pub assessment: Option<Assessment>,
    /// Duty that was due when the goods left, fen: within the relief it may be asked back, if it was paid.
    pub export_duty: i64,
    /// Whether a row that is not sure decided an amount.
    pub uncertain: bool,
}

impl TaxOfReturn {
    /// What is due, fen; none = nobody can say here.
    pub fn due(&self) -> Option<i64> {
        if self.relieved { Some(0) } else { self.assessment.as_ref().map(Assessment::total) }
    }

    /// What the receipt of the release says of it.
    pub(crate) fn words(&self) -> Option<String> {
        let yuan = |fen: i64| Decimal::from_fen(fen).to_string();
        let doubt = if self.uncertain { "（税率待核）" } else { "" };
        if self.relieved {
            let duty = yuan(self.export_duty);
            return (self.export_duty > 0).then(|| {
                format!("退运商品免征进口关税和进口环节税，已缴纳的出口关税{duty}元可申请退还{doubt}")
            });
        }
        let due = self.assessment.as_ref()?;
        let (tariff, consumption, vat) = (yuan(due.duty()), yuan(due.consumption_tax()), yuan(due.vat()));
        let all = yuan(due.total());
        Some(format!(
            "退运商品按一般进口计税：关税{tariff}元、消费税{consumption}元、增值税{vat}元，合计{all}元{doubt}"
        ))
    }
}

/// Reckons what a return owes. Its goods are worth what they were sold for, with the rates of the list's book and day; they are taxed by the
/// law and tariff of the day on which they are here, and their export duty is that of the day on which they left.
pub(crate) fn of_return(
    back: &ReturnOfExport,
    declaration: &ExportDeclaration,
    (then, declared_on, left_on): (&Rulebook, Day, Day),
    (law, book): (&Law, &Rulebook),
) -> TaxOfReturn {
    let (mut lines, mut export_duty, mut uncertain) = (Vec::with_capacity(back.lines.len()), 0i64, false);
    for returned in &back.lines {
        let part = std::iter::once((returned.gnum, returned.qty));
        let line = declaration.lines.iter().find(|line| line.gnum == returned.gnum);
        let worth = value::of_part(declaration, part, &then.rates, declared_on);
        let (Some(line), Some(worth)) = (line, worth) else { continue };
        if let Some(row) = book.export_duties.of_code(&line.gcode, left_on) {
            uncertain |= !row.confidence.is_sure();
            export_duty = export_duty.saturating_add(row.duty(worth));
        }
        lines.push(DeclarationLine {
            gnum: returned.gnum,
            gcode: line.gcode.clone(),
            qty: returned.qty,
            unit: line.unit.clone(),
            qty1: returned.qty1,
            unit1: line.unit1.clone(),
            qty2: line.unit2.as_ref().map(|_| returned.qty2),
            unit2: line.unit2.clone(),
            total_price: Decimal::from_fen(worth),
            ..DeclarationLine::default()
        });
    }
    // What is half assessed would be told as the whole.
    let is_whole = lines.len() == back.lines.len();
    let list = Declaration { lines, ..Declaration::default() };
    let assessment = is_whole.then(|| tax::general(&list, law, &book.tariff).ok()).flatten();
    uncertain |= assessment.as_ref().is_some_and(|assessed| !assessed.uncertain.is_empty());
    TaxOfReturn { number: back.number, relieved: back.is_relieved(), assessment, export_duty, uncertain }
}
