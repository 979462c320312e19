//! What is kept of one person, asked for by his number: for offices of the whole zone, with a purpose, and each reading
//! recorded before anything is shown. The number comes in the body: addresses are logged on the way.

use super::error::Problem;
use super::{registers, view};
use crate::Window;
use crate::auth::Caller;
use crate::retention::{identity_of, named_order, order_of, portions};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use clearance::consignment::Consignment;
use clearance::event::Cause;
use clearance::identity::personal;
use clearance::keys::{OrderKey, Position};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{ChosenRead, Cursor, EventRow, Read, Row, StoreError};

/// Rows of the ledger that one request looks at.
const ROWS: usize = 20_000;

/// Who is asked for, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    number: String,
    purpose: String,
    #[serde(default)]
    after: String,
}

/// `POST /v1/persons/records`: every document that names a person, with what it tells of him, a part of the ledger at a time.
pub async fn records(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    // What is wrong with a body is not told with the body: it has a person's number.
    let Json(body) = body.map_err(|_| {
        Problem::bad_request(
            "the body is a JSON object with number, purpose and, after the first page, after",
        )
    })?;
    let (number, purpose) = (body.number.trim(), body.purpose.trim());
    let missing = [("number", number, 1, 60), ("purpose", purpose, 2, 500)].into_iter().find(
        |(_, text, least, most)| {
            let count = text.chars().count();
            count < *least || count > *most
        },
    );
    if let Some((name, _, least, most)) = missing {
        let faults =
            json!([{"path": name, "value": "", "expected": format!("text of {least} to {most} characters")}]);
        return Err(
            Problem::invalid("nothing was looked up; say of whom, and what for").with("faults", faults)
        );
    }
    let after = Cursor::parse(&body.after);
    let mut after = after.ok_or_else(|| Problem::bad_request("after is what a page gave"))?;
    let from = after.to_string();
    let (found, mut owners, complete) = held(&window.read, number, &mut after).await?;
    let subject = window.read.keyed_hash(&format!("identity:{}", number.to_ascii_uppercase()));
    let range = Some((from, after.to_string()));
    let by = registers::by(&window, &caller);
    // He finds the reading himself.
    owners.push(clearance::guard::person(&subject));
    registers::recorded(&window, by, ("person", &subject), &owners, purpose, range).await?;
    Ok(Json(json!({ "records": found, "after": after.to_string(), "complete": complete })))
}

/// Documents of the next part of the ledger that name a person, whose they are, and whether that was all.
async fn held(
    read: &ChosenRead,
    number: &str,
    after: &mut Cursor,
) -> Result<(Vec<Value>, Vec<clearance::Text>, bool), StoreError> {
    let rows = portions(read, after, ROWS).await?;
    let complete = rows.len() < ROWS;
    let (mut found, mut owners) = (Vec::new(), BTreeSet::new());
    let mut known: BTreeMap<OrderKey, bool> = BTreeMap::new();
    for (position, row) in rows {
        let Row::Event(event) = row else { continue };
        let Cause::Document(arrived) = &event.event.cause else { continue };
        let names = match identity_of(&arrived.document) {
            Some(named) => named.eq_ignore_ascii_case(number),
            // A waybill has no number: it is the person's whose consignment claims it.
            None => carries(read, &event, number, &mut known).await?,
        };
        if names {
            owners.insert(arrived.sender.clone());
            let order = order_of(read, &event).await?.or_else(|| named_order(&arrived.document));
            found.push(shown(position, &event, arrived, order.as_ref()));
        }
    }
    Ok((found, owners.into_iter().collect(), complete))
}

async fn carries(
    read: &ChosenRead,
    event: &EventRow,
    number: &str,
    known: &mut BTreeMap<OrderKey, bool>,
) -> Result<bool, StoreError> {
    let Some(order) = order_of(read, event).await? else { return Ok(false) };
    if let Some(known) = known.get(&order) {
        return Ok(*known);
    }
    let consignment = read.consignment(&order).await?;
    let of = |one: &Consignment| {
        let declared = one.attempt.as_ref().map(|attempt| &attempt.declaration);
        let mut filed = one.order.iter().chain(&one.payment).chain(declared);
        filed
            .any(|filed| identity_of(&filed.document).is_some_and(|named| named.eq_ignore_ascii_case(number)))
    };
    let names = consignment.as_ref().is_some_and(of);
    known.insert(order, names);
    Ok(names)
}

fn shown(
    position: Position,
    event: &EventRow,
    arrived: &clearance::event::Arrived,
    order: Option<&OrderKey>,
) -> Value {
    let document = &arrived.document;
    let mut fields = serde_json::Map::new();
    let parts = document.kind().parts();
    document.visit(&mut |part, _, field, text| {
        let rule = parts.get(part).and_then(|part| part.fields.get(field));
        if let Some(rule) = rule.filter(|rule| personal(rule.name).is_some()) {
            fields.insert(rule.name.to_owned(), text.into());
        }
    });
    json!({
        "position": position.number(),
        "time": event.outcome.as_ref().map(|outcome| view::time(outcome.now)),
        "message": document.kind().root(),
        "sender": arrived.sender.as_str(),
        "platform": order.map(|order| order.platform.as_str()),
        "orderNo": order.map(|order| order.order_no.as_str()),
        "fields": fields,
    })
}
