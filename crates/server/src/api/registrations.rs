//! `POST /v1/registrations`: somebody without a token or a login registers, to file a party online.

use super::error::Problem;
use super::operations::check_intake;
use super::people::{Address, name, user_view};
use super::sessions::body;
use crate::{Window, password, registering};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use clearance::identity::is_enterprise_code;
use clearance::party::Role;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// The body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    pub(crate) code: String,
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) password: String,
}

/// Registers him. The answer is the same whether the code is filed already or not: that is for the agency to find out.
pub async fn register(
    State(window): State<Arc<Window>>,
    Address(address): Address,
    sent: Result<Json<Registration>, JsonRejection>,
) -> Result<Response, Problem> {
    check_intake(&window)?;
    let sent = body(sent)?;
    let code = sent.code.trim();
    if !is_enterprise_code(code) {
        return Err(Problem::bad_request(
            "`code` has ten characters of a customs code, or the eighteen of a unified social credit code with its check character",
        )
        .in_chinese("须为十位海关注册编码，或校验码正确的十八位统一社会信用代码"));
    }
    let appointed = [Role::Officer, Role::ZoneOperator, Role::Consumer];
    let role = Role::from_word(&sent.role).filter(|role| !appointed.contains(role)).ok_or_else(|| {
        let words: Vec<&str> =
            Role::ALL.iter().filter(|role| !appointed.contains(role)).map(|role| role.word()).collect();
        Problem::bad_request(&format!("`role` is one of {}", words.join(", ")))
            .in_chinese("请从列表中选择角色")
    })?;
    let name = name(&sent.name)?;
    password::good_enough(&sent.password, code, &name)
        .map_err(|weak| Problem::bad_request(&weak.en).in_chinese(&weak.zh))?;
    window.gate.pass_registration(&address)?;
    let user = registering::register(&window, code, role, name, &sent.password).await?;
    let answer = json!({
        "login": user.login.as_str(), "application": user.party.as_str(), "user": user_view(&user),
    });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}
