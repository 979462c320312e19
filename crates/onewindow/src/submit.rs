//! `onewindow submit`: messages from files, folders or standard input to a server or straight into a data folder, with
//! a summary of what was refused by which rule.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::generate::PARTIES;
use crate::request_key::RequestKey;
use crate::serve::Opened;
use crate::{Failure, Space};
use clearance::Text;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

/// Arguments of `submit`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Files or folders; `-` is standard input.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Data folder to submit into, without a server.
    #[arg(long, value_name = "DIR", conflicts_with = "server")]
    data: Option<PathBuf>,
    /// Master key of the data folder.
    #[arg(long, value_name = "FILE")]
    master_key: Option<PathBuf>,
    /// Address of a server.
    #[arg(long, value_name = "URL", required_unless_present = "data")]
    server: Option<String>,
    /// Token for every message.
    #[arg(long, env = "ONEWINDOW_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// File of lines `code token`: the token of each message's copCode.
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// File in PEM of the private key that signs each request (RFC 9421): Ed25519, ECDSA on P-256 or RSA, PKCS#8. Where its
    /// certificate stands in it too, that names the key.
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    request_key: Option<PathBuf>,
    /// SHA-256 of the registered certificate of that key.
    #[arg(long, value_name = "KEYID", requires = "request_key", value_parser = crate::token::fingerprint)]
    key_id: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Default)]
struct Summary {
    messages: u64,
    refused_messages: u64,
    documents: u64,
    repeated: u64,
    by_status: BTreeMap<i64, u64>,
    by_rule: BTreeMap<String, u64>,
    failed: Vec<String>,
}

impl Summary {
    fn add(&mut self, answer: &Value) {
        self.messages += 1;
        self.refused_messages += u64::from(answer["message"]["refused"].is_string());
        for document in answer["documents"].as_array().into_iter().flatten() {
            self.documents += 1;
            self.repeated += u64::from(document["repeated"] == json!(true));
            *self.by_status.entry(document["status"].as_i64().unwrap_or(0)).or_default() += 1;
            for finding in document["findings"].as_array().into_iter().flatten() {
                *self.by_rule.entry(finding["rule"].as_str().unwrap_or("").to_owned()).or_default() += 1;
            }
        }
    }

    /// The bytes of a file; one that cannot be read does not keep the others back.
    fn read(&mut self, path: &PathBuf) -> Option<Vec<u8>> {
        match read(path) {
            Ok(bytes) => Some(bytes),
            Err(failure) => {
                self.failed.push(format!("{}: {failure}", path.display()));
                None
            }
        }
    }

    fn clean(&self) -> bool {
        self.failed.is_empty()
            && self.refused_messages == 0
            && self.by_status.keys().all(|status| *status >= 0 && *status != 100)
    }

    fn print(&self, as_json: bool) {
        if as_json {
            println!(
                "{}",
                json!({
                    "messages": self.messages, "refusedMessages": self.refused_messages, "documents": self.documents, "repeated": self.repeated,
                    "byStatus": self.by_status.iter().map(|(status, count)| (status.to_string(), *count)).collect::<BTreeMap<_, _>>(),
                    "byRule": self.by_rule, "failed": self.failed,
                })
            );
            return;
        }
        println!(
            "{} messages ({} refused as a whole), {} documents ({} repeated)",
            self.messages, self.refused_messages, self.documents, self.repeated
        );
        for (status, count) in &self.by_status {
            println!("  status {status:>8}  {count}");
        }
        for (rule, count) in &self.by_rule {
            println!("  rule {rule:<32} {count}");
        }
        for failure in &self.failed {
            println!("  failed: {failure}");
        }
    }
}

/// The files of some paths, those of folders in order.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut inside: Vec<PathBuf> = std::fs::read_dir(path)?
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<_, _>>()?;
            // The parties that `generate` writes beside its messages are none.
            inside.retain(|path| path.is_file() && path.file_name().is_none_or(|name| name != PARTIES));
            inside.sort();
            found.extend(inside);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

