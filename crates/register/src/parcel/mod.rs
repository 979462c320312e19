//! Parcels of post and express that are no trade of e-commerce, as whoever carries them says what is in them: one neutral form
//! for what a CN22 or CN23, an ITMATT message and an express manifest say. A version says what it changes, has the tax
//! reckoned with the tables of the day the parcel came, and what it is linked by (`clearance::windows`). Reading tables of parcels
//! is `table`; keyed hashes are put in by the window, before it is decided.

mod checks;
pub mod table;

use crate::moves::Move;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use ceb::{Decimal, Stamp};
use clearance::facts::{CountKey, CountKind, Facts, Keys};
use clearance::parcel_tax::{self, ParcelLine, ParcelOutcome};
use clearance::record::{Record, RecordKey, Register};
use clearance::windows::{Linked, Window, WindowFact, of_record};
use clearance::{Text, party::Role};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// States: given, assessed by an officer, withdrawn. The id is the giver's code, a colon, the tracking number.
pub const MOVES: &[Move] = &[
    Move::owner("give", &[""], "given").alone(),
    Move::owner("correct", &["given", "assessed"], "given").alone(),
    // What could not be reckoned is settled by a person, with what he says of lines.
    Move::reviewer("determine", &["given", "assessed"], "assessed").explained(),
    Move::owner("withdraw", &["given", "assessed"], "withdrawn").explained().alone(),
    // What was withdrawn by mistake holds again, as a version of its own.
    Move::owner("correct", &["withdrawn"], "given").explained().alone(),
];

/// Who gives parcels: post and express operators, carriers, and agencies that act for them.
pub const GIVERS: &[Role] = &[Role::Express, Role::Logistics, Role::Agency];
/// By which way it came.
pub const CHANNELS: &[&str] = &["post", "express"];
/// What the data were taken from.
pub const FORMS: &[&str] = &["cn22", "cn23", "itmatt", "express-manifest"];
/// What it is sent as, as CN23 asks.
pub const CATEGORIES: &[&str] =
    &["gift", "documents-only", "commercial-sample", "returned-goods", "sale-of-goods", "mixed", "other"];
/// Contents of a parcel at most.
pub const CONTENTS: usize = 100;

/// Facts that are told of a parcel beside it, to offices.
const TOLD: [&str; 11] = [
    "parcel_identity_count_30",
    "parcel_identity_addresses_90",
    "parcel_telephone_count_30",
    "parcel_telephone_identities_90",
    "parcel_address_count_30",
    "parcel_address_identities_90",
    "parcel_consignor_count_30",
    "linked_identity_count_30",
    "linked_identity_fen_365",
    "linked_identity_recent_fen_365",
    "linked_address_recent_90",
];
/// And where the rules count declarations by the names of merchants.
const TOLD_OF_FIRMS: &str = "linked_consignor_count_30";

/// Who sends it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sender {
    /// Name.
    pub name: String,
    /// Country from which it is sent, a code of the country table.
    pub country_code: String,
    /// Whether it is a firm: its parcels are linked by its name.
    #[serde(default)]
    pub firm: bool,
    /// Address.
    #[serde(default)]
    pub address: String,
}

/// Who receives it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Consignee {
    /// Name.
    pub name: String,
    /// Number of his identity document; empty = not given.
    #[serde(default)]
    pub identity: String,
    /// Telephone; empty = not given.
    #[serde(default)]
    pub telephone: String,
    /// Address.
    pub address: String,
}

/// One line of what is in it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Content {
    /// What it is.
    pub description: String,
    /// HS code, 6 to 10 digits; empty = not given.
    #[serde(default)]
    pub hs_code: String,
    /// Heading of `parcel_tax.csv`; empty = by the catalogue's entry or the HS code.
    #[serde(default)]
    pub heading: String,
    /// Entry of `parcel_values.csv`; empty = none.
    #[serde(default)]
    pub catalogue: String,
    /// Pieces, a decimal.
    pub quantity: String,
    /// Kilograms; empty = not given.
    #[serde(default)]
    pub net_weight: String,
    /// Value of all its pieces.
    pub value: String,
    /// Currency of the value, a code of the table of currencies.
    pub currency: String,
    /// Country of origin; empty = not given.
    #[serde(default)]
    pub origin: String,
}

