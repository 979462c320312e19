//! What went wrong, for people: what a problem document says to machines.

use crate::answers::Problem;
use crate::language::{Family, Language, Texts};
use crate::shell::Page;
use maud::html;

/// The page of a problem. What to do is said in the reader's language; its own words are English, and Chinese where the
/// interface says them.
pub fn page(texts: Texts, problem: &Problem) -> Page {
    let word = problem.word();
    let title = texts
        .known(Family::Problem, word)
        .or_else(|| texts.known(Family::Closed, word))
        .unwrap_or_else(|| texts.text("problem-other"));
    let help = match problem.status {
        404 | 410 => texts.text("help-not-found"),
        401 | 403 => texts.text("help-not-allowed"),
        429 => texts.text("help-slower"),
        500.. => texts.text("help-failed"),
        _ => texts.text("help-wrong"),
    };
    let is_chinese = texts.language() == Language::Chinese;
    let chinese = if is_chinese { problem.zh.as_str() } else { "" };
    let body = html! {
        p { (help) }
        p { a href="/desk" { (texts.text("to-home")) } " · " a href="/" { (texts.text("to-start")) } }
        details {
            summary { (texts.text("exact-words")) }
            @if !chinese.is_empty() { p { (chinese) } }
            p lang="en" { (problem.status) " " code { (word) } ": " (problem.title) ". " (problem.detail) }
        }
    };
    Page::new(title, None, body)
}
