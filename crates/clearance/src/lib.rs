//! The judgement on a consignment: validate, match, assess, decide. Pure: no I/O, clock, randomness or floats,
//! so it cannot fail for outside reasons and the same input gives the same outcome for ever.
//!
//! Read first: [`decide`](mod@decide). `needs` says what a batch must have loaded, [`facts::Facts`] carries it,
//! [`outcome::Outcome`] is all that comes back. What is absent: bytes and XML of messages beyond typed
//! documents, SQL, sockets, and any fact that `needs` did not ask for.

pub mod bonded;
pub mod consignment;
pub mod decide;
pub mod device;
pub mod event;
pub mod example;
pub mod export;
pub mod facts;
pub mod finding;
pub mod goods;
pub mod guard;
pub mod identity;
pub mod inspection;
pub mod keys;
pub mod matching;
pub mod normal;
pub mod outcome;
pub mod parcel_tax;
pub mod party;
pub mod passage;
mod permitted;
pub mod place;
pub mod reason;
pub mod receipt_text;
pub mod recognition;
pub mod record;
pub mod risk;
pub mod rulebook;
pub mod sample;
pub mod score;
pub mod standing;
pub mod states;
pub mod tax;
pub mod transit;
pub mod trial;
pub mod validate;
pub mod windows;

pub use ceb::Text;
pub use decide::{ENGINE, decide};
pub use event::Event;
pub use facts::{Facts, Keys, needs};
pub use finding::Finding;
pub use outcome::Outcome;
pub use reason::Reason;
pub use rulebook::Rulebook;
