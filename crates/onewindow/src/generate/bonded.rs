//! What a bonded book needs before lists can be taken from it: its items, and goods that came in.

use clearance::Text;
use serde_json::{Value, json};

/// The application for a book with these items.
pub fn applied(items: &[(book::Item, Text)]) -> Value {
    let form = |(item, name): &(book::Item, Text)| {
        json!({
            "number": item.number.as_str(), "gcode": item.gcode.as_str(), "goodsNo": item.goods_no.as_str(),
            "name": name.as_str(), "unit": item.unit.as_str(), "unit1": item.first.unit.as_str(),
            "factor1": item.first.factor.to_string(), "unit2": item.second.as_ref().map(|unit| unit.unit.to_string()),
            "factor2": item.second.as_ref().map(|unit| unit.factor.to_string()), "tolerance": item.tolerance,
            "stopSaleDays": item.stop_sale_days,
        })
    };
    json!({"items": items.iter().map(form).collect::<Vec<_>>()})
}

/// A line by which pieces of an item come in as a lot: number, origin, expiry (empty = none). None where they are too many to be
/// counted in its legal units.
pub fn entered(
    operation: &str,
    item: &book::Item,
    (lot, origin, expiry): (&str, &str, &str),
    pieces: i64,
) -> Option<Value> {
    let quantities = item.converted(ceb::Decimal::from_whole(pieces))?;
    Some(json!({
        "operation": operation, "item": item.number.as_str(), "lot": lot, "origin": origin,
        "expiry": (!expiry.is_empty()).then_some(expiry), "quantity": quantities.declared.to_string(),
        "quantity1": quantities.first.to_string(), "quantity2": quantities.second.to_string(),
    }))
}
