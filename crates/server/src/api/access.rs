//! The one table of who may call which route, and the guard that asks it before any handler. A route without a row here is
//! refused to everybody; a test fails then, too.

use super::ROUTES;
use super::error::Problem;
use crate::auth::{Caller, Denied, Known};
use crate::denials::{Asked, Denial, Kind};
use crate::rights::Right;
use crate::{Window, sandbox, signed_requests};
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

/// What a route asks of its caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Nothing.
    Open,
    /// A person in a session, whatever he has to do first: it concerns himself alone.
    Oneself,
    /// One of these rights.
    Right(&'static [Right]),
}

/// What a route asks for; none = refused to everybody.
pub fn access(method: &str, path: &str) -> Option<Access> {
    use Access::{Oneself, Open};
    let right = |right: &'static [Right]| Access::Right(right);
    Some(match (method, path) {
        ("post", "/v1/messages") => right(&[Right::MessagesSend]),
        ("get", "/v1/messages" | "/v1/messages/{position}/original" | "/v1/documents/{position}") => {
            right(&[Right::MessagesRead])
        }
        ("post", "/v1/sandbox/trades") | ("get", "/v1/sandbox/conformance") => right(&[Right::MessagesSend]),
        ("get", "/v1/definitions" | "/v1/definitions/{kind}") => right(&[Right::ReferenceRead]),
        ("get", "/v1/receipts") => right(&[Right::ReceiptsRead]),
        (
            "get",
            "/v1/consignments" | "/v1/consignments/{platform}/{order_no}" | "/v1/declarations/{invt_no}",
        ) => right(&[Right::ConsignmentsRead]),
        // Which of the two an action asks for, the handler says.
        ("post", "/v1/consignments/{platform}/{order_no}/actions") => {
            right(&[Right::ActionsInspect, Right::ActionsDecide])
        }
        ("get", "/v1/consignments/{platform}/{order_no}/inspections")
        | ("get", "/v1/consignments/{platform}/{order_no}/photographs/{sha256}") => {
            right(&[Right::ConsignmentsRead])
        }
        ("post", "/v1/consignments/{platform}/{order_no}/inspections") => right(&[Right::ActionsInspect]),
        ("post", "/v1/actions") => right(&[Right::ActionsInspect, Right::ActionsDecide]),
        ("get" | "post", "/v1/assignments") | ("delete", "/v1/assignments/{platform}/{order_no}") => {
            right(&[Right::ActionsInspect, Right::ActionsDecide])
        }
        ("get", "/v1/credit/{party}" | "/v1/credit/{party}/report.pdf") => right(&[Right::RegistersRead]),
        // Whoever has a report has what it says.
        ("post", "/v1/credit/verify") => Open,
        // What was published by a decision.
        ("get", "/v1/credit") => Open,
        ("get", "/v1/statistics" | "/v1/statistics/{table}") => right(&[Right::ConsignmentsRead]),
        // Nothing of one trader: what is told of few is left out.
        ("get", "/v1/indicators/{table}") => Open,
        ("post", "/v1/preview") => right(&[Right::Preview]),
        ("get", "/v1/persons/{id}" | "/v1/addresses/{id}") => right(&[Right::PersonsRead]),
        // Offices alone: the handler says so.
        ("get", "/v1/enterprises/{party}") => right(&[Right::ConsignmentsRead]),
        ("post", "/v1/persons/records") => right(&[Right::PersonsRead]),
        ("get", "/v1/accounts") => right(&[Right::AccountsRead]),
        ("get", "/v1/bills" | "/v1/search") => right(&[Right::ConsignmentsRead]),
        ("get", "/v1/risk/model") => {
            right(&[Right::ActionsInspect, Right::ActionsDecide, Right::RulebooksDraft])
        }
        ("get", "/v1/decisions") => right(&[Right::ActionsInspect, Right::ActionsDecide]),
        ("get", "/v1/reasons" | "/v1/limits" | "/v1/retention") => right(&[Right::ReferenceRead]),
        (
            "get",
            "/v1/evidence/head"
            | "/v1/evidence/proof"
            | "/v1/evidence/consistency"
            | "/v1/evidence/entries"
            | "/v1/evidence/search",
        ) => right(&[Right::EvidenceRead]),
        ("get", "/v1/registers" | "/v1/datasets" | "/v1/datasets/{dataset}" | "/v1/evidence/keys") => {
            right(&[Right::ReferenceRead])
        }
        (
            "get",
            "/v1/registers/{register}"
            | "/v1/registers/{register}/{id}"
            | "/v1/registers/{register}/{id}/history",
        ) => {
            // Which of them a register asks for, its handler says: `registers::named_for`.
            right(&[Right::RegistersRead, Right::TraceRead, Right::SitesKeep])
        }
        // Which of the first two a move asks for, its table says; keepers move units alone: `consolidations::asks_moves`.
        ("post", "/v1/registers/{register}/{id}/actions") => {
            right(&[Right::RegistersApply, Right::FilingsReview, Right::SitesKeep])
        }
        ("post", "/v1/payment-data" | "/v1/payment-data/check") => right(&[Right::MessagesSend]),
        // Customs asks; a platform tries its own service. Which of the two, the register says.
        ("post", "/v1/payment-data/asks") => right(&[Right::ActionsDecide, Right::RegistersApply]),
        ("post", "/v1/payment-data/{id}/compare") => right(&[Right::RegistersRead]),
        // Its signature says who sends it, and a session that nobody guesses what it answers.
        ("post", "/ceb2grab/grab/realTimeDataUpload") => Open,
        ("get", "/v1/shares/{id}/records") => right(&[Right::SharesRead]),
        ("get", "/metrics" | "/v1/operation" | "/v1/rulebooks" | "/v1/rulebooks/differences") => {
            right(&[Right::MetricsRead])
        }
        ("get" | "post", rules) if rules.starts_with("/v1/rulebooks/drafts") => {
            right(&[Right::RulebooksDraft])
        }
        // Of the whole zone: the handler says so.
        ("get", "/v1/risk/feedback") => right(&[Right::RulebooksDraft, Right::ActionsDecide]),
        ("get", "/v1/openapi.json" | "/health" | "/ready" | "/v1/institutions" | "/v1/publications") => Open,
        // Of no trade and no party.
        ("get", "/v1/processes") => Open,
        // What was committed to is public before it counts, and everything after.
        (
            "get",
            "/v1/draws" | "/v1/draws/{period}" | "/v1/draws/{period}/list" | "/v1/draws/{period}/line",
        ) => Open,
        ("get", "/v1/draws/{period}/orders") => right(&[Right::AccountsRead]),
        ("post", "/v1/draws/{period}/commitments" | "/v1/draws/{period}/secrets") => {
            right(&[Right::DrawsHold])
        }
        ("get", "/v1/consignments/{platform}/{order_no}/draw") => right(&[Right::ConsignmentsRead]),
        ("get", "/v1/books" | "/v1/books/{id}" | "/v1/books/{id}/movements") => {
            right(&[Right::RegistersRead])
        }
        ("post", "/v1/books/{id}/gate-releases") => right(&[Right::RegistersApply]),
        (
            "get",
            "/v1/exports"
            | "/v1/exports/{merchant}/{order_no}"
            | "/v1/exports/{merchant}/{order_no}/inspections"
            | "/v1/exports/{merchant}/{order_no}/photographs/{sha256}"
            | "/v1/exports/summaries"
            | "/v1/exports/summaries/{agent}/{cop_no}",
        ) => right(&[Right::ConsignmentsRead]),
        ("post", "/v1/exports/{merchant}/{order_no}/inspections") => right(&[Right::ActionsInspect]),
        ("post", "/v1/exports/{merchant}/{order_no}/actions") => {
            right(&[Right::ActionsInspect, Right::ActionsDecide])
        }
        ("get", "/v1/parks") => Open,
        // Whose park it is, and who supervises it, its handler says.
        ("get", "/v1/parks/{id}/figures") => right(&[Right::RegistersRead]),
        // Which sites somebody keeps, their records say.
        ("get", "/v1/sites")
        | ("get", "/v1/sites/{code}/passes" | "/v1/sites/{code}/stock" | "/v1/sites/{code}/bags")
        | ("post", "/v1/sites/{code}/scans" | "/v1/sites/{code}/records") => right(&[Right::SitesKeep]),
        // Who gives parcels, their register says.
        ("post", "/v1/parcels") => right(&[Right::RegistersApply]),
        ("get" | "post", "/v1/holds") => right(&[Right::ActionsInspect, Right::ActionsDecide]),
        // Whoever holds the goods in his hand asks: nothing of a buyer is told.
        ("get", "/v1/trace/{gtin}/{lot}/{serial}") => Open,
        ("get", "/v1/trace/codes/{id}" | "/v1/trace/codes/{id}/picture" | "/v1/recalls/{id}") => {
            right(&[Right::RegistersRead])
        }
        // Whose codes they are, or whoever keeps a site of the carrier: the handler says so.
        ("post", "/v1/trace/bindings") => right(&[Right::SitesKeep, Right::RegistersApply]),
        ("post", "/v1/recalls/{id}/search") => right(&[Right::RegistersApply, Right::FilingsReview]),
        ("get", "/v1/recalls/{id}/buyers") => right(&[Right::PersonsRead]),
        ("post", "/v1/sessions" | "/v1/registrations") => Open,
        ("get", "/v1/sign-in" | "/v1/sign-in/{provider}" | "/v1/sign-in/{provider}/callback") => Open,
        ("get", "/v1/sessions") | ("delete", "/v1/sessions/{id}") => Oneself,
        ("get", "/v1/users/me") => Oneself,
        ("post", "/v1/users/me/password" | "/v1/users/me/totp" | "/v1/users/me/totp/confirm") => Oneself,
        ("get", "/v1/users" | "/v1/users/{id}") => right(&[Right::UsersRead]),
        ("post", "/v1/users") | ("patch", "/v1/users/{id}") => right(&[Right::UsersManage]),
        ("get", "/v1/tokens") => right(&[Right::TokensRead]),
        ("post", "/v1/tokens") | ("delete", "/v1/tokens/{id}") => right(&[Right::TokensManage]),
        ("get", "/v1/trace") => right(&[Right::TraceRead]),
        ("post", "/v1/consumer/codes" | "/v1/consumer/sessions") => Open,
        (_, consumer) if consumer.starts_with("/v1/consumer/") => right(&[Right::Consume]),
        _ => return page(method, path),
    })
}

