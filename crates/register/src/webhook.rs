//! Webhooks: where a party wants to be sent what is there for it, instead of asking. What became of each is in `delivery`.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
pub use clearance::party::COUNTERPARTS;
use clearance::party::Role;
use clearance::record::Record;
use serde::{Deserialize, Serialize};

/// States: active, paused, removed. The id is the party's code, a colon, its name of the webhook.
pub const MOVES: &[Move] = &[
    Move::owner("register", &["", "removed"], "active").alone(),
    Move::owner("change", &["active"], "active").alone(),
    Move::owner("change", &["paused"], "paused").alone(),
    Move::owner("redeliver", &["active"], "active").alone(),
    Move::owner("redeliver", &["paused"], "paused").alone(),
    Move::owner("pause", &["active"], "paused").alone(),
    Move::owner("resume", &["paused"], "active").alone(),
    Move::owner("remove", &["active", "paused"], "removed").alone(),
];

/// Records that are sent together, unless the owner says otherwise, and at most.
pub const BATCH: (u32, u32) = (200, 1_000);

/// What is sent from where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// What a rule of sharing gives: the id of the rule.
    Share(String),
    /// Receipts of the party's messages.
    Receipts,
    /// What customs asks a platform of payments (announcement 2018-179): each question by itself.
    PaymentData,
    /// Demands that were sent to the party or are its own, and offers to them.
    Demands,
    /// What a platform is told of the lists that those stand on who sell over it.
    ListNotices,
}

/// A webhook.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Webhook {
    /// Where to: an address of HTTPS, or of HTTP in networks that the operator of the window names.
    pub url: String,
    /// `receipts`, `payment-data`, `demands`, `list-notices`, or `shares/` and the id of a rule of the party.
    pub source: String,
    /// Records that are sent together; none = [`BATCH`].
    #[serde(default)]
    pub batch: Option<u32>,
    /// From after which cursor on, at first; empty = from the beginning.
    #[serde(default)]
    pub after: String,
    /// Whether orders, payments and waybills come in the neutral form, for counterparts in other countries.
    #[serde(default)]
    pub neutral: bool,
    /// In which form it is sent.
    #[serde(default)]
    pub form: Form,
    /// Whether what the receiver answers is kept: the answers of a counterpart.
    #[serde(default)]
    pub answers: bool,
    /// Whether each confirmation among them is kept by itself; otherwise how many there were, and each that says more.
    #[serde(default = "yes")]
    pub confirmations: bool,
    /// Which kind of outside system takes it, one of [`COUNTERPARTS`], as the status page tells them; empty = nobody said. It counts where
    /// the filing of its owner says so too.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub counterpart: String,
    /// What its owner wants sent again; the window does it once.
    #[serde(default)]
    pub again: Option<Again>,
}

/// The form in which a webhook is sent what is there for it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Batches of events.
    #[default]
    Events,
    /// Each message by itself, in the envelope of the country's windows, as it was received; the answer is one, too.
    Dxp,
}

/// A wish to have something sent again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Again {
    /// Given by the window: the first is 1.
    #[serde(default)]
    pub number: u32,
    /// Everything from after this cursor on; none = from where it is.
    #[serde(default)]
    pub after: Option<String>,
    /// And what was set aside.
    #[serde(default)]
    pub set_aside: bool,
}

fn yes() -> bool {
    true
}

