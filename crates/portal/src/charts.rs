//! Charts as SVG, drawn here: bars, stacked bars, lines, a histogram with its percentiles, lying bars, a map, a sparkline. Each has a title and a description, takes
//! its colours from the stylesheet and belongs beside the table of its numbers. Whole numbers alone: a chart shows counts
//! or fen.

mod alone;
mod ranked;
mod region;

pub use alone::alone;
pub use ranked::ranked;
pub use region::{region, short};

use maud::{Markup, html};

/// Width and height of a chart in its own units.
const WIDE: u64 = 640;
const HIGH: u64 = 220;
/// Room for the texts at the left, below and above.
const LEFT: u64 = 64;
const BELOW: u64 = 24;
const ABOVE: u64 = 16;
/// A bar and its gap at most: few bars are not blocks.
const WIDEST: u64 = 112;
/// Series that differ in colour.
const SERIES: usize = 5;

/// Names what a chart shows.
#[derive(Clone, Copy, Debug)]
pub struct Legend<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// What it is.
    pub title: &'a str,
    /// What it says, for those who do not see it.
    pub description: &'a str,
}

/// A bar: its name and its parts, one a series.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    /// Below it.
    pub name: String,
    /// Its parts from below.
    pub parts: Vec<u64>,
}

impl Bar {
    fn sum(&self) -> u64 {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(*part))
    }
}

/// The part of a length that a value is of the most.
fn scaled(value: u64, most: u64, length: u64) -> u64 {
    let scaled = u128::from(value) * u128::from(length) / u128::from(most.max(1));
    u64::try_from(scaled).unwrap_or(length).min(length)
}

/// A number on an axis, at least the value: 1, 2 or 5 and noughts.
pub fn round_up(value: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for step in [1, 2, 5] {
            match unit.checked_mul(step) {
                Some(round) if round >= value => return round,
                Some(_) => {}
                None => return u64::MAX,
            }
        }
        let Some(next) = unit.checked_mul(10) else { return u64::MAX };
        unit = next;
    }
}

fn frame(legend: Legend<'_>, most: u64, body: Markup) -> Markup {
    let (title, description) = (format!("{}-title", legend.id), format!("{}-text", legend.id));
    let floor = HIGH - BELOW;
    html! {
        figure.chart {
            svg viewBox={ "0 0 " (WIDE) " " (HIGH) } role="img" aria-labelledby={ (title) " " (description) } {
                title id=(title) { (legend.title) }
                desc id=(description) { (legend.description) }
                (body)
                line.axis x1=(LEFT) y1=(floor) x2=(WIDE) y2=(floor) {}
                line.axis x1=(LEFT) y1=(ABOVE) x2=(LEFT) y2=(floor) {}
                text x=(LEFT - 6) y=(ABOVE + 4) text-anchor="end" { (crate::format::count(most)) }
                text x=(LEFT - 6) y=(floor) text-anchor="end" { "0" }
            }
            figcaption { (legend.title) }
        }
    }
}

/// Bars, stacked where they have several parts.
pub fn bars(legend: Legend<'_>, bars: &[Bar]) -> Markup {
    columns(legend, bars, if bars.len() > 15 { 4 } else { 24 }, &[])
}

/// A histogram: bars that touch, each named by where it begins.
pub fn histogram(legend: Legend<'_>, counts: &[(String, u64)]) -> Markup {
    let bars: Vec<Bar> =
        counts.iter().map(|(name, count)| Bar { name: name.clone(), parts: vec![*count] }).collect();
    columns(legend, &bars, 1, &[])
}

/// A histogram with lines at the ends of some of its bars: index of the bar, and what is below the line, as `p50`.
pub fn percentiles(legend: Legend<'_>, counts: &[(String, u64)], marks: &[(usize, &str)]) -> Markup {
    let bars: Vec<Bar> =
        counts.iter().map(|(name, count)| Bar { name: name.clone(), parts: vec![*count] }).collect();
    columns(legend, &bars, 1, marks)
}

fn columns(legend: Legend<'_>, bars: &[Bar], gap: u64, marks: &[(usize, &str)]) -> Markup {
    let most = round_up(bars.iter().map(Bar::sum).max().unwrap_or(0));
    let (height, floor) = (HIGH - BELOW - ABOVE, HIGH - BELOW);
    let each = ((WIDE - LEFT) / (bars.len() as u64).max(1)).clamp(1, WIDEST);
    // Names that would lie on one another are left to the table.
    let every = (bars.len() as u64 * 60).div_ceil(WIDE - LEFT).max(1);
    let body = html! {
        // One path a series: of a year of days a rectangle for each part would be larger than the rest of the page.
        @for (series, path) in paths(bars, most, (each, gap), (height, floor)) { path class={ "series-" (series) } d=(path) {} }
        @for (index, bar) in (0u64..).zip(bars) {
            @if index.is_multiple_of(every) { text x=(LEFT + index * each + each / 2) y=(HIGH - 8) text-anchor="middle" { (bar.name) } }
        }
        // The names of lines that lie close together stand below one another.
        @for (index, (bar, name)) in (0u64..).zip(marks) {
            @let x = LEFT + (*bar as u64 + 1).min(bars.len() as u64) * each;
            line.mark x1=(x) y1=(ABOVE) x2=(x) y2=(floor) {}
            text x=(x - 4) y=(ABOVE + 10 + index * 17) text-anchor="end" { (name) }
        }
    };
    frame(legend, most, body)
}

