//! Somebody without a login registers, to file his party: what he types, what was wrong, and the login that he gets.

use super::registers::record_address;
use crate::language::Family;
use crate::parts::{Field, Tone, escaped, facts, field, said, submit};
use crate::shell::{Frame, Page};
use maud::html;

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// The code that he claims.
    pub code: String,
    /// In which role.
    pub role: String,
    /// His name.
    pub name: String,
    /// Roles that may be applied for.
    pub roles: Vec<&'static str>,
    /// Which field is wrong, and why.
    pub fault: Option<(String, String)>,
    /// His login, and the id of his application.
    pub made: Option<(String, String)>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let fault = |name: &str| match &view.fault {
        Some((field, words)) if field == name => format!("{} ({words})", texts.text("fault-here")),
        _ => String::new(),
    };
    if let Some((login, application)) = &view.made {
        let there = record_address("filings", application);
        let body = html! {
            (said(Tone::Good, html! { p { (texts.text("registered-done")) } }))
            (facts(&[(texts.text("login"), html! { strong { code { (login) } } })]))
            ol {
                li { (texts.text("registered-note-login")) }
                li { a href={ "/sign-in?next=" (escaped(&there)) } { (texts.text("registered-sign-in")) } }
                li { (texts.text("registered-wait")) }
            }
        };
        return Page::new(texts.text("register-title"), None, body);
    }
    let role_fault = fault("role");
    let (described, invalid) = match role_fault.is_empty() {
        true => (None, None),
        false => (Some("role-fault"), Some("true")),
    };
    let body = html! {
        p { (texts.text("register-help")) }
        form.stack method="post" action="/register" {
            (field(&Field { name: "code", label: &texts.text("party-code"), hint: &texts.text("register-code-hint"), fault: &fault("code"), value: &view.code, required: true, ..Field::default() }))
            div.field {
                label for="role" { (texts.text("register-role")) }
                @if !role_fault.is_empty() { p.fault id="role-fault" { (role_fault) } }
                select id="role" name="role" aria-describedby=[described] aria-invalid=[invalid] {
                    @for role in &view.roles { option value=(role) selected[*role == view.role] { (texts.word(Family::Role, role)) } }
                }
            }
            (field(&Field { name: "name", label: &texts.text("register-name"), fault: &fault("name"), value: &view.name, autocomplete: "name", required: true, ..Field::default() }))
            (field(&Field { name: "password", label: &texts.text("password"), hint: &texts.text("register-password-hint"), fault: &fault("password"), kind: "password", autocomplete: "new-password", required: true, ..Field::default() }))
            (field(&Field { name: "again", label: &texts.text("register-again"), fault: &fault("again"), kind: "password", autocomplete: "new-password", required: true, ..Field::default() }))
            (submit(&texts.text("register-send")))
        }
        p.muted { (texts.text("register-have")) " " a href="/sign-in" { (texts.text("sign-in")) } }
    };
    Page::new(texts.text("register-title"), None, body)
}
