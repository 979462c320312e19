//! `onewindow risk rules`: how long rules take for a declaration, in pure code: its windows raised and read, all rules held against
//! it. Loading and storing windows is measured with the rest of the window, by `onewindow bench`.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::{Failure, generate};
use clearance::event::Person;
use clearance::facts::CountKind;
use clearance::risk::RiskFacts;
use clearance::sample::Trade;
use clearance::windows::{self, WindowFact};
use clearance::{Rulebook, normal, tax};
use server::clock::Clock;
use std::fmt::Write as _;
use std::time::Instant;

/// Arguments of `risk rules`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Rules.
    #[arg(long, default_value_t = 200)]
    rules: usize,
    /// Different facts over windows that they read.
    #[arg(long, default_value_t = 60)]
    windows: usize,
    /// Declarations; the first tenth is not measured.
    #[arg(long, default_value_t = 20_000)]
    declarations: u64,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let table = table(arguments.rules, arguments.windows);
    let book = Rulebook::load(1, &[("risk_rules.csv".to_owned(), table)])
        .map_err(|faults| faults.first().map_or_else(String::new, ToString::to_string))?;
    let risk = &book.risk;
    let now = Clock::Real.now();
    let law = book.parameters.on(now.day());
    let mut state = Default::default();
    let mut took: Vec<u128> = Vec::new();
    let (mut read, mut hits) = (0, 0);
    for number in 0..arguments.declarations {
        let persons = generate::persons(arguments.declarations);
        let declaration = Trade::new(1, number, now, persons).declaration;
        let person = Person {
            identity: declaration.head.buyer_id_number.clone(),
            telephone: declaration.head.buyer_telephone.clone(),
            address: normal::address(&declaration.head.consignee_address).into(),
        };
        let assessment = tax::assess(&declaration, &law, &book.tariff).ok();
        let began = Instant::now();
        let raised = windows::raised(&person, &declaration, assessment.as_ref(), |kind| risk.reads(kind));
        let counts = windows::raise(&raised, &mut state, risk.windows(), &[], now);
        let facts = RiskFacts {
            declaration: &declaration,
            assessment: assessment.as_ref(),
            payment: None,
            counts: &counts,
        };
        hits += risk.evaluate(&facts, now.day()).len();
        took.push(began.elapsed().as_nanos());
        read = counts.iter().map(|read| read.values.len()).sum();
    }
    let mut measured = took.split_off((arguments.declarations / 10) as usize);
    measured.sort_unstable();
    let at = |part: usize| {
        let nanos = measured.get((measured.len() * part / 1000).min(measured.len().saturating_sub(1)));
        nanos.copied().unwrap_or_default() / 1000
    };
    println!(
        "{} rules, {} facts over windows ({read} values for the last declaration), {} declarations, {hits} hits",
        arguments.rules,
        risk.windows().len(),
        measured.len()
    );
    println!(
        "microseconds a declaration: median {}, p95 {}, p99 {}, p99.9 {}",
        at(500),
        at(950),
        at(990),
        at(999)
    );
    Ok(true)
}

/// More than any window sums up to, however much is sold.
const NEVER: u64 = 900_000_000_000_000;

/// Rules that look at everything and seldom hit: what is held waits in memory for an officer, and here nobody decides.
pub fn table(rules: usize, windows: usize) -> String {
    let mut names: Vec<String> = Vec::new();
    'all: for days in [90, 30, 60, 120, 45, 75] {
        // Those that a declaration raises: of parcels, exports and orders there are none here.
        let raised = |kind: CountKind| {
            let of_list = !kind.leaves_out_the_list() && kind != CountKind::Device;
            of_list && !kind.is_sum() && !kind.word().starts_with("export_")
        };
        for (kind, measures) in WindowFact::THERE_IS.into_iter().filter(|(kind, _)| raised(*kind)) {
            for measure in measures {
                if names.len() == windows {
                    break 'all;
                }
                names.push(format!("{}_{}_{days}", kind.word(), measure.word()));
            }
        }
    }
    let mut text = String::from("id,dimension,valid_from,valid_to,lane,condition,note\n");
    for rule in 0..rules {
        let name = names.get(rule % names.len().max(1)).map_or("lines", String::as_str);
        let condition = match rule % 4 {
            0 => format!("{name} > {}", NEVER + rule as u64),
            1 => format!("goods_text has list:prohibited 甲{rule} or {name} > {NEVER}"),
            2 => format!("dutiable_fen >= {} and {name} > {NEVER}", rule * 10),
            _ => {
                format!("hs in 1901 3303 42 and unit_price_fen < 1% of goods_price_median_90 and {name} >= 1")
            }
        };
        let _ = writeln!(text, "r{rule},transaction,20190101,,scan,{condition},");
    }
    text
}
