//! Goods filed by a merchant: once, so that every declaration, officer and warehouse knows them by the same number.

use crate::moves::Move;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use clearance::party::Role;
use serde::{Deserialize, Serialize};

/// States: submitted, returned, refused, withdrawn, filed, ended. The id is the merchant's code, a colon, its number.
pub const MOVES: &[Move] = &[
    Move::owner("apply", &["", "refused", "withdrawn", "ended"], "submitted"),
    Move::owner("correct", &["submitted", "returned"], "submitted"),
    Move::owner("withdraw", &["submitted", "returned"], "withdrawn"),
    Move::reviewer("return", &["submitted"], "returned").explained(),
    Move::reviewer("refuse", &["submitted"], "refused").explained(),
    Move::reviewer("approve", &["submitted"], "filed"),
    Move::owner("change", &["filed"], "submitted"),
    Move::owner("end", &["filed"], "ended"),
    Move::reviewer("end", &["filed"], "ended").explained(),
];

/// What is filed of goods.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Goods {
    /// What they are called.
    pub name: String,
    /// Ten digits of the tariff, as declared (`gcode`); the first eight are looked up.
    pub hs_code: String,
    /// Specification and model, as declared (`gmodel`).
    pub specification: String,
    /// Brand; empty = none.
    #[serde(default)]
    pub brand: String,
    /// The record of the brand's authorisation.
    #[serde(default)]
    pub brand_authorisation: Option<String>,
    /// Country of origin, a code of the country table.
    pub origin: String,
    /// Unit of sale, a code of the unit table.
    pub unit: String,
    /// Bar code.
    #[serde(default)]
    pub barcode: Option<String>,
    /// The Chinese label, or where consumers read it.
    #[serde(default)]
    pub label: String,
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let owner = owner_of(&command.key);
    let number = seen.own_name();
    if number.trim().is_empty() || number.len() > 60 {
        faults.push(Fault::new("id", &command.key.id, "merchant's code, a colon, its number of the goods"));
    }
    let goods: Goods = match (step.action, seen.current) {
        ("apply" | "correct" | "change", _) | (_, None) => {
            let goods = read(command.body.as_deref(), faults)?;
            check(seen, &owner, &goods, faults);
            goods
        }
        (_, Some(record)) => stored(record),
    };
    Some(Made { body: written(&goods), parties: vec![owner], filing: None })
}

fn check(seen: &Seen<'_>, owner: &str, goods: &Goods, faults: &mut Vec<Fault>) {
    let today = seen.now.day();
    let merchant = seen.parties.find(owner, today).is_some_and(|filing| filing.has(Role::Merchant));
    if !merchant {
        faults.push(Fault::new("id", owner, "the code of a party that is filed as a merchant"));
    }
    for (path, text) in [("name", &goods.name), ("specification", &goods.specification)] {
        if text.trim().is_empty() {
            faults.push(Fault::new(path, "", "as it will be declared"));
        }
    }
    let book = seen.reference.current();
    let digits = goods.hs_code.len() == 10 && goods.hs_code.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || book.tariff.line(&goods.hs_code).is_none() {
        faults.push(Fault::new("hsCode", &goods.hs_code, "ten digits whose first eight are in the tariff"));
    }
    for (path, code, table) in
        [("origin", &goods.origin, &book.codes.countries), ("unit", &goods.unit, &book.codes.units)]
    {
        if !table.has(code) {
            faults.push(Fault::new(path, code, "a code of its table"));
        }
    }
    if !goods.brand.trim().is_empty() && goods.brand_authorisation.as_deref().is_none_or(str::is_empty) {
        faults.push(Fault::new("brandAuthorisation", "", "the record of the brand's authorisation"));
    }
}
