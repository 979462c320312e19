//! Which officer works on which trade, in the file of the control store.

use super::control::Tokens;
use crate::StoreError;
use crate::people::Assignment;
use clearance::keys::{OrderKey, Time};
use rusqlite::{OptionalExtension, Row, params};

const FIND: &str = "SELECT platform, order_no, party, officer, until FROM assignment
     WHERE platform = ?1 AND order_no = ?2 AND until > ?3";

fn read(row: &Row<'_>) -> rusqlite::Result<Assignment> {
    let text = |index: usize| row.get::<_, String>(index);
    Ok(Assignment {
        order: OrderKey::new(&text(0)?, &text(1)?),
        party: text(2)?.into(),
        officer: text(3)?.into(),
        until: Time(row.get(4)?),
    })
}

impl Tokens {
    pub fn assign(&self, wanted: &Assignment, now: Time) -> Result<Result<(), Assignment>, StoreError> {
        let order = (wanted.order.platform.as_str(), wanted.order.order_no.as_str());
        self.with("assign a trade", |connection| {
            connection.execute("DELETE FROM assignment WHERE until <= ?1", [now.0])?;
            let taken = connection.execute(
                "INSERT INTO assignment VALUES(?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET until = excluded.until
                 WHERE assignment.party = excluded.party AND assignment.officer = excluded.officer",
                params![order.0, order.1, wanted.party.as_str(), wanted.officer.as_str(), wanted.until.0],
            )?;
            if taken == 1 {
                return Ok(Ok(()));
            }
            connection.query_row(FIND, params![order.0, order.1, now.0], read).map(Err)
        })
    }

    pub fn give_up(&self, order: &OrderKey, party: &str, officer: &str) -> Result<bool, StoreError> {
        self.with("give up a trade", |connection| {
            connection.execute(
                "DELETE FROM assignment WHERE platform = ?1 AND order_no = ?2 AND party = ?3 AND officer = ?4",
                [order.platform.as_str(), order.order_no.as_str(), party, officer],
            )
        })
        .map(|count| count == 1)
    }

    pub fn assignments(&self, now: Time) -> Result<Vec<Assignment>, StoreError> {
        self.with("list assignments", |connection| {
            let all = "SELECT platform, order_no, party, officer, until FROM assignment WHERE until > ?1";
            connection.prepare_cached(all)?.query_map([now.0], read)?.collect()
        })
    }

    pub fn assignment(&self, order: &OrderKey, now: Time) -> Result<Option<Assignment>, StoreError> {
        self.with("find an assignment", |connection| {
            let key = params![order.platform.as_str(), order.order_no.as_str(), now.0];
            connection.prepare_cached(FIND)?.query_row(key, read).optional()
        })
    }
}
