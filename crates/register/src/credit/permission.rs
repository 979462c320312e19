//! Permission to file something new, which a list or a grade of credit may take for its time. What was filed stays, may be
//! corrected, and a filing in force may be changed: what is wrong in it has to be put right by whoever stands on a list too.
//! Leaves what a standing changes to the table `credit_measures.csv`, and declarations to `clearance::standing`.

use super::{assessment, listing, responsible};
use crate::{Command, Fault, Seen, filing, owner_of, says};
use clearance::Text;
use clearance::facts::Keys;
use clearance::record::{RecordKey, Register};

/// The registers in which something new is filed, and the move that does it.
const NEW: [(Register, &str); 2] = [(Register::Filing, "apply"), (Register::Goods, "apply")];

/// Whose credit a command asks about; none = it asks for no permission. Whoever has no party yet has no credit, and is told
/// nothing of that of the code that he claims.
fn applicant(command: &Command) -> Option<Text> {
    let asks = NEW.contains(&(command.key.register, command.action.as_str()));
    (asks && !filing::is_claim(&command.key.id)).then(|| owner_of(&command.key))
}

fn records(party: &Text) -> [RecordKey; 3] {
    [Register::CreditList, Register::ResponsiblePersons, Register::CreditAssessment]
        .map(|register| RecordKey::new(register, party))
}

/// Adds list and assessment of whoever applies to the keys of the batch: looked at, not held.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    if let Some(party) = applicant(command) {
        keys.looked_at.extend(records(&party));
    }
}

/// Says what forbids to apply, as it stands now: a decision before this one in the same commit counts.
pub(crate) fn check(seen: &Seen<'_>, faults: &mut Vec<Fault>) {
    let Some(party) = applicant(seen.command) else { return };
    let (book, today) = (seen.reference.current(), seen.now.day());
    let law = book.parameters.on(today);
    if law.credit_obeyed == 0 || law.credit_terms_obeyed == 0 {
        return;
    }
    for record in records(&party).iter().filter_map(|key| seen.facts.records.get(key)) {
        let says = match record.key.register {
            Register::CreditList => listing::in_force(record),
            Register::ResponsiblePersons if law.credit_reach == 0 => None,
            Register::ResponsiblePersons => responsible::in_force(record),
            _ => assessment::grade(record),
        };
        let Some(says) = says.filter(|says| says.holds(today)) else { continue };
        let row = book.credit.measure_row(&says.standing, "may_file", today);
        if row.is_some_and(|row| row.row.value == 0) {
            let until = says.to.map_or_else(|| "–".to_owned(), |to| to.number().to_string());
            let said = says::CREDIT_BARS_FILING.with(&[("standing", &says.standing), ("until", &until)]);
            faults.push(Fault::new("action", &seen.command.action, said));
        }
    }
}
