//! Assessment of retail import tax to the fen (notice 2016-18, HANDBOOK §2.2–2.4). Exact rational arithmetic; each
//! tax is rounded half-up once, per line. Leaves to others whether the limits allow the purchase at all.

use crate::Text;
use crate::rulebook::{Confidence, ConsumptionTax, Law, Rate, Tariff};
use ceb::{Day, Decimal, Declaration};
use compact_str::format_compact;

/// Units by which quantities of law are recognised.
const KILOGRAM: &str = "035";
const GRAM: &str = "036";
const LITRE: &str = "095";
/// Piece and sheet, the units in which masks and the like are sold.
const PIECES: [&str; 2] = ["010", "020"];
const MILLILITRE: &str = "096";

/// Which rates apply.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Basis {
    /// Within the single limit: duty 0, reduced share of VAT and consumption tax.
    Within = 1,
    /// Over it, but one indivisible item: full rates (notice 2018-49).
    OverSingleItem = 2,
    /// Over it with several items: not allowed; assessed at full rates for the explanation.
    OverSeveralItems = 3,
}

impl Basis {
    /// The basis of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Within, Self::OverSingleItem, Self::OverSeveralItems]
            .into_iter()
            .find(|basis| *basis as u8 == number)
    }
    /// The word used in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Within => "within-limit",
            Self::OverSingleItem => "over-limit-single-item",
            Self::OverSeveralItems => "over-limit-several-items",
        }
    }
}

/// The tax of one line with everything it was computed from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineAssessment {
    /// Line number.
    pub gnum: u32,
    /// HS code as declared.
    pub hs: Text,
    /// Quantity in the unit of transaction.
    pub qty: Decimal,
    /// Goods value, fen.
    pub goods: i64,
    /// What rounding the goods value to fen dropped (value − fen).
    pub remainder: Decimal,
    /// Freight borne by the line, fen.
    pub freight: i64,
    /// Insurance borne by the line, fen.
    pub insurance: i64,
    /// Dutiable value, fen: goods + freight + insurance.
    pub dutiable: i64,
    /// Duty rate applied.
    pub duty_rate: Rate,
    /// VAT rate applied.
    pub vat_rate: Rate,
    /// Ad-valorem consumption tax rate applied.
    pub consumption_rate: Rate,
    /// Specific rate applied, CNY a litre.
    pub specific_rate: Decimal,
    /// Litres taxed.
    pub litres: Decimal,
    /// Percent of VAT and consumption tax due.
    pub share: i64,
    /// Duty, fen.
    pub duty: i64,
    /// Consumption tax, fen.
    pub consumption_tax: i64,
    /// VAT, fen.
    pub vat: i64,
}

impl LineAssessment {
    /// What is due, fen.
    pub fn total(&self) -> i64 {
        self.duty + self.consumption_tax + self.vat
    }

    /// The arithmetic in one line.
    pub fn explain(&self) -> String {
        let yuan = |fen: i64| Decimal::from_fen(fen);
        let mut text = format!(
            "P = {} + {} + {} = {}; D = P × {} = {}",
            yuan(self.goods),
            yuan(self.freight),
            yuan(self.insurance),
            yuan(self.dutiable),
            self.duty_rate,
            yuan(self.duty)
        );
        if self.consumption_rate.0 > 0 || !self.specific_rate.is_zero() {
            let specific = if self.specific_rate.is_zero() {
                String::new()
            } else {
                format!(" and {} L × {}", self.litres, self.specific_rate)
            };
            text += &format!("; CT = (P + D) × c ÷ (1 − c), c = {}{specific}", self.consumption_rate);
            text += &format!(", × {}% = {}", self.share, yuan(self.consumption_tax));
        }
        text + &format!("; VAT = (P + D + CT) × {} × {}% = {}", self.vat_rate, self.share, yuan(self.vat))
    }
}

