//! Several servers on one database: any of them takes any document, and it is as if there were one.

use crate::support::NOW;
use ceb::Style;
use clearance::Text;
use clearance::event::{ActionKind, OfficerAction, SignatureFact};
use clearance::facts::Keys;
use clearance::keys::{OrderKey, Position, Time, WaybillKey};
use clearance::record::{Actor, Record, RecordKey, Register};
use clearance::sample::{self, Numbers, Person, Trade};
use ledger::AccountKind;
use server::Window;
use server::clock::Clock;
use server::pipeline::Work;
use server::window::Published;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::faulty::{Faulty, Rates};
use store::postgres::{Options, PostgresRead, PostgresStore, schema, verify};
use store::rows::{MessageRow, Original};
use store::{Commit, Control, Cursor, Read, Row, Store, Transaction};

const YEARLY: i64 = 2_600_000;
const BUYERS: u64 = 3;

pub type Server = (Window, std::thread::JoinHandle<()>);

pub async fn open(options: &Options) -> Server {
    let control = Control::connect(options).await.unwrap();
    let store = PostgresStore::open(options.clone()).await.unwrap();
    let server =
        Window::open(store, control, Clock::simulated(NOW), |error| panic!("{error}")).await.unwrap();
    crate::support::draw_the_same(&server.0).await;
    server
}

