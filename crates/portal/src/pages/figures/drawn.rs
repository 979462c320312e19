//! Each chart of the dashboard with the table of its numbers.

use super::{Chart, Drawn, Place, View, name, number, step_name, sums};
use crate::answers::figures::{FigureLine, Figures};
use crate::charts::{self, Bar, Legend};
use crate::format::{count, money};
use crate::language::{Family, Texts};
use crate::pages::address;
use crate::parts::{Column, Table, declared};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// Rows beside a chart: the file has all of them.
const ROWS: usize = 10;
/// Days whose values stand below a chart, each of them; of more the file has them, a page would be too large.
const DAYS: usize = 31;
/// Series that are told apart; the others are one.
const SERIES: usize = 4;

/// A chart of what is there; none where nothing is.
pub fn drawn(texts: Texts, view: &View, chart: Chart) -> Option<Drawn> {
    let table = view.tables.get(chart.word()).filter(|table| !table.lines.is_empty())?;
    match chart {
        Chart::Days => days(texts, view, table),
        Chart::Steps => steps(texts, view, table),
        Chart::Durations | Chart::ExportDurations => durations(texts, chart, table),
        Chart::Waiting | Chart::ExportWaiting => waiting(texts, chart, table),
        Chart::Countries => countries(texts, view, table),
        Chart::Lanes => Some(most(texts, chart, table, |line| texts.word(Family::Lane, line.part("lane")))),
        Chart::Work => {
            Some(most(texts, chart, table, |line| texts.word(Family::Action, line.part("action"))))
        }
        Chart::Goods => Some(most(texts, chart, table, |line| name(view, "goods", line.part("goods")))),
        Chart::Causes => Some(most(texts, chart, table, |line| {
            let rule = match line.part("rule") {
                "sealed" => texts.text("figures-sealed"),
                rule => name(view, "rule", rule),
            };
            format!("{rule} ({})", step_name(texts, line.part("step")))
        })),
    }
}

/// What is told of a chart to those who do not see it.
fn told(parts: &[(String, u64)]) -> String {
    let told: Vec<String> =
        parts.iter().take(ROWS).map(|(name, value)| format!("{name} {}", count(*value))).collect();
    told.join(", ")
}

/// Every value of bars, by their names; a dash where nothing is drawn, be it that there was nothing or too few to be told.
fn every(texts: Texts, caption: &str, first: &str, series: &[String], bars: &[Bar]) -> Option<Table> {
    if series.is_empty() || bars.is_empty() {
        return None;
    }
    let mut columns = vec![Column::of(first.to_owned())];
    columns.extend(series.iter().map(|name| Column::number(name.clone())));
    let cell = |number: &u64| html! { @if *number == 0 { "–" } @else { (count(*number)) } };
    let rows = bars.iter().map(|bar| {
        let numbers = bar.parts.iter().take(series.len()).map(cell);
        std::iter::once(declared(texts, &bar.name)).chain(numbers).collect()
    });
    Some(Table { caption: caption.to_owned(), columns, rows: rows.collect() })
}

/// The same of days, where they are few enough.
fn every_day(texts: Texts, caption: &str, series: &[String], bars: &[Bar]) -> Option<Table> {
    if bars.len() > DAYS {
        return None;
    }
    every(texts, caption, &texts.text("figures-day"), series, bars)
}

fn short_day(day: &str) -> String {
    match (day.get(4..6), day.get(6..8)) {
        (Some(month), Some(day)) => format!("{month}-{day}"),
        _ => day.to_owned(),
    }
}

