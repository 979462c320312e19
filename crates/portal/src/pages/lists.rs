//! What is published: modes of trade, editions of the list of goods, institutions with what they may do.

use super::address;
use super::credit::published;
use crate::answers::credit::Published;
use crate::answers::publications::{Institutions, Name, Publications};
use crate::format::time;
use crate::language::{Language, Texts};
use crate::parts::{Column, Order, Table, empty, natural, pager};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Modes and editions.
    pub published: Publications,
    /// Institutions, and the cursor of the next page.
    pub found: Institutions,
    /// From which one on.
    pub after: String,
    /// Parties on lists of credit.
    pub listed: Published,
}

/// A name in the reader's language: Chinese, or else English, which says that it is.
fn named(texts: Texts, name: &Name) -> Markup {
    let told = |text: &Option<String>| text.clone().unwrap_or_default();
    match texts.language() {
        Language::Chinese => html! { (told(&name.zh)) },
        Language::English => html! { (told(&name.en)) },
        _ => html! { span lang="en" { (told(&name.en)) } },
    }
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let modes = Table {
        caption: texts.text("lists-modes-caption"),
        columns: vec![Column::of(texts.text("lists-code")), Column::of(texts.text("lists-name"))],
        rows: view
            .published
            .modes
            .iter()
            .map(|mode| vec![html! { span.code { (mode.code) } }, named(texts, &mode.name)])
            .collect(),
    };
    let editions = Table {
        caption: texts.text("lists-editions-caption"),
        columns: vec![Column::of(texts.text("lists-name")), Column::of(texts.text("lists-from")), Column::of(texts.text("lists-source"))],
        rows: view.published.editions.iter().map(|one| {
            let name = html! { span lang="zh-CN" { (one.name) } @if one.in_force { " · " (texts.text("lists-in-force")) } };
            vec![name, time(&one.valid_from), html! { span lang="en" { (one.source) } }]
        }).collect(),
    };
    let next = view.found.after.as_ref().map(|after| address("/lists", &[("after", after)]));
    let body = html! {
        h2 { (texts.text("lists-modes")) }
        (modes.shown())
        h2 { (texts.text("lists-editions")) }
        (editions.shown())
        p { a href="/tariff?listed=yes" { (texts.text("lists-goods")) } }
        p { a href="/draws" { (texts.text("draws-title")) } }
        h2 id="institutions" { (texts.text("lists-institutions")) }
        @if view.found.institutions.is_empty() { (empty(&texts.text("lists-none"), &texts.text("lists-none-help"))) } @else { (institutions(frame, view, next.is_none()).shown()) }
        (pager(texts, (!view.after.is_empty()).then_some("/lists"), next.as_deref()))
        (published(texts, &view.listed))
    };
    Page::new(texts.text("nav-lists"), Some(Desk::Lists), body)
}

fn institutions(frame: &Frame, view: &View, last: bool) -> Table {
    let texts = frame.texts;
    let whole = last && view.after.is_empty();
    let order = Order::of(&frame.place, "sort", &["name", "code"]).where_whole(whole);
    let mut sorted: Vec<_> = view.found.institutions.iter().collect();
    order.put(&mut sorted, |one, by| natural(if by == "name" { &one.name } else { &one.code }));
    let rows = sorted.into_iter().map(|one| {
        let services = html! { @for (index, service) in one.services.iter().enumerate() { @if index > 0 { (texts.text("joint")) } (named(texts, &service.name)) } };
        vec![html! { span lang="zh-CN" { (one.name) } }, html! { span.code { (one.code) } }, services]
    });
    Table {
        caption: texts.text("lists-institutions-caption"),
        columns: vec![
            order.column("name", texts.text("lists-name")),
            order.column("code", texts.text("lists-code")),
            Column::of(texts.text("lists-services")),
        ],
        rows: rows.collect(),
    }
}
