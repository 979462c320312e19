//! Uses of his quota that were not his: saying so, and what became of it.

use crate::answers::consumer::{Dispute, Disputes};
use crate::format::{time, yuan};
use crate::language::{Family, Texts};
use crate::pages::address;
use crate::parts::{
    Field, Pages, ROWS, Tone, badge, declared, empty, escaped, facts, field, hidden, said, submit,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// The use that he is about to dispute.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct About {
    /// Code of the platform.
    pub platform: String,
    /// Number of the order.
    pub order_no: String,
    /// What he typed.
    pub text: String,
    /// What is wrong with it.
    pub fault: String,
}

/// Disputes of a page.
const PAGE: usize = 20;

/// The page.
pub fn page(frame: &Frame, all: &Disputes, about: Option<&About>) -> Page {
    let (texts, from) = (frame.texts, frame.rows_before(ROWS));
    let link = |from: usize| address(Desk::MyDisputes.address(), &[(ROWS, &from.to_string())]);
    let pages = Pages::counted(from, PAGE, all.disputes.len(), link);
    let body = html! {
        @if let Some(about) = about { (open(frame, about)) }
        @if all.disputes.is_empty() && about.is_none() { (empty(&texts.text("my-no-disputes"), &texts.text("my-no-disputes-help"))) }
        @for one in all.disputes.iter().skip(from).take(PAGE) { (dispute(frame, one)) }
        (pages.shown(texts, &texts.text("pages")))
        p { a href="/my/hearings" { (texts.text("my-hearings")) } }
    };
    Page::new(texts.text("nav-my-disputes"), Some(Desk::MyDisputes), body)
}

fn open(frame: &Frame, about: &About) -> Markup {
    let texts = frame.texts;
    let Some(reader) = &frame.reader else { return html! {} };
    html! {
        h2 { (texts.text("my-not-me")) }
        p { (texts.text("my-dispute-what")) }
        form.stack method="post" action="/my/disputes" {
            (guard(reader))
            (hidden("platform", &about.platform))
            (hidden("order", &about.order_no))
            (facts(&[(texts.text("my-order"), html! { span.code { (about.order_no) } })]))
            (field(&Field { name: "text", label: &texts.text("my-dispute-text"), hint: &texts.text("my-dispute-hint"), fault: &about.fault, value: &about.text, kind: "area", required: true, ..Field::default() }))
            (submit(&texts.text("my-dispute-send")))
        }
    }
}

fn dispute(frame: &Frame, one: &Dispute) -> Markup {
    let texts = frame.texts;
    let tone = match one.state.as_str() {
        "upheld" => Tone::Good,
        "refused" => Tone::Bad,
        "withdrawn" => Tone::Still,
        _ => Tone::Wait,
    };
    let undecided = matches!(one.state.as_str(), "open" | "answered");
    let mut pairs = vec![
        (texts.text("my-state"), badge(tone, &texts.word(Family::Dispute, &one.state))),
        (texts.text("my-order"), html! { span.code { (one.order_no) } }),
        (texts.text("my-platform"), declared(texts, &one.platform_name)),
        (texts.text("my-day"), time(&one.used_on)),
        (texts.text("my-amount"), yuan(texts, &one.amount)),
    ];
    if undecided {
        pairs.push((texts.text("my-answer-due"), time(&one.answer_due)));
        pairs.push((texts.text("my-decide-due"), time(&one.decide_due)));
    }
    html! {
        section.finding {
            h2 { (declared(texts, &one.seller_name)) }
            @match one.overdue.as_deref() {
                Some("answer") => (said(Tone::Warn, html! { p { (texts.text("my-answer-overdue")) } })),
                Some(_) => (said(Tone::Bad, html! { p { (texts.text("my-decision-overdue")) } })),
                None => {},
            }
            (facts(&pairs))
            @if undecided { p { (texts.text("my-frozen")) } }
            @if one.quota.as_deref() == Some("marked") { p { (texts.text("my-marked")) } }
            (history(texts, one))
            @if undecided && one.here {
                @if let Some(reader) = &frame.reader {
                    form method="post" action=(format!("/my/disputes/{}/withdrawal", escaped(&one.seller))) {
                        (guard(reader)) p { button.quiet { (texts.text("my-withdraw")) } }
                    }
                }
            }
        }
    }
}

fn history(texts: Texts, one: &Dispute) -> Markup {
    html! {
        ol.timeline { @for step in &one.steps { li {
            p { (time(&step.time)) " " strong { (texts.word(Family::DisputeStep, &step.action)) }
                @if step.own { " · " (texts.text("my-yourself")) } @else if !step.by.is_empty() { " · " (step.by) } }
            @if !step.text.is_empty() { p { (step.text) } }
            @if step.granted == Some(true) { p { (badge(Tone::Good, &texts.text("my-granted"))) } }
        } } }
    }
}
