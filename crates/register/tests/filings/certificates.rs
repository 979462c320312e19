//! Certificates of parties: registered with everything that is wrong told, approved by another, revoked at once and for ever.

use super::{NOW, Office, by, office, paths};
use ceb::signature::{CertificateFacts, GeneratedKey, Subject, generate_rsa, generate_sm2};
use clearance::keys::Time;
use clearance::party::{Certificate, Entry};
use clearance::record::{RecordKey, Register};
use register::{Change, Command, Refusal, certificate};
use serde_json::{Value, json};

const PARTY: &str = "5301960101";
const OTHER: &str = "5301960102";

fn subject(code: &str, not_after: u64) -> Subject<'_> {
    Subject {
        enterprise_code: code,
        enterprise_name: "样例",
        serial: 7,
        not_before: 20_200_101_000_000,
        not_after,
    }
}

fn key(code: &str) -> GeneratedKey {
    generate_sm2(&subject(code, 20_491_231_235_959)).unwrap()
}

fn fingerprint(key: &GeneratedKey) -> String {
    certificate::fingerprint(&CertificateFacts::read(&key.certificate_der).unwrap())
}

fn id(party: &str, key: &GeneratedKey) -> String {
    format!("{party}:{}", fingerprint(key))
}

fn application(key: &GeneratedKey, purposes: &[&str]) -> Value {
    json!({"pem": key.certificate_pem(), "purposes": purposes, "holder": "样例服务器"})
}

struct Who<'a> {
    code: &'a str,
    name: &'a str,
    reviews: bool,
}

const PARTY_ITSELF: Who<'_> = Who { code: PARTY, name: "样例", reviews: false };
const OFFICER: Who<'_> = Who { code: "8620000001", name: "officer", reviews: true };

fn act(
    office: &mut Office,
    who: &Who<'_>,
    id: &str,
    version: u32,
    action: &str,
    note: &str,
    body: Option<Value>,
) -> Result<Change, Refusal> {
    office.one(Command {
        key: RecordKey::new(Register::Certificate, id),
        version,
        action: action.into(),
        by: by(who.code, who.name, who.reviews),
        note: note.to_owned(),
        body: body.map(|body| body.to_string()),
    })
}

fn entered(change: &Change) -> &Certificate {
    match change.filing.as_ref().unwrap() {
        Entry::Certificate(certificate) => certificate,
        Entry::Filing(filing) => panic!("{filing:?}"),
    }
}

#[test]
fn a_certificate_is_approved_by_another_and_revoked_for_ever() {
    let mut office = office();
    let key = key(PARTY);
    let id = id(PARTY, &key);
    let before = office.reference.parties.version;
    let made =
        act(&mut office, &PARTY_ITSELF, &id, 0, "register", "", Some(application(&key, &["documents"])));
    let made = made.unwrap();
    assert_eq!((made.record.state.as_str(), &made.filing), ("submitted", &None));
    let said = certificate::Certificate::of(&made.record);
    assert_eq!((said.key.as_str(), said.serial.as_str()), ("sm2", "07"));
    assert_eq!((said.valid_from.as_str(), said.enterprise_code.as_deref()), ("20200101000000", Some(PARTY)));
    assert!(said.subject.contains("样例") && said.issuer.contains("样例"), "{said:?}");
    // Nobody decides on his own.
    let told = act(&mut office, &PARTY_ITSELF, &id, 1, "approve", "", None).unwrap_err();
    assert!(matches!(told, Refusal::NotYours(_)), "{told:?}");
    let made = act(&mut office, &OFFICER, &id, 1, "approve", "", None).unwrap();
    let counted = entered(&made);
    assert_eq!((counted.version, counted.since, counted.documents), (before + 1, NOW, true));
    assert_eq!(office.reference.parties.certificate(&fingerprint(&key)), Some(counted));
    // Revoked with a reason, at once: what is wrong with the time is told.
    office.now = Time(NOW.0 + 60_000);
    let revoke = |office: &mut Office, note: &str, body: Value| {
        act(office, &PARTY_ITSELF, &id, 2, "revoke", note, Some(body))
    };
    let told =
        revoke(&mut office, " ", json!({"from": "20261129000000", "compromisedSince": "20261129000000"}));
    assert_eq!(paths(&told.unwrap_err()), ["note", "from", "compromisedSince"]);
    let told = revoke(&mut office, "钥匙丢失", json!({"from": "20261127000000"})).unwrap_err();
    let Refusal::Invalid(faults) = &told else { panic!("{told:?}") };
    assert!(faults[0].expected.en().contains("compromisedSince"), "{told:?}");
    let made = revoke(&mut office, "钥匙丢失", json!({"compromisedSince": "20261127080000"})).unwrap();
    let revoked = entered(&made).revoked.as_ref().unwrap();
    assert_eq!((revoked.at, revoked.reason.as_str()), (office.now, "钥匙丢失"));
    assert_eq!(revoked.compromised_since.unwrap().stamp_millis().number(), 20_261_127_080_000_000);
    let said = certificate::Certificate::of(&made.record).revoked.unwrap();
    assert_eq!(
        (said.reason.as_str(), said.compromised_since.as_deref()),
        ("钥匙丢失", Some("20261127080000"))
    );
    // For ever, under this id and any other.
    for action in ["register", "approve", "revoke", "withdraw"] {
        let body = Some(application(&key, &["documents"]));
        let told = act(&mut office, &PARTY_ITSELF, &id, 3, action, "再来", body).unwrap_err();
        assert!(matches!(told, Refusal::State(..)), "{action}: {told:?}");
    }
}

