//! Deadlines of bonded books, told by the clock: goods that entered first and are not declared, goods at an exhibition that are
//! not back, taxes of sales there that are not paid, bills of them. Each step is a command of the window that names the version it saw, judged
//! like any other, so any server takes it, and one takes it alone. It looks every minute: deadlines are days.

use crate::Window;
use ceb::Day;
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::{Actor, Record, RecordKey, Register};
use register::bonded::bill::{self, Bill, Billed, Paying};
use register::bonded::clock::STATES;
use register::bonded::document::Body;
use register::bonded::exhibition::{Calling, Guarantee};
use register::{By, Command, Refusal};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use store::{Read, RecordSearch, StoreError};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(60);

/// Looks, until it is dropped.
pub async fn run(window: Window) {
    loop {
        tokio::time::sleep(EVERY).await;
        if window.intake.closed().is_none()
            && let Err(error) = step(&window).await
        {
            tracing::error!(%error, "deadlines of bonded books cannot be followed");
        }
    }
}

/// Takes every step that is due.
///
/// # Errors
/// When the store cannot be read.
pub async fn step(window: &Window) -> Result<(), StoreError> {
    let now = window.clock.now();
    let mut bills: BTreeMap<RecordKey, BTreeSet<String>> = BTreeMap::new();
    for record in all(window, Register::BondedDocument, &STATES).await? {
        let body = Body::of(&record);
        if let Some(guarantee) = &body.guarantee {
            for due in billed(window, guarantee, now) {
                let key = bill::key_of(&register::owner(&record), due);
                bills.entry(key).or_default().insert(record.key.id.to_string());
            }
        }
        if let Some(action) = due(&record.state, &body, now.day()) {
            let calling = body.guarantee.filter(|_| matches!(action, "call-guarantee" | "collect"));
            let calling = calling.map(|guarantee| Calling { guarantor: guarantee.guarantor });
            write(window, (&record.key, record.version), action, calling.and_then(written)).await;
        }
    }
    for record in all(window, Register::BondedBill, &["billed"]).await? {
        let taxes = Bill::of(&record).taxes.into_iter().map(|tax| tax.application);
        bills.entry(record.key.clone()).or_default().extend(taxes);
    }
    for (key, applications) in bills {
        follow(window, &key, applications).await?;
    }
    Ok(())
}

/// All records of a register in some states.
async fn all(
    window: &Window,
    register: Register,
    states: &[&'static str],
) -> Result<Vec<Arc<Record>>, StoreError> {
    let states = states.iter().map(|state| Text::const_new(state)).collect();
    let search = RecordSearch { register, parties: None, states };
    window.all_records(&search).await
}

/// Last days of payment of the sales that stand on a bill by now.
fn billed<'a>(window: &Window, guarantee: &'a Guarantee, now: Time) -> BTreeSet<&'a str> {
    let law = window.reference().current().parameters.on(now.day());
    let sales = guarantee.sales.iter().filter(|sale| sale.is_billed(now.day(), &law));
    sales.map(|sale| sale.due.as_str()).collect()
}

/// Makes a bill say what the sales of its applications do.
async fn follow(window: &Window, key: &RecordKey, applications: BTreeSet<String>) -> Result<(), StoreError> {
    let record = window.read.record(key).await?;
    let before = record.as_ref().map(|record| Bill::of(record)).unwrap_or_default();
    let due = key.id.rsplit(':').next().unwrap_or_default();
    let others = |tax: &&Billed| !applications.contains(&tax.application);
    let mut taxes: Vec<Billed> = before.taxes.iter().filter(others).cloned().collect();
    for id in &applications {
        let application = window.read.record(&RecordKey::new(Register::BondedDocument, id)).await?;
        let guarantee = application.and_then(|application| Body::of(&application).guarantee);
        taxes.extend(guarantee.into_iter().flat_map(|guarantee| bill::taxes_of(id, &guarantee, due)));
    }
    let is_due = taxes.iter().any(|tax| tax.standing == "due");
    let is_billed = record.as_ref().is_some_and(|record| record.state == "billed");
    let action = match (is_due, is_billed) {
        (true, _) if taxes != before.taxes => "issue",
        (false, true) => "conclude",
        _ => return Ok(()),
    };
    let version = record.map_or(0, |record| record.version);
    let paying = Paying { applications: applications.into_iter().collect(), ..Paying::default() };
    write(window, (key, version), action, written(paying)).await;
    Ok(())
}

