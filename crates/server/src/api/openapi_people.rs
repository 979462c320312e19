//! What the OpenAPI document says of people and machines: shapes of bodies and answers, and the statuses of their routes.

use serde_json::{Map, Value, json};

/// Summaries of these routes, in the order of `ROUTES`.
pub(super) const SUMMARIES: [&str; 19] = [
    "Sign in: a session for login, password and, where there is a second factor, a code; its text is shown once",
    "One's own sessions",
    "End one of one's own sessions, or `current`",
    "Oneself: what one may do, and what has to be done first",
    "Change one's own password; all one's sessions end",
    "Begin a second factor: its secret counts once a code of it was given",
    "Confirm it with a code; the recovery codes are shown once",
    "Add a user of one's party with a one-time password, which is shown once",
    "Users of one's party, by cursor; of every party for the zone operator",
    "A user of one's party",
    "Change, disable or enable a user, or reset his password or second factor; nobody gives more than he has",
    "Issue a token for some scopes and days; its text is shown once",
    "Tokens of one's party, without their texts",
    "Revoke a token of one's party",
    "What happened to users, sessions and tokens of one's party, newest first",
    "Register oneself to file a party that has nobody here yet: a login for one's application and nothing else",
    "Names of the providers of identities with which people may sign in",
    "Begin to sign in with a provider: to its own page",
    "Back from a provider: a session as with a password, or why there is none",
];

/// The schema's name of what a route answers.
pub(super) fn answer(method: &str, path: &str) -> Option<&'static str> {
    Some(match (method, path) {
        ("post", "/v1/sessions") => "NewSession",
        ("post", "/v1/registrations") => "Registered",
        ("get", "/v1/sessions") => "Sessions",
        ("get", "/v1/users/me") => "Me",
        ("post", "/v1/users/me/totp") => "SecondFactor",
        ("post", "/v1/users/me/totp/confirm") => "RecoveryCodes",
        ("post", "/v1/users") | ("patch", "/v1/users/{id}") => "UserAndPassword",
        ("get", "/v1/users") => "Users",
        ("get", "/v1/users/{id}") => "User",
        ("post", "/v1/tokens") => "NewToken",
        ("get", "/v1/tokens") => "Tokens",
        ("get", "/v1/trace") => "Trace",
        ("get", "/v1/sign-in") => "Providers",
        ("get", "/v1/sign-in/{provider}/callback") => "NewSession",
        _ => return None,
    })
}

/// The schema's name of what a route is sent.
pub(super) fn request(method: &str, path: &str) -> Option<&'static str> {
    Some(match (method, path) {
        ("post", "/v1/sessions") => "SignIn",
        ("post", "/v1/registrations") => "Registration",
        ("post", "/v1/users/me/password") => "PasswordChange",
        ("post", "/v1/users/me/totp") => "Enrolment",
        ("post", "/v1/users/me/totp/confirm") => "Confirmation",
        ("post", "/v1/users") => "UserRequest",
        ("patch", "/v1/users/{id}") => "UserChange",
        ("post", "/v1/tokens") => "TokenRequest",
        _ => return None,
    })
}

/// Whether a route is of people and machines.
pub(super) fn is_ours(path: &str) -> bool {
    ["/v1/sessions", "/v1/users", "/v1/tokens", "/v1/trace", "/v1/sign-in", "/v1/registrations"]
        .iter()
        .any(|begin| path.starts_with(begin))
}

/// The status of a route that did what was asked.
pub(super) fn done(method: &str, path: &str) -> u16 {
    match (method, path) {
        (
            "post",
            "/v1/sessions" | "/v1/users" | "/v1/tokens" | "/v1/registrations" | "/v1/payment-data/asks",
        ) => 201,
        ("post", "/v1/users/me/password") | ("delete", _) => 204,
        ("get", "/v1/sign-in/{provider}") => 303,
        _ => 200,
    }
}

/// Of routes that ask for no token.
const TOO_MANY: (u16, &str) = (429, "too many attempts; wait for Retry-After");

/// Its refusals besides those of every route.
pub(super) fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    match (method, path) {
        ("post", "/v1/sessions") => {
            vec![(401, "login, password or code is wrong, or a code is needed besides")]
        }
        ("post", "/v1/users") => vec![(409, "the login is taken")],
        ("get", "/v1/sign-in/{provider}") | ("post", "/v1/registrations") => vec![TOO_MANY],
        ("get", "/v1/sign-in/{provider}/callback") => vec![
            (400, "no sign-in that began in this browser a moment ago and is not ended"),
            (401, "the provider proved nobody, or nobody who may come"),
            TOO_MANY,
        ],
        ("patch", _) => vec![(409, "the user was changed meanwhile")],
        _ => Vec::new(),
    }
}

