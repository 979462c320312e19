//! `onewindow bench`: declarations a second, end to end from XML bytes to durable receipts, with the load generator on
//! the same machine. Four documents a declaration, and the site's arrival for every hundred. Here is the plan of a run:
//! which store is measured when; how it is said is docs/speed.md.
#![expect(clippy::print_stdout, reason = "the answer of the command")]
#![expect(clippy::print_stderr, reason = "what a person should know of a figure")]

mod addresses;
mod client;
mod days;
mod furnished;
mod limits;
mod matrix;
mod measure;
mod messages;
mod pages;
mod physical;
mod places;
mod plot;
mod report;
mod send;
mod sharing;

use crate::{Failure, Space};
use matrix::Way;
use measure::Manner;
use messages::{Mode, Signed, Tape, Traffic};
use physical::{Physical, Sizes};
use places::Place;
use report::{Point, Record, Report};
use serde_json::{Value, json};
use server::clock::Clock;
use sharing::Sharing;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Groups of trades that each connection needs for a rate that is worth something.
const FEW: usize = 8;

/// The name of the server's threads: what they cost is told from what the generator costs.
const SERVER: &str = "server";

/// Arguments of `bench`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Declarations stored before the measurement.
    #[arg(long, default_value_t = 0)]
    stored: u64,
    /// Measure at each of these volumes, in ascending order and in one folder, filled up in between.
    #[arg(long, value_name = "N,…", value_delimiter = ',', conflicts_with = "stored")]
    curve: Vec<u64>,
    /// Declarations that the data folder or database holds already.
    #[arg(long, default_value_t = 0, value_name = "N")]
    held: u64,
    /// Declarations measured.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..))]
    declarations: u64,
    /// Declarations sent before them and not counted.
    #[arg(long, default_value_t = 0, value_name = "N")]
    warm_up: u64,
    /// Documents in a message, 1 to 100; several are measured one after the other.
    #[arg(long, default_value = "100", value_name = "N,…", value_delimiter = ',', value_parser = clap::value_parser!(u64).range(1..=100))]
    batch: Vec<u64>,
    /// Measure each so many times; the table has the median.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100))]
    repeat: u64,
    /// Over HTTP on the loopback, instead of in process.
    #[arg(long)]
    http: bool,
    /// Measure every way in one run: in process and over HTTP, one document a message and a hundred, unsigned and signed with RSA and
    /// SM2.
    #[arg(long, conflicts_with_all = ["http", "batch", "signed", "pages", "days"])]
    matrix: bool,
    /// Connections, or senders at a time in process.
    #[arg(long, visible_alias = "senders", default_value_t = 64, value_name = "N", value_parser = connections)]
    connections: usize,
    /// Trades whose parcels one arrival names, with one document a message: so many of a connection wait for it.
    #[arg(long, default_value_t = messages::ARRIVING, value_name = "N", value_parser = arriving)]
    arriving: usize,
    /// Open loop: declarations a second by schedule, latency from the moment when a message was due. Without it, every
    /// connection sends as soon as it has its answer (closed loop).
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u64).range(1..))]
    rate: Option<u64>,
    /// What is sold; both are measured in turns, and one told beside the other.
    #[arg(long, value_enum, value_name = "MODE,…", value_delimiter = ',', default_value = "direct")]
    mode: Vec<Mode>,
    /// Sign every message, and verify it.
    #[arg(long, value_enum)]
    signed: Option<Signed>,
    /// Data folder; a temporary one unless named.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Measure the store on this PostgreSQL instead of the embedded one. The space is a schema of its own, which stays.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Measure both stores, in turns.
    #[arg(long, requires = "database")]
    compare: bool,
    /// Measure each also while what customs shares with seven agencies is sent to them, in turns; they are on this machine
    /// too, and what they cost is told apart.
    #[arg(long)]
    sharing: bool,
    /// Measure, in place of sending, how long each page of the portal takes at the volume stored, asked for so many times
    /// (200 unless said), as each role finds it. Users, exports, shares and parks are added to the store for it.
    #[arg(long, value_name = "ROUNDS", num_args = 0..=1, default_missing_value = "200", conflicts_with_all = ["curve", "physical", "sharing", "plot", "compare"], value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pages: Option<u64>,
    /// Measure day after day, on a clock of its own and under rules that read every kind of window: what a declaration costs and
    /// how much memory is taken at the end of each. In a folder that is not there yet.
    #[arg(long, value_name = "DAYS", num_args = 0..=1, default_missing_value = "30", conflicts_with_all = ["curve", "stored", "held", "pages", "physical", "sharing", "plot", "compare", "database"], value_parser = clap::value_parser!(i64).range(1..=366))]
    days: Option<i64>,
    /// Measure what this machine can do at most, and say how far each step is from it.
    #[arg(long)]
    physical: bool,
    /// Draw throughput and latencies as SVG.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn connections(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=10_000).contains(number));
    number.ok_or_else(|| "connections are 1 to 10000".to_owned())
}

