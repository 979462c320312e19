//! `onewindow party`: filings from a file into a data folder, and what is filed there. The file is a JSON array; a party
//! that is filed already as it stands there is left alone, any other change becomes its next filing.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::serve::Opened;
use crate::{Failure, Space};
use ceb::{Day, Decimal};
use clearance::Text;
use clearance::party::{CreditGrade, Filing, Parties, Role};
use serde::{Deserialize, Serialize};
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
guaranteeLimit is in yuan; certificates are SHA-256 of the DER in hexadecimal; modes none = all."#;

/// A filing as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Form {
    code: String,
    #[serde(default)]
    other_code: Option<String>,
    name: String,
    roles: Vec<String>,
    valid_from: String,
    #[serde(default)]
    valid_to: Option<String>,
    #[serde(default)]
    suspended: bool,
    #[serde(default)]
    exchange_ids: Vec<String>,
    #[serde(default = "standard")]
    credit_grade: String,
    #[serde(default)]
    verifies_identity: bool,
    #[serde(default = "nothing")]
    guarantee_limit: String,
    #[serde(default)]
    certificates: Vec<String>,
    #[serde(default)]
    signature_required: bool,
    #[serde(default)]
    modes: Vec<String>,
    #[serde(default)]
    arrival_required: Option<bool>,
}

fn standard() -> String {
    CreditGrade::default().word().to_owned()
}

fn nothing() -> String {
    "0".to_owned()
}

fn texts(words: &[String]) -> Vec<Text> {
    words.iter().map(|word| Text::from(word.trim())).collect()
}

fn words(texts: &[Text]) -> Vec<String> {
    texts.iter().map(Text::to_string).collect()
}

fn day(text: &str, faults: &mut Vec<String>) -> Day {
    Day::parse(text).unwrap_or_else(|| {
        faults.push(format!("{text} is not a day yyyyMMdd"));
        Day::default()
    })
}

impl Form {
    fn of(filing: &Filing) -> Self {
        Self {
            code: filing.code.to_string(),
            other_code: filing.other_code.as_ref().map(Text::to_string),
            name: filing.name.to_string(),
            roles: filing.roles.iter().map(|role| role.word().to_owned()).collect(),
            valid_from: filing.valid_from.to_string(),
            valid_to: filing.valid_to.map(|day| day.to_string()),
            suspended: filing.suspended,
            exchange_ids: words(&filing.exchange_ids),
            credit_grade: filing.grade.word().to_owned(),
            verifies_identity: filing.verifies_identity,
            guarantee_limit: Decimal::from_fen(filing.guarantee_limit).to_string(),
            certificates: words(&filing.certificates),
            signature_required: filing.signature_required,
            modes: words(&filing.modes),
            arrival_required: filing.arrival_required,
        }
    }

    /// The filing, and everything that is wrong with it.
    fn filing(&self, parties: &Parties) -> (Filing, Vec<String>) {
        let mut faults = Vec::new();
        let code = Text::from(self.code.trim());
        let other_code = self.other_code.as_deref().map(|code| Text::from(code.trim()));
        for code in std::iter::once(&code).chain(&other_code) {
            if !matches!(code.chars().count(), 10 | 18) {
                faults.push(format!("code {code} has neither the 10 characters of customs nor 18"));
            }
        }
        if self.name.trim().is_empty() {
            faults.push("the name is empty".to_owned());
        }
        let mut roles = Vec::new();
        for word in &self.roles {
            match Role::from_word(word) {
                Some(role) => roles.push(role),
                None => {
                    let known: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
                    faults.push(format!("{word} is not a role; roles are {}", known.join(", ")));
                }
            }
        }
        if self.roles.is_empty() {
            faults.push("it has no role".to_owned());
        }
        let valid_from = day(&self.valid_from, &mut faults);
        let valid_to = self.valid_to.as_deref().map(|text| day(text, &mut faults));
        if valid_to.is_some_and(|last| last < valid_from) {
            faults.push("validTo is before validFrom".to_owned());
        }
        let grade = CreditGrade::from_word(&self.credit_grade).unwrap_or_else(|| {
            faults.push(format!("{} is not a grade; grades are A, standard, D", self.credit_grade));
            CreditGrade::default()
        });
        let limit = Decimal::parse(&self.guarantee_limit).filter(|limit| !limit.is_negative());
        let guarantee_limit = match limit.and_then(Decimal::fen_half_up) {
            Some((fen, _)) => fen,
            None => {
                faults.push(format!("guaranteeLimit {} is not an amount in yuan", self.guarantee_limit));
                0
            }
        };
        for certificate in &self.certificates {
            let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            if certificate.len() != 64 || !certificate.chars().all(hexadecimal) {
                faults.push(format!("certificate {certificate} is not a SHA-256 in lower-case hexadecimal"));
            }
        }
        for id in &self.exchange_ids {
            // Receipts go to an exchange id: nobody takes another's.
            if let Some(owner) = parties.owner_of(id)
                && owner.code != code
            {
                faults.push(format!("exchange id {id} belongs to {}", owner.code));
            }
        }
        let filing = Filing {
            version: 0,
            code,
            other_code,
            name: self.name.trim().into(),
            roles,
            valid_from,
            valid_to,
            suspended: self.suspended,
            exchange_ids: texts(&self.exchange_ids),
            grade,
            verifies_identity: self.verifies_identity,
            guarantee_limit,
            certificates: texts(&self.certificates),
            signature_required: self.signature_required,
            modes: texts(&self.modes),
            arrival_required: self.arrival_required,
        };
        (filing, faults)
    }
}

/// Filings as a file that `import` reads.
pub fn to_json(filings: &[Filing]) -> Result<String, Failure> {
    let forms: Vec<Form> = filings.iter().map(Form::of).collect();
    Ok(serde_json::to_string_pretty(&forms)?)
}

/// The filings of a file, or every fault of every one; `parties` are those that are filed.
fn from_json(text: &str, parties: &Parties) -> Result<Vec<Filing>, Vec<String>> {
    let forms: Vec<Form> = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
    let mut known = parties.clone();
    let (mut filings, mut faults) = (Vec::new(), Vec::new());
    for (index, form) in forms.iter().enumerate() {
        let (filing, own) = form.filing(&known);
        faults.extend(own.into_iter().map(|fault| format!("party {} ({}): {fault}", index + 1, form.code)));
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
