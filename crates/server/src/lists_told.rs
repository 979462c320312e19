//! Platforms are told of the published lists that those stand on who sell over them: that one was put on a list, what became
//! otherwise of it, and that he no longer stands there. Who sells over which platform is counted from accepted orders
//! (`statistics`); what is told is what everybody may read, as a record of each platform and enterprise
//! (`register::credit::told`). At once when a list changes, and every minute, because lists begin and end by the day and others begin
//! to sell: what a server that ended did not write is written then.

use crate::{Window, credit};
use ceb::Day;
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use register::credit::listing;
use register::credit::told::{Body, Changed, IN_FORCE};
use register::{Command, Refusal};
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
        if let Err(error) = step(&window).await {
            tracing::error!(%error, "platforms cannot be told of lists; it is tried again in a minute");
        }
    }
}

/// Tells what was not told yet, of everybody.
///
/// # Errors
/// When the store cannot be read.
pub async fn step(window: &Window) -> Result<(), StoreError> {
    // Before all orders are counted nobody knows who sells over whom.
    if !credit::ready(window) {
        return Ok(());
    }
    let listed = all(window, Register::CreditList, listing::IN_FORCE).await?;
    let mut parties: BTreeSet<Text> = listed.iter().map(|record| record.key.id.clone()).collect();
    for record in all(window, Register::ListNotice, &[IN_FORCE]).await? {
        parties.insert(Body::of(&record).party.into());
    }
    let platforms = platforms(window);
    for party in parties {
        renew(window, &party, platforms.get(&party)).await?;
    }
    Ok(())
}

/// Tells what became of one list.
///
/// # Errors
/// When the store cannot be read; what was recorded stands.
pub(crate) async fn followed(window: &Window, list: &Record) -> Result<(), StoreError> {
    if !credit::ready(window) {
        return Ok(());
    }
    let party = &list.key.id;
    renew(window, party, platforms(window).get(party)).await
}

async fn all(
    window: &Window,
    register: Register,
    states: &[&'static str],
) -> Result<Vec<Arc<Record>>, StoreError> {
    let states = states.iter().map(|state| Text::from(*state)).collect();
    window.all_records(&RecordSearch { register, parties: None, states }).await
}

/// By who sells, over which platforms: codes as they are filed today, nobody over himself.
fn platforms(window: &Window) -> BTreeMap<Text, BTreeSet<Text>> {
    let mut found: BTreeMap<Text, BTreeSet<Text>> = BTreeMap::new();
    let standing = window.statistics.standing();
    for (seller, over) in &standing.figures.sold_over {
        let seller = window.code_of(seller);
        let over = over.iter().map(|platform| window.code_of(platform));
        let others: BTreeSet<Text> = over.filter(|platform| *platform != seller).collect();
        found.entry(seller).or_default().extend(others);
    }
    found
}

/// Tells the platforms over which an enterprise sells how it stands.
async fn renew(window: &Window, party: &Text, platforms: Option<&BTreeSet<Text>>) -> Result<(), StoreError> {
    let Some(platforms) = platforms else { return Ok(()) };
    let list = window.read.record(&RecordKey::new(Register::CreditList, party)).await?;
    let published = list.and_then(|list| published(window, &list, window.clock.now().day()));
    for platform in platforms {
        tell(window, platform, party, published.as_ref()).await?;
    }
    Ok(())
}

/// What everybody may read of a list today; none = nothing.
fn published(window: &Window, list: &Record, today: Day) -> Option<Body> {
    let body = listing::Body::of(list);
    if !body.is_public(&list.state, today) {
        return None;
    }
    let decision = body.decision?;
    let reference = window.reference();
    let measures = reference.current().credit.measures(&body.notice.list, today);
    let measures = measures.map(|row| Changed {
        measure: row.measure.to_string(),
        value: row.value,
        unit: row.unit.to_string(),
    });
    let measures = measures.collect();
    Some(Body {
        party: list.key.id.to_string(),
        name: window.filing(&list.key.id).map(|filing| filing.name.to_string()),
        list: body.notice.list,
        valid_from: decision.valid_from,
        valid_to: decision.valid_to,
        legal_basis: body.notice.legal_basis,
        appealed: list.state == "appealed",
        measures,
    })
}

/// Writes down for one platform what it has not been told.
async fn tell(
    window: &Window,
    platform: &Text,
    party: &Text,
    published: Option<&Body>,
) -> Result<(), StoreError> {
    let key = RecordKey::new(Register::ListNotice, &format!("{platform}:{party}"));
    let current = window.read.record(&key).await?;
    let stands = current.as_deref().filter(|record| record.state == IN_FORCE).map(Body::of);
    let (action, body) = match (stands, published) {
        // Who is a platform no longer is told the end of what it was told, and nothing new.
        (None, Some(body)) if is_platform(window, platform) => ("tell-entry", body.clone()),
        (Some(stands), Some(body)) if stands != *body => ("tell-change", body.clone()),
        (Some(stands), None) => ("tell-end", stands),
        _ => return Ok(()),
    };
    let command = Command {
        key,
        version: current.map_or(0, |record| record.version),
        action: action.into(),
        by: credit::by(platform),
        note: String::new(),
        body: serde_json::to_string(&body).ok(),
    };
    match window.pipeline.command(command).await {
        // Another told it meanwhile.
        Some(Ok(_) | Err(Refusal::Outdated(_) | Refusal::State(..))) | None => {}
        Some(Err(refusal)) => tracing::error!(?refusal, action, "what a platform is told was not recorded"),
    }
    Ok(())
}

fn is_platform(window: &Window, code: &str) -> bool {
    window.filing(code).is_some_and(|filing| filing.has(Role::Platform))
}
