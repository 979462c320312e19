//! Registers: which there are with what waits for the reader, the list of one, and what the agency has to decide.

use super::address;
use crate::answers::registers::{About, Record, Records, Waiting, plain};
use crate::format::{count, time};
use crate::language::{Family, Texts};
use crate::pages::body_form::value_name;
use crate::parts::{
    Cell, Column, Field, Order, Pages, ROWS, Table, Tone, badge, empty, escaped, field, natural, pager,
    submit,
};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};
use serde_json::Value;

/// The address of a register.
pub fn register_address(register: &str) -> String {
    format!("/desk/registers/{}", escaped(register))
}

/// The address of a record.
pub fn record_address(register: &str, id: &str) -> String {
    format!("/desk/registers/{}/{}", escaped(register), escaped(id))
}

/// The name of a state, of what happened, or of a move that was made.
pub fn state_name(texts: Texts, word: &str) -> String {
    texts.known(Family::Happening, word).unwrap_or_else(|| texts.word(Family::RecordState, word))
}

/// The name of a move, or of what happened.
pub fn move_name(texts: Texts, word: &str) -> String {
    texts.known(Family::Happening, word).unwrap_or_else(|| texts.word(Family::Move, word))
}

/// The state of a record, with its tone.
pub fn state(texts: Texts, word: &str) -> Markup {
    let tone = match word {
        "filed" | "in-force" | "registered" | "active" | "attached" | "answered" | "delivering" | "done"
        | "declared" => Tone::Good,
        "submitted" | "change-submitted" | "proposed" | "asked" | "accepted" | "open" | "offered"
        | "undeclared" | "exhibited" => Tone::Wait,
        "returned" | "suspended" | "paused" => Tone::Warn,
        "refused" | "revoked" | "failing" | "stopped" | "doubted" | "declined" | "complained" | "overdue"
        | "called" => Tone::Bad,
        _ => Tone::Still,
    };
    badge(tone, &state_name(texts, word))
}

/// That the time of a record is over, or that a certificate has to be renewed.
pub fn late(texts: Texts, record: &Record) -> Markup {
    html! {
        @if record.overdue && record.register == "certificates" { (badge(Tone::Warn, &texts.text("ends-soon"))) }
        @else if record.overdue { (badge(Tone::Bad, &texts.text("overdue"))) }
    }
}

/// What the hub shows.
#[derive(Clone, Default, Debug)]
pub struct Hub {
    /// Every register.
    pub registers: Vec<About>,
    /// The application of somebody who has no party yet.
    pub application: Option<String>,
    /// Other pages of the reader: address, name, what they are for.
    pub more: Vec<(String, String, String)>,
}

/// The hub: what waits first, then every register that the reader may read.
pub fn hub(frame: &Frame, view: &Hub) -> Page {
    let texts = frame.texts;
    let readable = || view.registers.iter().filter(|about| about.reads);
    let waits =
        |about: &&About| about.waiting.as_ref().is_some_and(|waiting| waiting.count + waiting.overdue > 0);
    let body = html! {
        @if let Some(id) = &view.application {
            p { a.button href=(record_address("filings", id)) { (texts.text("to-application")) } }
        }
        h2 { (texts.text("waits-for-you")) }
        @if readable().any(|about| waits(&about)) {
            (Table {
                caption: texts.text("waits-caption"),
                columns: vec![
                    Column::of(texts.text("register")), Column::number(texts.text("waiting-count")), Column::number(texts.text("overdue-count")),
                ],
                rows: readable().filter(waits).map(|about| waiting(texts, about)).collect(),
            }.shown())
        } @else { (empty(&texts.text("nothing-waits"), &texts.text("nothing-waits-help"))) }
        @if !view.more.is_empty() {
            h2 { (texts.text("more-pages")) }
            ul.cards { @for (address, name, about) in &view.more { li.card { h3 { a href=(address) { (name) } } p { (about) } } } }
        }
        h2 { (texts.text("all-registers")) }
        ul.cards {
            @for about in readable() {
                li.card { h3 { a href=(register_address(&about.register)) { (texts.word(Family::Register, &about.register)) } } }
            }
        }
    };
    Page::new(texts.text("nav-registers"), Some(Desk::Registers), body)
}

