//! What callers are shown: edge shapes, made here and nowhere else. Sealed findings and evidence are for officers;
//! personal values are masked.

use super::{lines, measures};
use crate::pipeline::{Answered, MessageAnswer};
use ceb::{Decimal, Document};
use clearance::consignment::{Attempt, Bill, Consignment, Filed, ReturnFile};
use clearance::event::Cause;
use clearance::finding::Finding;
use clearance::identity::masked;
use clearance::keys::{OrderKey, Position, Time};
use clearance::outcome::Outcome;
use clearance::reason::Disclosure;
use clearance::tax::Assessment;
use ledger::{AccountKind, Hold, HoldState};
use serde::Serialize;
use serde_json::{Value, json};
use store::{MessageRow, ReceiptRow, StoredEvent};

/// 32 bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// An instant as it is told: yyyyMMddHHmmssSSS in China.
pub(crate) fn time(time: Time) -> String {
    time.stamp_millis().to_string()
}

/// An amount of fen as answers have it, in yuan.
pub(crate) fn yuan(fen: i64) -> String {
    Decimal::from_fen(fen).to_string()
}

/// Whether a path names a field of a document of this kind.
fn is_of(kind: Option<ceb::Kind>, path: &str) -> bool {
    let element = path.split(['.', '[']).next().unwrap_or(path);
    kind.is_some_and(|kind| {
        kind.element() == element || kind.parts().iter().any(|part| part.element == element)
    })
}

/// A finding. `own` = the reader sent the document: values of his own document are his.
pub fn finding(finding: &Finding, kind: Option<ceb::Kind>, own: bool, officer: bool) -> Value {
    let reason = finding.reason;
    let open = officer || reason.disclosure() == Disclosure::Open;
    // The sender's own value comes first in a finding, where it is about his document: that of an order and a payment that
    // do not agree stands in the list's findings too. What it was compared with may be another's.
    let fields: Vec<Value> = finding
        .fields
        .iter()
        .enumerate()
        .filter(|_| open)
        .map(|(index, field)| {
            let value = if (own && index == 0 && is_of(kind, &field.path)) || officer {
                field.value.to_string()
            } else {
                masked(&field.path, &field.value).into_owned()
            };
            json!({"path": field.path.as_str(), "value": value})
        })
        .collect();
    json!({
        "rule": reason.word(),
        "number": reason.number(),
        "layer": finding.layer().word(),
        "code": reason.customs_code().map(str::to_owned).or_else(|| kind.map(|kind| reason.ceb_code(kind)).filter(|code| *code != 0).map(|code| code.to_string())),
        "text": finding.text_zh(kind),
        "fields": fields,
        "arithmetic": finding.arithmetic.as_deref().filter(|_| open),
        "uncertain": finding.uncertain,
        "why": {"en": reason.why_en(), "zh": reason.why_zh()},
        "fix": {"en": reason.fix_en(), "zh": reason.fix_zh()},
    })
}

/// The answer to one document or action. Written as it stands, without a tree between: it is the answer most asked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnsweredShape<'a> {
    position: u64,
    kind: Option<u16>,
    order: Option<OrderShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    export: Option<ExportShape<'a>>,
    status: i32,
    info: &'a str,
    pre_no: Option<&'a str>,
    version: u32,
    repeated: bool,
    undecided: bool,
    findings: Vec<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderShape<'a> {
    platform: &'a str,
    order_no: &'a str,
}

/// An export trade.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportShape<'a> {
    merchant: &'a str,
    order_no: &'a str,
}

impl<'a> OrderShape<'a> {
    fn of(order: &'a OrderKey) -> Self {
        Self { platform: order.platform.as_str(), order_no: order.order_no.as_str() }
    }
}

/// A message.
#[derive(Serialize)]
pub struct MessageShape<'a> {
    position: u64,
    received: String,
    sha256: String,
    root: &'a str,
    guid: &'a str,
    documents: u32,
    refused: Option<&'a str>,
}

/// The answer to a message.
#[derive(Serialize)]
pub struct MessageAnswerShape<'a> {
    message: MessageShape<'a>,
    documents: Vec<AnsweredShape<'a>>,
}

/// A shape as a tree, to be added to.
pub fn value(shape: impl Serialize) -> Value {
    // Texts, numbers and lists alone: it cannot fail.
    serde_json::to_value(shape).unwrap_or_default()
}

