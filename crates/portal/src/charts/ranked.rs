//! What is most, from above: lying bars whose names have room.

use super::{Legend, scaled};
use crate::format::count;
use maud::{Markup, html};

const WIDE: u64 = 640;
const EACH: u64 = 40;
/// Room for the number at the right.
const NUMBER: u64 = 80;

/// The bars in the order in which they are given; the name stands above its bar, the number behind it.
pub fn ranked(legend: Legend<'_>, bars: &[(String, u64)]) -> Markup {
    let (title, description) = (format!("{}-title", legend.id), format!("{}-text", legend.id));
    let most = bars.iter().map(|(_, value)| *value).max().unwrap_or(0);
    let high = (bars.len() as u64 * EACH).max(EACH);
    html! {
        figure.chart {
            svg viewBox={ "0 0 " (WIDE) " " (high) } role="img" aria-labelledby={ (title) " " (description) } {
                title id=(title) { (legend.title) }
                desc id=(description) { (legend.description) }
                @for (index, (name, value)) in (0u64..).zip(bars) {
                    @let width = scaled(*value, most, WIDE - NUMBER).max(2);
                    text x="0" y=(index * EACH + 15) { (name) }
                    rect.series-1 x="0" y=(index * EACH + 20) width=(width) height="11" {}
                    text x=(width + 6) y=(index * EACH + 31) { (count(*value)) }
                }
            }
            figcaption { (legend.title) }
        }
    }
}
