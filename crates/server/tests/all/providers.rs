//! Signing in with a provider of identities, over real HTTP to one that can be careless or hostile: who comes in, as whom,
//! and everything that proves nobody.

use crate::support::people::{add, ask, sign_in};
use crate::support::provider::{CLIENT, Provider, SECRET, Wrong};
use crate::support::{NOW, Zone};
use axum::body::Body;
use axum::http::Request;
use clearance::keys::Time;
use clearance::party::Role;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use server::providers::Settings;
use std::sync::Arc;
use store::Duty;
use tower::ServiceExt;

const BUREAU: &str = "5301000901";
const OFFICE: &str = "8620000001";

pub fn settings(provider: &Provider) -> Settings {
    Settings {
        issuer: provider.address.clone(),
        client: CLIENT.to_owned(),
        window: "https://window.example".to_owned(),
        party: BUREAU.to_owned(),
        role: "agency".to_owned(),
        login_claim: "email".to_owned(),
        domains: Vec::new(),
        duties: vec!["reader".to_owned()],
        duties_claim: None,
        duty_of: Default::default(),
        second_factor: vec!["mfa".to_owned()],
    }
}

struct Scene {
    zone: Zone,
    provider: Arc<Provider>,
}

impl Scene {
    async fn new(change: impl Fn(&mut Settings)) -> Self {
        let zone = Zone::new().await;
        let provider = Provider::start(NOW.0 / 1000).await;
        let scene = Self { zone, provider };
        scene.set("bureau", change).await;
        scene.person("一号", "li@bureau.example");
        scene
    }

    async fn set(&self, name: &str, change: impl Fn(&mut Settings)) {
        let mut settings = settings(&self.provider);
        change(&mut settings);
        settings.check().unwrap();
        let settings = serde_json::to_string(&settings).unwrap();
        let provider = store::Provider { name: name.to_owned(), settings, secret: SECRET.into() };
        self.zone.window.control.set_provider(&provider).await.unwrap();
    }

    fn person(&self, subject: &str, email: &str) {
        *self.provider.claims.lock().unwrap() =
            json!({"sub": subject, "email": email, "email_verified": true, "name": "样例"});
    }

    fn claim(&self, name: &str, value: Value) {
        self.provider.claims.lock().unwrap()[name] = value;
    }

