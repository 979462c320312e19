//! Readings of others' records, as they are written down before anything is shown or sent.

use clearance::Text;
use clearance::party::Role;
use clearance::record::{RecordKey, Register};
use register::access::{Access, ground};
use register::{By, Command};
use ring::rand::{SecureRandom, SystemRandom};

/// What records a reading; none where the machine gives no random numbers.
pub fn reading(
    by: By,
    (kind, id): (&str, &str),
    owners: &[Text],
    purpose: &str,
    range: Option<(String, String)>,
) -> Option<Command> {
    let access = Access {
        kind: kind.to_owned(),
        id: id.to_owned(),
        role: by.role.word().to_owned(),
        purpose: purpose.trim().to_owned(),
        ground: grounded(by.role, kind, purpose),
        range,
        owners: owners.iter().map(Text::to_string).collect(),
        query: None,
        count: None,
    };
    written(by, &access)
}

/// The ground of a reading whose reader did not say what for; nothing where he did.
pub fn grounded(role: Role, kind: &str, purpose: &str) -> String {
    if purpose.trim().is_empty() { ground(role, kind).to_owned() } else { String::new() }
}

/// What records a reading that is described already; none where the machine gives no random numbers.
pub fn written(by: By, access: &Access) -> Option<Command> {
    let mut bytes = [0u8; 12];
    SystemRandom::new().fill(&mut bytes).ok()?;
    let name = evidence::hexadecimal(&bytes);
    Some(Command {
        key: RecordKey::new(Register::Access, &format!("{}:{name}", by.actor.party)),
        version: 0,
        action: "read".into(),
        by: By { window: true, ..by },
        note: String::new(),
        body: serde_json::to_string(access).ok(),
    })
}
