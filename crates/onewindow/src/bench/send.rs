//! Sending: so many connections, each with one message under way, as fast as answers come (closed loop) or by a schedule
//! (open loop). Counts answers and how long they took; what the figures mean is `measure`'s and `report`'s.
//!
//! In the open loop a latency begins when the message was due, not when the connection was free to send it: a stall of
//! the server counts for all that should have been sent meanwhile.

use super::client::Connection;
use super::measure::Mark;
use super::messages::{Group, Letter, Tape};
use crate::Failure;
use bytes::Bytes;
use server::Window;
use server::histogram::Histogram;
use server::metrics::Metrics;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// When each message of an open loop is due: every connection begins a group at the same pace, a little after the one
/// before it, so that arrivals are even from the first moment on.
pub struct Pace {
    started: OnceLock<Instant>,
    connections: u64,
    /// How long a connection takes for a group.
    round: Duration,
}

impl Pace {
    /// So many declarations a second, over so many connections.
    pub fn new(rate: u64, connections: usize, tape: &Tape) -> Self {
        let connections = connections.min(tape.groups()).max(1) as u64;
        let nanos = u128::from(connections) * u128::from(tape.declarations) * 1_000_000_000
            / (tape.groups().max(1) as u128 * u128::from(rate.max(1)));
        Self { started: OnceLock::new(), connections, round: Duration::from_nanos(nanos as u64) }
    }

    /// How long after the beginning a message is due.
    fn after(&self, group: u64, letter: u64, letters: u64) -> Duration {
        let (round, slot) = (group / self.connections, group % self.connections);
        let nanos = self.round.as_nanos();
        let within = nanos * u128::from(letter * self.connections + slot)
            / u128::from((letters * self.connections).max(1));
        Duration::from_nanos((nanos * u128::from(round) + within) as u64)
    }

    fn due(&self, group: usize, letter: usize, letters: usize) -> Instant {
        *self.started.get_or_init(Instant::now) + self.after(group as u64, letter as u64, letters as u64)
    }
}

/// The moment when the last group was taken, and how many declarations were answered until then: from then on fewer and
/// fewer connections have work.
#[derive(Clone, Copy)]
pub struct RanOut {
    /// When.
    pub at: Instant,
    /// Declarations answered.
    pub answered: u64,
}

/// One sending of a tape.
pub struct Run {
    /// What is sent.
    pub tape: Tape,
    pace: Option<Pace>,
    warm_up: u64,
    metrics: Arc<Metrics>,
    answered: AtomicU64,
    counting: AtomicBool,
    /// When counting began.
    pub begun: OnceLock<Mark>,
    /// When the messages ran out.
    pub ran_out: OnceLock<RanOut>,
    /// When all was answered.
    pub ended: OnceLock<Mark>,
    /// From sending, or from when it was due, to the answer.
    pub acknowledge: Histogram,
    /// The same for messages with declarations: the answer carries the verdict.
    pub verdict: Histogram,
    /// How much later than due an idle connection sent: the generator's own lateness.
    pub late: Histogram,
}

impl Run {
    /// A tape to be sent; the first `warm_up` declarations are not counted.
    pub fn new(tape: Tape, pace: Option<Pace>, warm_up: u64, metrics: Arc<Metrics>) -> Self {
        Self {
            tape,
            pace,
            warm_up,
            metrics,
            answered: AtomicU64::new(0),
            counting: AtomicBool::new(false),
            begun: OnceLock::new(),
            ran_out: OnceLock::new(),
            ended: OnceLock::new(),
            acknowledge: Histogram::default(),
            verdict: Histogram::default(),
            late: Histogram::default(),
        }
    }

    fn begin(&self, answered: u64) {
        self.begun.get_or_init(|| Mark::take(&self.metrics, answered));
        self.counting.store(true, Ordering::Release);
    }

    fn take(&self) -> Option<(usize, &Group)> {
        let group = self.tape.take();
        if group.is_none() {
            let answered = self.answered.load(Ordering::Acquire);
            self.ran_out.get_or_init(|| RanOut { at: Instant::now(), answered });
        }
        group
    }

