//! Several servers on one database: one of them is killed each round while all are under load, the database itself is
//! restarted now and then, and what is left is audited as that of one.

use super::audit::audit;
use super::lane::{Lane, Servers};
use super::{Arguments, LONGEST_LIFE, Totals, kill, prepare, start, under_load, verify};
use crate::{Failure, Space};
use clearance::sample::Numbers;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use store::postgres::{Options, schema};

/// How long after a killed server its work is taken over for sure: its lease ends, and the others look every second.
const TAKEN_OVER: Duration = Duration::from_secs(40);

/// Runs the test on a database.
pub fn run(arguments: &Arguments, folder: &Path) -> Result<bool, Failure> {
    let database = arguments.database.as_deref().unwrap_or_default();
    let name = format!("crash_test_{}", std::process::id());
    let key = folder.join("space.key");
    let mut options = Options::new(database, key.clone());
    options.schema.clone_from(&name);
    crate::runtime()?.block_on(schema::migrate(&options))?;
    let space = Space::database(database, &name, key);
    let tokens = prepare(&space)?;
    let mut lanes = Vec::new();
    for index in 0..arguments.senders.max(1) {
        lanes.push(Lane::new(arguments.seed, index, folder)?);
    }
    let bar = indicatif::ProgressBar::new(u64::from(arguments.rounds));
    let mut draw = Numbers::new(arguments.seed, 0xF1EE);
    let servers = Servers::default();
    let mut fleet: Vec<Option<Child>> = Vec::new();
    for index in 0..arguments.servers as usize {
        let (child, address) = start(&space)?;
        servers.set(index, Some(address));
        fleet.push(Some(child));
    }
    let mut slowest = Duration::ZERO;
    let mut restarts = 0;
    under_load(&mut lanes, &servers, &tokens, false, || {
        for round in 1..=arguments.rounds {
            std::thread::sleep(Duration::from_millis(draw.below(LONGEST_LIFE)));
            let index = draw.below(fleet.len() as u64) as usize;
            if let Some(child) = fleet.get_mut(index).and_then(Option::take) {
                kill(child)?;
            }
            servers.set(index, None);
            if let Some(command) = arguments.restart_after(round) {
                shell(command)?;
                restarts += 1;
            }
            let started = Instant::now();
            let (child, address) = start_patiently(&space)?;
            slowest = slowest.max(started.elapsed());
            servers.set(index, Some(address));
            if let Some(place) = fleet.get_mut(index) {
                *place = Some(child);
            }
            // A server whose database was away too long has ended by itself: it is started again as an operator's would be.
            for (index, place) in fleet.iter_mut().enumerate() {
                let ended = match place {
                    Some(child) => child.try_wait()?.is_some(),
                    None => true,
                };
                if ended {
                    let (child, address) = start_patiently(&space)?;
                    servers.set(index, Some(address));
                    *place = Some(child);
                }
            }
            bar.inc(1);
        }
        Ok(())
    })?;
    bar.set_message("auditing");
    under_load(&mut lanes, &servers, &tokens, true, || Ok(()))?;
    // What the last to be killed left undone is done by the others.
    std::thread::sleep(TAKEN_OVER);
    for (index, place) in fleet.iter_mut().enumerate().skip(1) {
        if let Some(child) = place.take() {
            kill(child)?;
        }
        servers.set(index, None);
    }
    let mut faults = Vec::new();
    let (child, address) = start(&space)?;
    let audited = audit(folder, &lanes, &address, &tokens, &mut faults);
    kill(child)?;
    if let Some(child) = fleet.first_mut().and_then(Option::take) {
        kill(child)?;
    }
    let counts = audited?;
    let (found, derived) = verify(&space, false)?;
    faults.extend(found);
    faults.extend(lanes.iter().flat_map(|lane| lane.faults.iter().cloned()));
    bar.finish_and_clear();
    let totals = Totals { kills: arguments.rounds, restarts, counts, slowest, derived };
    Ok(totals.print(&lanes, &faults, arguments.json))
}

/// Starts a server; while the database is away it is tried again.
fn start_patiently(space: &Space) -> Result<(Child, String), Failure> {
    let began = Instant::now();
    loop {
        match start(space) {
            Ok(started) => return Ok(started),
            Err(failure) if began.elapsed() > Duration::from_secs(60) => return Err(failure),
            Err(_) => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}

/// Has something befall what the servers rest on, and waits until it is over.
pub fn shell(command: &str) -> Result<(), Failure> {
    let mut shell = Command::new("sh");
    let status = shell.args(["-c", command]).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command}: {status}").into()) }
}
