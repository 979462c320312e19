//! Goods by their code, for whoever holds them in his hand: what they are, who brought them in, what became of the parcel, whether
//! they are recalled, and how often the code was scanned. Nothing of a buyer.

use crate::answers::traceability::{Park, Recalled, Traced};
use crate::format::time;
use crate::language::{Family, Language, Texts};
use crate::parts::{Field, Tone, both, declared, facts, field, said, submit};
use crate::shell::{Frame, Page};
use maud::{Markup, html};

/// The address of the form.
pub const ADDRESS: &str = "/trace";

/// Why nothing is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    /// Never issued, or made up.
    Unknown,
    /// No code at all.
    Wrong,
    /// Too often; seconds to wait.
    Slower(u64),
}

/// The form, with what came of the last code.
pub fn ask(frame: &Frame, code: &str, missing: Option<Missing>) -> Page {
    let texts = frame.texts;
    let told = missing.map(|missing| match missing {
        Missing::Unknown => texts.text("trace-unknown"),
        Missing::Wrong => texts.text("trace-wrong"),
        Missing::Slower(seconds) => texts.numbered("trace-slower", &[("seconds", seconds)], &[]),
    });
    let (label, hint) = (texts.text("trace-code"), texts.text("trace-code-hint"));
    // Who asks too often typed nothing wrong.
    let is_slower = matches!(missing, Some(Missing::Slower(_)));
    let fault = told.as_deref().filter(|_| !is_slower).unwrap_or_default();
    let body = html! {
        @if let Some(told) = &told { (said(Tone::Bad, html! { p { (told) } })) }
        p { (texts.text("trace-what")) }
        form.stack method="get" action=(ADDRESS) {
            (field(&Field { name: "code", label: &label, hint: &hint, fault, value: code, required: true, ..Field::default() }))
            (submit(&texts.text("trace-look")))
        }
        p.muted { (texts.text("trace-private")) }
    };
    Page::new(texts.text("trace-title"), None, body)
}

/// What is told of a code.
pub fn page(frame: &Frame, told: &Traced) -> Page {
    let texts = frame.texts;
    let scanned = [("count", told.scans.count)];
    let body = html! {
        @for recall in &told.recalls { (recalled(texts, recall)) }
        @if told.state == "void" { (said(Tone::Bad, html! { p { strong { (texts.text("trace-void")) } } })) }
        @if told.scans.copy { (said(Tone::Warn, html! { p { strong { (texts.counted("trace-copy", &scanned, &[])) } } })) }
        (facts(&about(texts, told)))
        h2 { (texts.text("trace-scanned")) }
        p { (texts.counted("trace-times", &scanned, &[])) }
        @if let Some(first) = &told.scans.first { p { (texts.text("trace-first")) " " (time(first)) } }
        p.muted { (texts.text("trace-private")) }
        p { a href=(ADDRESS) { (texts.text("trace-title")) } }
    };
    let name = told.goods.as_ref().map(|goods| goods.name.clone()).filter(|name| !name.is_empty());
    Page::new(name.unwrap_or_else(|| texts.text("trace-title")), None, body)
}

fn about(texts: Texts, told: &Traced) -> Vec<(String, Markup)> {
    let mut pairs = Vec::new();
    if let Some(goods) = &told.goods {
        pairs.push((texts.text("trace-goods"), declared(texts, &goods.name)));
    }
    if let Some(origin) = &told.origin {
        pairs.push((texts.text("trace-origin"), both(texts, &origin.name)));
    }
    pairs.push((texts.text("trace-lot"), html! { span.code { (told.lot) } }));
    if let Some(expiry) = &told.expiry {
        pairs.push((texts.text("trace-expiry"), time(expiry)));
    }
    let name = told.importer.name.as_deref().unwrap_or(&told.importer.code);
    pairs.push((texts.text("trace-importer"), declared(texts, name)));
    if let Some(park) = &told.park {
        pairs.push((texts.text("trace-park"), park_name(texts, park)));
    }
    if let Some(entered) = &told.entered {
        pairs.push((texts.text("trace-entered"), time(entered)));
    }
    let state = told.parcel.as_ref().map(|parcel| parcel.state.as_deref().unwrap_or("ordered"));
    let state = state.map(|word| texts.word(Family::Plain, word));
    pairs.push((
        texts.text("trace-parcel"),
        html! { (state.unwrap_or_else(|| texts.text("trace-not-packed"))) },
    ));
    if let Some(released) = told.parcel.as_ref().and_then(|parcel| parcel.released.as_ref()) {
        pairs.push((texts.text("trace-released"), time(released)));
    }
    let looked = told.parcel.as_ref().and_then(|parcel| parcel.inspection.as_deref());
    if let Some(word) = looked {
        pairs.push((texts.text("trace-inspection"), html! { (inspection(texts, word)) }));
    }
    pairs.push((texts.text("trace-serial"), html! { span.code { (told.gtin) " · " (told.serial) } }));
    pairs
}

fn park_name(texts: Texts, park: &Park) -> Markup {
    let english = texts.language() != Language::Chinese && !park.name_english.is_empty();
    match (english, texts.language()) {
        (true, Language::English) => html! { (park.name_english) },
        (true, _) => html! { span lang="en" { (park.name_english) } },
        _ => declared(texts, &park.name),
    }
}

fn inspection(texts: Texts, word: &str) -> String {
    match word {
        "passed" => texts.text("trace-passed"),
        "not-passed" => texts.text("trace-not-passed"),
        _ => texts.text("trace-not-opened"),
    }
}

fn recalled(texts: Texts, recall: &Recalled) -> Markup {
    let reason = match recall.reason.as_str() {
        "unsafe" => texts.text("trace-unsafe"),
        "quarantine-risk" => texts.text("trace-quarantine"),
        "mislabelled" => texts.text("trace-mislabelled"),
        "counterfeit" => texts.text("trace-counterfeit"),
        _ => texts.text("trace-quality"),
    };
    let measure = match recall.measure.as_str() {
        "send-back" => texts.text("trace-send-back"),
        "destroy-goods" => texts.text("trace-destroy"),
        "repair-goods" => texts.text("trace-repair"),
        _ => texts.text("trace-stop-use"),
    };
    said(
        Tone::Bad,
        html! {
            p { strong { (texts.text("trace-recalled")) } " " (time(&recall.since)) " " span.code { (recall.id) } }
            p { (reason) " " (measure) }
            p { (declared(texts, &recall.advice)) }
        },
    )
}
