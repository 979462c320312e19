//! The list of trades: where each stands, what it waits for, until when.

use super::narrowed::Listing;
use super::trade_address;
use crate::answers::{Line, List};
use crate::format::time;
use crate::language::{Family, Texts};
use crate::parts::{Cell, Column, Sorting, Table, empty, pager, state};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// States by which a list is narrowed: number and word; 0 = nothing declared.
pub const STATES: [(u16, &str); 10] = [
    (2, "declared"),
    (100, "rejected"),
    (120, "entered"),
    (300, "review"),
    (399, "concluded"),
    (500, "inspection"),
    (599, "detained-other"),
    (600, "suspended"),
    (800, "released"),
    (1399, "cancelled"),
];

/// How long a list has stood, and columns that it is sorted by where it is short enough to be; the words are those of the interface.
pub const SORTED: [&str; 6] = [CREATED, "order", "state", "entry", "district", "changed"];

/// The oldest first: right however long the list is.
const CREATED: &str = "created";

/// What the page shows.
pub type View = Listing<List>;

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let narrowed = view.narrowed("/desk/consignments");
    let link = |sort: &str, after: &str| narrowed.link(sort, after);
    let asked = Sorting::read(&view.sort, &SORTED);
    // What does not fit stands as it came, and no column says otherwise.
    let sorting = if view.list.more { Sorting::default() } else { asked };
    let first = (!view.after.is_empty()).then(|| link(&sorting.text(), ""));
    let next = view.list.next.as_deref().map(|after| link(&asked.text(), after));
    let body = html! {
        (narrowed.form(texts, &STATES, &texts.text("number-hint")))
        @if view.list.consignments.is_empty() {
            @if narrowed.is_narrow() && next.is_some() { (empty(&texts.text("nothing-here"), &texts.text("nothing-here-help"))) }
            @else if narrowed.is_narrow() { (empty(&texts.text("nothing-found"), &texts.text("nothing-found-help"))) }
            @else { (empty(&texts.text("no-trades"), &texts.text("no-trades-help"))) }
        } @else {
            (table(texts, view, sorting, &link))
            @if view.list.more { p { (texts.text("sorted-newest")) } }
            @if !asked.by.is_empty() { p { a href=(link("", "")) { (texts.text("newest-first")) } } }
            @if asked.by != CREATED { p { a href=(link(CREATED, "")) { (texts.text("oldest-first")) } } }
        }
        (pager(texts, first.as_deref(), next.as_deref()))
    };
    Page {
        live: view.live.clone(),
        ..Page::new(texts.text("nav-consignments"), Some(Desk::Consignments), body)
    }
}

fn table(texts: Texts, view: &View, sorting: Sorting<'_>, link: &dyn Fn(&str, &str) -> String) -> Markup {
    let sorted = |word: &str, name: String| sorting.column(word, name, |sort| link(sort, ""));
    let columns = vec![
        sorted("order", texts.text("order")),
        sorted("state", texts.text("state")),
        Column::of(texts.text("waiting-for")),
        Column::of(texts.text("deadline")),
        sorted("entry", texts.text("entry-number")),
        sorted("district", texts.text("district")),
        sorted("changed", texts.text("changed")),
    ];
    let caption = match sorting.by {
        "" => texts.text("newest-first"),
        CREATED => texts.text("oldest-first"),
        _ => texts.text("sorted"),
    };
    Table { caption, columns, rows: view.list.consignments.iter().map(|line| row(texts, line)).collect() }
        .shown()
}

fn row(texts: Texts, line: &Line) -> Vec<Cell> {
    let waiting: Vec<String> =
        line.waiting_for.iter().map(|word| texts.word(Family::Waiting, word)).collect();
    vec![
        html! {
            a.lead href=(trade_address(&line.platform, &line.order_no)) { (line.order_no) }
            " " span.muted.code { (line.platform) }
        },
        state(texts, line.state_word.as_deref()),
        html! { (waiting.join(&texts.text("joint"))) },
        html! { @if let Some(due) = &line.due { (time(due)) } },
        html! { @if let Some(number) = &line.invt_no { span.code { (number) } } },
        html! { span.code { (line.customs_code) } },
        time(&line.changed),
    ]
}
