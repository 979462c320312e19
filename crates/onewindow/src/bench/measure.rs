//! One measurement: a tape sent to a window, and what it came to, in whole numbers. Tables, ratios and plots of it are
//! `report`'s.

use super::client;
use super::messages::Tape;
use super::send::{self, Door, GENERATOR, Pace, Run};
use super::sharing::RECEIVERS;
use crate::Failure;
use crate::process::{forget_peak_memory, peak_memory_kib, processor_time, processor_time_of};
use axum::ServiceExt;
use axum::extract::Request;
use axum::response::Response;
use server::Window;
use server::histogram::Counted;
use server::metrics::{Metrics, Steps};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tower::Service;

/// The steps of the path, in order.
pub const STEPS: [&str; 5] = ["parse", "load", "decide", "commit", "durable"];

/// The name under which the database's processes are counted.
pub const DATABASE: &str = "database";

/// The window and the machine at an instant.
pub struct Mark {
    at: Instant,
    answered: u64,
    steps: Vec<Counted>,
    commits: u64,
    rows: u64,
    /// Processor time by thread, microseconds.
    processor: BTreeMap<String, u64>,
}

impl Mark {
    /// As it is now.
    pub fn take(metrics: &Metrics, answered: u64) -> Self {
        let Steps { parse, load, decide, commit, durable } = &metrics.steps;
        let mut processor = processor_time();
        processor.insert(DATABASE.to_owned(), processor_time_of("postgres"));
        Self {
            at: Instant::now(),
            answered,
            steps: [parse, load, decide, commit, durable].map(|step| step.counted()).into(),
            commits: read(&metrics.commits),
            rows: read(&metrics.messages) + read(&metrics.documents),
            processor,
        }
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// What became of declarations and documents.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Fate {
    /// Declarations released.
    pub released: u64,
    /// Declarations held for a look at documents or goods: the draw and the rules choose them, nobody looks here.
    pub held: u64,
    /// Declarations refused: answered with 100 or a negative code.
    pub refused: u64,
}

impl Fate {
    fn of(metrics: &Metrics) -> Self {
        Self {
            released: read(&metrics.declarations_released),
            held: read(&metrics.declarations_held),
            refused: read(&metrics.declarations_rejected) + read(&metrics.documents_refused),
        }
    }

    fn since(self, earlier: Self) -> Self {
        Self {
            released: self.released - earlier.released,
            held: self.held - earlier.held,
            refused: self.refused - earlier.refused,
        }
    }

    /// All of which the fate is known.
    pub fn known(self) -> u64 {
        self.released + self.held + self.refused
    }
}

/// How a measurement is done.
#[derive(Clone, Copy)]
pub struct Manner {
    /// Over HTTP.
    pub http: bool,
    /// Connections, or senders at a time.
    pub connections: usize,
    /// Declarations a second; none = as fast as answers come.
    pub rate: Option<u64>,
    /// Declarations that are not counted.
    pub warm_up: u64,
}

/// What a measurement came to.
pub struct Measured {
    /// Declarations counted for the rate: those answered after the warm-up until the messages ran out.
    pub counted: u64,
    /// Over how long.
    pub took: Duration,
    /// Declarations from the warm-up to the last answer, over which costs are spread.
    pub declarations: u64,
    /// Over how long.
    pub whole: Duration,
    /// Declarations sent in all, the warm-up included.
    pub sent: u64,
    /// What became of them.
    pub fate: Fate,
    /// Latency of all messages.
    pub acknowledge: Counted,
    /// Latency of messages with declarations.
    pub verdict: Counted,
    /// Lateness of the generator itself, in an open loop.
    pub late: Counted,
    /// Durations by step, in the order of [`STEPS`].
    pub steps: Vec<Counted>,
    /// Commits.
    pub commits: u64,
    /// Rows written.
    pub rows: u64,
    /// Messages sent in all, and their bytes.
    pub messages: u64,
    /// Bytes of the messages.
    pub message_bytes: u64,
    /// Processor time by thread, microseconds.
    pub processor: BTreeMap<String, u64>,
    /// Peak of resident memory, MiB, server and generator together.
    pub peak_mib: u64,
}

impl Measured {
    /// Processor time of the generator, microseconds.
    pub fn generator_micros(&self) -> u64 {
        self.processor.get(GENERATOR).copied().unwrap_or(0)
    }

    /// Processor time of all that serves: this process without generator and receivers, and the database.
    pub fn server_micros(&self) -> u64 {
        let receivers = self.processor.get(RECEIVERS).copied().unwrap_or(0);
        self.processor.values().sum::<u64>() - self.generator_micros() - receivers
    }

