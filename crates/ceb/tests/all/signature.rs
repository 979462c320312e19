//! Signing and verifying whole messages: every profile, every variant that real clients need, every fault.

use crate::any_bytes;
use ceb::signature::{
    Algorithm, Comments, DigestVariant, GeneratedKey, Profile, SIGNATURE_NAMESPACE, SignatureFault,
    SignedInfoNamespaces, SignerFault, Subject, Verifier, canonicalize, canonicalize_element, generate_rsa,
    generate_sm2, verify,
};
use proptest::prelude::*;
use std::sync::LazyLock;

const SUBJECT: Subject<'_> = Subject {
    enterprise_code: "5301ONEW01",
    enterprise_name: "昆明壹窗演示有限公司",
    serial: 0x1F_E9A2,
    not_before: 20_240_101_000_000,
    not_after: 20_361_231_235_959,
};
static RSA: LazyLock<GeneratedKey> = LazyLock::new(|| generate_rsa(1024, &SUBJECT).unwrap());
static SM2: LazyLock<GeneratedKey> = LazyLock::new(|| generate_sm2(&SUBJECT).unwrap());

const PROFILES: [Profile; 4] =
    [Profile::RsaSha1, Profile::RsaSha256, Profile::Sm2Sm3, Profile::Sm2Sm3WithSha1Digest];

const COMPACT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ceb:CEB311Message \
    xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
    version='1.0' guid=\"G1\"><ceb:Order><ceb:note>甲&lt;乙 &amp; 丙</ceb:note><ceb:empty/></ceb:Order></ceb:CEB311Message>";
const PRETTY: &str = "<ceb:CEB311Message xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n  \
    xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\" guid=\"G1\" version=\"1.0\">\r\n  <ceb:Order>\r\n    \
    <ceb:note>x</ceb:note>\r\n  </ceb:Order>\r\n</ceb:CEB311Message>\n";

fn key(profile: Profile) -> &'static GeneratedKey {
    if profile.algorithm() == Algorithm::Sm2Sm3 { &SM2 } else { &RSA }
}

fn signed(xml: &str, profile: Profile) -> String {
    String::from_utf8(key(profile).signer().unwrap().sign(xml.as_bytes(), profile).unwrap()).unwrap()
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not there");
    text.replacen(from, to, 1)
}

#[test]
fn every_profile_signs_and_verifies() {
    let verifier = Verifier::new();
    for profile in PROFILES {
        for xml in [COMPACT, PRETTY] {
            let signed = signed(xml, profile);
            // Three times: read, known, known with its table.
            for _ in 0..3 {
                let verified = verifier.verify(signed.as_bytes()).unwrap();
                assert_eq!(verified, verify(signed.as_bytes()).unwrap());
                assert_eq!(verified.algorithm, profile.algorithm());
                assert_eq!(verified.digest_algorithm, profile.digest_algorithm());
                assert_eq!(verified.digest_variant, DigestVariant::Strict);
                assert_eq!(verified.signed_info_variant.namespaces, SignedInfoNamespaces::InScope);
                assert_eq!(verified.key_name, "1fe9a2");
                let facts = &verified.certificate;
                assert_eq!(facts.serial_hex, "1fe9a2");
                assert_eq!(facts.enterprise_code.as_deref(), Some("5301ONEW01"));
                assert_eq!(facts.enterprise_name.as_deref(), Some("昆明壹窗演示有限公司"));
                assert_eq!((facts.not_before, facts.not_after), (SUBJECT.not_before, SUBJECT.not_after));
            }
        }
    }
}

#[test]
fn any_change_of_the_content_is_seen() {
    for profile in PROFILES {
        let signed = signed(COMPACT, profile);
        for (from, to) in [("guid=\"G1\"", "guid=\"G2\""), ("丙<", "丁<"), ("<ceb:empty/>", "<ceb:other/>")]
        {
            let changed = replaced(&signed, from, to);
            let fault = verify(changed.as_bytes()).unwrap_err();
            assert_eq!(fault.name(), "digest_differs", "{from}: {fault}");
        }
        // The same content in other bytes is the same content.
        for (from, to) in [
            ("<ceb:empty/>", "<ceb:empty></ceb:empty>"),
            ("version='1.0'", "version=\"1.0\""),
            ("丙<", "&#x4E19;<"),
        ] {
            verify(replaced(&signed, from, to).as_bytes()).unwrap();
        }
    }
}

