//! Transfers between districts whose term is over and whose goods have not arrived: both districts are told. Each is a command of the
//! window that names the version it saw, judged like any other, so any server takes it, and one takes it alone.

use crate::Window;
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Actor, Record, Register};
use register::transit::{Body, UNDER_WAY};
use register::{By, Command, Refusal};
use serde_json::json;
use std::time::Duration;
use store::{RecordSearch, StoreError};

/// How often it looks: terms are hours.
const EVERY: Duration = Duration::from_secs(60);

/// Looks, until it is dropped.
pub async fn run(window: Window) {
    loop {
        tokio::time::sleep(EVERY).await;
        if window.intake.closed().is_none()
            && let Err(error) = step(&window).await
        {
            tracing::error!(%error, "terms of transfers between districts cannot be followed");
        }
    }
}

/// Tells of every transfer whose term is over.
///
/// # Errors
/// When the store cannot be read.
pub async fn step(window: &Window) -> Result<(), StoreError> {
    let states = vec![Text::const_new(UNDER_WAY)];
    let search = RecordSearch { register: Register::TransitTransfer, parties: None, states };
    let now = window.clock.now();
    for record in window.all_records(&search).await? {
        let body = Body::of(&record);
        if body.is_over(now) {
            tell(window, &record, &body).await;
        }
    }
    Ok(())
}

/// A move by the window; what another server did already is done.
async fn tell(window: &Window, record: &Record, body: &Body) {
    let by = By {
        actor: Actor { party: register::owner_of(&record.key), name: Text::const_new("window") },
        codes: Vec::new(),
        role: Role::ZoneOperator,
        applies: false,
        reviews: false,
        window: true,
    };
    let command = Command {
        key: record.key.clone(),
        version: record.version,
        action: Text::const_new("overdue"),
        by,
        note: String::new(),
        body: Some(json!({"trades": body.trades}).to_string()),
    };
    match window.pipeline.command(command).await {
        Some(Ok(_) | Err(Refusal::Outdated(_) | Refusal::State(..))) | None => {}
        Some(Err(refusal)) => {
            tracing::error!(?refusal, id = %record.key.id, "the end of a transfer's term was not recorded");
        }
    }
}
