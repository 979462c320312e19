//! Everything that can be wrong with a signed request is told as what it is.

use requests::{
    Fault, Key, NewSignature, Policy, Prepared, Request, check_digest, content_digest, signatures,
};
use ring::signature::{Ed25519KeyPair, KeyPair};

const NOW: i64 = 1_795_399_200;
const BODY: &[u8] = b"<a/>";
const ALL: [&str; 6] = ["@method", "@authority", "@path", "@query", "content-digest", "authorization"];

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn key() -> Key {
    Key::Ed25519(pair().public_key().as_ref().to_vec())
}

fn request(fields: &[(String, String)]) -> Request<'_> {
    Request {
        method: "POST",
        scheme: "https",
        authority: "Window.example:443",
        path: "/v1/messages",
        query: Some("a=1"),
        fields,
    }
}

fn new<'a>(components: &'a [&'a str]) -> NewSignature<'a> {
    NewSignature {
        components,
        created: NOW,
        keyid: "key",
        nonce: Some("once"),
        algorithm: None,
        tag: Some("onewindow"),
    }
}

/// The fields of a request that is signed so.
fn signed(new: &NewSignature<'_>) -> Vec<(String, String)> {
    let mut fields = vec![
        ("authorization".to_owned(), "Bearer ow_1".to_owned()),
        ("content-digest".to_owned(), content_digest(BODY)),
    ];
    let prepared = Prepared::of(&request(&fields), new).unwrap();
    let (input, value) = prepared.fields("sig", pair().sign(prepared.base.as_bytes()).as_ref());
    fields.push(("signature-input".to_owned(), input));
    fields.push(("signature".to_owned(), value));
    fields
}

fn policy() -> Policy<'static> {
    Policy { now: NOW, window: 300, tag: "onewindow", has_body: true }
}

fn told(fields: &[(String, String)], policy: &Policy<'_>) -> Result<(), Fault> {
    let request = request(fields);
    let read = signatures(&request)?;
    read[0].check(&request, policy)?;
    read[0].verify(&request, &key()).map(|_| ())
}

#[test]
fn what_has_to_be_covered_is_named() {
    assert_eq!(told(&signed(&new(&ALL)), &policy()), Ok(()));
    for left_out in ALL {
        let rest: Vec<&str> = ALL.into_iter().filter(|name| *name != left_out).collect();
        let fault = told(&signed(&new(&rest)), &policy()).unwrap_err();
        assert_eq!(fault, Fault::NotCovered { components: vec![left_out.to_owned()] });
    }
    // The whole address says what its parts say.
    for whole in [
        &["@method", "@target-uri", "content-digest", "authorization"][..],
        &["@method", "@authority", "@request-target", "content-digest", "authorization"],
    ] {
        assert_eq!(told(&signed(&new(whole)), &policy()), Ok(()), "{whole:?}");
    }
    let no_body = Policy { has_body: false, ..policy() };
    let rest: Vec<&str> = ALL.into_iter().filter(|name| *name != "content-digest").collect();
    assert_eq!(told(&signed(&new(&rest)), &no_body), Ok(()));
}

