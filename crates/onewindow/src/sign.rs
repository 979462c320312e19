//! `onewindow sign`: messages, and answers of original payment data, get the signature of their sender, without a screen; and
//! whose signature a message has.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::Failure;
use crate::pkcs11::{self, Place};
use crate::submit;
use base64::Engine as _;
use ceb::signature::{Profile, Signer, Verified, Verifier};
use register::payment_data::form::{to_sign, told, with_signature};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where the PIN of a token may stand.
const PIN: &str = "ONEWINDOW_PIN";

/// Arguments of `sign`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Files or folders of messages; `-` is standard input. A JSON object with `payExchangeInfoHead` is an answer of original
    /// payment data (announcement 2018-179) and gets `certNo` and `signValue`.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Say whose signature the messages have, and whether it holds; nothing is written.
    #[arg(long, conflicts_with_all = ["private_key", "module", "out"])]
    verify: bool,
    /// Private key in PEM or DER: RSA or SM2.
    #[arg(long, value_name = "FILE", requires = "certificate", required_unless_present_any = ["module", "verify"])]
    private_key: Option<PathBuf>,
    /// Certificate of the key in PEM or DER; a token may keep it.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// PKCS#11 module of a hardware token, a shared library.
    #[arg(long, value_name = "FILE", requires = "token", requires = "key", conflicts_with = "private_key")]
    module: Option<PathBuf>,
    /// Label of the token.
    #[arg(long, value_name = "LABEL", requires = "module")]
    token: Option<String>,
    /// Label of the private key in the token.
    #[arg(long, value_name = "LABEL", requires = "module")]
    key: Option<String>,
    /// File of the token's PIN; without one, the variable ONEWINDOW_PIN.
    #[arg(long, value_name = "FILE", requires = "module")]
    pin_file: Option<PathBuf>,
    /// How to sign: rsa-sha256 with an RSA key and sm2-sm3 with an SM2 key, unless asked for otherwise.
    #[arg(long, value_enum)]
    algorithm: Option<Way>,
    /// `KeyName` of the signature, such as the number of a card; without it, the serial number of the certificate.
    #[arg(long, value_name = "TEXT")]
    key_name: Option<String>,
    /// File of the one message, `-` for standard output, or folder of many: it is made, and has them under their names.
    #[arg(long, value_name = "PATH", required_unless_present = "verify")]
    out: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Way {
    RsaSha1,
    RsaSha256,
    Sm2Sm3,
}

impl Way {
    fn profile(self) -> Profile {
        match self {
            Self::RsaSha1 => Profile::RsaSha1,
            Self::RsaSha256 => Profile::RsaSha256,
            Self::Sm2Sm3 => Profile::Sm2Sm3,
        }
    }
}

/// Runs the command. Falls short when a message could not be signed, or has no signature that holds.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let files = submit::files(&arguments.paths)?;
    let verifier = Verifier::new();
    let signing = if arguments.verify { None } else { Some(Signing::new(&arguments, &files)?) };
    let bar = indicatif::ProgressBar::new(files.len() as u64);
    let mut told = Vec::with_capacity(files.len());
    let mut clean = true;
    for path in &files {
        let done = submit::read(path).and_then(|bytes| match &signing {
            Some(signing) => signing.sign(&verifier, path, &bytes),
            None => verified(&verifier, &bytes),
        });
        bar.inc(1);
        clean &= done.is_ok();
        let about = done.unwrap_or_else(|failure| json!({ "holds": false, "failed": failure.to_string() }));
        told.push((path.display().to_string(), about));
    }
    bar.finish_and_clear();
    let to_output = arguments.out.as_deref() == Some(Path::new("-"));
    if arguments.json && !to_output {
        let files: Vec<Value> = told
            .into_iter()
            .map(|(file, mut about)| {
                about["file"] = file.into();
                about
            })
            .collect();
        println!("{}", json!({ "clean": clean, "files": files }));
        return Ok(clean);
    }
    for (file, about) in &told {
        if let Some(failed) = about["failed"].as_str() {
            // Standard output may be the message.
            eprintln!("{file}: {failed}");
        } else if arguments.verify {
            println!("{file}: the signature holds");
            print_words(about);
        }
    }
    if signing.is_some() && !to_output {
        let signed = told.iter().filter(|(_, about)| about["failed"].is_null()).count();
        println!("{signed} of {} messages signed", told.len());
    }
    Ok(clean)
}

