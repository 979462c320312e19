//! Deadlines of bonded books, told by the clock: goods that entered first and are not declared, goods at an exhibition that are
//! not back, taxes of sales there that are not paid. Each step is a command of the window that names the version it saw, judged
//! like any other, so any server takes it, and one takes it alone. It looks every minute: deadlines are days.

use crate::Window;
use ceb::Day;
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Actor, Record, Register};
use register::bonded::clock::STATES;
use register::bonded::document::Body;
use register::bonded::exhibition::Settlement;
use register::{By, Command, Refusal};
use std::time::Duration;
use store::{Read, RecordSearch, StoreError};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(60);
/// Records of one look, a page.
const PAGE: usize = 500;

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
    let states = STATES.iter().map(|state| Text::const_new(state)).collect();
    let search = RecordSearch { register: Register::BondedDocument, parties: None, states };
    let (today, mut after) = (window.clock.now().day(), None);
    loop {
        let (records, more) = window.read.records(&search, after, PAGE).await?;
        for record in &records {
            let body = Body::of(record);
            if let Some(action) = due(&record.state, &body, today) {
                write(window, record, &body, action).await;
            }
        }
        after = more;
        if after.is_none() {
            return Ok(());
        }
    }
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

/// A move by the window; what another server did already is done.
async fn write(window: &Window, record: &Record, body: &Body, action: &'static str) {
    let by = By {
        actor: Actor { party: register::owner(record), name: Text::const_new("window") },
        codes: Vec::new(),
        role: Role::ZoneOperator,
        applies: false,
        reviews: false,
        window: true,
    };
    let settlement = body.guarantee.as_ref().filter(|_| matches!(action, "call-guarantee" | "collect"));
    let settlement = settlement.and_then(|guarantee| {
        let guarantor = guarantee.guarantor.clone();
        serde_json::to_string(&Settlement { guarantor, ..Settlement::default() }).ok()
    });
    let command = Command {
        key: record.key.clone(),
        version: record.version,
        action: Text::const_new(action),
        by,
        note: String::new(),
        body: settlement,
    };
    match window.pipeline.command(command).await {
        Some(Ok(_) | Err(Refusal::Outdated(_) | Refusal::State(..))) | None => {}
        Some(Err(refusal)) => tracing::error!(?refusal, action, "a deadline of a book was not recorded"),
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
                    "quantity": "1", "dutiable": 100, "tax": 20, "due": "20261215", "standing": standing}]})
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