fn object(properties: &[(&str, Value)], required: &[&str]) -> Value {
    let properties: Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "required": required, "properties": properties})
}

/// All of its properties are always there.
fn whole(properties: &[(&str, Value)]) -> Value {
    object(properties, &properties.iter().map(|(name, _)| *name).collect::<Vec<_>>())
}

/// The shapes, by name.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let text = || json!({"type": "string"});
    let number = || json!({"type": "integer"});
    let truth = || json!({"type": "boolean"});
    let or_null = || json!({"type": ["string", "null"]});
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    let of = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let list = |name: &str| json!({"type": "array", "items": of(name)});
    vec![
        (
            "User",
            whole(&[
                ("id", number()),
                ("login", text()),
                ("name", text()),
                ("party", text()),
                ("role", text()),
                ("duties", texts()),
                ("districts", texts()),
                ("state", text()),
                ("secondFactor", truth()),
                ("created", text()),
                ("changed", text()),
            ]),
        ),
        ("Users", whole(&[("users", list("User")), ("next", or_null())])),
        ("UserAndPassword", whole(&[("user", of("User")), ("password", or_null())])),
        (
            "UserRequest",
            object(
                &[
                    ("login", text()),
                    ("name", text()),
                    ("party", text()),
                    ("role", text()),
                    ("duties", texts()),
                    ("districts", texts()),
                ],
                &["login", "name", "duties"],
            ),
        ),
        (
            "UserChange",
            object(
                &[
                    ("name", text()),
                    ("duties", texts()),
                    ("districts", texts()),
                    ("state", json!({"enum": ["active", "disabled"]})),
                    ("password", json!({"enum": ["reset"]})),
                    ("secondFactor", json!({"enum": ["reset"]})),
                ],
                &[],
            ),
        ),
        (
            "SignIn",
            object(&[("login", text()), ("password", text()), ("code", text())], &["login", "password"]),
        ),
        (
            "NewSession",
            whole(&[
                ("id", number()),
                ("token", text()),
                ("expires", text()),
                ("first", or_null()),
                ("user", of("User")),
            ]),
        ),
        (
            "Session",
            whole(&[
                ("id", number()),
                ("current", truth()),
                ("created", text()),
                ("used", text()),
                ("address", text()),
            ]),
        ),
        ("Sessions", whole(&[("sessions", list("Session"))])),
        (
            "Me",
            whole(&[("user", of("User")), ("session", number()), ("rights", texts()), ("first", or_null())]),
        ),
        ("PasswordChange", whole(&[("current", text()), ("new", text())])),
        ("Enrolment", object(&[("password", text()), ("code", text())], &["password"])),
        ("SecondFactor", whole(&[("secret", text()), ("uri", text())])),
        ("Confirmation", whole(&[("code", text())])),
        ("RecoveryCodes", whole(&[("recoveryCodes", texts())])),
        (
            "TokenRequest",
            object(
                &[
                    ("name", text()),
                    ("party", text()),
                    ("role", text()),
                    ("scopes", texts()),
                    ("districts", texts()),
                    ("days", number()),
                    ("boundTo", text()),
                ],
                &["name", "scopes", "days"],
            ),
        ),
        ("NewToken", whole(&[("id", number()), ("token", text())])),
        (
            "Token",
            whole(&[
                ("id", number()),
                ("name", text()),
                ("party", text()),
                ("role", text()),
                ("districts", texts()),
                ("scopes", json!({"type": ["array", "null"]})),
                ("created", text()),
                ("expires", or_null()),
                ("revoked", truth()),
                ("boundTo", or_null()),
            ]),
        ),
        ("Tokens", whole(&[("tokens", list("Token"))])),
        (
            "TraceEntry",
            whole(&[
                ("id", number()),
                ("time", text()),
                ("by", text()),
                ("party", text()),
                ("what", text()),
                ("subject", text()),
            ]),
        ),
        (
            "Registration",
            whole(&[("code", text()), ("role", text()), ("name", text()), ("password", text())]),
        ),
        ("Registered", whole(&[("login", text()), ("application", text()), ("user", of("User"))])),
        ("Providers", whole(&[("providers", texts())])),
        ("Trace", whole(&[("trace", list("TraceEntry")), ("next", or_null())])),
    ]
}
