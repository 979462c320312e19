//! Recalls at work: which items of books a recall stops, which parcels have goods of it and who bought them, holds on parcels that
//! have not left, notices to buyers. That nothing more is sold is decided with the record (`register::trace::recall`); what is
//! done after it is done again where it was interrupted, and does nothing twice.

use super::waybill_of;
use crate::api::error::Problem;
use crate::api::registers::{Body as Sent, refused};
use crate::{Window, all_records, bonded, notices, proving, sites};
use ceb::Document;
use clearance::Text;
use clearance::bonded::{Taken, TakenState, order_of};
use clearance::consignment::{Consignment, State};
use clearance::export::{ExportKey, ExportTrade, ExportTradeKey};
use clearance::keys::{OrderKey, Time, WaybillKey};
use clearance::record::{Record, RecordKey, Register};
use register::notice::Told;
use register::park::hold::{self, Hold, of_recall};
use register::trace::recall::{Body, Finding, Found, HOLDING, Left, Opened, key as recall_key, stock_of};
use register::{By, Command, Refusal};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::{Read, RecordSearch, StoreError};

/// Versions of an item's stock, on the whole, that are looked through for lists that took of a lot.
const VERSIONS: usize = 20_000;
/// Milliseconds that whoever opened a recall has to carry it out, and after which holds are looked through again.
const MEANWHILE: i64 = 60_000;
/// Versions of an item's stock that are read at a time.
const PAGE: usize = 500;
/// Times that it is recorded again where the holder said something meanwhile.
const TRIES: usize = 5;

/// Puts the items that a command stops, or lets go, into it, so that they are known before they are locked.
pub(crate) async fn with_stocks(window: &Window, key: &RecordKey, sent: &mut Sent) -> Result<(), Problem> {
    let stocks = match sent.action.as_str() {
        "open" => {
            let goods = sent.body.as_ref().and_then(|body| body["goodsNo"].as_str()).unwrap_or("").trim();
            stocks_of(window, &register::owner_of(key), goods).await?
        }
        "close" => match window.read.record(key).await? {
            Some(record) => Body::of(&record).stocks,
            None => Vec::new(),
        },
        _ => return Ok(()),
    };
    if let Some(members) = sent.body.as_mut().and_then(serde_json::Value::as_object_mut) {
        members.insert("stocks".to_owned(), stocks.into());
    }
    Ok(())
}

/// Items of a holder's books with goods of a number.
async fn stocks_of(window: &Window, holder: &str, goods: &str) -> Result<Vec<String>, StoreError> {
    let (codes, _) = window.names_of(holder);
    let parties = Some(codes.clone());
    let search = RecordSearch { register: Register::BondedBook, parties, states: Vec::new() };
    let books = all_records::of(window, &search).await?;
    let mut found = Vec::new();
    // His books may be under either of his codes.
    for book in books.iter().filter(|book| codes.contains(&register::owner(book))) {
        let items = register::bonded::BookBody::of(book).items;
        let of_goods = items.iter().filter(|item| !goods.is_empty() && item.goods_no.trim() == goods);
        found.extend(of_goods.map(|item| format!("{}:{}", book.key.id, item.number.trim())));
    }
    Ok(found)
}

/// The trade of a parcel.
pub(crate) enum Of {
    /// One of imports.
    Import(Box<Consignment>),
    /// One of exports.
    Export(Arc<ExportTrade>),
}

impl Of {
    /// Of imports. Whoever bought an export is abroad, and not known here.
    pub fn import(&self) -> Option<&Consignment> {
        match self {
            Self::Import(consignment) => Some(consignment),
            Self::Export(_) => None,
        }
    }
    /// Where its list stands.
    pub fn state(&self) -> Option<State> {
        match self {
            Self::Import(consignment) => consignment.attempt.as_ref().map(|attempt| attempt.state),
            Self::Export(trade) => trade.attempt.as_ref().map(|attempt| attempt.state),
        }
    }
    /// Whose it is.
    pub fn parties(&self) -> Vec<Text> {
        match self {
            Self::Import(consignment) => consignment.parties(),
            Self::Export(trade) => trade.parties(),
        }
    }
    /// What its order is under: its platform, of an export its merchant; and the number of the order.
    pub fn named(&self) -> (&'static str, &Text, &Text) {
        match self {
            Self::Import(one) => ("platform", &one.key.platform, &one.key.order_no),
            Self::Export(one) => ("merchant", &one.key.merchant, &one.key.order_no),
        }
    }
    fn taken(&self) -> Option<&Taken> {
        match self {
            Self::Import(consignment) => consignment.attempt.as_ref()?.taken.as_deref(),
            Self::Export(trade) => trade.taken.as_deref(),
        }
    }
    fn waybill(&self) -> Option<WaybillKey> {
        match self {
            Self::Import(consignment) => waybill_of(consignment),
            Self::Export(trade) => trade.carriage.as_ref().map(|carriage| carriage.key.clone()),
        }
    }
}

