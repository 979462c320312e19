//! The lane that sealed rules, the draw and the grade of credit ask for a list of exports, as for one of imports. The draw
//! goes by the marked name of the trade, so that it is told from that of an order of imports; the list of a period has both.

use super::super::judge::random;
use super::Case;
use crate::consignment::Lane;
use crate::export::ExportTrade;
use crate::outcome::Draw;
use crate::risk::{self, ExportFacts};
use ceb::ExportDeclaration;

/// Selects, and keeps why. Where the law of the day does not ask for it, and for whoever only asks what would happen, nothing is
/// evaluated or drawn.
pub(super) fn lane(case: &mut Case<'_>, trade: &mut ExportTrade, declaration: &ExportDeclaration) -> Lane {
    if case.law.export_looks != 1 || case.preview {
        return Lane::Release;
    }
    let (book, today) = (case.reference.current(), case.today());
    let code = declaration.head.ebc_code.trim();
    let facts = ExportFacts {
        declaration,
        rates: &book.rates,
        value: trade.value,
        merchant_since: case.reference.parties.since(code, today),
        counts: &trade.look.counts,
    };
    let mut hits = book.risk.evaluate_export(&facts, today);
    case.out.read.counts.clone_from(&trade.look.counts);
    let merchant = case.reference.parties.find(code, today);
    let grade = merchant.map(|filing| filing.grade).unwrap_or_default();
    let codes = declaration.lines.iter().map(|line| line.gcode.as_str());
    let goods = book.sampling_goods.as_ref().map_or(100, |table| table.of_codes(codes, today));
    let credit = trade.look.credit.as_ref();
    let terms = risk::export_terms(&case.law, grade, credit, goods);
    let ratio = risk::ratio(&terms);
    let (seed, key) = (&case.reference.sampling_seed, trade.key.marked());
    let drawn = risk::drawn(seed, &key, ratio, trade.look.drawn.as_ref(), case.now);
    case.out.read.draw = Some(Draw { seed: drawn.seed, drawn: drawn.number, ratio, terms: Some(terms) });
    hits.extend(random(&drawn, ratio, grade, credit, goods));
    let lane = hits.iter().map(|hit| hit.lane).max().unwrap_or(Lane::Release);
    trade.look.drawn = Some(drawn);
    trade.look.hits = hits;
    lane
}
