//! What stands around all routes: a request comes in, its answer goes out, with the headers that every answer has. Which routes there
//! are is `api`'s, who may call them `access`'s.

use super::error::{self, Problem};
use super::{MESSAGES, access};
use crate::Window;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tower::ServiceExt;

/// What answers requests to a window.
#[derive(Clone)]
pub struct Interface(Arc<Inner>);

struct Inner {
    window: Arc<Window>,
    routes: Router,
    body: DefaultBodyLimit,
}

impl Interface {
    /// Of a window and its routes; a body has at most so many bytes.
    pub(super) fn new(window: Arc<Window>, routes: Router, body: usize) -> Self {
        Self(Arc::new(Inner { window, routes, body: DefaultBodyLimit::max(body) }))
    }

    /// A request through the routes: a fault is a problem, or a page for a browser, and every answer has the headers. Nobody waits for
    /// a store that stands still; what needs nothing of it is answered all the same.
    ///
    /// These are steps around all routes rather than a layer on each: a layer is boxed and cloned for every request, and four of them
    /// took a tenth of what a declaration costs. For the same reason messages, which are nearly all that comes, do not go through the
    /// table of routes.
    pub async fn answered(self, mut request: Request) -> Response {
        let Inner { window, routes, body } = &*self.0;
        body.apply(&mut request);
        let frame = crate::portal::frame_of_problems(&request);
        let answer = async {
            if request.method() == Method::POST && request.uri().path() == MESSAGES {
                return access::guarded_message(window, request).await;
            }
            let Ok(response) = routes.clone().oneshot(request).await;
            response
        };
        let response = tokio::select! {
            biased;
            response = answer => response,
            closed = window.intake.given_up() => Problem::unanswered(&closed).into_response(),
        };
        let response = error::as_problem(response).await;
        let response = match frame {
            Some(frame) => crate::portal::as_page(frame, response).await,
            None => response,
        };
        access::with_headers(response)
    }
}
