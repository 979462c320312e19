//! Pages of what can be shared, and of the terms for which records are kept: the answers of the interface, shown.

use super::desk::get;
use super::guard::Seen;
use super::{read, shown};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, shares as api};
use ::portal::answers::catalogue::{Datasets, Terms};
use ::portal::pages::catalogue as pages;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// `GET /desk/datasets?dataset=`.
pub async fn datasets(Seen(frame): Seen, asked: Query) -> Result<Response, Problem> {
    let all: Datasets = read(api::datasets().await.0)?;
    let word = get(&asked, "dataset").trim();
    if word.is_empty() {
        return Ok(shown(&frame, &pages::datasets(&frame, &all.datasets)));
    }
    let found = all.datasets.iter().find(|dataset| dataset.dataset == word);
    Ok(shown(&frame, &pages::dataset(&frame, found)))
}

/// `GET /desk/retention`.
pub async fn terms(State(window): State<Arc<Window>>, Seen(frame): Seen) -> Result<Response, Problem> {
    let told: Terms = read(api::retention(State(window)).await.0)?;
    Ok(shown(&frame, &pages::terms(&frame, &told.terms)))
}
