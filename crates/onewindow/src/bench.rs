//! `onewindow bench`: declarations a second, end to end from XML bytes to durable receipts, with the load generator on
//! the same machine. Four documents a declaration, and the site's arrival for every hundred.
#![expect(clippy::print_stdout, reason = "the answer of the command")]
#![expect(clippy::float_arithmetic, reason = "figures for people, not money")]

use crate::process::{folder_bytes, forget_peak_memory, peak_memory_kib, processor_time};
use crate::serve::Opened;
use crate::{Failure, Space, generate};
use ceb::signature::{Profile, Signer, Subject, generate_rsa, generate_sm2};
use clearance::Text;
use clearance::party::Role;
use clearance::sample;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use serde_json::json;
use server::Window;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use store::ChosenRead;
use store::Read as _;

/// Arguments of `bench`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Declarations stored before the measurement, in addition to what the folder holds.
    #[arg(long, default_value_t = 0)]
    stored: u64,
    /// Declarations measured.
    #[arg(long, default_value_t = 20_000)]
    declarations: u64,
    /// Documents in a message, 1 to 100.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=100))]
    batch: u64,
    /// Over HTTP on the loopback, instead of in process.
    #[arg(long)]
    http: bool,
    /// Sign every message, and verify it.
    #[arg(long, value_enum)]
    signed: Option<Signed>,
    /// Senders at a time.
    #[arg(long, default_value_t = 64)]
    senders: usize,
    /// Data folder; a temporary one unless named.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// How messages are signed.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Signed {
    /// RSA 2048 with SHA-256.
    Rsa,
    /// SM2 with SM3.
    Sm2,
}

impl Signed {
    fn word(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Sm2 => "sm2",
        }
    }

    fn signer(self) -> Result<(Signer, Profile), Failure> {
        // It names no enterprise: any sender may use it who need not sign.
        let subject = Subject {
            enterprise_code: "",
            enterprise_name: "",
            serial: 1,
            not_before: 20_200_101_000_000,
            not_after: 20_491_231_235_959,
        };
        Ok(match self {
            Self::Rsa => (generate_rsa(2048, &subject)?.signer()?, Profile::RsaSha256),
            Self::Sm2 => (generate_sm2(&subject)?.signer()?, Profile::Sm2Sm3),
        })
    }
}

/// One sender's messages in their order: sender, whether it carries declarations, bytes.
type Lane = Vec<(Text, bool, Vec<u8>)>;

/// A lane on disk, so that the generator's messages do not count as the window's memory.
struct Tape {
    file: BufReader<File>,
    /// Bytes of all its messages.
    volume: u64,
}

/// Consumers: as many as a million declarations a year have.
const PERSONS: u64 = 1_000_000;

/// Declarations generated at a time.
const STEP: u64 = 10_000;

/// The messages of declarations from `first` on, as tapes.
fn tapes(
    seed: u64,
    first: u64,
    count: u64,
    batch: u64,
    senders: usize,
    signed: Option<Signed>,
    now: clearance::keys::Time,
) -> Result<Vec<Tape>, Failure> {
    let signer = signed.map(Signed::signer).transpose()?;
    let mut tapes: Vec<Tape> = (0..senders).map(|_| Tape::blank()).collect::<Result<_, _>>()?;
    let mut done = 0;
    while done < count {
        let step = STEP.min(count - done);
        for (tape, lane) in tapes.iter_mut().zip(lanes(seed, first + done, step, batch, senders, now)) {
            tape.record(lane, signer.as_ref())?;
        }
        done += step;
    }
    tapes.iter_mut().try_for_each(Tape::rewind)?;
    Ok(tapes)
}

impl Tape {
    fn blank() -> Result<Self, Failure> {
        Ok(Self { file: BufReader::new(tempfile::tempfile()?), volume: 0 })
    }

