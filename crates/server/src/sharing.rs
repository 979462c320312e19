//! What a rule of sharing gives, row by row of the ledger, and the events in which it travels. Both whoever asks
//! (`api/shares.rs`) and whoever is sent (`push`) has it from here.

use crate::Window;
use crate::tail::Kept;
use clearance::Text;
use clearance::keys::{Position, Time};
use clearance::record::{Record, RecordKey, Register};
use exchange::{Dataset, Mask, Shared, envelope, neutral};
use register::share::Share;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use store::{Cursor, Read, Row, StoreError};

/// Rows that one page looks at: it may have few records, or none, and still lead on.
const ROWS: usize = 20_000;

/// Media type of a batch of events.
pub const EVENTS: &str = "application/cloudevents-batch+json";

/// Why a rule gives nothing now.
#[derive(Debug)]
pub enum Barred {
    /// There is none for this receiver.
    Absent,
    /// It is not in force, or not now: what it is.
    State(String),
    /// What it gives is no longer served.
    Dataset,
    /// The store.
    Store(StoreError),
}

impl From<StoreError> for Barred {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl std::fmt::Display for Barred {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent => f.write_str("no such rule, or it gives nothing to this party"),
            Self::State(what) => f.write_str(what),
            Self::Dataset => f.write_str("the rule's dataset is no longer served"),
            Self::Store(error) => write!(f, "{error}"),
        }
    }
}

/// A rule in force.
pub struct Rule {
    /// Its id.
    pub id: Text,
    /// Its version.
    pub version: u32,
    /// What it says.
    pub share: Share,
    dataset: Dataset,
}

impl Rule {
    /// What it gives of a record of its dataset that counts since a time: none where it is not among what the rule gives.
    pub fn gives(&self, time: Time, shared: &Shared) -> Option<Map<String, Value>> {
        let mask = self.share.mask();
        (time.day() >= self.first() && mask.admits(&shared.values)).then(|| mask.of(&shared.values))
    }

    /// Code of the party that it gives to.
    pub fn receiver(&self) -> String {
        register::owner_of(&RecordKey::new(Register::Share, &self.id)).to_string()
    }

    /// Its first day: records count by the time of their commit.
    fn first(&self) -> ceb::Day {
        ceb::Day::parse(&self.share.valid_from).unwrap_or_default()
    }

    /// Whether it gives messages whole.
    pub fn gives_messages(&self) -> bool {
        self.dataset == Dataset::Messages && self.share.fields.iter().any(|field| field == "original")
    }
}

/// How records are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// As the dataset has them.
    Plain,
    /// In the neutral form of `exchange::neutral`.
    Neutral,
}

impl Rule {
    /// Whether its records have the neutral form.
    pub fn has_neutral(&self) -> bool {
        self.dataset.document().is_some_and(|kind| neutral::of(kind, &Map::new()).is_some())
    }
}

/// The rule of an id for a receiver with these codes, if it gives all its records now.
///
/// # Errors
/// [`Barred`].
pub async fn rule(window: &Window, codes: &[Text], id: &str) -> Result<Rule, Barred> {
    let rule = in_force(window, codes, id).await?;
    if rule.share.is_asked_alone() {
        return Err(Barred::State(
            "it answers queries by key alone: ask with a request of the kind query".to_owned(),
        ));
    }
    Ok(rule)
}

/// The rule of an id for a receiver with these codes, if it is in force.
///
/// # Errors
/// [`Barred`].
pub async fn in_force(window: &Window, codes: &[Text], id: &str) -> Result<Rule, Barred> {
    let key = RecordKey::new(Register::Share, id);
    let receiver = register::owner_of(&key);
    if !codes.contains(&receiver) {
        return Err(Barred::Absent);
    }
    let record: std::sync::Arc<Record> = window.read.record(&key).await?.ok_or(Barred::Absent)?;
    let share = Share::of(&record);
    let today = window.clock.now().day();
    let ended = share.valid_to.as_deref().and_then(ceb::Day::parse).is_some_and(|last| last < today);
    if record.state != "in-force" || ended {
        let state = if ended { "past its last day" } else { record.state.as_str() };
        return Err(Barred::State(format!("it is {state}")));
    }
    let suspended = |code: &str| window.filing(code).is_none_or(|filing| filing.suspended);
    if suspended(&receiver) || suspended(&share.giver) {
        return Err(Barred::State("giver or receiver is not filed, or suspended".to_owned()));
    }
    let dataset = Dataset::from_word(&share.dataset).ok_or(Barred::Dataset)?;
    Ok(Rule { id: record.key.id.clone(), version: record.version, share, dataset })
}

