//! The draw for everybody: how it goes, who committed to what, and one order looked up; for its holders the forms beside.

use super::address;
use crate::answers::Both;
use crate::answers::draws::{Line, Period, Periods, Side};
use crate::format::{count, time};
use crate::language::Texts;
use crate::parts::{
    Column, Faults, Field, Table, Tone, badge, both, empty, fault_of, field, hidden, said, submit,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// Where the periods are told that come after one.
const OLDER: &str = "/draws?after=";

/// What was looked up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// A line of the list.
    Line(Line),
    /// The list has no such order.
    Absent,
    /// The period is secret yet, or what was sent is no period or salt.
    Not(Both),
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Periods.
    pub told: Periods,
    /// Their times as stamps: begin and end, in order of the periods.
    pub days: Vec<(String, String)>,
    /// What was asked for: period, platform, order number, salt.
    pub asked: [String; 4],
    /// What came of it.
    pub found: Option<Found>,
    /// What a holder is told of what he sent: the tone, and the words.
    pub answered: Option<(bool, String)>,
    /// Period and commitment of what was not taken; a salt and a secret are written anew.
    pub sent: [String; 3],
    /// What is wrong with it: `commitment`, `salt`, `secret`.
    pub faults: Faults,
}

fn side_name(texts: Texts, side: &str) -> String {
    match side {
        "customs" => texts.text("draws-side-customs"),
        "operator" => texts.text("draws-side-operator"),
        _ => texts.text("draws-side-window"),
    }
}

fn state(texts: Texts, word: &str) -> Markup {
    match word {
        "open" => badge(Tone::Still, &texts.text("draws-state-open")),
        "closed" => badge(Tone::Warn, &texts.text("draws-state-closed")),
        "running" => badge(Tone::Good, &texts.text("draws-state-running")),
        _ => badge(Tone::Still, &texts.text("draws-state-revealed")),
    }
}

fn side(texts: Texts, side: &Side) -> Markup {
    let what = match (side.missing, side.handed_over, &side.commitment) {
        (true, ..) => texts.text("draws-missing"),
        (_, true, _) => texts.text("draws-handed"),
        (_, _, Some(_)) => texts.text("draws-committed"),
        _ => texts.text("draws-awaited"),
    };
    html! {
        li {
            (side_name(texts, &side.side)) " · " (what)
            @if let Some(commitment) = &side.commitment { " " span.code { (commitment.get(..16).unwrap_or(commitment)) "…" } }
        }
    }
}

fn periods(texts: Texts, view: &View) -> Markup {
    if view.told.periods.is_empty() {
        return empty(&texts.text("draws-none"), &texts.text("draws-none-help"));
    }
    let row = |(period, (begins, ends)): (&Period, &(String, String))| {
        let sides = html! {
            ul.plain { @for one in &period.sides { (side(texts, one)) } }
            @if period.windows_own { (badge(Tone::Warn, &texts.text("draws-own"))) }
        };
        let told = html! {
            @if let Some(list) = &period.list {
                (texts.counted("draws-selected", &[("selected", list.selected), ("draws", list.draws)], &[]))
                br; a href={ "/v1/draws/" (period.period) "/list" } { (texts.text("draws-list")) }
                br; a href={ "/v1/draws/" (period.period) } { (texts.text("draws-secrets")) }
            } @else { "–" }
        };
        vec![
            html! { span.code { (period.period) } },
            state(texts, &period.state),
            html! { (time(begins)) " – " (time(ends)) },
            sides,
            told,
        ]
    };
    let table = Table {
        caption: texts.text("draws-caption"),
        columns: vec![
            Column::of(texts.text("draws-period")),
            Column::of(texts.text("draws-state")),
            Column::of(texts.text("draws-days")),
            Column::of(texts.text("draws-holders")),
            Column::of(texts.text("draws-told")),
        ],
        rows: view.told.periods.iter().zip(&view.days).map(row).collect(),
    };
    html! {
        (table.shown())
        @if let Some(next) = &view.told.next { p { a href={ (OLDER) (next) } { (texts.text("draws-older")) } } }
    }
}

