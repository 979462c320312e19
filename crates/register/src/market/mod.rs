//! Market procurement [市场采购, 1039]: stallholders of a market sell to buyers abroad, slip by slip (`slip`); whoever declares groups
//! slips of one country into one declaration [组货], which is held against its slips and the law of its day (`checks`), accepted,
//! looked at and released by customs, and closed when the money for it has come. The market is a park that may do mode 1039, its
//! stallholders are its tenants. What is in doubt is told on the record and decided by a person.

mod checks;
mod grouping;
pub mod slip;

pub use grouping::Grouped;

use crate::behind::Behind;
use crate::moves::Move;
use crate::park::{self, check_text};
use crate::{Command, Fault, Made, Seen, form, owner_of, read, says, stored, written};
use ceb::{Decimal, Stamp};
use clearance::facts::{Facts, Keys};
use clearance::keys::{OrderKey, Position, Time};
use clearance::party::{CreditGrade, Role};
use clearance::record::{Record, RecordKey, Register};
use clearance::risk::draw;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The id is the code of whoever declares, a colon, his number of it. `tallied`: which declaration has a receipt of money, in a record
/// that is nobody's.
pub const MOVES: &[Move] = &[
    Move::owner("declare-group", &["", "refused", "withdrawn"], "declared").alone(),
    Move::owner("withdraw", &["declared"], "withdrawn").alone(),
    Move::reviewer("refuse", &["declared", "inspected"], "refused").explained(),
    Move::reviewer("accept", &["declared"], "accepted"),
    Move::reviewer("call-inspection", &["accepted"], "inspecting").explained(),
    Move::reviewer("record-inspection", &["inspecting"], "inspected"),
    Move::reviewer("release-goods", &["accepted", "inspected"], "released"),
    Move::reviewer("confirm-exit", &["released"], "exported"),
    Move::owner("receive", &["exported"], "exported").alone(),
    Move::owner("close", &["exported"], "closed").alone(),
    Move::reviewer("close-short", &["exported"], "closed").explained(),
    Move::window("tally", &["", "tallied"], "tallied"),
];

/// States of declarations: what else is in the register is nobody's.
pub const LISTED: &[&str] = &[
    "declared",
    "withdrawn",
    "refused",
    "accepted",
    "inspecting",
    "inspected",
    "released",
    "exported",
    "closed",
];
/// Moves by which slips change, so that the window names them in the command.
pub const WITH_SLIPS: [&str; 5] = ["withdraw", "refuse", "confirm-exit", "close", "close-short"];
/// What is said of value-added tax.
pub const TAXES: &[&str] = &["exempt", "refund"];
/// What a look at goods found.
pub const RESULTS: &[&str] = &["agrees", "differs"];
/// Why goods are looked at before they are released: somebody in it is of the lowest grade, or the draw says so.
pub const LOOKS: [&str; 2] = ["grade-d", "drawn"];

/// The supervision mode.
pub(crate) const MODE: &str = "1039";
/// Who groups and declares: a declaring unit, or a trader for himself.
const TRADERS: &[Role] = &[Role::Agent, Role::Merchant];
/// Slips of a declaration, and lines of a slip, at most.
const MOST: usize = 200;
/// Characters of a number at most.
const LONGEST: usize = 60;

/// What is declared.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Applied {
    /// The record of the market.
    pub market: String,
    /// District where it is declared, four digits.
    pub district: String,
    /// District of exit, four digits.
    pub exit: String,
    /// The one country of destination, three digits.
    pub country: String,
    /// The one currency, three digits.
    pub currency: String,
    /// Of all slips, in that currency.
    pub total: String,
    /// Of all slips.
    pub pieces: u32,
    /// Of all slips, kg.
    pub gross_weight: String,
    /// Whether goods beyond the most valuable are declared by chapter.
    #[serde(default)]
    pub summarised: bool,
    /// One of [`TAXES`].
    pub taxes: String,
    /// Ids of the slips.
    pub slips: Vec<String>,
}

