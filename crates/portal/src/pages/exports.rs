//! Export trades: the list, and one with where it stands and why, its documents, what happened, and for officers what they
//! may decide.

use super::address;
use super::body_form::value_name;
use super::consignment::{MOVES, sealed};
use super::decide::{assignment, choice, inspection, keys, refusal, sent_to};
use super::grown;
use super::inspect;
use super::narrowed::{Listing, states};
use super::registers::{record_address, state_name};
use super::subjects::enterprise_address;
use crate::answers::exports::{Consolidation, Export, ExportAttempt, ExportLine, Exports, Transferred};
use crate::answers::{Decided, Filed};
use crate::format::time;
use crate::language::{Family, Texts};
use crate::parts::{
    Cell, Choice, Column, Field, Sorting, Table, Tone, badge, choices, empty, escaped, facts, field, hidden,
    pager, state, submit,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// The address of the list.
pub const ADDRESS: &str = "/desk/exports";

/// The address of a trade.
pub fn export_address(merchant: &str, order_no: &str) -> String {
    format!("{ADDRESS}/{}/{}", escaped(merchant), escaped(order_no))
}

/// What the list shows.
pub type View = Listing<Exports>;

/// Columns that the list is sorted by; the words are those of the interface.
pub const SORTED: [&str; 6] = ["order", "state", "entry", "mode", "district", "changed"];

/// The list.
pub fn list(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let narrowed = view.narrowed(ADDRESS);
    let link = |sort: &str, after: &str| narrowed.link(sort, after);
    let asked = Sorting::read(&view.sort, &SORTED);
    // Too many to be put in order: they stand as they came, and no column is marked.
    let sorting = if view.list.more { Sorting::default() } else { asked };
    let first = (!view.after.is_empty()).then(|| link(&sorting.text(), ""));
    let next = view.list.next.as_deref().map(|after| link(&sorting.text(), after));
    let body = html! {
        p { (texts.text("about-exports")) " " a href=(super::summaries::ADDRESS) { (texts.text("nav-summaries")) } }
        (narrowed.form(texts, &STATES, &texts.text("exports-number-hint")))
        @if view.list.exports.is_empty() {
            @if narrowed.is_narrow() { (empty(&texts.text("nothing-found"), &texts.text("nothing-found-help"))) }
            @else { (empty(&texts.text("exports-none"), &texts.text("exports-none-help"))) }
        } @else {
            (table(texts, view, sorting, &link))
            @if view.list.more { p { (texts.text("sorted-newest")) } }
            @if !sorting.by.is_empty() { p { a href=(link("", "")) { (texts.text("newest-first")) } } }
        }
        (pager(texts, first.as_deref(), next.as_deref()))
    };
    Page { live: view.live.clone(), ..Page::new(texts.text("nav-exports"), Some(Desk::Exports), body) }
}

fn table(texts: Texts, view: &View, sorting: Sorting<'_>, link: &dyn Fn(&str, &str) -> String) -> Markup {
    let sorted = |word: &str, name: String| sorting.column(word, name, |sort| link(sort, ""));
    let columns = vec![
        sorted("order", texts.text("order")),
        sorted("state", texts.text("state")),
        Column::of(texts.text("waiting-for")),
        Column::of(texts.text("deadline")),
        sorted("entry", texts.text("entry-number")),
        sorted("mode", texts.text("exports-mode")),
        sorted("district", texts.text("district")),
        sorted("changed", texts.text("changed")),
    ];
    let caption = if sorting.by.is_empty() { texts.text("newest-first") } else { texts.text("sorted") };
    Table { caption, columns, rows: view.list.exports.iter().map(|line| row(texts, line)).collect() }.shown()
}

/// The states that a list is narrowed to.
const STATES: [(u16, &str); 10] = [
    (2, "declared"),
    (100, "rejected"),
    (300, "review"),
    (399, "concluded"),
    (500, "inspection"),
    (599, "detained-other"),
    (600, "suspended"),
    (800, "released"),
    (899, "closed"),
    (1399, "cancelled"),
];

/// The form that narrows a list of summaries to a state.
pub(super) fn filter(texts: Texts, action: &str, narrowed: &[(u16, &str)], asked: &str) -> Markup {
    html! {
        form.filter method="get" action=(action) role="search" {
            (states(texts, narrowed, asked))
            (submit(&texts.text("narrow")))
        }
    }
}

fn row(texts: Texts, line: &ExportLine) -> Vec<Cell> {
    vec![
        html! { a.lead href=(export_address(&line.merchant, &line.order_no)) { (line.order_no) } " " span.muted.code { (line.merchant) } },
        state(texts, line.state_word.as_deref()),
        html! { (waiting(texts, line)) },
        html! { @if let Some(due) = &line.due { (time(due)) } },
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
    /// What was chosen before.
    pub chosen: String,
    /// What was written before.
    pub text: String,
    /// What was wrong with the last one.
    pub fault: String,
    /// What was wrong with what was written.
    pub words_fault: String,
    /// Why the last one was refused.
    pub refused: Option<Decided>,
    /// What the form of an inspection shows.
    pub inspection: inspect::View,
}

/// The page of a trade; `decision` = the reader may decide.
pub fn page(frame: &Frame, shown: &Export, decision: Option<&Decision>) -> Page {
    let (texts, there) = (frame.texts, export_address(&shown.line.merchant, &shown.line.order_no));
    let body = html! {
        div.beside {
            div {
                (standing(texts, shown))
                @if let Some(attempt) = &shown.attempt {
                    h2 #why { (texts.text("why-it-stands")) }
                    (grown::found(frame, &there, &attempt.findings))
                    (sealed(texts, &attempt.hits))
                    @if let Some(given) = &shown.risk_score { (super::risk_model::given(texts, given)) }
                    @if let Some(score) = &shown.shadow { (super::risk_model::score(texts, score)) }
                    (appeal(texts, shown))
                }
                @if let Some(decision) = decision { (form(frame, shown, decision)) }
            }
            div { (documents(frame, shown)) }
        }
        (super::export_returns::shown(texts, &shown.returns))
        (transfers(texts, &shown.transfers))
        h2 #happened { (texts.text("what-happened")) }
        // An older part of the timeline stays what it is.
        @if frame.place.contains("events=") { (record(frame, shown)) }
        @else { div id=(MOVES) { (record(frame, shown)) } }
    };
    let title = texts.with("exports-title", &[("number", &shown.line.order_no)]);
    let page = Page::new(title, Some(if decision.is_some() { Desk::Queue } else { Desk::Exports }), body);
    match decision {
        Some(_) => page.below(&queue_address(), Desk::Queue.name(texts)),
        None => page.below(ADDRESS, texts.text("nav-exports")),
    }
}

/// What happened and what officers said to it: what grows on the page of a trade, as on that of imports.
pub fn record(frame: &Frame, shown: &Export) -> Markup {
    let there = export_address(&shown.line.merchant, &shown.line.order_no);
    html! {
        (grown::happened(frame, &there, &shown.timeline, |entry| html! {
            @if let Some(one) = &entry.inspection { (inspect::shown(frame.texts, &there, one)) }
        }))
        (remarks(frame.texts, shown.attempt.as_ref()))
    }
}

/// The address of the officers' queue of exports.
pub fn queue_address() -> String {
    address(Desk::Queue.address(), &[("tab", super::queue::EXPORTS)])
}

/// What somebody decided against a party it may have reviewed. Only offices are told lanes.
fn appeal(texts: Texts, shown: &Export) -> Markup {
    let state = shown.line.state_word.as_deref().unwrap_or_default();
    let is_decided =
        matches!(state, "rejected" | "review" | "inspection" | "suspended") || state.starts_with("detained-");
    html! { @if is_decided && shown.line.lane.is_none() { p.muted { (texts.text("trade-appeal")) " " a href="/guide#appeal" { (texts.text("guide-appeal")) } } } }
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
    pairs.extend(shown.hold.as_ref().map(|hold| super::keeper::held(texts, hold)));
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
        if let Some(book) = &attempt.book {
            pairs.push((texts.text("books-book"), super::books::taken(texts, book)));
        }
    }
    pairs.push((texts.text("version"), html! { (line.version) }));
    facts(&pairs)
}

fn documents(frame: &Frame, shown: &Export) -> Markup {
    let texts = frame.texts;
    let waybill = shown.waybill.as_ref();
    let declaration = shown.attempt.as_ref().and_then(|attempt| attempt.declaration.as_ref());
    let rows: [(String, Option<&Filed>); 4] = [
        (texts.word(Family::Waiting, "order"), shown.order.as_ref()),
        (texts.text("exports-received"), shown.received.as_ref()),
        (texts.word(Family::Waiting, "waybill"), waybill.and_then(|waybill| waybill.document.as_ref())),
        (texts.word(Family::Waiting, "declaration"), declaration),
    ];
    // Only offices are told lanes.
    let office = shown.line.lane.is_some();
    let corrects = frame.reader.as_ref().is_some_and(|reader| reader.desks.contains(&Desk::Send));
    let of_filed = |filed: Option<&Filed>| match filed {
        Some(filed) => html! {
            span.code { (filed.status) } " · "
            @if office { a.code href=(enterprise_address(&filed.sender)) { (filed.sender) } } @else { span.code.muted { (filed.sender) } }
            @if corrects && filed.own { " · " a href={ "/desk/documents/" (filed.position) } { (texts.text("correct-document")) } }
        },
        None => html! { span.muted { (texts.text("not-shown-or-not-yet")) } },
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
        @if let Some(unit) = &shown.consolidation { (facts(&in_unit(texts, unit, office))) }
        @if let Some(file) = &shown.cancellation {
            (facts(&[(texts.text("cancellation"), html! { span.code { (file.pre_no) } " " (file.status) })]))
        }
    }
}

/// The unit in which a parcel is, or left. Its record is for whoever loads it and for offices.
fn in_unit(texts: Texts, unit: &Consolidation, office: bool) -> Vec<(String, Markup)> {
    let register = "consolidations";
    let text = |value: &str| html! { span.code { (value) } };
    let record = html! {
        @if office { a.code href=(record_address(register, &unit.id)) { (unit.id) } } @else { span.code { (unit.id) } }
        " · " (state_name(texts, &unit.state))
    };
    let on_it = html! { (value_name(texts, &unit.kind)) " " span.code { (unit.unit) } };
    let mut pairs = vec![
        (texts.text("exports-unit"), record),
        (texts.item(register, "unit"), on_it),
        (texts.item(register, "site"), text(&unit.site)),
    ];
    pairs.extend(unit.seal.as_ref().map(|seal| (texts.item(register, "seal"), text(seal))));
    if !unit.at.is_empty() {
        pairs.push((texts.item(register, "vehicle"), text(&unit.vehicle)));
        pairs.push((texts.item(register, "at"), time(&unit.at)));
    }
    pairs
}

/// How its parcel is carried to the district of exit; nothing where it leaves from where it was cleared.
fn transfers(texts: Texts, all: &[Transferred]) -> Markup {
    html! {
        @if !all.is_empty() {
            h2 #transfers { (texts.text("exports-transfers")) }
            ul { @for one in all { li { (time(&one.time)) " " (texts.word(Family::RecordState, &one.what)) " " span.code { (one.transfer) } } } }
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
    let all: Vec<Choice> = shown.actions.iter().map(|open| choice(texts, open)).collect();
    let there = export_address(&shown.line.merchant, &shown.line.order_no);
    let waits = shown.unconfirmed.as_ref().map(|waits| (&shown.timeline[..], waits));
    html! {
        (inspection(frame, (&there, shown.line.version), waits, shown.inspection.as_ref(), &decision.inspection))
        h2 #decide { (texts.text("decide")) }
        (assignment(frame, &there, shown.line.assigned.as_ref()))
        @if let Some(refused) = &decision.refused { (refusal(texts, refused)) }
        @if all.is_empty() { p { (texts.text("nothing-to-decide")) } }
        @else {
            form method="post" action=(sent_to(frame, &there, "actions")) {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (hidden("id", &decision.id))
                (hidden("version", &shown.line.version.to_string()))
                (choices("action", &texts.text("decision"), &decision.fault, &decision.chosen, &all))
                (field(&Field { name: "text", label: &texts.text("words"), hint: &texts.text("words-hint"), kind: "area", value: &decision.text, fault: &decision.words_fault, ..Field::default() }))
                (submit(&texts.text("record-decision")))
            }
        }
        (keys(texts, !all.is_empty() || shown.inspection.is_some()))
    }
}