/// A parcel with goods that are recalled.
pub(crate) struct Parcel {
    /// Its trade.
    pub of: Of,
    /// Its waybill.
    pub waybill: Option<WaybillKey>,
    /// Whether it left the zone.
    pub left: bool,
    /// How much of the goods is in it, in declared units.
    pub quantity: String,
}

/// How far parcels of a recall are looked for.
#[derive(Clone, Copy)]
pub(crate) struct Reach {
    /// Parcels: one more than these is found at most.
    pub parcels: usize,
    /// Versions of stock, of all items together.
    pub versions: usize,
}

impl Reach {
    /// All that a recall has.
    pub fn whole(body: &Body) -> Self {
        Self { parcels: usize::MAX, versions: VERSIONS.saturating_mul(body.stocks.len()) }
    }
}

/// The parcels of a recall, item by item the newest first, and whether everything that moved was looked through.
pub(crate) async fn parcels(
    window: &Window,
    body: &Body,
    reach: Reach,
) -> Result<(Vec<Parcel>, bool), Problem> {
    let (mut orders, mut found, mut looked) = (BTreeSet::new(), Vec::new(), 0);
    for key in body.stocks.iter().filter_map(|text| stock_of(text)) {
        let mut next = bonded::item(window, &key.book, &key.item).await?;
        while let Some(record) = next {
            let moved = bonded::movements(window, &key.item, record, PAGE).await?;
            looked += moved.versions;
            let took = moved.movements.iter().filter(|one| body.is_of(&one.moved.lot));
            for order in took.filter_map(|one| order_of(&one.moved.by.key()?.document)) {
                if !orders.insert(order.clone()) {
                    continue;
                }
                let of = match ExportTradeKey::of_marked(&order) {
                    Some(key) => {
                        let state = window.read.export(&ExportKey::Trade(key)).await?;
                        state.and_then(|state| state.trade().cloned()).map(Of::Export)
                    }
                    None => window.read.consignment(&order).await?.map(|one| Of::Import(Box::new(one))),
                };
                found.extend(of.and_then(|of| parcel(of, body)));
                if found.len() > reach.parcels {
                    return Ok((found, false));
                }
            }
            let Some(earlier) = moved.next else { break };
            if looked >= reach.versions {
                return Ok((found, false));
            }
            next = window.read.record_at(earlier).await?;
        }
    }
    Ok((found, true))
}

/// A trade whose list has goods of a recall now: what it gave back, it has not.
fn parcel(of: Of, body: &Body) -> Option<Parcel> {
    let taken = of.taken()?;
    let is_of = |item: &str| body.stocks.iter().any(|stock| *stock == format!("{}:{item}", taken.book));
    let lines = taken.lines.iter().filter(|line| is_of(&line.item));
    let open = lines.flat_map(|line| &line.open).filter(|open| body.is_of(&open.lot));
    let units: Vec<i128> = open.map(|open| open.quantities.declared.units()).collect();
    if units.is_empty() || taken.state == TakenState::Restored {
        return None;
    }
    let left = taken.state == TakenState::Left;
    let quantity = ceb::Decimal::from_units(units.iter().sum()).to_string();
    let waybill = of.waybill();
    Some(Parcel { of, waybill, left, quantity })
}

/// What is left of the goods in the books.
async fn stock(window: &Window, stocks: &[String], opened: &Opened) -> Result<Vec<Left>, Problem> {
    let mut found = Vec::new();
    for text in stocks {
        let Some(key) = stock_of(text) else { continue };
        let Some(record) = bonded::item(window, &key.book, &key.item).await? else { continue };
        let Some(stock) = register::bonded::form::StockForm::of(&record).stock(&record.key.id) else {
            continue;
        };
        for lot in stock.lots.iter().filter(|lot| opened.is_of(&lot.lot.number)) {
            let inside = book::Place::ALL.into_iter().filter(|place| place.is_inside());
            let inside: i128 = inside.map(|place| lot.at(place).declared.units()).sum();
            found.push(Left {
                stock: text.clone(),
                lot: lot.lot.number.to_string(),
                inside: ceb::Decimal::from_units(inside).to_string(),
                available: lot.at(book::Place::Available).declared.to_string(),
            });
        }
    }
    Ok(found)
}

