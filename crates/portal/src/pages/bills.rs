//! Tax bills of one's trades, the guarantees that one gives, and what is owed.

use super::{address, trade_address};
use crate::answers::bills::{BillDays, Billed, Bills, Guarantee};
use crate::format::{money, time, yuan};
use crate::language::Texts;
use crate::parts::{
    Cell, Column, Field, Order, Table, Tone, badge, empty, field, hidden, natural, pager, submit, tabs,
};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// What the list may be narrowed to.
pub const NARROWED: [&str; 4] = ["", "owed", "overdue", "paid"];

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// The page of the list.
    pub told: Bills,
    /// To what it is narrowed.
    pub which: String,
    /// To which days of release, as they were asked for.
    pub from: String,
    /// The last of them.
    pub to: String,
    /// What is wrong with these days: then nothing is listed.
    pub fault: String,
    /// After which cursor it begins.
    pub after: String,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let there = Desk::Bills.address();
    let link = |which: &str, after: &str| {
        address(there, &[("which", which), ("from", &view.from), ("to", &view.to), ("after", after)])
    };
    let name = |which: &str| match which {
        "owed" => texts.text("bills-owed"),
        "overdue" => texts.text("bills-overdue"),
        "paid" => texts.text("bill-paid"),
        _ => texts.text("bills-all"),
    };
    let narrowed = NARROWED.map(|which| (link(which, ""), name(which), which == view.which));
    let first = (!view.after.is_empty()).then(|| link(&view.which, ""));
    let next = view.told.next.as_deref().map(|after| link(&view.which, after));
    let body = html! {
        @if let Some(payable) = &view.told.payable { (standing(texts, payable, &view.told.guarantees)) }
        h2 { (texts.text("bills")) }
        (tabs(&texts.text("bills"), &narrowed))
        (period(texts, view))
        @if !view.fault.is_empty() {}
        @else if view.told.bills.is_empty() && next.is_some() { (empty(&texts.text("bills-none-here"), &texts.text("bills-none-here-help"))) }
        @else if view.told.bills.is_empty() { (empty(&texts.text("bills-none"), &texts.text("bills-none-help"))) }
        @else { (table(frame, &view.told.bills, view.after.is_empty() && next.is_none())) }
        (pager(texts, first.as_deref(), next.as_deref()))
    };
    Page::new(texts.text("nav-bills"), Some(Desk::Bills), body)
}

/// Narrows the list to days of release.
fn period(texts: Texts, view: &View) -> Markup {
    let date = |name: &'static str, label: &str, value: &str| {
        let fault = if name == "from" { view.fault.as_str() } else { "" };
        field(&Field { name, label, fault, value, kind: "date", ..Field::default() })
    };
    html! {
        form.filter method="get" action=(Desk::Bills.address()) role="search" {
            @if !view.which.is_empty() { (hidden("which", &view.which)) }
            (date("from", &texts.text("bills-from"), &view.from))
            (date("to", &texts.text("figures-to"), &view.to))
            (submit(&texts.text("narrow")))
        }
    }
}

/// What is owed, and how far each guarantee still reaches.
fn standing(texts: Texts, payable: &str, guarantees: &[Guarantee]) -> Markup {
    let columns = vec![
        Column::of(texts.text("guarantor")),
        Column::number(texts.text("guarantee-limit")),
        Column::number(texts.text("guarantee-used")),
        Column::number(texts.text("guarantee-held")),
        Column::number(texts.text("guarantee-left")),
    ];
    let rows = guarantees.iter().map(|one| {
        let left = money(&one.left);
        vec![
            html! { span.code { (one.guarantor) } },
            html! { (money(&one.limit)) },
            html! { (money(&one.used)) },
            html! { (money(&one.held)) },
            html! { @if one.left.starts_with('-') || one.left == "0" { (badge(Tone::Bad, &left)) } @else { strong { (left) } } },
        ]
    });
    html! {
        p.figure { (texts.text("tax-payable")) " " (yuan(texts, payable)) }
        h2 { (texts.text("guarantees")) }
        @if guarantees.is_empty() { (empty(&texts.text("guarantees-none"), &texts.text("guarantees-none-help"))) }
        @else {
            (Table { caption: texts.text("in-yuan"), columns, rows: rows.collect() }.shown())
            p.muted { (texts.text("guarantees-help")) }
        }
    }
}

/// Columns that bills are sorted by, where they are all on this page.
const SORTED: [&str; 7] = ["order", "bill", "owed", "state", "released", "settled", "pay"];

fn table(frame: &Frame, bills: &[Billed], whole: bool) -> Markup {
    let texts = frame.texts;
    let order = Order::of(&frame.place, "sort", &SORTED).where_whole(whole);
    let mut sorted: Vec<&Billed> = bills.iter().collect();
    order.put(&mut sorted, |one, by| match by {
        "bill" => natural(&one.bill.tax_no),
        "owed" => natural(&one.bill.owed),
        "state" => natural(match (one.bill.paid, one.bill.overdue) {
            (true, _) => "2",
            (_, true) => "0",
            _ => "1",
        }),
        "released" => natural(&one.bill.released_on),
        "settled" => natural(one.bill.settled_by.as_deref().unwrap_or_default()),
        "pay" => natural(one.bill.pay_by.as_deref().unwrap_or_default()),
        _ => natural(&one.line.order_no),
    });
    let columns = vec![
        order.column("order", texts.text("order")),
        order.column("bill", texts.text("bill")),
        order.number("owed", texts.text("bill-owed")),
        order.column("state", texts.text("state")),
        order.column("released", texts.text("released-on")),
        order.column("settled", texts.text("bill-settled-by")),
        order.column("pay", texts.text("bill-pay-by")),
    ];
    let caption = if order.is_asked() { texts.text("sorted") } else { texts.text("bills-caption") };
    Table { caption, columns, rows: sorted.into_iter().map(|one| row(texts, one)).collect() }.shown()
}

fn row(texts: Texts, one: &Billed) -> Vec<Cell> {
    let BillDays { tax_no, ent_duty_no, owed, released_on, settled_by, pay_by, .. } = &one.bill;
    let paid = match (one.bill.paid, one.bill.overdue) {
        (true, _) => badge(Tone::Good, &texts.text("bill-paid")),
        (_, true) => badge(Tone::Bad, &texts.text("bill-overdue")),
        _ => badge(Tone::Wait, &texts.text("bill-owed")),
    };
    let day = |day: &Option<String>| html! { @if let Some(day) = day { (time(day)) } };
    vec![
        html! { a.lead href=(trade_address(&one.line.platform, &one.line.order_no)) { (one.line.order_no) } " " span.muted.code { (one.line.platform) } },
        html! { span.code { (tax_no) } @if let Some(notice) = ent_duty_no { " " span.muted.code { (notice) } } },
        html! { (money(owed)) },
        paid,
        time(released_on),
        day(settled_by),
        day(pay_by),
    ]
}
