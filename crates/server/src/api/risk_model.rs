//! `GET /v1/risk/model`: the models that score in shadow, one of exports beside them, which of them is in use, how their scores stand against what inspections
//! found, and how far what is declared has moved from what they learnt from; and the score of one trade with what it rests on.
//! For offices alone: parties are told of a measure, never of what suspects them.

use super::error::Problem;
use crate::Window;
use crate::auth::Caller;
use crate::shadow::{BANDS, Loaded, Scored, Shadow};
use axum::Json;
use axum::extract::State;
use clearance::Text;
use clearance::consignment::Consignment;
use clearance::export::ExportTrade;
use clearance::score::Score;
use inspection::drift::{Drift, reading};
use inspection::model::Model;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Cursor, Read};

/// Parts of a score that are told.
const REASONS: usize = 5;

/// `GET /v1/risk/model`.
pub(crate) async fn show(State(window): State<Arc<Window>>, caller: Caller) -> Result<Json<Value>, Problem> {
    // The counts are of the whole zone.
    if !caller.districts.is_empty() {
        return Err(Problem::forbidden());
    }
    let position = window.read.position().await?;
    let reference = window.reference();
    let used = reference.current().risk_models.on(window.clock.now().day());
    let [first, candidate] = window.shadows.each_ref().map(|shadow| told(shadow, used, &position));
    let mut shown = first.unwrap_or_else(|| json!({"model": null, "bands": [], "behind": 0, "drift": null}));
    shown["candidate"] = candidate.unwrap_or_default();
    // No rulebook names a model of exports.
    shown["exports"] = told(&window.export_shadow, None, &position).unwrap_or_default();
    shown["inUse"] = used.map(Text::as_str).into();
    shown["missing"] =
        used.is_some_and(|digest| loaded(&window, |known| known == digest.as_str()).is_none()).into();
    Ok(Json(shown))
}

/// The model here of which something holds, with its shadow.
fn loaded(window: &Window, is_meant: impl Fn(&str) -> bool) -> Option<(&Shadow, &Loaded)> {
    let mut all = window.shadows.iter().filter_map(|shadow| Some((&**shadow, shadow.model()?)));
    all.find(|(_, loaded)| is_meant(&loaded.digest))
}

/// A model and what it has come to; none = there is none.
fn told(shadow: &Shadow, used: Option<&Text>, position: &Cursor) -> Option<Value> {
    let loaded = shadow.model()?;
    let about = &loaded.model.about;
    let standing = shadow.standing();
    let mut from = 0;
    let mut bands = Vec::new();
    for (below, band) in BANDS.iter().zip(&standing.bands) {
        bands.push(json!({
            "from": from, "below": below, "scored": band.scored, "inspected": band.inspected, "illicit": band.illicit,
            "drawn": band.drawn, "drawnIllicit": band.drawn_illicit,
        }));
        from = *below;
    }
    let model = json!({
        "digest": loaded.digest, "trainedFrom": about.trained_from.to_string(), "trainUntil": about.train_until.to_string(),
        "tuneUntil": about.tune_until.to_string(), "rows": about.rows, "illicit": about.illicit,
        "inUse": used.is_some_and(|digest| digest.as_str() == loaded.digest),
    });
    let drift = standing.drift(&loaded.model).map(|drift| drift_shown(&loaded.model, &drift));
    Some(json!({"model": model, "bands": bands, "behind": standing.covers.behind(position), "drift": drift}))
}

fn drift_shown(model: &Model, drift: &Drift) -> Value {
    let index = |index: f64| format!("{index:.3}");
    let features = drift.features.iter().filter_map(|(place, of)| {
        let feature = model.plan.features.get(*place)?;
        Some(json!({"zh": model.plan.chinese(feature), "en": model.plan.name(feature), "index": index(*of), "reading": reading(*of)}))
    });
    json!({
        "index": index(drift.score), "reading": reading(drift.score), "moved": drift.moved(),
        "features": features.collect::<Vec<_>>(),
    })
}

/// The score that a trade's present attempt was given and rules could read, as an office is told it; null = none was given.
pub(super) fn given(consignment: &Consignment) -> Value {
    let score = consignment.attempt.as_ref().and_then(|attempt| Score::of(&attempt.counts));
    score.map_or(
        Value::Null,
        |score| json!({"model": score.model.as_str(), "thousandths": score.thousandths, "line": score.line}),
    )
}

/// What a model here says of a trade's present attempt, with what it rests on, as an office is told it: the model that gave its score, if it is
/// here, else the first; null = there is none.
pub(super) fn of_trade(window: &Window, consignment: &Consignment) -> Value {
    let given = consignment.attempt.as_ref().and_then(|attempt| Score::of(&attempt.counts));
    let giver = given.and_then(|score| loaded(window, |digest| score.is_of(digest)));
    let Some((shadow, loaded)) = giver.or_else(|| loaded(window, |_| true)) else { return Value::Null };
    let standing = shadow.standing();
    standing.of(consignment).map_or(Value::Null, |scored| score_shown(loaded, scored))
}

/// What the model of exports here says of a trade's present attempt; null = there is none.
pub(super) fn of_export(window: &Window, trade: &ExportTrade) -> Value {
    let Some(loaded) = window.export_shadow.model() else { return Value::Null };
    let standing = window.export_shadow.standing();
    standing.of_export(trade).map_or(Value::Null, |scored| score_shown(loaded, scored))
}

/// A score with what it rests on.
fn score_shown(loaded: &Loaded, scored: &Scored) -> Value {
    let reasons = scored.reasons(&loaded.model, REASONS);
    let shown = reasons.iter().map(|why| {
        json!({"zh": why.zh, "en": why.en, "value": why.value.map(|value| format!("{value:.2}")), "part": format!("{:+.2}", why.part)})
    });
    json!({
        "digest": loaded.digest, "thousandths": scored.thousandths, "line": scored.line, "reasons": shown.collect::<Vec<_>>(),
    })
}
