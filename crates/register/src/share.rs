//! Rules of sharing: which fields of which records one agency has of another, for which purpose, on which legal basis,
//! from when to when. Who wants the records proposes; who answers for them agrees.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, form, owner_of, read, stored, written};
use clearance::Text;
use clearance::party::Role;
use clearance::record::Record;
use exchange::given::NEEDED;
use exchange::{Dataset, Mask};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// States: proposed, refused, withdrawn, in-force, ended. The id is the receiver's code, a colon, its name of the rule.
pub const MOVES: &[Move] = &[
    Move::owner("propose", &["", "refused", "withdrawn", "ended"], "proposed").alone(),
    Move::owner("correct", &["proposed"], "proposed").alone(),
    Move::owner("withdraw", &["proposed"], "withdrawn").alone(),
    Move::giver("agree", &["proposed"], "in-force"),
    Move::giver("refuse", &["proposed"], "refused").explained(),
    Move::owner("end", &["in-force"], "ended").alone(),
    Move::giver("end", &["in-force"], "ended").explained(),
];

/// A rule of sharing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Share {
    /// Code of the agency that answers for the records.
    pub giver: String,
    /// Word of the dataset.
    pub dataset: String,
    /// Its version.
    pub schema: u32,
    /// Names of the fields that may be had; of lines as `lines.name`.
    pub fields: Vec<String>,
    /// Only records that have, in each of these fields, one of these texts.
    #[serde(default)]
    pub filter: BTreeMap<String, Vec<String>>,
    /// What for.
    pub purpose: String,
    /// On which law, regulation or agreement.
    pub legal_basis: String,
    /// Records of this day and later, yyyyMMdd.
    pub valid_from: String,
    /// Until this day, yyyyMMdd; none = until it is ended.
    #[serde(default)]
    pub valid_to: Option<String>,
    /// Whether a clearance that the receiver objects to, in its answer, is suspended.
    #[serde(default)]
    pub suspends: bool,
    /// Whether the receiver may ask for a record by its key and is answered at once: `also` beside having all of them, or
    /// `only`; none = he may not.
    #[serde(default)]
    pub queries: Option<String>,
}

/// Words of [`Share::queries`].
pub const QUERIES: &[&str] = &["also", "only"];

impl Share {
    /// The rule of a record.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether records are had by asking alone.
    pub fn is_asked_alone(&self) -> bool {
        self.queries.as_deref() == Some("only")
    }

    /// Whether a question for this purpose may be answered by it.
    pub fn answers(&self, purpose: &str) -> bool {
        self.queries.as_deref().is_some_and(|word| QUERIES.contains(&word))
            && self.purpose.trim() == purpose.trim()
    }

    /// How much of the dataset may be had.
    pub fn mask(&self) -> Mask {
        Mask { fields: self.fields.iter().cloned().collect(), filter: self.filter.clone() }
    }
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let receiver = owner_of(&command.key);
    let share: Share = match (step.action, seen.current) {
        ("propose" | "correct", _) | (_, None) => read(command.body.as_deref(), faults)?,
        (_, Some(record)) => stored(record),
    };
    // What was filed when it was proposed may have ended since.
    if matches!(step.action, "propose" | "correct" | "agree") {
        check(seen, &receiver, &share, faults);
    }
    let parties = vec![receiver, Text::from(share.giver.trim())];
    Some(Made { body: written(&share), parties, filing: None, seed: None })
}

fn check(seen: &Seen<'_>, receiver: &str, share: &Share, faults: &mut Vec<Fault>) {
    let today = seen.now.day();
    if seen.own_name().trim().is_empty() {
        faults.push(Fault::new("id", &seen.command.key.id, says::SHARE_ID.said()));
    }
    if !seen.acts_as(receiver, &[Role::Agency, Role::Bank, Role::Officer, Role::ZoneOperator]) {
        faults.push(Fault::new("id", receiver, says::AGENCY_FILED.said()));
    }
    let Some(dataset) = Dataset::from_word(&share.dataset) else {
        let known: Vec<&str> = Dataset::ALL.iter().map(|dataset| dataset.word()).collect();
        faults.push(Fault::new(
            "dataset",
            &share.dataset,
            says::ONE_OF.with(&[("words", &known.join(", "))]),
        ));
        return;
    };
    if share.schema != dataset.version() {
        let expected = says::SERVED_VERSION.with(&[("version", &dataset.version().to_string())]);
        faults.push(Fault::new("schema", &share.schema.to_string(), expected));
    }
    if !seen.acts_as(&share.giver, dataset.givers()) || seen.parties.same(&share.giver, receiver, today) {
        let roles: Vec<&str> = dataset.givers().iter().map(|role| role.word()).collect();
        let expected = says::ANOTHER_GIVER.with(&[("roles", &roles.join(", "))]);
        faults.push(Fault::new("giver", &share.giver, expected));
    }
    let fields = dataset.fields();
    if share.fields.is_empty() {
        faults.push(Fault::new("fields", "", says::A_FIELD_AT_LEAST.said()));
    }
    for name in &share.fields {
        if !fields.iter().any(|field| field.name == *name) {
            faults.push(Fault::new("fields", name, says::A_FIELD.said()));
        }
    }
    let lacks = |name: &&&str| !share.fields.iter().any(|field| field == **name);
    if dataset.is_filed() && !share.fields.is_empty() && NEEDED.iter().any(|name| lacks(&name)) {
        let missing: Vec<&str> = NEEDED.iter().filter(lacks).copied().collect();
        faults.push(Fault::new(
            "fields",
            "",
            says::RULE_TELLS_STANDING.with(&[("fields", &missing.join(", "))]),
        ));
    }
    if let Some(word) = share.queries.as_deref().filter(|word| !QUERIES.contains(word)) {
        faults.push(Fault::new("queries", word, says::ONE_OF.with(&[("words", &QUERIES.join(", "))])));
    }
    for (name, texts) in &share.filter {
        if name.contains('.') || !fields.iter().any(|field| field.name == *name) {
            faults.push(Fault::new("filter", name, says::A_HEAD_FIELD.said()));
        }
        if texts.is_empty() {
            faults.push(Fault::new("filter", name, says::A_TEXT_AT_LEAST.said()));
        }
    }
    for (path, text) in [("purpose", &share.purpose), ("legalBasis", &share.legal_basis)] {
        if text.trim().is_empty() {
            faults.push(Fault::new(path, "", says::GIVER_IS_TOLD.said()));
        }
    }
    let from = form::day("validFrom", &share.valid_from, faults);
    let to = share.valid_to.as_deref().map(|text| form::day("validTo", text, faults));
    if to.is_some_and(|last| last < from) {
        let last = share.valid_to.as_deref().unwrap_or_default();
        faults.push(Fault::new("validTo", last, says::NOT_BEFORE_FROM.said()));
    }
}
