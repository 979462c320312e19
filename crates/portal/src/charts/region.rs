//! A map of the region as tiles of one size: neighbours lie beside each other about as they do on the earth, small ones are as
//! legible as large ones, and no border is drawn. Countries that have no tile stand in the table beside it.

use super::Legend;
use crate::format::count;
use maud::{Markup, html};

/// Code of customs, code of ISO 3166, column and row of its tile.
const TILES: [(&str, &str, u64, u64); 40] = [
    ("344", "RU", 3, 0),
    ("145", "KZ", 2, 1),
    ("124", "MN", 5, 1),
    ("109", "KP", 8, 1),
    ("146", "KG", 2, 2),
    ("147", "TJ", 1, 2),
    ("142", "CN", 5, 2),
    ("133", "KR", 8, 2),
    ("116", "JP", 9, 2),
    ("101", "AF", 0, 3),
    ("127", "PK", 1, 3),
    ("125", "NP", 3, 3),
    ("104", "BT", 4, 3),
    ("143", "TW", 8, 3),
    ("110", "HK", 7, 3),
    ("121", "MO", 6, 3),
    ("131", "SA", 0, 4),
    ("111", "IN", 2, 4),
    ("103", "BD", 3, 4),
    ("106", "MM", 4, 4),
    ("119", "LA", 5, 4),
    ("141", "VN", 6, 4),
    ("129", "PH", 8, 4),
    ("138", "AE", 0, 5),
    ("134", "LK", 2, 5),
    ("136", "TH", 4, 5),
    ("107", "KH", 5, 5),
    ("105", "BN", 7, 5),
    ("122", "MY", 5, 6),
    ("132", "SG", 6, 6),
    ("112", "ID", 7, 6),
    ("601", "AU", 8, 7),
    ("609", "NZ", 9, 7),
    ("304", "DE", 0, 0),
    ("303", "GB", 0, 1),
    ("305", "FR", 1, 1),
    ("307", "IT", 1, 0),
    ("502", "US", 9, 0),
    ("501", "CA", 8, 0),
    ("309", "NL", 2, 0),
];

const TILE: u64 = 62;
const GAP: u64 = 2;
const COLUMNS: u64 = 10;
const ROWS: u64 = 8;
/// Classes of shade above none.
const SHADES: u64 = 5;

/// The code of ISO 3166 of a country that has a tile.
pub fn short(code: &str) -> Option<&'static str> {
    TILES.iter().find(|(known, ..)| *known == code).map(|(_, short, ..)| *short)
}

/// From the least to the most in equal steps of what a person compares: halves of halves.
fn shade(value: u64, most: u64) -> u64 {
    if value == 0 {
        return 0;
    }
    let times_smaller = (most / value).max(1).ilog2();
    SHADES.saturating_sub(u64::from(times_smaller)).max(1)
}

/// The map: code, name and count of each country.
pub fn region(legend: Legend<'_>, countries: &[(String, String, u64)]) -> Markup {
    let (title, description) = (format!("{}-title", legend.id), format!("{}-text", legend.id));
    let most = countries.iter().map(|(.., count)| *count).max().unwrap_or(0);
    let (wide, high) = (COLUMNS * (TILE + GAP), ROWS * (TILE + GAP));
    html! {
        figure.chart {
            svg viewBox={ "0 0 " (wide) " " (high) } role="img" aria-labelledby={ (title) " " (description) } {
                title id=(title) { (legend.title) }
                desc id=(description) { (legend.description) }
                @for (code, short, column, row) in TILES {
                    @let found = countries.iter().find(|(known, ..)| known == code);
                    @let value = found.map_or(0, |(.., count)| *count);
                    @let (x, y) = (column * (TILE + GAP), row * (TILE + GAP));
                    rect class={ "tile shade-" (shade(value, most)) } x=(x + 1) y=(y + 1) width=(TILE) height=(TILE) rx="3" {}
                    text.tile-name x=(x + 1 + TILE / 2) y=(y + 26) text-anchor="middle" { (short) }
                    @if value > 0 { text.tile-count x=(x + 1 + TILE / 2) y=(y + 45) text-anchor="middle" { (count(value)) } }
                }
            }
            figcaption { (legend.title) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_countries_lie_on_one_another_and_none_outside() {
        for (index, (code, short, column, row)) in TILES.iter().enumerate() {
            assert!(*column < COLUMNS && *row < ROWS, "{short}");
            for (other, name, x, y) in &TILES[..index] {
                assert!((column, row) != (x, y) && code != other && short != name, "{short} and {name}");
            }
        }
    }

    #[test]
    fn half_of_the_most_is_a_shade_lighter_and_one_is_never_nothing() {
        assert_eq!([0, 1, 100, 200, 400, 800].map(|value| shade(value, 800)), [0, 1, 2, 3, 4, 5]);
        assert_eq!((shade(1, u64::MAX), shade(0, 0)), (1, 0));
    }
}
