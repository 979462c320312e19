//! Several servers on one database, and what goes wrong between them: one cannot read what another put in force, both find the same
//! timers due, statements are in each other's way, both write a line at one time. And what a database does not guarantee.

use crate::servers::{end, end_of, key, open};
use crate::support::{NOW, database::database, draw_the_same, trade_of};
use ceb::{Document, Style};
use clearance::Rulebook;
use clearance::event::{Cause, Timer};
use clearance::facts::Keys;
use clearance::keys::{OrderKey, Position, Time};
use clearance::record::{Actor, Record, RecordKey, Register};
use clearance::sample::{self, Person, Trade};
use server::Window;
use server::clock::Clock;
use server::pipeline::{MessageAnswer, Work};
use server::window::{JUDGING, OpenError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use store::postgres::{Options, PostgresRead, PostgresStore, schema, verify};
use store::{Commit, Control, Cursor, Read, RecordSearch, Row, RulebookRow, Store, Transaction};
use tokio_postgres::Client;

/// A space of its own on a database; none where there is no PostgreSQL.
async fn space() -> Option<(Options, tempfile::TempDir)> {
    let address = database()?;
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(&address, folder.path().join("space.key"));
    schema::migrate(&options).await.unwrap();
    Some((options, folder))
}

async fn connected(options: &Options) -> Client {
    let (client, connection) =
        tokio_postgres::connect(&options.database, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("SET search_path TO {}", options.schema)).await.unwrap();
    client
}

async fn send(window: &Window, sender: &str, document: Document) -> MessageAnswer {
    let bytes = ceb::write(&sample::message(sender, vec![document]), Style::Prefixed);
    window.send(&bytes.into(), &sender.into()).await.expect("an answer")
}

/// A program of before meets tables in a form that it does not know. It records what comes, in order, and says so; who can read them
/// judges it once the other is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_cannot_judge_is_recorded_there_and_judged_by_another() {
    let Some((options, _folder)) = space().await else { return };
    let (newer, newer_writer) = open(&options).await;
    newer.file_all(sample::filings(), "test").await;
    let older = open(&options).await;
    let book = Rulebook::load(2, &[]).unwrap();
    let row = RulebookRow {
        number: 2,
        by: "newer".into(),
        tables: vec![("parameters.csv".into(), "a form of later years".to_owned())],
        digest: book.digest,
    };
    assert_eq!(newer.pipeline.publish(row, Arc::new(book)).await, Some(true));
    let trade = trade_of(3, 1, &Person::new(1), 3_500);
    for (sender, document) in trade.documents() {
        let answer = send(&older.0, &sender, document).await;
        let answered = &answer.documents[0];
        assert!(answered.undecided && answered.answer.status == 0, "{:?}", answered.answer);
        assert!(answered.answer.info.contains("已收妥"));
    }
    assert!(older.0.is_paused() && !newer.is_paused());
    assert_eq!(older.0.read.undecided().await.unwrap().len(), 4);
    assert!(older.0.read.consignment(&key(&trade)).await.unwrap().is_none());
    // Nothing is added there to what it cannot read, and no timer is taken from those who could fire it.
    let mut filing = sample::filings()[0].clone();
    filing.name = "样例改名".into();
    assert_eq!(older.0.file_all(vec![filing], "test").await, 0);
    let timer = Timer {
        due: NOW,
        order: key(&trade),
        kind: clearance::event::TimerKind::PartnersMissing,
        attempt: 1,
    };
    assert!(older.0.pipeline.timer(timer).await.is_none());
    // The other judges on.
    let other = trade_of(3, 2, &Person::new(2), 3_500);
    for (sender, document) in other.documents() {
        assert!(!send(&newer, &sender, document).await.documents[0].undecided);
    }
    end_of(older);
    let began = Instant::now();
    loop {
        assert!(newer.pipeline.submit(Work::Tend).await);
        let found = newer.read.consignment(&key(&trade)).await.unwrap();
        if found.and_then(|found| found.attempt).is_some_and(|attempt| attempt.state.number() == 120) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(40), "nobody judged what was recorded");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for (sender, document) in trade.documents() {
        let again = send(&newer, &sender, document).await;
        assert!(again.documents[0].repeated && again.documents[0].answer.status > 0);
    }
    // The other, started again, says what it cannot read, and does not begin.
    let control = Control::connect(&options).await.unwrap();
    let store = PostgresStore::open(options.clone()).await.unwrap();
    let refused = Window::open(store, control, Clock::simulated(NOW), |_| {}).await.err();
    assert!(matches!(refused, Some(OpenError::Rulebook { number: 2, .. })), "{refused:?}");
    end(vec![newer], vec![newer_writer]).await;
    let report = verify::verify(&PostgresRead::open(&options).await.unwrap(), &mut |_| {}).await.unwrap();
    assert_eq!(report.faults, Vec::new());
}

