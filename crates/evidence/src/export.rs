//! The text of an export: lines, each ended by a line feed. What reads and checks it is `audit`.
//!
//! ```text
//! onewindow evidence export 1
//! key NUMBER MILLISECONDS PUBLIC-KEY             every key of the space, oldest first
//! onewindow evidence head 1                      every published head, oldest first, as it is written down;
//! …                                              the last covers all entries
//! entries
//! WRITER SEQUENCE MILLISECONDS KIND DIGEST LINK  writers in order of numbers, rows in order
//! end COUNT
//! ```
//!
//! A link is the beginning of the chain head after the entry: it names the very entry that was altered. What cannot be forged
//! are the roots and chain heads of the signed heads.

use crate::hexadecimal::hexadecimal;
use crate::{Entry, Hash, Key, SignedHead};

/// First line.
pub(crate) const TITLE: &str = "onewindow evidence export 1";
/// Line before the entries.
pub(crate) const ENTRIES: &str = "entries";
/// Bytes of a chain head that a link has.
pub(crate) const LINK: usize = 8;

/// Everything before the entries.
pub fn header(keys: &[Key], heads: &[SignedHead]) -> String {
    let mut text = format!("{TITLE}\n");
    for key in keys {
        text.push_str(&format!("key {} {} {}\n", key.number, key.made, hexadecimal(&key.public)));
    }
    for head in heads {
        text.push_str(&head.to_text());
    }
    text.push_str(ENTRIES);
    text.push('\n');
    text
}

/// The line of an entry; `chain` is the chain head after it.
pub fn entry_line(entry: &Entry, chain: &Hash) -> String {
    let Entry { writer, sequence, time, kind, digest } = entry;
    format!(
        "{writer} {sequence} {time} {kind} {} {}\n",
        hexadecimal(digest),
        hexadecimal(chain.get(..LINK).unwrap_or_default())
    )
}

/// The last line.
pub fn end_line(count: u64) -> String {
    format!("end {count}\n")
}