#[test]
fn a_signature_of_another_message_or_key_is_refused() {
    for profile in PROFILES {
        let one = signed(COMPACT, profile);
        let other = signed(PRETTY, profile);
        let cut = |text: &str, from: &str, to: &str| {
            let start = text.find(from).unwrap();
            text[start..text.find(to).unwrap()].to_owned()
        };
        let value = |text: &str| cut(text, "<ds:SignatureValue>", "</ds:SignatureValue>");
        let forged = replaced(&one, &value(&one), &value(&other));
        assert_eq!(verify(forged.as_bytes()).unwrap_err().name(), "signature_value_wrong");

        let stranger = if profile.algorithm() == Algorithm::Sm2Sm3 {
            generate_sm2(&SUBJECT)
        } else {
            generate_rsa(1024, &SUBJECT)
        };
        let stranger = stranger.unwrap().signer().unwrap().sign(COMPACT.as_bytes(), profile).unwrap();
        let stranger = String::from_utf8(stranger).unwrap();
        let certificate = |text: &str| cut(text, "<ds:X509Certificate>", "</ds:X509Certificate>");
        let swapped = replaced(&one, &certificate(&one), &certificate(&stranger));
        assert_eq!(verify(swapped.as_bytes()).unwrap_err().name(), "signature_value_wrong");
    }
}

/// Signs as clients do whose `SignedInfo` is pretty-printed after signing and whose digest was made over the document
/// with white space beside the signature (SPEC §9.2.1, §9.2.2).
fn as_in_the_wild(before: &str, after: &str, digested: &str, declarations: &str) -> String {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let head = "<ceb:CEB311Message xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\" \
                xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" guid=\"G\">\n<ceb:Order></ceb:Order>";
    let tail = "</ceb:CEB311Message>";
    let sm3 = |text: &str| base64.encode(<sm3::Sm3 as sm3::Digest>::digest(text.as_bytes()));
    let digest = sm3(&format!("{head}{digested}{tail}"));
    let (method, digest_method) = Profile::Sm2Sm3.uris();
    let nodes = [
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"></ds:CanonicalizationMethod>".to_owned(),
        format!("<ds:SignatureMethod Algorithm=\"{method}\"></ds:SignatureMethod>"),
        "<ds:Reference URI=\"\">".to_owned(),
        "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform></ds:Transforms>".to_owned(),
        format!("<ds:DigestMethod Algorithm=\"{digest_method}\"></ds:DigestMethod>"),
        format!("<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"),
    ];
    let to_sign = format!("<ds:SignedInfo{declarations}>{}</ds:SignedInfo>", nodes.concat());
    let signer = SM2.signer().unwrap();
    let value = base64.encode(signer.sign_bytes(Algorithm::Sm2Sm3, to_sign.as_bytes()).unwrap());
    let certificate = base64.encode(signer.certificate_der());
    let wrapped: Vec<&str> =
        certificate.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!(
        "{head}{before}<ds:Signature xmlns:ds=\"{SIGNATURE_NAMESPACE}\">\n<ds:SignedInfo>\n{}\n</ds:SignedInfo>\n\
         <ds:SignatureValue>\r\n{value}\r\n</ds:SignatureValue>\n<ds:KeyInfo><ds:KeyName>CARD-7</ds:KeyName>\
         <ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>{after}{tail}",
        nodes.join("\n  "),
        wrapped.join("\r\n")
    )
}

#[test]
fn variants_of_real_clients_verify_and_are_named() {
    let ceb = " xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\"";
    let ds = " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
    let xsi = " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    let all = format!("{ceb}{ds}{xsi}");
    // White space before, after, in the digested text; which variant verifies.
    for (before, after, digested, variant) in [
        ("", "", "", DigestVariant::Strict),
        ("\n", "", "\n", DigestVariant::Strict),
        ("\n  ", "\n", "\n", DigestVariant::WithoutSpaceBefore),
        ("\n", "\n ", "\n", DigestVariant::WithoutSpaceAfter),
    ] {
        let verified = verify(as_in_the_wild(before, after, digested, &all).as_bytes()).unwrap();
        assert_eq!(verified.digest_variant, variant, "{before:?} {after:?}");
        assert!(verified.signed_info_variant.compact);
        assert_eq!(verified.key_name, "CARD-7");
    }
    for (declarations, namespaces) in [
        (format!("{ceb}{ds}"), SignedInfoNamespaces::CebSignature),
        (ds.to_owned(), SignedInfoNamespaces::Signature),
    ] {
        let verified = verify(as_in_the_wild("", "", "", &declarations).as_bytes()).unwrap();
        assert_eq!(verified.signed_info_variant.namespaces, namespaces);
    }
    // Both breaks gone is not one of them, nor is text beside the signature.
    assert_eq!(verify(as_in_the_wild("\n", "\n", "", &all).as_bytes()).unwrap_err().name(), "digest_differs");
    assert_eq!(verify(as_in_the_wild("\nx", "", "", &all).as_bytes()).unwrap_err().name(), "digest_differs");
}

