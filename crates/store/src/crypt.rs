//! Sealed payloads: compressed with a trained dictionary, then encrypted under a data key named by id. A blob is
//! salt(16) ‖ data key id(4) ‖ counter(8) ‖ AES-256-GCM of (dictionary id(4) ‖ compressed bytes); the counter is the
//! nonce and never repeats under a key, because every opening for writing makes a new key, as every month
//! of an embedded ledger does, and the counter goes on from one to the next. The salt goes with the
//! payload when it is erased, so the digest that the chain keeps tells nothing of it.

use crate::master_key::MasterKey;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, RwLock};

/// Level of compression: with a dictionary, 1 is within a few percent of 3 at two thirds of its time.
const LEVEL: i32 = 1;
/// Salt, key id and counter before the ciphertext.
const HEAD: usize = 28;
/// Largest payload after decompression: the largest message and its outcome, generously.
const LARGEST: usize = 256 << 20;

/// Why a blob cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsealable(pub &'static str);

struct DataKey {
    key: LessSafeKey,
}

/// Data keys and dictionaries by id, shared by writer and readers.
pub struct Keyring {
    keys: RwLock<HashMap<u32, DataKey>>,
    /// By id: the kind of row that each was trained for, and its bytes.
    dictionaries: RwLock<HashMap<u32, (u8, Vec<u8>)>>,
    /// The lookup key: one for the life of the installation.
    lookup: RwLock<Option<hmac::Key>>,
    /// Key in use for writing.
    current: AtomicU64,
    counter: AtomicU64,
    /// Dictionary in use by row kind.
    in_use: RwLock<[u32; 32]>,
    random: SystemRandom,
    compressors: Pool<Compressor>,
    decompressors: Pool<zstd::bulk::Decompressor<'static>>,
}