fn arriving(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=100).contains(number));
    number.ok_or_else(|| "an arrival names 1 to 100 parcels".to_owned())
}

impl Arguments {
    fn volumes(&self) -> Vec<u64> {
        let mut volumes = if self.curve.is_empty() { vec![self.stored] } else { self.curve.clone() };
        volumes.sort_unstable();
        volumes
    }

    fn places(&self, folder: &Path) -> Vec<Place> {
        let mut places = Vec::new();
        if self.database.is_none() || self.compare {
            places.push(Place::folder(folder, self.held));
        }
        if let Some(url) = &self.database {
            let key = folder.with_extension("postgresql.key");
            // The master key of a temporary folder is gone with it: nobody could open the space again.
            let schema = match &self.data {
                Some(_) => "onewindow_bench".to_owned(),
                None => format!("onewindow_bench_{}", Clock::Real.now().0),
            };
            let held = if self.compare { 0 } else { self.held };
            places.push(Place::database(Space::database(url, &schema, key), held));
        }
        places
    }

    /// The ways in which messages come, all modes but one left out.
    fn ways(&self) -> Vec<Way> {
        if self.matrix {
            return Way::all(Mode::Direct);
        }
        let way =
            |batch: &u64| Way { http: self.http, batch: *batch, signed: self.signed, mode: Mode::Direct };
        self.batch.iter().map(way).collect()
    }

    fn settings(&self) -> Value {
        json!({
            "matrix": self.matrix, "http": self.http, "connections": self.connections, "arriving": self.arriving, "rate": self.rate, "loop": if self.rate.is_some() { "open" } else { "closed" },
            "warmUp": self.warm_up, "declarations": self.declarations, "batch": self.batch, "curve": self.volumes(),
            "repeat": self.repeat, "signed": self.signed.map(Signed::word),
            "modes": self.mode.iter().map(|mode| mode.word()).collect::<Vec<_>>(),
        })
    }

    fn traffic(&self, way: Way, number: usize) -> Traffic {
        let now = Clock::Real.now();
        Traffic {
            seed: (now.0 as u64).wrapping_mul(1000).wrapping_add(number as u64),
            declarations: self.warm_up + self.declarations,
            batch: way.batch,
            arriving: self.arriving,
            mode: way.mode,
            signed: way.signed,
            now,
        }
    }

    fn manner(&self, http: bool) -> Manner {
        Manner { http, connections: self.connections, rate: self.rate, warm_up: self.warm_up }
    }
}

