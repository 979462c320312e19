//! Users and tokens of a party, for those who manage or audit them. A password or token is shown once, where it was made.

use super::address;
use crate::answers::Both;
use crate::answers::people::{Token, Tokens, User, Users};
use crate::format::time;
use crate::language::{Family, Language, Texts};
use crate::parts::{
    Column, Field, Order, Pages, ROWS, Table, Tone, badge, both, empty, facts, field, natural, pager, said,
    submit, tabs,
};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// What was typed and not taken, and what was made.
#[derive(Clone, Default, Debug)]
pub struct Typed {
    /// The login, or the name of a token.
    pub login: String,
    /// The name.
    pub name: String,
    /// What was chosen: duties or scopes.
    pub chosen: Vec<String>,
    /// Customs districts.
    pub districts: String,
    /// Days of a token.
    pub days: String,
    /// What is wrong, in the interface's words.
    pub fault: Option<Both>,
    /// In which field: its name, or `has` for what is chosen among boxes.
    pub at: String,
    /// For whom, and the secret that is shown this once.
    pub made: Option<(String, String)>,
}

/// What the reader may give.
#[derive(Clone, Default, Debug)]
pub struct Gives {
    /// Whether he changes anything.
    pub manages: bool,
    /// Words of duties, or of what a token is for.
    pub words: Vec<String>,
    /// Whether customs districts narrow it.
    pub districts: bool,
}

fn parts(texts: Texts, here: &str) -> Markup {
    tabs(
        &texts.text("nav-people"),
        &[
            ("/desk/people".to_owned(), texts.text("users"), here == "people"),
            ("/desk/tokens".to_owned(), texts.text("tokens"), here == "tokens"),
        ],
    )
}

fn secret(texts: Texts, typed: &Typed) -> Markup {
    html! {
        @if let Some((whose, secret)) = &typed.made {
            (said(Tone::Good, html! {
                p { (texts.with("shown-once", &[("whose", whose)])) }
                p { code { (secret) } }
            }))
        }
        @if let Some(fault) = &typed.fault {
            (said(Tone::Bad, html! { p { (texts.text("decision-refused")) " " (both(texts, fault)) } }))
        }
    }
}

/// What is wrong with a field; empty = nothing.
fn fault(texts: Texts, typed: &Typed, name: &str) -> String {
    match &typed.fault {
        Some(words) if typed.at == name => match texts.language() {
            Language::Chinese if !words.zh.is_empty() => words.zh.clone(),
            _ => words.en.clone(),
        },
        _ => String::new(),
    }
}

/// Words that may be given, each with a box; what is wrong with them is told at the first.
fn boxes(
    texts: Texts,
    family: Family,
    legend: &str,
    (words, chosen): (&[String], &[String]),
    fault: &str,
) -> Markup {
    let told = |index: usize, word: &'static str| (index == 0 && !fault.is_empty()).then_some(word);
    html! {
        fieldset.field {
            legend { (legend) }
            @if !fault.is_empty() { p.fault id="has-fault" { (fault) } }
            div.grid { @for (index, word) in words.iter().enumerate() {
                @let id = format!("has.{word}");
                div.choice {
                    input type="checkbox" id=(id) name=(id) value="yes" checked[chosen.contains(word)]
                        aria-describedby=[told(index, "has-fault")] aria-invalid=[told(index, "true")];
                    label for=(id) { (name_of(texts, family, word)) }
                }
            } }
        }
    }
}

/// The name of a duty or of what a token is for.
fn name_of(texts: Texts, family: Family, word: &str) -> String {
    texts.known(family, &word.replace(':', "-")).unwrap_or_else(|| word.to_owned())
}

fn state(texts: Texts, user: &User) -> Markup {
    match user.state.as_str() {
        "active" => badge(Tone::Good, &texts.text("user-active")),
        "disabled" => badge(Tone::Still, &texts.text("user-disabled")),
        _ => badge(Tone::Wait, &texts.text("user-must-change")),
    }
}

fn joined(texts: Texts, family: Family, words: &[String]) -> String {
    words.iter().map(|word| name_of(texts, family, word)).collect::<Vec<String>>().join(&texts.text("joint"))
}

/// Columns that users are sorted by.
const USERS: [&str; 5] = ["login", "name", "party", "state", "second-factor"];
/// Columns that tokens are sorted by.
const TOKENS: [&str; 4] = ["name", "party", "expires", "state"];
/// Rows of a page that is sorted.
const PAGE: usize = 50;

