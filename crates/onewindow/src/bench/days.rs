//! Days on end: the same window, embedded, with a clock that goes from day to day, and rules that read every kind of window. What a
//! declaration costs and how much memory is taken is told day by day: neither may grow with the days.

use super::measure::{self, Manner, STEPS};
use super::messages::{ARRIVING, Mode, Tape, Traffic};
use super::send::GENERATOR;
use crate::process::{folder_bytes, resident_memory_kib};
use crate::{Failure, Space, risk, space};
use clearance::Rulebook;
use clearance::keys::Time;
use clearance::sample;
use serde_json::{Value, json};
use server::Window;
use server::clock::Clock;
use server::window::Published;
use std::fmt::Write as _;
use std::path::Path;
use store::ChosenStore;
use tokio::runtime::Runtime;

const DAY_MILLIS: i64 = 86_400_000;

/// Rules, and the facts over windows that they read.
pub const RULES: (usize, usize) = (200, 60);

/// A day that was lived through.
pub struct Day {
    /// Its number, from 1.
    number: i64,
    /// Declarations until its end, from the first day on.
    declarations: u64,
    /// Of them refused or lost: none should be.
    amiss: u64,
    /// Declarations of the day that the draw or a rule held: each of them stays in memory until an officer decides.
    held: u64,
    /// Processor time of the window a declaration, microseconds.
    server_micros: u64,
    /// Loading and judging by the clock, a declaration, microseconds.
    load_micros: u64,
    decide_micros: u64,
    /// Resident memory at its end, and at most during it, MiB.
    resident_mib: u64,
    peak_mib: u64,
    /// Bytes on disk.
    disk: u64,
}

/// The days of a run.
pub struct Days {
    days: Vec<Day>,
}

/// Lives through days in a folder that is not there yet.
///
/// # Errors
/// When the store cannot be opened or written, or the folder is there.
pub fn live(
    runtime: &Runtime,
    folder: &Path,
    (count, declarations, batch): (i64, u64, u64),
    manner: Manner,
) -> Result<Days, Failure> {
    if folder.exists() {
        return Err("the days begin in a folder of their own, and this one is there already".into());
    }
    let space::Place::Folder(place, options) = Space::folder(folder.to_path_buf(), None).place()? else {
        return Err("days are lived in a folder".into());
    };
    let today = Clock::Real.now();
    let clock = Clock::simulated(Time(today.0 - count * DAY_MILLIS));
    let (store, control) = server::window::embedded(&place, &options, &mut |_| {})?;
    let store = ChosenStore::Embedded(Box::new(store));
    let failed = |error| tracing::error!(%error, "the days cannot be written");
    let (window, writer) = runtime.block_on(Window::open(store, control, clock.clone(), failed))?;
    runtime.block_on(prepared(&window))?;
    let bar = indicatif::ProgressBar::new(count as u64).with_message("days");
    let mut days = Vec::new();
    for number in 1..=count {
        clock.set(Time(today.0 - (count - number) * DAY_MILLIS));
        let now = clock.now();
        let seed = (now.0 as u64).wrapping_mul(1000);
        let tape = Tape::record(&Traffic {
            seed,
            declarations,
            batch,
            arriving: ARRIVING,
            mode: Mode::Direct,
            signed: None,
            now,
        })?;
        let measured = measure::measure(runtime, &window, tape, manner)?;
        let per = |micros: u64| micros / measured.declarations.max(1);
        let step = |name: &str| {
            let at = STEPS.iter().position(|step| *step == name).unwrap_or_default();
            per(measured.steps.get(at).map_or(0, server::histogram::Counted::micros))
        };
        let of_server = measured.processor.iter().filter(|(name, _)| *name != GENERATOR);
        days.push(Day {
            number,
            declarations: number as u64 * declarations,
            amiss: measured.fate.refused + measured.lost(),
            held: measured.fate.held,
            server_micros: per(of_server.map(|(_, spent)| *spent).sum()),
            load_micros: step("load"),
            decide_micros: step("decide"),
            resident_mib: resident_memory_kib() / 1024,
            peak_mib: measured.peak_mib,
            disk: folder_bytes(folder),
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    window.pipeline.close();
    drop(window);
    writer.join().map_err(|_| "the days ended too early")?;
    Ok(Days { days })
}

/// Files the parties of the traffic, and publishes rules that read every kind of window and seldom hit.
async fn prepared(window: &Window) -> Result<(), Failure> {
    window.file_all(sample::filings(), "bench").await;
    let mut tables = Rulebook::built_in_tables();
    let (rules, windows) = RULES;
    let table = ("risk_rules.csv".to_owned(), risk::rules::table(rules, windows));
    tables.retain(|(name, _)| *name != table.0);
    tables.push(table);
    match window.publish(&tables, "bench").await? {
        Published::Number(_) | Published::InForce(_) => Ok(()),
        Published::Faults(faults) => Err(faults.first().map_or_else(String::new, ToString::to_string).into()),
        Published::Overtaken(_) | Published::Closed => Err("the rules were not published".into()),
    }
}

impl Days {
    /// Whether everything came and cleared.
    pub fn all_came(&self) -> bool {
        self.days.iter().all(|day| day.amiss == 0)
    }

    /// As a table.
    pub fn table(&self) -> String {
        let mut out = String::from(
            " day  declarations   held  server µs  load µs  decide µs  memory MiB  peak MiB  disk MiB\n",
        );
        for day in &self.days {
            let _ = writeln!(
                out,
                "{:>4} {:>13} {:>6} {:>10} {:>8} {:>10} {:>11} {:>9} {:>9}",
                day.number,
                day.declarations,
                day.held,
                day.server_micros,
                day.load_micros,
                day.decide_micros,
                day.resident_mib,
                day.peak_mib,
                day.disk >> 20
            );
        }
        out
    }

    /// As one JSON object.
    pub fn json(&self) -> Value {
        let days = self.days.iter().map(|day| {
            json!({
                "day": day.number, "declarations": day.declarations, "amiss": day.amiss, "held": day.held,
                "serverMicros": day.server_micros, "loadMicros": day.load_micros, "decideMicros": day.decide_micros,
                "residentMiB": day.resident_mib, "peakMiB": day.peak_mib, "diskBytes": day.disk,
            })
        });
        json!({"rules": RULES.0, "windows": RULES.1, "days": days.collect::<Vec<_>>()})
    }
}
