//! Figures of a zone: what each row of the ledger adds to small cells by day, and which cells who may read. A figure is a
//! function of rows: folded anew from the first row it is the same. What came later to nothing (rejected, cancelled, deleted,
//! returned) is a step of its own on the day it happened; no cell is rewritten. Rows are found and kept by `server`.

pub mod cell;
pub mod conduct;
pub mod disclosure;
pub mod durations;
mod exports;
pub mod figures;
pub mod kept;
pub mod told;
pub mod view;

pub use cell::{Key, Measure, Table};
pub use clearance::Text;
pub use disclosure::least;
pub use figures::{Figures, Waiting};
pub use told::{Told, told};
pub use view::{Asked, Dimension, Least, Line, Whose, lines};
