//! Small ones of the long checks: what befalls a server's disk while it is killed again and again.

use crate::operations::Disk;
use serde_json::{Value, json};
use std::process::Command;

/// What fills a disk for a while.
const FILL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/small-disk");

#[test]
fn a_server_whose_disk_fills_up_and_that_is_killed_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("data");
    // More than what a server keeps free.
    let Some(_disk) = Disk::new(&place, 400 << 10) else {
        eprintln!("skipped: this system lets us mount no disk");
        return;
    };
    let fill = format!("'{FILL}' fill '{}'", place.display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_onewindow"));
    command.args(["crash-test", "--rounds", "4", "--seed", "5", "--json"]);
    command.args(["--restart-every", "2", "--restart", &fill, "--folder"]).arg(folder.path());
    let output = command.env("FULL_SECONDS", "1").output().unwrap();
    let (out, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out} {told}"));
    assert_eq!((&report["faults"], &report["databaseRestarts"]), (&json!([]), &json!(2)), "{report}");
    let acknowledged = &report["messagesAcknowledged"];
    assert!(acknowledged.as_u64() > Some(0), "{report}");
    assert_eq!((&report["stored"], &report["answered"]), (acknowledged, acknowledged), "{report}");
    assert_eq!((&report["lost"], &report["doubled"]), (&json!(0), &json!(0)), "{report}");
    assert_eq!(output.status.code(), Some(0), "{report}");
}
