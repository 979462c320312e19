//! The style as a program: every file says what it is for, nothing of this machine is left in, no file outgrows its
//! budget without a reason, no page leads to a file that is not there, nor does the architecture name one.
#![expect(clippy::print_stderr, reason = "a command that people run")]

use std::path::{Path, PathBuf};

/// Lines a file of code may have.
const FILE_LINES: usize = 520;

/// Files over the budget, each with its reason.
const LONG: [(&str, &str); 9] = [
    ("crates/ceb/src/signature/scan.rs", "one canonical form"),
    ("crates/ceb/src/read.rs", "one reader of one grammar"),
    ("crates/clearance/src/reason.rs", "one table"),
    ("crates/clearance/src/sample.rs", "one invented trade, field by field"),
    ("crates/clearance/src/validate.rs", "one check a field"),
    ("crates/clearance/src/consignment.rs", "one state, data only"),
    ("crates/store/src/codec.rs", "one format"),
    ("crates/store/src/sqlite/ledger_files.rs", "one file format, writer and reader"),
    ("crates/store/src/sqlite/store.rs", "one store"),
];

/// Words that must not stand in the project, put together so that this file does not contain them.
fn banned() -> Vec<String> {
    vec![
        ["/wo", "rk/"].concat(),
        ["to", "do!("].concat(),
        ["unimple", "mented!("].concat(),
        ["mod ut", "ils"].concat(),
    ]
}

/// Checks the tree; says everything that is wrong.
pub fn run() -> bool {
    eprintln!("── tidy");
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        collect(Path::new(folder), "rs", &mut files);
    }
    let mut faults = Vec::new();
    for path in files {
        check(&path, &mut faults);
    }
    let mut pages: Vec<PathBuf> = ["README.md", "ARCHITECTURE.md"].map(PathBuf::from).to_vec();
    collect(Path::new("docs"), "md", &mut pages);
    for page in pages {
        links(&page, &mut faults);
    }
    named(Path::new("ARCHITECTURE.md"), &mut faults);
    for fault in &faults {
        eprintln!("{fault}");
    }
    faults.is_empty()
}

fn collect(folder: &Path, kind: &str, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, kind, files);
        } else if path.extension().is_some_and(|extension| extension == kind) {
            files.push(path);
        }
    }
}

fn check(path: &Path, faults: &mut Vec<String>) {
    let name = path.display().to_string();
    let Ok(text) = std::fs::read_to_string(path) else { return };
    if !text.starts_with("//!") {
        faults.push(format!("{name}: begins with //! and says what it is for"));
    }
    let excused = LONG.iter().any(|(long, _)| name == *long) || name.contains("/tests/");
    if text.lines().count() > FILE_LINES && !excused {
        faults.push(format!("{name}: over {FILE_LINES} lines; split it or list it with its reason"));
    }
    for word in banned() {
        if text.contains(&word) {
            faults.push(format!("{name}: contains {word}"));
        }
    }
}

/// What a page leads to within the project is there: a picture that is missing shows nothing.
fn links(page: &Path, faults: &mut Vec<String>) {
    let Ok(text) = std::fs::read_to_string(page) else { return };
    let beside = page.parent().unwrap_or(Path::new(""));
    for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let file = link.split(['#', ' ']).next().unwrap_or_default();
        if !file.is_empty() && !file.contains("://") && !beside.join(file).exists() {
            faults.push(format!("{}: leads to {file}, which is not there", page.display()));
        }
    }
}

/// What a page names of the crates, as `crate/src/file.rs` or `crate/src/{one,other}.rs`, is there.
fn named(page: &Path, faults: &mut Vec<String>) {
    let Ok(text) = std::fs::read_to_string(page) else { return };
    // Every second part stands between two signs of code; a block of lines has blanks in it.
    for name in text.split('`').skip(1).step_by(2) {
        if !name.contains("/src") || name.contains(char::is_whitespace) {
            continue;
        }
        for file in alternatives(name) {
            if !Path::new("crates").join(&file).exists() {
                faults.push(format!("{}: names {file}, which is not there", page.display()));
            }
        }
    }
}

/// `a/{b,c}.rs` is `a/b.rs` and `a/c.rs`.
fn alternatives(name: &str) -> Vec<String> {
    let braced = name.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    match braced {
        Some((before, (between, after))) => {
            between.split(',').map(|one| format!("{before}{one}{after}")).collect()
        }
        None => vec![name.to_owned()],
    }
}
