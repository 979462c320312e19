//! What a batch may know: its keys, locked in one order as far as they are there, and the facts under them.

use super::cold::{self, Shared, States, damaged};
use super::{failed, query};
use crate::StoreError;
use clearance::export::ExportKey;
use clearance::facts::{CountKey, CountKind, Facts, Keys};
use clearance::keys::{Position, Time};
use clearance::record::RecordKey;
use clearance::windows::Window;
use deadpool_postgres::ClientWrapper;
use ledger::{Account, AccountKind, Balance};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// What one writer has added to windows: of every key that was asked for; none = it has no row of its own yet.
pub(super) type Own = FxHashMap<CountKey, Option<Window>>;

/// The keys of a batch.
#[derive(Default)]
pub(super) struct Held {
    /// Those that have a row, which is locked.
    pub locked: BTreeSet<Uuid>,
    /// Those that had none. Nobody is kept from making one: of two who do, the second to commit is lost.
    pub absent: BTreeSet<Uuid>,
}

/// What a batch may know, and what its commit has to take along.
pub(super) struct Loaded {
    pub facts: Facts,
    /// The version of the reference.
    pub reference: u64,
    /// What the writer itself has added to windows.
    pub own: Own,
    pub held: Held,
}

/// Begins a transaction, locks the keys, in order, and reads what is under them, for the writer `own`. Whoever is `careful` has
/// made all keys before he is judged, and locks his accounts: a batch that was lost is not lost to the same again.
pub(super) async fn load_facts(
    client: &ClientWrapper,
    shared: &Shared,
    keys: &Keys,
    own: u16,
    careful: bool,
) -> Result<Loaded, StoreError> {
    let hasher = &shared.hasher;
    // Before the transaction: they are locked with the others, in one order.
    let closed = super::exports::closed(shared, client, &keys.closed).await?;
    let exports: Vec<&ExportKey> = keys.exports.iter().chain(&closed).collect();
    let mut asked: BTreeSet<Uuid> = BTreeSet::new();
    asked.extend(keys.orders.iter().map(|key| hasher.order::<Uuid>(key)));
    asked.extend(keys.waybills.iter().map(|key| hasher.waybill::<Uuid>(key)));
    asked.extend(keys.claims.iter().map(|key| hasher.claim::<Uuid>(key)));
    asked.extend(keys.arrivals.iter().map(|key| hasher.arrival::<Uuid>(key)));
    asked.extend(exports.iter().map(|key| hasher.export::<Uuid>(key)));
    asked.extend(keys.records.iter().map(|key| hasher.record::<Uuid>(key)));
    let hashes: Vec<Uuid> = asked.iter().copied().collect();
    let locking = |error| failed("lock the keys of a batch", error);
    let hold = if keys.reference { HOLD_ALONE } else { HOLD };
    let (hold, create, lock) = tokio::try_join!(
        client.prepare_cached(hold),
        client.prepare_cached(CREATE_KEYS),
        client.prepare_cached(LOCK_KEYS)
    )
    .map_err(locking)?;
    let parameters: [&(dyn ToSql + Sync); 1] = [&hashes];
    let lock_keys = async {
        if careful {
            // Those that are there come first: whoever makes keys as he commits has locked them already.
            let (_, _, rows) = tokio::try_join!(
                client.query(&lock, &parameters),
                client.execute(&create, &parameters),
                client.query(&lock, &parameters)
            )?;
            Ok(rows)
        } else {
            client.query(&lock, &parameters).await
        }
    };
    let begun = async {
        let (_, _, rows) =
            tokio::try_join!(client.batch_execute("BEGIN"), client.query(&hold, &[]), lock_keys)
                .map_err(locking)?;
        Ok::<_, StoreError>(rows)
    };
    // Sent at once: the server takes them one after the other, and each sees what was committed before it began.
    let (rows, looked_at, balances, (counts, owned), (version, moved)) = tokio::try_join!(
        begun,
        looked_at(client, shared, &keys.looked_at),
        balances(client, &keys.accounts, careful),
        windows(client, &keys.counts, own),
        reference_version(client, keys.reference),
    )?;
    let locked: BTreeSet<Uuid> = rows.iter().map(|row| row.get(2)).collect();
    let absent = asked.difference(&locked).copied().collect();
    let there = rows.iter().map(|row| (row.get::<_, Uuid>(2), cold::position_of(row)));
    let mut positions: BTreeMap<Uuid, Position> =
        there.filter(|(_, position)| position.sequence > 0).collect();
    positions.extend(looked_at);
    let states = shared.states(client, positions.values().copied().collect()).await?;
    let found = |hash: Uuid| -> Option<(Position, &Arc<States>)> {
        let position = positions.get(&hash)?;
        states.get(position).map(|states| (*position, states))
    };
    // Whoever read what is under a key and left it as it was, or took it away, has no row there that would say when.
    let read = rows.iter().filter_map(|row| row.get::<_, Option<i64>>(3)).max().unwrap_or(0);
    let mut facts = Facts { last_time: Time(moved.0.max(read) + 1), ..Facts::default() };
    for states in states.values() {
        facts.last_time = facts.last_time.max(Time(states.time.0 + 1));
    }
    for key in &keys.orders {
        if let Some((position, states)) = found(hasher.order(key)) {
            let state = states.consignment.as_ref().filter(|state| state.key == *key);
            let state =
                state.ok_or_else(|| damaged(position, "the consignment's state was expected here"))?;
            facts.consignments.insert(key.clone(), state.clone());
        }
    }
    for key in &keys.waybills {
        if let Some((position, states)) = found(hasher.waybill(key)) {
            let state = states.waybills.iter().find(|state| state.key == *key);
            let state = state.ok_or_else(|| damaged(position, "the waybill's state was expected here"))?;
            facts.waybills.insert(key.clone(), state.clone());
        }
    }
    for key in &keys.claims {
        if let Some((_, states)) = found(hasher.claim(key)) {
            let claim = states.claims.iter().rev().find(|(claim, _)| claim == key);
            if let Some((_, Some(owner))) = claim {
                facts.claims.insert(key.clone(), owner.clone());
            }
        }
    }
    for key in &keys.arrivals {
        if let Some((position, states)) = found(hasher.arrival(key)) {
            let state = states.arrival.as_ref().filter(|state| state.key == *key);
            let state = state.ok_or_else(|| damaged(position, "the arrival's state was expected here"))?;
            facts.arrivals.insert(key.clone(), state.clone());
        }
    }
    for key in exports {
        if let Some((position, states)) = found(hasher.export(key)) {
            let state = states.exports.iter().find(|state| state.key() == *key);
            let state = state.ok_or_else(|| damaged(position, "a state of exports was expected here"))?;
            facts.exports.insert(key.clone(), state.clone());
        }
    }
    for key in keys.records.iter().chain(&keys.looked_at) {
        if let Some((position, states)) = found(hasher.record(key)) {
            let record = states.record.as_ref().filter(|record| record.key == *key);
            let record = record.ok_or_else(|| damaged(position, "the record was expected here"))?;
            facts.records.insert(key.clone(), record.clone());
        }
    }
    facts.balances = balances;
    facts.counts = counts;
    Ok(Loaded { facts, reference: version, own: owned, held: Held { locked, absent } })
}

