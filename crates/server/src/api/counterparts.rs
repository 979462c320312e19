//! Outside systems by kind: whether what is there for each is taken. One that is down queues and loses nothing, and here it shows: for
//! everybody the state of its kind, for whoever operates the window how many there are, what waits for them and since when.

use super::error::Problem;
use super::limits::COUNTERPARTS as ROLES;
use super::operations::{UNDELIVERED, deliveries_in};
use super::view::time;
use crate::{Window, all_records};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use register::delivery::Delivery;
use register::webhook::{COUNTERPARTS, Webhook};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Cursor, Read, RecordSearch, StoreError};

/// The outside systems of a kind.
#[derive(Default)]
struct Kind {
    /// Webhooks that bring them what is there for them.
    adapters: u64,
    /// Of these, those that their owners paused.
    paused: u64,
    /// And those that do not take what they are sent.
    failing: u64,
    /// Rows of the ledger that were not brought to the one that is furthest behind of both.
    waiting: u64,
    /// Pages that were set aside, because they were refused.
    set_aside: u64,
    /// Since when the first of them takes nothing.
    since: Option<Time>,
}

impl Kind {
    fn state(&self) -> &'static str {
        match self {
            Self { adapters: 0, .. } => "none",
            Self { failing: 1.., .. } => "waits",
            Self { adapters, paused, .. } if adapters == paused => "paused",
            _ => "works",
        }
    }

    /// Adds a webhook with what became of it.
    fn add(&mut self, webhook: &Record, delivery: Option<&Record>, position: &Cursor) {
        self.adapters += 1;
        let paused = webhook.state == "paused";
        self.paused += u64::from(paused);
        let Some(record) = delivery else { return };
        let delivery = Delivery::of(record);
        self.set_aside += delivery.set_aside.len() as u64;
        let failing = !paused && matches!(record.state.as_str(), "failing" | "stopped");
        if failing {
            self.failing += 1;
            let began = if delivery.since == 0 { record.changed } else { Time(delivery.since) };
            self.since = Some(self.since.map_or(began, |since| since.min(began)));
        }
        if failing || paused {
            let upto = Cursor::parse(&delivery.cursor).unwrap_or_default();
            self.waiting = self.waiting.max(upto.behind(position));
        }
    }
}

/// The state of each kind, for everybody: which agency or bank it is, is for those whose it is and for whoever operates the window.
pub(super) async fn told_to_all(window: &Window) -> Result<Vec<Value>, Problem> {
    let kinds = counted(window, false).await?;
    Ok(kinds.iter().map(|(kind, one)| json!({"kind": kind, "state": one.state()})).collect())
}

/// The same with what is counted, for whoever operates the window.
pub(super) async fn told(window: &Window) -> Result<Vec<Value>, Problem> {
    let kinds = counted(window, true).await?;
    let line = |(kind, one): &(&str, Kind)| {
        json!({
            "kind": kind, "state": one.state(), "adapters": one.adapters, "paused": one.paused,
            "failing": one.failing, "waiting": one.waiting, "setAside": one.set_aside, "since": one.since.map(time),
        })
    };
    Ok(kinds.iter().map(line).collect())
}

/// Every kind, in its order. Whose webhook does not say what it is counts as a bank where he is one, and else with none; whose filing does
/// not say so, today, with none either, whatever the webhook says of him.
/// Whether each delivery is read, or those alone that come to nothing: anybody may ask for the state of all kinds, as often as he likes.
async fn counted(window: &Window, each: bool) -> Result<Vec<(&'static str, Kind)>, StoreError> {
    let states = ["active", "paused"].map(Text::const_new).to_vec();
    let search = RecordSearch { register: Register::Webhook, parties: None, states };
    let webhooks = all_records::of(window, &search).await?;
    let position = window.read.position().await?;
    let (undelivered, _) = deliveries_in(window, &UNDELIVERED).await?;
    let undelivered: BTreeMap<&str, &Arc<Record>> =
        undelivered.iter().map(|record| (record.key.id.as_str(), record)).collect();
    let (reference, today) = (window.reference(), window.clock.now().day());
    let mut kinds: Vec<(&'static str, Kind)> =
        COUNTERPARTS.iter().map(|kind| (*kind, Kind::default())).collect();
    for webhook in &webhooks {
        let Some(filing) = reference.parties.find(&register::owner(webhook), today) else { continue };
        if !ROLES.iter().any(|role| filing.has(*role)) {
            continue;
        }
        let said = Webhook::of(webhook).counterpart;
        let kind = if said.is_empty() && filing.has(Role::Bank) { "bank" } else { said.as_str() };
        if !filing.is_counterpart(kind, today) {
            continue;
        }
        let Some((_, one)) = kinds.iter_mut().find(|(known, _)| *known == kind) else { continue };
        let delivery = if each {
            window.read.record(&RecordKey::new(Register::Delivery, &webhook.key.id)).await?
        } else {
            undelivered.get(webhook.key.id.as_str()).copied().cloned()
        };
        one.add(webhook, delivery.as_deref(), &position);
    }
    Ok(kinds)
}
