//! Joint cases: what the window itself puts into a piece of evidence, and what closed cases say of the rules that had hit.
//! The moves of a case are `register::risk_case`.

use crate::Window;
use crate::api::error::Problem;
use crate::api::{consignments, readings, registers, scope};
use crate::auth::Caller;
use axum::Json;
use axum::extract::State;
use ceb::Document;
use clearance::Text;
use clearance::keys::OrderKey;
use clearance::record::Register;
use exchange::Mask;
use register::Fault;
use register::risk_case::{Body, Evidence};
use register::says;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Read, RecordSearch};

/// Closed cases that are looked through, a page of the store at a time.
const PAGE: usize = 500;
const PAGES: usize = 40;

/// A piece of evidence with what the fields that it names say in the trade, if its giver may see that trade. What is no such
/// body is left to the register, which says all that is wrong.
pub(crate) async fn with_shown(
    window: &Window,
    caller: &Caller,
    body: Option<Value>,
) -> Result<Option<Value>, Problem> {
    let Some(Ok(mut evidence)) = body.clone().map(serde_json::from_value::<Evidence>) else {
        return Ok(body);
    };
    let wrong =
        |path: &str, value: &str, said: says::Said| registers::invalid(&[Fault::new(path, value, said)]);
    if evidence.shown.is_some() {
        return Err(wrong("shown", "", says::WINDOW_WRITES_IT.said()));
    }
    if evidence.consignment.trim().is_empty() || evidence.fields.is_empty() {
        return Ok(body);
    }
    let absent = || wrong("consignment", &evidence.consignment, says::CONSIGNMENT_SEEN.said());
    let (platform, order_no) = evidence.consignment.trim().split_once('/').ok_or_else(absent)?;
    let order = OrderKey::new(platform, order_no);
    // An agency is no office: it has what was given to it, and brings that in as text.
    let found = consignments::visible(window, &scope(window, caller), &order).await?;
    let consignment = found.filter(|_| caller.is_office()).ok_or_else(absent)?;
    let declaration = consignment.attempt.as_ref().map(|attempt| attempt.declaration.document.clone());
    let Some(document) = declaration.filter(|document| matches!(**document, Document::Declaration(_))) else {
        return Err(absent());
    };
    let fields = evidence.fields.iter().map(|field| field.trim().to_owned()).collect();
    let mask = Mask { fields, filter: BTreeMap::new() };
    let shown = mask.of(&exchange::project::of_document(&document, &mask).values);
    evidence.shown = Some(Value::Object(shown));
    Ok(serde_json::to_value(&evidence).ok())
}

/// What cases said of one rule.
#[derive(Default)]
struct Verdicts {
    right: u64,
    wrong: u64,
}

/// `GET /v1/risk/feedback`: of each rule how often a closed case found it right and wrong, and which consignments turned out
/// to be what was suspected: what rules and model learn from.
pub(crate) async fn feedback(
    State(window): State<Arc<Window>>,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    if !caller.districts.is_empty() {
        return Err(Problem::forbidden());
    }
    let search = RecordSearch { register: Register::RiskCase, parties: None, states: vec!["closed".into()] };
    let (mut rules, mut labels): (BTreeMap<Text, Verdicts>, Vec<Value>) = Default::default();
    let (mut after, mut cases) = (None, 0_u64);
    let (codes, _) = window.names_of(&caller.party);
    let mut owners = Vec::new();
    for _ in 0..PAGES {
        let (records, next) = window.read.records(&search, after, PAGE).await?;
        owners.extend(registers::others(&records, &codes));
        for record in &records {
            let body = Body::of(record);
            let Some(closing) = &body.closing else { continue };
            cases += 1;
            for judged in &closing.rules {
                let verdicts = rules.entry(judged.rule.trim().into()).or_default();
                if judged.verdict == "right" { verdicts.right += 1 } else { verdicts.wrong += 1 }
            }
            let trades = body.opened.about.iter().filter(|about| about.contains('/'));
            labels.extend(trades.map(|trade| {
                json!({"consignment": trade.trim(), "case": record.key.id.as_str(), "result": closing.result,
                    "dimension": body.opened.dimension})
            }));
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    readings::of_others(&window, &caller, "risk-feedback", &owners).await?;
    let rules: Vec<Value> = rules
        .iter()
        .map(|(rule, told)| json!({"rule": rule.as_str(), "right": told.right, "wrong": told.wrong}))
        .collect();
    Ok(Json(json!({"cases": cases, "complete": after.is_none(), "rules": rules, "labels": labels})))
}
