//! Parks as everybody may know them: which there are, what each offers, and where it alone offers it. And the figures of a park for
//! whoever operates or supervises it: what its sites scanned, what left them without a list, which bonded books lie in it, and how
//! long their goods have lain there.

use super::error::Problem;
use super::registers::{by, recorded, visible};
use super::{Query, parameter};
use crate::Window;
use crate::auth::Caller;
use crate::bonded;
use ::statistics::Table;
use axum::Json;
use axum::extract::{Path, State};
use book::Place;
use ceb::Day;
use clearance::Text;
use clearance::consignment::State as Standing;
use clearance::keys::Time;
use clearance::record::{Record, Register};
use register::bonded::BookBody;
use register::bonded::form::StockForm;
use register::park::bag::Remark;
use register::park::happening::Happening;
use register::park::scan::Scan;
use register::park::{Applied, Body, FUNCTIONS, KINDS, WORKING, site};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Read, RecordSearch};

/// Parks, sites and books that are looked through at most.
const PARKS: usize = 5_000;
const SITES: usize = 20_000;
const BOOKS: usize = 500;
/// Items whose stock is looked at for one park at most.
const ITEMS: usize = 1_000;
/// Alarms of a register that are looked through for one park at most.
const ALARMS: usize = 2_000;
/// Classes by which it is told how long goods have lain in stock; the last has what is older.
const CLASSES: usize = 4;
/// Days that figures are of unless others are asked for, in milliseconds.
const DAYS: i64 = 29 * 86_400_000;

/// `GET /v1/parks?text=&function=&mode=`: the approved parks with what each offers, narrowed or all.
pub async fn list(State(window): State<Arc<Window>>, query: Query) -> Result<Json<Value>, Problem> {
    offered(&window, &query).await.map(Json)
}

/// Those of a register that work, the newest first, and whether these are all.
async fn working(
    window: &Window,
    register: Register,
    most: usize,
) -> Result<(Vec<Arc<Record>>, bool), Problem> {
    let states = WORKING.iter().map(|state| Text::from(*state)).collect();
    let search = RecordSearch { register, parties: None, states };
    let (records, more) = window.read.records(&search, None, most).await?;
    Ok((records, more.is_none()))
}

/// To which parks a list is narrowed; what is not asked for narrows to nothing.
struct Wanted {
    /// A part of a number, a name or a place, in small letters.
    text: String,
    function: Option<Text>,
    mode: Option<Text>,
}

impl Wanted {
    fn of(query: &Query) -> Self {
        let text = parameter(query, "text").map(|text| text.trim().to_lowercase()).unwrap_or_default();
        Self { text, function: parameter(query, "function"), mode: parameter(query, "mode") }
    }

    /// Whether a park of this number and of an operator of this name is asked for.
    fn takes(&self, number: &str, operator: &str, park: &Applied) -> bool {
        let Applied { name, name_english, city, district, address, functions, modes, .. } = park;
        let told: [&str; 7] = [number, operator, name, name_english, city, district, address];
        let has = |all: &[String], word: &Text| all.iter().any(|one| one.trim() == word.as_str());
        told.iter().any(|one| one.to_lowercase().contains(&self.text))
            && self.function.as_ref().is_none_or(|word| has(functions, word))
            && self.mode.as_ref().is_none_or(|word| has(modes, word))
    }
}

