//! What part somebody has in a record: whose it is, whom it names, and whose duty it is to decide. From it comes who makes which
//! move; whoever has none learns nothing of the record.

use crate::competence::Competence;
use crate::moves::{Move, Who};
use crate::says::{self, Said};
use crate::{By, bonded, demand, filing, market, moves_of, owner, owner_of};
use ceb::Day;
use clearance::Text;
use clearance::decide::Reference;
use clearance::party::Role;
use clearance::record::{Actor, Record, RecordKey, Register};

/// What part somebody has in a record.
pub(crate) struct Part<'a> {
    /// It is his party's.
    owns: bool,
    /// It names his party.
    named: bool,
    /// Any at all: who has none learns nothing of it.
    pub any: bool,
    /// On what he decides.
    competence: &'a Competence,
}

impl<'a> Part<'a> {
    pub(crate) fn of(key: &RecordKey, current: Option<&Record>, by: &By, competence: &'a Competence) -> Self {
        let owns = match current {
            Some(record) => by.codes.contains(&owner(record)),
            // The id of a demand names nobody: whoever makes it, has it.
            None if key.register == Register::ServiceRequest => demand::ASKERS.contains(&by.role),
            None => by.codes.contains(&owner_of(key)),
        };
        let named = current.is_some_and(|record| by.codes.iter().any(|code| record.parties.contains(code)));
        let is_reviewed = moves_of(key.register).iter().any(|step| step.who == Who::Reviewer);
        Self { owns, named, any: owns || named || (is_reviewed && competence.any()), competence }
    }

    /// Of moves of one word the one that is meant from a state: the same word may be one move of the owner and another of
    /// whoever decides.
    pub(crate) fn step(&self, known: &[&'static Move], state: &str) -> Option<&'static Move> {
        let possible = known.iter().copied().filter(|step| step.from.contains(&state));
        possible.min_by_key(|step| (step.who == Who::Owner) != self.owns)
    }

    /// Whether he makes this move, or who else does.
    pub(crate) fn may(&self, step: &Move, current: Option<&Record>, by: &By) -> Result<(), Said> {
        if matches!(step.who, Who::Owner | Who::Giver) && !by.applies {
            return Err(says::NOT_A_DUTY.said());
        }
        let sent_himself = || current.is_some_and(|record| sent_by(record, &by.actor));
        match step.who {
            Who::Owner | Who::Giver if step.personal && by.role != Role::Consumer => {
                Err(says::BY_THE_PERSON.said())
            }
            Who::Owner if self.owns || (self.competence.is_customs() && step.for_others) => Ok(()),
            Who::Owner => Err(says::BY_THE_PARTY.said()),
            Who::Reviewer if !self.competence.any() => Err(says::BY_THE_AGENCY.said()),
            // Two persons: nobody decides on what he sent himself, nor on his own party.
            Who::Reviewer if self.owns || sent_himself() => Err(says::BY_ANOTHER_PERSON.said()),
            Who::Reviewer => match current {
                Some(record) if record.key.register == Register::Filing => {
                    self.competence.may(step, &filing::Body::of(record))
                }
                _ => Ok(()),
            },
            Who::Giver
                if self.named && !self.owns && current.is_none_or(|record| gives(record, &by.codes)) =>
            {
                Ok(())
            }
            Who::Giver => Err(says::BY_THE_OTHER_PARTY.said()),
            Who::Window if by.window => Ok(()),
            Who::Window => Err(says::BY_THE_WINDOW.said()),
        }
    }
}

/// The moves that somebody could make on a day of a record, or that would make it; their order is that of the table. What they
/// say may still be wrong.
pub fn open(
    key: &RecordKey,
    current: Option<&Record>,
    by: &By,
    reference: &Reference,
    day: Day,
) -> Vec<&'static Move> {
    let competence = Competence::of(key.register, by, &reference.parties, reference.current(), day);
    let (moves, part) = (moves_of(key.register), Part::of(key, current, by, &competence));
    let state = current.map_or("", |record| record.state.as_str());
    let meant = |step: &&'static Move| {
        let fits = key.register != Register::BondedDocument || bonded::is_of_kind(&key.id, step.action);
        let known: Vec<&'static Move> =
            moves.iter().filter(|one| fits && one.action == step.action).collect();
        part.step(&known, state) == Some(*step)
    };
    moves.iter().filter(meant).filter(|step| part.any && part.may(step, current, by).is_ok()).collect()
}

/// Whether a record that names a party means it where the other party makes a move: the operator of a market is named on slips too, and
/// confirms none.
pub fn gives(record: &Record, codes: &[Text]) -> bool {
    record.key.register != Register::MarketSlip || market::slip::is_of_agent(record, codes)
}

/// Whether what the record says last was sent by him.
fn sent_by(record: &Record, actor: &Actor) -> bool {
    let moves = moves_of(record.key.register);
    let sent = moves.iter().any(|step| step.action == record.action && step.who == Who::Owner);
    (sent && record.actor == *actor)
        // What one authority endorsed is still what its sender said.
        || (record.key.register == Register::Filing && filing::is_sender(record, actor))
}