fn aes(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

impl Default for Keyring {
    fn default() -> Self {
        Self {
            keys: RwLock::default(),
            dictionaries: RwLock::default(),
            lookup: RwLock::default(),
            current: AtomicU64::new(0),
            counter: AtomicU64::new(0),
            in_use: RwLock::new([0; 32]),
            random: SystemRandom::new(),
            compressors: Pool::default(),
            decompressors: Pool::default(),
        }
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Keyring {
    /// Random bytes.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], Unsealable> {
        let mut bytes = [0u8; N];
        self.random.fill(&mut bytes).map_err(|_| Unsealable("no random numbers"))?;
        Ok(bytes)
    }

    /// A key wrapped under the master key: what is stored of it.
    pub fn wrap(&self, master: &MasterKey, key: &[u8; 32]) -> Result<Vec<u8>, Unsealable> {
        let nonce: [u8; NONCE_LEN] = self.random()?;
        let sealer = aes(&master.0).ok_or(Unsealable("master key"))?;
        let mut sealed = key.to_vec();
        sealer
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
            .map_err(|_| Unsealable("cannot wrap a key"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// A stored key back.
    pub fn unwrap(master: &MasterKey, wrapped: &[u8]) -> Result<[u8; 32], Unsealable> {
        let (nonce, sealed) =
            wrapped.split_at_checked(NONCE_LEN).ok_or(Unsealable("wrapped key is cut short"))?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable("nonce"))?;
        let opener = aes(&master.0).ok_or(Unsealable("master key"))?;
        let mut sealed = sealed.to_vec();
        let key = opener
            .open_in_place(nonce, Aad::empty(), &mut sealed)
            .map_err(|_| Unsealable("the master key does not open this key"))?;
        key.try_into().map_err(|_| Unsealable("wrapped key has another length"))
    }

    /// Adds a data key that rows may be sealed under.
    pub fn add_key(&self, id: u32, key: &[u8; 32]) {
        if let Some(key) = aes(key) {
            write(&self.keys).insert(id, DataKey { key });
        }
    }
    /// Seals from now on under this key, which was never used before. The counter goes on: whoever seals just now under the
    /// key before takes no number twice.
    pub fn use_key(&self, id: u32) {
        self.current.store(u64::from(id), Ordering::SeqCst);
    }
    /// Adds a dictionary; `class` = the kind of row it was trained for.
    pub fn add_dictionary(&self, id: u32, class: u8, dictionary: Vec<u8>) {
        write(&self.dictionaries).insert(id, (class, dictionary));
        if let Some(slot) = write(&self.in_use).get_mut(usize::from(class)) {
            *slot = id;
        }
    }
    /// How many dictionaries were made for a class of rows.
    pub fn dictionaries_of(&self, class: u8) -> usize {
        read(&self.dictionaries).values().filter(|(trained_for, _)| *trained_for == class).count()
    }
    /// Sets the lookup key.
    pub fn set_lookup(&self, key: &[u8; 32]) {
        *write(&self.lookup) = Some(hmac::Key::new(hmac::HMAC_SHA256, key));
    }
    /// First 16 bytes of HMAC-SHA256 of a value under the lookup key, hexadecimal.
    ///
    /// # Panics
    /// Before the lookup key is set: opening sets it.
    pub fn keyed_hash(&self, value: &str) -> clearance::Text {
        let guard = read(&self.lookup);
        let Some(key) = guard.as_ref() else { panic!("the lookup key is set when a folder is opened") };
        let tag = hmac::sign(key, value.as_bytes());
        let mut text = clearance::Text::with_capacity(32);
        for byte in tag.as_ref().iter().take(16) {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        text
    }

    /// Salts of as many payloads, asked for at once: each question to the system costs as much as a small payload.
    pub fn salts(&self, count: usize) -> Result<Vec<[u8; 16]>, Unsealable> {
        let mut salts = vec![[0u8; 16]; count];
        self.random.fill(salts.as_flattened_mut()).map_err(|_| Unsealable("no random numbers"))?;
        Ok(salts)
    }

    /// Compresses and encrypts a payload of a class, with a salt that no other has.
    pub fn seal(&self, class: u8, payload: &[u8], salt: [u8; 16]) -> Result<Vec<u8>, Unsealable> {
        let dictionary = read(&self.in_use).get(usize::from(class)).copied().unwrap_or(0);
        let id = self.current.load(Ordering::SeqCst) as u32;
        let counter = self.counter.fetch_add(1, Ordering::SeqCst);
        let mut compressor = self.compressor(dictionary)?;
        compressor.compress(payload)?;
        let mut blob = Vec::with_capacity(HEAD + 4 + compressor.buffer.len() + 16);
        blob.extend_from_slice(&salt);
        blob.extend_from_slice(&id.to_be_bytes());
        blob.extend_from_slice(&counter.to_be_bytes());
        blob.extend_from_slice(&dictionary.to_be_bytes());
        blob.extend_from_slice(&compressor.buffer);
        self.compressors.put(dictionary, compressor);
        let keys = read(&self.keys);
        let key = keys.get(&id).ok_or(Unsealable("no data key"))?;
        let body = blob.get_mut(HEAD..).unwrap_or_default();
        let tag = key
            .key
            .seal_in_place_separate_tag(nonce(counter), Aad::from(salt), body)
            .map_err(|_| Unsealable("cannot encrypt"))?;
        blob.extend_from_slice(tag.as_ref());
        Ok(blob)
    }

    /// Whether the data key of a blob is here.
    pub fn knows(&self, blob: &[u8]) -> bool {
        let id = blob.get(16..20).and_then(|id| id.try_into().ok()).map(u32::from_be_bytes);
        id.is_some_and(|id| read(&self.keys).contains_key(&id))
    }

    /// Decrypts and decompresses a blob.
    pub fn open(&self, blob: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (head, body) = blob.split_at_checked(HEAD).ok_or(Unsealable("cut short"))?;
        let id = u32::from_be_bytes(head[16..20].try_into().map_err(|_| Unsealable("cut short"))?);
        let counter = u64::from_be_bytes(head[20..28].try_into().map_err(|_| Unsealable("cut short"))?);
        let mut body = body.to_vec();
        let keys = read(&self.keys);
        let key = keys.get(&id).ok_or(Unsealable("its data key is not here"))?;
        let plain = key
            .key
            .open_in_place(nonce(counter), Aad::from(&head[..16]), &mut body)
            .map_err(|_| Unsealable("it was changed, or another key encrypted it"))?;
        let (dictionary, compressed) = plain.split_at_checked(4).ok_or(Unsealable("cut short"))?;
        let dictionary = u32::from_be_bytes(dictionary.try_into().map_err(|_| Unsealable("cut short"))?);
        self.decompress(dictionary, compressed)
    }

    fn dictionary(&self, id: u32) -> Result<Vec<u8>, Unsealable> {
        if id == 0 {
            return Ok(Vec::new());
        }
        read(&self.dictionaries)
            .get(&id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or(Unsealable("its dictionary is not here"))
    }

    fn compressor(&self, id: u32) -> Result<Compressor, Unsealable> {
        match self.compressors.take(id) {
            Some(compressor) => Ok(compressor),
            None => zstd::bulk::Compressor::with_dictionary(LEVEL, &self.dictionary(id)?)
                .map(|inner| Compressor { inner, buffer: Vec::new() })
                .map_err(|_| Unsealable("dictionary")),
        }
    }

    fn decompress(&self, id: u32, compressed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let pooled = self.decompressors.take(id);
        let mut decompressor = match pooled {
            Some(decompressor) => decompressor,
            None => zstd::bulk::Decompressor::with_dictionary(&self.dictionary(id)?)
                .map_err(|_| Unsealable("dictionary"))?,
        };
        let size = zstd::zstd_safe::get_frame_content_size(compressed).ok().flatten().unwrap_or(1 << 20);
        let size = usize::try_from(size).unwrap_or(LARGEST).min(LARGEST);
        let plain = decompressor.decompress(compressed, size).map_err(|_| Unsealable("cannot decompress"))?;
        self.decompressors.put(id, decompressor);
        Ok(plain)
    }
}

/// A compressor with the buffer that it writes into: what it made is copied out in its own size.
struct Compressor {
    inner: zstd::bulk::Compressor<'static>,
    buffer: Vec<u8>,
}

impl Compressor {
    fn compress(&mut self, payload: &[u8]) -> Result<(), Unsealable> {
        /// What a rare large payload needed is given back.
        const KEPT: usize = 1 << 20;
        if self.buffer.capacity() > KEPT {
            self.buffer = Vec::new();
        }
        self.buffer.clear();
        self.buffer.reserve(zstd::zstd_safe::compress_bound(payload.len()));
        let compressed = self.inner.compress_to_buffer(payload, &mut self.buffer);
        compressed.map(|_| ()).map_err(|_| Unsealable("cannot compress"))
    }
}

/// Prepared with a dictionary and not in use just now, by dictionary: preparing costs as much as a hundred rows.
struct Pool<T>(Mutex<HashMap<u32, Vec<T>>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Pool<T> {
    fn take(&self, id: u32) -> Option<T> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_mut(&id).and_then(Vec::pop)
    }
    fn put(&self, id: u32, item: T) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).entry(id).or_default().push(item);
    }
}

fn nonce(counter: u64) -> Nonce {
    let mut bytes = [0u8; NONCE_LEN];
    bytes[4..].copy_from_slice(&counter.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}
