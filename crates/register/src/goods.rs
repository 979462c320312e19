//! Goods filed by a merchant: once, so that every declaration, officer and warehouse knows them by the same number. What a
//! declaration is held against in them is `clearance::goods`.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, form, owner_of, read, stored, written};
use ceb::{Day, Decimal};
use clearance::Text;
use clearance::facts::Facts;
use clearance::goods::{Declared, FiledGoods};
use clearance::keys::Time;
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
    /// First day of the authorisation, yyyyMMdd.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_from: Option<String>,
    /// Last day of the authorisation, yyyyMMdd; none = open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_to: Option<String>,
    /// Country of origin, a code of the country table.
    pub origin: String,
    /// Unit of sale, a code of the unit table.
    pub unit: String,
    /// First legal unit, as the tariff has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit1: Option<String>,
    /// First legal units in one unit of sale: a decimal above zero with up to five places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor1: Option<String>,
    /// Second legal unit, where the tariff has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit2: Option<String>,
    /// Second legal units in one unit of sale, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor2: Option<String>,
    /// Bar code.
    #[serde(default)]
    pub barcode: Option<String>,
    /// The Chinese label, or where consumers read it.
    #[serde(default)]
    pub label: String,
    /// Labels on the goods, in whatever language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// What stays in force while a change waits; nobody sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<Box<Goods>>,
}

/// A label on goods: what it says, or how it looks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Label {
    /// In which language.
    pub language: String,
    /// What it says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The record of its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<String>,
}

/// Whether the authorisation of the brand of filed goods has ended.
///
/// # Panics
/// If the record is none of this register.
pub fn is_overdue(record: &Record, now: Time) -> bool {
    if !matches!(record.state.as_str(), "filed" | "change-submitted") {
        return false;
    }
    let goods: Goods = stored(record);
    let goods = goods.in_force.as_deref().unwrap_or(&goods);
    goods.brand_to.as_deref().and_then(Day::parse).is_some_and(|last| last < now.day())
}

/// A day that was checked when it was filed.
fn day(text: Option<&str>) -> Option<Day> {
    text.and_then(Day::parse)
}

/// A number that was checked when it was filed.
fn decimal(text: Option<&str>) -> Option<Decimal> {
    text.and_then(Decimal::parse)
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
        brand: (day(goods.brand_from.as_deref()), day(goods.brand_to.as_deref())),
        factors: (decimal(goods.factor1.as_deref()), decimal(goods.factor2.as_deref())),
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
        (action, Some(goods)) => {
            if action == "approve" {
                // What was right when it was sent may have ended since.
                brand_term(&goods, seen.now.day(), faults);
            }
            Goods { in_force: None, ..goods }
        }
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
    if !digits || book.tariff.line(&goods.hs_code, today).is_none() {
        faults.push(Fault::new("hsCode", &goods.hs_code, says::TARIFF_CODE.said()));
    }
    for (path, code, table) in
        [("origin", &goods.origin, &book.codes.countries), ("unit", &goods.unit, &book.codes.units)]
    {
        if !table.holds(code, today) {
            faults.push(Fault::new(path, code, says::CODE_OF_TABLE.said()));
        }
    }
    if !goods.brand.trim().is_empty() && goods.brand_authorisation.as_deref().is_none_or(str::is_empty) {
        faults.push(Fault::new("brandAuthorisation", "", says::BRAND_AUTHORISATION.said()));
    }
    if digits && let Some(line) = book.tariff.line(&goods.hs_code, today) {
        let first = (goods.unit1.as_deref(), goods.factor1.as_deref());
        let second = (goods.unit2.as_deref(), goods.factor2.as_deref());
        legal_unit(("unit1", "factor1"), first, Some(&line.unit1), faults);
        legal_unit(("unit2", "factor2"), second, line.unit2.as_deref(), faults);
    }
    brand_term(goods, today, faults);
    for (index, label) in goods.labels.iter().enumerate() {
        let at = |field: &str| format!("labels[{index}].{field}");
        if label.language.trim().is_empty() {
            faults.push(Fault::new(&at("language"), "", says::NOT_EMPTY.said()));
        }
        if label.text.trim().is_empty() && is_empty(label.attachment.as_deref()) {
            faults.push(Fault::new(&at("text"), "", says::LABEL_SHOWN.said()));
        }
    }
    for (attribute, path, is_said) in [
        ("goods-legal-units", "unit1", !is_empty(goods.unit1.as_deref())),
        ("goods-labels", "labels", !goods.labels.is_empty()),
        (
            "goods-brand-term",
            "brandFrom",
            goods.brand.trim().is_empty() || !is_empty(goods.brand_from.as_deref()),
        ),
    ] {
        if let Some(row) = book.attributes.asked(Role::Merchant, attribute, today).filter(|_| !is_said) {
            let told = [("role", Role::Merchant.word()), ("source", row.source.as_str())];
            faults.push(Fault::new(path, "", says::ATTRIBUTE_NEEDED.with(&told)));
        }
    }
}

fn is_empty(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

/// A legal unit is the tariff's, and comes with its conversion.
fn legal_unit(
    (unit_path, factor_path): (&str, &str),
    (unit, factor): (Option<&str>, Option<&str>),
    of_tariff: Option<&str>,
    faults: &mut Vec<Fault>,
) {
    let (unit, factor) = (unit.unwrap_or(""), factor.unwrap_or(""));
    match of_tariff {
        _ if unit.is_empty() && factor.is_empty() => return,
        None => {
            let (path, value) = if unit.is_empty() { (factor_path, factor) } else { (unit_path, unit) };
            faults.push(Fault::new(path, value, says::NO_SECOND_UNIT.said()));
            return;
        }
        Some(known) if unit != known => {
            faults.push(Fault::new(unit_path, unit, says::LEGAL_UNIT.with(&[("unit", known)])));
        }
        Some(_) => {}
    }
    if Decimal::parse(factor).is_none_or(|factor| factor <= Decimal::default()) {
        faults.push(Fault::new(factor_path, factor, says::UNIT_WITH_FACTOR.said()));
    }
}

/// The authorisation of a brand is not over.
fn brand_term(goods: &Goods, today: Day, faults: &mut Vec<Fault>) {
    if goods.brand.trim().is_empty() {
        for (path, text) in
            [("brandFrom", goods.brand_from.as_deref()), ("brandTo", goods.brand_to.as_deref())]
        {
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                faults.push(Fault::new(path, text, says::BRAND_NAMED.said()));
            }
        }
        return;
    }
    let from = goods.brand_from.as_deref().filter(|text| !text.is_empty());
    let from = from.map(|text| form::day("brandFrom", text, faults));
    let Some(text) = goods.brand_to.as_deref().filter(|text| !text.is_empty()) else { return };
    let last = form::day("brandTo", text, faults);
    if Day::parse(text).is_none() {
        return;
    }
    if from.is_some_and(|from| last < from) {
        faults.push(Fault::new("brandTo", text, says::NOT_BEFORE_FROM.said()));
    } else if last < today {
        faults.push(Fault::new("brandTo", text, says::TERM_OF_BRAND.said()));
    }
}
