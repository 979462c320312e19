//! What other agencies share with the reader's: the rules, and the records that one of them gives.

use super::address;
use super::registers::{record_address, state};
use crate::answers::people::Shared;
use crate::answers::registers::{Record, plain};
use crate::language::Texts;
use crate::parts::{Column, Pages, Table, Tone, empty, escaped, said};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};
use serde_json::Value;

/// Columns of a table at most: records may have dozens of fields, the rest is in the interface.
const COLUMNS: usize = 12;
/// Characters of a cell.
const CELL: usize = 80;

/// The address of the rules.
const ADDRESS: &str = "/desk/shares";

/// Where the records of a rule are read.
pub fn records_address(id: &str) -> String {
    format!("{ADDRESS}/{}/records", escaped(id))
}

/// A page of rules.
#[derive(Clone, Default, Debug)]
pub struct Rules {
    /// The newest first.
    pub records: Vec<Record>,
    /// After which place they come; empty = they are the newest.
    pub after: String,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
}

impl Rules {
    /// Whether there is none, on no page.
    fn is_empty(&self) -> bool {
        self.records.is_empty() && self.after.is_empty() && self.next.is_none()
    }

    /// The links to its other pages. `link` is the page with this list after a place, and the other where it is.
    fn pages(&self, texts: Texts, name: &str, link: impl Fn(&str) -> String) -> Markup {
        let first = (!self.after.is_empty()).then(|| link(""));
        let pages = Pages { first, previous: None, next: self.next.as_deref().map(link) };
        pages.shown(texts, name)
    }
}

/// The rules that give to the reader, and those by which his party gives, each list page by page.
pub fn rules(frame: &Frame, to_us: &Rules, of_us: &Rules) -> Page {
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
    let there = |to: &str, of: &str| address(ADDRESS, &[("after", to), ("after-of-us", of)]);
    let (given, giving) = (texts.text("shared-to-us"), texts.text("shared-of-us"));
    let body = html! {
        h2 { (given) }
        @if to_us.is_empty() { (empty(&texts.text("nothing-shared"), &texts.text("nothing-shared-help"))) }
        @else if !to_us.records.is_empty() { (table(given.clone(), &to_us.records, true)) }
        (to_us.pages(texts, &given, |after| there(after, &of_us.after)))
        @if !of_us.is_empty() { h2 { (giving) } }
        @if !of_us.records.is_empty() { (table(giving.clone(), &of_us.records, false)) }
        (of_us.pages(texts, &giving, |after| there(&to_us.after, after)))
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
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let left_out = names.len().saturating_sub(COLUMNS) as u64;
    names.truncate(COLUMNS);
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
        @if left_out > 0 { p.muted { (texts.counted("fields-left-out", &[("count", left_out)], &[])) } }
        @if shared.complete { (said(Tone::Good, html! { p { (texts.text("complete-so-far")) " " a href=(next) { (texts.text("look-again")) } } })) }
        @else { (said(Tone::Wait, html! { p { (texts.text("more-is-there")) " " a href=(next) { (texts.text("next-page")) } } })) }
        @if !after.is_empty() { p { a href=(records_address(id)) { (texts.text("from-beginning")) } } }
        p.muted { (texts.text("cursor")) " " span.code { (shared.cursor) } }
    };
    Page::new(id.to_owned(), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
        .below(ADDRESS, texts.text("nav-shares"))
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
