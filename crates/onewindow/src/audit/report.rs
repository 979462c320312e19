//! `onewindow audit report`: checks a report of credit from the file alone. It opens no store and uses nothing of the window but
//! the crate `evidence`.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use super::verify::{public, unusable};
use crate::Failure;
use evidence::{check_file, hexadecimal};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `audit report`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The report, as GET /v1/credit/{party}/report.pdf gives it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The public key that you know the window by, as GET /v1/evidence/keys lists it.
    #[arg(long, value_name = "HEX", value_parser = public)]
    key: Option<[u8; 32]>,
    /// Print one JSON object, with the report.
    #[arg(long)]
    json: bool,
}

/// Runs the command; whether the report is what was sealed.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let file = std::fs::read(&arguments.file).map_err(|error| unusable(&arguments.file, error))?;
    let checked = match check_file(&file) {
        Ok(checked) => checked,
        Err(wrong) => {
            if arguments.json {
                println!("{}", json!({"genuine": false, "why": wrong.said()}));
            } else {
                println!("{}", wrong.said());
            }
            return Ok(false);
        }
    };
    let (seal, key) = (&checked.seal, hexadecimal(&checked.seal.public));
    let genuine = arguments.key.is_none_or(|known| known == seal.public);
    if arguments.json {
        let report: Value = serde_json::from_slice(&checked.report).unwrap_or_default();
        let head =
            seal.head.map(|(number, digest)| json!({"number": number, "digest": hexadecimal(&digest)}));
        let why = (!genuine).then_some("sealed by another key");
        println!(
            "{}",
            json!({
                "genuine": genuine, "why": why, "key": key, "keyKnown": arguments.key.is_some(),
                "sha256": hexadecimal(&seal.digest), "head": head, "report": report,
            })
        );
        return Ok(genuine);
    }
    println!("sha256 of the report: {}", hexadecimal(&seal.digest));
    match seal.head {
        Some((number, digest)) => {
            println!("rests on head {number} of the evidence log: {}", hexadecimal(&digest))
        }
        None => println!("rests on no head of the evidence log: there was none yet"),
    }
    println!("sealed by {key}");
    match (arguments.key, genuine) {
        (None, _) => {
            println!("every byte is what that key sealed; whether it is the window's key is told by --key")
        }
        (Some(_), true) => println!("every byte is what the window sealed"),
        (Some(_), false) => println!("NOT the key that you know the window by"),
    }
    Ok(genuine)
}
