//! The guide for whoever buys: how a parcel goes, what each state means, what to do where something is wrong.

use crate::language::{Family, Texts};
use crate::parts::facts;
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// States that a buyer meets, in the order in which he may.
pub const STATES: [&str; 12] = [
    "ordered",
    "declared",
    "entered",
    "review",
    "inspection",
    "released",
    "rejected",
    "concluded",
    "suspended",
    "cancelled",
    "re-exported",
    "closed",
];

/// The page.
pub fn page(frame: &Frame) -> Page {
    let texts = frame.texts;
    let body = html! {
        p { (texts.text("guide-what")) }
        p { a class="button" href="/track" { (texts.text("nav-track")) } }
        h2 id="way" { (texts.text("guide-way")) }
        ol {
            li { (texts.text("guide-way-order")) }
            li { (texts.text("guide-way-declare")) }
            li { (texts.text("guide-way-check")) }
            li { (texts.text("guide-way-release")) }
        }
        h2 id="states" { (texts.text("guide-states")) }
        (states(texts))
        h2 id="looked-at" { (texts.text("guide-looked-at")) }
        p { (texts.text("guide-looked-at-text")) " " a href="/draws" { (texts.text("draws-title")) } }
        h2 id="refused" { (texts.text("guide-refused")) }
        p { (texts.text("guide-refused-text")) }
        h2 id="appeal" { (texts.text("guide-appeal")) }
        p { (texts.text("guide-appeal-text")) }
        h2 id="questions" { (texts.text("guide-questions")) }
        (questions(texts))
    };
    Page::new(texts.text("nav-guide"), Some(Desk::Guide), body)
}

fn states(texts: Texts) -> Markup {
    let pairs: Vec<(String, Markup)> = STATES
        .iter()
        .map(|state| (texts.word(Family::Plain, state), html! { (texts.word(Family::Meaning, state)) }))
        .collect();
    facts(&pairs)
}

fn questions(texts: Texts) -> Markup {
    let pairs = [
        (texts.text("guide-ask-limit"), texts.text("guide-limit")),
        (texts.text("guide-ask-stolen"), texts.text("guide-stolen")),
        (texts.text("guide-ask-tax"), texts.text("guide-tax")),
        (texts.text("guide-ask-return"), texts.text("guide-return")),
        (texts.text("guide-ask-resale"), texts.text("guide-resale")),
        (texts.text("guide-ask-code"), texts.text("guide-code")),
    ];
    html! { @for (asked, answered) in &pairs { h3 { (asked) } p { (answered) } } }
}
