//! What stands against transfers between districts: against carrying a list, against the sums of all, against seals, times and what is
//! said of an arrival. Leaves to others which move it is, and what becomes of the record (`transit`).

use crate::park::hold;
use crate::park::scan::is_held;
use crate::says::{self, Said};
use crate::transit::{Applied, Body, Listed, MOST, Passed, Resolving, SEALS, Sealed, Sealing, Variance};
use crate::{Fault, Seen, owner_of};
use ceb::{Decimal, Stamp};
use clearance::Text;
use clearance::consignment::State;
use clearance::export::{CancellationOfExport, ExportKey, ExportState, ExportTrade};
use clearance::keys::{Time, WaybillKey};
use clearance::record::{RecordKey, Register};
use clearance::transit::{HELD, key};
use std::collections::BTreeSet;

/// Seals at most.
const MOST_SEALS: usize = 20;
/// Characters of a number at most.
pub(crate) const LONGEST: usize = 60;

pub(crate) fn check_number(path: &str, number: &str, faults: &mut Vec<Fault>) {
    if number.trim().is_empty() {
        faults.push(Fault::new(path, "", says::NOT_EMPTY.said()));
    }
    if number.chars().count() > LONGEST {
        let most = LONGEST.to_string();
        faults.push(Fault::new(path, "", says::UP_TO_CHARACTERS.with(&[("most", &most)])));
    }
}

/// Each list by itself, then the sums of all: exactly what the lists say.
pub(crate) fn check_lists(seen: &Seen<'_>, applied: &Applied, owner: &Text, faults: &mut Vec<Fault>) {
    let count = applied.lists.len();
    if count == 0 || count > MOST {
        let said = if count == 0 {
            says::NOT_EMPTY.said()
        } else {
            says::AT_MOST.with(&[("most", &MOST.to_string())])
        };
        faults.push(Fault::new("lists", &count.to_string(), said));
        return;
    }
    let before = faults.len();
    let (mut pieces, mut weight, mut named) = (0_u64, Some(Decimal::ZERO), BTreeSet::new());
    for (index, number) in applied.lists.iter().enumerate() {
        let path = format!("lists[{}]", index + 1);
        if !named.insert(number.trim()) {
            faults.push(Fault::new(&path, number, says::TRANSIT_TWICE.said()));
            continue;
        }
        let listed = applied.trades.iter().find(|listed| listed.invt_no == number.trim());
        let found = listed.and_then(|listed| Some((listed, trade(seen, listed)?)));
        let Some((listed, trade)) = found else {
            faults.push(Fault::new(&path, number, says::TRANSIT_LIST.said()));
            continue;
        };
        if let Some(said) = against(seen, applied, listed, trade, owner) {
            faults.push(Fault::new(&path, number, said));
        }
        if let Some(declaration) = trade.declaration() {
            pieces += u64::from(declaration.head.pack_no);
            weight = weight.and_then(|sum| sum.checked_add(declaration.head.gross_weight));
        }
    }
    if applied.trades.len() > named.len() {
        faults.push(Fault::new("trades", "", says::WINDOW_WRITES_IT.said()));
    }
    // Sums over lists that are not all there say nothing.
    let Some(weight) = weight.filter(|_| faults.len() == before) else { return };
    if pieces != u64::from(applied.pieces) {
        let (said, sum) = (applied.pieces.to_string(), pieces.to_string());
        faults.push(Fault::new("pieces", &said, says::TRANSIT_PIECES.with(&[("sum", &sum)])));
    }
    if Decimal::parse(applied.gross_weight.trim()) != Some(weight) {
        let sum = weight.to_string();
        faults.push(Fault::new(
            "grossWeight",
            &applied.gross_weight,
            says::TRANSIT_WEIGHT.with(&[("sum", &sum)]),
        ));
    }
}

/// The trade of a list, if the list is the one that it stands on.
fn trade<'a>(seen: &Seen<'a>, listed: &Listed) -> Option<&'a ExportTrade> {
    let trade = seen.facts.exports.get(&ExportKey::Trade(listed.trade())).and_then(ExportState::trade)?;
    let number = trade.attempt.as_ref().and_then(|attempt| attempt.invt_no.as_deref());
    let head = &trade.declaration()?.head;
    let parcel = WaybillKey::new(&head.logistics_code, &head.logistics_no);
    (number == Some(listed.invt_no.as_str()) && parcel == listed.parcel()).then_some(&**trade)
}

