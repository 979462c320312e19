//! One decision on many trades: what was chosen, looked at once more before it is recorded, and what came of each.

use super::exports::export_address;
use super::{address, trade_address};
use crate::answers::{Both, OneOfMany};
use crate::format::count;
use crate::language::{Family, Texts};
use crate::parts::{
    Choice, Column, Field, Table, Tone, badge, both, choices, declared, field, hidden, said, submit,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// A trade that was chosen.
#[derive(Clone, Default, Debug)]
pub struct Picked {
    /// Code of the platform, of an export trade of the merchant.
    pub code: String,
    /// Number of the order.
    pub order_no: String,
    /// The version that was seen.
    pub version: String,
    /// Whether it is an export trade.
    pub export: bool,
}

impl Picked {
    /// What a field of a form chooses; none = it is another field.
    pub fn of_field(name: &str, version: &str) -> Option<Self> {
        let (named, export) = match name.strip_prefix("pick:") {
            Some(named) => (named, false),
            None => (name.strip_prefix("export:")?, true),
        };
        let (code, order_no) = named.split_once('/')?;
        let [code, order_no, version] = [code, order_no, version].map(str::to_owned);
        Some(Self { code, order_no, version, export })
    }

    /// The field that chooses it.
    fn field(&self) -> String {
        let family = if self.export { "export" } else { "pick" };
        format!("{family}:{}/{}", self.code, self.order_no)
    }

    fn address(&self) -> String {
        if self.export {
            export_address(&self.code, &self.order_no)
        } else {
            trade_address(&self.code, &self.order_no)
        }
    }
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Names this decision: sent again it gets its first answers.
    pub id: String,
    /// Where the reader came from.
    pub tab: String,
    /// The trades.
    pub chosen: Vec<Picked>,
    /// Actions that may be taken on many.
    pub actions: Vec<String>,
    /// The action chosen before.
    pub action: String,
    /// What was written before.
    pub text: String,
    /// Why nothing was decided.
    pub fault: String,
    /// What is wrong with the words.
    pub words_fault: String,
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
        p { (texts.counted("chosen-count", &[("count", view.chosen.len() as u64)], &[])) }
        p.muted { (texts.text("many-help")) }
        form.stack method="post" action="/desk/queue/decisions" {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("id", &view.id))
            (hidden("tab", &view.tab))
            ul { @for one in &view.chosen {
                li {
                    a href=(one.address()) { (one.order_no) } " " span.code.muted { (one.code) }
                    (hidden(&one.field(), &one.version))
                }
            } }
            (choices("action", &texts.text("decision"), "", &view.action, &all))
            (field(&Field { name: "text", label: &texts.text("words"), hint: &texts.text("many-words-hint"), kind: "area", fault: &view.words_fault, value: &view.text, required: true, ..Field::default() }))
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
        let export = !one.merchant.is_empty();
        let code = if export { &one.merchant } else { &one.platform };
        let there =
            if export { export_address(code, &one.order_no) } else { trade_address(code, &one.order_no) };
        vec![
            html! { a.lead href=(there) { (one.order_no) } " " span.code.muted { (code) } },
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
