//! Periods of the draw: who committed to which secret before it began, the beacon that was fixed after, the secrets that were
//! handed over, the seed that was made of all, and what became of it. The window writes these records, for the holder whose
//! duty it is or for itself. A record has secrets: nobody finds one in a list of registers, and what may be told of it is
//! [`Period::told`] alone. How a seed is made is `clearance::risk::period`.

use crate::moves::Move;
use crate::{Fault, Made, Seen, read, says, stored, written};
use ceb::Day;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use clearance::risk::period::{self, SALTS, Side};
use clearance::risk::{DrawPeriod, SamplingSeed};
use clearance::rulebook::{Calendar, Law};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The id is the first day.
pub const MOVES: &[Move] = &[
    Move::window("make", &[""], "open"),
    Move::window("commit", &["open"], "open"),
    Move::window("close", &["open"], "closed"),
    Move::window("hand-over", &["closed"], "closed"),
    Move::window("begin", &["closed"], "running").filed(),
    Move::window("reveal", &["running"], "revealed"),
];

/// 32 bytes in hexadecimal.
type Hex = String;

/// What somebody committed to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// A side, or `salts`.
    pub of: String,
    /// SHA-256 over title, period, side, salt and secret.
    pub commitment: Hex,
    /// Code of the holder's party; empty = the window.
    pub party: String,
    /// Who of it.
    pub name: String,
    /// When.
    pub at: i64,
}

/// What opens a commitment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// A side, or `salts`.
    pub of: String,
    /// The salt of the commitment.
    pub salt: Hex,
    /// The secret.
    pub secret: Hex,
    /// When it was handed over.
    #[serde(default)]
    pub at: i64,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opening of {}", self.of)
    }
}

/// The head of the evidence log that was signed when commitments ended.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Beacon {
    /// The head as a text, with its signature.
    pub head: String,
    /// Its digest: what is mixed in.
    pub digest: Hex,
    /// When it was made.
    pub at: i64,
    /// Rows of each writer then: no draw of the period is among them.
    pub after: String,
}

/// The list of the draws of a period, as it is published.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// How many orders were drawn.
    pub draws: u64,
    /// How many of them were selected.
    pub selected: u64,
    /// The lowest floor that one was held against, parts per million.
    pub floor: i64,
    /// SHA-256 over the lines of the list.
    pub digest: Hex,
    /// The last row of each writer that was looked at.
    pub through: String,
    /// Selected trades that were still under way when the last day of secrecy had passed.
    pub open: u64,
}

/// When what happens with a period.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// Commitments end, the beacon is fixed.
    pub closes: i64,
    /// It begins.
    pub begins: i64,
    /// It ends.
    pub ends: i64,
    /// Until then its seed stays secret.
    pub until: i64,
    /// Then its seed is told, whatever is under way.
    pub latest: i64,
}

impl Times {
    /// Of a period that begins with a day, by the law of the day on which it is made.
    pub fn of(first: Day, law: &Law) -> Self {
        let after = |days: i64| Time::start_of(Calendar::plus_days(first, days.max(0)));
        let days = law.draw_period_days.max(1);
        let begins = Time::start_of(first);
        let secret = days.saturating_add(law.draw_secret_days.max(0));
        Self {
            closes: begins.plus_hours(-law.draw_handover_hours.max(1)).0,
            begins: begins.0,
            ends: after(days).0,
            until: after(secret).0,
            latest: after(days.saturating_add(law.draw_reveal_days)).0.max(after(secret).0),
        }
    }
}

/// A period as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day, yyyyMMdd.
    pub first: u32,
    /// When what happens.
    pub times: Times,
    /// In order of filing.
    pub commitments: Vec<Commitment>,
    /// What opens them, of those who handed it over: secret until the period is revealed, that of the salts for ever.
    pub openings: Vec<Opening>,
    /// After commitments ended.
    pub beacon: Option<Beacon>,
    /// Number of the seed that it was drawn with.
    pub seed: Option<u32>,
    /// When that was in force from.
    pub began: Option<i64>,
    /// The list, once it is published.
    pub list: Option<Listed>,
}

/// 32 bytes of hexadecimal text.
pub fn bytes(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let text = text.as_bytes();
    if text.len() != 64 {
        return None;
    }
    for (slot, pair) in bytes.iter_mut().zip(text.chunks(2)) {
        let digits =
            std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()))?;
        *slot = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(bytes)
}

/// Bytes as hexadecimal text.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key of a period.
pub fn key(first: Day) -> RecordKey {
    RecordKey::new(Register::DrawPeriod, &first.to_string())
}

/// The side that a party in a role holds a secret for.
pub fn side_of(role: Role) -> Option<Side> {
    match role {
        Role::Officer => Some(Side::Customs),
        Role::ZoneOperator => Some(Side::Operator),
        _ => None,
    }
}

impl Period {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Its first day.
    pub fn first_day(&self) -> Day {
        Day::from_number(self.first).unwrap_or_default()
    }

    /// Its commitment of a side or of the salts.
    pub fn commitment(&self, of: &str) -> Option<&Commitment> {
        self.commitments.iter().find(|one| one.of == of)
    }

