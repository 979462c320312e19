//! Certificates of parties, each a record by itself: whose it is, what it is for, and that it was taken back. What a filing
//! lists goes on to count beside them; what is revoked here counts nowhere.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, owner_of, read, stored, written};
use ceb::Stamp;
use ceb::signature::{CertificateFacts, PublicKey};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::{self, Entry};
use clearance::record::Record;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// States: submitted, refused, withdrawn, registered, revoked. The id is the party's code, a colon, the SHA-256 of the
/// certificate. What is revoked stays so, and nothing is removed.
pub const MOVES: &[Move] = &[
    Move::owner("register", &["", "refused", "withdrawn"], "submitted"),
    Move::owner("withdraw", &["submitted"], "withdrawn"),
    Move::reviewer("refuse", &["submitted"], "refused").explained(),
    Move::reviewer("approve", &["submitted"], "registered").filed(),
    Move::owner("revoke", &["registered"], "revoked").explained().filed(),
    Move::reviewer("revoke", &["registered"], "revoked").explained().filed(),
];

/// What a certificate may be for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Signing CEB messages.
    Documents,
    /// Signing HTTP requests of machines.
    Requests,
}

impl Purpose {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Documents, Self::Requests];
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Requests => "requests",
        }
    }
}

/// Bits of RSA keys that sign requests: `ring` verifies no shorter ones, and longer ones are slow.
const REQUEST_RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// What a party sends to register a certificate.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Application {
    /// The certificate in PEM.
    pub pem: String,
    /// Words of purposes.
    pub purposes: Vec<String>,
    /// Who or what holds its key, as the party calls it.
    pub holder: String,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Certificate {
    /// The certificate in PEM, as sent.
    pub pem: String,
    /// Words of purposes.
    pub purposes: Vec<String>,
    /// Who or what holds its key, as the party calls it.
    pub holder: String,
    /// SHA-256 of the DER, lower-case hexadecimal.
    pub fingerprint: String,
    /// To whom it was issued.
    pub subject: String,
    /// By whom.
    pub issuer: String,
    /// Its serial number, hexadecimal.
    pub serial: String,
    /// First second, yyyyMMddHHmmss.
    pub valid_from: String,
    /// Last second, yyyyMMddHHmmss.
    pub valid_to: String,
    /// Its key: `rsa-2048`, `sm2`, `ecdsa-p256`, `ed25519`.
    pub key: String,
    /// Enterprise code that it names, if it does.
    #[serde(default)]
    pub enterprise_code: Option<String>,
    /// That it was taken back.
    #[serde(default)]
    pub revoked: Option<Revoked>,
}

/// How it was taken back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Revoked {
    /// From when nothing signed with it is accepted, yyyyMMddHHmmss.
    pub at: String,
    /// Why.
    pub reason: String,
    /// Since when others may have had its key, yyyyMMddHHmmss.
    #[serde(default)]
    pub compromised_since: Option<String>,
}

/// What may be said with a revocation.
#[derive(Clone, PartialEq, Eq, Default, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Revoking {
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    compromised_since: Option<String>,
}

impl Certificate {
    /// The certificate of a record.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }

    /// Whether it is for something.
    pub fn is_for(&self, purpose: Purpose) -> bool {
        self.purposes.iter().any(|word| word == purpose.word())
    }
}

/// Days before its end in which a certificate has to be renewed: a practice of ours, in no announcement.
const RENEWED: i64 = 30;

/// Whether a certificate that counts has ended, or ends within a month.
///
/// # Panics
/// If the record is none of this register.
pub fn ends_soon(record: &Record, now: Time) -> bool {
    let soon = second(Time(now.0 + RENEWED * 86_400_000));
    record.state == "registered"
        && Certificate::of(record).valid_to.parse::<u64>().is_ok_and(|last| last < soon)
}

/// A fingerprint as it is written.
pub fn fingerprint(facts: &CertificateFacts) -> String {
    facts.der_sha256.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let owner = owner_of(&seen.command.key);
    let mut certificate = match (step.action, seen.current) {
        ("register", _) | (_, None) => registered(seen, faults)?,
        (_, Some(record)) => stored(record),
    };
    match step.action {
        "register" | "approve" => check(seen, &owner, &certificate, faults),
        "revoke" => certificate.revoked = revoked(seen, faults),
        _ => {}
    }
    let filing = step.files.then(|| Entry::Certificate(entry(seen, &owner, &certificate)));
    Some(Made { body: written(&certificate), parties: vec![owner], filing, seed: None })
}

/// What judging knows of it from now on.
fn entry(seen: &Seen<'_>, owner: &Text, certificate: &Certificate) -> party::Certificate {
    let known = seen.parties.certificate(&certificate.fingerprint);
    let revocation = |revoked: &Revoked| party::Revocation {
        at: seen.now,
        reason: revoked.reason.as_str().into(),
        compromised_since: revoked.compromised_since.as_deref().and_then(Stamp::parse).map(Time::from_stamp),
    };
    party::Certificate {
        version: 0,
        party: owner.clone(),
        fingerprint: certificate.fingerprint.as_str().into(),
        documents: certificate.is_for(Purpose::Documents),
        since: known.map_or(seen.now, |known| known.since),
        revoked: certificate.revoked.as_ref().map(revocation),
    }
}

