//! Searching the evidence log: by party, by day, by what it is; each row that is found leads to its proof.

use super::address;
use super::record::record_name;
use super::registers::record_address;
use crate::answers::found::{About, Found, Hit};
use crate::format::time;
use crate::language::{Family, Texts};
use crate::parts::{Cell, Column, Field, Table, empty, field, pager, submit};
use maud::{Markup, html};

/// Kinds that can be looked for; a test of the server holds them equal to those of the interface.
pub const WHATS: [&str; 8] =
    ["received", "judged", "delivered", "read", "rule-change", "officer-action", "sign-in", "record"];

/// What is looked for, as it stands in the address, and what was found.
#[derive(Clone, Default, Debug)]
pub struct Search {
    /// Code of a party.
    pub party: String,
    /// What it is.
    pub what: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Where the page begins.
    pub after: String,
    /// Whether the reader may name another party.
    pub of_others: bool,
    /// Whether one of the days, or the cursor, is none.
    pub wrong: bool,
    /// What was found.
    pub found: Found,
}

impl Search {
    fn link(&self, there: &str, after: &str) -> String {
        address(
            there,
            &[
                ("party", &self.party),
                ("what", &self.what),
                ("from", &self.from),
                ("to", &self.to),
                ("from-row", after),
            ],
        )
    }
}

fn what_name(texts: Texts, word: &str) -> String {
    texts.word(Family::Row, &format!("what-{word}"))
}

/// The section of the page.
pub fn section(texts: Texts, view: &Search) -> Markup {
    let first = (!view.after.is_empty()).then(|| view.link("/desk/evidence", ""));
    let next = view.found.after.as_ref().map(|after| view.link("/desk/evidence", after));
    html! {
        h2 #search { (texts.text("evidence-search")) }
        p.muted { @if view.of_others { (texts.text("evidence-search-all")) } @else { (texts.text("evidence-search-own")) } }
        (form(texts, view))
        @if view.found.behind > 0 { p.muted { (texts.counted("search-behind", &[("count", view.found.behind)], &[])) } }
        @if view.wrong { (empty(&texts.text("evidence-wrong"), &texts.text("evidence-wrong-help"))) }
        @else if view.found.entries.is_empty() { (empty(&texts.text("nothing-found"), &texts.text("nothing-found-help"))) }
        @else {
            (table(texts, &view.found.entries))
            p { a href=(view.link("/desk/evidence/file", &view.after)) { (texts.text("evidence-file")) } }
        }
        (pager(texts, first.as_deref(), next.as_deref()))
    }
}

fn form(texts: Texts, view: &Search) -> Markup {
    let day = |text: &str| match text.len() {
        8 if text.is_ascii() => format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]),
        _ => text.to_owned(),
    };
    let fault = if view.wrong { texts.text("evidence-wrong-help") } else { String::new() };
    html! {
        form.filter method="get" action="/desk/evidence" role="search" {
            @if view.of_others {
                (field(&Field { name: "party", label: &texts.text("party-code"), value: &view.party, ..Field::default() }))
            }
            div.field {
                label for="what" { (texts.text("evidence-what")) }
                select id="what" name="what" {
                    option value="" { (texts.text("all-states")) }
                    @for word in WHATS { option value=(word) selected[word == view.what] { (what_name(texts, word)) } }
                }
            }
            (field(&Field { name: "from", label: &texts.text("evidence-from"), fault: &fault, value: &day(&view.from), kind: "date", ..Field::default() }))
            (field(&Field { name: "to", label: &texts.text("evidence-to"), value: &day(&view.to), kind: "date", ..Field::default() }))
            (submit(&texts.text("evidence-find")))
        }
    }
}

fn table(texts: Texts, hits: &[Hit]) -> Markup {
    let row = |hit: &Hit| -> Vec<Cell> {
        vec![
            time(&hit.time),
            html! { (what_name(texts, &hit.what)) },
            subject(texts, &hit.about),
            doer(texts, &hit.about),
            html! { a href=(address("/desk/evidence", &[("position", &hit.position.to_string())])) { (texts.text("prove")) " " (hit.position) } },
        ]
    };
    let columns = vec![
        Column::of(texts.text("time")),
        Column::of(texts.text("evidence-what")),
        Column::of(texts.text("evidence-subject")),
        Column::of(texts.text("evidence-doer")),
        Column::of(texts.text("evidence-proof")),
    ];
    Table { caption: texts.text("evidence-found"), columns, rows: hits.iter().map(row).collect() }.shown()
}

/// What it is about, with the way there.
fn subject(texts: Texts, about: &About) -> Markup {
    let platform = about.platform.as_ref().filter(|code| !code.is_empty());
    let trade = match (platform, &about.merchant, &about.order_no) {
        (Some(platform), _, Some(number)) => Some((super::trade_address(platform, number), number)),
        (None, Some(merchant), Some(number)) => {
            Some((super::exports::export_address(merchant, number), number))
        }
        _ => None,
    };
    html! {
        @if let (Some(kind), Some(subject)) = (&about.kind, &about.subject) {
            (record_name(texts, kind)) " " span.code { (subject) }
        } @else if let Some((there, number)) = &trade {
            @if let Some(message) = &about.message { (texts.word(Family::Message, message)) " " }
            @if let Some(action) = &about.action { (texts.word(Family::Action, action)) " " }
            a.code href=(there) { (number) }
        } @else if let Some(register) = &about.register {
            @if let Some(action) = &about.action { (super::registers::move_name(texts, action)) " · " }
            (record_name(texts, register))
            @if let Some(id) = &about.id { " " a.code href=(record_address(register, id)) { (id) } }
        } @else if let Some(message) = &about.message { (texts.word(Family::Message, message)) }
    }
}

/// Whose doing it was, and why.
fn doer(texts: Texts, about: &About) -> Markup {
    html! {
        @if let Some(party) = &about.party { span.code { (party) } " " }
        @if let Some(by) = &about.by { (by) " " }
        @if let Some(role) = &about.role { div.muted { (texts.word(Family::Role, role)) } }
        @if let Some(purpose) = about.purpose.as_ref().filter(|purpose| !purpose.is_empty()) { div.muted { (purpose) } }
        @else if let Some(ground) = &about.ground { div.muted { (texts.word(Family::Value, ground)) } }
    }
}
