//! Sending from pages: files and pasted text, and documents that are filled in or corrected in a form. All of it goes where
//! messages of machines go, and is answered alike: the same bytes again get their first answer.

use super::desk::get;
use super::form::Form;
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as, to};
use crate::api::error::Problem;
use crate::api::{self, Query};
use crate::auth::Caller;
use crate::rights::{Right, sent_by};
use crate::{Window, password};
use ::portal::answers::sending::{Definition, Document, Fields, MessageAnswer};
use ::portal::pages::document::{self, LINES};
use ::portal::pages::exports::export_address;
use ::portal::pages::send::{self, Sent};
use ::portal::pages::trade_address;
use ::portal::{Frame, answers};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ceb::Style;
use clearance::party::Role;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Messages that a role fills in: number and root.
fn kinds(role: Role) -> Vec<(u16, String)> {
    sent_by(role).iter().map(|kind| (kind.number(), kind.root().to_owned())).collect()
}

/// `GET /desk/send?from=&sha256=`: the text of a message of one's own is there to be corrected; what each document of one was
/// answered is told again.
pub async fn ask(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let mut view = send::View { kinds: kinds(caller.role), ..send::View::default() };
    if let Ok(position) = get(&asked, "from").parse() {
        let bytes = api::messages::bytes(&window, &caller, position).await?;
        view.text = String::from_utf8(bytes.to_vec()).map_err(|_| {
            Problem::bad_request("the message is not text in UTF-8: correct the file it came from")
        })?;
    }
    let sha256 = get(&asked, "sha256");
    if !sha256.is_empty() {
        if !caller.rights.has(Right::MessagesRead) {
            return Err(Problem::forbidden());
        }
        let answer: MessageAnswer = read(api::messages::first_answers(&window, &caller, sha256).await?)?;
        // Of what its sender called it nothing is kept.
        let name = sha256.chars().take(12).collect();
        view.sent.push(Sent { name, answer: Ok(answer) });
    }
    Ok(shown(&frame, &send::page(&frame, &view)))
}

/// Sends one message.
async fn sent(window: &Window, caller: &Caller, name: &str, bytes: &Bytes) -> Result<Sent, Problem> {
    let answer = match api::messages::taken(window, caller, bytes).await {
        Ok(answer) => Ok(read::<MessageAnswer>(answer)?),
        // What came before it in the form is recorded and told.
        Err(problem) if problem.kind() == "unavailable" => Err(problem.words()),
        Err(problem) => return Err(problem),
    };
    Ok(Sent { name: name.to_owned(), answer })
}

/// `POST /desk/send`: every file is a message of its own.
pub async fn take(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let mut view =
        send::View { kinds: kinds(caller.role), text: form.get("text").to_owned(), ..Default::default() };
    for file in form.files.iter().filter(|file| file.field == "files") {
        view.sent.push(sent(&window, &caller, &file.name, &file.bytes).await?);
    }
    if !view.text.trim().is_empty() {
        // A browser writes line ends of its own kind: the signature and the digest are of what was pasted.
        let text = Bytes::from(view.text.replace("\r\n", "\n"));
        view.sent.push(sent(&window, &caller, "", &text).await?);
    }
    if view.sent.is_empty() {
        view.fault = frame.texts.text("send-nothing");
        return Ok(shown_as(&frame, &send::page(&frame, &view), StatusCode::BAD_REQUEST));
    }
    if form.get("as") == "csv" {
        return Ok(kept("answers.csv", "text/csv; charset=utf-8", send::csv(&view.sent).into()));
    }
    view.text.clear();
    Ok(shown(&frame, &send::page(&frame, &view)))
}