/// The assessment of a declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assessment {
    /// Which rates.
    pub basis: Basis,
    /// The day whose law was applied.
    pub day: Day,
    /// The lines.
    pub lines: Vec<LineAssessment>,
    /// Rows that are not sure enough to decide alone: line number and what.
    pub uncertain: Vec<(u32, Text)>,
}

impl Assessment {
    /// Dutiable value, fen: what counts against the limits.
    pub fn dutiable(&self) -> i64 {
        self.lines.iter().map(|line| line.dutiable).sum()
    }
    /// Duty, fen.
    pub fn duty(&self) -> i64 {
        self.lines.iter().map(|line| line.duty).sum()
    }
    /// Consumption tax, fen.
    pub fn consumption_tax(&self) -> i64 {
        self.lines.iter().map(|line| line.consumption_tax).sum()
    }
    /// VAT, fen.
    pub fn vat(&self) -> i64 {
        self.lines.iter().map(|line| line.vat).sum()
    }
    /// All that is due, fen.
    pub fn total(&self) -> i64 {
        self.lines.iter().map(LineAssessment::total).sum()
    }
    /// What of it no row in doubt decides, fen: that of the lines whose rows are all sure.
    pub fn certain(&self) -> i64 {
        let sure = |line: &&LineAssessment| self.uncertain.iter().all(|(gnum, _)| *gnum != line.gnum);
        self.lines.iter().filter(sure).map(LineAssessment::total).sum()
    }
}

/// Why a declaration cannot be assessed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TaxFault {
    /// The tariff has no such code.
    UnknownCode {
        /// Line number.
        gnum: u32,
        /// The code.
        hs: Text,
    },
    /// A value is negative or beyond what can be computed exactly.
    OutOfRange {
        /// Line number; 0 = head.
        gnum: u32,
    },
}

/// Assesses a declaration by the law of a day.
///
/// # Errors
/// [`TaxFault`]: an unknown code or a value out of range.
pub fn assess(declaration: &Declaration, law: &Law, tariff: &Tariff) -> Result<Assessment, TaxFault> {
    assess_on(None, declaration, law, tariff)
}

/// Assesses goods as ordinary imports: full duty, VAT and consumption tax whatever they are worth.
///
/// # Errors
/// As [`assess`].
pub fn general(declaration: &Declaration, law: &Law, tariff: &Tariff) -> Result<Assessment, TaxFault> {
    assess_on(Some(Basis::OverSingleItem), declaration, law, tariff)
}

