//! Differentiated sampling: a keyed draw, and the share it is held against. Which rules hit is no matter of it. How a seed of a
//! period is made of what its holders committed to, and how an outsider draws again, is [docs/draws.md]; its check
//! (`onewindow audit draws`) is written from that text and shares nothing with this file.
//!
//! [docs/draws.md]: ../../../../docs/draws.md

use crate::consignment::{CreditStanding, Drawn};
use crate::keys::{OrderKey, Time};
use crate::outcome::DrawTerms;
use crate::party::CreditGrade;
use crate::rulebook::Law;
use crate::standing;
use ceb::Day;
use ring::digest::{Context, SHA256};
use ring::hmac;

/// What a hit of the draw has in place of a rule.
pub const RANDOM: &str = "random";

/// A seed of the sampling draw. Secret: whoever knows it can tell which parcels are opened.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct SamplingSeed {
    /// Its number: what a recorded draw names.
    pub number: u32,
    /// The key.
    pub secret: [u8; 32],
    /// The period whose holders it was made of; none = the window made it alone, and never tells it.
    pub period: Option<DrawPeriod>,
}

/// What a seed has of the period that it is drawn with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DrawPeriod {
    /// First day: its name.
    pub first: Day,
    /// Key of the salts that stand between order numbers and the published list. Never published.
    pub salts: [u8; 32],
    /// Until then the seed is secret, and a draw that was made with it stands.
    pub until: Time,
}

impl std::fmt::Debug for SamplingSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SamplingSeed {}", self.number)
    }
}

impl std::fmt::Debug for DrawPeriod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DrawPeriod {}", self.first)
    }
}

/// Platform and order number, each with its length before it.
fn framed(order: &OrderKey) -> Vec<u8> {
    let mut input = Vec::with_capacity(64);
    for part in [&order.platform, &order.order_no] {
        input.extend_from_slice(&(part.len() as u32).to_be_bytes());
        input.extend_from_slice(part.as_bytes());
    }
    input
}

/// What the parties of an order are told, so that they find it in the list of a period and nobody else does.
pub fn salt(period: &DrawPeriod, order: &OrderKey) -> [u8; 16] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &period.salts);
    let mut context = hmac::Context::with_key(&key);
    context.update(b"onewindow draw salt 1\n");
    context.update(&framed(order));
    let mut salt = [0; 16];
    salt.copy_from_slice(context.sign().as_ref().get(..16).unwrap_or(&[0; 16]));
    salt
}

/// The name of an order in the published list.
pub fn handle(salt: &[u8; 16], order: &OrderKey) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(b"onewindow draw order 1\n");
    context.update(salt);
    context.update(&framed(order));
    let mut handle = [0; 32];
    handle.copy_from_slice(context.finish().as_ref());
    handle
}

/// A keyed draw: the same consignment draws the same number for as long as the seed is used, and nobody without the
/// seed can tell it. Depends on the order's key alone, not on guid, time or attempt.
pub fn draw(seed: &SamplingSeed, order: &OrderKey) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &seed.secret);
    let tag = match &seed.period {
        Some(period) => {
            let mut context = hmac::Context::with_key(&key);
            context.update(b"onewindow draw 1\n");
            context.update(&handle(&salt(period, order), order));
            context.sign()
        }
        None => hmac::sign(&key, &framed(order)),
    };
    let mut word = [0u8; 8];
    word.copy_from_slice(tag.as_ref().get(..8).unwrap_or(&[0; 8]));
    // Parts per million; the bias of taking the remainder of 2⁶⁴ is below 10⁻¹³.
    (u64::from_be_bytes(word) % 1_000_000) as u32
}

/// The draw of an order that may have been drawn before. A selection that was made stays made; a draw that spared the order
/// stands while its seed is secret, and is held against the share of now. Afterwards anybody can look it up, and whoever
/// declares again is drawn again: what is known beforehand is no draw.
pub fn drawn(seed: &SamplingSeed, order: &OrderKey, ratio: u32, before: Option<&Drawn>, now: Time) -> Drawn {
    let stands = |before: &&Drawn| {
        before.selected || before.seed == seed.number || before.until.is_none_or(|until| now < until)
    };
    match before.filter(stands) {
        Some(before) => Drawn {
            ratio: before.ratio.max(ratio),
            selected: before.selected || before.number < ratio,
            ..*before
        },
        None => {
            let number = draw(seed, order);
            let until = seed.period.map(|period| period.until);
            Drawn { seed: seed.number, number, ratio, selected: number < ratio, until }
        }
    }
}

/// What the share is made of: base of the mode, factor of the grade of customs or of credit, the stricter of both, factor of
/// the goods, what a list or the grade asks for at least, and the floor.
pub fn terms(
    law: &Law,
    trade_mode: &str,
    grade: CreditGrade,
    credit: Option<&CreditStanding>,
    goods: i64,
) -> DrawTerms {
    let official = match grade {
        CreditGrade::A => law.sampling_factor_a,
        CreditGrade::Standard => law.sampling_factor_standard,
        CreditGrade::D => law.sampling_factor_d,
    };
    let by_credit = credit.and_then(|credit| credit.factor);
    let of_grade = if grade == CreditGrade::D { law.sampling_share_d } else { 0 };
    DrawTerms {
        base: law.sampling_base(trade_mode),
        factor: by_credit.map_or(official, |factor| standing::stricter(official, factor)),
        goods,
        share: credit.map_or(0, |credit| credit.share).max(of_grade),
        floor: law.sampling_floor,
    }
}

/// The same of a list of exports, which has a base of its own.
pub fn export_terms(law: &Law, grade: CreditGrade, credit: Option<&CreditStanding>, goods: i64) -> DrawTerms {
    DrawTerms { base: law.sampling_base_export, ..terms(law, "", grade, credit, goods) }
}

/// The share that is opened at random, parts per million: at least the floor, and what a list asks for.
pub fn ratio(terms: &DrawTerms) -> u32 {
    let ratio = terms.base.saturating_mul(terms.factor).saturating_mul(terms.goods) / 10_000;
    ratio.max(terms.floor).max(terms.share).clamp(0, 1_000_000) as u32
}