/// Where the records are that are only looked at. They are not locked: half a zone may declare the same goods at once.
async fn looked_at(
    client: &ClientWrapper,
    shared: &Shared,
    keys: &[RecordKey],
) -> Result<Vec<(Uuid, Position)>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let hashes: BTreeSet<Uuid> = keys.iter().map(|key| shared.hasher.record::<Uuid>(key)).collect();
    let hashes: Vec<Uuid> = hashes.into_iter().collect();
    let rows = query(client, LOOK_AT, &[&hashes]).await.map_err(|error| failed("look at records", error))?;
    let there = rows.iter().map(|row| (row.get::<_, Uuid>(2), cold::position_of(row)));
    Ok(there.filter(|(_, position)| position.sequence > 0).collect())
}

const LOOK_AT: &str = "SELECT writer, sequence, hash FROM key WHERE hash = ANY($1::uuid[])";
/// Keys that are absent are made before the commit where the last was lost, so that they can be locked.
const CREATE_KEYS: &str = "INSERT INTO key(hash, writer, sequence) SELECT hash, 0, 0 FROM unnest($1::uuid[]) AS k(hash) ON CONFLICT (hash) DO NOTHING";
const LOCK_KEYS: &str =
    "SELECT writer, sequence, hash, read FROM key WHERE hash = ANY($1::uuid[]) ORDER BY hash FOR UPDATE";
/// The reference does not move while a batch is judged with it.
const HOLD: &str = "SELECT pg_advisory_xact_lock_shared(hashtextextended(current_schema(), 0))::text";
/// Whoever moves it waits for all others.
const HOLD_ALONE: &str = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 0))::text";

