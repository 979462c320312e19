//! What a key's declarations add up to: sums by hour, day and month, who was seen with it last when, and how prices spread.
//! Everything is bounded: a key that all trades share takes no more than one of a few. Whole numbers only; the same rows in
//! the same order give the same state.

use super::{Measure, Raised, Span};
use crate::keys::Time;

/// What happened in an hour, a day or a month.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Cell {
    /// Hours or days since 1970 in China, or thirties of days.
    pub slot: u32,
    /// How often.
    pub count: u32,
    /// Fen.
    pub fen: i64,
    /// Pieces.
    pub pieces: u32,
}

/// Somebody or something that was seen with the key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Which of the measures that count different ones.
    pub what: Measure,
    /// 32 bits of its name: among as many as are kept, two share them once in two million.
    pub name: u32,
    /// The last day.
    pub day: u32,
}

/// How many values of a thirty of days lie on a step of the scale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Level {
    /// Which of the medians.
    pub what: Measure,
    /// The thirty of days.
    pub slot: u32,
    /// The step.
    pub step: u16,
    /// How many.
    pub count: u32,
}

/// The state of a key.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Window {
    /// By hour, newest last.
    pub hours: Vec<Cell>,
    /// By day.
    pub days: Vec<Cell>,
    /// By thirty of days.
    pub thirties: Vec<Cell>,
    /// Different ones, by measure and name.
    pub seen: Vec<Seen>,
    /// How values spread, by measure, thirty and step.
    pub levels: Vec<Level>,
}

/// How many cells of a width are kept.
const HOURS: u32 = 48;
pub(super) const DAYS: u32 = 62;
const THIRTIES: u32 = 14;
/// Thirties over which medians are kept.
const LEVELS: u32 = 5;
/// Steps of the scale between a number and its double: a median is at most 1/32 (3.2 %) beside the true one.
const STEPS: u32 = 16;

impl Window {
    /// How many different ones of a sort are kept: those seen last. A window that has more says this many.
    pub const DISTINCT: usize = 64;

    /// One more declaration.
    pub fn add(&mut self, raised: &Raised, now: Time) {
        let (hour, day) = (hour(now), now.day_number());
        put(&mut self.hours, hour, HOURS, raised);
        put(&mut self.days, day, DAYS, raised);
        put(&mut self.thirties, day / 30, THIRTIES, raised);
        for (what, name) in &raised.others {
            self.see(*what, *name, day);
        }
        let values = [(Measure::PriceMedian, raised.price), (Measure::WeightMedian, raised.grams)];
        for (what, value) in values {
            if let Some(value) = value {
                self.level(what, day / 30, step(value));
            }
        }
    }

    fn see(&mut self, what: Measure, name: u32, day: u32) {
        match self.seen.binary_search_by_key(&(what, name), |seen| (seen.what, seen.name)) {
            Ok(at) => self.seen.iter_mut().skip(at).take(1).for_each(|seen| seen.day = seen.day.max(day)),
            Err(at) => {
                self.seen.insert(at, Seen { what, name, day });
                if self.seen.iter().filter(|seen| seen.what == what).count() > Self::DISTINCT {
                    self.lose_oldest(what);
                }
            }
        }
    }

    fn lose_oldest(&mut self, what: Measure) {
        let of_it = self.seen.iter().enumerate().filter(|(_, seen)| seen.what == what);
        if let Some(oldest) = of_it.min_by_key(|(_, seen)| (seen.day, seen.name)).map(|(at, _)| at) {
            self.seen.remove(oldest);
        }
    }

