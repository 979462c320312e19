//! Parks for everybody, which of them offers what, and for those who operate or supervise one its figures.

use super::address;
use super::registers::record_address;
use crate::answers::parks::{Aged, Books, Counted, Figures, Park, Parks};
use crate::format::{count, time};
use crate::language::{Family, Language, Texts};
use crate::parts::{
    Cell, Column, Field, Pages, ROWS, Table, Tone, badge, declared, empty, escaped, facts, field, hidden,
    said, submit,
};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// The address of the page for everybody.
pub const ADDRESS: &str = "/parks";

/// The address of a park's figures.
pub fn figures_address(park: &str) -> String {
    format!("/desk/parks/{}", escaped(park))
}

fn name(texts: Texts, park: &Park) -> Markup {
    let english = texts.language() != Language::Chinese && !park.name_english.is_empty();
    if english {
        html! { (park.name_english) }
    } else {
        declared(texts, &park.name)
    }
}

fn words(texts: Texts, all: &[String]) -> Markup {
    html! { @for (index, word) in all.iter().enumerate() { @if index > 0 { " · " } (texts.word(Family::Value, word)) } }
}

/// Parks of a page.
const PAGE: usize = 50;
/// Parks that are named in a row of who offers what: there is a list of all that do.
const NAMED: usize = 20;

/// To what the parks are narrowed; what is empty narrows to nothing.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Narrowed {
    /// A part of a number, a name or a place.
    pub text: String,
    /// A function.
    pub function: String,
    /// A supervision mode.
    pub mode: String,
}

impl Narrowed {
    fn is_narrow(&self) -> bool {
        *self != Self::default()
    }

    /// The page behind so many parks.
    fn link(&self, from: usize) -> String {
        let rows = if from == 0 { String::new() } else { from.to_string() };
        let (text, function, mode) = (self.text.as_str(), self.function.as_str(), self.mode.as_str());
        address(ADDRESS, &[("text", text), ("function", function), ("mode", mode), (ROWS, rows.as_str())])
    }
}

/// The parks, page by page; on the first of all, which offers what.
pub fn page(frame: &Frame, told: &Parks, asked: &Narrowed) -> Page {
    let (texts, from) = (frame.texts, frame.rows_before(ROWS));
    let pages = Pages::counted(from, PAGE, told.parks.len(), |from| asked.link(from));
    let here = told.parks.get(from..).unwrap_or_default();
    let body = html! {
        p { (texts.text("about-parks")) }
        @if told.parks.is_empty() && !asked.is_narrow() { (empty(&texts.text("parks-none"), &texts.text("parks-none-help"))) }
        @else {
            (narrowing(texts, told, asked))
            @if !told.complete { (said(Tone::Warn, html! { p { (texts.text("parks-partly")) } })) }
            @if told.parks.is_empty() { (empty(&texts.text("parks-none-here"), &texts.text("parks-none-here-help"))) }
            @else { (list(frame, here.get(..PAGE).unwrap_or(here))) }
            (pages.shown(texts, &texts.text("pages")))
            @if asked.is_narrow() { p { a href=(ADDRESS) { (texts.text("parks-all")) } } }
            @else if from == 0 {
                h2 { (texts.text("parks-offers")) }
                p { (texts.text("parks-offers-help")) }
                (matrix(texts, told))
                @if !told.modes.is_empty() { h2 { (texts.text("parks-modes")) } (modes(texts, told)) }
            }
        }
    };
    Page::new(texts.text("parks-title"), None, body)
}

/// The form that narrows the list.
fn narrowing(texts: Texts, told: &Parks, asked: &Narrowed) -> Markup {
    html! {
        form.filter method="get" action=(ADDRESS) role="search" {
            (field(&Field { name: "text", label: &texts.text("parks-search"), value: &asked.text, ..Field::default() }))
            div.field {
                label for="function" { (texts.item("parks", "functions")) }
                select id="function" name="function" {
                    option value="" selected[asked.function.is_empty()] { (texts.text("parks-any-function")) }
                    @for one in &told.functions {
                        option value=(one.function) selected[one.function == asked.function] { (texts.word(Family::Value, &one.function)) }
                    }
                }
            }
            @if !asked.mode.is_empty() { (hidden("mode", &asked.mode)) }
            (submit(&texts.text("parks-show")))
        }
        @if !asked.mode.is_empty() { p { (texts.item("parks", "modes")) " " span.code { (asked.mode) } } }
    }
}

