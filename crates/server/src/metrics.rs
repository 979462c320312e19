//! Counters and latencies for operators, in the Prometheus text format. What is true of an instant (queues, room, the
//! intake) is asked for when the page is made: [`Gauge`].

use crate::histogram::{Counted, Histogram};
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

macro_rules! counters {
    ($($name:ident: $help:literal;)*) => {
        /// All counters and latencies.
        #[derive(Default, Debug)]
        pub struct Metrics {
            $( #[doc = $help] pub $name: AtomicU64, )*
            acknowledged: Histogram,
            /// Durations of the steps.
            pub steps: Steps,
            /// What the counters were in the last minutes.
            pub rates: crate::rates::Rates,
            /// How long what is in hand has been under way.
            pub progress: crate::progress::Progress,
        }
        impl Metrics {
            /// Every counter: its name, what it counts, how much.
            pub fn counted(&self) -> Vec<(&'static str, &'static str, u64)> {
                vec![$( (stringify!($name), $help, self.$name.load(Ordering::Relaxed)), )*]
            }
            fn counters(&self, page: &mut String) {
                $(
                    let _ = writeln!(
                        page,
                        concat!("# HELP onewindow_", stringify!($name), " ", $help, "\n# TYPE onewindow_", stringify!($name), " counter\nonewindow_", stringify!($name), " {}"),
                        self.$name.load(Ordering::Relaxed)
                    );
                )*
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
    intake_refused: "Requests answered with 503 because nothing is recorded now.";
}

/// A step of the straight path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// A message's bytes are read and its signature is checked.
    Parse,
    /// A batch's facts are loaded.
    Load,
    /// It is judged.
    Decide,
    /// It is handed to the store.
    Commit,
    /// Its answers wait for the disk.
    Durable,
}

impl Step {
    const ALL: [Self; 5] = [Self::Parse, Self::Load, Self::Decide, Self::Commit, Self::Durable];

    fn word(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Load => "load",
            Self::Decide => "decide",
            Self::Commit => "commit",
            Self::Durable => "durable",
        }
    }
}

/// Steps whose time is also told as a counter of its own.
const SPENT: [(Step, &str); 4] = [
    (Step::Decide, "Microseconds spent judging."),
    (Step::Load, "Microseconds spent loading facts."),
    (Step::Commit, "Microseconds spent committing."),
    (Step::Parse, "Microseconds spent reading messages."),
];

/// Upper bounds of a latency's buckets: microseconds, and seconds as text.
const BOUNDS: [(u64, &str); 14] = [
    (100, "0.0001"),
    (250, "0.00025"),
    (500, "0.0005"),
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (250_000, "0.25"),
    (500_000, "0.5"),
    (1_000_000, "1"),
    (5_000_000, "5"),
];

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

impl Steps {
    fn of(&self, step: Step) -> &Histogram {
        match step {
            Step::Parse => &self.parse,
            Step::Load => &self.load,
            Step::Decide => &self.decide,
            Step::Commit => &self.commit,
            Step::Durable => &self.durable,
        }
    }
}

/// Lines of a histogram; `label` is empty or ends with a comma. Its fine buckets are told in few.
fn lines(counted: &Counted, name: &str, label: &str, page: &mut String) {
    for (bound, text) in BOUNDS {
        let count = counted.up_to(bound);
        let _ = writeln!(page, "onewindow_{name}_bucket{{{label}le=\"{text}\"}} {count}");
    }
    let (count, sum) = (counted.count(), counted.micros());
    let _ = writeln!(page, "onewindow_{name}_bucket{{{label}le=\"+Inf\"}} {count}");
    let label = label.trim_end_matches(',');
    let braces = if label.is_empty() { String::new() } else { format!("{{{label}}}") };
    let _ = writeln!(page, "onewindow_{name}_sum{braces} {}.{:06}", sum / 1_000_000, sum % 1_000_000);
    let _ = writeln!(page, "onewindow_{name}_count{braces} {count}");
}

/// Something that is so at the instant of asking.
pub struct Gauge {
    /// Its name, without the prefix.
    pub name: &'static str,
    /// What it tells.
    pub help: &'static str,
    /// Label, empty or `name="value"`, and value.
    pub values: Vec<(String, u64)>,
}

impl Gauge {
    /// A gauge of one value.
    pub fn one(name: &'static str, help: &'static str, value: u64) -> Self {
        Self { name, help, values: vec![(String::new(), value)] }
    }
}

impl Metrics {
    /// Adds to a counter.
    pub fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Ordering::Relaxed);
    }

    /// A step took so long.
    pub fn step(&self, step: Step, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.steps.of(step).record(micros);
    }

    /// From a message's bytes to its durable answer it took so long.
    pub fn acknowledged(&self, took: Duration) {
        self.acknowledged.record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// The page that is scraped.
    pub fn page(&self, gauges: &[Gauge]) -> String {
        let mut page = String::new();
        self.counters(&mut page);
        for (step, help) in SPENT {
            let (name, spent) = (step.word(), self.steps.of(step).counted().micros());
            let _ = writeln!(
                page,
                "# HELP onewindow_{name}_micros {help}\n# TYPE onewindow_{name}_micros counter\nonewindow_{name}_micros {spent}"
            );
        }
        let name = "acknowledge_seconds";
        let help =
            "From the bytes of a message to its durable answer, the verdicts on its documents included.";
        let _ = writeln!(page, "# HELP onewindow_{name} {help}\n# TYPE onewindow_{name} histogram");
        lines(&self.acknowledged.counted(), name, "", &mut page);
        let name = "step_seconds";
        let help = "Steps of the straight path: parse of a message, the others of a batch.";
        let _ = writeln!(page, "# HELP onewindow_{name} {help}\n# TYPE onewindow_{name} histogram");
        for step in Step::ALL {
            let counted = self.steps.of(step).counted();
            lines(&counted, name, &format!("step=\"{}\",", step.word()), &mut page);
        }
        for Gauge { name, help, values } in gauges {
            let _ = writeln!(page, "# HELP onewindow_{name} {help}\n# TYPE onewindow_{name} gauge");
            for (label, value) in values {
                let braces = if label.is_empty() { String::new() } else { format!("{{{label}}}") };
                let _ = writeln!(page, "onewindow_{name}{braces} {value}");
            }
        }
        page
    }
}
