//! Operations by trades of imports: lists take their goods, end without them or leave by the gate, and what was sold comes back. What
//! becomes of a list is the window's to decide; what that does to the book is known.

use super::life::{Life, NUMBER, Resting, Sale};
use crate::Failure;
use crate::demo::agencies::CUSTOMS;
use ceb::{Decimal, Document};
use clearance::Text;
use clearance::sample::Trade;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Consumers.
const PERSONS: u64 = 1_000_000;
/// States of a list that holds nothing: refused, sent back, out of time, cancelled. 0 and 1 = there is none.
pub(super) const ENDED: [u64; 6] = [0, 1, 100, 700, 1003, 1399];
/// States in which a parcel may leave.
const RELEASED: [u64; 2] = [800, 899];
/// Lists of one kind whose parcels left that are kept, for what comes back of them.
pub(super) const KEPT: usize = 200;
/// Parcels of a vehicle at most.
const PARCELS: usize = 3;

/// Item, from 0, and pieces of each line: of lines the item that they name, and the quantity.
pub(super) fn pieces<'a>(
    lines: impl Iterator<Item = (Option<&'a str>, Decimal)>,
) -> Result<Vec<(usize, i64)>, Failure> {
    let piece = |(item, quantity): (Option<&'a str>, Decimal)| -> Result<(usize, i64), Failure> {
        let item = item.and_then(|number| number.parse::<usize>().ok());
        let item = item.and_then(|item| item.checked_sub(1)).ok_or("a line names no item")?;
        Ok((item, (quantity.units() / Decimal::ONE.units()) as i64))
    };
    lines.map(piece).collect()
}

impl Life {
    /// The list of a trade as its declaring unit sees it: number and state; what it did is known then.
    async fn shown(&mut self, trade: &Trade) -> Result<Value, Failure> {
        let head = &trade.declaration.head;
        let path = format!("/v1/consignments/{}/{}", head.ebp_code, head.order_no);
        let reply = self.zone.ask(&head.agent_code, "GET", &path, &[]).await?;
        Ok(reply.json())
    }

    /// Somebody buys: the four documents, in any order of two.
    pub(super) async fn sale(&mut self) -> Result<(), Failure> {
        let (book, number) = (self.below(2), self.trades);
        self.trades += 1;
        let mut trade = Trade::new(self.seed, number, self.zone.now(), PERSONS)
            .from_shelf(self.books[book].holder, NUMBER);
        let spoilt = self.below(10) == 0;
        if spoilt {
            trade.payment.amount_paid = Decimal::ONE;
        }
        let lines = trade.declaration.lines.iter();
        let lines = pieces(lines.map(|line| (line.item_record_no.as_deref(), line.qty)))?;
        let mut wanted: BTreeMap<usize, i64> = BTreeMap::new();
        for (item, pieces) in &lines {
            *wanted.entry(*item).or_default() += pieces;
        }
        let enough = self.expected.holds(book, &wanted);
        let still = self.counting[book].is_none();
        let mut documents: Vec<(Text, Document)> = trade.documents().to_vec();
        if self.below(3) == 0 {
            documents.rotate_right(1);
        }
        for (sender, document) in documents {
            self.zone.send(&sender, document).await?;
        }
        self.touched.extend(lines.iter().map(|(item, _)| (book, *item)));
        let shown = self.shown(&trade).await?;
        let state = shown["attempt"]["state"].as_u64().unwrap_or(0);
        let holds = !ENDED.contains(&state);
        self.count("list", holds);
        if holds && !(enough && still) {
            self.fault(format!(
                "a list took what is not there, or while it was counted: {}",
                trade.order.head.order_no
            ));
        }
        if !holds {
            return Ok(());
        }
        for (item, pieces) in &lines {
            self.expected.moved((book, *item), "available", "frozen", *pieces);
        }
        let entry = shown["attempt"]["invtNo"].as_str().unwrap_or_default().to_owned();
        self.sales.push(Sale { trade, book, lines, state, entry, left: false });
        Ok(())
    }