    fn opening(&self, of: &str) -> Option<&Opening> {
        self.openings.iter().find(|one| one.of == of)
    }

    fn secret(&self, side: Side) -> Option<[u8; 32]> {
        self.opening(side.word()).and_then(|opening| bytes(&opening.secret))
    }

    /// The key of its salts. Whoever has it can try order numbers against the list.
    pub fn salts(&self) -> Option<&Opening> {
        self.opening(SALTS)
    }

    /// The seed that is made of it; none while something is missing that cannot be left out, or where what was handed over does
    /// not open its commitment.
    pub fn made_of(&self, number: u32) -> Option<SamplingSeed> {
        let first = self.first_day();
        let beacon = bytes(&self.beacon.as_ref()?.digest)?;
        for opening in &self.openings {
            let (salt, secret) = (bytes(&opening.salt)?, bytes(&opening.secret)?);
            let committed = bytes(&self.commitment(&opening.of)?.commitment)?;
            if period::commitment(first, &opening.of, &salt, &secret) != committed {
                return None;
            }
        }
        let secrets = Side::ALL.map(|side| self.secret(side));
        secrets[0]?;
        let salts = bytes(&self.salts()?.secret)?;
        let secret =
            period::seed(first, &beacon, [secrets[0].as_ref(), secrets[1].as_ref(), secrets[2].as_ref()]);
        let until = Time(self.times.until);
        Some(SamplingSeed { number, secret, period: Some(DrawPeriod { first, salts, until }) })
    }

    /// What anybody may know of it: secrets when they were revealed, those of the salts never.
    pub fn told(&self, state: &str) -> Value {
        let revealed = state == "revealed";
        let sides: Vec<Value> = Side::ALL
            .iter()
            .map(|side| {
                let (commitment, opening) = (self.commitment(side.word()), self.opening(side.word()));
                let shown = opening.filter(|_| revealed);
                json!({
                    "side": side.word(), "commitment": commitment.map(|one| &one.commitment),
                    "party": commitment.map(|one| &one.party), "committed": commitment.map(|one| one.at),
                    "handedOver": opening.is_some(), "at": opening.map(|one| one.at),
                    "missing": opening.is_none() && self.seed.is_some(),
                    "salt": shown.map(|one| &one.salt), "secret": shown.map(|one| &one.secret),
                })
            })
            .collect();
        let seed = self.seed.filter(|_| revealed).and_then(|number| self.made_of(number));
        // Without either holder it is the window's own: who trusts it has nothing else to trust.
        let alone = Side::ALL[1..].iter().all(|side| self.opening(side.word()).is_none());
        json!({
            "period": self.first.to_string(), "state": state, "times": self.times, "began": self.began,
            "sides": sides, "salts": self.commitment(SALTS).map(|one| &one.commitment),
            "beacon": self.beacon.as_ref().map(|beacon| json!({
                "head": beacon.head, "digest": beacon.digest, "at": beacon.at,
            })),
            "seed": self.seed, "windowsOwn": alone && self.seed.is_some(),
            "effectiveSeed": seed.map(|seed| hex(&seed.secret)),
            "list": self.list.as_ref().filter(|_| revealed).map(|list| json!({
                "draws": list.draws, "selected": list.selected, "floor": list.floor, "digest": list.digest, "open": list.open,
            })),
        })
    }
}

/// What the window says when it makes a period.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begun {
    openings: Vec<Opening>,
}

/// What a holder files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Committed {
    commitment: Hex,
}

/// What a holder hands over.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandedOver {
    salt: Hex,
    secret: Hex,
}

fn is_hex(path: &str, value: &str, faults: &mut Vec<Fault>) -> Option<[u8; 32]> {
    let read = bytes(value);
    if read.is_none() {
        // Half a secret is one: what was sent is not repeated.
        faults.push(Fault::new(path, "", says::BYTES_32.said()));
    }
    read
}

