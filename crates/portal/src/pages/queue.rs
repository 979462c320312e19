//! An officer's queue: what waits for a person, the severest lane first, within it the oldest, or by risk. Exports have a tab of their own:
//! they go another way, and who looks at them is often another.

use super::exports::export_address;
use super::{address, trade_address, workload};
use crate::answers::credit::ReturnDue;
use crate::answers::exports::ExportLine;
use crate::answers::{Assigned, Line, Unconfirmed};
use crate::format::time;
use crate::language::{Family, Texts};
use crate::parts::{Cell, Column, Pages, Sorting, Table, Tone, badge, empty, hidden, said, state, tabs};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// The tab of inspections that wait for the reader to confirm them.
pub const CONFIRM: &str = "confirm";

/// The tab of what is looked at.
pub const INSPECTION: &str = "inspection";

/// The tab of export trades.
pub const EXPORTS: &str = "exports";

/// What a queue may be narrowed to: word of the tab and the states it holds.
pub const TABS: [(&str, &str); 6] = [
    ("all", "300,500,501,502,503,599,600"),
    ("review", "300"),
    (INSPECTION, "500"),
    (CONFIRM, "500"),
    ("held", "501,502,503,599,600"),
    (EXPORTS, "300,500,501,502,503,599,600"),
];

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// The rows of this page.
    pub lines: Vec<Line>,
    /// The rows of this page of exports, on their tab.
    pub exports: Vec<ExportLine>,
    /// Which tab.
    pub tab: String,
    /// By which column, as the address says it.
    pub sort: String,
    /// After which cursor this page begins; empty = with the first.
    pub after: String,
    /// Where the next page goes on.
    pub next: Option<String>,
    /// How many there are, as far as they are counted.
    pub all: usize,
    /// Whether there are more than are counted.
    pub more: bool,
    /// Whether there are more than are put in order by risk, which was asked for.
    pub too_many: bool,
    /// What tells of newer ones.
    pub live: Option<String>,
    /// Whether the reader decides, and may choose several.
    pub decides: bool,
    /// Whether the reader inspects, and may be the second who does.
    pub inspects: bool,
    /// Whether the reader may look at persons.
    pub finds_persons: bool,
    /// What the charts show; none on later pages.
    pub workload: Option<workload::View>,
    /// Returns that wait to be decided, those due first; on the first page of all that waits.
    pub returns: Vec<ReturnDue>,
    /// How many wait besides.
    pub more_returns: usize,
}

/// Columns that the queue is sorted by, right over all that waits; the words are those of the interface.
pub const SORTED: [&str; 3] = ["lane", RISK, "changed"];

/// The word of the column of risk.
const RISK: &str = "risk";

/// Rows of a page.
pub const PAGE: usize = 50;

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let sorting = Sorting::read(&view.sort, &SORTED);
    let link = |tab: &str, after: &str| {
        address("/desk/queue", &[("tab", tab), ("sort", &sorting.text()), ("after", after)])
    };
    let of_reader = TABS.iter().filter(|(tab, _)| view.inspects || *tab != CONFIRM);
    let tabs_shown: Vec<(String, String, bool)> =
        of_reader.map(|(tab, _)| (link(tab, ""), tab_name(texts, tab), *tab == view.tab)).collect();
    let pages = Pages {
        first: (!view.after.is_empty()).then(|| link(&view.tab, "")),
        previous: None,
        next: view.next.as_deref().map(|after| link(&view.tab, after)),
    };
    let sorted = |word: &str, name: String| {
        sorting.column(word, name, |sort| address("/desk/queue", &[("tab", &view.tab), ("sort", sort)]))
    };
    let columns = [
        Column::of(texts.text("order")),
        sorted("lane", texts.text("lane")),
        Column::of(texts.text("state")),
        sorted("changed", texts.text("since")),
        sorting.largest_first(RISK, texts.text("queue-risk"), |sort| {
            address("/desk/queue", &[("tab", &view.tab), ("sort", sort)])
        }),
        Column::of(texts.text("reasons")),
        Column::of(texts.text("district")),
        Column::of(texts.text("assigned-to")),
    ];
    let body = html! {
        (tabs(&texts.text("nav-queue"), &tabs_shown))
        p {
            a href=(super::decisions::ADDRESS) { (texts.text("decisions")) }
            @if view.finds_persons { " · " a href=(super::subjects::BY_NUMBER) { (texts.text("find-person-title")) } }
        }
        @let rows = rows(texts, view);
        @if rows.is_empty() && view.tab == CONFIRM { (empty(&texts.text("confirm-empty"), &texts.text("confirm-empty-help"))) }
        @else if rows.is_empty() { (empty(&texts.text("queue-empty"), &texts.text("queue-empty-help"))) }
        @else {
            p.muted { (texts.text("queue-keys")) }
            @if view.too_many { (said(Tone::Warn, html! { p { (texts.text("queue-risk-many")) } })) }
            @else if sorting.by == RISK { p.muted { (texts.text("queue-risk-help")) } }
            form method="post" action="/desk/queue" {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (hidden("tab", &view.tab))
                (hidden("sort", &sorting.text()))
                @if view.tab != CONFIRM { p { button name="do" value="next" data-key="t" { (texts.text("take-next")) " " kbd { "t" } } } }
                (Table {
                    caption: texts.counted("queue-caption", &[("count", view.all as u64)], &[]),
                    columns: columns.to_vec(),
                    rows,
                }.shown())
                @if view.decides {
                    p { button.quiet name="do" value="many" { (texts.text("decide-many")) } }
                }
            }
        }
        @if view.more { p { (texts.text("queue-more")) } }
        @if !view.returns.is_empty() { (returns(texts, &view.returns)) }
        @if view.more_returns > 0 { p.muted { (texts.counted("credit-returns-more", &[("count", view.more_returns as u64)], &[])) } }
        (pages.shown(texts, &texts.text("pages")))
        @if let Some(view) = &view.workload { (workload::charts(texts, view)) }
        p { button type="button" class="quiet" data-keys-switch hidden { (texts.text("keys-switch")) } }
    };
    Page { live: view.live.clone(), ..Page::new(texts.text("nav-queue"), Some(Desk::Queue), body) }
}

