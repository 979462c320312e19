//! Archiving: the rows of closed trades by month, as Parquet files with proofs. It only reads: the ledger keeps its rows, and what an
//! archive has is what was recorded up to the signed head that it rests on. The ledger is read for which trades are over, then for
//! their rows, once for every twelve months; memory holds what is said of each trade, and a group of rows of each of these files.
//!
//! How files look and are checked belongs to the crate `archive`; what is left out of a row to `store::redact`.

mod row;
mod trades;

use crate::retention::{Whose, is_of_many, portions, whose};
use archive::{Manifest, NotWritten, Writer, Written, write_manifest};
use ceb::Kind;
use clearance::event::{Cause, Follow};
use clearance::keys::{Position, Time};
use evidence::{SignedHead, SpaceHead};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::evidence::Inclusion;
use store::{ChosenRead, Cursor, EventRow, Evidence, Read, Row, StoreError};
use trades::Trades;
pub use trades::month_of;

/// Rows read at a time.
const AT_A_TIME: usize = 2_000;
/// Months that are written in one reading: each file holds a group of its rows in memory, up to 16 MiB.
const MONTHS: usize = 12;

/// What is to be archived.
#[derive(Clone, Copy, Default, Debug)]
pub struct Asked {
    /// Only trades first declared in this month, yyyyMM in China; none = all months that have trades.
    pub month: Option<u32>,
    /// Closed trades are written also where others of their month are open, or the month is not over.
    pub closed_only: bool,
}

/// Why nothing was archived.
#[derive(thiserror::Error, Debug)]
pub enum Failed {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// An archive is written once: what is in the folder stays as it is.
    #[error("{} is not empty: an archive has a folder of its own", .0.display())]
    NotEmpty(PathBuf),
}

/// What was archived.
#[derive(Clone, Debug)]
pub struct Archived {
    /// What the manifest says; where it names no file, nothing was written, and no folder made.
    pub manifest: Manifest,
    /// The head that the rows are proved with.
    pub head: SignedHead,
}

/// Is told what is being done, how far it is, and how much there is.
pub type Progress<'a> = dyn FnMut(&'static str, u64, u64) + Send + 'a;

/// Rows of the ledger that a head covers, in order of their commits.
struct Rows<'a> {
    read: &'a ChosenRead,
    head: &'a SpaceHead,
    after: Cursor,
    done: u64,
}

impl<'a> Rows<'a> {
    fn new(read: &'a ChosenRead, head: &'a SpaceHead) -> Self {
        Self { read, head, after: Cursor::default(), done: 0 }
    }

    /// The events among the next rows; none after the last.
    async fn next(&mut self) -> Result<Option<Vec<(Position, EventRow)>>, StoreError> {
        let rows = portions(self.read, &mut self.after, AT_A_TIME).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        self.done += rows.len() as u64;
        let covered = |position: Position| {
            self.head.writer(position.writer).is_some_and(|writer| position.sequence <= writer.size)
        };
        let events = rows.into_iter().filter_map(|(position, row)| match row {
            Row::Event(event) if covered(position) => Some((position, *event)),
            _ => None,
        });
        Ok(Some(events.collect()))
    }
}

/// How many trades of a month there are.
#[derive(Clone, Copy, Default)]
struct Month {
    closed: u64,
    exports: u64,
    open: u64,
}

fn months(trades: &Trades, asked: Option<u32>) -> BTreeMap<u32, Month> {
    let mut months: BTreeMap<u32, Month> = asked.map(|month| (month, Month::default())).into_iter().collect();
    for (whose, trade) in &trades.known {
        let month = months.entry(trade.month).or_default();
        if trade.over {
            month.closed += 1;
            month.exports += u64::from(matches!(whose, Whose::Export(_)));
        } else {
            month.open += 1;
        }
    }
    months
}

/// Whose row an event is. Documents of many trades (arrivals, departures, bills, applications to summarise) are nobody's: what
/// follows from them on a trade has a row of its own.
async fn belongs(read: &ChosenRead, event: &EventRow) -> Result<Option<Whose>, StoreError> {
    let Some(outcome) = &event.outcome else { return Ok(None) };
    if let Some(order) = &outcome.order {
        return Ok(Some(Whose::Import(order.clone())));
    }
    if let Some(trade) = &outcome.export.trade {
        return Ok(Some(Whose::Export(trade.clone())));
    }
    match &event.event.cause {
        Cause::Document(arrived) => {
            let kind = arrived.document.kind();
            if kind == Kind::Arrival || is_of_many(kind) { Ok(None) } else { whose(read, event).await }
        }
        // What follows on a waybill after a list was refused, and that the list claims it no more.
        Cause::Follow(Follow::WaybillChanged { to: order, .. } | Follow::ClaimReleased { by: order, .. }) => {
            Ok(Some(Whose::Import(order.clone())))
        }
        _ => Ok(None),
    }
}

