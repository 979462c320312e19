//! `onewindow crash-test`: kills a server under load at random instants, again and again, and audits what is left
//! through the public interface: nothing acknowledged lost, nothing twice, accounts as the client reckons them.
//!
//! The client is this process, the server a child that is killed without warning. The reckoning of quota and guarantee
//! below shares no code with the judgement or the ledger: it adds up what the client itself declared.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::reckoning::{fen, reckoned_tax};
use crate::{Failure, Space, generate};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::{self, Numbers, Trade};
use serde_json::{Value, json};
use server::clock::Clock;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::MasterKey;

/// Arguments of `crash-test`.
#[derive(clap::Args)]
pub struct Arguments {
    /// How often the server is killed.
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// Senders at a time.
    #[arg(long, default_value_t = 8)]
    senders: usize,
    /// Seed of the trades and of the instants.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for the space and the acknowledgements; a temporary one unless named.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Rounds between two verifications of the folder.
const VERIFY_EVERY: u32 = 25;
/// Consumers: few, so that their limits are contended.
const PERSONS: u64 = 600;
/// Longest life of a server, milliseconds.
const LONGEST_LIFE: u64 = 500;

type Tokens = BTreeMap<Text, String>;

/// What the client knows of a trade that it declares.
#[derive(Clone)]
struct Declared {
    platform: Text,
    order_no: Text,
    cop_no: Text,
    agent: Text,
    guarantor: Text,
    identity: Text,
    /// Goods, freight and insurance as sent, fen.
    value: i64,
    /// Tax by the client's own reckoning, fen.
    tax: i64,
}

/// A message that is to be acknowledged.
struct Message {
    sender: Text,
    bytes: Vec<u8>,
}

/// One sender: its trades, what it has still to send, and its file of acknowledgements.
struct Lane {
    seed: u64,
    next: u64,
    batch: bool,
    queue: VecDeque<Message>,
    declared: Vec<Declared>,
    acknowledged: File,
    resent: u64,
    faults: Vec<String>,
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

