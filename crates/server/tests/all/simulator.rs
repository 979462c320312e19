//! A seeded simulator: random life on a store that loses commits, with an auditor who reckons from the rules alone.
//!
//! Every seed plays some trades of few buyers: documents in any order, again, cut off, false, late; arrivals, officers,
//! changes and deletions, cancellations, returns, lists declared anew, lists whose parcels never come, bills that are paid, days
//! that pass, restarts, a store that fails and is opened again. The auditor adds up with his own integers what each buyer used, each guarantor
//! stands for and each agent owes, says which verdict each declaration must get, and which receipt may follow which.
//! `ONEWINDOW_SEEDS=10000` plays more, `ONEWINDOW_SEED=n` one. Exports among them: `exports.rs`.

mod exports;

use crate::support::NOW;
use bytes::Bytes;
use ceb::{Decimal, Document, Style};
use clearance::Text;
use clearance::event::{ActionKind, OfficerAction};
use clearance::keys::{OrderKey, Time};
use clearance::sample::{self, Numbers, Person, Trade};
use ledger::AccountKind;
use server::Window;
use server::clock::Clock;
use server::pipeline::MessageAnswer;
use server::window::OpenError;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use store::Control;
use store::faulty::{Faulty, Rates};
use store::postgres::{self, PostgresStore};
use store::sqlite::{Options, SqliteStore};
use store::{Cursor, MasterKey, Read, Store, StoreError};

const YEARLY: i64 = 2_600_000;
const HOUR: i64 = 3_600_000;
const SECOND: i64 = 1_000;

/// What the auditor remembers of a trade.
struct Play {
    trade: Trade,
    key: OrderKey,
    /// Order, payment, waybill, declaration: whether accepted.
    accepted: [bool; 4],
    /// The rule a false document must be refused by.
    falsified: Option<&'static str>,
    person: usize,
    /// Goods and freight, fen.
    value: i64,
    arrived: bool,
    /// An officer or the sender ended it.
    ended_by_hand: bool,
    given_back: bool,
    paid: bool,
}

struct Said {
    sender: Text,
    bytes: Bytes,
    documents: Vec<(u64, i32)>,
}

/// Where a life is kept.
trait Place {
    type Store: Store;
    /// Opens it, as after a restart.
    async fn open(&self) -> Result<(Self::Store, Control), StoreError>;
    /// What is wrong with what is kept, once it is closed.
    async fn faults(&self) -> Vec<String>;
}

/// A data folder.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let shared_memory = Path::new("/dev/shm");
        Self(if shared_memory.is_dir() {
            tempfile::tempdir_in(shared_memory).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        })
    }
    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }
}

impl Place for Folder {
    type Store = SqliteStore;
    async fn open(&self) -> Result<(SqliteStore, Control), StoreError> {
        server::window::embedded(&self.data(), &Options::default(), &mut |_| {})
    }
    async fn faults(&self) -> Vec<String> {
        let data = self.data();
        let key = MasterKey::default_path(&data);
        let report = loop {
            match store::sqlite::verify::verify(&data, &key, &mut |_| {}) {
                // A process that another test starts has our files open for a moment, and so the lock.
                Err(StoreError::Locked { .. }) => tokio::time::sleep(Duration::from_millis(1)).await,
                report => break report.unwrap(),
            }
        };
        report.faults.iter().map(|fault| format!("{fault:?}")).collect()
    }
}

/// A database; the master key lies in a folder.
struct Database {
    /// Kept as long as its key is needed.
    _folder: Folder,
    options: postgres::Options,
}

impl Place for Database {
    type Store = PostgresStore;
    async fn open(&self) -> Result<(PostgresStore, Control), StoreError> {
        let control = Control::connect(&self.options).await?;
        Ok((PostgresStore::open(self.options.clone()).await?, control))
    }
    async fn faults(&self) -> Vec<String> {
        let read = postgres::PostgresRead::open(&self.options).await.unwrap();
        let report = postgres::verify::verify(&read, &mut |_| {}).await.unwrap();
        let derived =
            server::derive::derive(&read.into(), clearance::decide::decide, &mut |_| {}).await.unwrap();
        let faults = report.faults.iter().chain(&derived.faults);
        faults.map(|fault| format!("{fault:?}")).collect()
    }
}

