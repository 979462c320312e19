//! The command line as an operator uses it: the examples of the help on a fresh folder, exit codes, `--json`.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn onewindow(folder: &Path, arguments: &str) -> Output {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    Command::new(env!("CARGO_BIN_EXE_onewindow")).args(words).current_dir(folder).output().unwrap()
}

fn done(folder: &Path, arguments: &str) -> String {
    let output = onewindow(folder, arguments);
    let (out, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(0), "{arguments}: {out} {told}");
    out
}

/// The members that docs/operations tells of a command's object, in order of the alphabet.
fn documented(command: &str) -> Vec<String> {
    let page = include_str!("../../../../docs/operations/README.md");
    let section = page.split(&format!("### `{command} --json`")).nth(1).unwrap();
    let rows = section.split("\n## ").next().unwrap().split("\n### ").next().unwrap().lines();
    let mut members: Vec<String> =
        rows.filter_map(|row| Some(row.strip_prefix("| `")?.split('`').next()?.to_owned())).collect();
    members.sort();
    members
}

fn members(object: &Value) -> Vec<String> {
    let mut members: Vec<String> = object.as_object().unwrap().keys().cloned().collect();
    members.sort();
    members
}

fn object(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn the_examples_of_the_help_work_on_a_fresh_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    done(path, "generate --declarations 10 --seed 7 --out messages");
    done(path, "party import --data zone messages/parties.json");
    let summary = object(&done(path, "submit --data zone messages --json"));
    assert_eq!(summary["documents"], 50, "{summary}");
    assert_eq!(members(&summary), documented("submit"));
    // The draw of a new zone is its own: some lists may be inspected (500), none is refused.
    let statuses = summary["byStatus"].as_object().unwrap();
    assert!(
        statuses.keys().all(|status| matches!(status.as_str(), "2" | "120" | "399" | "500")),
        "{summary}"
    );
    let rules = summary["byRule"].as_object().unwrap();
    assert!(rules.keys().all(|rule| rule.starts_with("selected-for-")), "{summary}");
    // The same bytes again are the same messages.
    let again = object(&done(path, "submit --data zone messages --json"));
    assert_eq!(again["repeated"], 50, "{again}");
    let verified = object(&done(path, "verify --data zone --json"));
    assert_eq!(verified["clean"], true, "{verified}");
    assert_eq!(members(&verified), documented("verify"));
    let listed = object(&done(path, "party list --data zone"));
    assert_eq!(listed, object(&std::fs::read_to_string(path.join("messages/parties.json")).unwrap()));
    // Who reads may have seen enough.
    let mut child = Command::new(env!("CARGO_BIN_EXE_onewindow"))
        .args(["party", "list", "--data", "zone"])
        .current_dir(path)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(1), ""));
    let token = done(path, "token issue --data zone --party 5301960101 --role platform --name integrator");
    assert!(token.starts_with("ow_"), "{token}");
    assert!(done(path, "token list --data zone").contains("integrator"));
    let scoped = "token issue --data zone --party 5301960101 --role platform --name feed --scope receipts:read --days 30";
    assert!(done(path, scoped).starts_with("ow_"));
    assert!(done(path, "token list --data zone").contains("feed\tvalid\treceipts:read"));
    let wrong = "token issue --data zone --party 5301960101 --role platform --name x --scope users:manage";
    assert_eq!(onewindow(path, wrong).status.code(), Some(2));
    let add =
        "user add --data zone --login Li.Wei --name Li --party 8620000001 --role zone-operator --duty admin";
    let one_time = done(path, add);
    assert_eq!(one_time.trim().len(), 23, "{one_time}");
    assert_eq!(onewindow(path, add).status.code(), Some(1), "the login is taken");
    let listed = done(path, "user list --data zone");
    assert!(listed.contains("li.wei") && listed.contains("must-change-password"), "{listed}");
    assert!(!listed.contains(one_time.trim()));
    done(path, "user disable --data zone li.wei");
    assert!(done(path, "user list --data zone").contains("disabled"));
    done(path, "user unlock --data zone li.wei");
    assert!(done(path, "user list --data zone").contains("must-change-password"));
    assert_ne!(done(path, "user reset-password --data zone li.wei --second-factor"), one_time);
    assert_eq!(onewindow(path, "user disable --data zone nobody").status.code(), Some(1));
    let provider = "provider add --data zone --name bureau --client onewindow --window https://window.example --party 5301000901 --role agency";
    done(path, &format!("{provider} --issuer https://login.bureau.example"));
    assert!(
        done(path, "provider list --data zone")
            .contains("bureau\t{\"issuer\":\"https://login.bureau.example\"")
    );
    let open = onewindow(path, &format!("{provider} --issuer http://login.bureau.example"));
    assert_eq!(open.status.code(), Some(1), "not encrypted");
    done(path, "provider remove --data zone bureau");
    assert_eq!(onewindow(path, "provider remove --data zone bureau").status.code(), Some(1));
    done(path, "rulebook export --data zone --out tables");
    assert!(done(path, "rulebook publish --data zone --by tester tables").contains("nothing was published"));
    // Something was judged here: one person alone says why, and the ledger keeps it.
    let rules = "id,valid_from,valid_to,lane,condition,note\nheld,20190101,,hold,lines >= 900,\n";
    std::fs::write(path.join("tables/risk_rules.csv"), rules).unwrap();
    let refused = onewindow(path, "rulebook publish --data zone --by tester tables");
    let told = String::from_utf8(refused.stdout).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.contains("/desk/rulebooks/drafts") && told.contains("nothing was published"), "{told}");
    let alone = "rulebook publish --data zone --by tester --alone nobody-else tables";
    assert!(done(path, alone).contains("is in force"));
    let kept = done(path, "rulebook list --data zone");
    assert!(kept.contains("tester, alone at the command line: nobody-else"), "{kept}");
    done(path, "man --out man");
    assert!(path.join("man/onewindow-submit.1").exists());
}

