//! The desk of officers: the queue, one trade with what is sealed to others, and the decision. A trade is shown to parties by
//! the same page, without what the interface does not tell them.

use super::desk::get;
use super::form::Form;
use super::guard::Seen;
use super::{exports, read, shown, shown_as, to, workload};
use crate::Window;
use crate::api::actions::{Body, ItemBody, take};
use crate::api::error::Problem;
use crate::api::{self, Query, bulk_actions};
use crate::auth::Caller;
use crate::password;
use crate::rights::Right;
use crate::signing_in::Refused;
use ::portal::Frame;
use ::portal::answers::{Consignment, Decided, Line, Open, Results};
use ::portal::pages::exports::export_address;
use ::portal::pages::{address, consignment, decide, decisions, inspect, many, queue, trade_address};
use ::portal::parts::{Sorting, Tone};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use clearance::keys::OrderKey;
use std::sync::Arc;

/// `GET /desk/queue?tab=&sort=&after=`.
pub async fn queue(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let known = queue::TABS.iter().find(|(tab, _)| *tab == get(&asked, "tab")).unwrap_or(&queue::TABS[0]);
    let states: Vec<u16> = known.1.split(',').filter_map(|state| state.parse().ok()).collect();
    let after = get(&asked, "after");
    if known.0 == queue::EXPORTS {
        return exports::queue(&window, &frame, &caller, (&asked, states, after)).await;
    }
    let to_confirm = known.0 == queue::CONFIRM;
    let workload = if after.is_empty() && !to_confirm {
        Some(workload::view(&window, &caller, states.clone()).await?)
    } else {
        None
    };
    let mut sort = Sorting::read(get(&asked, "sort"), &queue::SORTED).text();
    let asked_for = (states, to_confirm);
    let page = (after, queue::PAGE);
    let found = api::queue::queue(&window, &caller, asked_for, &sort, page, &asked).await?;
    if found.too_many {
        // No column is marked: they stand in no order of one.
        sort = String::new();
    }
    let lines: Vec<Line> = read(found.lines.into())?;
    let live = Some(address("/desk/live", &[("state", known.1)]));
    let tells_returns =
        after.is_empty() && known.0 == queue::TABS[0].0 && caller.rights.has(Right::ActionsDecide);
    let (returns, more_returns) = match tells_returns {
        true => {
            let (due, more) = api::returns_due::waiting(&window, &caller, &asked).await?;
            (read(due.into())?, more)
        }
        false => (Vec::new(), 0),
    };
    // What is confirmed is looked at, one by one.
    let decides = caller.rights.has(Right::ActionsDecide) && !to_confirm;
    let inspects = caller.rights.has(Right::ActionsInspect);
    let view = queue::View {
        lines,
        tab: known.0.to_owned(),
        sort,
        after: after.to_owned(),
        next: found.next,
        all: found.all,
        more: found.more,
        too_many: found.too_many,
        live,
        decides,
        inspects,
        finds_persons: caller.rights.has(Right::PersonsRead),
        workload,
        returns,
        more_returns,
        ..queue::View::default()
    };
    Ok(queued(&frame, &view, get(&asked, "said")))
}

/// A page of a queue, with what its reader is told first.
pub(super) fn queued(frame: &Frame, view: &queue::View, said: &str) -> Response {
    let mut page = queue::page(frame, view);
    page.said = match said {
        "nothing" => Some((Tone::Still, frame.texts.text("nothing-to-take"))),
        "choose" => Some((Tone::Warn, frame.texts.text("choose-first"))),
        _ => None,
    };
    shown(frame, &page)
}

/// `GET /desk/decisions?officer=&from=&to=&after=`.
pub async fn decisions(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let text = |name: &str| get(&asked, name).to_owned();
    let of_others = caller.rights.has(Right::UsersRead);
    let mut view = decisions::View {
        officer: text("officer"),
        from: text("from"),
        to: text("to"),
        after: text("after"),
        of_others,
        ..decisions::View::default()
    };
    match api::decisions::told(&window, &caller, &asked).await {
        Ok(told) => view.told = read(told)?,
        Err(problem) if problem.kind() == "bad-request" => view.wrong = true,
        Err(problem) => return Err(problem),
    }
    Ok(shown(&frame, &decisions::page(&frame, &view)))
}

