//! The form of a move, made from the description of its body: every field with its name, what helps to fill it in, and
//! what is wrong with it.

use crate::answers::registers::{BODY, Fault, Fields, Rule, Step, rows};
use crate::format::day_of_input;
use crate::language::{Family, Texts};
use crate::parts::hidden;
use maud::{Markup, html};

/// What a form of a move shows.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The texts.
    pub texts: Texts,
    /// What its ids begin with: a page has a form for each move.
    pub at: &'a str,
    /// Word of the register.
    pub register: &'a str,
    /// What stands in the fields.
    pub fields: &'a Fields,
    /// What is wrong with it.
    pub faults: &'a [Fault],
}

/// The fields of a move.
pub fn fields(shown: Shown<'_>, step: &Step) -> Markup {
    let rules = step.fields.as_deref().unwrap_or_default();
    html! { (group(shown, rules, BODY)) (note(shown, step)) }
}

/// What is wrong and belongs to no field of the form.
pub fn loose<'a>(faults: &'a [Fault], step: &Step) -> Vec<&'a Fault> {
    fn is_here(rules: &[Rule], path: &str) -> bool {
        rules.iter().any(|rule| {
            path.strip_prefix(rule.name.as_str()).is_some_and(|rest| match rest.chars().next() {
                None => true,
                Some('[') => rest.split_once("].").is_some_and(|(_, within)| is_here(&rule.fields, within)),
                Some('.') => is_here(&rule.fields, &rest[1..]),
                Some(_) => false,
            })
        })
    }
    let rules = step.fields.as_deref().unwrap_or_default();
    faults
        .iter()
        .filter(|fault| !is_here(rules, &fault.path) && !matches!(fault.path.as_str(), "note" | "id"))
        .collect()
}

/// A fault in the reader's language.
pub fn fault(texts: Texts, fault: &Fault) -> Markup {
    html! {
        (fault.told(texts))
        @if !fault.value.is_empty() && fault.value.chars().count() <= 60 { " · " (texts.text("fault-sent")) " " span.code { (fault.value) } }
    }
}

fn note(shown: Shown<'_>, step: &Step) -> Markup {
    let texts = shown.texts;
    let label = if step.explained { texts.text("note-needed") } else { texts.text("note-free") };
    let hint = if step.explained { texts.text("note-needed-hint") } else { texts.text("note-free-hint") };
    let value = shown.fields.get("note").map(String::as_str).unwrap_or_default();
    labelled(shown, "note", "note", &label, Some(hint), |described, invalid| {
        html! {
            textarea id=(id(shown, "note")) name="note" rows="2" required[step.explained] aria-describedby=[described] aria-invalid=[invalid] { (value) }
        }
    })
}

fn group(shown: Shown<'_>, rules: &[Rule], prefix: &str) -> Markup {
    html! { @for rule in rules { (one(shown, rule, &format!("{prefix}.{}", rule.name))) } }
}

/// Path of a fault, from the name of a field.
fn path(name: &str) -> &str {
    name.strip_prefix("body.").unwrap_or(name)
}

/// The id of a field.
fn id(shown: Shown<'_>, name: &str) -> String {
    format!("{}.{name}", shown.at)
}

