//! Sites of parks at work: which a caller keeps, what a scanned parcel is answered, the list of those that may pass, and holds.
//! What a state answers is `clearance::passage`'s; that no held parcel passes is decided with the record (`register::park`). What is
//! recorded besides scans, and bags, is `bags`; what lies at a site `stock`.

mod bags;
mod stock;

use crate::api::error::Problem;
use crate::api::registers::{by, command_of, refused};
use crate::api::view;
use crate::auth::Caller;
use crate::{Window, all_records};
use ceb::Document;
use clearance::Text;
use clearance::consignment::{Lane, State as Standing};
use clearance::export::{ExportKey, ExportState};
use clearance::keys::{Time, WaybillKey};
use clearance::passage::{Passage, look, passage};
use clearance::record::{Record, RecordKey, Register};
use register::park::happening::parcel_of;
use register::park::hold::Hold;
use register::park::scan::{Scan, is_held};
use register::park::{WORKING, hold, scan, site};
use register::{By, Command, Refusal};
use std::fmt::Write;
use std::sync::Arc;
use store::{ExportSearch, Read, RecordSearch, Scope, Search};

pub use bags::{happened, named, of_bag};
pub use stock::{lying, sealed};

/// Pages of the store that one list of sites looks through at most.
const PAGES: usize = 10;
/// Parcels of imports, and of exports, on a list at most: the newest that were released.
const LISTED: usize = 2_000;
/// Parcels that are looked up at once.
const AT_ONCE: usize = 64;
/// Times that a scan is judged again when something else happened to its parcel meanwhile.
const TRIES: usize = 5;
/// The first line of a list: what is signed begins with it, so that it is no other text of ours.
pub const LIST_TITLE: &str = "onewindow pass list 1";

/// A site that a caller keeps.
pub struct Kept {
    /// Its record.
    pub record: Arc<Record>,
    /// What holds of it.
    pub applied: site::Applied,
}

impl Kept {
    fn of(window: &Window, caller: &Caller, record: Arc<Record>) -> Option<Self> {
        let body = site::Body::of(&record);
        let (codes, _) = window.names_of(&caller.party);
        let own = codes.contains(&register::owner(&record)) && WORKING.contains(&record.state.as_str());
        let named = body.keepers.iter().any(|keeper| *keeper == *caller.name);
        let applied = body.in_force.filter(|_| own && named)?;
        Some(Self { record, applied })
    }

    /// Its record's id.
    pub fn id(&self) -> &str {
        &self.record.key.id
    }

    /// Its supervision code.
    pub fn code(&self) -> &str {
        self.id().split_once(':').map_or("", |(_, code)| code)
    }

    /// Whether parcels of a carrier come through it: what does not is nobody's business here.
    pub fn carries(&self, carrier: &str) -> bool {
        self.applied.carriers.iter().any(|known| known.trim() == carrier)
    }
}

/// Sites of a caller's party that work.
fn working(window: &Window, caller: &Caller) -> RecordSearch {
    let (codes, _) = window.names_of(&caller.party);
    let states = WORKING.iter().map(|state| Text::from(*state)).collect();
    RecordSearch { register: Register::Site, parties: Some(codes), states }
}

/// Sites that a caller keeps, the newest first, after a place; with the place of the next page. An operator may have many that
/// others keep: a page ends early then, and yet goes on.
pub async fn kept_after(
    window: &Window,
    caller: &Caller,
    after: Option<u64>,
    limit: usize,
) -> Result<(Vec<Kept>, Option<u64>), Problem> {
    let search = working(window, caller);
    let (mut found, mut after) = (Vec::new(), after);
    for _ in 0..PAGES {
        let (records, next) = window.read.records(&search, after, limit - found.len()).await?;
        found.extend(records.into_iter().filter_map(|record| Kept::of(window, caller, record)));
        after = next;
        if after.is_none() || found.len() >= limit {
            break;
        }
    }
    Ok((found, after))
}

/// All sites that a caller keeps.
pub async fn all(window: &Window, caller: &Caller) -> Result<Vec<Kept>, Problem> {
    let records = all_records::of(window, &working(window, caller)).await?;
    Ok(records.into_iter().filter_map(|record| Kept::of(window, caller, record)).collect())
}

/// A site that a caller keeps. One of others, one that does not work and one that is not there are told alike.
pub async fn one(window: &Window, caller: &Caller, code: &str) -> Result<Kept, Problem> {
    let absent = || Problem::not_found("no site that you keep has this code");
    let (codes, _) = window.names_of(&caller.party);
    for operator in &codes {
        if let Some(record) = window.read.record(&site::key(operator, code)).await? {
            return Kept::of(window, caller, record).ok_or_else(|| absent().of_another(true));
        }
    }
    Err(absent())
}

