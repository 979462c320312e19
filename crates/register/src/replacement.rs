//! Exchanges: that a new order replaces what came back, or comes back, by a return of an earlier one. The platform says so, or the
//! unit that declares both. Nothing is moved by it: what a return gives back it gives back when it is received, and the new order is
//! a purchase of its own. What stands in the trades is looked at here, as it is in the commit that writes the link.

use crate::behind::Behind;
use crate::moves::Move;
use crate::says;
use crate::{Command, Fault, Made, Seen, owner_of, read, stored, written};
use ceb::Document;
use clearance::Text;
use clearance::consignment::{Consignment, ReturnFile};
use clearance::facts::{Facts, Keys};
use clearance::keys::{OrderKey, Position};
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The state in which the link holds.
pub const LINKED: &str = "linked";

/// States: linked, withdrawn. The id is the code of whoever says it, a colon, his number of the exchange; the platform that a
/// declaring unit names may withdraw it too. Behind it stands what each of the two orders has of exchanges, in a record that is
/// nobody's: so a return is replaced once, and an order replaces one.
pub const MOVES: &[Move] = &[
    Move::owner("link", &["", "withdrawn"], LINKED).alone(),
    Move::owner("withdraw", &[LINKED], "withdrawn").alone().explained(),
    Move::giver("withdraw", &[LINKED], "withdrawn").explained(),
    Move::window("mark-order", &["", "marked"], "marked"),
];

/// Characters of a number of an exchange, and of an order, at most.
const LONGEST: usize = 60;

/// What replaces what.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Linked {
    /// Code of the platform of both orders, as the documents have it.
    pub platform: String,
    /// Number of the order of which goods come back.
    pub order_no: String,
    /// Number of the return within that order, from 1.
    pub return_number: u32,
    /// Number of the order that replaces them.
    pub new_order_no: String,
}

/// What one order has of exchanges.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Standing {
    /// What it replaces.
    #[serde(default)]
    pub replaces: Option<Of>,
    /// What replaces its returns, by number of the return.
    #[serde(default)]
    pub exchanged_for: Vec<Of>,
}

/// One link, from the side of one of its orders.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Of {
    /// Number of the other order.
    pub order_no: String,
    /// Number of the return.
    pub return_number: u32,
}

impl Linked {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is no link.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// The order of which goods come back.
    pub fn order(&self) -> OrderKey {
        OrderKey::new(&self.platform, &self.order_no)
    }

    /// The order that replaces them.
    pub fn new_order(&self) -> OrderKey {
        OrderKey::new(&self.platform, &self.new_order_no)
    }

    fn trimmed(self) -> Self {
        let trim = |text: String| text.trim().to_owned();
        Self {
            platform: trim(self.platform),
            order_no: trim(self.order_no),
            return_number: self.return_number,
            new_order_no: trim(self.new_order_no),
        }
    }
}

impl Standing {
    /// What a record of an order says.
    ///
    /// # Panics
    /// If the record is none of an order.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// The record of what an order has of exchanges. Its id begins with no party's code, so it is nobody's and none of a link.
pub fn key(order: &OrderKey) -> RecordKey {
    RecordKey::new(Register::Exchange, &format!("/{}/{}", order.platform, order.order_no))
}

/// What whoever withdraws is said to withdraw: the window puts it into his command.
pub fn withdrawn(record: &Record) -> Option<&str> {
    (record.state == LINKED).then_some(record.body.as_str())
}

/// Adds what a command names to the keys of its batch: both trades are looked at, what their orders have of exchanges is changed.
pub(crate) fn needs(command: &Command, keys: &mut Keys) {
    if command.key.register != Register::Exchange {
        return;
    }
    let linked = command.body.as_deref().and_then(|body| serde_json::from_str::<Linked>(body).ok());
    for order in linked.iter().flat_map(|linked| [linked.order(), linked.new_order()]) {
        keys.records.push(key(&order));
        keys.orders.push(order);
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    // Written behind a link.
    if step.action == "mark-order" {
        faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said()));
        return None;
    }
    let linked = read::<Linked>(seen.command.body.as_deref(), faults)?.trimmed();
    if step.action == "link" {
        check(seen, &linked, faults);
    } else if seen.current.map(Linked::of).as_ref() != Some(&linked) {
        faults.push(Fault::new("body", "", says::WINDOW_WRITES_IT.said()));
    }
    let parties = vec![owner_of(&seen.command.key), Text::from(linked.platform.as_str())];
    Some(Made { body: written(&linked), parties, filing: None, seed: None })
}

