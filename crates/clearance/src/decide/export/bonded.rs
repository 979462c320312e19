//! Export lists out of a special zone (1210, 1239) and the book that their goods lie in: taken when a list is declared, given back
//! when it ends without its parcel having left the country, sold when it has, and back with a return that is released. How is
//! that of imports (`super::super::bonded`).

use super::super::bonded::{self, Asked};
use super::Case;
use crate::bonded::{Taken, book_of_export, items_of_export, list_number};
use crate::export::ExportTrade;
use crate::finding::Finding;
use book::{DocumentKey, DocumentKind, Resolution};
use ceb::ExportDeclaration;

/// A declared list takes its goods. None = its book is not kept here, or it takes nothing because something stands against it,
/// which `findings` says then.
pub(super) fn declared(
    case: &mut Case<'_>,
    trade: &mut ExportTrade,
    declaration: &ExportDeclaration,
    findings: &mut Vec<Finding>,
) -> Option<Box<Taken>> {
    let book = book_of_export(declaration, &case.reference.parties, case.today())?;
    let number = trade.attempt.as_ref().map_or(1, |attempt| attempt.number + 1);
    // A platform of imports and a merchant may have one code and one order number.
    let number = list_number(&trade.key.marked(), number);
    let asked = Asked {
        book,
        number: declaration.head.ems_no.as_deref().unwrap_or("").trim(),
        items: items_of_export(declaration),
        commands: book::sale_abroad(declaration, &number, case.now.stamp_millis()),
    };
    bonded::take(case, trade.taken.as_deref_mut(), asked, findings).map(Box::new)
}

/// The list ends, and its parcel has not left: what it took goes back.
pub(super) fn give_back(case: &mut Case<'_>, trade: &mut ExportTrade) {
    bonded::restore(case, trade.taken.as_deref_mut());
}

/// The parcel left the country: what was pre-deducted is sold.
pub(super) fn leave(case: &mut Case<'_>, trade: &mut ExportTrade) {
    let Some(taken) = trade.taken.as_deref_mut() else { return };
    let by = bonded::receipt(&taken.document);
    bonded::confirm(case, Some(taken), by);
}

/// The goods of a return are released: they wait in the book, apart from what is sold, until somebody has looked at them.
pub(super) fn come_back(case: &mut Case<'_>, trade: &mut ExportTrade, number: u32) {
    let Some(back) = trade.returns.iter().find(|back| back.number == number) else { return };
    let returned: Vec<_> = back.lines.iter().map(|line| (line.gnum, line.qty)).collect();
    let (_, agent, _) = back.key.parts();
    let by = DocumentKey { kind: DocumentKind::Return, issuer: agent.clone(), number: back.pre_no.clone() };
    let Some(declaration) = trade.declaration() else { return };
    let numbers: Vec<u32> = declaration.lines.iter().map(|line| line.gnum).collect();
    let places = bonded::places(&numbers, &returned);
    let Some((book, list, lines)) = bonded::counted_off(trade.taken.as_deref_mut(), places) else { return };
    bonded::follow(case, (book, list), by, lines, Resolution::CustomerReturn);
}
