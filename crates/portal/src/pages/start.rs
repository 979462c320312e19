//! The start page, for everybody.

use crate::parts::{Tone, said};
use crate::shell::{Frame, Page};
use maud::html;

/// The page; `open` = messages are recorded now.
pub fn page(frame: &Frame, open: bool) -> Page {
    let texts = frame.texts;
    let cards = [
        ("/track", texts.text("nav-track"), texts.text("about-track")),
        ("/guide", texts.text("nav-guide"), texts.text("about-guide")),
        ("/trace", texts.text("trace-title"), texts.text("trace-what")),
        ("/sign-in", texts.text("sign-in"), texts.text("start-sign-in")),
        ("/tariff", texts.text("nav-tariff"), texts.text("about-tariff")),
        ("/tariff/calculator", texts.text("calculator"), texts.text("calculator-help")),
        ("/indicators", texts.text("nav-indicators"), texts.text("about-indicators")),
        ("/lists", texts.text("nav-lists"), texts.text("about-lists")),
        ("/status", texts.text("nav-status"), texts.text("about-status")),
    ];
    let body = html! {
        p { (texts.text("start-what")) }
        @if !open { (said(Tone::Warn, html! { p { (texts.text("intake-closed")) } })) }
        ul.cards { @for (address, name, about) in &cards { li.card { h2 { a href=(address) { (name) } } p { (about) } } } }
        h2 { (texts.text("start-how")) }
        ol {
            li { (texts.text("start-step-file")) }
            li { (texts.text("start-step-judge")) }
            li { (texts.text("start-step-explain")) }
        }
    };
    Page::new(texts.text("start-title"), None, body)
}
