//! What is kept of him: who read it, all of it as a file, and how it is erased.

use crate::answers::consumer::Readings;
use crate::format::time;
use crate::language::Family;
use crate::pages::address;
use crate::parts::{Column, Table, Tone, empty, pager, said, submit};
use crate::shell::{Desk, Frame, Page, guard};
use maud::html;

/// The page.
pub fn page(frame: &Frame, readings: &Readings, from: &str) -> Page {
    let texts = frame.texts;
    let rows = readings.accesses.iter().map(|one| {
        let role = texts.word(Family::PlainRole, &one.role);
        // A preview has no purpose of its own to say: it is always the same. Who said nothing read for what his office is there for.
        let purpose = match (one.what.as_str(), one.purpose.as_str()) {
            ("preview", _) => texts.text("my-asked-ahead"),
            (_, "") => texts.text("my-by-duty"),
            (_, said) => said.to_owned(),
        };
        vec![time(&one.time), html! { (one.by) }, html! { (role) }, html! { (purpose) }]
    });
    let columns = vec![
        Column::of(texts.text("my-time")),
        Column::of(texts.text("my-by")),
        Column::of(texts.text("my-role")),
        Column::of(texts.text("my-purpose")),
    ];
    let table = Table { caption: texts.text("my-readings-caption"), columns, rows: rows.collect() };
    let next = readings.after.as_ref().map(|after| address("/my/data", &[("after", after)]));
    let body = html! {
        h2 { (texts.text("my-kept")) }
        p { (texts.text("my-kept-text")) }
        p { a class="button" href="/my/data/file" { (texts.text("my-file")) } }
        h2 { (texts.text("my-readings")) }
        @if readings.accesses.is_empty() {
            (empty(&texts.text("my-no-readings"), &texts.text("my-no-readings-help")))
        } @else { (table.shown()) }
        (pager(texts, (!from.is_empty()).then_some("/my/data"), next.as_deref()))
        h2 { (texts.text("my-erasure")) }
        p { (texts.text("my-erasure-text")) }
        @match (readings.erasure_asked.as_deref(), &frame.reader) {
            (Some(asked), _) => (said(Tone::Wait, html! { p { (texts.text("my-erasure-asked")) " " (time(asked)) } })),
            (None, Some(reader)) => form method="post" action="/my/erasure" { (guard(reader)) (submit(&texts.text("my-erasure-ask"))) },
            (None, None) => {},
        }
    };
    Page::new(texts.text("nav-my-data"), Some(Desk::MyData), body)
}
