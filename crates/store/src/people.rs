//! People who sign in, their sessions and what is remembered of their attempts: rows of the control store, which reads and
//! writes them in `control`. What a duty allows and how a password is checked belong to the server.

mod assignments;
mod control;
pub(crate) mod providers;

pub use assignments::Assignment;
pub(crate) use control::KnownSessions;
pub use providers::Provider;

use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;

/// What a user is there to do. It narrows what the role of his party may do, never widens it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Duty {
    /// Manages users and tokens.
    Admin,
    /// Sends and reads for his party.
    Operator,
    /// Decides on filings.
    Reviewer,
    /// Orders inspections and records their results.
    Inspector,
    /// Takes every other officer action.
    Decider,
    /// Reads everything of his scope, logs too; changes nothing.
    Auditor,
    /// Reads what concerns his party.
    Reader,
    /// Files a party and follows what becomes of it: what somebody has who registered himself.
    Applicant,
    /// Sees what concerns himself as a person: what somebody has who proved that a trade is his.
    Consumer,
    /// Drafts, tries and publishes tables and rules.
    Rulemaker,
    /// Holds a secret of the draw: commits to it, and hands it over.
    SeedHolder,
    /// Keeps a site of a park: scans parcels there, and records what happens.
    Keeper,
}

impl Duty {
    /// All duties.
    pub const ALL: [Self; 12] = [
        Self::Admin,
        Self::Operator,
        Self::Reviewer,
        Self::Inspector,
        Self::Decider,
        Self::Auditor,
        Self::Reader,
        Self::Applicant,
        Self::Consumer,
        Self::Rulemaker,
        Self::SeedHolder,
        Self::Keeper,
    ];
    /// The word stored and used everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Reviewer => "reviewer",
            Self::Inspector => "inspector",
            Self::Decider => "decider",
            Self::Auditor => "auditor",
            Self::Reader => "reader",
            Self::Applicant => "applicant",
            Self::Consumer => "consumer",
            Self::Rulemaker => "rulemaker",
            Self::SeedHolder => "seed-holder",
            Self::Keeper => "keeper",
        }
    }
    /// The duty of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|duty| duty.word() == word)
    }
    /// Words as stored; one that this program does not know gives nothing.
    pub(crate) fn of_words(words: &str) -> Vec<Self> {
        words.split_whitespace().filter_map(Self::from_word).collect()
    }
    pub(crate) fn words(duties: &[Self]) -> String {
        duties.iter().map(|duty| duty.word()).collect::<Vec<_>>().join(" ")
    }
}

/// Whether a user may sign in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum UserState {
    /// He may.
    Active = 1,
    /// He may not; his sessions have ended.
    Disabled = 2,
    /// He may, to change his password, and nothing else.
    MustChangePassword = 3,
}

impl UserState {
    /// The state of a stored number; one that is not known signs nobody in.
    pub(crate) fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Active,
            3 => Self::MustChangePassword,
            _ => Self::Disabled,
        }
    }
    /// The word used on the command line, in the API and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::MustChangePassword => "must-change-password",
        }
    }
}

/// A user, without what proves that he is himself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    /// His number.
    pub id: i64,
    /// With what he signs in: lower case, one in the whole space.
    pub login: Text,
    /// What people call him.
    pub name: Text,
    /// Filing code of his party.
    pub party: Text,
    /// The role of his party in which he works.
    pub role: Role,
    /// What he is there to do.
    pub duties: Vec<Duty>,
    /// Customs districts he sees (prefixes; empty = all), where his role is an office's.
    pub districts: Vec<Text>,
    /// Whether he may sign in.
    pub state: UserState,
    /// Whether a second factor is confirmed.
    pub second_factor: bool,
    /// Grows whenever his sessions have to end: a session of an older one has ended.
    pub generation: i64,
    /// Grows with every change: a change of what was read before is not written.
    pub version: i64,
    /// When he was added.
    pub created: Time,
    /// When he was changed.
    pub changed: Time,
}

/// What proves that a user is himself. It is not to be shown or logged, so it has no `Debug`.
pub struct Credentials {
    /// Hash of the password, in the server's form.
    pub password: String,
    /// The confirmed secret of the second factor, in clear.
    pub second_factor: Option<Vec<u8>>,
    /// A secret that is not confirmed yet, in clear.
    pub pending: Option<Vec<u8>>,
}

/// As they lie in the store.
pub(crate) struct SealedCredentials {
    pub password: String,
    pub second_factor: Option<Vec<u8>>,
    pub pending: Option<Vec<u8>>,
}

/// A user to be added; he must change his password at first.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// As [`User::login`].
    pub login: Text,
    /// As [`User::name`].
    pub name: Text,
    /// As [`User::party`].
    pub party: Text,
    /// As [`User::role`].
    pub role: Role,
    /// As [`User::duties`].
    pub duties: Vec<Duty>,
    /// As [`User::districts`].
    pub districts: Vec<Text>,
}

/// A session of a user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// Whose.
    pub user: i64,
    /// The user's generation when it began.
    pub generation: i64,
    /// When it began.
    pub created: Time,
    /// When it was last used, to the minute.
    pub used: Time,
    /// From where it was begun, as far as that is known.
    pub address: Text,
    /// Whether a provider of identities proved who he is, in place of a password and a second factor.
    pub provided: bool,
}

/// What an attempt to sign in is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Whether the password may be looked at.
    pub allowed: bool,
    /// Before this no other attempt is.
    pub until: Time,
}

/// How attempts to sign in are slowed down.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Attempts without success before there is a delay.
    pub free: i64,
    /// The first delay, in milliseconds; each further attempt doubles it.
    pub delay: i64,
    /// Doublings at most.
    pub doublings: i64,
    /// Milliseconds after which attempts are forgotten.
    pub forget: i64,
}

/// Something that happened to users, sessions or tokens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// Its number, growing.
    pub id: i64,
    /// When.
    pub time: Time,
    /// Who did it: a login, or `operator` for the command line.
    pub by: Text,
    /// The party of what it was done to.
    pub party: Text,
    /// What: a word.
    pub what: Text,
    /// To whom or what: a login, or the number of a token.
    pub subject: Text,
}
