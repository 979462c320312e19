//! One day on every set-up: the same documents, arrivals, cancellations and returns come to the same on a data folder, on one
//! server on PostgreSQL and on two of them.
//!
//! Told twice: with one step after another, in an order that mixes all trades, and with all of them at once. In turns
//! everything is compared. At once it is left to chance which of the buyer's lists get what is left of his year and which are
//! refused; his lists are alike, so that what becomes of all of them together must not be. Nor is it compared then what each
//! document was answered: a list that comes last is answered with what the match said, one that comes first is not.

mod day;

use crate::support::{NOW, SetUp, Zone, database::database, even};
use ceb::{Document, Style};
use clearance::Text;
use clearance::event::{ActionKind, OfficerAction};
use clearance::keys::{OrderKey, Time};
use clearance::outcome::Answer;
use clearance::sample::{self, Numbers};
use day::{COURSES, FITTING, LISTS, OTHERS, Plan, SEED, Step, VALUE};
use ledger::AccountKind;
use serde_json::{Value, json};
use server::Window;
use std::collections::BTreeMap;
use store::Read;

const DAY: i64 = 86_400_000;
/// What a buyer may take in a year, fen.
const YEARLY: i64 = 2_600_000;
const OFFICE: &str = "8620000001";

/// What is said of findings: the rule, the values it compared and its arithmetic. Numbers that a window gives are its own.
fn reasons(answer: &Answer) -> Vec<String> {
    let one = |finding: &clearance::Finding| {
        let given = |path: &str| path.ends_with("invtNo") || path.ends_with("preNo");
        let values: Vec<String> = finding
            .fields
            .iter()
            .filter(|field| !given(&field.path))
            .map(|field| format!("{}={}", field.path, field.value))
            .collect();
        format!("{} {values:?} {:?}", finding.reason.word(), finding.arithmetic)
    };
    answer.findings.iter().map(one).collect()
}

/// Sends a document; whether it was known, and what was answered.
async fn send(window: &Window, sender: &Text, document: Document) -> (bool, String) {
    let bytes = ceb::write(&sample::message(sender, vec![document]), Style::Prefixed);
    let answer = window.send(&bytes.into(), sender).await.expect("an answer");
    let answered = &answer.documents[0];
    (answered.repeated, format!("{} {:?}", answered.answer.status, reasons(&answered.answer)))
}

async fn act(window: &Window, order: &OrderKey, kind: ActionKind) -> String {
    let version = window.read.consignment(order).await.unwrap().map_or(0, |found| found.version);
    let word = kind.word();
    let action = OfficerAction {
        id: format!("{word} {}", order.order_no).into(),
        officer: "officer".into(),
        party: OFFICE.into(),
        order: order.clone(),
        version,
        kind,
        text: "样例".into(),
    };
    let answered = window.pipeline.action(action).await.expect("an answer");
    format!("{word}: {} {:?}", answered.answer.status, reasons(&answered.answer))
}

/// The number under which a list was taken.
async fn entry(window: &Window, order: &OrderKey) -> Text {
    let found = window.read.consignment(order).await.unwrap();
    let number = found.and_then(|found| found.attempt.as_ref()?.invt_no.clone());
    number.unwrap_or_else(|| panic!("{} was not taken", order.order_no))
}

/// Takes a step at the server whose turn it is, and what follows on it at the next; says what was answered.
async fn take(windows: &[Window], turn: usize, plan: &Plan, step: Step) -> Vec<String> {
    let (one, next) = (&windows[turn % windows.len()], &windows[(turn + 1) % windows.len()]);
    let (trade, key) = (&plan.trade, plan.key());
    match step {
        Step::Document(which) => {
            let (sender, document) = trade.documents()[which].clone();
            let (_, first) = send(one, &sender, document.clone()).await;
            // The same again, at another server: its first answer, if it was taken.
            let (repeated, again) = send(next, &sender, document).await;
            assert!(first == again && repeated != first.starts_with('-'), "{first}, then {again}");
            vec![first]
        }
        Step::Arrival => {
            let arrival = plan.arrival();
            let sender = arrival.head.operator_code.clone();
            vec![send(one, &sender, Document::Arrival(arrival)).await.1]
        }
        Step::Cancellation => {
            let cancellation = trade.cancellation(&entry(one, &key).await, NOW);
            let sender = cancellation.agent_code.clone();
            vec![send(next, &sender, Document::Cancellation(cancellation)).await.1]
        }
        Step::Return => {
            let first_line = [(0, trade.declaration.lines[0].qty)];
            let application = trade.return_goods(&entry(one, &key).await, &first_line, NOW);
            let sender = application.head.agent_code.clone();
            vec![
                send(one, &sender, Document::Return(application)).await.1,
                act(next, &key, ActionKind::ApproveReturn { number: 1 }).await,
                act(one, &key, ActionKind::ReceiveReturn { number: 1 }).await,
            ]
        }
    }
}

