//! Reading a file of an archive, a group of rows at a time. What it is given may be anything: nothing is believed, and what
//! cannot be read is named.

use crate::Error;
use crate::columns::{COLUMNS, Column, Kind};
use crate::row::{Cell, Row};
use parquet::column::reader::ColumnReader;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Rows that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable {
    /// The first row of the group that cannot be read, from 0.
    pub row: u64,
    /// Of which column.
    pub column: &'static str,
    /// Why.
    pub what: String,
}

/// The groups of a file.
pub struct Groups {
    reader: SerializedFileReader<File>,
}

/// Runs a reader of others' code: what it does not expect of a file may end it, and is an answer like any other.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ParquetError::General("its bytes are none that were written".to_owned())))
}

impl Groups {
    /// Opens a file.
    ///
    /// # Errors
    /// When it is no Parquet file, or has other columns.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::file(path))?;
        let reader = guarded(|| SerializedFileReader::new(file)).map_err(Error::parquet(path))?;
        let columns = reader.metadata().file_metadata().schema_descr().columns();
        let same = columns.len() == COLUMNS.len()
            && columns.iter().zip(&COLUMNS).all(|(found, known)| {
                let required = found.max_def_level() == 0;
                found.name() == known.name && required == known.required && found.max_rep_level() == 0
            });
        if !same {
            return Err(Error::no_archive(path, "its columns are not those of an archive"));
        }
        Ok(Self { reader })
    }

    /// How many groups it has.
    pub fn count(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// The text that stands beside the rows under a name.
    pub fn note(&self, name: &str) -> Option<&str> {
        let notes = self.reader.metadata().file_metadata().key_value_metadata()?;
        notes.iter().find(|note| note.key == format!("onewindow.{name}"))?.value.as_deref()
    }

    /// The rows of a group.
    ///
    /// # Errors
    /// What cannot be read, the first row of it in the first column that has any.
    pub fn rows(&self, group: usize) -> Result<Vec<Row>, Unreadable> {
        let failed =
            |error: ParquetError| Unreadable { row: 0, column: COLUMNS[0].name, what: error.to_string() };
        let group = guarded(|| self.reader.get_row_group(group)).map_err(failed)?;
        let count = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        // The file says how many: what it does not hold is not reserved for.
        let mut rows: Vec<Row> = Vec::new();
        let mut first: Option<Unreadable> = None;
        for (place, column) in COLUMNS.iter().enumerate() {
            let (cells, fault) = cells(&*group, place, column, count);
            let read = cells.len();
            if rows.len() < read {
                rows.resize_with(read, Row::default);
            }
            for (row, cell) in rows.iter_mut().zip(cells) {
                row.0[place] = cell;
            }
            let what = fault.or_else(|| (read != count).then(|| format!("{read} of {count} values")));
            if let Some(what) = what
                && first.as_ref().is_none_or(|first| read < usize::try_from(first.row).unwrap_or(0))
            {
                first = Some(Unreadable { row: read as u64, column: column.name, what });
            }
        }
        first.map_or(Ok(rows), Err)
    }
}

/// The cells of a column as far as they can be read, and why not further.
fn cells(
    group: &dyn RowGroupReader,
    place: usize,
    known: &Column,
    count: usize,
) -> (Vec<Cell>, Option<String>) {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let done = guarded(|| {
        let wrong = || ParquetError::General("it has another type".to_owned());
        match (group.get_column_reader(place)?, known.kind) {
            (ColumnReader::Int64ColumnReader(mut column), Kind::Number | Kind::Instant) => {
                let mut found = Vec::new();
                let done = column.read_records(count, Some(&mut levels), None, &mut found);
                values.extend(found.into_iter().map(Cell::Number));
                done
            }
            (ColumnReader::ByteArrayColumnReader(mut column), Kind::Text | Kind::Bytes) => {
                let mut found = Vec::new();
                let done = column.read_records(count, Some(&mut levels), None, &mut found);
                values.extend(found.iter().map(|bytes| Cell::from(bytes.data())));
                done
            }
            (ColumnReader::FixedLenByteArrayColumnReader(mut column), Kind::Hash) => {
                let mut found = Vec::new();
                let done = column.read_records(count, Some(&mut levels), None, &mut found);
                values.extend(found.iter().map(|bytes| Cell::from(bytes.data())));
                done
            }
            _ => Err(wrong()),
        }
    });
    let fault = done.err().map(|error| error.to_string());
    if known.required {
        return (values, fault);
    }
    // Levels are read before the values of their page: only those whose values came count.
    let mut values = values.into_iter();
    let mut cells = Vec::with_capacity(levels.len());
    for level in levels {
        let cell = if level == 0 { Some(Cell::Absent) } else { values.next() };
        match cell {
            Some(cell) => cells.push(cell),
            None => break,
        }
    }
    (cells, fault)
}
