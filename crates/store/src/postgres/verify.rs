//! Verification of a space in a database: every digest and link of each writer's chain, every payload, the versions of every
//! consignment, and balances recomputed from the movements, as far as they were committed when it began.

use super::load::balance_of;
use super::scan::Scan;
use super::{PostgresRead, failed, query};
use crate::StoreError;
use crate::codec;
use crate::sqlite::ledger_files::chain;
use crate::verify::{Recount, Report};
use clearance::keys::{Position, Time};
use ring::digest::{SHA256, digest};
use std::collections::BTreeMap;

/// How far a chain is.
struct Chain {
    expected: u64,
    time: Time,
    head: [u8; 32],
    /// As the writer's row says.
    last: u64,
    last_head: Vec<u8>,
}

/// Verifies a space. `progress` is told how many rows were read. Balances are compared with those kept where nothing was
/// committed meanwhile.
///
/// # Errors
/// When the database cannot be read at all.
pub async fn verify(
    read: &PostgresRead,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Report, StoreError> {
    let client = read.client().await?;
    let reading = |error| failed("read the writers", error);
    let writers = "SELECT writer, sequence, head FROM writer WHERE sequence > 0 ORDER BY writer";
    let rows = query(&client, writers, &[]).await.map_err(reading)?;
    let mut chains: BTreeMap<u16, Chain> = BTreeMap::new();
    for row in &rows {
        let chain = Chain {
            expected: 1,
            time: Time(i64::MIN),
            head: [0; 32],
            last: row.get::<_, i64>(1) as u64,
            last_head: row.get(2),
        };
        chains.insert(row.get::<_, i32>(0) as u16, chain);
    }
    let mut report = Report { segments: chains.len() as u64, ..Report::default() };
    let mut recount = Recount::default();
    let mut scan = Scan::new(chains.iter().map(|(writer, chain)| (*writer, 0, chain.last)));
    while let Some(row) = scan.next(&client).await? {
        let Some(link) = chains.get_mut(&row.position.writer) else { continue };
        let position = row.position;
        if position.sequence != link.expected {
            let missing = Position { sequence: link.expected, ..position };
            report.faults.push((
                missing.number(),
                format!("missing: the next row of writer {} is {}", position.writer, position.sequence),
            ));
        }
        link.expected = position.sequence + 1;
        if row.time < link.time {
            report.faults.push((position.number(), "its time lies before the row before".to_owned()));
        }
        link.time = row.time;
        if !row.payload.is_empty() && digest(&SHA256, &row.payload).as_ref() != row.digest {
            let what = "its payload is not the one that was committed".to_owned();
            report.faults.push((position.number(), what));
        }
        link.head = chain(&link.head, position.sequence, row.time, row.kind, &row.digest);
        report.rows += 1;
        if report.rows.is_multiple_of(10_000) {
            progress(report.rows);
        }
        if row.payload.is_empty() {
            report.erased += 1;
            continue;
        }
        let opened = read.opened(&client, &row.payload).await;
        match opened.map_err(|error| error.to_string()) {
            Ok(plain) => match codec::decode(&plain) {
                Ok(row) => recount.row(position, row, &mut report),
                Err(damage) => report.faults.push((position.number(), damage.0.to_owned())),
            },
            Err(what) => report.faults.push((position.number(), what)),
        }
    }
    for (writer, chain) in &chains {
        if chain.expected != chain.last + 1 || chain.head.as_slice() != chain.last_head {
            let last = Position { writer: *writer, sequence: chain.last };
            let what = format!("the row of writer {writer} is not the end of its chain");
            report.faults.push((last.number(), what));
        }
    }
    report.accounts = recount.balances.len() as u64;
    let accounts = "SELECT owner, kind, period, posted, held, own_limit FROM account";
    let accounts = client.query(accounts, &[]).await.map_err(reading)?;
    let now = query(&client, writers, &[]).await.map_err(reading)?;
    let same = now.len() == rows.len()
        && now.iter().zip(&rows).all(|(now, row)| now.get::<_, i64>(1) == row.get::<_, i64>(1));
    if same {
        recount.compare(&accounts.iter().filter_map(balance_of).collect(), &mut report);
    }
    progress(report.rows);
    Ok(report)
}
