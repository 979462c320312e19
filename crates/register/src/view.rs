//! What a reader sees of a record. A register may say of each part of a record who sees it; wherever a record leaves the
//! window, in a list, alone, in its history, in a refusal, in what is sent to a webhook, it goes through [`View`], and only this
//! module makes one. Whether somebody may see the record at all is decided before.

use crate::owner;
use clearance::Text;
use clearance::record::{Actor, Record, Register};
use serde_json::Value;

/// In which states a part is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// In all.
    Always,
    /// In none.
    Never,
    /// In these.
    In(&'static [&'static str]),
}

impl When {
    fn holds(self, state: &str) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::In(states) => states.contains(&state),
        }
    }
}

/// Who sees a part of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sight {
    /// `parties`, `by`, `note`, or a JSON pointer into the body with all that is beneath it. The longest that fits counts.
    pub what: &'static str,
    /// The party whose record it is.
    pub owner: When,
    /// Another party that it names.
    pub named: When,
    /// Whoever else may see the record: offices.
    pub others: When,
}

impl Sight {
    const fn of(what: &'static str, owner: When, named: When) -> Self {
        Self { what, owner, named, others: When::Never }
    }
    const fn others(what: &'static str) -> Self {
        Self { what, owner: When::Never, named: When::Never, others: When::Always }
    }
    const fn nobody(what: &'static str) -> Self {
        Self::of(what, When::Never, When::Never)
    }
    fn holds(&self, part: Part, state: &str) -> bool {
        match part {
            Part::Owner => self.owner,
            Part::Named => self.named,
            Part::Other => self.others,
        }
        .holds(state)
    }
}

/// Who is asked sees what is needed, and not who needs it.
const DEMAND: &[Sight] = &[
    Sight::of("parties", When::Always, When::Never),
    Sight::of("by", When::Always, When::Never),
    Sight::of("note", When::Always, When::Never),
    Sight::of("/asked", When::Always, When::Always),
    Sight::of("/asked/contact", When::Always, When::Never),
    Sight::of("/deadline", When::Always, When::Always),
    Sight::of("/asker", When::Always, When::Never),
    Sight::of("/routed", When::Always, When::Never),
    Sight::of("/beyond", When::Always, When::Never),
    Sight::of("/chosen", When::Always, When::Never),
];

const AGREED: When = When::In(crate::offer::AGREED);

/// Who asks sees who offers what; how to reach each other both see when they have agreed.
const OFFER: &[Sight] = &[
    Sight::of("parties", AGREED, When::Always),
    // Before that it is the provider himself, or the window.
    Sight::of("by", When::Always, AGREED),
    Sight::of("note", When::Always, When::Always),
    Sight::of("/offered", When::Always, When::Always),
    Sight::of("/offered/contact", When::Always, AGREED),
    Sight::of("/demand", When::Always, When::Always),
    Sight::of("/goods", When::Always, When::Always),
    Sight::of("/asker", AGREED, When::Always),
    Sight::of("/askerContact", AGREED, When::Always),
];

/// Who else was in a delivery is not told to one whose record was in it.
const ACCESS: &[Sight] = &[Sight::nobody("parties"), Sight::nobody("/owners")];

/// The keyed hash of a telephone is nobody's to link trades by.
const DISPUTE: &[Sight] = &[Sight::nobody("/openedBy")];

/// Whether what he was not given is there, neither he nor who manages him learns here either.
const SIGN_IN: &[Sight] = &[Sight { others: When::Always, ..Sight::nobody("/denied/ofOthers") }];

/// By what parcels are linked, and what is known of them, is for offices: to a giver it would tell of others' parcels.
const PARCEL: &[Sight] = &[Sight::others("/linked"), Sight::others("/known")];

/// Of a filing, for whoever relies on it without having it filed again: what is in force and what it permits. What is applied for,
/// what customs judges by, and who decided why, is not his.
const REUSED: &[Sight] = &[
    Sight::others("parties"),
    Sight::others("/inForce"),
    // For whom an agent acts is between them and the authorities.
    Sight::nobody("/inForce/principals"),
    Sight::others("/granted/validTo"),
    Sight::others("/granted/modes"),
    Sight::others("/granted/services"),
];