/// What an operator sets, every server follows: documents of one trade are recorded here and there meanwhile, and judged there and here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_servers_pause_and_go_on_when_an_operator_says_so() {
    let Some((options, _folder)) = space().await else { return };
    let (one, one_writer) = open(&options).await;
    one.file_all(sample::filings(), "test").await;
    let (other, other_writer) = open(&options).await;
    let windows = [one, other];
    let every = Duration::from_millis(20);
    let follow = |window: &Window| tokio::spawn(server::worker::run(window.clone(), every));
    let workers: Vec<_> = windows.iter().map(follow).collect();
    let operator = Control::connect(&options).await.unwrap();
    operator.set(JUDGING, "paused").await.unwrap();
    let began = Instant::now();
    while !windows.iter().all(Window::is_paused) {
        assert!(began.elapsed() < Duration::from_secs(10), "somebody judges on");
        tokio::time::sleep(every).await;
    }
    let trade = trade_of(3, 1, &Person::new(1), 3_500);
    for (number, (sender, document)) in trade.documents().into_iter().enumerate() {
        let answer = send(&windows[number % 2], &sender, document).await;
        let answered = &answer.documents[0];
        assert!(answered.undecided && answered.answer.status == 0, "{:?}", answered.answer);
    }
    for window in &windows {
        assert_eq!(window.read.undecided().await.unwrap().len(), 4, "what waits is one list for all");
        assert!(window.read.consignment(&key(&trade)).await.unwrap().is_none());
    }
    operator.set(JUDGING, "on").await.unwrap();
    let began = Instant::now();
    loop {
        let found = windows[0].read.consignment(&key(&trade)).await.unwrap();
        if found.and_then(|found| found.attempt).is_some_and(|attempt| attempt.state.number() == 120) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "what was recorded is not judged");
        tokio::time::sleep(every).await;
    }
    for (number, (sender, document)) in trade.documents().into_iter().enumerate() {
        let again = send(&windows[(number + 1) % 2], &sender, document).await;
        assert!(again.documents[0].repeated && again.documents[0].answer.status > 0);
    }
    for worker in workers {
        worker.abort();
        let _ = worker.await;
    }
    end(windows.into(), vec![one_writer, other_writer]).await;
    let read = PostgresRead::open(&options).await.unwrap();
    let derived = server::derive::derive(&read.into(), clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, derived.undecided), (0, 4), "{:?}", derived.faults);
}

