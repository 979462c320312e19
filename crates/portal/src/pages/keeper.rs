//! The pages of whoever keeps a site: his sites; one of them with the field to scan into, the last answer in colour, sign and words,
//! and the form for what happened there. And for officers the parcels that no site lets pass.

use super::registers::{record_address, register_address};
use super::{address, parks};
use crate::answers::sites::{Hold, Holds, Recorded, Remark, ScanResult, Site, Sites};
use crate::assets;
use crate::format::time;
use crate::language::{Family, Texts};
use crate::parts::{
    Cell, Choice, Column, Faults, Field, Table, Tone, badge, choices, declared, empty, escaped, facts,
    fault_of, field, hidden, pager, said, submit,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// The address of the holds.
pub const HOLDS: &str = "/desk/holds";

/// The address of a site's page.
pub fn site_address(code: &str) -> String {
    format!("{}/{}", Desk::Sites.address(), escaped(code))
}

/// The page of a site.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// The site.
    pub site: Site,
    /// The key that its lists are signed with, hexadecimal.
    pub key: String,
    /// Number of the scan that the form sends without a script, and of what happened.
    pub numbers: [String; 2],
    /// The direction that was chosen last.
    pub direction: String,
    /// What the last scan was answered.
    pub result: Option<ScanResult>,
    /// What was recorded, or why nothing was.
    pub told: Option<Result<Recorded, String>>,
    /// What was sent to be recorded, by field.
    pub sent: Vec<(String, String)>,
    /// What is wrong with it, by field.
    pub faults: Faults,
}

