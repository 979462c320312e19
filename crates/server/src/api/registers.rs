//! Registers: what parties apply for and agencies decide. One set of routes serves every register; what a move needs and
//! who may make it is said by `register`.

use super::error::Problem;
use super::flags::{is, maybe, purpose};
use super::register_answers::line;
pub(crate) use super::register_answers::{invalid, refused, told, whole};
use super::reuse::{is_copy_of_licence, is_reused, may_find, reuses, seen};
use super::view::time;
use super::{
    CONSIGNMENTS, Query, limit, operations, parameter, payment_data, readings, register_follows,
    register_forms, transit_transfers,
};
use crate::auth::Caller;
use crate::rights::Right;
use crate::{Window, all_records, consolidations};
use axum::Json;
use axum::extract::{Path, State};
use clearance::Text;
use clearance::keys::Time;
use clearance::record::{Actor, Record, RecordKey, Register};
use register::competence::Competence;
use register::moves::Who;
use register::view::View;
use register::{By, Command, Refusal};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, RecordSearch};

/// The body of an action.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    pub(crate) action: String,
    #[serde(default)]
    pub(crate) version: u32,
    #[serde(default)]
    pub(crate) note: String,
    #[serde(default)]
    pub(crate) body: Option<Value>,
}

/// Pages of the store that one list looks through at most.
const PAGES: usize = 10;

/// `GET /v1/registers/{register}`: newest first; those of the caller's party, or all for whom they are there.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(register): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let register = named_for(&caller, &register)?;
    let (search, codes) = searched(&window, &caller, register, &query);
    let view = Mine::of(&window, &caller, &codes, register).await?;
    let (overdue, waiting) = (is(&query, "overdue")?, is(&query, "waiting")?);
    let (yours, demand) = (maybe(&query, "yours")?, parameter(&query, "demand"));
    let of_demand = |record: &Record, id: &Text| {
        register == Register::ServiceOffer && register::offer::demand_of(&record.key.id) == id.as_str()
    };
    let wanted = |record: &Record| {
        may_find(&caller, &codes, record)
            && (!overdue || register::is_overdue(record, view.now))
            && (!waiting || view.waits_for(record))
            && yours.is_none_or(|yours| codes.contains(&register::owner(record)) == yours)
            && demand.as_ref().is_none_or(|id| of_demand(record, id))
    };
    let limit = limit(&query, CONSIGNMENTS)?;
    let (mut found, mut after) = (Vec::new(), None);
    if let Some(number) = parameter(&query, "number") {
        for id in ids(&number, &codes) {
            let record = window.read.record(&RecordKey::new(register, &id)).await?;
            found.extend(record.filter(|record| search.finds(record) && wanted(record)));
        }
    } else {
        after = match parameter(&query, "after") {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| Problem::bad_request("after is what a page gave"))?),
        };
        // What is narrowed here may be far apart: the page ends early then, with the cursor to go on from.
        for _ in 0..PAGES {
            let (records, next) = window.read.records(&search, after, limit - found.len()).await?;
            found.extend(records.into_iter().filter(|record| wanted(record)));
            after = next;
            if after.is_none() || found.len() >= limit {
                break;
            }
        }
    }
    let found = payment_data::in_reach(&window, &caller, found).await?;
    readings::listed(&window, &caller, register.word(), &query, &others(&found, &codes)).await?;
    let records: Vec<Value> = found
        .iter()
        .map(|record| listed(&seen(&caller, &codes, record), register::is_overdue(record, view.now)))
        .collect();
    // What would make one: in the place of a number stands a word that is nobody's.
    let own =
        if register == Register::Filing { caller.party.to_string() } else { format!("{}:new", caller.party) };
    let own = RecordKey::new(register, &own);
    // A party has one filing: whoever acts at the counter files others'.
    let counter = caller.reviews() && caller.is_office();
    let there = register == Register::Filing && !counter && window.read.record(&own).await?.is_some();
    let mut by = transit_transfers::by(&window, &caller, register);
    by.applies |= consolidations::loads(&window, &caller, &own, None).await?;
    let mut new = register::open(&own, None, &by, &window.reference(), window.clock.now().day());
    new.retain(|_| !there);
    let new: Vec<Value> = new.into_iter().map(|step| register_forms::step(register, step)).collect();
    Ok(Json(json!({ "records": records, "after": after.map(|after| after.to_string()), "new": new })))
}