/// The parks that are asked for, and by function and by mode the parks that have it, of all.
pub(crate) async fn offered(window: &Window, query: &Query) -> Result<Value, Problem> {
    let (today, wanted) = (window.clock.now().day(), Wanted::of(query));
    let mut sites: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let (of_sites, all_sites) = working(window, Register::Site, SITES).await?;
    for record in of_sites {
        let Some(applied) = site::Body::of(&record).in_force else { continue };
        let (operator, code) = record.key.id.split_once(':').unwrap_or((&record.key.id, ""));
        let shown = json!({"code": code, "operator": operator, "name": applied.name, "kind": applied.kind});
        sites.entry(applied.park.trim().to_owned()).or_default().push(shown);
    }
    let mut parks: Vec<(usize, Value)> = Vec::new();
    let mut by_function: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut by_mode: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut records, all_parks) = working(window, Register::Park, PARKS).await?;
    records.sort_by(|one, other| one.key.id.cmp(&other.key.id));
    for record in &records {
        let body = Body::of(record);
        let Some(applied) = &body.in_force else { continue };
        let id = record.key.id.to_string();
        for function in FUNCTIONS.iter().filter(|word| applied.functions.iter().any(|own| own == *word)) {
            by_function.entry(function).or_default().push(id.clone());
        }
        for mode in applied.modes.iter().map(|mode| mode.trim()).collect::<BTreeSet<_>>() {
            by_mode.entry(mode.to_owned()).or_default().push(id.clone());
        }
        let operator = register::owner(record);
        let reference = window.reference();
        let name = reference.parties.find(&operator, today).map_or("", |filing| filing.name.as_str());
        if !wanted.takes(&id, name, applied) {
            continue;
        }
        let rank = KINDS.iter().position(|kind| *kind == applied.kind).unwrap_or(KINDS.len());
        parks.push((
            rank,
            json!({
                "park": id, "operator": operator.as_str(), "operatorName": name, "name": applied.name,
                "nameEnglish": applied.name_english, "kind": applied.kind, "city": applied.city,
                "district": applied.district, "address": applied.address, "functions": applied.functions,
                "modes": applied.modes, "tenants": body.tenants_on(today).count(),
                "sites": sites.remove(&id).unwrap_or_default(), "legalBasis": applied.legal_basis,
            }),
        ));
    }
    // In the order of the plan, then by number.
    parks.sort_by_key(|(rank, _)| *rank);
    let functions: Vec<Value> = FUNCTIONS
        .iter()
        .map(|word| {
            let of = by_function.remove(word).unwrap_or_default();
            json!({"function": word, "parks": of})
        })
        .collect();
    let modes: Vec<Value> =
        by_mode.into_iter().map(|(mode, of)| json!({"mode": mode, "parks": of})).collect();
    let parks: Vec<Value> = parks.into_iter().map(|(_, park)| park).collect();
    let complete = all_sites && all_parks;
    Ok(json!({"parks": parks, "functions": functions, "modes": modes, "complete": complete}))
}

fn day(query: &Query, name: &str, otherwise: Time) -> Result<u32, Problem> {
    let Some(text) = parameter(query, name) else { return Ok(otherwise.day().number()) };
    let digits: String = text.chars().filter(|sign| *sign != '-').collect();
    let wrong = || {
        Problem::bad_request(&format!("{name} is a day: yyyyMMdd or yyyy-MM-dd"))
            .in_chinese("起止须为日期：yyyyMMdd 或 yyyy-MM-dd")
    };
    Day::parse(&digits).map(Day::number).ok_or_else(wrong)
}

/// The first and the last day that are asked for; the last thirty where none are.
pub(crate) fn days(window: &Window, query: &Query) -> Result<(u32, u32), Problem> {
    let now = window.clock.now();
    let (from, to) = (day(query, "from", Time(now.0 - DAYS))?, day(query, "to", now)?);
    if from > to {
        return Err(Problem::bad_request("from is not after to").in_chinese("起日不能晚于止日"));
    }
    Ok((from, to))
}

/// `GET /v1/parks/{id}/figures?from=&to=&purpose=`: of each site what was scanned, and the bonded books in the park.
pub async fn figures(
    State(window): State<Arc<Window>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    told(&window, &caller, &id, &query).await.map(Json)
}