impl View {
    fn sent(&self, name: &str) -> &str {
        self.sent.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// A word of why a parcel or a bag is not as it should be.
pub(super) fn why_word(texts: Texts, why: &str) -> String {
    match why {
        "unknown" => texts.text("keeper-why-unknown"),
        "several" => texts.text("keeper-why-several"),
        "parcel-held" => texts.text("keeper-why-parcel-held"),
        "number-used" => texts.text("keeper-why-number-used"),
        "not-recorded" => texts.text("keeper-why-not-recorded"),
        "bag-unsealed" => texts.text("keeper-why-bag-unsealed"),
        "seal-differs" => texts.text("keeper-why-seal-differs"),
        "missing" => texts.text("keeper-why-missing"),
        "surplus" => texts.text("keeper-why-surplus"),
        state => texts.word(Family::State, state),
    }
}

/// Which parcel or bag it is, and what is wrong with it.
fn remark(texts: Texts, one: &Remark) -> String {
    let named: Vec<&str> =
        [one.bag.as_str(), one.parcel.as_str()].into_iter().filter(|name| !name.is_empty()).collect();
    format!("{} · {}", named.join(" · "), why_word(texts, &one.why))
}

/// What stops a bag, so much of it: whoever stands at the gate stops it for one.
const STOPPED: usize = 3;

/// Why a parcel is answered so, in words; of a bag its seal, or which parcels stop it.
pub fn why(texts: Texts, result: &ScanResult) -> String {
    let mut said = match result.stopped.as_slice() {
        [] => why_word(texts, &result.why),
        all => {
            let mut told: Vec<String> = all.iter().take(STOPPED).map(|one| remark(texts, one)).collect();
            let more = all.len().saturating_sub(STOPPED) as u64;
            if more > 0 {
                told.push(texts.counted("keeper-why-more", &[("count", more)], &[]));
            }
            told.join(" · ")
        }
    };
    if !result.seal.is_empty() {
        said = format!("{said} · {}", texts.with("keeper-seal", &[("seal", &result.seal)]));
    }
    match result.look.as_str() {
        "scan" => format!("{said} · {}", texts.text("keeper-look-scan")),
        "inspection" => format!("{said} · {}", texts.text("keeper-look-inspection")),
        _ => said,
    }
}

/// The word of an answer.
fn answer_word(texts: Texts, kind: &str) -> String {
    match kind {
        "pass" => texts.text("keeper-pass"),
        "inspect" => texts.text("keeper-inspect"),
        "alarm" => texts.text("keeper-alarm"),
        "hold" => texts.text("keeper-hold"),
        _ => texts.text("keeper-ready"),
    }
}

fn sign(kind: &str) -> &'static str {
    match kind {
        "pass" => "✓",
        "inspect" => "?",
        "hold" => "✕",
        "alarm" => "!",
        _ => "…",
    }
}

/// Sites that the reader keeps, those after a place where there are more than a page has.
pub fn list(frame: &Frame, told: &Sites, after: &str) -> Page {
    let texts = frame.texts;
    let here = Desk::Sites.address();
    let first = (!after.is_empty()).then_some(here);
    let next = told.after.as_deref().map(|after| address(here, &[("after", after)]));
    let nothing = told.sites.is_empty() && first.is_none() && next.is_none();
    let columns = vec![
        Column::of(texts.text("parks-site")),
        Column::of(texts.item("sites", "kind")),
        Column::of(texts.item("sites", "carriers")),
    ];
    let row = |site: &Site| -> Vec<Cell> {
        vec![
            html! {
                a.lead href=(site_address(&site.code)) { (declared(texts, &site.name)) }
                div.muted.code { (site.code) }
            },
            html! { (texts.word(Family::Value, &site.kind)) },
            html! { span.code { (site.carriers.join(" ")) } },
        ]
    };
    let body = html! {
        p { (texts.text("about-sites")) }
        p { a href=(super::traces::BINDINGS) { (texts.text("bindings-title")) } }
        p { a href=(register_address("consolidations")) { (texts.word(Family::Register, "consolidations")) } }
        @if nothing { (empty(&texts.text("keeper-none"), &texts.text("keeper-none-help"))) }
        @else if !told.sites.is_empty() { (Table { caption: texts.text("keeper-sites"), columns, rows: told.sites.iter().map(row).collect() }.shown()) }
        (pager(texts, first, next.as_deref()))
    };
    Page::new(texts.text("nav-sites"), Some(Desk::Sites), body)
}

/// A site.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let there = site_address(&view.site.code);
    let pairs = [
        (texts.text("keeper-code"), html! { span.code { (view.site.code) } }),
        (texts.item("sites", "carriers"), html! { span.code { (view.site.carriers.join(" ")) } }),
    ];
    let body = html! {
        (answered(texts, view.result.as_ref()))
        (scan_form(frame, view, &there))
        p.muted data-known { }
        p data-kept role="status" { }
        ul.alarms data-alarms { }
        h2 { (texts.text("keeper-happened")) }
        div data-told=(told_kind(view.told.as_ref())) {
            @if let Some(told) = &view.told { (recorded(texts, told)) }
        }
        (happening_form(frame, view, &there))
        p { a href={ (there) "/stock" } { (texts.text("stock-title")) } }
        (facts(&pairs))
        script src=(assets::KEEPER.address()) defer { }
    };
    Page::new(view.site.name.clone(), Some(Desk::Sites), body)
        .below(Desk::Sites.address(), Desk::Sites.name(texts))
}

/// What a script knows an answer by: `done`, `alarm`, `refused`; empty = nothing was recorded.
fn told_kind(told: Option<&Result<Recorded, String>>) -> &'static str {
    match told {
        None => "",
        Some(Err(_)) => "refused",
        Some(Ok(recorded)) if recorded.state == "alarmed" => "alarm",
        Some(Ok(_)) => "done",
    }
}

/// What became of what was sent to be recorded.
fn recorded(texts: Texts, told: &Result<Recorded, String>) -> Markup {
    let recorded = match told {
        Ok(recorded) => recorded,
        Err(words) => return said(Tone::Bad, html! { p { (words) } }),
    };
    let (tone, words) = match recorded.state.as_str() {
        "alarmed" => (Tone::Bad, texts.text("keeper-recorded-alarm")),
        "differing" => (Tone::Warn, texts.text("keeper-recorded-differing")),
        _ => (Tone::Good, texts.text("keeper-recorded")),
    };
    let remarks = recorded.body.stopped.iter().chain(&recorded.body.differences);
    let remarks: Vec<String> = remarks.map(|one| remark(texts, one)).collect();
    said(
        tone,
        html! {
            p { (words) }
            @if !remarks.is_empty() { ul { @for one in &remarks { li { (one) } } } }
        },
    )
}

