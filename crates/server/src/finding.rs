//! What can be found in the evidence log: an index in memory that follows the ledger beside the path of commits and is kept
//! from time to time, so that a restart reads only what came since. It is derived: thrown away, it is made again from rows.

use crate::Window;
use ceb::{Day, Document};
use clearance::Text;
use clearance::consignment::Consignment;
use clearance::event::Cause;
use clearance::keys::{OrderKey, Position};
use clearance::record::{Record, Register};
use evidence::search::{Finder, Hit, Wanted, What, bill, person};
use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};
use store::{Cursor, Read, Row, StoreError};

/// Name under which it is kept.
const NAME: &str = "finding";
/// Rows that are read at once; others have the processor in between.
const ROWS: usize = 2_000;
/// It is kept when so many entries came.
const KEPT_EVERY: usize = 50_000;
/// How long one request may go on reading rows where the index is behind, and how many it reads at once: a page waits for it.
const PATIENCE: Duration = Duration::from_millis(20);
const ROWS_ASKED: usize = 100;
/// How long is waited while rows come all the time: whoever judges has the processor.
const BUSY: Duration = Duration::from_secs(2);
/// How long is waited after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// The index as it stands.
#[derive(Default)]
pub struct Standing {
    /// The index.
    pub finder: Finder,
    /// The rows that it is of.
    pub covers: Cursor,
    last: i64,
    loaded: bool,
    kept: usize,
}

/// The index of a window.
#[derive(Default)]
pub struct Finding {
    standing: RwLock<Standing>,
    following: tokio::sync::Mutex<()>,
}

