//! Slips of market procurement [交易单]: what a stallholder of a market sold to a buyer abroad, confirmed by whoever declares it for
//! him. A slip is in one declaration at most; what becomes of that stands on it.

use super::{MOST, TRADERS, check_number, market, positive};
use crate::moves::Move;
use crate::park::{NAME, check_text};
use crate::{Fault, Made, Seen, form, owner_of, read, says, stored, written};
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};

/// The id is the code of the stallholder, a colon, his number of the slip. Once grouped it changes with its declaration.
pub const MOVES: &[Move] = &[
    Move::owner("record", &["", "recorded", "declined", "withdrawn"], "recorded").alone(),
    Move::owner("withdraw", &["recorded", "confirmed"], "withdrawn").alone(),
    Move::giver("confirm", &["recorded"], "confirmed"),
    Move::giver("decline", &["recorded"], "declined").explained(),
    Move::window("group", &["confirmed"], "grouped"),
    Move::window("ungroup", &["grouped"], "confirmed"),
    Move::window("export", &["grouped"], "exported"),
    Move::window("finish", &["exported"], "settled"),
];

/// What was sold.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Slip {
    /// The record of the market.
    pub market: String,
    /// Code of whoever groups and declares it.
    pub agent: String,
    /// The buyer abroad, by his firm.
    pub buyer: String,
    /// Country of destination, three digits.
    pub country: String,
    /// Day of the sale, yyyyMMdd.
    pub day: String,
    /// Currency of its amounts, three digits.
    pub currency: String,
    /// Packages.
    pub pieces: u32,
    /// Gross weight, kg.
    pub gross_weight: String,
    /// The goods.
    pub lines: Vec<Line>,
}

/// Goods of one kind.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Line {
    /// What they are called.
    pub name: String,
    /// Ten-digit HS code.
    pub gcode: String,
    /// Unit, three digits.
    pub unit: String,
    /// How much of it, in that unit.
    pub quantity: String,
    /// For how much, in the currency of the slip.
    pub amount: String,
    /// Net weight, kg.
    pub net_weight: String,
}

/// A slip as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// As it was sent last.
    pub applied: Slip,
    /// The declaration that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<String>,
}

impl Body {
    /// Of a record of slips.
    ///
    /// # Panics
    /// If the record is none.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let body = match (step.action, seen.current) {
        ("record", _) => {
            let applied: Slip = read(seen.command.body.as_deref(), faults)?;
            check(seen, &applied, faults);
            Body { applied, declaration: None }
        }
        ("withdraw" | "confirm" | "decline", Some(record)) => Body::of(record),
        _ => {
            faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said()));
            return None;
        }
    };
    let place = RecordKey::new(Register::Park, &body.applied.market);
    let parties = vec![owner_of(&seen.command.key), Text::from(body.applied.agent.trim()), owner_of(&place)];
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

/// Whether a party is the one who declares a slip for its stallholder.
pub(crate) fn is_of_agent(record: &Record, codes: &[Text]) -> bool {
    let body = Body::of(record);
    codes.iter().any(|code| code.as_str() == body.applied.agent.trim())
}

/// Whether a party is a stallholder: filed as a merchant, not suspended, and a tenant of the market today.
pub(super) fn is_stallholder(seen: &Seen<'_>, market: &crate::park::Body, code: &str) -> bool {
    let today = seen.now.day();
    let is_there = market.tenants_on(today).any(|tenant| seen.parties.same(tenant, code, today));
    is_there && seen.acts_as(code, &[Role::Merchant])
}

/// Says all that stands against a slip.
fn check(seen: &Seen<'_>, slip: &Slip, faults: &mut Vec<Fault>) {
    let (owner, today) = (owner_of(&seen.command.key), seen.now.day());
    check_number(seen, faults);
    if let Some(market) = market(seen, &slip.market, faults)
        && !is_stallholder(seen, &market, &owner)
    {
        faults.push(Fault::new("id", &owner, says::MARKET_STALL.said()));
    }
    let agent = slip.agent.trim();
    if !seen.acts_as(agent, TRADERS) || seen.parties.same(agent, &owner, today) {
        faults.push(Fault::new("agent", agent, says::MARKET_AGENT.said()));
    }
    check_text("buyer", &slip.buyer, NAME, faults);
    let codes = &seen.reference.current().codes;
    for (path, code, table) in [
        ("country", slip.country.trim(), &codes.countries),
        ("currency", slip.currency.trim(), &codes.currencies),
    ] {
        if !table.holds(code, today) {
            faults.push(Fault::new(path, code, says::CODE_OF_TABLE.said()));
        }
    }
    if form::day("day", &slip.day, faults) > today {
        faults.push(Fault::new("day", &slip.day, says::TODAY_OR_BEFORE.said()));
    }
    if slip.pieces == 0 {
        faults.push(Fault::new("pieces", "0", says::POSITIVE_NUMBER.said()));
    }
    let gross = positive("grossWeight", &slip.gross_weight, faults);
    if !(1..=MOST).contains(&slip.lines.len()) {
        let most = says::ONE_TO.with(&[("most", &MOST.to_string())]);
        faults.push(Fault::new("lines", &slip.lines.len().to_string(), most));
    }
    let mut net = 0_i128;
    for (index, line) in slip.lines.iter().take(MOST).enumerate() {
        net = net.saturating_add(check_line(seen, index, line, faults));
    }
    if let Some(gross) = gross.filter(|gross| gross.units() < net) {
        let sum = ceb::Decimal::from_units(net).to_string();
        faults.push(Fault::new("grossWeight", &gross.to_string(), says::MARKET_GROSS.with(&[("sum", &sum)])));
    }
}

/// Says what stands against a line; its net weight in the smallest units.
fn check_line(seen: &Seen<'_>, index: usize, line: &Line, faults: &mut Vec<Fault>) -> i128 {
    let at = |field: &str| format!("lines[{}].{field}", index + 1);
    let (book, today) = (seen.reference.current(), seen.now.day());
    check_text(&at("name"), &line.name, NAME, faults);
    let code = line.gcode.trim();
    if code.len() != 10 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
        faults.push(Fault::new(&at("gcode"), code, says::MARKET_CODE.said()));
    }
    // What a row in doubt excludes is told with the declaration, on which a person decides.
    if let Some(row) = book.market_exclusions.of_code(code, today).filter(|row| row.confidence.is_sure()) {
        let said = says::MARKET_EXCLUDED.with(&[("hs", &row.hs), ("source", &row.source)]);
        faults.push(Fault::new(&at("gcode"), code, said));
    }
    if !book.codes.units.holds(line.unit.trim(), today) {
        faults.push(Fault::new(&at("unit"), &line.unit, says::CODE_OF_TABLE.said()));
    }
    positive(&at("quantity"), &line.quantity, faults);
    positive(&at("amount"), &line.amount, faults);
    positive(&at("netWeight"), &line.net_weight, faults).map_or(0, ceb::Decimal::units)
}
