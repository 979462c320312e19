//! A space of a database that a program of any earlier step left, with its rows: brought up to date it has every row that it
//! had, and a server of today goes on with it. Files of a data folder are tested where they are made (`sqlite/control.rs`).

use crate::database::database;
use crate::store::{NOW, handed_over, key, trades};
use clearance::facts::{CountKey, CountKind, Keys};
use clearance::keys::Time;
use clearance::party::Role;
use std::collections::BTreeMap;
use std::error::Error;
use store::postgres::schema::{self, Steps};
use store::postgres::{Options, PostgresRead, PostgresStore, verify};
use store::{Control, Read, Scope, Search, Store, Transaction};
use tokio_postgres::{Client, NoTls};

/// What a trade leaves nothing of: a row a table, so that every step meets rows.
const ROWS: &str = r"
    INSERT INTO timer(key, kind, attempt, due, platform, order_no) VALUES ('00000000-0000-0000-0000-000000000001', 1, 1, 5, 'p', 'o');
    INSERT INTO follow(writer, sequence, number, payload, owner) VALUES (900, 1, 0, '\x01', 900);
    INSERT INTO undecided(writer, sequence, owner) VALUES (900, 2, 900);
    INSERT INTO record(key, register, created, state, writer, sequence) VALUES ('00000000-0000-0000-0000-000000000002', 200, 5, '500', 900, 3);
    INSERT INTO record_party(party, register, created, key) VALUES ('p', 200, 5, '00000000-0000-0000-0000-000000000002');
    INSERT INTO window_user(login, name, party, role, duties, districts, state, password, created, changed)
        VALUES ('li.wei', 'Li', 'p', 1, 'reader', '', 0, 'hash', 5, 5);
    INSERT INTO recovery(user_id, hash) VALUES (1, '\x02');
    INSERT INTO session(hash, user_id, generation, created, used, address) VALUES ('\x03', 1, 0, 5, 5, 'a');
    INSERT INTO attempt(login, failed, until, last, allowed) VALUES ('\x04', 1, 6, 5, true);
    INSERT INTO trace(time, by_whom, party, what, subject) VALUES (5, 'b', 'p', 'w', 's');
    INSERT INTO evidence_tile(writer, level, number, root, chain) VALUES (900, 0, 0, '\x05', '\x06');
    INSERT INTO evidence_key(number, made, public, wrapped) VALUES (900, 5, '\x07', '\x08');
    INSERT INTO evidence_head(number, time, note) VALUES (900, 5, 'note');
    INSERT INTO unrecorded(time, by_whom, party, what, subject) VALUES (5, 'b', 'p', 'w', 's');
    INSERT INTO provider(name, settings, secret) VALUES ('bureau', '{}', '\x09');
    INSERT INTO provided(identity, user_id) VALUES ('\x0a', 1);
    INSERT INTO under_way(state, provider, began) VALUES ('\x0b', 'bureau', 5);
    INSERT INTO nonce(hash, seen) VALUES ('\x0c', 5);
    INSERT INTO assignment(platform, order_no, party, officer, until) VALUES ('p', 'o', 'q', 'officer', 9);
    INSERT INTO derived(name, bytes) VALUES ('figures', '\x0d');
    INSERT INTO listed_under(party, millisecond, writer, batch, keys) SELECT 'of before', created >> 20, 0, 0, ARRAY[key] FROM listed;
    INSERT INTO counter(owner, kind, writer, state)
        VALUES ('of before', 1, 0, '\x00'::bytea || int4send(20700) || int4send(2) || int4send(20701) || int4send(3));
";

/// The same counts as the steps before `COUNTS_ARE_WINDOWS` kept them: a row a day.
const DAYS: &str = "INSERT INTO counter(owner, kind, day, count) VALUES ('of before', 1, 20700, 2), ('of before', 1, 20701, 3)";
/// Who finds a line, as the steps before `LINES_ARE_TOGETHER` kept it: a row a line and party.
const LINES: &str =
    "INSERT INTO listed_party(party, created, key) SELECT 'of before', created, key FROM listed";
/// The step at which the lines of a party, a batch and a millisecond became one row.
const LINES_ARE_TOGETHER: usize = 16;
/// The step at which counts of days became windows.
const COUNTS_ARE_WINDOWS: usize = 11;
/// The step that brought tokens.
const TOKENS: usize = 2;

