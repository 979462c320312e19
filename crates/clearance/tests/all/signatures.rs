//! Whose signature counts: what a filing lists, what was approved and revoked by itself, and which algorithms a party and the
//! window accept.

use crate::support::{Window, arrived};
use ceb::Document;
use clearance::event::{Cause, SignatureFact};
use clearance::finding::Finding;
use clearance::keys::Time;
use clearance::party::{Certificate, Entry, Revocation};
use clearance::sample::Trade;
use clearance::{Reason, Text};
use std::sync::Arc;

const LISTED: &str = "aa";
pub(crate) const RECORDED: &str = "bb";
const STRANGE: &str = "cc";

pub(crate) fn signed(certificate: &str, algorithm: &str) -> SignatureFact {
    SignatureFact::Valid {
        certificate: certificate.into(),
        holder_code: None,
        holder_name: None,
        not_before: 20_200_101_000_000,
        not_after: 20_491_231_235_959,
        algorithm: algorithm.into(),
    }
}

/// The agent of a trade lists a certificate and has another approved by itself.
pub(crate) struct Signers {
    pub(crate) zone: Window,
    pub(crate) trade: Trade,
    since: Time,
}

impl Signers {
    pub(crate) fn new(algorithms: &[&str]) -> Self {
        let mut zone = Window::new();
        let trade = Trade::new(3, 0, zone.now, 1_000_000);
        let since = Time(zone.now.0 - 1_000);
        let agent = trade.declaration.head.agent_code.clone();
        let parties = Arc::make_mut(&mut zone.reference.parties);
        let mut filing = parties.find(&agent, zone.now.day()).unwrap().clone();
        filing.certificates = vec![LISTED.into()];
        filing.signature_required = true;
        filing.algorithms = algorithms.iter().map(|word| Text::from(*word)).collect();
        parties.file(filing);
        let mut signers = Self { zone, trade, since };
        signers.enter(RECORDED, true, None);
        signers
    }

    fn enter(&mut self, fingerprint: &str, documents: bool, revoked: Option<Revocation>) {
        let parties = Arc::make_mut(&mut self.zone.reference.parties);
        parties.enter(Entry::Certificate(Certificate {
            version: parties.version + 1,
            party: self.trade.declaration.head.agent_code.clone(),
            fingerprint: fingerprint.into(),
            documents,
            since: self.since,
            revoked,
        }));
    }

    pub(crate) fn revoke(&mut self, fingerprint: &str, at: Time, compromised_since: Option<Time>) {
        self.enter(fingerprint, true, Some(Revocation { at, reason: "钥匙丢失".into(), compromised_since }));
    }

    /// What a list of the agent is told of its signature.
    pub(crate) fn told(&mut self, signature: SignatureFact) -> Vec<Finding> {
        let head = &self.trade.declaration.head;
        let mut arrived =
            arrived(&head.agent_code.clone(), Document::Declaration(self.trade.declaration.clone()));
        arrived.signature = signature;
        let outcome = self.zone.run(Cause::Document(Arc::new(arrived)));
        outcome.answer.findings
    }

    fn reasons(&mut self, signature: SignatureFact) -> Vec<Reason> {
        let of_signatures =
            [Reason::CertificateNotHolder, Reason::CertificateRevoked, Reason::AlgorithmNotAccepted];
        let told = self.told(signature);
        told.iter().map(|finding| finding.reason).filter(|reason| of_signatures.contains(reason)).collect()
    }
}

#[test]
fn listed_and_recorded_certificates_count_side_by_side() {
    for (certificate, expected) in
        [(LISTED, vec![]), (RECORDED, vec![]), (STRANGE, vec![Reason::CertificateNotHolder])]
    {
        assert_eq!(Signers::new(&[]).reasons(signed(certificate, "sm2-sm3")), expected, "{certificate}");
    }
    // One that signs requests of machines alone signs no document.
    let mut signers = Signers::new(&[]);
    signers.enter("dd", false, None);
    assert_eq!(signers.reasons(signed("dd", "sm2-sm3")), [Reason::CertificateNotHolder]);
    // One that is approved later than the document came did not count then.
    let mut signers = Signers::new(&[]);
    signers.since = Time(signers.zone.now.0 + 1);
    signers.enter("ee", true, None);
    assert_eq!(signers.reasons(signed("ee", "sm2-sm3")), [Reason::CertificateNotHolder]);
}

