//! One trade: where it stands and why, its documents, its tax with the arithmetic, what happened, and for officers what they
//! may decide.

use super::{address, decide, grown, inspect, keeper, subjects, trade_address};
use crate::answers::exchanges::{Exchanged, Exchanges};
use crate::answers::{Assessment, Attempt, Consignment, Filed, Hit, Taken};
use crate::format::{money, time, yuan};
use crate::language::{Family, Texts};
use crate::parts::{Column, Pages, Table, Tone, badge, declared, facts, state, tabled};
use crate::shell::{Desk, Frame, Page};
use maud::{Markup, html};

/// Lines of tax on a page: a list has 99.
const LINES: usize = 20;
/// The page; `decision` is the form of an officer who may decide something.
pub fn page(frame: &Frame, shown: &Consignment, decision: Option<&decide::View>) -> Page {
    let texts = frame.texts;
    let body = html! {
        div.beside {
            div {
                (standing(texts, shown))
                @if let Some(attempt) = &shown.attempt {
                    h2 #why { (texts.text("why-it-stands")) }
                    (grown::found(frame, &trade_address(&shown.platform, &shown.order_no), &attempt.findings))
                    (sealed(texts, &attempt.hits))
                    @if let Some(given) = &shown.risk_score { (super::risk_model::given(texts, given)) }
                    @if let Some(score) = &shown.shadow { (super::risk_model::score(texts, score)) }
                    (appeal(texts, attempt))
                }
                @if let Some(decision) = decision { (decide::form(frame, shown, decision)) }
            }
            div { (documents(frame, shown)) }
        }
        @if let Some(assessment) = shown.attempt.as_ref().and_then(|attempt| attempt.assessment.as_ref()) {
            h2 #tax { (texts.text("tax")) }
            (tax(texts, assessment, frame.rows_before("lines"), &trade_address(&shown.platform, &shown.order_no)))
        }
        h2 #happened { (texts.text("what-happened")) }
        // An older part of the timeline stays what it is.
        @if frame.place.contains("events=") { (record(frame, shown)) }
        @else { div id=(MOVES) { (record(frame, shown)) } }
    };
    let title = texts.with("trade-title", &[("number", &shown.order_no)]);
    let desk = if decision.is_some() { Desk::Queue } else { Desk::Consignments };
    Page::new(title, Some(desk), body).below(desk.address(), desk.name(texts))
}

/// The id of what grows on the page of a trade.
pub const MOVES: &str = "live-happened";

/// What happened and what officers said to it.
pub fn record(frame: &Frame, shown: &Consignment) -> Markup {
    let (texts, there) = (frame.texts, trade_address(&shown.platform, &shown.order_no));
    html! {
        (grown::happened(frame, &there, &shown.timeline, |entry| html! {
            @if let Some(one) = &entry.inspection { (inspect::shown(texts, &there, one)) }
        }))
        (remarks(texts, shown))
    }
}

fn standing(texts: Texts, shown: &Consignment) -> Markup {
    let mut pairs = vec![(texts.text("state"), state(texts, shown.state()))];
    let waiting: Vec<String> =
        shown.waiting_for.iter().map(|word| texts.word(Family::Waiting, word)).collect();
    if !waiting.is_empty() {
        pairs.push((texts.text("waiting-for"), html! { (waiting.join(&texts.text("joint"))) }));
    }
    for deadline in &shown.deadlines {
        pairs.push((texts.word(Family::Deadline, &deadline.what), time(&deadline.due)));
    }
    pairs.extend(shown.hold.as_ref().map(|hold| keeper::held(texts, hold)));
    pairs.push((texts.text("platform"), html! { span.code { (shown.platform) } }));
    if let Some(attempt) = &shown.attempt {
        pairs.extend(of_attempt(texts, attempt));
    }
    // Only offices are told lanes.
    if shown.attempt.as_ref().is_some_and(|attempt| attempt.lane.is_some()) {
        let about = format!("{}/{}", shown.platform, shown.order_no);
        let there = address("/desk/registers/risk-cases/new", &[("action", "open"), ("body.about", &about)]);
        pairs.push((texts.text("case-of-trade"), html! { a href=(there) { (texts.text("case-open")) } }));
    }
    if shown.person.is_some() || shown.address.is_some() {
        pairs.push((texts.text("subject-links"), links(texts, shown)));
    }
    pairs.push((texts.text("version"), html! { (shown.version) }));
    facts(&pairs)
}

