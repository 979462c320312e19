//! What agencies can share, field by field, and for how long what tells of persons is kept.

use super::address;
use super::body_form::value_name;
use crate::answers::catalogue::{Dataset, Field, Term};
use crate::language::{Family, Texts};
use crate::parts::{Column, Table, Tone, badge, empty, facts};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// Where a dataset is shown.
fn dataset_address(word: &str) -> String {
    address("/desk/datasets", &[("dataset", word)])
}

fn givers(texts: Texts, dataset: &Dataset) -> String {
    let names = dataset.givers.iter().map(|role| texts.word(Family::Role, role));
    names.collect::<Vec<String>>().join(" · ")
}

/// All datasets.
pub fn datasets(frame: &Frame, all: &[Dataset]) -> Page {
    let texts = frame.texts;
    let rows = all.iter().map(|dataset| {
        let filed = !dataset.filed.is_empty();
        vec![
            html! { a.lead href=(dataset_address(&dataset.dataset)) { (value_name(texts, &dataset.dataset)) } " " span.code { (dataset.dataset) } },
            html! { (givers(texts, dataset)) },
            html! { span.code { (dataset.key) } },
            html! { @if filed { (texts.text("yes")) } @else { (texts.text("no")) } },
        ]
    });
    let columns = [
        texts.item("shares", "dataset"),
        texts.text("dataset-givers"),
        texts.text("dataset-key"),
        texts.text("dataset-filed"),
    ];
    let body = html! {
        p { (texts.text("datasets-help")) }
        (Table { caption: texts.text("datasets-title"), columns: columns.map(Column::of).to_vec(), rows: rows.collect() }.shown())
        p { a href="/desk/shares" { (texts.text("nav-shares")) } " · " a href="/desk/registers/shares" { (texts.text("to-rules-of-sharing")) } }
    };
    below(Page::new(texts.text("datasets-title"), Some(Desk::Registers), body), texts)
}

/// One dataset; none = there is none of this word.
pub fn dataset(frame: &Frame, found: Option<&Dataset>) -> Page {
    let texts = frame.texts;
    let Some(dataset) = found else {
        let body = empty(&texts.text("nothing-found"), &texts.text("nothing-found-help"));
        return below(Page::new(texts.text("datasets-title"), Some(Desk::Registers), body), texts);
    };
    let columns = [
        texts.text("dataset-field"),
        texts.text("dataset-type"),
        texts.text("dataset-personal"),
        texts.text("dataset-meaning"),
    ];
    let rows = dataset.fields.iter().map(|field| {
        let filed = dataset.filed.contains(&field.name);
        vec![
            html! { span.code { (field.name) } @if filed && field.always { " *" } },
            html! { (kind(field)) },
            html! { @if field.personal { (badge(Tone::Warn, &texts.text("yes"))) } @else { (texts.text("no")) } },
            html! { span lang="en" { (field.meaning) } },
        ]
    });
    let version = dataset.schema.to_string();
    let body = html! {
        (facts(&[
            (texts.text("dataset-givers"), html! { (givers(texts, dataset)) }),
            (texts.text("dataset-key"), html! { span.code { (dataset.key) } }),
            (texts.text("dataset-version"), html! { (version) }),
        ]))
        @if !dataset.filed.is_empty() {
            p { (texts.text("dataset-is-filed")) " " a href="/desk/registers/agency-records" { (texts.word(Family::Register, "agency-records")) } }
        }
        (Table { caption: texts.text("dataset-fields"), columns: columns.map(Column::of).to_vec(), rows: rows.collect() }.shown())
    };
    let page = Page::new(value_name(texts, &dataset.dataset), Some(Desk::Registers), body);
    below(page, texts).below("/desk/datasets", texts.text("datasets-title"))
}

fn below(page: Page, texts: Texts) -> Page {
    page.below(Desk::Registers.address(), Desk::Registers.name(texts))
}

fn kind(field: &Field) -> Markup {
    html! {
        span.code { (field.kind) }
        @if !field.choices.is_empty() { ": " span.code { (field.choices.join(", ")) } }
    }
}

/// The terms.
pub fn terms(frame: &Frame, all: &[Term]) -> Page {
    let texts = frame.texts;
    let columns = vec![
        Column::of(texts.text("term-of")),
        Column::number(texts.text("term-keep")),
        Column::number(texts.text("term-erase")),
        Column::of(texts.text("term-law")),
        Column::of(texts.text("term-days")),
    ];
    let rows = all.iter().map(|term| {
        let of = match term.record_type.as_str() {
            "undeclared" => texts.text("term-undeclared"),
            "accounts" => texts.text("term-accounts"),
            "sessions" => texts.text("term-sessions"),
            other => texts.known(Family::Register, other).unwrap_or_else(|| value_name(texts, other)),
        };
        let until = term.valid_to.as_deref().map(day).unwrap_or_default();
        vec![
            html! { span.lead { (of) } p.muted lang="en" { (term.note) } },
            html! { (term.keep_months) },
            html! { (term.erase_months) },
            html! { span lang="zh-CN" { (term.law) } @if !term.sure { " " (badge(Tone::Warn, &texts.text("term-unsure"))) } },
            html! { (day(&term.valid_from)) "–" (until) @if !term.holds { " " (badge(Tone::Still, &texts.text("term-past"))) } },
        ]
    });
    let body = html! {
        p { (texts.text("terms-help")) }
        (Table { caption: texts.text("terms-title"), columns, rows: rows.collect() }.shown())
    };
    below(Page::new(texts.text("terms-title"), Some(Desk::Registers), body), texts)
}

/// A day yyyyMMdd with signs between.
fn day(text: &str) -> String {
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8))
}
