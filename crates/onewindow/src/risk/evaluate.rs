//! `onewindow risk evaluate`: how much of planted fraud the built-in rules see, and how often they trouble honest trade. Trades
//! are judged in memory, as the window judges them, without the draw; no space is touched.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use super::in_memory::Window;
use super::measured::{Judged, report, tell};
use crate::Failure;
use crate::generate::{self, export_fraud, fraud};
use clearance::export::ExportKey;
use clearance::keys::{OrderKey, Time};
use clearance::sample::{Export, Trade};
use server::clock::Clock;
use std::collections::BTreeMap;

/// Arguments of `risk evaluate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Trades.
    #[arg(long, default_value_t = 20_000)]
    declarations: u64,
    /// Exports; 0 = none are measured.
    #[arg(long, default_value_t = 20_000)]
    exports: u64,
    /// Days over which they come.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=300))]
    days: i64,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Share of trades, and of exports, that are fraud, 0 to 1.
    #[arg(long, default_value = "0.03", value_parser = generate::share)]
    fraud: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

const DAY: i64 = 86_400_000;

impl Arguments {
    /// When the one of so many comes that has a number.
    fn at(&self, first: Time, number: u64, count: u64) -> Time {
        Time(first.0 + number as i64 * (self.days * DAY / count.max(1) as i64))
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let first = Time::start_of(Clock::Real.now().day());
    let imports = report(&imports(arguments, first), &fraud::sorts().collect::<Vec<_>>());
    let exports = report(&exports(arguments, first), &export_fraud::sorts().collect::<Vec<_>>());
    if arguments.json {
        let (days, seed) = (arguments.days, arguments.seed);
        let all = serde_json::json!({"days": days, "seed": seed, "imports": imports, "exports": exports});
        println!("{all}");
    } else {
        println!("Over {} days, seed {}.\n", arguments.days, arguments.seed);
        tell("Imports", &imports);
        if arguments.exports > 0 {
            tell("Exports", &exports);
        }
    }
    Ok(true)
}

type Truth = BTreeMap<usize, (&'static str, u64)>;

fn truth(planted: Vec<fraud::Planted>) -> Truth {
    planted.into_iter().map(|(at, sort, case)| (at, (sort, case))).collect()
}

fn imports(arguments: &Arguments, first: Time) -> Vec<Judged> {
    let count = arguments.declarations;
    let at = |number: u64| arguments.at(first, number, count);
    let persons = generate::persons(count);
    let mut trades: Vec<Trade> =
        (0..count).map(|number| Trade::new(arguments.seed, number, at(number), persons)).collect();
    let planted = truth(fraud::plant(&mut trades, arguments.seed, arguments.fraud));
    let mut window = Window::new(Vec::new());
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

fn exports(arguments: &Arguments, first: Time) -> Vec<Judged> {
    let count = arguments.exports;
    let at = |number: u64| arguments.at(first, number, count);
    let mut exports: Vec<Export> =
        (0..count).map(|number| Export::new(arguments.seed, number, at(number))).collect();
    let made = export_fraud::plant(&mut exports, arguments.seed, arguments.fraud, first);
    let planted = truth(made.planted);
    let mut window = Window::new(made.merchants);
    let mut came_in = made.came_in.into_iter().peekable();
    let mut judged = Vec::with_capacity(exports.len());
    for (number, export) in exports.iter().enumerate() {
        window.now = at(number as u64);
        // Goods that leave again have come in before; what imports are hit by is measured with imports.
        while let Some((_, trade)) = came_in.next_if(|(before, _)| *before == number) {
            for (sender, document) in trade.documents() {
                window.send(&sender, document);
            }
        }
        for (sender, document) in export.documents() {
            window.send(&sender, document);
        }
        // Done with: only what windows keep and waybills claim goes on.
        let state = window.facts.exports.remove(&ExportKey::Trade(export.key()));
        let trade = state.as_ref().and_then(|state| state.trade());
        let lane = trade.and_then(|trade| trade.attempt.as_ref()).and_then(|attempt| attempt.lane);
        judged.push(Judged {
            sort: planted.get(&number).copied(),
            matched: lane.is_some(),
            hits: trade.map(|trade| trade.look.hits.clone()).unwrap_or_default(),
        });
    }
    judged
}
