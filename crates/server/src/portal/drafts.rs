//! Drafts of the rulebook as pages, by the handlers of the interface.

use super::desk::get;
use super::form::Form;
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as, to};
use crate::Window;
use crate::api::error::Problem;
use crate::api::rulebook_drafts::{self as api, Action, Body};
use crate::api::{Query, operation};
use crate::auth::Caller;
use ::portal::Frame;
use ::portal::answers::drafts::{Draft, Drafts, Feedback, TableFault, TableText};
use ::portal::answers::operation::Rulebooks;
use ::portal::answers::risk_model::RiskModel;
use ::portal::pages::drafts as pages;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use clearance::Rulebook;
use serde_json::Value;
use std::sync::Arc;

/// `GET /desk/rulebooks/drafts`.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Seen(frame): Seen,
    asked: Query,
) -> Result<Response, Problem> {
    let all: Drafts = read(api::list(State(window.clone()), asked).await?.0)?;
    let books: Rulebooks = read(operation::rulebooks(State(window.clone())).await?.0)?;
    let told: Feedback = read(crate::risk_cases::feedback(State(window.clone()), caller.clone()).await?.0)?;
    let model: RiskModel = read(crate::api::risk_model::show(State(window), caller).await?.0)?;
    Ok(shown(&frame, &pages::list(&frame, &all, &books, &told, &model)))
}

async fn draft_of(window: &Arc<Window>, caller: &Caller, id: &str) -> Result<Draft, Problem> {
    read(api::show(State(window.clone()), caller.clone(), Path(id.to_owned())).await?.0)
}

async fn table_of(window: &Arc<Window>, id: &str, table: &str) -> Result<TableText, Problem> {
    let id = if id.is_empty() { "new" } else { id };
    read(api::table(State(window.clone()), Path((id.to_owned(), table.to_owned()))).await?.0)
}

/// The tables there are.
fn tables() -> Vec<String> {
    Rulebook::built_in_tables().into_iter().map(|(name, _)| name).collect()
}

/// `GET /desk/rulebooks/drafts/new?draft=&table=`: a table to be edited, of a new draft or of one that is there.
pub async fn edit(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let mut view = pages::Editing { tables: tables(), ..pages::Editing::default() };
    let (id, table) = (get(&asked, "draft"), get(&asked, "table"));
    if !id.is_empty() {
        let draft = draft_of(&window, &caller, id).await?;
        (view.draft, view.version, view.title) = (draft.id, draft.version, draft.title);
    }
    if !table.is_empty() {
        view.table = table_of(&window, id, table).await?;
    }
    Ok(shown(&frame, &pages::edit(&frame, &view)))
}

/// What a form makes of a draft: the tables that it has, with the one that was edited.
async fn body(window: &Arc<Window>, draft: Option<&Draft>, form: &Form) -> Result<Body, Problem> {
    let mut body = Body { title: form.get("title").to_owned(), ..Body::default() };
    if let Ok(number) = form.get("backTo").parse() {
        body.back_to = Some(number);
        return Ok(body);
    }
    if let Some(draft) = draft {
        for name in &draft.tables {
            body.tables.insert(name.clone(), table_of(window, &draft.id, name).await?.text);
        }
    }
    let file = form.files.iter().find(|file| file.field == "file");
    let text = match file {
        Some(file) => String::from_utf8(file.bytes.to_vec())
            .map_err(|_| Problem::bad_request("a table is text in UTF-8"))?,
        None => form.get("text").to_owned(),
    };
    if !text.trim().is_empty() {
        // The first line of a text area's content is dropped by browsers, and a mark of the encoding is none of a table.
        let text = text.trim_start_matches(['\u{feff}', '\n', '\r']);
        body.tables.insert(form.get("table").to_owned(), text.to_owned());
    }
    Ok(body)
}

/// The form once more, with what is wrong.
fn again(
    frame: &Frame,
    form: &Form,
    draft: Option<&Draft>,
    problem: &Problem,
) -> Result<pages::Editing, Problem> {
    let faults = problem.told_faults().to_vec();
    let faults: Vec<TableFault> = read(Value::Array(faults))?;
    let mut view = pages::Editing {
        title: form.get("title").to_owned(),
        tables: tables(),
        table: TableText {
            table: form.get("table").to_owned(),
            text: form.get("text").replace("\r\n", "\n"),
        },
        refused: if faults.is_empty() { problem.words_in(is_chinese(frame)) } else { String::new() },
        faults,
        ..pages::Editing::default()
    };
    if let Some(draft) = draft {
        (view.draft, view.version) = (draft.id.clone(), draft.version);
    }
    Ok(view)
}

/// `POST /desk/rulebooks/drafts`.
pub async fn make(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let body = body(&window, None, &form).await?;
    match api::make(State(window), caller, Ok(Json(body))).await {
        Ok(made) => Ok(to(&pages::draft_address(&read::<Draft>(made.0)?.id))),
        Err(problem) if problem.status() == 422 => {
            let view = again(&frame, &form, None, &problem)?;
            Ok(shown_as(&frame, &pages::edit(&frame, &view), StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /desk/rulebooks/drafts/{id}`.
pub async fn one(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let draft = draft_of(&window, &caller, &id).await?;
    Ok(shown(&frame, &pages::one(&frame, &draft, "")))
}

/// `POST /desk/rulebooks/drafts/{id}`: changed, tried, published, withdrawn.
pub async fn act(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let draft = draft_of(&window, &caller, &id).await?;
    let changes = form.get("action") == "change";
    let action = Action {
        action: form.get("action").to_owned(),
        version: form.get("version").parse().unwrap_or(0),
        note: form.get("note").to_owned(),
        draft: if changes { Some(body(&window, Some(&draft), &form).await?) } else { None },
    };
    match api::act(State(window.clone()), caller.clone(), Path(id.clone()), Ok(Json(action))).await {
        Ok(_) => Ok(to(&pages::draft_address(&id))),
        Err(problem) if problem.status() == 422 && changes => {
            let view = again(&frame, &form, Some(&draft), &problem)?;
            Ok(shown_as(&frame, &pages::edit(&frame, &view), StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(problem) if matches!(problem.status(), 409 | 422) || problem.kind() == "not-yours" => {
            let chinese = is_chinese(&frame);
            let told = [problem.words_in(chinese)].into_iter().chain(problem.faults_in(chinese));
            let told: Vec<String> = told.filter(|line| !line.is_empty()).collect();
            let status = problem.status_code();
            // As it is now.
            let draft = draft_of(&window, &caller, &id).await?;
            Ok(shown_as(&frame, &pages::one(&frame, &draft, &told.join("; ")), status))
        }
        Err(problem) => Err(problem),
    }
}