/// What a page asks for: what the route beneath it does.
fn page(method: &str, path: &str) -> Option<Access> {
    use Access::{Oneself, Open};
    let right = |right: &'static [Right]| Access::Right(right);
    Some(match (method, path) {
        ("get", "/" | "/static/{name}" | "/sign-in" | "/status" | "/tariff" | "/tariff/calculator") => Open,
        ("get", "/indicators" | "/indicators/file") => Open,
        ("get", "/desk/zone" | "/desk/zone/file") => right(&[Right::ConsignmentsRead]),
        ("post", "/sign-in") => Open,
        ("post", "/sign-out") => Oneself,
        // Whoever has something to do first is led there.
        ("get", "/desk" | "/desk/account") => Oneself,
        ("post", "/desk/account/password" | "/desk/account/second-factor") => Oneself,
        ("post", "/desk/account/second-factor/confirm") => Oneself,
        (
            "get",
            "/desk/consignments"
            | "/desk/consignments/{platform}/{order_no}"
            | "/desk/live"
            | "/desk/bills"
            | "/desk/search",
        ) => right(&[Right::ConsignmentsRead]),
        ("get" | "post", "/desk/queue")
        | ("get", "/desk/decisions" | "/desk/decisions/file")
        | (
            "post",
            "/desk/consignments/{platform}/{order_no}/actions"
            | "/desk/consignments/{platform}/{order_no}/assignment"
            | "/desk/queue/decisions",
        ) => right(&[Right::ActionsInspect, Right::ActionsDecide]),
        ("get", "/desk/consignments/{platform}/{order_no}/photographs/{sha256}") => {
            right(&[Right::ConsignmentsRead])
        }
        ("post", "/desk/consignments/{platform}/{order_no}/inspections") => right(&[Right::ActionsInspect]),
        ("get" | "post", "/desk/persons") | ("get", "/desk/persons/{id}" | "/desk/addresses/{id}") => {
            right(&[Right::PersonsRead])
        }
        ("get", "/desk/enterprises/{party}") => right(&[Right::ConsignmentsRead]),
        ("get", "/desk/credit" | "/desk/credit/report") => right(&[Right::RegistersRead]),
        ("get", "/desk/messages/{position}") => right(&[Right::MessagesRead]),
        ("get", "/desk/receipts") => right(&[Right::ReceiptsRead]),
        ("get", "/desk/documents/{position}") => right(&[Right::MessagesSend]),
        ("get" | "post", "/desk/documents" | "/desk/send" | "/desk/sandbox") => right(&[Right::MessagesSend]),
        ("get", "/desk/rules" | "/desk/datasets" | "/desk/retention") => right(&[Right::ReferenceRead]),
        ("get", "/desk/registers") => right(&[Right::RegistersRead, Right::TraceRead]),
        // As beneath.
        ("get", "/desk/registers/{register}" | "/desk/registers/{register}/{id}") => {
            right(&[Right::RegistersRead, Right::TraceRead, Right::SitesKeep])
        }
        ("get" | "post", "/desk/registers/{register}/new")
        | ("post", "/desk/registers/{register}/{id}/actions") => {
            right(&[Right::RegistersApply, Right::FilingsReview, Right::SitesKeep])
        }
        ("get", "/desk/books" | "/desk/books/{id}" | "/desk/books/{id}/file") => {
            right(&[Right::RegistersRead])
        }
        (
            "get",
            "/desk/exports"
            | "/desk/exports/{merchant}/{order_no}"
            | "/desk/exports/{merchant}/{order_no}/photographs/{sha256}"
            | "/desk/exports/summaries"
            | "/desk/exports/summaries/{agent}/{cop_no}",
        ) => right(&[Right::ConsignmentsRead]),
        ("post", "/desk/exports/{merchant}/{order_no}/inspections") => right(&[Right::ActionsInspect]),
        (
            "post",
            "/desk/exports/{merchant}/{order_no}/actions" | "/desk/exports/{merchant}/{order_no}/assignment",
        ) => right(&[Right::ActionsInspect, Right::ActionsDecide]),
        ("get", "/parks") => Open,
        ("get", "/desk/parks/{id}") => right(&[Right::RegistersRead]),
        ("get", "/desk/sites")
        | ("get", "/desk/sites/{code}/passes" | "/desk/sites/{code}/stock" | "/desk/sites/{code}/bags")
        | ("get" | "post", "/desk/sites/{code}")
        | ("post", "/desk/sites/{code}/scans" | "/desk/sites/{code}/records") => right(&[Right::SitesKeep]),
        ("get" | "post", "/desk/parcels") => right(&[Right::RegistersApply]),
        ("get" | "post", "/desk/holds") => right(&[Right::ActionsInspect, Right::ActionsDecide]),
        ("get", "/trace" | "/01/{gtin}/10/{lot}/21/{serial}") => Open,
        ("get" | "post", "/desk/trace") => right(&[Right::SitesKeep, Right::RegistersApply]),
        (
            "get",
            "/desk/trace/codes/{id}"
            | "/desk/trace/codes/{id}/file"
            | "/desk/trace/codes/{id}/picture"
            | "/desk/recalls/{id}",
        ) => right(&[Right::RegistersRead]),
        ("post", "/desk/recalls/{id}") => right(&[Right::RegistersApply, Right::FilingsReview]),
        ("get", "/desk/recalls/{id}/buyers") => right(&[Right::PersonsRead]),
        ("get", "/desk/demands" | "/desk/payment-data") => right(&[Right::RegistersRead]),
        // Customs asks; a platform tries its own service. Which of the two, the register says.
        ("post", "/desk/payment-data") => right(&[Right::ActionsDecide, Right::RegistersApply]),
        ("get", "/desk/registers/attachments/{id}/content") => right(&[Right::RegistersRead]),
        ("get", "/desk/reviews") => right(&[Right::FilingsReview]),
        ("get" | "post", "/register") => Open,
        ("get", "/desk/operation" | "/desk/rulebooks") => right(&[Right::MetricsRead]),
        ("get" | "post", rules) if rules.starts_with("/desk/rulebooks/drafts") => {
            right(&[Right::RulebooksDraft])
        }
        ("get", "/desk/evidence" | "/desk/evidence/file") => right(&[Right::EvidenceRead]),
        ("get", "/desk/people" | "/desk/people/{id}") => right(&[Right::UsersRead]),
        ("post", "/desk/people" | "/desk/people/{id}") => right(&[Right::UsersManage]),
        ("get", "/desk/tokens") => right(&[Right::TokensRead]),
        ("post", "/desk/tokens" | "/desk/tokens/{id}") => right(&[Right::TokensManage]),
        ("get", "/desk/shares" | "/desk/shares/{id}/records") => right(&[Right::SharesRead]),
        ("get" | "post", "/desk/draws") => right(&[Right::DrawsHold]),
        ("get", "/track" | "/guide" | "/lists" | "/draws") | ("post", "/track" | "/track/code") => Open,
        (_, consumer) if consumer == "/my" || consumer.starts_with("/my/") => right(&[Right::Consume]),
        _ => return None,
    })
}

