//! `onewindow bench --pages`: how long the server needs for each page of the portal at so many stored declarations, and how large
//! it is. In process, without a network: what a browser adds is for the browser. Pages are those that the portal lists, as an
//! officer, an agent, the operator and nobody in particular ask for them, each with every duty that his party has; what is not for him
//! is left out.

use super::places::Place;
use crate::Failure;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use clearance::party::Role;
use serde_json::{Value, json};
use server::Window;
use std::fmt::Write as _;
use std::time::Instant;
use store::{Duty, NewUser, Read, Scope, Search, UserState};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// Bytes of a page that are read at most.
const LARGEST: usize = 16 << 20;
/// Who asks: name, party, role, duties. The party of nobody is empty.
const READERS: [(&str, &str, Role); 4] = [
    ("nobody", "", Role::Consumer),
    ("agent", "5301980501", Role::Agent),
    ("officer", "8620000001", Role::Officer),
    ("operator", "8620000001", Role::ZoneOperator),
];

/// Duties of those who are measured.
const DUTIES: [Duty; 7] = [
    Duty::Admin,
    Duty::Operator,
    Duty::Reviewer,
    Duty::Inspector,
    Duty::Decider,
    Duty::Auditor,
    Duty::Rulemaker,
];

/// A page as it was measured.
struct Page {
    reader: &'static str,
    path: String,
    status: u16,
    bytes: usize,
    /// Microseconds, sorted.
    times: Vec<u64>,
}

impl Page {
    fn percentile(&self, hundredths: usize) -> u64 {
        let at = (self.times.len() * hundredths).div_ceil(100).saturating_sub(1);
        self.times.get(at).copied().unwrap_or(0)
    }
}

/// What came of it.
pub struct Pages {
    stored: u64,
    /// Milliseconds until figures were those of all rows.
    figures_millis: u64,
    pages: Vec<Page>,
}

impl Pages {
    /// One JSON object.
    pub fn json(&self) -> Value {
        let page = |page: &Page| {
            json!({
                "reader": page.reader, "path": page.path, "status": page.status, "bytes": page.bytes,
                "p50Micros": page.percentile(50), "p99Micros": page.percentile(99),
            })
        };
        let pages: Vec<Value> = self.pages.iter().map(page).collect();
        json!({"stored": self.stored, "figuresMillis": self.figures_millis, "pages": pages})
    }

    /// A table.
    pub fn table(&self) -> String {
        let mut text = format!(
            "pages at {} stored declarations; figures followed all rows in {} ms\n",
            self.stored, self.figures_millis
        );
        let _ = writeln!(
            text,
            "{:<8} {:<52} {:>6} {:>9} {:>9} {:>8}",
            "reader", "page", "status", "p50 ms", "p99 ms", "bytes"
        );
        for page in &self.pages {
            let millis = |micros: u64| format!("{}.{:02}", micros / 1_000, micros % 1_000 / 10);
            let _ = writeln!(
                text,
                "{:<8} {:<52} {:>6} {:>9} {:>9} {:>8}",
                page.reader,
                page.path,
                page.status,
                millis(page.percentile(50)),
                millis(page.percentile(99)),
                page.bytes
            );
        }
        text
    }

    /// Whether every page came.
    pub fn all_came(&self) -> bool {
        !self.pages.is_empty() && self.pages.iter().all(|page| page.status < 400)
    }
}

/// Measures every page so many times in an open store.
///
/// # Errors
/// When the store cannot be read, or nobody can be signed in.
pub fn measure(runtime: &Runtime, place: &Place, rounds: u64) -> Result<Pages, Failure> {
    let window = place.window()?;
    runtime.block_on(async {
        let started = Instant::now();
        server::statistics::follow(window).await?;
        let figures_millis = started.elapsed().as_millis() as u64;
        // As far as a window that is open follows by itself.
        server::finding::follow_all(window).await?;
        window.evidence.follow(&mut |_, _| {}).await?;
        window.evidence.head(window.clock.now(), None, &mut |_, _| {}).await?;
        let router = server::api::router(window.clone());
        let mut pages = Vec::new();
        for (reader, party, role) in READERS {
            let session = match party {
                "" => None,
                party => Some(session(window, reader, party, role).await?),
            };
            for path in paths(window, reader, party).await? {
                let page = page(&router, reader, path, session.as_deref(), rounds).await?;
                // Not for this reader, or for spaces of another kind.
                if !matches!(page.status, 403 | 404) {
                    pages.push(page);
                }
            }
        }
        Ok(Pages { stored: place.stored, figures_millis, pages })
    })
}

/// The addresses of what a reader looks at: every page without a name in it, and the newest trade.
async fn paths(window: &Window, reader: &str, party: &str) -> Result<Vec<String>, Failure> {
    let is_page = |path: &str| !path.contains('{') && path != "/desk/live" && !path.ends_with("/file");
    let of_reader = |path: &str| {
        (party.is_empty() || path.starts_with("/desk")) && (!party.is_empty() || !path.starts_with("/desk"))
    };
    let routes = server::portal::ROUTES.iter().filter(|(method, _)| *method == "get").map(|(_, path)| *path);
    let mut paths: Vec<String> =
        routes.filter(|path| is_page(path) && of_reader(path)).map(str::to_owned).collect();
    if !party.is_empty() {
        let scope =
            if reader == "officer" { Scope::Office(Vec::new()) } else { Scope::Party(vec![party.into()]) };
        let (found, _) = window.read.search(&scope, &Search::default(), None, 1).await?;
        paths.extend(
            found
                .first()
                .map(|line| ::portal::pages::trade_address(&line.order.platform, &line.order.order_no)),
        );
    }
    Ok(paths)
}

/// A session of a user who is added for it.
async fn session(window: &Window, reader: &str, party: &str, role: Role) -> Result<String, Failure> {
    let now = window.clock.now();
    let user = NewUser {
        login: format!("bench.{reader}.{}", now.0).into(),
        name: "bench".into(),
        party: party.into(),
        role,
        duties: DUTIES.to_vec(),
        districts: Vec::new(),
    };
    // Nobody knows the password: the session is the only one he ever has.
    let hash = server::password::hash(&server::password::one_time()?)?;
    let id = window.control.add_user(&user, &hash, now).await?.ok_or("the login is taken")?;
    window.control.set_password(id, &hash, UserState::Active, now).await?;
    let user = window.control.user(id).await?.ok_or("the user is not there")?;
    Ok(window.control.open_session(&user, ("127.0.0.1", true), now, now).await?.1)
}

async fn page(
    router: &Router,
    reader: &'static str,
    path: String,
    session: Option<&str>,
    rounds: u64,
) -> Result<Page, Failure> {
    let (mut times, mut status, mut bytes) = (Vec::new(), 0, 0);
    // One more, not counted: what is made once is made.
    for round in 0..=rounds {
        let mut request = Request::builder().uri(&path).header("accept", "text/html");
        if let Some(session) = session {
            request = request.header("cookie", format!("__Host-session={session}"));
        }
        let request = request.body(Body::empty())?;
        let started = Instant::now();
        let answer = router.clone().oneshot(request).await?;
        status = answer.status().as_u16();
        bytes = to_bytes(answer.into_body(), LARGEST).await?.len();
        if matches!(status, 403 | 404) {
            break;
        }
        if round > 0 {
            times.push(started.elapsed().as_micros() as u64);
        }
    }
    times.sort_unstable();
    Ok(Page { reader, path, status, bytes, times })
}
