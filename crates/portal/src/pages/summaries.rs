//! Applications to declare exports in summary: the list, and one with where it stands and why, the declarations that came of it, and
//! its lists.

use super::address;
use super::exports::{ADDRESS as EXPORTS, export_address, filter};
use crate::answers::summaries::{Declared, Member, Part, ResultLine, Summaries, Summary, SummaryLine};
use crate::format::{money, time};
use crate::language::Texts;
use crate::parts::{Cell, Column, Table, empty, escaped, facts, findings, pager, state, timeline};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// The address of the list.
pub const ADDRESS: &str = "/desk/exports/summaries";

/// Declarations whose lines a page shows besides those of the one that is chosen: of the others it says how many lists each has.
const SHOWN: usize = 20;

/// The address of an application.
pub fn summary_address(agent: &str, cop_no: &str) -> String {
    format!("{ADDRESS}/{}/{}", escaped(agent), escaped(cop_no))
}

/// The list.
pub fn list(frame: &Frame, told: &Summaries, asked: &str, after: &str) -> Page {
    let texts = frame.texts;
    let link = |after: &str| address(ADDRESS, &[("state", asked), ("after", after)]);
    let first = (!after.is_empty()).then(|| link(""));
    let next = told.next.as_deref().map(link);
    let columns = vec![
        Column::of(texts.text("summaries-number")),
        Column::of(texts.text("state")),
        Column::of(texts.text("exports-merchant")),
        Column::of(texts.text("summaries-sum-number")),
        Column::number(texts.text("summaries-lists")),
        Column::number(texts.text("summaries-declarations")),
        Column::of(texts.text("district")),
        Column::of(texts.text("changed")),
    ];
    let rows = told.summaries.iter().map(|line| row(texts, line)).collect();
    let body = html! {
        p { (texts.text("about-summaries")) }
        (filter(texts, ADDRESS, &STATES, asked))
        @if told.summaries.is_empty() { (empty(&texts.text("summaries-none"), &texts.text("summaries-none-help"))) }
        @else { (Table { caption: texts.text("newest-first"), columns, rows }.shown()) }
        (pager(texts, first.as_deref(), next.as_deref()))
    };
    Page::new(texts.text("nav-summaries"), Some(Desk::Exports), body)
        .below(EXPORTS, texts.text("nav-exports"))
}

/// The states that the list is narrowed to.
const STATES: [(u16, &str); 4] = [(1, "staged"), (100, "rejected"), (120, "entered"), (399, "concluded")];

fn row(texts: Texts, line: &SummaryLine) -> Vec<Cell> {
    vec![
        html! { a.lead href=(summary_address(&line.agent, &line.cop_no)) { (line.cop_no) } " " span.muted.code { (line.agent) } },
        state(texts, line.state_word.as_deref()),
        code(line.merchant.as_deref()),
        code(line.sum_no.as_deref()),
        html! { (line.lists) },
        html! { (line.declarations) },
        code(Some(&line.customs_code)),
        time(&line.changed),
    ]
}

fn code(value: Option<&str>) -> Markup {
    html! { @if let Some(value) = value { span.code { (value) } } }
}

/// The page of an application; `declaration` and `after` = which of its lists are shown.
pub fn page(frame: &Frame, shown: &Summary, declaration: &str, after: &str) -> Page {
    let texts = frame.texts;
    let there = summary_address(&shown.line.agent, &shown.line.cop_no);
    let link = |after: &str| address(&there, &[("declaration", declaration), ("after", after)]);
    let first = (!after.is_empty()).then(|| link(""));
    let next = shown.next.as_deref().map(link);
    let more = shown.results.len().saturating_sub(SHOWN) as u64;
    let body = html! {
        (standing(texts, &shown.line, shown))
        @for part in &shown.of { (rejected(texts, part)) }
        h2 { (texts.text("summaries-declarations")) }
        @if shown.results.is_empty() { (empty(&texts.text("summaries-undeclared"), &texts.text("summaries-undeclared-help"))) }
        @else { (declarations(texts, &there, &shown.results)) }
        @for (index, one) in shown.results.iter().enumerate() {
            @if index < SHOWN || one.number.to_string() == declaration { (lines(texts, one)) }
        }
        @if more > 0 { p.muted { (texts.counted("summaries-lines-more", &[("count", more)], &[])) } }
        h2 #lists { (texts.text("summaries-lists")) }
        @if !declaration.is_empty() {
            p { (texts.with("summaries-of-declaration", &[("number", declaration)])) " " a href={ (there) "#lists" } { (texts.text("summaries-all-lists")) } }
        }
        @if shown.members.is_empty() { (empty(&texts.text("summaries-no-lists"), &texts.text("summaries-no-lists-help"))) }
        @else { (members(texts, &shown.members)) }
        (pager(texts, first.as_deref(), next.as_deref()))
        h2 { (texts.text("what-happened")) }
        (timeline(texts, &shown.timeline, |_| html! {}))
    };
    let title = texts.with("summaries-title", &[("number", &shown.line.cop_no)]);
    Page::new(title, Some(Desk::Exports), body).below(ADDRESS, texts.text("nav-summaries"))
}