/// What waits is one list for all servers: whoever goes on judges first what came first, wherever it was recorded, and a buyer's year goes
/// to his earlier purchases; where several go on at once, each document is judged once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_at_several_servers_is_judged_in_the_order_in_which_it_came() {
    const PURCHASES: usize = 10;
    let Some((options, _folder)) = space().await else { return };
    let (one, one_writer) = open(&options).await;
    one.file_all(sample::filings(), "test").await;
    let (other, other_writer) = open(&options).await;
    let windows = [one, other];
    let operator = Control::connect(&options).await.unwrap();
    // First the earlier half at one server, the later at the other, who goes on alone; then by turns, and both go on at once.
    for (round, alone) in [(0, true), (1, false)] {
        operator.set(JUDGING, "paused").await.unwrap();
        for window in &windows {
            assert!(window.follow_settings().await.unwrap());
        }
        let buyer = Person::new(900 + round as u64);
        let purchase = |number: usize| trade_of(7, (round * PURCHASES + number) as u64, &buyer, 3_500);
        let trades: Vec<Trade> = (0..PURCHASES).map(purchase).collect();
        for (number, trade) in trades.iter().enumerate() {
            let at = if alone { usize::from(number >= PURCHASES / 2) } else { number % 2 };
            windows[at].clock.set(Time(NOW.0 + 1_000 * (round * PURCHASES + number + 1) as i64));
            for (sender, document) in trade.documents() {
                assert!(send(&windows[at], &sender, document).await.documents[0].undecided);
            }
        }
        let waiting = windows[0].read.undecided().await.unwrap();
        assert_eq!(waiting.len(), PURCHASES * 4);
        assert!(waiting.is_sorted_by_key(|event| event.time), "in the order in which they came");
        operator.set(JUDGING, "on").await.unwrap();
        let going_on = &windows[usize::from(alone)..];
        for window in going_on {
            assert!(window.follow_settings().await.unwrap());
        }
        for window in going_on {
            assert!(window.pipeline.submit(Work::Tend).await);
        }
        let began = Instant::now();
        while !windows[1].read.undecided().await.unwrap().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(20), "what was recorded is not judged");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut accepted = Vec::new();
        for trade in &trades {
            let found = windows[1].read.consignment(&key(trade)).await.unwrap();
            let attempt = found.and_then(|found| found.attempt);
            accepted.push(attempt.is_some_and(|attempt| attempt.state.number() != 100));
        }
        let count = accepted.iter().filter(|accepted| **accepted).count();
        assert!((PURCHASES / 2..PURCHASES).contains(&count), "{accepted:?}");
        assert!(accepted.iter().take(count).all(|accepted| *accepted), "a later took the year: {accepted:?}");
        if alone {
            assert!(windows[0].follow_settings().await.unwrap());
        }
    }
    let mut judged = Vec::new();
    let mut visit = |_: Position, row: Row| {
        if let Row::Event(event) = row {
            judged.extend(event.again);
        }
        true
    };
    windows[0].read.scan(&Cursor::default(), &mut visit).await.unwrap();
    let once: BTreeSet<Position> = judged.iter().copied().collect();
    assert_eq!((judged.len(), once.len()), (2 * PURCHASES * 4, 2 * PURCHASES * 4));
    end(windows.into(), vec![one_writer, other_writer]).await;
    let read = PostgresRead::open(&options).await.unwrap();
    let derived = server::derive::derive(&read.into(), clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, derived.undecided), (0, judged.len() as u64), "{:?}", derived.faults);
}