/// The parts of all bars, a path for each of their series: its colour, from 1, and the rectangles one after another.
fn paths(
    bars: &[Bar],
    most: u64,
    (each, gap): (u64, u64),
    (height, floor): (u64, u64),
) -> Vec<(usize, String)> {
    let wide = each.saturating_sub(gap).max(1);
    let mut paths: Vec<(usize, String)> = Vec::new();
    for (index, bar) in (0u64..).zip(bars) {
        let mut below = 0u64;
        for (series, part) in bar.parts.iter().enumerate() {
            below = below.saturating_add(*part);
            if paths.len() == series {
                paths.push((series % SERIES + 1, String::new()));
            }
            let (top, size) = (scaled(below, most, height), scaled(*part, most, height));
            // What has no height is not to be seen.
            if let (Some((_, path)), true) = (paths.get_mut(series), size > 0) {
                let x = LEFT + index * each + gap / 2;
                path.push_str(&format!("M{x} {}h{wide}v{size}h-{wide}z", floor - top));
            }
        }
    }
    paths
}

/// A line through points that are equally far apart.
pub fn line(legend: Legend<'_>, points: &[(String, u64)]) -> Markup {
    let most = round_up(points.iter().map(|(_, value)| *value).max().unwrap_or(0));
    let values: Vec<u64> = points.iter().map(|(_, value)| *value).collect();
    let at = |index: u64| LEFT + scaled(index, (points.len() as u64).saturating_sub(1), WIDE - LEFT - 24);
    let every = (points.len() as u64 * 60).div_ceil(WIDE - LEFT).max(1);
    let body = html! {
        polyline.curve points=(path(&values, most, (LEFT, ABOVE), (WIDE - LEFT - 24, HIGH - BELOW - ABOVE))) {}
        @for (index, (name, _)) in (0u64..).zip(points) {
            @if index.is_multiple_of(every) { text x=(at(index)) y=(HIGH - 8) text-anchor="middle" { (name) } }
        }
    };
    frame(legend, most, body)
}

/// Several lines through points that are equally far apart, one a series; the names are those of the points.
pub fn lines(legend: Legend<'_>, names: &[String], series: &[Vec<u64>]) -> Markup {
    let most = round_up(series.iter().flatten().copied().max().unwrap_or(0));
    let at = |index: u64| LEFT + scaled(index, (names.len() as u64).saturating_sub(1), WIDE - LEFT - 24);
    let every = (names.len() as u64 * 60).div_ceil(WIDE - LEFT).max(1);
    let body = html! {
        @for (index, values) in series.iter().enumerate() {
            polyline class={ "curve curve-" (index % SERIES + 1) } points=(path(values, most, (LEFT, ABOVE), (WIDE - LEFT - 24, HIGH - BELOW - ABOVE))) {}
        }
        @for (index, name) in (0u64..).zip(names) {
            @if index.is_multiple_of(every) { text x=(at(index)) y=(HIGH - 8) text-anchor="middle" { (name) } }
        }
    };
    frame(legend, most, body)
}

/// A line without axes, for a row of a table that has the numbers.
pub fn sparkline(title: &str, values: &[u64]) -> Markup {
    let most = values.iter().copied().max().unwrap_or(0);
    html! {
        svg.spark viewBox="0 0 120 28" role="img" aria-label=(title) {
            polyline.curve points=(path(values, most, (2, 2), (116, 24))) {}
        }
    }
}

fn path(values: &[u64], most: u64, (left, above): (u64, u64), (width, height): (u64, u64)) -> String {
    let last = (values.len() as u64).saturating_sub(1);
    let point = |(index, value): (u64, &u64)| {
        format!("{},{}", left + scaled(index, last, width), above + height - scaled(*value, most, height))
    };
    (0u64..).zip(values).map(point).collect::<Vec<_>>().join(" ")
}

/// Which colour is which series.
pub fn key(names: &[String]) -> Markup {
    html! {
        ul.legend {
            @for (index, name) in names.iter().enumerate() {
                li {
                    svg.key viewBox="0 0 10 10" aria-hidden="true" { rect class={ "series-" (index % SERIES + 1) } width="10" height="10" {} }
                    " " (name)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        for (value, round) in [(0, 1), (1, 1), (3, 5), (10, 10), (11, 20), (499, 500), (501, 1000)] {
            assert_eq!(round_up(value), round);
        }
        assert_eq!(round_up(u64::MAX), u64::MAX);
    }

    #[test]
    fn a_series_is_one_path_of_rectangles_upon_those_below() {
        let bars = [vec![5, 5], vec![0, 10]].map(|parts| Bar { name: String::new(), parts });
        let drawn = paths(&bars, 10, (20, 4), (100, 196));
        let second = "M66 96h16v50h-16zM86 96h16v100h-16z";
        assert_eq!(drawn, [(1, "M66 146h16v50h-16z".to_owned()), (2, second.to_owned())]);
    }

    #[test]
    fn nothing_is_drawn_outside_whatever_the_numbers() {
        assert_eq!(scaled(u64::MAX, u64::MAX, 100), 100);
        assert_eq!(scaled(7, 0, 100), 100);
        assert_eq!(scaled(1, 3, 100), 33);
        let huge = Bar { name: "x".into(), parts: vec![u64::MAX, u64::MAX] };
        let legend = Legend { id: "c", title: "t", description: "d" };
        assert!(bars(legend, &[huge]).into_string().contains("role=\"img\""));
        assert!(bars(legend, &[]).into_string().contains("role=\"img\""));
        assert!(line(legend, &[]).into_string().contains("polyline"));
    }
}