fn answered(texts: Texts, result: Option<&ScanResult>) -> Markup {
    let kind = result.map_or("", |result| if result.alarm { "alarm" } else { result.answer.as_str() });
    html! {
        div class={ "scan " (kind) } role="status" data-answer {
            p.sign aria-hidden="true" data-sign { (sign(kind)) }
            p.word data-word { (answer_word(texts, kind)) }
            p data-said {
                @if let Some(result) = result { (result.parcel) " · " (why(texts, result)) }
                @else { (texts.text("keeper-ready-help")) }
            }
        }
    }
}

fn scan_form(frame: &Frame, view: &View, there: &str) -> Markup {
    let texts = frame.texts;
    let word = |kind: &str| answer_word(texts, kind);
    let chosen = if view.direction.is_empty() { "out" } else { view.direction.as_str() };
    let (label, hint) = (texts.text("keeper-parcel"), texts.text("keeper-parcel-hint"));
    let parcel = Field {
        name: "parcel",
        label: &label,
        hint: &hint,
        required: true,
        autocomplete: "off",
        ..Field::default()
    };
    html! {
        form.stack method="post" action=(there) data-keeper data-site=(view.site.site) data-key=(view.key)
            data-scans={ (there) "/scans" } data-passes={ (there) "/passes" }
            data-pass=(word("pass")) data-inspect=(word("inspect")) data-hold=(word("hold")) data-alarm=(word("alarm"))
            data-offline=(texts.text("keeper-offline")) data-nolist=(texts.text("keeper-no-list"))
            data-waiting=(texts.text("keeper-waiting")) data-ended=(texts.text("keeper-ended"))
            data-list=(texts.text("keeper-list")) {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("number", &view.numbers[0]))
            (field(&parcel))
            (choices("direction", &texts.text("keeper-direction"), "", chosen, &directions(texts)))
            (submit(&texts.text("keeper-scan")))
            // The script shows it where the browser reads codes: it is for a telephone without a scanner.
            p { button.quiet type="button" data-camera hidden aria-pressed="false" { (texts.text("keeper-camera")) } }
            video data-video hidden muted playsinline aria-hidden="true" {}
        }
    }
}

fn directions(texts: Texts) -> Vec<Choice> {
    let one = |value: &str, label: String| Choice { value: value.to_owned(), label, key: None };
    vec![
        one("in", texts.text("keeper-in")),
        one("out", texts.text("keeper-out")),
        one("within", texts.text("keeper-within")),
    ]
}

/// Kinds of what happens, in the order of the form.
const KINDS: [&str; 7] = ["x-ray", "weight", "label", "bag", "unseal", "gate-list", "stocktake"];

