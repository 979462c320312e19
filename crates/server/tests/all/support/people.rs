//! People of a test zone: added, signed in, with their password changed and their second factor enrolled.

use super::Zone;
use super::browser::Browser;
use clearance::keys::Time;
use clearance::party::Role;
use serde_json::{Value, json};
use server::{password, second_factor};
use store::{Duty, NewUser};

/// The password of everybody who changed his.
pub const PASSWORD: &str = "correct horse battery";

/// A user with a one-time password.
pub async fn add(zone: &Zone, login: &str, party: &str, role: Role, duties: &[Duty]) -> (i64, String) {
    let one_time = password::one_time().unwrap();
    let user = NewUser {
        login: login.into(),
        name: "样例".into(),
        party: party.into(),
        role,
        duties: duties.to_vec(),
        districts: Vec::new(),
    };
    let hash = password::hash_at(password::Cost::OF_TESTS, &one_time).unwrap();
    let now = zone.window.clock.now();
    (zone.window.control.add_user(&user, &hash, now).await.unwrap().unwrap(), one_time)
}

/// A request with a JSON body.
pub async fn ask(zone: &Zone, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
    zone.request(method, path, Some(token), body.to_string().into_bytes()).await
}

/// Status, the session's text, and the whole answer.
pub async fn sign_in(zone: &Zone, login: &str, password: &str, code: Option<&str>) -> (u16, String, Value) {
    let body = json!({"login": login, "password": password, "code": code}).to_string().into_bytes();
    let (status, answer) = zone.request("POST", "/v1/sessions", None, body).await;
    (status, answer["token"].as_str().unwrap_or_default().to_owned(), answer)
}

/// The secret that an authenticator reads from an address.
pub fn secret_of(address: &str) -> Vec<u8> {
    let text = address.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0u32);
    for letter in text.bytes() {
        let value = if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
        (bits, held) = (bits << 5 | u32::from(value), held + 5);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

/// The code of now, some steps later.
pub fn code(secret: &[u8], now: Time, later: i64) -> String {
    second_factor::code(secret, second_factor::step(now) + later)
}

/// Enrols a second factor: its secret and the recovery codes.
pub async fn enrol(zone: &Zone, token: &str) -> (Vec<u8>, Vec<String>) {
    let begin = json!({"password": PASSWORD});
    let (status, begun) = ask(zone, "POST", "/v1/users/me/totp", token, &begin).await;
    assert_eq!(status, 200, "{begun}");
    let secret = secret_of(begun["uri"].as_str().unwrap());
    assert_eq!(second_factor::shown(&secret), begun["secret"].as_str().unwrap());
    let confirm = json!({"code": code(&secret, zone.window.clock.now(), 0)});
    let (status, done) = ask(zone, "POST", "/v1/users/me/totp/confirm", token, &confirm).await;
    assert_eq!(status, 200, "{done}");
    let codes = done["recoveryCodes"].as_array().unwrap();
    (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

/// A user who changed his one-time password, and enrolled a second factor if he shall: the text of his session.
pub async fn settle(zone: &Zone, login: &str, one_time: &str, second_factor: bool) -> String {
    let (status, session, answer) = sign_in(zone, login, one_time, None).await;
    assert_eq!((status, &answer["first"]), (201, &json!("change-password")), "{answer}");
    let change = json!({"current": one_time, "new": PASSWORD});
    assert_eq!(ask(zone, "POST", "/v1/users/me/password", &session, &change).await.0, 204);
    let (status, session, answer) = sign_in(zone, login, PASSWORD, None).await;
    assert_eq!(status, 201, "{answer}");
    if second_factor {
        enrol(zone, &session).await;
    }
    session
}

/// Somebody who signed in, with his second factor where he needs one.
pub async fn signed_in<'a>(
    zone: &'a Zone,
    login: &str,
    party: &str,
    role: Role,
    duties: &[Duty],
) -> Browser<'a> {
    let (_, one_time) = add(zone, login, party, role, duties).await;
    let session = settle(zone, login, &one_time, server::rights::is_office(role)).await;
    Browser::with(zone, &session)
}

/// The same, who reads English.
pub async fn signed_in_english<'a>(
    zone: &'a Zone,
    login: &str,
    party: &str,
    role: Role,
    duties: &[Duty],
) -> Browser<'a> {
    let mut browser = signed_in(zone, login, party, role, duties).await;
    browser.language = "en";
    browser
}
