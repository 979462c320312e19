//! Tells persons who want to be told of each use of their quota, and buyers of recalls. What is new in the ledger is followed from a place that the
//! control store keeps; each notice is a record before it is sent, so that another server, or this one after its end, sends
//! what was not sent yet. A message has the name of its record: the provider takes it once.

use crate::Window;
use crate::api::view::yuan;
use crate::messenger::Message;
use crate::proving::{self, buyer};
use crate::tail::Kept;
use ceb::Document;
use clearance::Text;
use clearance::consignment::Consignment;
use clearance::guard;
use clearance::keys::{OrderKey, Position};
use clearance::record::{Record, RecordKey, Register};
use ledger::{AccountKind, MovementKind};
use register::consumer::{Body, Telephone};
use register::notice::Told;
use register::trace::recall;
use register::{Command, Refusal};
use std::sync::Arc;
use std::time::Duration;
use store::{Cursor, Read, RecordSearch, Row, StoreError};

/// How often it looks for what is new.
const EVERY: Duration = Duration::from_secs(1);
/// Uses looked at in one go, and notices sent.
const AT_A_TIME: usize = 200;
/// Name of the setting that says how far it is.
const SETTING: &str = "notices-after";

/// Tells, until it is dropped. Nothing is followed while there is no provider of messages.
pub async fn run(window: Window) {
    loop {
        let open = window.messenger.is_there() && window.intake.closed().is_none();
        match if open { step(&window).await } else { Ok(false) } {
            Ok(true) => {}
            Ok(false) => tokio::time::sleep(EVERY).await,
            Err(error) => {
                tracing::error!(%error, "uses of quota cannot be followed");
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}

/// What is new is written down and sent; true = there may be more.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn step(window: &Window) -> Result<bool, StoreError> {
    let kept = window.control.setting(SETTING).await?;
    let Some(after) = kept.as_deref().and_then(Cursor::parse) else {
        // What was before anybody could be told is not told.
        window.control.set(SETTING, &window.read.position().await?.to_string()).await?;
        return Ok(false);
    };
    let found =
        window.tail.after(&window.read, &after, &|_, row: &Row| person_of(row).is_some(), AT_A_TIME).await?;
    for (position, kept) in &found.rows {
        noted(window, *position, kept).await?;
    }
    if found.seen != after {
        window.control.set(SETTING, &found.seen.to_string()).await?;
    }
    send(window).await?;
    Ok(!found.ended)
}

/// Whose quota an event began to use.
fn person_of(row: &Row) -> Option<&Text> {
    let Row::Event(event) = row else { return None };
    let movements = &event.outcome.as_ref()?.movements;
    let held = |movement: &&ledger::Movement| {
        movement.kind == MovementKind::Hold && movement.account.kind == AccountKind::Quota
    };
    movements.iter().find(held).map(|movement| &movement.account.owner)
}

/// Writes down whom to tell of an event.
async fn noted(window: &Window, position: Position, kept: &Kept) -> Result<(), StoreError> {
    let Some(hash) = person_of(kept.row()) else { return Ok(()) };
    let person = guard::person(hash);
    let Some(record) = window.read.record(&guard::lock_of(&person)).await? else { return Ok(()) };
    let telephones: Vec<Telephone> =
        Body::of(&record).telephones.into_iter().filter(|one| one.notices).collect();
    let Row::Event(event) = kept.row() else { return Ok(()) };
    let order = event.outcome.as_ref().and_then(|outcome| outcome.order.clone());
    let (Some(order), false) = (order, telephones.is_empty()) else { return Ok(()) };
    let Some(consignment) = window.read.consignment(&order).await? else { return Ok(()) };
    for telephone in telephones {
        let told = told(window, &consignment, &telephone);
        let id = format!("{person}:{}:{}", position.number(), telephone.telephone);
        command(window, &person, (&id, 0, "note"), serde_json::to_string(&told).ok()).await;
    }
    Ok(())
}

fn told(window: &Window, consignment: &Consignment, telephone: &Telephone) -> Told {
    let attempt = consignment.attempt.as_ref();
    let seller = match attempt.map(|attempt| &*attempt.declaration.document) {
        Some(Document::Declaration(declaration)) => window.code_of(&declaration.head.ebc_code),
        _ => Text::default(),
    };
    let amount = attempt.and_then(|attempt| attempt.quota.as_ref()).map_or(0, |hold| hold.amount);
    Told {
        platform: consignment.key.platform.to_string(),
        order_no: consignment.key.order_no.to_string(),
        seller: seller.to_string(),
        amount: yuan(amount),
        telephone: telephone.telephone.clone(),
        by_way_of: format!("{}/{}", telephone.platform, telephone.order_no),
        recall: None,
    }
}

/// A move of a notice by the window; what another server did already is done. Whether it is.
pub(crate) async fn command(
    window: &Window,
    person: &Text,
    (id, version, action): (&str, u32, &str),
    body: Option<String>,
) -> bool {
    let command = Command {
        key: RecordKey::new(Register::Notice, id),
        version,
        action: action.into(),
        by: proving::by(person, &Text::default(), true),
        note: String::new(),
        body,
    };
    match window.pipeline.command(command).await {
        Some(Ok(_) | Err(Refusal::Outdated(_) | Refusal::State(..))) => true,
        None => false,
        Some(Err(refusal)) => {
            tracing::error!(?refusal, action, "a notice was not recorded");
            false
        }
    }
}

/// Sends what is due.
async fn send(window: &Window) -> Result<(), StoreError> {
    let search =
        RecordSearch { register: Register::Notice, parties: None, states: vec![Text::const_new("due")] };
    // Those of this moment are in memory; the older ones, of a server that ended, are found too.
    let (records, _) = window.read.records(&search, None, AT_A_TIME).await?;
    for record in records {
        let action = if tell(window, &record).await? { "send" } else { "fail" };
        let person = register::owner_of(&record.key);
        command(window, &person, (&record.key.id, record.version, action), None).await;
    }
    Ok(())
}

/// Sends one; false = the telephone is not known any more, or the provider did not take it.
async fn tell(window: &Window, record: &Arc<Record>) -> Result<bool, StoreError> {
    let told = Told::of(record);
    let (platform, order_no) = told.by_way_of.split_once('/').unwrap_or_default();
    let consignment = window.read.consignment(&OrderKey::new(platform, order_no)).await?;
    let buyer = consignment.as_ref().and_then(|consignment| buyer(&window.read, consignment));
    let Some(buyer) = buyer.filter(|buyer| buyer.telephone == told.telephone.as_str()) else {
        return Ok(false);
    };
    let seller =
        window.filing(&told.seller).map_or_else(|| told.seller.clone(), |filing| filing.name.to_string());
    let id = format!("notice-{}", record.first.number());
    if let Some(recall) = &told.recall {
        return tell_recall(window, recall, (id, buyer.number), (&seller, &told.order_no)).await;
    }
    let message = Message {
        id,
        kind: "quota-use",
        to: buyer.number,
        zh: format!(
            "您的跨境电商年度额度被使用：{seller}，{}元。如非本人购买，请登录查询并提出异议。",
            told.amount
        ),
        en: format!(
            "Your yearly quota was used: {seller}, {} yuan. If it was not you, look at it in the window and dispute it.",
            told.amount
        ),
        code: None,
    };
    Ok(window.messenger.send(window, &message).await)
}

/// Sends what a recall tells whoever bought the goods; false = there is no such recall, or the provider did not take it.
async fn tell_recall(
    window: &Window,
    recall: &str,
    (id, to): (String, String),
    (seller, order_no): (&str, &str),
) -> Result<bool, StoreError> {
    let Some(record) = window.read.record(&recall::key(recall)).await? else { return Ok(false) };
    let opened = recall::Body::of(&record).opened;
    let message = Message {
        id,
        kind: "recall",
        to,
        zh: format!("您在{seller}购买的商品（订单{order_no}）已被召回：{}", opened.advice),
        en: format!("What you bought of {seller} (order {order_no}) is recalled: {}", opened.advice),
        code: None,
    };
    Ok(window.messenger.send(window, &message).await)
}