fn word(method: &Method) -> &'static str {
    match *method {
        // A head is a get whose body stays away.
        Method::GET | Method::HEAD => "get",
        Method::POST => "post",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        Method::PUT => "put",
        _ => "other",
    }
}

/// Lets a request through to its handler with its [`Caller`], or answers it.
pub async fn guard(State(window): State<Arc<Window>>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map_or("", MatchedPath::as_str);
    let method = word(request.method());
    let page = crate::portal::ROUTES.iter().any(|(_, route)| *route == path);
    let address = address(&request);
    let asked = access(method, path);
    let (who, response) = match asked {
        Some(asked) if page => crate::portal::guard(&window, request, next, asked).await,
        Some(Access::Open) => (None, next.run(request).await),
        Some(asked) => entered(&window, request, asked, |request| next.run(request)).await,
        None => (None, no_such_method(method, path)),
    };
    // What is not there of what is open to all is denied to nobody.
    let open = asked == Some(Access::Open);
    note(&window, &response, who.as_ref(), Asked { method, route: path, address }, open);
    response
}

/// The same for a message, by the same table, without the routes.
pub(super) async fn guarded_message(window: &Arc<Window>, request: Request) -> Response {
    let address = address(&request);
    let (method, route) = ("post", super::MESSAGES);
    let Some(asked) = access(method, route) else { return Problem::forbidden().into_response() };
    let next = |request| super::messages::of_request(window, request);
    let (who, response) = entered(window, request, asked, next).await;
    note(window, &response, who.as_ref(), Asked { method, route, address }, false);
    response
}