#[test]
fn completions_know_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let help = done(path, "-h");
    let commands: Vec<&str> = help
        .split("Commands:")
        .nth(1)
        .unwrap()
        .lines()
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|word| word.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect();
    assert!(
        commands.contains(&"submit") && commands.contains(&"crash-test") && commands.len() > 15,
        "{help}"
    );
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = done(path, &format!("completions {shell}"));
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
        }
        assert!(script.contains("rows-only"), "{shell}: options too");
        if shell == "bash" {
            std::fs::write(path.join("completions.bash"), script).unwrap();
            let read = Command::new("bash").args(["-n", "completions.bash"]).current_dir(path).output();
            assert!(read.unwrap().status.success(), "bash does not read it");
        }
    }
    assert_eq!(onewindow(path, "completions tcsh").status.code(), Some(2));
}

#[test]
fn the_same_commands_work_on_a_database() {
    let Some(address) = crate::database::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let space = |arguments: &str| {
        let words = arguments.split_whitespace();
        let mut command = Command::new(env!("CARGO_BIN_EXE_onewindow"));
        command.args(words).current_dir(path).env("ONEWINDOW_DATABASE", &address);
        command.env("ONEWINDOW_MASTER_KEY", "space.key");
        let output = command.output().unwrap();
        let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), told.concat())
    };
    done(path, "generate --declarations 3 --seed 7 --out messages");
    let (code, told) = space("party import messages/parties.json");
    assert!(code == Some(1) && told.contains("onewindow migrate"), "{told}");
    assert_eq!(space("migrate").0, Some(0));
    assert!(space("migrate").1.contains("nothing was to be done"));
    assert_eq!(space("party import messages/parties.json").0, Some(0));
    let (code, token) = space("token issue --party 5301960101 --role platform --name integrator");
    assert!(code == Some(0) && token.starts_with("ow_"), "{token}");
    assert!(space("token list").1.contains("integrator"));
    let (code, one_time) =
        space("user add --login li.wei --name Li --party 5301960101 --role platform --duty reader");
    assert!(code == Some(0) && one_time.trim().len() == 23, "{one_time}");
    assert_eq!(space("user disable li.wei").0, Some(0));
    assert!(space("user list").1.contains("li.wei\tLi\t5301960101\tplatform\treader\tpassword\tdisabled"));
    assert!(space("rulebook list").1.contains("onewindow"));
    assert!(space("judging pause").1.contains("paused"));
    assert!(space("judging show").1.contains("paused"));
    assert!(space("judging resume").1.contains("on"));
    let (code, verified) = space("verify --json");
    assert!(code == Some(0) && verified.contains("\"clean\":true"), "{verified}");
    // A folder that is named goes before the database of the environment.
    assert!(space("party list --data zone").1.trim().starts_with("[]"));
}

#[test]
fn defects_are_told_by_rule_and_fall_short() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    done(path, "generate --declarations 30 --seed 7 --out messages --defects 1");
    done(path, "party import --data zone messages/parties.json");
    let output = onewindow(path, "submit --data zone messages --json");
    assert_eq!(output.status.code(), Some(1));
    let summary = object(&String::from_utf8(output.stdout).unwrap());
    assert!(summary["byRule"].as_object().unwrap().len() >= 5, "{summary}");
}

