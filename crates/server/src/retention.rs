//! Retention: what rows tell of persons is erased when its time is over, or when the person asks for it and no law stands
//! against it. Planned by a scan that changes nothing; carried out in portions, each recorded before it is erased: what is
//! interrupted in between is found again by the next plan.

use crate::Window;
use ceb::{Day, Document, Kind};
use clearance::Text;
use clearance::consignment::Consignment;
use clearance::event::{Cause, Follow};
use clearance::export::{ExportKey, ExportState, ExportTrade, ExportTradeKey};
use clearance::keys::{OrderKey, Position, Time, WaybillKey};
use clearance::record::{Record, RecordKey, Register};
use register::erasure::Erasure;
use register::retention::{self, Retention, months_after};
use register::{By, Command};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::redact::{self, Redaction};
use store::{ChosenRead, Cursor, EventRow, Read, Row, StoreError};

/// Rows read at a time.
const AT_A_TIME: usize = 2_000;
/// Rows of one record of an erasure.
const PORTION: usize = 500;

/// A trade whose documents a law wants kept still.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Which.
    pub order: OrderKey,
    /// Until which day.
    pub until: Day,
    /// By which law.
    pub law: String,
}

/// What is to be erased.
#[derive(Clone, Default, Debug)]
pub struct Plan {
    /// Rows by the type of record.
    pub due: BTreeMap<String, Vec<Position>>,
    /// Of a request: the trades for which a law stands against it.
    pub kept: Vec<Kept>,
    /// `term` or `request`.
    ground: &'static str,
}

impl Plan {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.due.values().map(Vec::len).sum()
    }
}

/// The identity number that a document names; none where it names none.
pub fn identity_of(document: &Document) -> Option<&str> {
    let number = match document {
        Document::Order(order) => &order.head.buyer_id_number,
        Document::Payment(payment) => &payment.payer_id_number,
        Document::Declaration(declaration) => &declaration.head.buyer_id_number,
        Document::Cancellation(cancellation) => &cancellation.buyer_id_number,
        Document::Return(back) => &back.head.buyer_id_number,
        _ => return None,
    };
    (!number.trim().is_empty()).then(|| number.trim())
}

/// Whose documents an event is about: its consignment's, or that which claims its waybill, then or since.
///
/// # Errors
/// When the waybill cannot be read.
pub async fn order_of(read: &ChosenRead, event: &EventRow) -> Result<Option<OrderKey>, StoreError> {
    let Some(outcome) = &event.outcome else { return Ok(None) };
    if outcome.order.is_some() {
        return Ok(outcome.order.clone());
    }
    for then in &outcome.waybills {
        let claimed = match &then.claimed_by {
            Some(claimed) => Some(claimed.clone()),
            // The number may have been used again since.
            None => {
                let now = read.waybill(&then.key).await?.filter(|now| now.since == then.since);
                now.and_then(|now| now.claimed_by)
            }
        };
        if let Some((order, _)) = claimed {
            return Ok(Some(order));
        }
    }
    Ok(None)
}

/// Which export trade's documents an event is about: the one it changed, that whose list names its waybill, then or since, or
/// that which its document names.
async fn export_of(read: &ChosenRead, event: &EventRow) -> Result<Option<ExportTradeKey>, StoreError> {
    let outcome = event.outcome.as_ref();
    if let Some(trade) = outcome.and_then(|outcome| outcome.export.trade.clone()) {
        return Ok(Some(trade));
    }
    let Cause::Document(arrived) = &event.event.cause else { return Ok(None) };
    let key = match &*arrived.document {
        Document::ExportOrder(order) => {
            return Ok(Some(ExportTradeKey::new(&order.head.ebc_code, &order.head.order_no)));
        }
        Document::ExportPayment(payment) => {
            return Ok(Some(ExportTradeKey::new(&payment.ebc_code, &payment.order_no)));
        }
        Document::ExportDeclaration(one) => {
            return Ok(Some(ExportTradeKey::new(&one.head.ebc_code, &one.head.order_no)));
        }
        Document::ExportWaybill(one) => {
            ExportKey::Waybill(WaybillKey::new(&one.logistics_code, &one.logistics_no))
        }
        Document::ExportCancellation(one) => ExportKey::Entry(one.invt_no.trim().into()),
        Document::ExportReturn(one) => ExportKey::Entry(one.head.invt_no.trim().into()),
        Document::ReturnTally(one) => {
            ExportKey::ReturnedParcel(WaybillKey::new(&one.logistics_code, &one.logistics_no))
        }
        _ => return Ok(None),
    };
    Ok(match read.export(&key).await? {
        Some(ExportState::Waybill(record)) => record.claimed_by.as_ref().map(|(trade, _)| trade.clone()),
        Some(ExportState::Owner(owner)) => Some(owner.trade.clone()),
        Some(ExportState::ReturnedParcel(parcel)) => parcel.claims.first().map(|claim| claim.trade.clone()),
        _ => None,
    })
}

