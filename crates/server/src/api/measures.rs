//! Measures of credit that a trade obeyed, each with its row of the table, for whom the standing is of and for offices. Others have
//! what came of it, the amount or the day: a row names its standing, for the table is public. Who divides the amount by the tax
//! may still find the row.

use clearance::Text;
use clearance::consignment::{Attempt, DecideBy, ObeyedMeasure};
use serde_json::{Value, json};

/// Rows that make guarantee or settlement of an attempt other than for all.
pub(super) fn of_attempt(attempt: &Attempt, codes: &[Text], officer: bool) -> Vec<Value> {
    let obeyed = attempt.credit.iter().flat_map(|credit| &credit.obeyed);
    obeyed.filter_map(|row| shown(row, codes, officer)).collect()
}

/// Until when a return is decided, and by which row for whom that is told.
pub(super) fn decide_by(due: &DecideBy, codes: &[Text], officer: bool) -> Value {
    json!({"day": due.day.to_string(), "measure": shown(&due.obeyed, codes, officer)})
}

fn shown(row: &ObeyedMeasure, codes: &[Text], officer: bool) -> Option<Value> {
    (officer || codes.contains(&row.party)).then(|| {
        json!({
            "table": "credit_measures.csv", "measure": row.measure.as_str(), "value": row.value,
            "validFrom": row.from.to_string(), "party": row.party.as_str(), "standing": row.standing.as_str(),
        })
    })
}