fn days(texts: Texts, view: &View, table: &Figures) -> Option<Drawn> {
    let declared: Vec<&FigureLine> =
        table.lines.iter().filter(|line| line.part("step") == "declared").collect();
    let mut modes: BTreeMap<&str, u64> = BTreeMap::new();
    for line in &declared {
        *modes.entry(line.part("mode")).or_default() += line.count.unwrap_or(0);
    }
    let mut ordered: Vec<(&str, u64)> = modes.into_iter().collect();
    ordered.sort_by_key(|(mode, count)| (std::cmp::Reverse(*count), *mode));
    let shown: Vec<&str> = ordered.iter().take(SERIES).map(|(mode, _)| *mode).collect();
    let mut series: Vec<String> = shown.iter().map(|mode| name(view, "mode", mode)).collect();
    if ordered.len() > SERIES {
        series.push(texts.text("figures-others"));
    }
    let bars: Vec<Bar> = view
        .days
        .iter()
        .map(|day| {
            let mut parts = vec![0u64; series.len().max(1)];
            for line in declared.iter().filter(|line| line.part("day") == day) {
                let at = shown.iter().position(|mode| *mode == line.part("mode")).unwrap_or(SERIES);
                if let Some(part) = parts.get_mut(at) {
                    *part += line.count.unwrap_or(0);
                }
            }
            Bar { name: short_day(day), parts }
        })
        .collect();
    let named: Vec<(String, u64)> =
        ordered.iter().map(|(mode, count)| (name(view, "mode", mode), *count)).collect();
    let title = texts.text("figures-days");
    let legend = Legend { id: "days", title: &title, description: &told(&named) };
    let rows =
        named.iter().take(ROWS).map(|(name, number)| vec![html! { (name) }, html! { (count(*number)) }]);
    let columns =
        vec![Column::of(texts.text("figures-mode")), Column::number(texts.text("figures-declarations"))];
    let table = Table { caption: texts.text("figures-by-mode"), columns, rows: rows.collect() };
    let values = every_day(texts, &title, &series, &bars);
    let rest = named.len().saturating_sub(ROWS) as u64;
    Some(Drawn { chart: charts::bars(legend, &bars), series, table, values, rest })
}

fn steps(texts: Texts, view: &View, table: &Figures) -> Option<Drawn> {
    let value = |day: &str, step: &str| {
        let found = table.lines.iter().find(|line| line.part("day") == day && line.part("step") == step);
        found.and_then(|line| line.count).unwrap_or(0)
    };
    let of = ["declared", "released", "rejected"];
    let series: Vec<Vec<u64>> =
        of.iter().map(|step| view.days.iter().map(|day| value(day, step)).collect()).collect();
    let names: Vec<String> = view.days.iter().map(|day| short_day(day)).collect();
    let sums = sums(view);
    let said: Vec<(String, u64)> =
        sums.iter().map(|line| (step_name(texts, line.part("step")), line.count.unwrap_or(0))).collect();
    let title = texts.text("figures-steps");
    let legend = Legend { id: "steps", title: &title, description: &told(&said) };
    let rows = sums.iter().map(|line| {
        let name = step_name(texts, line.part("step"));
        let there = trades(line.part("step")).filter(|_| view.place != Place::Public);
        let name = match there {
            Some(state) => html! { a href=(address("/desk/consignments", &[("state", state)])) { (name) } },
            None => html! { (name) },
        };
        vec![name, number(texts, Some(line))]
    });
    let rows = rows.collect();
    let columns = vec![Column::of(texts.text("figures-step")), Column::number(texts.text("figures-times"))];
    let named: Vec<String> = of.iter().map(|step| step_name(texts, step)).collect();
    let by_day = names.iter().enumerate().map(|(index, name)| Bar {
        name: name.clone(),
        parts: series.iter().map(|values| values.get(index).copied().unwrap_or(0)).collect(),
    });
    let values = every_day(texts, &title, &named, &by_day.collect::<Vec<_>>());
    Some(Drawn {
        chart: charts::lines(legend, &names, &series),
        series: named,
        table: Table { caption: texts.text("figures-by-step"), columns, rows },
        values,
        rest: 0,
    })
}

/// The state in whose list the trades of a step are found now.
fn trades(step: &str) -> Option<&'static str> {
    Some(match step {
        "declared" => "2",
        "rejected" => "100",
        "entered" => "120",
        "review" => "300",
        "inspection" => "500",
        "released" => "800",
        _ => return None,
    })
}

/// A span of time in the largest unit that is whole; none = longer than all that is told apart.
fn span(texts: Texts, seconds: Option<u64>) -> String {
    let Some(seconds) = seconds else { return texts.text("span-longer") };
    let told = |unit: u64| (seconds / unit).to_string();
    match seconds {
        day if day.is_multiple_of(86_400) => texts.with("span-days", &[("count", &told(86_400))]),
        hour if hour.is_multiple_of(3_600) => texts.with("span-hours", &[("count", &told(3_600))]),
        minute if minute.is_multiple_of(60) => texts.with("span-minutes", &[("count", &told(60))]),
        _ => texts.with("span-seconds", &[("count", &told(1))]),
    }
}

