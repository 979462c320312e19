//! A consumer's yearly quota: what is left, who used it and when, and his lock on it.

use super::{Consumer, name_of, seller_of};
use crate::Window;
use crate::api::error::Problem;
use crate::api::sessions::body;
use crate::api::view::yuan;
use crate::api::{self, operations, registers, view};
use crate::auth::Caller;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use ceb::Day;
use clearance::Text;
use clearance::consignment::Consignment;
use clearance::guard::{self, LOCKED};
use clearance::record::Record;
use ledger::{Account, HoldState};
use register::Command;
use register::consumer::{Body, Notices};
use register::dispute;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, StoreError};

/// Trades that are looked through for uses, a page at a time.
const PAGE: usize = 100;
/// Pages at most: a person's quota is spent long before.
const PAGES: usize = 10;
/// Years that may be looked back at, this one among them.
const YEARS: u32 = 5;

/// A use of the quota.
pub(super) struct Use {
    /// The trade.
    pub consignment: Consignment,
    /// Code of the seller.
    pub seller: Text,
    /// How much was held, in fen.
    pub amount: i64,
    /// What of it was given back, in fen.
    pub given_back: i64,
    /// Where the hold stands.
    pub state: HoldState,
    /// Year of the account.
    pub year: u16,
    /// When it was declared.
    pub day: Day,
    /// Whether the trade is his in full.
    pub own: bool,
}

/// Every use of his quota that stands or was given up, the newest first.
pub(super) async fn uses(window: &Window, consumer: &Consumer) -> Result<Vec<Use>, StoreError> {
    let (mut found, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let (trades, next) = consumer.trades(window, after, PAGE).await?;
        for consignment in trades {
            if !consumer.uses(&consignment) {
                continue;
            }
            let seller = seller_of(window, &consignment);
            let own = consumer.owns(&window.read, &consignment);
            let Some(attempt) = &consignment.attempt else { continue };
            let Some(hold) = &attempt.quota else { continue };
            found.push(Use {
                seller,
                amount: hold.amount,
                given_back: hold.given_back,
                state: hold.state,
                year: hold.account.period,
                day: attempt.business_date,
                own,
                consignment,
            });
        }
        if next.is_none() {
            break;
        }
        after = next;
    }
    Ok(found)
}

/// A use as its person is told it: enough to dispute it, and of a trade with another telephone no more.
async fn shown(window: &Window, consumer: &Consumer, one: &Use) -> Result<Value, StoreError> {
    let key = &one.consignment.key;
    let state = match one.state {
        HoldState::Held => "held",
        HoldState::Posted if one.given_back >= one.amount => "given-back",
        HoldState::Posted => "used",
        HoldState::Voided => "given-up",
    };
    let dispute = window.read.record(&guard::dispute_of(&consumer.person, &one.seller)).await?;
    let of_this = dispute.filter(|record| {
        let disputed = dispute::Body::of(record).disputed;
        disputed.platform == key.platform.as_str() && disputed.order_no == key.order_no.as_str()
    });
    Ok(json!({
        "platform": key.platform.as_str(), "platformName": name_of(window, &key.platform),
        // His own trade is found by its number; of another's he is given what a dispute names.
        "orderNo": key.order_no.as_str(),
        "seller": one.seller.as_str(), "sellerName": name_of(window, &one.seller),
        "day": one.day.to_string(), "amount": yuan(one.amount),
        "givenBack": yuan(one.given_back), "state": state, "own": one.own,
        "dispute": of_this.map(|record| record.state.to_string()),
    }))
}

/// `GET /v1/consumer/quota?year=`.
pub(crate) async fn quota(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: api::Query,
) -> Result<Json<Value>, Problem> {
    let consumer = Consumer::of(&caller)?;
    let this = window.clock.now().day().year();
    let years: Vec<u32> = (0..YEARS).map(|back| this - back).collect();
    let year = match api::parameter(&query, "year") {
        None => this,
        Some(text) => text.parse().ok().filter(|year| years.contains(year)).ok_or_else(|| {
            Problem::bad_request(&format!("year is one from {} to {this}", this + 1 - YEARS))
        })?,
    };
    Ok(Json(of_year(&window, &consumer, year, &years).await?))
}