/// By which keys the window knows natural persons is for offices: with them trades could be linked. By which telephone somebody is heard
/// for himself is no matter of the enterprise's.
const RESPONSIBLE: &[Sight] = &[
    Sight::others("parties"),
    Sight::others("/keys"),
    Sight::others("/reached"),
    Sight::nobody("/telephones"),
    Sight::others("/persons/telephone"),
];

/// The same of those whom a list names. What each of them says for himself is no matter of the enterprise's, nor what it says one of
/// theirs.
const LIST: &[Sight] = &[
    Sight::others("parties"),
    Sight::others("/persons"),
    Sight::others("/spared"),
    Sight::others("/heard"),
    Sight { what: "/statement", owner: When::Always, named: When::Never, others: When::Always },
    Sight { what: "/appeal", owner: When::Always, named: When::Never, others: When::Always },
    Sight { what: "/repair", owner: When::Always, named: When::Never, others: When::Always },
];

/// Which of his invoices others named too is for whoever decides: to him it would tell what others bought.
const REFUND: &[Sight] = &[Sight::others("/claimedByOthers")];

/// A pointer, and how what stands there is masked.
type Masked = (&'static str, fn(&str) -> String);

/// What of a filing tells of a person, and how whoever reuses it reads it.
const OF_PERSONS: [Masked; 3] = [
    ("/inForce/contact/name", clearance::identity::mask_name),
    ("/inForce/contact/telephone", clearance::identity::mask_number),
    ("/inForce/contact/email", clearance::identity::mask_number),
];

/// What a register says of who sees what; whether what it says nothing of is seen by nobody.
pub fn sights(register: Register) -> (&'static [Sight], bool) {
    match register {
        Register::ServiceRequest => (DEMAND, true),
        Register::ServiceOffer => (OFFER, true),
        Register::Access => (ACCESS, false),
        Register::Dispute => (DISPUTE, false),
        Register::SignIn => (SIGN_IN, false),
        Register::Parcel => (PARCEL, false),
        Register::CreditList => (LIST, false),
        Register::ResponsiblePersons => (RESPONSIBLE, false),
        Register::EntryRefund => (REFUND, false),
        _ => (&[], false),
    }
}

/// What of a parcel tells of a person, and how others than its giver read it: as of a trade.
const OF_PARCELS: [Masked; 6] = [
    ("/parcel/sender/name", clearance::identity::mask_name),
    ("/parcel/sender/address", clearance::identity::mask_address),
    ("/parcel/consignee/name", clearance::identity::mask_name),
    ("/parcel/consignee/identity", clearance::identity::mask_number),
    ("/parcel/consignee/telephone", clearance::identity::mask_number),
    ("/parcel/consignee/address", clearance::identity::mask_address),
];

/// What part a reader has in a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Owner,
    Named,
    Other,
}

/// A record as somebody may see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    seen: Record,
    body: Value,
    own: bool,
}

impl View {
    /// What a party with these codes sees of a record.
    pub fn of(record: &Record, codes: &[Text]) -> Self {
        let part = if codes.contains(&owner(record)) {
            Part::Owner
        } else if codes.iter().any(|code| record.parties.contains(code)) {
            Part::Named
        } else {
            Part::Other
        };
        let (sights, strict) = sights(record.key.register);
        Self::with(record, codes, &Eyes { sights, strict, part, state: &record.state })
    }

    /// What of an approved filing another reads who relies on it: what tells of persons is masked.
    pub fn reused(record: &Record, codes: &[Text]) -> Self {
        let eyes = Eyes { sights: REUSED, strict: true, part: Part::Other, state: &record.state };
        let mut view = Self::with(record, codes, &eyes);
        masked(&mut view.body, &OF_PERSONS);
        view.seen.body = view.body.to_string();
        // What was done last may be to what he does not see, and that a change is applied for is not his.
        view.seen.action = Text::default();
        if view.seen.state == "change-submitted" {
            view.seen.state = Text::const_new("filed");
        }
        view
    }