/// Fires what is due, a few at a time, until nothing is left to claim.
async fn fire(window: &Window) -> usize {
    let mut fired = 0;
    loop {
        let due = window.read.due(window.clock.now(), 3).await.unwrap();
        if due.is_empty() {
            return fired;
        }
        for timer in due {
            window.pipeline.timer(timer).await.expect("an answer");
            fired += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_fire_each_timer_once_and_what_one_left_the_other_fires() {
    const LISTS: usize = 40;
    const LEFT: usize = 5;
    let Some((options, _folder)) = space().await else { return };
    let clock = Clock::simulated(NOW);
    let mut windows = Vec::new();
    let mut writers = Vec::new();
    for _ in 0..2 {
        let control = Control::connect(&options).await.unwrap();
        let store = PostgresStore::open(options.clone()).await.unwrap();
        let opened = Window::open(store, control, clock.clone(), |error| panic!("{error}")).await;
        let (window, writer) = opened.unwrap();
        draw_the_same(&window).await;
        window.file_all(sample::filings(), "test").await;
        windows.push(window);
        writers.push(writer);
    }
    // Lists whose partners never come.
    for number in 0..LISTS {
        let trade = Trade::new(3, number as u64, NOW, 1_000_000);
        let agent = trade.declaration.head.agent_code.clone();
        let answer = send(&windows[number % 2], &agent, Document::Declaration(trade.declaration)).await;
        assert!(answer.documents[0].answer.status > 0, "{:?}", answer.documents[0].answer);
    }
    assert!(windows[0].read.due(clock.now(), 10).await.unwrap().is_empty(), "nothing is due yet");
    clock.set(Time(NOW.0 + 60 * 86_400_000));
    // A third claims some and is gone before it fires them.
    let gone = PostgresStore::open(options.clone()).await.unwrap();
    assert_eq!(gone.read().due(clock.now(), LEFT).await.unwrap().len(), LEFT);
    drop(gone);
    let (one, other) = tokio::join!(fire(&windows[0]), fire(&windows[1]));
    assert!(one > 0 && other > 0, "{one} and {other}");
    assert_eq!(one + other, LISTS - LEFT, "what is claimed is nobody else's");
    let over = "UPDATE timer SET claimed_until = now() - interval '1 second' WHERE claimed_until IS NOT NULL";
    connected(&options).await.batch_execute(over).await.unwrap();
    assert_eq!(fire(&windows[1]).await, LEFT);
    assert_eq!(fire(&windows[0]).await, 0);
    let mut fired: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    let mut visit = |position: Position, row: Row| {
        if let Row::Event(event) = row
            && let Cause::Timer(timer) = &event.event.cause
        {
            let name = format!("{} {:?} {}", timer.order.order_no, timer.kind, timer.attempt);
            fired.entry(name).or_default().push(position.writer);
        }
        true
    };
    windows[0].read.scan(&Cursor::default(), &mut visit).await.unwrap();
    assert_eq!(fired.len(), LISTS);
    let twice: Vec<_> = fired.iter().filter(|(_, writers)| writers.len() != 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let by: BTreeSet<u16> = fired.values().flatten().copied().collect();
    assert_eq!(by.len(), 2, "both fired");
    end(windows, writers).await;
    let read = PostgresRead::open(&options).await.unwrap();
    let derived = server::derive::derive(&read.into(), clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, derived.undecided), (0, 0), "{:?}", derived.faults);
}

/// What the database says twice of every statement of a kind; the sequence counts on whatever is rolled back.
const IN_THE_WAY: &str = "CREATE SEQUENCE tried;
    CREATE FUNCTION in_the_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('onewindow.tried') <= 2 THEN RAISE EXCEPTION 'in the way' USING ERRCODE = TG_ARGV[0]; END IF;
        RETURN NULL; END $$";

/// Serialization failure, deadlock, a lock that does not come: while a batch is loaded, and while it is written. Whoever sent it is
/// answered as if nothing had been, and once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_database_rolls_back_for_others_is_done_again() {
    let Some((options, _folder)) = space().await else { return };
    let (window, writer) = open(&options).await;
    window.file_all(sample::filings(), "test").await;
    let client = connected(&options).await;
    client.batch_execute(IN_THE_WAY).await.unwrap();
    let mut number = 0;
    for code in ["40001", "40P01", "55P03"] {
        for table in ["key", "ledger"] {
            number += 1;
            let trigger = format!(
                "ALTER SEQUENCE tried RESTART; CREATE TRIGGER in_the_way BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION in_the_way('{code}')"
            );
            client.batch_execute(&trigger).await.unwrap();
            let lost = window.metrics.commits_lost.load(Ordering::Relaxed);
            let trade = trade_of(3, number, &Person::new(number), 3_500);
            for (sender, document) in trade.documents() {
                let answer = send(&window, &sender, document).await;
                assert!(
                    answer.documents[0].answer.status > 0,
                    "{code} {table}: {:?}",
                    answer.documents[0].answer
                );
            }
            let lost = window.metrics.commits_lost.load(Ordering::Relaxed) - lost;
            // Rows are written once a batch is judged; keys too, and by whoever was lost to another before it is judged again.
            assert_eq!(
                lost,
                if table == "ledger" { 2 } else { 1 },
                "{code} {table}: batches are judged again"
            );
            let tried = client.query_one("SELECT last_value FROM tried", &[]).await.unwrap();
            assert!(tried.get::<_, i64>(0) > 2, "{code} {table}: it was tried again");
            client.batch_execute(&format!("DROP TRIGGER in_the_way ON {table}")).await.unwrap();
            let found = window.read.consignment(&key(&trade)).await.unwrap().unwrap();
            let state = found.attempt.unwrap().state.number();
            assert!(matches!(state, 120 | 300 | 500), "{code} {table}: {state}");
        }
    }
    end_of((window, writer));
    let read = PostgresRead::open(&options).await.unwrap();
    let report = verify::verify(&read, &mut |_| {}).await.unwrap();
    assert_eq!(report.faults, Vec::new());
    let derived = server::derive::derive(&read.into(), clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, derived.undecided), (0, 0), "{:?}", derived.faults);
}

fn record(id: &str, at: Position, time: Time) -> Row {
    Row::Record(Arc::new(Record {
        key: RecordKey::new(Register::Goods, id),
        version: 1,
        state: "open".into(),
        parties: vec!["5301960201".into()],
        created: time,
        changed: time,
        first: at,
        last: at,
        previous: None,
        actor: Actor { party: "8620000001".into(), name: "样例".into() },
        action: "open".into(),
        note: String::new(),
        format: 1,
        body: "{}".to_owned(),
        charges: Vec::new(),
    }))
}

/// A deadlock that nobody made up: a batch waits for a key while who has it waits for another key of the batch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_the_database_ends_for_a_deadlock_is_loaded_again() {
    let Some((options, _folder)) = space().await else { return };
    let mut store = PostgresStore::open(options.clone()).await.unwrap();
    let orders = || Keys {
        orders: ["1", "2"].map(|number| OrderKey::new("5301960101", number)).to_vec(),
        ..Keys::default()
    };
    let mut transaction = store.load(orders(), 1).await.unwrap();
    let at = transaction.facts().next;
    let done = transaction.commit(NOW, Arc::new(vec![record("first", at, NOW)])).await.unwrap();
    assert!(matches!(done, Commit::Done { .. }));
    let other = connected(&options).await;
    // The keys that were locked and not written.
    let keys = other.query("SELECT hash::text FROM key WHERE sequence = 0 ORDER BY hash", &[]).await.unwrap();
    let keys: Vec<String> = keys.iter().map(|row| row.get(0)).collect();
    assert_eq!(keys.len(), 2);
    let lock = "SELECT 1 FROM key WHERE hash = $1::text::uuid FOR UPDATE";
    let watching = connected(&options).await;
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut ended = 0;
    for _ in 0..10 {
        other.batch_execute("BEGIN").await.unwrap();
        other.query(lock, &[&keys[1]]).await.unwrap();
        let crosswise = async {
            while watching.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let locked = other.query(lock, &[&keys[0]]).await;
            other.batch_execute("ROLLBACK").await.unwrap();
            locked
        };
        let (loaded, locked) = tokio::join!(async { store.load(orders(), 1).await.map(drop) }, crosswise);
        loaded.unwrap();
        match locked {
            // The other got what the batch had: the batch was ended for it.
            Ok(_) => ended += 1,
            Err(error) => assert_eq!(error.code().map(|code| code.code()), Some("40P01"), "{error}"),
        }
        if ended > 0 {
            break;
        }
    }
    assert!(ended > 0, "the database never chose the batch");
    let mut transaction = store.load(orders(), 1).await.unwrap();
    let facts = transaction.facts();
    assert_eq!(facts.next.sequence, at.sequence + 1, "nothing was written by what was ended");
    drop(transaction);
    store.close().await;
}

