//! One record: what it says, what would change, what the reader may do with it, and what became of it so far; and the page on
//! which a new one is made.

use super::body_form::{self, Shown};
use super::registers::{late, move_name, record_address, register_address, state, value};
use crate::answers::Both;
use crate::answers::registers::{Fault, Fields, Record, Step, differences, fields_of, fresh};
use crate::format::time;
use crate::language::{Family, Texts};
use crate::parts::{Cell, Column, Field, Table, Tone, both, empty, facts, field, hidden, said};
use crate::shell::{Frame, Page, guard};
use maud::{Markup, html};
use serde_json::Value;

/// Differences of one version that are shown; more are told as a number.
const DIFFERENCES: usize = 40;
/// Characters of a value beside another.
const BESIDE: usize = 200;

/// What was sent and not taken.
#[derive(Clone, Default, Debug)]
pub struct Sent {
    /// The move.
    pub action: String,
    /// What stood in the fields.
    pub fields: Fields,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// Why it was refused as a whole: kind of the problem, and its words.
    pub refused: Option<(String, Both)>,
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// The record as it is.
    pub record: Record,
    /// Its versions, the newest first.
    pub versions: Vec<Record>,
    /// Names of the fields of its register, in the order in which people read them.
    pub order: Vec<&'static str>,
    /// A record that belongs to it: the delivery of a webhook.
    pub beside: Option<Record>,
    /// Where what it gives is read.
    pub shared: Option<String>,
    /// Whether the reader decides on such records, and cannot decide on this one because he sent it.
    pub sent_himself: bool,
    /// Of a demand: the offers to it.
    pub offers: Option<super::demands::Offers>,
    /// What was sent and not taken.
    pub sent: Option<Sent>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let (texts, record) = (frame.texts, &view.record);
    let register = record.register.as_str();
    let body = html! {
        p {
            (state(texts, &record.state)) " " (late(texts, record))
        }
        @if let Some(refused) = view.sent.as_ref().and_then(|sent| sent.refused.as_ref()) { (refusal(texts, refused)) }
        @if !record.note.is_empty() { (said(Tone::Still, html! { p { strong { (move_name(texts, &record.action)) } " · " (record.note) } })) }
        @if let Some(there) = &view.shared { p { a href=(there) { (texts.text("to-shared")) } } }
        @if register == "attachments" { p { a.button href={ (record_address(register, &record.id)) "/content" } { (texts.text("read-attachment")) } } }
        @if register == "parks" && (record.yours || !record.moves.is_empty()) {
            p { a.button href=(super::parks::figures_address(&record.id)) { (texts.text("parks-to-figures")) } }
        }
        @if register == "trace-codes" && record.body.get("issued").is_some() { p { a.button href=(super::traces::labels_address(&record.id)) { (texts.text("labels-title")) } } }
        @if register == "recalls" { p { a.button href=(super::traces::recall_address(&record.id)) { (texts.text("recall-to")) } } }
        @if let Some(offers) = &view.offers { (super::demands::section(frame, view, offers)) }
        (comparison(texts, record))
        (moves(frame, view))
        h2 { (texts.text("what-it-says")) }
        (told(texts, register, &view.order, "", &record.body))
        @if let Some(beside) = &view.beside {
            h2 { (texts.word(Family::Register, &beside.register)) }
            p { (state(texts, &beside.state)) " " a href=(record_address(&beside.register, &beside.id)) { (texts.text("whole-record")) } }
            (told(texts, &beside.register, &[], "", &beside.body))
        }
        h2 { (texts.text("about-record")) }
        (facts(&[
            (texts.text("parties"), html! { span.code { (record.parties.join(", ")) } }),
            (texts.text("made"), time(&record.created)),
            (texts.text("changed"), html! { (time(&record.changed)) " · " (record.by.name) " " span.code.muted { (record.by.party) } }),
            (texts.text("version"), html! { (record.version) }),
            (texts.text("evidence"), html! { a.code href=(super::address("/desk/evidence", &[("position", &record.position.to_string())])) { (record.position) } }),
        ]))
        h2 { (texts.text("what-happened")) }
        (history(texts, &view.versions))
    };
    let (name, above) = (texts.word(Family::Register, register), super::registers::above(frame));
    Page::new(record.id.clone(), Some(above), body)
        .below(above.address(), above.name(texts))
        .below(&register_address(register), name)
}

/// What a record is called that somebody read: a trade, or a record of a register.
pub(super) fn record_name(texts: Texts, kind: &str) -> String {
    texts.known(Family::Register, kind).unwrap_or_else(|| texts.word(Family::Value, kind))
}

fn refusal(texts: Texts, (kind, words): &(String, Both)) -> Markup {
    let told = texts.known(Family::Problem, kind).unwrap_or_else(|| texts.text("problem-other"));
    said(Tone::Bad, html! { p { strong { (told) } " " (both(texts, words)) } })
}

