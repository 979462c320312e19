//! What a batch changes, as arrays: each table is written by one statement, in the order of its keys, so that two batches
//! never wait for each other crosswise.

use super::cold::Shared;
use super::load::Own;
use super::{execute, query};
use crate::codec;
use crate::rows::{EventRow, ExportLine, Row, Summary};
use crate::windows;
use clearance::Text;
use clearance::consignment::Consignment;
use clearance::event::Cause;
use clearance::export::ExportTradeKey;
use clearance::facts::CountKey;
use clearance::keys::{Position, Time};
use clearance::outcome::{Outcome, Receipt};
use clearance::record::Record;
use clearance::windows::Raised;
use deadpool_postgres::ClientWrapper;
use ledger::{Account, Movement, MovementKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

/// How an account moves in a batch.
#[derive(Default)]
struct Moved {
    posted: i64,
    held: i64,
    own_limit: Option<i64>,
    /// The limit that a hold of the batch was judged under: another writer may have used it up meanwhile.
    checked_limit: Option<i64>,
}

struct Set {
    due: Time,
    platform: Text,
    order_no: Text,
}

/// Everything beside the rows themselves.
#[derive(Default)]
pub(super) struct Effects {
    /// Hash → position of the last row; 0 = gone.
    keys: BTreeMap<Uuid, u64>,
    /// First rows of messages by the hash of their bytes: the first stays.
    messages: BTreeMap<Uuid, u64>,
    accounts: BTreeMap<Account, Moved>,
    /// What windows were raised by, in order.
    raised: BTreeMap<CountKey, Vec<(Raised, Time)>>,
    /// By recipient: row and number within it, in order.
    receipts: BTreeMap<Text, Vec<(u64, u16)>>,
    /// Set, or cleared.
    timers: BTreeMap<(Uuid, u8, u32), Option<Set>>,
    follows: Vec<(u64, u16, Vec<u8>)>,
    followed: Vec<(Position, Vec<u8>)>,
    undecided: Vec<u64>,
    decided: Vec<Position>,
    listed: BTreeMap<Uuid, (Summary, Vec<Text>)>,
    /// Records of registers as they are after the batch, by the hash of their key.
    records: BTreeMap<Uuid, Arc<Record>>,
    /// Lines of exports as they are after the batch, by the hash of their key.
    exports: BTreeMap<Uuid, ExportLine>,
}

/// A line in the lists of records, or of exports.
struct Line {
    key: Uuid,
    register: i16,
    place: i64,
    state: Text,
    last: Position,
    parties: Vec<Text>,
}

impl Line {
    fn of_record(key: Uuid, record: &Record) -> Self {
        Self {
            key,
            register: record.key.register as i16,
            place: place(record.created, record.first),
            state: record.state.clone(),
            last: record.last,
            parties: record.parties.clone(),
        }
    }
    fn of_export(key: Uuid, line: &ExportLine) -> Self {
        Self {
            key,
            register: i16::from(line.list),
            place: place(line.created, line.first),
            state: line.state.clone(),
            last: line.last,
            parties: line.parties.clone(),
        }
    }
}

/// A place in lists: when it was made, then which of that millisecond's rows it was, and whose: two servers write at one time
/// under one number, and a list shows one line at a place.
fn place(created: Time, first: Position) -> i64 {
    created.0 << 20 | ((first.sequence & 0xFFFF) << 4 | u64::from(first.writer & 0xF)) as i64
}

impl Effects {
    /// Of the rows of a batch from `first` on.
    pub fn of(shared: &Shared, first: Position, time: Time, rows: &[Row]) -> Self {
        let mut effects = Self::default();
        for (index, row) in rows.iter().enumerate() {
            let position = Position { writer: first.writer, sequence: first.sequence + index as u64 };
            if let Some((counted, now)) = row.counted() {
                for raised in counted.iter() {
                    effects.raised.entry(raised.key.clone()).or_default().push((raised.clone(), now));
                }
            }
            match row {
                Row::Message(message) => {
                    effects.feed(position.sequence, &message.receipts);
                    let hash = shared.hasher.message(&message.sender, &message.sha256);
                    effects.messages.entry(hash).or_insert(position.sequence);
                }
                Row::Event(event) => effects.event(shared, position, time, event),
                Row::Record(record) => {
                    let hash: Uuid = shared.hasher.record(&record.key);
                    effects.keys.insert(hash, position.sequence);
                    effects.records.insert(hash, record.clone());
                    for charge in &record.charges {
                        effects.moved(&charge.movement, charge.limit);
                    }
                }
                Row::Filing(_) | Row::Certificate(_) | Row::Rulebook(_) | Row::Seed(_) => {}
            }
        }
        effects
    }

    fn feed(&mut self, sequence: u64, receipts: &[Receipt]) {
        for (number, receipt) in receipts.iter().enumerate() {
            let entry = (sequence, number as u16);
            match self.receipts.get_mut(&receipt.recipient) {
                Some(entries) => entries.push(entry),
                None => drop(self.receipts.insert(receipt.recipient.clone(), vec![entry])),
            }
        }
    }

    fn event(&mut self, shared: &Shared, position: Position, time: Time, event: &EventRow) {
        if let Cause::Follow(follow) = &event.event.cause {
            self.followed.push((follow.cause(), codec::encode_follow(follow)));
        }
        let Some(outcome) = event.outcome.as_deref() else {
            if event.again.is_none() {
                self.undecided.push(position.sequence);
            }
            return;
        };
        if let Some(first) = event.again {
            self.decided.push(first);
            self.keys.insert(shared.hasher.again_at(first), position.sequence);
        }
        self.feed(position.sequence, &outcome.receipts);
        self.accounts(outcome);
        for (number, follow) in outcome.follows.iter().enumerate() {
            self.follows.push((position.sequence, number as u16, codec::encode_follow(follow)));
        }
        for (key, owner) in &outcome.claims {
            let sequence = if owner.is_some() { position.sequence } else { 0 };
            self.keys.insert(shared.hasher.claim(key), sequence);
        }
        for record in &outcome.waybills {
            self.keys.insert(shared.hasher.waybill(&record.key), position.sequence);
        }
        if let Some(record) = &outcome.arrival {
            self.keys.insert(shared.hasher.arrival(&record.key), position.sequence);
        }
        for state in &outcome.export.states {
            let hash: Uuid = shared.hasher.export(&state.key());
            self.keys.insert(hash, position.sequence);
            self.exports.extend(ExportLine::of(state).map(|line| (hash, line)));
        }
        let pair = outcome.export.trade.as_ref().map(ExportTradeKey::as_pair);
        if let Some(order) = outcome.order.as_ref().or(pair.as_ref()) {
            let hash: Uuid = shared.hasher.order(order);
            for (kind, attempt) in &outcome.cleared {
                self.timers.insert((hash, *kind as u8, *attempt), None);
            }
            for timer in &outcome.timers {
                let set = Set {
                    due: timer.due,
                    platform: order.platform.clone(),
                    order_no: order.order_no.clone(),
                };
                self.timers.insert((hash, timer.kind as u8, timer.attempt), Some(set));
            }
        }
        if let Cause::Timer(timer) = &event.event.cause
            && outcome.order.is_none()
            && outcome.export.trade.is_none()
        {
            let hash: Uuid = shared.hasher.order(&timer.order);
            self.timers.insert((hash, timer.kind as u8, timer.attempt), None);
        }
        if let Some(consignment) = &outcome.consignment {
            let hash: Uuid = shared.hasher.order(&consignment.key);
            self.keys.insert(hash, position.sequence);
            let parties = self.new_parties(shared, hash, consignment);
            self.listed.insert(hash, (Summary::of(consignment, position, time), parties));
        }
    }

    /// The parties who do not have it in their lists yet: those whom the state before named are there. Where it is not
    /// remembered all are named, and those who are there stay.
    fn new_parties(&self, shared: &Shared, hash: Uuid, consignment: &Consignment) -> Vec<Text> {
        let mut parties = consignment.found_under();
        let before = consignment.previous.and_then(|previous| shared.remembered(previous));
        if let Some(before) = before.as_ref().and_then(|states| states.consignment.as_ref()) {
            let known = before.found_under();
            parties.retain(|party| !known.contains(party));
        }
        if let Some((_, earlier)) = self.listed.get(&hash) {
            parties.extend(earlier.iter().cloned());
            parties.sort_unstable();
            parties.dedup();
        }
        parties
    }

    fn accounts(&mut self, outcome: &Outcome) {
        for movement in &outcome.movements {
            let read = outcome.read.balances.iter().rev();
            let seen = read.into_iter().find(|(account, _)| *account == movement.account);
            self.moved(movement, seen.and_then(|(_, balance)| balance.limit));
        }
    }

    /// A movement, of a hold with the limit that it was judged under.
    fn moved(&mut self, movement: &Movement, limit: Option<i64>) {
        let moved = self.accounts.entry(movement.account.clone()).or_default();
        let amount = movement.amount;
        let (posted, held) = match movement.kind {
            MovementKind::Hold => (0, amount),
            MovementKind::Post => (amount, -amount),
            MovementKind::Void => (0, -amount),
            MovementKind::GiveBack => (-amount, 0),
            MovementKind::Enter => (amount, 0),
            MovementKind::SetLimit => {
                moved.own_limit = Some(amount);
                (0, 0)
            }
        };
        moved.posted += posted;
        moved.held += held;
        if movement.kind == MovementKind::Hold {
            moved.checked_limit = limit.or(moved.checked_limit);
        }
    }

    /// Writes them, beside the rows up to `last`. False = an account has no room any more, or another server has judged what waited: the batch is
    /// lost. What the batch's keys guard goes at once;
    /// counters and accounts, which most batches share, come last and are locked for the shortest time.
    pub async fn write(
        &self,
        at: &ClientWrapper,
        last: Position,
        time: Time,
        own: &Own,
        locked: &BTreeSet<Uuid>,
    ) -> Result<bool, Error> {
        let writer = i32::from(last.writer);
        let ((), (), waited, ..) = tokio::try_join!(
            self.write_keys(at, writer, time),
            self.mark_read(at, time, locked),
            self.write_feeds(at, last, time),
            self.write_timers(at),
            self.write_lists(at, writer, time),
            self.write_records(at),
        )?;
        let ((), fitted) = tokio::try_join!(self.write_windows(at, writer, own), self.write_accounts(at))?;
        Ok(fitted && waited)
    }

    /// The windows that are raised.
    pub fn raised(&self) -> impl Iterator<Item = &CountKey> {
        self.raised.keys()
    }

    /// Each writer has rows of its own: none waits for another's, and what it knows of its own is right.
    async fn write_windows(&self, at: &ClientWrapper, writer: i32, own: &Own) -> Result<(), Error> {
        if self.raised.is_empty() {
            return Ok(());
        }
        let owners: Vec<&str> = self.raised.keys().map(|key| key.owner.as_str()).collect();
        let kinds: Vec<i16> = self.raised.keys().map(|key| key.kind as i16).collect();
        let after = self.raised.iter().map(|(key, raised)| {
            let mut window = own.get(key).cloned().unwrap_or_default();
            raised.iter().for_each(|(raised, now)| window.add(raised, *now));
            windows::put(&window)
        });
        let states: Vec<Vec<u8>> = after.collect();
        run(at, "INSERT INTO counter AS c (owner, kind, writer, state) SELECT owner, kind, $4, state FROM unnest($1::text[], $2::smallint[], $3::bytea[]) AS w(owner, kind, state) ON CONFLICT (owner, kind, writer) DO UPDATE SET state = excluded.state", &[&owners, &kinds, &states, &writer]).await
    }

    /// Says when the keys were read that the batch leaves as they are. By time of commit whoever changes them next stands
    /// behind it, though his clock be behind and the batch have left no row under them: a list is judged by a waybill that
    /// it does not write, and the arrival that follows must not seem to have been there before.
    async fn mark_read(&self, at: &ClientWrapper, time: Time, locked: &BTreeSet<Uuid>) -> Result<(), Error> {
        let read: Vec<Uuid> = locked.iter().filter(|key| !self.keys.contains_key(*key)).copied().collect();
        if read.is_empty() {
            return Ok(());
        }
        run(at, "UPDATE key SET read = $2 WHERE hash = ANY($1::uuid[])", &[&read, &time.0]).await
    }

    async fn write_keys(&self, at: &ClientWrapper, writer: i32, time: Time) -> Result<(), Error> {
        if !self.keys.is_empty() {
            // They are locked since loading, so their order here does not matter.
            let hashes: Vec<Uuid> = self.keys.keys().copied().collect();
            let sequences: Vec<i64> = self.keys.values().map(|sequence| *sequence as i64).collect();
            let parameters: [&(dyn ToSql + Sync); 4] = [&hashes, &sequences, &writer, &time.0];
            let update = "UPDATE key SET writer = $3, sequence = k.sequence, read = CASE k.sequence WHEN 0 THEN $4::bigint END FROM unnest($1::uuid[], $2::bigint[]) AS k(hash, sequence) WHERE key.hash = k.hash";
            // Nearly all were made when they were locked; what was not is made now.
            if execute(at, update, &parameters).await? < hashes.len() as u64 {
                run(at, "INSERT INTO key(hash, writer, sequence, read) SELECT hash, $3, sequence, CASE sequence WHEN 0 THEN $4::bigint END FROM unnest($1::uuid[], $2::bigint[]) AS k(hash, sequence) ON CONFLICT (hash) DO UPDATE SET writer = excluded.writer, sequence = excluded.sequence, read = excluded.read", &parameters).await?;
            }
        }
        if !self.messages.is_empty() {
            let hashes: Vec<Uuid> = self.messages.keys().copied().collect();
            let sequences: Vec<i64> = self.messages.values().map(|sequence| *sequence as i64).collect();
            run(at, "INSERT INTO key(hash, writer, sequence) SELECT hash, $3, sequence FROM unnest($1::uuid[], $2::bigint[]) AS k(hash, sequence) ON CONFLICT (hash) DO NOTHING", &[&hashes, &sequences, &writer]).await?;
        }
        Ok(())
    }

    /// False = something that was judged waits no more: another server was first.
    async fn write_feeds(&self, at: &ClientWrapper, last: Position, time: Time) -> Result<bool, Error> {
        let writer = i32::from(last.writer);
        if !self.receipts.is_empty() {
            let recipients: Vec<&str> = self.receipts.keys().map(Text::as_str).collect();
            let entries: Vec<Vec<u8>> = self.receipts.values().map(|entries| pack(entries)).collect();
            run(at, "INSERT INTO receipt(recipient, writer, batch, time, entries) SELECT recipient, $3, $4, $5, entries FROM unnest($1::text[], $2::bytea[]) AS r(recipient, entries)", &[&recipients, &entries, &writer, &(last.sequence as i64), &time.0]).await?;
        }
        if !self.follows.is_empty() {
            let sequences: Vec<i64> = self.follows.iter().map(|(sequence, ..)| *sequence as i64).collect();
            let numbers: Vec<i16> = self.follows.iter().map(|(_, number, _)| *number as i16).collect();
            let payloads: Vec<&[u8]> = self.follows.iter().map(|(.., payload)| payload.as_slice()).collect();
            run(
                at,
                "INSERT INTO follow(writer, sequence, number, payload, owner) SELECT $4, f.*, $4 FROM unnest($1::bigint[], $2::smallint[], $3::bytea[]) AS f",
                &[&sequences, &numbers, &payloads, &writer],
            )
            .await?;
        }
        if !self.followed.is_empty() {
            // An earlier version may have written it: the first byte, its format, does not count.
            let writers: Vec<i32> = self.followed.iter().map(|(cause, _)| i32::from(cause.writer)).collect();
            let sequences: Vec<i64> = self.followed.iter().map(|(cause, _)| cause.sequence as i64).collect();
            let payloads: Vec<&[u8]> = self.followed.iter().map(|(_, payload)| payload.as_slice()).collect();
            run(at, "DELETE FROM follow f USING unnest($1::integer[], $2::bigint[], $3::bytea[]) AS d(writer, sequence, payload) WHERE f.writer = d.writer AND f.sequence = d.sequence AND substr(f.payload, 2) = substr(d.payload, 2)", &[&writers, &sequences, &payloads]).await?;
        }
        if !self.undecided.is_empty() {
            let sequences: Vec<i64> = self.undecided.iter().map(|sequence| *sequence as i64).collect();
            run(at, "INSERT INTO undecided(writer, sequence, owner) SELECT $2, u, $2 FROM unnest($1::bigint[]) AS u", &[&sequences, &writer])
                .await?;
        }
        let mut waited = true;
        for first in &self.decided {
            let delete = "DELETE FROM undecided WHERE writer = $1 AND sequence = $2";
            let parameters: [&(dyn ToSql + Sync); 2] = [&i32::from(first.writer), &(first.sequence as i64)];
            waited &= execute(at, delete, &parameters).await? == 1;
        }
        Ok(waited)
    }

    async fn write_timers(&self, at: &ClientWrapper) -> Result<(), Error> {
        let cleared = self.timers.iter().filter(|(_, set)| set.is_none());
        let cleared: Vec<_> = cleared.map(|(key, _)| *key).collect();
        if !cleared.is_empty() {
            let keys: Vec<Uuid> = cleared.iter().map(|(key, ..)| *key).collect();
            let kinds: Vec<i16> = cleared.iter().map(|(_, kind, _)| i16::from(*kind)).collect();
            let attempts: Vec<i32> = cleared.iter().map(|(.., attempt)| *attempt as i32).collect();
            run(at, "DELETE FROM timer t USING unnest($1::uuid[], $2::smallint[], $3::integer[]) AS d(key, kind, attempt) WHERE t.key = d.key AND t.kind = d.kind AND t.attempt = d.attempt", &[&keys, &kinds, &attempts]).await?;
        }
        let set: Vec<_> = self.timers.iter().filter_map(|(key, set)| Some((*key, set.as_ref()?))).collect();
        if !set.is_empty() {
            let keys: Vec<Uuid> = set.iter().map(|((key, ..), _)| *key).collect();
            let kinds: Vec<i16> = set.iter().map(|((_, kind, _), _)| i16::from(*kind)).collect();
            let attempts: Vec<i32> = set.iter().map(|((.., attempt), _)| *attempt as i32).collect();
            let dues: Vec<i64> = set.iter().map(|(_, set)| set.due.0).collect();
            let platforms: Vec<&str> = set.iter().map(|(_, set)| set.platform.as_str()).collect();
            let orders: Vec<&str> = set.iter().map(|(_, set)| set.order_no.as_str()).collect();
            run(at, "INSERT INTO timer(key, kind, attempt, due, platform, order_no) SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::integer[], $4::bigint[], $5::text[], $6::text[]) ON CONFLICT (key, kind, attempt) DO UPDATE SET due = excluded.due, claimed_by = NULL, claimed_until = NULL", &[&keys, &kinds, &attempts, &dues, &platforms, &orders]).await?;
        }
        Ok(())
    }

    async fn write_lists(&self, at: &ClientWrapper, writer: i32, time: Time) -> Result<(), Error> {
        if self.listed.is_empty() {
            return Ok(());
        }
        let lines: Vec<&Summary> = self.listed.values().map(|(summary, _)| summary).collect();
        let keys: Vec<Uuid> = self.listed.keys().copied().collect();
        let created: Vec<i64> = lines.iter().map(|line| place(time, line.position)).collect();
        let platforms: Vec<&str> = lines.iter().map(|line| line.order.platform.as_str()).collect();
        let orders: Vec<&str> = lines.iter().map(|line| line.order.order_no.as_str()).collect();
        let states: Vec<i16> = lines.iter().map(|line| line.state as i16).collect();
        let lanes: Vec<i16> = lines.iter().map(|line| i16::from(line.lane)).collect();
        let customs: Vec<&str> = lines.iter().map(|line| line.customs_code.as_str()).collect();
        let entries: Vec<Option<&str>> = lines.iter().map(|line| line.invt_no.as_deref()).collect();
        let sequences: Vec<i64> = lines.iter().map(|line| line.position.sequence as i64).collect();
        let places = query(
                at,
                "INSERT INTO listed(key, created, platform, order_no, state, lane, customs, entry, writer, sequence, time) SELECT key, created, platform, order_no, state, lane, customs, entry, $10, sequence, $11 FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::smallint[], $6::smallint[], $7::text[], $8::text[], $9::bigint[]) AS l(key, created, platform, order_no, state, lane, customs, entry, sequence) ON CONFLICT (key) DO UPDATE SET state = excluded.state, lane = excluded.lane, customs = excluded.customs, entry = excluded.entry, writer = excluded.writer, sequence = excluded.sequence, time = excluded.time RETURNING key, created",
                &[&keys, &created, &platforms, &orders, &states, &lanes, &customs, &entries, &sequences, &writer, &time.0],
            )
            .await?;
        let mut named: BTreeMap<(&str, i64), Uuid> = BTreeMap::new();
        for row in &places {
            let key: Uuid = row.get(0);
            for party in self.listed.get(&key).into_iter().flat_map(|(_, parties)| parties) {
                named.insert((party.as_str(), row.get(1)), key);
            }
        }
        let parties: Vec<&str> = named.keys().map(|(party, _)| *party).collect();
        let created: Vec<i64> = named.keys().map(|(_, created)| *created).collect();
        let keys: Vec<Uuid> = named.values().copied().collect();
        if named.is_empty() {
            return Ok(());
        }
        run(at, "INSERT INTO listed_party(party, created, key) SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[]) ON CONFLICT DO NOTHING", &[&parties, &created, &keys]).await
    }

    /// Records and states of exports in lists.
    async fn write_records(&self, at: &ClientWrapper) -> Result<(), Error> {
        let records = self.records.iter().map(|(key, record)| Line::of_record(*key, record));
        let exports = self.exports.iter().map(|(key, line)| Line::of_export(*key, line));
        let mut lines: Vec<Line> = records.chain(exports).collect();
        if lines.is_empty() {
            return Ok(());
        }
        lines.sort_unstable_by_key(|line| line.key);
        let keys: Vec<Uuid> = lines.iter().map(|line| line.key).collect();
        let registers: Vec<i16> = lines.iter().map(|line| line.register).collect();
        let created: Vec<i64> = lines.iter().map(|line| line.place).collect();
        let states: Vec<&str> = lines.iter().map(|line| line.state.as_str()).collect();
        let writers: Vec<i32> = lines.iter().map(|line| i32::from(line.last.writer)).collect();
        let sequences: Vec<i64> = lines.iter().map(|line| line.last.sequence as i64).collect();
        let parameters: [&(dyn ToSql + Sync); 6] =
            [&keys, &registers, &created, &states, &writers, &sequences];
        // One that is there keeps the place that it was given first.
        let places = query(at, "INSERT INTO record(key, register, created, state, writer, sequence) SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::text[], $5::integer[], $6::bigint[]) ON CONFLICT (key) DO UPDATE SET state = excluded.state, writer = excluded.writer, sequence = excluded.sequence RETURNING key, created", &parameters).await?;
        let places: BTreeMap<Uuid, i64> = places.iter().map(|row| (row.get(0), row.get(1))).collect();
        let named: BTreeSet<(&str, i16, i64, Uuid)> = lines
            .iter()
            .flat_map(|line| {
                let place = places.get(&line.key).copied().unwrap_or(line.place);
                line.parties.iter().map(move |party| (party.as_str(), line.register, place, line.key))
            })
            .collect();
        if named.is_empty() {
            return Ok(());
        }
        let parties: Vec<&str> = named.iter().map(|(party, ..)| *party).collect();
        let registers: Vec<i16> = named.iter().map(|(_, register, ..)| *register).collect();
        let created: Vec<i64> = named.iter().map(|(_, _, created, _)| *created).collect();
        let keys: Vec<Uuid> = named.iter().map(|(.., key)| *key).collect();
        run(at, "INSERT INTO record_party(party, register, created, key) SELECT * FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::uuid[]) ON CONFLICT DO NOTHING", &[&parties, &registers, &created, &keys]).await
    }

    async fn write_accounts(&self, at: &ClientWrapper) -> Result<bool, Error> {
        if self.accounts.is_empty() {
            return Ok(true);
        }
        let owners: Vec<&str> = self.accounts.keys().map(|account| account.owner.as_str()).collect();
        let kinds: Vec<i16> = self.accounts.keys().map(|account| i16::from(account.kind.number())).collect();
        let periods: Vec<i32> = self.accounts.keys().map(|account| i32::from(account.period)).collect();
        let posted: Vec<i64> = self.accounts.values().map(|moved| moved.posted).collect();
        let held: Vec<i64> = self.accounts.values().map(|moved| moved.held).collect();
        let own: Vec<Option<i64>> = self.accounts.values().map(|moved| moved.own_limit).collect();
        let checked: Vec<Option<i64>> = self.accounts.values().map(|moved| moved.checked_limit).collect();
        // One that is not there begins with its movement, which is never negative then. A limit that a hold was judged
        // under must hold for what is there now.
        let changed = execute(
            at,
            "INSERT INTO account AS a (owner, kind, period, posted, held, own_limit, checked_limit) SELECT * FROM unnest($1::text[], $2::smallint[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[]) ON CONFLICT (owner, kind, period) DO UPDATE SET posted = a.posted + excluded.posted, held = a.held + excluded.held, own_limit = coalesce(excluded.own_limit, a.own_limit), checked_limit = excluded.checked_limit WHERE a.posted + excluded.posted >= 0 AND a.held + excluded.held >= 0 AND (excluded.checked_limit IS NULL OR a.posted + excluded.posted + a.held + excluded.held <= excluded.checked_limit)",
            &[&owners, &kinds, &periods, &posted, &held, &own, &checked],
        )
        .await?;
        Ok(changed == self.accounts.len() as u64)
    }
}

/// Rows and numbers of a recipient's receipts in a batch: 8 and 2 bytes each.
fn pack(entries: &[(u64, u16)]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(entries.len() * ENTRY);
    for (sequence, number) in entries {
        packed.extend_from_slice(&sequence.to_be_bytes());
        packed.extend_from_slice(&number.to_be_bytes());
    }
    packed
}

/// Bytes of a packed receipt.
const ENTRY: usize = 10;

/// What was packed.
pub(super) fn unpack(packed: &[u8]) -> impl Iterator<Item = (u64, u16)> {
    packed.as_chunks::<ENTRY>().0.iter().map(|entry| {
        let number = u64::from_be_bytes(entry[..8].try_into().unwrap_or_default());
        (number, u16::from_be_bytes([entry[8], entry[9]]))
    })
}

async fn run(at: &ClientWrapper, statement: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<(), Error> {
    execute(at, statement, parameters).await.map(|_| ())
}