/// The answer to one document or action.
pub fn answered(answered: &Answered, kind: Option<ceb::Kind>, officer: bool) -> AnsweredShape<'_> {
    let answer = &answered.answer;
    AnsweredShape {
        position: answered.position.number(),
        kind: kind.map(ceb::Kind::number),
        order: answered.order.as_ref().map(OrderShape::of),
        export: answered.trade.as_ref().map(|trade| ExportShape {
            merchant: trade.merchant.as_str(),
            order_no: trade.order_no.as_str(),
        }),
        status: answer.status,
        info: answer.info.as_str(),
        pre_no: answer.pre_no.as_deref(),
        version: answer.version,
        repeated: answered.repeated,
        undecided: answered.undecided,
        findings: answer.findings.iter().map(|one| finding(one, kind, true, officer)).collect(),
    }
}

/// The answer that a document had first.
pub fn first_answer(
    position: Position,
    outcome: Option<&Outcome>,
    repeats: Option<Position>,
    kind: Option<ceb::Kind>,
    officer: bool,
) -> Value {
    let Some(outcome) = outcome else {
        return json!({"position": position.number(), "kind": kind.map(ceb::Kind::number), "undecided": true});
    };
    let answer = &outcome.answer;
    json!({
        "position": position.number(),
        "kind": kind.map(ceb::Kind::number),
        "status": answer.status,
        "info": answer.info.as_str(),
        "preNo": answer.pre_no.as_deref(),
        "repeats": repeats.map(|first| first.number()),
        "findings": answer.findings.iter().map(|one| finding(one, kind, true, officer)).collect::<Vec<_>>(),
    })
}

/// The answer to a message.
pub fn message_answer(answer: &MessageAnswer, kind: Option<ceb::Kind>) -> MessageAnswerShape<'_> {
    MessageAnswerShape {
        message: message(&answer.message),
        documents: answer.documents.iter().map(|one| answered(one, kind, false)).collect(),
    }
}

/// A message.
pub fn message(row: &MessageRow) -> MessageShape<'_> {
    MessageShape {
        position: row.position.number(),
        received: time(row.received),
        sha256: hex(&row.sha256),
        root: row.root.as_str(),
        guid: row.guid.as_str(),
        documents: row.documents,
        refused: row.refusal.as_deref(),
    }
}

/// A receipt of a feed.
pub fn receipt(row: &ReceiptRow, xml: bool) -> Value {
    let document = &row.receipt.document;
    let body = if xml {
        Value::String(String::from_utf8(ceb::write_receipt(document)).unwrap_or_default())
    } else {
        document.to_json()
    };
    json!({
        "position": row.position.number(),
        "number": row.index,
        "recipient": row.receipt.recipient.as_str(),
        "message": document.kind().root(),
        "status": row.receipt.status,
        "time": time(row.receipt.time),
        "receipt": body,
    })
}

fn filed(filed: Option<&Filed>, codes: &[clearance::Text]) -> Value {
    match filed {
        None => Value::Null,
        Some(filed) => {
            json!({
                "position": filed.position.number(), "status": filed.status, "guid": filed.document.guid().as_str(), "sender": filed.sender.as_str(),
                "own": codes.contains(&filed.sender),
            })
        }
    }
}

/// Tax line by line, with its arithmetic.
pub fn assessment(assessment: &Assessment) -> Value {
    json!({
        "basis": assessment.basis.word(),
        "lawOf": assessment.day.to_string(),
        "dutiableValue": yuan(assessment.dutiable()),
        "duty": yuan(assessment.duty()),
        "consumptionTax": yuan(assessment.consumption_tax()),
        "valueAddedTax": yuan(assessment.vat()),
        "total": yuan(assessment.total()),
        "lines": assessment.lines.iter().map(|line| json!({
            "gnum": line.gnum, "gcode": line.hs.as_str(), "dutiableValue": yuan(line.dutiable), "duty": yuan(line.duty),
            "consumptionTax": yuan(line.consumption_tax), "valueAddedTax": yuan(line.vat), "total": yuan(line.total()), "arithmetic": line.explain(),
        })).collect::<Vec<_>>(),
        "uncertain": assessment.uncertain.iter().map(|(gnum, what)| json!({"gnum": gnum, "what": what.as_str()})).collect::<Vec<_>>(),
    })
}

