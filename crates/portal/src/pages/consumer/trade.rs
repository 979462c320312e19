//! One of his trades: how far it is, what it waits for, its tax, what a return would take.

use super::{address_of, standing, waiting};
use crate::answers::consumer::{ReturnWindow, Step, Trade};
use crate::answers::exchanges::Exchanged;
use crate::format::{money, time, yuan};
use crate::language::{Family, Language, Texts};
use crate::pages::address;
use crate::parts::{Column, Pages, Table, Tone, badge, declared, facts, said};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// Kinds of goods on a page: a list has 99.
const LINES: usize = 40;

/// The page.
pub fn page(frame: &Frame, shown: &Trade) -> Page {
    let texts = frame.texts;
    let body = html! {
        div.beside {
            div {
                (overview(texts, shown))
                (reasons(texts, shown))
                h2 { (texts.text("my-steps")) }
                ol.timeline { @for step in &shown.steps { li { (of_step(texts, step)) } } }
            }
            div {
                h2 #goods { (texts.text("my-goods")) }
                (goods(frame, shown))
                (tax(texts, shown))
                (returns(texts, shown))
                (exchanges(texts, shown))
            }
        }
        p { a href=(format!("/guide#{}", guide_part(shown.state.as_deref()))) { (texts.text("my-state-explained")) } }
    };
    let name = shown.goods.first().map_or_else(|| shown.order_no.clone(), |first| first.name.clone());
    Page::new(name, Some(Desk::MyTrades), body).below("/my", texts.text("nav-my-trades"))
}

/// The part of the guide that explains a state.
fn guide_part(state: Option<&str>) -> &'static str {
    match state {
        Some("rejected" | "cancelled" | "deleted") => "refused",
        Some("review" | "inspection" | "suspended" | "concluded") => "looked-at",
        _ => "way",
    }
}

fn overview(texts: Texts, shown: &Trade) -> Markup {
    let mut pairs = vec![(texts.text("my-state"), standing(texts, shown.state.as_deref()))];
    if !shown.waiting_for.is_empty() {
        pairs.push((texts.text("my-waits-for"), html! { (waiting(texts, &shown.waiting_for)) }));
    }
    pairs.push((texts.text("my-platform"), declared(texts, &shown.platform_name)));
    pairs.push((texts.text("my-seller"), declared(texts, &shown.seller_name)));
    pairs.push((texts.text("my-order"), html! { span.code { (shown.order_no) } }));
    if let Some(carried) = &shown.waybill {
        pairs.push((
            texts.text("my-carrier"),
            html! { (declared(texts, &carried.carrier_name)) " " span.code { (carried.number) } },
        ));
        if carried.delivered {
            pairs.push((texts.text("my-delivery"), badge(Tone::Good, &texts.text("my-delivered"))));
        }
    }
    facts(&pairs)
}

fn reasons(texts: Texts, shown: &Trade) -> Markup {
    // Rules are explained in two languages; elsewhere the English one says that it is.
    let chinese = texts.language() == Language::Chinese;
    html! {
        @if !shown.reasons.is_empty() {
            h2 { (texts.text("my-reasons")) }
            (said(Tone::Warn, html! {
                @for one in &shown.reasons {
                    @if chinese { p { (one.why.zh) } } @else { p lang="en" { (one.why.en) } }
                }
                @if refused(shown) { p { (texts.text("my-reasons-help")) } } @else { p { (texts.text("my-reasons-wait")) } }
            }))
        }
    }
}

/// Whether the seller has something to correct, rather than somebody to wait for.
fn refused(shown: &Trade) -> bool {
    matches!(shown.state.as_deref(), Some("rejected" | "cancelled" | "deleted"))
}

fn of_step(texts: Texts, step: &Step) -> Markup {
    html! {
        p {
            strong { (texts.word(Family::Step, &step.step)) } " "
            @match &step.time {
                Some(stamp) => (time(stamp)),
                None if step.seen => {},
                None => span.muted { (texts.text("my-not-yet")) },
            }
        }
    }
}