/// A parcel as it is given.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Parcel {
    /// One of [`CHANNELS`].
    pub channel: String,
    /// One of [`FORMS`].
    pub form: String,
    /// One of [`CATEGORIES`].
    pub category: String,
    /// Who sends it.
    pub sender: Sender,
    /// Who receives it.
    pub consignee: Consignee,
    /// What is in it.
    pub contents: Vec<Content>,
    /// Whether its one piece cannot be parted and is for the consignee's own use.
    #[serde(default)]
    pub indivisible: bool,
    /// Value of the whole as the form has it, in the one currency of its contents; empty = the sum of them.
    #[serde(default)]
    pub declared_value: String,
    /// Kilograms; empty = not given.
    #[serde(default)]
    pub gross_weight: String,
    /// Postage or freight paid; empty = not given. No part of the value.
    #[serde(default)]
    pub postage: String,
    /// Its currency.
    #[serde(default)]
    pub postage_currency: String,
    /// Number of the bag, dispatch or manifest.
    #[serde(default)]
    pub manifest: String,
    /// Supervision code of the site where it came.
    pub site: String,
    /// When it came there, yyyyMMddHHmmss.
    pub arrived_at: String,
    /// What the window puts in: keyed hashes of consignee and sender. Nobody sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Value>,
}

/// What an officer says of one line.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Settled {
    /// Its place, from 1.
    pub line: u32,
    /// Its heading; empty = as before.
    #[serde(default)]
    pub heading: String,
    /// Its value in yuan; empty = as before.
    #[serde(default)]
    pub yuan: String,
}

/// What an officer says of a parcel that could not be reckoned.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Assessing {
    /// Of each line that is not as given; none = reckoned again with the tables as they are now.
    #[serde(default)]
    pub settled: Vec<Settled>,
}

/// The tax of one line, amounts in yuan; empty = not known.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TaxedLine {
    /// Heading.
    pub heading: String,
    /// Percent.
    pub percent: Option<i64>,
    /// Declared value.
    pub declared: String,
    /// By the catalogue.
    pub by_catalogue: String,
    /// What counts.
    pub counted: String,
    /// Tax.
    pub tax: String,
    /// What a person has to look at.
    pub reviews: Vec<String>,
}

/// The tax of a parcel with its arithmetic, amounts in yuan.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Taxed {
    /// A word of [`ParcelOutcome`].
    pub outcome: String,
    /// Day whose law counts, yyyyMMdd.
    pub day: String,
    /// Number of the rulebook.
    pub rulebook: u32,
    /// Each line.
    pub lines: Vec<TaxedLine>,
    /// Value of all.
    pub total: String,
    /// The limit that it was held against.
    pub limit: String,
    /// Tax of all; empty = not reckoned.
    pub tax: String,
    /// What is due.
    pub due: String,
    /// Each step, in figures.
    pub arithmetic: Vec<String>,
}

/// A fact with what it stood at.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Known {
    /// Its name in rules.
    pub fact: String,
    /// Its value.
    pub stands: i64,
}

/// What a record of a parcel says.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// What was given.
    pub parcel: Parcel,
    /// The tax.
    pub tax: Taxed,
    /// What an officer settled.
    #[serde(default)]
    pub settled: Vec<Settled>,
    /// Whether what he settled is of other contents than are said now: it waits for him again.
    #[serde(default)]
    pub cleared: bool,
    /// Names of what this version changes of the one before, as `contents[1].value`.
    #[serde(default)]
    pub changes: Vec<String>,
    /// What it is linked by, and what it adds: [`Linked::value`].
    #[serde(default)]
    pub linked: Value,
    /// What was known under these keys, with this parcel.
    #[serde(default)]
    pub known: Vec<Known>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// The record of a giver with a tracking number.
pub fn key_of(giver: &str, tracking: &str) -> RecordKey {
    RecordKey::new(Register::Parcel, &format!("{}:{}", giver.trim(), tracking.trim()))
}

/// Whether a person has to settle it.
pub fn awaits_review(record: &Record) -> bool {
    let body = matches!(record.state.as_str(), "given" | "assessed").then(|| Body::of(record));
    body.is_some_and(|body| body.cleared || body.tax.outcome == ParcelOutcome::ManualReview.word())
}

