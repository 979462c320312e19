//! Registers as pages: what waits, lists, one record with the moves that are open to the reader, and new records. What a
//! form sends becomes the body of a move by the description of its fields, and is decided by the interface's own handler.

use super::desk::{get, query};
use super::form::{File, Form};
use super::guard::Seen;
use super::{read, shown, shown_as, to};
use crate::Window;
use crate::api::error::Problem;
use crate::api::registers::{self as api, Body};
use crate::api::{Query, register_forms};
use crate::auth::Caller;
use crate::password;
use crate::rights::Right;
use ::portal::Frame;
use ::portal::answers::Both;
use ::portal::answers::registers::{
    About, Fault, Fields, Record, Records, Registers, Step, Versions, body_of,
};
use ::portal::pages::demands::DEMANDS;
use ::portal::pages::record::{self, New, Sent, View};
use ::portal::pages::registers::{self as pages, Hub, List, record_address};
use ::portal::parts::Tone;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clearance::keys::Time;
use clearance::party::Role;
use register::filing;
use serde_json::{Value, json};
use std::sync::Arc;

fn register_of(word: &str) -> Result<clearance::record::Register, Problem> {
    clearance::record::Register::from_word(word).ok_or_else(|| Problem::not_found("no such register"))
}

/// What there is to know of a register.
fn about(word: &str) -> Result<About, Problem> {
    read(register_forms::about(register_of(word)?))
}

/// A record for people: instants as they are written.
fn readable(mut record: Record) -> Record {
    let known = clearance::record::Register::from_word(&record.register);
    let names = known.map_or(&[][..], register::fields::milliseconds);
    for name in names {
        if let Some(value) = record.body.get_mut(*name)
            && let Some(milliseconds) = value.as_i64()
        {
            *value = if milliseconds == 0 {
                Value::Null
            } else {
                crate::api::view::time(Time(milliseconds)).into()
            };
        }
    }
    record
}

/// `GET /desk/registers`.
pub async fn hub(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
) -> Result<Response, Problem> {
    let application = filing::is_claim(&caller.party).then(|| caller.party.to_string());
    let more = more(&window, &frame, &caller);
    let asked = query(&[("with", "waiting")]);
    let found: Registers = read(register_forms::all(State(window), caller, asked).await?.0)?;
    Ok(shown(&frame, &pages::hub(&frame, &Hub { registers: found.registers, application, more })))
}

/// Pages beside the registers that are open to the reader.
fn more(window: &Window, frame: &Frame, caller: &Caller) -> Vec<(String, String, String)> {
    let texts = frame.texts;
    let mut more = Vec::new();
    // An officer elsewhere has the page, and finds nothing on it.
    let has_page = caller.rights.has(Right::FilingsReview);
    if has_page && (caller.is_office() || api::decides(window, caller)) {
        more.push(("/desk/reviews".to_owned(), texts.text("nav-reviews"), texts.text("about-reviews")));
    }
    if caller.rights.has(Right::RegistersRead) && !caller.is_office() {
        more.push(("/desk/demands".to_owned(), texts.text("nav-demands"), texts.text("about-demands")));
    }
    if caller.rights.has(Right::RegistersRead) && (caller.is_office() || caller.role == Role::Platform) {
        let title = texts.text("payment-data-title");
        more.push(("/desk/payment-data".to_owned(), title, texts.text("about-payment-data")));
    }
    if caller.rights.has(Right::RegistersRead) {
        more.push(("/desk/books".to_owned(), texts.text("nav-books"), texts.text("about-books")));
        more.push(("/desk/credit".to_owned(), texts.text("credit-title"), texts.text("about-credit")));
    }
    if caller.rights.has(Right::RegistersRead) {
        more.push(("/parks".to_owned(), texts.text("parks-title"), texts.text("about-parks")));
    }
    if caller.rights.has_any(&[Right::SitesKeep, Right::RegistersApply]) && !caller.is_office() {
        more.push(("/desk/trace".to_owned(), texts.text("bindings-title"), texts.text("bindings-what")));
    }
    if caller.rights.has_any(&[Right::ActionsInspect, Right::ActionsDecide]) {
        more.push(("/desk/holds".to_owned(), texts.text("nav-holds"), texts.text("about-holds")));
    }
    if caller.rights.has(Right::RegistersApply) && register::parcel::GIVERS.contains(&caller.role) {
        more.push(("/desk/parcels".to_owned(), texts.text("parcels-title"), texts.text("about-parcels")));
    }
    if caller.rights.has(Right::SharesRead) {
        more.push(("/desk/shares".to_owned(), texts.text("nav-shares"), texts.text("about-shares")));
        more.push(("/desk/datasets".to_owned(), texts.text("datasets-title"), texts.text("about-datasets")));
    }
    if caller.rights.has(Right::ReferenceRead) {
        more.push(("/desk/retention".to_owned(), texts.text("terms-title"), texts.text("about-terms")));
    }
    more
}

