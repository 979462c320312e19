//! Queries of one agency to another for a record by its key. Where a rule of sharing lets the asker ask, for that purpose, the
//! window answers at once from what the asked one has, under the rule's mask; otherwise the asked one answers by a day, and may
//! have the window put the record into the answer. Question and answer are versions of one record of the register of requests;
//! whose record was given finds it among the readings, written before it is answered.

use crate::api::error::Problem;
use crate::api::registers::{command_of, invalid, recorded};
use crate::sharing::{self, Barred};
use crate::{Window, all_records};
use clearance::Text;
use clearance::consignment::Filed;
use clearance::export::{ExportKey, ExportState, ExportTradeKey};
use clearance::keys::{OrderKey, Time};
use clearance::party::Role;
use clearance::record::{Actor, Record, RecordKey, Register};
use exchange::{Dataset, Mask, Shared, project};
use register::request::{Answer, Body};
use register::share::Share;
use register::{By, Command, Fault, says};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Read, RecordSearch, StoreError};

/// What is under a key.
enum Found {
    /// A record, and since when it counts.
    Record(Time, Shared),
    /// None.
    Nothing,
    /// Records of this dataset are not found by their key here: the asked one looks for it.
    NotByKey,
}

/// A query after it was asked: answered, where a rule answers it at once; else as it is.
///
/// # Errors
/// When rules or records cannot be read, or the answer cannot be recorded: then the query waits for the asked one.
pub(crate) async fn settle(window: &Window, asked: &Arc<Record>) -> Result<Arc<Record>, Problem> {
    if asked.key.register != Register::Request || asked.state != "asked" {
        return Ok(asked.clone());
    }
    let body = Body::of(asked);
    let Some((dataset, key)) = body.query() else { return Ok(asked.clone()) };
    let Some(rule) = rule(window, asked, &body, dataset).await? else { return Ok(asked.clone()) };
    let mask = rule.share.mask();
    let (time, shared) = match look_up(window, &body.asked.to, (dataset, &mask), key).await? {
        Found::Record(time, shared) => (time, Some(shared)),
        Found::Nothing => (Time(0), None),
        Found::NotByKey => return Ok(asked.clone()),
    };
    // What the rule does not give is answered as what is not there.
    let given = shared.and_then(|shared| Some((rule.gives(time, &shared)?, shared.parties)));
    let (record, owners) = given.unzip();
    if let Some(owners) = owners {
        recorded(
            window,
            asker(window, asked),
            ("request", &asked.key.id),
            &owners,
            &body.asked.purpose,
            None,
        )
        .await?;
    }
    let answer = Answer {
        text: String::new(),
        attachments: Vec::new(),
        with_record: false,
        records: record.into_iter().collect(),
        share: Some((rule.id.to_string(), rule.version)),
    };
    let command = Command {
        key: asked.key.clone(),
        version: asked.version,
        action: "answer-at-once".into(),
        by: By::of_window("sharing"),
        note: String::new(),
        body: serde_json::to_string(&answer).ok(),
    };
    // The asked one, or the asker, was faster: theirs stands.
    Ok(command_of(window, command).await?.unwrap_or_else(|_| asked.clone()))
}

/// Who asks, as the reader of what he is answered.
fn asker(window: &Window, asked: &Record) -> By {
    let party = register::owner_of(&asked.key);
    let name = if asked.actor.party == party { asked.actor.name.clone() } else { Text::default() };
    let role = window.filing(&party).and_then(|filing| filing.roles.first().copied()).unwrap_or(Role::Agency);
    let (codes, _) = window.names_of(&party);
    By { actor: Actor { party, name }, codes, role, applies: false, reviews: false, window: true }
}

