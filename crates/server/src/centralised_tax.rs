//! Centralised tax, as the window has to do with it: while leave is in force, bills that are to be paid are put on statements of the
//! month, each trade is told on which, and what was paid for a statement is paid trade by trade. Every step is a command or an action
//! that names the version it saw, judged like any other, and has an id that follows from statement and bill: any server takes it, one
//! takes it alone, and whoever goes on after a crash does nothing a second time.

use crate::Window;
use crate::api::error::Problem;
use crate::api::registers::Body as Sent;
use ceb::Day;
use clearance::Text;
use clearance::consignment::State;
use clearance::event::{ActionKind, OfficerAction};
use clearance::keys::OrderKey;
use clearance::party::Role;
use clearance::reason::Reason;
use clearance::record::{Actor, Record, RecordKey, Register};
use clearance::rulebook::Calendar;
use register::centralised_tax::statement::{
    Listed, MOST, PARTS, Settling, Statement, due, key_of, named, paid_by,
};
use register::centralised_tax::{Body, GRANTED, Granting, OVERDUE, PAYING, STATED, is_statement};
use register::{By, Command, Refusal};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::{Read, RecordSearch, Scope, Search, StoreError};

/// How often payments are carried out.
const EVERY: Duration = Duration::from_secs(60);
/// Of these looks one also walks the trades of those who have leave: bills come by the day.
const WALKS: u32 = 60;
/// Lines of trades that are asked for at once.
const AT_ONCE: usize = 500;
/// Bills that are paid before the statement says so.
const STEP: usize = 50;
/// Tries of an action on a trade that changes meanwhile; the next look tries again.
const TRIES: usize = 5;

/// Looks, until it is dropped.
pub async fn run(window: Window) {
    let mut look = 0u32;
    loop {
        tokio::time::sleep(EVERY).await;
        if window.intake.closed().is_some() {
            continue;
        }
        let taken = if look == 0 { step(&window).await } else { pay_all(&window).await };
        look = (look + 1) % WALKS;
        if let Err(error) = taken {
            tracing::error!(%error, "centralised tax cannot be followed");
        }
    }
}

/// Takes every step that is due.
///
/// # Errors
/// When the store cannot be read.
pub async fn step(window: &Window) -> Result<(), StoreError> {
    let today = window.clock.now().day();
    // What was listed and is told on no trade yet is told first: then no other statement takes it.
    follow_all(window).await?;
    for record in all(window, &[GRANTED], None).await? {
        let leave = Body::of(&record);
        if leave.is_over(today) {
            write(window, &record.key, record.version, "lapse", None).await;
        } else if leave.counts_on(today) {
            gather(window, &record, &leave).await?;
        }
    }
    follow_all(window).await?;
    pay_all(window).await
}

/// Makes every open statement say what its trades do.
async fn follow_all(window: &Window) -> Result<(), StoreError> {
    for record in all(window, &[STATED, OVERDUE], None).await? {
        follow(window, &record).await?;
    }
    Ok(())
}

/// Pays the bills of every statement whose payment is recorded.
async fn pay_all(window: &Window) -> Result<(), StoreError> {
    for record in all(window, &[PAYING], None).await? {
        pay(window, &record).await?;
    }
    Ok(())
}

