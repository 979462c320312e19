//! What an officer sees of a person, of an address, of an enterprise besides the trade before him. Persons and addresses stand
//! here by keyed hashes, after the officer has said what for.

use super::credit::credit_address;
use super::{address, trade_address};
use crate::answers::Line;
use crate::answers::subjects::{Enterprise, RuleCount, Subject};
use crate::format::{count, money, time, yuan};
use crate::language::{Family, Texts};
use crate::pages::inspect::both;
use crate::parts::{
    Cell, Column, Field, Table, Tone, badge, declared, empty, escaped, facts, field, hidden, said, state,
    submit,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// The address of a person's page.
pub fn person_address(id: &str) -> String {
    format!("/desk/persons/{}", escaped(id))
}

/// The address of the page of an address.
pub fn place_address(id: &str) -> String {
    format!("/desk/addresses/{}", escaped(id))
}

/// The address of an enterprise's page.
pub fn enterprise_address(code: &str) -> String {
    format!("/desk/enterprises/{}", escaped(code))
}

/// Where a person is found by his number.
pub const BY_NUMBER: &str = "/desk/persons";

/// What the form that finds a person by his number shows. The number is not in it: it is written anew each time.
#[derive(Clone, Default, Debug)]
pub struct Finding {
    /// The purpose as it was written before.
    pub purpose: String,
    /// What is wrong with the number, or that nobody has it.
    pub number_fault: String,
    /// What is wrong with the purpose.
    pub purpose_fault: String,
}

/// The form that finds a person by his number.
pub fn find(frame: &Frame, view: &Finding) -> Page {
    let texts = frame.texts;
    let body = html! {
        p { (texts.text("subject-ask")) }
        form.stack method="post" action=(BY_NUMBER) {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (field(&Field { name: "number", label: &texts.text("find-person-number"), hint: &texts.text("find-person-hint"), fault: &view.number_fault, autocomplete: "off", required: true, ..Field::default() }))
            (field(&Field { name: "purpose", label: &texts.text("subject-purpose"), hint: &texts.text("subject-purpose-hint"), fault: &view.purpose_fault, value: &view.purpose, required: true, ..Field::default() }))
            (submit(&texts.text("subject-look")))
        }
    };
    let page = Page::new(texts.text("find-person-title"), Some(Desk::Queue), body);
    page.below(Desk::Queue.address(), Desk::Queue.name(texts))
}

/// A keyed hash, short enough to be read.
pub fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// What is asked before anything is looked up; a purpose that is none stays in its field, with what is wrong with it.
pub fn ask(frame: &Frame, there: &str, title: String, year: &str, (purpose, fault): (&str, &str)) -> Page {
    let texts = frame.texts;
    let body = html! {
        p { (texts.text("subject-ask")) }
        form.stack method="get" action=(there) {
            @if !year.is_empty() { (hidden("year", year)) }
            (field(&Field { name: "purpose", label: &texts.text("subject-purpose"), hint: &texts.text("subject-purpose-hint"), fault, value: purpose, required: true, ..Field::default() }))
            (submit(&texts.text("subject-look")))
        }
    };
    Page::new(title, Some(Desk::Queue), body).below(Desk::Queue.address(), Desk::Queue.name(texts))
}

/// The title of a person or an address.
pub fn title(texts: Texts, is_person: bool, id: &str) -> String {
    let id = short(id);
    if is_person {
        texts.with("subject-person", &[("id", id)])
    } else {
        texts.with("subject-address", &[("id", id)])
    }
}

/// A person or an address.
pub fn page(frame: &Frame, shown: &Subject, purpose: &str) -> Page {
    let texts = frame.texts;
    let id = shown.person.as_deref().or(shown.address.as_deref()).unwrap_or_default();
    let is_person = shown.person.is_some();
    let there = if is_person { person_address(id) } else { place_address(id) };
    let earlier =
        address(&there, &[("purpose", purpose), ("year", &shown.year.saturating_sub(1).to_string())]);
    let mut pairs = vec![
        (
            texts.text("subject-year"),
            html! { (shown.year) " · " a href=(earlier) { (texts.text("subject-earlier")) } },
        ),
        (texts.text("subject-trades"), html! { (count(shown.trades.len() as u64)) }),
        (texts.text("subject-value"), yuan(texts, &shown.value)),
        (texts.text("subject-purpose"), html! { (purpose) }),
    ];
    if let Some(quota) = &shown.quota {
        let amount = |amount: &str| yuan(texts, amount);
        pairs.push((texts.text("subject-quota"), amount(&quota.limit)));
        pairs.push((texts.text("subject-used"), amount(&quota.used)));
        pairs.push((texts.text("subject-held"), amount(&quota.held)));
        pairs.push((texts.text("subject-left"), html! {
            (amount(&quota.left)) @if quota.locked { " " (badge(Tone::Warn, &texts.text("subject-locked"))) }
        }));
    }
    if let Some(conduct) = &shown.conduct {
        pairs.push((
            texts.text("subject-disputes-refused"),
            html! { (count(conduct.disputes_refused)) " · " (texts.text("subject-since")) " " (time(&conduct.since)) },
        ));
    }
    let body = html! {
        p.muted { (texts.text("subject-recorded")) }
        (facts(&pairs))
        @if shown.more { (said(Tone::Warn, html! { p { (texts.text("subject-more")) } })) }
        @if shown.trades.is_empty() { (empty(&texts.text("subject-none"), &texts.text("subject-none-help"))) }
        @else {
            (trades(texts, shown, purpose))
            (sellers(texts, shown))
            @if !shown.persons.is_empty() { (persons(texts, shown)) }
            (rules(texts, texts.text("subject-by-rule"), &shown.findings))
        }
    };
    let page = Page::new(title(texts, is_person, id), Some(Desk::Queue), body);
    page.below(Desk::Queue.address(), Desk::Queue.name(texts))
}

fn lead(line: &Line) -> Markup {
    html! { a.lead href=(trade_address(&line.platform, &line.order_no)) { (line.order_no) } " " span.muted.code { (line.platform) } }
}

fn trades(texts: Texts, shown: &Subject, purpose: &str) -> Markup {
    let is_person = shown.person.is_some();
    let other = if is_person { texts.text("subject-to") } else { texts.text("subject-of") };
    let columns = vec![
        Column::of(texts.text("order")),
        Column::of(texts.text("subject-day")),
        Column::of(texts.text("state")),
        Column::of(texts.text("subject-seller")),
        Column::number(texts.text("subject-value")),
        Column::of(texts.text("subject-findings")),
        Column::of(other),
    ];
    let rows = shown.trades.iter().map(|one| {
        let other = if is_person { one.address.as_deref() } else { one.person.as_deref() };
        let there = |id: &str| if is_person { place_address(id) } else { person_address(id) };
        vec![
            lead(&one.line),
            time(&one.day),
            state(texts, one.line.state_word.as_deref()),
            html! { a href=(enterprise_address(&one.seller)) { (declared(texts, &one.seller_name)) } },
            html! { (money(&one.value)) },
            html! { span.code { (one.findings.join(&texts.text("joint"))) } },
            html! { @if let Some(id) = other { a.code href=(address(&there(id), &[("purpose", purpose)])) { (short(id)) } } },
        ]
    });
    Table { caption: texts.text("subject-trades-caption"), columns, rows: rows.collect() }.shown()
}

fn sellers(texts: Texts, shown: &Subject) -> Markup {
    let columns = vec![
        Column::of(texts.text("subject-seller")),
        Column::number(texts.text("subject-trades")),
        Column::number(texts.text("subject-value")),
    ];
    let rows = shown.sellers.iter().map(|one| {
        vec![
            html! { a href=(enterprise_address(&one.seller)) { (declared(texts, &one.name)) } " " span.muted.code { (one.seller) } },
            html! { (count(one.count)) },
            html! { (money(&one.value)) },
        ]
    });
    Table { caption: texts.text("subject-by-seller"), columns, rows: rows.collect() }.shown()
}

fn persons(texts: Texts, shown: &Subject) -> Markup {
    let columns = vec![Column::of(texts.text("subject-of")), Column::number(texts.text("subject-trades"))];
    let rows = shown.persons.iter().map(|one| {
        vec![
            html! { a.code href=(person_address(&one.person)) { (short(&one.person)) } },
            html! { (count(one.count)) },
        ]
    });
    Table { caption: texts.text("subject-by-person"), columns, rows: rows.collect() }.shown()
}

fn rules(texts: Texts, caption: String, all: &[RuleCount]) -> Markup {
    if all.is_empty() {
        return html! {};
    }
    let columns = vec![Column::of(texts.text("subject-rule")), Column::number(texts.text("subject-trades"))];
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|one| vec![html! { span.code { (one.rule) } }, html! { (count(one.count)) }])
        .collect();
    Table { caption, columns, rows }.shown()
}

