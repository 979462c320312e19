//! Eight agencies as eight processes, and a counterpart as whoever tries a rule runs it: what each has is what was agreed, and what is
//! forged, changed or comes again is believed by none. How fast it is, is told by the command and is no test's business.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn onewindow(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onewindow"));
    command.args(arguments).current_dir(folder).env_remove("RUST_LOG").env_remove("ONEWINDOW_TOKEN");
    command.output().unwrap()
}

fn object(output: &Output) -> Value {
    let told = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    serde_json::from_str(&told[0]).unwrap_or_else(|error| panic!("{error}: {told:?}"))
}

#[test]
fn eight_machines_have_exactly_their_fields_in_order_and_the_same_when_they_ask() {
    /// Nothing waits for minutes; that it is far less, the command says.
    const SLOW_MACHINE: i64 = 60_000;
    let folder = tempfile::tempdir().unwrap();
    let within = SLOW_MACHINE.to_string();
    let output = onewindow(
        folder.path(),
        &["agencies", "--trades", "12", "--rate", "6", "--within", &within, "--data", "zone", "--json"],
    );
    let told = object(&output);
    assert_eq!(told["faults"], json!([]), "{told}");
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(told["messages"], 60, "{told}");
    let agencies = told["agencies"].as_array().unwrap();
    let words: Vec<&str> = agencies.iter().map(|one| one["agency"].as_str().unwrap()).collect();
    assert_eq!(
        words,
        ["customs", "tax", "foreign-exchange", "commerce", "market-supervision", "police", "post", "bank"]
    );
    for one in agencies {
        let events = one["events"].as_u64().unwrap();
        // A clearance gives a record at each change.
        let least = if one["dataset"] == "clearances" { 13 } else { 12 };
        assert!(events >= least && (one["dataset"] == "clearances" || events == 12), "{one}");
        assert!(one["pulled"] == one["events"] && one["complete"] == true, "{one}");
        assert!(one["marks"].as_u64().unwrap() >= 1, "{one}");
        let at = |name: &str| one["millis"][name].as_i64().unwrap();
        assert!(0 <= at("p50") && at("p50") <= at("p99") && at("p99") <= at("max"), "{one}");
        assert!(at("max") < SLOW_MACHINE, "{one}");
    }
    let tried = &told["tried"];
    assert_eq!(tried["that comes again"], 409, "{told}");
    for what in [
        "with a changed byte",
        "under another id",
        "of another time",
        "without a signature",
        "that is for another",
    ] {
        assert_eq!(tried[what], 401, "{told}");
    }
    // The folder is a zone like any other, and is not written over.
    let verified = onewindow(folder.path(), &["verify", "--data", "zone", "--json"]);
    assert_eq!(object(&verified)["clean"], true);
    let again = onewindow(folder.path(), &["agencies", "--trades", "1", "--data", "zone"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
}

#[test]
fn a_script_that_cannot_be_read_is_told_with_what_can() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (&["counterpart", "tax", "--key", "00", "--listen", "127.0.0.1:0"][..], "64 hexadecimal digits"),
        (&["counterpart", "tax", "--window", "http://127.0.0.1:1", "--script", "sleep 5"][..], "steps are"),
        (&["counterpart", "tax", "--window", "http://127.0.0.1:1", "--outage", "5..5"][..], "requests are"),
        (&["counterpart", "tax", "--window", "http://127.0.0.1:1", "--once"][..], "--share"),
        (&["demo", "--script", "weather: outage"][..], "customs, tax"),
        (&["demo", "--script", "tax"][..], "NAME: STEPS"),
    ] {
        let output = onewindow(folder.path(), arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A counterpart that obeys a file; its address, and what it says afterwards.
fn obeying(folder: &Path) -> (Running, String, BufReader<std::process::ChildStderr>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_onewindow"))
        .args(["counterpart", "tax", "--listen", "127.0.0.1:0", "--script-file", "scripts.txt", "--key"])
        .arg("ab".repeat(32))
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    let address = line[line.find("http://").unwrap()..].trim().to_owned();
    (Running(child), address, errors)
}

#[test]
fn a_script_is_obeyed_while_the_counterpart_runs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scripts.txt");
    std::fs::write(&file, "# nobody is down\nbank: outage\n").unwrap();
    let (_running, address, mut errors) = obeying(folder.path());
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let status = || agent.post(&address).send("[]").unwrap().status().as_u16();
    assert_eq!(status(), 401, "it works, and nobody signed this");
    let add = |line: &str| {
        let mut file = std::fs::OpenOptions::new().append(true).open(&file).unwrap();
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    };
    let mut told = || {
        let mut line = String::new();
        errors.read_line(&mut line).unwrap();
        line
    };
    let until = |wanted: u16| {
        let began = Instant::now();
        while status() != wanted {
            assert!(began.elapsed() < Duration::from_secs(20), "it is not {wanted}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    add("tax: outage");
    until(503);
    assert!(told().contains("tax from now on: outage"));
    // A slip is told, and what was said before holds.
    add("tax: outrage");
    assert!(told().contains("line 4"));
    assert_eq!(status(), 503);
    // The next two, and then it works by itself.
    add("tax: outage 2");
    assert!(told().contains("outage 0..2"));
    until(401);
    assert_eq!(status(), 401);
}