/// All records of the register in some states, of all or of one party.
async fn all(
    window: &Window,
    states: &[&'static str],
    parties: Option<Vec<Text>>,
) -> Result<Vec<Arc<Record>>, StoreError> {
    let states = states.iter().map(|state| Text::const_new(state)).collect();
    window.all_records(&RecordSearch { register: Register::CentralisedTax, parties, states }).await
}

/// Puts bills that are to be paid and stand on no statement on those of this month.
async fn gather(window: &Window, record: &Record, leave: &Body) -> Result<(), StoreError> {
    let today = window.clock.now().day();
    let mut found = found(window, record, leave, today).await?;
    let mut part = 1;
    while !found.is_empty() && part <= PARTS {
        let key = key_of(&record.key, today, part);
        part += 1;
        let known = window.read.record(&key).await?;
        if known.as_ref().is_some_and(|known| known.state != STATED) {
            continue;
        }
        let has = known.as_ref().map_or(0, |known| Statement::of(known).bills.len());
        let room = MOST.saturating_sub(has).min(found.len());
        if room > 0 {
            let bills: Vec<Listed> = found.drain(..room).collect();
            let version = known.map_or(0, |known| known.version);
            write(window, &key, version, "list-bills", with(bills)).await;
        }
    }
    Ok(())
}

/// The bills of whoever has leave that are to be paid and stand on no statement. A bill is to be paid from the row that says so, so
/// trades that did not change since the month before, or since leave began, are not read.
async fn found(
    window: &Window,
    record: &Record,
    leave: &Body,
    today: Day,
) -> Result<Vec<Listed>, StoreError> {
    let month = Day::from_number(today.number() / 100 * 100 + 1).unwrap_or(today);
    let since = Day::parse(leave.applied.from.trim()).unwrap_or(today).max(Calendar::plus_months(month, -1));
    let mut listed: BTreeSet<String> = BTreeSet::new();
    let parties = window.names_of(&register::owner_of(&record.key)).0;
    for statement in all(window, &[STATED, OVERDUE, PAYING], Some(parties.clone())).await? {
        listed.extend(Statement::of(&statement).bills.into_iter().map(|bill| bill.tax_no));
    }
    let (key, guarantor) = (key_of(&record.key, today, 1), leave.applied.guarantor.trim());
    let scope = Scope::Party(parties);
    let states = [State::Released, State::Closed].map(State::number).to_vec();
    let search = Search { states, ..Search::default() };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (lines, next) = window.read.search(&scope, &search, after, AT_ONCE).await?;
        for line in lines.iter().filter(|line| line.time.day() >= since) {
            let Some(consignment) = window.read.consignment(&line.order).await? else { continue };
            let is_free = consignment.attempt.as_ref().is_some_and(|attempt| attempt.statement().is_none());
            let bill = due(&consignment, &key, Some(guarantor)).filter(|_| is_free);
            found.extend(bill.filter(|bill| listed.insert(bill.tax_no.clone())));
        }
        after = next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// Tells each trade of a statement on which it stands, takes off what is not due on it, and says that it is late.
async fn follow(window: &Window, record: &Record) -> Result<(), StoreError> {
    let statement = Statement::of(record);
    let Some(last) = Day::parse(&statement.due) else { return Ok(()) };
    let mut bills = Vec::with_capacity(statement.bills.len());
    for bill in &statement.bills {
        let order = bill.order();
        let Some(consignment) = window.read.consignment(&order).await? else { continue };
        let is_told = consignment.attempt.as_ref().is_some_and(|attempt| attempt.statement().is_some());
        if due(&consignment, &record.key, None).is_some() && !is_told {
            let told = (record.key.id.to_string(), format!("{}:{}:defer", record.key.id, bill.tax_no));
            act(window, &record.key, order.clone(), told, ActionKind::DeferBill { due: last }).await?;
        }
        let now = window.read.consignment(&order).await?;
        let now = now.and_then(|now| due(&now, &record.key, None));
        bills.extend(now.filter(|now| now.tax_no == bill.tax_no));
    }
    let action = if bills != statement.bills {
        "renew-bills"
    } else if bills.is_empty() {
        "conclude"
    } else if record.state == STATED && window.clock.now().day() > last {
        "overdue"
    } else {
        return Ok(());
    };
    write(window, &record.key, record.version, action, with(statement.bills)).await;
    Ok(())
}

/// Pays the bills of a statement, each once, and says how far it is.
async fn pay(window: &Window, record: &Record) -> Result<(), StoreError> {
    let statement = Statement::of(record);
    let (mut version, mut open) = (record.version, 0usize);
    let mut done = 0usize;
    for bill in &statement.bills {
        let order = bill.order();
        let Some(consignment) = window.read.consignment(&order).await? else { continue };
        let owed = due(&consignment, &record.key, None).filter(|now| now.tax_no == bill.tax_no);
        if let Some(now) = owed {
            let told = (paid_by(&record.key, now.owed), format!("{}:{}:pay", record.key.id, bill.tax_no));
            let seen = (order, consignment.version);
            if act_on(window, &record.key, seen, told, ActionKind::PayBill).await.is_some() {
                open += 1;
                continue;
            }
        }
        done += 1;
        if done.is_multiple_of(STEP) && done > statement.paid && done < statement.bills.len() {
            let bills = with(statement.bills.clone());
            version = write(window, &record.key, version, "follow-payment", bills).await.unwrap_or(version);
        }
    }
    if open == 0 {
        write(window, &record.key, version, "conclude", with(statement.bills)).await;
    }
    Ok(())
}

/// Takes an action on a trade as it is then; what the trade does not allow any more is left.
async fn act(
    window: &Window,
    statement: &RecordKey,
    order: OrderKey,
    told: (String, String),
    kind: ActionKind,
) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        let Some(consignment) = window.read.consignment(&order).await? else { break };
        let seen = (order.clone(), consignment.version);
        if act_on(window, statement, seen, told.clone(), kind.clone()).await != Some(Reason::VersionOutdated)
        {
            break;
        }
    }
    Ok(())
}

