//! What the interface answers of users, tokens and what is shared.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A user.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct User {
    /// Its number.
    pub id: i64,
    /// With what he signs in.
    pub login: String,
    /// His name.
    pub name: String,
    /// His party.
    pub party: String,
    /// In which role.
    pub role: String,
    /// Words of his duties.
    pub duties: Vec<String>,
    /// Customs districts, of an office; none = all.
    pub districts: Vec<String>,
    /// `active`, `must-change-password`, `disabled`.
    pub state: String,
    /// Whether he has a second factor.
    pub second_factor: bool,
    /// Since when.
    pub created: String,
}

/// A user that was made or changed.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Made {
    /// The user.
    pub user: User,
    /// His one-time password, where one was made; shown once.
    pub password: Option<String>,
}

/// A page of users.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Users {
    /// The users.
    pub users: Vec<User>,
    /// After which number the next page begins.
    pub next: Option<String>,
}

/// A token; its text is known to its holder alone.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Token {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Its party.
    pub party: String,
    /// In which role.
    pub role: String,
    /// What it is for; none = all that its role may.
    pub scopes: Option<Vec<String>>,
    /// Since when.
    pub created: String,
    /// Until when.
    pub expires: Option<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// The certificate to which it is bound.
    pub bound_to: Option<String>,
}

/// A token that was issued.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Issued {
    /// Its text, shown once.
    pub token: String,
}

/// Tokens.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize)]
pub struct Tokens {
    /// The tokens.
    pub tokens: Vec<Token>,
}

/// Something that a rule of sharing gives.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Given {
    /// What it is about.
    pub subject: String,
    /// When, RFC 3339.
    pub time: String,
    /// The fields that may be had.
    pub data: Map<String, Value>,
}

/// A page of what a rule gives.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(default)]
pub struct Shared {
    /// The records.
    pub events: Vec<Given>,
    /// Up to where it goes.
    pub cursor: String,
    /// Whether nothing is left beyond it.
    pub complete: bool,
    /// What for.
    pub purpose: String,
}
