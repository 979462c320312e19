//! The load harness at the size of a test: every mode runs through the binary, says what docs/speed.md tells of, and
//! loses no declaration. How fast anything is, is no test's business.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn bench(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_onewindow"))
        .arg("bench")
        .args(arguments)
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{arguments:?}: {} {told}",
        String::from_utf8_lossy(&output.stdout)
    );
    output
}

fn object(folder: &Path, arguments: &[&str]) -> Value {
    let output = bench(folder, &[arguments, &["--json"]].concat());
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    for name in ["version", "machine", "settings", "runs", "points", "compared", "limits", "distances"] {
        assert!(object.get(name).is_some(), "{name}: {object}");
    }
    for run in object["runs"].as_array().unwrap() {
        check(run);
    }
    object
}

/// Every documented field is there, and every declaration was released, held or refused.
fn check(run: &Value) {
    for name in ["store", "stored", "batch", "repeat", "seconds", "generatorLateMillis", "peakMemoryMiB"] {
        assert!(run.get(name).is_some(), "{name}: {run}");
    }
    let number = |value: &Value| value.as_u64().unwrap();
    let sent = number(&run["declarations"]);
    assert_eq!(number(&run["released"]) + number(&run["held"]) + number(&run["refused"]), sent, "{run}");
    assert_eq!((number(&run["lost"]), number(&run["refused"])), (0, 0), "{run}");
    assert!(run["declarationsPerSecond"].as_f64().unwrap() > 0.0, "{run}");
    for latency in ["acknowledgeMillis", "verdictMillis"] {
        assert!(number(&run[latency]["count"]) > 0, "{run}");
        let at = |name: &str| run[latency][name].as_f64().unwrap();
        assert!(at("p50") > 0.0 && at("p50") <= at("p90") && at("p90") <= at("p99"), "{run}");
        assert!(at("p99") <= at("p999") && at("p999") <= at("max"), "{run}");
    }
    for step in ["parse", "load", "decide", "commit", "durable"] {
        assert!(number(&run["steps"][step]["millis"]["count"]) > 0, "{step}: {run}");
    }
    assert!(run["processorMicrosPerDeclaration"]["server"].is_number(), "{run}");
}

#[test]
fn in_process_over_http_and_by_schedule() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let in_process = object(path, &["--declarations", "200"]);
    assert_eq!(in_process["runs"][0]["declarations"], 200);
    assert_eq!(in_process["settings"]["loop"], "closed");
    let http = object(path, &["--declarations", "200", "--http", "--batch", "1", "--senders", "4"]);
    assert_eq!(http["settings"]["connections"], 4);
    assert!(http["runs"][0]["processorMicrosPerDeclaration"]["generator"].is_number(), "{http}");
    let open = object(
        path,
        &["--declarations", "200", "--warm-up", "100", "--http", "--rate", "2000", "--connections", "3"],
    );
    assert_eq!((&open["settings"]["loop"], &open["settings"]["rate"]), (&"open".into(), &2000.into()));
    assert_eq!(open["runs"][0]["declarations"], 300);
    let signed = object(path, &["--declarations", "100", "--signed", "sm2"]);
    assert_eq!(signed["settings"]["signed"], "sm2");
}

#[test]
fn a_curve_is_measured_drawn_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let arguments = [
        "--declarations",
        "200",
        "--curve",
        "0,600",
        "--batch",
        "1,100",
        "--plot",
        "speed.svg",
        "--physical",
    ];
    let curve = object(path, &arguments);
    let stored: Vec<u64> =
        curve["runs"].as_array().unwrap().iter().map(|run| run["stored"].as_u64().unwrap()).collect();
    assert_eq!(stored, [0, 200, 600, 800]);
    assert_eq!(curve["points"].as_array().unwrap().len(), 2, "{curve}");
    for limit in [
        "syncsPerSecond",
        "scanBytesPerSecond",
        "parseBytesPerSecond",
        "sha256BytesPerSecond",
        "aesGcmBytesPerSecond",
        "zstdBytesPerSecond",
        "rowsPerSecond",
        "rowsPerSecondSynced",
        "emptyRequestsPerSecond",
    ] {
        assert!(curve["limits"][limit].as_u64().unwrap() > 0, "{limit}: {curve}");
    }
    // Our orders are of about the size at which reading is told.
    let bytes = curve["limits"]["orderBytes"].as_u64().unwrap();
    assert!((1_500..6_000).contains(&bytes), "{bytes}");
    assert!(curve["limits"]["orderParseMicros"].as_f64() > Some(0.0), "{curve}");
    let distances = curve["distances"].as_array().unwrap();
    assert!(distances.iter().any(|step| step["step"] == "whole" && step["ratio"].is_number()), "{curve}");
    let plot = std::fs::read_to_string(path.join("speed.svg")).unwrap();
    assert!(plot.starts_with("<svg ") && plot.ends_with("</svg>\n"), "{plot}");
    assert_eq!(plot.matches("<polyline ").count(), 4, "two lines a panel");
    assert!(plot.contains("embedded, batch 100") && !plot.contains("NaN") && !plot.contains("inf"), "{plot}");
    let table = bench(path, &["--declarations", "200"]).stdout;
    let table = String::from_utf8(table).unwrap();
    assert!(table.contains("decl/s") && table.contains("embedded"), "{table}");
}