/// Records that are put in an order of their columns, at most.
const SORTABLE: &str = "500";

/// `GET /desk/registers/{register}?state=&number=&overdue=&waiting=&sort=&after=`.
pub async fn list(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(word): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let about = about(&word)?;
    let names = ["state", "number", "overdue", "waiting", "after"];
    let pairs: Vec<(&str, &str)> = names.iter().map(|name| (*name, get(&asked, name).trim())).collect();
    // An order by a column is one of all of them: more than can be put in it stand as they came.
    let sorts = !get(&asked, "sort").is_empty();
    let (mut found, mut too_many) = (None, false);
    if sorts {
        let named = pairs.iter().filter(|(name, _)| *name != "after").copied();
        let named: Vec<(&str, &str)> = named.chain([("limit", SORTABLE)]).collect();
        let all = records(&window, &caller, &word, &named).await?;
        too_many = all.after.is_some();
        found = Some(all).filter(|_| !too_many);
    }
    let records = match found {
        Some(all) => all,
        None => records(&window, &caller, &word, &pairs).await?,
    };
    let text = |name: &str| get(&asked, name).trim().to_owned();
    let view = List {
        about,
        records,
        state: text("state"),
        number: text("number"),
        overdue: text("overdue") == "true",
        waiting: text("waiting") == "true",
        after: if sorts && !too_many { String::new() } else { text("after") },
        too_many,
    };
    Ok(shown(&frame, &pages::list(&frame, &view)))
}

/// A list of a register, as the interface answers it.
pub(super) async fn records(
    window: &Arc<Window>,
    caller: &Caller,
    register: &str,
    asked: &[(&str, &str)],
) -> Result<Records, Problem> {
    let path = Path(register.to_owned());
    read(api::list(State(window.clone()), caller.clone(), path, query(asked)).await?.0)
}

/// `GET /desk/registers/{register}/{id}`; who applies for a party and has not begun is led there.
pub async fn show(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path((word, id)): Path<(String, String)>,
    asked: Query,
) -> Result<Response, Problem> {
    let begins = filing::is_claim(&caller.party) && word == "filings" && id == caller.party.as_str();
    let said = match get(&asked, "said") {
        "done" => Some((Tone::Good, frame.texts.text("move-done"))),
        _ => None,
    };
    match seen(&window, &caller, &word, &id).await {
        Ok(view) => {
            let mut page = record::page(&frame, &view);
            page.said = said;
            Ok(shown(&frame, &page))
        }
        Err(problem) if begins && problem.kind() == "not-found" => {
            Ok(to("/desk/registers/filings/new?action=apply"))
        }
        Err(problem) => Err(problem),
    }
}