/// The names of parks by their records; of more than have room here, how many there are besides, with the list of all.
fn named(texts: Texts, told: &Parks, records: &[String], all: &Narrowed) -> Markup {
    let of = |id: &String| told.parks.iter().find(|park| park.park == *id);
    let rest = records.len().saturating_sub(NAMED) as u64;
    html! {
        @for (index, park) in records.iter().filter_map(of).take(NAMED).enumerate() { @if index > 0 { " · " } (name(texts, park)) }
        @if rest > 0 { " · " a href=(all.link(0)) { (texts.counted("parks-others", &[("count", rest)], &[])) } }
    }
}

/// Offices find each park's record from here: they may read all.
fn list(frame: &Frame, parks: &[Park]) -> Markup {
    let texts = frame.texts;
    let reads = frame
        .reader
        .as_ref()
        .is_some_and(|reader| [Desk::Queue, Desk::Operation].iter().any(|desk| reader.desks.contains(desk)));
    let columns = vec![
        Column::of(texts.text("parks-park")),
        Column::of(texts.item("parks", "kind")),
        Column::of(texts.text("parks-operator")),
        Column::of(texts.item("parks", "functions")),
        Column::of(texts.text("parks-sites")),
        Column::number(texts.item("parks", "tenants")),
    ];
    let row = |park: &Park| -> Vec<Cell> {
        vec![
            html! {
                @if reads { a.lead href=(record_address("parks", &park.park)) { (name(texts, park)) } }
                @else { strong { (name(texts, park)) } }
                div.muted { (declared(texts, &park.city)) }
            },
            html! { (badge(Tone::Still, &texts.word(Family::Value, &park.kind))) },
            html! { (declared(texts, &park.operator_name)) div.muted.code { (park.operator) } },
            words(texts, &park.functions),
            html! {
                @for site in &park.sites {
                    div { (declared(texts, &site.name)) " " span.muted { (texts.word(Family::Value, &site.kind)) " " span.code { (site.code) } } }
                }
            },
            html! { (count(park.tenants)) },
        ]
    };
    Table { caption: texts.text("parks-order"), columns, rows: parks.iter().map(row).collect() }.shown()
}

/// Functions by park. One that a single park has is marked: nobody stands in for it.
fn matrix(texts: Texts, told: &Parks) -> Markup {
    let mut columns =
        vec![Column::of(texts.item("parks", "functions")), Column::of(texts.text("parks-where"))];
    columns.push(Column::number(texts.text("parks-how-many")));
    let row = |one: &crate::answers::parks::Function| -> Vec<Cell> {
        let all = Narrowed { function: one.function.clone(), ..Narrowed::default() };
        vec![
            html! { (texts.word(Family::Value, &one.function)) },
            html! {
                @if one.parks.is_empty() { span.muted { (texts.text("parks-nowhere")) } }
                (named(texts, told, &one.parks, &all))
                @if one.parks.len() == 1 { " " (badge(Tone::Wait, &texts.text("parks-alone"))) }
            },
            html! { (count(one.parks.len() as u64)) },
        ]
    };
    Table { caption: texts.text("parks-offers"), columns, rows: told.functions.iter().map(row).collect() }
        .shown()
}

fn modes(texts: Texts, told: &Parks) -> Markup {
    let columns = vec![Column::of(texts.item("parks", "modes")), Column::of(texts.text("parks-where"))];
    let row = |one: &crate::answers::parks::Mode| -> Vec<Cell> {
        let all = Narrowed { mode: one.mode.clone(), ..Narrowed::default() };
        vec![html! { span.code { (one.mode) } }, named(texts, told, &one.parks, &all)]
    };
    Table { caption: texts.text("parks-modes"), columns, rows: told.modes.iter().map(row).collect() }.shown()
}

