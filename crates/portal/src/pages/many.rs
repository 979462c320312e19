//! One decision on many trades: what was chosen, looked at once more before it is recorded, and what came of each.

use super::{address, trade_address};
use crate::answers::{Both, OneOfMany};
use crate::format::count;
use crate::language::{Family, Texts};
use crate::parts::{
    Choice, Column, Field, Table, Tone, badge, both, choices, declared, field, hidden, said, submit,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Names this decision: sent again it gets its first answers.
    pub id: String,
    /// Where the reader came from.
    pub tab: String,
    /// Platform, order number and version of each trade.
    pub chosen: Vec<(String, String, String)>,
    /// Actions that may be taken on many.
    pub actions: Vec<String>,
    /// The action chosen before.
    pub action: String,
    /// What was written before.
    pub text: String,
    /// Why nothing was decided.
    pub fault: String,
    /// What came of each.
    pub results: Option<Vec<OneOfMany>>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let body = match &view.results {
        Some(results) => came_of(texts, view, results),
        None => form(frame, view),
    };
    let queue = address(Desk::Queue.address(), &[("tab", &view.tab)]);
    Page::new(texts.text("decide-many"), Some(Desk::Queue), body).below(&queue, Desk::Queue.name(texts))
}

fn form(frame: &Frame, view: &View) -> Markup {
    let texts = frame.texts;
    let choice =
        |word: &String| Choice { value: word.clone(), label: texts.word(Family::Action, word), key: None };
    let all: Vec<Choice> = view.actions.iter().map(choice).collect();
    html! {
        @if !view.fault.is_empty() { (said(Tone::Bad, html! { p { (view.fault) } })) }
        p { (texts.with("chosen-count", &[("count", &count(view.chosen.len() as u64))])) }
        p.muted { (texts.text("many-help")) }
        form.stack method="post" action="/desk/queue/decisions" {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("id", &view.id))
            (hidden("tab", &view.tab))
            ul { @for (platform, order_no, version) in &view.chosen {
                li {
                    a href=(trade_address(platform, order_no)) { (order_no) } " " span.code.muted { (platform) }
                    (hidden(&format!("pick:{platform}/{order_no}"), version))
                }
            } }
            (choices("action", &texts.text("decision"), "", &view.action, &all))
            (field(&Field { name: "text", label: &texts.text("words"), hint: &texts.text("many-words-hint"), kind: "area", value: &view.text, required: true, ..Field::default() }))
            (submit(&texts.text("record-decision")))
        }
    }
}

fn came_of(texts: Texts, view: &View, results: &[OneOfMany]) -> Markup {
    let done = results.iter().filter(|one| one.done).count();
    let tone = if done == results.len() { Tone::Good } else { Tone::Warn };
    let told =
        texts.with("many-done", &[("done", &count(done as u64)), ("all", &count(results.len() as u64))]);
    let rows = results.iter().map(|one| {
        let mark = match (one.done, one.answer.kind.as_deref()) {
            (true, _) => badge(Tone::Good, &texts.text("recorded")),
            (false, Some(kind)) => badge(Tone::Bad, &texts.word(Family::Problem, kind)),
            (false, None) => badge(Tone::Bad, &texts.text("not-recorded")),
        };
        vec![
            html! { a.lead href=(trade_address(&one.platform, &one.order_no)) { (one.order_no) } " " span.code.muted { (one.platform) } },
            mark,
            match one.answer.kind {
                Some(_) => both(texts, &Both { en: one.answer.info.clone(), zh: one.answer.zh.clone() }),
                None => declared(texts, &one.answer.info),
            },
        ]
    });
    let columns = [texts.text("order"), texts.text("result"), texts.text("answer")];
    html! {
        (said(tone, html! { p { (told) } }))
        (Table { caption: texts.word(Family::Action, &view.action), columns: columns.map(Column::of).to_vec(), rows: rows.collect() }.shown())
        p { a href=(address("/desk/queue", &[("tab", &view.tab)])) { (texts.text("back-to-queue")) } }
    }
}
