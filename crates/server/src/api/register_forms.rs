//! `GET /v1/registers`: every register with its moves, the fields of their bodies, what each is called in the languages of
//! pages, and how much in it waits for the caller. Pages make their forms of it, integrators theirs.

use super::error::Problem;
use super::registers::{Mine, asks_for, sees_whole};
use super::{Query, parameter};
use crate::Window;
use crate::auth::Caller;
use axum::Json;
use axum::extract::State;
use clearance::Text;
use clearance::record::Register;
use portal::{Family, Language};
use register::fields::{Field, Kind, form};
use register::moves::{Move, Who};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, RecordSearch};

/// Records of a register that are counted: what waits beyond them is told as "more".
const COUNTED: usize = 500;

/// `GET /v1/registers?with=waiting`.
pub async fn all(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let counts = match parameter(&query, "with").as_deref() {
        None => false,
        Some("waiting") => true,
        Some(_) => return Err(Problem::bad_request("with is waiting")),
    };
    let mut registers = Vec::new();
    // Photographs are found by their inspections, drafts of rules by those whose duty they are, periods of the draw by their own
    // routes, and none in a list.
    let unlisted = [Register::Photograph, Register::RulebookDraft, Register::DrawPeriod];
    for register in Register::ALL.into_iter().filter(|register| !unlisted.contains(register)) {
        let reads = caller.rights.has(asks_for(Some(register)));
        let mut shown = about(register);
        shown["reads"] = reads.into();
        if counts && reads {
            shown["waiting"] = counted(&window, &caller, register).await?;
        }
        registers.push(shown);
    }
    Ok(Json(json!({ "registers": registers })))
}

/// What there is to know of a register, whoever asks.
pub(crate) fn about(register: Register) -> Value {
    let moves: Vec<Value> = register::moves_of(register).iter().map(|one| step(register, one)).collect();
    json!({"register": register.word(), "name": named(Family::Register, register.word()), "moves": moves})
}

/// A word in both languages of pages, where they know it.
fn named(family: Family, word: &str) -> Value {
    let text = |language: Language| language.texts().word(family, word);
    json!({"en": text(Language::English), "zh": text(Language::Chinese)})
}

/// A move, with what its body is made of.
pub(super) fn step(register: Register, step: &Move) -> Value {
    let who = match step.who {
        Who::Owner => "owner",
        Who::Reviewer => "reviewer",
        Who::Giver => "giver",
        Who::Window => "window",
    };
    let form = if step.who == Who::Window { None } else { form(register, step.action) };
    let fields = form
        .map(|form| form.fields.iter().map(|one| field(register, one, register.word())).collect::<Vec<_>>());
    json!({
        "action": step.action, "name": named(Family::Move, step.action), "from": step.from, "to": step.to, "who": who,
        "explained": step.explained, "fields": fields, "stands": form.and_then(|form| form.stands),
    })
}

fn field(register: Register, field: &Field, hinted: &str) -> Value {
    let label = |language: Language| language.texts().item(register.word(), field.name);
    let hint = |language: Language| language.texts().hint(hinted, field.name);
    let within: Vec<Value> = field.kind.fields().iter().map(|one| self::field(register, one, "")).collect();
    let unless_said = if let Kind::Flag(yes) = field.kind { Some(yes) } else { None };
    json!({
        "name": field.name, "kind": field.kind.word(), "required": field.required, "many": field.many,
        "choices": field.kind.choices(), "fields": within, "default": unless_said,
        "label": {"en": label(Language::English), "zh": label(Language::Chinese)},
        "hint": {"en": hint(Language::English), "zh": hint(Language::Chinese)},
    })
}

/// How much of a register waits for the caller, and how much of it is late.
async fn counted(window: &Window, caller: &Caller, register: Register) -> Result<Value, Problem> {
    let (codes, _) = window.names_of(&caller.party);
    let whos = [Who::Owner, Who::Reviewer, Who::Giver];
    let states: Vec<Text> = whos
        .into_iter()
        .flat_map(|who| register::waiting(register, who))
        .map(|word| (*word).into())
        .collect();
    if states.is_empty() {
        return Ok(json!({"count": 0, "overdue": 0, "more": false}));
    }
    let parties = if sees_whole(window, caller, register) { None } else { Some(codes.clone()) };
    let search = RecordSearch { register, parties, states };
    let (records, next) = window.read.records(&search, None, COUNTED).await?;
    let records = super::payment_data::in_reach(window, caller, records).await?;
    let mine = Mine::of(window, caller, &codes, register).await?;
    let waiting = records.iter().filter(|record| mine.waits_for(record)).count();
    let overdue = records.iter().filter(|record| register::is_overdue(record, mine.now)).count();
    Ok(json!({"count": waiting, "overdue": overdue, "more": next.is_some()}))
}
