//! Counters for operators, in the Prometheus text format, and how long the steps of the path take.

use crate::histogram::Histogram;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($name:ident: $help:literal;)*) => {
        /// All counters.
        #[derive(Default, Debug)]
        pub struct Metrics {
            $( #[doc = $help] pub $name: AtomicU64, )*
            /// Durations of the steps.
            pub steps: Steps,
        }
        impl Metrics {
            /// The page that is scraped.
            pub fn page(&self) -> String {
                let mut page = String::new();
                $(
                    let _ = writeln!(
                        page,
                        concat!("# HELP onewindow_", stringify!($name), " ", $help, "\n# TYPE onewindow_", stringify!($name), " counter\nonewindow_", stringify!($name), " {}"),
                        self.$name.load(Ordering::Relaxed)
                    );
                )*
                page
            }
        }
    };
}

counters! {
    messages: "Messages received and recorded.";
    messages_refused: "Messages refused as a whole.";
    documents: "Documents judged.";
    documents_refused: "Documents answered with a negative code.";
    documents_repeated: "Documents answered with their first answer.";
    declarations_rejected: "Declarations answered with 100.";
    declarations_held: "Declarations held for a look at documents or goods.";
    declarations_released: "Declarations released.";
    receipts: "Receipts issued.";
    commits: "Commits.";
    commits_lost: "Commits lost to another writer and judged again.";
    events_undecided: "Events recorded without a judgement.";
    decide_micros: "Microseconds spent judging.";
    load_micros: "Microseconds spent loading facts.";
    commit_micros: "Microseconds spent committing.";
    parse_micros: "Microseconds spent reading messages.";
}

/// How long the steps of the path take: reading by message, the others by batch.
#[derive(Default, Debug)]
pub struct Steps {
    /// Bytes to documents.
    pub parse: Histogram,
    /// Locks taken, facts read.
    pub load: Histogram,
    /// Judgement.
    pub decide: Histogram,
    /// Rows written or handed to whoever writes them.
    pub commit: Histogram,
    /// From then until they are on disk.
    pub durable: Histogram,
}

impl Metrics {
    /// Adds to a counter.
    pub fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Ordering::Relaxed);
    }
}
