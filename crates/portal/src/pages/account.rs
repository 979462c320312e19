//! The reader's own account: who he is to the window, his password, his second factor.

use crate::language::Family;
use crate::parts::{Field, Tone, facts, field, said, submit};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, PreEscaped, html};

/// What is done with a second factor.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Factor {
    /// Nothing now.
    #[default]
    Idle,
    /// A secret waits for its first code.
    Begun {
        /// For those who type it.
        secret: String,
        /// For an authenticator.
        address: String,
        /// The same as an SVG to be photographed; empty = it could not be drawn.
        picture: String,
    },
    /// It counts from now on.
    Done {
        /// Shown once.
        recovery: Vec<String>,
    },
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// Login.
    pub login: String,
    /// Name.
    pub name: String,
    /// Party.
    pub party: String,
    /// Role.
    pub role: String,
    /// Whether a second factor is enrolled.
    pub second_factor: bool,
    /// He has to change his password before anything else.
    pub must_change: bool,
    /// He has to enrol a second factor before anything else.
    pub must_enrol: bool,
    /// What was wrong with a change of password.
    pub password_fault: String,
    /// What was wrong with a second factor.
    pub factor_fault: String,
    /// Where it stands.
    pub factor: Factor,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let yes_no = |yes: bool| if yes { texts.text("yes") } else { texts.text("no") };
    let body = html! {
        @if view.must_change { (said(Tone::Warn, html! { p { (texts.text("must-change")) } })) }
        @else if view.must_enrol { (said(Tone::Warn, html! { p { (texts.text("must-enrol")) } })) }
        (facts(&[
            (texts.text("login"), html! { (view.login) }),
            (texts.text("person"), html! { (view.name) }),
            (texts.text("party"), html! { span.code { (view.party) } }),
            (texts.text("role"), html! { (texts.word(Family::Role, &view.role)) }),
            (texts.text("second-factor"), html! { (yes_no(view.second_factor)) }),
        ]))
        (factor(frame, view))
        (password(frame, view))
    };
    Page::new(texts.text("nav-account"), Some(Desk::Account), body)
}

fn form(frame: &Frame, action: &str, body: Markup) -> Markup {
    html! {
        form.stack method="post" action=(action) {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            (body)
        }
    }
}

fn password(frame: &Frame, view: &View) -> Markup {
    let texts = frame.texts;
    html! {
        h2 { (texts.text("change-password")) }
        (form(frame, "/desk/account/password", html! {
            (field(&Field { name: "current", label: &texts.text("current-password"), kind: "password", autocomplete: "current-password", required: true, fault: &view.password_fault, ..Field::default() }))
            (field(&Field { name: "new", label: &texts.text("new-password"), hint: &texts.text("new-password-hint"), kind: "password", autocomplete: "new-password", required: true, ..Field::default() }))
            (submit(&texts.text("change-password")))
        }))
    }
}

fn factor(frame: &Frame, view: &View) -> Markup {
    let texts = frame.texts;
    html! {
        @if !view.must_change {
            h2 { (texts.text("second-factor")) }
            @match &view.factor {
                Factor::Idle => {
                    p { (texts.text("second-factor-help")) }
                    (form(frame, "/desk/account/second-factor", html! {
                        (field(&Field { name: "password-again", label: &texts.text("current-password"), kind: "password", autocomplete: "current-password", required: true, fault: &view.factor_fault, ..Field::default() }))
                        @if view.second_factor {
                            (field(&Field { name: "code", label: &texts.text("code-of-authenticator"), autocomplete: "one-time-code", required: true, ..Field::default() }))
                        }
                        (submit(&texts.text("second-factor-begin")))
                    }))
                }
                Factor::Begun { secret, address, picture } => {
                    p { (texts.text("second-factor-type")) }
                    @if !picture.is_empty() {
                        div.code-picture role="img" aria-label=(texts.text("second-factor-picture")) { (PreEscaped(picture)) }
                    }
                    (facts(&[
                        (texts.text("second-factor-key"), html! { span.code { (spaced(secret)) } }),
                        (texts.text("second-factor-address"), html! { span.code { (address) } }),
                    ]))
                    (form(frame, "/desk/account/second-factor/confirm", html! {
                        (field(&Field { name: "code", label: &texts.text("first-code"), autocomplete: "one-time-code", mode: "numeric", required: true, fault: &view.factor_fault, ..Field::default() }))
                        (submit(&texts.text("second-factor-confirm")))
                    }))
                }
                Factor::Done { recovery } => {
                    (said(Tone::Good, html! { p { (texts.text("second-factor-done")) } }))
                    p { (texts.text("recovery-help")) }
                    ul { @for code in recovery { li { span.code { (code) } } } }
                    p { a.button href="/desk" { (texts.text("to-home")) } }
                }
            }
        }
    }
}

/// In groups of four, as one reads it aloud.
fn spaced(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
