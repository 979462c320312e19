//! Counters for operators, in the Prometheus text format.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($name:ident: $help:literal;)*) => {
        /// All counters.
        #[derive(Default, Debug)]
        pub struct Metrics { $( #[doc = $help] pub $name: AtomicU64, )* }
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

impl Metrics {
    /// Adds to a counter.
    pub fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Ordering::Relaxed);
    }
}
