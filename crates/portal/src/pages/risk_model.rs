//! A model in shadow: what it says of a trade, and how its scores stand against what inspections found. For officers.

use crate::answers::risk_model::{RiskModel, Score, ScoreBand};
use crate::format::count;
use crate::language::{Language, Texts};
use crate::parts::{Cell, Column, Table, empty, facts};
use maud::{Markup, html};

/// What the model says of a trade.
pub fn score(texts: Texts, score: &Score) -> Markup {
    let chinese = texts.language() == Language::Chinese;
    html! {
        h2 { (texts.text("shadow")) }
        p.muted { (texts.text("shadow-help")) }
        (facts(&[
            (texts.text("shadow-score"), html! { strong { (score.thousandths) } " ‰" }),
            (texts.text("shadow-line"), html! { (score.line) }),
        ]))
        ul {
            @for why in &score.reasons {
                li {
                    @if chinese { (why.zh) } @else { (why.en) }
                    @if let Some(value) = &why.value { " = " (value) }
                    " (" (why.part) ")"
                }
            }
        }
    }
}

/// How the model does.
pub fn section(texts: Texts, told: &RiskModel) -> Markup {
    html! {
        h2 { (texts.text("shadow")) }
        @match &told.model {
            None => { (empty(&texts.text("shadow-none"), &texts.text("shadow-none-help"))) }
            Some(about) => {
                p.muted { (texts.text("shadow-help")) }
                (facts(&[
                    (texts.text("shadow-digest"), html! { span.code { (about.digest.get(..16).unwrap_or(&about.digest)) } }),
                    (texts.text("shadow-trained"), html! { (about.trained_from) " – " (about.tune_until) }),
                    (texts.text("shadow-rows"), html! { (count(about.rows)) " · " (count(about.illicit)) }),
                ]))
                @if told.behind > 0 { p.muted { (texts.with("search-behind", &[("count", &count(told.behind))])) } }
                (bands(texts, &told.bands))
                p.muted { (texts.text("shadow-drawn-help")) }
            }
        }
    }
}

fn bands(texts: Texts, bands: &[ScoreBand]) -> Markup {
    let columns = vec![
        Column::of(texts.text("shadow-band")),
        Column::number(texts.text("shadow-scored")),
        Column::number(texts.text("shadow-inspected")),
        Column::number(texts.text("shadow-illicit")),
        Column::number(texts.text("shadow-drawn")),
        Column::number(texts.text("shadow-drawn-illicit")),
    ];
    let row = |band: &ScoreBand| -> Vec<Cell> {
        vec![
            html! { (band.from) "–" (band.below) " ‰" },
            html! { (count(band.scored)) },
            html! { (count(band.inspected)) },
            html! { (share(band.illicit, band.inspected)) },
            html! { (count(band.drawn)) },
            html! { (share(band.drawn_illicit, band.drawn)) },
        ]
    };
    Table { caption: texts.text("shadow-bands"), columns, rows: bands.iter().map(row).collect() }.shown()
}

/// A count with its part of a whole.
fn share(part: u64, whole: u64) -> Markup {
    html! { (count(part)) @if whole > 0 { " (" (part * 1_000 / whole) " ‰)" } }
}
