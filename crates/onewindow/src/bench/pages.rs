//! `onewindow bench --pages`: how long the server needs for each page of the portal at so many stored declarations, and how large
//! it is. In process, without a network: what a browser adds is for the browser. Pages are those of the portal's table of routes, as
//! each role asks for them, with every duty that his party has; what is not for him is left out, and what nobody could look at, since
//! nothing of its kind is stored, is told. Those that take longer than a page should are marked.

use super::addresses::{self, Reader};
use super::furnished;
use super::places::Place;
use crate::Failure;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use serde_json::{Value, json};
use server::{Window, proving};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Instant;
use store::{Duty, NewUser, Read, Scope, Search, UserState};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// Bytes of a page that are read at most.
const LARGEST: usize = 16 << 20;
/// What a page should take at most, microseconds.
const SLOW: u64 = 30_000;
/// Who asks: name, party, role. Nobody in particular, and the consumer of the newest trade, come besides.
const READERS: [(&str, &str, Role); 8] = [
    ("platform", "5301960101", Role::Platform),
    ("merchant", "5301960201", Role::Merchant),
    ("carrier", "5301960401", Role::Logistics),
    ("agent", "5301980501", Role::Agent),
    ("keeper", "5301960601", Role::SiteOperator),
    ("agency", "5301000901", Role::Agency),
    ("officer", "8620000001", Role::Officer),
    ("operator", "8620000001", Role::ZoneOperator),
];

/// A page as it was measured.
struct Page {
    reader: &'static str,
    route: &'static str,
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

    fn is_slow(&self) -> bool {
        self.percentile(99) > SLOW
    }
}

/// What came of it.
pub struct Pages {
    stored: u64,
    /// Milliseconds until figures were those of all rows.
    figures_millis: u64,
    pages: Vec<Page>,
    /// Pages that nobody looked at: nothing of what they name is stored, or nobody may.
    unseen: Vec<&'static str>,
}

impl Pages {
    /// One JSON object.
    pub fn json(&self) -> Value {
        let page = |page: &Page| {
            json!({
                "reader": page.reader, "route": page.route, "path": page.path, "status": page.status, "bytes": page.bytes,
                "p50Micros": page.percentile(50), "p99Micros": page.percentile(99), "slow": page.is_slow(),
            })
        };
        let pages: Vec<Value> = self.pages.iter().map(page).collect();
        json!({"stored": self.stored, "figuresMillis": self.figures_millis, "slowMicros": SLOW, "pages": pages, "unseen": self.unseen})
    }

    /// A table.
    pub fn table(&self) -> String {
        let mut text = format!(
            "pages at {} stored declarations; figures followed all rows in {} ms\n",
            self.stored, self.figures_millis
        );
        let _ = writeln!(
            text,
            "{:<8} {:<60} {:>6} {:>9} {:>9} {:>8}",
            "reader", "page", "status", "p50 ms", "p99 ms", "bytes"
        );
        for page in &self.pages {
            let millis = |micros: u64| format!("{}.{:02}", micros / 1_000, micros % 1_000 / 10);
            let _ = writeln!(
                text,
                "{:<8} {:<60} {:>6} {:>9} {:>9} {:>8}{}",
                page.reader,
                page.path,
                page.status,
                millis(page.percentile(50)),
                millis(page.percentile(99)),
                page.bytes,
                if page.is_slow() { "  slow" } else { "" }
            );
        }
        let slow = self.pages.iter().filter(|page| page.is_slow()).count();
        let _ = writeln!(text, "{slow} of {} pages over {} ms", self.pages.len(), SLOW / 1_000);
        if !self.unseen.is_empty() {
            let _ = writeln!(text, "looked at by nobody: {}", self.unseen.join(", "));
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
        furnished::furnish(window, place.stored).await?;
        let started = Instant::now();
        server::statistics::follow(window).await?;
        let figures_millis = started.elapsed().as_millis() as u64;
        // As far as a window that is open follows by itself.
        server::finding::follow_all(window).await?;
        window.evidence.follow(&mut |_, _| {}).await?;
        window.evidence.head(window.clock.now(), None, &mut |_, _| {}).await?;
        let router = server::api::router(window.clone());
        let (mut pages, mut all, mut seen) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for (reader, session) in readers(window).await? {
            for (route, paths) in addresses::of(window, &reader).await? {
                all.insert(route);
                for path in paths {
                    let page = page(&router, (reader.name, route), path, session.as_deref(), rounds).await?;
                    // Not for this reader, or for spaces of another kind.
                    if !is_not_his(page.status) {
                        seen.insert(route);
                        pages.push(page);
                    }
                }
            }
        }
        let unseen = all.difference(&seen).copied().collect();
        Ok(Pages { stored: place.stored, figures_millis, pages, unseen })
    })
}