/// An enterprise.
pub fn enterprise(frame: &Frame, shown: &Enterprise) -> Page {
    let texts = frame.texts;
    let filings = address("/desk/registers/filings", &[("party", &shown.party)]);
    let goods = address("/desk/registers/goods", &[("party", &shown.party)]);
    let all = address("/desk/consignments", &[("party", &shown.party)]);
    let roles: Vec<String> = shown.roles.iter().map(|role| texts.word(Family::Role, role)).collect();
    let mut pairs = vec![(texts.text("subject-code"), html! { span.code { (shown.party) } })];
    match &shown.name {
        Some(name) => pairs.push((texts.text("subject-name"), declared(texts, name))),
        None => pairs
            .push((texts.text("subject-name"), html! { span.muted { (texts.text("subject-not-filed")) } })),
    }
    if !roles.is_empty() {
        pairs.push((texts.text("subject-roles"), html! { (roles.join(&texts.text("joint"))) }));
    }
    if let Some(grade) = &shown.grade {
        pairs.push((texts.text("subject-grade"), html! { (grade) @if shown.suspended { " " (badge(Tone::Bad, &texts.text("subject-suspended"))) } }));
    }
    pairs.push((texts.text("subject-records"), html! {
        a href=(filings) { (texts.word(Family::Register, "filings")) } " · " a href=(goods) { (texts.word(Family::Register, "goods")) } " · "
        a href=(all) { (texts.text("subject-all-trades")) } " · " a href=(credit_address(&shown.party)) { (texts.text("credit-title")) }
    }));
    let looked_at = [("count", shown.looked)];
    let looked = if shown.more {
        texts.counted("subject-looked-newest", &looked_at, &[])
    } else {
        texts.counted("subject-looked-all", &looked_at, &[])
    };
    let body = html! {
        (facts(&pairs))
        p.muted { (looked) }
        @if shown.trades.is_empty() { (empty(&texts.text("subject-none"), &texts.text("subject-none-help"))) }
        @else {
            (states(texts, shown))
            (rules(texts, texts.text("subject-rejections"), &shown.rejections))
            @if !shown.inspections.is_empty() { (results(texts, shown)) }
            (newest(texts, shown))
        }
    };
    let name = shown.name.as_deref().unwrap_or(&shown.party);
    let page = Page::new(texts.with("subject-enterprise", &[("name", name)]), Some(Desk::Queue), body);
    page.below(Desk::Queue.address(), Desk::Queue.name(texts))
}