/// The certificate that is sent, read.
fn registered(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Certificate> {
    let application: Application = read(seen.command.body.as_deref(), faults)?;
    let pem = application.pem.trim();
    let begin: String = pem.chars().take(40).collect();
    let read = if pem.starts_with("-----BEGIN CERTIFICATE-----") {
        CertificateFacts::read_with_key(pem.as_bytes())
    } else {
        Err("it does not begin with -----BEGIN CERTIFICATE-----")
    };
    let (facts, key) = match read {
        Ok(read) => read,
        Err(reason) => {
            let expected = says::PEM.with(&[("error", reason)]);
            faults.push(Fault::new("pem", &begin, expected));
            return None;
        }
    };
    let certificate = Certificate {
        pem: pem.to_owned(),
        purposes: application.purposes,
        holder: application.holder.trim().to_owned(),
        fingerprint: fingerprint(&facts),
        subject: facts.subject_text.to_string(),
        issuer: facts.issuer_text.to_string(),
        serial: facts.serial_hex.to_string(),
        valid_from: facts.not_before.to_string(),
        valid_to: facts.not_after.to_string(),
        key: key.name().to_string(),
        enterprise_code: facts.enterprise_code.map(|code| code.to_string()),
        revoked: None,
    };
    purposes(&certificate, &key, faults);
    Some(certificate)
}

/// Whether its key can do what it is for.
fn purposes(certificate: &Certificate, key: &PublicKey, faults: &mut Vec<Fault>) {
    let known = Purpose::ALL.map(Purpose::word);
    for word in certificate.purposes.iter().filter(|word| !known.contains(&word.as_str())) {
        faults.push(Fault::new("purposes", word, says::ONE_OR_BOTH.with(&[("words", &known.join(", "))])));
    }
    if certificate.purposes.is_empty() {
        faults.push(Fault::new("purposes", "", says::ONE_OR_BOTH.with(&[("words", &known.join(", "))])));
    }
    if certificate.is_for(Purpose::Documents)
        && let Err(reason) = key.signs_messages()
    {
        let expected = says::KEY_FOR_DOCUMENTS.with(&[("error", reason)]);
        faults.push(Fault::new("pem", &certificate.key, expected));
    }
    let requests = match key {
        PublicKey::P256 { .. } | PublicKey::Ed25519 { .. } => true,
        PublicKey::Rsa { bits, .. } => REQUEST_RSA_BITS.contains(bits),
        PublicKey::Sm2 { .. } | PublicKey::Other { .. } => false,
    };
    if certificate.is_for(Purpose::Requests) && !requests {
        let expected = says::KEY_FOR_REQUESTS.said();
        faults.push(Fault::new("pem", &certificate.key, expected));
    }
    if certificate.holder.is_empty() || certificate.holder.chars().count() > 100 {
        let expected = says::KEY_HOLDER.said();
        faults.push(Fault::new("holder", &certificate.holder, expected));
    }
}

/// What is wrong with a certificate as things stand; asked again when it is approved.
fn check(seen: &Seen<'_>, owner: &str, certificate: &Certificate, faults: &mut Vec<Fault>) {
    if seen.own_name() != certificate.fingerprint {
        let expected = says::CERTIFICATE_ID.with(&[("fingerprint", &certificate.fingerprint)]);
        faults.push(Fault::new("id", &seen.command.key.id, expected));
    }
    let filing = seen.parties.find(owner, seen.now.day()).filter(|filing| !filing.suspended);
    // Under one code alone: what is registered is found under the same one.
    if filing.is_none_or(|filing| filing.code != owner) {
        let expected = says::OWN_FILED_CODE.said();
        faults.push(Fault::new("id", owner, expected));
    }
    if let Some(code) = certificate.enterprise_code.as_deref()
        && filing.is_some_and(|filing| !filing.is_called(code))
    {
        let expected = says::OF_ANOTHER_ENTERPRISE.said();
        faults.push(Fault::new("pem", code, expected));
    }
    if certificate.valid_to.parse::<u64>().is_ok_and(|last| last < second(seen.now)) {
        faults.push(Fault::new("pem", &certificate.valid_to, says::CERTIFICATE_ENDED.said()));
    }
    if let Some(known) = seen.parties.certificate(&certificate.fingerprint)
        && (known.party != owner || known.revoked.is_some())
    {
        let expected = says::CERTIFICATE_KNOWN.said();
        faults.push(Fault::new("pem", &certificate.fingerprint, expected));
    }
}

/// How it is taken back: at once, and never earlier than that for what is judged.
fn revoked(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Revoked> {
    let said: Revoking = match seen.command.body.as_deref() {
        None => Revoking::default(),
        text => read(text, faults)?,
    };
    let now = second(seen.now);
    let at_once = says::AT_ONCE.said();
    if let Some(from) = &said.from {
        match Stamp::parse(from).map(Stamp::number) {
            Some(second) if second == now => {}
            Some(second) if second < now => {
                let expected = says::NO_TIME_PASSED.said();
                faults.push(Fault::new("from", from, expected));
            }
            _ => faults.push(Fault::new("from", from, at_once.clone())),
        }
    }
    if let Some(since) = &said.compromised_since
        && Stamp::parse(since).is_none_or(|since| since.number() > now)
    {
        faults.push(Fault::new("compromisedSince", since, at_once));
    }
    Some(Revoked {
        at: now.to_string(),
        reason: seen.command.note.trim().to_owned(),
        compromised_since: said.compromised_since,
    })
}

/// A time as certificates have it, yyyyMMddHHmmss in China.
fn second(time: Time) -> u64 {
    time.stamp_millis().number() / 1000
}
