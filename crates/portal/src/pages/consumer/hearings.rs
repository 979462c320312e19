//! Notices of lists that name him as responsible behind an enterprise: his own hearing, and what was decided of him.

use crate::answers::consumer::{Hearing, HearingDecision, Hearings};
use crate::format::time;
use crate::language::{Family, Texts};
use crate::pages::address;
use crate::parts::{Field, Pages, ROWS, Tone, badge, declared, empty, facts, field, hidden, said, submit};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// The register that the names of fields are from.
const REGISTER: &str = "credit-lists";

/// What he typed that was refused.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct About {
    /// Code of the enterprise.
    pub party: String,
    /// What he typed.
    pub text: String,
    /// What is wrong with it.
    pub fault: String,
}

/// The address of the notices.
const ADDRESS: &str = "/my/hearings";
/// Notices of a page.
const PAGE: usize = 20;

/// The page; that of what was refused, where something was.
pub fn page(frame: &Frame, all: &Hearings, about: Option<&About>) -> Page {
    let texts = frame.texts;
    let at = about.and_then(|about| all.hearings.iter().position(|one| one.party == about.party));
    let from = at.map_or_else(|| frame.rows_before(ROWS), |at| at - at % PAGE);
    let link = |from: usize| address(ADDRESS, &[(ROWS, &from.to_string())]);
    let pages = Pages::counted(from, PAGE, all.hearings.len(), link);
    let body = html! {
        @if !all.telephone_noted { (empty(&texts.text("hearing-not-noted"), &texts.text("hearing-not-noted-help"))) }
        @else if all.hearings.is_empty() { (empty(&texts.text("hearing-none"), &texts.text("hearing-none-help"))) }
        @for one in all.hearings.iter().skip(from).take(PAGE) {
            (hearing(frame, one, about.filter(|about| about.party == one.party)))
        }
        (pages.shown(texts, &texts.text("pages")))
    };
    Page::new(texts.text("my-hearings"), Some(Desk::MyDisputes), body)
}

/// Name of the field in which he says something about an enterprise.
pub fn text_of(party: &str) -> String {
    format!("text-{party}")
}

fn hearing(frame: &Frame, one: &Hearing, about: Option<&About>) -> Markup {
    let texts = frame.texts;
    let tone = if one.decision.is_none() { Tone::Wait } else { Tone::Still };
    let pairs = [
        (texts.text("my-state"), badge(tone, &texts.word(Family::RecordState, &one.state))),
        (texts.item(REGISTER, "list"), html! { (texts.word(Family::Value, &one.list)) }),
        (texts.item(REGISTER, "facts"), declared(texts, &one.facts)),
        (texts.item(REGISTER, "legalBasis"), declared(texts, &one.legal_basis)),
        (texts.item(REGISTER, "hearUntil"), time(&one.hear_until)),
    ];
    html! {
        section.finding {
            h2 { (declared(texts, &one.party_name)) }
            (facts(&pairs))
            @if let Some(own) = &one.said { h3 { (texts.text("hearing-said")) } p { (own) } }
            @if one.said_elsewhere { (said(Tone::Warn, html! { p { (texts.text("hearing-said-elsewhere")) } })) }
            @if let Some(decision) = &one.decision { (decided(texts, decision)) }
            @if one.may_speak { (speak(frame, one, about)) }
        }
    }
}

fn decided(texts: Texts, decision: &HearingDecision) -> Markup {
    let days = html! { p { (time(&decision.valid_from)) "–" (time(&decision.valid_to)) } };
    let (tone, text) = if decision.reaches {
        (Tone::Warn, texts.text("hearing-reached"))
    } else {
        (Tone::Good, texts.text("hearing-spared"))
    };
    said(tone, html! { p { (text) } (days) })
}

fn speak(frame: &Frame, one: &Hearing, about: Option<&About>) -> Markup {
    let texts = frame.texts;
    let Some(reader) = &frame.reader else { return html! {} };
    let (value, fault) = about.map_or(("", ""), |about| (about.text.as_str(), about.fault.as_str()));
    // Each notice has a form of its own, and no two fields of a page have one id.
    let name = text_of(&one.party);
    html! {
        p { (texts.text("hearing-what")) }
        form.stack method="post" action=(ADDRESS) {
            (guard(reader))
            (hidden("party", &one.party))
            (field(&Field { name: &name, label: &texts.text("hearing-say"), hint: &texts.text("hearing-hint"), fault, value, kind: "area", required: true, ..Field::default() }))
            (submit(&texts.text("hearing-send")))
        }
    }
}
