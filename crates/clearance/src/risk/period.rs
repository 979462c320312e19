//! How the seed of a period is made: each holder commits to a secret before anybody knows what the secret is mixed with, and
//! hands it over after. The formulas are those of docs/draws.md.

use ceb::Day;
use ring::digest::{Context, SHA256};

/// Who has a part in a seed. The words are stored and published.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Side {
    /// The window itself, always.
    Window,
    /// Customs.
    Customs,
    /// The operator of the zone.
    Operator,
}

impl Side {
    /// In the order in which they are mixed.
    pub const ALL: [Self; 3] = [Self::Window, Self::Customs, Self::Operator];
    /// The word that is stored, published and committed with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Customs => "customs",
            Self::Operator => "operator",
        }
    }
    /// The side of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.word() == word)
    }
}

/// The word under which the window commits to the key of the salts.
pub const SALTS: &str = "salts";

fn finished(context: Context) -> [u8; 32] {
    let mut sum = [0; 32];
    sum.copy_from_slice(context.finish().as_ref());
    sum
}

/// What is filed before a period of a secret: it can be opened by that secret alone.
pub fn commitment(first: Day, of: &str, salt: &[u8; 32], secret: &[u8; 32]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(format!("onewindow draw commitment 1\n{first}\n{of}\n").as_bytes());
    context.update(salt);
    context.update(secret);
    finished(context)
}

/// The seed of a period, of the beacon and the secrets of those who handed one over, in the order of [`Side::ALL`].
pub fn seed(first: Day, beacon: &[u8; 32], secrets: [Option<&[u8; 32]>; 3]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(format!("onewindow draw seed 1\n{first}\n").as_bytes());
    context.update(beacon);
    for secret in secrets {
        match secret {
            Some(secret) => {
                context.update(&[1]);
                context.update(secret);
            }
            None => context.update(&[0]),
        }
    }
    finished(context)
}