/// What stands against a declaration by a row that is not sure: a person decides on it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Doubt {
    /// Which: a code of `says`.
    pub rule: String,
    /// Where in what was sent.
    pub path: String,
    /// What it says.
    pub value: String,
    /// What it is held against.
    pub other_value: String,
    /// What is expected and what to do, in Chinese.
    pub text_zh: String,
    /// In English.
    pub text_en: String,
}

/// Under which number customs has it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Accepting {
    /// Of the customs declaration, 18 digits.
    pub number: String,
}

/// What a look at goods found.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Inspected {
    /// When, yyyyMMddHHmmss.
    pub at: String,
    /// Slips whose goods were looked at.
    pub sampled: Vec<String>,
    /// One of [`RESULTS`].
    pub result: String,
}

/// How the goods left the country.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Exited {
    /// When, yyyyMMddHHmmss.
    pub at: String,
    /// Vehicle, flight, train or vessel.
    pub vehicle: String,
    /// The window writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slips: Vec<String>,
}

/// Money that came for it [收汇].
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Receipt {
    /// Code of the bank or payment firm that received it.
    pub bank: String,
    /// Its number of the receipt.
    pub number: String,
    /// Its day, yyyyMMdd.
    pub day: String,
    /// That of the declaration.
    pub currency: String,
    /// How much, in that currency.
    pub amount: String,
    /// To whom: whoever declares, or a stallholder of one of the slips.
    pub payee: String,
}

/// A move that names the slips and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    slips: Vec<String>,
}

/// Which declaration has a receipt.
#[derive(Serialize)]
struct Tally<'a> {
    declaration: &'a str,
}

/// A declaration as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// As it was sent last.
    pub applied: Applied,
    /// What a person decides on when he accepts it.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    /// Its lines, of all slips.
    #[serde(default)]
    pub lines: Vec<Grouped>,
    /// Number of the customs declaration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Words of [`LOOKS`]: where there are any it is not released unseen.
    #[serde(default)]
    pub look: Vec<String>,
    /// What the look found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected: Option<Inspected>,
    /// How it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exited: Option<Exited>,
    /// Money that came for it, the oldest first.
    #[serde(default)]
    pub receipts: Vec<Receipt>,
    /// Their sum, in the currency of the declaration.
    #[serde(default)]
    pub received: String,
}

impl Body {
    /// Of a record of a declaration.
    ///
    /// # Panics
    /// If the record is none.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    fn received(&self) -> i128 {
        self.receipts.iter().map(|receipt| units(&receipt.amount)).fold(0, i128::saturating_add)
    }
}

/// A number that was looked at before, in the smallest units.
fn units(text: &str) -> i128 {
    Decimal::parse(text).unwrap_or_default().units()
}

/// The key of a slip.
pub(crate) fn slip_key(id: &str) -> RecordKey {
    RecordKey::new(Register::MarketSlip, id)
}

/// The record of a receipt. Its id begins with no party's code, so it is nobody's.
pub fn receipt_key(bank: &str, number: &str) -> RecordKey {
    RecordKey::new(Register::MarketDeclaration, &format!("/receipt/{}:{}", bank.trim(), number.trim()))
}

/// The slips of a declaration, which the window names in commands that change them. None = the record is none.
pub fn slips_of(record: &Record) -> Option<Vec<String>> {
    let is_declaration = record.key.register == Register::MarketDeclaration;
    let listed = is_declaration && LISTED.contains(&record.state.as_str());
    listed.then(|| Body::of(record).applied.slips)
}

