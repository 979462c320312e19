//! Receipts out: a feed by cursor, complete up to the cursor it returns; and for people the newest first, or the newest in an
//! order. What is given meanwhile is behind the cursor of the first page, so it moves nothing on the others.

use super::error::Problem;
use super::{Query, RECEIPTS, limit, parameter, view};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::State;
use clearance::Text;
use clearance::keys::Position;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::sync::Arc;
use store::{Cursor, Read, ReceiptRow};

/// Receipts that are put in order by a column, the newest.
const SORTABLE: usize = 200;
/// Columns that they are sorted by.
const SORTED: &str = "time, message, status, document";
/// Numbers by which the sender of a document knows it, the first that a receipt has.
const NUMBERS: [&str; 9] =
    ["orderNo", "payTransactionId", "payNo", "logisticsNo", "copNo", "coElNo", "billNo", "invtNo", "preNo"];

/// One receipt of the caller's as XML: the row that carries it, and which of the row's.
pub(crate) async fn one(
    window: &Window,
    caller: &Caller,
    position: u64,
    number: usize,
) -> Result<Vec<u8>, Problem> {
    let missing = || Problem::not_found("no receipt of yours is there");
    let position = Position::of_number(position).ok_or_else(missing)?;
    let (_, exchange_ids) = window.names_of(&caller.party);
    let of_event = window.read.event(position).await?.and_then(|event| event.row.outcome);
    let receipts = match of_event {
        Some(outcome) => outcome.receipts.clone(),
        None => window.read.message(position).await?.map(|row| row.receipts).unwrap_or_default(),
    };
    let own = receipts.get(number).filter(|receipt| exchange_ids.contains(&receipt.recipient));
    Ok(ceb::write_receipt(&own.ok_or_else(missing)?.document))
}

/// The number of the document that a receipt answers, as its sender knows it.
fn document_number(row: &ReceiptRow) -> String {
    let document = &row.receipt.document;
    let parts = document.kind().parts();
    let mut found: Option<(usize, String)> = None;
    document.visit(&mut |part, _, field, text| {
        let name = parts.get(part).and_then(|part| part.fields.get(field)).map(|field| field.name);
        let rank = NUMBERS.iter().position(|known| Some(*known) == name);
        if let Some(rank) = rank.filter(|_| !text.is_empty())
            && found.as_ref().is_none_or(|(known, _)| rank < *known)
        {
            found = Some((rank, text.to_owned()));
        }
    });
    found.map(|(_, number)| number).unwrap_or_default()
}

/// A receipt with the number of its document, which is none of the row's: as the feed and webhooks give it.
pub(crate) fn numbered(row: &ReceiptRow, xml: bool) -> Value {
    let mut shown = view::receipt(row, xml);
    shown["documentNumber"] = document_number(row).into();
    shown
}

/// Of a receipt, what it is put in order by.
type SortKey = fn(&ReceiptRow) -> (i64, String);

/// By what receipts are put in order by a column; what is equal stays the newest first.
fn key_of(by: &str) -> Option<SortKey> {
    let key: SortKey = match by {
        "message" => |row| (0, row.receipt.document.kind().root().to_owned()),
        "status" => |row| (row.receipt.status.into(), String::new()),
        "document" => |row| (0, document_number(row)),
        _ => return None,
    };
    Some(key)
}

/// `GET /v1/receipts?after=&limit=&form=xml|json&sort=`. Without an order, or by `time`, a feed: nothing left out, nothing twice.
/// By `-time` the newest first, however many there are; by another column the newest 200, and `more` says that there are more.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let (_, exchange_ids) = window.names_of(&caller.party);
    let wrong = || Problem::bad_request("after is a cursor of an earlier answer of the same order");
    let after = parameter(&query, "after").unwrap_or_default();
    let limit = limit(&query, RECEIPTS)?;
    let xml = match parameter(&query, "form").as_deref() {
        None | Some("json") => false,
        Some("xml") => true,
        Some(_) => return Err(Problem::bad_request("form is json or xml")),
    };
    if let Some(sort) = parameter(&query, "sort").filter(|sort| sort != "time") {
        let (after, rows) = match after.split_once('~') {
            None if sort == "-time" => (after.as_str(), 0),
            // A page of an order by a column goes on behind so many rows of those that the first had.
            None if after.is_empty() => ("", 0),
            None => return Err(wrong()),
            Some((after, rows)) => (after, rows.parse().map_err(|_| wrong())?),
        };
        let upto = match after {
            "" => window.read.position().await?,
            text => Cursor::parse(text).ok_or_else(wrong)?,
        };
        return sorted(&window, &exchange_ids, &sort, (&upto, rows), (limit, xml)).await.map(Json);
    }
    let after = Cursor::parse(&after).ok_or_else(wrong)?;
    if window.is_sandbox() && after != Cursor::default() {
        // Shown: software that asks from here on has what came before.
        let asked = crate::sandbox::asked_receipts(&window.code_of(&caller.party));
        window.control.set(&asked, &after.to_string()).await?;
    }
    let (receipts, cursor) = window.read.receipts(&exchange_ids, &after, limit).await?;
    let shown: Vec<Value> = receipts.iter().map(|row| numbered(row, xml)).collect();
    Ok(Json(json!({"receipts": shown, "cursor": cursor.to_string()})))
}

/// A page of receipts in an order, of those that were there at a cursor; `rows` of them stand before it.
async fn sorted(
    window: &Window,
    recipients: &[Text],
    sort: &str,
    (upto, rows): (&Cursor, usize),
    (limit, xml): (usize, bool),
) -> Result<Value, Problem> {
    let shown = |found: &[ReceiptRow]| found.iter().map(|row| numbered(row, xml)).collect::<Vec<Value>>();
    if sort == "-time" {
        let (found, next) = window.read.newest_receipts(recipients, upto, limit).await?;
        let next = next.map(|next| next.to_string());
        return Ok(
            json!({"receipts": shown(&found), "cursor": upto.to_string(), "next": next, "more": false}),
        );
    }
    let (by, falling) = sort.strip_prefix('-').map_or((sort, false), |by| (by, true));
    let key = key_of(by).ok_or_else(|| {
        let wrong = format!("sort is one of {SORTED}, with a minus before it for the largest first");
        Problem::bad_request(&wrong)
    })?;
    let (mut found, older) = window.read.newest_receipts(recipients, upto, SORTABLE).await?;
    if falling {
        found.sort_by_cached_key(|row| Reverse(key(row)));
    } else {
        found.sort_by_cached_key(key);
    }
    let end = rows.saturating_add(limit).min(found.len());
    let next = (end < found.len()).then(|| format!("{upto}~{end}"));
    let page = found.get(rows..end).unwrap_or_default();
    Ok(json!({
        "receipts": shown(page), "cursor": upto.to_string(), "next": next, "more": older.is_some(),
    }))
}
