//! Tariff lines of consumer goods by eight-digit HS code and day: units, duty, VAT class, consumption tax, list membership.

use super::{ListEditions, TableFault, rows_widened, term};
use crate::Text;
use ceb::{Day, Decimal};
use rustc_hash::FxHashMap;

/// How sure a row is. Ordered from surest to least sure.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// Read in a source.
    Seen,
    /// Known from a source read second-hand.
    Known,
    /// From memory.
    Memory,
    /// A guess: never decides alone.
    Unsure,
}

impl Confidence {
    /// The word of the tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Known => "known",
            Self::Memory => "memory",
            Self::Unsure => "unsure",
        }
    }
    /// The confidence of a word of the tables.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "seen" => Some(Self::Seen),
            "known" => Some(Self::Known),
            "memory" => Some(Self::Memory),
            "unsure" => Some(Self::Unsure),
            _ => None,
        }
    }
    /// Whether a row that is so sure may reject; otherwise a person decides.
    pub fn is_sure(self) -> bool {
        matches!(self, Self::Seen | Self::Known)
    }
}

/// A rate in parts per million: 13 % = 130,000.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Rate(pub i64);

impl Rate {
    /// Parts of one.
    pub const WHOLE: i64 = 1_000_000;
    /// From whole percent.
    pub fn percent(percent: i64) -> Self {
        Self(percent * 10_000)
    }
    /// From the text of a percentage with at most four decimals, `6.5`.
    pub fn parse_percent(text: &str) -> Option<Self> {
        let units = Decimal::parse(text)?.units();
        (units >= 0 && units % 10 == 0).then(|| i64::try_from(units / 10).ok().map(Self)).flatten()
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}%", Decimal::from_units(i128::from(self.0) * 10))
    }
}

/// VAT classes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VatClass {
    /// Most goods.
    Standard,
    /// Food in primary form, books and others.
    Reduced,
}

/// How consumption tax is levied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConsumptionTax {
    /// Not at all.
    None,
    /// On the value.
    AdValorem(Rate),
    /// On the value, if one item is worth at least so much (fen).
    AdValoremFromItem(Rate, i64),
    /// On the value, if a gram (or millilitre) or, for goods sold by the piece, a piece is worth at least so much (fen).
    AdValoremFromGramOrPiece(Rate, i64, i64),
    /// On the litres: rate in 0.00001 CNY a litre.
    Specific(Decimal),
    /// On the litres: one rate from a price per litre (fen) on, another below.
    SpecificFrom(Decimal, i64, Decimal),
    /// On value and litres.
    Compound(Rate, Decimal),
}

impl ConsumptionTax {
    /// Reads the small grammar of the tables: `none`, `ad-valorem 10%`, `ad-valorem 20% from 10000/item`,
    /// `ad-valorem 15% from 10/g or 15/piece`, `specific 0.249/L`, `specific 0.253/L from 2.7/L else 0.223/L`,
    /// `compound 20% + 0.912/L`; amounts in CNY.
    pub fn parse(text: &str) -> Option<Self> {
        let rate = |word: &str| Rate::parse_percent(word.strip_suffix('%')?);
        let per = |word: &str, unit: &str| Decimal::parse(word.strip_suffix(unit)?);
        let fen = |word: &str, unit: &str| per(word, unit)?.fen_half_up().map(|(fen, _)| fen);
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["none"] => Some(Self::None),
            ["ad-valorem", r] => Some(Self::AdValorem(rate(r)?)),
            ["ad-valorem", r, "from", item] => Some(Self::AdValoremFromItem(rate(r)?, fen(item, "/item")?)),
            ["ad-valorem", r, "from", gram, "or", piece] => {
                Some(Self::AdValoremFromGramOrPiece(rate(r)?, fen(gram, "/g")?, fen(piece, "/piece")?))
            }
            ["specific", s] => Some(Self::Specific(per(s, "/L")?)),
            ["specific", s, "from", price, "else", lower] => {
                Some(Self::SpecificFrom(per(s, "/L")?, fen(price, "/L")?, per(lower, "/L")?))
            }
            ["compound", r, "+", s] => Some(Self::Compound(rate(r)?, per(s, "/L")?)),
            _ => None,
        }
    }
}

