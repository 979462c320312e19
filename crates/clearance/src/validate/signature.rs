//! Who signed a document, with what, and whether that counts (RULES 1.8, 1.9; SPEC §9.3). What the signature is worth by
//! itself was found out when the message was read.

use super::Check;
use crate::event::SignatureFact;
use crate::finding::Finding;
use crate::party::Filing;
use crate::reason::Reason;
use ceb::Kind;

/// The declaring unit: its code, and the path of the field that has it.
#[derive(Clone, Copy)]
struct Holder<'a> {
    code: &'a str,
    path: &'a str,
}

impl Check<'_> {
    /// `holder` is the declaring unit. `obliged`: whether the document is of a kind that must be signed where its filing says so.
    pub(super) fn signature(&mut self, holder: &str, holder_path: &str, app_status: &str, obliged: bool) {
        let filing = self.parties.find(holder.trim(), self.day);
        let required = obliged && app_status == "2" && filing.is_none_or(|filing| filing.signature_required);
        let detailed = |reason: Reason, detail: &str| Finding::new(reason).field("Signature", detail);
        let found = match &self.arrived.signature {
            SignatureFact::Absent | SignatureFact::Empty if required => {
                vec![detailed(Reason::SignatureMissing, "")]
            }
            SignatureFact::Absent | SignatureFact::Empty => Vec::new(),
            SignatureFact::ContentDiffers { detail } => vec![detailed(Reason::SignedDataDiffer, detail)],
            SignatureFact::Invalid { detail, text } => {
                vec![self.unverified(Reason::SignatureInvalid, detail, text)]
            }
            SignatureFact::Valid { .. } => {
                self.signed(filing, Holder { code: holder.trim(), path: holder_path }, required)
            }
        };
        self.found.extend(found);
    }

    /// What is wrong with who signed, and how.
    fn signed(&self, filing: Option<&Filing>, holder: Holder<'_>, required: bool) -> Vec<Finding> {
        let SignatureFact::Valid { certificate, not_before, not_after, algorithm, .. } =
            &self.arrived.signature
        else {
            return Vec::new();
        };
        let mut found = Vec::new();
        found.extend(self.algorithm(filing, algorithm));
        // Taken back is taken back, whoever lists it and whose day it is.
        if let Some(finding) = self.revoked(certificate) {
            found.push(finding);
            return found;
        }
        if !(*not_before..=*not_after).contains(&(self.now.stamp_millis().number() / 1000)) {
            let detail = format!("certificate valid from {not_before} to {not_after}");
            let text = format!("证书有效期为{not_before}至{not_after}");
            found.push(self.unverified(Reason::SignatureInvalid, &detail, &text));
            return found;
        }
        found.extend(self.unregistered(filing, holder, required));
        found
    }

    /// The certificate was revoked before this document came.
    fn revoked(&self, certificate: &str) -> Option<Finding> {
        let known = self.parties.certificate(certificate)?;
        let revoked = known.revoked.as_ref().filter(|revoked| revoked.at <= self.now)?;
        let (at, reason) = (revoked.at.stamp_millis().number() / 1000, &revoked.reason);
        let detail = format!("certificate {certificate} was revoked at {at}: {reason}");
        let finding =
            self.unverified(Reason::CertificateRevoked, &detail, &format!("证书已于{at}吊销：{reason}"));
        Some(match revoked.compromised_since {
            Some(since) => finding.field("compromisedSince", since.stamp_millis().number() / 1000),
            None => finding,
        })
    }

    /// The window no longer accepts the algorithm, or the party's own policy does not.
    fn algorithm(&self, filing: Option<&Filing>, came: &str) -> Option<Finding> {
        // Documents that came before algorithms were kept say nothing of it: there was no policy then.
        if came.is_empty() {
            return None;
        }
        let refused = |accepted: &str, by: &str, by_zh: &str| {
            let text = format!("签名算法{came}不被{by_zh}接受，可用：{accepted}");
            self.unverified(Reason::AlgorithmNotAccepted, came, &text)
                .field("accepted", accepted)
                .field("acceptedBy", by)
        };
        let window = self.book.algorithms.on(self.day);
        if let Some(accepted) = window.filter(|accepted| !accepted.contains(&came)) {
            return Some(refused(&accepted.join(" "), "window", "本窗口"));
        }
        let own = &filing.filter(|filing| !filing.algorithms.is_empty())?.algorithms;
        let listed = own.iter().any(|algorithm| algorithm == came);
        (!listed).then(|| refused(&own.join(" "), "filing", "企业备案"))
    }

    /// The certificate is not one of the declaring unit.
    fn unregistered(&self, filing: Option<&Filing>, holder: Holder<'_>, required: bool) -> Option<Finding> {
        let SignatureFact::Valid { certificate, holder_code, .. } = &self.arrived.signature else {
            return None;
        };
        let listed = |filing: &Filing| filing.certificates.contains(certificate);
        let recorded = |filing: &Filing| {
            self.parties.certificate(certificate).is_some_and(|known| {
                known.documents && filing.is_called(&known.party) && known.since <= self.now
            })
        };
        let any = filing.is_some_and(|filing| {
            !filing.certificates.is_empty() || self.parties.certified(filing, self.now)
        });
        // Whoever need not sign may sign with a certificate that nobody has registered; it proves no identity, and none
        // is asked for.
        let known = filing.is_some_and(|filing| listed(filing) || recorded(filing)) || (!any && !required);
        let other = holder_code.as_ref().is_some_and(|code| !self.parties.same(code, holder.code, self.day));
        if known && !other {
            return None;
        }
        // The holder is right but the certificate is not registered: the certificate is what does not match.
        let card = holder_code.clone().filter(|_| other).unwrap_or_else(|| certificate.clone());
        let finding = Finding::new(Reason::CertificateNotHolder)
            .field("Signature", certificate)
            .field(holder.path, holder.code);
        Some(match self.kind() {
            Kind::Declaration | Kind::Cancellation => {
                finding.argument("申报单位").argument(holder.code).argument(card)
            }
            Kind::Return => finding.argument(self.name()),
            _ => finding.argument(format!("{}:{}", holder.path, holder.code)),
        })
    }

    fn unverified(&self, reason: Reason, detail: &str, text: &str) -> Finding {
        let finding = Finding::new(reason).field("Signature", detail);
        if self.kind() == Kind::Return { finding.argument(self.name()) } else { finding.argument(text) }
    }
}
