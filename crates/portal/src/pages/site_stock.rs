//! What lies at a site, for whoever keeps it: parcels by scans, bags under seal, and one bag with what is in it, which printed is its
//! label.

use super::address;
use super::keeper::{site_address, why_word};
use crate::answers::sites::{Site, SiteBag, SiteStock};
use crate::format::{count, time};
use crate::language::Family;
use crate::parts::{Cell, Column, Table, Tone, badge, empty, facts, pager};
use crate::shell::{Desk, Frame, Page};
use maud::{PreEscaped, html};

/// What lies at a site by scans, after a place where more does than a page has, and with the first page the bags that were sealed there.
pub fn stock(frame: &Frame, site: &Site, told: &SiteStock, after: &str) -> Page {
    let texts = frame.texts;
    let there = site_address(&site.code);
    let since = || Column::of(texts.text("holds-since"));
    let of_bags = Table {
        caption: texts.text("stock-bags"),
        columns: vec![
            Column::of(texts.item("site-records", "bag")),
            Column::of(texts.item("site-bags", "seal")),
            Column::number(texts.item("site-bags", "parcels")),
            since(),
        ],
        rows: told
            .bags
            .iter()
            .map(|bag| -> Vec<Cell> {
                vec![
                    html! { a.lead.code href=(address(&format!("{there}/bags"), &[("bag", &bag.bag)])) { (bag.bag) } },
                    html! { span.code { (bag.seal) } },
                    html! { (count(bag.parcels)) },
                    time(&bag.since),
                ]
            })
            .collect(),
    };
    let of_parcels = Table {
        caption: texts.text("stock-parcels"),
        columns: vec![
            Column::of(texts.item("site-stocks", "parcel")),
            Column::of(texts.item("site-stocks", "by")),
            since(),
        ],
        rows: told
            .parcels
            .iter()
            .map(|one| -> Vec<Cell> {
                vec![html! { span.code { (one.parcel) } }, html! { span.code { (one.by) } }, time(&one.since)]
            })
            .collect(),
    };
    let here = format!("{there}/stock");
    let first = (!after.is_empty()).then_some(here.as_str());
    let next = told.after.as_deref().map(|after| address(&here, &[("after", after)]));
    let body = html! {
        p { (texts.text("stock-help")) }
        @if !told.bags.is_empty() { (of_bags.shown()) }
        @if told.more_bags { p.muted { (texts.text("stock-bags-more")) } }
        @if told.parcels.is_empty() { (empty(&texts.text("stock-none"), &texts.text("stock-none-help"))) }
        @else { (of_parcels.shown()) }
        (pager(texts, first, next.as_deref()))
    };
    Page::new(texts.text("stock-title"), Some(Desk::Sites), body).below(&there, site.name.clone())
}

/// A bag: what is in it and what of that does not pass. Printed it is its label, with the code that is scanned at a gate.
pub fn bag(frame: &Frame, site: &Site, told: &SiteBag, picture: &str) -> Page {
    let texts = frame.texts;
    let tone = if told.state == "sealed" { Tone::Good } else { Tone::Warn };
    let pairs = [
        (texts.item("site-records", "bag"), html! { span.code { (told.bag) } }),
        (texts.text("state"), badge(tone, &texts.word(Family::RecordState, &told.state))),
        (texts.item("site-bags", "seal"), html! { span.code { (told.seal) } }),
        (texts.item("site-bags", "site"), html! { span.code { (told.site) } }),
        (texts.text("holds-since"), time(&told.since)),
        (texts.item("site-bags", "parcels"), html! { (count(told.parcels.len() as u64)) }),
    ];
    let stands = |parcel: &String| match told.stopped.iter().find(|one| one.parcel == *parcel) {
        Some(one) => badge(Tone::Bad, &why_word(texts, &one.why)),
        None => badge(Tone::Good, &texts.text("keeper-pass")),
    };
    let table = Table {
        caption: texts.text("bag-holds"),
        columns: vec![Column::of(texts.item("site-stocks", "parcel")), Column::of(texts.text("bag-passes"))],
        rows: told
            .parcels
            .iter()
            .map(|parcel| -> Vec<Cell> { vec![html! { span.code { (parcel) } }, stands(parcel)] })
            .collect(),
    };
    let body = html! {
        @if !picture.is_empty() {
            div.code-picture role="img" aria-label=(texts.text("bag-picture")) { (PreEscaped(picture)) }
        }
        (facts(&pairs))
        (table.shown())
    };
    let there = format!("{}/stock", site_address(&site.code));
    Page::new(texts.text("bag-title"), Some(Desk::Sites), body).below(&there, texts.text("stock-title"))
}
