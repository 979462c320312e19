//! `onewindow archive` and `onewindow audit archive` as an operator and an auditor use them: exit codes, `--json`, on a folder and on
//! a database; what was altered is named.

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
        command.current_dir(self.path);
        let arguments = match &self.address {
            None => arguments.to_owned(),
            Some(address) => {
                command.env("ONEWINDOW_DATABASE", address).env("ONEWINDOW_MASTER_KEY", "space.key");
                arguments.replace("--data zone", "")
            }
        };
        let output = command.args(arguments.split_whitespace()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn answered(&self, expected: i32, arguments: &str) -> Value {
        let (code, out, told) = self.run(arguments);
        assert_eq!(code, expected, "{arguments}: {out} {told}");
        serde_json::from_str(&out).unwrap_or_else(|_| panic!("{arguments}: {out} {told}"))
    }
}

/// A space with rejected trades and others that go on.
fn with_trades(place: &Place<'_>) {
    assert_eq!(place.run("generate --declarations 60 --seed 7 --batch 1 --defects 0.5 --out messages").0, 0);
    assert_eq!(place.run("party import --data zone messages/parties.json").0, 0);
}

/// Archived trades that are closed, with the others left out; checked by whoever has nothing but the folder.
fn story(place: &Place<'_>) {
    let file = |name: &str| place.path.join(name);
    // The month goes on, and trades of it are open: nothing is written, and that is said.
    let told = place.answered(1, "archive --data zone --out early --json");
    let month = told["notWritten"][0].clone();
    assert!(month["open"].as_u64().unwrap() > 0 && month["closed"].as_u64().unwrap() > 0, "{told}");
    assert!(told["files"].as_array().unwrap().is_empty() && !file("early").exists(), "{told}");
    let (code, out, _) = place.run("archive --data zone --out early");
    assert!(code == 1 && out.contains("is not written") && out.contains("trades are open"), "{out}");
    let told = place.answered(0, "archive --data zone --out kept --closed-only --json");
    let (written, key) = (&told["files"][0], told["key"].as_str().unwrap());
    assert_eq!((&written["open"], &written["trades"]), (&month["open"], &month["closed"]), "{told}");
    assert_eq!(told["closedOnly"], true, "{told}");
    let parquet = file("kept").join(written["name"].as_str().unwrap());
    let bytes = std::fs::read(&parquet).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.len() as u64 == written["bytes"].as_u64().unwrap());
    let audited = place.answered(0, &format!("audit archive kept --key {key} --json"));
    assert_eq!((&audited["clean"], &audited["rows"]), (&Value::Bool(true), &told["rows"]), "{audited}");
    assert_eq!((&audited["head"], &audited["closedOnly"]), (&told["head"], &Value::Bool(true)), "{audited}");
    assert!(place.run(&format!("audit archive kept --key {key}")).1.ends_with("clean\n"));
    // Whoever wrote its head down finds that it rests on it; who knows the space by another key is told.
    let manifest = std::fs::read_to_string(file("kept/manifest.json")).unwrap();
    let head = serde_json::from_str::<Value>(&manifest).unwrap()["head"].as_str().unwrap().to_owned();
    std::fs::write(file("head.txt"), head).unwrap();
    place.answered(0, "audit archive kept --head head.txt --json");
    let held = place.answered(1, &format!("audit archive kept --key {} --json", "ab".repeat(32)));
    assert!(held["faults"][0]["what"].as_str().unwrap().contains("known by"), "{held}");

    // One byte of the file: which rows it takes with it is told.
    let mut altered = bytes.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    std::fs::write(&parquet, &altered).unwrap();
    let found = place.answered(1, "audit archive kept --json");
    let faults = found["faults"].as_array().unwrap();
    assert!(faults[0]["what"].as_str().unwrap().contains(written["sha256"].as_str().unwrap()), "{found}");
    assert!(faults.iter().any(|fault| fault["row"].as_u64().is_some_and(|row| row > 0)), "{found}");
    let (code, out, _) = place.run("audit archive kept");
    assert!(code == 1 && out.contains(", row ") && out.ends_with("NOT clean\n"), "{out}");
    std::fs::write(&parquet, &bytes).unwrap();
    // The manifest says something else.
    std::fs::write(
        file("kept/manifest.json"),
        manifest.replace("\"closedOnly\": true", "\"closedOnly\": false"),
    )
    .unwrap();
    let found = place.answered(1, "audit archive kept --json");
    assert!(found["faults"][0]["what"].as_str().unwrap().contains("signature"), "{found}");
    std::fs::write(file("kept/manifest.json"), &manifest).unwrap();
    assert_eq!(place.run("audit archive kept").0, 0);

    // Wrong use, and what cannot be read.
    assert_eq!(place.run("archive --data zone --out kept --closed-only").0, 2);
    assert_eq!(place.run("archive --data zone --out other --month 2026-11").0, 2);
    assert_eq!(place.run("audit archive nowhere").0, 2);
    assert_eq!(place.run("audit archive messages").0, 2);
    assert_eq!(place.run("audit archive kept --head messages/parties.json").0, 2);
    // A month in which nothing was declared.
    let told = place.answered(0, "archive --data zone --out other --month 202001 --json");
    assert!(told["files"].as_array().unwrap().is_empty() && told["notWritten"][0]["closed"] == 0, "{told}");
}

#[test]
fn closed_trades_of_a_folder_are_archived_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place { path: folder.path(), address: None };
    with_trades(&place);
    assert!(place.run("submit --data zone messages --json").0 <= 1);
    story(&place);
}

#[test]
fn closed_trades_of_a_database_are_archived_and_checked() {
    let Some(address) = crate::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let environment = [("ONEWINDOW_DATABASE", address.as_str()), ("ONEWINDOW_MASTER_KEY", "space.key")];
    let place = Place { path, address: Some(address.clone()) };
    assert_eq!(place.run("migrate").0, 0);
    with_trades(&place);
    crate::operations::sent(path, &environment);
    story(&place);
}
