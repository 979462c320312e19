//! The one place that turns errors into answers: RFC 9457 problem documents. What is inside stays in the log; what was denied
//! is written down by `denials`.

use crate::auth::{Denied, First, Known};
use crate::denials::{Denial, Kind};
use crate::intake::Closed;
use crate::password::Failed;
use crate::signed_requests::Unsigned;
use crate::signing_in::Refused;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use requests::Fault;
use std::collections::BTreeMap;
use store::StoreError;

/// A problem document.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    /// Seconds after which the same request makes sense again.
    retry_after: Option<u64>,
    /// More members of the document.
    members: serde_json::Map<String, serde_json::Value>,
    /// Whom it denies what, for whoever writes that down.
    denial: Option<Box<Denial>>,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: &str) -> Self {
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(5);
        let members = serde_json::Map::new();
        let denial = Kind::of(status).map(|kind| Box::new(Denial::of(kind)));
        Self { status, kind, title, detail: detail.to_owned(), retry_after, members, denial }
    }
    /// What it denies.
    pub(crate) fn denial(&self) -> Option<&Denial> {
        self.denial.as_deref()
    }
    /// The same answer, of what is there and another's: who asks is told nothing else, who writes it down is.
    pub(crate) fn of_another(mut self, of_another: bool) -> Self {
        if let Some(denial) = &mut self.denial {
            denial.of_another = of_another;
        }
        self
    }
    /// Whether what was asked for is there, and another's.
    pub(crate) fn is_of_another(&self) -> bool {
        self.denial.as_ref().is_some_and(|denial| denial.of_another)
    }
    /// A denial of this kind.
    pub(crate) fn denied_as(mut self, kind: Kind) -> Self {
        self.denial =
            Some(Box::new(Denial { kind, ..self.denial.map_or(Denial::of(kind), |denial| *denial) }));
        self
    }
    /// Denied to a caller who is known.
    pub(crate) fn denied_to(mut self, who: Known) -> Self {
        if let Some(denial) = &mut self.denial {
            denial.who = Some(who);
        }
        self
    }
    /// What is written down elsewhere: attempts to sign in.
    fn written_down(self) -> Self {
        Self { denial: None, ..self }
    }
    /// The last part of its type.
    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }
    /// Its status.
    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }
    /// The same for an answer that is made of it.
    pub(crate) fn status_code(&self) -> StatusCode {
        self.status
    }
    /// Everything that is wrong, in the language of a page; what to do where no fault is listed.
    pub(crate) fn told_in(&self, chinese: bool, between: &str) -> String {
        let faults = self.faults_in(chinese).join(between);
        if faults.is_empty() { self.words_in(chinese) } else { faults }
    }
    /// Seconds after which the same request makes sense again.
    pub(crate) fn seconds(&self) -> Option<u64> {
        self.retry_after
    }
    /// Its faults, in the language of a page where they say it in both.
    pub(crate) fn faults_in(&self, chinese: bool) -> Vec<String> {
        self.told_faults().iter().map(|fault| fault_in(fault, chinese)).collect()
    }
    /// The same by the fields of a form: `named` says in which of them what stands at a path was written; none = in no field, and it
    /// is left out.
    pub(crate) fn faults_at(
        &self,
        chinese: bool,
        named: impl Fn(&str) -> Option<String>,
    ) -> BTreeMap<String, String> {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for fault in self.told_faults() {
            let Some(name) = named(fault["path"].as_str().unwrap_or_default()) else { continue };
            let words = fault_in(fault, chinese);
            found.entry(name).and_modify(|told| *told = format!("{told} · {words}")).or_insert(words);
        }
        found
    }
    /// What exactly, and what to do.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
    /// The same in both languages of pages; empty in Chinese where nobody said it.
    pub(crate) fn words(&self) -> portal::answers::Both {
        let zh = self.members.get("zh").and_then(serde_json::Value::as_str).unwrap_or_default();
        portal::answers::Both { en: self.detail.clone(), zh: zh.to_owned() }
    }
    /// The same in the language of a page, where it is said in it.
    pub(crate) fn words_in(&self, chinese: bool) -> String {
        let words = self.words();
        if chinese && !words.zh.is_empty() { words.zh } else { words.en }
    }
    /// With the same in Chinese, which stands beside `detail`.
    #[must_use]
    pub fn in_chinese(self, words: &str) -> Self {
        self.with("zh", words.into())
    }
    /// One more member of the document, where it has it.
    pub(crate) fn member(&self, name: &str) -> Option<&serde_json::Value> {
        self.members.get(name)
    }
    /// Everything that is wrong with what was sent, where it says so.
    pub(crate) fn told_faults(&self) -> &[serde_json::Value] {
        self.members.get("faults").and_then(serde_json::Value::as_array).map_or(&[], Vec::as_slice)
    }
    /// 400.
    pub fn bad_request(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request cannot be understood", detail)
    }
    /// 403.
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "You may not do this",
            "use a token of the role, or a user of the role and duties, that may",
        )
        .in_chinese("请使用有相应角色和职责的用户，或相应角色的令牌")
    }
    /// 500: it is in the log.
    pub(crate) fn internal() -> Self {
        let detail = "it is in the operator's log";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something failed inside", detail)
    }
    /// 403 for a form that does not carry what the pages of its session give.
    pub fn foreign_form() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "foreign-form",
            "The form is out of date, or another site sent it",
            "open the page again and send the form from there; nothing was recorded",
        )
        .in_chinese("未作任何登记。请重新打开页面，再从该页面提交")
    }
    /// 403, for a reason that may be told.
    pub fn not_yours(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "not-yours", "Somebody else does this", detail)
    }
    /// 409.
    pub fn conflict(kind: &'static str, title: &'static str, detail: &str) -> Self {
        Self::new(StatusCode::CONFLICT, kind, title, detail)
    }
    /// 422.
    pub fn invalid(detail: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "What was sent is wrong", detail)
    }
    /// With one more member.
    pub fn with(mut self, name: &str, value: serde_json::Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }
    /// 403 for what would give more than the caller has.
    pub fn beyond(what: &str) -> Self {
        let detail = format!("you cannot give or change {what}");
        Self::new(StatusCode::FORBIDDEN, "beyond-own-rights", "This is more than you may give", &detail)
    }
    /// 403 for a current password that is wrong: the session is not at fault.
    pub fn wrong_password() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "wrong-password",
            "The current password or code is wrong",
            "give the password with which you signed in; each attempt counts",
        )
        .written_down()
    }
    /// 401 for a person who was not signed in, and why.
    pub fn sign_in_refused(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign-in-refused", "Nobody was signed in", detail).written_down()
    }
    /// 409 for what stands otherwise than the caller took it to stand.
    pub fn otherwise(detail: &str) -> Self {
        Self::conflict("conflict", "It is not as you took it to be", detail)
    }
    /// 429 with the time to wait.
    pub fn slower(seconds: u64) -> Self {
        let problem = Self::too_many(&format!("ask again after {seconds} seconds"))
            .in_chinese(&format!("请在{seconds}秒后再试"));
        Self { retry_after: Some(seconds), ..problem }
    }
    /// 413.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE.0, TOO_LARGE.1, TOO_LARGE.2)
            .in_chinese("未作任何登记。每份报文至多100份单证，其余请分成几份报文")
    }
    /// 404, also for what belongs to others.
    pub fn not_found(detail: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Nothing here", detail)
    }
    /// 410.
    pub fn erased(detail: &str) -> Self {
        Self::new(StatusCode::GONE, "erased", "It was erased", detail)
    }
    /// 429.
    pub fn too_many(detail: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many requests", detail)
    }
    /// 503, for what is not ready yet and will be.
    pub fn later(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-ready", "This is not ready yet", detail)
    }
    /// 503, where nobody knows whether something was recorded: its answer did not come. What whoever asked may do then.
    pub fn not_recorded(then: &str, then_in_chinese: &str) -> Self {
        Self::unavailable(&format!(
            "it is not acknowledged, and nobody knows whether it was recorded; {then}"
        ))
        .in_chinese(&format!("未得到确认，不知是否已登记；{then_in_chinese}"))
    }
    /// 503.
    pub fn unavailable(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The window cannot record now", detail)
    }
    /// 503 for a request that waited for a store which stands still: what became of it nobody knows.
    pub fn unanswered(closed: &Closed) -> Self {
        let detail = format!(
            "{}; what was asked for may have been done or not: ask or send the same again later, and what was recorded gets its first answer",
            closed.what()
        );
        let problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            closed.word(),
            "The window does not answer now",
            &detail,
        );
        let problem = Self { retry_after: Some(closed.retry_after()), ..problem };
        problem.in_chinese("存储暂时没有响应，本次请求是否已登记尚不确定。请稍后查询或再次发送同样的内容，已登记的会得到第一次的答复")
    }
}

