//! For whoever operates the window: what it takes, judges and delivers; the rulebooks; the evidence log.

use super::address;
use super::body_form::value_name;
use super::registers::{record_address, register_address, state};
use super::status::state_of;
use crate::answers::operation::{
    Differences, Differing, Entries, Entry, Head, Operation, Proof, Rate, Rulebooks,
};
use crate::charts::sparkline;
use crate::format::{count, time};
use crate::language::{Family, Texts};
use crate::parts::{Column, Field, Table, Tone, badge, empty, facts, field, said, submit, tabs};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// Bytes of a gibibyte.
const GIB: u64 = 1 << 30;

fn parts(frame: &Frame, here: &str) -> Markup {
    let texts = frame.texts;
    // Whoever has the proof of his own rows alone operates nothing.
    if !frame.reader.as_ref().is_some_and(|reader| reader.desks.contains(&Desk::Operation)) {
        return html! {};
    }
    tabs(
        &texts.text("nav-operation"),
        &[
            ("/desk/operation".to_owned(), texts.text("now"), here == "now"),
            ("/desk/rulebooks".to_owned(), texts.text("rulebooks"), here == "rulebooks"),
            ("/desk/evidence".to_owned(), texts.text("evidence-log"), here == "evidence"),
        ],
    )
}

/// The id of what moves on the page of the window as it works now.
pub const MOVES: &str = "live-operation";

/// How the window works now.
pub fn now(frame: &Frame, view: &Operation, live: Option<String>) -> Page {
    let texts = frame.texts;
    let body = html! {
        (parts(frame, "now"))
        div id=(MOVES) { (figures(texts, view)) }
    };
    Page { live, ..Page::new(texts.text("nav-operation"), Some(Desk::Operation), body) }
}

/// What moves: whether it records, how much waits, what was taken and judged.
pub fn figures(texts: Texts, view: &Operation) -> Markup {
    let card = |name: String, figure: Markup| html! { li.card { h3 { (name) } p.figure { (figure) } } };
    let counters = view.counters.iter().map(|counter| {
        let name = self::counter(texts, &counter.name);
        vec![html! { (name.unwrap_or_else(|| counter.help.clone())) }, html! { (count(counter.value)) }]
    });
    html! {
        @if !view.intake.open {
            @let reason = view.intake.reason.as_deref().unwrap_or_default();
            (said(Tone::Bad, html! { p { strong { (texts.text("nothing-recorded")) } " " (texts.word(Family::Closed, reason)) } }))
        }
        @if view.paused { (said(Tone::Warn, html! { p { (texts.text("judging-paused")) } })) }
        @if view.intake.open && !view.paused { (said(Tone::Good, html! { p { (texts.text("all-works")) } })) }
        h2 { (texts.text("now")) }
        ul.cards {
            (card(texts.text("work-waiting"), html! { (count(view.waiting)) }))
            (card(texts.text("rows-of-ledger"), html! { (count(view.rows)) }))
            (card(texts.text("rows-not-listed"), html! { (count(view.rows_not_listed)) }))
            (card(texts.text("evidence-behind"), html! { (count(view.evidence_behind)) }))
            (card(texts.text("disk-free"), html! { @if view.free_bytes == 0 { "–" } @else { (count(view.free_bytes / GIB)) " GiB" } }))
            (card(texts.text("webhooks-failing"), html! { (count(view.webhooks.count)) @if view.webhooks.more { "+" } }))
        }
        h2 { (texts.text("rates")) }
        (rates(texts, &view.rates))
        @if !view.counterparts.is_empty() {
            h2 { (texts.text("counterparts")) }
            (counterparts(texts, view))
        }
        h2 { (texts.text("webhooks-failing")) }
        (webhooks(texts, view))
        h2 { (texts.text("counters")) }
        (Table {
            caption: texts.text("counters-since"),
            columns: vec![Column::of(texts.text("name")), Column::number(texts.text("how-many"))],
            rows: counters.collect(),
        }.shown())
        p.muted { (texts.text("position")) " " span.code { (view.position) } }
    }
}

fn counter(texts: Texts, name: &str) -> Option<String> {
    texts.known(Family::Counter, &name.replace('_', "-"))
}

/// What was taken and judged lately, each with its last hour as a line.
fn rates(texts: Texts, rates: &[Rate]) -> Markup {
    let rows = rates.iter().map(|one| {
        let name = counter(texts, &one.name).unwrap_or_else(|| one.name.clone());
        vec![
            html! { (name) },
            html! { (count(one.minute)) },
            html! { (count(one.quarter)) },
            html! { (count(one.hour)) },
            html! { @if one.minutes.len() > 1 { (sparkline(&texts.with("rates-by-minute", &[("name", &name)]), &one.minutes)) } },
        ]
    });
    let columns = vec![
        Column::of(texts.text("name")),
        Column::number(texts.text("rates-minute")),
        Column::number(texts.text("rates-quarter")),
        Column::number(texts.text("rates-hour")),
        Column::of(texts.text("rates-line")),
    ];
    Table { caption: texts.text("rates-caption"), columns, rows: rows.collect() }.shown()
}

