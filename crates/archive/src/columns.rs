//! The columns of an archive: one table, from which the schema of the files, what is hashed of a row and the check follow. What
//! they are filled with is decided by `server`.

use std::fmt::Write;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A whole number; money is in fen.
    Number,
    /// An instant, in milliseconds since 1970-01-01T00:00:00Z.
    Instant,
    /// UTF-8.
    Text,
    /// 32 bytes.
    Hash,
    /// Any bytes.
    Bytes,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether every row has it.
    pub required: bool,
}

const fn required(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: true }
}

const fn optional(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: false }
}

/// All columns, in order. What they mean: docs/operations/archive.md.
pub const COLUMNS: [Column; 42] = [
    required("position", Kind::Number),
    required("writer", Kind::Number),
    required("sequence", Kind::Number),
    required("recorded_at", Kind::Instant),
    required("kind", Kind::Number),
    required("flow", Kind::Text),
    optional("platform", Kind::Text),
    optional("merchant", Kind::Text),
    required("order_no", Kind::Text),
    optional("district", Kind::Text),
    optional("trade_mode", Kind::Text),
    optional("accepted_at", Kind::Instant),
    optional("released_at", Kind::Instant),
    required("closed_at", Kind::Instant),
    optional("version", Kind::Number),
    optional("attempt", Kind::Number),
    optional("state", Kind::Number),
    optional("state_word", Kind::Text),
    optional("pre_no", Kind::Text),
    optional("entry_no", Kind::Text),
    optional("logistics", Kind::Text),
    optional("logistics_no", Kind::Text),
    required("cause", Kind::Text),
    required("what", Kind::Text),
    optional("sender", Kind::Text),
    optional("status", Kind::Number),
    optional("info", Kind::Text),
    optional("dutiable_value_fen", Kind::Number),
    optional("duty_fen", Kind::Number),
    optional("consumption_tax_fen", Kind::Number),
    optional("value_added_tax_fen", Kind::Number),
    optional("tax_fen", Kind::Number),
    optional("owed_fen", Kind::Number),
    optional("value_fen", Kind::Number),
    optional("document", Kind::Text),
    required("receipts", Kind::Text),
    required("payload_digest", Kind::Hash),
    required("leaf", Kind::Hash),
    required("tree_size", Kind::Number),
    required("audit_path", Kind::Bytes),
    required(ROW_HASH, Kind::Hash),
    required(ROW_PATH, Kind::Bytes),
];

/// The hash of a row: of all columns before it.
pub(crate) const ROW_HASH: &str = "row_hash";
/// The proof that the row is in its group.
pub(crate) const ROW_PATH: &str = "row_path";

/// The place of a column. Names are ours: one that is not there is a mistake of the program.
pub(crate) fn place(name: &str) -> usize {
    match COLUMNS.iter().position(|column| column.name == name) {
        Some(place) => place,
        None => panic!("the archive has no column {name}"),
    }
}

/// The schema of the files, as tools write it down.
pub fn schema_text() -> String {
    let mut text = String::from("message onewindow_archive {\n");
    for column in COLUMNS {
        let repetition = if column.required { "required" } else { "optional" };
        let (kind, logical) = match column.kind {
            Kind::Number => ("int64", ""),
            Kind::Instant => ("int64", " (TIMESTAMP(MILLIS,true))"),
            Kind::Text => ("binary", " (STRING)"),
            Kind::Hash => ("fixed_len_byte_array(32)", ""),
            Kind::Bytes => ("binary", ""),
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {repetition} {kind} {}{logical};", column.name);
    }
    text.push_str("}\n");
    text
}