/// What is in force and what is applied for, side by side, where they differ.
fn comparison(texts: Texts, record: &Record) -> Markup {
    if !record.state.ends_with("submitted") {
        return html! {};
    }
    let mut applied = record.body.get("applied").unwrap_or(&record.body).clone();
    let Some(before) = record.body.get("inForce").filter(|before| before.is_object()) else {
        return html! {};
    };
    if let Some(members) = applied.as_object_mut() {
        members.remove("inForce");
    }
    let rows = differences(before, &applied);
    html! {
        h2 { (texts.text("what-would-change")) }
        @if rows.is_empty() { (empty(&texts.text("changes-nothing"), &texts.text("changes-nothing-help"))) }
        @else { (changes(texts, &record.register, rows, texts.text("in-force"), texts.text("applied-for"))) }
    }
}

fn short(text: &str) -> String {
    let begin: String = text.chars().take(BESIDE).collect();
    if begin.len() < text.len() { format!("{begin}…") } else { begin }
}

/// A path with the names of its fields.
fn named(texts: Texts, register: &str, path: &str) -> String {
    let part = |part: &str| {
        let (name, index) =
            part.split_once('[').map_or((part, ""), |(name, rest)| (name, rest.trim_end_matches(']')));
        let own = texts.item(register, name);
        if index.is_empty() { own } else { format!("{own} {index}") }
    };
    path.split('.').map(part).collect::<Vec<String>>().join(" › ")
}

fn changes(
    texts: Texts,
    register: &str,
    rows: Vec<(String, String, String)>,
    before: String,
    after: String,
) -> Markup {
    let more = rows.len().saturating_sub(DIFFERENCES);
    let cells = |(path, old, new): (String, String, String)| -> Vec<Cell> {
        vec![
            html! { (named(texts, register, &path)) },
            html! { (short(&old)) },
            html! { strong { (short(&new)) } },
        ]
    };
    html! {
        (Table {
            caption: texts.text("differences"),
            columns: vec![Column::of(texts.text("field")), Column::of(before), Column::of(after)],
            rows: rows.into_iter().take(DIFFERENCES).map(cells).collect(),
        }.shown())
        @if more > 0 { p.muted { (texts.with("more-differences", &[("count", &more.to_string())])) } }
    }
}

/// What a record says, as names with their values.
fn told(texts: Texts, register: &str, order: &[&str], name: &str, body: &Value) -> Markup {
    match body {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_cached_key(|(name, _)| {
                order.iter().position(|known| *known == name.as_str()).unwrap_or(usize::MAX)
            });
            let pairs: Vec<(String, Markup)> = members
                .into_iter()
                .filter(|(name, value)| !value.is_null() && (register != "attachments" || *name != "content"))
                .map(|(name, value)| (texts.item(register, name), told(texts, register, order, name, value)))
                .collect();
            facts(&pairs)
        }
        Value::Array(items) if items.iter().any(Value::is_object) => html! {
            ol.rows { @for item in items { li { (told(texts, register, order, name, item)) } } }
        },
        Value::Array(items) if items.is_empty() => html! { span.muted { (texts.text("empty-value")) } },
        Value::String(text) if text.is_empty() => html! { span.muted { (texts.text("empty-value")) } },
        Value::String(id) if matches!(name, "attachment" | "brandAuthorisation") && id.contains(':') => {
            attachment(id)
        }
        Value::Array(items) if name == "attachments" => {
            html! { @for id in items.iter().filter_map(Value::as_str) { (attachment(id)) " " } }
        }
        other => value(texts, name, other),
    }
}

fn attachment(id: &str) -> Markup {
    html! { a.code href=(record_address("attachments", id)) { (id) } }
}

/// Each move that is open to the reader, as a form.
fn moves(frame: &Frame, view: &View) -> Markup {
    let (texts, record) = (frame.texts, &view.record);
    let there = format!("{}/actions", record_address(&record.register, &record.id));
    // An offer is accepted where it stands.
    let shown = |action: &str| view.offers.is_none() || action != "accept";
    html! {
        @if view.sent_himself { (said(Tone::Warn, html! { p { (texts.text("you-sent-this")) } })) }
        @if record.moves.iter().any(|step| shown(&step.action)) { h2 #moves { (texts.text("what-you-can-do")) } }
        @if record.moves.iter().any(|step| step.who == "reviewer") { p.muted { (texts.text("two-persons")) } }
        // Whoever decides finds the decision first.
        @for step in record.moves.iter().filter(|step| step.who == "reviewer").chain(record.moves.iter().filter(|step| step.who != "reviewer" && shown(&step.action))) {
            @let sent = view.sent.as_ref().filter(|sent| sent.action == step.action);
            details.move open[sent.is_some()] {
                summary { (move_name(texts, &step.action)) " → " (super::registers::state_name(texts, &step.to)) }
                (form(frame, &record.register, step, &there, record.version, sent, standing(record, step), false))
            }
        }
    }
}

/// What the record says already of what a move asks for.
fn standing(record: &Record, step: &Step) -> Fields {
    let rules = step.fields.as_deref().unwrap_or_default();
    match step.stands.as_deref().and_then(|pointer| record.body.pointer(pointer)) {
        Some(body) => fields_of(rules, body),
        None => fresh(rules),
    }
}

fn form(
    frame: &Frame,
    register: &str,
    step: &Step,
    there: &str,
    version: u32,
    sent: Option<&Sent>,
    standing: Fields,
    with_number: bool,
) -> Markup {
    let texts = frame.texts;
    let fields = sent.map_or(standing, |sent| sent.fields.clone());
    let faults = sent.map_or(&[][..], |sent| sent.faults.as_slice());
    let shown = Shown { texts, at: &step.action, register, fields: &fields, faults };
    let loose = body_form::loose(faults, step);
    html! {
        form.record method="post" action=(there) enctype="multipart/form-data" {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("action", &step.action))
            (hidden("version", &version.to_string()))
            @if !faults.is_empty() {
                (said(Tone::Bad, html! {
                    p { (texts.numbered("faults-found", &[("count", faults.len() as u64)], &[])) }
                    @if !loose.is_empty() { ul { @for one in &loose { li { span.code { (one.path) } " " (body_form::fault(texts, one)) } } } }
                }))
            }
            @if with_number { (number(shown)) }
            (body_form::fields(shown, step))
            p { button name="do" value="send" { (move_name(texts, &step.action)) } }
        }
    }
}

