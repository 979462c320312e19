//! Readings of lists in which there is what belongs to others: one record a reading, before anything is shown. It says who read,
//! what for, by what the list was narrowed, how many lines were others', and whose they were; each of those finds it where he
//! finds the readings of his records, and learns of no other. A party's own list costs it nothing. A preview is written down in the
//! same register, because what it says of a quota is somebody's.

use super::error::Problem;
use super::registers::{by, command_of, refused};
use super::{Query, parameter};
use crate::Window;
use crate::auth::Caller;
use crate::reading::grounded;
use clearance::event::Arrived;
use clearance::identity::{check_citizen, mask_number};
use clearance::keys::OrderKey;
use clearance::{Text, guard};
use futures_util::future::try_join_all;
use register::By;
use register::access::Access;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Read, Summary};

/// What a preview is called among readings.
const PREVIEW: &str = "preview";

/// Characters of a value in what the record says of a query.
const VALUE: usize = 60;
/// Values that are told.
const VALUES: usize = 12;

/// Writes down that the caller reads lines of a list; of each line the parties whom it names. Nothing where there is no line.
pub(super) async fn listed(
    window: &Window,
    caller: &Caller,
    what: &str,
    query: &Query,
    lines: &[Vec<Text>],
) -> Result<(), Problem> {
    if lines.is_empty() {
        return Ok(());
    }
    let owners: BTreeSet<&Text> = lines.iter().flatten().collect();
    let by = by(window, caller);
    // A page asks beneath with a query of its own: what for it is read stands in the request.
    let said = parameter(query, "purpose").map(|text| text.trim().chars().take(200).collect());
    let purpose: String = said.unwrap_or_else(|| caller.purpose.to_string());
    let access = Access {
        kind: what.to_owned(),
        id: String::new(),
        role: by.role.word().to_owned(),
        ground: grounded(by.role, what, &purpose),
        purpose,
        range: None,
        owners: owners.into_iter().map(Text::to_string).collect(),
        query: Some(narrowed(query)),
        count: Some(u32::try_from(lines.len()).unwrap_or(u32::MAX)),
    };
    kept(window, by, &access).await
}

/// The same of what is asked for with no query that says more of it.
pub(crate) async fn of_others(
    window: &Window,
    caller: &Caller,
    what: &str,
    lines: &[Vec<Text>],
) -> Result<(), Problem> {
    listed(window, caller, what, &axum::extract::Query(BTreeMap::new()), lines).await
}

/// Writes down that who has to do with users and tokens of every party reads those of others, or what happened to them.
pub(super) async fn of_parties<'a>(
    window: &Window,
    caller: &Caller,
    what: &str,
    parties: impl Iterator<Item = &'a Text>,
) -> Result<(), Problem> {
    let own = window.code_of(&caller.party);
    let others: Vec<Vec<Text>> = parties
        .map(|party| window.code_of(party))
        .filter(|party| *party != own)
        .map(|party| vec![party])
        .collect();
    of_others(window, caller, what, &others).await
}

/// Writes down that the caller asked what would become of documents: he finds it, and so does each person whose quota was looked at.
pub(super) async fn previewed(
    window: &Window,
    caller: &Caller,
    documents: &[Arc<Arrived>],
) -> Result<(), Problem> {
    let by = by(window, caller);
    let named = documents.iter().map(|arrived| &arrived.person.identity).filter(|hash| !hash.is_empty());
    let mut owners: BTreeSet<String> = named.map(|hash| guard::person(hash).to_string()).collect();
    owners.insert(by.actor.party.to_string());
    let access = Access {
        kind: PREVIEW.to_owned(),
        id: String::new(),
        role: by.role.word().to_owned(),
        purpose: String::new(),
        ground: grounded(by.role, PREVIEW, ""),
        range: None,
        owners: owners.into_iter().collect(),
        query: None,
        count: Some(u32::try_from(documents.len()).unwrap_or(u32::MAX)),
    };
    kept(window, by, &access).await
}

async fn kept(window: &Window, by: By, access: &Access) -> Result<(), Problem> {
    let codes = by.codes.clone();
    let unnamed = || Problem::unavailable("the reading cannot be recorded; ask again");
    let command = crate::reading::written(by, access).ok_or_else(unnamed)?;
    command_of(window, command).await?.map(|_| ()).map_err(|refusal| refused(&refusal, &codes))
}

/// By what a list was narrowed. What was typed may be a person's number: of such a one its ends.
fn narrowed(query: &Query) -> String {
    let said = query.0.iter().filter(|(name, value)| *name != "purpose" && !value.trim().is_empty());
    let said = said.take(VALUES).map(|(name, value)| {
        let value = value.trim();
        let shown = if check_citizen(value).is_ok() { mask_number(value) } else { value.to_owned() };
        format!(
            "{}={}",
            name.chars().take(VALUE).collect::<String>(),
            shown.chars().take(VALUE).collect::<String>()
        )
    });
    said.collect::<Vec<String>>().join("&")
}

/// Of each trade in a list the parties whom it names.
pub(super) async fn parties_of<'a>(
    window: &Window,
    orders: impl Iterator<Item = &'a OrderKey>,
) -> Result<Vec<Vec<Text>>, Problem> {
    let read = &window.read;
    let found = try_join_all(orders.map(|order| read.consignment(order))).await?;
    Ok(found.into_iter().flatten().map(|consignment| consignment.parties()).collect())
}

/// Writes down that an office reads a list of trades; a party's list has its own alone.
pub(super) async fn trades(
    window: &Window,
    caller: &Caller,
    query: &Query,
    found: &[Summary],
) -> Result<(), Problem> {
    if !caller.is_office() {
        return Ok(());
    }
    let lines = parties_of(window, found.iter().map(|one| &one.order)).await?;
    listed(window, caller, "consignments", query, &lines).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_told_without_a_persons_number_and_never_at_length() {
        let person = clearance::sample::Person::new(1);
        let long = "x".repeat(500);
        let query = [
            ("state", "500,300"),
            ("number", person.identity.as_str()),
            ("purpose", "样例"),
            ("party", long.as_str()),
            ("after", ""),
        ];
        let query = query.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let told = narrowed(&axum::extract::Query(query.into()));
        assert!(told.contains("state=500,300") && !told.contains(person.identity.as_str()), "{told}");
        assert!(!told.contains("purpose") && !told.contains("after") && told.len() < 150, "{told}");
    }
}
