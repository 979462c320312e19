//! The reference page of messages, written from the tables that read and write them.

use crate::Limits;
use crate::document::Kind;

/// All messages and fields as Markdown.
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "# Messages\n\nGenerated from the tables in `crates/ceb`; do not edit. Types: `C n` exactly n characters, \
         `C..n` at most n, `N19,5` decimal of at most 19 digits with at most 5 after the point, `int(9)` whole \
         number. M = the element must be present.\n",
    );
    let (exports, imports): (Vec<Kind>, Vec<Kind>) =
        Kind::ALL.iter().copied().partition(|kind| kind.is_export());
    messages(&imports, &mut page);
    page.push_str(
        "\n# Messages of exports\n\nRead and written; a window refuses those that it does not judge with the faults that \
         it found.\n",
    );
    messages(&exports, &mut page);
    page
}

/// The messages of one direction.
fn messages(kinds: &[Kind], page: &mut String) {
    for kind in kinds {
        page.push_str(&format!("\n## {} — {}\n\n", kind.root(), kind.words()));
        if let Some(receipt) = kind.receipt() {
            page.push_str(&format!("Answered by {}. ", receipt.root()));
        }
        page.push_str(&format!("Document element `{}`.\n", kind.element()));
        if kind.parts().len() > 1 {
            let most = kind.line_limit(&Limits::default());
            page.push_str(&format!("{} to {most} lines.\n", kind.fewest_lines()));
        }
        for part in kind.parts() {
            page.push_str(&format!(
                "\n**{}**\n\n| # | element | type | | meaning |\n|---|---|---|---|---|\n",
                part.element
            ));
            for (index, field) in part.fields.iter().enumerate() {
                let duty = if field.mandatory { "M" } else { "O" };
                page.push_str(&format!(
                    "| {} | {} | {} | {duty} | {} |\n",
                    index + 1,
                    field.name,
                    field.shape.notation(),
                    field.meaning
                ));
            }
        }
    }
}
