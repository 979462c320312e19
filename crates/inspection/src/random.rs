//! Numbers that a seed decides, the same on every machine and in every release: what a model is trained with must be known
//! again from its seed. No secret is drawn here, and no parcel: the seed of a draw comes from whoever holds it.

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The numbers of one purpose of a seed: two purposes share nothing.
    pub fn of(seed: u64, purpose: u64) -> Self {
        let mut first = Self(seed);
        Self(first.word() ^ purpose.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// 64 bits.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A number from 0 up to and without 1, of 53 bits.
    #[expect(clippy::float_arithmetic, reason = "a share, not money")]
    pub fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number below a bound; 0 when the bound is 0. The bias is below bound ÷ 2⁶⁴.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { ((u128::from(self.word()) * bound as u128) >> 64) as usize }
    }

    /// So many different positions below `of`, ascending.
    pub fn some(&mut self, count: usize, of: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..of).collect();
        let count = count.min(of);
        for place in 0..count {
            let other = place + self.below(of - place);
            all.swap(place, other);
        }
        all.truncate(count);
        all.sort_unstable();
        all
    }
}
