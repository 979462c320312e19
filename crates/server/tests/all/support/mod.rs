//! A zone behind its HTTP interface: on the embedded store, on PostgreSQL where `ONEWINDOW_TEST_STORE` says `postgres`, or as two
//! servers on one PostgreSQL that take requests in turns where it says `postgres-two`: the same stories are told of all three.

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use ceb::{Decimal, Document, Style};
use clearance::keys::Time;
use clearance::sample::{self, Person, Trade};
use http_body_util::BodyExt;
use serde_json::Value;
use server::Window;
use server::clock::Clock;
use server::password::Cost;
use server::pipeline::Work;
use server::signing_in::Gate;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use store::postgres::{self, PostgresStore};
use store::sqlite::Options;
use store::{ChosenRead, ChosenStore, Control, StoreError};
use tower::ServiceExt;

/// 2026-11-23 10:00 in China.
pub const NOW: Time = Time(1_795_399_200_000);

pub mod browser;
pub mod chromium;
#[path = "../../../../store/tests/all/support/postgres.rs"]
pub mod database;
pub mod log;
pub mod people;
pub mod pictures;
pub mod provider;

pub struct Zone {
    pub window: Window,
    pub router: axum::Router,
    pub tokens: BTreeMap<String, String>,
    pub folder: tempfile::TempDir,
    pub clock: Clock,
}

impl Zone {
    pub async fn new() -> Self {
        Self::of(set_up()).await.0
    }

    /// On a set-up that the environment does not choose, with all its servers.
    pub async fn of(set_up: SetUp) -> (Self, Vec<Window>) {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::simulated(NOW);
        let window = open_on(set_up, &folder, &clock).await;
        window.file_all(sample::filings(), "test").await;
        let mut tokens = BTreeMap::new();
        for filing in sample::filings() {
            let token =
                window.control.issue(&filing.code, filing.roles[0], "tester", &[], NOW, None).await.unwrap();
            tokens.insert(filing.code.to_string(), token);
        }
        let mut windows = vec![window.clone()];
        let router = match set_up {
            SetUp::TwoServers => {
                let mut second = open_on(set_up, &folder, &clock).await;
                // What a server remembers of sessions for a second is told in `people.rs`.
                second.control = window.control.clone();
                windows.push(second.clone());
                in_turns([window.clone(), second])
            }
            SetUp::Embedded | SetUp::Database => server::api::router(window.clone()),
        };
        (Self { window, router, tokens, folder, clock }, windows)
    }

    pub async fn request(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Vec<u8>,
    ) -> (u16, Value) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if matches!(method, "POST" | "PATCH") {
            request = request.header("content-type", "application/json");
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (
            status,
            serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned())),
        )
    }

    pub async fn get(&self, party: &str, path: &str) -> (u16, Value) {
        self.request("GET", path, Some(&self.tokens[party]), Vec::new()).await
    }

    pub async fn send(&self, sender: &str, document: Document) -> Value {
        let message = sample::message(sender, vec![document]);
        let (status, answer) = self
            .request(
                "POST",
                "/v1/messages",
                Some(&self.tokens[sender]),
                ceb::write(&message, Style::Prefixed),
            )
            .await;
        assert_eq!(status, 200, "{answer}");
        answer["documents"][0].clone()
    }

    pub async fn trade(&self, trade: &Trade) -> Value {
        let mut last = Value::Null;
        for (sender, document) in trade.documents() {
            last = self.send(&sender, document).await;
        }
        last
    }

    /// Waits until lists cover all that is committed.
    pub async fn until_listed(&self) {
        use store::Read;
        let read = &self.window.read;
        let committed = read.position().await.unwrap();
        let rows = |cursor: &store::Cursor| cursor.writers.iter().map(|(_, sequence)| sequence).sum::<u64>();
        for _ in 0..500 {
            if rows(&read.listed().await.unwrap()) >= rows(&committed) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("lists do not follow");
    }

    pub async fn shown(&self, party: &str, trade: &Trade) -> Value {
        let (status, shown) = self.get(party, &path(trade)).await;
        assert_eq!(status, 200, "{shown}");
        shown
    }
}

