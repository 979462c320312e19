//! Steps stay as they were released, each table is spread by a column that its keys and statements carry, and servers may do what
//! their statements do.

use super::*;

/// The text of statements that are on the path of a batch, of feeds, timers and follows, of whoever follows the ledger, and of a
/// server that starts.
const HOT: [&str; 11] = [
    include_str!("../load.rs"),
    include_str!("../write.rs"),
    include_str!("../write/lines.rs"),
    include_str!("../cold.rs"),
    include_str!("../store.rs"),
    include_str!("../evidence.rs"),
    include_str!("../read.rs"),
    include_str!("../receipts.rs"),
    include_str!("../writer.rs"),
    include_str!("../exports.rs"),
    include_str!("../scan.rs"),
];

/// Statements among them that ask every shard: how they begin, and why they may.
const OF_ALL_SHARDS: [(&str, &str); 13] = [
    ("SELECT coalesce(max(time), 0) FROM writer", "for whoever moves the reference, which is rare"),
    (
        "SELECT writer, sequence FROM ledger WHERE kind = $1 AND kind > 17",
        "rows of the reference, which are few and read when it moved",
    ),
    ("WITH gone AS (UPDATE writer", "looks for servers that are gone, once a second and server"),
    ("SELECT writer, sequence, head FROM writer", "a row a server, for the evidence log"),
    ("SELECT writer, sequence FROM writer WHERE sequence > 0", "a row a server, for the end of a feed"),
    ("SELECT min(writer) FROM writer", "a server that starts"),
    ("SELECT coalesce(max(writer), 0) + 1 FROM writer", "a server that starts"),
    ("SELECT writer, sequence, payload FROM follow WHERE owner", "a server that starts or takes over"),
    ("SELECT writer, sequence FROM undecided ORDER BY", "a server that starts, takes over or judges again"),
    ("SELECT owner, kind, period, posted, held, own_limit FROM account", "a list that people read"),
    (
        "SELECT r.writer, r.sequence, r.created FROM record r WHERE r.register",
        "a list that people read, and a monthly summary once",
    ),
    ("SELECT writer, sequence, created FROM record WHERE {EXPORTS_WAITING}", "a list that people read"),
    ("UPDATE timer t SET claimed_by", "what is due is found by its time, once a second and server"),
];

/// The first half of the digest of each step that was released.
const RELEASED: [&str; 16] = [
    "cd282b2854352159",
    "c27625547101f4f5",
    "c8791c8dc4fc94bd",
    "1bab1e3af790e144",
    "7d510e90993585fd",
    "1618db6471cc930c",
    "79cd43eb732d8196",
    "d9e38a1a007e1c9a",
    "428656cbb95d83fc",
    "ba7400df7332ed82",
    "3543c97b75854c91",
    "b87c3594d145985a",
    "35c8d19edad7ef07",
    "9edb2063dd102154",
    "651c35cc389a0451",
    "ee243ad87c831e20",
];

/// Tables that a later step took away.
const GONE: [&str; 1] = ["listed_party"];

/// What has taken a step never takes it again: another text under its number would leave two sorts of spaces.
#[test]
fn a_released_step_does_not_change() {
    assert!(STEPS.len() >= RELEASED.len(), "a released step is gone");
    for (index, (step, released)) in STEPS.iter().zip(RELEASED).enumerate() {
        let digest = ring::digest::digest(&ring::digest::SHA256, step.as_bytes());
        let hex: String = digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, released, "step {} was released and has another text now", index + 1);
    }
}

fn column(table: &str) -> Option<&'static str> {
    DISTRIBUTION.iter().find(|(known, _)| *known == table).map(|(_, column)| *column)
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect()
}

#[test]
fn every_unique_key_carries_the_column_by_which_its_table_is_spread() {
    let (mut spread, mut whole) = (0, 0);
    for step in STEPS {
        for statement in step.split(';').filter(|statement| statement.contains("CREATE TABLE")) {
            let table = words(statement)[2];
            if GONE.contains(&table) {
                continue;
            }
            let Some(column) = column(table) else {
                assert!(EVERYWHERE.contains(&table), "{table} is neither spread nor everywhere");
                whole += 1;
                continue;
            };
            spread += 1;
            let key = statement.split("PRIMARY KEY (").nth(1).map(|rest| rest.split(')').next());
            let alone = statement
                .split(',')
                .find(|part| part.contains("PRIMARY KEY") && !part.contains("PRIMARY KEY ("));
            let key = key.flatten().or(alone).unwrap_or_default();
            assert!(words(key).contains(&column), "{table}: {key} lacks {column}");
            for elsewhere in ["UNIQUE", "REFERENCES", "IDENTITY", "serial"] {
                assert!(!statement.contains(elsewhere), "{table}: {elsewhere}");
            }
        }
        // A key that took the place of another.
        for statement in step.split(';').filter(|statement| statement.contains("ADD PRIMARY KEY (")) {
            let table = words(statement)[2];
            let key = statement.split("ADD PRIMARY KEY (").nth(1).and_then(|rest| rest.split(')').next());
            let key = words(key.unwrap_or_default());
            assert!(column(table).is_none_or(|column| key.contains(&column)), "{table}: {key:?}");
        }
        assert!(!step.contains("UNIQUE INDEX") && !step.contains("TRIGGER"));
    }
    assert_eq!((spread, whole), (DISTRIBUTION.len(), EVERYWHERE.len()));
}