/// Adds what a command names to the keys of its batch: slips and receipts are changed, the market is looked at.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    let register = command.key.register;
    if !matches!(register, Register::MarketSlip | Register::MarketDeclaration) {
        return;
    }
    let Some(body) = command.body.as_deref() else { return };
    let Ok(body) = serde_json::from_str::<serde_json::Value>(body) else { return };
    if let Some(market) = body["market"].as_str() {
        keys.looked_at.push(RecordKey::new(Register::Park, market));
    }
    if register == Register::MarketSlip {
        return;
    }
    let slips = body["slips"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    let mut named: Vec<RecordKey> = slips.take(MOST).map(slip_key).collect();
    named.sort_unstable();
    named.dedup();
    keys.records.extend(named);
    if command.action == "receive"
        && let (Some(bank), Some(number)) = (body["bank"].as_str(), body["number"].as_str())
    {
        keys.records.push(receipt_key(bank, number));
    }
}

/// The number that a party gives a record of its own.
fn check_number(seen: &Seen<'_>, faults: &mut Vec<Fault>) {
    let number = seen.own_name().trim();
    if number.is_empty() || number.chars().count() > LONGEST {
        faults.push(Fault::new("id", &seen.command.key.id, says::OWN_CODE_AND_NUMBER.said()));
    }
}

/// The market that a record names: a park that works and may do the mode.
fn market(seen: &Seen<'_>, id: &str, faults: &mut Vec<Fault>) -> Option<park::Body> {
    let record = seen.facts.records.get(&RecordKey::new(Register::Park, id));
    let working = record.filter(|record| park::WORKING.contains(&record.state.as_str()));
    let body = working.map(|record| park::Body::of(record));
    let does = |body: &park::Body| {
        let in_force = body.in_force.as_ref();
        in_force.is_some_and(|park| park.modes.iter().any(|mode| mode.trim() == MODE))
    };
    let found = body.filter(does);
    if found.is_none() {
        faults.push(Fault::new("market", id, says::MARKET_PLACE.said()));
    }
    found
}

/// A second that is not to come.
fn moment(seen: &Seen<'_>, text: &str, faults: &mut Vec<Fault>) {
    match Stamp::parse(text).map(Time::from_stamp) {
        None => faults.push(Fault::new("at", text, says::A_SECOND.said())),
        Some(at) if at > seen.now => faults.push(Fault::new("at", text, says::TODAY_OR_BEFORE.said())),
        Some(_) => {}
    }
}

/// A number above zero.
fn positive(path: &str, text: &str, faults: &mut Vec<Fault>) -> Option<Decimal> {
    let number = Decimal::parse(text).filter(|number| *number > Decimal::ZERO);
    if number.is_none() {
        faults.push(Fault::new(path, text, says::POSITIVE_NUMBER.said()));
    }
    number
}

fn same_slips(body: &Body, sent: &[String], faults: &mut Vec<Fault>) {
    if sent != body.applied.slips {
        faults.push(Fault::new("slips", "", says::WINDOW_WRITES_IT.said()));
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let sent = seen.command.body.as_deref();
    let mut body = match (step.action, seen.current) {
        ("declare-group", _) => checks::check(seen, read(sent, faults)?, faults),
        // Written behind a declaration.
        ("tally", _) | (_, None) => {
            faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said()));
            return None;
        }
        (_, Some(record)) => Body::of(record),
    };
    match step.action {
        "accept" => accept(seen, &mut body, faults),
        "record-inspection" => inspect(seen, &mut body, faults),
        "release-goods" => release(&body, faults),
        "confirm-exit" => {
            let exited: Exited = read(sent, faults)?;
            moment(seen, &exited.at, faults);
            check_text("vehicle", &exited.vehicle, LONGEST, faults);
            same_slips(&body, &exited.slips, faults);
            body.exited = Some(Exited { slips: Vec::new(), ..exited });
        }
        "receive" => receive(seen, &mut body, faults),
        "withdraw" | "refuse" | "close" | "close-short" => {
            let named: Named = read(sent, faults)?;
            same_slips(&body, &named.slips, faults);
            if step.action == "close" {
                close(seen, &body, faults);
            }
        }
        _ => {}
    }
    let market = RecordKey::new(Register::Park, &body.applied.market);
    let parties = vec![owner_of(&seen.command.key), owner_of(&market)];
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

