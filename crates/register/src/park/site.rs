//! Sites of parks: warehouses, yards, gates, pavilions and exhibition centres, each under its supervision code of customs. An
//! operator applies for his own within a park; he names the carriers whose parcels come through it and the people and devices
//! that keep it.

use super::{NAME, check_district, check_number, check_text, check_word};
use crate::moves::Move;
use crate::says;
use crate::{Command, Fault, Made, Seen, owner_of, read, stored, written};
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};

/// The id is the operator's code, a colon, the supervision code that customs gave the site. States as of parks.
pub const MOVES: &[Move] = &super::moves("appoint");

/// What a site is.
pub const KINDS: &[&str] = &["warehouse", "yard", "gate", "sorting-line", "pavilion", "exhibition-centre"];
/// Carriers of a site at most: a bare number is looked for with each.
const CARRIERS: usize = 20;
/// Keepers of a site at most.
const KEEPERS: usize = 200;

/// What is applied for.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Applied {
    /// The record of the park that it lies in.
    pub park: String,
    /// Its name.
    pub name: String,
    /// One of [`KINDS`].
    pub kind: String,
    /// Code of the customs district that supervises it, four digits.
    pub district: String,
    /// Codes of the carriers whose parcels come through it.
    pub carriers: Vec<String>,
}

/// Who keeps it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Keepers {
    /// Logins of people and names of tokens, all of the operator's; those of no other site.
    pub keepers: Vec<String>,
}

/// A site as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// What was applied for last.
    pub applied: Applied,
    /// What was approved last; none = nothing yet.
    #[serde(default)]
    pub in_force: Option<Applied>,
    /// Who keeps it: nobody who is not named.
    #[serde(default)]
    pub keepers: Vec<String>,
}

impl Body {
    /// Of a record of sites.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// The record of an operator's site.
pub fn key(operator: &str, code: &str) -> RecordKey {
    RecordKey::new(Register::Site, &format!("{operator}:{}", code.trim()))
}

/// The park that a command names.
pub(crate) fn park_of(command: &Command) -> Option<RecordKey> {
    let applied: Applied = serde_json::from_str(command.body.as_deref()?).ok()?;
    Some(RecordKey::new(Register::Park, &applied.park))
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let mut body = seen.current.map(Body::of).unwrap_or_default();
    match step.action {
        "apply" | "change" => {
            check_number(seen, faults);
            body.applied = read(seen.command.body.as_deref(), faults)?;
            check(seen, &body.applied, faults);
        }
        "appoint" => {
            let sent: Keepers = read(seen.command.body.as_deref(), faults)?;
            if sent.keepers.len() > KEEPERS {
                let most = says::AT_MOST.with(&[("most", &KEEPERS.to_string())]);
                faults.push(Fault::new("keepers", "", most));
            }
            for (index, keeper) in sent.keepers.iter().take(KEEPERS).enumerate() {
                check_text(&format!("keepers[{}]", index + 1), keeper, NAME, faults);
            }
            body.keepers = sent.keepers.iter().map(|keeper| keeper.trim().to_owned()).collect();
        }
        action => super::decided(action, &mut body.applied, &mut body.in_force),
    }
    // Whose park it lies in finds it too.
    let park = [Some(&body.applied), body.in_force.as_ref()].into_iter().flatten();
    let mut parties: Vec<Text> = vec![owner_of(&seen.command.key)];
    parties.extend(park.map(|applied| owner_of(&RecordKey::new(Register::Park, &applied.park))));
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

fn check(seen: &Seen<'_>, applied: &Applied, faults: &mut Vec<Fault>) {
    check_text("name", &applied.name, NAME, faults);
    check_word("kind", &applied.kind, KINDS, faults);
    check_district("district", &applied.district, faults);
    if applied.district.trim().is_empty() {
        faults.push(Fault::new("district", "", says::CODE_OF_TABLE.said()));
    }
    let operator = owner_of(&seen.command.key);
    // One that is not open, and one where he has no place, are told alike.
    let park = seen.beside.filter(|park| super::WORKING.contains(&park.state.as_str()));
    let has_place = park.is_some_and(|park| {
        let today = seen.now.day();
        let is_he = |code: &str| code == operator.as_str() || seen.parties.same(code, &operator, today);
        is_he(&owner_of(&park.key)) || super::Body::of(park).tenants_on(today).any(is_he)
    });
    if !has_place {
        faults.push(Fault::new("park", &applied.park, says::PARK_OF_OPERATOR.said()));
    }
    if applied.carriers.is_empty() || applied.carriers.len() > CARRIERS {
        let most = says::ONE_TO.with(&[("most", &CARRIERS.to_string())]);
        faults.push(Fault::new("carriers", &applied.carriers.len().to_string(), most));
    }
    for (index, carrier) in applied.carriers.iter().take(CARRIERS).enumerate() {
        if !seen.acts_as(carrier.trim(), &[Role::Logistics, Role::Express]) {
            faults.push(Fault::new(&format!("carriers[{}]", index + 1), carrier, says::CARRIER_FILED.said()));
        }
    }
}
