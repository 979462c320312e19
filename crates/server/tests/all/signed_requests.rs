//! Keys of parties: a certificate is registered, approved, signs documents and requests, and counts nowhere any more from its
//! revocation on, at no server. A token that is bound to a key is worth nothing without it.

use crate::support::people::{ask, settle};
use crate::support::{NOW, SetUp, Zone, database, draw_the_same, plain, set_up};
use axum::body::Body;
use axum::http::Request as HttpRequest;
use ceb::signature::{
    CertificateFacts, GeneratedKey, Profile, Subject, generate_ed25519, generate_rsa, generate_sm2,
};
use ceb::{Document, Style};
use clearance::Text;
use clearance::decide::decide;
use clearance::keys::Time;
use clearance::party::{Filing, Role};
use clearance::sample;
use http_body_util::BodyExt;
use register::certificate::fingerprint;
use requests::{NewSignature, Prepared, Request, content_digest};
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};
use server::Window;
use server::clock::Clock;
use std::collections::BTreeMap;
use store::postgres::{Options, PostgresStore, schema};
use store::{ChosenStore, Control, Duty, NewToken};
use tower::ServiceExt;

const AGENT: &str = "5301980501";
const OTHER: &str = "5301980502";
const OFFICE: &str = "8620000001";
const ALL: [&str; 5] = ["@method", "@authority", "@request-target", "content-digest", "authorization"];

fn subject(code: &str) -> Subject<'_> {
    Subject {
        enterprise_code: code,
        enterprise_name: "样例",
        serial: 7,
        not_before: 20_200_101_000_000,
        not_after: 20_491_231_235_959,
    }
}

fn name_of(key: &GeneratedKey) -> String {
    fingerprint(&CertificateFacts::read_with_key(&key.certificate_der).unwrap().0)
}

/// A zone, and another server of it: on a database a process of its own would be no different.
async fn two_servers() -> (Zone, Zone) {
    let one = if set_up() != SetUp::Embedded {
        let folder = tempfile::tempdir().unwrap();
        let options =
            Options::new(&database::database().expect("a PostgreSQL"), folder.path().join("space.key"));
        schema::migrate(&options).await.unwrap();
        let mut windows = Vec::new();
        for _ in 0..2 {
            let control = Control::connect(&options).await.unwrap();
            let store = PostgresStore::open(options.clone()).await.unwrap();
            let store = ChosenStore::Database(Box::new(store));
            let clock = Clock::simulated(NOW);
            let opened = Window::open(store, control, clock.clone(), |error| panic!("{error}")).await;
            windows.push((opened.unwrap().0, clock));
            draw_the_same(&windows[0].0).await;
        }
        let tokens = filed(&windows[0].0).await;
        let zone = |(window, clock): (Window, Clock), folder| Zone {
            router: server::api::router(window.clone()),
            window,
            tokens: tokens.clone(),
            folder,
            clock,
        };
        let (second, first) = (windows.pop().unwrap(), windows.pop().unwrap());
        return (zone(first, folder), zone(second, tempfile::tempdir().unwrap()));
    } else {
        Zone::new().await
    };
    let second = Zone {
        router: server::api::router(one.window.clone()),
        window: one.window.clone(),
        tokens: one.tokens.clone(),
        folder: tempfile::tempdir().unwrap(),
        clock: one.clock.clone(),
    };
    (one, second)
}

async fn filed(window: &Window) -> BTreeMap<String, String> {
    window.file_all(sample::filings(), "test").await;
    let mut tokens = BTreeMap::new();
    for filing in sample::filings() {
        let issued = window.control.issue(&filing.code, filing.roles[0], "tester", &[], NOW, None).await;
        tokens.insert(filing.code.to_string(), issued.unwrap());
    }
    tokens
}

async fn act(zone: &Zone, party: &str, id: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/registers/certificates/{id}/actions");
    zone.request("POST", &path, Some(&zone.tokens[party]), body.to_string().into_bytes()).await
}

