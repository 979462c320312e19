//! Demands (服务需求): somebody files once what he needs, and whoever is filed in a fitting role is asked. Which kind goes to
//! which roles is a table (`demand_routes.csv`). Who is asked sees what is needed, not who needs it: [`crate::view`]. Offers
//! are records of their own ([`crate::offer`]), so that nobody learns even when another offers.

use crate::filing::Contact;
use crate::moves::Move;
use crate::offer::Body as Offer;
use crate::says;
use crate::{Fault, Made, Seen, form, read, stored, written};
use ceb::{Day, Decimal};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use clearance::rulebook::Calendar;
use serde::{Deserialize, Serialize};

/// States: open, accepted, withdrawn, expired. The id is a word that tells nothing of who asks.
pub const MOVES: &[Move] = &[
    Move::owner("ask", &[""], "open").alone(),
    Move::owner("accept", &["open"], "accepted").alone(),
    Move::owner("withdraw", &["open"], "withdrawn").alone(),
    Move::window("expire", &["open"], "expired"),
];

/// Kinds of demands; `demand_routes.csv` says to whom each goes.
pub const KINDS: &[&str] =
    &["trade", "transport", "storage", "whole-logistics", "customs-agency", "insurance-finance"];

/// Classes and divisions of dangerous goods (UN Model Regulations, chapter 2.0).
pub const DANGER_CLASSES: &[&str] = &[
    "class-1",
    "class-2-1",
    "class-2-2",
    "class-2-3",
    "class-3",
    "class-4-1",
    "class-4-2",
    "class-4-3",
    "class-5-1",
    "class-5-2",
    "class-6-1",
    "class-6-2",
    "class-7",
    "class-8",
    "class-9",
];

/// Parties that one demand is sent to at most; with more, the first by code.
pub const MOST: usize = 500;

/// Who may ask: an enterprise, whatever it is filed as.
pub(crate) const ASKERS: &[Role] = &[
    Role::Platform,
    Role::Merchant,
    Role::Payment,
    Role::Logistics,
    Role::Agent,
    Role::SiteOperator,
    Role::Guarantor,
    Role::Express,
];

/// What is needed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Asked {
    /// One of [`KINDS`].
    pub kind: String,
    /// Which goods.
    pub goods: String,
    /// Where from; a place in words.
    #[serde(default)]
    pub from: String,
    /// Where to, or where.
    #[serde(default)]
    pub to: String,
    /// How much, a decimal number; empty = it does not matter.
    #[serde(default)]
    pub quantity: String,
    /// Code of the unit of the quantity.
    #[serde(default)]
    pub unit: String,
    /// From which day, yyyyMMdd.
    #[serde(default)]
    pub ready_from: String,
    /// By which day, yyyyMMdd.
    pub needed_by: String,
    /// Lowest temperature in degrees Celsius; empty = it does not matter.
    #[serde(default)]
    pub temperature_from: String,
    /// Highest temperature in degrees Celsius; empty = it does not matter.
    #[serde(default)]
    pub temperature_to: String,
    /// One of [`DANGER_CLASSES`]; empty = not dangerous.
    #[serde(default)]
    pub danger_class: String,
    /// Everything else.
    #[serde(default)]
    pub text: String,
    /// Last day for offers, yyyyMMdd; empty = as long as the parameter says.
    #[serde(default)]
    pub until: String,
    /// Whom to call: shown to the one whose offer is accepted.
    pub contact: Contact,
}

/// Which offer is accepted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Accepting {
    /// Id of the offer's record.
    pub offer: String,
    /// The version that was seen: another price is not accepted with it.
    pub offer_version: u32,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// What is needed.
    pub asked: Asked,
    /// Last day for offers, yyyyMMdd.
    pub deadline: String,
    /// Code of who asks.
    pub asker: String,
    /// How many parties it was sent to.
    pub routed: u32,
    /// How many more there were.
    pub beyond: u32,
    /// Id of the offer that was accepted.
    #[serde(default)]
    pub chosen: Option<String>,
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

/// Whether a demand still takes offers on a day.
///
/// # Panics
/// If the record is none of this register.
pub fn is_open(record: &Record, now: Time) -> bool {
    record.state == "open" && Day::parse(&Body::of(record).deadline).is_some_and(|last| now.day() <= last)
}

/// Whose record it is.
pub(crate) fn owner(record: &Record) -> Text {
    Body::of(record).asker.into()
}

