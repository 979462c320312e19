//! The tax on parcels that are no trade of e-commerce (HANDBOOK §2.7): what each line is worth, at which rate, what is exempt, and what is
//! over the limit and is to be declared as goods. Whole fen; values and taxes are rounded half-up once a line. What cannot be
//! reckoned, for want of a rate of exchange, a heading or a weight, is put aside for a person, never guessed. Leaves to others
//! where a parcel comes from (`register::parcel`) and whether anybody pays.

use crate::Text;
use crate::rulebook::{ExchangeRates, Law, ParcelTariff, Per};
use ceb::Decimal;

/// Hong Kong, Macao and Taiwan in customs' table of countries: parcels from there have a limit of their own.
pub const NEAR: [&str; 3] = ["110", "121", "143"];

/// A line of a parcel.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ParcelLine<'a> {
    /// Heading of `parcel_tax.csv`; empty = by the catalogue's entry, or by the HS code where that tells.
    pub heading: &'a str,
    /// HS code; empty = not given.
    pub hs: &'a str,
    /// Entry of the catalogue of dutiable values; empty = the declared value counts.
    pub entry: &'a str,
    /// Pieces.
    pub quantity: Decimal,
    /// Net weight in kilograms, where it is given.
    pub net_weight: Option<Decimal>,
    /// Declared value of the whole line.
    pub value: Decimal,
    /// Its currency, three digits.
    pub currency: &'a str,
}

/// What stands against reckoning: a person decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Review {
    /// There is no rate of exchange of a currency on the day.
    NoRate(Text),
    /// Neither heading nor entry nor HS code say what it is on the day.
    NoHeading,
    /// The catalogue counts by the kilogram, and no weight is given.
    NoWeight,
    /// Beyond what can be held in fen.
    OutOfRange,
}

impl Review {
    /// The word used in records.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NoRate(_) => "no-rate",
            Self::NoHeading => "no-heading",
            Self::NoWeight => "no-weight",
            Self::OutOfRange => "out-of-range",
        }
    }
}

/// What the tax of a line rests on.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct TaxedLine {
    /// Heading; empty = not known.
    pub heading: Text,
    /// Rate.
    pub percent: Option<i64>,
    /// Declared value in fen.
    pub declared: Option<i64>,
    /// Value by the catalogue in fen, where an entry is named.
    pub catalogue: Option<i64>,
    /// What counts: the catalogue's value, or the declared one where that is twice it or more, or half or less.
    pub value: Option<i64>,
    /// Tax in fen.
    pub tax: Option<i64>,
    /// What a person has to look at.
    pub reviews: Vec<Review>,
}

/// What becomes of a parcel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParcelOutcome {
    /// The tax is so small that none is due.
    Exempt,
    /// The tax is due.
    Due,
    /// Over the limit: it goes back, or is declared as goods.
    DeclareAsGoods,
    /// Something is missing: a person decides.
    ManualReview,
}

impl ParcelOutcome {
    /// The word used in records.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exempt => "exempt",
            Self::Due => "due",
            Self::DeclareAsGoods => "declare-as-goods",
            Self::ManualReview => "manual-review",
        }
    }
}

/// The tax of a parcel with everything it was reckoned from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParcelTax {
    /// What becomes of it.
    pub outcome: ParcelOutcome,
    /// Each line.
    pub lines: Vec<TaxedLine>,
    /// Value in fen; none = not known of every line.
    pub value: Option<i64>,
    /// The limit that it was held against, in fen.
    pub limit: i64,
    /// Whether it is over the limit, and one indivisible article.
    pub indivisible: bool,
    /// The sum of the lines' taxes in fen; none where it is not reckoned.
    pub tax: Option<i64>,
    /// What is due, in fen: nothing where it is exempt.
    pub due: Option<i64>,
    /// Each step, in figures alone.
    pub arithmetic: Vec<String>,
}

