//! His trades, the newest first, each as a card.

use super::{address_of, standing, waiting};
use crate::answers::consumer::{TradeLine, Trades};
use crate::format::{time, yuan};
use crate::language::Texts;
use crate::parts::{declared, empty, facts, pager};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// The page.
pub fn page(frame: &Frame, list: &Trades, from: &str) -> Page {
    let texts = frame.texts;
    let next = list.after.as_ref().map(|after| super::super::address("/my", &[("after", after)]));
    let body = html! {
        @if list.trades.is_empty() { (empty(&texts.text("my-none"), &texts.text("my-none-help"))) }
        ul.cards { @for one in &list.trades { li.card { (card(texts, one)) } } }
        (pager(texts, (!from.is_empty()).then_some("/my"), next.as_deref()))
        p.muted { (texts.text("my-only-these")) " " a href="/my/quota" { (texts.text("nav-my-quota")) } }
    };
    Page::new(texts.text("nav-my-trades"), Some(Desk::MyTrades), body)
}

fn card(texts: Texts, one: &TradeLine) -> Markup {
    let mut pairs = vec![
        (texts.text("my-state"), standing(texts, one.state.as_deref())),
        (texts.text("my-seller"), declared(texts, &one.seller_name)),
        (texts.text("my-order"), html! { span.code { (one.order_no) } }),
    ];
    if !one.waiting_for.is_empty() {
        pairs.insert(1, (texts.text("my-waits-for"), html! { (waiting(texts, &one.waiting_for)) }));
    }
    if let Some(tax) = &one.tax {
        pairs.push((texts.text("my-tax"), yuan(texts, tax)));
    }
    pairs.push((texts.text("my-changed"), time(&one.changed)));
    let name = one.goods.clone().unwrap_or_else(|| one.order_no.clone());
    html! {
        h2 { a href=(address_of(&one.platform, &one.order_no)) { (declared(texts, &name)) } }
        (facts(&pairs))
    }
}