/// Of each record that does not name the caller's party, whom it names.
pub(crate) fn others(found: &[Arc<Record>], codes: &[Text]) -> Vec<Vec<Text>> {
    let named = |record: &&Arc<Record>| codes.iter().any(|code| record.parties.contains(code));
    found.iter().filter(|record| !named(record)).map(|record| record.parties.clone()).collect()
}

/// What a list looks for, and the codes of the caller's party.
fn searched(
    window: &Window,
    caller: &Caller,
    register: Register,
    query: &Query,
) -> (RecordSearch, Vec<Text>) {
    let (codes, _) = window.names_of(&caller.party);
    let parties = if sees_whole(window, caller, register) || reuses(caller, register) {
        parameter(query, "party").map(|code| window.names_of(&code).0)
    } else {
        Some(codes.clone())
    };
    let states = parameter(query, "state").map(|words| words.split(',').map(Text::from).collect::<Vec<_>>());
    let usual = register::usually_listed(register, parameter(query, "number").is_some());
    let states = states.unwrap_or_else(|| usual.iter().map(|state| Text::from(*state)).collect());
    (RecordSearch { register, parties, states }, codes)
}

/// The ids that a number may stand for: the id itself, or what the caller's party calls its record.
fn ids(number: &str, codes: &[Text]) -> Vec<String> {
    let own = codes.iter().map(|code| format!("{code}:{}", number.trim()));
    std::iter::once(number.trim().to_owned()).chain(own).collect()
}

fn listed(view: &View, overdue: bool) -> Value {
    let (record, body) = (view.record(), view.body());
    let mut shown = line(view);
    match record.key.register {
        Register::Request
        | Register::Certificate
        | Register::Goods
        | Register::Dispute
        | Register::CreditObservation
        | Register::CreditList
        | Register::ServiceRequest
        | Register::RiskCase
        | Register::TransitTransfer
        | Register::CentralisedTax
        | Register::ServiceOffer => {
            shown["overdue"] = overdue.into();
        }
        Register::PaymentData => {
            let body = register::payment_data::Body::of(record);
            shown["overdue"] = overdue.into();
            shown["due"] = time(Time(body.due)).into();
            shown["orderNo"] = body.order_no.into();
        }
        _ => {}
    }
    let told = register::fields::summary(record.key.register).iter().filter_map(|pointer| {
        let name = pointer.rsplit('/').next().unwrap_or_default();
        // Of who does not see what is applied for, what is in force is told.
        let value =
            body.pointer(pointer).or_else(|| body.pointer(&pointer.replace("/applied/", "/inForce/")));
        Some((name.to_owned(), value.filter(|value| !value.is_null())?.clone()))
    });
    shown["summary"] = Value::Object(told.collect());
    shown
}

/// Who reads, for what waits for him.
pub(super) struct Mine<'a> {
    pub(super) caller: &'a Caller,
    pub(super) codes: &'a [Text],
    pub(super) now: Time,
    /// On what he decides.
    competence: Competence,
    /// Demands to which his party has an offer.
    answered: Vec<Text>,
}

impl<'a> Mine<'a> {
    pub(super) async fn of(
        window: &Window,
        caller: &'a Caller,
        codes: &'a [Text],
        register: Register,
    ) -> Result<Self, Problem> {
        let mut answered = Vec::new();
        if register == Register::ServiceRequest {
            let parties = Some(codes.to_vec());
            let search = RecordSearch { register: Register::ServiceOffer, parties, states: Vec::new() };
            let offers = all_records::of(window, &search).await?;
            let own = offers.iter().filter(|offer| codes.contains(&register::owner(offer)));
            answered = own.map(|offer| register::offer::demand_of(&offer.key.id).into()).collect();
        }
        let competence = competence(window, caller, register);
        Ok(Self { caller, codes, now: window.clock.now(), competence, answered })
    }