    /// One of the lists that are as wanted.
    fn one_of(&mut self, wanted: impl Fn(&Sale) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.sales.len()).filter(|at| wanted(&self.sales[*at])).collect();
        let at = self.below(all.len().max(1));
        all.get(at).copied()
    }

    /// A vehicle leaves with parcels of released lists.
    pub(super) async fn leave(&mut self) -> Result<(), Failure> {
        let ready = |sale: &Sale| !sale.left && RELEASED.contains(&sale.state);
        let Some(first) = self.one_of(ready) else { return self.sale().await };
        let (book, most) = (self.sales[first].book, 1 + self.below(PARCELS));
        let more = (0..self.sales.len())
            .filter(|at| *at != first && self.sales[*at].book == book && ready(&self.sales[*at]));
        let parcels: Vec<usize> = std::iter::once(first).chain(more.take(most - 1)).collect();
        let mut gross = Decimal::from_whole(1000);
        let mut loaded = Vec::new();
        for at in &parcels {
            let head = &self.sales[*at].trade.declaration.head;
            gross = gross.checked_add(head.gross_weight).ok_or("too heavy")?;
            loaded.push(json!({"platform": head.ebp_code.as_str(), "orderNo": head.order_no.as_str()}));
        }
        self.documents += 1;
        let body = json!({"number": format!("HF{}", self.documents), "vehicle": "云A00001", "tare": "1000",
            "gross": gross.to_string(), "parcels": loaded});
        let path = format!("/v1/books/{}/gate-releases", self.books[book].id);
        let holder = self.books[book].holder;
        let reply = self.zone.ask(holder, "POST", &path, body.to_string().as_bytes()).await?;
        self.zone.quiet().await?;
        self.must("gate-release", reply.status == 200, true);
        let told = reply.json();
        for (at, parcel) in parcels.iter().zip(told["parcels"].as_array().into_iter().flatten()) {
            if parcel["left"] == true {
                self.goes(*at);
            } else {
                self.fault(format!("a released parcel did not leave: {parcel}"));
            }
            let lines = self.sales[*at].lines.clone();
            self.touched.extend(lines.iter().map(|(item, _)| (book, *item)));
        }
        // Long sold, and forgotten.
        while self.sales.iter().filter(|sale| sale.left).count() > KEPT {
            let Some(oldest) = self.sales.iter().position(|sale| sale.left) else { break };
            self.sales.remove(oldest);
        }
        Ok(())
    }

    /// What a list took is with its buyer.
    fn goes(&mut self, at: usize) {
        let sale = &mut self.sales[at];
        if !std::mem::replace(&mut sale.left, true) {
            for (item, pieces) in &sale.lines {
                self.expected.moved((sale.book, *item), "frozen", "sold", *pieces);
            }
        }
    }

    /// An officer's move on a trade, as it stands; whether it was taken.
    async fn officer(&mut self, at: usize, action: &str, number: Option<u32>) -> Result<bool, Failure> {
        let trade = self.sales[at].trade.clone();
        let version = self.shown(&trade).await?["version"].clone();
        let head = &trade.declaration.head;
        let path = format!("/v1/consignments/{}/{}", head.ebp_code, head.order_no);
        self.acts(&path, &version, action, number).await
    }

    /// An officer's move on a version of a trade; whether it was taken.
    pub(super) async fn acts(
        &mut self,
        trade: &str,
        version: &Value,
        action: &str,
        number: Option<u32>,
    ) -> Result<bool, Failure> {
        let mut body = json!({"id": format!("{action}-{version}"), "version": version, "action": action, "text": "样例"});
        if let Some(number) = number {
            body["number"] = number.into();
        }
        let path = format!("{trade}/actions");
        let reply = self.zone.ask(CUSTOMS, "POST", &path, body.to_string().as_bytes()).await?;
        self.zone.quiet().await?;
        Ok(reply.status == 200)
    }

    /// A list that is looked at is let go on, rejected, or cancelled by who declared it.
    pub(super) async fn desk(&mut self) -> Result<(), Failure> {
        let waits = |sale: &Sale| !sale.left && !RELEASED.contains(&sale.state);
        let Some(at) = self.one_of(waits) else { return self.sale().await };
        let operation = match self.below(3) {
            0 => {
                let sale = &self.sales[at];
                let cancellation = sale.trade.cancellation(&sale.entry, self.zone.now());
                let sender = cancellation.agent_code.clone();
                self.zone.send(&sender, Document::Cancellation(cancellation)).await?;
                "cancellation"
            }
            1 => {
                self.officer(at, "approve", None).await?;
                "approval"
            }
            _ => {
                self.officer(at, "reject", None).await?;
                "rejection"
            }
        };
        let trade = self.sales[at].trade.clone();
        let shown = self.shown(&trade).await?;
        let before = self.sales[at].state;
        let state = shown["attempt"]["state"].as_u64().unwrap_or(0);
        self.count(operation, state != before);
        let sale = &mut self.sales[at];
        sale.state = state;
        let stocks: Vec<_> = sale.lines.iter().map(|(item, pieces)| ((sale.book, *item), *pieces)).collect();
        self.touched.extend(stocks.iter().map(|(stock, _)| *stock));
        if ENDED.contains(&state) {
            for (stock, pieces) in stocks {
                self.expected.moved(stock, "frozen", "available", pieces);
            }
            self.sales.swap_remove(at);
        }
        Ok(())
    }

    /// A piece of the first line of a list comes back; it lies apart until somebody has looked at it.
    pub(super) async fn come_back(&mut self) -> Result<(), Failure> {
        let Some(at) = self.one_of(|sale| RELEASED.contains(&sale.state)) else { return self.sale().await };
        let sale = &self.sales[at];
        let back = sale.trade.return_goods(&sale.entry, &[(0, Decimal::ONE)], self.zone.now());
        let (book, lines) = (sale.book, sale.lines.clone());
        let sender = back.head.agent_code.clone();
        let answer = self.zone.send(&sender, Document::Return(back)).await?;
        let mut received = answer["status"] == 120;
        for action in ["approve-return", "receive-return"] {
            received = received && self.officer(at, action, Some(1)).await?;
        }
        self.count("return", received);
        self.touched.extend(lines.iter().map(|(item, _)| (book, *item)));
        let Some((item, _)) = lines.first().copied().filter(|_| received) else { return Ok(()) };
        // A parcel of which nobody said that it left must have left.
        self.goes(at);
        self.expected.moved((book, item), "sold", "returned", 1);
        let number = answer["preNo"].as_str().unwrap_or_default().to_owned();
        let by = ("return", sender.to_string(), number, 1);
        self.resting.push(Resting { stock: (book, item), place: "returned", by, left: 1 });
        self.sales.swap_remove(at);
        Ok(())
    }

    /// The list of a trade comes once more, as it was: nothing moves.
    pub(super) async fn list_again(&mut self) -> Result<(), Failure> {
        let Some(at) = self.one_of(|_| true) else { return self.sale().await };
        let sale = &self.sales[at];
        let declaration = sale.trade.declaration.clone();
        let touched: Vec<_> = sale.lines.iter().map(|(item, _)| (sale.book, *item)).collect();
        self.touched.extend(touched);
        let sender = declaration.head.agent_code.clone();
        self.zone.send(&sender, Document::Declaration(declaration)).await?;
        self.count("list-again", false);
        Ok(())
    }
}
