//! Parcels of post and express from a table: a file or pasted text in, and of each parcel what became of it.

use super::body_form::{fault, value_name};
use super::registers::{record_address, register_address};
use crate::answers::parcels::{Given, One};
use crate::answers::registers::Fault;
use crate::format::money;
use crate::language::Texts;
use crate::parts::{Cell, Column, Field, Table, Tone, badge, field, said, submit};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// The address of the page.
pub const PARCELS: &str = "/desk/parcels";
/// The word of their register.
const REGISTER: &str = "parcels";

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// What stands in the field for text.
    pub text: String,
    /// That nothing was sent.
    pub nothing: bool,
    /// Why the file cannot be read at all.
    pub unread: String,
    /// What is wrong with the table as a whole.
    pub faults: Vec<Fault>,
    /// What became of its parcels.
    pub given: Option<Given>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let unread = if view.nothing { texts.text("parcels-nothing") } else { view.unread.clone() };
    let described = if unread.is_empty() { "file-hint" } else { "file-hint file-fault" };
    let invalid = (!unread.is_empty()).then_some("true");
    // A table that was pasted stands in its field; a file is chosen anew.
    let fault = if view.faults.is_empty() || view.text.is_empty() {
        String::new()
    } else {
        texts.text("parcels-not-read")
    };
    let body = html! {
        p { (texts.text("parcels-help")) " " a href=(register_address(REGISTER)) { (texts.text("parcels-list")) } }
        @if let Some(given) = &view.given { (told(texts, given)) }
        @if !view.faults.is_empty() {
            (said(Tone::Bad, html! {
                p { strong { (texts.text("parcels-not-read")) } }
                (faults(texts, &view.faults))
            }))
        }
        form method="post" action=(PARCELS) enctype="multipart/form-data" {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            div.field {
                label for="file" { (texts.text("parcels-file")) }
                p.hint #file-hint { (texts.text("parcels-file-hint")) }
                @if !unread.is_empty() { p.fault #file-fault { (unread) } }
                input type="file" id="file" name="file" accept=".csv,text/csv" aria-describedby=(described) aria-invalid=[invalid];
            }
            (field(&Field { name: "text", label: &texts.text("parcels-text"), fault: &fault, kind: "area", value: &view.text, ..Field::default() }))
            (submit(&texts.text("parcels-send")))
        }
    };
    Page::new(texts.text("parcels-title"), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
}

fn faults(texts: Texts, all: &[Fault]) -> Markup {
    html! { ul { @for one in all { li { span.code { (one.path) } " " (fault(texts, one)) } } } }
}

fn told(texts: Texts, given: &Given) -> Markup {
    let counts = [
        ("recorded", given.recorded.to_string()),
        ("corrected", given.corrected.to_string()),
        ("unchanged", given.unchanged.to_string()),
        ("refused", given.refused.to_string()),
    ];
    let counts: Vec<(&str, &str)> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
    let tone = if given.refused == 0 { Tone::Good } else { Tone::Warn };
    html! {
        (said(tone, html! { p { (texts.with("parcels-counted", &counts)) } }))
        (Table {
            caption: texts.text("parcels-told"),
            columns: vec![
                Column::number(texts.text("parcels-line")), Column::of(texts.text("parcels-number")),
                Column::of(texts.text("parcels-outcome")), Column::of(texts.text("parcels-due")),
            ],
            rows: given.results.iter().map(|one| row(texts, one)).collect(),
        }.shown())
    }
}

fn row(texts: Texts, one: &One) -> Vec<Cell> {
    let (tone, outcome) = match one.outcome.as_str() {
        "recorded" => (Tone::Good, texts.text("parcels-recorded")),
        "corrected" => (Tone::Good, texts.text("parcels-corrected")),
        "unchanged" => (Tone::Still, texts.text("parcels-unchanged")),
        _ => (Tone::Bad, texts.text("parcels-refused")),
    };
    vec![
        html! { (one.line) },
        html! {
            @if one.id.is_empty() { span.code { (one.tracking_number) } }
            @else { a.lead.code href=(record_address(REGISTER, &one.id)) { (one.tracking_number) } }
        },
        html! {
            (badge(tone, &outcome))
            @if !one.faults.is_empty() { (faults(texts, &one.faults)) }
        },
        html! {
            @if !one.tax.outcome.is_empty() { (value_name(texts, &one.tax.outcome)) }
            @if !one.tax.due.is_empty() { " " (money(&one.tax.due)) }
        },
    ]
}
