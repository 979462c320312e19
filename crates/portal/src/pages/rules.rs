//! The catalogue: every rule with its codes, why it is there, and what to do.

use super::address;
use crate::answers::{Example, Rule};
use crate::language::{Family, Language};
use crate::parts::{Field, Pages, Tone, badge, empty, facts, field, submit};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// Rules of a page.
pub const PAGE: usize = 30;

/// The page: rules that have the text, from one on.
pub fn page(frame: &Frame, all: &[Rule], wanted: &str, from: usize) -> Page {
    let texts = frame.texts;
    let chinese = texts.language() == Language::Chinese;
    let found: Vec<&Rule> = all.iter().filter(|rule| has(rule, wanted.trim())).collect();
    let link = |from: usize| {
        let from = if from == 0 { String::new() } else { from.to_string() };
        address("/desk/rules", &[("text", wanted), ("from", &from)])
    };
    let pages = Pages::counted(from, PAGE, found.len(), link);
    let body = html! {
        p { (texts.text("rules-help")) }
        form.filter method="get" action="/desk/rules" role="search" {
            (field(&Field { name: "text", label: &texts.text("rules-search"), hint: &texts.text("rules-search-hint"), value: wanted, ..Field::default() }))
            (submit(&texts.text("narrow")))
        }
        @if found.is_empty() { (empty(&texts.text("nothing-found"), &texts.text("nothing-found-help"))) }
        @for rule in found.iter().skip(from).take(PAGE) {
            @let codes: Vec<String> = rule.codes.iter().map(i32::to_string).collect();
            section.finding id=(rule.rule) {
                h2 { (if chinese { &rule.why.zh } else { &rule.why.en }) }
                p {
                    (badge(layer(&rule.layer), &texts.word(Family::Layer, &rule.layer))) " " span.code { (rule.rule) }
                    @if rule.sealed { " · " (texts.text("sealed")) }
                }
                (facts(&[
                    (texts.text("customs-code"), html! { span.code { (rule.customs_code.as_deref().unwrap_or("–")) } }),
                    (texts.text("window-codes"), html! { span.code { (if codes.is_empty() { "–".to_owned() } else { codes.join(" ") }) } }),
                    (texts.text("what-to-do"), html! { (if chinese { &rule.fix.zh } else { &rule.fix.en }) }),
                ]))
                @if !rule.examples.is_empty() { (examples(frame, rule)) }
            }
        }
        (pages.shown(texts, &texts.text("pages")))
    };
    Page::new(texts.text("nav-rules"), Some(Desk::Rules), body)
}

/// Cases of a rule: the first is shown, the others open.
fn examples(frame: &Frame, rule: &Rule) -> Markup {
    let texts = frame.texts;
    let chinese = texts.language() == Language::Chinese;
    let one = |example: &Example| {
        html! {
            p { (if chinese { &example.case.zh } else { &example.case.en }) ": " span.code { (example.code) } }
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
        || rule.examples.iter().any(|example| example.text.contains(wanted))
        || [&rule.why, &rule.fix]
            .into_iter()
            .any(|both| both.en.to_lowercase().contains(&lower) || both.zh.contains(wanted))
}