/// The offer that a command accepts.
pub(crate) fn chosen(body: Option<&str>) -> Option<RecordKey> {
    let accepting: Accepting = serde_json::from_str(body?).ok()?;
    Some(RecordKey::new(Register::ServiceOffer, &accepting.offer))
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let Some(record) = seen.current else { return asked(seen, faults) };
    let mut body = Body::of(record);
    match step.action {
        "accept" => {
            let accepting: Accepting = read(seen.command.body.as_deref(), faults)?;
            takes(seen, &accepting, faults);
            body.chosen = Some(accepting.offer.trim().to_owned());
        }
        "expire" if is_open(record, seen.now) => {
            faults.push(Fault::new("deadline", &body.deadline, says::DEADLINE_RUNS.said()));
        }
        _ => {}
    }
    Some(Made { body: written(&body), parties: record.parties.clone(), filing: None, seed: None })
}

/// A new demand, with the parties that are asked.
fn asked(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let asked: Asked = read(seen.command.body.as_deref(), faults)?;
    let asker = seen.command.by.actor.party.clone();
    check_id(seen, faults);
    if !seen.acts_as(&asker, ASKERS) {
        faults.push(Fault::new("id", &asker, says::ENTERPRISE_FILED.said()));
    }
    check(seen, &asked, faults);
    let today = seen.now.day();
    let law = seen.reference.current().parameters.on(today);
    let last = Calendar::plus_days(today, law.demand_days);
    let mut deadline = last;
    if !asked.until.trim().is_empty() {
        deadline = form::day("until", &asked.until, faults);
        if Day::parse(&asked.until).is_some() && !(today..=last).contains(&deadline) {
            let days = law.demand_days.to_string();
            faults.push(Fault::new("until", &asked.until, says::DEMAND_DAYS.with(&[("days", &days)])));
        }
    }
    hides_asker(seen, &asked, faults);
    let mut reached = recipients(seen, &asked.kind, &asker);
    if reached.is_empty() && KINDS.contains(&asked.kind.as_str()) {
        faults.push(Fault::new("kind", &asked.kind, says::NOBODY_TO_ASK.said()));
    }
    let beyond = reached.len().saturating_sub(MOST);
    reached.truncate(MOST);
    let body = Body {
        asked,
        deadline: deadline.to_string(),
        asker: asker.to_string(),
        routed: reached.len() as u32,
        beyond: beyond as u32,
        chosen: None,
    };
    reached.push(asker);
    Some(Made { body: written(&body), parties: reached, filing: None, seed: None })
}

