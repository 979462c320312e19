//! An officer's decision on one trade: what is open to him now, with the version that he sees.

use super::queue::SORTED;
use super::{address, inspect, trade_address};
use crate::answers::{Assigned, Consignment, Decided, Entry, InspectionForm, Open, Unconfirmed};
use crate::format::time;
use crate::language::{Family, Texts};
use crate::parts::{Choice, Field, Sorting, Tone, choices, declared, field, finding, hidden, said, submit};
use crate::shell::{Frame, guard};
use maud::{Markup, html};

/// What the form shows besides the trade.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Names this decision: sent again it gets its first answer.
    pub id: String,
    /// What was chosen before.
    pub chosen: String,
    /// What was written before.
    pub text: String,
    /// What was written as notice before.
    pub notice: String,
    /// What was written as another book to which goods come back.
    pub book: String,
    /// And as its items.
    pub items: String,
    /// What is wrong with what was sent.
    pub fault: String,
    /// What is wrong with what was written.
    pub words_fault: String,
    /// What is wrong with the number of the notice.
    pub notice_fault: String,
    /// What is wrong with the items to which goods come back.
    pub items_fault: String,
    /// Why it was refused, and what had happened meanwhile.
    pub refused: Option<Decided>,
    /// What the form of an inspection shows.
    pub inspection: inspect::View,
}

/// What a choice is sent as: the word, and the number of a return.
pub fn value(open: &Open) -> String {
    match open.number {
        Some(number) => format!("{}/{number}", open.word()),
        None => open.word(),
    }
}

/// Keys of the commonest; where there is a script they select and do not send.
fn key(word: &str) -> Option<char> {
    Some(match word {
        "approve" => 'a',
        "release" => 'r',
        "inspect" => 'i',
        "reject" => 'x',
        "suspend" => 'h',
        "confirm-inspection" => 'c',
        "contest-inspection" => 'o',
        "inspection-result-passed" => 'p',
        "inspection-result-failed" => 'f',
        _ => return None,
    })
}

/// The form.
pub fn form(frame: &Frame, shown: &Consignment, view: &View) -> Markup {
    let texts = frame.texts;
    let all: Vec<Choice> = shown.actions.iter().map(|open| choice(texts, open)).collect();
    let has_book = shown.attempt.as_ref().is_some_and(|attempt| attempt.book.is_some());
    let wants_book = has_book && shown.actions.iter().any(|open| open.action == "receive-return");
    let wants_notice = shown.actions.iter().any(|open| open.action == "summarise-bill");
    let there = trade_address(&shown.platform, &shown.order_no);
    let waits = shown.unconfirmed.as_ref().map(|waits| (&shown.timeline[..], waits));
    html! {
        (inspection(frame, (&there, shown.version), waits, shown.inspection.as_ref(), &view.inspection))
        h2 #decide { (texts.text("decide")) }
        (assignment(frame, &there, shown.assigned.as_ref()))
        @if let Some(officer) = &shown.proposed_by {
            (said(Tone::Warn, html! { p { (texts.with("release-proposed", &[("officer", officer)])) } }))
        }
        @if let Some(refused) = &view.refused { (refusal(texts, refused)) }
        @if all.is_empty() { p { (texts.text("nothing-to-decide")) } }
        @else {
            form method="post" action=(sent_to(frame, &there, "actions")) {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (hidden("id", &view.id))
                (hidden("version", &shown.version.to_string()))
                (choices("action", &texts.text("decision"), &view.fault, &view.chosen, &all))
                @if wants_notice {
                    (field(&Field { name: "notice", label: &texts.text("notice"), hint: &texts.text("notice-hint"), fault: &view.notice_fault, value: &view.notice, ..Field::default() }))
                }
                @if wants_book {
                    (field(&Field { name: "book", label: &texts.text("return-book"), hint: &texts.text("return-book-hint"), value: &view.book, ..Field::default() }))
                    (field(&Field { name: "items", label: &texts.text("return-items"), hint: &texts.text("return-items-hint"), fault: &view.items_fault, value: &view.items, ..Field::default() }))
                }
                (field(&Field { name: "text", label: &texts.text("words"), hint: &texts.text("words-hint"), kind: "area", value: &view.text, fault: &view.words_fault, ..Field::default() }))
                (submit(&texts.text("record-decision")))
            }
        }
        (keys(texts, !all.is_empty() || shown.inspection.is_some()))
    }
}

/// The order of the queue from which a trade was taken, as its address says it.
fn order(frame: &Frame) -> String {
    Sorting::read(frame.asked("sort"), &SORTED).text()
}

/// Where a form of what is `there` is sent: the order of the queue goes with it, so that the next is the next of that.
pub(super) fn sent_to(frame: &Frame, there: &str, what: &str) -> String {
    address(&format!("{there}/{what}"), &[("sort", &order(frame))])
}

