//! The window as whoever commands: in its own name, or for a caller who could not himself.

use crate::By;
use clearance::Text;
use clearance::party::Role;
use clearance::record::Actor;

impl By {
    /// The window itself, in its own name: `name` says which part of it.
    pub fn of_window(name: &str) -> Self {
        Self {
            actor: Actor { party: Text::const_new("window"), name: name.into() },
            codes: Vec::new(),
            role: Role::ZoneOperator,
            applies: false,
            reviews: false,
            window: true,
        }
    }

    /// The window, for whoever asked it.
    #[must_use]
    pub fn by_window(self) -> Self {
        Self { applies: false, reviews: false, window: true, ..self }
    }
}
