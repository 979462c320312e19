//! What this program logs, heard at every level.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

/// What is heard; of the crates that see what callers send.
const FILTER: &str = "server=trace,store=trace,clearance=trace,register=trace,requests=trace,exchange=trace,axum=trace,reqwest=trace";

/// What was logged by this program, by all its tests.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// All that was logged up to now.
    pub fn heard(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    /// The lines that have all of these.
    pub fn lines(&self, all: &[&str]) -> Vec<String> {
        let heard = String::from_utf8_lossy(&self.heard()).into_owned();
        let has_all = |line: &&str| all.iter().all(|part| line.contains(part));
        heard.lines().filter(has_all).map(str::to_owned).collect()
    }
}

/// The log; heard from the first call on.
pub fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        // Without the time: its digits could be anybody's code.
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(FILTER)
            .with_ansi(false)
            .without_time()
            .with_writer(move || writer.clone())
            .finish();
        // A logger that another test set keeps what it hears: there is none.
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log
    })
}