    fn note(&self, from: Instant, letter: &Letter) {
        if self.counting.load(Ordering::Acquire) {
            let micros = from.elapsed().as_micros() as u64;
            self.acknowledge.record(micros);
            if letter.declarations > 0 {
                self.verdict.record(micros);
            }
        }
        if letter.declarations == 0 {
            return;
        }
        let count = u64::from(letter.declarations);
        let before = self.answered.fetch_add(count, Ordering::AcqRel);
        if before < self.warm_up && before + count >= self.warm_up {
            self.begin(before + count);
        }
    }

    /// Waits until a message is due; says from when its latency counts.
    async fn wait(&self, group: usize, letter: usize, letters: usize) -> Instant {
        let Some(pace) = &self.pace else { return Instant::now() };
        let due = pace.due(group, letter, letters);
        if due > Instant::now() {
            tokio::time::sleep_until(due.into()).await;
            if self.counting.load(Ordering::Acquire) {
                self.late.record(due.elapsed().as_micros() as u64);
            }
        }
        due
    }
}

/// How a message comes to the server.
pub enum Door {
    /// By a call, on the server's own threads.
    InProcess(Box<Window>),
    /// Over a connection, with a prepared head for each sender.
    Http(Connection, Arc<Vec<Vec<u8>>>),
}

impl Door {
    async fn send(&mut self, run: &Run, letter: &Letter, body: Vec<u8>) -> Result<Vec<u8>, Failure> {
        match self {
            Self::InProcess(window) => {
                let answer = window.send(&Bytes::from(body), run.tape.sender(letter)).await;
                answer.ok_or("the window closed before it answered")?;
                Ok(Vec::new())
            }
            Self::Http(connection, heads) => {
                let head = heads.get(Tape::sender_number(letter)).ok_or("a sender has no token")?;
                match connection.post(head, &body).await? {
                    200 => Ok(body),
                    status => Err(format!("the server answered {status}").into()),
                }
            }
        }
    }
}

async fn connection(run: Arc<Run>, mut door: Door) -> Result<(), Failure> {
    let mut body = Vec::new();
    while let Some((number, group)) = run.take() {
        let letters = group.letters.len();
        for (index, letter) in group.letters.iter().enumerate() {
            run.tape.read(letter, &mut body)?;
            let from = run.wait(number, index, letters).await;
            body = door.send(&run, letter, std::mem::take(&mut body)).await?;
            run.note(from, letter);
        }
    }
    Ok(())
}

/// Sends all of a tape over these connections, on the runtime that calls.
///
/// # Errors
/// The first fault of a connection.
pub async fn all(run: Arc<Run>, doors: Vec<Door>) -> Result<(), Failure> {
    if run.warm_up == 0 {
        run.begin(0);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for door in doors {
        tasks.spawn(connection(run.clone(), door));
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    // Here, while the threads of both sides are still there to be asked for their time.
    let answered = run.answered.load(Ordering::Acquire);
    run.ended.get_or_init(|| Mark::take(&run.metrics, answered));
    Ok(())
}

/// The name of the generator's thread.
pub const GENERATOR: &str = "generator";

/// Sends all of a tape over HTTP from a thread of its own, so that its processor time can be told from the server's.
///
/// # Errors
/// When nobody listens, or the first fault of a connection.
pub fn over_http(
    run: Arc<Run>,
    address: std::net::SocketAddr,
    connections: usize,
    heads: Vec<Vec<u8>>,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let heads = Arc::new(heads);
    let thread = std::thread::Builder::new().name(GENERATOR.to_owned()).spawn(move || {
        runtime.block_on(async {
            let mut doors: Vec<Door> = Vec::new();
            for _ in 0..connections {
                doors.push(Door::Http(Connection::open(address).await?, heads.clone()));
            }
            all(run, doors).await
        })
    })?;
    thread.join().map_err(|_| "the generator panicked")?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_of_an_open_loop_are_even_from_the_first_moment_on() {
        let pace = Pace { started: OnceLock::new(), connections: 4, round: Duration::from_millis(800) };
        let mut due: Vec<u128> = Vec::new();
        for group in 0..8 {
            due.extend((0..10).map(|letter| pace.after(group, letter, 10).as_millis()));
        }
        due.sort_unstable();
        let even: Vec<u128> = (0..80).map(|index| index * 20).collect();
        assert_eq!(due, even);
    }
}
