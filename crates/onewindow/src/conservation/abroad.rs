//! Operations by exports: lists of 1210 take their goods from the shelves that lists of imports take from, are rejected, opened and
//! cancelled, their parcels leave the country, and a piece of what left comes back to the book. What becomes of a list is the window's
//! to decide; what that does to the book is known.

use super::life::{Life, NUMBER, Resting};
use super::trades::{ENDED, KEPT, pieces};
use crate::Failure;
use ceb::{Decimal, Document};
use clearance::sample::Export;
use serde_json::Value;
use std::collections::BTreeMap;

/// States of a list: a person looks at it, it is concluded, its parcel is opened at the site, is released there, left the country.
const REVIEW: u64 = 300;
const CONCLUDED: u64 = 399;
const OPENED: u64 = 500;
const RELEASED: u64 = 800;
const CLOSED: u64 = 899;
/// Of so many lists one differs from its order, and one from its waybill.
const DIFFERS: usize = 8;
/// Kilograms by which a waybill differs.
const HEAVIER: i64 = 5;

/// A list of an export that took its goods.
pub struct Abroad {
    /// The trade.
    pub export: Export,
    /// From which book.
    pub book: usize,
    /// Item and pieces of its lines.
    pub lines: Vec<(usize, i64)>,
    /// Where the window says it stands.
    pub state: u64,
    /// Its number.
    pub entry: String,
}

impl Abroad {
    /// Whether its parcel left the country.
    pub fn left(&self) -> bool {
        self.state == CLOSED
    }
}

fn path(export: &Export) -> String {
    format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no)
}

impl Life {
    /// An export as its declaring unit sees it; what it did is known then.
    async fn shown_abroad(&mut self, export: &Export) -> Result<Value, Failure> {
        let reply = self.zone.ask(&export.declaration.head.agent_code, "GET", &path(export), &[]).await?;
        Ok(reply.json())
    }

    /// Where the list stands now.
    async fn stands(&mut self, at: usize) -> Result<u64, Failure> {
        let export = self.abroad[at].export.clone();
        let state = self.shown_abroad(&export).await?["attempt"]["state"].as_u64().unwrap_or(0);
        self.abroad[at].state = state;
        Ok(state)
    }

    /// An officer's move on an export, as it stands; whether it was taken.
    async fn officer_abroad(
        &mut self,
        export: &Export,
        action: &str,
        number: Option<u32>,
    ) -> Result<bool, Failure> {
        let version = self.shown_abroad(export).await?["version"].clone();
        self.acts(&path(export), &version, action, number).await
    }

