//! A row of an archive: a cell for each column, and what is hashed of them.

use crate::columns::{COLUMNS, Kind, ROW_HASH, ROW_PATH, place};
use evidence::{Hash, leaf_hash};

/// The value of a column.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum Cell {
    /// None.
    #[default]
    Absent,
    /// A number, or an instant.
    Number(i64),
    /// A text, a hash, bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }
}

impl From<&[u8]> for Cell {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

/// A row: a cell for each of [`COLUMNS`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row(pub(crate) Vec<Cell>);

/// What every hash of a row begins with.
const TITLE: &[u8] = b"onewindow archive row 1\n";

impl Default for Row {
    fn default() -> Self {
        Self(vec![Cell::Absent; COLUMNS.len()])
    }
}

impl Row {
    /// Sets the cell of a column.
    ///
    /// # Panics
    /// Where there is no such column: names of columns are the program's own.
    pub fn set(&mut self, column: &str, value: impl Into<Cell>) {
        self.0[place(column)] = value.into();
    }

    /// The cell of a column.
    ///
    /// # Panics
    /// As [`Row::set`].
    pub fn cell(&self, column: &str) -> &Cell {
        &self.0[place(column)]
    }

    /// The number of a column; none where it holds none.
    pub fn number(&self, column: &str) -> Option<i64> {
        match self.cell(column) {
            Cell::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The bytes of a column; none where it holds none.
    pub fn bytes(&self, column: &str) -> Option<&[u8]> {
        match self.cell(column) {
            Cell::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The text of a column; none where it holds none.
    pub fn text(&self, column: &str) -> Option<&str> {
        self.bytes(column).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// The hash of a column; none where it holds none.
    pub fn hash(&self, column: &str) -> Option<Hash> {
        self.bytes(column)?.try_into().ok()
    }

    /// The hashes of a path, from the leaf to the root; none where they are no hashes.
    pub fn path(&self, column: &str) -> Option<Vec<Hash>> {
        let (hashes, rest) = self.bytes(column)?.as_chunks();
        rest.is_empty().then(|| hashes.to_vec())
    }

    /// What the row says: the leaf hash (RFC 9162) of the title and of each column before `row_hash`, in order; an absent one as
    /// 0, a number as 1 and its 8 bytes, bytes as 2, their count in 8 bytes and themselves. Highest byte first.
    pub fn digest(&self) -> Hash {
        let mut bytes = TITLE.to_vec();
        for cell in self.0.iter().take(place(ROW_HASH)) {
            match cell {
                Cell::Absent => bytes.push(0),
                Cell::Number(number) => {
                    bytes.push(1);
                    bytes.extend(number.to_be_bytes());
                }
                Cell::Bytes(value) => {
                    bytes.push(2);
                    bytes.extend((value.len() as u64).to_be_bytes());
                    bytes.extend(value);
                }
            }
        }
        leaf_hash(&bytes)
    }

    /// The first column whose cell is none that it can hold, but for those that are set when the row is written.
    pub(crate) fn misfit(&self) -> Option<&'static str> {
        let fits = |(column, cell): &(&crate::Column, &Cell)| match (column.kind, cell) {
            (_, Cell::Absent) => !column.required || [ROW_HASH, ROW_PATH].contains(&column.name),
            (Kind::Number | Kind::Instant, Cell::Number(_)) => true,
            (Kind::Text | Kind::Bytes, Cell::Bytes(_)) => true,
            (Kind::Hash, Cell::Bytes(bytes)) => bytes.len() == 32,
            _ => false,
        };
        COLUMNS.iter().zip(&self.0).find(|pair| !fits(pair)).map(|(column, _)| column.name)
    }

    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        let size = |cell: &Cell| if let Cell::Bytes(bytes) = cell { bytes.len() } else { 8 };
        self.0.iter().map(size).sum()
    }
}
