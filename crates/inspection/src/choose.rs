//! Which declarations to inspect: those with the highest scores, and beside them a share at random that no score escapes or
//! earns. Without the latter a model learns only from what it suspected already. Each choice carries the chance it had, so that
//! training counts it for all the others it stands for.
#![expect(clippy::float_arithmetic, reason = "chances and weights, no money")]

use crate::measure::ranking;

/// Parts of the draw: a draw lies from 0 up to and without this.
pub const PARTS: u32 = 1_000_000;

/// Why a declaration is inspected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Its score is among the highest.
    Score,
    /// Its draw fell below the floor.
    Draw,
}

/// A declaration that is to be inspected.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Chosen {
    /// Its position.
    pub row: usize,
    /// Why.
    pub why: Why,
    /// The chance it had of being chosen, above 0 and up to 1: to be kept with the result.
    pub chance: f64,
}

impl Chosen {
    /// How many declarations its result stands for in training.
    pub fn weight(&self) -> f64 {
        1.0 / self.chance
    }
}

/// Chooses the `top` highest scores, and of the others each whose draw lies below `floor` parts per million. The draws come
/// from outside, one a declaration: the window has a keyed one that nobody can foretell and everybody can check afterwards.
/// Ascending by position.
pub fn choose(scores: &[f64], draws: &[u32], top: usize, floor: u32) -> Vec<Chosen> {
    let floor = floor.min(PARTS);
    let mut chosen = Vec::new();
    for (rank, row) in ranking(scores).into_iter().enumerate() {
        if rank < top {
            chosen.push(Chosen { row, why: Why::Score, chance: 1.0 });
        } else if draws.get(row).is_some_and(|draw| *draw < floor) {
            let chance = f64::from(floor) / f64::from(PARTS);
            chosen.push(Chosen { row, why: Why::Draw, chance });
        }
    }
    chosen.sort_by_key(|chosen| chosen.row);
    chosen
}
