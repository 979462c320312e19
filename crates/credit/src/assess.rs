//! A score with its reasons: observations as of a day, held against the tables of that day.

use crate::model::{Indicator, Kind, Model, rounded};
use crate::weights::parts;
use crate::{MILLION, Text};
use ceb::{Day, Decimal};
use jiff::civil::Date;
use jiff::{Span, Unit};

/// Dimensions that have something to be judged by, in parts per million of all, below which there is no grade.
const LEAST_KNOWN: i64 = 300_000;

/// What was observed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Parts of a whole: three of two hundred.
    Ratio {
        /// Parts.
        part: u64,
        /// The whole; not below the parts.
        whole: u64,
    },
    /// A value.
    Latest(Decimal),
    /// How often.
    Count(u64),
}

/// One observation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Observation {
    /// What it is called: so that whoever reads a reason finds it.
    pub id: Text,
    /// Of which indicator.
    pub indicator: Text,
    /// Of which day, or up to which.
    pub day: Day,
    /// What.
    pub value: Value,
    /// Whether the enterprise says that it is wrong: it counts until that is decided, and the reason says so.
    pub contested: bool,
}

/// A fact that rules a good grade out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Veto {
    /// What it is called.
    pub id: Text,
    /// Which.
    pub veto: Text,
    /// Of which day.
    pub day: Day,
}

/// Whether an indicator tells something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// It does.
    Enough,
    /// There is less than is needed: it counts for nothing, good or bad.
    TooFew,
    /// Nothing was observed.
    Nothing,
}

/// One indicator, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// Which.
    pub indicator: Text,
    /// Its dimension.
    pub dimension: Text,
    /// Whether it tells something.
    pub told: Told,
    /// Parts, with what is older counting less, in thousandths (of a ratio and a count).
    pub part: i64,
    /// The whole, likewise (of a ratio).
    pub whole: i64,
    /// What was observed in all, without decay: of a ratio wholes, else observations.
    pub sample: u64,
    /// What is needed.
    pub minimum: i64,
    /// The number that the scale was asked for.
    pub value: Decimal,
    /// Points, in thousandths of 0 to 100.
    pub points: i64,
    /// Its weight among those that tell something, parts per million; together exactly a million.
    pub weight: i64,
    /// What it gives to the score, in thousandths of 0 to 1,000.
    pub gives: i64,
    /// The observations.
    pub observations: Vec<Text>,
    /// Of these, contested.
    pub contested: Vec<Text>,
}

/// A score with its reasons.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assessment {
    /// As of which day.
    pub day: Day,
    /// 0 to 1,000.
    pub score: i64,
    /// The grade; none = too little is known.
    pub grade: Option<Text>,
    /// The grade that the score alone would have.
    pub by_score: Option<Text>,
    /// How much of all weight has something to be judged by, parts per million.
    pub known: i64,
    /// Every indicator of the day, in the order of the table.
    pub readings: Vec<Reading>,
    /// Vetoes in force, with their last day.
    pub vetoes: Vec<(Veto, Day)>,
}

/// Assesses an enterprise as of a day: what was observed later is not looked at.
pub fn assess(model: &Model, observations: &[Observation], vetoes: &[Veto], day: Day) -> Assessment {
    let weights = full_weights(model, day);
    let mut readings: Vec<Reading> = model
        .indicators(day)
        .map(|indicator| {
            let of_it =
                observations.iter().filter(|one| one.indicator == indicator.indicator && one.day <= day);
            read(model, indicator, &of_it.collect::<Vec<_>>(), day)
        })
        .collect();
    let tells = |reading: &Reading| reading.told == Told::Enough;
    let full = |at: usize| weights.get(at).copied().unwrap_or(0);
    let known: i64 = readings.iter().enumerate().filter(|(_, one)| tells(one)).map(|(at, _)| full(at)).sum();
    let shares: Vec<i64> =
        readings.iter().enumerate().map(|(at, one)| if tells(one) { full(at) } else { 0 }).collect();
    for (reading, weight) in readings.iter_mut().zip(parts(&shares, MILLION)) {
        reading.weight = weight;
        // Points in thousandths of 100 × parts per million: thousandths of 1,000 are a hundred-thousandth of that, half-up.
        reading.gives = rounded(i128::from(reading.points) * i128::from(weight) * 10, i128::from(MILLION));
    }
    let score = rounded(readings.iter().map(|one| i128::from(one.gives)).sum(), 1000).clamp(0, 1000);
    let in_force = in_force(model, vetoes, day);
    let by_score =
        (known >= LEAST_KNOWN).then(|| model.grade_of(score, day).map(|grade| grade.grade.clone())).flatten();
    let grade = worst(model, by_score.clone(), &in_force, day);
    Assessment { day, score, grade, by_score, known, readings, vetoes: in_force }
}

/// Weight of each indicator of a day if all tell something, parts per million.
fn full_weights(model: &Model, day: Day) -> Vec<i64> {
    let (weights, _) = model.weighed(day).unwrap_or_default();
    let of = |dimension: &Text| {
        let at = model.dimensions(day).position(|one| one.dimension == *dimension);
        at.and_then(|at| weights.get(at)).copied().unwrap_or(0)
    };
    let shares: Vec<i64> = model.indicators(day).map(|one| of(&one.dimension) * one.share).collect();
    parts(&shares, MILLION)
}

