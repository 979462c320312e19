//! Traceability at the desk: labels of a lot to print, codes bound to parcels when they are packed, and a recall with what was found
//! of it.

use super::exports::export_address;
use super::registers::{record_address, state};
use super::{address, trade_address};
use crate::answers::traceability::{
    Bound, Buyer, Buyers, Codes, Label, LeftInBook, Recall, RecalledParcel, Waybill,
};
use crate::format::count;
use crate::language::{Family, Texts};
use crate::parts::{
    Cell, Column, Faults, Field, Table, Tone, declared, empty, escaped, facts, fault_of, field, pager, said,
    submit,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// The address where codes are bound.
pub const BINDINGS: &str = "/desk/trace";
const CODES: &str = "trace-codes";
const RECALLS: &str = "recalls";

/// The address of a lot's labels.
pub fn labels_address(id: &str) -> String {
    format!("{BINDINGS}/codes/{}", escaped(id))
}

/// The address of a recall's page.
pub fn recall_address(id: &str) -> String {
    format!("/desk/recalls/{}", escaped(id))
}

/// Labels to print, a page of them.
pub fn labels(frame: &Frame, told: &Codes, from: u64) -> Page {
    let texts = frame.texts;
    let there = labels_address(&told.id);
    let label = |one: &Label| {
        let picture = address(&format!("{there}/picture"), &[("place", &one.place.to_string())]);
        html! {
            li {
                img src=(picture) alt=(one.link) width="140" height="140" loading="lazy";
                div.code { (one.gtin) }
                div.code { (one.lot) }
                div.code { (one.serial) }
            }
        }
    };
    let next = told.from.map(|from| address(&there, &[("from", &from.to_string())]));
    let issued = count(told.issued);
    let body = html! {
        p { (texts.with("labels-what", &[("count", &issued)])) }
        p.files {
            a href=(record_address(CODES, &told.id)) { (texts.text("traces-record")) } " · "
            a href=(format!("{there}/file")) { (texts.text("labels-file")) } " · "
            a href=(BINDINGS) { (texts.text("bindings-title")) }
        }
        @if told.state == "void" { (said(Tone::Bad, html! { p { (texts.text("labels-void")) } })) }
        ul.labels { @for one in &told.codes { (label(one)) } }
        (pager(texts, (from > 1).then_some(there.as_str()), next.as_deref()))
    };
    Page::new(texts.text("labels-title"), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
}

/// What stood in the form of a binding, and what it was answered.
#[derive(Clone, Default, Debug)]
pub struct BindingView {
    /// The code.
    pub code: String,
    /// Carrier, kept for the next parcel.
    pub carrier: String,
    /// Number of the waybill.
    pub parcel: String,
    /// The answer, with its words.
    pub answered: Option<(Bound, String)>,
    /// What is wrong with what stands there: `code`, `carrier`, `parcel`.
    pub faults: Faults,
}

fn named(waybill: &Waybill) -> String {
    format!("{}/{}", waybill.logistics_code, waybill.logistics_no)
}

/// Where codes are bound.
pub fn bindings(frame: &Frame, view: &BindingView) -> Page {
    let texts = frame.texts;
    let text = |name: &str, label: &str, hint: &str, value: &str| {
        let fault = fault_of(&view.faults, name);
        field(&Field { name, label, hint, fault, value, required: true, ..Field::default() })
    };
    let answered = view.answered.as_ref().map(|(bound, words)| {
        let done = bound.status == 200;
        html! {
            (said(if done { Tone::Good } else { Tone::Bad }, html! {
                p { (words) }
                @if done { @if let Some(parcel) = &bound.parcel { p.code { (named(parcel)) } } }
                @if let Some(other) = &bound.bound { p { (texts.text("bindings-other")) " " span.code { (named(other)) } } }
            }))
        }
    });
    let body = html! {
        @if let Some(answered) = answered { (answered) }
        p { (texts.text("bindings-what")) }
        form.stack method="post" action=(BINDINGS) {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (text("code", &texts.text("bindings-code"), &texts.text("bindings-code-hint"), &view.code))
            (text("carrier", &texts.text("bindings-carrier"), "", &view.carrier))
            (text("parcel", &texts.text("bindings-parcel"), "", &view.parcel))
            (submit(&texts.text("bindings-bind")))
        }
    };
    Page::new(texts.text("bindings-title"), None, body)
}

/// What the reader of a recall may do, and what he wrote to see its buyers that is no purpose.
#[derive(Clone, Copy, Default, Debug)]
pub struct Recaller<'a> {
    /// Has the window look again.
    pub searches: bool,
    /// Sees buyers, once he says what for.
    pub persons: bool,
    /// What he wrote.
    pub purpose: &'a str,
    /// What is wrong with it.
    pub fault: &'a str,
}

/// A recall.
pub fn recall(frame: &Frame, told: &Recall, may: Recaller<'_>) -> Page {
    let texts = frame.texts;
    let Recaller { searches, persons, purpose, fault } = may;
    let opened = &told.body.opened;
    let there = recall_address(&told.id);
    let lot = if opened.lot.is_empty() { texts.text("recall-all-lots") } else { opened.lot.clone() };
    let pairs = [
        (texts.item(RECALLS, "goodsNo"), html! { span.code { (opened.goods_no) } }),
        (texts.item(RECALLS, "lot"), html! { span.code { (lot) } }),
        (texts.item(RECALLS, "reason"), html! { (texts.word(Family::Value, &opened.reason)) }),
        (texts.item(RECALLS, "measure"), html! { (texts.word(Family::Value, &opened.measure)) }),
        (texts.item(RECALLS, "advice"), declared(texts, &opened.advice)),
    ];
    let body = html! {
        p { (state(texts, &told.state)) }
        (facts(&pairs))
        p.files { a href=(record_address(RECALLS, &told.id)) { (texts.text("traces-record")) } }
        h2 { (texts.text("recall-found")) }
        (found(texts, told))
        @if searches && told.state != "closed" {
            form method="post" action=(there) {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (submit(&texts.text("recall-search")))
            }
        }
        h2 { (texts.text("recall-parcels")) }
        @if told.parcels.is_empty() { (empty(&texts.text("recall-no-parcel"), &texts.text("recall-no-parcel-help"))) }
        @else { (parcels(texts, &told.parcels)) }
        @if told.more { p.muted { (texts.text("recall-more")) } }
        @if persons {
            h2 { (texts.text("recall-buyers")) }
            form.filter method="get" action=(format!("{there}/buyers")) {
                (field(&Field { name: "purpose", label: &texts.text("recall-purpose"), hint: &texts.text("recall-purpose-hint"), fault, value: purpose, required: true, ..Field::default() }))
                (submit(&texts.text("recall-show-buyers")))
            }
        }
    };
    Page::new(texts.with("recall-title", &[("id", &told.id)]), Some(Desk::Registers), body)
        .below(Desk::Registers.address(), Desk::Registers.name(texts))
}

fn found(texts: Texts, told: &Recall) -> Markup {
    let Some(found) = &told.body.found else {
        return empty(&texts.text("recall-not-yet"), &texts.text("recall-not-yet-help"));
    };
    let number = |name: &str, number: u64| (texts.item(RECALLS, name), html! { (count(number)) });
    let mut pairs = vec![
        number("parcels", found.parcels),
        number("held", found.held),
        number("left", found.left),
        number("buyers", found.buyers),
        number("told", found.told),
    ];
    if let Some(retrieved) = &told.body.retrieved {
        pairs.push((texts.item(RECALLS, "retrieved"), html! { (retrieved.retrieved) }));
    }
    let row = |one: &LeftInBook| -> Vec<Cell> {
        vec![
            html! { a.code href=(record_address("bonded-items", &one.stock)) { (one.stock) } },
            html! { span.code { (one.lot) } },
            html! { (one.inside) },
            html! { (one.available) },
        ]
    };
    let columns = vec![
        Column::of(texts.item(RECALLS, "stock")),
        Column::of(texts.item(RECALLS, "lot")),
        Column::number(texts.item(RECALLS, "inside")),
        Column::number(texts.item(RECALLS, "available")),
    ];
    html! {
        (facts(&pairs))
        @if !found.complete { p.muted { (texts.text("recall-incomplete")) } }
        (Table { caption: texts.text("recall-stock"), columns, rows: found.stock.iter().map(row).collect() }.shown())
    }
}

fn parcels(texts: Texts, all: &[RecalledParcel]) -> Markup {
    let columns = vec![
        Column::of(texts.text("recall-trade")),
        Column::of(texts.text("recall-waybill")),
        Column::of(texts.text("recall-state")),
        Column::of(texts.text("recall-where")),
        Column::number(texts.text("recall-quantity")),
    ];
    let there = |one: &RecalledParcel| match &one.merchant {
        Some(merchant) => export_address(merchant, &one.order_no),
        None => trade_address(&one.platform, &one.order_no),
    };
    let row = |one: &RecalledParcel| -> Vec<Cell> {
        let place = if one.left { texts.text("recall-left") } else { texts.text("recall-held") };
        vec![
            html! { a.code href=(there(one)) { (one.order_no) } },
            html! { span.code { (one.logistics_no.as_deref().unwrap_or("")) } },
            html! { (crate::parts::state(texts, one.state.as_deref())) },
            html! { (place) },
            html! { (one.quantity) },
        ]
    };
    Table { caption: texts.text("recall-parcels"), columns, rows: all.iter().map(row).collect() }.shown()
}

/// Buyers of recalled goods.
pub fn buyers(frame: &Frame, told: &Buyers) -> Page {
    let texts = frame.texts;
    let columns = vec![
        Column::of(texts.text("recall-buyer")),
        Column::of(texts.text("recall-telephone")),
        Column::of(texts.text("recall-trade")),
        Column::number(texts.text("recall-quantity")),
    ];
    let row = |one: &Buyer| -> Vec<Cell> {
        vec![
            html! { (declared(texts, one.name.as_deref().unwrap_or(""))) },
            html! { span.code { (one.telephone.as_deref().unwrap_or("")) } },
            html! { a.code href=(trade_address(&one.platform, &one.order_no)) { (one.order_no) } },
            html! { (one.quantity) },
        ]
    };
    let body = html! {
        p { (texts.text("recall-buyers-recorded")) }
        @if told.buyers.is_empty() { (empty(&texts.text("recall-no-parcel"), &texts.text("recall-no-parcel-help"))) }
        @else { (Table { caption: texts.text("recall-buyers"), columns, rows: told.buyers.iter().map(row).collect() }.shown()) }
    };
    Page::new(texts.text("recall-buyers"), Some(Desk::Registers), body)
        .below(&recall_address(&told.id), texts.with("recall-title", &[("id", &told.id)]))
}
