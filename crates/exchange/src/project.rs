//! What a row gives to a dataset. A repeated or refused document gives nothing: what is shared is what counts.

use crate::catalogue::Dataset;
use crate::{Mask, exports};
use ceb::{Decimal, Document, Kind};
use clearance::Text;
use clearance::consignment::Consignment;
use clearance::event::{ActionKind, Cause, Event};
use clearance::export::{NO_PLATFORM, UNREGISTERED};
use clearance::identity::masked;
use clearance::inspection::{Inspection, JointInspection, Measure};
use clearance::outcome::Outcome;
use clearance::party::Filing;
use serde_json::{Map, Value, json};

/// A record as it is without a mask.
#[derive(Clone, PartialEq, Debug)]
pub struct Shared {
    /// What it is about: its business key.
    pub subject: String,
    /// The fields that the key is made of: who is given not all of them is not told the key either.
    pub named_by: &'static [&'static str],
    /// Codes of the parties whom it names: they see to whom it was given.
    pub parties: Vec<Text>,
    /// What it says.
    pub values: Map<String, Value>,
}

/// What an event gives to a dataset. Documents inside the consignment have to be there for [`Dataset::Clearances`] and
/// [`Dataset::Inspections`]; see [`needs_states`]. Of a document only what the mask looks at is read: what it gives is
/// still [`Mask::of`].
pub fn of_event(dataset: Dataset, event: &Event, outcome: &Outcome, mask: &Mask) -> Vec<Shared> {
    match dataset {
        Dataset::Clearances => outcome.consignment.as_deref().and_then(clearance).into_iter().collect(),
        Dataset::Inspections => inspection(event, outcome).into_iter().collect(),
        Dataset::TaxBills => {
            let bills = outcome.receipts.iter().filter(|receipt| receipt.document.kind() == Kind::TaxBill);
            // Each party got its own copy: one bill.
            bills.take(1).map(|receipt| of_document(&receipt.document, mask)).collect()
        }
        Dataset::ExportClearances => exports::trades(outcome).filter_map(exports::clearance).collect(),
        Dataset::ExportSummaries => exports::summaries(outcome).map(exports::summary).collect(),
        _ => match &event.cause {
            Cause::Document(arrived)
                if Some(arrived.document.kind()) == dataset.document()
                    && outcome.repeats.is_none()
                    && outcome.answer.status > 0 =>
            {
                vec![of_document(&arrived.document, mask)]
            }
            _ => Vec::new(),
        },
    }
}

/// Whether an event has to be read with the documents of its states to give anything to a dataset.
pub fn needs_states(dataset: Dataset, event: &Event, outcome: &Outcome) -> bool {
    match dataset {
        Dataset::Clearances => outcome.consignment.as_ref().is_some_and(|state| state.attempt.is_some()),
        Dataset::Inspections => is_inspection(event, outcome),
        Dataset::ExportClearances => exports::trades(outcome).any(|trade| trade.attempt.is_some()),
        Dataset::ExportSummaries => exports::summaries(outcome).next().is_some(),
        _ => false,
    }
}

/// Fields of a document that say what it is about and whom it names.
const NAMES: [&str; 14] = [
    "ownerCode",
    "declAgentCode",
    "ebpCode",
    "ebcCode",
    "payCode",
    "logisticsCode",
    "agentCode",
    "assureCode",
    "operatorCode",
    "orderNo",
    "payTransactionId",
    "logisticsNo",
    "copNo",
    "taxNo",
];

