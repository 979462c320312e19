//! Whether a parcel may pass a site: what the state of its trade answers whoever scans it. The same for imports and exports.
//! Leaves to others: which trade a waybill is of, and holds on a parcel by itself (`register`).

use crate::consignment::{Lane, State};

/// What whoever scans a parcel is answered; the graver is the later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Passage {
    /// Nothing stands in the way.
    Pass,
    /// It is looked at here first.
    Inspect,
    /// It stays where it is.
    Hold,
}

impl Passage {
    /// All answers, the mildest first.
    pub const ALL: [Self; 3] = [Self::Pass, Self::Inspect, Self::Hold];
    /// The word used in records, the interface and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inspect => "inspect",
            Self::Hold => "hold",
        }
    }
    /// The answer of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.word() == word)
    }
}

/// What the state of a trade answers; none = there is no declaration. Whatever is not released stays: a state that is added
/// holds until somebody says otherwise here.
pub fn passage(state: Option<State>) -> Passage {
    match state {
        Some(State::Released | State::Closed) => Passage::Pass,
        Some(State::Inspection) => Passage::Inspect,
        _ => Passage::Hold,
    }
}

/// How a parcel is looked at that has to be: `scan` or `inspection`, as its lane says. Why is not told at a site.
pub fn look(lane: Option<Lane>) -> Lane {
    if lane == Some(Lane::Scan) { Lane::Scan } else { Lane::Inspection }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_released_passes() {
        for state in State::ALL {
            let released = matches!(state, State::Released | State::Closed);
            assert_eq!(passage(Some(state)) == Passage::Pass, released, "{state:?}");
            assert_eq!(passage(Some(state)) == Passage::Inspect, state == State::Inspection, "{state:?}");
        }
        assert_eq!(passage(None), Passage::Hold);
        assert!(Passage::Pass < Passage::Inspect && Passage::Inspect < Passage::Hold);
        for answer in Passage::ALL {
            assert_eq!(Passage::from_word(answer.word()), Some(answer));
        }
        assert_eq!(Passage::from_word("released"), None);
    }

    #[test]
    fn a_look_is_through_the_parcel_or_into_it() {
        assert_eq!(look(Some(Lane::Scan)), Lane::Scan);
        for lane in [None, Some(Lane::Release), Some(Lane::Inspection), Some(Lane::Hold)] {
            assert_eq!(look(lane), Lane::Inspection);
        }
    }
}