impl Finding {
    /// The index.
    pub fn standing(&self) -> RwLockReadGuard<'_, Standing> {
        self.standing.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Standing) -> T) -> T {
        change(&mut self.standing.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A row that can be found. An action names its consignment, whose parties are looked up.
struct Seen {
    what: What,
    place: u64,
    time: Option<i64>,
    parties: Vec<Text>,
    order: Option<OrderKey>,
    /// Whose doing it was.
    person: Option<String>,
    /// The bill that it is of.
    bill: Option<String>,
}

/// Whether something is awaited after a row: a second officer who confirms an inspection of a trade, or trades of a merchant on
/// whose goods a report is recognised.
struct Awaited {
    key: String,
    waits: bool,
}

/// Key of a trade among what waits.
fn key_of(order: &OrderKey) -> String {
    format!("{}\n{}", order.platform, order.order_no)
}

/// Trades of which an inspection waits for its second officer, as far as the index is: who asks looks at each again.
pub fn unconfirmed(window: &Window) -> Vec<OrderKey> {
    let standing = window.finding.standing();
    // Keys of reports begin with what ends the platform of a trade.
    let keys = standing.finder.waiting().filter(|key| !key.starts_with('\n'));
    let keys = keys.filter_map(|key| key.split_once('\n'));
    keys.map(|(platform, order_no)| OrderKey::new(platform, order_no)).collect()
}

/// What keys of reports on a merchant's goods to an office begin with.
fn begin_of(office: &str, merchant: &str) -> String {
    format!("\n{office}\n{merchant}\n")
}

/// Ids of the reports on a merchant's goods that an office recognises and that hold on a day or later, as far as the index is: who
/// asks looks at each again.
pub fn recognised(window: &Window, offices: &[Text], merchants: &[Text], day: Day) -> BTreeSet<String> {
    let standing = window.finding.standing();
    let mut found = BTreeSet::new();
    for office in offices {
        for merchant in merchants {
            let begin = begin_of(office, merchant);
            let first = format!("{begin}{}", day.number());
            let keys = standing.finder.waiting_from(&begin, &first);
            found.extend(
                keys.filter_map(|key| key.strip_prefix(&begin)?.split_once('\n'))
                    .map(|(_, id)| id.to_owned()),
            );
        }
    }
    found
}

/// Follows the ledger until it is dropped.
pub async fn run(window: Window, every: Duration) {
    let mut before = Cursor::default();
    loop {
        let now = window.read.position().await.unwrap_or_default();
        let busy = before != now;
        before = now;
        let wait = match step(&window, ROWS).await {
            Ok(true) => every,
            Ok(false) if busy => BUSY,
            Ok(false) => Duration::from_millis(20),
            Err(error) => {
                tracing::error!(%error, "the evidence log cannot be indexed");
                AFTER_FAILURE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Follows to the end, however long that takes.
///
/// # Errors
/// When rows cannot be read.
pub async fn follow_all(window: &Window) -> Result<(), StoreError> {
    while !step(window, ROWS).await? {}
    Ok(())
}

/// Follows as far as one request may; how many rows are not read yet.
///
/// # Errors
/// When rows cannot be read.
pub async fn follow(window: &Window) -> Result<u64, StoreError> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if step(window, ROWS_ASKED).await? {
            return Ok(0);
        }
    }
    let covers = window.finding.standing().covers.clone();
    Ok(covers.behind(&window.read.position().await?))
}

/// Adds some rows; true = there was nothing behind them.
async fn step(window: &Window, rows: usize) -> Result<bool, StoreError> {
    let finding = &window.finding;
    let _one = finding.following.lock().await;
    if !finding.standing().loaded {
        load(window).await?;
    }
    let position = window.read.position().await?;
    let covers = finding.standing().covers.clone();
    if covers.covers(&position) {
        return Ok(true);
    }
    let (mut found, mut awaited, mut seen, mut looked) = (Vec::new(), Vec::new(), covers.clone(), 0);
    let mut visit = |position: Position, row: Row| {
        looked += 1;
        seen.reach(position);
        found.extend(seen_of(position, &row));
        awaited.extend(awaited_of(&row));
        looked < rows
    };
    window.read.scan(&covers, &mut visit).await?;
    let ended = looked < rows;
    for one in &mut found {
        if let Some(order) = one.order.take()
            && let Some(consignment) = window.read.consignment(&order).await?
        {
            one.parties.extend(named(&consignment));
        }
    }
    let grown = finding.change(|standing| {
        for one in found {
            let time = one.time.unwrap_or(standing.last);
            standing.last = time;
            let hit = Hit { time, place: one.place, what: one.what };
            let others = one.person.as_deref().into_iter().chain(one.bill.as_deref());
            standing.finder.add(hit, one.parties.iter().map(Text::as_str).chain(others));
        }
        awaited.iter().for_each(|one| standing.finder.wait(&one.key, one.waits));
        standing.covers = seen;
        if ended {
            // Rows that nobody shows are in no scan.
            standing.covers.join(&position);
        }
        standing.finder.len() - standing.kept
    });
    if grown >= KEPT_EVERY {
        keep(window).await?;
    }
    Ok(ended)
}

async fn load(window: &Window) -> Result<(), StoreError> {
    let kept = window.read.derived().kept(NAME).await?;
    let read = match kept {
        Some((covers, bytes)) => {
            let read = tokio::task::spawn_blocking(move || Finder::of_bytes(&bytes)).await;
            read.ok().flatten().map(|finder| (covers, finder))
        }
        None => None,
    };
    window.finding.change(|standing| {
        standing.loaded = true;
        if let Some((covers, finder)) = read {
            standing.kept = finder.len();
            (standing.covers, standing.finder) = (covers, finder);
        }
    });
    Ok(())
}

/// Keeps the index as it stands.
///
/// # Errors
/// When it cannot be written.
pub async fn keep(window: &Window) -> Result<(), StoreError> {
    let (covers, bytes, count) = {
        let standing = window.finding.standing();
        (standing.covers.clone(), standing.finder.to_bytes(), standing.finder.len())
    };
    window.read.derived().keep(NAME, &covers, bytes).await?;
    window.finding.change(|standing| standing.kept = count);
    Ok(())
}

/// What of a row can be found.
fn seen_of(position: Position, row: &Row) -> Option<Seen> {
    let seen = |what, time, parties| Seen {
        what,
        place: position.number(),
        time,
        parties,
        order: None,
        person: None,
        bill: None,
    };
    Some(match row {
        Row::Message(message) => seen(What::Received, Some(message.received.0), vec![message.sender.clone()]),
        Row::Event(row) => {
            let time = row.outcome.as_ref().map(|outcome| outcome.now.0);
            match &row.event.cause {
                Cause::Document(arrived) => {
                    let mut parties = of_document(&arrived.document);
                    parties.push(arrived.sender.clone());
                    let bill = bill_of(&arrived.document).map(bill);
                    Seen { bill, ..seen(What::Judged, time, parties) }
                }
                Cause::Action(action) => {
                    let order = Some(action.order.clone());
                    let person = Some(person(&action.party, &action.officer));
                    Seen { order, person, ..seen(What::Officer, time, vec![action.party.clone()]) }
                }
                Cause::ExportAction(action) => {
                    let person = Some(person(&action.party, &action.officer));
                    Seen { person, ..seen(What::Officer, time, vec![action.party.clone()]) }
                }
                Cause::Follow(_) | Cause::Timer(_) => return None,
            }
        }
        Row::Record(record) => seen(of_record(record), Some(record.changed.0), record.parties.clone()),
        Row::Rulebook(_) | Row::Seed(_) => seen(What::Rule, None, Vec::new()),
        // Their applications are records.
        Row::Filing(_) | Row::Certificate(_) => return None,
    })
}

/// What an officer's action leaves waiting, or a report. Other rows change nothing here: what they end is seen when it is looked at.
fn awaited_of(row: &Row) -> Option<Awaited> {
    if let Row::Record(record) = row {
        return (record.key.register == Register::InspectionReport).then(|| awaited_report(record));
    }
    let Row::Event(row) = row else { return None };
    let outcome = row.outcome.as_ref()?;
    match &row.event.cause {
        Cause::Action(action) => {
            let attempt = outcome.consignment.as_ref()?.attempt.as_ref();
            let waits = attempt.is_some_and(|attempt| attempt.unconfirmed().is_some());
            Some(Awaited { key: key_of(&action.order), waits })
        }
        Cause::ExportAction(_) => {
            let trade = outcome.export.states.iter().find_map(|state| state.trade())?;
            Some(Awaited { key: key_of(&trade.key.marked()), waits: trade.unconfirmed().is_some() })
        }
        _ => None,
    }
}

/// A report waits as long as it is recognised; while it is, neither the days nor those between whom it is change.
fn awaited_report(record: &Record) -> Awaited {
    let report = register::inspection_report::report(record);
    let begin = begin_of(&report.to, &report.subject);
    Awaited { key: format!("{begin}{}\n{}", report.until.number(), record.key.id), waits: report.recognised }
}

fn of_record(record: &Record) -> What {
    match record.key.register {
        Register::Access if register::access::Access::of(record).range.is_some() => What::Delivered,
        Register::Access => What::Read,
        Register::Delivery => What::Delivered,
        Register::Share => What::Rule,
        Register::SignIn => What::SignIn,
        _ => What::Record,
    }
}

/// The bill that a document of many parcels is of.
fn bill_of(document: &Document) -> Option<&str> {
    let number = match document {
        Document::MasterBill(master) => Some(&master.head.bill_no),
        Document::ExportArrival(arrival) => arrival.head.bill_no.as_ref(),
        Document::Departure(departure) => departure.head.bill_no.as_ref(),
        Document::Arrival(arrival) => Some(&arrival.head.bill_no),
        _ => None,
    };
    number.map(|number| number.trim()).filter(|number| !number.is_empty())
}

/// Rows of documents that are of a bill, the newest first, at most `limit`.
pub fn of_bill(window: &Window, number: &str, limit: usize) -> Vec<Position> {
    let wanted = Wanted { parties: Some(vec![bill(number)]), whats: vec![What::Judged], ..Wanted::default() };
    let found = window.finding.standing().finder.find(&wanted, limit);
    found.iter().filter_map(|hit| Position::of_number(hit.place)).collect()
}

/// Parties that a document names.
fn of_document(document: &Document) -> Vec<Text> {
    match document {
        Document::Order(order) => vec![order.head.ebp_code.clone(), order.head.ebc_code.clone()],
        Document::Payment(payment) => vec![payment.pay_code.clone(), payment.ebp_code.clone()],
        Document::Declaration(declaration) => {
            let head = &declaration.head;
            vec![
                head.ebp_code.clone(),
                head.ebc_code.clone(),
                head.agent_code.clone(),
                head.logistics_code.clone(),
                head.assure_code.clone(),
            ]
        }
        Document::ExportOrder(order) => vec![order.head.ebp_code.clone(), order.head.ebc_code.clone()],
        Document::ExportPayment(payment) => vec![payment.ebp_code.clone(), payment.ebc_code.clone()],
        Document::ExportDeclaration(declaration) => {
            let head = &declaration.head;
            vec![
                head.ebp_code.clone(),
                head.ebc_code.clone(),
                head.agent_code.clone(),
                head.logistics_code.clone(),
            ]
        }
        _ => Vec::new(),
    }
}

/// Parties of a consignment: whoever may see it.
fn named(consignment: &Consignment) -> Vec<Text> {
    let declaration = consignment.attempt.as_ref().map(|attempt| &attempt.declaration);
    let mut parties = vec![consignment.key.platform.clone()];
    for filed in [consignment.order.as_ref(), consignment.payment.as_ref(), declaration].into_iter().flatten()
    {
        parties.push(filed.sender.clone());
        parties.extend(of_document(&filed.document));
    }
    parties
}