/// Whether it says the same as a record does: what is sent again changes nothing.
pub fn is_same(record: &Record, parcel: &Parcel) -> bool {
    record.state != "withdrawn" && without_keys(&Body::of(record).parcel) == without_keys(parcel)
}

fn without_keys(parcel: &Parcel) -> Parcel {
    Parcel { keys: None, ..parcel.clone() }
}

/// Adds the windows that a look at a parcel asks for to the keys of its batch.
pub(crate) fn needs(command: &crate::Command, keys: &mut Keys) {
    /// The body of a command, as far as it is read here.
    #[derive(Deserialize)]
    struct Sent {
        #[serde(default)]
        keys: Option<Value>,
    }
    if command.key.register == Register::Parcel {
        let sent = command.body.as_deref().and_then(|body| serde_json::from_str::<Sent>(body).ok());
        let sent = sent.and_then(|sent| sent.keys);
        keys.counts.extend(sent.iter().flat_map(|sent| Linked::of_value(sent).keys()));
    }
}

/// Raises what a record adds in the windows of a batch: the next command sees it.
pub(crate) fn counted(facts: &mut Facts, record: &Record) {
    for raised in of_record(record) {
        let window = facts.counts.entry(raised.key.clone()).or_default();
        Arc::make_mut(window).add(&raised, record.changed);
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let giver = owner_of(&command.key);
    let before: Option<Body> = seen.current.map(stored);
    let mut body = before.clone().unwrap_or_default();
    let linked_before = before.as_ref().map(|before| Linked::of_value(&before.linked));
    let mut linked = linked_before.clone().unwrap_or_default();
    match step.action {
        "give" | "correct" => {
            let mut parcel: Parcel = read(command.body.as_deref(), faults)?;
            checks::check_id(seen, &giver, &parcel, faults);
            checks::check(seen, &parcel, faults);
            linked = parcel.keys.take().as_ref().map(Linked::of_value).unwrap_or_default();
            body.changes = before.as_ref().map(|before| changes(&before.parcel, &parcel)).unwrap_or_default();
            // What was settled was settled of the contents that were said then; whatever else is said anew, it holds.
            if body.parcel.contents != parcel.contents {
                body.cleared |= !body.settled.is_empty();
                body.settled.clear();
            }
            body.parcel = parcel;
        }
        "determine" => {
            let assessing: Assessing = read(command.body.as_deref().or(Some("{}")), faults)?;
            checks::check_settled(seen, &body.parcel, &assessing.settled, faults);
            body.settled = assessing.settled;
            body.cleared = false;
            body.changes.clear();
        }
        _ => body.changes.clear(),
    }
    if faults.is_empty() && step.action != "withdraw" {
        body.tax = taxed(seen, &body.parcel, &body.settled);
    }
    linked = linked.after(linked_before.as_ref(), yuan_in_fen(&body.tax.total));
    if matches!(step.action, "give" | "correct") {
        body.known = known(seen, &linked);
    }
    body.linked = linked.value();
    // Who receives it does not find it in his lists: it is between whoever carries it and customs.
    Some(Made { body: written(&body), parties: vec![giver], filing: None, seed: None })
}

fn yuan_in_fen(yuan: &str) -> i64 {
    Decimal::parse(yuan).and_then(Decimal::fen_half_up).map_or(0, |(fen, _)| fen)
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text.trim()).unwrap_or(Decimal::ZERO)
}

