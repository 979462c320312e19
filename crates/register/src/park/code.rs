//! What a supervision code of a site says to whoever judges a list that names it: the site, the park it lies in, and the modes that
//! the park may do. The window writes it from the records of both (`server/src/site_codes.rs`), so that one record by the code is looked at.

use super::{NAME, check_text};
use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use clearance::Text;
use clearance::facts::Facts;
use clearance::place::Place;
use clearance::record::{Record, RecordKey, Register};
use serde::{Deserialize, Serialize};

/// The id is the code.
pub const MOVES: &[Move] = &[Move::window("record", &["", "recorded"], "recorded")];

/// What a code says.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Code {
    /// The record of the site: its operator's code, a colon, this code.
    pub site: String,
    /// The record of the park.
    pub park: String,
    /// Its name.
    pub park_name: String,
    /// Modes that it may do; nothing = all.
    pub modes: Vec<String>,
    /// Whether both work.
    pub works: bool,
}

impl Code {
    /// Of a record of codes.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// Puts what codes say where the judgement looks for it.
pub(crate) fn as_facts(facts: &mut Facts) {
    let records = facts.records.values().filter(|record| record.key.register == Register::SiteCode);
    let places: Vec<_> = records
        .map(|record| {
            let code = Code::of(record);
            let place = Place {
                version: record.version,
                position: record.last,
                site: code.site.into(),
                park: code.park.into(),
                park_name: code.park_name.into(),
                modes: code.modes.into_iter().map(Text::from).collect(),
                works: code.works,
            };
            (record.key.clone(), place)
        })
        .collect();
    facts.places.extend(places);
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let code: Code = read(seen.command.body.as_deref(), faults)?;
    check_text("parkName", &code.park_name, NAME, faults);
    if code.site.split_once(':').map(|(_, own)| own) != Some(seen.command.key.id.as_str()) {
        faults.push(Fault::new("site", &code.site, says::SITE_OF_CODE.said()));
    }
    // Whoever operates the site, and the park, finds it.
    let parties = [(Register::Site, &code.site), (Register::Park, &code.park)]
        .map(|(register, id)| owner_of(&RecordKey::new(register, id)));
    Some(Made { body: written(&code), parties: parties.to_vec(), filing: None, seed: None })
}
