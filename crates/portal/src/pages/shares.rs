//! What other agencies share with the reader's: the rules, and the records that one of them gives.

use super::address;
use super::registers::{record_address, state};
use crate::answers::people::Shared;
use crate::answers::registers::{Record, plain};
use crate::language::Texts;
use crate::parts::{Column, Table, Tone, empty, escaped, said};
use crate::shell::{Desk, Frame, Page};
use maud::html;
use serde_json::Value;

/// Columns of a table at most: records may have dozens of fields, the rest is in the interface.
const COLUMNS: usize = 12;
/// Characters of a cell.
const CELL: usize = 80;

/// Where the records of a rule are read.
pub fn records_address(id: &str) -> String {
    format!("/desk/shares/{}/records", escaped(id))
}

/// The rules that give to the reader, and those by which his party gives.
pub fn rules(frame: &Frame, to_us: &[Record], of_us: &[Record]) -> Page {
    let texts = frame.texts;
    let table = |caption: String, records: &[Record], ours: bool| {
        let columns = [
            texts.text("number"),
            texts.item("shares", "dataset"),
            texts.item("shares", "purpose"),
            texts.text("state"),
            texts.text("records"),
        ];
        let rows = records.iter().map(|record| {
            let told = |name: &str| plain(record.summary.get(name).unwrap_or(&Value::Null));
            vec![
                html! { a.lead.code href=(record_address("shares", &record.id)) { (record.id) } },
                html! { (super::body_form::value_name(texts, &told("dataset"))) " · " span.code { (told("giver")) } },
                html! { (told("purpose")) },
                state(texts, &record.state),
                html! { @if ours && record.state == "in-force" { a href=(records_address(&record.id)) { (texts.text("read-records")) } } },
            ]
        });
        Table { caption, columns: columns.map(Column::of).to_vec(), rows: rows.collect() }.shown()
    };
    let body = html! {
        h2 { (texts.text("shared-to-us")) }
        @if to_us.is_empty() { (empty(&texts.text("nothing-shared"), &texts.text("nothing-shared-help"))) }
        @else { (table(texts.text("shared-to-us"), to_us, true)) }
        @if !of_us.is_empty() { h2 { (texts.text("shared-of-us")) } (table(texts.text("shared-of-us"), of_us, false)) }
        p { a href="/desk/registers/accesses" { (texts.text("who-read-ours")) } }
        p { a href="/desk/registers/shares" { (texts.text("to-rules-of-sharing")) } }
    };
    Page::new(texts.text("nav-shares"), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
}

/// The records that a rule gives, after a cursor.
pub fn records(frame: &Frame, id: &str, after: &str, shared: &Shared) -> Page {
    let texts = frame.texts;
    let mut names: Vec<&str> = Vec::new();
    for name in shared.events.iter().flat_map(|event| event.data.keys()) {
        if !names.contains(&name.as_str()) && names.len() < COLUMNS {
            names.push(name);
        }
    }
    // What a record is about is told to whom the fields are given that say so.
    let is_named = shared.events.iter().any(|event| !event.subject.is_empty());
    let mut columns = vec![Column::of(texts.text("time"))];
    if is_named {
        columns.insert(0, Column::of(texts.text("about-what")));
    }
    columns.extend(names.iter().map(|name| Column::of(field_name(texts, name))));
    let rows = shared.events.iter().map(|event| {
        let clock = event.time.get(..19).unwrap_or(&event.time).replace('T', " ");
        let mut row = vec![html! { (clock) }];
        if is_named {
            row.insert(0, html! { span.code { (event.subject) } });
        }
        row.extend(
            names.iter().map(|name| html! { (cell(texts, event.data.get(*name).unwrap_or(&Value::Null))) }),
        );
        row
    });
    let next = address(&records_address(id), &[("after", &shared.cursor)]);
    let body = html! {
        p { (texts.with("shared-purpose", &[("purpose", &shared.purpose)])) " " (texts.text("reading-recorded")) }
        @if shared.events.is_empty() { (empty(&texts.text("no-records-shared"), &texts.text("no-records-shared-help"))) }
        @else {
            (Table { caption: texts.counted("records-shared", &[("count", shared.events.len() as u64)], &[]), columns, rows: rows.collect() }.shown())
        }
        @if shared.complete { (said(Tone::Good, html! { p { (texts.text("complete-so-far")) " " a href=(next) { (texts.text("look-again")) } } })) }
        @else { (said(Tone::Wait, html! { p { (texts.text("more-is-there")) " " a href=(next) { (texts.text("next-page")) } } })) }
        @if !after.is_empty() { p { a href=(records_address(id)) { (texts.text("from-beginning")) } } }
        p.muted { (texts.text("cursor")) " " span.code { (shared.cursor) } }
    };
    Page::new(id.to_owned(), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
        .below("/desk/shares", texts.text("nav-shares"))
}

fn field_name(texts: Texts, name: &str) -> String {
    texts.known(crate::language::Family::Field, name).unwrap_or_else(|| name.to_owned())
}

fn cell(texts: Texts, value: &Value) -> String {
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => {
            texts.numbered("lines-of-record", &[("count", items.len() as u64)], &[])
        }
        Value::Bool(true) => texts.text("yes"),
        Value::Bool(false) => texts.text("no"),
        other => plain(other).chars().take(CELL).collect(),
    }
}
