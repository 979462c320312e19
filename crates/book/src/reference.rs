//! The reference page of bonded books, written from the tables that judge them.

use crate::command::{Operation, Source};
use crate::{
    Cause, DocumentKey, DocumentKind, LineKey, Lot, Place, Purpose, Quantities, Resolution, Rule, StockKey,
    Text,
};
use ceb::Decimal;

/// Places, movements with the documents that make them, and rules, as Markdown.
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "# Bonded books\n\nGenerated from the tables in `crates/book`; do not edit. Every movement takes three quantities of one lot \
         from one place to another and is made once by a line of a document. Which document may make which movement is our \
         own reading.\n\n## Places\n\n| number | place | |\n|---|---|---|\n",
    );
    for place in Place::ALL {
        let side = if place.is_inside() { "inside" } else { "outside" };
        page.push_str(&format!("| {} | {} | {side} |\n", place.number(), place.word()));
    }
    page.push_str("\n## Movements\n\n| movement | from | to | documents | only what may be sold |\n|---|---|---|---|---|\n");
    for source in [Source::Opening, Source::Abroad, Source::Domestic] {
        let lot = Lot { number: Text::default(), origin: Text::default(), expiry: None };
        let operation = Operation::Enter { source, lot, quantities: Quantities::ZERO };
        movement("enter", source.place(), Place::Available, &operation, false, &mut page);
    }
    let lot = Lot { number: Text::default(), origin: Text::default(), expiry: None };
    let operation = Operation::EnterFirst { lot, quantities: Quantities::ZERO };
    movement("enter first", Place::Abroad, Place::Undeclared, &operation, false, &mut page);
    for purpose in Purpose::ALL {
        let operation =
            Operation::Take { purpose, quantity: Decimal::ZERO, stated: None, lot: None, to: None };
        movement(purpose.word(), Place::Available, purpose.place(), &operation, purpose.sells(), &mut page);
    }
    let document = DocumentKey { kind: DocumentKind::List, issuer: Text::default(), number: Text::default() };
    let of = LineKey { document, line: 1 };
    for resolution in Resolution::ALL {
        let operation = Operation::Resolve { of: of.clone(), resolution, quantity: None };
        let sells = resolution == Resolution::ExhibitionSale;
        movement(resolution.word(), resolution.from(), resolution.to(), &operation, sells, &mut page);
    }
    let operation = Operation::Declare { of: of.clone(), quantity: None, cause: Cause::None, approval: None };
    movement("declare", Place::Undeclared, Place::Available, &operation, false, &mut page);
    movement("declare: more than entered", Place::Variance, Place::Available, &operation, false, &mut page);
    movement("declare: less than entered", Place::Undeclared, Place::Variance, &operation, false, &mut page);
    let from = StockKey { book: Text::default(), item: Text::default() };
    let operation = Operation::Receive { from, of, quantity: None };
    movement("receive", Place::InTransit, Place::OtherBook, &operation, false, &mut page);
    movement("receive (its own book)", Place::OtherBook, Place::Available, &operation, false, &mut page);
    movement("count: a gain", Place::Variance, Place::Available, &Operation::BeginCount, false, &mut page);
    movement("count: a loss", Place::Available, Place::Variance, &Operation::BeginCount, false, &mut page);
    page.push_str("\n## Rules\n\n| rule | | what to do |\n|---|---|---|\n");
    for rule in Rule::ALL {
        let ((zh, en), (do_zh, do_en)) = (rule.texts(), rule.advice());
        page.push_str(&format!("| {} | {zh}。{en} | {do_zh}。{do_en} |\n", rule.word()));
    }
    page
}

fn movement(name: &str, from: Place, to: Place, operation: &Operation, sells: bool, page: &mut String) {
    let documents: Vec<&str> = operation.documents().iter().map(|kind| kind.word()).collect();
    let sells = if sells { "yes" } else { "" };
    let documents = documents.join(", ");
    page.push_str(&format!("| {name} | {} | {} | {documents} | {sells} |\n", from.word(), to.word()));
}
