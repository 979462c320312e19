//! Who asks: the bearer of a token, or a person in a session. Deny by default: what is not given is refused. What a role, a
//! duty or a scope gives is in `rights`, how a person signs in is in `signing_in`.

use crate::rights::{self, Right, Rights};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use store::{Control, Duty, SESSION_PREFIX, Scope, Session, Token, User, UserState};

/// Milliseconds after which a session that is not used ends: a forgotten screen is not an open door for long.
pub const SESSION_IDLE: i64 = 30 * 60_000;
/// Milliseconds after which a session ends in any case: a working day.
pub const SESSION_LONGEST: i64 = 12 * 3_600_000;

/// Milliseconds after which a consumer's ends: what proves him is a message to a telephone, and he comes for a look.
pub const CONSUMER_LONGEST: i64 = 3_600_000;

/// Why a request is not let in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Denied {
    /// No token, or none of ours.
    Unknown,
    /// Revoked or expired: whose it was.
    Ended(Box<Known>),
    /// He may not do this.
    Forbidden,
    /// The token's scopes lack this.
    Scope(Right),
    /// He must first do something else.
    First(First),
    /// A person has to sign in for this.
    NoPerson,
    /// Tokens cannot be read at the moment.
    Unreadable,
}

/// What a person has to do before anything else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum First {
    /// Change his password.
    ChangePassword,
    /// Enrol a second factor.
    EnrolSecondFactor,
}

/// A person in a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// The user as he is now.
    pub user: User,
    /// His session.
    pub session: i64,
    /// What he has to do first.
    pub first: Option<First>,
}

/// A caller by name: what is written down of him.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// Which token or session: `t` or `s`, and its number.
    pub key: (char, i64),
    /// Filing code of his party.
    pub party: Text,
    /// The name of the token, the login of the person.
    pub name: Text,
}

/// A caller who was let in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// Which token or session: `t` or `s`, and its number.
    pub key: (char, i64),
    /// Filing code of his party.
    pub party: Text,
    /// The role in which he acts.
    pub role: Role,
    /// Who: the name of the token, the login of the person.
    pub name: Text,
    /// Customs districts an office sees (prefixes; empty = all).
    pub districts: Vec<Text>,
    /// What he may do.
    pub rights: Rights,
    /// Words that narrow a token; none = all that its role may.
    pub scopes: Option<Vec<Text>>,
    /// The record of the certificate whose key has to sign each of his requests.
    pub bound_to: Option<Text>,
    /// The person, if it is a session.
    pub person: Option<Person>,
    /// What he says he asks for, in this request; empty = nothing.
    pub purpose: Text,
}

/// Characters of what somebody says he asks for.
const PURPOSE: usize = 200;

impl Caller {
    /// The same, with what the query of his request says he asks for: it stands in the record of what he reads of others.
    pub fn asking(self, query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let said = pairs.filter(|(name, _)| name == "purpose").last();
        let purpose = said.map(|(_, text)| text.trim().chars().take(PURPOSE).collect()).unwrap_or_default();
        Self { purpose, ..self }
    }

