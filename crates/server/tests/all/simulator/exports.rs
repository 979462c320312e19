//! Exports in the simulated lives: documents in any order, false, again; bills, arrivals and departures before or after the lists
//! that they are of; cancellations, returns, tallies and officers. The auditor says where each list and each return must stand.

use super::{Life, Place, fen};
use crate::support::NOW;
use ceb::{Decimal, Document, Style};
use clearance::Text;
use clearance::event::{ActionKind, OfficerAction};
use clearance::export::{ExportKey, ExportTrade, ReturnStanding};
use clearance::keys::Time;
use clearance::risk::SamplingSeed;
use clearance::sample::{self, Export};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use store::{Cursor, Read};

/// Exports of a life: few, so that each gets somewhere.
const EXPORTS: u64 = 3;

/// What the auditor remembers of an export.
pub(super) struct Shipment {
    export: Export,
    /// Order, waybill, list: whether accepted.
    accepted: [bool; 3],
    /// The rule that its list must be rejected by.
    falsified: Option<&'static str>,
    bill: bool,
    arrived: bool,
    departed: bool,
    asked_to_cancel: bool,
    cancelled: bool,
    tallied: bool,
    /// Applications made, whatever came of them.
    applications: u64,
    /// Returns that were taken, each of one piece, in order.
    returns: Vec<ReturnStanding>,
}

/// Where lists and returns stood when the auditor came.
static LISTS: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
static RETURNS: Mutex<BTreeSet<ReturnStanding>> = Mutex::new(BTreeSet::new());

/// That many lives together got everywhere: a simulator that never does proves nothing of it.
pub(super) fn everywhere() {
    let lists = LISTS.lock().unwrap();
    assert!([100, 399, 800, 899, 1399].iter().all(|state| lists.contains(state)), "only {lists:?}");
    let returns = RETURNS.lock().unwrap();
    let all = [ReturnStanding::Review, ReturnStanding::Released, ReturnStanding::Refused];
    assert!(all.iter().all(|standing| returns.contains(standing)), "only {returns:?}");
}

/// Exports of a seed.
pub(super) fn shipments(seed: u64) -> Vec<Shipment> {
    let shipment = |number: u64| {
        // Those that the draw of a life leaves alone: what is opened at the site is told of elsewhere.
        let draw = SamplingSeed { number: 2, secret: [7; 32], period: None };
        let plain = |one: &Export| clearance::risk::draw(&draw, &one.key().marked()) > 100_000;
        let numbers = (0..).map(|round| 500_000 + number + round * 1_000);
        let mut export = numbers.map(|number| Export::new(seed, number, NOW)).find(plain).unwrap();
        let falsified = (seed + number).is_multiple_of(7).then_some("waybill-merchant-differs");
        if falsified.is_some() {
            export.waybill.ebc_code = Some("5301960202".into());
        }
        Shipment {
            export,
            accepted: [false; 3],
            falsified,
            bill: false,
            arrived: false,
            departed: false,
            asked_to_cancel: false,
            cancelled: false,
            tallied: false,
            applications: 0,
            returns: Vec::new(),
        }
    };
    (0..EXPORTS).map(shipment).collect()
}

impl<P: Place> Life<P> {
    async fn shipped(&self, at: usize) -> Option<Arc<ExportTrade>> {
        let key = ExportKey::Trade(self.shipments[at].export.key());
        self.window().read.export(&key).await.unwrap().and_then(|state| state.trade().cloned())
    }

    /// The state of its list; none before it is declared.
    async fn list(&self, at: usize) -> Option<u16> {
        self.shipped(at).await.map(|trade| trade.state_number()).filter(|state| *state != 0)
    }

    async fn send_one(&mut self, sender: &Text, document: Document) -> i32 {
        let bytes = ceb::write(&sample::message(sender, vec![document]), Style::Prefixed);
        self.send(sender, bytes.into()).await.documents[0].answer.status
    }

