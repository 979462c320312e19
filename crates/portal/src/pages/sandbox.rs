//! The space for trying: a trade with one click, its outcome chosen, and what the reader's software has shown.

use super::exports::export_address;
use super::{address, trade_address};
use crate::answers::sandbox::{Conformance, Fetched, Limits, Trade};
use crate::format::{count, time};
use crate::language::{Family, Texts};
use crate::parts::{
    Choice, Column, Field, Table, Tone, badge, choices, empty, facts, field, hidden, said, submit, tabs,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// Outcomes that are offered: the words of their scripts; the first is none.
pub const SCRIPTS: [&str; 8] =
    ["", "reject=13127", "review", "inspect", "hold", "delay=30", "lose-receipts", "throttle=2"];
/// Who sends the documents.
pub const SENDS: [&str; 3] = ["others", "all", "nothing"];

/// What may come after the list; the first is nothing. A test of the server holds them equal to those of the interface.
pub const THEN: [&str; 4] = ["", "cancellation", "return", "delivery"];
/// The same of exports.
pub const THEN_EXPORTS: [&str; 5] = ["", "cancellation", "departure", "summary", "return"];

/// Of what trades are made; the first where nobody says.
pub const OF: [&str; 2] = ["imports", "exports"];

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Of what trades are made: one of [`OF`].
    pub of: String,
    /// The script chosen before.
    pub script: String,
    /// Words of a script that were not taken.
    pub words: String,
    /// Why not.
    pub fault: String,
    /// Who was chosen to send before.
    pub send: String,
    /// What was chosen to come after the list before.
    pub then: String,
    /// A trade that was just made.
    pub trade: Option<Trade>,
    /// What was shown.
    pub conformance: Conformance,
    /// What a sender has to keep to, here as in production.
    pub limits: Limits,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let families: Vec<(String, String, bool)> = OF
        .map(|of| {
            (address(Desk::Sandbox.address(), &[("of", of)]), family_name(texts, of), of == view.family())
        })
        .to_vec();
    let body = html! {
        (tabs(&texts.text("make-trade"), &families))
        p { (texts.text("sandbox-help")) }
        @if let Some(trade) = &view.trade { (made(texts, trade)) }
        div.beside {
            (form(frame, view))
            div { (shown(texts, &view.conformance)) }
        }
        (receipts(texts, &view.conformance.receipts))
        (limits(texts, &view.limits))
    };
    Page::new(texts.text("nav-sandbox"), Some(Desk::Sandbox), body)
}

/// Receipts that a page shows: the interface tells more.
const RECEIPTS: usize = 50;

/// The newest receipts, and which of them the reader's software has.
fn receipts(texts: Texts, told: &Fetched) -> Markup {
    let rows = told.newest.iter().take(RECEIPTS).map(|one| {
        let there = address(Desk::Receipts.address(), &[
            ("position", &one.position.to_string()),
            ("number", &one.number.to_string()),
        ]);
        let mark = if one.fetched {
            badge(Tone::Good, &texts.text("receipt-fetched"))
        } else {
            badge(Tone::Wait, &texts.text("receipt-not-fetched"))
        };
        let trade = one.platform.as_deref().zip(one.order_no.as_deref());
        vec![
            html! { a href=(there) { (texts.word(Family::Message, &one.message)) } " " span.code { (one.status) } },
            html! { @if let Some((platform, number)) = trade { a.code href=(trade_address(platform, number)) { (number) } } },
            time(&one.time),
            mark,
        ]
    });
    let columns = [texts.text("message"), texts.text("order"), texts.text("time"), texts.text("state")];
    let fetched = [("done", told.fetched), ("all", told.all)];
    html! {
        h2 { (texts.text("receipts-of-software")) }
        p { (texts.counted("receipts-fetched-sum", &fetched, &[])) }
        @if told.newest.is_empty() { (empty(&texts.text("nothing-found"), &texts.text("receipts-of-software-none"))) }
        @else { (Table { caption: texts.text("receipts-of-software-help"), columns: columns.map(Column::of).to_vec(), rows: rows.collect() }.shown()) }
    }
}

impl View {
    /// Of what trades are made.
    fn family(&self) -> &str {
        if self.of.is_empty() { OF[0] } else { &self.of }
    }
    fn of_exports(&self) -> bool {
        self.family() == OF[1]
    }
}

fn family_name(texts: Texts, of: &str) -> String {
    if of == OF[1] { texts.text("sandbox-of-exports") } else { texts.text("sandbox-of-imports") }
}

/// The name of what comes after a list.
fn then_name(texts: Texts, then: &str, of_exports: bool) -> String {
    match then {
        "cancellation" if of_exports => texts.text("then-export-cancellation"),
        "cancellation" => texts.text("then-cancellation"),
        "return" if of_exports => texts.text("then-export-return"),
        "return" => texts.text("then-return"),
        "delivery" => texts.text("then-delivery"),
        "departure" => texts.text("then-departure"),
        "summary" => texts.text("then-summary"),
        _ => texts.text("then-nothing"),
    }
}

/// The name of a script.
fn script_name(texts: Texts, script: &str) -> String {
    match script {
        "" => texts.text("script-none"),
        "reject=13127" => texts.text("script-reject"),
        "review" => texts.text("script-review"),
        "inspect" => texts.text("script-inspect"),
        "hold" => texts.text("script-hold"),
        "delay=30" => texts.text("script-delay"),
        "throttle=2" => texts.text("script-throttle"),
        _ => texts.text("script-lose"),
    }
}