/// Outside systems by kind: what waits for them, and since when.
fn counterparts(texts: Texts, view: &Operation) -> Markup {
    let rows = view.counterparts.iter().map(|one| {
        vec![
            html! { (value_name(texts, &one.kind)) },
            state_of(texts, &one.state),
            html! { (count(one.adapters)) },
            html! { (count(one.failing)) },
            html! { (count(one.waiting)) },
            html! { (count(one.set_aside)) },
            one.since.as_deref().map_or_else(|| html! { "–" }, time),
        ]
    });
    let columns = vec![
        Column::of(texts.text("counterpart-kind")),
        Column::of(texts.text("counterpart-state")),
        Column::number(texts.text("counterparts-there")),
        Column::number(texts.text("counterparts-failing")),
        Column::number(texts.text("counterparts-waiting")),
        Column::number(texts.item("deliveries", "setAside")),
        Column::of(texts.text("since")),
    ];
    Table { caption: texts.text("counterparts-caption"), columns, rows: rows.collect() }.shown()
}

fn webhooks(texts: Texts, view: &Operation) -> Markup {
    if view.webhooks.failing.is_empty() {
        return empty(&texts.text("no-webhooks-failing"), &texts.text("no-webhooks-failing-help"));
    }
    let item = |name: &str| Column::of(texts.item("deliveries", name));
    let rows = view.webhooks.failing.iter().map(|one| {
        vec![
            html! { a.lead.code href=(record_address("deliveries", &one.id)) { (one.id) } },
            state(texts, &one.state),
            html! { (one.failures) },
            html! { (one.error) },
            html! { (one.set_aside) },
            time(&one.changed),
        ]
    });
    let columns = vec![
        Column::of(texts.text("number")),
        Column::of(texts.text("state")),
        item("failures"),
        item("error"),
        item("setAside"),
        Column::of(texts.text("since")),
    ];
    let more = view.webhooks.count.saturating_sub(view.webhooks.failing.len() as u64);
    html! {
        (Table { caption: texts.text("webhooks-failing"), columns, rows: rows.collect() }.shown())
        @if more > 0 {
            p.muted {
                (texts.counted("webhooks-failing-more", &[("count", more)], &[])) @if view.webhooks.more { "+" } " "
                a href=(register_address("deliveries")) { (texts.word(Family::Register, "deliveries")) }
            }
        }
    }
}

/// Rulebooks, and what differs between two of them; `fault` is why two that were asked for are not compared.
pub fn rulebooks(
    frame: &Frame,
    all: &Rulebooks,
    differences: Option<&Differences>,
    asked: (&str, &str),
    fault: &str,
) -> Page {
    let texts = frame.texts;
    let columns = [
        texts.text("number"),
        texts.text("published-by"),
        texts.text("tables-changed"),
        texts.text("digest"),
    ];
    let rows = all.rulebooks.iter().map(|one| {
        let before = all.rulebooks.iter().find(|other| other.number < one.number).map(|other| other.number);
        vec![
            html! {
                (one.number) " "
                @if let Some(before) = before {
                    a.lead href=(address("/desk/rulebooks", &[("from", &before.to_string()), ("to", &one.number.to_string())])) { (texts.text("what-changed")) }
                }
            },
            html! { (one.by) },
            html! { @for (index, name) in one.changed.iter().enumerate() { @if index > 0 { (texts.text("joint")) } span.code { (name) } } },
            html! { span.code { (one.digest.chars().take(16).collect::<String>()) } },
        ]
    });
    let body = html! {
        (parts(frame, "rulebooks"))
        form.filter method="get" action="/desk/rulebooks" {
            @let is_there = all.rulebooks.iter().any(|one| one.number.to_string() == asked.0);
            @let (of_from, of_to) = if is_there { ("", fault) } else { (fault, "") };
            (field(&Field { name: "from", label: &texts.text("from-rulebook"), fault: of_from, value: asked.0, mode: "numeric", ..Field::default() }))
            (field(&Field { name: "to", label: &texts.text("to-rulebook"), fault: of_to, value: asked.1, mode: "numeric", ..Field::default() }))
            (submit(&texts.text("compare")))
        }
        @if let Some(found) = differences { (differing(texts, found)) }
        (Table { caption: texts.text("rulebooks-caption"), columns: columns.map(Column::of).to_vec(), rows: rows.collect() }.shown())
    };
    Page::new(texts.text("rulebooks"), Some(Desk::Operation), body)
}

fn differing(texts: Texts, found: &Differences) -> Markup {
    let title =
        texts.with("differences-of", &[("from", &found.from.to_string()), ("to", &found.to.to_string())]);
    html! {
        h2 { (title) }
        @if found.tables.is_empty() { (empty(&texts.text("no-differences"), &texts.text("no-differences-help"))) }
        (differing_tables(texts, &found.tables))
    }
}

