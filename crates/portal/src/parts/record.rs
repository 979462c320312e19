//! What tells of a trade: findings with both values, and the timeline.

use super::{Tone, badge, declared, empty, facts};
use crate::answers::{Entry, Finding};
use crate::format::{time, yuan};
use crate::language::{Family, Language, Texts};
use maud::{Markup, html};

/// Bytes of a timeline for findings of its events, the newest first: what stands now is told in full above it.
const ROOM: usize = 12_000;

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
    let mut room = ROOM;
    let mut told: Vec<Markup> = entries.iter().rev().map(|one| entry(texts, one, &mut room)).collect();
    told.reverse();
    html! { ol.timeline { @for (one, told) in entries.iter().zip(&told) { li { (told) (more(one)) } } } }
}

/// Findings as long as there is room for them, and how many have none.
fn findings_of(texts: Texts, all: &[Finding], room: &mut usize) -> (Vec<Markup>, usize) {
    let mut told = Vec::new();
    for one in all {
        let part = finding(texts, one);
        let Some(left) = room.checked_sub(part.0.len()) else { break };
        *room = left;
        told.push(part);
    }
    let untold = all.len() - told.len();
    (told, untold)
}

fn entry(texts: Texts, one: &Entry, room: &mut usize) -> Markup {
    let (found, untold) = findings_of(texts, &one.findings, room);
    let name = match &one.message {
        Some(root) => texts.word(Family::Message, root),
        None => texts.word(Family::Event, &one.what),
    };
    html! {
        p {
            (time(&one.time)) " " strong { (name) }
            @if let Some(window) = &one.window { " · " (texts.text("receipt-of-window")) " " span.code { (window) } }
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
                        (yuan(texts, &movement.amount))
                    }
                }
            }
        }
        @if !found.is_empty() {
            details { summary { (texts.with("findings-of-event", &[("count", &one.findings.len().to_string())])) }
                @for part in &found { (part) } }
        }
        @if untold > 0 { p.muted { (texts.with("findings-more", &[("count", &untold.to_string())])) } }
    }
}