/// Takes an action on a trade in the version that was seen: its words, and the id under which it is taken once. Why it was not taken;
/// the next look sees the trade as it is then.
async fn act_on(
    window: &Window,
    statement: &RecordKey,
    (order, version): (OrderKey, u32),
    (text, id): (String, String),
    kind: ActionKind,
) -> Option<Reason> {
    let action = OfficerAction {
        id: id.into(),
        officer: Text::const_new("window"),
        party: register::owner_of(statement),
        order,
        version,
        kind,
        text: text.into(),
    };
    // Not recorded: it is taken again.
    let Some(answered) = window.pipeline.action(action).await else { return Some(Reason::VersionOutdated) };
    let refused = answered.answer.findings.first().map(|finding| finding.reason);
    if refused.is_some_and(|reason| reason != Reason::VersionOutdated) {
        tracing::warn!(id = %statement.id, "a bill is not as its statement has it");
    }
    refused
}

/// The body of a move of the window.
fn with(bills: Vec<Listed>) -> Option<Value> {
    serde_json::to_value(Settling { bills, ..Settling::default() }).ok()
}

/// A move by the window; what another server did already is done. The version after it, if it was made.
async fn write(
    window: &Window,
    key: &RecordKey,
    version: u32,
    action: &'static str,
    body: Option<Value>,
) -> Option<u32> {
    let by = By {
        actor: Actor { party: register::owner_of(key), name: Text::const_new("window") },
        codes: Vec::new(),
        role: Role::ZoneOperator,
        applies: false,
        reviews: false,
        window: true,
    };
    let body = body.map(|body| body.to_string());
    let action = Text::const_new(action);
    let command = Command { key: key.clone(), version, action, by, note: String::new(), body };
    match window.pipeline.command(command).await {
        Some(Ok(change)) => Some(change.version),
        Some(Err(Refusal::Outdated(_) | Refusal::State(..))) | None => None,
        Some(Err(refusal)) => {
            // What it rests on changed since it was read: the next look reads it again.
            tracing::warn!(?refusal, %key.id, "a step of centralised tax was not recorded");
            None
        }
    }
}

/// Puts into a command what it rests on, whatever was sent in its place: into leave that is given the statements that are late, into a
/// payment the bills of its statement.
pub(crate) async fn completed(window: &Window, key: &RecordKey, sent: &mut Sent) -> Result<(), Problem> {
    match sent.action.as_str() {
        "grant-leave" => {
            let agent = register::owner_of(key);
            let late = all(window, &[OVERDUE], Some(window.names_of(&agent).0)).await?;
            let unpaid = late.iter().map(|record| record.key.id.to_string()).collect();
            sent.body = serde_json::to_value(Granting { unpaid }).ok();
        }
        "settle-statement" if is_statement(key) && named(key).is_some() => {
            let record = window.read.record(key).await?;
            let bills = record.map(|record| Statement::of(&record).bills).unwrap_or_default();
            if let Some(Value::Object(body)) = &mut sent.body {
                body.insert("bills".to_owned(), json!(bills));
            }
        }
        _ => {}
    }
    Ok(())
}
