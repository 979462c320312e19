//! What came back, or is to come back, of an export trade: each return with where it stands, its parcel and its days. What may be
//! decided on it is the trade's form.

use crate::answers::exports::{ReturnTax, ReturnedGoods};
use crate::format::{money, time, yuan};
use crate::language::{Family, Texts};
use crate::parts::{facts, findings};
use maud::{Markup, html};

/// The returns of a trade; nothing where there is none.
pub(super) fn shown(texts: Texts, returns: &[ReturnedGoods]) -> Markup {
    html! {
        @if !returns.is_empty() {
            h2 #returns { (texts.text("exports-returns")) }
            @for one in returns { (returned(texts, one)) }
        }
    }
}

/// What its goods owe: nothing within the relief, of which the export duty may be asked back.
fn taxed(texts: Texts, tax: &ReturnTax) -> Markup {
    let amount = |part: &Option<String>| part.as_deref().map_or_else(|| "—".to_owned(), money);
    html! {
        @if tax.relieved { (texts.text("exports-return-tax-relieved")) }
        @else if let Some(due) = &tax.due {
            (texts.with("exports-return-tax-due", &[
                ("due", &money(due)), ("duty", &amount(&tax.duty)), ("consumption", &amount(&tax.consumption_tax)), ("vat", &amount(&tax.vat)),
            ]))
        } @else { (texts.text("exports-return-tax-unknown")) }
        @if tax.relieved && tax.export_duty != "0" {
            " · " (texts.with("exports-return-tax-duty-back", &[("amount", &money(&tax.export_duty))]))
        }
        @if tax.uncertain { " · " (texts.text("exports-return-tax-uncertain")) }
    }
}

fn returned(texts: Texts, one: &ReturnedGoods) -> Markup {
    let day = |day: &Option<String>| match day {
        Some(day) => time(day),
        None => html! { span.muted { (texts.text("not-yet")) } },
    };
    let mut pairs = vec![
        (
            texts.text("state"),
            html! { (texts.word(Family::Return, &one.standing)) " " span.code { (one.status) } },
        ),
        (
            texts.text("exports-return-file"),
            html! { span.code { (one.co_el_no) } " " span.muted.code { (one.agent_code) } },
        ),
        (texts.text("pre-number"), html! { span.code { (one.pre_no) } }),
        (texts.text("waybill-number"), html! { span.code { (one.logistics_no) } }),
        (texts.text("exports-return-tallied"), day(&one.tallied_on)),
        (texts.text("exports-return-back-until"), time(&one.back_until)),
    ];
    let relief = match &one.relief_until {
        Some(day) => time(day),
        None => html! { (texts.text("exports-return-no-relief")) },
    };
    pairs.push((texts.text("exports-return-relief-until"), relief));
    if let Some(value) = &one.value {
        pairs.push((texts.text("exports-return-value"), yuan(texts, value)));
    }
    if let Some(tax) = &one.tax {
        pairs.push((texts.text("exports-return-tax"), taxed(texts, tax)));
    }
    if !one.lines.is_empty() {
        let lines = html! { @for line in &one.lines { span.code { (line.gnum) } " × " (line.qty) " " } };
        pairs.push((texts.text("exports-return-lines"), lines));
    }
    html! {
        h3 { (texts.with("return-number", &[("number", &one.number.to_string())])) }
        (facts(&pairs))
        @if !one.findings.is_empty() { (findings(texts, &one.findings)) }
    }
}
