//! Operation, rulebooks and the evidence log as pages, by the handlers of the interface.

use super::desk::{get, query};
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, evidence as log, found, operation as api};
use crate::auth::Caller;
use ::portal::answers::operation::{Differences, Entries, Proof, Rulebooks};
use ::portal::pages::found::Search;
use ::portal::pages::operation as pages;
use ::portal::{Markup, Texts};
use axum::extract::State;
use axum::response::Response;
use evidence::{Entry, Hash, of_hexadecimal, verify_inclusion};
use std::sync::Arc;

/// Rows of the log that are looked through for one page, a request of the interface at a time, and that a page shows.
const LOOKED: &str = "1000";
const LOOKS: usize = 5;
const ROWS: usize = 50;

/// What tells that figures moved, and sends them.
pub(super) const LIVE: &str = "/desk/live?operation=yes";

/// `GET /desk/operation`.
pub async fn now(State(window): State<Arc<Window>>, Seen(frame): Seen) -> Result<Response, Problem> {
    let told = read(api::now(State(window)).await?.0)?;
    Ok(shown(&frame, &pages::now(&frame, &told, Some(LIVE.to_owned()))))
}

/// What moves on that page, as it is now.
pub(super) async fn figures(window: &Arc<Window>, texts: Texts) -> Result<Markup, Problem> {
    Ok(pages::figures(texts, &read(api::now(State(window.clone())).await?.0)?))
}

/// `GET /desk/rulebooks?from=&to=`.
pub async fn rulebooks(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let all: Rulebooks = read(api::rulebooks(State(window.clone())).await?.0)?;
    let (from, to) = (get(&asked, "from").trim(), get(&asked, "to").trim());
    if from.is_empty() || to.is_empty() {
        return Ok(shown(&frame, &pages::rulebooks(&frame, &all, None, (from, to), "")));
    }
    match api::differences(State(window), caller, query(&[("from", from), ("to", to)])).await {
        Ok(found) => {
            let found: Differences = read(found.0)?;
            Ok(shown(&frame, &pages::rulebooks(&frame, &all, Some(&found), (from, to), "")))
        }
        Err(problem) if matches!(problem.kind(), "bad-request" | "not-found") => {
            let fault = problem.words_in(is_chinese(&frame));
            let page = pages::rulebooks(&frame, &all, None, (from, to), &fault);
            Ok(shown_as(&frame, &page, problem.status_code()))
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /desk/evidence?position=&kind=&after=`: a proof is worked out again here before it is called good.
pub async fn evidence(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let (position, kind) = (get(&asked, "position").trim(), get(&asked, "kind"));
    let mut view = pages::Evidence {
        kind: kind.to_owned(),
        kinds: ::evidence::kind_words().collect(),
        position: position.to_owned(),
        ..pages::Evidence::default()
    };
    if !position.is_empty() {
        let beneath = query(&[("position", position)]);
        match log::proof(State(window.clone()), caller.clone(), beneath).await {
            Ok(found) => {
                let holds = holds(&found.0);
                view.proof = Some((read::<Proof>(found.0)?, holds));
            }
            Err(problem) if matches!(problem.kind(), "not-found" | "bad-request") => {}
            Err(problem) => return Err(problem),
        }
    }
    view.search = searched(&window, &caller, &asked).await?;
    // Heads and rows are for offices of the whole zone.
    if caller.is_office() && caller.districts.is_empty() {
        let head = log::head(State(window.clone()), caller.clone(), query(&[])).await?;
        view.head = Some(read(head.0)?);
        view.entries = entries(&window, &caller, kind, get(&asked, "after")).await?;
    }
    Ok(shown(&frame, &pages::evidence(&frame, &view)))
}

/// What is looked for, in the words of the interface: the page has another cursor of its own.
fn looked_for(asked: &Query) -> Query {
    let text = |name: &str| get(asked, name).trim().to_owned();
    let (party, what, from, to, after) =
        (text("party"), text("what"), text("from"), text("to"), text("from-row"));
    query(&[("party", &party), ("what", &what), ("from", &from), ("to", &to), ("after", &after)])
}

async fn searched(window: &Arc<Window>, caller: &Caller, asked: &Query) -> Result<Search, Problem> {
    let text = |name: &str| get(asked, name).trim().to_owned();
    let mut view = Search {
        party: text("party"),
        what: text("what"),
        from: text("from").replace('-', ""),
        to: text("to").replace('-', ""),
        after: text("from-row"),
        of_others: caller.is_office(),
        ..Search::default()
    };
    match found::found(window, caller, &looked_for(asked)).await {
        Ok(told) => view.found = read(told)?,
        Err(problem) if problem.kind() == "bad-request" => view.wrong = true,
        // An office of some districts has its queue.
        Err(problem) if problem.kind() == "forbidden" => {}
        Err(problem) => return Err(problem),
    }
    Ok(view)
}

/// `GET /desk/evidence/file`: the page of what was found, as a file.
pub async fn evidence_file(
    State(window): State<Arc<Window>>,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    found::as_csv(&found::found(&window, &caller, &looked_for(&asked)).await?)
}

/// Rows after a cursor that are of a kind; the page ends early where they are far apart.
async fn entries(window: &Arc<Window>, caller: &Caller, kind: &str, after: &str) -> Result<Entries, Problem> {
    let mut found = Entries { entries: Vec::new(), cursor: after.to_owned() };
    // Without a kind every row counts: one request is enough.
    let limit = if kind.is_empty() { ROWS.to_string() } else { LOOKED.to_owned() };
    for _ in 0..LOOKS {
        let beneath = query(&[("after", &found.cursor), ("limit", &limit)]);
        let page: Entries = read(log::entries(State(window.clone()), caller.clone(), beneath).await?.0)?;
        let last = page.entries.is_empty();
        found.cursor = page.cursor;
        found.entries.extend(page.entries.into_iter().filter(|one| kind.is_empty() || one.kind_word == kind));
        if last || found.entries.len() >= ROWS || kind.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// Whether a proof leads from its row to its root, and the root is the one that the signed head states.
fn holds(told: &serde_json::Value) -> bool {
    let text = |pointer: &str| told.pointer(pointer).and_then(serde_json::Value::as_str);
    let number = |pointer: &str| told.pointer(pointer).and_then(serde_json::Value::as_u64);
    let hash = |pointer: &str| text(pointer).and_then(of_hexadecimal::<32>);
    let worked_out = || {
        let entry = Entry {
            writer: u16::try_from(number("/entry/writer")?).ok()?,
            sequence: number("/entry/sequence")?,
            time: told.pointer("/entry/millis")?.as_i64()?,
            kind: u8::try_from(number("/entry/kind")?).ok()?,
            digest: hash("/entry/digest")?,
        };
        let path: Option<Vec<Hash>> =
            told["path"].as_array()?.iter().map(|one| one.as_str().and_then(of_hexadecimal::<32>)).collect();
        let root = hash("/root")?;
        let signed = ::evidence::SignedHead::parse(text("/head/note")?).ok()?;
        let stated = signed.head.writer(entry.writer).is_some_and(|one| one.root == root);
        let leads = verify_inclusion(&entry.leaf(), number("/index")?, number("/size")?, &path?, &root);
        Some(leads && stated && signed.is_signed())
    };
    worked_out().unwrap_or(false)
}
