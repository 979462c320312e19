//! What an agency asks of the window over HTTP, as any client does.

use super::Tokens;
use crate::Failure;
use serde_json::Value;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The interface of a window.
pub struct Api {
    agent: ureq::Agent,
    server: String,
}

/// The token of a party.
pub fn token<'a>(tokens: &'a Tokens, party: &str) -> Result<&'a str, Failure> {
    tokens.get(party).map(String::as_str).ok_or_else(|| format!("{party} has no token").into())
}

/// Whoever asks: an answer that is no success is one too.
pub fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(PATIENCE)).build().new_agent()
}

impl Api {
    /// That of a server.
    pub fn new(server: &str) -> Self {
        Self { agent: agent(), server: server.to_owned() }
    }

    /// Makes a move in a register.
    ///
    /// # Errors
    /// What the window objects to.
    pub fn act(&self, token: &str, register: &str, id: &str, body: &Value) -> Result<(), Failure> {
        let url = format!("{}/v1/registers/{register}/{id}/actions", self.server);
        let mut answer = self
            .agent
            .post(&url)
            .header("authorization", &format!("Bearer {token}"))
            .header("content-type", "application/json")
            .send(body.to_string().as_str())?;
        if answer.status().is_success() {
            return Ok(());
        }
        let told = answer.body_mut().read_to_string()?;
        Err(format!("{url}: {} {told}", answer.status()).into())
    }

    /// Sends a message; the statuses of its documents.
    ///
    /// # Errors
    /// When the message as a whole was not taken.
    pub fn message(&self, token: &str, bytes: &[u8]) -> Result<Vec<i64>, Failure> {
        let url = format!("{}/v1/messages", self.server);
        let mut answer =
            self.agent.post(&url).header("authorization", &format!("Bearer {token}")).send(bytes)?;
        let told = answer.body_mut().read_to_string()?;
        if answer.status() != 200 {
            return Err(format!("{url}: {} {told}", answer.status()).into());
        }
        let told: Value = serde_json::from_str(&told)?;
        let documents = told["documents"].as_array().into_iter().flatten();
        Ok(documents.filter_map(|document| document["status"].as_i64()).collect())
    }
}
