//! `onewindow audit` as an operator and an auditor use it: on a folder and on a database, exit codes, `--json`.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

struct Place<'a> {
    path: &'a Path,
    /// None = a folder.
    address: Option<String>,
}

impl Place<'_> {
    fn run(&self, arguments: &str) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_onewindow"));
        command.args(arguments.split_whitespace()).current_dir(self.path);
        if let Some(address) = &self.address {
            command.env("ONEWINDOW_DATABASE", address).env("ONEWINDOW_MASTER_KEY", "space.key");
        }
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
    fn done(&self, arguments: &str) -> String {
        let arguments = match self.address {
            Some(_) => arguments.replace("--data zone", ""),
            None => arguments.to_owned(),
        };
        let (code, out, told) = self.run(&arguments);
        assert_eq!(code, 0, "{arguments}: {out} {told}");
        out
    }
    fn verified(&self, arguments: &str) -> (i32, Value) {
        let (code, out, told) = self.run(&format!("audit verify {arguments} --json"));
        (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out} {told}")))
    }
}

fn story(place: &Place<'_>) {
    let file = |name: &str| place.path.join(name);
    place.done("generate --declarations 20 --seed 7 --out messages");
    place.done("party import --data zone messages/parties.json");
    std::fs::write(file("first.txt"), place.done("audit head --data zone")).unwrap();
    if place.address.is_none() {
        place.done("submit --data zone messages --json");
    }
    std::fs::write(file("second.json"), place.done("audit head --data zone --json")).unwrap();
    assert!(place.done("audit keys --data zone --rotate --json").contains("\"number\":2"));
    place.done("party import --data zone messages/parties.json");
    let written = place.done("audit export --data zone --out log.evidence");
    assert!(written.contains("onewindow audit verify log.evidence --key"), "{written}");
    let (code, report) = place.verified("log.evidence --against first.txt --against second.json");
    assert_eq!((code, &report["clean"]), (0, &Value::Bool(true)), "{report}");
    assert!(report["entries"].as_u64().unwrap() > 12, "{report}");
    let key = report["keys"][0].as_str().unwrap();
    assert_eq!(place.verified(&format!("log.evidence --key {key}")).0, 0);
    assert_eq!(place.verified(&format!("log.evidence --key {}", "ab".repeat(32))).0, 1);
    // What is done to a line is named, and the line after it stands in its place.
    let text = std::fs::read_to_string(file("log.evidence")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let entries = lines.iter().position(|line| *line == "entries").unwrap();
    let chosen = entries + 8;
    let sequence: u64 = lines[chosen].split(' ').nth(1).unwrap().parse().unwrap();
    let mut words: Vec<&str> = lines[chosen].split(' ').collect();
    words[3] = "99";
    let altered = words.join(" ");
    for (name, change) in [
        ("altered", vec![altered.as_str(), lines[chosen + 1]]),
        ("removed", vec![lines[chosen + 1]]),
        ("swapped", vec![lines[chosen + 1], lines[chosen]]),
        ("twice", vec![lines[chosen - 1], lines[chosen], lines[chosen + 1]]),
    ] {
        let changed = [&lines[..chosen], &change, &lines[chosen + 2..]].concat().join("\n") + "\n";
        std::fs::write(file("changed"), changed).unwrap();
        let (code, report) = place.verified("changed");
        assert_eq!((code, &report["clean"]), (1, &Value::Bool(false)), "{name}: {report}");
        let named = report["faults"][0]["sequence"].as_u64().unwrap();
        assert_eq!(named, if name == "twice" { sequence - 1 } else { sequence }, "{name}: {report}");
        let told = place.run("audit verify changed");
        assert!(told.0 == 1 && told.1.contains(&format!("entry {named} of writer")), "{name}: {told:?}");
    }
    // What cannot be read says nothing of the log.
    assert_eq!(place.run("audit verify nowhere").0, 2);
    assert_eq!(place.run("audit verify log.evidence --against messages/parties.json").0, 2);
    assert_eq!(place.run("audit verify log.evidence --key short").0, 2);
    // What is derived is made again.
    assert!(place.done("audit rebuild --data zone --json").contains("rowsPerSecond"));
    place.done("audit export --data zone --out again.evidence --json");
    assert_eq!(std::fs::read_to_string(file("again.evidence")).unwrap(), text);
}

#[test]
fn a_log_is_exported_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    story(&Place { path: folder.path(), address: None });
    let place = Place { path: folder.path(), address: None };
    // A backup has no head beyond its rows: what is restored of it is clean, and has grown out of what was written down.
    place.done("backup --data zone --out kept");
    place.done("restore --from kept --data restored --master-key zone.key");
    place.done("audit export --data restored --master-key zone.key --out restored.evidence");
    let (code, report) = place.verified("restored.evidence --against first.txt --against second.json");
    assert_eq!(code, 0, "{report}");
}

#[test]
fn a_byte_that_was_altered_is_found_in_a_log_whose_every_proof_holds() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place { path: folder.path(), address: None };
    for seed in 1..4 {
        let told = place.done(&format!("audit bench --entries 3000 --proofs 50 --seed {seed} --json"));
        let told: Value = serde_json::from_str(&told).unwrap();
        // With the rows of the opening.
        assert!(told["entries"].as_u64().is_some_and(|entries| (3000..3010).contains(&entries)), "{told}");
        assert_eq!(told["proofs"]["checked"], 50, "{told}");
        let altered = &told["altered"];
        assert_eq!(altered["found"], true, "{told}");
        assert!(altered["named"] == altered["entry"] && altered["was"] != altered["is"], "{told}");
        assert!(told["faults"].as_array().unwrap().is_empty(), "{told}");
        for rate in ["appendsPerSecond", "rowsPerSecond", "verifiedPerSecond"] {
            assert!(told[rate].as_u64().unwrap() > 0, "{rate}: {told}");
        }
    }
    let told = place.done("audit bench --rows 500 --proofs 5");
    assert!(told.contains("5 entries proved") && told.contains(": found, entry"), "{told}");
}

#[test]
fn the_log_of_a_database_is_exported_and_checked() {
    let Some(address) = crate::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let place = Place { path: folder.path(), address: Some(address) };
    place.done("migrate");
    story(&place);
}
