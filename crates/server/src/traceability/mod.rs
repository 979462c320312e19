//! Traceability codes at work: which serial numbers are ours, what everybody is told of the goods behind one, and the parcel that
//! it is bound to. What a record says is `register::trace`'s; how often codes are scanned is [`scans`], recalls are [`recalls`].
//!
//! A serial number is known again by a keyed hash of its lot and place, so nothing is kept of those that nobody used. One that is
//! made up and one that never was are answered alike.

pub(crate) mod picture;
pub mod recalls;
pub mod scans;

use crate::Window;
use crate::api::error::Problem;
use crate::api::registers::{by, command_of, invalid, refused};
use crate::api::view;
use crate::auth::Caller;
use crate::{all_records, bonded, sites};
use ceb::Document;
use clearance::Text;
use clearance::consignment::{Attempt, Consignment, State as Standing};
use clearance::keys::{OrderKey, WaybillKey};
use clearance::record::{Record, RecordKey, Register};
use register::bonded::form::LotForm;
use register::bonded::holder_of;
use register::park::{self, WORKING};
use register::trace::link::DigitalLink;
use register::trace::recall::{Body as Recall, HOLDING};
use register::trace::{Code, Issue, Name, Parcel, Pointer, Scans, serial, serial_of};
use register::{Command, Fault, Refusal, says};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Read, RecordSearch, StoreError};
use tokio::sync::OnceCell;

/// Name of the setting that says under which address everybody reaches this window.
const SETTING: &str = "public-address";
/// Times that a code is bound again when it was scanned meanwhile.
const TRIES: usize = 5;

impl Window {
    /// Under which address everybody reaches this window: codes that are printed begin with it. None = nobody said so.
    ///
    /// # Errors
    /// [`StoreError`] when settings cannot be read.
    pub async fn public_address(&self) -> Result<Option<String>, StoreError> {
        self.control.setting(SETTING).await
    }

    /// Says so. Codes that are printed keep the address of their day: whoever changes it has the old one lead here.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be kept.
    pub async fn set_public_address(&self, address: &str) -> Result<(), StoreError> {
        self.control.set(SETTING, address.trim().trim_end_matches('/')).await
    }
}

/// The address with which links begin.
pub(crate) async fn host(window: &Window) -> Result<String, Problem> {
    window.public_address().await?.ok_or_else(|| {
        Problem::unavailable(
            "no public address is set here, so no code can be printed: serve with --public-address",
        )
        .in_chinese("本窗口未设置公网地址，无法生成追溯码：请以--public-address启动")
    })
}

/// The link of a code.
pub(crate) fn link_of(window: &Window, name: &Name, series: usize, index: u32) -> DigitalLink {
    let hash = window.read.keyed_hash(&name.secret(series, index));
    DigitalLink { gtin: name.gtin.clone(), lot: name.lot.clone(), serial: serial(series, index, &hash) }
}

/// Which of the holders of a lot's codes one is; none = he has none.
pub(crate) async fn series_of(window: &Window, name: &Name) -> Result<Option<usize>, StoreError> {
    let pointer = window.read.record(&name.pointer()).await?;
    let holders = pointer.map(|record| Pointer::of(&record).holders).unwrap_or_default();
    Ok(holders.iter().position(|holder| *holder == *name.holder))
}

/// A code that was issued.
pub(crate) struct Known {
    /// Its names.
    pub name: Name,
    /// What was issued of its lot.
    pub issue: Issue,
    /// The state of that record.
    pub state: Text,
    /// Its own record, once it was bound or scanned.
    pub code: Option<Arc<Record>>,
}

/// Whether two texts are the same; the time that it takes says nothing of where they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differ = one.bytes().zip(other.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    one.len() == other.len() && differ == 0
}