/// The rule in force by which the asker may ask the asked one for a record of this dataset, for this purpose.
async fn rule(
    window: &Window,
    asked: &Record,
    body: &Body,
    dataset: Dataset,
) -> Result<Option<sharing::Rule>, Problem> {
    let (receiver, _) = window.names_of(&register::owner_of(&asked.key));
    let (givers, _) = window.names_of(body.asked.to.trim());
    let search = RecordSearch {
        register: Register::Share,
        parties: Some(receiver.clone()),
        states: vec!["in-force".into()],
    };
    for record in all_records::of(window, &search).await? {
        let share = Share::of(&record);
        let fits = receiver.contains(&register::owner_of(&record.key))
            && givers.iter().any(|giver| *giver == share.giver.trim())
            && share.dataset == dataset.word()
            && share.answers(&body.asked.purpose);
        if !fits {
            continue;
        }
        match sharing::in_force(window, &receiver, &record.key.id).await {
            Ok(rule) => return Ok(Some(rule)),
            Err(Barred::Store(error)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    Ok(None)
}

/// What a party has under a key of a dataset.
async fn look_up(
    window: &Window,
    giver: &str,
    (dataset, mask): (Dataset, &Mask),
    key: &str,
) -> Result<Found, StoreError> {
    if dataset.is_filed() {
        for code in window.names_of(giver.trim()).0 {
            let key = register::agency_record::key_of(&code, dataset, key);
            let Some(record) = window.read.record(&key).await? else { continue };
            if let Some((_, shared)) = register::agency_record::shared(&record, false) {
                return Ok(Found::Record(record.changed, shared));
            }
        }
        return Ok(Found::Nothing);
    }
    let pair = key.split_once('/');
    let document = |filed: Option<&Filed>, time: Time| match filed.filter(|filed| filed.status != 1) {
        Some(filed) => Found::Record(time, project::of_document(&filed.document, mask)),
        None => Found::Nothing,
    };
    let standing = |shared: Option<Shared>, time: Time| match shared {
        Some(shared) => Found::Record(time, shared),
        None => Found::Nothing,
    };
    match (dataset, pair) {
        (Dataset::Filings, _) => Ok(match window.filing(key) {
            Some(filing) => Found::Record(window.clock.now(), exchange::of_filing(&filing)),
            None => Found::Nothing,
        }),
        (Dataset::CreditLists, _) => {
            let key = RecordKey::new(Register::CreditList, &window.code_of(&Text::from(key.trim())));
            Ok(match window.read.record(&key).await? {
                Some(record) => standing(register::credit::listing::shared(&record), record.changed),
                None => Found::Nothing,
            })
        }
        (Dataset::Orders | Dataset::Declarations | Dataset::Clearances, Some((platform, order_no))) => {
            let order = OrderKey::new(platform, order_no);
            let Some(one) = window.read.consignment(&order).await? else { return Ok(Found::Nothing) };
            Ok(match dataset {
                Dataset::Orders => document(one.order.as_ref(), one.last_time),
                Dataset::Declarations => {
                    document(one.attempt.as_ref().map(|attempt| &attempt.declaration), one.last_time)
                }
                _ => standing(project::clearance(&one), one.last_time),
            })
        }
        (
            Dataset::ExportOrders
            | Dataset::ExportPayments
            | Dataset::ExportDeclarations
            | Dataset::ExportClearances,
            Some((merchant, order_no)),
        ) => {
            let key = ExportKey::Trade(ExportTradeKey::new(merchant, order_no));
            let state = window.read.export(&key).await?;
            let Some(trade) = state.as_ref().and_then(ExportState::trade) else { return Ok(Found::Nothing) };
            Ok(match dataset {
                Dataset::ExportOrders => document(trade.order.as_ref(), trade.last_time),
                Dataset::ExportPayments => document(trade.payment.as_ref(), trade.last_time),
                Dataset::ExportDeclarations => {
                    document(trade.attempt.as_ref().map(|attempt| &attempt.declaration), trade.last_time)
                }
                _ => standing(exchange::exports::clearance(trade), trade.last_time),
            })
        }
        (Dataset::ExportSummaries, Some((agent, cop_no))) => {
            let key = ExportKey::named(ExportKey::Summary, agent, cop_no);
            Ok(match window.read.export(&key).await? {
                Some(ExportState::Summary(summary)) => {
                    Found::Record(summary.last_time, exchange::exports::summary(&summary))
                }
                _ => Found::Nothing,
            })
        }
        _ => Ok(Found::NotByKey),
    }
}

/// The answer of the asked one: where he says so, with the record that was asked for, without what tells of persons, as no rule
/// says how much of that the asker may have.
///
/// # Errors
/// A refusal where he writes what the window writes; when a record cannot be read, or the reading not be recorded.
pub(crate) async fn with_record(
    window: &Window,
    key: &RecordKey,
    codes: &[Text],
    body: Option<Value>,
) -> Result<Option<Value>, Problem> {
    let Some(Ok(mut answer)) = body.clone().map(serde_json::from_value::<Answer>) else { return Ok(body) };
    for (path, is_there) in [("records", !answer.records.is_empty()), ("share", answer.share.is_some())] {
        if is_there {
            return Err(invalid(&[Fault::new(path, "", says::WINDOW_WRITES_IT.said())]));
        }
    }
    let asked = window.read.record(key).await?;
    // Who is not asked, or too late, is told so by the register.
    let asked = asked.filter(|asked| matches!(asked.state.as_str(), "asked" | "accepted"));
    let Some(asked) = asked.filter(|_| answer.with_record) else { return Ok(body) };
    let request = Body::of(&asked);
    let is_asked = codes.iter().any(|code| *code == request.asked.to.trim());
    let (true, Some((dataset, key))) = (is_asked, request.query()) else { return Ok(body) };
    let fields = dataset.fields().into_iter().filter(|field| !field.personal).map(|field| field.name);
    let mask = Mask { fields: fields.collect(), filter: BTreeMap::new() };
    if let Found::Record(_, shared) = look_up(window, &request.asked.to, (dataset, &mask), key).await? {
        let purpose = &request.asked.purpose;
        recorded(window, asker(window, &asked), ("request", &asked.key.id), &shared.parties, purpose, None)
            .await?;
        let record: Map<String, Value> = mask.of(&shared.values);
        answer.records.push(record);
    }
    Ok(serde_json::to_value(&answer).ok())
}