/// Whether a caller keeps a site, by the id of its record.
pub async fn keeps(window: &Window, caller: &Caller, site: &str) -> Result<bool, Problem> {
    let record = window.read.record(&RecordKey::new(Register::Site, site)).await?;
    Ok(record.and_then(|record| Kept::of(window, caller, record)).is_some())
}

/// What is known of a parcel.
pub struct Known {
    /// Which.
    pub key: WaybillKey,
    /// Where its trade stands; none = no trade has it, it is held alone.
    pub state: Option<Standing>,
    /// The lane of its trade.
    pub lane: Option<Lane>,
    /// District where it is declared.
    pub district: Text,
    /// Whether it is held by itself.
    pub held: bool,
}

impl Known {
    /// What whoever scans it is answered.
    pub fn passage(&self) -> Passage {
        if self.held { Passage::Hold } else { passage(self.state) }
    }

    fn why(&self) -> &'static str {
        match self.state {
            _ if self.held => "parcel-held",
            Some(state) => state.word(),
            None => "unknown",
        }
    }
}

/// What is known of a parcel; none = no trade has it, and it is not held.
pub async fn known(window: &Window, key: &WaybillKey) -> Result<Option<Known>, Problem> {
    let held = is_held(window.read.record(&hold::key(key)).await?.as_deref());
    let of = |(state, lane, district)| Known { key: key.clone(), state, lane, district, held };
    let import = of_import(window, key).await?.map(of);
    let export = of_export(window, key).await?.map(of);
    // One number may be of an import and of an export: the graver counts.
    let found = import.into_iter().chain(export).max_by_key(Known::passage);
    Ok(found.or_else(|| held.then(|| of((None, None, Text::default())))))
}

/// Where a trade stands, its lane and its district.
type Stand = (Option<Standing>, Option<Lane>, Text);

async fn of_import(window: &Window, key: &WaybillKey) -> Result<Option<Stand>, Problem> {
    let Some((order, number)) = window.read.waybill(key).await?.and_then(|waybill| waybill.claimed_by) else {
        return Ok(None);
    };
    let consignment = window.read.consignment(&order).await?;
    // An attempt that is over may have left the number to nobody.
    let attempt = consignment.as_ref().and_then(|consignment| consignment.attempt.as_ref());
    Ok(attempt.filter(|attempt| attempt.number == number).map(|attempt| {
        let district = match &*attempt.declaration.document {
            Document::Declaration(list) => list.head.customs_code.clone(),
            _ => Text::default(),
        };
        (Some(attempt.state), attempt.lane, district)
    }))
}

async fn of_export(window: &Window, key: &WaybillKey) -> Result<Option<Stand>, Problem> {
    let state = window.read.export(&ExportKey::Waybill(key.clone())).await?;
    let Some(ExportState::Waybill(waybill)) = state else { return Ok(None) };
    let Some((trade, number)) = &waybill.claimed_by else { return Ok(None) };
    let state = window.read.export(&ExportKey::Trade(trade.clone())).await?;
    let trade = state.as_ref().and_then(|state| state.trade());
    let attempt = trade.and_then(|trade| trade.attempt.as_ref().map(|attempt| (trade, attempt)));
    Ok(attempt
        .filter(|(_, attempt)| attempt.number == *number)
        .map(|(trade, attempt)| (Some(attempt.state), attempt.lane, trade.district())))
}

/// A scan as a device sends it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Asked {
    /// The device's number of it: the same again gets the first answer.
    pub number: String,
    /// What it says, without what is answered.
    pub scan: Scan,
}

/// What a scan is answered now.
async fn judged(window: &Window, site: &Kept, asked: &Scan) -> Result<Scan, Problem> {
    let keys: Vec<WaybillKey> = match parcel_of(&asked.parcel) {
        Some(key) => Some(key).into_iter().filter(|key| site.carries(&key.logistics)).collect(),
        None => site.applied.carriers.iter().map(|carrier| WaybillKey::new(carrier, &asked.parcel)).collect(),
    };
    let mut found = Vec::new();
    for key in &keys {
        found.extend(known(window, key).await?);
    }
    let mut scan = asked.clone();
    scan.answer = Passage::Hold.word().to_owned();
    match found.as_slice() {
        // A number that no parcel has may be a bag's.
        [] => bags::judged(window, site, &mut scan).await?,
        [known] => {
            let answer = known.passage();
            scan.answer = answer.word().to_owned();
            scan.why = known.why().to_owned();
            scan.logistics_code = known.key.logistics.to_string();
            scan.logistics_no = known.key.logistics_no.to_string();
            if answer == Passage::Inspect {
                scan.look = look(known.lane).word().to_owned();
            }
        }
        _ => scan.why = "several".to_owned(),
    }
    Ok(scan)
}