/// Who is asked: every party that is filed today in a role to which the kind goes, and is not suspended.
fn recipients(seen: &Seen<'_>, kind: &str, asker: &str) -> Vec<Text> {
    let today = seen.now.day();
    let roles = seen.reference.current().demand_routes.of(kind, today);
    let mut codes: Vec<Text> = seen.parties.all().iter().map(|filing| filing.code.clone()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.retain(|code| seen.acts_as(code, &roles) && !seen.parties.same(code, asker, today));
    codes
}

/// The id is seen by everybody who is asked.
fn check_id(seen: &Seen<'_>, faults: &mut Vec<Fault>) {
    let (id, by) = (&seen.command.key.id, &seen.command.by);
    let signs = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let tells = by.codes.iter().any(|code| id.contains(&*code.to_lowercase()));
    if !signs || !(8..=40).contains(&id.len()) || tells {
        faults.push(Fault::new("id", id, says::ID_TELLS_NOTHING.said()));
    }
}

fn is_set(text: &str) -> bool {
    !text.trim().is_empty()
}

/// What is needed is said whole, and in words of the tables.
fn check(seen: &Seen<'_>, asked: &Asked, faults: &mut Vec<Fault>) {
    if !KINDS.contains(&asked.kind.as_str()) {
        faults.push(Fault::new("kind", &asked.kind, says::ONE_OF.with(&[("words", &KINDS.join(", "))])));
    }
    let carried = matches!(asked.kind.as_str(), "transport" | "whole-logistics");
    let kept = carried || asked.kind == "storage";
    let counted = kept || asked.kind == "trade";
    for (path, text, needed, most) in [
        ("goods", &asked.goods, true, 200),
        ("from", &asked.from, carried, 200),
        ("to", &asked.to, kept, 200),
        ("quantity", &asked.quantity, counted, 30),
        ("unit", &asked.unit, is_set(&asked.quantity), 10),
        ("text", &asked.text, false, 2_000),
    ] {
        if needed && !is_set(text) {
            faults.push(Fault::new(path, "", says::DEMAND_NEEDS.said()));
        }
        if text.chars().count() > most {
            faults.push(Fault::new(path, "", says::UP_TO_CHARACTERS.with(&[("most", &most.to_string())])));
        }
    }
    let positive = Decimal::parse(asked.quantity.trim()).is_some_and(|amount| amount > Decimal::default());
    if is_set(&asked.quantity) && !positive {
        faults.push(Fault::new("quantity", &asked.quantity, says::POSITIVE_NUMBER.said()));
    }
    if is_set(&asked.unit) && !seen.reference.current().codes.units.holds(&asked.unit, seen.now.day()) {
        faults.push(Fault::new("unit", &asked.unit, says::CODE_OF_TABLE.said()));
    }
    if is_set(&asked.danger_class) && !DANGER_CLASSES.contains(&asked.danger_class.as_str()) {
        let words = DANGER_CLASSES.join(", ");
        faults.push(Fault::new("dangerClass", &asked.danger_class, says::ONE_OF.with(&[("words", &words)])));
    }
    check_days(seen, asked, faults);
    check_temperature(asked, kept, faults);
    check_contact(&asked.contact, faults);
}

fn check_days(seen: &Seen<'_>, asked: &Asked, faults: &mut Vec<Fault>) {
    let by = form::day("neededBy", &asked.needed_by, faults);
    if Day::parse(&asked.needed_by).is_some() && by < seen.now.day() {
        faults.push(Fault::new("neededBy", &asked.needed_by, says::TODAY_OR_LATER.said()));
    }
    if is_set(&asked.ready_from) && form::day("readyFrom", &asked.ready_from, faults) > by {
        faults.push(Fault::new(
            "readyFrom",
            &asked.ready_from,
            says::NOT_AFTER.with(&[("field", "neededBy")]),
        ));
    }
}

/// A temperature matters to whoever carries or keeps.
fn check_temperature(asked: &Asked, kept: bool, faults: &mut Vec<Fault>) {
    let mut read = |path: &str, text: &str| {
        if !is_set(text) {
            return None;
        }
        let absolute_zero = Decimal::parse("-273.15")?;
        let most = Decimal::parse("1000")?;
        let degrees = Decimal::parse(text.trim()).filter(|one| (absolute_zero..=most).contains(one));
        if degrees.is_none() || !kept {
            faults.push(Fault::new(path, text, says::TEMPERATURE.said()));
        }
        degrees
    };
    let (lowest, highest) =
        (read("temperatureFrom", &asked.temperature_from), read("temperatureTo", &asked.temperature_to));
    if let (Some(lowest), Some(highest)) = (lowest, highest)
        && lowest > highest
    {
        let fault = Fault::new(
            "temperatureFrom",
            &asked.temperature_from,
            says::NOT_ABOVE.with(&[("field", "temperatureTo")]),
        );
        faults.push(fault);
    }
}

/// Both sides can be reached once they have agreed.
pub(crate) fn check_contact(contact: &Contact, faults: &mut Vec<Fault>) {
    for (path, text) in [("contact.name", &contact.name), ("contact.telephone", &contact.telephone)] {
        if !is_set(text) || text.chars().count() > 100 {
            faults.push(Fault::new(path, "", says::REACHABLE.said()));
        }
    }
}

/// What everybody who is asked reads does not say who asks.
fn hides_asker(seen: &Seen<'_>, asked: &Asked, faults: &mut Vec<Fault>) {
    let filing = seen.parties.find(&seen.command.by.actor.party, seen.now.day());
    let mut telling: Vec<&str> = seen.command.by.codes.iter().map(Text::as_str).collect();
    telling.extend(filing.map(|filing| filing.name.as_str()));
    telling.extend([asked.contact.telephone.as_str(), asked.contact.name.as_str()]);
    telling.extend(asked.contact.email.as_deref());
    let telling: Vec<&str> = telling.into_iter().map(str::trim).filter(|text| text.len() >= 5).collect();
    for (path, text) in
        [("goods", &asked.goods), ("from", &asked.from), ("to", &asked.to), ("text", &asked.text)]
    {
        if telling.iter().any(|told| text.contains(told)) {
            faults.push(Fault::new(path, "", says::SAYS_WHO_ASKS.said()));
        }
    }
}

/// An offer is accepted as it was seen, while it stands.
fn takes(seen: &Seen<'_>, accepting: &Accepting, faults: &mut Vec<Fault>) {
    // Who gives the id of another's offer learns nothing by it.
    let own = seen.beside.filter(|offer| crate::offer::demand_of(&offer.key.id) == seen.command.key.id);
    let Some(offer) = own else {
        faults.push(Fault::new("offer", &accepting.offer, says::OFFER_STANDS.said()));
        return;
    };
    if offer.state != "offered" {
        faults.push(Fault::new("offer", &accepting.offer, says::OFFER_STANDS.said()));
    } else if offer.version != accepting.offer_version {
        faults.push(Fault::new(
            "offerVersion",
            &accepting.offer_version.to_string(),
            says::OFFER_CHANGED.said(),
        ));
    } else if !Offer::of(offer).is_valid_on(seen.now.day()) {
        faults.push(Fault::new("offer", &accepting.offer, says::OFFER_ENDED.said()));
    }
}