/// A code, if it was issued here. What is made up costs the same reads as what is of no lot.
pub(crate) async fn known(window: &Window, link: &DigitalLink) -> Result<Option<Known>, StoreError> {
    let (series, index) = serial_of(&link.serial).unwrap_or_default();
    let mut name = Name {
        holder: Text::default(),
        gtin: link.gtin.clone(),
        lot: link.lot.clone(),
        serial: link.serial.clone(),
    };
    let pointer = window.read.record(&name.pointer()).await?;
    let holders = pointer.map(|record| Pointer::of(&record).holders).unwrap_or_default();
    name.holder = holders.get(series).map(|holder| holder.as_str().into()).unwrap_or_default();
    let expected = link_of(window, &name, series, index);
    let issue = window.read.record(&name.issue()).await?;
    let code = window.read.record(&name.code()).await?;
    let issue = issue.filter(|record| {
        let is_issued = index > 0 && index <= Issue::of(record).issued;
        is_same(&expected.serial, &link.serial) && is_issued
    });
    Ok(issue.map(|record| Known { name, issue: Issue::of(&record), state: record.state.clone(), code }))
}

/// The answer to what was never issued.
pub(crate) fn unknown() -> Problem {
    Problem::not_found("no goods have this code: it was never issued here, or somebody made it up")
        .in_chinese("查无此码：本窗口从未签发该追溯码，或该码系伪造")
}

/// What everybody is told of a code: goods, origin, who brought them in, what became of the parcel in plain words, whether it is
/// recalled, and how often it was scanned. Nothing of a buyer, and no number by which a parcel could be followed.
pub(crate) async fn told(window: &Window, known: &Known, scans: &Scans) -> Result<Value, Problem> {
    let (name, issue) = (&known.name, &known.issue);
    let stock = bonded::item(window, &issue.book, &issue.item).await?;
    let form = stock.as_deref().map(register::bonded::form::StockForm::of);
    let lot = form.as_ref().and_then(|form| form.lots.iter().find(|lot| lot.number == name.lot));
    let reference = window.reference();
    let rulebook = reference.current();
    let origin = lot.map(|lot| {
        let (zh, en) =
            rulebook.codes.countries.name(&lot.origin).unwrap_or((lot.origin.as_str(), lot.origin.as_str()));
        json!({"code": lot.origin, "name": {"zh": zh, "en": en}})
    });
    let entered = lot.map(|lot| lot.entered.to_string()).and_then(|text| text.get(..8).map(str::to_owned));
    let ids: Vec<String> = lot.into_iter().flat_map(LotForm::recalls).map(str::to_owned).collect();
    let mut recalls = Vec::with_capacity(ids.len());
    for id in &ids {
        let record = window.read.record(&register::trace::recall::key(id)).await?;
        recalls.extend(record.as_deref().map(recalled));
    }
    let law = rulebook.parameters.on(window.clock.now().day());
    let copy = scans.scans >= law.trace_warning_scans.unsigned_abs()
        && scans.places.len() as u64 >= law.trace_warning_places.unsigned_abs();
    let first = (scans.first > 0).then(|| view::time(clearance::keys::Time(scans.first)));
    Ok(json!({
        "gtin": name.gtin, "lot": name.lot, "serial": name.serial,
        "state": known.state.as_str(),
        "goods": form.as_ref().map(|form| json!({"name": form.item.name, "hsCode": form.item.gcode})),
        "origin": origin, "expiry": lot.and_then(|lot| lot.expiry.clone()), "entered": entered,
        "importer": {"code": name.holder.as_str(), "name": window.filing(&name.holder).map(|filing| filing.name.to_string())},
        "park": park_of(window, &name.holder).await?,
        "parcel": parcel_told(window, known.code.as_deref()).await?,
        "recall": recalls.first(), "recalls": recalls,
        "scans": {"count": scans.scans, "first": first, "copy": copy},
    }))
}

/// What everybody is told of a recall.
fn recalled(record: &Record) -> Value {
    let opened = Recall::of(record).opened;
    json!({
        "id": record.key.id.as_str(), "reason": opened.reason, "measure": opened.measure, "advice": opened.advice,
        "since": record.created.day().to_string(), "under": HOLDING.contains(&record.state.as_str()),
    })
}

