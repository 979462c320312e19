//! Export trades: lists by cursor, one with its timeline, findings and what it waits for, and officers' actions on it. Who
//! sees what is as with consignments: those whom it names, in full the parties of the trade itself; offices by district.

use super::error::Problem;
use super::export_changes::trade_after;
use super::export_waiting::waiting;
use super::trades::Trade;
use super::{
    CONSIGNMENTS, Query, actions, assignments, confirmations, draws, export_changes, export_lists,
    inspections, limit, operations, parameter, readings, registers, risk_model, scope, view,
};
use crate::Window;
use crate::auth::Caller;
use crate::consolidations;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ceb::Document;
use clearance::Text;
use clearance::consignment::{Filed, Lane};
use clearance::event::{ActionKind, Cause, TimerKind};
use clearance::export::{
    ExportAttempt, ExportCarriage, ExportKey, ExportState, ExportTrade, ExportTradeKey, ReturnOfExport,
    TaxOfReturn,
};
use clearance::finding::Finding;
use clearance::keys::Position;
use clearance::tax::Assessment;
use serde_json::{Value, json};
use std::sync::Arc;
use store::{ExportSearch, Read, Scope, StoredEvent};

/// `GET /v1/exports?state=&number=&party=&sort=&after=&limit=`: the newest first; `number` is any that a trade has; `sort` puts up to
/// 500 in order by a column. Of more `more` says that they stand as they came. `after` is the `next` of an answer in the same order.
pub async fn list(
    State(window): State<Arc<Window>>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let (search, after) = (search(&window, &caller, &query)?, parameter(&query, "after"));
    let asked = (parameter(&query, "number"), parameter(&query, "sort"));
    let limit = limit(&query, CONSIGNMENTS)?;
    let page = export_lists::page(&window, &search, asked, after.as_deref(), limit).await?;
    if caller.is_office() {
        let owners: Vec<Vec<Text>> = page.found.iter().map(|trade| trade.parties()).collect();
        readings::listed(&window, &caller, "exports", &query, &owners).await?;
    }
    let (codes, _) = window.names_of(&caller.party);
    let lines: Vec<Value> = page.found.iter().map(|trade| line(trade, &codes, caller.is_office())).collect();
    Ok(Json(json!({"exports": lines, "next": page.next, "more": page.more})))
}

/// What a list of trades, or of applications to summarise, is narrowed to.
pub(super) fn search(window: &Window, caller: &Caller, query: &Query) -> Result<ExportSearch, Problem> {
    let scope = scope(window, caller);
    let states = match parameter(query, "state") {
        None => Vec::new(),
        Some(text) => text
            .split(',')
            .map(|state| state.parse().map_err(|_| Problem::bad_request("state is a list of state numbers")))
            .collect::<Result<_, _>>()?,
    };
    let party = match (parameter(query, "party"), &scope) {
        (None, _) => None,
        (Some(party), Scope::Office(_)) => Some(window.names_of(party.trim()).0),
        (Some(_), Scope::Party(_)) => return Err(Problem::bad_request("party is for offices")),
    };
    Ok(ExportSearch { scope, party, states })
}

/// The cursor after which a page begins.
pub(super) fn after(query: &Query) -> Result<Option<u64>, Problem> {
    let wrong = |_| Problem::bad_request("after is a cursor of an earlier answer");
    parameter(query, "after").map(|text| text.parse().map_err(wrong)).transpose()
}