    fn rewind(&mut self) -> Result<(), Failure> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok(())
    }

    fn record(&mut self, lane: Lane, signer: Option<&(Signer, Profile)>) -> Result<(), Failure> {
        let file = self.file.get_mut();
        let mut bytes = Vec::with_capacity(1 << 20);
        for (sender, declaration, message) in lane {
            let message = match signer {
                Some((signer, profile)) => signer.sign(&message, *profile)?,
                None => message,
            };
            self.volume += message.len() as u64;
            bytes.extend_from_slice(&(sender.len() as u32).to_be_bytes());
            bytes.extend_from_slice(sender.as_bytes());
            bytes.push(u8::from(declaration));
            bytes.extend_from_slice(&(message.len() as u32).to_be_bytes());
            bytes.extend_from_slice(&message);
            if bytes.len() > 1 << 20 {
                file.write_all(&bytes)?;
                bytes.clear();
            }
        }
        file.write_all(&bytes)?;
        Ok(())
    }

    fn next(&mut self) -> Option<(Text, bool, Bytes)> {
        let sender = self.part()?;
        let mut declaration = [0];
        self.file.read_exact(&mut declaration).ok()?;
        let message = self.part()?;
        Some((Text::from_utf8(sender).ok()?, declaration == [1], Bytes::from(message)))
    }

    fn part(&mut self) -> Option<Vec<u8>> {
        let mut length = [0; 4];
        self.file.read_exact(&mut length).ok()?;
        let mut part = vec![0; u32::from_be_bytes(length) as usize];
        self.file.read_exact(&mut part).ok()?;
        Some(part)
    }
}

/// Lanes of messages: each lane carries whole trades, so that a declaration follows its partners.
fn lanes(
    seed: u64,
    first: u64,
    count: u64,
    batch: u64,
    lanes: usize,
    now: clearance::keys::Time,
) -> Vec<Lane> {
    let mut out: Vec<Lane> = vec![Vec::new(); lanes];
    let trades = generate::trades(seed, first, count, PERSONS, 0, now);
    let group = (batch as usize).max(1);
    if batch == 1 {
        for (index, hundred) in trades.chunks(100).enumerate() {
            let lane = &mut out[index % lanes];
            for trade in hundred {
                for (sender, document) in trade.documents() {
                    let declaration = document.kind() == ceb::Kind::Declaration;
                    let message = sample::message(&sender, vec![document]);
                    lane.push((sender, declaration, ceb::write(&message, ceb::Style::Prefixed)));
                }
            }
            lane.extend(arrivals(seed, hundred, now));
        }
        return out;
    }
    for (index, chunk) in trades.chunks(group).enumerate() {
        let lane = &mut out[index % lanes];
        for (sender, name, bytes) in generate::messages(chunk, seed, group, now) {
            lane.push((sender, name.contains("-621."), bytes));
        }
    }
    out
}

fn arrivals(seed: u64, trades: &[clearance::sample::Trade], now: clearance::keys::Time) -> Lane {
    let mut by_carrier: BTreeMap<Text, Vec<&clearance::sample::Trade>> = BTreeMap::new();
    for trade in trades {
        by_carrier.entry(trade.waybill.logistics_code.clone()).or_default().push(trade);
    }
    by_carrier
        .values()
        .filter_map(|trades| clearance::sample::Trade::arrival(seed, trades, now))
        .map(|arrival| {
            let sender = arrival.head.operator_code.clone();
            let message = sample::message(&sender, vec![ceb::Document::Arrival(arrival)]);
            (sender, false, ceb::write(&message, ceb::Style::Prefixed))
        })
        .collect()
}

#[derive(Default)]
struct Latencies {
    all: Vec<u32>,
    verdicts: Vec<u32>,
}

fn percentile(values: &mut [u32], per_mille: usize) -> f64 {
    values.sort_unstable();
    let at = values.len().saturating_sub(1) * per_mille / 1000;
    values.get(at).copied().map_or(0.0, |micros| f64::from(micros) / 1000.0)
}

async fn in_process(window: Window<ChosenRead>, mut lane: Tape, latencies: Arc<Mutex<Latencies>>) {
    let mut own = Latencies::default();
    while let Some((sender, declaration, bytes)) = lane.next() {
        let started = Instant::now();
        if window.send(&bytes, &sender).await.is_none() {
            return;
        }
        own.note(started, declaration);
    }
    keep(&latencies, own);
}

impl Latencies {
    fn note(&mut self, started: Instant, declaration: bool) {
        let micros = started.elapsed().as_micros() as u32;
        self.all.push(micros);
        if declaration {
            self.verdicts.push(micros);
        }
    }
}

fn keep(latencies: &Mutex<Latencies>, own: Latencies) {
    let mut all = latencies.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    all.all.extend(own.all);
    all.verdicts.extend(own.verdicts);
}