/// Two batches know that there is nothing under a key. Who commits first makes it; the other is judged again by what that one wrote,
/// and has what keys he needs for himself before he is judged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_batches_that_found_nothing_under_a_key_the_second_is_judged_again() {
    let Some((options, _folder)) = space().await else { return };
    let mut one = PostgresStore::open(options.clone()).await.unwrap();
    let mut other = PostgresStore::open(options.clone()).await.unwrap();
    let keys = |ids: &[&str]| {
        let records = ids.iter().map(|id| RecordKey::new(Register::Goods, id)).collect();
        Keys { records, ..Keys::default() }
    };
    let mut first = one.load(keys(&["both", "read"]), 1).await.unwrap();
    let mut second = other.load(keys(&["both", "read"]), 1).await.unwrap();
    let (at, behind) = (first.facts().next, second.facts().next);
    let done = first.commit(NOW, Arc::new(vec![record("both", at, NOW)])).await.unwrap();
    assert!(matches!(done, Commit::Done { .. }));
    let lost = second.commit(NOW, Arc::new(vec![record("both", behind, NOW)])).await.unwrap();
    assert!(matches!(lost, Commit::Lost), "{lost:?}");
    let client = connected(&options).await;
    let made = "SELECT count(*), count(*) FILTER (WHERE sequence = 0 AND read IS NOT NULL) FROM key";
    let made = client.query_one(made, &[]).await.unwrap();
    assert_eq!(
        (made.get::<_, i64>(0), made.get::<_, i64>(1)),
        (2, 1),
        "a row a key, of what was only read too"
    );
    let mut again = other.load(keys(&["both", "read", "new"]), 1).await.unwrap();
    let facts = again.facts();
    let found: Vec<Position> = facts.records.values().map(|record| record.last).collect();
    assert_eq!((found, facts.next), (vec![at], behind));
    let later = facts.last_time;
    assert!(later > NOW);
    // The new key is his from now on: who found nothing under it too waits as he commits, and comes second.
    let mut third = one.load(keys(&["new"]), 1).await.unwrap();
    let at = third.facts().next;
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let (done, lost) = tokio::join!(
        async {
            let began = Instant::now();
            while client.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
                assert!(began.elapsed() < Duration::from_secs(10), "nobody waits");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            again.commit(later, Arc::new(vec![record("new", behind, later)])).await.unwrap()
        },
        async { third.commit(later, Arc::new(vec![record("new", at, later)])).await.unwrap() }
    );
    assert!(matches!((&done, &lost), (Commit::Done { .. }, Commit::Lost)), "{done:?} {lost:?}");
    one.close().await;
    other.close().await;
}