/// The figures of a park; `fault` is what is wrong with the days that were asked for, of which there are no figures then.
pub fn figures(frame: &Frame, told: &Figures, fault: &str) -> Page {
    let texts = frame.texts;
    let there = figures_address(&told.park);
    let columns = vec![
        Column::of(texts.text("parks-site")),
        Column::number(texts.text("parks-entries")),
        Column::number(texts.text("parks-exits")),
        Column::number(texts.word(Family::RecordState, "passed")),
        Column::number(texts.word(Family::RecordState, "to-inspect")),
        Column::number(texts.word(Family::RecordState, "held")),
        Column::number(texts.word(Family::RecordState, "alarmed")),
        Column::number(texts.text("parks-unlisted")),
    ];
    let row = |one: &Counted| -> Vec<Cell> {
        let mut cells = vec![html! {
            a.lead href=(record_address("sites", &one.site)) { (declared(texts, &one.name)) }
            div.muted { (texts.word(Family::Value, &one.kind)) }
        }];
        let numbers = [one.entries, one.exits, one.passed, one.inspected, one.held, one.alarms, one.unlisted];
        cells.extend(numbers.map(|number| html! { (count(number)) }));
        cells
    };
    let day = |name: &str, label: &str, value: &str| {
        let fault = if name == "from" { fault } else { "" };
        field(&Field { name, label, fault, value, mode: "numeric", ..Field::default() })
    };
    let body = html! {
        form.filter method="get" action=(there) {
            (day("from", &texts.text("parks-from"), &told.from))
            (day("to", &texts.text("parks-to"), &told.to))
            (submit(&texts.text("parks-show")))
        }
        @if fault.is_empty() {
            @if !told.complete { p.muted { (texts.text("parks-up-to")) " " (time(&told.up_to)) } }
            h2 { (texts.text("parks-sites")) }
            @if told.sites.is_empty() { (empty(&texts.text("parks-no-site"), &texts.text("parks-no-site-help"))) }
            @else { (Table { caption: texts.text("parks-scans"), columns, rows: told.sites.iter().map(row).collect() }.shown()) }
            @if !told.sites_complete { p.muted { (texts.text("parks-sites-partly")) } }
            @if !told.alarms_complete { p.muted { (texts.text("parks-alarms-partly")) } }
            (stock(texts, &told.books))
        }
        p {
            a href=(record_address("parks", &told.park)) { (texts.text("parks-record")) } " · "
            a href=(address(ADDRESS, &[])) { (texts.text("parks-title")) }
        }
    };
    Page::new(texts.with("parks-figures", &[("name", &told.name)]), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
}

/// The bonded books of a park, and how long their goods have lain there.
fn stock(texts: Texts, books: &Books) -> Markup {
    let oldest = books.oldest.map_or_else(|| texts.text("parks-nowhere"), |days| days.to_string());
    let shown = [
        (texts.text("parks-books"), html! { (count(books.books)) }),
        (texts.text("parks-holders"), html! { (count(books.holders)) }),
        (texts.text("parks-items"), html! { (count(books.items)) }),
        (texts.text("parks-stocked"), html! { (count(books.stocked)) }),
        (texts.text("parks-oldest"), html! { (oldest) }),
        (texts.text("parks-recalled"), html! { (count(books.recalled)) }),
        (texts.text("parks-counting"), html! { (count(books.counting)) }),
    ];
    let columns = vec![Column::of(texts.text("parks-days")), Column::number(texts.text("parks-lots"))];
    let row = |one: &Aged| -> Vec<Cell> {
        let from = one.from.to_string();
        let days = match one.to.map(|to| to.to_string()) {
            Some(to) => texts.with("parks-days-upto", &[("from", &from), ("to", &to)]),
            None => texts.with("parks-days-over", &[("from", &from)]),
        };
        vec![html! { (days) }, html! { (count(one.lots)) }]
    };
    html! {
        h2 { (texts.text("parks-books-in")) }
        (facts(&shown))
        @if !books.complete { p.muted { (texts.text("parks-books-partly")) } }
        (Table { caption: texts.text("parks-ageing"), columns, rows: books.ageing.iter().map(row).collect() }.shown())
    }
}
