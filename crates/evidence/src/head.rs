//! Signed heads: what a space states of all its writers at one moment, and how it is written down. Which key is whose, and
//! where private keys lie, is not known here.

use crate::hexadecimal::{hexadecimal, of_hexadecimal};
use crate::{Hash, tree};
use ring::digest::{Context, SHA256};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fmt::Write;

/// First line of a head that is written down; what is signed begins with it too.
pub(crate) const TITLE: &str = "onewindow evidence head 1";

/// What a writer has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WriterHead {
    /// Its number.
    pub writer: u16,
    /// How many rows: the sequence of its last.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// Head of the hash chain over them.
    pub chain: Hash,
}

/// What a space has: all writers at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpaceHead {
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// Writers with rows, by number.
    pub writers: Vec<WriterHead>,
}

impl SpaceHead {
    /// What is signed: SHA-256 of the title, a line feed, time(8), and of each writer in order of numbers
    /// writer(2) ‖ size(8) ‖ root(32) ‖ chain(32), all numbers with the highest byte first.
    pub fn digest(&self) -> Hash {
        let mut context = Context::new(&SHA256);
        context.update(TITLE.as_bytes());
        context.update(b"\n");
        context.update(&self.time.to_be_bytes());
        for writer in &self.writers {
            context.update(&writer.writer.to_be_bytes());
            context.update(&writer.size.to_be_bytes());
            context.update(&writer.root);
            context.update(&writer.chain);
        }
        tree::finish(context)
    }

    /// What it says of a writer.
    pub fn writer(&self, writer: u16) -> Option<&WriterHead> {
        self.writers.iter().find(|head| head.writer == writer)
    }
}

/// A public key of a space: Ed25519.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    /// From 1; the highest signs, older ones did.
    pub number: u32,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub made: i64,
    /// The key.
    pub public: [u8; 32],
}

/// Whoever can sign for a space.
pub struct Signer(Ed25519KeyPair);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl Signer {
    /// Of a private key: 32 random bytes. None where they are none that the algorithm takes.
    pub fn new(secret: &[u8; 32]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(secret).ok().map(Self)
    }

    /// Its public key.
    pub fn public(&self) -> [u8; 32] {
        let mut public = [0; 32];
        public.copy_from_slice(self.0.public_key().as_ref());
        public
    }

    /// Signs a text that is no head: a head is signed by its digest, which no text of ours is.
    pub fn sign_text(&self, text: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.0.sign(text).as_ref());
        signature
    }

    /// Signs a head.
    pub fn sign(&self, head: SpaceHead) -> SignedHead {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.0.sign(&head.digest()).as_ref());
        SignedHead { head, public: self.public(), signature }
    }
}

/// Whether a key signed a text that is no head: see [`Signer::sign_text`].
pub fn is_signed_text(public: &[u8; 32], text: &[u8], signature: &[u8; 64]) -> bool {
    UnparsedPublicKey::new(&ED25519, public).verify(text, signature).is_ok()
}

/// A head with its signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedHead {
    /// The head.
    pub head: SpaceHead,
    /// Whose signature: the public key.
    pub public: [u8; 32],
    /// Over [`SpaceHead::digest`].
    pub signature: [u8; 64],
}

/// A text is no signed head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadHead {
    /// Which line of it, from 1.
    pub line: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl std::fmt::Display for BadHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {} of the head is not `{}`", self.line, self.expected)
    }
}

impl std::error::Error for BadHead {}

/// The words of a line of a writer.
const WRITER_LINE: &str = "writer NUMBER size ROWS root DIGEST chain DIGEST";

impl SignedHead {
    /// Whether the key that it names signed it. Whether that is the space's key is for whoever knows the space's keys.
    pub fn is_signed(&self) -> bool {
        is_signed_text(&self.public, &self.head.digest(), &self.signature)
    }

    /// As it is written down: a line each for title, time, every writer, key and signature.
    pub fn to_text(&self) -> String {
        let mut text = format!("{TITLE}\ntime {}\n", self.head.time);
        for writer in &self.head.writers {
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "writer {} size {} root {} chain {}",
                writer.writer,
                writer.size,
                hexadecimal(&writer.root),
                hexadecimal(&writer.chain)
            );
        }
        let _ =
            write!(text, "key {}\nsignature {}\n", hexadecimal(&self.public), hexadecimal(&self.signature));
        text
    }

    /// The head of a text as [`SignedHead::to_text`] writes it.
    ///
    /// # Errors
    /// [`BadHead`] names the first line that is not as it should be.
    pub fn parse(text: &str) -> Result<Self, BadHead> {
        let mut partial = Partial::default();
        for line in text.lines() {
            if let Some(head) = partial.line(line)? {
                return Ok(head);
            }
        }
        Err(partial.bad())
    }
}

/// A head that is being read line by line.
#[derive(Default)]
pub(crate) struct Partial {
    lines: usize,
    time: Option<i64>,
    writers: Vec<WriterHead>,
    public: Option<[u8; 32]>,
}

/// A number; none unless it is written as we write it: one value has one text.
pub(crate) fn decimal<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|first: char| ('1'..='9').contains(&first)) || text == "0";
    if plain { text.parse().ok() } else { None }
}

impl Partial {
    fn bad(&self) -> BadHead {
        let expected = match (self.lines, self.time, self.public) {
            (0, _, _) => TITLE,
            (_, None, _) => "time MILLISECONDS",
            (_, _, None) => WRITER_LINE,
            _ => "signature SIGNATURE",
        };
        BadHead { line: self.lines + 1, expected }
    }

    /// The next line; the head once it is whole.
    pub fn line(&mut self, line: &str) -> Result<Option<SignedHead>, BadHead> {
        let taken = self.taken(line).ok_or_else(|| self.bad())?;
        self.lines += 1;
        Ok(taken)
    }

    fn taken(&mut self, line: &str) -> Option<Option<SignedHead>> {
        let words: Vec<&str> = line.split(' ').collect();
        match (words.as_slice(), self.lines, self.time, self.public) {
            (_, 0, _, _) => (line == TITLE).then_some(None),
            (["time", time], _, None, _) => {
                self.time = Some(decimal(time)?);
                Some(None)
            }
            (["writer", writer, "size", size, "root", root, "chain", chain], _, Some(_), None) => {
                let (writer, size) = (decimal(writer)?, decimal(size)?);
                let (root, chain) = (of_hexadecimal(root)?, of_hexadecimal(chain)?);
                if self.writers.last().is_some_and(|last| last.writer >= writer) {
                    return None;
                }
                self.writers.push(WriterHead { writer, size, root, chain });
                Some(None)
            }
            (["key", public], _, Some(_), None) => {
                self.public = Some(of_hexadecimal(public)?);
                Some(None)
            }
            (["signature", signature], _, Some(time), Some(public)) => {
                let head = SpaceHead { time, writers: std::mem::take(&mut self.writers) };
                Some(Some(SignedHead { head, public, signature: of_hexadecimal(signature)? }))
            }
            _ => None,
        }
    }
}
