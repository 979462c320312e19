//! Trades of bonded goods, and what a book needs before lists can be taken from it: its items, and goods that came in.

use crate::Failure;
use crate::demo::agencies::CUSTOMS;
use clearance::Text;
use clearance::record::Register;
use clearance::sample::{self, Trade};
use serde_json::{Value, json};

/// Holder of the book from which invented trades are sold, and its number.
pub const BOOK: (&str, &str) = ("5301960601", "T8620W000001");
/// Pieces of one item that a trade takes at most: two lines, three pieces each.
const MOST: u64 = 6;

/// A move on a record.
pub struct Step {
    /// Who makes it.
    pub party: &'static str,
    /// The register.
    pub register: Register,
    /// The record.
    pub id: String,
    /// What is done.
    pub action: &'static str,
    /// On which version.
    pub version: u32,
    /// With what.
    pub body: Value,
}

impl Step {
    /// For who makes it through the interface: party, path, and what is posted there.
    pub fn json(&self) -> Value {
        json!({
            "party": self.party, "path": format!("/v1/registers/{}/{}/actions", self.register.word(), self.id),
            "post": {"action": self.action, "version": self.version, "body": self.body},
        })
    }
}

/// Opens the book.
pub fn opened() -> Vec<Step> {
    let (holder, number) = BOOK;
    let body = applied(&sample::shelf());
    let step = |party, action, version| {
        let id = format!("{holder}:{number}");
        Step { party, register: Register::BondedBook, id, action, version, body: body.clone() }
    };
    vec![step(holder, "apply", 0), step(CUSTOMS, "approve", 1)]
}

/// Fills it by an entry checklist of this number: so many trades, whatever they are of, find what they take.
///
/// # Errors
/// When these are too many to be counted.
pub fn stocked(document: &str, trades: u64) -> Result<Vec<Step>, Failure> {
    let (holder, number) = BOOK;
    let pieces = i64::try_from(trades.max(1).saturating_mul(MOST))?;
    let line = |(item, _): (book::Item, Text)| entered("enter", &item, ("L1", "116", ""), pieces);
    let lines: Option<Vec<Value>> = sample::shelf().into_iter().map(line).collect();
    let body = json!({"lines": lines.ok_or("these are too many trades for one book")?});
    let step = |party, action, version| {
        let id = format!("{holder}:{number}:entry-checklist:{document}");
        Step { party, register: Register::BondedDocument, id, action, version, body: body.clone() }
    };
    Ok(vec![step(holder, "file", 0), step(CUSTOMS, "accept", 1)])
}

/// Trades as those of bonded goods of that book.
pub fn sold(trades: Vec<Trade>) -> Vec<Trade> {
    trades.into_iter().map(|trade| trade.from_shelf(BOOK.0, BOOK.1)).collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::keys::Time;

    #[test]
    fn a_book_is_opened_and_filled_for_what_is_sold_from_it() {
        let steps: Vec<Step> = opened().into_iter().chain(stocked("H1", 10).unwrap()).collect();
        let said: Vec<(&str, &str, u32)> =
            steps.iter().map(|step| (step.party, step.action, step.version)).collect();
        let holder = BOOK.0;
        assert_eq!(
            said,
            [(holder, "apply", 0), (CUSTOMS, "approve", 1), (holder, "file", 0), (CUSTOMS, "accept", 1)]
        );
        assert_eq!(
            steps[3].json()["path"],
            "/v1/registers/bonded-documents/5301960601:T8620W000001:entry-checklist:H1/actions"
        );
        let items = steps[0].body["items"].as_array().unwrap();
        for number in 0..200 {
            let trade = Trade::new(5, number, Time(1_795_399_200_000), 1_000);
            let trade = sold(vec![trade]).remove(0);
            for line in &trade.declaration.lines {
                let item =
                    items.iter().find(|item| item["number"] == line.item_record_no.as_deref().unwrap());
                let item = item.expect("an item of the book");
                assert_eq!(
                    (&item["gcode"], &item["unit1"]),
                    (&line.gcode.as_str().into(), &line.unit1.as_str().into())
                );
                let expected = sample::shelf()
                    .remove(line.item_record_no.as_deref().unwrap().parse::<usize>().unwrap() - 1);
                let legal = expected.0.converted(line.qty).unwrap();
                assert_eq!(
                    (legal.first, legal.second),
                    (line.qty1, line.qty2.unwrap_or_default()),
                    "{line:?}"
                );
            }
        }
    }
}
