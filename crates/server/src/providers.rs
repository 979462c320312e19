//! Signing in with a provider of identities (OpenID Connect Core 1.0, authorization code flow with PKCE). The operator says
//! which providers there are, of which party their people are and who of them may come: whom he did not think of stays
//! outside. Requests go to the issuer's own origin alone, follow no redirection and end soon.

use crate::identity_token::{Expected, Fault, Keys, verified};
use crate::rights::shows_more;
use crate::second_factor::escaped;
use crate::signing_in::{Refused, is_login, login_of};
use crate::{Window, happenings, password};
use axum::http::Uri;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use clearance::keys::Time;
use clearance::party::Role;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::{Duty, NewUser, Provider, StoreError, User, UserState};
use tokio::sync::Semaphore;

/// What an operator set for a provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Settings {
    /// Its issuer, to the letter.
    pub issuer: String,
    /// The number of this window there.
    pub client: String,
    /// Where people reach this window, without a slash at the end.
    pub window: String,
    /// Filing code of the party whose people it proves.
    pub party: String,
    /// The role in which they work.
    pub role: String,
    /// The claim that is their login; `email` counts only where the provider verified it.
    pub login_claim: String,
    /// Domains of verified e-mail addresses whose people become users when they first come; others are added before.
    pub domains: Vec<String>,
    /// Duties of those who become users so.
    pub duties: Vec<String>,
    /// A claim that gives duties anew at each sign-in: whoever has none of them stays outside.
    pub duties_claim: Option<String>,
    /// Which value of that claim gives which duty.
    pub duty_of: BTreeMap<String, String>,
    /// Words of the claim `amr` that mean a second factor, for those who need one.
    pub second_factor: Vec<String>,
}

impl Settings {
    /// What is wrong with them.
    ///
    /// # Errors
    /// What, and what to do.
    pub fn check(&self) -> Result<(), String> {
        for (name, address) in [("issuer", &self.issuer), ("window", &self.window)] {
            let fine = origin(address).is_some() && !address.contains(['?', '#']);
            if !fine {
                return Err(format!(
                    "{name} is an address https://…, or http:// of this machine, not {address}"
                ));
            }
        }
        if self.window.ends_with('/') || self.client.is_empty() || self.login_claim.is_empty() {
            return Err("window has no slash at its end; client and login claim are named".to_owned());
        }
        if self.party.is_empty() || Role::from_word(&self.role).is_none() {
            return Err("party and role are those of its people".to_owned());
        }
        for word in self.duties.iter().chain(self.duty_of.values()) {
            Duty::from_word(word).ok_or_else(|| format!("there is no duty {word}"))?;
        }
        if self.duties_claim.is_some() == self.duty_of.is_empty() {
            return Err("a claim of duties and what its values give go together".to_owned());
        }
        if !self.domains.is_empty() && self.duties.is_empty() && self.duties_claim.is_none() {
            return Err("whoever comes from a domain needs duties".to_owned());
        }
        Ok(())
    }

    fn redirect(&self, name: &str) -> String {
        format!("{}/v1/sign-in/{}/callback", self.window, escaped(name))
    }
}

/// Scheme and authority of an address that may be asked: encrypted, or of this machine.
fn origin(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let local = matches!(uri.host()?, "127.0.0.1" | "localhost" | "[::1]");
    let fine = !authority.as_str().contains('@') && (scheme == "https" || (scheme == "http" && local));
    fine.then(|| format!("{scheme}://{authority}"))
}

/// Where a provider answers (OpenID Connect Discovery 1.0).
#[derive(Clone, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// How long what a provider says of itself is taken as it was.
const KNOWN_FOR: Duration = Duration::from_secs(300);
/// How long a request to a provider may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of its answer.
const ANSWER: u64 = 262_144;
/// Requests to providers at once.
const AT_ONCE: usize = 8;

/// Asks providers, and remembers where they answer.
pub struct Asking {
    agent: ureq::Agent,
    known: Mutex<HashMap<String, (Instant, Discovery)>>,
    turns: Arc<Semaphore>,
}

