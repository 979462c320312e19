//! Keys with self-signed certificates like those of e-port, for tests, the demo and the bench. Real certificates come
//! from the port; these are trusted by nobody who does not say so.

use super::certificate::PORT_ARC;
use super::curve::USER;
use super::sign::{Signer, SignerFault};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::sha2::Sha256;
use sm2::dsa::signature::{Keypair, SignatureEncoding as _, Signer as _};
use sm2::elliptic_curve::Generate as _;
use sm2::pkcs8::{EncodePrivateKey as _, EncodePublicKey, LineEnding};
use std::time::Duration;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::asn1::{Any, BitString, ObjectIdentifier, OctetString};
use x509_cert::der::{DateTime, Decode as _, Document, Encode as _, Tag};
use x509_cert::ext::Extension;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, SubjectPublicKeyInfo, SubjectPublicKeyInfoRef,
};
use x509_cert::time::{Time, Validity};

/// Whose certificate it is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Subject<'a> {
    /// Enterprise code, written where e-port cards have the organisation code.
    pub enterprise_code: &'a str,
    /// Enterprise name: the common name, and e-port's own field.
    pub enterprise_name: &'a str,
    /// Serial number, not zero; its hexadecimal form becomes `KeyName`.
    pub serial: u64,
    /// Valid from, yyyyMMddHHmmss in China standard time.
    pub not_before: u64,
    /// Valid to, yyyyMMddHHmmss in China standard time.
    pub not_after: u64,
}

/// A new key and its self-signed certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct GeneratedKey {
    /// PKCS#8 in PEM.
    pub private_key_pem: String,
    /// X.509 v3.
    pub certificate_der: Vec<u8>,
    is_rsa: bool,
}

impl std::fmt::Debug for GeneratedKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("GeneratedKey").finish_non_exhaustive()
    }
}

impl GeneratedKey {
    /// The certificate in PEM, as a party registers it.
    pub fn certificate_pem(&self) -> String {
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        for (index, character) in STANDARD.encode(&self.certificate_der).chars().enumerate() {
            if index > 0 && index % 64 == 0 {
                pem.push('\n');
            }
            pem.push(character);
        }
        pem + "\n-----END CERTIFICATE-----\n"
    }

    /// The signer of this key.
    ///
    /// # Errors
    /// As [`Signer::rsa`] and [`Signer::sm2`], when the fields were changed.
    pub fn signer(&self) -> Result<Signer, SignerFault> {
        let new = if self.is_rsa { Signer::rsa } else { Signer::sm2 };
        new(self.private_key_pem.as_bytes(), &self.certificate_der)
    }
}

/// Makes an RSA key of so many bits, 1024 or more, with a certificate signed by itself.
///
/// # Errors
/// [`SignerFault::KeyFailed`]: too few bits, an impossible serial number or time, no randomness.
pub fn generate_rsa(bits: usize, subject: &Subject<'_>) -> Result<GeneratedKey, SignerFault> {
    let key = rsa::PrivateKey::new(&mut System(SystemRandom::new()), bits).map_err(failed)?;
    let private_key_pem = key.to_pkcs8_pem(LineEnding::LF).map_err(failed)?.to_string();
    let signer = rsa::pkcs1v15::SigningKey::<Sha256>::new(key);
    let sign = |body: &[u8]| Ok(signer.try_sign(body).map_err(failed)?.to_vec());
    let certificate_der = certificate(subject, &signer, sign)?;
    Ok(GeneratedKey { private_key_pem, certificate_der, is_rsa: true })
}

/// Makes an SM2 key with a certificate signed by itself.
///
/// # Errors
/// [`SignerFault::KeyFailed`]: an impossible serial number or time, no randomness.
pub fn generate_sm2(subject: &Subject<'_>) -> Result<GeneratedKey, SignerFault> {
    let key = sm2::SecretKey::try_generate().map_err(failed)?;
    let private_key_pem = key.to_pkcs8_pem(LineEnding::LF).map_err(failed)?.to_string();
    let signer = sm2::dsa::SigningKey::new(USER, &key).map_err(failed)?;
    let sign = |body: &[u8]| {
        let raw = signer.try_sign(body).map_err(failed)?.to_bytes();
        // In certificates the two numbers stand in DER.
        let mut numbers = Vec::with_capacity(72);
        for half in raw.chunks(32) {
            let number = x509_cert::der::asn1::UintRef::new(half).map_err(failed)?;
            number.encode_to_vec(&mut numbers).map_err(failed)?;
        }
        Any::new(Tag::Sequence, numbers).and_then(|sequence| sequence.to_der()).map_err(failed)
    };
    let certificate_der = certificate(subject, &signer, sign)?;
    Ok(GeneratedKey { private_key_pem, certificate_der, is_rsa: false })
}

/// Makes an Ed25519 key with a certificate signed by itself: for requests of machines, no message is signed with it.
///
/// # Errors
/// [`SignerFault::KeyFailed`]: an impossible serial number or time, no randomness.
pub fn generate_ed25519(subject: &Subject<'_>) -> Result<GeneratedKey, SignerFault> {
    let mut seed = [0; 32];
    SystemRandom::new().fill(&mut seed).map_err(failed)?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(failed)?;
    let mut public = [0; 32];
    public.copy_from_slice(pair.public_key().as_ref());
    let sign = |body: &[u8]| Ok(pair.sign(body).as_ref().to_vec());
    let certificate_der = certificate(subject, &Ed25519(public), sign)?;
    // PKCS#8 version 1: header, then the seed.
    let mut der =
        vec![0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    der.extend_from_slice(&seed);
    let private_key_pem =
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der));
    Ok(GeneratedKey { private_key_pem, certificate_der, is_rsa: false })
}