/// Registers a certificate of the agent and has it approved.
async fn register(zone: &Zone, key: &GeneratedKey, purpose: &str) -> String {
    let id = format!("{AGENT}:{}", name_of(key));
    let body = json!({"pem": key.certificate_pem(), "purposes": [purpose], "holder": "样例服务器"});
    let (status, told) = act(zone, AGENT, &id, json!({"action": "register", "body": body})).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("submitted")), "{told}");
    let (status, told) = act(zone, OFFICE, &id, json!({"action": "approve", "version": 1})).await;
    assert_eq!((status, told["state"].as_str()), (200, Some("registered")), "{told}");
    id
}

/// A machine that signs its requests.
struct Machine {
    pair: Ed25519KeyPair,
    keyid: String,
    token: String,
    host: &'static str,
}

/// What one request of it is like.
#[derive(Clone)]
struct Sent<'a> {
    method: &'a str,
    path: &'a str,
    body: &'a [u8],
    components: &'a [&'a str],
    nonce: &'a str,
    created: i64,
}

impl Sent<'_> {
    fn get(nonce: &str) -> Sent<'_> {
        Sent {
            method: "GET",
            path: "/v1/registers/certificates?limit=5",
            body: b"",
            components: &ALL,
            nonce,
            created: NOW.0 / 1000,
        }
    }
}

impl Machine {
    fn new(key: &GeneratedKey, token: &str) -> Self {
        let text: String = key.private_key_pem.lines().filter(|line| !line.starts_with('-')).collect();
        use base64::Engine as _;
        let der = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).unwrap();
        Self { pair, keyid: name_of(key), token: token.to_owned(), host: "window.example" }
    }

    fn signed(&self, sent: &Sent<'_>) -> HttpRequest<Vec<u8>> {
        let fields = [
            ("authorization".to_owned(), format!("Bearer {}", self.token)),
            ("content-digest".to_owned(), content_digest(sent.body)),
        ];
        let (path, query) =
            sent.path.split_once('?').map_or((sent.path, None), |(path, query)| (path, Some(query)));
        let request = Request {
            method: sent.method,
            scheme: "https",
            authority: self.host,
            path,
            query,
            fields: &fields,
        };
        let new = NewSignature {
            components: sent.components,
            created: sent.created,
            keyid: &self.keyid,
            nonce: Some(sent.nonce),
            algorithm: Some("ed25519"),
            tag: Some("onewindow"),
        };
        let prepared = Prepared::of(&request, &new).unwrap();
        let (input, value) = prepared.fields("sig", self.pair.sign(prepared.base.as_bytes()).as_ref());
        let mut made = HttpRequest::builder().method(sent.method).uri(sent.path).header("host", self.host);
        for (name, value) in fields {
            made = made.header(name, value);
        }
        let made = made.header("signature-input", input).header("signature", value);
        made.header("content-type", "application/json").body(sent.body.to_vec()).unwrap()
    }
}