    /// Sends until told to stop, or until the server is gone. Every acknowledgement is on file before the next message.
    fn send(&mut self, server: &str, tokens: &Tokens, stop: &AtomicBool, drain: bool) -> Result<(), Failure> {
        let agent = agent();
        while !stop.load(Ordering::SeqCst) {
            if self.queue.is_empty() {
                if drain {
                    return Ok(());
                }
                self.fill(Clock::Real.now());
            }
            let Some(message) = self.queue.front() else { return Ok(()) };
            let Some(answer) = post(&agent, server, tokens, message) else { return Ok(()) };
            let line = acknowledgement(&message.sender, &answer);
            writeln!(self.acknowledged, "{line}")?;
            // Some messages come again, as they do when an answer is lost on its way.
            let again = answer["message"]["position"].as_u64().unwrap_or(0) % 16 == 0;
            if again && let Some(second) = post(&agent, server, tokens, message) {
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

fn agent() -> ureq::Agent {
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

fn get(agent: &ureq::Agent, server: &str, token: &str, path: &str) -> Result<Value, Failure> {
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

/// Starts a server on the folder; its address, once it listens.
fn start(space: &Space) -> Result<(Child, String), Failure> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&space.data)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let errors = child.stderr.take().ok_or("no standard error")?;
    let mut said = String::new();
    for line in BufReader::new(errors).lines() {
        let line = line?;
        if let Some(at) = line.find("http://") {
            return Ok((child, line.get(at..).unwrap_or("").trim().to_owned()));
        }
        said.push_str(&line);
    }
    let _ = child.wait();
    Err(format!("the server did not start: {said}").into())
}

fn kill(mut child: Child) -> Result<(), Failure> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// Files the parties and issues tokens, before the first server.
fn prepare(space: &Space) -> Result<Tokens, Failure> {
    let runtime = crate::runtime()?;
    let opened = runtime.block_on(crate::serve::open(space, None))?;
    runtime.block_on(opened.window.file_all(sample::filings(), "crash test"));
    let mut tokens = Tokens::new();
    for filing in sample::filings() {
        let role = filing.roles.first().copied().unwrap_or(Role::Merchant);
        let control = &opened.window.control;
        tokens.insert(
            filing.code.clone(),
            control.issue(&filing.code, role, "crash test", &[], Clock::Real.now(), None)?,
        );
    }
    drop(opened.window);
    let _ = opened.writer.join();
    Ok(tokens)
}

/// Runs the command. Falls short when anything acknowledged was lost, doubled or changed.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let temporary = tempfile::tempdir()?;
    let folder = arguments.folder.clone().unwrap_or_else(|| temporary.path().to_path_buf());
    std::fs::create_dir_all(&folder)?;
    let space = Space { data: folder.join("data"), master_key: None };
    let tokens = prepare(&space)?;
    let mut lanes = Vec::new();
    for index in 0..arguments.senders.max(1) {
        lanes.push(Lane {
            seed: arguments.seed * 1000 + index as u64,
            next: 0,
            batch: index % 2 == 1,
            queue: VecDeque::new(),
            declared: Vec::new(),
            acknowledged: File::create(folder.join(format!("acknowledged-{index}.jsonl")))?,
            resent: 0,
            faults: Vec::new(),
        });
    }
    let bar = indicatif::ProgressBar::new(u64::from(arguments.rounds));
    let mut draw = Numbers::new(arguments.seed, 0xC4A5);
    let mut slowest = Duration::ZERO;
    let mut faults = Vec::new();
    for round in 1..=arguments.rounds {
        if draw.below(10) == 0 {
            kill_early(&space, draw.below(120))?;
        }
        let started = Instant::now();
        let (child, server) = start(&space)?;
        slowest = slowest.max(started.elapsed());
        let life = Duration::from_millis(draw.below(LONGEST_LIFE));
        under_load(&mut lanes, &server, &tokens, false, || {
            std::thread::sleep(life);
            kill(child)
        })?;
        if round.is_multiple_of(VERIFY_EVERY) {
            faults.extend(verify(&space)?);
        }
        bar.inc(1);
    }
    bar.set_message("auditing");
    let (child, server) = start(&space)?;
    under_load(&mut lanes, &server, &tokens, true, || Ok(()))?;
    let audit = audit(&folder, &lanes, &server, &tokens, &mut faults);
    kill(child)?;
    let (acknowledged, receipts) = audit?;
    faults.extend(verify(&space)?);
    faults.extend(lanes.iter().flat_map(|lane| lane.faults.iter().cloned()));
    bar.finish_and_clear();
    let declared: usize = lanes.iter().map(|lane| lane.declared.len()).sum();
    let resent: u64 = lanes.iter().map(|lane| lane.resent).sum();
    if arguments.json {
        let report = json!({
            "kills": arguments.rounds, "messagesAcknowledged": acknowledged, "declarations": declared, "resentAtOnce": resent,
            "receipts": receipts, "slowestStartMillis": slowest.as_millis() as u64, "faults": faults,
        });
        println!("{report}");
    } else {
        println!(
            "{} kills, {acknowledged} messages acknowledged, {declared} declarations, {receipts} receipts, slowest start {} ms, {} faults",
            arguments.rounds,
            slowest.as_millis(),
            faults.len()
        );
        faults.iter().take(50).for_each(|fault| println!("{fault}"));
    }
    Ok(faults.is_empty())
}

/// A server that is killed while it opens the folder.
fn kill_early(space: &Space, after: u64) -> Result<(), Failure> {
    let child = Command::new(std::env::current_exe()?)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&space.data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    std::thread::sleep(Duration::from_millis(after));
    kill(child)
}

fn under_load(
    lanes: &mut [Lane],
    server: &str,
    tokens: &Tokens,
    drain: bool,
    meanwhile: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let senders: Vec<_> =
            lanes.iter_mut().map(|lane| scope.spawn(|| lane.send(server, tokens, &stop, drain))).collect();
        let done = meanwhile();
        if !drain {
            stop.store(true, Ordering::SeqCst);
        }
        for sender in senders {
            sender.join().map_err(|_| "a sender panicked")??;
        }
        done
    })
}

fn verify(space: &Space) -> Result<Vec<String>, Failure> {
    let report =
        store::sqlite::verify::verify(&space.data, &MasterKey::default_path(&space.data), &mut |_| {})?;
    Ok(report.faults.into_iter().map(|(sequence, what)| format!("verify, row {sequence}: {what}")).collect())
}

/// Holds what the server says against what the client has on file. Messages acknowledged, and receipts read.
fn audit(
    folder: &Path,
    lanes: &[Lane],
    server: &str,
    tokens: &Tokens,
    faults: &mut Vec<String>,
) -> Result<(u64, u64), Failure> {
    let agent = agent();
    if let Some(lane) = lanes.iter().find(|lane| !lane.queue.is_empty()) {
        faults.push(format!("{} messages could not be sent at last", lane.queue.len()));
    }
    let mut acknowledged = 0;
    let mut positions = BTreeSet::new();
    for index in 0..lanes.len() {
        let file = BufReader::new(File::open(folder.join(format!("acknowledged-{index}.jsonl")))?);
        for line in file.lines() {
            let kept: Value = serde_json::from_str(&line?)?;
            acknowledged += 1;
            let token = kept["sender"].as_str().and_then(|sender| tokens.get(sender)).ok_or("no token")?;
            let path = format!("/v1/messages?sha256={}", kept["sha256"].as_str().unwrap_or(""));
            let Ok(found) = get(&agent, server, token, &path) else {
                faults.push(format!("acknowledged and lost: {kept}"));
                continue;
            };
            let same = found["documents"].as_array().map(Vec::len)
                == kept["documents"].as_array().map(Vec::len)
                && found["documents"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .zip(kept["documents"].as_array().into_iter().flatten())
                    .all(|(found, kept)| {
                        found["repeats"].is_u64()
                            || (found["position"] == kept["position"] && found["status"] == kept["status"])
                    });
            if !same {
                faults.push(format!("acknowledged otherwise: {kept}, found {found}"));
            }
            for document in kept["documents"].as_array().into_iter().flatten() {
                if document["status"].as_i64().unwrap_or(-1) >= 0
                    && !positions.insert(document["position"].as_u64().unwrap_or(0))
                {
                    faults.push(format!("one row answers two documents: {document}"));
                }
            }
        }
    }
    let receipts = feeds(&agent, lanes, server, tokens, faults)?;
    accounts(&agent, lanes, server, tokens, faults)?;
    Ok((acknowledged, receipts))
}

/// Every feed from its beginning: nothing twice, each declaration's receipts in order, 2 and 800 once each.
fn feeds(
    agent: &ureq::Agent,
    lanes: &[Lane],
    server: &str,
    tokens: &Tokens,
    faults: &mut Vec<String>,
) -> Result<u64, Failure> {
    let mut count = 0;
    let mut guids = BTreeSet::new();
    let mut of_declarations: HashMap<(Text, String), Vec<(String, i64)>> = HashMap::new();
    for (party, token) in tokens {
        let mut after = String::new();
        loop {
            let page = get(agent, server, token, &format!("/v1/receipts?limit=5000&after={after}"))?;
            let cursor = page["cursor"].as_str().unwrap_or("").to_owned();
            for receipt in page["receipts"].as_array().into_iter().flatten() {
                count += 1;
                let place = format!("{party} {}-{}", receipt["position"], receipt["number"]);
                if !guids.insert(place.clone()) {
                    faults.push(format!("a receipt came twice: {place}"));
                }
                if receipt["message"] == "CEB622Message" {
                    let cop_no = find(&receipt["receipt"], "copNo").unwrap_or_default();
                    let time = receipt["time"].to_string();
                    let status = receipt["status"].as_i64().unwrap_or(0);
                    of_declarations.entry((party.clone(), cop_no)).or_default().push((time, status));
                }
            }
            if cursor == after {
                break;
            }
            after = cursor;
        }
    }
    for declared in lanes.iter().flat_map(|lane| &lane.declared) {
        let key = (declared.agent.clone(), declared.cop_no.to_string());
        let Some(receipts) = of_declarations.get(&key) else {
            faults.push(format!("{}: no receipt", declared.cop_no));
            continue;
        };
        if !receipts.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            faults.push(format!("{}: receipts out of order: {receipts:?}", declared.cop_no));
        }
        for status in [2, 120, 800, 100] {
            if receipts.iter().filter(|(_, given)| *given == status).count() > 1 {
                faults.push(format!("{}: {status} came twice", declared.cop_no));
            }
        }
    }
    Ok(count)
}

/// The first text under a name, anywhere inside.
fn find(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(map) => map
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| map.values().find_map(|inner| find(inner, name))),
        Value::Array(items) => items.iter().find_map(|inner| find(inner, name)),
        _ => None,
    }
}

