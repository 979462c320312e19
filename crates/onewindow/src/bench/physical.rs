//! What this machine can do at most, measured in the same run as the window, because it is another on another day: syncs
//! of the folder's disk, scanning of our messages, insertion into a tree, digests, sealing, compression, requests to an
//! empty handler. What bounds which step is `limits`'.

use super::client;
use super::measure::{self, Fate};
use super::messages::{ARRIVING, Mode, Tape, Traffic};
use super::send::Run;
use crate::Failure;
use clearance::keys::Time;
use clearance::sample;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, params};
use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long each is measured.
const LONG: Duration = Duration::from_millis(1000);
const SHORT: Duration = Duration::from_millis(300);

/// The size of what the window writes, as measured: what a limit is measured with.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// Bytes a row on disk.
    pub row_bytes: u64,
    /// Rows a commit.
    pub commit_rows: u64,
}

/// The limits.
#[derive(Clone, Copy)]
pub struct Physical {
    /// What the tree was measured with.
    pub sizes: Sizes,
    /// Appends of 4 KiB, each synced, a second.
    pub syncs: u64,
    /// Bytes of our messages scanned a second, on one core.
    pub scan_bytes: u64,
    /// Bytes of our messages read into documents a second, on one core.
    pub parse_bytes: u64,
    /// Bytes of the message of one order, as near three kilobytes as ours come.
    pub order_bytes: u64,
    /// Reading it into documents, on one core, nanoseconds.
    pub order_nanos: u64,
    /// Bytes digested a second with SHA-256.
    pub digest_bytes: u64,
    /// Bytes sealed a second with AES-256-GCM.
    pub seal_bytes: u64,
    /// Bytes of our documents compressed a second, with a trained dictionary.
    pub compress_bytes: u64,
    /// Rows a second into a table by ascending key, in commits as large as measured, nothing synced.
    pub rows: u64,
    /// The same, each commit synced.
    pub rows_synced: u64,
    /// Requests of one document a second to an empty handler.
    pub requests: u64,
    /// Processor time of such a request on the server's side, nanoseconds.
    pub request_server_nanos: u64,
    /// The same on the generator's side.
    pub request_generator_nanos: u64,
}

/// Does something again and again; says how much a second it came to. `once` says how much it did.
fn rate<E>(time: Duration, mut once: impl FnMut() -> Result<u64, E>) -> Result<u64, E> {
    let (started, mut done) = (Instant::now(), 0u64);
    loop {
        done += once()?;
        let took = started.elapsed();
        if took >= time {
            return Ok((u128::from(done) * 1_000_000_000 / took.as_nanos().max(1)) as u64);
        }
    }
}

/// Measures them all. `folder` lies on the disk of the data folder.
///
/// # Errors
/// When the folder cannot be written.
pub fn measure(
    runtime: &Runtime,
    folder: &Path,
    sizes: Sizes,
    connections: usize,
    now: Time,
) -> Result<Physical, Failure> {
    let place = tempfile::tempdir_in(folder)?;
    let message = message(now);
    let text = std::str::from_utf8(&message)?;
    let (limits, length) = (ceb::Limits::default(), message.len() as u64);
    let scan_bytes =
        rate(SHORT, || black_box(ceb::count_elements(black_box(text), limits.depth)).map(|_| length))
            .map_err(|defect| format!("our own message: {defect:?}"))?;
    let parse_bytes = rate(SHORT, || {
        black_box(ceb::parse(black_box(&message), &limits));
        Ok::<_, Failure>(length)
    })?;
    let order = order(now)?;
    let orders = rate(SHORT, || {
        black_box(ceb::parse(black_box(&order), &limits));
        Ok::<_, Failure>(1)
    })?;
    let digest_bytes = rate(SHORT, || {
        black_box(digest(&SHA256, black_box(&message[..4096.min(message.len())])));
        Ok::<_, Failure>(4096.min(length))
    })?;
    let (requests, request_server_nanos, request_generator_nanos) = requests(runtime, connections, now)?;
    Ok(Physical {
        sizes,
        syncs: syncs(place.path())?,
        scan_bytes,
        parse_bytes,
        order_bytes: order.len() as u64,
        order_nanos: 1_000_000_000 / orders.max(1),
        digest_bytes,
        seal_bytes: sealing(sizes.row_bytes)?,
        compress_bytes: compression(now)?,
        rows: rows(place.path(), sizes, "OFF")?,
        rows_synced: rows(place.path(), sizes, "FULL")?,
        requests,
        request_server_nanos,
        request_generator_nanos,
    })
}