/// The version of the reference, and a time behind which rows have to stand that rest on it. Whoever moves it commits
/// later than every judgement that was made with the version before: by time of commit, each stands behind exactly what
/// it was made with.
pub(super) async fn reference_version(
    client: &ClientWrapper,
    moving: bool,
) -> Result<(u64, Time), StoreError> {
    let reading = |error| failed("read the version of the reference", error);
    let rows = query(client, "SELECT version, time FROM reference WHERE one", &[]).await.map_err(reading)?;
    let (version, mut time) = rows.first().map_or((0, 0), |row| (row.get::<_, i64>(0), row.get(1)));
    if moving {
        let rows = query(client, "SELECT coalesce(max(time), 0) FROM writer", &[]).await.map_err(reading)?;
        time = time.max(rows.first().map_or(0, |row| row.get::<_, i64>(0)));
    }
    Ok((version as u64, Time(time)))
}

/// Balances of accounts; locked where the last batch was lost to their movements.
pub(super) async fn balances(
    client: &ClientWrapper,
    accounts: &[Account],
    locked: bool,
) -> Result<FxHashMap<Account, Balance>, StoreError> {
    let accounts: BTreeSet<&Account> = accounts.iter().collect();
    let mut found = FxHashMap::default();
    if accounts.is_empty() {
        return Ok(found);
    }
    let owners: Vec<&str> = accounts.iter().map(|account| account.owner.as_str()).collect();
    let kinds: Vec<i16> = accounts.iter().map(|account| i16::from(account.kind.number())).collect();
    let periods: Vec<i32> = accounts.iter().map(|account| i32::from(account.period)).collect();
    let mut statement = "SELECT a.owner, a.kind, a.period, a.posted, a.held, a.own_limit FROM account a JOIN unnest($1::text[], $2::smallint[], $3::integer[]) AS w(owner, kind, period) ON a.owner = w.owner AND a.kind = w.kind AND a.period = w.period ORDER BY a.kind, a.owner, a.period".to_owned();
    if locked {
        statement.push_str(" FOR UPDATE OF a");
    }
    let rows = query(client, &statement, &[&owners, &kinds, &periods])
        .await
        .map_err(|error| failed("read balances", error))?;
    found.extend(rows.iter().filter_map(balance_of));
    Ok(found)
}

/// Owner, kind, period, posted, held and limit of a row.
pub(super) fn balance_of(row: &tokio_postgres::Row) -> Option<(Account, Balance)> {
    let kind = AccountKind::from_number(u8::try_from(row.get::<_, i16>(1)).ok()?)?;
    let account = Account { kind, owner: row.get::<_, &str>(0).into(), period: row.get::<_, i32>(2) as u16 };
    Some((account, Balance { posted: row.get(3), held: row.get(4), limit: row.get(5) }))
}

/// Windows of keys as all writers have seen them, and as one of them has: what it adds goes to its own row, so that no two
/// servers wait for each other however many trades share a key. They are not locked: what others commit meanwhile is not seen.
pub(super) async fn windows(
    client: &ClientWrapper,
    keys: &[CountKey],
    own: u16,
) -> Result<(FxHashMap<CountKey, Arc<Window>>, Own), StoreError> {
    let keys: BTreeSet<&CountKey> = keys.iter().collect();
    let mut all = FxHashMap::default();
    let mut owned: Own = keys.iter().map(|key| ((*key).clone(), None)).collect();
    if keys.is_empty() {
        return Ok((all, owned));
    }
    let owners: Vec<&str> = keys.iter().map(|key| key.owner.as_str()).collect();
    let kinds: Vec<i16> = keys.iter().map(|key| key.kind as i16).collect();
    let rows = query(
        client,
        "SELECT c.owner, c.kind, c.writer, c.state FROM counter c JOIN unnest($1::text[], $2::smallint[]) AS w(owner, kind) ON c.owner = w.owner AND c.kind = w.kind ORDER BY c.owner, c.kind, c.writer",
        &[&owners, &kinds],
    )
    .await
    .map_err(|error| failed("read windows", error))?;
    for row in &rows {
        let kind = u8::try_from(row.get::<_, i16>(1)).ok().and_then(CountKind::from_number);
        let Some(kind) = kind else { continue };
        let key = CountKey { kind, owner: row.get::<_, &str>(0).into() };
        let window = crate::windows::get(row.get(3));
        if row.get::<_, i32>(2) == i32::from(own) {
            owned.insert(key.clone(), Some(window.clone()));
        }
        match all.entry(key) {
            Entry::Vacant(empty) => drop(empty.insert(Arc::new(window))),
            Entry::Occupied(mut there) => Arc::make_mut(there.get_mut()).join(&window),
        }
    }
    Ok((all, owned))
}