/// A line of the list; officers are told the lane and the reasons, the trade's own parties until when it waits.
pub(super) fn line(trade: &ExportTrade, codes: &[Text], officer: bool) -> Value {
    let attempt = trade.attempt.as_ref();
    let mode = trade.declaration().map(|declaration| declaration.head.trade_mode.as_str());
    let mut line = json!({
        "merchant": trade.key.merchant.as_str(),
        "orderNo": trade.key.order_no.as_str(),
        "state": trade.state_number(),
        "stateWord": attempt.map(|attempt| attempt.state.word()),
        "invtNo": attempt.and_then(|attempt| attempt.invt_no.as_deref()),
        "tradeMode": mode,
        "customsCode": trade.district().as_str(),
        "version": trade.version,
        "waitingFor": waiting(trade),
        "changed": view::time(trade.last_time),
    });
    if officer || is_principal(trade, codes) {
        let due = trade.timers.iter().map(|(_, _, due)| *due).min();
        line["due"] = due.map(view::time).into();
    }
    if officer {
        line["lane"] = attempt.and_then(|attempt| attempt.lane).map(Lane::word).into();
        let findings = attempt.iter().flat_map(|attempt| &attempt.findings);
        line["reasons"] = findings.map(|finding| finding.reason.word()).collect();
    }
    line
}

fn missing() -> Problem {
    Problem::not_found("no export trade that names you has this number")
}

/// A trade, if the scope covers it.
pub(crate) async fn found(
    window: &Window,
    scope: &Scope,
    key: &ExportTradeKey,
) -> Result<Arc<ExportTrade>, Problem> {
    let state = window.read.export(&ExportKey::Trade(key.clone())).await?;
    let trade = state.as_ref().and_then(|state| state.trade()).cloned().ok_or_else(missing)?;
    let search = ExportSearch { scope: scope.clone(), party: None, states: Vec::new() };
    if search.finds(&trade) { Ok(trade) } else { Err(missing().of_another(true)) }
}