/// The machine, as far as it tells.
fn machine() -> Value {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    json!({
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "processor": field(&read("/proc/cpuinfo"), "model name"),
        "memory": field(&read("/proc/meminfo"), "MemTotal"),
        "load": read("/proc/loadavg").split_whitespace().next().unwrap_or_default(),
    })
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let temporary = tempfile::tempdir()?;
    let folder = arguments.data.clone().unwrap_or_else(|| temporary.path().join("data"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name(SERVER)
        .enable_all()
        .build()?;
    let mut report = Report {
        settings: arguments.settings(),
        matrix: arguments.matrix,
        machine: machine(),
        records: Vec::new(),
        points: Vec::new(),
        limits: None,
    };
    let mut places = arguments.places(&folder);
    if let Some(days) = arguments.days {
        let batch = arguments.batch.first().copied().unwrap_or(100);
        let lived = days::live(
            &runtime,
            &folder,
            (days, arguments.declarations, batch),
            arguments.manner(arguments.http),
        )?;
        if arguments.json {
            println!("{}", lived.json());
        } else {
            print!("{}", lived.table());
        }
        return Ok(lived.all_came());
    }
    if let Some(rounds) = arguments.pages {
        return measure_pages(&arguments, &runtime, &mut places, rounds);
    }
    for (point, volume) in arguments.volumes().into_iter().enumerate() {
        measure_point(&arguments, &runtime, &mut places, (point, volume), &mut report)?;
    }
    if arguments.physical {
        report.limits = Some(physical(&arguments, &runtime, &folder, &report)?);
    }
    if let Some(file) = &arguments.plot {
        std::fs::write(file, plot::draw(&report))?;
    }
    if arguments.json {
        println!("{}", report.json());
    } else {
        print!("{}", report.table());
    }
    // The traffic is clean: a refusal is a fault of the window or of the measurement, and nothing may be lost.
    Ok(report.records.iter().all(|record| record.measured.fate.refused == 0 && record.measured.lost() == 0))
}

/// Every page of the portal at the volume stored.
fn measure_pages(
    arguments: &Arguments,
    runtime: &Runtime,
    places: &mut [Place],
    rounds: u64,
) -> Result<bool, Failure> {
    let Some(place) = places.first_mut() else { return Ok(false) };
    place.fill(runtime, arguments.stored)?;
    let pages = pages::measure(runtime, place, rounds)?;
    place.close();
    if arguments.json {
        println!("{}", pages.json());
    } else {
        print!("{}", pages.table());
    }
    Ok(pages.all_came())
}

/// All measurements at one volume: batch by batch, and the stores in turns, so that what the machine does meanwhile hits
/// all of them.
fn measure_point(
    arguments: &Arguments,
    runtime: &Runtime,
    places: &mut [Place],
    (point, volume): (usize, u64),
    report: &mut Report,
) -> Result<(), Failure> {
    let mut before = Vec::new();
    for place in places.iter_mut() {
        place.fill(runtime, volume)?;
        before.push((place.stored, place.bytes()));
    }
    for way in arguments.ways() {
        for repeat in 0..arguments.repeat {
            for place in places.iter_mut() {
                let shares = [false, true].into_iter().take(if arguments.sharing { 2 } else { 1 });
                let turns = shares.flat_map(|shares| arguments.mode.iter().map(move |mode| (shares, *mode)));
                for (shares, mode) in turns {
                    let way = Way { mode, ..way };
                    let number = report.records.len();
                    let sharing =
                        shares.then(|| Sharing::begin(runtime, place.window()?, number)).transpose()?;
                    let measured = measure_once(arguments, runtime, place, way, number)?;
                    let shared = sharing.map(|sharing| sharing.end(runtime, place.window()?)).transpose()?;
                    let (store, stored) = (place.kind.word(), place.stored);
                    place.stored += measured.sent;
                    report.records.push(Record { store, point, stored, way, repeat, shared, measured });
                }
            }
        }
    }
    for (place, (stored, bytes)) in places.iter_mut().zip(before) {
        let open_millis = place.open_millis;
        // Closed, so that nothing is left in write-ahead logs.
        place.close();
        let grown = place.bytes().zip(bytes).map(|(now, then)| now.saturating_sub(then));
        let disk_bytes = grown.map(|bytes| bytes / (place.stored - stored).max(1));
        report.points.push(Point { store: place.kind.word(), point, stored, open_millis, disk_bytes });
    }
    Ok(())
}

fn measure_once(
    arguments: &Arguments,
    runtime: &Runtime,
    place: &Place,
    way: Way,
    number: usize,
) -> Result<measure::Measured, Failure> {
    let bar = indicatif::ProgressBar::new_spinner().with_message("writing the messages to send");
    bar.enable_steady_tick(Duration::from_millis(200));
    let traffic = arguments.traffic(way, number);
    let tape = Tape::record(&traffic)?;
    if way.mode == Mode::Bonded {
        place.stock(runtime, &format!("B{}", traffic.seed), traffic.declarations)?;
    }
    if tape.groups() < FEW * arguments.connections {
        eprintln!(
            "{} groups of trades for {} connections are few: their orders go during the warm-up, and the rate flatters",
            tape.groups(),
            arguments.connections
        );
    }
    bar.set_message(format!("measuring: {}, {} stored, {}", place.kind.word(), place.stored, way.words()));
    // Nothing of ours may run beside the measurement.
    bar.disable_steady_tick();
    let mut measured = measure::measure(runtime, place.window()?, tape, arguments.manner(way.http))?;
    if place.kind == places::Kind::Embedded {
        // Whatever database works on this machine, it is not for us.
        measured.processor.remove(measure::DATABASE);
    }
    bar.finish_and_clear();
    Ok(measured)
}

/// The limits, measured with rows and commits of the size that the last measurement had.
fn physical(
    arguments: &Arguments,
    runtime: &Runtime,
    folder: &Path,
    report: &Report,
) -> Result<Physical, Failure> {
    let last = report.records.last().map(|record| &record.measured);
    let disk = report.points.iter().rev().find_map(|point| point.disk_bytes);
    let (rows, commits, declarations) =
        last.map_or((1, 1, 1), |last| (last.rows.max(1), last.commits.max(1), last.declarations.max(1)));
    let sizes = Sizes {
        row_bytes: (disk.unwrap_or(4096) * declarations / rows).max(1),
        commit_rows: (rows / commits).max(1),
    };
    let beside = folder.parent().filter(|parent| parent.is_dir()).unwrap_or(Path::new("."));
    physical::measure(runtime, beside, sizes, arguments.connections, Clock::Real.now())
}