/// Carries out a recall as things stand now: stops what came in meanwhile, holds parcels that have not left, writes notices to
/// buyers, and records what was found. Done again, it goes on where it was interrupted.
pub(crate) async fn carry_out(window: &Window, key: &RecordKey) -> Result<Arc<Record>, Problem> {
    let absent = || Problem::not_found("no such recall, or not yours");
    for _ in 0..TRIES {
        let record = window.read.record(key).await?.ok_or_else(absent)?;
        if !HOLDING.contains(&record.state.as_str()) {
            return Ok(record);
        }
        let mut body = Body::of(&record);
        let stocks = stocks_of(window, &register::owner(&record), body.opened.goods_no.trim()).await?;
        let new: Vec<String> = stocks.iter().filter(|stock| !body.stocks.contains(stock)).cloned().collect();
        let is_new = !new.is_empty();
        body.stocks.extend(new);
        let (parcels, complete) = parcels(window, &body, Reach::whole(&body)).await?;
        let held = hold_all(window, &key.id, &parcels).await?;
        let told = tell(window, &key.id, &parcels).await?;
        let buyers: BTreeSet<&Text> = parcels.iter().filter_map(buyer_of).collect();
        let left = parcels.iter().filter(|parcel| parcel.left).count();
        let found = Found {
            stock: stock(window, &stocks, &body.opened).await?,
            parcels: count(parcels.len()),
            held,
            left: count(left),
            buyers: count(buyers.len()),
            told,
            complete,
            at: window.clock.now().stamp_millis().number(),
        };
        let finding = serde_json::to_string(&Finding { found, stocks }).map_err(|_| Problem::internal())?;
        let command = Command {
            key: key.clone(),
            version: record.version,
            action: "find".into(),
            by: By::of_window("recalls"),
            note: String::new(),
            body: Some(finding),
        };
        let unknown = || Problem::not_recorded("ask again", "请再次办理");
        match window.pipeline.command(command).await.ok_or_else(unknown)? {
            Ok(record) if !is_new => return Ok(record),
            // Until this moment goods of new items were sold: looked at again.
            Ok(_) | Err(Refusal::Outdated(_)) => {}
            Err(refusal) => return Err(refused(&refusal, &[])),
        }
    }
    Err(Problem::unavailable("the recall changes faster than it is carried out; ask again"))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The person whose quota the trade uses.
pub(crate) fn buyer_of(parcel: &Parcel) -> Option<&Text> {
    let attempt = parcel.of.import()?.attempt.as_ref();
    attempt.map(|attempt| &attempt.person).filter(|person| !person.is_empty())
}

/// Holds the parcels that have not left the zone; how many are held.
async fn hold_all(window: &Window, recall: &str, parcels: &[Parcel]) -> Result<u32, Problem> {
    let mut held = 0;
    for waybill in parcels.iter().filter(|parcel| !parcel.left).filter_map(|parcel| parcel.waybill.as_ref()) {
        let reason = of_recall(recall);
        let by = By::of_window("recalls");
        let said = ("hold", reason.as_str(), std::slice::from_ref(&reason));
        sites::set_hold_by(window, by, waybill, said, "", None).await?;
        held += 1;
    }
    Ok(held)
}

/// Writes down a notice to each buyer, once a parcel; how many there are. They are sent as notices are.
async fn tell(window: &Window, recall: &str, parcels: &[Parcel]) -> Result<u32, Problem> {
    let mut told = 0;
    for consignment in parcels.iter().filter_map(|parcel| parcel.of.import()) {
        let Some(buyer) = proving::buyer(&window.read, consignment) else { continue };
        let OrderKey { platform, order_no } = &consignment.key;
        let id = format!("{}:recall:{recall}:{platform}/{order_no}", buyer.person);
        // An earlier search wrote it down.
        if window.read.record(&RecordKey::new(Register::Notice, &id)).await?.is_some() {
            told += 1;
            continue;
        }
        let seller = match consignment.attempt.as_ref().map(|attempt| &*attempt.declaration.document) {
            Some(Document::Declaration(list)) => window.code_of(&list.head.ebc_code),
            _ => Text::default(),
        };
        let notice = Told {
            platform: platform.to_string(),
            order_no: order_no.to_string(),
            seller: seller.to_string(),
            amount: String::new(),
            telephone: buyer.telephone.to_string(),
            by_way_of: format!("{platform}/{order_no}"),
            recall: Some(recall.to_owned()),
        };
        let body = serde_json::to_string(&notice).ok();
        if notices::command(window, &buyer.person, (&id, 0, "note"), body).await {
            told += 1;
        }
    }
    Ok(told)
}

/// Carries out, every `every`, recalls that a server opened and did not come to carry out, and each minute lets go what it did not
/// come to let go: beside the timers, which wait for no parcel of a recall.
pub async fn run(window: Window, every: Duration) {
    let mut next = Time(0);
    loop {
        tokio::time::sleep(every).await;
        if window.intake.closed().is_some() {
            continue;
        }
        carry(&window).await;
        let now = window.clock.now();
        if now >= next {
            next = Time(now.0.saturating_add(MEANWHILE));
            if let Err(problem) = let_go_left(&window).await {
                tracing::error!(?problem, "holds of recalls cannot be looked through");
            }
        }
    }
}

/// Carries out recalls that were opened a while ago: one that cannot be carried out keeps no other back.
pub async fn carry(window: &Window) {
    let records = match all_in(window, Register::Recall, None, &["opened"]).await {
        Ok(records) => records,
        Err(error) => {
            tracing::error!(%error, "recalls cannot be read");
            return;
        }
    };
    // Whoever opened one carries it out himself, unless his server ended.
    let before = window.clock.now().0.saturating_sub(MEANWHILE);
    for record in records.iter().filter(|record| record.changed.0 <= before) {
        if let Err(problem) = carry_out(window, &record.key).await {
            tracing::error!(?problem, id = %record.key.id, "a recall cannot be carried out");
        }
    }
}

/// Lifts the holds of a recall that was lifted; what is held for another reason too stays held. The other recalls of the holder look
/// again first: what came in since is theirs before this one lets go of it, and so is a lot whose row is of the time when it had the
/// mark of one recall alone. The holds are asked, not the lists: a list may have been given back since. While one of them is left,
/// the worker does it again.
pub(crate) async fn let_go(window: &Window, record: &Record) -> Result<(), Problem> {
    let parties = Some(window.names_of(&register::owner(record)).0);
    for other in all_in(window, Register::Recall, parties, HOLDING).await? {
        carry_out(window, &other.key).await?;
    }
    let reason = of_recall(&record.key.id);
    for held in all_in(window, Register::ParcelHold, None, &[hold::HELD]).await? {
        if hold::reasons(Some(&held)).contains(&reason) {
            let named = Hold::of(&held);
            let waybill = WaybillKey::new(&named.logistics_code, &named.logistics_no);
            let said = ("lift", reason.as_str(), std::slice::from_ref(&reason));
            sites::set_hold_by(window, By::of_window("recalls"), &waybill, said, "", None).await?;
        }
    }
    Ok(())
}

/// Lets go what a server that ended left held of recalls that were lifted.
async fn let_go_left(window: &Window) -> Result<(), Problem> {
    let mut recalls = BTreeSet::new();
    for held in all_in(window, Register::ParcelHold, None, &[hold::HELD]).await? {
        let reasons = hold::reasons(Some(&held));
        recalls.extend(reasons.iter().filter_map(|reason| hold::recall_of(reason)).map(recall_key));
    }
    for key in recalls {
        let Some(record) = window.read.record(&key).await? else { continue };
        let is_lifted = Body::of(&record).closing.is_some_and(|closing| closing.result == "lifted");
        if is_lifted && let Err(problem) = let_go(window, &record).await {
            tracing::error!(?problem, id = %record.key.id, "parcels of a recall are held yet");
        }
    }
    Ok(())
}

/// All records of a register in some states.
async fn all_in(
    window: &Window,
    register: Register,
    parties: Option<Vec<Text>>,
    states: &[&str],
) -> Result<Vec<Arc<Record>>, StoreError> {
    let states = states.iter().map(|state| Text::from(*state)).collect();
    let search = RecordSearch { register, parties, states };
    window.all_records(&search).await
}
