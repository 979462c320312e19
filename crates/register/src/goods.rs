//! Goods filed by a merchant: once, so that every declaration, officer and warehouse knows them by the same number. What a
//! declaration is held against in them is `clearance::goods`.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use clearance::Text;
use clearance::facts::Facts;
use clearance::goods::{Declared, FiledGoods};
use clearance::party::Role;
use clearance::record::{Record, Register};
use serde::{Deserialize, Serialize};

/// States: submitted, returned, refused, withdrawn, filed, change-submitted (what is filed stays in force meanwhile),
/// suspended, revoked, ended. The id is the merchant's code, a colon, its number of the goods (`itemNo`).
pub const MOVES: &[Move] = &[
    Move::owner("apply", &["", "refused", "withdrawn", "ended", "revoked"], "submitted"),
    Move::owner("correct", &["submitted", "returned"], "submitted"),
    Move::owner("withdraw", &["submitted", "returned"], "withdrawn"),
    Move::reviewer("return", &["submitted"], "returned").explained(),
    Move::reviewer("refuse", &["submitted"], "refused").explained(),
    Move::reviewer("approve", &["submitted"], "filed"),
    Move::owner("change", &["filed"], "change-submitted"),
    Move::owner("correct", &["change-submitted"], "change-submitted"),
    Move::owner("withdraw", &["change-submitted"], "filed"),
    Move::reviewer("refuse", &["change-submitted"], "filed").explained(),
    Move::reviewer("approve", &["change-submitted"], "filed"),
    Move::reviewer("suspend", &["filed", "change-submitted"], "suspended").explained(),
    Move::reviewer("resume", &["suspended"], "filed").explained(),
    Move::reviewer("revoke", &["filed", "change-submitted", "suspended"], "revoked").explained(),
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
    /// What stays in force while a change waits; nobody sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<Box<Goods>>,
}

/// What declarations are held against; none = these goods were never filed, or were given up before they were.
fn filed(record: &Record) -> Option<FiledGoods> {
    let goods = || -> Goods { stored(record) };
    let filed = match record.state.as_str() {
        "filed" => Some(goods()),
        // Before changes left what is filed in force they were applications anew.
        "change-submitted" => goods().in_force.map(|goods| *goods),
        "suspended" | "revoked" | "ended" => None,
        _ => return None,
    };
    let declared = |goods: Goods| Declared {
        hs_code: goods.hs_code.as_str().into(),
        unit: goods.unit.as_str().into(),
        origin: goods.origin.as_str().into(),
        barcode: goods.barcode.map(|code| code.trim().into()).filter(|code: &Text| !code.is_empty()),
    };
    Some(FiledGoods {
        version: record.version,
        position: record.last,
        state: record.state.clone(),
        filed: filed.map(declared),
    })
}

/// Puts the records of goods that were loaded where the judgement looks for them.
///
/// # Panics
/// If the body of one is none that this crate wrote.
pub(crate) fn as_facts(facts: &mut Facts) {
    let goods = facts.records.values().filter(|record| record.key.register == Register::Goods);
    let goods: Vec<_> = goods.filter_map(|record| Some((record.key.id.clone(), filed(record)?))).collect();
    facts.goods.extend(goods);
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let owner = owner_of(&command.key);
    let number = seen.own_name();
    if number.trim().is_empty() || number.len() > 60 {
        faults.push(Fault::new("id", &command.key.id, says::GOODS_ID.said()));
    }
    let before = seen.current.map(stored::<Goods>);
    let changes = seen.current.is_some_and(|record| record.state == "change-submitted");
    let goods: Goods = match (step.action, before) {
        ("apply" | "correct" | "change", before) | (_, before @ None) => {
            let goods: Goods = read(command.body.as_deref(), faults)?;
            check(seen, &owner, &goods, faults);
            let in_force = match step.action {
                "change" => before.map(Box::new),
                _ => before.and_then(|before| before.in_force).filter(|_| changes),
            };
            Goods { in_force, ..goods }
        }
        // What was not decided, or refused, changes nothing of what is filed.
        ("withdraw" | "refuse" | "suspend" | "revoke", Some(Goods { in_force: Some(filed), .. }))
            if changes =>
        {
            *filed
        }
        (_, Some(goods)) => Goods { in_force: None, ..goods },
    };
    Some(Made { body: written(&goods), parties: vec![owner], filing: None, seed: None })
}

fn check(seen: &Seen<'_>, owner: &str, goods: &Goods, faults: &mut Vec<Fault>) {
    let today = seen.now.day();
    if goods.in_force.is_some() {
        faults.push(Fault::new("inForce", "", says::WINDOW_KEEPS.said()));
    }
    let merchant = seen.parties.find(owner, today).is_some_and(|filing| filing.has(Role::Merchant));
    if !merchant {
        faults.push(Fault::new("id", owner, says::MERCHANT_FILED.said()));
    }
    for (path, text) in [("name", &goods.name), ("specification", &goods.specification)] {
        if text.trim().is_empty() {
            faults.push(Fault::new(path, "", says::AS_DECLARED.said()));
        }
    }
    let book = seen.reference.current();
    let digits = goods.hs_code.len() == 10 && goods.hs_code.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || book.tariff.line(&goods.hs_code).is_none() {
        faults.push(Fault::new("hsCode", &goods.hs_code, says::TARIFF_CODE.said()));
    }
    for (path, code, table) in
        [("origin", &goods.origin, &book.codes.countries), ("unit", &goods.unit, &book.codes.units)]
    {
        if !table.has(code) {
            faults.push(Fault::new(path, code, says::CODE_OF_TABLE.said()));
        }
    }
    if !goods.brand.trim().is_empty() && goods.brand_authorisation.as_deref().is_none_or(str::is_empty) {
        faults.push(Fault::new("brandAuthorisation", "", says::BRAND_AUTHORISATION.said()));
    }
}
