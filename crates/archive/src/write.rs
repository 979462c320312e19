//! Writing one file of an archive: rows are gathered into groups, each with a tree over its rows, so that each row is proved
//! alone. A file has its name only once it is whole and on disk.

use crate::columns::{COLUMNS, Kind, ROW_HASH, ROW_PATH, schema_text};
use crate::manifest::{ArchivedFile, Group};
use crate::row::{Cell, Row};
use crate::{Error, SCHEMA};
use evidence::{Frontier, Hash, Missing, Subtree, hexadecimal, inclusion};
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use ring::digest::{Context, SHA256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a group at most: the path of a row in its group has at most twelve hashes.
const GROUP_ROWS: usize = 4_096;
/// Bytes of a group at about most, before they are compressed.
const GROUP_BYTES: usize = 16 << 20;
/// Rows of a page at most: what cannot be read of a file is so few rows.
const PAGE_ROWS: usize = 256;
/// Level of compression: higher ones take much longer for little.
const LEVEL: i32 = 3;

/// A file that digests what is written to it.
struct Digested {
    file: File,
    context: Context,
    bytes: u64,
}

impl Write for Digested {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.context.update(bytes.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// Rows.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Its groups of rows, in order.
    pub groups: Vec<Group>,
}

impl Written {
    /// The file as a manifest names it, with the trades of its month (yyyyMM): all that are in it, of them exports, and those that
    /// are open and are not.
    pub fn of_month(self, name: &str, month: u32, [trades, exports, open]: [u64; 3]) -> ArchivedFile {
        let Self { rows, bytes, sha256, groups } = self;
        let (name, month) = (name.to_owned(), month.to_string());
        ArchivedFile { name, month, rows, trades, exports, open, bytes, sha256, groups }
    }
}

/// A file that is being written.
pub struct Writer {
    path: PathBuf,
    partial: PathBuf,
    file: SerializedFileWriter<Digested>,
    rows: Vec<Row>,
    size: usize,
    groups: Vec<Group>,
}

fn properties(head: &str) -> Result<WriterProperties, ParquetError> {
    let of_file = |key: &str, value: &str| KeyValue::new(format!("onewindow.{key}"), value.to_owned());
    // No dictionaries: compression does as well, and who reads makes no room for as many values as an altered byte names.
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS / 4)
        .set_key_value_metadata(Some(vec![of_file("archive", &SCHEMA.to_string()), of_file("head", head)]));
    // Of what differs from row to row nobody asks for the least and the greatest.
    let apart = |name: &str| ["document", "receipts"].contains(&name);
    for column in COLUMNS.iter().filter(|one| matches!(one.kind, Kind::Hash | Kind::Bytes) || apart(one.name))
    {
        let path = ColumnPath::from(column.name);
        properties = properties.set_column_statistics_enabled(path, EnabledStatistics::None);
    }
    Ok(properties.build())
}

impl Writer {
    /// Begins a file of this name in a folder. `head` is the signed head that its rows are proved with, as it is written down.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(folder: &Path, name: &str, head: &str) -> Result<Self, Error> {
        let path = folder.join(name);
        let partial = path.with_added_extension("partial");
        let file = File::create(&partial).map_err(Error::file(&partial))?;
        let digested = Digested { file, context: Context::new(&SHA256), bytes: 0 };
        let begun = || {
            let schema = Arc::new(parse_message_type(&schema_text())?);
            SerializedFileWriter::new(digested, schema, Arc::new(properties(head)?))
        };
        let file = begun().map_err(Error::parquet(&partial))?;
        Ok(Self { path, partial, file, rows: Vec::new(), size: 0, groups: Vec::new() })
    }

    /// One more row, with all columns but `row_hash` and `row_path`.
    ///
    /// # Panics
    /// Where a column has a value that it cannot hold, or lacks one that it must have: rows are made by the program.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push(&mut self, row: Row) -> Result<(), Error> {
        assert_eq!(row.misfit(), None, "a row of an archive does not fit its columns");
        self.size += row.size();
        self.rows.push(row);
        if self.rows.len() >= GROUP_ROWS || self.size >= GROUP_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut rows = std::mem::take(&mut self.rows);
        self.size = 0;
        let group = prove(&mut rows);
        self.groups.push(group);
        self.write_group(rows)
    }

    fn write_group(&mut self, mut rows: Vec<Row>) -> Result<(), Error> {
        let mut written = || {
            let mut group = self.file.next_row_group()?;
            let mut place = 0;
            while let Some(mut column) = group.next_column()? {
                write_column(&mut column, place, &mut rows)?;
                column.close()?;
                place += 1;
            }
            group.close().map(|_| ())
        };
        written().map_err(Error::parquet(&self.partial))
    }

    /// Ends the file: it is on disk, under its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<Written, Error> {
        self.flush()?;
        let digested = self.file.into_inner().map_err(Error::parquet(&self.partial))?;
        digested.file.sync_all().map_err(Error::file(&self.partial))?;
        std::fs::rename(&self.partial, &self.path).map_err(Error::file(&self.path))?;
        Ok(Written {
            rows: self.groups.iter().map(|group| group.rows).sum(),
            bytes: digested.bytes,
            sha256: hexadecimal(digested.context.finish().as_ref()),
            groups: self.groups,
        })
    }
}

