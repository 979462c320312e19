//! Credit of parties: what agencies, platforms and banks observed of one, with what this window sees of its declarations,
//! becomes a score. It is assessed again when an observation changes, and every day, because what is old counts less; a
//! record is written where score or grade are others than before. The reasons are made again for whoever asks.

use crate::Window;
use ::credit::{Assessment, Counted, Happened, Observation, Veto, assess as by_tables, derived};
use ::statistics::conduct;
use ceb::Day;
use clearance::Text;
use clearance::keys::Time;
use clearance::record::{Record, RecordKey, Register};
use clearance::rulebook::InspectionResults;
use register::credit::assessment::Body;
use register::credit::observation::{self, counts};
use register::{By, Command, Refusal};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Read, RecordSearch, StoreError};

/// Years of declarations that are looked at: what is older counts nearly nothing.
const YEARS: u32 = 3;
/// How often it is looked whether a day has begun.
const EVERY: Duration = Duration::from_secs(60);
/// How often parties are assessed again of whom the window counted something since.
const AGAIN: Duration = Duration::from_secs(600);
/// The source of an indicator that the window counts.
const BY_WINDOW: &str = "window";

/// What is known of a party.
pub struct Known {
    /// Its score.
    pub assessment: Assessment,
    /// The rulebook whose tables it was made with.
    pub rulebook: u32,
    /// What of it this window counted itself.
    pub seen: Vec<Observation>,
}

/// Whether anybody may be assessed now: figures of a part of the rows make another grade than figures of all, and a store that is
/// closed keeps none.
pub fn ready(window: &Window) -> bool {
    window.statistics.standing().complete && window.intake.closed().is_none()
}