    /// Whether a record waits for him: to be decided, answered, corrected or mended.
    pub(super) fn waits_for(&self, record: &Record) -> bool {
        let register = record.key.register;
        let waits = |who| register::waiting(register, who).contains(&record.state.as_str());
        let (owns, named) = (
            self.codes.contains(&register::owner(record)),
            self.codes.iter().any(|code| record.parties.contains(code)),
        );
        let applies = self.caller.rights.has(Right::RegistersApply);
        if self.answered.contains(&record.key.id) {
            return false;
        }
        if register == Register::RiskCase {
            return applies && register::risk_case::waits_for(record, self.codes, self.now);
        }
        if register == Register::TransitTransfer && !transit_transfers::waits_here(self.caller, record) {
            return false;
        }
        let is_his = || register::awaits(record, &self.competence);
        (self.competence.any() && !owns && waits(Who::Reviewer) && is_his())
            || (applies && owns && waits(Who::Owner))
            || (applies && named && !owns && waits(Who::Giver) && register::gives(record, self.codes))
    }
}

/// `GET /v1/registers/{register}/{id}`.
pub async fn show(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((register, id)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let record = found(&window, &caller, &register, &id, &purpose(&query)).await?;
    let mut by = transit_transfers::by(&window, &caller, record.key.register);
    by.applies |= consolidations::loads(&window, &caller, &record.key, None).await?;
    let mut shown = whole(&seen(&caller, &by.codes, &record));
    let today = window.clock.now().day();
    let mut open = register::open(&record.key, Some(&record), &by, &window.reference(), today);
    open.retain(|step| transit_transfers::may(&caller, &record, step.action));
    shown["moves"] = open.into_iter().map(|step| register_forms::step(record.key.register, step)).collect();
    shown["overdue"] = register::is_overdue(&record, window.clock.now()).into();
    Ok(Json(shown))
}

/// `GET /v1/registers/{register}/{id}/history`: every version, the newest first.
pub async fn history(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((register, id)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let record = found(&window, &caller, &register, &id, &purpose(&query)).await?;
    Ok(Json(json!({ "versions": before(&window, &caller, record, usize::MAX).await? })))
}

/// Versions of a record that a page shows at most.
const SHOWN: usize = 50;

/// The versions of a record that its page shows, the newest first; that it is read was recorded for the record itself.
pub(crate) async fn versions(
    window: &Window,
    caller: &Caller,
    register: &str,
    id: &str,
) -> Result<Vec<Value>, Problem> {
    let (record, _) = visible(window, caller, register, id).await?;
    before(window, caller, record, SHOWN).await
}

/// A record and its earlier versions, the newest first, each as he may see it.
async fn before(
    window: &Window,
    caller: &Caller,
    mut record: Arc<Record>,
    most: usize,
) -> Result<Vec<Value>, Problem> {
    let (codes, _) = window.names_of(&caller.party);
    let codes = codes.as_slice();
    let mut versions = vec![whole(&seen(caller, codes, &record))];
    // Whoever reuses it has what is in force, and not how it came to be.
    if is_reused(caller, codes, &record) {
        return Ok(versions);
    }
    while let Some(previous) = record.previous.filter(|_| versions.len() < most) {
        let Some(earlier) = window.read.record_at(previous).await? else { break };
        versions.push(whole(&View::of(&earlier, codes)));
        record = earlier;
    }
    Ok(versions)
}

/// `POST /v1/registers/{register}/{id}/actions`. A record is made by a first action with version 0.
pub async fn act(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((register, id)): Path<(String, String)>,
    body: Result<Json<Body>, axum::extract::rejection::JsonRejection>,
) -> Result<Json<Value>, Problem> {
    consolidations::asks_moves(&caller, &register)?;
    operations::check_intake(&window)?;
    let register = named(&register)?;
    let Json(mut body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let key = RecordKey::new(register, &id);
    if key.id.is_empty() || key.id.len() > 120 || key.id.chars().any(char::is_control) {
        return Err(Problem::bad_request("an id has 1 to 120 characters"));
    }
    // Who has no party yet has his application, and nothing else is there for him.
    if register::filing::is_claim(&caller.party) && (register != Register::Filing || key.id != caller.party) {
        return Err(refused(&Refusal::Absent, &[]));
    }
    let by = transit_transfers::by(&window, &caller, register);
    let by = consolidations::by(&window, &caller, by, &key, &body).await?;
    register_follows::completed(&window, &caller, &key, &mut body).await?;
    let command = Command {
        key,
        version: body.version,
        action: body.action.as_str().into(),
        by,
        note: body.note,
        body: body.body.map(|body| body.to_string()),
    };
    let codes = command.by.codes.clone();
    match command_of(&window, command).await? {
        Ok(record) => {
            let record = register_follows::followed(&window, record).await;
            Ok(Json(whole(&View::of(&record, &codes))))
        }
        Err(refusal) => Err(refused(&refusal, &codes)),
    }
}

pub(crate) async fn command_of(
    window: &Window,
    command: Command,
) -> Result<Result<Arc<Record>, Refusal>, Problem> {
    window.pipeline.command(command).await.ok_or_else(|| {
        Problem::not_recorded("look at the record, then send it again", "请先查看该记录，再重新提交")
    })
}

pub(crate) fn by(window: &Window, caller: &Caller) -> By {
    By {
        actor: Actor { party: window.code_of(&caller.party), name: caller.name.clone() },
        codes: window.names_of(&caller.party).0,
        role: caller.role,
        applies: caller.rights.has(Right::RegistersApply),
        reviews: caller.reviews(),
        window: false,
    }
}

/// On what he decides in a register today.
fn competence(window: &Window, caller: &Caller, register: Register) -> Competence {
    let (reference, today) = (window.reference(), window.clock.now().day());
    let by = transit_transfers::by(window, caller, register);
    Competence::of(register, &by, &reference.parties, reference.current(), today)
}

/// Whether anything is his to decide: an office has the duty, an agency besides a role of which it is the authority.
pub(crate) fn decides(window: &Window, caller: &Caller) -> bool {
    let his = |register| competence(window, caller, register).any();
    caller.reviews() && (caller.is_office() || his(Register::Filing) || his(Register::EntryRefund))
}

fn named(word: &str) -> Result<Register, Problem> {
    Register::from_word(word)
        .ok_or_else(|| Problem::not_found("no such register; GET /v1/registers lists them"))
}

/// The register of a word, if he may read it: what happens to users and tokens is for who manages or audits them.
fn named_for(caller: &Caller, word: &str) -> Result<Register, Problem> {
    let register = Register::from_word(word);
    if !consolidations::is_for_keepers(caller, register) {
        caller.may(&[asks_for(register)])?;
    }
    named(word)
}

/// The right that reading a register asks for.
pub(super) fn asks_for(register: Option<Register>) -> Right {
    if register == Some(Register::SignIn) { Right::TraceRead } else { Right::RegistersRead }
}

/// Whether all records of a register are there for him, those that are his to decide too.
pub(super) fn sees_whole(window: &Window, caller: &Caller, register: Register) -> bool {
    sees_all(caller, register)
        || (register == Register::EntryRefund && competence(window, caller, register).any())
}

pub(super) fn sees_all(caller: &Caller, register: Register) -> bool {
    match register {
        Register::Filing
        | Register::Goods
        | Register::Attachment
        | Register::Certificate
        | Register::CreditObservation
        | Register::CreditList
        | Register::CreditAssessment => caller.uses_registers(),
        // What platforms are told of lists is for them; whoever else may read of lists has the lists.
        Register::ListNotice => false,
        // Told with each of the two trades to whoever may see it.
        Register::Exchange => false,
        // For how much somebody bought is between him and the tax authority, which decides.
        Register::EntryRefund => false,
        // Offices see those of their districts: `transit_transfers`.
        Register::TransitTransfer => caller.is_office(),
        // Who read what is known to the owners, and to the operator of the window.
        Register::Access => false,
        Register::Share
        | Register::Webhook
        | Register::Delivery
        | Register::Answer
        | Register::PaymentData => caller.is_office(),
        // What a holder has in stock is for whoever supervises it.
        Register::BondedBook | Register::BondedItem | Register::BondedDocument | Register::BondedBill => {
            caller.is_office() && caller.districts.is_empty()
        }
        // Whoever supervises, or decides on them; a park that is open is told to everybody by a route of its own.
        Register::Park | Register::Site => caller.is_office() || caller.uses_registers(),
        Register::SiteRecord
        | Register::SiteScan
        | Register::ParcelHold
        | Register::SiteCode
        | Register::SiteBag
        | Register::SiteStock
        | Register::Consolidation
        | Register::CentralisedTax
        | Register::MarketSlip
        | Register::MarketDeclaration
        | Register::Parcel
        | Register::TraceCode
        | Register::Recall
        | Register::ResponsiblePersons => caller.is_office() && caller.districts.is_empty(),
        // What was erased is told by place, never by person.
        Register::Erasure => caller.is_office() && caller.districts.is_empty(),
        // Whoever decides on a dispute or releases a lock; each reading is told to the person.
        Register::Consumer | Register::Dispute | Register::Notice => {
            caller.is_office() && caller.districts.is_empty()
        }
        // What agencies write to one another is between them; what one files, others have by rules of sharing.
        Register::Request | Register::RiskCase | Register::InspectionReport | Register::AgencyRecord => false,
        // Who asks for what, and who offers what, is between the two.
        Register::ServiceRequest | Register::ServiceOffer => false,
        // Who may see a photograph is said by its inspection.
        Register::Photograph => false,
        // Sealed, or secret before their time: they have routes of their own.
        Register::RulebookDraft | Register::DrawPeriod => false,
        Register::SignIn => caller.is_of_zone(),
    }
}

/// A record that the caller may see, and whether it names his party.
pub(super) async fn visible(
    window: &Window,
    caller: &Caller,
    register: &str,
    id: &str,
) -> Result<(Arc<Record>, bool), Problem> {
    let register = named_for(caller, register)?;
    let absent = || Problem::not_found("no such record, or not yours");
    let record = window.read.record(&RecordKey::new(register, id)).await?.ok_or_else(absent)?;
    let (codes, _) = window.names_of(&caller.party);
    let own = codes.iter().any(|code| record.parties.contains(code));
    let may = own
        || sees_whole(window, caller, register)
        || (reuses(caller, register) && may_find(caller, &codes, &record))
        || is_copy_of_licence(window, caller, &record).await?;
    let may = may && payment_data::is_in_reach(window, caller, &record).await?;
    if may { Ok((record, own)) } else { Err(absent().of_another(true)) }
}

/// A record that the caller may see; a reading of another's is recorded before it is shown.
pub(super) async fn found(
    window: &Window,
    caller: &Caller,
    register: &str,
    id: &str,
    purpose: &str,
) -> Result<Arc<Record>, Problem> {
    let (record, own) = visible(window, caller, register, id).await?;
    if own {
        return Ok(record);
    }
    let subject = (record.key.register.word(), record.key.id.as_str());
    // A page asks beneath with a query of its own: what for it is read stands in the request.
    let purpose = if purpose.trim().is_empty() { caller.purpose.as_str() } else { purpose };
    recorded(window, by(window, caller), subject, &record.parties, purpose, None).await?;
    Ok(record)
}

/// Records that a caller reads what is others'.
pub(crate) async fn recorded(
    window: &Window,
    by: By,
    subject: (&str, &str),
    owners: &[Text],
    purpose: &str,
    range: Option<(String, String)>,
) -> Result<(), Problem> {
    let unnamed = || Problem::unavailable("the reading cannot be recorded; ask again");
    let command = crate::reading::reading(by, subject, owners, purpose, range).ok_or_else(unnamed)?;
    let codes = command.by.codes.clone();
    command_of(window, command).await?.map(|_| ()).map_err(|refusal| refused(&refusal, &codes))
}