/// A signed message in which URIs stand that the signer does not write, or a comment: `SignedInfo` is signed as it then is.
fn signed_anew(profile: Profile, changes: &[(&str, &str)], comments: Comments) -> (String, Vec<u8>) {
    let changed = changes.iter().fold(signed(COMPACT, profile), |text, (from, to)| replaced(&text, from, to));
    let at = changed.find("<ds:SignedInfo>").unwrap();
    let to_sign = canonicalize_element(changed.as_bytes(), at, None, comments).unwrap();
    let value = key(profile).signer().unwrap().sign_bytes(profile.algorithm(), &to_sign).unwrap();
    (changed, value)
}

/// A message with another signature value.
fn with_value(signed: &str, value: &[u8]) -> String {
    use base64::Engine as _;
    let (head, rest) = signed.split_once("<ds:SignatureValue>").unwrap();
    let (_, tail) = rest.split_once("</ds:SignatureValue>").unwrap();
    let value = base64::engine::general_purpose::STANDARD.encode(value);
    format!("{head}<ds:SignatureValue>{value}</ds:SignatureValue>{tail}")
}

#[test]
fn official_and_other_names_of_an_algorithm_mean_the_same() {
    const W3C: &str = "http://www.w3.org/2000/09/xmldsig#";
    const PORT: &str = "http://www.chinaport.gov.cn/2022/04/xmldsig#";
    let [sm2, sm3] = ["sm2-sm3\"", "sm3\""].map(|end| (format!("{PORT}{end}"), format!("{W3C}{end}")));
    let more = ("http://www.w3.org/2001/04/xmldsig-more#".to_owned(), W3C.to_owned());
    let sha256 = ("http://www.w3.org/2001/04/xmlenc#".to_owned(), W3C.to_owned());
    let cases: [(Profile, &[&(String, String)]); 6] = [
        (Profile::Sm2Sm3, &[&sm2]),
        (Profile::Sm2Sm3, &[&sm3]),
        (Profile::Sm2Sm3, &[&sm2, &sm3]),
        (Profile::RsaSha256, &[&more]),
        (Profile::RsaSha256, &[&sha256]),
        (Profile::RsaSha256, &[&more, &sha256]),
    ];
    for (profile, renamed) in cases {
        let changes: Vec<(&str, &str)> =
            renamed.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        let (changed, value) = signed_anew(profile, &changes, Comments::Omit);
        // The names are part of what is signed.
        assert_eq!(verify(changed.as_bytes()).unwrap_err().name(), "signature_value_wrong", "{changes:?}");
        let verified = verify(with_value(&changed, &value).as_bytes()).unwrap();
        assert_eq!(verified.algorithm, profile.algorithm(), "{changes:?}");
        assert_eq!(verified.digest_algorithm, profile.digest_algorithm(), "{changes:?}");
    }
}

#[test]
fn comments_are_signed_where_the_canonical_form_keeps_them() {
    const FORM: &str = "REC-xml-c14n-20010315";
    let keeping = (format!("{FORM}\""), format!("{FORM}#WithComments\""));
    let keeping = (keeping.0.as_str(), keeping.1.as_str());
    let commented = ("<ds:SignedInfo>", "<ds:SignedInfo><!-- card 7 -->");
    for profile in PROFILES {
        for (changes, signs) in [
            (vec![keeping], Comments::Keep),
            (vec![keeping, commented], Comments::Keep),
            (vec![commented], Comments::Omit),
        ] {
            let (changed, value) = signed_anew(profile, &changes, signs);
            let good = with_value(&changed, &value);
            verify(good.as_bytes()).unwrap();
            if changes.contains(&commented) {
                let other = verify(replaced(&good, "card 7", "card 8").as_bytes());
                assert_eq!(other.is_ok(), signs == Comments::Omit, "{profile:?} {changes:?}");
            }
        }
    }
}

