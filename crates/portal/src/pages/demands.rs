//! Demands and offers: what waits for the reader's offer, what he asks for, what he offers; and, on the page of a demand, the
//! offers to it with the way to accept one. Forms and records are those of registers.

use super::address;
use super::body_form;
use super::record::View;
use super::registers::{late, record_address, register_address, state};
use crate::answers::registers::{Record, plain};
use crate::format::{count, time};
use crate::language::{Family, Texts};
use crate::pages::body_form::value_name;
use crate::parts::{Cell, Column, Table, Tone, empty, hidden, said};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};
use serde_json::Value;

/// Word of the register of demands.
pub const DEMANDS: &str = "service-requests";
/// Word of the register of offers.
pub const OFFERS: &str = "service-offers";

/// What the page of both shows.
#[derive(Clone, Default, Debug)]
pub struct Demands {
    /// Demands that wait for the reader's offer.
    pub waiting: Vec<Record>,
    /// His own.
    pub mine: Vec<Record>,
    /// His offers.
    pub offers: Vec<Record>,
    /// Offers to him that stand, by the id of their demand.
    pub standing: Vec<String>,
    /// Whether there are more of any than are shown.
    pub more: bool,
    /// Whether he may ask and offer.
    pub applies: bool,
}

/// What belongs to the page of a demand.
#[derive(Clone, Default, Debug)]
pub struct Offers {
    /// Offers to it, as its owner sees them.
    pub offers: Vec<Record>,
    /// Whether there are more than these.
    pub more: bool,
    /// The reader's own offer.
    pub own: Option<String>,
    /// Whether he may make one.
    pub may_offer: bool,
}

fn text<'a>(record: &'a Record, name: &str) -> &'a Value {
    record.summary.get(name).unwrap_or(&Value::Null)
}

fn kind_and_goods(texts: Texts, record: &Record) -> Markup {
    html! {
        a.lead href=(record_address(DEMANDS, &record.id)) { (plain(text(record, "goods"))) }
        div.muted { (value_name(texts, &plain(text(record, "kind")))) }
    }
}

fn route(record: &Record) -> Markup {
    let (from, to) = (plain(text(record, "from")), plain(text(record, "to")));
    html! { (from) @if !from.is_empty() && !to.is_empty() { " → " } (to) }
}

/// Where an offer to a demand is made.
pub fn offering(demand: &str) -> String {
    address(&format!("{}/new", register_address(OFFERS)), &[("action", "offer"), ("number", demand)])
}

