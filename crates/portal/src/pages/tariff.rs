//! The tariff with the list of retail import goods, and what a purchase would be taxed: the same assessment as that of a
//! declaration.

use super::address;
use super::consignment::tax;
use crate::answers::Assessment;
use crate::language::{Family, Texts};
use crate::parts::{
    Cell, Column, Field, Pages, Table, Tone, badge, declared, empty, field, said, submit, tabled, tabs,
};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// A line of the tariff.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Row {
    /// Eight digits.
    pub code: String,
    /// Its short name.
    pub name: String,
    /// Statutory units.
    pub units: String,
    /// Duty of the most favoured nation.
    pub duty: String,
    /// Value-added tax.
    pub vat: String,
    /// Consumption tax, in the words of the table.
    pub consumption_tax: String,
    /// Whether it may be bought as retail import; none = not sure.
    pub listed: Option<bool>,
    /// The least sure of its cells.
    pub confidence: String,
}

/// Lines of a page.
pub const PAGE: usize = 50;

/// The search.
#[derive(Clone, Default, Debug)]
pub struct Search {
    /// Code or name.
    pub text: String,
    /// Only what may be bought as retail import.
    pub listed: bool,
    /// Lines before this page.
    pub from: usize,
    /// Lines that were found.
    pub all: usize,
    /// Those of this page.
    pub rows: Vec<Row>,
    /// Edition of the list.
    pub edition: String,
}

fn either(texts: Texts, calculator: bool) -> Markup {
    tabs(
        &texts.text("nav-tariff"),
        &[
            ("/tariff".to_owned(), texts.text("tariff-search"), !calculator),
            ("/tariff/calculator".to_owned(), texts.text("calculator"), calculator),
        ],
    )
}

/// The page of a search.
pub fn search(frame: &Frame, view: &Search) -> Page {
    let texts = frame.texts;
    let link = |from: usize| {
        let from = if from == 0 { String::new() } else { from.to_string() };
        address(
            "/tariff",
            &[("text", &view.text), ("listed", if view.listed { "yes" } else { "" }), ("from", &from)],
        )
    };
    let pages = Pages::counted(view.from, PAGE, view.all, link);
    let body = html! {
        (either(texts, false))
        form.filter method="get" action="/tariff" role="search" {
            (field(&Field { name: "text", label: &texts.text("code-or-name"), value: &view.text, ..Field::default() }))
            div.choice {
                input #listed type="checkbox" name="listed" value="yes" checked[view.listed];
                label for="listed" { (texts.text("listed-only")) }
            }
            (submit(&texts.text("narrow")))
        }
        @if view.rows.is_empty() { (empty(&texts.text("nothing-found"), &texts.text("nothing-found-help"))) }
        @else {
            (Table {
                caption: texts.numbered("tariff-caption", &[("count", view.all as u64)], &[("edition", &view.edition)]),
                columns: columns(texts),
                rows: view.rows.iter().map(|row| cells(texts, row)).collect(),
            }.shown())
        }
        (pages.shown(texts, &texts.text("pages")))
        p.muted { (texts.text("tariff-unsure")) }
    };
    Page::new(texts.text("nav-tariff"), Some(Desk::Tariff), body)
}

fn columns(texts: Texts) -> Vec<Column> {
    vec![
        Column::of(texts.text("goods-code")),
        Column::of(texts.text("goods-name")),
        Column::of(texts.text("units")),
        Column::number(texts.text("duty")),
        Column::number(texts.text("value-added-tax")),
        Column::of(texts.text("consumption-tax")),
        Column::of(texts.text("listed")),
        Column::of(texts.text("confidence")),
    ]
}

fn cells(texts: Texts, row: &Row) -> Vec<Cell> {
    let listed = match row.listed {
        Some(true) => badge(Tone::Good, &texts.text("yes")),
        Some(false) => badge(Tone::Still, &texts.text("no")),
        None => badge(Tone::Warn, &texts.text("not-sure")),
    };
    vec![
        html! { a.lead href=(address("/tariff/calculator", &[("code", &row.code)])) { span.code { (row.code) } } },
        declared(texts, &row.name),
        tabled(texts, &row.units),
        html! { (row.duty) },
        html! { (row.vat) },
        tabled(texts, &row.consumption_tax),
        listed,
        html! { (texts.word(Family::Confidence, &row.confidence)) },
    ]
}

/// The calculator: what was typed, and what came of it.
#[derive(Clone, Default, Debug)]
pub struct Calculation {
    /// HS code.
    pub code: String,
    /// Price of one, in yuan.
    pub price: String,
    /// How many.
    pub quantity: String,
    /// How much in the first statutory unit; empty = as many.
    pub statutory: String,
    /// Freight, in yuan.
    pub freight: String,
    /// What is wrong: name of the field and what.
    pub fault: Option<(&'static str, Wrong)>,
    /// The assessment.
    pub assessment: Option<Assessment>,
}

/// What is wrong with a calculation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// No amount of at most five decimals, not negative, within what can be computed.
    NoAmount,
    /// The tariff has no such code.
    UnknownCode,
}

/// The page of the calculator.
pub fn calculator(frame: &Frame, view: &Calculation) -> Page {
    let texts = frame.texts;
    let fault = |name: &str| match view.fault {
        Some((at, Wrong::NoAmount)) if at == name => texts.text("no-amount"),
        Some((at, Wrong::UnknownCode)) if at == name => texts.text("unknown-code"),
        _ => String::new(),
    };
    let line = |name: &'static str, label: &str, value: &str, mode: &'static str| {
        let required = !matches!(name, "freight" | "statutory");
        field(&Field { name, label, value, fault: &fault(name), mode, required, ..Field::default() })
    };
    let over =
        view.assessment.as_ref().is_some_and(|assessment| assessment.basis == "over-limit-several-items");
    let body = html! {
        (either(texts, true))
        p { (texts.text("calculator-help")) }
        form.stack method="get" action="/tariff/calculator" {
            (line("code", &texts.text("goods-code"), &view.code, "numeric"))
            (line("price", &texts.text("price-of-one"), &view.price, "decimal"))
            (line("quantity", &texts.text("quantity"), &view.quantity, "decimal"))
            (line("statutory", &texts.text("statutory-quantity"), &view.statutory, "decimal"))
            (line("freight", &texts.text("freight"), &view.freight, "decimal"))
            (submit(&texts.text("calculate")))
        }
        @if let Some(assessment) = &view.assessment {
            h2 { (texts.text("tax")) }
            @if over { (said(Tone::Bad, html! { p { (texts.text("over-several")) } })) }
            (tax(texts, assessment, 0, ""))
            p.muted { (texts.text("calculator-no-promise")) }
        }
    };
    Page::new(texts.text("calculator"), Some(Desk::Tariff), body).below("/tariff", texts.text("nav-tariff"))
}