/// A file to be kept.
fn kept(name: &str, kind: &'static str, bytes: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}

async fn definition(kind: u16) -> Result<Definition, Problem> {
    read(api::documents::definition(Path(kind)).await?.0)
}

fn new_guid() -> Result<String, Problem> {
    Ok(password::guid().map_err(crate::signing_in::Refused::from)?)
}

/// `GET /desk/documents?kind=`: a document that nobody has made yet.
pub async fn new(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let definition = definition(get(&asked, "kind").parse().unwrap_or(0)).await?;
    let mut view = document::View { lines: 1, ..document::View::default() };
    let code = window.code_of(&caller.party);
    let own_name = name_of(&window, &code);
    let kind = ceb::Kind::from_number(definition.kind);
    let of_exports = kind.is_some_and(ceb::Kind::is_export);
    // Goods of an export that are brought back come in.
    let goes_out = of_exports && !matches!(kind, Some(ceb::Kind::ExportReturn | ceb::Kind::ReturnTally));
    for part in definition.parts.iter().filter(|part| !part.lines) {
        for field in &part.fields {
            let own = own_field(&field.name, caller.role);
            let value = match own {
                Some(OwnField::Code) => code.as_str(),
                Some(OwnField::Name) => own_name.as_str(),
                None => match usual(&field.name, of_exports, goes_out) {
                    Some(value) => value,
                    None => continue,
                },
            };
            view.values.insert(Definition::name(part, None, &field.name), value.to_owned());
        }
    }
    if let Some(part) = definition.parts.iter().find(|part| part.lines) {
        view.values.insert(Definition::name(part, Some(0), "gnum"), "1".to_owned());
    }
    renew(&window, &definition, &mut view.values)?;
    view.definition = definition;
    Ok(shown(&frame, &document::page(&frame, &view)))
}

/// A field in which a party names itself.
enum OwnField {
    Code,
    Name,
}

fn own_field(field: &str, role: Role) -> Option<OwnField> {
    let own = match role {
        Role::Platform => "ebp",
        Role::Merchant => "ebc",
        Role::Payment | Role::Bank => "pay",
        Role::Logistics | Role::Express => "logistics",
        Role::Agent => "agent",
        Role::SiteOperator => "operator",
        _ => return None,
    };
    match field.strip_prefix(own)? {
        "Code" => Some(OwnField::Code),
        "Name" => Some(OwnField::Name),
        _ => None,
    }
}

/// What usually stands in a field of a new document.
fn usual(field: &str, of_exports: bool, goes_out: bool) -> Option<&'static str> {
    Some(match field {
        "appType" => "1",
        "appStatus" => "2",
        "currency" | "fCurrency" | "iCurrency" => "142",
        "buyerIdType" | "payerIdType" => "1",
        "orderType" | "ieFlag" if goes_out => "E",
        "orderType" | "ieFlag" => "I",
        // Marks of freight and insurance: sums, not rates.
        "fFlag" | "iFlag" => "3",
        // One message with all of it.
        "msgCount" | "msgSeqNo" => "1",
        "tradeMode" if of_exports => "9610",
        "statisticsFlag" => "A",
        "summaryFlag" | "itemNameFlag" => "1",
        _ => return None,
    })
}

/// A new document is told from an older one by its guid and its time.
fn renew(window: &Window, definition: &Definition, values: &mut Fields) -> Result<(), Problem> {
    if let Some(head) = definition.parts.first() {
        values.insert(Definition::name(head, None, "guid"), new_guid()?);
        let now = api::view::time(window.clock.now());
        values.insert(Definition::name(head, None, "appTime"), now.chars().take(14).collect());
    }
    Ok(())
}

/// `GET /desk/documents/{position}`: what was sent, with what is wrong at its fields, to be sent again.
pub async fn correct(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    position: Path<u64>,
) -> Result<Response, Problem> {
    let found: Document = read(api::documents::show(State(window.clone()), caller, position).await?.0)?;
    let definition = definition(found.kind).await?;
    let (mut values, lines) = definition.values(&found.document);
    renew(&window, &definition, &mut values)?;
    // What was accepted is changed; what was not is sent anew.
    let standing = found.standing.as_ref();
    let taken =
        !found.answer.is_refused() && standing.is_none_or(|standing| standing.state_word != "rejected");
    if let Some(head) = definition.parts.first().filter(|_| taken) {
        let name = Definition::name(head, None, "appType");
        if let Some(kind) = values.get_mut(&name) {
            *kind = "2".to_owned();
        }
    }
    let view = document::View {
        values,
        lines,
        findings: found.standing.map_or(found.answer.findings, |standing| standing.findings),
        of: Some((found.position, found.message)),
        order: found.order,
        export: found.export,
        definition,
        ..document::View::default()
    };
    Ok(shown(&frame, &document::page(&frame, &view)))
}

