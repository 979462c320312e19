//! What a trade has of exchanges: the order that its return was exchanged for, and the return that its order replaces. Told with the
//! trade, to whoever may see that; who may see the other trade is asked there.

use crate::Window;
use clearance::keys::OrderKey;
use register::replacement::{Of, Standing, key};
use serde_json::{Value, json};
use store::{Read, StoreError};

/// What stands at an order; null = nothing.
pub(crate) async fn of_order(window: &Window, order: &OrderKey) -> Result<Value, StoreError> {
    let Some(record) = window.read.record(&key(order)).await? else { return Ok(Value::Null) };
    let standing = Standing::of(&record);
    if standing == Standing::default() {
        return Ok(Value::Null);
    }
    let link = |of: &Of| json!({"orderNo": of.order_no, "returnNumber": of.return_number});
    Ok(json!({
        "replaces": standing.replaces.as_ref().map(link),
        "exchangedFor": standing.exchanged_for.iter().map(link).collect::<Vec<_>>(),
    }))
}
