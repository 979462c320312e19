//! A small provider of identities: real HTTP, real signed tokens, and the faults of a careless or hostile one.

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

pub const CLIENT: &str = "window";
pub const SECRET: &str = "a secret/of the window";

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    Nothing,
    Nonce,
    Audience,
    Issuer,
    Expired,
    Future,
    /// Signed with a key that is not published, under the name of one that is.
    Key,
    /// Under a name that nobody published.
    UnknownKey,
    /// Unsigned.
    None,
    /// Signed with the published key as if it were a shared secret.
    Shared,
    /// The claims were changed after signing.
    Altered,
    /// Keys at another address.
    Elsewhere,
    /// Another name of itself.
    Name,
    /// Sends elsewhere instead of answering.
    Redirects,
    Denied,
}

/// The provider.
pub struct Provider {
    pub address: String,
    /// What goes wrong next.
    pub wrong: Mutex<Wrong>,
    /// Whom it proves.
    pub claims: Mutex<Value>,
    /// Seconds since 1970.
    pub now: i64,
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
    key: EcdsaKeyPair,
    other: EcdsaKeyPair,
}

fn key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap()
}

impl Provider {
    pub async fn start(now: i64) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Arc::new(Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            wrong: Mutex::new(Wrong::Nothing),
            claims: Mutex::new(json!({})),
            now,
            codes: Mutex::default(),
            key: key(),
            other: key(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        provider
    }

    pub fn set(&self, wrong: Wrong) {
        *self.wrong.lock().unwrap() = wrong;
    }

    fn is(&self, wrong: Wrong) -> bool {
        *self.wrong.lock().unwrap() == wrong
    }

    fn signed(&self, nonce: &str) -> String {
        let mut claims = self.claims.lock().unwrap().clone();
        let wrong = *self.wrong.lock().unwrap();
        let late = match wrong {
            Wrong::Expired => -7_200,
            Wrong::Future => 7_200,
            _ => 0,
        };
        for (name, value) in [
            ("iss", json!(if wrong == Wrong::Issuer { "https://else.example" } else { &self.address })),
            ("aud", json!(if wrong == Wrong::Audience { "another" } else { CLIENT })),
            ("nonce", json!(if wrong == Wrong::Nonce { "another" } else { nonce })),
            ("iat", json!(self.now + late)),
            ("exp", json!(self.now + late + 300)),
        ] {
            claims[name] = value;
        }
        let algorithm = match wrong {
            Wrong::None => "none",
            Wrong::Shared => "HS256",
            _ => "ES256",
        };
        let name = if wrong == Wrong::UnknownKey { "nobody's" } else { "first" };
        let head = json!({"alg": algorithm, "kid": name, "typ": "JWT"});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&head), part(&claims));
        let key = if wrong == Wrong::Key { &self.other } else { &self.key };
        let signature = match wrong {
            Wrong::None => Vec::new(),
            Wrong::Shared => {
                let public = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.key.public_key().as_ref());
                ring::hmac::sign(&public, signed.as_bytes()).as_ref().to_vec()
            }
            _ => key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap().as_ref().to_vec(),
        };
        if wrong == Wrong::Altered {
            claims["sub"] = json!("somebody else");
            return format!("{}.{}.{}", part(&head), part(&claims), URL_SAFE_NO_PAD.encode(signature));
        }
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

type Here = State<Arc<Provider>>;

async fn discovery(State(provider): Here) -> Response {
    let at = &provider.address;
    if provider.is(Wrong::Redirects) {
        return Redirect::temporary(&format!("{at}/elsewhere")).into_response();
    }
    let keys = if provider.is(Wrong::Elsewhere) { "http://127.0.0.1:9" } else { at };
    let name = if provider.is(Wrong::Name) { "https://else.example" } else { at };
    Json(json!({
        "issuer": name, "authorization_endpoint": format!("{at}/authorize"), "token_endpoint": format!("{at}/token"),
        "jwks_uri": format!("{keys}/keys"), "response_types_supported": ["code"],
    }))
    .into_response()
}

/// The person agrees at once.
async fn authorize(State(provider): Here, Query(asked): Query<HashMap<String, String>>) -> Response {
    assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT));
    assert_eq!(asked["code_challenge_method"], "S256");
    let (back, state) = (asked["redirect_uri"].clone(), asked["state"].clone());
    if provider.is(Wrong::Denied) {
        return Redirect::to(&format!("{back}?error=access_denied&state={state}")).into_response();
    }
    let mut codes = provider.codes.lock().unwrap();
    let code = format!("code-{}", codes.len());
    codes.insert(code.clone(), asked);
    Redirect::to(&format!("{back}?code={code}&state={state}")).into_response()
}

async fn token(
    State(provider): Here,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let secret = "a%20secret%2Fof%20the%20window";
    let known = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{secret}")));
    assert_eq!(headers["authorization"].to_str().unwrap(), known, "{SECRET}");
    // A code counts once.
    let asked = provider.codes.lock().unwrap().insert(form["code"].clone(), HashMap::new());
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, form["code_verifier"].as_bytes()));
    match asked.filter(|asked| !asked.is_empty()) {
        Some(asked)
            if asked["code_challenge"] == challenge && asked["redirect_uri"] == form["redirect_uri"] =>
        {
            Json(json!({"id_token": provider.signed(&asked["nonce"]), "token_type": "Bearer"}))
                .into_response()
        }
        _ => (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response(),
    }
}

async fn keys(State(provider): Here) -> Json<Value> {
    let point = provider.key.public_key().as_ref();
    let number = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
    Json(json!({"keys": [
        {"kty": "OKP", "kid": "of another kind", "crv": "Ed25519", "x": "AA"},
        {"kty": "EC", "kid": "first", "use": "sig", "crv": "P-256", "x": number(1), "y": number(33)},
    ]}))
}
