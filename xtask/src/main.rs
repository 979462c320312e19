//! Tasks of the repository: `cargo xtask ci`, `nightly`, `tidy`, `docs`. What a task needs beyond cargo is checked first and said.
#![expect(clippy::print_stderr, reason = "a command that people run")]

mod disk;
mod nightly;
mod pair;
mod tidy;

use std::process::{Command, ExitCode};

const USAGE: &str = "usage: cargo xtask ci | nightly [PART OF A STEP'S NAME] | tidy | docs | pictures";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["ci"] => ci(),
        ["nightly"] => nightly::run(None),
        ["nightly", only] => nightly::run(Some(only)),
        ["tidy"] => tidy::run(),
        ["docs"] => docs(),
        ["pictures"] => pictures(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    if done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One step after the other; the first that fails ends it.
fn ci() -> bool {
    cargo(&["fmt", "--all", "--check"])
        && tidy::run()
        && linted(&["test", "--workspace", "--quiet", "--no-run"], &[])
        && deny()
        && linted(&["test", "--workspace", "--quiet"], &[])
        && stories_on_postgres()
}

/// Cargo with clippy as the compiler of the workspace's crates, as `cargo clippy` has it too; but what is built can be run, so
/// that everything is compiled once and not once to lint it and once to test it. A warning is an error.
fn linted(arguments: &[&str], more: &[(&str, &str)]) -> bool {
    eprintln!("── cargo {} (with clippy)", arguments.join(" "));
    let found = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = found.ok().filter(|found| found.status.success());
    let sysroot =
        sysroot.map(|found| String::from_utf8_lossy(&found.stdout).trim().to_owned()).unwrap_or_default();
    let driver = std::path::Path::new(&sysroot).join("bin/clippy-driver");
    if !driver.exists() {
        eprintln!("{} is not there: rustup component add clippy", driver.display());
        return false;
    }
    let mut command = program();
    command.args(arguments).envs(more.iter().copied());
    command.env("RUSTC_WORKSPACE_WRAPPER", driver);
    command.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    command.status().is_ok_and(|status| status.success())
}

/// The stories of the HTTP interface once more, on PostgreSQL, where `ONEWINDOW_REQUIRE_POSTGRES` says that there is one: those of
/// one server, then those of the main path on two that take requests in turns.
fn stories_on_postgres() -> bool {
    if std::env::var_os("ONEWINDOW_REQUIRE_POSTGRES").is_none() {
        return true;
    }
    eprintln!("── the stories on PostgreSQL");
    let one = stories_on("postgres", ON_POSTGRES);
    eprintln!("── the stories of the main path on two servers");
    one && stories_on("postgres-two", ON_TWO_SERVERS)
}

/// Modules of stories on a set-up.
fn stories_on(store: &str, modules: &[&str]) -> bool {
    // Of the workspace, as the tests before: other features would have everything built again.
    let stories: Vec<String> = modules.iter().map(|story| format!("{story}::")).collect();
    let mut arguments = vec!["test", "--quiet", "--workspace", "--test", "all", "--"];
    arguments.extend(stories.iter().map(String::as_str));
    // Pages in a browser look the same on every store.
    arguments.extend(["--skip", "are_fit_for"]);
    linted(&arguments, &[("ONEWINDOW_TEST_STORE", store)])
}

/// Stories that two servers tell together: they rest on nothing that one of them remembers for itself.
const ON_TWO_SERVERS: &[&str] = &[
    "export_trades",
    "goods_filing",
    "http",
    "interface",
    "parcels",
    "preview",
    "receipts_in_order",
    "windowed",
];

/// Stories that are told of PostgreSQL too. The others open files of a folder, or two servers of their own.
const ON_POSTGRES: &[&str] = &[
    "centralised_tax",
    "entry_refunds",
    "consolidations",
    "exchanges",
    "transit_transfers",
    "market_procurement",
    "states_of_pages",
    "trial_exports",
    "trial_facts",
    "agency_records",
    "bonded",
    "counterparts",
    "export_datasets",
    "export_desk",
    "export_queue",
    "export_returns",
    "export_summaries",
    "export_trades",
    "codes",
    "consumer",
    "consumer_pages",
    "demands",
    "draws",
    "evidence",
    "filing_attributes",
    "finding",
    "goods_filing",
    "http",
    "institutions",
    "interface",
    "keeper",
    "list_readings",
    "lists_go_on",
    "mode_stories",
    "officer_queue",
    "outsider",
    "parcels",
    "parks",
    "payment_data",
    "people",
    "permissions",
    "personal",
    "portal",
    "portal_operation",
    "portal_people",
    "portal_permissions",
    "portal_registers",
    "portal_sending",
    "providers",
    "recognitions",
    "registering",
    "registers",
    "retention",
    "retention_of_records",
    "risk_cases",
    "rotation",
    "rulebook_drafts",
    "sandbox",
    "sandbox_exports",
    "shares",
    "sign_ins",
    "signed_requests",
    "statistics",
    "traceability",
    "trial",
    "webhooks",
    "windowed",
    "windows",
    "archiving",
    "bonded_clocks",
    "canaries",
    "credit",
    "credit_reports",
    "exports",
    "inspections",
    "portal_words",
    "preview",
    "receipts_in_order",
    "recorded",
    "shadow",
    "subjects",
    "credit_hearings",
    "export_looks",
    "export_scores",
    "lapses",
    "lists_told",
    "payment_data_page",
    "readings_by_route",
    "recalls",
];

/// The pictures of the README, from those that the browser tests left.
fn pictures() -> bool {
    const SHOWN: [&str; 10] = [
        "agent-rejected-en-1280",
        "officer-queue-en-1280",
        "officer-inspected-en-1280",
        "consumer-quota-en-390",
        "agent-figures-en-1280",
        "five-minutes-1-zone-en-1280",
        "five-minutes-2-why-en-1280",
        "five-minutes-3-waits-en-1280",
        "five-minutes-4-decides-en-1280",
        "five-minutes-5-parcel-en-390",
    ];
    let copied = SHOWN.map(|name| {
        let (from, to) = (format!("target/screenshots/{name}.png"), format!("docs/pictures/{name}.png"));
        std::fs::create_dir_all("docs/pictures").and_then(|()| std::fs::copy(&from, &to)).inspect_err(
            |error| {
                eprintln!(
                    "{from}: {error}; run the browser tests first: cargo test -p server --test all -- browser, cargo test -p onewindow --test all -- five_minutes"
                );
            },
        )
    });
    copied.iter().all(Result::is_ok)
}

/// Licences, bans and sources of the dependencies, where cargo-deny is there.
fn deny() -> bool {
    if Command::new("cargo-deny").arg("--version").output().is_err() {
        eprintln!(
            "── cargo-deny is missing: licences, bans and sources are not checked (cargo install cargo-deny)"
        );
        return true;
    }
    cargo(&["deny", "check", "bans", "licenses", "sources"])
}

/// Cargo as people call it. What it tells a program that it runs is taken out again: build scripts that look at it would build
/// anew what was built by hand, and the other way round.
fn program() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let told = |name: &str| {
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"]
            .iter()
            .any(|one| name.starts_with(one))
    };
    for (name, _) in std::env::vars().filter(|(name, _)| told(name)) {
        command.env_remove(name);
    }
    command
}

