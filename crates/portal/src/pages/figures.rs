//! The dashboard: figures of a zone, of a party, or for everybody, each drawn and beside it the table of its numbers. A chart is
//! the same on its page and as a file.

mod drawn;

pub use drawn::drawn;

use super::address;
use crate::answers::figures::{FigureLine, Figures};
use crate::charts;
use crate::format::{count, money, time};
use crate::language::{Family, Texts};
use crate::parts::{Field, Table, Tone, empty, facts, field, said, submit};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Whose figures.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Place {
    /// Of an office's districts.
    #[default]
    Zone,
    /// Of a party.
    Own,
    /// For everybody.
    Public,
}

impl Place {
    /// The address of the page.
    pub fn address(self) -> &'static str {
        match self {
            Self::Public => "/indicators",
            _ => "/desk/zone",
        }
    }

    /// The address of a chart or table as a file.
    fn files(self) -> &'static str {
        match self {
            Self::Public => "/indicators/file",
            _ => "/desk/zone/file",
        }
    }
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Whose.
    pub place: Place,
    /// First day, yyyyMMdd.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Every day from the first to the last.
    pub days: Vec<String>,
    /// Tables by their words; what the reader may not see is not there.
    pub tables: BTreeMap<String, Figures>,
    /// Names in the reader's language by kind (`mode`, `country`, `goods`, `rule`) and code.
    pub names: BTreeMap<(&'static str, String), String>,
    /// What tells that figures moved.
    pub live: Option<String>,
    /// What is wrong with the days that were asked for: then there are no figures.
    pub fault: String,
}

/// A chart that can be had as a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Chart {
    /// Declarations a day, by mode.
    Days,
    /// What became of them, a day.
    Steps,
    /// Lanes.
    Lanes,
    /// Times to release.
    Durations,
    /// Rules that rejected or refused.
    Causes,
    /// Goods.
    Goods,
    /// Countries.
    Countries,
    /// What waits, by age.
    Waiting,
    /// What officers did.
    Work,
    /// Exports that wait, by age.
    ExportWaiting,
    /// Times until exports were released.
    ExportDurations,
}

impl Chart {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 11] = [
        Self::Days,
        Self::Steps,
        Self::Waiting,
        Self::ExportWaiting,
        Self::Work,
        Self::Durations,
        Self::ExportDurations,
        Self::Lanes,
        Self::Causes,
        Self::Countries,
        Self::Goods,
    ];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Steps => "steps",
            Self::Lanes => "lanes",
            Self::Durations => "durations",
            Self::Causes => "causes",
            Self::Goods => "goods",
            Self::Countries => "countries",
            Self::Waiting => "waiting",
            Self::Work => "work",
            Self::ExportWaiting => "export-waiting",
            Self::ExportDurations => "export-durations",
        }
    }

    /// Whether it is of exports alone.
    pub fn is_of_exports(self) -> bool {
        matches!(self, Self::ExportWaiting | Self::ExportDurations)
    }

    /// The chart of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chart| chart.word() == word)
    }

    /// The table that it draws, and what its lines have to be of.
    pub fn table(self) -> (&'static str, &'static str) {
        match self {
            Self::Days => ("flow", "day,mode,step"),
            Self::Steps => ("flow", "day,step"),
            Self::Lanes => ("lanes", "lane"),
            Self::Durations => ("durations", "span,upto"),
            Self::Causes => ("causes", "rule,step"),
            Self::Goods => ("goods", "goods"),
            Self::Countries => ("countries", "country,step"),
            Self::Waiting => ("waiting", "district,state,upto"),
            Self::Work => ("work", "action,duty"),
            Self::ExportWaiting => ("export-waiting", "district,state,upto"),
            Self::ExportDurations => ("export-durations", "span,upto"),
        }
    }

    /// What it shows.
    pub fn title(self, texts: Texts) -> String {
        match self {
            Self::Days => texts.text("figures-days"),
            Self::Steps => texts.text("figures-steps"),
            Self::Lanes => texts.text("figures-lanes"),
            Self::Durations => texts.text("figures-durations"),
            Self::Causes => texts.text("figures-causes"),
            Self::Goods => texts.text("figures-goods"),
            Self::Countries => texts.text("figures-countries"),
            Self::Waiting => texts.text("figures-waiting"),
            Self::Work => texts.text("figures-work"),
            Self::ExportWaiting => texts.text("figures-export-waiting"),
            Self::ExportDurations => texts.text("figures-export-durations"),
        }
    }
}

