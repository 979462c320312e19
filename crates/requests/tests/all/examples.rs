//! The published examples: RFC 9421 appendix B.2, RFC 9530 appendix D.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use requests::{
    Algorithm, Fault, Key, NewSignature, Prepared, Request, check_digest, content_digest, signatures,
};
use ring::signature::Ed25519KeyPair;

/// The public key of `test-key-rsa-pss` as SubjectPublicKeyInfo; its `RSAPublicKey` begins after 24 bytes.
const RSA: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI2wIDAQAB";
/// The public key of `test-key-ecc-p256`: its point begins after 26 bytes.
const P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==";
const ED25519: &str = "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
const ED25519_PRIVATE: &str = "n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU=";
const SHA512: &str =
    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
const BODY: &[u8] = b"{\"hello\": \"world\"}";

fn bytes(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

fn fields(more: &[(&str, &str)]) -> Vec<(String, String)> {
    let known = [
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-digest", SHA512),
        ("content-length", "18"),
    ];
    known.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn request(fields: &[(String, String)]) -> Request<'_> {
    Request {
        method: "POST",
        scheme: "https",
        authority: "example.com",
        path: "/foo",
        query: Some("param=Value&Pet=dog"),
        fields,
    }
}

#[test]
fn signatures_with_rsa_pss_hold() {
    let key = Key::Rsa(bytes(RSA)[24..].to_vec());
    let examples = [
        (
            "sig-b21=();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"",
            "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:",
        ),
        (
            "sig-b23=(\"date\" \"@method\" \"@path\" \"@query\" \"@authority\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-rsa-pss\"",
            "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:",
        ),
    ];
    for (input, value) in examples {
        let fields = fields(&[("signature-input", input), ("signature", value)]);
        let read = signatures(&request(&fields)).unwrap();
        assert_eq!(read[0].verify(&request(&fields), &key), Ok(Algorithm::RsaPssSha512), "{input}");
        let other = Request { path: "/fop", method: "PUT", ..request(&fields) };
        let covered = input.contains("@path");
        assert_eq!(read[0].verify(&other, &key).is_err(), covered, "{input}");
    }
}

#[test]
fn a_signature_with_ed25519_holds_and_is_made_the_same() {
    let input = "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
    let value =
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:";
    let all = fields(&[("signature-input", input), ("signature", value)]);
    let read = signatures(&request(&all)).unwrap();
    assert_eq!(read[0].verify(&request(&all), &Key::Ed25519(bytes(ED25519))), Ok(Algorithm::Ed25519));
    let pair = Ed25519KeyPair::from_seed_and_public_key(&bytes(ED25519_PRIVATE), &bytes(ED25519)).unwrap();
    let unsigned = fields(&[]);
    let new = NewSignature {
        components: &["date", "@method", "@path", "@authority", "content-type", "content-length"],
        created: 1_618_884_473,
        keyid: "test-key-ed25519",
        ..NewSignature::default()
    };
    let prepared = Prepared::of(&request(&unsigned), &new).unwrap();
    let made = prepared.fields("sig-b26", pair.sign(prepared.base.as_bytes()).as_ref());
    assert_eq!((made.0.as_str(), made.1.as_str()), (input, value));
}

/// The example is a response; what is signed of it is a text all the same.
#[test]
fn a_signature_with_ecdsa_holds() {
    let text = "\"@status\": 200\n\"content-type\": application/json\n\"content-digest\": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\n\"content-length\": 23\n\"@signature-params\": (\"@status\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"";
    let value =
        bytes("wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==");
    let key = Key::P256(bytes(P256)[26..].to_vec());
    assert_eq!(key.verify(None, text.as_bytes(), &value), Ok(Algorithm::EcdsaP256Sha256));
    assert_eq!(
        key.verify(Some("ecdsa-p256-sha256"), text.as_bytes(), &value),
        Ok(Algorithm::EcdsaP256Sha256)
    );
    let told = key.verify(Some("ed25519"), text.as_bytes(), &value).unwrap_err();
    assert_eq!(told.to_string(), "algorithm ed25519 is not of this key, which is ecdsa-p256");
    assert_eq!(key.verify(None, &text.as_bytes()[1..], &value), Err(Fault::Wrong));
}

#[test]
fn digests_are_those_of_the_standard() {
    assert_eq!(content_digest(BODY), "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
    let known = fields(&[]);
    assert_eq!(check_digest(&request(&known), BODY), Ok(()));
    let told = check_digest(&request(&known), b"{}").unwrap_err();
    assert!(matches!(told, Fault::Digest { algorithm: "sha-512", .. }), "{told:?}");
}
