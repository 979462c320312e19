//! Original payment data (announcements 2018-165 and 2018-179): customs asks a platform for what its payment firm really
//! said of one order, by a session; the platform answers within minutes, signed. What was asked, by when, what came and
//! how it compares with order and payment stay together. Reading an answer is `form`'s, comparing it `compare`'s; whose
//! signature it has is found out by the shell and told here.

pub mod compare;
pub mod form;

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::record::Record;
use compare::Comparison;
use serde::{Deserialize, Serialize};

/// States: asked, answered, accepted, doubted, withdrawn. The id is the platform's code, a colon, the session.
pub const MOVES: &[Move] = &[
    Move::reviewer("ask", &[""], "asked"),
    // A platform tries its own service.
    Move::owner("try", &[""], "asked").alone(),
    // Its service has the question.
    Move::window("call", &["asked"], "asked"),
    Move::window("upload", &["asked"], "answered"),
    // Order or payment came later than the answer.
    Move::window("compare", &["answered"], "answered"),
    Move::reviewer("accept", &["answered"], "accepted"),
    Move::reviewer("doubt", &["asked", "answered"], "doubted").explained(),
    Move::reviewer("withdraw", &["asked"], "withdrawn").explained(),
];

/// Characters of an answer at most: the payment firm's own request and answer are in it.
pub const LONGEST: usize = 256 * 1024;

/// What is asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Ask {
    /// The platform's number of the order.
    pub order_no: String,
}

/// Whose signature an answer has.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Signed {
    /// SHA-256 of the certificate, in lower-case hexadecimal.
    pub certificate: String,
    /// Its serial number.
    pub serial: String,
    /// Its subject.
    pub subject: String,
    /// With which algorithm.
    pub algorithm: String,
}

/// An answer as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Upload {
    /// The text as it came: it is evidence.
    pub original: String,
    /// Whose signature it has.
    pub signed: Signed,
    /// How it compares with order and payment.
    pub comparison: Comparison,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// The platform's number of the order.
    pub order_no: String,
    /// Whether the platform tries its own service.
    pub test: bool,
    /// Code of who asked.
    pub asked_by: String,
    /// Until when an answer is expected, in milliseconds since 1970-01-01T00:00:00Z.
    pub due: i64,
    /// When the platform's service took the question, as `due`.
    #[serde(default)]
    pub called: Option<i64>,
    /// When the answer came, as `due`.
    #[serde(default)]
    pub answered: Option<i64>,
    /// The answer.
    #[serde(default)]
    pub upload: Option<Upload>,
}

impl Body {
    /// The body of a record.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether the answer is late, or was.
    pub fn is_overdue(&self, state: &str, now: Time) -> bool {
        match self.answered {
            Some(answered) => answered > self.due,
            None => state == "asked" && now.0 > self.due,
        }
    }
}

/// The session of a record: what the platform names in its answer.
pub fn session(id: &str) -> &str {
    id.split_once(':').map_or("", |(_, session)| session)
}

/// Whether a word can be a session: 36 characters as of a UUID, which nobody guesses.
fn is_session(word: &str) -> bool {
    let dashes = [8, 13, 18, 23];
    word.len() == 36
        && word.bytes().enumerate().all(|(index, byte)| match dashes.contains(&index) {
            true => byte == b'-',
            false => byte.is_ascii_hexdigit(),
        })
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let platform = owner_of(&command.key);
    let body = match seen.current {
        None => {
            let ask: Ask = read(command.body.as_deref(), faults)?;
            check(seen, &platform, &ask, faults);
            let minutes = seen.reference.current().parameters.on(seen.now.day()).payment_data_minutes;
            Body {
                order_no: ask.order_no.trim().to_owned(),
                test: step.action == "try",
                asked_by: command.by.actor.party.to_string(),
                due: seen.now.0 + minutes * 60_000,
                called: None,
                answered: None,
                upload: None,
            }
        }
        Some(record) => {
            let mut body = Body::of(record);
            match step.action {
                "call" => body.called = body.called.or(Some(seen.now.0)),
                "upload" => {
                    body.upload = Some(read(command.body.as_deref(), faults)?);
                    body.answered = Some(seen.now.0);
                }
                "compare" => {
                    let comparison: Comparison = read(command.body.as_deref(), faults)?;
                    if let Some(upload) = &mut body.upload {
                        upload.comparison = comparison;
                    }
                }
                _ => {}
            }
            body
        }
    };
    let parties = vec![platform, Text::from(body.asked_by.as_str())];
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

fn check(seen: &Seen<'_>, platform: &str, ask: &Ask, faults: &mut Vec<Fault>) {
    // Under the code of its filing: there the answer is looked for.
    let filed = seen.parties.find(platform, seen.now.day()).is_some_and(|filing| filing.code == platform);
    if !filed || !seen.acts_as(platform, &[Role::Platform]) {
        let expected = says::SESSION_ID.said();
        faults.push(Fault::new("id", &seen.command.key.id, expected));
    }
    if !is_session(seen.own_name()) {
        let expected = says::SESSION_RANDOM.said();
        faults.push(Fault::new("id", &seen.command.key.id, expected));
    }
    let order = ask.order_no.trim();
    if order.is_empty() || order.chars().count() > 60 || order.chars().any(char::is_control) {
        faults.push(Fault::new("orderNo", &ask.order_no, says::ORDER_NUMBER.said()));
    }
}