/// What happened.
fn happening_form(frame: &Frame, view: &View, there: &str) -> Markup {
    let texts = frame.texts;
    let kinds: Vec<Choice> = KINDS
        .iter()
        .map(|kind| Choice { value: (*kind).to_owned(), label: kind_name(texts, kind), key: None })
        .collect();
    // A script shows the fields of the kind that is chosen; without it all are there, and each kind takes its own.
    let one = |name: &str, kinds: &str, kind: &str, hint: String| {
        // A name is an id in the page too, and the field to scan into has one of its own.
        let id = format!("h-{name}");
        let label = texts.item("site-records", name);
        html! {
            div data-of=(kinds) {
                (field(&Field { name: &id, label: &label, hint: &hint, fault: fault_of(&view.faults, name), value: view.sent(name), kind, ..Field::default() }))
            }
        }
    };
    let results =
        [("clear", texts.text("keeper-result-clear")), ("suspect", texts.text("keeper-result-suspect"))];
    let ways = [("in", texts.text("keeper-in")), ("out", texts.text("keeper-out"))];
    let is_open = view.told.as_ref().is_some_and(Result::is_err);
    html! {
        details.move open[is_open] {
            summary { (texts.text("keeper-record")) }
            form method="post" action={ (there) "/records" } data-happening data-kept=(texts.text("keeper-kept"))
                data-stays=(texts.text("keeper-stays")) data-unsent=(texts.text("keeper-unsent")) {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (hidden("h-number", &view.numbers[1]))
                (choices("h-kind", &texts.item("site-records", "kind"), fault_of(&view.faults, "kind"), view.sent("kind"), &kinds))
                (one("parcels", "x-ray weight label bag gate-list stocktake", "area", texts.text("keeper-parcels-hint")))
                (chosen(view, ("result", "x-ray"), &texts.item("site-records", "result"), &texts.text("keeper-result-hint"), &results))
                (one("weight", "weight", "", String::new()))
                (one("label", "label", "", String::new()))
                (one("bag", "bag unseal", "", String::new()))
                (one("seal", "bag", "", String::new()))
                (one("vehicle", "gate-list", "", String::new()))
                (chosen(view, ("direction", "gate-list"), &texts.item("site-records", "direction"), "", &ways))
                (one("bags", "gate-list stocktake", "area", texts.text("keeper-bags-hint")))
                (one("counted", "stocktake", "area", texts.text("keeper-counted-hint")))
                (one("text", &KINDS.join(" "), "area", String::new()))
                (submit(&texts.text("keeper-record")))
            }
        }
    }
}

/// A field of which one word is chosen, or none: only one kind takes it.
fn chosen(
    view: &View,
    (name, kinds): (&str, &str),
    label: &str,
    hint: &str,
    all: &[(&str, String)],
) -> Markup {
    let id = format!("h-{name}");
    let hint_id = (!hint.is_empty()).then(|| format!("{id}-hint"));
    let fault = fault_of(&view.faults, name);
    let fault_id = (!fault.is_empty()).then(|| format!("{id}-fault"));
    let told: Vec<&str> = [&hint_id, &fault_id].into_iter().filter_map(Option::as_deref).collect();
    let described = (!told.is_empty()).then(|| told.join(" "));
    let invalid = (!fault.is_empty()).then_some("true");
    html! {
        div data-of=(kinds) {
            div.field {
                label for=(id) { (label) }
                @if let Some(hint_id) = &hint_id { p.hint id=(hint_id) { (hint) } }
                @if let Some(fault_id) = &fault_id { p.fault id=(fault_id) { (fault) } }
                select id=(id) name=(id) aria-describedby=[described] aria-invalid=[invalid] {
                    option value="" { "—" }
                    @for (value, word) in all { option value=(value) selected[*value == view.sent(name)] { (word) } }
                }
            }
        }
    }
}

fn kind_name(texts: Texts, kind: &str) -> String {
    match kind {
        "x-ray" => texts.text("keeper-kind-x-ray"),
        "weight" => texts.text("keeper-kind-weight"),
        "label" => texts.text("keeper-kind-label"),
        "bag" => texts.text("keeper-kind-bag"),
        "unseal" => texts.text("keeper-kind-unseal"),
        "gate-list" => texts.text("keeper-kind-gate-list"),
        _ => texts.text("keeper-kind-stocktake"),
    }
}

/// Parcels that no site lets pass.
#[derive(Clone, Default, Debug)]
pub struct HoldsView {
    /// Those that are held.
    pub told: Holds,
    /// What came of what was sent.
    pub answered: Option<(bool, String)>,
    /// Carrier, number and grounds as they were sent.
    pub sent: [String; 3],
    /// What is wrong with them: `carrier`, `parcel`, `text`.
    pub faults: Faults,
    /// Of a hold that was not lifted the same three, and what is wrong with the grounds.
    pub lifted: Option<([String; 3], String)>,
}

