//! Whether the database answers at all. One that is gone ends its connections, and whoever waits for it learns it at once. One that
//! stands still (its processes are stopped, its machine sleeps) keeps them and says nothing, and who waits for it waits without end. So
//! it is asked again and again, on a connection of its own, where nobody else's work can be in the way.

use super::{Options, connect};
use deadpool_postgres::ClientWrapper;
use std::time::Duration;

/// How long the answer to a question that asks for nothing may take. Longer, and the database counts as standing still.
pub const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// Questions in a row that a connection may leave unanswered before it is thrown away: another host may have taken over.
const UNANSWERED: u32 = 10;

/// Asks a database whether it answers.
pub struct Pulse {
    options: Options,
    client: Option<ClientWrapper>,
    unanswered: u32,
}

impl Pulse {
    pub(super) fn new(options: Options) -> Self {
        Self { options, client: None, unanswered: 0 }
    }

    /// Asks; false = no answer came in time. To refuse is to answer: whoever wants something of the database is told of it as well.
    pub async fn answers(&mut self) -> bool {
        if self.unanswered >= UNANSWERED || self.client.as_ref().is_some_and(|client| client.is_closed()) {
            self.client = None;
        }
        let answered = tokio::time::timeout(ANSWERS_WITHIN, self.ask()).await.is_ok();
        self.unanswered = if answered { 0 } else { self.unanswered.saturating_add(1) };
        answered
    }

    async fn ask(&mut self) {
        if self.client.is_none() {
            self.client = connect(&self.options).await.ok();
        }
        if let Some(client) = &self.client
            && let Err(error) = client.batch_execute("SELECT 1").await
        {
            tracing::debug!(%error, "the database refuses to say that it is there");
        }
    }
}
