//! Bonded books: which there are, what lies in each by item and lot, what moved by which document, and the ways to file a document.

use super::exports::export_address;
use super::registers::{record_address, register_address, state};
use super::traces::recall_address;
use super::{address, trade_address};
use crate::answers::books::{Book, Books, Clock, Head, Lot, Movement, Movements, Stock, TakenOfBook, Trade};
use crate::format::{count, money, time};
use crate::language::Texts;
use crate::parts::{
    Cell, Column, Field, Pages, Table, Tone, badge, declared, empty, escaped, facts, field, pager, said,
    submit,
};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// The address of the list.
pub const ADDRESS: &str = "/desk/books";
const BOOKS: &str = "bonded-books";
const DOCUMENTS: &str = "bonded-documents";

/// The page of a book.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// The book with its stock.
    pub book: Book,
    /// What moved of the item that is named, or of the first.
    pub moved: Movements,
    /// The item whose movements are shown.
    pub item: String,
    /// After which movements those that are shown come; empty = they are the newest.
    pub after: String,
    /// From which item on the stock is shown; empty = from the first.
    pub from: String,
    /// The time that was asked for.
    pub at: String,
    /// What is wrong with it: then no stock is shown.
    pub fault: String,
    /// Whether the reader may file documents.
    pub files: bool,
}

fn book_address(book: &str) -> String {
    format!("{ADDRESS}/{}", escaped(book))
}

/// The list of books, those after a place where there are more than a page has.
pub fn list(frame: &Frame, told: &Books, applies: bool, after: &str) -> Page {
    let texts = frame.texts;
    let new = address(&format!("{}/new", register_address(BOOKS)), &[("action", "apply")]);
    let row = |one: &Head| -> Vec<Cell> {
        vec![
            html! { a.lead href=(book_address(&one.book)) { (one.number) } div.muted.code { (one.holder) } },
            html! { (state(texts, &one.state)) @if let Some(number) = &one.counting { " " (badge(Tone::Wait, &texts.with("books-counting", &[("number", number)]))) } },
            html! { (count(one.items)) @if one.proposed > 0 { " + " (count(one.proposed)) } },
            time(&one.changed),
        ]
    };
    let columns = vec![
        Column::of(texts.text("books-book")),
        Column::of(texts.text("books-state")),
        Column::number(texts.text("books-items")),
        Column::of(texts.text("books-changed")),
    ];
    let first = (!after.is_empty()).then_some(ADDRESS);
    let next = told.after.as_deref().map(|after| address(ADDRESS, &[("after", after)]));
    let body = html! {
        p { (texts.text("about-books")) }
        @if applies { p { a.button href=(new) { (texts.text("books-apply")) } } }
        @if told.books.is_empty() { (empty(&texts.text("books-none"), &texts.text("books-none-help"))) }
        @else { (Table { caption: texts.text("newest-made-first"), columns, rows: told.books.iter().map(row).collect() }.shown()) }
        (pager(texts, first, next.as_deref()))
    };
    Page::new(texts.text("nav-books"), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
}

/// The page of a book.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let head = &view.book.head;
    let there = book_address(&head.book);
    let by = |action: &str, kind: &str| {
        let number = format!("{}:{kind}:", head.book);
        address(&format!("{}/new", register_address(DOCUMENTS)), &[("action", action), ("number", &number)])
    };
    let file = |kind: &str| by("file", kind);
    let pairs = [
        (texts.text("books-holder"), html! { span.code { (head.holder) } }),
        (texts.text("books-state"), state(texts, &head.state)),
        (texts.text("books-items"), html! { (count(head.items)) }),
    ];
    let movements = texts.with("books-moved", &[("item", &view.item)]);
    let stock_from = |from: &str| address(&there, &[("from", from), ("at", &view.at)]);
    let moved_after = |after: &str| address(&there, &[("item", &view.item), ("after", after)]);
    let of_stock = pages(&view.from, view.book.from.as_deref(), stock_from);
    let of_movements = pages(&view.after, view.moved.after.as_deref(), moved_after);
    let body = html! {
        (facts(&pairs))
        @if let Some(number) = &head.counting { (said(Tone::Wait, html! { (texts.with("books-counting", &[("number", number)])) })) }
        @if view.files {
            p {
                a.button href=(file("entry-checklist")) { (texts.text("books-file-entry")) } " "
                a.button href=(file("exit-checklist")) { (texts.text("books-file-exit")) } " "
                a.button href=(by("enter-first", "provisional-entry")) { (texts.text("books-enter-first")) } " "
                a.button href=(file("application")) { (texts.text("books-file-application")) }
            }
        }
        p.files {
            a href=(register_address(DOCUMENTS)) { (texts.text("books-documents")) } " · "
            a href=(record_address(BOOKS, &head.book)) { (texts.text("books-record")) } " · "
            a href=(format!("{there}/file")) { (texts.text("books-export")) }
        }
        @if !view.book.clocks.is_empty() {
            h2 { (texts.text("books-clocks")) }
            (clocks(texts, &view.book.clocks))
        }
        h2 { (texts.text("books-stock")) }
        form.filter method="get" action=(there) {
            (field(&Field { name: "at", label: &texts.text("books-as-of"), hint: &texts.text("books-as-of-hint"), fault: &view.fault, value: &view.at, ..Field::default() }))
            (submit(&texts.text("books-show")))
        }
        @if !view.fault.is_empty() {}
        @else if view.book.stock.is_empty() { (empty(&texts.text("books-no-stock"), &texts.text("books-no-stock-help"))) }
        @else { (stock(texts, &there, &view.book.stock)) (lots(texts, &view.book.stock)) }
        @if view.fault.is_empty() { (of_stock.shown(texts, &texts.text("books-stock"))) }
        h2 { (movements) }
        @if view.moved.movements.is_empty() { (empty(&texts.text("books-none-moved"), &texts.text("books-none-moved-help"))) }
        @else { (moved(texts, &view.moved.movements)) }
        (of_movements.shown(texts, &movements))
    };
    Page::new(texts.with("books-title", &[("number", &head.number)]), Some(Desk::Registers), body)
        .below(ADDRESS, texts.text("nav-books"))
}