/// Sends all documents of trades, in any order and to any server, and their arrivals; says each list's answer.
async fn send(windows: &[Window], seed: u64, trades: Vec<Trade>) {
    let mut tasks = Vec::new();
    for (number, trade) in trades.into_iter().enumerate() {
        let windows = windows.to_vec();
        tasks.push(tokio::spawn(async move {
            let mut draw = Numbers::new(seed, number as u64);
            let mut documents = trade.documents().to_vec();
            while !documents.is_empty() {
                let (sender, document) = documents.swap_remove(draw.below(documents.len() as u64) as usize);
                let bytes = ceb::write(&sample::message(&sender, vec![document]), Style::Prefixed);
                let window = &windows[draw.below(windows.len() as u64) as usize];
                let answer = window.send(&bytes.into(), &sender).await.expect("an answer");
                assert_ne!(answer.documents.len(), 0);
                // The same again, at another server: its first answer.
                if draw.below(3) == 0 {
                    let bytes = ceb::write(
                        &sample::message(&sender, vec![answer_to(&trade, &answer)]),
                        Style::Prefixed,
                    );
                    let other = &windows[draw.below(windows.len() as u64) as usize];
                    let again = other.send(&bytes.into(), &sender).await.expect("an answer");
                    let (first, second) = (&answer.documents[0], &again.documents[0]);
                    if first.answer.status > 0 {
                        assert!(second.repeated, "{:?}", second.answer);
                        assert_eq!(first.answer.status, second.answer.status);
                    }
                }
            }
            let arrival = Trade::arrival(seed, &[&trade], NOW).unwrap();
            let sender = arrival.head.operator_code.clone();
            let bytes =
                ceb::write(&sample::message(&sender, vec![ceb::Document::Arrival(arrival)]), Style::Prefixed);
            windows[draw.below(windows.len() as u64) as usize].send(&bytes.into(), &sender).await.unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

/// The document that a message of one was answered for.
fn answer_to(trade: &Trade, answer: &server::pipeline::MessageAnswer) -> ceb::Document {
    let kind = ceb::Kind::from_root(&answer.message.root).unwrap();
    trade
        .documents()
        .iter()
        .map(|(_, document)| document)
        .find(|document| document.kind() == kind)
        .unwrap()
        .clone()
}

pub fn key(trade: &Trade) -> OrderKey {
    let head = &trade.declaration.head;
    OrderKey::new(&head.ebp_code, &head.order_no)
}

/// Reads the receipts of all recipients in small pages, on and on: nothing comes twice, each list's come in order.
#[derive(Default)]
struct Reader {
    all: BTreeSet<String>,
    /// By recipient, how far he is, and when the last receipt of each of his lists was given.
    places: BTreeMap<Text, (Cursor, BTreeMap<Text, Time>)>,
}

impl Reader {
    /// All that is there now, each page from the next server.
    async fn read(&mut self, windows: &[Window], page: usize) {
        let mut turns = windows.iter().cycle();
        for filing in sample::filings() {
            let (cursor, last) = self.places.entry(filing.code.clone()).or_default();
            loop {
                let window = turns.next().unwrap();
                let (rows, next) = window.read.receipts(&filing.exchange_ids, cursor, page).await.unwrap();
                if rows.is_empty() {
                    break;
                }
                *cursor = Cursor::parse(&next.to_string()).unwrap();
                for row in rows {
                    let place = format!("{:?} {}", row.position, row.index);
                    assert!(self.all.insert(place), "twice: {:?}", row.position);
                    let ceb::Document::DeclarationReceipt(receipt) = &*row.receipt.document else { continue };
                    let before = last.insert(receipt.cop_no.clone(), row.receipt.time);
                    let later = before.is_none_or(|before| before < row.receipt.time);
                    assert!(later, "{} out of order", receipt.cop_no);
                }
            }
        }
    }
}

/// All receipts, read in small pages from a server.
async fn receipts(window: &Window, page: usize) -> BTreeSet<String> {
    let mut reader = Reader::default();
    reader.read(std::slice::from_ref(window), page).await;
    reader.all
}

/// A list is judged by a waybill that it leaves as it is. Whoever changes the waybill next stands behind it by time, though
/// his clock be behind: else, judged again, the list would know what came after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_changes_what_another_has_read_comes_later_by_time() {
    let Some(address) = crate::support::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(&address, folder.path().join("space.key"));
    schema::migrate(&options).await.unwrap();
    let mut one = PostgresStore::open(options.clone()).await.unwrap();
    let mut other = PostgresStore::open(options.clone()).await.unwrap();
    let trade = crate::support::trade_of(7, 1, &Person::new(900), 3_500);
    let head = &trade.declaration.head;
    let keys = || Keys {
        waybills: vec![WaybillKey::new(&head.logistics_code, &head.logistics_no)],
        ..Keys::default()
    };
    let ahead = Time(NOW.0 + 5_000);
    let at = Position { writer: 1, sequence: 1 };
    let beside = |id: &str| {
        let record = Record {
            key: RecordKey::new(Register::Goods, id),
            version: 1,
            state: "open".into(),
            parties: Vec::new(),
            created: ahead,
            changed: ahead,
            first: at,
            last: at,
            previous: None,
            actor: Actor { party: "8620000001".into(), name: "样例".into() },
            action: "open".into(),
            note: String::new(),
            format: 1,
            body: "{}".to_owned(),
            charges: Vec::new(),
        };
        Arc::new(vec![Row::Record(Arc::new(record))])
    };
    for (store, time) in [(&mut one, ahead), (&mut other, Time(ahead.0 + 1))] {
        let mut transaction = store.load(keys(), 1).await.unwrap();
        assert_eq!(transaction.facts().last_time.0, if time == ahead { 1 } else { time.0 });
        let done = transaction.commit(time, beside(&time.0.to_string())).await.unwrap();
        assert!(matches!(done, Commit::Done { .. }));
    }
    // What nobody has read keeps nobody back but its own writer.
    let transaction = other.load(Keys { waybills: Vec::new(), ..keys() }, 1).await;
    assert_eq!(transaction.unwrap().facts().last_time, Time(ahead.0 + 1));
}

/// What one server's dictionary packs, another that was there before opens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_packed_by_a_dictionary_that_all_servers_read() {
    let Some(address) = crate::support::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(&address, folder.path().join("space.key"));
    schema::migrate(&options).await.unwrap();
    let mut one = PostgresStore::open(options.clone()).await.unwrap();
    let other = PostgresStore::open(options.clone()).await.unwrap();
    let (client, connection) =
        tokio_postgres::connect(&options.database, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let message = |number: u64| {
        Row::Message(MessageRow {
            position: Position { writer: one.number(), sequence: number },
            received: NOW,
            sender: "5301960201".into(),
            sha256: [number as u8; 32],
            root: "CEB311Message".into(),
            guid: format!("{number:032X}").into(),
            recipient: format!("DXPENT{:012}", number % 50).into(),
            signature: SignatureFact::Absent,
            original: Original::Whole(
                format!("<样例 number=\"{number}\">样例商品，样例地址</样例>").into_bytes().into(),
            ),
            documents: 0,
            refusal: Some(format!("样例：第 {number} 份报文不能受理").into()),
            receipts: Vec::new(),
        })
    };
    let rows: Vec<Vec<Row>> =
        (0..400).map(|batch| (0..10).map(|row| message(batch * 10 + row)).collect()).collect();
    let mut written = 0;
    for (number, batch) in rows.into_iter().enumerate() {
        let time = Time(NOW.0 + number as i64);
        let transaction = one.load(Keys::default(), batch.len()).await.unwrap();
        written += batch.len();
        assert!(matches!(transaction.commit(time, Arc::new(batch)).await.unwrap(), Commit::Done { .. }));
        if number > 200 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    let sizes = "SELECT (SELECT count(*) FROM dictionary), avg(length(payload)) FILTER (WHERE sequence < 1000)::float8, avg(length(payload)) FILTER (WHERE sequence > 3900)::float8 FROM ledger WHERE kind = 16";
    let row = client.query_one(sizes, &[]).await.unwrap();
    assert!(row.get::<_, i64>(0) >= 1, "a dictionary was made");
    let (before, after): (f64, f64) = (row.get(1), row.get(2));
    assert!(after < before * 0.8, "{before} bytes before, {after} after");
    let mut read = 0;
    let whole = |_: Position, row: Row| {
        read += usize::from(matches!(row, Row::Message(message) if message.sender == "5301960201"));
        true
    };
    let mut whole = whole;
    other.read().scan(&Cursor::default(), &mut whole).await.unwrap();
    assert_eq!(read, written);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_are_as_one() {
    let Some(address) = crate::support::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(&address, folder.path().join("space.key"));
    schema::migrate(&options).await.unwrap();
    let (first, first_writer) = open(&options).await;
    first.file_all(sample::filings(), "test").await;
    let (second, second_writer) = open(&options).await;
    let windows = [first, second];
    let buyers: Vec<Person> = (0..BUYERS).map(|number| Person::new(900 + number)).collect();
    let trades: Vec<Trade> = (0..60)
        .map(|number| {
            crate::support::trade_of(
                7,
                number,
                &buyers[(number % BUYERS) as usize],
                3_500 + (number % 9) as i64 * 130,
            )
        })
        .collect();
    // Whoever reads meanwhile, now at one server and now at the other, is spared nothing and given nothing twice.
    let mut reader = Reader::default();
    {
        let mut sending = std::pin::pin!(send(&windows, 11, trades.clone()));
        let meanwhile = std::time::Duration::from_millis(5);
        while tokio::time::timeout(meanwhile, &mut sending).await.is_err() {
            reader.read(&windows, 5).await;
        }
    }
    assert!(!reader.all.is_empty(), "nobody read meanwhile");
    for window in &windows {
        while !window.read.follows(1).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }
    // Each buyer's limit is kept, and nobody was refused who still had room.
    let mut writers = BTreeSet::new();
    let (mut used, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for (number, trade) in trades.iter().enumerate() {
        let found = windows[number % 2].read.consignment(&key(trade)).await.unwrap();
        // A list whose buyer has used up his limit before it is not accepted at all.
        let Some((last, attempt)) = found.and_then(|found| Some((found.last, found.attempt?))) else {
            continue;
        };
        writers.insert(last.writer);
        let assessment = attempt.assessment.as_ref().unwrap();
        let value: i64 = assessment.lines.iter().map(|line| line.dutiable).sum();
        let buyer = number as u64 % BUYERS;
        match attempt.state.number() {
            100 => {
                let least = refused.entry(buyer).or_insert(value);
                *least = value.min(*least);
            }
            state => {
                assert!(matches!(state, 120 | 300 | 500 | 800), "trade {number}: {state}");
                *used.entry(buyer).or_insert(0) += value;
            }
        }
    }
    assert_eq!(writers.len(), 2, "both servers judged");
    let mut theirs: Vec<i64> = windows[0]
        .read
        .accounts(AccountKind::Quota, "", 100)
        .await
        .unwrap()
        .iter()
        .map(|(_, balance)| balance.used())
        .collect();
    theirs.sort_unstable();
    let mut ours: Vec<i64> = used.values().copied().collect();
    ours.sort_unstable();
    assert_eq!(ours, theirs);
    for (buyer, used) in &used {
        assert!(*used <= YEARLY, "buyer {buyer}: {used}");
        assert!(used + refused[buyer] > YEARLY, "buyer {buyer}: {used}, {} was refused", refused[buyer]);
    }
    // What one decides, the other sees; an outdated version decides nothing.
    let waiting = trades.iter().find(|trade| {
        let read = &windows[0].read;
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let found = read.consignment(&key(trade)).await.unwrap().unwrap();
                found.attempt.is_some_and(|attempt| attempt.state.number() == 800)
            })
        })
    });
    let order = key(waiting.expect("something is released"));
    let version = windows[1].read.consignment(&order).await.unwrap().unwrap().version;
    let action = |id: &str| OfficerAction {
        id: id.into(),
        officer: "officer".into(),
        party: "8620000001".into(),
        order: order.clone(),
        version,
        kind: ActionKind::Close,
        text: "样例".into(),
    };
    let (one, other) =
        tokio::join!(windows[0].pipeline.action(action("a")), windows[1].pipeline.action(action("b")));
    let statuses = [one.unwrap().answer.status, other.unwrap().answer.status];
    assert_eq!(statuses.iter().filter(|status| **status > 0).count(), 1, "one of two decides: {statuses:?}");
    // Both servers give the same feed, in pages of any size.
    let whole = receipts(&windows[0], 10_000).await;
    assert_eq!(whole, receipts(&windows[1], 7).await);
    reader.read(&windows, 5).await;
    assert_eq!(reader.all, whole);
    assert!(whole.len() > 300, "{}", whole.len());
    end(windows.into(), vec![first_writer, second_writer]).await;
    // Every row is what was committed, and every decision comes out the same again.
    let read = PostgresRead::open(&options).await.unwrap();
    let report = verify::verify(&read, &mut |_| {}).await.unwrap();
    assert_eq!((report.segments, &report.faults), (2, &Vec::new()));
    let derived = server::derive::derive(&read.into(), clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert!(derived.events > 300 && derived.different == 0, "{:?}", derived.faults);
    // A byte that was changed behind our back is found.
    let statement = "UPDATE ledger SET payload = set_byte(payload, 40, 255 - get_byte(payload, 40)) WHERE sequence = 7 AND writer = 1";
    execute(&address, &options, statement).await;
    let report = verify::verify(&PostgresRead::open(&options).await.unwrap(), &mut |_| {}).await.unwrap();
    assert!(report.faults.iter().any(|(_, what)| what.contains("not the one that was committed")));
}

pub async fn end(windows: Vec<Window>, writers: Vec<std::thread::JoinHandle<()>>) {
    drop(windows);
    for writer in writers {
        tokio::task::block_in_place(|| writer.join().unwrap());
    }
}

async fn execute(address: &str, options: &Options, statement: &str) {
    let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("SET search_path TO {}", options.schema)).await.unwrap();
    client.batch_execute(statement).await.unwrap();
}

/// What one server files, publishes or draws is what the others judge with; numbers are given once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_publishes_all_judge_with() {
    let Some(address) = crate::support::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(&address, folder.path().join("space.key"));
    schema::migrate(&options).await.unwrap();
    // Both begin a new space: one of them makes its first rows.
    let ((first, first_writer), (second, second_writer)) = tokio::join!(open(&options), open(&options));
    assert_eq!(first.read.rulebooks().await.unwrap().len(), 1);
    let filings = sample::filings();
    let (some, others) = filings.split_at(filings.len() / 2);
    let (one, other) =
        tokio::join!(first.file_all(some.to_vec(), "one"), second.file_all(others.to_vec(), "other"));
    assert_eq!(one + other, filings.len());
    let mut versions: Vec<u32> =
        first.read.filings().await.unwrap().iter().map(|row| row.filing.version).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=filings.len() as u32).collect::<Vec<_>>());
    // The platform was filed at the first; the second learns of it with its next batch, or when it is idle.
    let trade = crate::support::trade_of(3, 1, &Person::new(1), 3_500);
    let (sender, document) = trade.documents()[0].clone();
    let bytes = ceb::write(&sample::message(&sender, vec![document]), Style::Prefixed);
    let answer = second.send(&bytes.into(), &sender).await.unwrap();
    assert_eq!(answer.documents[0].answer.status, 2, "{:?}", answer.documents[0].answer);
    // Each changes a table at the same time: the one that was overtaken is told so.
    let parameters = |window: &Window, note: &str| {
        let tables = clearance::Rulebook::built_in_tables();
        let (name, text) = tables.iter().find(|(name, _)| name.contains("calendar")).unwrap().clone();
        let (window, note) = (window.clone(), note.to_owned());
        async move {
            window
                .publish(&[(name, format!("{text}20991231,holiday,{note},known,sample\n"))], &note)
                .await
                .unwrap()
        }
    };
    let (one, other) = tokio::join!(parameters(&first, "one"), parameters(&second, "other"));
    let told = [one, other];
    let published = told.iter().filter(|told| matches!(told, Published::Number(_))).count();
    let overtaken = told.iter().filter(|told| matches!(told, Published::Overtaken(_))).count();
    assert_eq!(published + overtaken, 2, "{told:?}");
    let books = first.read.rulebooks().await.unwrap();
    assert_eq!(
        books.iter().map(|row| row.number).collect::<Vec<_>>(),
        (1..=1 + published as u32).collect::<Vec<_>>()
    );
    for window in [&first, &second] {
        assert!(window.pipeline.submit(Work::Tend).await);
        while window.reference().current().number != 1 + published as u32 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert_eq!(window.reference().parties.version, filings.len() as u32);
    }
    // A token that one server issues lets its holder in at the other.
    let control = Control::connect(&options).await.unwrap();
    let role = filings[0].roles[0];
    let token = control.issue(&filings[0].code, role, "tester", &[], NOW, None).await.unwrap();
    let found = second.control.find(&token).await.unwrap().unwrap();
    assert!(found.party == filings[0].code && !found.revoked);
    assert!(control.revoke(found.id).await.unwrap());
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert!(second.control.find(&token).await.unwrap().unwrap().revoked);
    end(vec![first, second], vec![first_writer, second_writer]).await;
    let read = PostgresRead::open(&options).await.unwrap();
    let derived = server::derive::derive(&read.into(), clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert!(derived.different == 0, "{:?}", derived.faults);
}

/// A server that ends between a commit and what follows from it: another does the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_leaves_undone_another_does() {
    let Some(address) = crate::support::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::new(&address, folder.path().join("space.key"));
    schema::migrate(&options).await.unwrap();
    let (window, writer) = open(&options).await;
    window.file_all(sample::filings(), "test").await;
    let trade = crate::support::trade_of(3, 1, &Person::new(1), 3_500);
    for (sender, document) in trade.documents() {
        let bytes = ceb::write(&sample::message(&sender, vec![document]), Style::Prefixed);
        window.send(&bytes.into(), &sender).await.unwrap();
    }
    let state = || async {
        let found = window.read.consignment(&key(&trade)).await.unwrap().unwrap();
        found.attempt.unwrap().state.number()
    };
    let before = state().await;
    assert_eq!(before, 120, "it waits for its arrival");
    // The other takes the arrival, commits it, and is gone before its follow.
    options.lease = std::time::Duration::from_secs(1);
    let rates =
        Rates { lost: 0, unknown: 0, unknown_done: 0, failed: 0, failed_done: 1_000, failed_later: 0 };
    let store = Faulty::new(PostgresStore::open(options.clone()).await.unwrap(), rates, 1);
    let control = Control::connect(&options).await.unwrap();
    let failing = Window::open(store, control, Clock::simulated(NOW), |_| {}).await.unwrap();
    let arrival = Trade::arrival(1, &[&trade], NOW).unwrap();
    let sender = arrival.head.operator_code.clone();
    let bytes = ceb::write(&sample::message(&sender, vec![ceb::Document::Arrival(arrival)]), Style::Prefixed);
    assert!(failing.0.send(&bytes.into(), &sender).await.is_none(), "nobody is told");
    let (failing, writer_of_failing) = failing;
    drop(failing);
    tokio::task::block_in_place(|| writer_of_failing.join().unwrap());
    assert_eq!(state().await, before);
    let began = std::time::Instant::now();
    while state().await == before {
        assert!(began.elapsed().as_secs() < 30, "nobody took over");
        assert!(window.pipeline.submit(Work::Tend).await);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(state().await, 800);
    end(vec![window], vec![writer]).await;
    let report = verify::verify(&PostgresRead::open(&options).await.unwrap(), &mut |_| {}).await.unwrap();
    assert_eq!(report.faults, Vec::new());
}

pub fn end_of((window, writer): Server) {
    drop(window);
    tokio::task::block_in_place(|| writer.join().unwrap());
}

/// The role of the servers may do what they do, and can change no row of the ledger.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_need_few_rights() {
    let Some(address) = crate::support::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let owner = Options::new(&address, folder.path().join("space.key"));
    let before = schema::migrate(&owner).await.unwrap();
    assert_eq!((before.from, schema::migrate(&owner).await.unwrap().from), (0, before.to));
    let role = format!("server_{}", std::process::id());
    execute(&address, &owner, &format!("CREATE ROLE {role} LOGIN")).await;
    schema::grant(&owner, &role).await.unwrap();
    let mut options = owner.clone();
    options.database = match address.contains("://") {
        true => format!("{address}{}user={role}", if address.contains('?') { '&' } else { '?' }),
        false => format!("{address} user={role}"),
    };
    let server = open(&options).await;
    server.0.file_all(sample::filings(), "test").await;
    let trades = (0..3).map(|number| crate::support::trade_of(7, number, &Person::new(5), 3_500)).collect();
    send(std::slice::from_ref(&server.0), 5, trades).await;
    people_with(&server.0.control).await;
    // The log is kept up with no more rights; what was published nobody changes.
    server.0.evidence.head(NOW, None, &mut |_, _| {}).await.unwrap();
    server.0.evidence.forget().await.unwrap();
    end_of(server);
    let (client, connection) =
        tokio_postgres::connect(&options.database, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    for refused in [
        "UPDATE onewindow.ledger SET time = 0",
        "DELETE FROM onewindow.ledger",
        "DROP TABLE onewindow.key",
        "UPDATE onewindow.listed_under SET batch = 0",
        "UPDATE onewindow.trace SET what = ''",
        "DELETE FROM onewindow.trace",
        "DELETE FROM onewindow.window_user",
        "UPDATE onewindow.evidence_head SET time = 0",
        "DELETE FROM onewindow.evidence_key",
    ] {
        let error = client.batch_execute(refused).await.unwrap_err();
        let code = error.code().unwrap().code();
        assert_eq!(code, "42501", "{refused}: {error}");
    }
    execute(&address, &owner, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

/// All that is done with people, with the rights of whoever opened the control store.
async fn people_with(control: &Control) {
    let new = store::NewUser {
        login: "li.wei".into(),
        name: "Li".into(),
        party: "5301980501".into(),
        role: clearance::party::Role::Agent,
        duties: vec![store::Duty::Reader],
        districts: Vec::new(),
    };
    let id = control.add_user(&new, "hash", NOW).await.unwrap().unwrap();
    assert_eq!(control.add_user(&new, "hash", NOW).await.unwrap(), None);
    let user = control.user(id).await.unwrap().unwrap();
    control.begin_second_factor(&user, b"secret").await.unwrap();
    control.confirm_second_factor(id, 7, &["one".to_owned()], NOW).await.unwrap();
    assert!(!control.use_step(id, 7).await.unwrap() && control.use_step(id, 8).await.unwrap());
    assert!(
        control.use_recovery(id, "one").await.unwrap() && !control.use_recovery(id, "one").await.unwrap()
    );
    let patience = store::Patience { free: 1, delay: 1_000, doublings: 2, forget: 10_000 };
    for allowed in [true, true, false] {
        assert_eq!(control.attempt("li.wei", patience, NOW).await.unwrap().allowed, allowed);
    }
    control.forget_attempts("li.wei").await.unwrap();
    let (user, credentials) = control.credentials("li.wei").await.unwrap().unwrap();
    assert_eq!(
        (user.second_factor, credentials.second_factor.as_deref()),
        (true, Some(b"secret".as_slice()))
    );
    let (session, text) = control.open_session(&user, ("address", false), NOW, NOW).await.unwrap();
    assert_eq!(control.session(&text).await.unwrap().unwrap().0.id, session);
    assert!(control.end_session(id, session).await.unwrap());
    // Whose it was is known on; it counts no more.
    assert_eq!(control.session(&text).await.unwrap().unwrap().0.generation, -1);
    assert_eq!(control.sessions(&user).await.unwrap(), []);
    assert!(!control.end_session(id, session).await.unwrap());
    control.clear_second_factor(id, NOW).await.unwrap();
    control.trace("li.wei", "5301980501", "tried", "li.wei", NOW).await.unwrap();
    assert_eq!(control.traces(Some("5301980501"), i64::MAX, 5).await.unwrap().len(), 1);
}
