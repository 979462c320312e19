//! `onewindow convert`: a message of order, payment and waybill in another standard, for integrators. It needs no space and sends nothing.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the answer of the command, and what it lost")]

use crate::audit::unusable;
use crate::{Failure, submit};
use ceb::{Defect, Style};
use exchange::convert::{Standard, convert};
use exchange::unified;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `convert`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Standard of the message: ceb-import, ceb-export, unified or neutral.
    #[arg(long, value_name = "STANDARD", value_parser = standard, required_unless_present = "schema")]
    from: Option<Standard>,
    /// Standard that it shall have.
    #[arg(long, value_name = "STANDARD", value_parser = standard, required_unless_present = "schema")]
    to: Option<Standard>,
    /// The message; - = standard input.
    #[arg(value_name = "FILE", required_unless_present = "schema")]
    file: Option<PathBuf>,
    /// Print one JSON object: the message, what it could not hold, or what is wrong with it.
    #[arg(long)]
    json: bool,
    /// Print the JSON Schema of the unified standard, and convert nothing.
    #[arg(long, conflicts_with_all = ["from", "to", "file", "json"])]
    schema: bool,
}

fn standard(text: &str) -> Result<Standard, String> {
    let words = Standard::ALL.map(Standard::word).join(", ");
    Standard::from_word(text).ok_or_else(|| format!("{text} is none of {words}"))
}

fn told(defect: &Defect) -> Value {
    json!({"path": defect.path.as_str(), "rule": defect.rule.word(), "value": defect.value.as_str(), "expected": defect.expected.as_str()})
}

/// Runs the command. Falls short when the message is none of its standard, or lacks what the other demands; what is lost is told, and no
/// fault.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let (Some(from), Some(to), Some(file)) = (arguments.from, arguments.to, &arguments.file) else {
        println!("{:#}", unified::schema());
        return Ok(true);
    };
    let bytes = submit::read(file).map_err(|error| unusable(file, error))?;
    let converted = match convert(&bytes, from, to) {
        Ok(converted) => converted,
        Err(defects) if arguments.json => {
            println!(
                "{}",
                json!({"converted": false, "defects": defects.iter().map(told).collect::<Vec<_>>()})
            );
            return Ok(false);
        }
        Err(defects) => {
            for defect in &defects {
                let Defect { path, rule, value, expected } = defect;
                eprintln!("{path}: {value} ({}), expected: {expected}", rule.word());
            }
            return Ok(false);
        }
    };
    let dropped = &converted.dropped;
    if arguments.json {
        let dropped: Vec<Value> =
            dropped.iter().map(|one| json!({"path": one.path, "value": one.value})).collect();
        println!("{}", json!({"converted": true, "message": converted.json, "dropped": dropped}));
        return Ok(true);
    }
    for one in dropped {
        eprintln!("not held by {}: {} = {}", to.word(), one.path, one.value);
    }
    match &converted.ceb {
        Some(message) => println!("{}", String::from_utf8_lossy(&ceb::write(message, Style::Prefixed))),
        None => println!("{:#}", converted.json),
    }
    Ok(true)
}
