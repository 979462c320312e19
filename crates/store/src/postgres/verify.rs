//! Verification of a space in a database: every digest and link of each writer's chain, every payload, the versions of every
//! consignment, and balances recomputed from the movements, as far as they were committed when it began.

use super::load::balance_of;
use super::scan::Scan;
use super::{PostgresRead, failed, query};
use crate::StoreError;
use crate::codec;
use crate::verify::{Chain, Kept, Recount, Report};
use clearance::keys::Position;
use std::collections::BTreeMap;

/// How far a writer's chain is, and how far its row says.
struct Walked {
    chain: Chain,
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
    let mut chains: BTreeMap<u16, Walked> = BTreeMap::new();
    for row in &rows {
        let (last, last_head) = (row.get::<_, i64>(1) as u64, row.get(2));
        chains.insert(row.get::<_, i32>(0) as u16, Walked { chain: Chain::new(), last, last_head });
    }
    let mut report = Report { segments: chains.len() as u64, ..Report::default() };
    let mut recount = Recount::default();
    let mut scan = Scan::new(chains.iter().map(|(writer, walked)| (*writer, 0, walked.last)));
    while let Some(row) = scan.next(&client).await? {
        let position = row.position;
        let Some(walked) = chains.get_mut(&position.writer) else { continue };
        let original: &[u8] = if row.redacted { &[] } else { &row.payload };
        let kept = Kept::alone(original, &row.digest);
        walked.chain.link(position, (row.time, row.kind), (kept, &row.digest), &mut report);
        if report.rows.is_multiple_of(10_000) {
            progress(report.rows);
        }
        if original.is_empty() && row.kind >= 16 {
            recount.erased(position, row.redacted.then_some(row.payload.as_slice()));
        }
        if row.payload.is_empty() {
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
    for (writer, walked) in &chains {
        let reached = &walked.chain;
        if reached.expected != walked.last + 1 || reached.head.as_slice() != walked.last_head {
            let last = Position { writer: *writer, sequence: walked.last };
            let what = format!("the row of writer {writer} is not the end of its chain");
            report.faults.push((last.number(), what));
        }
    }
    recount.account_for_erasures(&mut report);
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