fn read(model: &Model, indicator: &Indicator, observations: &[&Observation], day: Day) -> Reading {
    let weighed = |number: u64, of: Day| {
        // Thousandths; what decays is rounded half-up, so that a sum of many small ones loses nothing on average.
        rounded(
            i128::from(number) * 1000 * i128::from(decay(days(of, day), indicator.half_life)),
            i128::from(MILLION),
        )
    };
    let (mut part, mut whole, mut sample) = (0i64, 0i64, 0u64);
    let mut newest: Option<(Day, Decimal)> = None;
    for one in observations {
        match (&one.value, indicator.kind) {
            (Value::Ratio { part: of_it, whole: all }, Kind::Ratio) => {
                part = part.saturating_add(weighed(*of_it, one.day));
                whole = whole.saturating_add(weighed(*all, one.day));
                sample = sample.saturating_add(*all);
            }
            (Value::Count(times), Kind::Count) => {
                part = part.saturating_add(weighed(*times, one.day));
                sample += 1;
            }
            (Value::Latest(value), Kind::Latest) => {
                if newest.is_none_or(|(known, _)| known <= one.day) {
                    newest = Some((one.day, *value));
                }
                sample += 1;
            }
            // Of another kind than the table of the day: it tells nothing of it.
            _ => {}
        }
    }
    let value = match indicator.kind {
        Kind::Ratio if whole > 0 => {
            Decimal::from_units(i128::from(part) * Decimal::ONE.units() / i128::from(whole))
        }
        Kind::Ratio => Decimal::ZERO,
        Kind::Count => Decimal::from_units(i128::from(part) * Decimal::ONE.units() / 1000),
        Kind::Latest => newest.map_or(Decimal::ZERO, |(_, value)| value),
    };
    let told = match indicator.kind {
        // Nothing bad is known: that is something.
        Kind::Count => Told::Enough,
        _ if sample == 0 => Told::Nothing,
        _ if i128::from(sample) < i128::from(indicator.minimum)
            || (indicator.kind == Kind::Ratio && whole == 0) =>
        {
            Told::TooFew
        }
        _ => Told::Enough,
    };
    Reading {
        indicator: indicator.indicator.clone(),
        dimension: indicator.dimension.clone(),
        told,
        part,
        whole,
        sample,
        minimum: indicator.minimum,
        value,
        points: if told == Told::Enough { model.points(&indicator.indicator, value, day) } else { 0 },
        weight: 0,
        gives: 0,
        observations: observations.iter().map(|one| one.id.clone()).collect(),
        contested: observations.iter().filter(|one| one.contested).map(|one| one.id.clone()).collect(),
    }
}

/// What an observation still counts, parts per million: half after each half-life, on a line in between.
fn decay(age: i64, half_life: i64) -> i64 {
    if half_life == 0 {
        return MILLION;
    }
    let (halves, rest) = (age / half_life, age % half_life);
    if halves >= 20 {
        return 0;
    }
    let (from, to) = (MILLION >> halves, MILLION >> (halves + 1));
    from - rounded(i128::from(from - to) * i128::from(rest), i128::from(half_life))
}

/// Days from one to a later one; none below zero.
fn days(from: Day, to: Day) -> i64 {
    let between = date(from).zip(date(to)).and_then(|(from, to)| from.until((Unit::Day, to)).ok());
    between.map_or(0, |span| i64::from(span.get_days())).max(0)
}

fn date(day: Day) -> Option<Date> {
    Date::new(day.year() as i16, day.month() as i8, day.day_of_month() as i8).ok()
}

/// A day so many months later; of a longer month the last.
fn months_after(day: Day, months: i64) -> Day {
    let later = date(day).and_then(|date| date.checked_add(Span::new().months(months)).ok());
    let of = |date: Date| Day::from_ymd(date.year() as u32, date.month() as u32, date.day() as u32);
    later.and_then(of).unwrap_or(day)
}

fn in_force(model: &Model, vetoes: &[Veto], day: Day) -> Vec<(Veto, Day)> {
    let mut found = Vec::new();
    for veto in vetoes.iter().filter(|veto| veto.day <= day) {
        let Some(row) = model.vetoes(day).find(|row| row.veto == veto.veto) else { continue };
        let last = months_after(veto.day, row.months);
        if day <= last {
            found.push((veto.clone(), last));
        }
    }
    found
}

/// The grade of the score, or the worst that a veto leaves.
fn worst(model: &Model, by_score: Option<Text>, vetoes: &[(Veto, Day)], day: Day) -> Option<Text> {
    let grades = model.grades(day);
    let rank = |grade: &Text| grades.iter().position(|known| known.grade == *grade);
    let capped = vetoes.iter().filter_map(|(veto, _)| {
        model.vetoes(day).find(|row| row.veto == veto.veto).map(|row| row.grade.clone())
    });
    by_score.into_iter().chain(capped).max_by_key(|grade| rank(grade))
}
