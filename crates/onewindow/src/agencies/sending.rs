//! The trades of a run, sent over HTTP by their parties, at a rate.

use super::Tokens;
use super::asking::{Api, token};
use crate::{Failure, generate};
use clearance::sample::Trade;
use indicatif::ProgressBar;
use server::clock::Clock;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How many send at a time.
const SENDERS: usize = 4;
/// Documents of a trade that are shared as documents: order, payment, waybill, list, arrival.
const KINDS: usize = 5;
/// Faults that are told of the sending at most.
const MOST: usize = 20;

/// What was sent.
pub struct Sent {
    /// Messages.
    pub messages: u64,
    /// Documents that were accepted, by their place in a trade.
    accepted: [u64; KINDS],
    /// How long it took.
    pub took: Duration,
    /// What was not taken.
    pub faults: Vec<String>,
}

impl Sent {
    /// How many records a dataset has to have by now; none = as many as changes came of it.
    pub fn expected(&self, dataset: &str) -> Option<u64> {
        let at = ["orders", "payments", "waybills", "declarations", "arrivals"]
            .iter()
            .position(|one| *one == dataset);
        at.and_then(|at| self.accepted.get(at).copied())
    }
}

/// Sends so many trades, so many a second, each document in a message of its own and each trade in order.
pub fn send(
    server: &str,
    tokens: &Tokens,
    (count, rate): (u64, u64),
    bar: &ProgressBar,
) -> Result<Sent, Failure> {
    let now = Clock::Real.now();
    let seed = now.0.unsigned_abs();
    let trades = generate::trades(seed, 0, count, generate::persons(count), 0, now);
    let (next, messages) = (AtomicUsize::new(0), AtomicU64::new(0));
    let accepted: [AtomicU64; KINDS] = Default::default();
    let faults = Mutex::new(Vec::new());
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                let api = Api::new(server);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(trade) = trades.get(at) else { return };
                    let due = Duration::from_millis((at as u64).saturating_mul(1_000) / rate);
                    std::thread::sleep(due.saturating_sub(began.elapsed()));
                    for (place, sent) in one(&api, tokens, trade, seed).into_iter().enumerate() {
                        messages.fetch_add(1, Ordering::Relaxed);
                        let fault = match sent {
                            Ok(statuses) if statuses.iter().all(|status| *status > 0) => {
                                if let Some(accepted) = accepted.get(place) {
                                    accepted.fetch_add(statuses.len() as u64, Ordering::Relaxed);
                                }
                                continue;
                            }
                            Ok(statuses) => {
                                format!("trade {at}: a document of it has the status {statuses:?}")
                            }
                            Err(failure) => format!("trade {at}: {failure}"),
                        };
                        if let Ok(mut faults) = faults.lock()
                            && faults.len() < MOST
                        {
                            faults.push(fault);
                        }
                    }
                    bar.inc(1);
                }
            });
        }
    });
    Ok(Sent {
        messages: messages.into_inner(),
        accepted: accepted.map(AtomicU64::into_inner),
        took: began.elapsed(),
        faults: faults.into_inner().unwrap_or_default(),
    })
}

/// The messages of one trade; the statuses of each one's documents.
fn one(api: &Api, tokens: &Tokens, trade: &Trade, seed: u64) -> Vec<Result<Vec<i64>, Failure>> {
    let messages = generate::messages(std::slice::from_ref(trade), seed, 1, Clock::Real.now());
    let sent = messages.into_iter().map(|(sender, _, bytes)| api.message(token(tokens, &sender)?, &bytes));
    sent.collect()
}