/// All rows, a portion at a time.
pub async fn portions(
    read: &ChosenRead,
    after: &mut Cursor,
    most: usize,
) -> Result<Vec<(Position, Row)>, StoreError> {
    let mut rows = Vec::with_capacity(most);
    read.scan(after, &mut |position, row| {
        rows.push((position, row));
        rows.len() < most
    })
    .await?;
    rows.iter().for_each(|(position, _)| after.reach(*position));
    Ok(rows)
}

/// Orders of which some document names a person by his number.
async fn orders_of(read: &ChosenRead, number: &str) -> Result<BTreeSet<OrderKey>, StoreError> {
    let (mut after, mut orders) = (Cursor::default(), BTreeSet::new());
    loop {
        let rows = portions(read, &mut after, AT_A_TIME).await?;
        if rows.is_empty() {
            return Ok(orders);
        }
        for (_, row) in rows {
            let Row::Event(event) = row else { continue };
            if let Cause::Document(arrived) = &event.event.cause
                && identity_of(&arrived.document)
                    .is_some_and(|named| named.eq_ignore_ascii_case(number.trim()))
            {
                orders.extend(named_order(&arrived.document));
            }
        }
    }
}

/// The order that a document names, also where it was refused and belongs to no consignment.
pub fn named_order(document: &Document) -> Option<OrderKey> {
    Some(match document {
        Document::Order(order) => OrderKey::new(&order.head.ebp_code, &order.head.order_no),
        Document::Payment(payment) => OrderKey::new(&payment.ebp_code, &payment.order_no),
        Document::Declaration(one) => OrderKey::new(&one.head.ebp_code, &one.head.order_no),
        Document::Cancellation(one) => OrderKey::new(&one.ebp_code, &one.order_no),
        Document::Return(back) => OrderKey::new(&back.head.ebp_code, &back.head.order_no),
        _ => return None,
    })
}

/// What is to be said of one trade.
#[derive(Clone)]
struct Verdict {
    rule: &'static Retention,
    /// Its last event.
    last: Day,
    /// Something is still to happen.
    open: bool,
}

fn verdict(consignment: Option<&Consignment>, row: Day, today: Day) -> Option<Verdict> {
    // A trade counts as declared from its first accepted declaration on.
    let declared = consignment.is_some_and(|one| one.attempt.is_some());
    let rule = retention::of(if declared { "declarations" } else { "undeclared" }, today)?;
    let last = consignment.map_or(row, |one| one.last_time.day().max(row));
    Some(Verdict { rule, last, open: consignment.is_some_and(|one| !one.timers.is_empty()) })
}

/// The same of an export trade.
fn verdict_of_export(trade: Option<&ExportTrade>, row: Day, today: Day) -> Option<Verdict> {
    let declared = trade.is_some_and(|one| one.attempt.is_some());
    let rule = retention::of(if declared { "export-declarations" } else { "undeclared" }, today)?;
    let last = trade.map_or(row, |one| one.last_time.day().max(row));
    let open = trade.is_some_and(|one| {
        !one.timers.is_empty() || one.returns.iter().any(|back| !back.standing.is_final())
    });
    Some(Verdict { rule, last, open })
}

/// Whose documents a row is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Whose {
    /// An import.
    Import(OrderKey),
    /// An export.
    Export(ExportTradeKey),
}

/// Whose documents an event is about, also where one was refused and belongs to no trade.
///
/// # Errors
/// When a state that says so cannot be read.
pub async fn whose(read: &ChosenRead, event: &EventRow) -> Result<Option<Whose>, StoreError> {
    let order = order_of(read, event).await?.or_else(|| match &event.event.cause {
        Cause::Document(arrived) => named_order(&arrived.document),
        _ => None,
    });
    match order {
        Some(order) => Ok(Some(Whose::Import(order))),
        None => Ok(export_of(read, event).await?.map(Whose::Export)),
    }
}

async fn verdict_of(
    read: &ChosenRead,
    whose: &Whose,
    row: Day,
    today: Day,
) -> Result<Option<Verdict>, StoreError> {
    Ok(match whose {
        Whose::Import(order) => verdict(read.consignment(order).await?.as_ref(), row, today),
        Whose::Export(key) => {
            let state = read.export(&ExportKey::Trade(key.clone())).await?;
            verdict_of_export(
                state.as_ref().and_then(|state| state.trade()).map(|trade| &**trade),
                row,
                today,
            )
        }
    })
}

