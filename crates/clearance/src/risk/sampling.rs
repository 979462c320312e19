//! Differentiated sampling: a keyed draw, and the share it is held against. Which rules hit is no matter of it.

use crate::consignment::CreditStanding;
use crate::keys::OrderKey;
use crate::party::CreditGrade;
use crate::rulebook::Law;
use crate::standing;
use ring::hmac;

/// A seed of the sampling draw. Secret: whoever knows it can tell which parcels are opened.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct SamplingSeed {
    /// Its number: what a recorded draw names.
    pub number: u32,
    /// The key.
    pub secret: [u8; 32],
}

impl std::fmt::Debug for SamplingSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SamplingSeed {}", self.number)
    }
}

/// A keyed draw: the same consignment draws the same number for as long as the seed is used, and nobody without the
/// seed can tell it. Depends on the order's key alone, not on guid, time or attempt.
pub fn draw(seed: &SamplingSeed, order: &OrderKey) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &seed.secret);
    let mut input = Vec::with_capacity(64);
    for part in [&order.platform, &order.order_no] {
        input.extend_from_slice(&(part.len() as u32).to_be_bytes());
        input.extend_from_slice(part.as_bytes());
    }
    let tag = hmac::sign(&key, &input);
    let mut word = [0u8; 8];
    word.copy_from_slice(tag.as_ref().get(..8).unwrap_or(&[0; 8]));
    // Parts per million; the bias of taking the remainder of 2⁶⁴ is below 10⁻¹³.
    (u64::from_be_bytes(word) % 1_000_000) as u32
}

/// The share that is opened at random, parts per million: base of the mode × factor of the grade of customs or of credit, the
/// stricter of both; at least the floor, and what a list asks for.
pub fn ratio(law: &Law, trade_mode: &str, grade: CreditGrade, credit: Option<&CreditStanding>) -> u32 {
    let official = match grade {
        CreditGrade::A => law.sampling_factor_a,
        CreditGrade::Standard => law.sampling_factor_standard,
        CreditGrade::D => law.sampling_factor_d,
    };
    let by_credit = credit.and_then(|credit| credit.factor);
    let factor = by_credit.map_or(official, |factor| standing::stricter(official, factor));
    let share = credit.map_or(0, |credit| credit.share);
    let ratio = law.sampling_base(trade_mode).saturating_mul(factor) / 100;
    ratio.max(law.sampling_floor).max(share).clamp(0, 1_000_000) as u32
}