/// Says all that stands against a link.
fn check(seen: &Seen<'_>, linked: &Linked, faults: &mut Vec<Fault>) {
    let owner = owner_of(&seen.command.key);
    let number = seen.own_name().trim();
    if number.is_empty() || number.chars().count() > LONGEST {
        faults.push(Fault::new("id", &seen.command.key.id, says::OWN_CODE_AND_NUMBER.said()));
    }
    if !seen.acts_as(&owner, &[Role::Platform, Role::Agent]) {
        faults.push(Fault::new("id", &owner, says::EXCHANGE_BY.said()));
    }
    if linked.order() == linked.new_order() {
        faults.push(Fault::new("newOrderNo", &linked.new_order_no, says::ANOTHER_ORDER.said()));
        return;
    }
    let old = trade(seen, ("orderNo", &linked.order_no), &linked.order(), faults);
    let new = trade(seen, ("newOrderNo", &linked.new_order_no), &linked.new_order(), faults);
    if let Some(old) = old {
        check_return(seen, linked, old, faults);
    }
    // Whether an order replaces something is told to nobody who may not speak for it.
    let Some(new) = new else { return };
    if standing(seen.facts, &linked.new_order()).replaces.is_some() {
        faults.push(Fault::new("newOrderNo", &linked.new_order_no, says::ORDER_REPLACES.said()));
    }
    let Some(old) = old else { return };
    let of_old = buyer(old);
    if of_old.is_none() || of_old != buyer(new) {
        faults.push(Fault::new("newOrderNo", &linked.new_order_no, says::SAME_BUYER.said()));
    }
    let sent = |trade: &Consignment| trade.order.as_ref().map(|order| order.app_time);
    if sent(new) < sent(old) {
        faults.push(Fault::new("newOrderNo", &linked.new_order_no, says::LATER_ORDER.said()));
    }
}

/// A trade for which whoever commands may speak: that of his platform, or one whose list he declared. One of others is answered
/// like none.
fn trade<'a>(
    seen: &Seen<'a>,
    (path, value): (&str, &str),
    order: &OrderKey,
    faults: &mut Vec<Fault>,
) -> Option<&'a Consignment> {
    let found = seen.facts.consignments.get(order).map(|found| &**found);
    let found = found.filter(|found| found.order.is_some() && speaks_for(found, &seen.command.by.codes));
    if found.is_none() {
        faults.push(Fault::new(path, value, says::EXCHANGE_ORDER.said()));
    }
    found
}

fn speaks_for(trade: &Consignment, codes: &[Text]) -> bool {
    let agent = match trade.attempt.as_ref().map(|attempt| &*attempt.declaration.document) {
        Some(Document::Declaration(declaration)) => declaration.head.agent_code.trim(),
        _ => "",
    };
    codes.iter().any(|code| *code == trade.key.platform || code == agent)
}

/// Whose order it is, as its identity document says, in the writing in which persons are known elsewhere; none = there is no order,
/// or it tells of nobody any more.
fn buyer(trade: &Consignment) -> Option<(&str, String)> {
    match trade.order.as_ref().map(|filed| &*filed.document) {
        Some(Document::Order(order)) => {
            let number = order.head.buyer_id_number.chars().filter(|sign| !sign.is_whitespace());
            let number: String = number.map(|sign| sign.to_ascii_uppercase()).collect();
            (!number.is_empty()).then(|| (order.head.buyer_id_type.trim(), number))
        }
        _ => None,
    }
}

/// The return must stand, and be replaced by nothing yet.
fn check_return(seen: &Seen<'_>, linked: &Linked, old: &Consignment, faults: &mut Vec<Fault>) {
    let said = linked.return_number.to_string();
    // What is kept and not applied for yet is none.
    let stands = |file: &&ReturnFile| file.state.is_alive() && file.filed.status != 1;
    let there: Vec<String> = old.returns.iter().filter(stands).map(|file| file.number.to_string()).collect();
    if !there.contains(&said) {
        let numbers = if there.is_empty() { "–".to_owned() } else { there.join(", ") };
        let expected = says::RETURN_OF_ORDER.with(&[("returns", &numbers)]);
        faults.push(Fault::new("returnNumber", &said, expected));
        return;
    }
    let known = standing(seen.facts, &linked.order());
    if known.exchanged_for.iter().any(|of| of.return_number == linked.return_number) {
        faults.push(Fault::new("returnNumber", &said, says::RETURN_EXCHANGED.said()));
    }
}

fn standing(facts: &Facts, order: &OrderKey) -> Standing {
    facts.records.get(&key(order)).map(|record| Standing::of(record)).unwrap_or_default()
}

/// What both orders have of exchanges after a link was made or withdrawn, to be written behind its record.
pub(crate) fn marked(facts: &mut Facts, record: &Record, at: Position) -> Vec<Arc<Record>> {
    if record.key.register != Register::Exchange {
        return Vec::new();
    }
    let linked = Linked::of(record);
    let holds = record.state == LINKED;
    let (order, new_order) = (linked.order(), linked.new_order());
    let number = linked.return_number;

    let mut old = standing(facts, &order);
    old.exchanged_for.retain(|of| of.return_number != number);
    if holds {
        old.exchanged_for.push(Of { order_no: linked.new_order_no.clone(), return_number: number });
        old.exchanged_for.sort_by_key(|of| of.return_number);
    }
    let mut new = standing(facts, &new_order);
    new.replaces = holds.then(|| Of { order_no: linked.order_no.clone(), return_number: number });

    let behind = |order: &OrderKey, standing: &Standing| Behind {
        key: key(order),
        state: "marked",
        action: "mark-order",
        // Whoever may see the trade is told with it.
        parties: Vec::new(),
        body: written(standing),
    };
    let first = behind(&order, &old).of(facts, record, at);
    let next = Position { sequence: at.sequence + 1, ..at };
    vec![first, behind(&new_order, &new).of(facts, record, next)]
}
