//! Tests of chance, in whole numbers: thousandths. What happens by chance once in a million times is a fault, once in a hundred
//! is told.

use super::Drawn;

/// Draws from which on a test says anything.
const LEAST: usize = 100;
/// Parts into which the numbers are put.
const PARTS: u64 = 20;
/// χ² with 19 degrees of freedom, in thousandths: once in a hundred, once in a million.
const EVENLY: (u128, u128) = (36_191, 63_677);
/// Square of a normal deviation, to both sides, likewise.
const DEVIATES: (u128, u128) = (6_635, 23_928);
/// Numbers below it are in the lower half.
const MIDDLE: u64 = 500_000;
const ALL: u64 = 1_000_000;

/// What a test says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// There are too few draws.
    TooFew,
    /// As chance would have it.
    Likely,
    /// Chance does so less than once in a hundred times.
    Unlikely,
    /// Less than once in a million times.
    Impossible,
}

impl Verdict {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::TooFew => "too-few",
            Self::Likely => "likely",
            Self::Unlikely => "unlikely",
            Self::Impossible => "impossible",
        }
    }
}

/// One test with what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chance {
    /// Its name.
    pub name: &'static str,
    /// What came out, in thousandths.
    pub thousandths: u64,
    /// What that means.
    pub verdict: Verdict,
    /// The same in words.
    pub said: String,
}

fn chance(name: &'static str, value: Option<u128>, (told, fault): (u128, u128), what: &str) -> Chance {
    let (verdict, said) = match value {
        None => (Verdict::TooFew, format!("too few draws to say whether {what}")),
        Some(value) if value < told => (Verdict::Likely, format!("{what}, as far as chance can be told")),
        Some(value) if value < fault => (
            Verdict::Unlikely,
            format!("it is unlikely that {what}: chance does this once in a hundred times"),
        ),
        Some(_) => (
            Verdict::Impossible,
            format!("it is not so that {what}: chance does not do this once in a million times"),
        ),
    };
    let thousandths = value.map_or(0, |value| u64::try_from(value).unwrap_or(u64::MAX));
    Chance { name, thousandths, verdict, said }
}

pub(super) fn tests(lines: &[Drawn]) -> Vec<Chance> {
    vec![
        chance("evenness", evenly(lines), EVENLY, "the numbers fall evenly everywhere"),
        chance("runs", runs(lines), DEVIATES, "a number tells nothing of the next"),
        chance("selection", selected(lines), DEVIATES, "as many were selected as the shares say"),
    ]
}

/// χ² of the numbers over parts of equal size.
fn evenly(lines: &[Drawn]) -> Option<u128> {
    let count = u128::try_from(lines.len()).ok().filter(|_| lines.len() >= LEAST)?;
    let mut parts = [0u128; PARTS as usize];
    for line in lines {
        let part = usize::try_from(line.number.min(ALL - 1) * PARTS / ALL).ok()?;
        *parts.get_mut(part)? += 1;
    }
    let squares: u128 = parts.iter().map(|part| (part * u128::from(PARTS)).abs_diff(count).pow(2)).sum();
    Some(squares * 1_000 / (u128::from(PARTS) * count))
}

/// How many runs of numbers above and below the middle there are, against how many chance makes.
fn runs(lines: &[Drawn]) -> Option<u128> {
    let low = |line: &Drawn| line.number < MIDDLE;
    let count = u128::try_from(lines.len()).ok().filter(|_| lines.len() >= LEAST)?;
    let lower = u128::try_from(lines.iter().filter(|line| low(line)).count()).ok()?;
    let changes = lines.windows(2).filter(|pair| low(&pair[0]) != low(&pair[1])).count();
    let runs = u128::try_from(changes).ok()? + 1;
    let twice = 2 * lower * (count - lower);
    // Mean twice/n + 1, variance twice(twice − n) / n²(n − 1); with one half empty there is nothing to tell.
    let variance = twice.checked_mul(twice.checked_sub(count)?).filter(|variance| *variance > 0)?;
    let off = (runs * count).abs_diff(twice + count);
    Some(off.checked_pow(2)?.checked_mul(count - 1)? / (variance / 1_000).max(1))
}

/// How many were selected, against how many the shares let expect.
fn selected(lines: &[Drawn]) -> Option<u128> {
    if lines.len() < LEAST {
        return None;
    }
    let found = u128::try_from(lines.iter().filter(|line| line.selected).count()).ok()? * u128::from(ALL);
    let (mut expected, mut variance) = (0u128, 0u128);
    for line in lines {
        let ratio = line.ratio.min(ALL);
        expected += u128::from(ratio);
        variance += u128::from(ratio) * u128::from(ALL - ratio);
    }
    // Too few are expected for the deviation to be told.
    if variance < 5 * u128::from(ALL) * u128::from(ALL) {
        return None;
    }
    Some(found.abs_diff(expected).checked_pow(2)? / (variance / 1_000).max(1))
}