/// Whether a code is on the list of retail import goods on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Membership {
    /// On it.
    Listed,
    /// Not on it.
    NotListed,
    /// The row is not sure: a person decides.
    Unsure,
}

/// Why a code has no row on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Absence {
    /// The table has no row of it at all.
    Never,
    /// Its rows ended before the day: the last day on which one held.
    Ended(Day),
    /// Its rows begin after the day: the first day on which one holds.
    Later(Day),
}

/// What a tariff of before its rows had days and a source has in their place: they hold on every day, and the list is as sure from
/// its first day on.
const UNDATED: [&str; 5] = ["", "", term::ALWAYS, "", "published without a source"];

/// One tariff line between two days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TariffLine {
    /// Eight-digit code.
    pub hs8: Text,
    /// Short name.
    pub name: Text,
    /// First statutory unit.
    pub unit1: Text,
    /// Second statutory unit.
    pub unit2: Option<Text>,
    /// Most-favoured-nation duty.
    pub duty: Rate,
    /// How sure the duty is.
    pub duty_confidence: Confidence,
    /// VAT class.
    pub vat: VatClass,
    /// How sure the class is.
    pub vat_confidence: Confidence,
    /// Consumption tax.
    pub consumption_tax: ConsumptionTax,
    /// How sure it is.
    pub consumption_tax_confidence: Confidence,
    /// On the list from this day; none = never.
    pub listed_from: Option<Day>,
    /// Until this day; none = still.
    pub listed_to: Option<Day>,
    /// The day of the edition of which the source speaks: whether the editions before it had the code is not sure.
    pub listed_sure_from: Option<Day>,
    /// How sure the membership is.
    pub listed_confidence: Confidence,
    /// First day of the row.
    pub valid_from: Day,
    /// Last day; none = open.
    pub valid_to: Option<Day>,
    /// Where each part of the row is from.
    pub source: Text,
}

impl TariffLine {
    /// List membership on a day.
    pub fn membership(&self, day: Day) -> Membership {
        match (self.listed_confidence, self.listed_from) {
            (Confidence::Unsure, _) => Membership::Unsure,
            (_, Some(from)) if term::holds(from, self.listed_to, day) => {
                match self.listed_sure_from.is_none_or(|sure| sure <= day) {
                    true => Membership::Listed,
                    false => Membership::Unsure,
                }
            }
            _ => Membership::NotListed,
        }
    }
}

/// The tariff.
#[derive(Clone, Default, Debug)]
pub struct Tariff {
    /// Of each code its rows, the oldest first.
    lines: FxHashMap<Text, Vec<TariffLine>>,
}

