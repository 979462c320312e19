//! A consumer's right to his data: what is kept of him, who read it, all of it as one file. Rows in his name with another
//! telephone tell of somebody else perhaps: of these he has what stands with his quota.

use super::quota::{of_year, uses};
use super::{Consumer, after, conduct, disputes, hearings, name_of, trades};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{self, exchanges, registers, view};
use crate::auth::Caller;
use crate::responsible::has_noted;
use axum::Json;
use axum::extract::State;
use ceb::Document;
use clearance::consignment::{Consignment, Filed};
use clearance::identity::personal;
use clearance::keys::Time;
use clearance::record::{Record, Register};
use register::access::Access;
use register::consumer::Body;
use register::view::View;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::{Read, RecordSearch};

/// Readings of a page.
const PAGE: (usize, usize) = (50, 200);
/// Trades of an export that are read together, and how often: of whoever has more it says so, and lists have them.
const TRADES: usize = 200;
const PAGES: usize = 25;

/// `GET /v1/consumer/accesses?after=&limit=`: who read a record of his, in which role, what for.
pub(crate) async fn accesses(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: api::Query,
) -> Result<Json<Value>, Problem> {
    let consumer = Consumer::of(&caller)?;
    let parties = Some(vec![consumer.person.clone()]);
    let search = RecordSearch { register: Register::Access, parties, states: Vec::new() };
    // That an office reads a list, or who answers for an enterprise, tells of a hearing: to a telephone that was noted alone.
    let noted = has_noted(&window, &consumer.person, &consumer.telephone).await?;
    let is_told = |record: &Record| {
        let kind = Access::of(record).kind;
        let of = Register::from_word(kind.strip_prefix("list of ").unwrap_or(&kind));
        noted || !matches!(of, Some(Register::CreditList | Register::ResponsiblePersons))
    };
    let (limit, mut from) = (api::limit(&query, PAGE)?, after(&query)?);
    let mut records = Vec::new();
    let next = loop {
        // A page is as full as it would be without them: a short one would tell the same.
        let (found, next) = window.read.records(&search, from, limit - records.len()).await?;
        records.extend(found.into_iter().filter(|record| is_told(record)));
        if next.is_none() || records.len() >= limit {
            break next;
        }
        from = next;
    };
    let settings = window.read.record(&clearance::guard::lock_of(&consumer.person)).await?;
    let asked = settings.and_then(|record| Body::of(&record).erasure_asked);
    let shown: Vec<Value> = records
        .iter()
        .map(|record| {
            let whole = registers::whole(&View::of(record, std::slice::from_ref(&consumer.person)));
            json!({
                "time": view::time(record.changed), "by": name_of(&window, &record.actor.party),
                "role": whole["body"]["role"], "purpose": whole["body"]["purpose"], "what": whole["body"]["kind"],
                "ground": whole["body"]["ground"],
            })
        })
        .collect();
    Ok(Json(json!({
        "accesses": shown, "after": next.map(|next| next.to_string()),
        "erasureAsked": asked.map(|asked| view::time(Time(asked))),
    })))
}

/// `GET /v1/consumer/data`: what is kept of him, as one file: the fields of documents that tell of him, trades, quota,
/// disputes, his own settings.
pub(crate) async fn data(State(window): State<Arc<Window>>, caller: Caller) -> Result<Json<Value>, Problem> {
    let consumer = Consumer::of(&caller)?;
    let (mut own, mut after): (Vec<Value>, Option<u64>) = (Vec::new(), None);
    for _ in 0..PAGES {
        let (found, next) = consumer.trades(&window, after, TRADES).await?;
        for one in found.iter().filter(|one| consumer.owns(&window.read, one)) {
            let mut events = window.read.timeline(&one.key).await?;
            events.reverse();
            let mut shown = trades::whole(&window, one, &events);
            shown["exchanges"] = exchanges::of_order(&window, &one.key).await?;
            shown["kept"] = kept(one);
            own.push(shown);
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    let this = window.clock.now().day().year();
    let mut years: Vec<u32> = uses(&window, &consumer).await?.iter().map(|one| u32::from(one.year)).collect();
    years.push(this);
    years.sort_unstable();
    years.dedup();
    let mut quotas = Vec::with_capacity(years.len());
    for year in &years {
        quotas.push(of_year(&window, &consumer, *year, &years).await?);
    }
    let settings = window.read.record(&clearance::guard::lock_of(&consumer.person)).await?;
    Ok(Json(json!({
        "made": view::time(window.clock.now()), "person": consumer.person.as_str(), "trades": own,
        "tradesComplete": after.is_none(), "quota": quotas,
        "disputes": disputes::all(&window, &consumer).await?,
        "hearings": hearings::all(&window, &consumer).await?.unwrap_or_default(),
        "conduct": conduct::of(&window, &consumer.person).await?,
        "settings": settings.map(|record| registers::whole(&View::of(&record, std::slice::from_ref(&consumer.person)))),
    })))
}

/// `POST /v1/consumer/erasure`: asks that what is kept of him be erased. It is written down; whoever operates the window erases
/// what no law wants kept.
pub(crate) async fn erasure(
    State(window): State<Arc<Window>>,
    caller: Caller,
) -> Result<Json<Value>, Problem> {
    let consumer = Consumer::of(&caller)?;
    let key = clearance::guard::lock_of(&consumer.person);
    let version = window.read.record(&key).await?.map_or(0, |record| record.version);
    let record = super::quota::moved(&window, &consumer, key, (version, "ask-erasure"), None).await?;
    Ok(Json(json!({"asked": view::time(record.changed)})))
}

/// What each document of a trade tells of him, by field.
fn kept(consignment: &Consignment) -> Value {
    let declared = consignment.attempt.as_ref().map(|attempt| &attempt.declaration);
    let carried = consignment.carriage.as_ref().and_then(|carriage| carriage.waybill.as_ref());
    let filed = [consignment.order.as_ref(), consignment.payment.as_ref(), carried, declared];
    filed.into_iter().flatten().map(of_document).collect()
}

fn of_document(filed: &Filed) -> Value {
    let document: &Document = &filed.document;
    let parts = document.kind().parts();
    let mut fields = Map::new();
    document.visit(&mut |part, _, field, text| {
        let rule = parts.get(part).and_then(|part| part.fields.get(field));
        if let Some(rule) = rule.filter(|rule| personal(rule.name).is_some()) {
            fields.insert(rule.name.to_owned(), text.into());
        }
    });
    json!({"message": document.kind().root(), "sender": filed.sender.as_str(), "fields": fields})
}
