//! The platform of the demo zone: it has a key, registered as a party registers its own, and a service that customs asks for
//! original payment data. Its books are simulated: they say what its order and payment say.

use super::agencies::{self, CUSTOMS};
use crate::Failure;
use ceb::Document;
use ceb::signature::{CertificateFacts, Signer, Subject, generate_sm2};
use clearance::keys::OrderKey;
use clearance::record::{RecordKey, Register};
use counterpart::platform::Paid;
use counterpart::{Platform, Script};
use register::webhook::Webhook;
use serde_json::json;
use server::Window;
use std::net::SocketAddr;
use std::path::Path;
use store::Read;

const CODE: &str = "5301960101";
const NAME: &str = "样例云岭跨境商城";

/// Registers the platform's key, made at the first start, and opens its service.
pub async fn open(window: &Window, folder: &Path, address: SocketAddr) -> Result<(), Failure> {
    let (key, certificate) = key(folder)?;
    let facts = CertificateFacts::read(&certificate)?;
    let record = RecordKey::new(
        Register::Certificate,
        &format!("{CODE}:{}", evidence::hexadecimal(&facts.der_sha256)),
    );
    if window.read.record(&record).await?.is_none() {
        let pem = String::from_utf8(certificate.clone())?;
        let body = json!({"pem": pem, "purposes": ["documents"], "holder": "demo"});
        agencies::act(window, CODE, record.clone(), 0, "register", Some(body)).await?;
        agencies::act(window, CUSTOMS, record, 1, "approve", None).await?;
    }
    let books = {
        let window = window.clone();
        move |order: String| {
            let window = window.clone();
            async move { paid(&window, &order).await }
        }
    };
    let url = format!("http://{address}/ceb2grab/grab/realTimeDataUpload");
    let send = move |answer: String| {
        let url = url.clone();
        async move {
            let sent = tokio::task::spawn_blocking(move || {
                let told = ureq::post(&url).send_form([("payExInfoStr", answer.as_str())]);
                told.and_then(|mut told| told.body_mut().read_to_string())
            });
            match sent.await {
                Ok(Ok(told)) => told,
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            }
        }
    };
    let signer = Signer::sm2(&key, &certificate)?;
    let platform = Platform::new(signer, &facts.serial_hex, Script::default(), books, send);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let body = json!({"url": format!("http://{}/", listener.local_addr()?), "source": "payment-data"});
    tokio::spawn(axum::serve(listener, platform.router()).into_future());
    let hook = RecordKey::new(Register::Webhook, &format!("{CODE}:payment-data"));
    match window.read.record(&hook).await? {
        None => agencies::act(window, CODE, hook, 0, "register", Some(body)).await,
        Some(known)
            if known.state == "active" && Webhook::of(&known).url.starts_with("http://127.0.0.1:") =>
        {
            agencies::act(window, CODE, hook, known.version, "change", Some(body)).await
        }
        Some(_) => Ok(()),
    }
}

/// Private key and certificate, in PEM.
fn key(folder: &Path) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let (key, certificate) = (folder.join("platform-key.pem"), folder.join("platform-certificate.pem"));
    if !key.exists() {
        let made = generate_sm2(&Subject {
            enterprise_code: CODE,
            enterprise_name: NAME,
            serial: 0x0300_0000_0000_5301,
            not_before: 20_160_408_000_000,
            not_after: 20_491_231_235_959,
        })?;
        std::fs::write(&certificate, made.certificate_pem())?;
        super::private(&key, &made.private_key_pem)?;
    }
    Ok((std::fs::read(key)?, std::fs::read(certificate)?))
}

/// What its books have of an order.
async fn paid(window: &Window, order: &str) -> Option<Paid> {
    let consignment = window.read.consignment(&OrderKey::new(CODE, order)).await.ok()??;
    let (order, payment) = (consignment.order?, consignment.payment?);
    let (Document::Order(order), Document::Payment(payment)) = (&*order.document, &*payment.document) else {
        return None;
    };
    Some(Paid {
        platform: CODE.to_owned(),
        pay_code: payment.pay_code.to_string(),
        transaction: payment.pay_transaction_id.to_string(),
        amount: payment.amount_paid.to_string(),
        time: payment.pay_time.number().to_string(),
        goods: order.lines.iter().map(|line| line.item_name.to_string()).collect(),
        recipient: NAME.to_owned(),
    })
}
