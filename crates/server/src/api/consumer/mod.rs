//! What concerns a consumer as a person: how he comes in, his trades, his quota with who used it, his lock, his disputes, his
//! hearings where a list names him, and what is kept of him. He is the person of his session, by the keyed hashes of identity
//! number and telephone; no route here takes a person as a parameter.

pub(in crate::api) mod conduct;
mod data;
mod disputes;
mod hearings;
mod quota;
mod trades;

pub(crate) use data::{accesses, data, erasure};
pub(crate) use disputes::{Opened, disputes, open, withdraw};
pub(crate) use hearings::{Spoken, hearings, speak};
pub(crate) use quota::{Lock, NoticesWanted, lock, notices, quota};
pub(crate) use trades::{list, show};

use super::error::Problem;
use super::people::Address;
use super::sessions::body;
use super::view::time;
use crate::auth::{CONSUMER_LONGEST, Caller};
use crate::ingest::hashed;
use crate::proving::{self, buyer};
use crate::signing_in::Refused;
use crate::{Window, api};
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ceb::Document;
use clearance::Text;
use clearance::consignment::Consignment;
use clearance::keys::{OrderKey, Time};
use clearance::party::Role;
use register::By;
use register::consumer::Body;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use store::{ChosenRead, Read, Scope, Search, StoreError};

/// The routes.
pub fn routes() -> Router<Arc<Window>> {
    Router::new()
        .route("/v1/consumer/codes", post(code))
        .route("/v1/consumer/sessions", post(begin))
        .route("/v1/consumer/trades", get(trades::list))
        .route("/v1/consumer/trades/{platform}/{order_no}", get(trades::show))
        .route("/v1/consumer/quota", get(quota::quota))
        .route("/v1/consumer/lock", post(quota::lock))
        .route("/v1/consumer/notices", post(quota::notices))
        .route("/v1/consumer/disputes", get(disputes::disputes).post(disputes::open))
        .route("/v1/consumer/disputes/{seller}/withdrawal", post(disputes::withdraw))
        .route("/v1/consumer/hearings", get(hearings::hearings).post(hearings::speak))
        .route("/v1/consumer/accesses", get(data::accesses))
        .route("/v1/consumer/data", get(data::data))
        .route("/v1/consumer/erasure", post(data::erasure))
}

/// Who asks, as a person.
pub(crate) struct Consumer {
    /// His code in lists and registers.
    pub person: Text,
    /// Keyed hash of the telephone that proved him.
    pub telephone: Text,
}

impl Consumer {
    /// The person of a caller: one who came in by a code.
    pub(crate) fn of(caller: &Caller) -> Result<Self, Problem> {
        let user = caller.person.as_ref().map(|person| &person.user);
        match user.filter(|user| user.role == Role::Consumer && user.party.starts_with("person-")) {
            Some(user) => Ok(Self { person: user.party.clone(), telephone: user.name.clone() }),
            None => Err(Problem::not_yours(
                "a person sees what concerns himself; he comes in by POST /v1/consumer/codes",
            )),
        }
    }

    fn by(&self) -> By {
        proving::by(&self.person, &self.telephone, false)
    }

    /// Whether the quota that a trade uses is his.
    fn uses(&self, consignment: &Consignment) -> bool {
        let attempt = consignment.attempt.as_ref();
        attempt.is_some_and(|attempt| clearance::guard::person(&attempt.person) == self.person)
    }

    /// Whether a trade is his: ordered in his name and with the telephone that proved him.
    fn owns(&self, read: &ChosenRead, consignment: &Consignment) -> bool {
        buyer(read, consignment)
            .is_some_and(|buyer| buyer.person == self.person && buyer.telephone == self.telephone)
            && self.is_telephone_of_list(read, consignment)
    }

    /// A list that names another telephone than its order does is not shown with what is in it.
    fn is_telephone_of_list(&self, read: &ChosenRead, consignment: &Consignment) -> bool {
        match consignment.attempt.as_ref().map(|attempt| &*attempt.declaration.document) {
            Some(Document::Declaration(declaration)) if self.uses(consignment) => {
                hashed(read, "telephone", &declaration.head.buyer_telephone) == self.telephone
            }
            _ => true,
        }
    }

