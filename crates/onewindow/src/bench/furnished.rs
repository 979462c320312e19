//! What the pages of a store need to have something in them, besides the imports that fill it: agencies with their shares, parks with a
//! site, exports of which some wait for an officer. What is there already is not made again.

use super::messages::STEP;
use crate::Failure;
use crate::demo::agencies::{self, act};
use crate::demo::parks;
use ceb::{Document, Style};
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Actor, RecordKey, Register};
use clearance::sample::{self, Export};
use register::park::happening;
use register::{By, Command};
use serde_json::json;
use server::Window;
use std::collections::BTreeMap;
use store::{ExportSearch, Read, Scope};

/// One export for so many imports, within these bounds.
const SHARE: u64 = 50;
const EXPORTS: (u64, u64) = (100, 20_000);
/// Every so many exports one comes out of a special zone, and a person looks at its papers.
const WAITING: u64 = 20;
/// Documents of a message.
const TOGETHER: usize = 100;
/// Exports whose documents are made at once.
const PORTION: u64 = STEP;

/// Makes what is not there yet, at so many declarations stored.
///
/// # Errors
/// When something is refused, or the store fails.
pub async fn furnish(window: &Window, stored: u64) -> Result<(), Failure> {
    window.file_all(sample::agencies(), "bench").await;
    agencies::share(window, agencies::measured()).await?;
    parks::open(window).await?;
    let all = ExportSearch { scope: Scope::Office(Vec::new()), party: None, states: Vec::new() };
    if !window.read.exports(&all, None, 1).await?.0.is_empty() {
        return Ok(());
    }
    let count = (stored / SHARE).clamp(EXPORTS.0, EXPORTS.1);
    let mut from = 1;
    while from <= count {
        let end = (from + PORTION).min(count + 1);
        export(window, from..end).await?;
        from = end;
    }
    Ok(())
}

/// Sends the documents of exports, each kind of all of them before the next: a list is judged when it comes.
async fn export(window: &Window, numbers: std::ops::Range<u64>) -> Result<(), Failure> {
    let now = window.clock.now();
    let mut kinds: [BTreeMap<Text, Vec<Document>>; 3] = Default::default();
    for number in numbers {
        let export = Export::new(now.0 as u64 % 0xFFFF, number, now);
        let export = if number.is_multiple_of(WAITING) { export.in_mode("1210") } else { export };
        for (kind, (sender, document)) in kinds.iter_mut().zip(export.documents()) {
            kind.entry(sender).or_default().push(document);
        }
    }
    for (sender, documents) in kinds.into_iter().flatten() {
        for part in documents.chunks(TOGETHER) {
            let bytes = ceb::write(&sample::message(&sender, part.to_vec()), Style::Prefixed);
            window.send(&bytes.into(), &sender).await.ok_or("the window is closing")?;
        }
    }
    Ok(())
}

/// The number of the bag that is sealed at the site.
pub const BAG: &str = "BENCH1";

/// Has a user keep the site, in place of those who kept it, and a bag sealed there.
///
/// # Errors
/// When it is refused, or the store fails.
pub async fn appoint(window: &Window, login: &str) -> Result<(), Failure> {
    let site = format!("{}:{}", parks::OPERATOR, parks::SITE);
    let key = RecordKey::new(Register::Site, &site);
    let version = window.read.record(&key).await?.map_or(0, |record| record.version);
    act(window, parks::OPERATOR, key, version, "appoint", Some(json!({"keepers": [login]}))).await?;
    let key = happening::key(&site, "bench-bag");
    if window.read.record(&key).await?.is_some() {
        return Ok(());
    }
    let sealed = json!({"kind": "bag", "parcels": ["5301960401/BENCH1"], "bag": BAG, "seal": "BENCH1"});
    let by = By {
        actor: Actor { party: parks::OPERATOR.into(), name: login.into() },
        codes: vec![Text::from(parks::OPERATOR)],
        role: Role::SiteOperator,
        applies: false,
        reviews: false,
        window: true,
    };
    let body = Some(sealed.to_string());
    let command = Command { key, version: 0, action: "record".into(), by, note: String::new(), body };
    let done = window.pipeline.command(command).await.ok_or("the window is closing")?;
    done.map(|_| ()).map_err(|refusal| format!("a bag is not sealed: {refusal:?}").into())
}
