//! Passwords: which are good enough, and their hashes (argon2id). A hash takes tens of milliseconds of a processor and
//! some memory on purpose: whoever needs one in the server asks [`Hasher`], which keeps few at a time, off the runtime.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Characters a password has at least: what NIST 800-63B asks where a password may be the only factor is 15, and 8 beside
/// a second one; enterprises may have one, officers must.
pub const LEAST_CHARACTERS: usize = 12;
/// Bytes a password has at most: enough for any phrase, and no work for nothing.
pub const MOST_BYTES: usize = 256;
/// Different characters at least: `aaaaaaaaaaaa` is long and no secret.
const LEAST_DIFFERENT: usize = 5;

const SALT: usize = 16;
const HASH: usize = 32;

/// Hashes made at once: they may not take the processors from the messages.
const AT_ONCE: usize = 2;
/// How long a person waits for his turn.
const TURN: Duration = Duration::from_secs(10);

/// The commonest passwords that are long enough, in lower case (from public lists of leaked ones).
const COMMON: [&str; 32] = [
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456789123",
    "1234567891011",
    "0123456789012",
    "012345678910",
    "098765432100",
    "987654321012",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiop[]",
    "qwerty123456",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "qazwsxedcrfv",
    "abcdefghijkl",
    "abcd1234abcd",
    "abc123456789",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "p@ssw0rd1234",
    "p@ssword1234",
    "administrator",
    "administrator1",
    "admin1234567",
    "iloveyou1234",
    "letmein12345",
    "welcome12345",
    "woaini1314520",
];

/// Why a password is not good enough, for the person who chose it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Weak {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

/// Whether a password is good enough.
///
/// # Errors
/// Why it is not, and so what to do.
pub fn good_enough(password: &str, login: &str, name: &str) -> Result<(), Weak> {
    let weak = |en: &str, zh: &str| Err(Weak { en: en.to_owned(), zh: zh.to_owned() });
    if password.chars().count() < LEAST_CHARACTERS {
        return weak(
            &format!("the password has at least {LEAST_CHARACTERS} characters"),
            &format!("密码至少{LEAST_CHARACTERS}个字符"),
        );
    }
    if password.len() > MOST_BYTES {
        return weak(
            &format!("the password has at most {MOST_BYTES} bytes"),
            &format!("密码至多{MOST_BYTES}字节"),
        );
    }
    let lower = password.to_lowercase();
    // Of a name of one or two letters anything would be a part.
    let told = |word: &str| word.chars().count() > 2 && lower.contains(&word.to_lowercase());
    if told(login) || told(name) {
        return weak("the password does not contain the login or the name", "密码不得含有登录名、编码或姓名");
    }
    let different: std::collections::BTreeSet<char> = lower.chars().collect();
    if different.len() < LEAST_DIFFERENT || COMMON.contains(&lower.as_str()) {
        return weak(
            "the password is among the first that are guessed; choose another",
            "此密码太容易被猜到，请另选一个",
        );
    }
    Ok(())
}

/// Random letters and digits that nobody mistakes for each other, in groups: 5 random bits a character.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn random(groups: usize) -> Result<String, Failed> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = vec![0u8; groups * 5];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Failed::Random)?;
    let words: Vec<String> = bytes
        .chunks(5)
        .map(|group| group.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect())
        .collect();
    Ok(words.join("-"))
}

/// A random UUID.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn guid() -> Result<String, Failed> {
    let mut bytes = [0u8; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Failed::Random)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string().to_uppercase())
}

/// A one-time password that a person changes when he first signs in: 100 random bits.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn one_time() -> Result<String, Failed> {
    random(4)
}

/// Why there is no hash.
#[derive(thiserror::Error, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failed {
    /// No random numbers.
    #[error("the machine gives no random numbers")]
    Random,
    /// No memory for it, or the thread ended.
    #[error("a password could not be hashed")]
    Hash,
    /// Too many want one.
    #[error("too many sign in at the same time")]
    Busy,
}

/// What a hash costs whoever makes it, and whoever guesses. Every hash names its own: it may grow, and old ones are still
/// verified.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// KiB of memory.
    memory: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// What OWASP recommends at the least for argon2id (2024).
    pub const STRONG: Self = Self { memory: 19_456, passes: 2, lanes: 1 };
    /// Next to nothing, for tests alone: half of what their stories computed were hashes of passwords that protect nothing.
    pub const OF_TESTS: Self = Self { memory: 8, passes: 1, lanes: 1 };
}

/// The hash of a password, as it is stored, at the [strong](Cost::STRONG) cost. Blocks for tens of milliseconds.
///
/// # Errors
/// [`Failed`].
pub fn hash(password: &str) -> Result<String, Failed> {
    hash_at(Cost::STRONG, password)
}

/// As [`hash`], at a cost.
///
/// # Errors
/// [`Failed`].
pub fn hash_at(cost: Cost, password: &str) -> Result<String, Failed> {
    let mut salt = [0u8; SALT];
    SystemRandom::new().fill(&mut salt).map_err(|_| Failed::Random)?;
    let hash = computed(password, &salt, cost)?;
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    let Cost { memory, passes, lanes } = cost;
    Ok(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}"))
}