async fn over_http(
    address: SocketAddr,
    tokens: Arc<BTreeMap<Text, String>>,
    mut lane: Tape,
    latencies: Arc<Mutex<Latencies>>,
) -> Result<(), Failure> {
    let stream = tokio::net::TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut own = Latencies::default();
    while let Some((party, declaration, bytes)) = lane.next() {
        let token = tokens.get(&party).ok_or("no token")?;
        let request = hyper::Request::post("/v1/messages")
            .header("host", "onewindow")
            .header("authorization", format!("Bearer {token}"))
            .body(Full::new(bytes))?;
        let started = Instant::now();
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        if response.status() != 200 {
            return Err(format!("the server answered {}", response.status()).into());
        }
        response.into_body().collect().await?;
        own.note(started, declaration);
    }
    keep(&latencies, own);
    Ok(())
}

/// Bytes of an order message of about 3 KB, and microseconds to parse it, alone on a thread.
fn parsing(now: clearance::keys::Time) -> (usize, f64) {
    const TIMES: u32 = 20_000;
    let trade = sample::Trade::new(1, 1, now, 1000);
    let mut order = trade.order;
    while order.lines.len() < 4 {
        let mut line = order.lines[0].clone();
        line.gnum = order.lines.len() as u32 + 1;
        order.lines.push(line);
    }
    let sender = order.head.ebp_code.clone();
    let bytes =
        ceb::write(&sample::message(&sender, vec![ceb::Document::Order(order)]), ceb::Style::Prefixed);
    let limits = ceb::Limits::default();
    let started = Instant::now();
    for _ in 0..TIMES {
        std::hint::black_box(ceb::parse(std::hint::black_box(&bytes), &limits));
    }
    (bytes.len(), started.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES))
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let temporary = tempfile::tempdir()?;
    let data = arguments.data.clone().unwrap_or_else(|| temporary.path().join("data"));
    let space = Space::folder(data.clone(), None);
    let runtime = crate::runtime()?;
    let Opened { window, writer } = runtime.block_on(crate::serve::open(&space, None))?;
    runtime.block_on(window.file_all(sample::filings(), "bench"));
    prefill(&runtime, &window, arguments.stored)?;
    // Closed and opened again: nothing is left in write-ahead logs, and opening is measured.
    drop(window);
    let _ = writer.join();
    let opening = Instant::now();
    let Opened { window, writer } = runtime.block_on(crate::serve::open(&space, None))?;
    let open_millis = opening.elapsed().as_millis() as u64;
    let present = arguments.stored;
    let now = window.clock.now();
    let seed = now.0 as u64;
    let bar = indicatif::ProgressBar::new_spinner().with_message("writing the messages to send");
    bar.enable_steady_tick(Duration::from_millis(200));
    let tapes = tapes(
        seed,
        0,
        arguments.declarations,
        arguments.batch,
        arguments.senders,
        arguments.signed,
        window.clock.now(),
    )?;
    let message_bytes: u64 = tapes.iter().map(|tape| tape.volume).sum();
    forget_peak_memory();
    bar.set_message("measuring");
    let before = folder_bytes(&data);
    let counters = steps(&window);
    let refused = window.metrics.documents_refused.load(Ordering::Relaxed);
    let rows = runtime.block_on(window.read.position())?.sequence(0);
    let threads = processor_time();
    let latencies = Arc::new(Mutex::new(Latencies::default()));
    let started = Instant::now();
    runtime.block_on(send_all(&arguments, &window, tapes, &latencies))?;
    let elapsed = started.elapsed().as_secs_f64();
    bar.finish_and_clear();
    let after = steps(&window);
    let refused = window.metrics.documents_refused.load(Ordering::Relaxed) - refused;
    let processor: BTreeMap<String, f64> = processor_time()
        .into_iter()
        .map(|(name, spent)| {
            let spent = spent - threads.get(&name).copied().unwrap_or(0);
            (name, spent as f64 / arguments.declarations as f64)
        })
        .collect();
    let released = window.metrics.declarations_released.load(Ordering::Relaxed);
    drop(window);
    let _ = writer.join();
    let disk = folder_bytes(&data).saturating_sub(before);
    let mut latencies = latencies.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let rate = arguments.declarations as f64 / elapsed;
    let per = |index: usize| (after[index] - counters[index]) as f64 / arguments.declarations as f64;
    let (order_bytes, order_micros) = parsing(now);
    let figures = json!({
        "signed": arguments.signed.map(Signed::word), "declarations": arguments.declarations, "stored": present, "batch": arguments.batch, "http": arguments.http, "senders": arguments.senders,
        "seconds": elapsed, "declarationsPerSecond": rate,
        "acknowledgeMillis": {"p50": percentile(&mut latencies.all, 500), "p99": percentile(&mut latencies.all, 990)},
        "verdictMillis": {"p50": percentile(&mut latencies.verdicts, 500), "p99": percentile(&mut latencies.verdicts, 990)},
        "microsPerDeclaration": {"parse": per(0), "load": per(1), "decide": per(2), "commit": per(3)},
        "parseOrder": {"bytes": order_bytes, "micros": order_micros},
        "messageBytesPerDeclaration": message_bytes as f64 / arguments.declarations as f64,
        "diskBytesPerDeclaration": disk as f64 / arguments.declarations as f64,
        "peakMemoryMiB": peak_memory_kib() / 1024, "openMillis": open_millis, "released": released, "refusedDocuments": refused,
        "rowsBefore": rows, "processorMicrosPerDeclaration": processor,
    });
    if arguments.json {
        println!("{figures}");
    } else {
        println!(
            "{rate:.0} declarations/s ({} documents/s) over {elapsed:.1} s, {present} stored, batch {}, {}",
            (rate * 4.0) as u64,
            arguments.batch,
            if arguments.http { "HTTP" } else { "in process" }
        );
        println!("{}", serde_json::to_string_pretty(&figures)?);
    }
    // The traffic is clean: a refusal is a fault of the window or of the measurement.
    Ok(refused == 0)
}

