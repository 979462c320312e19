//! `onewindow draws`: what a holder of a secret of the draw does: make it, commit to it, keep it, and hand it over when commitments
//! have ended. The secret is in a file of his own and is sent nowhere before.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::Failure;
use ceb::Day;
use clearance::risk::period::{Side, commitment};
use register::draw::{bytes, hex};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Value, json};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Arguments of `draws`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Make a secret for a period, keep it in a file, and file its commitment; without a server it is printed.
    Commit {
        /// First day of the period, yyyyMMdd, as GET /v1/draws lists it.
        #[arg(long, value_name = "DAY")]
        period: String,
        /// Whose secret it is: customs or operator.
        #[arg(long, value_parser = side)]
        side: Side,
        /// File for the secret, made anew and for its owner alone: lose it, and the period goes on without you.
        #[arg(long, value_name = "FILE")]
        keep: PathBuf,
        /// Address of the server.
        #[arg(long, value_name = "URL", requires = "token")]
        server: Option<String>,
        /// Token whose scopes name draws:hold.
        #[arg(long, env = "ONEWINDOW_TOKEN", hide_env_values = true)]
        token: Option<String>,
    },
    /// Hand the secret of a file over, after commitments have ended and before the period begins.
    HandOver {
        /// The file that `commit` made.
        #[arg(long, value_name = "FILE")]
        keep: PathBuf,
        /// Address of the server.
        #[arg(long, value_name = "URL")]
        server: String,
        /// Token whose scopes name draws:hold.
        #[arg(long, env = "ONEWINDOW_TOKEN", hide_env_values = true)]
        token: String,
    },
}

fn side(text: &str) -> Result<Side, String> {
    Side::from_word(text).filter(|side| *side != Side::Window).ok_or_else(|| "customs or operator".to_owned())
}

/// 32 random bytes.
fn random() -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| "the machine gives no random numbers")?;
    Ok(bytes)
}

fn post(server: &str, path: &str, token: &str, body: &Value) -> Result<Value, Failure> {
    let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false);
    let agent: ureq::Agent = config.build().into();
    let url = format!("{}{path}", server.trim_end_matches('/'));
    let mut response = agent
        .post(&url)
        .header("authorization", &format!("Bearer {token}"))
        .header("content-type", "application/json")
        .send(body.to_string().as_str())?;
    let answer = response.body_mut().read_to_string()?;
    let told: Value = serde_json::from_str(&answer).unwrap_or_default();
    if response.status().is_success() {
        return Ok(told);
    }
    let faults = told["faults"].as_array().into_iter().flatten();
    let faults: Vec<&str> = faults.filter_map(|fault| fault["expected"].as_str()).collect();
    let detail = told["detail"].as_str().unwrap_or_default();
    Err(format!("{}: {detail} {}", response.status(), faults.join("; ")).into())
}

fn commit(period: &str, side: Side, keep: &Path) -> Result<String, Failure> {
    let first = Day::parse(period).ok_or("a period is its first day, yyyyMMdd")?;
    let (salt, secret) = (random()?, random()?);
    let made = hex(&commitment(first, side.word(), &salt, &secret));
    // A file that is there may have the secret of another period: it is not written over.
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(keep)?;
    let kept = json!({
        "period": period, "side": side.word(), "salt": hex(&salt), "secret": hex(&secret), "commitment": made,
    });
    writeln!(file, "{kept}")?;
    file.sync_all()?;
    Ok(made)
}

/// The commitment of a file that is there, or of one that is made.
pub fn kept_or_made(period: &str, side: Side, keep: &Path) -> Result<String, Failure> {
    if !keep.exists() {
        return commit(period, side, keep);
    }
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(keep)?)?;
    kept["commitment"].as_str().map(str::to_owned).ok_or_else(|| "the file has no commitment".into())
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    match arguments.action {
        Action::Commit { period, side, keep, server, token } => {
            let made = commit(&period, side, &keep)?;
            if let (Some(server), Some(token)) = (server, token) {
                let path = format!("/v1/draws/{period}/commitments");
                post(&server, &path, &token, &json!({ "commitment": made }))?;
            }
            println!("{made}");
        }
        Action::HandOver { keep, server, token } => {
            let kept: Value = serde_json::from_str(&std::fs::read_to_string(&keep)?)?;
            let text = |name: &str| kept[name].as_str().unwrap_or_default();
            if bytes(text("salt")).is_none() || bytes(text("secret")).is_none() {
                return Err(format!("{} has no secret that `draws commit` made", keep.display()).into());
            }
            let path = format!("/v1/draws/{}/secrets", text("period"));
            post(&server, &path, &token, &json!({"salt": text("salt"), "secret": text("secret")}))?;
            println!("handed over for period {}", text("period"));
        }
    }
    Ok(true)
}
