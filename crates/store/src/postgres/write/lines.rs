//! What a batch changes in lists: lines of consignments and who finds them, lines of records and of exports.

use super::{Effects, run};
use crate::postgres::query;
use crate::rows::{ExportLine, Summary};
use clearance::Text;
use clearance::keys::{Position, Time};
use clearance::record::Record;
use deadpool_postgres::ClientWrapper;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

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
    created.0 << BELOW_MILLISECONDS | ((first.sequence & 0xFFFF) << 4 | u64::from(first.writer & 0xF)) as i64
}

/// Bits of a place that tell lines of one millisecond apart. Statements that ask who finds a line say the number.
const BELOW_MILLISECONDS: u32 = 20;

const LIST: &str = "INSERT INTO listed(key, created, platform, order_no, state, lane, customs, entry, writer, sequence, time) SELECT key, created, platform, order_no, state, lane, customs, entry, $10, sequence, $11 FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::smallint[], $6::smallint[], $7::text[], $8::text[], $9::bigint[]) AS l(key, created, platform, order_no, state, lane, customs, entry, sequence)";
/// One that is there keeps the place that it was given first.
const CHANGED: &str = "ON CONFLICT (key) DO UPDATE SET state = excluded.state, lane = excluded.lane, customs = excluded.customs, entry = excluded.entry, writer = excluded.writer, sequence = excluded.sequence, time = excluded.time RETURNING key, created";

/// Writes lines of consignments, under keys in their order.
async fn list(
    at: &ClientWrapper,
    statement: &str,
    lines: &[(Uuid, &Summary)],
    (writer, time): (i32, Time),
) -> Result<Vec<tokio_postgres::Row>, Error> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Uuid> = lines.iter().map(|(key, _)| *key).collect();
    let created: Vec<i64> = lines.iter().map(|(_, line)| place(time, line.position)).collect();
    let platforms: Vec<&str> = lines.iter().map(|(_, line)| line.order.platform.as_str()).collect();
    let orders: Vec<&str> = lines.iter().map(|(_, line)| line.order.order_no.as_str()).collect();
    let states: Vec<i16> = lines.iter().map(|(_, line)| line.state as i16).collect();
    let lanes: Vec<i16> = lines.iter().map(|(_, line)| i16::from(line.lane)).collect();
    let customs: Vec<&str> = lines.iter().map(|(_, line)| line.customs_code.as_str()).collect();
    let entries: Vec<Option<&str>> = lines.iter().map(|(_, line)| line.invt_no.as_deref()).collect();
    let sequences: Vec<i64> = lines.iter().map(|(_, line)| line.position.sequence as i64).collect();
    let parameters: [&(dyn ToSql + Sync); 11] = [
        &keys, &created, &platforms, &orders, &states, &lanes, &customs, &entries, &sequences, &writer,
        &time.0,
    ];
    query(at, statement, &parameters).await
}

impl Effects {
    /// Lines of consignments, and of whom they are found: of a party one row for all of a batch that were listed in one millisecond.
    /// A consignment whose key was not there has no line yet.
    pub(super) async fn write_lists(
        &self,
        at: &ClientWrapper,
        last: Position,
        time: Time,
        absent: &BTreeSet<Uuid>,
    ) -> Result<(), Error> {
        let of = (i32::from(last.writer), time);
        let lines = self.listed.iter().map(|(key, listed)| (*key, &listed.line));
        let (fresh, known): (Vec<_>, Vec<_>) = lines.partition(|(key, _)| absent.contains(key));
        let change = format!("{LIST} {CHANGED}");
        let (_, there) = tokio::try_join!(list(at, LIST, &fresh, of), list(at, &change, &known, of))?;
        let mut places: BTreeMap<Uuid, i64> =
            fresh.iter().map(|(key, line)| (*key, place(time, line.position))).collect();
        places.extend(there.iter().map(|row| (row.get::<_, Uuid>(0), row.get::<_, i64>(1))));
        let mut found: BTreeMap<(&str, i64), Vec<Uuid>> = BTreeMap::new();
        for (key, listed) in &self.listed {
            let Some(place) = places.get(key) else { continue };
            for party in &listed.parties {
                let keys = found.entry((party.as_str(), *place >> BELOW_MILLISECONDS)).or_default();
                if keys.last() != Some(key) {
                    keys.push(*key);
                }
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        let parties: Vec<&str> = found.keys().map(|(party, _)| *party).collect();
        let milliseconds: Vec<i64> = found.keys().map(|(_, millisecond)| *millisecond).collect();
        // The database has no arrays of arrays of unlike lengths: each row is told its part of one.
        let (mut begins, mut ends): (Vec<i32>, Vec<i32>) = Default::default();
        let mut keys: Vec<Uuid> = Vec::new();
        for of_party in found.values() {
            begins.push(keys.len() as i32 + 1);
            keys.extend_from_slice(of_party);
            ends.push(keys.len() as i32);
        }
        let (writer, batch) = (i32::from(last.writer), last.sequence as i64);
        run(at, "INSERT INTO listed_under(party, millisecond, writer, batch, keys) SELECT party, millisecond, $6, $7, ($5::uuid[])[begins:ends] FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::integer[]) AS l(party, millisecond, begins, ends)", &[&parties, &milliseconds, &begins, &ends, &keys, &writer, &batch]).await
    }

    /// Records and states of exports in lists.
    pub(super) async fn write_records(&self, at: &ClientWrapper) -> Result<(), Error> {
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
}