fn upto(line: &FigureLine) -> Option<u64> {
    line.part("upto").parse().ok()
}

fn span_name(texts: Texts, span: &str) -> String {
    match span {
        "release" => texts.text("figures-span-release"),
        "decision" => texts.text("figures-span-decision"),
        _ => texts.text("figures-span-verdict"),
    }
}

fn durations(texts: Texts, chart: Chart, table: &Figures) -> Option<Drawn> {
    // Where nothing was released yet, the time to the first verdict says more than nothing.
    let has = |span: &str| table.lines.iter().any(|line| line.part("span") == span && line.count.is_some());
    let of = if has("release") { "release" } else { "verdict" };
    let released: Vec<&FigureLine> = table.lines.iter().filter(|line| line.part("span") == of).collect();
    let bounds: BTreeSet<u64> = released.iter().map(|line| upto(line).unwrap_or(u64::MAX)).collect();
    let bound = |bound: u64| (bound != u64::MAX).then_some(bound);
    let counts: Vec<(String, u64)> = bounds
        .iter()
        .map(|at| {
            let here = released.iter().filter(|line| upto(line) == bound(*at));
            (span(texts, bound(*at)), here.filter_map(|line| line.count).sum())
        })
        .collect();
    let percentiles = table.percentiles.get(of).copied().unwrap_or_default();
    let at = |seconds: Option<u64>| bounds.iter().position(|known| Some(*known) == seconds);
    let marks: Vec<(usize, &str)> =
        [("p50", percentiles.p50), ("p90", percentiles.p90), ("p99", percentiles.p99)]
            .into_iter()
            .filter_map(|(name, seconds)| Some((at(seconds)?, name)))
            .collect();
    let title = span_name(texts, of);
    let legend = Legend { id: chart.word(), title: &title, description: &told(&counts) };
    let rows = table.percentiles.iter().map(|(of, percentiles)| {
        let name = span_name(texts, of);
        let cell = |seconds| html! { (span(texts, seconds)) };
        vec![html! { (name) }, cell(percentiles.p50), cell(percentiles.p90), cell(percentiles.p99)]
    });
    let mut columns = vec![Column::of(texts.text("figures-span"))];
    columns.extend(["50 %", "90 %", "99 %"].map(|name| Column::number(name.to_owned())));
    let table = Table { caption: texts.text("figures-percentiles"), columns, rows: rows.collect() };
    let bars = counts.iter().map(|(name, number)| Bar { name: name.clone(), parts: vec![*number] });
    let number = [texts.text("figures-declarations")];
    let values = every(texts, &title, &texts.text("figures-span"), &number, &bars.collect::<Vec<_>>());
    let chart = charts::percentiles(legend, &counts, &marks);
    Some(Drawn { chart, series: Vec::new(), table, values, rest: 0 })
}

fn waiting(texts: Texts, chart: Chart, table: &Figures) -> Option<Drawn> {
    let mut states: BTreeMap<&str, u64> = BTreeMap::new();
    let mut ages: BTreeMap<u64, BTreeMap<&str, u64>> = BTreeMap::new();
    for line in &table.lines {
        let number = line.count.unwrap_or(0);
        *states.entry(line.part("state")).or_default() += number;
        let at = ages.entry(upto(line).unwrap_or(u64::MAX)).or_default();
        *at.entry(line.part("state")).or_default() += number;
    }
    let of: Vec<&str> = states.keys().copied().collect();
    let bars: Vec<Bar> = ages
        .iter()
        .map(|(age, by)| Bar {
            name: span(texts, (*age != u64::MAX).then_some(*age)),
            parts: of.iter().map(|state| by.get(state).copied().unwrap_or(0)).collect(),
        })
        .collect();
    let named: Vec<(String, u64)> =
        states.iter().map(|(state, number)| (texts.word(Family::State, state), *number)).collect();
    let title = chart.title(texts);
    let legend = Legend { id: chart.word(), title: &title, description: &told(&named) };
    let rows =
        named.iter().map(|(name, number)| vec![html! { (name) }, html! { (count(*number)) }]).collect();
    let columns = vec![Column::of(texts.text("state")), Column::number(texts.text("figures-declarations"))];
    let series: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
    let values = every(texts, &title, &texts.text("figures-age"), &series, &bars);
    Some(Drawn {
        chart: charts::bars(legend, &bars),
        series,
        table: Table { caption: title.clone(), columns, rows },
        values,
        rest: 0,
    })
}

