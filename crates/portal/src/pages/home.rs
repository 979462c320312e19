//! What a reader finds first: how his newest trades stand, what became of his exports, and where he may go.

use super::{address, exports, figures};
use crate::answers::Line;
use crate::answers::figures::Figures;
use crate::charts::{Bar, Legend, bars};
use crate::format::count;
use crate::language::{Family, Texts};
use crate::parts::{Column, Table, empty};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// Role of the reader.
    pub role: String,
    /// His newest trades; none = he may not read trades.
    pub newest: Option<Vec<Line>>,
    /// What became of exports in the last days, by step; none = he may not read trades.
    pub exports: Option<Figures>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let desks = frame.reader.as_ref().map(|reader| reader.desks.as_slice()).unwrap_or_default();
    let body = html! {
        p.muted { (texts.with("home-role", &[("role", &texts.word(Family::Role, &view.role))])) }
        @match view.newest.as_deref() {
            None => (empty(&texts.text("home-no-trades"), &texts.text("home-no-trades-help"))),
            Some([]) => (empty(&texts.text("no-trades"), &texts.text("no-trades-help"))),
            Some(newest) => (overview(texts, newest)),
        }
        @if let Some(table) = &view.exports { (of_exports(texts, table)) }
        h2 { (texts.text("home-desks")) }
        ul.cards {
            @for desk in desks {
                @if *desk != Desk::Home {
                    li.card { h3 { a href=(desk.address()) { (desk.name(texts)) } } p { (about(texts, *desk)) } }
                }
            }
        }
    };
    Page::new(texts.text("nav-home"), Some(Desk::Home), body)
}

fn about(texts: Texts, desk: Desk) -> String {
    match desk {
        // Consumers have a home of their own.
        Desk::Home | Desk::MyTrades | Desk::MyQuota | Desk::MyDisputes | Desk::MyData => String::new(),
        Desk::Guide => texts.text("about-guide"),
        Desk::Lists => texts.text("about-lists"),
        Desk::Queue => texts.text("about-queue"),
        Desk::Consignments => texts.text("about-consignments"),
        Desk::Exports => texts.text("about-exports"),
        Desk::Send => texts.text("about-send"),
        Desk::Sandbox => texts.text("about-sandbox"),
        Desk::Receipts => texts.text("about-receipts"),
        Desk::Bills => texts.text("about-bills"),
        Desk::Registers => texts.text("about-registers"),
        Desk::Sites => texts.text("about-sites"),
        Desk::People => texts.text("about-people"),
        Desk::Operation => texts.text("about-operation"),
        Desk::Drafts => texts.text("about-drafts"),
        Desk::Draws => texts.text("about-seeds"),
        Desk::Rules => texts.text("about-rules"),
        Desk::Figures => texts.text("about-figures"),
        Desk::Indicators => texts.text("about-indicators"),
        Desk::Tariff => texts.text("about-tariff"),
        Desk::Status => texts.text("about-status"),
        Desk::Account => texts.text("about-account"),
    }
}

/// States with how many of the newest trades are in them, the most first.
fn by_state(newest: &[Line]) -> Vec<(u16, String, u64)> {
    let mut counted: Vec<(u16, String, u64)> = Vec::new();
    for line in newest {
        match counted.iter_mut().find(|(state, _, _)| *state == line.state) {
            Some((_, _, count)) => *count += 1,
            None => counted.push((line.state, line.state_word.clone().unwrap_or_default(), 1)),
        }
    }
    counted.sort_by_key(|(state, _, count)| (std::cmp::Reverse(*count), *state));
    counted
}

/// How often each step was taken with exports, each leading to its list; nothing where there were none.
fn of_exports(texts: Texts, table: &Figures) -> Markup {
    let taken = figures::taken(table);
    if taken.is_empty() {
        return html! {};
    }
    let name = |step: &str| figures::step_name(texts, step);
    let title = texts.text("home-exports");
    let description: Vec<String> =
        taken.iter().map(|(step, _, number)| format!("{} {number}", name(step))).collect();
    let chart: Vec<Bar> =
        taken.iter().map(|(step, _, number)| Bar { name: name(step), parts: vec![*number] }).collect();
    let table = Table {
        caption: title.clone(),
        columns: vec![Column::of(texts.text("figures-step")), Column::number(texts.text("figures-times"))],
        rows: taken
            .iter()
            .map(|(step, state, number)| {
                let there = address(exports::ADDRESS, &[("state", state)]);
                vec![html! { a.lead href=(there) { (name(step)) } }, html! { (count(*number)) }]
            })
            .collect(),
    };
    let legend = Legend { id: "exports", title: &title, description: &description.join(", ") };
    html! {
        h2 { a href=(exports::ADDRESS) { (texts.text("nav-exports")) } }
        div.beside { (bars(legend, &chart)) (table.shown()) }
    }
}

fn overview(texts: Texts, newest: &[Line]) -> Markup {
    let counted = by_state(newest);
    let name = |word: &str| {
        if word.is_empty() { texts.text("not-declared") } else { texts.word(Family::State, word) }
    };
    let title = texts.with("home-by-state", &[("count", &count(newest.len() as u64))]);
    let description: Vec<String> =
        counted.iter().map(|(_, word, number)| format!("{} {number}", name(word))).collect();
    let chart: Vec<Bar> =
        counted.iter().map(|(_, word, number)| Bar { name: name(word), parts: vec![*number] }).collect();
    let table = Table {
        caption: title.clone(),
        columns: vec![Column::of(texts.text("state")), Column::number(texts.text("trades"))],
        rows: counted
            .iter()
            .map(|(state, word, number)| {
                let there = address("/desk/consignments", &[("state", &state.to_string())]);
                vec![html! { a.lead href=(there) { (name(word)) } }, html! { (count(*number)) }]
            })
            .collect(),
    };
    let legend = Legend { id: "states", title: &title, description: &description.join(", ") };
    html! { div.beside { (bars(legend, &chart)) (table.shown()) } }
}
