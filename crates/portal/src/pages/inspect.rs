//! An inspection: the form of the officer who looked, and what it says of itself in the timeline of a trade.

use super::decide::sent_to;
use super::registers::record_address;
use crate::answers::{Both, Decided, Declared, Found, Inspection, InspectionForm, ResultRow};
use crate::format::time;
use crate::language::{Family, Language, Texts};
use crate::parts::{
    Cell, Column, Faults, Field, Table, Tone, badge, escaped, facts, fault_of, field, finding, hidden, said,
    submit,
};
use crate::shell::{Frame, guard};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Lines that a form shows: further ones are told in words.
const LINES: usize = 30;

/// What the form shows besides the trade.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Names this inspection: sent again it gets its first answer.
    pub id: String,
    /// What was written before, by the names of the fields.
    pub values: BTreeMap<String, String>,
    /// What is wrong with what was sent.
    pub faults: Vec<String>,
    /// Why it was refused.
    pub refused: Option<Decided>,
    /// The same by the names of the fields.
    pub at: Faults,
}

impl View {
    fn value(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default()
    }
    fn fault(&self, name: &str) -> &str {
        fault_of(&self.at, name)
    }
}

/// A text in the reader's language.
pub fn both(texts: Texts, text: &Both) -> &str {
    if texts.language() == Language::Chinese { &text.zh } else { &text.en }
}

/// What a choice of the whole is sent as: the result and the measure.
pub fn value(result: &str, measure: &str) -> String {
    format!("{result}/{measure}")
}

/// The form, of the trade whose page is `there`.
pub fn form(frame: &Frame, there: &str, version: u32, form: &InspectionForm, view: &View) -> Markup {
    let texts = frame.texts;
    html! {
        h2 #inspect { (texts.text("inspect-title")) }
        (refused(texts, view))
        (reports(frame, there, version, form, view))
        form method="post" enctype="multipart/form-data" action=(sent_to(frame, there, "inspections")) {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("id", &view.id))
            (hidden("version", &version.to_string()))
            (whole(texts, form, view))
            (consequences(texts, form))
            (by_line(texts, form, view))
            (field(&Field { name: "words", label: &texts.text("inspect-words"), hint: &texts.text("inspect-words-hint"), kind: "area", fault: view.fault("words"), value: view.value("words"), ..Field::default() }))
            (field(&Field { name: "place", label: &texts.text("inspect-place"), fault: view.fault("place"), value: view.value("place"), ..Field::default() }))
            @if form.second_confirms { p.hint { (texts.text("inspect-second-confirms")) } }
            @else { (field(&Field { name: "second", label: &texts.text("inspect-second"), hint: &texts.text("inspect-second-hint"), fault: view.fault("second"), value: view.value("second"), ..Field::default() })) }
            (pictures(texts, form, view))
            (submit(&texts.text("inspect-record")))
        }
    }
}