fn computed(password: &str, salt: &[u8], cost: Cost) -> Result<[u8; HASH], Failed> {
    let parameters =
        Params::new(cost.memory, cost.passes, cost.lanes, Some(HASH)).map_err(|_| Failed::Hash)?;
    let mut hash = [0u8; HASH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(password.as_bytes(), salt, &mut hash)
        .map_err(|_| Failed::Hash)?;
    Ok(hash)
}

/// Whether a password is that of a stored hash. Blocks for tens of milliseconds.
pub fn is(password: &str, stored: &str) -> bool {
    let Some((cost, salt, hash)) = parts(stored) else { return false };
    let Ok(computed) = computed(password, &salt, cost) else { return false };
    same(&computed, &hash)
}

/// Cost, salt, hash.
fn parts(stored: &str) -> Option<(Cost, Vec<u8>, Vec<u8>)> {
    let mut parts = stored.strip_prefix("$argon2id$v=19$")?.split('$');
    let mut numbers = parts.next()?.split(',').zip(["m=", "t=", "p="]);
    let mut number = || numbers.next().and_then(|(part, name)| part.strip_prefix(name)?.parse().ok());
    let cost = Cost { memory: number()?, passes: number()?, lanes: number()? };
    Some((cost, STANDARD_NO_PAD.decode(parts.next()?).ok()?, STANDARD_NO_PAD.decode(parts.next()?).ok()?))
}

/// Whether two secrets are the same, in a time that does not say where they differ: their codes under a key of this moment
/// are compared by ring.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    let Ok(key) = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()) else { return false };
    hmac::verify(&key, one, hmac::sign(&key, other).as_ref()).is_ok()
}

/// Makes and verifies hashes in the server: a few at a time, on threads where they keep nobody waiting.
#[derive(Clone, Debug)]
pub struct Hasher(Arc<Hashing>);

#[derive(Debug)]
struct Hashing {
    turns: Arc<Semaphore>,
    cost: Cost,
    /// A hash of nobody's password, made by whoever comes first, known or not: it would tell the one from the other.
    nobody: OnceLock<String>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::at(Cost::STRONG)
    }
}

impl Hasher {
    /// What makes hashes at a cost.
    pub fn at(cost: Cost) -> Self {
        Self(Arc::new(Hashing { turns: Arc::new(Semaphore::new(AT_ONCE)), cost, nobody: OnceLock::new() }))
    }

    async fn run<T: Send + 'static>(&self, run: impl FnOnce() -> T + Send + 'static) -> Result<T, Failed> {
        let turn = tokio::time::timeout(TURN, self.0.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| Failed::Busy)?.map_err(|_| Failed::Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = run();
            drop(turn);
            done
        });
        done.await.map_err(|_| Failed::Hash)
    }

    /// As [`hash`].
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn hash(&self, password: &str) -> Result<String, Failed> {
        let (password, cost) = (password.to_owned(), self.0.cost);
        self.run(move || hash_at(cost, &password)).await?
    }

    /// As [`is`]. Of nobody's hash it takes as long, and the answer is no.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn is(&self, password: &str, stored: Option<String>) -> Result<bool, Failed> {
        let (password, hashing) = (password.to_owned(), self.0.clone());
        self.run(move || {
            let nobody = hashing.nobody.get_or_init(|| {
                one_time().and_then(|password| hash_at(hashing.cost, &password)).unwrap_or_default()
            });
            let of_somebody = stored.is_some();
            is(&password, stored.as_deref().unwrap_or(nobody)) && of_somebody
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_not_guessed() {
        let (one, other) = (guid().unwrap(), guid().unwrap());
        assert_eq!(one.len(), 36);
        assert_ne!(one, other);
    }

    #[test]
    fn a_hash_is_of_one_password_and_never_the_same_twice() {
        let password = "correct horse battery";
        let (one, other) = (hash(password).unwrap(), hash(password).unwrap());
        assert_ne!(one, other);
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !one.contains("horse"));
        assert!(is(password, &one) && is(password, &other));
        assert!(!is("correct horse batterz", &one));
        for broken in ["", "$argon2id$v=19$", "$argon2id$v=19$m=1,t=1,p=1$a$b", "plain"] {
            assert!(!is(password, broken));
        }
    }

    #[test]
    fn a_weak_password_is_refused_with_what_to_do() {
        let refused = |password: &str| good_enough(password, "li.wei", "李伟明").unwrap_err().en;
        assert!(refused("short").contains("12"));
        assert!(refused(&"长".repeat(300)).contains("256"));
        assert!(refused("xx-LI.Wei-2026-xx").contains("login"));
        assert!(refused("xx-李伟明-2026-abcd").contains("name"));
        assert!(refused("Password1234").contains("guessed"));
        assert!(refused("abababababababab").contains("guessed"));
        assert_eq!(good_enough("correct horse battery", "li.wei", "李伟明"), Ok(()));
        assert_eq!(good_enough(&one_time().unwrap(), "li.wei", "李伟明"), Ok(()));
    }
}
