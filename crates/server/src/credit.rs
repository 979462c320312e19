//! Credit of parties: what agencies, platforms and banks observed of one, with what this window sees of its declarations,
//! becomes a score. It is assessed again when an observation changes, and every day, because what is old counts less; a
//! record is written where score or grade are others than before. The reasons are made again for whoever asks.

use crate::Window;
use ::credit::{Assessment, Observation, Value, Veto, assess as by_tables};
use ::statistics::Table;
use ::statistics::view::{Asked, Dimension, Whose, lines};
use ceb::Day;
use clearance::Text;
use clearance::keys::Time;
use clearance::record::{Record, RecordKey, Register};
use register::credit::assessment::Body;
use register::credit::observation::{self, counts};
use register::{By, Command, Refusal};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use store::{Read, RecordSearch, StoreError};

/// Records read in one go.
const AT_A_TIME: usize = 500;
/// Years of declarations that are looked at: what is older counts nearly nothing.
const YEARS: u32 = 3;
/// How often it is looked whether a day has begun.
const EVERY: Duration = Duration::from_secs(60);

/// What is known of a party.
pub struct Known {
    /// Its score.
    pub assessment: Assessment,
    /// The rulebook whose tables it was made with.
    pub rulebook: u32,
}

/// Assesses whoever is observed once a day, until it is dropped.
pub async fn run(window: Window) {
    let mut done = None;
    loop {
        let today = window.clock.now().day();
        if done != Some(today) && window.intake.closed().is_none() {
            match renew_all(&window).await {
                Ok(()) => done = Some(today),
                Err(error) => {
                    tracing::error!(%error, "credit is not assessed; it is tried again in a minute")
                }
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Assesses every party of which something is observed.
///
/// # Errors
/// When the store cannot be read.
pub async fn renew_all(window: &Window) -> Result<(), StoreError> {
    let mut subjects = BTreeSet::new();
    for record in records(window, None).await? {
        subjects.insert(Text::from(observation::Body::of(&record).observed.subject.as_str()));
    }
    for subject in subjects {
        renew(window, &subject).await?;
    }
    Ok(())
}

/// Records of observations, of one party or of all.
async fn records(window: &Window, of: Option<&Text>) -> Result<Vec<Arc<Record>>, StoreError> {
    let parties = of.map(|code| vec![code.clone()]);
    let search = RecordSearch { register: Register::CreditObservation, parties, states: Vec::new() };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (records, next) = window.read.records(&search, after, AT_A_TIME).await?;
        found.extend(records);
        after = next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// The score of a party as of a day, by the tables that are in force now.
///
/// # Errors
/// When the store cannot be read.
pub async fn known(window: &Window, party: &Text, day: Day) -> Result<Known, StoreError> {
    let (mut observations, mut vetoes): (Vec<Observation>, Vec<Veto>) = (Vec::new(), Vec::new());
    for record in records(window, Some(party)).await? {
        // A source finds its own observations of others under its name too.
        if observation::Body::of(&record).observed.subject != party.as_str() {
            continue;
        }
        match counts(&record) {
            Some(Ok(observation)) => observations.push(observation),
            Some(Err(veto)) => vetoes.push(veto),
            None => {}
        }
    }
    observations.extend(seen(window, party, day));
    let reference = window.reference();
    let book = reference.current();
    let assessment = by_tables(&book.credit, &observations, &vetoes, day);
    Ok(Known { assessment, rulebook: book.number })
}

/// What this window sees of a party's declarations: month by month, how many of them were rejected.
fn seen(window: &Window, party: &Text, day: Day) -> Vec<Observation> {
    let codes = window.names_of(party).0;
    let (to, from) = (day.number(), day.number() - YEARS * 10_000);
    let by = vec![Dimension::Month, Dimension::Second];
    let asked = Asked { table: Table::PartyFlow, from, to, by };
    let told = lines(&window.statistics.standing().figures, &asked, &Whose::Party(codes));
    let mut months: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for line in told {
        let ([month, step], Some(measure)) = (line.parts.as_slice(), line.measure) else { continue };
        let Ok(month) = month.parse() else { continue };
        let (rejected, declared) = months.entry(month).or_default();
        match step.as_str() {
            "declared" => *declared += measure.count,
            "rejected" => *rejected += measure.count,
            _ => {}
        }
    }
    // One that was declared at the end of a month may be rejected in the next.
    let of_month = |(month, (rejected, declared)): (u32, (u64, u64))| {
        let last = Day::from_number(month * 100 + 28).filter(|last| *last <= day).unwrap_or(day);
        (declared > 0).then(|| Observation {
            id: format!("window:declarations_rejected:{month}").into(),
            indicator: Text::const_new("declarations_rejected"),
            day: last,
            value: Value::Ratio { part: rejected.min(declared), whole: declared },
            contested: false,
        })
    };
    months.into_iter().filter_map(of_month).collect()
}

/// Assesses a party as of today and writes it down, where it came out otherwise than before.
///
/// # Errors
/// When the store cannot be read.
pub async fn renew(window: &Window, party: &Text) -> Result<(), StoreError> {
    let today = window.clock.now().day();
    let Known { assessment, rulebook } = known(window, party, today).await?;
    let key = RecordKey::new(Register::CreditAssessment, party);
    let current = window.read.record(&key).await?;
    let body = body_of(&assessment, rulebook);
    let same = current.as_ref().is_some_and(|record| {
        let before = Body::of(record);
        (before.score, before.grade) == (body.score, body.grade.clone())
    });
    if same {
        return Ok(());
    }
    let command = Command {
        key,
        version: current.map_or(0, |record| record.version),
        action: "assess".into(),
        by: by(party),
        note: String::new(),
        body: serde_json::to_string(&body).ok(),
    };
    match window.pipeline.command(command).await {
        // Another assessed it meanwhile.
        Some(Ok(_) | Err(Refusal::Outdated(_))) | None => Ok(()),
        Some(Err(refusal)) => {
            tracing::error!(?refusal, "an assessment was not recorded");
            Ok(())
        }
    }
}

fn by(party: &Text) -> By {
    By { codes: vec![party.clone()], ..By::of_window("credit") }
}

fn body_of(assessment: &Assessment, rulebook: u32) -> Body {
    let told = assessment.readings.iter().filter(|reading| reading.weight > 0);
    let veto =
        |(veto, last): &(Veto, Day)| (veto.veto.to_string(), veto.id.to_string(), last.number().to_string());
    Body {
        day: assessment.day.number().to_string(),
        score: assessment.score,
        grade: assessment.grade.as_ref().map(Text::to_string),
        by_score: assessment.by_score.as_ref().map(Text::to_string),
        known: assessment.known,
        rulebook,
        reasons: told.map(|one| (one.indicator.to_string(), one.points, one.gives)).collect(),
        vetoes: assessment.vetoes.iter().map(veto).collect(),
    }
}

/// Parties that stand on a list that everybody may read of.
///
/// # Errors
/// When the store cannot be read.
pub async fn published(window: &Window, now: Time) -> Result<Vec<Arc<Record>>, StoreError> {
    let states = ["listed", "appealed", "repair-asked"].into_iter().map(Text::const_new).collect();
    let search = RecordSearch { register: Register::CreditList, parties: None, states };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (records, next) = window.read.records(&search, after, AT_A_TIME).await?;
        found.extend(records.into_iter().filter(|record| {
            register::credit::listing::Body::of(record).is_public(&record.state, now.day())
        }));
        after = next;
        if after.is_none() {
            return Ok(found);
        }
    }
}
