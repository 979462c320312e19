//! A space for trying: the same rules, partners that are played, outcomes that are scripted, and a list of what a sender's
//! software has shown. Whether a space is one, its rulebook says: what was judged there can be judged again.

pub mod conformance;
pub mod export_trades;
pub mod throttled;
pub mod trades;

use crate::Window;
use crate::window::Published;
use clearance::Text;
use clearance::sample;
use store::{Read, StoreError};

/// Why a space cannot become one for trying.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// It has trades of its own.
    #[error(
        "the space has documents already: a sandbox is a space of its own, begun with an empty folder or schema"
    )]
    HasDocuments,
    /// The rulebook was not published.
    #[error("the rulebook of the sandbox was not published")]
    NotPublished,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Window {
    /// Whether this is a space for trying.
    pub fn is_sandbox(&self) -> bool {
        self.reference().current().parameters.on(self.clock.now().day()).scripted_outcomes == 1
    }

    /// Makes a space one for trying, unless it is: scripts on, the partners that are played filed.
    ///
    /// # Errors
    /// [`NotMade`].
    pub async fn make_sandbox(&self) -> Result<(), NotMade> {
        if !self.is_sandbox() {
            if self.has_documents().await? {
                return Err(NotMade::HasDocuments);
            }
            // A month ends at once: who tries a summary of exports does not wait for the next.
            let change = |text: &str| {
                text.replace("\nscripted_outcomes,0,", "\nscripted_outcomes,1,")
                    .replace("\nexport_summary_month_over,1,", "\nexport_summary_month_over,0,")
            };
            let published = self.publish_changed("parameters.csv", change, "sandbox").await?;
            if !matches!(published, Published::Number(_) | Published::InForce(_)) || !self.is_sandbox() {
                return Err(NotMade::NotPublished);
            }
        }
        self.file_all(sample::filings(), "sandbox").await;
        Ok(())
    }

    async fn has_documents(&self) -> Result<bool, StoreError> {
        let scope = store::Scope::Office(Vec::new());
        let (found, _) = self.read.search(&scope, &store::Search::default(), None, 1).await?;
        Ok(!found.is_empty())
    }
}

/// Name of the setting up to which a party has asked for receipts.
pub fn asked_receipts(party: &Text) -> String {
    format!("sandbox receipts {party}")
}

/// Name of the setting that says when the software of a party showed something of being slowed down.
pub fn showed(party: &Text, showed: throttled::Showed) -> String {
    match showed {
        throttled::Showed::Throttled => format!("sandbox throttled {party}"),
        throttled::Showed::Waited => format!("sandbox waited {party}"),
    }
}

/// Name of the setting that says when a party asked for a first answer again.
pub fn asked_again(party: &Text) -> String {
    format!("sandbox asked {party}")
}