/// Whether somebody is led elsewhere, or told that there is nothing for him.
fn is_not_his(status: u16) -> bool {
    matches!(status, 303 | 403 | 404)
}

/// Everybody who looks, with his session.
async fn readers(window: &Window) -> Result<Vec<(Reader, Option<String>)>, Failure> {
    let nobody = Reader { name: "nobody", party: None, office: false, user: 0 };
    let mut found = vec![(nobody, None)];
    for (name, party, role) in READERS {
        let office = server::rights::is_office(role);
        let (user, session) = session(window, name, (&party.into(), ""), role).await?;
        let reader = Reader { name, party: Some(party.into()), office, user };
        found.push((reader, Some(session)));
    }
    // Who bought the newest trade sees it, and his quota.
    let (newest, _) = window.read.search(&Scope::Office(Vec::new()), &Search::default(), None, 1).await?;
    let bought = match newest.first() {
        Some(line) => window.read.consignment(&line.order).await?,
        None => None,
    };
    if let Some(buyer) = bought.and_then(|bought| proving::buyer(&window.read, &bought)) {
        let of = (&buyer.person, buyer.telephone.as_str());
        let (user, session) = session(window, "consumer", of, Role::Consumer).await?;
        let reader = Reader { name: "consumer", party: Some(buyer.person), office: false, user };
        found.push((reader, Some(session)));
    }
    Ok(found)
}

/// A session of a user who is added for it, and his number.
async fn session(
    window: &Window,
    reader: &str,
    (party, name): (&Text, &str),
    role: Role,
) -> Result<(i64, String), Failure> {
    let now = window.clock.now();
    // Who registers himself, and who is a person, has a duty of his own.
    let is_of_party = |duty: &Duty| !matches!(duty, Duty::Applicant | Duty::Consumer);
    let duties = match role {
        Role::Consumer => vec![Duty::Consumer],
        _ => Duty::ALL.into_iter().filter(is_of_party).collect(),
    };
    let login = format!("bench.{reader}.{}", now.0);
    let user = NewUser {
        login: login.as_str().into(),
        name: if name.is_empty() { "bench".into() } else { name.into() },
        party: party.clone(),
        role,
        duties,
        districts: Vec::new(),
    };
    // Nobody knows the password: the session is the only one he ever has.
    let hash = server::password::hash(&server::password::one_time()?)?;
    let id = window.control.add_user(&user, &hash, now).await?.ok_or("the login is taken")?;
    window.control.set_password(id, &hash, UserState::Active, now).await?;
    if role == Role::SiteOperator {
        furnished::appoint(window, &login).await?;
    }
    let user = window.control.user(id).await?.ok_or("the user is not there")?;
    // None is ended by the next: all look one after the other.
    Ok((id, window.control.open_session(&user, ("127.0.0.1", true), now, Time(0)).await?.1))
}

async fn page(
    router: &Router,
    (reader, route): (&'static str, &'static str),
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
        if is_not_his(status) {
            break;
        }
        if round > 0 {
            times.push(started.elapsed().as_micros() as u64);
        }
    }
    times.sort_unstable();
    Ok(Page { reader, route, path, status, bytes, times })
}
