//! The parks of the demo zone: those of the plan, each applied for by an invented operator and approved, and one site that a keeper
//! of the demo has. Names and places in the plan are the plan's; what each park offers is made up.

use super::agencies::{CUSTOMS, act};
use crate::Failure;
use clearance::party::{Filing, Role};
use clearance::record::{RecordKey, Register};
use clearance::sample;
use serde::Deserialize;
use serde_json::json;
use server::Window;
use store::Read;

const TABLE: &str = include_str!("../../../../tables/parks.csv");
/// Operates the site of the demo.
pub const OPERATOR: &str = "5301960601";
/// Its supervision code.
pub const SITE: &str = "CNKMG860001";
/// Carriers whose parcels come through it.
const CARRIERS: [&str; 2] = ["5301960401", "5301960402"];
/// Logins and tokens that keep it.
const KEEPERS: [&str; 2] = ["keeper", "demo"];

/// A park of the table.
#[derive(Deserialize)]
struct Row {
    number: String,
    name: String,
    name_english: String,
    kind: String,
    city: String,
    operator: String,
    operator_name: String,
    functions: String,
    modes: String,
    source: String,
}

impl Row {
    fn key(&self) -> RecordKey {
        RecordKey::new(Register::Park, &format!("{}:{}", self.operator, self.number))
    }

    /// Its operator, filed as the sample's.
    fn filing(&self) -> Option<Filing> {
        let like = sample::filings().into_iter().find(|filing| filing.code == OPERATOR)?;
        Some(Filing {
            code: self.operator.as_str().into(),
            other_code: None,
            name: self.operator_name.as_str().into(),
            roles: vec![Role::SiteOperator],
            exchange_ids: Vec::new(),
            ..like
        })
    }
}

fn rows() -> Result<Vec<Row>, Failure> {
    Ok(csv::Reader::from_reader(TABLE.as_bytes()).deserialize().collect::<Result<_, _>>()?)
}

/// Has the parks and the site there, where they are not yet; says how many parks they are.
pub async fn open(window: &Window) -> Result<usize, Failure> {
    let rows = rows()?;
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
    for row in &rows {
        window.file_all(row.filing().into_iter().collect(), "demo").await;
        let key = row.key();
        if window.read.record(&key).await?.is_some() {
            continue;
        }
        let body = json!({
            "name": row.name, "nameEnglish": row.name_english, "kind": row.kind, "city": row.city,
            "functions": words(&row.functions), "modes": words(&row.modes), "legalBasis": row.source,
        });
        act(window, &row.operator, key.clone(), 0, "apply", Some(body)).await?;
        act(window, CUSTOMS, key, 1, "approve", None).await?;
    }
    if let Some(first) = rows.first() {
        site(window, first).await?;
    }
    Ok(rows.len())
}

/// The site, whose operator is a tenant of a park.
async fn site(window: &Window, park: &Row) -> Result<(), Failure> {
    let key = RecordKey::new(Register::Site, &format!("{OPERATOR}:{SITE}"));
    if window.read.record(&key).await?.is_some() {
        return Ok(());
    }
    let today = window.clock.now().day().to_string();
    let tenants =
        json!({"tenants": [{"party": OPERATOR, "validFrom": today, "terms": "样例：租用一号卡口"}]});
    act(window, &park.operator, park.key(), 2, "set-tenants", Some(tenants)).await?;
    let body = json!({"park": park.key().id.as_str(), "name": "样例一号卡口", "kind": "gate", "district": "8620", "carriers": CARRIERS});
    act(window, OPERATOR, key.clone(), 0, "apply", Some(body)).await?;
    act(window, CUSTOMS, key.clone(), 1, "approve", None).await?;
    act(window, OPERATOR, key, 2, "appoint", Some(json!({"keepers": KEEPERS}))).await
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;
    use register::park::{FUNCTIONS, KINDS};
    use std::collections::BTreeSet;

    #[test]
    fn the_table_has_three_five_and_two_parks_of_words_that_are_known() {
        let rows = rows().unwrap();
        let of = |kind: &str| rows.iter().filter(|row| row.kind == kind).count();
        assert_eq!((of(KINDS[0]), of(KINDS[1]), of(KINDS[2]), rows.len()), (3, 5, 2, 10));
        let codes: BTreeSet<&str> = rows.iter().map(|row| row.operator.as_str()).collect();
        assert_eq!(codes.len(), rows.len());
        for row in &rows {
            assert!(clearance::identity::is_enterprise_code(&row.operator), "{}", row.operator);
            assert!(row.functions.split_whitespace().all(|word| FUNCTIONS.contains(&word)), "{}", row.number);
            assert!(!row.source.is_empty() && row.operator_name.starts_with("样例"), "{}", row.number);
        }
    }
}