fn goods(frame: &Frame, shown: &Trade) -> Markup {
    let (texts, from) = (frame.texts, frame.rows_before("lines"));
    let there = address_of(&shown.platform, &shown.order_no);
    let link = |from: usize| format!("{}#goods", address(&there, &[("lines", &from.to_string())]));
    let rows =
        shown.goods.iter().skip(from).take(LINES).map(|one| {
            vec![declared(texts, &one.name), html! { (one.quantity) }, html! { (money(&one.total)) }]
        });
    let columns = vec![
        Column::of(texts.text("my-what")),
        Column::number(texts.text("my-quantity")),
        Column::number(texts.text("my-price")),
    ];
    html! {
        (Table { caption: texts.text("my-prices"), columns, rows: rows.collect() }.shown())
        (Pages::counted(from, LINES, shown.goods.len(), link).shown(texts, &texts.text("my-goods")))
        @if let Some(paid) = &shown.paid {
            (facts(&[(texts.text("my-paid"), yuan(texts, paid))]))
        }
    }
}

fn tax(texts: Texts, shown: &Trade) -> Markup {
    let Some(assessment) = &shown.assessment else { return html! {} };
    let amount = |amount: &str| yuan(texts, amount);
    let mut pairs = vec![
        (texts.text("my-value"), amount(&assessment.dutiable_value)),
        (texts.text("my-duty"), amount(&assessment.duty)),
        (texts.text("my-consumption-tax"), amount(&assessment.consumption_tax)),
        (texts.text("my-vat"), amount(&assessment.value_added_tax)),
        (texts.text("my-tax"), html! { strong { (amount(&assessment.total)) } }),
    ];
    if let Some(quota) = &shown.quota {
        pairs.push((texts.text("my-taken"), amount(&quota.amount)));
    }
    html! { h2 { (texts.text("my-tax-of-this")) } (facts(&pairs)) p.muted { (texts.text("my-tax-help")) } }
}

fn returns(texts: Texts, shown: &Trade) -> Markup {
    html! {
        @if shown.return_window.is_some() || !shown.returns.is_empty() {
            h2 { (texts.text("my-return")) }
            @for file in &shown.returns {
                (facts(&[
                    (texts.text("my-state"), badge(tone(&file.state), &texts.word(Family::PlainReturn, &file.state))),
                    (texts.text("my-tax-back"), yuan(texts, &file.tax_given_back)),
                    (texts.text("my-quota-back"), yuan(texts, &file.quota_given_back)),
                ]))
            }
            @if let Some(window) = &shown.return_window { (window_of(texts, window)) }
        }
    }
}

/// What a return was exchanged for, and what this order came in place of.
fn exchanges(texts: Texts, shown: &Trade) -> Markup {
    let link = |one: &Exchanged| {
        html! { a.code href=(address_of(&shown.platform, &one.order_no)) { (one.order_no) } }
    };
    let found = shown.exchanges.as_ref();
    let mut pairs: Vec<(String, Markup)> = Vec::new();
    for one in found.iter().flat_map(|found| &found.exchanged_for) {
        pairs.push((texts.text("my-exchanged-for"), link(one)));
    }
    if let Some(one) = found.and_then(|found| found.replaces.as_ref()) {
        pairs.push((texts.text("my-exchange-replaces"), link(one)));
    }
    html! { @if !pairs.is_empty() { (facts(&pairs)) } }
}

fn tone(state: &str) -> Tone {
    match state {
        "received" => Tone::Good,
        "refused" | "lapsed" => Tone::Bad,
        _ => Tone::Wait,
    }
}

fn window_of(texts: Texts, window: &ReturnWindow) -> Markup {
    let days = |left: u32| {
        if left == 0 {
            texts.text("my-over")
        } else {
            texts.numbered("my-days-left", &[("days", left.into())], &[])
        }
    };
    html! {
        (facts(&[
            (texts.text("my-apply-by"), html! { (time(&window.apply_by)) " · " (days(window.days_to_apply)) }),
            (texts.text("my-back-by"), html! { (time(&window.back_by)) " · " (days(window.days_to_be_back)) }),
        ]))
        p.muted { (texts.text("my-return-help")) }
    }
}