/// A message of a hundred orders.
fn message(now: Time) -> Vec<u8> {
    let orders = crate::generate::trades(1, 0, 100, 1000, 0, now).into_iter().map(|trade| trade.order);
    let orders: Vec<ceb::Document> = orders.map(ceb::Document::Order).collect();
    let sender = sample::Trade::new(1, 0, now, 1000).order.head.ebp_code;
    ceb::write(&sample::message(&sender, orders), ceb::Style::Prefixed)
}

/// A message of one order, as near three kilobytes as ours come: the size at which reading is told.
fn order(now: Time) -> Result<Vec<u8>, Failure> {
    const BYTES: usize = 3 << 10;
    let trades = crate::generate::trades(1, 0, 100, 1000, 0, now).into_iter();
    let messages = trades.map(|trade| {
        let sender = trade.order.head.ebp_code.clone();
        ceb::write(&sample::message(&sender, vec![ceb::Document::Order(trade.order)]), ceb::Style::Prefixed)
    });
    messages
        .min_by_key(|message| message.len().abs_diff(BYTES))
        .ok_or_else(|| "no orders are generated".into())
}

fn syncs(folder: &Path) -> Result<u64, Failure> {
    let mut file = File::create(folder.join("syncs"))?;
    rate(LONG, || {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        Ok(1)
    })
}

fn sealing(row_bytes: u64) -> Result<u64, Failure> {
    let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).map_err(|_| "a key of another length")?;
    let key = LessSafeKey::new(key);
    let mut row = vec![7u8; row_bytes.max(1) as usize];
    rate(SHORT, || {
        // Nothing that is sealed here is ever kept: the nonce may be the same.
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), &mut row);
        let _ = black_box(tag.map_err(|_| "cannot seal")?);
        Ok(row.len() as u64)
    })
}

fn compression(now: Time) -> Result<u64, Failure> {
    /// As the store compresses.
    const LEVEL: i32 = 1;
    const DICTIONARY_BYTES: usize = 32 << 10;
    let mut documents = Vec::new();
    for trade in crate::generate::trades(1, 0, 500, 1000, 0, now) {
        for (sender, document) in trade.documents() {
            let message = sample::message(&sender, vec![document]);
            documents.push(ceb::write(&message, ceb::Style::Prefixed));
        }
    }
    let dictionary = zstd::dict::from_samples(&documents, DICTIONARY_BYTES)?;
    let mut compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, &dictionary)?;
    let mut next = documents.iter().cycle();
    rate(SHORT, || {
        let Some(document) = next.next() else { return Ok(0) };
        black_box(compressor.compress(document)?);
        Ok(document.len() as u64)
    })
}

/// Rows into a table as the ledger's.
fn rows(folder: &Path, sizes: Sizes, synchronous: &str) -> Result<u64, Failure> {
    let path = folder.join(format!("rows-{synchronous}.db"));
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.execute_batch(
        "CREATE TABLE row(sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind INTEGER NOT NULL, payload BLOB NOT NULL)",
    )?;
    let (payload, mut sequence) = (vec![7u8; sizes.row_bytes.max(1) as usize], 0i64);
    rate(LONG, || {
        let transaction = connection.transaction()?;
        let mut insert = transaction.prepare_cached("INSERT INTO row VALUES(?1, ?2, ?3, ?4)")?;
        for _ in 0..sizes.commit_rows.max(1) {
            sequence += 1;
            insert.execute(params![sequence, sequence, 1, payload])?;
        }
        drop(insert);
        transaction.commit()?;
        Ok(sizes.commit_rows.max(1))
    })
}

/// Messages of one document to a handler that takes the body and answers: requests a second, and nanoseconds of
/// processor time a request on the server's and the generator's side.
fn requests(runtime: &Runtime, connections: usize, now: Time) -> Result<(u64, u64, u64), Failure> {
    let traffic = Traffic {
        seed: 1,
        declarations: 5_000,
        batch: 1,
        arriving: ARRIVING,
        mode: Mode::Direct,
        signed: None,
        now,
    };
    let run = Arc::new(Run::new(Tape::record(&traffic)?, None, 500, Arc::default()));
    let heads = run.tape.senders().iter().map(|sender| client::head("/empty", sender)).collect();
    let empty = |body: axum::body::Bytes| async move {
        black_box(body);
        "{}"
    };
    let router = axum::Router::new().route("/empty", axum::routing::post(empty));
    measure::served(runtime, router, run.clone(), connections, heads)?;
    let measured = measure::summed(&run, Fate::default())?;
    let count = u128::from(measured.acknowledge.count().max(1));
    let each = |micros: u64| (u128::from(micros) * 1000 / count) as u64;
    let a_second = count * 1_000_000_000 / measured.whole.as_nanos().max(1);
    let server = measured.processor.get(super::SERVER).copied().unwrap_or(0);
    Ok((a_second as u64, each(server), each(measured.generator_micros())))
}
