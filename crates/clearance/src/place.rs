//! Where the goods of a list are supervised: what the supervision code that it names (`loctNo`) says of the site and of the park that
//! it lies in, with the modes that the park may do. Parks and sites are records of `register`; here is what a judgement reads of them.

use crate::Text;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::goods::RecordRead;
use crate::keys::Position;
use crate::reason::Reason;
use crate::record::{RecordKey, Register};
use crate::rulebook::Law;

/// What a supervision code says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Version of the record.
    pub version: u32,
    /// Its row.
    pub position: Position,
    /// The record of the site.
    pub site: Text,
    /// The record of the park.
    pub park: Text,
    /// The park's name.
    pub park_name: Text,
    /// Modes that the park may do; empty = all.
    pub modes: Vec<Text>,
    /// Whether site and park work; what was closed limits nobody.
    pub works: bool,
}

/// The record of a supervision code.
pub fn key(code: &str) -> RecordKey {
    RecordKey::new(Register::SiteCode, code)
}

fn key_of(loct_no: Option<&Text>, law: &Law) -> Option<RecordKey> {
    let code = loct_no.map(|code| code.trim()).filter(|code| !code.is_empty() && law.modes_of_parks == 1);
    code.map(key)
}

/// Adds the record that a list looks at to those of its batch.
pub(crate) fn needs(loct_no: Option<&Text>, law: &Law, keys: &mut Vec<RecordKey>) {
    keys.extend(key_of(loct_no, law));
}

/// That the park in which the named site lies may not do the mode of a list: a person decides. A code that no site here has, and a
/// park that names no mode, limit nobody.
pub(crate) fn check(
    mode: &Text,
    loct_no: Option<&Text>,
    law: &Law,
    facts: &Facts,
) -> (Option<Finding>, Option<RecordRead>) {
    let Some(key) = key_of(loct_no, law) else { return (None, None) };
    let Some(place) = facts.places.get(&key) else { return (None, None) };
    let modes: Vec<&str> = place.modes.iter().map(Text::as_str).collect();
    let may = !place.works || modes.is_empty() || modes.contains(&mode.trim());
    let finding = (!may).then(|| {
        Finding::new(Reason::ModeNotOfPark)
            .argument(format!("{}（{}）", place.park_name, modes.join("/")))
            .field("InventoryHead.tradeMode", mode)
            .field("InventoryHead.loctNo", &key.id)
            .field("site", &place.site)
            .field("park", format!("{} {}", place.park, place.park_name))
            .field("modes of the park", modes.join(" "))
            .resting_on(law, "modes_of_parks")
    });
    let read = RecordRead { key, version: place.version, position: place.position };
    (finding, Some(read))
}