/// A record with its place and time.
pub struct Given {
    position: Position,
    /// Its place among what the row gives: mostly the first and only one.
    index: usize,
    time: Time,
    /// What it is about: for the window itself.
    pub subject: String,
    /// Whether the receiver is told so.
    is_named: bool,
    /// Whom it names.
    pub parties: Vec<Text>,
    data: Value,
}

impl Given {
    /// Its name as an event: that of its row, with its place in it behind the first.
    pub fn id(&self) -> String {
        match self.index {
            0 => self.position.number().to_string(),
            index => format!("{}-{index}", self.position.number()),
        }
    }

    /// What the window calls it where its receiver reads that: by what it is about where the mask gives every field of that,
    /// by the event's own name where it does not.
    pub fn name(&self) -> String {
        if self.is_named { self.subject.clone() } else { self.id() }
    }
}

/// Records of a rule, and how far they reach.
pub struct Page {
    /// In order.
    pub given: Vec<Given>,
    /// Up to here nothing is left out.
    pub upto: Cursor,
    /// Whether it is all that is there.
    pub complete: bool,
}

impl Page {
    /// Whom its records name.
    pub fn parties(&self) -> Vec<Text> {
        let parties: BTreeSet<&Text> = self.given.iter().flat_map(|given| &given.parties).collect();
        parties.into_iter().cloned().collect()
    }

    fn take(&mut self, (position, index): (Position, usize), time: Time, shared: Shared, mask: &Mask) {
        let data = Value::Object(mask.of(&shared.values));
        let is_named = mask.names(&shared);
        let Shared { subject, parties, .. } = shared;
        self.given.push(Given { position, index, time, subject, is_named, parties, data });
    }
}

/// What a rule gives of the rows after a cursor: whole rows, at least one record if there is one among the rows that a
/// page looks at. With `upto`, of no row behind it.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub async fn page(
    window: &Window,
    rule: &Rule,
    after: &Cursor,
    upto: Option<&Cursor>,
    limit: usize,
) -> Result<Page, StoreError> {
    let mask = rule.share.mask();
    let (givers, _) = window.names_of(&rule.share.giver);
    let mut page = Page { given: Vec::new(), upto: after.clone(), complete: false };
    let beyond =
        |position: Position| upto.is_some_and(|upto| position.sequence > upto.sequence(position.writer));
    let wanted = |position: Position, row: &Row| concerns(rule.dataset, &givers, row) && !beyond(position);
    let mut looked = 0;
    loop {
        // Collected first: what is looked up meanwhile would wait for the scan.
        let found = window.tail.after(&window.read, &page.upto, &wanted, limit).await?;
        for (position, kept) in found.rows {
            for (index, time, shared) in given(window, (rule, &mask), position, &kept).await? {
                page.take((position, index), time, shared, &mask);
            }
            page.upto.reach(position);
            if page.given.len() >= limit {
                return Ok(page);
            }
        }
        (page.upto, page.complete) = (found.seen, found.ended);
        looked += found.looked;
        if page.complete || looked >= ROWS {
            return Ok(page);
        }
    }
}

/// Whether a row may give something; what agencies file is given by the agency that filed it.
fn concerns(dataset: Dataset, givers: &[Text], row: &Row) -> bool {
    match row {
        Row::Record(record) if record.key.register == Register::AgencyRecord => {
            let of = register::agency_record::dataset_of(&record.key).map(|(dataset, _)| dataset);
            of == Some(dataset) && givers.contains(&register::owner_of(&record.key))
        }
        Row::Record(record) if record.key.register == Register::BondedDocument => {
            dataset == Dataset::DomesticEntries && record.action == "accept"
        }
        Row::Record(record) if record.key.register == Register::CreditList => dataset == Dataset::CreditLists,
        Row::Event(_) => {
            let others =
                [Dataset::Filings, Dataset::Messages, Dataset::DomesticEntries, Dataset::CreditLists];
            !dataset.is_filed() && !others.contains(&dataset)
        }
        Row::Message(row) => dataset == Dataset::Messages && row.refusal.is_none(),
        Row::Filing(_) => dataset == Dataset::Filings,
        _ => false,
    }
}

