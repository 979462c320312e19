//! The window of another country in the demo zone, as a machine client of its own: it sends orders, payments and waybills in the
//! neutral form over HTTP, as any party does; an agent here declares the list, and the parcel comes by rail. The other way an export
//! is declared here, whose documents go to it.
#![expect(clippy::print_stdout, reason = "what the newcomer reads")]

use crate::Failure;
use ceb::{Document, Style};
use clearance::Text;
use clearance::party::{Filing, Role};
use clearance::sample::{self, Export, Trade};
use counterpart::foreign_window;
use serde_json::Value;
use server::Window;
use std::net::SocketAddr;
use std::time::Duration;

/// How long after the start the first comes, and between two.
const BETWEEN: Duration = Duration::from_secs(10);
/// Consumers among whom its trades are shared.
const PERSONS: u64 = 1_000;
/// Its trades are numbered from here on: none has the number of another of the day.
const FIRST: u64 = 5_000_000;

/// The window as it is filed.
pub fn filing() -> Option<Filing> {
    sample::partners().into_iter().find(|filing| filing.code == sample::ABROAD_CODE)
}

/// A token with which it sends: as an agency it may only read what is shared with it.
pub async fn token(window: &Window) -> Result<String, Failure> {
    let now = window.clock.now();
    Ok(window.control.issue(sample::ABROAD_CODE, Role::Platform, "demo", &[], now, None).await?)
}

/// Sends so many trades, one after the other, and with each an export the other way.
pub async fn run(window: Window, address: SocketAddr, token: String, (seed, count): (u64, u64)) {
    let Some(filing) = filing() else { return };
    for number in FIRST..FIRST + count {
        tokio::time::sleep(BETWEEN).await;
        let trade = Trade::new(seed, number, window.clock.now(), PERSONS);
        let trade = foreign_window::through(trade, &filing);
        match sent(&window, address, &token, (seed, &trade), &filing).await {
            Ok(told) => println!("  from abroad: order {} {told}", trade.order.head.order_no),
            Err(error) => tracing::warn!(%error, "a trade from abroad was not sent"),
        }
        let export = Export::new(seed, number, window.clock.now());
        match exported(&window, &export).await {
            Ok(told) => println!("  to abroad: export {} {told}", export.order.head.order_no),
            Err(error) => tracing::warn!(%error, "an export was not sent"),
        }
    }
}

/// Sends the documents of a trade; says what came back.
async fn sent(
    window: &Window,
    address: SocketAddr,
    token: &str,
    (seed, trade): (u64, &Trade),
    filing: &Filing,
) -> Result<String, Failure> {
    let mut statuses = Vec::new();
    for message in foreign_window::messages(trade, filing) {
        let (url, bearer) = (format!("http://{address}/v1/messages"), format!("Bearer {token}"));
        let posted = tokio::task::spawn_blocking(move || {
            let sent = ureq::post(&url).header("authorization", &bearer).send(message.to_string().as_str());
            sent.and_then(|mut told| told.body_mut().read_to_string())
        });
        let told: Value = serde_json::from_str(&posted.await??)?;
        statuses.push(told["documents"][0]["status"].to_string());
    }
    let agent = trade.declaration.head.agent_code.clone();
    let mut rest = vec![(agent, Document::Declaration(trade.declaration.clone()))];
    if let Some(arrival) = Trade::arrival(seed, &[trade], window.clock.now()).map(foreign_window::arrival) {
        rest.push((arrival.head.operator_code.clone(), Document::Arrival(arrival)));
    }
    for (sender, document) in rest {
        statuses.push(declared(window, sender, document).await?);
    }
    Ok(format!(
        "(order, payment, waybill in the neutral form; list and arrival here): {}",
        statuses.join(", ")
    ))
}

/// Sends the documents of an export, by their parties here.
async fn exported(window: &Window, export: &Export) -> Result<String, Failure> {
    let money = (export.order.head.ebc_code.clone(), Document::ExportPayment(export.payment.clone()));
    let mut statuses = Vec::new();
    for (sender, document) in export.documents().into_iter().chain([money]) {
        statuses.push(declared(window, sender, document).await?);
    }
    Ok(format!("(order, waybill, list, money received): {}", statuses.join(", ")))
}

/// Sends a document of a party here; its status.
async fn declared(window: &Window, sender: Text, document: Document) -> Result<String, Failure> {
    let bytes = ceb::write(&sample::message(&sender, vec![document]), Style::Prefixed);
    let answer = window.send(&bytes.into(), &sender).await.ok_or("the window is closing")?;
    Ok(answer.documents.first().map_or_else(String::new, |document| document.answer.status.to_string()))
}