/// What a document says that a mask looks at; what may be had of it is still [`Mask::of`].
pub fn of_document(document: &Document, mask: &Mask) -> Shared {
    let of_lines = mask.of_lines();
    let mut values = Map::new();
    let mut lines: Vec<Value> = Vec::new();
    let parts = document.kind().parts();
    document.visit(&mut |part, line, field, text| {
        let Some(rule) = parts.get(part).and_then(|part| part.fields.get(field)) else { return };
        if part == 0 {
            if !mask.looks_at(rule.name) && !NAMES.contains(&rule.name) {
                return;
            }
            // The device that a platform reports in a remark is for the window alone.
            let said = if rule.name == "note" { masked(rule.name, text) } else { text.into() };
            values.insert(rule.name.to_owned(), said.into());
            return;
        }
        if !of_lines.contains(rule.name) {
            return;
        }
        while lines.len() <= line {
            lines.push(Value::Object(Map::new()));
        }
        if let Some(Value::Object(line)) = lines.get_mut(line) {
            line.insert(rule.name.to_owned(), text.into());
        }
    });
    if parts.len() > 1 && !of_lines.is_empty() {
        values.insert("lines".to_owned(), Value::Array(lines));
    }
    let text = |name: &str| values.get(name).and_then(Value::as_str).map(str::trim).unwrap_or_default();
    let named = [
        "ebpCode",
        "ebcCode",
        "payCode",
        "logisticsCode",
        "agentCode",
        "assureCode",
        "operatorCode",
        "ownerCode",
        "declAgentCode",
    ];
    let mut parties: Vec<Text> =
        named.into_iter().map(text).filter(|code| is_party(code)).map(Text::from).collect();
    parties.sort_unstable();
    parties.dedup();
    let named_by: &[&str] = match document.kind() {
        Kind::Payment => &["payCode", "payTransactionId"],
        Kind::Waybill | Kind::ExportWaybill => &["logisticsCode", "logisticsNo"],
        Kind::ExportOrder | Kind::ExportPayment | Kind::ExportDeclaration => &["ebcCode", "orderNo"],
        Kind::MasterBill | Kind::SummaryApplication => &["agentCode", "copNo"],
        Kind::Departure => &["logisticsCode", "copNo"],
        Kind::Arrival | Kind::ExportArrival => &["operatorCode", "copNo"],
        Kind::TaxBill => &["taxNo"],
        _ => &["ebpCode", "orderNo"],
    };
    let subject = named_by.iter().map(|name| text(name)).collect::<Vec<_>>().join("/");
    Shared { subject, named_by, parties, values }
}

/// Whether a code is somebody's: a platform abroad has none, and says so.
fn is_party(code: &str) -> bool {
    !code.is_empty() && code != NO_PLATFORM && code != UNREGISTERED
}

/// Where a consignment stands; its documents have to be there.
pub fn clearance(consignment: &Consignment) -> Option<Shared> {
    let attempt = consignment.attempt.as_ref()?;
    let Document::Declaration(declaration) = &*attempt.declaration.document else { return None };
    let head = &declaration.head;
    let yuan = |fen: i64| Decimal::from_fen(fen).to_string();
    let mut values = json!({
        "platform": consignment.key.platform.as_str(),
        "orderNo": consignment.key.order_no.as_str(),
        "version": consignment.version,
        "attempt": attempt.number,
        "state": attempt.state.number(),
        "stateWord": attempt.state.word(),
        "time": consignment.last_time.stamp_millis().to_string(),
        "customsCode": head.customs_code.as_str(),
        "portCode": head.port_code.as_str(),
        "tradeMode": head.trade_mode.as_str(),
        "merchant": head.ebc_code.trim(),
        "agent": head.agent_code.trim(),
        "logistics": head.logistics_code.trim(),
        "logisticsNo": head.logistics_no.trim(),
        "guarantor": head.assure_code.trim(),
        "arrived": consignment.carriage.as_ref().is_some_and(|carriage| carriage.arrived.is_some()),
        "lines": declaration.lines.len(),
    });
    if !attempt.pre_no.is_empty() {
        values["preNo"] = attempt.pre_no.as_str().into();
    }
    if let Some(invt_no) = &attempt.invt_no {
        values["invtNo"] = invt_no.as_str().into();
    }
    if let Some(assessment) = &attempt.assessment {
        for (name, fen) in [
            ("dutiableValue", assessment.dutiable()),
            ("duty", assessment.duty()),
            ("consumptionTax", assessment.consumption_tax()),
            ("valueAddedTax", assessment.vat()),
            ("taxTotal", assessment.total()),
        ] {
            values[name] = yuan(fen).into();
        }
    }
    Some(of_consignment(consignment, values))
}