/// The park that an importer is in, or operates.
async fn park_of(window: &Window, holder: &str) -> Result<Option<Value>, StoreError> {
    let states = WORKING.iter().map(|state| Text::from(*state)).collect();
    let (codes, _) = window.names_of(holder);
    // A record of a park names its operator and its tenants.
    let search = RecordSearch { register: Register::Park, parties: Some(codes.clone()), states };
    let records = all_records::of(window, &search).await?;
    let today = window.clock.now().day();
    let is_his = |code: &str| codes.iter().any(|own| own == code);
    let found = records.iter().find_map(|record| {
        let body = park::Body::of(record);
        let is_there = is_his(&register::owner(record)) || body.tenants_on(today).any(is_his);
        body.in_force.filter(|_| is_there)
    });
    Ok(found.map(|park| json!({"name": park.name, "nameEnglish": park.name_english})))
}

/// Where the parcel of a code stands, in plain words; none = it is bound to none.
async fn parcel_told(window: &Window, code: Option<&Record>) -> Result<Value, Problem> {
    let Some(parcel) = code.and_then(|record| Code::of(record).parcel) else { return Ok(Value::Null) };
    let waybill = WaybillKey::new(&parcel.logistics_code, &parcel.logistics_no);
    let consignment = of_waybill(window, &waybill).await?;
    let Some(attempt) = consignment.as_ref().and_then(|consignment| consignment.attempt.as_ref()) else {
        return Ok(json!({"state": null, "released": null, "inspection": null}));
    };
    let released = attempt.bill.as_ref().map(|bill| bill.released_on.to_string());
    Ok(json!({"state": standing(attempt.state), "released": released, "inspection": inspection(attempt)}))
}

/// Where a parcel stands, as everybody may know it: what customs thinks of one that is not free is told to its parties alone.
fn standing(state: Standing) -> &'static str {
    match state {
        Standing::Released | Standing::Closed | Standing::ReExported => state.word(),
        _ => Standing::Declared.word(),
    }
}

/// What an inspection came to, in a word; before that nothing of it.
fn inspection(attempt: &Attempt) -> Option<&'static str> {
    let looked = ["inspected", "inspection-result", "recognised"];
    let is_one = |action: &str| looked.iter().any(|word| action.starts_with(word));
    let was_looked_at = attempt.remarks.iter().any(|remark| is_one(&remark.action));
    match attempt.state {
        Standing::Released | Standing::Closed if was_looked_at => Some("passed"),
        Standing::Released | Standing::Closed => Some("not-opened"),
        Standing::ReExported if was_looked_at => Some("not-passed"),
        _ => None,
    }
}

/// The trade that has a waybill.
pub(crate) async fn of_waybill(
    window: &Window,
    waybill: &WaybillKey,
) -> Result<Option<Consignment>, StoreError> {
    let claimed = window.read.waybill(waybill).await?.and_then(|waybill| waybill.claimed_by);
    match claimed {
        Some((order, _)) => window.read.consignment(&order).await,
        None => Ok(None),
    }
}

/// The waybill of a trade's list.
pub(crate) fn waybill_of(consignment: &Consignment) -> Option<WaybillKey> {
    let attempt = consignment.attempt.as_ref()?;
    let Document::Declaration(list) = &*attempt.declaration.document else { return None };
    let waybill = WaybillKey::new(&list.head.logistics_code, &list.head.logistics_no);
    (!waybill.logistics.is_empty() && !waybill.logistics_no.is_empty()).then_some(waybill)
}

/// A code that shall belong to a parcel: named by its waybill, or by the trade whose list has the goods.
#[derive(Clone, PartialEq, Eq, Default, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Binding {
    /// The link, as a scanner reads it.
    pub code: String,
    /// Code of the carrier.
    #[serde(default)]
    pub logistics_code: String,
    /// Number of the waybill.
    #[serde(default)]
    pub logistics_no: String,
    /// Code of the platform.
    #[serde(default)]
    pub platform: String,
    /// Number of the order.
    #[serde(default)]
    pub order_no: String,
}

/// The sites that whoever binds keeps: looked for once a request, and not before they count.
pub(crate) type SitesKept = OnceCell<Vec<sites::Kept>>;