/// The figures of a park. A tenant finds the park and not what others have in it.
pub(crate) async fn told(
    window: &Window,
    caller: &Caller,
    id: &str,
    query: &Query,
) -> Result<Value, Problem> {
    let (codes, _) = window.names_of(&caller.party);
    let (record, own) = visible(window, caller, Register::Park.word(), id).await?;
    let body = Body::of(&record);
    // An office of some districts supervises the parks of these.
    let district = body.in_force.as_ref().unwrap_or(&body.applied).district.trim();
    let supervises = caller.uses_registers()
        || (caller.is_office() && caller.districts.iter().any(|known| known == district));
    if !supervises && !codes.contains(&register::owner(&record)) {
        return Err(Problem::not_found("no such record, or not yours").of_another(true));
    }
    if !own {
        let subject = (record.key.register.word(), record.key.id.as_str());
        recorded(window, by(window, caller), subject, &record.parties, &caller.purpose, None).await?;
    }
    let now = window.clock.now();
    let (from, to) = days(window, query)?;
    let mut kept = Vec::new();
    let (of_sites, all_sites) = working(window, Register::Site, SITES).await?;
    for site in of_sites {
        let applied =
            site::Body::of(&site).in_force.filter(|applied| applied.park.trim() == record.key.id.as_str());
        kept.extend(applied.map(|applied| (site, applied)));
    }
    let (unlisted, looked_through) = unlisted(window, &kept, (from, to)).await?;
    let counted = |(site, applied): &(Arc<Record>, site::Applied)| {
        let mut shown = scanned(window, &site.key.id, applied, (from, to));
        shown["unlisted"] = unlisted.get(site.key.id.as_str()).map_or(0, BTreeSet::len).into();
        shown
    };
    let sites: Vec<Value> = kept.iter().map(counted).collect();
    let books = books(window, &record, &body).await?;
    let standing = window.statistics.standing();
    let upto = if standing.complete { now } else { standing.last };
    let applied = body.in_force.unwrap_or(body.applied);
    Ok(json!({
        "park": record.key.id.as_str(), "name": applied.name, "state": record.state.as_str(),
        "from": from.to_string(), "to": to.to_string(), "complete": standing.complete,
        "upTo": super::view::time(upto), "sites": sites, "sitesComplete": all_sites,
        "alarmsComplete": looked_through, "books": books, "tenants": body.tenants,
    }))
}

/// What a site scanned within days.
fn scanned(window: &Window, id: &str, applied: &site::Applied, (from, to): (u32, u32)) -> Value {
    let standing = window.statistics.standing();
    let cells = standing.figures.cells(Table::Sites);
    let within = cells.filter(|(key, _)| key.owner == id && from <= key.day && key.day <= to);
    let (mut entries, mut exits, mut by_answer) = (0u64, 0u64, BTreeMap::<&str, u64>::new());
    for (key, measure) in within {
        *by_answer.entry(key.second.as_str()).or_default() += measure.count;
        match (key.first.as_str(), key.second.as_str()) {
            ("in", _) => entries += measure.count,
            // A parcel that is held has not left; one that a device let pass without network has.
            ("out", "passed" | "alarmed") => exits += measure.count,
            _ => {}
        }
    }
    let of = |word: &str| by_answer.get(word).copied().unwrap_or(0);
    json!({
        "site": id, "name": applied.name, "kind": applied.kind, "entries": entries, "exits": exits,
        "passed": of("passed"), "inspected": of("to-inspect"), "held": of("held"), "alarms": of("alarmed"),
    })
}

/// By site the parcels that left it within days although no list was in force for them: a device without network let them out, or
/// they were on a gate list. And whether all alarms of these days were looked through.
async fn unlisted(
    window: &Window,
    sites: &[(Arc<Record>, site::Applied)],
    (from, to): (u32, u32),
) -> Result<(BTreeMap<String, BTreeSet<String>>, bool), Problem> {
    let (mut found, mut complete) = (BTreeMap::<String, BTreeSet<String>>::new(), true);
    let owners: BTreeSet<Text> = sites.iter().map(|(site, _)| register::owner(site)).collect();
    let parties: Vec<Text> = owners.iter().flat_map(|owner| window.names_of(owner).0).collect();
    if parties.is_empty() {
        return Ok((found, complete));
    }
    for register in [Register::SiteScan, Register::SiteRecord] {
        let search = RecordSearch {
            register,
            parties: Some(parties.clone()),
            states: vec![Text::const_new("alarmed")],
        };
        let (records, more) = window.read.records(&search, None, ALARMS).await?;
        let day_of = |record: &Arc<Record>| record.changed.day().number();
        complete &= more.is_none() || records.last().is_some_and(|record| day_of(record) < from);
        for record in records.iter().filter(|record| (from..=to).contains(&day_of(record))) {
            if let Some((site, _)) = record.key.id.rsplit_once(':') {
                found.entry(site.to_owned()).or_default().extend(left_unlisted(record));
            }
        }
    }
    Ok((found, complete))
}

/// Parcels that an alarm says to have left without a list.
fn left_unlisted(record: &Record) -> Vec<String> {
    let (direction, stopped) = if record.key.register == Register::SiteScan {
        let scan = Scan::of(record);
        if scan.bag.is_empty() {
            let known = scan.waybill().map(|key| format!("{}/{}", key.logistics, key.logistics_no));
            let parcel = known.unwrap_or(scan.parcel);
            (scan.direction, vec![Remark { parcel, why: scan.why, ..Remark::default() }])
        } else {
            (scan.direction, scan.stopped)
        }
    } else {
        let happened = Happening::of(record);
        (happened.direction, happened.stopped)
    };
    let left = stopped.into_iter().filter(|one| direction == "out" && !one.parcel.is_empty());
    left.filter(|one| is_unlisted(&one.why)).map(|one| one.parcel).collect()
}

