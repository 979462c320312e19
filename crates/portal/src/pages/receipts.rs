//! Receipts, in the order in which they were given, or sorted by a column.

use super::address;
use crate::answers::Receipts;
use crate::format::time;
use crate::language::Family;
use crate::parts::{Column, Sorting, Table, empty, pager};
use crate::shell::{Desk, Frame, Page};
use maud::html;

/// Bytes of a page for what receipts say; what has no room, as that of a list with many lines, is shown by itself.
const ROOM: usize = 45_000;

/// Columns that they are sorted by; the words are those of the interface.
pub const SORTED: [&str; 4] = ["time", "message", "status", "document"];

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// The page of the feed, or of the order.
    pub receipts: Receipts,
    /// By which column, as the address says it; empty = a feed.
    pub sort: String,
    /// After which cursor it begins.
    pub after: String,
    /// Where the next page goes on.
    pub next: Option<String>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let (texts, receipts) = (frame.texts, &view.receipts);
    let sorting = Sorting::read(&view.sort, &SORTED);
    let link = |sort: &str, after: &str| address("/desk/receipts", &[("sort", sort), ("after", after)]);
    let sorted = |word: &str, name: String| sorting.column(word, name, |sort| link(sort, ""));
    let columns = vec![
        sorted("time", texts.text("time")),
        sorted("message", texts.text("receipt")),
        sorted("status", texts.text("status")),
        sorted("document", texts.text("document-number")),
        Column::of(texts.text("recipient")),
        Column::of(texts.text("content")),
    ];
    // A number leads to its trade, for whoever may read trades.
    let searches = frame.reader.as_ref().is_some_and(|reader| reader.desks.contains(&Desk::Consignments));
    let numbered = |number: &str| {
        html! {
            @if searches && !number.is_empty() { a.code href=(address("/desk/search", &[("text", number)])) { (number) } }
            @else { span.code { (number) } }
        }
    };
    let mut room = ROOM;
    let rows = receipts.receipts.iter().map(|one| {
        let folded = html! { details { summary { "XML" } pre { (one.receipt) } } };
        let left = room.checked_sub(folded.0.len());
        room = left.unwrap_or(room);
        let (position, number) = (one.position.to_string(), one.number.to_string());
        let alone = || address("/desk/receipts", &[("position", &position), ("number", &number)]);
        let content = if left.is_some() {
            folded
        } else {
            html! { a href=(alone()) { "XML" } }
        };
        vec![
            time(&one.time),
            html! { (texts.word(Family::Message, &one.message)) },
            html! { span.code { (one.status) } },
            numbered(&one.document_number),
            html! { span.code { (one.recipient) } },
            content,
        ]
    });
    let next = view.next.as_deref().map(|after| link(&sorting.text(), after));
    let first = (!view.after.is_empty()).then(|| link(&sorting.text(), ""));
    let caption = match (sorting.by, sorting.falling) {
        ("" | "time", false) => texts.text("oldest-first"),
        ("time", true) => texts.text("receipts-newest-first"),
        _ => texts.text("sorted"),
    };
    let rows: Vec<_> = rows.collect();
    let body = html! {
        @if sorting.by.is_empty() { p { (texts.text("receipts-help")) } }
        @if receipts.more { p { (texts.text("receipts-newest-sorted")) } }
        @if receipts.receipts.is_empty() { (empty(&texts.text("no-receipts"), &texts.text("no-receipts-help"))) }
        @else { (Table { caption, columns, rows }.shown()) }
        (pager(texts, first.as_deref(), next.as_deref()))
    };
    Page::new(texts.text("nav-receipts"), Some(Desk::Receipts), body)
}