/// Documents of many exports: their messages are kept as long as those of a trade that was declared.
pub(crate) fn is_of_many(kind: Kind) -> bool {
    matches!(kind, Kind::MasterBill | Kind::ExportArrival | Kind::Departure | Kind::SummaryApplication)
}

fn verdict_of_many(row: Day, today: Day) -> Option<Verdict> {
    Some(Verdict { rule: retention::of("export-declarations", today)?, last: row, open: false })
}

/// Documents that name no person.
fn names_nobody(kind: Kind) -> bool {
    matches!(kind, Kind::Arrival | Kind::WaybillStatus) || is_of_many(kind)
}

/// The type of a version of a record whose time is over: all versions of a record go together, counted from its last change.
async fn due_record(
    read: &ChosenRead,
    version: &Record,
    now: Time,
    known: &mut BTreeMap<RecordKey, Option<&'static str>>,
) -> Result<Option<&'static str>, StoreError> {
    if retention::personal(version.key.register).is_none() {
        return Ok(None);
    }
    let record_type = match known.get(&version.key) {
        Some(known) => *known,
        None => {
            let newest = read.record(&version.key).await?;
            let found = newest.and_then(|newest| {
                let rule = retention::of_record(&newest, now.day())?;
                let over = months_after(newest.changed.day(), rule.erase_months) < now.day();
                over.then_some(rule.record_type.as_str())
            });
            known.insert(version.key.clone(), found);
            found
        }
    };
    Ok(record_type.filter(|_| retention::redacted(version).is_some()))
}

/// What is due now: all whose time is over, or what names a person who asks for it.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn plan(read: &ChosenRead, now: Time, person: Option<&str>) -> Result<Plan, StoreError> {
    let mut plan = Plan { ground: if person.is_some() { "request" } else { "term" }, ..Plan::default() };
    let orders = match person {
        Some(number) => Some(orders_of(read, number).await?),
        None => None,
    };
    let mut verdicts: BTreeMap<Whose, Option<Verdict>> = BTreeMap::new();
    // Messages of which not all documents were looked at yet: how many are left.
    let mut messages: BTreeMap<Position, u32> = BTreeMap::new();
    // Of each record, the type of which its versions are due.
    let mut records: BTreeMap<RecordKey, Option<&'static str>> = BTreeMap::new();
    let mut after = Cursor::default();
    loop {
        let rows = portions(read, &mut after, AT_A_TIME).await?;
        if rows.is_empty() {
            break;
        }
        for (position, row) in rows {
            let event = match row {
                Row::Message(message) => {
                    let refused = message.documents == 0 && orders.is_none();
                    let day = message.received.day();
                    if refused
                        && let Some(rule) = verdict(None, day, now.day()).filter(|one| over(one, now, false))
                    {
                        if redact::redacted(&Row::Message(message)).is_some() {
                            plan.due.entry(rule.rule.record_type.clone()).or_default().push(position);
                        }
                    } else if message.documents > 0
                        && redact::redacted(&Row::Message(message.clone())).is_some()
                    {
                        messages.insert(position, message.documents);
                    }
                    continue;
                }
                Row::Event(event) => event,
                // What a person asks to have erased is found by documents alone: records name nobody by his number.
                Row::Record(record) if orders.is_none() => {
                    if let Some(record_type) = due_record(read, &record, now, &mut records).await? {
                        plan.due.entry(record_type.to_owned()).or_default().push(position);
                    }
                    continue;
                }
                _ => continue,
            };
            let done = redact::redacted(&Row::Event(event.clone())).is_none();
            let document = match &event.event.cause {
                Cause::Document(arrived) => Some(&arrived.document),
                _ => None,
            };
            let whose = whose(read, &event).await?;
            let order = match &whose {
                Some(Whose::Import(order)) => Some(order),
                _ => None,
            };
            let asked =
                orders.as_ref().is_none_or(|orders| order.is_some_and(|order| orders.contains(order)));
            if !asked {
                continue;
            }
            let row_day = event.outcome.as_ref().map_or(now, |outcome| outcome.now).day();
            let of_trade = match &whose {
                None if document.is_some_and(|one| is_of_many(one.kind())) => {
                    verdict_of_many(row_day, now.day())
                }
                None => verdict(None, row_day, now.day()),
                Some(whose) => match verdicts.get(whose) {
                    Some(known) => known.clone(),
                    None => {
                        let made = verdict_of(read, whose, row_day, now.day()).await?;
                        verdicts.insert(whose.clone(), made.clone());
                        made
                    }
                },
            };
            let Some(of_trade) = of_trade else { continue };
            if !over(&of_trade, now, person.is_some()) {
                if let (Some(order), true) = (order, person.is_some()) {
                    let until = months_after(of_trade.last, of_trade.rule.keep_months);
                    let kept = Kept { order: order.clone(), until, law: of_trade.rule.law.clone() };
                    if !plan.kept.contains(&kept) {
                        plan.kept.push(kept);
                    }
                }
                continue;
            }
            let record_type = of_trade.rule.record_type.as_str();
            let nobody = match (&event.event.cause, document) {
                (_, Some(document)) => names_nobody(document.kind()),
                // What follows on a waybill or a document of many parcels.
                (Cause::Follow(Follow::Export(_)), None) => whose.is_none(),
                _ => false,
            };
            if !done && !nobody {
                plan.due.entry(record_type.to_owned()).or_default().push(position);
            }
            if let Some(message) = event.message
                && let Some(left) = messages.get_mut(&message)
            {
                *left -= 1;
                if *left == 0 {
                    messages.remove(&message);
                    plan.due.entry(record_type.to_owned()).or_default().push(message);
                }
            }
        }
    }
    Ok(plan)
}