    /// The caller of an `Authorization` header.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn of(header: Option<&str>, control: &Control, now: Time) -> Result<Self, Denied> {
        let text = header.and_then(|header| header.strip_prefix("Bearer ")).ok_or(Denied::Unknown)?.trim();
        let unreadable = |error| {
            tracing::error!(%error, "a request was not let in");
            Denied::Unreadable
        };
        if text.starts_with(SESSION_PREFIX) {
            let found = control.session(text).await.map_err(unreadable)?;
            let (session, user) = found.ok_or(Denied::Unknown)?;
            if !holds(&session, &user, now) {
                return Err(ended(&session, user));
            }
            control.used(&session, now).await;
            return Ok(Self::person(&session, user));
        }
        let token = control.find(text).await.map_err(unreadable)?.ok_or(Denied::Unknown)?;
        if token.revoked || token.expires.is_some_and(|end| end <= now) {
            return Err(Denied::Ended(Box::new(Self::machine(token).known())));
        }
        Ok(Self::machine(token))
    }

    /// The person of a session that is looked at and not used: what a page watches by itself keeps no forgotten screen open.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn watching(text: &str, control: &Control, now: Time) -> Result<Self, Denied> {
        let found = control.session(text).await.map_err(|_| Denied::Unreadable)?;
        let (session, user) = found.ok_or(Denied::Unknown)?;
        if !holds(&session, &user, now) {
            return Err(ended(&session, user));
        }
        Ok(Self::person(&session, user))
    }

    fn machine(token: Token) -> Self {
        Self {
            key: ('t', token.id),
            rights: Rights::of_token(token.role, token.districts.is_empty(), token.scopes.as_deref()),
            party: token.party,
            role: token.role,
            name: token.name,
            districts: token.districts,
            scopes: token.scopes,
            bound_to: token.bound_to,
            person: None,
            purpose: Text::default(),
        }
    }

    fn person(session: &Session, user: User) -> Self {
        Self {
            key: ('s', session.id),
            party: user.party.clone(),
            role: user.role,
            name: user.login.clone(),
            districts: user.districts.clone(),
            rights: Rights::of_user(user.role, user.districts.is_empty(), &user.duties),
            scopes: None,
            bound_to: None,
            person: Some(Person { first: first(&user, session.provided), user, session: session.id }),
            purpose: Text::default(),
        }
    }

    /// His name.
    pub fn known(&self) -> Known {
        Known { key: self.key, party: self.party.clone(), name: self.name.clone() }
    }

    /// Whether he may do what asks for one of these rights.
    ///
    /// # Errors
    /// [`Denied`]: first he must do something else, the token's scopes lack it, or his role or duties do not give it.
    pub fn may(&self, asked: &[Right]) -> Result<(), Denied> {
        if let Some(first) = self.person.as_ref().and_then(|person| person.first) {
            return Err(Denied::First(first));
        }
        if self.rights.has_any(asked) {
            return Ok(());
        }
        let unscoped = Rights::of_token(self.role, self.districts.is_empty(), None);
        match asked.iter().find(|right| self.scopes.is_some() && unscoped.has(**right)) {
            Some(right) => Err(Denied::Scope(*right)),
            None => Err(Denied::Forbidden),
        }
    }

    /// Officers and the zone operator act and see by district; enterprises see what names them.
    pub fn is_office(&self) -> bool {
        rights::is_office(self.role)
    }

    /// Whether it is his duty to decide on what parties apply for: parties are of the whole zone.
    pub fn reviews(&self) -> bool {
        self.rights.has(Right::FilingsReview) && self.districts.is_empty()
    }

    /// Whether he uses the filings and goods of all parties, who need not file them again with his agency.
    pub fn uses_registers(&self) -> bool {
        (self.is_office() || self.role == Role::Agency) && self.districts.is_empty()
    }

    /// What he may see; `codes` are the codes of his party.
    pub fn scope(&self, codes: Vec<Text>) -> Scope {
        if self.is_office() { Scope::Office(self.districts.clone()) } else { Scope::Party(codes) }
    }

    /// Whether he has to do with users and tokens of every party.
    pub fn is_of_zone(&self) -> bool {
        self.role == Role::ZoneOperator && self.districts.is_empty()
    }

    /// Whether a role, duties and districts are no more than he has himself. The zone operator gives what the zone has.
    pub fn has_as_much(&self, role: Role, duties: &[Duty], districts: &[Text]) -> bool {
        let Some(person) = &self.person else { return false };
        let narrower = self.districts.is_empty()
            || (!districts.is_empty()
                && districts
                    .iter()
                    .all(|given| self.districts.iter().any(|own| given.starts_with(own.as_str()))));
        let own =
            role == self.role && duties.iter().all(|duty| person.user.duties.contains(duty)) && narrower;
        self.is_of_zone() || own
    }
}

/// That a session has ended.
fn ended(session: &Session, user: User) -> Denied {
    Denied::Ended(Box::new(Known { key: ('s', session.id), party: user.party, name: user.login }))
}

/// Whether a session has not ended.
fn holds(session: &Session, user: &User, now: Time) -> bool {
    let longest = if user.role == Role::Consumer { CONSUMER_LONGEST } else { SESSION_LONGEST };
    user.state != UserState::Disabled
        && session.generation == user.generation
        && in_time(session, now)
        && now.0 < session.created.0 + longest
}

/// Whether the time of a session is not over.
pub(crate) fn in_time(session: &Session, now: Time) -> bool {
    now.0 < session.created.0 + SESSION_LONGEST && now.0 < session.used.0 + SESSION_IDLE
}

/// What a user has to do before anything else.
pub(crate) fn first(user: &User, provided: bool) -> Option<First> {
    // Passwords and second factors are the provider's then.
    if provided {
        return None;
    }
    if user.state == UserState::MustChangePassword {
        return Some(First::ChangePassword);
    }
    // Whoever decides on other people's goods, or on who may, shows more than a password.
    (rights::shows_more(user.role, &user.duties) && !user.second_factor).then_some(First::EnrolSecondFactor)
}