/// A scan as it is recorded, and whether it was before.
pub type Recorded = (Arc<Record>, bool);

/// Judges a scan and records it. The number of another scan is a conflict.
pub async fn scanned(
    window: &Window,
    caller: &Caller,
    site: &Kept,
    asked: &Asked,
) -> Result<Recorded, Problem> {
    let key = scan::key(site.id(), &asked.number);
    for _ in 0..TRIES {
        if let Some(record) = window.read.record(&key).await? {
            return match Scan::of(&record).is_same(&asked.scan) {
                true => Ok((record, true)),
                false => Err(used_number()),
            };
        }
        let scan = judged(window, site, &asked.scan).await?;
        let (action, body) = (scan.action().to_owned(), serde_json::to_string(&scan));
        let body = Some(body.map_err(|_| Problem::internal())?);
        match command_of(window, by_window(window, caller, key.clone(), 0, (&action, ""), body)).await? {
            Ok(record) => return Ok((record, false)),
            // Another device was faster with this number, or the parcel was held in between: looked at again.
            Err(Refusal::Outdated(_) | Refusal::Invalid(_) | Refusal::State(..)) => {}
            Err(refusal) => return Err(refused(&refusal, &[])),
        }
    }
    Err(Problem::unavailable("the parcel changes faster than it is looked at; scan it again"))
}

fn used_number() -> Problem {
    Problem::conflict(
        "number-used",
        "This number names another scan or record of this site",
        "use a number of its own for each; the same number again is for the same content alone",
    )
    .in_chinese("该编号已用于本场所的另一扫描或记录：每次请使用新的编号")
}

fn by_window(
    window: &Window,
    caller: &Caller,
    key: RecordKey,
    version: u32,
    (action, note): (&str, &str),
    body: Option<String>,
) -> Command {
    let by = by(window, caller).by_window();
    Command { key, version, action: action.into(), by, note: note.to_owned(), body }
}

/// Puts a hold on a parcel, or lifts it, for a caller. `version` is the one that was seen; none = whatever it is now.
pub async fn set_hold(
    window: &Window,
    caller: &Caller,
    parcel: &WaybillKey,
    said: (&str, &str),
    site: &str,
    version: Option<u32>,
) -> Result<Arc<Record>, Problem> {
    // What he lifts is what is no recall's: he names no reason.
    let reasons: Vec<String> = (said.0 == "hold").then(|| said.1.to_owned()).into_iter().collect();
    let said = (said.0, said.1, reasons.as_slice());
    set_hold_by(window, by(window, caller).by_window(), parcel, said, site, version).await
}

/// The same, by the window in its own name or for somebody; with the reasons that are put on, or lifted.
pub async fn set_hold_by(
    window: &Window,
    by: By,
    parcel: &WaybillKey,
    (action, note, reasons): (&str, &str, &[String]),
    site: &str,
    version: Option<u32>,
) -> Result<Arc<Record>, Problem> {
    let key = hold::key(parcel);
    let form = Hold {
        logistics_code: parcel.logistics.to_string(),
        logistics_no: parcel.logistics_no.to_string(),
        site: site.to_owned(),
        reasons: reasons.to_vec(),
    };
    let body = serde_json::to_string(&form).map_err(|_| Problem::internal())?;
    for _ in 0..TRIES {
        let current = window.read.record(&key).await?;
        let before = hold::reasons(current.as_deref());
        let is_held_for = |reason: &String| before.contains(reason);
        let done = match action {
            "hold" => !before.is_empty() && reasons.iter().all(is_held_for),
            _ => version.is_none() && !reasons.iter().any(is_held_for),
        };
        // Whoever names no version wants it held for this, and it is, or not held for this, and it is not.
        if let Some(record) = current.as_ref().filter(|_| done) {
            return match version {
                None => Ok(record.clone()),
                Some(_) => Err(refused(&Refusal::State(record.clone(), vec!["lift"]), &by.codes)),
            };
        }
        let is_part = action == "lift" && !hold::left(before, reasons).is_empty();
        let action = if is_part { "lift-reason" } else { action };
        let seen = version.unwrap_or_else(|| current.map_or(0, |record| record.version));
        let command = Command {
            key: key.clone(),
            version: seen,
            action: action.into(),
            by: by.clone(),
            note: note.to_owned(),
            body: Some(body.clone()),
        };
        match command_of(window, command).await? {
            Ok(record) => return Ok(record),
            Err(Refusal::Outdated(_)) if version.is_none() => {}
            Err(refusal) => return Err(refused(&refusal, &by.codes)),
        }
    }
    Err(Problem::unavailable("the hold changes faster than it is set; ask again"))
}