/// What turns single keys off, where there are some.
pub(super) fn keys(texts: Texts, some: bool) -> Markup {
    html! { @if some { p { button type="button" class="quiet" data-keys-switch hidden { (texts.text("keys-switch")) } } } }
}

/// What takes the next trade of a tab of the queue once one is decided: the focus is there, so that a queue is cleared without a
/// way back to it.
pub fn next(frame: &Frame, tab: &str) -> Markup {
    html! {
        form method="post" action="/desk/queue" {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("tab", tab))
            (hidden("sort", &order(frame)))
            p { button name="do" value="next" data-key="n" autofocus { (frame.texts.text("take-next")) " " kbd { "n" } } }
        }
    }
}

/// The inspection of what is `there`: one that waits for its second officer, with what happened, and the form, folded meanwhile.
pub(super) fn inspection(
    frame: &Frame,
    (there, version): (&str, u32),
    waits: Option<(&[Entry], &Unconfirmed)>,
    form: Option<&InspectionForm>,
    view: &inspect::View,
) -> Markup {
    let texts = frame.texts;
    html! {
        @if let Some((timeline, waits)) = waits { (confirmation(texts, there, timeline, waits)) }
        @if let Some(form) = form {
            @let form = inspect::form(frame, there, version, form, view);
            @if waits.is_some() {
                details open[!view.values.is_empty()] { summary { (texts.text("confirm-again")) } (form) }
            } @else { (form) }
        }
    }
}

/// The inspection that waits for its second officer: what was found, before he says whether he found the same.
fn confirmation(texts: Texts, there: &str, timeline: &[Entry], waits: &Unconfirmed) -> Markup {
    let mut found = timeline.iter().filter_map(|entry| entry.inspection.as_ref());
    let last = found.rfind(|one| one.standing == "waits");
    let by = [("officer", waits.officer.as_str()), ("office", waits.party.as_str())];
    let told = if waits.yours {
        texts.with("confirm-yours-help", &by)
    } else {
        texts.with("confirm-others-help", &by)
    };
    html! {
        h2 #confirm { @if waits.yours { (texts.text("confirm-yours")) } @else { (texts.text("confirm-others")) } }
        p { (told) " " (time(&waits.time)) }
        @if let Some(one) = last { (inspect::shown(texts, there, one)) }
        @if waits.yours { p { a href="#decide" { (texts.text("confirm-decide")) } } }
    }
}

/// Who works on what is `there`, and the way to take it or give it up.
pub(super) fn assignment(frame: &Frame, there: &str, taken: Option<&Assigned>) -> Markup {
    let texts = frame.texts;
    let own = frame.reader.as_ref().map(|reader| reader.login.as_str());
    let is_own = taken.is_some_and(|taken| Some(taken.officer.as_str()) == own);
    html! {
        @if let Some(taken) = taken {
            p { (texts.text("assigned-to")) "：" span.code { (taken.officer) } " " (texts.text("until")) " " (time(&taken.until)) }
        }
        @if taken.is_none() || is_own {
            form method="post" action={ (there) "/assignment" } {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                p {
                    @if is_own { button.quiet name="do" value="give-up" { (texts.text("give-up")) } }
                    @else { button.quiet name="do" value="take" { (texts.text("take")) } }
                }
            }
        }
    }
}

/// An action as one of the form's choices.
pub(super) fn choice(texts: Texts, open: &Open) -> Choice {
    let word = open.word();
    let mut label = texts.word(Family::Action, &word);
    if let Some(number) = open.number {
        label = format!("{label} · {}", texts.with("return-number", &[("number", &number.to_string())]));
    }
    Choice { value: value(open), label, key: key(&word) }
}

/// Why a decision was not taken, and what had happened meanwhile.
pub(super) fn refusal(texts: Texts, refused: &Decided) -> Markup {
    html! {
        (said(Tone::Bad, html! { p { strong { (texts.text("decision-refused")) } " " (declared(texts, &refused.info)) } }))
        @for one in &refused.findings { (finding(texts, one)) }
        @if !refused.changes.is_empty() {
            h3 { (texts.text("meanwhile")) }
            ul { @for change in &refused.changes {
                li { (time(&change.time)) " " (name(texts, &change.what)) @if !change.by.is_empty() { " · " span.code { (change.by) } }
                    @if let Some(info) = &change.info { " · " (info) } }
            } }
        }
    }
}

/// What happened: a document, an action or a timer.
fn name(texts: Texts, what: &str) -> String {
    texts
        .known(Family::Message, what)
        .or_else(|| texts.known(Family::Event, what))
        .unwrap_or_else(|| texts.word(Family::Action, what))
}
