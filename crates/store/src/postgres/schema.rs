//! The tables, made and changed by numbered steps. Every hot table carries its distribution column in each of its unique
//! keys: no foreign key, trigger or sequence is on the hot path.

use super::{Options, connect, failed, quoted};
use crate::StoreError;

/// Steps in order; a released one never changes, or only where it could not be taken at all: whoever has taken it has the same
/// tables as whoever takes it now.
const STEPS: &[&str] = &[
    // Rows are named by writer and sequence, keys by their hash, accounts and counters by owner, feeds by recipient.
    "CREATE TABLE ledger(writer integer NOT NULL, sequence bigint NOT NULL, time bigint NOT NULL, kind smallint NOT NULL,
         payload bytea NOT NULL, digest bytea NOT NULL, PRIMARY KEY (writer, sequence));
     ALTER TABLE ledger ALTER COLUMN payload SET STORAGE EXTERNAL;
     CREATE INDEX ledger_rare ON ledger(kind, time) WHERE kind > 17;
     CREATE TABLE writer(writer integer PRIMARY KEY, fence bigint NOT NULL, lease_until timestamptz NOT NULL,
         sequence bigint NOT NULL, time bigint NOT NULL, head bytea NOT NULL) WITH (fillfactor = 50);
     CREATE TABLE key(hash uuid PRIMARY KEY, writer integer NOT NULL, sequence bigint NOT NULL) WITH (fillfactor = 80);
     CREATE TABLE account(owner text NOT NULL, kind smallint NOT NULL, period integer NOT NULL, posted bigint NOT NULL,
         held bigint NOT NULL, own_limit bigint, checked_limit bigint, PRIMARY KEY (owner, kind, period)) WITH (fillfactor = 80);
     CREATE TABLE counter(owner text NOT NULL, kind smallint NOT NULL, day integer NOT NULL, count integer NOT NULL,
         PRIMARY KEY (owner, kind, day)) WITH (fillfactor = 80);
     CREATE TABLE receipt(recipient text NOT NULL, writer integer NOT NULL, batch bigint NOT NULL, time bigint NOT NULL,
         entries bytea NOT NULL, PRIMARY KEY (recipient, writer, batch));
     CREATE TABLE timer(key uuid NOT NULL, kind smallint NOT NULL, attempt integer NOT NULL, due bigint NOT NULL,
         platform text NOT NULL, order_no text NOT NULL, claimed_by integer, claimed_until timestamptz,
         PRIMARY KEY (key, kind, attempt));
     CREATE INDEX timer_due ON timer(due);
     CREATE TABLE follow(writer integer NOT NULL, sequence bigint NOT NULL, number smallint NOT NULL,
         payload bytea NOT NULL, PRIMARY KEY (writer, sequence, number));
     CREATE TABLE undecided(writer integer NOT NULL, sequence bigint NOT NULL, PRIMARY KEY (writer, sequence));
     CREATE TABLE listed(key uuid PRIMARY KEY, created bigint NOT NULL, platform text NOT NULL, order_no text NOT NULL,
         state smallint NOT NULL, lane smallint NOT NULL, customs text NOT NULL, entry text, writer integer NOT NULL,
         sequence bigint NOT NULL, time bigint NOT NULL) WITH (fillfactor = 70);
     CREATE INDEX listed_created ON listed(created);
     CREATE TABLE listed_party(party text NOT NULL, created bigint NOT NULL, key uuid NOT NULL,
         PRIMARY KEY (party, created, key));
     CREATE TABLE data_key(id integer PRIMARY KEY, wrapped bytea NOT NULL);
     CREATE TABLE dictionary(id integer PRIMARY KEY, class smallint NOT NULL, sealed bytea NOT NULL);
     CREATE TABLE number_block(name text PRIMARY KEY, next bigint NOT NULL);
     INSERT INTO number_block VALUES ('serial', 1);",
    // What is in force, by version and time of its last change; who works on what another left; tokens and preview counters.
    "CREATE TABLE reference(one boolean PRIMARY KEY CHECK (one), version bigint NOT NULL, time bigint NOT NULL);
     INSERT INTO reference VALUES (true, 0, 0);
     ALTER TABLE follow ADD COLUMN owner integer;
     UPDATE follow SET owner = writer;
     ALTER TABLE follow ALTER COLUMN owner SET NOT NULL;
     CREATE INDEX follow_owner ON follow(owner);
     ALTER TABLE undecided ADD COLUMN owner integer;
     UPDATE undecided SET owner = writer;
     ALTER TABLE undecided ALTER COLUMN owner SET NOT NULL;
     CREATE TABLE token(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hash bytea NOT NULL UNIQUE, party text NOT NULL,
         role smallint NOT NULL, name text NOT NULL, districts text NOT NULL, created bigint NOT NULL, expires bigint,
         revoked boolean NOT NULL DEFAULT false);
     CREATE TABLE preview(caller text NOT NULL, person text NOT NULL, day integer NOT NULL, count integer NOT NULL,
         PRIMARY KEY (caller, person, day));
     CREATE TABLE setting(name text PRIMARY KEY, value text NOT NULL);",
    // Records of registers and whom they name.
    "CREATE TABLE record(key uuid PRIMARY KEY, register smallint NOT NULL, created bigint NOT NULL, state text NOT NULL,
         writer integer NOT NULL, sequence bigint NOT NULL) WITH (fillfactor = 70);
     CREATE INDEX record_register ON record(register, created);
     CREATE TABLE record_party(party text NOT NULL, register smallint NOT NULL, created bigint NOT NULL, key uuid NOT NULL,
         PRIMARY KEY (party, register, created, key));",
    // What a token is for; people who sign in, their sessions, what happened to them.
    "ALTER TABLE token ADD COLUMN scopes text;
     CREATE TABLE window_user(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, login text NOT NULL UNIQUE, name text NOT NULL,
         party text NOT NULL, role smallint NOT NULL, duties text NOT NULL, districts text NOT NULL, state smallint NOT NULL,
         password text NOT NULL, second_factor bytea, pending bytea, step bigint NOT NULL DEFAULT 0,
         generation bigint NOT NULL DEFAULT 0, version bigint NOT NULL DEFAULT 0, created bigint NOT NULL, changed bigint NOT NULL);
     CREATE INDEX window_user_party ON window_user(party, id);
     CREATE TABLE recovery(user_id bigint NOT NULL, hash bytea NOT NULL, PRIMARY KEY (user_id, hash));
     CREATE TABLE session(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hash bytea NOT NULL UNIQUE, user_id bigint NOT NULL,
         generation bigint NOT NULL, created bigint NOT NULL, used bigint NOT NULL, address text NOT NULL);
     CREATE INDEX session_user_id ON session(user_id);
     CREATE TABLE attempt(login bytea PRIMARY KEY, failed bigint NOT NULL, until bigint NOT NULL, last bigint NOT NULL,
         allowed boolean NOT NULL);
     CREATE INDEX attempt_last ON attempt(last);
     CREATE TABLE trace(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, time bigint NOT NULL, by_whom text NOT NULL,
         party text NOT NULL, what text NOT NULL, subject text NOT NULL);
     CREATE INDEX trace_party ON trace(party, id);",
    // The evidence log: roots of complete subtrees, which are derived; keys and published heads, which are only added to.
    "CREATE TABLE evidence_tile(writer integer NOT NULL, level smallint NOT NULL, number bigint NOT NULL, root bytea NOT NULL,
         chain bytea NOT NULL, PRIMARY KEY (writer, level, number));
     CREATE TABLE evidence_key(number integer PRIMARY KEY, made bigint NOT NULL, public bytea NOT NULL, wrapped bytea NOT NULL);
     CREATE TABLE evidence_head(number bigint PRIMARY KEY, time bigint NOT NULL, note text NOT NULL);",
    // What waits to be a row of the ledger; providers of identities, whom they proved, and sign-ins that are under way.
    "ALTER TABLE session ADD COLUMN provided boolean NOT NULL DEFAULT false;
     CREATE TABLE unrecorded(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, time bigint NOT NULL, by_whom text NOT NULL,
         party text NOT NULL, what text NOT NULL, subject text NOT NULL);
     CREATE TABLE provider(name text PRIMARY KEY, settings text NOT NULL, secret bytea NOT NULL);
     CREATE TABLE provided(identity bytea PRIMARY KEY, user_id bigint NOT NULL);
     CREATE TABLE under_way(state bytea PRIMARY KEY, provider text NOT NULL, began bigint NOT NULL);",
    // What took the place of an erased payload.
    "ALTER TABLE ledger ADD COLUMN redacted bytea;",
    // The key without which a token is worth nothing; what signed requests said once.
    "ALTER TABLE token ADD COLUMN bound_to text;
     CREATE TABLE nonce(hash bytea PRIMARY KEY, seen bigint NOT NULL);
     CREATE INDEX nonce_seen ON nonce(seen);",
    // Which officer works on which trade, until when.
    "CREATE TABLE assignment(platform text NOT NULL, order_no text NOT NULL, party text NOT NULL, officer text NOT NULL,
         until bigint NOT NULL, PRIMARY KEY (platform, order_no));",
    // What is made of rows and need not be made again.
    "CREATE TABLE derived(name text PRIMARY KEY, bytes bytea NOT NULL);",
    // Windows hold more than counts of days, and each writer has its own part of one: nobody waits for another's. The counts
    // so far are a part of no writer's, in the form 0 of `windows.rs`.
    "ALTER TABLE counter DROP CONSTRAINT counter_pkey;
     ALTER TABLE counter ADD COLUMN writer integer NOT NULL DEFAULT 0, ADD COLUMN state bytea;
     INSERT INTO counter(owner, kind, day, count, writer, state) SELECT owner, kind, -1, 0, 0,
         '\\x00'::bytea || string_agg(int4send(day) || int4send(count), ''::bytea ORDER BY day) FROM counter GROUP BY owner, kind;
     DELETE FROM counter WHERE day >= 0;
     ALTER TABLE counter DROP COLUMN day, DROP COLUMN count, ALTER COLUMN state SET NOT NULL, ALTER COLUMN writer DROP DEFAULT,
         ADD PRIMARY KEY (owner, kind, writer);",
    // What waits for an officer, found without looking through what was cleared.
    "CREATE INDEX listed_waiting ON listed(created) WHERE state IN (300, 500, 501, 502, 503, 599, 600);",
    // When what is under a key was last read by a batch that left it as it was, or was taken away: who writes it next is later.
    "ALTER TABLE key ADD COLUMN read bigint;",
    // What waits for an officer in the orders of a queue.
    "CREATE INDEX listed_lane ON listed(lane, time, created) WHERE state IN (300, 500, 501, 502, 503, 599, 600);
     CREATE INDEX listed_age ON listed(time, created) WHERE state IN (300, 500, 501, 502, 503, 599, 600);",
    // Exports that wait for an officer.
    "CREATE INDEX record_waiting ON record(created) WHERE register = 200 AND state IN ('300', '500', '501', '502', '503', '599', '600');",
    // Who finds which lines: of a party one row for what a batch listed in a millisecond, where each line had a row of its own. A
    // server of the step before is refused when it next lists something: whoever reads finds all or is told.
    "CREATE TABLE listed_under(party text NOT NULL, millisecond bigint NOT NULL, writer integer NOT NULL, batch bigint NOT NULL,
         keys uuid[] NOT NULL, PRIMARY KEY (party, millisecond, writer, batch));
     ALTER TABLE listed_under ALTER COLUMN keys SET STORAGE EXTERNAL;
     INSERT INTO listed_under SELECT party, created >> 20, 0, 0, array_agg(key ORDER BY created) FROM listed_party
         GROUP BY party, created >> 20;
     DROP TABLE listed_party;",
];

