//! Reports of other agencies' inspections at a trade: which of those that the caller's office recognises are about it, and a
//! decision that rests on one instead of on a look of one's own. Reports themselves are records of the register.

use super::error::Problem;
use super::inspections::{of_found, wrong};
use super::trades::Trade;
use crate::Window;
use crate::auth::Caller;
use crate::finding;
use clearance::Text;
use clearance::inspection::{Inspection, Measure, allowed};
use clearance::recognition::Recognised;
use clearance::record::{Record, RecordKey, Register};
use clearance::rulebook::ResultRow;
use register::inspection_report::{Body, report};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Read, RecordSearch};

/// Reports that are looked through besides while the index is behind, the newest first.
const REPORTS: usize = 500;

/// Those that the office of the caller may rest on today, however old they are.
pub(super) async fn of_trade(window: &Window, caller: &Caller, trade: &Trade) -> Result<Vec<Value>, Problem> {
    let Some(list) = trade.about() else { return Ok(Vec::new()) };
    let (codes, _) = window.names_of(&caller.party);
    let (merchants, _) = window.names_of(list.merchant);
    let reference = window.reference();
    let day = window.clock.now().day();
    let behind = finding::follow(window).await?;
    let mut records: BTreeMap<Text, Arc<Record>> = BTreeMap::new();
    for id in finding::recognised(window, &codes, &merchants, day) {
        let record = window.read.record(&RecordKey::new(Register::InspectionReport, &id)).await?;
        records.extend(record.map(|record| (record.key.id.clone(), record)));
    }
    if behind > 0 {
        let search = RecordSearch {
            register: Register::InspectionReport,
            parties: Some(codes),
            states: vec!["recognised".into()],
        };
        let (newest, _) = window.read.records(&search, None, REPORTS).await?;
        records.extend(newest.into_iter().map(|record| (record.key.id.clone(), record)));
    }
    let is_about = |record: &Record| {
        let report = report(record);
        let parties = &reference.parties;
        let holds = report.recognised && report.day <= day && day <= report.until;
        holds && parties.same(&report.to, &caller.party, day) && report.misses(&list, parties, day).is_empty()
    };
    let mut found: Vec<&Arc<Record>> = records.values().filter(|record| is_about(record)).collect();
    found.sort_by_key(|record| std::cmp::Reverse(record.last));
    Ok(found.into_iter().map(|record| shown(window, record)).collect())
}

fn shown(window: &Window, record: &Record) -> Value {
    let says = report(record);
    let Body { reported, .. } = Body::of(record);
    let reference = window.reference();
    let day = window.clock.now().day();
    let results = &reference.current().inspections;
    let rows: Vec<Option<&ResultRow>> =
        says.found.iter().map(|found| results.find(&found.result, day)).collect();
    let found = says.found.iter().zip(&rows).map(|(found, row)| of_found(found, *row, true));
    let known: Vec<&ResultRow> = rows.iter().copied().flatten().collect();
    let by = reference.parties.find(&says.by, day).map_or(says.by.as_str(), |filing| filing.name.as_str());
    json!({
        "report": record.key.id.as_str(), "version": record.version, "by": says.by.as_str(), "byName": by,
        "number": reported.number, "method": reported.method, "day": says.day.number(), "until": says.until.number(),
        "found": found.collect::<Vec<_>>(), "text": reported.text,
        "measures": allowed(&known).iter().map(|measure| measure.word()).collect::<Vec<_>>(),
    })
}

/// What a decision on a report says: what was found is the report's, as it stands in the version that was seen or now. Whether
/// the office may rest on it is for the judgement.
pub(super) async fn recognised(
    window: &Window,
    caller: &Caller,
    (id, version): (&str, u32),
    measure: Option<Measure>,
    faults: &mut Vec<Value>,
) -> Result<Option<Recognised>, Problem> {
    let key = RecordKey::new(Register::InspectionReport, id);
    let day = window.clock.now().day();
    let reference = window.reference();
    // One that is somebody else's is told as one that is not there.
    let record = window.read.record(&key).await?.map(|record| report(&record));
    let Some(found) = record.filter(|report| reference.parties.same(&report.to, &caller.party, day)) else {
        let expected = "the id of an inspection report that your office is asked to recognise";
        faults.push(wrong("report", id, expected, "没有提交本单位的该查验报告"));
        return Ok(None);
    };
    let Some(measure) = measure else {
        let words = Measure::ALL.map(Measure::word).join(", ");
        faults.push(wrong("measure", "", &format!("one of {words}"), "请选择处置"));
        return Ok(None);
    };
    let inspection = Inspection {
        found: found.found,
        measure,
        second: Default::default(),
        place: Default::default(),
        photographs: Vec::new(),
    };
    Ok(Some(Recognised { report: id.into(), version, inspection }))
}