/// The ways to others of the person and to the address, for whom they are there.
fn links(texts: Texts, shown: &Consignment) -> Markup {
    html! {
        @if let Some(id) = &shown.person { a href=(subjects::person_address(id)) { (texts.text("subject-link-person")) } }
        @if shown.person.is_some() && shown.address.is_some() { " · " }
        @if let Some(id) = &shown.address { a href=(subjects::place_address(id)) { (texts.text("subject-link-address")) } }
    }
}

fn of_attempt(texts: Texts, attempt: &Attempt) -> Vec<(String, Markup)> {
    let mut pairs = vec![(texts.text("attempt"), html! { (attempt.number) })];
    if let Some(lane) = &attempt.lane {
        pairs.push((texts.text("lane"), badge(Tone::of_lane(lane), &texts.word(Family::Lane, lane))));
    }
    if let Some(number) = &attempt.invt_no {
        pairs.push((texts.text("entry-number"), html! { span.code { (number) } }));
    }
    if !attempt.pre_no.is_empty() {
        pairs.push((texts.text("pre-number"), html! { span.code { (attempt.pre_no) } }));
    }
    if !attempt.business_date.is_empty() {
        pairs.push((texts.text("law-of"), html! { (time(&attempt.business_date)) " · " (texts.with("rulebook", &[("number", &attempt.rulebook.to_string())])) }));
    }
    if let Some(bill) = &attempt.bill {
        let paid = match (bill.paid, bill.overdue) {
            (true, _) => badge(Tone::Good, &texts.text("bill-paid")),
            (_, true) => badge(Tone::Bad, &texts.text("bill-overdue")),
            _ => badge(Tone::Wait, &texts.text("bill-owed")),
        };
        pairs.push((
            texts.text("bill"),
            html! { span.code { (bill.tax_no) } " " (yuan(texts, &bill.owed)) " " (paid) },
        ));
    }
    if let Some(quota) = &attempt.quota {
        pairs.push((texts.text("buyers-quota"), taken(texts, quota)));
    }
    if let Some(guarantee) = &attempt.guarantee {
        pairs.push((texts.text("guarantee"), taken(texts, guarantee)));
    }
    for row in &attempt.measures {
        pairs.push((super::credit::measure(texts, &row.measure), super::credit::obeyed(texts, row)));
    }
    if let Some(book) = &attempt.book {
        pairs.push((texts.text("books-book"), super::books::taken(texts, book)));
    }
    pairs
}

/// What a trade takes of an account, of whom, and where that stands.
fn taken(texts: Texts, taken: &Taken) -> Markup {
    let state = match taken.state.as_str() {
        "held" => badge(Tone::Wait, &texts.text("taken-held")),
        "posted" => badge(Tone::Good, &texts.text("taken-posted")),
        _ => badge(Tone::Still, &texts.text("taken-voided")),
    };
    let gave_back = !["", "0"].contains(&taken.given_back.as_str());
    html! {
        (yuan(texts, &taken.amount)) " " (state)
        @if gave_back { " · " (texts.with("taken-given-back", &[("amount", &money(&taken.given_back))])) }
        @if let Some(buyer) = &taken.buyer { " · " (buyer) " " span.code.muted { (taken.buyer_id_number.as_deref().unwrap_or_default()) } }
        @if let Some(year) = taken.year { " · " (year) }
        @if let Some(guarantor) = &taken.guarantor { " · " span.code { (guarantor) } }
    }
}