/// Tables that a distributed PostgreSQL spreads, each by the column that its hot statements carry. The others are small: every
/// node has them whole.
pub const DISTRIBUTION: [(&str, &str); 14] = [
    ("ledger", "writer"),
    ("evidence_tile", "writer"),
    ("writer", "writer"),
    ("follow", "writer"),
    ("undecided", "writer"),
    ("key", "hash"),
    ("timer", "key"),
    ("listed", "key"),
    ("account", "owner"),
    ("counter", "owner"),
    ("receipt", "recipient"),
    ("listed_under", "party"),
    ("record", "key"),
    ("record_party", "party"),
];

/// Tables that every node has whole.
const EVERYWHERE: [&str; 21] = [
    "data_key",
    "dictionary",
    "number_block",
    "reference",
    "token",
    "preview",
    "setting",
    "window_user",
    "recovery",
    "session",
    "attempt",
    "trace",
    "evidence_key",
    "evidence_head",
    "unrecorded",
    "provider",
    "provided",
    "under_way",
    "nonce",
    "assignment",
    "derived",
];

/// Columns in which the same is written: who writes; hashes of keys, those of consignments too; whose an account or a window is; who
/// reads. Tables that are spread by columns of one kind lie together.
const ALIKE: [&[&str]; 4] = [&["writer"], &["hash", "key"], &["owner"], &["recipient", "party"]];