/// What a form says besides the fields.
fn filled(form: &Form, definition: Definition) -> document::View {
    let number = |name: &str| form.get(name).parse::<usize>().unwrap_or(0);
    let of = form.get("of").parse().ok().map(|position| (position, form.get("message").parse().ok()));
    let fields = form.pairs().filter(|(name, _)| name.contains('.'));
    document::View {
        values: fields.map(|(name, text)| (name.to_owned(), text.trim().to_owned())).collect(),
        lines: number("lines").min(LINES),
        from: number("from").min(LINES),
        of,
        definition,
        ..document::View::default()
    }
}

/// Takes a line out: those behind it move up and are numbered anew.
fn drop_line(view: &mut document::View, at: usize) {
    for part in view.definition.parts.iter().filter(|part| part.lines) {
        for line in at..view.lines {
            for field in &part.fields {
                let mut next = view.values.remove(&Definition::name(part, Some(line + 1), &field.name));
                if field.name == "gnum" && next.is_some() {
                    next = Some((line + 1).to_string());
                }
                match next {
                    Some(text) => view.values.insert(Definition::name(part, Some(line), &field.name), text),
                    None => view.values.remove(&Definition::name(part, Some(line), &field.name)),
                };
            }
        }
    }
    view.lines = view.lines.saturating_sub(1);
}

fn add_line(view: &mut document::View) {
    if view.lines < LINES {
        for part in view.definition.parts.iter().filter(|part| part.lines) {
            let name = Definition::name(part, Some(view.lines), "gnum");
            view.values.insert(name, (view.lines + 1).to_string());
        }
        view.lines += 1;
        view.from = view.lines.saturating_sub(1);
    }
}

/// Who transports a message that is made here: the party itself.
fn transfer(window: &Window, caller: &Caller) -> Value {
    let code = window.code_of(&caller.party);
    let (_, exchange_ids) = window.names_of(&caller.party);
    let name = name_of(window, &code);
    let dxp_id = exchange_ids.first().unwrap_or(&code);
    json!({"copCode": code.as_str(), "copName": name, "dxpMode": "DXP", "dxpId": dxp_id.as_str()})
}

fn name_of(window: &Window, code: &str) -> String {
    window.filing(code).map_or(String::new(), |filing| filing.name.to_string())
}

/// The message that a form makes, as JSON: what is empty is left out, unless it must be there.
fn message(view: &document::View, guid: &str, transfer: &Value) -> Value {
    let definition = &view.definition;
    let of = |part: &answers::sending::PartRule, line: Option<usize>| -> Value {
        let fields = part.fields.iter().filter_map(|field| {
            let text = view.values.get(&Definition::name(part, line, &field.name)).map(String::as_str);
            let text = text.unwrap_or_default();
            (field.mandatory || !text.is_empty()).then(|| (field.name.clone(), Value::from(text)))
        });
        Value::Object(fields.collect())
    };
    let mut body = Map::new();
    for part in &definition.parts {
        if definition.flat {
            if let Value::Object(fields) = of(part, None) {
                body.extend(fields);
            }
        } else if part.lines {
            let lines: Vec<Value> = (0..view.lines).map(|line| of(part, Some(line))).collect();
            body.insert(part.element.clone(), lines.into());
        } else {
            body.insert(part.element.clone(), of(part, None));
        }
    }
    let element = definition.element.clone();
    let content = json!({"guid": guid, "version": "1.0", element: [body], "BaseTransfer": transfer});
    json!({definition.root.clone(): content})
}