pub(super) fn bill(bill: &Bill) -> Value {
    json!({
        "taxNo": bill.number.as_str(), "status": bill.status, "entDutyNo": bill.notice.as_deref(), "owed": yuan(bill.owed),
        "releasedOn": bill.released_on.to_string(), "paid": bill.paid, "overdue": bill.overdue,
    })
}

/// What a trade takes of an account.
fn held(hold: &Hold) -> Value {
    let state = match hold.state {
        HoldState::Held => "held",
        HoldState::Posted => "posted",
        HoldState::Voided => "voided",
    };
    let mut shown = json!({"amount": yuan(hold.amount), "givenBack": yuan(hold.given_back), "state": state});
    if hold.account.kind == AccountKind::Guarantee {
        shown["guarantor"] = hold.account.owner.as_str().into();
    }
    shown
}

/// The quota is the buyer's: who he is stands masked, and how much of it he has left is told to him alone.
fn of_buyer(hold: &Hold, attempt: &Attempt) -> Value {
    let mut shown = held(hold);
    if let Document::Declaration(list) = &*attempt.declaration.document {
        shown["buyer"] = masked("buyerName", &list.head.buyer_name).as_ref().into();
        shown["buyerIdNumber"] = masked("buyerIdNumber", &list.head.buyer_id_number).as_ref().into();
    }
    shown["year"] = hold.account.period.into();
    shown
}

fn attempt(attempt: &Attempt, codes: &[clearance::Text], officer: bool) -> Value {
    let own = codes.contains(&attempt.declaration.sender);
    let mut shown = json!({
        "number": attempt.number,
        "state": attempt.state.number(),
        "stateWord": attempt.state.word(),
        "preNo": attempt.pre_no.as_str(),
        "invtNo": attempt.invt_no.as_deref(),
        "businessDate": attempt.business_date.to_string(),
        "rulebook": attempt.rulebook,
        "needsArrival": attempt.needs_arrival,
        "assessment": attempt.assessment.as_ref().map(assessment),
        "bill": attempt.bill.as_ref().map(bill),
        "quota": attempt.quota.as_ref().map(|hold| of_buyer(hold, attempt)),
        "guarantee": attempt.guarantee.as_ref().map(held),
        "measures": measures::of_attempt(attempt, codes, officer),
        "findings": attempt.findings.iter().map(|one| finding(one, Some(ceb::Kind::Declaration), own, officer)).collect::<Vec<_>>(),
        "declaration": filed(Some(&attempt.declaration), codes),
    });
    if officer {
        shown["lane"] = json!(attempt.lane.map(clearance::consignment::Lane::word));
        shown["hits"] = attempt.hits.iter().map(|hit| json!({"rule": hit.rule.as_str(), "lane": hit.lane.word(), "evidence": hit.evidence.as_str()})).collect();
        shown["remarks"] = attempt.remarks.iter().map(|remark| json!({"time": time(remark.time), "officer": remark.officer.as_str(), "action": remark.action.as_str(), "text": remark.text.as_str()})).collect();
    }
    shown
}

fn returned(file: &ReturnFile, codes: &[clearance::Text], officer: bool) -> Value {
    json!({
        "decideBy": file.decide_by.as_ref().map(|due| measures::decide_by(due, codes, officer)),
        "number": file.number, "state": file.state.word(), "preNo": file.pre_no.as_str(),
        "lines": file.lines.iter().map(|line| json!({"gnum": line.gnum, "qty": line.qty.to_string()})).collect::<Vec<_>>(),
        "taxGivenBack": yuan(file.tax_given_back), "quotaGivenBack": yuan(file.quota_given_back),
    })
}

/// A consignment with its timeline.
pub fn consignment(
    consignment: &Consignment,
    timeline: &[StoredEvent],
    codes: &[clearance::Text],
    officer: bool,
) -> Value {
    if !officer && !is_principal(consignment, codes) {
        return partner_view(consignment, timeline, codes);
    }
    json!({
        "platform": consignment.key.platform.as_str(),
        "orderNo": consignment.key.order_no.as_str(),
        "version": consignment.version,
        "waitingFor": lines::waiting(consignment),
        "deadlines": consignment.timers.iter().map(|(kind, number, due)| json!({"for": kind.word(), "number": number, "due": time(*due)})).collect::<Vec<_>>(),
        "order": filed(consignment.order.as_ref(), codes),
        "payment": filed(consignment.payment.as_ref(), codes),
        "waybill": consignment.carriage.as_ref().map(|carriage| json!({
            "logisticsCode": carriage.key.logistics.as_str(), "logisticsNo": carriage.key.logistics_no.as_str(), "document": filed(carriage.waybill.as_ref(), codes),
            "arrived": carriage.arrived.as_ref().map(|mark| mark.bill_no.as_str()), "delivered": carriage.delivered.is_some(),
        })),
        "attempt": consignment.attempt.as_ref().map(|one| attempt(one, codes, officer)),
        "cancellation": consignment.cancellation.as_ref().map(|file| json!({"preNo": file.pre_no.as_str(), "status": file.filed.status})),
        "returns": consignment.returns.iter().map(|file| returned(file, codes, officer)).collect::<Vec<_>>(),
        "timeline": timeline.iter().rev().map(|event| with_movements(event, codes, officer)).collect::<Vec<_>>(),
    })
}