fn steps(window: &Window<ChosenRead>) -> [u64; 4] {
    let metrics = &window.metrics;
    [&metrics.parse_micros, &metrics.load_micros, &metrics.decide_micros, &metrics.commit_micros]
        .map(|counter| counter.load(Ordering::Relaxed))
}

/// Stores declarations until there are as many as asked for; says how many there are.
fn prefill(
    runtime: &tokio::runtime::Runtime,
    window: &Window<ChosenRead>,
    wanted: u64,
) -> Result<(), Failure> {
    const SEED: u64 = 0xF111;
    let bar = indicatif::ProgressBar::new(wanted).with_message("storing");
    let mut done = 0;
    let latencies = Arc::new(Mutex::new(Latencies::default()));
    while done < wanted {
        let count = STEP.min(wanted - done);
        let now = window.clock.now();
        let lanes = tapes(SEED ^ now.0 as u64, done, count, 100, 8, None, now)?;
        runtime.block_on(async {
            let tasks: Vec<_> = lanes
                .into_iter()
                .map(|lane| tokio::spawn(in_process(window.clone(), lane, latencies.clone())))
                .collect();
            for task in tasks {
                let _ = task.await;
            }
        });
        done += count;
        bar.inc(count);
    }
    bar.finish_and_clear();
    Ok(())
}

async fn send_all(
    arguments: &Arguments,
    window: &Window<ChosenRead>,
    lanes: Vec<Tape>,
    latencies: &Arc<Mutex<Latencies>>,
) -> Result<(), Failure> {
    if !arguments.http {
        let tasks: Vec<_> = lanes
            .into_iter()
            .map(|lane| tokio::spawn(in_process(window.clone(), lane, latencies.clone())))
            .collect();
        for task in tasks {
            task.await?;
        }
        return Ok(());
    }
    let mut tokens = BTreeMap::new();
    for filing in sample::filings() {
        let token = window
            .control
            .issue(
                &filing.code,
                filing.roles.first().copied().unwrap_or(Role::Merchant),
                "bench",
                &[],
                window.clock.now(),
                None,
            )
            .await?;
        tokens.insert(filing.code, token);
    }
    let tokens = Arc::new(tokens);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = server::api::router(window.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let tasks: Vec<_> = lanes
        .into_iter()
        .map(|lane| tokio::spawn(over_http(address, tokens.clone(), lane, latencies.clone())))
        .collect();
    for task in tasks {
        task.await??;
    }
    serving.abort();
    Ok(())
}
