//! Operations by documents: goods come in, are taken, rest, are resolved, pass from one book to the other, are counted. What must be
//! taken and what must be refused is known beforehand.

use super::expected::{ENTERS, RESOLVES, Stock, TAKES};
use super::life::{LOTS, Life, Resting};
use crate::Failure;
use crate::demo::agencies::CUSTOMS;
use crate::generate::bonded::entered;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Pieces that come in, and that are taken, in one line at most: about as many leave as come, so that at times there are none.
const IN: usize = 8;
const OUT: usize = 12;
/// Yuan that a line of an exhibition is worth: little, so that no guarantee is ever used up.
const WORTH: &str = "1";

impl Life {
    /// Goods that come in: items and lots with pieces.
    pub(super) async fn enter(
        &mut self,
        book: usize,
        (operation, kind, from): (&'static str, &'static str, &'static str),
        goods: &[(usize, &str, i64)],
    ) -> Result<(), Failure> {
        let mut lines = Vec::with_capacity(goods.len());
        for (item, lot, pieces) in goods {
            let lot = LOTS.into_iter().find(|(number, ..)| number == lot).ok_or("no such lot")?;
            lines.extend(entered(operation, &self.items[*item], lot, *pieces));
        }
        let stocks: Vec<Stock> = goods.iter().map(|(item, ..)| (book, *item)).collect();
        let taken = self.document(book, kind, lines, stocks).await?.is_some();
        if taken {
            for (item, _, pieces) in goods {
                self.expected.moved((book, *item), from, "available", *pieces);
            }
        }
        self.must(operation, taken, self.counting[book].is_none());
        Ok(())
    }

    /// Counts an operation; what was taken must be what had to be.
    pub(super) fn must(&mut self, operation: &'static str, taken: bool, wanted: bool) {
        self.count(operation, taken);
        if taken != wanted {
            let (was, must) = if taken { ("taken", "refused") } else { ("refused", "taken") };
            self.fault(format!("{operation} was {was} and must be {must}; told last: {}", self.told));
        }
    }

    /// Goods come in from abroad or from the country.
    pub(super) async fn come_in(&mut self) -> Result<(), Failure> {
        let book = self.below(2);
        let (operation, from) = ENTERS[usize::from(self.below(4) == 0)];
        let mut goods = Vec::new();
        for _ in 0..=self.below(2) {
            let lot = LOTS[self.below(LOTS.len())].0;
            goods.push((self.below(self.items.len()), lot, 1 + self.below(IN) as i64));
        }
        self.enter(book, (operation, "entry-checklist", from), &goods).await
    }

    /// Goods are taken for one of many purposes; at times more than there are.
    pub(super) async fn take(&mut self) -> Result<(), Failure> {
        let (book, (operation, kind, to)) = (self.below(2), TAKES[self.below(TAKES.len())]);
        // What is used up comes back by nothing: it is taken in small.
        let most = if matches!(to, "sampled" | "destroyed") { 2 } else { OUT };
        let mut goods: Vec<(usize, i64)> = Vec::new();
        for _ in 0..=self.below(2) {
            goods.push((self.below(self.items.len()), 1 + self.below(most) as i64));
        }
        if self.below(12) == 0 {
            let more = 1 + self.below(3) as i64;
            let there = self.expected.at((book, goods[0].0), "available");
            goods[0].1 = there + more;
        }
        let mut wanted: BTreeMap<usize, i64> = BTreeMap::new();
        for (item, pieces) in &goods {
            *wanted.entry(*item).or_default() += pieces;
        }
        let enough = self.expected.holds(book, &wanted);
        let receiver = (operation == "transfer").then(|| self.books[1 - book].id.clone());
        let worth = (operation == "exhibition").then_some(WORTH);
        let line = |(item, pieces): &(usize, i64)| {
            json!({"operation": operation, "item": (item + 1).to_string(),
            "quantity": pieces.to_string(), "to": receiver, "dutiableValue": worth})
        };
        let lines: Vec<Value> = goods.iter().map(line).collect();
        let stocks = goods.iter().map(|(item, _)| (book, *item)).collect();
        let number = self.document(book, kind, lines, stocks).await?;
        self.must(operation, number.is_some(), enough && self.counting[book].is_none());
        let Some(number) = number else { return Ok(()) };
        for (line, (item, pieces)) in (1..).zip(goods) {
            let stock = (book, item);
            self.expected.moved(stock, "available", to, pieces);
            if matches!(to, "in-transit" | "exhibition" | "inspection") {
                let by = (kind, self.books[book].holder.to_owned(), number.clone(), line);
                self.resting.push(Resting { stock, place: to, by, left: pieces });
            }
        }
        Ok(())
    }

    /// What rests somewhere is resolved, in part or whole; at times more than rests there.
    pub(super) async fn resolve(&mut self) -> Result<(), Failure> {
        let (operation, kind, from, to) = RESOLVES[self.below(RESOLVES.len())];
        let Some((at, pieces)) = self.one_that_rests(from) else { return self.take().await };
        let Resting { stock, by, left, .. } = &self.resting[at];
        let (stock, left) = (*stock, *left);
        let mut line = said(operation, stock.1, by);
        if operation == "exhibition-sale" {
            line["dutiableValue"] = WORTH.into();
        }
        // All that is left need not be said.
        if pieces != left || self.documents.is_multiple_of(2) {
            line["quantity"] = pieces.to_string().into();
        }
        let taken = self.document(stock.0, kind, vec![line], vec![stock]).await?.is_some();
        self.must(operation, taken, pieces <= left && self.counting[stock.0].is_none());
        if taken {
            self.expected.moved(stock, from, to, pieces);
            self.less(at, pieces);
        }
        Ok(())
    }

    /// A transfer is received by the other book, in part or whole.
    pub(super) async fn receive(&mut self) -> Result<(), Failure> {
        let Some((at, pieces)) = self.one_that_rests("in-transit") else { return self.take().await };
        let Resting { stock: sent, by, left, .. } = &self.resting[at];
        let (sent, left) = (*sent, *left);
        let came = (1 - sent.0, sent.1);
        let mut line = said("receive", came.1, by);
        line["fromBook"] = self.books[sent.0].id.as_str().into();
        line["fromItem"] = (sent.1 + 1).to_string().into();
        line["quantity"] = pieces.to_string().into();
        let taken = self.document(came.0, "entry-checklist", vec![line], vec![came, sent]).await?.is_some();
        self.must("receive", taken, pieces <= left && self.counting[came.0].is_none());
        if taken {
            self.expected.moved(sent, "in-transit", "other-book", pieces);
            self.expected.moved(came, "other-book", "available", pieces);
            self.less(at, pieces);
        }
        Ok(())
    }

    /// One of what rests at a place, and how much of it.
    fn one_that_rests(&mut self, place: &str) -> Option<(usize, i64)> {
        let there: Vec<usize> =
            (0..self.resting.len()).filter(|at| self.resting[*at].place == place).collect();
        let at = *there.get(self.below(there.len().max(1)))?;
        let left = self.resting[at].left;
        let pieces = match self.below(16) {
            0 => left + 1,
            1..=8 => left,
            _ => 1 + self.below(left as usize) as i64,
        };
        Some((at, pieces))
    }

    /// Less of it rests there.
    fn less(&mut self, at: usize, pieces: i64) {
        self.resting[at].left -= pieces;
        if self.resting[at].left == 0 {
            self.resting.swap_remove(at);
        }
    }

    /// A stocktake begins, or what was counted is filed and accepted: what lies there, one piece more, or one less.
    pub(super) async fn stocktake(&mut self) -> Result<(), Failure> {
        let open = self.counting.iter().position(Option::is_some);
        let book = open.unwrap_or_else(|| self.below(2));
        let (holder, id) = (self.books[book].holder, self.books[book].id.clone());
        let of = |number: &str| format!("bonded-documents/{id}:stocktake-record:{number}");
        let Some(number) = self.counting[book].take() else {
            self.documents += 1;
            let number = format!("N{}", self.documents);
            let begun =
                self.zone.act((holder, holder), &of(&number), ("begin", 0), &Value::Null).await?.0 == 200;
            self.must("begin-stocktake", begun, true);
            self.counting[book] = begun.then_some(number);
            return Ok(());
        };
        let (item, lot) = (self.below(self.items.len()), LOTS[self.below(LOTS.len())].0);
        let name = (item + 1).to_string();
        let lies = |place: &str| -> i128 {
            let mut lots = self.recount.lots(&id, &name, place);
            lots.find(|(known, _)| *known == lot).map_or(0, |(_, balance)| balance[0]) / 100_000
        };
        let booked: i128 = ["available", "frozen", "inspection", "returned"].into_iter().map(lies).sum();
        let free = lies("available");
        let (counted, cause) = match self.draw.below(3) {
            0 if free > 0 => (booked - 1, "natural-loss"),
            1 => (booked + 1, "unposted"),
            _ => (booked, "none"),
        };
        let line = json!({"operation": "count", "item": name, "lot": lot, "quantity": counted.to_string(),
            "cause": cause, "approval": (counted < booked).then(|| format!("BS{number}"))});
        self.touched.insert((book, item));
        let (record, body) = (of(&number), json!({"lines": [line]}));
        let mut done = self.zone.act((holder, holder), &record, ("file", 1), &body).await?.0 == 200;
        if done {
            done = self.zone.act((CUSTOMS, holder), &record, ("accept", 2), &Value::Null).await?.0 == 200;
        }
        self.must("stocktake", done, true);
        match (counted - booked).signum() {
            1 => self.expected.moved((book, item), "variance", "available", 1),
            -1 => self.expected.moved((book, item), "available", "variance", 1),
            _ => {}
        }
        Ok(())
    }

    /// A document that was taken comes once more: nothing moves.
    pub(super) async fn again(&mut self) -> Result<(), Failure> {
        let Some(taken) = &self.taken else { return self.come_in().await };
        let (holder, supervised) = (self.books[taken.book].holder, matches!(taken.step.0, "accept" | "lend"));
        let party = if supervised { CUSTOMS } else { holder };
        let body = if supervised { Value::Null } else { taken.body.clone() };
        let (record, step) = (taken.record.clone(), taken.step);
        self.touched.extend(taken.stocks.iter().copied());
        let said = json!({"action": step.0, "version": step.1, "note": "样例", "body": body}).to_string();
        let path = format!("/v1/registers/{record}/actions");
        let reply = self.zone.ask(party, "POST", &path, said.as_bytes()).await?;
        self.must("again", reply.status == 200, false);
        Ok(())
    }
}

/// A line that resolves or receives what another took.
fn said(operation: &str, item: usize, (kind, issuer, number, line): &(&str, String, String, u32)) -> Value {
    json!({"operation": operation, "item": (item + 1).to_string(), "ofDocument": kind, "ofNumber": number, "ofIssuer": issuer,
        "ofLine": line})
}
