//! What a consumer sees, in words that need no knowledge of customs. Wide enough for a telephone, and no wider.

pub mod data;
pub mod disputes;
pub mod hearings;
pub mod quota;
pub mod track;
pub mod trade;
pub mod trades;

use crate::language::{Family, Texts};
use crate::parts::{Tone, badge};
use maud::Markup;

/// The address of one of his trades.
pub fn address_of(platform: &str, order_no: &str) -> String {
    format!("/my/trades/{}/{}", crate::parts::escaped(platform), crate::parts::escaped(order_no))
}

/// Where a trade stands, in plain words.
pub fn standing(texts: Texts, state: Option<&str>) -> Markup {
    let word = state.unwrap_or("ordered");
    badge(state.map_or(Tone::Still, Tone::of_state), &texts.word(Family::Plain, word))
}

/// What a trade waits for, in plain words.
fn waiting(texts: Texts, words: &[String]) -> String {
    let told: Vec<String> = words.iter().map(|word| texts.word(Family::Awaited, word)).collect();
    told.join(&texts.text("joint"))
}
