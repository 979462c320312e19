//! Tasks of the repository: `cargo xtask ci`, `tidy`, `docs`. What a task needs beyond cargo is checked first and said.
#![expect(clippy::print_stderr, reason = "a command that people run")]

mod tidy;

use std::process::{Command, ExitCode};

const USAGE: &str = "usage: cargo xtask ci | tidy | docs [--check] | pictures";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["ci"] => ci(),
        ["tidy"] => tidy::run(),
        ["docs"] => docs(false),
        ["docs", "--check"] => docs(true),
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
        && cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
        && docs(true)
        && deny()
        && cargo(&["test", "--workspace", "--quiet"])
        && stories_on_postgres()
}

/// The stories of the HTTP interface once more, on PostgreSQL, where `ONEWINDOW_REQUIRE_POSTGRES` says that there is one.
fn stories_on_postgres() -> bool {
    if std::env::var_os("ONEWINDOW_REQUIRE_POSTGRES").is_none() {
        return true;
    }
    eprintln!("── the stories on PostgreSQL");
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    // Of the workspace, as the tests before: other features would have everything built again.
    let stories = [
        "bonded",
        "export_summaries",
        "export_trades",
        "codes",
        "consumer",
        "consumer_pages",
        "demands",
        "draws",
        "evidence",
        "finding",
        "goods_filing",
        "http",
        "institutions",
        "interface",
        "officer_queue",
        "outsider",
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
        "registering",
        "registers",
        "retention",
        "risk_cases",
        "rotation",
        "rulebook_drafts",
        "sandbox",
        "shares",
        "sign_ins",
        "signed_requests",
        "statistics",
        "trial",
        "webhooks",
        "windowed",
        "windows",
    ];
    command.args(["test", "--quiet", "--workspace", "--test", "all", "--"]);
    command.args(stories.map(|story| format!("{story}::")));
    command.env("ONEWINDOW_TEST_STORE", "postgres").status().is_ok_and(|status| status.success())
}

/// The pictures of the README, from those that the browser tests left.
fn pictures() -> bool {
    const SHOWN: [&str; 5] = [
        "agent-rejected-en-1280",
        "officer-queue-en-1280",
        "officer-inspected-en-1280",
        "consumer-quota-en-390",
        "agent-figures-en-1280",
    ];
    let copied = SHOWN.map(|name| {
        let (from, to) = (format!("target/screenshots/{name}.png"), format!("docs/pictures/{name}.png"));
        std::fs::create_dir_all("docs/pictures").and_then(|()| std::fs::copy(&from, &to)).inspect_err(
            |error| {
                eprintln!(
                    "{from}: {error}; run the browser tests first: cargo test -p server --test all -- browser"
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

fn cargo(arguments: &[&str]) -> bool {
    eprintln!("── cargo {}", arguments.join(" "));
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(program).args(arguments).status().is_ok_and(|status| status.success())
}

/// Writes the generated pages, or checks that they are as generated.
fn docs(check: bool) -> bool {
    let pages = [
        ("docs/reference/books.md", book::reference_markdown()),
        ("docs/reference/messages.md", ceb::reference_markdown()),
        ("docs/reference/reasons.md", clearance::reason::reference_markdown()),
        ("docs/reference/facts.md", clearance::risk::reference_markdown()),
        ("docs/reference/registers.md", register::reference::reference_markdown()),
        ("docs/reference/datasets.md", exchange::reference::reference_markdown()),
    ];
    pages.into_iter().all(|(path, page)| {
        if check {
            let same = std::fs::read_to_string(path).is_ok_and(|found| found == page);
            if !same {
                eprintln!("{path} is not as generated: run `cargo xtask docs`");
            }
            same
        } else {
            std::fs::create_dir_all("docs/reference").and_then(|()| std::fs::write(path, page)).is_ok()
        }
    })
}
