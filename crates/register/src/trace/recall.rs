//! Recalls of goods by lot: opened by the holder, or by an officer at his counter, for goods of the holder's books. In the same
//! commit no lot of theirs is sold or transferred any more. What the window finds then, stock, parcels and buyers, it records;
//! the holder says what came back; customs closes it. Which books there are, holds on parcels and notices are the shell's.

use crate::bonded::holder_of;
use crate::bonded::rows::Changes;
use crate::moves::Move;
use crate::park::check_word;
use crate::says;
use crate::{Command, Fault, Made, Seen, owner_of, read, stored, written};
use book::{Stock, StockKey};
use ceb::Decimal;
use clearance::Text;
use clearance::bonded::stock_key;
use clearance::facts::Keys;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};

/// The id is the holder's code, a colon, a number of the recall. States: opened (the window looks for parcels), under-way, closed.
pub const MOVES: &[Move] = &[
    Move::owner("open", &[""], "opened").explained(),
    Move::window("find", &["opened", "under-way"], "under-way"),
    Move::owner("retrieve", &["under-way"], "under-way"),
    Move::reviewer("close", &["under-way"], "closed").explained(),
];

/// States in which a recall holds.
pub const HOLDING: &[&str] = &["opened", "under-way"];
/// Why goods are recalled.
pub const REASONS: &[&str] = &["unsafe", "quarantine-risk", "quality", "mislabelled", "counterfeit"];
/// What whoever has them shall do.
pub const MEASURES: &[&str] = &["stop-use", "send-back", "destroy-goods", "repair-goods"];
/// What it came to: carried out, or lifted, so that the goods may be sold again.
pub const RESULTS: &[&str] = &["carried-out", "lifted"];
/// Items of books that one recall stops at most.
const STOCKS: usize = 200;

/// What is recalled.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Opened {
    /// The enterprise's number of the goods, as items of its books have it.
    pub goods_no: String,
    /// The lot; empty = all that are there.
    #[serde(default)]
    pub lot: String,
    /// One of [`REASONS`].
    pub reason: String,
    /// One of [`MEASURES`].
    pub measure: String,
    /// What consumers are told.
    pub advice: String,
    /// Items of books with these goods: the window names them.
    #[serde(default)]
    pub stocks: Vec<String>,
}

/// What is left of the goods in an item of a book.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Left {
    /// The record of the item.
    pub stock: String,
    /// The lot.
    pub lot: String,
    /// In declared units, in all places inside the book.
    pub inside: String,
    /// Of it what nobody took yet.
    pub available: String,
}

/// What the window found.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Stock.
    pub stock: Vec<Left>,
    /// Parcels with goods of the lot.
    pub parcels: u32,
    /// Of them those that are held, since they have not left.
    pub held: u32,
    /// Of them those that left.
    pub left: u32,
    /// Buyers, each once.
    pub buyers: u32,
    /// Notices to buyers that were written down.
    pub told: u32,
    /// Whether everything that moved was looked through.
    pub complete: bool,
    /// When, as 17 digits.
    pub at: u64,
}

/// What the window records.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Finding {
    /// What it found.
    pub found: Found,
    /// Items of books with these goods, as there are now.
    pub stocks: Vec<String>,
}

/// What came back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Retrieved {
    /// In declared units, all that came back so far.
    pub retrieved: String,
    /// What was done with it.
    #[serde(default)]
    pub text: String,
}

/// What it came to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Closing {
    /// One of [`RESULTS`].
    pub result: String,
    /// Items that it stopped: the window names them.
    #[serde(default)]
    pub stocks: Vec<String>,
}

/// A recall as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// What is recalled.
    pub opened: Opened,
    /// Items of books that it stops.
    pub stocks: Vec<String>,
    /// What was found last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// What came back, as it was said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<Retrieved>,
    /// What it came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
}

impl Body {
    /// Of a record of recalls.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether it is of a lot.
    pub fn is_of(&self, lot: &str) -> bool {
        self.opened.is_of(lot)
    }
}

impl Opened {
    /// Whether it is of a lot.
    pub fn is_of(&self, lot: &str) -> bool {
        let own = self.lot.trim();
        own.is_empty() || own == lot
    }
}

/// The record of a recall.
pub fn key(id: &str) -> RecordKey {
    RecordKey::new(Register::Recall, id)
}

/// The item of a book that a text names.
pub fn stock_of(text: &str) -> Option<StockKey> {
    let (book, item) = text.trim().rsplit_once(':')?;
    Some(StockKey { book: book.into(), item: item.into() })
}

/// Items that a command names, whatever else it says.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    stocks: Vec<String>,
}

