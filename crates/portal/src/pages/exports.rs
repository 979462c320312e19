//! Export trades: the list, and one with where it stands and why, its documents, what happened, and for officers what they
//! may decide.

use super::address;
use super::decide::{choice, refusal};
use crate::answers::exports::{Export, ExportAttempt, ExportLine, Exports};
use crate::answers::{Decided, Filed};
use crate::format::time;
use crate::language::{Family, Texts};
use crate::parts::{
    Cell, Choice, Column, Field, Table, Tone, badge, choices, empty, escaped, facts, field, findings, hidden,
    pager, said, state, submit, timeline,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// The address of the list.
pub const ADDRESS: &str = "/desk/exports";

/// The address of a trade.
pub fn export_address(merchant: &str, order_no: &str) -> String {
    format!("{ADDRESS}/{}/{}", escaped(merchant), escaped(order_no))
}

/// The list.
pub fn list(frame: &Frame, told: &Exports, asked: &str, after: &str) -> Page {
    let texts = frame.texts;
    let link = |after: &str| address(ADDRESS, &[("state", asked), ("after", after)]);
    let first = (!after.is_empty()).then(|| link(""));
    let next = told.next.as_deref().map(link);
    let columns = vec![
        Column::of(texts.text("order")),
        Column::of(texts.text("state")),
        Column::of(texts.text("waiting-for")),
        Column::of(texts.text("entry-number")),
        Column::of(texts.text("exports-mode")),
        Column::of(texts.text("district")),
        Column::of(texts.text("changed")),
    ];
    let body = html! {
        p { (texts.text("about-exports")) " " a href=(super::summaries::ADDRESS) { (texts.text("nav-summaries")) } }
        (filter(texts, ADDRESS, &STATES, asked))
        @if told.exports.is_empty() { (empty(&texts.text("exports-none"), &texts.text("exports-none-help"))) }
        @else { (Table { caption: texts.text("newest-first"), columns, rows: told.exports.iter().map(|line| row(texts, line)).collect() }.shown()) }
        (pager(texts, first.as_deref(), next.as_deref()))
    };
    Page::new(texts.text("nav-exports"), Some(Desk::Exports), body)
}

/// The states that a list is narrowed to.
const STATES: [(u16, &str); 9] = [
    (2, "declared"),
    (100, "rejected"),
    (300, "review"),
    (399, "concluded"),
    (500, "inspection"),
    (600, "suspended"),
    (800, "released"),
    (899, "closed"),
    (1399, "cancelled"),
];

/// The form that narrows a list of exports, or of their summaries, to a state.
pub(super) fn filter(texts: Texts, action: &str, states: &[(u16, &str)], asked: &str) -> Markup {
    html! {
        form.filter method="get" action=(action) role="search" {
            div.field {
                label for="state" { (texts.text("state")) }
                select #state name="state" {
                    option value="" selected[asked.is_empty()] { (texts.text("all-states")) }
                    @for (number, word) in states {
                        option value=(number) selected[asked == number.to_string()] { (texts.word(Family::State, word)) }
                    }
                }
            }
            (submit(&texts.text("narrow")))
        }
    }
}

fn row(texts: Texts, line: &ExportLine) -> Vec<Cell> {
    vec![
        html! { a.lead href=(export_address(&line.merchant, &line.order_no)) { (line.order_no) } " " span.muted.code { (line.merchant) } },
        state(texts, line.state_word.as_deref()),
        html! { (waiting(texts, line)) },
        html! { @if let Some(number) = &line.invt_no { span.code { (number) } } },
        html! { @if let Some(mode) = &line.trade_mode { span.code { (mode) } } },
        html! { span.code { (line.customs_code) } },
        time(&line.changed),
    ]
}

fn waiting(texts: Texts, line: &ExportLine) -> String {
    let words: Vec<String> = line.waiting_for.iter().map(|word| texts.word(Family::Waiting, word)).collect();
    words.join(&texts.text("joint"))
}

/// What the form of an officer shows besides the trade.
#[derive(Clone, Default, Debug)]
pub struct Decision {
    /// Names this decision: sent again it gets its first answer.
    pub id: String,
    /// What was wrong with the last one.
    pub fault: String,
    /// Why the last one was refused.
    pub refused: Option<Decided>,
}

/// The page of a trade; `decision` = the reader may decide.
pub fn page(frame: &Frame, shown: &Export, decision: Option<&Decision>) -> Page {
    let texts = frame.texts;
    let body = html! {
        div.beside {
            div {
                (standing(texts, shown))
                @if let Some(attempt) = &shown.attempt {
                    h2 { (texts.text("why-it-stands")) }
                    (findings(texts, &attempt.findings))
                }
                @if let Some(decision) = decision { (form(frame, shown, decision)) }
            }
            div { (documents(texts, shown)) }
        }
        (super::export_returns::shown(texts, &shown.returns))
        h2 { (texts.text("what-happened")) }
        (timeline(texts, &shown.timeline, |_| html! {}))
        (remarks(texts, shown.attempt.as_ref()))
    };
    let title = texts.with("exports-title", &[("number", &shown.line.order_no)]);
    Page::new(title, Some(Desk::Exports), body).below(ADDRESS, texts.text("nav-exports"))
}