/// A chart with what its colours are and the table of its numbers.
pub struct Drawn {
    /// The chart.
    pub chart: Markup,
    /// Its series, where there are several.
    pub series: Vec<String>,
    /// The numbers.
    pub table: Table,
    /// Every value that is drawn, where the numbers are sums or the first of many; none = they are all of them, or too many for a page.
    pub values: Option<Table>,
    /// Rows that have no room in either, and are in the files.
    pub rest: u64,
}

/// Every value that is drawn, folded below the chart.
pub(super) fn every_value(texts: Texts, drawn: &Drawn) -> Markup {
    html! { @if let Some(values) = &drawn.values { details { summary { (texts.text("figures-every")) } (values.shown()) } } }
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let title = match view.place {
        Place::Zone => texts.text("nav-figures"),
        Place::Own => texts.text("figures-own"),
        Place::Public => texts.text("nav-indicators"),
    };
    let desk = if view.place == Place::Public { Desk::Indicators } else { Desk::Figures };
    let body = html! {
        (period(texts, view))
        @if view.fault.is_empty() { div id=(MOVES) { (moving(texts, view)) } }
        // Everybody finds the parks from here.
        @if view.place == Place::Public { p { a href=(super::parks::ADDRESS) { (texts.text("parks-title")) } } }
    };
    let mut page = Page::new(title, Some(desk), body);
    page.live.clone_from(&view.live);
    page
}

/// The id of what moves on the page.
pub const MOVES: &str = "live-figures";

/// What moves: up to when it is complete, the sums, and the charts with their tables.
pub fn moving(texts: Texts, view: &View) -> Markup {
    let there: Vec<Chart> =
        Chart::ALL.into_iter().filter(|chart| view.tables.contains_key(chart.word())).collect();
    html! {
        (standing(texts, view))
        @let exports = view.tables.get(EXPORTS.0).map(|table| steps_of_exports(texts, table)).unwrap_or_default();
        @if sums(view).is_empty() && exports.is_empty() { (empty(&texts.text("figures-none"), &texts.text("figures-none-help"))) }
        @else {
            (facts(&whole(texts, view)))
            @if !exports.is_empty() { (facts(&exports)) }
            @for chart in there {
                section.figures {
                    h2 { (chart.title(texts)) }
                    @match drawn(texts, view, chart) {
                        None => p.muted { (texts.text("figures-nothing")) },
                        Some(drawn) => (shown(texts, view, chart, &drawn)),
                    }
                }
            }
        }
    }
}

fn shown(texts: Texts, view: &View, chart: Chart, drawn: &Drawn) -> Markup {
    let file = |form: &str| {
        address(
            view.place.files(),
            &[("chart", chart.word()), ("form", form), ("from", &view.from), ("to", &view.to)],
        )
    };
    let lines = view.tables.get(chart.word()).into_iter().flat_map(|table| &table.lines);
    let left_out = lines.filter(|line| line.suppressed).count() as u64;
    html! {
        div.beside {
            div { @if drawn.series.len() > 1 { (charts::key(&drawn.series)) } (drawn.chart) }
            (drawn.table.shown())
        }
        (every_value(texts, drawn))
        @if drawn.rest > 0 { p.muted { (texts.counted("figures-rest", &[("count", drawn.rest)], &[])) } }
        @if left_out > 0 { p.muted { (texts.counted("figures-left-out", &[("count", left_out)], &[])) } }
        ul.files aria-label=(texts.with("figures-files", &[("chart", &chart.title(texts))])) {
            @for form in ["csv", "png", "svg"] { li { a href=(file(form)) download aria-label={ (form.to_uppercase()) ": " (chart.title(texts)) } { (form.to_uppercase()) } } }
        }
    }
}