/// The public half of an Ed25519 key.
#[derive(Clone)]
struct Ed25519([u8; 32]);

impl Ed25519 {
    const IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
}

impl Keypair for Ed25519 {
    type VerifyingKey = Self;
    fn verifying_key(&self) -> Self {
        self.clone()
    }
}

impl DynSignatureAlgorithmIdentifier for Ed25519 {
    fn signature_algorithm_identifier(&self) -> x509_cert::spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned { oid: Self::IDENTIFIER, parameters: None })
    }
}

impl EncodePublicKey for Ed25519 {
    fn to_public_key_der(&self) -> x509_cert::spki::Result<Document> {
        let key = SubjectPublicKeyInfo {
            algorithm: AlgorithmIdentifierOwned { oid: Self::IDENTIFIER, parameters: None },
            subject_public_key: BitString::from_bytes(&self.0)?,
        };
        Ok(Document::try_from(key.to_der()?)?)
    }
}

fn failed(error: impl std::fmt::Display) -> SignerFault {
    SignerFault::KeyFailed(error.to_string())
}

fn certificate<S>(
    subject: &Subject<'_>,
    signer: &S,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, SignerFault>,
) -> Result<Vec<u8>, SignerFault>
where
    S: Keypair + DynSignatureAlgorithmIdentifier,
    S::VerifyingKey: EncodePublicKey,
{
    let validity = Validity::new(time(subject.not_before)?, time(subject.not_after)?);
    let serial = SerialNumber::new(&subject.serial.to_be_bytes()).map_err(failed)?;
    let key = SubjectPublicKeyInfo::from_key(&signer.verifying_key()).map_err(failed)?;
    let profile = PortProfile::new(subject)?;
    let mut builder = CertificateBuilder::new(profile, serial, validity, key).map_err(failed)?;
    let body = builder.finalize(signer).map_err(failed)?;
    let signature = BitString::from_bytes(&sign(&body)?).map_err(failed)?;
    builder.assemble(signature, signer).and_then(|certificate| Ok(certificate.to_der()?)).map_err(failed)
}

/// A time of messages as one of X.509, which is UTC.
fn time(stamp: u64) -> Result<Time, SignerFault> {
    let part = |from: u64| u8::try_from(stamp / from % 100).unwrap_or(0);
    let year = u16::try_from(stamp / 10_000_000_000).map_err(failed)?;
    let local = DateTime::new(year, part(100_000_000), part(1_000_000), part(10_000), part(100), part(1))
        .map_err(failed)?;
    let utc =
        local.unix_duration().checked_sub(Duration::from_hours(8)).ok_or_else(|| failed("before 1970"))?;
    Ok(Time::from(DateTime::from_unix_duration(utc).map_err(failed)?))
}

/// Certificates with the private fields of e-port cards.
struct PortProfile {
    name: Name,
    extensions: Vec<Extension>,
}

impl PortProfile {
    fn new(subject: &Subject<'_>) -> Result<Self, SignerFault> {
        let attribute = |identifier: &str, tag: Tag, value: &str| -> Result<_, SignerFault> {
            let oid = ObjectIdentifier::new(identifier).map_err(failed)?;
            let value = Any::new(tag, value.as_bytes()).map_err(failed)?;
            RelativeDistinguishedName::try_from(vec![AttributeTypeAndValue { oid, value }]).map_err(failed)
        };
        // Names are built from their encoding, because a name in text would have to be escaped first.
        let mut names = RdnSequence::default();
        names.push(attribute("2.5.4.6", Tag::PrintableString, "CN")?);
        names.push(attribute("2.5.4.10", Tag::Utf8String, "onewindow test")?);
        names.push(attribute("2.5.4.3", Tag::Utf8String, subject.enterprise_name)?);
        let extension = |field: u8, value: &str| -> Result<_, SignerFault> {
            let mut identifier = PORT_ARC.to_vec();
            identifier.push(field);
            let text = Any::new(Tag::Utf8String, value.as_bytes()).and_then(|text| text.to_der());
            let value = text.and_then(OctetString::new).map_err(failed)?;
            let extn_id = ObjectIdentifier::from_bytes(&identifier).map_err(failed)?;
            Ok(Extension { extn_id, critical: false, extn_value: value })
        };
        Ok(Self {
            name: Name::from_der(&names.to_der().map_err(failed)?).map_err(failed)?,
            extensions: vec![extension(1, subject.enterprise_name)?, extension(11, subject.enterprise_code)?],
        })
    }
}

impl BuilderProfile for PortProfile {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.name.clone()
    }

    fn build_extensions(
        &self,
        _key: SubjectPublicKeyInfoRef<'_>,
        _issuer_key: SubjectPublicKeyInfoRef<'_>,
        _body: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        Ok(self.extensions.clone())
    }
}

/// The system's randomness for the RSA crate.
struct System(SystemRandom);

impl TryRng for System {
    type Error = Unavailable;

    fn try_next_u32(&mut self) -> Result<u32, Unavailable> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Unavailable> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, place: &mut [u8]) -> Result<(), Unavailable> {
        self.0.fill(place).map_err(|_| Unavailable)
    }
}

impl TryCryptoRng for System {}

/// The system gave no randomness.
#[derive(Debug)]
struct Unavailable;

impl std::fmt::Display for Unavailable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the system gave no randomness")
    }
}

impl std::error::Error for Unavailable {}
