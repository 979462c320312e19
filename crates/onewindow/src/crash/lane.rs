//! The client of the crash test: what it declares, what it has still to send, what it was told. It shares nothing with the
//! window but the wire.

use super::PERSONS;
use crate::reckoning::{fen, reckoned_tax};
use crate::{Failure, generate};
use clearance::Text;
use clearance::keys::Time;
use clearance::sample::Trade;
use serde_json::{Value, json};
use server::clock::Clock;
use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long what is left is offered at the end.
const PATIENCE: Duration = Duration::from_secs(120);

pub type Tokens = BTreeMap<Text, String>;

/// What the client knows of a trade that it declares.
#[derive(Clone)]
pub struct Declared {
    pub platform: Text,
    pub order_no: Text,
    pub cop_no: Text,
    pub agent: Text,
    pub guarantor: Text,
    pub identity: Text,
    /// Goods, freight and insurance as sent, fen.
    pub value: i64,
    /// Tax by the client's own reckoning, fen.
    pub tax: i64,
}

/// A message that is to be acknowledged.
pub struct Message {
    sender: Text,
    bytes: Vec<u8>,
}

/// One sender: its trades, what it has still to send, and its file of acknowledgements.
pub struct Lane {
    pub seed: u64,
    pub next: u64,
    pub batch: bool,
    pub queue: VecDeque<Message>,
    pub declared: Vec<Declared>,
    pub acknowledged: File,
    pub resent: u64,
    pub faults: Vec<String>,
}

impl Lane {
    fn fill(&mut self, now: Time) {
        let count = if self.batch { 20 } else { 1 };
        let trades: Vec<Trade> = (self.next..self.next + count)
            .map(|number| Trade::new(self.seed, number, now, PERSONS))
            .collect();
        self.next += count;
        for trade in &trades {
            let head = &trade.declaration.head;
            let goods: i64 =
                trade.declaration.lines.iter().map(|line| fen(&line.total_price.to_string())).sum();
            self.declared.push(Declared {
                platform: head.ebp_code.clone(),
                order_no: head.order_no.clone(),
                cop_no: head.cop_no.clone().unwrap_or_default(),
                agent: head.agent_code.clone(),
                guarantor: head.assure_code.clone(),
                identity: head.buyer_id_number.clone(),
                value: goods + fen(&head.freight.to_string()) + fen(&head.insured_fee.to_string()),
                tax: reckoned_tax(&trade.declaration),
            });
        }
        for (sender, _, bytes) in generate::messages(&trades, self.seed, count as usize, now) {
            self.queue.push_back(Message { sender, bytes });
        }
    }

    /// A lane with its file of acknowledgements.
    pub fn new(seed: u64, index: usize, folder: &Path) -> Result<Self, Failure> {
        Ok(Self {
            seed: seed * 1000 + index as u64,
            next: 0,
            batch: index % 2 == 1,
            queue: VecDeque::new(),
            declared: Vec::new(),
            acknowledged: File::create(acknowledged(folder, index))?,
            resent: 0,
            faults: Vec::new(),
        })
    }

    /// Sends until told to stop, or until all is sent where nothing new is to be declared. Every acknowledgement is on file
    /// before the next message. Where a server is gone, the same bytes go to whichever is there next.
    pub fn send(
        &mut self,
        servers: &Servers,
        tokens: &Tokens,
        stop: &AtomicBool,
        drain: bool,
    ) -> Result<(), Failure> {
        let agent = agent();
        let mut turn = self.seed as usize;
        let began = Instant::now();
        while !stop.load(Ordering::SeqCst) {
            if self.queue.is_empty() {
                if drain {
                    return Ok(());
                }
                self.fill(Clock::Real.now());
            }
            let Some(message) = self.queue.front() else { return Ok(()) };
            turn += 1;
            let server = servers.one(turn);
            let Some(answer) = server.as_deref().and_then(|server| post(&agent, server, tokens, message))
            else {
                if drain && began.elapsed() > PATIENCE {
                    return Ok(());
                }
                std::thread::sleep(Duration::from_millis(5));
                continue;
            };
            let line = acknowledgement(&message.sender, &answer);
            writeln!(self.acknowledged, "{line}")?;
            // Some messages come again, as they do when an answer is lost on its way: to any server.
            let again = answer["message"]["position"].as_u64().unwrap_or(0) % 16 == 0;
            let second = servers.one(turn + 1).filter(|_| again);
            if let Some(second) = second.and_then(|server| post(&agent, &server, tokens, message)) {
                self.resent += 1;
                if acknowledgement(&message.sender, &second)["documents"] != line["documents"] {
                    self.faults.push(format!("another answer to the same bytes: {second} after {answer}"));
                }
            }
            self.queue.pop_front();
        }
        Ok(())
    }
}

/// Where servers listen at the moment.
#[derive(Default)]
pub struct Servers(Mutex<Vec<Option<String>>>);

impl Servers {
    /// One server alone.
    pub fn alone(address: String) -> Self {
        Self(Mutex::new(vec![Some(address)]))
    }
    /// A server listens at an address, or is gone.
    pub fn set(&self, index: usize, address: Option<String>) {
        let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if servers.len() <= index {
            servers.resize(index + 1, None);
        }
        if let Some(place) = servers.get_mut(index) {
            *place = address;
        }
    }
    /// The next in turn, if it is there.
    fn one(&self, turn: usize) -> Option<String> {
        let servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        servers.get(turn % servers.len().max(1)).cloned().flatten()
    }
}

/// The file of a lane's acknowledgements.
pub fn acknowledged(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("acknowledged-{index}.jsonl"))
}

pub fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(Duration::from_secs(20))).build().new_agent()
}

/// The answer, if one came; none when the server is gone or did not record.
fn post(agent: &ureq::Agent, server: &str, tokens: &Tokens, message: &Message) -> Option<Value> {
    let token = tokens.get(&message.sender)?;
    let mut response = agent
        .post(format!("{server}/v1/messages"))
        .header("authorization", format!("Bearer {token}"))
        .send(&message.bytes[..])
        .ok()?;
    let recorded = matches!(response.status().as_u16(), 200 | 422);
    let text = response.body_mut().read_to_string().ok()?;
    serde_json::from_str(&text).ok().filter(|_| recorded)
}

pub fn get(agent: &ureq::Agent, server: &str, token: &str, path: &str) -> Result<Value, Failure> {
    let mut response =
        agent.get(format!("{server}{path}")).header("authorization", format!("Bearer {token}")).call()?;
    if response.status() != 200 {
        return Err(format!("{path}: {}", response.status()).into());
    }
    Ok(serde_json::from_str(&response.body_mut().with_config().limit(1 << 30).read_to_string()?)?)
}

/// What the client keeps of an answer.
fn acknowledgement(sender: &str, answer: &Value) -> Value {
    let documents: Vec<Value> = answer["documents"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| json!({"kind": one["kind"], "position": one["position"], "status": one["status"]}))
        .collect();
    json!({"sender": sender, "sha256": answer["message"]["sha256"], "documents": documents})
}
