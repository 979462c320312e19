//! His yearly quota: what is left, who used it, his lock, whether he is told.

use super::address_of;
use crate::answers::consumer::{Quota, Use};
use crate::charts::{Bar, Legend, bars};
use crate::format::{money, time, yuan};
use crate::language::{Family, Texts};
use crate::pages::address;
use crate::parts::{Column, Table, Tone, badge, declared, empty, facts, hidden, said, submit, tabs};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// The page.
pub fn page(frame: &Frame, quota: &Quota) -> Page {
    let texts = frame.texts;
    let years: Vec<(String, String, bool)> = quota
        .years
        .iter()
        .map(|year| {
            (address("/my/quota", &[("year", &year.to_string())]), year.to_string(), *year == quota.year)
        })
        .collect();
    let body = html! {
        @if quota.years.len() > 1 { (tabs(&texts.text("my-years"), &years)) }
        p.figure { (texts.text("my-left")) " " (yuan(texts, &quota.left)) }
        (facts(&[
            (texts.text("my-used"), yuan(texts, &quota.used)),
            (texts.text("my-held"), yuan(texts, &quota.held)),
            (texts.text("my-limit"), yuan(texts, &quota.limit)),
        ]))
        p.muted { (texts.text("my-quota-help")) }
        (lock(frame, quota))
        h2 { (texts.text("my-uses")) }
        (uses(texts, quota))
        (chart(texts, quota))
        (told(frame, quota))
    };
    Page::new(texts.with("my-quota-of", &[("year", &quota.year.to_string())]), Some(Desk::MyQuota), body)
}

fn lock(frame: &Frame, quota: &Quota) -> Markup {
    let texts = frame.texts;
    let Some(reader) = &frame.reader else { return html! {} };
    let form = |locked: &str, label: &str| {
        html! {
            form method="post" action="/my/lock" { (guard(reader)) (hidden("locked", locked)) (submit(label)) }
        }
    };
    html! {
        h2 { (texts.text("my-lock")) }
        @match (quota.locked, quota.locked_here) {
            (false, _) => { p { (texts.text("my-unlocked-help")) } (form("yes", &texts.text("my-lock-now"))) },
            (true, here) => {
                (said(Tone::Warn, html! {
                    p { strong { (texts.text("my-is-locked")) } " " @if let Some(since) = &quota.locked_since { (time(since)) } }
                    @if !here { p { (texts.text("my-locked-elsewhere")) } }
                }))
                @if here { (form("no", &texts.text("my-unlock-now"))) }
            },
        }
    }
}

fn uses(texts: Texts, quota: &Quota) -> Markup {
    if quota.uses.is_empty() {
        return empty(&texts.text("my-no-uses"), &texts.text("my-no-uses-help"));
    }
    let columns = vec![
        Column::of(texts.text("my-day")),
        Column::of(texts.text("my-seller")),
        Column::number(texts.text("my-amount")),
        Column::of(texts.text("my-state")),
        Column::of(texts.text("my-whose")),
        Column::of(texts.text("my-action")),
    ];
    let rows = quota.uses.iter().map(|one| row(texts, one)).collect();
    html! { (Table { caption: texts.text("my-uses-caption"), columns, rows }.shown()) p.muted { (texts.text("my-uses-help")) } }
}

fn row(texts: Texts, one: &Use) -> Vec<Markup> {
    let whose = if one.own {
        html! { a href=(address_of(&one.platform, &one.order_no)) { (texts.text("my-own-use")) } }
    } else {
        html! { (badge(Tone::Warn, &texts.text("my-other-telephone"))) }
    };
    let there = address("/my/disputes", &[("platform", &one.platform), ("order", &one.order_no)]);
    let action = match one.dispute.as_deref() {
        Some(state) => html! { a href="/my/disputes" { (texts.word(Family::Dispute, state)) } },
        None if one.state == "given-up" => html! { "–" },
        None => html! { a href=(there) { (texts.text("my-not-me")) } },
    };
    vec![
        time(&one.day),
        declared(texts, &one.seller_name),
        html! { (money(&one.amount)) },
        html! { (texts.word(Family::Use, &one.state)) },
        whose,
        action,
    ]
}

/// Whole yuan: a chart shows counts.
fn whole(amount: &str) -> u64 {
    amount.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or(0)
}

fn chart(texts: Texts, quota: &Quota) -> Markup {
    let months: Vec<Bar> = (1u64..)
        .zip(&quota.months)
        .map(|(month, amount)| Bar { name: month.to_string(), parts: vec![whole(amount)] })
        .collect();
    let title = texts.with("my-by-month", &[("year", &quota.year.to_string())]);
    let filled = (1u64..).zip(&quota.months).filter(|(_, amount)| whole(amount) > 0);
    let described: Vec<String> =
        filled.map(|(month, amount)| format!("{month}: {}", money(amount))).collect();
    html! {
        @if !described.is_empty() {
            (bars(Legend { id: "months", title: &title, description: &described.join(", ") }, &months))
        }
    }
}

fn told(frame: &Frame, quota: &Quota) -> Markup {
    let texts = frame.texts;
    let Some(reader) = &frame.reader else { return html! {} };
    let (state, value, label) = if quota.notices {
        (texts.text("my-told"), "no", texts.text("my-tell-no-more"))
    } else {
        (texts.text("my-not-told"), "yes", texts.text("my-tell-me"))
    };
    html! {
        h2 { (texts.text("my-notices")) }
        p { (state) }
        form method="post" action="/my/notices" { (guard(reader)) (hidden("notices", value)) (submit(&label)) }
    }
}