fn cargo(arguments: &[&str]) -> bool {
    eprintln!("── cargo {}", arguments.join(" "));
    program().args(arguments).status().is_ok_and(|status| status.success())
}

/// Writes the generated pages; that they are as generated is a test.
fn docs() -> bool {
    eprintln!("── docs");
    let mut command = program();
    command.args(["test", "--quiet", "--workspace", "--test", "reference"]);
    command.env("ONEWINDOW_WRITE_REFERENCE", "1").status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stories that are not told of PostgreSQL once more, and why. Neither are those in a browser: pages look the same on every store.
    const OF_THEMSELVES: [(&str, &str); 8] = [
        (
            "bonded_across",
            "a data folder that is opened after each commit; the simulator ends servers on both stores",
        ),
        ("main", "the list of the modules"),
        ("officer_by_keys", "in a browser"),
        ("operations", "disks of a data folder"),
        ("servers", "servers of its own on a database"),
        ("servers_alike", "each set-up beside the others"),
        ("servers_in_trouble", "servers of its own on a database"),
        ("simulator", "both stores in one run"),
    ];

    #[test]
    fn every_story_is_told_of_postgres_or_says_why_not() {
        let stories = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/server/tests/all");
        let mut found: Vec<String> = std::fs::read_dir(stories)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .filter(|story| !story.ends_with("_in_browser"))
            .collect();
        let told = ON_POSTGRES.iter().copied().chain(OF_THEMSELVES.map(|(story, _)| story));
        let mut told: Vec<String> = told.map(str::to_owned).collect();
        found.sort();
        told.sort();
        assert_eq!(told, found);
        assert!(ON_TWO_SERVERS.iter().all(|story| ON_POSTGRES.contains(story)));
    }
}