/// A fault in the language of a page, where it is said in both.
fn fault_in(fault: &serde_json::Value, chinese: bool) -> String {
    let zh = fault["zh"].as_str().or(fault["text"]["zh"].as_str()).filter(|_| chinese);
    let text = zh.or(fault["expected"].as_str()).unwrap_or_default();
    match fault["path"].as_str().unwrap_or_default() {
        // The name of a field is English; of one of several it says which.
        path if zh.is_none() || path.contains('[') => format!("{path}: {text}"),
        _ => text.to_owned(),
    }
}

/// What is said of a body that is too large.
const TOO_LARGE: (&str, &str, &str) = (
    "too-large",
    "The body is too large",
    "nothing was recorded; send at most 100 documents in a message, and several messages",
);

/// What the router itself answers (405, 413, a path or query that does not parse) as a problem document too.
pub async fn as_problem(response: Response) -> Response {
    let status = response.status();
    let told = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let ours = told.is_some_and(|kind| kind.starts_with("application/") || kind.starts_with("text/html"));
    if ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = axum::body::to_bytes(body, 4096).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let allowed = parts.headers.get(header::ALLOW).cloned();
    let (kind, title, detail) = match status {
        StatusCode::METHOD_NOT_ALLOWED => (
            "method-not-allowed",
            "This route does not have that method",
            format!("it has {}", allowed.as_ref().and_then(|names| names.to_str().ok()).unwrap_or("others")),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (TOO_LARGE.0, TOO_LARGE.1, TOO_LARGE.2.to_owned()),
        _ => ("bad-request", "The request cannot be understood", text.into_owned()),
    };
    let mut response = Problem::new(status, kind, title, &detail).into_response();
    if let Some(allowed) = allowed {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unknown => Self::new(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "A token is needed",
                "send `Authorization: Bearer <token>`; machines get one from who manages tokens, people from POST /v1/sessions",
            ),
            Denied::Ended(who) => Self::new(
                StatusCode::UNAUTHORIZED,
                "token-ended",
                "The token or session was revoked or has expired",
                "sign in again, or ask who manages tokens for a new one",
            )
            .denied_as(Kind::Expired)
            .denied_to(*who),
            Denied::Forbidden => Self::forbidden(),
            Denied::Scope(right) => Self::new(
                StatusCode::FORBIDDEN,
                "scope-missing",
                "The token is not for this",
                &format!("use a token with the scope {}", right.word()),
            ),
            Denied::First(First::ChangePassword) => Self::new(
                StatusCode::FORBIDDEN,
                "change-password-first",
                "The password has to be changed first",
                "change it with POST /v1/users/me/password, then sign in again",
            ),
            Denied::First(First::EnrolSecondFactor) => Self::new(
                StatusCode::FORBIDDEN,
                "second-factor-first",
                "A second factor has to be enrolled first",
                "officers and zone operators need one: begin with POST /v1/users/me/totp",
            ),
            Denied::NoPerson => Self::new(
                StatusCode::FORBIDDEN,
                "people-only",
                "This is for people who signed in",
                "sign in with POST /v1/sessions; a token is nobody's account",
            ),
            Denied::Unreadable => {
                Self::unavailable("tokens cannot be read; nothing was recorded, send the same again")
            }
        }
    }
}

