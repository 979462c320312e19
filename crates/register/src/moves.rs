//! The table of moves of a register: who may take a record from which state to which. Tests walk it, pages and the
//! interface's documentation are made from it.

/// Who makes a move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    /// The party whose record it is.
    Owner,
    /// Whose duty it is to decide: never who applied, never of the party itself.
    Reviewer,
    /// The other party that the record names: who is asked to give something.
    Giver,
    /// The window itself.
    Window,
}

/// One allowed move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Move {
    /// What is done.
    pub action: &'static str,
    /// From these states; "" = the record is not there yet.
    pub from: &'static [&'static str],
    /// To this state.
    pub to: &'static str,
    /// Who.
    pub who: Who,
    /// Whether an officer may make it for the party, at his counter.
    pub for_others: bool,
    /// Whether it must be explained.
    pub explained: bool,
    /// Whether it changes what trades are judged with.
    pub files: bool,
    /// Whether a person makes it for himself, and no party.
    pub personal: bool,
}

impl Move {
    pub(crate) const fn owner(action: &'static str, from: &'static [&'static str], to: &'static str) -> Self {
        Self {
            action,
            from,
            to,
            who: Who::Owner,
            for_others: true,
            explained: false,
            files: false,
            personal: false,
        }
    }
    pub(crate) const fn reviewer(
        action: &'static str,
        from: &'static [&'static str],
        to: &'static str,
    ) -> Self {
        Self {
            action,
            from,
            to,
            who: Who::Reviewer,
            for_others: false,
            explained: false,
            files: false,
            personal: false,
        }
    }
    pub(crate) const fn giver(action: &'static str, from: &'static [&'static str], to: &'static str) -> Self {
        Self {
            action,
            from,
            to,
            who: Who::Giver,
            for_others: false,
            explained: false,
            files: false,
            personal: false,
        }
    }
    pub(crate) const fn window(
        action: &'static str,
        from: &'static [&'static str],
        to: &'static str,
    ) -> Self {
        Self {
            action,
            from,
            to,
            who: Who::Window,
            for_others: false,
            explained: false,
            files: false,
            personal: false,
        }
    }
    /// Nobody makes it for the party.
    pub(crate) const fn alone(self) -> Self {
        Self { for_others: false, ..self }
    }
    /// A person makes it for himself; nobody makes it for him.
    pub(crate) const fn personal(self) -> Self {
        Self { for_others: false, personal: true, ..self }
    }
    pub(crate) const fn explained(self) -> Self {
        Self { explained: true, ..self }
    }
    pub(crate) const fn filed(self) -> Self {
        Self { files: true, ..self }
    }
}