fn print_words(about: &Value) {
    let certificate = &about["certificate"];
    let covers = &about["covers"];
    for (name, value) in [
        ("algorithm", &about["algorithm"]),
        ("digest", &about["digestAlgorithm"]),
        ("serial", &certificate["serial"]),
        ("subject", &certificate["subject"]),
        ("enterprise", &certificate["enterpriseCode"]),
        ("valid from", &certificate["validFrom"]),
        ("valid to", &certificate["validTo"]),
        ("SHA-256", &certificate["sha256"]),
        ("message", &covers["root"]),
        ("guid", &covers["guid"]),
        ("sender", &covers["copCode"]),
        ("documents", &covers["documents"]),
    ] {
        match value {
            Value::Null => {}
            Value::String(text) => println!("  {name:<11} {text}"),
            other => println!("  {name:<11} {other}"),
        }
    }
}

struct Signing {
    signer: Signer,
    profile: Profile,
    /// What the certificate is called, where it is not by its serial number.
    key_name: Option<String>,
    out: PathBuf,
    /// Whether `out` is a folder.
    folder: bool,
}

impl Signing {
    fn new(arguments: &Arguments, files: &[PathBuf]) -> Result<Self, Failure> {
        let mut signer = signer(arguments)?;
        if let Some(name) = &arguments.key_name {
            signer = signer.with_key_name(name);
        }
        let profile = arguments.algorithm.map_or_else(|| signer.preferred(), Way::profile);
        let out = arguments.out.clone().unwrap_or_default();
        let folder = out.is_dir() || files.len() != 1 || arguments.paths.iter().any(|path| path.is_dir());
        if folder && out.as_os_str() == "-" {
            return Err("standard output takes one message: name a folder in --out".into());
        }
        if folder {
            let mut names: Vec<_> = files.iter().filter_map(|path| path.file_name()).collect();
            names.sort_unstable();
            if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                let name = twice[0].display();
                return Err(
                    format!("two messages have the name {name}: sign them into different folders").into()
                );
            }
            std::fs::create_dir_all(&out)?;
        }
        Ok(Self { signer, profile, key_name: arguments.key_name.clone(), out, folder })
    }

    fn sign(&self, verifier: &Verifier, path: &Path, bytes: &[u8]) -> Result<Value, Failure> {
        if ceb::dxp::is_envelope(bytes) {
            return Err("it is a DXP envelope: sign the message, then put it into the envelope".into());
        }
        let is_answer = bytes.trim_ascii_start().starts_with(b"{");
        let (signed, about) = if is_answer {
            self.payment_data(verifier, bytes)?
        } else {
            let signed = self.signer.sign(bytes, self.profile)?;
            // What does not verify is not sent: the key may not be that of the certificate.
            let about = verified(verifier, &signed).map_err(|failure| unverified(&*failure))?;
            (signed, about)
        };
        if self.out.as_os_str() == "-" {
            std::io::stdout().write_all(&signed)?;
            return Ok(about);
        }
        let name = if is_answer { "answer.json" } else { "message.xml" };
        let name = path.file_name().filter(|file| *file != "-").unwrap_or(name.as_ref());
        let place = if self.folder { self.out.join(name) } else { self.out.clone() };
        written(&place, &signed)?;
        let mut about = about;
        about["out"] = place.display().to_string().into();
        Ok(about)
    }
}

