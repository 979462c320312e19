//! Rows by position and the states that they carry. A row never changes, so whatever was read of a position is true for
//! ever: it may be remembered without asking the database again.

use super::{failed, query};
use crate::StoreError;
use crate::codec;
use crate::crypt::Keyring;
use crate::hasher::Hasher;
use crate::master_key::MasterKey;
use crate::rows::{EventRow, Row, StoredEvent};
use crate::sqlite::memory::Cache;
use ceb::Document;
use clearance::consignment::{ArrivalRecord, Consignment, WaybillRecord};
use clearance::event::Cause;
use clearance::export::ExportState;
use clearance::keys::{ClaimKey, OrderKey, Position, Time};
use clearance::record::Record;
use deadpool_postgres::ClientWrapper;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio_postgres::GenericClient;

/// States and documents of a generation of the cache.
const REMEMBERED: usize = 20_000;

/// The states that a row carries, with their documents.
#[derive(Debug)]
pub(super) struct States {
    pub time: Time,
    pub consignment: Option<Arc<Consignment>>,
    pub waybills: Vec<Arc<WaybillRecord>>,
    pub arrival: Option<Arc<ArrivalRecord>>,
    pub claims: Vec<(ClaimKey, Option<OrderKey>)>,
    pub record: Option<Arc<Record>>,
    pub exports: Vec<ExportState>,
}

/// What writer and readers share.
pub(super) struct Shared {
    pub keyring: Keyring,
    pub hasher: Hasher,
    pub master: MasterKey,
    /// Number of the writer of this process.
    pub writer: u16,
    states: Mutex<Cache<Position, Arc<States>>>,
    documents: Mutex<Cache<Position, Arc<Document>>>,
}

pub(super) fn damaged(position: Position, what: &str) -> StoreError {
    StoreError::Damaged { position, what: what.to_owned() }
}

