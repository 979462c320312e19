//! What an officer decided: his own list, with his words and what came of each.

use super::exports::export_address;
use super::{address, trade_address};
use crate::answers::decisions::{Decisions, Taken};
use crate::format::time;
use crate::language::{Family, Texts};
use crate::parts::{Cell, Column, Field, Order, Table, Tone, badge, empty, field, natural, pager, submit};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// Where the page is.
pub const ADDRESS: &str = "/desk/decisions";

/// What is looked for, as it stands in the address, and what was found.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Login of an officer; empty = the reader.
    pub officer: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Where the page begins.
    pub after: String,
    /// Whether the reader may name a colleague.
    pub of_others: bool,
    /// Whether one of the days, or the cursor, is none.
    pub wrong: bool,
    /// What was found.
    pub told: Decisions,
}

impl View {
    fn link(&self, there: &str, after: &str) -> String {
        let asked = [("officer", &*self.officer), ("from", &self.from), ("to", &self.to), ("after", after)];
        address(there, &asked)
    }
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let first = (!view.after.is_empty()).then(|| view.link(ADDRESS, ""));
    let next = view.told.after.as_ref().map(|after| view.link(ADDRESS, after));
    let fault = if view.wrong { texts.text("evidence-wrong-help") } else { String::new() };
    let body = html! {
        p.muted { (texts.text("decisions-help")) }
        form.filter method="get" action=(ADDRESS) role="search" {
            @if view.of_others {
                (field(&Field { name: "officer", label: &texts.text("decisions-officer"), value: &view.officer, ..Field::default() }))
            }
            (field(&Field { name: "from", label: &texts.text("evidence-from"), fault: &fault, value: &view.from, kind: "date", ..Field::default() }))
            (field(&Field { name: "to", label: &texts.text("evidence-to"), value: &view.to, kind: "date", ..Field::default() }))
            (submit(&texts.text("evidence-find")))
        }
        @if view.told.behind > 0 { p.muted { (texts.counted("search-behind", &[("count", view.told.behind)], &[])) } }
        @if view.wrong { (empty(&texts.text("evidence-wrong"), &texts.text("evidence-wrong-help"))) }
        @else if view.told.decisions.is_empty() { (empty(&texts.text("decisions-none"), &texts.text("decisions-none-help"))) }
        @else {
            (table(frame, &view.told, first.is_none() && next.is_none()))
            p { a href=(view.link("/desk/decisions/file", &view.after)) { (texts.text("decisions-file")) } }
        }
        (pager(texts, first.as_deref(), next.as_deref()))
    };
    Page::new(texts.text("decisions"), Some(Desk::Queue), body)
        .below(Desk::Queue.address(), texts.text("nav-queue"))
}

fn table(frame: &Frame, told: &Decisions, whole: bool) -> Markup {
    let texts = frame.texts;
    let order = Order::of(&frame.place, "sort", &["time", "order", "action", "state"]).where_whole(whole);
    let mut sorted: Vec<&Taken> = told.decisions.iter().collect();
    order.put(&mut sorted, |one, by| match by {
        "order" => natural(&one.order_no),
        "action" => natural(&texts.word(Family::Action, &one.action)),
        "state" => natural(one.state_word.as_deref().unwrap_or_default()),
        _ => natural(&one.time),
    });
    let columns = vec![
        order.column("time", texts.text("time")),
        order.column("order", texts.text("order")),
        order.column("action", texts.text("decisions-action")),
        Column::of(texts.text("decisions-words")),
        order.column("state", texts.text("decisions-state")),
    ];
    let rows = sorted.into_iter().map(|one| row(texts, one)).collect();
    Table { caption: texts.with("decisions-of", &[("officer", &told.officer)]), columns, rows }.shown()
}

fn row(texts: Texts, one: &Taken) -> Vec<Cell> {
    vec![
        time(&one.time),
        html! {
            @if one.readable { a.code href=(trade(one)) { (one.order_no) } }
            @else { span.code { (one.order_no) } }
        },
        html! {
            (texts.word(Family::Action, &one.action))
            @if let Some(measure) = &one.measure { ": " (texts.word(Family::Measure, measure)) }
            @if let Some(standing) = &one.standing { " " (standing_of(texts, standing)) }
        },
        html! { (one.text) },
        html! {
            @if !one.taken { (badge(Tone::Warn, &texts.text("decisions-not-taken"))) }
            @else if let Some(state) = &one.state_word { (texts.word(Family::State, state)) }
        },
    ]
}

/// The address of its trade.
fn trade(one: &Taken) -> String {
    if one.merchant.is_empty() {
        trade_address(&one.platform, &one.order_no)
    } else {
        export_address(&one.merchant, &one.order_no)
    }
}

/// Where an inspection stands in which two look.
fn standing_of(texts: Texts, standing: &str) -> Markup {
    match standing {
        "waits" => badge(Tone::Wait, &texts.text("decisions-waits")),
        "confirmed" => badge(Tone::Good, &texts.text("decisions-confirmed")),
        "contested" => badge(Tone::Bad, &texts.text("inspect-contested")),
        "overtaken" => html! { (texts.text("inspect-overtaken")) },
        _ => html! {},
    }
}