impl Webhook {
    /// The webhook of a record.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// What is sent; none = nothing that is known.
    pub fn source(&self) -> Option<Source> {
        match self.source.strip_prefix("shares/") {
            Some(id) if !id.is_empty() => Some(Source::Share(id.to_owned())),
            None if self.source == "receipts" => Some(Source::Receipts),
            None if self.source == "payment-data" => Some(Source::PaymentData),
            None if self.source == "demands" => Some(Source::Demands),
            None if self.source == "list-notices" => Some(Source::ListNotices),
            _ => None,
        }
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let owner = owner_of(&command.key);
    let wished = seen.current.and_then(|record| Webhook::of(record).again);
    let webhook = match (step.action, seen.current) {
        ("register" | "change", _) | (_, None) => {
            let webhook: Webhook = read(command.body.as_deref(), faults)?;
            check(seen, &owner, &webhook, faults);
            Webhook { again: wished, ..webhook }
        }
        ("redeliver", Some(record)) => {
            let wish: Again = read(command.body.as_deref(), faults)?;
            let number = wished.map_or(0, |wished| wished.number) + 1;
            Webhook { again: Some(Again { number, ..wish }), ..stored(record) }
        }
        (_, Some(record)) => stored(record),
    };
    Some(Made { body: written(&webhook), parties: vec![owner], filing: None, seed: None })
}

fn check(seen: &Seen<'_>, owner: &str, webhook: &Webhook, faults: &mut Vec<Fault>) {
    if seen.own_name().trim().is_empty() {
        faults.push(Fault::new("id", &seen.command.key.id, says::WEBHOOK_ID.said()));
    }
    if seen.parties.find(owner, seen.now.day()).is_none_or(|filing| filing.suspended) {
        faults.push(Fault::new("id", owner, says::PARTY_FILED.said()));
    }
    let address = webhook.url.strip_prefix("https://").or_else(|| webhook.url.strip_prefix("http://"));
    let host = address.and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let odd = |sign: char| sign.is_whitespace() || sign.is_control();
    if host.is_empty() || host.contains('@') || webhook.url.len() > 500 || webhook.url.contains(odd) {
        let expected = says::WEBHOOK_ADDRESS.said();
        faults.push(Fault::new("url", &webhook.url, expected));
    }
    match webhook.source() {
        None => {
            let expected = says::WEBHOOK_SOURCE.said();
            faults.push(Fault::new("source", &webhook.source, expected));
        }
        Some(Source::PaymentData | Source::ListNotices) if !seen.acts_as(owner, &[Role::Platform]) => {
            faults.push(Fault::new("source", &webhook.source, says::PLATFORM_ALONE.said()));
        }
        Some(Source::Share(id)) if id.split(':').next() != Some(owner) => {
            faults.push(Fault::new("source", &webhook.source, says::OWN_RULE.said()));
        }
        Some(_) => {}
    }
    let agencies = [Role::Agency, Role::Bank, Role::Officer, Role::ZoneOperator];
    let shared = matches!(webhook.source(), Some(Source::Share(_)));
    if webhook.answers && (!shared || !seen.acts_as(owner, &agencies)) {
        let expected = says::ANSWERS_FALSE.said();
        faults.push(Fault::new("answers", "true", expected));
    }
    if webhook.form == Form::Dxp {
        if !matches!(webhook.source(), Some(Source::Share(_))) || webhook.neutral {
            let expected = says::FORM_EVENTS.said();
            faults.push(Fault::new("form", "dxp", expected));
        }
        // It is the envelope's receiver.
        let filing = seen.parties.find(owner, seen.now.day());
        if filing.is_none_or(|filing| filing.exchange_ids.is_empty()) {
            faults.push(Fault::new("form", "dxp", says::HAS_EXCHANGE_ID.said()));
        }
    }
    counterpart(seen, owner, &webhook.counterpart, faults);
    if let Some(batch) = webhook.batch.filter(|batch| *batch == 0 || *batch > BATCH.1) {
        faults.push(Fault::new(
            "batch",
            &batch.to_string(),
            says::ONE_TO.with(&[("most", &BATCH.1.to_string())]),
        ));
    }
}

/// Everybody reads by kind which outside systems take what they are sent: which kind somebody is, his filing says.
fn counterpart(seen: &Seen<'_>, owner: &str, kind: &str, faults: &mut Vec<Fault>) {
    if kind.is_empty() {
        return;
    }
    let today = seen.now.day();
    let filing = seen.parties.find(owner, today);
    if !COUNTERPARTS.contains(&kind) {
        let expected = says::ONE_OF.with(&[("words", &COUNTERPARTS.join(", "))]);
        faults.push(Fault::new("counterpart", kind, expected));
    } else if filing.is_none_or(|filing| !filing.is_counterpart(kind, today)) {
        faults.push(Fault::new("counterpart", kind, says::FILED_AS_COUNTERPART.with(&[("kind", kind)])));
    }
}
