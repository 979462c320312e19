//! Looks through the footer of a Parquet file before others' code reads it: that makes room for as many elements as a list names,
//! before it finds that they are not there, and so an altered byte could ask for more memory than there is.

use std::fs::File;
use std::io::{Error, Read, Result, Seek, SeekFrom};

/// Bytes at the end of a file: the length of the footer and the magic word.
const END: u64 = 8;
/// Structures within structures that are followed at most.
const DEPTH: u8 = 32;

/// What is left of a footer, in Thrift's compact form.
struct Left<'a>(&'a [u8]);

impl Left<'_> {
    fn skip(&mut self, count: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn structure(&mut self, depth: u8) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        loop {
            let head = self.byte()?;
            match (head >> 4, head & 15) {
                (_, 0) => return Some(()),
                // Of a field that is true or false the head says which.
                (0, 1 | 2) => self.number().map(|_| ())?,
                (_, 1 | 2) => {}
                (0, kind) => {
                    self.number()?;
                    self.value(kind, depth)?;
                }
                (_, kind) => self.value(kind, depth)?,
            }
        }
    }

    fn value(&mut self, kind: u8, depth: u8) -> Option<()> {
        match kind {
            1..=3 => self.skip(1),
            4..=6 => self.number().map(|_| ()),
            7 => self.skip(8),
            8 => {
                let length = self.number()?;
                self.skip(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.number()? } else { u64::from(head >> 4) };
                // An element has a byte at least.
                let depth = depth.checked_sub(1).filter(|_| count <= self.0.len() as u64)?;
                (0..count).try_for_each(|_| self.value(head & 15, depth))
            }
            12 => self.structure(depth),
            _ => None,
        }
    }
}

/// Whether a footer holds what its lists name.
fn holds(footer: &[u8]) -> bool {
    Left(footer).structure(DEPTH).is_some()
}

/// Looks through the footer of a file.
///
/// # Errors
/// When it cannot be read, or is none.
pub(crate) fn look(file: &mut File) -> Result<()> {
    let whole = file.seek(SeekFrom::End(0))?;
    let mut end = [0; END as usize];
    file.seek(SeekFrom::Start(whole.saturating_sub(END)))?;
    file.read_exact(&mut end)?;
    let [one, two, three, four, magic @ ..] = end;
    let length = u64::from(u32::from_le_bytes([one, two, three, four]));
    let begin = whole.checked_sub(END + length).filter(|_| magic == *b"PAR1");
    let begin = begin.ok_or_else(|| Error::other("it does not end as a Parquet file does"))?;
    file.seek(SeekFrom::Start(begin))?;
    let mut footer = Vec::new();
    file.take(length).read_to_end(&mut footer)?;
    if holds(&footer) { Ok(()) } else { Err(Error::other("its footer does not hold what it says")) }
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn lists_have_the_elements_that_they_name() {
        // Field 1: a list of so many small numbers; then the end.
        assert!(holds(&[0x19, 0x35, 2, 4, 6, 0]));
        assert!(holds(&[0x19, 0xf5, 3, 2, 4, 6, 0]));
        assert!(!holds(&[0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 7, 2, 4, 6, 0]), "too many");
        assert!(!holds(&[0x19, 0x35, 2, 4]), "too few");
        // A text, and one that is longer than what follows.
        assert!(holds(&[0x18, 2, b'a', b'b', 0]));
        assert!(!holds(&[0x18, 9, b'a', b'b', 0]));
        // True, and a structure within.
        assert!(holds(&[0x11, 0x1c, 0x15, 2, 0, 0]));
        assert!(!holds(&[0x1c; 100]), "without an end");
        assert!(!holds(&[]));
    }
}