/// What somebody decided against a party it may have reviewed, whether or not it is told why.
fn appeal(texts: Texts, attempt: &Attempt) -> Markup {
    let is_decided = matches!(
        attempt.state_word.as_str(),
        "rejected" | "review" | "inspection" | "suspended" | "concluded" | "re-exported"
    ) || attempt.state_word.starts_with("detained-");
    // Only offices are told lanes.
    html! { @if is_decided && attempt.lane.is_none() { p.muted { (texts.text("trade-appeal")) " " a href="/guide#appeal" { (texts.text("guide-appeal")) } } } }
}

/// What sealed rules found: officers alone are given it.
pub(super) fn sealed(texts: Texts, hits: &[Hit]) -> Markup {
    html! {
        @if !hits.is_empty() {
            h2 { (texts.text("sealed-hits")) }
            p.muted { (texts.text("sealed-help")) }
            @for hit in hits {
                section.finding.warn {
                    h3 { span.code { (hit.rule) } }
                    (facts(&[
                        (texts.text("lane"), badge(Tone::of_lane(&hit.lane), &texts.word(Family::Lane, &hit.lane))),
                        (texts.text("evidence"), html! { (hit.evidence) }),
                    ]))
                }
            }
        }
    }
}

fn documents(frame: &Frame, shown: &Consignment) -> Markup {
    let texts = frame.texts;
    let waybill = shown.waybill.as_ref();
    let declaration = shown.attempt.as_ref().and_then(|attempt| attempt.declaration.as_ref());
    let rows: [(&str, Option<&Filed>); 4] = [
        ("order", shown.order.as_ref()),
        ("payment", shown.payment.as_ref()),
        ("waybill", waybill.and_then(|waybill| waybill.document.as_ref())),
        ("declaration", declaration),
    ];
    // Only offices are told lanes.
    let office = shown.attempt.as_ref().is_some_and(|attempt| attempt.lane.is_some());
    let corrects = frame.reader.as_ref().is_some_and(|reader| reader.desks.contains(&Desk::Send));
    html! {
        h2 { (texts.text("documents")) }
        (facts(&rows.map(|(word, filed)| (texts.word(Family::Waiting, word), document(texts, filed, corrects, office)))))
        @if let Some(waybill) = waybill {
            (facts(&[
                (texts.text("waybill-number"), html! { span.code { (waybill.logistics_no) } }),
                (texts.text("arrival"), match &waybill.arrived {
                    Some(bill) => html! { span.code { (bill) } },
                    None => html! { span.muted { (texts.text("not-yet")) } },
                }),
            ]))
        }
        @if let Some(file) = &shown.cancellation {
            (facts(&[(texts.text("cancellation"), html! { span.code { (file.pre_no) } " " (file.status) })]))
        }
        @for file in &shown.returns {
            (facts(&[(texts.with("return-number", &[("number", &file.number.to_string())]),
                html! { (texts.word(Family::Return, &file.state)) " " (yuan(texts, &file.tax_given_back))
                    @if let Some(due) = file.decide_by.as_ref().filter(|_| file.state == "applied") {
                        " · " (texts.text("credit-decide-by")) " " (time(&due.day))
                        @if let Some(row) = &due.measure { " (" (super::credit::obeyed(texts, row)) ")" }
                    } })]))
        }
        @if let Some(exchanges) = &shown.exchanges {
            (facts(&exchanged(texts, shown, exchanges)))
        }
    }
}

