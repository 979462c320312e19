//! Answers of platforms to what customs asks of payments: whose signature they have, and how they compare with what was
//! declared, found out before the record is changed. What an answer must say is `register::payment_data`'s.

use crate::{Window, all_records};
use ceb::signature::{CertificateFacts, SignatureFault};
use ceb::{Document, Order, Payment};
use clearance::Text;
use clearance::keys::OrderKey;
use clearance::party::Role;
use clearance::record::{Actor, Record, RecordKey, Register};
use register::certificate::{Certificate, Purpose};
use register::payment_data::compare::{Comparison, Documents, compare};
use register::payment_data::form::{PaymentData, parse};
use register::payment_data::{Body, LONGEST, Signed, Upload};
use register::says::{self, Said};
use register::{By, Command, Fault, Refusal};
use std::sync::Arc;
use store::{Read, RecordSearch, StoreError};

/// Orders of one answer that are looked up at most.
const ORDERS: usize = 100;

/// Why an answer was not taken.
#[derive(Debug)]
pub enum Refused {
    /// Something in it is wrong: everything that is.
    Faults(Vec<Fault>),
    /// It has not the signature of a certificate that the platform registered and that counts today.
    Unsigned(Fault),
    /// The session is not one of this platform, or is over.
    Session,
    /// The session has another answer already, or is over: its state.
    State(Text),
    /// The store.
    Store(StoreError),
    /// Nobody knows whether it was recorded.
    Unknown,
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// An answer that is understood, with what was found out of it.
pub struct Checked {
    /// What it says.
    pub data: PaymentData,
    /// Whose signature it has.
    pub signed: Signed,
    /// How it compares with what was declared.
    pub comparison: Comparison,
}

/// Reads an answer of the platform with these codes and finds out whose signature it has and how it compares, without
/// keeping anything.
///
/// # Errors
/// [`Refused`].
pub async fn check(window: &Window, text: &str, codes: &[Text]) -> Result<Checked, Refused> {
    let data = read(text)?;
    if !codes.iter().any(|code| *code == data.platform) {
        let expected = says::SENDING_PLATFORM.said();
        let fault = Fault::new("payExchangeInfoHead.ebpCode", &data.platform, expected);
        return Err(Refused::Faults(vec![fault]));
    }
    let signed = signed(window, &data).await?;
    let asked = data.orders.first().map_or("", |order| order.order_no.as_str());
    let comparison = compared(window, &data, asked).await?;
    Ok(Checked { data, signed, comparison })
}

/// An answer of a size that is read.
fn read(text: &str) -> Result<PaymentData, Refused> {
    if text.len() > LONGEST {
        let size = text.len().to_string();
        let expected = says::AT_MOST_BYTES.with(&[("most", &LONGEST.to_string())]);
        return Err(Refused::Faults(vec![Fault::new("payExInfoStr", &size, expected)]));
    }
    parse(text).map_err(Refused::Faults)
}

/// Takes the answer to a session. The same again gets the same answer. `codes` are those of the platform that sends it; none =
/// its signature alone says who sends it.
///
/// # Errors
/// [`Refused`].
pub async fn upload(window: &Window, text: &str, codes: Option<&[Text]>) -> Result<Arc<Record>, Refused> {
    let data = read(text)?;
    let platform = window.code_of(&Text::from(data.platform.as_str()));
    if codes.is_some_and(|codes| !codes.contains(&platform)) {
        return Err(Refused::Session);
    }
    let key = RecordKey::new(Register::PaymentData, &format!("{platform}:{}", data.session));
    loop {
        let record = window.read.record(&key).await?.ok_or(Refused::Session)?;
        let body = Body::of(&record);
        if body.upload.as_ref().is_some_and(|upload| upload.original == text) {
            return Ok(record);
        }
        if record.state != "asked" {
            return Err(Refused::State(record.state.clone()));
        }
        let signed = signed(window, &data).await?;
        let comparison = compared(window, &data, &body.order_no).await?;
        let upload = Upload { original: text.to_owned(), signed, comparison };
        let by = by(window, &data.platform);
        match change(window, &record, "upload", by, serde_json::to_string(&upload).ok()).await? {
            Ok(record) => return Ok(record),
            // The platform's service took the question meanwhile, or the same answer came twice at once: look again.
            Err(Refusal::Outdated(_)) => {}
            Err(Refusal::Invalid(faults)) => return Err(Refused::Faults(faults)),
            Err(_) => return Err(Refused::Session),
        }
    }
}

/// Compares an answer again: order or payment came later.
///
/// # Errors
/// [`Refused`].
pub async fn compare_again(window: &Window, record: &Record, by: By) -> Result<Arc<Record>, Refused> {
    let body = Body::of(record);
    let Some(upload) = body.upload.filter(|_| record.state == "answered") else {
        return Err(Refused::State(record.state.clone()));
    };
    let data = parse(&upload.original).map_err(Refused::Faults)?;
    let comparison = compared(window, &data, &body.order_no).await?;
    let by = By { window: true, ..by };
    match change(window, record, "compare", by, serde_json::to_string(&comparison).ok()).await? {
        Ok(record) => Ok(record),
        Err(Refusal::Outdated(record) | Refusal::State(record, _)) => {
            Err(Refused::State(record.state.clone()))
        }
        Err(_) => Err(Refused::Session),
    }
}

async fn change(
    window: &Window,
    record: &Record,
    action: &str,
    by: By,
    body: Option<String>,
) -> Result<Result<Arc<Record>, Refusal>, Refused> {
    let command = Command {
        key: record.key.clone(),
        version: record.version,
        action: action.into(),
        by,
        note: String::new(),
        body,
    };
    window.pipeline.command(command).await.ok_or(Refused::Unknown)
}

/// The window, for a platform.
pub fn by(window: &Window, platform: &str) -> By {
    By {
        actor: Actor { party: window.code_of(&Text::from(platform)), name: "payment data".into() },
        codes: Vec::new(),
        role: Role::Platform,
        applies: false,
        reviews: false,
        window: true,
    }
}

/// Whose signature an answer has: that of a certificate which the platform registered and which counts today.
async fn signed(window: &Window, data: &PaymentData) -> Result<Signed, Refused> {
    let fault =
        |path: &str, value: &str, expected: Said| Refused::Unsigned(Fault::new(path, value, expected));
    let known = certificates(window, &data.platform).await?;
    let named = data.certificate.trim();
    let is_named = |facts: &CertificateFacts| {
        let serial = facts.serial_hex.trim_start_matches('0');
        serial.eq_ignore_ascii_case(named.trim_start_matches('0'))
            || facts.card_number.as_deref().is_some_and(|card| card.eq_ignore_ascii_case(named))
    };
    let Some((pem, facts)) = known.iter().find(|(_, facts)| is_named(facts)) else {
        let expected = says::SIGNING_CERTIFICATE.said();
        return Err(fault("certNo", named, expected));
    };
    // Times of certificates are those of messages, yyyyMMddHHmmss.
    let now = window.clock.now().stamp_millis().number() / 1_000;
    if !(facts.not_before..=facts.not_after).contains(&now) {
        let valid = format!("{} - {}", facts.not_before, facts.not_after);
        return Err(fault("certNo", &valid, says::CERTIFICATE_VALID_NOW.said()));
    }
    let mut wrong = None;
    for text in &data.signed {
        match window.verifier.verify_bytes(pem.as_bytes(), text.as_bytes(), &data.signature) {
            Ok((algorithm, facts)) => {
                return Ok(Signed {
                    certificate: evidence::hexadecimal(&facts.der_sha256),
                    serial: facts.serial_hex.to_string(),
                    subject: facts.subject_text.to_string(),
                    algorithm: algorithm.name().to_owned(),
                });
            }
            Err(fault) => wrong = wrong.or(Some(fault)),
        }
    }
    let why = wrong.as_ref().map_or("", SignatureFault::name);
    let expected = says::SIGNATURE_WRONG.with(&[("why", why)]);
    Err(fault("signValue", "", expected))
}

/// Certificates of a platform that count today, with themselves.
async fn certificates(window: &Window, platform: &str) -> Result<Vec<(String, CertificateFacts)>, Refused> {
    let Some(filing) =
        window.filing(platform).filter(|filing| !filing.suspended && filing.has(Role::Platform))
    else {
        return Err(Refused::Session);
    };
    let (codes, _) = window.names_of(platform);
    let (mut found, mut revoked) = (Vec::new(), Vec::new());
    // Those that are records by themselves, as they are in the store: what is revoked counts nowhere.
    let search =
        RecordSearch { register: Register::Certificate, parties: Some(codes.clone()), states: Vec::new() };
    for record in all_records::of(window, &search).await? {
        let certificate = Certificate::of(&record);
        if certificate.revoked.is_some() {
            revoked.push(certificate.fingerprint);
        } else if record.state == "registered"
            && certificate.is_for(Purpose::Documents)
            && let Ok(facts) = CertificateFacts::read(certificate.pem.as_bytes())
        {
            found.push((certificate.pem, facts));
        }
    }
    let search = RecordSearch { register: Register::Filing, parties: Some(codes), states: Vec::new() };
    for record in all_records::of(window, &search).await? {
        for pem in register::filing::certificates(&record) {
            let Ok(facts) = CertificateFacts::read(pem.as_bytes()) else { continue };
            let fingerprint = evidence::hexadecimal(&facts.der_sha256);
            let listed = filing.certificates.iter().any(|known| **known == *fingerprint);
            if listed && !revoked.contains(&fingerprint) {
                found.push((pem, facts));
            }
        }
    }
    Ok(found)
}

async fn compared(window: &Window, data: &PaymentData, asked: &str) -> Result<Comparison, Refused> {
    let mut orders: Vec<(String, Option<Order>)> = Vec::new();
    let mut payment: Option<Payment> = None;
    let named = data.orders.iter().map(|order| order.order_no.as_str()).take(ORDERS);
    for number in named.chain([asked]) {
        if orders.iter().any(|(known, _)| known == number) {
            continue;
        }
        let consignment = window.read.consignment(&OrderKey::new(&data.platform, number)).await?;
        let (order, paid) =
            consignment.map_or((None, None), |consignment| (consignment.order, consignment.payment));
        let order = order.and_then(|filed| match &*filed.document {
            Document::Order(order) => Some(order.clone()),
            _ => None,
        });
        if number == asked {
            payment = paid.and_then(|filed| match &*filed.document {
                Document::Payment(payment) => Some(payment.clone()),
                _ => None,
            });
        }
        orders.push((number.to_owned(), order));
    }
    // The order that was asked for is held against the answer only where the answer names it.
    orders.retain(|(number, _)| data.orders.iter().any(|order| order.order_no == *number));
    let today = window.clock.now().day();
    let minutes = window.reference().current().parameters.on(today).payment_data_time_tolerance;
    Ok(compare(data, asked, Documents { orders: &orders, payment: payment.as_ref(), minutes }))
}