/// What the clock makes of a document on a day, if anything. Of several steps the first: the rest come with the next look.
fn due(state: &str, body: &Body, today: Day) -> Option<&'static str> {
    let clock = body.clock.as_ref()?;
    let late = body.guarantee.as_ref().is_some_and(|guarantee| guarantee.is_late(today));
    let settled = body.guarantee.as_ref().is_none_or(|guarantee| guarantee.is_settled());
    match state {
        "undeclared" if clock.is_over(today) => Some("overdue"),
        "exhibited" if body.is_open() && clock.is_over(today) => Some("call-guarantee"),
        "exhibited" | "called" if late => Some("collect"),
        "exhibited" | "called" if !body.is_open() && settled => Some("close"),
        "undeclared" | "exhibited" if body.is_open() && clock.warns(today) => Some("warn"),
        _ => None,
    }
}

fn written(body: impl serde::Serialize) -> Option<String> {
    serde_json::to_string(&body).ok()
}

/// A move by the window; what another server did already is done.
async fn write(
    window: &Window,
    (key, version): (&RecordKey, u32),
    action: &'static str,
    body: Option<String>,
) {
    let by = By {
        actor: Actor { party: register::owner_of(key), name: Text::const_new("window") },
        codes: Vec::new(),
        role: Role::ZoneOperator,
        applies: false,
        reviews: false,
        window: true,
    };
    let action = Text::const_new(action);
    let command = Command { key: key.clone(), version, action, by, note: String::new(), body };
    match window.pipeline.command(command).await {
        Some(Ok(_) | Err(Refusal::Outdated(_) | Refusal::State(..))) | None => {}
        Some(Err(refusal)) => tracing::error!(?refusal, %key.id, "a deadline of a book was not recorded"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn body(clock: Value, open: bool, guarantee: Value) -> Body {
        let open = if open { json!([{"lot": "L1", "quantities": ["1", "1", "0"]}]) } else { json!([]) };
        let moved = json!([{"line": 1, "form": 1, "moved": [], "open": open}]);
        serde_json::from_value(json!({"lines": [], "moved": moved, "clock": clock, "guarantee": guarantee}))
            .unwrap()
    }

    #[test]
    fn the_clock_takes_one_step_after_another() {
        let clock = |warned: bool| json!({"due": "20261210", "warning": "20261207", "warned": warned});
        let guarantee = |held: i64, standing: &str| {
            json!({"guarantor": "5301980501", "held": held, "called": 0, "forfeited": false, "guaranteed": [],
                "sales": [{"by": {"kind": "customs-declaration", "issuer": "x", "number": "1", "line": 1}, "line": 1,
                    "quantity": "1", "dutiable": 100, "tax": 20, "day": "20261123", "due": "20261215", "standing": standing}]})
        };
        let day = |number| Day::from_number(number).unwrap();
        let entered =
            |warned, number| due("undeclared", &body(clock(warned), true, Value::Null), day(number));
        assert_eq!(entered(false, 20_261_206), None);
        assert_eq!((entered(false, 20_261_207), entered(true, 20_261_210)), (Some("warn"), None));
        assert_eq!(
            (entered(true, 20_261_211), entered(false, 20_261_211)),
            (Some("overdue"), Some("overdue"))
        );
        let shown = |state, open, guarantee: Value, number| {
            due(state, &body(clock(true), open, guarantee), day(number))
        };
        assert_eq!(shown("exhibited", true, guarantee(20, "due"), 20_261_210), None);
        assert_eq!(shown("exhibited", true, guarantee(20, "due"), 20_261_216), Some("call-guarantee"));
        assert_eq!(shown("called", true, guarantee(20, "due"), 20_261_216), Some("collect"));
        assert_eq!(shown("exhibited", false, guarantee(20, "due"), 20_261_210), None, "its tax is not paid");
        assert_eq!(shown("exhibited", false, guarantee(0, "paid"), 20_261_210), Some("close"));
    }
}