/// What the record shall be called.
fn number(shown: Shown<'_>) -> Markup {
    let texts = shown.texts;
    let (label, hint) = match shown.register {
        // The window itself makes these.
        "certificates" | "attachments" | super::demands::DEMANDS => return html! {},
        super::demands::OFFERS => (texts.text("demand-number"), texts.text("demand-number-hint")),
        "filings" => (texts.text("party-code"), texts.text("party-code-hint")),
        "trace-codes" => (texts.text("traces-number"), texts.text("traces-number-hint")),
        "payment-data" => (texts.text("platform-code"), texts.text("platform-code-hint")),
        _ => (texts.text("own-number"), texts.text("own-number-hint")),
    };
    let faults: Vec<&str> =
        shown.faults.iter().filter(|fault| fault.path == "id").map(|fault| fault.told(texts)).collect();
    let value = shown.fields.get("number").map(String::as_str).unwrap_or_default();
    field(&Field {
        name: "number",
        label: &label,
        hint: &hint,
        fault: &faults.join("; "),
        value,
        ..Field::default()
    })
}

/// What the page of a new record shows.
#[derive(Clone, Default, Debug)]
pub struct New {
    /// The register.
    pub register: String,
    /// By which move.
    pub step: Step,
    /// What its number is, where it is known.
    pub number: String,
    /// Fields that are filled in already, as the way here said.
    pub given: Fields,
    /// What was sent and not taken.
    pub sent: Option<Sent>,
}

/// The page of a new record.
pub fn new(frame: &Frame, view: &New) -> Page {
    let texts = frame.texts;
    let register = texts.word(Family::Register, &view.register);
    let mut standing = fresh(view.step.fields.as_deref().unwrap_or_default());
    standing.extend(view.given.clone());
    standing.insert("number".to_owned(), view.number.clone());
    let there = format!("{}/new", register_address(&view.register));
    let body = html! {
        @if let Some(refused) = view.sent.as_ref().and_then(|sent| sent.refused.as_ref()) { (refusal(texts, refused)) }
        p.muted { (texts.text("must-be-there")) }
        (form(frame, &view.register, &view.step, &there, 0, view.sent.as_ref(), standing, true))
    };
    let above = super::registers::above(frame);
    Page::new(format!("{} · {register}", move_name(texts, &view.step.action)), Some(above), body)
        .below(above.address(), above.name(texts))
        .below(&register_address(&view.register), register)
}

/// What became of it: who did what when, and what it changed.
fn history(texts: Texts, versions: &[Record]) -> Markup {
    // Whoever has one version alone is not to see how it came to be.
    let oldest = versions.last().filter(|_| versions.len() > 1);
    let older = oldest.map_or(0, |oldest| u64::from(oldest.version.saturating_sub(1)));
    html! {
        ol.timeline {
            @for (index, version) in versions.iter().enumerate() {
                li {
                    p {
                        (time(&version.changed)) " " strong { (move_name(texts, &version.action)) } " → " (state(texts, &version.state))
                        " · " (version.by.name) " " span.code.muted { (version.by.party) }
                    }
                    @if !version.note.is_empty() { p { (version.note) } }
                    @if let Some(earlier) = versions.get(index + 1) {
                        @let rows = differences(&earlier.body, &version.body);
                        @if !rows.is_empty() {
                            details {
                                summary { (texts.with("changes-of-version", &[("count", &rows.len().to_string())])) }
                                (changes(texts, &version.register, rows, texts.text("before"), texts.text("after")))
                            }
                        }
                    }
                }
            }
        }
        @if older > 0 { p.muted { (texts.counted("older-versions", &[("count", older)], &[])) } }
    }
}