/// An entry of the timeline with what it moved: for those who see the tax too.
fn with_movements(event: &StoredEvent, codes: &[clearance::Text], officer: bool) -> Value {
    let mut shown = entry(event, codes, officer);
    // An arrival is of many trades; what it moves stands with the events that follow from it.
    let movements = event.row.outcome.iter().flat_map(|outcome| &outcome.movements);
    shown["movements"] = movements
        .map(|movement| {
            json!({
                "account": movement.account.kind.word(), "kind": movement.kind.word(), "amount": yuan(movement.amount),
            })
        })
        .collect();
    shown
}

/// The consignment's version after an event.
pub fn version_of(event: &StoredEvent) -> Option<u32> {
    event.row.outcome.as_ref()?.consignment.as_ref().map(|state| state.version)
}

/// The declaration's state after an event.
fn state_after(event: &StoredEvent) -> Option<u16> {
    let consignment = event.row.outcome.as_ref()?.consignment.as_ref()?;
    consignment.attempt.as_ref().map(|attempt| attempt.state.number())
}

/// What an event was, by whom and when: for an officer who decided on an older version.
pub fn change(event: &StoredEvent) -> Value {
    let (what, by) = match &event.row.event.cause {
        Cause::Document(arrived) => (arrived.document.kind().root(), arrived.sender.as_str()),
        Cause::Follow(_) => ("waybill", ""),
        Cause::Timer(timer) => (timer.kind.word(), ""),
        Cause::Action(action) | Cause::ExportAction(action) => (action.kind.word(), action.officer.as_str()),
    };
    let outcome = event.row.outcome.as_ref();
    let state = state_after(event);
    json!({
        "position": event.position.number(),
        "time": time(event.time),
        "version": version_of(event),
        "what": what,
        "by": by,
        "state": state,
        "info": outcome.map(|outcome| outcome.answer.info.as_str()),
    })
}

pub(super) fn entry(event: &StoredEvent, codes: &[clearance::Text], officer: bool) -> Value {
    let (what, kind, own) = match &event.row.event.cause {
        Cause::Document(arrived) => {
            ("document", Some(arrived.document.kind()), codes.contains(&arrived.sender))
        }
        Cause::Follow(_) => ("waybill", None, false),
        Cause::Timer(timer) => (timer.kind.word(), None, false),
        Cause::Action(action) | Cause::ExportAction(action) => (action.kind.word(), None, false),
    };
    // An arrival names other parcels too.
    let whole = own || officer || kind != Some(ceb::Kind::Arrival);
    let outcome = event.row.outcome.as_ref();
    let state = state_after(event);
    json!({
        "position": event.position.number(),
        "time": time(event.time),
        "what": what,
        "message": kind.map(ceb::Kind::root),
        // Whose bytes they are may have them: `GET /v1/messages/{position}/original`.
        "original": event.row.message.filter(|_| own || officer).map(|message| message.number()),
        "status": outcome.map(|outcome| outcome.answer.status),
        "info": outcome.filter(|_| whole).map(|outcome| outcome.answer.info.as_str()),
        "state": state,
        "findings": outcome.filter(|_| whole).map(|outcome| outcome.answer.findings.iter().map(|one| finding(one, kind, own, officer)).collect::<Vec<_>>()),
        "receipts": outcome.filter(|_| whole).map(|outcome| outcome.receipts.iter().map(|receipt| json!({"message": receipt.document.kind().root(), "status": receipt.status, "time": time(receipt.time)})).collect::<Vec<_>>()),
        "judgedWith": outcome.filter(|_| officer).map(|outcome| json!({"engine": outcome.engine, "rulebook": outcome.read.rulebook, "parties": outcome.read.parties})),
    })
}

