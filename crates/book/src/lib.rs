//! Bonded books [账册]: which goods lie in a zone under bond, lot by lot, and every movement of them with its document. Pure:
//! a command and the records it names go in; the records after it, or a complete refusal, come out.
//!
//! Double entry beside `ledger`, which counts one number in fen for many owners: here one movement carries three quantities
//! (declared, first and second legal unit) of one lot from one [`Place`] to another. Places inside the book hold what the
//! holder answers for; places outside (abroad, sold, destroyed …) are its contra, so that every lot adds up to nothing over
//! all places, and what is inside is what came in less what went out.
//!
//! Read first: [`decide()`], then [`Place`]. The path is that of trades and registers: [`needs`] names the records, the caller
//! loads and locks them, [`decide()`] judges a batch in order, the caller writes what changed in one commit. What the window
//! makes of it: a list of a bonded mode takes its lines for [`Purpose::Sale`] ([`sale`], [`sale_abroad`]) when it is recorded, [`Resolution::Restore`]
//! when it is rejected, cancelled or out of time, [`Resolution::Confirm`] when it leaves; an entry checklist is an
//! [`Operation::Enter`] a line. What passes the gate before it is declared ([`Operation::EnterFirst`]) waits apart until a checklist
//! declares it ([`Operation::Declare`]).
//!
//! Leaves to others: who may command, what a document says, clocks, storage, tax on what is missing.

mod choice;
mod command;
mod decide;
mod declare;
mod history;
mod item;
mod list;
mod place;
mod purpose;
mod quantity;
mod record;
mod reference;
mod refusal;

pub use choice::shares;
pub use command::{Command, DocumentKey, DocumentKind, LineKey, Operation, Source};
pub use decide::{Answer, Outcome, decide};
pub use history::{Difference, audit, balances};
pub use item::{Item, LegalUnit, Lot, Stated, day_of};
pub use list::{sale, sale_abroad};
pub use place::Place;
pub use purpose::{Cause, Purpose, Resolution};
pub use quantity::Quantities;
pub use record::{Book, Facts, Keys, Line, LotStock, Open, Posting, Stock, StockKey, needs};
pub use reference::reference_markdown;
pub use refusal::{Refusal, Rule};

/// Text of numbers, units and names.
pub type Text = compact_str::CompactString;
