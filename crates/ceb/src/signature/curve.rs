//! SM2 verification with tables kept for a key: the arithmetic is the `sm2` crate's, the order of its operations is
//! chosen here, because everything in a verification is public and may take a variable time. Signing is left to the
//! crate, which does it in constant time.

use sm2::dsa::Signature;
use sm2::elliptic_curve::group::{Curve as _, Group as _};
use sm2::elliptic_curve::ops::Reduce;
use sm2::elliptic_curve::point::AffineCoordinates as _;
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use sm2::{AffinePoint, FieldBytes, ProjectivePoint, PublicKey, Scalar};
use sm3::{Digest as _, Sm3};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, OnceLock};

/// The user id of every signature of the profile (SPEC §9.2.4).
pub(super) const USER: &str = "1234567812345678";

/// ENTL, id, then the curve's a, b and base point: what precedes the key in the digest Z (GB/T 32918.2 §5.5).
const BEFORE_KEY: [u8; 146] = {
    let numbers: [&[u8; 32]; 4] = [
        b"\xFF\xFF\xFF\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFC",
        b"\x28\xE9\xFA\x9E\x9D\x9F\x5E\x34\x4D\x5A\x9E\x4B\xCF\x65\x09\xA7\xF3\x97\x89\xF5\x15\xAB\x8F\x92\xDD\xBC\xBD\x41\x4D\x94\x0E\x93",
        b"\x32\xC4\xAE\x2C\x1F\x19\x81\x19\x5F\x99\x04\x46\x6A\x39\xC9\x94\x8F\xE3\x0B\xBF\xF2\x66\x0B\xE1\x71\x5A\x45\x89\x33\x4C\x74\xC7",
        b"\xBC\x37\x36\xA2\xF4\xF6\x77\x9C\x59\xBD\xCE\xE3\x6B\x69\x21\x53\xD0\xA9\x87\x7C\xC6\x2A\x47\x40\x02\xDF\x32\xE5\x21\x39\xF0\xA0",
    ];
    let mut bytes = [0; 146];
    // 16 characters are 128 bits.
    bytes[1] = 128;
    let mut index = 0;
    while index < 16 {
        bytes[2 + index] = USER.as_bytes()[index];
        index += 1;
    }
    index = 0;
    while index < 128 {
        bytes[18 + index] = numbers[index / 32][index % 32];
        index += 1;
    }
    bytes
};

/// Multiples of a point: for each of the eight 32-bit words of a scalar, the point times 2^(32·word) times
/// 1 to 2^bits − 1.
struct Table {
    points: Vec<AffinePoint>,
    width: usize,
}

impl Table {
    fn new(point: ProjectivePoint, bits: u32) -> Self {
        let width = (1_usize << bits) - 1;
        let mut points = Vec::with_capacity(width * 8);
        let mut column = point;
        for _ in 0..8 {
            let mut multiple = column;
            for _ in 0..width {
                points.push(multiple);
                multiple += &column;
            }
            for _ in 0..32 {
                column = column.double();
            }
        }
        let mut affine = vec![AffinePoint::IDENTITY; points.len()];
        ProjectivePoint::batch_normalize(&points, &mut affine);
        Self { points: affine, width }
    }

    fn get(&self, word: usize, digit: usize) -> Option<&AffinePoint> {
        self.points.get(word * self.width + digit.checked_sub(1)?)
    }
}

/// Multiples of the base point, by bytes: 8 × 255 points, about 150 KB, built once in a few milliseconds.
static BASE: LazyLock<Table> = LazyLock::new(|| Table::new(ProjectivePoint::generator(), 8));

/// A key that verifies.
pub(super) struct Sm2Key {
    point: PublicKey,
    /// SM3 that has taken in Z.
    begun: Sm3,
    /// Multiples of the key, by half bytes: 8 × 15 points, about 9 KB.
    table: OnceLock<Table>,
    uses: AtomicU32,
}

impl Sm2Key {
    /// Reads a point in SEC 1 and checks that it is on the curve.
    pub fn new(point: &[u8]) -> Option<Self> {
        let point = PublicKey::from_sec1_bytes(point).ok()?;
        let uncompressed = point.to_sec1_point(false);
        let mut identity = Sm3::new_with_prefix(BEFORE_KEY);
        identity.update(uncompressed.as_bytes().get(1..65)?);
        let begun = Sm3::new_with_prefix(identity.finalize());
        Some(Self { point, begun, table: OnceLock::new(), uses: AtomicU32::new(0) })
    }

    /// Whether raw r‖s is a signature of the message.
    pub fn verify(&self, message: &[u8], raw: &[u8; 64]) -> bool {
        // r and s within [1, n−1] are checked here.
        let Ok(signature) = Signature::from_slice(raw) else {
            return false;
        };
        let mut digest = self.begun.clone();
        digest.update(message);
        let e = <Scalar as Reduce<FieldBytes>>::reduce(&digest.finalize());
        let (r, s) = (*signature.r(), *signature.s());
        let t = r + s;
        if bool::from(t.is_zero()) {
            return false;
        }
        let sum = self.combine(&s, &t);
        if bool::from(sum.is_identity()) {
            return false;
        }
        r == e + <Scalar as Reduce<FieldBytes>>::reduce(&sum.to_affine().x())
    }