/// A zone with all its servers.
struct Place {
    zone: Zone,
    windows: Vec<Window>,
}

impl Place {
    async fn begin(set_up: SetUp) -> Self {
        let (zone, windows) = Zone::of(set_up).await;
        let place = Self { zone, windows };
        place.quiet().await;
        place
    }

    /// Waits until every server knows what is in force, and what follows from what was sent is done.
    async fn quiet(&self) {
        for window in &self.windows {
            even(window).await;
        }
    }

    fn pass(&self, milliseconds: i64) {
        let clock = &self.zone.clock;
        clock.set(Time(clock.now().0 + milliseconds));
    }

    /// The day, one step after another; all answers.
    async fn in_turns(&self, day: &[Plan]) -> Vec<Vec<String>> {
        let mut draw = Numbers::new(SEED, 1);
        let mut left: Vec<(&Plan, Vec<Step>)> =
            day.iter().map(|plan| (plan, plan.steps(&mut draw))).collect();
        let mut answers = Vec::new();
        while !left.is_empty() {
            let at = draw.below(left.len() as u64) as usize;
            let (plan, step) = (left[at].0, left[at].1.remove(0));
            let answer = take(&self.windows, answers.len(), plan, step).await;
            answers.push(answer);
            if left[at].1.is_empty() {
                left.swap_remove(at);
            }
            self.quiet().await;
            // What servers commit at one time stands in the order of their numbers.
            self.pass(10);
        }
        answers
    }

    /// The day, with all documents at once, then all arrivals, then what comes after; no answers, which rest on who was first.
    async fn at_once(&self, day: &[Plan]) -> Vec<Vec<String>> {
        let mut draw = Numbers::new(SEED, 1);
        let steps: Vec<Vec<Step>> = day.iter().map(|plan| plan.steps(&mut draw)).collect();
        for phase in 0..3 {
            let of_all = day.iter().zip(&steps);
            let mut left: Vec<(&Plan, Step)> = of_all
                .flat_map(|(plan, steps)| steps.iter().map(move |step| (plan, *step)))
                .filter(|(_, step)| step.phase() == phase)
                .collect();
            let mut tasks = Vec::new();
            while !left.is_empty() {
                let (plan, step) = left.swap_remove(draw.below(left.len() as u64) as usize);
                let (windows, plan, turn) = (self.windows.clone(), plan.clone(), draw.below(2) as usize);
                tasks.push(tokio::spawn(async move { take(&windows, turn, &plan, step).await }));
            }
            for task in tasks {
                task.await.unwrap();
            }
            self.quiet().await;
        }
        Vec::new()
    }

    /// Forty days pass: whoever waited for a partner waits no more, and bills are due. All servers look at what is due.
    async fn days_pass(&self) {
        for _ in 0..5 {
            self.pass(8 * DAY);
            loop {
                let mut fired = 0;
                for window in &self.windows {
                    fired += server::worker::fire(&window.pipeline, &window.read, &window.clock).await;
                }
                self.quiet().await;
                if fired == 0 {
                    break;
                }
            }
        }
    }

