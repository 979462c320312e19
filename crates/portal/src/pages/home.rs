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
    let row = |(step, state, number): (&str, &str, u64)| {
        (figures::step_name(texts, step), address(exports::ADDRESS, &[("state", state)]), number)
    };
    let rows: Vec<_> = taken.into_iter().map(row).collect();
    let columns = [texts.text("figures-step"), texts.text("figures-times")];
    html! {
        h2 { a href=(exports::ADDRESS) { (texts.text("nav-exports")) } }
        (told(("exports", &texts.text("home-exports")), columns, &rows))
    }
}

fn overview(texts: Texts, newest: &[Line]) -> Markup {
    let row = |(state, word, number): (u16, String, u64)| {
        let name =
            if word.is_empty() { texts.text("not-declared") } else { texts.word(Family::State, &word) };
        (name, address("/desk/consignments", &[("state", &state.to_string())]), number)
    };
    let rows: Vec<_> = by_state(newest).into_iter().map(row).collect();
    let title = texts.counted("home-by-state", &[("count", newest.len() as u64)], &[]);
    told(("states", &title), [texts.text("state"), texts.text("trades")], &rows)
}

/// Bars beside their table: names with addresses and numbers, each leading to its list.
fn told((id, title): (&str, &str), [name, number]: [String; 2], rows: &[(String, String, u64)]) -> Markup {
    let description: Vec<String> = rows.iter().map(|(name, _, number)| format!("{name} {number}")).collect();
    let chart: Vec<Bar> =
        rows.iter().map(|(name, _, number)| Bar { name: name.clone(), parts: vec![*number] }).collect();
    let table = Table {
        caption: title.to_owned(),
        columns: vec![Column::of(name), Column::number(number)],
        rows: rows
            .iter()
            .map(|(name, there, number)| {
                vec![html! { a.lead href=(there) { (name) } }, html! { (count(*number)) }]
            })
            .collect(),
    };
    let legend = Legend { id, title, description: &description.join(", ") };
    html! { div.beside { (bars(legend, &chart)) (table.shown()) } }
}
