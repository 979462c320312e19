//! The plot: throughput over what is stored, one line a store, batch and mode, and below it the latency by percentile at the
//! last point. An SVG written by hand: it needs no crate, follows the reader's light or dark, and is text in a diff.
#![expect(clippy::float_arithmetic, reason = "a drawing")]

use super::report::Report;
use std::fmt::Write;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 720.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 660.0;
/// Top and bottom of the two panels.
const RATES: (f64, f64) = (60.0, 330.0);
const LATENCIES: (f64, f64) = (420.0, 650.0);

/// Percentiles along the lower axis, and where they lie: each nine as wide as the one before.
const ALONG: [(&str, u64, f64); 6] = [
    ("50 %", 500_000, 0.0),
    ("75 %", 750_000, 0.15),
    ("90 %", 900_000, 0.33),
    ("99 %", 990_000, 0.66),
    ("99.9 %", 999_000, 0.9),
    ("all", 1_000_000, 1.0),
];

const STYLE: &str = "
  svg { --back: #ffffff; --ink: #1f2328; --faint: #d8dee4; --c0: #0969da; --c1: #bc4c00; --c2: #1a7f37; --c3: #8250df; --c4: #9a6700; --c5: #cf222e; }
  @media (prefers-color-scheme: dark) {
    svg { --back: #0d1117; --ink: #e6edf3; --faint: #30363d; --c0: #58a6ff; --c1: #f0883e; --c2: #3fb950; --c3: #bc8cff; --c4: #d29922; --c5: #ff7b72; }
  }
  text { fill: var(--ink); font: 13px system-ui, sans-serif; }
  .title { font-size: 16px; font-weight: 600; }
  .back { fill: var(--back); }
  .grid { stroke: var(--faint); stroke-width: 1; }
  .axis { stroke: var(--ink); stroke-width: 1; }
  .line { fill: none; stroke-width: 2; }
";

struct Series {
    label: String,
    /// Declarations stored and declarations a second, in order.
    rates: Vec<(u64, f64, f64, f64)>,
    /// Milliseconds at each of [`ALONG`].
    latencies: Vec<f64>,
}

fn series(report: &Report) -> Vec<Series> {
    let mut out: Vec<Series> = Vec::new();
    for (record, rate, least, most) in report.medians() {
        let way = if report.matrix { record.way.words() } else { record.way.batch_words() };
        let label = format!("{}, {way}", record.store);
        let latencies = ALONG
            .iter()
            .map(|(_, of_a_million, _)| record.measured.acknowledge.within(*of_a_million) as f64 / 1e3);
        // A point is drawn where it began: its measurements add to what is stored, one after the other.
        let begun =
            report.points.iter().find(|point| (point.store, point.point) == (record.store, record.point));
        let stored = begun.map_or(record.stored, |point| point.stored);
        let (point, latencies) = ((stored, rate, least, most), latencies.collect());
        match out.iter_mut().find(|known| known.label == label) {
            Some(known) => {
                known.rates.push(point);
                known.latencies = latencies;
            }
            None => out.push(Series { label, rates: vec![point], latencies }),
        }
    }
    out
}

/// Draws a report.
pub fn draw(report: &Report) -> String {
    let series = series(report);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Declarations a second over declarations stored, and latency by percentile\">\n<style>{STYLE}</style>\n<rect class=\"back\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n"
    );
    rates(&mut out, &series);
    latencies(&mut out, &series, report);
    for (index, series) in series.iter().enumerate() {
        let y = RATES.0 + 12.0 + 22.0 * index as f64;
        line(&mut out, (RIGHT + 20.0, y - 4.0), (RIGHT + 44.0, y - 4.0), &stroke(index));
        dot(&mut out, (RIGHT + 32.0, y - 4.0), index);
        text(&mut out, (RIGHT + 52.0, y), "start", &series.label);
    }
    out.push_str("</svg>\n");
    out
}

fn rates(out: &mut String, series: &[Series]) {
    let volumes = || series.iter().flat_map(|series| series.rates.iter().map(|(stored, ..)| *stored));
    let least = volumes().filter(|stored| *stored > 0).min().unwrap_or(1) as f64;
    let most = volumes().max().unwrap_or(0).max(1) as f64;
    // Nothing stored lies at the left edge, a third of a decade before the first volume.
    let first = least.log10() - if volumes().any(|stored| stored == 0) { 0.4 } else { 0.05 };
    let span = (most.log10() - first).max(0.1) * 1.02;
    let x = |stored: u64| {
        let at = if stored == 0 { 0.0 } else { ((stored as f64).log10() - first) / span };
        LEFT + at.clamp(0.0, 1.0) * (RIGHT - LEFT)
    };
    let ceiling =
        series.iter().flat_map(|series| series.rates.iter().map(|(_, _, _, most)| *most)).fold(1.0, f64::max);
    let step = tick(ceiling);
    let top = (ceiling / step).ceil() * step;
    let y = |rate: f64| RATES.1 - rate / top * (RATES.1 - RATES.0);
    title(out, RATES.0 - 26.0, "Declarations a second");
    let mut rate = 0.0;
    while rate <= top + step / 2.0 {
        line(out, (LEFT, y(rate)), (RIGHT, y(rate)), "class=\"grid\"");
        text(out, (LEFT - 8.0, y(rate) + 4.0), "end", &grouped(rate as u64));
        rate += step;
    }
    let mut marked: Vec<u64> = volumes().collect();
    marked.sort_unstable();
    marked.dedup();
    let mut free = 0.0;
    for stored in marked {
        line(out, (x(stored), RATES.1), (x(stored), RATES.1 + 5.0), "class=\"axis\"");
        // Measurements at one point lie close together: one label is enough.
        if x(stored) >= free {
            text(out, (x(stored), RATES.1 + 20.0), "middle", &grouped(stored));
            free = x(stored) + 74.0;
        }
    }
    axes(out, RATES);
    text(
        out,
        (middle(), RATES.1 + 40.0),
        "middle",
        "declarations stored before (logarithmic; 0 at the left edge)",
    );
    for (index, series) in series.iter().enumerate() {
        let at: Vec<(f64, f64)> =
            series.rates.iter().map(|(stored, rate, ..)| (x(*stored), y(*rate))).collect();
        for (stored, _, least, most) in &series.rates {
            if least < most {
                line(out, (x(*stored), y(*least)), (x(*stored), y(*most)), &stroke(index));
            }
        }
        path(out, &at, index);
    }
}

fn latencies(out: &mut String, series: &[Series], report: &Report) {
    let all = || series.iter().flat_map(|series| series.latencies.iter().copied()).filter(|at| *at > 0.0);
    let low = all().fold(f64::MAX, f64::min).min(1e6).log10().floor();
    let high = all().fold(0.1, f64::max).log10().ceil().max(low + 1.0);
    let y = |millis: f64| {
        let at = (millis.max(1e-3).log10() - low) / (high - low);
        LATENCIES.1 - at.clamp(0.0, 1.0) * (LATENCIES.1 - LATENCIES.0)
    };
    let x = |at: f64| LEFT + at * (RIGHT - LEFT);
    let last = report.records.iter().map(|record| record.stored).max().unwrap_or(0);
    title(
        out,
        LATENCIES.0 - 20.0,
        &format!(
            "Milliseconds to the answer of a message, at the last point (up to {} stored)",
            grouped(last)
        ),
    );
    let mut decade = low;
    while decade <= high {
        let millis = 10f64.powf(decade);
        line(out, (LEFT, y(millis)), (RIGHT, y(millis)), "class=\"grid\"");
        text(out, (LEFT - 8.0, y(millis) + 4.0), "end", &format!("{millis}"));
        decade += 1.0;
    }
    for (label, _, at) in ALONG {
        line(out, (x(at), LATENCIES.1), (x(at), LATENCIES.1 + 5.0), "class=\"axis\"");
        text(out, (x(at), LATENCIES.1 + 20.0), "middle", label);
    }
    axes(out, LATENCIES);
    text(out, (middle(), LATENCIES.1 + 40.0), "middle", "of all messages answered within");
    for (index, series) in series.iter().enumerate() {
        let at: Vec<(f64, f64)> =
            ALONG.iter().zip(&series.latencies).map(|((_, _, at), millis)| (x(*at), y(*millis))).collect();
        path(out, &at, index);
    }
}

fn middle() -> f64 {
    (LEFT + RIGHT) / 2.0
}

/// A round step that divides a range into about five.
fn tick(range: f64) -> f64 {
    let rough = range / 5.0;
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= rough).unwrap_or(rough)
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

fn stroke(index: usize) -> String {
    format!("class=\"line\" style=\"stroke: var(--c{})\"", index % 6)
}

fn title(out: &mut String, y: f64, words: &str) {
    let _ = writeln!(out, "<text class=\"title\" x=\"{LEFT}\" y=\"{y:.1}\">{words}</text>");
}

fn text(out: &mut String, (x, y): (f64, f64), anchor: &str, words: &str) {
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}

fn line(out: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64), how: &str) {
    let _ = writeln!(out, "<line {how} x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>");
}

fn dot(out: &mut String, (x, y): (f64, f64), index: usize) {
    let _ =
        writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" style=\"fill: var(--c{})\"/>", index % 6);
}

fn path(out: &mut String, points: &[(f64, f64)], index: usize) {
    let mut along = String::new();
    for (x, y) in points {
        let _ = write!(along, "{x:.1},{y:.1} ");
    }
    let _ = writeln!(out, "<polyline {} points=\"{}\"/>", stroke(index), along.trim_end());
    for point in points {
        dot(out, *point, index);
    }
}

fn axes(out: &mut String, (top, bottom): (f64, f64)) {
    line(out, (LEFT, top), (LEFT, bottom), "class=\"axis\"");
    line(out, (LEFT, bottom), (RIGHT, bottom), "class=\"axis\"");
}