/// Whether a parcel was stopped because no list is in force for it: nobody declared one, or it ended.
fn is_unlisted(why: &str) -> bool {
    let state = Standing::ALL.into_iter().find(|state| state.word() == why);
    why == "unknown" || state.is_some_and(|state| state.frees_the_key() || state == Standing::Staged)
}

/// Lots of which something is in stock.
#[derive(Default)]
struct Lots {
    /// By class, how long they have lain there.
    classes: [u64; CLASSES],
    /// Days since the oldest came in.
    oldest: Option<u32>,
    /// Those that a recall stops.
    recalled: u64,
}

impl Lots {
    /// Counts a lot, if something of it is there.
    fn add(&mut self, lot: &book::LotStock, today: Day, class: u32) {
        let lies = Place::ALL.into_iter().any(|place| place.is_inside() && !lot.at(place).is_zero());
        if !lies {
            return;
        }
        let number = |day: Day| Time::start_of(day).day_number();
        let days = number(today).saturating_sub(number(book::day_of(lot.entered)));
        let at = usize::try_from(days.saturating_sub(1) / class).unwrap_or(CLASSES).min(CLASSES - 1);
        self.classes[at] += 1;
        self.oldest = self.oldest.max(Some(days));
        self.recalled += u64::from(!lot.stopped.is_empty());
    }

    /// The classes, each with its first and its last day.
    fn told(&self, class: u32) -> Vec<Value> {
        let mut from = 0;
        let mut told = Vec::with_capacity(CLASSES);
        for (index, (lots, upto)) in self.classes.iter().zip((1..).map(|times| class * times)).enumerate() {
            let to = (index + 1 < CLASSES).then_some(upto);
            told.push(json!({"from": from, "to": to, "lots": lots}));
            from = upto + 1;
        }
        told
    }
}

/// Bonded books of the operator and of the tenants of today.
async fn books(window: &Window, park: &Record, body: &Body) -> Result<Value, Problem> {
    let today = window.clock.now().day();
    let mut codes = window.names_of(&register::owner(park)).0;
    for tenant in body.tenants_on(today) {
        codes.extend(window.names_of(tenant).0);
    }
    let states = ["open", "changing"].map(Text::from).to_vec();
    let search = RecordSearch { register: Register::BondedBook, parties: Some(codes.clone()), states };
    let (records, more) = window.read.records(&search, None, BOOKS).await?;
    // Parties of a book are its holder and whom it names; it lies where its holder is.
    let own: Vec<&Arc<Record>> =
        records.iter().filter(|book| codes.contains(&register::owner(book))).collect();
    let law = window.reference().current().parameters.on(today);
    let class = u32::try_from(law.stock_ageing_days).unwrap_or(1).clamp(1, 10_000);
    let (mut items, mut stocked, mut looked, mut counting) = (0usize, 0usize, 0usize, 0usize);
    let mut lots = Lots::default();
    for book in &own {
        let body = BookBody::of(book);
        counting += usize::from(body.counting.is_some());
        for item in body.items {
            items += 1;
            if looked == ITEMS {
                continue;
            }
            looked += 1;
            let Some(record) = bonded::item(window, &book.key.id, &item.number).await? else { continue };
            let stock = StockForm::of(&record).stock(&record.key.id);
            let inside = stock.as_ref().and_then(book::Stock::inside);
            stocked += usize::from(inside.is_some_and(|inside| inside.declared > ceb::Decimal::ZERO));
            stock.iter().flat_map(|stock| &stock.lots).for_each(|lot| lots.add(lot, today, class));
        }
    }
    let holders: BTreeSet<Text> = own.iter().map(|book| register::owner(book)).collect();
    Ok(json!({
        "books": own.len(), "holders": holders.len(), "items": items, "stocked": stocked,
        "complete": more.is_none() && looked == items, "ageing": lots.told(class), "oldest": lots.oldest,
        "recalled": lots.recalled, "counting": counting,
    }))
}