/// What a sender has to keep to. A rate stands only where the operator set one.
fn limits(texts: Texts, limits: &Limits) -> Markup {
    let number = |value: u64| html! { (count(value)) };
    let mut told = vec![
        (texts.text("message-bytes"), number(limits.message.bytes)),
        (texts.text("message-documents"), number(limits.message.documents)),
        (texts.text("limit-lines"), number(limits.message.lines)),
        (texts.text("limit-depth"), number(limits.message.depth)),
        (texts.text("limit-waiting"), number(limits.pipeline.most_waiting)),
        (texts.text("limit-previews"), number(limits.preview.per_person_and_day)),
    ];
    if let Some(rate) = limits.pipeline.messages_per_second {
        told.push((texts.text("limit-rate"), number(rate)));
    }
    html! {
        h2 { (texts.text("limits-of-messages")) }
        p.muted { (texts.text("limits-of-messages-help")) }
        (facts(&told))
    }
}

fn form(frame: &Frame, view: &View) -> Markup {
    let texts = frame.texts;
    let scripts = SCRIPTS.map(|script| Choice {
        value: script.to_owned(),
        label: format!("{} {}", script_name(texts, script), script),
        key: None,
    });
    let sends = SENDS.map(|send| Choice {
        value: send.to_owned(),
        label: match send {
            "others" => texts.text("send-others"),
            "all" => texts.text("send-all"),
            _ => texts.text("send-nobody"),
        },
        key: None,
    });
    let of_exports = view.of_exports();
    let then: &[&str] = if of_exports { &THEN_EXPORTS } else { &THEN };
    let then = then.iter().map(|then| Choice {
        value: (*then).to_owned(),
        label: then_name(texts, then, of_exports),
        key: None,
    });
    let then: Vec<Choice> = then.collect();
    let send = if view.send.is_empty() { SENDS[0] } else { view.send.as_str() };
    html! {
        form.stack method="post" action="/desk/sandbox" {
            h2 { (texts.text("make-trade")) }
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("of", view.family()))
            @if of_exports { p.muted { (texts.text("sandbox-exports-help")) } }
            (choices("script", &texts.text("scripted-outcome"), "", &view.script, &scripts))
            (field(&Field { name: "words", label: &texts.text("script-words"), hint: &texts.text("script-words-hint"), fault: &view.fault, value: &view.words, ..Field::default() }))
            (choices("then", &texts.text("then"), "", &view.then, &then))
            (choices("send", &texts.text("who-sends"), "", send, &sends))
            (submit(&texts.text("make-trade")))
        }
    }
}

/// A trade that was made: what was sent, and the reader's own messages.
fn made(texts: Texts, trade: &Trade) -> Markup {
    let rows = trade.documents.iter().map(|one| {
        let status = match (one.sent, one.status) {
            (false, _) => badge(Tone::Still, &texts.text("not-sent-yet")),
            (true, Some(status)) if status < 0 || status == 100 => badge(Tone::Bad, &status.to_string()),
            (true, Some(status)) => badge(Tone::Good, &status.to_string()),
            (true, None) => badge(Tone::Wait, &texts.text("judged-later")),
        };
        vec![
            html! { (texts.word(Family::Message, &one.root)) },
            html! { span.code { (one.sender) } @if one.own { " " (texts.text("of-yours")) } },
            html! { (status) " " (one.info.as_deref().unwrap_or_default()) },
        ]
    });
    let columns = [texts.text("message"), texts.text("sender"), texts.text("answer")];
    html! {
        (said(Tone::Good, html! { p {
            @if let Some(merchant) = &trade.merchant {
                a href=(export_address(merchant, &trade.order_no)) { (texts.with("exports-title", &[("number", &trade.order_no)])) }
            } @else {
                a href=(trade_address(&trade.platform, &trade.order_no)) { (texts.with("trade-title", &[("number", &trade.order_no)])) }
            }
        } }))
        h2 { (texts.text("made-documents")) }
        (Table { caption: texts.text("made-caption"), columns: columns.map(Column::of).to_vec(), rows: rows.collect() }.shown())
        @for one in trade.documents.iter().filter(|one| one.own) {
            @if let Some(xml) = &one.xml {
                details {
                    summary { (texts.word(Family::Message, &one.root)) " XML" }
                    pre tabindex="0" { (xml) }
                }
            }
        }
    }
}

fn shown(texts: Texts, report: &Conformance) -> Markup {
    let all = report.checks.len() as u64;
    let rows = report.checks.iter().map(|one| {
        let mark = if one.shown {
            badge(Tone::Good, &texts.text("shown"))
        } else {
            badge(Tone::Still, &texts.text("not-shown"))
        };
        vec![html! { (texts.word(Family::Check, &one.check)) }, mark]
    });
    let columns = [texts.text("software-shows"), texts.text("state")];
    html! {
        h2 { (texts.text("conformance")) }
        p { (texts.counted("conformance-sum", &[("done", report.done), ("all", all)], &[])) }
        @if !report.complete { p { (texts.text("conformance-part")) } }
        (Table { caption: texts.text("conformance-help"), columns: columns.map(Column::of).to_vec(), rows: rows.collect() }.shown())
        p { a href=(address(Desk::Send.address(), &[])) { (texts.text("nav-send")) } }
    }
}