/// The users.
pub fn users(frame: &Frame, users: &Users, gives: &Gives, typed: &Typed) -> Page {
    let texts = frame.texts;
    let order = Order::of(&frame.place, "sort", &USERS).as_they_came(users.next.is_some());
    let sorts = order.is_asked();
    let mut sorted: Vec<&User> = users.users.iter().collect();
    order.put(&mut sorted, |user, by| match by {
        "name" => natural(&user.name),
        "party" => natural(&user.party),
        "state" => natural(&user.state),
        "second-factor" => natural(if user.second_factor { "1" } else { "0" }),
        _ => natural(&user.login),
    });
    let from = if sorts { frame.rows_before(ROWS) } else { 0 };
    let shown = if sorts { PAGE } else { sorted.len() };
    let columns = vec![
        order.column("login", texts.text("login")),
        order.column("name", texts.text("name")),
        order.column("party", texts.text("party")),
        Column::of(texts.text("duties")),
        order.column("state", texts.text("state")),
        order.column("second-factor", texts.text("second-factor")),
    ];
    let rows = sorted.iter().skip(from).take(shown).map(|user| {
        vec![
            html! { a.lead href={ "/desk/people/" (user.id) } { (user.login) } },
            html! { (user.name) },
            html! { span.code { (user.party) } " " (texts.word(Family::Role, &user.role)) },
            html! { (joined(texts, Family::Duty, &user.duties)) },
            state(texts, user),
            html! { (if user.second_factor { texts.text("yes") } else { texts.text("no") }) },
        ]
    });
    let next = users.next.as_ref().map(|next| address("/desk/people", &[("after", next)]));
    let first = (!frame.asked("after").is_empty()).then_some("/desk/people");
    let body = html! {
        (parts(texts, "people"))
        (secret(texts, typed))
        @if users.users.is_empty() { (empty(&texts.text("nothing-found"), &texts.text("no-users-help"))) }
        @else { (Table { caption: texts.text("users"), columns, rows: rows.collect() }.shown()) }
        @if sorts { (Pages::counted(from, PAGE, sorted.len(), |from| order.page(from)).shown(texts, &texts.text("pages"))) }
        @else { (pager(texts, first, next.as_deref())) }
        @if gives.manages {
            h2 { (texts.text("add-user")) }
            form.stack method="post" action="/desk/people" {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (field(&Field { name: "login", label: &texts.text("login"), hint: &texts.text("login-hint"), fault: &fault(texts, typed, "login"), value: &typed.login, required: true, ..Field::default() }))
                (field(&Field { name: "name", label: &texts.text("name"), fault: &fault(texts, typed, "name"), value: &typed.name, required: true, ..Field::default() }))
                (boxes(texts, Family::Duty, &texts.text("duties"), (&gives.words, &typed.chosen), &fault(texts, typed, "has")))
                @if gives.districts { (districts(texts, &typed.districts, &fault(texts, typed, "districts"))) }
                (submit(&texts.text("add-user")))
            }
        }
    };
    Page::new(texts.text("nav-people"), Some(Desk::People), body)
}

fn districts(texts: Texts, value: &str, fault: &str) -> Markup {
    field(&Field {
        name: "districts",
        label: &texts.text("districts"),
        hint: &texts.text("districts-hint"),
        fault,
        value,
        ..Field::default()
    })
}