fn address(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}

/// Writes down what an answer denies.
fn note(window: &Window, response: &Response, who: Option<&Known>, asked: Asked<'_>, open: bool) {
    let Some(denial) = response.extensions().get::<Denial>() else { return };
    if !open || denial.kind != Kind::NotHis {
        window.denials.note(denial, denial.who.as_ref().or(who), asked, window.clock.now());
    }
}

/// The answer to a request of the interface, and whose it was.
async fn entered<Answer: Future<Output = Response>>(
    window: &Window,
    request: Request,
    asked: Access,
    next: impl FnOnce(Request) -> Answer,
) -> (Option<Known>, Response) {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let caller = match admitted(window, header, asked).await {
        Ok(caller) => caller,
        Err(problem) => return (None, problem.into_response()),
    };
    let caller = caller.asking(request.uri().query());
    let who = Some(caller.known());
    match signed(window, &caller, request).await {
        Ok(mut request) => {
            request.extensions_mut().insert(caller);
            (who, next(request).await)
        }
        Err(problem) => (who, problem.into_response()),
    }
}

/// A request whose signature holds, where it has one or its token asks for one. The digest needs the body, which is read
/// then, up to what any route takes.
async fn signed(window: &Window, caller: &Caller, request: Request) -> Result<Request, Problem> {
    if !signed_requests::concerns(caller, request.headers()) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, super::body_limit(&window.limits)).await;
    let body = body.map_err(|_| Problem::too_large())?;
    signed_requests::verified(window, caller, &parts, &body).await?;
    Ok(Request::from_parts(parts, body.into()))
}