/// The tree over leaves, with all its subtrees.
pub(crate) fn tree(leaves: impl Iterator<Item = Hash>) -> (Frontier, BTreeMap<Subtree, Hash>) {
    let (mut frontier, mut known) = (Frontier::default(), BTreeMap::new());
    for (index, leaf) in (0..).zip(leaves) {
        known.insert(Subtree { level: 0, index }, leaf);
        frontier.push(leaf, |subtree, root| {
            known.insert(subtree, *root);
        });
    }
    (frontier, known)
}

/// Sets the hash of each row, and its path in the tree over them.
fn prove(rows: &mut [Row]) -> Group {
    let hashes: Vec<Hash> = rows.iter().map(Row::digest).collect();
    let (frontier, mut known) = tree(hashes.iter().copied());
    let size = rows.len() as u64;
    for ((index, row), hash) in (0..).zip(rows.iter_mut()).zip(&hashes) {
        let path = inclusion(&mut known, index, size).unwrap_or_else(|Missing(subtree)| {
            unreachable!("all subtrees of the group are known, {subtree:?} is not")
        });
        row.set(ROW_HASH, hash.as_slice());
        row.set(ROW_PATH, path.as_flattened());
    }
    Group { rows: size, root: hexadecimal(&frontier.root()) }
}

/// Writes the cells of a column; rows lose them.
fn write_column(
    column: &mut SerializedColumnWriter<'_>,
    place: usize,
    rows: &mut [Row],
) -> Result<(), ParquetError> {
    let Some(known) = COLUMNS.get(place) else { return Ok(()) };
    let cells: Vec<Cell> =
        rows.iter_mut().filter_map(|row| row.0.get_mut(place)).map(std::mem::take).collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(*cell != Cell::Absent)).collect();
    let levels = (!known.required).then_some(levels.as_slice());
    let bytes = |cell: Cell| if let Cell::Bytes(bytes) = cell { Some(ByteArray::from(bytes)) } else { None };
    match known.kind {
        Kind::Number | Kind::Instant => {
            let number = |cell: &Cell| if let Cell::Number(number) = cell { Some(*number) } else { None };
            let values: Vec<i64> = cells.iter().filter_map(number).collect();
            column.typed::<Int64Type>().write_batch(&values, levels, None)?;
        }
        Kind::Text | Kind::Bytes => {
            let values: Vec<ByteArray> = cells.into_iter().filter_map(bytes).collect();
            column.typed::<ByteArrayType>().write_batch(&values, levels, None)?;
        }
        Kind::Hash => {
            let values = cells.into_iter().filter_map(bytes).map(FixedLenByteArray::from);
            let values: Vec<FixedLenByteArray> = values.collect();
            column.typed::<FixedLenByteArrayType>().write_batch(&values, levels, None)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Manifest, write_manifest};
    use crate::read::Groups;
    use crate::sample::log;
    use crate::{Known, check};
    use evidence::Signer;

    #[test]
    fn of_a_group_one_row_is_named_whose_cells_proofs_too_were_altered() {
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::new(&[7; 32]).unwrap();
        let (rows, head) = log(&signer, 41);
        let head = head.to_text();
        let mut writer = Writer::create(folder.path(), "a.parquet", &head).unwrap();
        rows.iter().for_each(|row| writer.push(row.clone()).unwrap());
        let done = writer.finish().unwrap();
        let mut manifest = Manifest::new(String::new(), true, head.clone());
        manifest.files.push(done.of_month("a.parquet", 202_611, [1, 0, 0]));
        write_manifest(folder.path(), &manifest, &signer).unwrap();
        let read = Groups::open(&folder.path().join("a.parquet")).unwrap().rows(0).unwrap();
        for (column, hashed_anew) in [("tax_fen", false), ("tax_fen", true), (ROW_PATH, false)] {
            let mut altered = read.clone();
            altered[6].set(column, if column == ROW_PATH { Cell::from("x") } else { Cell::Number(1) });
            if hashed_anew {
                let digest = altered[6].digest();
                altered[6].set(ROW_HASH, digest.as_slice());
            }
            let mut writer = Writer::create(folder.path(), "a.parquet", &head).unwrap();
            writer.write_group(altered).unwrap();
            writer.finish().unwrap();
            let report = check(folder.path(), &Known::default(), &mut |_, _| {}).unwrap();
            let rows: Vec<_> = report.faults.iter().filter_map(|fault| fault.row).collect();
            assert_eq!(rows, [7], "{column}: {:?}", report.faults);
        }
    }
}