struct Life<P: Place> {
    seed: u64,
    draw: Numbers,
    place: P,
    clock: Clock,
    window: Option<(Window, std::thread::JoinHandle<()>)>,
    plays: Vec<Play>,
    shipments: Vec<exports::Shipment>,
    said: Vec<Said>,
    actions: u64,
    openings: u64,
}

fn fen(decimal: &Decimal) -> i64 {
    let text = decimal.to_string();
    let (whole, places) = text.split_once('.').unwrap_or((text.as_str(), ""));
    let places: String = places.chars().chain("00".chars()).take(2).collect();
    whole.parse::<i64>().unwrap() * 100 + places.parse::<i64>().unwrap()
}

/// A trade of one buyer at a price near the single limit.
fn trade(seed: u64, number: u64, person: &Person, draw: &mut Numbers) -> Trade {
    crate::support::trade_of(seed, number, person, 3_000 + draw.below(1_900) as i64)
}

impl<P: Place> Life<P> {
    async fn begin(seed: u64, place: P) -> Self {
        let mut draw = Numbers::new(seed, 0x51);
        let persons = [Person::new(seed * 2 + 1), Person::new(seed * 2 + 2)];
        let plays = (0..12)
            .map(|number| {
                let person = draw.below(2) as usize;
                let mut trade = trade(seed, number, &persons[person], &mut draw);
                let falsified = match draw.below(12) {
                    0 => {
                        trade.payment.amount_paid = Decimal::from_whole(1);
                        Some("paid-amount-differs")
                    }
                    1 => {
                        trade.declaration.lines[0].country = "110".into();
                        Some("line-country-differs")
                    }
                    _ => None,
                };
                let head = &trade.declaration.head;
                Play {
                    key: OrderKey::new(&head.ebp_code, &head.order_no),
                    value: fen(&trade.declaration.lines[0].total_price) + fen(&head.freight),
                    accepted: [false; 4],
                    falsified,
                    person,
                    arrived: false,
                    ended_by_hand: false,
                    given_back: false,
                    paid: false,
                    trade,
                }
            })
            .collect();
        let mut life = Self {
            seed,
            draw,
            place,
            clock: Clock::simulated(NOW),
            window: None,
            plays,
            shipments: exports::shipments(seed),
            said: Vec::new(),
            actions: 0,
            openings: 0,
        };
        life.open().await;
        let filings = sample::filings();
        while filings.iter().any(|filing| life.window().filing(&filing.code).is_none()) {
            life.failed().await;
            life.window().file_all(filings.clone(), "simulator").await;
        }
        life
    }

    async fn open(&mut self) {
        self.openings += 1;
        let (store, control) = loop {
            match self.place.open().await {
                Ok(opened) => break opened,
                // The writer that failed is not yet gone.
                Err(StoreError::Locked { .. }) => tokio::time::sleep(Duration::from_micros(200)).await,
                Err(error) => panic!("seed {}: {error}", self.seed),
            }
        };
        let rates =
            Rates { lost: 150, unknown: 100, unknown_done: 100, failed: 4, failed_done: 4, failed_later: 4 };
        let store = Faulty::new(store, rates, self.seed ^ (self.openings << 32));
        let failed = |error: StoreError| assert!(store::faulty::is_injected(&error), "{error}");
        match Window::open(store, control, self.clock.clone(), failed).await {
            // The draw of a life is always the same: what a seed meets does not depend on the run.
            Ok((window, writer)) => {
                let drawn = window.reference().sampling_seed.number > 1;
                if drawn || window.draw_with([7; 32], "test").await.is_ok() {
                    self.window = Some((window, writer));
                } else {
                    drop(window);
                    writer.join().unwrap();
                    Box::pin(self.open()).await;
                }
            }
            // Its first rows failed.
            Err(OpenError::Ended) => Box::pin(self.open()).await,
            Err(error) => panic!("seed {}: {error}", self.seed),
        }
    }

    /// Whether the store failed, which ends the writer; then it is opened again, as an operator would.
    async fn failed(&mut self) -> bool {
        let ended = self.window.as_ref().is_some_and(|(_, writer)| writer.is_finished());
        if ended {
            self.restart().await;
        }
        ended
    }

    async fn restart(&mut self) {
        let (window, writer) = self.window.take().unwrap();
        drop(window);
        writer.join().unwrap();
        self.open().await;
    }

    fn window(&self) -> &Window {
        &self.window.as_ref().unwrap().0
    }

