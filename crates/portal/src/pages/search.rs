//! One box for everything that has a number or a name, and where each hit leads.

use super::exports::export_address;
use super::record::record_name;
use super::registers::{record_address, state_name};
use super::subjects::enterprise_address;
use super::{address, trade_address};
use crate::answers::exports::ExportLine;
use crate::answers::search::{Found, Goods, Held, Party};
use crate::answers::{Line, Rule};
use crate::format::{count, time};
use crate::language::{Family, Language, Texts};
use crate::parts::{
    Cell, Column, Field, Order, Table, Tone, badge, declared, empty, field, natural, state, submit,
};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// What is looked for.
    pub text: String,
    /// What is wrong with it.
    pub fault: String,
    /// Whether the reader finds parties, too.
    pub office: bool,
    /// What was found; none = nothing was looked for.
    pub found: Option<Found>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let hint = if view.office { texts.text("search-hint-office") } else { texts.text("search-hint") };
    let asked = Field {
        name: "text",
        label: &texts.text("search-for"),
        hint: &hint,
        value: &view.text,
        fault: &view.fault,
        required: true,
        ..Field::default()
    };
    let body = html! {
        form.filter method="get" action="/desk/search" role="search" { (field(&asked)) (submit(&texts.text("search-find"))) }
        @if let Some(found) = &view.found { (hits(frame, found)) }
    };
    Page::new(texts.text("search"), Some(Desk::Consignments), body)
}

fn hits(frame: &Frame, found: &Found) -> Markup {
    let texts = frame.texts;
    let nothing = found.trades.is_empty()
        && found.exports.is_empty()
        && found.parties.is_empty()
        && found.rules.is_empty()
        && found.goods.is_empty()
        && found.records.is_empty();
    let most = |hits: usize| {
        let limit = count(found.most as u64);
        html! { @if hits == found.most { p.muted { (texts.with("search-most", &[("count", &limit)])) } } }
    };
    html! {
        @if nothing { (empty(&texts.text("nothing-found"), &texts.text("search-nothing-help"))) }
        @if !found.trades.is_empty() {
            h2 { (texts.text("trades")) }
            (trades(frame, found)) (most(found.trades.len()))
        }
        @if !found.exports.is_empty() {
            h2 { (texts.text("nav-exports")) }
            (exports(texts, &found.exports)) (most(found.exports.len()))
        }
        @if !found.parties.is_empty() { h2 { (texts.text("search-parties")) } (parties(frame, found)) (most(found.parties.len())) }
        @if !found.rules.is_empty() { h2 { (texts.text("nav-rules")) } (rules(texts, &found.rules)) (most(found.rules.len())) }
        @if !found.goods.is_empty() { h2 { (texts.text("search-goods")) } (goods(frame, found)) (most(found.goods.len())) }
        @if !found.records.is_empty() { h2 { (texts.text("nav-registers")) } (records(frame, found)) }
    }
}

/// The order of the hits of a kind: of as many as are told at most there may be more.
fn order<'a>(frame: &'a Frame, found: &Found, parameter: &'a str, known: &[&str], hits: usize) -> Order<'a> {
    Order::of(&frame.place, parameter, known).where_whole(hits < found.most)
}

fn trades(frame: &Frame, found: &Found) -> Markup {
    let texts = frame.texts;
    let order =
        order(frame, found, "sort-trades", &["order", "state", "entry", "changed"], found.trades.len());
    let mut lines: Vec<&Line> = found.trades.iter().collect();
    order.put(&mut lines, |line, by| match by {
        "state" => natural(line.state_word.as_deref().unwrap_or_default()),
        "entry" => natural(line.invt_no.as_deref().unwrap_or_default()),
        "changed" => natural(&line.changed),
        _ => natural(&line.order_no),
    });
    let columns = vec![
        order.column("order", texts.text("order")),
        order.column("state", texts.text("state")),
        order.column("entry", texts.text("entry-number")),
        order.column("changed", texts.text("changed")),
    ];
    let row = |line: &Line| -> Vec<Cell> {
        vec![
            html! { a.lead href=(trade_address(&line.platform, &line.order_no)) { (line.order_no) } " " span.muted.code { (line.platform) } },
            state(texts, line.state_word.as_deref()),
            html! { @if let Some(number) = &line.invt_no { span.code { (number) } } },
            time(&line.changed),
        ]
    };
    let caption = if order.is_asked() { texts.text("sorted") } else { texts.text("newest-first") };
    Table { caption, columns, rows: lines.into_iter().map(row).collect() }.shown()
}

