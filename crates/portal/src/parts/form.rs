//! Forms: every field has its label, its hint and, where it was wrong, its fault, tied to it for those who do not see it.

use maud::{Markup, html};
use std::collections::BTreeMap;

/// What is wrong with a form, by the names of its fields.
pub type Faults = BTreeMap<String, String>;

/// What is wrong with a field; empty = nothing.
pub fn fault_of<'a>(faults: &'a Faults, name: &str) -> &'a str {
    faults.get(name).map(String::as_str).unwrap_or_default()
}

/// A field of one line, or of several.
#[derive(Clone, Default, Debug)]
pub struct Field<'a> {
    /// Name in the form, and its id.
    pub name: &'a str,
    /// What it is.
    pub label: &'a str,
    /// What helps to fill it.
    pub hint: &'a str,
    /// What is wrong with what was sent.
    pub fault: &'a str,
    /// What is in it.
    pub value: &'a str,
    /// `type` of the input; empty = text; `area` = several lines.
    pub kind: &'a str,
    /// What a browser may fill in by itself.
    pub autocomplete: &'a str,
    /// Whether the form cannot be sent without it.
    pub required: bool,
    /// Keyboard of a phone; empty = letters.
    pub mode: &'a str,
}

/// A field.
pub fn field(field: &Field<'_>) -> Markup {
    let Field { name, label, hint, fault, value, .. } = *field;
    let hint_id = (!hint.is_empty()).then(|| format!("{name}-hint"));
    let fault_id = (!fault.is_empty()).then(|| format!("{name}-fault"));
    let told: Vec<&str> = [&hint_id, &fault_id].into_iter().filter_map(Option::as_deref).collect();
    let described = (!told.is_empty()).then(|| told.join(" "));
    let invalid = (!fault.is_empty()).then_some("true");
    let some = |text: &'static str, is: bool| is.then_some(text);
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    html! {
        div.field {
            label for=(name) { (label) }
            @if let Some(id) = &hint_id { p.hint id=(id) { (hint) } }
            @if let Some(id) = &fault_id { p.fault id=(id) { (fault) } }
            @if field.kind == "area" {
                textarea id=(name) name=(name) rows="3" required[field.required] aria-describedby=[described]
                    aria-invalid=[invalid] { (value) }
            } @else {
                input id=(name) name=(name) type=(if field.kind.is_empty() { "text" } else { field.kind }) value=(value)
                    required[field.required] autocomplete=[given(field.autocomplete)] inputmode=[given(field.mode)]
                    autocapitalize=[some("off", field.kind.is_empty())] spellcheck=[some("false", field.kind.is_empty())]
                    aria-describedby=[described] aria-invalid=[invalid];
            }
        }
    }
}

/// One of several.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What it is.
    pub label: String,
    /// Key that selects it, where there is a script.
    pub key: Option<char>,
}

/// A group of which one is chosen.
pub fn choices(name: &str, legend: &str, fault: &str, chosen: &str, all: &[Choice]) -> Markup {
    let fault_id = (!fault.is_empty()).then(|| format!("{name}-fault"));
    html! {
        // One of several is wrong as a group: a button of it cannot be.
        fieldset.field role=[fault_id.as_ref().map(|_| "radiogroup")] aria-describedby=[fault_id.as_ref()]
            aria-invalid=[fault_id.as_ref().map(|_| "true")] {
            legend { (legend) }
            @if let Some(id) = &fault_id { p.fault id=(id) { (fault) } }
            @for choice in all {
                @let id = format!("{name}-{}", choice.value);
                div.choice {
                    input type="radio" id=(id) name=(name) value=(choice.value) required checked[choice.value == chosen]
                        data-key=[choice.key];
                    label for=(id) {
                        (choice.label)
                        @if let Some(key) = choice.key { " " kbd { (key) } }
                    }
                }
            }
        }
    }
}

/// What is sent without being asked for.
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// What sends the form.
pub fn submit(label: &str) -> Markup {
    html! { p { button { (label) } } }
}