    /// Everything that follows from the last step is done.
    async fn quiet(&mut self) {
        while !self.window().read.follows(1).await.unwrap().is_empty() {
            self.failed().await;
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }

    /// Sends until it is answered: whoever gets no answer sends the same again.
    async fn until_answered(&mut self, sender: &Text, bytes: &Bytes) -> MessageAnswer {
        loop {
            match self.window().send(bytes, sender).await {
                Some(answer) => {
                    self.quiet().await;
                    return answer;
                }
                None => self.restart().await,
            }
        }
    }

    async fn send(&mut self, sender: &Text, bytes: Bytes) -> MessageAnswer {
        let answer = self.until_answered(sender, &bytes).await;
        let documents =
            answer.documents.iter().map(|one| (one.position.sequence, one.answer.status)).collect();
        self.said.push(Said { sender: sender.clone(), bytes, documents });
        answer
    }

    async fn state(&self, play: usize) -> Option<u16> {
        let found = self.window().read.consignment(&self.plays[play].key).await.unwrap();
        found.and_then(|found| found.attempt.as_ref().map(|attempt| attempt.state.number()))
    }

    /// What a buyer has used and has under way, by the auditor's own reckoning.
    async fn used(&self, person: usize) -> i64 {
        let mut used = 0;
        for index in 0..self.plays.len() {
            if self.plays[index].person == person
                && takes(self.state(index).await)
                && !self.plays[index].given_back
            {
                used += self.plays[index].value;
            }
        }
        used
    }

    async fn step(&mut self) {
        if self.draw.below(3) == 0 {
            return self.export_step().await;
        }
        let play = self.draw.below(self.plays.len() as u64) as usize;
        match self.draw.below(100) {
            0..=42 => self.document(play).await,
            43..=46 => self.change(play).await,
            47..=50 => self.orders_together(play).await,
            51..=54 => self.declare_anew(play).await,
            55..=61 => self.again().await,
            62..=65 => self.cut_off(play).await,
            66..=75 => self.arrival(play).await,
            76..=85 => self.officer().await,
            86..=87 => self.cancellation(play).await,
            88..=90 => self.goods_back(play).await,
            91..=97 => {
                let hours = 1 + self.draw.below(9) as i64;
                self.pass(hours).await;
            }
            _ => self.restart().await,
        }
    }

    async fn document(&mut self, play: usize) {
        let which = self.draw.below(4) as usize;
        if self.plays[play].accepted[which] {
            return;
        }
        let (sender, document) = self.plays[play].trade.documents()[which].clone();
        let message = sample::message(&sender, vec![document]);
        let (person, value) = (self.plays[play].person, self.plays[play].value);
        let before = self.used(person).await;
        let answer = self.send(&sender, ceb::write(&message, Style::Prefixed).into()).await;
        let answered = &answer.documents[0];
        let status = answered.answer.status;
        self.plays[play].accepted[which] = status > 0;
        if which == 3 {
            let over = before + value > YEARLY;
            let words: Vec<&str> =
                answered.answer.findings.iter().map(|finding| finding.reason.word()).collect();
            let refused = words.contains(&"annual-limit") || words.contains(&"annual-limit-used");
            assert_eq!(over, refused, "seed {}: {before} + {value}, {status} {words:?}", self.seed);
        } else {
            assert!(status > 0, "seed {}: {status} {:?}", self.seed, answered.answer.findings);
        }
    }

    /// Several orders of one platform in one message, each with its own answer.
    async fn orders_together(&mut self, play: usize) {
        let platform = self.plays[play].trade.order.head.ebp_code.clone();
        let wanted = |play: &Play| !play.accepted[0] && play.trade.order.head.ebp_code == platform;
        let which: Vec<usize> =
            (0..self.plays.len()).filter(|index| wanted(&self.plays[*index])).take(4).collect();
        if which.is_empty() {
            return;
        }
        let order = |index: &usize| Document::Order(self.plays[*index].trade.order.clone());
        let message = sample::message(&platform, which.iter().map(order).collect());
        let answer = self.send(&platform, ceb::write(&message, Style::Prefixed).into()).await;
        assert_eq!(answer.documents.len(), which.len(), "seed {}", self.seed);
        for (index, answered) in which.into_iter().zip(answer.documents) {
            assert!(answered.answer.status > 0, "seed {}: {:?}", self.seed, answered.answer.findings);
            self.plays[index].accepted[0] = true;
        }
    }

    /// An order or payment is changed or deleted: free until a list is declared on it and after one was rejected.
    async fn change(&mut self, play: usize) {
        let which = self.draw.below(2) as usize;
        if !self.plays[play].accepted[which] {
            return;
        }
        let state = self.state(play).await;
        let deletes = !matches!(state, Some(100 | 700 | 1399)) && self.draw.below(3) == 0;
        let operation = if deletes { "3" } else { "2" };
        self.actions += 1;
        let time = sample::stamp(Time(self.clock.now().0 + HOUR / 2 + self.actions as i64 * SECOND));
        let mut trade = self.plays[play].trade.clone();
        let corrects = which == 1 && self.plays[play].falsified == Some("paid-amount-differs");
        if which == 0 {
            trade.order.head.app_type = operation.into();
            trade.order.head.app_time = time;
        } else {
            trade.payment.app_type = operation.into();
            trade.payment.app_time = time;
            if corrects {
                trade.payment.amount_paid = trade.order.head.actural_paid;
            }
        }
        let (sender, document) = trade.documents()[which].clone();
        let message = sample::message(&sender, vec![document]);
        let answer = self.send(&sender, ceb::write(&message, Style::Prefixed).into()).await;
        let answered = &answer.documents[0].answer;
        let free = matches!(state, None | Some(100 | 700 | 1399));
        let taken = answered.status > 0 && answered.status != 100;
        assert_eq!(taken, free, "seed {}: {state:?} {:?}", self.seed, answered.findings);
        if !free {
            // Refused, and nowhere kept: sent again, it is judged again.
            if let Some(said) = self.said.last_mut() {
                said.documents[0].1 = -1;
            }
            return;
        }
        trade.order.head.app_type = "1".into();
        trade.payment.app_type = "1".into();
        let play = &mut self.plays[play];
        play.trade = trade;
        if deletes {
            play.accepted[which] = false;
            // Deleted and sent anew is another document.
            let later =
                sample::stamp(Time(self.clock.now().0 + HOUR / 2 + (self.actions as i64 + 1) * SECOND));
            if which == 0 {
                play.trade.order.head.app_time = later;
            } else {
                play.trade.payment.app_time = later;
            }
            self.actions += 1;
        }
        if corrects {
            play.falsified = None;
            // What was rejected for it stays so until it is declared anew.
            play.ended_by_hand |= state == Some(100);
        }
    }

    /// A list that was rejected or sent back is declared anew: a later attempt on the same order.
    async fn declare_anew(&mut self, play: usize) {
        let state = self.state(play).await;
        if !matches!(state, Some(100 | 700)) {
            return;
        }
        let mut declaration = self.plays[play].trade.declaration.clone();
        declaration.head.app_time = sample::stamp(Time(self.clock.now().0 + HOUR / 2));
        self.plays[play].trade.declaration = declaration.clone();
        let (person, value) = (self.plays[play].person, self.plays[play].value);
        let before = self.used(person).await;
        let sender = declaration.head.agent_code.clone();
        let message = sample::message(&sender, vec![Document::Declaration(declaration)]);
        let answer = self.send(&sender, ceb::write(&message, Style::Prefixed).into()).await;
        let answered = &answer.documents[0];
        let words: Vec<&str> = answered.answer.findings.iter().map(|one| one.reason.word()).collect();
        let refused = words.contains(&"annual-limit") || words.contains(&"annual-limit-used");
        assert_eq!(before + value > YEARLY, refused, "seed {}: {before} + {value}, {words:?}", self.seed);
        if answered.answer.status > 0 {
            self.plays[play].ended_by_hand = false;
        }
    }

    /// Bills are due: some are paid.
    async fn settle(&mut self) {
        for _ in 0..5 {
            self.pass(8 * 24).await;
        }
        for play in 0..self.plays.len() {
            let state = self.state(play).await;
            let released = matches!(state, Some(800 | 899));
            let found = self.window().read.consignment(&self.plays[play].key).await.unwrap();
            // Thirty days have passed: nobody's parcel is waited for any more, but where a cancellation is to be decided first.
            let cancelling = found.as_ref().and_then(|found| found.cancellation.as_ref());
            let cancelling = cancelling.is_some_and(|file| file.filed.status == 2);
            assert!(state != Some(120) || cancelling, "seed {}: trade {play} waits for ever", self.seed);
            let bill =
                found.and_then(|found| found.attempt.as_ref().and_then(|attempt| attempt.bill.clone()));
            assert_eq!(bill.is_some(), released, "seed {}: a bill is of what was released", self.seed);
            let Some(bill) = bill else { continue };
            let owes = !self.plays[play].given_back;
            if owes {
                assert_eq!((bill.status, bill.paid), (2, false), "seed {}: day 31 has passed", self.seed);
            }
            if owes && self.draw.below(2) == 0 {
                assert!(self.act(play, ActionKind::PayBill, false).await >= 0, "seed {}", self.seed);
                self.plays[play].paid = true;
                assert!(
                    self.act(play, ActionKind::PayBill, false).await < 0,
                    "seed {}: paid once",
                    self.seed
                );
            }
        }
    }

    /// The same bytes get the same rows and answers.
    async fn again(&mut self) {
        if self.said.is_empty() {
            return;
        }
        let which = self.draw.below(self.said.len() as u64) as usize;
        let (sender, bytes) = (self.said[which].sender.clone(), self.said[which].bytes.clone());
        let first = self.said[which].documents.clone();
        let answer = self.until_answered(&sender, &bytes).await;
        for (one, (position, status)) in answer.documents.iter().zip(first) {
            if status > 0 {
                let again = (one.position.sequence, one.answer.status, one.repeated);
                assert_eq!(again, (position, status, true), "seed {}", self.seed);
            }
        }
    }

    async fn cut_off(&mut self, play: usize) {
        let (sender, document) = self.plays[play].trade.documents()[3].clone();
        let bytes = ceb::write(&sample::message(&sender, vec![document]), Style::Prefixed);
        let length = 1 + self.draw.below(bytes.len() as u64 - 30) as usize;
        let answer = self.send(&sender, Bytes::copy_from_slice(&bytes[..length])).await;
        assert!(answer.message.refusal.is_some(), "seed {}: a cut message is refused", self.seed);
    }

    async fn arrival(&mut self, play: usize) {
        let arrival = Trade::arrival(self.seed, &[&self.plays[play].trade], NOW).unwrap();
        let sender = arrival.head.operator_code.clone();
        let bytes = ceb::write(&sample::message(&sender, vec![Document::Arrival(arrival)]), Style::Prefixed);
        let answer = self.send(&sender, bytes.into()).await;
        assert_eq!(answer.documents[0].answer.status, 399, "seed {}", self.seed);
        self.plays[play].arrived = true;
    }

    async fn act(&mut self, play: usize, kind: ActionKind, stale: bool) -> i32 {
        let key = self.plays[play].key.clone();
        let version = self.window().read.consignment(&key).await.unwrap().map_or(0, |found| found.version);
        self.actions += 1;
        let action = OfficerAction {
            id: format!("a{}", self.actions).into(),
            officer: "auditor".into(),
            party: "8620000001".into(),
            order: key,
            version: if stale { version.saturating_sub(1) } else { version },
            kind,
            text: "样例".into(),
        };
        loop {
            match self.window().pipeline.action(action.clone()).await {
                Some(answer) => {
                    self.quiet().await;
                    return answer.answer.status;
                }
                None => self.restart().await,
            }
        }
    }

    /// An officer decides on one of those that may wait for him.
    async fn officer(&mut self) {
        let mut waiting = Vec::new();
        for play in 0..self.plays.len() {
            if let Some(state) = self.state(play).await
                && !matches!(state, 2 | 100 | 700 | 899 | 1399)
            {
                waiting.push((play, state));
            }
        }
        if waiting.is_empty() {
            return;
        }
        // More often one that is at his desk: most are not.
        let desk = |(_, state): &(usize, u16)| matches!(state, 300 | 500 | 600);
        if self.draw.below(3) > 0 && waiting.iter().any(desk) {
            waiting.retain(desk);
        }
        let (play, state) = waiting[self.draw.below(waiting.len() as u64) as usize];
        SEEN.lock().unwrap().insert(state);
        let stale = self.draw.below(4) == 0;
        let detention = ActionKind::Detain { status: [501, 502, 503, 599][self.draw.below(4) as usize] };
        let (kind, ends) = match (state, self.draw.below(8)) {
            (300, 0) => (ActionKind::Inspect, false),
            (300, 1) | (500, 0) | (600, 0) => (ActionKind::Reject, true),
            (300 | 500, 2 | 6 | 7) => (detention, false),
            (300 | 500, 3) => (ActionKind::Conclude, false),
            (300, _) => (ActionKind::Approve, false),
            (500 | 600, 1) | (399 | 501..=503 | 599, 0) => (ActionKind::ReExport, true),
            (500, _) => (ActionKind::InspectionResult { passed: true }, false),
            (399, _) => (ActionKind::Release, false),
            (600 | 501..=503 | 599, _) => (ActionKind::Resume, false),
            (120, 0..=3) => (ActionKind::Inspect, false),
            (120, 4) => (ActionKind::Release, false),
            (120, _) => (ActionKind::Suspend, false),
            (800, 0) if !self.plays[play].given_back => (ActionKind::Close, false),
            // Not allowed here: the answer must be no.
            _ => {
                assert!(self.act(play, ActionKind::Resume, false).await < 0, "seed {}: {state}", self.seed);
                return;
            }
        };
        let status = self.act(play, kind, stale).await;
        if stale {
            assert!(status < 0, "seed {}: a stale version decides nothing", self.seed);
            assert_eq!(self.state(play).await, Some(state), "seed {}", self.seed);
        } else {
            assert!(status > 0, "seed {}: {state}", self.seed);
            self.plays[play].ended_by_hand |= ends;
            let now = self.state(play).await;
            SEEN.lock().unwrap().extend(now);
        }
    }

    async fn entry(&self, play: usize) -> Option<Text> {
        let found = self.window().read.consignment(&self.plays[play].key).await.unwrap()?;
        found.attempt.as_ref()?.invt_no.clone()
    }

    async fn cancellation(&mut self, play: usize) {
        let (Some(number), Some(state)) = (self.entry(play).await, self.state(play).await) else { return };
        let cancellation = self.plays[play].trade.cancellation(&number, self.clock.now());
        let sender = cancellation.agent_code.clone();
        let bytes = ceb::write(
            &sample::message(&sender, vec![Document::Cancellation(cancellation)]),
            Style::Prefixed,
        );
        let answer = self.send(&sender, bytes.into()).await;
        let answered = &answer.documents[0];
        if answered.repeated && self.state(play).await == Some(state) {
            // The same application within the same instant: its first answer, and nothing happens. (Repeated and
            // done is one whose answer the failing store swallowed.)
            return;
        }
        let status = answered.answer.status;
        let open = matches!(state, 120 | 300);
        // A second application, or one out of time, is refused; which it is does not matter for the reckoning.
        assert!(open || status < 0, "seed {}: cancelled in state {state}", self.seed);
        self.plays[play].ended_by_hand |= status == 399;
    }

    /// A whole purchase goes back: applied for, approved, received.
    async fn goods_back(&mut self, play: usize) {
        if self.state(play).await != Some(800) || self.plays[play].given_back {
            return;
        }
        let Some(number) = self.entry(play).await else { return };
        let all = [(0, self.plays[play].trade.declaration.lines[0].qty)];
        let application = self.plays[play].trade.return_goods(&number, &all, self.clock.now());
        let sender = application.head.agent_code.clone();
        let bytes =
            ceb::write(&sample::message(&sender, vec![Document::Return(application)]), Style::Prefixed);
        let status = self.send(&sender, bytes.into()).await.documents[0].answer.status;
        assert_eq!(status, 120, "seed {}", self.seed);
        assert!(self.act(play, ActionKind::ReceiveReturn { number: 1 }, false).await < 0, "not approved yet");
        assert!(self.act(play, ActionKind::ApproveReturn { number: 1 }, false).await > 0);
        assert!(self.act(play, ActionKind::ReceiveReturn { number: 1 }, false).await > 0);
        self.plays[play].given_back = true;
    }

    async fn pass(&mut self, hours: i64) {
        self.clock.set(Time(self.clock.now().0 + hours * HOUR));
        loop {
            let window = self.window();
            while server::worker::fire(&window.pipeline, &window.read, &self.clock).await > 0 {}
            self.quiet().await;
            self.failed().await;
            if self.window().read.due(self.clock.now(), 1).await.unwrap().is_empty() {
                break;
            }
        }
    }

    async fn audit(&self) {
        let seed = self.seed;
        let read = &self.window().read;
        let mut quota = BTreeMap::from([(0, (0, 0)), (1, (0, 0))]);
        let mut guarantee: BTreeMap<Text, (i64, i64)> = BTreeMap::new();
        let mut owed: BTreeMap<Text, i64> = BTreeMap::new();
        for (index, play) in self.plays.iter().enumerate() {
            let state = self.state(index).await;
            SEEN.lock().unwrap().extend(state);
            let [order, payment, waybill, declared] = play.accepted;
            let found = read.consignment(&play.key).await.unwrap();
            let attempt = found.as_ref().and_then(|found| found.attempt.as_ref());
            let words: Vec<&str> = attempt
                .iter()
                .flat_map(|attempt| &attempt.findings)
                .map(|finding| finding.reason.word())
                .collect();
            match (declared, order && payment && waybill, play.falsified) {
                (false, ..) => assert_eq!(state, None, "seed {seed} trade {index}"),
                (true, false, _) => {
                    assert_eq!(state, Some(100), "seed {seed} trade {index}: partners never came");
                    let missing = ["order-missing", "payment-missing", "waybill-missing", "annual-limit"];
                    assert!(words.iter().any(|word| missing.contains(word)), "seed {seed}: {words:?}");
                }
                (true, true, Some(rule)) => {
                    assert_eq!(state, Some(100), "seed {seed} trade {index}: {rule}");
                    let other = ["annual-limit", "order-missing", "payment-missing", "waybill-missing"];
                    let said = words.contains(&rule) || words.iter().any(|word| other.contains(word));
                    assert!(said, "seed {seed} trade {index}: {words:?}");
                }
                (true, true, None) => {
                    let known = takes(state) || matches!(state, Some(100 | 700 | 1399));
                    assert!(known && state != Some(2), "seed {seed} trade {index}: {state:?}");
                    if matches!(state, Some(800 | 899)) {
                        assert!(play.arrived, "seed {seed} trade {index}: released before its arrival");
                    }
                    if state == Some(100) && !play.ended_by_hand {
                        let late = ["annual-limit", "order-missing", "payment-missing", "waybill-missing"];
                        let never_came = words == ["arrival-missing"] && !play.arrived;
                        let said = never_came || words.iter().any(|word| late.contains(word));
                        assert!(said, "seed {seed} trade {index}: {words:?}");
                    }
                }
            }
            if takes(state) && !play.given_back {
                let tax = attempt.unwrap().assessment.as_ref().unwrap().total();
                let guarantor = guarantee.entry(play.trade.declaration.head.assure_code.clone()).or_default();
                let person = quota.get_mut(&play.person).unwrap();
                if matches!(state, Some(800 | 899)) {
                    person.0 += play.value;
                    if !play.paid {
                        guarantor.0 += tax;
                        *owed.entry(play.trade.declaration.head.agent_code.clone()).or_default() += tax;
                    }
                } else {
                    person.1 += play.value;
                    guarantor.1 += tax;
                }
            }
        }
        for (posted, held) in quota.values() {
            assert!(posted + held <= YEARLY, "seed {seed}: {posted} + {held}");
        }
        for (kind, own) in [
            (AccountKind::Quota, quota.into_values().collect::<Vec<_>>()),
            (AccountKind::Guarantee, guarantee.into_values().collect()),
            (AccountKind::PayableTax, owed.into_values().map(|owed| (owed, 0)).collect()),
        ] {
            let theirs = read.accounts(kind, "", 100).await.unwrap();
            let mut theirs: Vec<(i64, i64)> =
                theirs.iter().map(|(_, balance)| (balance.posted, balance.held)).collect();
            let mut own = own;
            own.retain(|pair| *pair != (0, 0));
            theirs.retain(|pair| *pair != (0, 0));
            own.sort_unstable();
            theirs.sort_unstable();
            assert_eq!(own, theirs, "seed {seed}: {}", kind.word());
        }
        self.receipts().await;
        self.audit_exports().await;
    }

    /// Which receipt may follow which on one declaration, from the meaning of the states (SPEC §6): nothing twice,
    /// nothing out of order.
    async fn receipts(&self) {
        let follows = |before: i32| -> &'static [i32] {
            match before {
                0 => &[2],
                2 => &[100, 120],
                120 => &[100, 120, 300, 500, 600, 800],
                300 => &[100, 120, 399, 500, 501, 502, 503, 599, 600, 800],
                399 => &[700, 800],
                500 => &[100, 120, 300, 399, 501, 502, 503, 599, 600, 700, 800],
                501..=503 | 599 => &[300, 700],
                600 => &[100, 300, 700],
                800 => &[899],
                // A new attempt.
                100 | 700 => &[2],
                _ => &[],
            }
        };
        for filing in sample::filings() {
            let (rows, _) =
                self.window().read.receipts(&filing.exchange_ids, &Cursor::default(), 100_000).await.unwrap();
            let mut places = BTreeSet::new();
            let mut last: BTreeMap<Text, (Time, i32)> = BTreeMap::new();
            for row in rows {
                assert!(places.insert((row.position.sequence, row.index)), "seed {}: twice", self.seed);
                let Document::DeclarationReceipt(receipt) = &*row.receipt.document else { continue };
                if row.receipt.status < 0 {
                    continue;
                }
                let (time, before) = last.get(&receipt.cop_no).copied().unwrap_or((Time(0), 0));
                assert!(row.receipt.time > time, "seed {}: {} runs backwards", self.seed, receipt.cop_no);
                let status = row.receipt.status;
                assert!(follows(before).contains(&status), "seed {}: {status} after {before}", self.seed);
                last.insert(receipt.cop_no.clone(), (row.receipt.time, status));
            }
        }
    }
}

