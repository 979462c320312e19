//! Whether the window works, and the limits of trade that are the law today.

use crate::format::{count, money, time};
use crate::language::{Family, Texts};
use crate::pages::body_form::value_name;
use crate::parts::{Column, Table, Tone, badge, facts, tabled};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// A limit of trade.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Limit {
    /// Its word.
    pub name: String,
    /// In yuan.
    pub amount: String,
    /// Since when.
    pub valid_from: String,
    /// From which source.
    pub source: String,
    /// How sure.
    pub confidence: String,
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Why nothing is recorded; none = it is.
    pub closed: Option<String>,
    /// Agencies and banks that do not take what they are sent.
    pub down: u64,
    /// Outside systems by kind, each with its state.
    pub counterparts: Vec<(String, String)>,
    /// Work that waits.
    pub waiting: u64,
    /// Bytes of a message at most.
    pub bytes: u64,
    /// Documents of a message at most.
    pub documents: u64,
    /// The day, `yyyyMMdd`.
    pub day: String,
    /// The rulebook in force.
    pub rulebook: u64,
    /// Limits of trade.
    pub limits: Vec<Limit>,
}

/// The state of a kind of outside systems.
pub fn state_of(texts: Texts, state: &str) -> Markup {
    match state {
        "works" => badge(Tone::Good, &texts.text("counterpart-works")),
        "waits" => badge(Tone::Warn, &texts.text("counterpart-waits")),
        "paused" => badge(Tone::Wait, &texts.text("counterpart-paused")),
        _ => html! { span.muted { (texts.text("counterpart-none")) } },
    }
}

fn counterparts(texts: Texts, kinds: &[(String, String)]) -> Markup {
    if kinds.is_empty() {
        return html! {};
    }
    let rows =
        kinds.iter().map(|(kind, state)| vec![html! { (value_name(texts, kind)) }, state_of(texts, state)]);
    let columns =
        vec![Column::of(texts.text("counterpart-kind")), Column::of(texts.text("counterpart-state"))];
    Table { caption: texts.text("counterparts"), columns, rows: rows.collect() }.shown()
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let intake = match &view.closed {
        None => badge(Tone::Good, &texts.text("intake-open")),
        Some(why) => badge(Tone::Bad, &texts.word(Family::Closed, why)),
    };
    let exchange = match view.down {
        0 => badge(Tone::Good, &texts.text("exchange-works")),
        down => badge(Tone::Warn, &texts.numbered("exchange-waits", &[("count", down)], &[])),
    };
    let limits = Table {
        caption: texts.text("limits-of-trade"),
        columns: vec![
            Column::of(texts.text("limit")),
            Column::number(texts.text("in-yuan")),
            Column::of(texts.text("valid-from")),
            Column::of(texts.text("source")),
            Column::of(texts.text("confidence")),
        ],
        rows: view
            .limits
            .iter()
            .map(|limit| {
                let name = match limit.name.as_str() {
                    "single_limit" => texts.text("single-limit"),
                    "annual_limit" => texts.text("annual-limit"),
                    other => other.to_owned(),
                };
                vec![
                    html! { (name) },
                    html! { (money(&limit.amount)) },
                    time(&limit.valid_from),
                    tabled(texts, &limit.source),
                    html! { (texts.word(Family::Confidence, &limit.confidence)) },
                ]
            })
            .collect(),
    };
    let body = html! {
        (facts(&[
            (texts.text("intake"), intake),
            (texts.text("exchange"), exchange),
            (texts.text("work-waiting"), html! { (count(view.waiting)) }),
            (texts.text("message-bytes"), html! { (count(view.bytes)) }),
            (texts.text("message-documents"), html! { (count(view.documents)) }),
            (texts.text("today"), time(&view.day)),
            (texts.text("rulebook-in-force"), html! { (view.rulebook) }),
        ]))
        (counterparts(texts, &view.counterparts))
        (limits.shown())
    };
    Page::new(texts.text("nav-status"), Some(Desk::Status), body)
}
