//! Demands and offers as pages: the lists of two registers beside each other, and what belongs to the page of a demand.

use super::desk::query;
use super::guard::Seen;
use super::{read, shown};
use crate::Window;
use crate::api::error::Problem;
use crate::api::registers as api;
use crate::auth::Caller;
use crate::rights::Right;
use ::portal::answers::registers::{Record, Records};
use ::portal::pages::demands::{DEMANDS, Demands, OFFERS, Offers, page};
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;

/// Records of each list.
const SHOWN: &str = "100";
/// Offers to one demand that are shown whole.
const OFFERED: usize = 50;

async fn list(
    window: &Arc<Window>,
    caller: &Caller,
    register: &str,
    asked: &[(&str, &str)],
) -> Result<Records, Problem> {
    let path = Path(register.to_owned());
    read(api::list(State(window.clone()), caller.clone(), path, query(asked)).await?.0)
}

/// `GET /desk/demands`.
pub async fn both(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
) -> Result<Response, Problem> {
    let waiting = list(&window, &caller, DEMANDS, &[("waiting", "true"), ("limit", SHOWN)]).await?;
    let mine = list(&window, &caller, DEMANDS, &[("yours", "true"), ("limit", SHOWN)]).await?;
    let offers = list(&window, &caller, OFFERS, &[("yours", "true"), ("limit", SHOWN)]).await?;
    let to_him =
        list(&window, &caller, OFFERS, &[("yours", "false"), ("state", "offered"), ("limit", SHOWN)]).await?;
    let more = [&waiting, &mine, &offers, &to_him].iter().any(|found| found.after.is_some());
    let demand_of = |record: &Record| register::offer::demand_of(&record.id).to_owned();
    let view = Demands {
        standing: to_him.records.iter().map(demand_of).collect(),
        waiting: waiting.records,
        mine: mine.records,
        offers: offers.records,
        more,
        applies: caller.rights.has(Right::RegistersApply),
    };
    Ok(shown(&frame, &page(&frame, &view)))
}

/// What belongs to a demand, as the reader may see it.
pub(super) async fn offers(
    window: &Arc<Window>,
    caller: &Caller,
    demand: &Record,
) -> Result<Offers, Problem> {
    let found = list(window, caller, OFFERS, &[("demand", &demand.id), ("limit", SHOWN)]).await?;
    let own = found.records.iter().find(|record| record.yours).map(|record| record.id.clone());
    let others: Vec<Record> = found.records.into_iter().filter(|record| !record.yours).collect();
    let more = found.after.is_some() || others.len() > OFFERED;
    let mut offers = Vec::new();
    for one in others.into_iter().take(OFFERED) {
        let path = Path((OFFERS.to_owned(), one.id));
        offers.push(read(api::show(State(window.clone()), caller.clone(), path, query(&[])).await?.0)?);
    }
    let may_offer = demand.state == "open" && !demand.overdue && caller.rights.has(Right::RegistersApply);
    Ok(Offers { offers, more, own, may_offer })
}
