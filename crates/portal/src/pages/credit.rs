//! The credit of a party: its score with the reason of every point, what follows from it, and how to have it corrected; the
//! lists that are published.

use super::address;
use super::registers::record_address;
use crate::answers::credit::{Credit, Listed, Names, Obeyed, Published, ReachedBy, Reading};
use crate::format::{count, time};
use crate::language::{Family, Language, Texts};
use crate::pages::inspect::both;
use crate::parts::{Cell, Column, Field, Table, Tone, badge, empty, facts, field, said, submit};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// What the page was asked for and what was found.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Code that was asked for; empty = nothing yet.
    pub party: String,
    /// Day that was asked for, as it was written; empty = today.
    pub day: String,
    /// Why nothing is shown.
    pub fault: String,
    /// What is shown.
    pub credit: Option<Credit>,
    /// Whether another's may be asked for.
    pub of_others: bool,
}

/// The address of the page of a party.
pub fn credit_address(party: &str) -> String {
    address("/desk/credit", &[("party", party)])
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let body = html! {
        p { (texts.text("credit-help")) }
        form.filter method="get" action="/desk/credit" role="search" {
            @if view.of_others {
                (field(&Field { name: "party", label: &texts.text("credit-party"), value: &view.party, fault: &view.fault, ..Field::default() }))
            }
            (field(&Field { name: "day", label: &texts.text("credit-day"), hint: &texts.text("credit-day-hint"), value: &view.day,
                fault: if view.of_others { "" } else { &view.fault }, ..Field::default() }))
            (submit(&texts.text("credit-look")))
        }
        @match &view.credit {
            Some(credit) => (of_party(texts, credit)),
            None if view.fault.is_empty() => (empty(&texts.text("credit-ask"), &texts.text("credit-ask-help"))),
            None => {}
        }
        p { a href="/lists#credit" { (texts.text("credit-lists")) } }
    };
    Page::new(texts.text("credit-title"), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
}

/// Parts per million as percent with one place.
fn percent(parts: u64) -> String {
    format!("{}.{} %", parts / 10_000, parts / 1_000 % 10)
}

/// Thousandths with one place.
fn tenths(thousandths: u64) -> String {
    format!("{}.{}", thousandths / 1_000, thousandths / 100 % 10)
}

fn named<'a>(texts: Texts, name: &'a Names, word: &'a str) -> &'a str {
    let own = if texts.language() == Language::Chinese { &name.zh } else { &name.en };
    own.as_deref().unwrap_or(word)
}

fn of_grade(grade: &str) -> Tone {
    match grade {
        "AAA" | "AA" | "A" => Tone::Good,
        "B" => Tone::Still,
        "C" => Tone::Warn,
        _ => Tone::Bad,
    }
}

fn of_list(list: &str) -> Tone {
    match list {
        "red" => Tone::Good,
        "attention" => Tone::Warn,
        _ => Tone::Bad,
    }
}

fn of_party(texts: Texts, credit: &Credit) -> Markup {
    let grade = |grade: &str| badge(of_grade(grade), grade);
    let mut pairs = vec![
        (texts.text("credit-enterprise"), html! { (credit.name) " " span.muted.code { (credit.party) } }),
        (texts.text("credit-as-of"), time(&credit.day)),
    ];
    match (&credit.grade, credit.score) {
        (Some(word), Some(score)) => {
            pairs.push((texts.text("credit-grade"), grade(word)));
            pairs.push((texts.text("credit-score"), html! { (count(score)) " / 1,000" }));
        }
        (Some(word), None) => pairs.push((texts.text("credit-grade"), grade(word))),
        _ => pairs.push((
            texts.text("credit-grade"),
            html! { (badge(Tone::Still, &texts.text("credit-unrated"))) " " (texts.text("credit-unrated-help")) },
        )),
    }
    if credit.by_score != credit.grade
        && let Some(word) = &credit.by_score
    {
        pairs.push((texts.text("credit-by-score"), grade(word)));
    }
    pairs.push((texts.text("credit-known"), html! { (percent(credit.known)) }));
    pairs.push((
        texts.text("credit-model"),
        html! { (texts.with("credit-model-of", &[("number", &credit.rulebook.to_string())])) },
    ));
    let report = address("/desk/credit/report", &[("party", &credit.party), ("day", &credit.day)]);
    html! {
        (facts(&pairs))
        p { a href=(report) { (texts.text("credit-report")) } " " span.muted { (texts.text("credit-report-help")) } }
        @if let Some(list) = &credit.list { (on_list(texts, list)) }
        @if !credit.reached.is_empty() { (reached(texts, &credit.reached)) }
        @for veto in &credit.vetoes {
            (said(Tone::Bad, html! {
                p { (texts.with("credit-veto", &[("name", named(texts, &veto.name, &veto.veto))])) " " (time(&veto.valid_to)) }
                p { a href=(record_address("credit-observations", &veto.record)) { (texts.text("credit-observation")) } }
            }))
        }
        h2 { (texts.text("credit-reasons")) }
        p { (texts.text("credit-reasons-help")) }
        @for one in &credit.dimensions { (dimension(texts, credit, one)) }
        (unknown(texts, credit))
        h2 { (texts.text("credit-measures")) }
        (measures(texts, credit))
        h2 { (texts.text("credit-correct")) }
        p { (texts.text("credit-correct-help")) }
        p { a href=(address("/desk/registers/credit-observations", &[("party", &credit.party)])) { (texts.text("credit-all-observations")) } }
    }
}

fn reached(texts: Texts, lists: &[ReachedBy]) -> Markup {
    said(
        Tone::Warn,
        html! {
            p { (texts.text("credit-reached")) }
            ul {
                @for one in lists {
                    li {
                        (badge(of_list(&one.list), &texts.word(Family::Value, &one.list))) " "
                        @if let Some(party) = &one.party { span.code { (party) } " " }
                        (texts.with("credit-reached-through", &[("day", &one.valid_to)]))
                    }
                }
            }
        },
    )
}

fn on_list(texts: Texts, list: &Listed) -> Markup {
    said(
        of_list(&list.list),
        html! {
            p {
                (badge(of_list(&list.list), &texts.word(Family::Value, &list.list))) " " (list.legal_basis)
            }
            p {
                (texts.text("credit-listed-from")) " " @if let Some(from) = &list.valid_from { (time(from)) }
                @if let Some(to) = &list.valid_to { " – " (time(to)) }
                @if let Some(repair) = &list.repair_from { " · " (texts.text("credit-repair-from")) " " (time(repair)) }
            }
        },
    )
}

fn dimension(texts: Texts, credit: &Credit, one: &crate::answers::credit::Dimension) -> Markup {
    let of_it = |reading: &&Reading| reading.dimension == one.dimension && reading.told != "nothing";
    let readings: Vec<&Reading> = credit.readings.iter().filter(of_it).collect();
    if readings.is_empty() {
        return html! {};
    }
    let weight = percent(one.weight);
    let caption =
        texts.with("credit-dimension", &[("name", both(texts, &one.name)), ("weight", weight.as_str())]);
    let columns = vec![
        Column::of(texts.text("credit-indicator")),
        Column::number(texts.text("credit-points")),
        Column::number(texts.text("credit-weight")),
        Column::number(texts.text("credit-gives")),
        Column::of(texts.text("credit-why")),
    ];
    let rows = readings.into_iter().map(|reading| row(texts, reading)).collect();
    Table { caption, columns, rows }.shown()
}

/// Indicators of which nothing was observed, by dimension.
fn unknown(texts: Texts, credit: &Credit) -> Markup {
    let of = |dimension: &str| {
        let unknown = |one: &&Reading| one.dimension == dimension && one.told == "nothing";
        let names = credit.readings.iter().filter(unknown).map(|one| named(texts, &one.name, &one.indicator));
        names.collect::<Vec<&str>>().join(" · ")
    };
    let pairs: Vec<(String, Markup)> = credit
        .dimensions
        .iter()
        .map(|one| (both(texts, &one.name).to_owned(), of(&one.dimension)))
        .filter(|(_, names)| !names.is_empty())
        .map(|(name, names)| (name, html! { (names) }))
        .collect();
    html! {
        @if !pairs.is_empty() {
            h3 { (texts.text("credit-unknown")) }
            (facts(&pairs))
        }
    }
}

fn row(texts: Texts, reading: &Reading) -> Vec<Cell> {
    let counts = reading.told == "enough";
    let number = |text: String| html! { @if counts { (text) } @else { "–" } };
    let last = reading.observations.len();
    vec![
        html! { span.lead { (named(texts, &reading.name, &reading.indicator)) } },
        number(tenths(reading.points)),
        number(percent(reading.weight)),
        number(tenths(reading.gives)),
        html! {
            (both(texts, &reading.text))
            @for (index, id) in reading.observations.iter().enumerate() {
                @if index == 0 { " · " }
                @if let Some(month) = id.strip_prefix("window:").and_then(|id| id.rsplit(':').next()) {
                    span.muted { (texts.with("credit-counted", &[("month", month)])) }
                } @else { a href=(record_address("credit-observations", id)) { (texts.with("credit-observation-number", &[("number", &(index + 1).to_string())])) } }
                @if reading.contested.contains(id) { " " (badge(Tone::Warn, &texts.word(Family::RecordState, "contested"))) }
                @if index + 1 < last { (texts.text("joint")) }
            }
        },
    ]
}

fn measures(texts: Texts, credit: &Credit) -> Markup {
    let columns = vec![
        Column::of(texts.text("credit-standing")),
        Column::of(texts.text("credit-measure")),
        Column::number(texts.text("credit-value")),
    ];
    let rows = credit.measures.iter().map(|one| {
        let standing = standing_name(texts, &one.standing);
        let value = match one.unit.as_str() {
            "parts per million at least" => {
                texts.with("credit-at-least", &[("share", &percent(one.value.unsigned_abs()))])
            }
            "0 or 1" => texts.text(if one.value == 1 { "yes" } else { "no" }),
            unit if unit.starts_with("percent") => format!("{} %", one.value),
            unit if unit.starts_with("working days") => {
                texts.numbered("credit-working-days", &[("days", one.value.unsigned_abs())], &[])
            }
            unit if unit.starts_with("days") => {
                texts.numbered("credit-days", &[("days", one.value.unsigned_abs())], &[])
            }
            _ => one.value.to_string(),
        };
        vec![html! { (standing) }, html! { (measure(texts, &one.measure)) }, html! { (value) }]
    });
    Table { caption: texts.text("credit-measures-caption"), columns, rows: rows.collect() }.shown()
}

/// How much of a measure a trade obeyed, by which row of the table, and from whose standing for whom that is told.
pub(super) fn obeyed(texts: Texts, row: &Obeyed) -> Markup {
    let days = [("days", row.value.unsigned_abs())];
    let value = match row.measure.as_str() {
        "guarantee_factor" => format!("{} %", row.value),
        "settlement_last_day" => texts.numbered("credit-days", &days, &[]),
        "refund_days" => texts.numbered("credit-working-days", &days, &[]),
        _ => row.value.to_string(),
    };
    let standing = row.standing.as_deref().map(|word| standing_name(texts, word));
    html! {
        (value) " · " span.muted { (texts.text("credit-by-row")) " " span.code { "credit_measures.csv" } " " (time(&row.valid_from))
            @if let Some(standing) = standing { " · " (standing) }
            @if let Some(party) = &row.party { " " span.code { (party) } } }
    }
}

/// A list, a grade, or none.
fn standing_name(texts: Texts, word: &str) -> String {
    texts
        .known(Family::Value, word)
        .unwrap_or_else(|| if word == "unrated" { texts.text("credit-unrated") } else { word.to_owned() })
}

/// What a grade or a list changes.
pub(super) fn measure(texts: Texts, word: &str) -> String {
    match word {
        "inspection_factor" => texts.text("credit-measure-inspection-factor"),
        "inspection_share" => texts.text("credit-measure-inspection-share"),
        "may_declare" => texts.text("credit-measure-may-declare"),
        "guarantee_factor" => texts.text("credit-measure-guarantee-factor"),
        "refund_days" => texts.text("credit-measure-refund-days"),
        "settlement_last_day" => texts.text("credit-measure-settlement-last-day"),
        "may_file" => texts.text("credit-measure-may-file"),
        // A measure that a later table names.
        other => other.to_owned(),
    }
}

/// A list's name in every language of the pages for everybody.
fn list_name(texts: Texts, word: &str) -> String {
    match word {
        "red" => texts.text("lists-credit-red"),
        "attention" => texts.text("lists-credit-attention"),
        "black" => texts.text("lists-credit-black"),
        other => other.to_owned(),
    }
}

/// The published lists, as a part of the page of what is published.
pub fn published(texts: Texts, found: &Published) -> Markup {
    let columns = vec![
        Column::of(texts.text("lists-name")),
        Column::of(texts.text("lists-credit-list")),
        Column::of(texts.text("lists-credit-basis")),
        Column::of(texts.text("lists-credit-from")),
        Column::of(texts.text("lists-credit-to")),
    ];
    let rows = found.listed.iter().map(|one| {
        vec![
            html! { span lang="zh-CN" { (one.name.as_deref().unwrap_or(&one.party)) } " " span.muted.code { (one.party) } },
            html! {
                (badge(of_list(&one.list), &list_name(texts, &one.list)))
                @if one.appealed { " " (badge(Tone::Warn, &texts.text("lists-credit-appealed"))) }
            },
            html! { span lang="zh-CN" { (one.legal_basis) } },
            html! { @if let Some(from) = &one.valid_from { (time(from)) } },
            html! { @if let Some(to) = &one.valid_to { (time(to)) } @else { "–" } },
        ]
    });
    html! {
        h2 id="credit" { (texts.text("lists-credit")) }
        @if found.listed.is_empty() { (empty(&texts.text("lists-credit-nobody"), &texts.text("lists-credit-nobody-help"))) }
        @else { (Table { caption: texts.text("lists-credit-caption"), columns, rows: rows.collect() }.shown()) }
    }
}
