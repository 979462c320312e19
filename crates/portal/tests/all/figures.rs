//! Figures for the gallery: a zone of some days, with a cell that is too few to be told. And what is drawn of them is read as well.

use portal::answers::figures::{FigureLine, Figures, LeastTold, Percentiles};
use portal::pages::figures::{Chart, Place, View, drawn};
use portal::{Language, Texts};

fn line(parts: &[(&str, &str)], count: u64) -> FigureLine {
    FigureLine {
        count: (count > 0).then_some(count),
        value: format!("{count}00.5"),
        tax: format!("{count}.05"),
        suppressed: count == 0,
        parts: parts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..FigureLine::default()
    }
}

fn table(chart: Chart) -> Figures {
    let mut table = Figures {
        table: chart.table().0.to_owned(),
        up_to: "20261123100000123".into(),
        ..Figures::default()
    };
    table.lines = match chart {
        Chart::Days => vec![
            line(&[("day", "20261122"), ("mode", "1210"), ("step", "declared")], 40),
            line(&[("day", "20261123"), ("mode", "9610"), ("step", "declared")], 90),
        ],
        Chart::Steps => vec![
            line(&[("day", "20261122"), ("step", "declared")], 40),
            line(&[("day", "20261123"), ("step", "declared")], 90),
            line(&[("day", "20261123"), ("step", "returned")], 1),
        ],
        Chart::Lanes => vec![line(&[("lane", "release")], 120), line(&[("lane", "scan")], 0)],
        Chart::Durations => vec![
            line(&[("span", "release"), ("upto", "0000060")], 70),
            line(&[("span", "release"), ("upto", "longer")], 5),
        ],
        Chart::Causes => vec![
            line(&[("rule", "buyer-name-differs"), ("step", "rejected")], 3),
            line(&[("rule", "sealed"), ("step", "refused")], 1),
        ],
        Chart::Goods => vec![line(&[("goods", "33049900")], 80)],
        Chart::Countries => vec![
            line(&[("country", "116"), ("step", "declared")], 80),
            line(&[("country", "999"), ("step", "declared")], 0),
        ],
        Chart::Waiting => vec![line(&[("district", "8620"), ("state", "review"), ("upto", "0086400")], 4)],
        Chart::Work => vec![line(&[("action", "release"), ("duty", "decider")], 9)],
        Chart::ExportWaiting => {
            vec![line(&[("district", "8620"), ("state", "inspection"), ("upto", "0014400")], 2)]
        }
        Chart::ExportDurations => vec![line(&[("span", "verdict"), ("upto", "0000300")], 7)],
    };
    if chart == Chart::Durations {
        let percentiles = Percentiles { p50: Some(60), p90: Some(60), p99: None };
        table.percentiles.insert("release".into(), percentiles);
    }
    table
}

/// What became of exports.
pub fn exports() -> Figures {
    let steps = [("declared", 12), ("released", 9), ("closed", 8), ("unconverted", 1)];
    let lines = steps.into_iter().map(|(step, count)| line(&[("step", step)], count)).collect();
    Figures { lines, ..Figures::default() }
}

/// What the page shows to a reader.
pub fn view(place: Place) -> View {
    let mut view = View {
        place,
        from: "20261122".into(),
        to: "20261123".into(),
        days: vec!["20261122".into(), "20261123".into()],
        ..View::default()
    };
    for chart in Chart::ALL {
        view.tables.insert(chart.word().to_owned(), table(chart));
    }
    let whole = Figures {
        lines: vec![
            line(&[("step", "declared")], 130),
            line(&[("step", "released")], 75),
            line(&[("step", "returned")], 0),
        ],
        ..Figures::default()
    };
    view.tables.insert("whole".into(), whole);
    view.tables.insert("whole-exports".into(), exports());
    if place == Place::Public {
        view.tables.retain(|word, _| word != "waiting" && word != "work" && !word.contains("export"));
        for table in view.tables.values_mut() {
            (table.complete, table.least) = (true, Some(LeastTold { merchants: 3, declarations: 10 }));
        }
    }
    view.names.insert(("mode", "9610".into()), "9610 <b>".into());
    view.names.insert(("country", "116".into()), "日本".into());
    view
}

/// Every number of the tables of a chart, as it stands there.
fn told(texts: Texts, view: &View, chart: Chart) -> Vec<String> {
    let drawn = drawn(texts, view, chart).unwrap();
    let tables = std::iter::once(&drawn.table).chain(&drawn.values);
    let cells = tables.flat_map(|table| table.rows.iter().flat_map(|row| row.iter().skip(1)));
    cells.map(|cell| cell.clone().into_string()).collect()
}

#[test]
fn every_value_that_is_drawn_stands_in_a_table_too() {
    let texts = Language::English.texts();
    let mut view = view(Place::Zone);
    // Two states in one class of age, a third mode on one day, and more countries than have a row beside the map.
    let table = |view: &mut View, chart: Chart, more: Vec<FigureLine>| {
        view.tables.get_mut(chart.word()).unwrap().lines.extend(more);
    };
    let held = line(&[("district", "8620"), ("state", "suspended"), ("upto", "0086400")], 11);
    table(&mut view, Chart::Waiting, vec![held]);
    let mode = line(&[("day", "20261123"), ("mode", "1239"), ("step", "declared")], 17);
    table(&mut view, Chart::Days, vec![mode]);
    let codes = ["133", "110", "143", "121", "131", "111", "103", "106", "119", "141", "129", "138"];
    let numbers = (0u64..).map(|number| 31 + number);
    let countries = codes.iter().zip(numbers);
    let countries = countries.map(|(code, number)| line(&[("country", *code), ("step", "declared")], number));
    table(&mut view, Chart::Countries, countries.collect());
    for chart in Chart::ALL {
        let cells = told(texts, &view, chart);
        let drawn = view.tables[chart.word()].lines.iter().filter(|line| line.part("step") != "returned");
        for number in drawn.filter_map(|line| line.count) {
            assert!(cells.contains(&number.to_string()), "{chart:?}: {number} is drawn alone: {cells:?}");
        }
    }
    // Of more days than a page has room for each stands in the file.
    view.days = (0..32).map(|day| (20_261_000 + day).to_string()).collect();
    for chart in [Chart::Days, Chart::Steps] {
        assert!(drawn(texts, &view, chart).unwrap().values.is_none());
    }
}