    pub(super) async fn export_step(&mut self) {
        let at = self.draw.below(self.shipments.len() as u64) as usize;
        match self.draw.below(100) {
            0..=44 => self.next_of(at).await,
            45..=52 => self.master(at).await,
            53..=60 => self.at_the_site(at).await,
            61..=68 => self.depart(at).await,
            69..=71 => self.cancel_list(at).await,
            72..=83 => self.apply_for_return(at).await,
            84..=94 => self.decide_on_return(at).await,
            _ => self.tally(at).await,
        }
    }

    /// What an export needs next: most get on, whatever else happens.
    async fn next_of(&mut self, at: usize) {
        let missing: Vec<usize> = (0..3).filter(|which| !self.shipments[at].accepted[*which]).collect();
        if missing.is_empty() {
            let shipment = &self.shipments[at];
            return match (shipment.bill, shipment.arrived, shipment.departed) {
                (false, ..) => self.master(at).await,
                (_, false, _) => self.at_the_site(at).await,
                (.., false) => self.depart(at).await,
                _ => self.apply_for_return(at).await,
            };
        }
        let which = missing[self.draw.below(missing.len() as u64) as usize];
        let (sender, document) = self.shipments[at].export.documents()[which].clone();
        let status = self.send_one(&sender, document).await;
        assert!(status > 0, "seed {}: {status}", self.seed);
        self.shipments[at].accepted[which] = true;
    }

    async fn master(&mut self, at: usize) {
        let master = Export::master_bill(&[&self.shipments[at].export], NOW).unwrap();
        let sender = master.head.agent_code.clone();
        assert!(self.send_one(&sender, Document::MasterBill(master)).await > 0, "seed {}", self.seed);
        self.shipments[at].bill = true;
    }

    async fn at_the_site(&mut self, at: usize) {
        let arrival = Export::arrival(&[&self.shipments[at].export], NOW).unwrap();
        let sender = arrival.head.operator_code.clone();
        assert_eq!(self.send_one(&sender, Document::ExportArrival(arrival)).await, 399, "seed {}", self.seed);
        self.shipments[at].arrived = true;
    }

    async fn depart(&mut self, at: usize) {
        let departure = Export::departure(&[&self.shipments[at].export], NOW).unwrap();
        let sender = departure.head.logistics_code.clone();
        assert_eq!(self.send_one(&sender, Document::Departure(departure)).await, 399, "seed {}", self.seed);
        self.shipments[at].departed = true;
    }

    /// The number of a list that has one and has not ended otherwise.
    async fn list_number(&self, at: usize) -> Option<Text> {
        self.shipped(at)
            .await
            .and_then(|trade| trade.attempt.as_ref().and_then(|attempt| attempt.invt_no.clone()))
    }

    /// Approved at once while the parcel is here, refused once it left or ended.
    async fn cancel_list(&mut self, at: usize) {
        if self.shipments[at].asked_to_cancel {
            return;
        }
        let (Some(number), Some(state)) = (self.list_number(at).await, self.list(at).await) else { return };
        self.shipments[at].asked_to_cancel = true;
        let application = self.shipments[at].export.cancellation(&number, NOW);
        let sender = application.agent_code.clone();
        let status = self.send_one(&sender, Document::ExportCancellation(application)).await;
        assert_eq!(status, 2, "seed {}", self.seed);
        let open = matches!(state, 399 | 800) && !self.shipments[at].departed;
        self.shipments[at].cancelled = open;
        let expected = if open { Some(1399) } else { Some(state) };
        assert_eq!(self.list(at).await, expected, "seed {}: {state}", self.seed);
    }

