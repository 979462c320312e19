//! The way in: the number of an order, a waybill or a list, then the code that came to the telephone on the order.

use crate::parts::{Field, Tone, field, hidden, said, submit};
use crate::shell::{Frame, Page, guard};
use maud::{Markup, html};

/// What came of the last step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// The code is wrong, used or too old.
    Wrong,
    /// Too often; seconds to wait.
    Slower(u64),
    /// No code can be sent now.
    Closed,
    /// No number was given.
    NoNumber,
    /// The session ended.
    Ended,
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// The number that was typed.
    pub number: String,
    /// The ticket of a code that was asked for, and the minutes that it counts.
    pub asked: Option<(String, u64)>,
    /// What came of the last step.
    pub told: Option<Told>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let told = view.told.map(|told| match told {
        Told::Wrong => texts.text("track-wrong"),
        Told::Slower(seconds) => texts.numbered("track-slower", &[("seconds", seconds)], &[]),
        Told::Closed => texts.text("track-closed"),
        Told::NoNumber => texts.text("track-no-number"),
        Told::Ended => texts.text("track-ended"),
    });
    let body = html! {
        @if let Some(told) = &told { (said(Tone::Bad, html! { p { (told) } })) }
        @match &view.asked {
            None => (ask(frame, view)),
            Some((ticket, minutes)) => (give(frame, view, (ticket, *minutes))),
        }
        h2 { (texts.text("track-why")) }
        p { (texts.text("track-why-text")) }
        p { a href="/guide" { (texts.text("nav-guide")) } }
    };
    Page::new(texts.text("track-title"), None, body)
}

fn carried(frame: &Frame) -> Markup {
    html! { @if let Some(reader) = &frame.reader { (guard(reader)) } }
}

fn ask(frame: &Frame, view: &View) -> Markup {
    let texts = frame.texts;
    let fault = match view.told {
        Some(Told::NoNumber) => texts.text("track-no-number"),
        _ => String::new(),
    };
    html! {
        p { (texts.text("track-what")) }
        form.stack method="post" action="/track" {
            (carried(frame))
            (field(&Field { name: "number", label: &texts.text("track-number"), hint: &texts.text("track-number-hint"), fault: &fault, value: &view.number, required: true, ..Field::default() }))
            (submit(&texts.text("track-send")))
        }
    }
}

fn give(frame: &Frame, view: &View, (ticket, minutes): (&str, u64)) -> Markup {
    let texts = frame.texts;
    let fault = match view.told {
        Some(Told::Wrong) => texts.text("track-wrong"),
        _ => String::new(),
    };
    html! {
        (said(Tone::Wait, html! { p { (texts.numbered("track-sent", &[("minutes", minutes)], &[("number", &view.number)])) } }))
        form.stack method="post" action="/track/code" {
            (carried(frame))
            (hidden("number", &view.number))
            (hidden("ticket", ticket))
            (hidden("minutes", &minutes.to_string()))
            (field(&Field { name: "code", label: &texts.text("track-code"), hint: &texts.text("track-code-hint"), fault: &fault, required: true, autocomplete: "one-time-code", mode: "numeric", ..Field::default() }))
            (submit(&texts.text("track-enter")))
        }
        p { a href="/track" { (texts.text("track-again")) } }
    }
}