fn states(texts: Texts, shown: &Enterprise) -> Markup {
    let columns = vec![Column::of(texts.text("state")), Column::number(texts.text("subject-trades"))];
    let there = |number: u16| {
        address("/desk/consignments", &[("party", &shown.party), ("state", &number.to_string())])
    };
    let rows = shown.states.iter().map(|one| {
        let number = count(one.count);
        let linked = match one.state {
            0 => html! { (number) },
            state => html! { a href=(there(state)) { (number) } },
        };
        vec![state(texts, one.state_word.as_deref()), linked]
    });
    Table { caption: texts.text("subject-by-state"), columns, rows: rows.collect() }.shown()
}

fn results(texts: Texts, shown: &Enterprise) -> Markup {
    let columns = vec![Column::of(texts.text("inspect-result")), Column::number(texts.text("subject-times"))];
    let rows = shown
        .inspections
        .iter()
        .map(|one| vec![html! { (both(texts, &one.name)) }, html! { (count(one.count)) }]);
    Table { caption: texts.text("subject-by-result"), columns, rows: rows.collect() }.shown()
}

fn newest(texts: Texts, shown: &Enterprise) -> Markup {
    let columns = [texts.text("order"), texts.text("state"), texts.text("since"), texts.text("district")];
    let rows = shown.trades.iter().map(|line| {
        vec![
            lead(line),
            state(texts, line.state_word.as_deref()),
            time(&line.changed),
            html! { span.code { (line.customs_code) } },
        ]
    });
    let columns = columns.map(Column::of).to_vec();
    Table { caption: texts.text("subject-newest"), columns, rows: rows.collect() }.shown()
}