/// Reckons the tax with the tables that are in force now, by the law of the day on which it came.
fn taxed(seen: &Seen<'_>, parcel: &Parcel, settled: &[Settled]) -> Taxed {
    let book = seen.reference.current();
    let day = Stamp::parse(parcel.arrived_at.trim()).map_or_else(|| seen.now.day(), Stamp::day);
    let law = book.parameters.on(day);
    let lines: Vec<ParcelLine<'_>> = parcel
        .contents
        .iter()
        .enumerate()
        .map(|(index, content)| {
            let said = settled.iter().find(|said| said.line as usize == index + 1);
            let named = [said.map_or("", |said| said.heading.trim()), content.heading.trim()];
            let entry = content.catalogue.trim();
            // What a person valued is of the entry's heading still.
            let of_entry = book.parcels.entry(entry, day).map_or("", |entry| entry.heading.as_str());
            let heading = named.into_iter().find(|named| !named.is_empty()).unwrap_or(of_entry);
            let yuan = said.map_or("", |said| said.yuan.trim());
            let (value, currency) = match yuan {
                "" => (decimal(&content.value), content.currency.trim()),
                yuan => (decimal(yuan), clearance::rulebook::CNY),
            };
            ParcelLine {
                heading,
                hs: content.hs_code.trim(),
                // What a person valued is not valued by the catalogue.
                entry: if yuan.is_empty() { entry } else { "" },
                quantity: decimal(&content.quantity),
                net_weight: Decimal::parse(content.net_weight.trim()),
                value,
                currency,
            }
        })
        .collect();
    let country = parcel.sender.country_code.trim();
    let tax = parcel_tax::assess(&lines, country, parcel.indivisible, &book.parcels, &book.rates, &law);
    let shown = |fen: Option<i64>| fen.map(|fen| Decimal::from_fen(fen).to_string()).unwrap_or_default();
    let of_line = |line: &parcel_tax::TaxedLine| TaxedLine {
        heading: line.heading.to_string(),
        percent: line.percent,
        declared: shown(line.declared),
        by_catalogue: shown(line.catalogue),
        counted: shown(line.value),
        tax: shown(line.tax),
        reviews: line.reviews.iter().map(|review| review.word().to_owned()).collect(),
    };
    Taxed {
        outcome: tax.outcome.word().to_owned(),
        day: day.to_string(),
        rulebook: book.number,
        lines: tax.lines.iter().map(of_line).collect(),
        total: shown(tax.value),
        limit: shown(Some(tax.limit)),
        tax: shown(tax.tax),
        due: shown(tax.due),
        arithmetic: tax.arithmetic,
    }
}

/// What the windows say with this parcel in them.
fn known(seen: &Seen<'_>, linked: &Linked) -> Vec<Known> {
    let half_life = seen.reference.current().parameters.on(seen.now.day()).linked_half_life_days;
    let window = |key: CountKey| {
        let window: Arc<Window> = seen.facts.counts.get(&key).cloned().unwrap_or_default();
        (key, window)
    };
    let mut facts = Facts { counts: linked.keys().into_iter().map(window).collect(), ..Facts::default() };
    for raised in linked.raised() {
        Arc::make_mut(facts.counts.entry(raised.key.clone()).or_default()).add(&raised, seen.now);
    }
    let of_firms = seen.reference.current().risk.reads(CountKind::SellerName).then_some(&TOLD_OF_FIRMS);
    let told = TOLD.iter().chain(of_firms);
    let asked: Vec<WindowFact> = told.filter_map(|name| WindowFact::parse(name).ok().flatten()).collect();
    let read = linked.facts(&facts.counts, &asked, seen.now, half_life);
    read.into_iter().map(|(fact, stands)| Known { fact: fact.name(), stands }).collect()
}

/// Names of what differs.
fn changes(before: &Parcel, after: &Parcel) -> Vec<String> {
    let value = |parcel: &Parcel| serde_json::to_value(without_keys(parcel)).unwrap_or_default();
    let mut found = Vec::new();
    differ("", &value(before), &value(after), &mut found);
    found
}

fn differ(at: &str, before: &Value, after: &Value, found: &mut Vec<String>) {
    let under = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            for (name, value) in one {
                differ(&under(name), value, other.get(name).unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            for index in 0..one.len().max(other.len()) {
                let item = |items: &[Value]| items.get(index).cloned().unwrap_or_default();
                let path = format!("{at}[{}]", index + 1);
                match (item(one), item(other)) {
                    (Value::Null, _) | (_, Value::Null) => found.push(path),
                    (one, other) => differ(&path, &one, &other, found),
                }
            }
        }
        (one, other) if one != other => found.push(at.to_owned()),
        _ => {}
    }
}

/// A tracking number as ids have it: trimmed, in capitals.
pub fn tracking_of(text: &str) -> Text {
    text.trim().to_ascii_uppercase().into()
}