    /// Trades that use his quota or did, the newest first, from a place on.
    async fn trades(
        &self,
        window: &Window,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Consignment>, Option<u64>), StoreError> {
        let scope = Scope::Party(vec![self.person.clone()]);
        let (lines, next) = window.read.search(&scope, &Search::default(), after, limit).await?;
        let mut found = Vec::with_capacity(lines.len());
        for line in lines {
            found.extend(window.read.consignment(&line.order).await?);
        }
        Ok((found, next))
    }

    /// The trades that his telephone proved him with: also before they are declared.
    async fn proved(&self, window: &Window) -> Result<Vec<Consignment>, StoreError> {
        let record = window.read.record(&clearance::guard::lock_of(&self.person)).await?;
        let known = record.map(|record| Body::of(&record).telephones).unwrap_or_default();
        let mut found = Vec::new();
        for one in known.iter().filter(|one| one.telephone == self.telephone.as_str()) {
            found.extend(window.read.consignment(&OrderKey::new(&one.platform, &one.order_no)).await?);
        }
        Ok(found)
    }
}

/// A party's name, as filed; its code where it is not.
pub(crate) fn name_of(window: &Window, code: &str) -> String {
    window.filing(code).map_or_else(|| code.to_owned(), |filing| filing.name.to_string())
}

/// The seller of a trade: its code as filed.
pub(crate) fn seller_of(window: &Window, consignment: &Consignment) -> Text {
    let declared = consignment.attempt.as_ref().map(|attempt| &attempt.declaration);
    let code = match declared.or(consignment.order.as_ref()).map(|filed| &*filed.document) {
        Some(Document::Declaration(declaration)) => declaration.head.ebc_code.trim().into(),
        Some(Document::Order(order)) => order.head.ebc_code.trim().into(),
        _ => Text::default(),
    };
    window.code_of(&code)
}

/// Of which trade a code is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    number: String,
}

/// `POST /v1/consumer/codes`: a code goes to the telephone on the order, if there is one. The answer is always the same.
async fn code(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    sent: Result<Json<Asked>, JsonRejection>,
) -> Result<Response, Problem> {
    let sent = body(sent)?;
    let ticket = asked(&window, &sent.number, &address).await?;
    let law = window.reference().current().parameters.on(window.clock.now().day());
    let answer = json!({"ticket": ticket, "minutes": law.consumer_code_minutes});
    Ok((StatusCode::ACCEPTED, [(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// The ticket of a code that was asked for.
pub(crate) async fn asked(window: &Arc<Window>, number: &str, address: &str) -> Result<String, Problem> {
    if number.trim().is_empty() || number.chars().count() > 100 {
        return Err(Problem::bad_request("`number` is that of an order, a waybill or a list"));
    }
    if !window.messenger.is_there() {
        return Err(Problem::unavailable(
            "no provider of messages is set up here, so no code can be sent; nothing was recorded",
        ));
    }
    Ok(proving::ask(window, number, address).await?)
}

/// What proves him.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    number: String,
    ticket: String,
    code: String,
}

/// `POST /v1/consumer/sessions`: a session for the code; its text is shown once.
async fn begin(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    sent: Result<Json<Proof>, JsonRejection>,
) -> Result<Response, Problem> {
    let sent = body(sent)?;
    let given = (sent.number.as_str(), sent.ticket.as_str(), sent.code.as_str());
    let (_, token, _) = proving::prove(&window, given, &address).await.map_err(refused)?;
    let expires = time(Time(window.clock.now().0 + CONSUMER_LONGEST));
    let answer = json!({"token": token, "expires": expires});
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

fn refused(refused: Refused) -> Problem {
    match refused {
        Refused::Wrong => {
            Problem::sign_in_refused("the code is wrong, was used or is too old; ask for another if need be")
        }
        other => other.into(),
    }
}

/// Cursor of a list.
fn after(query: &api::Query) -> Result<Option<u64>, Problem> {
    let text = api::parameter(query, "after");
    text.map(|text| text.parse().map_err(|_| Problem::bad_request("after is what a page gave"))).transpose()
}
