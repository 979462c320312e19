//! The table of allowed moves of an export list: data that a test walks. The states are those of imports; the way is
//! another: concluded (399) comes before the goods are at the site, release (800) when they are, closed (899) when they
//! have left the country (RULES 9.8).

use crate::consignment::State::{self, *};
use crate::states::Trigger;

/// Every allowed move.
pub const MOVES: &[(State, Trigger, State)] = &[
    (Staged, Trigger::Declare, Declared),
    (Staged, Trigger::Delete, Deleted),
    (Declared, Trigger::Declare, Declared),
    (Declared, Trigger::Delete, Deleted),
    (Declared, Trigger::Matched, Entered),
    (Declared, Trigger::Reject, Rejected),
    (Rejected, Trigger::Declare, Declared),
    (Deleted, Trigger::Declare, Declared),
    (Cancelled, Trigger::Declare, Declared),
    (Entered, Trigger::Review, Review),
    (Entered, Trigger::Conclude, Concluded),
    (Entered, Trigger::Reject, Rejected),
    (Review, Trigger::Conclude, Concluded),
    (Review, Trigger::Inspect, Inspection),
    (Review, Trigger::Reject, Rejected),
    (Review, Trigger::Suspend, Suspended),
    (Review, Trigger::Cancel, Cancelled),
    (Concluded, Trigger::Release, Released),
    (Concluded, Trigger::Inspect, Inspection),
    (Concluded, Trigger::Review, Review),
    (Concluded, Trigger::Cancel, Cancelled),
    (Inspection, Trigger::Conclude, Concluded),
    (Inspection, Trigger::Review, Review),
    (Inspection, Trigger::Reject, Rejected),
    (Inspection, Trigger::Suspend, Suspended),
    (Inspection, Trigger::DetainClearance, DetainedClearance),
    (Inspection, Trigger::DetainSmuggling, DetainedSmuggling),
    (Inspection, Trigger::DetainLegal, DetainedLegal),
    (Inspection, Trigger::DetainOther, DetainedOther),
    (Suspended, Trigger::Resume, Review),
    (Suspended, Trigger::Reject, Rejected),
    (DetainedClearance, Trigger::Resume, Review),
    (DetainedSmuggling, Trigger::Resume, Review),
    (DetainedLegal, Trigger::Resume, Review),
    (DetainedOther, Trigger::Resume, Review),
    (Released, Trigger::Cancel, Cancelled),
    (Released, Trigger::Close, Closed),
];

/// Where a trigger leads, if the move is allowed.
pub fn next(state: State, trigger: Trigger) -> Option<State> {
    MOVES.iter().find(|(from, by, _)| (*from, *by) == (state, trigger)).map(|(_, _, to)| *to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_unambiguous_and_every_state_is_reached_and_left() {
        for (index, (from, by, _)) in MOVES.iter().enumerate() {
            assert!(!MOVES[..index].iter().any(|(f, b, _)| (f, b) == (from, by)), "{from:?} {by:?}");
        }
        for state in State::ALL.into_iter().filter(|state| *state != ReExported) {
            let reached = state == Staged || MOVES.iter().any(|(_, _, to)| *to == state);
            let left = state == Closed || MOVES.iter().any(|(from, _, to)| *from == state && *to != state);
            assert!(reached && left, "{state:?}");
        }
    }

    #[test]
    fn what_has_left_the_country_stays_as_it_is() {
        assert!(MOVES.iter().all(|(from, ..)| *from != Closed));
        assert_eq!(next(Concluded, Trigger::Release), Some(Released));
        assert_eq!(next(Entered, Trigger::Release), None, "nothing is released before it is concluded");
    }
}