impl From<Unsigned> for Problem {
    fn from(unsigned: Unsigned) -> Self {
        let detail = match &unsigned {
            Unsigned::Store(_) => {
                return Self::unavailable("keys cannot be read; nothing was recorded, send the same again");
            }
            Unsigned::Fault(Fault::Unsigned) => {
                "this token counts with a signature of its key alone: sign the request (RFC 9421)".to_owned()
            }
            other => format!("{other}; nothing was done, sign what is sent and send it once"),
        };
        let problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "signature-refused",
            "The request's signature does not count",
            &detail,
        )
        .with("reason", unsigned.word().into())
        .denied_as(Kind::Unsigned);
        let about = unsigned.about();
        if about.is_empty() { problem } else { problem.with("about", about.into()) }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Slower { seconds } => Self::slower(seconds),
            Refused::Wrong => Self::sign_in_refused(
                "login, password or code is wrong, or the user is disabled; who manages users can reset it",
            ),
            Refused::CodeNeeded => Self::new(
                StatusCode::UNAUTHORIZED,
                "code-needed",
                "A code is needed besides",
                "send `code` too: from the authenticator, or one of the recovery codes",
            )
            .written_down(),
            Refused::Failed(Failed::Busy) => {
                Self::unavailable("too many sign in at the same time; try again in some seconds")
            }
            Refused::Failed(failed) => {
                tracing::error!(%failed, "nobody was signed in");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "Something failed inside",
                    "it is in the operator's log",
                )
            }
            Refused::Closed(closed) => closed.into(),
            Refused::Unrecorded => Self::unavailable(
                "the sign-in cannot be recorded, so nobody was signed in; try again in some seconds",
            ),
            Refused::Store(error) => error.into(),
        }
    }
}

impl From<Closed> for Problem {
    fn from(closed: Closed) -> Self {
        let detail = format!("{}; nothing was recorded, send the same again later", closed.what());
        let problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            closed.word(),
            "The window does not record now",
            &detail,
        );
        Self { retry_after: Some(closed.retry_after()), ..problem }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let may_pass = error.may_pass();
        let mut chain = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(%chain, "a request failed");
        if may_pass {
            return Self::unavailable(
                "the store cannot be reached or has no room; nothing was recorded, ask again later",
            )
            .in_chinese("数据库暂时无法访问或空间不足，未作任何登记，请稍后再试");
        }
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something failed inside",
            "it is in the operator's log",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = serde_json::json!({
            "type": format!("urn:onewindow:problem:{}", self.kind),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(document) = body.as_object_mut() {
            document.extend(self.members);
        }
        let mut response =
            (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string())
                .into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        if let Some(denial) = self.denial {
            response.extensions_mut().insert(*denial);
        }
        response
    }
}