fn assess_on(
    basis: Option<Basis>,
    declaration: &Declaration,
    law: &Law,
    tariff: &Tariff,
) -> Result<Assessment, TaxFault> {
    let head_fault = TaxFault::OutOfRange { gnum: 0 };
    let fen = |value: Decimal, gnum: u32| -> Result<(i64, Decimal), TaxFault> {
        let most = Decimal::from_whole(80_000_000);
        if value.is_negative() || value > most {
            return Err(TaxFault::OutOfRange { gnum });
        }
        value.fen_half_up().ok_or(TaxFault::OutOfRange { gnum })
    };
    let freight = fen(declaration.head.freight, 0)?.0;
    let insurance = fen(declaration.head.insured_fee, 0)?.0;
    let goods: Vec<(i64, Decimal)> =
        declaration.lines.iter().map(|line| fen(line.total_price, line.gnum)).collect::<Result<_, _>>()?;
    let values: Vec<i64> = goods.iter().map(|(value, _)| *value).collect();
    let freights = apportion(freight, &values);
    let insurances = apportion(insurance, &values);
    let total = values.iter().sum::<i64>().checked_add(freight + insurance).ok_or(head_fault.clone())?;
    if total > 8_000_000_000 {
        return Err(head_fault);
    }
    let single_item = matches!(declaration.lines.as_slice(), [line] if line.qty == Decimal::ONE);
    let basis = basis.unwrap_or(match (total <= law.single_limit, single_item) {
        (true, _) => Basis::Within,
        (false, true) => Basis::OverSingleItem,
        (false, false) => Basis::OverSeveralItems,
    });
    let mut uncertain = Vec::new();
    let mut lines = Vec::with_capacity(declaration.lines.len());
    for (index, declared) in declaration.lines.iter().enumerate() {
        let row = tariff
            .line(&declared.gcode, law.day)
            .ok_or_else(|| TaxFault::UnknownCode { gnum: declared.gnum, hs: declared.gcode.clone() })?;
        let mut doubt = |what: &str| uncertain.push((declared.gnum, format_compact!("{} {what}", row.hs8)));
        let dutiable = values[index] + freights[index] + insurances[index];
        let (consumption_rate, specific_rate, litres) =
            consumption(row.consumption_tax, dutiable, declared, &mut doubt);
        if row.consumption_tax_confidence == Confidence::Unsure {
            doubt("consumption tax");
        }
        if row.vat_confidence == Confidence::Unsure {
            doubt("VAT class");
        }
        let (duty_rate, share) = match basis {
            Basis::Within => (Rate(0), law.tax_share),
            _ => {
                if row.duty_confidence == Confidence::Unsure {
                    doubt("duty rate");
                }
                (row.duty, 100)
            }
        };
        let mut line = LineAssessment {
            gnum: declared.gnum,
            hs: declared.gcode.clone(),
            qty: declared.qty,
            goods: values[index],
            remainder: goods[index].1,
            freight: freights[index],
            insurance: insurances[index],
            dutiable,
            duty_rate,
            vat_rate: law.vat(row.vat),
            consumption_rate,
            specific_rate,
            litres,
            share,
            duty: 0,
            consumption_tax: 0,
            vat: 0,
        };
        tax_line(&mut line).ok_or(TaxFault::OutOfRange { gnum: declared.gnum })?;
        lines.push(line);
    }
    if law.tax_rounding_per_line == 0 {
        round_once(&mut lines);
    }
    Ok(Assessment { basis, day: law.day, lines, uncertain })
}

/// Splits an amount over lines in proportion to their values: each share half-up to the fen, what is left to the
/// last line, no share beyond what is left. Lines without value bear nothing unless all are without.
pub fn apportion(amount: i64, values: &[i64]) -> Vec<i64> {
    let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
    let mut left = amount;
    let mut shares = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let share = if index + 1 == values.len() {
            left
        } else if sum == 0 {
            0
        } else {
            let exact = i128::from(amount) * i128::from(*value);
            let rounded = half_up(exact, sum).and_then(|share| i64::try_from(share).ok()).unwrap_or(0);
            rounded.min(left)
        };
        left -= share;
        shares.push(share);
    }
    shares
}