/// The caller of an `Authorization` header, if he may do what is asked for.
pub(crate) async fn admitted(
    window: &Window,
    header: Option<&str>,
    asked: Access,
) -> Result<Caller, Problem> {
    let caller = Caller::of(header, &window.control, window.clock.now()).await?;
    let passed = window.gate.pass(caller.key);
    if let Some(showed) = window.gate.slowed().came(caller.key, passed.err(), Instant::now()) {
        let name = sandbox::showed(&window.code_of(&caller.party), showed);
        window.control.set(&name, "shown").await?;
    }
    passed.map_err(Problem::slower)?;
    let may = match asked {
        Access::Oneself if caller.person.is_none() => Err(Denied::NoPerson),
        Access::Open | Access::Oneself => Ok(()),
        Access::Right(rights) => caller.may(rights),
    };
    match may {
        Ok(()) => Ok(caller),
        Err(denied) => Err(Problem::from(denied).denied_to(caller.known())),
    }
}

/// 405 with what the route has; 403 for a route that was forgotten in the table.
fn no_such_method(method: &str, path: &str) -> Response {
    let routes = || ROUTES.iter().chain(crate::portal::ROUTES);
    if routes().any(|known| *known == (method, path)) {
        return Problem::forbidden().into_response();
    }
    let known = routes().filter(|(_, route)| *route == path).map(|(method, _)| method.to_uppercase());
    let mut allowed: Vec<String> = known.collect();
    if allowed.iter().any(|method| method == "GET") {
        allowed.push("HEAD".to_owned());
    }
    let allowed = HeaderValue::from_str(&allowed.join(",")).unwrap_or(HeaderValue::from_static(""));
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allowed)]).into_response()
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    /// The caller whom the guard let in.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.remove::<Self>().ok_or_else(Problem::forbidden)
    }
}

/// What every answer says to a browser, unless its handler said otherwise: do not guess what it is, show it in no frame, run
/// nothing in it, keep no copy, tell no other site from where a person came.
const SAID: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Puts these headers on an answer.
pub fn with_headers(mut response: Response) -> Response {
    for (name, value) in SAID {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