#[test]
fn a_revoked_certificate_is_refused_from_its_revocation_on_even_where_it_is_listed() {
    for certificate in [LISTED, RECORDED] {
        let mut signers = Signers::new(&[]);
        let now = signers.zone.now;
        // Revoked a moment after this document came, as where it is judged later.
        signers.revoke(certificate, Time(now.0 + 1), Some(Time(now.0 - 3_600_000)));
        assert_eq!(signers.reasons(signed(certificate, "sm2-sm3")), []);
        let mut signers = Signers::new(&[]);
        signers.revoke(certificate, now, Some(Time(now.0 - 3_600_000)));
        let told = signers.told(signed(certificate, "sm2-sm3"));
        let finding = told.iter().find(|finding| finding.reason == Reason::CertificateRevoked).unwrap();
        let at = (now.stamp_millis().number() / 1000).to_string();
        let text = finding.text_zh(Some(ceb::Kind::Declaration));
        assert_eq!(text, format!("验签失败！[证书已于{at}吊销：钥匙丢失]"));
        assert!(finding.fields[0].value.contains(&at) && finding.fields[0].value.contains("钥匙丢失"));
        assert_eq!(finding.fields[1].path, "compromisedSince");
        assert_eq!(finding.reason.ceb_code(ceb::Kind::Declaration), -621_029);
    }
    // It was the only one: others are not let in instead.
    let mut signers = Signers::new(&[]);
    let now = signers.zone.now;
    signers.revoke(RECORDED, now, None);
    assert_eq!(signers.reasons(signed(STRANGE, "sm2-sm3")), [Reason::CertificateNotHolder]);
}

#[test]
fn a_party_signs_with_the_algorithms_of_its_policy() {
    let all = ["rsa-sha1", "rsa-sha256", "sm2-sm3"];
    for policy in [&[][..], &["sm2-sm3"], &["rsa-sha256", "sm2-sm3"], &["rsa-sha1"]] {
        for came in all {
            let accepted = policy.is_empty() || policy.contains(&came);
            let told = Signers::new(policy).told(signed(RECORDED, came));
            let finding = told.iter().find(|finding| finding.reason == Reason::AlgorithmNotAccepted);
            assert_eq!(finding.is_none(), accepted, "{policy:?} {came}");
            let Some(finding) = finding else { continue };
            let fields: Vec<&str> = finding.fields.iter().map(|field| field.value.as_str()).collect();
            assert_eq!(fields, [came, &policy.join(" "), "filing"]);
        }
        // What came before algorithms were kept says nothing of them.
        assert_eq!(Signers::new(policy).reasons(signed(RECORDED, "")), []);
    }
}

#[test]
fn what_the_window_accepts_is_a_dated_table() {
    let end_of_sha1 = |signers: &mut Signers, last: &str| {
        let to = format!("rsa-sha1,20140701,{last},");
        signers.zone.table("signature_algorithms.csv", |text| text.replace("rsa-sha1,20140701,,", &to));
    };
    let mut signers = Signers::new(&[]);
    let today = signers.zone.now.day().to_string();
    end_of_sha1(&mut signers, &today);
    assert_eq!(signers.reasons(signed(RECORDED, "rsa-sha1")), [], "its last day");
    let mut signers = Signers::new(&["rsa-sha1"]);
    end_of_sha1(&mut signers, "20200101");
    let told = signers.told(signed(RECORDED, "rsa-sha1"));
    let finding = told.iter().find(|finding| finding.reason == Reason::AlgorithmNotAccepted).unwrap();
    let fields: Vec<&str> = finding.fields.iter().map(|field| field.value.as_str()).collect();
    assert_eq!(fields, ["rsa-sha1", "rsa-sha256 sm2-sm3", "window"]);
    // A rulebook of before goes on under its digest, and accepts what can be verified.
    let before: Vec<(String, String)> = clearance::Rulebook::built_in_tables()
        .into_iter()
        .filter(|(name, _)| name != "signature_algorithms.csv")
        .collect();
    let book = clearance::Rulebook::load(1, &before).unwrap();
    assert_eq!(book.algorithms.on(signers.zone.now.day()), None);
    assert_ne!(book.digest, clearance::Rulebook::builtin().digest);
    let wrong = (
        "signature_algorithms.csv".to_owned(),
        "algorithm,valid_from,valid_to,source,confidence,note\nmd5,20140701,,x,seen,\n".to_owned(),
    );
    let faults = clearance::Rulebook::load(2, &[wrong]).unwrap_err();
    assert!(faults[0].to_string().contains("signature_algorithms.csv:2: md5"), "{faults:?}");
}
