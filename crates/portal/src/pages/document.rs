//! A document as a form, made from the definition of its message: to fill in one that nobody's software makes, and to correct
//! one that was not taken, each fault at its field.

use super::exports::export_address;
use super::send::{Sent, results};
use super::trade_address;
use crate::answers::Finding;
use crate::answers::sending::{Definition, ExportOrder, FieldRule, Fields, Order, PartRule, named};
use crate::language::{Family, Language, Texts};
use crate::parts::{Tone, finding, hidden, said};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// Lines that are open at once; the others come along unseen.
const OPEN: usize = 5;
/// Lines that a form may have: more is for software.
pub const LINES: usize = 30;

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// What the message is made of.
    pub definition: Definition,
    /// What stands in the fields, by their names.
    pub values: Fields,
    /// Lines.
    pub lines: usize,
    /// The line that is open first, from 0.
    pub from: usize,
    /// What was found against it.
    pub findings: Vec<Finding>,
    /// The document that is corrected: its row, and the row of its message.
    pub of: Option<(u64, Option<u64>)>,
    /// Its trade.
    pub order: Option<Order>,
    /// Its export trade.
    pub export: Option<ExportOrder>,
    /// What was answered just now.
    pub sent: Option<Sent>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let kind = texts.word(Family::Message, &view.definition.root);
    let title = if view.of.is_some() {
        texts.with("correct-title", &[("message", &kind)])
    } else {
        texts.with("fill-in-title", &[("message", &kind)])
    };
    let body = html! {
        @if let Some(sent) = &view.sent { (results(texts, std::slice::from_ref(sent))) }
        @if let Some(order) = &view.order {
            p { a href=(trade_address(&order.platform, &order.order_no)) { (texts.with("trade-title", &[("number", &order.order_no)])) } }
        }
        @if let Some(order) = &view.export {
            p { a href=(export_address(&order.merchant, &order.order_no)) { (texts.with("exports-title", &[("number", &order.order_no)])) } }
        }
        @if view.lines > LINES { (too_long(texts, view)) } @else { (form(frame, view)) }
    };
    Page::new(title, Some(Desk::Send), body).below(Desk::Send.address(), Desk::Send.name(texts))
}

fn too_long(texts: Texts, view: &View) -> Markup {
    let told = texts.numbered("too-many-lines", &[("lines", view.lines as u64)], &[]);
    html! {
        (said(Tone::Warn, html! { p { (told) } }))
        (as_text(texts, view))
        @if !view.findings.is_empty() { h2 { (texts.text("why-it-stands")) } }
        @for one in &view.findings { (finding(texts, one)) }
    }
}

/// Where the message itself is corrected.
fn as_text(texts: Texts, view: &View) -> Markup {
    html! {
        @if let Some((_, Some(message))) = view.of {
            p { a href={ "/desk/send?from=" (message) } { (texts.text("correct-as-text")) } }
        }
    }
}