/// What spreads the tables, each as far as it is not spread: a step may have brought one to a space that is.
fn spreading() -> Vec<String> {
    let call = |call: String, table: &str| {
        format!(
            "SELECT {call} WHERE NOT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrel = '{table}'::regclass)"
        )
    };
    let mut statements = Vec::new();
    for table in EVERYWHERE {
        statements.push(call(format!("create_reference_table('{table}')"), table));
    }
    for (index, (table, column)) in DISTRIBUTION.into_iter().enumerate() {
        let alike =
            |other: &str| ALIKE.iter().any(|columns| columns.contains(&column) && columns.contains(&other));
        let first = DISTRIBUTION.iter().take(index).find(|(_, other)| alike(other));
        let with = first.map_or("none", |(first, _)| *first);
        let spread = format!("create_distributed_table('{table}', '{column}', colocate_with => '{with}')");
        statements.push(call(spread, table));
    }
    statements
}

/// Spreads the tables of a space over the nodes of a Citus cluster; those that a later step brought, when it is called again. They
/// must be empty or small.
///
/// # Errors
/// When the database refuses, or has no Citus.
pub async fn distribute(options: &Options) -> Result<(), StoreError> {
    let client = connect(options).await?;
    let there = client.query_one("SELECT to_regclass('pg_dist_partition') IS NOT NULL", &[]).await;
    if !there.map_err(|error| failed("look for Citus", error))?.get::<_, bool>(0) {
        return Err(StoreError::Failed {
            operation: "distribute the tables".to_owned(),
            source: "the database has no Citus (CREATE EXTENSION citus)".into(),
        });
    }
    for statement in spreading() {
        client.batch_execute(&statement).await.map_err(|error| failed("distribute the tables", error))?;
    }
    Ok(())
}

