//! Pages of those who keep sites, and the two addresses that their script asks: the list of parcels that may pass, and scans that
//! were kept while there was no network. Holds of officers besides.

use super::desk::{get, query};
use super::form::Form;
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as};
use crate::api::Query;
use crate::api::error::Problem;
use crate::api::sites::{self as api, Happened, Sent, Setting};
use crate::auth::Caller;
use crate::traceability::picture;
use crate::{Window, sites};
use ::portal::Frame;
use ::portal::answers::sites::{Recorded, ScanResult, Scanned, Site, SiteBag, SiteStock, Sites};
use ::portal::pages::keeper::{self, HOLDS, HoldsView, View, site_address, why};
use ::portal::pages::site_stock;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use register::park::bag::Listed;
use register::park::happening::{Counted, Happening};
use register::park::hold::HELD;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::Value;
use std::sync::Arc;

/// Sites of a page.
const SITES: &str = "50";

/// `GET /desk/sites?after=`.
pub async fn list(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let after = get(&asked, "after");
    let beneath = query(&[("after", after), ("limit", SITES)]);
    let told: Sites = read(api::list(State(window), caller, beneath).await?.0)?;
    Ok(shown(&frame, &keeper::list(&frame, &told, after)))
}

/// A number that no other scan of a page has.
fn number() -> Result<String, Problem> {
    let mut bytes = [0u8; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Problem::internal())?;
    Ok(evidence::hexadecimal(&bytes))
}

async fn view(window: &Window, caller: &Caller, code: &str) -> Result<View, Problem> {
    let kept = sites::one(window, caller, code).await?;
    let site: Site = read(api::site(&kept))?;
    let key = api::list_key(window).await?;
    Ok(View { site, key, numbers: [number()?, number()?], ..View::default() })
}

/// `GET /desk/sites/{code}`.
pub async fn show(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    Ok(shown(&frame, &keeper::page(&frame, &view(&window, &caller, &code).await?)))
}

/// `POST /desk/sites/{code}`: one scan, by a browser without script.
pub async fn scan(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path(code): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    frame.place = site_address(&code);
    let sent = Sent {
        number: form.get("number").to_owned(),
        parcel: form.get("parcel").trim().to_owned(),
        direction: form.get("direction").to_owned(),
        ..Sent::default()
    };
    let told: Scanned = read(api::scans(&window, &caller, &code, std::slice::from_ref(&sent)).await?)?;
    let mut view = view(&window, &caller, &code).await?;
    view.direction = sent.direction;
    view.result = told.results.into_iter().next();
    Ok(shown(&frame, &keeper::page(&frame, &view)))
}

/// `GET /desk/sites/{code}/stock`.
pub async fn stock(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(code): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let kept = sites::one(&window, &caller, &code).await?;
    let told: SiteStock = read(api::stock_at(&window, &caller, &code, &asked).await?)?;
    let site: Site = read(api::site(&kept))?;
    Ok(shown(&frame, &site_stock::stock(&frame, &site, &told, get(&asked, "after"))))
}

/// `GET /desk/sites/{code}/bags?bag=`: what is in a bag, to be looked at and to be put on it.
pub async fn bag(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(code): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let kept = sites::one(&window, &caller, &code).await?;
    let told: SiteBag = read(api::bag_at(&window, &caller, &code, &asked).await?)?;
    let site: Site = read(api::site(&kept))?;
    let picture = picture::svg(&told.bag).unwrap_or_default();
    Ok(shown(&frame, &site_stock::bag(&frame, &site, &told, &picture)))
}

/// `GET /desk/sites/{code}/passes`: the list, for the page's script.
pub async fn passes(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(code): Path<String>,
) -> Result<Json<Value>, Problem> {
    api::pass_list(&window, &caller, &code).await.map(Json)
}

/// `POST /desk/sites/{code}/scans`: scans of the page's script, each answered in the reader's words too.
pub async fn scans(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    Path(code): Path<String>,
    form: Form,
) -> Result<Json<Value>, Problem> {
    let sent: Vec<Sent> = serde_json::from_str(form.get("scans"))
        .map_err(|_| Problem::bad_request("scans is a list of scans in JSON"))?;
    let mut told = api::scans(&window, &caller, &code, &sent).await?;
    if let Some(results) = told["results"].as_array_mut() {
        for one in results {
            let answer: ScanResult = read(one.clone())?;
            one["said"] = why(frame.texts, &answer).into();
        }
    }
    Ok(Json(told))
}

/// Names of the fields of what happened, as the form has them without their beginning.
const FIELDS: [&str; 12] = [
    "kind",
    "parcels",
    "result",
    "weight",
    "label",
    "bag",
    "seal",
    "vehicle",
    "direction",
    "bags",
    "counted",
    "text",
];

