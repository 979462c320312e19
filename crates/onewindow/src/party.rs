//! `onewindow party`: filings from a file into a data folder, and what is filed there. The file is a JSON array; a party
//! that is filed already as it stands there is left alone, any other change becomes its next filing.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::serve::Opened;
use crate::{Failure, Space};
use clearance::party::{Filing, Parties};
use register::form::FilingForm;
use std::path::PathBuf;
use store::Read;

/// Arguments of `party`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// File the parties of a JSON file; nothing is filed if anything in it is wrong.
    #[command(after_help = EXAMPLE)]
    Import {
        #[command(flatten)]
        space: Space,
        /// Who files them.
        #[arg(long, default_value = "operator")]
        by: String,
        /// JSON array of filings; `generate` writes one beside its messages.
        file: PathBuf,
    },
    /// Print the newest filing of every party as JSON, in the form that `import` reads.
    List {
        #[command(flatten)]
        space: Space,
    },
}

const EXAMPLE: &str = r#"Example:
  onewindow party import --data zone parties.json

A filing, all that it may have; code, name, roles and validFrom are required:
  [{"code": "5301960101", "otherCode": null, "name": "…", "roles": ["platform"], "validFrom": "20260101",
    "validTo": null, "suspended": false, "exchangeIds": ["DXPENT…"], "creditGrade": "standard",
    "verifiesIdentity": false, "guaranteeLimit": "0", "certificates": [], "signatureRequired": false,
    "modes": ["9610"], "arrivalRequired": null}]
guaranteeLimit is in yuan; certificates are in PEM, or SHA-256 of the DER in hexadecimal; modes none = all."#;

/// Filings as a file that `import` reads.
pub fn to_json(filings: &[Filing]) -> Result<String, Failure> {
    let forms: Vec<FilingForm> = filings.iter().map(FilingForm::of).collect();
    Ok(serde_json::to_string_pretty(&forms)?)
}

/// The filings of a file, or every fault of every one; `parties` are those that are filed.
fn from_json(text: &str, parties: &Parties) -> Result<Vec<Filing>, Vec<String>> {
    let forms: Vec<FilingForm> = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
    let mut known = parties.clone();
    let (mut filings, mut faults) = (Vec::new(), Vec::new());
    for (index, form) in forms.iter().enumerate() {
        let mut own = Vec::new();
        let filing = form.filing(&known, &mut own);
        faults.extend(own.into_iter().map(|fault| {
            let (path, value, expected) = (fault.path, fault.value, fault.expected.en());
            format!("party {} ({}): {path} {value}: wanted is {expected}", index + 1, form.code)
        }));
        known.file(filing.clone());
        filings.push(filing);
    }
    if faults.is_empty() { Ok(filings) } else { Err(faults) }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let runtime = crate::runtime()?;
    match arguments.action {
        Action::Import { space, by, file } => {
            let text =
                std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let Opened { window, writer } = runtime.block_on(crate::serve::open(&space, None))?;
            let read = from_json(&text, &window.reference().parties);
            let done = match read {
                Ok(filings) => {
                    let count = filings.len();
                    let filed = runtime.block_on(window.file_all(filings, &by));
                    println!("{filed} of {count} parties filed");
                    if filed < count {
                        println!("the others were filed already as they are");
                    }
                    true
                }
                Err(faults) => {
                    for fault in faults {
                        println!("{}: {fault}", file.display());
                    }
                    println!("nothing was filed");
                    false
                }
            };
            drop(window);
            let _ = writer.join();
            Ok(done)
        }
        Action::List { space } => {
            let Opened { window, writer } = runtime.block_on(crate::serve::open(&space, None))?;
            let mut newest: Vec<Filing> = Vec::new();
            for row in runtime.block_on(window.read.filings())? {
                newest.retain(|known| known.code != row.filing.code);
                newest.push(row.filing);
            }
            println!("{}", to_json(&newest)?);
            drop(window);
            let _ = writer.join();
            Ok(true)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;
    use clearance::sample;

    #[test]
    fn what_is_written_is_read_again() {
        let filings: Vec<Filing> =
            sample::filings().into_iter().map(|filing| Filing { version: 0, ..filing }).collect();
        let text = to_json(&filings).unwrap();
        assert_eq!(from_json(&text, &Parties::default()).unwrap(), filings);
    }

    #[test]
    fn every_fault_is_told_and_nobody_takes_anothers_exchange_id() {
        let owner = &sample::filings()[0];
        let wrong = format!(
            r#"[{{"code": "12", "name": " ", "roles": ["king"], "validFrom": "20260101", "validTo": "20250101",
                "exchangeIds": ["{}"], "creditGrade": "E", "guaranteeLimit": "-1", "certificates": ["AB"]}}]"#,
            owner.exchange_ids[0]
        );
        let faults = from_json(&wrong, &sample::parties()).unwrap_err();
        assert_eq!(faults.len(), 8, "{faults:#?}");
        assert!(faults.iter().any(|fault| fault.contains(owner.code.as_str())));
        assert!(
            from_json(r#"[{"code": "1", "kode": 2}]"#, &Parties::default()).unwrap_err()[0].contains("kode")
        );
    }
}