    /// One piece of the first goods is to come back.
    async fn apply_for_return(&mut self, at: usize) {
        let (Some(number), state) = (self.list_number(at).await, self.list(at).await) else { return };
        if self.shipments[at].applications == 10 {
            return;
        }
        let shipment = &mut self.shipments[at];
        let nth = shipment.applications;
        shipment.applications += 1;
        let one = [(0, Decimal::ONE)];
        let application = shipment.export.goods_back(&number, nth, &one, self.clock.now());
        let sender = application.head.agent_code.clone();
        let status = self.send_one(&sender, Document::ExportReturn(application)).await;
        assert_eq!(status, 2, "seed {}: the number was given here", self.seed);
        let shipment = &mut self.shipments[at];
        let taken = shipment.returns.iter().filter(|standing| **standing != ReturnStanding::Refused).count();
        let sold = fen(&shipment.export.declaration.lines[0].qty) / 100;
        if state == Some(899) && (taken as i64) < sold {
            shipment.returns.push(ReturnStanding::Review);
        }
        self.agrees(at).await;
    }

    /// An officer decides on the newest return that is open.
    async fn decide_on_return(&mut self, at: usize) {
        let open = |standing: &ReturnStanding| !standing.is_final();
        let Some(index) = self.shipments[at].returns.iter().rposition(open) else { return };
        let (number, before, tallied) =
            (index as u32 + 1, self.shipments[at].returns[index], self.shipments[at].tallied);
        let hold = ActionKind::HoldReturn { number, status: 500 };
        let (kind, after) = match (before, self.draw.below(8)) {
            (ReturnStanding::Review, 0..=4) => {
                let after = if tallied { ReturnStanding::Released } else { ReturnStanding::Approved };
                (ActionKind::ApproveReturn { number }, Some(after))
            }
            (ReturnStanding::Review | ReturnStanding::Approved, 5) => {
                (hold, Some(ReturnStanding::Inspection))
            }
            (ReturnStanding::Inspection, 0..=5) => {
                let after = tallied.then_some(ReturnStanding::Released);
                (ActionKind::ReceiveReturn { number }, after)
            }
            (_, 6) => (ActionKind::RefuseReturn { number }, Some(ReturnStanding::Refused)),
            // Goods that nobody approved, or that are not here, are not released.
            _ => (ActionKind::ReceiveReturn { number: number + 1 }, None),
        };
        let stale = self.draw.below(4) == 0;
        let status = self.act_on_export(at, kind, stale).await;
        let taken = after.filter(|_| !stale);
        assert_eq!(status > 0, taken.is_some(), "seed {}: {status} {before:?}", self.seed);
        if let Some(after) = taken {
            self.shipments[at].returns[index] = after;
        }
        self.agrees(at).await;
    }

    async fn act_on_export(&mut self, at: usize, kind: ActionKind, stale: bool) -> i32 {
        let version = self.shipped(at).await.map_or(0, |trade| trade.version);
        self.actions += 1;
        let action = OfficerAction {
            id: format!("x{}", self.actions).into(),
            officer: "auditor".into(),
            party: "8620000001".into(),
            order: self.shipments[at].export.key().as_pair(),
            version: if stale { version.saturating_sub(1) } else { version },
            kind,
            text: "样例".into(),
        };
        loop {
            match self.window().pipeline.export_action(action.clone()).await {
                Some(answer) => {
                    self.quiet().await;
                    return answer.answer.status;
                }
                None => self.restart().await,
            }
        }
    }

    /// The site has its parcel: what was approved is released.
    async fn tally(&mut self, at: usize) {
        let tally = self.shipments[at].export.tally(None, NOW);
        let sender = tally.operator_code.clone();
        assert_eq!(self.send_one(&sender, Document::ReturnTally(tally)).await, 399, "seed {}", self.seed);
        let shipment = &mut self.shipments[at];
        shipment.tallied = true;
        for standing in &mut shipment.returns {
            if *standing == ReturnStanding::Approved {
                *standing = ReturnStanding::Released;
            }
        }
        self.agrees(at).await;
    }

