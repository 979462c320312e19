//! Credit of enterprises: what agencies, platforms and the window itself observed goes in, a score from 0 to 1,000 with a
//! grade and the reason of every point comes out. Weights, scales, grades and what follows from them are dated tables
//! (`tables/credit_*.csv`), so that a score can be made again as of any day. Whole numbers only: the same observations and
//! tables give the same score everywhere.
//!
//! Leaves to others: who may observe what and how a wrong observation is corrected (`register`), what a judgement makes of a
//! standing (`clearance`), where observations are kept (`store`).

mod assess;
mod derived;
mod model;
mod tables;
mod weights;

pub use assess::{Assessment, Observation, Reading, Told, Value, Veto, assess};
pub use derived::{Counted, Happened, derived, indicators as derived_indicators};
pub use model::{Dimension, Grade, Indicator, Kind, Measure, Model, VetoRow};
pub use tables::{Dated, FILES, TableFault};
pub use weights::{Ratio, Weighed, entropy, hierarchy, parts};

/// Text of words and names.
pub type Text = compact_str::CompactString;

/// A whole, in parts per million.
pub const MILLION: i64 = 1_000_000;
