//! What the window puts into a command before it is decided, and what it does once a record has changed: what is recorded stands,
//! whatever fails here, and is done by another way then. Leaves to others who may command, and what follows in the record.

use super::error::Problem;
use super::registers::{Body, invalid};
use super::transit_transfers;
use crate::auth::Caller;
use crate::traceability::recalls;
use crate::{
    Window, agency_queries, centralised_tax, consolidations, lists_told, parcels, registering, responsible,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clearance::Text;
use clearance::record::{Record, RecordKey, Register};
use register::{Fault, says};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Read;

/// Puts into a command what its sender could not know or prove.
pub(super) async fn completed(
    window: &Window,
    caller: &Caller,
    key: &RecordKey,
    sent: &mut Body,
) -> Result<(), Problem> {
    match key.register {
        Register::RiskCase if sent.action == "add-evidence" => {
            sent.body = crate::risk_cases::with_shown(window, caller, sent.body.take()).await?;
        }
        Register::Attachment => with_digest(sent)?,
        Register::BondedBook | Register::BondedDocument | Register::BondedBill => {
            crate::bonded::with_accepted(window, key, sent).await?;
        }
        Register::Request if sent.action == "answer" => {
            let (codes, _) = window.names_of(&caller.party);
            sent.body = agency_queries::with_record(window, key, &codes, sent.body.take()).await?;
        }
        Register::Parcel if matches!(sent.action.as_str(), "give" | "correct") => {
            parcels::with_keys(window, sent)?;
        }
        Register::Recall => recalls::with_stocks(window, key, sent).await?,
        // Which orders it marks has to be known before they are locked.
        Register::Exchange if sent.action == "withdraw" => {
            let record = window.read.record(key).await?.filter(|record| record.version == sent.version);
            let body = record.as_deref().and_then(register::replacement::withdrawn);
            sent.body = body.and_then(|body| serde_json::from_str(body).ok());
        }
        // Likewise what it claims.
        Register::EntryRefund if matches!(sent.action.as_str(), "withdraw" | "refuse") => {
            let record = window.read.record(key).await?.filter(|record| record.version == sent.version);
            let body = record.as_deref().and_then(register::entry_refund::said);
            sent.body = body.and_then(|body| serde_json::from_str(&body).ok());
        }
        Register::Consolidation => consolidations::with_found(window, caller, key, sent).await?,
        Register::CentralisedTax => centralised_tax::completed(window, key, sent).await?,
        Register::TransitTransfer => transit_transfers::completed(window, caller, key, sent).await?,
        Register::MarketDeclaration if register::market::WITH_SLIPS.contains(&sent.action.as_str()) => {
            let record = window.read.record(key).await?.filter(|record| record.version == sent.version);
            let slips = record.as_deref().and_then(register::market::slips_of).unwrap_or_default();
            if let Value::Object(body) = sent.body.get_or_insert_with(|| json!({})) {
                body.insert("slips".to_owned(), json!(slips));
            }
        }
        Register::ResponsiblePersons if sent.action == "record" => responsible::with_keys(window, sent)?,
        _ => {}
    }
    Ok(())
}

/// The digest of a document that is attached, by which whoever has it elsewhere knows it again. Content that cannot be read is told
/// by the register, with all else that is wrong.
fn with_digest(sent: &mut Body) -> Result<(), Problem> {
    let Some(body) = sent.body.as_mut().and_then(Value::as_object_mut) else { return Ok(()) };
    let content = body.get("content").and_then(Value::as_str).unwrap_or_default();
    let Ok(bytes) = STANDARD.decode(content) else { return Ok(()) };
    let reckoned = evidence::hexadecimal(digest(&SHA256, &bytes).as_ref());
    match body.get("sha256").and_then(Value::as_str) {
        Some(said) if said != reckoned => {
            Err(invalid(&[Fault::new("sha256", said, says::WINDOW_WRITES_IT.said())]))
        }
        _ => {
            body.insert("sha256".to_owned(), reckoned.into());
            Ok(())
        }
    }
}

/// Does what comes after a change; the record as it is then.
pub(super) async fn followed(window: &Window, mut record: Arc<Record>) -> Arc<Record> {
    match record.key.register {
        // Where this fails, the asked one answers.
        Register::Request if record.state == "asked" => match agency_queries::settle(window, &record).await {
            Ok(answered) => record = answered,
            Err(_) => tracing::warn!(id = %record.key.id, "a query was not answered at once"),
        },
        // Where this fails, the next sign-in of the applicant does it.
        Register::Filing => {
            if let Err(error) = registering::admit(window, &record).await {
                tracing::warn!(%error, "an applicant was not admitted yet");
            }
        }
        // Where this fails, the next day assesses all.
        Register::CreditObservation => {
            let subject = register::credit::observation::Body::of(&record).observed.subject;
            if let Err(error) = crate::credit::renew(window, &Text::from(subject)).await {
                tracing::warn!(%error, "a party was not assessed yet");
            }
        }
        // Where this fails, the next day looks at all.
        Register::CreditList | Register::ResponsiblePersons => {
            if let Err(error) = responsible::followed(window, &record).await {
                tracing::warn!(%error, id = %record.key.id, "what a list reaches was not looked at yet");
            }
            // Where this fails, the next minute tells it.
            if record.key.register == Register::CreditList
                && let Err(error) = lists_told::followed(window, &record).await
            {
                tracing::warn!(%error, id = %record.key.id, "platforms were not told of a list yet");
            }
            // As it is once the window has looked.
            if let Ok(Some(now)) = window.read.record(&record.key).await {
                record = now;
            }
        }
        Register::ServiceRequest => {
            if let Err(error) = crate::demands::settle(window, &record).await {
                tracing::warn!(%error, "offers to a demand were not told yet");
            }
        }
        // Where this fails, the worker carries it out.
        Register::Recall if record.state == "opened" => match recalls::carry_out(window, &record.key).await {
            Ok(carried_out) => record = carried_out,
            Err(problem) => tracing::warn!(?problem, id = %record.key.id, "a recall was not carried out yet"),
        },
        Register::Recall if record.state == "closed" => {
            let lifted = register::trace::recall::Body::of(&record).closing;
            if lifted.is_some_and(|closing| closing.result == "lifted")
                && let Err(problem) = recalls::let_go(window, &record).await
            {
                tracing::warn!(?problem, id = %record.key.id, "parcels of a recall are held yet: the worker lifts them");
            }
        }
        _ => {}
    }
    record
}