fn standing(texts: Texts, shown: &Export) -> Markup {
    let line = &shown.line;
    let mut pairs = vec![(texts.text("state"), state(texts, line.state_word.as_deref()))];
    if !line.waiting_for.is_empty() {
        pairs.push((texts.text("waiting-for"), html! { (waiting(texts, line)) }));
    }
    for deadline in &shown.deadlines {
        pairs.push((texts.word(Family::Deadline, &deadline.what), time(&deadline.due)));
    }
    pairs.push((texts.text("exports-merchant"), html! { span.code { (line.merchant) } }));
    if let Some(mode) = &line.trade_mode {
        pairs.push((texts.text("exports-mode"), html! { span.code { (mode) } }));
    }
    if let Some(lane) = &line.lane {
        pairs.push((texts.text("lane"), badge(Tone::of_lane(lane), &texts.word(Family::Lane, lane))));
    }
    if let Some(number) = &line.invt_no {
        pairs.push((texts.text("entry-number"), html! { span.code { (number) } }));
    }
    if let Some(attempt) = &shown.attempt {
        pairs.push((texts.text("attempt"), html! { (attempt.number) }));
        if let Some(number) = &attempt.pre_no {
            pairs.push((texts.text("pre-number"), html! { span.code { (number) } }));
        }
        if let Some(day) = &attempt.business_date {
            pairs.push((texts.text("law-of"), time(day)));
        }
        if let Some(day) = &attempt.closed_on {
            pairs.push((texts.text("exports-closed"), time(day)));
        }
    }
    pairs.push((texts.text("version"), html! { (line.version) }));
    facts(&pairs)
}

fn documents(texts: Texts, shown: &Export) -> Markup {
    let waybill = shown.waybill.as_ref();
    let declaration = shown.attempt.as_ref().and_then(|attempt| attempt.declaration.as_ref());
    let rows: [(String, Option<&Filed>); 4] = [
        (texts.word(Family::Waiting, "order"), shown.order.as_ref()),
        (texts.text("exports-received"), shown.received.as_ref()),
        (texts.word(Family::Waiting, "waybill"), waybill.and_then(|waybill| waybill.document.as_ref())),
        (texts.word(Family::Waiting, "declaration"), declaration),
    ];
    let of_filed = |filed: Option<&Filed>| match filed {
        Some(filed) => html! { span.code { (filed.status) } " " span.muted.code { (filed.sender) } },
        None => html! { span.muted { (texts.text("not-yet")) } },
    };
    let told = |value: Option<&String>| match value {
        Some(value) => html! { span.code { (value) } },
        None => html! { span.muted { (texts.text("not-yet")) } },
    };
    html! {
        h2 { (texts.text("documents")) }
        (facts(&rows.map(|(name, filed)| (name, of_filed(filed)))))
        @if let Some(waybill) = waybill {
            (facts(&[
                (texts.text("waybill-number"), html! { span.code { (waybill.logistics_no) } }),
                (texts.text("exports-bill"), told(waybill.bill_no.as_ref())),
                (texts.text("exports-arrived"), html! { @if waybill.arrived { "✓" } @else { span.muted { (texts.text("not-yet")) } } }),
                (texts.text("exports-departed"), match &waybill.departed {
                    Some(day) => time(day),
                    None => html! { span.muted { (texts.text("not-yet")) } },
                }),
            ]))
        }
        @if let Some(file) = &shown.cancellation {
            (facts(&[(texts.text("cancellation"), html! { span.code { (file.pre_no) } " " (file.status) })]))
        }
    }
}

fn remarks(texts: Texts, attempt: Option<&ExportAttempt>) -> Markup {
    let remarks = attempt.map(|attempt| &attempt.remarks[..]).unwrap_or_default();
    html! {
        @if !remarks.is_empty() {
            h2 { (texts.text("remarks")) }
            ul { @for remark in remarks { li { (time(&remark.time)) " " span.code { (remark.officer) } " " (texts.word(Family::Event, &remark.action)) " " (remark.text) } } }
        }
    }
}

fn form(frame: &Frame, shown: &Export, decision: &Decision) -> Markup {
    let texts = frame.texts;
    let unkeyed = |open: &crate::answers::Open| Choice { key: None, ..choice(texts, open) };
    let all: Vec<Choice> = shown.actions.iter().map(unkeyed).collect();
    html! {
        h2 #decide { (texts.text("decide")) }
        @if !decision.fault.is_empty() { (said(Tone::Bad, html! { p { (texts.with("exports-refused", &[("text", &decision.fault)])) } })) }
        @if let Some(refused) = &decision.refused { (refusal(texts, refused)) }
        @if all.is_empty() { p { (texts.text("nothing-to-decide")) } }
        @else {
            form method="post" action={ (export_address(&shown.line.merchant, &shown.line.order_no)) "/actions" } {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (hidden("id", &decision.id))
                (hidden("version", &shown.line.version.to_string()))
                (choices("action", &texts.text("decision"), "", "", &all))
                (field(&Field { name: "text", label: &texts.text("words"), hint: &texts.text("words-hint"), kind: "area", ..Field::default() }))
                (submit(&texts.text("exports-record")))
            }
        }
    }
}