/// Whether a trade's time is over; `asked` = the person asks for it, so what the law does not want kept goes at once.
fn over(verdict: &Verdict, now: Time, asked: bool) -> bool {
    let months = if asked { verdict.rule.keep_months } else { verdict.rule.erase_months };
    !verdict.open && (months == 0 || months_after(verdict.last, months) < now.day())
}

/// Carries a plan out, and says how many rows were erased.
///
/// # Errors
/// When a row cannot be read or written, or an erasure cannot be recorded: then it was not made.
pub async fn carry_out(window: &Window, plan: &Plan, by: &str) -> Result<usize, StoreError> {
    let mut erased = 0;
    for (record_type, positions) in &plan.due {
        let law = retention::of(record_type, window.clock.now().day()).map_or("", |rule| rule.law.as_str());
        for portion in positions.chunks(PORTION) {
            let redactions = redactions(&window.read, portion).await?;
            if redactions.is_empty() {
                continue;
            }
            record(window, (record_type, plan.ground, law), &redactions, by).await?;
            erased += redactions.len();
            window.read.erase(redactions).await?;
        }
    }
    Ok(erased)
}

async fn redactions(read: &ChosenRead, positions: &[Position]) -> Result<Vec<Redaction>, StoreError> {
    let mut redactions = Vec::with_capacity(positions.len());
    for position in positions {
        let row = match read.event(*position).await? {
            Some(stored) => Some(Row::Event(Box::new(stored.row))),
            None => read.message(*position).await?.map(Row::Message),
        };
        let redacted = match &row {
            Some(row) => redact::redacted(row),
            None => {
                let record = read.record_at(*position).await?;
                record
                    .and_then(|record| retention::redacted(&record))
                    .map(|record| Row::Record(Arc::new(record)))
            }
        };
        if let Some(redacted) = redacted {
            redactions.push(read.sealed(*position, &redacted)?);
        }
    }
    Ok(redactions)
}

async fn record(
    window: &Window,
    (record_type, ground, law): (&str, &str, &str),
    redactions: &[Redaction],
    by: &str,
) -> Result<(), StoreError> {
    let failed =
        |what: &str| StoreError::Failed { operation: "record an erasure".to_owned(), source: what.into() };
    let rows: Vec<(u64, String)> =
        redactions.iter().map(|one| (one.position.number(), one.digest())).collect();
    let place = |row: Option<&(u64, String)>| row.map_or(0, |(position, _)| *position);
    let erasure = Erasure {
        record_type: record_type.to_owned(),
        ground: ground.to_owned(),
        law: law.to_owned(),
        first: place(rows.first()),
        last: place(rows.last()),
        rows,
    };
    let body = serde_json::to_string(&erasure).map_err(|_| failed("it cannot be written"))?;
    let digest = erasure.rows.first().map_or("", |(_, digest)| digest.as_str());
    // The digest is of a payload with a random salt: no two erasures have the same name.
    let name: Text = digest.chars().take(24).collect();
    let command = Command {
        key: RecordKey::new(Register::Erasure, &format!("window:{}-{name}", erasure.first)),
        version: 0,
        action: "erase".into(),
        by: By::of_window(by),
        note: String::new(),
        body: Some(body),
    };
    match window.pipeline.command(command).await {
        Some(Ok(_)) => Ok(()),
        Some(Err(refusal)) => Err(failed(&format!("{refusal:?}"))),
        None => Err(failed("nobody knows whether it was recorded")),
    }
}