/// What was exchanged, each with the way to the other trade: whether he may see that is asked there.
fn exchanged(texts: Texts, shown: &Consignment, exchanges: &Exchanges) -> Vec<(String, Markup)> {
    let link = |one: &Exchanged| {
        html! { a.code href=(trade_address(&shown.platform, &one.order_no)) { (one.order_no) } }
    };
    let mut pairs = Vec::new();
    for one in &exchanges.exchanged_for {
        let number = one.return_number.to_string();
        pairs.push((texts.with("exchanged-for", &[("number", &number)]), link(one)));
    }
    if let Some(one) = &exchanges.replaces {
        let of = texts.with("return-number", &[("number", &one.return_number.to_string())]);
        pairs.push((texts.text("exchange-replaces"), html! { (link(one)) " · " (of) }));
    }
    pairs
}

fn document(texts: Texts, filed: Option<&Filed>, corrects: bool, office: bool) -> Markup {
    match filed {
        None => html! { span.muted { (texts.text("not-shown-or-not-yet")) } },
        Some(filed) => html! {
            span.code { (filed.status) } " · "
            @if office { a.code href=(subjects::enterprise_address(&filed.sender)) { (filed.sender) } } @else { span.code.muted { (filed.sender) } }
            @if corrects && filed.own { " · " a href={ "/desk/documents/" (filed.position) } { (texts.text("correct-document")) } }
        },
    }
}

/// Tax line by line with its arithmetic; of many lines those behind `from`, with links to the others on the page `there`.
pub fn tax(texts: Texts, assessment: &Assessment, from: usize, there: &str) -> Markup {
    let all = &assessment.lines;
    let here = || all.iter().skip(from).take(LINES);
    let link = |from: usize| format!("{}#tax", address(there, &[("lines", &from.to_string())]));
    let columns = vec![
        Column::of(texts.text("line")),
        Column::of(texts.text("goods-code")),
        Column::number(texts.text("dutiable-value")),
        Column::number(texts.text("duty")),
        Column::number(texts.text("consumption-tax")),
        Column::number(texts.text("value-added-tax")),
        Column::number(texts.text("total")),
    ];
    let mut rows: Vec<Vec<Markup>> = Vec::new();
    for line in here() {
        rows.push(vec![
            html! { (line.gnum) },
            html! { span.code { (line.gcode) } },
            html! { (money(&line.dutiable_value)) },
            html! { (money(&line.duty)) },
            html! { (money(&line.consumption_tax)) },
            html! { (money(&line.value_added_tax)) },
            html! { (money(&line.total)) },
        ]);
    }
    rows.push(vec![
        html! { strong { (texts.text("sum")) } },
        html! {},
        html! { strong { (money(&assessment.dutiable_value)) } },
        html! { strong { (money(&assessment.duty)) } },
        html! { strong { (money(&assessment.consumption_tax)) } },
        html! { strong { (money(&assessment.value_added_tax)) } },
        html! { strong { (money(&assessment.total)) } },
    ]);
    let basis = texts.word(Family::Basis, &assessment.basis);
    html! {
        (Table { caption: format!("{basis} · {}", texts.text("in-yuan")), columns, rows }.shown())
        (Pages::counted(from, LINES, all.len(), link).shown(texts, &texts.text("tax")))
        h3 { (texts.text("arithmetic")) }
        ol { @for line in here() { li value=(line.gnum) { span.code { (line.arithmetic) } } } }
        @for doubt in &assessment.uncertain {
            p { (badge(Tone::Warn, &texts.text("uncertain"))) " " (doubt.gnum) " " (tabled(texts, &doubt.what)) }
        }
    }
}

fn remarks(texts: Texts, shown: &Consignment) -> Markup {
    let remarks = shown.attempt.as_ref().map(|attempt| attempt.remarks.as_slice()).unwrap_or_default();
    html! {
        @if !remarks.is_empty() {
            h2 { (texts.text("remarks")) }
            ul { @for remark in remarks {
                li { (time(&remark.time)) " " span.code { (remark.officer) } " " (texts.word(Family::Action, &remark.action.replace(' ', "-")))
                    @if !remark.text.is_empty() { "：" (declared(texts, &remark.text)) } }
            } }
        }
    }
}