fn amounts(texts: Texts, first: String) -> Vec<Column> {
    vec![
        Column::of(first),
        Column::number(texts.text("figures-times")),
        Column::number(texts.text("figures-value")),
        Column::number(texts.text("figures-tax")),
    ]
}

fn amount_cells(texts: Texts, name: &str, line: &FigureLine) -> Vec<Markup> {
    match line.count {
        None => {
            vec![
                declared(texts, name),
                html! { span.muted { (texts.text("figures-few")) } },
                html! {},
                html! {},
            ]
        }
        Some(number) => vec![
            declared(texts, name),
            html! { (count(number)) },
            html! { (money(&line.value)) },
            html! { (money(&line.tax)) },
        ],
    }
}

/// The most first; what is too few to be told last.
fn by_most<'a>(lines: impl Iterator<Item = &'a FigureLine>) -> Vec<&'a FigureLine> {
    let mut lines: Vec<&FigureLine> = lines.collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    lines
}

fn countries(texts: Texts, view: &View, table: &Figures) -> Option<Drawn> {
    let lines = by_most(table.lines.iter().filter(|line| line.part("step") == "declared"));
    let named = |line: &FigureLine| {
        let code = line.part("country");
        let short = charts::short(code).map(|short| format!(" ({short})")).unwrap_or_default();
        format!("{}{short}", name(view, "country", code))
    };
    let known: Vec<(String, String, u64)> = lines
        .iter()
        .map(|line| (line.part("country").to_owned(), named(line), line.count.unwrap_or(0)))
        .collect();
    let said: Vec<(String, u64)> = known.iter().map(|(_, name, count)| (name.clone(), *count)).collect();
    let title = texts.text("figures-countries");
    let legend = Legend { id: "countries", title: &title, description: &told(&said) };
    let rows = lines.iter().take(ROWS).map(|line| amount_cells(texts, &named(line), line)).collect();
    let table = Table {
        caption: texts.text("figures-by-country"),
        columns: amounts(texts, texts.text("figures-country")),
        rows,
    };
    // Those that have a tile and no row beside the map are read below it.
    let drawn = |(code, _, number): &&(String, String, u64)| *number > 0 && charts::short(code).is_some();
    let bars: Vec<Bar> = known
        .iter()
        .skip(ROWS)
        .filter(drawn)
        .map(|(_, name, number)| Bar { name: name.clone(), parts: vec![*number] })
        .collect();
    let number = [texts.text("figures-times")];
    let values = every(texts, &title, &texts.text("figures-country"), &number, &bars);
    let is_told = |line: &&&FigureLine| line.suppressed || charts::short(line.part("country")).is_some();
    let rest = lines.iter().skip(ROWS).filter(|line| !is_told(line)).count() as u64;
    Some(Drawn { chart: charts::region(legend, &known), series: Vec::new(), table, values, rest })
}

fn most(texts: Texts, chart: Chart, table: &Figures, name: impl Fn(&FigureLine) -> String) -> Drawn {
    let lines = by_most(table.lines.iter());
    let bars: Vec<(String, u64)> =
        lines.iter().take(ROWS).filter_map(|line| Some((name(line), line.count?))).collect();
    let title = chart.title(texts);
    let legend = Legend { id: chart.word(), title: &title, description: &told(&bars) };
    let with_amounts = matches!(chart, Chart::Goods | Chart::Lanes);
    let rows = lines.iter().take(ROWS).map(|line| {
        let mut cells = amount_cells(texts, &name(line), line);
        if !with_amounts {
            cells.truncate(2);
        }
        cells
    });
    let mut columns = amounts(texts, texts.text("figures-what"));
    if !with_amounts {
        columns.truncate(2);
    }
    let table = Table { caption: title.clone(), columns, rows: rows.collect() };
    let rest = lines.iter().skip(ROWS).filter(|line| !line.suppressed).count() as u64;
    Drawn { chart: charts::ranked(legend, &bars), series: Vec::new(), table, values: None, rest }
}