/// The quota of a year.
pub(super) async fn of_year(
    window: &Window,
    consumer: &Consumer,
    year: u32,
    years: &[u32],
) -> Result<Value, StoreError> {
    let hash: Text = consumer.person.trim_start_matches("person-").into();
    let account = Account::quota(hash, year as u16);
    let balance = window.read.balance(&account).await?.unwrap_or_default();
    let last = Day::from_ymd(year, 12, 31).unwrap_or_default();
    let today = window.clock.now().day();
    let limit = window.reference().current().parameters.on(last.min(today)).annual_limit;
    let mut months = [0i64; 12];
    let mut listed = Vec::new();
    for one in uses(window, consumer).await?.iter().filter(|one| u32::from(one.year) == year) {
        if one.state != HoldState::Voided {
            months[(one.day.month() as usize).clamp(1, 12) - 1] += one.amount - one.given_back;
        }
        listed.push(shown(window, consumer, one).await?);
    }
    let record = window.read.record(&guard::lock_of(&consumer.person)).await?;
    let body = record.as_ref().map(|record| Body::of(record)).unwrap_or_default();
    Ok(json!({
        "year": year, "years": years, "limit": yuan(limit), "used": yuan(balance.posted), "held": yuan(balance.held),
        "left": yuan((limit - balance.posted - balance.held).max(0)),
        "months": months.map(yuan), "uses": listed,
        "locked": record.as_ref().is_some_and(|record| record.state == LOCKED),
        "lockedHere": body.locked_by.as_deref() == Some(consumer.telephone.as_str()),
        "lockedSince": record.filter(|record| record.state == LOCKED).map(|record| view::time(record.changed)),
        "notices": body.tells(&consumer.telephone),
    }))
}

/// A move of a record of his.
pub(super) async fn moved(
    window: &Window,
    consumer: &Consumer,
    key: clearance::record::RecordKey,
    (version, action): (u32, &str),
    body: Option<String>,
) -> Result<Arc<Record>, Problem> {
    operations::check_intake(window)?;
    let codes = [consumer.person.clone()];
    let command =
        Command { key, version, action: action.into(), by: consumer.by(), note: String::new(), body };
    registers::command_of(window, command).await?.map_err(|refusal| registers::refused(&refusal, &codes))
}

/// Whether his quota shall be locked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    pub(crate) locked: bool,
}

/// `POST /v1/consumer/lock`: from its commit on no declaration uses his quota, until he unlocks it.
pub(crate) async fn lock(
    State(window): State<Arc<Window>>,
    caller: Caller,
    sent: Result<Json<Lock>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let (consumer, sent) = (Consumer::of(&caller)?, body(sent)?);
    let key = guard::lock_of(&consumer.person);
    let current = window.read.record(&key).await?;
    let is = current.as_ref().is_some_and(|record| record.state == LOCKED);
    let version = current.map_or(0, |record| record.version);
    if is != sent.locked {
        let action = if sent.locked { "lock" } else { "unlock" };
        moved(&window, &consumer, key, (version, action), None).await?;
    }
    Ok(Json(json!({"locked": sent.locked})))
}

/// Whether he wants to be told of uses.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticesWanted {
    pub(crate) notices: bool,
}

/// `POST /v1/consumer/notices`: whether his telephone is told of each use of his quota.
pub(crate) async fn notices(
    State(window): State<Arc<Window>>,
    caller: Caller,
    sent: Result<Json<NoticesWanted>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let (consumer, sent) = (Consumer::of(&caller)?, body(sent)?);
    let key = guard::lock_of(&consumer.person);
    let current = window.read.record(&key).await?;
    let version = current.as_ref().map_or(0, |record| record.version);
    if current.is_none_or(|record| Body::of(&record).tells(&consumer.telephone) != sent.notices) {
        let wanted = serde_json::to_string(&Notices { notices: sent.notices }).ok();
        moved(&window, &consumer, key, (version, "set-notices"), wanted).await?;
    }
    Ok(Json(json!({"notices": sent.notices})))
}
