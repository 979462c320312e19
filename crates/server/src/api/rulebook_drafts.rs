//! Drafts of the rulebook: written by one officer, checked before they are kept, tried on what was judged, put in force by another.
//! All of it is for people whose duty it is: to everybody else every draft is what is not there.

use super::error::Problem;
use super::registers::{self, command_of, refused};
use super::view::time;
use super::{CONSIGNMENTS, Query, limit, operation, operations, parameter};
use crate::auth::Caller;
use crate::trial::{running, watching};
use crate::window::{Published, tables_of, with_changed};
use crate::{Window, password};
use axum::Json;
use axum::extract::{Path, State};
use clearance::record::{Actor, Record, Register};
use clearance::rulebook::{TableFault, TableFinding, check, check_days, is_sealed};
use clearance::{Rulebook, Text};
use register::rulebook_draft::{Asked, Draft, key};
use register::{By, Command};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::{Read, RecordSearch, RulebookRow};

/// Bytes of a table at most.
const BYTES: usize = 4 << 20;

/// What a draft is made or changed with.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Body {
    /// What it is for.
    pub title: String,
    /// The tables that change, whole, by file name.
    pub tables: BTreeMap<String, String>,
    /// Instead of tables: those of an earlier rulebook.
    pub back_to: Option<u32>,
}

/// What is done with a draft.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Action {
    /// `change`, `try`, `watch`, `publish`, `withdraw`.
    pub action: String,
    /// The version that was seen.
    pub version: u32,
    /// Why, in words.
    #[serde(default)]
    pub note: String,
    /// What it shall say; for a change.
    #[serde(default)]
    pub draft: Option<Body>,
}

type Sent<T> = Result<Json<T>, axum::extract::rejection::JsonRejection>;

fn absent() -> Problem {
    Problem::not_found("no such draft; GET /v1/rulebooks/drafts lists them")
}

/// The rulebook in force, as it was published.
async fn in_force(window: &Window) -> Result<RulebookRow, Problem> {
    window.read.rulebooks().await?.pop().ok_or_else(|| Problem::later("no rulebook was published yet"))
}

async fn found(window: &Window, id: &str) -> Result<Arc<Record>, Problem> {
    window.read.record(&key(id)).await?.ok_or_else(absent)
}

/// `GET /v1/rulebooks/drafts`: newest first.
pub async fn list(State(window): State<Arc<Window>>, query: Query) -> Result<Json<Value>, Problem> {
    let states = parameter(&query, "state").map(|words| words.split(',').map(Text::from).collect());
    let search =
        RecordSearch { register: Register::RulebookDraft, parties: None, states: states.unwrap_or_default() };
    let after = match parameter(&query, "after") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| Problem::bad_request("after is what a page gave"))?),
    };
    let (records, after) = window.read.records(&search, after, limit(&query, CONSIGNMENTS)?).await?;
    let drafts: Vec<Value> = records.iter().map(|record| line(&window, record)).collect();
    let number = in_force(&window).await?.number;
    Ok(Json(json!({ "drafts": drafts, "inForce": number, "after": after.map(|after| after.to_string()) })))
}

/// What a list tells of a draft.
fn line(window: &Window, record: &Record) -> Value {
    let draft = Draft::of(record);
    let running = window.trials.running().filter(|running| running.draft == record.key.id);
    let progress = running.map(|running| {
        json!({"rows": running.rows.load(Ordering::Relaxed), "of": running.of.load(Ordering::Relaxed)})
    });
    json!({
        "id": record.key.id.as_str(), "version": record.version, "state": record.state.as_str(),
        "title": draft.asked.title, "base": draft.asked.base, "backTo": draft.asked.back_to,
        "tables": draft.asked.tables.keys().collect::<Vec<_>>(), "authors": draft.authors, "number": draft.number,
        "created": time(record.created), "changed": time(record.changed),
        "by": {"party": record.actor.party.as_str(), "name": record.actor.name.as_str()},
        "action": record.action.as_str(), "note": record.note, "trying": progress, "tried": draft.trial.is_some(),
    })
}

async fn whole(window: &Window, caller: &Caller, record: &Record) -> Result<Value, Problem> {
    let draft = Draft::of(record);
    let last = in_force(window).await?;
    let mut shown = line(window, record);
    shown["inForce"] = last.number.into();
    shown["outdated"] = outdated(&draft, &last).into();
    shown["yours"] = draft.is_of(&actor(window, caller)).into();
    shown["mustBeTried"] = must_be_tried(window, &draft).into();
    let text = |name: &str| last.tables.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text);
    let differing: Vec<Value> = draft
        .asked
        .tables
        .iter()
        .filter(|(name, new)| text(name) != new.as_str())
        .map(|(name, new)| operation::differing(name, text(name), new))
        .collect();
    shown["differences"] = differing.into();
    let running = window.trials.watching.told(&record.key.id).filter(|_| record.state == watching::STATE);
    shown["watchedSince"] = running.as_ref().map(|(since, _)| time(*since)).into();
    shown["watched"] = running.map(|(_, told)| told).or(draft.watched).unwrap_or_default();
    shown["trial"] = draft.trial.unwrap_or_default();
    Ok(shown)
}

