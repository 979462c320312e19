//! Tax bills of the caller's trades, the guarantees that he gives, and what he owes of withheld tax. What a bill says is what
//! its trade says; a firm that only paid or carried is told of none.

use super::error::Problem;
use super::{BILLS, Query, limit, lines, parameter, readings, scope, view};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::State;
use ceb::Decimal;
use clearance::Text;
use clearance::consignment::{Consignment, State as Standing};
use clearance::event::TimerKind;
use ledger::{Account, Balance};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, Scope, Search, StoreError};

/// What a list of bills may be narrowed to, beside all: what is owed, and what of it is late.
pub const NARROWED: [&str; 2] = ["owed", "overdue"];

/// `GET /v1/bills?which=&after=&limit=`: bills of released trades, the newest trade first. A page looks at so many trades as
/// `limit` says; of those narrowed away nothing is shown, so a page may have fewer lines, or none, and yet a cursor.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let which = parameter(&query, "which");
    if which.as_ref().is_some_and(|which| !NARROWED.contains(&which.as_str())) {
        return Err(Problem::bad_request(&format!("which is one of {}", NARROWED.join(", "))));
    }
    let after = match parameter(&query, "after") {
        None => None,
        Some(text) => {
            Some(text.parse().map_err(|_| Problem::bad_request("after is a cursor of an earlier answer"))?)
        }
    };
    let scope = scope(&window, &caller);
    let states = [Standing::Released, Standing::Closed].map(Standing::number).to_vec();
    let search = Search { states, number: None };
    let (found, next) = window.read.search(&scope, &search, after, limit(&query, BILLS)?).await?;
    let (mut bills, mut owners) = (Vec::new(), Vec::new());
    for summary in &found {
        let Some(consignment) = window.read.consignment(&summary.order).await? else { continue };
        if let Some(bill) = bill(&consignment, &scope, which.as_deref()) {
            owners.push(consignment.parties());
            let mut line = lines::summary(summary, caller.is_office());
            line["bill"] = bill;
            bills.push(line);
        }
    }
    if caller.is_office() {
        readings::listed(&window, &caller, "bills", &query, &owners).await?;
    }
    let mut told = json!({"bills": bills, "next": next.map(|next| next.to_string())});
    if let Scope::Party(codes) = &scope {
        told["guarantees"] = guarantees(&window, codes).await?.into();
        told["payable"] = payable(&window, codes).await?.into();
    }
    Ok(Json(told))
}

/// The bill of a trade with the days that run, if the caller is told of it and asks for such.
fn bill(consignment: &Consignment, scope: &Scope, which: Option<&str>) -> Option<Value> {
    if let Scope::Party(codes) = scope
        && !view::is_principal(consignment, codes)
    {
        return None;
    }
    let bill = consignment.attempt.as_ref()?.bill.as_ref()?;
    let is_asked = match which {
        Some("owed") => bill.owed > 0,
        Some(_) => bill.overdue,
        None => true,
    };
    let mut shown = is_asked.then(|| view::bill(bill))?;
    for (name, kind) in [("settledBy", TimerKind::SettlementDue), ("payBy", TimerKind::PaymentOverdue)] {
        let due = consignment.timers.iter().find(|(timer, _, _)| *timer == kind).map(|(_, _, due)| *due);
        shown[name] = due.map(view::time).into();
    }
    Some(shown)
}

fn yuan(fen: i64) -> String {
    Decimal::from_fen(fen).to_string()
}

/// Guarantees that a party gives: as filed, and what of each is used for good, reserved, and left.
async fn guarantees(window: &Window, codes: &[Text]) -> Result<Vec<Value>, StoreError> {
    let mut found = Vec::new();
    for code in codes {
        let used: Option<Balance> = window.read.balance(&Account::guarantee(code.clone())).await?;
        let filing = window.filing(code);
        let limit = filing.as_ref().map_or(0, |filing| filing.guarantee_limit);
        // Filed under two codes, it is shown under the other only where that was used.
        let is_first = filing.as_ref().is_some_and(|filing| filing.code == *code && limit > 0);
        if used.is_none() && !is_first {
            continue;
        }
        let used = used.unwrap_or_default();
        found.push(json!({
            "guarantor": code.as_str(), "limit": yuan(limit), "used": yuan(used.posted), "held": yuan(used.held),
            "left": yuan(limit.saturating_sub(used.used())),
        }));
    }
    Ok(found)
}

/// What a party owes of the tax that it withholds.
async fn payable(window: &Window, codes: &[Text]) -> Result<String, StoreError> {
    let mut owed = 0i64;
    for code in codes {
        let balance = window.read.balance(&Account::payable_tax(code.clone())).await?;
        owed = owed.saturating_add(balance.unwrap_or_default().posted);
    }
    Ok(yuan(owed))
}