/// The proofs of some rows, writer by writer.
async fn proofs(
    evidence: &Evidence,
    head: &SpaceHead,
    positions: impl Iterator<Item = Position>,
) -> Result<BTreeMap<Position, Inclusion>, StoreError> {
    let mut sequences: BTreeMap<u16, Vec<u64>> = BTreeMap::new();
    for position in positions {
        sequences.entry(position.writer).or_default().push(position.sequence);
    }
    let mut found = BTreeMap::new();
    for (writer, mut sequences) in sequences {
        sequences.sort_unstable();
        let size = head.writer(writer).map_or(0, |writer| writer.size);
        for proof in evidence.inclusions(writer, &sequences, size).await? {
            found.insert(Position { writer, sequence: proof.entry.sequence }, proof);
        }
    }
    Ok(found)
}

/// Whether nothing is in a folder yet.
fn is_empty(out: &Path) -> Result<bool, archive::Error> {
    match std::fs::read_dir(out) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(source) => Err(archive::Error::File { path: out.to_owned(), source }),
    }
}

/// Archives what is asked for into a folder that is absent or empty. A month with trades that are open, or that is not over, has no
/// file unless closed trades alone are asked for.
///
/// # Errors
/// [`Failed`]: then the folder may have files without a manifest, which is no archive.
pub async fn archive(
    read: &ChosenRead,
    now: Time,
    asked: Asked,
    out: &Path,
    progress: &mut Progress<'_>,
) -> Result<Archived, Failed> {
    if !is_empty(out)? {
        return Err(Failed::NotEmpty(out.to_owned()));
    }
    let evidence = read.evidence();
    let mut followed = |done, whole| progress("rows in the tree", done, whole);
    let head = evidence.head(now, None, &mut followed).await?.head;
    let whole = head.head.writers.iter().map(|writer| writer.size).sum();
    let mut trades = Trades::of(asked.month);
    let mut rows = Rows::new(read, &head.head);
    while let Some(events) = rows.next().await? {
        events.iter().for_each(|(position, event)| trades.see(*position, event));
        progress("rows looked through", rows.done.min(whole), whole);
    }
    let made = now.stamp_millis().to_string();
    let mut manifest = Manifest::new(made, asked.closed_only, head.to_text());
    let counts = months(&trades, asked.month);
    let mut written = Vec::new();
    for (month, count) in &counts {
        let over = *month < month_of(now.day());
        if count.closed > 0 && (asked.closed_only || (over && count.open == 0)) {
            written.push(*month);
        } else {
            let (open, closed) = (count.open, count.closed);
            manifest.not_written.push(NotWritten { month: month.to_string(), open, closed, over });
        }
    }
    if written.is_empty() {
        return Ok(Archived { manifest, head });
    }
    std::fs::create_dir_all(out).map_err(|source| archive::Error::File { path: out.to_owned(), source })?;
    let readings = written.chunks(MONTHS).len() as u64;
    for (reading, months) in (0_u64..).zip(written.chunks(MONTHS)) {
        let mut followed =
            |done: u64| progress("rows archived", reading * whole + done.min(whole), readings * whole);
        let files =
            files_of(read, (&evidence, &head.head), (&trades, months), (out, &manifest.head), &mut followed);
        for (month, written) in files.await? {
            let count = counts.get(&month).copied().unwrap_or_default();
            let trades = [count.closed, count.exports, count.open];
            manifest.files.push(written.of_month(&name_of(month), month, trades));
        }
    }
    let signer = evidence.sender(now).await?;
    write_manifest(out, &manifest, &signer)?;
    Ok(Archived { manifest, head })
}

fn name_of(month: u32) -> String {
    format!("{month}.parquet")
}

/// Writes the files of some months in one reading.
async fn files_of(
    read: &ChosenRead,
    (evidence, head): (&Evidence, &SpaceHead),
    (trades, months): (&Trades, &[u32]),
    (out, proved_with): (&Path, &str),
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Vec<(u32, Written)>, Failed> {
    let mut writers: BTreeMap<u32, Writer> = BTreeMap::new();
    for month in months {
        writers.insert(*month, Writer::create(out, &name_of(*month), proved_with)?);
    }
    let mut rows = Rows::new(read, head);
    while let Some(events) = rows.next().await? {
        let mut chosen = Vec::new();
        for (position, event) in events {
            let whose = belongs(read, &event).await?.or_else(|| trades.carried(position));
            let Some(whose) = whose else { continue };
            let trade = trades.known.get(&whose).filter(|trade| trade.over);
            if let Some(trade) = trade.filter(|trade| writers.contains_key(&trade.month)) {
                chosen.push((position, event, whose, trade));
            }
        }
        let proofs = proofs(evidence, head, chosen.iter().map(|(position, ..)| *position)).await?;
        for (position, event, whose, trade) in chosen {
            let unproved =
                || StoreError::Damaged { position, what: "the evidence log has no proof of it".to_owned() };
            let proof = proofs.get(&position).ok_or_else(unproved)?;
            if let Some(writer) = writers.get_mut(&trade.month) {
                writer.push(row::of(position, event, (&whose, trade), proof))?;
            }
        }
        progress(rows.done);
    }
    writers.into_iter().map(|(month, writer)| Ok::<_, Failed>((month, writer.finish()?))).collect()
}
