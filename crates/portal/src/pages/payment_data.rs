//! Questions for original payment data: an officer asks by a list of orders and sees what came, what is late and how it agrees with
//! order and payment; a platform sees by session what it was asked and until when it answers. What is decided on one, and the
//! whole answer, is on the page of its record.

use super::address;
use super::body_form::value_name;
use super::registers::{late, record_address, state};
use crate::answers::registers::{Record, plain};
use crate::format::time;
use crate::language::Texts;
use crate::parts::{Cell, Column, Field, Table, Tone, badge, empty, field, pager, said, submit, tabs};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};
use serde_json::Value;

/// The address of the page.
pub const PAYMENT_DATA: &str = "/desk/payment-data";
/// The word of their register.
pub const REGISTER: &str = "payment-data";
/// Which of them are shown: all, those that wait, those that wait too long, those that were answered.
pub const WHICH: [&str; 4] = ["all", "asked", "overdue", "answered"];

/// What became of one line of a list.
#[derive(Clone, Default, Debug)]
pub struct Told {
    /// The line.
    pub line: String,
    /// The record of the question; empty = it was not asked.
    pub id: String,
    /// Why not.
    pub why: String,
}

/// Who reads.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Reader {
    /// Whoever may see questions and asks none.
    #[default]
    Reads,
    /// An officer who asks.
    Asks,
    /// A platform that tries its own service.
    Tries,
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Which questions: one of [`WHICH`].
    pub which: String,
    /// The questions, the newest first.
    pub records: Vec<Record>,
    /// Where the page begins; empty = with the newest.
    pub from: String,
    /// Where the next page begins.
    pub after: Option<String>,
    /// Who reads.
    pub reader: Reader,
    /// What stands in the field for the list.
    pub orders: String,
    /// What is wrong with it as a whole.
    pub fault: String,
    /// What became of its lines.
    pub told: Vec<Told>,
    /// Whether the questions were not read: what became of the lines is shown alone.
    pub unread: bool,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let link = |which: &str, after: &str| {
        let which = if which == WHICH[0] { "" } else { which };
        address(PAYMENT_DATA, &[("which", which), ("after", after)])
    };
    let names = [
        texts.text("payment-data-all"),
        texts.text("payment-data-waiting"),
        texts.text("payment-data-overdue"),
        texts.text("payment-data-answered"),
    ];
    let shown: Vec<(String, String, bool)> = WHICH
        .into_iter()
        .zip(names)
        .map(|(which, name)| (link(which, ""), name, view.which == which))
        .collect();
    let first = (!view.from.is_empty()).then(|| link(&view.which, ""));
    let next = view.after.as_ref().map(|after| link(&view.which, after));
    let body = html! {
        @if view.reader == Reader::Tries { p { (texts.text("payment-data-of-platform")) } }
        @else { p { (texts.text("payment-data-of-office")) } }
        @if !view.told.is_empty() { (told(texts, &view.told)) }
        @if view.reader != Reader::Reads { (form(frame, view)) }
        (tabs(&texts.text("payment-data-title"), &shown))
        @if view.unread {}
        @else if view.records.is_empty() { (empty(&texts.text("payment-data-none"), &texts.text("payment-data-none-help"))) }
        @else { (table(texts, &view.records)) }
        (pager(texts, first.as_deref(), next.as_deref()))
    };
    Page::new(texts.text("payment-data-title"), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
}

fn form(frame: &Frame, view: &View) -> Markup {
    let texts = frame.texts;
    let (hint, send) = match view.reader {
        Reader::Tries => (texts.text("payment-data-own-hint"), texts.text("payment-data-try")),
        Reader::Asks | Reader::Reads => {
            (texts.text("payment-data-orders-hint"), texts.text("payment-data-ask"))
        }
    };
    html! {
        form.stack method="post" action=(PAYMENT_DATA) {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (field(&Field {
                name: "orders", label: &texts.text("payment-data-orders"), hint: &hint, fault: &view.fault, value: &view.orders,
                kind: "area", ..Field::default()
            }))
            (submit(&send))
        }
    }
}

/// What became of each line.
fn told(texts: Texts, lines: &[Told]) -> Markup {
    let tone = if lines.iter().all(|one| !one.id.is_empty()) { Tone::Good } else { Tone::Warn };
    html! {
        (said(tone, html! {
            p { strong { (texts.text("payment-data-told")) } }
            ul { @for one in lines { li {
                span.code { (one.line) } " "
                @if one.id.is_empty() { (one.why) }
                @else { a href=(record_address(REGISTER, &one.id)) { (texts.text("payment-data-asked")) } }
            } } }
        }))
    }
}

fn table(texts: Texts, records: &[Record]) -> Markup {
    let row = |record: &Record| -> Vec<Cell> {
        let (platform, session) = record.id.split_once(':').unwrap_or(("", record.id.as_str()));
        let text = |name: &str| plain(record.summary.get(name).unwrap_or(&Value::Null));
        vec![
            html! { a.lead.code href=(record_address(REGISTER, &record.id)) { (session) } },
            html! { span.code { (platform) } },
            html! { span.code { (text("orderNo")) } },
            html! { (state(texts, &record.state)) " " (late(texts, record)) },
            record.due.as_deref().map_or_else(|| html! { "–" }, time),
            matched(texts, &text("outcome")),
        ]
    };
    let columns = vec![
        Column::of(texts.text("payment-data-session")),
        Column::of(texts.text("payment-data-platform")),
        Column::of(texts.item(REGISTER, "orderNo")),
        Column::of(texts.text("state")),
        Column::of(texts.text("payment-data-due")),
        Column::of(texts.text("payment-data-match")),
    ];
    Table { caption: texts.text("newest-made-first"), columns, rows: records.iter().map(row).collect() }
        .shown()
}

/// How an answer agrees with order and payment.
fn matched(texts: Texts, outcome: &str) -> Markup {
    match outcome {
        "" => html! { "–" },
        "agrees" => badge(Tone::Good, &value_name(texts, outcome)),
        "differs" => badge(Tone::Bad, &value_name(texts, outcome)),
        other => badge(Tone::Wait, &value_name(texts, other)),
    }
}