    /// Status, headers and body.
    async fn get(&self, path: &str, cookie: &str) -> (u16, axum::http::HeaderMap, Value) {
        let request = Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap();
        let response = self.zone.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, headers, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// To the provider: where it sends the browser back to, and the cookie.
    async fn there(&self, name: &str) -> (String, String) {
        let (status, headers, answer) = self.get(&format!("/v1/sign-in/{name}"), "").await;
        assert_eq!(status, 303, "{answer}");
        let cookie = headers["set-cookie"].to_str().unwrap();
        assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let address = headers["location"].to_str().unwrap().to_owned();
        assert!(address.starts_with(&self.provider.address), "{address}");
        let back = tokio::task::spawn_blocking(move || {
            let agent =
                ureq::Agent::config_builder().max_redirects(0).max_redirects_will_error(false).build();
            let answer = agent.new_agent().get(&address).call().unwrap();
            answer.headers()["location"].to_str().unwrap().to_owned()
        });
        let back = back.await.unwrap();
        (back.strip_prefix("https://window.example").unwrap().to_owned(), cookie)
    }

    async fn sign_in(&self, name: &str) -> (u16, Value) {
        let (back, cookie) = self.there(name).await;
        let (status, headers, answer) = self.get(&back, &cookie).await;
        assert!(headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        (status, answer)
    }

    async fn user(&self, login: &str, role: Role, party: &str, duties: &[Duty]) -> i64 {
        add(&self.zone, login, party, role, duties).await.0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_added_signs_in_with_his_provider_and_is_the_same_from_then_on() {
    let scene = Scene::new(|_| {}).await;
    let (status, told) = scene.sign_in("bureau").await;
    assert_eq!((status, &told["type"]), (401, &told["type"]), "{told}");
    assert!(told["detail"].as_str().unwrap().contains("no user here"), "{told}");
    let id = scene.user("li@bureau.example", Role::Agency, BUREAU, &[Duty::Admin, Duty::Reader]).await;
    let (status, session) = scene.sign_in("bureau").await;
    assert_eq!(
        (status, &session["first"], &session["user"]["id"]),
        (200, &Value::Null, &json!(id)),
        "{session}"
    );
    let text = session["token"].as_str().unwrap();
    assert!(text.starts_with("ows_"));
    let (status, me) = scene.zone.request("GET", "/v1/users/me", Some(text), Vec::new()).await;
    assert_eq!((status, &me["first"]), (200, &Value::Null), "{me}");
    assert_eq!(scene.zone.request("GET", "/v1/receipts", Some(text), Vec::new()).await.0, 200);
    // Another address, the same person; another person with his address is another.
    scene.person("一号", "li.wei@else.example");
    let (status, session) = scene.sign_in("bureau").await;
    assert_eq!((status, &session["user"]["id"]), (200, &json!(id)));
    scene.person("二号", "li@bureau.example");
    assert_eq!(scene.sign_in("bureau").await.0, 401);
    // All of it is in the ledger.
    let (_, page) = scene.zone.request("GET", "/v1/registers/sign-ins", Some(text), Vec::new()).await;
    let records = page["records"].as_array().unwrap();
    let told: Vec<&str> = records.iter().rev().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(told, ["identity-bound", "signed-in", "signed-in"]);
    // Disabled is disabled, and the session ends.
    let user = scene.zone.window.control.user(id).await.unwrap().unwrap();
    let gone = store::User { state: store::UserState::Disabled, ..user };
    assert!(scene.zone.window.control.change_user(&gone, true, NOW).await.unwrap());
    scene.person("一号", "li@bureau.example");
    assert_eq!(scene.sign_in("bureau").await.0, 401);
    assert_eq!(scene.zone.request("GET", "/v1/users/me", Some(text), Vec::new()).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_any_fault_proves_nobody() {
    let scene = Scene::new(|_| {}).await;
    scene.user("li@bureau.example", Role::Agency, BUREAU, &[Duty::Reader]).await;
    for (wrong, told) in [
        (Wrong::Nonce, "another sign-in"),
        (Wrong::Audience, "another client"),
        (Wrong::Issuer, "another issuer"),
        (Wrong::Expired, "not of this time"),
        (Wrong::Future, "not of this time"),
        (Wrong::Key, "signature"),
        (Wrong::UnknownKey, "no key"),
        (Wrong::None, "not signed with"),
        (Wrong::Shared, "not signed with"),
        (Wrong::Altered, "signature"),
        (Wrong::Denied, "signed nobody in"),
    ] {
        scene.provider.set(wrong);
        let (status, answer) = scene.sign_in("bureau").await;
        assert_eq!(status, 401, "{wrong:?}: {answer}");
        assert!(answer["detail"].as_str().unwrap().contains(told), "{wrong:?}: {answer}");
    }
    scene.provider.set(Wrong::Nothing);
    assert_eq!(scene.sign_in("bureau").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_counts_once_in_the_browser_that_began_it() {
    let scene = Scene::new(|_| {}).await;
    scene.user("li@bureau.example", Role::Agency, BUREAU, &[Duty::Reader]).await;
    scene.set("other", |_| {}).await;
    let (back, cookie) = scene.there("bureau").await;
    // Forged: without the cookie, with another's, at another provider, with another state.
    let (_, another) = scene.there("bureau").await;
    let elsewhere = back.replace("/bureau/", "/other/");
    let stated = back.replace("state=", "state=0");
    for (path, cookie) in [(&back, ""), (&back, &another), (&elsewhere, &cookie), (&stated, &cookie)] {
        let (status, _, answer) = scene.get(path, cookie).await;
        assert_eq!(status, 400, "{path}: {answer}");
    }
    let other_issuer = format!("{back}&iss=https%3A%2F%2Felse.example");
    let (first, used) = scene.there("bureau").await;
    let (status, _, _) = scene.get(&format!("{first}&iss=https%3A%2F%2Felse.example"), &used).await;
    assert_eq!(status, 400, "{other_issuer}");
    assert_eq!(scene.get(&back, &format!("a=b; {cookie}")).await.0, 200);
    // Replayed, and too late.
    assert_eq!(scene.get(&back, &cookie).await.0, 400);
    let (late, cookie) = scene.there("bureau").await;
    scene.zone.clock.set(Time(NOW.0 + 601_000));
    assert_eq!(scene.get(&late, &cookie).await.0, 400);
    scene.zone.clock.set(NOW);
    // A code that was used, in a sign-in of one's own.
    let (used, _) = scene.there("bureau").await;
    let code = used.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let (own, cookie) = scene.there("bureau").await;
    let own_code = own.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let (status, _, answer) = scene.get(&own.replace(&own_code, &code), &cookie).await;
    assert_eq!(status, 503, "a code of another sign-in does not fit its verifier: {answer}");
    for path in ["/v1/sign-in/none", "/v1/sign-in/none/callback?state=1&code=2"] {
        let (status, _, _) = scene.get(path, "__Host-sign-in=1").await;
        assert!(status == 404 || status == 400, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_asked_at_its_own_address_alone() {
    for wrong in [Wrong::Elsewhere, Wrong::Name, Wrong::Redirects] {
        let scene = Scene::new(|_| {}).await;
        scene.provider.set(wrong);
        let (status, headers, answer) = scene.get("/v1/sign-in/bureau", "").await;
        assert_eq!(status, 503, "{wrong:?} {answer}");
        assert!(!headers.contains_key("location"));
    }
    let scene = Scene::new(|_| {}).await;
    let refused = |change: &dyn Fn(&mut Settings)| {
        let mut settings = settings(&scene.provider);
        change(&mut settings);
        settings.check().is_err()
    };
    assert!(refused(&|one| one.issuer = "http://provider.example".to_owned()));
    assert!(refused(&|one| one.issuer = "https://a@provider.example".to_owned()));
    assert!(refused(&|one| one.issuer = "file:///etc/passwd".to_owned()));
    assert!(refused(&|one| one.duties = vec!["king".to_owned()]));
    assert!(refused(&|one| one.duties_claim = Some("groups".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_come_and_what_he_may_do_is_what_the_operator_said() {
    let scene = Scene::new(|one| {
        one.domains = vec!["bureau.example".to_owned()];
        one.duties_claim = Some("groups".to_owned());
        one.duty_of =
            [("auditors".to_owned(), "auditor".to_owned()), ("all".to_owned(), "reader".to_owned())].into();
    })
    .await;
    let (status, told) = scene.sign_in("bureau").await;
    assert_eq!(status, 401, "no group: {told}");
    scene.claim("groups", json!(["all", "nothing of ours"]));
    scene.claim("email_verified", json!(false));
    assert_eq!(scene.sign_in("bureau").await.0, 401, "nobody verified the address");
    scene.person("一号", "li@bureau.example.else.example");
    scene.claim("groups", json!(["all"]));
    assert_eq!(scene.sign_in("bureau").await.0, 401, "another domain");
    scene.person("一号", "li@bureau.example");
    scene.claim("groups", json!(["all"]));
    let (status, session) = scene.sign_in("bureau").await;
    assert_eq!((status, &session["user"]["duties"]), (200, &json!(["reader"])), "{session}");
    assert_eq!(session["user"]["party"], BUREAU);
    scene.claim("groups", json!(["auditors", "all"]));
    let (_, session) = scene.sign_in("bureau").await;
    assert_eq!(session["user"]["duties"], json!(["auditor", "reader"]));
    scene.claim("groups", json!("gardeners"));
    assert_eq!(scene.sign_in("bureau").await.0, 401, "what was taken away is gone");
    // He has no password.
    assert_eq!(sign_in(&scene.zone, "li@bureau.example", "", None).await.0, 401);
    // A login of another party is not taken over.
    scene.user("wang@bureau.example", Role::ZoneOperator, OFFICE, &[Duty::Admin]).await;
    scene.person("三号", "wang@bureau.example");
    scene.claim("groups", json!(["all"]));
    let (status, told) = scene.sign_in("bureau").await;
    assert!(status == 401 && told["detail"].as_str().unwrap().contains("another party"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_needs_a_second_factor_at_his_provider() {
    let scene = Scene::new(|one| {
        one.party = OFFICE.to_owned();
        one.role = "officer".to_owned();
    })
    .await;
    scene.user("li@bureau.example", Role::Officer, OFFICE, &[Duty::Inspector]).await;
    scene.claim("amr", json!(["pwd"]));
    let (status, told) = scene.sign_in("bureau").await;
    assert!(status == 401 && told["detail"].as_str().unwrap().contains("second factor"), "{told}");
    scene.claim("amr", json!(["pwd", "mfa"]));
    let (status, session) = scene.sign_in("bureau").await;
    assert_eq!((status, &session["first"]), (200, &Value::Null), "{session}");
    let text = session["token"].as_str().unwrap();
    assert_eq!(ask(&scene.zone, "GET", "/v1/consignments", text, &Value::Null).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_in_a_browser_is_at_his_desk_and_sees_no_session() {
    let scene = Scene::new(|settings| settings.domains = vec!["bureau.example".into()]).await;
    let (back, cookie) = scene.there("bureau").await;
    let (name, value) = cookie.split_once('=').unwrap();
    let mut browser = crate::support::browser::Browser::new(&scene.zone);
    browser.cookies.insert(name.to_owned(), value.to_owned());
    let led = browser.get(&back).await;
    assert_eq!((led.status, led.location(), led.text.as_str()), (303, "/desk", ""));
    let kept: Vec<&str> = browser.cookies.keys().map(String::as_str).collect();
    assert_eq!(kept, ["__Host-session"], "the cookie of the sign-in is gone, that of the session is there");
    assert_eq!(browser.get("/desk/account").await.status, 200);
    // The sign-in counted once; a browser is told so by a page.
    let again = browser.get(&back).await;
    assert_eq!(again.status, 400);
    assert!(again.text.contains("<html"));
}