/// Up to when it is complete, and for everybody what is left out.
fn standing(texts: Texts, view: &View) -> Markup {
    let first = view.tables.values().next();
    let least = first.and_then(|table| table.least);
    html! {
        @if let Some(table) = first {
            @if table.complete { p.muted { (texts.text("figures-up-to")) " " (time(&table.up_to)) } }
            @else { (said(Tone::Warn, html! { p { (texts.text("figures-behind")) " " (time(&table.up_to)) } })) }
        }
        @if let Some(least) = least {
            p.muted { (texts.numbered("figures-least", &[("merchants", least.merchants), ("declarations", least.declarations)], &[])) }
        }
    }
}

fn period(texts: Texts, view: &View) -> Markup {
    let day = |day: &str| match (day.get(..4), day.get(4..6), day.get(6..8)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => day.to_owned(),
    };
    let (from, to) = (day(&view.from), day(&view.to));
    let date = |name: &'static str, label: &str, value: &str| {
        let fault = if name == "from" { view.fault.as_str() } else { "" };
        field(&Field { name, label, fault, value, kind: "date", ..Field::default() })
    };
    html! {
        form.filter method="get" action=(view.place.address()) {
            (date("from", &texts.text("figures-from"), &from))
            (date("to", &texts.text("figures-to"), &to))
            (submit(&texts.text("narrow")))
        }
    }
}

/// What the whole of the days is counted in: no chart of its own.
pub const WHOLE: (&str, &str, &str) = ("whole", "flow", "step");

/// The same of exports.
pub const EXPORTS: (&str, &str, &str) = ("whole-exports", "export-flow", "step");

/// Steps of exports that are told, each with the state in whose list its trades are found now.
pub(super) const EXPORT_STEPS: [(&str, &str); 7] = [
    ("declared", "2"),
    ("review", "300"),
    ("inspection", "500"),
    ("rejected", "100"),
    ("concluded", "399"),
    ("released", "800"),
    ("closed", "899"),
];

/// How often each step was taken that was taken at all: its word, and the state of its list.
pub(super) fn taken(table: &Figures) -> Vec<(&'static str, &'static str, u64)> {
    let number = |step: &str| table.lines.iter().find(|line| line.part("step") == step)?.count;
    EXPORT_STEPS.into_iter().filter_map(|(step, state)| Some((step, state, number(step)?))).collect()
}

/// What became of exports, each number leading to its list.
pub(super) fn steps_of_exports(texts: Texts, table: &Figures) -> Vec<(String, Markup)> {
    let told = taken(table).into_iter().map(|(step, state, number)| {
        let name = texts.with("figures-of-exports", &[("step", &step_name(texts, step))]);
        let there = address(super::exports::ADDRESS, &[("state", state)]);
        (name, html! { a href=(there) { (count(number)) } })
    });
    told.collect()
}

/// The lines of the whole, by step.
fn sums(view: &View) -> &[FigureLine] {
    view.tables.get(WHOLE.0).map(|table| table.lines.as_slice()).unwrap_or_default()
}

/// A number, or that it is too few to be told.
fn number(texts: Texts, line: Option<&FigureLine>) -> Markup {
    match line {
        Some(line) if line.suppressed => html! { span.muted { (texts.text("figures-few")) } },
        Some(line) => html! { (count(line.count.unwrap_or(0))) },
        None => html! { "0" },
    }
}

fn whole(texts: Texts, view: &View) -> Vec<(String, Markup)> {
    let of = |step: &str| sums(view).iter().find(|line| line.part("step") == step);
    let steps = ["declared", "released", "rejected"].into_iter();
    let mut told: Vec<(String, Markup)> =
        steps.map(|step| (step_name(texts, step), number(texts, of(step)))).collect();
    if let Some(declared) = of("declared").filter(|line| !line.suppressed) {
        told.push((texts.text("figures-value-declared"), html! { (money(&declared.value)) }));
    }
    if let Some(released) = of("released").filter(|line| !line.suppressed) {
        told.push((texts.text("figures-tax-released"), html! { (money(&released.tax)) }));
    }
    told
}

pub(super) fn step_name(texts: Texts, step: &str) -> String {
    match step {
        "declared" => texts.text("step-declared"),
        "changed" => texts.text("step-changed"),
        "returned" => texts.text("step-returned"),
        "refused" => texts.text("step-refused"),
        state => texts.word(Family::State, state),
    }
}

fn name(view: &View, kind: &'static str, code: &str) -> String {
    view.names.get(&(kind, code.to_owned())).cloned().unwrap_or_else(|| code.to_owned())
}
