//! Credit of enterprises in five registers: what is observed of them, the lists they stand on, who answers for them, what was
//! assessed, and what platforms are told of lists. Whom
//! a list or a grade changes what for is a table of the rulebook; the score is the crate `credit`'s.

pub mod assessment;
pub mod listing;
pub mod observation;
pub(crate) mod permission;
pub mod responsible;
pub mod told;

use clearance::facts::Facts;
use clearance::record::Register;
use clearance::standing::Standing;

/// Puts what was loaded of lists and assessments where the judgement looks for it.
///
/// # Panics
/// If the body of one is none that this crate wrote.
pub(crate) fn as_facts(facts: &mut Facts) {
    let standings: Vec<_> = facts
        .records
        .values()
        .filter_map(|record| {
            let says = match record.key.register {
                Register::CreditList => listing::in_force(record),
                Register::CreditAssessment => assessment::grade(record),
                Register::ResponsiblePersons => responsible::in_force(record),
                _ => return None,
            };
            Some((record.key.clone(), Standing { version: record.version, position: record.last, says }))
        })
        .collect();
    facts.standings.extend(standings);
}
