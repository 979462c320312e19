//! The page of all registers and their moves, made from the tables.

use crate::fields::{Field, form};
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

/// The fields of the body of each move that has one.
fn bodies(page: &mut String) {
    fn fields(all: &[Field], within: &str, page: &mut String) {
        for field in all {
            let name =
                if within.is_empty() { field.name.to_owned() } else { format!("{within}.{}", field.name) };
            let (must, list) = (if field.required { " *" } else { "" }, if field.many { " …" } else { "" });
            let choices = field.kind.choices().join(", ");
            let _ = writeln!(page, "| `{name}`{must}{list} | {} | {choices} |", field.kind.word());
            fields(field.kind.fields(), &name, page);
        }
    }
    page.push_str("\n## Bodies\n");
    for register in Register::ALL {
        let mut told: Vec<&'static [Field]> = Vec::new();
        for step in moves_of(register) {
            let Some(form) = form(register, step.action).filter(|form| !told.contains(&form.fields)) else {
                continue;
            };
            told.push(form.fields);
            let is_same = |action: &str| {
                crate::fields::form(register, action).is_some_and(|other| other.fields == form.fields)
            };
            let mut actions: Vec<&str> = Vec::new();
            for one in moves_of(register) {
                if is_same(one.action) && !actions.contains(&one.action) {
                    actions.push(one.action);
                }
            }
            let _ = write!(
                page,
                "\n### {}: {}\n\n| field | kind | one of |\n|---|---|---|\n",
                register.word(),
                actions.join(", ")
            );
            fields(form.fields, "", page);
        }
    }
}

/// The page, as Markdown.
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "# Registers\n\nGenerated from the code by `cargo xtask docs`. A record is made by a first action with version 0; every\n\
         other action names the version that was seen. Who decides is never who applied. The fields of bodies are told by\n\
         `GET /v1/registers` as well; * = must be there, … = a list.\n",
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
    bodies(&mut page);
    page.push_str("\n## What faults say\n\n`{…}` stands for a parameter of the fault.\n\n| code | Chinese | English |\n|---|---|---|\n");
    for say in crate::says::ALL {
        let cell = |text: &str| text.replace('|', "\\|");
        let _ = writeln!(page, "| {} | {} | {} |", say.code, cell(say.zh), cell(say.en));
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
    roles(&mut page);
    page
}

/// Who decides on a role, and what it says besides licences.
fn roles(page: &mut String) {
    let book = Rulebook::builtin();
    page.push_str(
        "\n## Who decides on a role\n\nAn authority decides as soon as an agency has its word among its services; until then, and where a row is\n\
         not sure, customs does. Where several decide on one filing, each endorses and the last approves.\n\n\
         | role | authority | name | from | to | source | sure |\n|---|---|---|---|---|---|---|\n",
    );
    let last = |day: Option<ceb::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    for row in book.reviewers.all() {
        let (role, to, sure) = (row.role.word(), last(row.valid_to), row.confidence.word());
        let _ = writeln!(
            page,
            "| {role} | {} | {}, {} | {} | {to} | {} | {sure} |",
            row.authority, row.name_zh, row.name_en, row.valid_from, row.source
        );
    }
    page.push_str(
        "\n## What a role says besides licences\n\nRows that are not sure ask nothing: it may be said.\n\n\
         | role | attribute | from | to | source | sure |\n|---|---|---|---|---|---|\n",
    );
    for row in book.attributes.all() {
        let (role, to, sure) = (row.role.word(), last(row.valid_to), row.confidence.word());
        let _ = writeln!(
            page,
            "| {role} | {} | {} | {to} | {} | {sure} |",
            row.attribute, row.valid_from, row.source
        );
    }
}
