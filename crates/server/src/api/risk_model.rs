//! `GET /v1/risk/model`: the models that score in shadow, those of exports beside them, which of them are in use, how their scores stand against what inspections
//! found, and how far what is declared has moved from what they learnt from; and the score of one trade with what it rests on.
//! For offices alone: parties are told of a measure, never of what suspects them.

use super::error::Problem;
use crate::Window;
use crate::auth::Caller;
use crate::shadow::{BANDS, Loaded, Scored, Shadow, Shadows};
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
    let (models, today) = (&reference.current().risk_models, window.clock.now().day());
    let mut shown = of_a_trade(&window.shadows, models.on(today), &position);
    let exports = of_a_trade(&window.export_shadows, models.of_exports_on(today), &position);
    // Where there is no model of exports, and none is asked for, nothing is told of one.
    let there_is = !exports["model"].is_null() || !exports["inUse"].is_null();
    shown["exports"] = if there_is { exports } else { Value::Null };
    Ok(Json(shown))
}

/// The models of a trade: the first, the candidate, which the rulebook names, and whether that is here.
fn of_a_trade(shadows: &Shadows, used: Option<&Text>, position: &Cursor) -> Value {
    let [first, candidate] = shadows.each_ref().map(|shadow| told(shadow, used, position));
    let mut shown = first.unwrap_or_else(|| json!({"model": null, "bands": [], "behind": 0, "drift": null}));
    shown["candidate"] = candidate.unwrap_or_default();
    shown["inUse"] = used.map(Text::as_str).into();
    shown["missing"] =
        used.is_some_and(|digest| loaded(shadows, |known| known == digest.as_str()).is_none()).into();
    shown
}

/// The model of these of which something holds, with its shadow.
fn loaded(shadows: &Shadows, is_meant: impl Fn(&str) -> bool) -> Option<(&Shadow, &Loaded)> {
    let mut all = shadows.iter().filter_map(|shadow| Some((&**shadow, shadow.model()?)));
    all.find(|(_, loaded)| is_meant(&loaded.digest))
}

/// The model that gave a score, if it is here, else the first; none = there is none.
fn giver(shadows: &Shadows, given: Option<Score>) -> Option<(&Shadow, &Loaded)> {
    let giver = given.and_then(|score| loaded(shadows, |digest| score.is_of(digest)));
    giver.or_else(|| loaded(shadows, |_| true))
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
    given_shown(consignment.attempt.as_ref().and_then(|attempt| Score::of(&attempt.counts)))
}

/// The same of a trade of exports.
pub(super) fn given_to_export(trade: &ExportTrade) -> Value {
    given_shown(Score::of(&trade.look.counts))
}

fn given_shown(score: Option<Score>) -> Value {
    score.map_or(
        Value::Null,
        |score| json!({"model": score.model.as_str(), "thousandths": score.thousandths, "line": score.line}),
    )
}

/// What a model here says of a trade's present attempt, with what it rests on, as an office is told it: the model that gave its score, if it is
/// here, else the first; null = there is none.
pub(super) fn of_trade(window: &Window, consignment: &Consignment) -> Value {
    let given = consignment.attempt.as_ref().and_then(|attempt| Score::of(&attempt.counts));
    let Some((shadow, loaded)) = giver(&window.shadows, given) else { return Value::Null };
    let standing = shadow.standing();
    standing.of(consignment).map_or(Value::Null, |scored| score_shown(loaded, scored))
}

/// The same of a trade of exports.
pub(super) fn of_export(window: &Window, trade: &ExportTrade) -> Value {
    let given = Score::of(&trade.look.counts);
    let Some((shadow, loaded)) = giver(&window.export_shadows, given) else { return Value::Null };
    let standing = shadow.standing();
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