/// `POST /desk/sites/{code}/records`.
pub async fn record(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    Path(code): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    frame.place = site_address(&code);
    let body = Happened { number: form.get("h-number").to_owned(), happened: happening(&form) };
    let came = api::happen(&window, &caller, &code, &body).await;
    let mut view = view(&window, &caller, &code).await?;
    let status = match came {
        Ok(recorded) => {
            view.told = Some(Ok(read::<Recorded>(api::recorded(&recorded))?));
            StatusCode::OK
        }
        Err(problem) => {
            let of = |name: &&str| ((*name).to_owned(), form.get(&format!("h-{name}")).to_owned());
            view.sent = FIELDS.iter().map(of).collect();
            view.faults = problem.faults_at(is_chinese(&frame), |path| Some(field_of(path)));
            view.told = Some(Err(words(&frame, &problem)));
            problem.status_code()
        }
    };
    Ok(shown_as(&frame, &keeper::page(&frame, &view), status))
}

/// The field of a form in which what stands at a path was written: one of several stands in the field of all of them.
fn field_of(path: &str) -> String {
    path.split(['[', '.']).next().unwrap_or_default().to_owned()
}

/// What is wrong, in the reader's language.
fn words(frame: &Frame, problem: &Problem) -> String {
    problem.told_in(is_chinese(frame), " · ")
}

/// What a form says that happened: lists a line each, of counts the last word is how much, of bags the seal. A device that was
/// without network says besides when it was, and by which list it let something out.
fn happening(form: &Form) -> Happening {
    let text = |name: &str| form.get(&format!("h-{name}")).trim().to_owned();
    let lines = |name: &str| -> Vec<String> {
        text(name).lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    // A line with its last word, which says more of it.
    let parted = |line: &String| {
        let (before, last) = line.rsplit_once(char::is_whitespace).unwrap_or((line, ""));
        (before.trim().to_owned(), last.to_owned())
    };
    let counted = |line: &String| {
        let (item, quantity) = parted(line);
        Counted { item, quantity }
    };
    let listed = |line: &String| {
        let (bag, seal) = parted(line);
        Listed { bag, seal, ..Listed::default() }
    };
    Happening {
        kind: text("kind"),
        at: text("at"),
        parcels: lines("parcels"),
        result: text("result"),
        weight: text("weight"),
        label: text("label"),
        bag: text("bag"),
        seal: text("seal"),
        vehicle: text("vehicle"),
        direction: text("direction"),
        counted: lines("counted").iter().map(counted).collect(),
        bags: lines("bags").iter().map(listed).collect(),
        offline: text("offline"),
        list: text("list"),
        text: text("text"),
        ..Happening::default()
    }
}

/// `GET /desk/holds`.
pub async fn holds(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
) -> Result<Response, Problem> {
    let told = read(api::held(&window, &caller).await?)?;
    Ok(shown(&frame, &keeper::holds(&frame, &HoldsView { told, ..HoldsView::default() })))
}

/// `POST /desk/holds`: a parcel is held, or not any more.
pub async fn set_hold(
    State(window): State<Arc<Window>>,
    Seen(mut frame): Seen,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    frame.place = HOLDS.to_owned();
    let text = |name: &str| form.get(name).trim().to_owned();
    let body = Setting {
        logistics_code: text("carrier"),
        logistics_no: text("parcel"),
        action: text("action"),
        text: text("text"),
        version: version(&window, &form).await?,
    };
    let came = api::put(&window, &caller, &body).await;
    let mut view = HoldsView { told: read(api::held(&window, &caller).await?)?, ..HoldsView::default() };
    let status = match came {
        Ok(told) => {
            let said = match body.action.as_str() {
                "lift" if told["state"] == HELD => frame.texts.text("holds-held-still"),
                "lift" => frame.texts.text("holds-lifted"),
                _ => frame.texts.text("holds-held"),
            };
            view.answered = Some((true, said));
            StatusCode::OK
        }
        Err(problem) => {
            view.answered = Some((false, words(&frame, &problem)));
            let named = |path: &str| Some(String::from(if path == "text" { "text" } else { "parcel" }));
            let mut faults = problem.faults_at(is_chinese(&frame), named);
            // A parcel that nobody may hold is wrong by its number.
            if faults.is_empty() && problem.kind() == "not-found" {
                faults.insert("parcel".to_owned(), words(&frame, &problem));
            }
            let sent = [body.logistics_code, body.logistics_no, body.text];
            match (body.action.as_str(), faults.remove("text")) {
                ("hold", text) => {
                    faults.extend(text.map(|text| ("text".to_owned(), text)));
                    (view.sent, view.faults) = (sent, faults);
                }
                (_, text) => {
                    let fault = text.unwrap_or_else(|| words(&frame, &problem));
                    view.lifted = Some((sent, fault));
                }
            }
            problem.status_code()
        }
    };
    Ok(shown_as(&frame, &keeper::holds(&frame, &view), status))
}

/// The version that the page showed. Whoever holds a parcel saw none: he means it as it is now.
async fn version(window: &Window, form: &Form) -> Result<u32, Problem> {
    if let Ok(version) = form.get("version").parse() {
        return Ok(version);
    }
    sites::hold_version(window, form.get("carrier"), form.get("parcel")).await
}
