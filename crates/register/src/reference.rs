//! The page of all registers and their moves, made from the tables.

use crate::moves::Who;
use crate::moves_of;
use clearance::Rulebook;
use clearance::record::Register;
use std::fmt::Write as _;

fn who(who: Who) -> &'static str {
    match who {
        Who::Owner => "the party",
        Who::Reviewer => "the competent agency",
        Who::Giver => "the other party",
        Who::Window => "the window",
    }
}

/// The page, as Markdown.
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "# Registers\n\nGenerated from the code by `cargo xtask docs`. A record is made by a first action with version 0; every\n\
         other action names the version that was seen. Who decides is never who applied. The forms of bodies are in\n\
         `crates/register/src`, a file a register.\n",
    );
    for register in Register::ALL {
        let _ = write!(
            page,
            "\n## {}\n\n| action | from | to | who | explained |\n|---|---|---|---|---|\n",
            register.word()
        );
        for step in moves_of(register) {
            let from: Vec<&str> =
                step.from.iter().map(|from| if from.is_empty() { "(new)" } else { from }).collect();
            let explained = if step.explained { "yes" } else { "" };
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} | {explained} |",
                step.action,
                from.join(", "),
                step.to,
                who(step.who)
            );
        }
    }
    page.push_str("\n## Licences that a role needs\n\nOne of each group. Rows that are not sure ask nothing.\n\n| role | group | licence | name | from | to | source | sure |\n|---|---|---|---|---|---|---|---|\n");
    for row in Rulebook::builtin().requirements.all() {
        let to = row.valid_to.map(|day| day.to_string()).unwrap_or_default();
        let sure = row.confidence.word();
        let (role, group, licence) = (row.role.word(), &row.group, &row.licence);
        let _ = writeln!(
            page,
            "| {role} | {group} | {licence} | {}, {} | {} | {to} | {} | {sure} |",
            row.name_zh, row.name_en, row.valid_from, row.source
        );
    }
    page
}