/// Assesses whoever is observed once a day, and whoever something new is counted of soon after, until it is dropped.
pub async fn run(window: Window) {
    let (mut done, mut counted, mut looked) = (None, BTreeMap::new(), Instant::now());
    loop {
        let today = window.clock.now().day();
        let ready = ready(&window);
        if looked.elapsed() >= AGAIN && ready {
            if let Err(error) = renew_moved(&window, today, &mut counted).await {
                tracing::error!(%error, "credit is not assessed anew; it is tried again");
            }
            looked = Instant::now();
        }
        if done != Some(today) && ready {
            let renewed = match renew_all(&window).await {
                Ok(()) => crate::responsible::renew_all(&window).await,
                failed => failed,
            };
            match renewed {
                Ok(()) => done = Some(today),
                Err(error) => {
                    tracing::error!(%error, "credit is not assessed; it is tried again in a minute")
                }
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Assesses whoever the window has counted something of since it looked last: what it counted of the day is other than it was.
///
/// # Errors
/// When the store cannot be read.
pub async fn renew_moved(
    window: &Window,
    today: Day,
    counted: &mut BTreeMap<Text, (Day, u64)>,
) -> Result<(), StoreError> {
    let now: BTreeMap<Text, (Day, u64)> = {
        let standing = window.statistics.standing();
        let book = &standing.figures.conduct;
        let day = today.number();
        book.parties().map(|party| (party.clone(), (today, book.count_on(party, day)))).collect()
    };
    let moved = now.iter().filter(|(party, count)| count.1 > 0 && counted.get(*party) != Some(*count));
    let moved: BTreeSet<Text> = moved.map(|(party, _)| window.code_of(party)).collect();
    for subject in moved.into_iter().filter(|subject| window.filing(subject).is_some()) {
        renew(window, &subject).await?;
    }
    *counted = now;
    Ok(())
}

/// Assesses every party of which something is observed, or was counted here.
///
/// # Errors
/// When the store cannot be read.
pub async fn renew_all(window: &Window) -> Result<(), StoreError> {
    let mut subjects: BTreeSet<Text> = {
        let standing = window.statistics.standing();
        standing.figures.conduct.parties().map(|party| window.code_of(party)).collect()
    };
    subjects.retain(|subject| window.filing(subject).is_some());
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
    window.all_records(&search).await
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
    let reference = window.reference();
    let book = reference.current();
    let mut seen = seen(window, party, day);
    seen.retain(|one| {
        let mut rows = book.credit.indicators(day).filter(|row| row.indicator == one.indicator);
        // What others may observe too counts as they gave it, where they did: nothing is counted twice.
        let given = observations.iter().any(|given| given.indicator == one.indicator && given.day <= day);
        rows.any(|row| {
            row.sources.iter().any(|source| source == BY_WINDOW) && (row.sources.len() == 1 || !given)
        })
    });
    observations.extend(seen.iter().cloned());
    let assessment = by_tables(&book.credit, &observations, &vetoes, day);
    Ok(Known { assessment, rulebook: book.number, seen })
}

/// What this window sees of a party, month by month, up to a day: its lists with what became of them, and its conduct.
fn seen(window: &Window, party: &Text, day: Day) -> Vec<Observation> {
    let codes = window.names_of(party).0;
    let (to, from) = (day.number(), day.number().saturating_sub(YEARS * 10_000));
    let reference = window.reference();
    let results = &reference.current().inspections;
    let standing = window.statistics.standing();
    let mut counted = Vec::new();
    for (on, word, count) in standing.figures.conduct.of(&codes, (from, to)) {
        // Whether a question is answered in time is known when the day is over on which its answer is due.
        let waits = matches!(word, conduct::ASKED | conduct::ASK_WITHDRAWN | conduct::ANSWERED_IN_TIME);
        if waits && on == to {
            continue;
        }
        if let Some(what) = happened(word, on, results) {
            counted.push(Counted { month: on / 100, what, count });
        }
    }
    drop(standing);
    derived(counted, day)
}

/// What a word of conduct counts as; none = for nothing. Of what an inspection found, the table of its day says what counts.
fn happened(word: &str, day: u32, results: &InspectionResults) -> Option<Happened> {
    if let Some(found) = word.strip_prefix(conduct::FOUND) {
        let day = Day::from_number(day)?;
        let counts =
            |word: &str| word == conduct::FAILED || results.find(word, day).is_some_and(|row| row.credit);
        return found.split('+').any(counts).then_some(Happened::Found);
    }
    Some(match word {
        conduct::DECLARED => Happened::Declared,
        conduct::REJECTED => Happened::Rejected,
        conduct::COMPARED => Happened::Compared,
        conduct::MATCHED => Happened::Matched,
        conduct::INSPECTED => Happened::Inspected,
        conduct::BILL_OVERDUE => Happened::BillOverdue,
        conduct::DISPUTED => Happened::Disputed,
        conduct::DISPUTE_DROPPED => Happened::DisputeDropped,
        conduct::ASKED => Happened::Asked,
        conduct::ASK_WITHDRAWN => Happened::AskWithdrawn,
        conduct::ANSWERED_IN_TIME => Happened::AnsweredInTime,
        _ => return None,
    })
}

/// Assesses a party as of today and writes it down, where it came out otherwise than before.
///
/// # Errors
/// When the store cannot be read.
pub async fn renew(window: &Window, party: &Text) -> Result<(), StoreError> {
    let today = window.clock.now().day();
    let Known { assessment, rulebook, .. } = known(window, party, today).await?;
    let key = RecordKey::new(Register::CreditAssessment, party);
    let current = window.read.record(&key).await?;
    let body = body_of(&assessment, rulebook);
    // Of whom nothing is told there is nothing to write down.
    if current.is_none() && body.reasons.is_empty() && body.vetoes.is_empty() {
        return Ok(());
    }
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

/// The window, of whoever it assesses or looks at.
pub(crate) fn by(party: &Text) -> By {
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
    let mut found = window.all_records(&search).await?;
    found.retain(|record| register::credit::listing::Body::of(record).is_public(&record.state, now.day()));
    Ok(found)
}
