//! What a batch changes, as arrays: each table is written by one statement, in the order of its keys, so that two batches
//! never wait for each other crosswise. What is known not to be there is added by a statement of its own, which does not ask.

mod lines;

use super::cold::Shared;
use super::execute;
use super::load::{Held, Own};
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
use std::collections::btree_map::Entry;
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

/// A consignment in lists.
struct Listed {
    line: Summary,
    /// Who found it before the batch, as far as that is remembered.
    known: Vec<Text>,
    /// Who finds it from now on.
    parties: Vec<Text>,
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
    listed: BTreeMap<Uuid, Listed>,
    /// Records of registers as they are after the batch, by the hash of their key.
    records: BTreeMap<Uuid, Arc<Record>>,
    /// Lines of exports as they are after the batch, by the hash of their key.
    exports: BTreeMap<Uuid, ExportLine>,
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
            let line = Summary::of(consignment, position, time);
            self.list(shared, hash, consignment, line);
        }
    }

    /// The line of a consignment, and the parties who do not have it in their lists yet: those whom the state before the batch named
    /// are there. Where that is not remembered all are named, and whoever reads shows a line once.
    fn list(&mut self, shared: &Shared, hash: Uuid, consignment: &Consignment, line: Summary) {
        let found = consignment.found_under();
        match self.listed.entry(hash) {
            Entry::Vacant(first) => {
                let before = consignment.previous.and_then(|previous| shared.remembered(previous));
                let before = before.as_ref().and_then(|states| states.consignment.as_ref());
                let known = before.map(|before| before.found_under()).unwrap_or_default();
                let parties = found.into_iter().filter(|party| !known.contains(party)).collect();
                first.insert(Listed { line, known, parties });
            }
            Entry::Occupied(mut again) => {
                let listed = again.get_mut();
                listed.line = line;
                for party in found {
                    if !listed.known.contains(&party) && !listed.parties.contains(&party) {
                        listed.parties.push(party);
                    }
                }
            }
        }
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
        held: &Held,
    ) -> Result<bool, Error> {
        let writer = i32::from(last.writer);
        // Keys that were not there come first: a batch that another was before in making them waits for nothing else.
        let ((), (), (), waited, ..) = tokio::try_join!(
            self.make_keys(at, writer, time, &held.absent),
            self.change_keys(at, writer, time, held),
            self.mark_read(at, time, &held.locked),
            self.write_undecided(at, writer),
            self.name_messages(at, writer),
            self.write_receipts(at, last, time),
            self.write_follows(at, writer),
            self.write_timers(at),
            self.write_lists(at, last, time, &held.absent),
            self.write_records(at),
        )?;
        let ((), fitted) = tokio::try_join!(self.write_windows(at, writer, own), self.write_accounts(at))?;
        Ok(fitted && waited)
    }

    /// The windows that are raised.
    pub fn raised(&self) -> impl Iterator<Item = &CountKey> {
        self.raised.keys()
    }

    /// Each writer has rows of its own: none waits for another's, and what it knows of its own is right, that there is none too.
    async fn write_windows(&self, at: &ClientWrapper, writer: i32, own: &Own) -> Result<(), Error> {
        let (mut fresh, mut known) = (Windows::default(), Windows::default());
        for (key, raised) in &self.raised {
            let before = own.get(key).and_then(Option::as_ref);
            let columns = if before.is_some() { &mut known } else { &mut fresh };
            let mut window = before.cloned().unwrap_or_default();
            raised.iter().for_each(|(raised, now)| window.add(raised, *now));
            columns.owners.push(key.owner.as_str());
            columns.kinds.push(key.kind as i16);
            columns.states.push(windows::put(&window));
        }
        let add = "INSERT INTO counter(owner, kind, writer, state) SELECT owner, kind, $4, state FROM unnest($1::text[], $2::smallint[], $3::bytea[]) AS w(owner, kind, state)";
        // Not an UPDATE that joins the columns: of a table that nobody analysed yet the database reads the whole index for it.
        let change = "INSERT INTO counter(owner, kind, writer, state) SELECT owner, kind, $4, state FROM unnest($1::text[], $2::smallint[], $3::bytea[]) AS w(owner, kind, state) ON CONFLICT (owner, kind, writer) DO UPDATE SET state = excluded.state";
        tokio::try_join!(fresh.write(at, add, writer), known.write(at, change, writer))?;
        Ok(())
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

    /// Makes the keys that were not there, of what is written and of what was only looked for. Where another has made one since, the
    /// batch is lost: it was judged as if that were not there.
    async fn make_keys(
        &self,
        at: &ClientWrapper,
        writer: i32,
        time: Time,
        absent: &BTreeSet<Uuid>,
    ) -> Result<(), Error> {
        if absent.is_empty() {
            return Ok(());
        }
        let hashes: Vec<Uuid> = absent.iter().copied().collect();
        let sequences = absent.iter().map(|key| self.keys.get(key).map_or(0, |sequence| *sequence as i64));
        let sequences: Vec<i64> = sequences.collect();
        run(at, "INSERT INTO key(hash, writer, sequence, read) SELECT hash, $3, sequence, CASE sequence WHEN 0 THEN $4::bigint END FROM unnest($1::uuid[], $2::bigint[]) AS k(hash, sequence)", &[&hashes, &sequences, &writer, &time.0]).await
    }

    /// Changes the keys that are locked, so that their order does not matter, and writes those that nobody asked for.
    async fn change_keys(
        &self,
        at: &ClientWrapper,
        writer: i32,
        time: Time,
        held: &Held,
    ) -> Result<(), Error> {
        let (mut locked, mut others): (Keys, Keys) = Default::default();
        for (key, sequence) in self.keys.iter().filter(|(key, _)| !held.absent.contains(*key)) {
            let (hashes, sequences) = if held.locked.contains(key) { &mut locked } else { &mut others };
            hashes.push(*key);
            sequences.push(*sequence as i64);
        }
        let change = "UPDATE key SET writer = $3, sequence = k.sequence, read = CASE k.sequence WHEN 0 THEN $4::bigint END FROM unnest($1::uuid[], $2::bigint[]) AS k(hash, sequence) WHERE key.hash = k.hash";
        let write = "INSERT INTO key(hash, writer, sequence, read) SELECT hash, $3, sequence, CASE sequence WHEN 0 THEN $4::bigint END FROM unnest($1::uuid[], $2::bigint[]) AS k(hash, sequence) ON CONFLICT (hash) DO UPDATE SET writer = excluded.writer, sequence = excluded.sequence, read = excluded.read";
        for (statement, (hashes, sequences)) in [(change, locked), (write, others)] {
            if !hashes.is_empty() {
                run(at, statement, &[&hashes, &sequences, &writer, &time.0]).await?;
            }
        }
        Ok(())
    }

    /// Messages by the hash of their bytes: the first stays.
    async fn name_messages(&self, at: &ClientWrapper, writer: i32) -> Result<(), Error> {
        if self.messages.is_empty() {
            return Ok(());
        }
        let hashes: Vec<Uuid> = self.messages.keys().copied().collect();
        let sequences: Vec<i64> = self.messages.values().map(|sequence| *sequence as i64).collect();
        run(at, "INSERT INTO key(hash, writer, sequence) SELECT hash, $3, sequence FROM unnest($1::uuid[], $2::bigint[]) AS k(hash, sequence) ON CONFLICT (hash) DO NOTHING", &[&hashes, &sequences, &writer]).await
    }

    async fn write_receipts(&self, at: &ClientWrapper, last: Position, time: Time) -> Result<(), Error> {
        if self.receipts.is_empty() {
            return Ok(());
        }
        let writer = i32::from(last.writer);
        let recipients: Vec<&str> = self.receipts.keys().map(Text::as_str).collect();
        let entries: Vec<Vec<u8>> = self.receipts.values().map(|entries| pack(entries)).collect();
        run(at, "INSERT INTO receipt(recipient, writer, batch, time, entries) SELECT recipient, $3, $4, $5, entries FROM unnest($1::text[], $2::bytea[]) AS r(recipient, entries)", &[&recipients, &entries, &writer, &(last.sequence as i64), &time.0]).await
    }

    async fn write_follows(&self, at: &ClientWrapper, writer: i32) -> Result<(), Error> {
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
        Ok(())
    }

    /// False = something that was judged waits no more: another server was first.
    async fn write_undecided(&self, at: &ClientWrapper, writer: i32) -> Result<bool, Error> {
        if !self.undecided.is_empty() {
            let sequences: Vec<i64> = self.undecided.iter().map(|sequence| *sequence as i64).collect();
            run(at, "INSERT INTO undecided(writer, sequence, owner) SELECT $2, u, $2 FROM unnest($1::bigint[]) AS u", &[&sequences, &writer])
                .await?;
        }
        if self.decided.is_empty() {
            return Ok(true);
        }
        let writers: Vec<i32> = self.decided.iter().map(|first| i32::from(first.writer)).collect();
        let sequences: Vec<i64> = self.decided.iter().map(|first| first.sequence as i64).collect();
        let deleted = execute(at, "DELETE FROM undecided u USING unnest($1::integer[], $2::bigint[]) AS d(writer, sequence) WHERE u.writer = d.writer AND u.sequence = d.sequence", &[&writers, &sequences]).await?;
        Ok(deleted == self.decided.len() as u64)
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

/// Hashes of keys and sequences of their last rows, as columns.
type Keys = (Vec<Uuid>, Vec<i64>);

/// Windows of keys, as columns.
#[derive(Default)]
struct Windows<'a> {
    owners: Vec<&'a str>,
    kinds: Vec<i16>,
    states: Vec<Vec<u8>>,
}

impl Windows<'_> {
    async fn write(&self, at: &ClientWrapper, statement: &str, writer: i32) -> Result<(), Error> {
        if self.owners.is_empty() {
            return Ok(());
        }
        run(at, statement, &[&self.owners, &self.kinds, &self.states, &writer]).await
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