#[test]
fn every_way_of_sending_is_measured_in_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--matrix", "--declarations", "20", "--connections", "2"];
    let told = object(folder.path(), &arguments);
    let ways: Vec<String> = told["matrix"]
        .as_array()
        .unwrap()
        .iter()
        .map(|way| {
            assert!(way["declarationsPerSecond"].as_f64() > Some(0.0), "{way}");
            assert!(way["verdictMillisP50"].as_f64() <= way["verdictMillisP99"].as_f64(), "{way}");
            format!("{} {} {}", way["http"], way["batch"], way["signed"].as_str().unwrap_or("no"))
        })
        .collect();
    let mut expected = Vec::new();
    for http in [false, true] {
        for batch in [1, 100] {
            expected.extend(["no", "rsa", "sm2"].map(|signed| format!("{http} {batch} {signed}")));
        }
    }
    assert_eq!(ways, expected);
    assert_eq!(told["runs"].as_array().unwrap().len(), 12);
    // Of so few declarations a thread may have taken less than the system counts.
    assert!(told["runs"][11]["processorMicrosPerDeclaration"]["threads"].is_object(), "{told}");
    let table = String::from_utf8(bench(folder.path(), &arguments).stdout).unwrap();
    let matrix = table.split("by the way in which messages come\n\n").nth(1).unwrap();
    let lines: Vec<&str> = matrix.lines().take(5).collect();
    assert!(["unsigned", "RSA", "SM2"].iter().all(|column| lines[0].contains(column)), "{table}");
    assert!(lines[1].contains("process") && lines[4].contains("HTTP"), "{table}");
    assert!(table.contains("a thread is a step"), "{table}");
    assert!(object(folder.path(), &["--declarations", "20"])["matrix"].is_null());
}

#[test]
fn bonded_declarations_are_told_beside_direct_ones() {
    let folder = tempfile::tempdir().unwrap();
    let both = object(folder.path(), &["--declarations", "200", "--mode", "direct,bonded", "--repeat", "2"]);
    let modes: Vec<&str> =
        both["runs"].as_array().unwrap().iter().map(|run| run["mode"].as_str().unwrap()).collect();
    assert_eq!(modes, ["direct", "bonded", "direct", "bonded"], "in turns");
    let told = both["modes"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{both}");
    assert!(told[0]["bondedToDirect"].as_f64() > Some(0.0), "{both}");
    assert!(told[0]["processorRatio"].as_f64() > Some(0.0), "{both}");
    let table = bench(folder.path(), &["--declarations", "100", "--mode", "direct,bonded"]).stdout;
    let table = String::from_utf8(table).unwrap();
    assert!(table.contains("of direct purchase"), "{table}");
}

#[test]
fn two_stores_are_measured_in_turns() {
    let Some(database) = crate::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let compared = object(
        folder.path(),
        &[
            "--declarations",
            "100",
            "--repeat",
            "2",
            "--compare",
            "--database",
            &database,
            "--connections",
            "2",
        ],
    );
    let stores: Vec<&str> =
        compared["runs"].as_array().unwrap().iter().map(|run| run["store"].as_str().unwrap()).collect();
    assert_eq!(stores, ["embedded", "postgresql", "embedded", "postgresql"]);
    assert!(compared["compared"][0]["postgresqlToEmbedded"].as_f64().unwrap() > 0.0, "{compared}");
}

#[test]
fn every_page_is_measured_as_each_role_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let output = bench(path, &["--stored", "100", "--pages", "1", "--data", "zone", "--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let pages = told["pages"].as_array().unwrap();
    let seen = |reader: &str, route: &str| {
        let mut of_it = pages.iter().filter(|page| page["reader"] == reader && page["route"] == route);
        let times = |page: &Value| (page["p50Micros"].as_u64().unwrap(), page["p99Micros"].as_u64().unwrap());
        of_it.all(|page| page["status"] == 200 && times(page).0 > 0 && times(page).0 <= times(page).1)
            && pages.iter().any(|page| page["reader"] == reader && page["route"] == route)
    };
    for (reader, route) in [
        ("nobody", "/indicators"),
        ("nobody", "/parks"),
        ("agent", "/desk/receipts"),
        ("agent", "/desk/documents/{position}"),
        ("merchant", "/desk/exports/{merchant}/{order_no}"),
        ("keeper", "/desk/sites/{code}"),
        ("agency", "/desk/shares/{id}/records"),
        ("officer", "/desk/queue"),
        ("officer", "/desk/exports"),
        ("officer", "/desk/parks/{id}"),
        ("operator", "/desk/operation"),
        ("consumer", "/my/quota"),
    ] {
        assert!(seen(reader, route), "{route} as {reader}: {told}");
    }
    // What is no page is measured by nobody; of every other page it is said whether somebody looked at it.
    let unseen: Vec<&str> =
        told["unseen"].as_array().unwrap().iter().map(|route| route.as_str().unwrap()).collect();
    for (_, route) in server::portal::ROUTES.iter().filter(|(method, _)| *method == "get") {
        let is_told = unseen.contains(route) || pages.iter().any(|page| page["route"] == *route);
        assert_eq!(is_told, !server::portal::NO_PAGES.contains(route), "{route}");
    }
    assert!(unseen.len() < 12, "{unseen:?}");
    // A store that has it all is not filled again, and the table has the same pages.
    let table = bench(path, &["--stored", "100", "--held", "100", "--pages", "1", "--data", "zone"]).stdout;
    let table = String::from_utf8(table).unwrap();
    assert!(table.contains("p99 ms") && table.contains(" pages over 30 ms"), "{table}");
    assert!(table.contains("/desk/queue?tab=exports") && table.contains("looked at by nobody"), "{table}");
}