/// What stands against carrying a list, if anything. One of others is answered like none.
fn against(
    seen: &Seen<'_>,
    applied: &Applied,
    listed: &Listed,
    trade: &ExportTrade,
    owner: &Text,
) -> Option<Said> {
    let head = &trade.declaration()?.head;
    let agent = head.agent_code.trim();
    if agent != owner.as_str() && !seen.command.by.codes.iter().any(|code| code == agent) {
        return Some(says::TRANSIT_LIST.said());
    }
    if let Some(said) = not_released(seen, listed, trade) {
        return Some(said);
    }
    if head.customs_code.trim() != applied.departure {
        let district = head.customs_code.trim();
        return Some(says::TRANSIT_DEPARTURE.with(&[("district", district)]));
    }
    if head.ie_flag != "E" || head.port_code.trim() != applied.exit {
        return Some(says::TRANSIT_EXIT.with(&[("district", head.port_code.trim())]));
    }
    let stands = seen.facts.records.get(&key(&listed.parcel()));
    stands.is_some_and(|record| record.state == HELD).then(|| says::TRANSIT_TAKEN.said())
}

fn not_released(seen: &Seen<'_>, listed: &Listed, trade: &ExportTrade) -> Option<Said> {
    let state = trade.attempt.as_ref().map(|attempt| attempt.state);
    // A departure stands at the waybill first; the trade follows.
    let departed = match seen.facts.exports.get(&ExportKey::Waybill(listed.parcel())) {
        Some(ExportState::Waybill(record)) => record.departed.is_some(),
        _ => false,
    };
    if state != Some(State::Released) || departed {
        let word = state.map_or("–", State::word);
        return Some(says::TRANSIT_RELEASED.with(&[("state", word)]));
    }
    // While the transfer is open the list is not cancelled; what waits to be decided on is decided first.
    let attempt = trade.attempt.as_ref().map(|attempt| attempt.number);
    let cancels = |file: &CancellationOfExport| file.filed.status == 2 && Some(file.attempt) == attempt;
    if trade.cancellation.as_ref().is_some_and(cancels) {
        return Some(says::TRANSIT_CANCELLING.said());
    }
    let hold = seen.facts.records.get(&hold::key(&listed.parcel()));
    is_held(hold.map(|record| &**record)).then(|| says::TRANSIT_HELD.said())
}

/// Each list stands as it did when it was applied for: none was cancelled meanwhile, and no parcel held.
fn check_stand(seen: &Seen<'_>, body: &Body, faults: &mut Vec<Fault>) {
    for listed in &body.trades {
        let said = match trade(seen, listed) {
            Some(trade) => not_released(seen, listed, trade),
            None => Some(says::TRANSIT_LIST.said()),
        };
        faults.extend(said.map(|said| Fault::new("lists", &listed.invt_no, said)));
    }
}

/// The goods leave: by the gate of their site, under their seals, after they were sealed, and nothing among them is held.
pub(crate) fn leaves(seen: &Seen<'_>, body: &Body, passed: &Passed, faults: &mut Vec<Fault>) {
    // The record still names the operator of a site that was applied for before.
    let operator = owner_of(&RecordKey::new(Register::Site, &body.applied.site));
    if !seen.command.by.codes.contains(&operator) {
        faults.push(Fault::new("action", &seen.command.action, says::TRANSIT_GATE.said()));
    }
    same_seals(body, &passed.seals, faults);
    // To the minute: a page asks for no seconds.
    let minute = |time: Time| time.0.div_euclid(60_000);
    let sealed = seen.current.map(|record| minute(record.changed));
    let at = Stamp::parse(&passed.at).map(|at| minute(Time::from_stamp(at)));
    if at.is_some() && at < sealed {
        faults.push(Fault::new("at", &passed.at, says::TRANSIT_SEALED_FIRST.said()));
    }
    check_stand(seen, body, faults);
}

/// The goods are sealed: a list that was cancelled meanwhile is not.
pub(crate) fn approve(seen: &Seen<'_>, body: &mut Body, sealing: &Sealing, faults: &mut Vec<Fault>) {
    check_seals(&sealing.seals, faults);
    check_stand(seen, body, faults);
    let actor = &seen.command.by.actor;
    body.sealed = Some(Sealed {
        seals: sealing.seals.clone(),
        office: actor.party.to_string(),
        officer: actor.name.to_string(),
    });
}

fn check_seals(seals: &[String], faults: &mut Vec<Fault>) {
    if seals.is_empty() {
        faults.push(Fault::new("seals", "", says::NOT_EMPTY.said()));
    }
    if seals.len() > MOST_SEALS {
        let said = says::AT_MOST.with(&[("most", &MOST_SEALS.to_string())]);
        faults.push(Fault::new("seals", &seals.len().to_string(), said));
    }
    for (index, seal) in seals.iter().take(MOST_SEALS).enumerate() {
        check_number(&format!("seals[{}]", index + 1), seal, faults);
    }
}

