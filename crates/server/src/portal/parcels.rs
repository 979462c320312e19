//! The page on which a table of parcels is given: where the interface takes one, and answered alike.

use super::form::Form;
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as};
use crate::api::error::Problem;
use crate::auth::Caller;
use crate::{Window, parcels};
use ::portal::pages::parcels::{View, page};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;

/// `GET /desk/parcels`.
pub async fn ask(Seen(frame): Seen) -> Response {
    shown(&frame, &page(&frame, &View::default()))
}

/// `POST /desk/parcels`: a file, or what was pasted.
pub async fn take(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let text = form.get("text").replace("\r\n", "\n");
    let file = form.files.iter().find(|file| file.field == "file").map(|file| file.bytes.as_ref());
    let table = file.unwrap_or(text.as_bytes());
    let mut view = View { text: text.clone(), ..View::default() };
    if table.iter().all(u8::is_ascii_whitespace) {
        view.nothing = true;
        return Ok(shown_as(&frame, &page(&frame, &view), StatusCode::BAD_REQUEST));
    }
    match parcels::of_table(table) {
        Ok(rows) => {
            view.given = Some(read(parcels::given(&window, &caller, rows).await?)?);
            view.text.clear();
            Ok(shown(&frame, &page(&frame, &view)))
        }
        Err(problem) if problem.told_faults().is_empty() && problem.kind() == "bad-request" => {
            view.unread = problem.words_in(is_chinese(&frame));
            Ok(shown_as(&frame, &page(&frame, &view), StatusCode::BAD_REQUEST))
        }
        Err(problem) if problem.told_faults().is_empty() => Err(problem),
        Err(problem) => {
            view.faults = read(Value::Array(problem.told_faults().to_vec()))?;
            Ok(shown_as(&frame, &page(&frame, &view), StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}