/// Binds a code to a parcel. The same again gets the same answer; another parcel is refused with both.
pub(crate) async fn bind(
    window: &Window,
    caller: &Caller,
    sent: &Binding,
    kept: &SitesKept,
) -> Result<Value, Problem> {
    let link = DigitalLink::parse(&sent.code).map_err(|faults| invalid(&faults))?;
    let known = known(window, &link).await?.ok_or_else(unknown)?;
    // First whether he binds this code at all: whoever does not learns nothing of any parcel.
    let Some(binder) = binder(window, caller, &known, sent, kept).await? else {
        return Err(unknown().of_another(true));
    };
    if known.state != "issued" {
        return Err(invalid(&[Fault::new("code", &sent.code, says::CODE_VOID.said())]));
    }
    let (parcel, consignment) = parcel_of(window, &known.name.holder, binder, sent).await?;
    if let Some(fault) = unfit(window, &known, binder, consignment.as_ref()).await? {
        return Err(invalid(&[fault]));
    }
    let key = known.name.code();
    let body = serde_json::to_string(&parcel).map_err(|_| Problem::internal())?;
    for _ in 0..TRIES {
        let current = window.read.record(&key).await?;
        if let Some(bound) = current.as_deref().and_then(|record| Code::of(record).parcel) {
            return bound_already(&key, binder, &bound, &parcel);
        }
        let command = Command {
            key: key.clone(),
            version: current.map_or(0, |record| record.version),
            action: "bind".into(),
            by: by(window, caller).by_window(),
            note: String::new(),
            body: Some(body.clone()),
        };
        match command_of(window, command).await? {
            Ok(_) => return Ok(bound_told(&key, binder, &parcel, false)),
            // It was scanned, or bound, in between.
            Err(Refusal::Outdated(_) | Refusal::State(..)) => {}
            Err(refusal) => return Err(refused(&refusal, &[])),
        }
    }
    Err(Problem::unavailable("the code changes faster than it is bound; send it again"))
}

/// As what somebody binds a code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Binder {
    /// Whose codes they are.
    Holder,
    /// Who keeps a site through which the carrier's parcels go: he is told what he sent, nothing of a trade.
    Keeper,
}

impl Binder {
    fn told(self, parcel: &Parcel) -> Parcel {
        match self {
            Self::Holder => parcel.clone(),
            Self::Keeper => Parcel { platform: String::new(), order_no: String::new(), ..parcel.clone() },
        }
    }
}

fn bound_told(key: &RecordKey, binder: Binder, parcel: &Parcel, repeated: bool) -> Value {
    json!({"id": key.id.as_str(), "parcel": binder.told(parcel), "repeated": repeated})
}

fn bound_already(key: &RecordKey, binder: Binder, bound: &Parcel, asked: &Parcel) -> Result<Value, Problem> {
    let of = |parcel: &Parcel| (parcel.logistics_code.clone(), parcel.logistics_no.clone());
    if of(bound) == of(asked) {
        return Ok(bound_told(key, binder, bound, true));
    }
    let problem = Problem::conflict(
        "code-bound",
        "This code belongs to another parcel",
        "one code belongs to one parcel: take another code, and look whether this label was copied",
    )
    .in_chinese("该追溯码已属于另一包裹：一码一包裹，请另取一码，并核查标签是否被复制");
    let problem = problem.with("asked", json!(binder.told(asked)));
    Err(match binder {
        Binder::Holder => problem.with("bound", json!(bound)),
        Binder::Keeper => problem,
    })
}

impl Binding {
    /// Whether it names the trade, and not the waybill.
    fn is_by_trade(&self) -> bool {
        !self.platform.trim().is_empty() || !self.order_no.trim().is_empty()
    }
}

