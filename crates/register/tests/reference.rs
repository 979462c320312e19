//! The pages of reference are as the code generates them. `cargo xtask docs` writes them anew.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::path::Path;

/// Says that pages are written instead of compared.
const WRITE: &str = "ONEWINDOW_WRITE_REFERENCE";

#[test]
fn the_pages_of_reference_are_as_generated() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    let pages = [
        ("books.md", book::reference_markdown()),
        ("messages.md", ceb::reference_markdown()),
        ("reasons.md", clearance::reason::reference_markdown()),
        ("facts.md", clearance::risk::reference_markdown()),
        ("registers.md", register::reference::reference_markdown()),
        ("datasets.md", exchange::reference::reference_markdown()),
        ("documents.md", exchange::convert::reference_markdown()),
        ("documents.schema.json", exchange::convert::reference_schema()),
    ];
    if std::env::var_os(WRITE).is_some() {
        for (name, page) in &pages {
            std::fs::write(folder.join(name), page).unwrap();
        }
    }
    for (name, page) in &pages {
        let found = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(found == *page, "docs/reference/{name} is not as generated: run `cargo xtask docs`");
    }
}