#[test]
fn the_same_seed_and_instant_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for out in ["one", "other"] {
        done(path, &format!("generate --declarations 5 --seed 9 --at 20261123100000 --out {out}"));
    }
    let files = |name: &str| -> Vec<(std::ffi::OsString, Vec<u8>)> {
        let entries = std::fs::read_dir(path.join(name)).unwrap().map(Result::unwrap);
        let mut found: Vec<_> =
            entries.map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap())).collect();
        found.sort();
        found
    };
    assert_eq!(files("one"), files("other"));
}

#[test]
fn wrong_use_is_two_and_what_fell_short_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for wrong in [
        "dance",
        "generate --out x --defects 2",
        "generate --out x --at noon",
        "generate --out x --batch 101",
        "token issue --data zone --party 1 --role king --name x",
        "submit messages",
        "rulebook publish --data zone --by x",
    ] {
        let output = onewindow(path, wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{wrong}");
    }
    for short in ["submit --data zone nothing-here.xml", "party import --data zone nothing-here.json"] {
        let output = onewindow(path, short);
        assert_eq!(output.status.code(), Some(1), "{short}");
        let told = [output.stdout, output.stderr].concat();
        assert!(String::from_utf8_lossy(&told).contains("nothing-here"), "{short}");
    }
    std::fs::write(
        path.join("parties.json"),
        r#"[{"code": "1", "name": "x", "roles": [], "validFrom": "1"}]"#,
    )
    .unwrap();
    let output = onewindow(path, "party import --data zone parties.json");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("nothing was filed"));
}

/// A small one of the long check: a server killed under load loses nothing that it acknowledged.
#[test]
fn a_killed_server_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let report = object(&done(folder.path(), "crash-test --rounds 5 --seed 3 --json"));
    assert_eq!(
        (&report["faults"], &report["kills"]),
        (&serde_json::json!([]), &serde_json::json!(5)),
        "{report}"
    );
    let acknowledged = &report["messagesAcknowledged"];
    assert!(acknowledged.as_u64().unwrap() > 0, "{report}");
    assert_eq!((&report["stored"], &report["answered"]), (acknowledged, acknowledged), "{report}");
    assert_eq!(
        (&report["lost"], &report["doubled"]),
        (&serde_json::json!(0), &serde_json::json!(0)),
        "{report}"
    );
    // Each document is an event of its own, and so is much that follows.
    assert!(report["decidedAgain"].as_u64() >= acknowledged.as_u64(), "{report}");
    for nothing in ["different", "otherEngines", "undecided"] {
        assert_eq!(report[nothing], 0, "{nothing}: {report}");
    }
}

/// A small one of the long check: whatever happens to two bonded books, their movements add up to what lies there.
#[test]
fn nothing_of_a_bonded_book_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let command = "conservation-test --operations 800 --seed 3 --export-every 400 --folder kept --json";
    let report = object(&done(folder.path(), command));
    assert_eq!(
        (&report["clean"], report["operations"].as_u64()),
        (&Value::Bool(true), Some(800)),
        "{report}"
    );
    assert_eq!((report["seed"].as_u64(), report["exports"].as_u64()), (Some(3), Some(2)), "{report}");
    assert!(
        report["openedAgain"].as_u64() > Some(0),
        "a life without crashes proves nothing of them: {report}"
    );
    let happened = |operation: &str| report["byOperation"][operation]["done"].as_u64() > Some(0);
    let wanted = [
        "enter",
        "enter-domestic",
        "list",
        "gate-release",
        "return",
        "transfer",
        "receive",
        "exhibition",
        "inspection",
        "destruction",
        "sample",
        "stocktake",
        "export",
        "export-rejected",
        "export-rejection",
        "export-cancellation",
        "departure",
        "export-return",
    ];
    let missing: Vec<&str> = wanted.into_iter().filter(|operation| !happened(operation)).collect();
    assert!(missing.is_empty(), "never done: {missing:?}, {report}");
    let refused: u64 = report["byOperation"]
        .as_object()
        .unwrap()
        .values()
        .map(|count| count["refused"].as_u64().unwrap())
        .sum();
    assert!(refused > 0, "{report}");
    // Whoever has the files says the same.
    let mut files: Vec<String> = std::fs::read_dir(folder.path().join("kept/exported"))
        .unwrap()
        .map(|entry| entry.unwrap().path().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let (books, movements): (Vec<String>, Vec<String>) =
        files.into_iter().partition(|file| file.ends_with(".json"));
    assert_eq!(books.len(), 2);
    let books: String = books.iter().map(|book| format!(" --book {book}")).collect();
    let audited = object(&done(folder.path(), &format!("audit books {}{books} --json", movements.join(" "))));
    assert_eq!(
        (&audited["clean"], &audited["movements"]),
        (&Value::Bool(true), &report["movements"]),
        "{audited}"
    );
}