/// Customs has it: whoever accepts it in spite of what is in doubt says why. From now on it is known whether it is looked at.
fn accept(seen: &Seen<'_>, body: &mut Body, faults: &mut Vec<Fault>) {
    let Some(sent) = read::<Accepting>(seen.command.body.as_deref(), faults) else { return };
    let number = sent.number.trim();
    if number.len() != 18 || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        faults.push(Fault::new("number", number, says::MARKET_NUMBER.said()));
    }
    if !body.doubts.is_empty() && seen.command.note.trim().is_empty() {
        faults.push(Fault::new("note", "", says::EXPLAINED.said()));
    }
    body.number = Some(number.to_owned());
    body.look = looks(seen, body);
}

fn looks(seen: &Seen<'_>, body: &Body) -> Vec<String> {
    let today = seen.now.day();
    let is_low = |code: &str| {
        let filing = seen.parties.find(code, today);
        filing.is_some_and(|filing| filing.grade == CreditGrade::D)
    };
    let mut found = Vec::new();
    let suppliers = body.applied.slips.iter().map(|id| owner_of(&slip_key(id)));
    if std::iter::once(owner_of(&seen.command.key)).chain(suppliers).any(|code| is_low(&code)) {
        found.push(LOOKS[0].to_owned());
    }
    // A name that no order has: what is told of this draw tells nothing of another.
    let order = OrderKey::new(Register::MarketDeclaration.word(), &seen.command.key.id);
    let law = seen.reference.current().parameters.on(today);
    if i64::from(draw(&seen.reference.sampling_seed, &order)) < law.market_sampling {
        found.push(LOOKS[1].to_owned());
    }
    found
}

fn inspect(seen: &Seen<'_>, body: &mut Body, faults: &mut Vec<Fault>) {
    let Some(found) = read::<Inspected>(seen.command.body.as_deref(), faults) else { return };
    moment(seen, &found.at, faults);
    if found.sampled.is_empty() {
        faults.push(Fault::new("sampled", "", says::NOT_EMPTY.said()));
    }
    for (index, id) in found.sampled.iter().enumerate() {
        let is_of_it = body.applied.slips.iter().any(|slip| slip.trim() == id.trim());
        if !is_of_it {
            faults.push(Fault::new(&format!("sampled[{}]", index + 1), id, says::MARKET_AMONG.said()));
        }
    }
    if !RESULTS.contains(&found.result.as_str()) {
        let words = RESULTS.join(", ");
        faults.push(Fault::new("result", &found.result, says::ONE_OF.with(&[("words", &words)])));
    }
    body.inspected = Some(found);
}

fn release(body: &Body, faults: &mut Vec<Fault>) {
    match &body.inspected {
        None if !body.look.is_empty() => {
            let why = body.look.join(", ");
            faults.push(Fault::new("action", "release-goods", says::MARKET_LOOK.with(&[("why", &why)])));
        }
        Some(found) if found.result != "agrees" => {
            faults.push(Fault::new("action", "release-goods", says::MARKET_DIFFERS.said()));
        }
        _ => {}
    }
}