fn too_early(now: Time, from: i64, faults: &mut Vec<Fault>) {
    if now.0 < from {
        let at = Time(from).stamp_millis().to_string();
        faults.push(Fault::new(
            "action",
            &now.stamp_millis().to_string(),
            says::NOT_BEFORE.with(&[("at", &at)]),
        ));
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let body = seen.command.body.as_deref();
    let mut seed = None;
    let period = match (step.action, seen.current.map(Period::of)) {
        ("make", _) => make(seen, read(body, faults)?, faults)?,
        (_, None) => return None,
        ("commit", Some(period)) => {
            commit(seen, period, &read::<Committed>(body, faults)?.commitment, faults)?
        }
        ("close", Some(period)) => {
            too_early(seen.now, period.times.closes, faults);
            Period { beacon: Some(read(body, faults)?), ..period }
        }
        ("hand-over", Some(period)) => hand_over(seen, period, read(body, faults)?, faults)?,
        ("begin", Some(period)) => {
            too_early(seen.now, period.times.begins, faults);
            seed = period.made_of(seen.next_seed);
            if seed.is_none() {
                faults.push(Fault::new("action", "begin", says::SEED_CANNOT_BE_MADE.said()));
            }
            Period { seed: Some(seen.next_seed), began: Some(seen.now.0), ..period }
        }
        (_, Some(period)) => {
            too_early(seen.now, period.times.until, faults);
            if period.seed == Some(seen.reference.sampling_seed.number) {
                faults.push(Fault::new("action", "reveal", says::STILL_DRAWN_WITH.said()));
            }
            Period { list: Some(read(body, faults)?), ..period }
        }
    };
    Some(Made { body: written(&period), parties: Vec::new(), filing: None, seed })
}

fn make(seen: &Seen<'_>, begun: Begun, faults: &mut Vec<Fault>) -> Option<Period> {
    let Some(first) = Day::parse(&seen.command.key.id) else {
        faults.push(Fault::new("id", &seen.command.key.id, says::A_DAY.said()));
        return None;
    };
    let law = seen.reference.current().parameters.on(seen.now.day());
    let times = Times::of(first, &law);
    if times.closes <= seen.now.0 {
        let at = Time(times.closes).stamp_millis().to_string();
        faults.push(Fault::new("id", &seen.command.key.id, says::COMMITMENTS_ENDED.with(&[("at", &at)])));
    }
    let mut commitments = Vec::with_capacity(4);
    for (index, of) in [Side::Window.word(), SALTS].into_iter().enumerate() {
        let Some(opening) = begun.openings.get(index).filter(|one| one.of == of) else {
            faults.push(Fault::new("openings", of, says::BYTES_32.said()));
            continue;
        };
        let salt = is_hex("salt", &opening.salt, faults)?;
        let secret = is_hex("secret", &opening.secret, faults)?;
        let commitment = hex(&period::commitment(first, of, &salt, &secret));
        let at = seen.now.0;
        commitments.push(Commitment {
            of: of.to_owned(),
            commitment,
            party: String::new(),
            name: String::new(),
            at,
        });
    }
    let openings = begun.openings.into_iter().map(|one| Opening { at: seen.now.0, ..one }).collect();
    let first = first.number();
    Some(Period { first, times, commitments, openings, beacon: None, seed: None, began: None, list: None })
}

/// The side for which somebody acts; a party holds one secret only.
fn side(seen: &Seen<'_>, period: &Period, faults: &mut Vec<Fault>) -> Option<Side> {
    let by = &seen.command.by;
    let side = side_of(by.role);
    let other = |side: Side| {
        period.commitments.iter().find(|one| one.of != side.word() && one.party == by.actor.party.as_str())
    };
    match side {
        None => faults.push(Fault::new("by", by.role.word(), says::HOLDER_ROLE.said())),
        Some(side) if other(side).is_some() => {
            faults.push(Fault::new("by", &by.actor.party, says::ANOTHER_HOLDER.said()));
        }
        Some(_) => {}
    }
    side.filter(|_| faults.is_empty())
}

fn commit(seen: &Seen<'_>, mut period: Period, commitment: &str, faults: &mut Vec<Fault>) -> Option<Period> {
    let side = side(seen, &period, faults)?;
    let read = is_hex("commitment", commitment, faults)?;
    if seen.now.0 >= period.times.closes {
        let at = Time(period.times.closes).stamp_millis().to_string();
        faults.push(Fault::new("commitment", commitment, says::COMMITMENTS_ENDED.with(&[("at", &at)])));
    }
    if period.commitment(side.word()).is_some() {
        faults.push(Fault::new("commitment", commitment, says::COMMITTED_ALREADY.said()));
    }
    let actor = &seen.command.by.actor;
    period.commitments.push(Commitment {
        of: side.word().to_owned(),
        commitment: hex(&read),
        party: actor.party.to_string(),
        name: actor.name.to_string(),
        at: seen.now.0,
    });
    Some(period)
}

fn hand_over(
    seen: &Seen<'_>,
    mut period: Period,
    sent: HandedOver,
    faults: &mut Vec<Fault>,
) -> Option<Period> {
    let side = side(seen, &period, faults)?;
    let (salt, secret) = (is_hex("salt", &sent.salt, faults), is_hex("secret", &sent.secret, faults));
    let (salt, secret) = (salt?, secret?);
    let Some(committed) = period.commitment(side.word()) else {
        faults.push(Fault::new("secret", "", says::NOT_COMMITTED.said()));
        return None;
    };
    if committed.party != seen.command.by.actor.party.as_str() {
        faults.push(Fault::new("by", &seen.command.by.actor.party, says::ANOTHER_HOLDER.said()));
    }
    let opened = period::commitment(period.first_day(), side.word(), &salt, &secret);
    if bytes(&committed.commitment) != Some(opened) {
        let stands = committed.commitment.clone();
        let given = hex(&opened);
        faults.push(Fault::new("secret", &given, says::OPENS_ANOTHER.with(&[("commitment", &stands)])));
    }
    if period.opening(side.word()).is_some() {
        faults.push(Fault::new("secret", "", says::HANDED_OVER_ALREADY.said()));
    }
    let (of, at) = (side.word().to_owned(), seen.now.0);
    period.openings.push(Opening { of, salt: hex(&salt), secret: hex(&secret), at });
    Some(period)
}