    /// What it came to. `whole`: trade by trade and with all that happened to each; else the buyer's lists together.
    async fn outcome(&self, day: &[Plan], whole: bool) -> Outcome {
        let numbers = |plan: &Plan| {
            let together = plan.of_buyer && !whole;
            plan.numbers().into_iter().map(move |number| (number.to_string(), together))
        };
        let numbers: BTreeMap<String, bool> = day.iter().flat_map(numbers).collect();
        let name = |number: &str| match numbers.get(number) {
            Some(false) => number.to_owned(),
            Some(true) => "the buyer's".to_owned(),
            // A tax bill may be known by the number that the window gave the list.
            None => "given".to_owned(),
        };
        let mut outcome = Outcome::default();
        for plan in day {
            let shown = self.zone.shown(&plan.trade.order.head.ebp_code, &plan.trade).await;
            let order_no = &plan.trade.order.head.order_no;
            let mut told = told(&shown, whole);
            if plan.of_buyer && !whole {
                // Those that are refused say which they are.
                told = told.to_string().replace(order_no.as_str(), "its own").parse().unwrap();
            }
            outcome.trades.entry(name(order_no)).or_default().push(told);
        }
        for (of, statuses) in self.receipts().await {
            let [party, message, number] = of;
            let of = format!("{party} {message} {}", name(&number));
            outcome.receipts.entry(of).or_default().push(statuses);
        }
        for together in outcome.trades.values_mut() {
            together.sort_by_cached_key(Value::to_string);
        }
        outcome.receipts.values_mut().for_each(|together| together.sort());
        for kind in AccountKind::ALL {
            for (account, balance) in self.windows[0].read.accounts(kind, "", 1_000).await.unwrap() {
                // Persons have names of each window's own.
                let owner = if kind == AccountKind::Quota { Text::default() } else { account.owner };
                if balance.used() != 0 {
                    outcome.accounts.push((kind.word(), owner, balance.posted, balance.held));
                }
            }
        }
        outcome.accounts.sort();
        outcome
    }

    /// The receipts of each party, message and document, in the order of the feed: their statuses.
    async fn receipts(&self) -> BTreeMap<[String; 3], Vec<i64>> {
        let mut told: BTreeMap<[String; 3], Vec<i64>> = BTreeMap::new();
        for party in self.zone.tokens.keys() {
            let mut after = String::new();
            loop {
                let (status, page) =
                    self.zone.get(party, &format!("/v1/receipts?limit=50&after={after}")).await;
                assert_eq!(status, 200, "{page}");
                let rows = page["receipts"].as_array().unwrap();
                if rows.is_empty() {
                    break;
                }
                for row in rows {
                    let text = |name: &str| row[name].as_str().unwrap().to_owned();
                    let of = [party.clone(), text("message"), text("documentNumber")];
                    told.entry(of).or_default().push(row["status"].as_i64().unwrap());
                }
                page["cursor"].as_str().unwrap().clone_into(&mut after);
            }
        }
        told
    }
}

