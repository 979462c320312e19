//! What customs shares, sent while it is measured: seven webhooks to receivers on this machine, whose threads have a name of
//! their own, so that what they cost is told from what the window costs.

use crate::Failure;
use crate::demo::agencies;
use counterpart::Counterpart;
use server::Window;
use server::beside::{self, Beside};
use server::evidence;
use server::push::{self, Client, Patience, Reach};
use std::time::{Duration, Instant};
use store::{Read, authorities};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// The name of the receivers' threads.
pub const RECEIVERS: &str = "receivers";
/// How long the last event may take to come.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often the evidence log is published.
const EVERY: Duration = Duration::from_secs(1);

/// What was sent.
#[derive(Clone, Copy)]
pub struct Shared {
    /// Requests that the receivers took.
    pub requests: u64,
    /// How long after the last answer of the measurement the last of them had everything.
    pub behind: Duration,
}

/// Sharing under way.
pub struct Sharing {
    name: String,
    receivers: Runtime,
    counterparts: Vec<Counterpart>,
    beside: Beside,
    work: [JoinHandle<()>; 2],
}

impl Sharing {
    /// Begins to send what comes from now on.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub fn begin(runtime: &Runtime, window: &Window, number: usize) -> Result<Self, Failure> {
        let receivers = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(RECEIVERS)
            // They stand for other machines, which take no processor from this one.
            .on_thread_start(beside::yield_to_others)
            .enable_all()
            .build()?;
        let name = format!("bench-{}-{number}", window.clock.now().0);
        runtime.block_on(window.file_all(clearance::sample::agencies(), "bench"));
        runtime.block_on(agencies::share(window, agencies::measured()))?;
        let counterparts = receivers.block_on(agencies::follow(window, &name))?;
        let client = Client::new(Reach::new(vec![agencies::NETWORK.parse()?]), &authorities::client(None)?)?;
        let beside = Beside::begin()?;
        let sending = beside.handle().spawn(push::run(window.clone(), client, Patience::default()));
        // The evidence log follows the ledger too: what it costs is measured with the rest.
        let logging = beside.handle().spawn(evidence::run(window.clone(), EVERY));
        Ok(Self { name, receivers, counterparts, beside, work: [sending, logging] })
    }

    /// Waits until everything was sent, and ends it.
    ///
    /// # Errors
    /// When it does not come to an end.
    pub fn end(self, runtime: &Runtime, window: &Window) -> Result<Shared, Failure> {
        let began = Instant::now();
        let mut requests = self.requests();
        // Deliveries are rows too: at its end there is nothing more to send, and so nothing more is written.
        let mut position = runtime.block_on(window.read.position())?;
        let mut quiet = Instant::now();
        while quiet.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(Duration::from_millis(20));
            let now = (self.requests(), runtime.block_on(window.read.position())?);
            if (now.0, &now.1) != (requests, &position) {
                (requests, position) = now;
                quiet = Instant::now();
            }
            if began.elapsed() > PATIENCE {
                return Err("what is shared does not come to its end".into());
            }
        }
        self.work.iter().for_each(JoinHandle::abort);
        drop(self.beside);
        runtime.block_on(agencies::leave(window, &self.name))?;
        self.receivers.shutdown_background();
        Ok(Shared { requests, behind: quiet.duration_since(began) })
    }

    fn requests(&self) -> u64 {
        self.counterparts.iter().map(|counterpart| counterpart.taken().requests).sum()
    }
}
