//! `onewindow risk evaluate`: how much of planted fraud the built-in rules see, and how often they trouble honest trade. Trades
//! are judged in memory, as the window judges them, without the draw; no space is touched.
#![expect(clippy::print_stdout, reason = "the answer of the command")]
#![expect(clippy::float_arithmetic, reason = "shares of counts, no money")]

use crate::Failure;
use crate::generate::{self, fraud};
use ceb::Document;
use clearance::consignment::{Lane, RiskHit};
use clearance::decide::{Reference, decide};
use clearance::event::{Arrived, Cause, Event, Follow, Person, SignatureFact};
use clearance::facts::Facts;
use clearance::keys::{OrderKey, Position, Time};
use clearance::risk::SamplingSeed;
use clearance::sample::{self, Trade};
use clearance::{Rulebook, Text, normal};
use server::clock::Clock;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Arguments of `risk evaluate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Trades.
    #[arg(long, default_value_t = 20_000)]
    declarations: u64,
    /// Days over which they come.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=300))]
    days: i64,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Share of trades that are fraud, 0 to 1.
    #[arg(long, default_value = "0.03", value_parser = generate::share)]
    fraud: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

const DAY: i64 = 86_400_000;
/// Shares of all declarations that officers can look at, percent.
const WORKLOADS: [usize; 3] = [1, 3, 5];

/// A trade after it was judged.
struct Judged {
    sort: Option<(&'static str, u64)>,
    hits: Vec<RiskHit>,
    /// Whether the documents were joined: otherwise the rules were never asked.
    matched: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let judged = judge(arguments);
    if arguments.json {
        println!("{}", report(arguments, &judged));
    } else {
        tell(&report(arguments, &judged));
    }
    Ok(true)
}

fn judge(arguments: &Arguments) -> Vec<Judged> {
    let count = arguments.declarations;
    let first = Time::start_of(Clock::Real.now().day());
    let at = |number: u64| Time(first.0 + number as i64 * (arguments.days * DAY / count.max(1) as i64));
    let persons = generate::persons(count);
    let mut trades: Vec<Trade> =
        (0..count).map(|number| Trade::new(arguments.seed, number, at(number), persons)).collect();
    let planted = fraud::plant(&mut trades, arguments.seed, arguments.fraud);
    let planted: BTreeMap<usize, (&'static str, u64)> =
        planted.into_iter().map(|(at, sort, case)| (at, (sort, case))).collect();
    let mut window = Window::new();
    let mut judged = Vec::with_capacity(trades.len());
    for (number, trade) in trades.iter().enumerate() {
        window.now = at(number as u64);
        for (sender, document) in trade.documents() {
            window.send(&sender, document);
        }
        let key = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
        // Done with: only what windows keep goes on.
        let consignment = window.facts.consignments.remove(&key);
        let attempt = consignment.and_then(|consignment| consignment.attempt.clone());
        judged.push(Judged {
            sort: planted.get(&number).copied(),
            matched: attempt.as_ref().is_some_and(|attempt| attempt.lane.is_some()),
            hits: attempt.map(|attempt| attempt.hits).unwrap_or_default(),
        });
    }
    judged
}

/// The judgement, in memory.
struct Window {
    facts: Facts,
    reference: Reference,
    now: Time,
}

impl Window {
    fn new() -> Self {
        let parameters = Rulebook::built_in_tables().into_iter().find(|(name, _)| name == "parameters.csv");
        // No draw: what is measured are rules.
        let drawless = parameters.map(|(name, text)| {
            let text = text
                .replace("sampling_floor,1000", "sampling_floor,0")
                .replace("sampling_base_9610,20000", "sampling_base_9610,0");
            (name, text)
        });
        let book =
            drawless.and_then(|table| Rulebook::load(1, &[table]).ok()).unwrap_or_else(Rulebook::builtin);
        let mut filings = sample::filings();
        // Platforms that verify who buys: then another may pay, which is what a rule looks at.
        filings.iter_mut().for_each(|filing| filing.verifies_identity = true);
        let mut parties = clearance::party::Parties::default();
        filings.into_iter().for_each(|filing| parties.file(filing));
        let mut facts = Facts::default();
        facts.numbers.next = 1;
        facts.numbers.end = u64::MAX;
        facts.next = Position { writer: 0, sequence: 1 };
        Self {
            facts,
            reference: Reference {
                version: 0,
                books: vec![Arc::new(book)],
                parties: Arc::new(parties),
                sampling_seed: SamplingSeed::default(),
            },
            now: Time(0),
        }
    }

    fn send(&mut self, sender: &Text, document: Document) {
        let mut waiting: VecDeque<Cause> = VecDeque::new();
        waiting.push_back(Cause::Document(Arc::new(arrived(sender, document))));
        while let Some(cause) = waiting.pop_front() {
            let position = self.facts.next;
            self.facts.next.sequence += 1;
            let event = Event { position, cause, recorded: None };
            let outcomes = decide(&[event], &mut self.facts, &self.reference, self.now);
            let follows = outcomes.into_iter().flat_map(|outcome| outcome.follows);
            waiting.extend(follows.map(|follow: Follow| Cause::Follow(follow)));
        }
    }
}

fn arrived(sender: &Text, document: Document) -> Arrived {
    let message = sample::message(sender, vec![document]);
    let transfer = message.transfer.clone().map(Arc::new);
    let document = Arc::new(
        message
            .entries
            .into_iter()
            .next()
            .map(|entry| entry.document)
            .unwrap_or_else(|| unreachable!("a message of one document has one")),
    );
    let mut content = Vec::new();
    document.digest_input(&mut |part| content.extend_from_slice(part));
    let mut fingerprint = [0u8; 16];
    for (slot, byte) in
        fingerprint.iter_mut().zip(ring::digest::digest(&ring::digest::SHA256, &content).as_ref())
    {
        *slot = *byte;
    }
    // Nothing leaves this process: names stand for themselves.
    let person = match &*document {
        Document::Declaration(declaration) => Person {
            identity: declaration.head.buyer_id_number.clone(),
            telephone: declaration.head.buyer_telephone.clone(),
            address: normal::address(&declaration.head.consignee_address).into(),
        },
        _ => Person::default(),
    };
    Arrived {
        document,
        defects: Vec::new(),
        sender: sender.clone(),
        transfer,
        recipient: sample::exchange_id(sender).unwrap_or_default().into(),
        copies: Vec::new(),
        signature: SignatureFact::Absent,
        fingerprint,
        person,
        all_bodies_empty: false,
        preview: false,
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 1e4).round() / 1e4 }
}

fn report(arguments: &Arguments, judged: &[Judged]) -> serde_json::Value {
    let fraud: Vec<&Judged> = judged.iter().filter(|one| one.sort.is_some()).collect();
    let clean: Vec<&Judged> = judged.iter().filter(|one| one.sort.is_none()).collect();
    let hit = |of: &[&Judged]| of.iter().filter(|one| !one.hits.is_empty()).count();
    let sorts: Vec<serde_json::Value> = fraud::sorts()
        .map(|word| {
            let own = fraud.iter().filter_map(|one| {
                let (sort, case) = one.sort?;
                (sort == word).then_some((case, !one.hits.is_empty(), one.matched))
            });
            let own: Vec<(u64, bool, bool)> = own.collect();
            let cases: BTreeSet<u64> = own.iter().map(|one| one.0).collect();
            let seen: BTreeSet<u64> = own.iter().filter(|one| one.1).map(|one| one.0).collect();
            let caught = own.iter().filter(|one| one.1).count();
            serde_json::json!({
                "sort": word, "trades": own.len(), "hit": caught, "recall": share(caught, own.len()),
                "notJoined": own.iter().filter(|one| !one.2).count(),
                "cases": cases.len(), "casesHit": seen.len(), "recallOfCases": share(seen.len(), cases.len()),
            })
        })
        .collect();
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for one in judged {
        for hit in &one.hits {
            let counted = rules.entry(&hit.rule).or_default();
            if one.sort.is_some() { counted.0 += 1 } else { counted.1 += 1 }
        }
    }
    let rules: Vec<serde_json::Value> = rules
        .into_iter()
        .map(|(rule, (on_fraud, on_clean))| {
            serde_json::json!({
                "rule": rule, "onFraud": on_fraud, "onClean": on_clean, "precision": share(on_fraud, on_fraud + on_clean),
            })
        })
        .collect();
    serde_json::json!({
        "declarations": judged.len(), "days": arguments.days, "seed": arguments.seed, "fraud": fraud.len(),
        "recall": share(hit(&fraud), fraud.len()), "falsePositives": share(hit(&clean), clean.len()),
        "precision": share(hit(&fraud), hit(&fraud) + hit(&clean)),
        "sorts": sorts, "rules": rules, "workloads": workloads(judged, fraud.len()),
    })
}

/// What is found by looking at so many: the gravest lane first, then the most hits, then who came first.
fn workloads(judged: &[Judged], fraud: usize) -> Vec<serde_json::Value> {
    let mut order: Vec<&Judged> = judged.iter().collect();
    let rank = |one: &Judged| {
        let lane = one.hits.iter().map(|hit| hit.lane).max().unwrap_or(Lane::Release);
        (std::cmp::Reverse(lane), std::cmp::Reverse(one.hits.len()))
    };
    order.sort_by_key(|one| rank(one));
    WORKLOADS
        .into_iter()
        .map(|percent| {
            let looked: Vec<&&Judged> =
                order.iter().take(judged.len() * percent / 100).filter(|one| !one.hits.is_empty()).collect();
            let found = looked.iter().filter(|one| one.sort.is_some()).count();
            serde_json::json!({
                "percent": percent, "lookedAt": looked.len(), "found": found,
                "recall": share(found, fraud), "precision": share(found, looked.len()),
            })
        })
        .collect()
}

fn tell(report: &serde_json::Value) {
    println!(
        "{} declarations over {} days, {} of them fraud: {} of it hit, {} of the hits right, {} of honest trades hit",
        report["declarations"],
        report["days"],
        report["fraud"],
        report["recall"],
        report["precision"],
        report["falsePositives"]
    );
    println!("\n| fraud | trades | hit | recall | cases | hit | recall |\n|---|---|---|---|---|---|---|");
    for row in report["sorts"].as_array().into_iter().flatten() {
        println!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            row["sort"].as_str().unwrap_or_default(),
            row["trades"],
            row["hit"],
            row["recall"],
            row["cases"],
            row["casesHit"],
            row["recallOfCases"]
        );
    }
    println!("\n| rule | on fraud | on honest trade | precision |\n|---|---|---|---|");
    for row in report["rules"].as_array().into_iter().flatten() {
        println!(
            "| {} | {} | {} | {} |",
            row["rule"].as_str().unwrap_or_default(),
            row["onFraud"],
            row["onClean"],
            row["precision"]
        );
    }
    println!(
        "\n| looked at | hits among them | fraud among them | recall | precision |\n|---|---|---|---|---|"
    );
    for row in report["workloads"].as_array().into_iter().flatten() {
        println!(
            "| {} % | {} | {} | {} | {} |",
            row["percent"], row["lookedAt"], row["found"], row["recall"], row["precision"]
        );
    }
}