pub async fn open(folder: &tempfile::TempDir, clock: &Clock) -> Window {
    open_on(set_up(), folder, clock).await
}

async fn open_on(set_up: SetUp, folder: &tempfile::TempDir, clock: &Clock) -> Window {
    let (store, control) = chosen_on(set_up, folder.path()).await;
    let mut window = Window::open(store, control, clock.clone(), |error| panic!("{error}")).await.unwrap().0;
    window.gate = Gate::hashing_at(Cost::OF_TESTS);
    draw_the_same(&window).await;
    window
}

/// The draw of a zone is secret; that of a test is always the same: no run selects what another let pass.
pub async fn draw_the_same(window: &Window) {
    if window.reference().sampling_seed.number == 1 {
        window.draw_with([7; 32], "test").await.unwrap();
    }
}

/// The control store of the same place, as another process has it.
pub async fn another_control(folder: &Path) -> Control {
    match std::fs::read_to_string(folder.join("address")) {
        Ok(address) => {
            Control::connect(&postgres::Options::new(&address, folder.join("space.key"))).await.unwrap()
        }
        Err(_) => Control::open(&folder.join("data"), None).unwrap(),
    }
}

/// What the stories are told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetUp {
    /// One server on a data folder.
    Embedded,
    /// One server on a database.
    Database,
    /// Two servers on a database.
    TwoServers,
}

/// As the environment says.
pub fn set_up() -> SetUp {
    match std::env::var("ONEWINDOW_TEST_STORE").as_deref() {
        Ok("postgres") => SetUp::Database,
        Ok("postgres-two") => SetUp::TwoServers,
        Ok("sqlite") | Err(_) => SetUp::Embedded,
        Ok(other) => panic!("ONEWINDOW_TEST_STORE: {other} is not known"),
    }
}

/// Gives each request to the next server, once it knows what the others have put in force and what follows from their commits is
/// done: as a balancer before them would, with a caller who waits for his answer. Ten milliseconds pass from one to the next: what
/// servers commit at one time stands in the order of their numbers, and the stories tell of what came first.
fn in_turns(windows: [Window; 2]) -> axum::Router {
    let servers: Arc<[(Window, axum::Router); 2]> =
        Arc::new(windows.map(|window| (window.clone(), server::api::router(window))));
    let turn = Arc::new(AtomicUsize::new(0));
    axum::Router::new().fallback(move |request: Request<Body>| {
        let at = turn.fetch_add(1, Ordering::SeqCst) % servers.len();
        let (servers, router) = (servers.clone(), servers[at].1.clone());
        async move {
            for (window, _) in servers.iter() {
                even(window).await;
            }
            let clock = &servers[at].0.clock;
            clock.set(Time(clock.now().0 + 10));
            let response: Result<Response, Infallible> = router.oneshot(request).await;
            response
        }
    })
}

