//! Lists and the persons who answer for enterprises: what the window puts into a record of such persons, and which lists of other
//! enterprises reach one through them. It is looked at again as soon as a list or such a record changes, and every day. What
//! follows from it is a row of `credit_measures.csv`; who is responsible, and for what, is decided by whoever lists (`register`).

use crate::api::error::Problem;
use crate::api::registers::{self, invalid};
use crate::ingest::hashed;
use crate::{Window, credit};
use ceb::Day;
use clearance::Text;
use clearance::guard;
use clearance::identity::{check_citizen, mask_number};
use clearance::record::{Record, RecordKey, Register};
use clearance::standing::RED;
use register::credit::listing::{self, in_force};
use register::credit::responsible::{Body, Reach, Reached, Recorded};
use register::{Command, Fault, Refusal, says};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Read, RecordSearch, StoreError};

/// Characters of a citizen's number.
const CITIZEN: usize = 18;

/// Digits of a telephone at least: of fewer its mask would leave nearly all.
const DIGITS: usize = 7;

/// Puts the keys of persons and telephones into the command that records them, and masks their numbers. What is no such body is left to the
/// register, which says all that is wrong.
pub(crate) fn with_keys(window: &Window, body: &mut registers::Body) -> Result<(), Problem> {
    let Some(Ok(mut recorded)) = body.body.clone().map(serde_json::from_value::<Recorded>) else {
        return Ok(());
    };
    let mut faults = Vec::new();
    if !recorded.keys.is_empty() {
        faults.push(Fault::new("keys", "", says::WINDOW_WRITES_IT.said()));
    }
    if !recorded.telephones.is_empty() {
        faults.push(Fault::new("telephones", "", says::WINDOW_WRITES_IT.said()));
    }
    for (index, person) in recorded.persons.iter_mut().enumerate() {
        let number = person.number.trim().to_owned();
        let citizen = number.chars().count() != CITIZEN || check_citizen(&number).is_ok();
        // A masked number was copied from a record: of whom it is, nobody knows.
        if number.is_empty() || number.contains('*') || !citizen {
            let shown = mask_number(&number);
            let path = format!("persons[{index}].number");
            faults.push(Fault::new(&path, &shown, says::CITIZEN_NUMBER.said()));
        }
        recorded.keys.push(guard::person(&hashed(&window.read, "identity", &number)).to_string());
        person.number = mask_number(&number);
        let telephone = person.telephone.as_deref().unwrap_or_default().trim().to_owned();
        let digits = telephone.bytes().filter(u8::is_ascii_digit).count();
        if !telephone.is_empty() && (digits < DIGITS || telephone.contains('*')) {
            let path = format!("persons[{index}].telephone");
            faults.push(Fault::new(&path, &mask_number(&telephone), says::NOTED_TELEPHONE.said()));
        }
        recorded.telephones.push(hashed(&window.read, "telephone", &telephone).to_string());
        person.telephone = (!telephone.is_empty()).then(|| mask_number(&telephone));
    }
    if recorded.telephones.iter().all(String::is_empty) {
        recorded.telephones.clear();
    }
    if !faults.is_empty() {
        return Err(invalid(&faults));
    }
    body.body = serde_json::to_value(recorded).ok();
    Ok(())
}

/// Whether an office noted a telephone, by its keyed hash, as that of a person who answers for an enterprise, by his key. Nobody else
/// writes it down: what a person can show of himself with an order, whoever has his number shows as well.
///
/// # Errors
/// When the store cannot be read.
pub(crate) async fn has_noted(window: &Window, person: &Text, telephone: &Text) -> Result<bool, StoreError> {
    let known = all(window, Register::ResponsiblePersons, Some(person.clone()), &[]).await?;
    Ok(known.iter().any(|record| Body::of(record).has_noted(person, telephone)))
}

/// Looks again at what a change of a list, or of those who answer for an enterprise, reaches.
///
/// # Errors
/// When the store cannot be read.
pub(crate) async fn followed(window: &Window, record: &Record) -> Result<(), StoreError> {
    let mut parties = BTreeSet::new();
    match record.key.register {
        Register::CreditList => {
            for person in listing::Body::of(record).persons {
                for of in all(window, Register::ResponsiblePersons, Some(person.into()), &[]).await? {
                    parties.insert(of.key.id.clone());
                }
            }
        }
        _ => {
            parties.insert(record.key.id.clone());
        }
    }
    for party in parties {
        renew(window, &party).await?;
    }
    Ok(())
}

/// Looks at every enterprise that somebody answers for: lists begin and end by the day.
///
/// # Errors
/// When the store cannot be read.
pub async fn renew_all(window: &Window) -> Result<(), StoreError> {
    for record in all(window, Register::ResponsiblePersons, None, &[]).await? {
        renew(window, &record.key.id).await?;
    }
    Ok(())
}

/// Records of a register, of all or of those that somebody finds.
async fn all(
    window: &Window,
    register: Register,
    of: Option<Text>,
    states: &[&'static str],
) -> Result<Vec<Arc<Record>>, StoreError> {
    let states = states.iter().map(|state| Text::from(*state)).collect();
    let search = RecordSearch { register, parties: of.map(|code| vec![code]), states };
    window.all_records(&search).await
}

/// Lists in force today of other enterprises, for which somebody is responsible who answers for this one.
async fn reaching(
    window: &Window,
    party: &Text,
    body: &Body,
    today: Day,
) -> Result<Vec<Reached>, StoreError> {
    let mut found = BTreeSet::new();
    for (_, key) in body.on(today) {
        for record in all(window, Register::CreditList, Some(key.into()), listing::IN_FORCE).await? {
            let says = in_force(&record).filter(|says| says.holds(today) && says.standing != RED);
            let named = listing::Body::of(&record).persons.iter().any(|person| person == key);
            let Some(says) = says.filter(|_| named && record.key.id != *party) else { continue };
            found.insert(Reached {
                list: says.standing.to_string(),
                party: record.key.id.to_string(),
                person: key.to_owned(),
                valid_from: says.from.number().to_string(),
                valid_to: says.to.map(|to| to.number().to_string()).unwrap_or_default(),
            });
        }
    }
    Ok(found.into_iter().collect())
}

/// Looks at what reaches an enterprise, and writes it down where it is otherwise than before.
async fn renew(window: &Window, party: &Text) -> Result<(), StoreError> {
    let key = RecordKey::new(Register::ResponsiblePersons, party);
    let Some(record) = window.read.record(&key).await? else { return Ok(()) };
    let body = Body::of(&record);
    let reached = reaching(window, party, &body, window.clock.now().day()).await?;
    if reached == body.reached {
        return Ok(());
    }
    let command = Command {
        key,
        version: record.version,
        action: "reach".into(),
        by: credit::by(party),
        note: String::new(),
        body: serde_json::to_string(&Reach { reached }).ok(),
    };
    match window.pipeline.command(command).await {
        // Another looked meanwhile.
        Some(Ok(_) | Err(Refusal::Outdated(_))) | None => {}
        Some(Err(refusal)) => tracing::error!(?refusal, "what reaches an enterprise was not recorded"),
    }
    Ok(())
}