/// A record with what belongs to it, as the caller may see it.
async fn seen(window: &Arc<Window>, caller: &Caller, word: &str, id: &str) -> Result<View, Problem> {
    let place = |word: &str| Path((word.to_owned(), id.to_owned()));
    let one = api::show(State(window.clone()), caller.clone(), place(word), query(&[])).await?;
    let record: Record = readable(read(one.0)?);
    let versions = api::versions(window, caller, word, id).await?;
    let versions: Versions = read(json!({ "versions": versions }))?;
    let mut view =
        View { versions: versions.versions.into_iter().map(readable).collect(), ..View::default() };
    if word == "webhooks"
        && let Ok(one) =
            api::show(State(window.clone()), caller.clone(), place("deliveries"), query(&[])).await
    {
        view.beside = Some(readable(read(one.0)?));
    }
    let owns = window.names_of(&caller.party).0.iter().any(|code| id.starts_with(&format!("{code}:")));
    if word == "shares" && record.state == "in-force" && owns {
        view.shared = Some(format!("/desk/shares/{}/records", ::portal::parts::escaped(id)));
    }
    if word == DEMANDS {
        view.offers = Some(super::demands::offers(window, caller, &record).await?);
    }
    view.order = register::fields::order(register_of(word)?);
    let could = api::decides(window, caller) && !record.moves.iter().any(|step| step.who == "reviewer");
    let by_him =
        record.by.name == caller.name.as_str() && record.by.party == window.code_of(&caller.party).as_str();
    view.sent_himself = could && by_him && record.state.ends_with("submitted");
    view.record = record;
    Ok(view)
}

/// `GET /desk/registers/attachments/{id}/content`: the document itself, to be kept as a file.
pub async fn content(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let path = Path(("attachments".to_owned(), id));
    let record: Record = read(api::show(State(window), caller, path, query(&[])).await?.0)?;
    let text = |name: &str| record.body[name].as_str().unwrap_or_default();
    let bytes = STANDARD.decode(text("content")).map_err(|_| Problem::internal())?;
    let name = format!("attachment; filename*=UTF-8''{}", ::portal::parts::escaped(text("name")));
    let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = match text("mediaType") {
        "application/pdf" => "application/pdf",
        "image/png" => "image/png",
        _ => "image/jpeg",
    };
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

/// `GET /desk/registers/{register}/new?action=`; what begins with `body.` is filled in already.
pub async fn ask(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(word): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    crate::consolidations::asks_moves(&caller, &word)?;
    let step = step_of(&about(&word)?, get(&asked, "action"), None)?;
    let own = word == "filings" && caller.rights.has(Right::RegistersApply);
    let number =
        if own { window.code_of(&caller.party).to_string() } else { get(&asked, "number").to_owned() };
    let given = asked.iter().filter(|(name, _)| name.starts_with("body."));
    let given = given.map(|(name, value)| (name.clone(), value.clone())).collect();
    let view = New { register: word, step, number, given, sent: None };
    Ok(shown(&frame, &record::new(&frame, &view)))
}

/// The move of a word that people make; from a state, where there is a record.
fn step_of(about: &About, action: &str, moves: Option<&[Step]>) -> Result<Step, Problem> {
    let moves = moves.unwrap_or(&about.moves);
    let found = moves.iter().find(|step| step.action == action && step.who != "window");
    found.cloned().ok_or_else(|| Problem::not_found("no such move of this register"))
}

/// What a form says of a move, its files attached; none in place of a body where the move has none.
async fn said(
    window: &Arc<Window>,
    caller: &Caller,
    word: &str,
    step: &Step,
    form: &Form,
) -> Result<(Sent, Option<Value>), Problem> {
    let mut fields: Fields = form.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut sent = Sent { action: step.action.clone(), ..Sent::default() };
    let adds = form.get("do").strip_prefix("add-");
    for file in &form.files {
        let Some(name) = file.field.strip_prefix("file.") else { continue };
        let path = name.strip_prefix("body.").unwrap_or(name).to_owned();
        if word == "attachments" {
            fields.insert("body.name".to_owned(), file.name.clone());
            fields.insert("body.mediaType".to_owned(), kind_of(file).to_owned());
            fields.insert("body.content".to_owned(), STANDARD.encode(&file.bytes));
            continue;
        }
        match attached(window, caller, file).await? {
            Ok(id) => {
                let line = fields.entry(name.to_owned()).or_default();
                // Where there may be many they stand line by line.
                if !line.is_empty() && name.ends_with('s') {
                    *line = format!("{line}\n{id}")
                } else {
                    *line = id
                }
            }
            Err(expected) => sent.faults.push(Fault { path, value: file.name.clone(), expected }),
        }
    }
    let rules = step.fields.as_deref();
    if let Some(name) = adds {
        let rows = ::portal::answers::registers::rows(name, &fields);
        fields.insert(format!("rows.{name}"), (rows + 1).to_string());
        sent.fields = fields;
        return Ok((sent, None));
    }
    let body = rules.map(|rules| body_of(rules, &fields, &mut sent.faults));
    // As it is read: rows that were left empty are gone, so that a fault names the row that is shown.
    let mut kept = fields.clone();
    if let (Some(rules), Some(body)) = (rules, &body)
        && sent.faults.is_empty()
    {
        kept.retain(|name, _| !name.starts_with("body.") && !name.starts_with("rows."));
        kept.extend(::portal::answers::registers::fields_of(rules, body));
    }
    sent.fields = kept;
    Ok((sent, body))
}

/// What a file is, by how it begins.
fn kind_of(file: &File) -> &'static str {
    match file.bytes.as_ref() {
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        _ => "application/octet-stream",
    }
}