/// The seals are those that were put on; others are a variance, or goods that do not leave.
pub(crate) fn same_seals(body: &Body, seals: &[String], faults: &mut Vec<Fault>) {
    let set =
        |seals: &[String]| -> BTreeSet<String> { seals.iter().map(|seal| seal.trim().to_owned()).collect() };
    let put_on = body.sealed.as_ref().map(|sealed| sealed.seals.as_slice()).unwrap_or_default();
    if set(seals) != set(put_on) {
        faults.push(Fault::new("seals", &seals.join(", "), says::TRANSIT_SEALS.said()));
    }
}

/// An instant that is over, and not before the departure.
pub(crate) fn moment(
    seen: &Seen<'_>,
    text: &str,
    departed: Option<&Passed>,
    faults: &mut Vec<Fault>,
) -> Option<Time> {
    let Some(at) = Stamp::parse(text).map(Time::from_stamp) else {
        faults.push(Fault::new("at", text, says::A_SECOND.said()));
        return None;
    };
    let began = departed.and_then(|departed| Stamp::parse(&departed.at)).map(Time::from_stamp);
    if at > seen.now || began.is_some_and(|began| at < began) {
        faults.push(Fault::new("at", text, says::TRANSIT_AT.said()));
    }
    Some(at)
}

/// Whoever sealed does not say that the seals are whole.
pub(crate) fn another_officer(seen: &Seen<'_>, body: &Body, faults: &mut Vec<Fault>) {
    let actor = &seen.command.by.actor;
    let is_he =
        |sealed: &Sealed| sealed.office == actor.party.as_str() && sealed.officer == actor.name.as_str();
    if body.sealed.as_ref().is_some_and(is_he) {
        faults.push(Fault::new("action", &seen.command.action, says::TRANSIT_ANOTHER_OFFICER.said()));
    }
}

pub(crate) fn vary(seen: &Seen<'_>, body: &mut Body, variance: &Variance, faults: &mut Vec<Fault>) {
    moment(seen, &variance.at, body.departed.as_ref(), faults);
    if !SEALS.contains(&variance.seal.as_str()) {
        let words = SEALS.join(", ");
        faults.push(Fault::new("seal", &variance.seal, says::ONE_OF.with(&[("words", &words)])));
    }
    let all: Vec<String> = body.trades.iter().map(|listed| listed.invt_no.clone()).collect();
    check_among("missing", &variance.missing, &all, faults);
    if variance.surplus.len() > MOST {
        let said = says::AT_MOST.with(&[("most", &MOST.to_string())]);
        faults.push(Fault::new("surplus", &variance.surplus.len().to_string(), said));
    }
    for (index, one) in variance.surplus.iter().take(MOST).enumerate() {
        check_number(&format!("surplus[{}]", index + 1), one, faults);
    }
    let broken = variance.seal == "broken";
    if !broken && variance.missing.is_empty() && variance.surplus.is_empty() {
        faults.push(Fault::new("missing", "", says::TRANSIT_NO_VARIANCE.said()));
    }
    // What came under a broken seal is looked through first.
    body.held = if broken { all } else { variance.missing.iter().map(|one| one.trim().to_owned()).collect() };
    body.variance = Some(Variance { trades: Vec::new(), ..variance.clone() });
}

/// Numbers that are each among others, and each once.
fn check_among(path: &str, numbers: &[String], all: &[String], faults: &mut Vec<Fault>) {
    let mut named = BTreeSet::new();
    for (index, number) in numbers.iter().enumerate() {
        let known = all.iter().any(|one| one == number.trim());
        if !known || !named.insert(number.trim()) {
            let path = format!("{path}[{}]", index + 1);
            faults.push(Fault::new(&path, number, says::TRANSIT_AMONG.said()));
        }
    }
}

/// What is not lost was found. Of what was lost before, something is found each time.
pub(crate) fn resolve(body: &mut Body, again: bool, resolving: &Resolving, faults: &mut Vec<Fault>) {
    check_among("lost", &resolving.lost, &body.held, faults);
    if again && resolving.lost.len() >= body.held.len() {
        faults.push(Fault::new("lost", &resolving.lost.join(", "), says::TRANSIT_AMONG.said()));
    }
    body.held = resolving.lost.iter().map(|one| one.trim().to_owned()).collect();
}
