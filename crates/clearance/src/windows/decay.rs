//! How older events weigh less: after a half-life half as much, after two a quarter, and in a straight line between. Whole
//! numbers only, so that the same rows say the same for ever. How long a half-life is, is a dated parameter
//! (`linked_half_life_days`), not ours.

use super::state::DAYS;
use super::{Measure, Span, Window};
use crate::keys::Time;

/// What an event of today weighs. After sixteen half-lives nothing is left of it.
const WHOLE: i128 = 1 << 16;

/// What an event of so many days ago weighs, of [`WHOLE`], cut down; without a half-life all weigh the same.
fn weight(age: u32, half_life: u32) -> i128 {
    if half_life == 0 {
        return WHOLE;
    }
    let (halvings, rest) = (age / half_life, i128::from(age % half_life));
    let begins = if halvings > 16 { 0 } else { WHOLE >> halvings };
    begins - begins * rest / (2 * i128::from(half_life))
}

impl Window {
    /// What is left of a measure over a span of days up to now: [`Measure::Recent`] in thousandths of one, [`Measure::RecentFen`]
    /// in fen, cut down once at the end. Days are exact over the last 32 at least; what is kept by thirties of days
    /// weighs as its last day does. None = another measure, or hours.
    pub fn recent(&self, measure: Measure, span: Span, now: Time, half_life: u32) -> Option<i64> {
        let Span::Days(days) = span else { return None };
        let of = |count: u32, fen: i64| match measure {
            Measure::Recent => Some(i128::from(count) * 1000),
            Measure::RecentFen => Some(i128::from(fen)),
            _ => None,
        };
        of(0, 0)?;
        let day = now.day_number();
        let reach = u32::from(days);
        // Thirties before the first that the days have whole; of that one on, the days.
        let first_thirty = if reach <= DAYS { 0 } else { (day + 1).saturating_sub(DAYS).div_ceil(30) };
        let young = self
            .days
            .iter()
            .filter(|cell| cell.slot <= day && cell.slot + reach > day && cell.slot >= first_thirty * 30);
        let oldest = (day + 1).saturating_sub(reach) / 30;
        let old = self.thirties.iter().filter(|cell| (oldest..first_thirty).contains(&cell.slot));
        let young = young.map(|cell| (cell, day - cell.slot));
        let old = old.map(|cell| (cell, day.saturating_sub(cell.slot * 30 + 29)));
        let left = young.chain(old).fold(0i128, |sum, (cell, age)| {
            sum.saturating_add(of(cell.count, cell.fen).unwrap_or(0).saturating_mul(weight(age, half_life)))
        });
        Some(i64::try_from(left / WHOLE).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::super::Raised;
    use super::*;
    use crate::facts::{CountKey, CountKind};

    fn day(number: i64) -> Time {
        // Noon in China.
        Time(number * 86_400_000 + 4 * 3_600_000)
    }

    fn window(events: &[(i64, i64)]) -> Window {
        let mut window = Window::default();
        for (on, fen) in events {
            let key = CountKey { kind: CountKind::ParcelIdentity, owner: "p".into() };
            window.add(&Raised { fen: *fen, ..Raised::once(key) }, day(*on));
        }
        window
    }

    #[test]
    fn a_half_life_halves_and_between_it_goes_in_a_straight_line() {
        for (age, of_whole) in [(0, 65_536), (15, 49_152), (30, 32_768), (45, 24_576), (60, 16_384), (480, 1)]
        {
            assert_eq!(weight(age, 30), of_whole, "{age}");
        }
        assert_eq!((weight(510, 30), weight(100_000, 30)), (0, 0));
        assert_eq!(weight(365, 0), WHOLE, "no half-life");
        // Never more than a younger one, and never below nothing.
        for age in 0..1000 {
            assert!(weight(age + 1, 30) <= weight(age, 30) && weight(age, 30) >= 0, "{age}");
        }
    }

    #[test]
    fn what_is_left_is_a_whole_number_of_what_was() {
        let today = 20_000;
        let window = window(&[(today - 30, 10_000), (today - 15, 10_000), (today, 10_001)]);
        let read = |measure, days| window.recent(measure, Span::Days(days), day(today), 30).unwrap();
        assert_eq!(read(Measure::Recent, 31), 500 + 750 + 1000);
        assert_eq!(read(Measure::RecentFen, 31), 5_000 + 7_500 + 10_001);
        // Thirty days are today and the twenty-nine before.
        assert_eq!(read(Measure::Recent, 30), 750 + 1000);
        assert_eq!(read(Measure::Recent, 1), 1000);
        assert_eq!(window.recent(Measure::Count, Span::Days(7), day(today), 30), None);
        assert_eq!(window.recent(Measure::Recent, Span::Hours(7), day(today), 30), None);
    }

    #[test]
    fn over_a_year_nothing_is_counted_twice_and_nothing_lost() {
        for today in 20_000..20_035 {
            let events: Vec<(i64, i64)> = (0..400).map(|ago| (today - 399 + ago, 100)).collect();
            let window = window(&events);
            // Without a half-life it is the plain sum: 365 days, and up to 29 more of the oldest thirty.
            let all = window.recent(Measure::Recent, Span::Days(365), day(today), 0).unwrap() / 1000;
            assert!((365..=394).contains(&all), "{today}: {all}");
            assert_eq!(window.recent(Measure::RecentFen, Span::Days(365), day(today), 0), Some(all * 100));
            // With one it is less, and a longer span is never less than a shorter.
            let left = |days| window.recent(Measure::Recent, Span::Days(days), day(today), 30).unwrap();
            assert!(left(30) <= left(62) && left(62) <= left(63) && left(63) <= left(365), "{today}");
            assert!(left(365) < all * 1000);
        }
    }
}
