//! Offers to demands: one of each party that was asked, seen by it and by who asks, and by nobody else. When one is accepted
//! the window tells it and all others; from then on the two see each other's contacts, and this record is their timeline.

use crate::filing::Contact;
use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, demand, form, read, stored, written};
use ceb::{Day, Decimal};
use clearance::Text;
use clearance::keys::Time;
use clearance::record::Record;
use serde::{Deserialize, Serialize};

/// States: offered, withdrawn, lapsed (the demand was withdrawn or is over), not-chosen, accepted, done, complained, closed.
/// The id is the code of who offers, a colon, the id of the demand.
pub const MOVES: &[Move] = &[
    Move::owner("offer", &["", "withdrawn"], "offered").alone(),
    Move::owner("change", &["offered"], "offered").alone(),
    Move::owner("withdraw", &["offered"], "withdrawn").alone(),
    Move::window("take", &["offered"], "accepted"),
    Move::window("pass-over", &["offered"], "not-chosen"),
    Move::window("lapse", &["offered"], "lapsed"),
    Move::owner("report-done", &["accepted", "complained"], "done").alone(),
    Move::giver("complain", &["accepted", "done"], "complained").explained(),
    Move::giver("close", &["done", "complained"], "closed"),
];

/// States in which the two know each other.
pub const AGREED: &[&str] = &["accepted", "done", "complained", "closed"];

/// What is offered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Offered {
    /// The price, a decimal number.
    pub price: String,
    /// Code of its currency.
    pub currency: String,
    /// Within which time, in words.
    pub term: String,
    /// On which conditions.
    #[serde(default)]
    pub conditions: String,
    /// Last day on which it may be accepted, yyyyMMdd.
    pub valid_until: String,
    /// Whom to call: shown to who asks when he has accepted.
    pub contact: Contact,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// What is offered.
    pub offered: Offered,
    /// Id of the demand.
    pub demand: String,
    /// What the demand is for, in its words.
    pub goods: String,
    /// Of an accepted one: code of who asked.
    #[serde(default)]
    pub asker: Option<String>,
    /// Of an accepted one: whom to call there.
    #[serde(default)]
    pub asker_contact: Option<Contact>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether it may be accepted on a day.
    pub fn is_valid_on(&self, day: Day) -> bool {
        Day::parse(&self.offered.valid_until).is_some_and(|last| day <= last)
    }
}

/// Whether an offer waits though its last day has passed.
///
/// # Panics
/// If the record is none of this register.
pub fn is_overdue(record: &Record, now: Time) -> bool {
    record.state == "offered" && !Body::of(record).is_valid_on(now.day())
}

/// The demand that an offer's id names.
pub fn demand_of(id: &str) -> &str {
    id.split_once(':').map_or("", |(_, demand)| demand)
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    match (step.action, seen.current) {
        ("offer" | "change", _) | (_, None) => offered(seen, faults),
        (action, Some(record)) => {
            let mut body = Body::of(record);
            settled(seen, action, &mut body, faults);
            Some(Made { body: written(&body), parties: record.parties.clone(), filing: None, seed: None })
        }
    }
}

/// What is offered to a demand that was sent to this party and is open.
fn offered(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let offered: Offered = read(seen.command.body.as_deref(), faults)?;
    let provider = crate::owner_of(&seen.command.key);
    // One that is not there, and one that others were asked, are told alike.
    let to = seen.beside.filter(|demand| demand.parties.contains(&provider));
    let to = to.filter(|demand| demand::owner(demand) != provider && demand::is_open(demand, seen.now));
    check(seen, &offered, faults);
    let Some(to) = to else {
        faults.push(Fault::new("id", seen.own_name(), says::DEMAND_OPEN.said()));
        return None;
    };
    let asked = demand::Body::of(to);
    let body = Body {
        offered,
        demand: to.key.id.to_string(),
        goods: asked.asked.goods,
        asker: None,
        asker_contact: None,
    };
    Some(Made { body: written(&body), parties: vec![provider, asked.asker.into()], filing: None, seed: None })
}

fn check(seen: &Seen<'_>, offered: &Offered, faults: &mut Vec<Fault>) {
    let price = Decimal::parse(offered.price.trim()).filter(|price| *price > Decimal::default());
    if price.is_none() {
        faults.push(Fault::new("price", &offered.price, says::POSITIVE_NUMBER.said()));
    }
    if !seen.reference.current().codes.currencies.holds(&offered.currency, seen.now.day()) {
        faults.push(Fault::new("currency", &offered.currency, says::CODE_OF_TABLE.said()));
    }
    if offered.term.trim().is_empty() {
        faults.push(Fault::new("term", "", says::TERM_NEEDED.said()));
    }
    for (path, text, most) in [("term", &offered.term, 200), ("conditions", &offered.conditions, 2_000)] {
        if text.chars().count() > most {
            faults.push(Fault::new(path, "", says::UP_TO_CHARACTERS.with(&[("most", &most.to_string())])));
        }
    }
    let last = form::day("validUntil", &offered.valid_until, faults);
    if Day::parse(&offered.valid_until).is_some() && last < seen.now.day() {
        faults.push(Fault::new("validUntil", &offered.valid_until, says::TODAY_OR_LATER.said()));
    }
    if seen.parties.find(&crate::owner_of(&seen.command.key), seen.now.day()).is_none_or(|one| one.suspended)
    {
        faults.push(Fault::new("id", &crate::owner_of(&seen.command.key), says::PARTY_FILED.said()));
    }
    demand::check_contact(&offered.contact, faults);
}

/// What the window writes follows from what became of the demand.
fn settled(seen: &Seen<'_>, action: &str, body: &mut Body, faults: &mut Vec<Fault>) {
    let demand = seen.beside.map(|record| (record.state.as_str(), demand::Body::of(record)));
    let chosen = demand.as_ref().and_then(|(_, demand)| demand.chosen.as_deref());
    let own = chosen == Some(seen.command.key.id.as_str());
    let state = demand.as_ref().map_or("", |(state, _)| state);
    let fits = match action {
        "take" => own,
        "pass-over" => chosen.is_some() && !own,
        "lapse" => matches!(state, "withdrawn" | "expired"),
        // While it is open an offer may be taken back; what was chosen may not.
        "withdraw" => !own,
        _ => true,
    };
    if !fits {
        faults.push(Fault::new("action", action, says::DEMAND_OTHERWISE.said()));
    }
    if let ("take", Some((_, demand))) = (action, demand) {
        body.asker = Some(demand.asker);
        body.asker_contact = Some(demand.asked.contact);
    }
}

/// Who asks, as the record names him.
pub fn asker(record: &Record) -> Option<&Text> {
    let own = crate::owner_of(&record.key);
    record.parties.iter().find(|code| **code != own)
}