fn waiting(texts: Texts, about: &About) -> Vec<Cell> {
    let none = Waiting::default();
    let waiting = about.waiting.as_ref().unwrap_or(&none);
    let there = |name: &str| address(&register_address(&about.register), &[(name, "true")]);
    let more = if waiting.more { "+" } else { "" };
    vec![
        html! { a.lead href=(there("waiting")) { (texts.word(Family::Register, &about.register)) } },
        html! { (count(waiting.count)) (more) },
        html! { @if waiting.overdue > 0 { a href=(there("overdue")) { (count(waiting.overdue)) (more) } } @else { "0" } },
    ]
}

/// What a list shows.
#[derive(Clone, Default, Debug)]
pub struct List {
    /// The register.
    pub about: About,
    /// The records.
    pub records: Records,
    /// What the list is narrowed to, as it stands in the address.
    pub state: String,
    /// A number.
    pub number: String,
    /// Only what is late.
    pub overdue: bool,
    /// Only what waits for the reader.
    pub waiting: bool,
    /// Where the page began.
    pub after: String,
    /// Whether it is asked for in an order for which there are too many.
    pub too_many: bool,
}

impl List {
    fn states(&self) -> Vec<&str> {
        let mut states: Vec<&str> = self.about.moves.iter().map(|step| step.to.as_str()).collect();
        states.sort_unstable();
        states.dedup();
        states
    }

    fn link(&self, after: &str) -> String {
        let flag = |on: bool| if on { "true" } else { "" };
        address(
            &register_address(&self.about.register),
            &[
                ("state", &self.state),
                ("number", &self.number),
                ("overdue", flag(self.overdue)),
                ("waiting", flag(self.waiting)),
                ("after", after),
            ],
        )
    }
}

/// The list of a register.
pub fn list(frame: &Frame, view: &List) -> Page {
    let texts = frame.texts;
    let register = view.about.register.as_str();
    let first = (!view.after.is_empty()).then(|| view.link(""));
    let next = view.records.after.as_ref().map(|after| view.link(after));
    let body = html! {
        @if !view.records.new.is_empty() {
            p { @for step in &view.records.new {
                a.button href=(address(&format!("{}/new", register_address(register)), &[("action", &step.action)])) {
                    (move_name(texts, &step.action))
                } " "
            } }
        }
        (narrowing(texts, view))
        @if view.records.records.is_empty() { (empty(&texts.text("nothing-found"), &texts.text("nothing-found-help"))) }
        @else { (table(frame, view)) }
        @if view.too_many { p { (texts.text("sorted-newest")) } }
        (pager(texts, first.as_deref(), next.as_deref()))
    };
    let above = above(frame);
    Page::new(texts.word(Family::Register, register), Some(above), body)
        .below(above.address(), above.name(texts))
}

/// Where the pages of a register are: whoever has none but that of units, as keeper of a site, comes from his sites.
pub(super) fn above(frame: &Frame) -> Desk {
    let desks = frame.reader.as_ref().map(|reader| reader.desks.as_slice()).unwrap_or_default();
    if desks.contains(&Desk::Sites) && !desks.contains(&Desk::Registers) {
        Desk::Sites
    } else {
        Desk::Registers
    }
}

fn narrowing(texts: Texts, view: &List) -> Markup {
    let flags = [
        ("waiting", view.waiting, texts.text("only-waiting")),
        ("overdue", view.overdue, texts.text("only-overdue")),
    ];
    html! {
        form.filter method="get" action=(register_address(&view.about.register)) role="search" {
            div.field {
                label for="state" { (texts.text("state")) }
                select id="state" name="state" {
                    option value="" { (texts.text("all-states")) }
                    @for word in view.states() { option value=(word) selected[word == view.state] { (state_name(texts, word)) } }
                }
            }
            (field(&Field { name: "number", label: &texts.text("number"), value: &view.number, ..Field::default() }))
            @for (name, on, label) in &flags {
                div.choice { input type="checkbox" id=(name) name=(name) value="true" checked[*on]; label for=(name) { (label) } }
            }
            (submit(&texts.text("narrow")))
        }
    }
}

/// Rows of a list that is sorted.
const PAGE: usize = 50;