/// Quota by person and guarantee by guarantor, added up from what the client declared and where each declaration stands.
fn accounts(
    agent: &ureq::Agent,
    lanes: &[Lane],
    server: &str,
    tokens: &Tokens,
    faults: &mut Vec<String>,
) -> Result<(), Failure> {
    let office = sample::filings().into_iter().find(|filing| filing.has(Role::Officer)).ok_or("no office")?;
    let token = tokens.get(&office.code).ok_or("no token")?;
    let mut quota: BTreeMap<Text, (i64, i64)> = BTreeMap::new();
    let mut guarantee: BTreeMap<Text, (i64, i64)> = BTreeMap::new();
    for declared in lanes.iter().flat_map(|lane| &lane.declared) {
        let path = format!("/v1/consignments/{}/{}", declared.platform, declared.order_no);
        let shown = get(agent, server, token, &path)?;
        let attempt = &shown["attempt"];
        let tax = declared.tax;
        let person = quota.entry(declared.identity.clone()).or_default();
        let guarantor = guarantee.entry(declared.guarantor.clone()).or_default();
        match attempt["state"].as_u64() {
            Some(800 | 899) => {
                person.0 += declared.value;
                guarantor.0 += tax;
            }
            // Refused for the yearly limit by the window, or ended: nothing is taken.
            None | Some(0 | 1 | 100 | 700 | 1003 | 1399) => {}
            Some(_) => {
                person.1 += declared.value;
                guarantor.1 += tax;
            }
        }
    }
    for (kind, own) in [("quota", &quota), ("guarantee", &guarantee)] {
        let mut theirs: Vec<(i64, i64)> = Vec::new();
        let mut after = String::new();
        loop {
            let page =
                get(agent, server, token, &format!("/v1/accounts?kind={kind}&limit=5000&after={after}"))?;
            theirs.extend(page["accounts"].as_array().into_iter().flatten().map(|account| {
                (fen(account["posted"].as_str().unwrap_or("")), fen(account["held"].as_str().unwrap_or("")))
            }));
            match page["after"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        // Owners of quota are keyed hashes: the accounts are compared as a whole.
        let mut own: Vec<(i64, i64)> = own.values().copied().collect();
        own.retain(|pair| *pair != (0, 0));
        theirs.retain(|pair| *pair != (0, 0));
        own.sort_unstable();
        theirs.sort_unstable();
        if own != theirs {
            let differing = own.iter().zip(&theirs).find(|(own, theirs)| own != theirs);
            faults.push(format!(
                "{kind}: {} accounts reckoned, {} found, first difference {differing:?}",
                own.len(),
                theirs.len()
            ));
        }
    }
    Ok(())
}
