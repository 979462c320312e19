//! Lists of credit as agencies are given them: each decision on one and whatever becomes of it. Where it comes from
//! is a record of a register, which `register` reads; who responsible persons are is not told.

use crate::Shared;
use crate::catalogue::{FieldKind, Own};
use clearance::Text;
use serde_json::{Map, Value};

/// Lists, and what may become of one after the decision: the words of the register.
const LISTS: [&str; 3] = ["red", "attention", "black"];
const STATES: [&str; 6] = ["listed", "appealed", "repair-asked", "repaired", "revoked", "ended"];

pub(crate) const CREDIT_LISTS: [Own; 11] = [
    ("party", FieldKind::Text, true, "code of the enterprise"),
    ("version", FieldKind::Whole, true, "version of its record: the newest counts"),
    ("list", FieldKind::Choice(&LISTS), true, "the list"),
    ("state", FieldKind::Choice(&STATES), true, "what became of the decision"),
    ("inForce", FieldKind::Truth, true, "whether it has its consequences, between its days"),
    ("validFrom", FieldKind::Day, true, "first day"),
    ("validTo", FieldKind::Day, true, "last day"),
    ("repairFrom", FieldKind::Day, true, "day from which repair may be asked for"),
    ("published", FieldKind::Truth, true, "whether everybody may read it"),
    ("legalBasis", FieldKind::Text, true, "what it rests on"),
    ("time", FieldKind::Time, true, "when it became so"),
];

/// A list after a move.
#[derive(Clone, Debug)]
pub struct CreditListed<'a> {
    /// Whose.
    pub party: &'a str,
    /// Version of the record.
    pub version: u32,
    /// The list.
    pub list: &'a str,
    /// The state of the record.
    pub state: &'a str,
    /// Whether it has its consequences.
    pub in_force: bool,
    /// First and last day, and that of repair.
    pub days: [&'a str; 3],
    /// Whether everybody may read it.
    pub published: bool,
    /// What it rests on.
    pub legal_basis: &'a str,
    /// When, as 17 digits.
    pub time: &'a str,
}

/// What it gives; none where nothing was decided yet, or the notice was dropped.
pub fn of_credit_list(listed: &CreditListed<'_>) -> Option<Shared> {
    if !STATES.contains(&listed.state) {
        return None;
    }
    let [from, to, repair] = listed.days;
    let values: [(&str, Value); 11] = [
        ("party", listed.party.into()),
        ("version", listed.version.into()),
        ("list", listed.list.into()),
        ("state", listed.state.into()),
        ("inForce", listed.in_force.into()),
        ("validFrom", from.into()),
        ("validTo", to.into()),
        ("repairFrom", repair.into()),
        ("published", listed.published.into()),
        ("legalBasis", listed.legal_basis.into()),
        ("time", listed.time.into()),
    ];
    Some(Shared {
        subject: listed.party.to_owned(),
        named_by: &["party"],
        parties: vec![Text::from(listed.party)],
        values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
    })
}