/// The parcels that may pass a site, signed.
pub struct PassList {
    /// What is signed: title, site, times and count a line each, an empty line, then a parcel a line, sorted; where there are bags
    /// of nothing but these, another empty line and a bag a line, with its seal.
    pub text: String,
    /// When it was made.
    pub time: Time,
    /// Until when a site may work from it.
    pub until: Time,
    /// Parcels on it.
    pub count: usize,
    /// Whether all that may pass are on it.
    pub complete: bool,
    /// Public key of the window, hexadecimal.
    pub key: String,
    /// Ed25519 over the text, hexadecimal.
    pub signature: String,
}

/// The list of a site as it is now.
pub async fn passes(window: &Window, site: &Kept) -> Result<PassList, Problem> {
    let time = window.clock.now();
    let minutes = window.reference().current().parameters.on(time.day()).site_pass_list_minutes;
    let until = Time(time.0.saturating_add(minutes.max(0).saturating_mul(60_000)));
    let (candidates, mut complete) = released(window, site).await?;
    let mut parcels = Vec::new();
    for keys in candidates.chunks(AT_ONCE) {
        // Each as it is now: lists of trades are some seconds behind.
        for found in futures_util::future::join_all(keys.iter().map(|key| known(window, key))).await {
            let passes = found?.filter(|known| known.passage() == Passage::Pass);
            parcels.extend(passes.map(|known| format!("{}/{}", known.key.logistics, known.key.logistics_no)));
        }
    }
    parcels.sort_unstable();
    parcels.dedup();
    let mut text = String::new();
    let (from, to) = (view::time(time), view::time(until));
    // Writing to a string does not fail.
    let _ = writeln!(text, "{LIST_TITLE}\nsite {}\ntime {from}\nuntil {to}", site.id());
    let _ = writeln!(text, "count {}\n", parcels.len());
    for parcel in &parcels {
        let _ = writeln!(text, "{parcel}");
    }
    let (bags, all) = bags::passing(window, site, &parcels).await?;
    complete &= all;
    if !bags.is_empty() {
        let _ = writeln!(text);
    }
    for (bag, seal) in &bags {
        let _ = writeln!(text, "{bag} {seal}");
    }
    let signer = window.evidence.sender(time).await?;
    let (key, signature) = (view::hex(&signer.public()), view::hex(&signer.sign_text(text.as_bytes())));
    Ok(PassList { text, time, until, count: parcels.len(), complete, key, signature })
}

/// Waybills of trades that were released in the district of a site, with its carriers; and whether these are all.
async fn released(window: &Window, site: &Kept) -> Result<(Vec<WaybillKey>, bool), Problem> {
    let scope = Scope::Office(vec![site.applied.district.trim().into()]);
    let states = vec![Standing::Released.number()];
    let search = Search { states: states.clone(), oldest_first: false };
    let (imports, more) = window.read.search(&scope, &search, None, LISTED).await?;
    let mut keys = Vec::new();
    for orders in imports.chunks(AT_ONCE) {
        let read = orders.iter().map(|summary| window.read.consignment(&summary.order));
        for consignment in futures_util::future::join_all(read).await {
            keys.extend(consignment?.and_then(|one| one.carriage).map(|carriage| carriage.key));
        }
    }
    let search = ExportSearch { scope, party: None, states };
    let (exports, others) = window.read.exports(&search, None, LISTED).await?;
    let carried = exports.iter().filter_map(|trade| trade.carriage.as_ref());
    keys.extend(carried.map(|carriage| carriage.key.clone()));
    keys.retain(|key| site.carries(&key.logistics));
    Ok((keys, more.is_none() && others.is_none()))
}

/// The version of a parcel's hold; 0 = it never had one.
pub async fn hold_version(window: &Window, logistics: &str, number: &str) -> Result<u32, Problem> {
    let record = window.read.record(&hold::key(&WaybillKey::new(logistics, number))).await?;
    Ok(record.map_or(0, |record| record.version))
}