    fn level(&mut self, what: Measure, slot: u32, step: u16) {
        match self
            .levels
            .binary_search_by_key(&(what, slot, step), |level| (level.what, level.slot, level.step))
        {
            Ok(at) => self
                .levels
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|level| level.count = level.count.saturating_add(1)),
            Err(at) => {
                self.levels.insert(at, Level { what, slot, step, count: 1 });
                self.levels.retain(|level| level.slot + LEVELS > slot);
            }
        }
    }

    /// What another writer saw of the same key.
    pub fn join(&mut self, other: &Self) {
        join_cells(&mut self.hours, &other.hours, HOURS);
        join_cells(&mut self.days, &other.days, DAYS);
        join_cells(&mut self.thirties, &other.thirties, THIRTIES);
        for seen in &other.seen {
            self.see(seen.what, seen.name, seen.day);
        }
        for level in &other.levels {
            self.level(level.what, level.slot, level.step);
            let more = level.count - 1;
            self.levels
                .iter_mut()
                .filter(|own| (own.what, own.slot, own.step) == (level.what, level.slot, level.step))
                .for_each(|own| own.count = own.count.saturating_add(more));
        }
    }

    /// What a measure is over a span up to now; none = there is nothing to take a median of.
    pub fn read(&self, measure: Measure, span: Span, now: Time) -> Option<i64> {
        match measure {
            Measure::Count => Some(self.sum(span, now, |cell| cell.count.into())),
            Measure::Fen => Some(self.sum(span, now, |cell| cell.fen)),
            Measure::Pieces => Some(self.sum(span, now, |cell| cell.pieces.into())),
            Measure::PriceMedian | Measure::WeightMedian => self.median(measure, span, now),
            // They ask for a half-life besides (`decay`); a score is of no window.
            Measure::Recent | Measure::RecentFen | Measure::Score => None,
            different => Some(self.different(different, span, now)),
        }
    }

    fn sum(&self, span: Span, now: Time, of: impl Fn(&Cell) -> i64) -> i64 {
        let day = now.day_number();
        let (cells, at, reach) = match span {
            Span::Hours(hours) => (&self.hours, hour(now), u32::from(hours)),
            Span::Days(days) if u32::from(days) <= DAYS => (&self.days, day, u32::from(days)),
            Span::Days(days) => (&self.thirties, day / 30, thirties(days, day)),
        };
        let within = cells.iter().filter(|cell| cell.slot <= at && cell.slot + reach > at);
        within.fold(0i64, |sum, cell| sum.saturating_add(of(cell)))
    }

    fn different(&self, what: Measure, span: Span, now: Time) -> i64 {
        let day = now.day_number();
        let reach = match span {
            Span::Days(days) => u32::from(days),
            Span::Hours(_) => 1,
        };
        self.seen.iter().filter(|seen| seen.what == what && seen.day + reach > day).count() as i64
    }

    /// The lower median, as the middle of its step.
    fn median(&self, what: Measure, span: Span, now: Time) -> Option<i64> {
        let day = now.day_number();
        let reach = match span {
            Span::Days(days) => thirties(days, day),
            Span::Hours(_) => 1,
        };
        let within = |level: &&Level| level.what == what && level.slot + reach > day / 30;
        let mut steps: Vec<(u16, u64)> =
            self.levels.iter().filter(within).map(|level| (level.step, level.count.into())).collect();
        steps.sort_unstable();
        let all: u64 = steps.iter().map(|(_, count)| count).sum();
        let mut left = all.div_ceil(2);
        steps.into_iter().find_map(|(step, count)| {
            let found = left <= count;
            left = left.saturating_sub(count);
            found.then(|| middle(step))
        })
    }
}

/// How many thirties of days a span touches.
fn thirties(days: u16, today: u32) -> u32 {
    let first = (today + 1).saturating_sub(days.into());
    today / 30 - first / 30 + 1
}

/// Hours since 1970 in China.
fn hour(now: Time) -> u32 {
    const CHINA: i64 = 8;
    u32::try_from(now.0.div_euclid(3_600_000) + CHINA).unwrap_or(0)
}

fn put(cells: &mut Vec<Cell>, slot: u32, keep: u32, raised: &Raised) {
    put_cell(cells, Cell { slot, count: 1, fen: raised.fen, pieces: raised.pieces }, keep);
}

fn put_cell(cells: &mut Vec<Cell>, more: Cell, keep: u32) {
    let at = cells.partition_point(|cell| cell.slot < more.slot);
    match cells.get_mut(at).filter(|cell| cell.slot == more.slot) {
        Some(cell) => {
            cell.count = cell.count.saturating_add(more.count);
            cell.fen = cell.fen.saturating_add(more.fen);
            cell.pieces = cell.pieces.saturating_add(more.pieces);
        }
        None => {
            cells.insert(at, more);
            let newest = cells.last().map_or(more.slot, |cell| cell.slot);
            cells.retain(|cell| cell.slot + keep > newest);
        }
    }
}

fn join_cells(own: &mut Vec<Cell>, others: &[Cell], keep: u32) {
    for cell in others {
        put_cell(own, *cell, keep);
    }
}

/// The step of a value on a scale of [`STEPS`] to each doubling; small values have a step each.
fn step(value: u64) -> u16 {
    if value < u64::from(STEPS) {
        return value as u16;
    }
    let doubling = value.ilog2();
    let within = (value >> (doubling - STEPS.ilog2())) as u32 - STEPS;
    ((doubling - STEPS.ilog2() + 1) * STEPS + within) as u16
}

/// The middle of a step.
fn middle(step: u16) -> i64 {
    let step = u32::from(step);
    if step < STEPS {
        return i64::from(step);
    }
    let shift = step / STEPS - 1;
    let low = i64::from(STEPS + step % STEPS) << shift;
    low + ((1i64 << shift) - 1) / 2
}