impl Signing {
    /// Signs an answer of original payment data: every other part stays as it was written.
    fn payment_data(&self, verifier: &Verifier, bytes: &[u8]) -> Result<(Vec<u8>, Value), Failure> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not text in UTF-8")?;
        let wrong = |faults: Vec<register::Fault>| told(&faults);
        let to_sign = to_sign(text).map_err(wrong)?;
        let value = self.signer.sign_bytes(self.profile.algorithm(), to_sign.as_bytes())?;
        let value = base64::engine::general_purpose::STANDARD.encode(value);
        let certificate = self.signer.certificate_der();
        let (algorithm, facts) = verifier
            .verify_bytes(certificate, to_sign.as_bytes(), &value)
            .map_err(|fault| unverified(&fault))?;
        let name = self.key_name.as_deref().unwrap_or(&facts.serial_hex);
        let signed = with_signature(text, name, &value).map_err(wrong)?;
        let about = json!({"holds": true, "algorithm": algorithm.name(), "keyName": name,
            "certificate": {"serial": facts.serial_hex.as_str(), "subject": facts.subject_text.as_str()}});
        Ok((signed.into_bytes(), about))
    }
}

fn unverified(why: &dyn std::fmt::Display) -> String {
    format!("what was signed does not verify, is the certificate that of the key? {why}")
}

/// A file is there whole or not at all: whoever watches the folder may send it at once.
fn written(place: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let beside = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(beside)?;
    file.write_all(bytes)?;
    file.persist(place)?;
    Ok(())
}

fn named(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn signer(arguments: &Arguments) -> Result<Signer, Failure> {
    let certificate = arguments.certificate.as_deref().map(named).transpose()?;
    if let (Some(module), Some(token), Some(key)) = (&arguments.module, &arguments.token, &arguments.key) {
        let pin = match &arguments.pin_file {
            Some(path) => String::from_utf8(named(path)?).map_err(|_| "the PIN is not text")?,
            None => std::env::var(PIN).map_err(|_| {
                format!("the PIN of the token is wanted: set {PIN}, or name its file with --pin-file")
            })?,
        };
        return pkcs11::signer(
            &Place { module, token, key },
            pin.trim_end_matches(['\r', '\n']),
            certificate,
        );
    }
    let path = arguments.private_key.as_deref().ok_or("name a private key or a token")?;
    let (key, certificate) = (named(path)?, certificate.ok_or("name the certificate of the key")?);
    // The certificate says what the key is.
    Ok(Signer::rsa(&key, &certificate).or_else(|fault| {
        let unreadable = matches!(fault, ceb::signature::SignerFault::KeyUnreadable(_));
        if unreadable { Signer::sm2(&key, &certificate) } else { Err(fault) }
    })?)
}

/// Whose signature a message has, and what it covers.
fn verified(verifier: &Verifier, bytes: &[u8]) -> Result<Value, Failure> {
    let limits = ceb::Limits::default();
    let inner;
    let message = if ceb::dxp::is_envelope(bytes) {
        inner = ceb::dxp::parse(bytes, &limits).map_err(|_| "the envelope cannot be read")?.data;
        inner.as_slice()
    } else {
        bytes
    };
    let parsed = ceb::parse(message, &limits);
    let text = parsed.text.as_deref().unwrap_or(message);
    let Verified { algorithm, digest_algorithm, key_name, certificate, .. } = verifier.verify(text)?;
    let covered = parsed.message.as_ref();
    let sha256 = evidence::hexadecimal(&certificate.der_sha256);
    Ok(json!({
        "holds": true, "algorithm": algorithm.name(), "digestAlgorithm": format!("{digest_algorithm:?}").to_lowercase(), "keyName": key_name,
        "certificate": {
            "sha256": sha256, "serial": certificate.serial_hex.as_str(), "subject": certificate.subject_text.as_str(),
            "validFrom": certificate.not_before.to_string(), "validTo": certificate.not_after.to_string(),
            "enterpriseCode": certificate.enterprise_code.as_deref(), "enterpriseName": certificate.enterprise_name.as_deref(),
        },
        "covers": {
            "root": parsed.root.as_str(), "guid": covered.map(|message| message.guid.as_str()),
            "copCode": covered.and_then(|message| message.transfer.as_ref()).map(|transfer| transfer.cop_code.as_str()),
            "documents": covered.map(|message| message.entries.len()),
        },
    }))
}
