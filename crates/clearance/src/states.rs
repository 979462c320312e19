//! The table of allowed moves: data that a test walks.

use crate::consignment::State;
use State::*;

/// What can move a declaration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Trigger {
    /// The four documents agree.
    Matched,
    /// They do not, or a partner did not come in time, or an officer or rule rejects.
    Reject,
    /// The lane asks for a look at the documents.
    Review,
    /// The lane, or an officer, asks for an inspection.
    Inspect,
    /// Nothing stands in the way any more.
    Release,
    /// Concluded without release.
    Conclude,
    /// Suspended.
    Suspend,
    /// Back to review.
    Resume,
    /// Detained, handed to clearance.
    DetainClearance,
    /// Detained, handed to anti-smuggling.
    DetainSmuggling,
    /// Detained, handed to legal.
    DetainLegal,
    /// Detained otherwise.
    DetainOther,
    /// Sent back abroad.
    ReExport,
    /// Closed after release.
    Close,
    /// A cancellation was approved.
    Cancel,
    /// The sender deletes it.
    Delete,
    /// The sender declares what was staged, or declares anew.
    Declare,
}

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
    (ReExported, Trigger::Declare, Declared),
    (Entered, Trigger::Review, Review),
    (Entered, Trigger::Inspect, Inspection),
    (Entered, Trigger::Release, Released),
    (Entered, Trigger::Reject, Rejected),
    (Entered, Trigger::Cancel, Cancelled),
    (Entered, Trigger::Suspend, Suspended),
    (Review, Trigger::Release, Released),
    (Review, Trigger::Matched, Entered),
    (Review, Trigger::Inspect, Inspection),
    (Review, Trigger::Reject, Rejected),
    (Review, Trigger::Conclude, Concluded),
    (Review, Trigger::Cancel, Cancelled),
    (Review, Trigger::Suspend, Suspended),
    (Review, Trigger::DetainClearance, DetainedClearance),
    (Review, Trigger::DetainSmuggling, DetainedSmuggling),
    (Review, Trigger::DetainLegal, DetainedLegal),
    (Review, Trigger::DetainOther, DetainedOther),
    (Inspection, Trigger::Release, Released),
    (Inspection, Trigger::Matched, Entered),
    (Inspection, Trigger::Review, Review),
    (Inspection, Trigger::Reject, Rejected),
    (Inspection, Trigger::Conclude, Concluded),
    (Inspection, Trigger::Suspend, Suspended),
    (Inspection, Trigger::DetainClearance, DetainedClearance),
    (Inspection, Trigger::DetainSmuggling, DetainedSmuggling),
    (Inspection, Trigger::DetainLegal, DetainedLegal),
    (Inspection, Trigger::DetainOther, DetainedOther),
    (Inspection, Trigger::ReExport, ReExported),
    (Concluded, Trigger::Release, Released),
    (Concluded, Trigger::ReExport, ReExported),
    (Suspended, Trigger::Resume, Review),
    (Suspended, Trigger::Reject, Rejected),
    (Suspended, Trigger::ReExport, ReExported),
    (DetainedClearance, Trigger::Resume, Review),
    (DetainedClearance, Trigger::ReExport, ReExported),
    (DetainedSmuggling, Trigger::Resume, Review),
    (DetainedSmuggling, Trigger::ReExport, ReExported),
    (DetainedLegal, Trigger::Resume, Review),
    (DetainedLegal, Trigger::ReExport, ReExported),
    (DetainedOther, Trigger::Resume, Review),
    (DetainedOther, Trigger::ReExport, ReExported),
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
    fn every_state_is_reached_and_moves_are_unambiguous() {
        for state in State::ALL {
            assert!(
                state == Staged || MOVES.iter().any(|(_, _, to)| *to == state),
                "{state:?} is never reached"
            );
        }
        for (index, (from, by, _)) in MOVES.iter().enumerate() {
            assert!(
                !MOVES[..index].iter().any(|(f, b, _)| (f, b) == (from, by)),
                "{from:?} {by:?} stands twice"
            );
        }
    }

    #[test]
    fn a_final_state_is_left_only_by_closing_or_a_new_attempt() {
        for (from, by, _) in MOVES {
            if from.is_final() {
                assert!(matches!(by, Trigger::Close | Trigger::Declare), "{from:?} {by:?}");
            }
        }
        assert_eq!(next(Closed, Trigger::Declare), None);
        assert_eq!(next(Released, Trigger::Cancel), None);
    }

    #[test]
    fn every_waiting_state_has_a_way_out() {
        for state in State::ALL.into_iter().filter(|state| !state.is_final()) {
            assert!(
                MOVES.iter().any(|(from, _, to)| *from == state && *to != state),
                "{state:?} is a dead end"
            );
        }
    }
}