/// Writers and sequences as two arrays.
fn arrays(positions: &BTreeSet<Position>) -> (Vec<i32>, Vec<i64>) {
    positions.iter().map(|position| (i32::from(position.writer), position.sequence as i64)).unzip()
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub fn new(keyring: Keyring, master: MasterKey, writer: u16) -> Self {
        let hasher = Hasher::new(&keyring.keyed_hash("index"));
        let (states, documents) = (Mutex::new(Cache::new(REMEMBERED)), Mutex::new(Cache::new(REMEMBERED)));
        Self { keyring, hasher, master, writer, states, documents }
    }

    /// Remembers what was committed: the next to ask need not read it.
    pub fn remember(&self, time: Time, rows: &[Row]) {
        let (mut states, mut documents) = (locked(&self.states), locked(&self.documents));
        for row in rows {
            if let Row::Record(record) = row {
                states.put(record.last, Arc::new(States::of_record(record)));
            }
            let Row::Event(event) = row else { continue };
            if let Cause::Document(arrived) = &event.event.cause {
                documents.put(event.event.position, arrived.document.clone());
            }
            if let Some(carried) = States::of(time, event) {
                states.put(event.event.position, Arc::new(carried));
            }
        }
    }

    /// The states of a row, if they are remembered.
    pub fn remembered(&self, position: Position) -> Option<Arc<States>> {
        locked(&self.states).get(&position).cloned()
    }

    /// Opens a payload; a key or dictionary of another server is fetched first.
    pub async fn opened(&self, client: &ClientWrapper, blob: &[u8]) -> Result<Vec<u8>, StoreError> {
        let sealed = |error: crate::crypt::Unsealable| StoreError::Failed {
            operation: "open a row".to_owned(),
            source: error.0.into(),
        };
        if !self.keyring.knows(blob) {
            self.load_keys(client).await?;
        }
        match self.keyring.open(blob) {
            Ok(plain) => Ok(plain),
            // Its dictionary is named inside.
            Err(_) => {
                self.load_keys(client).await?;
                self.keyring.open(blob).map_err(sealed)
            }
        }
    }

    /// Data keys and dictionaries of all servers.
    pub async fn load_keys(&self, client: &ClientWrapper) -> Result<(), StoreError> {
        load_keys(&**client, &self.keyring, &self.master).await.map(|_| ())
    }

    /// Puts rows in the place of payloads, all or none.
    pub async fn erase(
        &self,
        client: &ClientWrapper,
        redactions: &[crate::redact::Redaction],
    ) -> Result<(), StoreError> {
        let writers: Vec<i32> = redactions.iter().map(|one| i32::from(one.position.writer)).collect();
        let sequences: Vec<i64> = redactions.iter().map(|one| one.position.sequence as i64).collect();
        let blobs: Vec<&[u8]> = redactions.iter().map(|one| one.blob.as_slice()).collect();
        let erase = "UPDATE ledger l SET payload = ''::bytea, redacted = r.blob FROM unnest($1::integer[], $2::bigint[], $3::bytea[]) AS r(writer, sequence, blob) WHERE l.writer = r.writer AND l.sequence = r.sequence";
        let done = super::execute(client, erase, &[&writers, &sequences, &blobs]).await;
        done.map_err(|error| failed("erase payloads of the ledger", error))?;
        // Nothing that was read before is remembered.
        *locked(&self.states) = Cache::new(REMEMBERED);
        *locked(&self.documents) = Cache::new(REMEMBERED);
        Ok(())
    }

    /// Rows at positions; those that are erased or not there are left out.
    pub async fn rows(
        &self,
        client: &ClientWrapper,
        positions: &BTreeSet<Position>,
    ) -> Result<BTreeMap<Position, (Time, Row)>, StoreError> {
        let mut found = BTreeMap::new();
        if positions.is_empty() {
            return Ok(found);
        }
        let (writers, sequences) = arrays(positions);
        let rows = query(
                client,
                "SELECT l.writer, l.sequence, l.time, coalesce(l.redacted, l.payload) FROM unnest($1::integer[], $2::bigint[]) AS wanted(writer, sequence) JOIN ledger l ON l.writer = wanted.writer AND l.sequence = wanted.sequence",
                &[&writers, &sequences],
            )
            .await
            .map_err(|error| failed("read rows of the ledger", error))?;
        for row in rows {
            let position = position_of(&row);
            let payload: &[u8] = row.get(3);
            if payload.is_empty() {
                continue;
            }
            let plain = self.opened(client, payload).await?;
            let decoded = codec::decode(&plain).map_err(|damage| damaged(position, damage.0))?;
            found.insert(position, (Time(row.get(2)), decoded));
        }
        Ok(found)
    }

    /// All rows of a kind of which there are few, in order of their commits.
    pub async fn rows_of_kind(&self, client: &ClientWrapper, kind: u8) -> Result<Vec<Row>, StoreError> {
        let rows = query(
            client,
            "SELECT writer, sequence FROM ledger WHERE kind = $1 AND kind > 17 ORDER BY time, writer, sequence",
            &[&i16::from(kind)],
        )
        .await
        .map_err(|error| failed("read rows of a kind", error))?;
        let order: Vec<Position> = rows.iter().map(position_of).collect();
        let mut found = self.rows(client, &order.iter().copied().collect()).await?;
        Ok(order.into_iter().filter_map(|position| found.remove(&position)).map(|(_, row)| row).collect())
    }

    /// Documents at positions.
    async fn documents(
        &self,
        client: &ClientWrapper,
        wanted: BTreeSet<Position>,
    ) -> Result<BTreeMap<Position, Arc<Document>>, StoreError> {
        let mut found = BTreeMap::new();
        let mut cold = BTreeSet::new();
        {
            let known = locked(&self.documents);
            for position in wanted {
                match known.get(&position) {
                    Some(document) => drop(found.insert(position, document.clone())),
                    None => drop(cold.insert(position)),
                }
            }
        }
        for (position, (_, row)) in self.rows(client, &cold).await? {
            if let Row::Event(event) = row
                && let Cause::Document(arrived) = event.event.cause
            {
                locked(&self.documents).put(position, arrived.document.clone());
                found.insert(position, arrived.document.clone());
            }
        }
        Ok(found)
    }

    /// The states that rows carry, with their documents.
    pub async fn states(
        &self,
        client: &ClientWrapper,
        wanted: BTreeSet<Position>,
    ) -> Result<BTreeMap<Position, Arc<States>>, StoreError> {
        let mut found = BTreeMap::new();
        let mut cold = BTreeSet::new();
        {
            let known = locked(&self.states);
            for position in wanted {
                match known.get(&position) {
                    Some(states) => drop(found.insert(position, states.clone())),
                    None => drop(cold.insert(position)),
                }
            }
        }
        let mut events = Vec::new();
        for (position, (time, row)) in self.rows(client, &cold).await? {
            match row {
                Row::Event(event) => events.push((position, time, *event)),
                Row::Record(record) => {
                    let states = Arc::new(States::of_record(&record));
                    locked(&self.states).put(position, states.clone());
                    found.insert(position, states);
                }
                _ => {}
            }
        }
        self.fill_in(client, events.iter_mut().map(|(_, _, event)| event)).await?;
        let mut known = locked(&self.states);
        for (position, time, event) in events {
            if let Some(states) = States::of(time, &event) {
                let states = Arc::new(states);
                known.put(position, states.clone());
                found.insert(position, states);
            }
        }
        Ok(found)
    }

    /// Puts the documents into the states that events carry.
    pub async fn fill_in<'a>(
        &self,
        client: &ClientWrapper,
        events: impl Iterator<Item = &'a mut EventRow>,
    ) -> Result<(), StoreError> {
        let mut outcomes: Vec<_> = events.filter_map(|event| event.outcome.as_deref_mut()).collect();
        let mut wanted = BTreeSet::new();
        for outcome in &mut outcomes {
            // The first round only learns which they are.
            let never = carried(outcome, &mut |position| {
                wanted.insert(position);
                Ok::<_, std::convert::Infallible>(None)
            });
            let Ok(()) = never;
        }
        let documents = self.documents(client, wanted).await?;
        for outcome in outcomes {
            carried(outcome, &mut |position| match documents.get(&position) {
                Some(document) => Ok(Some(document.clone())),
                None => Err(damaged(position, "a document was expected here")),
            })?;
        }
        Ok(())
    }

    /// An event as readers want it: documents of its states are empty.
    pub async fn event(
        &self,
        client: &ClientWrapper,
        position: Position,
    ) -> Result<Option<StoredEvent>, StoreError> {
        let mut rows = self.rows(client, &BTreeSet::from([position])).await?;
        Ok(match rows.remove(&position) {
            Some((time, Row::Event(row))) => Some(StoredEvent { position, time, row: *row }),
            _ => None,
        })
    }
}

