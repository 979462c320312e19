//! Tax bills of the caller's trades, the guarantees that he gives, and what he owes of withheld tax. What a bill says is what
//! its trade says; a firm that only paid or carried is told of none.

use super::error::Problem;
use super::view::yuan;
use super::{BILLS, Query, limit, lines, parameter, readings, scope, view};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::State;
use ceb::Day;
use clearance::Text;
use clearance::consignment::{Bill, Consignment, State as Standing};
use clearance::event::TimerKind;
use ledger::{Account, Balance};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, Scope, Search, StoreError, Summary};

/// What a list of bills may be narrowed to, beside all: what is owed, what of it is late, and what is paid.
pub const NARROWED: [&str; 3] = ["owed", "overdue", "paid"];
/// Lines of trades that are looked at for a page of a narrowed list, at most; and those of them whose bill is read.
const LOOKED: usize = 2_000;
const READ: usize = 200;
/// Searches of one request at most: near the end of a page each asks for the few lines that are missing.
const SEARCHES: usize = 40;

/// To what a list is narrowed.
struct Narrowed {
    which: Option<Text>,
    /// Days of release, the first and the last.
    from: Option<Day>,
    to: Option<Day>,
}

impl Narrowed {
    fn asked(query: &Query) -> Result<Self, Problem> {
        let which = parameter(query, "which");
        if which.as_ref().is_some_and(|which| !NARROWED.contains(&which.as_str())) {
            return Err(Problem::bad_request(&format!("which is one of {}", NARROWED.join(", "))));
        }
        let day = |name: &str| {
            let Some(text) = parameter(query, name) else { return Ok(None) };
            // As people and as browsers write it.
            let digits: String = text.chars().filter(|sign| *sign != '-').collect();
            let wrong = || {
                Problem::bad_request(&format!("{name} is a day: yyyyMMdd or yyyy-MM-dd"))
                    .in_chinese("起止须为日期：yyyyMMdd 或 yyyy-MM-dd")
            };
            Day::parse(&digits).map(Some).ok_or_else(wrong)
        };
        let (from, to) = (day("from")?, day("to")?);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(Problem::bad_request("from is not after to").in_chinese("起日不能晚于止日"));
        }
        Ok(Self { which, from, to })
    }

    fn is_narrow(&self) -> bool {
        self.which.is_some() || self.from.is_some() || self.to.is_some()
    }

    /// Whether the bill of a trade may be asked for: what was released then has changed since.
    fn may_have(&self, line: &Summary) -> bool {
        self.from.is_none_or(|from| line.time.day() >= from)
    }

    fn has(&self, bill: &Bill) -> bool {
        let is_asked = match self.which.as_deref() {
            Some("owed") => bill.owed > 0 && !bill.paid,
            Some("paid") => bill.paid,
            Some(_) => bill.overdue,
            None => true,
        };
        let within = self.from.is_none_or(|from| bill.released_on >= from)
            && self.to.is_none_or(|to| bill.released_on <= to);
        is_asked && within
    }
}

/// `GET /v1/bills?which=&from=&to=&after=&limit=`: bills of released trades, the newest trade first; those of one state, or that
/// were released on some days. There is no index of bills: a page of a narrowed list looks at so many trades at most, so it may
/// have fewer lines than `limit`, or none, and yet a cursor.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let narrowed = Narrowed::asked(&query)?;
    let mut after = match parameter(&query, "after") {
        None => None,
        Some(text) => {
            Some(text.parse().map_err(|_| Problem::bad_request("after is a cursor of an earlier answer"))?)
        }
    };
    let scope = scope(&window, &caller);
    let states = [Standing::Released, Standing::Closed].map(Standing::number).to_vec();
    let search = Search { states, ..Search::default() };
    let limit = limit(&query, BILLS)?;
    let (mut bills, mut owners) = (Vec::new(), Vec::new());
    let (mut looked, mut seen, mut searches) = (0, 0, 0);
    let next = loop {
        // No more at once than may be shown: what is behind the last line is for the next page.
        let (found, next) = window.read.search(&scope, &search, after, limit - bills.len()).await?;
        (looked, searches) = (looked + found.len(), searches + 1);
        for summary in found.iter().filter(|summary| narrowed.may_have(summary)) {
            seen += 1;
            let Some(consignment) = window.read.consignment(&summary.order).await? else { continue };
            if let Some(bill) = bill(&consignment, &scope, &narrowed) {
                owners.push(consignment.parties());
                let mut line = lines::summary(summary, caller.is_office());
                line["bill"] = bill;
                bills.push(line);
            }
        }
        after = next;
        let full = bills.len() == limit || looked >= LOOKED || seen >= READ || searches >= SEARCHES;
        if full || !narrowed.is_narrow() || next.is_none() {
            break next;
        }
    };
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
fn bill(consignment: &Consignment, scope: &Scope, narrowed: &Narrowed) -> Option<Value> {
    if let Scope::Party(codes) = scope
        && !view::is_principal(consignment, codes)
    {
        return None;
    }
    let bill = consignment.attempt.as_ref()?.bill.as_ref()?;
    let mut shown = narrowed.has(bill).then(|| view::bill(bill))?;
    for (name, kind) in [("settledBy", TimerKind::SettlementDue), ("payBy", TimerKind::PaymentOverdue)] {
        let due = consignment.timers.iter().find(|(timer, _, _)| *timer == kind).map(|(_, _, due)| *due);
        shown[name] = due.map(view::time).into();
    }
    Some(shown)
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