async fn connected(address: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Tables of a space with their columns, as far as another has them too.
async fn columns(client: &Client, of: &str, also: &str) -> BTreeMap<String, String> {
    let statement = "SELECT c.table_name::text, string_agg(quote_ident(c.column_name::text), ', ' ORDER BY c.ordinal_position)
        FROM information_schema.columns c JOIN information_schema.columns a
        ON a.table_name::text = c.table_name::text AND a.column_name::text = c.column_name::text
        WHERE c.table_schema::text = $1 AND a.table_schema::text = $2 AND c.table_name::text <> 'migration' GROUP BY 1";
    let rows = client.query(statement, &[&of, &also]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// How many rows each table has, and a digest of what is in those columns.
async fn held(
    client: &Client,
    space: &str,
    columns: &BTreeMap<String, String>,
) -> BTreeMap<String, (i64, String)> {
    let mut held = BTreeMap::new();
    for (table, columns) in columns {
        let statement = format!(
            "SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM (SELECT {columns} FROM {space}.{table}) t"
        );
        let row = client.query_one(statement.as_str(), &[]).await.unwrap();
        held.insert(table.clone(), (row.get(0), row.get(1)));
    }
    held
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_space_of_every_released_step_is_brought_up_to_date_with_its_rows() {
    let Some(address) = database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let of_space = |name: &str| {
        let mut options = Options::new(&address, folder.path().join("space.key"));
        name.clone_into(&mut options.schema);
        // Who opens again takes the number of the one before.
        options.lease = std::time::Duration::from_millis(1);
        options
    };
    // A space of today, from which those of before are filled: the rows are real, as far as a step had place for them.
    let today = of_space("today");
    let newest = schema::migrate(&today).await.unwrap().to;
    let mut store = PostgresStore::open(today.clone()).await.unwrap();
    let trades = trades(2);
    let (_, durable) = handed_over(&mut store, &trades[0], NOW).await;
    durable.wait().await.unwrap();
    store.close().await;
    let control = Control::connect(&today).await.unwrap();
    let token = control.issue("5301980501", Role::Agent, "of before", &[], NOW, None).await.unwrap();
    control.set("judging", "on").await.unwrap();
    control.count_preview("c", "p", 20_700).await.unwrap();
    let client = connected(&address).await;
    client.batch_execute(&format!("SET search_path TO today; {ROWS}")).await.unwrap();
    for step in 1..newest {
        let space = format!("step_{step}");
        let options = of_space(&space);
        assert_eq!(schema::migrate_to(&options, step).await.unwrap(), Steps { from: 0, to: step });
        let mut columns = columns(&client, &space, "today").await;
        if step < COUNTS_ARE_WINDOWS {
            columns.remove("counter");
            client.batch_execute(&format!("SET search_path TO {space}; {DAYS}")).await.unwrap();
        }
        for (table, columns) in &columns {
            let copy = format!(
                "DELETE FROM {space}.{table}; INSERT INTO {space}.{table}({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM today.{table}"
            );
            client
                .batch_execute(&copy)
                .await
                .unwrap_or_else(|error| panic!("step {step}, {table}: {error:?}"));
        }
        if step < LINES_ARE_TOGETHER {
            client.batch_execute(&format!("SET search_path TO {space}; {LINES}")).await.unwrap();
        }
        let before = held(&client, &space, &columns).await;
        // Only a dictionary needs more than a trade.
        let empty: Vec<&String> =
            before.iter().filter(|(_, (rows, _))| *rows == 0).map(|(table, _)| table).collect();
        assert!(empty.iter().all(|table| *table == "dictionary"), "step {step}: no row in {empty:?}");
        // Whoever serves it has to be told what to do.
        let refused = PostgresStore::open(options.clone()).await.err().expect("an older space is refused");
        let why = refused.source().map(ToString::to_string).unwrap_or_default();
        assert!(why.contains(&format!("at step {step},")) && why.contains("onewindow migrate"), "{why}");
        assert_eq!(schema::migrate(&options).await.unwrap(), Steps { from: step, to: newest });
        assert_eq!(held(&client, &space, &columns).await, before, "step {step}");
        goes_on(&options, step, &token).await;
    }
}

/// What was there is known to a server of today, and it writes on.
async fn goes_on(options: &Options, step: usize, token: &str) {
    let trades = trades(2);
    let mut store = PostgresStore::open(options.clone()).await.unwrap();
    let counted = CountKey { kind: CountKind::Identity, owner: "of before".into() };
    let mut transaction =
        store.load(Keys { counts: vec![counted.clone()], ..Keys::default() }, 1).await.unwrap();
    let counts = transaction.facts().counts;
    drop(transaction);
    let window = counts.get(&counted).unwrap_or_else(|| panic!("step {step}: the counts are gone"));
    let days: Vec<(u32, u32)> = window.days.iter().map(|day| (day.slot, day.count)).collect();
    assert_eq!(days, [(20_700, 2), (20_701, 3)], "step {step}");
    let (_, durable) = handed_over(&mut store, &trades[1], Time(NOW.0 + 60_000)).await;
    durable.wait().await.unwrap();
    store.close().await;
    let read = PostgresRead::open(options).await.unwrap();
    let of_before = Scope::Party(vec!["of before".into()]);
    let (lines, _) = read.search(&of_before, &Search::default(), None, 10).await.unwrap();
    let lines: Vec<_> = lines.into_iter().map(|line| line.order).collect();
    assert_eq!(lines, [key(&trades[0])], "step {step}: who found a line finds it");
    for trade in &trades {
        assert!(read.consignment(&key(trade)).await.unwrap().is_some(), "step {step}");
    }
    let report = verify::verify(&read, &mut |_| {}).await.unwrap();
    assert_eq!((report.events, &report.faults), (8, &Vec::new()), "step {step}");
    if step >= TOKENS {
        let control = Control::connect(options).await.unwrap();
        let found = control.find(token).await.unwrap().expect("the token of before");
        assert_eq!((found.name.as_str(), found.scopes, found.bound_to), ("of before", None, None));
    }
}

/// Citus is not here: its functions write down what they are asked for, in its own table of what is spread.
const CITUS: &str = "SET search_path TO onewindow;
    CREATE TABLE pg_dist_partition(logicalrel regclass NOT NULL, spread_by text);
    CREATE FUNCTION create_reference_table(regclass) RETURNS void LANGUAGE sql
        AS 'INSERT INTO pg_dist_partition VALUES ($1, NULL)';
    CREATE FUNCTION create_distributed_table(table_name regclass, distribution_column text, colocate_with text)
        RETURNS void LANGUAGE sql AS 'INSERT INTO pg_dist_partition VALUES ($1, $2)'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_is_told_of_every_table_once_and_whoever_has_none_is_told() {
    let Some(address) = database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(&address, folder.path().join("space.key"));
    schema::migrate(&options).await.unwrap();
    let refused = schema::distribute(&options).await.unwrap_err();
    let why = refused.source().map(ToString::to_string).unwrap_or_default();
    assert!(why.contains("no Citus"), "{why}");
    let client = connected(&address).await;
    client.batch_execute(CITUS).await.unwrap();
    // Again after a step that brought nothing.
    for _ in 0..2 {
        schema::distribute(&options).await.unwrap();
    }
    let statement = "SELECT c.relname::text, count(d.logicalrel), max(d.spread_by) FROM pg_class c
        LEFT JOIN pg_dist_partition d ON d.logicalrel = c.oid WHERE c.relkind = 'r'
        AND c.relnamespace = 'onewindow'::regnamespace AND c.relname NOT IN ('migration', 'pg_dist_partition') GROUP BY 1";
    let rows = client.query(statement, &[]).await.unwrap();
    let mut spread = BTreeMap::new();
    for row in &rows {
        let (table, told) = (row.get::<_, &str>(0), row.get::<_, i64>(1));
        assert_eq!(told, 1, "{table}");
        spread.extend(row.get::<_, Option<&str>>(2).map(|column| (table, column)));
    }
    assert_eq!(spread, BTreeMap::from(schema::DISTRIBUTION));
    // One that came since is spread, and no other again.
    client.batch_execute("DELETE FROM pg_dist_partition WHERE spread_by = 'recipient'").await.unwrap();
    schema::distribute(&options).await.unwrap();
    let count = client.query_one("SELECT count(*) FROM pg_dist_partition", &[]).await.unwrap();
    assert_eq!(count.get::<_, i64>(0), rows.len() as i64);
}
