//! A list of trades that is narrowed: to a state, a number, an enterprise. The form, and the addresses of what it shows.

use super::address;
use crate::language::{Family, Texts};
use crate::parts::{Field, field, submit};
use maud::{Markup, html};

/// A list of trades as its page shows it.
#[derive(Clone, Default, Debug)]
pub struct Listing<L> {
    /// The page of the list.
    pub list: L,
    /// To which state it is narrowed, as it was asked.
    pub state: String,
    /// To which number.
    pub number: String,
    /// For officers: to which enterprise; none = the reader is no officer.
    pub party: Option<String>,
    /// By which column, as the address says it; empty = the newest first.
    pub sort: String,
    /// After which cursor it begins; where it is sorted, how many rows stand before.
    pub after: String,
    /// What tells of newer ones.
    pub live: Option<String>,
}

impl<L> Listing<L> {
    /// To what the list at an address is narrowed.
    pub(super) fn narrowed<'a>(&'a self, address: &'a str) -> Narrowed<'a> {
        Narrowed { address, state: &self.state, number: &self.number, party: self.party.as_deref() }
    }
}

/// To what a list is narrowed.
pub(super) struct Narrowed<'a> {
    /// The address of the list.
    pub address: &'a str,
    /// To which state, as it was asked.
    pub state: &'a str,
    /// To which number.
    pub number: &'a str,
    /// For officers: to which enterprise; none = the reader is no officer.
    pub party: Option<&'a str>,
}

impl Narrowed<'_> {
    /// The address of a part of the list in an order.
    pub fn link(&self, sort: &str, after: &str) -> String {
        let query = [
            ("state", self.state),
            ("number", self.number),
            ("party", self.party.unwrap_or_default()),
            ("sort", sort),
            ("after", after),
        ];
        address(self.address, &query)
    }

    /// Whether it is narrowed to anything.
    pub fn is_narrow(&self) -> bool {
        !self.state.is_empty() || !self.number.is_empty() || self.party.is_some_and(|party| !party.is_empty())
    }

    /// The form; `hint` says what numbers there are.
    pub fn form(&self, texts: Texts, known: &[(u16, &str)], hint: &str) -> Markup {
        html! {
            form.filter method="get" action=(self.address) role="search" {
                (states(texts, known, self.state))
                (field(&Field { name: "number", label: &texts.text("number"), hint, value: self.number, ..Field::default() }))
                @if let Some(party) = self.party {
                    (field(&Field { name: "party", label: &texts.text("enterprise"), hint: &texts.text("enterprise-hint"), value: party, ..Field::default() }))
                }
                (submit(&texts.text("narrow")))
            }
        }
    }
}

/// The states that a list may be narrowed to.
pub(super) fn states(texts: Texts, known: &[(u16, &str)], asked: &str) -> Markup {
    html! {
        div.field {
            label for="state" { (texts.text("state")) }
            select #state name="state" {
                option value="" selected[asked.is_empty()] { (texts.text("all-states")) }
                @for (number, word) in known {
                    option value=(number) selected[asked == number.to_string()] { (texts.word(Family::State, word)) }
                }
            }
        }
    }
}