/// Signature values of SM2 come as two plain numbers, and from some devices in DER.
#[test]
fn a_signature_value_in_der_is_read_too() {
    let (changed, value) = signed_anew(Profile::Sm2Sm3, &[], Comments::Omit);
    let number = |bytes: &[u8]| {
        let significant = bytes.iter().position(|byte| *byte != 0).unwrap();
        let mut number = bytes[significant..].to_vec();
        if number[0] >= 0x80 {
            number.insert(0, 0);
        }
        [[2, number.len() as u8].as_slice(), number.as_slice()].concat()
    };
    let numbers = [number(&value[..32]), number(&value[32..])].concat();
    let der = [[0x30, numbers.len() as u8].as_slice(), numbers.as_slice()].concat();
    verify(with_value(&changed, &der).as_bytes()).unwrap();
    let cut = with_value(&changed, &der[..der.len() - 1]);
    assert_eq!(verify(cut.as_bytes()).unwrap_err().name(), "signature_value_wrong");
}

#[test]
fn every_fault_has_its_name() {
    let good = signed(COMPACT, Profile::Sm2Sm3);
    let cases: [(&str, &str, &str); 15] = [
        ("</ceb:Order>", "</ceb:Orders>", "not_well_formed"),
        ("<ds:SignatureValue>", "<ds:SignatureValues>", "not_well_formed"),
        ("#sm2-sm3", "#sm9", "unsupported_algorithm"),
        ("URI=\"\"", "URI=\"#part\"", "reference_not_whole_document"),
        ("#enveloped-signature", "#other", "unsupported_algorithm"),
        ("xmldsig#sm3", "xmldsig#md5", "unsupported_algorithm"),
        ("<ds:KeyName>1fe9a2</ds:KeyName>", "", "missing_node"),
        ("<ds:KeyName>1fe9a2</ds:KeyName>", "<ds:KeyName/>", "empty_node"),
        (
            "<ds:KeyName>1fe9a2</ds:KeyName>",
            "<ds:KeyName>1</ds:KeyName><ds:KeyName>2</ds:KeyName>",
            "repeated_node",
        ),
        ("<ds:X509Certificate>", "<ds:X509Certificate>AAAA", "certificate_unreadable"),
        ("<ds:DigestValue>", "<ds:DigestValue>*", "not_base64"),
        (
            "<ds:SignatureValue>",
            "<ds:SignatureValue></ds:SignatureValue><ds:SignatureValue>",
            "repeated_node",
        ),
        (
            "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3",
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            "key_unsuitable",
        ),
        ("</ds:Reference>", "</ds:Reference><ds:Reference URI=\"\"/>", "several_references"),
        (
            "</ceb:CEB311Message>",
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/></ceb:CEB311Message>",
            "several_signatures",
        ),
    ];
    for (from, to, name) in cases {
        let fault = verify(replaced(&good, from, to).as_bytes()).unwrap_err();
        assert_eq!(fault.name(), name, "{from} → {to}: {fault}");
        assert!(!fault.to_string().is_empty());
    }
    assert_eq!(verify(COMPACT.as_bytes()).unwrap_err(), SignatureFault::NoSignature);
    let empty = replaced(
        COMPACT,
        "</ceb:CEB311Message>",
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/></ceb:CEB311Message>",
    );
    assert_eq!(verify(empty.as_bytes()).unwrap_err(), SignatureFault::EmptySignature);
    assert_eq!(verify(b"\xFF").unwrap_err().name(), "not_well_formed");
}

#[test]
fn a_signer_refuses_what_it_cannot_do() {
    let sm2 = SM2.signer().unwrap();
    assert_eq!(
        sm2.sign(COMPACT.as_bytes(), Profile::RsaSha1).unwrap_err(),
        SignerFault::KeyUnsuitable(Algorithm::RsaSha1)
    );
    let twice = signed(COMPACT, Profile::Sm2Sm3);
    assert!(matches!(sm2.sign(twice.as_bytes(), Profile::Sm2Sm3), Err(SignerFault::Message(_))));
    let foreign = ceb::signature::Signer::sm2(SM2.private_key_pem.as_bytes(), &RSA.certificate_der);
    assert_eq!(foreign.err(), Some(SignerFault::CertificateOfAnotherKey));
}