/// One user, with what may be changed.
pub fn user(frame: &Frame, user: &User, gives: &Gives, typed: &Typed) -> Page {
    let texts = frame.texts;
    let button = |word: &str, label: String| html! { button.quiet name="do" value=(word) { (label) } " " };
    // What was typed and not taken stays, to be put right.
    let (name, chosen, narrowed) = match &typed.fault {
        Some(_) => (typed.name.clone(), &typed.chosen, typed.districts.clone()),
        None => (user.name.clone(), &user.duties, user.districts.join(", ")),
    };
    let body = html! {
        (secret(texts, typed))
        (facts(&[
            (texts.text("name"), html! { (user.name) }),
            (texts.text("party"), html! { span.code { (user.party) } " " (texts.word(Family::Role, &user.role)) }),
            (texts.text("state"), state(texts, user)),
            (texts.text("duties"), html! { (joined(texts, Family::Duty, &user.duties)) }),
            (texts.text("second-factor"), html! { (if user.second_factor { texts.text("yes") } else { texts.text("no") }) }),
            (texts.text("made"), time(&user.created)),
        ]))
        @if gives.manages {
            h2 { (texts.text("change-user")) }
            form.stack method="post" action={ "/desk/people/" (user.id) } {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (field(&Field { name: "name", label: &texts.text("name"), fault: &fault(texts, typed, "name"), value: &name, required: true, ..Field::default() }))
                (boxes(texts, Family::Duty, &texts.text("duties"), (&gives.words, chosen), &fault(texts, typed, "has")))
                @if gives.districts { (districts(texts, &narrowed, &fault(texts, typed, "districts"))) }
                p { button name="do" value="save" { (texts.text("save")) } }
                p {
                    @if user.state == "disabled" { (button("enable", texts.text("enable-user"))) }
                    @else { (button("disable", texts.text("disable-user"))) }
                    (button("password", texts.text("reset-password")))
                    @if user.second_factor { (button("second-factor", texts.text("reset-second-factor"))) }
                }
            }
        }
    };
    Page::new(user.login.clone(), Some(Desk::People), body).below("/desk/people", texts.text("nav-people"))
}

/// The tokens of software.
pub fn tokens(frame: &Frame, tokens: &Tokens, gives: &Gives, typed: &Typed) -> Page {
    let texts = frame.texts;
    let order = Order::of(&frame.place, "sort", &TOKENS);
    let mut sorted: Vec<&Token> = tokens.tokens.iter().collect();
    order.put(&mut sorted, |token, by| match by {
        "party" => natural(&token.party),
        "expires" => natural(token.expires.as_deref().unwrap_or_default()),
        "state" => natural(if token.revoked { "1" } else { "0" }),
        _ => natural(&token.name),
    });
    let columns = vec![
        order.column("name", texts.text("name")),
        order.column("party", texts.text("party")),
        Column::of(texts.text("scopes")),
        order.column("expires", texts.text("expires")),
        order.column("state", texts.text("state")),
    ];
    let rows = sorted.iter().map(|token| {
        vec![
            html! { (token.name) " " span.muted.code { (token.id) } },
            html! { span.code { (token.party) } " " (texts.word(Family::Role, &token.role)) },
            html! { (token.scopes.as_ref().map_or_else(|| texts.text("all-scopes"), |scopes| joined(texts, Family::Scope, scopes))) },
            html! { @if let Some(expires) = &token.expires { (time(expires)) } },
            revoking(frame, gives, token),
        ]
    });
    let body = html! {
        (parts(texts, "tokens"))
        (secret(texts, typed))
        @if tokens.tokens.is_empty() { (empty(&texts.text("no-tokens"), &texts.text("no-tokens-help"))) }
        @else { (Table { caption: texts.text("tokens"), columns, rows: rows.collect() }.shown()) }
        @if gives.manages {
            h2 { (texts.text("issue-token")) }
            form.stack method="post" action="/desk/tokens" {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (field(&Field { name: "name", label: &texts.text("name"), hint: &texts.text("token-name-hint"), fault: &fault(texts, typed, "name"), value: &typed.name, required: true, ..Field::default() }))
                (boxes(texts, Family::Scope, &texts.text("scopes"), (&gives.words, &typed.chosen), &fault(texts, typed, "has")))
                (field(&Field { name: "days", label: &texts.text("days"), hint: &texts.text("days-hint"), fault: &fault(texts, typed, "days"), value: &typed.days, mode: "numeric", required: true, ..Field::default() }))
                @if gives.districts { (districts(texts, &typed.districts, &fault(texts, typed, "districts"))) }
                (submit(&texts.text("issue-token")))
            }
        }
    };
    Page::new(texts.text("tokens"), Some(Desk::People), body)
}

fn revoking(frame: &Frame, gives: &Gives, token: &Token) -> Markup {
    let texts = frame.texts;
    html! {
        @if token.revoked { (badge(Tone::Still, &texts.text("token-revoked"))) }
        @else if gives.manages {
            form method="post" action={ "/desk/tokens/" (token.id) } {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                button.quiet aria-label=(texts.with("revoke-token", &[("name", &token.name)])) { (texts.text("revoke")) }
            }
        } @else { (badge(Tone::Good, &texts.text("token-counts"))) }
    }
}