/// What a row gives by a rule, each with its place among all that the row has: a filter that is changed later moves none.
async fn given(
    window: &Window,
    (rule, mask): (&Rule, &Mask),
    position: Position,
    kept: &Kept,
) -> Result<Vec<(usize, Time, Shared)>, StoreError> {
    let found: Vec<(Time, Shared)> = match (kept.row(), rule.dataset) {
        (Row::Record(record), Dataset::DomesticEntries) => {
            let entries = register::bonded::rebate::shared(record);
            entries.into_iter().map(|shared| (record.changed, shared)).collect()
        }
        (Row::Record(record), Dataset::CreditLists) => {
            let listed = register::credit::listing::shared(record);
            listed.into_iter().map(|shared| (record.changed, shared)).collect()
        }
        (Row::Record(record), _) => {
            let filed = filed(window, (rule, mask), record).await?;
            return Ok(filed.into_iter().map(|(time, shared)| (0, time, shared)).collect());
        }
        _ => of_row(window, (rule.dataset, mask), position, kept).await?,
    };
    let numbered = found.into_iter().enumerate().map(|(index, (time, shared))| (index, time, shared));
    let is_given =
        |(_, time, shared): &(usize, Time, Shared)| time.day() >= rule.first() && mask.admits(&shared.values);
    Ok(numbered.filter(is_given).collect())
}

/// A version of what an agency filed; where a correction led it out of what the rule gives, that.
async fn filed(
    window: &Window,
    (rule, mask): (&Rule, &Mask),
    record: &Record,
) -> Result<Vec<(Time, Shared)>, StoreError> {
    let is_given = |record: &Record| {
        let shared = register::agency_record::shared(record, false).map(|(_, shared)| shared);
        shared.filter(|shared| record.changed.day() >= rule.first() && mask.admits(&shared.values))
    };
    let shared = match (is_given(record), record.previous) {
        (Some(shared), _) => Some(shared),
        (None, Some(previous)) => {
            let before = window.read.record_at(previous).await?;
            let was_given = before.is_some_and(|before| is_given(&before).is_some());
            let beyond = was_given.then(|| register::agency_record::shared(record, true)).flatten();
            beyond.map(|(_, shared)| shared)
        }
        (None, None) => None,
    };
    Ok(shared.into_iter().map(|shared| (record.changed, shared)).collect())
}

async fn of_row(
    window: &Window,
    (dataset, mask): (Dataset, &Mask),
    position: Position,
    kept: &Kept,
) -> Result<Vec<(Time, Shared)>, StoreError> {
    match kept.row() {
        Row::Filing(row) => {
            // A filing counts from its day on, whenever it was entered.
            let time = Time::start_of(row.filing.valid_from);
            Ok(vec![(time, exchange::of_filing(&row.filing))])
        }
        Row::Message(row) => {
            let bytes = window.read.original(row).await?;
            let shared = exchange::of_message(exchange::messages::Received {
                sender: &row.sender,
                exchange_id: &row.recipient,
                sha256: &evidence::hexadecimal(&row.sha256),
                received: &row.received.stamp_millis().to_string(),
                bytes: &bytes,
            });
            Ok(shared.into_iter().map(|shared| (row.received, shared)).collect())
        }
        Row::Event(row) => {
            let Some(outcome) = row.outcome.as_deref() else { return Ok(Vec::new()) };
            let row = if exchange::project::needs_states(dataset, &row.event, outcome) {
                let Some(whole) = kept.whole(&window.read, position).await? else { return Ok(Vec::new()) };
                whole
            } else {
                &**row
            };
            let Some(outcome) = row.outcome.as_deref() else { return Ok(Vec::new()) };
            let shared = exchange::of_event(dataset, &row.event, outcome, mask);
            Ok(shared.into_iter().map(|shared| (outcome.now, shared)).collect())
        }
        _ => Ok(Vec::new()),
    }
}

/// A record as an event (CloudEvents 1.0), with whom it is for and what it may be used for in it.
pub fn event(rule: &Rule, given: &Given, form: Form) -> Value {
    let Rule { id, share, dataset, .. } = rule;
    let converted = || neutral::of(dataset.document()?, given.data.as_object()?);
    let neutral = (form == Form::Neutral).then(converted).flatten();
    let schema = match neutral {
        Some(_) => format!("urn:onewindow:neutral:v{}", neutral::VERSION),
        None => format!("urn:onewindow:dataset:{}:v{}", share.dataset, share.schema),
    };
    let mut event = json!({
        "specversion": "1.0",
        "id": given.id(),
        "source": format!("/v1/shares/{id}"),
        "type": format!("onewindow.{}.v{}", share.dataset, share.schema),
        "time": timestamp(given.time),
        "datacontenttype": "application/json",
        "dataschema": schema,
        envelope::RECEIVER: rule.receiver(),
        "purpose": share.purpose,
        "legalbasis": share.legal_basis,
        "data": neutral.as_ref().unwrap_or(&given.data),
    });
    // The key of a record is made of its fields: outside the mask it is not given beside it.
    if given.is_named {
        event["subject"] = given.subject.as_str().into();
    }
    event
}

/// RFC 3339, in China standard time.
pub fn timestamp(time: Time) -> String {
    let digits = time.stamp_millis().to_string();
    format!("{}.{}+08:00", exchange::spelled(&digits), digits.get(14..17).unwrap_or_default())
}