/// Shows every document place of an outcome's states to `find`, and puts there what it gives.
fn carried<E>(
    outcome: &mut clearance::outcome::Outcome,
    find: &mut dyn FnMut(Position) -> Result<Option<Arc<Document>>, E>,
) -> Result<(), E> {
    let mut place = |filed: &mut clearance::consignment::Filed| -> Result<(), E> {
        if let Some(document) = find(filed.position)? {
            filed.document = document;
        }
        Ok(())
    };
    if let Some(consignment) = &mut outcome.consignment {
        codec::documents_of(Arc::make_mut(consignment), &mut place)?;
    }
    for waybill in &mut outcome.waybills {
        codec::documents_of_waybill(Arc::make_mut(waybill), &mut place)?;
    }
    if let Some(arrival) = &mut outcome.arrival {
        place(&mut Arc::make_mut(arrival).filed)?;
    }
    outcome.export.states.iter_mut().try_for_each(|state| state.documents(&mut place))
}

impl States {
    fn of(time: Time, event: &EventRow) -> Option<Self> {
        let outcome = event.outcome.as_deref()?;
        let carries = outcome.consignment.is_some()
            || outcome.arrival.is_some()
            || !outcome.waybills.is_empty()
            || !outcome.claims.is_empty()
            || !outcome.export.states.is_empty();
        carries.then(|| Self {
            time,
            consignment: outcome.consignment.clone(),
            waybills: outcome.waybills.clone(),
            arrival: outcome.arrival.clone(),
            claims: outcome.claims.clone(),
            record: None,
            exports: outcome.export.states.clone(),
        })
    }

    fn of_record(record: &Arc<Record>) -> Self {
        Self {
            time: record.changed,
            consignment: None,
            waybills: Vec::new(),
            arrival: None,
            claims: Vec::new(),
            record: Some(record.clone()),
            exports: Vec::new(),
        }
    }
}

/// Writer and sequence of a row's first two columns.
pub(super) fn position_of(row: &tokio_postgres::Row) -> Position {
    Position { writer: row.get::<_, i32>(0) as u16, sequence: row.get::<_, i64>(1) as u64 }
}

/// Reads data keys and dictionaries; says the highest number of each.
pub(super) async fn load_keys(
    client: &impl GenericClient,
    keyring: &Keyring,
    master: &MasterKey,
) -> Result<(u32, u32), StoreError> {
    let reading = |error| failed("read the keys", error);
    let unsealable = |error: crate::crypt::Unsealable| {
        StoreError::MasterKey(format!("{}: it is not the key this space was made with", error.0))
    };
    let (mut key, mut dictionary) = (0, 0);
    for row in client.query("SELECT id, wrapped FROM data_key ORDER BY id", &[]).await.map_err(reading)? {
        let id = row.get::<_, i32>(0) as u32;
        let unwrapped = Keyring::unwrap(master, row.get(1)).map_err(unsealable)?;
        match id {
            0 => keyring.set_lookup(&unwrapped),
            id => keyring.add_key(id, &unwrapped),
        }
        key = key.max(id);
    }
    let rows =
        client.query("SELECT id, class, sealed FROM dictionary ORDER BY id", &[]).await.map_err(reading)?;
    for row in rows {
        let id = row.get::<_, i32>(0) as u32;
        let plain = keyring.open(row.get(2)).map_err(unsealable)?;
        keyring.add_dictionary(id, row.get::<_, i16>(1) as u8, plain);
        dictionary = dictionary.max(id);
    }
    Ok((key, dictionary))
}
