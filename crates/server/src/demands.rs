//! What follows from what became of a demand: the offer that was accepted and all others are told, and demands whose deadline
//! has passed are over. The window writes each as a record of its own, at once where it can, and looks again every minute: a
//! server that ended in between leaves nothing behind.

use crate::Window;
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Actor, Record, RecordKey, Register};
use register::{By, Command, Refusal, demand, offer};
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
            tracing::error!(%error, "demands cannot be followed");
        }
    }
}

/// Ends what is over, and tells every offer what became of its demand.
///
/// # Errors
/// When the store cannot be read.
pub async fn step(window: &Window) -> Result<(), StoreError> {
    let open = window.all_records(&search(Register::ServiceRequest, "open", None)).await?;
    for record in open.iter().filter(|record| !demand::is_open(record, window.clock.now())) {
        write(window, record, "expire").await;
    }
    told(window, None, None).await
}

/// Tells every offer what became of this demand.
///
/// # Errors
/// When the store cannot be read; what was recorded stands.
pub async fn settle(window: &Window, demand: &Record) -> Result<(), StoreError> {
    if demand.state == "open" {
        return Ok(());
    }
    told(window, Some(demand), Some(vec![register::owner(demand)])).await
}

fn search(register: Register, state: &'static str, parties: Option<Vec<Text>>) -> RecordSearch {
    RecordSearch { register, parties, states: vec![Text::const_new(state)] }
}

/// Offers that stand, of one demand or of all.
async fn told(window: &Window, of: Option<&Record>, parties: Option<Vec<Text>>) -> Result<(), StoreError> {
    let search = search(Register::ServiceOffer, "offered", parties);
    for record in &window.all_records(&search).await? {
        let named = offer::demand_of(&record.key.id);
        match of {
            Some(demand) if demand.key.id == named => tell(window, record, demand).await,
            Some(_) => {}
            None => {
                let key = RecordKey::new(Register::ServiceRequest, named);
                if let Some(demand) = window.read.record(&key).await? {
                    tell(window, record, &demand).await;
                }
            }
        }
    }
    Ok(())
}

async fn tell(window: &Window, record: &Arc<Record>, demand: &Record) {
    let chosen = demand::Body::of(demand).chosen;
    let action = match demand.state.as_str() {
        "accepted" if chosen.as_deref() == Some(record.key.id.as_str()) => "take",
        "accepted" => "pass-over",
        "withdrawn" | "expired" => "lapse",
        _ => return,
    };
    write(window, record, action).await;
}

/// A move by the window; what another server did already is done.
async fn write(window: &Window, record: &Record, action: &'static str) {
    // The window acts in the name of the record's own party: the other one is not known to it yet.
    let by = By {
        actor: Actor { party: register::owner(record), name: Text::const_new("window") },
        codes: Vec::new(),
        role: Role::ZoneOperator,
        applies: false,
        reviews: false,
        window: true,
    };
    let command = Command {
        key: record.key.clone(),
        version: record.version,
        action: Text::const_new(action),
        by,
        note: String::new(),
        body: None,
    };
    match window.pipeline.command(command).await {
        Some(Ok(_) | Err(Refusal::Outdated(_) | Refusal::State(..))) | None => {}
        Some(Err(refusal)) => tracing::error!(?refusal, action, "what became of a demand was not recorded"),
    }
}