async fn answer(zone: &Zone, request: HttpRequest<Vec<u8>>) -> (u16, Value) {
    let response = zone.router.clone().oneshot(request.map(Body::from)).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

/// Sends a signed request and says its status and why it was refused.
async fn told(zone: &Zone, machine: &Machine, sent: &Sent<'_>) -> (u16, String, Value) {
    let (status, told) = answer(zone, machine.signed(sent)).await;
    (status, told["reason"].as_str().unwrap_or_default().to_owned(), told)
}

async fn bound(zone: &Zone, party: &str, id: &str) -> String {
    let new = NewToken {
        party,
        role: Role::Agent,
        name: "machine",
        districts: &[],
        expires: None,
        scopes: None,
        bound_to: Some(id),
    };
    zone.window.control.issue_for(&new, NOW).await.unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_token_is_worth_nothing_without_its_key_and_a_revoked_key_nothing_anywhere() {
    let (one, two) = two_servers().await;
    let (key, stolen) =
        (generate_ed25519(&subject(AGENT)).unwrap(), generate_ed25519(&subject(AGENT)).unwrap());
    let (id, other_id) = (register(&one, &key, "requests").await, register(&two, &stolen, "requests").await);
    let machine = Machine::new(&key, &bound(&one, AGENT, &id).await);
    for (index, zone) in [&one, &two].into_iter().enumerate() {
        let nonce = format!("first {index}");
        let (status, _, answer) = told(zone, &machine, &Sent::get(&nonce)).await;
        assert_eq!((status, answer["records"].as_array().map(Vec::len)), (200, Some(2)), "{answer}");
        // Without a signature, and with that of another key of the party.
        let (status, answer) = zone.request("GET", "/v1/receipts", Some(&machine.token), Vec::new()).await;
        assert_eq!((status, answer["reason"].as_str()), (401, Some("unsigned")), "{answer}");
        let thief = Machine::new(&stolen, &machine.token);
        let (status, reason, answer) = told(zone, &thief, &Sent::get("thief")).await;
        assert_eq!((status, reason.as_str()), (401, "another-key"), "{answer}");
        assert_eq!(answer["about"], json!([id]));
    }
    // Heard once, at any server; a nonce of another key is another.
    let again = Sent::get("again");
    assert_eq!(told(&one, &machine, &again).await.0, 200);
    for zone in [&one, &two] {
        let (status, reason, answer) = told(zone, &machine, &again).await;
        assert_eq!((status, reason.as_str()), (401, "replayed"), "{answer}");
    }
    let second = Machine::new(&stolen, &bound(&one, AGENT, &other_id).await);
    assert_eq!(told(&two, &second, &again).await.0, 200);
    // Revoked by its party at one server: refused at both, at once, with reason and time.
    let revoke = json!({"action": "revoke", "version": 2, "note": "机器丢失"});
    let (status, answer) = act(&one, AGENT, &id, revoke).await;
    assert_eq!((status, answer["state"].as_str()), (200, Some("revoked")), "{answer}");
    for zone in [&two, &one] {
        let (status, reason, answer) = told(zone, &machine, &Sent::get("late")).await;
        assert_eq!((status, reason.as_str()), (401, "key-ended"), "{answer}");
        let detail = answer["detail"].as_str().unwrap();
        assert!(detail.contains("机器丢失") && detail.contains("20261123100000"), "{detail}");
    }
    // Refusals are lines of the trace, for those who watch over the party.
    let traces = one.window.control.traces(Some(AGENT), i64::MAX, 100).await.unwrap();
    let words: Vec<&str> = traces
        .iter()
        .filter(|trace| trace.what == "request-refused")
        .map(|trace| trace.subject.as_str())
        .collect();
    for word in ["unsigned", "another-key", "replayed", "key-ended"] {
        assert!(words.contains(&word), "{word}: {words:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_left_out_or_old_in_a_request_is_refused_by_name() {
    let zone = Zone::new().await;
    let key = generate_ed25519(&subject(AGENT)).unwrap();
    let id = register(&zone, &key, "requests").await;
    let machine = Machine::new(&key, &zone.tokens[AGENT]);
    let trade = plain(&zone, 0);
    let list = sample::message(AGENT, vec![Document::Declaration(trade.declaration.clone())]);
    let body = ceb::write(&list, Style::Prefixed);
    let post = Sent { method: "POST", path: "/v1/preview", body: &body, ..Sent::get("post") };
    // An unbound token needs no signature; one that is there has to hold all the same.
    assert_eq!(told(&zone, &machine, &post).await.0, 200);
    let mut changed = machine.signed(&Sent { nonce: "changed", ..post.clone() });
    changed.body_mut().push(b' ');
    let (status, refused) = answer(&zone, changed).await;
    assert_eq!((status, refused["reason"].as_str()), (401, Some("digest")), "{refused}");
    for (index, left_out) in ALL.into_iter().enumerate() {
        let rest: Vec<&str> = ALL.into_iter().filter(|name| *name != left_out).collect();
        let nonce = format!("left out {index}");
        let (status, reason, answer) =
            told(&zone, &machine, &Sent { components: &rest, nonce: &nonce, ..post.clone() }).await;
        assert_eq!((status, reason.as_str()), (401, "not-covered"), "{left_out}: {answer}");
        let about = if left_out == "@request-target" { "@path" } else { left_out };
        assert_eq!(answer["about"], json!([about]), "{answer}");
    }
    let seconds = NOW.0 / 1000;
    for (created, expected) in
        [(seconds - 301, 401), (seconds + 301, 401), (seconds - 300, 200), (seconds + 300, 200)]
    {
        let nonce = format!("at {created}");
        assert_eq!(told(&zone, &machine, &Sent { created, nonce: &nonce, ..post.clone() }).await.0, expected);
    }
    zone.window.gate.limit(server::signing_in::Rates { signature_seconds: 10, ..Default::default() });
    let late = Sent { created: seconds - 11, nonce: "late", ..post.clone() };
    assert_eq!(told(&zone, &machine, &late).await.1, "parameter");
    // For another route, another method, another host, another token.
    let mut elsewhere = machine.signed(&Sent { nonce: "elsewhere", ..post.clone() });
    *elsewhere.uri_mut() = "/v1/messages".parse().unwrap();
    let mut host = machine.signed(&Sent { nonce: "host", ..post.clone() });
    host.headers_mut().insert("host", "other.example".parse().unwrap());
    let mut token = machine.signed(&Sent { nonce: "token", ..post.clone() });
    let another = zone.window.control.issue(AGENT, Role::Agent, "another", &[], NOW, None).await.unwrap();
    token.headers_mut().insert("authorization", format!("Bearer {another}").parse().unwrap());
    for request in [elsewhere, host, token] {
        let (status, refused) = answer(&zone, request).await;
        assert_eq!((status, refused["reason"].as_str()), (401, Some("wrong")), "{refused}");
    }
    // One that is half there, and keys that are none: another party's, unknown, not for requests, not approved.
    let mut half = machine.signed(&Sent { nonce: "half", ..post.clone() });
    half.headers_mut().remove("signature");
    assert_eq!(answer(&zone, half).await.1["reason"], "unsigned");
    let stranger = Machine { token: zone.tokens[OTHER].clone(), ..Machine::new(&key, "") };
    assert_eq!(told(&zone, &stranger, &Sent { nonce: "stranger", ..post.clone() }).await.1, "unknown-key");
    let named = Machine { keyid: id.clone(), ..stranger };
    assert_eq!(told(&zone, &named, &Sent { nonce: "named", ..post.clone() }).await.1, "unknown-key");
    let named = Machine { keyid: id, token: zone.tokens[AGENT].clone(), ..named };
    assert_eq!(told(&zone, &named, &Sent { nonce: "own", ..post.clone() }).await.0, 200);
    let fresh = generate_ed25519(&subject(AGENT)).unwrap();
    let waiting = Machine::new(&fresh, &zone.tokens[AGENT]);
    assert_eq!(told(&zone, &waiting, &Sent { nonce: "1", ..post.clone() }).await.1, "unknown-key");
    let body = json!({"pem": fresh.certificate_pem(), "purposes": ["requests"], "holder": "样例"});
    let id = format!("{AGENT}:{}", name_of(&fresh));
    assert_eq!(act(&zone, AGENT, &id, json!({"action": "register", "body": body})).await.0, 200);
    assert_eq!(told(&zone, &waiting, &Sent { nonce: "2", ..post }).await.1, "key-ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_is_forgotten_no_sooner_than_its_signature() {
    let zone = Zone::new().await;
    let key = generate_ed25519(&subject(AGENT)).unwrap();
    register(&zone, &key, "requests").await;
    let machine = Machine::new(&key, &zone.tokens[AGENT]);
    // A signer whose clock is ahead: it counts for ten minutes from now on.
    let seconds = NOW.0 / 1000;
    let ahead = Sent { created: seconds + 300, ..Sent::get("ahead") };
    assert_eq!(told(&zone, &machine, &ahead).await.0, 200);
    zone.clock.set(Time(NOW.0 + 599_000));
    // Of many nonces some have the hash with which what is over is cleared away.
    for index in 0..600 {
        let nonce = format!("n{index}");
        let sent = Sent { created: seconds + 599, nonce: &nonce, ..Sent::get("") };
        assert_eq!(told(&zone, &machine, &sent).await.0, 200, "{index}");
    }
    assert_eq!(told(&zone, &machine, &ahead).await.1, "replayed");
    zone.clock.set(Time(NOW.0 + 601_000));
    assert_eq!(told(&zone, &machine, &ahead).await.1, "parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_a_revoked_certificate_are_refused_at_every_server_and_all_is_derived_again() {
    let (one, two) = two_servers().await;
    let signer = generate_sm2(&subject(AGENT)).unwrap();
    let rsa = generate_rsa(1024, &subject(AGENT)).unwrap();
    let like = sample::filings().into_iter().find(|filing| filing.code == AGENT).unwrap();
    let policy = Filing {
        signature_required: true,
        algorithms: vec![Text::from("sm2-sm3")],
        // Listed, too: what is revoked by itself counts nowhere.
        certificates: vec![name_of(&signer).into()],
        ..like
    };
    one.window.file_all(vec![policy], "test").await;
    let id = register(&one, &signer, "documents").await;
    register(&two, &rsa, "documents").await;
    let mut from = 0;
    let mut next = || {
        let mut trade = plain(&one, from);
        while trade.declaration.head.agent_code != AGENT {
            from += 1;
            trade = plain(&one, from);
        }
        from = trade.order.head.order_no.rsplit('-').next().unwrap().parse::<u64>().unwrap() + 1;
        trade
    };
    let signed = |trade: &sample::Trade, key: &GeneratedKey, profile| {
        let list = sample::message(AGENT, vec![Document::Declaration(trade.declaration.clone())]);
        key.signer().unwrap().sign(&ceb::write(&list, Style::Prefixed), profile).unwrap()
    };
    let post = async |zone: &Zone, bytes: Vec<u8>| {
        let sent = zone.request("POST", "/v1/messages", Some(&zone.tokens[AGENT]), bytes).await;
        sent.1["documents"][0].clone()
    };
    let told = post(&two, signed(&next(), &signer, Profile::Sm2Sm3)).await;
    assert_eq!(told["status"], 2, "{told}");
    let told = post(&one, signed(&next(), &rsa, Profile::RsaSha1)).await;
    assert_eq!(
        (told["status"].as_i64(), told["findings"][0]["rule"].as_str()),
        (Some(-621_029), Some("algorithm-not-accepted")),
        "{told}"
    );
    let told = told["findings"][0].to_string();
    assert!(told.contains("rsa-sha1") && told.contains("sm2-sm3"), "{told}");
    // The agency revokes at one server; the other has not looked since.
    let body = json!({"compromisedSince": "20261120080000"});
    let revoke = json!({"action": "revoke", "version": 2, "note": "钥匙丢失", "body": body});
    assert_eq!(act(&one, OFFICE, &id, revoke).await.0, 200);
    for zone in [&two, &one] {
        let told = post(zone, signed(&next(), &signer, Profile::Sm2Sm3)).await;
        assert_eq!(told["status"], -621_029, "{told}");
        let info = told["info"].as_str().unwrap();
        assert!(info.starts_with("验签失败！") && info.contains("钥匙丢失"), "{info}");
        assert_eq!(told["findings"][0]["rule"], "certificate-revoked");
        assert!(told.to_string().contains("20261120080000"), "{told}");
    }
    // What was judged stays judged, and comes out the same again.
    let derived = server::derive::derive(&one.window.read, decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, &derived.faults), (0, &Vec::new()));
    assert!(derived.events >= 4, "{derived:?}");
}

/// Certificates of the agent, of another, and of nobody: who asks is answered as the table says.
#[tokio::test(flavor = "multi_thread")]
async fn certificates_of_others_are_not_there() {
    let zone = Zone::new().await;
    let key = generate_ed25519(&subject(AGENT)).unwrap();
    let own = register(&zone, &key, "requests").await;
    let absent = format!("{AGENT}:{}", "0".repeat(64));
    let bank = zone.window.control.issue("5301969999", Role::Bank, "b", &[], NOW, None).await.unwrap();
    let elsewhere =
        zone.window.control.issue(OFFICE, Role::Officer, "e", &["5301".into()], NOW, None).await.unwrap();
    let callers: [(&str, &str, u16, u16); 5] = [
        ("its party", &zone.tokens[AGENT], 200, 409),
        ("another party", &zone.tokens[OTHER], 404, 404),
        ("bank", &bank, 404, 404),
        ("officer", &zone.tokens[OFFICE], 200, 409),
        ("officer of a district", &elsewhere, 404, 404),
    ];
    for (who, token, reads, acts) in callers {
        for (id, reads, acts) in [(&own, reads, acts), (&absent, 404, 404)] {
            for path in ["", "/history"] {
                let path = format!("/v1/registers/certificates/{id}{path}");
                let (status, told) = zone.request("GET", &path, Some(token), Vec::new()).await;
                assert_eq!(status, reads, "{who} {path}: {told}");
            }
            // A version that is not the last changes nothing.
            let action = json!({"action": "revoke", "version": 1, "note": "样例"}).to_string();
            let path = format!("/v1/registers/certificates/{id}/actions");
            let (status, told) = zone.request("POST", &path, Some(token), action.into_bytes()).await;
            assert_eq!(status, acts, "{who} {path}: {told}");
        }
    }
    let listed = async |party: &str| zone.get(party, "/v1/registers/certificates").await.1["records"].clone();
    assert_eq!(listed(OTHER).await, json!([]));
    assert_eq!(listed(AGENT).await[0]["id"], json!(own));
    // Nobody binds a token to a key that is not his party's.
    let one_time =
        crate::support::people::add(&zone, "other.admin", OTHER, Role::Agent, &[Duty::Admin, Duty::Operator])
            .await
            .1;
    let admin = settle(&zone, "other.admin", &one_time, false).await;
    let issue = |keyid: &str| json!({"name": "m", "scopes": ["messages:send"], "days": 1, "boundTo": keyid});
    for keyid in [own.as_str(), name_of(&key).as_str(), absent.as_str(), "x"] {
        let (status, told) = ask(&zone, "POST", "/v1/tokens", &admin, &issue(keyid)).await;
        assert_eq!(status, 400, "{told}");
    }
    let one_time =
        crate::support::people::add(&zone, "own.admin", AGENT, Role::Agent, &[Duty::Admin, Duty::Operator])
            .await
            .1;
    let admin = settle(&zone, "own.admin", &one_time, false).await;
    let (status, made) = ask(&zone, "POST", "/v1/tokens", &admin, &issue(&name_of(&key))).await;
    assert_eq!(status, 201, "{made}");
    let (_, tokens) = ask(&zone, "GET", "/v1/tokens", &admin, &Value::Null).await;
    let bound = tokens["tokens"].as_array().unwrap().iter().find(|token| token["id"] == made["id"]).unwrap();
    assert_eq!(bound["boundTo"], json!(own));
}