/// Where photographs come from: a telephone's camera gives one at a time, so the script puts another field behind one that was
/// taken; what a device has already is chosen together.
fn pictures(texts: Texts, form: &InspectionForm, view: &View) -> Markup {
    let fault = view.fault("photographs");
    let (described, invalid) = wrong(fault, "photographs-hint", "photographs");
    let limits =
        [("count", form.photographs.to_string()), ("size", (form.photograph_bytes / 1_048_576).to_string())];
    let limits: Vec<(&str, &str)> = limits.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // These kinds by name: a telephone that keeps another makes one of them then.
    let kinds = "image/jpeg,image/png,image/webp";
    html! {
        div.field data-again=(form.photographs) {
            label for="photographs" { (texts.text("inspect-photographs")) }
            p.hint #photographs-hint { (texts.with("inspect-photographs-hint", &limits)) }
            @if !fault.is_empty() { p.fault #photographs-fault { (fault) } }
            input id="photographs" name="photographs" type="file" accept=(kinds) capture="environment"
                aria-describedby=(described) aria-invalid=[invalid];
        }
        div.field {
            label for="photographs-kept" { (texts.text("inspect-photographs-kept")) }
            input id="photographs-kept" name="photographs" type="file" accept=(kinds) multiple aria-describedby="photographs-hint";
        }
    }
}

/// Results of other agencies' inspections that the office recognises: each may be decided on as it stands.
fn reports(frame: &Frame, there: &str, version: u32, form: &InspectionForm, view: &View) -> Markup {
    let texts = frame.texts;
    html! {
        @if !form.reports.is_empty() {
            section {
                h3 { (texts.text("reports-of-trade")) }
                p.muted { (texts.text("reports-of-trade-help")) }
                @for (index, report) in form.reports.iter().enumerate() {
                    @let name = |of: &str| format!("{of}-report-{index}");
                    form method="post" enctype="multipart/form-data" action=(sent_to(frame, there, "inspections")) {
                        @if let Some(reader) = &frame.reader { (guard(reader)) }
                        (hidden("id", &view.id))
                        (hidden("version", &version.to_string()))
                        (hidden("report", &report.report))
                        (hidden("report-version", &report.version.to_string()))
                        fieldset.field {
                            legend { (report.by_name) " · " span.code { (report.number) } }
                            @for found in &report.found { (of_found(texts, found)) }
                            (facts(&[
                                (texts.text("report-day"), html! { (time(&report.day.to_string())) }),
                                (texts.text("report-until"), html! { (time(&report.until.to_string())) }),
                                (texts.text("register-inspection-reports"), html! { a href=(record_address("inspection-reports", &report.report)) { (report.report) } }),
                            ]))
                            div.field {
                                label for=(name("measure")) { (texts.text("inspect-follows")) }
                                select id=(name("measure")) name="measure" {
                                    @for measure in &report.measures { option value=(measure) { (texts.word(Family::Measure, measure)) } }
                                }
                            }
                            div.field {
                                label for=(name("words")) { (texts.text("inspect-words")) }
                                textarea id=(name("words")) name="words" rows="2" {}
                            }
                            (submit(&texts.text("reports-rest")))
                        }
                    }
                }
            }
        }
    }
}

fn refused(texts: Texts, view: &View) -> Markup {
    html! {
        @if !view.faults.is_empty() {
            (said(Tone::Bad, html! { p { strong { (texts.text("inspect-refused")) } } ul { @for fault in &view.faults { li { (fault) } } } }))
        }
        @if let Some(refused) = &view.refused {
            (said(Tone::Bad, html! { p { strong { (texts.text("inspect-refused")) } } }))
            @for one in &refused.findings { (finding(texts, one)) }
        }
    }
}

/// What describes a field that has a hint, and whether it is wrong.
fn wrong(fault: &str, hint: &str, name: &str) -> (String, Option<&'static str>) {
    match fault.is_empty() {
        true => (hint.to_owned(), None),
        false => (format!("{hint} {name}-fault").trim_start().to_owned(), Some("true")),
    }
}

/// Result and measure of the whole in one choice: what cannot follow cannot be chosen.
fn whole(texts: Texts, form: &InspectionForm, view: &View) -> Markup {
    let fault = view.fault("whole");
    let (described, invalid) = wrong(fault, "whole-hint", "whole");
    html! {
        div.field {
            label for="whole" { (texts.text("inspect-whole")) " " kbd { "w" } }
            p.hint #whole-hint { (texts.text("inspect-whole-hint")) }
            @if !fault.is_empty() { p.fault #whole-fault { (fault) } }
            select id="whole" name="whole" required aria-describedby=(described) aria-invalid=[invalid] data-key="w" {
                option value="" { (texts.text("inspect-choose")) }
                @for row in &form.results {
                    optgroup label=(both(texts, &row.name)) {
                        @for measure in &row.measures {
                            @let value = value(&row.result, measure);
                            option value=(value) selected[value == view.value("whole")] {
                                (both(texts, &row.name)) " → " (texts.word(Family::Measure, measure))
                            }
                        }
                    }
                }
            }
        }
        div.grid {
            (field(&Field { name: "quantity-0", label: &texts.text("inspect-quantity"), fault: view.fault("quantity-0"), value: view.value("quantity-0"), mode: "decimal", ..Field::default() }))
            (field(&Field { name: "weight-0", label: &texts.text("inspect-weight"), fault: view.fault("weight-0"), value: view.value("weight-0"), mode: "decimal", ..Field::default() }))
        }
    }
}

/// What follows from each result, before anything is sent.
fn consequences(texts: Texts, form: &InspectionForm) -> Markup {
    let columns = [
        texts.text("inspect-result"),
        texts.text("inspect-follows"),
        texts.text("inspect-decides"),
        texts.text("inspect-law"),
        texts.text("inspect-asks"),
    ];
    html! {
        details {
            summary { (texts.text("inspect-consequences")) }
            (Table {
                caption: texts.text("inspect-consequences-caption"),
                columns: columns.map(Column::of).to_vec(),
                rows: form.results.iter().map(|row| consequence(texts, row)).collect(),
            }.shown())
        }
    }
}

fn consequence(texts: Texts, row: &ResultRow) -> Vec<Cell> {
    let measures: Vec<String> =
        row.measures.iter().map(|measure| texts.word(Family::Measure, measure)).collect();
    let mut asks: Vec<String> = Vec::new();
    match row.measured.as_str() {
        "quantity" => asks.push(texts.text("inspect-asks-quantity")),
        "weight" => asks.push(texts.text("inspect-asks-weight")),
        _ => {}
    }
    if row.officers > 1 {
        asks.push(texts.text("inspect-asks-two"));
    }
    if !row.told {
        asks.push(texts.text("inspect-not-told"));
    }
    if row.credit {
        asks.push(texts.text("inspect-counts"));
    }
    if matches!(row.certainty.as_str(), "unsure" | "memory") {
        asks.push(texts.word(Family::Confidence, &row.certainty));
    }
    vec![
        html! { strong { (both(texts, &row.name)) } },
        html! { (measures.join(&texts.text("joint"))) },
        html! { (both(texts, &row.decides)) },
        html! { (both(texts, &row.law)) },
        html! { (asks.join(&texts.text("joint"))) },
    ]
}

fn by_line(texts: Texts, form: &InspectionForm, view: &View) -> Markup {
    let is_filled = form.lines.iter().any(|line| !view.value(&format!("result-{}", line.gnum)).is_empty());
    html! {
        @if !form.lines.is_empty() {
            details open[is_filled] {
                summary data-key="l" { (texts.text("inspect-by-line")) " " kbd { "l" } }
                @for declared in form.lines.iter().take(LINES) { (line(texts, form, declared, view)) }
                @if form.lines.len() > LINES { p.muted { (texts.text("inspect-more-lines")) } }
            }
        }
    }
}

fn line(texts: Texts, form: &InspectionForm, declared: &Declared, view: &View) -> Markup {
    let number = declared.gnum.to_string();
    let name = |of: &str| format!("{of}-{number}");
    let (result, quantity, weight) = (name("result"), name("quantity"), name("weight"));
    let (described, invalid) = wrong(view.fault(&result), "", &result);
    let described = invalid.map(|_| described);
    html! {
        fieldset.field {
            legend {
                (texts.with("line-number", &[("number", &number)])) " · " span.code { (declared.gcode) } " " (crate::parts::declared(texts, &declared.name)) " · "
                (declared.quantity) " " span.code { (declared.unit) }
            }
            div.field {
                label for=(result) { (texts.text("inspect-result")) }
                @if !view.fault(&result).is_empty() { p.fault id={ (result) "-fault" } { (view.fault(&result)) } }
                select id=(result) name=(result) aria-describedby=[described] aria-invalid=[invalid] {
                    option value="" { (texts.text("inspect-as-whole")) }
                    @for row in &form.results {
                        option value=(row.result) selected[row.result == view.value(&result)] { (both(texts, &row.name)) }
                    }
                }
            }
            div.grid {
                (field(&Field { name: &quantity, label: &texts.text("inspect-quantity"), fault: view.fault(&quantity), value: view.value(&quantity), mode: "decimal", ..Field::default() }))
                (field(&Field { name: &weight, label: &texts.text("inspect-weight"), fault: view.fault(&weight), value: view.value(&weight), mode: "decimal", ..Field::default() }))
            }
        }
    }
}

/// An inspection in the timeline of a trade.
pub fn shown(texts: Texts, there: &str, one: &Inspection) -> Markup {
    // Parties are not told who looked.
    let office = one.officers.is_some();
    let tone = match one.measure.as_str() {
        "release" => Tone::Good,
        "review" | "suspend" => Tone::Warn,
        _ => Tone::Bad,
    };
    let mut pairs: Vec<(String, Markup)> = vec![(
        texts.text("inspect-follows"),
        html! {
            (badge(tone, &texts.word(Family::Measure, &one.measure)))
            @if one.proposed { " " (texts.text("inspect-proposed")) }
            @if one.standing == "overtaken" { " " (texts.text("inspect-overtaken")) }
        },
    )];
    if let Some(contested) = &one.contested {
        pairs.push((
            texts.text("inspect-contested"),
            html! {
                span.code { (contested.officer) } " " (time(&contested.time)) "：" (contested.text)
            },
        ));
    }
    if !one.text.is_empty() {
        pairs.push((texts.text("inspect-words"), html! { (one.text) }));
    }
    if !one.report.is_empty() {
        let said = texts.with("inspection-of-another", &[("report", &one.report)]);
        let there = record_address("inspection-reports", &one.report);
        pairs.push((texts.text("item-report"), html! { a href=(there) { (said) } }));
    }
    if !one.place.is_empty() {
        pairs.push((texts.text("inspect-place"), html! { (one.place) }));
    }
    if let Some(officers) = &one.officers {
        pairs.push((texts.text("inspect-officers"), html! { span.code { (officers.join(", ")) } }));
        let told = if one.told { texts.text("inspect-told") } else { texts.text("inspect-not-told") };
        pairs.push((texts.text("inspect-disclosure"), html! { (told) }));
    }
    html! {
        section.inspection {
            @for found in &one.found { (of_found(texts, found)) }
            (facts(&pairs))
            (photographs(texts, there, &one.photographs))
            @if !office && one.measure != "release" { p { (texts.text("inspect-appeal")) } }
        }
    }
}

fn of_found(texts: Texts, found: &Found) -> Markup {
    let mut told: Vec<String> = Vec::new();
    if let Some(quantity) = &found.quantity {
        told.push(texts.with("inspect-counted", &[("value", quantity)]));
    }
    if let Some(weight) = &found.weight {
        told.push(texts.with("inspect-weighed", &[("value", weight)]));
    }
    if found.credit == Some(true) {
        told.push(texts.text("inspect-counts"));
    }
    let of = if found.line == 0 {
        texts.text("inspect-of-whole")
    } else {
        texts.with("line-number", &[("number", &found.line.to_string())])
    };
    html! {
        p {
            strong { (of) "：" (both(texts, &found.name)) }
            @if !told.is_empty() { " · " (told.join(&texts.text("joint"))) }
        }
        p.muted { (both(texts, &found.law)) " · " (texts.text("inspect-decides")) "：" (both(texts, &found.decides)) }
    }
}

fn photographs(texts: Texts, there: &str, all: &[String]) -> Markup {
    let address = |digest: &str| format!("{there}/photographs/{}", escaped(digest));
    html! {
        @if !all.is_empty() {
            ul.photographs {
                @for (index, digest) in all.iter().enumerate() {
                    @let name = texts.with("inspect-photograph", &[("number", &(index + 1).to_string())]);
                    li { a href=(address(digest)) aria-label=(name) { img src=(address(digest)) alt=(name) loading="lazy" width="160" height="120"; } }
                }
            }
        }
    }
}