fn found(texts: Texts, found: &Found) -> Markup {
    match found {
        Found::Line(line) => {
            let numbers = [("drawn", &*count(line.drawn)), ("ratio", &*count(line.ratio))];
            let (tone, words) = if line.selected {
                (Tone::Warn, texts.with("draws-found-selected", &numbers))
            } else {
                (Tone::Good, texts.with("draws-found-spared", &numbers))
            };
            said(tone, html! { p { (words) } })
        }
        Found::Absent => said(Tone::Warn, html! { p { (texts.text("draws-not-found")) } }),
        Found::Not(why) => {
            said(Tone::Warn, html! { p { (texts.text("draws-not-told")) } p.muted { (both(texts, why)) } })
        }
    }
}

fn look_up(texts: Texts, view: &View) -> Markup {
    let [period, platform, order, salt] = &view.asked;
    let absent = match &view.found {
        Some(Found::Absent) => texts.text("draws-not-found"),
        _ => String::new(),
    };
    let one = |name: &str, label: &str, value: &str| {
        let fault = if name == "order" { absent.as_str() } else { "" };
        field(&Field { name, label, fault, value, required: true, ..Field::default() })
    };
    html! {
        h2 id="check" { (texts.text("draws-check")) }
        p { (texts.text("draws-check-help")) }
        @if let Some(came) = &view.found { (found(texts, came)) }
        form method="get" action="/draws" {
            (one("period", &texts.text("draws-period"), period))
            (one("platform", &texts.text("draws-platform"), platform))
            (one("order", &texts.text("draws-order"), order))
            (one("salt", &texts.text("draws-salt"), salt))
            (submit(&texts.text("draws-look")))
        }
        p.muted { (texts.text("draws-again")) " " span.code { "onewindow audit draws" } }
    }
}

/// The page for everybody.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let body = html! {
        p { (texts.text("draws-what")) }
        h2 id="how" { (texts.text("draws-how")) }
        ol {
            li { (texts.text("draws-how-commit")) }
            li { (texts.text("draws-how-beacon")) }
            li { (texts.text("draws-how-draw")) }
            li { (texts.text("draws-how-keep")) }
            li { (texts.text("draws-how-reveal")) }
        }
        h2 id="periods" { (texts.text("draws-periods")) }
        (periods(texts, view))
        (look_up(texts, view))
    };
    Page::new(texts.text("draws-title"), Some(Desk::Lists), body)
}

/// The page of a holder: what he can do now, period by period.
pub fn holder(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let open = view.told.periods.iter().filter(|period| matches!(period.state.as_str(), "open" | "closed"));
    let open: Vec<&Period> = open.collect();
    let body = html! {
        @if let Some((done, words)) = &view.answered {
            (said(if *done { Tone::Good } else { Tone::Warn }, html! { p { (words) } }))
        }
        p { (texts.text("seed-holder-what")) }
        p { span.code { "onewindow draws commit" } }
        @if open.is_empty() { (empty(&texts.text("seed-holder-none"), &texts.text("seed-holder-none-help"))) }
        @for period in open { (act(frame, view, period)) }
        h2 { (texts.text("draws-periods")) }
        (periods(texts, view))
        p { a href=(address("/draws", &[])) { (texts.text("draws-title")) } }
    };
    Page::new(texts.text("nav-seeds"), Some(Desk::Draws), body)
}

fn act(frame: &Frame, view: &View, period: &Period) -> Markup {
    let texts = frame.texts;
    let [sent, commitment, salt] = &view.sent;
    let is_sent = *sent == period.period;
    let one = |name: &str, label: &str| {
        let (value, fault) = match name {
            _ if !is_sent => ("", ""),
            "commitment" => (commitment.as_str(), fault_of(&view.faults, name)),
            "salt" => (salt.as_str(), fault_of(&view.faults, name)),
            _ => ("", fault_of(&view.faults, name)),
        };
        field(&Field { name, label, fault, value, required: true, autocomplete: "off", ..Field::default() })
    };
    let closed = period.state == "closed";
    html! {
        section {
            h2 { (texts.with("seed-holder-period", &[("period", &period.period)])) }
            form method="post" action="/desk/draws" {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (hidden("period", &period.period))
                @if closed {
                    (one("salt", &texts.text("seed-holder-salt")))
                    (one("secret", &texts.text("seed-holder-secret")))
                    (submit(&texts.text("seed-holder-hand-over")))
                } @else {
                    (one("commitment", &texts.text("seed-holder-commitment")))
                    (submit(&texts.text("seed-holder-commit")))
                }
            }
        }
    }
}