impl Tariff {
    pub(super) fn load(text: &str, editions: &ListEditions, faults: &mut Vec<TableFault>) -> Self {
        let mut tariff = Self::default();
        let header = [
            "hs8",
            "name",
            "unit1",
            "unit2",
            "mfn_percent",
            "mfn_confidence",
            "vat_class",
            "vat_confidence",
            "consumption_tax",
            "consumption_tax_confidence",
            "listed",
            "listed_from",
            "listed_confidence",
            "listed_sure_from",
            "listed_to",
            "valid_from",
            "valid_to",
            "source",
        ];
        rows_widened(
            "tariff.csv",
            text,
            (header, &UNDATED),
            faults,
            |[
                hs8,
                name,
                unit1,
                unit2,
                mfn,
                mfn_c,
                vat,
                vat_c,
                ct,
                ct_c,
                listed,
                from,
                listed_c,
                sure_from,
                listed_to,
                valid_from,
                valid_to,
                source,
            ]| {
                if hs8.len() != 8 || !hs8.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(format!("{hs8} is not an eight-digit code"));
                }
                let sure =
                    |word: &str| Confidence::from_word(word).ok_or(format!("{word} is not a confidence"));
                if source.is_empty() {
                    return Err("a row has a source".to_owned());
                }
                // A day of the list is one on which an edition begins.
                let edition = |name: &str, text: &str| match Day::parse(text) {
                    Some(day) if editions.beginning(day).is_some() => Ok(day),
                    Some(_) => Err(format!("no edition of the list begins on {text}")),
                    None => Err(format!("{name} is yyyyMMdd")),
                };
                let line = TariffLine {
                    hs8: hs8.into(),
                    name: name.into(),
                    unit1: unit1.into(),
                    unit2: (!unit2.is_empty()).then(|| unit2.into()),
                    duty: Rate::parse_percent(mfn).ok_or(format!("{mfn} is not a percentage"))?,
                    duty_confidence: sure(mfn_c)?,
                    vat: match vat {
                        "standard" => VatClass::Standard,
                        "reduced" => VatClass::Reduced,
                        _ => return Err(format!("{vat} is not a VAT class")),
                    },
                    vat_confidence: sure(vat_c)?,
                    consumption_tax: ConsumptionTax::parse(ct.strip_prefix("unsure ").unwrap_or(ct))
                        .ok_or(format!("{ct} is not a consumption tax"))?,
                    consumption_tax_confidence: sure(ct_c)?,
                    listed_from: match listed {
                        "yes" => Some(edition("listed_from", from)?),
                        "no" => None,
                        _ => return Err("listed is yes or no".to_owned()),
                    },
                    listed_to: term::last_day(listed_to).map_err(|_| "listed_to is yyyyMMdd")?,
                    listed_sure_from: match sure_from {
                        "" => None,
                        _ => Some(edition("listed_sure_from", sure_from)?),
                    },
                    listed_confidence: sure(listed_c)?,
                    valid_from: term::first_day(valid_from)?,
                    valid_to: term::last_day(valid_to)?,
                    source: source.into(),
                };
                let same = tariff.lines.entry(hs8.into()).or_default();
                let days = |one: &TariffLine| (one.valid_from, one.valid_to);
                if same.iter().any(|other| term::overlap(days(other), days(&line))) {
                    return Err(format!("two rows of code {hs8} hold on the same day"));
                }
                same.push(line);
                same.sort_unstable_by_key(|one| one.valid_from);
                Ok(())
            },
        );
        tariff
    }

    /// The line of a code on a day, by its first eight digits.
    pub fn line(&self, code: &str, day: Day) -> Option<&TariffLine> {
        let lines = self.lines.get(code.get(..8)?)?;
        lines.iter().rev().find(|line| term::holds(line.valid_from, line.valid_to, day))
    }
    /// The last line of a code, whether it still holds or not: what it is called, and that there was one.
    pub fn latest(&self, code: &str) -> Option<&TariffLine> {
        self.lines.get(code.get(..8)?)?.last()
    }
    /// Why [`Self::line`] finds nothing on a day.
    pub fn absence(&self, code: &str, day: Day) -> Absence {
        let Some(lines) = code.get(..8).and_then(|code| self.lines.get(code)) else {
            return Absence::Never;
        };
        let ended = lines.iter().filter_map(|line| line.valid_to).filter(|last| *last < day).max();
        let begins = lines.iter().map(|line| line.valid_from).filter(|first| *first > day).min();
        match (ended, begins) {
            (Some(last), _) => Absence::Ended(last),
            (None, Some(first)) => Absence::Later(first),
            (None, None) => Absence::Never,
        }
    }
    /// The lines of a day that a code without one may stand for: of its subheading (six digits), or else of its heading (four). An
    /// edition renumbers within a heading, mostly.
    pub fn near(&self, code: &str, day: Day) -> Vec<&TariffLine> {
        let of = |digits: usize| {
            let Some(beginning) = code.get(..digits) else { return Vec::new() };
            let mut lines: Vec<&TariffLine> =
                self.on(day).filter(|line| line.hs8.starts_with(beginning)).collect();
            lines.sort_unstable_by(|one, other| one.hs8.cmp(&other.hs8));
            lines
        };
        let of_subheading = of(6);
        if of_subheading.is_empty() { of(4) } else { of_subheading }
    }
    /// All lines of a day, in no order.
    pub fn on(&self, day: Day) -> impl Iterator<Item = &TariffLine> {
        let lines = self.lines.values().flatten();
        lines.filter(move |line| term::holds(line.valid_from, line.valid_to, day))
    }
}
