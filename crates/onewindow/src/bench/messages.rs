//! What is sent: messages of whole trades, written to a file before the measurement, so that the generator's messages
//! are neither made on the measured time nor counted as the window's memory. Who sends them and when is `send`'s.

use crate::{Failure, generate};
use ceb::signature::{Profile, Signer, Subject, generate_rsa, generate_sm2};
use clearance::Text;
use clearance::keys::Time;
use clearance::sample::{self, Trade};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How messages are signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Signed {
    /// RSA 2048 with SHA-256.
    Rsa,
    /// SM2 with SM3.
    Sm2,
}

impl Signed {
    /// The word of the option.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Sm2 => "sm2",
        }
    }

    fn signer(self) -> Result<(Signer, Profile), Failure> {
        // It names no enterprise: any sender may use it who need not sign.
        let subject = Subject {
            enterprise_code: "",
            enterprise_name: "",
            serial: 1,
            not_before: 20_200_101_000_000,
            not_after: 20_491_231_235_959,
        };
        Ok(match self {
            Self::Rsa => (generate_rsa(2048, &subject)?.signer()?, Profile::RsaSha256),
            Self::Sm2 => (generate_sm2(&subject)?.signer()?, Profile::Sm2Sm3),
        })
    }
}

/// What is sold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Mode {
    /// Direct purchase (9610): each parcel arrives from abroad.
    Direct,
    /// From a bonded book (1210), which is opened and filled first: each list is held against it and takes its goods.
    Bonded,
}

impl Mode {
    /// The word of the option.
    pub fn word(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Bonded => "bonded",
        }
    }
}

/// Consumers: as many as a million declarations a year have.
const PERSONS: u64 = 1_000_000;

/// Trades whose parcels one arrival names; a message of one document is not alone with its arrival.
pub const ARRIVING: usize = 100;

/// Declarations generated at a time.
pub const STEP: u64 = 10_000;

/// A message in the file.
#[derive(Clone, Copy)]
pub struct Letter {
    sender: u16,
    /// Declarations in it.
    pub declarations: u16,
    length: u32,
    offset: u64,
}

/// Messages of whole trades in an order in which a declaration follows its partners, and the arrival all of them. One
/// connection sends a group, one message after the other.
pub struct Group {
    /// Its messages.
    pub letters: Vec<Letter>,
}

/// All that is sent in one measurement.
pub struct Tape {
    file: File,
    senders: Vec<Text>,
    groups: Vec<Group>,
    next: AtomicUsize,
    /// Declarations in it.
    pub declarations: u64,
    /// Messages in it.
    pub messages: u64,
    /// Bytes of all its messages.
    pub volume: u64,
}

/// Which trades a tape is made of.
#[derive(Clone, Copy)]
pub struct Traffic {
    /// Seed of the trades.
    pub seed: u64,
    /// How many declarations.
    pub declarations: u64,
    /// Documents in a message.
    pub batch: u64,
    /// Trades whose parcels one arrival names, where a message has one document: so many wait for it a connection.
    pub arriving: usize,
    /// What is sold.
    pub mode: Mode,
    /// Signatures.
    pub signed: Option<Signed>,
    /// Instant of the messages.
    pub now: Time,
}

impl Tape {
    /// Writes the messages of trades to a temporary file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn record(traffic: &Traffic) -> Result<Self, Failure> {
        let signer = traffic.signed.map(Signed::signer).transpose()?;
        let mut out = BufWriter::with_capacity(1 << 20, tempfile::tempfile()?);
        let mut numbers: BTreeMap<Text, u16> = BTreeMap::new();
        let mut groups = Vec::new();
        let (mut done, mut messages, mut volume) = (0, 0, 0);
        while done < traffic.declarations {
            let step = STEP.min(traffic.declarations - done);
            let mut trades = generate::trades(traffic.seed, done, step, PERSONS, 0, traffic.now);
            if traffic.mode == Mode::Bonded {
                trades = generate::bonded::sold(trades);
            }
            for chunk in trades.chunks(traffic.group_size()) {
                let mut letters = Vec::new();
                for (sender, declarations, bytes) in written(chunk, traffic) {
                    let bytes = match &signer {
                        Some((signer, profile)) => signer.sign(&bytes, *profile)?,
                        None => bytes,
                    };
                    out.write_all(&bytes)?;
                    let next = numbers.len() as u16;
                    let sender = *numbers.entry(sender).or_insert(next);
                    letters.push(Letter { sender, declarations, length: bytes.len() as u32, offset: volume });
                    volume += bytes.len() as u64;
                }
                messages += letters.len() as u64;
                groups.push(Group { letters });
            }
            done += step;
        }
        let mut senders = vec![Text::default(); numbers.len()];
        for (sender, number) in numbers {
            senders[usize::from(number)] = sender;
        }
        let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        let declarations = traffic.declarations;
        Ok(Self { file, senders, groups, next: AtomicUsize::new(0), declarations, messages, volume })
    }

    /// The next group that nobody sends yet, with its number.
    pub fn take(&self) -> Option<(usize, &Group)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.groups.get(number).map(|group| (number, group))
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The bytes of a message into `bytes`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self, letter: &Letter, bytes: &mut Vec<u8>) -> std::io::Result<()> {
        bytes.resize(letter.length as usize, 0);
        self.file.read_exact_at(bytes, letter.offset)
    }

    /// Who sends a message.
    pub fn sender(&self, letter: &Letter) -> &Text {
        &self.senders[usize::from(letter.sender)]
    }

    /// Number of the sender of a message, as in [`Tape::senders`].
    pub fn sender_number(letter: &Letter) -> usize {
        usize::from(letter.sender)
    }

    /// All who send.
    pub fn senders(&self) -> &[Text] {
        &self.senders
    }
}

