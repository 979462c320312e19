//! Photographs of inspections: taken without what cameras tell besides, kept by what they are, encrypted as every row, and
//! shown to whoever is told of the inspection. Everybody else gets the answer of what is not there.

use super::confirmations::standing;
use super::error::Problem;
use super::inspections::{Reader, inspection_of, judged_with, seen, wrong};
use super::registers;
use crate::Window;
use crate::auth::Caller;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clearance::export::ExportTradeKey;
use clearance::keys::OrderKey;
use register::photograph::{self, Photograph};
use register::{By, Command, Refusal, picture};
use ring::digest::{SHA256, digest};
use serde_json::Value;
use std::sync::Arc;
use store::{Read, StoredEvent};

/// A picture as it is kept.
pub(super) struct Kept {
    /// SHA-256 of the bytes, hexadecimal.
    pub(super) sha256: String,
    media_type: &'static str,
    bytes: Vec<u8>,
}

/// Pictures without what cameras tell besides; what is none, or too large, is a fault.
pub(super) fn cleaned(window: &Window, pictures: &[Vec<u8>], faults: &mut Vec<Value>) -> Vec<Kept> {
    let law = window.reference().current().parameters.on(window.clock.now().day());
    let largest = usize::try_from(law.photograph_bytes).unwrap_or(0);
    let most = usize::try_from(law.inspection_photographs).unwrap_or(0);
    if pictures.len() > most {
        faults.push(wrong(
            "photographs",
            &pictures.len().to_string(),
            &format!("at most {most}"),
            &format!("至多{most}张"),
        ));
        return Vec::new();
    }
    let mut kept: Vec<Kept> = Vec::new();
    for (index, bytes) in pictures.iter().enumerate() {
        let path = format!("photographs[{}]", index + 1);
        if bytes.len() > largest {
            faults.push(wrong(
                &path,
                &bytes.len().to_string(),
                &format!("at most {largest} bytes"),
                &format!("每张至多{largest}字节"),
            ));
            continue;
        }
        match picture::cleaned(bytes) {
            Ok(clean) => {
                let sha256 = evidence::hexadecimal(digest(&SHA256, &clean.bytes).as_ref());
                if !kept.iter().any(|one| one.sha256 == sha256) {
                    kept.push(Kept { sha256, media_type: clean.media_type, bytes: clean.bytes });
                }
            }
            Err(refused) => faults.push(wrong(&path, "", refused.words(), refused.words_zh())),
        }
    }
    kept
}

/// Keeps a picture of a trade, once.
pub(super) async fn keep(
    window: &Window,
    caller: &Caller,
    order: &OrderKey,
    kept: &Kept,
) -> Result<(), Problem> {
    let photograph = Photograph {
        platform: order.platform.to_string(),
        order_no: order.order_no.to_string(),
        sha256: kept.sha256.clone(),
        media_type: kept.media_type.to_owned(),
        content: STANDARD.encode(&kept.bytes),
    };
    let command = Command {
        key: photograph::key(order, &kept.sha256),
        version: 0,
        action: "keep".into(),
        by: By { window: true, ..registers::by(window, caller) },
        note: String::new(),
        body: serde_json::to_string(&photograph).ok(),
    };
    match registers::command_of(window, command).await? {
        // The same picture of the same trade is there already.
        Ok(_) | Err(Refusal::Outdated(_)) => Ok(()),
        Err(refusal) => Err(registers::refused(&refusal, &[])),
    }
}

/// `GET /v1/consignments/{platform}/{orderNo}/photographs/{sha256}`: the picture itself.
pub async fn photograph(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((platform, order_no, sha256)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    shown(&window, &caller, OrderKey::new(&platform, &order_no), &sha256).await
}

/// `GET /v1/exports/{merchant}/{orderNo}/photographs/{sha256}`: the same of an export.
pub async fn photograph_of_export(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((merchant, order_no, sha256)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    shown(&window, &caller, ExportTradeKey::new(&merchant, &order_no).marked(), &sha256).await
}

async fn shown(window: &Window, caller: &Caller, order: OrderKey, sha256: &str) -> Result<Response, Problem> {
    let absent =
        || Problem::not_found("no consignment that names you has this number, or no such photograph");
    let trade = seen(window, caller, &order).await;
    let (trade, reader) = trade.map_err(|problem| {
        if problem.status() == 404 { absent().of_another(problem.is_of_another()) } else { problem }
    })?;
    let reader = reader.ok_or_else(|| absent().of_another(true))?;
    let timeline = trade.timeline(window).await?;
    let may = |event: &StoredEvent| {
        let Some((_, inspection)) = inspection_of(event) else { return false };
        let is_of_it = inspection.photographs.iter().any(|one| one == sha256);
        is_of_it
            && (reader == Reader::Office
                || standing(&timeline, event).took_effect()
                    && judged_with(window, event, |all, day| inspection.is_told(all, day)))
    };
    if !timeline.iter().any(may) {
        return Err(absent());
    }
    let key = photograph::key(&order, sha256);
    let record = window.read.record(&key).await?.ok_or_else(absent)?;
    if reader == Reader::Office {
        let id = key.id.to_string();
        let by = registers::by(window, caller);
        registers::recorded(window, by, ("photograph", &id), &trade.owners(), &caller.purpose, None).await?;
    }
    let photograph = Photograph::of(&record);
    let bytes = STANDARD.decode(photograph.content.as_bytes()).map_err(|_| Problem::internal())?;
    let media_type = ["image/jpeg", "image/png", "image/webp"]
        .into_iter()
        .find(|known| *known == photograph.media_type)
        .ok_or_else(Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, media_type), (header::CONTENT_DISPOSITION, "inline")], bytes).into_response())
}