/// Money that came: in its currency, to somebody in it, once, and no more than was declared.
fn receive(seen: &Seen<'_>, body: &mut Body, faults: &mut Vec<Fault>) {
    let Some(sent) = read::<Receipt>(seen.command.body.as_deref(), faults) else { return };
    check_text("bank", &sent.bank, LONGEST, faults);
    check_text("number", &sent.number, LONGEST, faults);
    if form::day("day", &sent.day, faults) > seen.now.day() {
        faults.push(Fault::new("day", &sent.day, says::TODAY_OR_BEFORE.said()));
    }
    if sent.currency.trim() != body.applied.currency.trim() {
        let said = says::MARKET_SAME.with(&[("declared", body.applied.currency.trim())]);
        faults.push(Fault::new("currency", &sent.currency, said));
    }
    if seen.facts.records.contains_key(&receipt_key(&sent.bank, &sent.number)) {
        faults.push(Fault::new("number", &sent.number, says::MARKET_RECEIPT_ONCE.said()));
    }
    let (payee, today) = (sent.payee.trim(), seen.now.day());
    let suppliers = body.applied.slips.iter().map(|id| owner_of(&slip_key(id)));
    let mut known = std::iter::once(owner_of(&seen.command.key)).chain(suppliers);
    if !known.any(|code| seen.parties.same(&code, payee, today)) {
        faults.push(Fault::new("payee", payee, says::MARKET_PAYEE.said()));
    }
    if let Some(amount) = positive("amount", &sent.amount, faults) {
        let (_, most) = bounds(seen, body);
        let left = (most - body.received()).max(0);
        if amount.units() > left {
            let left = Decimal::from_units(left).to_string();
            faults.push(Fault::new("amount", &sent.amount, says::MARKET_RECEIVED.with(&[("left", &left)])));
        }
    }
    body.receipts.push(sent);
    body.received = Decimal::from_units(body.received()).to_string();
}

/// The least and the most that comes for a declaration, in the smallest units.
fn bounds(seen: &Seen<'_>, body: &Body) -> (i128, i128) {
    let law = seen.reference.current().parameters.on(seen.now.day());
    let tolerance = i128::from(law.market_receipt_tolerance).clamp(0, 1_000);
    let total = units(&body.applied.total);
    (total * (1_000 - tolerance) / 1_000, total * (1_000 + tolerance) / 1_000)
}

fn close(seen: &Seen<'_>, body: &Body, faults: &mut Vec<Fault>) {
    let (least, _) = bounds(seen, body);
    let received = body.received();
    if received < least {
        let (received, least) =
            (Decimal::from_units(received).to_string(), Decimal::from_units(least).to_string());
        let said = says::MARKET_SHORT.with(&[("least", &least), ("total", &body.applied.total)]);
        faults.push(Fault::new("receipts", &received, said));
    }
}

/// Records that change with a declaration, to be written behind it: its slips, and which receipt it has.
pub(crate) fn behind(facts: &mut Facts, record: &Record, at: Position) -> Vec<Arc<Record>> {
    let is_declaration = record.key.register == Register::MarketDeclaration;
    if !is_declaration || !LISTED.contains(&record.state.as_str()) {
        return Vec::new();
    }
    let body = Body::of(record);
    let id = record.key.id.as_str();
    let (action, state) = match record.action.as_str() {
        "declare-group" => ("group", "grouped"),
        "withdraw" | "refuse" => ("ungroup", "confirmed"),
        "confirm-exit" => ("export", "exported"),
        "close" | "close-short" => ("finish", "settled"),
        "receive" => {
            let Some(receipt) = body.receipts.last() else { return Vec::new() };
            let key = receipt_key(&receipt.bank, &receipt.number);
            let body = written(&Tally { declaration: id });
            let tally = Behind { key, state: "tallied", action: "tally", parties: Vec::new(), body };
            return vec![tally.of(facts, record, at)];
        }
        _ => return Vec::new(),
    };
    let mut made = Vec::with_capacity(body.applied.slips.len());
    for slip in &body.applied.slips {
        let Some(current) = facts.records.get(&slip_key(slip)).cloned() else { continue };
        let mut body = slip::Body::of(&current);
        body.declaration = (state != "confirmed").then(|| id.to_owned());
        let parties = current.parties.clone();
        let behind = Behind { key: current.key.clone(), state, action, parties, body: written(&body) };
        let place = Position { sequence: at.sequence + made.len() as u64, ..at };
        made.push(behind.of(facts, record, place));
    }
    made
}