/// Whether a declaration in a state takes of its buyer's limit: from declaring until it ends without release.
fn takes(state: Option<u16>) -> bool {
    matches!(state, Some(2 | 120 | 300 | 399 | 500..=503 | 599 | 600 | 800 | 899))
}

/// States that declarations stood in after an officer's action or when the auditor came: a simulator that never gets somewhere proves nothing of it.
static SEEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

async fn live(seed: u64, place: impl Place) {
    let mut life = Life::begin(seed, place).await;
    // One in three is of exports.
    for _ in 0..105 {
        life.step().await;
    }
    // Whoever waits for partners has waited long enough.
    life.pass(80).await;
    life.audit().await;
    life.settle().await;
    life.audit().await;
    life.restart().await;
    life.audit().await;
    let (window, writer) = life.window.take().unwrap();
    // Whatever was lost, unknown and judged again: each decision follows from the rows before it, and from nothing else.
    let derived = server::derive::derive(&window.read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert!(derived.different == 0 && derived.events > 0, "seed {seed}: {derived:?}");
    drop(window);
    writer.join().unwrap();
    let faults = life.place.faults().await;
    assert!(faults.is_empty(), "seed {seed}: {faults:?}");
}

#[test]
fn lives_add_up() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("ONEWINDOW_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..number("ONEWINDOW_SEEDS").unwrap_or(200) + 1,
    };
    let many = seeds.end - seeds.start >= 200;
    let next = std::sync::atomic::AtomicU64::new(seeds.start);
    std::thread::scope(|scope| {
        // A life waits for its own threads half of the time.
        for _ in 0..2 * std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    if seed >= seeds.end {
                        break;
                    }
                    runtime.block_on(live(seed, Folder::new()));
                    if seed.is_multiple_of(500) {
                        // Past what tests keep to themselves: whoever waits for hours sees how far it is.
                        let _ = writeln!(std::io::stderr(), "{seed} of {} lives", seeds.end - 1);
                    }
                }
            });
        }
    });
    let seen = SEEN.lock().unwrap();
    let all = [100, 120, 300, 399, 500, 501, 502, 503, 599, 600, 700, 800, 899, 1399];
    assert!(!many || all.iter().all(|state| seen.contains(state)), "only {seen:?}");
    if many {
        exports::everywhere();
    }
}

/// The same lives on PostgreSQL: fewer, as each takes longer.
#[test]
fn lives_add_up_on_postgres() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("ONEWINDOW_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..number("ONEWINDOW_DATABASE_SEEDS").unwrap_or(20) + 1,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for seed in seeds {
        let Some(address) = crate::support::database::database() else { return };
        let folder = Folder::new();
        let mut options = postgres::Options::new(&address, folder.0.path().join("space.key"));
        // It is over at once: the next to open is the same writer, as when a process is started again in time.
        options.lease = Duration::from_millis(1);
        runtime.block_on(async {
            postgres::schema::migrate(&options).await.unwrap();
            live(seed, Database { _folder: folder, options }).await;
        });
    }
}