/// `POST /desk/documents`: sent, kept as a file, or the form with a line more or less.
pub async fn fill(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let definition = definition(form.get("kind").parse().unwrap_or(0)).await?;
    let mut view = filled(&form, definition);
    frame.place = match view.of {
        Some((position, _)) => format!("/desk/documents/{position}"),
        None => format!("/desk/documents?kind={}", view.definition.kind),
    };
    match form.get("do") {
        "add" => add_line(&mut view),
        "next" => view.from += 1,
        "first" => view.from = 0,
        "xml" => return as_xml(&frame, view, &transfer(&window, &caller)),
        "send" => return send_filled(&window, &frame, &caller, view).await,
        other => {
            if let Some(at) = other.strip_prefix("drop-").and_then(|at| at.parse().ok()) {
                drop_line(&mut view, at);
            }
        }
    }
    Ok(shown(&frame, &document::page(&frame, &view)))
}

/// The guid of the message is that of its document: the same form sent twice is the same bytes.
fn bytes(view: &document::View, transfer: &Value) -> Bytes {
    let head = view.definition.parts.first();
    let guid = head.and_then(|head| view.values.get(&Definition::name(head, None, "guid")));
    Bytes::from(message(view, guid.map(String::as_str).unwrap_or_default(), transfer).to_string())
}

fn as_xml(frame: &Frame, mut view: document::View, transfer: &Value) -> Result<Response, Problem> {
    let parsed = ceb::parse_json(&bytes(&view, transfer), &ceb::Limits::default());
    let entries = parsed.message.iter().flat_map(|message| &message.entries);
    let defects: Vec<&ceb::Defect> =
        entries.flat_map(|entry| &entry.defects).chain(&parsed.defects).collect();
    if let (Some(message), true) = (&parsed.message, defects.is_empty()) {
        let style: Style = ceb::usual_style(message.kind);
        return Ok(kept(
            &format!("{}.xml", message.kind.root()),
            "application/xml",
            ceb::write(message, style).into(),
        ));
    }
    view.findings = defects.into_iter().map(|defect| told(frame, &view.definition, defect)).collect();
    Ok(shown_as(frame, &document::page(frame, &view), StatusCode::UNPROCESSABLE_ENTITY))
}

/// A fault of reading, told as findings are. What was expected has English words; of a field there is its type besides.
fn told(frame: &Frame, definition: &Definition, defect: &ceb::Defect) -> answers::Finding {
    let both = |text: String| answers::Both { en: text.clone(), zh: text };
    let notation = definition.notation(&defect.path).filter(|_| is_chinese(frame));
    let fix = match notation {
        Some(notation) => frame.texts.with("expected-type", &[("type", notation)]),
        None => frame.texts.with("expected-value", &[("expected", &defect.expected)]),
    };
    answers::Finding {
        rule: defect.rule.word().to_owned(),
        layer: "refused".to_owned(),
        fields: vec![answers::FieldValue { path: defect.path.to_string(), value: defect.value.to_string() }],
        why: both(frame.texts.text("wrong-field")),
        fix: both(fix),
        ..answers::Finding::default()
    }
}

async fn send_filled(
    window: &Window,
    frame: &Frame,
    caller: &Caller,
    mut view: document::View,
) -> Result<Response, Problem> {
    let sent = sent(window, caller, "", &bytes(&view, &transfer(window, caller))).await?;
    let answered = sent.answer.as_ref().ok().and_then(|answer| answer.documents.first()).cloned();
    let status = match answered {
        Some(answered) if !answered.is_refused() => {
            if let Some(order) = &answered.order {
                return Ok(to(&format!("{}?said=sent", trade_address(&order.platform, &order.order_no))));
            }
            if let Some(order) = &answered.export {
                return Ok(to(&format!("{}?said=sent", export_address(&order.merchant, &order.order_no))));
            }
            StatusCode::OK
        }
        Some(answered) => {
            view.findings = answered.findings;
            // What is corrected here and sent again is another document, and later than this one.
            renew(window, &view.definition, &mut view.values)?;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    view.sent = Some(sent);
    Ok(shown_as(frame, &document::page(frame, &view), status))
}