#[test]
fn parameters_are_there_and_of_now() {
    let wrong = |change: &dyn Fn(&mut NewSignature<'_>)| {
        let mut new = new(&ALL);
        change(&mut new);
        match told(&signed(&new), &policy()).unwrap_err() {
            Fault::Parameter { name, .. } => name,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(wrong(&|new| new.tag = None), "tag");
    assert_eq!(wrong(&|new| new.tag = Some("other")), "tag");
    assert_eq!(wrong(&|new| new.nonce = None), "nonce");
    assert_eq!(wrong(&|new| new.keyid = ""), "keyid");
    assert_eq!(wrong(&|new| new.created = NOW - 301), "created");
    assert_eq!(wrong(&|new| new.created = NOW + 301), "created");
    for edge in [NOW - 300, NOW + 300] {
        assert_eq!(told(&signed(&NewSignature { created: edge, ..new(&ALL) }), &policy()), Ok(()));
    }
    assert_eq!(
        told(&signed(&NewSignature { algorithm: Some("rsa-pss-sha512"), ..new(&ALL) }), &policy()),
        Err(Fault::Algorithm { came: "rsa-pss-sha512".to_owned(), key: "ed25519" })
    );
}

#[test]
fn what_was_changed_after_signing_does_not_hold() {
    let fields = signed(&new(&ALL));
    let read = signatures(&request(&fields)).unwrap().remove(0);
    let same = request(&fields);
    let changed = [
        Request { method: "PUT", ..same },
        Request { path: "/v1/preview", ..same },
        Request { query: Some("a=2"), ..same },
        Request { query: None, ..same },
        Request { authority: "other.example", ..same },
    ];
    for other in changed {
        assert_eq!(read.verify(&other, &key()), Err(Fault::Wrong), "{other:?}");
    }
    for name in ["authorization", "content-digest"] {
        let mut changed = fields.clone();
        changed.iter_mut().filter(|(known, _)| known == name).for_each(|(_, value)| value.push('1'));
        assert_eq!(read.verify(&request(&changed), &key()), Err(Fault::Wrong), "{name}");
        // A second field of the name does not hide behind the first.
        let mut more = fields.clone();
        more.push((name.to_owned(), "1".to_owned()));
        assert_eq!(read.verify(&request(&more), &key()), Err(Fault::Wrong), "{name}");
    }
    let other =
        Key::Ed25519(Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap().public_key().as_ref().to_vec());
    assert_eq!(read.verify(&same, &other), Err(Fault::Wrong));
    let Fault::Digest { computed, sent, .. } = check_digest(&same, b"<b/>").unwrap_err() else { panic!() };
    assert_ne!(computed, sent);
}

#[test]
fn fields_that_cannot_be_read_are_told() {
    let with = |input: &str, value: &str| {
        let fields = vec![
            ("signature-input".to_owned(), input.to_owned()),
            ("signature".to_owned(), value.to_owned()),
        ];
        told(&fields, &policy()).unwrap_err().to_string()
    };
    let nine: Vec<String> = (0..9).map(|index| format!("s{index}=()")).collect();
    let cases = [
        ("sig=", "sig=:AAAA:", "signature-input cannot be read"),
        ("sig=1", "sig=:AAAA:", "sig is no list"),
        ("sig=()", "sig=1", "no value for sig"),
        ("sig=()", "other=:AAAA:", "no value for sig"),
        ("sig=(1)", "sig=:AAAA:", "a component is a text"),
        ("sig=(\"@query-param\";name=\"a\")", "sig=:AAAA:", "component @query-param"),
        ("sig=();created=\"now\"", "sig=:AAAA:", "parameter created"),
        ("sig=();keyid=1", "sig=:AAAA:", "parameter keyid"),
        ("", "", "0 signatures"),
        (&nine.join(", "), "s0=:AAAA:", "9 signatures"),
    ];
    for (input, value, expected) in cases {
        let told = with(input, value);
        assert!(told.contains(expected), "{input}: {told}");
    }
    assert_eq!(signatures(&request(&[])), Err(Fault::Unsigned));
    // Components that stand twice, are unknown, or are not there.
    for (input, component) in [
        ("(\"@method\" \"@method\")", "@method"),
        ("(\"@status\")", "@status"),
        ("(\"x-not-there\")", "x-not-there"),
    ] {
        let fields = vec![
            ("signature-input".to_owned(), format!("sig={input}")),
            ("signature".to_owned(), "sig=:AAAA:".to_owned()),
        ];
        let read = signatures(&request(&fields)).unwrap().remove(0);
        let told = read.verify(&request(&fields), &key()).unwrap_err();
        assert_eq!(told.about(), [component], "{told:?}");
    }
    for field in ["", "sha-256=1", "md5=:AAAA:", "sha-256=(1)"] {
        let fields = vec![("content-digest".to_owned(), field.to_owned())];
        assert_eq!(check_digest(&request(&fields), BODY).unwrap_err().word(), "unreadable", "{field}");
    }
}
