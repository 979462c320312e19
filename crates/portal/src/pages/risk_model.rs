//! Models that score: what they say of a trade, whether rules read it, how scores stand against what inspections found, and how far
//! what is declared has moved. For officers.

use crate::answers::risk_model::{Drift, GivenScore, ModelAbout, RiskModel, Score, ScoreBand};
use crate::format::count;
use crate::language::{Language, Texts};
use crate::parts::{Cell, Column, Table, empty, facts};
use maud::{Markup, html};

/// The score that rules could read of a trade.
pub fn given(texts: Texts, given: &GivenScore) -> Markup {
    html! {
        h2 { (texts.text("score-given")) }
        p.muted { (texts.text("score-given-help")) }
        (facts(&[
            (texts.text("shadow-score"), html! { strong { (given.thousandths) } " ‰" }),
            (texts.text("shadow-line"), html! { (given.line) }),
            (texts.text("shadow-digest"), html! { span.code { (given.model) } }),
        ]))
    }
}

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

/// How the models do.
pub fn section(texts: Texts, told: &RiskModel) -> Markup {
    html! {
        h2 { (texts.text("shadow")) }
        @if told.missing { p role="alert" { (texts.text("model-missing")) } }
        @match &told.model {
            None => { (empty(&texts.text("shadow-none"), &texts.text("shadow-none-help"))) }
            Some(about) => {
                p.muted { (texts.text("model-use-help")) }
                (one(texts, about, told))
                p.muted { (texts.text("shadow-drawn-help")) }
            }
        }
        @if let Some((candidate, about)) = candidate(told) {
            h2 { (texts.text("model-candidate")) }
            (one(texts, about, candidate))
        }
        @if let Some(exports) = &told.exports {
            h2 { (texts.text("model-exports")) }
            p.muted { (texts.text("model-exports-help")) }
            @if exports.missing { p role="alert" { (texts.text("model-exports-missing")) } }
            @if let Some(about) = &exports.model { (one(texts, about, exports)) }
            @if let Some((candidate, about)) = candidate(exports) {
                h2 { (texts.text("model-exports-candidate")) }
                (one(texts, about, candidate))
            }
        }
    }
}

/// The model that may take the place of the first, if there is one.
fn candidate(told: &RiskModel) -> Option<(&RiskModel, &ModelAbout)> {
    let candidate = told.candidate.as_deref()?;
    Some((candidate, candidate.model.as_ref()?))
}

/// How a model does.
fn one(texts: Texts, about: &ModelAbout, told: &RiskModel) -> Markup {
    let used = if about.in_use { texts.text("model-in-use") } else { texts.text("model-watched") };
    html! {
        (facts(&[
            (texts.text("shadow-digest"), html! { span.code { (about.digest) } }),
            (texts.text("model-standing"), html! { (used) }),
            (texts.text("shadow-trained"), html! { (about.trained_from) " – " (about.tune_until) }),
            (texts.text("shadow-rows"), html! { (count(about.rows)) " · " (count(about.illicit)) }),
        ]))
        @if told.behind > 0 { p.muted { (texts.counted("search-behind", &[("count", told.behind)], &[])) } }
        (bands(texts, &told.bands))
        @match &told.drift {
            None => { p.muted { (texts.text("drift-unknown")) } }
            Some(drift) => { (moved(texts, drift)) }
        }
    }
}

/// How far what is declared has moved.
fn moved(texts: Texts, drift: &Drift) -> Markup {
    let chinese = texts.language() == Language::Chinese;
    let columns = vec![
        Column::of(texts.text("drift-feature")),
        Column::number(texts.text("drift-index")),
        Column::of(texts.text("drift-reading")),
    ];
    let row = |name: &str, index: &str, reading: &str| -> Vec<Cell> {
        vec![
            html! { (name) },
            html! { (index) },
            html! { (match reading {
                "moved" => texts.text("drift-moved"),
                "watch" => texts.text("drift-watch"),
                _ => texts.text("drift-stable"),
            }) },
        ]
    };
    let mut rows = vec![row(&texts.text("shadow-score"), &drift.index, &drift.reading)];
    rows.extend(
        drift.features.iter().map(|of| row(if chinese { &of.zh } else { &of.en }, &of.index, &of.reading)),
    );
    html! {
        (Table { caption: texts.text("drift"), columns, rows }.shown())
        p.muted { (texts.text("drift-help")) }
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
