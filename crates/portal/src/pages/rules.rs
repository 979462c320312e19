//! The catalogue: every rule with its codes, why it is there, what to do, and what brings it about; behind them the codes of the
//! published table that nobody is answered with.

use super::address;
use crate::answers::{Both, Example, NotGiven, Rule, Rules};
use crate::language::{Family, Language};
use crate::parts::{Field, Pages, Tone, badge, empty, facts, field, submit};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// Rules of a page.
pub const PAGE: usize = 30;

/// The page: rules and codes that have the text, from one on.
pub fn page(frame: &Frame, all: &Rules, wanted: &str, from: usize) -> Page {
    let texts = frame.texts;
    let text = wanted.trim();
    let found: Vec<&Rule> = all.reasons.iter().filter(|rule| has(rule, text)).collect();
    let never: Vec<&NotGiven> = all.not_given.iter().filter(|code| is_named(code, text)).collect();
    let link = |from: usize| {
        let from = if from == 0 { String::new() } else { from.to_string() };
        address("/desk/rules", &[("text", wanted), ("from", &from)])
    };
    let count = found.len() + never.len();
    let pages = Pages::counted(from, PAGE, count, link);
    let to = from.saturating_add(PAGE);
    let of = |first: usize, length: usize| {
        (from.saturating_sub(first).min(length), to.saturating_sub(first).min(length))
    };
    let (rules, codes) = (of(0, found.len()), of(found.len(), never.len()));
    let body = html! {
        p { (texts.text("rules-help")) }
        form.filter method="get" action="/desk/rules" role="search" {
            (field(&Field { name: "text", label: &texts.text("rules-search"), hint: &texts.text("rules-search-hint"), value: wanted, ..Field::default() }))
            (submit(&texts.text("narrow")))
        }
        @if count == 0 { (empty(&texts.text("nothing-found"), &texts.text("nothing-found-help"))) }
        @for rule in found.get(rules.0..rules.1).unwrap_or_default() { (one(frame, rule)) }
        @if codes.0 < codes.1 {
            h2 #not-given { (texts.text("rules-never")) }
            p { (texts.text("rules-never-help")) }
            @for code in never.get(codes.0..codes.1).unwrap_or_default() { (not_given(frame, code)) }
        }
        (pages.shown(texts, &texts.text("pages")))
    };
    Page::new(texts.text("nav-rules"), Some(Desk::Rules), body)
}

/// Of two languages the reader's.
fn said<'a>(frame: &Frame, both: &'a Both) -> &'a str {
    if frame.texts.language() == Language::Chinese { &both.zh } else { &both.en }
}

fn one(frame: &Frame, rule: &Rule) -> Markup {
    let texts = frame.texts;
    let codes: Vec<String> = rule.codes.iter().map(i32::to_string).collect();
    html! {
        section.finding id=(rule.rule) {
            h2 { (said(frame, &rule.why)) }
            p {
                (badge(layer(&rule.layer), &texts.word(Family::Layer, &rule.layer))) " " span.code { (rule.rule) }
                @if rule.sealed { " · " (texts.text("sealed")) }
            }
            (facts(&[
                (texts.text("customs-code"), html! { span.code { (rule.customs_code.as_deref().unwrap_or("–")) } }),
                (texts.text("window-codes"), html! { span.code { (if codes.is_empty() { "–".to_owned() } else { codes.join(" ") }) } }),
                (texts.text("what-to-do"), html! { (said(frame, &rule.fix)) }),
            ]))
            @if let Some(why) = &rule.never { p { (texts.text("rules-no-example")) " " (said(frame, why)) } }
            @if !rule.examples.is_empty() { (examples(frame, rule)) }
        }
    }
}

/// Cases of a rule: what was sent, what of it brought the answer about, and the answer.
fn examples(frame: &Frame, rule: &Rule) -> Markup {
    let texts = frame.texts;
    let one = |example: &Example| {
        html! {
            p { (said(frame, &example.case)) @if !example.code.is_empty() { ": " span.code { (example.code) } } }
            @if !example.fragment.is_empty() { (fragment(&example.fragment)) }
            p.muted lang="zh-CN" { (example.text) }
        }
    };
    html! {
        details {
            summary { (texts.with("rules-examples", &[("count", &rule.examples.len().to_string())])) }
            @for example in &rule.examples { (one(example)) }
        }
    }
}

fn fragment(text: &str) -> Markup {
    html! { pre.code lang="zh-CN" { (text) } }
}

/// A code that nobody is answered with.
fn not_given(frame: &Frame, code: &NotGiven) -> Markup {
    let texts = frame.texts;
    html! {
        section.finding id={ "code" (code.code) } {
            h3 { span.code { (code.code) } " " span lang="zh-CN" { (code.text) } }
            p.muted lang="en" { (code.meaning) }
            p { (said(frame, &code.why)) }
            details {
                summary { (texts.text("rules-would-look")) }
                (fragment(&code.fragment))
            }
        }
    }
}

fn layer(word: &str) -> Tone {
    match word {
        "refused" | "rejected" => Tone::Bad,
        "review" => Tone::Warn,
        _ => Tone::Still,
    }
}

/// Whether a rule has the text: in its word, its codes exactly, or its explanations.
fn has(rule: &Rule, wanted: &str) -> bool {
    let lower = wanted.to_lowercase();
    wanted.is_empty()
        || rule.rule.contains(&lower)
        || rule.customs_code.as_deref() == Some(wanted)
        || rule.codes.iter().any(|code| code.to_string() == wanted)
        || rule.examples.iter().any(|example| example.code == wanted || example.text.contains(wanted))
        || [&rule.why, &rule.fix]
            .into_iter()
            .any(|both| both.en.to_lowercase().contains(&lower) || both.zh.contains(wanted))
}

/// Whether a code that is not given is meant: by its number, its text or its meaning.
fn is_named(code: &NotGiven, wanted: &str) -> bool {
    wanted.is_empty()
        || code.code.to_string() == wanted
        || code.text.contains(wanted)
        || code.meaning.to_lowercase().contains(&wanted.to_lowercase())
}