/// Where the other pages of a list are of which this one is shown; `link` gives the address of one.
fn pages(shown: &str, next: Option<&str>, link: impl Fn(&str) -> String) -> Pages {
    Pages { first: (!shown.is_empty()).then(|| link("")), next: next.map(link), previous: None }
}

/// Deadlines: what entered first and is not declared, what is at an exhibition.
fn clocks(texts: Texts, all: &[Clock]) -> Markup {
    let columns = vec![
        Column::of(texts.text("books-document")),
        Column::of(texts.text("books-state")),
        Column::of(texts.text("books-due")),
        Column::number(texts.text("books-held")),
        Column::number(texts.text("books-tax-due")),
    ];
    let row = |one: &Clock| -> Vec<Cell> {
        vec![
            html! { a.lead href=(record_address(DOCUMENTS, &one.document)) { (document(texts, &one.kind)) } div.muted.code { (one.number) } },
            html! { (state(texts, &one.state)) @if one.warned && one.state != "overdue" { " " (badge(Tone::Wait, &texts.text("books-warned"))) } },
            html! { (time(&one.due)) @if one.extended.is_some() { " " (badge(Tone::Still, &texts.text("books-extended"))) } },
            html! { (one.held.as_deref().map(money).unwrap_or_default()) },
            html! { (one.tax_due.as_deref().map(money).unwrap_or_default()) },
        ]
    };
    Table { caption: texts.text("books-clocks-order"), columns, rows: all.iter().map(row).collect() }.shown()
}

fn stock(texts: Texts, there: &str, all: &[Stock]) -> Markup {
    const SHOWN: [&str; 7] =
        ["available", "frozen", "in-transit", "returned", "inspection", "exhibition", "undeclared"];
    let mut columns = vec![Column::of(texts.text("books-item"))];
    columns.extend(SHOWN.map(|word| Column::number(place(texts, word))));
    columns.push(Column::number(texts.text("books-inside")));
    let row = |one: &Stock| -> Vec<Cell> {
        let item = address(there, &[("item", &one.item.number)]);
        let mut cells = vec![html! {
            a.lead href=(item) { (one.item.number) " " (declared(texts, &one.item.name)) }
            div.muted.code { (one.item.gcode) " · " (one.item.goods_no) }
        }];
        let of = |word: &str| one.places.get(word).map_or("0", String::as_str).to_owned();
        cells.extend(SHOWN.map(|word| html! { (of(word)) }));
        cells.push(html! { strong { (one.inside) } });
        cells
    };
    Table { caption: texts.text("books-stock"), columns, rows: all.iter().map(row).collect() }.shown()
}