impl Default for Asking {
    fn default() -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // What the environment names is nobody's decision about providers.
            .proxy(None)
            .build()
            .new_agent();
        Self { agent, known: Mutex::default(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// Why nobody was signed in.
#[derive(thiserror::Error, Debug)]
pub enum Unproven {
    /// As without a provider.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// There is no such provider.
    #[error("no such provider")]
    NoProvider,
    /// It did not begin in this browser, began too long ago, or was ended before.
    #[error("no sign-in that began here")]
    NotBegun,
    /// The provider does not answer, or not as it should.
    #[error("the provider: {0}")]
    Provider(&'static str),
    /// The provider proved nobody.
    #[error("the provider proved nobody")]
    Nobody,
    /// Its token.
    #[error("{0}")]
    Token(#[from] Fault),
    /// The person it proved may not come.
    #[error("{0}")]
    Outside(&'static str),
}

impl From<StoreError> for Unproven {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl Asking {
    async fn ask(&self, request: Request) -> Result<Value, Unproven> {
        let busy = |_| Unproven::Provider("too many sign in at the same time");
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(busy)?;
        let agent = self.agent.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let answered = request.run(&agent);
            drop(turn);
            answered
        });
        let answered = asked.await.map_err(|_| Unproven::Provider("it could not be asked"))?;
        answered.map_err(|error| {
            tracing::warn!(%error, "a provider of identities did not answer");
            Unproven::Provider("it does not answer as it should; try again, or tell the operator")
        })
    }

    async fn discovered(&self, settings: &Settings) -> Result<Discovery, Unproven> {
        let known = |known: &HashMap<String, (Instant, Discovery)>| {
            known
                .get(&settings.issuer)
                .filter(|(read, _)| read.elapsed() < KNOWN_FOR)
                .map(|(_, at)| at.clone())
        };
        if let Some(found) = known(&self.known.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(found);
        }
        let address = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
        let answer = self.ask(Request::Get(address)).await?;
        let at = Discovery::deserialize(&answer)
            .map_err(|_| Unproven::Provider("what it says of itself is not understood"))?;
        let own = origin(&settings.issuer);
        let ours = |address: &str| own.is_some() && origin(address) == own;
        if at.issuer != settings.issuer {
            return Err(Unproven::Provider("it calls itself by another name than the operator set"));
        }
        if ![&at.authorization_endpoint, &at.token_endpoint, &at.jwks_uri].iter().all(|at| ours(at)) {
            return Err(Unproven::Provider(
                "it sends people or this window elsewhere than to its own address",
            ));
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(settings.issuer.clone(), (Instant::now(), at.clone()));
        Ok(at)
    }
}

/// A request to a provider.
enum Request {
    Get(String),
    /// With a form; the header that says who asks.
    Post(String, Vec<(&'static str, String)>, Option<String>),
}

impl Request {
    fn run(self, agent: &ureq::Agent) -> Result<Value, String> {
        let sent = match self {
            Self::Get(address) => agent.get(&address).header("accept", "application/json").call(),
            Self::Post(address, form, header) => {
                let mut post = agent.post(&address).header("accept", "application/json");
                if let Some(header) = &header {
                    post = post.header("authorization", header);
                }
                post.send_form(form.iter().map(|(name, value)| (*name, value.as_str())))
            }
        };
        let mut answer = sent.map_err(|error| error.to_string())?;
        if answer.status() != 200 {
            return Err(format!("status {}", answer.status().as_u16()));
        }
        let text = answer.body_mut().with_config().limit(ANSWER).read_to_string();
        serde_json::from_str(&text.map_err(|error| error.to_string())?).map_err(|_| "no JSON".to_owned())
    }
}

/// A secret of one sign-in that both ends of it give, and nobody else can.
fn derived(what: &str, state: &str, kept: &str) -> String {
    let code = digest(&SHA256, format!("{what} {state} {kept}").as_bytes());
    URL_SAFE_NO_PAD.encode(code.as_ref())
}

async fn provider(window: &Window, name: &str) -> Result<(Provider, Settings), Unproven> {
    let provider = window.control.provider(name).await?.ok_or(Unproven::NoProvider)?;
    let settings = serde_json::from_str(&provider.settings).map_err(|error| {
        tracing::error!(%error, name, "settings of a provider");
        Unproven::Provider("its settings are not understood; tell the operator")
    })?;
    Ok((provider, settings))
}

/// Begins a sign-in: where the browser goes, and what it keeps meanwhile.
///
/// # Errors
/// [`Unproven`].
pub async fn begin(window: &Window, name: &str, address: &str) -> Result<(String, String), Unproven> {
    window.gate.pass_address(address)?;
    window.intake.check().map_err(Refused::from)?;
    let (_, settings) = provider(window, name).await?;
    let at = window.gate.asking().discovered(&settings).await?;
    let (state, kept) = window.control.begin_with(name, window.clock.now()).await?;
    let challenge = digest(&SHA256, derived("verifier", &state, &kept).as_bytes());
    let query = [
        ("response_type", "code".to_owned()),
        ("client_id", settings.client.clone()),
        ("redirect_uri", settings.redirect(name)),
        ("scope", "openid email profile".to_owned()),
        ("nonce", derived("nonce", &state, &kept)),
        ("code_challenge", URL_SAFE_NO_PAD.encode(challenge.as_ref())),
        ("code_challenge_method", "S256".to_owned()),
        ("state", state),
    ];
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let joint = if at.authorization_endpoint.contains('?') { '&' } else { '?' };
    Ok((format!("{}{joint}{}", at.authorization_endpoint, query.join("&")), kept))
}

/// What a browser comes back with.
#[derive(Deserialize, Default)]
pub struct Back {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: Option<String>,
    /// Who sent it back (RFC 9207), where that is said.
    #[serde(default)]
    iss: Option<String>,
}

/// Ends a sign-in: the session's number, its text, whose.
///
/// # Errors
/// [`Unproven`].
pub async fn end(
    window: &Window,
    name: &str,
    back: &Back,
    kept: &str,
    address: &str,
) -> Result<(i64, String, User), Unproven> {
    if kept.is_empty() {
        return Err(Unproven::NotBegun);
    }
    window.gate.pass_address(address)?;
    window.intake.check().map_err(Refused::from)?;
    let now = window.clock.now();
    // Used up before anything else: what comes back a second time began nowhere.
    if !window.control.came_back(name, &back.state, kept, now).await? {
        return Err(Unproven::NotBegun);
    }
    let (provider, settings) = provider(window, name).await?;
    if back.iss.as_ref().is_some_and(|issuer| *issuer != settings.issuer) {
        return Err(Unproven::NotBegun);
    }
    let code = back.code.as_deref().ok_or(Unproven::Nobody)?;
    let asking = window.gate.asking();
    let at = asking.discovered(&settings).await?;
    let verifier = derived("verifier", &back.state, kept);
    let answer = asking.ask(exchange(&provider, &settings, &at, code, &verifier)).await?;
    let token = answer["id_token"].as_str().ok_or(Unproven::Provider("it gave no ID token"))?;
    let keys = asking.ask(Request::Get(at.jwks_uri)).await?;
    let keys = Keys::deserialize(&keys).map_err(|_| Unproven::Provider("its keys are not understood"))?;
    let nonce = derived("nonce", &back.state, kept);
    let expected = Expected {
        issuer: &settings.issuer,
        client: &settings.client,
        nonce: &nonce,
        now: now.0.div_euclid(1000),
    };
    let claims = verified(token, &keys, expected)?;
    let user = admitted(window, name, &settings, &claims, now).await?;
    let (id, text) = crate::signing_in::open(window, &user, (address, true), now).await?;
    Ok((id, text, user))
}

fn exchange(provider: &Provider, settings: &Settings, at: &Discovery, code: &str, verifier: &str) -> Request {
    let mut form = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", settings.redirect(&provider.name)),
        ("client_id", settings.client.clone()),
        ("code_verifier", verifier.to_owned()),
    ];
    let secret = String::from_utf8_lossy(&provider.secret);
    let ways = at.token_endpoint_auth_methods_supported.as_ref();
    let basic = ways.is_none_or(|ways| ways.iter().any(|way| way == "client_secret_basic"));
    let mut header = None;
    if !secret.is_empty() && basic {
        let named = format!("{}:{}", escaped(&settings.client), escaped(&secret));
        header = Some(format!("Basic {}", STANDARD.encode(named)));
    } else if !secret.is_empty() {
        form.push(("client_secret", secret.into_owned()));
    }
    Request::Post(at.token_endpoint.clone(), form, header)
}

/// Values of a claim that is a text or a list of them.
fn values<'a>(claims: &'a Value, name: &str) -> Vec<&'a str> {
    match &claims[name] {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

/// Duties of a person: those of his claims, or none where claims do not say.
fn duties_of(settings: &Settings, claims: &Value) -> Option<Vec<Duty>> {
    let claim = settings.duties_claim.as_deref()?;
    let given = values(claims, claim).into_iter().filter_map(|value| settings.duty_of.get(value));
    let mut duties: Vec<Duty> = given.filter_map(|word| Duty::from_word(word)).collect();
    duties.sort_unstable();
    duties.dedup();
    Some(duties)
}

/// The user of whom the provider proved: bound before, added before under his login, or of a domain that may come.
async fn admitted(
    window: &Window,
    name: &str,
    settings: &Settings,
    claims: &Value,
    now: Time,
) -> Result<User, Unproven> {
    let control = &window.control;
    let identity = format!("{} {}", settings.issuer, claims["sub"].as_str().unwrap_or_default());
    let duties = duties_of(settings, claims);
    if duties.as_ref().is_some_and(Vec::is_empty) {
        return Err(Unproven::Outside("the provider names none of the groups that may work here"));
    }
    let bound = control.provided(&identity).await?;
    let mut user = match bound {
        Some(id) => control.user(id).await?.ok_or(Unproven::Outside("the user is there no more"))?,
        None => known_or_added(window, settings, claims, duties.as_deref(), now).await?,
    };
    let party = window.code_of(&settings.party.as_str().into());
    if window.code_of(&user.party) != party || user.role.word() != settings.role {
        return Err(Unproven::Outside("this login is of another party than the provider's"));
    }
    if user.state == UserState::Disabled {
        return Err(Unproven::Outside(
            "the user is disabled; who manages users of your party can enable him",
        ));
    }
    let shown = values(claims, "amr").iter().any(|word| settings.second_factor.iter().any(|one| one == word));
    if (shows_more(user.role, &user.duties) || user.second_factor) && !shown {
        return Err(Unproven::Outside(
            "a second factor is needed, and the provider does not say that there was one",
        ));
    }
    if bound.is_none() {
        if !control.bind(&identity, user.id).await? {
            return Err(Unproven::Outside("this login belongs to another person of the provider"));
        }
        happenings::happened(window, name, &user.party, "identity-bound", &user.login).await?;
    }
    if let Some(duties) = duties.filter(|duties| *duties != user.duties) {
        user.duties = duties;
        if !control.change_user(&user, false, now).await? {
            return Err(Unproven::Outside("the user was changed meanwhile; sign in again"));
        }
        happenings::happened(window, name, &user.party, "duties-changed", &user.login).await?;
    }
    Ok(user)
}

async fn known_or_added(
    window: &Window,
    settings: &Settings,
    claims: &Value,
    duties: Option<&[Duty]>,
    now: Time,
) -> Result<User, Unproven> {
    let stranger = || Unproven::Outside("you are no user here; who manages users of your party can add you");
    let verified = claims["email_verified"] == Value::Bool(true);
    let email = claims["email"].as_str().filter(|_| verified).map(login_of);
    let login = if settings.login_claim == "email" {
        email.clone()
    } else {
        claims[&settings.login_claim].as_str().map(login_of)
    };
    let login = login.filter(|login| is_login(login)).ok_or_else(stranger)?;
    if let Some(user) = window.control.user_of(&login).await? {
        return Ok(user);
    }
    let domain = email.as_deref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
    if !domain.is_some_and(|domain| settings.domains.iter().any(|one| one.eq_ignore_ascii_case(domain))) {
        return Err(stranger());
    }
    let given: Vec<Duty> = settings.duties.iter().filter_map(|word| Duty::from_word(word)).collect();
    let called = claims["name"].as_str().unwrap_or(&login);
    let user = NewUser {
        login: login.as_str().into(),
        name: called.chars().filter(|letter| !letter.is_control()).take(100).collect::<String>().into(),
        party: window.code_of(&settings.party.as_str().into()),
        role: Role::from_word(&settings.role).ok_or_else(stranger)?,
        duties: duties.map_or(given, <[Duty]>::to_vec),
        districts: Vec::new(),
    };
    // A password that nobody has.
    let secret = password::one_time().map_err(Refused::from)?;
    let hash = window.gate.hasher().hash(&secret).await.map_err(Refused::from)?;
    let id = window.control.add_user(&user, &hash, now).await?.ok_or_else(stranger)?;
    window.control.set_password(id, &hash, UserState::Active, now).await?;
    happenings::happened(window, "provider", &user.party, "user-added", &login).await?;
    window.control.user(id).await?.ok_or_else(stranger)
}