/// Whether the tables are those of this program: they are made and changed by [`migrate`] alone, for which a server's
/// role need not have the right.
///
/// # Errors
/// When the database cannot be reached, or its tables are older or newer.
pub async fn ready(options: &Options) -> Result<(), StoreError> {
    let client = connect(options).await?;
    let row = client.query_one("SELECT to_regclass('migration') IS NOT NULL", &[]).await;
    let there = row.map_err(|error| failed("look for the tables", error))?.get::<_, bool>(0);
    let mut done = 0;
    if there {
        let row = client.query_one("SELECT count(*) FROM migration", &[]).await;
        done = row.map_err(|error| failed("look for the tables", error))?.get::<_, i64>(0);
    }
    let known = STEPS.len();
    if usize::try_from(done).is_ok_and(|done| done == known) {
        return Ok(());
    }
    Err(StoreError::Failed {
        operation: "open the space of the database".to_owned(),
        source: format!(
            "its tables are at step {done}, this program needs step {known}: run `onewindow migrate`"
        )
        .into(),
    })
}

/// From which step a space came, and where it is now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Steps {
    /// 0 = it was not there.
    pub from: usize,
    /// The newest this program knows.
    pub to: usize,
}

/// What the role of the servers needs: rows of the ledger and of feeds are added and read, never changed.
const RIGHTS: [(&str, &str); 6] = [
    ("SELECT", "migration"),
    (
        "SELECT, INSERT",
        "ledger, receipt, listed_under, record_party, data_key, dictionary, trace, evidence_key, evidence_head",
    ),
    (
        "SELECT, INSERT, UPDATE",
        "writer, key, account, counter, listed, record, token, preview, setting, window_user, derived",
    ),
    ("SELECT, UPDATE", "reference, number_block"),
    ("SELECT, INSERT, UPDATE, DELETE", "timer, follow, undecided, session, attempt, provider, assignment"),
    ("SELECT, INSERT, DELETE", "evidence_tile, recovery, unrecorded, provided, under_way, nonce"),
];

