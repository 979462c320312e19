//! Receipts, in the order in which they were given.

use super::address;
use crate::answers::Receipts;
use crate::format::time;
use crate::language::Family;
use crate::parts::{Column, Table, empty, pager};
use crate::shell::{Desk, Frame, Page};
use maud::html;

/// Bytes of a page for what receipts say; what has no room, as that of a list with many lines, is shown by itself.
const ROOM: usize = 55_000;

/// The page; `after` is the cursor it begins at, `full` = there are more.
pub fn page(frame: &Frame, receipts: &Receipts, after: &str, full: bool) -> Page {
    let texts = frame.texts;
    let columns = [
        texts.text("time"),
        texts.text("receipt"),
        texts.text("status"),
        texts.text("recipient"),
        texts.text("content"),
    ];
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
            html! { span.code { (one.recipient) } },
            content,
        ]
    });
    let next = full.then(|| address("/desk/receipts", &[("after", &receipts.cursor)]));
    let first = (!after.is_empty()).then_some("/desk/receipts");
    let body = html! {
        p { (texts.text("receipts-help")) }
        @if receipts.receipts.is_empty() { (empty(&texts.text("no-receipts"), &texts.text("no-receipts-help"))) }
        @else { (Table { caption: texts.text("oldest-first"), columns: columns.map(Column::of).to_vec(), rows: rows.collect() }.shown()) }
        (pager(texts, first, next.as_deref()))
    };
    Page::new(texts.text("nav-receipts"), Some(Desk::Receipts), body)
}