/// `GET /desk/decisions/file`: the page as a file.
pub async fn decisions_file(
    State(window): State<Arc<Window>>,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    api::decisions::as_csv(&api::decisions::told(&window, &caller, &asked).await?)
}

/// What was chosen in a queue.
fn picked(form: &Form) -> Vec<many::Picked> {
    form.pairs().filter_map(|(name, version)| many::Picked::of_field(name, version)).collect()
}

/// What may be done with many.
fn actions() -> Vec<String> {
    bulk_actions::ACTIONS.map(str::to_owned).to_vec()
}

/// `POST /desk/queue`: takes the next trade, or shows what was chosen before it is decided.
pub async fn choose(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let known = queue::TABS.iter().find(|(tab, _)| *tab == form.get("tab")).unwrap_or(&queue::TABS[0]);
    let queue_said = |said: &str| {
        let sort = form.get("sort");
        to(&address("/desk/queue", &[("tab", known.0), ("sort", sort), ("said", said)]))
    };
    if form.get("do") != "many" {
        let states = known.1.split(',').filter_map(|state| state.parse().ok()).collect();
        let taken = if known.0 == queue::EXPORTS {
            api::assignments::next_export(&window, &caller, states, form.get("sort")).await?
        } else {
            api::assignments::next(&window, &caller, states, form.get("sort")).await?
        };
        let Some(taken) = taken else { return Ok(queue_said("nothing")) };
        let there = match api::assignments::export_of(&taken.order) {
            Some(key) => export_address(&key.merchant, &key.order_no),
            None => trade_address(&taken.order.platform, &taken.order.order_no),
        };
        let sort = Sorting::read(form.get("sort"), &queue::SORTED).text();
        return Ok(to(&address(&there, &[("sort", &sort)])));
    }
    let chosen = picked(&form);
    if chosen.is_empty() {
        return Ok(queue_said("choose"));
    }
    frame.place = address("/desk/queue", &[("tab", known.0)]);
    let view = many::View {
        id: new_id()?,
        tab: known.0.to_owned(),
        chosen,
        actions: actions(),
        ..many::View::default()
    };
    Ok(shown(&frame, &many::page(&frame, &view)))
}

