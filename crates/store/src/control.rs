//! The control store: what is mutable and not derivable from the ledger. Losing it loses no trade. It lies beside the
//! ledger: in a file of the data folder, or in the database.

use crate::StoreError;
use crate::people::KnownSessions;
use crate::postgres;
use crate::sqlite;
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Role;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A bearer token, bound to a party and a role. Only its hash is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// Number of the token, for lists and revocation.
    pub id: i64,
    /// Filing code of the party.
    pub party: Text,
    /// What its holder may do.
    pub role: Role,
    /// Who holds it.
    pub name: Text,
    /// Customs districts an officer sees (prefixes; empty = all).
    pub districts: Vec<Text>,
    /// When it was issued.
    pub created: Time,
    /// When it ends; none = never.
    pub expires: Option<Time>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Words of what it is for; none = all that its role may do.
    pub scopes: Option<Vec<Text>>,
    /// The record of the certificate whose key has to sign each of its requests; none = its text is enough.
    pub bound_to: Option<Text>,
}

/// A token to be issued.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    /// As [`Token::party`].
    pub party: &'a str,
    /// As [`Token::role`].
    pub role: Role,
    /// As [`Token::name`].
    pub name: &'a str,
    /// As [`Token::districts`].
    pub districts: &'a [Text],
    /// As [`Token::expires`].
    pub expires: Option<Time>,
    /// As [`Token::scopes`].
    pub scopes: Option<&'a [Text]>,
    /// As [`Token::bound_to`].
    pub bound_to: Option<&'a str>,
}

/// A token to be issued; its text is kept by its holder alone.
pub(crate) struct Issued<'a> {
    pub hash: Vec<u8>,
    pub party: &'a str,
    pub role: Role,
    pub name: &'a str,
    /// Separated by blanks.
    pub districts: String,
    pub created: Time,
    pub expires: Option<Time>,
    /// Separated by blanks.
    pub scopes: Option<String>,
    pub bound_to: Option<&'a str>,
}

/// The control store.
#[derive(Clone)]
pub struct Control {
    pub(crate) place: Place,
    known: Arc<Mutex<HashMap<Vec<u8>, Known>>>,
    pub(crate) sessions: Arc<Mutex<KnownSessions>>,
    /// Where the master key lies: read when a secret is sealed or opened.
    pub(crate) master_key: PathBuf,
}

#[derive(Clone)]
pub(crate) enum Place {
    Folder(sqlite::control::Tokens),
    Database(postgres::control::Tokens),
}

/// A token as it was read a moment ago: every request asks for one.
struct Known {
    token: Token,
    read: Instant,
}

/// How long a token that was read is taken as it was: as long as it may live on after another process revoked it.
pub(crate) const KNOWN_FOR: Duration = Duration::from_secs(1);

/// Tokens remembered at most, and sessions.
pub(crate) const KNOWN_TOKENS: usize = 10_000;

/// With what the text of a session begins; that of a token begins with `ow_`.
pub const SESSION_PREFIX: &str = "ows_";

