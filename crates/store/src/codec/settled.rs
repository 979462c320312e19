//! The stored form of what trials of rules ask of declarations ([`Settled`]), one behind another in parts, and of what says which parts
//! there are. It is derived: where its form changed nobody reads the old one, it is made again from rows.

use super::{Bytes, Damage, FORMAT, Stored, get_list, put_list};
use ceb::Day;
use clearance::risk::{KeptFacts, KeptLine};
use clearance::trial::{Judged, Ruled, Settled, Untried, Verdict};

/// The form of all of it: its own number, and that of the rows whose parts are in it.
pub const SETTLED: u16 = 1 << 8 | FORMAT as u16;

fields! {
    KeptLine { hs, item_no, item_record_no, bar_code, country, text, price, total, pieces }
    KeptFacts { exports, transport, mode, district, merchant, gross, net, dutiable, value, merchant_days, age, payer_differs, piece_weight, lines, counts }
    Ruled { rulebook, declared, day, beside, tax, facts }
    Judged { verdict, lane, tax }
    SettledPart { number, declarations, digest }
}

lists!(KeptLine);

impl Stored for Verdict {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Passed => out.push(1),
            Self::Waiting => out.push(2),
            Self::Rejected(reason) => {
                out.push(3);
                reason.put(out);
            }
            Self::Refused(reason) => {
                out.push(4);
                reason.put(out);
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(match bytes.byte()? {
            1 => Self::Passed,
            2 => Self::Waiting,
            3 => Self::Rejected(Stored::get(bytes)?),
            4 => Self::Refused(Stored::get(bytes)?),
            _ => return Err(Damage("no verdict has this number")),
        })
    }
}

impl Stored for Untried {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Window => 1,
            Self::Balance => 2,
            Self::Record => 3,
            Self::Deadline => 4,
            Self::Grounds => 5,
        });
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(match bytes.byte()? {
            1 => Self::Window,
            2 => Self::Balance,
            3 => Self::Record,
            4 => Self::Deadline,
            5 => Self::Grounds,
            _ => return Err(Damage("no reason not to try has this number")),
        })
    }
}

impl Stored for Settled {
    fn put(&self, out: &mut Vec<u8>) {
        self.position.put(out);
        self.merchant.put(out);
        self.exports.put(out);
        self.stored.put(out);
        match &self.ruled {
            Ok(ruled) => {
                out.push(0);
                ruled.put(out);
            }
            Err(why) => {
                out.push(1);
                why.put(out);
            }
        }
    }
    fn get(bytes: &mut Bytes<'_>) -> Result<Self, Damage> {
        Ok(Self {
            position: Stored::get(bytes)?,
            merchant: Stored::get(bytes)?,
            exports: Stored::get(bytes)?,
            stored: Stored::get(bytes)?,
            ruled: if bool::get(bytes)? { Err(Stored::get(bytes)?) } else { Ok(Stored::get(bytes)?) },
        })
    }
}

/// One declaration more behind what `out` holds.
pub fn encode_settled(settled: &Settled, out: &mut Vec<u8>) {
    settled.put(out);
}

/// Each declaration of a part.
///
/// # Errors
/// [`Damage`].
pub fn decode_settled(part: &[u8], each: &mut dyn FnMut(Settled)) -> Result<(), Damage> {
    let mut bytes = Bytes::new(part);
    while !bytes.left.is_empty() {
        each(Settled::get(&mut bytes)?);
    }
    Ok(())
}

/// A part that is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SettledPart {
    /// Under which number.
    pub number: u32,
    /// How many declarations it has.
    pub declarations: u32,
    /// SHA-256 of it as it lies there.
    pub digest: [u8; 32],
}

/// What is kept beside the parts.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct SettledIndex {
    /// The engine whose judgements they are.
    pub engine: u16,
    /// The parts.
    pub parts: Vec<SettledPart>,
    /// The number of the next.
    pub next: u32,
    /// Rulebooks and days that declarations were judged with and on, each once.
    pub judged: Vec<(u32, Day)>,
    /// Declarations whose verdict is not known yet, as they stand.
    pub open: Vec<Settled>,
    /// Rows that were erased since, by the numbers of their positions.
    pub erased: Vec<u64>,
}

impl SettledIndex {
    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        SETTLED.put(&mut out);
        self.engine.put(&mut out);
        put_list(&self.parts, &mut out);
        self.next.put(&mut out);
        put_list(&self.judged, &mut out);
        put_list(&self.open, &mut out);
        put_list(&self.erased, &mut out);
        out
    }

    /// Read back; none = it has another form.
    ///
    /// # Errors
    /// [`Damage`].
    pub fn decode(bytes: &[u8]) -> Result<Option<Self>, Damage> {
        let mut bytes = Bytes::new(bytes);
        if u16::get(&mut bytes)? != SETTLED {
            return Ok(None);
        }
        Ok(Some(Self {
            engine: Stored::get(&mut bytes)?,
            parts: get_list(&mut bytes)?,
            next: Stored::get(&mut bytes)?,
            judged: get_list(&mut bytes)?,
            open: get_list(&mut bytes)?,
            erased: get_list(&mut bytes)?,
        }))
    }
}
