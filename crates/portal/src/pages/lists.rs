//! What is published: modes of trade, editions of the list of goods, institutions with what they may do.

use super::address;
use crate::format::time;
use crate::language::{Language, Texts};
use crate::parts::{Column, Table, empty, pager};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// An edition of the list of retail import goods.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Edition {
    /// Its name.
    pub name: String,
    /// Its first day, `yyyyMMdd`.
    pub from: String,
    /// Where it is written.
    pub source: String,
    /// Whether it is in force today.
    pub in_force: bool,
}

/// An institution.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Institution {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it may do today: name of each service in both languages.
    pub services: Vec<(String, String)>,
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Modes of trade: code, name in Chinese and English.
    pub modes: Vec<(String, String, String)>,
    /// Editions, the newest first.
    pub editions: Vec<Edition>,
    /// Institutions.
    pub institutions: Vec<Institution>,
    /// From which one on.
    pub after: String,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A name in the reader's language: Chinese, or else English, which says that it is.
fn named(texts: Texts, zh: &str, en: &str) -> Markup {
    match texts.language() {
        Language::Chinese => html! { (zh) },
        Language::English => html! { (en) },
        _ => html! { span lang="en" { (en) } },
    }
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let modes = Table {
        caption: texts.text("lists-modes-caption"),
        columns: vec![Column::of(texts.text("lists-code")), Column::of(texts.text("lists-name"))],
        rows: view
            .modes
            .iter()
            .map(|(code, zh, en)| vec![html! { span.code { (code) } }, named(texts, zh, en)])
            .collect(),
    };
    let editions = Table {
        caption: texts.text("lists-editions-caption"),
        columns: vec![Column::of(texts.text("lists-name")), Column::of(texts.text("lists-from")), Column::of(texts.text("lists-source"))],
        rows: view.editions.iter().map(|one| {
            let name = html! { span lang="zh-CN" { (one.name) } @if one.in_force { " · " (texts.text("lists-in-force")) } };
            vec![name, time(&one.from), html! { span lang="en" { (one.source) } }]
        }).collect(),
    };
    let next = view.next.as_ref().map(|after| address("/lists", &[("after", after)]));
    let body = html! {
        h2 { (texts.text("lists-modes")) }
        (modes.shown())
        h2 { (texts.text("lists-editions")) }
        (editions.shown())
        p { a href="/tariff?listed=yes" { (texts.text("lists-goods")) } }
        h2 id="institutions" { (texts.text("lists-institutions")) }
        @if view.institutions.is_empty() { (empty(&texts.text("lists-none"), &texts.text("lists-none-help"))) } @else { (institutions(texts, view).shown()) }
        (pager(texts, (!view.after.is_empty()).then_some("/lists"), next.as_deref()))
    };
    Page::new(texts.text("nav-lists"), Some(Desk::Lists), body)
}

fn institutions(texts: Texts, view: &View) -> Table {
    let rows = view.institutions.iter().map(|one| {
        let services = html! { @for (index, (zh, en)) in one.services.iter().enumerate() { @if index > 0 { (texts.text("joint")) } (named(texts, zh, en)) } };
        vec![html! { span lang="zh-CN" { (one.name) } }, html! { span.code { (one.code) } }, services]
    });
    Table {
        caption: texts.text("lists-institutions-caption"),
        columns: vec![
            Column::of(texts.text("lists-name")),
            Column::of(texts.text("lists-code")),
            Column::of(texts.text("lists-services")),
        ],
        rows: rows.collect(),
    }
}
