//! Hashes of keys under the installation's lookup key: what an index may hold of a name.

use clearance::Text;
use clearance::export::ExportKey;
use clearance::facts::CountKey;
use clearance::keys::{ArrivalKey, ClaimKey, OrderKey, Position, WaybillKey};
use clearance::record::RecordKey;
use ledger::Account;
use rustc_hash::FxHashMap;
use siphasher::sip128::{Hasher128, SipHasher24};
use std::hash::Hasher as _;
use std::sync::{PoisonError, RwLock};

/// A hash of a key as the embedded index has it; what is found under it is checked against the key itself.
pub type KeyHash = i64;

/// As much of a hash as a store keeps: where keys are locked by their hash, two of them must never share one.
pub trait Width {
    /// The part of a hash.
    fn of(hash: u128) -> Self;
}

impl Width for KeyHash {
    fn of(hash: u128) -> Self {
        hash as Self
    }
}

impl Width for uuid::Uuid {
    fn of(hash: u128) -> Self {
        Self::from_u128(hash)
    }
}

/// Names whose hashes are remembered: recipients and parties come again and again.
const NAMES: usize = 20_000;

/// Hashes of keys under the installation's lookup key: SipHash-2-4, which tells nothing to whoever has not the key and
/// takes a tenth of an HMAC's time. They stand in the index alone, which can be made anew.
pub struct Hasher {
    key: SipHasher24,
    names: RwLock<FxHashMap<(u8, Text), u128>>,
}

impl Hasher {
    /// Under a key derived from the lookup key.
    pub fn new(lookup: &str) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, lookup.as_bytes());
        let mut key = [0u8; 16];
        key.copy_from_slice(digest.as_ref().get(..16).unwrap_or(&[0; 16]));
        Self { key: SipHasher24::new_with_key(&key), names: RwLock::default() }
    }
    fn hash<W: Width>(&self, kind: u8, parts: &[&str]) -> W {
        match parts {
            [one] => self.hash_bytes(kind, &[one.as_bytes()]),
            [one, other] => self.hash_bytes(kind, &[one.as_bytes(), other.as_bytes()]),
            more => self.hash_bytes(kind, &more.iter().map(|part| part.as_bytes()).collect::<Vec<_>>()),
        }
    }
    fn hash_bytes<W: Width>(&self, kind: u8, parts: &[&[u8]]) -> W {
        W::of(self.wide(kind, parts))
    }
    fn wide(&self, kind: u8, parts: &[&[u8]]) -> u128 {
        let mut hash = self.key;
        hash.write_u8(kind);
        for part in parts {
            hash.write(&(part.len() as u32).to_le_bytes());
            hash.write(part);
        }
        hash.finish128().as_u128()
    }
    /// Of an order.
    pub fn order<W: Width>(&self, key: &OrderKey) -> W {
        self.hash(1, &[&key.platform, &key.order_no])
    }
    /// Of a waybill.
    pub fn waybill<W: Width>(&self, key: &WaybillKey) -> W {
        self.hash(2, &[&key.logistics, &key.logistics_no])
    }
    /// Of an arrival.
    pub fn arrival<W: Width>(&self, key: &ArrivalKey) -> W {
        self.hash(3, &[&key.operator, &key.cop_no])
    }
    /// Of a claim.
    pub fn claim<W: Width>(&self, key: &ClaimKey) -> W {
        match key {
            ClaimKey::Payment(one, other) => self.hash(4, &[one, other]),
            ClaimKey::Declaration(one, other) => self.hash(5, &[one, other]),
            ClaimKey::Cancellation(one, other) => self.hash(6, &[one, other]),
            ClaimKey::Return(one, other) => self.hash(7, &[one, other]),
            ClaimKey::Entry(one) => self.hash(8, &[one]),
        }
    }
    /// Of a message's bytes, by sender.
    pub fn message<W: Width>(&self, sender: &str, sha256: &[u8; 32]) -> W {
        self.hash_bytes(9, &[sender.as_bytes(), sha256])
    }
    /// Of an exchange id.
    pub fn recipient<W: Width>(&self, id: &str) -> W {
        self.name(10, id)
    }
    /// Of a party's code.
    pub fn party<W: Width>(&self, code: &str) -> W {
        self.name(11, code)
    }
    /// Of an account.
    pub fn account<W: Width>(&self, account: &Account) -> W {
        self.hash_bytes(
            12,
            &[&[account.kind.number()], account.owner.as_bytes(), &account.period.to_be_bytes()],
        )
    }
    /// Of a counter.
    pub fn count<W: Width>(&self, key: &CountKey) -> W {
        self.hash_bytes(13, &[&[key.kind as u8], key.owner.as_bytes()])
    }
    /// Of the row that decides another one, of any writer, later.
    pub fn again_at<W: Width>(&self, first: Position) -> W {
        self.hash_bytes(15, &[&first.writer.to_be_bytes(), &first.sequence.to_be_bytes()])
    }
    /// Of the row that decides an undecided one later.
    pub fn again<W: Width>(&self, first: u64) -> W {
        self.hash_bytes(14, &[&first.to_be_bytes()])
    }
    /// Of a record of a register.
    pub fn record<W: Width>(&self, key: &RecordKey) -> W {
        self.hash_bytes(16, &[&[key.register as u8], key.id.as_bytes()])
    }
    /// Of a state of exports.
    pub fn export<W: Width>(&self, key: &ExportKey) -> W {
        let (number, one, other) = key.parts();
        self.hash_bytes(17, &[&[number], one.as_bytes(), other.as_bytes()])
    }
    fn name<W: Width>(&self, kind: u8, name: &str) -> W {
        let key = (kind, Text::new(name));
        let known = self.names.read().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        W::of(known.unwrap_or_else(|| {
            let hash = self.wide(kind, &[name.as_bytes()]);
            let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
            if names.len() >= NAMES {
                names.clear();
            }
            names.insert(key, hash);
            hash
        }))
    }
}