/// What a platform is told of a trade, without times and without the numbers that a window gives.
fn told(shown: &Value, whole: bool) -> Value {
    let picked = |from: &Value, names: &[&str]| -> Value {
        names
            .iter()
            .map(|name| ((*name).to_owned(), from[*name].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let all = |list: &Value, names: &[&str]| -> Value {
        list.as_array().into_iter().flatten().map(|one| picked(one, names)).collect()
    };
    let attempt = &shown["attempt"];
    let mut told = json!({
        "waitingFor": shown["waitingFor"],
        "attempt": picked(attempt, &["number", "state", "needsArrival", "assessment", "quota", "guarantee"]),
        "findings": all(&attempt["findings"], &["rule", "fields", "arithmetic"]),
        "bill": picked(&attempt["bill"], &["status", "owed", "paid", "overdue"]),
        "cancellation": shown["cancellation"]["status"],
        "returns": all(&shown["returns"], &["number", "state", "lines", "taxGivenBack", "quotaGivenBack"]),
    });
    if whole {
        let happened = shown["timeline"].as_array().unwrap().iter().map(|entry| {
            let mut happened = picked(entry, &["what", "message", "status", "state", "movements"]);
            happened["receipts"] = all(&entry["receipts"], &["message", "status"]);
            happened
        });
        told["timeline"] = happened.collect();
    }
    told
}

/// What a day came to.
#[derive(Default, PartialEq, Debug)]
struct Outcome {
    /// By order number, what is told of a trade.
    trades: BTreeMap<String, Vec<Value>>,
    /// By party, message and document, the statuses of its receipts in their order.
    receipts: BTreeMap<String, Vec<Vec<i64>>>,
    /// Quotas, guarantees and payable taxes: posted and held.
    accounts: Vec<(&'static str, Text, i64, i64)>,
}

impl Outcome {
    /// The day has in it what it should have, and no quota is exceeded.
    fn is_a_day(&self, set_up: SetUp) {
        let all: Vec<&Value> = self.trades.values().flatten().collect();
        assert_eq!(all.len(), LISTS + OTHERS, "{set_up:?}");
        let has = |trade: &Value, rule: &str| {
            trade["findings"].as_array().unwrap().iter().any(|finding| finding["rule"] == rule)
        };
        let count = |wanted: &dyn Fn(&Value) -> bool| all.iter().filter(|&&trade| wanted(trade)).count();
        let of_each = OTHERS / COURSES.len();
        for rule in ["paid-amount-differs", "line-country-differs", "payment-missing"] {
            assert_eq!(count(&|trade| has(trade, rule)), of_each, "{set_up:?}: {rule}");
        }
        // Rejected for what is held and used of his year together, or not taken at all for what is used of it alone.
        let over = count(&|trade| has(trade, "annual-limit") || trade["attempt"]["state"].is_null());
        assert_eq!(
            over - of_each,
            LISTS - FITTING,
            "{set_up:?}: exactly those that his year has no room for"
        );
        for state in [100, 800, 1399] {
            assert!(count(&|trade| trade["attempt"]["state"] == state) > 0, "{set_up:?}: none in {state}");
        }
        assert!(count(&|trade| !trade["returns"].as_array().unwrap().is_empty()) > 0, "{set_up:?}");
        let quotas = self.accounts.iter().filter(|(kind, ..)| *kind == AccountKind::Quota.word());
        let most = quotas.map(|(_, _, posted, held)| posted + held).max().unwrap();
        assert_eq!(most, FITTING as i64 * VALUE, "{set_up:?}: what his lists took, and not more");
        assert!(most <= YEARLY && most + VALUE > YEARLY);
    }

    /// It is the same as that of another set-up, told by parts so that a difference is found.
    fn is_as(&self, other: &Self, set_up: SetUp) {
        for (order_no, trades) in &self.trades {
            assert_eq!(Some(trades), other.trades.get(order_no), "{set_up:?}: {order_no}");
        }
        for (of, statuses) in &self.receipts {
            assert_eq!(Some(statuses), other.receipts.get(of), "{set_up:?}: {of}");
        }
        assert_eq!(self.accounts, other.accounts, "{set_up:?}");
        assert!(self == other, "{set_up:?}: something is missing");
    }
}

async fn told_on_every_set_up(in_turns: bool) {
    if database().is_none() {
        return;
    }
    let day = day::day();
    let mut first: Option<(Vec<Vec<String>>, Outcome)> = None;
    for set_up in [SetUp::Embedded, SetUp::Database, SetUp::TwoServers] {
        let place = Place::begin(set_up).await;
        let answers = if in_turns { place.in_turns(&day).await } else { place.at_once(&day).await };
        place.days_pass().await;
        let outcome = place.outcome(&day, in_turns).await;
        outcome.is_a_day(set_up);
        let Some((first_answers, first_outcome)) = &first else {
            first = Some((answers, outcome));
            continue;
        };
        for (at, (answer, wanted)) in answers.iter().zip(first_answers).enumerate() {
            assert_eq!(answer, wanted, "{set_up:?}: step {at}");
        }
        assert_eq!(answers.len(), first_answers.len(), "{set_up:?}");
        outcome.is_as(first_outcome, set_up);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_in_turns_comes_to_the_same_on_every_set_up() {
    told_on_every_set_up(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_at_once_comes_to_the_same_on_every_set_up() {
    told_on_every_set_up(false).await;
}