fn form(frame: &Frame, view: &View) -> Markup {
    let texts = frame.texts;
    let (head, line): (Vec<&PartRule>, Vec<&PartRule>) =
        view.definition.parts.iter().partition(|part| !part.lines);
    let named: Vec<&str> =
        view.findings.iter().flat_map(|one| &one.fields).map(|field| field.path.as_str()).collect();
    let loose: Vec<&Finding> = view
        .findings
        .iter()
        .filter(|one| !one.fields.iter().any(|field| is_here(view, &field.path)))
        .collect();
    html! {
        @if !loose.is_empty() { h2 { (texts.text("why-it-stands")) } }
        @for one in &loose { (finding(texts, one)) }
        @if named.len() > loose.len() { p { (texts.text("faults-at-fields")) } }
        (as_text(texts, view))
        form.document method="post" action="/desk/documents" {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("kind", &view.definition.kind.to_string()))
            (hidden("lines", &view.lines.to_string()))
            (hidden("from", &view.from.to_string()))
            @if let Some((position, message)) = view.of {
                (hidden("of", &position.to_string()))
                @if let Some(message) = message { (hidden("message", &message.to_string())) }
            }
            @for part in head { (fields(texts, view, part, None)) }
            @for part in line {
                @for number in 0..view.lines {
                    @if (view.from..view.from + OPEN).contains(&number) || has_fault(view, part, number) {
                        h2 { (texts.with("line-number", &[("number", &(number + 1).to_string())])) }
                        (fields(texts, view, part, Some(number)))
                        @if view.lines > view.definition.fewest_lines {
                            p { button.quiet name="do" value={ "drop-" (number) } { (texts.with("drop-line", &[("number", &(number + 1).to_string())])) } }
                        }
                    } @else { (unseen(view, part, number)) }
                }
                p {
                    button.quiet name="do" value="add" { (texts.text("add-line")) }
                    @if view.from + OPEN < view.lines { " " button.quiet name="do" value="next" { (texts.text("next-lines")) } }
                    @if view.from > 0 { " " button.quiet name="do" value="first" { (texts.text("first-lines")) } }
                }
            }
            p { button name="do" value="send" { (texts.text("send-now")) } " " button.quiet name="do" value="xml" { (texts.text("as-xml")) } }
            p.muted { (texts.text("as-xml-help")) }
        }
    }
}

/// Whether a path of a finding is a field of this form.
fn is_here(view: &View, path: &str) -> bool {
    let name = named(path);
    view.definition
        .parts
        .iter()
        .any(|part| name.strip_prefix(&part.element).is_some_and(|rest| rest.starts_with(['.', '['])))
}

fn has_fault(view: &View, part: &PartRule, line: usize) -> bool {
    let prefix = format!("{}[{}].", part.element, line + 1);
    view.findings.iter().flat_map(|one| &one.fields).any(|field| named(&field.path).starts_with(&prefix))
}

/// Lines that are not open: what stands in them comes along.
fn unseen(view: &View, part: &PartRule, line: usize) -> Markup {
    html! { @for field in &part.fields {
        @let name = Definition::name(part, Some(line), &field.name);
        @if let Some(value) = view.values.get(&name) { (hidden(&name, value)) }
    } }
}

fn fields(texts: Texts, view: &View, part: &PartRule, line: Option<usize>) -> Markup {
    html! { div.grid { @for rule in &part.fields { (one(texts, view, part, line, rule)) } } }
}

/// A field: its name in the reader's language and in the message, whether it must be there, its type, and its faults.
fn one(texts: Texts, view: &View, part: &PartRule, line: Option<usize>, rule: &FieldRule) -> Markup {
    let name = Definition::name(part, line, &rule.name);
    let value = view.values.get(&name).map(String::as_str).unwrap_or_default();
    let faults: Vec<&Finding> = view
        .findings
        .iter()
        .filter(|one| one.fields.iter().any(|field| named(&field.path) == name))
        .collect();
    let chinese = texts.language() == Language::Chinese;
    let told = (!faults.is_empty()).then(|| format!("{name}-fault"));
    let label = texts.known(Family::Field, &rule.name).unwrap_or_else(|| rule.meaning.clone());
    html! {
        div.field {
            label for=(name) { (label) @if rule.mandatory { " *" } " " span.code.muted { (rule.name) " " (rule.notation) } }
            @if let Some(id) = &told {
                div.fault id=(id) { @for found in &faults {
                    p { (if chinese && !found.text.is_empty() { &found.text } else if chinese { &found.why.zh } else { &found.why.en })
                        " → " (if chinese { &found.fix.zh } else { &found.fix.en }) }
                } }
            }
            input id=(name) name=(name) value=(value) spellcheck="false" autocapitalize="off" autocomplete="off"
                aria-describedby=[told.as_ref()] aria-invalid=[told.as_ref().map(|_| "true")];
        }
    }
}