fn exports(texts: Texts, lines: &[ExportLine]) -> Markup {
    let columns = [
        texts.text("order"),
        texts.text("state"),
        texts.text("entry-number"),
        texts.text("exports-mode"),
        texts.text("changed"),
    ];
    let row = |line: &ExportLine| -> Vec<Cell> {
        vec![
            html! { a.lead href=(export_address(&line.merchant, &line.order_no)) { (line.order_no) } " " span.muted.code { (line.merchant) } },
            state(texts, line.state_word.as_deref()),
            html! { @if let Some(number) = &line.invt_no { span.code { (number) } } },
            html! { @if let Some(mode) = &line.trade_mode { span.code { (mode) } } },
            time(&line.changed),
        ]
    };
    let columns = columns.map(Column::of).to_vec();
    Table { caption: texts.text("newest-first"), columns, rows: lines.iter().map(row).collect() }.shown()
}

fn parties(frame: &Frame, found: &Found) -> Markup {
    let texts = frame.texts;
    let order = order(frame, found, "sort-parties", &["code", "name"], found.parties.len());
    let mut sorted: Vec<&Party> = found.parties.iter().collect();
    order.put(&mut sorted, |one, by| natural(if by == "name" { &one.name } else { &one.party }));
    let rows = sorted.into_iter().map(|one| {
        let roles: Vec<String> = one.roles.iter().map(|role| texts.word(Family::Role, role)).collect();
        vec![
            html! { a.lead.code href=(enterprise_address(&one.party)) { (one.party) } },
            html! { (declared(texts, &one.name)) @if one.suspended { " " (badge(Tone::Bad, &texts.text("subject-suspended"))) } },
            html! { (roles.join(&texts.text("joint"))) },
        ]
    });
    let columns = vec![
        order.column("code", texts.text("subject-code")),
        order.column("name", texts.text("subject-name")),
        Column::of(texts.text("subject-roles")),
    ];
    Table { caption: texts.text("search-parties"), columns, rows: rows.collect() }.shown()
}

fn records(frame: &Frame, found: &Found) -> Markup {
    let texts = frame.texts;
    let known = ["record", "register", "state", "changed"];
    let order = order(frame, found, "sort-records", &known, found.records.len());
    let mut sorted: Vec<&Held> = found.records.iter().collect();
    order.put(&mut sorted, |one, by| match by {
        "register" => natural(&record_name(texts, &one.register)),
        "state" => natural(&state_name(texts, &one.state)),
        "changed" => natural(&one.changed),
        _ => natural(&one.id),
    });
    let rows = sorted.into_iter().map(|one| {
        vec![
            html! { a.lead.code href=(record_address(&one.register, &one.id)) { (one.id) } },
            html! { (record_name(texts, &one.register)) },
            html! { (state_name(texts, &one.state)) },
            time(&one.changed),
        ]
    });
    let columns = vec![
        order.column("record", texts.text("search-record")),
        order.column("register", texts.text("search-register")),
        order.column("state", texts.text("state")),
        order.column("changed", texts.text("changed")),
    ];
    Table { caption: texts.text("nav-registers"), columns, rows: rows.collect() }.shown()
}

fn rules(texts: Texts, rules: &[Rule]) -> Markup {
    let chinese = texts.language() == Language::Chinese;
    html! {
        ul { @for rule in rules {
            li {
                a.code href=(address("/desk/rules", &[("text", &rule.rule)])) { (rule.rule) } " "
                (if chinese { &rule.why.zh } else { &rule.why.en })
            }
        } }
    }
}

fn goods(frame: &Frame, found: &Found) -> Markup {
    let texts = frame.texts;
    let order = order(frame, found, "sort-goods", &["code", "name"], found.goods.len());
    let mut sorted: Vec<&Goods> = found.goods.iter().collect();
    order.put(&mut sorted, |one, by| {
        (true, 0, if by == "name" { one.name.clone() } else { one.code.clone() })
    });
    let rows = sorted.into_iter().map(|one| {
        vec![
            html! { a.lead.code href=(address("/tariff", &[("text", &one.code)])) { (one.code) } },
            declared(texts, &one.name),
        ]
    });
    let columns =
        vec![order.column("code", texts.text("goods-code")), order.column("name", texts.text("name"))];
    Table { caption: texts.text("search-goods"), columns, rows: rows.collect() }.shown()
}
