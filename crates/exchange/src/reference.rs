//! The page of all datasets and their fields, made from the catalogue.

use crate::catalogue::{Dataset, FieldKind};
use std::fmt::Write as _;

/// The page, as Markdown.
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "# Datasets\n\nGenerated from the code by `cargo xtask docs`: what agencies can share, field by field. `GET\n\
         /v1/datasets/{dataset}` is the JSON Schema. A rule of sharing names the fields that its receiver has; what tells of a\n\
         natural person is marked.\n",
    );
    for dataset in Dataset::ALL {
        let givers: Vec<&str> = dataset.givers().iter().map(|role| role.word()).collect();
        let _ = write!(
            page,
            "\n## {} v{}\n\nGiven by: {}. Key: {}.{}\n\n| field | personal | meaning |\n|---|---|---|\n",
            dataset.word(),
            dataset.version(),
            givers.join(", "),
            dataset.key(),
            if dataset.is_filed() {
                " Agencies file its records themselves; * = they have to say it."
            } else {
                ""
            }
        );
        let filed = dataset.filed_fields();
        for field in dataset.fields() {
            let personal = if field.personal { "yes" } else { "" };
            let must = if field.always && filed.iter().any(|one| one.name == field.name) { " *" } else { "" };
            let words = match field.kind {
                FieldKind::Choice(words) => format!(": {}", words.join(", ")),
                _ => String::new(),
            };
            let _ = writeln!(page, "| {}{must} | {personal} | {}{words} |", field.name, field.meaning);
        }
    }
    page
}