fn lots(texts: Texts, all: &[Stock]) -> Markup {
    let columns = vec![
        Column::of(texts.text("books-item")),
        Column::of(texts.text("books-lot")),
        Column::of(texts.text("books-expiry")),
        Column::number(place(texts, "available")),
    ];
    let available = |lot: &Lot| lot.balances.get("available").map(|there| there.declared.clone());
    let mut rows: Vec<(&str, &Lot, String)> = Vec::new();
    for one in all {
        rows.extend(one.lots.iter().filter_map(|lot| Some((one.item.number.as_str(), lot, available(lot)?))));
    }
    // What expires first is what is sold first.
    rows.sort_by_cached_key(|(item, lot, _)| (lot.expiry.is_none(), lot.expiry.clone(), (*item).to_owned()));
    let row = |(item, lot, available): &(&str, &Lot, String)| -> Vec<Cell> {
        vec![
            html! { (item) },
            html! {
                span.code { (lot.lot) }
                @for recall in &lot.recalls { div { a href=(recall_address(recall)) { (texts.with("books-recalled", &[("recall", recall)])) } } }
            },
            html! { @if let Some(day) = &lot.expiry { (time(day)) } @if !lot.sells { " " (badge(Tone::Bad, &texts.text("books-not-sold"))) } },
            html! { (available) },
        ]
    };
    html! {
        h3 { (texts.text("books-lots")) }
        (Table { caption: texts.text("books-lots-order"), columns, rows: rows.iter().map(row).collect() }.shown())
    }
}

fn moved(texts: Texts, all: &[Movement]) -> Markup {
    let columns = vec![
        Column::of(texts.text("books-when")),
        Column::of(texts.text("books-document")),
        Column::of(texts.text("books-lot")),
        Column::of(texts.text("books-where")),
        Column::number(texts.text("books-quantity")),
    ];
    let row = |one: &Movement| -> Vec<Cell> {
        vec![
            time(&one.time),
            html! {
                (document(texts, &one.by.kind))
                div.muted.code {
                    @if let Some(trade) = &one.trade { a href=(address_of(trade)) { (one.by.number) } }
                    @else { (one.by.number) }
                }
            },
            html! { span.code { (one.lot) } },
            html! { (place(texts, &one.from)) " → " (place(texts, &one.to)) },
            html! { (one.quantities.declared) },
        ]
    };
    Table { caption: texts.text("books-newest-first"), columns, rows: all.iter().map(row).collect() }.shown()
}

fn address_of(trade: &Trade) -> String {
    match &trade.merchant {
        Some(merchant) => export_address(merchant, &trade.order_no),
        None => trade_address(&trade.platform, &trade.order_no),
    }
}

/// What a trade took of a book, for officers.
pub fn taken(texts: Texts, taken: &TakenOfBook) -> Markup {
    let word = match taken.state.as_str() {
        "left" => texts.text("books-taken-left"),
        "restored" => texts.text("books-taken-restored"),
        _ => place(texts, "frozen"),
    };
    html! {
        a href=(book_address(&taken.book)) { span.code { (taken.book) } } " " (badge(Tone::Still, &word))
        @for line in &taken.lines {
            div.muted { (texts.with("books-taken-line", &[("line", &line.line.to_string()), ("item", &line.item), ("lot", &line.lot), ("quantity", &line.quantity)])) }
        }
    }
}

fn place(texts: Texts, word: &str) -> String {
    match word {
        "available" => texts.text("books-place-available"),
        "frozen" => texts.text("books-place-frozen"),
        "inspection" => texts.text("books-place-inspection"),
        "returned" => texts.text("books-place-returned"),
        "exhibition" => texts.text("books-place-exhibition"),
        "in-transit" => texts.text("books-place-in-transit"),
        "undeclared" => texts.text("books-place-undeclared"),
        "opening" => texts.text("books-place-opening"),
        "abroad" => texts.text("books-place-abroad"),
        "domestic" => texts.text("books-place-domestic"),
        "other-book" => texts.text("books-place-other-book"),
        "sold" => texts.text("books-place-sold"),
        "destroyed" => texts.text("books-place-destroyed"),
        "sampled" => texts.text("books-place-sampled"),
        "variance" => texts.text("books-place-variance"),
        other => other.to_owned(),
    }
}

fn document(texts: Texts, word: &str) -> String {
    match word {
        "opening" => texts.text("books-document-opening"),
        "entry-checklist" => texts.text("books-document-entry-checklist"),
        "exit-checklist" => texts.text("books-document-exit-checklist"),
        "list" => texts.text("books-document-list"),
        "receipt" => texts.text("books-document-receipt"),
        "return" => texts.text("books-document-return"),
        "customs-declaration" => texts.text("books-document-customs-declaration"),
        "application" => texts.text("books-document-application"),
        "gate-release" => texts.text("books-document-gate-release"),
        "stock-order" => texts.text("books-document-stock-order"),
        "inspection-order" => texts.text("books-document-inspection-order"),
        "inspection-record" => texts.text("books-document-inspection-record"),
        "sampling-record" => texts.text("books-document-sampling-record"),
        "destruction-record" => texts.text("books-document-destruction-record"),
        "stocktake-record" => texts.text("books-document-stocktake-record"),
        "provisional-entry" => texts.text("books-document-provisional-entry"),
        other => other.to_owned(),
    }
}