/// What goes there comes back; what a standard cannot hold is named, and all that is wrong with a message is told.
#[test]
fn documents_are_converted_between_standards() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    done(path, "generate --declarations 1 --seed 7 --out messages");
    let mut files = std::fs::read_dir(path.join("messages")).unwrap().map(|entry| entry.unwrap().path());
    let order = files.find(|path| path.to_string_lossy().ends_with("-311.xml")).unwrap();
    let order = order.strip_prefix(path).unwrap().to_str().unwrap();
    let unified = done(path, &format!("convert --from ceb-import --to unified {order}"));
    std::fs::write(path.join("unified.json"), &unified).unwrap();
    assert_eq!(object(&unified)["UnifiedDocuments"]["documents"][0]["document"], "order", "{unified}");
    let back = done(path, "convert --from unified --to ceb-import unified.json");
    std::fs::write(path.join("back.xml"), back).unwrap();
    let again = done(path, "convert --from ceb-import --to unified back.xml");
    assert_eq!(object(&again), object(&unified));
    let told = object(&done(path, "convert --from unified --to ceb-export unified.json --json"));
    let dropped: Vec<&str> =
        told["dropped"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert!(dropped.contains(&"documents[1].buyer.name"), "{told}");
    assert!(told["message"]["CEB303Message"].is_object(), "{told}");
    let output = onewindow(path, &format!("convert --from ceb-export --to unified {order} --json"));
    let refused = object(&String::from_utf8(output.stdout).unwrap());
    assert_eq!((output.status.code(), &refused["converted"]), (Some(1), &Value::Bool(false)), "{refused}");
    assert!(refused["defects"][0]["expected"].as_str().unwrap().contains("CEB303Message"), "{refused}");
    assert_eq!(onewindow(path, "convert --from unified --to neutral none.json").status.code(), Some(2));
    assert_eq!(onewindow(path, "convert --from order --to neutral none.json").status.code(), Some(2));
    let schema = object(&done(path, "convert --schema"));
    assert_eq!(schema["$id"], "urn:onewindow:unified:v1");
}

#[test]
fn a_month_of_closed_export_lists_is_grouped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let measured = object(&done(path, "exports bench --lists 5000 --by-owner --json"));
    assert_eq!(
        (measured["lists"].as_u64(), measured["leftOut"].as_u64()),
        (Some(5_000), Some(0)),
        "{measured}"
    );
    assert!(measured["groups"].as_u64() > Some(1_000) && measured["groupingSeconds"].as_f64() > Some(0.0));
    // Half of what is invented is to be summarised.
    done(path, "generate --declarations 0 --exports 20 --seed 7 --out messages");
    done(path, "party import --data zone messages/parties.json");
    done(path, "submit --data zone messages --json");
    let mut left = std::fs::read_dir(path.join("messages")).unwrap().map(|entry| entry.unwrap().path());
    let departure = left.find(|path| path.to_string_lossy().ends_with("-509.xml")).unwrap();
    let text = std::fs::read_to_string(departure).unwrap();
    let on = text.split_once("leaveTime>").unwrap().1;
    let month = format!("{}-{}", &on[..4], &on[4..6]);
    let command = format!("exports summarise --data zone --month {month} --party 5301960201");
    let grouped = object(&done(path, &format!("{command} --json")));
    assert_eq!((grouped["lists"].as_u64(), grouped["leftOut"].as_u64()), (Some(10), Some(10)), "{grouped}");
    let lists = grouped["declarations"].as_array().unwrap().iter().map(|one| one["lists"].as_u64().unwrap());
    assert_eq!(lists.sum::<u64>(), 10);
    assert!(done(path, &command).starts_with("10 lists in "));
    let output = onewindow(path, "exports summarise --data zone --month 2026-13 --party 5301960201");
    assert_eq!(output.status.code(), Some(2), "a month is yyyy-MM");
    let empty =
        object(&done(path, "exports summarise --data zone --month 1999-05 --party 5301960201 --json"));
    assert_eq!((empty["lists"].as_u64(), empty["declarations"].as_array().map(Vec::len)), (Some(0), Some(0)));
}