/// The bytes of a file; `-` is standard input.
pub(crate) fn read(path: &PathBuf) -> Result<Vec<u8>, Failure> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    Ok(std::fs::read(path)?)
}

/// `copCode` of a message: whose token it goes under.
fn sender_of(bytes: &[u8]) -> Option<Text> {
    let limits = ceb::Limits::default();
    let envelope = if ceb::dxp::is_envelope(bytes) {
        ceb::dxp::parse(bytes, &limits).ok()?.data
    } else {
        bytes.to_vec()
    };
    let json = envelope.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&envelope);
    let parsed = if json.first() == Some(&b'{') {
        ceb::parse_json(json, &limits)
    } else {
        ceb::parse(&envelope, &limits)
    };
    parsed.message?.transfer.map(|transfer| transfer.cop_code)
}

/// Runs the command. Falls short when a message could not be sent, or anything was refused.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let files = files(&arguments.paths)?;
    let bar = indicatif::ProgressBar::new(files.len() as u64);
    let mut summary = Summary::default();
    match (&arguments.data, &arguments.server) {
        (Some(data), _) => {
            let space = Space::folder(data.clone(), arguments.master_key.clone());
            let runtime = crate::runtime()?;
            let Opened { window, writer } = runtime.block_on(crate::serve::open(&space, None))?;
            for path in &files {
                bar.inc(1);
                let Some(bytes) = summary.read(path) else { continue };
                let sender = sender_of(&bytes).unwrap_or_default();
                match runtime.block_on(window.send(&bytes.into(), &sender)) {
                    Some(answer) => {
                        summary.add(&server::api::view::value(server::api::view::message_answer(
                            &answer,
                            ceb::Kind::from_root(&answer.message.root),
                        )))
                    }
                    None => summary.failed.push(format!("{}: the writer has ended", path.display())),
                }
            }
            drop(window);
            let _ = writer.join();
        }
        (None, Some(server)) => {
            let tokens = tokens(&arguments)?;
            let key = match &arguments.request_key {
                Some(path) => Some(RequestKey::read(path, arguments.key_id.as_deref())?),
                None => None,
            };
            let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
            for path in &files {
                bar.inc(1);
                let Some(bytes) = summary.read(path) else { continue };
                match post(&agent, server, &tokens, arguments.token.as_deref(), key.as_ref(), &bytes) {
                    Ok(answer) => summary.add(&answer),
                    Err(failure) => summary.failed.push(format!("{}: {failure}", path.display())),
                }
            }
        }
        (None, None) => return Err("name a server or a data folder".into()),
    }
    bar.finish_and_clear();
    summary.print(arguments.json);
    Ok(summary.clean())
}

fn tokens(arguments: &Arguments) -> Result<BTreeMap<Text, String>, Failure> {
    let Some(path) = &arguments.tokens else { return Ok(BTreeMap::new()) };
    let text = std::fs::read_to_string(path)?;
    Ok(text
        .lines()
        .filter_map(|line| line.split_once(char::is_whitespace))
        .map(|(code, token)| (code.into(), token.trim().to_owned()))
        .collect())
}

fn post(
    agent: &ureq::Agent,
    server: &str,
    tokens: &BTreeMap<Text, String>,
    token: Option<&str>,
    key: Option<&RequestKey>,
    bytes: &[u8],
) -> Result<Value, Failure> {
    let own = sender_of(bytes).and_then(|sender| tokens.get(&sender));
    let token = own.map(String::as_str).or(token).ok_or("no token for its sender")?;
    let address = format!("{}/v1/messages", server.trim_end_matches('/'));
    let authorization = format!("Bearer {token}");
    let mut request = agent.post(&address).header("authorization", &authorization);
    if let Some(key) = key {
        for (name, value) in key.sign("POST", &address, &authorization, bytes)? {
            request = request.header(name, value);
        }
    }
    let mut response = request.send(bytes)?;
    let status = response.status().as_u16();
    let body: Value = serde_json::from_str(&response.body_mut().read_to_string()?)?;
    if status == 200 || status == 422 {
        Ok(body)
    } else {
        Err(format!("{status} {}: {}", body["title"], body["detail"]).into())
    }
}