/// The examples of the recommendation (W3C REC-xml-c14n-20010315 §3) that need no document type.
#[test]
fn canonical_form_is_that_of_the_recommendation() {
    let form =
        |xml: &str, comments| String::from_utf8(canonicalize(xml.as_bytes(), comments).unwrap()).unwrap();
    let outside = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\
                   <doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->";
    assert_eq!(
        form(outside, Comments::Omit),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>"
    );
    assert_eq!(
        form(outside, Comments::Keep),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\
         <?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->"
    );
    let tags = "<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n   \
                <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\" xmlns:b=\"http://www.ietf.org\" \
                xmlns:a=\"http://www.w3.org\" xmlns=\"http://example.org\"/>\n   <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n       \
                <e7 xmlns=\"http://www.ietf.org\">\n           <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n               \
                <e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\"/>\n           </e8>\n       </e7>\n   </e6>\n</doc>";
    assert_eq!(
        form(tags, Comments::Omit),
        "<doc>\n   <e1></e1>\n   <e2></e2>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n   \
         <e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" attr=\"I'm\" attr2=\"all\" \
         b:attr=\"sorted\" a:attr=\"out\"></e5>\n   <e6 xmlns:a=\"http://www.w3.org\">\n       <e7 xmlns=\"http://www.ietf.org\">\n           \
         <e8 xmlns=\"\">\n               <e9 xmlns:a=\"http://www.ietf.org\"></e9>\n           </e8>\n       </e7>\n   </e6>\n</doc>"
    );
    let characters = "<doc>\r\n   <text>First line&#x0d;&#10;Second line</text>\r\n   <value>&#x32;</value>\n   \
                      <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\n   \
                      <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\n   \
                      <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\n</doc>";
    assert_eq!(
        form(characters, Comments::Omit),
        "<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   \
         <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n   \
         <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n   \
         <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n</doc>"
    );
}

#[test]
fn an_element_takes_along_what_it_inherits() {
    let xml = "<a:r xmlns:a=\"urn:a\" xmlns=\"urn:d\" xml:lang=\"zh\" k=\"1\"><s><t/></s></a:r>";
    let at = xml.find("<s>").unwrap();
    let form = canonicalize_element(xml.as_bytes(), at, None, Comments::Omit).unwrap();
    assert_eq!(
        String::from_utf8(form).unwrap(),
        "<s xmlns=\"urn:d\" xmlns:a=\"urn:a\" xml:lang=\"zh\"><t></t></s>"
    );
}

#[test]
fn a_document_type_is_never_read() {
    let bomb = "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><r>&b;</r>";
    assert_eq!(verify(bomb.as_bytes()).unwrap_err().name(), "not_well_formed");
    assert!(canonicalize(b"<r>&b;</r>", Comments::Omit).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Damage anywhere gives an answer, never a panic; what still verifies has the same canonical content.
    #[test]
    fn damage_is_answered(at in 0_usize..4000, byte: u8, remove: bool) {
        let good = signed(COMPACT, Profile::RsaSha1);
        let mut bytes = good.clone().into_bytes();
        let at = at % bytes.len();
        if remove { bytes.remove(at); } else { bytes[at] = byte; }
        if verify(&bytes).is_ok() {
            let content = |bytes: &[u8]| {
                let text = String::from_utf8_lossy(bytes).into_owned();
                let start = text.find("<ds:Signature ").unwrap();
                let end = text.find("</ds:Signature>").unwrap();
                canonicalize(format!("{}{}", &text[..start], &text[end + 15..]).as_bytes(), Comments::Omit).unwrap()
            };
            prop_assert_eq!(content(&bytes), content(good.as_bytes()));
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        any_bytes::signature(&bytes);
    }

    /// Canonical form is a fixed point.
    #[test]
    fn canonical_of_canonical_is_the_same(note in "[ -~甲乙\t]{0,40}") {
        let note = note.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let xml = format!("<r  b='x'   a=\"{note}\"><c>{note}</c></r>");
        let once = canonicalize(xml.as_bytes(), Comments::Omit).unwrap();
        prop_assert_eq!(canonicalize(&once, Comments::Omit).unwrap(), once);
    }
}
