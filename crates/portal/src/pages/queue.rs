//! An officer's queue: what waits for a person, the severest lane first, within it the oldest.

use super::{address, trade_address, workload};
use crate::answers::Line;
use crate::format::{count, time};
use crate::language::{Family, Texts};
use crate::parts::{Cell, Column, Table, Tone, badge, empty, hidden, pager, state, tabs};
use crate::shell::{Desk, Frame, Page, guard};
use maud::html;

/// What a queue may be narrowed to: word of the tab and the states it holds.
pub const TABS: [(&str, &str); 4] = [
    ("all", "300,500,501,502,503,599,600"),
    ("review", "300"),
    ("inspection", "500"),
    ("held", "501,502,503,599,600"),
];

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// The rows of this page.
    pub lines: Vec<Line>,
    /// Which tab.
    pub tab: String,
    /// Rows before this page.
    pub from: usize,
    /// How many there are.
    pub all: usize,
    /// Whether there are more than were looked at.
    pub more: bool,
    /// What tells of newer ones.
    pub live: Option<String>,
    /// Whether the reader decides, and may choose several.
    pub decides: bool,
    /// What the charts show; none on later pages.
    pub workload: Option<workload::View>,
}

/// Rows of a page.
pub const PAGE: usize = 50;

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let link = |tab: &str, from: usize| {
        let from = if from == 0 { String::new() } else { from.to_string() };
        address("/desk/queue", &[("tab", tab), ("from", &from)])
    };
    let tabs_shown = TABS.map(|(tab, _)| (link(tab, 0), tab_name(texts, tab), tab == view.tab));
    let next = (view.from + PAGE < view.all).then(|| link(&view.tab, view.from + PAGE));
    let first = (view.from > 0).then(|| link(&view.tab, 0));
    let columns = [
        texts.text("order"),
        texts.text("lane"),
        texts.text("state"),
        texts.text("since"),
        texts.text("reasons"),
        texts.text("district"),
        texts.text("assigned-to"),
    ];
    let body = html! {
        (tabs(&texts.text("nav-queue"), &tabs_shown))
        @if view.lines.is_empty() { (empty(&texts.text("queue-empty"), &texts.text("queue-empty-help"))) }
        @else {
            p.muted { (texts.text("queue-keys")) }
            form method="post" action="/desk/queue" {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (hidden("tab", &view.tab))
                p { button name="do" value="next" { (texts.text("take-next")) } }
                (Table {
                    caption: texts.with("queue-caption", &[("count", &count(view.all as u64))]),
                    columns: columns.map(Column::of).to_vec(),
                    rows: view.lines.iter().map(|line| row(texts, line, view.decides)).collect(),
                }.shown())
                @if view.decides {
                    p { button.quiet name="do" value="many" { (texts.text("decide-many")) } }
                }
            }
        }
        @if view.more { p { (texts.text("queue-more")) } }
        (pager(texts, first.as_deref(), next.as_deref()))
        @if let Some(view) = &view.workload { (workload::charts(texts, view)) }
        p { button type="button" class="quiet" data-keys-switch hidden { (texts.text("keys-switch")) } }
    };
    Page { live: view.live.clone(), ..Page::new(texts.text("nav-queue"), Some(Desk::Queue), body) }
}

fn tab_name(texts: Texts, tab: &str) -> String {
    match tab {
        "review" => texts.text("tab-review"),
        "inspection" => texts.text("tab-inspection"),
        "held" => texts.text("tab-held"),
        _ => texts.text("tab-all"),
    }
}

fn row(texts: Texts, line: &Line, decides: bool) -> Vec<Cell> {
    let lane = line.lane.as_deref();
    vec![
        html! {
            @if decides {
                input type="checkbox" name={ "pick:" (line.platform) "/" (line.order_no) } value=(line.version)
                    aria-label=(texts.with("choose-trade", &[("number", &line.order_no)]));
                " "
            }
            a.lead href=(trade_address(&line.platform, &line.order_no)) { (line.order_no) }
            " " span.muted.code { (line.platform) }
        },
        html! { @if let Some(lane) = lane { (badge(Tone::of_lane(lane), &texts.word(Family::Lane, lane))) } },
        state(texts, line.state_word.as_deref()),
        time(&line.changed),
        html! { @for (index, rule) in line.reasons.iter().enumerate() { @if index > 0 { (texts.text("joint")) } span.code { (rule) } } },
        html! { span.code { (line.customs_code) } },
        html! { @if let Some(taken) = &line.assigned { span.code { (taken.officer) } " " (texts.text("until")) " " (time(&taken.until)) } },
    ]
}
