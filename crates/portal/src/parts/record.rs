//! What tells of a trade: findings with both values, and the timeline.

use super::{Tone, badge, declared, empty, facts};
use crate::answers::{Entry, Finding};
use crate::format::{money, time};
use crate::language::{Family, Language, Texts};
use maud::{Markup, html};

/// A finding: which rule, which fields with which values, the arithmetic, why the rule is there and what to do.
pub fn finding(texts: Texts, one: &Finding) -> Markup {
    let chinese = texts.language() == Language::Chinese;
    let why = if chinese { &one.why.zh } else { &one.why.en };
    let fix = if chinese { &one.fix.zh } else { &one.fix.en };
    let tone = match one.layer.as_str() {
        "refused" | "rejected" => Tone::Bad,
        "review" => Tone::Warn,
        _ => Tone::Still,
    };
    let mut pairs: Vec<(String, Markup)> = Vec::new();
    for field in &one.fields {
        let value = if field.value.is_empty() {
            html! { span.muted { (texts.text("empty-value")) } }
        } else {
            declared(texts, &field.value)
        };
        pairs.push((field.path.clone(), value));
    }
    if let Some(arithmetic) = &one.arithmetic {
        pairs.push((texts.text("arithmetic"), html! { span.code { (arithmetic) } }));
    }
    html! {
        section class={ "finding " (tone.class()) } {
            h3 { @if one.text.is_empty() || !chinese { (why) } @else { (one.text) } }
            p {
                (badge(tone, &texts.word(Family::Layer, &one.layer)))
                " " span.code { (one.rule) }
                @if let Some(code) = &one.code { " · " (texts.text("code")) " " span.code { (code) } }
                @if one.uncertain { " · " (texts.text("uncertain")) }
            }
            @if chinese && !one.text.is_empty() { p { (texts.text("why")) "：" (why) } }
            @if !pairs.is_empty() { (facts(&pairs)) }
            p { strong { (texts.text("what-to-do")) } " " (fix) }
        }
    }
}

/// Findings, or that there are none.
pub fn findings(texts: Texts, all: &[Finding]) -> Markup {
    html! {
        @if all.is_empty() { (empty(&texts.text("no-findings"), &texts.text("no-findings-help"))) }
        @for one in all { (finding(texts, one)) }
    }
}

/// What happened, the newest last, each with its receipts, movements and findings, and what else there is to say of it.
pub fn timeline(texts: Texts, entries: &[Entry], more: impl Fn(&Entry) -> Markup) -> Markup {
    html! { ol.timeline { @for one in entries { li { (entry(texts, one)) (more(one)) } } } }
}

fn entry(texts: Texts, one: &Entry) -> Markup {
    let name = match &one.message {
        Some(root) => texts.word(Family::Message, root),
        None => texts.word(Family::Event, &one.what),
    };
    html! {
        p {
            (time(&one.time)) " " strong { (name) }
            @if let Some(status) = one.status.filter(|status| *status != 0) { " → " span.code { (status) } }
            @if let Some(original) = one.original {
                " · " a href={ "/desk/messages/" (original) } { (texts.text("as-received")) }
            }
        }
        @if let Some(info) = one.info.as_deref().filter(|info| !info.is_empty()) { p.muted { (declared(texts, info)) } }
        @if !one.receipts.is_empty() || !one.movements.is_empty() {
            ul {
                @for receipt in &one.receipts {
                    li { (texts.word(Family::Message, &receipt.message)) " " span.code { (receipt.status) } " · " (time(&receipt.time)) }
                }
                @for movement in &one.movements {
                    li {
                        (texts.word(Family::Account, &movement.account)) "：" (texts.word(Family::Movement, &movement.kind)) " "
                        (money(&movement.amount)) " " (texts.text("yuan"))
                    }
                }
            }
        }
        @if !one.findings.is_empty() {
            details { summary { (texts.with("findings-of-event", &[("count", &one.findings.len().to_string())])) }
                @for found in &one.findings { (finding(texts, found)) } }
        }
    }
}