/// A field with its label, its hint and its faults tied to it.
fn labelled(
    shown: Shown<'_>,
    name: &str,
    path: &str,
    label: &str,
    hint: Option<String>,
    input: impl Fn(Option<String>, Option<&'static str>) -> Markup,
) -> Markup {
    let faults: Vec<&Fault> = shown.faults.iter().filter(|fault| fault.path == path).collect();
    let own = id(shown, name);
    let hint_id = hint.as_ref().map(|_| format!("{own}-hint"));
    let fault_id = (!faults.is_empty()).then(|| format!("{own}-fault"));
    let told: Vec<&str> = [&hint_id, &fault_id].into_iter().filter_map(Option::as_deref).collect();
    let described = (!told.is_empty()).then(|| told.join(" "));
    html! {
        div.field {
            label for=(own) { (label) }
            @if let (Some(id), Some(hint)) = (&hint_id, &hint) { p.hint id=(id) { (hint) } }
            @if let Some(id) = &fault_id { div.fault id=(id) { @for one in &faults { p { (fault(shown.texts, one)) } } } }
            (input(described, fault_id.as_ref().map(|_| "true")))
        }
    }
}

fn one(shown: Shown<'_>, rule: &Rule, name: &str) -> Markup {
    let texts = shown.texts;
    let own = texts.item(shown.register, &rule.name);
    let label = if rule.required { format!("{own} *") } else { own.clone() };
    let hint = texts.hint(if path(name).contains('.') { "" } else { shown.register }, &rule.name);
    let value = shown.fields.get(name).map(String::as_str).unwrap_or_default();
    let on = |name: &str| shown.fields.contains_key(name);
    match (rule.kind.as_str(), rule.many) {
        ("group", false) => {
            html! { fieldset.group { legend { (label) } (group(shown, &rule.fields, name)) } }
        }
        ("group" | "word-or-group", true) => list(shown, rule, name, &label, hint),
        ("choice", true) => choices(shown, rule, name, &label, hint),
        ("flag", _) => html! {
            div.field { div.choice {
                input type="checkbox" id=(id(shown, name)) name=(name) value="yes" checked[on(name)];
                label for=(id(shown, name)) { (own) }
            } @for one in shown.faults.iter().filter(|fault| fault.path == path(name)) { p.fault { (fault(texts, one)) } } }
        },
        ("maybe", _) => labelled(shown, name, path(name), &label, hint, |described, invalid| {
            html! {
                select id=(id(shown, name)) name=(name) aria-describedby=[described] aria-invalid=[invalid] {
                    @for (word, text) in [("", texts.text("nothing-said")), ("yes", texts.text("yes")), ("no", texts.text("no"))] {
                        option value=(word) selected[word == value] { (text) }
                    }
                }
            }
        }),
        ("choice", false) => labelled(shown, name, path(name), &label, hint, |described, invalid| {
            html! {
                select id=(id(shown, name)) name=(name) aria-describedby=[described] aria-invalid=[invalid] {
                    option value="" selected[value.is_empty()] { (texts.text("choose")) }
                    @for word in &rule.choices { option value=(word) selected[word == value] { (value_name(texts, word)) } }
                }
            }
        }),
        ("map" | "record" | "area" | "certificate", _) | (_, true) => {
            labelled(shown, name, path(name), &label, hint, |described, invalid| {
                html! {
                    textarea id=(id(shown, name)) name=(name) rows="3" spellcheck="false" aria-describedby=[described] aria-invalid=[invalid] { (value) }
                    @if rule.kind == "attachment" { (file(texts, name, &own)) }
                }
            })
        }
        ("file", _) => {
            labelled(shown, &format!("file.{name}"), path(name), &label, hint, |described, invalid| {
                html! {
                    input type="file" id=(id(shown, &format!("file.{name}"))) name={ "file." (name) } accept="application/pdf,image/png,image/jpeg"
                        aria-describedby=[described] aria-invalid=[invalid];
                }
            })
        }
        (kind, _) => labelled(shown, name, path(name), &label, hint, |described, invalid| {
            html! {
                input id=(id(shown, name)) name=(name) type=(input_type(kind)) value=(day_of_input(kind, value)) spellcheck="false"
                    inputmode=[(kind == "number" || kind == "amount").then_some("decimal")]
                    aria-describedby=[described] aria-invalid=[invalid];
                @if kind == "attachment" { (file(texts, name, &own)) }
            }
        }),
    }
}

fn input_type(kind: &str) -> &'static str {
    match kind {
        "date" => "date",
        "instant" => "datetime-local",
        _ => "text",
    }
}

/// A file that becomes an attached document, whose id then stands in the field.
fn file(texts: Texts, name: &str, label: &str) -> Markup {
    html! {
        input type="file" name={ "file." (name) } aria-label=(texts.with("file-for", &[("field", label)]))
            accept="application/pdf,image/png,image/jpeg";
    }
}

/// A word that a field holds, in the reader's language.
pub fn value_name(texts: Texts, word: &str) -> String {
    texts.known(Family::Role, word).unwrap_or_else(|| texts.word(Family::Value, word))
}

fn choices(shown: Shown<'_>, rule: &Rule, name: &str, label: &str, hint: Option<String>) -> Markup {
    let faults: Vec<&Fault> = shown.faults.iter().filter(|fault| fault.path == path(name)).collect();
    html! {
        fieldset.field {
            legend { (label) }
            @if let Some(hint) = hint { p.hint { (hint) } }
            @for one in faults { p.fault { (fault(shown.texts, one)) } }
            div.grid { @for word in &rule.choices {
                @let box_name = format!("{name}.{word}");
                    @let box_id = id(shown, &box_name);
                div.choice {
                    input type="checkbox" id=(box_id) name=(box_name) value="yes" checked[shown.fields.contains_key(&box_name)];
                    label for=(box_id) { (value_name(shown.texts, word)) }
                }
            } }
        }
    }
}

/// Rows of fields; one that is left empty is not sent on.
fn list(shown: Shown<'_>, rule: &Rule, name: &str, label: &str, hint: Option<String>) -> Markup {
    let texts = shown.texts;
    let count = rows(name, shown.fields).max(usize::from(rule.kind == "group"));
    let own = texts.item(shown.register, &rule.name);
    html! {
        fieldset.group {
            legend { (label) }
            (hidden(&format!("rows.{name}"), &count.to_string()))
            @if let Some(hint) = hint { p.hint { (hint) } }
            @for one in shown.faults.iter().filter(|fault| fault.path == path(name)) { p.fault { (fault(texts, one)) } }
            @for row in 0..count {
                fieldset.group {
                    legend { (own) " " (row + 1) }
                    div.grid { (group(shown, &rule.fields, &format!("{name}[{row}]"))) }
                }
            }
            p {
                button.quiet name="do" value={ "add-" (name) } formnovalidate { (texts.with("add-row", &[("name", &own)])) }
            }
            @if count > 0 { p.hint { (texts.text("empty-rows")) } }
        }
    }
}