/// What differs in tables, line by line.
pub(super) fn differing_tables(texts: Texts, tables: &[Differing]) -> Markup {
    html! {
        @for table in tables {
            h3.code { (table.table) }
            @if table.sealed { p { (texts.text("sealed-table")) } }
            @else {
                @if !table.removed.is_empty() { p { (badge(Tone::Bad, &texts.text("lines-gone"))) } pre { (table.removed.join("\n")) } }
                @if !table.added.is_empty() { p { (badge(Tone::Good, &texts.text("lines-new"))) } pre { (table.added.join("\n")) } }
                @if table.more > 0 { p.muted { (texts.with("more-differences", &[("count", &count(table.more))])) } }
            }
        }
    }
}

/// What the page of the evidence log shows.
#[derive(Clone, Default, Debug)]
pub struct Evidence {
    /// The newest head.
    pub head: Option<Head>,
    /// Rows after a cursor, narrowed to a kind.
    pub entries: Entries,
    /// Which kind.
    pub kind: String,
    /// Every kind.
    pub kinds: Vec<&'static str>,
    /// The position that was asked for.
    pub position: String,
    /// Its proof, and whether it holds; none = no such row that the reader may see.
    pub proof: Option<(Proof, bool)>,
    /// What was looked for, and found.
    pub search: super::found::Search,
}

/// The evidence log.
pub fn evidence(frame: &Frame, view: &Evidence) -> Page {
    let texts = frame.texts;
    let next = address("/desk/evidence", &[("kind", &view.kind), ("after", &view.entries.cursor)]);
    let is_absent = view.proof.is_none() && !view.position.is_empty();
    let fault = if is_absent { texts.text("no-such-row") } else { String::new() };
    let body = html! {
        (parts(frame, "evidence"))
        form.filter method="get" action="/desk/evidence" role="search" {
            (field(&Field { name: "position", label: &texts.text("position-of-row"), fault: &fault, value: &view.position, mode: "numeric", ..Field::default() }))
            (submit(&texts.text("prove")))
        }
        @match &view.proof {
            Some((proof, holds)) => (proven(texts, proof, *holds)),
            None => @if !view.position.is_empty() { (empty(&texts.text("no-such-row"), &texts.text("no-such-row-help"))) },
        }
        (super::found::section(texts, &view.search))
        @if let Some(head) = &view.head {
            h2 { (texts.text("newest-head")) }
            p.muted { (texts.text("newest-head-help")) }
            pre { (head.note) }
        }
        @if view.head.is_some() {
        h2 { (texts.text("rows-of-log")) }
        form.filter method="get" action="/desk/evidence" {
            div.field {
                label for="kind" { (texts.text("kind-of-row")) }
                select id="kind" name="kind" {
                    option value="" { (texts.text("all-states")) }
                    @for word in &view.kinds { option value=(word) selected[*word == view.kind] { (kind(texts, word)) } }
                }
            }
            (submit(&texts.text("narrow")))
        }
        @if view.entries.entries.is_empty() { (empty(&texts.text("nothing-found"), &texts.text("no-rows-help"))) }
        @else { (rows(texts, &view.entries.entries)) }
        p { a href=(next) { (texts.text("next-page")) } }
        p.muted { (texts.text("export-help")) }
        }
    };
    Page::new(texts.text("evidence-log"), Some(Desk::Operation), body)
}

fn kind(texts: Texts, word: &str) -> String {
    texts.known(Family::Row, &word.replace(' ', "-")).unwrap_or_else(|| word.to_owned())
}

fn rows(texts: Texts, entries: &[Entry]) -> Markup {
    let columns =
        [texts.text("position-of-row"), texts.text("time"), texts.text("kind-of-row"), texts.text("digest")];
    let rows = entries.iter().map(|one| {
        vec![
            html! { a.lead href=(address("/desk/evidence", &[("position", &one.position.to_string())])) { (one.position) } },
            time(&one.time),
            html! { (kind(texts, &one.kind_word)) },
            html! { span.code { (one.digest.chars().take(16).collect::<String>()) } },
        ]
    });
    Table {
        caption: texts.text("rows-of-log"),
        columns: columns.map(Column::of).to_vec(),
        rows: rows.collect(),
    }
    .shown()
}

fn proven(texts: Texts, proof: &Proof, holds: bool) -> Markup {
    html! {
        h2 { (texts.with("proof-of", &[("position", &proof.entry.position.to_string())])) }
        @if holds { (said(Tone::Good, html! { p { (texts.text("proof-holds")) } })) }
        @else { (said(Tone::Bad, html! { p { (texts.text("proof-fails")) } })) }
        (facts(&[
            (texts.text("time"), time(&proof.entry.time)),
            (texts.text("kind-of-row"), html! { (kind(texts, &proof.entry.kind_word)) }),
            (texts.text("digest"), html! { span.code { (proof.entry.digest) } }),
            (texts.text("leaf"), html! { span.code { (proof.leaf) } }),
            (texts.text("tree-root"), html! { span.code { (proof.root) } " · " (texts.counted("tree-size", &[("size", proof.size)], &[])) }),
        ]))
        details { summary { (texts.with("proof-path", &[("count", &proof.path.len().to_string())])) }
            pre { (proof.path.join("\n")) } }
    }
}
