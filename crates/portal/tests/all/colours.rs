//! Contrast of the palette in both themes, computed as WCAG 2.2 does: 4.5 to 1 for text, 3 to 1 for what else is to be seen.
#![expect(clippy::float_arithmetic, reason = "luminance is defined with powers")]

use portal::assets::STYLE;
use std::collections::BTreeMap;

/// Ink and ground of text.
const TEXT: [(&str, &str); 18] = [
    ("ink", "ground"),
    ("ink", "raised"),
    ("muted", "ground"),
    ("muted", "raised"),
    ("link", "ground"),
    ("link", "raised"),
    ("on-accent", "accent"),
    ("good", "good-ground"),
    ("wait", "wait-ground"),
    ("warn", "warn-ground"),
    ("bad", "bad-ground"),
    ("bad", "ground"),
    ("still", "still-ground"),
    ("good", "ground"),
    ("wait", "ground"),
    ("warn", "ground"),
    ("focus", "ground"),
    ("ink", "still-ground"),
];

/// What is drawn on the ground.
const DRAWN: [&str; 7] = ["strong-line", "focus", "series-1", "series-2", "series-3", "series-4", "series-5"];

type Palette = BTreeMap<String, [f64; 3]>;

fn palette(block: &str) -> Palette {
    let colour = |text: &str| {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok().map(f64::from);
        Some([part(0)?, part(2)?, part(4)?])
    };
    block
        .split(';')
        .filter_map(|pair| pair.rsplit_once(':'))
        .filter_map(|(name, value)| Some((name.rsplit("--").next()?.trim().to_owned(), colour(value)?)))
        .collect()
}

/// The light palette and the dark one.
fn palettes() -> [Palette; 2] {
    let blocks: Vec<&str> = STYLE.text.split(":root {").skip(1).take(2).collect();
    let inner = |block: &str| palette(block.split('}').next().unwrap());
    [inner(blocks[0]), inner(blocks[1])]
}

fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = part / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn everything_can_be_read_in_both_themes() {
    assert!((contrast([0.0; 3], [255.0; 3]) - 21.0).abs() < 0.01);
    let [light, dark] = palettes();
    assert!(light.len() > 20 && light.keys().eq(dark.keys()), "a colour is missing in one theme");
    let mut faults = Vec::new();
    for (theme, colours) in [("light", &light), ("dark", &dark)] {
        let pairs = TEXT.iter().map(|(ink, ground)| (*ink, *ground, 4.5));
        for (ink, ground, least) in pairs.chain(DRAWN.iter().map(|name| (*name, "ground", 3.0))) {
            let found = contrast(colours[ink], colours[ground]);
            if found < least {
                faults.push(format!("{theme}: {ink} on {ground} is {found:.2}, not {least}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn colours_stand_in_the_palette_alone() {
    let after = STYLE.text.split_once("*, *::before").unwrap().1;
    let print = after.split("@media print").next().unwrap();
    assert!(
        !print.contains(": #") && !print.contains("rgb("),
        "a colour outside the palette has no dark twin"
    );
}