/// Each server counts its own rows: two write a line under one number at one time, and a list shows both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_that_two_servers_write_at_one_time_both_stand_in_lists() {
    let Some((options, _folder)) = space().await else { return };
    let mut one = PostgresStore::open(options.clone()).await.unwrap();
    let mut other = PostgresStore::open(options.clone()).await.unwrap();
    let time = Time(NOW.0 + 5_000);
    for (store, id) in [(&mut one, "one"), (&mut other, "other")] {
        let mut transaction = store.load(Keys::default(), 1).await.unwrap();
        let at = transaction.facts().next;
        assert_eq!(at.sequence, 1);
        let done = transaction.commit(time, Arc::new(vec![record(id, at, time)])).await.unwrap();
        assert!(matches!(done, Commit::Done { .. }));
    }
    for parties in [None, Some(vec!["5301960201".into()])] {
        let search = RecordSearch { register: Register::Goods, parties, states: Vec::new() };
        let mut ids = BTreeSet::new();
        let mut after = None;
        loop {
            let (page, next) = one.read().records(&search, after, 1).await.unwrap();
            ids.extend(page.iter().map(|record| record.key.id.to_string()));
            let Some(next) = next else { break };
            after = Some(next);
        }
        assert_eq!(ids, BTreeSet::from(["one".to_owned(), "other".to_owned()]), "{search:?}");
    }
    // The next version of a record keeps its place.
    let mut transaction = other
        .load(Keys { records: vec![RecordKey::new(Register::Goods, "one")], ..Keys::default() }, 1)
        .await
        .unwrap();
    let facts = transaction.facts();
    let before = facts.records.values().next().unwrap().clone();
    let mut next = (*before).clone();
    (next.version, next.previous, next.last) = (2, Some(before.last), facts.next);
    let done = transaction
        .commit(Time(facts.last_time.0.max(time.0)), Arc::new(vec![Row::Record(Arc::new(next))]))
        .await;
    assert!(matches!(done.unwrap(), Commit::Done { .. }));
    let named = connected(&options).await.query_one("SELECT count(*) FROM record_party", &[]).await.unwrap();
    assert_eq!(named.get::<_, i64>(0), 2);
    one.close().await;
    other.close().await;
}

/// What `serve` warns of is what the database says of itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_says_what_its_database_does_not_guarantee() {
    let Some((options, _folder)) = space().await else { return };
    let store = PostgresStore::open(options.clone()).await.unwrap();
    let risk = store.risk().await.unwrap().unwrap_or_default();
    let client = connected(&options).await;
    for (setting, unsafe_value, word) in [
        ("fsync", "off", "fsync is off"),
        ("full_page_writes", "off", "full_page_writes is off"),
        ("synchronous_standby_names", "", "no standby is synchronous"),
    ] {
        let value = client.query_one(format!("SHOW {setting}").as_str(), &[]).await.unwrap();
        let is_unsafe = value.get::<_, &str>(0) == unsafe_value;
        assert_eq!(risk.contains(word), is_unsafe, "{setting}: {risk}");
    }
    store.close().await;
}