pub(super) fn needs(command: &Command, keys: &mut Keys) {
    let named = command.body.as_deref().and_then(|body| serde_json::from_str::<Named>(body).ok());
    let stocks = named.into_iter().flat_map(|named| named.stocks).take(STOCKS);
    keys.records.extend(stocks.filter_map(|text| Some(stock_key(&stock_of(&text)?))));
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let owner = owner_of(&command.key);
    let number = seen.own_name().trim();
    if number.is_empty() || number.len() > 60 || number.contains(':') {
        faults.push(Fault::new("id", &command.key.id, says::OWN_CODE_AND_NUMBER.said()));
    }
    let before = seen.current.map(Body::of);
    let sent = command.body.as_deref();
    let body = match (step.action, before) {
        ("open", _) => {
            let opened: Opened = read(sent, faults)?;
            check(seen, &owner, &opened, faults);
            Body {
                stocks: opened.stocks.clone(),
                opened: Opened { stocks: Vec::new(), ..opened },
                found: None,
                retrieved: None,
                closing: None,
            }
        }
        ("find", Some(mut body)) => {
            let finding: Finding = read(sent, faults)?;
            check_stocks(seen, &owner, &finding.stocks, faults);
            let new = finding.stocks.into_iter().filter(|stock| !body.stocks.contains(stock));
            let new: Vec<String> = new.collect();
            body.stocks.extend(new);
            Body { found: Some(finding.found), ..body }
        }
        ("retrieve", Some(body)) => {
            let retrieved: Retrieved = read(sent, faults)?;
            if Decimal::parse(retrieved.retrieved.trim()).is_none_or(|number| number.is_negative()) {
                faults.push(Fault::new("retrieved", &retrieved.retrieved, says::DECIMAL_ALONE.said()));
            }
            length("text", &retrieved.text, 1_000, faults);
            Body { retrieved: Some(retrieved), ..body }
        }
        (_, Some(body)) => {
            let closing: Closing = read(sent, faults)?;
            check_word("result", &closing.result, RESULTS, faults);
            if closing.stocks != body.stocks {
                faults.push(Fault::new("version", "", says::BONDED_CHANGED.said()));
            }
            Body { closing: Some(Closing { stocks: Vec::new(), ..closing }), ..body }
        }
        (_, None) => return None,
    };
    Some(Made { body: written(&body), parties: vec![owner], filing: None, seed: None })
}

fn length(path: &str, text: &str, most: usize, faults: &mut Vec<Fault>) {
    if text.chars().count() > most {
        let said = says::UP_TO_CHARACTERS.with(&[("most", &most.to_string())]);
        faults.push(Fault::new(path, text, said));
    }
}

fn check(seen: &Seen<'_>, owner: &str, opened: &Opened, faults: &mut Vec<Fault>) {
    check_word("reason", &opened.reason, REASONS, faults);
    check_word("measure", &opened.measure, MEASURES, faults);
    if opened.advice.trim().is_empty() {
        faults.push(Fault::new("advice", "", says::NOT_EMPTY.said()));
    }
    length("advice", &opened.advice, 1_000, faults);
    check_stocks(seen, owner, &opened.stocks, faults);
    let stocks = opened.stocks.iter().filter_map(|text| seen.facts.bonded.stocks.get(&stock_of(text)?));
    let mut lots = stocks.flat_map(|stock| stock.lots.iter());
    let field = if opened.lot.trim().is_empty() { "goodsNo" } else { "lot" };
    if !lots.any(|lot| opened.is_of(&lot.lot.number)) {
        let value = if field == "lot" { &opened.lot } else { &opened.goods_no };
        faults.push(Fault::new(field, value, says::RECALLED_IN_BOOK.with(&[("goods", &opened.goods_no)])));
    }
}

fn check_stocks(seen: &Seen<'_>, owner: &str, stocks: &[String], faults: &mut Vec<Fault>) {
    if stocks.len() > STOCKS {
        let most = says::AT_MOST.with(&[("most", &STOCKS.to_string())]);
        faults.push(Fault::new("stocks", &stocks.len().to_string(), most));
    }
    // The window names them; a recall of one holder, by either of his codes, stops no other's goods.
    let filing = seen.parties.find(owner, seen.now.day());
    let is_his = |code: &str| code == owner || filing.is_some_and(|filing| filing.is_called(code));
    for text in stocks.iter().take(STOCKS) {
        let stock = stock_of(text).filter(|key| is_his(&holder_of(&key.book)));
        if stock.is_none_or(|key| !seen.facts.bonded.stocks.contains_key(&key)) {
            faults.push(Fault::new("stocks", text, says::WINDOW_WRITES_IT.said()));
        }
    }
}

/// Lots of a stock that a recall is of.
fn lots(stock: &Stock, opened: &Opened) -> Vec<Text> {
    let of = stock.lots.iter().map(|lot| lot.lot.number.clone());
    of.filter(|number| opened.is_of(number)).collect()
}

/// What a move does to stocks; the facts after it.
pub(crate) fn changes(seen: &Seen<'_>, step: &Move) -> (Changes, book::Facts) {
    let mut changes = Changes::default();
    let mut after = seen.facts.bonded.clone();
    let body = seen.command.body.as_deref().unwrap_or("");
    let named = serde_json::from_str::<Named>(body).map(|named| named.stocks).unwrap_or_default();
    let opened = match seen.current {
        Some(record) => Some(Body::of(record).opened),
        None => serde_json::from_str::<Opened>(body).ok(),
    };
    let lifts = serde_json::from_str::<Closing>(body).is_ok_and(|closing| closing.result == "lifted");
    let stops = match step.action {
        "open" | "find" => true,
        "close" if lifts => false,
        _ => return (changes, after),
    };
    let Some(opened) = opened else { return (changes, after) };
    for key in named.iter().filter_map(|text| stock_of(text)) {
        let Some(stock) = after.stocks.get_mut(&key) else { continue };
        let id = &seen.command.key.id;
        let touched = lots(stock, &opened).iter().filter(|lot| stock.stop(lot, id, stops)).count();
        if touched > 0 {
            changes.touched.push(key);
        }
    }
    (changes, after)
}