/// The consumption tax rates that apply to a line: ad valorem, specific, litres.
fn consumption(
    tax: ConsumptionTax,
    dutiable: i64,
    line: &ceb::DeclarationLine,
    doubt: &mut dyn FnMut(&str),
) -> (Rate, Decimal, Decimal) {
    let none = (Rate(0), Decimal::ZERO, Decimal::ZERO);
    let measured = |units: &[&str]| {
        [
            (Some(line.qty1), Some(&line.unit1)),
            (line.qty2, line.unit2.as_ref()),
            (Some(line.qty), Some(&line.unit)),
        ]
        .into_iter()
        .find_map(|(qty, unit)| match (qty, unit) {
            (Some(qty), Some(unit)) if units.contains(&unit.as_str()) && qty > Decimal::ZERO => {
                Some((qty, unit.clone()))
            }
            _ => None,
        })
    };
    // Whether the dutiable value per unit reaches a threshold in fen: P ÷ quantity ≥ threshold, without dividing.
    let reaches = |quantity: Decimal, threshold: i64| {
        i128::from(dutiable) * Decimal::ONE.units() >= i128::from(threshold) * quantity.units()
    };
    match tax {
        ConsumptionTax::None => none,
        ConsumptionTax::AdValorem(rate) => (rate, Decimal::ZERO, Decimal::ZERO),
        ConsumptionTax::AdValoremFromItem(rate, threshold) => {
            if line.qty > Decimal::ZERO && reaches(line.qty, threshold) {
                (rate, Decimal::ZERO, Decimal::ZERO)
            } else {
                none
            }
        }
        ConsumptionTax::AdValoremFromGramOrPiece(rate, per_gram, per_piece) => {
            let high = if PIECES.contains(&line.unit.as_str()) && line.qty > Decimal::ZERO {
                Some(reaches(line.qty, per_piece))
            } else {
                match measured(&[KILOGRAM, GRAM, MILLILITRE]) {
                    Some((quantity, unit)) if unit == KILOGRAM => {
                        let grams = quantity.units().checked_mul(1000).map(Decimal::from_units);
                        grams.map(|grams| reaches(grams, per_gram))
                    }
                    Some((quantity, _)) => Some(reaches(quantity, per_gram)),
                    None => None,
                }
            };
            match high {
                Some(true) => (rate, Decimal::ZERO, Decimal::ZERO),
                Some(false) => none,
                None => {
                    doubt("price per gram or piece: no quantity in kilogram, gram or piece");
                    none
                }
            }
        }
        ConsumptionTax::Specific(_) | ConsumptionTax::SpecificFrom(..) | ConsumptionTax::Compound(..) => {
            let Some((litres, _)) = measured(&[LITRE]) else {
                doubt("litres: no quantity in litres");
                return match tax {
                    ConsumptionTax::Compound(rate, _) => (rate, Decimal::ZERO, Decimal::ZERO),
                    _ => none,
                };
            };
            match tax {
                ConsumptionTax::Specific(rate) => (Rate(0), rate, litres),
                ConsumptionTax::SpecificFrom(rate, threshold, lower) => {
                    (Rate(0), if reaches(litres, threshold) { rate } else { lower }, litres)
                }
                ConsumptionTax::Compound(rate, specific) => (rate, specific, litres),
                _ => none,
            }
        }
    }
}

/// num ÷ den, half-up, for a positive den and a num that is not negative.
fn half_up(numerator: i128, denominator: i128) -> Option<i128> {
    numerator.checked_mul(2)?.checked_add(denominator)?.checked_div(denominator.checked_mul(2)?)
}

const WHOLE: i128 = Rate::WHOLE as i128;
/// One fen of `litres × rate`, both counted in 0.00001: 10⁻¹⁰ CNY to fen.
const SPECIFIC: i128 = 100_000_000;

/// The exact taxes of a line before rounding, as fractions of fen.
struct Exact {
    duty: (i128, i128),
    consumption_tax: (i128, i128),
    vat: (i128, i128),
}

/// HANDBOOK §2.2 with one common denominator 10¹⁴ × (1 − c).
fn exact(line: &LineAssessment) -> Option<Exact> {
    let value = i128::from(line.dutiable);
    let consumption = i128::from(line.consumption_rate.0);
    let rest = WHOLE - consumption;
    let value_and_duty =
        value.checked_mul(WHOLE.checked_add(i128::from(line.duty_rate.0))?)?.checked_mul(SPECIFIC)?;
    let specific = line.litres.product(line.specific_rate)?.checked_mul(WHOLE)?;
    let unit = WHOLE.checked_mul(SPECIFIC)?.checked_mul(rest)?;
    // CT = (P + D + q·s)·c/(1−c) + q·s; for purely specific goods c is 0.
    let tax = value_and_duty
        .checked_add(specific)?
        .checked_mul(consumption)?
        .checked_add(specific.checked_mul(rest)?)?;
    let base = value_and_duty.checked_mul(rest)?.checked_add(tax)?;
    let share = i128::from(line.share);
    Some(Exact {
        duty: (value.checked_mul(i128::from(line.duty_rate.0))?, WHOLE),
        consumption_tax: (tax.checked_mul(share)?, unit.checked_mul(100)?),
        vat: (
            base.checked_mul(i128::from(line.vat_rate.0))?.checked_mul(share)?,
            unit.checked_mul(WHOLE)?.checked_mul(100)?,
        ),
    })
}