/// The page.
pub fn page(frame: &Frame, view: &Demands) -> Page {
    let texts = frame.texts;
    let asking = address(&format!("{}/new", register_address(DEMANDS)), &[("action", "ask")]);
    let body = html! {
        p { (texts.text("about-demands")) }
        @if view.applies { p { a.button href=(asking) { (texts.text("demands-new")) } } }
        h2 { (texts.with("demands-to-answer", &[("count", &count(view.waiting.len() as u64))])) }
        p.muted { (texts.text("demands-to-answer-help")) }
        @if view.waiting.is_empty() { (empty(&texts.text("demands-none-to-answer"), &texts.text("demands-none-to-answer-help"))) }
        @else { (waiting(texts, view)) }
        h2 { (texts.text("demands-mine")) }
        @if view.mine.is_empty() { (empty(&texts.text("demands-none-mine"), &texts.text("demands-none-mine-help"))) }
        @else { (mine(texts, view)) }
        h2 { (texts.text("demands-my-offers")) }
        @if view.offers.is_empty() { (empty(&texts.text("demands-none-offered"), &texts.text("demands-none-offered-help"))) }
        @else { (offered(texts, &view.offers)) }
        @if view.more { p.muted { (texts.text("demands-more")) } }
    };
    Page::new(texts.text("nav-demands"), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
}

fn waiting(texts: Texts, view: &Demands) -> Markup {
    let row = |record: &Record| -> Vec<Cell> {
        vec![
            kind_and_goods(texts, record),
            route(record),
            time(&plain(text(record, "deadline"))),
            html! { @if view.applies { a.button href=(offering(&record.id)) { (texts.text("demands-to-offer")) } } },
        ]
    };
    let columns = vec![
        Column::of(texts.item(DEMANDS, "goods")),
        Column::of(texts.text("demands-route")),
        Column::of(texts.item(DEMANDS, "deadline")),
        Column::of(texts.text("demands-to-offer")),
    ];
    let caption = texts.text("newest-made-first");
    Table { caption, columns, rows: view.waiting.iter().map(row).collect() }.shown()
}

fn mine(texts: Texts, view: &Demands) -> Markup {
    let row = |record: &Record| -> Vec<Cell> {
        let standing = view.standing.iter().filter(|demand| **demand == record.id).count();
        vec![
            kind_and_goods(texts, record),
            html! { (state(texts, &record.state)) " " (late(texts, record)) },
            html! { (count(standing as u64)) },
            time(&plain(text(record, "deadline"))),
        ]
    };
    let columns = vec![
        Column::of(texts.item(DEMANDS, "goods")),
        Column::of(texts.text("state")),
        Column::number(texts.text("demands-offers")),
        Column::of(texts.item(DEMANDS, "deadline")),
    ];
    let caption = texts.text("newest-made-first");
    Table { caption, columns, rows: view.mine.iter().map(row).collect() }.shown()
}

fn price(price: &Value, currency: &Value) -> Markup {
    html! { (plain(price)) " " span.code.muted { (plain(currency)) } }
}

fn offered(texts: Texts, offers: &[Record]) -> Markup {
    let row = |record: &Record| -> Vec<Cell> {
        vec![
            html! { a.lead href=(record_address(OFFERS, &record.id)) { (plain(text(record, "goods"))) } },
            html! { (state(texts, &record.state)) " " (late(texts, record)) },
            price(text(record, "price"), text(record, "currency")),
            time(&plain(text(record, "validUntil"))),
        ]
    };
    let columns = vec![
        Column::of(texts.item(OFFERS, "goods")),
        Column::of(texts.text("state")),
        Column::number(texts.item(OFFERS, "price")),
        Column::of(texts.item(OFFERS, "validUntil")),
    ];
    let caption = texts.text("newest-made-first");
    Table { caption, columns, rows: offers.iter().map(row).collect() }.shown()
}

/// On the page of a demand: the offers to its owner; to others the way to make one.
pub fn section(frame: &Frame, view: &View, offers: &Offers) -> Markup {
    let (texts, record) = (frame.texts, &view.record);
    if !record.yours {
        return html! {
            @if let Some(own) = &offers.own { p { a.button href=(record_address(OFFERS, own)) { (texts.text("demands-own-offer")) } } }
            @else if offers.may_offer { p { a.button href=(offering(&record.id)) { (texts.text("demands-to-offer")) } } }
        };
    }
    let asked = record.body.get("routed").and_then(Value::as_u64).unwrap_or_default();
    let sent = view.sent.as_ref().filter(|sent| sent.action == "accept");
    html! {
        h2 #offers { (texts.text("demands-offers")) }
        @if let Some(sent) = sent { @if !sent.faults.is_empty() {
            (said(Tone::Bad, html! { ul { @for one in &sent.faults { li { (body_form::fault(texts, one)) } } } }))
        } }
        @if offers.offers.is_empty() {
            (empty(&texts.text("demands-no-offers"), &texts.numbered("demands-no-offers-help", &[("count", asked)], &[])))
        } @else { (received(frame, record, &offers.offers)) }
        @if offers.more { p { (texts.text("demands-more")) " " a href=(register_address(OFFERS)) { (texts.word(Family::Register, OFFERS)) } } }
    }
}

fn received(frame: &Frame, demand: &Record, offers: &[Record]) -> Markup {
    let texts = frame.texts;
    let row = |record: &Record| -> Vec<Cell> {
        let offered = &record.body["offered"];
        let provider = record.id.split(':').next().unwrap_or_default();
        vec![
            html! { a.lead.code href=(record_address(OFFERS, &record.id)) { (provider) } },
            html! { (state(texts, &record.state)) " " (late(texts, record)) },
            price(&offered["price"], &offered["currency"]),
            html! { (plain(&offered["term"])) @if let Some(told) = offered["conditions"].as_str().filter(|told| !told.is_empty()) { div.muted { (told) } } },
            time(&plain(&offered["validUntil"])),
            html! { @if demand.state == "open" && record.state == "offered" { (accept(frame, demand, record, provider)) } },
        ]
    };
    let columns = vec![
        Column::of(texts.text("demands-provider")),
        Column::of(texts.text("state")),
        Column::number(texts.item(OFFERS, "price")),
        Column::of(texts.item(OFFERS, "term")),
        Column::of(texts.item(OFFERS, "validUntil")),
        Column::of(texts.text("demands-accept")),
    ];
    Table { caption: texts.text("demands-offers"), columns, rows: offers.iter().map(row).collect() }.shown()
}

fn accept(frame: &Frame, demand: &Record, offer: &Record, provider: &str) -> Markup {
    let texts = frame.texts;
    html! {
        form method="post" action={ (record_address(DEMANDS, &demand.id)) "/actions" } enctype="multipart/form-data" {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("action", "accept"))
            (hidden("version", &demand.version.to_string()))
            (hidden("body.offer", &offer.id))
            (hidden("body.offerVersion", &offer.version.to_string()))
            button name="do" value="send" aria-label=(texts.with("demands-accept-offer", &[("party", provider)])) { (texts.text("demands-accept")) }
        }
    }
}
