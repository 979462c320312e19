//! The state of a window as bytes, the same in both stores: a number of the form, then cells, those seen and levels, each number
//! as short as it is. Bytes that cannot be read are an empty window: the state is derived, and what a decision read of it is in
//! its row. And what a row adds to windows, whoever asks.

use crate::Row;
use clearance::keys::Time;
use clearance::windows::{self, Cell, Level, Measure, Raised, Seen, Window};
use std::borrow::Cow;

/// Days and counts alone, four bytes each: how PostgreSQL kept them before, as its migration hands them over.
const DAYS: u8 = 0;
/// All of it.
const WHOLE: u8 = 1;

impl Row {
    /// What it adds to windows, and when: what was judged, or a parcel that was recorded. The same for whoever writes it, and whoever
    /// makes windows anew from rows.
    pub fn counted(&self) -> Option<(Cow<'_, [Raised]>, Time)> {
        let (raised, time) = match self {
            Self::Event(event) => {
                let outcome = event.outcome.as_deref()?;
                (Cow::Borrowed(outcome.counted.as_slice()), outcome.now)
            }
            Self::Record(record) => (Cow::Owned(windows::of_record(record)), record.changed),
            _ => return None,
        };
        (!raised.is_empty()).then_some((raised, time))
    }
}

/// The bytes of a state.
pub fn put(window: &Window) -> Vec<u8> {
    let mut out = vec![WHOLE];
    for cells in [&window.hours, &window.days, &window.thirties] {
        number(cells.len() as u64, &mut out);
        let mut before = 0;
        for cell in cells {
            // They stand in order: the difference is small.
            number(u64::from(cell.slot - before), &mut out);
            before = cell.slot;
            number(cell.count.into(), &mut out);
            number(zigzag(cell.fen), &mut out);
            number(cell.pieces.into(), &mut out);
        }
    }
    number(window.seen.len() as u64, &mut out);
    for seen in &window.seen {
        out.push(seen.what as u8);
        out.extend_from_slice(&seen.name.to_be_bytes());
        number(seen.day.into(), &mut out);
    }
    number(window.levels.len() as u64, &mut out);
    for level in &window.levels {
        out.push(level.what as u8);
        number(level.slot.into(), &mut out);
        number(level.step.into(), &mut out);
        number(level.count.into(), &mut out);
    }
    out
}

/// The state of bytes.
pub fn get(bytes: &[u8]) -> Window {
    match bytes.split_first() {
        Some((&DAYS, rest)) => of_days(rest),
        Some((&WHOLE, rest)) => whole(&mut { rest }).unwrap_or_default(),
        _ => Window::default(),
    }
}

fn of_days(bytes: &[u8]) -> Window {
    let mut window = Window::default();
    for pair in bytes.chunks_exact(8) {
        let (day, count) = pair.split_at(4);
        let four = |bytes: &[u8]| bytes.try_into().map(u32::from_be_bytes).unwrap_or_default();
        let cell = Cell { slot: four(day), count: four(count), ..Cell::default() };
        window.days.push(cell);
        match window.thirties.last_mut().filter(|last| last.slot == cell.slot / 30) {
            Some(last) => last.count = last.count.saturating_add(cell.count),
            None => window.thirties.push(Cell { slot: cell.slot / 30, ..cell }),
        }
    }
    window
}

fn whole(bytes: &mut &[u8]) -> Option<Window> {
    let mut window = Window::default();
    for cells in [&mut window.hours, &mut window.days, &mut window.thirties] {
        let mut slot = 0u32;
        for _ in 0..take(bytes)? {
            slot = slot.checked_add(small(bytes)?)?;
            let (count, fen, pieces) = (small(bytes)?, take(bytes)?, small(bytes)?);
            cells.push(Cell { slot, count, fen: (fen >> 1) as i64 ^ -((fen & 1) as i64), pieces });
        }
    }
    for _ in 0..take(bytes)? {
        let what = measure(bytes)?;
        let (name, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        window.seen.push(Seen { what, name: u32::from_be_bytes(*name), day: small(bytes)? });
    }
    for _ in 0..take(bytes)? {
        let (what, slot) = (measure(bytes)?, small(bytes)?);
        let (step, count) = (u16::try_from(take(bytes)?).ok()?, small(bytes)?);
        window.levels.push(Level { what, slot, step, count });
    }
    Some(window)
}

fn measure(bytes: &mut &[u8]) -> Option<Measure> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Measure::from_number(*first)
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn small(bytes: &mut &[u8]) -> Option<u32> {
    u32::try_from(take(bytes)?).ok()
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7F) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::facts::{CountKey, CountKind};
    use clearance::windows::Span;

    #[test]
    fn a_state_comes_back_whole_and_cut_bytes_are_no_panic() {
        let mut window = Window::default();
        for number in 0..500u32 {
            let raised = Raised {
                fen: i64::from(number) * 997 - 5_000,
                pieces: number,
                others: vec![(Measure::Identities, number), (Measure::Orders, number % 7)],
                price: Some(u64::from(number) * 31 + 1),
                grams: (number % 3 == 0).then_some(800),
                ..Raised::once(CountKey { kind: CountKind::Goods, owner: "g".into() })
            };
            window.add(&raised, Time(1_790_000_000_000 + i64::from(number) * 7_000_000));
        }
        let bytes = put(&window);
        assert_eq!(get(&bytes), window);
        assert!(bytes.len() < 2_500, "{} bytes", bytes.len());
        for cut in 0..bytes.len() {
            get(&bytes[..cut]);
        }
    }

    #[test]
    fn days_and_counts_of_before_are_read() {
        let now = Time(1_790_000_000_000);
        let today = now.day_number();
        let mut bytes = vec![DAYS];
        for (day, count) in [(today - 20, 3u32), (today, 4)] {
            bytes.extend_from_slice(&day.to_be_bytes());
            bytes.extend_from_slice(&count.to_be_bytes());
        }
        let window = get(&bytes);
        let count = |days| window.read(Measure::Count, Span::Days(days), now);
        assert_eq!((count(1), count(20), count(21), count(300)), (Some(4), Some(4), Some(7), Some(7)));
    }
}