/// The parcel that is named, and its trade where there is one that the holder of the code may know of: one that names him, or took
/// of a book of his. Another's is as none, but that a keeper puts no goods into a parcel whose list took others.
async fn parcel_of(
    window: &Window,
    holder: &Text,
    binder: Binder,
    sent: &Binding,
) -> Result<(Parcel, Option<Consignment>), Problem> {
    let by_trade = sent.is_by_trade();
    let named = WaybillKey::new(&sent.logistics_code, &sent.logistics_no);
    let (codes, _) = window.names_of(holder);
    let is_his = |one: &Consignment| {
        let taken = one.attempt.as_ref().and_then(|attempt| attempt.taken.as_deref());
        view::names_party(one, &codes) || taken.is_some_and(|taken| codes.contains(&holder_of(&taken.book)))
    };
    let found = if by_trade {
        window.read.consignment(&OrderKey::new(&sent.platform, &sent.order_no)).await?
    } else {
        of_waybill(window, &named).await?
    };
    let consignment = found.filter(|one| binder == Binder::Keeper || is_his(one));
    let of_list = consignment.as_ref().and_then(waybill_of);
    let waybill = if by_trade { of_list.unwrap_or_default() } else { named };
    if waybill.logistics.is_empty() || waybill.logistics_no.is_empty() || waybill.logistics.contains('/') {
        let (path, value) =
            if by_trade { ("orderNo", &sent.order_no) } else { ("logisticsNo", &sent.logistics_no) };
        return Err(invalid(&[Fault::new(path, value, says::PARCEL_OR_TRADE.said())]));
    }
    let order = consignment.as_ref().filter(|one| is_his(one)).map(|consignment| &consignment.key);
    let parcel = Parcel {
        logistics_code: waybill.logistics.to_string(),
        logistics_no: waybill.logistics_no.to_string(),
        platform: order.map(|order| order.platform.to_string()).unwrap_or_default(),
        order_no: order.map(|order| order.order_no.to_string()).unwrap_or_default(),
    };
    Ok((parcel, consignment))
}

/// Whose codes they are binds them, and whoever keeps a site through which the carrier's parcels go, where he names the waybill.
async fn binder(
    window: &Window,
    caller: &Caller,
    known: &Known,
    sent: &Binding,
    kept: &SitesKept,
) -> Result<Option<Binder>, Problem> {
    if window.names_of(&caller.party).0.contains(&known.name.holder) {
        return Ok(Some(Binder::Holder));
    }
    if sent.is_by_trade() || !caller.rights.has(crate::rights::Right::SitesKeep) {
        return Ok(None);
    }
    let carrier = sent.logistics_code.trim();
    let kept = kept.get_or_try_init(|| sites::all(window, caller)).await?;
    let is_his = kept.iter().any(|site| site.carries(carrier));
    Ok(is_his.then_some(Binder::Keeper))
}

/// What keeps the goods of a code out of a parcel: a recall, or a list that took other lots.
async fn unfit(
    window: &Window,
    known: &Known,
    binder: Binder,
    consignment: Option<&Consignment>,
) -> Result<Option<Fault>, Problem> {
    let (name, issue) = (&known.name, &known.issue);
    let stock = bonded::item(window, &issue.book, &issue.item).await?;
    let stock = stock.and_then(|record| register::bonded::form::StockForm::of(&record).stock(&record.key.id));
    if let Some(recalls) = stock.as_ref().and_then(|stock| stock.lot(&name.lot)?.recalls()) {
        return Ok(Some(Fault::new("code", &name.lot, says::LOT_RECALLED.with(&[("recall", &recalls)]))));
    }
    let taken = consignment.and_then(|consignment| consignment.attempt.as_ref()?.taken.as_deref());
    // Of a trade that took nothing of a book nothing can be said.
    let Some(taken) = taken.filter(|taken| !taken.lines.is_empty()) else { return Ok(None) };
    let lots: Vec<(&str, &str)> = taken
        .lines
        .iter()
        .flat_map(|line| line.open.iter().map(move |open| (line.item.as_str(), open.lot.as_str())))
        .collect();
    if taken.book == issue.book.as_str() && lots.contains(&(issue.item.as_str(), name.lot.as_str())) {
        return Ok(None);
    }
    if binder == Binder::Keeper {
        return Ok(Some(Fault::new("code", &name.lot, says::LOT_OF_LIST.with(&[("lots", "—")]))));
    }
    // The book of another holder is his alone.
    let is_own = window.names_of(&name.holder).0.contains(&holder_of(&taken.book));
    let told: Vec<String> = lots.iter().map(|(item, lot)| format!("{} {item} {lot}", taken.book)).collect();
    let told = if is_own { told.join("; ") } else { "—".to_owned() };
    let value = format!("{} {} {}", issue.book, issue.item, name.lot);
    Ok(Some(Fault::new("code", &value, says::LOT_OF_LIST.with(&[("lots", &told)]))))
}