/// Waits until a server knows what is in force and has done what follows from its commits.
pub async fn even(window: &Window) {
    use store::Read;
    let wanted = window.read.reference().await.unwrap();
    for _ in 0..2_000 {
        let knows = window.reference().version >= wanted;
        if knows && (window.is_paused() || window.read.follows(1).await.unwrap().is_empty()) {
            return;
        }
        if !knows {
            assert!(window.pipeline.submit(Work::Tend).await, "the server ended");
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("a server does not follow");
}

/// The store that the stories are told of. A database has its address in the folder, as long as the folder lives.
pub async fn chosen(folder: &Path) -> (ChosenStore, Control) {
    chosen_on(set_up(), folder).await
}

async fn chosen_on(set_up: SetUp, folder: &Path) -> (ChosenStore, Control) {
    if set_up == SetUp::Embedded {
        let (store, control) = loop {
            match server::window::embedded(&folder.join("data"), &Options::default(), &mut |_| {}) {
                // Whoever had it open ends in a thread of its own.
                Err(StoreError::Locked { .. }) => tokio::time::sleep(Duration::from_millis(5)).await,
                opened => break opened.unwrap(),
            }
        };
        return (ChosenStore::Embedded(Box::new(store)), control);
    }
    let address = folder.join("address");
    if !address.exists() {
        std::fs::write(&address, database::database().expect("a PostgreSQL")).unwrap();
    }
    let mut options =
        postgres::Options::new(&std::fs::read_to_string(address).unwrap(), folder.join("space.key"));
    // Who opens again takes the number of the one before; where there are two, each keeps its own.
    if set_up == SetUp::Database {
        options.lease = Duration::from_millis(1);
    }
    postgres::schema::migrate(&options).await.unwrap();
    let control = Control::connect(&options).await.unwrap();
    (ChosenStore::Database(Box::new(PostgresStore::open(options).await.unwrap())), control)
}

pub fn path(trade: &Trade) -> String {
    format!("/v1/consignments/{}/{}", trade.order.head.ebp_code, trade.order.head.order_no)
}

/// A trade that the draw of this zone leaves alone.
pub fn plain(zone: &Zone, from: u64) -> Trade {
    let seed = zone.window.reference().sampling_seed;
    (from..)
        .map(|number| Trade::new(3, number, NOW, 1_000_000))
        .find(|trade| {
            clearance::risk::draw(
                &seed,
                &clearance::keys::OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no),
            ) > 100_000
        })
        .unwrap()
}

/// A trade of one buyer: one piece at this price, in yuan.
pub fn trade_of(seed: u64, number: u64, person: &Person, price: i64) -> Trade {
    let mut trade = at_price(Trade::new(seed, number, NOW, 1000), price);
    for (number, name) in [
        (&mut trade.order.head.buyer_id_number, &mut trade.order.head.buyer_name),
        (&mut trade.payment.payer_id_number, &mut trade.payment.payer_name),
        (&mut trade.declaration.head.buyer_id_number, &mut trade.declaration.head.buyer_name),
    ] {
        *number = person.identity.clone();
        *name = person.name.clone();
    }
    trade
}

/// A trade of which one piece at this price is left, in yuan.
pub fn at_price(mut trade: Trade, price: i64) -> Trade {
    trade.order.lines.truncate(1);
    trade.declaration.lines.truncate(1);
    let price = Decimal::from_whole(price);
    let one = Decimal::from_whole(1);
    let (ordered, declared) = (&mut trade.order.lines[0], &mut trade.declaration.lines[0]);
    (ordered.qty, ordered.price, ordered.total_price) = (one, price, price);
    (declared.qty, declared.price, declared.total_price) = (one, price, price);
    if declared.unit1 != "035" {
        declared.qty1 = one;
    }
    if declared.unit2.as_deref().is_some_and(|unit| unit != "035") {
        declared.qty2 = Some(one);
    }
    let paid = price.checked_add(trade.order.head.freight).unwrap();
    trade.order.head.goods_value = price;
    trade.order.head.actural_paid = paid;
    trade.payment.amount_paid = paid;
    trade
}

/// The space verified by another process once this one has left it, and read by it.
pub async fn another_read(folder: &Path) -> (store::verify::Report, ChosenRead) {
    if let Ok(address) = std::fs::read_to_string(folder.join("address")) {
        let read =
            postgres::PostgresRead::open(&postgres::Options::new(&address, folder.join("space.key"))).await;
        let read = read.unwrap();
        let report = postgres::verify::verify(&read, &mut |_| {}).await.unwrap();
        return (report, ChosenRead::Database(read));
    }
    let data = folder.join("data");
    let key = store::MasterKey::default_path(&data);
    for _ in 0..200 {
        match store::sqlite::verify::verify(&data, &key, &mut |_| {}) {
            Ok(report) => {
                let store =
                    store::sqlite::SqliteStore::open(&data, &Options::default(), &mut |_| {}).unwrap();
                return (report, ChosenRead::Embedded(store::Store::read(&store)));
            }
            Err(store::StoreError::Locked { .. }) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the folder is still in use");
}