/// One in which two look is given when the second has confirmed it.
fn is_inspection(event: &Event, outcome: &Outcome) -> bool {
    let Cause::Action(action) = &event.cause else { return false };
    let result = match action.kind {
        ActionKind::InspectionResult { .. } => true,
        ActionKind::ConfirmInspection => !rests_on_a_report(outcome),
        ActionKind::Inspected(_) => joint(outcome).is_none_or(|joint| joint.position != event.position),
        _ => false,
    };
    result && outcome.repeats.is_none() && outcome.consignment.is_some()
}

/// Whether what a second officer confirms is another agency's inspection that the first recognised: it is no inspection of the giver.
fn rests_on_a_report(outcome: &Outcome) -> bool {
    let attempt = outcome.consignment.as_ref().and_then(|consignment| consignment.attempt.as_ref());
    let Some(attempt) = attempt else { return false };
    let Some(joint) = &attempt.joint else { return false };
    let first = attempt.remarks.iter().find(|remark| remark.position == joint.position);
    first.is_some_and(|remark| remark.action.starts_with("recognised "))
}

fn joint(outcome: &Outcome) -> Option<&JointInspection> {
    outcome.consignment.as_ref()?.attempt.as_ref()?.joint.as_deref()
}

fn inspection(event: &Event, outcome: &Outcome) -> Option<Shared> {
    let Cause::Action(action) = &event.cause else { return None };
    if !is_inspection(event, outcome) {
        return None;
    }
    let told = |inspection: &Inspection| {
        let results: Vec<String> = inspection.found.iter().map(|found| found.result.to_string()).collect();
        (inspection.measure == Measure::Release, Some(results))
    };
    // What was found is the first officer's, also where it is given once the second confirmed it.
    let (mut officer, mut finding) = (&action.officer, &action.text);
    let (passed, results) = match &action.kind {
        ActionKind::InspectionResult { passed } => (*passed, None),
        ActionKind::Inspected(inspection) => told(inspection),
        ActionKind::ConfirmInspection => {
            let joint = joint(outcome)?;
            (officer, finding) = (&joint.officer, &joint.text);
            told(&joint.inspection)
        }
        _ => return None,
    };
    let consignment = outcome.consignment.as_deref().filter(|_| outcome.repeats.is_none())?;
    let attempt = consignment.attempt.as_ref()?;
    let mut values = json!({
        "platform": consignment.key.platform.as_str(),
        "orderNo": consignment.key.order_no.as_str(),
        "passed": passed,
        "agency": action.party.as_str(),
        "officer": officer.as_str(),
        "finding": finding.as_str(),
        "state": attempt.state.number(),
        "time": outcome.now.stamp_millis().to_string(),
    });
    if let Some(results) = results {
        values["results"] = results.into();
    }
    if let Some(invt_no) = &attempt.invt_no {
        values["invtNo"] = invt_no.as_str().into();
    }
    Some(of_consignment(consignment, values))
}

/// What a filing gives to [`Dataset::Filings`].
pub fn of_filing(filing: &Filing) -> Shared {
    let modes: Vec<&str> = filing.modes.iter().map(Text::as_str).collect();
    let roles: Vec<&str> = filing.roles.iter().map(|role| role.word()).collect();
    let mut values = json!({
        "code": filing.code.as_str(),
        "name": filing.name.as_str(),
        "roles": roles,
        "validFrom": filing.valid_from.to_string(),
        "suspended": filing.suspended,
        "creditGrade": filing.grade.word(),
        "modes": modes,
        "guaranteeLimit": Decimal::from_fen(filing.guarantee_limit).to_string(),
        "version": filing.version,
    });
    if let Some(other) = &filing.other_code {
        values["otherCode"] = other.as_str().into();
    }
    if let Some(last) = filing.valid_to {
        values["validTo"] = last.to_string().into();
    }
    Shared {
        subject: filing.code.to_string(),
        named_by: &["code"],
        parties: vec![filing.code.clone()],
        values: object(values),
    }
}

fn of_consignment(consignment: &Consignment, values: Value) -> Shared {
    Shared {
        subject: format!("{}/{}", consignment.key.platform, consignment.key.order_no),
        named_by: &["platform", "orderNo"],
        parties: consignment.parties(),
        values: object(values),
    }
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(values) => values,
        _ => Map::new(),
    }
}
