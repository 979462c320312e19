//! Keeps what supervision codes say as the records of sites and parks do: a list names a code alone, and its judgement looks at one
//! record. Each step is a command of the window that names the version it saw, so any server takes it, and what was missed because a
//! server ended in between is made good with the next look.

use crate::Window;
use clearance::Text;
use clearance::place;
use clearance::record::{Record, Register};
use register::park::code::Code;
use register::park::{self, WORKING, site};
use register::{By, Command, Refusal};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Read, RecordSearch, StoreError};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(60);

/// Looks, until it is dropped.
pub async fn run(window: Window) {
    loop {
        if window.intake.closed().is_none()
            && let Err(error) = step(&window).await
        {
            tracing::error!(%error, "what supervision codes say cannot be followed");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Makes every code say what site and park do.
///
/// # Errors
/// When the store cannot be read.
pub async fn step(window: &Window) -> Result<(), StoreError> {
    let parks: BTreeMap<Text, Arc<Record>> =
        all(window, Register::Park).await?.into_iter().map(|park| (park.key.id.clone(), park)).collect();
    let mut codes: BTreeMap<Text, Code> = BTreeMap::new();
    for record in all(window, Register::Site).await? {
        let Some((_, code)) = record.key.id.split_once(':') else { continue };
        let Some(said) = of_site(&record, &parks) else { continue };
        // Of two sites that claim one code the one that works counts.
        let known = codes.entry(code.into()).or_insert_with(|| said.clone());
        if !known.works && said.works {
            *known = said;
        }
    }
    for (code, said) in codes {
        let key = place::key(&code);
        let record = window.read.record(&key).await?;
        if record.as_deref().map(Code::of) == Some(said.clone()) || (record.is_none() && !said.works) {
            continue;
        }
        let command = Command {
            key,
            version: record.map_or(0, |record| record.version),
            action: "record".into(),
            by: By::of_window("sites"),
            note: String::new(),
            body: serde_json::to_string(&said).ok(),
        };
        match window.pipeline.command(command).await {
            // Another server was faster: it is looked again.
            Some(Ok(_) | Err(Refusal::Outdated(_) | Refusal::State(..))) | None => {}
            Some(Err(refusal)) => {
                tracing::error!(?refusal, %code, "what a supervision code says was not recorded")
            }
        }
    }
    Ok(())
}

/// What the code of a site says; none = nothing of it was ever approved.
fn of_site(record: &Record, parks: &BTreeMap<Text, Arc<Record>>) -> Option<Code> {
    let works = |record: &Record| WORKING.contains(&record.state.as_str());
    let applied = site::Body::of(record).in_force?;
    let park = parks.get(applied.park.trim())?;
    let of_park = park::Body::of(park).in_force?;
    Some(Code {
        site: record.key.id.to_string(),
        park: park.key.id.to_string(),
        park_name: of_park.name,
        modes: of_park.modes.iter().map(|mode| mode.trim().to_owned()).collect(),
        works: works(record) && works(park),
    })
}

/// All records of a register.
async fn all(window: &Window, register: Register) -> Result<Vec<Arc<Record>>, StoreError> {
    let search = RecordSearch { register, parties: None, states: Vec::new() };
    window.all_records(&search).await
}