/// Whether the scope covers a trade.
pub(super) async fn sees(window: &Window, scope: &Scope, key: &ExportTradeKey) -> Result<bool, Problem> {
    match found(window, scope, key).await {
        Ok(_) => Ok(true),
        Err(problem) if problem.kind() == "not-found" => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// The events under business keys of exports that the scope covers: of a trade, of a waybill, of a number of its own. A
/// party's are narrowed to its own documents afterwards.
pub(super) async fn named(
    window: &Window,
    scope: &Scope,
    keys: &[ExportKey],
) -> Result<Vec<StoredEvent>, Problem> {
    let mut events = Vec::new();
    for key in keys {
        let Some(state) = window.read.export(key).await? else { continue };
        let trade = match &state {
            ExportState::Trade(trade) => Some(trade.key.clone()),
            ExportState::Waybill(record) => record.claimed_by.as_ref().map(|(trade, _)| trade.clone()),
            ExportState::Owner(owner) => Some(owner.trade.clone()),
            ExportState::ReturnedParcel(parcel) => parcel.claims.first().map(|claim| claim.trade.clone()),
            ExportState::Batch(_) | ExportState::Summary(_) => None,
            // They have no document of their own.
            ExportState::Closed(_) | ExportState::Claim(_) => continue,
        };
        let whole = !matches!(scope, Scope::Office(districts) if !districts.is_empty());
        let of_parcel = matches!(state, ExportState::Waybill(_) | ExportState::ReturnedParcel(_));
        let visible = match &trade {
            Some(trade) => sees(window, scope, trade).await? || (whole && of_parcel),
            None => whole,
        };
        if visible {
            let key = match (&state, trade) {
                (ExportState::Owner(_), Some(trade)) => &ExportKey::Trade(trade),
                _ => key,
            };
            events.extend(window.read.export_timeline(key).await?);
        }
    }
    Ok(events)
}

/// How a list stands now, if it is the one that its trade stands on.
pub(super) async fn standing(
    window: &Window,
    key: &ExportTradeKey,
    position: Position,
) -> Result<Option<Value>, Problem> {
    let state = window.read.export(&ExportKey::Trade(key.clone())).await?;
    let attempt = state.as_ref().and_then(|state| state.trade()).and_then(|trade| trade.attempt.as_ref());
    let of_it = attempt.filter(|attempt| attempt.declaration.position == position);
    Ok(of_it.map(|attempt| {
        let kind = Some(ceb::Kind::ExportDeclaration);
        let findings: Vec<Value> =
            attempt.findings.iter().map(|one| view::finding(one, kind, true, false)).collect();
        json!({"state": attempt.state.number(), "stateWord": attempt.state.word(), "findings": findings})
    }))
}

/// `GET /v1/exports/{merchant}/{orderNo}`.
pub async fn show(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((merchant, order_no)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    shown(&window, &caller, &ExportTradeKey::new(&merchant, &order_no)).await.map(Json)
}

/// A trade as the caller sees it; an office's reading is recorded first.
pub(crate) async fn shown(window: &Window, caller: &Caller, key: &ExportTradeKey) -> Result<Value, Problem> {
    let trade = found(window, &scope(window, caller), key).await?;
    let office = caller.is_office();
    if office {
        let id = format!("{}/{}", key.merchant, key.order_no);
        let by = registers::by(window, caller);
        registers::recorded(window, by, ("export", &id), &trade.parties(), &caller.purpose, None).await?;
    }
    let (codes, _) = window.names_of(&caller.party);
    let whole = office || is_principal(&trade, &codes);
    let timeline = timeline(window, &trade).await?;
    let reader = Reader { codes: &codes, office, whole };
    let mut shown = line(&trade, &codes, office);
    // What waits for nobody waits for its verdict, as a script says.
    let complete = !trade.timers.is_empty() && waiting(&trade).is_empty();
    let word = |kind: TimerKind| if complete { TimerKind::ScriptedDelay.word() } else { kind.word() };
    shown["deadlines"] = trade
        .timers
        .iter()
        .filter(|_| whole)
        .map(|(kind, number, due)| json!({"for": word(*kind), "number": number, "due": view::time(*due)}))
        .collect();
    shown["order"] = reader.filed(trade.order.as_ref());
    shown["received"] = reader.filed(trade.payment.as_ref());
    shown["waybill"] = reader.waybill(&trade);
    let parcel = trade.carriage.as_ref().map(|carriage| &carriage.key);
    let its_own = parcel.filter(|_| whole);
    shown["transfers"] = super::transit_transfers::of_parcel(window, key, its_own).await?;
    if office {
        super::sites::add_hold(window, parcel, &mut shown).await?;
    }
    shown["attempt"] = trade.attempt.as_ref().map(|attempt| reader.attempt(attempt, &trade)).into();
    shown["cancellation"] = trade
        .cancellation
        .as_ref()
        .map(|file| json!({"preNo": file.pre_no.as_str(), "status": file.filed.status, "attempt": file.attempt}))
        .into();
    shown["returns"] = trade.returns.iter().filter_map(|back| reader.returned(&trade, back)).collect();
    shown["timeline"] = timeline.iter().map(|event| reader.entry(event)).collect();
    let subject = Trade::export(trade.clone());
    if office {
        shown["actions"] = open_to(window, caller, &trade).into();
        shown["inspection"] = inspections::form(window, caller, &subject).await?;
        let order = assignments::of_export(key);
        let taken = window.control.assignment(&order, window.clock.now()).await?;
        shown["assigned"] = taken.as_ref().map(assignments::shown).into();
        shown["unconfirmed"] = confirmations::waiting(caller, subject.unconfirmed());
        shown["shadow"] = risk_model::of_export(window, &trade);
        shown["riskScore"] = risk_model::given_to_export(&trade);
    } else {
        confirmations::hide(&timeline, &mut shown["timeline"]);
    }
    inspections::add(window, caller, &subject, &timeline, &mut shown["timeline"]);
    shown["consolidation"] = Value::Null;
    let carries = |carriage: &&ExportCarriage| whole || codes.contains(&carriage.key.logistics);
    if let Some(carriage) = trade.carriage.as_ref().filter(carries) {
        consolidations::add(window, key, &carriage.key, &mut shown).await?;
    }
    if whole && let Some(drawn) = &trade.look.drawn {
        shown["draw"] = draws::of_trade(window, &trade.key.marked(), drawn).await?;
    }
    Ok(shown)
}

/// The events of a trade, of the waybill that it names and of the parcels in which its goods come back, the oldest first.
async fn timeline(window: &Window, trade: &ExportTrade) -> Result<Vec<StoredEvent>, Problem> {
    let key = ExportKey::Trade(trade.key.clone());
    let mut events = window.read.export_timeline(&key).await?;
    let carried = trade.carriage.iter().map(|carriage| ExportKey::Waybill(carriage.key.clone()));
    let returned = trade.returns.iter().map(|back| ExportKey::ReturnedParcel(back.parcel.clone()));
    let of_it = |event: &StoredEvent| matches!(event.row.event.cause, Cause::Document(_));
    for key in carried.chain(returned) {
        events.extend(window.read.export_timeline(&key).await?.into_iter().filter(of_it));
    }
    // By time: of several servers each has numbers of its own.
    events.sort_by_key(|event| (event.time, event.position));
    events.dedup_by_key(|event| event.position);
    Ok(events)
}

/// Whether a party is one of the trade itself: platform, merchant, declaring unit, or sent order or list. Carrier, payment
/// firm and producing unit are not: they see what concerns their documents.
pub(super) fn is_principal(trade: &ExportTrade, codes: &[Text]) -> bool {
    let mut named = vec![trade.key.merchant.clone()];
    let declared = trade.attempt.as_ref().map(|attempt| &attempt.declaration);
    for filed in [trade.order.as_ref(), declared].into_iter().flatten() {
        named.push(filed.sender.clone());
        match &*filed.document {
            Document::ExportOrder(order) => named.push(order.head.ebp_code.clone()),
            Document::ExportDeclaration(declaration) => {
                named.extend([declaration.head.ebp_code.clone(), declaration.head.agent_code.clone()]);
            }
            _ => {}
        }
    }
    named.iter().any(|name| codes.iter().any(|code| code == name.trim()))
}

/// Who looks at a trade.
struct Reader<'a> {
    codes: &'a [Text],
    office: bool,
    /// He sees all of it, not only what concerns documents of his own.
    whole: bool,
}

impl Reader<'_> {
    fn owns(&self, filed: &Filed) -> bool {
        self.codes.contains(&filed.sender)
    }

    fn filed(&self, filed: Option<&Filed>) -> Value {
        filed
            .filter(|filed| self.whole || self.owns(filed))
            .map(|filed| {
                json!({
                    "position": filed.position.number(), "status": filed.status, "guid": filed.document.guid().as_str(),
                    "sender": filed.sender.as_str(), "own": self.owns(filed),
                })
            })
            .into()
    }

    fn waybill(&self, trade: &ExportTrade) -> Value {
        let carries = |code: &Text| self.whole || self.codes.contains(code);
        let carriage = trade.carriage.as_ref().filter(|carriage| carries(&carriage.key.logistics));
        carriage
            .map(|carriage| {
                json!({
                    "logisticsCode": carriage.key.logistics.as_str(),
                    "logisticsNo": carriage.key.logistics_no.as_str(),
                    "document": self.filed(carriage.waybill.as_ref()),
                    "billNo": carriage.bill.as_ref().map(|mark| mark.bill_no.as_str()),
                    "arrived": carriage.arrived.is_some(),
                    "departed": carriage.departed.as_ref().map(|mark| mark.left_on.to_string()),
                })
            })
            .into()
    }

    /// A return, to those who see the trade whole, its sender, its declaring unit and its carrier.
    fn returned(&self, trade: &ExportTrade, back: &ReturnOfExport) -> Option<Value> {
        let (_, agent, co_el_no) = back.key.parts();
        let own = self.owns(&back.filed) || self.codes.contains(agent);
        if !self.whole && !own && !self.codes.contains(&back.parcel.logistics) {
            return None;
        }
        let mut shown = json!({
            "number": back.number, "status": back.standing.status(), "standing": back.standing.word(),
            "agentCode": agent.as_str(), "coElNo": co_el_no, "preNo": back.pre_no.as_str(),
            "customsCode": back.district.as_str(), "logisticsCode": back.parcel.logistics.as_str(),
            "logisticsNo": back.parcel.logistics_no.as_str(), "backUntil": back.back_until.to_string(),
            "reliefUntil": back.relief_until.map(|day| day.to_string()),
            "talliedOn": back.tallied.as_ref().map(|mark| mark.on.to_string()),
        });
        if self.whole || own {
            let kind = Some(ceb::Kind::ExportReturn);
            shown["document"] = self.filed(Some(&back.filed));
            shown["value"] = back.value.map(view::yuan).into();
            let tax = trade.taxes.iter().find(|tax| tax.number == back.number);
            shown["tax"] = tax.map(taxed).into();
            shown["lines"] = back
                .lines
                .iter()
                .map(|line| json!({"gnum": line.gnum, "qty": line.qty.to_string(), "qty1": line.qty1.to_string()}))
                .collect();
            shown["findings"] =
                back.findings.iter().map(|one| view::finding(one, kind, own, self.office)).collect();
        }
        Some(shown)
    }

    /// Findings that concern whoever looks: all, or those on fields of documents that are his.
    fn concerns(&self, finding: &Finding) -> bool {
        let heads = ["Logistics.", "Receipts."];
        self.whole || finding.fields.iter().any(|field| heads.iter().any(|head| field.path.starts_with(head)))
    }

    fn attempt(&self, attempt: &ExportAttempt, trade: &ExportTrade) -> Value {
        let own = self.owns(&attempt.declaration);
        let kind = Some(ceb::Kind::ExportDeclaration);
        let findings = attempt.findings.iter().filter(|finding| self.concerns(finding));
        let findings: Vec<Value> =
            findings.map(|finding| view::finding(finding, kind, own, self.office)).collect();
        let mut shown = json!({
            "number": attempt.number, "state": attempt.state.number(), "stateWord": attempt.state.word(), "findings": findings,
        });
        if self.whole {
            shown["preNo"] = attempt.pre_no.as_str().into();
            shown["invtNo"] = attempt.invt_no.as_deref().into();
            shown["businessDate"] = attempt.business_date.to_string().into();
            shown["rulebook"] = attempt.rulebook.into();
            shown["closedOn"] = attempt.closed_on.map(|day| day.to_string()).into();
            shown["declaration"] = self.filed(Some(&attempt.declaration));
        }
        if self.office {
            shown["lane"] = attempt.lane.map(Lane::word).into();
            shown["book"] = super::books::taken(trade.taken.as_deref());
            shown["hits"] = trade
                .look
                .hits
                .iter()
                .map(|hit| json!({"rule": hit.rule.as_str(), "lane": hit.lane.word(), "evidence": hit.evidence.as_str()}))
                .collect();
            shown["remarks"] = attempt
                .remarks
                .iter()
                .map(|remark| {
                    json!({
                        "time": view::time(remark.time), "officer": remark.officer.as_str(), "action": remark.action.as_str(),
                        "text": remark.text.as_str(),
                    })
                })
                .collect();
        }
        shown
    }

    /// An entry of the timeline: whole for those who see the trade whole and for whoever sent its document.
    fn entry(&self, event: &StoredEvent) -> Value {
        let own = matches!(&event.row.event.cause, Cause::Document(arrived) if self.codes.contains(&arrived.sender));
        let mut shown = view::entry(event, self.codes, self.office);
        let state = trade_after(event).map(|trade| trade.state_number());
        shown["state"] = state.filter(|state| *state != 0).into();
        // The timer of a list whose partners all came kept its verdict back.
        let of_timer = matches!(&event.row.event.cause, Cause::Timer(_));
        if of_timer && trade_after(event).is_some_and(|trade| export_changes::missed_nobody(trade)) {
            shown["what"] = TimerKind::ScriptedDelay.word().into();
        }
        // Documents of many parcels name others' too.
        let of_many = event.row.outcome.as_ref().is_some_and(|outcome| outcome.export.trade.is_none())
            && !matches!(&event.row.event.cause, Cause::Document(arrived) if matches!(&*arrived.document, Document::ExportWaybill(_)));
        if (self.whole && !of_many) || own || self.office {
            return shown;
        }
        let Value::Object(all) = shown else { return Value::Null };
        let kept = ["position", "time", "what", "message", "state"];
        all.into_iter().filter(|(name, _)| kept.contains(&name.as_str())).collect()
    }
}

/// What a return owes, in CNY; what nobody can say here is none.
fn taxed(tax: &TaxOfReturn) -> Value {
    let of = |part: fn(&Assessment) -> i64| tax.assessment.as_ref().map(|one| view::yuan(part(one)));
    json!({
        "relieved": tax.relieved, "due": tax.due().map(view::yuan), "duty": of(Assessment::duty),
        "consumptionTax": of(Assessment::consumption_tax), "vat": of(Assessment::vat),
        "exportDuty": view::yuan(tax.export_duty), "uncertain": tax.uncertain,
    })
}

/// What is open to an officer now, as the members of the body that asks for it.
fn open_to(window: &Window, caller: &Caller, trade: &ExportTrade) -> Vec<Value> {
    let law = window.reference().current().parameters.on(window.clock.now().day());
    let mut kinds = vec![ActionKind::ConfirmInspection, ActionKind::ContestInspection];
    kinds.extend([ActionKind::Approve, ActionKind::Release, ActionKind::Inspect]);
    if !actions::has_table(window, true) {
        kinds.extend([true, false].map(|passed| ActionKind::InspectionResult { passed }));
    }
    kinds.extend([ActionKind::Reject, ActionKind::Conclude, ActionKind::Suspend, ActionKind::Resume]);
    kinds.extend([501, 502, 503, 599].map(|status| ActionKind::Detain { status }));
    kinds.extend([ActionKind::ApproveCancellation, ActionKind::RefuseCancellation]);
    for number in trade.returns.iter().map(|back| back.number) {
        kinds.extend([ActionKind::ApproveReturn { number }, ActionKind::ReceiveReturn { number }]);
        kinds.extend([500, 505, 600].map(|status| ActionKind::HoldReturn { number, status }));
        kinds.push(ActionKind::RefuseReturn { number });
    }
    kinds.retain(|kind| {
        let officer = (caller.name.as_str(), caller.party.as_str());
        caller.may(actions::asked_for(kind)).is_ok()
            && clearance::decide::export::is_open(trade, kind, officer, &law)
    });
    kinds.iter().map(actions::members).collect()
}

/// `POST /v1/exports/{merchant}/{orderNo}/actions`. 409 = the version seen is not the newest, or the state does not allow
/// the action.
pub async fn act(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path((merchant, order_no)): Path<(String, String)>,
    body: Result<Json<actions::Body>, axum::extract::rejection::JsonRejection>,
) -> Result<Response, Problem> {
    operations::check_intake(&window)?;
    let Json(body) = body.map_err(|error| Problem::bad_request(&error.body_text()))?;
    let key = ExportTradeKey::new(&merchant, &order_no);
    let (status, shown) = take(&window, &caller, &key, &body).await?;
    Ok((status, Json(shown)).into_response())
}

/// Takes an action, and says what came of it: 200, or 409 with what stands against it.
pub(crate) async fn take(
    window: &Window,
    caller: &Caller,
    key: &ExportTradeKey,
    body: &actions::Body,
) -> Result<(StatusCode, Value), Problem> {
    let (kind, order) = (body.kind()?, assignments::of_export(key));
    let action =
        actions::prepared(window, caller, &order, (&body.id, body.version), kind, &body.text).await?;
    actions::carried_out(window, caller, &order, action).await
}