/// Whether a party is one of the trade itself: platform, merchant, declaring unit or guarantor, or sent order or list.
/// Payment firm and carrier are not: they see what concerns their documents.
pub(super) fn is_principal(consignment: &Consignment, codes: &[clearance::Text]) -> bool {
    let mut named: Vec<&str> = vec![consignment.key.platform.as_str()];
    let declaration = consignment.attempt.as_ref().map(|attempt| &attempt.declaration);
    for filed in [consignment.order.as_ref(), declaration].into_iter().flatten() {
        named.push(filed.sender.as_str());
        match &*filed.document {
            Document::Order(order) => named.push(order.head.ebc_code.as_str()),
            Document::Declaration(declaration) => {
                let head = &declaration.head;
                named.extend([head.ebc_code.as_str(), head.agent_code.as_str(), head.assure_code.as_str()]);
            }
            _ => {}
        }
    }
    named.into_iter().any(|name| codes.iter().any(|code| code == name.trim()))
}

/// What a payment firm or carrier sees: where the trade is, and findings on the fields of its own documents. Not the tax,
/// the bill, or what others were told.
fn partner_view(consignment: &Consignment, timeline: &[StoredEvent], codes: &[clearance::Text]) -> Value {
    let own = |filed: Option<&Filed>| filed.is_some_and(|filed| codes.contains(&filed.sender));
    let carriage = consignment.carriage.as_ref();
    let waybill = carriage.and_then(|carriage| carriage.waybill.as_ref());
    let payment = consignment.payment.as_ref().filter(|payment| own(Some(payment)));
    let carries = own(waybill) || carriage.is_some_and(|carriage| codes.contains(&carriage.key.logistics));
    let heads: Vec<&str> = [(payment.is_some(), "PaymentHead."), (carries, "LogisticsHead.")]
        .into_iter()
        .filter_map(|(has, head)| has.then_some(head))
        .collect();
    let concerns =
        |one: &&Finding| one.fields.iter().any(|field| heads.iter().any(|head| field.path.starts_with(head)));
    let shown = |event: &StoredEvent| match &event.row.event.cause {
        Cause::Document(arrived) if codes.contains(&arrived.sender) => entry(event, codes, false),
        _ => {
            let Value::Object(all) = entry(event, codes, false) else { return Value::Null };
            let kept = ["position", "time", "what", "message", "state"];
            all.into_iter().filter(|(name, _)| kept.contains(&name.as_str())).collect()
        }
    };
    json!({
        "platform": consignment.key.platform.as_str(),
        "orderNo": consignment.key.order_no.as_str(),
        "version": consignment.version,
        "waitingFor": lines::waiting(consignment),
        "payment": filed(payment, codes),
        "waybill": carriage.filter(|_| carries).map(|carriage| json!({
            "logisticsCode": carriage.key.logistics.as_str(), "logisticsNo": carriage.key.logistics_no.as_str(), "document": filed(waybill, codes),
            "arrived": carriage.arrived.as_ref().map(|mark| mark.bill_no.as_str()), "delivered": carriage.delivered.is_some(),
        })),
        "attempt": consignment.attempt.as_ref().map(|attempt| json!({
            "number": attempt.number, "state": attempt.state.number(), "stateWord": attempt.state.word(),
            "findings": attempt.findings.iter().filter(concerns).map(|one| finding(one, Some(ceb::Kind::Declaration), false, false)).collect::<Vec<_>>(),
        })),
        "timeline": timeline.iter().rev().map(shown).collect::<Vec<_>>(),
    })
}

/// Whether a party may see a consignment: some document of it names the party.
pub fn names_party(consignment: &Consignment, codes: &[clearance::Text]) -> bool {
    let mut named: Vec<&str> = Vec::new();
    let declaration = consignment.attempt.as_ref().map(|attempt| &attempt.declaration);
    for filed in [consignment.payment.as_ref(), declaration].into_iter().flatten() {
        match &*filed.document {
            Document::Payment(payment) => named.extend([filed.sender.as_str(), payment.pay_code.as_str()]),
            Document::Declaration(declaration) => named.push(declaration.head.logistics_code.as_str()),
            _ => {}
        }
    }
    is_principal(consignment, codes)
        || named.into_iter().any(|name| codes.iter().any(|code| code == name.trim()))
}