/// Makes a file an attached document of the caller's party: its id, or what is wrong with it.
async fn attached(
    window: &Arc<Window>,
    caller: &Caller,
    file: &File,
) -> Result<Result<String, Both>, Problem> {
    let id = format!("{}:{}", window.code_of(&caller.party), random()?);
    let body =
        json!({"name": file.name, "mediaType": kind_of(file), "content": STANDARD.encode(&file.bytes)});
    let body = Body { action: "attach".to_owned(), version: 0, note: String::new(), body: Some(body) };
    let path = Path(("attachments".to_owned(), id.clone()));
    match api::act(State(window.clone()), caller.clone(), path, Ok(Json(body))).await {
        Ok(_) => Ok(Ok(id)),
        Err(problem) if problem.kind() == "invalid" => {
            let faults: Vec<Fault> = read(Value::Array(problem.told_faults().to_vec()))?;
            let all = |text: fn(&Fault) -> &str| faults.iter().map(text).collect::<Vec<&str>>().join("; ");
            Ok(Err(Both { zh: all(|fault| &fault.expected.zh), en: all(|fault| &fault.expected.en) }))
        }
        // Who applies for a party has no attachments yet.
        Err(problem) if problem.kind() == "not-found" => {
            let said = register::says::LATER_ATTACHED.said();
            Ok(Err(Both { zh: said.zh(), en: said.en() }))
        }
        Err(problem) => Err(problem),
    }
}

fn random() -> Result<String, Problem> {
    password::random(3).map_err(|_| Problem::unavailable("no random numbers; ask again"))
}

