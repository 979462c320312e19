//! Figures for the gallery: a zone of some days, with a cell that is too few to be told.

use portal::answers::figures::{FigureLine, Figures, LeastTold, Percentiles};
use portal::pages::figures::{Chart, Place, View};

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