    fn with(record: &Record, codes: &[Text], eyes: &Eyes<'_>) -> Self {
        let part = eyes.part;
        // Our own writing: it parses.
        let mut body = serde_json::from_str(&record.body).unwrap_or_default();
        if part != Part::Owner {
            keep_addressed(record.key.register, &mut body, codes);
            if record.key.register == Register::Parcel {
                masked(&mut body, &OF_PARCELS);
            }
        }
        let body = eyes.seen("", body).unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let mut seen = record.clone();
        seen.body = body.to_string();
        if !eyes.sees("parties") {
            seen.parties.clear();
        }
        if !eyes.sees("note") {
            seen.note.clear();
        }
        if !eyes.sees("by") {
            seen.actor = Actor::default();
        }
        // Of a person the name is the keyed hash of his telephone.
        if seen.actor.party.starts_with("person-") {
            seen.actor.name = Text::default();
            // Whom a list names is for offices, and so is who of them said something last.
            if record.key.register == Register::CreditList && part != Part::Other {
                seen.actor.party = Text::default();
            }
        }
        Self { seen, body, own: part == Part::Owner }
    }

    /// The record, without what he does not see.
    pub fn record(&self) -> &Record {
        &self.seen
    }

    /// Whether it is his party's own.
    pub fn is_own(&self) -> bool {
        self.own
    }

    /// Its body, likewise.
    pub fn body(&self) -> &Value {
        &self.body
    }
}

fn masked(body: &mut Value, how: &[Masked]) {
    for (pointer, mask) in how {
        if let Some(Value::String(text)) = body.pointer_mut(pointer) {
            *text = mask(text);
        }
    }
}

/// Lists of which each item is for those whom it names: a pointer to the list, a pointer in the item to whom it is for (nobody
/// named = all who see the record). Whose record it is sees all.
fn addressed(register: Register) -> &'static [(&'static str, &'static str)] {
    match register {
        Register::RiskCase => &[("/evidence", "/to"), ("/tasks", "/task/to")],
        _ => &[],
    }
}

/// Leaves of such lists what is for a reader with these codes, or was put there by him.
fn keep_addressed(register: Register, body: &mut Value, codes: &[Text]) {
    let is =
        |code: &Value| code.as_str().is_some_and(|code| codes.iter().any(|own| own.as_str() == code.trim()));
    let said_by_him = |item: &Value| item.pointer("/by").is_some_and(is);
    for (list, to) in addressed(register) {
        let Some(Value::Array(items)) = body.pointer_mut(list) else { continue };
        items.retain(|item| match item.pointer(to) {
            Some(Value::Array(named)) => named.is_empty() || named.iter().any(is) || said_by_him(item),
            Some(named @ Value::String(_)) => is(named),
            _ => true,
        });
    }
}

struct Eyes<'a> {
    sights: &'static [Sight],
    strict: bool,
    part: Part,
    state: &'a str,
}

impl Eyes<'_> {
    fn sees(&self, what: &str) -> bool {
        let covers = |sight: &&Sight| {
            what.strip_prefix(sight.what).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let found = self.sights.iter().filter(covers).max_by_key(|sight| sight.what.len());
        found.map_or(!self.strict, |sight| sight.holds(self.part, self.state))
    }

    /// A value at a pointer without what is not seen; none = nothing of it.
    fn seen(&self, at: &str, value: Value) -> Option<Value> {
        match value {
            Value::Object(members) => {
                let whole = members.is_empty();
                let kept: serde_json::Map<String, Value> = members
                    .into_iter()
                    .filter_map(|(name, value)| {
                        Some((name.clone(), self.seen(&format!("{at}/{name}"), value)?))
                    })
                    .collect();
                (!kept.is_empty() || (whole && self.sees(at))).then_some(Value::Object(kept))
            }
            Value::Array(items) if self.sees(at) => {
                Some(Value::Array(items.into_iter().filter_map(|item| self.seen(at, item)).collect()))
            }
            other => self.sees(at).then_some(other),
        }
    }
}