/// Whether a statement names its rows by a column: it writes it, or says what it equals.
fn carries(statement: &str, column: &str, written: bool) -> bool {
    if written {
        return words(statement).contains(&column);
    }
    let clauses = [" WHERE ", " ON ", " USING "].iter().filter_map(|clause| statement.find(clause));
    let rest = clauses.min().and_then(|from| statement.get(from..)).unwrap_or_default();
    let equals = format!("{column} = ");
    let whole = |at: usize| !rest[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    rest.match_indices(&equals).any(|(at, _)| whole(at))
}

/// What in the text of a file is a statement.
fn statements(text: &str) -> impl Iterator<Item = &str> {
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];
    text.split('"').filter(move |text| verbs.iter().any(|verb| text.starts_with(verb)))
}

#[test]
fn every_hot_statement_carries_the_column_of_its_table() {
    let mut seen = std::collections::BTreeSet::new();
    let mut excepted = std::collections::BTreeSet::new();
    for text in HOT {
        for statement in statements(text) {
            let exception = OF_ALL_SHARDS.iter().find(|(begins, _)| statement.starts_with(begins));
            excepted.extend(exception.map(|(begins, _)| *begins));
            for pair in words(statement).windows(2) {
                if !["INTO", "FROM", "UPDATE", "JOIN"].contains(&pair[0]) {
                    continue;
                }
                let Some(column) = column(pair[1]) else { continue };
                let carried = exception.is_some() || carries(statement, column, pair[0] == "INTO");
                assert!(carried, "{statement}: {} without {column}", pair[1]);
                seen.insert(pair[1].to_owned());
            }
        }
    }
    let all: std::collections::BTreeSet<String> =
        DISTRIBUTION.iter().map(|(table, _)| (*table).to_owned()).collect();
    assert_eq!(seen, all, "a table has no hot statement that was looked at");
    let named: std::collections::BTreeSet<&str> = OF_ALL_SHARDS.iter().map(|(begins, _)| *begins).collect();
    assert_eq!(excepted, named, "an exception has no statement any more");
}

#[test]
fn what_is_asked_for_by_one_key_lies_together() {
    let spreading = spreading();
    for (tables, with) in [
        (&["writer", "follow", "undecided", "evidence_tile"][..], "ledger"),
        (&["timer", "listed", "record"][..], "key"),
        (&["counter"][..], "account"),
        (&["listed_under", "record_party"][..], "receipt"),
    ] {
        for table in tables {
            let begins = format!("SELECT create_distributed_table('{table}', ");
            let told = spreading.iter().find(|told| told.starts_with(&begins)).unwrap();
            assert!(told.contains(&format!("colocate_with => '{with}'")), "{told}");
        }
    }
    assert_eq!(spreading.iter().filter(|told| told.contains("'none'")).count(), ALIKE.len());
}

/// The other files whose statements change something.
const BESIDES: [&str; 4] = [
    include_str!("../assignments.rs"),
    include_str!("../control.rs"),
    include_str!("../people.rs"),
    include_str!("../providers.rs"),
];

/// What is done with tables of which no statement says so: one is of two texts, one names its table as it goes.
const UNSAID: [(&str, &str); 2] = [("listed", "UPDATE"), ("provided", "DELETE")];

/// The statement that erases payloads is for the owner of the tables.
const OF_THE_OWNER: &str = "UPDATE ledger l SET payload";

#[test]
fn servers_may_change_what_their_statements_change_and_no_more() {
    use std::collections::{BTreeMap, BTreeSet};
    let mut done: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (table, right) in UNSAID {
        done.entry(table).or_default().insert(right);
    }
    for text in HOT.into_iter().chain(BESIDES) {
        for statement in statements(text).filter(|statement| !statement.starts_with(OF_THE_OWNER)) {
            let words = words(statement);
            for (at, &table) in words.iter().enumerate() {
                let before = |back: usize| at.checked_sub(back).map_or("", |at| words[at]);
                let of_table = match (before(2), before(1)) {
                    (_, "UPDATE") => vec!["UPDATE"],
                    ("INSERT", "INTO") if statement.contains("DO UPDATE") => vec!["INSERT", "UPDATE"],
                    ("INSERT", "INTO") => vec!["INSERT"],
                    ("DELETE", "FROM") => vec!["DELETE"],
                    _ => continue,
                };
                done.entry(table).or_default().extend(of_table);
            }
        }
    }
    for table in DISTRIBUTION.into_iter().map(|(table, _)| table).chain(EVERYWHERE) {
        let named = RIGHTS.iter().filter(|(_, tables)| tables.split(", ").any(|known| known == table));
        let granted: Vec<&str> = named.flat_map(|(rights, _)| rights.split(", ")).collect();
        assert!(granted.contains(&"SELECT"), "{table} cannot be read");
        let granted: BTreeSet<&str> = granted.into_iter().filter(|right| *right != "SELECT").collect();
        assert_eq!(granted, done.remove(table).unwrap_or_default(), "{table}");
    }
}