impl Traffic {
    fn group_size(&self) -> usize {
        if self.batch == 1 { self.arriving.max(1) } else { self.batch.max(1) as usize }
    }
}

/// The messages of trades: sender, declarations in it, bytes.
fn written(trades: &[Trade], traffic: &Traffic) -> Vec<(Text, u16, Vec<u8>)> {
    let mut out = Vec::new();
    if traffic.batch == 1 {
        for trade in trades {
            for (sender, document) in trade.documents() {
                let declarations = u16::from(document.kind() == ceb::Kind::Declaration);
                let message = sample::message(&sender, vec![document]);
                out.push((sender, declarations, ceb::write(&message, ceb::Style::Prefixed)));
            }
        }
        if traffic.mode == Mode::Direct {
            out.extend(arrivals(trades, traffic));
        }
        return out;
    }
    let mut declared: BTreeMap<Text, u16> = BTreeMap::new();
    for trade in trades {
        *declared.entry(trade.declaration.head.agent_code.clone()).or_default() += 1;
    }
    for (sender, name, bytes) in generate::messages(trades, traffic.seed, trades.len(), traffic.now) {
        let declarations =
            if name.contains("-621.") { declared.get(&sender).copied().unwrap_or(0) } else { 0 };
        out.push((sender, declarations, bytes));
    }
    out
}

fn arrivals(trades: &[Trade], traffic: &Traffic) -> Vec<(Text, u16, Vec<u8>)> {
    let mut by_carrier: BTreeMap<Text, Vec<&Trade>> = BTreeMap::new();
    for trade in trades {
        by_carrier.entry(trade.waybill.logistics_code.clone()).or_default().push(trade);
    }
    by_carrier
        .values()
        .filter_map(|trades| Trade::arrival(traffic.seed, trades, traffic.now))
        .map(|arrival| {
            let sender = arrival.head.operator_code.clone();
            let message = sample::message(&sender, vec![ceb::Document::Arrival(arrival)]);
            (sender, 0, ceb::write(&message, ceb::Style::Prefixed))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tape_gives_every_message_once_and_whole() {
        let now = Time::start_of(ceb::Day::from_number(20_261_123).unwrap());
        for (batch, mode) in [(1, Mode::Direct), (40, Mode::Direct), (1, Mode::Bonded), (40, Mode::Bonded)] {
            let traffic =
                Traffic { seed: 7, declarations: 250, batch, arriving: ARRIVING, mode, signed: None, now };
            let tape = Tape::record(&traffic).unwrap();
            let (mut declarations, mut messages, mut volume, mut bytes) = (0, 0, 0, Vec::new());
            while let Some((_, group)) = tape.take() {
                for letter in &group.letters {
                    tape.read(letter, &mut bytes).unwrap();
                    let parsed = ceb::parse(&bytes, &ceb::Limits::default());
                    assert!(parsed.defects.is_empty(), "{:?}", parsed.defects);
                    assert!(!tape.sender(letter).is_empty());
                    declarations += u64::from(letter.declarations);
                    messages += 1;
                    volume += bytes.len() as u64;
                }
            }
            assert_eq!(
                (declarations, messages, volume),
                (tape.declarations, tape.messages, tape.volume),
                "{batch} {mode:?}"
            );
        }
    }
}