    /// s times the base point plus t times the key.
    fn combine(&self, s: &Scalar, t: &Scalar) -> ProjectivePoint {
        // A table costs as much as a few verifications, so a key seen once gets none.
        let table = match self.table.get() {
            Some(table) => table,
            None if self.uses.fetch_add(1, Ordering::Relaxed) == 0 => {
                return ProjectivePoint::from(&self.point).mul_vartime(t) + base_times(s);
            }
            None => self.table.get_or_init(|| Table::new(ProjectivePoint::from(&self.point), 4)),
        };
        let (s, t) = (s.to_bytes(), t.to_bytes());
        let mut sum = ProjectivePoint::identity();
        for half in (0..8).rev() {
            if half != 7 {
                sum = sum.double().double().double().double();
            }
            for word in 0..8 {
                // Bytes are big-endian: the lowest byte of the lowest word is the last.
                let at = 31 - (word * 4 + half / 2);
                let digit = (t[at] >> ((half % 2) * 4)) & 0x0F;
                if let Some(point) = table.get(word, usize::from(digit)) {
                    sum += point;
                }
                if half % 2 == 0
                    && let Some(point) = BASE.get(word, usize::from(s[at]))
                {
                    sum += point;
                }
            }
        }
        sum
    }
}

fn base_times(s: &Scalar) -> ProjectivePoint {
    let s = s.to_bytes();
    let mut sum = ProjectivePoint::identity();
    for byte in (0..4).rev() {
        for _ in 0..8 {
            sum = sum.double();
        }
        for word in 0..8 {
            if let Some(point) = BASE.get(word, usize::from(s[31 - (word * 4 + byte)])) {
                sum += point;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sm2::dsa::SigningKey;
    use sm2::dsa::signature::{Signer as _, Verifier as _};

    fn pair(secret: [u8; 32]) -> Option<(SigningKey, Sm2Key)> {
        let signer = SigningKey::from_slice(USER, &secret).ok()?;
        let key = Sm2Key::new(&signer.verifying_key().to_sec1_bytes())?;
        Some((signer, key))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn agrees_with_the_crate(secret: [u8; 32], message: Vec<u8>, flip in 0_usize..512) {
            let Some((signer, key)) = pair(secret) else { return Ok(()) };
            let mut raw = [0; 64];
            raw.copy_from_slice(&signer.sign(&message).to_bytes());
            // Once without its table, twice with it.
            for _ in 0..3 {
                prop_assert!(key.verify(&message, &raw));
            }
            raw[flip / 8] ^= 1 << (flip % 8);
            let theirs = Signature::from_slice(&raw)
                .is_ok_and(|signature| signer.verifying_key().verify(&message, &signature).is_ok());
            prop_assert_eq!(key.verify(&message, &raw), theirs);
            prop_assert!(!theirs);
        }
    }

    #[test]
    fn sums_are_those_of_plain_multiplication() {
        let Some((_, key)) = pair([7; 32]) else { panic!("a good secret") };
        key.uses.store(1, Ordering::Relaxed);
        let point = ProjectivePoint::from(&key.point);
        for (s, t) in [(1_u64, 1_u64), (255, 16), (256, 15), (u64::MAX, 1), (1 << 32, 1 << 36)] {
            let (s, t) = (Scalar::from(s), Scalar::from(t));
            let negative = (-s, -t);
            for (s, t) in [(s, t), negative, (s, -t)] {
                let plain = ProjectivePoint::generator() * s + point * t;
                assert_eq!(key.combine(&s, &t), plain);
                assert_eq!(base_times(&s), ProjectivePoint::generator() * s);
            }
        }
    }

    /// The published example of GM/T 0003.5 annex A on the recommended curve.
    #[test]
    fn the_published_example_verifies() {
        let hex = |text: &str| -> Vec<u8> {
            text.as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16).unwrap_or(0))
                .collect()
        };
        let mut point = vec![4];
        point.extend(hex("09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"));
        point.extend(hex("CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"));
        let mut raw = [0; 64];
        raw[..32].copy_from_slice(&hex("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"));
        raw[32..].copy_from_slice(&hex("B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"));
        let Some(key) = Sm2Key::new(&point) else { panic!("a point of the curve") };
        for _ in 0..3 {
            assert!(key.verify(b"message digest", &raw));
            assert!(!key.verify(b"message digesT", &raw));
        }
    }

    #[test]
    fn a_point_off_the_curve_is_no_key() {
        let mut point = [1; 65];
        point[0] = 4;
        assert!(Sm2Key::new(&point).is_none());
        assert!(Sm2Key::new(&[]).is_none());
        assert!(Sm2Key::new(&[0]).is_none(), "the identity");
    }
}
