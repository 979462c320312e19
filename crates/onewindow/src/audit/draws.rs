//! `onewindow audit draws`: checks a period of the draw from the files that anybody can fetch. It opens no store and uses nothing of
//! the window but the crate `evidence`, which shares no code with what draws.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use super::Unusable;
use super::verify::{public, unusable};
use crate::Failure;
use evidence::draws::{Report, audit, handle, list_of};
use evidence::{hexadecimal, of_hexadecimal};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Arguments of `audit draws`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The period, as GET /v1/draws/{period} gives it.
    #[arg(value_name = "PERIOD_FILE")]
    period: PathBuf,
    /// Its list, as GET /v1/draws/{period}/list gives it.
    #[arg(value_name = "LIST_FILE")]
    list: PathBuf,
    /// Its orders, as offices of the whole zone get them from GET /v1/draws/{period}/orders.
    #[arg(long, value_name = "FILE")]
    orders: Option<PathBuf>,
    /// The public key that you know the space by.
    #[arg(long, value_name = "HEX", value_parser = public)]
    key: Option<[u8; 32]>,
    /// Look one order up: its platform.
    #[arg(long, value_name = "CODE", requires_all = ["order", "salt"])]
    platform: Option<String>,
    /// Its number.
    #[arg(long, value_name = "NUMBER", requires = "platform")]
    order: Option<String>,
    /// Its salt, as its parties are told it.
    #[arg(long, value_name = "HEX", requires = "platform", value_parser = salt)]
    salt: Option<[u8; 16]>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn salt(text: &str) -> Result<[u8; 16], String> {
    of_hexadecimal(text).ok_or_else(|| "a salt has 32 hexadecimal digits".to_owned())
}

fn read(path: &Path) -> Result<String, Unusable> {
    std::fs::read_to_string(path).map_err(|error| unusable(path, error))
}

/// What the list has of the order that was asked for; none = no order was.
fn looked_up(arguments: &Arguments, list: &str) -> Result<Option<(String, Option<Value>)>, Unusable> {
    let asked = (&arguments.platform, &arguments.order, &arguments.salt);
    let (Some(platform), Some(order), Some(salt)) = asked else { return Ok(None) };
    let handle = handle(salt, platform, order);
    let lines = list_of(list).map_err(|error| unusable(&arguments.list, error))?;
    let found = lines
        .iter()
        .find(|line| line.handle == handle)
        .map(|line| json!({"drawn": line.number, "ratio": line.ratio, "selected": line.selected}));
    Ok(Some((hexadecimal(&handle), found)))
}

fn report_json(report: &Report, clean: bool, order: Option<&(String, Option<Value>)>) -> Value {
    let chance: Vec<Value> = report
        .chance
        .iter()
        .map(|test| {
            json!({
                "test": test.name, "thousandths": test.thousandths, "verdict": test.verdict.word(), "said": test.said,
            })
        })
        .collect();
    json!({
        "clean": clean, "period": report.period, "draws": report.draws, "selected": report.selected,
        "missing": report.missing, "windowsOwn": report.windows_own, "orders": report.orders, "chance": chance,
        "faults": report.faults, "told": report.told,
        "order": order.map(|(handle, found)| json!({"handle": handle, "line": found})),
    })
}

fn print(report: &Report, clean: bool, order: Option<&(String, Option<Value>)>) {
    println!("period {}: {} orders drawn, {} of them selected", report.period, report.draws, report.selected);
    for side in &report.missing {
        println!("missing: the secret of {side}; the seed was made without it");
    }
    if report.windows_own {
        println!("neither holder took part: whoever ran the window could choose this seed");
    }
    match report.orders {
        Some(count) => println!("{count} orders held against the list, with their salts and shares"),
        None => println!("that no order was left out is told by --orders, or by the parties of each order"),
    }
    for test in &report.chance {
        println!("{}: {}", test.name, test.said);
    }
    if let Some((handle, found)) = order {
        match found {
            Some(line) => println!("your order is {handle}: drew {} of {}", line["drawn"], line["ratio"]),
            None => println!("your order would be {handle}: the list does not have it"),
        }
    }
    for fault in &report.told {
        println!("{fault}");
    }
    let more = report.faults.saturating_sub(report.told.len() as u64);
    if more > 0 {
        println!("and {more} more");
    }
    println!("{}", if clean { "clean" } else { "NOT clean" });
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let (period, list) = (read(&arguments.period)?, read(&arguments.list)?);
    let orders = arguments.orders.as_deref().map(read).transpose()?;
    let report = audit(&period, &list, orders.as_deref(), arguments.key.as_ref())
        .map_err(|error| unusable(&arguments.period, error))?;
    let order = looked_up(arguments, &list)?;
    let clean = report.is_clean() && order.as_ref().is_none_or(|(_, found)| found.is_some());
    if arguments.json {
        println!("{}", report_json(&report, clean, order.as_ref()));
    } else {
        print(&report, clean, order.as_ref());
    }
    Ok(clean)
}