/// Records, each with what its register tells of it.
fn table(frame: &Frame, view: &List) -> Markup {
    let texts = frame.texts;
    let (register, records) = (view.about.register.as_str(), &view.records.records);
    let mut names: Vec<&str> = Vec::new();
    for record in records {
        for name in record.summary.keys() {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let known: Vec<&str> = ["number", "state", "changed"].into_iter().chain(names.iter().copied()).collect();
    let order = Order::of(&frame.place, "sort", &known).as_they_came(view.too_many);
    let sorts = order.is_asked();
    let mut sorted: Vec<&Record> = records.iter().collect();
    order.put(&mut sorted, |record, by| match by {
        "number" => natural(&record.id),
        "state" => natural(&state_name(texts, &record.state)),
        "changed" => natural(&record.changed),
        name => natural(&plain(record.summary.get(name).unwrap_or(&Value::Null))),
    });
    let from = if sorts { frame.rows_before(ROWS) } else { 0 };
    let count = if sorts { PAGE } else { sorted.len() };
    let mut columns =
        vec![order.column("number", texts.text("number")), order.column("state", texts.text("state"))];
    columns.extend(names.iter().map(|name| order.column(name, texts.item(register, name))));
    columns.push(order.column("changed", texts.text("changed")));
    let rows =
        sorted.iter().skip(from).take(count).map(|record| {
            let mut row = vec![
                html! { a.lead.code href=(record_address(register, &record.id)) { (record.id) } },
                html! { (state(texts, &record.state)) " " (late(texts, record)) },
            ];
            row.extend(names.iter().map(
                |name| html! { (value(texts, name, record.summary.get(*name).unwrap_or(&Value::Null))) },
            ));
            row.push(html! { (time(&record.changed)) " " span.muted { (record.by.name) } });
            row
        });
    let caption = if sorts { texts.text("sorted") } else { texts.text("newest-made-first") };
    let pages = sorts.then(|| Pages::counted(from, PAGE, sorted.len(), |from| order.page(from)));
    html! {
        (Table { caption, columns, rows: rows.collect() }.shown())
        @if let Some(pages) = pages { (pages.shown(texts, &texts.text("pages"))) }
    }
}

/// Fields that hold days and seconds.
const TIMES: [&str; 16] = [
    "readyFrom",
    "neededBy",
    "deadline",
    "validUntil",
    "validFrom",
    "validTo",
    "due",
    "at",
    "compromisedSince",
    "until",
    "since",
    "next",
    "time",
    "called",
    "answered",
    "created",
];

/// A value of a field that is no object.
pub fn value(texts: Texts, name: &str, value: &Value) -> Markup {
    match value {
        Value::Bool(true) => html! { (texts.text("yes")) },
        Value::Bool(false) => html! { (texts.text("no")) },
        Value::String(text) if TIMES.contains(&name) => time(text),
        Value::String(text) if text.contains('\n') && matches!(name, "pem" | "original" | "certificates") => {
            html! { pre { (text) } }
        }
        Value::String(text) if text.contains('\n') => html! { div.lines { (text) } },
        Value::String(text) => html! { (value_name(texts, text)) },
        Value::Array(items) => html! {
            @for (index, item) in items.iter().enumerate() { @if index > 0 { (texts.text("joint")) } (self::value(texts, name, item)) }
        },
        other => html! { (plain(other)) },
    }
}

/// What waits for the agency that decides, of every register in which it does, the oldest first.
pub fn reviews(frame: &Frame, records: &[Record], more: bool) -> Page {
    let texts = frame.texts;
    let columns = [
        texts.text("register"),
        texts.text("number"),
        texts.text("name"),
        texts.text("state"),
        texts.text("since"),
    ];
    let rows = records.iter().map(|record| {
        let name = ["name", "holder", "orderNo"].iter().find_map(|name| record.summary.get(*name));
        vec![
            html! { (texts.word(Family::Register, &record.register)) },
            html! { a.lead.code href=(record_address(&record.register, &record.id)) { (record.id) } },
            html! { (plain(name.unwrap_or(&Value::Null))) },
            state(texts, &record.state),
            time(&record.changed),
        ]
    });
    let body = html! {
        @if records.is_empty() { (empty(&texts.text("nothing-to-review"), &texts.text("nothing-to-review-help"))) }
        @else {
            p.muted { (texts.text("two-persons")) }
            (Table { caption: texts.text("oldest-first"), columns: columns.map(Column::of).to_vec(), rows: rows.collect() }.shown())
        }
        @if more { p { (texts.text("reviews-more")) } }
    };
    Page::new(texts.text("nav-reviews"), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
}