/// `POST /desk/queue/decisions`: the decision on each, and what came of it.
pub async fn decide_many(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let mut view = many::View {
        id: form.get("id").to_owned(),
        tab: form.get("tab").to_owned(),
        chosen: picked(&form),
        actions: actions(),
        action: form.get("action").to_owned(),
        text: form.get("text").to_owned(),
        ..many::View::default()
    };
    frame.place = address("/desk/queue", &[("tab", &view.tab)]);
    let items = view.chosen.iter().map(|one| {
        let code = one.code.clone();
        let (platform, merchant) = if one.export { (String::new(), code) } else { (code, String::new()) };
        // A version that is no number is none that there is.
        let version = one.version.parse().unwrap_or(0);
        bulk_actions::Item { platform, merchant, order_no: one.order_no.clone(), version }
    });
    let body = bulk_actions::Body {
        id: view.id.clone(),
        action: view.action.clone(),
        text: view.text.clone(),
        items: items.collect(),
    };
    let status = match bulk_actions::take(&window, &caller, &body).await {
        Ok(answer) => {
            view.results = Some(read::<Results>(answer)?.results);
            StatusCode::OK
        }
        Err(problem) if problem.kind() == "invalid" => {
            let chinese = is_chinese(&frame);
            view.fault = problem.faults_in(chinese).join(" · ");
            let words = problem.faults_at(chinese, |path| (path == "text").then(|| path.to_owned()));
            view.words_fault = words.into_values().collect();
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(problem) => return Err(problem),
    };
    Ok(shown_as(&frame, &many::page(&frame, &view), status))
}

/// `POST /desk/consignments/{platform}/{orderNo}/assignment`: taken, or given up.
pub async fn assign(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let there = trade_address(&platform, &order_no);
    taken_or_given_up(&window, &caller, OrderKey::new(&platform, &order_no), &form).await?;
    Ok(to(&there))
}

/// What a form says of who works on a trade.
pub(super) async fn taken_or_given_up(
    window: &Window,
    caller: &Caller,
    order: OrderKey,
    form: &Form,
) -> Result<(), Problem> {
    if form.get("do") == "give-up" {
        api::assignments::given_up(window, caller, &order).await?;
    } else {
        api::assignments::one(window, caller, order).await?;
    }
    Ok(())
}

/// One trade as the caller may see it.
pub(super) async fn seen(window: &Window, caller: &Caller, order: &OrderKey) -> Result<Consignment, Problem> {
    let scope = api::scope(window, caller);
    read(api::consignments::shown(window, caller, &scope, order).await?)
}

/// Whether the page is in Chinese, which the interface says beside English.
pub(super) fn is_chinese(frame: &Frame) -> bool {
    frame.texts.language() == ::portal::Language::Chinese
}

/// A name for a decision that a form is about to send.
pub(super) fn new_id() -> Result<String, Problem> {
    Ok(password::random(4).map_err(Refused::from)?)
}

/// `GET /desk/consignments/{platform}/{orderNo}`.
pub async fn trade(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
    asked: Query,
) -> Result<Response, Problem> {
    let order = OrderKey::new(&platform, &order_no);
    let found = seen(&window, &caller, &order).await?;
    let inspection = inspect::View { id: new_id()?, ..inspect::View::default() };
    let view = decide::View { id: new_id()?, inspection, ..decide::View::default() };
    let decision = decision(&caller, view);
    let mut page = consignment::page(&frame, &found, decision.as_ref());
    page.live = Some(address(
        "/desk/live",
        &[("platform", &platform), ("order", &order_no), ("seen", &found.version.to_string())],
    ));
    if get(&asked, "said") == "done" {
        page.then = onward(&caller, queue::TABS[0].0).map(|tab| decide::next(&frame, tab));
    }
    page.said = match get(&asked, "said") {
        "done" => Some((Tone::Good, frame.texts.text("decision-done"))),
        "sent" => Some((Tone::Good, frame.texts.text("sent-done"))),
        _ => None,
    };
    Ok(shown(&frame, &page))
}

/// The tab from which the next trade is taken once one is decided, for whom it concerns: of all that waits, or of what is looked at
/// where he does nothing else.
pub(super) fn onward(caller: &Caller, tab: &'static str) -> Option<&'static str> {
    if caller.rights.has(Right::ActionsDecide) {
        return Some(tab);
    }
    let looks = if tab == queue::EXPORTS { tab } else { queue::INSPECTION };
    caller.rights.has(Right::ActionsInspect).then_some(looks)
}

/// The page of what is `there` as the officer had it, in the order of the queue from which he took it; with what he is told, if that is
/// something.
pub(super) fn as_taken(there: &str, asked: &Query, said: &str) -> String {
    let sort = Sorting::read(get(asked, "sort"), &queue::SORTED).text();
    address(there, &[("said", said), ("sort", &sort)])
}

/// The form, for those who decide.
fn decision(caller: &Caller, view: decide::View) -> Option<decide::View> {
    caller.rights.has_any(&[Right::ActionsInspect, Right::ActionsDecide]).then_some(view)
}

/// The trade again, with an inspection that was not recorded.
pub(super) async fn again(
    window: &Window,
    frame: &Frame,
    caller: &Caller,
    order: &OrderKey,
    inspection: inspect::View,
    status: StatusCode,
) -> Result<Response, Problem> {
    let found = seen(window, caller, order).await?;
    let view = decide::View { id: new_id()?, inspection, ..decide::View::default() };
    let mut page = consignment::page(frame, &found, decision(caller, view).as_ref());
    // What is wrong stands at the form, which on a telephone is far below.
    page.said = Some((Tone::Bad, frame.texts.text("inspect-see-below")));
    Ok(shown_as(frame, &page, status))
}

/// The action that a choice of the form names, among those that can be named at all.
pub(super) fn chosen(choice: &str) -> Option<Open> {
    let (word, number) = match choice.split_once('/') {
        Some((word, number)) => (word, Some(number.parse().ok()?)),
        None => (choice, None),
    };
    let open = |action: &str| Open { action: action.to_owned(), number, ..Open::default() };
    Some(match word {
        "" => return None,
        "inspection-result-passed" => Open { passed: Some(true), ..open("inspection-result") },
        "inspection-result-failed" => Open { passed: Some(false), ..open("inspection-result") },
        other => match (other.strip_prefix("detain-"), other.strip_prefix("hold-return-")) {
            (Some(status), _) => Open { status: Some(status.parse().ok()?), ..open("detain") },
            (_, Some(status)) => Open { status: Some(status.parse().ok()?), ..open("hold-return") },
            _ => open(other),
        },
    })
}

/// To which item each line of a return comes, as a form says it: number of the line, =, item.
fn items(text: &str) -> Result<Vec<ItemBody>, Problem> {
    let wrong = || {
        Problem::bad_request("items are line numbers with the item of each, as 1=12 2=15")
            .in_chinese("请按“序号=账册料号”填写，例如 1=12 2=15")
    };
    let pairs = text.split([',', '，', ' ', '\n', '\r', '、']).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (line, item) = pair.split_once(['=', '＝']).ok_or_else(wrong)?;
            let gnum = line.trim().parse().map_err(|_| wrong())?;
            Ok(ItemBody { gnum, item: item.trim().to_owned() })
        })
        .collect()
}