/// A secret text: 192 random bits, hexadecimal.
pub(crate) fn random_text() -> Result<String, StoreError> {
    let mut bytes = [0u8; 24];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| StoreError::MasterKey("no random numbers".to_owned()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(crate) fn hash(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

impl Control {
    /// Opens the control store of a data folder, whose master key lies beside it unless another place is named.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(folder: &Path, master_key: Option<&Path>) -> Result<Self, StoreError> {
        let beside = || crate::MasterKey::default_path(folder);
        let master_key = master_key.map_or_else(beside, Path::to_owned);
        Ok(Self::at(Place::Folder(sqlite::control::Tokens::open(folder)?), master_key))
    }

    /// The control store of a space in a database, which is brought up to date.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn connect(options: &postgres::Options) -> Result<Self, StoreError> {
        let tokens = postgres::control::Tokens::connect(options).await?;
        Ok(Self::at(Place::Database(tokens), options.master_key.clone()))
    }

    fn at(place: Place, master_key: PathBuf) -> Self {
        Self { place, known: Arc::default(), sessions: Arc::default(), master_key }
    }

    /// Issues a token; the text is shown once and never stored.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn issue(
        &self,
        party: &str,
        role: Role,
        name: &str,
        districts: &[Text],
        now: Time,
        expires: Option<Time>,
    ) -> Result<String, StoreError> {
        let token = NewToken { party, role, name, districts, expires, scopes: None, bound_to: None };
        self.issue_for(&token, now).await.map(|(_, text)| text)
    }

    /// Issues a token that may be for some things only; the text is shown once and never stored.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn issue_for(&self, new: &NewToken<'_>, now: Time) -> Result<(i64, String), StoreError> {
        let token = format!("ow_{}", random_text()?);
        let joined = |texts: &[Text]| texts.iter().map(Text::as_str).collect::<Vec<_>>().join(" ");
        let issued = Issued {
            hash: hash(&token),
            party: new.party,
            role: new.role,
            name: new.name,
            districts: joined(new.districts),
            created: now,
            expires: new.expires,
            scopes: new.scopes.map(joined),
            bound_to: new.bound_to,
        };
        let id = match &self.place {
            Place::Folder(tokens) => tokens.issue(&issued)?,
            Place::Database(tokens) => tokens.issue(&issued).await?,
        };
        Ok((id, token))
    }

    /// The token of a text, if it was issued, whatever its state, as it was at most a second ago: a revocation by
    /// another process counts after that, one through this store at once.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn find(&self, token: &str) -> Result<Option<Token>, StoreError> {
        let hash = hash(token);
        if let Some(known) = self.known().get(&hash)
            && known.read.elapsed() < KNOWN_FOR
        {
            return Ok(Some(known.token.clone()));
        }
        let read = Instant::now();
        let found = match &self.place {
            Place::Folder(tokens) => tokens.find(&hash)?,
            Place::Database(tokens) => tokens.find(&hash).await?,
        };
        if let Some(token) = &found {
            let mut known = self.known();
            if known.len() >= KNOWN_TOKENS {
                known.clear();
            }
            // What was revoked through this store while it was read stays revoked.
            let revoked = known.get(&hash).is_some_and(|known| known.token.revoked);
            let token = Token { revoked: token.revoked || revoked, ..token.clone() };
            known.insert(hash, Known { token, read });
        }
        Ok(found)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Known>> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// All tokens.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        match &self.place {
            Place::Folder(tokens) => tokens.all(),
            Place::Database(tokens) => tokens.all().await,
        }
    }

    /// Revokes a token; false if there is none with this number.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn revoke(&self, id: i64) -> Result<bool, StoreError> {
        let revoked = match &self.place {
            Place::Folder(tokens) => tokens.revoke(id)?,
            Place::Database(tokens) => tokens.revoke(id).await?,
        };
        for known in self.known().values_mut().filter(|known| known.token.id == id) {
            known.token.revoked = true;
        }
        Ok(revoked)
    }

    /// Whether a text is there for the first time; it is forgotten after `keep` milliseconds. The same for every server.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn first_time(&self, text: &str, now: Time, keep: i64) -> Result<bool, StoreError> {
        let hash = hash(text);
        // Now and then, whoever comes clears away what is over: which one, the texts' hashes say.
        let over = (hash.first() == Some(&0)).then_some(Time(now.0 - keep));
        match &self.place {
            Place::Folder(tokens) => tokens.first_time(&hash, now, over),
            Place::Database(tokens) => tokens.first_time(&hash, now, over).await,
        }
    }

    /// A setting of the space, the same for every server.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        match &self.place {
            Place::Folder(tokens) => tokens.setting(name),
            Place::Database(tokens) => tokens.setting(name).await,
        }
    }

    /// Sets it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn set(&self, name: &str, value: &str) -> Result<(), StoreError> {
        match &self.place {
            Place::Folder(tokens) => tokens.set(name, value),
            Place::Database(tokens) => tokens.set(name, value).await,
        }
    }

    /// Counts a preview of a caller for a person on a day and says how many that makes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn count_preview(&self, caller: &str, person: &str, day: u32) -> Result<u32, StoreError> {
        match &self.place {
            Place::Folder(tokens) => tokens.count_preview(caller, person, day),
            Place::Database(tokens) => tokens.count_preview(caller, person, day).await,
        }
    }
}
