//! Measures of credit that a trade obeyed, each with its row of the table. Whose standing a row follows from is told to whom it
//! is of and to offices alone: a declaring unit does not learn the grade of the seller from it.

use clearance::Text;
use clearance::consignment::{Attempt, DecideBy, ObeyedMeasure};
use serde_json::{Value, json};

/// Rows that make guarantee or settlement of an attempt other than for all.
pub(super) fn of_attempt(attempt: &Attempt, codes: &[Text], officer: bool) -> Vec<Value> {
    let obeyed = attempt.credit.iter().flat_map(|credit| &credit.obeyed);
    obeyed.map(|row| shown(row, codes, officer)).collect()
}

/// Until when a return is decided, and by which row.
pub(super) fn decide_by(due: &DecideBy, codes: &[Text], officer: bool) -> Value {
    json!({"day": due.day.to_string(), "measure": shown(&due.obeyed, codes, officer)})
}

fn shown(row: &ObeyedMeasure, codes: &[Text], officer: bool) -> Value {
    let mut told = json!({
        "table": "credit_measures.csv", "measure": row.measure.as_str(), "value": row.value,
        "validFrom": row.from.to_string(),
    });
    if officer || codes.contains(&row.party) {
        told["party"] = row.party.as_str().into();
        told["standing"] = row.standing.as_str().into();
    }
    told
}