/// `POST /desk/consignments/{platform}/{orderNo}/actions`: recorded, and on to the trade; or the trade again with why not.
pub async fn decide(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path((platform, order_no)): Path<(String, String)>,
    asked: Query,
    form: Form,
) -> Result<Response, Problem> {
    let order = OrderKey::new(&platform, &order_no);
    let there = trade_address(&platform, &order_no);
    let choice = form.get("action");
    let mut view = decide::View {
        id: new_id()?,
        chosen: choice.to_owned(),
        text: form.get("text").to_owned(),
        notice: form.get("notice").to_owned(),
        book: form.get("book").to_owned(),
        items: form.get("items").to_owned(),
        inspection: inspect::View { id: new_id()?, ..inspect::View::default() },
        ..decide::View::default()
    };
    let status = match (chosen(choice), items(form.get("items"))) {
        (None, _) => {
            view.fault = frame.texts.text("choose-decision");
            StatusCode::BAD_REQUEST
        }
        (Some(open), _) if open.action == "summarise-bill" && view.notice.trim().is_empty() => {
            view.notice_fault = frame.texts.text("needs-notice");
            StatusCode::BAD_REQUEST
        }
        (Some(_), Err(problem)) => {
            view.items_fault = problem.words_in(is_chinese(&frame));
            StatusCode::BAD_REQUEST
        }
        (Some(open), Ok(items)) => {
            let version = form.get("version").parse();
            let body = Body {
                id: form.get("id").to_owned(),
                version: version.map_err(|_| Problem::bad_request("version is a number of the page"))?,
                action: open.action,
                text: view.text.clone(),
                passed: open.passed,
                status: open.status,
                number: open.number,
                notice: Some(view.notice.trim().to_owned()),
                book: Some(view.book.trim().to_owned()),
                items,
            };
            match take(&window, &caller, order.clone(), &body).await {
                Ok((status, _)) if status.is_success() => return Ok(to(&as_taken(&there, &asked, "done"))),
                Ok((status, answer)) => {
                    view.refused = Some(read::<Decided>(answer)?);
                    status
                }
                Err(problem) if problem.kind() == "invalid" => {
                    let named =
                        |path: &str| Some(String::from(if path == "notice" { "notice" } else { "text" }));
                    let mut told = problem.faults_at(is_chinese(&frame), named);
                    view.notice_fault = told.remove("notice").unwrap_or_default();
                    view.words_fault = told.remove("text").unwrap_or_default();
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                Err(problem) => return Err(problem),
            }
        }
    };
    frame.place = as_taken(&there, &asked, "");
    let found = seen(&window, &caller, &order).await?;
    Ok(shown_as(&frame, &consignment::page(&frame, &found, decision(&caller, view).as_ref()), status))
}
