//! `onewindow conservation-test`: random life of the bonded books of two holders in two parks, on a store that crashes, loses commits
//! and leaves them unknown. After every operation what the window shows of the stocks that it touched is held against what their movements
//! add up to and against what they must be; now and then all movements are exported through the public interface and added up anew.
//!
//! Who adds up is `audit::books`, which reads files and shares no code with the ledger, the books or the judgement; what must be is
//! `expected`, by the rules of docs/bonded-books.md. Lists of imports and of exports take from the same shelves.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

mod abroad;
mod documents;
mod expected;
mod exported;
mod life;
mod trades;
mod zone;

use crate::Failure;
use life::Life;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Arguments of `conservation-test`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Operations.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    operations: u64,
    /// Seed of everything: the same seed does the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Operations between two exports of all movements; a tenth of all unless said.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    export_every: Option<u64>,
    /// Folder for the space and the exported files, new; a temporary one in memory unless named.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Operations between two crashes at rest, on average; the store fails in the midst of commits besides.
const CRASH_EVERY: usize = 400;
/// Where nothing is written to a disk.
const MEMORY: &str = "/dev/shm";

impl Life {
    /// Somebody does something.
    async fn operation(&mut self) -> Result<(), Failure> {
        // What a count holds up goes on soon.
        let counts = self.counting.iter().any(Option::is_some);
        if counts && self.below(4) == 0 {
            return self.stocktake().await;
        }
        if self.below(CRASH_EVERY) == 0 {
            let (book, item) = (self.below(2), self.below(self.items.len()));
            self.touched.insert((book, item));
            self.count("crash", true);
            return self.zone.crash().await;
        }
        match self.draw.below(132) {
            0..=19 => self.come_in().await,
            20..=34 => self.sale().await,
            35..=46 => self.leave().await,
            47..=51 => self.desk().await,
            52..=56 => self.come_back().await,
            57..=72 => self.take().await,
            73..=84 => self.resolve().await,
            85..=95 => self.receive().await,
            96..=98 => self.stocktake().await,
            99..=100 => self.again().await,
            101..=104 => self.list_again().await,
            105..=114 => self.export().await,
            115..=122 => self.go_abroad().await,
            123..=126 => self.desk_abroad().await,
            127..=129 => self.come_back_from_abroad().await,
            _ => self.export_again().await,
        }
    }
}

/// What a test came to.
struct Totals {
    seed: u64,
    done: u64,
    movements: usize,
    exports: u64,
    openings: u64,
    seconds: u64,
    counts: Vec<(&'static str, life::Count)>,
    faults: Vec<String>,
}

impl Totals {
    fn json(&self) -> Value {
        let counts = self.counts.iter().map(|(operation, count)| {
            ((*operation).to_owned(), json!({"done": count.done, "refused": count.refused}))
        });
        json!({
            "clean": self.faults.is_empty(), "seed": self.seed, "operations": self.done, "movements": self.movements,
            "exports": self.exports, "openedAgain": self.openings, "seconds": self.seconds,
            "byOperation": counts.collect::<serde_json::Map<_, _>>(), "faults": self.faults,
        })
    }

    fn print(&self) {
        println!(
            "seed {}: {} operations, {} movements, exported {} times, opened again {} times, {} s",
            self.seed, self.done, self.movements, self.exports, self.openings, self.seconds
        );
        for (operation, count) in &self.counts {
            println!("{operation:>20}  {:>9} done  {:>9} refused", count.done, count.refused);
        }
        for fault in &self.faults {
            println!("fault after operation {}: {fault}", self.done);
        }
        println!("{}", if self.faults.is_empty() { "everything is there" } else { "it does not add up" });
    }
}

async fn live(arguments: &Arguments, folder: &Path) -> Result<Totals, Failure> {
    let (started, all) = (Instant::now(), arguments.operations);
    let every = arguments.export_every.unwrap_or_else(|| all.div_ceil(10));
    let bar = indicatif::ProgressBar::new(all).with_message(format!("seed {}", arguments.seed));
    let mut life = Life::begin(folder, arguments.seed).await?;
    let (mut done, mut exports, mut movements) = (0, 0, 0);
    while done < all {
        done += 1;
        let clean = life.step(done).await.map_err(|error| format!("operation {done}: {error}"))?;
        bar.inc(1);
        if !clean || done == all || done.is_multiple_of(every) {
            exports += 1;
            movements = life.audit(folder).await?;
        }
        if !life.faults.is_empty() {
            break;
        }
    }
    bar.finish_and_clear();
    let counts = life.counts.iter().map(|(operation, count)| (*operation, *count)).collect();
    let mut faults = std::mem::take(&mut life.faults);
    let openings = life.close();
    // What is left on the disk is whole, whatever happened.
    let data = folder.join("data");
    let key = store::MasterKey::default_path(&data);
    let report = store::sqlite::verify::verify(&data, &key, &mut |_| {})?;
    faults.extend(report.faults.into_iter().map(|(number, what)| format!("verify, row {number}: {what}")));
    let seconds = started.elapsed().as_secs();
    Ok(Totals { seed: arguments.seed, done, movements, exports, openings, seconds, counts, faults })
}

/// Runs the command. Falls short when anything was lost, doubled, or taken that was not there.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let temporary =
        if Path::new(MEMORY).is_dir() { tempfile::tempdir_in(MEMORY)? } else { tempfile::tempdir()? };
    let folder = arguments.folder.clone().unwrap_or_else(|| temporary.path().to_path_buf());
    std::fs::create_dir_all(&folder)?;
    let totals = crate::runtime()?
        .block_on(live(arguments, &folder))
        .map_err(|error| format!("seed {}: {error}", arguments.seed))?;
    if arguments.json {
        println!("{}", totals.json());
    } else {
        totals.print();
    }
    Ok(totals.faults.is_empty())
}