fn outdated(draft: &Draft, last: &RulebookRow) -> bool {
    draft.number.is_none() && draft.asked.base != last.number
}

/// Whether the law of today asks for a trial; what was in force before was tried by being so.
fn must_be_tried(window: &Window, draft: &Draft) -> bool {
    let law = window.reference().current().parameters.on(window.clock.now().day());
    law.rulebook_tried == 1 && draft.asked.back_to.is_none()
}

/// `GET /v1/rulebooks/drafts/{id}`: with what it would change, and what its trial came to.
pub async fn show(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let record = found(&window, &id).await?;
    Ok(Json(whole(&window, &caller, &record).await?))
}

/// `GET /v1/rulebooks/drafts/{id}/tables/{table}`: its text, or that in force where the draft leaves it; the id `new` is that of
/// no draft.
pub async fn table(
    State(window): State<Arc<Window>>,
    Path((id, table)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let of_draft = match id.as_str() {
        "new" => None,
        id => Draft::of(&*found(&window, id).await?).asked.tables.remove(&table),
    };
    let last = in_force(&window).await?;
    let changed = of_draft.is_some();
    // A table that was added since the last rulebook was published is there as it is built in.
    let tables = tables_of(&last).into_iter().chain(Rulebook::built_in_tables());
    let text = of_draft.or_else(|| tables.into_iter().find(|(name, _)| *name == table).map(|(_, text)| text));
    let text = text.ok_or_else(|| {
        Problem::not_found("no table has this name; GET /v1/rulebooks says which there are")
    })?;
    Ok(Json(json!({"table": table, "inForce": last.number, "changed": changed, "text": text})))
}

fn actor(window: &Window, caller: &Caller) -> Actor {
    Actor { party: window.code_of(&caller.party), name: caller.name.clone() }
}

/// The window writes the record, for whoever asked.
fn by(window: &Window, caller: &Caller) -> By {
    registers::by(window, caller).by_window()
}

async fn done(
    window: &Window,
    caller: &Caller,
    (id, version): (&str, u32),
    action: &str,
    note: &str,
    body: Option<Value>,
) -> Result<Arc<Record>, Problem> {
    let command = Command {
        key: key(id),
        version,
        action: action.into(),
        by: by(window, caller),
        note: note.chars().take(2_000).collect(),
        body: body.map(|body| body.to_string()),
    };
    command_of(window, command).await?.map_err(|refusal| refused(&refusal, &[]))
}

/// `POST /v1/rulebooks/drafts`.
pub async fn make(
    State(window): State<Arc<Window>>,
    caller: Caller,
    body: Sent<Body>,
) -> Result<Json<Value>, Problem> {
    operations::check_intake(&window)?;
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let asked = checked(&window, body).await?;
    let random = password::random(2).map_err(crate::signing_in::Refused::from)?;
    let id = format!("{}-{random}", window.clock.now().day());
    let record = done(&window, &caller, (&id, 0), "make", "", Some(json!(asked))).await?;
    Ok(Json(whole(&window, &caller, &record).await?))
}

/// What a draft shall say, once nothing in it is wrong. Tables that stay as they are are left out.
async fn checked(window: &Window, body: Body) -> Result<Asked, Problem> {
    let rows = window.read.rulebooks().await?;
    let last = rows.last().ok_or_else(|| Problem::later("no rulebook was published yet"))?;
    let mut tables = body.tables;
    if let Some(number) = body.back_to {
        if !tables.is_empty() {
            return Err(Problem::bad_request("send tables, or backTo, not both"));
        }
        let earlier = rows.iter().find(|row| row.number == number && number < last.number);
        let earlier = earlier.ok_or_else(|| {
            Problem::not_found("no earlier rulebook has this number; GET /v1/rulebooks lists them")
        })?;
        tables = earlier.tables.iter().map(|(name, text)| (name.to_string(), text.clone())).collect();
    }
    // A browser writes line ends of its own kind, and leaves the last one out.
    for text in tables.values_mut() {
        *text = text.replace("\r\n", "\n");
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    let stands = |name: &str, text: &str| last.tables.iter().any(|(known, old)| known == name && old == text);
    tables.retain(|name, text| !stands(name, text));
    if tables.is_empty() {
        let same = json!([{"path": "tables", "value": "", "expected": "a table that differs from the one in force",
            "zh": "与现行表不同的表", "text": {"en": "a table that differs from the one in force", "zh": "与现行表不同的表"}}]);
        return Err(Problem::invalid("nothing was kept: nothing would change")
            .in_chinese("未作任何登记：没有变化")
            .with("faults", same));
    }
    let faults = faults(last, &tables, body.back_to.is_none());
    if faults.is_empty() {
        return Ok(Asked { title: body.title, base: last.number, tables, back_to: body.back_to });
    }
    Err(Problem::invalid("nothing was kept; everything that is wrong with the tables is listed in `faults`")
        .in_chinese("未作任何登记，各表的问题见所列")
        .with("faults", Value::Array(faults)))
}

/// Everything that is wrong with tables: their fields first, then, where those are right, what follows from them.
fn faults(last: &RulebookRow, tables: &BTreeMap<String, String>, strict: bool) -> Vec<Value> {
    if let Some((name, _)) = tables.iter().find(|(_, text)| text.len() > BYTES) {
        return vec![of_field(
            tables,
            &TableFault { file: "rulebook", line: 0, what: format!("{name} is larger than {BYTES} bytes") },
        )];
    }
    let changed: Vec<(String, String)> =
        tables.iter().map(|(name, text)| (name.clone(), text.clone())).collect();
    match Rulebook::load(last.number + 1, &with_changed(last, &changed)) {
        Err(faults) => {
            // A reader that refuses two rows says one of them; here it is which two, and on which days.
            let days = check_days(&changed);
            faults.iter().map(|fault| of_field(tables, fault)).chain(days.iter().map(of_row)).collect()
        }
        // What was in force once may be so again, whatever is said of it today.
        Ok(_) if !strict => Vec::new(),
        Ok(book) => check(&changed, &book).iter().map(of_row).collect(),
    }
}

fn of_field(tables: &BTreeMap<String, String>, fault: &TableFault) -> Value {
    let text = tables.get(fault.file).map(String::as_str).unwrap_or_default();
    let value: String =
        text.lines().nth(fault.line.saturating_sub(1)).unwrap_or_default().chars().take(300).collect();
    let en = format!("{}; correct the row and send the table again", fault.what);
    let zh = format!("此行有误（{}）。请改正后重新提交", fault.what);
    json!({
        "path": format!("{}:{}", fault.file, fault.line), "table": fault.file, "row": fault.line, "kind": "field",
        "value": value, "expected": en, "zh": zh, "text": {"en": en, "zh": zh},
    })
}

fn of_row(finding: &TableFinding) -> Value {
    json!({
        "path": format!("{}:{}", finding.table, finding.row), "table": finding.table, "row": finding.row,
        "kind": finding.kind.word(), "value": finding.value, "expected": finding.en, "zh": finding.zh,
        "text": {"en": finding.en, "zh": finding.zh},
    })
}

/// `POST /v1/rulebooks/drafts/{id}/actions`: each names the version that was seen.
pub async fn act(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Sent<Action>,
) -> Result<Json<Value>, Problem> {
    operations::check_intake(&window)?;
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let record = found(&window, &id).await?;
    if record.version != body.version {
        return Err(Problem::conflict(
            "outdated",
            "The draft changed since you saw it",
            "look at it as it is now, then decide again with its version",
        )
        .in_chinese("草案已有变化，请查看现在的内容后再办理"));
    }
    let seen = (id.as_str(), body.version);
    let record = match body.action.as_str() {
        "change" => {
            let asked = checked(&window, body.draft.unwrap_or_default()).await?;
            window.trials.stop(&id);
            done(&window, &caller, seen, "change", &body.note, Some(json!(asked))).await?
        }
        "withdraw" => {
            window.trials.stop(&id);
            done(&window, &caller, seen, "withdraw", &body.note, None).await?
        }
        "try" => attempt(&window, &caller, record).await?,
        "watch" => watch(&window, &caller, &record).await?,
        "publish" => publish(&window, &caller, &record, &body.note).await?,
        _ => return Err(Problem::bad_request("action is one of change, try, watch, publish, withdraw")),
    };
    Ok(Json(whole(&window, &caller, &record).await?))
}

fn state(record: &Record, allowed: &str) -> Problem {
    let detail = format!("it is {}; {allowed}", record.state);
    let zh = format!("草案当前状态为{}，只能办理尚未结束的草案", record.state);
    Problem::conflict("state", "The draft's state does not allow this", &detail).in_chinese(&zh)
}

fn of_older_base(draft: &Draft, last: &RulebookRow) -> Problem {
    Problem::conflict(
        "outdated-base",
        "Another rulebook was published since",
        &format!(
            "it changes rulebook {}, and {} is in force: change the draft, which takes what is in force, and try it again",
            draft.asked.base, last.number
        ),
    )
}

/// Begins a trial; the answer is the draft, with its progress.
async fn attempt(window: &Arc<Window>, caller: &Caller, record: Arc<Record>) -> Result<Arc<Record>, Problem> {
    if !matches!(record.state.as_str(), "draft" | "tried" | watching::STATE) {
        return Err(state(&record, "a draft is tried before it is decided on"));
    }
    let (draft, last) = (Draft::of(&record), in_force(window).await?);
    if outdated(&draft, &last) {
        return Err(of_older_base(&draft, &last));
    }
    let book = Rulebook::load(last.number + 1, &with_changed(&last, &draft.tables()))
        .map_err(|_| Problem::internal())?;
    let draft = (record.key.clone(), record.version);
    let asked = running::Asked { draft, base: last.number, book, by: by(window, caller) };
    if !running::begin(window, asked) {
        return Err(Problem::conflict(
            "busy",
            "Another trial runs",
            "one is run at a time, beside everything else: begin this one when that has ended",
        ));
    }
    Ok(record)
}

/// Lets a draft run in shadow from now on.
async fn watch(window: &Window, caller: &Caller, record: &Record) -> Result<Arc<Record>, Problem> {
    if !matches!(record.state.as_str(), "draft" | "tried") {
        return Err(state(record, "a draft is watched once, until it is changed, tried or decided on"));
    }
    let (draft, last) = (Draft::of(record), in_force(window).await?);
    if outdated(&draft, &last) {
        return Err(of_older_base(&draft, &last));
    }
    if let Some(law) = draft.asked.tables.keys().find(|name| !is_sealed(name)) {
        let detail = format!(
            "{law} is a table of law: what would be assessed or refused by it depends on what others send; try the draft on what was judged instead"
        );
        return Err(Problem::conflict("not-rules-alone", "Only sealed rules run in shadow", &detail)
            .in_chinese("草案改动了非布控规则的表，不能影子运行；请用已判定的单证试算"));
    }
    done(window, caller, (&record.key.id, record.version), "watch", "", None).await
}

/// Puts a draft in force: that another than its authors decided so is on record first, and what broke off in between is finished
/// by whoever decides again.
async fn publish(
    window: &Arc<Window>,
    caller: &Caller,
    record: &Record,
    note: &str,
) -> Result<Arc<Record>, Problem> {
    let (draft, last) = (Draft::of(record), in_force(window).await?);
    let own = actor(window, caller);
    if draft.is_of(&own) {
        return Err(Problem::not_yours("another person puts a draft in force than those who wrote it")
            .in_chinese("草案须由起草人以外的人员发布"));
    }
    let tables = draft.tables();
    let book = Rulebook::load(last.number, &with_changed(&last, &tables))
        .map_err(|_| of_older_base(&draft, &last))?;
    let mut version = record.version;
    let stands = book.digest == last.digest;
    match record.state.as_str() {
        "draft" | "tried" | watching::STATE if outdated(&draft, &last) => {
            return Err(of_older_base(&draft, &last));
        }
        "draft" | watching::STATE if must_be_tried(window, &draft) && draft.trial.is_none() => {
            return Err(Problem::conflict(
                "not-tried",
                "The draft was not tried as it stands",
                "try it on what was judged, look at what it would change, then publish it",
            )
            .in_chinese("请先用已判定的单证试算此草案，查看会有哪些变化，再予发布"));
        }
        "draft" | "tried" | watching::STATE => {
            let id = (record.key.id.as_str(), version);
            let watched = window.trials.watching.told(id.0).filter(|_| record.state == watching::STATE);
            let body = watched.map(|(_, told)| json!({"trial": null, "watched": told, "number": null}));
            version = done(window, caller, id, "approve", note, body).await?.version;
        }
        "approved" if outdated(&draft, &last) && !stands => return Err(of_older_base(&draft, &last)),
        "approved" => {}
        _ => return Err(state(record, "only what is open is published")),
    }
    let said = format!("{} {}, draft {}", own.party, own.name, record.key.id);
    let number = match window.publish(&tables, &said).await? {
        Published::Number(number) | Published::InForce(number) => number,
        Published::Overtaken(_) => return Err(of_older_base(&draft, &in_force(window).await?)),
        Published::Faults(_) => return Err(Problem::internal()),
        Published::Closed => return Err(Problem::unavailable("the window is closing; decide again later")),
    };
    done(window, caller, (&record.key.id, version), "publish", note, Some(json!({ "number": number }))).await
}
