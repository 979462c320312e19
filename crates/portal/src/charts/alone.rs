//! A chart by itself, as a file: with its colours, its ground and its title inside, since no stylesheet is beside it.

use maud::Markup;

/// The light palette, as `assets/portal.css` has it; a test holds one against the other.
const STYLE: &str = "text{font:11px sans-serif;fill:#4d5a68}.title{font:600 15px sans-serif;fill:#16202a}.axis{stroke:#6b7785;stroke-width:1}\
.series-1{fill:#1f6fa8}.series-2{fill:#b35c00}.series-3{fill:#2c7a4b}.series-4{fill:#8a3f8f}.series-5{fill:#6b7785}\
.curve{fill:none;stroke-width:2}.curve-1{stroke:#1f6fa8}.curve-2{stroke:#b35c00}.curve-3{stroke:#2c7a4b}.curve-4{stroke:#8a3f8f}.curve-5{stroke:#6b7785}\
.mark{stroke:#16202a;stroke-width:1;stroke-dasharray:3 2}.tile{stroke:#c9d1d9;stroke-width:1}.shade-0{fill:#f4f6f8}\
.shade-1{fill:#1f6fa8;fill-opacity:.1}.shade-2{fill:#1f6fa8;fill-opacity:.2}.shade-3{fill:#1f6fa8;fill-opacity:.3}\
.shade-4{fill:#1f6fa8;fill-opacity:.4}.shade-5{fill:#1f6fa8;fill-opacity:.5}.tile-name{font:600 15px sans-serif;fill:#16202a}.tile-count{font:13px sans-serif;fill:#16202a}";
/// Room for the title and the legend above, and around all.
const ABOVE: u64 = 52;
const AROUND: u64 = 16;

fn number(text: &str) -> Option<u64> {
    text.parse().ok()
}

/// The chart of a figure as a file of its own; `series` names its colours. None where the markup has no chart in it.
pub fn alone(figure: &Markup, title: &str, series: &[String]) -> Option<String> {
    let text = figure.0.as_str();
    let begin = text.find("<svg viewBox=\"0 0 ")?;
    let end = begin + text.get(begin..)?.find("</svg>")?;
    let inner = text.get(begin..end)?;
    let (head, body) = inner.split_once('>')?;
    let (wide, high) = head.strip_prefix("<svg viewBox=\"0 0 ")?.split('"').next()?.split_once(' ')?;
    let (wide, high) = (number(wide)?, number(high)?);
    let (whole_wide, whole_high) = (wide + 2 * AROUND, high + ABOVE + AROUND);
    let names = maud::html! {
        text.title x=(AROUND) y="24" { (title) }
        @for (index, name) in series.iter().enumerate() {
            @let x = AROUND + index as u64 * 120;
            rect class={ "series-" (index % 5 + 1) } x=(x) y="33" width="10" height="10" {}
            text x=(x + 14) y="42" { (name) }
        }
    };
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole_wide} {whole_high}\" width=\"{}\" height=\"{}\">\
         <style>{STYLE}</style><rect width=\"{whole_wide}\" height=\"{whole_high}\" fill=\"#ffffff\"/>{}\
         <svg x=\"{AROUND}\" y=\"{ABOVE}\" width=\"{wide}\" height=\"{high}\" viewBox=\"0 0 {wide} {high}\">{body}</svg></svg>",
        whole_wide * 2,
        whole_high * 2,
        names.into_string()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{Legend, ranked};

    #[test]
    fn colours_are_those_of_the_light_theme() {
        let sheet = crate::assets::STYLE.text;
        let light = sheet.split("@media").next().unwrap_or_default();
        for colour in STYLE.split('#').skip(1).filter_map(|rest| rest.get(..6)) {
            assert!(light.contains(&format!("#{colour}")), "{colour} is no colour of the light theme");
        }
    }

    #[test]
    fn a_chart_alone_is_whole_and_escaped() {
        let legend = Legend { id: "a", title: "t", description: "d" };
        let chart = ranked(legend, &[("<b>".to_owned(), 3)]);
        let alone = alone(&chart, "a & b", &[]).unwrap();
        assert!(alone.starts_with("<svg xmlns=") && alone.ends_with("</svg></svg>"));
        assert!(alone.contains("a &amp; b") && alone.contains("&lt;b&gt;") && !alone.contains("<figure"));
        assert_eq!(super::alone(&maud::html! { p { "x" } }, "t", &[]), None);
    }
}
