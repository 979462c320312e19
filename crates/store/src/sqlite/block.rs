//! Rows of a commit that are sealed together: they share most of their texts, so a block of them is a quarter smaller than each
//! alone, and compressed and encrypted once. Each keeps a digest of its own, under a salt of its own, so that one can be erased
//! from a block without the others. Where blocks lie is `ledger_files`' matter.
//!
//! What is encrypted of a block: payloads ‖ their lengths, four bytes each ‖ salts where they are told ‖ 1 where they are, else
//! 0 ‖ how many rows. Salts are told once a row was erased; until then they follow from the blob's, which goes with the row.

use crate::codec::kind;
use crate::crypt::{Keyring, Unsealable};
use ring::digest::{Context, SHA256};
use std::ops::Range;

/// Rows of a block at most. Reading one opens all: twice as many save another two percent of the disk.
pub(super) const ROWS: usize = 16;
/// Bytes of their payloads at most; a longer row is sealed alone.
pub(super) const BYTES: usize = 64 << 10;
/// The length that stands for an erased row.
const ERASED: u32 = u32::MAX;
/// What the dictionary of blocks was made of.
const CLASS: u8 = kind::EVENT;

type Salt = [u8; 16];

fn digest_of(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// The salt of a row, unless it is told.
fn salt_of(block: &Salt, index: usize) -> Salt {
    let mut salt = [0; 16];
    salt.copy_from_slice(&digest_of(&[b"onewindow row", block, &index.to_be_bytes()])[..16]);
    salt
}

fn digest_under(salt: &Salt, payload: &[u8]) -> [u8; 32] {
    digest_of(&[salt, payload])
}

/// Seals payloads that stand one after the other, and appends to them what it needs: the blob, and the digest of each.
///
/// # Errors
/// When they cannot be sealed.
pub(super) fn seal(
    keyring: &Keyring,
    payloads: &mut Vec<u8>,
    lengths: &[usize],
) -> Result<(Vec<u8>, Vec<[u8; 32]>), Unsealable> {
    let block: Salt = keyring.random()?;
    let mut digests = Vec::with_capacity(lengths.len());
    let mut at = 0;
    for (index, length) in lengths.iter().enumerate() {
        let payload = payloads.get(at..at + length).unwrap_or_default();
        digests.push(digest_under(&salt_of(&block, index), payload));
        at += length;
    }
    for length in lengths {
        payloads.extend_from_slice(&(*length as u32).to_be_bytes());
    }
    payloads.extend_from_slice(&[0, lengths.len() as u8]);
    Ok((keyring.seal(CLASS, payloads, block)?, digests))
}

/// A block, opened.
pub(super) struct Block {
    plain: Vec<u8>,
    /// Where each row lies, and its salt; none = erased.
    rows: Vec<Option<(Range<usize>, Salt)>>,
}

impl Block {
    /// Opens a blob.
    ///
    /// # Errors
    /// When it was changed, its key is not here, or it is no block.
    pub fn open(keyring: &Keyring, blob: &[u8]) -> Result<Self, Unsealable> {
        const SHORT: Unsealable = Unsealable("a block of rows is cut short");
        let plain = keyring.open(blob)?;
        let block: Salt = blob.get(..16).and_then(|salt| salt.try_into().ok()).ok_or(SHORT)?;
        let (rest, tail) = plain.split_last_chunk::<2>().ok_or(SHORT)?;
        let (told, count) = (tail[0] == 1, usize::from(tail[1]));
        let told_bytes = if told { count * 16 } else { 0 };
        let (rest, salts) = rest.len().checked_sub(told_bytes).map(|at| rest.split_at(at)).ok_or(SHORT)?;
        let directory = rest.len().checked_sub(count * 4).ok_or(SHORT)?;
        let mut rows = Vec::with_capacity(count);
        let mut at = 0;
        for (index, length) in rest.get(directory..).unwrap_or_default().chunks_exact(4).enumerate() {
            let length = u32::from_be_bytes(length.try_into().map_err(|_| SHORT)?);
            if length == ERASED {
                rows.push(None);
                continue;
            }
            let range = at..at + length as usize;
            at = range.end;
            if at > directory {
                return Err(SHORT);
            }
            let salt = if told {
                salts.get(index * 16..index * 16 + 16).and_then(|salt| salt.try_into().ok()).ok_or(SHORT)?
            } else {
                salt_of(&block, index)
            };
            rows.push(Some((range, salt)));
        }
        Ok(Self { plain, rows })
    }

    /// The payload of a row; none where it was erased, or never was.
    pub fn payload(&self, index: usize) -> Option<&[u8]> {
        let (range, _) = self.rows.get(index)?.as_ref()?;
        self.plain.get(range.clone())
    }

    /// Whether a row is the one of which this is the digest.
    pub fn holds(&self, index: usize, digest: &[u8]) -> bool {
        let salt = self.rows.get(index).and_then(Option::as_ref).map(|(_, salt)| salt);
        salt.zip(self.payload(index)).is_some_and(|(salt, payload)| digest_under(salt, payload) == digest)
    }

    /// The block without some rows, sealed anew under another salt, from which nothing of theirs follows.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn without(&self, keyring: &Keyring, erased: &[usize]) -> Result<Vec<u8>, Unsealable> {
        let kept =
            |index: usize| self.rows.get(index).and_then(Option::as_ref).filter(|_| !erased.contains(&index));
        let (mut plain, mut lengths, mut salts) = (Vec::new(), Vec::new(), Vec::new());
        for index in 0..self.rows.len() {
            let row = kept(index).and_then(|(range, salt)| Some((self.plain.get(range.clone())?, salt)));
            let (payload, salt) = row.unwrap_or((&[], &[0; 16]));
            plain.extend_from_slice(payload);
            let length = if row.is_some() { payload.len() as u32 } else { ERASED };
            lengths.extend_from_slice(&length.to_be_bytes());
            salts.extend_from_slice(salt);
        }
        plain.extend_from_slice(&lengths);
        plain.extend_from_slice(&salts);
        plain.extend_from_slice(&[1, self.rows.len() as u8]);
        keyring.seal(CLASS, &plain, keyring.random()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring() -> Keyring {
        let keyring = Keyring::default();
        keyring.add_key(1, &[7; 32]);
        keyring.use_key(1);
        keyring
    }

    #[test]
    fn rows_come_out_as_they_went_in_and_each_has_its_digest() {
        let keyring = keyring();
        let rows: [&[u8]; 4] = [b"one", b"", b"three and more", b"one"];
        let lengths: Vec<usize> = rows.iter().map(|row| row.len()).collect();
        let (blob, digests) = seal(&keyring, &mut rows.concat(), &lengths).unwrap();
        let block = Block::open(&keyring, &blob).unwrap();
        for (index, (row, digest)) in rows.iter().zip(&digests).enumerate() {
            assert_eq!(block.payload(index), Some(*row));
            assert!(block.holds(index, digest));
        }
        // The same bytes twice: nobody sees it by their digests.
        assert_ne!(digests[0], digests[3]);
        assert!(!block.holds(0, &digests[3]));
        assert_eq!((block.payload(4), block.holds(4, &digests[0])), (None, false));
    }

    #[test]
    fn an_erased_row_is_gone_and_the_others_stay_what_was_committed() {
        let keyring = keyring();
        let rows: [&[u8]; 3] = [b"first", b"of a person", b"last"];
        let lengths: Vec<usize> = rows.iter().map(|row| row.len()).collect();
        let (blob, digests) = seal(&keyring, &mut rows.concat(), &lengths).unwrap();
        let once = Block::open(&keyring, &blob).unwrap().without(&keyring, &[1]).unwrap();
        let block = Block::open(&keyring, &once).unwrap();
        assert!(!block.plain.windows(6).any(|window| window == b"person"));
        assert_eq!(
            (block.payload(0), block.payload(1), block.payload(2)),
            (Some(rows[0]), None, Some(rows[2]))
        );
        assert_eq!([0, 1, 2].map(|index| block.holds(index, &digests[index])), [true, false, true]);
        // What confirmed a guess of it is gone, too.
        let salt: Salt = once[..16].try_into().unwrap();
        assert!(digest_under(&salt_of(&salt, 1), rows[1]) != digests[1]);
        assert!(block.rows[1].is_none());
        let twice = block.without(&keyring, &[0]).unwrap();
        let block = Block::open(&keyring, &twice).unwrap();
        assert_eq!((block.payload(0), block.payload(1), block.payload(2)), (None, None, Some(rows[2])));
        assert!(block.holds(2, &digests[2]));
    }

    #[test]
    fn what_is_no_block_is_refused() {
        let keyring = keyring();
        for plain in [&b""[..], b"\0", b"\0\x01", b"\x01\x05", b"\0\0\0\x09\0\x01", &[0, 255], &[1, 255]] {
            let blob = keyring.seal(CLASS, plain, [1; 16]).unwrap();
            assert!(Block::open(&keyring, &blob).is_err(), "{plain:?}");
        }
        let (mut blob, _) = seal(&keyring, &mut b"row".to_vec(), &[3]).unwrap();
        if let Some(byte) = blob.last_mut() {
            *byte ^= 1;
        }
        assert!(Block::open(&keyring, &blob).is_err());
    }
}
