//! What is recorded at a site besides scans: bags that are sealed and opened, gate lists, stocktakes, and the rest. The window looks
//! at what leaves on a list, and at what a stocktake differs in; that nothing held leaves is decided with the record
//! (`register::park::happening`).

use super::stock::differences;
use super::{AT_ONCE, Kept, Known, Recorded, TRIES, by_window, known, set_hold, used_number};
use crate::Window;
use crate::api::error::Problem;
use crate::api::registers::{command_of, invalid, refused};
use crate::auth::Caller;
use clearance::Text;
use clearance::passage::Passage;
use clearance::record::{Record, Register};
use register::park::bag::{self, Bag, Remark, SEALED};
use register::park::happening::{self, Happening, parcel_of};
use register::park::scan::Scan;
use register::{Fault, Refusal, owner_of, says};
use std::sync::Arc;
use store::{Read, RecordSearch};

/// Sealed bags of an operator that are looked at for a list, the newest.
const BAGS: usize = 500;

/// What somebody records, with its parcels named in full: at a site of one carrier a bare number is one of his.
pub fn named(site: &Kept, sent: &Happening) -> Happening {
    let mut named = sent.clone();
    if let [carrier] = site.applied.carriers.as_slice() {
        for parcel in named.parcels.iter_mut().filter(|parcel| !parcel.contains('/')) {
            *parcel = format!("{}/{}", carrier.trim(), parcel.trim());
        }
    }
    named
}

/// Records what happened at a site. Parcels that an X-ray suspects are held first: if this fails in between, they stay held.
pub async fn happened(
    window: &Window,
    caller: &Caller,
    site: &Kept,
    (number, sent): (&str, &Happening),
) -> Result<Recorded, Problem> {
    let key = happening::key(site.id(), number);
    let repeated = |record: Arc<Record>| match Happening::of(&record).sent() == *sent {
        true => Ok((record, true)),
        false => Err(used_number()),
    };
    if let Some(record) = window.read.record(&key).await? {
        return repeated(record);
    }
    for parcel in sent.suspects() {
        let note = format!("X-ray {number} at {}", site.id());
        set_hold(window, caller, &parcel, ("hold", &note), site.id(), None).await?;
    }
    let mut tries = TRIES;
    loop {
        let happening = looked_at(window, site, sent).await?;
        let body = serde_json::to_string(&happening).map_err(|_| Problem::internal())?;
        let said = (happening.action(), "");
        tries -= 1;
        match command_of(window, by_window(window, caller, key.clone(), 0, said, Some(body))).await? {
            Ok(record) => return Ok((record, false)),
            Err(Refusal::Outdated(record)) => return repeated(record),
            // A parcel was held, or a bag opened, in between: looked at again.
            Err(Refusal::Invalid(_)) if sent.kind == "gate-list" && tries > 0 => {}
            Err(refusal) => return Err(refused(&refusal, &[])),
        }
    }
}

/// What happened with what the window says of it.
async fn looked_at(window: &Window, site: &Kept, sent: &Happening) -> Result<Happening, Problem> {
    let mut happening = sent.clone();
    let mut wrong = Vec::new();
    for listed in &mut happening.bags {
        let bag = found(window, site, &listed.bag).await?;
        let (why, parcels) = sent.as_listed(bag.as_deref(), listed);
        let remark = |why: &str| Remark { bag: listed.bag.clone(), why: why.to_owned(), ..Remark::default() };
        wrong.extend(why.map(remark));
        listed.parcels = parcels;
    }
    // What is in the bags, too, stands once on a list.
    let faults = happening.content_faults();
    if !faults.is_empty() {
        return Err(invalid(&faults));
    }
    match happening.kind.as_str() {
        "gate-list" => {
            happening.stopped = wrong;
            if happening.leaves() {
                let parcels = of_list(&happening);
                happening.stopped.extend(stopped(window, site, &parcels).await?.1);
                if !happening.is_offline() && !happening.stopped.is_empty() {
                    return Err(invalid(&stopping(&happening)));
                }
            }
        }
        "stocktake" if !happening.parcels.is_empty() || !happening.bags.is_empty() => {
            happening.differences = wrong;
            let differences = differences(window, site, &happening).await?;
            happening.differences.extend(differences);
        }
        _ => {}
    }
    Ok(happening)
}

/// Each parcel of a list with the bag that it is in.
pub(super) fn of_list(happening: &Happening) -> Vec<(String, String)> {
    let loose = happening.parcels.iter().map(|parcel| (String::new(), parcel.clone()));
    let bagged = happening
        .bags
        .iter()
        .flat_map(|listed| listed.parcels.iter().map(|parcel| (listed.bag.clone(), parcel.clone())));
    loose.chain(bagged).collect()
}

/// Why a list of what leaves is not recorded: each parcel and bag that stays, where it stands.
fn stopping(happening: &Happening) -> Vec<Fault> {
    let path_of = |one: &Remark| {
        let mut bags = happening.bags.iter().enumerate();
        let within = bags.find(|(_, listed)| !one.bag.is_empty() && listed.bag == one.bag);
        let (before, parcels) = match within {
            Some((index, listed)) => (format!("bags[{}].", index + 1), &listed.parcels),
            None => (String::new(), &happening.parcels),
        };
        match parcels.iter().position(|parcel| *parcel == one.parcel) {
            Some(index) => format!("{before}parcels[{}]", index + 1),
            None => before.trim_end_matches('.').to_owned(),
        }
    };
    let fault = |one: &Remark| {
        if one.parcel.is_empty() {
            return Fault::new(&path_of(one), &one.bag, says::BAG_AS_SEALED.said());
        }
        let said = says::LIST_STOPPED.with(&[("parcel", &one.parcel), ("why", &one.why)]);
        Fault::new(&path_of(one), &one.parcel, said)
    };
    happening.stopped.iter().map(fault).collect()
}

