//! Values as small numbers: each column is cut into at most 254 bins of about as many rows, so that a split is looked for
//! among bins instead of rows. Bin 0 is a missing value.

/// Most bins of a column beside the one of missing values.
pub const MOST: usize = 254;

/// Where a column is cut.
#[derive(Clone, Debug, PartialEq)]
pub struct Cuts {
    /// Ascending; a value up to and with a cut lies on its left.
    cuts: Vec<f32>,
}

impl Cuts {
    /// Cuts a column into at most `bins` bins. Between two neighbouring values the cut lies in the middle, so that a value that
    /// training has not seen falls to the nearer.
    #[expect(clippy::float_arithmetic, reason = "features of a model, not money")]
    pub fn of(column: &[f32], bins: usize) -> Self {
        let mut values: Vec<f32> = column.iter().copied().filter(|value| !value.is_nan()).collect();
        values.sort_by(f32::total_cmp);
        let bins = bins.clamp(2, MOST);
        let distinct = values.chunk_by(|one, other| one == other).count();
        let mut left_rows = values.len();
        let mut left_bins = bins;
        let mut cuts = Vec::new();
        let mut in_bin = 0;
        let mut groups = values.chunk_by(|one, other| one == other).peekable();
        while let Some(group) = groups.next() {
            in_bin += group.len();
            let Some(next) = groups.peek() else { break };
            // A frequent value takes a bin of its own; the others share what is left evenly.
            let full = distinct <= bins || in_bin * left_bins >= left_rows;
            if full && left_bins > 1 {
                let (low, high) = (group[0], next[0]);
                let middle = low + (high - low) / 2.0;
                cuts.push(if middle >= low && middle < high { middle } else { low });
                left_rows -= in_bin;
                left_bins -= 1;
                in_bin = 0;
            }
        }
        Self { cuts }
    }

    /// The bin of a value.
    pub fn bin(&self, value: f32) -> u8 {
        if value.is_nan() {
            return 0;
        }
        // At most 253 cuts: the largest bin is 254.
        1 + self.cuts.partition_point(|cut| *cut < value) as u8
    }

    /// The largest value of a bin that has a right neighbour.
    pub fn cut_after(&self, bin: u8) -> Option<f32> {
        self.cuts.get(usize::from(bin).checked_sub(1)?).copied()
    }

    /// How many bins there are, that of missing values included.
    pub fn bins(&self) -> usize {
        self.cuts.len() + 2
    }
}

/// Rows as bins, by column.
#[derive(Clone, Debug)]
pub struct Binned {
    /// Where each column is cut.
    pub cuts: Vec<Cuts>,
    /// The bins of each column.
    pub columns: Vec<Vec<u8>>,
    /// How many rows there are.
    pub rows: usize,
}

impl Binned {
    /// Cuts columns by their own values.
    pub fn of(columns: &[Vec<f32>], bins: usize) -> Self {
        let cuts: Vec<Cuts> = columns.iter().map(|column| Cuts::of(column, bins)).collect();
        Self::with(columns, cuts)
    }

    /// Puts columns into bins that were cut by other rows.
    pub fn with(columns: &[Vec<f32>], cuts: Vec<Cuts>) -> Self {
        let rows = columns.first().map_or(0, Vec::len);
        let columns = columns
            .iter()
            .zip(&cuts)
            .map(|(column, cuts)| column.iter().map(|value| cuts.bin(*value)).collect())
            .collect();
        Self { cuts, columns, rows }
    }
}