/// numerator ÷ denominator to the fen, half-up; neither is negative.
fn half_up(numerator: i128, denominator: i128) -> Option<i64> {
    let doubled = numerator.checked_mul(2)?.checked_add(denominator)?;
    i64::try_from(doubled.checked_div(denominator.checked_mul(2)?)?).ok()
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn sum(mut of: impl Iterator<Item = Option<i64>>) -> Option<i64> {
    of.try_fold(0i64, |sum, one| sum.checked_add(one?))
}

/// Reckons the tax of a parcel from a country by the law of the day of `law`. `indivisible` is what whoever sends it says: that
/// its one piece cannot be parted, for the consignee's own use.
pub fn assess(
    lines: &[ParcelLine<'_>],
    country: &str,
    indivisible: bool,
    tariff: &ParcelTariff,
    rates: &ExchangeRates,
    law: &Law,
) -> ParcelTax {
    let mut arithmetic = Vec::new();
    let taxed: Vec<TaxedLine> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| of_line(index + 1, line, tariff, rates, law, &mut arithmetic))
        .collect();
    let limit = if NEAR.contains(&country) { law.parcel_limit_near } else { law.parcel_limit };
    let value = sum(taxed.iter().map(|line| line.value));
    let tax = sum(taxed.iter().map(|line| line.tax));
    let over = value.is_some_and(|value| value > limit);
    let one_piece = matches!(lines, [line] if line.quantity == Decimal::ONE);
    let indivisible = over && indivisible && one_piece;
    if let Some(value) = value {
        arithmetic.push(format!("Σ {} {} {}", yuan(value), if over { ">" } else { "≤" }, yuan(limit)));
    }
    let outcome = match (value, tax) {
        (Some(_), _) if over && !indivisible => ParcelOutcome::DeclareAsGoods,
        (Some(_), Some(tax)) if tax <= law.parcel_tax_exempt => ParcelOutcome::Exempt,
        (Some(_), Some(_)) => ParcelOutcome::Due,
        _ => ParcelOutcome::ManualReview,
    };
    let reckoned = tax.filter(|_| matches!(outcome, ParcelOutcome::Exempt | ParcelOutcome::Due));
    if let Some(tax) = reckoned {
        let compared = if outcome == ParcelOutcome::Due { ">" } else { "≤" };
        arithmetic.push(format!("Σ {} {compared} {}", yuan(tax), yuan(law.parcel_tax_exempt)));
    }
    let due = reckoned.map(|tax| if outcome == ParcelOutcome::Due { tax } else { 0 });
    ParcelTax { outcome, lines: taxed, value, limit, indivisible, tax: reckoned, due, arithmetic }
}

fn of_line(
    number: usize,
    line: &ParcelLine<'_>,
    tariff: &ParcelTariff,
    rates: &ExchangeRates,
    law: &Law,
    arithmetic: &mut Vec<String>,
) -> TaxedLine {
    let mut taxed = TaxedLine::default();
    match rates.in_cny(line.currency, line.value, law.day) {
        None => taxed.reviews.push(Review::NoRate(line.currency.into())),
        Some(cny) => {
            taxed.declared = cny.fen_half_up().map(|(fen, _)| fen).filter(|fen| *fen >= 0);
            if taxed.declared.is_none() {
                taxed.reviews.push(Review::OutOfRange);
            }
        }
    }
    if let Some(declared) = taxed.declared.filter(|_| line.currency != crate::rulebook::CNY) {
        arithmetic.push(format!("{number}: {} [{}] = {}", line.value, line.currency, yuan(declared)));
    }
    let entry = tariff.entry(line.entry, law.day);
    if let Some(entry) = entry {
        let quantity = match entry.per {
            Per::Piece => Some(line.quantity),
            Per::Kilogram => line.net_weight,
        };
        match quantity {
            None => taxed.reviews.push(Review::NoWeight),
            Some(quantity) => {
                let exact = quantity.units().checked_mul(i128::from(entry.fen));
                taxed.catalogue = exact.and_then(|exact| half_up(exact, Decimal::ONE.units()));
                match taxed.catalogue {
                    None => taxed.reviews.push(Review::OutOfRange),
                    Some(fen) => {
                        arithmetic.push(format!(
                            "{number}: {quantity} × {} = {}",
                            yuan(entry.fen),
                            yuan(fen)
                        ));
                    }
                }
            }
        }
    }
    taxed.value = match (taxed.declared, taxed.catalogue) {
        // Without its declared value nobody knows whether the catalogue's counts.
        (None, _) => None,
        (Some(_), None) if entry.is_some() => None,
        (Some(declared), None) => Some(declared),
        (Some(declared), Some(catalogue)) => {
            let (declared, listed) = (i128::from(declared), i128::from(catalogue));
            let apart = declared >= listed * 2 || declared * 2 <= listed;
            if apart { taxed.declared } else { Some(catalogue) }
        }
    };
    let named =
        if line.heading.is_empty() { entry.map_or("", |entry| entry.heading.as_str()) } else { line.heading };
    let heading =
        if named.is_empty() { tariff.of_hs(line.hs, law.day) } else { tariff.heading(named, law.day) };
    let Some(heading) = heading else {
        taxed.reviews.push(Review::NoHeading);
        return taxed;
    };
    taxed.heading = heading.heading.clone();
    taxed.percent = Some(heading.percent);
    if let Some(value) = taxed.value {
        taxed.tax = half_up(i128::from(value) * i128::from(heading.percent), 100);
        match taxed.tax {
            None => taxed.reviews.push(Review::OutOfRange),
            Some(tax) => {
                arithmetic.push(format!("{number}: {} × {}% = {}", yuan(value), heading.percent, yuan(tax)));
            }
        }
    }
    taxed
}