/// A hold on the page of its trade: what it is called, since when and why.
pub fn held(texts: Texts, hold: &Hold) -> (String, Markup) {
    let told = html! {
        (badge(Tone::Bad, &texts.text("holds-stays"))) " " (time(&hold.since)) " · " (declared(texts, &hold.text))
        @if !hold.site.is_empty() { " · " span.code { (hold.site) } }
    };
    (texts.text("nav-holds"), told)
}

/// The page of holds.
pub fn holds(frame: &Frame, view: &HoldsView) -> Page {
    let texts = frame.texts;
    let columns = vec![
        Column::of(texts.text("holds-parcel")),
        Column::of(texts.text("holds-why")),
        Column::of(texts.text("holds-since")),
        Column::of(texts.text("holds-lift")),
    ];
    let row = |one: &Hold| -> Vec<Cell> {
        let id = format!("{}/{}", one.logistics_code, one.logistics_no);
        vec![
            html! {
                a.lead.code href=(record_address("parcel-holds", &id)) { (id) }
                div { a href=(address("/desk/search", &[("text", &one.logistics_no)])) { (texts.text("holds-trade")) } }
            },
            html! { @for reason in &one.reasons { div { (declared(texts, reason)) } } @if !one.site.is_empty() { div.muted.code { (one.site) } } },
            time(&one.since),
            lifting(frame, view, one),
        ]
    };
    let one = |name: &str, label: String, value: &str| {
        let fault = fault_of(&view.faults, name);
        field(&Field {
            name,
            label: &label,
            fault,
            value,
            required: true,
            autocomplete: "off",
            ..Field::default()
        })
    };
    let [carrier, number, text] = &view.sent;
    let body = html! {
        @if let Some((done, words)) = &view.answered { (said(if *done { Tone::Good } else { Tone::Bad }, html! { p { (words) } })) }
        p { (texts.text("about-holds")) }
        form.stack method="post" action=(HOLDS) {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("action", "hold"))
            (one("carrier", texts.item("parcel-holds", "logisticsCode"), carrier))
            (one("parcel", texts.item("parcel-holds", "logisticsNo"), number))
            (one("text", texts.text("holds-why"), text))
            (submit(&texts.text("holds-hold")))
        }
        h2 { (texts.text("holds-now")) }
        @if view.told.holds.is_empty() { (empty(&texts.text("holds-none"), &texts.text("holds-none-help"))) }
        @else { (Table { caption: texts.text("holds-order"), columns, rows: view.told.holds.iter().map(row).collect() }.shown()) }
        @if view.told.more { p.muted { (texts.text("holds-more")) } }
        p { a href=(parks::ADDRESS) { (texts.text("parks-title")) } }
    };
    Page::new(texts.text("nav-holds"), Some(Desk::Queue), body)
        .below(Desk::Queue.address(), Desk::Queue.name(texts))
}

fn lifting(frame: &Frame, view: &HoldsView, hold: &Hold) -> Markup {
    let texts = frame.texts;
    let is_this =
        |[carrier, number, _]: &[String; 3]| *carrier == hold.logistics_code && *number == hold.logistics_no;
    let wrong = view.lifted.as_ref().filter(|(sent, _)| is_this(sent));
    let value = wrong.map(|([_, _, text], _)| text.as_str());
    let (described, invalid) = (wrong.map(|_| "lift-fault"), wrong.map(|_| "true"));
    let label = format!("{} {}/{}", texts.text("holds-why"), hold.logistics_code, hold.logistics_no);
    html! {
        form.filter method="post" action=(HOLDS) {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (hidden("action", "lift"))
            (hidden("carrier", &hold.logistics_code))
            (hidden("parcel", &hold.logistics_no))
            (hidden("version", &hold.version.to_string()))
            div.field {
                @if let Some((_, fault)) = wrong { p.fault #lift-fault { (fault) } }
                input name="text" required aria-label=(label) value=[value] autocomplete="off" aria-describedby=[described]
                    aria-invalid=[invalid];
            }
            p { button.quiet { (texts.text("holds-lift")) } }
        }
    }
}