    /// One of the lists of exports that are as wanted.
    fn one_abroad(&mut self, wanted: impl Fn(&Abroad) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.abroad.len()).filter(|at| wanted(&self.abroad[*at])).collect();
        let at = self.below(all.len().max(1));
        all.get(at).copied()
    }

    /// What a list took moves, line by line.
    fn all_of(&mut self, at: usize, from: &'static str, to: &'static str) {
        let one = &self.abroad[at];
        for (item, pieces) in &one.lines {
            self.expected.moved((one.book, *item), from, to, *pieces);
        }
    }

    /// What an operation on a list may have moved is looked at.
    fn touches(&mut self, at: usize) {
        let one = &self.abroad[at];
        self.touched.extend(one.lines.iter().map(|(item, _)| (one.book, *item)));
    }

    /// Somebody abroad buys: order, waybill and list, at times the list first. What differs from its order takes its goods and is
    /// rejected, what differs from its waybill waits for a person.
    pub(super) async fn export(&mut self) -> Result<(), Failure> {
        let (book, number) = (self.below(2), self.trades);
        self.trades += 1;
        let mut export =
            Export::new(self.seed, number, self.zone.now()).from_shelf(self.books[book].holder, NUMBER);
        let differs = self.below(DIFFERS);
        if differs == 0 {
            export.order.lines.iter_mut().for_each(|line| line.item_no = "SKU-OTHER".into());
        } else if differs == 1 {
            let heavier = export.waybill.gross_weight.checked_add(Decimal::from_whole(HEAVIER));
            export.waybill.gross_weight = heavier.ok_or("too heavy")?;
        }
        let lines = export.declaration.lines.iter();
        let lines = pieces(lines.map(|line| (line.item_record_no.as_deref(), line.qty)))?;
        let mut wanted: BTreeMap<usize, i64> = BTreeMap::new();
        for (item, pieces) in &lines {
            *wanted.entry(*item).or_default() += pieces;
        }
        let takes = self.expected.holds(book, &wanted) && self.counting[book].is_none();
        let mut documents = export.documents();
        if self.below(3) == 0 {
            documents.rotate_right(1);
        }
        for (sender, document) in documents {
            self.zone.send(&sender, document).await?;
        }
        self.touched.extend(lines.iter().map(|(item, _)| (book, *item)));
        let shown = self.shown_abroad(&export).await?;
        let state = shown["attempt"]["state"].as_u64().unwrap_or(0);
        let holds = !ENDED.contains(&state);
        self.told = shown["attempt"].to_string();
        if takes && differs == 0 {
            self.must("export-rejected", !holds, true);
        } else {
            self.must("export", holds, takes);
        }
        if holds {
            let entry = shown["attempt"]["invtNo"].as_str().unwrap_or_default().to_owned();
            self.abroad.push(Abroad { export, book, lines, state, entry });
            self.all_of(self.abroad.len() - 1, "available", "frozen");
        }
        Ok(())
    }

    /// A parcel goes on its way: what is looked at is let go on, what is concluded goes under a bill and to the site, what is
    /// released there leaves the country, at times later.
    pub(super) async fn go_abroad(&mut self) -> Result<(), Failure> {
        let goes = |one: &Abroad| matches!(one.state, REVIEW | CONCLUDED | RELEASED);
        let Some(at) = self.one_abroad(goes) else { return self.export().await };
        self.touches(at);
        let (export, mut state) = (self.abroad[at].export.clone(), self.abroad[at].state);
        if state == REVIEW {
            self.officer_abroad(&export, "approve", None).await?;
            state = self.stands(at).await?;
            self.count("export-approval", state == CONCLUDED);
        }
        if state == CONCLUDED {
            let now = self.zone.now();
            let bill = Export::master_bill(&[&export], now).ok_or("no parcel goes under the bill")?;
            let agent = bill.head.agent_code.clone();
            self.zone.send(&agent, Document::MasterBill(bill)).await?;
            let arrival = Export::arrival(&[&export], now).ok_or("no parcel arrives")?;
            let operator = arrival.head.operator_code.clone();
            self.zone.send(&operator, Document::ExportArrival(arrival)).await?;
            state = self.stands(at).await?;
            self.count("export-arrival", state == RELEASED);
        }
        if state == RELEASED && self.below(3) > 0 {
            let departure = Export::departure(&[&export], self.zone.now()).ok_or("no parcel leaves")?;
            let carrier = departure.head.logistics_code.clone();
            self.zone.send(&carrier, Document::Departure(departure)).await?;
            let left = self.stands(at).await? == CLOSED;
            self.must("departure", left, true);
            if left {
                self.all_of(at, "frozen", "sold");
            }
        }
        // Long gone, and forgotten.
        while self.abroad.iter().filter(|one| one.left()).count() > KEPT {
            let Some(oldest) = self.abroad.iter().position(Abroad::left) else { break };
            self.abroad.remove(oldest);
        }
        Ok(())
    }

    /// A list whose parcel has not left is cancelled by who declared it, or its parcel is opened, and an officer rejects it.
    pub(super) async fn desk_abroad(&mut self) -> Result<(), Failure> {
        let here = |one: &Abroad| matches!(one.state, REVIEW | CONCLUDED | OPENED | RELEASED);
        let Some(at) = self.one_abroad(here) else { return self.export().await };
        self.touches(at);
        let (export, state) = (self.abroad[at].export.clone(), self.abroad[at].state);
        // What is opened is cancelled no more, what is released rejected no more.
        let cancels = match state {
            OPENED => false,
            RELEASED => true,
            _ => self.below(2) == 0,
        };
        let operation = if cancels {
            let cancellation = export.cancellation(&self.abroad[at].entry, self.zone.now());
            let sender = cancellation.agent_code.clone();
            self.zone.send(&sender, Document::ExportCancellation(cancellation)).await?;
            // Where it is not cancelled by itself an officer decides.
            if !ENDED.contains(&self.stands(at).await?) {
                self.officer_abroad(&export, "approve-cancellation", None).await?;
            }
            "export-cancellation"
        } else {
            if state == CONCLUDED {
                self.officer_abroad(&export, "inspect", None).await?;
            }
            self.officer_abroad(&export, "reject", None).await?;
            "export-rejection"
        };
        let ended = ENDED.contains(&self.stands(at).await?);
        self.must(operation, ended, true);
        if ended {
            self.all_of(at, "frozen", "available");
            self.abroad.swap_remove(at);
        }
        Ok(())
    }

    /// A piece of the first line of a list whose parcel left comes back to the book that it left; it lies apart until somebody has
    /// looked at it.
    pub(super) async fn come_back_from_abroad(&mut self) -> Result<(), Failure> {
        let Some(at) = self.one_abroad(Abroad::left) else { return self.export().await };
        self.touches(at);
        let one = &self.abroad[at];
        let (export, book, entry) = (one.export.clone(), one.book, one.entry.clone());
        let first = one.lines.first().map(|(item, _)| *item).ok_or("a list without lines")?;
        let back = export.goods_back(&entry, 0, &[(0, Decimal::ONE)], self.zone.now());
        let agent = back.head.agent_code.clone();
        self.zone.send(&agent, Document::ExportReturn(back)).await?;
        // Where it is not approved by itself an officer decides; then the site has the parcel.
        if self.shown_abroad(&export).await?["returns"][0]["standing"] == "review" {
            self.officer_abroad(&export, "approve-return", Some(1)).await?;
        }
        let tally = export.tally(Some(&entry), self.zone.now());
        let operator = tally.operator_code.clone();
        self.zone.send(&operator, Document::ReturnTally(tally)).await?;
        let returned = self.shown_abroad(&export).await?["returns"][0].clone();
        self.told = returned.to_string();
        let received = returned["standing"] == "released";
        self.must("export-return", received, true);
        if received {
            self.expected.moved((book, first), "sold", "returned", 1);
            let number = returned["preNo"].as_str().unwrap_or_default().to_owned();
            let by = ("return", agent.to_string(), number, 1);
            self.resting.push(Resting { stock: (book, first), place: "returned", by, left: 1 });
            self.abroad.swap_remove(at);
        }
        Ok(())
    }

    /// The list of an export comes once more, as it was: nothing moves.
    pub(super) async fn export_again(&mut self) -> Result<(), Failure> {
        let Some(at) = self.one_abroad(|_| true) else { return self.export().await };
        self.touches(at);
        let declaration = self.abroad[at].export.declaration.clone();
        let sender = declaration.head.agent_code.clone();
        self.zone.send(&sender, Document::ExportDeclaration(declaration)).await?;
        self.count("export-again", false);
        Ok(())
    }
}
