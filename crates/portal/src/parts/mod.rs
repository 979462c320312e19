//! What pages are made of. Each part is complete in itself: named for those who do not see it, usable without a pointer,
//! without script.

mod form;
mod record;
mod table;

pub use form::{Choice, Faults, Field, choices, fault_of, field, hidden, submit};
pub use record::{finding, findings, timeline};
pub use table::{Cell, Column, Order, Pages, ROWS, Sorting, Table, natural, pager};

use crate::answers::Both;
use crate::language::{Family, Language, Texts};
use maud::{Markup, html};

/// What a colour says; the words beside it say it too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Done, free.
    Good,
    /// On its way.
    Wait,
    /// Somebody has to look.
    Warn,
    /// Refused, held, wrong.
    Bad,
    /// Over, without more to say.
    Still,
}

impl Tone {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Good, Self::Wait, Self::Warn, Self::Bad, Self::Still];

    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Still => "still",
        }
    }

    /// The tone of a state of a declaration, by its word.
    pub fn of_state(word: &str) -> Self {
        match word {
            "released" | "closed" => Self::Good,
            "staged" | "declared" | "entered" => Self::Wait,
            "review" | "inspection" | "concluded" | "suspended" => Self::Warn,
            "rejected" | "detained-clearance" | "detained-smuggling" | "detained-legal"
            | "detained-other" => Self::Bad,
            _ => Self::Still,
        }
    }

    /// The tone of a lane.
    pub fn of_lane(word: &str) -> Self {
        match word {
            "release" => Self::Good,
            "document-check" | "scan" | "inspection" => Self::Warn,
            _ => Self::Bad,
        }
    }
}

/// A word with a tone.
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { (text) } }
}

/// The state of a declaration; none = nothing declared yet.
pub fn state(texts: Texts, word: Option<&str>) -> Markup {
    match word {
        Some(word) => badge(Tone::of_state(word), &texts.word(Family::State, word)),
        None => badge(Tone::Still, &texts.text("not-declared")),
    }
}

/// Something that the reader is told.
pub fn said(tone: Tone, body: Markup) -> Markup {
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    html! { div class={ "said " (tone.class()) } role=(role) { (body) } }
}

/// Words of the interface in the reader's language; what is there in English alone says that it is.
pub fn both(texts: Texts, words: &Both) -> Markup {
    let is_chinese = texts.language() == Language::Chinese;
    html! {
        @if is_chinese && !words.zh.is_empty() { (words.zh) }
        @else if texts.language() == Language::English { (words.en) }
        @else { span lang="en" { (words.en) } }
    }
}

/// Words that somebody declared or that a receipt says. On a page in another language Chinese says that it is, for those who
/// have it read to them.
pub fn declared(texts: Texts, words: &str) -> Markup {
    let is_han = |letter: char| ('\u{3400}'..='\u{9fff}').contains(&letter);
    html! {
        @if texts.language() != Language::Chinese && words.chars().any(is_han) { span lang="zh-CN" { (words) } }
        @else { (words) }
    }
}

/// Words of tables, which have them in Chinese and English alone.
pub fn tabled(texts: Texts, words: &str) -> Markup {
    let is_complete = Language::COMPLETE.contains(&texts.language());
    let is_english = !is_complete && words.is_ascii() && words.bytes().any(|byte| byte.is_ascii_alphabetic());
    if is_english {
        html! { span lang="en" { (words) } }
    } else {
        declared(texts, words)
    }
}

/// Names with their values.
pub fn facts(pairs: &[(String, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in pairs { dt { (name) } dd { (value) } }
        }
    }
}

/// Nothing is here, and what would bring something here.
pub fn empty(title: &str, help: &str) -> Markup {
    html! { div.empty { p { strong { (title) } } p { (help) } } }
}

/// Pages beside each other: address, name, whether it is this one.
pub fn tabs(label: &str, tabs: &[(String, String, bool)]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            ul {
                @for (address, name, here) in tabs {
                    li { a href=(address) aria-current=[here.then_some("page")] { (name) } }
                }
            }
        }
    }
}

/// What stands in a path or a query, so that it means itself there.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                safe.push(char::from(byte))
            }
            other => {
                safe.push('%');
                for half in [other >> 4, other & 15] {
                    safe.extend(
                        char::from_digit(u32::from(half), 16).map(|digit| digit.to_ascii_uppercase()),
                    );
                }
            }
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_another_language_than_the_page_say_which() {
        let shown = |markup: Markup| markup.into_string();
        let (chinese, english) = (Language::Chinese.texts(), Language::English.texts());
        let words = Both { en: "again".to_owned(), zh: "再次".to_owned() };
        assert_eq!(
            (shown(both(chinese, &words)).as_str(), shown(both(english, &words)).as_str()),
            ("再次", "again")
        );
        let english_alone = Both { zh: String::new(), ..words };
        assert_eq!(shown(both(chinese, &english_alone)), "<span lang=\"en\">again</span>");
        assert_eq!(shown(declared(english, "面霜 <1>")), "<span lang=\"zh-CN\">面霜 &lt;1&gt;</span>");
        assert_eq!(shown(declared(chinese, "面霜")), "面霜");
        assert_eq!(shown(declared(english, "cream")), "cream");
        let lao = Language::Lao.texts();
        assert_eq!(shown(tabled(lao, "kg")), "<span lang=\"en\">kg</span>");
        assert_eq!(
            (shown(tabled(english, "kg")).as_str(), shown(tabled(lao, "13 %")).as_str()),
            ("kg", "13 %")
        );
    }

    #[test]
    fn what_stands_in_an_address_means_itself() {
        assert_eq!(escaped("A-1_2.~"), "A-1_2.~");
        assert_eq!(escaped("a/b?c=d&e 样"), "a%2Fb%3Fc%3Dd%26e%20%E6%A0%B7");
    }
}