/// Does what a form says: the record's id, or what was not taken.
async fn done(
    window: &Arc<Window>,
    caller: &Caller,
    (word, id): (&str, &str),
    body: Body,
    mut sent: Sent,
) -> Result<Result<String, Sent>, Problem> {
    let path = Path((word.to_owned(), id.to_owned()));
    match api::act(State(window.clone()), caller.clone(), path, Ok(Json(body))).await {
        Ok(Json(made)) => Ok(Ok(made["id"].as_str().unwrap_or(id).to_owned())),
        Err(problem) if matches!(problem.kind(), "invalid" | "outdated" | "state" | "not-yours") => {
            let faults: Vec<Fault> = read(Value::Array(problem.told_faults().to_vec()))?;
            let new =
                faults.into_iter().filter(|fault| !sent.faults.iter().any(|known| known.path == fault.path));
            let new: Vec<Fault> = new.collect();
            if new.is_empty() && sent.faults.is_empty() {
                sent.refused = Some((problem.kind().to_owned(), problem.words()));
            }
            sent.faults.extend(new);
            Ok(Err(sent))
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /desk/registers/{register}/new`.
pub async fn make(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path(word): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let about = about(&word)?;
    let step = step_of(&about, form.get("action"), None)?;
    let (sent, body) = said(&window, &caller, &word, &step, &form).await?;
    let again = form.get("do").starts_with("add-");
    let sent = if again || !sent.faults.is_empty() {
        sent
    } else {
        let id = id_of(&window, &caller, &word, form.get("number").trim(), body.as_ref())?;
        let body = Body { action: step.action.clone(), version: 0, note: form.get("note").to_owned(), body };
        match done(&window, &caller, (&word, &id), body, sent).await? {
            Ok(id) => return Ok(to(&format!("{}?said=done", record_address(&word, &id)))),
            Err(sent) => sent,
        }
    };
    frame.place = format!("/desk/registers/{word}/new?action={}", step.action);
    let number = form.get("number").to_owned();
    let view = New { register: word, step, number, given: Fields::new(), sent: Some(sent) };
    Ok(shown_as(
        &frame,
        &record::new(&frame, &view),
        if again { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY },
    ))
}

/// The id of a new record: what its register makes of the number that a person gives it.
fn id_of(
    window: &Window,
    caller: &Caller,
    word: &str,
    number: &str,
    body: Option<&Value>,
) -> Result<String, Problem> {
    let own = window.code_of(&caller.party);
    let name = match word {
        "filings" if number.is_empty() => return Ok(own.to_string()),
        "filings" => return Ok(number.to_owned()),
        DEMANDS => return random(),
        "attachments" => random()?,
        "certificates" => {
            let pem = body.and_then(|body| body["pem"].as_str()).unwrap_or_default().trim();
            let read = ceb::signature::CertificateFacts::read(pem.as_bytes());
            // What cannot be read is said of the certificate, not of its number.
            read.map_or_else(|_| "unreadable".to_owned(), |facts| register::certificate::fingerprint(&facts))
        }
        "payment-data" => {
            let session = password::guid();
            let session = session.map_err(|_| Problem::unavailable("no random numbers; ask again"))?;
            let platform = if number.is_empty() { own.to_string() } else { number.to_owned() };
            return Ok(format!("{platform}:{session}"));
        }
        // At the counter: for another party.
        _ if number.contains(':') => return Ok(number.to_owned()),
        _ => number.to_owned(),
    };
    Ok(format!("{own}:{name}"))
}

/// `POST /desk/registers/{register}/{id}/actions`: done, and on to the record; or the record again with what was wrong.
pub async fn act(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path((word, id)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let about = about(&word)?;
    let there = record_address(&word, &id);
    let mut view = seen(&window, &caller, &word, &id).await?;
    // What is no longer open is refused by the interface, in its words.
    let step = step_of(&about, form.get("action"), Some(&view.record.moves))
        .or_else(|_| step_of(&about, form.get("action"), None))?;
    let (sent, body) = said(&window, &caller, &word, &step, &form).await?;
    let again = form.get("do").starts_with("add-");
    let sent = if again || !sent.faults.is_empty() {
        sent
    } else {
        let version = form.get("version").parse();
        let version = version.map_err(|_| Problem::bad_request("version is a number of the page"))?;
        let body = Body { action: step.action.clone(), version, note: form.get("note").to_owned(), body };
        match done(&window, &caller, (&word, &id), body, sent).await? {
            Ok(_) => return Ok(to(&format!("{there}?said=done"))),
            Err(sent) => sent,
        }
    };
    frame.place = there;
    view.sent = Some(sent);
    Ok(shown_as(
        &frame,
        &record::page(&frame, &view),
        if again { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY },
    ))
}
