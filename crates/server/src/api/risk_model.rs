//! `GET /v1/risk/model`: the model that scores in shadow and how its scores stand against what inspections found; and the score
//! of one trade with what it rests on. For offices alone: parties are told of a measure, never of what suspects them.

use super::error::Problem;
use crate::Window;
use crate::auth::Caller;
use crate::shadow::BANDS;
use axum::Json;
use axum::extract::State;
use clearance::consignment::Consignment;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Read;

/// Parts of a score that are told.
const REASONS: usize = 5;

/// `GET /v1/risk/model`.
pub(crate) async fn show(State(window): State<Arc<Window>>, caller: Caller) -> Result<Json<Value>, Problem> {
    // The counts are of the whole zone.
    if !caller.districts.is_empty() {
        return Err(Problem::forbidden());
    }
    let model = window.shadow.model().map(|loaded| {
        let about = &loaded.model.about;
        json!({
            "digest": loaded.digest, "trainedFrom": about.trained_from.to_string(), "trainUntil": about.train_until.to_string(),
            "tuneUntil": about.tune_until.to_string(), "rows": about.rows, "illicit": about.illicit,
        })
    });
    let position = window.read.position().await?;
    let standing = window.shadow.standing();
    let mut from = 0;
    let mut bands = Vec::new();
    for (below, band) in BANDS.iter().zip(&standing.bands) {
        bands.push(json!({
            "from": from, "below": below, "scored": band.scored, "inspected": band.inspected, "illicit": band.illicit,
            "drawn": band.drawn, "drawnIllicit": band.drawn_illicit,
        }));
        from = *below;
    }
    let behind = if model.is_some() { standing.covers.behind(&position) } else { 0 };
    Ok(Json(json!({"model": model, "bands": bands, "behind": behind})))
}

/// The score of a trade's present attempt, as an office is told it; null = there is none.
pub(super) fn of_trade(window: &Window, consignment: &Consignment) -> Value {
    let Some(loaded) = window.shadow.model() else { return Value::Null };
    let standing = window.shadow.standing();
    let Some(scored) = standing.of(consignment) else { return Value::Null };
    let reasons = scored.reasons(&loaded.model, REASONS);
    let shown = reasons.iter().map(|why| {
        json!({"zh": why.zh, "en": why.en, "value": why.value.map(|value| format!("{value:.2}")), "part": format!("{:+.2}", why.part)})
    });
    json!({
        "digest": loaded.digest, "thousandths": scored.thousandths, "line": scored.line, "reasons": shown.collect::<Vec<_>>(),
    })
}
