//! Charts below an officer's queue: how long what waits has waited, by lane; what came to an end today, by hour; how long
//! clearance took in the last days; and the same of exports, which wait by state. Each has the table of its numbers beside it.

use super::figures::{self, Chart, Drawn};
use crate::answers::figures::Figures;
use crate::charts::{self, Bar, Legend};
use crate::format::count;
use crate::language::{Family, Texts};
use crate::parts::{Column, Table, facts};
use maud::{Markup, html};

/// Upper bounds of the ages that are told apart, in hours; older is a class of its own.
pub const AGES: [i64; 4] = [1, 4, 24, 72];

/// What the charts show.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Word of the lane, and how many of it are of each age.
    pub lanes: Vec<(String, [u64; AGES.len() + 1])>,
    /// How many came to an end in each hour of today, from 0.
    pub hours: Vec<u64>,
    /// Whether more came to an end today than were counted.
    pub more: bool,
    /// How long clearance took.
    pub durations: Option<Figures>,
    /// What is counted of exports.
    pub exports: Exports,
}

/// What is counted of exports.
#[derive(Clone, Default, Debug)]
pub struct Exports {
    /// What waits, by state and age.
    pub waiting: Option<Figures>,
    /// What became of them today, by step.
    pub today: Option<Figures>,
    /// How long clearance took.
    pub durations: Option<Figures>,
}

/// The charts; nothing where there is nothing to count.
pub fn charts(texts: Texts, view: &View) -> Markup {
    let drawn = |chart: Chart, table: &Option<Figures>| {
        let mut shown = figures::View::default();
        shown.tables.insert(chart.word().to_owned(), table.clone()?);
        figures::drawn(texts, &shown, chart)
    };
    let durations = drawn(Chart::Durations, &view.durations);
    let waiting = drawn(Chart::ExportWaiting, &view.exports.waiting);
    let of_exports = drawn(Chart::ExportDurations, &view.exports.durations);
    let today = view.exports.today.as_ref().map(|table| figures::steps_of_exports(texts, table));
    html! {
        @if !view.lanes.is_empty() { (section(texts, texts.text("workload-ages"), &ages(texts, view))) }
        @if view.hours.iter().any(|count| *count > 0) {
            (section(texts, texts.text("workload-hours"), &hours(texts, view)))
            @if view.more { p.muted { (texts.text("workload-more")) } }
        }
        @if let Some(drawn) = durations { (section(texts, texts.text("workload-durations"), &drawn)) }
        @if let Some(drawn) = waiting { (section(texts, texts.text("workload-export-ages"), &drawn)) }
        @if let Some(today) = today.filter(|today| !today.is_empty()) {
            section.figures { h2 { (texts.text("workload-export-today")) } (facts(&today)) }
        }
        @if let Some(drawn) = of_exports { (section(texts, texts.text("workload-export-durations"), &drawn)) }
    }
}

fn section(texts: Texts, title: String, drawn: &Drawn) -> Markup {
    html! {
        section.figures {
            h2 { (title) }
            div.beside {
                div { @if drawn.series.len() > 1 { (charts::key(&drawn.series)) } (drawn.chart) }
                (drawn.table.shown())
            }
            (figures::every_value(texts, drawn))
        }
    }
}

fn age(texts: Texts, index: usize) -> String {
    match AGES.get(index) {
        Some(hours) if *hours < 24 => texts.with("workload-within-hours", &[("count", &hours.to_string())]),
        Some(hours) => texts.with("workload-within-days", &[("count", &(hours / 24).to_string())]),
        None => texts.text("workload-longer"),
    }
}

fn ages(texts: Texts, view: &View) -> Drawn {
    let names: Vec<String> = (0..=AGES.len()).map(|index| age(texts, index)).collect();
    let bars = names.iter().enumerate().map(|(index, name)| Bar {
        name: name.clone(),
        parts: view.lanes.iter().map(|(_, counts)| counts.get(index).copied().unwrap_or(0)).collect(),
    });
    let bars: Vec<Bar> = bars.collect();
    let lane = |word: &str| match word {
        "" => texts.text("workload-no-lane"),
        word => texts.word(Family::Lane, word),
    };
    let series: Vec<String> = view.lanes.iter().map(|(word, _)| lane(word)).collect();
    let sums =
        view.lanes.iter().map(|(word, counts)| format!("{} {}", lane(word), counts.iter().sum::<u64>()));
    let description = sums.collect::<Vec<_>>().join(", ");
    let title = texts.text("workload-ages");
    let legend = Legend { id: "ages", title: &title, description: &description };
    let mut columns = vec![Column::of(texts.text("lane"))];
    columns.extend(names.iter().map(|name| Column::number(name.clone())));
    let rows = view.lanes.iter().map(|(word, counts)| {
        let numbers = counts.iter().map(|number| html! { (count(*number)) });
        std::iter::once(html! { (lane(word)) }).chain(numbers).collect()
    });
    let rows = rows.collect();
    Drawn {
        chart: charts::bars(legend, &bars),
        series,
        table: Table { caption: title.clone(), columns, rows },
        values: None,
        rest: 0,
    }
}

fn hours(texts: Texts, view: &View) -> Drawn {
    let name = |hour: usize| format!("{hour:02}");
    let counts: Vec<(String, u64)> =
        view.hours.iter().enumerate().map(|(hour, count)| (name(hour), *count)).collect();
    let some: Vec<&(String, u64)> = counts.iter().filter(|(_, count)| *count > 0).collect();
    let told: Vec<String> = some.iter().map(|(hour, count)| format!("{hour}: {count}")).collect();
    let title = texts.text("workload-hours");
    let description = told.join(", ");
    let legend = Legend { id: "hours", title: &title, description: &description };
    let columns = vec![Column::of(texts.text("workload-hour")), Column::number(texts.text("workload-ended"))];
    let rows = some.iter().map(|(hour, number)| vec![html! { (hour) }, html! { (count(*number)) }]).collect();
    let table = Table { caption: title.clone(), columns, rows };
    Drawn { chart: charts::histogram(legend, &counts), series: Vec::new(), table, values: None, rest: 0 }
}