fn standing(texts: Texts, line: &SummaryLine, shown: &Summary) -> Markup {
    let mut pairs = vec![(texts.text("state"), state(texts, line.state_word.as_deref()))];
    if let Some(expected) = line.parts_expected {
        pairs.push((texts.text("summaries-parts"), html! { (line.parts) " / " (expected) }));
    }
    pairs.push((texts.text("summaries-agent"), code(Some(&line.agent))));
    pairs.push((texts.text("exports-merchant"), code(line.merchant.as_deref())));
    if let Some(agent) = &shown.decl_agent {
        pairs.push((texts.text("summaries-decl-agent"), code(Some(agent))));
    }
    pairs.push((texts.text("pre-number"), code(Some(&line.pre_no))));
    if let Some(number) = &line.sum_no {
        pairs.push((texts.text("summaries-sum-number"), code(Some(number))));
    }
    if let Some(period) = &line.period {
        pairs.push((texts.text("summaries-period"), html! { (time(&period.from)) " – " (time(&period.to)) }));
    }
    let by_owner = shown.summary_flag.as_deref() == Some("2");
    let by = if by_owner { texts.text("summaries-by-owner") } else { texts.text("summaries-by-merchant") };
    pairs.push((texts.text("summaries-grouped"), html! { (by) }));
    facts(&pairs)
}

fn rejected(texts: Texts, part: &Part) -> Markup {
    html! {
        @if !part.findings.is_empty() {
            h2 { (texts.with("summaries-part-rejected", &[("number", &part.number.to_string())])) }
            (findings(texts, &part.findings))
        }
    }
}

fn declarations(texts: Texts, there: &str, all: &[Declared]) -> Markup {
    let columns = vec![
        Column::of(texts.text("summaries-declaration")),
        Column::number(texts.text("summaries-lists")),
        Column::of(texts.text("exports-mode")),
        Column::of(texts.text("summaries-transport")),
        Column::of(texts.text("summaries-destination")),
        Column::of(texts.text("summaries-exit")),
        Column::of(texts.text("summaries-owner")),
        Column::number(texts.text("summaries-gross")),
        Column::number(texts.text("summaries-net")),
    ];
    let row = |one: &Declared| {
        let number = one.number.to_string();
        let lists = format!("{}#lists", address(there, &[("declaration", &number)]));
        vec![
            html! { (one.number) " " span.code { (one.decl_seq_no) } },
            html! { a href=(lists) { (one.lists) } },
            html! { span.code { (one.trade_mode) } @if !one.ems_no.is_empty() { " " span.muted.code { (one.ems_no) } } },
            code(Some(&one.traf_mode)),
            code(Some(&one.country)),
            code(Some(&one.port_code)),
            code(Some(&one.owner_code)),
            html! { (one.gross_weight) },
            html! { (one.net_weight) },
        ]
    };
    Table { caption: texts.text("summaries-declarations"), columns, rows: all.iter().map(row).collect() }
        .shown()
}

fn lines(texts: Texts, declared: &Declared) -> Markup {
    let columns = vec![
        Column::number(texts.text("summaries-line")),
        Column::of(texts.text("summaries-goods")),
        Column::of(texts.text("summaries-final")),
        Column::number(texts.text("summaries-quantity")),
        Column::number(texts.text("summaries-second")),
        Column::number(texts.text("summaries-total")),
        Column::number(texts.text("summaries-made-of")),
    ];
    let row = |line: &ResultLine| {
        vec![
            html! { (line.gseqno) },
            html! { span.code { (line.gcode) } " " (crate::parts::declared(texts, &line.gname)) },
            code(Some(&line.country)),
            html! { (line.qty1) " " span.muted.code { (line.unit1) } },
            html! { @if !line.unit2.is_empty() { (line.qty2) " " span.muted.code { (line.unit2) } } },
            html! { (money(&line.total_price)) " " span.muted.code { (line.currency) } },
            html! { (line.lines) },
        ]
    };
    let caption = texts.with("summaries-lines-of", &[("number", &declared.number.to_string())]);
    Table { caption, columns, rows: declared.lines.iter().map(row).collect() }.shown()
}

fn members(texts: Texts, all: &[Member]) -> Markup {
    let columns = vec![
        Column::of(texts.text("entry-number")),
        Column::of(texts.text("order")),
        Column::of(texts.text("waybill-number")),
        Column::of(texts.text("exports-closed")),
        Column::number(texts.text("summaries-declaration")),
    ];
    let row = |one: &Member| {
        vec![
            code(Some(&one.invt_no)),
            html! { a.lead href=(export_address(&one.merchant, &one.order_no)) { (one.order_no) } },
            code(Some(&one.logistics_no)),
            html! { @if let Some(day) = &one.closed_on { (time(day)) } },
            html! { @if one.declaration > 0 { (one.declaration) } @else { span.muted { (texts.text("not-yet")) } } },
        ]
    };
    Table { caption: texts.text("summaries-lists"), columns, rows: all.iter().map(row).collect() }.shown()
}