    /// The window's returns are the auditor's.
    async fn agrees(&self, at: usize) {
        let trade = self.shipped(at).await;
        let theirs: Vec<ReturnStanding> =
            trade.iter().flat_map(|trade| &trade.returns).map(|back| back.standing).collect();
        assert_eq!(theirs, self.shipments[at].returns, "seed {}", self.seed);
    }

    /// After all who wait for partners have waited long enough: where each list must stand.
    pub(super) async fn audit_exports(&self) {
        let seed = self.seed;
        for (at, shipment) in self.shipments.iter().enumerate() {
            let (trade, state) = (self.shipped(at).await, self.list(at).await);
            LISTS.lock().unwrap().extend(state);
            RETURNS.lock().unwrap().extend(shipment.returns.iter().copied());
            let attempt = trade.as_ref().and_then(|trade| trade.attempt.as_ref());
            let words: Vec<&str> =
                attempt.iter().flat_map(|attempt| &attempt.findings).map(|one| one.reason.word()).collect();
            let waited =
                words.iter().any(|word| matches!(*word, "export-order-missing" | "export-waybill-missing"));
            let expected = match (shipment.accepted, shipment.falsified) {
                ([.., false], _) => None,
                ([true, true, true], Some(rule)) => {
                    assert!(waited || words.contains(&rule), "seed {seed}: {words:?}");
                    Some(100)
                }
                ([true, true, true], None) if !waited => Some(match shipment {
                    Shipment { cancelled: true, .. } => 1399,
                    Shipment { bill: true, arrived: true, departed: true, .. } => 899,
                    Shipment { bill: true, arrived: true, .. } => 800,
                    _ => 399,
                }),
                _ => {
                    assert!(waited, "seed {seed}: {words:?}");
                    Some(100)
                }
            };
            assert_eq!(state, expected, "seed {seed} export {at}: {words:?}");
            if let Some(trade) = &trade {
                assert_eq!(trade.value.is_some(), attempt.is_some(), "seed {seed}: all are sold in CNY");
            }
            self.agrees(at).await;
        }
        self.export_receipts().await;
    }

    /// Which receipt may follow which on one list, and on one return (SPEC §6, §4.18).
    async fn export_receipts(&self) {
        let of_list = |before: i32| -> &'static [i32] {
            match before {
                0 => &[2],
                2 => &[100, 120],
                120 => &[399],
                399 => &[800],
                800 => &[899],
                _ => &[],
            }
        };
        let of_return = |before: i32| -> &'static [i32] {
            match before {
                0 => &[2],
                2 => &[100, 120],
                120 => &[100, 300, 500, 800],
                300 => &[100, 120, 500],
                500 => &[100, 800],
                _ => &[],
            }
        };
        for filing in sample::filings() {
            let read = &self.window().read;
            let (rows, _) = read.receipts(&filing.exchange_ids, &Cursor::default(), 100_000).await.unwrap();
            let mut last: BTreeMap<(u16, Text, Text), (Time, i32)> = BTreeMap::new();
            for row in rows.iter().filter(|row| row.receipt.status > 0) {
                let (key, allowed): (_, &dyn Fn(i32) -> &'static [i32]) = match &*row.receipt.document {
                    Document::ExportDeclarationReceipt(one) => {
                        ((604, one.agent_code.clone(), one.cop_no.clone()), &of_list)
                    }
                    Document::ExportReturnReceipt(one) => {
                        ((214, one.agent_code.clone(), one.co_el_no.clone()), &of_return)
                    }
                    _ => continue,
                };
                let (time, before) = last.get(&key).copied().unwrap_or((Time(0), 0));
                let status = row.receipt.status;
                assert!(row.receipt.time > time, "seed {}: {key:?} runs backwards", self.seed);
                assert!(
                    allowed(before).contains(&status),
                    "seed {}: {key:?} {status} after {before}",
                    self.seed
                );
                last.insert(key, (row.receipt.time, status));
            }
        }
    }
}
