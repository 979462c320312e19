//! Lists of consignments in a database: by place, and of what waits by lane and age.

use super::cold::position_of;
use super::{failed, query};
use crate::StoreError;
use crate::queue::{QueuePage, QueuePlace, QueueSearch, Stretch, WAITING, Walk};
use crate::rows::{Scope, Search, Summary};
use clearance::Text;
use clearance::keys::{OrderKey, Time};
use deadpool_postgres::ClientWrapper;

/// What a line is made of.
const COLUMNS: &str =
    "l.writer, l.sequence, l.created, l.platform, l.order_no, l.state, l.lane, l.customs, l.entry, l.time";

fn line(row: &tokio_postgres::Row) -> Summary {
    Summary {
        order: OrderKey { platform: row.get::<_, &str>(3).into(), order_no: row.get::<_, &str>(4).into() },
        state: row.get::<_, i16>(5) as u16,
        invt_no: row.get::<_, Option<&str>>(8).map(Text::from),
        customs_code: row.get::<_, &str>(7).into(),
        position: position_of(row),
        time: Time(row.get(9)),
        lane: row.get::<_, i16>(6) as u8,
    }
}

/// Lines of a list that are asked for, behind the place `after`; with the place from which the next page goes on.
pub(super) async fn search(
    client: &ClientWrapper,
    scope: &Scope,
    search: &Search,
    after: Option<u64>,
    limit: usize,
) -> Result<(Vec<Summary>, Option<u64>), StoreError> {
    let (behind, order) = if search.oldest_first { (">", "ASC") } else { ("<", "DESC") };
    // A row has lines of one millisecond (a place without its last twenty bits), some of which may be on the other side of the place.
    let from = if search.oldest_first { ">=" } else { "<=" };
    let start = if search.oldest_first { i64::MIN } else { i64::MAX };
    let place = after.map_or(start, |after| after as i64);
    let states: Vec<i16> = search.states.iter().map(|state| *state as i16).collect();
    let mut narrowed = "(cardinality($2::smallint[]) = 0 OR l.state = ANY($2))".to_owned();
    if search.is_of_waiting() {
        // In these words, so that the index of what waits is seen to fit.
        narrowed.push_str(&format!(" AND l.state IN ({WAITING})"));
    }
    let rows = match scope {
        Scope::Party(codes) => {
            let codes: Vec<&str> = codes.iter().map(Text::as_str).collect();
            let statement = format!(
                "SELECT DISTINCT ON (l.created) {COLUMNS} FROM listed_under p CROSS JOIN LATERAL unnest(p.keys) AS k(key) JOIN listed l ON l.key = k.key WHERE p.party = ANY($4::text[]) AND p.millisecond {from} ($1::bigint >> 20) AND l.created {behind} $1::bigint AND {narrowed} ORDER BY l.created {order} LIMIT $3"
            );
            query(client, &statement, &[&place, &states, &(limit as i64), &codes]).await
        }
        Scope::Office(districts) => {
            let districts = prefixes(districts);
            let statement = format!(
                "SELECT {COLUMNS} FROM listed l WHERE l.created {behind} $1 AND {narrowed} AND (cardinality($4::text[]) = 0 OR l.customs LIKE ANY($4)) ORDER BY l.created {order} LIMIT $3"
            );
            query(client, &statement, &[&place, &states, &(limit as i64), &districts]).await
        }
    };
    let rows = rows.map_err(|error| failed("search", error))?;
    let last = rows.last().filter(|_| rows.len() == limit).map(|row| row.get::<_, i64>(2) as u64);
    Ok((rows.iter().map(line).collect(), last))
}

fn prefixes(districts: &[Text]) -> Vec<String> {
    districts.iter().map(|district| format!("{district}%")).collect()
}

/// A page of what waits.
pub(super) async fn queue(
    client: &ClientWrapper,
    scope: &Scope,
    search: &QueueSearch,
    after: Option<QueuePlace>,
    limit: usize,
) -> Result<QueuePage, StoreError> {
    let mut walk = Walk::new(scope, search, after, limit);
    while let Some(stretch) = walk.next() {
        walk.take(waiting(client, scope, &stretch).await?, stretch);
    }
    Ok(walk.page())
}

/// A stretch of what waits. Lines of other districts are left out by the page, which counts what it looked at.
async fn waiting(
    client: &ClientWrapper,
    scope: &Scope,
    stretch: &Stretch,
) -> Result<Vec<(u64, Summary)>, StoreError> {
    let (behind, order) = if stretch.falling { ("<", "DESC") } else { (">", "ASC") };
    let of_lane = if stretch.lane.is_some() { "l.lane = $4" } else { "$4::smallint IS NULL" };
    let codes: Option<Vec<&str>> = match scope {
        Scope::Party(codes) => Some(codes.iter().map(Text::as_str).collect()),
        Scope::Office(_) => None,
    };
    let of_party = if codes.is_some() {
        "EXISTS (SELECT 1 FROM listed_under p WHERE p.party = ANY($5::text[]) AND p.millisecond = (l.created >> 20) AND l.key = ANY(p.keys))"
    } else {
        "$5::text[] IS NULL"
    };
    let statement = format!(
        "SELECT {COLUMNS} FROM listed l WHERE l.state IN ({WAITING}) AND {of_lane} AND (l.time, l.created) {behind} ($1, $2) AND {of_party} ORDER BY l.time {order}, l.created {order} LIMIT $3"
    );
    let (time, created) = stretch.after;
    let lane = stretch.lane.map(i16::from);
    let rows = query(client, &statement, &[&time, &created, &(stretch.limit as i64), &lane, &codes]).await;
    let rows = rows.map_err(|error| failed("read a queue", error))?;
    Ok(rows.iter().map(|row| (row.get::<_, i64>(2) as u64, line(row))).collect())
}
