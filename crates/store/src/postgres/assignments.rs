//! Which officer works on which trade, in the database: the same for every server.

use super::control::Tokens;
use crate::StoreError;
use crate::people::Assignment;
use clearance::keys::{OrderKey, Time};
use tokio_postgres::Row;

fn read(row: &Row) -> Assignment {
    let text = |index: usize| row.get::<_, String>(index);
    Assignment {
        order: OrderKey::new(&text(0), &text(1)),
        party: text(2).into(),
        officer: text(3).into(),
        until: Time(row.get(4)),
    }
}

impl Tokens {
    pub async fn assign(&self, wanted: &Assignment, now: Time) -> Result<Result<(), Assignment>, StoreError> {
        let (platform, order_no) = (wanted.order.platform.as_str(), wanted.order.order_no.as_str());
        let over = "DELETE FROM assignment WHERE until <= $1";
        self.changed("end assignments", over, &[&now.0]).await?;
        let take = "INSERT INTO assignment VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (platform, order_no) DO UPDATE SET until = excluded.until
            WHERE assignment.party = excluded.party AND assignment.officer = excluded.officer";
        // Whoever has it may give it up between the two statements: then it is free.
        for _ in 0..3 {
            let values: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
                [&platform, &order_no, &wanted.party.as_str(), &wanted.officer.as_str(), &wanted.until.0];
            if self.changed("assign a trade", take, &values).await? == 1 {
                return Ok(Ok(()));
            }
            if let Some(other) = self.assignment(&wanted.order, now).await? {
                return Ok(Err(other));
            }
        }
        Ok(Err(wanted.clone()))
    }

    pub async fn give_up(&self, order: &OrderKey, party: &str, officer: &str) -> Result<bool, StoreError> {
        let give_up =
            "DELETE FROM assignment WHERE platform = $1 AND order_no = $2 AND party = $3 AND officer = $4";
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&order.platform.as_str(), &order.order_no.as_str(), &party, &officer];
        self.changed("give up a trade", give_up, &values).await.map(|count| count == 1)
    }

    pub async fn assignments(&self, now: Time) -> Result<Vec<Assignment>, StoreError> {
        let all = "SELECT platform, order_no, party, officer, until FROM assignment WHERE until > $1";
        Ok(self.rows("list assignments", all, &[&now.0]).await?.iter().map(read).collect())
    }

    pub async fn assignment(&self, order: &OrderKey, now: Time) -> Result<Option<Assignment>, StoreError> {
        let find = "SELECT platform, order_no, party, officer, until FROM assignment
            WHERE platform = $1 AND order_no = $2 AND until > $3";
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
            [&order.platform.as_str(), &order.order_no.as_str(), &now.0];
        Ok(self.rows("find an assignment", find, &values).await?.first().map(read))
    }
}