/// The bag of a text as it is read at a site. Another operator's is told where all that is in it comes through here, and else
/// as one that is not there.
async fn found(window: &Window, site: &Kept, text: &str) -> Result<Option<Arc<Record>>, Problem> {
    let Some(key) = bag::key_at(site.id(), text) else { return Ok(None) };
    let record = window.read.record(&key).await?;
    let comes_through = |parcel: &String| parcel_of(parcel).is_some_and(|key| site.carries(&key.logistics));
    Ok(record.filter(|record| {
        let is_own = owner_of(&record.key) == owner_of(&site.record.key);
        is_own || Bag::of(record).parcels.iter().all(comes_through)
    }))
}

/// A bag as it is read at a site, with what in it does not pass there; none = no such bag comes through it.
pub async fn of_bag(
    window: &Window,
    site: &Kept,
    text: &str,
) -> Result<Option<(Arc<Record>, Vec<Remark>)>, Problem> {
    let Some(record) = found(window, site, text).await? else { return Ok(None) };
    let stopped = stopped(window, site, &in_no_bag(&Bag::of(&record))).await?.1;
    Ok(Some((record, stopped)))
}

/// Parcels of a bag by themselves.
fn in_no_bag(bag: &Bag) -> Vec<(String, String)> {
    bag.parcels.iter().map(|parcel| (String::new(), parcel.clone())).collect()
}

/// What is known of a parcel that comes through a site.
async fn known_at(window: &Window, site: &Kept, parcel: &str) -> Result<Option<Known>, Problem> {
    match parcel_of(parcel).filter(|key| site.carries(&key.logistics)) {
        Some(key) => known(window, &key).await,
        None => Ok(None),
    }
}

/// What of some parcels, each with the bag it is in, does not pass a site, and the gravest answer.
async fn stopped(
    window: &Window,
    site: &Kept,
    parcels: &[(String, String)],
) -> Result<(Passage, Vec<Remark>), Problem> {
    let (mut gravest, mut stopped) = (Passage::Pass, Vec::new());
    for some in parcels.chunks(AT_ONCE) {
        let each = some.iter().map(|(_, parcel)| known_at(window, site, parcel));
        let answers = futures_util::future::join_all(each).await;
        for ((bag, parcel), answer) in some.iter().zip(answers) {
            let answer = answer?;
            let passage = answer.as_ref().map_or(Passage::Hold, Known::passage);
            if passage != Passage::Pass {
                let why = answer.as_ref().map_or("unknown", Known::why).to_owned();
                stopped.push(Remark { parcel: parcel.clone(), bag: bag.clone(), why });
            }
            gravest = gravest.max(passage);
        }
    }
    Ok((gravest, stopped))
}

/// What a scan is answered whose number no parcel has: of a bag it is the gravest answer of what is in it.
pub(super) async fn judged(window: &Window, site: &Kept, scan: &mut Scan) -> Result<(), Problem> {
    scan.why = "unknown".to_owned();
    let Some(record) = found(window, site, &scan.parcel).await? else { return Ok(()) };
    let bag = Bag::of(&record);
    scan.bag = record.key.id.to_string();
    if record.state != SEALED {
        scan.why = "bag-unsealed".to_owned();
        return Ok(());
    }
    let (answer, stopped) = stopped(window, site, &in_no_bag(&bag)).await?;
    scan.answer = answer.word().to_owned();
    scan.why = stopped.first().map_or("released", |one| one.why.as_str()).to_owned();
    // What is looked at is taken out for it.
    if answer == Passage::Inspect {
        scan.look = clearance::passage::look(None).word().to_owned();
    }
    scan.seal = bag.seal;
    scan.parcels = bag.parcels;
    scan.stopped = stopped;
    Ok(())
}

/// Bags that hold nothing but parcels that may pass, with their seals; and whether these are all.
pub(super) async fn passing(
    window: &Window,
    site: &Kept,
    parcels: &[String],
) -> Result<(Vec<(String, String)>, bool), Problem> {
    let operator = owner_of(&site.record.key);
    let search = RecordSearch {
        register: Register::SiteBag,
        parties: Some(vec![operator]),
        states: vec![Text::from(SEALED)],
    };
    let (records, more) = window.read.records(&search, None, BAGS).await?;
    let mut bags = Vec::new();
    for record in records {
        // As it is now: lists are some seconds behind.
        let Some(record) = window.read.record(&record.key).await? else { continue };
        let bag = Bag::of(&record);
        let all = bag.parcels.iter().all(|parcel| parcels.binary_search(parcel).is_ok());
        if record.state == SEALED && all {
            bags.push((record.key.id.to_string(), bag.seal));
        }
    }
    bags.sort_unstable();
    Ok((bags, more.is_none()))
}