/// Grants a role what servers need, and no more.
///
/// # Errors
/// When the database refuses, or there is no such role.
pub async fn grant(options: &Options, role: &str) -> Result<(), StoreError> {
    let client = connect(options).await?;
    let (schema, role) = (quoted(&options.schema), quoted(role));
    let mut statements = format!("GRANT USAGE ON SCHEMA {schema} TO {role};");
    for (rights, tables) in RIGHTS {
        statements.push_str(&format!("GRANT {rights} ON {tables} TO {role};"));
    }
    client.batch_execute(&statements).await.map_err(|error| failed("grant rights", error))
}

/// Brings a space up to the newest step.
///
/// # Errors
/// When the database refuses, or is of a newer program.
pub async fn migrate(options: &Options) -> Result<Steps, StoreError> {
    migrate_to(options, STEPS.len()).await
}

/// Brings a space up to a step and no further, as the program of that step made it: for tests that go on from there.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_to(options: &Options, last: usize) -> Result<Steps, StoreError> {
    let mut client = connect(options).await?;
    let schema = quoted(&options.schema);
    let run = async {
        client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}")).await?;
        client.batch_execute("CREATE TABLE IF NOT EXISTS migration(step integer PRIMARY KEY)").await?;
        let transaction = client.transaction().await?;
        // Two programs that start at once: one waits here.
        transaction.batch_execute("LOCK TABLE migration IN EXCLUSIVE MODE").await?;
        let row = transaction.query_one("SELECT count(*) FROM migration", &[]).await?;
        let done = usize::try_from(row.get::<_, i64>(0)).unwrap_or(0);
        for (index, step) in STEPS.iter().enumerate().take(last).skip(done) {
            transaction.batch_execute(step).await?;
            transaction.execute("INSERT INTO migration VALUES ($1)", &[&(index as i32 + 1)]).await?;
        }
        transaction.commit().await?;
        Ok::<usize, tokio_postgres::Error>(done)
    };
    let done = run.await.map_err(|error| failed("migrate the database", error))?;
    if done > STEPS.len() {
        return Err(StoreError::Failed {
            operation: "open the database".to_owned(),
            source: format!("its tables are of a newer program: step {done}, this one knows {}", STEPS.len())
                .into(),
        });
    }
    Ok(Steps { from: done, to: done.max(last) })
}

#[cfg(test)]
mod tests;
