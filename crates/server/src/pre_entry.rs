//! Which document was given a pre-entry number. No index has them, since every document has one: they are given in order, so the
//! row that gave one is found by halving the rows of each writer. What a caller may see of what is found is for who asks.

use clearance::keys::Position;
use store::{ChosenRead, Cursor, EventRow, Read, Row, StoreError};

/// Serials in a number: after so many they begin again.
const SERIALS: u64 = 1_000_000_000;
/// Rows that are looked through at most for the next one that was judged.
const ROWS: usize = 10_000;

/// The serial in a pre-entry number: a letter, a day and nine digits stand in it (SPEC §1.13).
fn serial_of(number: &str) -> Option<u64> {
    let (letter, digits) = number.split_at_checked(1)?;
    let fits = letter.bytes().all(|byte| byte.is_ascii_uppercase())
        && digits.len() == 17
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fits { digits.get(8..)?.parse().ok() } else { None }
}

/// The first row of a writer, from a sequence on, that was judged, and the serial with which it began; none = there is none.
async fn judged_from(
    read: &ChosenRead,
    ends: &Cursor,
    at: Position,
) -> Result<Option<(Position, u64, EventRow)>, StoreError> {
    let mut after = ends.clone();
    for (writer, sequence) in &mut after.writers {
        if *writer == at.writer {
            *sequence = at.sequence - 1;
        }
    }
    let (mut found, mut looked) = (None, 0);
    let mut visit = |position: Position, row: Row| {
        looked += 1;
        if let Row::Event(row) = row
            && position.writer == at.writer
            && let Some(serial) = row.outcome.as_ref().map(|outcome| outcome.read.serial)
        {
            found = Some((position, serial, *row));
        }
        found.is_none() && looked < ROWS
    };
    read.scan(&after, &mut visit).await?;
    Ok(found)
}

/// The row of a writer that took a serial: the last that began with it or with one before it.
async fn taker(
    read: &ChosenRead,
    ends: &Cursor,
    (writer, last): (u16, u64),
    serial: u64,
) -> Result<Option<(Position, EventRow)>, StoreError> {
    let (mut low, mut high, mut best) = (0, last, None);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        match judged_from(read, ends, Position { writer, sequence: middle }).await? {
            Some((position, began, row)) if began <= serial => {
                // Rows before it that were not judged began with nothing.
                low = position.sequence;
                best = Some((position, row));
            }
            _ => high = middle - 1,
        }
    }
    Ok(best)
}

/// The rows that gave a pre-entry number: one, unless writers share numbers or numbers began again.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub async fn given(read: &ChosenRead, number: &str) -> Result<Vec<(Position, EventRow)>, StoreError> {
    let mut found = Vec::new();
    let Some(first) = serial_of(number) else { return Ok(found) };
    let ends = read.position().await?;
    for (writer, last) in ends.writers.iter().copied() {
        let (mut serial, mut before) = (first, None);
        while let Some((position, row)) = taker(read, &ends, (writer, last), serial).await? {
            // The newest row again: no later serial was given.
            if before == Some(position) {
                break;
            }
            before = Some(position);
            let gave = row.outcome.as_ref().and_then(|outcome| outcome.answer.pre_no.as_deref());
            if gave == Some(number) {
                found.push((position, row));
            }
            serial = serial.saturating_add(SERIALS);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pre_entry_number_has_its_serial_in_it() {
        assert_eq!(serial_of("B20261123000000012"), Some(12));
        for other in
            ["", "B", "b20261123000000012", "B2026112300000001", "B2026112300000001x", "样20261123000000012"]
        {
            assert_eq!(serial_of(other), None, "{other}");
        }
    }
}