fn tax_line(line: &mut LineAssessment) -> Option<()> {
    let exact = exact(line)?;
    let fen =
        |(numerator, denominator)| half_up(numerator, denominator).and_then(|fen| i64::try_from(fen).ok());
    line.duty = fen(exact.duty)?;
    line.consumption_tax = fen(exact.consumption_tax)?;
    line.vat = fen(exact.vat)?;
    Some(())
}

/// Rounds each tax once over the list: lines are cut to whole fen and what is missing goes to the last line.
fn round_once(lines: &mut [LineAssessment]) {
    let mut set = |pick: fn(&Exact) -> (i128, i128), slot: fn(&mut LineAssessment) -> &mut i64| {
        // Sums of unlike fractions are taken in 10⁻⁶ fen, cut down: far below half a fen for 99 lines.
        let mut micro = 0i128;
        let mut given = 0i64;
        for line in lines.iter_mut() {
            let Some((numerator, denominator)) = exact(line).map(|exact| pick(&exact)) else { return };
            let (whole, part) = (numerator / denominator, numerator % denominator);
            micro += whole * 1_000_000 + part / (denominator / 1_000_000).max(1);
            *slot(line) = i64::try_from(whole).unwrap_or(0);
            given += *slot(line);
        }
        let total = half_up(micro, 1_000_000).and_then(|fen| i64::try_from(fen).ok()).unwrap_or(given);
        if let Some(last) = lines.last_mut() {
            *slot(last) += total - given;
        }
    };
    set(|exact| exact.duty, |line| &mut line.duty);
    set(|exact| exact.consumption_tax, |line| &mut line.consumption_tax);
    set(|exact| exact.vat, |line| &mut line.vat);
}

/// The assessment of what remains after part of each line came back: value, litres and tax are computed anew on the
/// remaining quantity by the same rates (HANDBOOK §2.4 case 13).
pub fn remaining(assessment: &Assessment, returned: &dyn Fn(u32) -> Decimal) -> Option<Assessment> {
    let mut after = assessment.clone();
    for line in &mut after.lines {
        let back = returned(line.gnum);
        if back.is_zero() || line.qty <= Decimal::ZERO {
            continue;
        }
        let left = line.qty.checked_sub(back)?.max(Decimal::ZERO).units();
        let whole = line.qty.units();
        let scale = |fen: i64| {
            half_up(i128::from(fen).checked_mul(left)?, whole).and_then(|fen| i64::try_from(fen).ok())
        };
        line.goods = scale(line.goods)?;
        line.freight = scale(line.freight)?;
        line.insurance = scale(line.insurance)?;
        line.dutiable = line.goods + line.freight + line.insurance;
        line.litres = Decimal::from_units(half_up(line.litres.units().checked_mul(left)?, whole)?);
        line.qty = Decimal::from_units(left);
        tax_line(line)?;
    }
    Some(after)
}

/// A line with rates given directly: how the worked examples are checked without a tariff.
pub fn with_rates(
    dutiable: i64,
    duty: Rate,
    consumption: Rate,
    specific: Decimal,
    litres: Decimal,
    vat: Rate,
    share: i64,
) -> Option<LineAssessment> {
    let mut line = LineAssessment {
        gnum: 1,
        hs: Text::default(),
        qty: Decimal::ONE,
        goods: dutiable,
        remainder: Decimal::ZERO,
        freight: 0,
        insurance: 0,
        dutiable,
        duty_rate: duty,
        vat_rate: vat,
        consumption_rate: consumption,
        specific_rate: specific,
        litres,
        share,
        duty: 0,
        consumption_tax: 0,
        vat: 0,
    };
    tax_line(&mut line).map(|()| line)
}