/// Returns that wait, by the day until which each is decided.
fn returns(texts: Texts, due: &[ReturnDue]) -> Markup {
    let columns = vec![Column::of(texts.text("order")), Column::of(texts.text("credit-return-day"))];
    let rows = due.iter().map(|one| {
        vec![
            html! {
                a.lead href=(trade_address(&one.platform, &one.order_no)) { (one.order_no) }
                " " span.muted.code { (one.platform) }
            },
            html! {
                @if let Some(day) = &one.decide_by { (time(day)) } @else { "–" }
                @if one.overdue { " " (badge(Tone::Bad, &texts.text("credit-return-overdue"))) }
            },
        ]
    });
    Table { caption: texts.text("credit-returns-due"), columns, rows: rows.collect() }.shown()
}

fn rows(texts: Texts, view: &View) -> Vec<Vec<Cell>> {
    if view.tab == EXPORTS {
        return view.exports.iter().map(|line| export_row(texts, line, view.decides)).collect();
    }
    view.lines.iter().map(|line| row(texts, line, view.decides)).collect()
}

fn tab_name(texts: Texts, tab: &str) -> String {
    match tab {
        EXPORTS => texts.text("tab-exports"),
        "review" => texts.text("tab-review"),
        INSPECTION => texts.text("tab-inspection"),
        "held" => texts.text("tab-held"),
        CONFIRM => texts.text("tab-confirm"),
        _ => texts.text("tab-all"),
    }
}

/// For whom an inspection waits in which two look.
fn awaited(texts: Texts, waits: &Unconfirmed) -> Markup {
    if waits.yours {
        badge(Tone::Warn, &texts.text("confirm-yours"))
    } else {
        badge(Tone::Wait, &texts.text("confirm-others"))
    }
}

fn row(texts: Texts, line: &Line, decides: bool) -> Vec<Cell> {
    vec![
        html! {
            @if decides { (pick(texts, &format!("pick:{}/{}", line.platform, line.order_no), &line.order_no, line.version)) }
            a.lead href=(trade_address(&line.platform, &line.order_no)) { (line.order_no) }
            " " span.muted.code { (line.platform) }
        },
        lane(texts, line.lane.as_deref()),
        html! {
            (state(texts, line.state_word.as_deref()))
            @if let Some(waits) = &line.unconfirmed { " " (awaited(texts, waits)) }
        },
        time(&line.changed),
        score(line.score),
        reasons(texts, &line.reasons),
        html! { span.code { (line.customs_code) } },
        assigned(texts, line.assigned.as_ref()),
    ]
}

/// The same of an export trade; it is chosen under its merchant.
fn export_row(texts: Texts, line: &ExportLine, decides: bool) -> Vec<Cell> {
    vec![
        html! {
            @if decides { (pick(texts, &format!("export:{}/{}", line.merchant, line.order_no), &line.order_no, line.version)) }
            a.lead href=(export_address(&line.merchant, &line.order_no)) { (line.order_no) }
            " " span.muted.code { (line.merchant) }
        },
        lane(texts, line.lane.as_deref()),
        state(texts, line.state_word.as_deref()),
        time(&line.changed),
        score(line.score),
        reasons(texts, &line.reasons),
        html! { span.code { (line.customs_code) } },
        assigned(texts, line.assigned.as_ref()),
    ]
}

/// What chooses a trade among others, with the version that is seen.
fn pick(texts: Texts, name: &str, order_no: &str, version: u32) -> Markup {
    html! {
        input type="checkbox" name=(name) value=(version) aria-label=(texts.with("choose-trade", &[("number", order_no)]));
        " "
    }
}

fn lane(texts: Texts, lane: Option<&str>) -> Markup {
    html! { @if let Some(lane) = lane { (badge(Tone::of_lane(lane), &texts.word(Family::Lane, lane))) } }
}

/// A score of a thousand; a dash where none was given.
fn score(thousandths: Option<u16>) -> Markup {
    html! { @if let Some(score) = thousandths { (score) } @else { "–" } }
}

fn reasons(texts: Texts, rules: &[String]) -> Markup {
    html! { @for (index, rule) in rules.iter().enumerate() { @if index > 0 { (texts.text("joint")) } span.code { (rule) } } }
}

fn assigned(texts: Texts, taken: Option<&Assigned>) -> Markup {
    html! { @if let Some(taken) = taken { span.code { (taken.officer) } " " (texts.text("until")) " " (time(&taken.until)) } }
}
