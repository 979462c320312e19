//! Goods of the country that enter a special zone: whoever wants the tax on them refunded names the customs declaration by which
//! they were exported into it. What a tax office is given of it is here; whether tax is refunded is its own.

use super::document::{Body, Lines};
use super::{document_of, holder_of};
use crate::form::day;
use crate::{Fault, Seen, says};
use clearance::identity::is_enterprise_code;
use clearance::record::Record;
use exchange::domestic::{DomesticEntry, of_domestic};
use serde::{Deserialize, Serialize};

/// By which declaration goods were exported into the zone.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RebateForm {
    /// Code of the enterprise that declared them.
    pub exporter: String,
    /// Number of the customs declaration.
    pub declaration: String,
    /// Its line.
    pub declaration_line: u32,
    /// The day on which it was released, yyyyMMdd.
    pub export_day: String,
}

/// What is wrong with proofs of export.
pub(crate) fn check(seen: &Seen<'_>, sent: &Lines, faults: &mut Vec<Fault>) {
    for (index, line) in sent.lines.iter().enumerate() {
        let Some(rebate) = &line.rebate else { continue };
        let at = |field: &str| format!("lines[{}].rebate.{field}", index + 1);
        if line.operation != "enter-domestic" {
            let path = format!("lines[{}].rebate", index + 1);
            faults.push(Fault::new(&path, &line.operation, says::NOT_OF_THIS_KIND.said()));
            continue;
        }
        if !is_enterprise_code(rebate.exporter.trim()) {
            faults.push(Fault::new(&at("exporter"), &rebate.exporter, says::ENTERPRISE_CODE.said()));
        }
        let number = rebate.declaration.trim();
        if number.len() != 18 || !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            faults.push(Fault::new(&at("declaration"), number, says::BONDED_DECLARATION.said()));
        }
        if rebate.declaration_line == 0 {
            faults.push(Fault::new(&at("declarationLine"), "0", says::AT_LEAST_ONE.said()));
        }
        let exported = day(&at("exportDay"), &rebate.export_day, faults);
        if exported > seen.now.day() {
            faults.push(Fault::new(&at("exportDay"), &rebate.export_day, says::TODAY_OR_BEFORE.said()));
        }
    }
}

/// What a version of a document gives to those who refund tax: a record for each line with a proof, when it is accepted.
pub fn shared(record: &Record) -> Vec<exchange::Shared> {
    let Some((book, _)) = document_of(&record.key.id).filter(|_| record.action == "accept") else {
        return Vec::new();
    };
    let body = Body::of(record);
    let holder = holder_of(&book);
    let number = book.split_once(':').map_or("", |(_, number)| number);
    let entered = record.changed.stamp_millis().to_string();
    let of = |moved: &super::document::LineMoved| {
        let line = body.lines.get((moved.form as usize).checked_sub(1)?)?;
        let rebate = line.rebate.as_ref()?;
        let second = line.quantity2.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Some(of_domestic(&DomesticEntry {
            document: &record.key.id,
            line: moved.line,
            holder: &holder,
            book: number,
            item: (line.item.trim(), line.lot.as_deref().unwrap_or("").trim()),
            quantities: (
                line.quantity.as_deref().unwrap_or("").trim(),
                line.quantity1.as_deref().unwrap_or("").trim(),
                second,
            ),
            exporter: rebate.exporter.trim(),
            declaration: (rebate.declaration.trim(), rebate.declaration_line),
            export_day: &rebate.export_day,
            customs: &record.actor.party,
            entered: &entered,
        }))
    };
    body.moved.iter().filter_map(of).collect()
}
