//! The processes of a run: the window's server, the machine of each agency, and the same machine once more as one that asks. Each
//! ends with whoever started it.

use crate::demo::agencies::{Agency, NETWORK};
use crate::{Failure, Space};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// A process that ends with this.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended is no fault.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The address that a process says it listens at. What it says afterwards is read and dropped, so that it never waits for a reader.
fn listening(child: &mut Child) -> Result<String, Failure> {
    let mut errors = BufReader::new(child.stderr.take().ok_or("no standard error")?);
    let (mut line, mut said) = (String::new(), String::new());
    while errors.read_line(&mut line)? > 0 {
        if let Some(at) = line.find("http://") {
            let address = line.get(at..).unwrap_or_default().trim().to_owned();
            std::thread::spawn(move || {
                let mut rest = [0; 4096];
                while errors.read(&mut rest).is_ok_and(|read| read > 0) {}
            });
            return Ok(address);
        }
        said.push_str(&line);
        line.clear();
    }
    Err(format!("a process did not begin to listen: {said}").into())
}

/// The window's server.
pub struct Server {
    /// Where it is.
    pub address: String,
    _process: Process,
}

impl Server {
    /// Starts one on a space that sends to this machine.
    pub fn start(space: &Space) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--listen", "127.0.0.1:0", "--push-network", NETWORK, "--keep-free", "0"]);
        command.args(["--token-rate", "0"]);
        space.hand_to(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = Process(command.spawn()?);
        Ok(Self { address: listening(&mut process.0)?, _process: process })
    }
}

/// What a machine said: an event or a mark, and when it had checked it.
#[derive(Clone)]
pub struct Line {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// The event; none = a mark.
    pub event: Option<Value>,
    /// Of a mark: whether nothing was left.
    pub complete: bool,
}

impl Line {
    fn read(text: &str) -> Option<Self> {
        let mut line: Value = serde_json::from_str(text).ok()?;
        Some(Self {
            at: line["at"].as_i64()?,
            complete: line["mark"]["data"]["complete"] == true,
            event: line.get_mut("event").map(Value::take),
        })
    }
}

/// The machine of an agency.
pub struct Machine {
    /// Where it takes what it is sent.
    pub address: String,
    lines: Arc<Mutex<Vec<Line>>>,
    _process: Process,
}

impl Machine {
    /// Starts one that asks this window for its keys, and takes what is for this agency alone.
    pub fn start(agency: &Agency, window: &str, token: &str) -> Result<Self, Failure> {
        let (kind, code) = (agency.kind.word(), agency.code);
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["counterpart", kind, "--listen", "127.0.0.1:0", "--times"]);
        command.args(["--window", window, "--party", code]);
        command.env("ONEWINDOW_TOKEN", token);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = Process(command.spawn()?);
        let address = listening(&mut process.0)?;
        let out = process.0.stdout.take().ok_or("no standard output")?;
        let lines: Arc<Mutex<Vec<Line>>> = Arc::default();
        let kept = lines.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if let Some(line) = Line::read(&line) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                }
            }
        });
        Ok(Self { address, lines, _process: process })
    }

    /// What it said.
    pub fn lines(&self) -> Vec<Line> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How much it said.
    pub fn count(&self) -> usize {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether it said last that nothing was left.
    pub fn is_complete(&self) -> bool {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).last().is_some_and(|line| line.complete)
    }
}

/// What a machine got that asked.
pub struct Had {
    /// How many events.
    pub events: usize,
    /// What it said.
    pub lines: Vec<Line>,
}

/// Asks for all that an agency's rule gives, by a process that ends afterwards. `key` = the only key that it believes, hexadecimal; none =
/// those that the window says. None = it believed nothing and said why.
pub fn asked(agency: &Agency, window: &str, token: &str, key: Option<&str>) -> Result<Option<Had>, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["counterpart", agency.kind.word(), "--times", "--once", "--window", window]);
    command.args(["--share", &agency.rule()]);
    if let Some(key) = key {
        command.args(["--key", key]);
    }
    let output = command.env("ONEWINDOW_TOKEN", token).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        tracing::debug!(told = %String::from_utf8_lossy(&output.stderr), "a machine believed nothing");
        return Ok(None);
    }
    let lines: Vec<Line> = String::from_utf8_lossy(&output.stdout).lines().filter_map(Line::read).collect();
    let events = lines.iter().filter(|line| line.event.is_some()).count();
    Ok(Some(Had { events, lines }))
}