    /// The same a declaration.
    #[expect(clippy::float_arithmetic, reason = "figures for people, not money")]
    pub fn server_each(&self) -> f64 {
        self.server_micros() as f64 / self.declarations.max(1) as f64
    }

    /// Of no declaration is the fate unknown.
    pub fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.fate.known())
    }
}

/// Sends a tape to a window and says what it came to.
///
/// # Errors
/// When the window or a connection fails.
pub fn measure(runtime: &Runtime, window: &Window, tape: Tape, manner: Manner) -> Result<Measured, Failure> {
    let before = Fate::of(&window.metrics);
    let pace = manner.rate.map(|rate| Pace::new(rate, manner.connections, &tape));
    let run = Arc::new(Run::new(tape, pace, manner.warm_up, window.metrics.clone()));
    forget_peak_memory();
    if manner.http {
        let tokens = runtime.block_on(super::places::tokens(window, run.tape.senders()))?;
        let heads = tokens.iter().map(|token| client::head("/v1/messages", token)).collect();
        let interface = server::api::interface(window.clone());
        let answered = move |request: Request| {
            let interface = interface.clone();
            async move { Ok::<_, Infallible>(interface.answered(request).await) }
        };
        served(runtime, tower::service_fn(answered), run.clone(), manner.connections, heads)?;
    } else {
        let doors = (0..manner.connections).map(|_| Door::InProcess(Box::new(window.clone()))).collect();
        runtime.block_on(send::all(run.clone(), doors))?;
    }
    let fate = settled(window, before, run.tape.declarations);
    let measured = summed(&run, fate)?;
    Ok(measured)
}

/// Serves an interface on the loopback while a tape is sent to it.
///
/// # Errors
/// When it cannot listen, or a connection fails.
pub fn served<S>(
    runtime: &Runtime,
    interface: S,
    run: Arc<Run>,
    connections: usize,
    heads: Vec<Vec<u8>>,
) -> Result<(), Failure>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static,
{
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let service = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(interface);
    let serving = runtime.spawn(async move { axum::serve(listener, service).await });
    let sent = send::over_http(run, address, connections, heads);
    serving.abort();
    sent
}

/// What became of the declarations, once all is known: what follows from an arrival is judged after its answer.
fn settled(window: &Window, before: Fate, declarations: u64) -> Fate {
    const PATIENCE: Duration = Duration::from_secs(10);
    let (mut last, mut moved) = (Fate::default(), Instant::now());
    loop {
        let fate = Fate::of(&window.metrics).since(before);
        if fate.known() >= declarations || moved.elapsed() > PATIENCE {
            return fate;
        }
        if fate != last {
            (last, moved) = (fate, Instant::now());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What a run came to.
///
/// # Errors
/// When it did not come to its end.
pub fn summed(run: &Run, fate: Fate) -> Result<Measured, Failure> {
    let (Some(begun), Some(ended)) = (run.begun.get(), run.ended.get()) else {
        return Err("there are no more declarations than the warm-up takes".into());
    };
    let declarations = ended.answered - begun.answered;
    let whole = ended.at - begun.at;
    // Until the messages ran out all connections had work. Where that is too short to say anything, the whole counts.
    let (counted, took) = run
        .ran_out
        .get()
        .filter(|ran_out| ran_out.at > begun.at)
        .map(|ran_out| (ran_out.answered.saturating_sub(begun.answered), ran_out.at - begun.at))
        .filter(|(counted, _)| counted * 2 >= declarations)
        .unwrap_or((declarations, whole));
    let processor = ended.processor.iter().map(|(name, spent)| {
        let earlier = begun.processor.get(name).copied().unwrap_or(0);
        (name.clone(), spent.saturating_sub(earlier))
    });
    Ok(Measured {
        counted,
        took,
        declarations,
        whole,
        sent: run.tape.declarations,
        fate,
        acknowledge: run.acknowledge.counted(),
        verdict: run.verdict.counted(),
        late: run.late.counted(),
        steps: ended.steps.iter().zip(&begun.steps).map(|(now, then)| now.since(then)).collect(),
        commits: ended.commits - begun.commits,
        rows: ended.rows - begun.rows,
        messages: run.tape.messages,
        message_bytes: run.tape.volume,
        processor: processor.filter(|(_, spent)| *spent > 0).collect(),
        peak_mib: peak_memory_kib() / 1024,
    })
}
