//! The one place that turns errors into answers: RFC 9457 problem documents. What is inside stays in the log.

use crate::auth::Denied;
use crate::intake::Closed;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::StoreError;

/// A problem document.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    /// Seconds after which the same request makes sense again: for 503.
    retry_after: u64,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: &str) -> Self {
        Self { status, kind, title, detail: detail.to_owned(), retry_after: 5 }
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
            "The token's role may not do this",
            "use a token of the role that may",
        )
    }
    /// 404, also for what belongs to others.
    pub fn not_found(detail: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Nothing here", detail)
    }
    /// 429.
    pub fn too_many(detail: &str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many requests", detail)
    }
    /// 503, for what is not ready yet and will be.
    pub fn later(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-ready", "This is not ready yet", detail)
    }
    /// 503.
    pub fn unavailable(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The window cannot record now", detail)
    }
}

/// What the router itself answers (405, 413, a path or query that does not parse) as a problem document too.
pub async fn as_problem(response: Response) -> Response {
    let status = response.status();
    let told = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let ours = told.is_some_and(|kind| kind.starts_with("application/"));
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
        StatusCode::PAYLOAD_TOO_LARGE => (
            "too-large",
            "The body is too large",
            "nothing was recorded; send at most 100 documents in a message, and several messages".to_owned(),
        ),
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
                "send `Authorization: Bearer <token>`; tokens are issued by `onewindow token`",
            ),
            Denied::Ended => Self::new(
                StatusCode::UNAUTHORIZED,
                "token-ended",
                "The token was revoked or has expired",
                "ask the operator for a new one",
            ),
            Denied::Forbidden => Self::forbidden(),
            Denied::Unreadable => {
                Self::unavailable("tokens cannot be read; nothing was recorded, send the same again")
            }
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
        Self { retry_after: closed.retry_after(), ..problem }
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
            );
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
        let body = serde_json::json!({
            "type": format!("urn:onewindow:problem:{}", self.kind),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let mut response =
            (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string())
                .into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(self.retry_after));
        }
        response
    }
}