#[test]
fn the_agency_revokes_too_and_strangers_learn_nothing() {
    let mut office = office();
    let key = key(PARTY);
    let id = id(PARTY, &key);
    act(&mut office, &PARTY_ITSELF, &id, 0, "register", "", Some(application(&key, &["documents"]))).unwrap();
    let stranger = Who { code: OTHER, name: "别人", reviews: false };
    for action in ["withdraw", "approve", "revoke", "register"] {
        let told = act(&mut office, &stranger, &id, 1, action, "好奇", None).unwrap_err();
        assert_eq!(told, Refusal::Absent, "{action}");
    }
    act(&mut office, &OFFICER, &id, 1, "approve", "", None).unwrap();
    let made = act(&mut office, &OFFICER, &id, 2, "revoke", "企业报失", None).unwrap();
    assert_eq!(entered(&made).revoked.as_ref().unwrap().reason, "企业报失");
}

#[test]
fn what_is_wrong_with_a_certificate_is_told() {
    let mut office = office();
    let (own, another) = (key(PARTY), key(OTHER));
    let ended = generate_sm2(&subject(PARTY, 20_261_127_235_959)).unwrap();
    let short = generate_rsa(1024, &subject(PARTY, 20_491_231_235_959)).unwrap();
    let id = |key: &GeneratedKey| id(PARTY, key);
    let nobody = "5301969998";
    let cases: [(&str, String, Value, &[&str]); 9] = [
        (
            "no purpose, no holder",
            id(&own),
            json!({"pem": own.certificate_pem(), "purposes": [], "holder": " "}),
            &["purposes", "holder"],
        ),
        ("no such purpose", id(&own), application(&own, &["documents", "king"]), &["purposes"]),
        ("SM2 for requests", id(&own), application(&own, &["requests"]), &["pem"]),
        (
            "a short RSA key for requests",
            id(&short),
            application(&short, &["documents", "requests"]),
            &["pem"],
        ),
        ("another's", id(&another), application(&another, &["documents"]), &["pem"]),
        ("ended", id(&ended), application(&ended, &["documents"]), &["pem"]),
        (
            "no certificate",
            id(&own),
            json!({"pem": "MII", "purposes": ["documents"], "holder": "样例"}),
            &["pem"],
        ),
        ("another id", format!("{PARTY}:mine"), application(&own, &["documents"]), &["id"]),
        ("a field more", id(&own), json!({"pem": "", "purposes": [], "holder": "", "king": 1}), &["body"]),
    ];
    for (what, id, body, wrong) in cases {
        let told = act(&mut office, &PARTY_ITSELF, &id, 0, "register", "", Some(body)).unwrap_err();
        assert_eq!(paths(&told), wrong, "{what}: {told:?}");
    }
    let unfiled = Who { code: nobody, ..PARTY_ITSELF };
    let own_of_nobody = key(nobody);
    let body = Some(application(&own_of_nobody, &["documents"]));
    let told =
        act(&mut office, &unfiled, &super::certificates::id(nobody, &own_of_nobody), 0, "register", "", body);
    assert_eq!(paths(&told.unwrap_err()), ["id"]);
}

#[test]
fn nobody_registers_what_another_has() {
    let mut office = office();
    // A key that names no enterprise is whoever's registers it first.
    let key = generate_sm2(&subject("", 20_491_231_235_959)).unwrap();
    let other = Who { code: OTHER, name: "别人", reviews: false };
    let body = || Some(application(&key, &["documents"]));
    for (who, code) in [(&PARTY_ITSELF, PARTY), (&other, OTHER)] {
        act(&mut office, who, &id(code, &key), 0, "register", "", body()).unwrap();
    }
    act(&mut office, &OFFICER, &id(PARTY, &key), 1, "approve", "", None).unwrap();
    let told = act(&mut office, &OFFICER, &id(OTHER, &key), 1, "approve", "", None).unwrap_err();
    assert_eq!(paths(&told), ["pem"], "{told:?}");
}
