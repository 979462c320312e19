//! Signing in with login, password and code, or with a provider of identities.

use crate::parts::{Field, Tone, escaped, field, hidden, said, submit};
use crate::shell::{Frame, Page};
use maud::html;

/// Why nobody was signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// Login, password or code is wrong.
    Wrong,
    /// A code is needed besides.
    CodeNeeded,
    /// Too many attempts; seconds to wait.
    Slower(u64),
    /// Nothing can be recorded now.
    Closed,
    /// The session ended.
    Ended,
    /// The form was kept too long, or another site sent it.
    Foreign,
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// What was typed as login.
    pub login: String,
    /// Where to go afterwards.
    pub next: String,
    /// Names of providers.
    pub providers: Vec<String>,
    /// Why it is shown again.
    pub refused: Option<Refused>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let told = view.refused.map(|refused| match refused {
        Refused::Wrong => texts.text("sign-in-wrong"),
        Refused::CodeNeeded => texts.text("sign-in-code-needed"),
        Refused::Slower(seconds) => texts.numbered("sign-in-slower", &[("seconds", seconds)], &[]),
        Refused::Closed => texts.text("sign-in-closed"),
        Refused::Ended => texts.text("sign-in-ended"),
        Refused::Foreign => texts.text("sign-in-foreign"),
    });
    let code_fault = if view.refused == Some(Refused::CodeNeeded) {
        texts.text("sign-in-code-needed")
    } else {
        String::new()
    };
    // Which of the two is wrong nobody is told; the password is written anew.
    let wrong = told.as_deref().filter(|_| view.refused == Some(Refused::Wrong)).unwrap_or_default();
    let body = html! {
        @if let Some(told) = &told { (said(Tone::Bad, html! { p { (told) } })) }
        form.stack method="post" action="/sign-in" {
            (hidden("next", &view.next))
            (field(&Field { name: "login", label: &texts.text("login"), value: &view.login, autocomplete: "username", required: true, ..Field::default() }))
            (field(&Field { name: "password", label: &texts.text("password"), fault: wrong, kind: "password", autocomplete: "current-password", required: true, ..Field::default() }))
            (field(&Field { name: "code", label: &texts.text("code-of-authenticator"), hint: &texts.text("code-hint"), fault: &code_fault, autocomplete: "one-time-code", ..Field::default() }))
            (submit(&texts.text("sign-in")))
        }
        @if !view.providers.is_empty() {
            h2 { (texts.text("sign-in-with")) }
            @for name in &view.providers {
                p { a class="button quiet" href={ "/v1/sign-in/" (escaped(name)) } { (texts.with("sign-in-at", &[("name", name)])) } }
            }
        }
        p.muted { (texts.text("sign-in-help")) }
        p { a href="/register" { (texts.text("register-title")) } }
    };
    Page::new(texts.text("sign-in"), None, body)
}
